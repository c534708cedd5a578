/*
 * fuzz_json.c: a JSON text is checked, and then all of it is read; what it
 * says is written and read again.
 */
#include "common/json_scan.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

extern int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
walk(const JsonText *value)
{
	JsonText	name;
	JsonText	item;

	if (value->kind == JSON_STRING)
	{
		char	   *text = json_dup(value);

		if (text)
		{
			Buffer		again = {0};
			JsonText	copy;
			char	   *same;

			buffer_json_text(&again, text);
			if (!json_check(again.data, again.len, &copy) || (same = json_dup(&copy)) == NULL ||
				strcmp(same, text) != 0)
				abort();
			free(same);
			buffer_free(&again);
		}
		free(text);
	}
	for (const char *at = NULL; json_next(value, &at, &name, &item);)
	{
		JsonText	checked;

		if (!json_check(item.text, item.len, &checked) || checked.len != item.len)
			abort();
		walk(&item);
	}
	(void) json_member(value, "query");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* no byte behind the end may be read */
	char	   *text = malloc(size ? size : 1);
	JsonText	value;

	memcpy(text, data, size);
	if (json_check(text, size, &value))
		walk(&value);
	free(text);
	return 0;
}
