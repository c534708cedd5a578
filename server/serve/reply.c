/*
 * reply.c: answers: compression, CORS, request id.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "serve/accept.h"
#include "serve/auth.h"
#include "serve/http.h"
#include "serve/origin.h"
#include "serve/settings.h"
#include "serve/unpack.h"

void
http_add_header(HttpRequest *r, const char *name, const char *value)
{
	buffer_append(&r->extra_headers, name, strlen(name) + 1);
	buffer_append(&r->extra_headers, value, strlen(value) + 1);
}

void
http_graphql_error(Buffer *out, const char *message, const char *code)
{
	buffer_puts(out, "{\"errors\":[{\"message\":");
	buffer_json_text(out, message);
	buffer_puts(out, ",\"extensions\":{\"path\":\"$\",\"code\":");
	buffer_json_text(out, code);
	buffer_puts(out, "}}]}");
}

/* ---- CORS ---- */

static void
add_cors(HttpRequest *r, struct MHD_Response *response)
{
	const char *origin = http_header(r, "origin");
	const char *wanted;

	if (origin == NULL || settings->disable_cors)
		return;
	if (cors_allows(origin) || (cors_allows_all() && !auth_uses_cookies()))
	{
		MHD_add_response_header(response, "access-control-allow-origin", origin);
		MHD_add_response_header(response, "access-control-allow-credentials", "true");
	}
	else if (cors_allows_all())
		/* with cookies, a stranger's page must not read what they open */
		MHD_add_response_header(response, "access-control-allow-origin", "*");
	else
		return;
	if (strcmp(r->method, "OPTIONS") == 0)
	{
		MHD_add_response_header(response, "access-control-allow-methods", "GET,POST,PUT,PATCH,DELETE,OPTIONS");
		wanted = http_header(r, "access-control-request-headers");
		if (wanted)
			MHD_add_response_header(response, "access-control-allow-headers", wanted);
		MHD_add_response_header(response, "access-control-max-age", "1728000");
	}
	else
		MHD_add_response_header(response, "access-control-expose-headers", "x-request-id");
}

/* ---- replying ---- */

static bool
wants_compressed(const HttpRequest *r, size_t len)
{
	const char *accept = http_header(r, "accept-encoding");

	return settings->compress_from > 0 && len >= (size_t) settings->compress_from && accept &&
		accept_quality(accept, "gzip") > 0;
}

void
http_add_standard_headers(HttpRequest *r, struct MHD_Response *response)
{
	MHD_add_response_header(response, "x-request-id", r->id);
	MHD_add_response_header(response, "x-content-type-options", "nosniff");
	MHD_add_response_header(response, "vary", "accept, accept-encoding, origin");
	if (http_quiescing())
		MHD_add_response_header(response, "connection", "close");
	for (size_t at = 0; at < r->extra_headers.len;)
	{
		const char *name = r->extra_headers.data + at;
		const char *value = name + strlen(name) + 1;

		MHD_add_response_header(response, name, value);
		at += strlen(name) + strlen(value) + 2;
	}
	add_cors(r, response);
}

void
http_reply_response(HttpRequest *r, unsigned status, struct MHD_Response *response)
{
	r->give_up = NULL;
	r->status = status;
	r->response = response;
	http_resume(r);
}

static struct MHD_Response *
compressed(const char *text, size_t len, size_t *packed_len)
{
	Buffer		packed = {0};
	struct MHD_Response *response;

	pack(text, len, &packed);
	*packed_len = packed.len;
	response = MHD_create_response_from_buffer(packed.len, packed.data, MHD_RESPMEM_MUST_FREE);
	MHD_add_response_header(response, "content-encoding", "gzip");
	return response;
}

void
http_reply(HttpRequest *r, unsigned status, const char *type, Buffer *body)
{
	size_t		len = body->len;
	char	   *text = buffer_take(body);
	struct MHD_Response *response;

	if (wants_compressed(r, len))
	{
		response = compressed(text, len, &r->reply_bytes);
		free(text);
	}
	else
	{
		r->reply_bytes = len;
		response = MHD_create_response_from_buffer(len, text, MHD_RESPMEM_MUST_FREE);
	}
	if (type)
		MHD_add_response_header(response, "content-type", type);
	http_add_standard_headers(r, response);
	http_reply_response(r, status, response);
}

static void
clear_result(void *result)
{
	PQclear(result);
}

void
http_reply_result(HttpRequest *r, unsigned status, const char *type, PGresult *result,
				  const char *text, size_t len)
{
	struct MHD_Response *response;

	if (wants_compressed(r, len))
	{
		response = compressed(text, len, &r->reply_bytes);
		PQclear(result);
	}
	else
	{
		r->reply_bytes = len;
		response = MHD_create_response_from_buffer_with_free_callback_cls(len, (void *) text,
																		  clear_result, result);
	}
	if (type)
		MHD_add_response_header(response, "content-type", type);
	http_add_standard_headers(r, response);
	http_reply_response(r, status, response);
}

void
http_reply_text(HttpRequest *r, unsigned status, const char *text)
{
	Buffer		body = {0};

	buffer_puts(&body, text);
	http_reply(r, status, "text/plain; charset=utf-8", &body);
}
