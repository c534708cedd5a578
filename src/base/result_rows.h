/*
 * result_rows.h: the rows that a set-returning function answers with.
 */
#ifndef RR_RESULT_ROWS_H
#define RR_RESULT_ROWS_H

#include "fmgr.h"
#include "utils/tuplestore.h"

typedef struct RrResultRows
{
	TupleDesc	desc;
	Tuplestorestate *store;
} RrResultRows;

/*
 * Let the function return rows, by its OUT parameters. Throws 0A000 where the
 * caller cannot take them. InitMaterializedSRF() does the same, from
 * PostgreSQL 15 on.
 */
extern RrResultRows rr_result_rows(FunctionCallInfo fcinfo);

#endif							/* RR_RESULT_ROWS_H */
