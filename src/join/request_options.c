/*
 * request_options.c: what every request to a remote schema has, whatever it
 * asks.
 */
#include "postgres.h"

#include "join/join.h"
#include "settings.h"

/* NULL: none. */
static const char *
proxy_for(const RrRemoteSchema *def, const char *url)
{
	if (def->proxy != NULL)
		return def->proxy;
	return pg_strncasecmp(url, "https://", 8) == 0 ? rr_https_proxy : NULL;
}

void
rr_request_options(const RrRemoteSchema *def, RrHttpRequest *request)
{
	request->url = rr_remote_schema_url(def);
	request->url_name = rr_remote_schema_url_name(def);
	request->method = "POST";
	request->timeout_ms = def->timeout_ms;
	request->max_response_bytes = (size_t) rr_max_response_size * 1024;
	request->limit_key = def->name;
	request->http2_prior_knowledge = def->http2_prior_knowledge;
	request->ca_file = def->ca_file;
	request->client_certificate = def->client_certificate;
	request->client_key = def->client_key;
	request->tls13 = def->tls13;
	request->proxy = proxy_for(def, request->url);
}
