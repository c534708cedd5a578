/*
 * ask_filters.c: the values that conditions on remote fields need: asked for
 * before the statement runs (plan/sql/sql_remote.c says how it is made).
 *
 * A value that is missing could let rows through, or drop them. So the first
 * error of one is the error of the root field, and its statement does not run.
 */
#include "postgres.h"

#include <limits.h>

#include "miscadmin.h"
#include "utils/memutils.h"

#include "join/join_int.h"
#include "settings.h"

/* ---- asking ---- */

/* Let no key of these steps be sent (true), or all of them. */
static void
hold(RrRun *run, const List *filters, bool held)
{
	ListCell   *lc;

	foreach(lc, filters)
	{
		RrStepRun  *step = &run->steps[rr_step_number(lfirst(lc))];

		step->sending.send_limit = held ? step->sending.sent : INT_MAX;
		step->max_keys = held ? rr_max_filter_keys : 0;
	}
}

static bool
is_waited_for(const RrRun *run, const List *filters)
{
	ListCell   *lc;

	foreach(lc, filters)
	{
		const RrStepRun *step = &run->steps[rr_step_number(lfirst(lc))];

		if (step->sending.sent < step->table.nkeys || step->sending.batches != NIL)
			return true;
	}
	return false;
}

/* ---- errors ---- */

/*
 * Does a condition need what an error of a key is about? Not if it is about a
 * field that only the selection has, and the object is there.
 */
static bool
concerns_condition(const RrStepRun *step, int key, const RrKeyError *error)
{
	const GqlPath *top = error->path;
	ListCell   *lc;

	if (!step->plan->selected || top == NULL || error->key != key || error->step != step ||
		rr_key_value(&step->table, key).data == NULL)
		return true;
	while (top->prev != NULL)
		top = top->prev;
	if (top->key == NULL)
		return true;
	foreach(lc, step->plan->filter_members)
	{
		if (strcmp(lfirst(lc), top->key) == 0)
			return true;
	}
	return strncmp(top->key, RR_WIRE_FILTER_PREFIX, strlen(RR_WIRE_FILTER_PREFIX)) == 0;
}

static const RrKeyError *
first_error(const RrStepRun *step)
{
	for (int key = 0; step->errors != NULL && key < step->table.nkeys; key++)
	{
		ListCell   *lc;

		foreach(lc, rr_key_errors(step, key))
		{
			const RrKeyError *error = lfirst(lc);

			if (concerns_condition(step, key, error))
				return error;
		}
	}
	return NULL;
}

static const RrKeyError *
find_error(const RrRun *run, const List *filters)
{
	const RrKeyError *error = NULL;
	ListCell   *lc;

	foreach(lc, filters)
	{
		if (error == NULL)
			error = first_error(&run->steps[rr_step_number(lfirst(lc))]);
	}
	return error;
}

static void
file_error(RrRun *run, const RrKeyError *error, const GqlPath *path, int loc)
{
	const char *source = run->plan->request->document->source;
	GqlError   *entry = gql_error_at(run->errors, source, loc, "%s", error->message);

	if (entry == NULL)
		return;
	entry->path = path;
	entry->code = error->code;
	if (error->extensions != NULL)
		entry->extensions = MemoryContextStrdup(run->errors->cxt, error->extensions);
}

static void
throw_error(const RrKeyError *error)
{
	ereport(ERROR,
			(errcode(ERRCODE_FDW_ERROR),
			 errmsg("%s", error->message)));
}

/* ---- before a statement ---- */

/* Runs a statement that files keys; false when it failed. */
typedef bool (*RunStatement) (RrRun *run, const RrSqlStatement *statement, void *arg);

static bool
run_before(RrRun *run, const RrSqlStatement *statement, RunStatement run_one, void *arg,
		   const RrKeyError **error)
{
	ListCell   *lc;

	*error = NULL;
	foreach(lc, statement->before)
	{
		bool		ok;

		hold(run, statement->filters, true);
		ok = run_one(run, lfirst(lc), arg);
		hold(run, statement->filters, false);
		if (!ok)
			return false;
		while (is_waited_for(run, statement->filters) && rr_run_round(run))
			;
		*error = find_error(run, statement->filters);
		if (*error != NULL)
			return false;
	}
	return true;
}

/* Where the error of a root field goes. */
typedef struct FieldPlace
{
	const GqlPath *path;
	int			loc;
} FieldPlace;

static bool
run_for_field(RrRun *run, const RrSqlStatement *statement, void *arg)
{
	const FieldPlace *place = arg;

	return rr_run_sql(statement, place->path, place->loc, run->plan->request->document->source,
					  NULL, run->errors);
}

bool
rr_ask_filters(RrRun *run, const RrSqlStatement *statement, const GqlPath *path, int loc)
{
	FieldPlace	place = {path, loc};
	const RrKeyError *error;

	if (run_before(run, statement, run_for_field, &place, &error))
		return true;
	if (error != NULL)
		file_error(run, error, path, loc);
	return false;
}

static bool
run_throwing(RrRun *run, const RrSqlStatement *statement, void *arg pg_attribute_unused())
{
	rr_run_writing(run, statement, NULL, NULL);
	return true;
}

void
rr_ask_filters_or_throw(RrRun *run, const RrSqlStatement *statement)
{
	const RrKeyError *error;

	if (!run_before(run, statement, run_throwing, NULL, &error))
		throw_error(error);
}

/* ---- values that are shown, too ---- */

/* Copy a value but for the members of its objects that are for conditions. */
static void
copy_shown(RrScan *scan, StringInfo out)
{
	char		open = rr_scan_peek(scan);
	char		close = open == '{' ? '}' : ']';
	RrSlice		name;
	RrSlice		value;
	bool		ok;

	check_stack_depth();
	if (open != '{' && open != '[')
	{
		if (rr_scan_value(scan, &value))
			rr_json_append(out, value.data, value.len);
		return;
	}
	scan->pos++;
	appendStringInfoChar(out, open);
	for (bool first = true; rr_scan_more(scan, first, close, &ok); first = false)
	{
		CHECK_FOR_INTERRUPTS();
		if (open == '[')
		{
			if (!first)
				appendStringInfoChar(out, ',');
			copy_shown(scan, out);
			continue;
		}
		if (!rr_scan_name(scan, &name) || !rr_scan_value(scan, &value))
			break;
		/* they come after those of the selection */
		if (name.len >= (int) strlen(RR_WIRE_FILTER_PREFIX) &&
			memcmp(name.data, RR_WIRE_FILTER_PREFIX, strlen(RR_WIRE_FILTER_PREFIX)) == 0)
			continue;
		if (!first)
			appendStringInfoChar(out, ',');
		rr_json_append(out, name.data - 1, name.len + 2);
		appendStringInfoChar(out, ':');
		rr_json_append(out, value.data, value.len);
	}
	appendStringInfoChar(out, close);
}

static void
leave_shown(RrStepRun *step)
{
	RrKeyTable *table = &step->table;
	MemoryContext old = MemoryContextSwitchTo(step->run->cxt);
	StringInfoData shown;

	initStringInfo(&shown);
	MemoryContextSwitchTo(old);
	for (int i = 0; i < table->nkeys; i++)
	{
		RrSlice		value = rr_key_value(table, i);
		RrScan		scan;

		if (value.data == NULL)
			continue;
		rr_scan_init(&scan, value.data, value.len);
		table->keys[i].start = shown.len;
		copy_shown(&scan, &shown);
		table->keys[i].len = shown.len - table->keys[i].start;
	}
	pfree(table->values.data);
	table->values = shown;
}

void
rr_drop_filter_members(RrRun *run)
{
	for (int i = 0; i < run->nsteps; i++)
	{
		if (run->steps[i].plan->hides_members)
			leave_shown(&run->steps[i]);
	}
}
