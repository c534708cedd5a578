/*
 * names.c: GqlNames, an ordered set of named things.
 *
 * Most sets are small (the arguments of a field) and are searched one by one.
 * Larger ones have a hash table with open addressing beside the items.
 */
#include "postgres.h"

#include "graphql/type/names.h"

/* Sets with room for more items than this have a hash table. */
#define SMALL_SET 8

/* Buckets of the table for each item that there is room for. */
#define BUCKETS_PER_ITEM 4

/* In so few nodes duplicates are found by comparing each with each. */
#define FEW_NODES 8

#define item_name(item) (*(const char *const *) (item))

/*
 * FNV-1a: names are short, and it needs no strlen() first. The last step mixes
 * high bits into the low ones, which are the mask's.
 */
uint32
gql_hash_name(const char *name)
{
	static uint32 seed = 0;
	uint32		hash;

	if (unlikely(seed == 0))
	{
		if (!pg_strong_random(&seed, sizeof(seed)) || seed == 0)
			seed = 2166136261u;
	}
	hash = seed;
	for (const unsigned char *p = (const unsigned char *) name; *p != '\0'; p++)
		hash = (hash ^ *p) * 16777619u;
	return hash ^ (hash >> 15);
}

/* Put the item at an index into the first free bucket for its hash. */
static inline void
fill_bucket(GqlNames *names, int index)
{
	uint32		b = names->hashes[index] & names->mask;

	while (names->buckets[b] != 0)
		b = (b + 1) & names->mask;
	names->buckets[b] = index + 1;
}

/* Make room for more items, and enter all into a new table if it is large. */
static void
grow(GqlNames *names)
{
	int			capacity = names->capacity == 0 ? 4 : names->capacity * 2;

	if (names->cxt == NULL)
		names->cxt = CurrentMemoryContext;
	if (names->capacity == 0)
		names->items = MemoryContextAlloc(names->cxt, capacity * sizeof(void *));
	else
		names->items = repalloc(names->items, capacity * sizeof(void *));
	names->capacity = capacity;

	if (capacity > SMALL_SET)
	{
		if (names->hashes != NULL)
		{
			names->hashes = repalloc(names->hashes, capacity * sizeof(uint32));
			pfree(names->buckets);
		}
		else
		{
			names->hashes = MemoryContextAlloc(names->cxt, capacity * sizeof(uint32));
			for (int i = 0; i < names->n; i++)
				names->hashes[i] = gql_hash_name(item_name(names->items[i]));
		}
		names->mask = (uint32) capacity * BUCKETS_PER_ITEM - 1;
		names->buckets = MemoryContextAllocZero(names->cxt,
												sizeof(int) * capacity * BUCKETS_PER_ITEM);
		for (int i = 0; i < names->n; i++)
			fill_bucket(names, i);
	}
}

void
gql_names_init(GqlNames *names, MemoryContext cxt)
{
	memset(names, 0, sizeof(GqlNames));
	names->cxt = cxt;
}

void
gql_names_reset(GqlNames *names)
{
	names->n = 0;
	if (names->buckets != NULL)
		memset(names->buckets, 0, sizeof(int) * (names->mask + 1));
}

void
gql_names_free(GqlNames *names)
{
	if (names->capacity > 0)
		pfree(names->items);
	if (names->buckets != NULL)
	{
		pfree(names->hashes);
		pfree(names->buckets);
	}
	gql_names_init(names, names->cxt);
}

static inline void *
find(const GqlNames *names, const char *name, uint32 hash)
{
	for (uint32 b = hash & names->mask; names->buckets[b] != 0; b = (b + 1) & names->mask)
	{
		int			i = names->buckets[b] - 1;

		if (names->hashes[i] == hash && strcmp(item_name(names->items[i]), name) == 0)
			return names->items[i];
	}
	return NULL;
}

static inline void *
find_small(const GqlNames *names, const char *name)
{
	for (int i = 0; i < names->n; i++)
	{
		if (strcmp(item_name(names->items[i]), name) == 0)
			return names->items[i];
	}
	return NULL;
}

bool
gql_names_add(GqlNames *names, void *item)
{
	uint32		hash = 0;

	if (names->buckets == NULL)
	{
		if (find_small(names, item_name(item)) != NULL)
			return false;
	}
	else
	{
		hash = gql_hash_name(item_name(item));
		if (find(names, item_name(item), hash) != NULL)
			return false;
	}

	if (names->n == names->capacity)
	{
		grow(names);
		/* there may be a table only now */
		if (names->buckets != NULL)
			hash = gql_hash_name(item_name(item));
	}
	names->items[names->n] = item;
	if (names->buckets != NULL)
	{
		names->hashes[names->n] = hash;
		fill_bucket(names, names->n);
	}
	names->n++;
	return true;
}

void	   *
gql_names_get(const GqlNames *names, const char *name)
{
	if (names->buckets == NULL)
		return find_small(names, name);
	return find(names, name, gql_hash_name(name));
}

void	   *
gql_names_entry(GqlNames *names, const char *name, size_t size)
{
	void	   *item = gql_names_get(names, name);

	if (item == NULL)
	{
		item = palloc0(size);
		*(const char **) item = name;
		gql_names_add(names, item);
	}
	return item;
}

/* ---- nodes of a list by name ---- */

void
gql_node_index_init(GqlNodeIndex *index, const List *nodes, bool last)
{
	int			n = list_length(nodes);

	index->nodes = nodes;
	index->last = last;
	gql_names_init(&index->by_name, CurrentMemoryContext);
	for (int i = 0; n > SMALL_SET && i < n; i++)
		gql_names_add(&index->by_name, list_nth(nodes, last ? n - 1 - i : i));
}

void	   *
gql_node_index_get(const GqlNodeIndex *index, const char *name)
{
	int			n = list_length(index->nodes);

	if (n > SMALL_SET)
		return gql_names_get(&index->by_name, name);
	for (int i = 0; i < n; i++)
	{
		void	   *node = list_nth(index->nodes, index->last ? n - 1 - i : i);

		if (strcmp(item_name(node), name) == 0)
			return node;
	}
	return NULL;
}

void
gql_node_index_free(GqlNodeIndex *index)
{
	gql_names_free(&index->by_name);
}

/* Do two nodes have one name? Most lists are short and have no such nodes. */
static bool
has_same_names(const List *nodes)
{
	int			n = list_length(nodes);
	GqlNames	seen = {0};
	bool		found = false;

	if (n > FEW_NODES)
	{
		for (int i = 0; i < n && !found; i++)
			found = !gql_names_add(&seen, list_nth(nodes, i));
		gql_names_free(&seen);
		return found;
	}
	for (int i = 1; i < n; i++)
		for (int j = 0; j < i; j++)
			if (strcmp(item_name(list_nth(nodes, i)), item_name(list_nth(nodes, j))) == 0)
				return true;
	return false;
}

/* Nodes of one name. */
typedef struct Group
{
	const char *name;
	List	   *nodes;
} Group;

gql_starts_with_name(Group, name);

List	   *
gql_same_names(const List *nodes)
{
	GqlNames	groups = {0};
	List	   *result = NIL;
	ListCell   *lc;

	if (!has_same_names(nodes))
		return NIL;
	foreach(lc, nodes)
	{
		Group	   *group = gql_names_entry(&groups, item_name(lfirst(lc)), sizeof(Group));

		group->nodes = lappend(group->nodes, lfirst(lc));
	}
	gql_foreach(Group, group, &groups)
	{
		if (list_length(group->nodes) > 1)
			result = lappend(result, group->nodes);
	}
	return result;
}
