/*
 * headers.h: a list of headers, of HTTP or of a WebSocket's connection_init.
 */
#ifndef HEADERS_H
#define HEADERS_H

#include <stdbool.h>

#include "common/buffer.h"

typedef struct Header
{
	char	   *name;			/* in lower case */
	char	   *value;
} Header;

typedef struct Headers
{
	Header	   *items;
	int			n;
} Headers;

/*
 * Adds one. A name that is there already gets both values, joined as HTTP
 * joins them. What is no header (RFC 9110, 5.1 and 5.5) or no UTF-8 is left
 * out; false then.
 */
extern bool headers_add(Headers *h, const char *name, const char *value);

/* By its name in lower case; NULL. */
extern const char *headers_get(const Headers *h, const char *name);
extern void headers_free(Headers *h);

/* ASCII letters; also NULL. */
extern void make_lower_case(char *text);

/* x-hasura-..., in all spellings that the extension takes for it. */
extern bool is_session_variable(const char *name);

/* The value of a cookie as a new text; NULL. */
extern char *headers_cookie(const Headers *h, const char *name);

#endif
