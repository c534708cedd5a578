/*
 * validate_fields.c: rules for the types that a document names, and for fields
 * (specification, 5.3 and 5.5.1.2).
 */
#include "postgres.h"

#include "graphql/validation/validate.h"

/* ---- 5.5.1.2 Fragment Spread Type Existence ---- */

static const char *const specified_scalars[] = {"String", "Int", "Float", "Boolean", "ID"};

/*
 * Is it a specified scalar, used by the schema or not, or introspection type?
 */
static bool
is_standard_type(GqlValidation *v, const char *name)
{
	GqlType    *type = gql_schema_type(v->schema, name);

	for (int i = 0; i < (int) lengthof(specified_scalars); i++)
	{
		if (strcmp(name, specified_scalars[i]) == 0)
			return true;
	}
	return type != NULL && type->builtin;
}

static char *
suggest_types(GqlWalk *w, const char *name)
{
	GqlValidation *v = w->v;
	List	   *options = NIL;

	gql_schema_add_all_types(v->schema);
	gql_foreach(GqlType, type, &v->schema->types)
	{
		if (gql_schema_type(v->schema, type->name) != NULL)
			options = lappend(options, unconstify(char *, type->name));
	}
	gql_foreach(GqlName, type_name, &v->types)
		options = lappend(options, unconstify(char *, type_name->value));
	for (int i = 0; w->in_type_system && i < (int) lengthof(specified_scalars); i++)
		options = lappend(options, unconstify(char *, specified_scalars[i]));
	return gql_did_you_mean(NULL, name, options);
}

void
gql_known_type_names(GqlWalk *w, const void *node)
{
	const GqlTypeNode *type = node;

	if (gql_schema_type(w->v->schema, type->name) != NULL ||
		gql_names_get(&w->v->types, type->name) != NULL)
		return;
	if (w->in_type_system && is_standard_type(w->v, type->name))
		return;
	gql_invalid(w->v, type->loc, "Unknown type \"%s\".%s", type->name,
				suggest_types(w, type->name));
}

/* ---- 5.3.3 Leaf Field Selections ---- */

void
gql_scalar_leafs(GqlWalk *w, const void *node)
{
	const GqlSelection *field = node;

	if (w->type == NULL)
		return;
	if (gql_is_leaf(gql_named_type(w->type)))
	{
		if (field->selection_set != NULL)
			gql_invalid(w->v, field->selection_set->loc,
						"Field \"%s\" must not have a selection since type \"%s\" has no subfields.",
						field->name.value, gql_type_to_string(w->type));
	}
	else if (field->selection_set == NULL)
		gql_invalid(w->v, field->loc,
					"Field \"%s\" of type \"%s\" must have a selection of subfields. Did you mean \"%s { ... }\"?",
					field->name.value, gql_type_to_string(w->type), field->name.value);
}

/* ---- 5.3.1 Field Selections ---- */

/* A type that has the field which the parent type lacks. */
typedef struct TypeOption
{
	const char *name;
	GqlType    *type;
	int			count;			/* possible types of the parent that a
								 * fragment on this type would match */
} TypeOption;

gql_starts_with_name(TypeOption, name);

/* graphql-js' order: the most useful option first. */
static int
compare_type_options(GqlSchema *schema, const TypeOption *a, const TypeOption *b)
{
	if (a->count != b->count)
		return b->count - a->count;
	if (a->type->kind == GQL_INTERFACE && gql_is_subtype(schema, a->type, b->type))
		return -1;
	if (b->type->kind == GQL_INTERFACE && gql_is_subtype(schema, b->type, a->type))
		return 1;
	return gql_natural_compare(a->name, b->name);
}

/*
 * Count the options at the beginning that are in order. If they are in reverse
 * order, reverse them first.
 */
static int
make_run(GqlSchema *schema, GqlNames *options)
{
	void	  **items = options->items;
	bool		descending = compare_type_options(schema, items[1], items[0]) < 0;
	int			n = 2;

	while (n < options->n &&
		   (compare_type_options(schema, items[n], items[n - 1]) < 0) == descending)
		n++;
	for (int i = 0; descending && i < n / 2; i++)
	{
		void	   *option = items[i];

		items[i] = items[n - 1 - i];
		items[n - 1 - i] = option;
	}
	return n;
}

/*
 * Sort as JavaScript engines do: binary insertion behind what is in order. The
 * algorithm matters, because the comparison is not a total order.
 */
static void
sort_type_options(GqlValidation *v, GqlNames *options)
{
	GqlSchema  *schema = v->schema;

	if (options->n < 2)
		return;
	for (int i = make_run(schema, options); i < options->n; i++)
	{
		void	   *option = options->items[i];
		int			low = 0;
		int			high = i;

		while (low < high)
		{
			int			middle = (low + high) / 2;

			if (compare_type_options(schema, option, options->items[middle]) < 0)
				high = middle;
			else
				low = middle + 1;
		}
		/* moving is quick, but grows with the square */
		if (!gql_spend(v, 1 + (i - low) / 256))
			return;
		memmove(&options->items[low + 1], &options->items[low], (i - low) * sizeof(void *));
		options->items[low] = option;
	}
}

static void
count_type_option(GqlNames *options, GqlType *type)
{
	TypeOption *option = gql_names_entry(options, type->name, sizeof(TypeOption));

	option->type = type;
	option->count++;
}

/*
 * "Did you mean" for a field of an abstract type: those of its possible types,
 * and of their interfaces, that have the field.
 */
static char *
suggest_fragments(GqlValidation *v, GqlType *type, const char *field)
{
	GqlSchema  *schema = v->schema;
	GqlNames	options;
	List	   *names = NIL;

	if (!gql_is_abstract(type))
		return pstrdup("");
	gql_schema_add_all_types(schema);
	gql_type_fields(schema, type);
	gql_names_init(&options, CurrentMemoryContext);
	gql_foreach(GqlType, possible, &type->members)
	{
		if (!gql_spend(v, 1))
			break;
		if (gql_names_get(gql_type_fields(schema, possible), field) == NULL)
			continue;
		count_type_option(&options, possible);
		gql_foreach(GqlType, iface, &possible->interfaces)
		{
			if (!gql_spend(v, 1))
				break;
			if (gql_names_get(gql_type_fields(schema, iface), field) != NULL)
				count_type_option(&options, iface);
		}
	}
	sort_type_options(v, &options);
	for (int i = 0; i < options.n; i++)
		names = lappend(names, unconstify(char *, ((TypeOption *) options.items[i])->name));
	return gql_did_you_mean_list("to use an inline fragment on", names);
}

void
gql_fields_on_correct_type(GqlWalk *w, const void *node)
{
	const GqlSelection *field = node;
	GqlType    *parent = w->parent_type;
	char	   *hint;

	if (parent == NULL || w->field_def != NULL)
		return;
	hint = suggest_fragments(w->v, parent, field->name.value);
	if (*hint == '\0' && parent->kind != GQL_UNION)
		hint = gql_did_you_mean_name(NULL, field->name.value,
									 gql_type_fields(w->v->schema, parent));
	gql_invalid(w->v, field->loc, "Cannot query field \"%s\" on type \"%s\".%s",
				field->name.value, parent->name, hint);
}

/*
 * ---- introspection depth ----
 *
 * A list of types below a list of types can show the whole schema for each
 * item, so they must not nest this deep.
 */

#define MAX_LISTS_DEPTH 3

typedef struct ListSearch
{
	GqlValidation *v;
	List	   *sets;			/* const GqlSelectionSet *: to be searched */
	List	   *depths;			/* lists around each of them; same index */
	List	   *entered;		/* GqlDefInfo *: their introspection_depth
								 * holds only if the search finds nothing */
} ListSearch;

static bool
is_list_field(const char *name)
{
	return strcmp(name, "fields") == 0 || strcmp(name, "interfaces") == 0 ||
		strcmp(name, "possibleTypes") == 0 || strcmp(name, "inputFields") == 0;
}

/* Is the limit reached? If not, what is inside is searched later. */
static bool
search_selection(ListSearch *s, const GqlSelection *selection, int depth)
{
	const GqlSelectionSet *set = selection->selection_set;

	if (selection->kind == GQL_FRAGMENT_SPREAD)
	{
		GqlDefInfo *fragment = gql_names_get(&s->v->fragments, selection->name.value);

		if (fragment == NULL || fragment->introspection_depth >= depth)
			return false;
		fragment->introspection_depth = depth;
		s->entered = lappend(s->entered, fragment);
		set = fragment->selection_set;
	}
	else if (selection->kind == GQL_FIELD && is_list_field(selection->name.value) &&
			 ++depth >= MAX_LISTS_DEPTH)
		return true;
	if (set != NULL)
	{
		s->sets = lappend(s->sets, unconstify(GqlSelectionSet *, set));
		s->depths = lappend_int(s->depths, depth);
	}
	return false;
}

static bool
exceeds_introspection_depth(GqlValidation *v, const GqlSelection *field)
{
	ListSearch	s = {.v = v};
	bool		exceeds = search_selection(&s, field, 0);
	ListCell   *lc;

	while (s.sets != NIL && !exceeds)
	{
		const GqlSelectionSet *set = llast(s.sets);
		int			depth = llast_int(s.depths);

		s.sets = list_delete_last(s.sets);
		s.depths = list_delete_last(s.depths);
		foreach(lc, set->items)
			exceeds = exceeds || search_selection(&s, lfirst(lc), depth);
	}

	/* it ended early, so nothing is known of the fragments entered */
	if (exceeds)
	{
		foreach(lc, s.entered)
			((GqlDefInfo *) lfirst(lc))->introspection_depth = -1;
	}
	return exceeds;
}

void
gql_max_introspection_depth(GqlWalk *w, const void *node)
{
	const GqlSelection *field = node;
	GqlValidation *v = w->v;

	/* what is inside of a refused field was refused with it */
	if (v->introspection_field != NULL || field->name.value[0] != '_')
		return;
	if (strcmp(field->name.value, "__schema") != 0 && strcmp(field->name.value, "__type") != 0)
		return;
	if (!exceeds_introspection_depth(v, field))
		return;
	gql_invalid(v, field->loc, "Maximum introspection depth exceeded");
	v->introspection_field = field;
}

void
gql_max_introspection_depth_after(GqlWalk *w, const void *node)
{
	if (w->v->introspection_field == node)
		w->v->introspection_field = NULL;
}
