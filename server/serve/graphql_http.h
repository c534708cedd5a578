/*
 * graphql_http.h: GraphQL over HTTP, and over event streams.
 */
#ifndef GRAPHQL_HTTP_H
#define GRAPHQL_HTTP_H

#include "serve/http.h"
#include "serve/operation.h"

/* /v1/graphql */
extern void graphql_http(HttpRequest *r);

/* One request's work: one document, or a list of them, one after the other. */
typedef struct GraphqlWork
{
	HttpRequest *r;
	AnswerType	type;
	bool		batch;
	GraphqlRequest *requests;
	int			n;
	int			next;
	AuthTask	auth;
	Operation	op;
	Buffer		answers;		/* of a list */

	/* of event_stream.c */
	Timer		ping;
	bool		streaming;		/* headers are sent */
	bool		finished;
	Buffer		stream;
	size_t		streamed;
} GraphqlWork;

extern void graphql_work_free(GraphqlWork *work);

/* ---- event_stream.c ---- */

/* The operation has begun; comments keep proxies from closing meanwhile. */
extern void event_stream_begin(GraphqlWork *work);

/* Its answer is there: next and complete. Frees the work, now or later. */
extern void event_stream_finish(GraphqlWork *work);

#endif
