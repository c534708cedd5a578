/*
 * http.h: HTTP transport. Requests in, responses out, interruptible. Knows
 * nothing of GraphQL, catalogs or SQL.
 *
 * One engine (a CURLM with its connection cache, a wait set) lives per backend
 * and is made at first use; requests are run in groups. A group belongs to a
 * MemoryContext: resetting or deleting that context (at an error, say) takes
 * the group's transfers off the engine and frees everything that libcurl
 * allocated for them. So an ereport() may leave at any time, and nothing has
 * to be caught.
 *
 * Groups nest (a computed field may call graphql_resolve() while an outer join
 * is in flight): waiting on one group lets the transfers of all groups make
 * progress, and hands out only its own responses.
 *
 * No function here throws because of what the network did: that is
 * RrHttpResponse.failure. They throw on out of memory, on query cancel and
 * termination (57014, 57P01; from rr_http_next() and rr_http_send() only), and
 * on misuse.
 */
#ifndef RR_HTTP_H
#define RR_HTTP_H

#include "nodes/pg_list.h"

typedef enum RrHttpFailure
{
	RR_HTTP_OK = 0,				/* a whole response came, whatever its status
								 * says */
	RR_HTTP_BAD_URL,			/* not http(s), or malformed */
	RR_HTTP_RESOLVE,			/* host name unknown */
	RR_HTTP_CONNECT,			/* refused, unreachable */
	RR_HTTP_TLS,				/* handshake or certificate */
	RR_HTTP_TIMEOUT,			/* timeout_ms went by; failure_detail says in
								 * which phase */
	RR_HTTP_TOO_LARGE,			/* more than max_response_bytes after
								 * decompression */
	RR_HTTP_BROKEN,				/* reset, wrong length, bad encoding, protocol
								 * error */
} RrHttpFailure;

typedef struct RrHttpRequest
{
	const char *url;
	const char *url_name;		/* what messages call the URL; NULL: its
								 * display form */
	const char *method;			/* "POST" */
	List	   *headers;		/* of char *, "Name: value"; checked: a CR or
								 * LF in one is RR_HTTP_BAD_URL-like misuse
								 * (throws) */
	const char *body;			/* must stay valid until the response was
								 * handed out */
	size_t		body_len;
	int			timeout_ms;		/* for the whole request, connecting included,
								 * from when it starts; 0: no limit. Stands
								 * still while nobody calls rr_http_next(),
								 * rr_http_send() or rr_http_poll() */
	size_t		max_response_bytes; /* 0, and anything larger, means
									 * MaxAllocSize - 1 */
	int			max_concurrent; /* at most so many requests with this
								 * limit_key are on the wire at a time; 0: no
								 * limit */
	const char *limit_key;		/* e.g. the remote schema's name */
	bool		idempotent;		/* may be sent once more on a fresh connection
								 * if a kept-alive one turned out to be closed */
	bool		http2_prior_knowledge;	/* h2c; over TLS, HTTP/2 is negotiated
										 * by ALPN anyway */
	const char *ca_file;		/* CA bundle, or NULL for libcurl's default */
	void	   *tag;			/* the caller's, handed back with the response */
} RrHttpRequest;

typedef struct RrHttpResponse
{
	void	   *tag;
	RrHttpFailure failure;
	char	   *failure_detail; /* a sentence for errdetail, in the server's
								 * language and encoding; no header, no
								 * userinfo or query of the URL */
	int			status;			/* 0 when no response came */
	char	   *content_type;	/* lower case, parameters cut off
								 * ("application/json"); NULL if the response
								 * had none */
	char	   *charset;		/* the parameter of Content-Type, lower case,
								 * or NULL */
	char	   *body;			/* decompressed bytes as they came (not
								 * converted), NUL-terminated after len; goes
								 * with the response */
	size_t		len;
	double		elapsed_ms;
} RrHttpResponse;

typedef struct RrHttpGroup RrHttpGroup;

/* An empty group, owned by cxt. */
extern RrHttpGroup *rr_http_group_create(MemoryContext cxt);

/*
 * Queue a request; it goes out at once, as far as it goes without waiting, if
 * the limits allow. Hands nothing out. *req and all it points to are copied,
 * but for the body.
 */
extern void rr_http_submit(RrHttpGroup *group, const RrHttpRequest *req);

/*
 * Let whatever is ready on the sockets make progress, without waiting. Cheap
 * enough to call between rows.
 */
extern void rr_http_poll(RrHttpGroup *group);

/*
 * Before work that keeps the caller away: have the requests under way leave,
 * so that they are answered meanwhile. A submitted one leaves by itself where
 * a connection is kept alive; else this waits, at most max_ms, until there are
 * connections. Hands nothing out.
 */
extern void rr_http_send(RrHttpGroup *group, int max_ms);

/*
 * The next finished response of this group, in order of completion; NULL when
 * none is outstanding. Waits with the latch, CHECK_FOR_INTERRUPTS() included,
 * reporting the wait event "RemoteRelHttp" (17+) or Extension.
 */
extern RrHttpResponse *rr_http_next(RrHttpGroup *group);

/*
 * What messages call the URL of a response's request; lives as long as the
 * response, or in CurrentMemoryContext.
 */
extern const char *rr_http_shown_url(const RrHttpResponse *response);

/* Release a response, which otherwise lives as long as its group. */
extern void rr_http_response_free(RrHttpResponse *response);

/* Take what is outstanding off the wire, free everything. */
extern void rr_http_group_free(RrHttpGroup *group);

/* Convenience: one request, waited for. */
extern RrHttpResponse *rr_http_run(const RrHttpRequest *req, MemoryContext cxt);

/*
 * Display form of an URL for messages, palloc'd: scheme, host, port, path;
 * userinfo and query cut off, whether or not it is a valid URL.
 */
extern char *rr_http_display_url(const char *url);

#endif							/* RR_HTTP_H */
