/*
 * admin.c: what is for the administrator alone.
 */
#include "serve/admin.h"

#include <stdlib.h>
#include <string.h>

#include "serve/auth.h"

typedef struct AdminWork
{
	HttpRequest *r;
	AuthTask	auth;
	void		(*handle) (HttpRequest *r);
} AdminWork;

void
admin_error(HttpRequest *r, unsigned status, const char *path, const char *message,
			const char *code)
{
	Buffer		body = {0};

	r->log.error_code = code;
	buffer_puts(&body, "{\"path\":");
	buffer_json_text(&body, path);
	buffer_puts(&body, ",\"error\":");
	buffer_json_text(&body, message);
	buffer_puts(&body, ",\"code\":");
	buffer_json_text(&body, code);
	buffer_putc(&body, '}');
	http_reply(r, status, "application/json; charset=utf-8", &body);
}

static void
give_up(HttpRequest *r)
{
	AdminWork  *work = r->work;

	auth_cancel(&work->auth);
	auth_clear(&work->auth);
	free(work);
}

static void
authenticated(AuthTask *task)
{
	AdminWork  *work = task->owner;
	HttpRequest *r = work->r;

	r->give_up = NULL;
	r->work = NULL;
	r->log.admin = task->who.admin;
	r->log.role = task->who.role ? xstrdup(task->who.role) : NULL;
	if (task->error)
		admin_error(r, (unsigned) task->error_status, "$", task->error, task->error_code);
	else if (!task->who.admin)
		admin_error(r, 400, "$", "restricted access : admin only", "access-denied");
	else
		work->handle(r);
	auth_clear(task);
	free(work);
}

void
admin_only(HttpRequest *r, void (*handle) (HttpRequest *r))
{
	AdminWork  *work = xcalloc(sizeof(AdminWork));

	work->r = r;
	work->handle = handle;
	work->auth.headers = &r->headers;
	work->auth.owner = work;
	work->auth.done = authenticated;
	r->work = work;
	r->give_up = give_up;
	auth_start(&work->auth);
}
