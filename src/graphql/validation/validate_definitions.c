/*
 * validate_definitions.c: collect the definitions of a document as a graph:
 * which fragments each spreads and reaches, and how deep it nests.
 *
 * Chains of fragments may be as long as the document, so nothing here recurses
 * along them.
 */
#include "postgres.h"

#include "graphql/validation/validate.h"

/* ---- the graph ---- */

/* A selection set to be searched, and how many fields are around it. */
typedef struct PendingSet
{
	const GqlSelectionSet *set;
	int			depth;
} PendingSet;

/* The search for spreads; its arrays serve all definitions. */
typedef struct Finder
{
	GqlValidation *v;
	PendingSet *pending;
	int			npending;
	int			max_pending;
	GqlSpread  *spreads;
	int			nspreads;
	int			max_spreads;
} Finder;

static void
push_set(Finder *f, const GqlSelectionSet *set, int depth)
{
	gql_make_room(f->pending, f->npending, f->max_pending);
	f->pending[f->npending].set = set;
	f->pending[f->npending++].depth = depth;
}

static void
add_spread(Finder *f, const GqlSelection *node, int depth)
{
	gql_make_room(f->spreads, f->nspreads, f->max_spreads);
	f->spreads[f->nspreads].node = node;
	f->spreads[f->nspreads].target = gql_names_get(&f->v->fragments, node->name.value);
	f->spreads[f->nspreads++].depth = depth;
}

/*
 * Find the spreads of a definition, and its own depth. The order is
 * graphql-js': a selection set's own spreads, then those of the last set
 * inside of it, and so on.
 */
static void
find_spreads(Finder *f, GqlDefInfo *def)
{
	ListCell   *lc;

	f->nspreads = 0;
	push_set(f, def->selection_set, 0);
	while (f->npending > 0)
	{
		PendingSet	at = f->pending[--f->npending];

		foreach(lc, at.set->items)
		{
			const GqlSelection *selection = lfirst(lc);
			int			depth = at.depth + (selection->kind == GQL_FIELD);

			def->own_depth = Max(def->own_depth, depth);
			if (selection->kind == GQL_FRAGMENT_SPREAD)
				add_spread(f, selection, depth);
			else if (selection->selection_set != NULL)
				push_set(f, selection->selection_set, depth);
		}
	}
	if (f->nspreads == 0)
		return;
	def->nspreads = f->nspreads;
	def->spreads = palloc_extended(sizeof(GqlSpread) * (Size) f->nspreads, MCXT_ALLOC_HUGE);
	memcpy(def->spreads, f->spreads, sizeof(GqlSpread) * (Size) f->nspreads);
}

static void
init_definition(GqlValidation *v, GqlDefInfo *def, GqlDefinition *definition)
{
	if (definition->kind == GQL_DEF_OPERATION)
	{
		def->operation = (GqlOperation *) definition;
		def->name = def->operation->name.value;
		def->selection_set = def->operation->selection_set;
		v->noperations++;
	}
	else
	{
		def->fragment = (GqlFragment *) definition;
		def->name = def->fragment->name.value;
		def->selection_set = def->fragment->selection_set;
	}
	def->path_index = -1;
	def->introspection_depth = -1;
}

void
gql_collect_definitions(GqlValidation *v)
{
	Finder		finder = {.v = v, .max_pending = 16, .max_spreads = 16};
	List	   *definitions = v->document->definitions;
	ListCell   *lc;

	v->defs = palloc_extended(sizeof(GqlDefInfo) * (Size) list_length(definitions),
							  MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	foreach(lc, definitions)
	{
		GqlDefinition *definition = lfirst(lc);

		if (definition->kind == GQL_DEF_OPERATION || definition->kind == GQL_DEF_FRAGMENT)
			init_definition(v, &v->defs[v->ndefs++], definition);
		else if (definition->kind == GQL_DEF_TYPE && !((GqlTypeDefNode *) definition)->extend)
			gql_names_add(&v->types, &((GqlTypeDefNode *) definition)->name);
	}
	/* of definitions of one name the last counts, so begin with that */
	for (int i = list_length(definitions) - 1; i >= 0; i--)
	{
		GqlDirectiveDefNode *node = list_nth(definitions, i);

		if (node->def.kind == GQL_DEF_DIRECTIVE && !node->extend)
			gql_names_add(&v->directives, &node->name);
	}

	for (int i = v->ndefs - 1; i >= 0; i--)
	{
		GqlDefInfo *def = &v->defs[i];

		def->canonical = def;
		if (def->fragment != NULL && !gql_names_add(&v->fragments, def))
			def->canonical = gql_names_get(&v->fragments, def->name);
	}

	finder.pending = palloc(sizeof(PendingSet) * finder.max_pending);
	finder.spreads = palloc(sizeof(GqlSpread) * finder.max_spreads);
	for (int i = 0; i < v->ndefs; i++)
		find_spreads(&finder, &v->defs[i]);
}

GqlType    *
gql_fragment_type(GqlValidation *v, GqlDefInfo *fragment)
{
	if (!fragment->type_known)
	{
		GqlType    *type = gql_schema_type(v->schema, fragment->fragment->type_condition->name);

		fragment->type = type != NULL && gql_is_composite(type) ? type : NULL;
		fragment->type_known = true;
	}
	return fragment->type;
}

/* ---- fragments that definitions reach ---- */

/* Fragments reached so far. */
typedef struct Reached
{
	GqlDefInfo **items;
	int			n;
	int			max;
} Reached;

static void
reach_targets(Reached *reached, const GqlDefInfo *from, int stamp)
{
	for (int i = 0; i < from->nspreads; i++)
	{
		GqlDefInfo *target = from->spreads[i].target;

		if (target == NULL || target->stamp == stamp)
			continue;
		target->stamp = stamp;
		gql_make_room(reached->items, reached->n, reached->max);
		reached->items[reached->n++] = target;
	}
}

GqlDefInfo **
gql_reached_fragments(GqlValidation *v, GqlDefInfo *const *from, int n, int *nfound)
{
	Reached		reached = {.max = 8};
	int			stamp = ++v->stamp;

	reached.items = palloc(sizeof(GqlDefInfo *) * reached.max);
	for (int i = 0; i < n; i++)
		reach_targets(&reached, from[i], stamp);
	for (int i = 0; i < reached.n && gql_spend(v, reached.items[i]->nspreads + 1); i++)
		reach_targets(&reached, reached.items[i], stamp);
	*nfound = reached.n;
	return reached.items;
}

/* ---- depth ---- */

/* GqlDefInfo.depth_state */
enum
{
	DEPTH_UNKNOWN, DEPTH_PENDING, DEPTH_KNOWN
};

/* A definition that is being measured, and its spread to look at next. */
typedef struct DepthFrame
{
	GqlDefInfo *def;
	int			next;
} DepthFrame;

/*
 * Measure the depth of a definition with fragments opened. A cycle is followed
 * once; another rule refuses it.
 */
static int
measure_depth(GqlDefInfo *def)
{
	int			max = 16;
	int			n = 0;
	DepthFrame *frames = palloc(sizeof(DepthFrame) * max);

	frames[n].def = def;
	frames[n++].next = 0;
	while (n > 0)
	{
		DepthFrame *frame = &frames[n - 1];
		GqlDefInfo *at = frame->def;
		GqlDefInfo *target;

		if (at->depth_state == DEPTH_UNKNOWN)
		{
			at->depth_state = DEPTH_PENDING;
			at->depth = at->own_depth;
		}
		if (frame->next == at->nspreads)
		{
			at->depth_state = DEPTH_KNOWN;
			n--;
			continue;
		}
		target = at->spreads[frame->next].target;
		if (target != NULL && target->depth_state == DEPTH_UNKNOWN)
		{
			gql_make_room(frames, n, max);
			frames[n].def = target;
			frames[n++].next = 0;
			continue;
		}
		if (target != NULL && target->depth_state == DEPTH_KNOWN)
			at->depth = Max(at->depth, at->spreads[frame->next].depth + target->depth);
		frame->next++;
	}
	pfree(frames);
	return def->depth;
}

bool
gql_check_depth(GqlValidation *v, int max_depth)
{
	bool		fits = true;

	if (max_depth <= 0)
		return true;
	for (int i = 0; i < v->ndefs && !v->aborted; i++)
	{
		GqlDefInfo *def = &v->defs[i];

		if (def->operation == NULL || measure_depth(def) <= max_depth)
			continue;
		fits = false;
		if (def->name != NULL)
			gql_invalid(v, def->operation->def.loc,
						"Operation \"%s\" nests %d levels deep, the limit is %d.", def->name,
						def->depth,
						max_depth);
		else
			gql_invalid(v, def->operation->def.loc,
						"The operation nests %d levels deep, the limit is %d.", def->depth,
						max_depth);
	}
	return fits;
}
