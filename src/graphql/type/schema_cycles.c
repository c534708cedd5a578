/*
 * schema_cycles.c: find input objects that require themselves (specification,
 * 3.10), and what all searches for cycles in a schema share. default_cycles.c
 * looks for cycles of default values, directive_cycles.c for those of
 * directives.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "miscadmin.h"

#include "graphql/type/schema_int.h"

/* Cycles filed in one check; there may be many more than types. */
#define MAX_CYCLES 1000

bool
gql_count_cycle(GqlSchemaCheck *c, GqlErrorList *list)
{
	if (c->cycles < MAX_CYCLES)
	{
		c->cycles++;
		return true;
	}
	list->omitted++;
	return false;
}

char	   *
gql_show_cycle(const List *strings, int from)
{
	int			end = Min(list_length(strings), from + GQL_MAX_CYCLE_SHOWN);
	StringInfoData out;

	initStringInfo(&out);
	for (int i = from; i < end; i++)
		appendStringInfo(&out, "%s%s", i > from ? ", " : "", (const char *) list_nth(strings, i));
	if (end < list_length(strings))
		appendStringInfoString(&out, ", ...");
	return out.data;
}

void
gql_report_too_deep(GqlSchemaCheck *c)
{
	if (!c->too_deep)
		gql_error(c->errors,
				  "Input objects refer to one another through too many fields to be checked.");
	c->too_deep = true;
}

/*
 * ---- input objects that cannot be given a finite value (3.10) ----
 *
 * An input object is finite if a value of it can end: all the input objects
 * that it requires are finite, or, with @oneOf, one of its fields is. What is
 * known to be finite is spread backwards along the references until nothing
 * changes. Each of the rest is in a cycle or leads to one.
 */

/* One input object. */
typedef struct FiniteState
{
	const char *name;
	GqlType    *type;
	List	   *fields;			/* GqlInputValueDef *: those that require
								 * another input object */
	List	   *targets;		/* FiniteState *: which one; same index */
	List	   *dependents;		/* FiniteState *: those that have this one
								 * among their targets */
	int			unresolved;		/* targets not known to be finite; not counted
								 * with @oneOf */
	bool		finite;			/* known to be */
	bool		visited;		/* by the search for cycles */
	int			path_index;		/* on the path of that search; -1: not on it */
} FiniteState;

gql_starts_with_name(FiniteState, name);

typedef struct FiniteWalk
{
	GqlSchemaCheck *check;
	GqlNames	states;
	List	   *finite;			/* FiniteState *: known to be, dependents not
								 * looked at yet */
	List	   *path;			/* char *, "Type.field": from where the search
								 * began */
	List	   *path_fields;	/* GqlInputValueDef *; same index */
} FiniteWalk;

static void
mark_finite(FiniteWalk *w, FiniteState *state)
{
	if (state->finite)
		return;
	state->finite = true;
	w->finite = lappend(w->finite, state);
}

/*
 * The input object that a value of this type must hold in a field; or NULL.
 * With @oneOf: that it holds if it has the field.
 */
static GqlType *
required_target(const GqlType *type, const GqlInputValueDef *field)
{
	const GqlTypeRef *ref = field->type;

	if (!type->one_of)
	{
		if (ref->kind != GQL_TYPE_NON_NULL)
			return NULL;
		ref = ref->of;
	}
	return ref->kind == GQL_TYPE_NAMED && ref->type->kind == GQL_INPUT_OBJECT ? ref->type : NULL;
}

static void
connect_state(FiniteWalk *w, FiniteState *state)
{
	gql_foreach(GqlInputValueDef, field, &state->type->fields)
	{
		GqlType    *target = required_target(state->type, field);
		FiniteState *target_state = target != NULL ? gql_names_get(&w->states, target->name) : NULL;

		if (target_state == NULL)
			continue;
		state->fields = lappend(state->fields, field);
		state->targets = lappend(state->targets, target_state);
		target_state->dependents = lappend(target_state->dependents, state);
	}

	if (state->type->one_of)
	{
		if (list_length(state->targets) < state->type->fields.n || state->type->fields.n == 0)
			mark_finite(w, state);
	}
	else
	{
		state->unresolved = list_length(state->targets);
		if (state->unresolved == 0)
			mark_finite(w, state);
	}
}

static void
report_infinite(FiniteWalk *w, const FiniteState *target)
{
	GqlSchemaCheck *c = w->check;
	GqlErrorList *list = gql_tolerable(c);
	int			end = Min(list_length(w->path), target->path_index + GQL_MAX_CYCLE_SHOWN);
	GqlError   *error;

	if (!gql_count_cycle(c, list))
		return;
	error = gql_error(list,
					  "Input Object %s cannot be provided a finite value because it references itself through fields: %s.",
					  target->name, gql_show_cycle(w->path, target->path_index));
	for (int i = target->path_index; i < end; i++)
	{
		const GqlInputValueDef *field = list_nth(w->path_fields, i);

		gql_error_locate(list, error, c->source, field->node != NULL ? field->node->loc : -1);
	}
}

static void
find_infinite(FiniteWalk *w, FiniteState *state)
{
	ListCell   *lc,
			   *lc2;

	if (state->visited)
		return;
	if (stack_is_too_deep())
	{
		gql_report_too_deep(w->check);
		return;
	}
	state->visited = true;
	state->path_index = list_length(w->path);
	forboth(lc, state->fields, lc2, state->targets)
	{
		GqlInputValueDef *field = lfirst(lc);
		FiniteState *target = lfirst(lc2);

		if (!gql_check_spend(w->check, 1))
			break;
		if (target->finite)
			continue;
		w->path = lappend(w->path, psprintf("%s.%s", state->name, field->name));
		w->path_fields = lappend(w->path_fields, field);
		if (target->path_index < 0)
			find_infinite(w, target);
		else
			report_infinite(w, target);
		w->path = list_delete_last(w->path);
		w->path_fields = list_delete_last(w->path_fields);
	}
	state->path_index = -1;
}

void
gql_check_finite_inputs(GqlSchemaCheck *check)
{
	FiniteWalk	w = {.check = check};
	ListCell   *lc;

	gql_foreach(GqlType, type, &check->schema->types)
	{
		if (type->kind == GQL_INPUT_OBJECT)
		{
			FiniteState *state = palloc0(sizeof(FiniteState));

			state->name = type->name;
			state->type = type;
			state->path_index = -1;
			gql_names_add(&w.states, state);
		}
	}
	gql_foreach(FiniteState, state, &w.states)
		connect_state(&w, state);

	/* spread what is known */
	while (w.finite != NIL)
	{
		FiniteState *state = llast(w.finite);

		w.finite = list_delete_last(w.finite);
		foreach(lc, state->dependents)
		{
			FiniteState *dependent = lfirst(lc);

			if (!dependent->finite && (dependent->type->one_of || --dependent->unresolved == 0))
				mark_finite(&w, dependent);
		}
	}

	gql_foreach(FiniteState, state, &w.states)
	{
		if (!state->finite)
			find_infinite(&w, state);
	}
}
