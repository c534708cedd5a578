/*
 * batch.c: the keys of a step, sent in as few requests as its batch size allows.
 */
#include "postgres.h"

#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "exec/run.h"
#include "roleschema/preset.h"
#include "settings.h"

static void
add_key_error(RrStepRun *step, int key, const char *message, const GqlPath *path, const char *code, const char *extensions)
{
	RrKeyError *error = palloc0(sizeof(RrKeyError));

	error->message = pstrdup(message);
	error->path = rr_path_copy(NULL, path);
	error->code = code;
	error->extensions = extensions;
	step->keys[key].errors = lappend(step->keys[key].errors, error);
	step->run->key_errors = true;
}

void
rr_key_error(RrStepRun *step, int key, const char *message, const GqlPath *path, const char *upstream)
{
	MemoryContext old = MemoryContextSwitchTo(step->run->cxt);
	const RrRemoteSchema *remote = step->step->remote->def;
	StringInfoData extensions;

	initStringInfo(&extensions);
	appendStringInfoString(&extensions, "\"remote_schema\": ");
	gql_json_string(&extensions, remote->name, strlen(remote->name));
	if (upstream != NULL)
		appendStringInfo(&extensions, ", \"upstream\": %s", rr_remote_schema_conceal(remote, upstream));
	add_key_error(step, key, rr_remote_schema_conceal(remote, message), path, "remote-schema-error", extensions.data);
	MemoryContextSwitchTo(old);
}

void
rr_local_key_error(RrStepRun *step, int key, const GqlError *error)
{
	MemoryContext old = MemoryContextSwitchTo(step->run->cxt);

	add_key_error(step, key, error->message, NULL, error->code, error->extensions ? pstrdup(error->extensions) : NULL);
	MemoryContextSwitchTo(old);
}

void
rr_batch_error(const RrBatch *batch, const char *message)
{
	for (int i = 0; i < batch->n; i++)
		rr_key_error(batch->step, batch->keys[i], message, NULL, NULL);
}

/* ---- values of key arguments ---- */

/* A template with the key's values in the places of its variables. */
static GqlValue *
instantiate(const RrRemoteJoin *join, const GqlValue *template, const GqlValue *keys)
{
	GqlValue   *value;
	ListCell   *lc;

	check_stack_depth();
	if (template->kind == GQL_VALUE_VARIABLE)
		return unconstify(GqlValue *, &keys[rr_remote_join_key(join, template->text)]);
	if (template->kind != GQL_VALUE_LIST && template->kind != GQL_VALUE_OBJECT)
		return unconstify(GqlValue *, template);
	value = palloc(sizeof(GqlValue));
	*value = *template;
	value->items = NIL;
	foreach(lc, template->items)
	{
		if (template->kind == GQL_VALUE_LIST)
			value->items = lappend(value->items, instantiate(join, lfirst(lc), keys));
		else
		{
			GqlObjectField *field = palloc(sizeof(GqlObjectField));

			*field = *(GqlObjectField *) lfirst(lc);
			field->value = instantiate(join, field->value, keys);
			value->items = lappend(value->items, field);
		}
	}
	return value;
}

/* What the relationship gives, and what the query adds to it, into the former; they never give the same field but for objects, which are merged. */
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

/* The value of one argument for one key; NULL when it does not fit: filed at the key. */
static GqlValue *
key_argument_value(RrStepRun *step, int key, const RrKeyArgument *argument)
{
	const RrJoinStep *plan = step->step;
	GqlErrorList errors = {.cxt = CurrentMemoryContext, .max = 1};
	GqlValue   *value = merge(instantiate(plan->join, argument->template, step->keys[key].values), argument->given);

	if (argument->presets)
	{
		value = rr_apply_presets(plan->remote->upstream, argument->def, value, rr_session_variable, &errors);
		if (value == NULL)
		{
			rr_local_key_error(step, key, linitial(errors.items));
			return NULL;
		}
	}
	value = gql_coerce_value(plan->remote->upstream, value, argument->def->type, true, argument->misfit, &errors);
	if (value == NULL)
		rr_key_error(step, key, ((GqlError *) linitial(errors.items))->message, NULL, NULL);
	return value;
}

static void
append_variable(StringInfo out, int position, int argument, const GqlValue *value)
{
	appendStringInfo(out, "%s\"" RR_ALIAS_PREFIX "%d_%d\":", out->data[out->len - 1] == '{' ? "" : ",", position, argument);
	gql_value_to_json(out, value);
}

/* The variables of one key, appended to the JSON object of a batch's variables. False when a value does not fit: filed. */
static bool
append_key(RrStepRun *step, int key, int position, StringInfo out)
{
	int			start = out->len;

	for (int j = 0; j < list_length(step->step->key_arguments); j++)
	{
		GqlValue   *value = key_argument_value(step, key, list_nth(step->step->key_arguments, j));

		if (value == NULL)
		{
			out->len = start;
			out->data[start] = '\0';
			return false;
		}
		append_variable(out, position, j, value);
	}
	return true;
}

/* ---- batches by list and by position: one argument for all keys ---- */

static bool
key_fits(RrStepRun *step, int key)
{
	ListCell   *lc;

	foreach(lc, step->step->key_arguments)
		if (key_argument_value(step, key, lfirst(lc)) == NULL)
			return false;
	return true;
}

static bool
has_keys(const GqlValue *template)
{
	ListCell   *lc;

	check_stack_depth();
	if (template->kind == GQL_VALUE_LIST)
		foreach(lc, template->items)
			if (has_keys(lfirst(lc)))
				return true;
	if (template->kind == GQL_VALUE_OBJECT)
		foreach(lc, template->items)
			if (has_keys(((GqlObjectField *) lfirst(lc))->value))
				return true;
	return template->kind == GQL_VALUE_VARIABLE;
}

/*
 * A template for all keys of a batch: "$name" stands for the list of the keys' values, and a list of one element for that element once a key.
 */
static GqlValue *
expand(const RrBatch *batch, const GqlValue *template)
{
	const RrRemoteJoin *join = batch->step->step->join;
	GqlValue   *value;
	ListCell   *lc;

	check_stack_depth();
	if (!has_keys(template))
		return instantiate(join, template, NULL);	/* a copy: what the query gives is merged into it */
	value = palloc0(sizeof(GqlValue));
	value->loc = -1;
	if (template->kind == GQL_VALUE_OBJECT)
	{
		value->kind = GQL_VALUE_OBJECT;
		foreach(lc, template->items)
		{
			GqlObjectField *field = palloc(sizeof(GqlObjectField));

			*field = *(GqlObjectField *) lfirst(lc);
			field->value = expand(batch, field->value);
			value->items = lappend(value->items, field);
		}
		return value;
	}
	value->kind = GQL_VALUE_LIST;
	if (template->kind == GQL_VALUE_LIST)
		template = linitial(template->items);
	for (int i = 0; i < batch->n; i++)
		value->items = lappend(value->items, instantiate(join, template, batch->step->keys[batch->keys[i]].values));
	return value;
}

static void
append_all_keys(const RrBatch *batch, StringInfo out)
{
	const RrJoinStep *plan = batch->step->step;

	for (int j = 0; j < list_length(plan->key_arguments); j++)
	{
		const RrKeyArgument *argument = list_nth(plan->key_arguments, j);
		GqlErrorList *errors = gql_errors_create(1, "coercion-error");
		GqlValue   *value = merge(expand(batch, argument->template), argument->given);

		if (argument->presets)	/* they were good for every single key */
			value = rr_apply_presets(plan->remote->upstream, argument->def, value, rr_session_variable, errors);
		value = gql_coerce_value(plan->remote->upstream, value, argument->def->type, true, "The keys do not fit", errors);
		if (value == NULL)
			ereport(ERROR,
					(errcode(ERRCODE_DATA_EXCEPTION),
					 errmsg("keys of relationship \"%s\" do not fit argument \"%s\" of remote schema \"%s\" as a list",
							plan->join->relationship->name, argument->def->name, plan->remote->def->name),
					 errdetail("%s", ((GqlError *) linitial(errors->items))->message)));
		append_variable(out, 0, j, value);
	}
}

/* The variables of the query that the document uses. */
static void
append_query_variables(const RrStepRun *step, StringInfo out)
{
	ListCell   *lc;

	foreach(lc, step->step->variables)
	{
		const GqlVariableValue *variable = gql_names_get(&step->run->plan->request->variables, lfirst(lc));

		if (variable == NULL)
			continue;
		appendStringInfo(out, "%s\"%s\":", out->data[out->len - 1] == '{' ? "" : ",", variable->name);
		gql_value_to_json(out, variable->value);
	}
}

/* The arguments that the role's permission presets. False when one cannot be had: error is set. */
static bool
append_presets(const RrStepRun *step, StringInfo out, const GqlError **error)
{
	GqlSchema  *upstream = step->step->remote->upstream;
	GqlErrorList *errors = gql_errors_create(1, "coercion-error");
	ListCell   *lc;

	foreach(lc, step->step->preset_arguments)
	{
		const RrPresetArgument *preset = lfirst(lc);
		GqlValue   *value = rr_apply_presets(upstream, preset->def, preset->given, rr_session_variable, errors);

		if (value != NULL)
			value = gql_coerce_value(upstream, value, preset->def->type, true,
									 psprintf("The preset of argument \"%s\" does not fit", preset->def->name), errors);
		if (value == NULL)
		{
			*error = linitial(errors->items);
			return false;
		}
		appendStringInfo(out, "%s\"" RR_ALIAS_PREFIX "p%d\":", out->data[out->len - 1] == '{' ? "" : ",", foreach_current_index(lc));
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
	step->in_flight++;
	step->run->requests++;
}

/* The keys from step->sent on that fit, as many as a batch takes, and their variables. With by_list they are only looked at. */
static void
take_keys(RrBatch *batch, bool by_list, StringInfo variables)
{
	RrStepRun  *step = batch->step;
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext, "remote_rel key", ALLOCSET_SMALL_SIZES);
	MemoryContext old = MemoryContextSwitchTo(scratch);

	for (; step->sent < step->nkeys && batch->n < step->batch_size; step->sent++)
	{
		if (by_list ? key_fits(step, step->sent) : append_key(step, step->sent, batch->n, variables))
			batch->keys[batch->n++] = step->sent;
		MemoryContextReset(scratch);
	}
	if (by_list && batch->n > 0)
		append_all_keys(batch, variables);
	MemoryContextSwitchTo(old);
	MemoryContextDelete(scratch);
}

/* The body of the request for the next keys that fit. NULL when none does. */
static char *
make_body(RrBatch *batch)
{
	RrStepRun  *step = batch->step;
	bool		by_list = rr_batch_kind(step->step) != RR_BATCH_ALIASES;
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
	take_keys(batch, by_list, &variables);
	if (batch->n == 0)
		return NULL;
	document = rr_document_json(step->run->plan->request, step->step, by_list ? 1 : batch->n);
	initStringInfo(&body);
	enlargeStringInfo(&body, strlen(document) + variables.len + 30);
	appendStringInfo(&body, "{\"query\":%s,\"variables\":%s}}", document, variables.data);
	pfree(variables.data);
	return body.data;
}

/* One request for the next keys that fit; fewer than a full batch only when there are no more. */
static void
send_batch(RrStepRun *step)
{
	MemoryContext cxt = AllocSetContextCreate(step->run->cxt, "remote_rel batch", ALLOCSET_DEFAULT_SIZES);
	MemoryContext old;
	RrBatch    *batch;

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
	if (step->step->kind == RR_STEP_SOURCE)
		return;					/* all keys at once, when they are there */
	/* Twice what may be on the wire keeps it busy; more would only take memory for requests that wait. */
	while (step->in_flight < 2 * max_concurrent(step->step->remote->def) &&
		   (step->nkeys - step->sent >= step->batch_size || (all && step->sent < step->nkeys)))
		send_batch(step);
}
