/*
 * run_sql.c: runs a statement made by the SQL compiler.
 *
 * Each statement has a subtransaction of its own, so that what it does wrong
 * can be answered as data. Read-only ones take no transaction id, so that
 * costs little and works on a standby.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "mb/pg_wchar.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "base/subtransaction.h"
#include "compat.h"
#include "join/join.h"

/* ---- parameters ---- */

static char *
session_as_json(void)
{
	StringInfoData out;
	ListCell   *lc;
	const char *separator = "";

	initStringInfo(&out);
	appendStringInfoChar(&out, '{');
	foreach(lc, rr_session_variables())
	{
		const RrMapping *variable = lfirst(lc);

		appendStringInfoString(&out, separator);
		separator = ",";
		gql_json_string(&out, variable->name, strlen(variable->name));
		appendStringInfoChar(&out, ':');
		gql_json_string(&out, variable->to, strlen(variable->to));
	}
	appendStringInfoChar(&out, '}');
	return out.data;
}

/* The text of a value as a type's input function takes it. */
static char *
input_text(const GqlValue *value, Oid type)
{
	StringInfoData out;

	if (type == JSONOID || type == JSONBOID)
	{
		initStringInfo(&out);
		gql_value_to_json(&out, value);
		return out.data;
	}
	switch (value->kind)
	{
		case GQL_VALUE_BOOLEAN:
			return value->boolean ? "true" : "false";
		case GQL_VALUE_INT:
		case GQL_VALUE_FLOAT:
		case GQL_VALUE_STRING:
		case GQL_VALUE_ENUM:
			if ((int) strlen(value->text) != value->len)
				ereport(ERROR,
						errcode(ERRCODE_CHARACTER_NOT_IN_REPERTOIRE),
						errmsg("a value of type %s cannot contain the character U+0000",
							   format_type_be(type)));
			return unconstify(char *, value->text);
		default:
			ereport(ERROR,
					errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
					errmsg("a list or an object is no value of type %s", format_type_be(type)));
	}
}

static Datum bind_value(const GqlValue *value, Oid type, bool *isnull);

static Datum
bind_list(const GqlValue *value, Oid element)
{
	int			n = list_length(value->items);
	Datum	   *values = palloc(Max(n, 1) * sizeof(Datum));
	bool	   *nulls = palloc(Max(n, 1) * sizeof(bool));
	int			lower = 1;
	int16		typlen;
	bool		typbyval;
	char		typalign;

	if (n == 0)
		return PointerGetDatum(construct_empty_array(element));
	for (int i = 0; i < n; i++)
		values[i] = bind_value(list_nth(value->items, i), element, &nulls[i]);
	get_typlenbyvalalign(element, &typlen, &typbyval, &typalign);
	return PointerGetDatum(construct_md_array(values, nulls, 1, &n, &lower, element, typlen,
											  typbyval, typalign));
}

/*
 * A list for an array type is its elements; anything else is text for the
 * input function.
 */
static Datum
bind_value(const GqlValue *value, Oid type, bool *isnull)
{
	Oid			element = value->kind == GQL_VALUE_LIST ? get_element_type(getBaseType(type))
	: InvalidOid;
	Oid			input,
				ioparam;

	*isnull = value->kind == GQL_VALUE_NULL;
	if (*isnull)
		return (Datum) 0;
	if (OidIsValid(element))
		return bind_list(value, element);
	getTypeInputInfo(type, &input, &ioparam);
	return OidInputFunctionCall(input, input_text(value, type), ioparam, -1);
}

static Datum
bind_param(const RrSqlParam *param, const GqlValue *keys, bool *isnull)
{
	Oid			input,
				ioparam;

	if (param->kind == RR_PARAM_VALUE)
		return bind_value(param->value, param->type, isnull);
	if (param->kind == RR_PARAM_KEYS)
		return bind_value(&keys[param->key], param->type, isnull);
	*isnull = false;
	if (param->kind == RR_PARAM_RUN)
		return Int32GetDatum(rr_current_run->number);
	getTypeInputInfo(param->type, &input, &ioparam);
	return OidInputFunctionCall(input, session_as_json(), ioparam, -1);
}

char	   *
rr_sql_param_text(const RrSqlParam *param)
{
	StringInfoData out;

	if (param->value->kind == GQL_VALUE_NULL)
		return NULL;
	if (param->value->kind != GQL_VALUE_LIST && param->value->kind != GQL_VALUE_OBJECT)
		return input_text(param->value, param->type);
	initStringInfo(&out);
	gql_value_to_json(&out, param->value);
	return out.data;
}

/* ---- running ---- */

/* Append the json in the only row's only column; null where there is none. */
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

/* Copies rows of (position of a key, json) where the caller wants them. */
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
		bool		isnull;
		int			position = DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[i],
														   SPI_tuptable->tupdesc, 1, &isnull)) - 1;
		Datum		value = SPI_getbinval(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 2, &isnull);
		text	   *json;

		if (isnull)
			continue;
		json = DatumGetTextPP(value);
		result->take(result->arg, position, VARDATA_ANY(json), VARSIZE_ANY_EXHDR(json));
	}
}

/*
 * The values of parameters, as SPI takes them. A kept statement's constants
 * are read once.
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
			bool		keep = param->constant && statement->prepared != NULL;
			MemoryContext old = MemoryContextSwitchTo(keep ? statement->prepared->cxt
													  : CurrentMemoryContext);

			param->datum = bind_param(param, keys, &param->isnull);
			param->is_read = keep;
			MemoryContextSwitchTo(old);
		}
		values[i] = param->datum;
		nulls[i] = param->isnull ? 'n' : ' ';
	}
}

static SPIPlanPtr
prepare(const RrSqlStatement *statement)
{
	int			n = list_length(statement->params);
	Oid		   *types = palloc(Max(n, 1) * sizeof(Oid));
	SPIPlanPtr	plan;

	for (int i = 0; i < n; i++)
		types[i] = ((const RrSqlParam *) list_nth(statement->params, i))->type;
	plan = SPI_prepare_cursor(statement->sql, n, types, CURSOR_OPT_PARALLEL_OK);
	if (plan == NULL)
		elog(ERROR, "SPI_prepare_cursor returned %s", SPI_result_code_string(SPI_result));
	return plan;
}

static void
run(const RrSqlStatement *statement, const GqlValue *keys, void (*consume) (void *arg), void *arg)
{
	int			n = list_length(statement->params);
	Datum	   *values = palloc(Max(n, 1) * sizeof(Datum));
	char	   *nulls = palloc(n + 1);
	SPIPlanPtr	plan = statement->prepared ? statement->prepared->plan : NULL;
	int			guc_level;
	int			code;

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
	code = SPI_execute_plan(plan, values, nulls, true, 0);
	if (code != SPI_OK_SELECT)
		elog(ERROR, "SPI_execute_plan returned %s", SPI_result_code_string(code));
	AtEOXact_GUC(false, guc_level);
	consume(arg);
	SPI_finish();
}

/* ---- errors ---- */

static const char *
error_code(int sqlstate)
{
	if (sqlstate == ERRCODE_INSUFFICIENT_PRIVILEGE)
		return GQL_CODE_PERMISSION_ERROR;
	switch (ERRCODE_TO_CATEGORY(sqlstate))
	{
		case MAKE_SQLSTATE('2', '2', '0', '0', '0'):
			return GQL_CODE_DATA_EXCEPTION;
		case MAKE_SQLSTATE('2', '3', '0', '0', '0'):
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

/*
 * Primary message and SQLSTATE only: the rest may quote rows that a policy
 * hides, or the statement.
 */
static void
file_error(const ErrorData *edata, const GqlPath *path, int loc, const char *source,
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
	error->extensions = psprintf("\"detail\": {\"sqlstate\": \"%s\"}",
								 unpack_sql_state(edata->sqlerrcode));
	MemoryContextSwitchTo(old);
}

/* Would the parameters be taken? Nothing is run. */
static void
bind_only(const RrSqlStatement *statement, const GqlValue *keys)
{
	ListCell   *lc;
	bool		isnull;

	foreach(lc, statement->params)
		if (((const RrSqlParam *) lfirst(lc))->kind != RR_PARAM_RUN)
		bind_param(lfirst(lc), keys, &isnull);
}

/* What run_guarded() does, for rr_run_in_subtransaction(). */
typedef struct GuardedRun
{
	const RrSqlStatement *statement;
	const GqlValue *keys;
	void		(*consume) (void *arg); /* NULL: only bind the parameters */
	void	   *arg;
}			GuardedRun;

static void
run_or_bind(void *arg)
{
	const		GuardedRun *guarded = arg;

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
	int			start = out->len;
	ErrorData  *edata = run_guarded(statement, NULL, append_result, out);

	if (edata == NULL)
		return true;
	out->len = start;
	out->data[start] = '\0';
	file_error(edata, path, loc, source, errors);
	FreeErrorData(edata);
	return false;
}

bool
rr_run_sql_for_keys(const RrSqlStatement *statement, const GqlValue *keys, RrTakeRow take,
					void *arg, GqlErrorList *errors)
{
	KeyedResult result = {take, arg};
	ErrorData  *edata = run_guarded(statement, keys, take_rows, &result);

	if (edata == NULL)
		return true;
	file_error(edata, NULL, -1, NULL, errors);
	FreeErrorData(edata);
	return false;
}

bool
rr_sql_keys_fit(const RrSqlStatement *statement, const GqlValue *keys, GqlErrorList *errors)
{
	ErrorData  *edata = run_guarded(statement, keys, NULL, NULL);

	if (edata == NULL)
		return true;
	file_error(edata, NULL, -1, NULL, errors);
	FreeErrorData(edata);
	return false;
}
