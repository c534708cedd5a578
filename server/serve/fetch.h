/*
 * fetch.h: asking other servers (key sets, the auth hook) from the loop.
 */
#ifndef FETCH_H
#define FETCH_H

#include "common/buffer.h"

typedef struct Fetch Fetch;

typedef struct FetchRequest
{
	const char *url;			/* http or https */
	const char *body;			/* NULL: GET; otherwise POST of JSON */
	char	  **headers;		/* "name: value", NULL-terminated; may be NULL */
	long		timeout_ms;
} FetchRequest;

typedef struct FetchAnswer
{
	int			status;			/* 0: no answer */
	const char *error;			/* then why; names no secret */
	const char *body;			/* NUL-terminated; at most FETCH_MAX_BODY */
	size_t		body_len;
	long long	max_age_s;		/* of cache-control or expires; -1: not said */
} FetchAnswer;

#define FETCH_MAX_BODY (1024 * 1024)

extern void fetch_init(void);

/*
 * The callback comes once, later, unless the fetch is cancelled before. What
 * is in the request is copied.
 */
extern Fetch *fetch_start(const FetchRequest *request,
						  void (*done) (void *arg, const FetchAnswer *answer), void *arg);
extern void fetch_cancel(Fetch *fetch);

#endif
