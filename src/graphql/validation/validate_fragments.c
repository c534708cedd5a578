/*
 * validate_fragments.c: rules for fragments (specification, 5.5).
 */
#include "postgres.h"

#include "graphql/validation/validate.h"

/* ---- 5.5.1 Fragment Declarations ---- */

/* 5.5.1.3 */
void
gql_inline_fragments_on_composite_types(GqlWalk *w, const void *node)
{
	const GqlTypeNode *condition = ((const GqlSelection *) node)->type_condition;
	GqlType    *type = condition != NULL ? gql_schema_type(w->v->schema, condition->name) : NULL;

	if (type != NULL && !gql_is_composite(type))
		gql_invalid(w->v, condition->loc,
					"Fragment cannot condition on non composite type \"%s\".", type->name);
}

void
gql_fragments_on_composite_types(GqlWalk *w, const void *node)
{
	const GqlFragment *fragment = ((const GqlDefInfo *) node)->fragment;
	GqlType    *type = gql_schema_type(w->v->schema, fragment->type_condition->name);

	if (type != NULL && !gql_is_composite(type))
		gql_invalid(w->v, fragment->type_condition->loc,
					"Fragment \"%s\" cannot condition on non composite type \"%s\".",
					fragment->name.value, type->name);
}

/* 5.5.1.1 */
void
gql_unique_fragment_names(GqlWalk *w, const void *node)
{
	GqlFragment *fragment = ((const GqlDefInfo *) node)->fragment;
	const GqlName *known;
	GqlError   *error;

	if (gql_names_add(&w->v->fragment_names, &fragment->name))
		return;
	known = gql_names_get(&w->v->fragment_names, fragment->name.value);
	error = gql_invalid(w->v, known->loc, "There can be only one fragment named \"%s\".",
						known->value);
	gql_invalid_also(w->v, error, fragment->name.loc);
}

/* 5.5.1.4 */
void
gql_no_unused_fragments(GqlWalk *w, const void *node pg_attribute_unused())
{
	GqlValidation *v = w->v;
	GqlDefInfo **operations;
	GqlDefInfo **used;
	int			noperations = 0;
	int			nused;

	if (v->fragments.n == 0)
		return;
	operations = palloc(sizeof(GqlDefInfo *) * v->noperations);
	for (int i = 0; i < v->ndefs; i++)
	{
		if (v->defs[i].operation != NULL)
			operations[noperations++] = &v->defs[i];
	}
	used = gql_reached_fragments(v, operations, noperations, &nused);
	for (int i = 0; i < nused; i++)
		used[i]->used = true;
	for (int i = 0; i < v->ndefs && !v->aborted; i++)
	{
		const GqlDefInfo *def = &v->defs[i];

		if (def->fragment != NULL && !def->canonical->used)
			gql_invalid(v, def->fragment->def.loc, "Fragment \"%s\" is never used.", def->name);
	}
}

/* ---- 5.5.2 Fragment Spreads ---- */

/* 5.5.2.1 */
void
gql_known_fragment_names(GqlWalk *w, const void *node)
{
	const GqlSelection *spread = node;

	if (gql_names_get(&w->v->fragments, spread->name.value) == NULL)
		gql_invalid(w->v, spread->name.loc, "Unknown fragment \"%s\".", spread->name.value);
}

/* Have two abstract types a possible type in common? (GetPossibleTypes) */
static bool
have_common_type(GqlValidation *v, GqlType *a, GqlType *b)
{
	gql_type_fields(v->schema, a);
	gql_foreach(GqlType, possible, &a->members)
	{
		if (!gql_spend(v, 1) || gql_is_subtype(v->schema, b, possible))
			return true;
	}
	return false;
}

/* May an object be of both types? */
static bool
types_overlap(GqlValidation *v, GqlType *a, GqlType *b)
{
	GqlTypePair *known;
	uintptr_t	slot;

	if (a == b)
		return true;
	if (!gql_is_abstract(a))
		return gql_is_abstract(b) && gql_is_subtype(v->schema, b, a);
	if (!gql_is_abstract(b))
		return gql_is_subtype(v->schema, a, b);

	/*
	 * Abstract types may have many possible types, and a document may have
	 * the same pair many times; so answers are cached.
	 */
	slot = (uintptr_t) a / sizeof(GqlType) * 31 + (uintptr_t) b / sizeof(GqlType);
	known = &v->type_pairs[slot % lengthof(v->type_pairs)];
	if (known->a != a || known->b != b)
	{
		known->overlap = have_common_type(v, a, b);
		known->a = a;
		known->b = b;
	}
	return known->overlap;
}

/* 5.5.2.3 */
void
gql_possible_inline_fragments(GqlWalk *w, const void *node)
{
	const GqlSelection *fragment = node;
	GqlType    *type = w->type != NULL ? gql_named_type(w->type) : NULL;

	if (type == NULL || w->parent_type == NULL || type == w->parent_type || !gql_is_composite(type))
		return;
	if (!types_overlap(w->v, type, w->parent_type))
		gql_invalid(w->v, fragment->loc,
					"Fragment cannot be spread here as objects of type \"%s\" can never be of type \"%s\".",
					w->parent_type->name, type->name);
}

void
gql_possible_fragment_spreads(GqlWalk *w, const void *node)
{
	const GqlSelection *spread = node;
	GqlDefInfo *fragment = gql_names_get(&w->v->fragments, spread->name.value);
	GqlType    *type = fragment != NULL ? gql_fragment_type(w->v, fragment) : NULL;

	if (type != NULL && w->parent_type != NULL && !types_overlap(w->v, type, w->parent_type))
		gql_invalid(w->v, spread->loc,
					"Fragment \"%s\" cannot be spread here as objects of type \"%s\" can never be of type \"%s\".",
					fragment->name, w->parent_type->name, type->name);
}

/*
 * ---- 5.5.2.2 Fragment Spreads Must Not Form Cycles ----
 *
 * A depth-first search along the spreads. It enters each fragment once in the
 * whole document.
 */

/*
 * A fragment on the path of the search. The spread at hand is the one that led
 * to the next frame.
 */
typedef struct CycleFrame
{
	GqlDefInfo *fragment;
	int			next;			/* index of the spread at hand */
} CycleFrame;

typedef struct CycleSearch
{
	GqlValidation *v;
	CycleFrame *frames;
	int			n;
	int			max;
} CycleSearch;

static void
enter_fragment(CycleSearch *s, GqlDefInfo *fragment)
{
	gql_make_room(s->frames, s->n, s->max);
	fragment->canonical->cycle_checked = true;
	fragment->canonical->path_index = s->n;
	s->frames[s->n].fragment = fragment;
	s->frames[s->n++].next = 0;
}

/* A cycle may be as long as the document; so many of its spreads are shown. */
#define MAX_CYCLE_SHOWN 1000

/* Report the cycle of the spreads at hand, from frame start on. */
static void
report_cycle(CycleSearch *s, int start)
{
	StringInfoData via;
	GqlError   *error;

#define spread_of(i) (&s->frames[i].fragment->spreads[s->frames[i].next])
	initStringInfo(&via);
	for (int i = start; i < Min(s->n - 1, start + MAX_CYCLE_SHOWN); i++)
		appendStringInfo(&via, "%s\"%s\"", i == start ? " via " : ", ",
						 spread_of(i)->node->name.value);
	error = gql_invalid(s->v, -1, "Cannot spread fragment \"%s\" within itself%s.",
						spread_of(s->n - 1)->node->name.value, via.data);
	for (int i = start; error != NULL && i < Min(s->n, start + MAX_CYCLE_SHOWN); i++)
		gql_invalid_also(s->v, error, spread_of(i)->node->loc);
#undef spread_of
}

void
gql_no_fragment_cycles(GqlWalk *w, const void *node)
{
	GqlDefInfo *start = unconstify(GqlDefInfo *, (const GqlDefInfo *) node);
	CycleSearch s = {.v = w->v};

	if (start->canonical->cycle_checked)
		return;
	enter_fragment(&s, start);
	while (s.n > 0 && !w->v->aborted)
	{
		CycleFrame *frame = &s.frames[s.n - 1];
		GqlDefInfo *target;

		if (frame->next == frame->fragment->nspreads)
		{
			/* back to the spread that led here, and on from it */
			frame->fragment->canonical->path_index = -1;
			if (--s.n > 0)
				s.frames[s.n - 1].next++;
			continue;
		}
		target = frame->fragment->spreads[frame->next].target;
		if (target != NULL && !target->cycle_checked)
		{
			enter_fragment(&s, target);
			continue;
		}
		if (target != NULL && target->path_index >= 0)
			report_cycle(&s, target->path_index);
		frame->next++;
	}
}
