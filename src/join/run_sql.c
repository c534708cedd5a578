/*
 * run_sql.c: runs the statements of a plan.
 *
 * Each runs in a subtransaction of its own, so that its error can be answered
 * as data. A read-only subtransaction takes no transaction id: it costs little
 * and works on a standby.
 */
#include "postgres.h"

#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"

#include "base/subtransaction.h"
#include "compat.h"
#include "join/join_int.h"
#include "session/session.h"

/* ---- running ---- */

/* Append the JSON of the only row's only column; null without a row. */
static void
append_result(void *out)
{
	bool		isnull = true;
	Datum		value = (Datum) 0;
	text	   *json;

	if (SPI_processed > 0)
		value = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull);
	if (isnull)
	{
		appendStringInfoString(out, "null");
		return;
	}
	json = DatumGetTextPP(value);
	appendBinaryStringInfo(out, VARDATA_ANY(json), VARSIZE_ANY_EXHDR(json));
}

/* Of statements that only file keys. */
static void
ignore_result(void *arg pg_attribute_unused())
{
}

/* Where rows of (position of a key, JSON) go. */
typedef struct KeyedResult
{
	RrTakeRow	take;
	void	   *arg;
} KeyedResult;

static void
take_rows(void *arg)
{
	KeyedResult *result = arg;

	for (uint64 i = 0; i < SPI_processed; i++)
	{
		HeapTuple	row = SPI_tuptable->vals[i];
		TupleDesc	desc = SPI_tuptable->tupdesc;
		bool		isnull;
		int64		position = DatumGetInt64(SPI_getbinval(row, desc, 1, &isnull));
		Datum		value = SPI_getbinval(row, desc, 2, &isnull);
		text	   *json;

		if (isnull)
			continue;
		json = DatumGetTextPP(value);
		result->take(result->arg, (int) position - 1, VARDATA_ANY(json), VARSIZE_ANY_EXHDR(json));
	}
}

/*
 * Keep a value that never changes for as long as its statement. Only the value
 * goes there: what its type's input function leaves behind, or throws, stays
 * out of the kept plan.
 */
static void
keep_param(RrSqlParam *param, MemoryContext cxt)
{
	int16		typlen;
	bool		typbyval;
	MemoryContext old = MemoryContextSwitchTo(cxt);

	if (!param->isnull)
	{
		get_typlenbyval(param->type, &typlen, &typbyval);
		param->datum = datumCopy(param->datum, typbyval, typlen);
	}
	param->is_read = true;
	MemoryContextSwitchTo(old);
}

/*
 * Make the values of parameters, as SPI takes them. Those that never change of
 * a statement that is kept are made once.
 */
static void
bind_params(const RrSqlStatement *statement, const GqlValue *keys, Datum *values, char *nulls)
{
	ListCell   *lc;

	foreach(lc, statement->params)
	{
		RrSqlParam *param = lfirst(lc);
		int			i = foreach_current_index(lc);

		if (!param->is_read)
		{
			param->datum = rr_sql_bind_param(param, keys, &param->isnull);
			if (param->constant && statement->prepared != NULL)
				keep_param(param, statement->prepared->cxt);
		}
		values[i] = param->datum;
		nulls[i] = param->isnull ? 'n' : ' ';
	}
}

static SPIPlanPtr
prepare(const RrSqlStatement *statement)
{
	int			nparams = list_length(statement->params);
	Oid		   *types = palloc(nparams * sizeof(Oid));
	SPIPlanPtr	plan;

	for (int i = 0; i < nparams; i++)
		types[i] = ((const RrSqlParam *) list_nth(statement->params, i))->type;
	plan = SPI_prepare_cursor(statement->sql, nparams, types, CURSOR_OPT_PARALLEL_OK);
	if (plan == NULL)
		elog(ERROR, "SPI_prepare_cursor returned %s", SPI_result_code_string(SPI_result));
	return plan;
}

/*
 * Does the statement belong to a mutation? Then it sees what earlier
 * statements of the document wrote.
 */
static bool
sees_writes(void)
{
	return rr_current_run != NULL &&
		rr_current_run->plan->request->operation->type == GQL_MUTATION;
}

/* Run a statement; how many rows it concerned. consume: NULL for nothing. */
static uint64
run(const RrSqlStatement *statement, const GqlValue *keys, void (*consume) (void *arg), void *arg)
{
	int			nparams = list_length(statement->params);
	Datum	   *values = palloc(nparams * sizeof(Datum));
	char	   *nulls = palloc(nparams);
	SPIPlanPtr	plan = statement->prepared != NULL ? statement->prepared->plan : NULL;
	int			guc_level;
	int			code;
	uint64		nrows;

	bind_params(statement, keys, values, nulls);
	SPI_connect();
	guc_level = rr_keep_aggregate_order();
	if (plan == NULL)
	{
		plan = prepare(statement);
		if (statement->prepared != NULL)
		{
			SPI_keepplan(plan);
			statement->prepared->plan = plan;
		}
	}
	code = SPI_execute_plan(plan, values, nulls, !sees_writes(), 0);
	if (code < 0)
		elog(ERROR, "SPI_execute_plan returned %s", SPI_result_code_string(code));
	AtEOXact_GUC(false, guc_level);
	nrows = SPI_processed;
	if (consume != NULL)
		consume(arg);
	SPI_finish();
	return nrows;
}

/* ---- errors ---- */

static const char *
error_code(int sqlstate)
{
	if (sqlstate == ERRCODE_FDW_ERROR)
		return GQL_CODE_REMOTE_SCHEMA_ERROR;
	if (sqlstate == ERRCODE_INSUFFICIENT_PRIVILEGE)
		return GQL_CODE_PERMISSION_ERROR;
	switch (ERRCODE_TO_CATEGORY(sqlstate))
	{
		case ERRCODE_DATA_EXCEPTION:
			return GQL_CODE_DATA_EXCEPTION;
		case ERRCODE_INTEGRITY_CONSTRAINT_VIOLATION:
			return GQL_CODE_CONSTRAINT_VIOLATION;
		default:
			return GQL_CODE_UNEXPECTED;
	}
}

static const char *
message_prefix(int sqlstate)
{
	switch (sqlstate)
	{
		case ERRCODE_UNIQUE_VIOLATION:
			return "Uniqueness violation. ";
		case ERRCODE_FOREIGN_KEY_VIOLATION:
			return "Foreign key violation. ";
		case ERRCODE_NOT_NULL_VIOLATION:
			return "Not-NULL violation. ";
		case ERRCODE_CHECK_VIOLATION:
			return "Check constraint violation. ";
		default:
			return "";
	}
}

/* The member of extensions that says more: SQLSTATE, a constraint's name. */
static const char *
error_detail(const ErrorData *edata)
{
	StringInfoData out;

	initStringInfo(&out);
	appendStringInfo(&out, "\"detail\": {\"sqlstate\": \"%s\"",
					 unpack_sql_state(edata->sqlerrcode));
	if (edata->constraint_name != NULL)
	{
		appendStringInfoString(&out, ", \"constraint\": ");
		gql_json_string(&out, edata->constraint_name, strlen(edata->constraint_name));
	}
	appendStringInfoChar(&out, '}');
	return out.data;
}

/*
 * File an error of a statement. Only the primary message and SQLSTATE show:
 * the rest may quote the statement, or rows that a policy hides.
 */
void
rr_file_sql_error(const ErrorData *edata, const GqlPath *path, int loc, const char *source,
				  GqlErrorList *errors)
{
	GqlError   *error = gql_error_at(errors, source, loc, "%s%s",
									 message_prefix(edata->sqlerrcode), edata->message);
	MemoryContext old;

	if (error == NULL)
		return;
	old = MemoryContextSwitchTo(errors->cxt);
	error->path = path;
	error->code = error_code(edata->sqlerrcode);
	error->extensions = error_detail(edata);
	MemoryContextSwitchTo(old);
}

/* ---- in a subtransaction ---- */

/* Convert the parameters and forget them: throws if one does not fit. */
static void
bind_only(const RrSqlStatement *statement, const GqlValue *keys)
{
	ListCell   *lc;

	foreach(lc, statement->params)
	{
		const RrSqlParam *param = lfirst(lc);
		bool		isnull;

		if (param->kind != RR_PARAM_RUN)
			rr_sql_bind_param(param, keys, &isnull);
	}
}

/* What run_guarded() does, for rr_run_in_subtransaction(). */
typedef struct GuardedRun
{
	const RrSqlStatement *statement;
	const GqlValue *keys;
	void		(*consume) (void *arg); /* NULL: only bind the parameters */
	void	   *arg;
} GuardedRun;

static void
run_or_bind(void *arg)
{
	const GuardedRun *guarded = arg;

	if (guarded->consume != NULL)
		run(guarded->statement, guarded->keys, guarded->consume, guarded->arg);
	else
		bind_only(guarded->statement, guarded->keys);
}

/*
 * Run the statement in a subtransaction, or without a consumer only bind its
 * parameters. Returns the error that it threw, or NULL.
 */
static ErrorData *
run_guarded(const RrSqlStatement *statement, const GqlValue *keys, void (*consume) (void *arg),
			void *arg)
{
	GuardedRun	guarded = {statement, keys, consume, arg};
	ErrorData  *error = rr_run_in_subtransaction(run_or_bind, &guarded);

	/*
	 * A recursion through a policy ends at the stack's limit. All levels have
	 * to end then: one that answered with an error would let the level above
	 * it recurse again.
	 */
	if (error != NULL && error->sqlerrcode == ERRCODE_STATEMENT_TOO_COMPLEX &&
		rr_call_is_nested())
		rr_rethrow_without_context(error);
	return error;
}

bool
rr_run_sql(const RrSqlStatement *statement, const GqlPath *path, int loc, const char *source,
		   StringInfo out, GqlErrorList *errors)
{
	int			start = out != NULL ? out->len : 0;
	ErrorData  *error = run_guarded(statement, NULL, out != NULL ? append_result : ignore_result,
									out);

	if (error == NULL)
		return true;
	if (out != NULL)
	{
		out->len = start;
		out->data[start] = '\0';
	}
	rr_file_sql_error(error, path, loc, source, errors);
	FreeErrorData(error);
	return false;
}

bool
rr_run_sql_for_keys(const RrSqlStatement *statement, const GqlValue *keys, RrTakeRow take,
					void *arg, GqlErrorList *errors)
{
	KeyedResult result = {take, arg};
	ErrorData  *error = run_guarded(statement, keys, take_rows, &result);

	if (error == NULL)
		return true;
	rr_file_sql_error(error, NULL, -1, NULL, errors);
	FreeErrorData(error);
	return false;
}

bool
rr_sql_keys_fit(const RrSqlStatement *statement, const GqlValue *keys, GqlErrorList *errors)
{
	ErrorData  *error = run_guarded(statement, keys, NULL, NULL);

	if (error == NULL)
		return true;
	rr_file_sql_error(error, NULL, -1, NULL, errors);
	FreeErrorData(error);
	return false;
}

/* ---- mutations ---- */

uint64
rr_run_writing(RrRun *current, const RrSqlStatement *statement, RrTakeResult take, void *arg)
{
	RrRun	   *outer = rr_current_run;
	volatile uint64 nrows = 0;

	rr_current_run = current;
	PG_TRY();
	{
		rr_ask_filters_or_throw(current, statement);
		nrows = run(statement, NULL, take, arg);
	}
	PG_FINALLY();
	{
		rr_current_run = outer;
	}
	PG_END_TRY();
	return nrows;
}

void
rr_run_reading(RrRun *current, const RrSqlStatement *statement, StringInfo out)
{
	rr_run_writing(current, statement, append_result, out);
}
