/*
 * origin.h: which web pages may ask.
 */
#ifndef ORIGIN_H
#define ORIGIN_H

#include <stdbool.h>

/* Whether a page of this origin may read answers, and send cookies for it. */
extern bool cors_allows(const char *origin);

/* The same for any page, but without cookies. */
extern bool cors_allows_all(void);

/*
 * Without an admin secret everybody on this machine is the administrator. A
 * browser must not lend that to pages from elsewhere: neither by their origin
 * nor by a name that they let point to this address. Either may be NULL.
 */
extern bool host_is_trusted(const char *host);

#endif
