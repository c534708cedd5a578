/*
 * graphql_request.c: what a client asks for ("GraphQL over HTTP", Request
 * Parameters). Members that are not known are ignored.
 */
#include <stdlib.h>
#include <string.h>

#include "serve/operation.h"

static bool
is_null(const JsonText *value)
{
	return value->kind == JSON_ABSENT || value->kind == JSON_NULL;
}

/* A NUL cannot be in the database's text, and is not in a document either. */
static const char *
finish(GraphqlRequest *request)
{
	request->kind = operation_kind(request->query, strlen(request->query), request->operation_name);
	return NULL;
}

const char *
graphql_request_read(GraphqlRequest *request, const JsonText *body)
{
	JsonText	query = json_member(body, "query");
	JsonText	variables = json_member(body, "variables");
	JsonText	name = json_member(body, "operationName");
	JsonText	extensions = json_member(body, "extensions");

	*request = (GraphqlRequest) {0};
	if (body->kind != JSON_OBJECT)
		return "the request must be an object, or a list of them";
	if (query.kind != JSON_STRING)
		return query.kind == JSON_ABSENT ? "query is missing" : "query must be a string";
	if (!is_null(&variables) && variables.kind != JSON_OBJECT)
		return "variables must be an object";
	if (!is_null(&name) && name.kind != JSON_STRING)
		return "operationName must be a string";
	if (!is_null(&extensions) && extensions.kind != JSON_OBJECT)
		return "extensions must be an object";
	request->query = json_dup(&query);
	if (request->query == NULL)
		return "query has an escape that is no character";
	if (!is_null(&name) && (request->operation_name = json_dup(&name)) == NULL)
		return "operationName has an escape that is no character";
	if (variables.kind == JSON_OBJECT)
		request->variables = xstrndup(variables.text, variables.len);
	return finish(request);
}

static bool
is_object_text(const char *text)
{
	JsonText	value;

	return json_check(text, strlen(text), &value) &&
		(value.kind == JSON_OBJECT || value.kind == JSON_NULL);
}

const char *
graphql_request_from_texts(GraphqlRequest *request, const char *query, const char *variables,
						   const char *operation_name, const char *extensions)
{
	*request = (GraphqlRequest) {0};
	if (query == NULL)
		return "query is missing";
	if (!utf8_check(query, strlen(query)) ||
		(operation_name && !utf8_check(operation_name, strlen(operation_name))))
		return "the parameters must be UTF-8";
	if (variables && *variables && !is_object_text(variables))
		return "variables must be an object";
	if (extensions && *extensions && !is_object_text(extensions))
		return "extensions must be an object";
	request->query = xstrdup(query);
	if (operation_name && *operation_name)
		request->operation_name = xstrdup(operation_name);
	if (variables && *variables)
		request->variables = xstrdup(variables);
	return finish(request);
}

void
graphql_request_free(GraphqlRequest *request)
{
	free(request->query);
	free(request->variables);
	free(request->operation_name);
	*request = (GraphqlRequest) {0};
}

const char *
operation_kind_name(OperationKind kind)
{
	switch (kind)
	{
		case OPERATION_QUERY:
			return "query";
		case OPERATION_MUTATION:
			return "mutation";
		case OPERATION_SUBSCRIPTION:
			return "subscription";
		case OPERATION_UNKNOWN:
			break;
	}
	return "unknown";
}
