/*
 * run_mutation.c: the root fields of a mutation, one after the other, local
 * and remote ones mixed.
 *
 * A subtransaction is around all of it: an error in local work undoes the
 * local work of the document, and the caller's own stays. What remote
 * mutations did stays; the error says which of them were sent. Joins from
 * local rows are asked for when all local work is done, so that an upstream
 * that fails undoes nothing.
 */
#include "postgres.h"

#include <limits.h>

#include "miscadmin.h"
#include "utils/memutils.h"

#include "base/subtransaction.h"
#include "exec/mutation_int.h"
#include "session/session.h"

typedef struct MutationRun
{
	RrRun	   *run;
	List	   *inserts;		/* RrInsert * by root field, or NULL */
	StringInfoData *texts;		/* by root field */
	const RrRootField *current; /* NULL: all have run */
	List	   *sent;			/* RrRootField * of remote mutations */
} MutationRun;

/* ---- before anything runs ---- */

bool
rr_prepare_inserts(const RrPlan *plan, GqlErrorList *errors, List **inserts)
{
	RrPlanner	planner = {.rs = plan->rs, .request = plan->request, .errors = errors};
	ListCell   *lc;

	*inserts = NIL;
	foreach(lc, plan->roots)
	{
		const RrRootField *root = lfirst(lc);
		RrInsert   *insert = NULL;

		if (root->kind == RR_ROOT_MUTATION && root->mutation->kind == RR_MUTATION_INSERT)
		{
			insert = rr_insert_tree(&planner, root->field);
			if (insert == NULL)
				return false;
		}
		*inserts = lappend(*inserts, insert);
	}
	return true;
}

/* ---- root fields ---- */

static void
run_local(MutationRun *m, const RrRootField *root, int i)
{
	MemoryContext cxt = AllocSetContextCreate(m->run->cxt, "remote_rel mutation",
											  ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(cxt);

	rr_run_mutation_field(m->run, root->mutation, list_nth(m->inserts, i), &m->texts[i]);
	MemoryContextSwitchTo(old);
	MemoryContextDelete(cxt);
}

/* Note a root field that remote schemas answer, a namespace too, as sent. */
static void
note_sent(MutationRun *m, const RrRootField *root)
{
	if (root->kind == RR_ROOT_REMOTE || root->kind == RR_ROOT_NAMESPACE)
		m->sent = lappend(m->sent, unconstify(RrRootField *, root));
}

static void
run_roots(void *arg)
{
	MutationRun *m = arg;
	bool		deferred = rr_deferred_allow();
	ListCell   *lc;

	foreach(lc, m->run->plan->roots)
	{
		const RrRootField *root = lfirst(lc);

		m->current = root;
		if (root->kind == RR_ROOT_MUTATION)
			run_local(m, root, foreach_current_index(lc));
		note_sent(m, root);
		rr_start_step(m->run, root);
		rr_run_remote(m->run);
		if (rr_nulls_data(m->run, root))
			break;
	}
	m->current = NULL;
	if (deferred)
		rr_deferred_fire();
}

/* ---- joins of local rows ---- */

static void
limit_joins(RrRun *run, int send_limit)
{
	for (int i = 0; i < run->nsteps; i++)
	{
		RrStepRun  *step = &run->steps[i];

		if (step->plan->kind == RR_STEP_JOIN && step->plan->parent == NULL)
			step->sending.send_limit = send_limit;
	}
}

/* ---- errors ---- */

/* Add which remote mutations were sent to the error filed last. */
static void
tell_sent(const MutationRun *m)
{
	GqlErrorList *errors = m->run->errors;
	GqlError   *error = llast(errors->items);
	StringInfoData out;
	MemoryContext old;
	ListCell   *lc;

	if (m->sent == NIL)
		return;
	old = MemoryContextSwitchTo(errors->cxt);
	initStringInfo(&out);
	appendStringInfo(&out, "%s, \"sent\": [", error->extensions);
	foreach(lc, m->sent)
	{
		const char *key = ((const RrRootField *) lfirst(lc))->field->key;

		appendStringInfo(&out, "%s\"%s\"", foreach_current_index(lc) > 0 ? ", " : "", key);
	}
	appendStringInfoChar(&out, ']');
	error->extensions = out.data;
	MemoryContextSwitchTo(old);
}

static void
file_error(const MutationRun *m, const ErrorData *edata)
{
	GqlErrorList *errors = m->run->errors;
	int			nerrors = list_length(errors->items);

	if (m->current != NULL)
	{
		const GqlSelection *node = linitial(m->current->field->nodes);

		rr_file_sql_error(edata, rr_root_path(m->current), node->loc,
						  m->run->plan->request->document->source, errors);
	}
	else
		rr_file_sql_error(edata, NULL, -1, NULL, errors);
	if (list_length(errors->items) > nerrors)
		tell_sent(m);
}

/* ---- the document ---- */

bool
rr_run_mutation(RrRun *run, List *inserts, StringInfoData *texts)
{
	MutationRun m = {.run = run, .inserts = inserts, .texts = texts};
	ErrorData  *error;

	/* also a remote one: who asks for read only means it */
	PreventCommandIfReadOnly("a GraphQL mutation");
	limit_joins(run, 0);
	error = rr_run_in_subtransaction(run_roots, &m);
	if (error != NULL)
	{
		if (error->sqlerrcode == ERRCODE_STATEMENT_TOO_COMPLEX && rr_call_is_nested())
			rr_rethrow_without_context(error);
		file_error(&m, error);
		FreeErrorData(error);
		return false;
	}
	limit_joins(run, INT_MAX);
	rr_run_remote(run);
	return true;
}
