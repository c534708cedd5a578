/*
 * batch.c: sends the keys of a step, in as few requests as its batch size
 * allows.
 */
#include "postgres.h"

#include <limits.h>

#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "join/join_int.h"
#include "session/session.h"
#include "settings.h"

static int
max_concurrent(const RrRemoteSchema *def)
{
	return def->max_concurrent > 0 ? def->max_concurrent : rr_max_concurrent_requests;
}

/* ---- one request ---- */

static void
submit(RrBatch *batch)
{
	RrStepRun  *step = batch->step;
	RrRun	   *run = step->run;
	const RrRemoteSchema *def = step->plan->remote->def;
	RrHttpRequest request = {0};
	MemoryContext old;

	rr_request_options(def, &request);
	request.headers = step->sending.headers;
	request.body = pg_server_to_any(batch->body, strlen(batch->body), PG_UTF8);
	request.body_len = strlen(request.body);
	request.max_concurrent = max_concurrent(def);
	request.idempotent = !step->plan->mutation;
	request.retry_ms = Min(run->may_wait / 1000, INT_MAX);
	request.tag = batch;
	elog(DEBUG1, "remote_rel: step %d sends %d keys in %zu bytes to remote schema \"%s\"",
		 step->plan->number, batch->nkeys, request.body_len, def->name);
	rr_http_submit(run->http, &request);
	old = MemoryContextSwitchTo(run->cxt);
	step->sending.batches = lappend(step->sending.batches, batch);
	MemoryContextSwitchTo(old);
	run->nrequests++;
}

void
rr_fail_unsent(RrStepRun *step, RrKeyError *error)
{
	while (step->sending.sent < step->table.nkeys)
	{
		CHECK_FOR_INTERRUPTS();
		rr_share_key_error(step, step->sending.sent++, error);
	}
}

/*
 * Does the definition have all that a request needs? If not, the step's keys
 * fail. Only roles that see every remote schema learn which variable it is.
 */
static bool
is_complete(RrStepRun *step)
{
	const RrRemoteSchema *def = step->plan->remote->def;
	const char *unset = rr_remote_schema_unset_variable(def);
	const char *message;

	if (unset == NULL)
		return true;
	if (step->run->plan->rs->sees_everything)
		message = psprintf("remote schema \"%s\" needs environment variable \"%s\", which is not set",
						   def->name, unset);
	else
		message = psprintf("remote schema \"%s\" cannot be asked: an environment variable that it needs is not set",
						   def->name);
	rr_fail_unsent(step, rr_shared_error(step, message, NULL));
	return false;
}

/*
 * Send one request for the next keys that fit. It is less than a full batch
 * only when no more keys are left.
 */
static void
send_batch(RrStepRun *step)
{
	RrSending  *sending = &step->sending;
	int			max_keys = Min(sending->batch_size, step->table.nkeys - sending->sent);
	MemoryContext cxt;
	MemoryContext old;
	RrBatch    *batch;
	bool		filled;

	if (!is_complete(step))
		return;
	if (sending->headers == NIL)
	{
		old = MemoryContextSwitchTo(step->run->cxt);
		sending->headers = rr_headers_for(step->plan->remote->def);
		MemoryContextSwitchTo(old);
	}
	cxt = AllocSetContextCreate(step->run->cxt, "remote_rel batch", ALLOCSET_DEFAULT_SIZES);
	old = MemoryContextSwitchTo(cxt);
	batch = palloc0(sizeof(RrBatch));
	batch->cxt = cxt;
	batch->step = step;
	batch->keys = palloc(max_keys * sizeof(int));
	filled = rr_batch_fill(batch);
	if (filled)
		submit(batch);
	MemoryContextSwitchTo(old);
	if (!filled)
		MemoryContextDelete(cxt);
}

/* ---- when to send ---- */

void
rr_step_give_up(RrStepRun *step, RrKeyError *error)
{
	RrSending  *sending = &step->sending;
	List	   *batches = list_copy(sending->batches);
	ListCell   *lc;

	sending->given_up = error;
	foreach(lc, batches)
	{
		RrBatch    *batch = lfirst(lc);

		CHECK_FOR_INTERRUPTS();
		if (!rr_http_withdraw(step->run->http, batch))
			continue;			/* it is on the wire, or has its response */
		for (int i = 0; i < batch->nkeys; i++)
			rr_share_key_error(step, batch->keys[i], error);
		sending->batches = list_delete_ptr(sending->batches, batch);
		MemoryContextDelete(batch->cxt);
	}
	list_free(batches);
	rr_fail_unsent(step, error);
}

void
rr_step_send(RrStepRun *step, bool all)
{
	RrSending  *sending = &step->sending;
	int			max_batches;

	/* A table step runs once, when all keys are there. */
	if (step->plan->kind == RR_STEP_TABLE)
		return;
	if (sending->given_up != NULL)
	{
		rr_fail_unsent(step, sending->given_up);
		return;
	}

	/*
	 * Twice what may be on the wire keeps it busy. More would only take
	 * memory for requests that wait.
	 */
	max_batches = 2 * max_concurrent(step->plan->remote->def);
	while (list_length(sending->batches) < max_batches && sending->sent < sending->send_limit)
	{
		int			nkeys = step->table.nkeys - sending->sent;

		if (nkeys < sending->batch_size && !(all && nkeys > 0))
			break;
		send_batch(step);
	}
}

int
rr_step_file_key(RrStepRun *step, const StringInfoData *key_text)
{
	bool		added;
	int			key = rr_key_table_find_or_add(&step->table, key_text, &added);

	step->nrows++;
	if (added && step->max_keys > 0 && step->table.nkeys > step->max_keys)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("filtering or sorting by \"%s\" takes more than %d keys (remote_rel.max_filter_keys)",
						step->plan->join->relationship->name, step->max_keys)));
	if (added)
	{
		/* a cheap test of what rr_step_send() looks at first: keys are many */
		if (step->table.nkeys - step->sending.sent >= step->sending.batch_size)
			rr_step_send(step, false);
		if (step->sending.batches != NIL)
			rr_http_poll(step->run->http);	/* the wire goes on meanwhile */
	}
	return key;
}

int
rr_step_window(const RrStepRun *step)
{
	int64		nkeys = (int64) max_concurrent(step->plan->remote->def) * step->sending.batch_size;

	return Min(nkeys, INT_MAX / 4);
}

bool
rr_key_is_pending(const RrStepRun *step, int key)
{
	ListCell   *lc;

	if (key >= step->sending.sent)
		return true;
	foreach(lc, step->sending.batches)
	{
		const RrBatch *batch = lfirst(lc);

		if (key >= batch->keys[0] && key <= batch->keys[batch->nkeys - 1])
			return true;
	}
	return false;
}
