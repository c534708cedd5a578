/*
 * plan.h: an operation turned into what has to be run: SQL statements, remote
 * documents, join steps.
 */
#ifndef RR_PLAN_H
#define RR_PLAN_H

#include "schema/remote/remote.h"

typedef enum RrParamKind
{
	RR_PARAM_VALUE,
	RR_PARAM_SESSION,			/* all session variables, as json */
	RR_PARAM_KEYS,				/* the values of one joining field, for all
								 * keys: an array */
	RR_PARAM_RUN,				/* the number of the run, by which join_hole()
								 * knows our own statements */
} RrParamKind;

/*
 * A bind parameter. Its text is given to the type's input function when the
 * statement runs, so that what the type refuses is an error of the root field.
 */
typedef struct RrSqlParam
{
	RrParamKind kind;
	Oid			type;
	const GqlValue *value;		/* VALUE: coerced; NULL kind for NULL */
	int			key;			/* KEYS: which joining field */
	bool		constant;		/* the document's own, in a statement that is
								 * kept: read once */
	bool		is_read;
	bool		isnull;
	Datum		datum;
} RrSqlParam;

/*
 * A statement prepared at its first execution, for as long as its plan is
 * kept.
 */
typedef struct RrPrepared
{
	MemoryContext cxt;			/* its plan's */
	struct _SPI_plan *plan;		/* NULL: not yet */
} RrPrepared;

/*
 * One statement that returns at most one row with one json column: the
 * finished value of its root field. No row: null.
 */
typedef struct RrSqlStatement
{
	const char *sql;
	List	   *params;			/* RrSqlParam * */
	RrPrepared *prepared;		/* NULL: the statement is run once */
} RrSqlStatement;

typedef struct RrStep RrStep;

typedef struct RrPlanner
{
	RrRoleSchema *rs;
	GqlRequest *request;
	GqlErrorList *errors;		/* what only planning can find (a negative
								 * limit): request errors with location */
	List	   *steps;			/* RrStep *, by number */
	List	   *tables;			/* oids, of those that statements read */
	RrStep	   *parent;			/* the step in whose rows the joins that are
								 * being compiled stand; NULL: in a root
								 * field's */
	int			fields;			/* for rr_count_fields() */
	int			relationships;	/* for rr_sql_relationship() */
	int			introspected;	/* bytes of introspection fields */
	bool		depends_on_values;	/* set by what made something of a
									 * variable's value: the plan is good for
									 * equal values only */
} RrPlanner;

/*
 * Count n more fields to be answered, of whatever source, against a limit: a
 * hostile document stands for exponentially many, with fragments within
 * fragments. False when they are too many: filed.
 */
extern bool rr_count_fields(RrPlanner *planner, int n);

/* ---- SQL (sql_*.c) ---- */

/*
 * Compile a join from a remote type to a table (RR_FIELD_TABLE_JOIN): one
 * statement for all keys, which returns the position of a key (from 1) and its
 * json value, a row a key. NULL when an error was filed.
 */
extern RrSqlStatement *rr_compile_for_keys(RrPlanner *planner, const GqlFieldSel *field);

/*
 * Compile one field of query_root that tables answer. NULL when an error was
 * filed.
 */
extern RrSqlStatement *rr_compile_root(RrPlanner *planner, const GqlFieldSel *field);

/* ---- joins (join_*.c) ---- */

/*
 * A remote join met while compiling a selection. The compiler emits, as the
 * field's json value, remote_rel.join_hole(<step number>, <RUN parameter>,
 * <key 1>, …) with the join's keys (RrRemoteJoin.keys) in order. NULL when an
 * error was filed.
 */
extern RrStep *rr_plan_join(RrPlanner *planner, const GqlFieldSel *field);
extern int	rr_step_number(const RrStep *step);

/* ---- the whole ---- */

typedef enum RrRootKind
{
	RR_ROOT_TEXT,				/* __typename, __schema, __type: finished at
								 * planning */
	RR_ROOT_SQL,
	RR_ROOT_REMOTE,
	RR_ROOT_NAMESPACE,			/* root fields of a remote schema below one
								 * field of their own */
} RrRootKind;

typedef struct RrRootField
{
	RrRootKind	kind;
	const GqlFieldSel *field;
	const char *text;			/* TEXT */
	RrSqlStatement *statement;	/* SQL */
	RrStep	   *step;			/* REMOTE: what answers it, with others of its
								 * remote schema */
	int			slot;			/* REMOTE: which of the step's fields it is */
	List	   *fields;			/* NAMESPACE: RrRootField * */
} RrRootField;

typedef struct RrPlan
{
	RrRoleSchema *rs;
	GqlRequest *request;
	List	   *roots;			/* RrRootField *, in response order */
	List	   *steps;			/* RrStep *, by number; a parent comes before
								 * its children */
	List	   *tables;			/* oids, of those that statements read */
	bool		depends_on_values;	/* RrPlanner.exact */
} RrPlan;

/* NULL when errors were filed; request errors, as all of planning's. */
extern RrPlan *rr_plan(RrRoleSchema *rs, GqlRequest *request, GqlErrorList *errors);

/* ---- cache.c ---- */

/*
 * The plan of a document for the present user, from its text on: parsed,
 * validated, its variables coerced; what earlier calls with the same text made
 * is used again. inputs as for gql_request_create(). Kept whole until
 * CurrentMemoryContext goes. NULL when errors were filed.
 */
extern RrPlan *rr_plan_document(const char *query, int len, const char *operation_name,
								const GqlValue *inputs, GqlErrorList *errors);

/*
 * Lock what the statements of the present user's plan read, as they will when
 * they run, so that it changes no more. False when something has changed since
 * rr_plan_document() was called, so that it has to be called again.
 */
extern bool rr_plan_lock(const RrPlan *plan);

#endif							/* RR_PLAN_H */
