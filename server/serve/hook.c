/*
 * hook.c: a server that says who is asking.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "serve/auth_int.h"
#include "serve/fetch.h"
#include "serve/log.h"
#include "serve/settings.h"

/* Headers of the client's connection and body, which are not the hook's. */
static bool
is_forwarded(const char *name)
{
	static const char *const own[] = {"content-length", "content-md5", "user-agent", "host", "origin", "referer",
		"accept", "accept-encoding", "accept-language", "accept-datetime", "cache-control", "connection", "dnt",
	"content-type", "transfer-encoding", "upgrade", "expect", "content-encoding"};

	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
	{
		if (strcmp(name, own[i]) == 0)
			return false;
	}
	return strncmp(name, "sec-websocket-", 14) != 0;
}

static void
failed(AuthTask *task, const char *why)
{
	log_event_text(EVENT_auth_hook_failed, "error", why);
	auth_fail(task, 500, "unexpected", "the authentication hook does not answer as it should");
}

static void
read_answer(AuthTask *task, const FetchAnswer *answer)
{
	JsonText	root;
	JsonText	key;
	JsonText	value;

	if (!json_check(answer->body, answer->body_len, &root) || root.kind != JSON_OBJECT)
	{
		failed(task, "no JSON object");
		return;
	}
	for (const char *at = NULL; json_next(&root, &at, &key, &value);)
	{
		char	   *name = json_dup(&key);
		char	   *text = session_value(&value);

		if (name && text && strcasecmp(name, "x-hasura-role") == 0)
		{
			free(task->who.role);
			task->who.role = xstrdup(text);
		}
		else if (name && text && is_session_variable(name))
			headers_add(&task->who.session, name, text);
		free(name);
		free(text);
	}
	if (answer->max_age_s > 0)
		task->who.expires_at = time(NULL) + answer->max_age_s;
	if (task->who.role == NULL)
		failed(task, "no X-Hasura-Role");
	else
		auth_succeed(task);
}

static void
answered(void *arg, const FetchAnswer *answer)
{
	AuthTask   *task = arg;

	task->fetch = NULL;
	if (answer->status == 200)
		read_answer(task, answer);
	else if (answer->status == 401)
		auth_fail(task, 401, "access-denied", "Authentication hook unauthorized this request");
	else
		failed(task, answer->error ? answer->error : "unexpected status");
}

static char *
post_body(const AuthTask *task)
{
	Buffer		body = {0};
	bool		first = true;

	buffer_puts(&body, "{\"headers\":{");
	for (int i = 0; i < task->headers->n; i++)
	{
		const Header *header = &task->headers->items[i];

		if (!is_forwarded(header->name))
			continue;
		if (!first)
			buffer_putc(&body, ',');
		first = false;
		buffer_json_text(&body, header->name);
		buffer_putc(&body, ':');
		buffer_json_text(&body, header->value);
	}
	buffer_printf(&body, "},\"request\":%s}", task->request ? task->request : "null");
	return buffer_take(&body);
}

static char **
get_headers(const AuthTask *task)
{
	char	  **list = xcalloc((size_t) (task->headers->n + 1) * sizeof(char *));
	int			n = 0;

	for (int i = 0; i < task->headers->n; i++)
	{
		const Header *header = &task->headers->items[i];

		if (is_forwarded(header->name))
			list[n++] = *header->value ? xprintf("%s: %s", header->name, header->value)
				: xprintf("%s;", header->name);
	}
	return list;
}

void
hook_authenticate(AuthTask *task)
{
	bool		post = strcasecmp(settings->auth_hook_mode, "POST") == 0;
	char	   *body = post ? post_body(task) : NULL;
	char	  **headers = post ? NULL : get_headers(task);
	FetchRequest request = {settings->auth_hook, body, headers, (long) settings->auth_hook_timeout};

	task->fetch = fetch_start(&request, answered, task);
	free(body);
	for (char **header = headers; header && *header; header++)
		free(*header);
	free(headers);
}
