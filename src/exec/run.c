/*
 * run.c: one execution of a plan.
 *
 * A query's remote root fields go on the wire first, then the SQL statements
 * run; while they do, every batch that fills up is sent. What is left of the
 * keys goes out when the texts in which they stand are complete, and so on
 * down the steps. A mutation's root fields run one after the other, each with
 * all of its joins.
 */
#include "postgres.h"

#include <limits.h>

#include "miscadmin.h"
#include "utils/memutils.h"

#include "join/join.h"
#include "settings.h"

/*
 * How long statements wait for connections to remote schemas. It is lost time
 * only where the statements take longer than the remote schemas.
 */
#define MAX_CONNECT_MS 1000

RrRun	   *rr_current_run = NULL;

/* A root field's own text, before its holes are filled. */
typedef struct RootResult
{
	bool		failed;
	StringInfoData text;
} RootResult;

/* Not to be guessed. Drawn many at a time, since that takes its time. */
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

RrRun	   *
rr_run_create(const RrPlan *plan, GqlErrorList *errors)
{
	MemoryContext cxt = AllocSetContextCreate(CurrentMemoryContext, "remote_rel run",
											  ALLOCSET_DEFAULT_SIZES);
	RrRun	   *run = MemoryContextAllocZero(cxt, sizeof(RrRun));
	MemoryContext old = MemoryContextSwitchTo(cxt);
	ListCell   *lc;

	run->cxt = cxt;
	run->plan = plan;
	run->errors = errors;
	run->number = random_number();
	run->nsteps = list_length(plan->steps);
	run->steps = palloc0(Max(run->nsteps, 1) * sizeof(RrStepRun));
	if (run->nsteps > 0)
		run->http = rr_http_group_create(cxt);
	foreach(lc, plan->steps)
	{
		const RrStep *plan_step = lfirst(lc);
		RrStepRun  *step = &run->steps[plan_step->number];

		step->run = run;
		step->step = plan_step;
		step->held = INT_MAX;
		if (plan_step->kind == RR_STEP_ROOT)
		{
			step->batch_size = plan_step->shape->base->nfields;
			rr_keys_init_roots(step, step->batch_size);
			continue;
		}
		rr_keys_init(step);
		if (plan_step->kind == RR_STEP_JOIN)
			step->batch_size = plan_step->remote->def->batch_size
				? plan_step->remote->def->batch_size : rr_batch_size;
	}
	MemoryContextSwitchTo(old);
	return run;
}

/* ---- remote ---- */

/*
 * Send what can be sent. A step's last keys go out when no further ones can
 * come: the texts that its holes stand in are complete. Parents come before
 * children in the list, so one pass is enough. True when requests are in
 * flight.
 */
static bool
advance(RrRun *run)
{
	bool	   *complete = palloc(Max(run->nsteps, 1) * sizeof(bool));
	bool		in_flight = false;

	for (int i = 0; i < run->nsteps; i++)
	{
		RrStepRun  *step = &run->steps[i];
		const RrStep *parent = step->step->parent;
		bool		ready = step->step->kind == RR_STEP_ROOT ? step->started
		: (parent == NULL || complete[parent->number]);

		if (ready && step->step->kind == RR_STEP_TABLE)
			rr_run_source(step);
		else if (ready || step->step->kind == RR_STEP_JOIN)
			rr_step_send(step, ready);
		complete[i] = ready && step->batches == NIL && step->sent == step->nkeys;
		in_flight |= step->batches != NIL;
	}
	pfree(complete);
	return in_flight;
}

bool
rr_run_round(RrRun *run)
{
	MemoryContext old = MemoryContextSwitchTo(run->cxt);
	bool		in_flight = advance(run);

	if (in_flight)
	{
		RrHttpResponse *response = rr_http_next(run->http);
		RrBatch    *batch = response->tag;

		batch->step->batches = list_delete_ptr(batch->step->batches, batch);
		pfree(batch->body);
		MemoryContextSwitchTo(batch->cxt);
		rr_take_answer(batch, response);
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

/* ---- local ---- */

static void
run_statement(RrRun *run, const RrRootField *root, RootResult *result)
{
	RrRun	   *outer = rr_current_run;
	const GqlSelection *node = linitial(root->field->nodes);
	volatile bool ok = false;
	int		   *nkeys = palloc(Max(run->nsteps, 1) * sizeof(int));

	for (int i = 0; i < run->nsteps; i++)
		nkeys[i] = run->steps[i].nkeys;
	initStringInfo(&result->text);
	rr_current_run = run;
	PG_TRY();
	{
		ok = rr_run_sql(root->statement, gql_path_key(NULL, root->field->key), node->loc,
						run->plan->request->document->source, &result->text, run->errors);
	}
	PG_FINALLY();
	{
		rr_current_run = outer;
	}
	PG_END_TRY();
	result->failed = !ok;

	/* the rows of a statement that failed join with nothing */
	for (int i = 0; !ok && i < run->nsteps; i++)
		if (run->steps[i].nkeys > nkeys[i])
			run->steps[i].sent = run->steps[i].nkeys;
	pfree(nkeys);
}

bool
rr_run_for_keys(RrStepRun *step, const GqlValue *keys, RrTakeRow take, void *arg,
				GqlErrorList *errors)
{
	RrRun	   *outer = rr_current_run;
	volatile bool ok = false;

	rr_current_run = step->run;
	PG_TRY();
	{
		ok = rr_run_sql_for_keys(step->step->statement, keys, take, arg, errors);
	}
	PG_FINALLY();
	{
		rr_current_run = outer;
	}
	PG_END_TRY();
	return ok;
}

/* ---- the answer ---- */

/*
 * A root field's value. False when it is null but must not be.
 */
static bool
append_root(RrRun *run, const RrRootField *root, RootResult *result, const GqlPath *prefix,
			StringInfo out)
{
	const GqlFieldSel *field = root->field;
	const GqlPath *path = gql_path_key(prefix, field->key);
	bool		required = field->def->type->kind == GQL_TYPE_NON_NULL;
	RrStepRun  *step;
	ListCell   *lc;
	int			start;
	bool		ok = true;

	appendStringInfo(out, "\"%s\":", field->key);
	switch (root->kind)
	{
		case RR_ROOT_TEXT:
			appendStringInfoString(out, root->text);
			return true;
		case RR_ROOT_SQL:
			if (!result->failed)
			{
				rr_splice(run, result->text.data, result->text.len, path, out);
				return true;
			}
			break;
		case RR_ROOT_REMOTE:
			step = &run->steps[root->step->number];
			rr_file_key_errors(step, root->slot,
							   root->step->shape->base->fields[root->slot].shape,
							   linitial(field->nodes), path);
			if (rr_key_text(step, root->slot) != NULL)
			{
				rr_splice(run, rr_key_text(step, root->slot), step->keys[root->slot].len, path,
						  out);
				return true;
			}
			break;
		case RR_ROOT_NAMESPACE:
			start = out->len;
			appendStringInfoChar(out, '{');
			foreach(lc, root->fields)
			{
				if (foreach_current_index(lc) > 0)
					appendStringInfoChar(out, ',');
				ok &= append_root(run, lfirst(lc), NULL, path, out);
			}
			appendStringInfoChar(out, '}');
			if (ok)
				return true;
			out->len = start;
			break;
	}
	appendStringInfoString(out, "null");
	return !required;
}

/*
 * Room for the answer at once, so that it need not move: how long it will be,
 * if equal keys are spread evenly.
 */
static void
reserve_answer(const RrRun *run, const RootResult *results, StringInfo out)
{
	double		len = 0;

	for (int i = 0; i < list_length(run->plan->roots); i++)
		len += results[i].text.len;
	for (int i = 0; i < run->nsteps; i++)
	{
		const RrStepRun *step = &run->steps[i];

		len += step->holes > 0 ? (double) step->values.len * step->holes / step->nkeys
			: step->values.len;
	}
	enlargeStringInfo(out, Min(len + 1024, MaxAllocSize / 4));
}

static void
start_step(RrRun *run, const RrRootField *root)
{
	ListCell   *lc;

	if (root->kind == RR_ROOT_REMOTE)
		run->steps[root->step->number].started = true;
	foreach(lc, root->fields)
		start_step(run, lfirst(lc));
}

static bool
has_statements(const RrPlan *plan)
{
	ListCell   *lc;

	foreach(lc, plan->roots)
		if (((const RrRootField *) lfirst(lc))->kind == RR_ROOT_SQL)
		return true;
	return false;
}

/* A query's remote root fields, all of them. */
static void
start_steps(RrRun *run)
{
	ListCell   *lc;

	foreach(lc, run->plan->roots)
		start_step(run, lfirst(lc));
	for (int i = 0; i < run->nsteps; i++)
		if (run->steps[i].started)
			rr_step_send(&run->steps[i], true);
	if (run->requests > 0 && has_statements(run->plan))
		rr_http_send(run->http, MAX_CONNECT_MS);
}

/*
 * Is a mutation's field null that must not be? Then there will be no data, and
 * what comes after it is not done (specification, 6.4.4).
 */
static bool
nulls_data(const RrRun *run, const RrRootField *root)
{
	return root->kind == RR_ROOT_REMOTE && root->field->def->type->kind == GQL_TYPE_NON_NULL &&
		rr_key_text(&run->steps[root->step->number], root->slot) == NULL;
}

void
rr_run(const RrPlan *plan, StringInfo out, GqlErrorList *errors)
{
	RrRun	   *run = rr_run_create(plan, errors);
	bool		mutation = plan->request->operation->type == GQL_MUTATION;
	RootResult *results = palloc0(Max(list_length(plan->roots), 1) * sizeof(RootResult));
	int			start = out->len;
	bool		is_null = false;
	ListCell   *lc;

	if (mutation)				/* a remote one, too: whoever asks for read
								 * only means it */
		PreventCommandIfReadOnly("a GraphQL mutation");
	if (!mutation)
		start_steps(run);
	foreach(lc, plan->roots)
	{
		RrRootField *root = lfirst(lc);

		if (root->kind == RR_ROOT_SQL)
			run_statement(run, root, &results[foreach_current_index(lc)]);
		if (mutation)
		{
			start_step(run, root);
			rr_run_remote(run);
			if (nulls_data(run, root))
				break;
		}
	}
	rr_run_remote(run);

	for (int i = 0; i < run->nsteps; i++)
		rr_keys_finish(&run->steps[i]);
	reserve_answer(run, results, out);
	appendStringInfoChar(out, '{');
	foreach(lc, plan->roots)
	{
		if (foreach_current_index(lc) > 0)
			appendStringInfoChar(out, ',');
		if (!append_root(run, lfirst(lc), &results[foreach_current_index(lc)], NULL, out))
			is_null = true;
	}
	appendStringInfoChar(out, '}');
	if (is_null)
	{
		out->len = start;
		appendStringInfoString(out, "null");
	}
	MemoryContextDelete(run->cxt);
}
