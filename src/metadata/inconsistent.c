/*
 * inconsistent.c: finds the metadata that cannot be served, with the reasons.
 *
 * Checked here is each object by itself: remote schemas, permissions,
 * relationships, functions. What only shows when the whole schema is built
 * (name clashes, names that GraphQL does not allow) comes from the role
 * schema. An object that both report is listed once, with the reason found
 * here.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"

#include "compat.h"
#include "metadata/postponed.h"
#include "schema/permission/permission.h"
#include "schema/table/table.h"

/*
 * How often everything is checked again because something has changed in
 * between. After that the last result is returned, though it may be out of
 * date.
 */
#define MAX_ATTEMPTS 10

/*
 * An object of the metadata, with the type and name under which it is listed.
 */
typedef struct Entry
{
	const char *type;
	const char *name;			/* unique among its type */
	const RrRemoteSchema *remote;	/* one of these */
	const RrPermission *permission;
	const RrRelationship *relationship;
	const RrComputedField *computed;
	const RrTrackedFunction *function;
	const RrTableCustomization *enum_table;
} Entry;

/* ---- the objects ---- */

static List *
add_relationships(List *entries, List *relationships)
{
	ListCell   *lc;

	foreach(lc, relationships)
	{
		const RrRelationship *r = lfirst(lc);
		Entry	   *entry = palloc0(sizeof(Entry));

		entry->relationship = r;
		entry->type = r->kind == RR_REL_OBJECT ? "object_relation" : r->kind == RR_REL_ARRAY
			? "array_relation" : "remote_relationship";
		entry->name = r->source_table ? rr_field_label(r->source_schema, r->source_table, r->name) :
			rr_remote_field_label(r->source_remote_schema, r->source_type, r->name);
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
		entry->name = rr_field_label(field->source_schema, field->source_table, field->name);
		entries = lappend(entries, entry);
	}
	foreach(lc, rr_catalog_tracked_functions())
	{
		Entry	   *entry = palloc0(sizeof(Entry));
		const RrTrackedFunction *function = lfirst(lc);

		entry->function = function;
		entry->type = "function";
		entry->name = quote_qualified_identifier(function->function_schema,
												 function->function_name);
		entries = lappend(entries, entry);
	}
	foreach(lc, rr_catalog_table_customizations(InvalidOid))
	{
		const RrTableCustomization *custom = lfirst(lc);
		Entry	   *entry;

		if (!custom->is_enum)
			continue;
		entry = palloc0(sizeof(Entry));
		entry->enum_table = custom;
		entry->type = "enum_table";
		entry->name = quote_qualified_identifier(custom->source_schema, custom->source_table);
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

/*
 * Check a remote schema against those added before it. Entries come in that
 * order.
 */
static void
check_remote(RrRemote *remote, RrRemotes *remotes, GqlErrorList *errors)
{
	rr_check_remote(remote, remotes->served, errors);
	if (errors->items == NIL)
		remotes->served = lappend(remotes->served, remote);
}

static void
check_entry(const Entry *entry, RrRemotes *remotes, GqlErrorList *errors)
{
	RrRemote   *remote;

	if (entry->remote)
	{
		remote = rr_load_remote(remotes, entry->remote->name, errors);
		if (remote)
			check_remote(remote, remotes, errors);
	}
	else if (entry->permission)
	{
		if (rr_permission_is_orphaned(entry->permission))
			gql_error(errors, "Role \"%s\" was dropped. If there is another one now that shall have the permission, add it again.",
					  entry->permission->role);
		remote = rr_load_remote(remotes, entry->permission->remote_schema, errors);
		if (remote)
			rr_check_permission(remote->upstream, entry->permission->sdl, errors);
	}
	else if (entry->relationship)
		rr_check_relationship(entry->relationship, remotes, errors);
	else if (entry->computed && !OidIsValid(entry->computed->source))
		gql_error(errors, "Table \"%s.%s\" does not exist.", entry->computed->source_schema,
				  entry->computed->source_table);
	else if (entry->computed)
		check_function(entry->computed->function_schema, entry->computed->function_name, errors);
	else if (entry->function)
		check_function(entry->function->function_schema, entry->function->function_name, errors);
}

static bool
is_of(const RrInconsistency *item, const char *type, const char *name)
{
	return strcmp(item->type, type) == 0 && strcmp(item->name, name) == 0;
}

static bool
lists(List *inconsistencies, const char *type, const char *name)
{
	ListCell   *lc;

	foreach(lc, inconsistencies)
	{
		if (is_of(lfirst(lc), type, name))
			return true;
	}
	return false;
}

static bool
lists_entry(List *inconsistencies, const Entry *entry)
{
	return lists(inconsistencies, entry->type, entry->name);
}

/*
 * The object that an inconsistency belongs to; NULL when it is no object of
 * the metadata (a table, a role).
 */
static const Entry *
entry_of(List *entries, const RrInconsistency *item)
{
	ListCell   *lc;

	foreach(lc, entries)
	{
		const Entry *entry = lfirst(lc);

		if (is_of(item, entry->type, entry->name))
			return entry;
	}
	return NULL;
}

/* ---- objects that need an inconsistent one ---- */

/*
 * The first computed field among a relationship's lhs_fields that is listed as
 * inconsistent, or NULL.
 */
static const char *
listed_computed_field(List *found, const RrRelationship *r)
{
	ListCell   *lc;

	if (r->source_table == NULL || r->to_remote_schema == NULL)
		return NULL;
	foreach(lc, r->to_remote_schema->lhs_fields)
	{
		const char *name = lfirst(lc);
		const char *label = rr_field_label(r->source_schema, r->source_table, name);

		/* a column of the same name is used first */
		if (get_attnum(r->source, name) <= 0 && lists(found, "computed_field", label))
			return name;
	}
	return NULL;
}

/* The same for the remote schemas that an object needs. */
static const char *
listed_remote_schema(List *found, const Entry *entry)
{
	const RrRelationship *r = entry->relationship;

	if (entry->permission && lists(found, "remote_schema", entry->permission->remote_schema))
		return entry->permission->remote_schema;
	if (r && r->source_remote_schema && lists(found, "remote_schema", r->source_remote_schema))
		return r->source_remote_schema;
	if (r && r->to_remote_schema && lists(found, "remote_schema",
										  r->to_remote_schema->remote_schema))
		return r->to_remote_schema->remote_schema;
	return NULL;
}

/*
 * Why an object that has no error itself cannot be served; NULL when it can.
 */
static const char *
dependent_reason(List *found, const Entry *entry)
{
	const char *name = listed_remote_schema(found, entry);

	if (name)
		return psprintf("Remote schema \"%s\" is inconsistent.", name);
	name = entry->relationship ? listed_computed_field(found, entry->relationship) : NULL;
	return name ? psprintf("Computed field \"%s\" is inconsistent.", name) : NULL;
}

static int
compare_inconsistencies(const ListCell *a, const ListCell *b)
{
	const RrInconsistency *left = lfirst(a);
	const RrInconsistency *right = lfirst(b);
	int			result = strcmp(left->type, right->type);

	return result ? result : strcmp(left->name, right->name);
}

static List *
add_item(List *found, const Entry *entry, const char *reason)
{
	RrInconsistency *item = palloc0(sizeof(RrInconsistency));

	item->type = entry->type;
	item->name = entry->name;
	item->reason = reason;
	return lappend(found, item);
}

static List *
find_inconsistencies(void)
{
	List	   *entries = all_entries();
	List	   *found = NIL;
	RrRemotes	remotes = {0};
	ListCell   *lc;

	foreach(lc, entries)
	{
		GqlErrorList *errors = gql_errors_create(RR_MAX_SHOWN_ERRORS, NULL);

		CHECK_FOR_INTERRUPTS();
		check_entry(lfirst(lc), &remotes, errors);
		if (errors->items != NIL)
			found = add_item(found, lfirst(lc), rr_error_lines(errors, RR_MAX_SHOWN_ERRORS));
	}
	foreach(lc, list_concat(rr_role_inconsistencies(&remotes), rr_inconsistencies()))
	{
		RrInconsistency *item = lfirst(lc);

		if (!lists(found, item->type, item->name))
			found = lappend(found, item);
	}
	if (found != NIL)
	{
		foreach(lc, entries)
		{
			const char *reason = lists_entry(found, lfirst(lc)) ? NULL
			: dependent_reason(found, lfirst(lc));

			if (reason)
				found = add_item(found, lfirst(lc), reason);
		}
	}
	list_sort(found, compare_inconsistencies);
	return found;
}

/*
 * The metadata and the tables must be of one time. Both are read as they are
 * now; if another session changes either meanwhile, everything is checked
 * again.
 */
List	   *
rr_all_inconsistencies(void)
{
	for (int attempt = 1;; attempt++)
	{
		uint64		generation;
		List	   *found;
		bool		changed;

		PushActiveSnapshot(GetLatestSnapshot());
		rr_wait_for_invalidations();
		generation = rr_catalog_generation();
		found = find_inconsistencies();
		changed = (found != NIL && rr_catalogs_overtaken()) ||
			rr_catalog_generation() != generation;
		PopActiveSnapshot();
		if (!changed || attempt == MAX_ATTEMPTS)
			return found;
	}
}

/* ---- what a command did ---- */

/* The items of now that are not in before, sorted. */
static List *
new_among(List *now, List *before)
{
	List	   *found = NIL;
	ListCell   *lc;

	foreach(lc, now)
	{
		const RrInconsistency *item = lfirst(lc);

		if (!lists(before, item->type, item->name))
			found = lappend(found, lfirst(lc));
	}
	list_sort(found, compare_inconsistencies);
	return found;
}

char	   *
rr_inconsistency_text(const RrInconsistency *item)
{
	return psprintf("%s \"%s\": %s", item->type, item->name, item->reason);
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
		appendStringInfo(&detail, "%s%s", detail.len ? "\n" : "",
						 rr_inconsistency_text(lfirst(lc)));
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("%s does not fit", what),
			 errdetail_internal("%s", detail.data)));
}

void
rr_refuse_new_among(List *now, List *before, const char *what)
{
	List	   *found = new_among(now, before);

	if (found != NIL)
		rr_metadata_refuse_stale();
	refuse(found, what);
}

List	   *
rr_inconsistent_objects(List *before)
{
	List	   *entries = all_entries();
	List	   *found = NIL;
	ListCell   *lc;

	foreach(lc, rr_all_inconsistencies())
	{
		RrInconsistency *item = lfirst(lc);

		if (!lists(before, item->type, item->name) || entry_of(entries, item))
			found = lappend(found, item);
	}
	return found;
}

List	   *
rr_warn_new_among(List *now, List *before)
{
	List	   *found = new_among(now, before);
	ListCell   *lc;

	foreach(lc, found)
	{
		const RrInconsistency *item = lfirst(lc);

		rr_metadata_message(WARNING, ERRCODE_WARNING,
							psprintf("%s \"%s\" has become inconsistent", item->type, item->name),
							item->reason);
	}
	return found;
}

List	   *
rr_warn_new_inconsistencies(List *before)
{
	return rr_warn_new_among(rr_all_inconsistencies(), before);
}

/* ---- after a DROP ---- */

/*
 * What was dropped: tables, functions, and columns of tables. Three arrays of
 * n elements.
 */
typedef struct Dropped
{
	int			n;
	char	  **schemas;
	char	  **names;
	char	  **columns;		/* NULL: not a column */
} Dropped;

static bool
has_mapping(List *mapping, bool of_target, const char *column)
{
	ListCell   *lc;

	foreach(lc, mapping)
	{
		const RrFieldMapping *field = lfirst(lc);

		if (strcmp(of_target ? field->column : field->lhs, column) == 0)
			return true;
	}
	return false;
}

/*
 * Does a relationship name this column: of its target table if of_target, else
 * of its source table?
 */
static bool
names_column(const RrRelationship *r, bool of_target, const char *column)
{
	RrLinkUsing *using;

	if (r->to_remote_schema)
		return !of_target && rr_has_name(r->to_remote_schema->lhs_fields, column);
	if (r->to_source)
		return has_mapping(r->to_source->field_mapping, of_target, column);
	using = rr_link_using_parse(rr_doc_root(r->using, "using"));
	return has_mapping(using->mapping, of_target, column) ||
		(of_target == (using->table_name != NULL) && rr_has_name(using->columns, column));
}

/* Does a relationship name the table, or the column unless that is NULL? */
static bool
relationship_names(const RrRelationship *r, const char *schema, const char *name,
				   const char *column)
{
	const RrDoc *target = rr_relationship_target(r);
	const char *target_schema;
	const char *target_name;

	if (column && r->source_table && strcmp(r->source_schema, schema) == 0 &&
		strcmp(r->source_table, name) == 0 &&
		names_column(r, false, column))
		return true;
	if (target == NULL)
		return false;
	rr_table_name_from_json(target, &target_schema, &target_name);
	return strcmp(target_schema, schema) == 0 && strcmp(target_name, name) == 0 &&
		(column == NULL || names_column(r, true, column));
}

static bool
entry_names(const Entry *entry, const char *schema, const char *name, const char *column)
{
	if (entry->relationship)
		return relationship_names(entry->relationship, schema, name, column);
	if (entry->computed)
		return column == NULL && strcmp(entry->computed->function_schema, schema) == 0 &&
			strcmp(entry->computed->function_name, name) == 0;
	return entry->function && column == NULL && strcmp(entry->function->function_schema,
													   schema) == 0 &&
		strcmp(entry->function->function_name, name) == 0;
}

static bool
names_dropped(const Entry *entry, const Dropped *dropped)
{
	for (int i = 0; i < dropped->n; i++)
	{
		const char *schema = dropped->schemas[i];
		const char *name = dropped->names[i];

		if (schema && name && entry_names(entry, schema, name, dropped->columns[i]))
			return true;
	}
	return false;
}

static void
tell_dropped(const Dropped *dropped)
{
	RrRemotes	remotes = {0};
	ListCell   *lc;

	foreach(lc, all_entries())
	{
		const Entry *entry = lfirst(lc);
		GqlErrorList *errors = gql_errors_create(RR_MAX_SHOWN_ERRORS, NULL);

		if (!names_dropped(entry, dropped))
			continue;
		check_entry(entry, &remotes, errors);
		if (errors->items != NIL)
			ereport(NOTICE,
					(errmsg("%s \"%s\" has become inconsistent", entry->type, entry->name),
					 errdetail_internal("%s", rr_error_lines(errors, RR_MAX_SHOWN_ERRORS))));
	}
}

static char **
read_texts(ArrayType *array, int *n)
{
	Datum	   *datums;
	bool	   *nulls;
	char	  **texts;

	deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT, &datums, &nulls, n);
	texts = palloc(*n * sizeof(char *));
	for (int i = 0; i < *n; i++)
		texts[i] = nulls[i] ? NULL : TextDatumGetCString(datums[i]);
	return texts;
}

PG_FUNCTION_INFO_V1(rr_tell_dropped);

/* tell_dropped(schemas, names, columns), for the event trigger on sql_drop. */
Datum
rr_tell_dropped(PG_FUNCTION_ARGS)
{
	Dropped		dropped;
	int			nschemas;
	int			nnames;

	dropped.schemas = read_texts(PG_GETARG_ARRAYTYPE_P(0), &nschemas);
	dropped.names = read_texts(PG_GETARG_ARRAYTYPE_P(1), &nnames);
	dropped.columns = read_texts(PG_GETARG_ARRAYTYPE_P(2), &dropped.n);
	dropped.n = Min(dropped.n, Min(nschemas, nnames));
	tell_dropped(&dropped);
	PG_RETURN_VOID();
}

/* ---- commands ---- */

/*
 * A definition to be shown. Not that of a remote schema: its headers are
 * secret.
 */
static Jsonb *
entry_definition(const Entry *entry)
{
	return entry->relationship ? entry->relationship->definition : NULL;
}

Jsonb	   *
rr_inconsistencies_to_jsonb(List *inconsistencies)
{
	List	   *entries = all_entries();
	List	   *items = NIL;
	ListCell   *lc;

	foreach(lc, inconsistencies)
	{
		const RrInconsistency *item = lfirst(lc);
		const Entry *entry = entry_of(entries, item);
		Jsonb	   *definition = entry ? entry_definition(entry) : NULL;

		items = lappend(items, rr_jsonb_object("type", rr_jsonb_text(item->type), "name",
											   rr_jsonb_text(item->name),
											   "reason", rr_jsonb_text(item->reason),
											   "definition", definition, NULL));
	}
	return rr_jsonb_array(items);
}

static void
drop_entry(const Entry *entry)
{
	const RrRelationship *r = entry->relationship;

	if (entry->remote)
		rr_delete_remote_schema(entry->remote->name, true);
	else if (entry->permission)
		rr_delete_permission(entry->permission->remote_schema, entry->permission->role);
	else if (r && r->source_remote_schema)
		rr_delete_type_relationship(r->source_remote_schema, r->source_type, r->name);
	else if (r)
		rr_delete_table_relationship_row(r->source_schema, r->source_table, r->name);
	else if (entry->computed)
		rr_delete_computed_field_row(entry->computed->source_schema, entry->computed->source_table,
									 entry->computed->name);
	else if (entry->function)
		rr_delete_tracked_function(entry->function->function_schema,
								   entry->function->function_name);
	else if (entry->enum_table)
		rr_mark_enum_table(entry->enum_table->source_schema, entry->enum_table->source_table, false,
						   RR_RESTORE);
}

/*
 * Entries stand after those that they use, so they are deleted from the end.
 * Returns false when there was nothing to delete.
 */
static bool
drop_listed(void)
{
	List	   *inconsistencies = rr_all_inconsistencies();
	List	   *entries = all_entries();
	bool		any = false;

	for (int i = list_length(entries) - 1; i >= 0; i--)
	{
		if (lists_entry(inconsistencies, list_nth(entries, i)))
		{
			drop_entry(list_nth(entries, i));
			any = true;
		}
	}
	return any;
}

void
rr_drop_inconsistent_metadata(void)
{
	rr_metadata_begin();
	while (drop_listed())
	{
		CHECK_FOR_INTERRUPTS();
		rr_metadata_refresh();
	}
	rr_metadata_end();
}
