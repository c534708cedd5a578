/*
 * graphql_http.c: GraphQL over HTTP (GraphQL Foundation, draft of 2025).
 *
 * In the order of the checks: accept (406), content type (415), parameters
 * (400), who is asking, then the operations. Method (405) and size (413) were
 * checked before.
 */
#include "serve/graphql_http.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "serve/log.h"
#include "serve/settings.h"
#include "serve/websocket.h"

static void start_next(GraphqlWork *work);

static const char *
content_type(AnswerType type)
{
	switch (type)
	{
		case ANSWER_GRAPHQL:
			return "application/graphql-response+json; charset=utf-8";
		case ANSWER_EVENTS:
			return "text/event-stream; charset=utf-8";
		default:
			return "application/json; charset=utf-8";
	}
}

static void
reply_error(HttpRequest *r, unsigned status, AnswerType type, const char *message, const char *code)
{
	Buffer		body = {0};

	r->log.error_code = code;
	http_graphql_error(&body, message, code);
	http_reply(r, status, content_type(type == ANSWER_EVENTS ? ANSWER_JSON : type), &body);
}

void
graphql_work_free(GraphqlWork *work)
{
	timer_cancel(&work->ping);
	operation_clear(&work->op);
	auth_clear(&work->auth);
	for (int i = 0; i < work->n; i++)
		graphql_request_free(&work->requests[i]);
	free(work->requests);
	buffer_free(&work->answers);
	buffer_free(&work->stream);
	free(work);
}

static void
give_up(HttpRequest *r)
{
	GraphqlWork *work = r->work;

	auth_cancel(&work->auth);
	operation_cancel(&work->op);
	r->work = NULL;
	if (work->streaming)
		work->finished = true;	/* freed with its response */
	else
		graphql_work_free(work);
}

/* ---- answers ---- */

static void
note(GraphqlWork *work)
{
	RequestLog *log = &work->r->log;
	Operation  *op = &work->op;

	log->queue_us += op->queue_us;
	log->db_us += op->db_us;
	if (op->error_code)
		log->error_code = op->error_code;
}

static void
reply_one(GraphqlWork *work)
{
	HttpRequest *r = work->r;
	Operation  *op = &work->op;
	unsigned	status = outcome_status(op->outcome, work->type);

	if (op->outcome == OUTCOME_UNAVAILABLE || op->outcome == OUTCOME_TOO_MANY)
		http_add_header(r, "retry-after", "1");
	if (op->outcome == OUTCOME_WRITES_BY_GET)
		http_add_header(r, "allow", "POST");
	if (op->result)
	{
		http_reply_result(r, status, content_type(work->type), op->result, op->text, op->len);
		op->result = NULL;
	}
	else
		http_reply(r, status, content_type(work->type), &op->own_text);
	graphql_work_free(work);
}

static void
answered(Operation *op)
{
	GraphqlWork *work = op->owner;

	note(work);
	if (work->type == ANSWER_EVENTS)
		event_stream_finish(work);
	else if (!work->batch)
		reply_one(work);
	else
	{
		buffer_putc(&work->answers, work->next == 1 ? '[' : ',');
		buffer_append(&work->answers, op->text, op->len);
		operation_clear(op);
		start_next(work);
	}
}

/* ---- operations ---- */

static void
start_next(GraphqlWork *work)
{
	Operation  *op = &work->op;

	if (work->next == work->n)
	{
		if (work->n == 0)
			buffer_putc(&work->answers, '[');
		buffer_putc(&work->answers, ']');
		http_reply(work->r, 200, content_type(work->type), &work->answers);
		graphql_work_free(work);
		return;
	}
	*op = (Operation) {.request = work->requests[work->next], .done = answered, .owner = work};
	work->requests[work->next++] = (GraphqlRequest) {0};
	op->by_get = strcmp(work->r->method, "GET") == 0;
	op->transport = work->type == ANSWER_EVENTS ? "sse" : "http";
	work->r->log.kind = operation_kind_name(op->request.kind);
	if (work->r->log.operation == NULL && op->request.operation_name)
		work->r->log.operation = xstrdup(op->request.operation_name);
	operation_start(op, &work->auth.who, &work->r->headers, work->r->client->address);
}

static void
authenticated(AuthTask *task)
{
	GraphqlWork *work = task->owner;
	HttpRequest *r = work->r;

	if (task->error)
	{
		/* Hasura's habit for application/json, but for its own failures */
		unsigned	status = work->type == ANSWER_JSON && task->error_status < 500 ? 200
		: (unsigned) task->error_status;

		reply_error(r, status, work->type, task->error, task->error_code);
		graphql_work_free(work);
		return;
	}
	r->log.admin = task->who.admin;
	r->log.role = task->who.role ? xstrdup(task->who.role) : NULL;
	if (work->type == ANSWER_EVENTS)
		event_stream_begin(work);
	start_next(work);
}

/* ---- requests ---- */

/* The body's objects; an error is a constant text. */
static const char *
read_body(GraphqlWork *work, const Buffer *body)
{
	JsonText	root;
	JsonText	item;
	const char *error = NULL;

	if (body->len == 0 || !json_check(body->data, body->len, &root))
		return "the body is not JSON";
	work->batch = root.kind == JSON_ARRAY && work->type != ANSWER_EVENTS;
	if (!work->batch)
	{
		work->requests = xcalloc(sizeof(GraphqlRequest));
		work->n = 1;
		return graphql_request_read(&work->requests[0], &root);
	}
	for (const char *at = NULL; !error && json_next(&root, &at, NULL, &item);)
	{
		if (work->n >= settings->max_batch)
			return "the body has too many requests";
		work->requests = xrealloc(work->requests, (size_t) (work->n + 1) * sizeof(GraphqlRequest));
		error = graphql_request_read(&work->requests[work->n++], &item);
	}
	return error;
}

static const char *
read_parameters(GraphqlWork *work, HttpRequest *r)
{
	work->requests = xcalloc(sizeof(GraphqlRequest));
	work->n = 1;
	return graphql_request_from_texts(&work->requests[0], http_parameter(r, "query"),
									  http_parameter(r, "variables"), http_parameter(r, "operationName"),
									  http_parameter(r, "extensions"));
}

void
graphql_http(HttpRequest *r)
{
	bool		is_get = strcmp(r->method, "GET") == 0;
	const char *type = http_header(r, "content-type");
	AnswerType	answer = accept_answer_type(http_header(r, "accept"));
	GraphqlWork *work;
	const char *error;

	if (is_get && websocket_wanted(r))
	{
		websocket_accept(r);
		return;
	}
	if (answer == ANSWER_NONE)
	{
		reply_error(r, 406, ANSWER_JSON, "accept must allow application/json, application/graphql-response+json or text/event-stream", "bad-request");
		return;
	}
	/* what browsers send across origins unasked is none of these types */
	if (is_get ? type && !is_json_content_type(type) : !is_json_content_type(type))
	{
		reply_error(r, 415, answer, "content-type must be application/json", "bad-request");
		return;
	}
	work = xcalloc(sizeof(GraphqlWork));
	work->r = r;
	work->type = answer;
	error = is_get ? read_parameters(work, r) : read_body(work, &r->body);
	if (error)
	{
		reply_error(r, 400, answer, error, "bad-request");
		graphql_work_free(work);
		return;
	}
	r->work = work;
	r->give_up = give_up;
	work->auth.headers = &r->headers;
	work->auth.request = is_get ? NULL : r->body.data;
	work->auth.owner = work;
	work->auth.done = authenticated;
	auth_start(&work->auth);
}
