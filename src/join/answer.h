/*
 * answer.h: what the files that take in responses share.
 */
#ifndef RR_ANSWER_H
#define RR_ANSWER_H

#include "join/reader.h"

/* Where the value of one key stands among the step's. */
typedef struct Place
{
	bool		answered;
	int			start;			/* -1: null */
	int			len;
} Place;

/*
 * An element of a list that answers many keys: where it stands among the
 * step's values; start is -1 for null.
 */
typedef struct Element
{
	int			start;
	int			len;
	int			position;		/* of its key in the batch, the first one of
								 * equals; -1: nobody's */
	int			ordinal;		/* which of the key's values it is */
} Element;

typedef struct Answer
{
	const RrBatch *batch;
	RrReader	reader;
	Place	   *places;			/* by position in the batch */
	int			start;			/* of the elements' values */
	int			nelements;		/* of a batch by list or position, in the
								 * answer's order */
	int			max_elements;
	Element    *elements;
	int		   *next_equal;		/* from a position to the next whose key has
								 * the same elements, -1 at the end; NULL:
								 * there are no such keys */
	bool		has_data;
	bool		data_is_null;
	List	   *errors;			/* RrSlice *: elements of "errors" */
} Answer;

/*
 * Read the list that answers all keys of a batch by list or by position, and
 * give its elements to their keys. Returns RR_READ_BROKEN when it is no such
 * list.
 */
extern RrReadResult rr_read_elements(Answer *answer);

/*
 * File an upstream's error about element i of the list, at path inside of it.
 * False when no key has the element.
 */
extern bool rr_element_error(const Answer *answer, int i, const char *message,
							 const GqlPath *path, const char *upstream);

#endif							/* RR_ANSWER_H */
