/*
 * metadata_steps.c: a body of the metadata API as the statements it takes.
 *
 * The extension runs all commands but run_sql. A bulk without run_sql is one
 * call; one with it is taken apart, and runs in a transaction of its own.
 */
#include "serve/metadata_steps.h"

#include <stdlib.h>
#include <string.h>

#define MAX_STEPS 10000

static void read_request(Steps *steps, const JsonText *request, const char *path,
						 bool in_transaction);

static void
add(Steps *steps, StepKind kind, char *text, const char *path)
{
	if ((steps->n & (steps->n - 1)) == 0)
		steps->items = xrealloc(steps->items, (size_t) (steps->n ? steps->n * 2
														: 1) * sizeof(Step));
	steps->items[steps->n++] = (Step) {kind, text, xstrdup(path)};
}

static void
fail(Steps *steps, const char *path, const char *message)
{
	if (steps->error)
		return;
	steps->error = xstrdup(message);
	steps->error_path = xstrdup(path);
}

static bool
is_type(const JsonText *request, const char *type)
{
	JsonText	member = json_member(request, "type");
	char	   *text = json_dup(&member);
	bool		same = text && strcmp(strncmp(text, "pg_", 3) == 0 ? text + 3 : text, type) == 0;

	free(text);
	return same;
}

static bool
is_bulk(const JsonText *request)
{
	return is_type(request, "bulk") || is_type(request, "bulk_atomic") || is_type(request, "bulk_keep_going");
}

static bool
has_run_sql(const JsonText *request)
{
	JsonText	args = json_member(request, "args");
	JsonText	item;

	if (is_type(request, "run_sql"))
		return true;
	if (!is_bulk(request) || args.kind != JSON_ARRAY)
		return false;
	for (const char *at = NULL; json_next(&args, &at, NULL, &item);)
	{
		if (has_run_sql(&item))
			return true;
	}
	return false;
}

/*
 * Whether the SQL may make metadata inconsistent: as the request says, else
 * by the words that Hasura looks for.
 */
static bool
check_is_wanted(const JsonText *args, const char *sql)
{
	static const char *const words[] = {"alter", "drop", "replace", "create function", "comment on"};
	JsonText	check = json_member(args, "check_metadata_consistency");

	if (check.kind == JSON_TRUE || check.kind == JSON_FALSE)
		return check.kind == JSON_TRUE;
	for (size_t i = 0; sql && i < sizeof(words) / sizeof(words[0]); i++)
	{
		if (strcasestr(sql, words[i]))
			return true;
	}
	return false;
}

static void
add_sql(Steps *steps, char *sql, const char *path, bool begin, bool check, bool cascade)
{
	static const char drop[] = "SELECT remote_rel.metadata('{\"type\": \"drop_inconsistent_metadata\", \"args\": {}}')";

	if (begin)
		add(steps, STEP_CONTROL, xstrdup("BEGIN"), path);
	if (check && !cascade)
		add(steps, STEP_LIST, NULL, path);
	add(steps, STEP_SQL, sql, path);
	if (check)
		add(steps, cascade ? STEP_CONTROL : STEP_CHECK, cascade ? xstrdup(drop) : NULL, path);
	if (begin)
		add(steps, STEP_CONTROL, xstrdup("COMMIT"), path);
}

static void
read_run_sql(Steps *steps, const JsonText *request, const char *path, bool in_transaction)
{
	JsonText	args = json_member(request, "args");
	JsonText	sql = json_member(&args, "sql");
	JsonText	source = json_member(&args, "source");
	bool		read_only = json_member(&args, "read_only").kind == JSON_TRUE;
	bool		cascade = json_member(&args, "cascade").kind == JSON_TRUE;
	char	   *text = json_dup(&sql);
	char	   *source_name = json_dup(&source);

	if (text == NULL)
		fail(steps, path, "key \"sql\" must be a string");
	else if (source.kind != JSON_ABSENT && (source_name == NULL || strcmp(source_name, "default") != 0))
		fail(steps, path, "the only source is \"default\"");
	else if (read_only && in_transaction)
		fail(steps, path, "read_only inside of a bulk is not supported");
	else if (read_only)
	{
		add(steps, STEP_CONTROL, xstrdup("BEGIN READ ONLY"), path);
		add(steps, STEP_SQL, text, path);
		add(steps, STEP_CONTROL, xstrdup("COMMIT"), path);
		text = NULL;
	}
	else
	{
		bool		check = cascade || check_is_wanted(&args, text);

		add_sql(steps, text, path, check && !in_transaction, check, cascade);
		text = NULL;
	}
	free(text);
	free(source_name);
}

static void
read_bulk(Steps *steps, const JsonText *request, const char *path, bool in_transaction)
{
	JsonText	args = json_member(request, "args");
	JsonText	item;
	int			i = 0;

	if (args.kind != JSON_ARRAY)
	{
		fail(steps, path, "args of bulk must be a list");
		return;
	}
	if (is_type(request, "bulk_keep_going"))
	{
		fail(steps, path, "bulk_keep_going cannot hold run_sql");
		return;
	}
	if (!in_transaction)
		add(steps, STEP_CONTROL, xstrdup("BEGIN"), path);
	add(steps, STEP_OPEN, NULL, path);
	for (const char *at = NULL; json_next(&args, &at, NULL, &item); i++)
	{
		char	   *below = xprintf("%s.args[%d]", path, i);

		read_request(steps, &item, below, true);
		free(below);
	}
	add(steps, STEP_CLOSE, NULL, path);
	if (!in_transaction)
		add(steps, STEP_CONTROL, xstrdup("COMMIT"), path);
}

static void
read_request(Steps *steps, const JsonText *request, const char *path, bool in_transaction)
{
	if (steps->error)
		return;
	if (request->kind != JSON_OBJECT)
		fail(steps, path, "a request must be an object with type and args");
	else if (steps->n > MAX_STEPS)
		fail(steps, path, "too many requests");
	else if (!has_run_sql(request))
		add(steps, STEP_CALL, xstrndup(request->text, request->len), path);
	else if (is_bulk(request))
		read_bulk(steps, request, path, in_transaction);
	else
		read_run_sql(steps, request, path, in_transaction);
}

void
steps_read(Steps *steps, const JsonText *body)
{
	*steps = (Steps) {0};
	read_request(steps, body, "$", false);
}

void
steps_free(Steps *steps)
{
	for (int i = 0; i < steps->n; i++)
	{
		free(steps->items[i].text);
		free(steps->items[i].path);
	}
	free(steps->items);
	free(steps->error);
	free(steps->error_path);
	*steps = (Steps) {0};
}
