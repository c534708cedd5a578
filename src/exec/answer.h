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

/* An element of a list that answers many keys: where it stands in the text that this response gives; start is -1 for null. */
typedef struct Element
{
	int			start;
	int			len;
} Element;

/* That an element belongs to a key. */
typedef struct Claim
{
	int			element;
	int			position;		/* of the key in the batch */
	int			ordinal;		/* which of the key's values the element is */
} Claim;

typedef struct Answer
{
	const RrBatch *batch;
	RrReader	reader;
	Place	   *places;			/* by position in the batch */
	int			nelements;		/* of a batch by list or position, in the answer's order */
	int			max_elements;
	Element    *elements;
	int			nclaims;		/* in order of their elements */
	int			max_claims;
	Claim	   *claims;
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
