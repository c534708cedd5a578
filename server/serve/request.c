/*
 * request.c: a request, from its headers to the handler's call, and its end.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>

#include "serve/http.h"
#include "serve/log.h"
#include "serve/metrics.h"
#include "serve/origin.h"
#include "serve/settings.h"
#include "serve/unpack.h"

/*
 * A body that will be refused is read this far, so that the client hears why.
 */
#define MAX_IGNORED (4 * 1024 * 1024)

/* How many requests may linger at a time, and how long. */
#define MAX_LINGERING 64
#define LINGER_MS 2

static int	n_lingering;

/* ---- making it ---- */

static enum MHD_Result
take_header(void *arg, enum MHD_ValueKind kind, const char *name, const char *value)
{
	HttpRequest *r = arg;

	(void) kind;
	headers_add(&r->headers, name, value ? value : "");
	return MHD_YES;
}

static bool
is_plain_id(const char *id)
{
	size_t		len = strlen(id);

	return len > 0 && len <= 128 &&
		strspn(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:/+=") == len;
}

static char *
make_id(void)
{
	static const char digits[] = "0123456789abcdef";
	static unsigned char pool[4096];
	static size_t used = sizeof(pool);
	char	   *id = xmalloc(37);
	char	   *p = id;

	if (used == sizeof(pool))
	{
		if (getrandom(pool, sizeof(pool), 0) != sizeof(pool))
			abort();
		used = 0;
	}
	for (int i = 0; i < 16; i++)
	{
		unsigned char byte = pool[used++];

		if (i == 4 || i == 6 || i == 8 || i == 10)
			*p++ = '-';
		*p++ = digits[byte >> 4];
		*p++ = digits[byte & 15];
	}
	*p = '\0';
	return id;
}

/* W3C trace context, version 00. */
static bool
is_trace_parent(const char *value)
{
	static const char shape[] = "hh-hhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhh-hhhhhhhhhhhhhhhh-hh";

	if (strlen(value) != sizeof(shape) - 1)
		return false;
	for (size_t i = 0; i < sizeof(shape) - 1; i++)
	{
		if (shape[i] == 'h' ? strchr("0123456789abcdef", value[i]) == NULL : value[i] != '-')
			return false;
	}
	return true;
}

static HttpRequest *
make_request(struct MHD_Connection *mhd, const char *url, const char *method, bool metrics_only)
{
	HttpRequest *r = xcalloc(sizeof(HttpRequest));
	const char *id;
	const char *trace;

	r->started_at = clock_us();
	r->mhd = mhd;
	r->client = client_of(mhd);
	r->client->request = r;
	r->method = method;
	r->path = url;
	r->route = metrics_only ? http_find_metrics_route(url) : http_find_route(url);
	MHD_get_connection_values(mhd, MHD_HEADER_KIND, take_header, r);
	id = http_header(r, "x-request-id");
	r->id = id && is_plain_id(id) ? xstrdup(id) : make_id();
	trace = http_header(r, "traceparent");
	r->trace_parent = trace && is_trace_parent(trace) ? xstrdup(trace) : NULL;
	return r;
}

const char *
http_header(const HttpRequest *r, const char *name)
{
	return headers_get(&r->headers, name);
}

const char *
http_parameter(HttpRequest *r, const char *name)
{
	return MHD_lookup_connection_value(r->mhd, MHD_GET_ARGUMENT_KIND, name);
}

/* ---- what is refused before a handler sees it ---- */

static void
refuse(HttpRequest *r, int status, const char *reason)
{
	if (r->refuse_status == 0)
	{
		r->refuse_status = status;
		r->refuse_reason = reason;
	}
}

/* Whether the list "GET, POST" has the method. HEAD goes where GET does. */
static bool
allows(const char *methods, const char *method)
{
	size_t		len;

	if (strcmp(method, "HEAD") == 0 && strcmp(methods, "GET") == 0)
		return true;
	len = strlen(method);
	for (const char *p = methods; (p = strstr(p, method)) != NULL; p++)
	{
		if ((p == methods || p[-1] == ' ') && (p[len] == ',' || p[len] == '\0'))
			return true;
	}
	return false;
}

static bool
is_preflight(const HttpRequest *r)
{
	return strcmp(r->method, "OPTIONS") == 0;
}

/* Two readings of where a body ends are how requests are smuggled. */
static bool
is_ambiguous(const HttpRequest *r)
{
	const char *length = http_header(r, "content-length");
	const char *coding = http_header(r, "transfer-encoding");

	if (length && strspn(length, "0123456789") != strlen(length))
		return true;			/* signs, and two of them */
	if (coding && (length || strcasecmp(coding, "chunked") != 0))
		return true;
	return false;
}

static void
check_body_headers(HttpRequest *r)
{
	const char *coding = http_header(r, "content-encoding");
	const char *length = http_header(r, "content-length");

	if (coding && strcasecmp(coding, "gzip") == 0)
		r->unpacker = unpack_start();
	else if (coding && strcasecmp(coding, "identity") != 0)
		refuse(r, 415, "content-encoding must be gzip");
	if (length && (strlen(length) > 15 || atoll(length) > settings->max_body))
		refuse(r, 413, "the body is too large");
}

static void
check_request(HttpRequest *r)
{
	if (is_ambiguous(r))
		refuse(r, 400, "content-length and transfer-encoding do not fit together");
	else if (!host_is_trusted(http_header(r, "host")))
		refuse(r, 403, "without an admin secret, only this machine's own names are served");
	else if (r->route == NULL)
		refuse(r, 404, "resource does not exist");
	else if (!allows(r->route->methods, r->method) && !is_preflight(r))
	{
		http_add_header(r, "allow", r->route->methods);
		refuse(r, 405, "method not allowed");
	}
	check_body_headers(r);
}

/* ---- replying for the library ---- */

static void
reply_refusal(HttpRequest *r)
{
	Buffer		body = {0};

	http_graphql_error(&body, r->refuse_reason,
					   r->refuse_status == 404 ? "not-found" : "bad-request");
	http_reply(r, (unsigned) r->refuse_status, "application/json; charset=utf-8", &body);
}

static enum MHD_Result
queue_response(HttpRequest *r)
{
	enum MHD_Result result = MHD_queue_response(r->mhd, r->status, r->response);

	MHD_destroy_response(r->response);
	client_deadline(r->client, r->streaming ? 0
					: settings->send_timeout + (long long) r->reply_bytes / 100);
	return result;
}

/*
 * A suspended connection is taken out of the library's epoll set and put back
 * later, which costs as much as half an answer. So a request waits for its
 * answer without that for the first moment, in which most answers come. The
 * library asks for it each time it runs.
 */
int
http_lingering(void)
{
	return n_lingering;
}

static void
stop_lingering(HttpRequest *r)
{
	r->lingering = false;
	n_lingering--;
}

static bool
linger(HttpRequest *r)
{
	if (r->lingering)
	{
		if (loop_now() - r->lingers_since <= LINGER_MS)
			return true;
		stop_lingering(r);
		return false;
	}
	if (n_lingering >= MAX_LINGERING)
		return false;
	r->lingering = true;
	r->lingers_since = loop_now();
	n_lingering++;
	return true;
}

void
http_suspend(HttpRequest *r)
{
	r->suspended = true;
	MHD_suspend_connection(r->mhd);
}

void
http_resume(HttpRequest *r)
{
	if (r->lingering)
	{
		stop_lingering(r);
		http_wake();
	}
	if (!r->suspended)
		return;
	r->suspended = false;
	MHD_resume_connection(r->mhd);
	http_wake();
}

static void
give_up(HttpRequest *r)
{
	void		(*handler) (HttpRequest *r) = r->give_up;

	r->give_up = NULL;
	if (handler)
	{
		log_event_text(EVENT_request_aborted, "id", r->id);
		handler(r);
	}
}

void
http_client_gone(Client *client)
{
	HttpRequest *r = client->request;

	if (r == NULL || !(r->suspended || r->lingering))
		return;
	give_up(r);
	http_resume(r);
}

/* ---- the library's callbacks ---- */

static enum MHD_Result
begin(HttpRequest *r)
{
	const char *length;

	check_request(r);
	client_deadline(r->client, settings->body_timeout);
	length = http_header(r, "content-length");
	if (r->refuse_status == 0 || (length == NULL && http_header(r, "transfer-encoding") == NULL))
		return MHD_YES;
	/* the library closes the connection after an answer before the body */
	if (r->refuse_status == 400 || length == NULL || strlen(length) > 7 ||
		atoll(length) > MAX_IGNORED)
	{
		http_add_header(r, "connection", "close");
		reply_refusal(r);
		return queue_response(r);
	}
	return MHD_YES;
}

static enum MHD_Result
take_body(HttpRequest *r, const char *data, size_t len)
{
	size_t		max = (size_t) settings->max_body;

	r->received += len;
	if (r->refuse_status != 0)
		return r->received > max + MAX_IGNORED ? MHD_NO : MHD_YES;
	if (r->unpacker)
	{
		switch (unpack_some(r->unpacker, data, len, &r->body, max))
		{
			case UNPACK_OK:
				break;
			case UNPACK_WRONG:
				refuse(r, 400, "the body is not gzip");
				break;
			case UNPACK_TOO_LARGE:
				refuse(r, 413, "the body is too large");
				break;
		}
	}
	else if (r->received > max)
		refuse(r, 413, "the body is too large");
	else
		buffer_append(&r->body, data, len);
	if (r->refuse_status != 0)
		buffer_free(&r->body);
	return MHD_YES;
}

static void
handle(HttpRequest *r)
{
	r->handled = true;
	if (r->unpacker && r->received > 0 && !unpack_is_complete(r->unpacker))
		refuse(r, 400, "the body is not gzip");
	client_deadline(r->client, 0);
	if (r->refuse_status != 0)
		reply_refusal(r);
	else if (is_preflight(r))
	{
		Buffer		nothing = {0};

		http_reply(r, 204, NULL, &nothing);
	}
	else
		r->route->handle(r);
}

enum MHD_Result
http_on_request(void *cls, struct MHD_Connection *mhd, const char *url, const char *method,
				const char *version, const char *upload, size_t *upload_size, void **request)
{
	HttpRequest *r = *request;

	(void) version;
	if (r == NULL)
	{
		r = *request = make_request(mhd, url, method, cls != NULL);
		return begin(r);
	}
	if (*upload_size > 0)
	{
		enum MHD_Result result = take_body(r, upload, *upload_size);

		*upload_size = 0;
		return result;
	}
	if (!r->handled)
		handle(r);
	if (r->response)
		return queue_response(r);
	if (r->client->gone)
	{
		give_up(r);
		return MHD_NO;
	}
	if (!linger(r))
		http_suspend(r);
	return MHD_YES;
}

static void
log_request(const HttpRequest *r, enum MHD_RequestTerminationCode code)
{
	LogFields	f = {0};
	long long	us = clock_us() - r->started_at;

	metrics_request(r->route ? r->route->path : "other", r->status, us);
	if (log_wanted(EVENT_request))
	{
		log_text(&f, "id", r->id);
		log_text(&f, "address", r->client->address);
		log_text(&f, "method", r->method);
		log_text(&f, "path", r->route ? r->route->path : NULL);
		log_number(&f, "status", r->status);
		if (code != MHD_REQUEST_TERMINATED_COMPLETED_OK)
			log_text(&f, "ended", "aborted");
		log_text(&f, "role", r->log.admin && !r->log.role ? "admin" : r->log.role);
		log_text(&f, "operation", r->log.operation);
		log_text(&f, "kind", r->log.kind);
		log_text(&f, "code", r->log.error_code);
		log_text(&f, "traceparent", r->trace_parent);
		log_number(&f, "us", us);
		log_number(&f, "queue_us", r->log.queue_us);
		log_number(&f, "database_us", r->log.db_us);
		log_number(&f, "bytes_in", (long long) r->received);
		log_number(&f, "bytes_out", (long long) r->reply_bytes);
	}
	log_event(EVENT_request, &f);
}

void
http_on_completed(void *cls, struct MHD_Connection *mhd, void **request,
				  enum MHD_RequestTerminationCode code)
{
	HttpRequest *r = *request;

	(void) cls;
	(void) mhd;
	if (r == NULL)
		return;
	*request = NULL;
	if (r->lingering)
		stop_lingering(r);
	give_up(r);
	log_request(r, code);
	r->client->request = NULL;
	client_deadline(r->client, settings->keepalive_timeout);
	unpack_end(r->unpacker);
	headers_free(&r->headers);
	buffer_free(&r->body);
	buffer_free(&r->extra_headers);
	free(r->id);
	free(r->trace_parent);
	free(r->log.operation);
	free(r->log.role);
	free(r);
}
