/*
 * exec_int.h: what the files of exec/ share.
 */
#ifndef RR_EXEC_INT_H
#define RR_EXEC_INT_H

#include "exec/exec.h"
#include "plan/plan.h"

/*
 * Run a plan. The value of "data", an object or null, is appended to out; what
 * goes wrong with a field is filed in errors. Throws 25006 for a mutation in a
 * read-only transaction.
 */
extern void rr_run_plan(const RrPlan *plan, StringInfo out, GqlErrorList *errors);

/* Append the members of graphql_explain()'s object that show the plan. */
extern void rr_explain_plan(const RrPlan *plan, StringInfo out);

#endif							/* RR_EXEC_INT_H */
