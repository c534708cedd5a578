/*
 * exec_int.h: what the files of exec/ share.
 */
#ifndef RR_EXEC_INT_H
#define RR_EXEC_INT_H

#include "exec/exec.h"
#include "join/join.h"
#include "plan/plan.h"

/*
 * Read the rows that a mutation's inserts are given. False when an error was
 * filed: it is a request error, and nothing must be run. *inserts is for
 * rr_run_plan().
 */
extern bool rr_prepare_inserts(const RrPlan *plan, GqlErrorList *errors, List **inserts);

/*
 * Run a plan. The value of "data", an object or null, is appended to out; what
 * goes wrong with a field is filed in errors. Throws 25006 for a mutation in a
 * read-only transaction.
 */
extern void rr_run_plan(const RrPlan *plan, List *inserts, StringInfo out, GqlErrorList *errors);

/* ---- run_plan.c, run_mutation.c: for each other ---- */

/*
 * Run the root fields of a mutation. texts: for each root field where its JSON
 * goes. False when an error undid all local work: it is filed, and "data" is
 * null. Throws 25006 in a read-only transaction.
 */
extern bool rr_run_mutation(RrRun *run, List *inserts, StringInfoData *texts);

/* Let the steps of a root field begin. */
extern void rr_start_step(RrRun *run, const RrRootField *root);

/* The response path of a root field. In CurrentMemoryContext. */
extern const GqlPath *rr_root_path(const RrRootField *root);

/*
 * Is a mutation's field null that must not be? Then "data" will be null, and
 * the fields after it are not run (specification, 6.4.4).
 */
extern bool rr_nulls_data(const RrRun *run, const RrRootField *root);

/* Append the members of graphql_explain()'s object that show the plan. */
extern void rr_explain_plan(const RrPlan *plan, List *inserts, StringInfo out);

#endif							/* RR_EXEC_INT_H */
