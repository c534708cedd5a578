/*
 * answer.c: the response to a batch, taken in.
 *
 * A body is read as a GraphQL answer whenever it is one, whatever the status
 * says: servers answer 400 and 500 with errors that explain them. "data" is
 * read as it stands; only errors, which are few, become trees.
 */
#include "postgres.h"

#include "mb/pg_wchar.h"
#include "utils/memutils.h"

#include "base/subtransaction.h"
#include "join/answer.h"
#include "json/json.h"

static const char *
remote_name(const Answer *answer)
{
	return answer->batch->step->step->remote->def->name;
}

static void
batch_error(const RrBatch *batch, const char *message)
{
	rr_keys_error(batch->step, batch->keys, batch->n, message, NULL);
}

/* ---- encoding ---- */

typedef struct Conversion
{
	const RrHttpResponse *response;
	const char *text;
}			Conversion;

static void
convert(void *arg)
{
	Conversion *conversion = arg;

	conversion->text = pg_any_to_server(conversion->response->body, conversion->response->len,
										PG_UTF8);
}

/*
 * The body in the server encoding, NUL-terminated. NULL when it is not UTF-8,
 * or has a character that the server encoding lacks: the conversion throws
 * then, hence the subtransaction.
 */
static const char *
server_text(const RrHttpResponse *response, int *len)
{
	Conversion	conversion = {response, NULL};
	ErrorData  *error;

	*len = response->len;
	if (!pg_verify_mbstr(PG_UTF8, response->body, response->len, true))
		return NULL;
	if (GetDatabaseEncoding() == PG_UTF8 || GetDatabaseEncoding() == PG_SQL_ASCII)
		return response->body;
	error = rr_run_in_subtransaction(convert, &conversion);
	if (error != NULL)
	{
		FreeErrorData(error);
		return NULL;
	}
	if (conversion.text != response->body)
		*len = strlen(conversion.text);
	return conversion.text;
}

/* ---- data ---- */

static RrReadResult read_path(Answer *answer, int level);

static RrReadResult
misfit(Answer *answer, const GqlTypeRef *type)
{
	rr_key_error(answer->batch->step, answer->reader.key,
				 psprintf("remote schema \"%s\" answered with something else where type %s was due", remote_name(answer),
						  gql_type_to_string(type)), NULL, NULL);
	return RR_READ_INVALID;
}

/*
 * A value on the way, of the field before this level: lists as its type has
 * them, and in them objects with the field of this level alone.
 */
static RrReadResult
read_on_the_way(Answer *answer, int level, const GqlTypeRef *type)
{
	RrReader   *reader = &answer->reader;
	const RrFieldCall *call = list_nth(answer->batch->step->step->path, level);
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
			result = read_on_the_way(answer, level, type->of);
			if (result >= RR_READ_INVALID)
				return result;
		}
		appendStringInfoChar(reader->out, ']');
		return ok ? RR_READ_VALUE : RR_READ_BROKEN;
	}
	if (!rr_scan_char(&reader->scan, '{') || !rr_scan_more(&reader->scan, true, '}', &ok) ||
		!rr_scan_name(&reader->scan, &name) || !rr_slice_is(name, call->field, strlen(call->field)))
		return misfit(answer, type);
	result = read_path(answer, level + 1);
	if (result >= RR_READ_INVALID)
		return result;
	if (rr_scan_more(&reader->scan, false, '}', &ok))
		return misfit(answer, type);
	return ok ? result : RR_READ_BROKEN;
}

/* The value of one key, below what is left of the path of remote_field. */
static RrReadResult
read_path(Answer *answer, int level)
{
	RrReader   *reader = &answer->reader;
	const RrStep *step = answer->batch->step->step;

	if (level < list_length(step->path))
		return read_on_the_way(answer, level, ((GqlFieldDef *) list_nth(step->join->path,
																		level - 1))->type);
	if (rr_batch_kind(step) != RR_BATCH_ALIASES)
		return rr_read_elements(answer);
	return rr_read_nullable(reader, step->shape->type, step->shape, NULL);
}

static void
begin_place(Answer *answer, int i)
{
	answer->reader.key = answer->batch->keys[i];
	answer->places[i].answered = true;
	answer->places[i].start = answer->reader.out->len;
}

static void
end_place(Answer *answer, int i, RrReadResult result)
{
	Place	   *place = &answer->places[i];

	if (result == RR_READ_VALUE)
		place->len = answer->reader.out->len - place->start;
	else
	{
		answer->reader.out->len = place->start;
		place->start = -1;
	}
}

/*
 * A batch by list or position: one alias for all keys. What does not fit is no
 * answer at all.
 */
static bool
read_list_answer(Answer *answer)
{
	RrReader   *reader = &answer->reader;
	bool		ok;
	RrSlice		alias;

	reader->key = answer->batch->keys[0];
	if (!rr_scan_char(&reader->scan, '{') || !rr_scan_more(&reader->scan, true, '}', &ok) ||
		!rr_scan_name(&reader->scan, &alias) || !rr_slice_is(alias, "j0", 2) ||
		read_path(answer, 1) >= RR_READ_INVALID)
		return false;
	return !rr_scan_more(&reader->scan, false, '}', &ok) && ok;
}

/* Aliases j0, j1, …: a key each. */
static bool
read_aliases(Answer *answer)
{
	RrReader   *reader = &answer->reader;
	bool		first = true;
	bool		ok;
	RrSlice		alias;

	if (!rr_scan_char(&reader->scan, '{'))
		return false;
	for (; rr_scan_more(&reader->scan, first, '}', &ok); first = false)
	{
		RrReadResult result;
		RrScan		begin;
		int			i = 0;

		if (!rr_scan_name(&reader->scan, &alias) || alias.len < 2 || alias.data[0] != 'j')
			return false;
		for (int k = 1; k < alias.len; k++)
		{
			if (alias.data[k] < '0' || alias.data[k] > '9')
				return false;
			i = i * 10 + (alias.data[k] - '0');
			if (i >= answer->batch->n)
				return false;
		}
		begin_place(answer, i);
		begin = reader->scan;
		result = read_path(answer, 1);
		if (result == RR_READ_INVALID)
		{
			reader->scan = begin;
			if (!rr_scan_value(&reader->scan, &alias))
				return false;
		}
		if (result == RR_READ_BROKEN)
			return false;
		end_place(answer, i, result);
	}
	return ok;
}

/* The root fields of a remote schema: each is a key. */
static bool
read_roots(Answer *answer)
{
	RrReader   *reader = &answer->reader;
	const RrObjectShape *root = answer->batch->step->step->shape->base;
	bool		first = true;
	bool		ok;
	RrSlice		name;
	int			expected = 0;

	if (!rr_scan_char(&reader->scan, '{'))
		return false;
	for (; rr_scan_more(&reader->scan, first, '}', &ok); first = false)
	{
		RrReadResult result;
		RrScan		begin;
		int			i = expected;

		if (!rr_scan_name(&reader->scan, &name))
			return false;
		for (int k = 0; k < root->nfields; k++, i = (i + 1) % root->nfields)
			if (rr_slice_is(name, root->fields[i].alias, root->fields[i].alias_len))
				break;
		if (i >= root->nfields || !rr_slice_is(name, root->fields[i].alias,
											   root->fields[i].alias_len))
			return false;
		expected = (i + 1) % root->nfields;
		begin_place(answer, i);
		begin = reader->scan;
		result = rr_read_field(reader, &root->fields[i], "", NULL);
		if (result == RR_READ_INVALID)
		{
			reader->scan = begin;
			if (!rr_scan_value(&reader->scan, &name))
				return false;
		}
		if (result == RR_READ_BROKEN)
			return false;
		end_place(answer, i, result);
	}
	return ok;
}

/* The top of a GraphQL answer (section 7.1). False when it is none. */
static bool
read_answer(Answer *answer)
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
			answer->has_data = true;
			answer->data_is_null = rr_scan_peek(scan) == 'n';
			if (answer->data_is_null)
				ok = rr_scan_value(scan, &value);
			else if (answer->batch->step->step->kind == RR_STEP_ROOT)
				ok = read_roots(answer);
			else if (rr_batch_kind(answer->batch->step->step) == RR_BATCH_ALIASES)
				ok = read_aliases(answer);
			else
				ok = read_list_answer(answer);
			if (!ok)
				return false;
			continue;
		}
		if (!rr_scan_value(scan, &value))
			return false;
		if (rr_slice_is(name, "errors", 6) && value.data[0] == '[')
		{
			RrScan		errors;
			bool		first_error = true;

			any = true;
			rr_scan_init(&errors, value.data, value.len);
			rr_scan_char(&errors, '[');
			for (; rr_scan_more(&errors, first_error, ']', &ok); first_error = false)
			{
				RrSlice    *error = palloc(sizeof(RrSlice));

				rr_scan_value(&errors, error);
				answer->errors = lappend(answer->errors, error);
			}
		}
	}
	return ok && any && rr_scan_peek(scan) == '\0';
}

/* ---- errors ---- */

/* The extensions of an error, as they stand in the text. */
static const char *
extensions_of(RrSlice error)
{
	RrScan		scan;
	bool		first = true;
	bool		ok;
	RrSlice		name;
	RrSlice		value;

	rr_scan_init(&scan, error.data, error.len);
	if (!rr_scan_char(&scan, '{'))
		return NULL;
	for (; rr_scan_more(&scan, first, '}', &ok); first = false)
	{
		rr_scan_name(&scan, &name);
		rr_scan_value(&scan, &value);
		if (rr_slice_is(name, "extensions", 10) && value.data[0] == '{')
			return pnstrdup(value.data, value.len);
	}
	return NULL;
}

/*
 * Which key of the batch the first step of an upstream's path means; -1 if
 * none.
 */
static int
position_of(const Answer *answer, const char *alias)
{
	const RrStep *step = answer->batch->step->step;
	int			i;

	if (alias == NULL)
		return -1;
	if (step->kind == RR_STEP_ROOT)
	{
		for (i = 0; i < step->shape->base->nfields; i++)
			if (strcmp(step->shape->base->fields[i].alias, alias) == 0)
				return i;
		return -1;
	}
	if (alias[0] != 'j' || strspn(alias + 1, "0123456789") != strlen(alias + 1) ||
		strlen(alias) < 2)
		return -1;
	i = atoi(alias + 1);
	return i < answer->batch->n ? i : -1;
}

/*
 * The rest of an upstream's path from item i on, as a path inside of the key's
 * value: without the names of remote_field's further steps, which do not show
 * in the answer; indexes of lists on the way do. It ends where an item is
 * neither a name nor an index.
 */
static const GqlPath *
inner_path(RrJsonNode *path, int i, int names_to_drop)
{
	const GqlPath *inner = NULL;

	for (; i < rr_json_length(path); i++)
	{
		RrJsonNode *item = rr_json_item(path, i);
		char	   *text = rr_json_text(item);

		if (text != NULL && names_to_drop > 0)
			names_to_drop--;
		else if (text != NULL)
			inner = gql_path_key(inner, text);
		else if (rr_json_type(item) == RR_JSON_INT)
			inner = gql_path_index(inner, rr_json_int(item));
		else
			break;
	}
	return inner;
}

/*
 * An error that names no key: of every key that has no value, or of all if
 * each has one.
 */
static void
file_for_all(const Answer *answer, const char *message, const char *extensions)
{
	const RrBatch *batch = answer->batch;
	int		   *without = palloc(Max(batch->n, 1) * sizeof(int));
	int			n = 0;

	for (int i = 0; i < batch->n; i++)
		if (!answer->places[i].answered || answer->places[i].start < 0)
			without[n++] = batch->keys[i];
	if (n > 0)
		rr_keys_error(batch->step, without, n, message, extensions);
	else
		rr_keys_error(batch->step, batch->keys, batch->n, message, extensions);
}

/* In a batch by list the path goes on with the element's index. */
static void
file_list_error(const Answer *answer, const char *message, RrJsonNode *path, const char *extensions)
{
	int			names = list_length(answer->batch->step->step->path);
	RrJsonNode *index = rr_json_item(path, names);

	if (rr_json_type(index) != RR_JSON_INT || !rr_element_error(answer, rr_json_int(index),
																message, inner_path(path, names + 1, 0), extensions))
		file_for_all(answer, message, extensions);
}

static void
file_error(const Answer *answer, RrSlice slice)
{
	const char *utf8 = pg_server_to_any(slice.data, slice.len, PG_UTF8);
	char	   *problem;
	RrJson	   *json = rr_json_parse(utf8, utf8 == slice.data ? slice.len : (int) strlen(utf8),
									 200, &problem);
	RrJsonNode *node = json ? rr_json_root(json) : NULL;
	RrJsonNode *path = rr_json_get(node, "path");
	const char *message = rr_json_text(rr_json_get(node, "message"));
	const char *extensions = extensions_of(slice);
	const RrRemoteSchema *remote = answer->batch->step->step->remote->def;
	int			position = position_of(answer, rr_json_text(rr_json_item(path, 0)));
	bool		by_list = rr_batch_kind(answer->batch->step->step) != RR_BATCH_ALIASES;

	if (message == NULL)
		message = psprintf("remote schema \"%s\" answered with an error without a message",
						   remote->name);
	message = rr_remote_schema_conceal(remote, message);
	if (extensions != NULL)
		extensions = rr_remote_schema_conceal_json(remote, extensions);
	if (by_list)
		file_list_error(answer, message, path, extensions);
	else if (position >= 0)
		rr_key_error(answer->batch->step, answer->batch->keys[position], message,
					 inner_path(path, 1, Max(list_length(answer->batch->step->step->path) - 1, 0)),
					 extensions);
	else
		file_for_all(answer, message, extensions);
	if (json != NULL)
		rr_json_free(json);
}

/*
 * Keys that came to nothing without a word: those of them that nothing else is
 * said of.
 */
static void
file_for_silent(const Answer *answer, const char *message)
{
	const RrBatch *batch = answer->batch;
	int		   *silent = palloc(Max(batch->n, 1) * sizeof(int));
	int			n = 0;

	for (int i = 0; i < batch->n; i++)
		if (!answer->places[i].answered && rr_key_errors(batch->step, batch->keys[i]) == NIL)
			silent[n++] = batch->keys[i];
	if (n > 0)
		rr_keys_error(batch->step, silent, n, message, NULL);
}

static void
check_complete(const Answer *answer)
{
	const char *name = remote_name(answer);

	if (answer->has_data && !answer->data_is_null)
		file_for_silent(answer, psprintf("remote schema \"%s\" left the value out of its answer",
										 name));
	else if (answer->errors == NIL)
		batch_error(answer->batch,
					psprintf("remote schema \"%s\" answered with neither data nor errors", name));
	else
		file_for_silent(answer, psprintf("remote schema \"%s\" gave no data, because of an error at another %s of the request", name,
										 answer->batch->step->step->kind == RR_STEP_ROOT ? "field"
										 : "key"));
}

/* Where a remote schema is, is for those to know who see everything. */
static const char *
without_url(const char *detail, const RrHttpResponse *response)
{
	const char *url = psprintf("\"%s\"", rr_http_shown_url(response));
	const char *at = strstr(detail, url);

	return at ? psprintf("%.*sits URL%s", (int) (at - detail), detail, at + strlen(url)) : detail;
}

static const char *
failure_message(const RrBatch *batch, const RrHttpResponse *response)
{
	const char *name = batch->step->step->remote->def->name;
	const char *detail = response->failure_detail;

	if (!batch->step->run->plan->rs->sees_everything)
		detail = without_url(detail, response);
	switch (response->failure)
	{
		case RR_HTTP_TIMEOUT:
			return psprintf("remote schema \"%s\" timed out: %s", name, detail);
		case RR_HTTP_TOO_LARGE:
			return psprintf("the answer of remote schema \"%s\" is too large: %s", name, detail);
		case RR_HTTP_BROKEN:
			return psprintf("the answer of remote schema \"%s\" broke off: %s", name, detail);
		default:
			return psprintf("could not reach remote schema \"%s\": %s", name, detail);
	}
}

static const char *
not_graphql_message(const RrRemoteSchema *remote, const RrHttpResponse *response)
{
	const char *name = remote->name;

	if (response->status < 200 || response->status > 299)
		return psprintf("remote schema \"%s\" answered with HTTP status %d", name,
						response->status);
	if (response->content_type != NULL && strstr(response->content_type, "json") == NULL)
		return psprintf("remote schema \"%s\" answered with content of type \"%s\", not with JSON", name,
						rr_remote_schema_conceal(remote, response->content_type));
	return psprintf("remote schema \"%s\" did not answer with a GraphQL response", name);
}

void
rr_take_answer(const RrBatch *batch, const RrHttpResponse *response)
{
	Answer		answer = {.batch = batch};
	const char *name = batch->step->step->remote->def->name;
	StringInfo	values = &batch->step->values;
	int			start = values->len;
	const char *text;
	int			len;
	ListCell   *lc;

	if (response->failure != RR_HTTP_OK)
	{
		batch_error(batch, failure_message(batch, response));
		return;
	}
	if (response->status >= 300 && response->status <= 399)
	{
		batch_error(batch, not_graphql_message(batch->step->step->remote->def, response));
		return;
	}
	text = server_text(response, &len);

	if (text == NULL)
	{
		batch_error(batch, psprintf("the answer of remote schema \"%s\" is not valid text in UTF-8", name));
		return;
	}
	answer.places = palloc0(Max(batch->n, 1) * sizeof(Place));
	answer.reader.step = batch->step;
	answer.reader.out = values;
	rr_json_reserve(values, len);
	rr_scan_init(&answer.reader.scan, text, len);
	if (!read_answer(&answer))
	{
		values->len = start;
		for (int i = 0; i < batch->n; i++)
			rr_truncate_key_errors(batch->step, batch->keys[i], 0);
		batch_error(batch, not_graphql_message(batch->step->step->remote->def, response));
		return;
	}
	for (int i = 0; i < batch->n; i++)
	{
		RrStepKey  *key = &batch->step->keys[batch->keys[i]];

		if (!answer.places[i].answered || answer.places[i].start < 0)
			continue;
		key->start = answer.places[i].start;
		key->len = answer.places[i].len;
	}
	foreach(lc, answer.errors)
		file_error(&answer, *(RrSlice *) lfirst(lc));
	check_complete(&answer);
}
