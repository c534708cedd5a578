/*
 * value_support.c: what the planner asks about remote_value().
 *
 * A call with constant arguments is checked when the query is planned, so that
 * a wrong name is an error before the first row. Calling this also loads the
 * library, and with it the hook for Remote Joins, before joins are looked at.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "nodes/supportnodes.h"
#include "utils/memutils.h"

#include "scan/scan_int.h"
#include "settings.h"

static Oid	remote_value_oid = InvalidOid;

Oid
rr_remote_value_oid(void)
{
	return remote_value_oid;
}

/* Throw if a call with these arguments can only fail. */
static void
check_call(const FuncExpr *call)
{
	NullableDatum args[RR_VALUE_NARGS];
	Oid			type;

	if (list_length(call->args) != RR_VALUE_NARGS)
		return;
	type = exprType(linitial(call->args));
	for (int i = RR_VALUE_RELATIONSHIP; i < RR_VALUE_NARGS; i++)
	{
		const Const *arg = list_nth(call->args, i);

		if (!IsA(arg, Const))
			return;
		args[i].value = arg->constvalue;
		args[i].isnull = arg->constisnull;
	}
	if (type == RECORDOID)
		return;
	MemoryContextDelete(rr_value_join_create(type, args, CurrentMemoryContext)->cxt);
}

PG_FUNCTION_INFO_V1(rr_remote_value_support);

/* remote_rel.remote_value_support(internal) RETURNS internal */
Datum
rr_remote_value_support(PG_FUNCTION_ARGS)
{
	Node	   *request = (Node *) PG_GETARG_POINTER(0);

	if (IsA(request, SupportRequestSimplify))
	{
		SupportRequestSimplify *simplify = (SupportRequestSimplify *) request;

		/* without a planner, expressions of the catalogs are read */
		if (simplify->root != NULL)
		{
			remote_value_oid = simplify->fcall->funcid;
			check_call(simplify->fcall);
		}
	}
	else if (IsA(request, SupportRequestCost))
	{
		SupportRequestCost *cost = (SupportRequestCost *) request;

		cost->startup = 0;
		cost->per_tuple = rr_request_cost + rr_key_cost;
		PG_RETURN_POINTER(request);
	}
	PG_RETURN_POINTER(NULL);
}
