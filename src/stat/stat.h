/*
 * stat.h: what is counted of remote schemas and relationships. The one header
 * of src/stat.
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

/* What a request failed of. Each counts once, as the first that fits. */
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

/* Most sets of counters of remote schemas, and of relationships. */
extern int	rr_stat_max;

/*
 * From _PG_init() only: define remote_rel.stat_max, and ask for shared memory
 * if the postmaster is loading the library.
 */
extern void rr_stat_init(void);

/* A remote schema of this database. Throws on out of memory. */
extern RrStat *rr_stat_remote_schema(const char *name);

/*
 * A relationship of this database. source: the table or type
 * that it starts from; remote_schema: where it leads, NULL for a table.
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
 * Failures to connect and timeouts in a row after which a remote schema is
 * down; 0: requests are sent all the same. And for how long (s) it is not
 * asked then.
 */
extern int	rr_breaker_failures;
extern int	rr_breaker_pause;

/* Most requests of all sessions to one remote schema at a time; 0: any. */
extern int	rr_max_server_requests;

typedef enum RrHealthChange
{
	RR_HEALTH_SAME,
	RR_HEALTH_WENT_DOWN,
	RR_HEALTH_CAME_BACK
} RrHealthChange;

/*
 * May a request be sent? When the remote schema is down, one request at a time
 * may after each pause: *probe is set, and rr_health_note() or
 * rr_health_end_probe() has to follow. Otherwise *wait_ms is the time until
 * the pause is over. Always true without shared memory: what one session knows
 * is too little.
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
 * Is it time for a line in the log about a failure? Once a minute; then
 * *unlogged is how many there were since the last line. Never for NULL.
 */
extern bool rr_health_log_failure(RrStat *stat, int64 *unlogged);

/* Take a place among the requests of all sessions. False: there is none. */
extern bool rr_health_take_place(RrStat *stat);
extern void rr_health_leave_place(RrStat *stat);

#endif							/* RR_STAT_H */
