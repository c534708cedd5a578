/*
 * engine.c: the backend's one CURLM: its timer, deadlines, waiting.
 *
 * The engine is made at first use and lives as long as the backend, because
 * keep-alive and HTTP/2 multiplexing need its connection cache. It belongs to
 * the process that made it: a forked child makes its own and does not touch
 * the inherited sockets.
 *
 * libcurl says which sockets it watches (sockets.c) and when it wants to be
 * called (on_timer()).
 *
 * We do not use libcurl's deadlines: they go on while the backend is busy
 * elsewhere, and would fail a request whose response already waits in the
 * socket. Ours stand still while nobody runs the engine, and are checked only
 * after the sockets were read.
 */
#include "postgres.h"

#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <time.h>

#include "compat.h"
#include "http/http_int.h"
#include "miscadmin.h"
#include "storage/fd.h"
#include "utils/memutils.h"

/* Move deadlines only after a gap longer than this (µs). */
#define UNATTENDED_GAP 20000

/*
 * Look so often (µs) whether requests of other sessions have ended, when there
 * are too many. Nobody wakes us.
 */
#define CROWDED_WAIT 10000

/* Keep so many idle connections, but at most a tenth of max_safe_fds. */
#define MAX_IDLE_CONNECTIONS 32

static RrHttpEngine *engine = NULL;

/* Microseconds on a monotonic clock. */
uint64
rr_http_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64) ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

/* libcurl's callback: notes and returns. */
static int
on_timer(CURLM *multi pg_attribute_unused(), long timeout_ms, void *arg)
{
	RrHttpEngine *eng = arg;

	eng->timer = timeout_ms < 0 ? RR_HTTP_NEVER : rr_http_now() + (uint64) timeout_ms * 1000;
	return 0;
}

/* Its context is a child of the caller's until it is complete. */
static RrHttpEngine *
create_engine(void)
{
	static bool initialized = false;
	MemoryContext cxt = AllocSetContextCreate(CurrentMemoryContext, "remote_rel HTTP engine",
											  ALLOCSET_SMALL_SIZES);
	RrHttpEngine *eng = MemoryContextAllocZero(cxt, sizeof(RrHttpEngine));
	curl_version_info_data *version;

	if (!initialized && curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		ereport(ERROR,
				(errcode(ERRCODE_SYSTEM_ERROR),
				 errmsg("could not initialize libcurl")));
	initialized = true;
	version = curl_version_info(CURLVERSION_NOW);

	eng->pid = MyProcPid;
	eng->http2 = (version->features & CURL_VERSION_HTTP2) != 0;
	/* a bug of these versions: github.com/curl/curl, issue 10634 */
	eng->no_prior_knowledge_reuse = version->version_num == 0x075800 ||
		version->version_num == 0x075801;
	eng->cxt = cxt;
	dlist_init(&eng->lanes);
	dlist_init(&eng->active);
	eng->timer = RR_HTTP_NEVER;
	eng->attended = rr_http_now();
	eng->multi = curl_multi_init();
	if (eng->multi == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_OUT_OF_MEMORY),
				 errmsg("out of memory"),
				 errdetail("libcurl could not create its handle.")));
	MemoryContextSetParent(cxt, TopMemoryContext);
	rr_http_watch_idle();
	curl_multi_setopt(eng->multi, CURLMOPT_SOCKETFUNCTION, rr_http_on_socket);
	curl_multi_setopt(eng->multi, CURLMOPT_SOCKETDATA, eng);
	curl_multi_setopt(eng->multi, CURLMOPT_TIMERFUNCTION, on_timer);
	curl_multi_setopt(eng->multi, CURLMOPT_TIMERDATA, eng);
	curl_multi_setopt(eng->multi, CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX);
	curl_multi_setopt(eng->multi, CURLMOPT_MAXCONNECTS,
					  (long) Min(MAX_IDLE_CONNECTIONS, Max(max_safe_fds / 10, 2)));
	return eng;
}

/* The engine of this process, made if need be. Throws on out of memory. */
RrHttpEngine *
rr_http_get_engine(void)
{
	if (engine == NULL || engine->pid != MyProcPid)
		engine = create_engine();
	/* it needs a descriptor: take one before the sockets use them up */
	if (engine->waitset == NULL)
		rr_http_refresh_waitset(engine);
	return engine;
}

void
rr_http_engine_close(RrHttpEngine *eng)
{
	Assert(dlist_is_empty(&eng->active));
	while (eng->nspare > 0)
		curl_easy_cleanup(eng->spare[--eng->nspare]);
	curl_multi_cleanup(eng->multi);
	if (eng->waitset != NULL)
		FreeWaitEventSet(eng->waitset);
	free(eng->sockets);
	MemoryContextDelete(eng->cxt);
	engine = NULL;
}

/* The engine of this process, or NULL. Safe in a reset callback. */
RrHttpEngine *
rr_http_lookup_engine(void)
{
	return engine != NULL && engine->pid == MyProcPid ? engine : NULL;
}

/*
 * Move every deadline by the time in which nobody ran the engine. Call this
 * before the engine's times are used.
 */
static void
catch_up(RrHttpEngine *eng)
{
	uint64		now = rr_http_now();
	uint64		gap = now - eng->attended;
	dlist_iter	iter;

	eng->attended = now;
	if (gap <= UNATTENDED_GAP)
		return;
	dlist_foreach(iter, &eng->active)
	{
		RrHttpTransfer *t = dlist_container(RrHttpTransfer, node, iter.cur);

		if (t->deadline != RR_HTTP_NEVER)
			t->deadline += gap;
	}
}

/*
 * Start waiting transfers, lane by lane, in order; remove empty lanes. True if
 * one has failed at once.
 */
static bool
start_waiting(RrHttpEngine *eng)
{
	dlist_mutable_iter iter;
	dlist_mutable_iter waiting;
	uint64		now = rr_http_now();
	bool		any_failed = false;

	eng->crowded = false;
	dlist_foreach_modify(iter, &eng->lanes)
	{
		RrHttpLane *lane = dlist_container(RrHttpLane, node, iter.cur);

		dlist_foreach_modify(waiting, &lane->waiting)
		{
			RrHttpTransfer *t = dlist_container(RrHttpTransfer, node, waiting.cur);

			if (t->max_concurrent > 0 && lane->active >= t->max_concurrent)
				break;
			if (t->not_before > now)
				continue;		/* a later one may be sent meanwhile */
			if (!rr_health_take_place(t->stat))
			{
				eng->crowded = true;
				break;
			}
			rr_http_transfer_start(eng, t);
			elog(DEBUG1, "remote_rel: request to \"%s\" sent: %zu bytes",
				 rr_http_log_name(t), t->body_len);
			any_failed |= t->state == RR_HTTP_FINISHED;
		}
		if (lane->active == 0 && dlist_is_empty(&lane->waiting))
		{
			dlist_delete(&lane->node);
			pfree(lane);
		}
	}
	return any_failed;
}

/*
 * libcurl resolves names in a thread, which inherits the signal mask. The
 * server's signal handlers must run in the main thread only.
 */
static void
block_signals(sigset_t *saved)
{
	sigset_t	all;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, saved);
}

static void
unblock_signals(const sigset_t *saved)
{
	pthread_sigmask(SIG_SETMASK, saved, NULL);
}

/* Throw what libcurl returned or a callback noted; libcurl has returned. */
static void
check_multi(RrHttpEngine *eng, CURLMcode code)
{
	if (eng->out_of_memory || code == CURLM_OUT_OF_MEMORY)
	{
		eng->out_of_memory = false;
		ereport(ERROR,
				(errcode(ERRCODE_OUT_OF_MEMORY),
				 errmsg("out of memory"),
				 errdetail("An HTTP transfer could not go on.")));
	}
	if (code != CURLM_OK)
		ereport(ERROR,
				(errcode(ERRCODE_SYSTEM_ERROR),
				 errmsg("HTTP transfers failed: %s", curl_multi_strerror(code))));
}

/* Call libcurl if its timer has run out. */
static void
fire_timer(RrHttpEngine *eng)
{
	sigset_t	saved;
	CURLMcode	code;
	int			running;

	if (eng->timer == RR_HTTP_NEVER || eng->timer > rr_http_now())
		return;
	eng->timer = RR_HTTP_NEVER; /* on_timer() sets the next */
	block_signals(&saved);
	code = curl_multi_socket_action(eng->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	unblock_signals(&saved);
	check_multi(eng, code);
}

/*
 * Start what the limits allow, and send what can be sent without waiting.
 */
void
rr_http_engine_kick(RrHttpEngine *eng)
{
	catch_up(eng);
	start_waiting(eng);
	fire_timer(eng);
}

static bool
collect_finished(RrHttpEngine *eng)
{
	CURLMsg    *msg;
	int			left;
	bool		any = false;

	while ((msg = curl_multi_info_read(eng->multi, &left)) != NULL)
	{
		CURLcode	result = msg->data.result;
		char	   *t;

		if (msg->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, &t);
		rr_http_transfer_complete(eng, (RrHttpTransfer *) t, result);
		any = true;
	}
	return any;
}

/*
 * Milliseconds until the given time, the next deadline, the time of another
 * try or libcurl's timer, whichever comes first; -1 if there is none.
 */
static int
wait_timeout(RrHttpEngine *eng, uint64 until)
{
	uint64		now = rr_http_now();
	dlist_iter	iter;
	dlist_iter	waiting;

	until = Min(until, eng->timer);
	if (eng->crowded)
		until = Min(until, now + CROWDED_WAIT);
	dlist_foreach(iter, &eng->lanes)
	{
		RrHttpLane *lane = dlist_container(RrHttpLane, node, iter.cur);

		dlist_foreach(waiting, &lane->waiting)
		{
			RrHttpTransfer *t = dlist_container(RrHttpTransfer, node, waiting.cur);

			if (t->not_before > now)
				until = Min(until, t->not_before);
		}
	}
	dlist_foreach(iter, &eng->active)
	{
		RrHttpTransfer *t = dlist_container(RrHttpTransfer, node, iter.cur);

		until = Min(until, t->deadline);
	}
	if (until == RR_HTTP_NEVER)
		return -1;
	if (until <= now)
		return 0;
	return (int) Min((until - now + 999) / 1000, INT_MAX);
}

/* What pg_stat_activity shows; a name for each from 17 on. */
static uint32
wait_event_of(RrHttpEngine *eng)
{
	static uint32 answer = 0;
	static uint32 turn = 0;
	static uint32 retry = 0;

	if (answer == 0)
	{
		answer = rr_wait_event_new("RemoteRelAnswer");
		turn = rr_wait_event_new("RemoteRelTurn");
		retry = rr_wait_event_new("RemoteRelRetry");
	}
	if (!dlist_is_empty(&eng->active))
		return answer;
	return eng->crowded ? turn : retry;
}

static void
wait_for_sockets(RrHttpEngine *eng, uint64 until)
{
	WaitEvent	ready[RR_HTTP_READY_EVENTS];
	sigset_t	saved;
	CURLMcode	code = CURLM_OK;
	int			running;
	int			n;

	rr_http_refresh_waitset(eng);
	n = WaitEventSetWait(eng->waitset, wait_timeout(eng, until), ready, RR_HTTP_READY_EVENTS,
						 wait_event_of(eng));

	block_signals(&saved);
	for (int i = 0; i < n && code == CURLM_OK; i++)
	{
		uint32		events = ready[i].events;

		if (events & WL_LATCH_SET)
			ResetLatch(MyLatch);
		else if (eng->sockets[ready[i].fd].wanted == 0)
		{
			/* the server has closed an idle connection */
			eng->waitset_stale = true;
		}
		else
		{
			int			mask = (events & WL_SOCKET_READABLE ? CURL_CSELECT_IN : 0) |
			(events & WL_SOCKET_WRITEABLE ? CURL_CSELECT_OUT : 0);

			code = curl_multi_socket_action(eng->multi, ready[i].fd, mask, &running);
		}
	}
	unblock_signals(&saved);
	check_multi(eng, code);
}

/*
 * The same without waiting, latch or wait set: rr_http_poll() may cost one
 * system call, and must not throw because the server is out of descriptors.
 */
static void
look_at_sockets(RrHttpEngine *eng)
{
	sigset_t	saved;
	CURLMcode	code = CURLM_OK;
	int			running;
	int			n = 0;

	for (int fd = 0; fd < eng->nsockets; fd++)
	{
		uint32		wanted = eng->sockets[fd].wanted;

		if (wanted == 0)
			continue;
		if (n >= eng->pollfds_room)
		{
			int			room = Max(16, eng->pollfds_room * 2);

			if (eng->pollfds == NULL)
				eng->pollfds = MemoryContextAlloc(eng->cxt, room * sizeof(struct pollfd));
			else
				eng->pollfds = repalloc(eng->pollfds, room * sizeof(struct pollfd));
			eng->pollfds_room = room;
		}
		eng->pollfds[n].fd = fd;
		eng->pollfds[n].events = (wanted & WL_SOCKET_READABLE ? POLLIN : 0) |
			(wanted & WL_SOCKET_WRITEABLE ? POLLOUT : 0);
		eng->pollfds[n].revents = 0;
		n++;
	}
	if (n == 0 || poll(eng->pollfds, n, 0) <= 0)
		return;

	block_signals(&saved);
	for (int i = 0; i < n && code == CURLM_OK; i++)
	{
		short		revents = eng->pollfds[i].revents;

		if (revents != 0)
		{
			int			mask = (revents & (POLLIN | POLLHUP) ? CURL_CSELECT_IN : 0) |
			(revents & POLLOUT ? CURL_CSELECT_OUT : 0) |
			(revents & (POLLERR | POLLNVAL) ? CURL_CSELECT_ERR : 0);

			code = curl_multi_socket_action(eng->multi, eng->pollfds[i].fd, mask, &running);
		}
	}
	unblock_signals(&saved);
	check_multi(eng, code);
}

static void
expire_overdue(RrHttpEngine *eng)
{
	dlist_mutable_iter iter;

	dlist_foreach_modify(iter, &eng->active)
	{
		RrHttpTransfer *t = dlist_container(RrHttpTransfer, node, iter.cur);

		if (t->deadline <= eng->attended)
			rr_http_transfer_complete(eng, t, CURLE_OPERATION_TIMEDOUT);
	}
}

/*
 * One round for all groups: start what may start, read what has come, complete
 * what has finished or is overdue. Sleeps until something happens, at most
 * until the time given (0: not at all; RR_HTTP_NEVER: without limit). Does not
 * sleep if something has finished already. The latch wakes it, and is reset.
 */
void
rr_http_engine_run(RrHttpEngine *eng, uint64 until)
{
	bool		any_failed;

	catch_up(eng);
	any_failed = start_waiting(eng);
	fire_timer(eng);
	/* a kick may have finished something already */
	if (collect_finished(eng) || any_failed)
		return;
	if (until > 0)
		wait_for_sockets(eng, until);
	else
		look_at_sockets(eng);
	eng->attended = rr_http_now();
	collect_finished(eng);
	expire_overdue(eng);
}
