/*
 * run.c: one execution of a plan: its steps, and the statements whose rows
 * they join.
 */
#include "postgres.h"

#include <limits.h>

#include "utils/memutils.h"

#include "join/join_int.h"
#include "settings.h"

RrRun	   *rr_current_run = NULL;

/* Not to be guessed. Many are drawn at a time, since drawing is slow. */
static int
random_number(void)
{
	static int	drawn[64];
	static int	left = 0;

	if (left == 0)
	{
		if (!pg_strong_random(drawn, sizeof(drawn)))
			ereport(ERROR,
					(errcode(ERRCODE_INTERNAL_ERROR),
					 errmsg("could not generate a random number")));
		left = lengthof(drawn);
	}
	return drawn[--left] & INT_MAX;
}

static void
init_step(RrStepRun *step, RrRun *run, const RrStep *plan)
{
	step->run = run;
	step->plan = plan;
	step->sending.send_limit = INT_MAX;
	rr_key_table_init(&step->table, run->cxt);
	switch (plan->kind)
	{
		case RR_STEP_ROOT:
			step->sending.batch_size = plan->shape->base->nfields;
			rr_key_table_add_roots(&step->table, plan->shape->base->nfields);
			break;
		case RR_STEP_JOIN:
			step->sending.batch_size = plan->remote->def->batch_size > 0
				? plan->remote->def->batch_size : rr_batch_size;
			break;
		case RR_STEP_TABLE:
			/* A table step runs once, when all keys are there. */
			break;
	}
}

static void
on_run_end(void *run)
{
	rr_count_last_rows(run);
}

RrRun	   *
rr_run_create(const RrPlan *plan, GqlErrorList *errors)
{
	MemoryContext cxt = AllocSetContextCreate(CurrentMemoryContext, "remote_rel run",
											  ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(cxt);
	RrRun	   *run = palloc0(sizeof(RrRun));
	ListCell   *lc;

	run->cxt = cxt;
	run->plan = plan;
	run->errors = errors;
	run->number = random_number();
	run->may_wait = rr_call_timeout > 0 ? (uint64) rr_call_timeout * 1000 : UINT64_MAX;
	run->nsteps = list_length(plan->steps);
	run->steps = palloc0(run->nsteps * sizeof(RrStepRun));
	if (run->nsteps > 0)
		run->http = rr_http_group_create(cxt);
	foreach(lc, plan->steps)
	{
		const RrStep *step = lfirst(lc);

		Assert(step->number == foreach_current_index(lc));
		init_step(&run->steps[step->number], run, step);
	}
	run->on_end.func = on_run_end;
	run->on_end.arg = run;
	MemoryContextRegisterResetCallback(cxt, &run->on_end);
	MemoryContextSwitchTo(old);
	return run;
}

/* ---- steps ---- */

/*
 * Send what can be sent. A step's last keys go out when no further ones can
 * come: the texts that its holes stand in are complete. One pass is enough,
 * since parents come before children. True when requests are in flight.
 */
static bool
advance(RrRun *run)
{
	bool	   *complete = palloc(run->nsteps * sizeof(bool));
	bool		in_flight = false;

	for (int i = 0; i < run->nsteps; i++)
	{
		RrStepRun  *step = &run->steps[i];
		const RrSending *sending = &step->sending;
		const RrStep *parent = step->plan->parent;
		bool		ready;

		Assert(parent == NULL || parent->number < i);
		if (step->plan->kind == RR_STEP_ROOT)
			ready = sending->started;
		else
			ready = parent == NULL || complete[parent->number];

		if (ready && step->plan->kind == RR_STEP_TABLE)
			rr_table_step_run(step);
		else if (ready || step->plan->kind == RR_STEP_JOIN)
			rr_step_send(step, ready);
		complete[i] = ready && sending->batches == NIL && sending->sent == step->table.nkeys;
		in_flight |= sending->batches != NIL;
	}
	pfree(complete);
	return in_flight;
}

/*
 * The call has waited long enough: take all requests off the wire, and send no
 * more.
 */
static void
end_of_time(RrRun *run)
{
	for (int i = 0; i < run->nsteps; i++)
	{
		RrStepRun  *step = &run->steps[i];
		RrSending  *sending = &step->sending;
		RrKeyError *error = sending->given_up;
		ListCell   *lc;

		if (step->plan->kind == RR_STEP_TABLE)
			continue;
		if (error == NULL)
			error = rr_shared_error(step, psprintf("the time for all remote schemas of a call (remote_rel.call_timeout, %d ms) was over before remote schema \"%s\" answered",
												   rr_call_timeout,
												   step->plan->remote->def->name), NULL);
		sending->given_up = error;
		foreach(lc, sending->batches)
		{
			RrBatch    *batch = lfirst(lc);

			for (int k = 0; k < batch->nkeys; k++)
				rr_share_key_error(step, batch->keys[k], error);
		}
	}
	rr_http_group_free(run->http);
	run->http = rr_http_group_create(run->cxt);
	for (int i = 0; i < run->nsteps; i++)
	{
		RrSending  *sending = &run->steps[i].sending;
		ListCell   *lc;

		foreach(lc, sending->batches)
			MemoryContextDelete(((RrBatch *) lfirst(lc))->cxt);
		list_free(sending->batches);
		sending->batches = NIL;
	}
}

bool
rr_run_round(RrRun *run)
{
	MemoryContext old = MemoryContextSwitchTo(run->cxt);
	bool		in_flight = advance(run);
	RrHttpResponse *response = in_flight ? rr_http_next_within(run->http, &run->may_wait) : NULL;

	if (in_flight && response == NULL)
		end_of_time(run);
	else if (in_flight)
	{
		RrBatch    *batch = response->tag;
		RrSending  *sending = &batch->step->sending;

		elog(DEBUG1, "remote_rel: step %d takes in the answer for %d keys: status %d, %zu bytes, %.0f ms",
			 batch->step->plan->number, batch->nkeys, response->status, response->len,
			 response->elapsed_ms);
		run->received += response->len;
		sending->batches = list_delete_ptr(sending->batches, batch);
		pfree(batch->body);
		MemoryContextSwitchTo(batch->cxt);
		rr_count_batch(batch, response, rr_take_answer(batch, response));
		MemoryContextSwitchTo(run->cxt);
		rr_http_response_free(response);
		MemoryContextDelete(batch->cxt);
	}
	MemoryContextSwitchTo(old);
	return in_flight;
}

void
rr_run_remote(RrRun *run)
{
	while (rr_run_round(run))
		;
}

/* ---- statements of root fields ---- */

bool
rr_run_root_statement(RrRun *run, const RrSqlStatement *statement, const GqlPath *path, int loc,
					  StringInfo out)
{
	RrRun	   *outer = rr_current_run;
	volatile bool ok = false;
	int		   *nkeys = palloc(run->nsteps * sizeof(int));

	for (int i = 0; i < run->nsteps; i++)
		nkeys[i] = run->steps[i].table.nkeys;
	rr_current_run = run;
	PG_TRY();
	{
		ok = rr_ask_filters(run, statement, path, loc) &&
			rr_run_sql(statement, path, loc, run->plan->request->document->source, out,
					   run->errors);
	}
	PG_FINALLY();
	{
		rr_current_run = outer;
	}
	PG_END_TRY();

	/* the rows of a statement that failed are not joined */
	for (int i = 0; !ok && i < run->nsteps; i++)
		if (run->steps[i].table.nkeys > nkeys[i])
			run->steps[i].sending.sent = run->steps[i].table.nkeys;
	pfree(nkeys);
	return ok;
}
