/*
 * schema_cycles.c: what must not lead back to itself: input objects through
 * required fields, default values, directives.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "miscadmin.h"

#include "graphql/type/schema_int.h"

/*
 * A circle may be as large as the schema, and there may be many more of them
 * than types: a message shows the beginning of a large one, and of very many
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

/*
 * Input objects that refer to one another in so long a chain cannot be
 * followed.
 */
static void
report_too_deep(GqlSchemaCheck *c)
{
	if (!c->too_deep)
		gql_error(c->errors, "Input objects refer to one another through too many fields to be checked.");
	c->too_deep = true;
}

/* ---- input objects that cannot be given a finite value (3.10) ---- */

typedef struct FiniteState
{
	const char *name;
	GqlType    *type;
	List	   *fields;			/* GqlInputValueDef *: those that lead to
								 * other input objects, */
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
	for (int i = target->path_index; i < Min(list_length(w->nodes),
											 target->path_index + MAX_SHOWN); i++)
	{
		const GqlInputValueDef *field = list_nth(w->nodes, i);

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

/*
 * The default values that a literal of an input object takes in: of the fields
 * that it leaves out.
 */
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
		names = lappend(names, unconstify(char *, ((DefaultField *) list_nth(c->default_path,
																			 i))->name));
	error = gql_error(c->errors,
					  "Invalid circular reference. The default value of Input Object field %s references itself%s%s.", entry->name,
					  names != NIL ? " via the default values of: " : "", join_from(names, 0));
	for (int i = entry->path_index; i < n; i++)
		gql_error_locate(c->errors, error, c->source, ((DefaultField *) list_nth(c->default_path,
																				 i))->field->default_value->loc);
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

/*
 * A directive refers to what is applied to it and to its arguments, and to the
 * types of these; a type to what is applied to it and its parts, and to the
 * types of its fields. A directive may be part of a circle only with what is
 * in its strongly connected component, so only there is searched for one;
 * without recursion, since nothing bounds how long the way may be.
 */
typedef struct Referrer
{
	const char *name;
	const GqlDirectiveDef *directive;	/* or NULL: a type */
	List	   *edges;			/* Edge * */
	int			order;			/* when it was first met; 0: not yet */
	int			low;			/* the earliest that it leads back to */
	bool		open;			/* its component is not known yet */
	int			component;
	bool		circular;		/* refers to itself, or is not the only one of
								 * its component */
	const struct Referrer *searched_for;	/* whose circle the search that
											 * was here last is after */
} Referrer;

typedef struct Edge
{
	Referrer   *to;
	const GqlInputValueDef *input;	/* the argument or field through which; or
									 * NULL */
} Edge;

/*
 * A node on the way from where a walk began, and which of its edges comes
 * next.
 */
typedef struct Step
{
	Referrer   *node;
	int			next;
} Step;

typedef struct Graph
{
	GqlSchemaCheck *check;
	GqlNames	directives;		/* Referrer */
	GqlNames	types;			/* Referrer */
	Step	   *steps;			/* room for one a node */
	int			nsteps;
	List	   *open;			/* Referrer * */
	int			order;
	int			components;
} Graph;

static void
add_edge(Referrer *from, Referrer *to, const GqlInputValueDef *input)
{
	Edge	   *edge = palloc(sizeof(Edge));

	edge->to = to;
	edge->input = input;
	if (to == from)
		from->circular = true;
	from->edges = lappend(from->edges, edge);
}

static void
connect_applied(Graph *graph, Referrer *from, const List *directives, const GqlInputValueDef *input)
{
	ListCell   *lc;

	foreach(lc, directives)
	{
		Referrer   *to = gql_names_get(&graph->directives,
									   ((const GqlDirective *) lfirst(lc))->name.value);

		if (to != NULL)
			add_edge(from, to, input);
	}
}

static void
connect_inputs(Graph *graph, Referrer *from, const GqlNames *inputs)
{
	gql_foreach(GqlInputValueDef, input, inputs)
	{
		GqlType    *type = gql_named_type(input->type);

		if (input->node != NULL)
			connect_applied(graph, from, input->node->directives, input);
		if (!type->builtin)
			add_edge(from, gql_names_get(&graph->types, type->name), input);
	}
}

static void
connect_directive(Graph *graph, Referrer *node)
{
	if (node->directive->node != NULL)
		connect_applied(graph, node, node->directive->node->directives, NULL);
	connect_inputs(graph, node, &node->directive->args);
}

static void
connect_type(Graph *graph, Referrer *node, const GqlType *type)
{
	ListCell   *lc;

	foreach(lc, type->nodes)
		connect_applied(graph, node, ((const GqlTypeDefNode *) lfirst(lc))->directives, NULL);
	if (type->kind == GQL_INPUT_OBJECT)
		connect_inputs(graph, node, &type->fields);
	else if (type->kind == GQL_ENUM)
	{
		gql_foreach(GqlEnumValueDef, value, &type->fields)
		{
			if (value->node != NULL)
				connect_applied(graph, node, value->node->directives, NULL);
		}
	}
}

static Referrer *
add_node(GqlNames *nodes, const char *name, const GqlDirectiveDef *directive)
{
	Referrer   *node = palloc0(sizeof(Referrer));

	node->name = name;
	node->directive = directive;
	gql_names_add(nodes, node);
	return node;
}

static void
build_graph(Graph *graph)
{
	GqlSchema  *schema = graph->check->schema;

	gql_names_init(&graph->directives, CurrentMemoryContext);
	gql_names_init(&graph->types, CurrentMemoryContext);
	gql_foreach(GqlDirectiveDef, directive, &schema->directives)
		add_node(&graph->directives, directive->name, directive);
	gql_foreach(GqlType, type, &schema->types)
		add_node(&graph->types, type->name, NULL);
	gql_foreach(Referrer, directive, &graph->directives)
		connect_directive(graph, directive);
	gql_foreach(Referrer, node, &graph->types)
		connect_type(graph, node, gql_names_get(&schema->types, node->name));
	graph->steps = palloc((graph->directives.n + graph->types.n) * sizeof(Step));
}

static void
push_step(Graph *graph, Referrer *node)
{
	Step	   *step = &graph->steps[graph->nsteps++];

	step->node = node;
	step->next = 0;
}

static void
open_node(Graph *graph, Referrer *node)
{
	node->order = node->low = ++graph->order;
	node->open = true;
	graph->open = lappend(graph->open, node);
	push_step(graph, node);
}

/*
 * The node leads back to nothing before it: it and what was met since and is
 * still open are a component.
 */
static void
close_component(Graph *graph, const Referrer *first)
{
	bool		several = llast(graph->open) != first;
	Referrer   *node;

	graph->components++;
	do
	{
		node = llast(graph->open);
		graph->open = list_delete_last(graph->open);
		node->open = false;
		node->component = graph->components;
		node->circular |= several;
	} while (node != first);
}

/* Tarjan's algorithm, from one node on. */
static void
find_components(Graph *graph, Referrer *start)
{
	open_node(graph, start);
	while (graph->nsteps > 0)
	{
		Step	   *step = &graph->steps[graph->nsteps - 1];
		Referrer   *node = step->node;

		if (step->next < list_length(node->edges))
		{
			Referrer   *to = ((const Edge *) list_nth(node->edges, step->next++))->to;

			if (to->order == 0)
				open_node(graph, to);
			else if (to->open)
				node->low = Min(node->low, to->order);
			continue;
		}
		if (node->low == node->order)
			close_component(graph, node);
		if (--graph->nsteps > 0)
		{
			Referrer   *before = graph->steps[graph->nsteps - 1].node;

			before->low = Min(before->low, node->low);
		}
	}
}

/* Leave in steps the first way found from a circular directive back to it. */
static void
find_circle(Graph *graph, Referrer *start)
{
	graph->nsteps = 0;
	push_step(graph, start);
	while (graph->nsteps > 0)
	{
		Step	   *step = &graph->steps[graph->nsteps - 1];
		Referrer   *to;

		if (step->next == list_length(step->node->edges))
		{
			graph->nsteps--;
			continue;
		}
		to = ((const Edge *) list_nth(step->node->edges, step->next++))->to;
		if (to == start)
			return;
		if (to->component != start->component || to->searched_for == start)
			continue;
		to->searched_for = start;
		push_step(graph, to);
	}
}

/* "@a(arg:)", "Input.field", "@a"; NULL for a type by itself */
static char *
step_name(const Step *step)
{
	const Referrer *node = step->node;
	const Edge *edge = list_nth(node->edges, step->next - 1);
	GqlInputPlace place = {GQL_OF_INPUT_OBJECT, node->name, NULL};

	if (node->directive != NULL)
		place = (GqlInputPlace)
	{
		GQL_OF_DIRECTIVE, NULL, node->name
	};
	if (edge->input != NULL)
		return gql_input_coordinate(&place, edge->input);
	return node->directive != NULL ? psprintf("@%s", node->name) : NULL;
}

static void
report_circle(Graph *graph, const Referrer *start)
{
	GqlErrorList *list = gql_tolerable(graph->check);
	List	   *names = NIL;

	for (int i = 0; i < graph->nsteps && list_length(names) <= MAX_SHOWN; i++)
	{
		char	   *name = step_name(&graph->steps[i]);

		if (name != NULL)
			names = lappend(names, name);
	}
	gql_error_at(list, graph->check->source, start->directive->node->def.loc,
				 "Directive @%s cannot reference itself through: %s.",
				 start->name, join_from(names, 0));
}

void
gql_check_directive_cycles(GqlSchemaCheck *check)
{
	Graph		graph = {.check = check};

	build_graph(&graph);
	gql_foreach(Referrer, node, &graph.directives)
	{
		if (node->order == 0)
			find_components(&graph, node);
	}
	gql_foreach(Referrer, start, &graph.directives)
	{
		/* what is applied to a directive is known from SDL alone */
		if (start->directive->node == NULL || !start->circular ||
			!count_cycle(check, gql_tolerable(check)))
			continue;
		find_circle(&graph, start);
		report_circle(&graph, start);
	}
}
