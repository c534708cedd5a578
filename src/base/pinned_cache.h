/*
 * pinned_cache.h: a cache of objects that stay as long as somebody uses them.
 *
 * Entries stand in a list, the one used last first. Whoever uses an entry pins
 * it. An entry taken out of the cache is not found any more, and is freed with
 * its last pin.
 *
 * Caches share one budget. Their entries are measured when nobody uses them
 * any more, and those that were not used for longest go, whatever cache they
 * are in, until the others fit. An entry may hold one of another cache (a plan
 * its schema, say), which stays as long as it does.
 *
 * All of this may happen in a reset callback, during an abort: a cache's
 * functions must neither allocate nor throw.
 */
#ifndef RR_PINNED_CACHE_H
#define RR_PINNED_CACHE_H

#include "lib/ilist.h"

typedef struct RrPinnedCache RrPinnedCache;

/* The first field of the object that is kept. All zeros before it is added. */
typedef struct RrPinnedEntry
{
	dlist_node	node;			/* while it is in the cache */
	RrPinnedCache *cache;
	bool		cached;			/* it is in the cache */
	int			npins;
	struct RrPinnedEntry *holds;	/* pinned until this one is freed, or NULL */
	Size		size;			/* bytes, when it was measured last */
	uint64		used;			/* higher than those of entries used before */
} RrPinnedEntry;

struct RrPinnedCache
{
	dlist_head	entries;		/* RrPinnedEntry, the one used last first */
	Size		total;			/* of the sizes of these */
	bool		registered;		/* among those that share the budget */

	/* Free an entry that is neither cached nor pinned. */
	void		(*free) (RrPinnedEntry *entry);

	/* The memory that an entry takes, in bytes. */
	Size		(*size) (const RrPinnedEntry *entry);

	/* An entry leaves the cache: take it out of your index. May be NULL. */
	void		(*removed) (RrPinnedEntry *entry);
};

/*
 * Put a new entry into the cache, as the one used last. holds, unless NULL, is
 * pinned for it.
 */
extern void rr_pinned_cache_add(RrPinnedCache *cache, RrPinnedEntry *entry,
								RrPinnedEntry *holds);

/* Note that a cached entry is used, and what it holds. */
extern void rr_pinned_cache_touch(RrPinnedEntry *entry);

/* Take an entry out of its cache. It is freed now, or with its last pin. */
extern void rr_pinned_cache_remove(RrPinnedEntry *entry);

/* The same for all entries. */
extern void rr_pinned_cache_clear(RrPinnedCache *cache);

/* Pin an entry, without an owner. */
extern void rr_pin(RrPinnedEntry *entry);

/*
 * Unpin it. An entry without pins that is not in the cache is freed. Of those
 * in caches, some may have to go (remote_rel.cache_memory). Neither allocates
 * nor throws.
 */
extern void rr_unpin(RrPinnedEntry *entry);

/*
 * Pin an entry until CurrentMemoryContext is reset or deleted. It throws only
 * before it pins.
 */
extern void rr_pin_for_context(RrPinnedEntry *entry);

#endif							/* RR_PINNED_CACHE_H */
