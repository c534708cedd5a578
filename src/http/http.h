/*
 * http.h: HTTP requests, many at a time, interruptible. The one header of
 * src/http.
 *
 * Each backend has one engine (libcurl's connection cache, a wait set), made
 * at first use. Requests are sent in groups. A group belongs to a memory
 * context: when that is reset or deleted, at an error for example, the group's
 * requests are taken off the wire, and everything that libcurl allocated for
 * them is freed. So callers may throw at any time, and need not catch
 * anything.
 *
 * Groups nest: a computed field may call graphql_resolve() while the requests
 * of an outer call are on the wire. Waiting for one group lets the requests of
 * all groups make progress, and returns responses of that group only.
 *
 * What the network does is never an error, but RrHttpResponse.failure. The
 * functions throw on out of memory, on misuse, and rr_http_next() and
 * rr_http_send() on query cancel and termination (57014, 57P01).
 *
 * With client_min_messages or log_min_messages at debug1, each request that is
 * sent and each response that is handed out is logged, without secrets.
 */
#ifndef RR_HTTP_H
#define RR_HTTP_H

#include "nodes/pg_list.h"
#include "stat/stat.h"

typedef enum RrHttpFailure
{
	RR_HTTP_OK = 0,				/* a complete response, with any status */
	RR_HTTP_BAD_URL,			/* not http(s), or malformed */
	RR_HTTP_RESOLVE,			/* host name unknown */
	RR_HTTP_CONNECT,			/* refused, unreachable */
	RR_HTTP_TLS,				/* handshake or certificate */
	RR_HTTP_TIMEOUT,			/* failure_detail says in which phase */
	RR_HTTP_TOO_LARGE,			/* more than max_response_bytes */
	RR_HTTP_DOWN,				/* not sent: it has not answered for a while */
	RR_HTTP_BROKEN,				/* reset, wrong length, bad encoding, protocol
								 * error */
} RrHttpFailure;

typedef struct RrHttpRequest
{
	/* what to send */
	const char *url;
	const char *url_name;		/* what messages call the URL; NULL: its
								 * display form */
	const char *method;			/* NULL: POST */
	List	   *headers;		/* char *: "Name: value" */
	const char *body;			/* not copied: must stay valid until the
								 * response is handed out */
	size_t		body_len;

	/* limits */
	int			timeout_ms;		/* for the whole request, from when it starts
								 * to connect; 0: no limit. Stands still while
								 * nobody calls rr_http_next(), rr_http_send()
								 * or rr_http_poll() */
	size_t		max_response_bytes; /* after decompression; 0: MaxAllocSize -
									 * 1, which is also the maximum */
	int			max_concurrent; /* requests with this limit_key that may be on
								 * the wire at a time; 0: no limit */
	const char *limit_key;		/* the remote schema's name; NULL: "" */

	/* how to send it */
	bool		idempotent;		/* if a kept-alive connection turns out to be
								 * closed, send it once more on a fresh one */
	int			retry_ms;		/* if idempotent: from now on so long it may
								 * be sent again, when the server asks for
								 * that (429, 503) */
	bool		even_if_down;	/* send it to a remote schema that has not
								 * answered for a while */
	bool		http2_prior_knowledge;	/* h2c. Over TLS, HTTP/2 is negotiated
										 * anyway */
	const char *ca_file;		/* CA bundle; NULL: libcurl's default */
	const char *client_certificate; /* PEM files; NULL: none */
	const char *client_key;
	bool		tls13;			/* not below TLS 1.3; else 1.2 */
	const char *proxy;			/* its URL; NULL or "": none. Secret */
	void	   *tag;			/* the caller's, handed back with the response */
} RrHttpRequest;

typedef struct RrHttpResponse
{
	void	   *tag;
	RrHttpFailure failure;
	char	   *failure_detail; /* a sentence for errdetail; NULL without a
								 * failure. Shows no header, and no userinfo
								 * or query of the URL */
	int			status;			/* 0 when no response came */
	char	   *content_type;	/* lower case, parameters cut off
								 * ("application/json"); NULL if the response
								 * had none */
	char	   *charset;		/* the parameter of Content-Type, lower case,
								 * or NULL */
	char	   *body;			/* decompressed, not converted to the server
								 * encoding, with a NUL behind it; NULL when
								 * the request failed */
	size_t		len;			/* of the body, in bytes */
	double		elapsed_ms;		/* from when the request started */

	/* for src/stat */
	size_t		sent;			/* bytes of the request's body */
	int			retries;		/* how often it was sent again */
} RrHttpResponse;

typedef struct RrHttpGroup RrHttpGroup;

/*
 * Seconds for which a connection is kept without use; 0: without limit. It is
 * closed when the next request is sent or a transaction ends.
 */
extern int	rr_http_idle_timeout;

/* How often a request is sent again after a 429 or 503 with Retry-After. */
extern int	rr_http_max_retries;

/* ---- lines in the server's log, without secrets ---- */

/* Those of requests that took so long (ms); -1: none. */
extern int	rr_http_log_min_duration;

/* Failures, at most one line a minute for a remote schema. */
extern bool rr_http_log_failures;

/*
 * Seconds after which a connection serves no further request, so that a change
 * of addresses or of a load balancer is followed; 0: without limit.
 */
extern int	rr_http_connection_lifetime;

/* Make an empty group, owned by cxt. */
extern RrHttpGroup *rr_http_group_create(MemoryContext cxt);

/*
 * Queue a request, and send as much of it as the limits allow and as is
 * possible without waiting. Copies everything in req but the body. Throws
 * 22023 for an invalid method or header, 0A000 when libcurl lacks HTTP/2 by
 * prior knowledge. An invalid URL is a failure of the response.
 */
extern void rr_http_submit(RrHttpGroup *group, const RrHttpRequest *req);

/*
 * Let all requests make progress, without waiting. Cheap enough to call for
 * every row.
 */
extern void rr_http_poll(RrHttpGroup *group);

/*
 * Call this before work that takes long, so that requests are answered
 * meanwhile. Waits, at most max_ms, until the connections of the group's
 * requests are established and the requests sent. Does not wait for responses.
 */
extern void rr_http_send(RrHttpGroup *group, int max_ms);

/*
 * Wait for the next response of this group, in order of completion. NULL when
 * no request is outstanding. Interruptible; the wait event is "RemoteRelHttp",
 * before PostgreSQL 17 "Extension". The response lives as long as its group,
 * or until rr_http_response_free().
 */
extern RrHttpResponse *rr_http_next(RrHttpGroup *group);

/*
 * The same, but wait no longer than *may_wait microseconds, which is reduced
 * by the time that was waited; UINT64_MAX: without limit. NULL with *may_wait
 * 0: the time is over, and requests are outstanding still.
 */
extern RrHttpResponse *rr_http_next_within(RrHttpGroup *group, uint64 *may_wait);

/*
 * Take back a request with this tag, if it still waits for its turn. False
 * when it has been sent.
 */
extern bool rr_http_withdraw(RrHttpGroup *group, const void *tag);

/*
 * What messages call the URL of a response's request. Do not free it: it
 * belongs to the response or to CurrentMemoryContext.
 */
extern const char *rr_http_shown_url(const RrHttpResponse *response);

/* Free a response. */
extern void rr_http_response_free(RrHttpResponse *response);

/* Cancel outstanding requests, and free the group with its responses. */
extern void rr_http_group_free(RrHttpGroup *group);

/* What src/stat counts a response with this failure and status as. */
extern RrStatError rr_http_stat_error(RrHttpFailure failure, int status);

/* Send one request and wait for its response, which is owned by cxt. */
extern RrHttpResponse *rr_http_run(const RrHttpRequest *req, MemoryContext cxt);

/*
 * The display form of a URL for messages, palloc'd: without userinfo, query
 * and fragment. Also for what is not a valid URL.
 */
extern char *rr_http_display_url(const char *url);

#endif							/* RR_HTTP_H */
