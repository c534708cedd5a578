/*
 * budget.h: a budget of work and memory for loops over what others send:
 * documents, SDL, variables, answers, bodies.
 *
 * Whoever begins such work makes an RrBudget and hands it down. Each loop
 * spends from it where every path must pass: the next token, value, field or
 * comparison. Once in a group of units the budget looks around: it hears
 * interrupts, and asks the memory context what it holds. So a cancel takes
 * effect at once, and nobody counts bytes.
 *
 * Beyond a limit nothing is thrown. rr_spend() says no from then on, and the
 * caller files an error in its own words: what asks too much is wrong itself
 * (SQLSTATE 54000), the server is not short of anything (class 53).
 *
 * A unit is what takes up to a microsecond and allocates up to a few hundred
 * bytes. A step that does more spends more: of a text, a unit for 64 bytes.
 *
 * Works outside of a server as well (test/fuzz/shim).
 */
#ifndef RR_BUDGET_H
#define RR_BUDGET_H

#include "utils/palloc.h"

/* Units from one look to the next. */
#define RR_BUDGET_GROUP 1000

typedef struct RrBudget
{
	/* limits */
	MemoryContext cxt;			/* what it and its children hold counts; NULL:
								 * no memory does */
	Size		max_memory;		/* bytes beyond what cxt held at the
								 * beginning; 0: no limit */
	int64		max_work;		/* units; 0: no limit */

	/* spent */
	Size		memory_before;	/* bytes in cxt at the beginning */
	int64		work;
	int64		next_look;		/* look around when work has reached this */
	bool		exhausted;		/* a limit was exceeded; stays so */
} RrBudget;

/*
 * Begin to count. The budget holds no resources, so nothing ends it, and an
 * error leaves nothing behind.
 */
extern void rr_budget_init(RrBudget *budget, MemoryContext cxt, Size max_memory, int64 max_work);

/*
 * Look around: hear interrupts, which may throw, and compare with the limits.
 * False: one is exceeded.
 */
extern bool rr_budget_look(RrBudget *budget);

/* Count units of work. False: a limit is exceeded; do not go on. */
static inline bool
rr_spend(RrBudget *budget, int64 units)
{
	budget->work += units;
	if (unlikely(budget->work >= budget->next_look))
		return rr_budget_look(budget);
	return !budget->exhausted;
}

#endif							/* RR_BUDGET_H */
