/*
 * schema_cycles.c: what must not lead back to itself: input objects through required fields, default values, directives.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "miscadmin.h"

#include "graphql/schema_int.h"

/*
 * A circle may be as large as the schema, and there may be many more of them than types: a message shows the beginning of a large one, and of very many
 * only the first are filed.
 */
#define MAX_SHOWN 100
#define MAX_CYCLES 1000

/* Is there room for one more? Those that are not filed are counted. */
static bool
count_cycle(GqlSchemaCheck *c, GqlErrorList *list)
{
	if (c->cycles < MAX_CYCLES)
	{
		c->cycles++;
		return true;
	}
	list->omitted++;
	return false;
}

/* "a, b, c" of strings from an index on. */
static char *
join_from(const List *strings, int from)
{
	int			end = Min(list_length(strings), from + MAX_SHOWN);
	StringInfoData out;

	initStringInfo(&out);
	for (int i = from; i < end; i++)
		appendStringInfo(&out, "%s%s", i > from ? ", " : "", (const char *) list_nth(strings, i));
	if (end < list_length(strings))
		appendStringInfoString(&out, ", ...");
	return out.data;
}

/* ---- input objects that cannot be given a finite value (3.10) ---- */

typedef struct FiniteState
{
	const char *name;
	GqlType    *type;
	List	   *fields;			/* GqlInputValueDef *: those that lead to other input objects, */
	List	   *targets;		/* and FiniteState *: which */
	List	   *dependents;		/* FiniteState *: whose targets this is among */
	int			unresolved;		/* targets not known to be finite */
	bool		finite;
	bool		visited;
	int			path_index;		/* -1: not on the path */
} FiniteState;

typedef struct FiniteWalk
{
	GqlSchemaCheck *check;
	GqlNames	states;
	List	   *finite;			/* whose dependents are to be looked at */
	List	   *path;			/* "Type.field" */
	List	   *nodes;			/* GqlInputValueDef *, beside path */
} FiniteWalk;

static void
mark_finite(FiniteWalk *w, FiniteState *state)
{
	if (state->finite)
		return;
	state->finite = true;
	w->finite = lappend(w->finite, state);
}

/* The input object that a value of this one has to hold through a field. */
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
	GqlError   *error;

	if (!count_cycle(c, list))
		return;
	error = gql_error(list, "Input Object %s cannot be provided a finite value because it references itself through fields: %s.",
					  target->name, join_from(w->path, target->path_index));
	for (int i = target->path_index; i < Min(list_length(w->nodes), target->path_index + MAX_SHOWN); i++)
	{
		const GqlInputValueDef *field = list_nth(w->nodes, i);

		gql_error_locate(list, error, c->source, field->node ? field->node->loc : -1);
	}
}

static void
find_infinite(FiniteWalk *w, FiniteState *state)
{
	ListCell   *lc,
			   *lc2;

	if (state->visited)
		return;
	check_stack_depth();
	state->visited = true;
	state->path_index = list_length(w->path);
	forboth(lc, state->fields, lc2, state->targets)
	{
		GqlInputValueDef *field = lfirst(lc);
		FiniteState *target = lfirst(lc2);

		if (target->finite)
			continue;
		w->path = lappend(w->path, psprintf("%s.%s", state->name, field->name));
		w->nodes = lappend(w->nodes, field);
		if (target->path_index < 0)
			find_infinite(w, target);
		else
			report_infinite(w, target);
		w->path = list_delete_last(w->path);
		w->nodes = list_delete_last(w->nodes);
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

	/* what depends on finite ones alone is finite */
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

/* ---- default values that include themselves (3.10) ---- */

typedef struct DefaultField
{
	const char *name;			/* "Type.field" */
	const GqlInputValueDef *field;
	int			path_index;		/* -1: not on the path */
} DefaultField;

static void follow_field(GqlSchemaCheck *c, GqlType *type, GqlInputValueDef *field);

static const GqlValue *
find_member(const GqlValue *object, const char *name)
{
	const GqlValue *value = NULL;
	ListCell   *lc;

	foreach(lc, object->items)
	{
		const GqlObjectField *field = lfirst(lc);

		if (strcmp(field->name.value, name) == 0)
			value = field->value;
	}
	return value;
}

/* The default values that a literal of an input object takes in: of the fields that it leaves out. */
static void
follow_literal(GqlSchemaCheck *c, GqlType *type, const GqlValue *literal)
{
	ListCell   *lc;

	check_stack_depth();
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
		member = find_member(literal, field->name);
		if (member != NULL)
			follow_literal(c, field_type, member);
		else
			follow_field(c, type, field);
	}
}

static void
report_default_cycle(GqlSchemaCheck *c, const DefaultField *entry)
{
	int			n = Min(list_length(c->default_path), entry->path_index + MAX_SHOWN);
	List	   *names = NIL;
	GqlError   *error;

	if (!count_cycle(c, c->errors))
		return;
	for (int i = entry->path_index + 1; i < n; i++)
		names = lappend(names, unconstify(char *, ((DefaultField *) list_nth(c->default_path, i))->name));
	error = gql_error(c->errors, "Invalid circular reference. The default value of Input Object field %s references itself%s%s.", entry->name,
					  names != NIL ? " via the default values of: " : "", join_from(names, 0));
	for (int i = entry->path_index; i < n; i++)
		gql_error_locate(c->errors, error, c->source, ((DefaultField *) list_nth(c->default_path, i))->field->default_value->loc);
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

/* ---- directives (3.13) ---- */

/* From one directive through those applied to its arguments, to their types and to the parts of these. */
typedef struct DirectiveWalk
{
	GqlSchemaCheck *check;
	const GqlDirectiveDef *start;
	bool		reported;
	GqlNames	directives;		/* been there */
	GqlNames	types;
	List	   *path;			/* "@a(arg:)", "Input.field" */
} DirectiveWalk;

static void follow_directive(DirectiveWalk *w, const GqlDirectiveDef *directive);

static void
follow_applied(DirectiveWalk *w, const List *directives)
{
	ListCell   *lc;

	foreach(lc, directives)
	{
		const GqlDirective *applied = lfirst(lc);
		GqlDirectiveDef *directive = gql_names_get(&w->check->schema->directives, applied->name.value);
		GqlErrorList *list = gql_tolerable(w->check);

		if (directive == NULL || w->reported)
			continue;
		if (directive == w->start)
		{
			gql_error_at(list, w->check->source, w->start->node->def.loc, "Directive @%s cannot reference itself through: %s.",
						 w->start->name, join_from(w->path, 0));
			w->reported = true;
		}
		else if (gql_names_add(&w->directives, directive))
			follow_directive(w, directive);
	}
}

static void
follow_inputs(DirectiveWalk *w, const GqlInputPlace *place, const GqlNames *inputs)
{
	check_stack_depth();
	gql_foreach(GqlInputValueDef, input, inputs)
	{
		GqlType    *type = gql_named_type(input->type);
		ListCell   *lc;

		w->path = lappend(w->path, gql_input_coordinate(place, input));
		if (input->node != NULL)
			follow_applied(w, input->node->directives);
		if (!type->builtin && gql_names_add(&w->types, type))
		{
			foreach(lc, type->nodes)
				follow_applied(w, ((const GqlTypeDefNode *) lfirst(lc))->directives);
			if (type->kind == GQL_INPUT_OBJECT)
			{
				GqlInputPlace inner = {GQL_OF_INPUT_OBJECT, type->name, NULL};

				follow_inputs(w, &inner, &type->fields);
			}
			else if (type->kind == GQL_ENUM)
			{
				gql_foreach(GqlEnumValueDef, value, &type->fields)
				{
					if (value->node != NULL)
						follow_applied(w, value->node->directives);
				}
			}
		}
		w->path = list_delete_last(w->path);
	}
}

static void
follow_directive(DirectiveWalk *w, const GqlDirectiveDef *directive)
{
	GqlInputPlace place = {GQL_OF_DIRECTIVE, NULL, directive->name};

	if (directive->node != NULL)
	{
		w->path = lappend(w->path, psprintf("@%s", directive->name));
		follow_applied(w, directive->node->directives);
		w->path = list_delete_last(w->path);
	}
	follow_inputs(w, &place, &directive->args);
}

void
gql_check_directive_cycles(GqlSchemaCheck *check)
{
	DirectiveWalk w = {.check = check};

	gql_foreach(GqlDirectiveDef, directive, &check->schema->directives)
	{
		if (directive->node == NULL)
			continue;			/* what is applied to it is known from SDL alone */
		w.start = directive;
		w.reported = false;
		gql_names_reset(&w.directives);
		gql_names_reset(&w.types);
		follow_directive(&w, directive);
	}
}
