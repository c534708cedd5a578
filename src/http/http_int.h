/*
 * http_int.h: what the files of http/ share.
 *
 *   group.c     the public functions: groups, submitting, handing out
 *   engine.c    the backend's CURLM: timer, deadlines, waiting
 *   sockets.c   what it waits for: descriptors, the wait set
 *   transfer.c  one request's life: its easy handle, libcurl's callbacks for
 *               it, its result
 *   failure.c   results in words
 *
 * Two rules hold everything together. libcurl's callbacks neither throw nor
 * palloc: they use malloc, note and return, so libcurl's frames are never
 * jumped over. And what libcurl or malloc gave belongs to a transfer, whose
 * context's reset callback was registered before: ordinary code may throw
 * anywhere between two calls of libcurl.
 */
#ifndef RR_HTTP_INT_H
#define RR_HTTP_INT_H

#include <sys/types.h>
#include <curl/curl.h>

#include "http/http.h"
#include "lib/ilist.h"
#include "storage/latch.h"

/*
 * Finished easy handles kept for the next transfers: they also remember TLS
 * sessions.
 */
#define RR_HTTP_SPARE_HANDLES 16

#define RR_HTTP_NEVER UINT64_MAX

/*
 * Events taken from the wait set at a time, and sockets that a new one has
 * room for at least.
 */
#define RR_HTTP_READY_EVENTS 32

/*
 * One socket, as libcurl asks for it and as the wait set has it. The table is
 * indexed by descriptor.
 */
typedef struct RrHttpSocket
{
	uint32		wanted;			/* WL_SOCKET_*; 0: libcurl does not look at it
								 * now */
	uint32		present;		/* WL_SOCKET_* that the wait set has; 0: not
								 * in it */
	int			pos;			/* in the wait set, when present */
	bool		opened;			/* by on_open_socket(): it counts among the
								 * server's descriptors */
	ino_t		inode;			/* when opened: tells it from what may have
								 * its descriptor later */
	const void *opener;			/* the transfer that opened it, until that
								 * ends */
} RrHttpSocket;

/* Requests of one limit_key, of all groups. Exists while it has any. */
typedef struct RrHttpLane
{
	dlist_node	node;			/* in engine->lanes */
	dlist_head	waiting;
	int			active;
	char		key[FLEXIBLE_ARRAY_MEMBER];
} RrHttpLane;

typedef struct RrHttpEngine
{
	int			pid;			/* the process that it belongs to */
	CURLM	   *multi;
	bool		http2;			/* libcurl has it */
	bool		no_prior_knowledge_reuse;	/* ... and fails on a used
											 * connection where HTTP/2 is by
											 * prior knowledge */
	MemoryContext cxt;
	dlist_head	lanes;
	dlist_head	active;			/* transfers on the wire */
	CURL	   *spare[RR_HTTP_SPARE_HANDLES];
	int			nspare;
	RrHttpSocket *sockets;		/* malloc'd: grows in a callback */
	int			nsockets;
	int			unsettled;		/* sockets with an opener */
	bool		sockets_changed;	/* the wait set lags behind the table */
	bool		out_of_memory;	/* noted by a callback */
	uint64		timer;			/* when libcurl wants to be called, or
								 * RR_HTTP_NEVER; microseconds as all times
								 * here */
	uint64		attended;		/* when we last looked */
	WaitEventSet *waitset;
	int			waitset_room;	/* sockets that it can still take */
	bool		waitset_stale;	/* it has a socket that is closed or busy with
								 * nothing: build a new one */
	struct pollfd *pollfds;		/* for looking without waiting */
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
	RR_HTTP_REFUSED_SOCKET,		/* no descriptor left for it */
	RR_HTTP_REFUSED_MEMORY
} RrHttpRefusal;

/*
 * Where the time went: microseconds from the start to the end of each phase, 0
 * while it lasts.
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
	RrHttpResponse response;	/* first, so that rr_http_response_free()
								 * finds the rest */
	MemoryContext cxt;			/* its own, below the group's */
	MemoryContextCallback on_reset;
	RrHttpGroup *group;
	RrHttpLane *lane;
	dlist_node	node;			/* in the list that the state says */
	RrHttpState state;

	/* the request, copied */
	char	   *url;
	char	   *url_name;		/* or NULL */
	char	   *method;
	char	   *ca_file;
	struct curl_slist *headers;
	const char *body;			/* the caller's */
	size_t		body_len;
	int			timeout_ms;
	size_t		limit;
	int			max_concurrent;
	bool		idempotent;
	bool		http2_prior_knowledge;
	bool		secure;			/* https */

	/* the transfer */
	CURL	   *easy;
	uint64		started;
	uint64		deadline;		/* or RR_HTTP_NEVER */
	bool		retried;
	int			sends;			/* of this attempt */
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

struct RrHttpGroup
{
	MemoryContext cxt;			/* its own */
	dlist_head	finished;
	int			outstanding;	/* submitted and not handed out */
};

/* in engine.c */
extern RrHttpEngine *rr_http_get_engine(void);
extern RrHttpEngine *rr_http_lookup_engine(void);
extern void rr_http_engine_catch_up(RrHttpEngine *eng);
extern void rr_http_engine_kick(RrHttpEngine *eng);
extern void rr_http_engine_run(RrHttpEngine *eng, uint64 until);
extern uint64 rr_http_now(void);

/* in sockets.c */
extern int	rr_http_on_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *socket_arg);
extern curl_socket_t rr_http_on_open_socket(void *arg, curlsocktype purpose,
											struct curl_sockaddr *addr);
extern int	rr_http_on_close_socket(void *arg, curl_socket_t fd);
extern void rr_http_settle_sockets(RrHttpEngine *eng, const RrHttpTransfer *t);
extern void rr_http_refresh_waitset(RrHttpEngine *eng);

/* in transfer.c */
extern void rr_http_transfer_start(RrHttpEngine *eng, RrHttpTransfer *t);
extern void rr_http_transfer_complete(RrHttpEngine *eng, RrHttpTransfer *t, CURLcode result);
extern bool rr_http_transfer_went_out(const RrHttpTransfer *t);
extern void rr_http_transfer_release(RrHttpEngine *eng, RrHttpTransfer *t);

/* in group.c */
extern void rr_http_finish(RrHttpTransfer *t);

/* in failure.c */
extern void rr_http_describe_failure(RrHttpTransfer *t);

#endif							/* RR_HTTP_INT_H */
