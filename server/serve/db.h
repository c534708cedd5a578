/*
 * db.h: work for the database.
 *
 * A job waits in the queue of a pool until one of the pool's connections is
 * free, sends its statement there and gets the result. A connection carries no
 * state of a session: role, variables and headers are arguments, so any
 * connection serves any request and nothing is reset between them.
 *
 *     main loop: db_submit() ─▶ queue ─▶ send() ─▶ done()
 */
#ifndef DB_H
#define DB_H

#include <libpq-fe.h>
#include <stdbool.h>

#include "serve/loop.h"

typedef struct Pool Pool;
typedef struct Connection Connection;
typedef struct DbJob DbJob;

typedef enum DbOutcome
{
	DB_OK,						/* the result has rows or is a command's */
	DB_ERROR,					/* an SQL error; the result tells which */
	DB_LOST,					/* the connection was lost; what was done is
								 * unknown */
	DB_NO_CONNECTION,			/* waited too long for one, or too many wait */
	DB_TIMEOUT,					/* cancelled after query_timeout */
	DB_COPY						/* COPY from or to the client; the connection
								 * was closed */
} DbOutcome;

struct DbJob
{
	/* set by the owner */
	/* Sends the statement; false: db_fail() was called on it. */
	bool		(*send) (DbJob *job, Connection *connection);

	/*
	 * The end of a statement. The result, NULL but for the first two
	 * outcomes, is the callee's to PQclear(). Returning true after DB_OK or
	 * DB_ERROR calls send() again on the same connection.
	 */
	bool		(*done) (DbJob *job, DbOutcome outcome, PGresult *result);
	void	   *owner;

	/* to be read when done; microseconds of clock_us() */
	long long	queued_at;
	long long	started_at;		/* 0: never was */

	/* of pool.c and connection.c */
	Pool	   *pool;
	Connection *connection;
	DbJob	   *prev;
	DbJob	   *next;
	Timer		timer;
	int			retries;
	DbOutcome	outcome;
};

/* What a pool is for. */
typedef enum PoolUse
{
	POOL_PRIMARY, POOL_REPLICA, POOL_ADMIN
} PoolUse;

extern void db_init(void);

/*
 * Whether libpq can read it. Its messages may hold the password, so none is
 * told.
 */
extern bool db_url_is_valid(const char *url);

/* The primary, one of the replicas that work, or the administrator's. */
extern Pool *db_pool(PoolUse use);
extern bool db_is_replica(const Pool *pool);

/* done() is not called before this returns. */
extern void db_submit(DbJob *job, Pool *pool);

/*
 * Nobody wants the job any more: done() is not called, and the job's memory is
 * the caller's at once. What runs for it is cancelled.
 */
extern void db_cancel(DbJob *job);

/* At the end of the program: cancels what runs, and waits for that. */
extern void db_close_all(void);

/* For /metrics and logs. */
typedef struct DbStats
{
	int			open;
	int			busy;
	int			waiting;
	int			connecting;
} DbStats;
extern DbStats db_stats(PoolUse use);

/* ---- for the send() of jobs, in connection.c ---- */

/* SELECT graphql_resolve(query, role, variables, operation_name, headers) */
extern bool db_send_resolve(Connection *c, const char *const params[5], bool read_only);

/* Any SQL with text parameters and one text result format; n may be 0. */
extern bool db_send_sql(Connection *c, const char *sql, int n, const char *const *params);

/* Several statements in one text, without parameters. */
extern bool db_send_script(Connection *c, const char *sql);

/* Its session's state may be anybody's: no other job gets it. */
extern void db_close_afterwards(Connection *c);

/* Whether the connection's role may call remote_rel.metadata(). */
extern bool db_may_manage(const Connection *c);

#endif
