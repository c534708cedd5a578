/*
 * admin.h: what is for the administrator alone.
 */
#ifndef ADMIN_H
#define ADMIN_H

#include "serve/http.h"

/*
 * Calls the handler when the administrator asks, and replies as Hasura does to
 * anybody else: {"path", "error", "code"}.
 */
extern void admin_only(HttpRequest *r, void (*handle) (HttpRequest *r));

/* {"path":...,"error":...,"code":...} with the status. */
extern void admin_error(HttpRequest *r, unsigned status, const char *path, const char *message,
						const char *code);

#endif
