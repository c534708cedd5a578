/*
 * pinned_cache.c: a cache of objects that stay as long as somebody uses them.
 */
#include "postgres.h"

#include "utils/memutils.h"

#include "base/pinned_cache.h"

static void
free_if_unused(RrPinnedEntry *entry)
{
	if (!entry->cached && entry->npins == 0)
		entry->cache->free(entry);
}

void
rr_pinned_cache_add(RrPinnedCache *cache, RrPinnedEntry *entry)
{
	Assert(!entry->cached);
	entry->cache = cache;
	entry->cached = true;
	dlist_push_head(&cache->entries, &entry->node);
}

void
rr_pinned_cache_touch(RrPinnedEntry *entry)
{
	Assert(entry->cached);
	dlist_move_head(&entry->cache->entries, &entry->node);
}

void
rr_pinned_cache_remove(RrPinnedEntry *entry)
{
	Assert(entry->cached);
	if (entry->cache->removed != NULL)
		entry->cache->removed(entry);
	dlist_delete(&entry->node);
	entry->cached = false;
	free_if_unused(entry);
}

void
rr_pinned_cache_clear(RrPinnedCache *cache)
{
	dlist_mutable_iter it;

	dlist_foreach_modify(it, &cache->entries)
		rr_pinned_cache_remove(dlist_container(RrPinnedEntry, node, it.cur));
}

void
rr_pinned_cache_trim(RrPinnedCache *cache, Size limit, bool keep_newest)
{
	Size		total = 0;
	bool		newest = true;
	dlist_mutable_iter it;

	dlist_foreach_modify(it, &cache->entries)
	{
		RrPinnedEntry *entry = dlist_container(RrPinnedEntry, node, it.cur);

		total += cache->size(entry);
		if (total > limit && !(newest && keep_newest))
			rr_pinned_cache_remove(entry);
		newest = false;
	}
}

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
	free_if_unused(entry);
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
