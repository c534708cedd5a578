/*
 * loop.h: the event loop. One thread waits for everything: the HTTP library,
 * WebSockets, the database's connections, timers, and helper threads' ends.
 *
 * All of the program runs in this thread, but for the work() of a HelperTask.
 * Nothing in it may block.
 */
#ifndef LOOP_H
#define LOOP_H

#include <stdbool.h>
#include <sys/epoll.h>

typedef struct Watch Watch;
struct Watch
{
	int			fd;
	void		(*ready) (Watch *watch, unsigned events);	/* EPOLLIN, … */
	void	   *owner;
	bool		active;
};

typedef struct Timer Timer;
struct Timer
{
	void		(*fire) (Timer *timer);
	void	   *owner;
	long long	at;				/* loop_now() */
	int			slot;			/* place in the heap + 1; 0: not set */
};

extern void loop_init(void);

/* Milliseconds that only go forward, as of the last wake-up. */
extern long long loop_now(void);

/* Microseconds, asked of the clock: for measuring. */
extern long long clock_us(void);

extern void watch_add(Watch *watch, int fd, unsigned events);
extern void watch_change(Watch *watch, unsigned events);

/* Also when not active. No ready() comes after it. */
extern void watch_remove(Watch *watch);

/* Sets or moves a timer; it fires once. */
extern void timer_set(Timer *timer, long long ms);
extern void timer_cancel(Timer *timer);

/*
 * Called before each wait; returns the most milliseconds to wait, -1 for any
 * time.
 */
extern void loop_set_prepare(long long (*prepare) (void));

/* Until loop_stop(). */
extern void loop_run(void);
extern void loop_stop(void);

/* ---- work that blocks, in helper.c ---- */

typedef struct HelperTask HelperTask;
struct HelperTask
{
	void		(*work) (HelperTask *task); /* in a thread of its own kind */
	void		(*done) (HelperTask *task); /* afterwards, in the loop */
	void	   *owner;
	HelperTask *next;
};

extern void helper_init(void);

/* The task belongs to the helpers until done() is called. */
extern void helper_run(HelperTask *task);

#endif
