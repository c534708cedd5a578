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
 * Reads no further into a document than its top level. The extension is what
 * validates; this only decides where a request may go. Where the document
 * leaves it open (several operations and no name), any mutation counts.
 */
extern OperationKind operation_kind(const char *document, size_t len, const char *operation_name);

#endif
