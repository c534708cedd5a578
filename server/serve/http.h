/*
 * http.h: requests and replies, over libmicrohttpd.
 *
 * A request is read whole, handed to the handler of its route, and replied to
 * once, at once or later. While it waits its connection is suspended. A client
 * that goes away meanwhile, or closes its half, has its work given up.
 *
 *   listen.c     sockets, the library's daemon, deadlines of clients
 *   request.c    from headers to the handler's call, and the end
 *   reply.c      answers: compression, CORS, request id
 *   route.c      which path is whose
 */
#ifndef HTTP_H
#define HTTP_H

#include <libpq-fe.h>
#include <microhttpd.h>
#include <stdbool.h>

#include "common/buffer.h"
#include "serve/headers.h"
#include "serve/loop.h"

typedef struct HttpRequest HttpRequest;
typedef struct Client Client;
typedef struct Route Route;

/* A client's connection. */
struct Client
{
	int			fd;
	char		address[46];
	bool		gone;			/* it has closed its end, or half of it */
	HttpRequest *request;		/* the one in progress */
	Watch		watch;			/* for its going */
	Timer		deadline;		/* fires at must_act_by or earlier */
	long long	must_act_by;	/* loop_now(); 0: no deadline */
};

struct Route
{
	const char *path;
	const char *methods;		/* "GET, POST": what allow says */
	bool		below;			/* paths below it, too */
	void		(*handle) (HttpRequest *r); /* the request is complete */
};

/* What the line in the log tells. */
typedef struct RequestLog
{
	char	   *operation;		/* name, or NULL */
	const char *kind;			/* query, mutation, ... or NULL */
	char	   *role;
	const char *error_code;		/* of fixed words */
	long long	queue_us;
	long long	db_us;
	bool		admin;
} RequestLog;

struct HttpRequest
{
	struct MHD_Connection *mhd;
	Client	   *client;
	const char *method;
	const char *path;
	const Route *route;
	Headers		headers;
	char	   *id;				/* x-request-id */
	char	   *trace_parent;	/* or NULL */
	Buffer		body;			/* unpacked */
	long long	started_at;		/* clock_us() */
	RequestLog	log;

	/* of the handler */
	void	   *work;
	void		(*give_up) (HttpRequest *r);	/* the client is gone: no
												 * reply; frees work */

	/* of request.c and reply.c */
	struct Unpacker *unpacker;
	int			refuse_status;	/* the body is read, but only to be thrown
								 * away */
	const char *refuse_reason;
	size_t		received;		/* bytes of the body as they came */
	bool		suspended;
	bool		lingering;		/* waits without being suspended */
	long long	lingers_since;	/* loop_now() */
	bool		handled;		/* the handler was called */
	struct MHD_Response *response;
	unsigned	status;
	size_t		reply_bytes;
	bool		streaming;		/* the answer's end is not known yet: no
								 * deadline */
	Buffer		extra_headers;	/* name NUL value NUL ... */
};

/* ---- listen.c ---- */

/* Exits with a message where it cannot listen. */
extern void http_start(void);

/* No new clients; answers get connection: close. */
extern void http_quiesce(void);
extern bool http_quiescing(void);
extern int	http_clients(void);

/* The library has something to do: run it before the loop waits. */
extern void http_wake(void);

/* Where it listens, for people. */
extern const char *http_address(void);

extern Client *client_of(struct MHD_Connection *mhd);

/* What the client must have done within so many milliseconds. */
extern void client_deadline(Client *client, long long ms);

/* ---- request.c ---- */

/* The library's callbacks. */
extern enum MHD_Result http_on_request(void *cls, struct MHD_Connection *mhd, const char *url,
									   const char *method, const char *version,
									   const char *upload, size_t *upload_size, void **request);
extern void http_on_completed(void *cls, struct MHD_Connection *mhd, void **request,
							  enum MHD_RequestTerminationCode code);

/* A URL parameter, decoded; NULL. */
extern const char *http_parameter(HttpRequest *r, const char *name);
extern const char *http_header(const HttpRequest *r, const char *name);

/* The client is gone while its request is worked on. */
extern void http_client_gone(Client *client);

/* Goes on after a suspension; used by replies and event streams. */
extern void http_resume(HttpRequest *r);
extern void http_suspend(HttpRequest *r);

/* How many requests wait without being suspended. */
extern int	http_lingering(void);

/* ---- reply.c ---- */

/* Adds a header to the reply to come. */
extern void http_add_header(HttpRequest *r, const char *name, const char *value);

/* Replies; the buffer's text goes along. */
extern void http_reply(HttpRequest *r, unsigned status, const char *type, Buffer *body);

/* Replies with a text that lives in a result; both go along. */
extern void http_reply_result(HttpRequest *r, unsigned status, const char *type,
							  PGresult *result, const char *text, size_t len);

/* Replies with a response that was made by hand. */
extern void http_reply_response(HttpRequest *r, unsigned status, struct MHD_Response *response);

/* Request id, CORS, and what http_add_header() was given. */
extern void http_add_standard_headers(HttpRequest *r, struct MHD_Response *response);
extern void http_reply_text(HttpRequest *r, unsigned status, const char *text);

/* {"errors":[{"message":...,"extensions":{"path":"$","code":...}}]} */
extern void http_graphql_error(Buffer *out, const char *message, const char *code);

/* ---- route.c ---- */

extern const Route *http_find_route(const char *path);

/* For the listener of metrics_port. */
extern const Route *http_find_metrics_route(const char *path);

#endif
