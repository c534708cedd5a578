/*
 * document.c: the documents that go to remote schemas.
 *
 * The text depends on the query and the number of keys only, never on a value of a key: those travel as variables, so an upstream that
 * caches parsed documents by their text finds every full batch there. Names in it are the remote's own.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "plan/remote.h"

typedef struct Printer
{
	RrPlanner  *planner;
	RrJoinStep *step;
	StringInfo	out;
} Printer;

static void print_object(Printer *p, const RrObjectShape *object);

/* ---- variables of the query ---- */

/* Remember which of the query's variables a value uses. */
static void
use_variables(RrJoinStep *step, const GqlValue *value)
{
	ListCell   *lc;

	check_stack_depth();
	if (value->kind == GQL_VALUE_VARIABLE)
	{
		foreach(lc, step->variables)
			if (strcmp(lfirst(lc), value->text) == 0)
				return;
		step->variables = lappend(step->variables, unconstify(char *, value->text));
	}
	else if (value->kind == GQL_VALUE_LIST)
		foreach(lc, value->items)
			use_variables(step, lfirst(lc));
	else if (value->kind == GQL_VALUE_OBJECT)
		foreach(lc, value->items)
			use_variables(step, ((GqlObjectField *) lfirst(lc))->value);
}

/* A type as the query spells it, in the remote's names. */
static void
print_upstream_type(const RrJoinStep *step, StringInfo out, const GqlTypeNode *type)
{
	const GqlType *upstream;

	switch (type->kind)
	{
		case GQL_TYPE_LIST:
			appendStringInfoChar(out, '[');
			print_upstream_type(step, out, type->of);
			appendStringInfoChar(out, ']');
			break;
		case GQL_TYPE_NON_NULL:
			print_upstream_type(step, out, type->of);
			appendStringInfoChar(out, '!');
			break;
		case GQL_TYPE_NAMED:
			upstream = rr_remote_upstream_type(step->remote, type->name);
			appendStringInfoString(out, upstream ? upstream->name : type->name);
			break;
	}
}

static const GqlVariableDef *
variable_def(const GqlRequest *request, const char *name)
{
	ListCell   *lc;

	foreach(lc, request->operation->variables)
	{
		const GqlVariableDef *def = lfirst(lc);

		if (strcmp(def->name.value, name) == 0)
			return def;
	}
	elog(ERROR, "variable \"%s\" is not defined", name);
}

/* ---- selections ---- */

static void
print_arguments(Printer *p, List *arguments)
{
	const char *separator = "(";
	ListCell   *lc;

	foreach(lc, arguments)
	{
		const GqlArgument *argument = lfirst(lc);

		appendStringInfo(p->out, "%s%s: ", separator, argument->name.value);
		use_variables(p->step, argument->value);
		gql_print_value(p->out, argument->value);
		separator = ", ";
	}
	if (arguments != NIL)
		appendStringInfoChar(p->out, ')');
}

/* Directives of the upstream's own; @skip and @include have been obeyed. */
static void
print_directives(Printer *p, List *directives)
{
	ListCell   *lc;

	foreach(lc, directives)
	{
		const GqlDirective *directive = lfirst(lc);

		if (strcmp(directive->name.value, "skip") == 0 || strcmp(directive->name.value, "include") == 0)
			continue;
		appendStringInfo(p->out, " @%s", directive->name.value);
		print_arguments(p, directive->arguments);
	}
}

static void
print_selection(Printer *p, const RrShape *shape)
{
	ListCell   *lc;

	check_stack_depth();
	if (shape->leaf)
		return;
	appendStringInfoString(p->out, " {");
	if (shape->abstract)
		appendStringInfoString(p->out, " " RR_TYPENAME_ALIAS ": __typename");
	/* First the types singled out, so that their answers have all fields in the order of the query. */
	foreach(lc, shape->specific)
	{
		const RrObjectShape *object = lfirst(lc);

		appendStringInfo(p->out, " ... on %s {", object->upstream->name);
		print_object(p, object);
		appendStringInfoString(p->out, " }");
	}
	print_object(p, shape->base);
	appendStringInfoString(p->out, " }");
}

static void
print_object(Printer *p, const RrObjectShape *object)
{
	bool		empty = true;

	for (int i = 0; i < object->nkeys; i++)
	{
		appendStringInfo(p->out, " %s: %s", rr_key_alias(object, i), object->keys[i]->name);
		empty = false;
	}
	for (int i = 0; i < object->nfields; i++)
	{
		const RrShapeField *field = &object->fields[i];
		const char *name;
		ListCell   *lc;

		if (field->kind == RR_SHAPE_JOIN)
			continue;
		name = field->kind == RR_SHAPE_TYPENAME ? "__typename" : field->upstream->name;
		appendStringInfoChar(p->out, ' ');
		if (strcmp(field->alias, name) != 0)
			appendStringInfo(p->out, "%s: ", field->alias);
		appendStringInfoString(p->out, name);
		print_arguments(p, ((GqlSelection *) linitial(field->sel->nodes))->arguments);
		foreach(lc, field->sel->nodes)
			print_directives(p, ((GqlSelection *) lfirst(lc))->directives);
		if (field->kind == RR_SHAPE_VALUE)
			print_selection(p, field->shape);
		empty = false;
	}
	if (empty)
		appendStringInfoString(p->out, " " RR_TYPENAME_ALIAS ": __typename");
}

/* ---- the calls of a path ---- */

static const GqlValue *
member(const GqlValue *object, const char *name)
{
	ListCell   *lc;

	foreach(lc, object->items)
	{
		const GqlObjectField *field = lfirst(lc);

		if (strcmp(field->name.value, name) == 0)
			return field->value;
	}
	return NULL;
}

static const GqlValue *
given_argument(const GqlFieldSel *field, const char *name)
{
	const GqlSelection *node = linitial(field->nodes);
	ListCell   *lc;

	foreach(lc, node->arguments)
	{
		const GqlArgument *argument = lfirst(lc);

		if (strcmp(argument->name.value, name) == 0)
			return argument->value;
	}
	return NULL;
}

/*
 * One argument: the relationship's template, the query's value, or both (an input object that the relationship gives in part). What only the query gives
 * stands in the text as the query has it; everything else is a variable of the key.
 */
static void
add_argument(Printer *p, RrFieldCall *call, const GqlInputValueDef *def, const GqlValue *template, const GqlNames *coerced,
			 bool innermost)
{
	const GqlValue *given = innermost ? given_argument(p->step->field, def->name) : NULL;
	RrCallArgument *argument;

	if (template == NULL && given == NULL)
		return;
	argument = palloc0(sizeof(RrCallArgument));
	argument->name = def->name;
	argument->key_argument = -1;
	if (template == NULL)
	{
		StringInfoData text;

		initStringInfo(&text);
		use_variables(p->step, given);
		gql_print_value(&text, given);
		argument->text = text.data;
	}
	else
	{
		RrKeyArgument *key = palloc0(sizeof(RrKeyArgument));
		const GqlArgumentValue *value = given ? gql_names_get(coerced, def->name) : NULL;

		key->def = def;
		key->template = template;
		key->given = value && value->value->kind == GQL_VALUE_OBJECT ? value->value : NULL;
		argument->key_argument = list_length(p->step->key_arguments);
		p->step->key_arguments = lappend(p->step->key_arguments, key);
	}
	call->arguments = lappend(call->arguments, argument);
}

static bool
prepare_path(Printer *p)
{
	const RrToRemoteSchema *to = p->step->join->relationship->to_remote_schema;
	GqlNames	coerced;

	gql_names_init(&coerced, CurrentMemoryContext);
	if (!gql_coerce_arguments(p->planner->request, p->step->field, &coerced, p->planner->errors))
		return false;
	for (int i = 0; i < list_length(to->remote_field); i++)
	{
		const RrRemoteFieldStep *given = list_nth(to->remote_field, i);
		GqlFieldDef *def = list_nth(p->step->join->path, i);
		RrFieldCall *call = palloc0(sizeof(RrFieldCall));

		call->field = def->name;
		gql_foreach(GqlInputValueDef, arg, &def->args)
			add_argument(p, call, arg, member(given->arguments, arg->name), &coerced,
						 i == list_length(to->remote_field) - 1);
		p->step->path = lappend(p->step->path, call);
	}
	return true;
}

bool
rr_document_prepare(RrPlanner *planner, RrJoinStep *step)
{
	StringInfoData selection;
	Printer		p = {planner, step, &selection};

	initStringInfo(&selection);
	print_selection(&p, step->shape);
	step->selection = selection.data;
	if (step->kind == RR_STEP_ROOT)
		return true;
	if (!step->shape->leaf)
		step->fragment_type = step->shape->base->upstream->name;
	return prepare_path(&p);
}

/* ---- whole documents ---- */

char *
rr_key_variable(int key, int argument)
{
	return psprintf(RR_ALIAS_PREFIX "%d_%d", key, argument);
}

static void
print_variable_definitions(const GqlRequest *request, const RrJoinStep *step, int nkeys, StringInfo out)
{
	const char *separator = "(";
	ListCell   *lc;

	foreach(lc, step->variables)
	{
		const char *name = lfirst(lc);
		const GqlVariableDef *def = variable_def(request, name);

		appendStringInfo(out, "%s$%s: ", separator, name);
		print_upstream_type(step, out, def->type);
		if (def->default_value != NULL)
		{
			/* its value is always sent; but only with a default may a nullable variable stand where null may not */
			appendStringInfoString(out, " = ");
			gql_print_value(out, def->default_value);
		}
		separator = ", ";
	}
	for (int i = 0; i < nkeys; i++)
		for (int j = 0; j < list_length(step->key_arguments); j++)
		{
			const RrKeyArgument *argument = list_nth(step->key_arguments, j);

			appendStringInfo(out, "%s$" RR_ALIAS_PREFIX "%d_%d: %s", separator, i, j, gql_type_to_string(argument->def->type));
			separator = ", ";
		}
	if (separator[0] == ',')
		appendStringInfoChar(out, ')');
}

static void
print_calls(const RrJoinStep *step, int key, StringInfo out)
{
	ListCell   *lc;

	foreach(lc, step->path)
	{
		const RrFieldCall *call = lfirst(lc);
		const char *separator = "(";
		ListCell   *arg;

		appendStringInfo(out, "%s%s", foreach_current_index(lc) > 0 ? " { " : "", call->field);
		foreach(arg, call->arguments)
		{
			const RrCallArgument *argument = lfirst(arg);

			appendStringInfo(out, "%s%s: ", separator, argument->name);
			if (argument->text != NULL)
				appendStringInfoString(out, argument->text);
			else
				appendStringInfo(out, "$" RR_ALIAS_PREFIX "%d_%d", key, argument->key_argument);
			separator = ", ";
		}
		if (call->arguments != NIL)
			appendStringInfoChar(out, ')');
	}
	if (step->fragment_type != NULL)
		appendStringInfoString(out, " { ...F }");
	for (int i = 1; i < list_length(step->path); i++)
		appendStringInfoString(out, " }");
}

char *
rr_document_print(const GqlRequest *request, const RrJoinStep *step, int nkeys)
{
	StringInfoData out;

	initStringInfo(&out);
	appendStringInfoString(&out, step->mutation ? "mutation" : "query");
	if (step->kind == RR_STEP_ROOT)
	{
		print_variable_definitions(request, step, 0, &out);
		appendStringInfoString(&out, step->selection);
		return out.data;
	}
	print_variable_definitions(request, step, nkeys, &out);
	appendStringInfoString(&out, " {");
	for (int i = 0; i < nkeys; i++)
	{
		appendStringInfo(&out, " j%d: ", i);
		print_calls(step, i, &out);
	}
	appendStringInfoString(&out, " }");
	if (step->fragment_type != NULL)
		appendStringInfo(&out, " fragment F on %s%s", step->fragment_type, step->selection);
	return out.data;
}
