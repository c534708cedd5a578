/*
 * pool.c: the connections to a database, and the queue of jobs before them.
 *
 * Jobs are served in the order in which they came. Connections are opened
 * when jobs wait and none is idle; the one that was used last is used next,
 * so that few of them are warm and the rest can be closed.
 */
#include <stdlib.h>
#include <string.h>

#include "common/buffer.h"
#include "serve/db_int.h"
#include "serve/log.h"
#include "serve/settings.h"

/* Attempts to connect at a time; while the last one failed, one. */
#define MAX_CONNECTING 3
#define FIRST_RETRY_MS 100
#define LAST_RETRY_MS 3000
#define IDLE_CHECK_MS 5000

static Pool *primary;
static Pool *admin;				/* NULL: the primary's */
static Pool **replicas;
static int	n_replicas;
static int	next_replica;
static bool closing;

static void serve_queue(Pool *pool);

/* ---- lists ---- */

static void
pool_list_add(Connection **list, Connection *c)
{
	c->prev = NULL;
	c->next = *list;
	if (*list)
		(*list)->prev = c;
	*list = c;
}

static void
pool_list_remove(Connection **list, Connection *c)
{
	if (c->prev)
		c->prev->next = c->next;
	else
		*list = c->next;
	if (c->next)
		c->next->prev = c->prev;
}

static void
queue_remove(DbJob *job)
{
	Pool	   *pool = job->pool;

	*(job->prev ? &job->prev->next : &pool->first) = job->next;
	*(job->next ? &job->next->prev : &pool->last) = job->prev;
	pool->n_waiting--;
	timer_cancel(&job->timer);
}

static void
queue_add(DbJob *job, bool at_front)
{
	Pool	   *pool = job->pool;

	job->prev = at_front ? NULL : pool->last;
	job->next = at_front ? pool->first : NULL;
	*(job->prev ? &job->prev->next : &pool->first) = job;
	*(job->next ? &job->next->prev : &pool->last) = job;
	pool->n_waiting++;
}

/* ---- connecting ---- */

/* Opens as many as the queue needs, and the limits allow. */
static void
connect_if_needed(Pool *pool)
{
	int			most = pool->failures > 0 ? 1 : MAX_CONNECTING;

	if (closing || pool->retry_timer.slot != 0)
		return;
	while (pool->n_connecting < most && pool->n_connecting < pool->n_waiting &&
		   pool->n_open + pool->n_connecting < settings->connections)
	{
		pool->n_connecting++;
		connection_open(pool);
	}
}

static void
retry(Timer *timer)
{
	Pool	   *pool = timer->owner;

	/*
	 * one attempt also when nobody waits, so that the first request need not
	 */
	if (pool->n_open == 0 && pool->n_connecting == 0 && !closing)
	{
		pool->n_connecting++;
		connection_open(pool);
	}
	else
		connect_if_needed(pool);
}

void
pool_connected(Pool *pool, Connection *c)
{
	LogFields	f = {0};

	pool->n_connecting--;
	pool->n_open++;
	pool->failures = 0;
	pool->working = true;
	if (!pool->prepare)
		c->prepared = false;
	log_text(&f, "database", pool->label);
	log_number(&f, "backend", PQbackendPID(c->pg));
	log_number(&f, "open", pool->n_open);
	log_event(EVENT_db_connected, &f);
	pool_list_add(&pool->busy, c);
	pool->n_busy++;
	pool_connection_free(c);
}

/* What waits for a replica that is not there goes to the primary. */
static void
move_queue(Pool *from, Pool *to)
{
	while (from->first)
	{
		DbJob	   *job = from->first;

		queue_remove(job);
		db_submit(job, to);
	}
}

void
pool_connect_failed(Pool *pool, const char *why, bool pooler)
{
	LogFields	f = {0};
	long long	wait = FIRST_RETRY_MS;

	pool->n_connecting--;
	if (pooler && strcmp(settings->prepare, "auto") == 0)
	{
		if (pool->prepare)
			log_event_text(EVENT_db_unprepared, "database", pool->label);
		pool->prepare = false;
		connect_if_needed(pool);
		return;
	}
	log_text(&f, "database", pool->label);
	log_text(&f, "error", why);
	log_event(EVENT_db_connect_failed, &f);
	for (int i = 0; i < pool->failures && wait < LAST_RETRY_MS; i++)
		wait *= 2;
	pool->failures++;
	if (pool->n_open == 0)
		pool->working = false;
	timer_set(&pool->retry_timer, wait + random() % (wait / 2));
	if (pool->use == POOL_REPLICA && pool->n_open == 0)
		move_queue(pool, primary);
}

/* ---- connections change their state ---- */

static bool
is_usable(const Connection *c)
{
	return PQstatus(c->pg) == CONNECTION_OK && PQtransactionStatus(c->pg) == PQTRANS_IDLE &&
		loop_now() < c->close_at && !(c->prepared && !c->pool->prepare) && !closing;
}

static void
discard(Connection *c)
{
	c->pool->n_open--;
	if (c->cancel_running)
	{
		/* cancel_done() frees the rest */
		watch_remove(&c->watch);
		timer_cancel(&c->cancel_timer);
		PQclear(c->result);
		PQfinish(c->pg);
		free(c->schema);
		c->pg = NULL;
	}
	else
		connection_free(c);
}

void
pool_connection_free(Connection *c)
{
	Pool	   *pool = c->pool;

	pool_list_remove(&pool->busy, c);
	pool->n_busy--;
	c->state = CONNECTION_IDLE;
	c->used_at = loop_now();
	if (!is_usable(c))
		discard(c);
	else
		pool_list_add(&pool->idle, c);
	serve_queue(pool);
}

void
pool_connection_lost(Connection *c)
{
	Pool	   *pool = c->pool;

	if (c->state == CONNECTION_IDLE)
		pool_list_remove(&pool->idle, c);
	else
	{
		pool_list_remove(&pool->busy, c);
		pool->n_busy--;
	}
	discard(c);
	/* be back before the next request */
	if (pool->n_open == 0 && pool->n_connecting == 0 && pool->retry_timer.slot == 0 && !closing)
		timer_set(&pool->retry_timer, 10);
	serve_queue(pool);
}

void
pool_close_idle(Pool *pool)
{
	while (pool->idle)
	{
		Connection *c = pool->idle;

		pool_list_remove(&pool->idle, c);
		discard(c);
	}
}

static void
check_idle(Timer *timer)
{
	Pool	   *pool = timer->owner;
	Connection *next;

	for (Connection *c = pool->idle; c; c = next)
	{
		bool		unused = loop_now() - c->used_at > settings->connection_idle &&
		pool->n_open > 1;

		next = c->next;
		if (unused || loop_now() >= c->close_at)
		{
			pool_list_remove(&pool->idle, c);
			discard(c);
		}
	}
	timer_set(timer, IDLE_CHECK_MS);
}

/* ---- jobs ---- */

static void
query_timed_out(Timer *timer)
{
	DbJob	   *job = timer->owner;

	log_event(EVENT_query_timeout, NULL);
	connection_abandon(job->connection);
	job->connection = NULL;
	job->done(job, DB_TIMEOUT, NULL);
}

void
pool_start_timeout(DbJob *job)
{
	if (settings->query_timeout <= 0)
		return;
	job->timer.fire = query_timed_out;
	timer_set(&job->timer, settings->query_timeout);
}

static void
serve_queue(Pool *pool)
{
	while (pool->first && pool->idle)
	{
		DbJob	   *job = pool->first;
		Connection *c = pool->idle;

		queue_remove(job);
		pool_list_remove(&pool->idle, c);
		pool_list_add(&pool->busy, c);
		pool->n_busy++;
		pool_start_timeout(job);
		connection_start(c, job);
	}
	connect_if_needed(pool);
}

static void
waited_too_long(Timer *timer)
{
	DbJob	   *job = timer->owner;

	queue_remove(job);
	log_event_text(EVENT_queue_timeout, "database", job->pool->label);
	job->done(job, DB_NO_CONNECTION, NULL);
}

static void
fail(Timer *timer)
{
	DbJob	   *job = timer->owner;

	job->done(job, job->outcome, NULL);
}

void
pool_fail_later(DbJob *job, DbOutcome outcome)
{
	job->pool = NULL;
	job->connection = NULL;
	job->outcome = outcome;
	job->timer.owner = job;
	job->timer.fire = fail;
	timer_set(&job->timer, 0);
}

static void
enqueue(DbJob *job, Pool *pool, bool at_front)
{
	job->pool = pool;
	job->connection = NULL;
	job->timer.owner = job;
	queue_add(job, at_front);
	job->timer.fire = waited_too_long;
	timer_set(&job->timer, settings->queue_timeout);
	serve_queue(pool);
}

void
db_submit(DbJob *job, Pool *pool)
{
	job->queued_at = clock_us();
	job->started_at = 0;
	job->retries = 0;
	if (pool->n_waiting >= settings->queue_limit)
	{
		log_event_text(EVENT_queue_full, "database", pool->label);
		pool_fail_later(job, DB_NO_CONNECTION);
		return;
	}
	enqueue(job, pool, false);
}

void
pool_requeue(DbJob *job, Pool *pool)
{
	timer_cancel(&job->timer);
	job->retries++;
	enqueue(job, pool, true);
}

void
db_cancel(DbJob *job)
{
	if (job->connection)
	{
		timer_cancel(&job->timer);
		connection_abandon(job->connection);
		job->connection = NULL;
	}
	else if (job->pool && job->timer.slot != 0)
		queue_remove(job);
	else
		timer_cancel(&job->timer);
}

/* ---- the whole ---- */

static Pool *
make_pool(PoolUse use, const char *conninfo, const char *label)
{
	Pool	   *pool = xcalloc(sizeof(Pool));

	pool->use = use;
	pool->conninfo = xstrdup(conninfo);
	pool->label = label;
	pool->prepare = strcmp(settings->prepare, "off") != 0;
	pool->retry_timer.fire = retry;
	pool->retry_timer.owner = pool;
	pool->idle_timer.fire = check_idle;
	pool->idle_timer.owner = pool;
	timer_set(&pool->idle_timer, IDLE_CHECK_MS);
	timer_set(&pool->retry_timer, 0);
	return pool;
}

bool
db_url_is_valid(const char *url)
{
	PQconninfoOption *options = PQconninfoParse(url, NULL);

	PQconninfoFree(options);
	/* what is neither URL nor key = value is a database's name */
	return options != NULL || strpbrk(url, ":=/ ") == NULL;
}

void
db_init(void)
{
	primary = make_pool(POOL_PRIMARY, settings->database_url, "primary");
	if (settings->metadata_database_url)
		admin = make_pool(POOL_ADMIN, settings->metadata_database_url, "admin");
	n_replicas = settings->read_database.n;
	replicas = xcalloc((size_t) n_replicas * sizeof(Pool *));
	for (int i = 0; i < n_replicas; i++)
		replicas[i] = make_pool(POOL_REPLICA, settings->read_database.items[i],
								xprintf("replica %d", i + 1));
}

Pool	   *
db_pool(PoolUse use)
{
	if (use == POOL_ADMIN && admin)
		return admin;
	for (int i = 0; use == POOL_REPLICA && i < n_replicas; i++)
	{
		Pool	   *pool = replicas[next_replica++ % n_replicas];

		if (pool->working)
			return pool;
	}
	return primary;
}

bool
db_is_replica(const Pool *pool)
{
	return pool->use == POOL_REPLICA;
}

static void
add_stats(DbStats *stats, const Pool *pool)
{
	stats->open += pool->n_open;
	stats->busy += pool->n_busy;
	stats->waiting += pool->n_waiting;
	stats->connecting += pool->n_connecting;
}

DbStats
db_stats(PoolUse use)
{
	DbStats		stats = {0};

	if (use == POOL_PRIMARY)
		add_stats(&stats, primary);
	if (use == POOL_ADMIN && admin)
		add_stats(&stats, admin);
	for (int i = 0; use == POOL_REPLICA && i < n_replicas; i++)
		add_stats(&stats, replicas[i]);
	return stats;
}

static void
close_pool(Pool *pool)
{
	pool_close_idle(pool);
	for (Connection *c = pool->busy; c; c = c->next)
	{
		PGcancel   *cancel = PQgetCancel(c->pg);
		char		error[256];

		if (cancel && !c->cancel_running)
			PQcancel(cancel, error, sizeof(error));
		PQfreeCancel(cancel);
	}
}

void
db_close_all(void)
{
	closing = true;
	close_pool(primary);
	if (admin)
		close_pool(admin);
	for (int i = 0; i < n_replicas; i++)
		close_pool(replicas[i]);
}
