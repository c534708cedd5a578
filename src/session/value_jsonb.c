/*
 * value_jsonb.c: jsonb as GraphQL values.
 */
#include "postgres.h"

#include "fmgr.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/numeric.h"

#include "compat.h"
#include "settings.h"
#include "session/session.h"

static GqlValue *
value_from_container(JsonbContainer *container)
{
	JsonbIterator *it = JsonbIteratorInit(container);
	GqlValue   *value = NULL;
	const char *name = NULL;
	JsonbIteratorToken token;
	JsonbValue	v;

	check_stack_depth();
	while ((token = JsonbIteratorNext(&it, &v, true)) != WJB_DONE)
	{
		switch (token)
		{
			case WJB_BEGIN_ARRAY:
				value = gql_make_value(GQL_VALUE_LIST);
				if (v.val.array.rawScalar)
				{
					JsonbIteratorNext(&it, &v, true);
					return rr_value_from_jsonb_value(&v);
				}
				break;
			case WJB_BEGIN_OBJECT:
				value = gql_make_value(GQL_VALUE_OBJECT);
				break;
			case WJB_ELEM:
				value->items = lappend(value->items, rr_value_from_jsonb_value(&v));
				break;
			case WJB_KEY:
				name = pnstrdup(v.val.string.val, v.val.string.len);
				break;
			case WJB_VALUE:
				gql_object_add(value, name, -1, rr_value_from_jsonb_value(&v));
				break;
			default:
				break;
		}
	}
	return value;
}

GqlValue   *
rr_value_from_jsonb_value(const JsonbValue *v)
{
	GqlValue   *value;
	char	   *digits;

	switch (v->type)
	{
		case jbvNull:
			return gql_make_value(GQL_VALUE_NULL);
		case jbvBool:
			value = gql_make_value(GQL_VALUE_BOOLEAN);
			value->boolean = v->val.boolean;
			return value;
		case jbvNumeric:
			digits = DatumGetCString(DirectFunctionCall1(numeric_out,
														 NumericGetDatum(v->val.numeric)));
			return gql_make_text_value(strchr(digits, '.') ? GQL_VALUE_FLOAT : GQL_VALUE_INT,
									   digits, strlen(digits));
		case jbvString:
			return gql_make_text_value(GQL_VALUE_STRING,
									   pnstrdup(v->val.string.val, v->val.string.len),
									   v->val.string.len);
		case jbvBinary:
			return value_from_container(v->val.binary.data);
		default:
			elog(ERROR, "unexpected jsonb value of type %d", (int) v->type);
	}
}

GqlValue   *
rr_value_from_jsonb(Jsonb *jsonb)
{
	return value_from_container(&jsonb->root);
}

GqlValue   *
rr_variables_from_jsonb(Jsonb *jsonb, GqlErrorList *errors)
{
	JsonbIterator *it = JsonbIteratorInit(&jsonb->root);
	JsonbIteratorToken token;
	JsonbValue	v;
	int			n = 0;

	while ((token = JsonbIteratorNext(&it, &v, false)) != WJB_DONE)
	{
		if (token == WJB_KEY || token == WJB_END_ARRAY || token == WJB_END_OBJECT)
			continue;
		if (n++ > rr_max_query_tokens)	/* the outermost object does not count */
		{
			gql_error(errors, "Variables hold more than %d values.", rr_max_query_tokens);
			return NULL;
		}
	}
	return value_from_container(&jsonb->root);
}
