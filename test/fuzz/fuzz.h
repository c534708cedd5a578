/*
 * fuzz.h: what a libFuzzer target consists of here. fuzz_main.c calls it.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include "shim.h"

#include "graphql/graphql.h"

typedef struct FuzzInput
{
	const char *text;
	int			len;
	bool		repeated;		/* see fuzz_main.c */
}			FuzzInput;

/* Called once, in TopMemoryContext. */
extern void fuzz_prepare(void);

/*
 * Called for each input, a FuzzInput *, in a context of its own. A finding is
 * an abort: elog(ERROR) does.
 */
extern void fuzz_check(void *input);

#endif							/* FUZZ_H */
