/*
 * pinned_cache.h: a cache of objects that stay as long as somebody uses them.
 *
 * Entries stand in a list, the one used last first. Whoever uses an entry pins
 * it. An entry taken out of the cache is not found any more, and is freed with
 * its last pin.
 *
 * The last unpin may happen in a reset callback, during an abort: the cache's
 * free function must neither allocate nor throw.
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
} RrPinnedEntry;

struct RrPinnedCache
{
	dlist_head	entries;		/* RrPinnedEntry, the one used last first */

	/* Free an entry that is neither cached nor pinned. */
	void		(*free) (RrPinnedEntry *entry);

	/* The memory that an entry takes, in bytes. */
	Size		(*size) (const RrPinnedEntry *entry);

	/* An entry leaves the cache: take it out of your index. May be NULL. */
	void		(*removed) (RrPinnedEntry *entry);
};

/* Put a new entry into the cache, as the one used last. */
extern void rr_pinned_cache_add(RrPinnedCache *cache, RrPinnedEntry *entry);

/* Note that a cached entry is used. */
extern void rr_pinned_cache_touch(RrPinnedEntry *entry);

/* Take an entry out of its cache. It is freed now, or with its last pin. */
extern void rr_pinned_cache_remove(RrPinnedEntry *entry);

/* The same for all entries. */
extern void rr_pinned_cache_clear(RrPinnedCache *cache);

/*
 * Remove the entries that have not been used for longest, until the others
 * take at most limit bytes. keep_newest: the one used last stays, whatever its
 * size.
 */
extern void rr_pinned_cache_trim(RrPinnedCache *cache, Size limit, bool keep_newest);

/*
 * Pin an entry; unpin it. An entry without pins that is not in the cache is
 * freed by the unpin. rr_unpin() neither allocates nor throws.
 */
extern void rr_pin(RrPinnedEntry *entry);
extern void rr_unpin(RrPinnedEntry *entry);

/*
 * Pin an entry until CurrentMemoryContext is reset or deleted. It throws only
 * before it pins.
 */
extern void rr_pin_for_context(RrPinnedEntry *entry);

#endif							/* RR_PINNED_CACHE_H */
