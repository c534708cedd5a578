/*
 * hole.c: writes and reads holes; the SQL functions remote_rel.join_hole() and
 * join_value().
 *
 * remote_rel.join_hole(step, run, key…) stands in the statements that the
 * planner makes, where a join field has its value. It files the key of a row
 * and returns the hole. A key with a null in it has no hole: the field is
 * null.
 */
#include "postgres.h"

#include <limits.h>

#include "fmgr.h"
#include "utils/lsyscache.h"

#include "compat.h"
#include "join/hole.h"
#include "join/join_int.h"
#include "join/jsonb_value.h"

StaticAssertDecl(RR_HOLE_MAX_LEN >= 3 * 10 + 4, "room for three numbers of 31 bits");

/* ---- writing ---- */

void
rr_hole_append(StringInfo out, RrStepRun *step, int key)
{
	char	   *hole = rr_json_reserve(out, RR_HOLE_MAX_LEN);
	char	   *p = hole;

	*p++ = RR_HOLE_BEGIN;
	p += rr_ltoa(step->run->number, p);
	*p++ = RR_HOLE_SEPARATOR;
	p += rr_ltoa(step->plan->number, p);
	*p++ = RR_HOLE_SEPARATOR;
	p += rr_ltoa(key, p);
	*p++ = RR_HOLE_END;
	out->len += p - hole;
	step->nholes++;
}

/* ---- reading ---- */

/* Read digits and the byte that ends them. False for anything else. */
static bool
read_number(const char **pos, const char *end, char terminator, int *number)
{
	const char *c = *pos;
	int64		n = 0;

	for (; c < end && *c >= '0' && *c <= '9' && n <= INT_MAX; c++)
		n = n * 10 + (*c - '0');
	if (c == *pos || c == end || *c != terminator || n > INT_MAX)
		return false;
	*pos = c + 1;
	*number = (int) n;
	return true;
}

int
rr_hole_read(RrRun *run, const char **pos, const char *end, RrStepRun **step)
{
	const char *c = *pos;
	const char *close = memchr(c, RR_HOLE_END, end - c);
	int			run_number,
				step_number,
				key;

	if (close != NULL)
		*pos = close + 1;
	if (!read_number(&c, end, RR_HOLE_SEPARATOR, &run_number) ||
		!read_number(&c, end, RR_HOLE_SEPARATOR, &step_number) ||
		!read_number(&c, end, RR_HOLE_END, &key) ||
		run_number != run->number || step_number >= run->nsteps ||
		key >= run->steps[step_number].table.nkeys)
		return -1;
	*step = &run->steps[step_number];
	return key;
}

/* ---- join_hole() and join_value() ---- */

/* The argument at which keys begin. */
#define FIRST_KEY 2

/* What a call site knows of its columns, and of the run it was checked for. */
typedef struct HoleState
{
	RrRun	   *run;
	int			run_number;
	int			step_number;
	RrKeyColumns *columns;
} HoleState;

/* Do the call's keys have the types that the step joins by? */
static bool
keys_fit(FunctionCallInfo fcinfo, const RrStep *plan)
{
	if (plan->kind != RR_STEP_JOIN || plan->nkeys != PG_NARGS() - FIRST_KEY)
		return false;
	for (int i = 0; i < plan->nkeys; i++)
	{
		Oid			type = get_fn_expr_argtype(fcinfo->flinfo, FIRST_KEY + i);

		if (!OidIsValid(plan->keys[i].type) ||
			getBaseType(type) != getBaseType(plan->keys[i].type))
			return false;
	}
	return true;
}

/*
 * The step that a call is for. The SQL of a view or a policy may call
 * join_hole(), too, while a statement runs. It cannot know the number of the
 * run, which only our own statements are given, so it cannot file keys of its
 * own choice.
 */
static RrStepRun *
find_step(FunctionCallInfo fcinfo)
{
	RrRun	   *run = rr_current_run;
	int			number = PG_ARGISNULL(0) ? -1 : PG_GETARG_INT32(0);

	if (run == NULL || number < 0 || number >= run->nsteps || PG_ARGISNULL(1) ||
		PG_GETARG_INT32(1) != run->number || !keys_fit(fcinfo, run->steps[number].plan))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("remote_rel.%s() can only be called by a statement that graphql_resolve() runs",
						get_func_name(fcinfo->flinfo->fn_oid))));
	return &run->steps[number];
}

static bool
is_checked(FunctionCallInfo fcinfo, const HoleState *state)
{
	return state != NULL && state->run == rr_current_run &&
		!PG_ARGISNULL(0) && PG_GETARG_INT32(0) == state->step_number &&
		!PG_ARGISNULL(1) && PG_GETARG_INT32(1) == state->run_number;
}

/* Check the call; remember in flinfo that it was, and how keys are written. */
static HoleState *
check_call(FunctionCallInfo fcinfo)
{
	RrStepRun  *step = find_step(fcinfo);
	HoleState  *state = fcinfo->flinfo->fn_extra;
	MemoryContext cxt = fcinfo->flinfo->fn_mcxt;
	Oid			types[FUNC_MAX_ARGS];

	for (int i = 0; i < step->plan->nkeys; i++)
		types[i] = get_fn_expr_argtype(fcinfo->flinfo, FIRST_KEY + i);
	if (state == NULL)
		state = fcinfo->flinfo->fn_extra = MemoryContextAllocZero(cxt, sizeof(HoleState));
	state->columns = rr_key_columns(step->plan->nkeys, types, cxt);
	state->run = step->run;
	state->run_number = step->run->number;
	state->step_number = step->plan->number;
	return state;
}

/* The step of a call, and the text of its key; NULL: there is a null in it. */
static const StringInfoData *
read_key(FunctionCallInfo fcinfo, RrStepRun **step)
{
	int			nkeys = PG_NARGS() - FIRST_KEY;
	HoleState  *state = fcinfo->flinfo->fn_extra;
	Datum		values[FUNC_MAX_ARGS];

	if (!is_checked(fcinfo, state))
		state = check_call(fcinfo);
	*step = &state->run->steps[state->step_number];
	for (int i = 0; i < nkeys; i++)
	{
		if (PG_ARGISNULL(FIRST_KEY + i))
			return NULL;
		values[i] = PG_GETARG_DATUM(FIRST_KEY + i);
	}
	return rr_key_columns_text(state->columns, values);
}

PG_FUNCTION_INFO_V1(rr_join_hole);

/*
 * remote_rel.join_hole(step integer, run integer, VARIADIC keys "any") RETURNS
 * json
 */
Datum
rr_join_hole(PG_FUNCTION_ARGS)
{
	RrStepRun  *step;
	const StringInfoData *key_text = read_key(fcinfo, &step);
	StringInfoData hole;

	if (key_text == NULL)
		PG_RETURN_NULL();

	/* a json datum that is nothing but a hole */
	hole.data = palloc(VARHDRSZ + RR_HOLE_MAX_LEN);
	hole.maxlen = VARHDRSZ + RR_HOLE_MAX_LEN;
	hole.len = VARHDRSZ;
	rr_hole_append(&hole, step, rr_step_file_key(step, key_text));
	SET_VARSIZE(hole.data, hole.len);
	PG_RETURN_POINTER(hole.data);
}

PG_FUNCTION_INFO_V1(rr_join_value);

/*
 * remote_rel.join_value(step integer, run integer, VARIADIC keys "any")
 * RETURNS jsonb: the value of a key that was asked for before the statement
 * began; JSON's null where there is none. NULL: it was not asked for.
 */
Datum
rr_join_value(PG_FUNCTION_ARGS)
{
	RrStepRun  *step;
	const StringInfoData *key_text = read_key(fcinfo, &step);
	int			key = key_text != NULL ? rr_key_table_find(&step->table, key_text) : -1;
	RrSlice		value = {"null", 4};
	GqlErrorList errors = {.cxt = CurrentMemoryContext, .max = 1};
	StringInfoData text;
	Datum		json;

	if (key_text != NULL && key < 0)
		PG_RETURN_NULL();
	if (key >= 0 && rr_key_value(&step->table, key).data != NULL)
		value = rr_key_value(&step->table, key);
	initStringInfo(&text);
	rr_json_append(&text, value.data, value.len);
	appendStringInfoChar(&text, '\0');
	text.len--;
	json = rr_jsonb_value(&text, step->plan->remote->def->name, &errors);
	if (errors.items != NIL)
		ereport(ERROR,
				(errcode(ERRCODE_FDW_ERROR),
				 errmsg("%s", ((GqlError *) linitial(errors.items))->message)));
	PG_RETURN_DATUM(json);
}
