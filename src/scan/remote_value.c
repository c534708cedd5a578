/*
 * remote_value.c: remote_rel.remote_value(), one row's value of a relationship
 * to a remote schema.
 *
 * Called as a function it asks for one row at a time; only equal keys of one
 * place in a query share a request. In FROM … LATERAL the planner takes a
 * Remote Join instead (join_path.c).
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "scan/scan_int.h"

/* Kept from one row to the next. */
typedef struct ValueCall
{
	RrValueJoin *join;
	RrRun	   *run;			/* NULL: none yet */
	bool		reported;		/* a warning was */
} ValueCall;

static Oid
row_type(FunctionCallInfo fcinfo)
{
	Oid			type = get_fn_expr_argtype(fcinfo->flinfo, RR_VALUE_ROW);

	/* a record may be a table's row; the planner has not seen that */
	if (type == RECORDOID && !PG_ARGISNULL(RR_VALUE_ROW))
		type = HeapTupleHeaderGetTypeId(PG_GETARG_HEAPTUPLEHEADER(RR_VALUE_ROW));
	return type;
}

static ValueCall *
get_call(FunctionCallInfo fcinfo)
{
	ValueCall  *call = fcinfo->flinfo->fn_extra;
	Oid			type = row_type(fcinfo);

	if (call == NULL)
		call = fcinfo->flinfo->fn_extra = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt,
																 sizeof(ValueCall));
	if (call->join != NULL && !rr_value_join_is(call->join, type, fcinfo->args))
	{
		MemoryContextDelete(call->join->cxt);
		call->join = NULL;
		call->run = NULL;
	}
	if (call->join == NULL)
		call->join = rr_value_join_create(type, fcinfo->args, fcinfo->flinfo->fn_mcxt);
	return call;
}

/* The run that values are kept in; another one when it has grown too large. */
static RrRun *
get_run(ValueCall *call)
{
	if (call->run != NULL && rr_value_run_size(call->run) > (Size) work_mem * 1024)
	{
		MemoryContextDelete(call->run->cxt);
		call->run = NULL;
	}
	if (call->run == NULL)
		call->run = rr_value_run_create(call->join);
	return call->run;
}

PG_FUNCTION_INFO_V1(rr_remote_value);

/*
 * remote_rel.remote_value("row" anyelement, relationship, selection,
 * arguments, role, headers) RETURNS jsonb
 */
Datum
rr_remote_value(PG_FUNCTION_ARGS)
{
	ValueCall  *call = get_call(fcinfo);
	RrRun	   *run;
	int			key;
	Datum		value;
	bool		isnull;

	if (PG_ARGISNULL(RR_VALUE_ROW) || call->join->plan == NULL)
		PG_RETURN_NULL();
	run = get_run(call);
	key = rr_value_run_file(call->join, run, PG_GETARG_DATUM(RR_VALUE_ROW));
	if (rr_value_run_is_pending(run, key))
		rr_value_run_wait(call->join, run, key, true);
	value = rr_row_value(&run->steps[0], key, &isnull);
	rr_report_row_failure(run, &call->reported);
	if (isnull)
		PG_RETURN_NULL();
	PG_RETURN_DATUM(value);
}
