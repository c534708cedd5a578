/*
 * growth.c: bounds what planning makes of a request: SQL, documents for remote
 * schemas, and the values that go with them.
 *
 * A variable may be used many times, and a fragment spread many times. Then
 * what is made grows as a product of two sizes that the sender chooses: 100 kB
 * of document and variables made gigabytes of SQL. So its bytes are counted as
 * they are made, and have a bound that is in proportion to the request.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "plan/plan.h"
#include "plan/remote/step.h"
#include "plan/sql/mutation.h"

/* Any request may grow to this. */
#define MIN_BYTES (8 * 1024 * 1024)

/* Beyond it, to so many times its size. */
#define FACTOR 32

/* What a value, or a name, takes beside its text. */
#define BYTES_OF_NODE 8

static bool
count_size(const GqlValue *value, void *arg)
{
	*(int64 *) arg += BYTES_OF_NODE + value->len;
	return false;
}

/* What the request has, as it is counted here. */
static int64
request_size(const GqlRequest *request)
{
	int64		size = request->document->len;

	gql_foreach(GqlVariableValue, variable, &request->variables)
		gql_value_walk(variable->value, count_size, &size);
	return size;
}

static int64
max_bytes(const GqlRequest *request)
{
	return Max(MIN_BYTES, FACTOR * request_size(request));
}

bool
rr_count_bytes(RrPlanner *planner, int64 n)
{
	bool		within;

	CHECK_FOR_INTERRUPTS();
	if (planner->max_bytes == 0)
		planner->max_bytes = max_bytes(planner->request);
	within = planner->bytes <= planner->max_bytes;
	planner->bytes += n;
	if (within && planner->bytes > planner->max_bytes)
		gql_error(planner->errors, "The document uses large fragments or variables too often: what is made of it has more than %d MB.",
				  (int) (planner->max_bytes / (1024 * 1024)));
	return planner->bytes <= planner->max_bytes;
}

typedef struct Walk
{
	RrPlanner  *planner;
	int64		bytes;			/* to be counted */
} Walk;

/* In groups, so that a walk ends soon after the bound. */
static bool
count_node(const GqlValue *value, void *arg)
{
	Walk	   *walk = arg;

	(void) count_size(value, &walk->bytes);
	if (walk->bytes < 1024)
		return false;
	if (!rr_count_bytes(walk->planner, walk->bytes))
		return true;
	walk->bytes = 0;
	return false;
}

bool
rr_count_value(RrPlanner *planner, const GqlValue *value)
{
	Walk		walk = {.planner = planner};

	return !gql_value_walk(value, count_node, &walk) && rr_count_bytes(planner, walk.bytes);
}

/* ---- kept plans ---- */

typedef struct Total
{
	int64		bytes;
	int64		max;
}			Total;

static bool
add_node(const GqlValue *value, void *arg)
{
	Total	   *total = arg;

	CHECK_FOR_INTERRUPTS();
	(void) count_size(value, &total->bytes);
	return total->bytes > total->max;
}

static void
add_params(Total * total, const RrSqlStatement *statement)
{
	ListCell   *lc;

	if (statement == NULL)
		return;
	foreach(lc, statement->params)
	{
		const RrSqlParam *param = lfirst(lc);

		if (param->value != NULL && gql_value_walk(param->value, add_node, total))
			return;
	}
}

static void
add_mutation(Total * total, const RrMutation *mutation)
{
	ListCell   *lc;

	foreach(lc, mutation->changes)
	{
		add_params(total, ((const RrChange *) lfirst(lc))->statement);
		add_params(total, ((const RrChange *) lfirst(lc))->plain);
	}
	foreach(lc, mutation->returning.members)
		add_params(total, ((const RrMember *) lfirst(lc))->read);
}

static void
add_step(Total * total, const GqlRequest *request, const RrStep *step)
{
	ListCell   *lc;

	if (step->kind == RR_STEP_TABLE)
		add_params(total, step->statement);
	foreach(lc, step->variables)
	{
		const GqlVariableValue *variable = gql_names_get(&request->variables, lfirst(lc));

		if (variable != NULL && gql_value_walk(variable->value, add_node, total))
			return;
	}
}

bool
rr_values_fit(const RrPlan *plan)
{
	Total		total = {.max = max_bytes(plan->request)};
	ListCell   *lc;

	foreach(lc, plan->roots)
	{
		const RrRootField *root = lfirst(lc);

		if (root->kind == RR_ROOT_SQL)
			add_params(&total, root->statement);
		else if (root->kind == RR_ROOT_MUTATION)
			add_mutation(&total, root->mutation);
	}
	foreach(lc, plan->steps)
		add_step(&total, plan->request, lfirst(lc));
	return total.bytes <= total.max;
}
