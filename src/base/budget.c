/*
 * budget.c: a budget of work and memory for loops over what others send.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "base/budget.h"

static Size
memory_of(const RrBudget *budget)
{
	return budget->cxt != NULL ? MemoryContextMemAllocated(budget->cxt, true) : 0;
}

void
rr_budget_init(RrBudget *budget, MemoryContext cxt, Size max_memory, int64 max_work)
{
	memset(budget, 0, sizeof(RrBudget));
	budget->cxt = cxt;
	budget->max_memory = max_memory;
	budget->max_work = max_work;
	budget->memory_before = memory_of(budget);
	budget->next_look = RR_BUDGET_GROUP;
}

bool
rr_budget_look(RrBudget *budget)
{
	CHECK_FOR_INTERRUPTS();
	budget->next_look = budget->work + RR_BUDGET_GROUP;
	if (budget->max_work > 0 && budget->work > budget->max_work)
		budget->exhausted = true;

	/* the context may hold less by now than at the beginning */
	if (budget->max_memory > 0 &&
		memory_of(budget) > budget->memory_before + budget->max_memory)
		budget->exhausted = true;
	return !budget->exhausted;
}
