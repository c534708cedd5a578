/*
 * failure.c: the kind of a failure, and a sentence for messages.
 *
 * Sentences show the URL's name or display form, never headers or bodies.
 * libcurl's messages may quote what the server sent, so we replace everything
 * in them but printable ASCII.
 */
#include "postgres.h"

#include "http/http_int.h"
#include "lib/stringinfo.h"

RrHttpFailure
rr_http_classify(const RrHttpTransfer *t)
{
	if (t->bad_url)
		return RR_HTTP_BAD_URL;
	switch (t->refusal)
	{
		case RR_HTTP_REFUSED_BODY:
			return RR_HTTP_TOO_LARGE;
		case RR_HTTP_REFUSED_HEADERS:
		case RR_HTTP_REFUSED_RESEND:
			return RR_HTTP_BROKEN;
		case RR_HTTP_REFUSED_DOWN:
			return RR_HTTP_DOWN;
		case RR_HTTP_REFUSED_SOCKET:
			if (t->result == CURLE_COULDNT_CONNECT)
				return RR_HTTP_CONNECT;
			break;
		case RR_HTTP_NOT_REFUSED:
		case RR_HTTP_REFUSED_MEMORY:
			break;
	}
	switch (t->result)
	{
		case CURLE_OK:
			return RR_HTTP_OK;
		case CURLE_URL_MALFORMAT:
			return RR_HTTP_BAD_URL;
		case CURLE_UNSUPPORTED_PROTOCOL:
			/* libcurl lacks TLS, or the response is not HTTP */
			return t->secure && t->times.ready == 0 ? RR_HTTP_TLS : RR_HTTP_BROKEN;
		case CURLE_COULDNT_RESOLVE_HOST:
			return RR_HTTP_RESOLVE;
		case CURLE_COULDNT_RESOLVE_PROXY:
			return RR_HTTP_CONNECT;
#if LIBCURL_VERSION_NUM >= 0x074900
		case CURLE_PROXY:
			return RR_HTTP_CONNECT;
#endif
		case CURLE_COULDNT_CONNECT:
			return RR_HTTP_CONNECT;
		case CURLE_SSL_CONNECT_ERROR:
		case CURLE_PEER_FAILED_VERIFICATION:
		case CURLE_SSL_CACERT_BADFILE:
		case CURLE_SSL_CERTPROBLEM:
		case CURLE_SSL_CIPHER:
		case CURLE_SSL_ISSUER_ERROR:
		case CURLE_SSL_INVALIDCERTSTATUS:
		case CURLE_SSL_ENGINE_INITFAILED:
		case CURLE_USE_SSL_FAILED:
			return RR_HTTP_TLS;
		case CURLE_OPERATION_TIMEDOUT:
			return RR_HTTP_TIMEOUT;
		default:
			return RR_HTTP_BROKEN;
	}
}

const char *
rr_http_failure_name(RrHttpFailure failure)
{
	switch (failure)
	{
		case RR_HTTP_OK:
			break;
		case RR_HTTP_BAD_URL:
			return "the URL cannot be used";
		case RR_HTTP_RESOLVE:
			return "the host name is unknown";
		case RR_HTTP_CONNECT:
			return "could not connect";
		case RR_HTTP_TLS:
			return "no secure connection";
		case RR_HTTP_TIMEOUT:
			return "timed out";
		case RR_HTTP_DOWN:
			return "not sent, since it is down";
		case RR_HTTP_TOO_LARGE:
			return "too large";
		case RR_HTTP_BROKEN:
			return "broke off";
	}
	return "none";
}

/* Why the transfer failed; no period at the end. */
static const char *
reason(const RrHttpTransfer *t)
{
	char	   *copy;
	size_t		len;

	if (t->refusal == RR_HTTP_REFUSED_RESEND || (t->refusal == RR_HTTP_NOT_REFUSED &&
												 t->result == CURLE_GOT_NOTHING))
		return _("the server closed the connection without an answer");
	if (t->refusal == RR_HTTP_REFUSED_HEADERS)
		return _("the headers of the response are too large");
	if (t->refusal == RR_HTTP_REFUSED_SOCKET)
		return _("the server process has too many files open");
	if (t->result == CURLE_COULDNT_CONNECT && t->os_errno != 0)
		return pstrdup(strerror((int) t->os_errno));

	copy = pstrdup(t->message[0] != '\0' ? t->message : curl_easy_strerror(t->result));
	len = strlen(copy);
	while (len > 0 && strchr(". \n", copy[len - 1]) != NULL)
		copy[--len] = '\0';
	for (char *p = copy; *p != '\0'; p++)
	{
		if (*p < ' ' || *p >= 0x7f)
			*p = '?';
	}
	return copy;
}

/* Say in which phase the time ran out, and how long the others took. */
static char *
timeout_detail(const RrHttpTransfer *t, const char *url)
{
	const RrHttpTimes *times = &t->times;
	StringInfoData buf;

	initStringInfo(&buf);
	appendStringInfo(&buf, _("No complete response from \"%s\" within %d ms"), url, t->timeout_ms);
	appendStringInfoString(&buf, ": ");
	if (t->len > 0)
		appendStringInfo(&buf, _("%zu bytes of the body had come"), t->len);
	else if (t->header_bytes > 0)
		appendStringInfoString(&buf, _("the response had begun"));
	else if (times->ready > 0)
		appendStringInfoString(&buf, _("the server had not begun to answer"));
	else if (times->connected > 0 && t->secure)
		appendStringInfoString(&buf, _("the TLS handshake was not complete"));
	else if (times->resolved > 0)
		appendStringInfoString(&buf, _("the connection was not established"));
	else
		appendStringInfoString(&buf, _("the host name was not resolved"));

	if (times->resolved > 0)
		appendStringInfo(&buf, _(" (name resolution took %.1f ms"), times->resolved / 1000.0);
	if (times->connected > 0)
		appendStringInfo(&buf, _(", connecting %.1f ms"),
						 (times->connected - times->resolved) / 1000.0);
	if (times->secured > 0)
		appendStringInfo(&buf, _(", TLS handshake %.1f ms"),
						 (times->secured - times->connected) / 1000.0);
	if (t->header_bytes > 0 && times->first_byte > times->ready)
		appendStringInfo(&buf, _(", first byte %.1f ms"),
						 (times->first_byte - times->ready) / 1000.0);
	appendStringInfoString(&buf, times->resolved > 0 ? ")." : ".");
	return buf.data;
}

/* Set failure and failure_detail of a failed transfer. */
void
rr_http_describe_failure(RrHttpTransfer *t)
{
	MemoryContext old = MemoryContextSwitchTo(t->cxt);
	const char *url = rr_http_shown_url(&t->response);
	char	   *detail = NULL;

	t->response.failure = rr_http_classify(t);
	switch (t->response.failure)
	{
		case RR_HTTP_OK:
			break;
		case RR_HTTP_BAD_URL:
			detail = psprintf(_("\"%s\" is not a valid http or https URL."), url);
			break;
		case RR_HTTP_RESOLVE:
			detail = psprintf(_("The host name in \"%s\" could not be resolved."), url);
			break;
		case RR_HTTP_CONNECT:
			detail = psprintf(_("Could not connect to \"%s\": %s."), url, reason(t));
			break;
		case RR_HTTP_TLS:
			detail = psprintf(_("No secure connection to \"%s\": %s."), url, reason(t));
			break;
		case RR_HTTP_TIMEOUT:
			detail = timeout_detail(t, url);
			break;
		case RR_HTTP_DOWN:
			detail = psprintf(_("\"%s\" has not answered for a while, and is asked again in %d ms."),
							  url, t->pause_ms);
			break;
		case RR_HTTP_TOO_LARGE:
			detail = psprintf(_("The response of \"%s\" is larger than %zu bytes."), url, t->limit);
			break;
		case RR_HTTP_BROKEN:
			detail = psprintf(_("No whole response from \"%s\": %s."), url, reason(t));
			break;
	}
	t->response.failure_detail = detail;
	MemoryContextSwitchTo(old);
}

/* Parses by hand: it must also work for what is not a URL. */
char	   *
rr_http_display_url(const char *url)
{
	const char *authority = strstr(url, "://");
	size_t		scheme_len = 0;
	const char *rest = url;
	StringInfoData buf;

	if (authority != NULL && strcspn(url, "/?#") > (size_t) (authority - url))
	{
		scheme_len = authority + 3 - url;
		rest = authority + 3;
	}

	/*
	 * Userinfo ends at the last @ before the path. Without a scheme, anything
	 * up to an @ may be a password.
	 */
	for (const char *p = rest + strcspn(rest, "/?#"); p-- > rest;)
	{
		if (*p == '@')
		{
			rest = p + 1;
			break;
		}
	}

	initStringInfo(&buf);
	appendBinaryStringInfo(&buf, url, (int) scheme_len);
	appendBinaryStringInfo(&buf, rest, (int) strcspn(rest, "?#"));
	for (int i = 0; i < buf.len; i++)
	{
		if ((unsigned char) buf.data[i] < ' ' || buf.data[i] == 0x7f)
			buf.data[i] = '?';
	}
	return buf.data;
}
