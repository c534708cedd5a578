/*
 * answer_failure.c: messages about responses that never came, or are no
 * GraphQL answers.
 */
#include "postgres.h"

#include "join/answer.h"

/*
 * A detail without the URL: only roles that see every remote schema may learn
 * it.
 */
static const char *
without_url(const char *detail, const RrHttpResponse *response)
{
	const char *url = psprintf("\"%s\"", rr_http_shown_url(response));
	const char *at = strstr(detail, url);

	if (at == NULL)
		return detail;
	return psprintf("%.*sits URL%s", (int) (at - detail), detail, at + strlen(url));
}

const char *
rr_failure_message(const RrBatch *batch, const RrHttpResponse *response)
{
	const char *name = batch->step->plan->remote->def->name;
	const char *detail = response->failure_detail;

	if (!batch->step->run->plan->rs->sees_everything)
		detail = without_url(detail, response);
	switch (response->failure)
	{
		case RR_HTTP_TIMEOUT:
			return psprintf("remote schema \"%s\" timed out: %s", name, detail);
		case RR_HTTP_TOO_LARGE:
			return psprintf("the answer of remote schema \"%s\" is too large: %s", name, detail);
		case RR_HTTP_BROKEN:
			return psprintf("the answer of remote schema \"%s\" broke off: %s", name, detail);
		default:
			return psprintf("could not reach remote schema \"%s\": %s", name, detail);
	}
}

const char *
rr_not_graphql_message(const RrRemoteSchema *remote, const RrHttpResponse *response)
{
	const char *name = remote->name;

	if (response->status < 200 || response->status > 299)
		return psprintf("remote schema \"%s\" answered with HTTP status %d", name,
						response->status);
	if (response->content_type != NULL && strstr(response->content_type, "json") == NULL)
		return psprintf("remote schema \"%s\" answered with content of type \"%s\", not with JSON", name,
						rr_remote_schema_conceal(remote, response->content_type));
	return psprintf("remote schema \"%s\" did not answer with a GraphQL response", name);
}
