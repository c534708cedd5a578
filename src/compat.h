/*
 * compat.h: the differences between PostgreSQL 13 and 18, all in one place.
 */
#ifndef RR_COMPAT_H
#define RR_COMPAT_H

#if PG_VERSION_NUM < 130000
#error "remote_rel needs PostgreSQL 13 or later"
#endif

/* From 16 on libraries are built with hidden visibility; what the server looks up by name must not be. */
#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif

#endif							/* RR_COMPAT_H */
