/*
 * plan.h: an operation turned into what has to be run: SQL statements, and
 * documents for remote schemas.
 *
 *	plan.c			root fields, each given to what answers it
 *	plan_cache.c	plans kept for the next call (plan_int.h has a file map)
 *	sql/mutation.h	root fields that write
 *	sql/			the SQL compiler (sql.h has a file map)
 *	remote/			remote schemas and joins (step.h has a file map)
 *
 * All is palloc'd in CurrentMemoryContext.
 */
#ifndef RR_PLAN_H
#define RR_PLAN_H

#include "schema/remote/remote.h"

/* One join, or the root fields of one remote schema: plan/remote/step.h. */
typedef struct RrStep RrStep;

/* ---- SQL statements ---- */

typedef enum RrParamKind
{
	RR_PARAM_VALUE,				/* a value of the document or its variables */
	RR_PARAM_SESSION,			/* all session variables, as json */
	RR_PARAM_KEYS,				/* the values of one joining field, for all
								 * keys: an array */
	RR_PARAM_RUN,				/* the number of the run, by which join_hole()
								 * knows our own statements */
	RR_PARAM_COLUMN,			/* values of the rows of an insert */
	RR_PARAM_GIVEN,				/* which rows of an insert give a column */
	RR_PARAM_CHANGED,			/* what a change of a mutation returned */
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
	int			key;			/* KEYS: which joining field; COLUMN, GIVEN,
								 * CHANGED: which column */
	int			row;			/* COLUMN, GIVEN, CHANGED: number of the row;
								 * -1: all, as an array */

	/* VALUE: one of the document in a kept statement is read once */
	bool		constant;
	bool		is_read;		/* isnull and datum are set */
	bool		isnull;
	Datum		datum;
} RrSqlParam;

/* A kept statement, prepared when it is run first. */
typedef struct RrPrepared
{
	MemoryContext cxt;			/* the kept plan's */
	struct _SPI_plan *plan;		/* saved; NULL: not prepared yet */
} RrPrepared;

/*
 * A statement for a root field returns one row with one json column, the
 * finished value; no row: null. One for keys: see rr_compile_for_keys().
 */
typedef struct RrSqlStatement
{
	const char *sql;
	List	   *params;			/* RrSqlParam *: $1, $2, … */
	RrPrepared *prepared;		/* NULL: the statement is run once */

	/* conditions on remote fields, and sorting by them */
	List	   *before;			/* RrSqlStatement *: run one after the other
								 * before it; each files keys, whose values
								 * the next needs. They have the same
								 * parameters. */
	List	   *filters;		/* RrStep *: that the keys are for */
} RrSqlStatement;

/* ---- plans ---- */

typedef enum RrRootKind
{
	RR_ROOT_TEXT,				/* __typename, __schema, __type: finished at
								 * planning */
	RR_ROOT_SQL,
	RR_ROOT_MUTATION,			/* statements that write */
	RR_ROOT_REMOTE,
	RR_ROOT_NAMESPACE,			/* root fields of a remote schema below one
								 * field of their own */
} RrRootKind;

typedef struct RrRootField
{
	RrRootKind	kind;
	const GqlFieldSel *field;
	const GqlFieldSel *outer;	/* the namespace of tables that it stands in,
								 * or NULL */
	const char *text;			/* TEXT: JSON */
	RrSqlStatement *statement;	/* SQL */
	struct RrMutation *mutation;	/* MUTATION: plan/sql/mutation.h */
	RrStep	   *step;			/* REMOTE: what answers it, with others of its
								 * remote schema */
	int			slot;			/* REMOTE: which of the step's fields it is */
	List	   *fields;			/* NAMESPACE: RrRootField * */
} RrRootField;

typedef struct RrPlan
{
	RrRoleSchema *rs;
	GqlRequest *request;
	List	   *roots;			/* RrRootField *, in response order; those of
								 * one namespace of tables side by side */
	List	   *steps;			/* RrStep *, by number; a parent comes before
								 * its children */
	List	   *tables;			/* oids, of those that statements read */
	bool		depends_on_values;	/* RrPlanner.depends_on_values */
} RrPlan;

/* A plan in the making. */
typedef struct RrPlanner
{
	RrRoleSchema *rs;
	GqlRequest *request;
	GqlErrorList *errors;		/* what only planning can find (a negative
								 * limit): request errors with location */
	bool		depends_on_values;	/* a variable's value was used itself, not
									 * as a parameter: the plan serves equal
									 * values only */

	/* for the plan */
	List	   *steps;			/* RrStep *, by number */
	List	   *tables;			/* oids */

	/* while it is made */
	List	   *filters;		/* RrFilter * of the root field that is being
								 * compiled */
	const GqlFieldSel *filtered;	/* the field whose where and order_by are
									 * being compiled; or NULL */
	RrStep	   *parent;			/* the step whose rows are being compiled: it
								 * has the holes of further joins; NULL: a
								 * root field */
	int			nfields;		/* for rr_count_fields() */
	int			nrelationships; /* for rr_sql_count_relationship() */
	int			introspected;	/* bytes of introspection fields */
	int64		bytes;			/* growth.c's own */
	int64		max_bytes;
} RrPlanner;

/* ---- plan.c ---- */

/*
 * Plan a coerced request. NULL when errors were filed; they are request
 * errors.
 */
extern RrPlan *rr_plan(RrRoleSchema *rs, GqlRequest *request, GqlErrorList *errors);

/*
 * Count n more fields to be answered, whatever answers them: a document with
 * fragments inside fragments can stand for exponentially many. False when
 * there are too many; an error is filed for the first excess.
 */
extern bool rr_count_fields(RrPlanner *planner, int n);

/* ---- growth.c ---- */

/*
 * Count n bytes of SQL, or of a document for a remote schema; or those of a
 * value that goes along. False when there are more than the request may grow
 * to: an error is filed for the first excess, and nothing that is made counts.
 */
extern bool rr_count_bytes(RrPlanner *planner, int64 n);
extern bool rr_count_value(RrPlanner *planner, const GqlValue *value);

/*
 * Do the values of a kept plan, which has been given those of its request,
 * take no more than that?
 */
extern bool rr_values_fit(const RrPlan *plan);

/* ---- plan_cache.c ---- */

/*
 * The plan of a document for the present user, made from its text: parsed,
 * validated, variables coerced, planned. What earlier calls with the same text
 * made is used again. inputs: as for gql_request_create(). It lasts until
 * CurrentMemoryContext is reset. NULL when errors were filed.
 */
extern RrPlan *rr_plan_document(const char *query, int len, const char *operation_name,
								const GqlValue *inputs, GqlErrorList *errors);

/*
 * Parse and validate a document for the role in force, without a request. True
 * when it is valid, and so complete that rr_plan_document() can plan it: it
 * has one operation, without variables.
 */
extern bool rr_check_document(const char *query, int len, GqlErrorList *errors);

/*
 * Lock the tables that the present user's plan reads, as its statements will,
 * so that they change no more. False when something has changed since
 * rr_plan_document() was called: then call it again.
 */
extern bool rr_plan_lock(const RrPlan *plan);

/* ---- param_origin.c ---- */

/*
 * Give the statements in statement->before its parameters, after these have
 * changed. The list is copied.
 */
extern void rr_share_params(RrSqlStatement *statement);

/* ---- sql/sql_compile.c ---- */

/*
 * Compile one field of query_root that a table or function answers. NULL when
 * an error was filed.
 */
extern RrSqlStatement *rr_compile_root(RrPlanner *planner, const GqlFieldSel *field);

/* ---- sql/sql_keyed.c ---- */

/*
 * Compile a join field from a remote type to a table (RR_FIELD_TABLE_JOIN):
 * one statement for all keys. It returns a row for each key: the position of
 * the key (from 1), and the json value. NULL when an error was filed.
 */
extern RrSqlStatement *rr_compile_for_keys(RrPlanner *planner, const GqlFieldSel *field);

/* ---- remote/step.c, remote/filter_step.c ---- */

/*
 * Plan a remote join met while compiling a selection. The compiler emits, as
 * the field's json value, remote_rel.join_hole(<number of the step>, <RUN
 * parameter>, <key 1>, …) with the join's keys (RrRemoteJoin.keys) in order.
 * In a mutation that may be the step of an earlier root field that asks the
 * same: its errors are located there. It may also be one that a condition
 * uses. NULL when an error was filed.
 */
extern RrStep *rr_plan_join(RrPlanner *planner, const GqlFieldSel *field);
extern int	rr_step_number(const RrStep *step);

#endif							/* RR_PLAN_H */
