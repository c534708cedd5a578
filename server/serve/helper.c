/*
 * helper.c: a few threads for what can only be done by waiting: names, libpq's
 * way to connect and to cancel.
 */
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "serve/loop.h"

#define N_THREADS 4

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t wake = PTHREAD_COND_INITIALIZER;
static HelperTask *waiting;
static HelperTask **waiting_end = &waiting;
static HelperTask *finished;
static int	event_fd;
static Watch event_watch;

static void *
run_tasks(void *unused)
{
	(void) unused;
	for (;;)
	{
		HelperTask *task;
		uint64_t	one = 1;

		pthread_mutex_lock(&lock);
		while (waiting == NULL)
			pthread_cond_wait(&wake, &lock);
		task = waiting;
		waiting = task->next;
		if (waiting == NULL)
			waiting_end = &waiting;
		pthread_mutex_unlock(&lock);

		task->work(task);

		pthread_mutex_lock(&lock);
		task->next = finished;
		finished = task;
		pthread_mutex_unlock(&lock);
		if (write(event_fd, &one, sizeof(one)) < 0)
			abort();
	}
	return NULL;
}

static void
collect(Watch *watch, unsigned events)
{
	uint64_t	count;
	HelperTask *task;

	(void) events;
	if (read(watch->fd, &count, sizeof(count)) < 0)
		return;
	pthread_mutex_lock(&lock);
	task = finished;
	finished = NULL;
	pthread_mutex_unlock(&lock);
	while (task != NULL)
	{
		HelperTask *next = task->next;

		task->done(task);
		task = next;
	}
}

void
helper_init(void)
{
	sigset_t	all;
	sigset_t	before;

	event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	event_watch.ready = collect;
	watch_add(&event_watch, event_fd, EPOLLIN);

	/* signals are the loop's */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	for (int i = 0; i < N_THREADS; i++)
	{
		pthread_t	thread;

		if (pthread_create(&thread, NULL, run_tasks, NULL) != 0)
		{
			perror("remote-rel: pthread_create");
			exit(1);
		}
		pthread_detach(thread);
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

void
helper_run(HelperTask *task)
{
	task->next = NULL;
	pthread_mutex_lock(&lock);
	*waiting_end = task;
	waiting_end = &task->next;
	pthread_cond_signal(&wake);
	pthread_mutex_unlock(&lock);
}
