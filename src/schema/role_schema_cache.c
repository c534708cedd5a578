/*
 * cache.c: role schemas, one per role, until something that they depend on
 * changes.
 *
 * A change only makes the entry old: its generation is not the present one,
 * and the next call builds another aside. Whoever uses the old one has it
 * pinned and goes on; it is freed with the last pin. One that an error, a
 * cancel say, has left with a type half made is old as well. What the catalogs
 * say is read once for all roles.
 */
#include "postgres.h"

#include "lib/ilist.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

#include "compat.h"
#include "schema/remote/remote.h"
#include "schema/table/table.h"
#include "session/session.h"
#include "settings.h"

/* How often a schema is built anew because something changed meanwhile. */
#define MAX_ATTEMPTS 10

typedef struct Entry
{
	dlist_node	node;			/* while it is the role's current schema */
	RrRoleSchema rs;
	bool		current;
} Entry;

static dlist_head entries = DLIST_STATIC_INIT(entries); /* most recently used
														 * first */
static RrDatabase *database;	/* as it was read last, or NULL */
static uint64 database_generation;

RrInconsistency *
rr_inconsistency(const char *type, const char *name, const char *fmt,...)
{
	RrInconsistency *item = palloc(sizeof(RrInconsistency));
	StringInfoData reason;

	initStringInfo(&reason);
	for (;;)
	{
		va_list		args;
		int			needed;

		va_start(args, fmt);
		needed = appendStringInfoVA(&reason, fmt, args);
		va_end(args);
		if (needed == 0)
			break;
		enlargeStringInfo(&reason, needed);
	}
	item->type = pstrdup(type);
	item->name = pstrdup(name);
	item->reason = reason.data;
	return item;
}

const char *
rr_field_label(const char *schema, const char *table, const char *name)
{
	return psprintf("%s.%s", strcmp(schema, "public") == 0 ? quote_identifier(table)
					: quote_qualified_identifier(schema, table), name);
}

const char *
rr_remote_field_label(const char *remote_schema, const char *type, const char *name)
{
	return psprintf("%s.%s.%s", remote_schema, type, name);
}

/* ---- what the catalogs say ---- */

static RrDatabase *
get_database(uint64 generation)
{
	RrDatabase *fresh;

	if (database != NULL && database_generation == generation)
		return database;
	fresh = rr_database_read();
	if (database != NULL)
		rr_database_unref(database);
	database = fresh;
	database_generation = generation;
	return database;
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
fill(RrRoleSchema *rs)
{
	rs->schema = gql_schema_create();
	rs->schema->query = gql_schema_add_type(rs->schema, GQL_OBJECT, "query_root");
	rr_tables_init(rs, get_database(rs->generation));
	rs->tables->db->refs++;
	rr_add_remote_schemas(rs);
	rr_add_tables(rs);
	if (rs->schema->query->fields.n == 0)
		add_no_queries(rs);
	gql_schema_finish(rs->schema);
}

static void
free_entry(Entry *entry)
{
	RrDatabase *db = entry->rs.tables ? entry->rs.tables->db : NULL;

	MemoryContextDelete(entry->rs.cxt);
	if (db != NULL)
		rr_database_unref(db);
}

static Entry *
build(Oid role, uint64 generation)
{
	MemoryContext cxt = AllocSetContextCreate(CacheMemoryContext, "remote_rel role schema",
											  ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(cxt);
	Entry	   *entry = palloc0(sizeof(Entry));

	entry->rs.cxt = cxt;
	entry->rs.role = role;
	entry->rs.generation = generation;
	PG_TRY();
	{
		/* the server's catalogs are read as they are now, so ours are, too */
		PushActiveSnapshot(GetTransactionSnapshot());
		rr_wait_for_invalidations();
		entry->rs.sees_everything = rr_role_sees_everything(role);
		fill(&entry->rs);
		if (rr_catalogs_overtaken())
			rr_wait_for_invalidations();
		PopActiveSnapshot();
	}
	PG_CATCH();
	{
		MemoryContextSwitchTo(old);
		free_entry(entry);
		PG_RE_THROW();
	}
	PG_END_TRY();
	MemoryContextSwitchTo(old);
	return entry;
}

/* ---- the cache ---- */

/* Take an entry out; it goes now or with its last pin. */
static void
retire(Entry *entry)
{
	dlist_delete(&entry->node);
	entry->current = false;
	if (entry->rs.pins == 0)
		free_entry(entry);
}

/*
 * Drop what is used least until the rest fits. The newest stays, whatever its
 * size.
 */
static void
trim(void)
{
	Size		limit = (Size) rr_cache_memory * 1024;
	Size		total = 0;
	dlist_mutable_iter it;

	dlist_foreach_modify(it, &entries)
	{
		Entry	   *entry = dlist_container(Entry, node, it.cur);

		total += MemoryContextMemAllocated(entry->rs.cxt, true);
		if (total > limit && &entry->node != dlist_head_node(&entries))
			retire(entry);
	}
}

static Entry *
find(Oid role, uint64 generation)
{
	dlist_mutable_iter it;

	dlist_foreach_modify(it, &entries)
	{
		Entry	   *entry = dlist_container(Entry, node, it.cur);

		if (entry->rs.role != role)
			continue;
		if (entry->rs.generation == generation && entry->rs.schema->callbacks_running == 0)
		{
			dlist_move_head(&entries, &entry->node);
			return entry;
		}
		retire(entry);
	}
	return NULL;
}

void
rr_role_schema_hold(RrRoleSchema *rs)
{
	rs->pins++;
}

void
rr_role_schema_release(RrRoleSchema *rs)
{
	Entry	   *entry = (Entry *) ((char *) rs - offsetof(Entry, rs));

	if (--rs->pins == 0 && !entry->current)
		free_entry(entry);
}

static void
release_pin(void *arg)
{
	rr_role_schema_release(arg);
}

static RrRoleSchema *
pin_entry(Entry *entry)
{
	MemoryContextCallback *callback = palloc(sizeof(MemoryContextCallback));

	callback->func = release_pin;
	callback->arg = &entry->rs;
	rr_role_schema_hold(&entry->rs);
	MemoryContextRegisterResetCallback(CurrentMemoryContext, callback);
	return &entry->rs;
}

RrRoleSchema *
rr_role_schema_get(Oid role)
{
	uint64		generation = rr_catalog_generation();
	Entry	   *entry = find(role, generation);

	for (int attempt = 0; entry == NULL; attempt++)
	{
		Entry	   *made = build(role, generation);
		uint64		now = rr_catalog_generation();

		if (now != generation && attempt < MAX_ATTEMPTS)
		{
			free_entry(made);
			generation = now;
			continue;
		}
		entry = made;
		entry->current = true;
		dlist_push_head(&entries, &entry->node);
		trim();
	}
	return pin_entry(entry);
}

List	   *
rr_inconsistencies(void)
{
	RrRoleSchema *rs = rr_role_schema_get(rr_extension_owner());

	return list_concat(list_concat_copy(rs->tables->db->inconsistencies, rs->inconsistencies),
					   rr_type_clashes(rs));
}
