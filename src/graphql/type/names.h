/*
 * names.h: GqlNames, an ordered set of named things.
 *
 * An item is any struct that starts with `const char *name` (or with a
 * GqlName, which does). So one kind of set serves types, fields, arguments,
 * enum values and directives. A lookup takes constant time; iteration gives
 * the order of insertion.
 */
#ifndef GQL_NAMES_H
#define GQL_NAMES_H

#include "nodes/pg_list.h"
#include "utils/palloc.h"

typedef struct GqlNames
{
	int			n;				/* items in the set */
	int			capacity;		/* items that there is room for */
	void	  **items;			/* structs that start with their name */
	uint32	   *hashes;			/* of the names; same index as items */
	int		   *buckets;		/* open addressing: index into items + 1; 0: a
								 * free bucket. NULL: the set is small */
	uint32		mask;			/* number of buckets - 1 */
	MemoryContext cxt;			/* holds the arrays, not the items; NULL: what
								 * is current at the first insertion */
} GqlNames;

/* Does this struct fit into a GqlNames? Put it below its definition. */
#define gql_starts_with_name(type, member) \
	StaticAssertDecl(offsetof(type, member) == 0, "items of GqlNames start with their name")

/* Make an empty set. A set of zeros is empty, too. */
extern void gql_names_init(GqlNames *names, MemoryContext cxt);

/* Free what a set allocated; it is empty then. */
extern void gql_names_free(GqlNames *names);

/* Empty a set and keep its memory for the next items. */
extern void gql_names_reset(GqlNames *names);

/*
 * Append an item. If the name is there already, do nothing and return false.
 * The item and its name are not copied and must live as long as the set.
 */
extern bool gql_names_add(GqlNames *names, void *item);

/* Find the item of a name; NULL if there is none. */
extern void *gql_names_get(const GqlNames *names, const char *name);

/*
 * Find the item of a name, or append one: size bytes of zeros, but for the
 * name, in CurrentMemoryContext. The name is not copied.
 */
extern void *gql_names_entry(GqlNames *names, const char *name, size_t size);

/*
 * Loop over the items. names is evaluated in every round. Items that the body
 * adds are visited, too.
 */
#define gql_foreach(type, var, names) \
	for (int var##__i = 0, var##__next = 1; \
		 var##__next && var##__i < (names)->n; \
		 var##__i++) \
		for (type *var = (var##__next = 0, (type *) (names)->items[var##__i]); \
			 !var##__next; \
			 var##__next = 1)

/*
 * The hash of a name. Documents choose names, and must not be able to choose
 * many of one hash: so it begins with a number that is random in each process.
 */
extern uint32 gql_hash_name(const char *name);

/*
 * To find nodes of a list by name, for many searches in one list. The nodes
 * start with their name, as GqlArgument and GqlObjectField do. Of equal names
 * the first counts, or the last.
 */
typedef struct GqlNodeIndex
{
	const List *nodes;
	bool		last;			/* of equal names the last counts */
	GqlNames	by_name;		/* only if there are many nodes */
} GqlNodeIndex;

extern void gql_node_index_init(GqlNodeIndex *index, const List *nodes, bool last);
extern void *gql_node_index_get(const GqlNodeIndex *index, const char *name);
extern void gql_node_index_free(GqlNodeIndex *index);

/*
 * Find nodes of one name in a list of nodes that start with their name. The
 * result has a List of nodes for each name that occurs more than once, in the
 * order of first occurrence; it is in CurrentMemoryContext.
 */
extern List *gql_same_names(const List *nodes);

#endif							/* GQL_NAMES_H */
