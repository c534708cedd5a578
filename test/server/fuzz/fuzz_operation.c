/*
 * fuzz_operation.c: the kind of an operation. Whatever stands before it, a
 * mutation at the end of a document whose brackets are closed is found.
 */
#include "common/buffer.h"
#include "common/operation_kind.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

extern int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char	   *text = malloc(size ? size : 1);

	memcpy(text, data, size);
	(void) operation_kind(text, size, NULL);
	(void) operation_kind(text, size, "A");
	free(text);
	if (size > 0 && size < 1000 && memchr(data, '"', size) == NULL && memchr(data, '#', size) == NULL &&
		memchr(data, '{', size) == NULL && memchr(data, '(', size) == NULL && memchr(data, '[',
																					 size) == NULL)
	{
		Buffer		document = {0};

		buffer_puts(&document, "query A { a } ");
		buffer_append(&document, data, size);
		buffer_puts(&document, " {b} mutation {c}");
		if (operation_kind(document.data, document.len, NULL) < OPERATION_MUTATION)
			abort();
		buffer_free(&document);
	}
	return 0;
}
