/*
 * policy_int.h: what the files share that write the conditions of policies.
 *
 * policy_condition.c writes boolean expressions and the tables that they
 * reach, policy_comparison.c one column compared with values or columns.
 * policy_operator.c has the operators, policy_value.c writes values.
 */
#ifndef RR_POLICY_INT_H
#define RR_POLICY_INT_H

#include "lib/stringinfo.h"

#include "metadata/policy_condition.h"

/* A table whose columns can be named. */
typedef struct RrPolicyScope
{
	const RrTable *table;
	const char *alias;			/* quoted */
} RrPolicyScope;

/* A condition that is being written. */
typedef struct RrPolicyWriter
{
	RrDatabase *db;
	RrPolicyScope root;			/* the policy's table */
	int			aliases;		/* how many are given */
	bool		qualified;		/* operators and functions have their schema:
								 * the caller's search_path counts where the
								 * condition is evaluated */
	RrPolicyNeeds needs;
} RrPolicyWriter;

/* What stands on the right of an operator. */
typedef enum RrPolicyOperand
{
	RR_OPERAND_SAME,			/* a value of the column's type */
	RR_OPERAND_LIST,			/* a list of them */
	RR_OPERAND_TEXT,
	RR_OPERAND_TEXTS,			/* a list */
	RR_OPERAND_PATTERN,			/* text, a pattern of SIMILAR TO */
	RR_OPERAND_OTHER,			/* a value, or a list, of another type: see
								 * rr_policy_operand_type() */
	RR_OPERAND_COLUMN,			/* the name of a column, or ["$", name] of one
								 * of the policy's table */
	RR_OPERAND_COLUMNS,			/* the same of an array column, or a list of
								 * columns */
	RR_OPERAND_NULL,			/* true or false */
	RR_OPERAND_CAST,			/* {"String": comparisons} */
} RrPolicyOperand;

/* An operator. Its name starts with "_", in Hasura's old spelling with "$". */
typedef struct RrPolicyOperator
{
	const char *name;			/* without its first character */
	RrPolicyOperand operand;
	const char *symbol;			/* the name in pg_operator */
	const char *sql;			/* how it is written for built-in types; NULL:
								 * as symbol */
} RrPolicyOperator;

/* ---- policy_operator.c ---- */

/*
 * The operator that a member of a comparison names. Throws 22023 for an
 * unknown one, 0A000 for one that no policy can express.
 */
extern const RrPolicyOperator *rr_policy_operator(const RrDoc *member);

/* _eq, or, negated, _neq */
extern const RrPolicyOperator *rr_policy_equals(bool negate);

/*
 * Throws 42883 if where does not have the operator for values of this type: a
 * permission compares nothing that a query cannot. doc is the member that
 * names the operator.
 */
extern void rr_policy_check_operator(const RrPolicyOperator *operator, const RrScalar *scalar,
									 const RrDoc *doc);

/* The type of the value that an RR_OPERAND_OTHER operator takes. */
extern Oid	rr_policy_operand_type(const RrPolicyOperator *operator, const RrScalar *scalar);

/*
 * How the operator is written between a value of the type and its operand:
 * "LIKE"; with its schema, "OPERATOR(public.~~)", if the type has operators of
 * its own, or w->qualified is set.
 */
extern const char *rr_policy_operator_sql(const RrPolicyWriter *w,
										  const RrPolicyOperator *operator, Oid type);

/* An operator of built-in types, with its schema if w->qualified. */
extern const char *rr_policy_builtin_operator(const RrPolicyWriter *w, const char *symbol);

/* Throws 0A000: what, at doc, has no translation into a policy. */
extern void rr_policy_inexpressible(const RrDoc *doc, const char *what) __attribute__((noreturn));

/* ---- policy_value.c ---- */

/* The name of a type, independent of search_path. */
extern const char *rr_policy_type_name(Oid type);

/*
 * The call that reads the session variable which a string names, of type
 * text; NULL for any other value.
 */
extern const char *rr_policy_session_variable(const RrDoc *doc);

/* An array of values of the type, for = ANY; throws as rr_policy_value(). */
extern const char *rr_policy_list(const RrDoc *doc, Oid type);

/* ---- policy_comparison.c ---- */

/* A new alias, other than the name of the policy's table. */
extern const char *rr_policy_alias(RrPolicyWriter *w);

/* alias.column, quoted */
extern const char *rr_policy_column_sql(const RrPolicyScope *scope, const char *name);

/* The names of a table's columns, as char *, for hints. */
extern List *rr_policy_column_names(const RrTable *table);

/*
 * {operator: value, ...}, or a value alone, which means equality. expression
 * is the SQL of what is compared, of the scalar's type. What is appended needs
 * no parentheses beside AND and OR.
 */
extern void rr_policy_append_comparisons(RrPolicyWriter *w, StringInfo out,
										 const RrPolicyScope *scope, const char *expression,
										 const RrScalar *scalar, const RrDoc *doc);

#endif							/* RR_POLICY_INT_H */
