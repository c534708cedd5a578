/*
 * rate_limit.h: how many requests a second one client and role may send.
 */
#ifndef RATE_LIMIT_H
#define RATE_LIMIT_H

#include <stdbool.h>

/* Counts one. The role is NULL for the administrator, who has no limit. */
extern bool rate_limit_allows(const char *address, const char *role);

#endif
