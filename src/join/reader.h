/*
 * reader.h: an upstream's value, read along its shape: checked, renamed where
 * names are customized, keys taken out, holes put in.
 */
#ifndef RR_READER_H
#define RR_READER_H

#include "join/join.h"
#include "json/json.h"

typedef enum RrReadResult
{
	RR_READ_VALUE,
	RR_READ_NULL,
	RR_READ_INVALID,			/* does not fit its type and must be null
								 * further up; the error is filed, the scan
								 * stands anywhere */
	RR_READ_BROKEN,				/* is no JSON */
} RrReadResult;

typedef struct RrReader
{
	RrScan		scan;
	RrStepRun  *step;
	StringInfo	out;
	int			key;			/* whose value is being read, for errors; -1:
								 * not known yet */
	List	   *pending;		/* RrKeyError *, of the value whose key is not
								 * known yet */
	const RrObjectShape *top;	/* what the value's outermost object was read
								 * as; the key fields of it are keys[0] and so
								 * on */
	RrSlice    *keys;			/* key fields of the objects being read,
								 * outermost first */
	int			nkeys;
	int			keys_room;
} RrReader;

/*
 * Read one value: its answer text is appended to out ("null" for RR_READ_NULL;
 * for RR_READ_INVALID and RR_READ_BROKEN, out is to be cut back by the
 * caller). path is the place inside of the key's value, NULL at its beginning.
 */
extern RrReadResult rr_read_value(RrReader *reader, const GqlTypeRef *type, const RrShape *shape,
								  const GqlPath *path);

/*
 * The same where null is allowed: what is invalid has become null, and only
 * RR_READ_VALUE, _NULL and _BROKEN come back.
 */
extern RrReadResult rr_read_nullable(RrReader *reader, const GqlTypeRef *type,
									 const RrShape *shape, const GqlPath *path);

/* One field of an object, whose alias has been read already. */
extern RrReadResult rr_read_field(RrReader *reader, const RrShapeField *field,
								  const char *type_name, const GqlPath *path);

#endif							/* RR_READER_H */
