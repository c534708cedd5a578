/*
 * join_path.c: when the planner is offered a Remote Join, and its plan.
 *
 * The join of some relations with the function remote_value(), which takes a
 * row of them, is otherwise a nested loop that calls it for each row. The path
 * costs its outer path, a request for each batch of keys, and the keys; the
 * function alone costs a request for each row (value_support.c). The nested
 * loop over the same outer path is taken out, since estimates can be wrong and
 * it never asks less.
 *
 * It is not offered
 *	- where arguments other than the row depend on the row, or are volatile;
 *	- to UPDATE, DELETE and MERGE, and with FOR UPDATE or SHARE: a row that has
 *	  changed meanwhile is checked anew (EvalPlanQual) without its join;
 *	- where the row comes from outside of the join's left side;
 *	- where it would trade places with another left join (from 16 on);
 *	- by the server: where a condition of the join has no columns (before 17).
 * The function is called for each row then, with the same result.
 */
#include "postgres.h"

#include <limits.h>
#include <math.h>

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/clauses.h"
#include "optimizer/cost.h"
#include "optimizer/optimizer.h"
#include "optimizer/pathnode.h"
#include "optimizer/paths.h"
#include "optimizer/planmain.h"
#include "optimizer/restrictinfo.h"
#include "parser/parsetree.h"

#include "compat.h"
#include "scan/scan_int.h"
#include "settings.h"

/* See cost_function_scan(). */
#define ROWS_MORE 50

static set_join_pathlist_hook_type prev_join_hook;
static set_rel_pathlist_hook_type prev_rel_hook;

static Plan *plan_join(PlannerInfo *root, RelOptInfo *rel, CustomPath *best_path, List *tlist,
					   List *clauses, List *custom_plans);

static const CustomPathMethods path_methods = {
	.CustomName = "Remote Join",
	.PlanCustomPath = plan_join,
};

/* What a path's custom_private holds. */
enum
{
	PATH_TYPE,					/* Integer: JoinType */
	PATH_FUNCTION,				/* Integer: the function's place in the range
								 * table */
	PATH_WANTED,				/* Integer: see RR_JOIN_WANTED */
	PATH_CLAUSES,				/* List of RestrictInfo: of the join */
	PATH_NULLED_BY				/* Integer: the outer join's place in the
								 * range table (from 16 on), or 0 */
};

/* ---- can it be done? ---- */

static bool
is_fixed(PlannerInfo *root, Node *argument)
{
	return bms_is_empty(rr_pull_varnos(root, argument)) && !contain_volatile_functions(argument);
}

/* The call of remote_value() that a relation consists of, or NULL. */
static FuncExpr *
remote_value_call(PlannerInfo *root, const RelOptInfo *rel)
{
	RangeTblEntry *rte;
	FuncExpr   *call;

	if (rel->reloptkind != RELOPT_BASEREL || rel->rtekind != RTE_FUNCTION)
		return NULL;
	rte = planner_rt_fetch(rel->relid, root);
	if (rte->funcordinality || list_length(rte->functions) != 1)
		return NULL;
	call = (FuncExpr *) ((RangeTblFunction *) linitial(rte->functions))->funcexpr;
	if (!IsA(call, FuncExpr) || !OidIsValid(rr_remote_value_oid()) ||
		call->funcid != rr_remote_value_oid() || list_length(call->args) != RR_VALUE_NARGS)
		return NULL;
	return call;
}

/* Does the call take a row of other relations, and all else from nowhere? */
static bool
can_be_batched(PlannerInfo *root, const FuncExpr *call, const RelOptInfo *function)
{
	if (exprType(linitial(call->args)) == RECORDOID || bms_is_empty(function->lateral_relids))
		return false;
	for (int i = RR_VALUE_RELATIONSHIP; i < RR_VALUE_NARGS; i++)
		if (!is_fixed(root, list_nth(call->args, i)))
			return false;
	return true;
}

static bool
is_offered(const Query *query)
{
	return rr_enable_remote_join &&
		(query->commandType == CMD_SELECT || query->commandType == CMD_INSERT) &&
		query->rowMarks == NIL;
}

/* ---- paths ---- */

/*
 * How many rows of the outer path will be read, if not all; 0: all, or not
 * known.
 */
static int
wanted_rows(const PlannerInfo *root, const RelOptInfo *joinrel, const Path *outer)
{
	const Query *query = root->parse;
	double		rows = root->tuple_fraction;

	if (rows <= 0 || query->hasAggs || query->hasWindowFuncs || query->groupClause != NIL ||
		query->groupingSets != NIL || query->distinctClause != NIL ||
		query->setOperations != NULL ||
		!pathkeys_contained_in(root->query_pathkeys, outer->pathkeys))
		return 0;
	if (rows < 1)
		rows *= joinrel->rows;
	rows *= Max(outer->rows / Max(joinrel->rows, 1), 1);
	return (int) Min(Max(rows, 1), 1000000);
}

static void
cost_path(PlannerInfo *root, CustomPath *path, const Path *outer, List *clauses)
{
	double		requests = ceil(outer->rows / rr_batch_size);
	QualCost	qual;
	Cost		cpu;

	/* requests but the first one overlap */
	cost_qual_eval(&qual, clauses, root);
	cpu = cpu_operator_cost + qual.per_tuple;
	path->path.startup_cost = outer->startup_cost + qual.startup + rr_request_cost +
		path->path.pathtarget->cost.startup;
	path->path.total_cost = outer->total_cost + qual.startup +
		rr_request_cost * (1 + (requests - 1) / rr_max_concurrent_requests) +
		(rr_key_cost + cpu) * outer->rows +
		path->path.pathtarget->cost.startup +
		path->path.pathtarget->cost.per_tuple * path->path.rows;
}

/*
 * The function gives one row, so a semijoin is an inner join. An antijoin is a
 * left join whose rows are left out when they have a value.
 */
static bool
is_supported(JoinType type)
{
	return type == JOIN_INNER || type == JOIN_SEMI || type == JOIN_LEFT || type == JOIN_ANTI;
}

static bool
is_outer_join(JoinType type)
{
	return type == JOIN_LEFT || type == JOIN_ANTI;
}

/* Can the outer path be parameterized as it is? As for a nested loop. */
static bool
may_take(const Path *outer, const RelOptInfo *function, const JoinPathExtraData *extra)
{
	const Relids required = PATH_REQ_OUTER(outer);

	return bms_is_empty(required) ||
		(bms_overlap(required, extra->param_source_rels) &&
		 !bms_overlap(required, function->relids));
}

static void
offer_path(PlannerInfo *root, RelOptInfo *joinrel, Path *outer, const RelOptInfo *function,
		   JoinType type, const JoinPathExtraData *extra)
{
	CustomPath *path = makeNode(CustomPath);
	List	   *clauses = list_copy(extra->restrictlist);
	int			nulled_by = is_outer_join(type) ? rr_outer_join_relid(extra->sjinfo) : 0;

	path->path.pathtype = T_CustomScan;
	path->path.parent = joinrel;
	path->path.pathtarget = joinrel->reltarget;
	path->path.rows = joinrel->rows;
	if (outer->param_info != NULL)
	{
		path->path.param_info =
			get_joinrel_parampathinfo(root, joinrel, outer, linitial(function->pathlist),
									  extra->sjinfo, bms_copy(PATH_REQ_OUTER(outer)), &clauses);
		path->path.rows = path->path.param_info->ppi_rows;
	}
	rr_inherit_disabled(&path->path, outer);
	path->path.pathkeys = outer->pathkeys;
	path->flags = RR_CUSTOM_PATH_PROJECTS;
	path->custom_paths = list_make1(outer);
	path->custom_private = list_make5(makeInteger(type), makeInteger(function->relid),
									  makeInteger(wanted_rows(root, joinrel, outer)),
									  clauses, makeInteger(nulled_by));
	path->methods = &path_methods;
	cost_path(root, path, outer, list_concat_copy(function->baserestrictinfo, clauses));
	add_path(joinrel, &path->path);
}

/* Does a nested loop call the function for each row of one of these paths? */
static bool
asks_by_row(const Path *path, const RelOptInfo *function, List *outer_paths)
{
	const JoinPath *join = (const JoinPath *) path;

	return IsA(path, NestPath) && join->innerjoinpath->parent == function &&
		list_member_ptr(outer_paths, join->outerjoinpath);
}

/*
 * Offer a Remote Join for each of these outer paths, in the place of the
 * nested loop over it: that can only ask more often.
 */
static void
offer_paths(PlannerInfo *root, RelOptInfo *joinrel, List *outer_paths, RelOptInfo *function,
			JoinType type, const JoinPathExtraData *extra)
{
	List	   *others = NIL;
	ListCell   *lc;

	foreach(lc, joinrel->pathlist)
		if (!asks_by_row(lfirst(lc), function, outer_paths))
		others = lappend(others, lfirst(lc));
	joinrel->pathlist = others;
	foreach(lc, outer_paths)
		offer_path(root, joinrel, lfirst(lc), function, type, extra);
}

static void
add_paths(PlannerInfo *root, RelOptInfo *joinrel, RelOptInfo *outer, RelOptInfo *inner,
		  JoinType type, JoinPathExtraData *extra)
{
	const FuncExpr *call = NULL;
	List	   *outer_paths = NIL;
	ListCell   *lc;

	if (prev_join_hook != NULL)
		prev_join_hook(root, joinrel, outer, inner, type, extra);
	if (is_offered(root->parse) && is_supported(type))
		call = remote_value_call(root, inner);
	if (call == NULL || !can_be_batched(root, call, inner) ||
		!bms_is_subset(inner->lateral_relids, outer->relids) ||
		rr_joins_commuted(extra->sjinfo, outer, joinrel))
		return;
	foreach(lc, outer->pathlist)
		if (may_take(lfirst(lc), inner, extra))
		outer_paths = lappend(outer_paths, lfirst(lc));
	offer_paths(root, joinrel, outer_paths, inner, type, extra);
}

/*
 * The server takes a scan of a function for one that is run once, and then
 * read again from what it returned. With a row from outside it is run for each
 * one: count the call to what a rescan costs. Where a Remote Join could do the
 * same, it costs as if some rows more came than are estimated: what is
 * estimated as a single row would otherwise make both ways equal.
 */
static void
cost_function_scan(PlannerInfo *root, RelOptInfo *rel, Index rti, RangeTblEntry *rte)
{
	const Cost	per_call = rr_request_cost + rr_key_cost;
	const FuncExpr *call;
	ListCell   *lc;

	if (prev_rel_hook != NULL)
		prev_rel_hook(root, rel, rti, rte);
	call = bms_is_empty(rel->lateral_relids) ? NULL : remote_value_call(root, rel);
	if (call == NULL)
		return;
	foreach(lc, rel->pathlist)
	{
		Path	   *path = lfirst(lc);

		if (path->pathtype != T_FunctionScan)
			continue;
		path->startup_cost = Max(0, path->startup_cost - per_call);
		if (is_offered(root->parse) && can_be_batched(root, call, rel))
			path->total_cost += ROWS_MORE * per_call;
	}
}

/* ---- the plan ---- */

/* The conditions of a join, by when they are looked at. */
typedef struct Conditions
{
	List	   *before;			/* without the value */
	List	   *on;				/* left join: if false, the value is NULL */
	List	   *after;			/* if false, the row is left out */
} Conditions;

static int
by_security(const ListCell *a, const ListCell *b)
{
	const RestrictInfo *x = lfirst(a);
	const RestrictInfo *y = lfirst(b);

	return x->security_level < y->security_level ? -1 : x->security_level > y->security_level;
}

/* Stable, unlike list_sort(). */
static List *
sort_by_security(List *clauses)
{
	List	   *sorted = NIL;
	ListCell   *lc;

	foreach(lc, clauses)
	{
		int			place = list_length(sorted);

		while (place > 0 && by_security(lc, list_nth_cell(sorted, place - 1)) < 0)
			place--;
		sorted = list_insert_nth(sorted, place, lfirst(lc));
	}
	return sorted;
}

/*
 * A condition that does not need the value is looked at before it is asked
 * for, unless one that does is of a lower security level: that may be there to
 * hide rows.
 */
static Conditions
sort_conditions(PlannerInfo *root, const RelOptInfo *joinrel, JoinType type,
				const RelOptInfo *function, List *clauses)
{
	Conditions	conditions = {0};
	Index		barrier = UINT_MAX; /* the level of the first that does */
	ListCell   *lc;

	foreach(lc, sort_by_security(list_concat_copy(function->baserestrictinfo, clauses)))
	{
		const RestrictInfo *clause = lfirst(lc);
		Node	   *expr = (Node *) clause->clause;
		bool		needs_value = contain_volatile_functions(expr) ||
		bms_is_member(function->relid, rr_pull_varnos(root, expr));
		bool		of_join = list_member_ptr(clauses, clause);

		if (is_outer_join(type) && of_join && RINFO_IS_PUSHED_DOWN(clause, joinrel->relids))
			conditions.after = lappend(conditions.after, expr);
		else if (!needs_value && clause->security_level <= barrier)
			conditions.before = lappend(conditions.before, expr);
		else
		{
			barrier = Min(barrier, clause->security_level);
			if (is_outer_join(type))
				conditions.on = lappend(conditions.on, expr);
			else
				conditions.after = lappend(conditions.after, expr);
		}
	}
	return conditions;
}

static TargetEntry *
next_entry(List *tlist, Expr *expr)
{
	return makeTargetEntry(expr, list_length(tlist) + 1, NULL, false);
}

static Plan *
plan_join(PlannerInfo *root, RelOptInfo *rel, CustomPath *best_path, List *tlist,
		  List *clauses pg_attribute_unused(), List *custom_plans)
{
	CustomScan *scan = makeNode(CustomScan);
	const Plan *outer = linitial(custom_plans);
	JoinType	type = intVal(list_nth(best_path->custom_private, PATH_TYPE));
	int			function = intVal(list_nth(best_path->custom_private, PATH_FUNCTION));
	int			wanted = intVal(list_nth(best_path->custom_private, PATH_WANTED));
	int			nulled_by = intVal(list_nth(best_path->custom_private, PATH_NULLED_BY));
	const RelOptInfo *function_rel = find_base_rel(root, function);
	Conditions	conditions = sort_conditions(root, rel, type, function_rel,
											 list_nth(best_path->custom_private, PATH_CLAUSES));
	List	   *placeholders = NIL;
	List	   *columns = NIL;
	ListCell   *lc;

	foreach(lc, outer->targetlist)
		columns = lappend(columns,
						  next_entry(columns, copyObject(((TargetEntry *) lfirst(lc))->expr)));
	columns = lappend(columns,
					  next_entry(columns, (Expr *) makeVar(function, 1, JSONBOID, -1,
														   InvalidOid, 0)));
	foreach(lc, function_rel->reltarget->exprs)
	{
		Node	   *expr = lfirst(lc);

		if (!IsA(expr, PlaceHolderVar))
			continue;
		columns = lappend(columns, next_entry(columns, copyObject((Expr *) expr)));
		placeholders = lappend(placeholders, copyObject(((PlaceHolderVar *) expr)->phexpr));
	}
	scan->scan.plan.targetlist = tlist;
	scan->scan.plan.qual = conditions.after;
	scan->flags = best_path->flags;
	scan->custom_plans = custom_plans;
	scan->custom_scan_tlist = columns;
	scan->custom_exprs = list_make4(copyObject(remote_value_call(root, function_rel)),
									conditions.before, conditions.on, placeholders);
	scan->custom_private = list_make2_int(type, wanted);
	scan->methods = &rr_join_scan_methods;

	/* from 16 on, a variable says which outer joins make it null */
	scan->custom_scan_tlist = rr_nulled_by(scan->custom_scan_tlist, function, nulled_by);
	scan->custom_exprs = rr_nulled_by(scan->custom_exprs, function, nulled_by);
	return &scan->scan.plan;
}

void
rr_offer_remote_joins(void)
{
	RegisterCustomScanMethods(&rr_join_scan_methods);
	prev_join_hook = set_join_pathlist_hook;
	set_join_pathlist_hook = add_paths;
	prev_rel_hook = set_rel_pathlist_hook;
	set_rel_pathlist_hook = cost_function_scan;
}
