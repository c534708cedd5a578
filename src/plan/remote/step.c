/*
 * step.c: steps: root fields of remote schemas, and joins to remote schemas
 * and tables.
 */
#include "postgres.h"

#include "plan/remote/step.h"

static RrStep *
new_step(RrPlanner *planner, RrStepKind kind, RrRemote *remote)
{
	RrStep	   *step = palloc0(sizeof(RrStep));

	step->number = list_length(planner->steps);
	step->kind = kind;
	step->remote = remote;
	step->printed = palloc0(sizeof(RrPrintedDocuments));
	step->printed->cxt = CurrentMemoryContext;
	planner->steps = lappend(planner->steps, step);
	return step;
}

int
rr_step_number(const RrStep *step)
{
	return step->number;
}

RrBatchKind
rr_batch_kind(const RrStep *step)
{
	if (step->kind != RR_STEP_JOIN)
		return RR_BATCH_ALIASES;
	return step->join->relationship->to_remote_schema->batch;
}

static RrStep *
new_join_step(RrPlanner *planner, const RrRemoteJoin *join, RrStep *parent)
{
	RrStep	   *step = new_step(planner, RR_STEP_JOIN, join->remote);

	step->parent = parent;
	step->join = join;
	step->nkeys = join->nkeys;
	step->keys = join->keys;
	return step;
}

bool
rr_finish_join_step(RrPlanner *planner, RrStep *step, const GqlFieldSel *field, List *sets)
{
	step->field = field;
	step->shape = rr_shape_build(planner, step, rr_remote_join_value_type(planner->rs, step->join),
								 sets);
	if (step->shape == NULL)
		return false;
	if (rr_batch_kind(step) == RR_BATCH_LIST)
		rr_shape_add_matches(step);
	return rr_document_prepare(planner, step);
}

/* ---- joins that several root fields share ---- */

static bool
has_joins(const RrPlanner *planner, const RrStep *step)
{
	ListCell   *lc;

	foreach(lc, planner->steps)
		if (((const RrStep *) lfirst(lc))->parent == step)
		return true;
	return false;
}

static bool
same_argument(const RrCallArgument *a, const RrCallArgument *b)
{
	if (strcmp(a->name, b->name) != 0)
		return false;
	if (a->text == NULL || b->text == NULL)
		return a->text == b->text && a->key_argument == b->key_argument;
	return strcmp(a->text, b->text) == 0;
}

static bool
same_call(const RrFieldCall *a, const RrFieldCall *b)
{
	ListCell   *x;
	ListCell   *y;

	if (strcmp(a->field, b->field) != 0 || strcmp(a->directives, b->directives) != 0 ||
		list_length(a->arguments) != list_length(b->arguments))
		return false;
	forboth(x, a->arguments, y, b->arguments)
	{
		if (!same_argument(lfirst(x), lfirst(y)))
			return false;
	}
	return true;
}

/* Does the query give a part of some value that is made for each key? */
static bool
gives_parts(const RrStep *step)
{
	ListCell   *lc;

	foreach(lc, step->key_arguments)
		if (((const RrKeyArgument *) lfirst(lc))->given != NULL)
		return true;
	return step->preset_arguments != NIL;
}

/*
 * Do two joins of local rows ask the same of each key? The printed parts of
 * their documents tell.
 */
static bool
asks_the_same(const RrStep *a, const RrStep *b)
{
	ListCell   *x;
	ListCell   *y;

	if (a->kind != RR_STEP_JOIN || a->join != b->join || a->shape == NULL || a->parent != NULL ||
		strcmp(a->selection, b->selection) != 0 || strcmp(a->fragments, b->fragments) != 0 ||
		strcmp(a->directives, b->directives) != 0 ||
		list_length(a->path) != list_length(b->path) || gives_parts(a) || gives_parts(b))
		return false;
	forboth(x, a->path, y, b->path)
	{
		if (!same_call(lfirst(x), lfirst(y)))
			return false;
	}
	return true;
}

/*
 * The step that a mutation has for a join already, so that the rows of all its
 * root fields are asked for together; else the new one.
 */
static RrStep *
share_step(RrPlanner *planner, RrStep *step)
{
	ListCell   *lc;

	if (planner->request->operation->type != GQL_MUTATION || step->parent != NULL ||
		llast(planner->steps) != step)
		return step;
	foreach(lc, planner->steps)
	{
		RrStep	   *other = lfirst(lc);

		if (other == step)
			break;
		if (asks_the_same(other, step) && !has_joins(planner, other))
		{
			planner->steps = list_truncate(planner->steps, step->number);
			return other;
		}
	}
	return step;
}

RrStep	   *
rr_plan_nested_join(RrPlanner *planner, const GqlFieldSel *field, RrStep *parent)
{
	RrStep	   *step = new_join_step(planner, field->def->data, parent);

	return rr_finish_join_step(planner, step, field, gql_field_selection_sets(field)) ? step : NULL;
}

RrStep	   *
rr_plan_shared_join(RrPlanner *planner, const GqlFieldSel *field)
{
	RrStep	   *step = rr_plan_nested_join(planner, field, planner->parent);

	return step != NULL ? share_step(planner, step) : NULL;
}

RrStep	   *
rr_make_filter_step(RrPlanner *planner, const RrRemoteJoin *join)
{
	return new_join_step(planner, join, NULL);
}

RrStep	   *
rr_plan_table_join(RrPlanner *planner, const GqlFieldSel *field, RrStep *parent)
{
	RrStep	   *outer = planner->parent;
	RrStep	   *step = new_step(planner, RR_STEP_TABLE, NULL);

	step->parent = parent;
	step->table_join = field->def->data;
	step->nkeys = step->table_join->nkeys;
	step->keys = step->table_join->keys;
	step->field = field;
	planner->parent = step;
	step->statement = rr_compile_for_keys(planner, field);
	planner->parent = outer;
	return step->statement != NULL ? step : NULL;
}

RrStep	   *
rr_plan_remote_root(RrPlanner *planner, RrRemote *remote, List *fields, bool mutation)
{
	const GqlType *root = mutation ? remote->upstream->mutation : remote->upstream->query;
	RrStep	   *step = new_step(planner, RR_STEP_ROOT, remote);

	step->mutation = mutation;
	step->shape = palloc0(sizeof(RrShape));
	step->shape->base = rr_shape_root(planner, step, root, fields);
	if (step->shape->base == NULL)
		return NULL;
	return rr_document_prepare(planner, step) ? step : NULL;
}
