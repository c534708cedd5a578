/*
 * transfer.c: one request on the wire: its easy handle, libcurl's callbacks
 * for it, its result.
 *
 * Every request: http and https only; no redirects, cookies, .netrc, and no
 * proxy but the one that the caller names (the catalog says which servers a
 * query may talk to, not the environment of the postmaster); TLS 1.2 or later,
 * certificate and host name verified; every compression that libcurl supports;
 * no signals; no "Expect: 100-continue".
 *
 * A request is sent once. When a kept-alive connection turns out to be closed,
 * libcurl would send it again on another one. on_request() stops that, and
 * rr_http_transfer_complete() decides: an idempotent request is sent once more
 * on a fresh connection, any other fails. If libcurl notices the closed
 * connection before it sends anything, it opens another one, and this does not
 * count as sending twice.
 */
#include "postgres.h"

#include <limits.h>

#include "http/http_int.h"
#include "utils/memutils.h"

#define USER_AGENT "remote_rel/" RR_VERSION

/* Limit of a response's header lines, all together. */
#define MAX_HEADER_BYTES (256 * 1024)

/*
 * Large enough to save calls of recv(), and below malloc's threshold for
 * mmap().
 */
#define RECEIVE_BUFFER_BYTES (64 * 1024L)

#define INITIAL_BODY_BYTES (16 * 1024)

/* Set an option of the easy handle; on failure return the code. */
#define SET(option, value) \
	do { \
		CURLcode	code_ = curl_easy_setopt(t->easy, option, value); \
		if (code_ != CURLE_OK) \
			return code_; \
	} while (0)

static CURLcode
set_method_and_body(RrHttpTransfer *t)
{
	bool		post = strcmp(t->method, "POST") == 0;

	if (post || t->body_len > 0)
	{
		SET(CURLOPT_POST, 1L);
		SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t) t->body_len);
		SET(CURLOPT_POSTFIELDS, t->body_len > 0 ? t->body : "");
	}
	else if (strcmp(t->method, "HEAD") == 0)
		SET(CURLOPT_NOBODY, 1L);
	else
		SET(CURLOPT_HTTPGET, 1L);
	if (!post)
		SET(CURLOPT_CUSTOMREQUEST, t->method);
	return CURLE_OK;
}

static size_t
on_header(char *data, size_t size, size_t nmemb, void *arg)
{
	RrHttpTransfer *t = arg;
	size_t		n = size * nmemb;

	t->header_bytes += n;
	if (n > strlen("retry-after:") &&
		pg_strncasecmp(data, "retry-after:", strlen("retry-after:")) == 0)
		t->asked_back = true;
	if (t->header_bytes > MAX_HEADER_BYTES)
	{
		t->refusal = RR_HTTP_REFUSED_HEADERS;
		return 0;
	}
	return n;
}

/*
 * Make room for n more bytes and a NUL; false if out of memory. The limit
 * keeps sizes far from overflow.
 */
static bool
reserve_body(RrHttpTransfer *t, size_t n)
{
	size_t		room = t->room;
	char	   *buf;

	if (t->len + n < room)
		return true;
	if (room == 0)
	{
		/*
		 * Start with what Content-Length announces, so that most bodies need
		 * one allocation. It is only a hint: decompression comes later.
		 */
		curl_off_t	announced = -1;

		curl_easy_getinfo(t->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &announced);
		room = announced > 0 && (uint64) announced <= t->limit ? (size_t) announced + 1
			: INITIAL_BODY_BYTES;
	}
	while (room <= t->len + n)
		room *= 2;
	buf = realloc(t->buf, room);
	if (buf == NULL)
		return false;
	t->buf = buf;
	t->room = room;
	return true;
}

/* Free the body. len stays: messages say how much had come. */
static void
drop_body(RrHttpTransfer *t)
{
	free(t->buf);
	t->buf = NULL;
	t->room = 0;
}

static size_t
on_body(char *data, size_t size, size_t nmemb, void *arg)
{
	RrHttpTransfer *t = arg;
	size_t		n = size * nmemb;

	if (n > t->limit - t->len)
		t->refusal = RR_HTTP_REFUSED_BODY;
	else if (!reserve_body(t, n))
		t->refusal = RR_HTTP_REFUSED_MEMORY;
	else
	{
		memcpy(t->buf + t->len, data, n);
		t->len += n;
		t->buf[t->len] = '\0';
		return n;
	}
	drop_body(t);
	return 0;					/* which makes libcurl abort the transfer */
}

#if LIBCURL_VERSION_NUM >= 0x075000
/* CURLOPT_PREREQFUNCTION: called when the connection is ready to send. */
static int
on_request(void *arg, char *remote_ip pg_attribute_unused(), char *local_ip pg_attribute_unused(),
		   int remote_port pg_attribute_unused(), int local_port pg_attribute_unused())
{
	RrHttpTransfer *t = arg;

	if (t->sends++ == 0)
		return CURL_PREREQFUNC_OK;
	t->refusal = RR_HTTP_REFUSED_RESEND;
	return CURL_PREREQFUNC_ABORT;
}
#endif

/* Set every option of a new or reset handle. */
static CURLcode
configure(RrHttpEngine *eng, RrHttpTransfer *t)
{
	CURLcode	code;

	SET(CURLOPT_PRIVATE, t);
	SET(CURLOPT_ERRORBUFFER, t->message);
	SET(CURLOPT_NOSIGNAL, 1L);	/* SIGALRM and SIGPIPE are the server's */
	SET(CURLOPT_NOPROGRESS, 1L);

	SET(CURLOPT_URL, t->url);
#if LIBCURL_VERSION_NUM >= 0x075500
	SET(CURLOPT_PROTOCOLS_STR, "http,https");
#else
	SET(CURLOPT_PROTOCOLS, CURLPROTO_HTTP | CURLPROTO_HTTPS);
#endif
	SET(CURLOPT_FOLLOWLOCATION, 0L);
	SET(CURLOPT_PROXY, t->proxy != NULL ? t->proxy : "");
	SET(CURLOPT_NOPROXY, "");
	SET(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	SET(CURLOPT_NETRC, (long) CURL_NETRC_IGNORED);
	SET(CURLOPT_USERAGENT, USER_AGENT);
	SET(CURLOPT_HTTPHEADER, t->headers);
	SET(CURLOPT_ACCEPT_ENCODING, "");
	code = set_method_and_body(t);
	if (code != CURLE_OK)
		return code;

	SET(CURLOPT_HTTP_VERSION,
		(long) (t->http2_prior_knowledge && !t->secure ? CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE :
				t->secure && eng->http2 ? CURL_HTTP_VERSION_2TLS
				: CURL_HTTP_VERSION_1_1));
	if (t->http2_prior_knowledge && !t->secure && eng->no_prior_knowledge_reuse)
	{
		SET(CURLOPT_FRESH_CONNECT, 1L);
		SET(CURLOPT_FORBID_REUSE, 1L);
	}

	/*
	 * Where HTTP/2 is likely, wait for the first connection instead of
	 * opening one for each request of a burst.
	 */
	SET(CURLOPT_PIPEWAIT, (long) (t->http2_prior_knowledge || t->secure));
	SET(CURLOPT_TCP_KEEPALIVE, 1L);
#if LIBCURL_VERSION_NUM >= 0x074100
	SET(CURLOPT_MAXAGE_CONN, rr_http_idle_timeout > 0 ? (long) rr_http_idle_timeout
		: (long) INT_MAX / 1000);
#endif
#if LIBCURL_VERSION_NUM >= 0x075000
	SET(CURLOPT_MAXLIFETIME_CONN, (long) rr_http_connection_lifetime);
#endif
	/* our own deadline comes first */
	SET(CURLOPT_CONNECTTIMEOUT_MS, (long) INT_MAX);
#if LIBCURL_VERSION_NUM >= 0x075700
	/* a cancel does not wait for a name server */
	SET(CURLOPT_QUICK_EXIT, 1L);
#endif

	SET(CURLOPT_SSL_VERIFYPEER, 1L);
	SET(CURLOPT_SSL_VERIFYHOST, 2L);
	SET(CURLOPT_SSLVERSION, (long) (t->tls13 ? CURL_SSLVERSION_TLSv1_3
									: CURL_SSLVERSION_TLSv1_2));
	if (t->client_certificate != NULL)
		SET(CURLOPT_SSLCERT, t->client_certificate);
	if (t->client_key != NULL)
		SET(CURLOPT_SSLKEY, t->client_key);
	if (t->ca_file != NULL)
	{
		SET(CURLOPT_CAINFO, t->ca_file);
		/* this bundle instead of the system's */
		SET(CURLOPT_CAPATH, NULL);
	}

	SET(CURLOPT_OPENSOCKETFUNCTION, rr_http_on_open_socket);
	SET(CURLOPT_OPENSOCKETDATA, t);
	SET(CURLOPT_CLOSESOCKETFUNCTION, rr_http_on_close_socket);
	SET(CURLOPT_CLOSESOCKETDATA, eng);
	SET(CURLOPT_HEADERFUNCTION, on_header);
	SET(CURLOPT_HEADERDATA, t);
	SET(CURLOPT_WRITEFUNCTION, on_body);
	SET(CURLOPT_WRITEDATA, t);

	/*
	 * Ignore the result: a spare handle keeps its buffer, which has this size
	 * already, and refuses the option.
	 */
	(void) curl_easy_setopt(t->easy, CURLOPT_BUFFERSIZE, RECEIVE_BUFFER_BYTES);
#if LIBCURL_VERSION_NUM >= 0x075000
	SET(CURLOPT_PREREQFUNCTION, on_request);
	SET(CURLOPT_PREREQDATA, t);
#else

	/*
	 * Nothing would stop libcurl from sending it twice, so it must not use a
	 * kept-alive connection.
	 */
	SET(CURLOPT_FRESH_CONNECT, t->idempotent ? 0L : 1L);
#endif
	return CURLE_OK;
}

static CURLcode
add_to_engine(RrHttpEngine *eng, RrHttpTransfer *t)
{
	return curl_multi_add_handle(eng->multi, t->easy) == CURLM_OK ? CURLE_OK : CURLE_OUT_OF_MEMORY;
}

/*
 * True if the request was sent on a kept-alive connection that gave no byte of
 * a response.
 */
static bool
went_to_closed_connection(RrHttpTransfer *t, CURLcode result)
{
	long		connects = 0;

	if (t->refusal == RR_HTTP_REFUSED_RESEND)
		return true;
	if (t->header_bytes > 0)
		return false;
	switch (result)
	{
		case CURLE_SEND_ERROR:
		case CURLE_RECV_ERROR:
		case CURLE_GOT_NOTHING:
		case CURLE_HTTP2:
		case CURLE_HTTP2_STREAM:
			break;
		default:
			return false;
	}
	curl_easy_getinfo(t->easy, CURLINFO_NUM_CONNECTS, &connects);
	return connects == 0;
}

static void
remove_from_engine(RrHttpEngine *eng, RrHttpTransfer *t)
{
	curl_multi_remove_handle(eng->multi, t->easy);
	rr_http_settle_sockets(eng, t);
}

/* Copy what the response and messages need from the handle. */
static void
keep_result(RrHttpTransfer *t, CURLcode result)
{
	char	   *type = NULL;
	long		status = 0;

	t->result = result;
	t->response.elapsed_ms = (rr_http_now() - t->started) / 1000.0;
	if (t->easy != NULL)
	{
		curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
		t->response.status = (int) status;
		curl_easy_getinfo(t->easy, CURLINFO_OS_ERRNO, &t->os_errno);
		curl_easy_getinfo(t->easy, CURLINFO_NAMELOOKUP_TIME_T, &t->times.resolved);
		curl_easy_getinfo(t->easy, CURLINFO_CONNECT_TIME_T, &t->times.connected);
		curl_easy_getinfo(t->easy, CURLINFO_APPCONNECT_TIME_T, &t->times.secured);
		curl_easy_getinfo(t->easy, CURLINFO_PRETRANSFER_TIME_T, &t->times.ready);
		curl_easy_getinfo(t->easy, CURLINFO_STARTTRANSFER_TIME_T, &t->times.first_byte);
		curl_easy_getinfo(t->easy, CURLINFO_CONTENT_TYPE, &type);
		if (type != NULL && (t->media_type = strdup(type)) == NULL)
			t->refusal = RR_HTTP_REFUSED_MEMORY;
	}

	/*
	 * libcurl says "out of memory" also when a header line or a trailer is
	 * longer than it takes. Once the request is out, that is what it means:
	 * where memory is short indeed, our next palloc() says so.
	 */
	if (result == CURLE_OUT_OF_MEMORY && t->times.ready > 0)
	{
		t->refusal = RR_HTTP_REFUSED_HEADERS;
		t->result = CURLE_RECV_ERROR;
	}
	if (result != CURLE_OK)
		drop_body(t);
}

/*
 * Discard the handle of a failed or unfinished transfer. Close its connection
 * too, unless other requests use it now. libcurl would keep the connection of
 * an HTTP/2 stream; but after a timeout it may be dead, and the stream's reset
 * may stay in libcurl's buffer until the connection is used again.
 */
static void
abandon(RrHttpEngine *eng, RrHttpTransfer *t)
{
	if (t->easy == NULL)
		return;
	curl_easy_setopt(t->easy, CURLOPT_FORBID_REUSE, 1L);
	remove_from_engine(eng, t);
	curl_easy_cleanup(t->easy);
	t->easy = NULL;
}

/* Take an active transfer off its lane. */
static void
leave_wire(RrHttpTransfer *t)
{
	dlist_delete(&t->node);
	t->lane->active--;
	if (t->has_place)
		rr_health_leave_place(t->stat);
	t->has_place = false;
}

/* Keep the handle of a transfer whose response is complete for another one. */
static void
keep_handle(RrHttpEngine *eng, RrHttpTransfer *t)
{
	if (eng->nspare == RR_HTTP_SPARE_HANDLES)
	{
		abandon(eng, t);
		return;
	}
	remove_from_engine(eng, t);
	curl_easy_reset(t->easy);
	eng->spare[eng->nspare++] = t->easy;
	t->easy = NULL;
}

/* Let an active transfer wait for its next try. */
static void
put_back(RrHttpEngine *eng, RrHttpTransfer *t)
{
	int64		down_ms;

	t->tries++;
	t->response.retries++;
	t->connections += rr_http_connections_made(t);
	(void) rr_health_note(t->stat, true, t->probe, &down_ms);
	t->probe = false;
	keep_handle(eng, t);
	leave_wire(t);
	drop_body(t);
	t->len = 0;
	t->header_bytes = 0;
	t->sends = 0;
	t->retried = false;
	t->asked_back = false;
	t->state = RR_HTTP_WAITING;
	dlist_push_tail(&t->lane->waiting, &t->node);
}

/*
 * End an active transfer, which has succeeded, failed or reached its deadline;
 * or send it once more. Does not throw.
 */
void
rr_http_transfer_complete(RrHttpEngine *eng, RrHttpTransfer *t, CURLcode result)
{
	Assert(t->state == RR_HTTP_ACTIVE);
	if (t->idempotent && !t->retried && went_to_closed_connection(t, result))
	{
		t->retried = true;
		t->response.retries++;
		t->connections += rr_http_connections_made(t);
		t->sends = 0;
		t->refusal = RR_HTTP_NOT_REFUSED;
		t->header_bytes = 0;
		remove_from_engine(eng, t);
		curl_easy_setopt(t->easy, CURLOPT_FRESH_CONNECT, 1L);
		result = add_to_engine(eng, t);
		if (result == CURLE_OK)
			return;
	}

	if (result == CURLE_OK && rr_http_wants_retry(t))
	{
		put_back(eng, t);
		return;
	}

	keep_result(t, result);
	rr_http_count(t);
	if (result == CURLE_OK)
		keep_handle(eng, t);
	else
		abandon(eng, t);
	curl_slist_free_all(t->headers);
	t->headers = NULL;
	leave_wire(t);
	rr_http_finish(t);
}

/*
 * Put a waiting transfer on the wire. It has a place (rr_health_take_place()).
 * Does not throw: a failure is its result.
 */
void
rr_http_transfer_start(RrHttpEngine *eng, RrHttpTransfer *t)
{
	CURLcode	code;

	Assert(t->state == RR_HTTP_WAITING);
	dlist_delete(&t->node);
	dlist_push_tail(&eng->active, &t->node);
	t->lane->active++;
	t->state = RR_HTTP_ACTIVE;
	t->has_place = true;
	t->started = rr_http_now();
	t->deadline = t->timeout_ms > 0 ? t->started + (uint64) t->timeout_ms * 1000 : RR_HTTP_NEVER;

	if (!t->even_if_down && !rr_health_may_ask(t->stat, &t->probe, &t->pause_ms))
	{
		t->refusal = RR_HTTP_REFUSED_DOWN;
		rr_http_transfer_complete(eng, t, CURLE_COULDNT_CONNECT);
		return;
	}
	t->easy = eng->nspare > 0 ? eng->spare[--eng->nspare] : curl_easy_init();
	code = t->easy == NULL ? CURLE_OUT_OF_MEMORY : configure(eng, t);
	if (code == CURLE_OK)
		code = add_to_engine(eng, t);
	if (code != CURLE_OK)
		rr_http_transfer_complete(eng, t, code);
}

/* True if an active transfer has started to send its request. */
bool
rr_http_transfer_went_out(const RrHttpTransfer *t)
{
	curl_off_t	ready = 0;

	curl_easy_getinfo(t->easy, CURLINFO_PRETRANSFER_TIME_T, &ready);
	return ready > 0;
}

/*
 * Free what a transfer holds outside of its memory context, in any state. Runs
 * in reset callbacks: does not throw, allocate or start other transfers. eng
 * is NULL if the transfer was inherited by fork.
 */
void
rr_http_transfer_release(RrHttpEngine *eng, RrHttpTransfer *t)
{
	if (eng == NULL)
		return;
	if (t->state == RR_HTTP_WAITING)
		dlist_delete(&t->node);
	if (t->state == RR_HTTP_ACTIVE)
	{
		leave_wire(t);
		rr_stat_count_cancelled(t->stat);
	}
	if (t->probe)
		rr_health_end_probe(t->stat);
	t->probe = false;
	abandon(eng, t);
	curl_slist_free_all(t->headers);
	t->headers = NULL;
	free(t->media_type);
	t->media_type = NULL;
	drop_body(t);
}
