/*
 * ask.h: metadata commands, sent to a database or to an endpoint.
 */
#ifndef ASK_H
#define ASK_H

#include "common/json_scan.h"

typedef struct Target
{
	const char *database_url;	/* counts before the endpoint */
	const char *endpoint;		/* http or https; /v1/metadata is below it */
	const char *admin_secret;	/* for the endpoint; may be NULL */
	long		timeout_s;		/* for one command */
} Target;

typedef struct Reply
{
	JsonText	json;			/* what the command answered; absent after an
								 * error */
	char	   *error;			/* NULL when it was run */
	char	   *detail;			/* of the error: lines; or NULL */
	char	   *hint;			/* or NULL */
	bool		not_asked;		/* nobody was there to answer */
} Reply;

/* Runs {"type": type, "args": args}. What it returns lives on. */
extern Reply ask(const Target *target, const char *type, const char *args);

#endif
