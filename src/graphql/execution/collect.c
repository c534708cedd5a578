/*
 * collect.c: the fields of one object, and their arguments (specification,
 * 6.3.2 CollectFields and 6.4.1 CoerceArgumentValues).
 */
#include "postgres.h"

#include "graphql/graphql.h"

/*
 * A selection set that is being read. Fragments may nest without limit, so
 * they are a stack of these instead of recursive calls.
 */
typedef struct Frame
{
	List	   *selections;
	int			next;			/* index of the next selection */
	const GqlFragmentUse *use;	/* the innermost fragment with directives */
} Frame;

typedef struct Collector
{
	GqlRequest *request;
	GqlType    *object_type;
	GqlNames	fields;			/* GqlFieldSel, by response key */
	GqlNames	visited;		/* GqlFragmentEntry */
	List	  **conditional;	/* if not NULL: do not evaluate @skip and
								 * @include, but append them here */
	Frame	   *frames;			/* the stack */
	int			depth;			/* frames in use */
	int			capacity;
} Collector;

/* ---- @skip and @include (3.13.1, 3.13.2) ---- */

/*
 * The value of the argument "if". Validation has checked that there is one,
 * and gql_request_create() that it is not null.
 */
static bool
condition(GqlRequest *request, const GqlDirective *directive)
{
	const GqlArgument *argument = linitial(directive->arguments);
	const GqlValue *value = argument->value;

	if (value->kind == GQL_VALUE_VARIABLE)
	{
		GqlVariableValue *variable = gql_names_get(&request->variables, value->text);

		return variable != NULL && variable->value->boolean;
	}
	return value->boolean;
}

bool
gql_is_skipped(GqlRequest *request, List *directives)
{
	ListCell   *lc;

	foreach(lc, directives)
	{
		const GqlDirective *directive = lfirst(lc);

		if (strcmp(directive->name.value, "skip") == 0 && condition(request, directive))
			return true;
		if (strcmp(directive->name.value, "include") == 0 && !condition(request, directive))
			return true;
	}
	return false;
}

/* ---- CollectFields ---- */

/* 6.3.2.1 DoesFragmentTypeApply() */
static bool
applies(const Collector *c, const GqlTypeNode *condition)
{
	GqlType    *type;

	if (condition == NULL || strcmp(condition->name, c->object_type->name) == 0)
		return true;
	type = gql_schema_type(c->request->schema, condition->name);
	return type != NULL && gql_is_abstract(type) &&
		gql_is_subtype(c->request->schema, type, c->object_type);
}

static void
push(Collector *c, List *selections, const GqlFragmentUse *use)
{
	if (c->depth == c->capacity)
	{
		c->capacity = Max(c->capacity * 2, 16);
		c->frames = c->frames != NULL ? repalloc(c->frames, c->capacity * sizeof(Frame))
			: palloc(c->capacity * sizeof(Frame));
	}
	c->frames[c->depth].selections = selections;
	c->frames[c->depth].use = use;
	c->frames[c->depth++].next = 0;
}

static const GqlFragmentUse *
current_use(const Collector *c)
{
	return c->frames[c->depth - 1].use;
}

static void
push_fragment(Collector *c, const GqlSelection *node, const GqlFragment *fragment)
{
	GqlSelectionSet *set = fragment != NULL ? fragment->selection_set : node->selection_set;
	GqlFragmentUse *use;

	if (node->directives == NIL && (fragment == NULL || fragment->directives == NIL))
	{
		push(c, set->items, current_use(c));
		return;
	}
	use = palloc(sizeof(GqlFragmentUse));
	use->outer = current_use(c);
	use->node = node;
	use->fragment = fragment;
	push(c, set->items, use);
}

/*
 * Remember the use of the node that was added last. The list begins with the
 * first node that has one; the nodes before it get NULL.
 */
static void
note_use(GqlFieldSel *field, const GqlFragmentUse *use)
{
	if (use == NULL && field->uses == NIL)
		return;
	while (list_length(field->uses) < list_length(field->nodes) - 1)
		field->uses = lappend(field->uses, NULL);
	field->uses = lappend(field->uses, unconstify(GqlFragmentUse *, use));
}

static void
add_field(Collector *c, GqlSelection *selection)
{
	const char *key = gql_response_key(selection);
	GqlFieldSel *field = gql_names_get(&c->fields, key);

	if (field == NULL)
	{
		field = palloc(sizeof(GqlFieldSel));
		field->key = key;
		field->def = gql_type_field(c->request->schema, c->object_type, selection->name.value);
		field->parent = c->object_type;
		field->nodes = NIL;
		field->uses = NIL;
		gql_names_add(&c->fields, field);
	}
	field->nodes = lappend(field->nodes, selection);
	note_use(field, current_use(c));
}

static const GqlDirective *
find_condition(List *directives)
{
	ListCell   *lc;
	const GqlDirective *include = NULL;

	foreach(lc, directives)
	{
		const GqlDirective *directive = lfirst(lc);

		if (strcmp(directive->name.value, "skip") == 0)
			return directive;
		if (include == NULL && strcmp(directive->name.value, "include") == 0)
			include = directive;
	}
	return include;
}

static bool
is_left_out(Collector *c, List *directives)
{
	const GqlDirective *condition;

	if (directives == NIL)
		return false;
	if (c->conditional == NULL)
		return gql_is_skipped(c->request, directives);
	condition = find_condition(directives);
	if (condition != NULL)
		*c->conditional = lappend(*c->conditional, unconstify(GqlDirective *, condition));
	return condition != NULL;
}

static void
collect_selection(Collector *c, GqlSelection *selection)
{
	GqlFragmentEntry *entry;

	if (is_left_out(c, selection->directives))
		return;
	switch (selection->kind)
	{
		case GQL_FIELD:
			add_field(c, selection);
			break;
		case GQL_INLINE_FRAGMENT:
			if (applies(c, selection->type_condition))
				push_fragment(c, selection, NULL);
			break;
		case GQL_FRAGMENT_SPREAD:
			entry = gql_names_get(&c->request->fragments, selection->name.value);
			if (entry != NULL && applies(c, entry->fragment->type_condition) &&
				gql_names_add(&c->visited, entry))
				push_fragment(c, selection, entry->fragment);
			break;
	}
}

static List *
collect(Collector *c, List *selection_sets)
{
	List	   *fields = NIL;
	ListCell   *lc;

	gql_names_init(&c->fields, CurrentMemoryContext);
	gql_names_init(&c->visited, CurrentMemoryContext);
	foreach(lc, selection_sets)
	{
		push(c, ((GqlSelectionSet *) lfirst(lc))->items, NULL);
		while (c->depth > 0)
		{
			Frame	   *frame = &c->frames[c->depth - 1];

			if (frame->next == list_length(frame->selections))
				c->depth--;
			else
				collect_selection(c, list_nth(frame->selections, frame->next++));
		}
	}
	for (int i = 0; i < c->fields.n; i++)
		fields = lappend(fields, c->fields.items[i]);
	return fields;
}

List	   *
gql_collect_fields(GqlRequest *request, GqlType *object_type, List *selection_sets)
{
	Collector	c = {.request = request, .object_type = object_type};

	return collect(&c, selection_sets);
}

List	   *
gql_collect_unconditional_fields(GqlRequest *request, GqlType *object_type, GqlSelectionSet *set,
								 List **conditional)
{
	Collector	c = {.request = request, .object_type = object_type, .conditional = conditional};

	return collect(&c, list_make1(set));
}

List	   *
gql_field_selection_sets(const GqlFieldSel *field)
{
	List	   *sets = NIL;
	ListCell   *lc;

	foreach(lc, field->nodes)
	{
		GqlSelection *node = lfirst(lc);

		if (node->selection_set != NULL)
			sets = lappend(sets, node->selection_set);
	}
	return sets;
}

List	   *
gql_collect_subfields(GqlRequest *request, GqlType *object_type, const GqlFieldSel *field)
{
	return gql_collect_fields(request, object_type, gql_field_selection_sets(field));
}

/* ---- arguments ---- */

typedef struct ArgumentErrors
{
	GqlRequest *request;
	GqlErrorList *errors;
	const GqlFieldSel *field;
	const GqlInputValueDef *def;
} ArgumentErrors;

/* "Query.user(id:)" */
static char *
argument_coordinate(const GqlFieldSel *field, const char *argument)
{
	return psprintf("%s.%s(%s:)", gql_is_introspection_field(field->def) ? "<meta>"
					: field->parent->name, field->def->name, argument);
}

/* File the first error only: it is enough for the field to fail. */
static void
report_argument(GqlCoercion *c, const char *message, int loc, const GqlPath *path)
{
	ArgumentErrors *a = c->arg;

	gql_error_at(a->errors, a->request->document->source, loc,
				 "Argument \"%s\" has invalid value%s: %s",
				 argument_coordinate(a->field, a->def->name), gql_path_to_string(path), message);
	c->stopped = true;
}

/* The same for a default value, whose literal is not the document's. */
static void
report_default(GqlCoercion *c, const char *message, int loc pg_attribute_unused(),
			   const GqlPath *path)
{
	ArgumentErrors *a = c->arg;

	gql_error(a->errors, "Argument \"%s\" has invalid default value%s: %s",
			  argument_coordinate(a->field, a->def->name), gql_path_to_string(path), message);
}

static void
set_argument(GqlNames *values, GqlInputValueDef *def, GqlValue *value, const GqlValue *literal)
{
	GqlArgumentValue *argument = palloc(sizeof(GqlArgumentValue));

	argument->name = def->name;
	argument->def = def;
	argument->value = value;
	argument->from_variable = literal != NULL && literal->kind == GQL_VALUE_VARIABLE;
	argument->variable = argument->from_variable ? literal->text : NULL;
	gql_names_add(values, argument);
}

/* The argument is not given, or is a variable without a value. */
static bool
coerce_absent_argument(ArgumentErrors *a, GqlInputValueDef *def, const GqlSelection *node,
					   GqlNames *values)
{
	GqlCoercion c = {.schema = a->request->schema, .budget = &a->request->budget,
	.report = report_default, .arg = a};
	GqlValue   *value;

	if (gql_is_required(def))
	{
		gql_error_at(a->errors, a->request->document->source, node->loc,
					 "Argument \"%s\" of required type \"%s\" was not provided.",
					 argument_coordinate(a->field, def->name), gql_type_to_string(def->type));
		return false;
	}
	if (def->default_value == NULL)
		return true;
	if (!gql_coerce(&c, def->default_value, def->type, NULL, &value))
		return false;
	set_argument(values, def, value, NULL);
	return true;
}

bool
gql_coerce_arguments(GqlRequest *request, const GqlFieldSel *field, GqlNames *values,
					 GqlErrorList *errors)
{
	const GqlSelection *node = linitial(field->nodes);
	ArgumentErrors a = {.request = request, .errors = errors, .field = field};
	GqlCoercion c = {.schema = request->schema, .variables = &request->variables,
	.budget = &request->budget, .report = report_argument, .arg = &a};
	GqlNodeIndex given;
	bool		fits = true;

	gql_names_init(values, CurrentMemoryContext);
	gql_node_index_init(&given, node->arguments, false);
	gql_foreach(GqlInputValueDef, def, &field->def->args)
	{
		const GqlArgument *argument = gql_node_index_get(&given, def->name);
		const GqlValue *literal = argument != NULL ? argument->value : NULL;
		GqlValue   *value;

		a.def = def;
		if (literal == NULL ||
			(literal->kind == GQL_VALUE_VARIABLE && !gql_is_required(def) &&
			 gql_names_get(&request->variables, literal->text) == NULL))
		{
			fits = coerce_absent_argument(&a, def, node, values);
		}
		else if ((fits = gql_coerce(&c, literal, def->type, NULL, &value)))
			set_argument(values, def, value, literal);
		if (!fits)
			break;
	}
	gql_node_index_free(&given);
	return fits;
}
