/*
 * reader.h: reads an upstream's value along its shape: checks it, renames
 * members where names are customized, takes keys out, and puts holes in.
 */
#ifndef RR_READER_H
#define RR_READER_H

#include "utils/hsearch.h"

#include "join/join_int.h"

typedef enum RrReadResult
{
	RR_READ_VALUE,
	RR_READ_NULL,
	RR_READ_INVALID,			/* it does not fit its type, and the nearest
								 * nullable place becomes null; the error is
								 * filed, the scan stands anywhere */
	RR_READ_BROKEN,				/* it is no JSON */
} RrReadResult;

typedef struct RrReader
{
	RrScan		scan;
	RrStepRun  *step;
	StringInfo	out;

	/* where errors go */
	int			key;			/* whose value is being read; -1: not known
								 * yet */
	List	   *pending;		/* RrKeyError *, while the key is not known:
								 * at most RR_MAX_KEY_ERRORS */
	MemoryContext pending_cxt;	/* has them; needed where the key may not be
								 * known */

	/* key fields of the objects being read */
	const RrObjectShape *top;	/* the shape of the value's outermost object,
								 * whose key fields start at keys[0]; NULL: it
								 * is no object */
	RrSlice    *keys;			/* outermost object first */
	int			nkeys;
	int			max_keys;

	HTAB	   *names;			/* for rr_member_number(); NULL: no object
								 * left the order of its shape */
} RrReader;

/*
 * Read a value where null is allowed, whatever the type says. What does not
 * fit becomes null, so RR_READ_INVALID is never returned.
 */
extern RrReadResult rr_read_nullable(RrReader *reader, const GqlTypeRef *type,
									 const RrShape *shape, const GqlPath *path);

/*
 * Read the value of one field of an object, whose alias has been read. For
 * type_name see RR_SHAPE_TYPENAME.
 */
extern RrReadResult rr_read_field(RrReader *reader, const RrShapeField *field,
								  const char *type_name, const GqlPath *path);

#endif							/* RR_READER_H */
