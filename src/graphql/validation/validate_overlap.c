/*
 * validate_overlap.c: which fields of a document conflict (specification,
 * 5.3.2 Field Selection Merging).
 *
 * Reached only by documents that validate_merge.c does not clear. What is
 * compared with what, and in which order, is graphql-js': the selection set at
 * hand within itself, with each fragment that it spreads, and these with each
 * other, each pair of sets once. Pairs are quadratic by nature, so they are
 * counted, and validation is aborted beyond a limit that is graphql-js' too.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "miscadmin.h"

#include "graphql/validation/validate.h"

#define MAX_COMPLEXITY 500000
#define MAX_DEPTH 3000			/* of nested comparisons */
#define MAX_TEXT 1000			/* of a name or reason */
#define MAX_NODES 20			/* on each side of a conflict */
#define MAX_SUBCONFLICTS 1000	/* far more than are shown */

/* One field of a selection set. */
typedef struct FieldDetails
{
	const GqlSelection *node;
	GqlType    *parent;
	GqlFieldDef *def;
	const GqlDirective *stream;
	bool		simple_leaf;
} FieldDetails;

/* Fields of one response key; in GqlNames. */
typedef struct FieldGroup
{
	const char *key;
	List	   *fields;			/* FieldDetails * */
} FieldGroup;

/* What is directly in a selection set, inline fragments opened. */
typedef struct FieldSet
{
	const GqlSelectionSet *set;
	GqlType    *parent;
	GqlNames	groups;			/* FieldGroup */
	List	   *fragments;		/* GqlDefInfo *, each once */
} FieldSet;

typedef struct Conflict
{
	const char *key;
	const char *reason;
	List	   *nodes1;			/* const GqlSelection * */
	List	   *nodes2;
} Conflict;

/*
 * A set of pairs of pointers, each with a mark: compared as mutually exclusive
 * only.
 */
typedef struct Pair
{
	const void *a;
	const void *b;
	bool		exclusive;
} Pair;

typedef struct PairSet
{
	Pair	   *pairs;
	uint32		n;
	uint32		mask;
} PairSet;

typedef struct GqlOverlap
{
	GqlValidation *v;
	int			budget;
	int			depth;
	bool		exhausted;
	FieldSet  **sets;			/* by selection set and parent; open
								 * addressing */
	uint32		nsets;
	uint32		sets_mask;
	PairSet		set_fragment_pairs;
	PairSet		fragment_pairs;
} GqlOverlap;

typedef GqlOverlap Overlap;

static bool
spend(Overlap *o, int cost)
{
	o->budget -= cost;
	if (o->budget < 0)
		o->exhausted = true;
	return !o->exhausted;
}

/* ---- sets of pairs ---- */

static uint32
hash_pair(const void *a, const void *b)
{
	return hash_combine(murmurhash32((uint32) ((uintptr_t) a >> 3)),
						murmurhash32((uint32) ((uintptr_t) b >> 3)));
}

static Pair *
find_pair(const PairSet *set, const void *a, const void *b)
{
	uint32		i = hash_pair(a, b) & set->mask;

	while (set->pairs[i].a != NULL && (set->pairs[i].a != a || set->pairs[i].b != b))
		i = (i + 1) & set->mask;
	return &set->pairs[i];
}

static void
enlarge_pairs(PairSet *set)
{
	PairSet		old = *set;

	set->mask = old.pairs != NULL ? old.mask * 2 + 1 : 63;
	set->pairs = palloc_extended(sizeof(Pair) * ((Size) set->mask + 1),
								 MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	if (old.pairs == NULL)
		return;
	for (uint32 i = 0; i <= old.mask; i++)
		if (old.pairs[i].a != NULL)
			*find_pair(set, old.pairs[i].a, old.pairs[i].b) = old.pairs[i];
	pfree(old.pairs);
}

/*
 * True if the pair was compared already, and not less strictly; otherwise it
 * is noted. a is not NULL.
 */
static bool
is_compared(PairSet *set, const void *a, const void *b, bool exclusive)
{
	Pair	   *pair;

	if (set->pairs == NULL || set->n * 2 >= set->mask)
		enlarge_pairs(set);
	pair = find_pair(set, a, b);
	if (pair->a != NULL && (exclusive || !pair->exclusive))
		return true;
	if (pair->a == NULL)
		set->n++;
	*pair = (Pair)
	{
		a, b, exclusive
	};
	return false;
}

/* ---- the fields of a selection set ---- */

static void
add_field(Overlap *o, FieldSet *result, GqlType *parent, const GqlSelection *node)
{
	const char *key = gql_response_key(node);
	FieldGroup *group = gql_names_get(&result->groups, key);
	FieldDetails *field = palloc0(sizeof(FieldDetails));

	if (group == NULL)
	{
		group = palloc0(sizeof(FieldGroup));
		group->key = key;
		gql_names_add(&result->groups, group);
	}
	field->node = node;
	field->parent = parent;
	if (parent != NULL && (parent->kind == GQL_OBJECT || parent->kind == GQL_INTERFACE))
		field->def = gql_names_get(gql_type_fields(o->v->schema, parent), node->name.value);
	field->stream = gql_find_directive(node->directives, "stream");
	field->simple_leaf = node->arguments == NIL && node->selection_set == NULL && field->stream == NULL;
	group->fields = lappend(group->fields, field);
}

static void
add_fields(Overlap *o, FieldSet *result, GqlType *parent, const GqlSelectionSet *set)
{
	ListCell   *lc;

	check_stack_depth();
	foreach(lc, set->items)
	{
		const GqlSelection *selection = lfirst(lc);

		if (selection->kind == GQL_FIELD)
			add_field(o, result, parent, selection);
		else if (selection->kind == GQL_FRAGMENT_SPREAD)
		{
			GqlDefInfo *fragment = gql_names_get(&o->v->fragments, selection->name.value);

			if (fragment != NULL && fragment->stamp != o->v->stamp)
			{
				fragment->stamp = o->v->stamp;
				result->fragments = lappend(result->fragments, fragment);
			}
		}
		else if (selection->type_condition != NULL)
			add_fields(o, result, gql_schema_type(o->v->schema, selection->type_condition->name),
					   selection->selection_set);
		else
			add_fields(o, result, parent, selection->selection_set);
	}
}

static FieldSet **
find_field_set(Overlap *o, const GqlSelectionSet *set, GqlType *parent)
{
	uint32		i = hash_pair(set, parent) & o->sets_mask;

	while (o->sets[i] != NULL && (o->sets[i]->set != set || o->sets[i]->parent != parent))
		i = (i + 1) & o->sets_mask;
	return &o->sets[i];
}

static void
enlarge_field_sets(Overlap *o)
{
	FieldSet  **old = o->sets;
	uint32		old_mask = o->sets_mask;

	o->sets_mask = old != NULL ? old_mask * 2 + 1 : 63;
	o->sets = palloc_extended(sizeof(FieldSet *) * ((Size) o->sets_mask + 1),
							  MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	if (old == NULL)
		return;
	for (uint32 i = 0; i <= old_mask; i++)
		if (old[i] != NULL)
			*find_field_set(o, old[i]->set, old[i]->parent) = old[i];
	pfree(old);
}

static FieldSet *
get_field_set(Overlap *o, const GqlSelectionSet *set, GqlType *parent)
{
	FieldSet  **slot;

	if (o->sets == NULL || o->nsets * 2 >= o->sets_mask)
		enlarge_field_sets(o);
	slot = find_field_set(o, set, parent);
	if (*slot == NULL)
	{
		FieldSet   *result = palloc0(sizeof(FieldSet));

		result->set = set;
		result->parent = parent;
		gql_names_init(&result->groups, CurrentMemoryContext);
		o->v->stamp++;
		add_fields(o, result, parent, set);
		o->nsets++;
		*slot = result;
	}
	return *slot;
}

static FieldSet *
get_fragment_set(Overlap *o, GqlDefInfo *fragment)
{
	return get_field_set(o, fragment->selection_set, gql_schema_type(o->v->schema,
																	 fragment->fragment->type_condition->name));
}

/* ---- arguments ---- */

static int
compare_object_fields(const ListCell *a, const ListCell *b)
{
	return strcmp(((const GqlObjectField *) lfirst(a))->name.value,
				  ((const GqlObjectField *) lfirst(b))->name.value);
}

static bool same_value(const GqlValue *a, const GqlValue *b, int64 *work);

static bool
same_objects(const GqlValue *a, const GqlValue *b, int64 *work)
{
	List	   *fields_a = list_copy(a->items);
	List	   *fields_b = list_copy(b->items);
	ListCell   *lca,
			   *lcb;
	bool		same = true;

	list_sort(fields_a, compare_object_fields);
	list_sort(fields_b, compare_object_fields);
	forboth(lca, fields_a, lcb, fields_b)
	{
		const GqlObjectField *x = lfirst(lca);
		const GqlObjectField *y = lfirst(lcb);

		same = same && strcmp(x->name.value, y->name.value) == 0 &&
			same_value(x->value, y->value, work);
	}
	list_free(fields_a);
	list_free(fields_b);
	return same;
}

/* As written, but for the order of an object's fields. */
static bool
same_value(const GqlValue *a, const GqlValue *b, int64 *work)
{
	ListCell   *lca,
			   *lcb;

	(*work)++;
	if (a->kind != b->kind)
		return false;
	switch (a->kind)
	{
		case GQL_VALUE_NULL:
			return true;
		case GQL_VALUE_BOOLEAN:
			return a->boolean == b->boolean;
		case GQL_VALUE_LIST:
			check_stack_depth();
			if (list_length(a->items) != list_length(b->items))
				return false;
			forboth(lca, a->items, lcb, b->items)
				if (!same_value(lfirst(lca), lfirst(lcb), work))
				return false;
			return true;
		case GQL_VALUE_OBJECT:
			check_stack_depth();
			return list_length(a->items) == list_length(b->items) && same_objects(a, b, work);
		case GQL_VALUE_STRING:
			return a->block == b->block && a->len == b->len &&
				memcmp(a->text, b->text, a->len) == 0;
		case GQL_VALUE_INT:
		case GQL_VALUE_FLOAT:
		case GQL_VALUE_ENUM:
		case GQL_VALUE_VARIABLE:
			return strcmp(a->text, b->text) == 0;
	}
	return false;
}

/* Arguments up to this many are searched one by one. */
#define FEW_ARGUMENTS 8

/* Of arguments of one name, the last counts. */
static const GqlArgument *
find_argument(List *arguments, const GqlNames *by_name, const char *name)
{
	if (by_name != NULL)
		return gql_names_get(by_name, name);
	for (int i = list_length(arguments) - 1; i >= 0; i--)
	{
		const GqlArgument *argument = list_nth(arguments, i);

		if (strcmp(argument->name.value, name) == 0)
			return argument;
	}
	return NULL;
}

bool
gql_same_arguments(List *a, List *b, int64 *work)
{
	bool		many = list_length(b) > FEW_ARGUMENTS;
	GqlNames	by_name;
	ListCell   *lc;

	if (list_length(a) != list_length(b))
		return false;
	if (many)
	{
		gql_names_init(&by_name, CurrentMemoryContext);
		for (int i = list_length(b) - 1; i >= 0; i--)
			gql_names_add(&by_name, list_nth(b, i));
	}
	foreach(lc, a)
	{
		const GqlArgument *argument = lfirst(lc);
		const GqlArgument *other = find_argument(b, many ? &by_name : NULL, argument->name.value);

		if (other == NULL || !same_value(argument->value, other->value, work))
			return false;
	}
	return true;
}

/* ---- conflicts ---- */

static const char *
abbreviate(const char *text)
{
	return strlen(text) > MAX_TEXT ? psprintf("%.*s...", MAX_TEXT, text) : text;
}

static Conflict *
make_conflict(const char *key, const char *reason, const GqlSelection *node1,
			  const GqlSelection *node2)
{
	Conflict   *conflict = palloc(sizeof(Conflict));

	conflict->key = key;
	conflict->reason = reason;
	conflict->nodes1 = list_make1(unconstify(GqlSelection *, node1));
	conflict->nodes2 = list_make1(unconstify(GqlSelection *, node2));
	return conflict;
}

/*
 * What one side of a conflict of subfields shows: the field, and then the
 * nodes of those conflicts, as many as there is room for.
 */
static void
add_nodes(List **nodes, const List *more)
{
	int			room = MAX_NODES - list_length(*nodes);

	for (int i = Max(0, list_length(more) - room); i < list_length(more); i++)
		*nodes = lappend(*nodes, list_nth(more, i));
}

static Conflict *
subfield_conflict(List *conflicts, const char *key, const GqlSelection *node1,
				  const GqlSelection *node2)
{
	StringInfoData reason;
	Conflict   *conflict;
	ListCell   *lc;

	if (conflicts == NIL)
		return NULL;
	conflict = make_conflict(key, NULL, node1, node2);
	initStringInfo(&reason);
	foreach(lc, conflicts)
	{
		const Conflict *sub = lfirst(lc);

		if (reason.len <= MAX_TEXT)
			appendStringInfo(&reason, "%ssubfields \"%s\" conflict because %s", reason.len > 0
							 ? " and " : "", abbreviate(sub->key), sub->reason);
		add_nodes(&conflict->nodes1, sub->nodes1);
		add_nodes(&conflict->nodes2, sub->nodes2);
	}
	conflict->reason = abbreviate(reason.data);
	return conflict;
}

/* ---- comparisons ---- */

/*
 * Values looked at count little, but they may be long, and there are many
 * pairs.
 */
static bool
same_arguments(Overlap *o, List *a, List *b)
{
	int64		work = 0;
	bool		same = gql_same_arguments(a, b, &work);

	spend(o, work / 16);
	return same;
}

static void compare_sets(Overlap *o, List **conflicts, bool exclusive, const FieldSet *a,
						 const FieldSet *b);
static void compare_set_with_fragment(Overlap *o, List **conflicts, bool exclusive,
									  const FieldSet *set, GqlDefInfo *fragment);
static void compare_fragments(Overlap *o, List **conflicts, bool exclusive, GqlDefInfo *a,
							  GqlDefInfo *b);

/*
 * Nested comparisons recurse; a document may chain fragments as far as it
 * likes.
 */
static bool
descend(Overlap *o)
{
	if (++o->depth > MAX_DEPTH)
		o->exhausted = true;
	check_stack_depth();
	return !o->exhausted;
}

static bool
is_full(const Overlap *o, const List *conflicts)
{
	return o->exhausted || list_length(conflicts) >= MAX_SUBCONFLICTS;
}

/* The selection sets of two fields. */
static Conflict *
compare_subselections(Overlap *o, bool exclusive, const char *key, const FieldDetails *f1,
					  const FieldDetails *f2)
{
	FieldSet   *a = get_field_set(o, f1->node->selection_set, f1->def != NULL
								  ? gql_named_type(f1->def->type) : NULL);
	FieldSet   *b = get_field_set(o, f2->node->selection_set, f2->def != NULL
								  ? gql_named_type(f2->def->type) : NULL);
	List	   *conflicts = NIL;
	ListCell   *lc,
			   *lc2;

	if (descend(o))
	{
		compare_sets(o, &conflicts, exclusive, a, b);
		foreach(lc, b->fragments)
			compare_set_with_fragment(o, &conflicts, exclusive, a, lfirst(lc));
		foreach(lc, a->fragments)
			compare_set_with_fragment(o, &conflicts, exclusive, b, lfirst(lc));
		foreach(lc, a->fragments)
			foreach(lc2, b->fragments)
			compare_fragments(o, &conflicts, exclusive, lfirst(lc), lfirst(lc2));
	}
	o->depth--;
	return subfield_conflict(conflicts, key, f1->node, f2->node);
}

static Conflict *
compare_streams(Overlap *o, const char *key, const FieldDetails *f1, const FieldDetails *f2)
{
	bool		same = f1->stream != NULL && f2->stream != NULL && same_arguments(o, f1->stream->arguments,
																				  f2->stream->arguments);

	return make_conflict(key, psprintf("they have overlapping stream directives%s",
									   same ? ". See https://github.com/graphql/defer-stream-wg/discussions/100" : ""), f1->node, f2->node);
}

/*
 * Two fields of one response key. exclusive: the objects that they are of
 * cannot be one.
 */
static Conflict *
compare_fields(Overlap *o, bool exclusive, const char *key, const FieldDetails *f1,
			   const FieldDetails *f2)
{
	const GqlTypeRef *type1 = f1->def != NULL ? f1->def->type : NULL;
	const GqlTypeRef *type2 = f2->def != NULL ? f2->def->type : NULL;
	const char *name1 = f1->node->name.value;
	const char *name2 = f2->node->name.value;

	exclusive = exclusive || (f1->parent != f2->parent && f1->parent != NULL &&
							  f1->parent->kind == GQL_OBJECT &&
							  f2->parent != NULL && f2->parent->kind == GQL_OBJECT);
	if (!spend(o, 2))
		return NULL;
	if (f1->simple_leaf && f2->simple_leaf && type1 == type2 && strcmp(name1, name2) == 0)
		return NULL;
	if (!exclusive)
	{
		if (strcmp(name1, name2) != 0)
			return make_conflict(key, psprintf("\"%s\" and \"%s\" are different fields",
											   abbreviate(name1), abbreviate(name2)),
								 f1->node, f2->node);
		if (!same_arguments(o, f1->node->arguments, f2->node->arguments))
			return make_conflict(key, "they have differing arguments", f1->node, f2->node);
	}
	if (f1->stream != NULL || f2->stream != NULL)
		return compare_streams(o, key, f1, f2);
	if (type1 != NULL && type2 != NULL && gql_type_shapes_conflict(type1, type2))
		return make_conflict(key, psprintf("they return conflicting types \"%s\" and \"%s\"",
										   gql_type_to_string(type1),
										   gql_type_to_string(type2)), f1->node, f2->node);
	if (f1->node->selection_set != NULL && f2->node->selection_set != NULL)
		return compare_subselections(o, exclusive, key, f1, f2);
	return NULL;
}

static void
compare_within(Overlap *o, List **conflicts, const FieldSet *set)
{
	gql_foreach(FieldGroup, group, &set->groups)
	{
		for (int i = 0; i < list_length(group->fields); i++)
			for (int j = i + 1; j < list_length(group->fields) && !is_full(o, *conflicts); j++)
			{
				Conflict   *conflict = compare_fields(o, false, group->key,
													  list_nth(group->fields, i), list_nth(group->fields, j));

				if (conflict != NULL)
					*conflicts = lappend(*conflicts, conflict);
			}
	}
}

static void
compare_sets(Overlap *o, List **conflicts, bool exclusive, const FieldSet *a, const FieldSet *b)
{
	ListCell   *lc1,
			   *lc2;

	gql_foreach(FieldGroup, group1, &a->groups)
	{
		FieldGroup *group2 = gql_names_get(&b->groups, group1->key);

		if (is_full(o, *conflicts) || !spend(o, 1))
			return;
		if (group2 == NULL)
			continue;
		foreach(lc1, group1->fields)
			foreach(lc2, group2->fields)
		{
			Conflict   *conflict;

			if (is_full(o, *conflicts))
				return;
			conflict = compare_fields(o, exclusive, group1->key, lfirst(lc1), lfirst(lc2));
			if (conflict != NULL)
				*conflicts = lappend(*conflicts, conflict);
		}
	}
}

/*
 * A selection set with a fragment, and then with those that it spreads in
 * turn.
 */
static void
compare_set_with_fragment(Overlap *o, List **conflicts, bool exclusive, const FieldSet *set,
						  GqlDefInfo *fragment)
{
	FieldSet   *other;
	ListCell   *lc;

	if (!spend(o, 1) || set->groups.n == 0 || is_compared(&o->set_fragment_pairs, set, fragment,
														  exclusive))
		return;
	other = get_fragment_set(o, fragment);
	if (other == set)
		return;
	if (descend(o))
	{
		compare_sets(o, conflicts, exclusive, set, other);
		foreach(lc, other->fragments)
			compare_set_with_fragment(o, conflicts, exclusive, set, lfirst(lc));
	}
	o->depth--;
}

/* Two fragments, and then each with those that the other spreads in turn. */
static void
compare_fragments(Overlap *o, List **conflicts, bool exclusive, GqlDefInfo *a, GqlDefInfo *b)
{
	ListCell   *lc;

	if (!spend(o, 2) || a == b || is_compared(&o->fragment_pairs, Min(a, b), Max(a, b), exclusive))
		return;
	if (descend(o))
	{
		FieldSet   *set_a = get_fragment_set(o, a);
		FieldSet   *set_b = get_fragment_set(o, b);

		compare_sets(o, conflicts, exclusive, set_a, set_b);
		foreach(lc, set_b->fragments)
			compare_fragments(o, conflicts, exclusive, a, lfirst(lc));
		foreach(lc, set_a->fragments)
			compare_fragments(o, conflicts, exclusive, lfirst(lc), b);
	}
	o->depth--;
}

static List *
find_conflicts(Overlap *o, const GqlSelectionSet *set, GqlType *parent)
{
	FieldSet   *fields = get_field_set(o, set, parent);
	List	   *conflicts = NIL;

	compare_within(o, &conflicts, fields);
	for (int i = 0; i < list_length(fields->fragments); i++)
	{
		compare_set_with_fragment(o, &conflicts, false, fields, list_nth(fields->fragments, i));
		for (int j = i + 1; j < list_length(fields->fragments) && !o->exhausted; j++)
			compare_fragments(o, &conflicts, false, list_nth(fields->fragments, i),
							  list_nth(fields->fragments, j));
	}
	return conflicts;
}

static void
report_conflict(GqlValidation *v, const Conflict *conflict)
{
	GqlError   *error = gql_invalid(v, -1,
									"Fields \"%s\" conflict because %s. Use different aliases on the fields to fetch both if this was "
									"intentional.", abbreviate(conflict->key), conflict->reason);
	ListCell   *lc;

	foreach(lc, conflict->nodes1)
		gql_invalid_also(v, error, ((GqlSelection *) lfirst(lc))->loc);
	foreach(lc, conflict->nodes2)
		gql_invalid_also(v, error, ((GqlSelection *) lfirst(lc))->loc);
}

static GqlOverlap *
make_overlap(GqlValidation *v)
{
	GqlOverlap *o;

	if (!gql_may_have_conflicts(v))
		return NULL;
	o = palloc0(sizeof(GqlOverlap));
	o->v = v;
	o->budget = MAX_COMPLEXITY;
	return o;
}

void
gql_overlapping_fields_can_be_merged(GqlWalk *w, const void *node)
{
	GqlValidation *v = w->v;
	const GqlSelectionSet *set = node;
	List	   *conflicts;
	ListCell   *lc;

	if (!v->overlap_known)
	{
		v->overlap = make_overlap(v);
		v->overlap_known = true;
	}
	if (v->overlap == NULL || set->items == NIL)
		return;
	if (list_length(set->items) == 1 &&
		((GqlSelection *) linitial(set->items))->kind != GQL_INLINE_FRAGMENT)
		return;
	conflicts = find_conflicts(v->overlap, set, w->parent_type);
	if (v->overlap->exhausted)
		gql_abort_validation(v);
	foreach(lc, conflicts)
		report_conflict(v, lfirst(lc));
}
