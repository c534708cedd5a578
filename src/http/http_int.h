/*
 * http_int.h: what the files of http/ share.
 *
 *   group.c     the functions of http.h: groups, submitting, handing out
 *   engine.c    the backend's CURLM: timer, deadlines, waiting
 *   sockets.c   libcurl's sockets, and the wait set
 *   transfer.c  one request on the wire: its easy handle, libcurl's callbacks
 *               for it, its result
 *   idle.c      closes connections that the backend does not use
 *   failure.c   the kind of a failure, and a sentence for messages
 *   retry.c     when a request is sent again because the server asks for it
 *   request_log.c    lines about requests in the server's log
 *   count_request.c  counts requests for src/stat
 *
 * Two rules. First, libcurl's callbacks neither throw nor palloc: they use
 * malloc, note what happened and return. So no error jumps over libcurl's
 * frames. Second, what libcurl or malloc gives belongs to a transfer whose
 * reset callback was registered before. So our code may throw anywhere between
 * two calls of libcurl.
 */
#ifndef RR_HTTP_INT_H
#define RR_HTTP_INT_H

#include <sys/types.h>
#include <curl/curl.h>

#include "http/http.h"
#include "lib/ilist.h"
#include "storage/latch.h"

/* Finished easy handles that are kept: they also remember TLS sessions. */
#define RR_HTTP_SPARE_HANDLES 16

#define RR_HTTP_NEVER UINT64_MAX

/*
 * The most events taken from the wait set at a time; also the least number of
 * sockets that a new set has room for.
 */
#define RR_HTTP_READY_EVENTS 32

/* One socket. The table of them is indexed by descriptor. */
typedef struct RrHttpSocket
{
	uint32		wanted;			/* WL_SOCKET_* that libcurl waits for; 0: none */
	uint32		present;		/* WL_SOCKET_* in the wait set; 0: the socket
								 * is not in it */
	int			pos;			/* in the wait set, if present */
	bool		opened;			/* by rr_http_on_open_socket(): it counts as
								 * an external descriptor */
	ino_t		inode;			/* if opened: tells it from a later file with
								 * the same descriptor */
	const void *opener;			/* the transfer that opened it; NULL when that
								 * has ended */
	RrStat	   *stat;			/* where it is counted, or NULL */
} RrHttpSocket;

/* The requests with one limit_key, of all groups. Exists while it has any. */
typedef struct RrHttpLane
{
	dlist_node	node;			/* in engine->lanes */
	dlist_head	waiting;		/* RrHttpTransfer, in order of submission */
	int			active;			/* transfers on the wire */
	RrStat	   *stat;			/* its counters, or NULL */
	char		key[FLEXIBLE_ARRAY_MEMBER];
} RrHttpLane;

typedef struct RrHttpEngine
{
	int			pid;			/* the process that it belongs to */
	MemoryContext cxt;
	CURLM	   *multi;

	/* of the libcurl in use */
	bool		http2;			/* supports HTTP/2 */
	bool		crowded;		/* a transfer waits for one of another session
								 * to end */
	bool		no_prior_knowledge_reuse;	/* fails when it reuses a
											 * connection with HTTP/2 by prior
											 * knowledge */

	/* transfers */
	dlist_head	lanes;			/* RrHttpLane */
	dlist_head	active;			/* RrHttpTransfer: on the wire */
	CURL	   *spare[RR_HTTP_SPARE_HANDLES];
	int			nspare;

	/* sockets */
	RrHttpSocket *sockets;		/* by descriptor; malloc'd, since it grows in
								 * a callback */
	int			nsockets;
	int			unsettled;		/* sockets with an opener */
	bool		sockets_changed;	/* the wait set must be updated */
	bool		out_of_memory;	/* noted by a callback */

	/* times in microseconds, see rr_http_now() */
	uint64		timer;			/* when libcurl wants to be called, or
								 * RR_HTTP_NEVER */
	uint64		attended;		/* when the engine last ran */

	/* waiting */
	WaitEventSet *waitset;
	int			waitset_room;	/* sockets that still fit in */
	bool		waitset_stale;	/* it has a closed or idle socket: build a new
								 * one */
	struct pollfd *pollfds;		/* for rr_http_poll() */
	int			pollfds_room;
} RrHttpEngine;

typedef enum RrHttpState
{
	RR_HTTP_NEW,				/* being set up; in no list but its group's */
	RR_HTTP_WAITING,			/* in its lane */
	RR_HTTP_ACTIVE,				/* on the wire */
	RR_HTTP_FINISHED,			/* in group->finished */
	RR_HTTP_HANDED_OUT
} RrHttpState;

/* Why one of our callbacks stopped a transfer. */
typedef enum RrHttpRefusal
{
	RR_HTTP_NOT_REFUSED = 0,
	RR_HTTP_REFUSED_BODY,		/* longer than the limit */
	RR_HTTP_REFUSED_HEADERS,
	RR_HTTP_REFUSED_RESEND,		/* libcurl was about to send the request a
								 * second time */
	RR_HTTP_REFUSED_DOWN,		/* the remote schema is down */
	RR_HTTP_REFUSED_SOCKET,		/* no descriptor left for it */
	RR_HTTP_REFUSED_MEMORY
} RrHttpRefusal;

/*
 * When each phase ended: microseconds from the start; 0 if it has not ended.
 */
typedef struct RrHttpTimes
{
	curl_off_t	resolved;
	curl_off_t	connected;
	curl_off_t	secured;
	curl_off_t	ready;			/* to send the request */
	curl_off_t	first_byte;
} RrHttpTimes;

typedef struct RrHttpTransfer
{
	RrHttpResponse response;	/* must be first: a response is cast to its
								 * transfer */
	MemoryContext cxt;			/* its own, below the group's */
	MemoryContextCallback on_reset;
	RrHttpGroup *group;
	RrHttpLane *lane;
	dlist_node	node;			/* in the list that the state names */
	RrHttpState state;

	/* the request, copied */
	char	   *url;
	char	   *url_name;		/* or NULL */
	char	   *remote_schema;	/* the limit_key; or NULL */
	RrStat	   *stat;			/* the lane's */
	char	   *method;
	char	   *ca_file;
	char	   *client_certificate;
	char	   *client_key;
	char	   *proxy;
	bool		tls13;
	struct curl_slist *headers;
	const char *body;			/* the caller's */
	size_t		body_len;
	int			timeout_ms;
	size_t		limit;
	int			max_concurrent;
	bool		idempotent;
	bool		even_if_down;
	bool		http2_prior_knowledge;
	bool		secure;			/* https */

	/* the transfer */
	CURL	   *easy;
	uint64		started;
	uint64		deadline;		/* or RR_HTTP_NEVER */
	bool		retried;		/* on a fresh connection */
	bool		asked_back;		/* the response has Retry-After */
	int			tries;			/* that were answered with it */
	uint64		not_before;		/* while it waits: do not start it earlier */
	uint64		retry_until;	/* and do not try again after that */
	bool		has_place;		/* among the requests of all sessions */
	bool		probe;			/* it holds the remote schema's probe */
	int			pause_ms;		/* REFUSED_DOWN: until it is asked again */
	RrHealthChange change;		/* of the remote schema, by its result */
	int64		down_ms;		/* CAME_BACK: for how long it was down */
	int			connections;	/* that were made for it before the retry */
	int			sends;			/* how often libcurl sent this attempt */
	char	   *buf;			/* malloc'd; room > len for the NUL */
	size_t		len;
	size_t		room;
	size_t		header_bytes;

	/* its result */
	CURLcode	result;
	RrHttpRefusal refusal;
	bool		bad_url;
	long		os_errno;
	char	   *media_type;		/* malloc'd: Content-Type as it came */
	RrHttpTimes times;
	char		message[CURL_ERROR_SIZE];	/* libcurl's own words */
} RrHttpTransfer;

StaticAssertDecl(offsetof(RrHttpTransfer, response) == 0,
				 "a response must be the start of its transfer");

struct RrHttpGroup
{
	MemoryContext cxt;			/* its own */
	dlist_head	finished;
	int			outstanding;	/* submitted and not handed out */
};

/* ---- engine.c ---- */

/* The engine of this process, made at first use. Throws on out of memory. */
extern RrHttpEngine *rr_http_get_engine(void);

/* The engine of this process, or NULL. Safe in a reset callback. */
extern RrHttpEngine *rr_http_lookup_engine(void);

/* Start what the limits allow, and send what can be sent without waiting. */
extern void rr_http_engine_kick(RrHttpEngine *eng);

/*
 * One round for all groups: start what may start, read what has come, complete
 * what has finished or is overdue. Sleeps until something happens, at most
 * until the time given (0: not at all; RR_HTTP_NEVER: without limit). Does not
 * sleep if something has finished already. The latch wakes it, and is reset.
 */
extern void rr_http_engine_run(RrHttpEngine *eng, uint64 until);

/*
 * Close all connections and free the engine, which has no transfers. The next
 * request makes another one. Does not throw.
 */
extern void rr_http_engine_close(RrHttpEngine *eng);

/* Microseconds on a monotonic clock. */
extern uint64 rr_http_now(void);

/* ---- idle.c ---- */

/* Look for idle connections at the end of each transaction from now on. */
extern void rr_http_watch_idle(void);

/* ---- sockets.c ---- */

/* libcurl's callbacks: CURLMOPT_SOCKETFUNCTION; arg is the engine */
extern int	rr_http_on_socket(CURL *easy, curl_socket_t fd, int what, void *arg,
							  void *socket_arg);

/* CURLOPT_OPENSOCKETFUNCTION; arg is the transfer */
extern curl_socket_t rr_http_on_open_socket(void *arg, curlsocktype purpose,
											struct curl_sockaddr *addr);

/*
 * CURLOPT_CLOSESOCKETFUNCTION; arg is the engine, since a connection outlives
 * the transfer that opened it
 */
extern int	rr_http_on_close_socket(void *arg, curl_socket_t fd);

/*
 * A transfer has ended. Of the sockets that it opened, keep those that are
 * still open, as idle connections, and forget the others. Does not throw.
 */
extern void rr_http_settle_sockets(RrHttpEngine *eng, const RrHttpTransfer *t);

/*
 * Make the wait set if there is none, and update it to what libcurl watches.
 * Throws when the server cannot make one.
 */
extern void rr_http_refresh_waitset(RrHttpEngine *eng);

/* ---- transfer.c ---- */

/*
 * Put a waiting transfer on the wire. It has a place (rr_health_take_place()).
 * Does not throw: a failure is its result.
 */
extern void rr_http_transfer_start(RrHttpEngine *eng, RrHttpTransfer *t);

/*
 * End an active transfer, which has succeeded, failed or reached its deadline;
 * or send it once more. Does not throw.
 */
extern void rr_http_transfer_complete(RrHttpEngine *eng, RrHttpTransfer *t, CURLcode result);

/* True if an active transfer has started to send its request. */
extern bool rr_http_transfer_went_out(const RrHttpTransfer *t);

/*
 * Free what a transfer holds outside of its memory context, in any state. Runs
 * in reset callbacks: does not throw, allocate or start other transfers. eng
 * is NULL if the transfer was inherited by fork.
 */
extern void rr_http_transfer_release(RrHttpEngine *eng, RrHttpTransfer *t);

/* ---- retry.c ---- */

/*
 * Shall a transfer that has a response be sent again? Then t->not_before says
 * when. Does not throw.
 */
extern bool rr_http_wants_retry(RrHttpTransfer *t);

/* ---- request_log.c ---- */

/* Write what the log should have of a transfer that is being handed out. */
extern void rr_http_log_request(const RrHttpTransfer *t);

/* ---- group.c ---- */

/*
 * Queue a transfer for handing out. It has its result, and is in no list. Does
 * not throw.
 */
extern void rr_http_finish(RrHttpTransfer *t);

/*
 * What debug messages call a transfer's remote: its limit_key, or what
 * messages call the URL. Never credentials.
 */
extern const char *rr_http_log_name(const RrHttpTransfer *t);

/* ---- failure.c ---- */

/* The kind of a transfer's failure. Does not throw. */
extern RrHttpFailure rr_http_classify(const RrHttpTransfer *t);

/*
 * Why there is no response, for the log, in a few words. failure_detail says
 * more, but names the URL, which may hold a secret.
 */
extern const char *rr_http_failure_name(RrHttpFailure failure);

/* Set failure and failure_detail of a failed transfer. */
extern void rr_http_describe_failure(RrHttpTransfer *t);

/* ---- count_request.c: both do not throw ---- */

/*
 * Count a transfer that has its result, and note what that says of the remote
 * schema. Its handle still exists.
 */
extern void rr_http_count(RrHttpTransfer *t);

/* The connections that libcurl has made for the transfer's handle. */
extern int	rr_http_connections_made(const RrHttpTransfer *t);

#endif							/* RR_HTTP_INT_H */
