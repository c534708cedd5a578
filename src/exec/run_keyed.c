/*
 * source.c: joins from remote types to tables: one statement for all keys.
 */
#include "postgres.h"

#include "utils/memutils.h"

#include "json/json.h"
#include "join/join.h"

/* Which keys the statement runs for, and whom its rows go to. */
typedef struct SourceBatch
{
	RrStepRun  *step;
	int			n;
	int		   *keys;
	GqlValue   *lists;			/* for each joining field */
} SourceBatch;

static void
add_key(SourceBatch *batch, int key)
{
	batch->keys[batch->n++] = key;
	for (int i = 0; i < batch->step->step->nkeys; i++)
		batch->lists[i].items = lappend(batch->lists[i].items,
										gql_value_from_json(rr_key_slice(batch->step, key, i)));
}

static void
init_batch(SourceBatch *batch, RrStepRun *step, int room)
{
	memset(batch, 0, sizeof(SourceBatch));
	batch->step = step;
	batch->keys = palloc(Max(room, 1) * sizeof(int));
	batch->lists = palloc0(Max(step->step->nkeys, 1) * sizeof(GqlValue));
	for (int i = 0; i < step->step->nkeys; i++)
		batch->lists[i].kind = GQL_VALUE_LIST;
}

static void
take_row(void *arg, int position, const char *json, int len)
{
	SourceBatch *batch = arg;
	RrStepRun  *step = batch->step;
	RrStepKey  *key = &step->keys[batch->keys[position]];

	key->start = step->values.len;
	key->len = len;
	rr_json_append(&step->values, json, len);
}

static void
fail_keys(SourceBatch *batch, const GqlErrorList *errors)
{
	for (int i = 0; i < batch->n; i++)
		rr_local_key_error(batch->step, batch->keys[i], linitial(errors->items));
}

/* Leave out the keys that the columns' types refuse: each fails alone. */
static void
sort_out_keys(SourceBatch *batch, SourceBatch *good)
{
	init_batch(good, batch->step, batch->n);
	for (int i = 0; i < batch->n; i++)
	{
		SourceBatch single;
		GqlErrorList *errors = gql_errors_create(1, NULL);

		init_batch(&single, batch->step, 1);
		add_key(&single, batch->keys[i]);
		if (rr_sql_keys_fit(batch->step->step->statement, single.lists, errors))
			add_key(good, batch->keys[i]);
		else
			fail_keys(&single, errors);
	}
}

void
rr_run_source(RrStepRun *step)
{
	MemoryContext cxt;
	MemoryContext old;
	GqlErrorList *errors;
	SourceBatch batch;
	SourceBatch good;

	if (step->sent == step->nkeys)
		return;
	cxt = AllocSetContextCreate(step->run->cxt, "remote_rel keys", ALLOCSET_DEFAULT_SIZES);
	old = MemoryContextSwitchTo(cxt);
	errors = gql_errors_create(1, NULL);
	init_batch(&batch, step, step->nkeys - step->sent);
	while (step->sent < step->nkeys)
		add_key(&batch, step->sent++);
	if (!rr_run_for_keys(step, batch.lists, take_row, &batch, errors))
	{
		sort_out_keys(&batch, &good);
		errors = gql_errors_create(1, NULL);
		if (good.n > 0 && !rr_run_for_keys(step, good.lists, take_row, &good, errors))
			fail_keys(&good, errors);
	}
	MemoryContextSwitchTo(old);
	MemoryContextDelete(cxt);
}
