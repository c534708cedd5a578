/*
 * allow_list.h: the operations that roles may run, where enable_allowlist is
 * set.
 */
#ifndef ALLOW_LIST_H
#define ALLOW_LIST_H

#include <stdbool.h>

/* Reads the file that allow_list names, if any; NULL, or what is wrong. */
extern char *allow_list_init(void);

/*
 * Without a file: asks the metadata, from now on every few seconds. Until they
 * have answered, nothing is allowed.
 */
extern void allow_list_start(void);

/* The metadata may have changed. */
extern void allow_list_refresh(void);

/*
 * Whether a role may run a document, but for white space, commas and comments.
 */
extern bool allow_list_has(const char *query, const char *role);

#endif
