/*
 * directive_cycles.c: find directives that refer to themselves (specification,
 * 3.13).
 *
 * A directive refers to the directives applied to it and to its arguments, and
 * to the types of its arguments. A type refers to the directives applied to it
 * and to its parts, and an input object to the types of its fields. These
 * references are a graph. A directive can only be in a cycle with nodes of its
 * own strongly connected component, so those are found first, and the search
 * for a cycle to report does not leave them. Nothing recurses, since a path
 * may be as long as the document.
 */
#include "postgres.h"

#include "graphql/type/schema_int.h"

/* A node of the graph. */
typedef struct Referrer
{
	const char *name;
	const GqlDirectiveDef *directive;	/* NULL: the node is a type */
	List	   *edges;			/* Edge * */

	/* Tarjan's algorithm */
	int			order;			/* when it was met; 0: not yet */
	int			low;			/* lowest order that it leads back to */
	bool		open;			/* met, but its component is not complete */
	int			component;		/* number of its component */

	bool		circular;		/* it is in a cycle: it refers to itself, or
								 * its component has other nodes */
	const struct Referrer *searched_for;	/* whose cycle the last search
											 * that came here looked for */
} Referrer;

gql_starts_with_name(Referrer, name);

typedef struct Edge
{
	Referrer   *to;
	const GqlInputValueDef *input;	/* the argument or field that refers; or
									 * NULL */
} Edge;

/* A node on the path of a search, and its edge to look at next. */
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
	Step	   *steps;			/* path of the search; room for all nodes */
	int			nsteps;
	List	   *open;			/* Referrer *: met, component not complete */
	int			order;			/* of the node met last */
	int			components;		/* complete so far */
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
 * The node leads back to none met before it. So it and the open nodes met
 * after it are a component.
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

/* Find the components of all that a node leads to (Tarjan's algorithm). */
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

/* Find a path from a circular directive back to it, and leave it in steps. */
static void
find_cycle(Graph *graph, Referrer *start)
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

/*
 * How messages name a step of a cycle: "@a(arg:)", "Input.field" or "@a".
 * NULL: a type that refers by itself and not by a field; it is not named.
 */
static char *
step_name(const Step *step)
{
	const Referrer *node = step->node;
	const Edge *edge = list_nth(node->edges, step->next - 1);
	GqlInputPlace place = {GQL_OF_INPUT_OBJECT, node->name, NULL};

	if (node->directive != NULL)
	{
		place.kind = GQL_OF_DIRECTIVE;
		place.name = node->name;
	}
	if (edge->input != NULL)
		return gql_input_coordinate(&place, edge->input);
	return node->directive != NULL ? psprintf("@%s", node->name) : NULL;
}

static void
report_cycle(Graph *graph, const Referrer *start)
{
	GqlErrorList *list = gql_tolerable(graph->check);
	List	   *names = NIL;

	for (int i = 0; i < graph->nsteps && list_length(names) <= GQL_MAX_CYCLE_SHOWN; i++)
	{
		char	   *name = step_name(&graph->steps[i]);

		if (name != NULL)
			names = lappend(names, name);
	}
	gql_error_at(list, graph->check->source, start->directive->node->def.loc,
				 "Directive @%s cannot reference itself through: %s.",
				 start->name, gql_show_cycle(names, 0));
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
		/* only SDL says which directives are applied to it */
		if (start->directive->node == NULL || !start->circular ||
			!gql_count_cycle(check, gql_tolerable(check)))
			continue;
		find_cycle(&graph, start);
		report_cycle(&graph, start);
	}
}
