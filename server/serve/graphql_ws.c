/*
 * graphql_ws.c: the sub-protocol graphql-transport-ws, as the server.
 *
 * The table below says what each message may do in each state. An id is taken
 * before any work for it begins, and free again when its operation has ended.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "serve/http.h"
#include "serve/log.h"
#include "serve/operation.h"
#include "serve/settings.h"
#include "serve/websocket.h"

typedef enum WsState
{
	WS_NEW, WS_AUTHENTICATING, WS_ACKNOWLEDGED, N_WS_STATES
} WsState;

typedef struct WsOperation WsOperation;
struct WsOperation
{
	GraphqlWs  *g;
	char	   *id;
	Operation	op;
	long long	started_at;
	WsOperation *next;
};

struct GraphqlWs
{
	WebSocket  *ws;
	WsState		state;
	Headers		headers;		/* of the handshake and connection_init */
	char		address[46];
	AuthTask	auth;
	bool		authenticating;
	Timer		timer;			/* for connection_init, then for the token's
								 * end */
	WsOperation *operations;
	int			n_operations;
};

static void
send_typed(GraphqlWs *g, const char *type, const char *id, const char *payload, size_t len)
{
	Buffer		message = {0};

	buffer_puts(&message, "{\"type\":");
	buffer_json_text(&message, type);
	if (id)
	{
		buffer_puts(&message, ",\"id\":");
		buffer_json_text(&message, id);
	}
	if (payload)
	{
		buffer_puts(&message, ",\"payload\":");
		buffer_append(&message, payload, len);
	}
	buffer_putc(&message, '}');
	websocket_send(g->ws, message.data, message.len);
	buffer_free(&message);
}

/* ---- connection_init ---- */

static void
init_timed_out(Timer *timer)
{
	GraphqlWs  *g = timer->owner;

	websocket_close(g->ws, 4408, "Connection initialisation timeout");
}

static void
token_expired(Timer *timer)
{
	GraphqlWs  *g = timer->owner;

	if (g->auth.who.expires_at <= time(NULL))
		websocket_close(g->ws, 4403, "Forbidden");
	else
		timer_set(timer, 1000);
}

static void
authenticated(AuthTask *task)
{
	GraphqlWs  *g = task->owner;

	g->authenticating = false;
	if (task->error)
	{
		websocket_close(g->ws, 4403, "Forbidden");
		return;
	}
	g->state = WS_ACKNOWLEDGED;
	timer_cancel(&g->timer);
	if (task->who.expires_at)
	{
		long long	left = task->who.expires_at - time(NULL);

		g->timer.fire = token_expired;
		timer_set(&g->timer, left <= 0 ? 0 : left > 86400 ? 86400000 : left * 1000);
	}
	send_typed(g, "connection_ack", NULL, NULL, 0);
}

/* The payload's headers take the place of the handshake's. */
static void
take_headers(GraphqlWs *g, const JsonText *payload)
{
	JsonText	object = json_member(payload, "headers");
	Headers		all = {0};
	JsonText	key;
	JsonText	value;

	for (const char *at = NULL; json_next(&object, &at, &key, &value);)
	{
		char	   *name = json_dup(&key);
		char	   *text = value.kind == JSON_STRING ? json_dup(&value)
		: value.kind == JSON_NUMBER || value.kind == JSON_TRUE || value.kind == JSON_FALSE
		? xstrndup(value.text, value.len) : NULL;

		if (name && text)
			headers_add(&all, name, text);
		free(name);
		free(text);
	}
	for (int i = 0; i < g->headers.n; i++)
	{
		if (headers_get(&all, g->headers.items[i].name) == NULL)
			headers_add(&all, g->headers.items[i].name, g->headers.items[i].value);
	}
	headers_free(&g->headers);
	g->headers = all;
}

static void
on_init(GraphqlWs *g, const JsonText *message)
{
	JsonText	payload = json_member(message, "payload");

	if (payload.kind != JSON_ABSENT && payload.kind != JSON_NULL && payload.kind != JSON_OBJECT)
	{
		websocket_close(g->ws, 4400, "payload of connection_init must be an object");
		return;
	}
	g->state = WS_AUTHENTICATING;
	take_headers(g, &payload);
	g->auth.headers = &g->headers;
	g->auth.done = authenticated;
	g->auth.owner = g;
	g->authenticating = true;
	auth_start(&g->auth);
}

/* ---- operations ---- */

static WsOperation **
find_operation(GraphqlWs *g, const char *id)
{
	WsOperation **link = &g->operations;

	while (*link && strcmp((*link)->id, id) != 0)
		link = &(*link)->next;
	return link;
}

static void
remove_operation(WsOperation **link)
{
	WsOperation *o = *link;

	*link = o->next;
	o->g->n_operations--;
	operation_clear(&o->op);
	free(o->id);
	free(o);
}

/* The list of errors inside of an answer without data. */
static JsonText
errors_of(const Operation *op)
{
	JsonText	answer;

	if (!json_check(op->text, op->len, &answer))
		return (JsonText) {0};
	return json_member(&answer, "errors");
}

static void
log_operation(const WsOperation *o)
{
	LogFields	f = {0};
	const Operation *op = &o->op;

	if (log_wanted(EVENT_request))
	{
		log_text(&f, "address", o->g->address);
		log_text(&f, "transport", "websocket");
		log_number(&f, "status", outcome_status(op->outcome, ANSWER_GRAPHQL));
		log_text(&f, "role", o->g->auth.who.role ? o->g->auth.who.role : "admin");
		log_text(&f, "operation", op->request.operation_name);
		log_text(&f, "kind", operation_kind_name(op->request.kind));
		log_text(&f, "code", op->error_code);
		log_number(&f, "us", clock_us() - o->started_at);
		log_number(&f, "queue_us", op->queue_us);
		log_number(&f, "database_us", op->db_us);
		log_number(&f, "bytes_out", (long long) op->len);
	}
	log_event(EVENT_request, &f);
}

static void
answered(Operation *op)
{
	WsOperation *o = op->owner;
	GraphqlWs  *g = o->g;
	JsonText	errors = {0};

	log_operation(o);
	if (op->outcome != OUTCOME_DATA)
		errors = errors_of(op);
	if (errors.kind == JSON_ARRAY)
		send_typed(g, "error", o->id, errors.text, errors.len);
	else
	{
		send_typed(g, "next", o->id, op->text, op->len);
		send_typed(g, "complete", o->id, NULL, 0);
	}
	remove_operation(find_operation(g, o->id));
}

static void
on_subscribe(GraphqlWs *g, const JsonText *message)
{
	JsonText	id_text = json_member(message, "id");
	JsonText	payload = json_member(message, "payload");
	GraphqlRequest request;
	WsOperation *o;
	char	   *id = json_dup(&id_text);
	const char *error;

	if (id == NULL || *id == '\0')
		websocket_close(g->ws, 4400, "id of subscribe must be a string");
	else if (*find_operation(g, id) != NULL)
	{
		/* a reason has at most 123 bytes */
		char	   *reason = xprintf("Subscriber for %.80s already exists", id);

		websocket_close(g->ws, 4409, utf8_check(reason, strlen(reason)) ? reason : "Subscriber already exists");
		free(reason);
	}
	else if (g->n_operations >= settings->websocket_operations)
		websocket_close(g->ws, 4429, "too many operations at a time");
	else if ((error = graphql_request_read(&request, &payload)) != NULL)
	{
		graphql_request_free(&request);
		websocket_close(g->ws, 4400, error);
	}
	else
	{
		o = xcalloc(sizeof(WsOperation));
		*o = (WsOperation) {.g = g, .id = id, .started_at = clock_us(), .next = g->operations};
		o->op = (Operation) {.request = request, .transport = "websocket", .done = answered, .owner = o};
		g->operations = o;
		g->n_operations++;
		operation_start(&o->op, &g->auth.who, &g->headers, g->address);
		return;
	}
	free(id);
}

static void
on_complete(GraphqlWs *g, const JsonText *message)
{
	JsonText	id_text = json_member(message, "id");
	char	   *id = json_dup(&id_text);
	WsOperation **link;

	if (id == NULL)
	{
		websocket_close(g->ws, 4400, "id of complete must be a string");
		return;
	}
	link = find_operation(g, id);
	if (*link)
	{
		operation_cancel(&(*link)->op);
		remove_operation(link);
	}
	free(id);
}

static void
on_ping(GraphqlWs *g, const JsonText *message)
{
	JsonText	payload = json_member(message, "payload");

	send_typed(g, "pong", NULL, payload.kind == JSON_OBJECT ? payload.text : NULL, payload.len);
}

static void
on_pong(GraphqlWs *g, const JsonText *message)
{
	(void) g;
	(void) message;
}

/* ---- messages ---- */

static const struct
{
	const char *type;
	struct
	{
		void		(*handle) (GraphqlWs *g, const JsonText *message);
		int			close_code; /* without handle */
		const char *reason;
	}			in[N_WS_STATES];
}			messages[] = {
	{"connection_init", {
			{on_init, 0, NULL},
			{NULL, 4429, "Too many initialisation requests"},
	{NULL, 4429, "Too many initialisation requests"}}},
	{"subscribe", {
			{NULL, 4401, "Unauthorized"},
			{NULL, 4401, "Unauthorized"},
	{on_subscribe, 0, NULL}}},
	{"complete", {
			{NULL, 4401, "Unauthorized"},
			{NULL, 4401, "Unauthorized"},
	{on_complete, 0, NULL}}},
	{"ping", {{on_ping, 0, NULL}, {on_ping, 0, NULL}, {on_ping, 0, NULL}}},
	{"pong", {{on_pong, 0, NULL}, {on_pong, 0, NULL}, {on_pong, 0, NULL}}},
};

void
graphql_ws_message(GraphqlWs *g, const char *text, size_t len)
{
	JsonText	message;
	JsonText	type_text;
	char	   *type;

	if (!json_check(text, len, &message) || message.kind != JSON_OBJECT)
	{
		websocket_close(g->ws, 4400, "Invalid message");
		return;
	}
	type_text = json_member(&message, "type");
	type = json_dup(&type_text);
	for (size_t i = 0; type && i < sizeof(messages) / sizeof(messages[0]); i++)
	{
		if (strcmp(type, messages[i].type) != 0)
			continue;
		free(type);
		if (messages[i].in[g->state].handle)
			messages[i].in[g->state].handle(g, &message);
		else
			websocket_close(g->ws, messages[i].in[g->state].close_code,
							messages[i].in[g->state].reason);
		return;
	}
	free(type);
	websocket_close(g->ws, 4400, "Invalid message");
}

GraphqlWs  *
graphql_ws_open(WebSocket *ws, const Headers *headers, const char *address, bool protocol)
{
	GraphqlWs  *g = xcalloc(sizeof(GraphqlWs));

	g->ws = ws;
	strcpy(g->address, address);
	for (int i = 0; i < headers->n; i++)
	{
		/* of this connection, not of what is asked over it */
		if (strncmp(headers->items[i].name, "sec-websocket-", 14) != 0 &&
			strcmp(headers->items[i].name, "upgrade") != 0 && strcmp(headers->items[i].name, "connection") != 0)
			headers_add(&g->headers, headers->items[i].name, headers->items[i].value);
	}
	g->timer.owner = g;
	g->timer.fire = init_timed_out;
	if (!protocol)
		websocket_close(ws, 4406, "Subprotocol not acceptable");
	else
		timer_set(&g->timer, settings->websocket_init_timeout);
	return g;
}

void
graphql_ws_closed(GraphqlWs *g)
{
	timer_cancel(&g->timer);
	if (g->authenticating)
		auth_cancel(&g->auth);
	auth_clear(&g->auth);
	while (g->operations)
	{
		operation_cancel(&g->operations->op);
		remove_operation(&g->operations);
	}
	headers_free(&g->headers);
	free(g);
}
