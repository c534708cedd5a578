/*
 * keys.c: key tables, and the SQL function that fills them while a statement
 * runs.
 *
 * remote_rel.join_hole(step, run, key…) files the key values of a row and
 * returns the hole where the remote value belongs. A key is kept as its image,
 * the JSON texts of its values: of SQL values what to_json() makes of them, of
 * remote ones what came. Equal images share a number (what is equal to
 * PostgreSQL but not to the byte is merely asked for twice). A null key is no
 * hole: the field is null.
 *
 * There may be very many keys, so a table holds nothing for one but its image,
 * where its answer stands, and an entry of the index.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "compat.h"
#include "json/json.h"
#include "join/join.h"

/* Behind each value of an image; JSON text cannot hold it raw. */
#define END_OF_VALUE '\x1e'

/* ---- the index: image → number ---- */

typedef struct KeyIndexEntry
{
	int			number;			/* or PROBE, for the image that is looked for */
	uint32		hash;
	char		status;
} KeyIndexEntry;

#define PROBE (-1)

static RrSlice image_of(const RrStepRun *step, int number);

#define SH_PREFIX RrKeyIndex
#define SH_ELEMENT_TYPE KeyIndexEntry
#define SH_KEY_TYPE int
#define SH_KEY number
#define SH_HASH_KEY(table, key) hash_image(image_of((table)->private_data, (key)))
#define SH_EQUAL(table, a, b) equal_images(image_of((table)->private_data, (a)), image_of((table)->private_data, (b)))
#define SH_STORE_HASH
#define SH_GET_HASH(table, entry) (entry)->hash
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE

static inline uint32
hash_image(RrSlice image)
{
	return hash_bytes((const unsigned char *) image.data, image.len);
}

static inline bool
equal_images(RrSlice a, RrSlice b)
{
	return rr_slice_is(a, b.data, b.len);
}

#include "lib/simplehash.h"

static RrSlice
image_of(const RrStepRun *step, int number)
{
	RrSlice		image = step->probe;
	int			end;

	if (number == PROBE)
		return image;
	end = number + 1 < step->nkeys ? step->keys[number + 1].image : step->images.len;
	image.data = step->images.data + step->keys[number].image;
	image.len = end - step->keys[number].image;
	return image;
}

void
rr_keys_init(RrStepRun *step)
{
	MemoryContext old = MemoryContextSwitchTo(step->run->cxt);

	step->index = RrKeyIndex_create(step->run->cxt, 64, step);
	initStringInfo(&step->images);
	initStringInfo(&step->values);
	MemoryContextSwitchTo(old);
}

/* The image is to be appended by the caller. */
static void
add_key(RrStepRun *step)
{
	if (step->nkeys == step->capacity)
	{
		step->capacity = step->capacity ? step->capacity * 2 : 64;
		step->keys = step->keys ? repalloc_huge(step->keys, step->capacity * sizeof(RrStepKey)) :
			MemoryContextAlloc(step->run->cxt, step->capacity * sizeof(RrStepKey));
	}
	step->keys[step->nkeys++] = (RrStepKey)
	{
		.image = step->images.len, .start = -1
	};
}

void
rr_keys_init_roots(RrStepRun *step, int n)
{
	rr_keys_init(step);
	while (step->nkeys < n)
		add_key(step);
}

int
rr_keys_number(RrStepRun *step, const StringInfoData *image)
{
	KeyIndexEntry *entry;
	bool		found;

	step->probe = (RrSlice)
	{
		image->data, image->len
	};
	entry = RrKeyIndex_insert(step->index, PROBE, &found);
	if (found)
		return entry->number;
	entry->number = step->nkeys;
	add_key(step);
	rr_json_append(&step->images, image->data, image->len);
	rr_step_send(step, false);
	if (step->batches != NIL)
		rr_http_poll(step->run->http);	/* what is on the wire goes on
										 * meanwhile */
	return step->nkeys - 1;
}

void
rr_append_to_image(StringInfo image, RrSlice value)
{
	rr_json_append(image, value.data, value.len);
	appendStringInfoChar(image, END_OF_VALUE);
}

RrSlice
rr_key_slice(const RrStepRun *step, int number, int i)
{
	RrSlice		image = image_of(step, number);

	for (;; i--)
	{
		const char *end = memchr(image.data, END_OF_VALUE, image.len);

		if (i == 0)
			return (RrSlice)
		{
			image.data, end - image.data
		};
		image.len -= end + 1 - image.data;
		image.data = end + 1;
	}
}

const char *
rr_key_text(const RrStepRun *step, int number)
{
	const RrStepKey *key = &step->keys[number];

	return key->start < 0 ? NULL : step->values.data + key->start;
}

void
rr_keys_finish(RrStepRun *step)
{
	RrKeyIndex_destroy(step->index);
	pfree(step->images.data);
}

void
rr_append_hole(StringInfo out, RrStepRun *step, int key)
{
	char	   *hole = rr_json_reserve(out, RR_MAX_HOLE);
	char	   *p = hole;

	*p++ = '\x01';
	p += rr_ltoa(step->run->number, p);
	*p++ = ':';
	p += rr_ltoa(step->step->number, p);
	*p++ = ':';
	p += rr_ltoa(key, p);
	*p++ = '\x02';
	out->len += p - hole;
	step->holes++;
}

/* ---- SQL values as keys ---- */

/* What is known of joining columns; looked up once. */
struct RrKeyColumns
{
	StringInfoData image;		/* of the row at hand */
	int			n;
	RrJsonWriter *writers[FLEXIBLE_ARRAY_MEMBER];
};

RrKeyColumns *
rr_key_columns(int n, const Oid *types, MemoryContext cxt)
{
	RrKeyColumns *result = MemoryContextAllocZero(cxt, offsetof(RrKeyColumns,
																writers) + n * sizeof(RrJsonWriter *));
	MemoryContext old = MemoryContextSwitchTo(cxt);

	result->n = n;
	for (int i = 0; i < n; i++)
		result->writers[i] = rr_json_writer(types[i], cxt);
	initStringInfo(&result->image);
	MemoryContextSwitchTo(old);
	return result;
}

int
rr_keys_file(RrStepRun *step, RrKeyColumns *columns, const Datum *values)
{
	StringInfo	image = &columns->image;

	resetStringInfo(image);
	for (int i = 0; i < columns->n; i++)
	{
		int			start = image->len;
		RrScan		written;

		rr_json_write(columns->writers[i], image, values[i]);
		rr_scan_init(&written, image->data + start, image->len - start);
		if (rr_scan_peek(&written) == 'n')
			return -1;			/* JSON's null */
		appendStringInfoChar(image, END_OF_VALUE);
	}
	return rr_keys_number(step, image);
}

PG_FUNCTION_INFO_V1(rr_join_hole);

/* The argument of join_hole() at which keys begin. */
#define HOLE_KEYS 2

/*
 * The step that a call of join_hole() is for. A view's SQL or a policy's may
 * call it as well while a statement runs; it does not know the run's number,
 * which only statements of ours are given, so it files no keys of its own
 * choice.
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
	fits = step != NULL && step->step->kind == RR_STEP_JOIN &&
		step->step->nkeys == PG_NARGS() - HOLE_KEYS;
	for (int i = 0; fits && i < step->step->nkeys; i++)
		fits = OidIsValid(step->step->keys[i].type) &&
			getBaseType(get_fn_expr_argtype(fcinfo->flinfo,
											HOLE_KEYS + i)) == getBaseType(step->step->keys[i].type);
	if (!fits)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("remote_rel.join_hole() can only be called by a statement that graphql_resolve() runs")));
	return step;
}

/*
 * What a call site knows of its columns, and for which run its step was
 * checked.
 */
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
	return state != NULL && state->run == rr_current_run && !PG_ARGISNULL(0) &&
		PG_GETARG_INT32(0) == state->number &&
		!PG_ARGISNULL(1) && PG_GETARG_INT32(1) == state->run_number;
}

/*
 * remote_rel.join_hole(step integer, run integer, VARIADIC keys "any") RETURNS
 * json
 */
Datum
rr_join_hole(PG_FUNCTION_ARGS)
{
	int			n = PG_NARGS() - HOLE_KEYS;
	HoleState  *state = fcinfo->flinfo->fn_extra;
	RrStepRun  *step;
	Datum		values[FUNC_MAX_ARGS];
	StringInfoData hole;
	int			key;

	if (!is_checked(fcinfo, state))
	{
		Oid			types[FUNC_MAX_ARGS];

		step = hole_step(fcinfo);
		for (int i = 0; i < n; i++)
			types[i] = get_fn_expr_argtype(fcinfo->flinfo, HOLE_KEYS + i);
		if (state == NULL)
			state = fcinfo->flinfo->fn_extra = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt,
																	  sizeof(HoleState));
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

	step = &state->run->steps[state->number];
	key = rr_keys_file(step, state->columns, values);
	if (key < 0)
		PG_RETURN_NULL();
	/* a json datum that is only a hole */
	hole.data = palloc(VARHDRSZ + RR_MAX_HOLE);
	hole.maxlen = VARHDRSZ + RR_MAX_HOLE;
	hole.len = VARHDRSZ;
	rr_append_hole(&hole, step, key);
	SET_VARSIZE(hole.data, hole.len);
	PG_RETURN_POINTER(hole.data);
}
