/*
 * upstream.c: asks an upstream for its schema by introspection.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
#include "utils/memutils.h"

#include "compat.h"
#include "base/subtransaction.h"
#include "graphql/graphql.h"
#include "join/join.h"
#include "json/json.h"
#include "metadata/metadata.h"
#include "settings.h"

#define MAX_JSON_DEPTH		512
#define MAX_SHOWN_ERRORS	10
/* So many bytes of an upstream's message are shown. */
#define MAX_SHOWN_BYTES		500

static void
warn(const char *remote_schema, const GqlErrorList *warnings)
{
	if (warnings->items != NIL)
		ereport(WARNING,
				(errcode(ERRCODE_WARNING),
				 errmsg("the schema of remote schema \"%s\" breaks rules of GraphQL; it is used all the same", remote_schema),
				 errdetail_internal("%s", rr_error_lines(warnings, MAX_SHOWN_ERRORS))));
}

static void
throw_broken(const char *remote_schema, const GqlErrorList *errors)
{
	ereport(ERROR,
			(errcode(ERRCODE_FDW_INCONSISTENT_DESCRIPTOR_INFORMATION),
			 errmsg("the schema of remote schema \"%s\" is broken", remote_schema),
			 errdetail_internal("%s", rr_error_lines(errors, MAX_SHOWN_ERRORS))));
}

void
rr_check_sdl(const char *remote_schema, const char *sdl)
{
	GqlErrorList *errors = gql_errors_create(100, NULL);
	GqlErrorList *warnings = gql_errors_create(100, NULL);

	if (gql_schema_from_sdl(sdl, strlen(sdl), true, errors, warnings) == NULL ||
		errors->items != NIL)
		throw_broken(remote_schema, errors);
	warn(remote_schema, warnings);
}

/* ---- one request ---- */

static List *
make_headers(const RrRemoteSchema *remote)
{
	List	   *headers = NIL;
	bool		content_type = false;
	bool		accept = false;
	ListCell   *lc;

	foreach(lc, rr_remote_schema_headers(remote))
	{
		const RrMapping *header = lfirst(lc);

		content_type |= pg_strcasecmp(header->name, "content-type") == 0;
		accept |= pg_strcasecmp(header->name, "accept") == 0;
		if (strpbrk(header->to, "\r\n"))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("header \"%s\" of remote schema \"%s\" holds a line break",
							header->name, remote->name)));
		headers = lappend(headers, psprintf("%s: %s", header->name, header->to));
	}
	if (!content_type)
		headers = lappend(headers, "Content-Type: application/json");
	if (!accept)
		headers = lappend(headers, "Accept: application/graphql-response+json, application/json");
	return headers;
}

static RrHttpResponse *
post(const RrRemoteSchema *remote, const char *document)
{
	RrHttpRequest req = {0};
	StringInfoData body;

	initStringInfo(&body);
	appendStringInfoString(&body, "{\"query\":");
	gql_json_string(&body, document, strlen(document));
	appendStringInfoChar(&body, '}');
	rr_request_options(remote, &req);
	req.headers = make_headers(remote);
	req.body = body.data;
	req.body_len = body.len;
	req.idempotent = true;
	req.even_if_down = true;	/* whoever manages it wants to know */
	return rr_http_run(&req, CurrentMemoryContext);
}

static void
check_transport(const RrRemoteSchema *remote, const RrHttpResponse *response)
{
	const char *url = rr_http_shown_url(response);

	switch (response->failure)
	{
		case RR_HTTP_OK:
			return;
		case RR_HTTP_BAD_URL:
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("the URL of remote schema \"%s\" cannot be used", remote->name),
					 errdetail_internal("%s", response->failure_detail),
					 errhint("Give a \"url\" that starts with http:// or https://.")));
			break;
		case RR_HTTP_RESOLVE:
		case RR_HTTP_CONNECT:
		case RR_HTTP_DOWN:
		case RR_HTTP_TLS:
			ereport(ERROR,
					(errcode(ERRCODE_FDW_UNABLE_TO_ESTABLISH_CONNECTION),
					 errmsg("could not reach remote schema \"%s\" at %s", remote->name, url),
					 errdetail_internal("%s", response->failure_detail),
					 errhint("The server of the database must reach the URL. Where the upstream is not up yet, give its schema as \"sdl\".")));
			break;
		case RR_HTTP_TIMEOUT:
			ereport(ERROR,
					(errcode(ERRCODE_FDW_UNABLE_TO_ESTABLISH_CONNECTION),
					 errmsg("remote schema \"%s\" at %s did not answer within %d s", remote->name,
							url, remote->timeout_ms / 1000),
					 errdetail_internal("%s", response->failure_detail),
					 errhint("Raise \"timeout_seconds\" of the remote schema.")));
			break;
		case RR_HTTP_TOO_LARGE:
			ereport(ERROR,
					(errcode(ERRCODE_FDW_REPLY_HANDLE),
					 errmsg("the schema of remote schema \"%s\" is too large", remote->name),
					 errdetail_internal("%s", response->failure_detail),
					 errhint("Raise remote_rel.max_response_size.")));
			break;
		case RR_HTTP_BROKEN:
			ereport(ERROR,
					(errcode(ERRCODE_CONNECTION_FAILURE),
					 errmsg("the connection to remote schema \"%s\" at %s broke", remote->name,
							url),
					 errdetail_internal("%s", response->failure_detail)));
			break;
	}
}

static void
throw_protocol(const RrRemoteSchema *remote, const char *what, const RrHttpResponse *response,
			   const char *detail)
{
	ereport(ERROR,
			(errcode(ERRCODE_PROTOCOL_VIOLATION),
			 errmsg("remote schema \"%s\" at %s %s", remote->name, rr_http_shown_url(response),
					what),
			 errdetail_internal("The content type is %s. %s", response->content_type
								? rr_remote_schema_conceal(remote, response->content_type)
								: "unknown",
								rr_sentence(detail)),
			 errhint("The URL must be that of a GraphQL endpoint.")));
}

/* The messages of "errors", one a line; NULL if there is none. */
static char *
upstream_errors(RrJsonNode *errors)
{
	StringInfoData out;
	int			n = rr_json_length(errors);

	if (rr_json_type(errors) != RR_JSON_ARRAY || n == 0)
		return NULL;
	initStringInfo(&out);
	for (int i = 0; i < Min(n, MAX_SHOWN_ERRORS); i++)
	{
		char	   *message = rr_json_text(rr_json_get(rr_json_item(errors, i), "message"));

		if (message == NULL)
			message = "(an error without a message)";
		message[pg_mbcliplen(message, strlen(message), MAX_SHOWN_BYTES)] = '\0';
		appendStringInfo(&out, "%s%s", i > 0 ? "\n" : "", message);
	}
	return out.data;
}

/*
 * Send one introspection query. Returns the value of "__schema". Returns NULL
 * when the upstream answered with errors; their messages are in *refusal.
 * Throws for any other answer.
 */
static RrJsonNode *
ask(const RrRemoteSchema *remote, const char *query, const char **refusal)
{
	RrHttpResponse *response = post(remote, query);
	RrJson	   *json;
	RrJsonNode *root;
	RrJsonNode *schema;
	char	   *error;
	bool		success;
	const char *body = response->body;
	size_t		len = response->len;

	check_transport(remote, response);
	success = response->status >= 200 && response->status < 300;
	/* a byte order mark is ignored (RFC 8259, section 8.1) */
	if (len >= 3 && memcmp(body, "\xEF\xBB\xBF", 3) == 0)
	{
		body += 3;
		len -= 3;
	}
	json = rr_json_parse(body, len, MAX_JSON_DEPTH, &error);
	if (json == NULL && !success)
		throw_protocol(remote, psprintf("answered with HTTP status %d", response->status),
					   response, "The body is not JSON.");
	if (json == NULL)
		throw_protocol(remote, "did not answer with JSON", response, error);
	root = rr_json_root(json);
	*refusal = upstream_errors(rr_json_get(root, "errors"));
	schema = rr_json_get(rr_json_get(root, "data"), "__schema");
	if (rr_json_type(schema) == RR_JSON_OBJECT && *refusal == NULL && success)
		return schema;
	if (*refusal)
	{
		*refusal = rr_remote_schema_conceal(remote, *refusal);
		return NULL;
	}
	if (!success)
		throw_protocol(remote, psprintf("answered with HTTP status %d", response->status), response,
					   "The body is JSON, but has no \"errors\".");
	throw_protocol(remote, "did not answer as a GraphQL server", response,
				   "The answer has neither \"data\": {\"__schema\": ...} nor \"errors\".");
	return NULL;				/* not reached */
}

static char *
fetch(const RrRemoteSchema *remote)
{
	GqlErrorList *errors = gql_errors_create(100, NULL);
	GqlErrorList *warnings = gql_errors_create(100, NULL);
	RrJsonNode *node = NULL;
	GqlSchema  *schema;
	const char *query;
	const char *refusal = NULL;
	StringInfoData sdl;

	/* from the query that only new servers know to the one that all know */
	for (int attempt = 0; node == NULL &&
		 (query = gql_introspection_query(attempt)) != NULL; attempt++)
		node = ask(remote, query, &refusal);
	if (node == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_FDW_ERROR),
				 errmsg("remote schema \"%s\" refused to tell its schema", remote->name),
				 errdetail_internal("%s", refusal),
				 errhint("Where introspection is disabled, give the schema as \"sdl\".")));
	schema = gql_schema_from_introspection(node, errors, warnings);
	if (schema == NULL || errors->items != NIL)
		throw_broken(remote->name, errors);
	warn(remote->name, warnings);
	initStringInfo(&sdl);
	gql_print_schema(schema, &sdl);
	return sdl.data;
}

char	   *
rr_fetch_schema(const RrRemoteSchema *remote)
{
	MemoryContext outer = CurrentMemoryContext;
	MemoryContext cxt = AllocSetContextCreate(outer, "remote_rel introspection",
											  ALLOCSET_DEFAULT_SIZES);
	char	   *sdl;

	MemoryContextSwitchTo(cxt);
	sdl = fetch(remote);
	MemoryContextSwitchTo(outer);
	sdl = pstrdup(sdl);
	MemoryContextDelete(cxt);
	return sdl;
}

typedef struct Attempt
{
	const RrRemoteSchema *remote;
	char	   *sdl;
} Attempt;

static void
attempt(void *arg)
{
	Attempt    *a = arg;

	a->sdl = rr_fetch_schema(a->remote);
}

char	   *
rr_try_fetch_schema(const RrRemoteSchema *remote)
{
	Attempt		a = {.remote = remote};
	ErrorData  *error = rr_run_in_subtransaction(attempt, &a);

	if (error == NULL)
		return a.sdl;
	ereport(WARNING,
			(errcode(error->sqlerrcode),
			 errmsg_internal("%s", error->message),
			 error->detail ? errdetail_internal("%s", error->detail) : 0));
	return NULL;
}
