/*
 * jsonb_value.h: a remote schema's value as jsonb.
 */
#ifndef RR_JSONB_VALUE_H
#define RR_JSONB_VALUE_H

#include "graphql/graphql.h"
#include "lib/stringinfo.h"

/*
 * Valid JSON text as jsonb, in CurrentMemoryContext. What jsonb cannot hold (a
 * string with U+0000 or with a character that the server encoding lacks, a
 * number out of range) becomes null, and an error with its path is filed.
 * name: the remote schema's.
 */
extern Datum rr_jsonb_value(const StringInfoData *text, const char *name, GqlErrorList *errors);

#endif							/* RR_JSONB_VALUE_H */
