/*
 * policy_condition.h: boolean expressions of Hasura's permissions as SQL
 * conditions for policies.
 *
 * Errors are thrown with their path: 22023 for the shape, 42703 for an unknown
 * column or relationship, 42883 for an operator that the type does not have,
 * 0A000 for what no policy can express. What is returned is allocated in the
 * caller's context.
 */
#ifndef RR_POLICY_CONDITION_H
#define RR_POLICY_CONDITION_H

#include "metadata/metadata.h"
#include "schema/table/table.h"

/*
 * A table with its columns and relationships, as the GraphQL schema has it.
 * Throws 42P01 or 42809 if there is no such table, 55000 if the schema does
 * not have it. It belongs to the cached schema: do not keep it beyond the
 * command.
 */
extern const RrTable *rr_policy_table(const char *schema, const char *name);

/* A column by its name; throws 42703, with the path of doc. */
extern const RrColumn *rr_policy_column(const RrTable *table, const char *name, const RrDoc *doc);

/* What a condition needs beyond the rights of the role that it is for. */
typedef struct RrPolicyNeeds
{
	bool		owner_rights;	/* it reads other tables or calls functions */
	bool		caller_path;	/* it calls functions that may find their
								 * tables by search_path */
} RrPolicyNeeds;

/*
 * Write the condition on a row of the table, whose columns it names with the
 * table's name. Sets *needs.
 */
extern char *rr_policy_condition(const RrDoc *filter, const RrTable *table, RrPolicyNeeds *needs);

/*
 * A value as SQL of the type: a literal, or a call of
 * remote_rel.session_variable(). Throws what the type's input function throws
 * if the literal is no value of the type.
 */
extern const char *rr_policy_value(const RrDoc *doc, Oid type);

#endif							/* RR_POLICY_CONDITION_H */
