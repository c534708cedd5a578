/*
 * remote_join.c: remote_rel.remote_join(), remote relationships in SQL.
 *
 * Rows come as an array of a table's row type. Each goes out as soon as its
 * value has come.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/memutils.h"

#include "join/join.h"
#include "session/session.h"

/* What lasts from the first row to the last. */
typedef struct JoinCall
{
	Oid			role;
	Jsonb	   *headers;
	GqlErrorList *errors;
	RrRun	   *run;
	RrRowStream *stream;
	bool		reported;		/* an error was */
} JoinCall;

/*
 * Plan the join and file the keys of its rows. NULL when rows or relationship
 * are NULL.
 */
static JoinCall *
begin_call(FunctionCallInfo fcinfo)
{
	JoinCall   *call = palloc0(sizeof(JoinCall));
	RrRowCall	row_call = {0};
	RrRoleState role;
	ArrayType  *array;

	call->role = rr_get_role(PG_ARGISNULL(4) ? NULL : NameStr(*PG_GETARG_NAME(4)));
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		return NULL;
	array = PG_GETARG_ARRAYTYPE_P(0);
	call->headers = PG_ARGISNULL(5) ? NULL : PG_GETARG_JSONB_P(5);
	call->errors = gql_errors_create(100, NULL);
	row_call.row_type = ARR_ELEMTYPE(array);
	row_call.hint = "Pass rows of a table as an array: (SELECT array_agg(t) FROM t).";
	row_call.relationship = text_to_cstring(PG_GETARG_TEXT_PP(1));
	row_call.selection = PG_ARGISNULL(2) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(2));
	row_call.arguments = PG_ARGISNULL(3) ? NULL : PG_GETARG_JSONB_P(3);
	rr_role_enter(&role, call->role, call->headers);
	call->run = rr_run_create(rr_plan_row_join(&row_call, call->errors), call->errors);
	call->stream = rr_row_stream_create(call->run, array);
	rr_role_leave(&role);
	return call;
}

static FuncCallContext *
first_call(FunctionCallInfo fcinfo)
{
	FuncCallContext *funcctx = SRF_FIRSTCALL_INIT();
	MemoryContext old = MemoryContextSwitchTo(funcctx->multi_call_memory_ctx);

	if (get_call_result_type(fcinfo, NULL, &funcctx->tuple_desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	BlessTupleDesc(funcctx->tuple_desc);
	funcctx->user_fctx = begin_call(fcinfo);
	MemoryContextSwitchTo(old);
	return funcctx;
}

PG_FUNCTION_INFO_V1(rr_remote_join);

/*
 * remote_rel.remote_join(rows anyarray, relationship, selection, arguments,
 * role, headers) RETURNS TABLE ("row" anyelement, result jsonb)
 */
Datum
rr_remote_join(PG_FUNCTION_ARGS)
{
	FuncCallContext *funcctx;
	JoinCall   *call;
	Datum		values[2];
	bool		nulls[2];

	if (SRF_IS_FIRSTCALL())
		first_call(fcinfo);
	funcctx = SRF_PERCALL_SETUP();
	call = funcctx->user_fctx;
	if (call == NULL)
		SRF_RETURN_DONE(funcctx);
	if (rr_row_stream_must_wait(call->stream))
	{
		RrRoleState role;

		rr_role_enter(&role, call->role, call->headers);
		rr_row_stream_wait(call->stream);
		rr_role_leave(&role);
	}
	if (!rr_row_stream_next(call->stream, values, nulls))
		SRF_RETURN_DONE(funcctx);
	rr_report_row_failure(call->run, &call->reported);
	SRF_RETURN_NEXT(funcctx, HeapTupleGetDatum(heap_form_tuple(funcctx->tuple_desc, values,
															   nulls)));
}
