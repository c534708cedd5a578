/*
 * answer_errors.c: the errors of a response, filed at the keys that they are
 * about.
 */
#include "postgres.h"

#include "mb/pg_wchar.h"

#include "join/answer.h"

/* How deep an error of an upstream may nest; a deeper one has no message. */
#define MAX_ERROR_DEPTH 200

/* ---- one error ---- */

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
 * The position of the key that an upstream's path begins with; -1 if it begins
 * with none.
 */
static int
position_of(const RrAnswer *answer, const char *alias)
{
	const RrStep *plan = answer->batch->step->plan;

	if (alias == NULL)
		return -1;
	if (plan->kind != RR_STEP_ROOT)
		return rr_wire_alias_key(alias, strlen(alias), answer->batch->nkeys);
	for (int i = 0; i < plan->shape->base->nfields; i++)
		if (strcmp(plan->shape->base->fields[i].alias, alias) == 0)
			return i;
	return -1;
}

/*
 * The rest of an upstream's path, from item i on, as a path inside of the
 * key's value. It loses the first names_to_drop names, those of remote_field's
 * further fields, which do not show in the answer; indexes of lists on the way
 * stay. It ends at an item that is neither a name nor an index.
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

void
rr_batch_error(const RrBatch *batch, const char *message)
{
	rr_keys_error(batch->step, batch->keys, batch->nkeys, message, NULL);
}

/*
 * File an error that names no key: at every key without a value, or at all
 * keys if each has one.
 */
static void
file_for_all(const RrAnswer *answer, const char *message, const char *extensions)
{
	const RrBatch *batch = answer->batch;
	int		   *without = palloc(batch->nkeys * sizeof(int));
	int			n = 0;

	for (int i = 0; i < batch->nkeys; i++)
		if (!answer->places[i].answered || answer->places[i].start < 0)
			without[n++] = batch->keys[i];
	if (n > 0)
		rr_keys_error(batch->step, without, n, message, extensions);
	else
		rr_keys_error(batch->step, batch->keys, batch->nkeys, message, extensions);
}

/*
 * File an error of a batch by list: behind the names of its path stands the
 * index of the element.
 */
static void
file_list_error(const RrAnswer *answer, const char *message, RrJsonNode *path,
				const char *extensions)
{
	int			names = list_length(answer->batch->step->plan->path);
	RrJsonNode *index = rr_json_item(path, names);
	const GqlPath *inner = inner_path(path, names + 1, 0);

	if (rr_json_type(index) != RR_JSON_INT ||
		!rr_element_error(answer, rr_json_int(index), message, inner, extensions))
		file_for_all(answer, message, extensions);
}

/* File one error, a JSON object of the response. */
static void
file_error(const RrAnswer *answer, RrSlice error)
{
	RrStepRun  *step = answer->batch->step;
	const RrRemoteSchema *remote = step->plan->remote->def;
	const char *utf8 = pg_server_to_any(error.data, error.len, PG_UTF8);
	int			len = utf8 == error.data ? error.len : (int) strlen(utf8);
	char	   *problem;
	RrJson	   *json = rr_json_parse(utf8, len, MAX_ERROR_DEPTH, &problem);
	RrJsonNode *node = json != NULL ? rr_json_root(json) : NULL;
	RrJsonNode *path = rr_json_get(node, "path");
	const char *message = rr_json_text(rr_json_get(node, "message"));
	const char *extensions = extensions_of(error);
	int			position = position_of(answer, rr_json_text(rr_json_item(path, 0)));
	int			names_to_drop = Max(list_length(step->plan->path) - 1, 0);

	if (message == NULL)
		message = psprintf("remote schema \"%s\" answered with an error without a message",
						   remote->name);
	message = rr_remote_schema_conceal(remote, message);
	if (extensions != NULL)
		extensions = rr_remote_schema_conceal_json(remote, extensions);
	if (rr_batch_kind(step->plan) != RR_BATCH_ALIASES)
		file_list_error(answer, message, path, extensions);
	else if (position >= 0)
		rr_key_error(step, answer->batch->keys[position], message,
					 inner_path(path, 1, names_to_drop), extensions);
	else
		file_for_all(answer, message, extensions);
	if (json != NULL)
		rr_json_free(json);
}

void
rr_file_upstream_errors(const RrAnswer *answer)
{
	ListCell   *lc;

	foreach(lc, answer->errors)
	{
		const RrSlice *error = lfirst(lc);

		file_error(answer, *error);
	}
}

/* ---- keys without a value ---- */

/* File an error at each key that has neither a value nor an error. */
static void
file_for_missing(const RrAnswer *answer, const char *message)
{
	const RrBatch *batch = answer->batch;
	int		   *missing = palloc(batch->nkeys * sizeof(int));
	int			n = 0;

	for (int i = 0; i < batch->nkeys; i++)
		if (!answer->places[i].answered && rr_key_errors(batch->step, batch->keys[i]) == NIL)
			missing[n++] = batch->keys[i];
	if (n > 0)
		rr_keys_error(batch->step, missing, n, message, NULL);
}

void
rr_file_missing_values(const RrAnswer *answer)
{
	const RrStep *plan = answer->batch->step->plan;
	const char *name = plan->remote->def->name;

	if (answer->has_data && !answer->data_is_null)
		file_for_missing(answer, psprintf("remote schema \"%s\" left the value out of its answer",
										  name));
	else if (answer->errors == NIL)
		rr_batch_error(answer->batch,
					   psprintf("remote schema \"%s\" answered with neither data nor errors",
								name));
	else
		file_for_missing(answer,
						 psprintf("remote schema \"%s\" gave no data, because of an error at another %s of the request",
								  name, plan->kind == RR_STEP_ROOT ? "field" : "key"));
}
