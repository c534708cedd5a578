/*
 * join_counts.c: what EXPLAIN shows of a Remote Join.
 *
 * Names of the relationship and its remote schema, and with VERBOSE the
 * document; no URL. With ANALYZE, what was sent and received.
 */
#include "postgres.h"

#include "nodes/makefuncs.h"
#include "utils/ruleutils.h"

#include "compat.h"
#include "plan/remote/step.h"
#include "scan/scan_int.h"

static void
show_conditions(RrJoinScan *scan, List *ancestors, ExplainState *es, const char *label, int which)
{
	CustomScan *plan = (CustomScan *) scan->css.ss.ps.plan;
	List	   *conditions = list_nth(plan->custom_exprs, which);
	List	   *context;

	if (conditions == NIL)
		return;
	context = set_deparse_context_plan(es->deparse_cxt, &plan->scan.plan, ancestors);
	ExplainPropertyText(label,
						deparse_expression((Node *) make_ands_explicit(conditions), context,
										   list_length(es->rtable) > 1 || es->verbose, false),
						es);
}

/*
 * The call as it was planned, or can be because its arguments are constant;
 * NULL when that takes parameters.
 */
static const RrValueJoin *
get_join(RrJoinScan *scan)
{
	CustomScan *plan = (CustomScan *) scan->css.ss.ps.plan;
	const FuncExpr *call = list_nth(plan->custom_exprs, RR_JOIN_CALL);
	NullableDatum args[RR_VALUE_NARGS];

	if (scan->join != NULL)
		return scan->join;
	for (int i = RR_VALUE_RELATIONSHIP; i < RR_VALUE_NARGS; i++)
		if (!IsA(list_nth(call->args, i), Const))
			return NULL;
	rr_join_scan_arguments(scan, args);
	return rr_value_join_create(scan->row_type, args, scan->cxt);
}

static void
show_call(const RrPlan *plan, ExplainState *es)
{
	static const char *const kinds[] = {
		[RR_BATCH_ALIASES] = "aliases",
		[RR_BATCH_LIST] = "list",
		[RR_BATCH_POSITION] = "position",
	};
	const RrStep *step = linitial(plan->steps);

	ExplainPropertyText("Relationship", step->join->relationship->name, es);
	ExplainPropertyText("Remote Schema", step->remote->def->name, es);
	ExplainPropertyText("Batching", kinds[rr_batch_kind(step)], es);
	if (es->verbose)
		ExplainPropertyText("Document", rr_document_print(plan->request, step, 1), es);
}

static void
show_counts(const RrJoinScan *scan, ExplainState *es)
{
	RrJoinCounts counts = {0};

	if (scan->window != NULL)
		counts = rr_window_counts(scan->window);
	ExplainPropertyInteger("Keys", NULL, counts.keys, es);
	ExplainPropertyInteger("Requests", NULL, counts.requests, es);
	ExplainPropertyInteger("Rows Ahead", NULL, counts.most_rows, es);
	ExplainPropertyInteger("Received", "kB", (counts.bytes + 1023) / 1024, es);
	if (es->timing)
		ExplainPropertyFloat("Waited", "ms", INSTR_TIME_GET_MILLISEC(counts.waited), 3, es);
}

void
rr_join_scan_explain(CustomScanState *node, List *ancestors, ExplainState *es)
{
	RrJoinScan *scan = (RrJoinScan *) node;
	const RrValueJoin *join = get_join(scan);

	if (join != NULL && join->plan != NULL)
		show_call(join->plan, es);
	show_conditions(scan, ancestors, es, "Condition Before", RR_JOIN_BEFORE);
	show_conditions(scan, ancestors, es, "Join Filter", RR_JOIN_ON);
	if (es->analyze)
		show_counts(scan, es);
}
