/*
 * fuzz_main.c: libFuzzer's entry point, which all targets share.
 *
 * An input that begins with \2 is a small text that means a large one, so that
 * what takes the square of it is seen, as a timeout or as too much memory:
 * parts are separated by \2, and every second one is repeated, with the number
 * of the repetition, from 0 on, in the place of each \3.
 */
#include "fuzz.h"

/* Repetitions of a part, and bytes of the large text. */
#define REPETITIONS 5000
#define MAX_EXPANDED 400000

extern int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
expand_part(StringInfo out, const char *part, const char *end, int number)
{
	for (; part < end; part++)
	{
		if (*part == '\3')
			appendStringInfo(out, "%d", number);
		else
			appendStringInfoChar(out, *part);
	}
}

static void
expand(StringInfo out, const char *text, const char *end)
{
	bool		repeat = false;

	for (const char *part = text; part <= end;)
	{
		const char *next = memchr(part, '\2', end - part);

		if (next == NULL)
			next = end;
		for (int i = 0; i < (repeat ? REPETITIONS : 1) && out->len < MAX_EXPANDED; i++)
			expand_part(out, part, next, i);
		repeat = !repeat;
		part = next + 1;
	}
}

static void
check(void *arg)
{
	FuzzInput	input = *(FuzzInput *) arg;
	StringInfoData out;

	if (input.len > 0 && input.text[0] == '\2')
	{
		initStringInfo(&out);
		expand(&out, input.text + 1, input.text + input.len);
		input.text = out.data;
		input.len = out.len;
		input.repeated = true;
	}
	fuzz_check(&input);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FuzzInput	input = {(const char *) data, size, false};

	if (TopMemoryContext == NULL)
	{
		shim_init();
		fuzz_prepare();
	}
	shim_run(check, &input, false);
	return 0;
}
