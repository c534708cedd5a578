/*
 * row_stream.h: the rows of an array, each with the value that a run's first
 * step has for it, handed out one by one in the array's order.
 */
#ifndef RR_ROW_STREAM_H
#define RR_ROW_STREAM_H

#include "utils/array.h"

#include "join/join.h"

typedef struct RrRowStream RrRowStream;

/*
 * File the keys of all rows; the first requests go out. In
 * CurrentMemoryContext; the array must last as long.
 */
extern RrRowStream *rr_row_stream_create(RrRun *run, ArrayType *array);
extern const RrStep *rr_row_stream_step(const RrRowStream *stream);

/* Is the next row's value still to come? */
extern bool rr_row_stream_must_wait(const RrRowStream *stream);

/* Wait for it. Has to be called as the role, unlike the others. */
extern void rr_row_stream_wait(RrRowStream *stream);

/*
 * The next row and its value, as jsonb in CurrentMemoryContext; errors about
 * it are filed in the run's list. False at the end.
 */
extern bool rr_row_stream_next(RrRowStream *stream, Datum *values, bool *nulls);

#endif							/* RR_ROW_STREAM_H */
