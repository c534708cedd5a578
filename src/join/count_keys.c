/*
 * count_keys.c: counts what relationships ask for, and what comes of it, for
 * src/stat.
 *
 * Requests of a remote schema are counted by src/http, also those that are for
 * no relationship. So here only what a request carried is added to them, and
 * what was wrong with its answer as GraphQL.
 */
#include "postgres.h"

#include "join/join_int.h"

/* The counters of a step's relationship; NULL for root fields. */
static RrStat *
step_stat(RrStepRun *step)
{
	const RrStep *plan = step->plan;
	const RrRelationship *relationship;
	const char *source;

	if (step->stat != NULL || plan->kind == RR_STEP_ROOT)
		return step->stat;
	relationship = plan->kind == RR_STEP_JOIN ? plan->join->relationship
		: plan->table_join->relationship;
	source = relationship->source_table != NULL
		? psprintf("%s.%s", relationship->source_schema, relationship->source_table)
		: psprintf("%s.%s", relationship->source_remote_schema, relationship->source_type);
	step->stat = rr_stat_relationship(source, relationship->name,
									  plan->kind == RR_STEP_JOIN ? plan->remote->def->name : NULL);
	return step->stat;
}

/* Rows since the last request was counted. */
static int64
new_rows(RrStepRun *step)
{
	int64		rows = step->nrows - step->counted_rows;

	step->counted_rows = step->nrows;
	return rows;
}

void
rr_count_batch(const RrBatch *batch, const RrHttpResponse *response, RrStatError error)
{
	RrStepRun  *step = batch->step;
	RrStat	   *remote = rr_stat_remote_schema(step->plan->remote->def->name);
	RrStat	   *stat = step_stat(step);
	RrStatError transport = rr_http_stat_error(response->failure, response->status);
	RrStatRequest request = {0};
	int64		rows;

	/* one error for each request */
	if (transport != RR_STAT_NO_ERROR)
		error = RR_STAT_NO_ERROR;
	if (step->plan->kind == RR_STEP_ROOT)
	{
		rr_stat_count_keys(remote, 0, 0, error);
		return;
	}
	rows = new_rows(step);
	if (response->failure == RR_HTTP_DOWN)
	{
		rr_stat_count_refused(stat);
		return;
	}
	rr_stat_count_keys(remote, batch->nkeys, rows, error);
	request.ms = response->elapsed_ms;
	request.sent = response->sent;
	request.received = response->len;
	request.retries = response->retries;
	request.error = transport != RR_STAT_NO_ERROR ? transport : error;
	request.status = response->status;
	rr_stat_count_request(stat, &request);
	rr_stat_count_keys(stat, batch->nkeys, rows, RR_STAT_NO_ERROR);
}

void
rr_count_table_step(RrStepRun *step, int nkeys, double ms)
{
	RrStatRequest request = {.ms = ms, .error = RR_STAT_NO_ERROR};
	RrStat	   *stat = step_stat(step);

	rr_stat_count_request(stat, &request);
	rr_stat_count_keys(stat, nkeys, new_rows(step), RR_STAT_NO_ERROR);
}

void
rr_count_last_rows(RrRun *run)
{
	for (int i = 0; i < run->nsteps; i++)
	{
		RrStepRun  *step = &run->steps[i];

		if (step->stat != NULL && step->nrows > step->counted_rows)
			rr_stat_count_keys(step->stat, 0, new_rows(step), RR_STAT_NO_ERROR);
	}
}
