/*
 * validate_merge.c: find out quickly whether any two fields of a document can
 * conflict (specification, 5.3.2 Field Selection Merging).
 *
 * FieldsInSetCanMerge(), read literally, compares each pair of fields of one
 * response key, and then their selections again. Here, all selection sets that
 * are merged at one place of the response are collected once, through all
 * fragments. Each field is compared with one other only, which stands for the
 * rest: "same shape" is an equivalence, and so is "same name and arguments"
 * among fields whose parents may be the same object. The selection sets below
 * a group of fields are the next place, and each place is looked at once.
 *
 * That takes linear time for documents as people and programs write them. In
 * theory the number of places has no polynomial bound, so the work is limited.
 * If the limit is reached, or a conflict is found, the answer is "maybe", and
 * validate_overlap.c finds out which fields conflict.
 */
#include "postgres.h"

#include "common/hashfn.h"

#include "graphql/validation/validate.h"

/* Fields and sets to look at, in all: a few hundred milliseconds at most. */
#define MAX_MERGE_WORK 4000000

/* So many of them are a unit of gql_spend(). */
#define FIELDS_A_UNIT 4

/* A selection set and the type that its fields are looked up in. */
typedef struct TypedSet
{
	const GqlSelectionSet *set;
	GqlType    *parent;			/* NULL: unknown */
} TypedSet;

/* A place of the response: the selection sets that are merged there. */
typedef struct MergePlace
{
	int			first;			/* index of its first set in Merge.sets */
	int			n;				/* how many sets it has */
	bool		identity;		/* true: fields of one key whose parents may
								 * be the same object must be the same field;
								 * false: no two parents are, and only the
								 * shapes have to agree */
	uint32		hash;
} MergePlace;

/* A field at the place at hand. */
typedef struct MergeField
{
	const char *key;			/* response key */
	uint32		hash;
	bool		first;			/* the first field of its key */
	int			next;			/* index of the next field of its key; -1 */
	int			last;			/* if first: index of the key's last field */
	const GqlSelection *node;
	GqlType    *parent;			/* NULL: unknown */
	GqlFieldDef *def;			/* NULL: unknown */
} MergeField;

typedef struct Merge
{
	GqlValidation *v;
	int64		work;
	int			stamp;			/* of the fragments entered at this place */

	/* places found, each once; those before done are finished */
	MergePlace *places;
	int			nplaces;
	int			max_places;
	int			done;
	int		   *place_table;	/* open addressing: index into places + 1 */
	uint32		place_mask;
	TypedSet   *sets;
	int			nsets;
	int			max_sets;

	/* the place at hand: its fields by response key */
	MergeField *fields;
	int			nfields;
	int			max_fields;
	int		   *key_table;		/* open addressing: index of a key's first
								 * field + 1 */
	uint32		key_mask;
	TypedSet   *pending;		/* selection sets to be collected */
	int			npending;
	int			max_pending;
} Merge;

/* ---- places of the response ---- */

static bool
same_place(const Merge *m, const MergePlace *a, const MergePlace *b)
{
	if (a->hash != b->hash || a->n != b->n || a->identity != b->identity)
		return false;
	for (int i = 0; i < a->n; i++)
	{
		if (m->sets[a->first + i].set != m->sets[b->first + i].set)
			return false;
	}
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
compare_sets(const void *a, const void *b)
{
	const GqlSelectionSet *x = ((const TypedSet *) a)->set;
	const GqlSelectionSet *y = ((const TypedSet *) b)->set;

	return x < y ? -1 : x > y;
}

/*
 * Make a place of the sets from index first to the end. If the place is known,
 * or has no sets, remove them again.
 */
static void
add_place(Merge *m, int first, bool identity)
{
	MergePlace	place = {.first = first, .n = m->nsets - first};
	uint32		b;

	if (place.n == 0)
		return;
	/* one set alone is the same place in both cases */
	place.identity = identity || place.n == 1;
	if (place.n > 1)
		qsort(&m->sets[first], place.n, sizeof(TypedSet), compare_sets);
	for (int i = 0; i < place.n; i++)
	{
		uintptr_t	address = (uintptr_t) m->sets[first + i].set;

		place.hash = hash_combine(place.hash, murmurhash32((uint32) (address >> 3)));
	}
	m->work += place.n;

	if (m->place_table == NULL || (uint32) m->nplaces * 2 >= m->place_mask)
		enlarge_place_table(m);
	for (b = place.hash & m->place_mask; m->place_table[b]; b = (b + 1) & m->place_mask)
	{
		if (same_place(m, &m->places[m->place_table[b] - 1], &place))
		{
			m->nsets = first;
			return;
		}
	}
	gql_make_room(m->places, m->nplaces, m->max_places);
	m->places[m->nplaces++] = place;
	m->place_table[b] = m->nplaces;
}

static void
add_set(Merge *m, const GqlSelectionSet *set, GqlType *parent)
{
	gql_make_room(m->sets, m->nsets, m->max_sets);
	m->sets[m->nsets].set = set;
	m->sets[m->nsets++].parent = parent;
}

/* Append what a field selects to the place that is being put together. */
static void
add_subselection(Merge *m, const MergeField *field)
{
	GqlType    *type = field->def != NULL ? gql_named_type(field->def->type) : NULL;

	if (field->node->selection_set != NULL)
		add_set(m, field->node->selection_set, type);
}

/* ---- the fields of a place ---- */

/* Remove the fields of the previous place. */
static void
clear_fields(Merge *m)
{
	for (int i = 0; i < m->nfields; i++)
	{
		uint32		b = m->fields[i].hash & m->key_mask;

		/* nothing is entered meanwhile, so a whole chain can be cleared */
		while (m->key_table[b])
		{
			m->key_table[b] = 0;
			b = (b + 1) & m->key_mask;
		}
	}
	m->nfields = 0;
}

static void
enter_key(Merge *m, int index)
{
	MergeField *field = &m->fields[index];
	uint32		b = field->hash & m->key_mask;

	for (; m->key_table[b]; b = (b + 1) & m->key_mask)
	{
		MergeField *first = &m->fields[m->key_table[b] - 1];

		if (first->hash == field->hash && strcmp(first->key, field->key) == 0)
		{
			m->fields[first->last].next = index;
			first->last = index;
			return;
		}
	}
	m->key_table[b] = index + 1;
	field->first = true;
	field->last = index;
}

static void
enlarge_key_table(Merge *m)
{
	uint32		size = m->key_table != NULL ? (m->key_mask + 1) * 2 : 64;

	if (m->key_table != NULL)
		pfree(m->key_table);
	m->key_table = palloc_extended(sizeof(int) * (Size) size, MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	m->key_mask = size - 1;
	for (int i = 0; i < m->nfields; i++)
	{
		uint32		b = m->fields[i].hash & m->key_mask;

		if (!m->fields[i].first)
			continue;
		while (m->key_table[b])
			b = (b + 1) & m->key_mask;
		m->key_table[b] = i + 1;
	}
}

static void
add_field(Merge *m, const GqlSelection *node, GqlType *parent)
{
	MergeField *field;

	if (m->key_table == NULL || (uint32) m->nfields * 2 >= m->key_mask)
		enlarge_key_table(m);
	gql_make_room(m->fields, m->nfields, m->max_fields);
	field = &m->fields[m->nfields];
	field->key = gql_response_key(node);
	field->hash = gql_hash_name(field->key);
	field->next = -1;
	field->node = node;
	field->parent = parent;
	field->def = parent != NULL ? gql_type_field(m->v->schema, parent, node->name.value) : NULL;
	field->first = false;
	enter_key(m, m->nfields++);
}

static void
push_set(Merge *m, const GqlSelectionSet *set, GqlType *parent)
{
	gql_make_room(m->pending, m->npending, m->max_pending);
	m->pending[m->npending].set = set;
	m->pending[m->npending++].parent = parent;
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
collect_fields(Merge *m, const MergePlace *place)
{
	ListCell   *lc;

	clear_fields(m);
	m->stamp = ++m->v->stamp;
	for (int i = 0; i < place->n; i++)
		push_set(m, m->sets[place->first + i].set, m->sets[place->first + i].parent);
	while (m->npending > 0 && m->work <= MAX_MERGE_WORK)
	{
		TypedSet	typed = m->pending[--m->npending];

		m->work += 1 + list_length(typed.set->items);
		if (!gql_spend(m->v, 1 + list_length(typed.set->items) / FIELDS_A_UNIT))
			break;
		foreach(lc, typed.set->items)
		{
			const GqlSelection *selection = lfirst(lc);

			if (selection->kind == GQL_FIELD)
				add_field(m, selection, typed.parent);
			else if (selection->kind == GQL_FRAGMENT_SPREAD)
				push_fragment(m, selection);
			else if (selection->type_condition != NULL)
				push_set(m, selection->selection_set,
						 gql_schema_type(m->v->schema, selection->type_condition->name));
			else
				push_set(m, selection->selection_set, typed.parent);
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

/* Do all fields of one key have the same shape? (SameResponseShape) */
static bool
have_one_shape(const Merge *m, const MergeField *first)
{
	const GqlTypeRef *shape = NULL;

	for (const MergeField *field = first;; field = &m->fields[field->next])
	{
		if (gql_find_directive(field->node->directives, "stream") != NULL)
			return false;
		if (field->def != NULL && shape == NULL)
			shape = field->def->type;
		else if (field->def != NULL && gql_type_shapes_conflict(shape, field->def->type))
			return false;
		if (field->next < 0)
			return true;
	}
}

/*
 * Have two fields the same name and arguments? The work is not counted: each
 * field is compared with one other, so it is linear in the document.
 */
static bool
same_field(const MergeField *a, const MergeField *b)
{
	int64		work = 0;

	return strcmp(a->node->name.value, b->node->name.value) == 0 &&
		gql_same_arguments(a->node->arguments, b->node->arguments, &work);
}

/* The fields of one key and one object type. */
typedef struct ParentGroup
{
	const char *name;			/* the type's */
	const MergeField *representative;	/* stands for all in comparisons */
	List	   *fields;			/* MergeField * */
} ParentGroup;

gql_starts_with_name(ParentGroup, name);

static inline bool
is_concrete(const MergeField *field)
{
	return field->parent != NULL && field->parent->kind == GQL_OBJECT;
}

/* May the parents of all fields of a key be the same object? */
static bool
may_all_meet(const Merge *m, const MergeField *first)
{
	GqlType    *concrete = NULL;

	for (const MergeField *field = first;; field = &m->fields[field->next])
	{
		if (is_concrete(field) && concrete != NULL && field->parent != concrete)
			return false;
		if (is_concrete(field))
			concrete = field->parent;
		if (field->next < 0)
			return true;
	}
}

/* Merge all fields of one key; with identity they must be the same field. */
static bool
merge_all(Merge *m, const MergeField *first, bool identity)
{
	int			start = m->nsets;

	for (const MergeField *field = first;; field = &m->fields[field->next])
	{
		if (identity && field != first && !same_field(first, field))
			return false;
		add_subselection(m, field);
		if (field->next < 0)
			break;
	}
	add_place(m, start, identity);
	return true;
}

/*
 * Merge the fields of one key separately for each object type among their
 * parents. Those with an abstract parent belong to each of these groups.
 */
static bool
merge_by_parent(Merge *m, const MergeField *first)
{
	const MergeField *shared = NULL;
	List	   *shared_fields = NIL;
	GqlNames	groups;
	ListCell   *lc;

	gql_names_init(&groups, CurrentMemoryContext);
	for (const MergeField *field = first;; field = &m->fields[field->next])
	{
		if (!is_concrete(field))
		{
			if (shared != NULL && !same_field(shared, field))
				return false;
			shared = shared != NULL ? shared : field;
			shared_fields = lappend(shared_fields, unconstify(MergeField *, field));
		}
		else
		{
			ParentGroup *group = gql_names_entry(&groups, field->parent->name,
												 sizeof(ParentGroup));

			if (group->fields == NIL)
				group->representative = field;
			if (!same_field(group->representative, field))
				return false;
			group->fields = lappend(group->fields, unconstify(MergeField *, field));
		}
		if (field->next < 0)
			break;
	}

	gql_foreach(ParentGroup, group, &groups)
	{
		int			start = m->nsets;

		if (shared != NULL && !same_field(shared, group->representative))
			return false;
		m->work += list_length(shared_fields);
		if (m->work > MAX_MERGE_WORK)
			return false;
		foreach(lc, shared_fields)
			add_subselection(m, lfirst(lc));
		foreach(lc, group->fields)
			add_subselection(m, lfirst(lc));
		add_place(m, start, true);
	}
	return merge_all(m, first, false);
}

/* Merge the fields of one key at one place. False: they may conflict. */
static bool
merge_key(Merge *m, const MergeField *first, bool identity)
{
	if (first->next < 0)
	{
		int			start = m->nsets;

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
	MergePlace	place = m->places[index];

	collect_fields(m, &place);
	for (int i = 0; i < m->nfields; i++)
	{
		if (m->fields[i].first && !merge_key(m, &m->fields[i], place.identity))
			return false;
	}
	return m->work <= MAX_MERGE_WORK;
}

static bool
merge_definition(Merge *m, const GqlDefInfo *def, GqlType *type)
{
	int			start = m->nsets;

	add_set(m, def->selection_set, type);
	add_place(m, start, true);
	while (m->done < m->nplaces)
	{
		if (!merge_place(m, m->done++))
			return false;
	}
	return true;
}

bool
gql_may_have_conflicts(GqlValidation *v)
{
	Merge		m = {.v = v};

	/* operations first: what they reach is then done */
	for (int i = 0; i < v->ndefs; i++)
	{
		const GqlDefInfo *def = &v->defs[i];

		if (def->operation == NULL)
			continue;
		if (!merge_definition(&m, def, gql_schema_root(v->schema, def->operation->type)))
			return true;
	}
	for (int i = 0; i < v->ndefs; i++)
	{
		GqlDefInfo *def = &v->defs[i];

		if (def->fragment == NULL || def->merged)
			continue;
		if (!merge_definition(&m, def, gql_fragment_type(v, def)))
			return true;
	}
	return false;
}
