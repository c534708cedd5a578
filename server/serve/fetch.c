/*
 * fetch.c: libcurl's multi interface on the event loop.
 */
#include "serve/fetch.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "serve/loop.h"

struct Fetch
{
	CURL	   *easy;
	struct curl_slist *headers;
	char	   *body;
	void		(*done) (void *arg, const FetchAnswer *answer);
	void	   *arg;
	Buffer		answer;
	long long	max_age_s;
	bool		too_large;
};

static CURLM *multi;
static Timer multi_timer;

static void
fetch_free(Fetch *fetch)
{
	curl_multi_remove_handle(multi, fetch->easy);
	curl_easy_cleanup(fetch->easy);
	curl_slist_free_all(fetch->headers);
	free(fetch->body);
	buffer_free(&fetch->answer);
	free(fetch);
}

void
fetch_cancel(Fetch *fetch)
{
	if (fetch != NULL)
		fetch_free(fetch);
}

static void
finish(Fetch *fetch, CURLcode result)
{
	FetchAnswer answer = {.max_age_s = fetch->max_age_s};
	long		status = 0;

	if (result == CURLE_OK)
		curl_easy_getinfo(fetch->easy, CURLINFO_RESPONSE_CODE, &status);
	else
		answer.error = fetch->too_large ? "the answer is too large" : curl_easy_strerror(result);
	answer.status = (int) status;
	answer.body = fetch->answer.data ? fetch->answer.data : "";
	answer.body_len = fetch->answer.len;
	fetch->done(fetch->arg, &answer);
	fetch_free(fetch);
}

static void
collect_finished(void)
{
	CURLMsg    *message;
	int			left;

	while ((message = curl_multi_info_read(multi, &left)) != NULL)
	{
		Fetch	   *fetch;
		CURLcode	result = message->data.result;

		if (message->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **) &fetch);
		finish(fetch, result);
	}
}

static void
act(curl_socket_t fd, int mask)
{
	int			running;

	curl_multi_socket_action(multi, fd, mask, &running);
	collect_finished();
}

static void
socket_ready(Watch *watch, unsigned events)
{
	int			mask = 0;

	if (events & EPOLLIN)
		mask |= CURL_CSELECT_IN;
	if (events & EPOLLOUT)
		mask |= CURL_CSELECT_OUT;
	if (events & (EPOLLERR | EPOLLHUP))
		mask |= CURL_CSELECT_ERR;
	act(watch->fd, mask);
}

/* libcurl says what a socket waits for. */
static int
on_socket(CURL *easy, curl_socket_t fd, int what, void *unused, void *kept)
{
	Watch	   *watch = kept;
	unsigned	events = 0;

	(void) easy;
	(void) unused;
	if (what == CURL_POLL_REMOVE)
	{
		if (watch != NULL)
			watch_remove(watch);
		free(watch);
		curl_multi_assign(multi, fd, NULL);
		return 0;
	}
	if (what & CURL_POLL_IN)
		events |= EPOLLIN;
	if (what & CURL_POLL_OUT)
		events |= EPOLLOUT;
	if (watch != NULL)
	{
		watch_change(watch, events);
		return 0;
	}
	watch = xcalloc(sizeof(Watch));
	watch->ready = socket_ready;
	watch_add(watch, fd, events);
	curl_multi_assign(multi, fd, watch);
	return 0;
}

static int
on_timer(CURLM *handle, long ms, void *unused)
{
	(void) handle;
	(void) unused;
	if (ms < 0)
		timer_cancel(&multi_timer);
	else
		timer_set(&multi_timer, ms);
	return 0;
}

static void
timer_fired(Timer *timer)
{
	(void) timer;
	act(CURL_SOCKET_TIMEOUT, 0);
}

void
fetch_init(void)
{
	curl_global_init(CURL_GLOBAL_DEFAULT);
	multi = curl_multi_init();
	multi_timer.fire = timer_fired;
	curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, on_socket);
	curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, on_timer);
}

static size_t
on_body(char *data, size_t size, size_t n, void *arg)
{
	Fetch	   *fetch = arg;

	if (fetch->answer.len + size * n > FETCH_MAX_BODY)
	{
		fetch->too_large = true;
		return 0;
	}
	buffer_append(&fetch->answer, data, size * n);
	return size * n;
}

/* cache-control counts before expires, in whatever order they come. */
static size_t
on_header(char *data, size_t size, size_t n, void *arg)
{
	Fetch	   *fetch = arg;
	char	   *line = xstrndup(data, size * n);
	char	   *age;

	if (strncasecmp(line, "cache-control:", 14) == 0)
	{
		for (char *p = line; *p; p++)
			*p = (char) (*p >= 'A' && *p <= 'Z' ? *p + 32 : *p);
		if (strstr(line, "no-cache") || strstr(line, "no-store"))
			fetch->max_age_s = 0;
		else if ((age = strstr(line, "s-maxage=")) != NULL || (age = strstr(line, "max-age=")) != NULL)
			fetch->max_age_s = strtoll(strchr(age, '=') + 1, NULL, 10);
	}
	else if (strncasecmp(line, "expires:", 8) == 0 && fetch->max_age_s < 0)
	{
		time_t		at = curl_getdate(line + 8, NULL);

		if (at != -1)
			fetch->max_age_s = at > time(NULL) ? at - time(NULL) : 0;
	}
	free(line);
	return size * n;
}

Fetch	   *
fetch_start(const FetchRequest *request, void (*done) (void *arg, const FetchAnswer *answer),
			void *arg)
{
	Fetch	   *fetch = xcalloc(sizeof(Fetch));
	CURL	   *easy = curl_easy_init();

	fetch->easy = easy;
	fetch->done = done;
	fetch->arg = arg;
	fetch->max_age_s = -1;
	if (request->body)
		fetch->headers = curl_slist_append(fetch->headers, "content-type: application/json");
	for (char **header = request->headers; header && *header; header++)
		fetch->headers = curl_slist_append(fetch->headers, *header);
	curl_easy_setopt(easy, CURLOPT_PRIVATE, fetch);
	curl_easy_setopt(easy, CURLOPT_URL, request->url);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, request->timeout_ms);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, fetch->headers);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, fetch);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, fetch);
	curl_easy_setopt(easy, CURLOPT_USERAGENT, "remote-rel/" RR_VERSION);
	if (request->body)
	{
		fetch->body = xstrdup(request->body);
		curl_easy_setopt(easy, CURLOPT_POSTFIELDS, fetch->body);
	}
	curl_multi_add_handle(multi, easy);
	return fetch;
}
