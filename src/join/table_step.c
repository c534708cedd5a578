/*
 * table_step.c: joins from remote types to tables: one statement for all keys.
 */
#include "postgres.h"

#include "portability/instr_time.h"
#include "utils/memutils.h"

#include "join/join_int.h"

/* Which keys the statement runs for, and whom its rows go to. */
typedef struct KeyList
{
	RrStepRun  *step;
	int			nkeys;
	int		   *keys;
	GqlValue   *lists;			/* for each joining field, the keys' values */
} KeyList;

static void
init_list(KeyList *list, RrStepRun *step, int max_keys)
{
	int			nfields = step->plan->nkeys;

	list->step = step;
	list->nkeys = 0;
	list->keys = palloc(max_keys * sizeof(int));
	list->lists = palloc0(nfields * sizeof(GqlValue));
	for (int i = 0; i < nfields; i++)
		list->lists[i].kind = GQL_VALUE_LIST;
}

static void
add_key(KeyList *list, int key)
{
	const RrKeyTable *table = &list->step->table;

	list->keys[list->nkeys++] = key;
	for (int i = 0; i < list->step->plan->nkeys; i++)
	{
		GqlValue   *value = gql_value_from_json(rr_key_field(table, key, i));

		list->lists[i].items = lappend(list->lists[i].items, value);
	}
}

static void
take_row(void *arg, int position, const char *json, int len)
{
	KeyList    *list = arg;
	RrKeyTable *table = &list->step->table;
	RrStepKey  *key = &table->keys[list->keys[position]];

	Assert(position >= 0 && position < list->nkeys);
	key->start = table->values.len;
	key->len = len;
	rr_json_append(&table->values, json, len);
}

static bool
run_for(KeyList *list, GqlErrorList *errors)
{
	RrStepRun  *step = list->step;
	RrRun	   *outer = rr_current_run;
	volatile bool ok = false;

	rr_current_run = step->run;
	PG_TRY();
	{
		ok = rr_run_sql_for_keys(step->plan->statement, list->lists, take_row, list, errors);
	}
	PG_FINALLY();
	{
		rr_current_run = outer;
	}
	PG_END_TRY();
	return ok;
}

static void
fail_keys(KeyList *list, const GqlErrorList *errors)
{
	for (int i = 0; i < list->nkeys; i++)
		rr_local_key_error(list->step, list->keys[i], linitial(errors->items));
}

/*
 * Keep the keys that the columns' types take; of the others, each fails alone.
 */
static void
sort_out_keys(const KeyList *all, KeyList *good)
{
	RrStepRun  *step = all->step;

	init_list(good, step, all->nkeys);
	for (int i = 0; i < all->nkeys; i++)
	{
		KeyList		single;
		GqlErrorList *errors = gql_errors_create(1, NULL);

		init_list(&single, step, 1);
		add_key(&single, all->keys[i]);
		if (rr_sql_keys_fit(step->plan->statement, single.lists, errors))
			add_key(good, all->keys[i]);
		else
			fail_keys(&single, errors);
	}
}

/* Run the statement for all keys; where it fails, for those that fit. */
static void
run_for_unsent(RrStepRun *step)
{
	int		   *sent = &step->sending.sent;
	GqlErrorList *errors = gql_errors_create(1, NULL);
	KeyList		all;
	KeyList		good;

	init_list(&all, step, step->table.nkeys - *sent);
	while (*sent < step->table.nkeys)
		add_key(&all, (*sent)++);
	if (run_for(&all, errors))
		return;
	sort_out_keys(&all, &good);
	errors = gql_errors_create(1, NULL);
	if (good.nkeys > 0 && !run_for(&good, errors))
		fail_keys(&good, errors);
}

void
rr_table_step_run(RrStepRun *step)
{
	MemoryContext cxt;
	MemoryContext old;
	instr_time	start;
	instr_time	end;
	int			nkeys;

	if (step->sending.sent == step->table.nkeys)
		return;
	cxt = AllocSetContextCreate(step->run->cxt, "remote_rel keys", ALLOCSET_DEFAULT_SIZES);
	old = MemoryContextSwitchTo(cxt);
	INSTR_TIME_SET_CURRENT(start);
	nkeys = step->table.nkeys - step->sending.sent;
	run_for_unsent(step);
	INSTR_TIME_SET_CURRENT(end);
	INSTR_TIME_SUBTRACT(end, start);
	rr_count_table_step(step, nkeys, INSTR_TIME_GET_MILLISEC(end));
	MemoryContextSwitchTo(old);
	MemoryContextDelete(cxt);
}
