/*
 * serve.c: remote-rel serve: start, signals, the end.
 *
 * SIGTERM and SIGINT let what is in progress end: no new clients, answers with
 * connection: close, WebSockets closed with 1001 when nothing runs on them. A
 * second one ends at once. SIGHUP reads the settings again.
 */
#include "serve/serve.h"

#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "serve/allow_list.h"
#include "serve/auth.h"
#include "serve/console.h"
#include "serve/db.h"
#include "serve/fetch.h"
#include "serve/http.h"
#include "serve/log.h"
#include "serve/settings.h"
#include "serve/websocket.h"

#define DRAIN_CHECK_MS 50

/* For cancelling what still runs at the end. */
#define END_SECONDS 5

/* How long WebSockets may go on with what they run, of the whole time. */
#define WEBSOCKET_SHARE 2

static Watch signal_watch;
static Timer drain_timer;
static long long drain_until;
static bool draining;

/* ---- the end ---- */

static bool
is_busy(void)
{
	DbStats		primary = db_stats(POOL_PRIMARY);
	DbStats		replica = db_stats(POOL_REPLICA);
	DbStats		admin = db_stats(POOL_ADMIN);

	return primary.busy + primary.waiting + replica.busy + replica.waiting +
		admin.busy + admin.waiting > 0;
}

static void
check_drained(Timer *timer)
{
	if (!is_busy())
		websocket_close_all();
	if (loop_now() >= drain_until || (!is_busy() && http_clients() == 0))
		loop_stop();
	else
	{
		/* idle clients have heard nothing of it; half of the time is theirs */
		if (!is_busy() && loop_now() >= drain_until - settings->shutdown_timeout / WEBSOCKET_SHARE)
			loop_stop();
		timer_set(timer, DRAIN_CHECK_MS);
	}
}

static void
drain(void)
{
	if (draining)
	{
		loop_stop();
		return;
	}
	draining = true;
	log_event(EVENT_draining, NULL);
	http_quiesce();
	drain_until = loop_now() + settings->shutdown_timeout;
	drain_timer.fire = check_drained;
	timer_set(&drain_timer, DRAIN_CHECK_MS);
}

/* ---- reload ---- */

static char *
put_in_force(Settings *new)
{
	const Settings *old = settings;
	char	   *error;

	settings = new;
	error = auth_init();
	if (error == NULL)
		error = allow_list_init();
	if (error)
		settings = old;
	return error;
}

static void
reload(void)
{
	char	   *error;
	Settings   *new = settings_reread(&error);

	if (new)
		error = put_in_force(new);
	if (error)
		log_event_text(EVENT_reload_failed, "error", error);
	else
	{
		allow_list_refresh();
		log_event(EVENT_reloaded, NULL);
	}
	free(error);
}

static void
signal_arrived(Watch *watch, unsigned events)
{
	struct signalfd_siginfo info;

	(void) events;
	if (read(watch->fd, &info, sizeof(info)) != sizeof(info))
		return;
	if (info.ssi_signo == SIGHUP)
		reload();
	else
		drain();
}

static void
watch_signals(void)
{
	sigset_t	mask;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&mask);
	sigaddset(&mask, SIGTERM);
	sigaddset(&mask, SIGINT);
	sigaddset(&mask, SIGHUP);
	sigprocmask(SIG_BLOCK, &mask, NULL);
	signal_watch.ready = signal_arrived;
	watch_add(&signal_watch, signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK), EPOLLIN);
}

/* ---- start ---- */

static void
raise_limits(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
	{
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

/*
 * What the HTTP library takes for a connection goes back when it closes,
 * instead of leaving holes among what stays.
 */
static void
tune_memory(void)
{
	mallopt(M_MMAP_THRESHOLD, 16 * 1024);
}

static int
complain(char *error)
{
	fprintf(stderr, "remote-rel: %s\n", error);
	free(error);
	return 1;
}

static void
announce(void)
{
	LogFields	f = {0};

	log_text(&f, "address", http_address());
	if (console_exists() && !settings->unix_socket)
	{
		char	   *url = xprintf("%s/console", http_address());

		log_text(&f, "console", url);
		free(url);
	}
	log_event(EVENT_started, &f);
	if (settings->admin_secret == NULL)
		log_event(EVENT_no_secret, NULL);
}

int
serve(int argc, char **argv)
{
	char	   *error;

	settings = settings_read(argc, argv, &error);
	if (settings == NULL)
		return complain(error);
	if (!db_url_is_valid(settings->database_url))
		return complain(xstrdup("the database's URL cannot be read"));
	raise_limits();
	tune_memory();
	loop_init();
	watch_signals();
	fetch_init();
	helper_init();
	error = auth_init();
	if (error == NULL)
		error = allow_list_init();
	if (error)
		return complain(error);
	db_init();
	http_start();
	allow_list_start();
	announce();
	loop_run();
	/* a database that does not answer must not hold the end up */
	alarm(END_SECONDS);
	db_close_all();
	log_event(EVENT_stopped, NULL);
	return 0;
}
