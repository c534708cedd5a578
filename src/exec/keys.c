/*
 * keys.c: key tables, and the SQL function that fills them while a statement runs.
 *
 * remote_rel.join_hole(step, run, key…) files the key values of a row and returns the hole where the remote value belongs. Equal keys
 * (by their binary image: what is equal to PostgreSQL but not to the byte is merely asked for twice) share a number. A null key is no hole: the field is null.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "fmgr.h"
#include "mb/pg_wchar.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/datum.h"
#include "utils/json.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "compat.h"
#include "exec/run.h"
#include "value_jsonb.h"

/* ---- the index: image → number ---- */

typedef struct KeyImage
{
	const char *data;
	int			len;
} KeyImage;

typedef struct KeyIndexEntry
{
	KeyImage	image;
	uint32		hash;
	int			number;
	char		status;
} KeyIndexEntry;

#define SH_PREFIX RrKeyIndex
#define SH_ELEMENT_TYPE KeyIndexEntry
#define SH_KEY_TYPE KeyImage
#define SH_KEY image
#define SH_HASH_KEY(table, key) hash_bytes((const unsigned char *) (key).data, (key).len)
#define SH_EQUAL(table, a, b) ((a).len == (b).len && memcmp((a).data, (b).data, (a).len) == 0)
#define SH_STORE_HASH
#define SH_GET_HASH(table, entry) (entry)->hash
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

void
rr_keys_init(RrStepRun *step)
{
	step->index = RrKeyIndex_create(step->run->cxt, 64, NULL);
}

int
rr_keys_number(RrStepRun *step, const char *image, int len, bool *found)
{
	KeyImage	key = {image, len};
	KeyIndexEntry *entry = RrKeyIndex_insert(step->index, key, found);
	MemoryContext old;
	char	   *copy;

	if (*found)
		return entry->number;
	old = MemoryContextSwitchTo(step->run->cxt);
	copy = palloc(Max(len, 1));
	memcpy(copy, image, len);
	entry->image.data = copy;
	entry->number = step->nkeys;
	if (step->nkeys == step->capacity)
	{
		step->capacity = step->capacity ? step->capacity * 2 : 64;
		step->keys = step->keys ? repalloc_huge(step->keys, step->capacity * sizeof(RrStepKey)) :
			palloc(step->capacity * sizeof(RrStepKey));
	}
	memset(&step->keys[step->nkeys], 0, sizeof(RrStepKey));
	MemoryContextSwitchTo(old);
	return step->nkeys++;
}

int
rr_keys_lookup(RrStepRun *step, const char *image, int len)
{
	KeyImage	key = {image, len};
	KeyIndexEntry *entry = RrKeyIndex_lookup(step->index, key);

	return entry ? entry->number : -1;
}

void
rr_append_hole(StringInfo out, const RrStepRun *step, int key)
{
	char		hole[48];
	char	   *p = hole;

	*p++ = '\x01';
	p += rr_ltoa(step->run->number, p);
	*p++ = ':';
	p += rr_ltoa(step->step->number, p);
	*p++ = ':';
	p += rr_ltoa(key, p);
	*p++ = '\x02';
	appendBinaryStringInfo(out, hole, p - hole);
}

/* ---- SQL values as keys ---- */

/* What is known of one joining column; looked up once. */
typedef struct KeyColumn
{
	Oid			type;			/* its base type */
	int16		len;
	bool		byval;
	Oid			element;		/* of an array type */
	int16		element_len;
	bool		element_byval;
	char		element_align;
	FmgrInfo	output;			/* of the type, or of the element */
} KeyColumn;

struct RrKeyColumns
{
	int			n;
	KeyColumn	columns[FLEXIBLE_ARRAY_MEMBER];
};

RrKeyColumns *
rr_key_columns(int n, const Oid *types, MemoryContext cxt)
{
	RrKeyColumns *result = MemoryContextAllocZero(cxt, offsetof(RrKeyColumns, columns) + n * sizeof(KeyColumn));

	result->n = n;
	for (int i = 0; i < n; i++)
	{
		KeyColumn  *column = &result->columns[i];
		Oid			output;
		bool		varlena;

		column->type = getBaseType(types[i]);
		get_typlenbyval(column->type, &column->len, &column->byval);
		column->element = get_element_type(column->type);
		if (OidIsValid(column->element))
		{
			get_typlenbyvalalign(column->element, &column->element_len, &column->element_byval, &column->element_align);
			column->element = getBaseType(column->element);
		}
		getTypeOutputInfo(OidIsValid(column->element) ? column->element : column->type, &output, &varlena);
		fmgr_info_cxt(output, &column->output, cxt);
	}
	return result;
}

/* One datum in the form in which GraphQL takes it: what to_json() would make of it. In CurrentMemoryContext. */
static void
value_from_datum(Datum datum, Oid type, FmgrInfo *output, GqlValue *value)
{
	char		buffer[MAXDATELEN + 1];

	memset(value, 0, sizeof(GqlValue));
	value->loc = -1;
	switch (type)
	{
		case BOOLOID:
			value->kind = GQL_VALUE_BOOLEAN;
			value->boolean = DatumGetBool(datum);
			return;
		case INT2OID:
		case INT4OID:
		case INT8OID:
			value->kind = GQL_VALUE_INT;
			value->text = OutputFunctionCall(output, datum);
			break;
		case FLOAT4OID:
		case FLOAT8OID:
		case NUMERICOID:
			value->text = OutputFunctionCall(output, datum);
			value->kind = strspn(value->text, "-0123456789") == strlen(value->text) ? GQL_VALUE_INT : GQL_VALUE_FLOAT;
			if (strspn(value->text, "+-.0123456789eE") != strlen(value->text))
				value->kind = GQL_VALUE_STRING; /* NaN, Infinity */
			break;
		case DATEOID:
		case TIMESTAMPOID:
		case TIMESTAMPTZOID:
		case TIMEOID:
		case TIMETZOID:
			JsonEncodeDateTime(buffer, datum, type, NULL);
			value->kind = GQL_VALUE_STRING;
			value->text = pstrdup(buffer);
			break;
		case JSONOID:
			datum = DirectFunctionCall1(jsonb_in, CStringGetDatum(TextDatumGetCString(datum)));
			*value = *rr_value_from_jsonb(DatumGetJsonbP(datum));
			return;
		case JSONBOID:
			*value = *rr_value_from_jsonb(DatumGetJsonbP(datum));
			return;
		default:
			value->kind = GQL_VALUE_STRING;
			value->text = OutputFunctionCall(output, datum);
			break;
	}
	value->len = strlen(value->text);
}

static void
value_from_column(Datum datum, KeyColumn *column, GqlValue *value)
{
	Datum	   *elements;
	bool	   *nulls;
	int			n;

	if (!OidIsValid(column->element))
	{
		value_from_datum(datum, column->type, &column->output, value);
		return;
	}
	memset(value, 0, sizeof(GqlValue));
	value->kind = GQL_VALUE_LIST;
	value->loc = -1;
	deconstruct_array(DatumGetArrayTypeP(datum), column->element, column->element_len, column->element_byval,
					  column->element_align, &elements, &nulls, &n);
	for (int i = 0; i < n; i++)
	{
		GqlValue   *item = palloc0(sizeof(GqlValue));

		if (nulls[i])
			item->kind = GQL_VALUE_NULL;
		else
			value_from_datum(elements[i], column->element, &column->output, item);
		value->items = lappend(value->items, item);
	}
}

static void
append_image(StringInfo image, Datum datum, const KeyColumn *column)
{
	if (column->byval)
		appendBinaryStringInfo(image, (char *) &datum, sizeof(Datum));
	else if (column->len == -1)
	{
		struct varlena *value = PG_DETOAST_DATUM_PACKED(datum);
		int			len = VARSIZE_ANY_EXHDR(value);

		appendBinaryStringInfo(image, (char *) &len, sizeof(len));
		appendBinaryStringInfo(image, VARDATA_ANY(value), len);
	}
	else
		appendBinaryStringInfo(image, DatumGetPointer(datum), datumGetSize(datum, false, column->len));
}

int
rr_keys_file(RrStepRun *step, RrKeyColumns *columns, const Datum *values)
{
	StringInfoData image;
	bool		found;
	int			key;

	initStringInfo(&image);
	for (int i = 0; i < columns->n; i++)
		append_image(&image, values[i], &columns->columns[i]);
	key = rr_keys_number(step, image.data, image.len, &found);
	if (!found)
	{
		MemoryContext old = MemoryContextSwitchTo(step->run->cxt);
		GqlValue   *gql_values = palloc(Max(columns->n, 1) * sizeof(GqlValue));

		for (int i = 0; i < columns->n; i++)
			value_from_column(values[i], &columns->columns[i], &gql_values[i]);
		step->keys[key].values = gql_values;
		rr_step_send(step, false);
		if (step->in_flight > 0)
			rr_http_poll(step->run->http);	/* what is on the wire goes on while the statement runs */
		MemoryContextSwitchTo(old);
	}
	pfree(image.data);
	return key;
}

PG_FUNCTION_INFO_V1(rr_join_hole);

/* The argument of join_hole() at which keys begin. */
#define HOLE_KEYS 2

/*
 * The step that a call of join_hole() is for. A view's SQL or a policy's may call it as well while a statement runs; it does not know the run's number, which only
 * statements of ours are given, so it files no keys of its own choice.
 */
static RrStepRun *
hole_step(FunctionCallInfo fcinfo)
{
	int			number = PG_ARGISNULL(0) ? -1 : PG_GETARG_INT32(0);
	RrStepRun  *step = NULL;
	bool		fits;

	if (rr_current_run != NULL && number >= 0 && number < rr_current_run->nsteps &&
		!PG_ARGISNULL(1) && PG_GETARG_INT32(1) == rr_current_run->number)
		step = &rr_current_run->steps[number];
	fits = step != NULL && step->step->kind == RR_STEP_JOIN && step->step->nkeys == PG_NARGS() - HOLE_KEYS;
	for (int i = 0; fits && i < step->step->nkeys; i++)
		fits = OidIsValid(step->step->keys[i].type) &&
			getBaseType(get_fn_expr_argtype(fcinfo->flinfo, HOLE_KEYS + i)) == getBaseType(step->step->keys[i].type);
	if (!fits)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("remote_rel.join_hole() can only be called by a statement that graphql_resolve() runs")));
	return step;
}

/* What a call site knows of its columns, and for which run its step was checked. */
typedef struct HoleState
{
	RrRun	   *run;
	int			run_number;
	int			number;
	RrKeyColumns *columns;
} HoleState;

static bool
is_checked(FunctionCallInfo fcinfo, const HoleState *state)
{
	return state != NULL && state->run == rr_current_run && !PG_ARGISNULL(0) && PG_GETARG_INT32(0) == state->number &&
		!PG_ARGISNULL(1) && PG_GETARG_INT32(1) == state->run_number;
}

/* remote_rel.join_hole(step integer, run integer, VARIADIC keys "any") RETURNS json */
Datum
rr_join_hole(PG_FUNCTION_ARGS)
{
	int			n = PG_NARGS() - HOLE_KEYS;
	HoleState  *state = fcinfo->flinfo->fn_extra;
	RrStepRun  *step;
	Datum		values[FUNC_MAX_ARGS];
	StringInfoData hole;

	if (!is_checked(fcinfo, state))
	{
		Oid			types[FUNC_MAX_ARGS];

		step = hole_step(fcinfo);
		for (int i = 0; i < n; i++)
			types[i] = get_fn_expr_argtype(fcinfo->flinfo, HOLE_KEYS + i);
		if (state == NULL)
			state = fcinfo->flinfo->fn_extra = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(HoleState));
		state->columns = rr_key_columns(n, types, fcinfo->flinfo->fn_mcxt);
		state->run = rr_current_run;
		state->run_number = rr_current_run->number;
		state->number = step->step->number;
	}
	for (int i = 0; i < n; i++)
	{
		if (PG_ARGISNULL(HOLE_KEYS + i))
			PG_RETURN_NULL();
		values[i] = PG_GETARG_DATUM(HOLE_KEYS + i);
	}

	/* a json datum that is only a hole */
	initStringInfo(&hole);
	appendStringInfoSpaces(&hole, VARHDRSZ);
	step = &state->run->steps[state->number];
	rr_append_hole(&hole, step, rr_keys_file(step, state->columns, values));
	SET_VARSIZE(hole.data, hole.len);
	PG_RETURN_POINTER(hole.data);
}
