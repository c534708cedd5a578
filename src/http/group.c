/*
 * group.c: the functions of http.h: groups, submitting requests, handing out
 * responses.
 *
 * A group has a memory context below its owner's; each transfer has one below
 * the group's. A transfer's reset callback frees what libcurl and malloc gave
 * it. So a transfer ends in one way, whether it is freed, its group is, the
 * owner's context goes, or the transaction aborts.
 *
 * Requests with the same limit_key queue in a lane, across groups. A transfer
 * leaves its slot when it finishes, not when its response is handed out. So an
 * outer group that nobody waits for cannot block an inner one.
 */
#include "postgres.h"

#include "base/http_header.h"
#include "http/http_int.h"
#include "miscadmin.h"
#include "utils/memutils.h"

/* rr_http_poll() looks at the sockets at most once in 50 microseconds. */
#define POLL_INTERVAL 50

RrHttpGroup *
rr_http_group_create(MemoryContext cxt)
{
	MemoryContext own = AllocSetContextCreate(cxt, "remote_rel HTTP group", ALLOCSET_SMALL_SIZES);
	RrHttpGroup *group = MemoryContextAllocZero(own, sizeof(RrHttpGroup));

	group->cxt = own;
	dlist_init(&group->finished);
	return group;
}

void
rr_http_group_free(RrHttpGroup *group)
{
	MemoryContextDelete(group->cxt);
}

/* Throw on misuse. No message shows a header's value: it may be a secret. */
static void
check_request(const RrHttpRequest *req)
{
	ListCell   *lc;

	if (req->method != NULL && !rr_is_http_token(req->method, strlen(req->method)))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid HTTP method \"%s\"", req->method)));
	foreach(lc, req->headers)
	{
		const char *header = lfirst(lc);
		int			name_len = strcspn(header, ":");

		rr_check_http_header(header, header[name_len] == ':' ? name_len : 0, header + name_len + 1);
	}
}

/* The reset callback of a transfer's context. */
static void
release_transfer(void *arg)
{
	rr_http_transfer_release(rr_http_lookup_engine(), arg);
}

static void
append_header(RrHttpTransfer *t, const char *line)
{
	struct curl_slist *longer = curl_slist_append(t->headers, line);

	if (longer == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_OUT_OF_MEMORY),
				 errmsg("out of memory")));
	t->headers = longer;
}

/*
 * Copy headers in libcurl's notation: "Name;" is an empty header, while
 * "Name:" would remove it.
 */
static void
copy_headers(RrHttpTransfer *t, const RrHttpRequest *req)
{
	bool		has_type = false;
	ListCell   *lc;

	foreach(lc, req->headers)
	{
		char	   *header = lfirst(lc);
		char	   *colon = strchr(header, ':');

		if (colon[1 + strspn(colon + 1, " \t")] != '\0')
			append_header(t, header);
		else
		{
			char	   *line = psprintf("%.*s;", (int) (colon - header), header);

			append_header(t, line);
			pfree(line);
		}
		has_type |= pg_strncasecmp(header, "content-type:", strlen("content-type:")) == 0;
	}
	append_header(t, "Expect:");
	if (!has_type)
		append_header(t, "Content-Type:");	/* else libcurl sends the type of
											 * a form */
}

static char *
copy_text(MemoryContext cxt, const char *text)
{
	return text != NULL ? MemoryContextStrdup(cxt, text) : NULL;
}

/* Registers the reset callback before the transfer owns anything. */
static RrHttpTransfer *
create_transfer(RrHttpGroup *group, const RrHttpRequest *req)
{
	MemoryContext cxt = AllocSetContextCreate(group->cxt, "remote_rel HTTP transfer",
											  ALLOCSET_SMALL_SIZES);
	RrHttpTransfer *t = MemoryContextAllocZero(cxt, sizeof(RrHttpTransfer));

	t->cxt = cxt;
	t->group = group;
	t->state = RR_HTTP_NEW;
	t->on_reset.func = release_transfer;
	t->on_reset.arg = t;
	MemoryContextRegisterResetCallback(cxt, &t->on_reset);

	t->response.tag = req->tag;
	t->url = MemoryContextStrdup(cxt, req->url);
	if (req->url_name != NULL)
		t->url_name = MemoryContextStrdup(cxt, req->url_name);
	t->method = MemoryContextStrdup(cxt, req->method != NULL ? req->method : "POST");
	t->ca_file = copy_text(cxt, req->ca_file);
	t->client_certificate = copy_text(cxt, req->client_certificate);
	t->client_key = copy_text(cxt, req->client_key);
	t->proxy = copy_text(cxt, req->proxy);
	t->tls13 = req->tls13;
	t->body = req->body;
	t->body_len = req->body_len;
	t->response.sent = req->body_len;
	t->timeout_ms = req->timeout_ms;
	t->limit = req->max_response_bytes > 0 ? Min(req->max_response_bytes, MaxAllocSize - 1)
		: MaxAllocSize - 1;
	t->max_concurrent = req->max_concurrent;
	t->idempotent = req->idempotent;
	t->even_if_down = req->even_if_down;
	if (req->limit_key != NULL && req->limit_key[0] != '\0')
		t->remote_schema = MemoryContextStrdup(cxt, req->limit_key);
	t->http2_prior_knowledge = req->http2_prior_knowledge;
	copy_headers(t, req);
	return t;
}

/*
 * True if libcurl accepts the URL as absolute, with http or https. Sets
 * t->secure.
 */
static bool
is_usable_url(RrHttpTransfer *t)
{
	CURLU	   *parts = curl_url();
	char	   *scheme = NULL;
	bool		usable = false;

	if (parts != NULL &&
		curl_url_set(parts, CURLUPART_URL, t->url, 0) == CURLUE_OK &&
		curl_url_get(parts, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK)
	{
		t->secure = strcmp(scheme, "https") == 0;
		usable = t->secure || strcmp(scheme, "http") == 0;
	}
	curl_free(scheme);
	curl_url_cleanup(parts);
	return usable;
}

/*
 * Queue a transfer for handing out. It has its result, and is in no list. Does
 * not throw.
 */
void
rr_http_finish(RrHttpTransfer *t)
{
	t->state = RR_HTTP_FINISHED;
	dlist_push_tail(&t->group->finished, &t->node);
}

static RrHttpLane *
get_lane(RrHttpEngine *eng, const char *key)
{
	RrHttpLane *lane;
	RrStat	   *stat = NULL;
	dlist_iter	iter;

	dlist_foreach(iter, &eng->lanes)
	{
		lane = dlist_container(RrHttpLane, node, iter.cur);
		if (strcmp(lane->key, key) == 0)
			return lane;
	}
	if (key[0] != '\0')
		stat = rr_stat_remote_schema(key);
	lane = MemoryContextAllocZero(eng->cxt, offsetof(RrHttpLane, key) + strlen(key) + 1);
	dlist_init(&lane->waiting);
	lane->stat = stat;
	strcpy(lane->key, key);
	dlist_push_tail(&eng->lanes, &lane->node);
	return lane;
}

void
rr_http_submit(RrHttpGroup *group, const RrHttpRequest *req)
{
	RrHttpEngine *eng = rr_http_get_engine();
	RrHttpTransfer *t;

	check_request(req);
	if (req->http2_prior_knowledge && !eng->http2)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("this libcurl has no HTTP/2")));
	t = create_transfer(group, req);
	t->lane = get_lane(eng, req->limit_key != NULL ? req->limit_key : "");
	t->stat = t->lane->stat;
	t->retry_until = rr_http_now() + (uint64) Max(req->retry_ms, 0) * 1000;
	if (!is_usable_url(t))
	{
		t->bad_url = true;
		group->outstanding++;
		rr_http_count(t);
		rr_http_finish(t);
		return;
	}
	dlist_push_tail(&t->lane->waiting, &t->node);
	t->state = RR_HTTP_WAITING;
	group->outstanding++;
	rr_http_engine_kick(eng);
}

void
rr_http_poll(RrHttpGroup *group pg_attribute_unused())
{
	RrHttpEngine *eng = rr_http_lookup_engine();
	uint64		now;

	if (eng == NULL || dlist_is_empty(&eng->lanes))
		return;
	now = rr_http_now();
	if (now - eng->attended < POLL_INTERVAL && now < eng->timer)
		return;
	rr_http_engine_run(eng, 0);
}

/* True if a transfer of the group was started and is still connecting. */
static bool
is_connecting(RrHttpGroup *group)
{
	dlist_iter	iter;

	dlist_foreach(iter, &rr_http_get_engine()->active)
	{
		const RrHttpTransfer *t = dlist_container(RrHttpTransfer, node, iter.cur);

		if (t->group == group && !rr_http_transfer_went_out(t))
			return true;
	}
	return false;
}

void
rr_http_send(RrHttpGroup *group, int max_ms)
{
	uint64		until = rr_http_now() + (uint64) max_ms * 1000;

	while (is_connecting(group) && rr_http_now() < until)
	{
		CHECK_FOR_INTERRUPTS();
		rr_http_engine_run(rr_http_get_engine(), until);
	}
}

/*
 * A copy in lower case. It comes from the network and goes into messages, so
 * everything but printable ASCII becomes '?'.
 */
static char *
lower_copy(MemoryContext cxt, const char *s, size_t len)
{
	char	   *copy = MemoryContextAlloc(cxt, len + 1);

	for (size_t i = 0; i < len; i++)
		copy[i] = s[i] >= ' ' && s[i] < 0x7f ? pg_ascii_tolower((unsigned char) s[i]) : '?';
	copy[len] = '\0';
	return copy;
}

/*
 * Content-Type = type "/" subtype *( OWS ";" OWS name "=" ( token /
 * quoted-string ) )
 */
static void
describe_media_type(RrHttpTransfer *t)
{
	MemoryContext cxt = t->cxt;
	const char *p = t->media_type;
	size_t		len;

	if (p == NULL)
		return;
	p += strspn(p, " \t");
	len = strcspn(p, "; \t");
	t->response.content_type = lower_copy(cxt, p, len);
	p += len;
	while ((p = strchr(p, ';')) != NULL)
	{
		p++;
		p += strspn(p, " \t");
		if (pg_strncasecmp(p, "charset=", strlen("charset=")) != 0)
			continue;
		p += strlen("charset=");
		if (*p == '"')
		{
			p++;
			len = strcspn(p, "\"");
		}
		else
			len = strcspn(p, "; \t");
		t->response.charset = lower_copy(cxt, p, len);
		break;
	}
	free(t->media_type);
	t->media_type = NULL;
}

const char *
rr_http_shown_url(const RrHttpResponse *response)
{
	const RrHttpTransfer *t = (const RrHttpTransfer *) response;

	return t->url_name ? t->url_name : rr_http_display_url(t->url);
}

/* What debug messages call a transfer's remote: never credentials. */
const char *
rr_http_log_name(const RrHttpTransfer *t)
{
	return t->remote_schema != NULL ? t->remote_schema : rr_http_shown_url(&t->response);
}

static void
log_response(const RrHttpTransfer *t)
{
	const RrHttpResponse *r = &t->response;

	if (r->failure == RR_HTTP_OK)
		elog(DEBUG1, "remote_rel: response of \"%s\": status %d, %zu bytes, %.1f ms",
			 rr_http_log_name(t), r->status, r->len, r->elapsed_ms);
	else
		elog(DEBUG1, "remote_rel: no response of \"%s\" after %.1f ms: %s",
			 rr_http_log_name(t), r->elapsed_ms, rr_http_failure_name(r->failure));
}

/* The first finished response; there is one. */
static RrHttpResponse *
hand_out(RrHttpGroup *group)
{
	RrHttpTransfer *t = dlist_container(RrHttpTransfer, node,
										dlist_pop_head_node(&group->finished));
	RrHttpResponse *response = &t->response;

	t->state = RR_HTTP_HANDED_OUT;
	group->outstanding--;
	if (t->refusal == RR_HTTP_REFUSED_MEMORY || t->result == CURLE_OUT_OF_MEMORY)
		ereport(ERROR,
				(errcode(ERRCODE_OUT_OF_MEMORY),
				 errmsg("out of memory"),
				 errdetail("An HTTP transfer could not go on.")));

	describe_media_type(t);
	if (t->bad_url || t->result != CURLE_OK)
		rr_http_describe_failure(t);
	else
	{
		response->body = t->buf != NULL ? t->buf : MemoryContextStrdup(t->cxt, "");
		response->len = t->len;
	}
	log_response(t);
	rr_http_log_request(t);
	return response;
}

RrHttpResponse *
rr_http_next_within(RrHttpGroup *group, uint64 *may_wait)
{
	while (group->outstanding > 0)
	{
		uint64		begin = rr_http_now();

		CHECK_FOR_INTERRUPTS();
		if (!dlist_is_empty(&group->finished))
			return hand_out(group);
		if (*may_wait == RR_HTTP_NEVER)
		{
			rr_http_engine_run(rr_http_get_engine(), RR_HTTP_NEVER);
			continue;
		}
		if (*may_wait == 0)
			return NULL;
		rr_http_engine_run(rr_http_get_engine(), begin + *may_wait);
		*may_wait -= Min(rr_http_now() - begin, *may_wait);
	}
	return NULL;
}

RrHttpResponse *
rr_http_next(RrHttpGroup *group)
{
	uint64		may_wait = RR_HTTP_NEVER;

	return rr_http_next_within(group, &may_wait);
}

bool
rr_http_withdraw(RrHttpGroup *group, const void *tag)
{
	RrHttpEngine *eng = rr_http_lookup_engine();
	dlist_iter	lanes;
	dlist_iter	iter;

	if (eng == NULL)
		return false;
	dlist_foreach(lanes, &eng->lanes)
	{
		RrHttpLane *lane = dlist_container(RrHttpLane, node, lanes.cur);

		dlist_foreach(iter, &lane->waiting)
		{
			RrHttpTransfer *t = dlist_container(RrHttpTransfer, node, iter.cur);

			if (t->group != group || t->response.tag != tag)
				continue;
			group->outstanding--;
			MemoryContextDelete(t->cxt);	/* which takes it off the lane */
			return true;
		}
	}
	return false;
}

void
rr_http_response_free(RrHttpResponse *response)
{
	MemoryContextDelete(((RrHttpTransfer *) response)->cxt);
}

RrHttpResponse *
rr_http_run(const RrHttpRequest *req, MemoryContext cxt)
{
	RrHttpGroup *group = rr_http_group_create(cxt);

	rr_http_submit(group, req);
	return rr_http_next(group);
}
