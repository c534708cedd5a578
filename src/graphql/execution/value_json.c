/*
 * value_json.c: values to JSON and back. Numbers have the same form in both
 * languages, and keep their source text.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "graphql/graphql.h"

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

/* ---- JSON text as values ---- */

/* Scalars have the same syntax in JSON and GraphQL. */
static GqlValue *
read_scalar(RrSlice slice)
{
	RrSlice		text;
	GqlValue   *value;

	if (rr_plain_string(slice, &text))
		return gql_make_text_value(GQL_VALUE_STRING, pnstrdup(text.data, text.len), text.len);
	value = gql_parse_value(slice.data, slice.len, gql_errors_create(1, NULL));
	if (value != NULL)
		value->loc = -1;		/* it stands in no document */
	return value;
}

static GqlValue *read_value(RrScan *scan);

static GqlObjectField *
read_member(RrScan *scan)
{
	GqlObjectField *member = palloc0(sizeof(GqlObjectField));
	GqlValue   *name = read_value(scan);

	if (name == NULL || !rr_scan_char(scan, ':'))
		return NULL;
	member->name.value = name->text;
	member->name.loc = -1;
	member->value = read_value(scan);
	return member->value ? member : NULL;
}

static GqlValue *
read_value(RrScan *scan)
{
	char		close = rr_scan_peek(scan) == '{' ? '}' : ']';
	GqlValue   *value;
	RrSlice		slice;
	bool		ok;

	check_stack_depth();
	if (*scan->pos != '{' && *scan->pos != '[')
		return rr_scan_value(scan, &slice) ? read_scalar(slice) : NULL;
	scan->pos++;
	value = gql_make_value(close == '}' ? GQL_VALUE_OBJECT : GQL_VALUE_LIST);
	while (rr_scan_more(scan, value->items == NIL, close, &ok))
	{
		void	   *item = close == '}' ? (void *) read_member(scan) : (void *) read_value(scan);

		if (item == NULL)
			return NULL;
		value->items = lappend(value->items, item);
	}
	return ok ? value : NULL;
}

GqlValue   *
gql_value_from_json(RrSlice json)
{
	RrScan		scan;

	rr_scan_init(&scan, json.data, json.len);
	return read_value(&scan);
}
