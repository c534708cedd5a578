/*
 * value_join.c: what remote_value() asks: its arguments behind the row,
 * planned, and runs of them.
 *
 * The calls of one query mostly have the same arguments, so they are planned
 * once. Whoever asks is a part of it: a cursor may be read on after SET ROLE,
 * or with other headers.
 */
#include "postgres.h"

#include <limits.h>

#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/memutils.h"

#include "compat.h"
#include "scan/scan_int.h"

/* ---- the call ---- */

/* The arguments are varlenas, except for the role, a name. */
static void
copy_arguments(RrValueJoin *join, const NullableDatum *args)
{
	for (int i = RR_VALUE_RELATIONSHIP; i < RR_VALUE_NARGS; i++)
	{
		join->args[i] = args[i];
		if (args[i].isnull)
			continue;
		if (i == RR_VALUE_ROLE)
			join->args[i].value = datumCopy(args[i].value, false, NAMEDATALEN);
		else
			join->args[i].value = PointerGetDatum(PG_DETOAST_DATUM_COPY(args[i].value));
	}
}

static bool
same_argument(const RrValueJoin *join, const NullableDatum *args, int i)
{
	if (join->args[i].isnull || args[i].isnull)
		return join->args[i].isnull && args[i].isnull;
	if (i == RR_VALUE_ROLE)
		return namestrcmp(DatumGetName(join->args[i].value),
						  NameStr(*DatumGetName(args[i].value))) == 0;
	return datum_image_eq(join->args[i].value, args[i].value, false, -1);
}

static const char *
text_argument(const RrValueJoin *join, int i)
{
	return join->args[i].isnull ? NULL : TextDatumGetCString(join->args[i].value);
}

static Jsonb *
jsonb_argument(const RrValueJoin *join, int i)
{
	return join->args[i].isnull ? NULL : DatumGetJsonbP(join->args[i].value);
}

/* The role's session, in which keys are sent. */
static void
enter_role(const RrValueJoin *join, RrRoleState *state)
{
	rr_role_enter(state, join->role, jsonb_argument(join, RR_VALUE_HEADERS));
}

static void
plan_call(RrValueJoin *join)
{
	RrRowCall	call = {.row_type = join->row_type};
	RrRoleState role;

	if (join->args[RR_VALUE_RELATIONSHIP].isnull)
		return;
	call.hint = "Pass a row of a table: FROM t, LATERAL remote_rel.remote_value(t, ...).";
	call.relationship = text_argument(join, RR_VALUE_RELATIONSHIP);
	call.selection = text_argument(join, RR_VALUE_SELECTION);
	call.arguments = jsonb_argument(join, RR_VALUE_ARGUMENTS);
	enter_role(join, &role);
	join->plan = rr_plan_row_join(&call, join->errors);
	join->keys = rr_row_keys_create(((RrStep *) linitial(join->plan->steps))->join,
									"remote_value");
	rr_role_leave(&role);
}

RrValueJoin *
rr_value_join_create(Oid row_type, const NullableDatum *args, MemoryContext parent)
{
	const NullableDatum *role = &args[RR_VALUE_ROLE];
	const char *request_headers = GetConfigOption("request.headers", true, false);
	MemoryContext cxt = AllocSetContextCreate(parent, "remote_value", ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(cxt);
	RrValueJoin *join = palloc0(sizeof(RrValueJoin));

	join->cxt = cxt;
	join->row_type = row_type;
	join->user = GetUserId();
	join->role = rr_get_role(role->isnull ? NULL : NameStr(*DatumGetName(role->value)));
	copy_arguments(join, args);
	join->request_headers = request_headers != NULL ? pstrdup(request_headers) : NULL;
	join->errors = gql_errors_create(100, NULL);
	plan_call(join);
	MemoryContextSwitchTo(old);
	return join;
}

bool
rr_value_join_is(const RrValueJoin *join, Oid row_type, const NullableDatum *args)
{
	const char *request_headers = GetConfigOption("request.headers", true, false);

	if (join->row_type != row_type || join->user != GetUserId() ||
		(join->request_headers == NULL) != (request_headers == NULL) ||
		(request_headers != NULL && strcmp(join->request_headers, request_headers) != 0))
		return false;
	for (int i = RR_VALUE_RELATIONSHIP; i < RR_VALUE_NARGS; i++)
		if (!same_argument(join, args, i))
			return false;
	return true;
}

/* ---- runs ---- */

RrRun	   *
rr_value_run_create(RrValueJoin *join)
{
	MemoryContext old = MemoryContextSwitchTo(join->cxt);
	RrRun	   *run = rr_run_create(join->plan, join->errors);

	MemoryContextSwitchTo(old);
	run->steps[0].sending.send_limit = 0;
	return run;
}

int
rr_value_run_file(RrValueJoin *join, RrRun *run, Datum row)
{
	const StringInfoData *text;
	RrRoleState role;

	if (!rr_row_keys_call_functions(join->keys))
		text = rr_row_keys_text(join->keys, row);
	else
	{
		/* computed fields are the role's to call */
		enter_role(join, &role);
		text = rr_row_keys_text(join->keys, row);
		rr_role_leave(&role);
	}
	return text != NULL ? rr_step_file_key(&run->steps[0], text) : -1;
}

void
rr_value_run_send(RrValueJoin *join, RrRun *run)
{
	RrStepRun  *step = &run->steps[0];
	RrRoleState role;
	int			unsent = step->table.nkeys - step->sending.sent;

	if (unsent < step->sending.batch_size)
		return;
	enter_role(join, &role);
	step->sending.send_limit = INT_MAX;
	rr_step_send(step, false);
	step->sending.send_limit = 0;
	rr_role_leave(&role);
}

bool
rr_value_run_is_pending(const RrRun *run, int key)
{
	return key >= 0 && rr_key_is_pending(&run->steps[0], key);
}

void
rr_value_run_wait(RrValueJoin *join, RrRun *run, int key, bool all)
{
	RrStepRun  *step = &run->steps[0];
	RrRoleState role;

	enter_role(join, &role);
	if (run->nsteps > 1)
	{
		/* further joins take the fewest requests when all keys are known */
		step->sending.send_limit = INT_MAX;
		rr_run_remote(run);
	}
	else
		while (rr_value_run_is_pending(run, key))
		{
			int			sent = step->sending.sent;
			int			batches = (step->table.nkeys - sent) / step->sending.batch_size;

			step->sending.send_limit = all || key >= sent ? INT_MAX
				: sent + batches * step->sending.batch_size;
			if (!rr_run_round(run))
				break;
		}
	step->sending.send_limit = 0;
	rr_role_leave(&role);
}

Size
rr_value_run_size(const RrRun *run)
{
	Size		size = 0;

	for (int i = 0; i < run->nsteps; i++)
	{
		const RrKeyTable *table = &run->steps[i].table;

		/* and for each key an RrStepKey, and an entry of the index */
		size += (Size) table->values.len + table->texts.len + (Size) table->nkeys * 32;
	}
	return size;
}
