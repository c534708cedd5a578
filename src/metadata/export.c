/*
 * export.c: exports the metadata as one object in the format of Hasura's
 * version 3, tells its resource_version, and clears it.
 *
 * Everything is sorted: two exports are equal exactly when the metadata are.
 * Header values are exported as they were given; environment variables are not
 * read.
 */
#include "postgres.h"

#include "common/hashfn.h"

#include "compat.h"
#include "metadata/metadata.h"

static Jsonb *
table_json(const char *schema, const char *name)
{
	return rr_jsonb_object("schema", rr_jsonb_text(schema), "name", rr_jsonb_text(name), NULL);
}

/* NULL for an empty list: rr_jsonb_object() leaves the member out. */
static Jsonb *
list_json(List *items)
{
	return items == NIL ? NULL : rr_jsonb_array(items);
}

/* ---- tables ---- */

/* The metadata of one table. */
typedef struct Table
{
	const char *schema;
	const char *name;
	Jsonb	   *configuration;
	bool		is_enum;
	List	   *objects;		/* Jsonb * each */
	List	   *arrays;
	List	   *computed;
	List	   *remotes;
	List	   *limits;			/* of roles */
} Table;

static Table *
table_entry(List **tables, const char *schema, const char *name)
{
	ListCell   *lc;
	Table	   *table;

	foreach(lc, *tables)
	{
		table = lfirst(lc);
		if (strcmp(table->schema, schema) == 0 && strcmp(table->name, name) == 0)
			return table;
	}
	table = palloc0(sizeof(Table));
	table->schema = schema;
	table->name = name;
	*tables = lappend(*tables, table);
	return table;
}

static int
compare_tables(const ListCell *a, const ListCell *b)
{
	const Table *left = lfirst(a);
	const Table *right = lfirst(b);
	int			result = strcmp(left->schema, right->schema);

	return result ? result : strcmp(left->name, right->name);
}

static Jsonb *
computed_json(const RrComputedField *field)
{
	return rr_jsonb_object("name", rr_jsonb_text(field->name),
						   "definition",
						   rr_jsonb_object("function", table_json(field->function_schema,
																  field->function_name),
										   "table_argument", rr_jsonb_text(field->table_argument),
										   "session_argument", rr_jsonb_text(field->session_argument), NULL),
						   "comment", rr_jsonb_text(field->comment), NULL);
}

static List *
tables_json(void)
{
	List	   *tables = NIL;
	List	   *result = NIL;
	ListCell   *lc;
	ListCell   *limit;

	foreach(lc, rr_catalog_table_relationships(InvalidOid))
	{
		const RrRelationship *r = lfirst(lc);
		Table	   *table = table_entry(&tables, r->source_schema, r->source_table);
		Jsonb	   *json = rr_jsonb_object("name", rr_jsonb_text(r->name), r->using ? "using"
										   : "definition", r->definition,
										   "comment", rr_jsonb_text(r->comment), NULL);

		if (r->kind == RR_REL_OBJECT)
			table->objects = lappend(table->objects, json);
		else if (r->kind == RR_REL_ARRAY)
			table->arrays = lappend(table->arrays, json);
		else
			table->remotes = lappend(table->remotes, json);
	}
	foreach(lc, rr_catalog_computed_fields(InvalidOid))
	{
		const RrComputedField *field = lfirst(lc);
		Table	   *table = table_entry(&tables, field->source_schema, field->source_table);

		table->computed = lappend(table->computed, computed_json(field));
	}
	foreach(lc, rr_catalog_table_customizations(InvalidOid))
	{
		const RrTableCustomization *custom = lfirst(lc);

		if (custom->configuration != NULL)
			table_entry(&tables, custom->source_schema, custom->source_table)->configuration =
				custom->configuration;
		if (custom->is_enum)
			table_entry(&tables, custom->source_schema, custom->source_table)->is_enum = true;
		foreach(limit, custom->limits)
		{
			Table	   *table = table_entry(&tables, custom->source_schema, custom->source_table);

			table->limits = lappend(table->limits, rr_table_limit_json(lfirst(limit)));
		}
	}
	list_sort(tables, compare_tables);
	foreach(lc, tables)
	{
		const Table *table = lfirst(lc);

		result = lappend(result, rr_jsonb_object("table", table_json(table->schema, table->name),
												 "is_enum", table->is_enum ? rr_jsonb_bool(true) : NULL,
												 "configuration", table->configuration,
												 "object_relationships", list_json(table->objects),
												 "array_relationships", list_json(table->arrays),
												 "computed_fields", list_json(table->computed),
												 "remote_relationships", list_json(table->remotes),
												 "select_permissions", list_json(table->limits), NULL));
	}
	return result;
}

static List *
functions_json(void)
{
	List	   *result = NIL;
	ListCell   *lc;

	foreach(lc, rr_catalog_tracked_functions())
	{
		const RrTrackedFunction *function = lfirst(lc);

		result = lappend(result, rr_jsonb_object("function", table_json(function->function_schema,
																		function->function_name),
												 "configuration", function->configuration,
												 "comment", rr_jsonb_text(function->comment),
												 NULL));
	}
	return result;
}

/* ---- remote schemas ---- */

static List *
permissions_json(const char *remote_schema)
{
	List	   *result = NIL;
	ListCell   *lc;

	foreach(lc, rr_catalog_permissions(remote_schema))
	{
		const RrPermission *permission = lfirst(lc);
		Jsonb	   *schema = rr_jsonb_text(permission->sdl);
		Jsonb	   *json = rr_jsonb_object("role", rr_jsonb_text(permission->role),
										   "definition", rr_jsonb_object("schema", schema, NULL),
										   "comment", rr_jsonb_text(permission->comment), NULL);

		result = lappend(result, json);
	}
	return result;
}

/* Grouped by type; the catalog is read in that order. */
static List *
relationships_json(const char *remote_schema)
{
	List	   *result = NIL;
	List	   *group = NIL;
	List	   *relationships = rr_catalog_remote_relationships(remote_schema);

	for (int i = 0; i < list_length(relationships); i++)
	{
		const RrRelationship *r = list_nth(relationships, i);
		const RrRelationship *next = i + 1 < list_length(relationships)
		? list_nth(relationships, i + 1) : NULL;

		group = lappend(group, rr_jsonb_object("name", rr_jsonb_text(r->name), "definition",
											   r->definition, NULL));
		if (next && strcmp(next->source_type, r->source_type) == 0)
			continue;
		result = lappend(result, rr_jsonb_object("type_name", rr_jsonb_text(r->source_type),
												 "relationships", rr_jsonb_array(group), NULL));
		group = NIL;
	}
	return result;
}

static int
compare_names(const ListCell *a, const ListCell *b)
{
	return strcmp(((RrRemoteSchema *) lfirst(a))->name, ((RrRemoteSchema *) lfirst(b))->name);
}

static List *
remote_schemas_json(void)
{
	List	   *remotes = rr_catalog_remote_schemas();
	List	   *result = NIL;
	ListCell   *lc;

	list_sort(remotes, compare_names);
	foreach(lc, remotes)
	{
		const RrRemoteSchema *remote = lfirst(lc);

		result = lappend(result, rr_jsonb_object("name", rr_jsonb_text(remote->name),
												 "definition", remote->definition,
												 "comment", rr_jsonb_text(remote->comment),
												 "sdl", remote->sdl_given
												 ? rr_jsonb_text(remote->sdl) : NULL,
												 "permissions", list_json(permissions_json(remote->name)),
												 "remote_relationships", list_json(relationships_json(remote->name)), NULL));
	}
	return result;
}

/* ---- the object ---- */

static List *
hidden_tables_json(void)
{
	List	   *result = NIL;
	ListCell   *lc;

	foreach(lc, rr_catalog_table_customizations(InvalidOid))
	{
		const RrTableCustomization *custom = lfirst(lc);

		if (custom->hidden)
			result = lappend(result, table_json(custom->source_schema, custom->source_table));
	}
	return result;
}

/* The list of query collections, or that of those that are allowed. */
static List *
query_collections_json(bool allowed)
{
	List	   *result = NIL;
	ListCell   *lc;

	foreach(lc, rr_catalog_query_collections())
	{
		const RrQueryCollection *collection = lfirst(lc);

		if (!allowed)
			result = lappend(result, rr_jsonb_object("name", rr_jsonb_text(collection->name),
													 "definition", collection->definition,
													 "comment", rr_jsonb_text(collection->comment), NULL));
		else if (collection->allowed)
			result = lappend(result, rr_jsonb_object("collection", rr_jsonb_text(collection->name),
													 "scope", collection->allowed, NULL));
	}
	return result;
}

Jsonb	   *
rr_export_metadata(void)
{
	Jsonb	   *source = rr_jsonb_object("name", rr_jsonb_text("default"), "kind",
										 rr_jsonb_text("postgres"),
										 "tables", rr_jsonb_array(tables_json()),
										 "functions", list_json(functions_json()),
										 "hidden_tables", list_json(hidden_tables_json()),
										 "customization", rr_catalog_naming()->customization, NULL);

	return rr_jsonb_object("version", rr_jsonb_int(3), "sources",
						   rr_jsonb_array(list_make1(source)),
						   "remote_schemas", list_json(remote_schemas_json()),
						   "query_collections", list_json(query_collections_json(false)),
						   "allowlist", list_json(query_collections_json(true)), NULL);
}

int
rr_resource_version(void)
{
	char	   *text = JsonbToCString(NULL, &rr_export_metadata()->root, 0);

	return (int) (hash_bytes((unsigned char *) text, strlen(text)) & PG_INT32_MAX);
}

void
rr_check_resource_version(const RrDoc *given)
{
	int			version;

	if (given == NULL)
		return;
	rr_metadata_begin();
	version = rr_resource_version();
	if (rr_doc_int(given, 0, PG_INT32_MAX) != version)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("the metadata have changed: their resource_version is %d", version),
				 errdetail("%s was given at %s.", rr_doc_scalar_text(given), rr_doc_path(given)),
				 errhint("Export them again, and make the change there.")));
	rr_metadata_end();
}

void
rr_clear_metadata(void)
{
	rr_metadata_begin();
	(void) rr_metadata_execute("DELETE FROM remote_rel.table_relationship", 0, NULL);
	(void) rr_metadata_execute("DELETE FROM remote_rel.remote_schema_relationship", 0, NULL);
	(void) rr_metadata_execute("DELETE FROM remote_rel.remote_schema_permission", 0, NULL);
	(void) rr_metadata_execute("DELETE FROM remote_rel.computed_field", 0, NULL);
	(void) rr_metadata_execute("DELETE FROM remote_rel.tracked_function", 0, NULL);
	rr_drop_enum_triggers();
	(void) rr_metadata_execute("DELETE FROM remote_rel.table_customization", 0, NULL);
	(void) rr_metadata_execute("DELETE FROM remote_rel.source_customization", 0, NULL);
	(void) rr_metadata_execute("DELETE FROM remote_rel.query_collection", 0, NULL);
	(void) rr_metadata_execute("DELETE FROM remote_rel.remote_schema", 0, NULL);
	rr_metadata_end();
}
