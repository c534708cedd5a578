/*
 * ask.c: metadata commands, sent to a database or to an endpoint.
 */
#include "metadata/ask.h"

#include <curl/curl.h>
#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

#define MAX_ANSWER ((size_t) 256 * 1024 * 1024)

static char *
command(const char *type, const char *args)
{
	return xprintf("{\"type\": \"%s\", \"args\": %s}", type, args);
}

static Reply
no_reply(char *error)
{
	return (Reply) {.error = error, .not_asked = true};
}

/* The text is kept: the reply's JSON points into it. */
static bool
take_json(Reply *reply, const char *text, size_t len)
{
	char	   *copy = xstrndup(text, len);

	return json_check(copy, len, &reply->json);
}

/* ---- a database ---- */

static char *
error_field(const PGresult *result, int field)
{
	const char *text = PQresultErrorField(result, field);

	return text && *text ? xstrdup(text) : NULL;
}

/* Warnings are in the answers as well. */
static void
ignore_notice(void *unused, const char *message)
{
	(void) unused;
	(void) message;
}

static PGconn *
connect_to(const char *url, char **error)
{
	const char *keywords[] = {"connect_timeout", "fallback_application_name", "dbname", "client_encoding", NULL};
	const char *values[] = {"10", "remote-rel metadata", url, "UTF8", NULL};
	PGconn	   *pg = PQconnectdbParams(keywords, values, 1);

	*error = NULL;
	if (PQstatus(pg) != CONNECTION_OK)
	{
		*error = xprintf("cannot connect to the database: %.*s", (int) strcspn(PQerrorMessage(pg), "\n"), PQerrorMessage(pg));
		PQfinish(pg);
		return NULL;
	}
	PQsetNoticeProcessor(pg, ignore_notice, NULL);
	return pg;
}

static Reply
ask_database(const char *url, const char *body)
{
	Reply		reply = {0};
	char	   *error;
	PGconn	   *pg = connect_to(url, &error);
	PGresult   *result;
	const char *state;

	if (pg == NULL)
		return no_reply(error);
	result = PQexecParams(pg, "SELECT remote_rel.metadata($1)", 1, NULL, &body, NULL, NULL, 0);
	state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	if (PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1)
	{
		if (!take_json(&reply, PQgetvalue(result, 0, 0), (size_t) PQgetlength(result, 0, 0)))
			reply.error = xstrdup("the database's answer cannot be read");
	}
	else
	{
		reply.error = error_field(result, PG_DIAG_MESSAGE_PRIMARY);
		reply.detail = error_field(result, PG_DIAG_MESSAGE_DETAIL);
		reply.hint = error_field(result, PG_DIAG_MESSAGE_HINT);
		if (reply.error == NULL)
			reply.error = xprintf("the connection was lost: %.*s", (int) strcspn(PQerrorMessage(pg), "\n"), PQerrorMessage(pg));
		if (state && (strcmp(state, "3F000") == 0 || strcmp(state, "42883") == 0))
			reply.hint = xstrdup("Is the extension there? CREATE EXTENSION remote_rel;");
	}
	PQclear(result);
	PQfinish(pg);
	return reply;
}

/* ---- an endpoint ---- */

static size_t
take_body(char *data, size_t size, size_t n, void *arg)
{
	Buffer	   *body = arg;

	if (body->len + size * n > MAX_ANSWER)
		return 0;
	buffer_append(body, data, size * n);
	return size * n;
}

static char *
member_text(const JsonText *object, const char *name)
{
	JsonText	value = json_member(object, name);

	return json_dup(&value);
}

/* What an endpoint answers with a status other than 200. */
static void
take_error(Reply *reply, const char *endpoint, long status, const Buffer *body)
{
	JsonText	root = {0};
	JsonText	internal;

	if (body->len > 0 && json_check(body->data, body->len, &root))
		reply->error = member_text(&root, "error");
	if (reply->error == NULL)
	{
		reply->error = xprintf("%s answers with status %ld", endpoint, status);
		reply->hint = xstrdup("Is it the address of remote-rel serve, without a path?");
		return;
	}
	internal = json_member(&root, "internal");
	reply->detail = member_text(&internal, "detail");
	reply->hint = member_text(&internal, "hint");
}

static Reply
ask_endpoint(const Target *target, const char *body)
{
	Reply		reply = {0};
	Buffer		answer = {0};
	size_t		len = strlen(target->endpoint);
	char	   *url;
	char	   *secret = xprintf("x-hasura-admin-secret: %s", target->admin_secret ? target->admin_secret : "");
	struct curl_slist *headers = curl_slist_append(NULL, "content-type: application/json");
	CURL	   *easy = curl_easy_init();
	CURLcode	result;
	long		status = 0;

	while (len > 0 && target->endpoint[len - 1] == '/')
		len--;
	url = xprintf("%.*s/v1/metadata", (int) len, target->endpoint);
	if (target->admin_secret)
		headers = curl_slist_append(headers, secret);
	curl_easy_setopt(easy, CURLOPT_URL, url);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT, target->timeout_s);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body);
	curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t) strlen(body));
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, &answer);
	curl_easy_setopt(easy, CURLOPT_USERAGENT, "remote-rel/" RR_VERSION);
	result = curl_easy_perform(easy);
	curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
	if (result != CURLE_OK)
		reply = no_reply(xprintf("cannot reach the endpoint %s: %s", target->endpoint, curl_easy_strerror(result)));
	else if (status != 200)
		take_error(&reply, target->endpoint, status, &answer);
	else if (answer.len == 0 || !take_json(&reply, answer.data, answer.len))
		reply.error = xprintf("the answer of %s is no JSON", url);
	curl_slist_free_all(headers);
	curl_easy_cleanup(easy);
	buffer_free(&answer);
	free(secret);
	free(url);
	return reply;
}

Reply
ask(const Target *target, const char *type, const char *args)
{
	char	   *body = command(type, args);
	Reply		reply = target->database_url ? ask_database(target->database_url, body)
	: ask_endpoint(target, body);

	free(body);
	return reply;
}
