/*
 * plan_int.h: what the files of the plan cache share.
 *
 *	plan_cache.c			documents and their plans, found by text
 *	variable_signature.c	which plan of a document serves given variables
 *	param_origin.c			new values for the parameters of a kept plan
 */
#ifndef RR_PLAN_INT_H
#define RR_PLAN_INT_H

#include "utils/hsearch.h"

#include "plan/plan.h"

/* ---- variable_signature.c ---- */

/*
 * A text with everything about the request's variables that SQL may depend on:
 * which are given, which fields objects have, enum values, booleans, nulls and
 * signs. Requests with equal signatures can use one plan. palloc'd in
 * CurrentMemoryContext.
 */
extern char *rr_variable_signature(GqlRequest *request);

/*
 * A text with all values of the request's variables: what a plan needs that
 * depends_on_values. palloc'd in CurrentMemoryContext.
 */
extern char *rr_variable_values(GqlRequest *request);

/* ---- param_origin.c ---- */

typedef struct RrParamOrigin RrParamOrigin;

/*
 * A table of all values inside of the request's variables. The caller destroys
 * it; what it points to is palloc'd in CurrentMemoryContext.
 */
extern HTAB *rr_variable_places(GqlRequest *request);

/*
 * Where the value of each parameter of a statement comes from: an array in the
 * order of statement->params, in CurrentMemoryContext. Marks the parameters
 * that are constant. places: rr_variable_places() of the request that the
 * statement was compiled for.
 */
extern RrParamOrigin *rr_param_origins(RrSqlStatement *statement, HTAB *places);

/*
 * A kept statement with the values of another request, whose variables have
 * the same signature. The statement itself when no value comes from a
 * variable; else a copy in CurrentMemoryContext, which shares the rest.
 */
extern RrSqlStatement *rr_bind_statement(GqlRequest *request, RrSqlStatement *statement,
										 const RrParamOrigin *origins);

#endif							/* RR_PLAN_INT_H */
