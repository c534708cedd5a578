/*
 * suggest.h: "Did you mean …?" at the end of messages.
 */
#ifndef GQL_SUGGEST_H
#define GQL_SUGGEST_H

#include "graphql/type/schema.h"

/*
 * " Did you mean "a" or "b"?" with those of options (const char *) that input
 * resembles, the nearest first; "" if there is none. prefix stands before
 * them, as "the enum value"; NULL: nothing. In CurrentMemoryContext.
 */
extern char *gql_did_you_mean(const char *prefix, const char *input, List *options);

/* The same of the names in a set. */
extern char *gql_did_you_mean_name(const char *prefix, const char *input, const GqlNames *names);

/* The same of options that are chosen and in order already; the first five. */
extern char *gql_did_you_mean_list(const char *prefix, List *options);

/*
 * Compare names, with digits in them as numbers: "a2" comes before "a10".
 * Returns as strcmp() does.
 */
extern int	gql_natural_compare(const char *a, const char *b);

#endif							/* GQL_SUGGEST_H */
