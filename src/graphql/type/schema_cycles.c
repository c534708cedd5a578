/*
 * schema_cycles.c: find input objects that refer to themselves where they must
 * not: through required fields, and through default values (specification,
 * 3.10). directive_cycles.c does the same for directives.
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

/* File, once, that the stack does not allow to follow the input objects. */
static void
report_too_deep(GqlSchemaCheck *c)
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
		report_too_deep(w->check);
		return;
	}
	state->visited = true;
	state->path_index = list_length(w->path);
	forboth(lc, state->fields, lc2, state->targets)
	{
		GqlInputValueDef *field = lfirst(lc);
		FiniteState *target = lfirst(lc2);

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

/*
 * ---- default values that include themselves (3.10) ----
 *
 * A literal of an input object takes in the default values of the fields that
 * it leaves out, and these may be such literals, too.
 */

/* An input field whose default value was looked at. */
typedef struct DefaultField
{
	const char *name;			/* "Type.field" */
	const GqlInputValueDef *field;
	int			path_index;		/* in GqlSchemaCheck.default_path; -1: not on
								 * it */
} DefaultField;

gql_starts_with_name(DefaultField, name);

static void follow_field(GqlSchemaCheck *c, GqlType *type, GqlInputValueDef *field);

/* Follow the default values that a literal of an input object takes in. */
static void
follow_literal(GqlSchemaCheck *c, GqlType *type, const GqlValue *literal)
{
	ListCell   *lc;

	if (stack_is_too_deep())
	{
		report_too_deep(c);
		return;
	}
	if (literal->kind == GQL_VALUE_LIST)
	{
		foreach(lc, literal->items)
			follow_literal(c, type, lfirst(lc));
		return;
	}
	if (literal->kind != GQL_VALUE_OBJECT)
		return;
	gql_foreach(GqlInputValueDef, field, gql_type_fields(c->schema, type))
	{
		GqlType    *field_type = gql_named_type(field->type);
		const GqlValue *member;

		if (field_type->kind != GQL_INPUT_OBJECT)
			continue;
		member = gql_object_get(literal, field->name);
		if (member != NULL)
			follow_literal(c, field_type, member);
		else
			follow_field(c, type, field);
	}
}

static void
report_default_cycle(GqlSchemaCheck *c, const DefaultField *entry)
{
	int			end = Min(list_length(c->default_path), entry->path_index + GQL_MAX_CYCLE_SHOWN);
	List	   *names = NIL;
	GqlError   *error;

	if (!gql_count_cycle(c, c->errors))
		return;
	for (int i = entry->path_index + 1; i < end; i++)
	{
		const DefaultField *via = list_nth(c->default_path, i);

		names = lappend(names, unconstify(char *, via->name));
	}
	error = gql_error(c->errors,
					  "Invalid circular reference. The default value of Input Object field %s references itself%s%s.",
					  entry->name, names != NIL ? " via the default values of: " : "",
					  gql_show_cycle(names, 0));
	for (int i = entry->path_index; i < end; i++)
	{
		const DefaultField *via = list_nth(c->default_path, i);

		gql_error_locate(c->errors, error, c->source, via->field->default_value->loc);
	}
}

static void
follow_field(GqlSchemaCheck *c, GqlType *type, GqlInputValueDef *field)
{
	char	   *name;
	DefaultField *entry;

	if (field->default_value == NULL)
		return;
	name = psprintf("%s.%s", type->name, field->name);
	entry = gql_names_get(&c->default_fields, name);
	if (entry != NULL)
	{
		if (entry->path_index >= 0)
			report_default_cycle(c, entry);
		return;
	}

	entry = palloc0(sizeof(DefaultField));
	entry->name = name;
	entry->field = field;
	entry->path_index = list_length(c->default_path);
	gql_names_add(&c->default_fields, entry);
	c->default_path = lappend(c->default_path, entry);
	follow_literal(c, gql_named_type(field->type), field->default_value);
	c->default_path = list_delete_last(c->default_path);
	entry->path_index = -1;
}

void
gql_check_default_cycles(GqlSchemaCheck *check, GqlType *type)
{
	gql_foreach(GqlInputValueDef, field, &type->fields)
	{
		if (gql_named_type(field->type)->kind == GQL_INPUT_OBJECT)
			follow_field(check, type, field);
	}
}
