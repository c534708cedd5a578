/*
 * operation.c: a GraphQL operation, run by the database.
 *
 * The database's answer goes on as it is. Only SQL errors, which mean that the
 * call and not the document was wrong, are put into words here: none of them
 * may tell a client more than it may know.
 */
#include "serve/operation.h"

#include <stdlib.h>
#include <string.h>

#include "serve/allow_list.h"
#include "serve/http.h"
#include "serve/log.h"
#include "serve/metrics.h"
#include "serve/rate_limit.h"
#include "serve/settings.h"

static const struct
{
	unsigned	graphql;		/* for application/graphql-response+json */
	unsigned	json;			/* for application/json */
}			statuses[N_OUTCOMES] = {
	[OUTCOME_DATA] = {200, 200},
	[OUTCOME_REQUEST_ERROR] = {400, 200},
	[OUTCOME_DENIED] = {403, 200},
	[OUTCOME_WRITES_BY_GET] = {405, 405},
	[OUTCOME_TOO_MANY] = {429, 429},
	[OUTCOME_UNAVAILABLE] = {503, 503},
	[OUTCOME_TIMEOUT] = {504, 504},
	[OUTCOME_INTERNAL] = {500, 500},
};

unsigned
outcome_status(Outcome outcome, AnswerType type)
{
	return type == ANSWER_JSON ? statuses[outcome].json : statuses[outcome].graphql;
}

/* Makes the answer an error of the program's own. */
static void
operation_error(Operation *op, Outcome outcome, const char *message, const char *code)
{
	op->own_text.len = 0;
	http_graphql_error(&op->own_text, message, code);
	op->text = op->own_text.data;
	op->len = op->own_text.len;
	op->outcome = outcome;
	op->error_code = code;
}

/* ---- SQL errors ---- */

static bool
is_class(const char *state, const char *class)
{
	return strncmp(state, class, 2) == 0;
}

static void
take_sql_error(Operation *op, const PGresult *result)
{
	const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
	const char *message = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;

	if (state == NULL)
		operation_error(op, OUTCOME_INTERNAL, "the database did not answer", "unexpected");
	else if (strcmp(state, "25006") == 0 && op->by_get)
		operation_error(op, OUTCOME_WRITES_BY_GET, "mutations are sent by POST", "bad-request");
	else if (strcmp(state, "25006") == 0)
		operation_error(op, OUTCOME_UNAVAILABLE, "the database is read-only", "read-only");
	else if (strcmp(state, "42501") == 0 || strcmp(state, "42704") == 0)
		operation_error(op, OUTCOME_DENIED, "the role is not allowed here", "access-denied");
	else if (strcmp(state, "57014") == 0)
		operation_error(op, OUTCOME_TIMEOUT, "the query took too long", "timeout");
	else if (is_class(state, "22") || is_class(state, "54"))
		operation_error(op, OUTCOME_REQUEST_ERROR, message ? message : "the request does not fit", "validation-failed");
	else if (is_class(state, "40"))
		operation_error(op, OUTCOME_UNAVAILABLE, "another transaction was in the way; try again", "conflict");
	else if (is_class(state, "53") || is_class(state, "57") || is_class(state, "58"))
		operation_error(op, OUTCOME_UNAVAILABLE, "the database is not available", "unavailable");
	else
		operation_error(op, OUTCOME_INTERNAL, "internal error", "unexpected");
	if (state && op->outcome == OUTCOME_INTERNAL)
	{
		LogFields	f = {0};

		log_text(&f, "sqlstate", state);
		log_text(&f, "error", message);
		log_event(EVENT_db_error, &f);
	}
}

static void
take_answer(Operation *op, PGresult *result)
{
	int			column = PQnfields(result) - 1;

	if (PQntuples(result) != 1 || PQgetisnull(result, 0, column))
	{
		operation_error(op, OUTCOME_INTERNAL, "internal error", "unexpected");
		PQclear(result);
		return;
	}
	op->result = result;
	op->text = PQgetvalue(result, 0, column);
	op->len = (size_t) PQgetlength(result, 0, column);
	op->outcome = strncmp(op->text, "{\"data\"", 7) == 0 ? OUTCOME_DATA : OUTCOME_REQUEST_ERROR;
}

/* Whether a replica has refused to write, in a field's error. */
static bool
needs_primary(const DbJob *job, PGresult *result)
{
	int			column = PQnfields(result) - 1;
	const char *text;
	JsonText	answer;

	if (!db_is_replica(job->pool) || PQntuples(result) != 1)
		return false;
	text = PQgetvalue(result, 0, column);
	if (strstr(text, "\"25006\"") == NULL ||
		!json_check(text, (size_t) PQgetlength(result, 0, column), &answer))
		return false;
	answer = json_member(&answer, "errors");
	return answer.kind == JSON_ARRAY && memmem(answer.text, answer.len, "\"25006\"", 7) != NULL;
}

static bool
finished(DbJob *job, DbOutcome outcome, PGresult *result)
{
	Operation  *op = job->owner;
	long long	now = clock_us();

	/* nothing was written there, so nothing is written twice */
	if (outcome == DB_OK && needs_primary(job, result))
	{
		PQclear(result);
		db_submit(job, db_pool(POOL_PRIMARY));
		return false;
	}
	op->running = false;
	op->queue_us = (job->started_at ? job->started_at : now) - job->queued_at;
	op->db_us = job->started_at ? now - job->started_at : 0;
	switch (outcome)
	{
		case DB_OK:
			take_answer(op, result);
			break;
		case DB_ERROR:
			take_sql_error(op, result);
			PQclear(result);
			break;
		case DB_LOST:
			operation_error(op, OUTCOME_UNAVAILABLE, "the connection to the database was lost", "unavailable");
			break;
		case DB_COPY:
			operation_error(op, OUTCOME_INTERNAL, "internal error", "unexpected");
			break;
		case DB_NO_CONNECTION:
			operation_error(op, OUTCOME_UNAVAILABLE, "the database is not available", "unavailable");
			break;
		case DB_TIMEOUT:
			operation_error(op, OUTCOME_TIMEOUT, "the query took too long", "timeout");
			break;
	}
	metrics_operation(operation_kind_name(op->request.kind), op->transport,
					  op->outcome != OUTCOME_DATA,
					  op->queue_us, op->db_us);
	op->done(op);
	return false;
}

/* ---- starting ---- */

static bool
send_operation(DbJob *job, Connection *connection)
{
	Operation  *op = job->owner;
	const char *params[5] = {op->request.query, op->role, op->request.variables,
	op->request.operation_name, op->headers};

	return db_send_resolve(connection, params, op->by_get);
}

static void
refused(Timer *timer)
{
	Operation  *op = timer->owner;

	op->running = false;
	op->done(op);
}

/* An answer without the database, but not before the caller has returned. */
static void
refuse(Operation *op, Outcome outcome, const char *message, const char *code)
{
	operation_error(op, outcome, message, code);
	op->job.pool = NULL;
	op->job.connection = NULL;
	op->job.timer.owner = op;
	op->job.timer.fire = refused;
	timer_set(&op->job.timer, 0);
}

static Pool *
choose_pool(const Operation *op, const Who *who)
{
	/* where the administrator has a connection of his own */
	if (who->role == NULL && settings->metadata_database_url)
		return db_pool(POOL_ADMIN);
	if (op->request.kind == OPERATION_MUTATION)
		return db_pool(POOL_PRIMARY);
	return db_pool(POOL_REPLICA);
}

void
operation_start(Operation *op, const Who *who, const Headers *headers, const char *address)
{
	op->running = true;
	if (op->by_get && op->request.kind == OPERATION_MUTATION)
		refuse(op, OUTCOME_WRITES_BY_GET, "mutations are sent by POST", "bad-request");
	else if (!rate_limit_allows(address, who->role))
	{
		log_event(EVENT_rate_limited, NULL);
		refuse(op, OUTCOME_TOO_MANY, "too many requests", "rate-limit-exceeded");
	}
	else if (who->role && settings->enable_allowlist &&
			 !allow_list_has(op->request.query, who->role))
		refuse(op, OUTCOME_REQUEST_ERROR, "query is not allowed", "validation-failed");
	else
	{
		const char *role = who_role(who);

		op->role = role ? xstrdup(role) : NULL;
		op->headers = who_headers(who, headers);
		op->job.send = send_operation;
		op->job.done = finished;
		op->job.owner = op;
		db_submit(&op->job, choose_pool(op, who));
	}
}

void
operation_cancel(Operation *op)
{
	if (op->running)
		db_cancel(&op->job);
	op->running = false;
}

void
operation_clear(Operation *op)
{
	graphql_request_free(&op->request);
	PQclear(op->result);
	buffer_free(&op->own_text);
	free(op->role);
	free(op->headers);
	op->result = NULL;
	op->role = op->headers = NULL;
}
