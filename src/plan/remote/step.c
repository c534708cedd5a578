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

RrStep	   *
rr_plan_nested_join(RrPlanner *planner, const GqlFieldSel *field, RrStep *parent)
{
	const RrRemoteJoin *join = field->def->data;
	RrStep	   *step = new_step(planner, RR_STEP_JOIN, join->remote);

	step->parent = parent;
	step->join = join;
	step->nkeys = join->nkeys;
	step->keys = join->keys;
	step->field = field;
	step->shape = rr_shape_build(planner, step, rr_remote_join_value_type(planner->rs, join),
								 gql_field_selection_sets(field));
	if (step->shape == NULL)
		return NULL;
	if (rr_batch_kind(step) == RR_BATCH_LIST)
		rr_shape_add_matches(step);
	return rr_document_prepare(planner, step) ? step : NULL;
}

RrStep	   *
rr_plan_join(RrPlanner *planner, const GqlFieldSel *field)
{
	return rr_plan_nested_join(planner, field, planner->parent);
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
