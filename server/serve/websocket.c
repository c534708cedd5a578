/*
 * websocket.c: the handshake (RFC 6455, 4.2), frames, and what waits to be
 * sent.
 */
#include "serve/websocket.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>
#include <wslay/wslay.h>

#include "serve/log.h"
#include "serve/metrics.h"
#include "serve/origin.h"
#include "serve/settings.h"

#define PROTOCOL "graphql-transport-ws"

/* How long a peer may take to take what is queued and to close. */
#define CLOSE_MS 5000

struct WebSocket
{
	int			fd;
	struct MHD_UpgradeResponseHandle *urh;	/* with TLS, else NULL */
	wslay_event_context_ptr wslay;
	Watch		watch;
	Timer		timer;			/* ping, or the end of closing */
	GraphqlWs  *graphql;
	Headers		headers;		/* of the handshake */
	char		address[46];
	bool		protocol;
	bool		closing;
	bool		lingering;		/* waits for the peer's end only */
	bool		heard;			/* something came since the last ping */
	const char *early;			/* bytes that came with the handshake */
	size_t		early_len;
	WebSocket  *prev;
	WebSocket  *next;
};

static WebSocket *all;

/* ---- the handshake ---- */

/* Whether a header's list has a word. */
static bool
list_has(const char *list, const char *word)
{
	size_t		len = strlen(word);

	while (list && *list)
	{
		size_t		item;

		list += strspn(list, ", \t");
		item = strcspn(list, ", \t");
		if (item == len && strncasecmp(list, word, len) == 0)
			return true;
		list += item;
	}
	return false;
}

bool
websocket_wanted(HttpRequest *r)
{
	return list_has(http_header(r, "upgrade"), "websocket") && list_has(http_header(r, "connection"), "upgrade");
}

static bool
is_key(const char *key)
{
	unsigned char bytes[24];

	return key && strlen(key) == 24 && EVP_DecodeBlock(bytes, (const unsigned char *) key,
													   24) == 18;
}

/* RFC 6455, 4.2.2, 5.4 */
static char *
accept_value(const char *key)
{
	char	   *text = xprintf("%s258EAFA5-E914-47DA-95CA-C5AB0DC85B11", key);
	unsigned char digest[SHA_DIGEST_LENGTH];
	unsigned char encoded[32];

	SHA1((unsigned char *) text, strlen(text), digest);
	free(text);
	EVP_EncodeBlock(encoded, digest, sizeof(digest));
	return xstrdup((char *) encoded);
}

/* The first of a list, as a new text; NULL. */
static char *
first_of(const char *list)
{
	size_t		len;

	if (list == NULL)
		return NULL;
	list += strspn(list, ", \t");
	len = strcspn(list, ", \t");
	return len > 0 ? xstrndup(list, len) : NULL;
}

/*
 * Browsers connect across origins unasked, and cookies come along: then, and
 * where everybody is the administrator, only pages of the origins allowed may.
 */
static bool
origin_may_connect(HttpRequest *r)
{
	const char *origin = http_header(r, "origin");
	const char *host = http_header(r, "host");
	const char *of_origin;

	if (origin == NULL || cors_allows(origin))
		return true;
	if (http_header(r, "cookie") == NULL && settings->admin_secret)
		return true;
	of_origin = strstr(origin, "://");
	return of_origin && host && strcasecmp(of_origin + 3, host) == 0;
}

static void
refuse(HttpRequest *r, unsigned status, const char *message)
{
	Buffer		body = {0};

	http_graphql_error(&body, message, "bad-request");
	http_reply(r, status, "application/json; charset=utf-8", &body);
}

static void on_upgraded(void *cls, struct MHD_Connection *mhd, void *request, const char *extra_in,
						size_t extra_in_size, MHD_socket fd, struct MHD_UpgradeResponseHandle *urh);

/* The client has gone before it got the answer. */
static void
never_upgraded(HttpRequest *r)
{
	WebSocket  *ws = r->work;

	headers_free(&ws->headers);
	free(ws);
}

void
websocket_accept(HttpRequest *r)
{
	const char *key = http_header(r, "sec-websocket-key");
	const char *version = http_header(r, "sec-websocket-version");
	const char *protocols = http_header(r, "sec-websocket-protocol");
	struct MHD_Response *response;
	WebSocket  *ws;
	char	   *value;
	char	   *chosen;

	if (version == NULL || strcmp(version, "13") != 0)
	{
		http_add_header(r, "sec-websocket-version", "13");
		refuse(r, 426, "the version of the WebSocket protocol must be 13");
		return;
	}
	if (!is_key(key))
	{
		refuse(r, 400, "sec-websocket-key must have 16 bytes");
		return;
	}
	if (!origin_may_connect(r) || http_quiescing())
	{
		refuse(r, http_quiescing() ? 503 : 403, http_quiescing() ? "shutting down" : "pages of this origin may not connect with cookies");
		return;
	}
	ws = xcalloc(sizeof(WebSocket));
	strcpy(ws->address, r->client->address);
	ws->headers = r->headers;
	r->headers = (Headers) {0};
	ws->protocol = list_has(protocols, PROTOCOL);

	/*
	 * another one is agreed to, only to be told by the close code that it is
	 * unknown
	 */
	chosen = ws->protocol ? xstrdup(PROTOCOL) : first_of(protocols);
	response = MHD_create_response_for_upgrade(on_upgraded, ws);
	value = accept_value(key);
	MHD_add_response_header(response, "upgrade", "websocket");
	MHD_add_response_header(response, "sec-websocket-accept", value);
	if (chosen)
		MHD_add_response_header(response, "sec-websocket-protocol", chosen);
	free(value);
	free(chosen);
	/* no more deadlines of requests */
	r->streaming = true;
	http_reply_response(r, 101, response);
	r->work = ws;
	r->give_up = never_upgraded;
}

/* ---- life ---- */

static void
free_socket(WebSocket *ws)
{
	GraphqlWs  *graphql = ws->graphql;

	ws->graphql = NULL;
	if (graphql)
		graphql_ws_closed(graphql);
	watch_remove(&ws->watch);
	timer_cancel(&ws->timer);
	wslay_event_context_free(ws->wslay);
	if (ws->prev)
		ws->prev->next = ws->next;
	else
		all = ws->next;
	if (ws->next)
		ws->next->prev = ws->prev;
	metrics_websocket(-1);
	log_event(EVENT_websocket_closed, NULL);
	if (ws->urh)
		MHD_upgrade_action(ws->urh, MHD_UPGRADE_ACTION_CLOSE);
	else
		close(ws->fd);
	http_wake();
	headers_free(&ws->headers);
	free(ws);
}

/*
 * Our close was sent, and not answered yet. What still comes is thrown away:
 * closing with bytes unread would make the peer miss the code.
 */
static void
linger(WebSocket *ws)
{
	if (wslay_event_get_read_enabled(ws->wslay) || ws->lingering)
		return;
	ws->closing = ws->lingering = true;
	shutdown(ws->fd, SHUT_WR);
	timer_set(&ws->timer, CLOSE_MS);
}

static void
throw_away(WebSocket *ws)
{
	char		bytes[16384];
	ssize_t		n = recv(ws->fd, bytes, sizeof(bytes), 0);

	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		free_socket(ws);
}

/* Sends what the socket takes. False: the socket is freed. */
static bool
flush(WebSocket *ws)
{
	bool		waits;

	if (wslay_event_want_write(ws->wslay) && wslay_event_send(ws->wslay) != 0)
	{
		free_socket(ws);
		return false;
	}
	waits = wslay_event_want_write(ws->wslay);
	if (wslay_event_get_close_sent(ws->wslay) && !waits)
	{
		if (wslay_event_get_close_received(ws->wslay))
		{
			free_socket(ws);
			return false;
		}
		linger(ws);
	}
	watch_change(&ws->watch, waits ? EPOLLIN | EPOLLOUT : EPOLLIN);
	return true;
}

static void
timed_out(Timer *timer)
{
	WebSocket  *ws = timer->owner;
	struct wslay_event_msg ping = {WSLAY_PING, NULL, 0};

	if (ws->closing || !ws->heard)
	{
		free_socket(ws);
		return;
	}
	ws->heard = false;
	wslay_event_queue_msg(ws->wslay, &ping);
	if (flush(ws))
		timer_set(&ws->timer, settings->websocket_ping);
}

void
websocket_close(WebSocket *ws, int code, const char *reason)
{
	if (ws->closing)
		return;
	ws->closing = true;
	wslay_event_queue_close(ws->wslay, (uint16_t) code, (const uint8_t *) reason, strlen(reason));
	timer_set(&ws->timer, CLOSE_MS);
	/* from the loop, since the caller goes on with the socket */
	watch_change(&ws->watch, EPOLLIN | EPOLLOUT);
}

bool
websocket_send(WebSocket *ws, const char *text, size_t len)
{
	struct wslay_event_msg message = {WSLAY_TEXT_FRAME, (const uint8_t *) text, len};

	if (ws->closing)
		return false;
	if (wslay_event_get_queued_msg_length(ws->wslay) + len > (size_t) settings->websocket_queue &&
		wslay_event_get_queued_msg_count(ws->wslay) > 0)
	{
		websocket_close(ws, 4500, "too much waits to be sent");
		return false;
	}
	wslay_event_queue_msg(ws->wslay, &message);
	watch_change(&ws->watch, EPOLLIN | EPOLLOUT);
	return true;
}

void
websocket_close_all(void)
{
	for (WebSocket *ws = all; ws; ws = ws->next)
		websocket_close(ws, WSLAY_CODE_GOING_AWAY, "shutting down");
}

/* ---- frames ---- */

static ssize_t
receive_bytes(wslay_event_context_ptr ctx, uint8_t *buf, size_t len, int flags, void *arg)
{
	WebSocket  *ws = arg;
	ssize_t		n;

	(void) flags;
	if (ws->early_len > 0)
	{
		n = (ssize_t) (len < ws->early_len ? len : ws->early_len);
		memcpy(buf, ws->early, (size_t) n);
		ws->early += n;
		ws->early_len -= (size_t) n;
		return n;
	}
	do
		n = recv(ws->fd, buf, len, 0);
	while (n < 0 && errno == EINTR);
	if (n > 0)
		return n;
	wslay_event_set_error(ctx, n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)
						  ? WSLAY_ERR_WOULDBLOCK : WSLAY_ERR_CALLBACK_FAILURE);
	return -1;
}

static ssize_t
send_bytes(wslay_event_context_ptr ctx, const uint8_t *data, size_t len, int flags, void *arg)
{
	WebSocket  *ws = arg;
	ssize_t		n;

	(void) flags;
	do
		n = send(ws->fd, data, len, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	if (n >= 0)
		return n;
	wslay_event_set_error(ctx, errno == EAGAIN || errno == EWOULDBLOCK ? WSLAY_ERR_WOULDBLOCK
						  : WSLAY_ERR_CALLBACK_FAILURE);
	return -1;
}

static void
take_message(wslay_event_context_ptr ctx, const struct wslay_event_on_msg_recv_arg *m, void *arg)
{
	WebSocket  *ws = arg;

	(void) ctx;
	ws->heard = true;
	if (ws->closing)
		return;
	if (m->opcode == WSLAY_TEXT_FRAME)
		graphql_ws_message(ws->graphql, (const char *) m->msg, m->msg_length);
	else if (m->opcode == WSLAY_BINARY_FRAME)
		websocket_close(ws, 4400, "messages are text");
}

static const struct wslay_event_callbacks callbacks = {
	.recv_callback = receive_bytes,
	.send_callback = send_bytes,
	.on_msg_recv_callback = take_message
};

static void
socket_ready(Watch *watch, unsigned events)
{
	WebSocket  *ws = watch->owner;

	if (ws->lingering)
	{
		throw_away(ws);
		return;
	}
	if ((events & EPOLLIN) || ws->early_len > 0)
	{
		if (wslay_event_recv(ws->wslay) != 0)
		{
			free_socket(ws);
			return;
		}
	}
	else if (events & (EPOLLERR | EPOLLHUP))
	{
		free_socket(ws);
		return;
	}
	flush(ws);
}

/*
 * Without TLS the socket is ours from here on, and the library frees the
 * memory that it has for the connection, which is more than ours.
 */
static void
take_socket(WebSocket *ws, int fd, struct MHD_UpgradeResponseHandle *urh)
{
	ws->fd = settings->tls_certificate ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 0);
	if (ws->fd >= 0)
	{
		MHD_upgrade_action(urh, MHD_UPGRADE_ACTION_CLOSE);
		http_wake();
	}
	else
	{
		ws->fd = fd;
		ws->urh = urh;
	}
}

static void
on_upgraded(void *cls, struct MHD_Connection *mhd, void *request, const char *extra_in,
			size_t extra_in_size, MHD_socket fd, struct MHD_UpgradeResponseHandle *urh)
{
	WebSocket  *ws = cls;
	Client	   *client = client_of(mhd);
	HttpRequest *r = request;

	r->give_up = NULL;
	/* without TLS it is the same descriptor */
	watch_remove(&client->watch);
	client_deadline(client, 0);
	take_socket(ws, fd, urh);
	ws->heard = true;
	wslay_event_context_server_init(&ws->wslay, &callbacks, ws);
	wslay_event_config_set_max_recv_msg_length(ws->wslay, (uint64_t) settings->max_body);
	ws->next = all;
	if (all)
		all->prev = ws;
	all = ws;
	metrics_websocket(1);
	log_event(EVENT_websocket_opened, NULL);
	ws->watch.ready = socket_ready;
	ws->watch.owner = ws;
	watch_add(&ws->watch, ws->fd, EPOLLIN);
	ws->timer.fire = timed_out;
	ws->timer.owner = ws;
	if (settings->websocket_ping > 0)
		timer_set(&ws->timer, settings->websocket_ping);
	ws->graphql = graphql_ws_open(ws, &ws->headers, ws->address, ws->protocol);
	headers_free(&ws->headers);
	if (extra_in_size > 0)
	{
		ws->early = extra_in;
		ws->early_len = extra_in_size;
		socket_ready(&ws->watch, EPOLLIN);
	}
}
