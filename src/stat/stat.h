/*
 * stat.h: what is counted of remote schemas and relationships; the face of
 * src/stat.
 *
 *   stat_memory.c     where the counters are, and finding them
 *   stat_count.c      counting
 *   stat_functions.c  reading and resetting them in SQL
 *   health.c          whether a remote schema is up, and how busy it is
 *
 * The counters are shared by all sessions when the library is loaded by
 * shared_preload_libraries, and from PostgreSQL 17 on also without. Otherwise
 * each session has its own.
 *
 * An RrStat is this session's handle of one set of counters. It lives as long
 * as the session. NULL stands for what is not counted, because there was no
 * room for it; every function takes it.
 */
#ifndef RR_STAT_H
#define RR_STAT_H

/* Why a request failed. It counts once, as the first kind that fits. */
typedef enum RrStatError
{
	RR_STAT_CONNECT,			/* no such host, refused, unreachable, not a
								 * URL */
	RR_STAT_TLS,
	RR_STAT_TIMEOUT,
	RR_STAT_TOO_LARGE,
	RR_STAT_BROKEN,				/* the response broke off */
	RR_STAT_STATUS,				/* an HTTP status other than 2xx */
	RR_STAT_INVALID,			/* not a GraphQL response */
	RR_STAT_GRAPHQL,			/* a GraphQL response with errors */
	RR_STAT_NERRORS,
	RR_STAT_NO_ERROR = RR_STAT_NERRORS
} RrStatError;

typedef struct RrStat RrStat;

/* One request that has ended. */
typedef struct RrStatRequest
{
	double		ms;				/* from when it was sent to the end of the
								 * response */
	int64		sent;			/* bytes of its body */
	int64		received;		/* bytes of the response's body, decompressed */
	int			connections;	/* that were made for it */
	int			retries;		/* how often it was sent again */
	RrStatError error;
	int			status;			/* HTTP's; 0: none came */
} RrStatRequest;

/* So many remote schemas are counted at most, and so many relationships. */
extern int	rr_stat_max;

/*
 * From _PG_init() only: define remote_rel.stat_max, and ask for shared memory
 * if the postmaster is loading the library.
 */
extern void rr_stat_init(void);

/* A remote schema of this database. Throws on out of memory. */
extern RrStat *rr_stat_remote_schema(const char *name);

/*
 * A relationship of this database. source: the table or type that it starts
 * from; remote_schema: where it leads, NULL for a table.
 */
extern RrStat *rr_stat_relationship(const char *source, const char *name,
									const char *remote_schema);

/* ---- stat_count.c: none of these throws ---- */

extern void rr_stat_count_request(RrStat *stat, const RrStatRequest *request);

/* A request was taken off the wire before its response was complete. */
extern void rr_stat_count_cancelled(RrStat *stat);

/*
 * Keys were sent; so many rows and objects wanted them. error: what was wrong
 * with the answer of a request that is counted already.
 */
extern void rr_stat_count_keys(RrStat *stat, int64 keys, int64 rows, RrStatError error);

/* A connection was opened (1) or closed (-1). */
extern void rr_stat_count_connection(RrStat *stat, int change);

/* A request was not sent, because the remote schema is down. */
extern void rr_stat_count_refused(RrStat *stat);

/* ---- health.c: none of these throws ---- */

/*
 * After so many failures to connect, or timeouts, in a row a remote schema
 * counts as down; 0: never.
 */
extern int	rr_breaker_failures;

/* For so many seconds it is not asked then. */
extern int	rr_breaker_pause;

/*
 * So many requests all sessions together may have on the way to one remote
 * schema; 0: no limit.
 */
extern int	rr_max_server_requests;

typedef enum RrHealthChange
{
	RR_HEALTH_SAME,
	RR_HEALTH_WENT_DOWN,
	RR_HEALTH_CAME_BACK
} RrHealthChange;

/*
 * May a request be sent? While the remote schema is down, only one may after
 * each pause, a probe: *probe is set, and the caller has to call
 * rr_health_note() or rr_health_end_probe() later. If false, *wait_ms is the
 * time until the pause is over. Always true without shared memory, since one
 * session knows too little.
 */
extern bool rr_health_may_ask(RrStat *stat, bool *probe, int *wait_ms);

/*
 * A request has ended: did it reach the remote schema? probe: as it was set.
 * *down_ms is for how long it was down, if it came back.
 */
extern RrHealthChange rr_health_note(RrStat *stat, bool reached, bool probe, int64 *down_ms);

/* A probe was taken off the wire. */
extern void rr_health_end_probe(RrStat *stat);

/* Failures in a row. */
extern int	rr_health_failures(RrStat *stat);

/*
 * Is it time for a line in the log about a failure? True once a minute; then
 * *unlogged is the number of failures since the last line. False for NULL.
 */
extern bool rr_health_log_failure(RrStat *stat, int64 *unlogged);

/* Take a place among the requests of all sessions. False: there is none. */
extern bool rr_health_take_place(RrStat *stat);
extern void rr_health_leave_place(RrStat *stat);

#endif							/* RR_STAT_H */
