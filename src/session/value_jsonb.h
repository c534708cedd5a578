/*
 * session/value_jsonb.h: jsonb as GraphQL values: variables, headers,
 * definitions that came through SQL.
 */
#ifndef RR_VALUE_JSONB_H
#define RR_VALUE_JSONB_H

#include "graphql/graphql.h"
#include "utils/jsonb.h"

/*
 * The value of a jsonb, palloc'd in CurrentMemoryContext; nothing of the jsonb
 * is referred to. Numbers keep all their digits (INT if they are integers,
 * FLOAT otherwise), strings are STRINGs whatever they may mean to a type.
 * Throws 54001 when it nests too deep.
 */
extern GqlValue *rr_value_from_jsonb(Jsonb *jsonb);

/*
 * Variables of a request, as gql_request_create() takes them. NULL, and an
 * error filed, when they hold more values than a document may have tokens.
 */
extern GqlValue *rr_variables_from_jsonb(Jsonb *jsonb, GqlErrorList *errors);

/*
 * The same for a value inside of a jsonb: a scalar, or a container
 * (jbvBinary).
 */
extern GqlValue *rr_value_from_jsonb_value(const JsonbValue *value);

#endif							/* RR_VALUE_JSONB_H */
