/*
 * answer.c: takes in the response to a batch.
 *
 * A body is read as a GraphQL answer whenever it is one, whatever the HTTP
 * status says: servers answer 400 and 500 with errors that explain them.
 * Nothing of it becomes a tree: it is read as it stands.
 */
#include "postgres.h"

#include "join/answer.h"
#include "join/members.h"
#include "join/wire_text.h"

/* ---- data ---- */

static RrReadResult read_path(RrAnswer *answer, int level);

/* File that the value of an outer field of remote_field is not of its type. */
static RrReadResult
misfit(RrAnswer *answer, const GqlTypeRef *type)
{
	RrStepRun  *step = answer->batch->step;

	if (!rr_keeps_key_error(step, answer->reader.key))
		return RR_READ_INVALID;
	rr_key_error(step, answer->reader.key,
				 psprintf("remote schema \"%s\" answered with something else where type %s was due",
						  step->plan->remote->def->name, gql_type_to_string(type)), NULL, NULL);
	return RR_READ_INVALID;
}

/*
 * Read the value of an outer field of remote_field: lists of objects with one
 * member, the field at this level of the path.
 */
static RrReadResult
read_outer_field(RrAnswer *answer, int level, const GqlTypeRef *type)
{
	RrReader   *reader = &answer->reader;
	const RrFieldCall *call = list_nth(answer->batch->step->plan->path, level);
	RrReadResult result;
	RrSlice		name;
	bool		first = true;
	bool		ok;

	if (rr_scan_peek(&reader->scan) == 'n')
	{
		appendStringInfoString(reader->out, "null");
		return rr_scan_value(&reader->scan, &name) ? RR_READ_NULL : RR_READ_BROKEN;
	}
	if (type->kind == GQL_TYPE_NON_NULL)
		type = type->of;
	if (type->kind == GQL_TYPE_LIST)
	{
		if (!rr_scan_char(&reader->scan, '['))
			return misfit(answer, type);
		appendStringInfoChar(reader->out, '[');
		for (; rr_scan_more(&reader->scan, first, ']', &ok); first = false)
		{
			if (!first)
				appendStringInfoChar(reader->out, ',');
			result = read_outer_field(answer, level, type->of);
			if (result >= RR_READ_INVALID)
				return result;
		}
		appendStringInfoChar(reader->out, ']');
		return ok ? RR_READ_VALUE : RR_READ_BROKEN;
	}
	if (!rr_scan_char(&reader->scan, '{'))
		return misfit(answer, type);
	result = RR_READ_BROKEN;
	for (; rr_scan_more(&reader->scan, first, '}', &ok); first = false)
	{
		if (!rr_scan_name(&reader->scan, &name))
			return RR_READ_BROKEN;
		if (result == RR_READ_BROKEN && rr_slice_is(name, call->field, strlen(call->field)))
			result = read_path(answer, level + 1);
		else if (!rr_scan_value(&reader->scan, &name))
			return RR_READ_BROKEN;
		else
			continue;			/* nobody asked for it */
		if (result >= RR_READ_INVALID)
			return result;
	}
	if (!ok)
		return RR_READ_BROKEN;
	return result == RR_READ_BROKEN ? misfit(answer, type) : result;
}

/* Read the value of one key, below what is left of remote_field's path. */
static RrReadResult
read_path(RrAnswer *answer, int level)
{
	RrReader   *reader = &answer->reader;
	const RrStep *step = answer->batch->step->plan;

	if (level < list_length(step->path))
	{
		const GqlFieldDef *before = list_nth(step->join->path, level - 1);

		return read_outer_field(answer, level, before->type);
	}
	if (rr_batch_kind(step) != RR_BATCH_ALIASES)
		return rr_read_elements(answer);
	return rr_read_nullable(reader, step->shape->type, step->shape, NULL);
}

/*
 * Read "data" of a batch by list or by position: one alias for all keys. False
 * for anything else.
 */
static bool
read_list_answer(RrAnswer *answer)
{
	RrReader   *reader = &answer->reader;
	bool		first = true;
	bool		found = false;
	bool		ok;
	RrSlice		alias;

	reader->key = answer->batch->keys[0];
	if (!rr_scan_char(&reader->scan, '{'))
		return false;
	for (; rr_scan_more(&reader->scan, first, '}', &ok); first = false)
	{
		if (!rr_scan_name(&reader->scan, &alias))
			return false;
		if (found || !rr_slice_is(alias, "j0", 2))
		{
			if (!rr_scan_value(&reader->scan, &alias))
				return false;
			continue;			/* nobody asked for it */
		}
		found = true;
		if (read_path(answer, 1) >= RR_READ_INVALID)
			return false;
	}
	return ok;
}

/*
 * Read the value of the key at a position of the batch. What does not fit is
 * null. False when it is no JSON.
 */
static bool
read_key(RrAnswer *answer, int position)
{
	RrReader   *reader = &answer->reader;
	const RrStep *plan = answer->batch->step->plan;
	RrPlace    *place = &answer->places[position];
	RrScan		begin = reader->scan;
	RrReadResult result;
	RrSlice		ignored;

	reader->key = answer->batch->keys[position];
	place->answered = true;
	place->start = reader->out->len;
	if (plan->kind == RR_STEP_ROOT)
		result = rr_read_field(reader, &plan->shape->base->fields[position], "", NULL);
	else
		result = read_path(answer, 1);
	if (result == RR_READ_BROKEN)
		return false;
	if (result == RR_READ_VALUE)
	{
		place->len = reader->out->len - place->start;
		return true;
	}
	reader->out->len = place->start;
	place->start = -1;
	if (result == RR_READ_NULL)
		return true;
	reader->scan = begin;
	return rr_scan_value(&reader->scan, &ignored);
}

/*
 * Read "data" with a member for each key: root fields, or the aliases j0, j1,
 * … of a batch.
 */
static bool
read_keys(RrAnswer *answer)
{
	RrReader   *reader = &answer->reader;
	const RrStep *plan = answer->batch->step->plan;
	bool		first = true;
	bool		ok;
	int			position = -1;

	if (!rr_scan_char(&reader->scan, '{'))
		return false;
	for (; rr_scan_more(&reader->scan, first, '}', &ok); first = false)
	{
		RrSlice		alias;
		int			expected = position + 1;

		if (!rr_scan_name(&reader->scan, &alias))
			return false;
		position = plan->kind == RR_STEP_ROOT
			? rr_member_number(&reader->names, plan->shape->base, alias, expected)
			: rr_wire_alias_key(alias.data, alias.len, answer->batch->nkeys);
		/* nobody asked for a member without a position */
		if (position < 0 ? !rr_scan_value(&reader->scan, &alias) : !read_key(answer, position))
			return false;
	}
	return ok;
}

static bool
read_data(RrAnswer *answer)
{
	const RrStep *plan = answer->batch->step->plan;
	RrScan	   *scan = &answer->reader.scan;
	RrSlice		ignored;

	answer->has_data = true;
	answer->data_is_null = rr_scan_peek(scan) == 'n';
	if (answer->data_is_null)
		return rr_scan_value(scan, &ignored);
	if (rr_batch_kind(plan) == RR_BATCH_ALIASES)
		return read_keys(answer);
	return read_list_answer(answer);
}

/* ---- the whole response ---- */

/*
 * Read a GraphQL response (specification, 7.1). False when it is none, as when
 * it has neither "data" nor "errors".
 */
static bool
read_answer(RrAnswer *answer)
{
	RrScan	   *scan = &answer->reader.scan;
	bool		first = true;
	bool		ok;
	bool		any = false;
	RrSlice		name;
	RrSlice		value;

	if (!rr_scan_char(scan, '{'))
		return false;
	for (; rr_scan_more(scan, first, '}', &ok); first = false)
	{
		if (!rr_scan_name(scan, &name))
			return false;
		if (rr_slice_is(name, "data", 4))
		{
			any = true;
			if (!read_data(answer))
				return false;
			continue;
		}
		if (!rr_scan_value(scan, &value))
			return false;
		if (rr_slice_is(name, "errors", 6) && value.data[0] == '[')
		{
			any = true;
			answer->errors = value;
		}
	}
	return ok && any && rr_scan_peek(scan) == '\0';
}

/*
 * Read the text of a response. False when it is no GraphQL answer: nothing of
 * it is kept.
 */
static bool
read_text(RrAnswer *answer, const char *text, int len)
{
	const RrBatch *batch = answer->batch;
	StringInfo	values = &batch->step->table.values;
	int			start = values->len;

	answer->places = palloc0(batch->nkeys * sizeof(RrPlace));
	answer->reader.step = batch->step;
	answer->reader.out = values;
	rr_json_reserve(values, len);
	rr_scan_init(&answer->reader.scan, text, len);
	if (read_answer(answer))
		return true;
	values->len = start;
	for (int i = 0; i < batch->nkeys; i++)
		rr_forget_key_errors(batch->step, batch->keys[i]);
	return false;
}

static void
keep_values(const RrAnswer *answer)
{
	const RrBatch *batch = answer->batch;

	for (int i = 0; i < batch->nkeys; i++)
	{
		const RrPlace *place = &answer->places[i];
		RrStepKey  *key = &batch->step->table.keys[batch->keys[i]];

		if (!place->answered || place->start < 0)
			continue;
		key->start = place->start;
		key->len = place->len;
	}
}

/*
 * No response came. Where the remote schema does not answer, or cannot be
 * reached, nothing more is sent for the step: each request would take the
 * remote schema's timeout once more. Requests that are on the wire fail with
 * it, so they have the same error.
 */
static void
take_failure(const RrBatch *batch, const RrHttpResponse *response)
{
	RrStepRun  *step = batch->step;
	bool		gone = response->failure == RR_HTTP_TIMEOUT ||
	response->failure == RR_HTTP_CONNECT || response->failure == RR_HTTP_RESOLVE ||
	response->failure == RR_HTTP_TLS || response->failure == RR_HTTP_DOWN;
	RrKeyError *error;

	if (gone && step->sending.given_up != NULL)
	{
		for (int i = 0; i < batch->nkeys; i++)
			rr_share_key_error(step, batch->keys[i], step->sending.given_up);
		return;
	}
	error = rr_keys_error(step, batch->keys, batch->nkeys,
						  rr_failure_message(batch, response), NULL);
	if (gone)
		rr_step_give_up(step, error);
}

RrStatError
rr_take_answer(const RrBatch *batch, const RrHttpResponse *response)
{
	RrAnswer	answer = {.batch = batch};
	const RrRemoteSchema *remote = batch->step->plan->remote->def;
	const char *text;
	int			len;

	if (response->failure != RR_HTTP_OK)
	{
		take_failure(batch, response);
		return RR_STAT_NO_ERROR;
	}
	if (response->status >= 300 && response->status <= 399)
	{
		rr_batch_error(batch, rr_not_graphql_message(remote, response));
		return RR_STAT_INVALID;
	}
	len = response->len;
	text = rr_wire_to_server(response->body, &len);
	if (text == NULL)
	{
		rr_batch_error(batch, psprintf("the answer of remote schema \"%s\" is not valid text in UTF-8",
									   remote->name));
		return RR_STAT_INVALID;
	}
	if (!read_text(&answer, text, len))
	{
		rr_batch_error(batch, rr_not_graphql_message(remote, response));
		return RR_STAT_INVALID;
	}
	keep_values(&answer);
	rr_file_upstream_errors(&answer);
	rr_file_missing_values(&answer);
	return answer.errors.data != NULL ? RR_STAT_GRAPHQL : RR_STAT_NO_ERROR;
}
