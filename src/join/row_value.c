/*
 * row_value.c: the key of a row that SQL gives, and the value that came for
 * it.
 */
#include "postgres.h"

#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"

#include "join/join_int.h"
#include "join/jsonb_value.h"
#include "settings.h"

struct RrRowKeys
{
	const RrRemoteJoin *join;
	RrKeyColumns *columns;
	Datum	   *values;
	FmgrInfo   *functions;		/* of computed fields */
	bool		calls_functions;
};

/* ---- keys ---- */

RrRowKeys  *
rr_row_keys_create(const RrRemoteJoin *join, const char *function)
{
	RrRowKeys  *keys = palloc0(sizeof(RrRowKeys));
	Oid		   *types = palloc(join->nkeys * sizeof(Oid));

	keys->join = join;
	keys->values = palloc(join->nkeys * sizeof(Datum));
	keys->functions = palloc0(join->nkeys * sizeof(FmgrInfo));
	for (int i = 0; i < join->nkeys; i++)
	{
		const RrJoinKey *key = &join->keys[i];

		types[i] = key->type;
		if (!OidIsValid(key->function))
			continue;
		if (get_func_nargs(key->function) != 1)
			ereport(ERROR,
					(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					 errmsg("computed field \"%s\" takes more than a row, so %s() cannot join with it",
							key->name, function),
					 errhint("Use graphql_resolve().")));
		fmgr_info(key->function, &keys->functions[i]);
		keys->calls_functions = true;
	}
	keys->columns = rr_key_columns(join->nkeys, types, CurrentMemoryContext);
	return keys;
}

bool
rr_row_keys_call_functions(const RrRowKeys *keys)
{
	return keys->calls_functions;
}

static Datum
computed_field(FmgrInfo *function, Datum row, bool *isnull)
{
	LOCAL_FCINFO(fcinfo, 1);
	Datum		value;

	InitFunctionCallInfoData(*fcinfo, function, 1, InvalidOid, NULL, NULL);
	fcinfo->args[0].value = row;
	fcinfo->args[0].isnull = false;
	value = FunctionCallInvoke(fcinfo);
	*isnull = fcinfo->isnull;
	return value;
}

const StringInfoData *
rr_row_keys_text(RrRowKeys *keys, Datum row)
{
	HeapTupleHeader tuple = DatumGetHeapTupleHeader(row);

	for (int i = 0; i < keys->join->nkeys; i++)
	{
		const RrJoinKey *key = &keys->join->keys[i];
		bool		isnull;

		if (OidIsValid(key->function))
			keys->values[i] = computed_field(&keys->functions[i], row, &isnull);
		else
			keys->values[i] = GetAttributeByNum(tuple, key->attnum, &isnull);
		if (isnull)
			return NULL;
	}
	return rr_key_columns_text(keys->columns, keys->values);
}

/* ---- values ---- */

Datum
rr_row_value(RrStepRun *step, int key, bool *isnull)
{
	RrSlice		value;
	StringInfoData text;

	*isnull = true;
	if (key < 0)
		return (Datum) 0;
	value = rr_key_value(&step->table, key);
	rr_file_key_errors(step, key, step->plan->shape, linitial(step->plan->field->nodes), NULL);
	if (value.data == NULL)
		return (Datum) 0;
	initStringInfo(&text);
	rr_splice(step->run, value, NULL, &text);
	*isnull = false;
	return rr_jsonb_value(&text, step->plan->remote->def->name, step->run->errors);
}

void
rr_report_row_failure(const RrRun *run, bool *reported)
{
	int			level = rr_on_remote_error == RR_ON_REMOTE_ERROR_NULL ? WARNING : ERROR;
	const RrStep *step = run->steps[0].plan;

	if (*reported || run->errors->items == NIL)
		return;
	*reported = true;
	ereport(level,
			(errcode(ERRCODE_FDW_ERROR),
			 errmsg("remote schema \"%s\" failed to answer relationship \"%s\"",
					step->remote->def->name, step->join->relationship->name),
			 errdetail("%s", ((GqlError *) linitial(run->errors->items))->message),
			 level == ERROR ? errhint("SET remote_rel.on_remote_error = 'null' to get NULL results and a warning instead.") : 0));
}
