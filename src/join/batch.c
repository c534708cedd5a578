/*
 * batch.c: the keys of a step, sent in as few requests as its batch size
 * allows.
 *
 * Keys become variables one by one, each coerced once, as it is written: one
 * that does not fit fails alone, and nothing but the text is kept of the
 * others.
 */
#include "postgres.h"

#include <limits.h>

#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "join/join.h"
#include "schema/permission/permission.h"
#include "session/session.h"
#include "settings.h"

/* ---- values of key arguments ---- */

typedef struct Key
{
	const RrRemoteJoin *join;
	GqlValue   *values;			/* one for each joining field */
}			Key;

static GqlValue *
key_value(const char *name, void *arg)
{
	const		Key *key = arg;

	return &key->values[rr_remote_join_key(key->join, name)];
}

/* A template with the key's values in the places of its variables. */
static GqlValue *
fill_template(const RrRemoteJoin *join, const GqlValue *template, GqlValue *values)
{
	Key			key = {join, values};

	return gql_substitute_variables(template, key_value, &key);
}

/*
 * What the relationship gives, and what the query adds to it, into the former;
 * they never give the same field but for objects, which are merged.
 */
static GqlValue *
merge(GqlValue *value, const GqlValue *given)
{
	ListCell   *lc;

	if (given == NULL || value->kind != GQL_VALUE_OBJECT || given->kind != GQL_VALUE_OBJECT)
		return value;
	check_stack_depth();
	foreach(lc, given->items)
	{
		GqlObjectField *field = lfirst(lc);
		GqlValue   *mine = gql_object_get(value, field->name.value);

		if (mine == NULL)
			value->items = lappend(value->items, field);
		else
			merge(mine, field->value);
	}
	return value;
}

/*
 * The values of a key, one for each joining field. NULL when one is no text:
 * filed.
 */
static GqlValue *
key_values(RrStepRun *step, int key)
{
	int			n = step->step->nkeys;
	GqlValue   *values = palloc(Max(n, 1) * sizeof(GqlValue));

	for (int i = 0; i < n; i++)
	{
		GqlValue   *value = gql_value_from_json(rr_key_slice(step, key, i));

		if (value == NULL)
		{
			rr_key_error(step, key, psprintf("The key has \"%s\", which is no text, in it",
											 step->step->keys[i].name), NULL, NULL);
			return NULL;
		}
		values[i] = *value;
	}
	return values;
}

/*
 * The value of one argument for one key; NULL when it does not fit: filed at
 * the key.
 */
static GqlValue *
key_argument_value(RrStepRun *step, int key, const RrKeyArgument *argument)
{
	const RrStep *plan = step->step;
	GqlErrorList errors = {.cxt = CurrentMemoryContext, .max = 1};
	GqlValue   *values = key_values(step, key);
	GqlValue   *value;

	if (values == NULL)
		return NULL;
	value = merge(fill_template(plan->join, argument->template, values), argument->given);
	if (argument->presets)
	{
		value = rr_apply_presets(plan->remote->upstream, argument->def, value,
								 rr_session_variable_value, &errors);
		if (value == NULL)
		{
			rr_local_key_error(step, key, linitial(errors.items));
			return NULL;
		}
	}
	value = gql_coerce_value(plan->remote->upstream, value, argument->def->type, true,
							 argument->error_prefix, &errors);
	if (value == NULL)
		rr_key_error(step, key, ((GqlError *) linitial(errors.items))->message, NULL, NULL);
	return value;
}

/*
 * The JSON text of a key that needs no coercion to be the argument's value.
 * False when it does.
 */
static bool
ready_value(const RrStepRun *step, int key, const RrKeyArgument *argument, RrSlice *json)
{
	if (argument->passthrough_key < 0)
		return false;
	*json = rr_key_slice(step, key, argument->passthrough_key);
	return json->data[0] == '"';
}

static void
append_name(StringInfo out, int position, int argument)
{
	appendStringInfo(out, "%s\"" RR_WIRE_PREFIX "%d_%d\":", out->data[out->len - 1] == '{' ? ""
					 : ",", position, argument);
}

/*
 * The variables of one key, appended to the JSON object of a batch's
 * variables. False when a value does not fit: filed.
 */
static bool
append_key(RrStepRun *step, int key, int position, StringInfo out)
{
	int			start = out->len;

	for (int j = 0; j < list_length(step->step->key_arguments); j++)
	{
		const RrKeyArgument *argument = list_nth(step->step->key_arguments, j);
		GqlValue   *value;
		RrSlice		json;

		append_name(out, position, j);
		if (ready_value(step, key, argument, &json))
			appendBinaryStringInfo(out, json.data, json.len);
		else if ((value = key_argument_value(step, key, argument)) != NULL)
			gql_value_to_json(out, value);
		else
		{
			out->len = start;
			out->data[start] = '\0';
			return false;
		}
	}
	return true;
}

/* ---- batches by list and by position: one argument for all keys ---- */

/*
 * One argument of a batch. Where "$name" or a list stands in its template,
 * each key's value has a list (of one element where it was a single value); in
 * the request all these lists are one. What else the value has is the same for
 * every key.
 */
typedef struct SharedArgument
{
	const RrKeyArgument *argument;
	const GqlValue *value;		/* the first key's, in the batch's context;
								 * needed where the template is an object */
	List	   *lists;			/* StringInfo: for each such place, the
								 * elements' JSON with commas between them */
	MemoryContext cxt;			/* the batch's */
} SharedArgument;

static StringInfo
get_list(SharedArgument *shared, int place)
{
	MemoryContext old = MemoryContextSwitchTo(shared->cxt);

	if (place == list_length(shared->lists))
		shared->lists = lappend(shared->lists, makeStringInfo());
	MemoryContextSwitchTo(old);
	return list_nth(shared->lists, place);
}

static void
add_element(StringInfo list, RrSlice json)
{
	if (list->len > 0)
		appendStringInfoChar(list, ',');
	appendBinaryStringInfo(list, json.data, json.len);
}

static void
add_elements(StringInfo list, const GqlValue *value)
{
	List	   *items = value->kind == GQL_VALUE_LIST ? value->items
	: list_make1(unconstify(GqlValue *, value));
	ListCell   *lc;

	foreach(lc, items)
	{
		if (list->len > 0)
			appendStringInfoChar(list, ',');
		gql_value_to_json(list, lfirst(lc));
	}
}

/*
 * Add a key's lists to those of all keys. place counts the places, in the
 * order of the value's fields.
 */
static void
share_value(SharedArgument *shared, const GqlValue *template, const GqlValue *value, int *place)
{
	ListCell   *lc;

	check_stack_depth();
	if (template == NULL || !gql_contains_variable(template))
		return;
	if (template->kind != GQL_VALUE_OBJECT)
	{
		add_elements(get_list(shared, (*place)++), value);
		return;
	}
	foreach(lc, value->items)
	{
		const GqlObjectField *field = lfirst(lc);

		share_value(shared, gql_object_get(template, field->name.value), field->value, place);
	}
}

/* The argument's value for all keys, in the same order. */
static void
append_shared_value(StringInfo out, SharedArgument *shared, const GqlValue *template,
					const GqlValue *value, int *place)
{
	ListCell   *lc;

	check_stack_depth();
	if (template == NULL || !gql_contains_variable(template))
	{
		gql_value_to_json(out, value);
		return;
	}
	if (template->kind != GQL_VALUE_OBJECT)
	{
		StringInfo	list = get_list(shared, (*place)++);

		appendStringInfoChar(out, '[');
		appendBinaryStringInfo(out, list->data, list->len);
		appendStringInfoChar(out, ']');
		return;
	}
	appendStringInfoChar(out, '{');
	foreach(lc, value->items)
	{
		const GqlObjectField *field = lfirst(lc);

		if (foreach_current_index(lc) > 0)
			appendStringInfoChar(out, ',');
		gql_json_string(out, field->name.value, strlen(field->name.value));
		appendStringInfoChar(out, ':');
		append_shared_value(out, shared, gql_object_get(template, field->name.value),
							field->value, place);
	}
	appendStringInfoChar(out, '}');
}

static SharedArgument *
make_shared_arguments(const RrBatch *batch)
{
	List	   *arguments = batch->step->step->key_arguments;
	SharedArgument *shared = palloc0(Max(list_length(arguments), 1) * sizeof(SharedArgument));

	for (int j = 0; j < list_length(arguments); j++)
	{
		shared[j].argument = list_nth(arguments, j);
		shared[j].cxt = batch->cxt;
	}
	return shared;
}

/*
 * Add a key to the arguments of a batch. False when a value does not fit:
 * filed.
 */
static bool
share_key(RrStepRun *step, int key, SharedArgument *shared)
{
	int			n = list_length(step->step->key_arguments);
	GqlValue  **values = palloc0(Max(n, 1) * sizeof(GqlValue *));
	RrSlice		json;

	for (int j = 0; j < n; j++)
		if (!ready_value(step, key, shared[j].argument, &json))
		{
			values[j] = key_argument_value(step, key, shared[j].argument);
			if (values[j] == NULL)
				return false;
		}
	for (int j = 0; j < n; j++)
	{
		int			place = 0;

		if (values[j] == NULL && ready_value(step, key, shared[j].argument, &json))
			add_element(get_list(&shared[j], place), json);
		else
			share_value(&shared[j], shared[j].argument->template, values[j], &place);
		if (shared[j].value == NULL)
			shared[j].value = values[j];
	}
	return true;
}

static void
append_shared_arguments(const RrBatch *batch, SharedArgument *shared, StringInfo out)
{
	for (int j = 0; j < list_length(batch->step->step->key_arguments); j++)
	{
		int			place = 0;

		append_name(out, 0, j);
		append_shared_value(out, &shared[j], shared[j].argument->template, shared[j].value, &place);
	}
}

/* The variables of the query that the document uses. */
static void
append_query_variables(const RrStepRun *step, StringInfo out)
{
	ListCell   *lc;

	foreach(lc, step->step->variables)
	{
		const GqlVariableValue *variable = gql_names_get(&step->run->plan->request->variables,
														 lfirst(lc));

		if (variable == NULL)
			continue;
		appendStringInfo(out, "%s\"%s\":", out->data[out->len - 1] == '{' ? "" : ",",
						 variable->name);
		gql_value_to_json(out, variable->value);
	}
}

/*
 * The arguments that the role's permission presets. False when one cannot be
 * had: error is set.
 */
static bool
append_presets(const RrStepRun *step, StringInfo out, const GqlError **error)
{
	GqlSchema  *upstream = step->step->remote->upstream;
	GqlErrorList *errors = gql_errors_create(1, GQL_CODE_COERCION_ERROR);
	ListCell   *lc;

	foreach(lc, step->step->preset_arguments)
	{
		const RrPresetArgument *preset = lfirst(lc);
		GqlValue   *value = rr_apply_presets(upstream, preset->def, preset->given,
											 rr_session_variable_value, errors);

		if (value != NULL)
			value = gql_coerce_value(upstream, value, preset->def->type, true,
									 psprintf("The preset of argument \"%s\" does not fit",
											  preset->def->name), errors);
		if (value == NULL)
		{
			*error = linitial(errors->items);
			return false;
		}
		appendStringInfo(out, "%s\"" RR_WIRE_PREFIX "p%d\":", out->data[out->len - 1] == '{' ? ""
						 : ",", foreach_current_index(lc));
		gql_value_to_json(out, value);
	}
	return true;
}

/* ---- requests ---- */

static int
max_concurrent(const RrRemoteSchema *def)
{
	return def->max_concurrent ? def->max_concurrent : rr_max_concurrent_requests;
}

static void
submit(RrBatch *batch)
{
	RrStepRun  *step = batch->step;
	const RrRemoteSchema *def = step->step->remote->def;
	RrHttpRequest request = {0};
	MemoryContext old;

	request.url = rr_remote_schema_url(def);
	request.url_name = rr_remote_schema_url_name(def);
	request.method = "POST";
	request.headers = step->headers;
	request.body = pg_server_to_any(batch->body, strlen(batch->body), PG_UTF8);
	request.body_len = strlen(request.body);
	request.timeout_ms = def->timeout_ms;
	request.max_response_bytes = (size_t) rr_max_response_size * 1024;
	request.max_concurrent = max_concurrent(def);
	request.limit_key = def->name;
	request.idempotent = !step->step->mutation;
	request.http2_prior_knowledge = def->http2_prior_knowledge;
	request.ca_file = def->ca_file;
	request.tag = batch;
	rr_http_submit(step->run->http, &request);
	old = MemoryContextSwitchTo(step->run->cxt);
	step->batches = lappend(step->batches, batch);
	MemoryContextSwitchTo(old);
	step->run->requests++;
}

/*
 * The keys from step->sent on that fit, as many as a batch takes, and their
 * variables.
 */
static void
take_keys(RrBatch *batch, StringInfo variables)
{
	RrStepRun  *step = batch->step;
	SharedArgument *shared = rr_batch_kind(step->step) == RR_BATCH_ALIASES ? NULL
	: make_shared_arguments(batch);
	MemoryContext scratch = AllocSetContextCreate(batch->cxt, "remote_rel key",
												  ALLOCSET_SMALL_SIZES);

	for (; step->sent < step->nkeys && batch->n < step->batch_size; step->sent++)
	{
		/* of shared arguments, the first key's are kept */
		MemoryContext old = MemoryContextSwitchTo(shared && batch->n == 0 ? batch->cxt : scratch);

		if (shared ? share_key(step, step->sent, shared) : append_key(step, step->sent, batch->n,
																	  variables))
			batch->keys[batch->n++] = step->sent;
		MemoryContextSwitchTo(old);
		MemoryContextReset(scratch);
	}
	MemoryContextDelete(scratch);
	if (shared && batch->n > 0)
		append_shared_arguments(batch, shared, variables);
}

/* The body of the request for the next keys that fit. NULL when none does. */
static char *
make_body(RrBatch *batch)
{
	RrStepRun  *step = batch->step;
	StringInfoData variables;
	StringInfoData body;
	const char *document;
	const GqlError *error;

	initStringInfo(&variables);
	appendStringInfoChar(&variables, '{');
	append_query_variables(step, &variables);
	if (!append_presets(step, &variables, &error))
	{
		while (step->sent < step->nkeys)
			rr_local_key_error(step, step->sent++, error);
		return NULL;
	}
	take_keys(batch, &variables);
	if (batch->n == 0)
		return NULL;
	document = rr_document_json(step->run->plan->request, step->step,
								rr_batch_kind(step->step) == RR_BATCH_ALIASES ? batch->n : 1);
	initStringInfo(&body);
	enlargeStringInfo(&body, strlen(document) + variables.len + 30);
	appendStringInfo(&body, "{\"query\":%s,\"variables\":%s}}", document, variables.data);
	pfree(variables.data);
	return body.data;
}

/*
 * Does the definition have all that a request needs? If not, the step's keys
 * fail; which variable it is, is for those to know who see everything.
 */
static bool
is_complete(RrStepRun *step)
{
	const RrRemoteSchema *def = step->step->remote->def;
	const char *unset = rr_remote_schema_unset_variable(def);
	const char *message;

	if (unset == NULL)
		return true;
	message = step->run->plan->rs->sees_everything ?
		psprintf("remote schema \"%s\" needs environment variable \"%s\", which is not set",
				 def->name, unset) :
		psprintf("remote schema \"%s\" cannot be asked: an environment variable that it needs is not set", def->name);
	while (step->sent < step->nkeys)
		rr_key_error(step, step->sent++, message, NULL, NULL);
	return false;
}

/*
 * One request for the next keys that fit; fewer than a full batch only when
 * there are no more.
 */
static void
send_batch(RrStepRun *step)
{
	MemoryContext cxt = AllocSetContextCreate(step->run->cxt, "remote_rel batch",
											  ALLOCSET_DEFAULT_SIZES);
	MemoryContext old;
	RrBatch    *batch;

	if (!is_complete(step))
	{
		MemoryContextDelete(cxt);
		return;
	}
	if (step->headers == NIL)
	{
		old = MemoryContextSwitchTo(step->run->cxt);
		step->headers = rr_headers_for(step->step->remote->def);
		MemoryContextSwitchTo(old);
	}
	old = MemoryContextSwitchTo(cxt);
	batch = palloc0(sizeof(RrBatch));
	batch->cxt = cxt;
	batch->step = step;
	batch->keys = palloc(Min(step->batch_size, step->nkeys - step->sent) * sizeof(int));
	batch->body = make_body(batch);
	if (batch->body != NULL)
		submit(batch);
	MemoryContextSwitchTo(old);
	if (batch->body == NULL)
		MemoryContextDelete(cxt);
}

void
rr_step_send(RrStepRun *step, bool all)
{
	if (step->step->kind == RR_STEP_TABLE)
		return;					/* all keys at once, when they are there */

	/*
	 * Twice what may be on the wire keeps it busy; more would only take
	 * memory for requests that wait.
	 */
	while (list_length(step->batches) < 2 * max_concurrent(step->step->remote->def) &&
		   step->sent < step->held &&
		   (step->nkeys - step->sent >= step->batch_size || (all && step->sent < step->nkeys)))
		send_batch(step);
}

int
rr_step_window(const RrStepRun *step)
{
	return Min((int64) max_concurrent(step->step->remote->def) * step->batch_size, INT_MAX / 4);
}

bool
rr_key_is_pending(const RrStepRun *step, int key)
{
	ListCell   *lc;

	if (key >= step->sent)
		return true;
	foreach(lc, step->batches)
	{
		const RrBatch *batch = lfirst(lc);

		if (key >= batch->keys[0] && key <= batch->keys[batch->n - 1])
			return true;
	}
	return false;
}
