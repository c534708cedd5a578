/*
 * json_api.c: remote_rel.metadata(jsonb), which runs Hasura's metadata
 * commands: {"type": …, "args": …}.
 *
 * A command is found in the table commands[], with or without the prefix
 * "pg_". It reads its arguments with cursors (catalog/doc.h), so each error
 * names its path from "$".
 *
 * To add a metadata command:
 *
 * 1. Write the command itself as a C function in the file of its subject
 *   (remote_schema.c, table_relationship.c, …), and declare it in metadata.h.
 * 2. Here, write a function that reads the arguments and calls it, and add
 *   that to commands[]. A command that Hasura has and we do not support gets a
 *   line in unsupported.c instead.
 * 3. If it is to have an SQL function: in sql_functions.c, rr_<name of the
 *   SQL function>; in sql/remote_rel--<version>.sql, CREATE FUNCTION, COMMENT,
 *   REVOKE FROM PUBLIC.
 * 4. If it stores a new sort of object: read_body.c (JSON into a struct),
 *   export.c and replace.c, inconsistent.c (what can be wrong with it), and
 *   rename.c when it names tables, columns or functions.
 * 5. Document it in docs/metadata.md and docs/reference.md.
 * 6. Add a valid request to test/metadata/every_command.json:
 *   test/sql/metadata_hostile.sql then tries every wrong value in it. Write
 *   the test of what it does in test/sql/metadata_*.sql.
 */
#include "postgres.h"

#include "fmgr.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

#include "compat.h"
#include "metadata/bulk.h"

/* The answer; NULL stands for {"message": "success"}. */
typedef Jsonb *(*Command) (const RrDoc *args);

static Jsonb *run(const RrDoc *request);
static RrBulkClass class_of(const RrDoc *request);

static const RrBulkCallbacks bulk_callbacks = {.run = run, .class_of = class_of};

static const char *
require_text(const RrDoc *args, const char *key)
{
	return rr_doc_text(rr_doc_require(args, key));
}

static void
read_table(const RrDoc *args, const char **schema, const char **name)
{
	rr_check_source(args);
	rr_table_name_from_json(rr_doc_require(args, "table"), schema, name);
}

/* ---- remote schemas ---- */

static RrRemoteSchema *
read_remote_schema(const RrDoc *args)
{
	RR_DOC_CHECK_KEYS(args, "name", "definition", "comment", "sdl");
	return rr_prepare_remote_schema(require_text(args, "name"), rr_doc_require(args, "definition"),
									rr_doc_get_text(args, "comment", NULL),
									rr_doc_get_text(args, "sdl", NULL));
}

static Jsonb *
add_remote_schema(const RrDoc *args)
{
	rr_put_remote_schema(read_remote_schema(args), RR_CREATE);
	return NULL;
}

/*
 * The answer of a command that succeeded; it lists what has become
 * inconsistent by it. NULL when nothing has.
 */
static Jsonb *
success_with(List *inconsistencies)
{
	if (inconsistencies == NIL)
		return NULL;
	return rr_jsonb_object("message", rr_jsonb_text("success"), "is_consistent",
						   rr_jsonb_bool(false),
						   "inconsistent_objects", rr_inconsistencies_to_jsonb(inconsistencies),
						   NULL);
}

static Jsonb *
update_remote_schema(const RrDoc *args)
{
	return success_with(rr_put_remote_schema(read_remote_schema(args), RR_UPDATE));
}

static Jsonb *
remove_remote_schema(const RrDoc *args)
{
	RR_DOC_CHECK_KEYS(args, "name", "cascade");
	rr_delete_remote_schema(require_text(args, "name"), rr_doc_get_bool(args, "cascade", false));
	return NULL;
}

static Jsonb *
reload_remote_schema(const RrDoc *args)
{
	RR_DOC_CHECK_KEYS(args, "name");
	return success_with(rr_refetch_remote_schema(require_text(args, "name")));
}

static Jsonb *
introspect_remote_schema(const RrDoc *args)
{
	RR_DOC_CHECK_KEYS(args, "name");
	return rr_remote_schema_introspection(require_text(args, "name"));
}

/* ---- permissions ---- */

static Jsonb *
add_remote_schema_permissions(const RrDoc *args)
{
	RR_DOC_CHECK_KEYS(args, "remote_schema", "role", "definition", "comment");
	RR_DOC_CHECK_KEYS(rr_doc_require(args, "definition"), "schema");
	rr_put_permission(rr_permission_from_body(args, require_text(args, "remote_schema")),
					  RR_CREATE);
	return NULL;
}

static Jsonb *
drop_remote_schema_permissions(const RrDoc *args)
{
	RR_DOC_CHECK_KEYS(args, "remote_schema", "role");
	rr_delete_permission(require_text(args, "remote_schema"), require_text(args, "role"));
	return NULL;
}

/* ---- relationships of tables ---- */

static void
put_remote_relationship(const RrDoc *args, RrPutMode mode)
{
	RrRelationship *relationship;

	/* either "definition", or its members in the body itself (old form) */
	if (rr_doc_get(args, "definition") == NULL)
		RR_DOC_CHECK_KEYS(args, "name", "source", "table", "comment", "remote_schema",
						  "lhs_fields", "hasura_fields", "remote_field",
						  "batch", "relationship_type", "definition");
	else
		RR_DOC_CHECK_KEYS(args, "name", "source", "table", "comment", "definition");
	relationship = rr_relationship_from_body(args, RR_REL_TO_REMOTE_SCHEMA);
	read_table(args, &relationship->source_schema, &relationship->source_table);
	rr_put_table_relationship(relationship, mode);
}

static Jsonb *
create_remote_relationship(const RrDoc *args)
{
	put_remote_relationship(args, RR_CREATE);
	return NULL;
}

static Jsonb *
update_remote_relationship(const RrDoc *args)
{
	put_remote_relationship(args, RR_UPDATE);
	return NULL;
}

static Jsonb *
delete_remote_relationship(const RrDoc *args)
{
	const char *schema;
	const char *table;

	RR_DOC_CHECK_KEYS(args, "source", "table", "name");
	read_table(args, &schema, &table);
	rr_delete_table_relationship(schema, table, require_text(args, "name"), RR_REMOTE_KINDS);
	return NULL;
}

static void
create_local_relationship(const RrDoc *args, RrRelationshipKind kind)
{
	RrRelationship *relationship;

	RR_DOC_CHECK_KEYS(args, "source", "table", "name", "using", "comment");
	relationship = rr_relationship_from_body(args, kind);
	read_table(args, &relationship->source_schema, &relationship->source_table);
	rr_put_table_relationship(relationship, RR_CREATE);
}

static Jsonb *
create_object_relationship(const RrDoc *args)
{
	create_local_relationship(args, RR_REL_OBJECT);
	return NULL;
}

static Jsonb *
create_array_relationship(const RrDoc *args)
{
	create_local_relationship(args, RR_REL_ARRAY);
	return NULL;
}

static Jsonb *
drop_relationship(const RrDoc *args)
{
	const char *schema;
	const char *table;

	RR_DOC_CHECK_KEYS(args, "source", "table", "relationship", "cascade");
	read_table(args, &schema, &table);
	rr_delete_table_relationship(schema, table, require_text(args, "relationship"), RR_LOCAL_KINDS);
	return NULL;
}

/* ---- relationships of remote types ---- */

static const char *
read_type_name(const RrDoc *args)
{
	const char *type_name = rr_doc_get_text(args, "type_name", NULL);

	return type_name ? type_name
		: require_text(args, rr_doc_get(args, "type") ? "type" : "type_name");
}

static void
put_remote_schema_relationship(const RrDoc *args, RrPutMode mode)
{
	RrRelationship *relationship;

	RR_DOC_CHECK_KEYS(args, "remote_schema", "type_name", "type", "name", "definition");
	(void) rr_doc_require(args, "definition");
	relationship = rr_relationship_from_body(args, RR_REL_TO_REMOTE_SCHEMA);
	relationship->source_remote_schema = require_text(args, "remote_schema");
	relationship->source_type = read_type_name(args);
	rr_put_type_relationship(relationship, mode);
}

static Jsonb *
create_remote_schema_remote_relationship(const RrDoc *args)
{
	put_remote_schema_relationship(args, RR_CREATE);
	return NULL;
}

static Jsonb *
update_remote_schema_remote_relationship(const RrDoc *args)
{
	put_remote_schema_relationship(args, RR_UPDATE);
	return NULL;
}

static Jsonb *
delete_remote_schema_remote_relationship(const RrDoc *args)
{
	RR_DOC_CHECK_KEYS(args, "remote_schema", "type_name", "type", "name");
	rr_delete_type_relationship(require_text(args, "remote_schema"), read_type_name(args),
								require_text(args, "name"));
	return NULL;
}

/* ---- functions ---- */

static Jsonb *
add_computed_field(const RrDoc *args)
{
	const char *schema;
	const char *table;

	RR_DOC_CHECK_KEYS(args, "source", "table", "name", "definition", "comment");
	RR_DOC_CHECK_KEYS(rr_doc_require(args, "definition"), "function", "table_argument",
					  "session_argument");
	read_table(args, &schema, &table);
	rr_put_computed_field(rr_computed_field_from_body(args, schema, table), RR_CREATE);
	return NULL;
}

static Jsonb *
drop_computed_field(const RrDoc *args)
{
	const char *schema;
	const char *table;

	RR_DOC_CHECK_KEYS(args, "source", "table", "name", "cascade");
	read_table(args, &schema, &table);
	rr_delete_computed_field(schema, table, require_text(args, "name"),
							 rr_doc_get_bool(args, "cascade", false));
	return NULL;
}

static Jsonb *
track_function(const RrDoc *args)
{
	if (rr_doc_is_object(args))
	{
		rr_check_function_keys(args);
		rr_check_source(args);
	}
	rr_put_tracked_function(rr_tracked_function_from_body(args), RR_CREATE);
	return NULL;
}

static Jsonb *
untrack_function(const RrDoc *args)
{
	RrTrackedFunction *function;

	if (rr_doc_is_object(args))
	{
		RR_DOC_CHECK_KEYS(args, "source", "function", "schema", "name");
		rr_check_source(args);
	}
	function = rr_tracked_function_from_body(args);
	rr_delete_tracked_function(function->function_schema, function->function_name);
	return NULL;
}

/* ---- names ---- */

static Jsonb *
set_table_customization(const RrDoc *args)
{
	const char *schema;
	const char *table;

	RR_DOC_CHECK_KEYS(args, "source", "table", "configuration");
	read_table(args, &schema, &table);
	rr_put_table_customization(rr_read_table_customization(schema, table,
														   rr_doc_get(args, "configuration")),
							   RR_UPDATE);
	return NULL;
}

/* The older form: two members of the configuration in the body itself. */
static Jsonb *
set_table_custom_fields(const RrDoc *args)
{
	const char *schema;
	const char *table;
	const RrDoc *fields;
	const RrDoc *columns;
	Jsonb	   *configuration;

	RR_DOC_CHECK_KEYS(args, "source", "table", "custom_root_fields", "custom_column_names");
	read_table(args, &schema, &table);
	fields = rr_doc_get(args, "custom_root_fields");
	columns = rr_doc_get(args, "custom_column_names");
	configuration = rr_jsonb_object("custom_root_fields", fields ? rr_doc_jsonb(fields) : NULL,
									"custom_column_names", columns ? rr_doc_jsonb(columns) : NULL,
									NULL);
	rr_put_table_customization(rr_read_table_customization(schema, table,
														   rr_doc_root(configuration,
																	   rr_doc_path(args))),
							   RR_UPDATE);
	return NULL;
}

static Jsonb *
set_table_is_enum(const RrDoc *args)
{
	const char *schema;
	const char *table;

	RR_DOC_CHECK_KEYS(args, "source", "table", "is_enum");
	read_table(args, &schema, &table);
	rr_mark_enum_table(schema, table, rr_doc_bool(rr_doc_require(args, "is_enum")), RR_UPDATE);
	return NULL;
}

static Jsonb *
set_function_customization(const RrDoc *args)
{
	(void) rr_doc_require(args, "function");
	rr_check_function_keys(args);
	rr_check_source(args);
	rr_put_function_customization(rr_tracked_function_from_body(args));
	return NULL;
}

static Jsonb *
untrack_table(const RrDoc *args)
{
	const char *schema;
	const char *table;
	bool		is_object = rr_doc_is_object(args) && rr_doc_get(args, "table") != NULL;

	if (is_object)
	{
		RR_DOC_CHECK_KEYS(args, "source", "table", "cascade");
		rr_check_source(args);
		(void) rr_doc_get_bool(args, "cascade", false);
	}
	rr_table_name_from_json(is_object ? rr_doc_require(args, "table") : args, &schema, &table);
	rr_set_table_hidden(schema, table, true, RR_UPDATE);
	return NULL;
}

/* ---- the whole ---- */

static Jsonb *
consistency(const char *message)
{
	List	   *inconsistencies = rr_all_inconsistencies();

	return rr_jsonb_object("message", rr_jsonb_text(message),
						   "is_consistent", rr_jsonb_bool(inconsistencies == NIL),
						   "inconsistent_objects", message && inconsistencies == NIL ? NULL
						   : rr_inconsistencies_to_jsonb(inconsistencies),
						   NULL);
}

static Jsonb *
get_inconsistent_metadata(const RrDoc *args)
{
	rr_doc_check_empty(args);
	return consistency(NULL);
}

static Jsonb *
drop_inconsistent_metadata(const RrDoc *args)
{
	rr_doc_check_empty(args);
	rr_drop_inconsistent_metadata();
	return NULL;
}

static Jsonb *
export_metadata(const RrDoc *args)
{
	const RrDoc *version = rr_doc_get(args->parent, "version");
	Jsonb	   *metadata;

	rr_doc_check_empty(args);
	metadata = rr_export_metadata();
	if (version && rr_doc_int(version, 1, 2) == 2)
		return rr_jsonb_object("resource_version", rr_jsonb_int(rr_resource_version()),
							   "metadata", metadata, NULL);
	return metadata;
}

static Jsonb *
clear_metadata(const RrDoc *args)
{
	rr_doc_check_empty(args);
	rr_clear_metadata();
	return NULL;
}

/* true, false or a list of names. */
static void
check_selection(const RrDoc *which)
{
	ListCell   *lc;

	if (which == NULL)
		return;
	if (!rr_doc_is_array(which))
		(void) rr_doc_bool(which);
	else
		foreach(lc, rr_doc_items(which))
			(void) rr_doc_text(lfirst(lc));
}

static void
check_sources(const RrDoc *which)
{
	ListCell   *lc;

	check_selection(which);
	if (which && rr_doc_is_array(which))
		foreach(lc, rr_doc_items(which))
			rr_check_source_name(lfirst(lc));
}

/*
 * reload_remote_schemas is true (the default), false, or a list of names.
 * There is nothing to reload of tables: they are always served as they are
 * now.
 */
static Jsonb *
reload_metadata(const RrDoc *args)
{
	const RrDoc *which;
	ListCell   *lc;

	RR_DOC_CHECK_KEYS(args, "reload_remote_schemas", "reload_sources", "recreate_event_triggers");
	which = rr_doc_get(args, "reload_remote_schemas");
	check_selection(which);
	check_sources(rr_doc_get(args, "reload_sources"));
	check_selection(rr_doc_get(args, "recreate_event_triggers"));
	if (which && rr_doc_is_array(which))
	{
		foreach(lc, rr_doc_items(which))
			rr_refetch_remote_schema(rr_doc_text(lfirst(lc)));
	}
	else if (which == NULL || rr_doc_bool(which))
	{
		foreach(lc, rr_catalog_remote_schemas())
			rr_refetch_remote_schema(((RrRemoteSchema *) lfirst(lc))->name);
	}
	return consistency("success");
}

static Jsonb *
bulk(const RrDoc *args)
{
	return rr_run_bulk(args, false, &bulk_callbacks);
}

static Jsonb *
bulk_keep_going(const RrDoc *args)
{
	return rr_run_bulk(args, true, &bulk_callbacks);
}

/* ---- the table of commands ---- */

static const struct
{
	const char *type;			/* without pg_ */
	Command		run;
	RrBulkClass class;
}			commands[] = {
	{"add_remote_schema", add_remote_schema, RR_BULK_ALONE},
	{"update_remote_schema", update_remote_schema, RR_BULK_ALONE},
	{"remove_remote_schema", remove_remote_schema, RR_BULK_CHANGES_SCHEMAS},
	{"reload_remote_schema", reload_remote_schema, RR_BULK_ALONE},
	{"introspect_remote_schema", introspect_remote_schema, RR_BULK_TOGETHER},
	{"add_remote_schema_permissions", add_remote_schema_permissions, RR_BULK_TOGETHER},
	{"drop_remote_schema_permissions", drop_remote_schema_permissions, RR_BULK_TOGETHER},
	{"create_remote_relationship", create_remote_relationship, RR_BULK_TOGETHER},
	{"update_remote_relationship", update_remote_relationship, RR_BULK_TOGETHER},
	{"delete_remote_relationship", delete_remote_relationship, RR_BULK_TOGETHER},
	{"create_object_relationship", create_object_relationship, RR_BULK_TOGETHER},
	{"create_array_relationship", create_array_relationship, RR_BULK_TOGETHER},
	{"drop_relationship", drop_relationship, RR_BULK_CHANGES_SCHEMAS},
	{"create_remote_schema_remote_relationship", create_remote_schema_remote_relationship, RR_BULK_TOGETHER},
	{"update_remote_schema_remote_relationship", update_remote_schema_remote_relationship, RR_BULK_TOGETHER},
	{"delete_remote_schema_remote_relationship", delete_remote_schema_remote_relationship, RR_BULK_TOGETHER},
	{"add_computed_field", add_computed_field, RR_BULK_TOGETHER},
	{"drop_computed_field", drop_computed_field, RR_BULK_TOGETHER},
	{"track_function", track_function, RR_BULK_TOGETHER},
	{"untrack_function", untrack_function, RR_BULK_TOGETHER},
	{"track_table", rr_track_table, RR_BULK_CHANGES_SCHEMAS},
	{"track_tables", rr_track_tables, RR_BULK_CHANGES_SCHEMAS},
	{"untrack_table", untrack_table, RR_BULK_CHANGES_SCHEMAS},
	{"set_table_customization", set_table_customization, RR_BULK_CHANGES_SCHEMAS},
	{"set_table_custom_fields", set_table_custom_fields, RR_BULK_CHANGES_SCHEMAS},
	{"set_table_is_enum", set_table_is_enum, RR_BULK_CHANGES_SCHEMAS},
	{"set_function_customization", set_function_customization, RR_BULK_TOGETHER},
	{"add_existing_table_or_view", rr_track_table, RR_BULK_CHANGES_SCHEMAS},
	{"create_query_collection", rr_create_query_collection, RR_BULK_TOGETHER},
	{"drop_query_collection", rr_drop_query_collection, RR_BULK_TOGETHER},
	{"add_query_to_collection", rr_add_query_to_collection, RR_BULK_TOGETHER},
	{"drop_query_from_collection", rr_drop_query_from_collection, RR_BULK_TOGETHER},
	{"add_collection_to_allowlist", rr_add_collection_to_allowlist, RR_BULK_TOGETHER},
	{"drop_collection_from_allowlist", rr_drop_collection_from_allowlist, RR_BULK_TOGETHER},
	{"get_inconsistent_metadata", get_inconsistent_metadata, RR_BULK_ALONE},
	{"drop_inconsistent_metadata", drop_inconsistent_metadata, RR_BULK_ALONE},
	{"export_metadata", export_metadata, RR_BULK_TOGETHER},
	{"replace_metadata", rr_replace_metadata, RR_BULK_ALONE},
	{"clear_metadata", clear_metadata, RR_BULK_ALONE},
	{"reload_metadata", reload_metadata, RR_BULK_ALONE},
	{"bulk", bulk, RR_BULK_ALONE},
	{"bulk_atomic", bulk, RR_BULK_ALONE},
	{"bulk_keep_going", bulk_keep_going, RR_BULK_ALONE},
};

static const char *
without_prefix(const char *type)
{
	return strncmp(type, "pg_", 3) == 0 ? type + 3 : type;
}

static bool
is_bulk(const char *bare)
{
	return strcmp(bare, "bulk") == 0 || strcmp(bare, "bulk_atomic") == 0;
}

/*
 * What is not like a request is found out when it is run. A bulk can run
 * together with others when all its commands can; to look at one level only
 * keeps this from being quadratic.
 */
static RrBulkClass
class_within(const RrDoc *request, bool inner)
{
	const RrDoc *type = rr_doc_is_object(request) ? rr_doc_get(request, "type") : NULL;
	const RrDoc *args = type ? rr_doc_get(request, "args") : NULL;
	RrBulkClass least = RR_BULK_TOGETHER;
	const char *bare;
	ListCell   *lc;

	if (args == NULL || !rr_doc_is_string(type))
		return RR_BULK_ALONE;
	bare = without_prefix(rr_doc_text(type));
	if (is_bulk(bare) && !inner && rr_doc_is_array(args))
	{
		foreach(lc, rr_doc_items(args))
			least = Min(least, class_within(lfirst(lc), true));
		return least;
	}
	for (int i = 0; i < (int) lengthof(commands); i++)
	{
		if (strcmp(commands[i].type, bare) == 0)
			return commands[i].class;
	}
	return RR_BULK_ALONE;
}

static RrBulkClass
class_of(const RrDoc *request)
{
	return class_within(request, false);
}

static void
throw_unknown(const RrDoc *request, const char *type, const char *bare)
{
	List	   *types = NIL;

	rr_throw_unsupported(type, bare, request);
	for (int i = 0; i < (int) lengthof(commands); i++)
		types = lappend(types, unconstify(char *, commands[i].type));
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unknown metadata command \"%s\"", type),
			 rr_doc_errdetail(request),
			 rr_errhint_did_you_mean(bare, types)));
}

/* Error context: the path of the command that is run. */
static void
request_context(void *arg)
{
	errcontext("metadata command at %s", rr_doc_path(arg));
}

static Jsonb *
run_command(const RrDoc *request)
{
	const RrDoc *version;
	const char *type;
	const char *bare;

	RR_DOC_CHECK_KEYS(request, "type", "args", "version", "source", "resource_version");
	rr_check_source(request);
	type = rr_doc_text(rr_doc_require(request, "type"));
	version = rr_doc_get(request, "version");
	if (version)
		(void) rr_doc_int(version, 1, 2);
	rr_check_resource_version(rr_doc_get(request, "resource_version"));
	bare = without_prefix(type);
	for (int i = 0; i < (int) lengthof(commands); i++)
	{
		if (strcmp(commands[i].type, bare) == 0)
		{
			Jsonb	   *answer = commands[i].run(rr_doc_require(request, "args"));

			return answer ? answer : rr_jsonb_object("message", rr_jsonb_text("success"), NULL);
		}
	}
	throw_unknown(request, type, bare);
	return NULL;				/* not reached */
}

static Jsonb *
run(const RrDoc *request)
{
	ErrorContextCallback callback = {.previous = error_context_stack, .callback = request_context,
	.arg = unconstify(RrDoc *, request)};
	Jsonb	   *answer;

	check_stack_depth();
	error_context_stack = &callback;
	/* in a bulk, what the commands before it have written shows */
	PushActiveSnapshot(GetLatestSnapshot());
	answer = run_command(request);
	PopActiveSnapshot();
	error_context_stack = callback.previous;
	return answer;
}

PG_FUNCTION_INFO_V1(rr_metadata);

Datum
rr_metadata(PG_FUNCTION_ARGS)
{
	PG_RETURN_JSONB_P(run(rr_doc_root(PG_GETARG_JSONB_P(0), "$")));
}
