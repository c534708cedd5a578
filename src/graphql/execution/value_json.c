/*
 * value_json.c: GraphQL values as JSON. Numbers have the same form in both
 * languages, and keep their source text.
 */
#include "postgres.h"

#include "graphql/graphql.h"
#include "miscadmin.h"

void
gql_value_to_json(StringInfo out, const GqlValue *value)
{
	const char *separator = "";
	ListCell   *lc;

	check_stack_depth();
	switch (value->kind)
	{
		case GQL_VALUE_NULL:
			appendStringInfoString(out, "null");
			break;
		case GQL_VALUE_BOOLEAN:
			appendStringInfoString(out, value->boolean ? "true" : "false");
			break;
		case GQL_VALUE_INT:
		case GQL_VALUE_FLOAT:
			appendBinaryStringInfo(out, value->text, value->len);
			break;
		case GQL_VALUE_STRING:
		case GQL_VALUE_ENUM:
			gql_json_string(out, value->text, value->len);
			break;
		case GQL_VALUE_LIST:
			appendStringInfoChar(out, '[');
			foreach(lc, value->items)
			{
				appendStringInfoString(out, separator);
				gql_value_to_json(out, lfirst(lc));
				separator = ", ";
			}
			appendStringInfoChar(out, ']');
			break;
		case GQL_VALUE_OBJECT:
			appendStringInfoChar(out, '{');
			foreach(lc, value->items)
			{
				const GqlObjectField *field = lfirst(lc);

				appendStringInfoString(out, separator);
				gql_json_string(out, field->name.value, strlen(field->name.value));
				appendStringInfoString(out, ": ");
				gql_value_to_json(out, field->value);
				separator = ", ";
			}
			appendStringInfoChar(out, '}');
			break;
		case GQL_VALUE_VARIABLE:
			elog(ERROR, "variable \"$%s\" has no value here", value->text);
	}
}

GqlValue   *
gql_object_get(const GqlValue *object, const char *name)
{
	ListCell   *lc;

	if (object == NULL)
		return NULL;
	foreach(lc, object->items)
	{
		GqlObjectField *field = lfirst(lc);

		if (strcmp(field->name.value, name) == 0)
			return field->value;
	}
	return NULL;
}
