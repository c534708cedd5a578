/*
 * answer.h: what the files that take in responses share.
 */
#ifndef RR_ANSWER_H
#define RR_ANSWER_H

#include "exec/reader.h"

/* Where the value of one key stands in the text that this response gives. */
typedef struct Place
{
	bool		answered;
	int			start;			/* -1: null */
	int			len;
} Place;

/* An element of a list that answers many keys. */
typedef struct Element
{
	int			start;			/* in the text that this response gives; -1: null */
	int			len;
	List	   *positions;		/* integers: the keys it belongs to, by position in the batch */
	List	   *ordinals;		/* integers, side by side with them: which of the key's values it is */
} Element;

typedef struct Answer
{
	const RrBatch *batch;
	RrReader	reader;
	Place	   *places;			/* by position in the batch */
	List	   *elements;		/* Element *: of a batch by list or position, in the answer's order */
	bool		has_data;
	bool		data_is_null;
	List	   *errors;			/* RrSlice *: elements of "errors" */
} Answer;

/*
 * Read the list that answers all keys of a batch by list or by position, and give its elements to their keys. Returns RR_READ_BROKEN when it is no such list.
 */
extern RrReadResult rr_read_elements(Answer *answer);

/* File an upstream's error about element i of the list, at path inside of it. False when no key has the element. */
extern bool rr_element_error(const Answer *answer, int i, const char *message, const GqlPath *path, const char *upstream);

#endif							/* RR_ANSWER_H */
