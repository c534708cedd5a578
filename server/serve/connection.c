/*
 * connection.c: one connection to a database: opened by a helper thread, then
 * asynchronous.
 *
 *   IDLE ─ connection_start() ─▶ BUSY ─ all results read ─▶ IDLE
 *                                  │ the job is given up
 *                                  ▼
 *                              CANCELLING ─ read, and PQcancel() over ─▶ IDLE
 *
 * A cancel that arrives late would hit the next query, so a connection is not
 * used again before the call that sends it has returned.
 */
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "common/buffer.h"
#include "serve/db_int.h"
#include "serve/log.h"
#include "serve/settings.h"

#define CANCEL_DEADLINE_MS 10000

/* A connection that was used so shortly ago is open. */
#define IDLE_CHECK_AFTER_MS 5

/* How often a job is sent again that has not been done at all. */
#define MAX_RETRIES 3

#define TEXTOID 25
#define NAMEOID 19
#define JSONBOID 3802

static const Oid resolve_types[5] = {TEXTOID, NAMEOID, JSONBOID, TEXTOID, JSONBOID};

static void connection_ready(Watch *watch, unsigned events);

/* ---- opening, in a helper thread ---- */

typedef struct Opening
{
	HelperTask	task;
	Pool	   *pool;
	/* given */
	char	   *conninfo;
	bool		prefer_writable;
	bool		prepare;
	long long	timeout_ms;
	/* found */
	PGconn	   *pg;
	char	   *schema;
	bool		may_manage;
	bool		pooler;			/* statements cannot be prepared */
	char	   *error;
} Opening;

static void
ignore_notice(void *arg, const char *message)
{
	(void) arg;
	(void) message;
}

/* The first line of libpq's message. It never has a password. */
static char *
first_line(const char *message)
{
	return xstrndup(message, strcspn(message, "\n"));
}

/* Runs a statement, but no longer than until the deadline; NULL then. */
static PGresult *
exec_until(PGconn *pg, long long deadline)
{
	PGresult   *last = NULL;
	PGresult   *result;

	for (;;)
	{
		struct pollfd p = {.fd = PQsocket(pg), .events = POLLIN};
		long long	left = deadline - clock_us() / 1000;

		if (PQflush(pg) > 0)
			p.events |= POLLOUT;
		while (!PQisBusy(pg))
		{
			result = PQgetResult(pg);
			if (result == NULL)
				return last;
			PQclear(last);
			last = result;
		}
		if (left <= 0 || poll(&p, 1, (int) left) <= 0 || !PQconsumeInput(pg))
		{
			PQclear(last);
			return NULL;
		}
	}
}

static PGresult *
ask(Opening *o, const char *sql, long long deadline)
{
	return PQsendQuery(o->pg, sql) ? exec_until(o->pg, deadline) : NULL;
}

static bool
learn(Opening *o, long long deadline)
{
	static const char sql[] =
	"SELECT pg_catalog.quote_ident(n.nspname),"
	" COALESCE(pg_catalog.has_function_privilege(pg_catalog.to_regprocedure('remote_rel.metadata(jsonb)')::oid, 'EXECUTE')"
	"  AND pg_catalog.has_schema_privilege('remote_rel', 'USAGE'), false)"
	" FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace"
	" WHERE e.extname = 'remote_rel'";
	PGresult   *result = ask(o, sql, deadline);
	bool		good = PQresultStatus(result) == PGRES_TUPLES_OK;

	if (good && PQntuples(result) == 0)
	{
		o->error = xstrdup("the extension remote_rel is not installed in this database");
		good = false;
	}
	else if (!good)
		o->error = first_line(result ? PQresultErrorMessage(result) : "the server does not answer");
	if (good)
	{
		o->schema = xstrdup(PQgetvalue(result, 0, 0));
		o->may_manage = PQgetvalue(result, 0, 1)[0] == 't';
	}
	PQclear(result);
	return good;
}

static char *
resolve_sql(const char *schema, bool read_only)
{
	/* the functions of a list are called from left to right */
	return xprintf("SELECT %s%s.graphql_resolve($1, $2, $3, $4, $5)",
				   read_only ? "pg_catalog.set_config('transaction_read_only', 'on', true), " : "",
				   schema);
}

static bool
prepare(Opening *o, const char *name, bool read_only, long long deadline)
{
	char	   *sql = resolve_sql(o->schema, read_only);
	PGresult   *result = NULL;
	const char *state;
	bool		good;

	if (PQsendPrepare(o->pg, name, sql, 5, resolve_types))
		result = exec_until(o->pg, deadline);
	state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	good = PQresultStatus(result) == PGRES_COMMAND_OK;

	o->pooler = state && strcmp(state, "42P05") == 0;
	if (!good)
		o->error = first_line(result ? PQresultErrorMessage(result) : "the server does not answer");
	free(sql);
	PQclear(result);
	return good;
}

/*
 * A backend's first document takes 20 ms, to load the library and the schema.
 * No client shall wait for that. Whether the role may ask does not matter.
 */
static void
warm_up(Opening *o, long long deadline)
{
	char	   *sql = xprintf("SELECT %s.graphql_resolve('{ __typename }')", o->schema);

	PQclear(ask(o, sql, deadline));
	if (PQtransactionStatus(o->pg) != PQTRANS_IDLE)
		o->error = first_line("the server does not answer");
	free(sql);
}

static void
open_work(HelperTask *task)
{
	Opening    *o = task->owner;
	long long	deadline = clock_us() / 1000 + o->timeout_ms;
	char		timeout[32];
	const char *keywords[] = {"connect_timeout", "fallback_application_name", "keepalives_idle",
	"target_session_attrs", "dbname", "client_encoding", NULL};
	const char *values[] = {timeout, "remote-rel", "60",
	o->prefer_writable ? "read-write" : "any", o->conninfo, "UTF8", NULL};

	snprintf(timeout, sizeof(timeout), "%lld", (o->timeout_ms + 999) / 1000);
	o->pg = PQconnectdbParams(keywords, values, 1);
	if (PQstatus(o->pg) != CONNECTION_OK)
	{
		o->error = first_line(PQerrorMessage(o->pg));
		return;
	}
	PQsetNoticeProcessor(o->pg, ignore_notice, NULL);
	if (PQsetnonblocking(o->pg, 1) != 0 || !learn(o, deadline))
		return;
	if (o->prepare && (!prepare(o, "remote_rel_resolve", false, deadline) ||
					   !prepare(o, "remote_rel_resolve_read_only", true, deadline)))
		return;
	warm_up(o, deadline);
}

static void
open_done(HelperTask *task)
{
	Opening    *o = task->owner;

	if (o->error)
	{
		PQfinish(o->pg);
		free(o->schema);
		pool_connect_failed(o->pool, o->error, o->pooler);
	}
	else
	{
		Connection *c = xcalloc(sizeof(Connection));
		long long	lifetime = settings->connection_lifetime;

		c->pool = o->pool;
		c->pg = o->pg;
		c->schema = o->schema;
		c->may_manage = o->may_manage;
		c->prepared = o->prepare;
		c->opened_at = c->used_at = loop_now();
		/* not all of them at the same time */
		c->close_at = c->opened_at + lifetime - (lifetime > 10 ? random() % (lifetime / 10) : 0);
		c->watch.ready = connection_ready;
		c->watch.owner = c;
		c->cancel_timer.owner = c;
		watch_add(&c->watch, PQsocket(c->pg), EPOLLIN);
		pool_connected(o->pool, c);
	}
	free(o->error);
	free(o->conninfo);
	free(o);
}

static bool
has_several_hosts(const char *conninfo)
{
	PQconninfoOption *options = PQconninfoParse(conninfo, NULL);
	bool		several = false;

	for (PQconninfoOption *option = options; option && option->keyword; option++)
	{
		if (strcmp(option->keyword, "host") == 0 && option->val && strchr(option->val, ','))
			several = true;
	}
	PQconninfoFree(options);
	return several;
}

void
connection_open(Pool *pool)
{
	Opening    *o = xcalloc(sizeof(Opening));

	o->task.work = open_work;
	o->task.done = open_done;
	o->task.owner = o;
	o->pool = pool;
	o->conninfo = xstrdup(pool->conninfo);
	o->prefer_writable = pool->use != POOL_REPLICA && has_several_hosts(pool->conninfo);
	o->prepare = pool->prepare;
	o->timeout_ms = settings->connect_timeout > 0 ? settings->connect_timeout : 10000;
	helper_run(&o->task);
}

void
connection_free(Connection *c)
{
	watch_remove(&c->watch);
	timer_cancel(&c->cancel_timer);
	PQclear(c->result);
	PQfinish(c->pg);
	free(c->schema);
	free(c);
}

/* ---- sending ---- */

bool
db_may_manage(const Connection *c)
{
	return c->may_manage;
}

void
db_close_afterwards(Connection *c)
{
	c->close_at = 0;
}

bool
db_send_resolve(Connection *c, const char *const params[5], bool read_only)
{
	char	   *sql;
	bool		sent;

	if (c->prepared)
		return PQsendQueryPrepared(c->pg, read_only ? "remote_rel_resolve_read_only" : "remote_rel_resolve",
								   5, params, NULL, NULL, 0);
	sql = resolve_sql(c->schema, read_only);
	sent = PQsendQueryParams(c->pg, sql, 5, resolve_types, params, NULL, NULL, 0);
	free(sql);
	return sent;
}

bool
db_send_sql(Connection *c, const char *sql, int n, const char *const *params)
{
	return PQsendQueryParams(c->pg, sql, n, NULL, params, NULL, NULL, 0);
}

bool
db_send_script(Connection *c, const char *sql)
{
	return PQsendQuery(c->pg, sql);
}

static bool
flush(Connection *c)
{
	int			left = PQflush(c->pg);

	if (left < 0)
		return false;
	if ((left > 0) != c->unsent)
	{
		c->unsent = left > 0;
		watch_change(&c->watch, c->unsent ? EPOLLIN | EPOLLOUT : EPOLLIN);
	}
	return true;
}

/* The job ends without a result, and the connection with it. */
static void
give_up(Connection *c, DbOutcome outcome)
{
	DbJob	   *job = c->job;

	c->job = NULL;
	pool_connection_lost(c);
	if (job)
	{
		timer_cancel(&job->timer);
		job->connection = NULL;
		job->done(job, outcome, NULL);
	}
}

static void
lose(Connection *c)
{
	if (c->state != CONNECTION_IDLE || PQstatus(c->pg) == CONNECTION_BAD)
		log_event_text(EVENT_db_lost, "database", c->pool->label);
	give_up(c, DB_LOST);
}

/*
 * Whether the server has not hung up while the connection was idle. The loop
 * sees that, too, but perhaps after the request that came with it.
 */
static bool
is_open(Connection *c)
{
	return loop_now() - c->used_at < IDLE_CHECK_AFTER_MS ||
		(PQconsumeInput(c->pg) && PQstatus(c->pg) == CONNECTION_OK);
}

/*
 * A server that was shut down has closed its idle connections; what could not
 * be sent there is sent to another one.
 */
void
connection_start(Connection *c, DbJob *job)
{
	c->state = CONNECTION_BUSY;
	c->job = job;
	job->connection = c;
	job->started_at = clock_us();
	if (is_open(c) && job->send(job, c) && flush(c))
		return;
	c->job = NULL;
	if (job->retries < MAX_RETRIES)
		pool_requeue(job, c->pool);
	else
		pool_fail_later(job, DB_LOST);
	lose(c);
}

/* ---- cancelling ---- */

typedef struct Cancelling
{
	HelperTask	task;
	PGcancel   *cancel;
	Connection *c;
} Cancelling;

static void
cancel_work(HelperTask *task)
{
	Cancelling *cancelling = task->owner;
	char		error[256];

	PQcancel(cancelling->cancel, error, sizeof(error));
}

/* Both ends are there: the results and the return of PQcancel(). */
static void
end_cancel(Connection *c)
{
	if (c->cancel_running || !c->results_read)
		return;
	timer_cancel(&c->cancel_timer);
	log_event(EVENT_db_cancelled, NULL);
	pool_connection_free(c);
}

static void
cancel_done(HelperTask *task)
{
	Cancelling *cancelling = task->owner;
	Connection *c = cancelling->c;

	PQfreeCancel(cancelling->cancel);
	free(cancelling);
	c->cancel_running = false;
	if (c->pg == NULL)
		free(c);				/* was lost meanwhile */
	else
		end_cancel(c);
}

static void
give_up_cancel(Timer *timer)
{
	Connection *c = timer->owner;

	log_event_text(EVENT_db_cancel_failed, "database", c->pool->label);
	lose(c);
}

/* Nobody waits for its job any more. */
void
connection_abandon(Connection *c)
{
	Cancelling *cancelling = xcalloc(sizeof(Cancelling));

	c->job = NULL;
	c->state = CONNECTION_CANCELLING;
	c->results_read = false;
	cancelling->cancel = PQgetCancel(c->pg);
	cancelling->c = c;
	cancelling->task.work = cancel_work;
	cancelling->task.done = cancel_done;
	cancelling->task.owner = cancelling;
	c->cancel_running = true;
	c->cancel_timer.fire = give_up_cancel;
	timer_set(&c->cancel_timer, CANCEL_DEADLINE_MS);
	helper_run(&cancelling->task);
}

/* ---- receiving ---- */

/*
 * The last result counts, and an error before all. False for COPY, which
 * nobody feeds.
 */
static bool
keep_result(Connection *c, PGresult *result)
{
	ExecStatusType status = PQresultStatus(result);

	if (c->result && PQresultStatus(c->result) == PGRES_FATAL_ERROR)
		PQclear(result);
	else
	{
		PQclear(c->result);
		c->result = result;
	}
	return status != PGRES_COPY_IN && status != PGRES_COPY_OUT && status != PGRES_COPY_BOTH;
}

/*
 * Errors that say that nothing was done, and that another attempt has a
 * chance. True when the job waits for it.
 */
static bool
try_again(Connection *c, DbJob *job, const char *state)
{
	Pool	   *pool = c->pool;

	if (job->retries >= MAX_RETRIES)
		return false;
	if (strcmp(state, "26000") == 0 && c->prepared)
	{
		if (pool->prepare)
			log_event_text(EVENT_db_unprepared, "database", pool->label);
		pool->prepare = false;
		c->prepared = false;
		pool_close_idle(pool);
		pool_requeue(job, pool);
		return true;
	}
	if (strcmp(state, "25006") == 0 && pool->use == POOL_REPLICA)
	{
		pool_requeue(job, db_pool(POOL_PRIMARY));
		return true;
	}
	return false;
}

static void
statement_finished(Connection *c)
{
	DbJob	   *job = c->job;
	PGresult   *result = c->result;
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);

	c->result = NULL;
	if (c->state == CONNECTION_CANCELLING)
	{
		PQclear(result);
		c->results_read = true;
		end_cancel(c);
		return;
	}
	if (state && try_again(c, job, state))
	{
		PQclear(result);
		c->job = NULL;
		pool_connection_free(c);
		return;
	}
	timer_cancel(&job->timer);
	job->connection = NULL;
	if (job->done(job, state || result == NULL ? DB_ERROR : DB_OK, result))
	{
		job->connection = c;
		pool_start_timeout(job);
		if (!job->send(job, c) || !flush(c))
			lose(c);
		return;
	}
	c->job = NULL;
	pool_connection_free(c);
}

static void
connection_ready(Watch *watch, unsigned events)
{
	Connection *c = watch->owner;

	(void) events;
	if (!PQconsumeInput(c->pg) || PQstatus(c->pg) == CONNECTION_BAD)
	{
		lose(c);
		return;
	}
	if (c->unsent && !flush(c))
	{
		lose(c);
		return;
	}
	if (c->state == CONNECTION_IDLE)
		return;
	while (!PQisBusy(c->pg))
	{
		PGresult   *result = PQgetResult(c->pg);

		if (result == NULL)
		{
			statement_finished(c);
			return;
		}
		if (!keep_result(c, result))
		{
			give_up(c, DB_COPY);
			return;
		}
	}
	if (PQstatus(c->pg) == CONNECTION_BAD)
		lose(c);
}
