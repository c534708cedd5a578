/*
 * retry.c: when a request is sent again because the server asks for it.
 *
 * A server that answers 429 or 503 with Retry-After has not done anything yet,
 * and says when to come back. The same request is sent again then, at the
 * earliest after a pause that doubles each time and varies, so that sessions
 * do not come back together. If the time of the call does not allow it, the
 * answer is taken as it is.
 */
#include "postgres.h"

#include "http/http_int.h"

/* The first pause in ms. */
#define FIRST_PAUSE 100

int			rr_http_max_retries = 2;

/* Microseconds to wait. */
static uint64
pause_before(const RrHttpTransfer *t)
{
	uint64		pause = (uint64) FIRST_PAUSE * 1000 << Min(t->tries, 16);
	uint64		asked = 0;

#if LIBCURL_VERSION_NUM >= 0x074200
	curl_off_t	seconds = 0;

	if (curl_easy_getinfo(t->easy, CURLINFO_RETRY_AFTER, &seconds) == CURLE_OK && seconds > 0)
		asked = (uint64) Min(seconds, 1000000) * 1000000;
#endif
	/* up to a half more, by the clock's last digits */
	pause += pause * (rr_http_now() % 1000) / 2000;
	return Max(pause, asked);
}

bool
rr_http_wants_retry(RrHttpTransfer *t)
{
	long		status = 0;
	uint64		now = rr_http_now();

	if (!t->idempotent || !t->asked_back || t->tries >= rr_http_max_retries)
		return false;
	curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
	if (status != 429 && status != 503)
		return false;
	t->not_before = now + pause_before(t);
	return t->not_before < t->retry_until;
}
