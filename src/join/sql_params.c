/*
 * sql_params.c: the values of a statement's parameters, as its types take
 * them.
 *
 * A value is given to its type's input function, as if a client had sent it as
 * text. So a type means in a GraphQL document what it means in SQL, and what
 * it refuses is an error of the field.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "join/join_int.h"
#include "session/session.h"

/* All session variables, as one JSON object. */
static char *
session_as_json(void)
{
	StringInfoData out;
	ListCell   *lc;
	const char *separator = "";

	initStringInfo(&out);
	appendStringInfoChar(&out, '{');
	foreach(lc, rr_session_variables())
	{
		const RrMapping *variable = lfirst(lc);

		appendStringInfoString(&out, separator);
		separator = ",";
		gql_json_string(&out, variable->name, strlen(variable->name));
		appendStringInfoChar(&out, ':');
		gql_json_string(&out, variable->to, strlen(variable->to));
	}
	appendStringInfoChar(&out, '}');
	return out.data;
}

/* The text of a value as a type's input function takes it. */
static char *
input_text(const GqlValue *value, Oid type)
{
	StringInfoData out;

	if (type == JSONOID || type == JSONBOID)
	{
		initStringInfo(&out);
		gql_value_to_json(&out, value);
		return out.data;
	}
	switch (value->kind)
	{
		case GQL_VALUE_BOOLEAN:
			return value->boolean ? "true" : "false";
		case GQL_VALUE_INT:
		case GQL_VALUE_FLOAT:
		case GQL_VALUE_STRING:
		case GQL_VALUE_ENUM:
			if ((int) strlen(value->text) != value->len)
				ereport(ERROR,
						errcode(ERRCODE_CHARACTER_NOT_IN_REPERTOIRE),
						errmsg("a value of type %s cannot contain the character U+0000",
							   format_type_be(type)));
			return unconstify(char *, value->text);
		default:
			ereport(ERROR,
					errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
					errmsg("a list or an object is no value of type %s", format_type_be(type)));
	}
}

static Datum bind_value(const GqlValue *value, Oid type, bool *isnull);

static Datum
bind_list(const GqlValue *value, Oid element)
{
	int			n = list_length(value->items);
	Datum	   *values = palloc(n * sizeof(Datum));
	bool	   *nulls = palloc(n * sizeof(bool));
	int			lower = 1;
	int16		typlen;
	bool		typbyval;
	char		typalign;

	if (n == 0)
		return PointerGetDatum(construct_empty_array(element));
	for (int i = 0; i < n; i++)
		values[i] = bind_value(list_nth(value->items, i), element, &nulls[i]);
	get_typlenbyvalalign(element, &typlen, &typbyval, &typalign);
	return PointerGetDatum(construct_md_array(values, nulls, 1, &n, &lower, element, typlen,
											  typbyval, typalign));
}

/*
 * A list for an array type is its elements; anything else is text for the
 * input function.
 */
static Datum
bind_value(const GqlValue *value, Oid type, bool *isnull)
{
	Oid			element = InvalidOid;
	Oid			input,
				ioparam;

	*isnull = value->kind == GQL_VALUE_NULL;
	if (*isnull)
		return (Datum) 0;
	if (value->kind == GQL_VALUE_LIST)
		element = get_element_type(getBaseType(type));
	if (OidIsValid(element))
		return bind_list(value, element);
	getTypeInputInfo(type, &input, &ioparam);
	return OidInputFunctionCall(input, input_text(value, type), ioparam, -1);
}

Datum
rr_sql_bind_param(const RrSqlParam *param, const GqlValue *keys, bool *isnull)
{
	Oid			input,
				ioparam;

	if (param->kind == RR_PARAM_VALUE)
		return bind_value(param->value, param->type, isnull);
	if (param->kind == RR_PARAM_KEYS)
		return bind_value(&keys[param->key], param->type, isnull);
	*isnull = false;
	if (param->kind == RR_PARAM_COLUMN || param->kind == RR_PARAM_GIVEN ||
		param->kind == RR_PARAM_CHANGED)
		elog(ERROR, "a parameter of a mutation has no value yet");
	if (param->kind == RR_PARAM_RUN)
		return Int32GetDatum(rr_current_run->number);
	getTypeInputInfo(param->type, &input, &ioparam);
	return OidInputFunctionCall(input, session_as_json(), ioparam, -1);
}

void
rr_sql_bind_init(RrValueInput *input, Oid type)
{
	Oid			function;

	input->type = type;
	getTypeInputInfo(type, &function, &input->ioparam);
	fmgr_info(function, &input->function);
}

Datum
rr_sql_bind_value(const GqlValue *value, RrValueInput *input, bool *isnull)
{
	if (value->kind == GQL_VALUE_NULL || value->kind == GQL_VALUE_LIST)
		return bind_value(value, input->type, isnull);
	*isnull = false;
	return InputFunctionCall(&input->function, input_text(value, input->type), input->ioparam, -1);
}

char	   *
rr_sql_param_text(const RrSqlParam *param)
{
	StringInfoData out;

	if (param->value->kind == GQL_VALUE_NULL)
		return NULL;
	if (param->value->kind != GQL_VALUE_LIST && param->value->kind != GQL_VALUE_OBJECT)
		return input_text(param->value, param->type);
	initStringInfo(&out);
	gql_value_to_json(&out, param->value);
	return out.data;
}
