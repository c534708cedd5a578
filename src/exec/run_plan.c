/*
 * run_plan.c: runs a plan, root field by root field, and writes its answer.
 *
 * A query's remote root fields go on the wire first. Then the SQL statements
 * run, and every batch that fills up meanwhile is sent. What is left of the
 * keys goes out when the texts that they stand in are complete, and so on down
 * the steps. A mutation's root fields run one after the other, each with all
 * of its joins.
 */
#include "postgres.h"

#include "utils/memutils.h"

#include "exec/exec_int.h"
#include "join/join.h"

/*
 * How long, in ms, statements wait until there are connections to remote
 * schemas. The wait adds latency only when SQL is slower than the remote
 * schemas.
 */
#define MAX_CONNECT_MS 1000

/* A root field's own text, before its holes are filled. */
typedef struct RootResult
{
	bool		failed;
	StringInfoData text;
} RootResult;

/* ---- running ---- */

const GqlPath *
rr_root_path(const RrRootField *root)
{
	const GqlPath *prefix = root->outer ? gql_path_key(NULL, root->outer->key) : NULL;

	return gql_path_key(prefix, root->field->key);
}

static void
run_statement(RrRun *run, const RrRootField *root, RootResult *result)
{
	const GqlSelection *node = linitial(root->field->nodes);
	const GqlPath *path = rr_root_path(root);

	initStringInfo(&result->text);
	result->failed = !rr_run_root_statement(run, root->statement, path, node->loc,
											&result->text);
}

void
rr_start_step(RrRun *run, const RrRootField *root)
{
	ListCell   *lc;

	if (root->kind == RR_ROOT_REMOTE)
		run->steps[root->step->number].sending.started = true;
	foreach(lc, root->fields)
		rr_start_step(run, lfirst(lc));
}

static bool
has_statements(const RrPlan *plan)
{
	ListCell   *lc;

	foreach(lc, plan->roots)
	{
		const RrRootField *root = lfirst(lc);

		if (root->kind == RR_ROOT_SQL)
			return true;
	}
	return false;
}

/* Send all remote root fields of a query. */
static void
start_steps(RrRun *run)
{
	ListCell   *lc;

	foreach(lc, run->plan->roots)
		rr_start_step(run, lfirst(lc));
	for (int i = 0; i < run->nsteps; i++)
		if (run->steps[i].sending.started)
			rr_step_send(&run->steps[i], true);
	if (run->nrequests > 0 && has_statements(run->plan))
		rr_http_send(run->http, MAX_CONNECT_MS);
}

bool
rr_nulls_data(const RrRun *run, const RrRootField *root)
{
	const RrStepRun *step;

	if (root->kind != RR_ROOT_REMOTE || root->field->def->type->kind != GQL_TYPE_NON_NULL)
		return false;
	step = &run->steps[root->step->number];
	return rr_key_value(&step->table, root->slot).data == NULL;
}

static void
run_query(RrRun *run, RootResult *results)
{
	ListCell   *lc;

	start_steps(run);
	foreach(lc, run->plan->roots)
	{
		const RrRootField *root = lfirst(lc);

		if (root->kind == RR_ROOT_SQL)
			run_statement(run, root, &results[foreach_current_index(lc)]);
	}
	rr_run_remote(run);
}

/* False when an error undid all of it. */
static bool
run_mutation(RrRun *run, List *inserts, RootResult *results)
{
	int			nroots = list_length(run->plan->roots);
	StringInfoData *texts = palloc(nroots * sizeof(StringInfoData));
	bool		ok;

	for (int i = 0; i < nroots; i++)
		initStringInfo(&texts[i]);
	ok = rr_run_mutation(run, inserts, texts);
	for (int i = 0; i < nroots; i++)
		results[i].text = texts[i];
	return ok;
}

/* ---- the answer ---- */

static bool append_root(RrRun *run, const RrRootField *root, const RootResult *result,
						const GqlPath *prefix, StringInfo out);

/* Append a root field that a remote schema answers. False for null. */
static bool
append_remote_root(RrRun *run, const RrRootField *root, const GqlPath *path, StringInfo out)
{
	RrStepRun  *step = &run->steps[root->step->number];
	const RrShapeField *field = &root->step->shape->base->fields[root->slot];
	RrSlice		value = rr_key_value(&step->table, root->slot);

	rr_file_key_errors(step, root->slot, field->shape, linitial(root->field->nodes), path);
	if (value.data == NULL)
		return false;
	rr_splice(run, value, path, out);
	return true;
}

/* Append a namespace's object. False when a field in it must not be null. */
static bool
append_namespace(RrRun *run, const RrRootField *root, const GqlPath *path, StringInfo out)
{
	int			start = out->len;
	bool		ok = true;
	ListCell   *lc;

	appendStringInfoChar(out, '{');
	foreach(lc, root->fields)
	{
		if (foreach_current_index(lc) > 0)
			appendStringInfoChar(out, ',');
		ok &= append_root(run, lfirst(lc), NULL, path, out);
	}
	appendStringInfoChar(out, '}');
	if (!ok)
		out->len = start;
	return ok;
}

/*
 * Append a root field as a member of its object. result is for those that SQL
 * answers. False when it is null but must not be.
 */
static bool
append_root(RrRun *run, const RrRootField *root, const RootResult *result, const GqlPath *prefix,
			StringInfo out)
{
	const GqlFieldSel *field = root->field;
	const GqlPath *path = gql_path_key(prefix, field->key);
	bool		ok = false;

	appendStringInfo(out, "\"%s\":", field->key);
	switch (root->kind)
	{
		case RR_ROOT_TEXT:
			appendStringInfoString(out, root->text);
			ok = true;
			break;
		case RR_ROOT_SQL:
		case RR_ROOT_MUTATION:
			ok = !result->failed;
			if (ok)
				rr_splice(run, (RrSlice) {result->text.data, result->text.len}, path, out);
			break;
		case RR_ROOT_REMOTE:
			ok = append_remote_root(run, root, path, out);
			break;
		case RR_ROOT_NAMESPACE:
			ok = append_namespace(run, root, path, out);
			break;
	}
	if (ok)
		return true;
	appendStringInfoString(out, "null");
	return field->def->type->kind != GQL_TYPE_NON_NULL;
}

/*
 * Append the namespace of the i-th root field with all root fields in it.
 * Return the position of the next root field.
 */
static int
append_table_namespace(RrRun *run, const RootResult *results, int i, StringInfo out)
{
	const List *roots = run->plan->roots;
	const GqlFieldSel *outer = ((const RrRootField *) list_nth(roots, i))->outer;
	const GqlPath *path = gql_path_key(NULL, outer->key);
	bool		ok = true;
	int			start;

	appendStringInfo(out, "\"%s\":", outer->key);
	start = out->len;
	for (char separator = '{'; i < list_length(roots); i++, separator = ',')
	{
		const RrRootField *root = list_nth(roots, i);

		if (root->outer != outer)
			break;
		appendStringInfoChar(out, separator);
		ok &= append_root(run, root, &results[i], path, out);
	}
	appendStringInfoChar(out, '}');
	if (!ok)
	{
		out->len = start;
		appendStringInfoString(out, "null");
	}
	return i;
}

/*
 * Make room for the answer at once, so that it need not move. Its length is a
 * guess: that the holes of a step are spread evenly over its keys.
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
		double		values = step->table.values.len;

		len += step->nholes > 0 ? values * step->nholes / step->table.nkeys : values;
	}
	enlargeStringInfo(out, Min(len + 1024, MaxAllocSize / 4));
}

static void
append_data(RrRun *run, const RootResult *results, StringInfo out)
{
	int			start = out->len;
	bool		ok = true;
	int			i = 0;

	appendStringInfoChar(out, '{');
	while (i < list_length(run->plan->roots))
	{
		const RrRootField *root = list_nth(run->plan->roots, i);

		if (i > 0)
			appendStringInfoChar(out, ',');
		if (root->outer != NULL)
			i = append_table_namespace(run, results, i, out);
		else
			ok &= append_root(run, root, &results[i++], NULL, out);
	}
	appendStringInfoChar(out, '}');
	if (!ok)
	{
		out->len = start;
		appendStringInfoString(out, "null");
	}
}

void
rr_run_plan(const RrPlan *plan, List *inserts, StringInfo out, GqlErrorList *errors)
{
	RrRun	   *run = rr_run_create(plan, errors);
	RootResult *results = palloc0(list_length(plan->roots) * sizeof(RootResult));

	if (plan->request->operation->type == GQL_MUTATION)
	{
		if (!run_mutation(run, inserts, results))
		{
			appendStringInfoString(out, "null");
			MemoryContextDelete(run->cxt);
			return;
		}
	}
	else
		run_query(run, results);
	for (int i = 0; i < run->nsteps; i++)
		rr_key_table_drop_texts(&run->steps[i].table);
	rr_drop_filter_members(run);
	reserve_answer(run, results, out);
	append_data(run, results, out);
	rr_count_places(run);
	MemoryContextDelete(run->cxt);
}
