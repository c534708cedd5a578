/*
 * pinned_cache.c: caches of objects that stay as long as somebody uses them.
 *
 * An object grows while it is used: a schema is completed, a document gets
 * plans. So an entry is measured again when a pin goes, and what it holds with
 * it. That is also when the budget is kept: between calls nothing is pinned
 * but what other entries hold.
 */
#include "postgres.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "utils/memutils.h"

#include "base/pinned_cache.h"
#include "settings.h"

/* More than there are caches. */
#define MAX_CACHES 8

/* Give memory back to the system after so much of it was freed. */
#define RELEASE_SIZE ((Size) 4 * 1024 * 1024)

static RrPinnedCache *caches[MAX_CACHES];
static int	ncaches;
static uint64 last_use;

static void
free_if_unused(RrPinnedEntry *entry)
{
	RrPinnedEntry *holds = entry->holds;

	if (entry->cached || entry->npins > 0)
		return;
	entry->cache->free(entry);
	if (holds != NULL)
	{
		Assert(holds->npins > 0);
		holds->npins--;
		free_if_unused(holds);
	}
}

/* Measure a cached entry, and those that it holds. */
static void
measure(RrPinnedEntry *entry)
{
	for (; entry != NULL; entry = entry->holds)
	{
		if (!entry->cached)
			continue;
		entry->cache->total -= entry->size;
		entry->size = entry->cache->size(entry);
		entry->cache->total += entry->size;
	}
}

static void
register_cache(RrPinnedCache *cache)
{
	Assert(ncaches < MAX_CACHES);
	caches[ncaches++] = cache;
	cache->registered = true;
}

void
rr_pinned_cache_add(RrPinnedCache *cache, RrPinnedEntry *entry, RrPinnedEntry *holds)
{
	Assert(!entry->cached && entry->holds == NULL);
	if (!cache->registered)
		register_cache(cache);
	entry->cache = cache;
	entry->cached = true;
	entry->used = ++last_use;
	dlist_push_head(&cache->entries, &entry->node);
	if (holds != NULL)
	{
		rr_pin(holds);
		entry->holds = holds;
	}
	measure(entry);
}

void
rr_pinned_cache_touch(RrPinnedEntry *entry)
{
	last_use++;
	for (; entry != NULL; entry = entry->holds)
	{
		if (!entry->cached)
			continue;
		entry->used = last_use;
		dlist_move_head(&entry->cache->entries, &entry->node);
	}
}

void
rr_pinned_cache_remove(RrPinnedEntry *entry)
{
	Assert(entry->cached);
	if (entry->cache->removed != NULL)
		entry->cache->removed(entry);
	dlist_delete(&entry->node);
	entry->cache->total -= entry->size;
	entry->cached = false;
	free_if_unused(entry);
}

void
rr_pinned_cache_clear(RrPinnedCache *cache)
{
	while (!dlist_is_empty(&cache->entries))
		rr_pinned_cache_remove(dlist_head_element(RrPinnedEntry, node, &cache->entries));
}

/* ---- the budget ---- */

static Size
total_size(void)
{
	Size		total = 0;

	for (int i = 0; i < ncaches; i++)
		total += caches[i]->total;
	return total;
}

/* Remove an entry and all that hold it. */
static void
remove_with_holders(RrPinnedEntry *entry)
{
	rr_pin(entry);
	for (int i = 0; i < ncaches; i++)
	{
		dlist_mutable_iter it;

		dlist_foreach_modify(it, &caches[i]->entries)
		{
			RrPinnedEntry *holder = dlist_container(RrPinnedEntry, node, it.cur);

			if (holder->holds == entry)
				rr_pinned_cache_remove(holder);
		}
	}
	if (entry->cached)
		rr_pinned_cache_remove(entry);
	entry->npins--;
	free_if_unused(entry);
}

/* Of the entries that nobody uses, the one used first; or NULL. */
static RrPinnedEntry *
find_oldest(void)
{
	RrPinnedEntry *oldest = NULL;

	for (int i = 0; i < ncaches; i++)
	{
		dlist_iter	it;

		dlist_reverse_foreach(it, &caches[i]->entries)
		{
			RrPinnedEntry *entry = dlist_container(RrPinnedEntry, node, it.cur);

			if (entry->npins > 0)
				continue;
			if (oldest == NULL || entry->used < oldest->used)
				oldest = entry;
			break;
		}
	}
	return oldest;
}

/* Otherwise malloc() keeps freed blocks between others that are in use. */
static void
return_to_system(Size freed)
{
#ifdef __GLIBC__
	static Size since_last;

	since_last += freed;
	if (since_last < RELEASE_SIZE)
		return;
	since_last = 0;
	malloc_trim(0);
#endif
}

/*
 * Keep the budget. An entry that takes more than half of it, the schema of a
 * role that has asked for introspection, say, goes before others have to make
 * room for it: it is made anew without what it grew by. Not if others are made
 * from it and it from none, as the description of the database.
 */
static void
keep_budget(RrPinnedEntry *entry)
{
	Size		limit = (Size) rr_cache_memory * 1024;
	Size		before = total_size();
	Size		total;

	if (before <= limit)
		return;
	for (; entry != NULL; entry = entry->holds)
		if (entry->cached && entry->size > limit / 2 && entry->holds != NULL)
		{
			remove_with_holders(entry);
			break;
		}
	while ((total = total_size()) > limit && (entry = find_oldest()) != NULL)
		rr_pinned_cache_remove(entry);
	return_to_system(before - total);
}

/* ---- pins ---- */

void
rr_pin(RrPinnedEntry *entry)
{
	entry->npins++;
}

void
rr_unpin(RrPinnedEntry *entry)
{
	Assert(entry->npins > 0);
	entry->npins--;
	if (!entry->cached)
		free_if_unused(entry);
	else
	{
		measure(entry);
		keep_budget(entry);
	}
}

static void
unpin_at_reset(void *arg)
{
	rr_unpin(arg);
}

void
rr_pin_for_context(RrPinnedEntry *entry)
{
	MemoryContextCallback *callback = palloc(sizeof(MemoryContextCallback));

	callback->func = unpin_at_reset;
	callback->arg = entry;
	rr_pin(entry);
	MemoryContextRegisterResetCallback(CurrentMemoryContext, callback);
}
