/*
 * allow_list.h: the operations that roles may run, where enable_allowlist is
 * set.
 */
#ifndef ALLOW_LIST_H
#define ALLOW_LIST_H

#include <stdbool.h>

/* Reads the file that allow_list names; NULL, or what is wrong. */
extern char *allow_list_init(void);

/* Whether a document is in it, but for white space, commas and comments. */
extern bool allow_list_has(const char *query);

#endif
