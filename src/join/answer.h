/*
 * answer.h: what the files that take in responses share.
 */
#ifndef RR_ANSWER_H
#define RR_ANSWER_H

#include "join/reader.h"

/* Where the value of one key of a batch stands among the step's values. */
typedef struct RrPlace
{
	bool		answered;
	int			start;			/* -1: null */
	int			len;
} RrPlace;

/* An element of a list that answers many keys. */
typedef struct RrElement
{
	int			start;			/* among the step's values; -1: null */
	int			len;
	int			position;		/* of its key in the batch, the first of those
								 * that it is for; -1: it is for none */
	int			ordinal;		/* which of the key's elements it is, from 0 */
} RrElement;

/* A response while it is taken in. */
typedef struct RrAnswer
{
	const RrBatch *batch;
	RrReader	reader;
	RrPlace    *places;			/* by position in the batch */

	/* what the top of the response has */
	bool		has_data;
	bool		data_is_null;
	RrSlice		errors;			/* the list "errors"; data is NULL without */

	/* of a batch by list or by position */
	int			start;			/* of the elements, among the step's values */
	int			nelements;
	int			max_elements;
	RrElement  *elements;		/* in the answer's order */
	int		   *next_equal;		/* by position: the next one whose key has the
								 * same elements, -1 at the end; NULL: no keys
								 * share elements */
} RrAnswer;

/* ---- elements.c ---- */

/*
 * Read the list that answers all keys of a batch by list or by position, and
 * give its elements to their keys. RR_READ_BROKEN: it is no such list.
 */
extern RrReadResult rr_read_elements(RrAnswer *answer);

/*
 * File an upstream's error about element i of the list, at path inside of it.
 * False when the element is no key's.
 */
extern bool rr_element_error(const RrAnswer *answer, int i, const char *message,
							 const GqlPath *path, const char *upstream);

/* ---- answer_errors.c ---- */

/* File the same error at all keys of a batch. */
extern void rr_batch_error(const RrBatch *batch, const char *message);

/* File the errors of the response at the keys that they are about. */
extern void rr_file_upstream_errors(const RrAnswer *answer);

/* Report an error for each key that got neither a value nor an error. */
extern void rr_file_missing_values(const RrAnswer *answer);

/* ---- answer_failure.c ---- */

/* Why no response came. */
extern const char *rr_failure_message(const RrBatch *batch, const RrHttpResponse *response);

/* Why a response is no answer. */
extern const char *rr_not_graphql_message(const RrRemoteSchema *remote,
										  const RrHttpResponse *response);

#endif							/* RR_ANSWER_H */
