/*
 * exec.h: answers GraphQL documents: graphql_resolve() and the functions
 * beside it.
 */
#ifndef RR_EXEC_H
#define RR_EXEC_H

#include "utils/jsonb.h"

/*
 * The arguments of graphql_resolve(), graphql_validate(), graphql_explain().
 */
typedef struct RrCall
{
	const char *query;
	int			query_len;
	const char *role;			/* NULL: the caller */
	Jsonb	   *variables;		/* or NULL */
	const char *operation_name; /* or NULL */
	Jsonb	   *headers;		/* or NULL */
} RrCall;

/*
 * These append JSON text to out. What is wrong with a document is in the text;
 * they throw for arguments that are wrong (22023, 42501, 42704) and for what
 * rr_run_in_subtransaction() rethrows.
 */

/* {"data": …, "errors": […]} */
extern void rr_resolve(const RrCall *call, StringInfo out);

/* The errors of the document, a list; nothing is run. */
extern void rr_validate(const RrCall *call, StringInfo out);

/* The plan: {"statements": […], "remote": […]}, or {"errors": […]}. */
extern void rr_explain(const RrCall *call, StringInfo out);

/* Append the schema that a role sees (NULL: the caller), as SDL. */
extern void rr_schema_text(const char *role, StringInfo out);

#endif							/* RR_EXEC_H */
