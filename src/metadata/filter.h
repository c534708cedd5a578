/*
 * filter.h: boolean expressions of Hasura's permissions as SQL conditions for
 * policies.
 *
 * What is wrong with an expression is thrown with its path: 22023 for its
 * shape, 42703 for a name that the table has not, 0A000 for what no policy can
 * say.
 */
#ifndef RR_FILTER_H
#define RR_FILTER_H

#include "metadata/metadata.h"
#include "schema/table/table.h"

/*
 * The table as the GraphQL schema knows it, with its relationships; throws
 * when it has not got it.
 */
extern const RrTable *rr_filter_table(const char *schema, const char *name);

/* Throws 42703 at doc when there is no such column. */
extern const RrColumn *rr_filter_column(const RrTable *table, const char *name, const RrDoc *doc);

/*
 * A condition on rows of the table, which stand under its own name.
 * *reads_tables: it has subqueries.
 */
extern char *rr_filter_to_sql(const RrDoc *filter, const RrTable *table, bool *reads_tables);

/* A value, or the session variable that it names, as SQL of the type. */
extern const char *rr_filter_value(const RrDoc *doc, Oid type);

#endif							/* RR_FILTER_H */
