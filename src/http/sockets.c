/*
 * sockets.c: the table of libcurl's sockets, and the wait set made from it.
 *
 * libcurl's callbacks change the table; the wait set is updated before each
 * wait. A wait set cannot drop a socket, so a connection that turns idle stays
 * in it: it is likely to be used again. The set is built anew when one of its
 * sockets was closed, or when an idle one becomes readable, because the server
 * has closed it.
 *
 * Each socket is counted as an external descriptor (AcquireExternalFD()).
 * libcurl 7.88 closes a socket that did not connect without calling us, so
 * rr_http_settle_sockets() looks for such sockets when a transfer ends.
 *
 * libcurl calls our callbacks also while a transaction aborts: they neither
 * throw nor palloc.
 */
#include "postgres.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "compat.h"
#include "http/http_int.h"
#include "miscadmin.h"
#include "storage/fd.h"

/* The table's entry for fd. Out of memory: NULL, and out_of_memory is set. */
static RrHttpSocket *
reserve_socket(RrHttpEngine *eng, curl_socket_t fd)
{
	if (fd >= eng->nsockets)
	{
		int			n = Max(fd + 1, 64);
		RrHttpSocket *sockets;

		n += n / 2;
		sockets = realloc(eng->sockets, n * sizeof(RrHttpSocket));
		if (sockets == NULL)
		{
			eng->out_of_memory = true;
			return NULL;
		}
		memset(sockets + eng->nsockets, 0, (n - eng->nsockets) * sizeof(RrHttpSocket));
		eng->sockets = sockets;
		eng->nsockets = n;
	}
	return &eng->sockets[fd];
}

static bool
is_open(const RrHttpSocket *s, curl_socket_t fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISSOCK(st.st_mode) && st.st_ino == s->inode;
}

/* Forget a socket that we opened and that is closed, or is about to be. */
static void
forget_socket(RrHttpEngine *eng, curl_socket_t fd)
{
	RrHttpSocket *s = &eng->sockets[fd];

	if (s->present != 0)
		eng->waitset_stale = true;
	if (s->opener != NULL)
		eng->unsettled--;
	rr_stat_count_connection(s->stat, -1);
	memset(s, 0, sizeof(*s));
	ReleaseExternalFD();
}

/* CURLMOPT_SOCKETFUNCTION; arg is the engine. */
int
rr_http_on_socket(CURL *easy pg_attribute_unused(), curl_socket_t fd, int what, void *arg,
				  void *socket_arg pg_attribute_unused())
{
	RrHttpEngine *eng = arg;
	RrHttpSocket *s = reserve_socket(eng, fd);

	if (s == NULL)
		return 0;				/* check_multi() in engine.c throws later */
	switch (what)
	{
		case CURL_POLL_IN:
			s->wanted = WL_SOCKET_READABLE;
			break;
		case CURL_POLL_OUT:
			s->wanted = WL_SOCKET_WRITEABLE;
			break;
		case CURL_POLL_INOUT:
			s->wanted = WL_SOCKET_READABLE | WL_SOCKET_WRITEABLE;
			break;
		default:
			s->wanted = 0;
			if (s->opener != NULL && !is_open(s, fd))
				forget_socket(eng, fd);
			else if (!s->opened && s->present != 0)
			{
				/*
				 * The resolver's own wake-up socket. Nobody tells us when it
				 * is closed.
				 */
				s->present = 0;
				eng->waitset_stale = true;
			}
			break;
	}
	eng->sockets_changed = true;
	return 0;
}

/*
 * CURLOPT_OPENSOCKETFUNCTION; arg is the transfer.
 */
curl_socket_t
rr_http_on_open_socket(void *arg, curlsocktype purpose pg_attribute_unused(),
					   struct curl_sockaddr *addr)
{
	RrHttpTransfer *t = arg;
	RrHttpEngine *eng = rr_http_lookup_engine();
	RrHttpSocket *s;
	struct stat st;
	int			type = addr->socktype;
	curl_socket_t fd;

	if (!AcquireExternalFD())	/* does not throw */
	{
		t->refusal = RR_HTTP_REFUSED_SOCKET;
		return CURL_SOCKET_BAD;
	}
#ifdef SOCK_CLOEXEC
	/* programs of COPY FROM PROGRAM must not inherit connections */
	type |= SOCK_CLOEXEC;
#endif
	fd = socket(addr->family, type, addr->protocol);
	if (fd < 0)
	{
		ReleaseExternalFD();
		return CURL_SOCKET_BAD;
	}
#ifndef SOCK_CLOEXEC
	fcntl(fd, F_SETFD, FD_CLOEXEC);
#endif
	s = reserve_socket(eng, fd);
	if (s == NULL || fstat(fd, &st) != 0)
	{
		close(fd);
		ReleaseExternalFD();
		t->refusal = RR_HTTP_REFUSED_MEMORY;
		return CURL_SOCKET_BAD;
	}
	if (s->opened)
		forget_socket(eng, fd); /* the socket that had this number before */
	s->opened = true;
	s->inode = st.st_ino;
	s->opener = t;
	s->stat = t->stat;
	rr_stat_count_connection(s->stat, 1);
	eng->unsettled++;
	return fd;
}

/*
 * CURLOPT_CLOSESOCKETFUNCTION; arg is the engine, since a connection outlives
 * the transfer that opened it.
 */
int
rr_http_on_close_socket(void *arg, curl_socket_t fd)
{
	RrHttpEngine *eng = arg;

	Assert(fd < eng->nsockets && eng->sockets[fd].opened);
	forget_socket(eng, fd);
	close(fd);
	return 0;
}

/*
 * Forget the sockets of an ended transfer that are closed. The others are idle
 * connections. Does not throw.
 */
void
rr_http_settle_sockets(RrHttpEngine *eng, const RrHttpTransfer *t)
{
	for (int fd = 0; eng->unsettled > 0 && fd < eng->nsockets; fd++)
	{
		RrHttpSocket *s = &eng->sockets[fd];

		if (s->opener != t)
			continue;
		if (is_open(s, fd))
		{
			s->opener = NULL;
			eng->unsettled--;
		}
		else
			forget_socket(eng, fd);
	}
}

/* If this throws, the set stays stale and the next call builds it again. */
static void
build_waitset(RrHttpEngine *eng)
{
	int			n = 0;

	if (eng->waitset != NULL)
	{
		WaitEventSet *old = eng->waitset;

		eng->waitset = NULL;
		FreeWaitEventSet(old);
	}
	eng->waitset_stale = true;
	for (int fd = 0; fd < eng->nsockets; fd++)
	{
		eng->sockets[fd].present = 0;
		n += eng->sockets[fd].wanted != 0;
	}
	n = Max(2 * n, RR_HTTP_READY_EVENTS);
	eng->waitset = rr_create_wait_event_set(eng->cxt, n + 2);
	AddWaitEventToSet(eng->waitset, WL_LATCH_SET, PGINVALID_SOCKET, MyLatch, NULL);
	AddWaitEventToSet(eng->waitset, WL_EXIT_ON_PM_DEATH, PGINVALID_SOCKET, NULL, NULL);
	for (int fd = 0; fd < eng->nsockets; fd++)
	{
		RrHttpSocket *s = &eng->sockets[fd];

		if (s->wanted == 0)
			continue;
		s->pos = AddWaitEventToSet(eng->waitset, s->wanted, fd, NULL, NULL);
		s->present = s->wanted;
		n--;
	}
	eng->waitset_room = n;
	eng->waitset_stale = false;
	eng->sockets_changed = false;
}

/*
 * Make the wait set if there is none, and update it to what libcurl watches.
 * Throws when the server cannot make one.
 */
void
rr_http_refresh_waitset(RrHttpEngine *eng)
{
	if (eng->waitset == NULL || eng->waitset_stale)
		build_waitset(eng);
	else if (eng->sockets_changed)
	{
		for (int fd = 0; fd < eng->nsockets; fd++)
		{
			RrHttpSocket *s = &eng->sockets[fd];

			if (s->wanted == 0 || s->wanted == s->present)
				continue;
			if (s->present != 0)
				ModifyWaitEvent(eng->waitset, s->pos, s->wanted, NULL);
			else if (eng->waitset_room > 0)
			{
				s->pos = AddWaitEventToSet(eng->waitset, s->wanted, fd, NULL, NULL);
				eng->waitset_room--;
			}
			else
			{
				build_waitset(eng);
				return;
			}
			s->present = s->wanted;
		}
	}
	eng->sockets_changed = false;
}
