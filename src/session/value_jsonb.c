/*
 * value_jsonb.c: jsonb as GraphQL values.
 */
#include "postgres.h"

#include "fmgr.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/numeric.h"

#include "compat.h"
#include "settings.h"
#include "session/session.h"

/*
 * Print a number in full if that adds at most so many zeros; else with an
 * exponent. Few bytes of JSON say 1e131071.
 */
#define MAX_ZEROS 400

/* Digits of a number in the wire format are to this base. */
#define DIGITS_EACH 4

/* An int16 of the wire format. */
static int
read_int16(const char *p)
{
	return (int16) ((unsigned char) p[0] << 8 | (unsigned char) p[1]);
}

/*
 * A number's digits with an exponent: "-1.25e+1000". wire is its binary wire
 * format: the number of its digits, the weight of the first, sign, scale, the
 * digits.
 */
static char *
scientific_text(const char *wire)
{
	int			ndigits = read_int16(wire);
	int			exponent = read_int16(wire + 2) * DIGITS_EACH;
	StringInfoData digits;
	StringInfoData out;
	int			first = 0;

	initStringInfo(&digits);
	for (int i = 0; i < ndigits; i++)
		appendStringInfo(&digits, "%04d", read_int16(wire + 8 + 2 * i));
	while (digits.len > 1 && digits.data[digits.len - 1] == '0')
		digits.data[--digits.len] = '\0';
	while (digits.data[first] == '0' && first < DIGITS_EACH - 1)
		first++;

	initStringInfo(&out);
	if (read_int16(wire + 4) != 0)
		appendStringInfoChar(&out, '-');
	appendStringInfoChar(&out, digits.data[first]);
	if (digits.len > first + 1)
		appendStringInfo(&out, ".%s", digits.data + first + 1);
	appendStringInfo(&out, "e%+d", exponent + DIGITS_EACH - 1 - first);
	pfree(digits.data);
	return out.data;
}

/*
 * Is a number stored with the short header? Then it has at most 256 digits
 * before the point and 63 after it, fewer than MAX_ZEROS. The first 2 bytes
 * say so on disk in every version of the server.
 */
static bool
is_short(Numeric number)
{
	uint16		header;

	memcpy(&header, VARDATA_ANY(number), sizeof(header));
	return (header & 0xC000) == 0x8000;
}

char	   *
rr_numeric_text(Numeric number)
{
	bytea	   *sent;
	const char *wire;
	int			ndigits;
	int			length;
	char	   *text;

	if (is_short(number))
		return DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(number)));
	sent = DatumGetByteaP(DirectFunctionCall1(numeric_send, NumericGetDatum(number)));
	wire = VARDATA(sent);
	ndigits = read_int16(wire);
	length = Max((read_int16(wire + 2) + 1) * DIGITS_EACH, 1) + read_int16(wire + 6);
	if (length <= ndigits * DIGITS_EACH + MAX_ZEROS)
		text = DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(number)));
	else if (ndigits == 0)
		text = pstrdup("0.0");
	else
		text = scientific_text(wire);
	pfree(sent);
	return text;
}

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
		CHECK_FOR_INTERRUPTS();
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
			digits = rr_numeric_text(v->val.numeric);
			return gql_make_text_value(strpbrk(digits, ".e") != NULL ? GQL_VALUE_FLOAT
									   : GQL_VALUE_INT, digits, strlen(digits));
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

/* How many values a document holds, the outermost one not counted. */
static int
count_values(Jsonb *jsonb)
{
	JsonbIterator *it = JsonbIteratorInit(&jsonb->root);
	JsonbIteratorToken token;
	JsonbValue	v;
	int			n = -1;

	while ((token = JsonbIteratorNext(&it, &v, false)) != WJB_DONE)
	{
		CHECK_FOR_INTERRUPTS();
		if (token != WJB_KEY && token != WJB_END_ARRAY && token != WJB_END_OBJECT)
			n++;
	}
	return n;
}

GqlValue   *
rr_variables_from_jsonb(Jsonb *jsonb, GqlErrorList *errors)
{
	/* an entry takes so many bytes at least, so few bytes are not counted */
	if (VARSIZE(jsonb) / sizeof(JEntry) > (Size) rr_max_query_tokens &&
		count_values(jsonb) > rr_max_query_tokens)
	{
		gql_error(errors, "Variables hold more than %d values.", rr_max_query_tokens);
		return NULL;
	}
	return value_from_container(&jsonb->root);
}
