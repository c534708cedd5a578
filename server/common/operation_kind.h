/*
 * operation_kind.h: which kind of operation a GraphQL document asks for.
 */
#ifndef OPERATION_KIND_H
#define OPERATION_KIND_H

#include <stddef.h>

typedef enum OperationKind
{
	OPERATION_UNKNOWN,			/* the database will say what is wrong */
	OPERATION_QUERY, OPERATION_MUTATION, OPERATION_SUBSCRIPTION
} OperationKind;

/*
 * Reads only the top level of a document. The extension validates; this only
 * decides where a request may go. Where the document leaves it open (several
 * operations and no name), any mutation counts.
 *
 * The kind does not tell what a request writes, so PostgreSQL's refusal,
 * 25006, is looked for in both of its forms: it is the statement's error when
 * a mutation was not seen here, and a field's error when a query calls a
 * function that writes.
 */
extern OperationKind operation_kind(const char *document, size_t len, const char *operation_name);

#endif
