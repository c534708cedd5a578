/*
 * loop.c: the event loop: epoll, and a heap of timers.
 */
#include "serve/loop.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/buffer.h"

#define MAX_EVENTS 256

static int	epoll_fd = -1;
static bool stopping;
static long long now_ms;
static long long (*prepare_wait) (void);

/* The events of this wake-up that were not handled yet. */
static struct epoll_event events[MAX_EVENTS];
static int	n_events;
static int	next_event;

static Timer **heap;
static int	n_timers;
static int	max_timers;

long long
clock_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}

long long
loop_now(void)
{
	return now_ms;
}

void
loop_init(void)
{
	epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (epoll_fd < 0)
	{
		perror("remote-rel: epoll_create1");
		exit(1);
	}
	now_ms = clock_us() / 1000;
}

/* ---- descriptors ---- */

void
watch_add(Watch *watch, int fd, unsigned wanted)
{
	struct epoll_event event = {.events = wanted,.data.ptr = watch};

	watch->fd = fd;
	watch->active = epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

void
watch_change(Watch *watch, unsigned wanted)
{
	struct epoll_event event = {.events = wanted,.data.ptr = watch};

	if (watch->active)
		epoll_ctl(epoll_fd, EPOLL_CTL_MOD, watch->fd, &event);
}

void
watch_remove(Watch *watch)
{
	if (!watch->active)
		return;
	watch->active = false;
	epoll_ctl(epoll_fd, EPOLL_CTL_DEL, watch->fd, NULL);
	for (int i = next_event; i < n_events; i++)
	{
		if (events[i].data.ptr == watch)
			events[i].data.ptr = NULL;
	}
}

/* ---- timers ---- */

static void
place(Timer *timer, int slot)
{
	heap[slot] = timer;
	timer->slot = slot + 1;
}

static void
sift_up(Timer *timer, int slot)
{
	while (slot > 0 && heap[(slot - 1) / 2]->at > timer->at)
	{
		place(heap[(slot - 1) / 2], slot);
		slot = (slot - 1) / 2;
	}
	place(timer, slot);
}

static void
sift_down(Timer *timer, int slot)
{
	for (;;)
	{
		int			child = slot * 2 + 1;

		if (child >= n_timers)
			break;
		if (child + 1 < n_timers && heap[child + 1]->at < heap[child]->at)
			child++;
		if (heap[child]->at >= timer->at)
			break;
		place(heap[child], slot);
		slot = child;
	}
	place(timer, slot);
}

void
timer_cancel(Timer *timer)
{
	int			slot = timer->slot - 1;
	Timer	   *last;

	if (slot < 0)
		return;
	timer->slot = 0;
	last = heap[--n_timers];
	if (last == timer)
		return;
	sift_up(last, slot);
	sift_down(last, last->slot - 1);
}

void
timer_set(Timer *timer, long long ms)
{
	timer_cancel(timer);
	timer->at = now_ms + ms;
	if (n_timers == max_timers)
	{
		max_timers = max_timers ? max_timers * 2 : 64;
		heap = xrealloc(heap, (size_t) max_timers * sizeof(*heap));
	}
	sift_up(timer, n_timers++);
}

static void
fire_timers(void)
{
	while (n_timers > 0 && heap[0]->at <= now_ms)
	{
		Timer	   *timer = heap[0];

		timer_cancel(timer);
		timer->fire(timer);
	}
}

/* ---- waiting ---- */

void
loop_set_prepare(long long (*prepare) (void))
{
	prepare_wait = prepare;
}

void
loop_stop(void)
{
	stopping = true;
}

static int
wait_time(void)
{
	long long	ms = prepare_wait ? prepare_wait() : -1;

	if (n_timers > 0)
	{
		long long	until = heap[0]->at - now_ms;

		if (until < 0)
			until = 0;
		if (ms < 0 || until < ms)
			ms = until;
	}
	return ms > 60000 ? 60000 : (int) ms;
}

void
loop_run(void)
{
	while (!stopping)
	{
		n_events = epoll_wait(epoll_fd, events, MAX_EVENTS, wait_time());
		now_ms = clock_us() / 1000;
		if (n_events < 0 && errno != EINTR)
		{
			perror("remote-rel: epoll_wait");
			exit(1);
		}
		for (next_event = 0; next_event < n_events;)
		{
			struct epoll_event *event = &events[next_event++];
			Watch	   *watch = event->data.ptr;

			if (watch != NULL)
				watch->ready(watch, event->events);
		}
		fire_timers();
	}
}
