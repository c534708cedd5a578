/*
 * keys.c: key tables, and the SQL function that fills them while a statement runs.
 *
 * remote_rel.join_hole(step, key…) files the key values of a row and returns the hole where the remote value belongs. Equal keys
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
		step->keys = step->keys ? repalloc_huge(step->keys, step->capacity * sizeof(RrKey)) :
			palloc(step->capacity * sizeof(RrKey));
	}
	memset(&step->keys[step->nkeys], 0, sizeof(RrKey));
	MemoryContextSwitchTo(old);
	return step->nkeys++;
}

void
rr_append_hole(StringInfo out, int step, int key)
{
	char		hole[32];
	char	   *p = hole;

	*p++ = '\x01';
	p += pg_ltoa(step, p);
	*p++ = ':';
	p += pg_ltoa(key, p);
	*p++ = '\x02';
	appendBinaryStringInfo(out, hole, p - hole);
}

/* ---- SQL values as keys ---- */

/* What join_hole() knows of its arguments; looked up at the first row. */
typedef struct HoleColumn
{
	Oid			type;			/* its base type */
	int16		len;
	bool		byval;
	bool		varlena;
	Oid			element;		/* of an array type */
	int16		element_len;
	bool		element_byval;
	char		element_align;
	FmgrInfo	output;			/* of the type, or of the element */
} HoleColumn;

typedef struct HoleState
{
	int			n;
	HoleColumn	columns[FLEXIBLE_ARRAY_MEMBER];
} HoleState;

static HoleState *
hole_state(FunctionCallInfo fcinfo)
{
	int			n = PG_NARGS() - 1;
	HoleState  *state = fcinfo->flinfo->fn_extra;

	if (state != NULL)
		return state;
	state = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, offsetof(HoleState, columns) + n * sizeof(HoleColumn));
	state->n = n;
	for (int i = 0; i < n; i++)
	{
		HoleColumn *column = &state->columns[i];
		Oid			output;
		bool		varlena;

		column->type = getBaseType(get_fn_expr_argtype(fcinfo->flinfo, i + 1));
		get_typlenbyval(column->type, &column->len, &column->byval);
		column->element = get_element_type(column->type);
		if (OidIsValid(column->element))
		{
			get_typlenbyvalalign(column->element, &column->element_len, &column->element_byval, &column->element_align);
			column->element = getBaseType(column->element);
		}
		getTypeOutputInfo(OidIsValid(column->element) ? column->element : column->type, &output, &varlena);
		column->varlena = column->len == -1;
		fmgr_info_cxt(output, &column->output, fcinfo->flinfo->fn_mcxt);
	}
	fcinfo->flinfo->fn_extra = state;
	return state;
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
value_from_column(Datum datum, HoleColumn *column, GqlValue *value)
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
append_image(StringInfo image, Datum datum, const HoleColumn *column)
{
	if (column->byval)
		appendBinaryStringInfo(image, (char *) &datum, sizeof(Datum));
	else if (column->varlena)
	{
		struct varlena *value = PG_DETOAST_DATUM_PACKED(datum);
		int			len = VARSIZE_ANY_EXHDR(value);

		appendBinaryStringInfo(image, (char *) &len, sizeof(len));
		appendBinaryStringInfo(image, VARDATA_ANY(value), len);
	}
	else
		appendBinaryStringInfo(image, DatumGetPointer(datum), datumGetSize(datum, false, column->len));
}

PG_FUNCTION_INFO_V1(rr_join_hole);

/* remote_rel.join_hole(step integer, VARIADIC keys "any") RETURNS json */
Datum
rr_join_hole(PG_FUNCTION_ARGS)
{
	HoleState  *state;
	StringInfoData image;
	RrStepRun  *step;
	int			key;
	bool		found;

	if (rr_current_run == NULL || PG_ARGISNULL(0) || PG_GETARG_INT32(0) < 0 || PG_GETARG_INT32(0) >= rr_current_run->nsteps)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("remote_rel.join_hole() can only be called by a statement that graphql_resolve() runs")));
	for (int i = 1; i < PG_NARGS(); i++)
		if (PG_ARGISNULL(i))
			PG_RETURN_NULL();
	state = hole_state(fcinfo);
	step = &rr_current_run->steps[PG_GETARG_INT32(0)];

	initStringInfo(&image);
	for (int i = 0; i < state->n; i++)
		append_image(&image, PG_GETARG_DATUM(i + 1), &state->columns[i]);
	key = rr_keys_number(step, image.data, image.len, &found);
	if (!found)
	{
		MemoryContext old = MemoryContextSwitchTo(step->run->cxt);
		GqlValue   *values = palloc(Max(state->n, 1) * sizeof(GqlValue));

		for (int i = 0; i < state->n; i++)
			value_from_column(PG_GETARG_DATUM(i + 1), &state->columns[i], &values[i]);
		step->keys[key].values = values;
		rr_step_send(step, false);
		MemoryContextSwitchTo(old);
	}

	/* The image's buffer becomes the result: a json datum that is only a hole. */
	resetStringInfo(&image);
	appendStringInfoSpaces(&image, VARHDRSZ);
	rr_append_hole(&image, step->step->number, key);
	SET_VARSIZE(image.data, image.len);
	PG_RETURN_POINTER(image.data);
}
