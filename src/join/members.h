/*
 * members.h: finds the members of an object that is being scanned, in the
 * order asked for or in any other.
 */
#ifndef RR_MEMBERS_H
#define RR_MEMBERS_H

#include "utils/hsearch.h"

#include "json/json.h"
#include "plan/remote/step.h"

/* What comes next in an object. */
typedef enum RrNext
{
	RR_NEXT_EXPECTED,
	RR_NEXT_OTHER,
	RR_NEXT_END,				/* the closing brace has been read */
	RR_NEXT_BROKEN,				/* it is no JSON */
} RrNext;

/*
 * Read the beginning of the next member, and its name. *first: no member has
 * come before; it is set to false. Never RR_NEXT_EXPECTED.
 */
static inline RrNext
rr_next_name(RrScan *scan, bool *first, RrSlice *name)
{
	bool		ok;

	if (!rr_scan_more(scan, *first, '}', &ok))
		return ok ? RR_NEXT_END : RR_NEXT_BROKEN;
	*first = false;
	return rr_scan_name(scan, name) ? RR_NEXT_OTHER : RR_NEXT_BROKEN;
}

/*
 * The same, where a member of a certain name is expected. member is the text
 * ,"name": of len bytes. *name is set if another member comes. Inline, since
 * each member of an answer passes here.
 */
static inline RrNext
rr_next_member(RrScan *scan, bool *first, const char *member, int len, RrSlice *name)
{
	RrNext		next;

	if (rr_scan_text(scan, member + *first, len - *first))
	{
		*first = false;
		return RR_NEXT_EXPECTED;
	}
	/* it has white space, or is another one */
	next = rr_next_name(scan, first, name);
	return next == RR_NEXT_OTHER && rr_slice_is(*name, member + 2, len - 4) ? RR_NEXT_EXPECTED
		: next;
}

/*
 * Find a member by name; the first one of that name counts. False if the
 * object, or what is JSON of it, has none. scan stands behind the object's
 * opening brace; it is a copy, so the caller's does not move.
 */
extern bool rr_find_member(RrScan scan, const char *name, int len, RrSlice *value);

/*
 * The number of the member of a shape that has this name: keys are counted
 * first, then fields; -1: none has it. Names are those of the document, so
 * joins have none. expected: the number that is tried first.
 *
 * *names is the index of names by shape; NULL at first. It is made in
 * CurrentMemoryContext, and a shape is added when it is asked for first.
 */
extern int	rr_member_number(HTAB **names, const RrObjectShape *object, RrSlice name,
							 int expected);

#endif							/* RR_MEMBERS_H */
