/*
 * sql_functions.c: the SQL functions of the metadata commands. They unpack
 * their arguments and call the command.
 *
 * The C function of remote_rel.NAME() is rr_NAME. Optional arguments are NULL
 * by default, so the functions are not STRICT and check the others with
 * check_not_null().
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "compat.h"
#include "metadata/metadata.h"

/* ---- arguments ---- */

/* Throws 22004 for the first of the n leading arguments that is NULL. */
static void
check_not_null(FunctionCallInfo fcinfo, int n)
{
	for (int i = 0; i < n; i++)
		if (PG_ARGISNULL(i))
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("argument %d of remote_rel.%s() must not be null", i + 1,
							get_func_name(fcinfo->flinfo->fn_oid))));
}

static const char *
text_argument(FunctionCallInfo fcinfo, int n)
{
	return PG_ARGISNULL(n) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(n));
}

static Jsonb *
jsonb_argument(FunctionCallInfo fcinfo, int n)
{
	return PG_ARGISNULL(n) ? NULL : PG_GETARG_JSONB_P(n);
}

/* Schema and name of a table given as regclass. */
static void
table_argument(FunctionCallInfo fcinfo, int n, const char **schema, const char **name)
{
	Oid			table = PG_GETARG_OID(n);

	*name = get_rel_name(table);
	*schema = get_namespace_name(get_rel_namespace(table));
	if (*name == NULL || *schema == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("relation with OID %u does not exist", table)));
}

static void
function_argument(FunctionCallInfo fcinfo, int n, const char **schema, const char **name)
{
	Oid			function = PG_GETARG_OID(n);

	*name = get_func_name(function);
	*schema = get_namespace_name(get_func_namespace(function));
	if (*name == NULL || *schema == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_FUNCTION),
				 errmsg("function with OID %u does not exist", function)));
}

static Jsonb *
names_argument(FunctionCallInfo fcinfo, int n)
{
	List	   *names = NIL;
	Datum	   *values;
	bool	   *nulls;
	int			count;

	if (PG_ARGISNULL(n))
		return NULL;
	deconstruct_array(PG_GETARG_ARRAYTYPE_P(n), NAMEOID, NAMEDATALEN, false, TYPALIGN_CHAR,
					  &values, &nulls, &count);
	for (int i = 0; i < count; i++)
	{
		if (nulls[i])
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("lhs_fields must not contain nulls")));
		names = lappend(names, rr_jsonb_text(NameStr(*DatumGetName(values[i]))));
	}
	return rr_jsonb_array(names);
}

/* ---- remote schemas ---- */

PG_FUNCTION_INFO_V1(rr_add_remote_schema);
PG_FUNCTION_INFO_V1(rr_update_remote_schema);
PG_FUNCTION_INFO_V1(rr_remove_remote_schema);
PG_FUNCTION_INFO_V1(rr_reload_remote_schema);
PG_FUNCTION_INFO_V1(rr_introspect_remote_schema);

/* (name text, definition jsonb, comment text, sdl text) */
static RrRemoteSchema *
remote_schema_arguments(FunctionCallInfo fcinfo)
{
	check_not_null(fcinfo, 2);
	return rr_prepare_remote_schema(text_argument(fcinfo, 0),
									rr_doc_root(PG_GETARG_JSONB_P(1), "definition"),
									text_argument(fcinfo, 2), text_argument(fcinfo, 3));
}

Datum
rr_add_remote_schema(PG_FUNCTION_ARGS)
{
	rr_put_remote_schema(remote_schema_arguments(fcinfo), RR_CREATE);
	PG_RETURN_VOID();
}

Datum
rr_update_remote_schema(PG_FUNCTION_ARGS)
{
	rr_put_remote_schema(remote_schema_arguments(fcinfo), RR_UPDATE);
	PG_RETURN_VOID();
}

Datum
rr_remove_remote_schema(PG_FUNCTION_ARGS)
{
	check_not_null(fcinfo, 2);
	rr_delete_remote_schema(text_argument(fcinfo, 0), PG_GETARG_BOOL(1));
	PG_RETURN_VOID();
}

Datum
rr_reload_remote_schema(PG_FUNCTION_ARGS)
{
	check_not_null(fcinfo, 1);
	rr_refetch_remote_schema(text_argument(fcinfo, 0));
	PG_RETURN_VOID();
}

Datum
rr_introspect_remote_schema(PG_FUNCTION_ARGS)
{
	check_not_null(fcinfo, 1);
	PG_RETURN_JSONB_P(rr_remote_schema_introspection(text_argument(fcinfo, 0)));
}

/* ---- relationships ---- */

PG_FUNCTION_INFO_V1(rr_create_remote_relationship);
PG_FUNCTION_INFO_V1(rr_update_remote_relationship);
PG_FUNCTION_INFO_V1(rr_delete_remote_relationship);
PG_FUNCTION_INFO_V1(rr_create_object_relationship);
PG_FUNCTION_INFO_V1(rr_create_array_relationship);
PG_FUNCTION_INFO_V1(rr_drop_relationship);
PG_FUNCTION_INFO_V1(rr_create_remote_schema_remote_relationship);
PG_FUNCTION_INFO_V1(rr_update_remote_schema_remote_relationship);
PG_FUNCTION_INFO_V1(rr_delete_remote_schema_remote_relationship);

/*
 * (source regclass, name text, remote_schema text, remote_field jsonb,
 * lhs_fields name[], batch jsonb, relationship_type text)
 */
static void
put_remote_relationship(FunctionCallInfo fcinfo, RrPutMode mode)
{
	RrRelationship relationship = {0};
	Jsonb	   *to;

	check_not_null(fcinfo, 4);
	table_argument(fcinfo, 0, &relationship.source_schema, &relationship.source_table);
	relationship.name = text_argument(fcinfo, 1);
	to = rr_jsonb_object("remote_schema", rr_jsonb_text(text_argument(fcinfo, 2)),
						 "remote_field", PG_GETARG_JSONB_P(3),
						 "lhs_fields", names_argument(fcinfo, 4),
						 "batch", jsonb_argument(fcinfo, 5),
						 "relationship_type", rr_jsonb_text(text_argument(fcinfo, 6)),
						 NULL);
	rr_read_definition(&relationship, rr_doc_root(to, ""));
	rr_put_table_relationship(&relationship, mode);
}

Datum
rr_create_remote_relationship(PG_FUNCTION_ARGS)
{
	put_remote_relationship(fcinfo, RR_CREATE);
	PG_RETURN_VOID();
}

Datum
rr_update_remote_relationship(PG_FUNCTION_ARGS)
{
	put_remote_relationship(fcinfo, RR_UPDATE);
	PG_RETURN_VOID();
}

static void
drop_relationship(FunctionCallInfo fcinfo, int kinds)
{
	const char *schema;
	const char *table;

	check_not_null(fcinfo, 2);
	table_argument(fcinfo, 0, &schema, &table);
	rr_delete_table_relationship(schema, table, text_argument(fcinfo, 1), kinds);
}

Datum
rr_delete_remote_relationship(PG_FUNCTION_ARGS)
{
	drop_relationship(fcinfo, RR_REMOTE_KINDS);
	PG_RETURN_VOID();
}

Datum
rr_drop_relationship(PG_FUNCTION_ARGS)
{
	drop_relationship(fcinfo, RR_LOCAL_KINDS);
	PG_RETURN_VOID();
}

/* (source regclass, name text, definition jsonb, comment text) */
static void
create_local_relationship(FunctionCallInfo fcinfo, RrRelationshipKind kind)
{
	RrRelationship relationship = {.kind = kind};

	check_not_null(fcinfo, 3);
	table_argument(fcinfo, 0, &relationship.source_schema, &relationship.source_table);
	relationship.name = text_argument(fcinfo, 1);
	rr_read_using(&relationship, rr_doc_root(PG_GETARG_JSONB_P(2), "using"));
	relationship.comment = text_argument(fcinfo, 3);
	rr_put_table_relationship(&relationship, RR_CREATE);
}

Datum
rr_create_object_relationship(PG_FUNCTION_ARGS)
{
	create_local_relationship(fcinfo, RR_REL_OBJECT);
	PG_RETURN_VOID();
}

Datum
rr_create_array_relationship(PG_FUNCTION_ARGS)
{
	create_local_relationship(fcinfo, RR_REL_ARRAY);
	PG_RETURN_VOID();
}

/* (remote_schema text, type_name text, name text, definition jsonb) */
static void
put_remote_schema_relationship(FunctionCallInfo fcinfo, RrPutMode mode)
{
	RrRelationship relationship = {0};

	check_not_null(fcinfo, 4);
	relationship.source_remote_schema = text_argument(fcinfo, 0);
	relationship.source_type = text_argument(fcinfo, 1);
	relationship.name = text_argument(fcinfo, 2);
	rr_read_definition(&relationship, rr_doc_root(PG_GETARG_JSONB_P(3), "definition"));
	rr_put_type_relationship(&relationship, mode);
}

Datum
rr_create_remote_schema_remote_relationship(PG_FUNCTION_ARGS)
{
	put_remote_schema_relationship(fcinfo, RR_CREATE);
	PG_RETURN_VOID();
}

Datum
rr_update_remote_schema_remote_relationship(PG_FUNCTION_ARGS)
{
	put_remote_schema_relationship(fcinfo, RR_UPDATE);
	PG_RETURN_VOID();
}

Datum
rr_delete_remote_schema_remote_relationship(PG_FUNCTION_ARGS)
{
	check_not_null(fcinfo, 3);
	rr_delete_type_relationship(text_argument(fcinfo, 0), text_argument(fcinfo, 1),
								text_argument(fcinfo, 2));
	PG_RETURN_VOID();
}

/* ---- functions ---- */

PG_FUNCTION_INFO_V1(rr_add_computed_field);
PG_FUNCTION_INFO_V1(rr_drop_computed_field);
PG_FUNCTION_INFO_V1(rr_track_function);
PG_FUNCTION_INFO_V1(rr_untrack_function);

/*
 * (source regclass, name text, function regproc, table_argument text,
 * session_argument text, comment text)
 */
Datum
rr_add_computed_field(PG_FUNCTION_ARGS)
{
	RrComputedField field = {0};

	check_not_null(fcinfo, 3);
	table_argument(fcinfo, 0, &field.source_schema, &field.source_table);
	field.name = text_argument(fcinfo, 1);
	function_argument(fcinfo, 2, &field.function_schema, &field.function_name);
	field.table_argument = text_argument(fcinfo, 3);
	field.session_argument = text_argument(fcinfo, 4);
	field.comment = text_argument(fcinfo, 5);
	rr_put_computed_field(&field, RR_CREATE);
	PG_RETURN_VOID();
}

Datum
rr_drop_computed_field(PG_FUNCTION_ARGS)
{
	const char *schema;
	const char *table;

	check_not_null(fcinfo, 3);
	table_argument(fcinfo, 0, &schema, &table);
	rr_delete_computed_field(schema, table, text_argument(fcinfo, 1), PG_GETARG_BOOL(2));
	PG_RETURN_VOID();
}

/* (function regproc, configuration jsonb, comment text) */
Datum
rr_track_function(PG_FUNCTION_ARGS)
{
	const char *schema;
	const char *name;
	Jsonb	   *body;

	check_not_null(fcinfo, 1);
	function_argument(fcinfo, 0, &schema, &name);
	body = rr_jsonb_object("function", rr_jsonb_object("schema", rr_jsonb_text(schema), "name",
													   rr_jsonb_text(name), NULL),
						   "configuration", jsonb_argument(fcinfo, 1), "comment",
						   rr_jsonb_text(text_argument(fcinfo, 2)), NULL);
	rr_check_function_keys(rr_doc_root(body, ""));
	rr_put_tracked_function(rr_tracked_function_from_body(rr_doc_root(body, "")), RR_CREATE);
	PG_RETURN_VOID();
}

Datum
rr_untrack_function(PG_FUNCTION_ARGS)
{
	const char *schema;
	const char *name;

	check_not_null(fcinfo, 1);
	function_argument(fcinfo, 0, &schema, &name);
	rr_delete_tracked_function(schema, name);
	PG_RETURN_VOID();
}

/* ---- names ---- */

PG_FUNCTION_INFO_V1(rr_set_table_customization);
PG_FUNCTION_INFO_V1(rr_set_function_customization);
PG_FUNCTION_INFO_V1(rr_hide_table);
PG_FUNCTION_INFO_V1(rr_show_table);
PG_FUNCTION_INFO_V1(rr_set_table_is_enum);
PG_FUNCTION_INFO_V1(rr_set_table_limits);
PG_FUNCTION_INFO_V1(rr_set_naming);

/*
 * (source regclass, role name, max_rows integer, allow_aggregations boolean)
 */
Datum
rr_set_table_limits(PG_FUNCTION_ARGS)
{
	RrTableLimit limit = {.max_rows = -1};
	const char *schema;
	const char *table;

	check_not_null(fcinfo, 2);
	table_argument(fcinfo, 0, &schema, &table);
	limit.role = pstrdup(NameStr(*PG_GETARG_NAME(1)));
	limit.allow_aggregations = PG_ARGISNULL(3) || PG_GETARG_BOOL(3);
	if (!PG_ARGISNULL(2))
		limit.max_rows = PG_GETARG_INT32(2);
	/* what is set for a role that is gone can be taken back */
	(void) get_role_oid(limit.role, PG_ARGISNULL(2) && limit.allow_aggregations);
	if (!PG_ARGISNULL(2) && limit.max_rows < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("\"max_rows\" must not be negative")));
	rr_put_table_limit(schema, table, &limit, RR_UPDATE);
	PG_RETURN_VOID();
}

/* (source regclass, configuration jsonb) */
Datum
rr_set_table_customization(PG_FUNCTION_ARGS)
{
	const char *schema;
	const char *table;
	const RrDoc *configuration;

	check_not_null(fcinfo, 1);
	table_argument(fcinfo, 0, &schema, &table);
	configuration = PG_ARGISNULL(1) ? NULL : rr_doc_root(PG_GETARG_JSONB_P(1), "configuration");
	rr_put_table_customization(rr_read_table_customization(schema, table, configuration),
							   RR_UPDATE);
	PG_RETURN_VOID();
}

/* (function regproc, configuration jsonb) */
Datum
rr_set_function_customization(PG_FUNCTION_ARGS)
{
	const char *schema;
	const char *name;
	Jsonb	   *body;

	check_not_null(fcinfo, 1);
	function_argument(fcinfo, 0, &schema, &name);
	body = rr_jsonb_object("function", rr_jsonb_object("schema", rr_jsonb_text(schema), "name",
													   rr_jsonb_text(name), NULL),
						   "configuration", jsonb_argument(fcinfo, 1), NULL);
	rr_check_function_keys(rr_doc_root(body, ""));
	rr_put_function_customization(rr_tracked_function_from_body(rr_doc_root(body, "")));
	PG_RETURN_VOID();
}

static void
set_hidden(FunctionCallInfo fcinfo, bool hidden)
{
	const char *schema;
	const char *table;

	check_not_null(fcinfo, 1);
	table_argument(fcinfo, 0, &schema, &table);
	rr_set_table_hidden(schema, table, hidden, RR_UPDATE);
}

Datum
rr_hide_table(PG_FUNCTION_ARGS)
{
	set_hidden(fcinfo, true);
	PG_RETURN_VOID();
}

Datum
rr_show_table(PG_FUNCTION_ARGS)
{
	set_hidden(fcinfo, false);
	PG_RETURN_VOID();
}

/* (source regclass, is_enum boolean) */
Datum
rr_set_table_is_enum(PG_FUNCTION_ARGS)
{
	const char *schema;
	const char *table;

	check_not_null(fcinfo, 2);
	table_argument(fcinfo, 0, &schema, &table);
	rr_mark_enum_table(schema, table, PG_GETARG_BOOL(1), RR_UPDATE);
	PG_RETURN_VOID();
}

/* (customization jsonb); NULL: none */
Datum
rr_set_naming(PG_FUNCTION_ARGS)
{
	rr_put_naming(PG_ARGISNULL(0) ? NULL
				  : rr_naming_from_json(rr_doc_root(PG_GETARG_JSONB_P(0), "customization")),
				  RR_UPDATE);
	PG_RETURN_VOID();
}

/* ---- permissions ---- */

PG_FUNCTION_INFO_V1(rr_add_remote_schema_permissions);
PG_FUNCTION_INFO_V1(rr_drop_remote_schema_permissions);

/* (remote_schema text, role name, definition text, comment text) */
Datum
rr_add_remote_schema_permissions(PG_FUNCTION_ARGS)
{
	RrPermission permission = {0};

	check_not_null(fcinfo, 3);
	permission.remote_schema = text_argument(fcinfo, 0);
	permission.role = pstrdup(NameStr(*PG_GETARG_NAME(1)));
	permission.sdl = text_argument(fcinfo, 2);
	permission.comment = text_argument(fcinfo, 3);
	rr_put_permission(&permission, RR_CREATE);
	PG_RETURN_VOID();
}

Datum
rr_drop_remote_schema_permissions(PG_FUNCTION_ARGS)
{
	check_not_null(fcinfo, 2);
	rr_delete_permission(text_argument(fcinfo, 0), NameStr(*PG_GETARG_NAME(1)));
	PG_RETURN_VOID();
}
