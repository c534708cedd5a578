/*
 * count_request.c: counts requests for src/stat.
 */
#include "postgres.h"

#include "http/http_int.h"

RrStatError
rr_http_stat_error(RrHttpFailure failure, int status)
{
	switch (failure)
	{
		case RR_HTTP_OK:
			break;
		case RR_HTTP_BAD_URL:
		case RR_HTTP_RESOLVE:
		case RR_HTTP_CONNECT:
		case RR_HTTP_DOWN:
			return RR_STAT_CONNECT;
		case RR_HTTP_TLS:
			return RR_STAT_TLS;
		case RR_HTTP_TIMEOUT:
			return RR_STAT_TIMEOUT;
		case RR_HTTP_TOO_LARGE:
			return RR_STAT_TOO_LARGE;
		case RR_HTTP_BROKEN:
			return RR_STAT_BROKEN;
	}
	return status >= 200 && status <= 299 ? RR_STAT_NO_ERROR : RR_STAT_STATUS;
}

int
rr_http_connections_made(const RrHttpTransfer *t)
{
	long		connects = 0;

	if (t->easy != NULL)
		curl_easy_getinfo(t->easy, CURLINFO_NUM_CONNECTS, &connects);
	return (int) connects;
}

/* What a transfer's result says of the remote schema. */
static void
note_health(RrHttpTransfer *t)
{
	switch (rr_http_classify(t))
	{
		case RR_HTTP_BAD_URL:
		case RR_HTTP_DOWN:
			break;
		case RR_HTTP_RESOLVE:
		case RR_HTTP_CONNECT:
		case RR_HTTP_TLS:
		case RR_HTTP_TIMEOUT:
			t->change = rr_health_note(t->stat, false, t->probe, &t->down_ms);
			break;
		case RR_HTTP_OK:
		case RR_HTTP_TOO_LARGE:
		case RR_HTTP_BROKEN:
			t->change = rr_health_note(t->stat, true, t->probe, &t->down_ms);
			break;
	}
	t->probe = false;
}

void
rr_http_count(RrHttpTransfer *t)
{
	RrStatRequest request = {
		.ms = t->response.elapsed_ms,
		.sent = t->response.sent,
		.received = t->len,
		.connections = t->connections + rr_http_connections_made(t),
		.retries = t->response.retries,
		.error = rr_http_stat_error(rr_http_classify(t), t->response.status),
		.status = t->response.status
	};

	if (t->refusal == RR_HTTP_REFUSED_DOWN)
	{
		rr_stat_count_refused(t->stat);
		return;
	}
	note_health(t);
	rr_stat_count_request(t->stat, &request);
}
