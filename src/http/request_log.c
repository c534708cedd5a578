/*
 * request_log.c: lines about requests in the server's log.
 *
 * They go to the log alone: every role can set client_min_messages. They name
 * the remote schema, never its URL, which may hold a secret, nor headers or
 * bodies.
 */
#include "postgres.h"

#include "http/http_int.h"

int			rr_http_log_min_duration = -1;
bool		rr_http_log_failures = true;

static void
log_slow(const RrHttpTransfer *t)
{
	const RrHttpResponse *r = &t->response;

	ereport(LOG_SERVER_ONLY,
			(errmsg("request to remote schema \"%s\" took %.1f ms: %s", rr_http_log_name(t),
					r->elapsed_ms, r->failure != RR_HTTP_OK ? rr_http_failure_name(r->failure)
					: psprintf("HTTP status %d, %zu bytes sent, %zu bytes received", r->status,
							   r->sent, r->len))));
}

static void
log_failure(const RrHttpTransfer *t)
{
	const RrHttpResponse *r = &t->response;
	int64		unlogged;

	if (!rr_health_log_failure(t->stat, &unlogged))
		return;
	ereport(LOG_SERVER_ONLY,
			(errmsg("request to remote schema \"%s\" failed: %s", rr_http_log_name(t),
					r->failure != RR_HTTP_OK ? rr_http_failure_name(r->failure)
					: psprintf("HTTP status %d", r->status)),
			 unlogged > 0 ? errdetail_log("%lld more have failed since the last such line.",
										  (long long) unlogged) : 0));
}

static void
log_change(const RrHttpTransfer *t)
{
	switch (t->change)
	{
		case RR_HEALTH_SAME:
			break;
		case RR_HEALTH_WENT_DOWN:
			ereport(LOG_SERVER_ONLY,
					(errmsg("remote schema \"%s\" is down", rr_http_log_name(t)),
					 errdetail_log("%d requests in a row could not connect or timed out.",
								   rr_health_failures(t->stat))));
			break;
		case RR_HEALTH_CAME_BACK:
			ereport(LOG_SERVER_ONLY,
					(errmsg("remote schema \"%s\" is back, after %.1f s", rr_http_log_name(t),
							t->down_ms / 1000.0)));
			break;
	}
}

void
rr_http_log_request(const RrHttpTransfer *t)
{
	const RrHttpResponse *r = &t->response;
	bool		failed = r->failure != RR_HTTP_OK || r->status == 429 || r->status >= 500;

	/* those that are not for a remote schema are their caller's business */
	if (t->remote_schema == NULL)
		return;
	if (rr_http_log_min_duration >= 0 && r->elapsed_ms >= rr_http_log_min_duration)
		log_slow(t);
	if (rr_http_log_failures && failed && r->failure != RR_HTTP_DOWN)
		log_failure(t);
	if (rr_http_log_failures)
		log_change(t);
}
