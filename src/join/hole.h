/*
 * hole.h: the place in a text where a key's value belongs.
 *
 * A hole is \x01 <run> : <step> : <key> \x02, with the numbers in decimal.
 * JSON text cannot hold these bytes raw, so holes are found without parsing.
 * The number of the run is random: a hole that a user's function has stored in
 * a table never matches a later run.
 */
#ifndef RR_HOLE_H
#define RR_HOLE_H

#include "join/join.h"

#define RR_HOLE_BEGIN '\x01'
#define RR_HOLE_SEPARATOR ':'
#define RR_HOLE_END '\x02'

/* No hole is longer: three numbers, and what stands around them. */
#define RR_HOLE_MAX_LEN 48

/* Append the hole of a key, and count it. */
extern void rr_hole_append(StringInfo out, RrStepRun *step, int key);

/*
 * Read a hole. *pos stands behind RR_HOLE_BEGIN, and is moved behind the hole,
 * also behind what looks like one but is none of this run. Returns the key and
 * sets *step, or returns -1.
 */
extern int	rr_hole_read(RrRun *run, const char **pos, const char *end, RrStepRun **step);

#endif							/* RR_HOLE_H */
