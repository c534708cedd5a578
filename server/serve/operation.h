/*
 * operation.h: a GraphQL operation, whatever it came by: HTTP, WebSocket or an
 * event stream.
 */
#ifndef OPERATION_H
#define OPERATION_H

#include "common/json_scan.h"
#include "common/operation_kind.h"
#include "serve/accept.h"
#include "serve/auth.h"
#include "serve/db.h"

/* What a client asks for: {query, variables, operationName, extensions}. */
typedef struct GraphqlRequest
{
	char	   *query;
	char	   *variables;		/* JSON, as the client spelled it; NULL */
	char	   *operation_name; /* NULL */
	OperationKind kind;
} GraphqlRequest;

/* NULL, or what is wrong, which is a constant text. */
extern const char *graphql_request_read(GraphqlRequest *request, const JsonText *body);

/* From texts, each of which may be NULL; these are copied. */
extern const char *graphql_request_from_texts(GraphqlRequest *request, const char *query,
											  const char *variables, const char *operation_name,
											  const char *extensions);
extern void graphql_request_free(GraphqlRequest *request);
extern const char *operation_kind_name(OperationKind kind);

typedef enum Outcome
{
	OUTCOME_DATA,				/* the answer has data, maybe beside errors */
	OUTCOME_REQUEST_ERROR,		/* it has none: the request was wrong */
	OUTCOME_DENIED,				/* the role is not allowed */
	OUTCOME_WRITES_BY_GET,
	OUTCOME_TOO_MANY,
	OUTCOME_UNAVAILABLE,		/* no connection to the database */
	OUTCOME_TIMEOUT,
	OUTCOME_INTERNAL,
	N_OUTCOMES
} Outcome;

/* The HTTP status that an outcome has for the type of answer asked for. */
extern unsigned outcome_status(Outcome outcome, AnswerType type);

typedef struct Operation Operation;
struct Operation
{
	/* of the caller */
	GraphqlRequest request;
	bool		by_get;			/* must not write */
	const char *transport;		/* http, websocket, sse */
	void		(*done) (Operation *op);	/* not called from
											 * operation_start() */
	void	   *owner;

	/* the answer: text is JSON, in the result or in own_text */
	Outcome		outcome;
	const char *text;
	size_t		len;
	PGresult   *result;
	Buffer		own_text;
	const char *error_code;		/* of errors that are the program's */
	long long	queue_us;
	long long	db_us;

	/* of operation.c */
	DbJob		job;
	char	   *role;
	char	   *headers;
	bool		running;
};

/* The address is the client's, for the rate limit. */
extern void operation_start(Operation *op, const Who *who, const Headers *headers,
							const char *address);

/* No done() any more. */
extern void operation_cancel(Operation *op);

/* Frees what it holds, request and answer. */
extern void operation_clear(Operation *op);

#endif
