/*
 * join_scan.c: executes a Remote Join: each row of the outer plan with what
 * remote_value() gives for it.
 *
 * Rows are read ahead (join_window.c) and handed out in their order. The
 * result is that of a nested loop over the function, except that an error of
 * the remote schema comes up only when its row is handed out.
 *
 * What is asked is planned when the first row comes, as the function would be
 * called then: a kept plan holds nothing of the relationship, and EXPLAIN asks
 * nothing. Nothing here runs as the role of the call except what value_join.c
 * does; the outer plan and all conditions run as the query's user.
 */
#include "postgres.h"

#include "catalog/objectaccess.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "utils/acl.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "compat.h"
#include "scan/scan_int.h"

static Node *create_scan(CustomScan *plan);
static void begin_scan(CustomScanState *node, EState *estate, int eflags);
static TupleTableSlot *next_tuple(CustomScanState *node);
static void end_scan(CustomScanState *node);
static void rescan(CustomScanState *node);

const CustomScanMethods rr_join_scan_methods = {
	.CustomName = "Remote Join",
	.CreateCustomScanState = create_scan,
};

static const CustomExecMethods exec_methods = {
	.CustomName = "Remote Join",
	.BeginCustomScan = begin_scan,
	.ExecCustomScan = next_tuple,
	.EndCustomScan = end_scan,
	.ReScanCustomScan = rescan,
	.ExplainCustomScan = rr_join_scan_explain,
};

/* ---- begin, end ---- */

static Node *
create_scan(CustomScan *plan)
{
	RrJoinScan *scan = (RrJoinScan *) newNode(sizeof(RrJoinScan), T_CustomScanState);

	scan->css.methods = &exec_methods;
	scan->type = list_nth_int(plan->custom_private, RR_JOIN_TYPE);
	scan->wanted = list_nth_int(plan->custom_private, RR_JOIN_WANTED);
	return (Node *) scan;
}

/* Throw if the user may not call the function, as a scan of it would. */
static void
check_call(const FuncExpr *call)
{
	AclResult	result = rr_proc_aclcheck(call->funcid, GetUserId(), ACL_EXECUTE);

	if (result != ACLCHECK_OK)
		aclcheck_error(result, OBJECT_FUNCTION, get_func_name(call->funcid));
	InvokeFunctionExecuteHook(call->funcid);
}

static void
begin_scan(CustomScanState *node, EState *estate, int eflags)
{
	RrJoinScan *scan = (RrJoinScan *) node;
	CustomScan *plan = (CustomScan *) node->ss.ps.plan;
	const FuncExpr *call = list_nth(plan->custom_exprs, RR_JOIN_CALL);
	PlanState  *outer;
	ListCell   *lc;

	check_call(call);
	outer = ExecInitNode(linitial(plan->custom_plans), estate, eflags);
	node->custom_ps = list_make1(outer);
	scan->nouter = list_length(outer->plan->targetlist);
	scan->outer_slot = ExecInitExtraTupleSlot(estate, ExecGetResultType(outer),
											  &TTSOpsMinimalTuple);

	scan->row_type = exprType(linitial(call->args));
	foreach(lc, call->args)
		scan->args[foreach_current_index(lc)] = ExecInitExpr(lfirst(lc), &node->ss.ps);
	scan->before = ExecInitQual(list_nth(plan->custom_exprs, RR_JOIN_BEFORE), &node->ss.ps);
	scan->on = ExecInitQual(list_nth(plan->custom_exprs, RR_JOIN_ON), &node->ss.ps);
	foreach(lc, (List *) list_nth(plan->custom_exprs, RR_JOIN_PLACEHOLDERS))
		scan->placeholders = lappend(scan->placeholders,
									 ExecInitExpr(lfirst(lc), &node->ss.ps));
	scan->cxt = AllocSetContextCreate(estate->es_query_cxt, "Remote Join",
									  ALLOCSET_DEFAULT_SIZES);
}

static void
end_scan(CustomScanState *node)
{
	RrJoinScan *scan = (RrJoinScan *) node;

	ExecClearTuple(scan->outer_slot);
	MemoryContextDelete(scan->cxt); /* and what is on the wire */
	ExecEndNode(linitial(node->custom_ps));
}

static void
rescan(CustomScanState *node)
{
	RrJoinScan *scan = (RrJoinScan *) node;
	PlanState  *outer = linitial(node->custom_ps);

	scan->started = false;
	if (node->ss.ps.chgParam != NULL)
		UpdateChangedParamSet(outer, node->ss.ps.chgParam);
	if (outer->chgParam == NULL)
		ExecReScan(outer);
}

/* ---- the call ---- */

void
rr_join_scan_arguments(RrJoinScan *scan, NullableDatum *args)
{
	ExprContext *econtext = scan->css.ss.ps.ps_ExprContext;

	args[RR_VALUE_ROW] = (NullableDatum) {0, true};
	for (int i = RR_VALUE_RELATIONSHIP; i < RR_VALUE_NARGS; i++)
		args[i].value = ExecEvalExpr(scan->args[i], econtext, &args[i].isnull);
}

/*
 * Look at the arguments, which may depend on parameters. If they are the same
 * as before the last rescan, its keys and values serve again.
 */
static void
start(RrJoinScan *scan)
{
	ExprContext *econtext = scan->css.ss.ps.ps_ExprContext;
	NullableDatum args[RR_VALUE_NARGS];
	MemoryContext old = MemoryContextSwitchTo(econtext->ecxt_per_tuple_memory);
	RrJoinCounts counts = {0};

	rr_join_scan_arguments(scan, args);
	MemoryContextSwitchTo(scan->cxt);
	if (scan->join != NULL && rr_value_join_is(scan->join, scan->row_type, args))
		rr_window_restart(scan->window, scan->wanted);
	else
	{
		if (scan->window != NULL)
			counts = rr_window_counts(scan->window);
		scan->join = NULL;
		scan->window = NULL;
		ExecClearTuple(scan->outer_slot);
		scan->shown = NULL;
		MemoryContextReset(scan->cxt);
		scan->join = rr_value_join_create(scan->row_type, args, scan->cxt);
		scan->window = rr_window_create(scan->join, scan->wanted);
		scan->window->counts = counts;
	}
	scan->started = true;
	MemoryContextSwitchTo(old);
}

/* ---- rows in ---- */

/* The tuple of the scan for a row of the outer plan, without its value. */
static TupleTableSlot *
fill_tuple(RrJoinScan *scan, TupleTableSlot *outer)
{
	TupleTableSlot *tuple = scan->css.ss.ss_ScanTupleSlot;
	int			natts = tuple->tts_tupleDescriptor->natts;

	ExecClearTuple(tuple);
	slot_getallattrs(outer);
	memcpy(tuple->tts_values, outer->tts_values, scan->nouter * sizeof(Datum));
	memcpy(tuple->tts_isnull, outer->tts_isnull, scan->nouter * sizeof(bool));
	for (int i = scan->nouter; i < natts; i++)
	{
		tuple->tts_values[i] = (Datum) 0;
		tuple->tts_isnull[i] = true;
	}
	scan->css.ss.ps.ps_ExprContext->ecxt_scantuple = tuple;
	return ExecStoreVirtualTuple(tuple);
}

/* Read a row of the outer plan into the window. */
static void
read_row(RrJoinScan *scan)
{
	ExprContext *econtext = scan->css.ss.ps.ps_ExprContext;
	TupleTableSlot *outer = ExecProcNode(linitial(scan->css.custom_ps));
	bool		unjoined = false;
	bool		isnull = true;
	Datum		row = (Datum) 0;
	MemoryContext old;

	if (TupIsNull(outer))
	{
		rr_window_end(scan->window);
		return;
	}
	ResetExprContext(econtext);
	fill_tuple(scan, outer);
	old = MemoryContextSwitchTo(econtext->ecxt_per_tuple_memory);
	if (!ExecQual(scan->before, econtext))
		unjoined = true;
	if (!unjoined)
		row = ExecEvalExpr(scan->args[RR_VALUE_ROW], econtext, &isnull);
	if (unjoined && scan->type != JOIN_LEFT && scan->type != JOIN_ANTI)
		InstrCountFiltered1(&scan->css, 1);
	else
		rr_window_add(scan->window, outer, unjoined, isnull ? NULL : &row);
	MemoryContextSwitchTo(old);
}

/* ---- rows out ---- */

static void
set_column(TupleTableSlot *tuple, int column, Datum value, bool isnull)
{
	tuple->tts_values[column] = value;
	tuple->tts_isnull[column] = isnull;
}

/* The value of the tuple, and what is computed from it. */
static void
set_value(RrJoinScan *scan, TupleTableSlot *tuple, RrRun *run, int key)
{
	ExprContext *econtext = scan->css.ss.ps.ps_ExprContext;
	int			column = scan->nouter;
	Datum		value = (Datum) 0;
	bool		isnull = true;
	ListCell   *lc;

	if (run != NULL)
	{
		value = rr_row_value(&run->steps[0], key, &isnull);
		rr_report_row_failure(run, &scan->reported);
	}
	set_column(tuple, column++, value, isnull);
	foreach(lc, scan->placeholders)
	{
		value = ExecEvalExpr(lfirst(lc), econtext, &isnull);
		set_column(tuple, column++, value, isnull);
	}
}

static void
unset_value(const RrJoinScan *scan, TupleTableSlot *tuple)
{
	for (int i = scan->nouter; i < tuple->tts_tupleDescriptor->natts; i++)
		set_column(tuple, i, (Datum) 0, true);
}

/*
 * Wait for the next row of the window, and read further ones. False after the
 * last.
 */
static bool
wait_for_row(RrJoinScan *scan)
{
	RrWindow   *window = scan->window;

	for (;;)
	{
		CHECK_FOR_INTERRUPTS();
		if (rr_window_is_ready(window))
			break;
		if (rr_window_has_room(window))
			read_row(scan);
		else if (window->nrows == 0)
			return false;
		else
			rr_window_wait(window);
	}

	/* keep the wire busy while rows are handed out */
	for (int i = 0; i < 2 && rr_window_has_room(window); i++)
		read_row(scan);
	return true;
}

/*
 * The first row of the window as a tuple of the scan; NULL when an antijoin
 * leaves it out.
 */
static TupleTableSlot *
join_row(RrJoinScan *scan)
{
	ExprContext *econtext = scan->css.ss.ps.ps_ExprContext;
	RrRun	   *run;
	RrWindowRow row = rr_window_take(scan->window, &run);
	TupleTableSlot *tuple;
	MemoryContext old;
	bool		matches;

	if (scan->shown != NULL)
		pfree(scan->shown);
	scan->shown = row.tuple;
	ExecStoreMinimalTuple(row.tuple, scan->outer_slot, false);
	ResetExprContext(econtext);
	tuple = fill_tuple(scan, scan->outer_slot);
	if (row.unjoined)
		return tuple;
	old = MemoryContextSwitchTo(econtext->ecxt_per_tuple_memory);
	set_value(scan, tuple, run, row.key);
	matches = ExecQual(scan->on, econtext);
	if (!matches)
		unset_value(scan, tuple);
	MemoryContextSwitchTo(old);
	return matches && scan->type == JOIN_ANTI ? NULL : tuple;
}

static TupleTableSlot *
next_tuple(CustomScanState *node)
{
	RrJoinScan *scan = (RrJoinScan *) node;
	ExprContext *econtext = node->ss.ps.ps_ExprContext;

	ResetExprContext(econtext);
	if (!scan->started)
		start(scan);
	while (wait_for_row(scan))
	{
		TupleTableSlot *tuple = join_row(scan);

		if (tuple == NULL)
			continue;
		if (!ExecQual(node->ss.ps.qual, econtext))
			InstrCountFiltered1(node, 1);
		else if (node->ss.ps.ps_ProjInfo != NULL)
			return ExecProject(node->ss.ps.ps_ProjInfo);
		else
			return tuple;
	}
	return NULL;
}
