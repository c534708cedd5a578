/*
 * role_schema_cache.c: the role schemas of a backend, one for each role, until
 * something that they depend on changes.
 *
 * Invalidation only advances the generation (catalog/generation.c). The next
 * lookup finds that its entry is of another generation and builds a new one;
 * whoever has the stale one pinned goes on using it. An entry is also stale
 * when an error, a cancel say, has left one of its types half completed.
 *
 * The catalogs are read once for all roles (RrDatabase, table/table.h). Every
 * role schema holds the database that it was made from.
 *
 * All tables of the catalogs, the server's and ours, are read under one
 * snapshot, the newest there is, whatever the transaction's isolation level:
 * as the server itself sees tables and privileges. So a role schema never has
 * parts of two states, however often others change something. Some of what the
 * server tells of functions, types and privileges comes from its caches, which
 * show what is there now. If something changes meanwhile, all is built again.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

#include "base/pinned_cache.h"
#include "base/role_watch.h"
#include "compat.h"
#include "schema/remote/remote.h"
#include "schema/table/table.h"
#include "session/session.h"

/*
 * How often a schema is built anew because something changed meanwhile, and
 * how often a snapshot is taken until it is known to show no change that
 * caches do not show yet. When others change something without pause, what is
 * there then is taken: it is right for the moment of its snapshot.
 */
#define MAX_ATTEMPTS 10

typedef struct Entry
{
	RrPinnedEntry pinned;		/* first */
	RrRoleSchema rs;
} Entry;

StaticAssertDecl(offsetof(Entry, pinned) == 0, "RrPinnedEntry is the first field");

#define entry_of(schema) ((Entry *) ((char *) (schema) - offsetof(Entry, rs)))

/* ---- what the catalogs say ---- */

static Size
database_size(const RrPinnedEntry *pinned)
{
	return MemoryContextMemAllocated(((const RrDatabase *) pinned)->cxt, true);
}

static RrDatabase *watched;		/* whose objects are watched for changes, or
								 * NULL */

static void
free_database(RrPinnedEntry *pinned)
{
	if (watched == (RrDatabase *) pinned)
	{
		rr_catalog_watch(NULL);
		watched = NULL;
	}
	rr_database_free((RrDatabase *) pinned);
}

/* Has one entry at most: the database as it was read last. */
static RrPinnedCache databases = {
	.entries = DLIST_STATIC_INIT(databases.entries),
	.free = free_database,
	.size = database_size,
};

/*
 * settled: the active snapshot sees no change that the generation does not
 * count. Pinned for CurrentMemoryContext.
 */
static RrDatabase *
get_database(uint64 generation, bool settled)
{
	RrDatabase *db = dlist_is_empty(&databases.entries) ? NULL
	: (RrDatabase *) dlist_head_element(RrPinnedEntry, node, &databases.entries);

	if (db == NULL || !settled || db->generation != generation)
	{
		watched = NULL;			/* reading ends that */
		watched = db = rr_database_read();
		db->generation = generation;
		rr_pinned_cache_clear(&databases);
		rr_pinned_cache_add(&databases, &db->pinned, NULL);
	}
	rr_pin_for_context(&db->pinned);
	return db;
}

/* ---- building ---- */

static void
add_no_queries(RrRoleSchema *rs)
{
	GqlFieldDef *field;
	RrField    *info = MemoryContextAlloc(rs->cxt, sizeof(RrField));

	info->kind = RR_FIELD_NO_QUERIES;
	field = gql_type_add_field(rs->schema, rs->schema->query, "no_queries_available",
							   gql_non_null(rs->schema, &gql_schema_type(rs->schema,
																		 "String")->ref));
	field->description = "There are no queries available to the current role. Either there are no sources or remote schemas configured, or the current role doesn't have the required permissions.";
	field->data = info;
}

static void
fill(RrRoleSchema *rs, RrDatabase *db)
{
	rs->schema = gql_schema_create();
	rs->schema->query = gql_schema_add_type(rs->schema, GQL_OBJECT, "query_root");
	rr_tables_init(rs, db);
	rr_add_remote_schemas(rs);
	rr_add_tables(rs);
	rr_add_mutations(rs);
	if (rs->schema->query->fields.n == 0)
		add_no_queries(rs);
	gql_schema_finish(rs->schema);
}

static void
free_entry(RrPinnedEntry *pinned)
{
	MemoryContextDelete(((Entry *) pinned)->rs.cxt);
}

/*
 * Push the newest snapshot. *generation: what the counter was before; what
 * changed later advances it. Returns whether the snapshot sees no change that
 * this does not count.
 */
static bool
push_newest_snapshot(uint64 *generation)
{
	for (int attempt = 1;; attempt++)
	{
		*generation = rr_catalog_generation();
		PushActiveSnapshot(GetLatestSnapshot());
		rr_wait_for_invalidations();
		if (rr_catalog_generation() == *generation)
			return true;
		if (attempt == MAX_ATTEMPTS)
			return false;
		PopActiveSnapshot();
	}
}

/* *db: pinned for CurrentMemoryContext. */
static Entry *
build(Oid role, RrDatabase **db)
{
	MemoryContext cxt = AllocSetContextCreate(CacheMemoryContext, "remote_rel role schema",
											  ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(cxt);
	Entry	   *entry = palloc0(sizeof(Entry));
	Snapshot	under = rr_lookup_under(NULL);

	entry->rs.cxt = cxt;
	entry->rs.role = role;
	PG_TRY();
	{
		bool		settled = push_newest_snapshot(&entry->rs.generation);

		rr_watch_role(role);
		entry->rs.sees_everything = rr_role_sees_everything(role);
		rr_lookup_under(GetActiveSnapshot());
		MemoryContextSwitchTo(old);
		*db = get_database(entry->rs.generation, settled);
		MemoryContextSwitchTo(cxt);
		fill(&entry->rs, *db);
		rr_lookup_under(under);
		if (rr_catalogs_overtaken())
			rr_wait_for_invalidations();
		PopActiveSnapshot();
	}
	PG_CATCH();
	{
		rr_lookup_under(under);
		MemoryContextSwitchTo(old);
		free_entry(&entry->pinned);
		PG_RE_THROW();
	}
	PG_END_TRY();
	MemoryContextSwitchTo(old);
	return entry;
}

/* ---- the cache ---- */

static Size
entry_size(const RrPinnedEntry *pinned)
{
	return MemoryContextMemAllocated(((const Entry *) pinned)->rs.cxt, true);
}

static RrPinnedCache cache = {
	.entries = DLIST_STATIC_INIT(cache.entries),
	.free = free_entry,
	.size = entry_size,
};

static bool
is_stale(const RrRoleSchema *rs, uint64 generation)
{
	return rs->generation != generation || rs->schema->callbacks_running > 0;
}

/* Find the role's current schema, or NULL. Stale ones leave the cache. */
static Entry *
find(Oid role, uint64 generation)
{
	dlist_mutable_iter it;

	dlist_foreach_modify(it, &cache.entries)
	{
		Entry	   *entry = (Entry *) dlist_container(RrPinnedEntry, node, it.cur);

		if (entry->rs.role != role)
			continue;
		if (!is_stale(&entry->rs, generation))
		{
			rr_pinned_cache_touch(&entry->pinned);
			return entry;
		}
		rr_pinned_cache_remove(&entry->pinned);
	}
	return NULL;
}

RrPinnedEntry *
rr_role_schema_entry(RrRoleSchema *rs)
{
	return &entry_of(rs)->pinned;
}

RrRoleSchema *
rr_role_schema_get(Oid role)
{
	Entry	   *entry = find(role, rr_catalog_generation());

	for (int attempt = 1; entry == NULL; attempt++)
	{
		RrDatabase *db;
		Entry	   *made = build(role, &db);

		if (made->rs.generation != rr_catalog_generation() && attempt < MAX_ATTEMPTS)
		{
			free_entry(&made->pinned);
			continue;
		}
		entry = made;
		rr_pinned_cache_add(&cache, &entry->pinned, &db->pinned);
	}
	rr_pin_for_context(&entry->pinned);
	return &entry->rs;
}

List	   *
rr_inconsistencies(void)
{
	RrRoleSchema *rs = rr_role_schema_get(rr_extension_owner());

	if (rs->tables->mutation != NULL)
		gql_type_fields(rs->schema, rs->tables->mutation);
	return list_concat(list_concat_copy(rs->tables->db->inconsistencies, rs->inconsistencies),
					   rr_type_clashes(rs));
}
