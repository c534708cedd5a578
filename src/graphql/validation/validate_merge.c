/*
 * validate_merge.c: do any two fields of a document conflict at all?
 * (specification, 5.3.2)
 *
 * FieldsInSetCanMerge() read literally compares each two fields of one
 * response key, and their selections again. Here the fields that meet in one
 * place of the answer are collected once, through all fragments, and each is
 * compared with one representative of its group only: having the same shape is
 * an equivalence, and so is having the same name and arguments among fields
 * whose parents may be one type. What then stands below a group is one set of
 * selection sets, and each such set is looked at once.
 *
 * That is linear for documents as people and machines write them. The number
 * of sets has no polynomial bound in theory, so the work is limited; then, as
 * when a conflict was found, the answer is "maybe", and validate_overlap.c
 * finds out which fields they are.
 */
#include "postgres.h"

#include "common/hashfn.h"

#include "graphql/validation/validate.h"

/* Fields and sets looked at, in all; a few hundred milliseconds at most. */
#define MAX_MERGE_WORK 4000000

/* A selection set and the type that its fields are looked up in. */
typedef struct Source
{
	const GqlSelectionSet *set;
	GqlType    *parent;			/* NULL: unknown */
} Source;

/*
 * A place of the answer: selection sets that are merged there. With identity,
 * fields of one key must be the same field if their parents may be; without,
 * all are of different parents already, and only their shapes have to agree.
 */
typedef struct Place
{
	int			first;			/* in Merge.sources */
	int			n;
	bool		identity;
	uint32		hash;
} Place;

typedef struct Entry
{
	const char *key;
	uint32		hash;
	int			next;			/* of the same key, or -1 */
	int			last;			/* of the key's first: its last */
	const GqlSelection *node;
	GqlType    *parent;
	GqlFieldDef *def;
	bool		first;			/* of its key */
} Entry;

typedef struct Merge
{
	GqlValidation *v;
	int64		work;
	int			stamp;			/* of the place at hand, for fragments */

	/* Places that were found, those before done are finished; each once. */
	Place	   *places;
	int			nplaces;
	int			max_places;
	int			done;
	int		   *place_table;	/* open addressing: index + 1 */
	uint32		place_mask;
	Source	   *sources;
	int			nsources;
	int			max_sources;

	/* The place at hand: its fields by response key. */
	Entry	   *entries;
	int			nentries;
	int			max_entries;
	int		   *key_table;		/* open addressing: index + 1 */
	uint32		key_mask;
	Source	   *pending;		/* selection sets to be collected */
	int			npending;
	int			max_pending;
} Merge;

#define make_room(array, n, max) \
	do { \
		if ((n) == (max)) \
		{ \
			(max) = (max) ? (max) * 2 : 32; \
			(array) = (array) ? repalloc_huge((array), sizeof(*(array)) * (Size) (max)) : palloc(sizeof(*(array)) * (max)); \
		} \
	} while (0)

/* ---- places ---- */

static bool
same_place(const Merge *m, const Place *a, const Place *b)
{
	if (a->hash != b->hash || a->n != b->n || a->identity != b->identity)
		return false;
	for (int i = 0; i < a->n; i++)
		if (m->sources[a->first + i].set != m->sources[b->first + i].set)
			return false;
	return true;
}

static void
enlarge_place_table(Merge *m)
{
	uint32		size = m->place_table != NULL ? (m->place_mask + 1) * 2 : 64;

	if (m->place_table != NULL)
		pfree(m->place_table);
	m->place_table = palloc_extended(sizeof(int) * (Size) size, MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	m->place_mask = size - 1;
	for (int i = 0; i < m->nplaces; i++)
	{
		uint32		b = m->places[i].hash & m->place_mask;

		while (m->place_table[b])
			b = (b + 1) & m->place_mask;
		m->place_table[b] = i + 1;
	}
}

static int
compare_sources(const void *a, const void *b)
{
	const GqlSelectionSet *x = ((const Source *) a)->set;
	const GqlSelectionSet *y = ((const Source *) b)->set;

	return x < y ? -1 : x > y;
}

/*
 * The sources from first on, which are the last, are a place; forget them if
 * it is known.
 */
static void
add_place(Merge *m, int first, bool identity)
{
	Place		place = {.first = first, .n = m->nsources - first, .identity = identity ||
	m->nsources - first == 1};
	uint32		b;

	if (place.n == 0)
		return;
	if (place.n > 1)
		qsort(&m->sources[first], place.n, sizeof(Source), compare_sources);
	for (int i = 0; i < place.n; i++)
		place.hash = hash_combine(place.hash,
								  murmurhash32((uint32) ((uintptr_t) m->sources[first + i].set >> 3)));
	m->work += place.n;

	if (m->place_table == NULL || (uint32) m->nplaces * 2 >= m->place_mask)
		enlarge_place_table(m);
	for (b = place.hash & m->place_mask; m->place_table[b]; b = (b + 1) & m->place_mask)
	{
		if (same_place(m, &m->places[m->place_table[b] - 1], &place))
		{
			m->nsources = first;
			return;
		}
	}
	make_room(m->places, m->nplaces, m->max_places);
	m->places[m->nplaces++] = place;
	m->place_table[b] = m->nplaces;
}

static void
add_source(Merge *m, const GqlSelectionSet *set, GqlType *parent)
{
	make_room(m->sources, m->nsources, m->max_sources);
	m->sources[m->nsources++] = (Source)
	{
		set, parent
	};
}

/*
 * What stands below a field becomes part of the place that is being put
 * together.
 */
static void
add_subselection(Merge *m, const Entry *entry)
{
	if (entry->node->selection_set != NULL)
		add_source(m, entry->node->selection_set, entry->def != NULL ? gql_named_type(entry->def->type)
				   : NULL);
}

/* ---- the fields of a place ---- */

static uint32
hash_key(const char *key)
{
	uint32		hash = 2166136261u;

	for (const unsigned char *p = (const unsigned char *) key; *p; p++)
		hash = (hash ^ *p) * 16777619u;
	return hash ^ (hash >> 15);
}

/* Forget the fields of the place before. */
static void
clear_entries(Merge *m)
{
	for (int i = 0; i < m->nentries; i++)
	{
		uint32		b = m->entries[i].hash & m->key_mask;

		/*
		 * chains end at the first empty bucket, so all of a chain is cleared
		 * before anything is entered again
		 */
		while (m->key_table[b])
		{
			m->key_table[b] = 0;
			b = (b + 1) & m->key_mask;
		}
	}
	m->nentries = 0;
}

static void
enter_key(Merge *m, int index)
{
	Entry	   *entry = &m->entries[index];
	uint32		b = entry->hash & m->key_mask;

	for (; m->key_table[b]; b = (b + 1) & m->key_mask)
	{
		Entry	   *first = &m->entries[m->key_table[b] - 1];

		if (first->hash == entry->hash && strcmp(first->key, entry->key) == 0)
		{
			m->entries[first->last].next = index;
			first->last = index;
			return;
		}
	}
	m->key_table[b] = index + 1;
	entry->first = true;
	entry->last = index;
}

static void
enlarge_key_table(Merge *m)
{
	uint32		size = m->key_table != NULL ? (m->key_mask + 1) * 2 : 64;

	if (m->key_table != NULL)
		pfree(m->key_table);
	m->key_table = palloc_extended(sizeof(int) * (Size) size, MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	m->key_mask = size - 1;
	for (int i = 0; i < m->nentries; i++)
	{
		uint32		b = m->entries[i].hash & m->key_mask;

		if (!m->entries[i].first)
			continue;
		while (m->key_table[b])
			b = (b + 1) & m->key_mask;
		m->key_table[b] = i + 1;
	}
}

static void
add_entry(Merge *m, const GqlSelection *node, GqlType *parent)
{
	Entry	   *entry;

	if (m->key_table == NULL || (uint32) m->nentries * 2 >= m->key_mask)
		enlarge_key_table(m);
	make_room(m->entries, m->nentries, m->max_entries);
	entry = &m->entries[m->nentries];
	entry->key = gql_response_key(node);
	entry->hash = hash_key(entry->key);
	entry->next = -1;
	entry->node = node;
	entry->parent = parent;
	entry->def = parent != NULL ? gql_type_field(m->v->schema, parent, node->name.value) : NULL;
	entry->first = false;
	enter_key(m, m->nentries++);
}

static void
push_set(Merge *m, const GqlSelectionSet *set, GqlType *parent)
{
	make_room(m->pending, m->npending, m->max_pending);
	m->pending[m->npending++] = (Source)
	{
		set, parent
	};
}

static void
push_fragment(Merge *m, const GqlSelection *spread)
{
	GqlDefInfo *fragment = gql_names_get(&m->v->fragments, spread->name.value);

	if (fragment == NULL || fragment->stamp == m->stamp)
		return;
	fragment->stamp = m->stamp;
	fragment->merged = true;
	push_set(m, fragment->selection_set, gql_fragment_type(m->v, fragment));
}

static void
collect_fields(Merge *m, const Place *place)
{
	ListCell   *lc;

	clear_entries(m);
	m->stamp = ++m->v->stamp;
	for (int i = 0; i < place->n; i++)
		push_set(m, m->sources[place->first + i].set, m->sources[place->first + i].parent);
	while (m->npending > 0 && m->work <= MAX_MERGE_WORK)
	{
		Source		source = m->pending[--m->npending];

		m->work += 1 + list_length(source.set->items);
		foreach(lc, source.set->items)
		{
			const GqlSelection *selection = lfirst(lc);

			if (selection->kind == GQL_FIELD)
				add_entry(m, selection, source.parent);
			else if (selection->kind == GQL_FRAGMENT_SPREAD)
				push_fragment(m, selection);
			else if (selection->type_condition != NULL)
				push_set(m, selection->selection_set, gql_schema_type(m->v->schema,
																	  selection->type_condition->name));
			else
				push_set(m, selection->selection_set, source.parent);
		}
	}
	m->npending = 0;
}

/* ---- comparisons ---- */

bool
gql_type_shapes_conflict(const GqlTypeRef *a, const GqlTypeRef *b)
{
	while (a != b)
	{
		if (a->kind != b->kind)
			return true;
		if (a->kind == GQL_TYPE_NAMED)
			return gql_is_leaf(a->type) || gql_is_leaf(b->type);
		a = a->of;
		b = b->of;
	}
	return false;
}

/* Fields of one key, whatever their parents: SameResponseShape(). */
static bool
have_one_shape(const Merge *m, const Entry *first)
{
	const GqlTypeRef *shape = NULL;

	for (const Entry *entry = first;; entry = &m->entries[entry->next])
	{
		if (entry->node->directives != NIL && gql_find_directive(entry->node->directives, "stream") != NULL)
			return false;
		if (entry->def != NULL && shape == NULL)
			shape = entry->def->type;
		else if (entry->def != NULL && gql_type_shapes_conflict(shape, entry->def->type))
			return false;
		if (entry->next < 0)
			return true;
	}
}

/*
 * No more is looked at than stands in the document, as each field is compared
 * with one other.
 */
static bool
same_field(const Entry *a, const Entry *b)
{
	int64		work = 0;

	return strcmp(a->node->name.value, b->node->name.value) == 0 &&
		gql_same_arguments(a->node->arguments, b->node->arguments, &work);
}

/*
 * Fields with this parent type, which only they can have; by the type's name.
 */
typedef struct ParentGroup
{
	const char *name;
	const Entry *representative;
	List	   *entries;
} ParentGroup;

static inline bool
is_concrete(const Entry *entry)
{
	return entry->parent != NULL && entry->parent->kind == GQL_OBJECT;
}

/* Are all fields of a key of one parent, or of such as may be one? */
static bool
may_all_meet(const Merge *m, const Entry *first)
{
	GqlType    *concrete = NULL;

	for (const Entry *entry = first;; entry = &m->entries[entry->next])
	{
		if (is_concrete(entry) && concrete != NULL && entry->parent != concrete)
			return false;
		if (is_concrete(entry))
			concrete = entry->parent;
		if (entry->next < 0)
			return true;
	}
}

/* All fields of one key may meet: they must be the same. */
static bool
merge_all(Merge *m, const Entry *first, bool identity)
{
	int			start = m->nsources;

	for (const Entry *entry = first;; entry = &m->entries[entry->next])
	{
		if (identity && entry != first && !same_field(first, entry))
			return false;
		add_subselection(m, entry);
		if (entry->next < 0)
			break;
	}
	add_place(m, start, identity);
	return true;
}

/*
 * The fields of a key fall apart by their parents; those whose parent is
 * abstract belong to each part.
 */
static bool
merge_by_parent(Merge *m, const Entry *first)
{
	const Entry *shared = NULL;
	List	   *shared_entries = NIL;
	GqlNames	groups;
	ListCell   *lc;

	gql_names_init(&groups, CurrentMemoryContext);
	for (const Entry *entry = first;; entry = &m->entries[entry->next])
	{
		if (!is_concrete(entry))
		{
			if (shared != NULL && !same_field(shared, entry))
				return false;
			shared = shared != NULL ? shared : entry;
			shared_entries = lappend(shared_entries, unconstify(Entry *, entry));
		}
		else
		{
			ParentGroup *group = gql_names_get(&groups, entry->parent->name);

			if (group == NULL)
			{
				group = palloc0(sizeof(ParentGroup));
				group->name = entry->parent->name;
				group->representative = entry;
				gql_names_add(&groups, group);
			}
			if (!same_field(group->representative, entry))
				return false;
			group->entries = lappend(group->entries, unconstify(Entry *, entry));
		}
		if (entry->next < 0)
			break;
	}

	gql_foreach(ParentGroup, group, &groups)
	{
		int			start = m->nsources;

		if (shared != NULL && !same_field(shared, group->representative))
			return false;
		m->work += list_length(shared_entries);
		if (m->work > MAX_MERGE_WORK)
			return false;
		foreach(lc, shared_entries)
			add_subselection(m, lfirst(lc));
		foreach(lc, group->entries)
			add_subselection(m, lfirst(lc));
		add_place(m, start, true);
	}
	return merge_all(m, first, false);
}

/* All fields of one response key in one place. */
static bool
merge_key(Merge *m, const Entry *first, bool identity)
{
	if (first->next < 0)
	{
		int			start = m->nsources;

		add_subselection(m, first);
		add_place(m, start, true);
		return true;
	}
	if (!have_one_shape(m, first))
		return false;
	if (identity && !may_all_meet(m, first))
		return merge_by_parent(m, first);
	return merge_all(m, first, identity);
}

static bool
merge_place(Merge *m, int index)
{
	Place		place = m->places[index];

	collect_fields(m, &place);
	for (int i = 0; i < m->nentries; i++)
		if (m->entries[i].first && !merge_key(m, &m->entries[i], place.identity))
			return false;
	return m->work <= MAX_MERGE_WORK;
}

static bool
merge_definition(Merge *m, const GqlDefInfo *def, GqlType *type)
{
	int			start = m->nsources;

	add_source(m, def->selection_set, type);
	add_place(m, start, true);
	while (m->done < m->nplaces)
		if (!merge_place(m, m->done++))
			return false;
	return true;
}

bool
gql_may_have_conflicts(GqlValidation *v)
{
	Merge		m = {.v = v};

	/* Operations first: what they reach has been looked at with them. */
	for (int i = 0; i < v->ndefs; i++)
		if (v->defs[i].operation != NULL && !merge_definition(&m, &v->defs[i], gql_schema_root(v->schema,
																							   v->defs[i].operation->type)))
			return true;
	for (int i = 0; i < v->ndefs; i++)
		if (v->defs[i].fragment != NULL && !v->defs[i].merged && !merge_definition(&m, &v->defs[i],
																				   gql_fragment_type(v, &v->defs[i])))
			return true;
	return false;
}
