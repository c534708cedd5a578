/*
 * jwks.c: sets of keys at a URL.
 *
 * Fetched at start, again when the answer's age is over, and when a token has
 * a key that is not there; for that at most once a minute, however many such
 * tokens come. The old keys stay until new ones are there.
 */
#include <stdlib.h>
#include <string.h>

#include "serve/auth_int.h"
#include "serve/fetch.h"
#include "serve/log.h"

#define FETCH_TIMEOUT_MS 10000
#define MISS_INTERVAL_MS 60000
#define RETRY_MS 10000
#define MIN_AGE_S 10
#define MAX_AGE_S 86400

struct KeySet
{
	char	   *url;
	JwtKeys		keys;
	Fetch	   *fetch;
	Timer		refresh;
	long long	asked_for_miss; /* loop_now(); 0: never */
	AuthTask   *waiting;
};

static void start_fetch(KeySet *set);

static void
wake_waiting(KeySet *set)
{
	AuthTask   *task = set->waiting;

	set->waiting = NULL;
	while (task)
	{
		AuthTask   *next = task->next_waiting;

		task->key_set = NULL;
		jwt_authenticate(task);
		task = next;
	}
}

static void
fetched(void *arg, const FetchAnswer *answer)
{
	KeySet	   *set = arg;
	JwtKeys		keys;
	LogFields	f = {0};
	long long	age = answer->max_age_s;

	set->fetch = NULL;
	if (answer->status == 200 && keys_from_jwks(&keys, answer->body, answer->body_len) &&
		keys.n > 0)
	{
		keys_free(&set->keys);
		set->keys = keys;
		log_number(&f, "keys", keys.n);
		log_event(EVENT_jwk_fetched, &f);
		if (age >= 0)
			timer_set(&set->refresh, 1000 * (age < MIN_AGE_S ? MIN_AGE_S : age > MAX_AGE_S
											 ? MAX_AGE_S : age));
	}
	else
	{
		if (answer->status == 200)
			log_text(&f, "error", "the answer holds no key that can be used");
		else
			log_text(&f, "error", answer->error ? answer->error : "unexpected status");
		log_number(&f, "status", answer->status);
		log_event(EVENT_jwk_failed, &f);
		timer_set(&set->refresh, RETRY_MS);
	}
	wake_waiting(set);
}

static void
start_fetch(KeySet *set)
{
	FetchRequest request = {.url = set->url, .timeout_ms = FETCH_TIMEOUT_MS};

	if (set->fetch == NULL)
		set->fetch = fetch_start(&request, fetched, set);
}

static void
refresh(Timer *timer)
{
	start_fetch(timer->owner);
}

KeySet	   *
key_set_start(const char *url)
{
	KeySet	   *set = xcalloc(sizeof(KeySet));

	set->url = xstrdup(url);
	set->refresh.fire = refresh;
	set->refresh.owner = set;
	start_fetch(set);
	return set;
}

void
key_set_stop(KeySet *set)
{
	if (set == NULL)
		return;
	fetch_cancel(set->fetch);
	set->fetch = NULL;
	timer_cancel(&set->refresh);
	keys_free(&set->keys);
	set->asked_for_miss = loop_now() + 1;
	wake_waiting(set);
	free(set->url);
	free(set);
}

const JwtKeys *
key_set_keys(const KeySet *set)
{
	return &set->keys;
}

bool
key_set_wait(KeySet *set, AuthTask *task)
{
	if (set->fetch == NULL)
	{
		if (set->asked_for_miss != 0 && loop_now() - set->asked_for_miss < MISS_INTERVAL_MS)
			return false;
		set->asked_for_miss = loop_now();
		start_fetch(set);
	}
	task->key_set = set;
	task->next_waiting = set->waiting;
	set->waiting = task;
	return true;
}

void
key_set_forget(AuthTask *task)
{
	AuthTask  **link;

	if (task->key_set == NULL)
		return;
	for (link = &task->key_set->waiting; *link; link = &(*link)->next_waiting)
	{
		if (*link == task)
		{
			*link = task->next_waiting;
			break;
		}
	}
	task->key_set = NULL;
}
