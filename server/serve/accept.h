/*
 * accept.h: content negotiation (RFC 9110, 12.4.2 and 12.5).
 */
#ifndef ACCEPT_H
#define ACCEPT_H

/*
 * How much a list ("gzip;q=0.5, *") wants a thing, from 0 to 1000; the most
 * specific entry decides. -1: the list does not speak of it. Parameters but q
 * are not compared, except charset, which must be utf-8.
 */
extern int	accept_quality(const char *list, const char *thing);

typedef enum AnswerType
{
	ANSWER_NONE,				/* nothing that we have */
	ANSWER_JSON,				/* application/json */
	ANSWER_GRAPHQL,				/* application/graphql-response+json */
	ANSWER_EVENTS				/* text/event-stream */
} AnswerType;

/* What a client wants; absent or anything: application/json. */
extern AnswerType accept_answer_type(const char *list);

/* Whether a content-type is that of JSON, in UTF-8. */
extern int	is_json_content_type(const char *type);

#endif
