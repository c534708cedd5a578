/*
 * variable_signature.c: what a plan depends on of a request's variables.
 *
 * Scalars are parameters of the SQL, so a plan serves any of them. Where the
 * SQL itself would be another one, the signature differs.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "plan/plan_int.h"
#include "schema/table/table.h"

static void append_signature(StringInfo out, GqlSchema *schema, const GqlTypeRef *type,
							 const GqlValue *value);

static void
append_object_signature(StringInfo out, GqlSchema *schema, GqlType *type, const GqlValue *value)
{
	ListCell   *lc;

	appendStringInfoChar(out, '{');
	foreach(lc, value->items)
	{
		const GqlObjectField *field = lfirst(lc);
		const GqlInputValueDef *input = gql_type_input(schema, type, field->name.value);

		appendStringInfo(out, "%s:", field->name.value);
		append_signature(out, schema, input->type, field->value);
	}
	appendStringInfoChar(out, '}');
}

/*
 * Is the list one parameter, whatever its items? Booleans are part of the
 * signature, so lists of them are not.
 */
static bool
is_scalar_list(RrRoleSchema *rs, const GqlTypeRef *type)
{
	const GqlTypeRef *element = gql_nullable_type(type->of);

	return element->kind == GQL_TYPE_NAMED && strcmp(element->type->name, "Boolean") != 0 &&
		(element->type->kind == GQL_SCALAR || rr_is_table_enum(rs, element->type));
}

/* Where in the objects of an insert rows are nested. */
typedef struct NestedPath
{
	const char *text;
} NestedPath;

StaticAssertDecl(offsetof(NestedPath, text) == 0, "items of GqlNames start with their name");

/*
 * Add the paths of nested rows to the signature, each once. Nothing else of
 * an insert's rows matters for the plan: they are read when it runs.
 */
static void
append_insert_signature(StringInfo out, GqlSchema *schema, GqlType *type, const GqlValue *value,
						const char *path, GqlNames *seen)
{
	const RrRoleSchema *rs = schema->data;
	const char *conflict_name = rr_field_name_in(rs->tables->db, "on_conflict");
	ListCell   *lc;

	check_stack_depth();
	if (value->kind == GQL_VALUE_LIST)
	{
		foreach(lc, value->items)
			append_insert_signature(out, schema, type, lfirst(lc), path, seen);
		return;
	}
	foreach(lc, value->items)
	{
		const GqlObjectField *field = lfirst(lc);
		const GqlInputValueDef *input;
		GqlType    *nested;
		GqlType    *row;
		const GqlValue *data;
		const GqlValue *on_conflict;
		NestedPath *found;

		if (field->value->kind != GQL_VALUE_OBJECT)
			continue;
		input = gql_type_input(schema, type, field->name.value);
		nested = gql_named_type(input->type);
		if (nested->kind != GQL_INPUT_OBJECT)
			continue;
		data = gql_object_get(field->value, "data");
		on_conflict = gql_object_get(field->value, conflict_name);
		found = palloc(sizeof(NestedPath));
		found->text = psprintf("%s.%s", path, field->name.value);
		if (gql_names_add(seen, found))
			appendStringInfo(out, "%s;", found->text);
		if (on_conflict != NULL && on_conflict->kind != GQL_VALUE_NULL)
			append_signature(out, schema, gql_type_input(schema, nested, conflict_name)->type,
							 on_conflict);
		if (data == NULL || data->kind == GQL_VALUE_NULL)
			continue;
		row = gql_named_type(gql_type_input(schema, nested, "data")->type);
		append_insert_signature(out, schema, row, data, found->text, seen);
	}
}

static void
append_rows_signature(StringInfo out, GqlSchema *schema, GqlType *type, const GqlValue *value)
{
	GqlNames	seen;

	gql_names_init(&seen, CurrentMemoryContext);
	appendStringInfoChar(out, 'i');
	append_insert_signature(out, schema, type, value, "", &seen);
}

static void
append_list_signature(StringInfo out, GqlSchema *schema, const GqlTypeRef *type,
					  const GqlValue *value)
{
	ListCell   *lc;

	if (is_scalar_list(schema->data, type))
	{
		appendStringInfoChar(out, 'l');
		return;
	}
	appendStringInfoChar(out, '[');
	foreach(lc, value->items)
		append_signature(out, schema, type->of, lfirst(lc));
	appendStringInfoChar(out, ']');
}

static void
append_signature(StringInfo out, GqlSchema *schema, const GqlTypeRef *type, const GqlValue *value)
{
	check_stack_depth();
	type = gql_nullable_type(type);
	if (value->kind == GQL_VALUE_NULL)
		appendStringInfoChar(out, 'n');
	else if (rr_is_insert_input(schema->data, gql_named_type(type)))
		append_rows_signature(out, schema, gql_named_type(type), value);
	else if (type->kind == GQL_TYPE_LIST)
		append_list_signature(out, schema, type, value);
	else if (type->type->kind == GQL_INPUT_OBJECT)
		append_object_signature(out, schema, type->type, value);
	else if (type->type->kind == GQL_ENUM && !rr_is_table_enum(schema->data, type->type))
		appendStringInfo(out, "%s,", value->text);
	else if (value->kind == GQL_VALUE_BOOLEAN)
		appendStringInfoChar(out, value->boolean ? 't' : 'f');
	else if (value->kind == GQL_VALUE_INT && value->text[0] == '-')
		/* limit and offset must not be negative */
		appendStringInfoChar(out, '-');
	else
		appendStringInfoChar(out, 's');
}

/*
 * For each variable of the operation its signature, or its value as JSON; "-"
 * for one without a value. A semicolon ends each.
 */
static char *
describe_variables(GqlRequest *request, bool values)
{
	StringInfoData out;
	ListCell   *lc;

	initStringInfo(&out);
	foreach(lc, request->operation->variables)
	{
		const GqlVariableDef *def = lfirst(lc);
		const GqlVariableValue *variable = gql_names_get(&request->variables, def->name.value);

		if (variable == NULL)
			appendStringInfoChar(&out, '-');
		else if (values)
			gql_value_to_json(&out, variable->value);
		else
			append_signature(&out, request->schema, gql_resolve_type(request->schema, def->type),
							 variable->value);
		appendStringInfoChar(&out, ';');
	}
	return out.data;
}

char	   *
rr_variable_signature(GqlRequest *request)
{
	return describe_variables(request, false);
}

char	   *
rr_variable_values(GqlRequest *request)
{
	return describe_variables(request, true);
}
