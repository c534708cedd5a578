/*
 * inspect.c: values as error messages show them.
 */
#include "postgres.h"

#include "graphql/language/language.h"

/*
 * Show so many items of a list, and so many levels; of deeper values only the
 * kind. What a message would cut off anyway is not printed.
 */
#define MAX_ITEMS 10
#define MAX_LEVELS 2

/* A number without the zeros at the end of its fraction. */
static void
append_number(StringInfo out, const GqlValue *value)
{
	const char *point = strchr(value->text, '.');

	appendBinaryStringInfo(out, value->text, value->len);
	if (point == NULL || strpbrk(value->text, "eE") != NULL)
		return;
	while (out->data[out->len - 1] == '0')
		out->data[--out->len] = '\0';
	if (out->data[out->len - 1] == '.')
		out->data[--out->len] = '\0';
}

static void inspect_at(StringInfo out, const GqlValue *value, int level);

static void
inspect_list(StringInfo out, const GqlValue *value, int level)
{
	int			n = list_length(value->items);
	int			rest = n - Min(n, MAX_ITEMS);

	if (n == 0)
		appendStringInfoString(out, "[]");
	else if (level > MAX_LEVELS)
		appendStringInfoString(out, "[Array]");
	else
	{
		appendStringInfoChar(out, '[');
		for (int i = 0; i < n - rest && out->len <= GQL_MAX_MESSAGE; i++)
		{
			if (i > 0)
				appendStringInfoString(out, ", ");
			inspect_at(out, list_nth(value->items, i), level + 1);
		}
		if (rest > 0)
			appendStringInfo(out, ", ... %d more item%s", rest, rest == 1 ? "" : "s");
		appendStringInfoChar(out, ']');
	}
}

static void
inspect_object(StringInfo out, const GqlValue *value, int level)
{
	const char *separator = "{ ";
	ListCell   *lc;

	if (value->items == NIL)
		appendStringInfoString(out, "{}");
	else if (level > MAX_LEVELS)
		appendStringInfoString(out, "[Object]");
	else
	{
		foreach(lc, value->items)
		{
			GqlObjectField *field = lfirst(lc);

			if (out->len > GQL_MAX_MESSAGE)
				break;
			appendStringInfo(out, "%s%s: ", separator, field->name.value);
			inspect_at(out, field->value, level + 1);
			separator = ", ";
		}
		appendStringInfoString(out, " }");
	}
}

static void
inspect_at(StringInfo out, const GqlValue *value, int level)
{
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
			append_number(out, value);
			break;
		case GQL_VALUE_STRING:
			gql_json_string(out, value->text, Min(value->len, GQL_MAX_MESSAGE + 1));
			break;
		case GQL_VALUE_LIST:
			inspect_list(out, value, level);
			break;
		case GQL_VALUE_OBJECT:
			inspect_object(out, value, level);
			break;
		case GQL_VALUE_ENUM:
		case GQL_VALUE_VARIABLE:
			appendStringInfoString(out, value->text);
			break;
	}
}

char	   *
gql_inspect(const GqlValue *value)
{
	StringInfoData out;

	initStringInfo(&out);
	inspect_at(&out, value, 1);
	return out.data;
}
