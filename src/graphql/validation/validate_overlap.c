/*
 * validate_overlap.c: find out which fields of a document conflict
 * (specification, 5.3.2 Field Selection Merging).
 *
 * Only documents that validate_merge.c does not clear come here. What is
 * compared, and in which order, is graphql-js'. The letters (A) to (J) are
 * those of its OverlappingFieldsCanBeMergedRule.
 *
 * Each selection set of the document:
 *
 *	(A)	its fields with each other
 *	(B)	its fields with each fragment that it spreads: with
 *		(D) the fragment's fields, (E) the fragments that it spreads
 *	(C)	these fragments with each other:
 *		(F) their fields, (G) each with the fragments that the other spreads
 *
 * The selection sets of two fields that are compared:
 *
 *	(H)	the fields of both
 *	(I)	the fields of each with the fragments of the other
 *	(J)	the fragments of both
 *
 * Each pair is compared once. Still, pairs are quadratic, so they are counted.
 * Beyond a limit, which graphql-js has too, validation is aborted.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "miscadmin.h"

#include "graphql/validation/validate.h"

#define MAX_COMPLEXITY 500000	/* comparisons in a document */
#define MAX_DEPTH 3000			/* nested comparisons */
#define MAX_TEXT 1000			/* bytes of a name or reason in a message */
#define MAX_NODES 20			/* fields shown on each side of a conflict */
#define MAX_SUBCONFLICTS 1000	/* conflicts kept for one pair of fields; far
								 * more than are shown */

/* One field of a selection set. */
typedef struct FieldDetails
{
	const GqlSelection *node;
	GqlType    *parent;			/* NULL: unknown */
	GqlFieldDef *def;			/* NULL: unknown */
	const GqlDirective *stream; /* its @stream, or NULL */
	bool		simple_leaf;	/* no arguments, selection set or @stream */
} FieldDetails;

/* The fields of one response key. */
typedef struct FieldGroup
{
	const char *key;
	List	   *fields;			/* FieldDetails * */
} FieldGroup;

gql_starts_with_name(FieldGroup, key);

/* The content of a selection set, with inline fragments opened. */
typedef struct FieldSet
{
	const GqlSelectionSet *set;
	GqlType    *parent;
	GqlNames	groups;			/* FieldGroup */
	List	   *fragments;		/* GqlDefInfo *, each once */
} FieldSet;

/* A conflict of two fields. */
typedef struct Conflict
{
	const char *key;			/* their response key */
	const char *reason;			/* as the message gives it */
	List	   *nodes1;			/* const GqlSelection *: the first field, and
								 * what below it conflicts */
	List	   *nodes2;			/* the same of the second */
} Conflict;

/*
 * A pair that was compared. exclusive: only as fields of different objects,
 * which need not be the same.
 */
typedef struct Pair
{
	const void *a;
	const void *b;
	bool		exclusive;
} Pair;

/* A hash table of pairs, with open addressing. */
typedef struct PairSet
{
	Pair	   *pairs;
	uint32		n;
	uint32		mask;
} PairSet;

/* The rule's state during one validation. */
typedef struct GqlOverlap
{
	GqlValidation *v;

	/* limits */
	int			budget;			/* comparisons that are left */
	int			depth;			/* of nested comparisons at present */
	bool		exhausted;		/* a limit was reached */

	/* hash table by selection set and parent type, with open addressing */
	FieldSet  **sets;
	uint32		nsets;
	uint32		sets_mask;

	/* what was compared */
	PairSet		set_fragment_pairs;
	PairSet		fragment_pairs;
} GqlOverlap;

/* Count comparisons. False: a limit was reached. */
static bool
spend(GqlOverlap *o, int cost)
{
	o->budget -= cost;
	if (o->budget < 0 || !gql_spend(o->v, cost))
		o->exhausted = true;
	return !o->exhausted;
}

/* ---- pairs that were compared ---- */

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
	{
		if (old.pairs[i].a != NULL)
			*find_pair(set, old.pairs[i].a, old.pairs[i].b) = old.pairs[i];
	}
	pfree(old.pairs);
}

/*
 * Was the pair compared already, and at least as strictly? If not, note that
 * it is now. a is not NULL.
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
	pair->a = a;
	pair->b = b;
	pair->exclusive = exclusive;
	return false;
}

/* ---- the fields of a selection set ---- */

static void
add_field(GqlOverlap *o, FieldSet *result, GqlType *parent, const GqlSelection *node)
{
	const char *key = gql_response_key(node);
	FieldGroup *group = gql_names_entry(&result->groups, key, sizeof(FieldGroup));
	FieldDetails *field = palloc0(sizeof(FieldDetails));

	field->node = node;
	field->parent = parent;
	if (parent != NULL && (parent->kind == GQL_OBJECT || parent->kind == GQL_INTERFACE))
		field->def = gql_names_get(gql_type_fields(o->v->schema, parent), node->name.value);
	field->stream = gql_find_directive(node->directives, "stream");
	field->simple_leaf = node->arguments == NIL && node->selection_set == NULL &&
		field->stream == NULL;
	group->fields = lappend(group->fields, field);
}

static void
add_fields(GqlOverlap *o, FieldSet *result, GqlType *parent, const GqlSelectionSet *set)
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
find_field_set(GqlOverlap *o, const GqlSelectionSet *set, GqlType *parent)
{
	uint32		i = hash_pair(set, parent) & o->sets_mask;

	while (o->sets[i] != NULL && (o->sets[i]->set != set || o->sets[i]->parent != parent))
		i = (i + 1) & o->sets_mask;
	return &o->sets[i];
}

static void
enlarge_field_sets(GqlOverlap *o)
{
	FieldSet  **old = o->sets;
	uint32		old_mask = o->sets_mask;

	o->sets_mask = old != NULL ? old_mask * 2 + 1 : 63;
	o->sets = palloc_extended(sizeof(FieldSet *) * ((Size) o->sets_mask + 1),
							  MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	if (old == NULL)
		return;
	for (uint32 i = 0; i <= old_mask; i++)
	{
		if (old[i] != NULL)
			*find_field_set(o, old[i]->set, old[i]->parent) = old[i];
	}
	pfree(old);
}

static FieldSet *
get_field_set(GqlOverlap *o, const GqlSelectionSet *set, GqlType *parent)
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
get_fragment_set(GqlOverlap *o, GqlDefInfo *fragment)
{
	GqlType    *type = gql_schema_type(o->v->schema, fragment->fragment->type_condition->name);

	return get_field_set(o, fragment->selection_set, type);
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

/* Are two literals the same as written, but for the order of fields? */
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
			{
				if (!same_value(lfirst(lca), lfirst(lcb), work))
					return false;
			}
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

/* Lists up to this length are searched one by one. */
#define FEW_ARGUMENTS 8

/* Find an argument; of several with one name the last counts. */
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

/* Append nodes of conflicts below a field; the last ones, if too many. */
static void
add_nodes(List **nodes, const List *more)
{
	int			room = MAX_NODES - list_length(*nodes);

	for (int i = Max(0, list_length(more) - room); i < list_length(more); i++)
		*nodes = lappend(*nodes, list_nth(more, i));
}

/* One conflict for all those between the subfields; NULL: there is none. */
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
 * Compare arguments. A value counts less than a field, but values may be long
 * and are compared in many pairs.
 */
static bool
same_arguments(GqlOverlap *o, List *a, List *b)
{
	int64		work = 0;
	bool		same = gql_same_arguments(a, b, &work);

	spend(o, work / 16);
	return same;
}

static void compare_sets(GqlOverlap *o, List **conflicts, bool exclusive, const FieldSet *a,
						 const FieldSet *b);
static void compare_set_with_fragment(GqlOverlap *o, List **conflicts, bool exclusive,
									  const FieldSet *set, GqlDefInfo *fragment);
static void compare_fragments(GqlOverlap *o, List **conflicts, bool exclusive, GqlDefInfo *a,
							  GqlDefInfo *b);

/*
 * Enter a nested comparison; o->depth-- leaves it. Chains of fragments may be
 * as long as the document, and are followed by recursion here; so depth has a
 * limit.
 */
static bool
descend(GqlOverlap *o)
{
	if (++o->depth > MAX_DEPTH)
		o->exhausted = true;
	check_stack_depth();
	return !o->exhausted;
}

static bool
is_full(const GqlOverlap *o, const List *conflicts)
{
	return o->exhausted || list_length(conflicts) >= MAX_SUBCONFLICTS;
}

/* Compare the selection sets of two fields. */
static Conflict *
compare_subselections(GqlOverlap *o, bool exclusive, const char *key, const FieldDetails *f1,
					  const FieldDetails *f2)
{
	GqlType    *type1 = f1->def != NULL ? gql_named_type(f1->def->type) : NULL;
	GqlType    *type2 = f2->def != NULL ? gql_named_type(f2->def->type) : NULL;
	FieldSet   *a = get_field_set(o, f1->node->selection_set, type1);
	FieldSet   *b = get_field_set(o, f2->node->selection_set, type2);
	List	   *conflicts = NIL;
	ListCell   *lc,
			   *lc2;

	if (descend(o))
	{
		compare_sets(o, &conflicts, exclusive, a, b);	/* (H) */
		foreach(lc, b->fragments)	/* (I) */
			compare_set_with_fragment(o, &conflicts, exclusive, a, lfirst(lc));
		foreach(lc, a->fragments)
			compare_set_with_fragment(o, &conflicts, exclusive, b, lfirst(lc));
		foreach(lc, a->fragments)	/* (J) */
		{
			foreach(lc2, b->fragments)
				compare_fragments(o, &conflicts, exclusive, lfirst(lc), lfirst(lc2));
		}
	}
	o->depth--;
	return subfield_conflict(conflicts, key, f1->node, f2->node);
}

static Conflict *
compare_streams(GqlOverlap *o, const char *key, const FieldDetails *f1, const FieldDetails *f2)
{
	bool		same = f1->stream != NULL && f2->stream != NULL &&
	same_arguments(o, f1->stream->arguments, f2->stream->arguments);
	const char *see = ". See https://github.com/graphql/defer-stream-wg/discussions/100";

	return make_conflict(key,
						 psprintf("they have overlapping stream directives%s", same ? see : ""),
						 f1->node, f2->node);
}

/*
 * Compare two fields of one response key; NULL: no conflict. exclusive: they
 * are never of the same object, so only their shapes have to agree.
 */
static Conflict *
compare_fields(GqlOverlap *o, bool exclusive, const char *key, const FieldDetails *f1,
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

/* (A) */
static void
compare_within(GqlOverlap *o, List **conflicts, const FieldSet *set)
{
	gql_foreach(FieldGroup, group, &set->groups)
	{
		for (int i = 0; i < list_length(group->fields); i++)
		{
			for (int j = i + 1; j < list_length(group->fields) && !is_full(o, *conflicts); j++)
			{
				const FieldDetails *f1 = list_nth(group->fields, i);
				const FieldDetails *f2 = list_nth(group->fields, j);
				Conflict   *conflict = compare_fields(o, false, group->key, f1, f2);

				if (conflict != NULL)
					*conflicts = lappend(*conflicts, conflict);
			}
		}
	}
}

/* (D), (F), (H) */
static void
compare_sets(GqlOverlap *o, List **conflicts, bool exclusive, const FieldSet *a, const FieldSet *b)
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
		{
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
}

/* (B), (I): a selection set with a fragment, and with those it spreads (E) */
static void
compare_set_with_fragment(GqlOverlap *o, List **conflicts, bool exclusive, const FieldSet *set,
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

/* (C), (J): two fragments, and each with those that the other spreads (G) */
static void
compare_fragments(GqlOverlap *o, List **conflicts, bool exclusive, GqlDefInfo *a, GqlDefInfo *b)
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
find_conflicts(GqlOverlap *o, const GqlSelectionSet *set, GqlType *parent)
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
