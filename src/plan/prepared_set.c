/*
 * prepared_set.c: statements that are made while a kept plan runs.
 *
 * The statements of an insert depend on which columns its rows give. They are
 * made anew each time, which is cheap, and found by their text, so that the
 * server plans each of them once.
 */
#include "postgres.h"

#include "executor/spi.h"
#include "utils/memutils.h"

#include "plan/sql/mutation.h"

/* Statements that one set keeps. Further ones are run once. */
#define MAX_STATEMENTS 64

typedef struct Entry
{
	const char *sql;
	int			ntypes;
	Oid		   *types;			/* of the parameters */
	RrPrepared	prepared;
} Entry;

static bool
matches(const Entry *entry, const RrSqlStatement *statement)
{
	ListCell   *lc;

	if (entry->ntypes != list_length(statement->params) ||
		strcmp(entry->sql, statement->sql) != 0)
		return false;
	foreach(lc, statement->params)
	{
		if (entry->types[foreach_current_index(lc)] != ((const RrSqlParam *) lfirst(lc))->type)
			return false;
	}
	return true;
}

static Entry *
add_entry(RrPreparedSet *set, const RrSqlStatement *statement)
{
	MemoryContext old = MemoryContextSwitchTo(set->cxt);
	Entry	   *entry = palloc0(sizeof(Entry));
	ListCell   *lc;

	entry->sql = pstrdup(statement->sql);
	entry->ntypes = list_length(statement->params);
	entry->types = palloc(entry->ntypes * sizeof(Oid));
	foreach(lc, statement->params)
		entry->types[foreach_current_index(lc)] = ((const RrSqlParam *) lfirst(lc))->type;
	entry->prepared.cxt = set->cxt;
	set->entries = lappend(set->entries, entry);
	MemoryContextSwitchTo(old);
	return entry;
}

void
rr_prepared_set_use(RrPreparedSet *set, RrSqlStatement *statement)
{
	ListCell   *lc;

	if (set == NULL)
		return;
	foreach(lc, set->entries)
	{
		Entry	   *entry = lfirst(lc);

		if (matches(entry, statement))
		{
			statement->prepared = &entry->prepared;
			return;
		}
	}
	if (list_length(set->entries) < MAX_STATEMENTS)
		statement->prepared = &add_entry(set, statement)->prepared;
}

void
rr_prepared_set_free(RrPreparedSet *set)
{
	ListCell   *lc;

	foreach(lc, set->entries)
	{
		Entry	   *entry = lfirst(lc);

		if (entry->prepared.plan != NULL)
			SPI_freeplan(entry->prepared.plan);
		entry->prepared.plan = NULL;
	}
}
