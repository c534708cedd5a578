/*
 * mutation_int.h: what the files of exec/ that run mutations share.
 *
 *	run_mutation.c	the root fields of a document, one after the other
 *	run_change.c	a root field: changes, then what is read of their rows
 *	run_insert.c	the statements of nested inserts
 *	changed_rows.c	what changes returned, and parameters made of it
 */
#ifndef RR_MUTATION_INT_H
#define RR_MUTATION_INT_H

#include "exec/exec_int.h"
#include "join/join.h"
#include "plan/sql/mutation.h"

/* ---- changed_rows.c ---- */

/* What statements returned of the rows that they changed. */
typedef struct RrChanged
{
	MemoryContext cxt;			/* holds the values */
	const RrReturning *returning;
	bool		plain;			/* JSON was returned, not columns */
	int			ncolumns;		/* columns kept of each row */
	int			nrows;
	int			capacity;
	Datum	   *values;			/* by row, then column */
	bool	   *nulls;
	int			ntexts;
	StringInfoData *texts;		/* plain: for each ROWS member the JSON of the
								 * rows, with commas between */
} RrChanged;

/*
 * Make an empty one in CurrentMemoryContext. ncolumns: that stand before what
 * returning (or NULL) asks for.
 */
extern RrChanged *rr_changed_create(int ncolumns, const RrReturning *returning, bool plain);

/* Add the rows in SPI_tuptable: an RrTakeResult; changed: an RrChanged. */
extern void rr_changed_take(void *changed);

/* Gives the value of a parameter for a row, of the base type of its column. */
typedef Datum (*RrRowValue) (void *arg, int row, int column, bool *isnull);

/*
 * A copy of a statement whose parameters of a kind (COLUMN, GIVEN,
 * CHANGED) have the values of rows first to first + nrows - 1. bases: the base
 * type of each column.
 */
extern RrSqlStatement *rr_bind_rows(const RrSqlStatement *statement, RrParamKind kind,
									const Oid *bases, int first, int nrows, RrRowValue value,
									void *arg);

/* ---- run_change.c ---- */

/*
 * Run a root field, and append its value, which may have holes. insert: the
 * rows of an insert. Throws what the statements throw.
 */
extern void rr_run_mutation_field(RrRun *run, const RrMutation *mutation, RrInsert *insert,
								  StringInfo out);

/*
 * Can a change answer by itself? Not where the selection needs more than the
 * row, or a trigger may change the row once more.
 */
extern bool rr_change_is_plain(const RrMutation *mutation, const RrInsert *insert);

/* ---- run_insert.c ---- */

/*
 * Insert the rows, and those nested in them. What returning asks of the rows
 * is in *changed. Returns how many rows were inserted or updated.
 */
extern uint64 rr_run_insert(RrRun *run, const RrMutation *mutation, RrInsert *insert, bool plain,
							RrChanged **changed);

#endif							/* RR_MUTATION_INT_H */
