/*
 * auth.c: who is asking: admin secret, then token or hook, then nobody.
 */
#include "serve/auth.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "serve/auth_int.h"
#include "serve/fetch.h"
#include "serve/log.h"
#include "serve/settings.h"

char	   *
auth_init(void)
{
	return jwt_init(settings->jwt_secret);
}

bool
auth_uses_cookies(void)
{
	/* a hook sees them, and may count them */
	return jwt_uses_cookies() || settings->auth_hook != NULL;
}

static void
finish(AuthTask *task)
{
	if (task->error && log_wanted(EVENT_auth_failed))
	{
		LogFields	f = {0};

		log_text(&f, "code", task->error_code);
		log_text(&f, "reason", task->error);
		log_event(EVENT_auth_failed, &f);
	}
	else if (task->error)
		log_event(EVENT_auth_failed, NULL);
	task->done(task);
}

/* The role "admin" is the administrator, as in Hasura. */
void
auth_succeed(AuthTask *task)
{
	if (task->who.role && strcmp(task->who.role, "admin") == 0)
	{
		free(task->who.role);
		task->who.role = NULL;
	}
	task->who.admin = task->who.role == NULL;
	finish(task);
}

void
auth_fail(AuthTask *task, int status, const char *code, const char *format,...)
{
	Buffer		message = {0};
	va_list		args;

	va_start(args, format);
	buffer_vprintf(&message, format, args);
	va_end(args);
	task->error = buffer_take(&message);
	task->error_code = code;
	task->error_status = status;
	finish(task);
}

/* Takes as long wherever the texts differ. */
static bool
same_secret(const char *given, const char *secret)
{
	unsigned char a[SHA256_DIGEST_LENGTH];
	unsigned char b[SHA256_DIGEST_LENGTH];

	SHA256((const unsigned char *) given, strlen(given), a);
	SHA256((const unsigned char *) secret, strlen(secret), b);
	return CRYPTO_memcmp(a, b, sizeof(a)) == 0;
}

/* Every right, or acts as the role that the header names. */
static void
be_admin(AuthTask *task)
{
	const char *role = headers_get(task->headers, "x-hasura-role");

	task->who.role = role && *role ? xstrdup(role) : NULL;
	for (int i = 0; i < task->headers->n; i++)
	{
		const Header *header = &task->headers->items[i];

		if (is_session_variable(header->name) && strcmp(header->name, "x-hasura-role") != 0 &&
			strcmp(header->name, "x-hasura-admin-secret") != 0 &&
			strcmp(header->name, "x-hasura-access-key") != 0)
			headers_add(&task->who.session, header->name, header->value);
	}
	auth_succeed(task);
}

static void
be_nobody(AuthTask *task)
{
	if (settings->unauthorized_role == NULL && settings->jwt_secret)
		auth_fail(task, 401, "invalid-headers", "Missing 'Authorization' or 'Cookie' header in JWT authentication mode");
	else if (settings->unauthorized_role == NULL)
		auth_fail(task, 401, "access-denied", "x-hasura-admin-secret/x-hasura-access-key required, but not found");
	else
	{
		task->who.role = xstrdup(settings->unauthorized_role);
		auth_succeed(task);
	}
}

void
auth_start(AuthTask *task)
{
	const char *secret = headers_get(task->headers, "x-hasura-admin-secret");
	char	   *token;

	if (secret == NULL)
		secret = headers_get(task->headers, "x-hasura-access-key");
	if (settings->admin_secret == NULL)
	{
		be_admin(task);
		return;
	}
	if (secret)
	{
		if (same_secret(secret, settings->admin_secret))
			be_admin(task);
		else
			auth_fail(task, 401, "access-denied", "invalid x-hasura-admin-secret/x-hasura-access-key");
		return;
	}
	if (settings->auth_hook)
	{
		hook_authenticate(task);
		return;
	}
	token = settings->jwt_secret ? jwt_find(task->headers) : NULL;
	if (token)
		jwt_authenticate(task);
	else
		be_nobody(task);
	free(token);
}

void
auth_cancel(AuthTask *task)
{
	fetch_cancel(task->fetch);
	task->fetch = NULL;
	key_set_forget(task);
}

void
auth_clear(AuthTask *task)
{
	free(task->who.role);
	headers_free(&task->who.session);
	free(task->error);
	task->who = (Who) {0};
	task->error = NULL;
	task->retried = false;
}

/* ---- what the database is given ---- */

const char *
who_role(const Who *who)
{
	return who->role ? who->role : settings->admin_role;
}

static void
add_member(Buffer *out, const char *name, const char *value)
{
	buffer_putc(out, out->len > 1 ? ',' : ' ');
	buffer_json_text(out, name);
	buffer_putc(out, ':');
	buffer_json_text(out, value);
}

char	   *
who_headers(const Who *who, const Headers *headers)
{
	Buffer		out = {0};

	buffer_putc(&out, '{');
	for (int i = 0; i < headers->n; i++)
	{
		if (!is_session_variable(headers->items[i].name))
			add_member(&out, headers->items[i].name, headers->items[i].value);
	}
	for (int i = 0; i < who->session.n; i++)
		add_member(&out, who->session.items[i].name, who->session.items[i].value);
	buffer_putc(&out, '}');
	return buffer_take(&out);
}
