/*
 * console.h: the files of /console.
 */
#ifndef CONSOLE_H
#define CONSOLE_H

#include "serve/http.h"

extern void console_file(HttpRequest *r);

/* Whether there is one to be served. */
extern bool console_exists(void);

#endif
