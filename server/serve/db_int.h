/*
 * db_int.h: what pool.c and connection.c share.
 */
#ifndef DB_INT_H
#define DB_INT_H

#include "serve/db.h"

typedef enum ConnectionState
{
	CONNECTION_IDLE,
	CONNECTION_BUSY,			/* runs a job */
	CONNECTION_CANCELLING		/* nobody waits for what it runs */
} ConnectionState;

struct Connection
{
	Pool	   *pool;
	PGconn	   *pg;
	ConnectionState state;
	DbJob	   *job;			/* NULL unless BUSY */
	Watch		watch;
	bool		unsent;			/* bytes wait in libpq for the socket */
	PGresult   *result;			/* of the statement in progress: its last, or
								 * its error */
	bool		cancel_running; /* a helper is in PQcancel() */
	bool		results_read;	/* while it is: the server has answered all */
	Timer		cancel_timer;	/* when to give up waiting for the cancel */
	long long	opened_at;		/* loop_now() */
	long long	used_at;
	long long	close_at;		/* end of its lifetime */

	/* what the server is, asked for once */
	char	   *schema;			/* of graphql_resolve(), quoted */
	bool		may_manage;
	bool		prepared;

	Connection *prev;			/* in the pool's list of its state */
	Connection *next;
};

struct Pool
{
	PoolUse		use;
	char	   *conninfo;
	const char *label;			/* for logs and metrics */
	bool		prepare;
	bool		working;		/* the last attempt to connect succeeded */

	/* lists, the first is the one used last */
	Connection *idle;
	Connection *busy;			/* and cancelling */
	int			n_open;
	int			n_busy;
	int			n_connecting;

	DbJob	   *first;			/* the queue */
	DbJob	   *last;
	int			n_waiting;

	int			failures;		/* attempts to connect since the last success */
	Timer		retry_timer;
	Timer		idle_timer;		/* closes idle and old connections */
};

/* ---- in pool.c ---- */

/* A connection's job has ended, or it was opened: what is next for it? */
extern void pool_connection_free(Connection *c);

/* It is gone; frees it, and connects anew when jobs wait. */
extern void pool_connection_lost(Connection *c);
extern void pool_connected(Pool *pool, Connection *c);
extern void pool_connect_failed(Pool *pool, const char *why, bool pooler);

/* Puts a job first in the queue again. */
extern void pool_requeue(DbJob *job, Pool *pool);

/* Calls its done() from the loop. */
extern void pool_fail_later(DbJob *job, DbOutcome outcome);

/* From now on it may run for query_timeout. */
extern void pool_start_timeout(DbJob *job);
extern void pool_close_idle(Pool *pool);

/* ---- in connection.c ---- */

/*
 * Connects in a helper thread; pool_connected() or pool_connect_failed()
 * follows.
 */
extern void connection_open(Pool *pool);
extern void connection_start(Connection *c, DbJob *job);
extern void connection_abandon(Connection *c);
extern void connection_free(Connection *c);

#endif
