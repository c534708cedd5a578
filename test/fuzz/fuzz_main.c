/*
 * fuzz_main.c: libFuzzer's entry point, which all targets share.
 */
#include "fuzz.h"

extern int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FuzzInput	input = {(const char *) data, size};

	if (TopMemoryContext == NULL)
	{
		shim_init();
		fuzz_prepare();
	}
	shim_run(fuzz_check, &input, false);
	return 0;
}
