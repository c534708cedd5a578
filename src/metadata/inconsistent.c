/*
 * inconsistent.c: what of the metadata cannot be served, and why.
 *
 * Checked here: remote schemas, permissions, relationships, functions, each for itself. What only shows when a whole schema is built (clashes of names, names
 * that GraphQL cannot spell) comes from the role schema. An object that both report is listed once.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"

#include "compat.h"
#include "metadata/metadata.h"

#define MAX_SHOWN_ERRORS 100

/* An object of the metadata under the names by which it is listed. */
typedef struct Entry
{
	const char *type;
	const char *name;
	const char *other_name;		/* or NULL */
	const RrRemoteSchema *remote;	/* one of these */
	const RrPermission *permission;
	const RrRelationship *relationship;
	const RrComputedField *computed;
	const RrTrackedFunction *function;
} Entry;

/* ---- the objects ---- */

/* "books.author" in schema public, "shop_parts.item" elsewhere: by the table's name in the GraphQL schema. */
static const char *
field_label(const char *schema, const char *table, const char *name)
{
	if (strcmp(schema, "public") == 0)
		return psprintf("%s.%s", table, name);
	return psprintf("%s_%s.%s", schema, table, name);
}

static List *
add_relationships(List *entries, List *relationships)
{
	ListCell   *lc;

	foreach(lc, relationships)
	{
		const RrRelationship *r = lfirst(lc);
		Entry	   *entry = palloc0(sizeof(Entry));

		entry->relationship = r;
		entry->type = r->kind == RR_REL_OBJECT ? "object_relation" : r->kind == RR_REL_ARRAY ? "array_relation" : "remote_relationship";
		entry->name = r->source_table ? field_label(r->source_schema, r->source_table, r->name) :
			psprintf("%s.%s.%s", r->source_remote_schema, r->source_type, r->name);
		entries = lappend(entries, entry);
	}
	return entries;
}

/* Everything in the catalogs, List of Entry *. */
static List *
all_entries(void)
{
	List	   *entries = NIL;
	ListCell   *lc;

	foreach(lc, rr_catalog_remote_schemas())
	{
		Entry	   *entry = palloc0(sizeof(Entry));

		entry->remote = lfirst(lc);
		entry->type = "remote_schema";
		entry->name = entry->remote->name;
		entries = lappend(entries, entry);
	}
	foreach(lc, rr_catalog_permissions(NULL))
	{
		Entry	   *entry = palloc0(sizeof(Entry));

		entry->permission = lfirst(lc);
		entry->type = "remote_schema_permission";
		entry->name = psprintf("%s.%s", entry->permission->remote_schema, entry->permission->role);
		entries = lappend(entries, entry);
	}
	entries = add_relationships(entries, rr_catalog_table_relationships(InvalidOid));
	entries = add_relationships(entries, rr_catalog_remote_relationships(NULL));
	foreach(lc, rr_catalog_computed_fields(InvalidOid))
	{
		Entry	   *entry = palloc0(sizeof(Entry));
		const RrComputedField *field = lfirst(lc);

		entry->computed = field;
		entry->type = "computed_field";
		entry->name = field_label(field->source_schema, field->source_table, field->name);
		entry->other_name = psprintf("%s.%s", field->source_table, field->name);
		entries = lappend(entries, entry);
	}
	foreach(lc, rr_catalog_tracked_functions())
	{
		Entry	   *entry = palloc0(sizeof(Entry));
		const RrTrackedFunction *function = lfirst(lc);

		entry->function = function;
		entry->type = "function";
		entry->name = quote_qualified_identifier(function->function_schema, function->function_name);
		entry->other_name = function->custom_name ? function->custom_name : function->function_name;
		entries = lappend(entries, entry);
	}
	return entries;
}

/* ---- checks ---- */

static void
check_function(const char *schema, const char *name, GqlErrorList *errors)
{
	int			count;

	(void) rr_lookup_function(schema, name, &count);
	if (count == 0)
		gql_error(errors, "Function \"%s.%s\" does not exist.", schema, name);
	else if (count > 1)
		gql_error(errors, "Function \"%s.%s\" is overloaded.", schema, name);
}

/* With those that were added before it: entries come in that order, so they have been loaded. */
static void
check_conflicts(RrRemote *remote, const RrRemotes *remotes, GqlErrorList *errors)
{
	ListCell   *lc;

	foreach(lc, remotes->loaded)
	{
		RrRemote   *earlier = lfirst(lc);

		if (earlier->def->ordinal < remote->def->ordinal)
			rr_check_remote_conflict(earlier, remote, errors);
	}
}

static void
check_entry(const Entry *entry, RrRemotes *remotes, GqlErrorList *errors)
{
	RrRemote   *remote;

	if (entry->remote)
	{
		remote = rr_load_remote(remotes, entry->remote->name, errors);
		if (remote)
		{
			rr_check_customization(remote, errors);
			check_conflicts(remote, remotes, errors);
		}
	}
	else if (entry->permission)
	{
		remote = rr_load_remote(remotes, entry->permission->remote_schema, errors);
		if (remote)
			rr_check_permission(remote->upstream, entry->permission->sdl, errors);
	}
	else if (entry->relationship)
		rr_check_relationship(entry->relationship, remotes, errors);
	else if (entry->computed && !OidIsValid(entry->computed->source))
		gql_error(errors, "Table \"%s.%s\" does not exist.", entry->computed->source_schema, entry->computed->source_table);
	else if (entry->computed)
		check_function(entry->computed->function_schema, entry->computed->function_name, errors);
	else if (entry->function)
		check_function(entry->function->function_schema, entry->function->function_name, errors);
}

static bool
lists(List *inconsistencies, const char *type, const char *name)
{
	ListCell   *lc;

	foreach(lc, inconsistencies)
	{
		const RrInconsistency *item = lfirst(lc);

		if (strcmp(item->type, type) == 0 && strcmp(item->name, name) == 0)
			return true;
	}
	return false;
}

static bool
lists_entry(List *inconsistencies, const Entry *entry)
{
	return lists(inconsistencies, entry->type, entry->name) ||
		(entry->other_name && lists(inconsistencies, entry->type, entry->other_name));
}

static int
compare_inconsistencies(const ListCell *a, const ListCell *b)
{
	const RrInconsistency *left = lfirst(a);
	const RrInconsistency *right = lfirst(b);
	int			result = strcmp(left->type, right->type);

	return result ? result : strcmp(left->name, right->name);
}

List *
rr_all_inconsistencies(void)
{
	List	   *found = NIL;
	RrRemotes	remotes = {0};
	ListCell   *lc;

	foreach(lc, all_entries())
	{
		const Entry *entry = lfirst(lc);
		GqlErrorList *errors = gql_errors_create(MAX_SHOWN_ERRORS, NULL);
		RrInconsistency *item;

		check_entry(entry, &remotes, errors);
		if (errors->items == NIL)
			continue;
		item = palloc0(sizeof(RrInconsistency));
		item->type = entry->type;
		item->name = entry->name;
		item->reason = rr_error_lines(errors, MAX_SHOWN_ERRORS);
		found = lappend(found, item);
	}
	foreach(lc, rr_inconsistencies())
	{
		RrInconsistency *item = lfirst(lc);

		if (!lists(found, item->type, item->name))
			found = lappend(found, item);
	}
	list_sort(found, compare_inconsistencies);
	return found;
}

/* ---- what a command did ---- */

/* Those that are not in before. */
static List *
new_inconsistencies(List *before)
{
	List	   *found = NIL;
	ListCell   *lc;

	foreach(lc, rr_all_inconsistencies())
	{
		const RrInconsistency *item = lfirst(lc);

		if (!lists(before, item->type, item->name))
			found = lappend(found, lfirst(lc));
	}
	return found;
}

static void
refuse(List *found, const char *what)
{
	StringInfoData detail;
	ListCell   *lc;

	if (found == NIL)
		return;
	initStringInfo(&detail);
	foreach(lc, found)
	{
		const RrInconsistency *item = lfirst(lc);

		appendStringInfo(&detail, "%s%s \"%s\": %s", detail.len ? "\n" : "", item->type, item->name, item->reason);
	}
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("%s does not fit", what),
			 errdetail_internal("%s", detail.data)));
}

void
rr_refuse_new_inconsistencies(List *before, const char *what)
{
	refuse(new_inconsistencies(before), what);
}

void
rr_refuse_inconsistent_objects(List *before, const char *what)
{
	List	   *entries = all_entries();
	List	   *found = NIL;
	ListCell   *lc;
	ListCell   *other;

	foreach(lc, rr_all_inconsistencies())
	{
		RrInconsistency *item = lfirst(lc);
		bool		counts = !lists(before, item->type, item->name);

		foreach(other, entries)
			counts |= lists_entry(list_make1(item), lfirst(other));
		if (counts)
			found = lappend(found, item);
	}
	refuse(found, what);
}

void
rr_warn_new_inconsistencies(List *before)
{
	ListCell   *lc;

	foreach(lc, new_inconsistencies(before))
	{
		const RrInconsistency *item = lfirst(lc);

		ereport(WARNING,
				(errcode(ERRCODE_WARNING),
				 errmsg("%s \"%s\" has become inconsistent", item->type, item->name),
				 errdetail_internal("%s", item->reason)));
	}
}

/* ---- commands ---- */

/* Not that of a remote schema, whose headers are secret. */
static Jsonb *
entry_definition(const Entry *entry)
{
	return entry->relationship ? entry->relationship->definition : NULL;
}

Jsonb *
rr_inconsistencies_to_jsonb(List *inconsistencies)
{
	List	   *entries = all_entries();
	List	   *items = NIL;
	ListCell   *lc;
	ListCell   *other;

	foreach(lc, inconsistencies)
	{
		const RrInconsistency *item = lfirst(lc);
		Jsonb	   *definition = NULL;

		foreach(other, entries)
		{
			if (lists_entry(list_make1(unconstify(RrInconsistency *, item)), lfirst(other)))
				definition = entry_definition(lfirst(other));
		}
		items = lappend(items, rr_jsonb_object("type", rr_jsonb_text(item->type), "name", rr_jsonb_text(item->name),
											   "reason", rr_jsonb_text(item->reason), "definition", definition, NULL));
	}
	return rr_jsonb_array(items);
}

static void
drop_entry(const Entry *entry)
{
	const RrRelationship *r = entry->relationship;

	if (entry->remote)
		rr_remove_remote_schema(entry->remote->name, true);
	else if (entry->permission)
		rr_drop_permission(entry->permission->remote_schema, entry->permission->role);
	else if (r && r->source_remote_schema)
		rr_drop_remote_relationship(r->source_remote_schema, r->source_type, r->name);
	else if (r)
		RR_METADATA_EXECUTE("DELETE FROM remote_rel.table_relationship WHERE table_schema OPERATOR(pg_catalog.=) $1 "
							"AND table_name OPERATOR(pg_catalog.=) $2 AND name OPERATOR(pg_catalog.=) $3",
							rr_arg_name(r->source_schema), rr_arg_name(r->source_table), rr_arg_text(r->name));
	else if (entry->computed)
		RR_METADATA_EXECUTE("DELETE FROM remote_rel.computed_field WHERE table_schema OPERATOR(pg_catalog.=) $1 "
							"AND table_name OPERATOR(pg_catalog.=) $2 AND name OPERATOR(pg_catalog.=) $3",
							rr_arg_name(entry->computed->source_schema), rr_arg_name(entry->computed->source_table),
							rr_arg_text(entry->computed->name));
	else if (entry->function)
		rr_drop_tracked_function(entry->function->function_schema, entry->function->function_name);
}

/* One at a time: what goes with it, or depends on it, is looked at anew. */
static bool
drop_one(void)
{
	List	   *inconsistencies = rr_all_inconsistencies();
	ListCell   *lc;

	foreach(lc, all_entries())
	{
		if (lists_entry(inconsistencies, lfirst(lc)))
		{
			drop_entry(lfirst(lc));
			return true;
		}
	}
	return false;
}

void
rr_drop_inconsistent_metadata(void)
{
	rr_metadata_begin();
	while (drop_one())
	{
		CHECK_FOR_INTERRUPTS();
		rr_metadata_refresh();
	}
	rr_metadata_end();
}
