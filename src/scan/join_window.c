/*
 * join_window.c: rows that wait for their values.
 *
 * A window is what a Remote Join reads ahead of the row that it hands out
 * next. It closes when it has enough distinct keys, or rows, or bytes. It
 * starts with as many keys as the query is known to want, and doubles whenever
 * the first row's value was not asked for yet, until it keeps the remote
 * schema busy.
 *
 * Keys and values stay in a run (RrRun), so that equal keys are asked for once
 * also when they are far apart. A run that has grown too large gets no more
 * keys; it is deleted behind the last row that needs it. So there are at most
 * two, and memory is bounded: by work_mem, and the requests on their way.
 */
#include "postgres.h"

#include <limits.h>

#include "executor/executor.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "scan/scan_int.h"

/* Rows that one key may have, on average, before a window closes. */
#define ROWS_PER_KEY 8

#define RUN_NUMBER(window, number) (&(window)->runs[(number) % 2])

static void
set_keys(RrWindow *window, int keys)
{
	window->keys = Max(1, Min(keys, window->max_keys));
	window->max_rows = Min((int64) window->keys * ROWS_PER_KEY, INT_MAX / 2);
}

/* ---- runs ---- */

static void
begin_run(RrWindow *window)
{
	RrWindowRun *part = RUN_NUMBER(window, window->newest);

	part->run = rr_value_run_create(window->join);
	part->passed = 0;
}

static void
add_counts(RrJoinCounts *counts, const RrRun *run)
{
	counts->requests += run->nrequests;
	counts->bytes += run->received;
	counts->keys += run->steps[0].table.nkeys;
}

/* The run before the newest, when no row needs it any more. */
static void
end_oldest_run(RrWindow *window)
{
	RrWindowRun *part = RUN_NUMBER(window, window->oldest);

	add_counts(&window->counts, part->run);
	MemoryContextDelete(part->run->cxt);
	part->run = NULL;
	window->oldest++;
}

static bool
is_too_large(const RrWindow *window)
{
	return rr_value_run_size(RUN_NUMBER(window, window->newest)->run) > window->max_bytes / 2;
}

/* Keys that were filed, and not yet handed out. */
static int
keys_ahead(const RrWindow *window)
{
	int			n = 0;

	for (int i = window->oldest; i <= window->newest; i++)
	{
		const RrWindowRun *part = RUN_NUMBER(window, i);

		n += part->run->steps[0].table.nkeys - part->passed;
	}
	return n;
}

/* ---- the window ---- */

RrWindow   *
rr_window_create(RrValueJoin *join, int wanted)
{
	RrWindow   *window = palloc0(sizeof(RrWindow));

	window->cxt = CurrentMemoryContext;
	window->join = join;
	window->max_bytes = (Size) work_mem * 1024 / 2;
	window->capacity = 64;
	window->rows = palloc(window->capacity * sizeof(RrWindowRow));
	if (join->plan != NULL)
	{
		begin_run(window);
		window->max_keys = rr_step_window(&window->runs[0].run->steps[0]);
	}
	else
		window->max_keys = 1;
	rr_window_restart(window, wanted);
	return window;
}

void
rr_window_restart(RrWindow *window, int wanted)
{
	while (window->nrows > 0)
	{
		RrRun	   *run;

		pfree(rr_window_take(window, &run).tuple);
	}
	if (window->join->plan != NULL)
	{
		RrWindowRun *part;

		if (window->oldest < window->newest)
			end_oldest_run(window);
		part = RUN_NUMBER(window, window->newest);
		part->passed = part->run->steps[0].table.nkeys;
	}
	window->complete = false;
	set_keys(window, wanted > 0 ? wanted : window->max_keys);
}

bool
rr_window_has_room(const RrWindow *window)
{
	if (window->complete || window->nrows >= window->max_rows ||
		window->bytes >= window->max_bytes)
		return false;
	if (window->join->plan == NULL)
		return true;
	return keys_ahead(window) < window->keys &&
		!(is_too_large(window) && window->oldest < window->newest);
}

static void
push_row(RrWindow *window, const RrWindowRow *row)
{
	if (window->nrows == window->capacity)
	{
		RrWindowRow *rows = MemoryContextAllocHuge(window->cxt,
												   2 * sizeof(RrWindowRow) * window->capacity);

		for (int i = 0; i < window->nrows; i++)
			rows[i] = window->rows[(window->first + i) % window->capacity];
		pfree(window->rows);
		window->rows = rows;
		window->first = 0;
		window->capacity *= 2;
	}
	window->rows[(window->first + window->nrows++) % window->capacity] = *row;
	window->bytes += row->tuple->t_len + sizeof(RrWindowRow);
	window->counts.most_rows = Max(window->counts.most_rows, window->nrows);
}

void
rr_window_add(RrWindow *window, TupleTableSlot *outer, bool unjoined, const Datum *row)
{
	RrWindowRow added = {.unjoined = unjoined, .key = -1};
	MemoryContext old;

	if (window->join->plan != NULL)
	{
		RrRun	   *run;

		if (is_too_large(window) && window->oldest == window->newest)
		{
			window->newest++;
			begin_run(window);
		}
		run = RUN_NUMBER(window, window->newest)->run;
		added.part = window->newest;
		if (row != NULL)
			added.key = rr_value_run_file(window->join, run, *row);
		rr_value_run_send(window->join, run);
	}
	old = MemoryContextSwitchTo(window->cxt);
	added.tuple = ExecCopySlotMinimalTuple(outer);
	MemoryContextSwitchTo(old);
	push_row(window, &added);
}

void
rr_window_end(RrWindow *window)
{
	window->complete = true;
}

static const RrWindowRow *
first_row(const RrWindow *window)
{
	return &window->rows[window->first];
}

bool
rr_window_is_ready(const RrWindow *window)
{
	const RrWindowRow *row = first_row(window);

	return window->nrows > 0 &&
		(row->key < 0 || !rr_value_run_is_pending(RUN_NUMBER(window, row->part)->run, row->key));
}

void
rr_window_wait(RrWindow *window)
{
	const RrWindowRow *row = first_row(window);
	RrRun	   *run = RUN_NUMBER(window, row->part)->run;
	bool		was_sent = row->key < run->steps[0].sending.sent;
	instr_time	start;
	instr_time	end;

	/*
	 * What makes no full batch is sent when it will not grow: at the end, in
	 * a run that gets no more keys, in a window that is smaller than it may
	 * be.
	 */
	INSTR_TIME_SET_CURRENT(start);
	rr_value_run_wait(window->join, run, row->key,
					  window->complete || row->part < window->newest ||
					  window->keys < window->max_keys);
	INSTR_TIME_SET_CURRENT(end);
	INSTR_TIME_ACCUM_DIFF(window->counts.waited, end, start);
	if (!was_sent)
		set_keys(window, Min(window->keys, INT_MAX / 2) * 2);
}

RrWindowRow
rr_window_take(RrWindow *window, RrRun **run)
{
	RrWindowRow row = *first_row(window);

	window->first = (window->first + 1) % window->capacity;
	window->nrows--;
	window->bytes -= row.tuple->t_len + sizeof(RrWindowRow);
	*run = NULL;
	if (window->join->plan != NULL)
	{
		RrWindowRun *part;

		while (window->oldest < row.part)
			end_oldest_run(window);
		part = RUN_NUMBER(window, row.part);
		part->passed = Max(part->passed, row.key + 1);
		*run = part->run;
	}
	return row;
}

RrJoinCounts
rr_window_counts(const RrWindow *window)
{
	RrJoinCounts counts = window->counts;

	for (int i = window->oldest; window->join->plan != NULL && i <= window->newest; i++)
		add_counts(&counts, RUN_NUMBER(window, i)->run);
	return counts;
}
