/*
 * remote_rel.c: module load, and the SQL functions graphql_resolve(),
 * graphql_validate(), graphql_explain() and graphql_schema(). They only unpack
 * arguments.
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"

#include "catalog/catalog.h"
#include "compat.h"
#include "exec/exec.h"
#include "scan/scan.h"
#include "session/session.h"
#include "settings.h"
#include "stat/stat.h"

PG_MODULE_MAGIC;

extern PGDLLEXPORT void _PG_init(void);

PG_FUNCTION_INFO_V1(rr_graphql_resolve);
PG_FUNCTION_INFO_V1(rr_graphql_validate);
PG_FUNCTION_INFO_V1(rr_graphql_explain);
PG_FUNCTION_INFO_V1(rr_graphql_schema);

void
_PG_init(void)
{
	rr_stat_init();
	rr_settings_register(rr_catalog_invalidate);
	rr_offer_remote_joins();
	rr_deferred_register();
}

/*
 * Arguments of resolve, validate and explain: query text, role name, variables
 * jsonb, operation_name text, headers jsonb.
 */
static Datum
run_call(FunctionCallInfo fcinfo, void (*run) (const RrCall *call, StringInfo out))
{
	RrCall		call = {0};
	StringInfoData out;
	text	   *query;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	query = PG_GETARG_TEXT_PP(0);
	call.query = VARDATA_ANY(query);
	call.query_len = VARSIZE_ANY_EXHDR(query);
	if (!PG_ARGISNULL(1))
		call.role = NameStr(*PG_GETARG_NAME(1));
	if (!PG_ARGISNULL(2))
		call.variables = PG_GETARG_JSONB_P(2);
	if (!PG_ARGISNULL(3))
		call.operation_name = text_to_cstring(PG_GETARG_TEXT_PP(3));
	if (!PG_ARGISNULL(4))
		call.headers = PG_GETARG_JSONB_P(4);

	/* build the answer behind room for a varlena header, to avoid a copy */
	initStringInfo(&out);
	appendStringInfoSpaces(&out, VARHDRSZ);
	run(&call, &out);
	SET_VARSIZE(out.data, out.len);
	PG_RETURN_POINTER(out.data);
}

Datum
rr_graphql_resolve(PG_FUNCTION_ARGS)
{
	return run_call(fcinfo, rr_resolve);
}

Datum
rr_graphql_validate(PG_FUNCTION_ARGS)
{
	return run_call(fcinfo, rr_validate);
}

Datum
rr_graphql_explain(PG_FUNCTION_ARGS)
{
	return run_call(fcinfo, rr_explain);
}

Datum
rr_graphql_schema(PG_FUNCTION_ARGS)
{
	StringInfoData out;

	initStringInfo(&out);
	appendStringInfoSpaces(&out, VARHDRSZ);
	rr_schema_text(PG_ARGISNULL(0) ? NULL : NameStr(*PG_GETARG_NAME(0)), &out);
	SET_VARSIZE(out.data, out.len);
	PG_RETURN_POINTER(out.data);
}
