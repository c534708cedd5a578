/*
 * stat.h: what is counted of remote schemas and relationships. The one header
 * of src/stat.
 *
 *   stat_memory.c     where the counters are, and finding them
 *   stat_count.c      counting
 *   stat_functions.c  reading and resetting them in SQL
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

#endif							/* RR_STAT_H */
