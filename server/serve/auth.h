/*
 * auth.h: who is asking.
 *
 * Admin secret, then token or hook, then nobody: auth.c has the order, jwt.c
 * tokens, jwks.c sets of keys, hook.c the hook. What comes out holds verified
 * session variables only; it is what the database is given.
 */
#ifndef AUTH_H
#define AUTH_H

#include <stdbool.h>

#include "serve/headers.h"
#include "serve/loop.h"

typedef struct Who
{
	bool		admin;			/* has every right */
	char	   *role;			/* NULL: the administrator, as no other role */
	Headers		session;		/* x-hasura-... */
	long long	expires_at;		/* seconds of time(); 0: never */
} Who;

typedef struct AuthTask AuthTask;
struct AuthTask
{
	/* of the caller, to stay until done() */
	const Headers *headers;
	const char *request;		/* JSON for the hook, or NULL */
	void		(*done) (AuthTask *task);
	void	   *owner;

	/* found; an error has its message, code and HTTP status */
	Who			who;
	char	   *error;
	const char *error_code;
	int			error_status;

	/* of auth */
	struct Fetch *fetch;
	AuthTask   *next_waiting;
	struct KeySet *key_set;		/* for whose keys it waits */
	bool		retried;
};

/* From settings; returns what is wrong with them as a new text, or NULL. */
extern char *auth_init(void);

/* done() is called once, maybe before this returns. */
extern void auth_start(AuthTask *task);

/* No done() any more. Frees nothing of the caller's. */
extern void auth_cancel(AuthTask *task);

/* Frees what was found. */
extern void auth_clear(AuthTask *task);

/* Whether some token comes in a cookie: browsers send it unasked. */
extern bool auth_uses_cookies(void);

/*
 * The headers that the database is given, as JSON: the client's but for
 * secrets, and the session variables that were verified.
 */
extern char *who_headers(const Who *who, const Headers *headers);

/* The role that the database is given; NULL: the connection's own. */
extern const char *who_role(const Who *who);

/* ---- shared by auth.c, jwt.c and hook.c ---- */

extern void auth_succeed(AuthTask *task);

/* The message is formatted. */
extern void auth_fail(AuthTask *task, int status, const char *code, const char *format,...)
			__attribute__((format(printf, 4, 5)));

#endif
