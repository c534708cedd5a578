/*
 * sql_change.h: what the files that compile mutations share.
 */
#ifndef RR_SQL_CHANGE_H
#define RR_SQL_CHANGE_H

#include "plan/sql/mutation.h"
#include "plan/sql/sql.h"

/* ---- sql_returning.c ---- */

/*
 * Plan what the answer to a root field asks of the rows; table and form are
 * set. keep: the rows still exist after the change. False when an error was
 * filed.
 */
extern bool rr_compile_returning(RrSql *sql, RrReturning *returning, const GqlFieldSel *field,
								 bool keep);

/*
 * Append what a change returns for the answer, with the table in sight as
 * alias; separator stands before it. Nothing when no rows are asked for. False
 * when an error was filed.
 */
extern bool rr_append_returned(RrSql *sql, StringInfo out, const RrReturning *returning,
							   bool plain, const char *alias, const char *separator);

/*
 * The array type in which many values of a scalar are passed, for unnest(). It
 * is text[] where there is none that unnest() leaves whole.
 */
extern Oid	rr_values_type(const RrScalar *scalar);

/* The value, of its own type, of what unnest() makes of such an array. */
extern const char *rr_deparse_unnested(const RrScalar *scalar, const char *expression);

/* ---- default_expression.c ---- */

/*
 * The default of a column as an expression, as names are found at present.
 * NULL when there is none, or when the role could not write it.
 */
extern const char *rr_deparse_default(RrRoleSchema *rs, const RrTable *table,
									  const RrColumn *column);

/* ---- sql_update.c ---- */

/* The changes of an update or delete. False when an error was filed. */
extern bool rr_compile_update(RrSql *sql, RrMutation *mutation, const GqlNames *args);
extern bool rr_compile_delete(RrSql *sql, RrMutation *mutation, const GqlFieldSel *field,
							  const GqlNames *args);

#endif							/* RR_SQL_CHANGE_H */
