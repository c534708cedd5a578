/*
 * filter.h: boolean expressions of Hasura's permissions as SQL conditions for
 * policies. Errors are thrown with their path: 22023 for the shape, 42703 for
 * an unknown column or relationship, 0A000 for what no policy can express.
 */
#ifndef RR_FILTER_H
#define RR_FILTER_H

#include "metadata/metadata.h"
#include "schema/table/table.h"

/*
 * A table with its columns and relationships, as the GraphQL schema has it;
 * throws 42P01, 42809 or 55000 when it has not. It belongs to the cached
 * schema: do not keep it beyond the command.
 */
extern const RrTable *rr_filter_table(const char *schema, const char *name);

/* A column by its name; throws 42703, with the path of doc. */
extern const RrColumn *rr_filter_column(const RrTable *table, const char *name, const RrDoc *doc);

/* What a condition needs beyond the rights of the role that it is for. */
typedef struct RrFilterNeeds
{
	bool		owner_rights;	/* it reads other tables or calls functions */
	bool		caller_path;	/* it calls functions that may find their
								 * tables by search_path */
} RrFilterNeeds;

/*
 * The condition on a row of the table, whose columns it names with the table's
 * name.
 */
extern char *rr_filter_to_sql(const RrDoc *filter, const RrTable *table, RrFilterNeeds *needs);

/*
 * A value as SQL of the type: a literal, or a call of
 * remote_rel.session_variable(). Throws when the literal is no value of the
 * type.
 */
extern const char *rr_filter_value(const RrDoc *doc, Oid type);

#endif							/* RR_FILTER_H */
