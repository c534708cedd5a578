/*
 * websocket.h: WebSockets: frames by wslay, sockets by libmicrohttpd.
 *
 *   websocket.c     the handshake, frames, what waits to be sent
 *   graphql_ws.c    the sub-protocol graphql-transport-ws
 */
#ifndef WEBSOCKET_H
#define WEBSOCKET_H

#include "serve/http.h"

typedef struct WebSocket WebSocket;

/* Whether a GET wants to become one. */
extern bool websocket_wanted(HttpRequest *r);

/* Replies to it: 101, or what is wrong. */
extern void websocket_accept(HttpRequest *r);

/* Queues a text; false when too much waits already, and it is being closed. */
extern bool websocket_send(WebSocket *ws, const char *text, size_t len);

/* Sends what is queued, then closes. Nothing is received any more. */
extern void websocket_close(WebSocket *ws, int code, const char *reason);

/* All of them, with 1001. */
extern void websocket_close_all(void);

/* ---- what websocket.c calls in graphql_ws.c ---- */

typedef struct GraphqlWs GraphqlWs;

/*
 * The handshake's headers are copied. protocol: was graphql-transport-ws
 * agreed?
 */
extern GraphqlWs *graphql_ws_open(WebSocket *ws, const Headers *headers, const char *address,
								  bool protocol);
extern void graphql_ws_message(GraphqlWs *g, const char *text, size_t len);

/* The socket is gone, or about to be; cancels what runs. */
extern void graphql_ws_closed(GraphqlWs *g);

#endif
