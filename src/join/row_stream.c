/*
 * row_stream.c: rows joined one by one.
 *
 * All keys are filed at the beginning, so that equal ones are asked for once;
 * requests go out for a window of keys beyond the row that is handed out next,
 * and a value is forgotten behind the last row that has its key. So whoever
 * stops early has asked for little more than he got, and whoever does not
 * needs no more memory than a window takes, besides the keys. A value with
 * further joins inside needs the keys of all values for the fewest requests:
 * all of it is asked for before the first row.
 */
#include "postgres.h"

#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "json/json.h"
#include "join/row_stream.h"

/* Values of less than so many bytes are not worth being forgotten. */
#define MIN_FORGOTTEN (1024 * 1024)

struct RrRowStream
{
	RrStepRun  *step;
	int			n;
	Datum	   *rows;
	bool	   *nulls;
	int		   *keys;			/* by row; -1: it has none */
	int		   *last_rows;		/* by key: the last row that has it */
	int			next;			/* row to hand out */
	int64		worth;			/* length of the values at which to forget
								 * some */
};

/* ---- keys of rows ---- */

/* The values that a row joins with. False when one is null. */
static bool
row_keys(const RrRemoteJoin *join, Datum row, Datum *values)
{
	HeapTupleHeader tuple = DatumGetHeapTupleHeader(row);

	for (int i = 0; i < join->nkeys; i++)
	{
		bool		isnull;

		if (OidIsValid(join->keys[i].function))
		{
			LOCAL_FCINFO(fcinfo, 1);
			FmgrInfo	flinfo;

			fmgr_info(join->keys[i].function, &flinfo);
			InitFunctionCallInfoData(*fcinfo, &flinfo, 1, InvalidOid, NULL, NULL);
			fcinfo->args[0].value = row;
			fcinfo->args[0].isnull = false;
			values[i] = FunctionCallInvoke(fcinfo);
			isnull = fcinfo->isnull;
		}
		else
			values[i] = GetAttributeByNum(tuple, join->keys[i].attnum, &isnull);
		if (isnull)
			return false;
	}
	return true;
}

static RrKeyColumns *
key_columns(const RrRemoteJoin *join)
{
	Oid		   *types = palloc(Max(join->nkeys, 1) * sizeof(Oid));

	for (int i = 0; i < join->nkeys; i++)
	{
		if (OidIsValid(join->keys[i].function) && get_func_nargs(join->keys[i].function) != 1)
			ereport(ERROR,
					(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					 errmsg("computed field \"%s\" takes more than a row, so remote_join() cannot join with it", join->keys[i].name),
					 errhint("Use graphql_resolve().")));
		types[i] = join->keys[i].type;
	}
	return rr_key_columns(join->nkeys, types, CurrentMemoryContext);
}

static void
file_keys(RrRowStream *stream)
{
	const RrRemoteJoin *join = stream->step->step->join;
	RrKeyColumns *columns = key_columns(join);
	Datum	   *values = palloc(Max(join->nkeys, 1) * sizeof(Datum));
	MemoryContext row_cxt = AllocSetContextCreate(CurrentMemoryContext, "remote_join row",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(row_cxt);

	for (int i = 0; i < stream->n; i++)
	{
		int			key = -1;

		if (!stream->nulls[i] && row_keys(join, stream->rows[i], values))
			key = rr_keys_file(stream->step, columns, values);
		stream->keys[i] = key;
		if (key >= 0)
			stream->last_rows[key] = i;
		MemoryContextReset(row_cxt);
	}
	MemoryContextSwitchTo(old);
	MemoryContextDelete(row_cxt);
}

/* ---- waiting ---- */

RrRowStream *
rr_row_stream_create(RrRun *run, ArrayType *array)
{
	RrRowStream *stream = palloc0(sizeof(RrRowStream));
	int16		typlen;
	bool		typbyval;
	char		typalign;

	stream->step = &run->steps[0];
	stream->worth = MIN_FORGOTTEN;
	get_typlenbyvalalign(ARR_ELEMTYPE(array), &typlen, &typbyval, &typalign);
	deconstruct_array(array, ARR_ELEMTYPE(array), typlen, typbyval, typalign, &stream->rows,
					  &stream->nulls, &stream->n);
	stream->keys = palloc(Max(stream->n, 1) * sizeof(int));
	stream->last_rows = palloc(Max(stream->n, 1) * sizeof(int));
	if (run->nsteps == 1)
		stream->step->held = rr_step_window(stream->step);
	file_keys(stream);
	return stream;
}

const RrStep *
rr_row_stream_step(const RrRowStream *stream)
{
	return stream->step->step;
}

bool
rr_row_stream_must_wait(const RrRowStream *stream)
{
	int			key = stream->next < stream->n ? stream->keys[stream->next] : -1;

	return key >= 0 && (stream->step->run->nsteps == 1 ? rr_key_is_pending(stream->step, key)
						: stream->next == 0);
}

void
rr_row_stream_wait(RrRowStream *stream)
{
	RrStepRun  *step = stream->step;

	if (step->run->nsteps > 1)
	{
		rr_run_remote(step->run);
		return;
	}
	step->held = Max(step->held, stream->keys[stream->next] + rr_step_window(step));
	while (rr_row_stream_must_wait(stream) && rr_run_round(step->run))
		;
}

/* ---- results ---- */

static Datum
key_result(RrStepRun *step, int key, bool *isnull)
{
	StringInfoData text;

	*isnull = true;
	if (key < 0)
		return (Datum) 0;
	rr_file_key_errors(step, key, step->step->shape, linitial(step->step->field->nodes), NULL);
	if (rr_key_text(step, key) == NULL)
		return (Datum) 0;
	initStringInfo(&text);
	rr_splice(step->run, rr_key_text(step, key), step->keys[key].len, NULL, &text);
	*isnull = false;
	return DirectFunctionCall1(jsonb_in, CStringGetDatum(text.data));
}

/* Keep the values that further rows have only. */
static void
forget_values(RrRowStream *stream)
{
	RrStepRun  *step = stream->step;
	StringInfoData kept;
	MemoryContext old;

	if (step->values.len < stream->worth)
		return;
	old = MemoryContextSwitchTo(step->run->cxt);
	initStringInfo(&kept);
	MemoryContextSwitchTo(old);
	for (int i = 0; i < step->sent; i++)
	{
		RrStepKey  *key = &step->keys[i];
		const char *text = rr_key_text(step, i);

		if (text == NULL)
			continue;
		key->start = stream->last_rows[i] < stream->next ? -1 : kept.len;
		if (key->start >= 0)
			rr_json_append(&kept, text, key->len);
	}
	pfree(step->values.data);
	step->values = kept;
	stream->worth = Max(MIN_FORGOTTEN, 2 * (int64) kept.len);
}

bool
rr_row_stream_next(RrRowStream *stream, Datum *values, bool *nulls)
{
	int			row = stream->next;

	if (row >= stream->n)
		return false;
	values[0] = stream->rows[row];
	nulls[0] = stream->nulls[row];
	values[1] = key_result(stream->step, stream->keys[row], &nulls[1]);
	stream->next++;
	forget_values(stream);
	return true;
}
