/*
 * row_stream.c: the rows of an array, joined one by one.
 *
 * All keys are filed at the beginning, so that equal ones are asked for once.
 * Requests go out for a window of keys beyond the row that is handed out next,
 * and a value is freed behind the last row that has its key. Stopping early
 * wastes at most one window of requests; memory is bounded by the window and
 * the keys.
 *
 * A value with further joins inside is not streamed: everything is asked for
 * before the first row, since the further joins take the fewest requests when
 * all of their keys are known.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "join/join_int.h"

/* Values are freed when they have at least so many bytes. */
#define MIN_FREED (1024 * 1024)

struct RrRowStream
{
	RrStepRun  *step;
	int			nrows;
	Datum	   *rows;
	bool	   *nulls;
	int		   *keys;			/* by row; -1: it has none */
	int		   *last_rows;		/* by key: the last row that has it */
	int			next;			/* row to hand out */
	bool		all_came;		/* not streamed: the values are here */
	int64		free_at;		/* length of the values at which some are
								 * freed */
};

/* ---- keys of rows ---- */

static void
file_keys(RrRowStream *stream)
{
	RrRowKeys  *keys = rr_row_keys_create(stream->step->plan->join, "remote_join");
	MemoryContext row_cxt = AllocSetContextCreate(CurrentMemoryContext, "remote_join row",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(row_cxt);

	for (int i = 0; i < stream->nrows; i++)
	{
		const StringInfoData *text = NULL;

		CHECK_FOR_INTERRUPTS();
		if (!stream->nulls[i])
			text = rr_row_keys_text(keys, stream->rows[i]);
		stream->keys[i] = text != NULL ? rr_step_file_key(stream->step, text) : -1;
		if (text != NULL)
			stream->last_rows[stream->keys[i]] = i;
		MemoryContextReset(row_cxt);
	}
	MemoryContextSwitchTo(old);
	MemoryContextDelete(row_cxt);
}

/* ---- waiting ---- */

/*
 * True if values are asked for window by window: only without further joins.
 */
static bool
is_streamed(const RrStepRun *step)
{
	return step->run->nsteps == 1;
}

RrRowStream *
rr_row_stream_create(RrRun *run, ArrayType *array)
{
	RrRowStream *stream = palloc0(sizeof(RrRowStream));
	int16		typlen;
	bool		typbyval;
	char		typalign;

	stream->step = &run->steps[0];
	stream->free_at = MIN_FREED;
	get_typlenbyvalalign(ARR_ELEMTYPE(array), &typlen, &typbyval, &typalign);
	deconstruct_array(array, ARR_ELEMTYPE(array), typlen, typbyval, typalign, &stream->rows,
					  &stream->nulls, &stream->nrows);
	stream->keys = palloc(stream->nrows * sizeof(int));
	stream->last_rows = palloc(stream->nrows * sizeof(int));
	if (is_streamed(stream->step))
		stream->step->sending.send_limit = rr_step_window(stream->step);
	file_keys(stream);
	return stream;
}

bool
rr_row_stream_must_wait(const RrRowStream *stream)
{
	int			key = stream->next < stream->nrows ? stream->keys[stream->next] : -1;

	if (key < 0)
		return false;
	return is_streamed(stream->step) ? rr_key_is_pending(stream->step, key) : !stream->all_came;
}

void
rr_row_stream_wait(RrRowStream *stream)
{
	RrStepRun  *step = stream->step;

	if (!is_streamed(step))
	{
		rr_run_remote(step->run);
		stream->all_came = true;
		return;
	}
	step->sending.send_limit = Max(step->sending.send_limit,
								   stream->keys[stream->next] + rr_step_window(step));
	while (rr_row_stream_must_wait(stream) && rr_run_round(step->run))
		;
}

/* ---- results ---- */

/* Free the values that no further row has. */
static void
free_values(RrRowStream *stream)
{
	RrStepRun  *step = stream->step;
	RrKeyTable *table = &step->table;
	StringInfoData kept;
	MemoryContext old;

	if (table->values.len < stream->free_at)
		return;
	old = MemoryContextSwitchTo(step->run->cxt);
	initStringInfo(&kept);
	MemoryContextSwitchTo(old);
	for (int i = 0; i < step->sending.sent; i++)
	{
		RrSlice		value = rr_key_value(table, i);

		if (value.data == NULL)
			continue;
		table->keys[i].start = stream->last_rows[i] < stream->next ? -1 : kept.len;
		if (table->keys[i].start >= 0)
			rr_json_append(&kept, value.data, value.len);
	}
	pfree(table->values.data);
	table->values = kept;
	stream->free_at = Max(MIN_FREED, 2 * (int64) kept.len);
}

bool
rr_row_stream_next(RrRowStream *stream, Datum *values, bool *nulls)
{
	int			row = stream->next;

	if (row >= stream->nrows)
		return false;
	values[0] = stream->rows[row];
	nulls[0] = stream->nulls[row];
	values[1] = rr_row_value(stream->step, stream->keys[row], &nulls[1]);
	stream->next++;
	free_values(stream);
	return true;
}
