/*
 * metadata_http.c: /v1/metadata, /v1/query, /v2/query.
 *
 * On the administrator's connection; where there is none, on the one
 * connection, if its role may manage. A connection that ran SQL of somebody is
 * closed afterwards: who knows what was SET there.
 */
#include "serve/metadata_http.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "serve/accept.h"
#include "serve/admin.h"
#include "serve/allow_list.h"
#include "serve/auth.h"
#include "serve/db.h"
#include "serve/log.h"
#include "serve/metadata_steps.h"

typedef struct MetadataWork
{
	HttpRequest *r;
	Steps		steps;
	int			next;
	Buffer		answer;
	DbJob		job;
	char	   *inconsistent;	/* before the SQL: the API's list, as JSON */
	bool		may_not_manage;
} MetadataWork;

static void
free_work(MetadataWork *work)
{
	steps_free(&work->steps);
	buffer_free(&work->answer);
	free(work->inconsistent);
	free(work);
}

static void
give_up(HttpRequest *r)
{
	MetadataWork *work = r->work;

	db_cancel(&work->job);
	free_work(work);
}

/* ---- errors ---- */

/* As in src/metadata/json_api.c. */
static const char *
error_code(const char *state)
{
	static const struct
	{
		const char *state;		/* or its class */
		const char *code;
	}			codes[] = {
		{"42704", "not-exists"}, {"42P01", "not-exists"}, {"42883", "not-exists"},
		{"42710", "already-exists"}, {"2BP01", "dependency-error"}, {"0A000", "not-supported"},
		{"42501", "access-denied"}, {"55000", "conflict"}, {"40", "conflict"},
		{"08", "remote-schema-error"}, {"HV", "remote-schema-error"},
		{"22", "invalid-configuration"}, {"42", "invalid-configuration"}
	};

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
	{
		if (strncmp(state, codes[i].state, strlen(codes[i].state)) == 0)
			return codes[i].code;
	}
	return "unexpected";
}

static void
member(Buffer *out, const char *name, const char *value)
{
	buffer_printf(out, "%s\"%s\":", out->data[out->len - 1] == '{' ? "" : ",", name);
	if (value)
		buffer_json_text(out, value);
	else
		buffer_puts(out, "null");
}

/*
 * The path that the extension's error tells: "... at $.args", "At $.args.",
 * "(at $.args)". NULL if it tells none.
 */
static char *
path_of(const char *message, const char *path)
{
	const char *at = message ? strcasestr(message, "at $") : NULL;
	size_t		len;

	while (at != NULL && at != message && strchr(" (\n", at[-1]) == NULL)
		at = strcasestr(at + 1, "at $");
	if (at == NULL)
		return NULL;
	at += strlen("at $");
	len = strcspn(at, " );\n");
	if (len > 0 && at[len - 1] == '.')
		len--;
	return xprintf("%s%.*s", path, (int) len, at);
}

static void
reply_sql_error(MetadataWork *work, const Step *step, PGresult *result)
{
	HttpRequest *r = work->r;
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
	const char *detail = PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL);
	const char *hint = PQresultErrorField(result, PG_DIAG_MESSAGE_HINT);
	bool		is_call = step->kind == STEP_CALL;
	const char *code = is_call ? error_code(state ? state : "") : "postgres-error";
	char	   *path = is_call ? path_of(message, step->path) : NULL;
	Buffer		body = {0};

	r->log.error_code = code;
	if (path == NULL && is_call)
		path = path_of(detail, step->path);
	buffer_putc(&body, '{');
	member(&body, "path", path ? path : step->path);
	member(&body, "error", is_call ? message : "query execution failed");
	member(&body, "code", code);
	buffer_puts(&body, ",\"internal\":{");
	if (!is_call)
	{
		member(&body, "statement", step->kind == STEP_SQL ? step->text : NULL);
		buffer_puts(&body, ",\"prepared\":false,\"arguments\":[],\"error\":{\"exec_status\":\"FatalError\"");
		member(&body, "message", message);
		member(&body, "status_code", state);
		member(&body, "description", detail);
		member(&body, "hint", hint);
		buffer_putc(&body, '}');
	}
	else
	{
		member(&body, "sqlstate", state);
		member(&body, "detail", detail);
		member(&body, "hint", hint);
	}
	buffer_puts(&body, "}}");
	http_reply(r, strcmp(code, "not-exists") == 0 ? 404 : 400, "application/json; charset=utf-8", &body);
	free(path);
}

/* ---- answers ---- */

static void
append_comma(Buffer *out)
{
	if (out->len > 0 && out->data[out->len - 1] != '[')
		buffer_putc(out, ',');
}

static void
append_cell(Buffer *out, const PGresult *result, int row, int column)
{
	if (PQgetisnull(result, row, column))
		buffer_puts(out, "null");
	else
		buffer_json(out, PQgetvalue(result, row, column), (size_t) PQgetlength(result, row,
																			   column));
}

/* As Hasura answers run_sql: the names of columns, then rows of texts. */
static void
append_rows(Buffer *out, const PGresult *result)
{
	int			n_columns = PQnfields(result);

	buffer_puts(out, "{\"result_type\":\"TuplesOk\",\"result\":[[");
	for (int column = 0; column < n_columns; column++)
	{
		append_comma(out);
		buffer_json_text(out, PQfname(result, column));
	}
	buffer_putc(out, ']');
	for (int row = 0; row < PQntuples(result); row++)
	{
		buffer_puts(out, ",[");
		for (int column = 0; column < n_columns; column++)
		{
			append_comma(out);
			append_cell(out, result, row, column);
		}
		buffer_putc(out, ']');
	}
	buffer_puts(out, "]}");
}

static void
append_answer(MetadataWork *work, const Step *step, const PGresult *result)
{
	if (step->kind == STEP_LIST)
	{
		free(work->inconsistent);
		work->inconsistent = xstrdup(PQgetvalue(result, 0, 0));
	}
	if (step->kind == STEP_CONTROL || step->kind == STEP_LIST || step->kind == STEP_CHECK)
		return;
	append_comma(&work->answer);
	if (step->kind == STEP_SQL && PQresultStatus(result) == PGRES_TUPLES_OK)
		append_rows(&work->answer, result);
	else if (step->kind == STEP_SQL)
		buffer_puts(&work->answer, "{\"result_type\":\"CommandOk\",\"result\":null}");
	else
		buffer_append(&work->answer, PQgetvalue(result, 0, 0), (size_t) PQgetlength(result, 0, 0));
}

/* ---- run_sql and consistency ---- */

static const char list_sql[] =
"SELECT remote_rel.metadata('{\"type\": \"get_inconsistent_metadata\", \"args\": {}}') -> 'inconsistent_objects'";

/* What is inconsistent now and was not before, one a row. */
static const char check_sql[] =
"SELECT (o ->> 'type') || ' \"' || (o ->> 'name') || '\": ' || (o ->> 'reason')"
" FROM pg_catalog.jsonb_array_elements(remote_rel.metadata("
"  '{\"type\": \"get_inconsistent_metadata\", \"args\": {}}') -> 'inconsistent_objects') AS o"
" WHERE NOT $1::jsonb @> pg_catalog.jsonb_build_array(pg_catalog.jsonb_build_object("
"  'type', o -> 'type', 'name', o -> 'name'))";

static void
reply_dependent(MetadataWork *work, const Step *step, const PGresult *result)
{
	Buffer		message = {0};

	buffer_puts(&message, "the SQL makes metadata inconsistent, and was undone: ");
	for (int row = 0; row < PQntuples(result); row++)
		buffer_printf(&message, "%s%s", row > 0 ? "; " : "", PQgetvalue(result, row, 0));
	admin_error(work->r, 400, step->path, message.data, "dependency-error");
	buffer_free(&message);
}

/* ---- running ---- */

/* The brackets of bulks; true while there is a statement to send. */
static bool
skip_brackets(MetadataWork *work)
{
	for (; work->next < work->steps.n; work->next++)
	{
		StepKind	kind = work->steps.items[work->next].kind;

		if (kind == STEP_OPEN)
		{
			append_comma(&work->answer);
			buffer_putc(&work->answer, '[');
		}
		else if (kind == STEP_CLOSE)
			buffer_putc(&work->answer, ']');
		else
			return true;
	}
	return false;
}

static bool
send_step(DbJob *job, Connection *connection)
{
	MetadataWork *work = job->owner;
	const Step *step = &work->steps.items[work->next];
	const char *params[1] = {step->text};

	if (!db_may_manage(connection))
	{
		work->may_not_manage = true;
		return db_send_sql(connection, "SELECT 1", 0, NULL);
	}
	if (step->kind == STEP_CALL)
		return db_send_sql(connection, "SELECT remote_rel.metadata($1::jsonb)", 1, params);
	if (step->kind == STEP_LIST)
		return db_send_sql(connection, list_sql, 0, NULL);
	if (step->kind == STEP_CHECK)
	{
		params[0] = work->inconsistent;
		return db_send_sql(connection, check_sql, 1, params);
	}
	if (step->kind == STEP_SQL)
		db_close_afterwards(connection);
	return db_send_script(connection, step->text);
}

static void
reply_outage(HttpRequest *r, DbOutcome outcome, const char *path)
{
	if (outcome == DB_COPY)
		admin_error(r, 400, path, "COPY from STDIN or to STDOUT cannot be run here", "not-supported");
	else if (outcome == DB_TIMEOUT)
		admin_error(r, 504, "$", "the statement took too long", "timeout");
	else
	{
		http_add_header(r, "retry-after", "1");
		admin_error(r, 503, "$", outcome == DB_LOST ? "the connection to the database was lost" :
					"the database is not available", "unavailable");
	}
}

static bool
step_done(DbJob *job, DbOutcome outcome, PGresult *result)
{
	MetadataWork *work = job->owner;
	const Step *step = &work->steps.items[work->next];
	HttpRequest *r = work->r;

	r->log.db_us = clock_us() - (job->started_at ? job->started_at : clock_us());
	if (work->may_not_manage)
		admin_error(r, 400, "$", "the connection's role may not manage: set metadata_database_url", "access-denied");
	else if (outcome == DB_ERROR)
		reply_sql_error(work, step, result);
	else if (outcome == DB_OK && step->kind == STEP_CHECK && PQntuples(result) > 0)
		reply_dependent(work, step, result);
	else if (outcome != DB_OK)
		reply_outage(r, outcome, step->path);
	else
	{
		append_answer(work, step, result);
		PQclear(result);
		work->next++;
		if (skip_brackets(work))
			return true;
		allow_list_refresh();
		http_reply(r, 200, "application/json; charset=utf-8", &work->answer);
		free_work(work);
		return false;
	}
	PQclear(result);
	free_work(work);
	return false;
}

static void
run(HttpRequest *r)
{
	MetadataWork *work;
	JsonText	body;

	if (r->body.len == 0 || !json_check(r->body.data, r->body.len, &body))
	{
		admin_error(r, 400, "$", "the body is not JSON", "parse-failed");
		return;
	}
	work = xcalloc(sizeof(MetadataWork));
	work->r = r;
	steps_read(&work->steps, &body);
	if (work->steps.error)
	{
		admin_error(r, 400, work->steps.error_path, work->steps.error, "parse-failed");
		free_work(work);
		return;
	}
	if (!skip_brackets(work))
	{
		http_reply(r, 200, "application/json; charset=utf-8", &work->answer);
		free_work(work);
		return;
	}
	r->work = work;
	r->give_up = give_up;
	work->job.send = send_step;
	work->job.done = step_done;
	work->job.owner = work;
	db_submit(&work->job, db_pool(POOL_ADMIN));
}

void
metadata_http(HttpRequest *r)
{
	/* a page's form must not manage */
	if (http_header(r, "origin") && !is_json_content_type(http_header(r, "content-type")))
		admin_error(r, 415, "$", "content-type must be application/json", "bad-request");
	else
		admin_only(r, run);
}
