/*
 * answer_errors.c: the errors of a response, filed at the keys that they are
 * about.
 */
#include "postgres.h"

#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "join/answer.h"
#include "join/wire_text.h"

/*
 * So many errors of an upstream are kept, with so many items of a path and so
 * many bytes of extensions. Longer extensions are left out, since JSON cannot
 * be cut.
 */
#define MAX_ANSWER_ERRORS RR_MAX_RUN_ERRORS
#define MAX_PATH_ITEMS 500
#define MAX_EXTENSIONS (32 * 1024)

/* ---- one error ---- */

/* What an error says, in the answer's text. data is NULL for what it lacks. */
typedef struct UpstreamError
{
	RrSlice		message;		/* what stands between the quotes */
	RrSlice		path;			/* a list */
	RrSlice		extensions;		/* an object */
} UpstreamError;

/* Read an error, which has been scanned before. */
static UpstreamError
read_error(RrSlice text)
{
	UpstreamError error = {{NULL, 0}, {NULL, 0}, {NULL, 0}};
	RrScan		scan;
	bool		first = true;
	bool		ok;
	RrSlice		name;
	RrSlice		value;

	rr_scan_init(&scan, text.data, text.len);
	if (!rr_scan_char(&scan, '{'))
		return error;
	for (; rr_scan_more(&scan, first, '}', &ok); first = false)
	{
		rr_scan_name(&scan, &name);
		rr_scan_value(&scan, &value);
		if (rr_slice_is(name, "message", 7) && value.data[0] == '"')
			error.message = (RrSlice) {value.data + 1, value.len - 2};
		else if (rr_slice_is(name, "path", 4) && value.data[0] == '[')
			error.path = value;
		else if (rr_slice_is(name, "extensions", 10) && value.data[0] == '{')
			error.extensions = value;
	}
	return error;
}

/* An item of a path: a name, or without one an index. */
typedef struct PathItem
{
	const char *name;
	int			index;
} PathItem;

/*
 * Read an upstream's path, up to an item that is neither a name nor an index.
 * Returns the number of its items.
 */
static int
read_path_items(RrSlice path, PathItem *items)
{
	RrScan		scan;
	RrSlice		value;
	bool		first = true;
	bool		ok;
	int			n = 0;

	if (path.data == NULL)
		return 0;
	rr_scan_init(&scan, path.data, path.len);
	rr_scan_char(&scan, '[');
	for (; n < MAX_PATH_ITEMS && rr_scan_more(&scan, first, ']', &ok); first = false)
	{
		PathItem   *item = &items[n];

		rr_scan_value(&scan, &value);
		if (value.data[0] == '"' && value.len <= GQL_MAX_MESSAGE)
			item->name = rr_wire_string((RrSlice) {value.data + 1, value.len - 2});
		else if ((int) strspn(value.data, "-0123456789") >= value.len)
		{
			item->name = NULL;
			item->index = (int) Min(Max(strtoll(value.data, NULL, 10), PG_INT32_MIN),
									PG_INT32_MAX);
		}
		else
			break;
		n++;
	}
	return n;
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
 * The rest of an upstream's path as a path inside of the key's value. It loses
 * the first names_to_drop names, those of remote_field's further fields, which
 * do not show in the answer; indexes of lists on the way stay.
 */
static const GqlPath *
inner_path(const PathItem *items, int n, int names_to_drop)
{
	const GqlPath *inner = NULL;

	for (int i = 0; i < n; i++)
	{
		if (items[i].name == NULL)
			inner = gql_path_index(inner, items[i].index);
		else if (names_to_drop > 0)
			names_to_drop--;
		else
			inner = gql_path_key(inner, items[i].name);
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
	if (n == 0)
		memcpy(without, batch->keys, (n = batch->nkeys) * sizeof(int));
	if (rr_keeps_key_error(batch->step, without[0]))
		rr_keys_error(batch->step, without, n, message, extensions);
}

/*
 * File an error of a batch by list: behind the names of its path stands the
 * index of the element.
 */
static void
file_list_error(const RrAnswer *answer, const char *message, const PathItem *items, int n,
				const char *extensions)
{
	int			names = list_length(answer->batch->step->plan->path);

	if (n <= names || items[names].name != NULL ||
		!rr_element_error(answer, items[names].index, message,
						  inner_path(items + names + 1, n - names - 1, 0), extensions))
		file_for_all(answer, message, extensions);
}

/* An upstream's message, without its secrets, cut if it is long. */
static const char *
message_of(const RrRemoteSchema *remote, const UpstreamError *error)
{
	const char *message;
	int			len;

	if (error->message.data == NULL)
		return psprintf("remote schema \"%s\" answered with an error without a message",
						remote->name);
	/* a secret must not be cut in two before it is looked for */
	message = rr_remote_schema_conceal(remote, rr_wire_string(error->message));
	len = strlen(message);
	if (len <= GQL_MAX_MESSAGE)
		return message;
	return psprintf("%.*s...", pg_mbcliplen(message, len, GQL_MAX_MESSAGE), message);
}

/* File one error of the response. */
static void
file_error(const RrAnswer *answer, RrSlice text)
{
	RrStepRun  *step = answer->batch->step;
	const RrRemoteSchema *remote = step->plan->remote->def;
	UpstreamError error = read_error(text);
	PathItem   *items = palloc0(MAX_PATH_ITEMS * sizeof(PathItem));
	int			n = read_path_items(error.path, items);
	const char *message = message_of(remote, &error);
	const char *extensions = NULL;
	int			position = n > 0 ? position_of(answer, items[0].name) : -1;
	int			names_to_drop = Max(list_length(step->plan->path) - 1, 0);

	if (error.extensions.data != NULL && error.extensions.len <= MAX_EXTENSIONS)
		extensions = rr_remote_schema_conceal_json(remote, pnstrdup(error.extensions.data,
																	error.extensions.len));
	if (rr_batch_kind(step->plan) != RR_BATCH_ALIASES)
		file_list_error(answer, message, items, n, extensions);
	else if (position >= 0)
	{
		if (rr_keeps_key_error(step, answer->batch->keys[position]))
			rr_key_error(step, answer->batch->keys[position], message,
						 inner_path(items + 1, n - 1, names_to_drop), extensions);
	}
	else
		file_for_all(answer, message, extensions);
}

void
rr_file_upstream_errors(const RrAnswer *answer)
{
	RrStepRun  *step = answer->batch->step;
	MemoryContext scratch;
	MemoryContext old;
	RrScan		scan;
	RrSlice		error;
	bool		first = true;
	bool		ok;
	int			n = 0;

	if (answer->errors.data == NULL)
		return;
	scratch = AllocSetContextCreate(CurrentMemoryContext, "remote_rel upstream error",
									ALLOCSET_DEFAULT_SIZES);
	old = MemoryContextSwitchTo(scratch);
	rr_scan_init(&scan, answer->errors.data, answer->errors.len);
	rr_scan_char(&scan, '[');
	for (; rr_scan_more(&scan, first, ']', &ok); first = false)
	{
		CHECK_FOR_INTERRUPTS();
		rr_scan_value(&scan, &error);
		if (n++ >= MAX_ANSWER_ERRORS)
			step->run->errors->omitted++;
		else if (rr_keeps_key_error(step, -1))
			file_error(answer, error);
		MemoryContextReset(scratch);
	}
	MemoryContextSwitchTo(old);
	MemoryContextDelete(scratch);
}

/* ---- keys without a value ---- */

/* The keys that have neither a value nor an error. Returns their number. */
static int
missing_keys(const RrAnswer *answer, int *missing)
{
	const RrBatch *batch = answer->batch;
	int			n = 0;

	for (int i = 0; i < batch->nkeys; i++)
		if (!answer->places[i].answered && rr_key_errors(batch->step, batch->keys[i]) == NIL)
			missing[n++] = batch->keys[i];
	return n;
}

/* The first error of the response that was filed; NULL: none was. */
static RrKeyError *
first_error(const RrAnswer *answer)
{
	const RrBatch *batch = answer->batch;

	for (int i = 0; i < batch->nkeys; i++)
	{
		List	   *errors = rr_key_errors(batch->step, batch->keys[i]);

		if (errors != NIL)
			return linitial(errors);
	}
	return NULL;
}

/* An upstream gave no data at all: its own error is why each key fell. */
static void
file_for_fallen(const RrAnswer *answer, const int *missing, int n)
{
	const RrBatch *batch = answer->batch;
	const RrStep *plan = batch->step->plan;
	RrKeyError *cause = first_error(answer);

	for (int i = 0; cause != NULL && i < n; i++)
		rr_share_key_error(batch->step, missing[i], cause);
	if (cause == NULL && n > 0)
		rr_keys_error(batch->step, missing, n,
					  psprintf("remote schema \"%s\" gave no data, because of an error at another %s of the request",
							   plan->remote->def->name,
							   plan->kind == RR_STEP_ROOT ? "field" : "key"), NULL);
}

static bool
is_empty_list(RrSlice list)
{
	RrScan		scan;

	rr_scan_init(&scan, list.data, list.len);
	return rr_scan_char(&scan, '[') && rr_scan_peek(&scan) == ']';
}

void
rr_file_missing_values(const RrAnswer *answer)
{
	const RrBatch *batch = answer->batch;
	const char *name = batch->step->plan->remote->def->name;
	int		   *missing = palloc(batch->nkeys * sizeof(int));
	int			n = missing_keys(answer, missing);

	if (answer->has_data && !answer->data_is_null)
	{
		if (n > 0)
			rr_keys_error(batch->step, missing, n,
						  psprintf("remote schema \"%s\" left the value out of its answer", name),
						  NULL);
	}
	else if (answer->errors.data == NULL || is_empty_list(answer->errors))
		rr_batch_error(batch, psprintf("remote schema \"%s\" answered with neither data nor errors",
									   name));
	else
		file_for_fallen(answer, missing, n);
}
