/*
 * request.c: prepare a request: choose the operation and coerce the variables
 * (specification, section 6.1).
 */
#include "postgres.h"

#include "miscadmin.h"

#include "graphql/graphql.h"

#define MAX_VARIABLE_ERRORS 50

/* Coercion of one operation's variables: what reporting an error needs. */
typedef struct VariableErrors
{
	GqlRequest *request;
	GqlErrorList *errors;
	int			n;				/* errors so far */
	GqlVariableDef *def;		/* the current variable */
	const char *what;			/* "value" or "default value" */
} VariableErrors;

/* 6.1 GetOperation() */
static GqlOperation *
get_operation(GqlDocument *document, const char *name, GqlErrorList *errors)
{
	GqlOperation *found = NULL;
	ListCell   *lc;

	foreach(lc, document->definitions)
	{
		GqlOperation *operation = lfirst(lc);

		if (operation->def.kind != GQL_DEF_OPERATION)
			continue;
		if (name == NULL && found != NULL)
		{
			gql_error(errors, "Must provide operation name if query contains multiple operations.");
			return NULL;
		}
		if (name == NULL ||
			(operation->name.value != NULL && strcmp(operation->name.value, name) == 0))
			found = operation;
	}
	if (found == NULL && name != NULL)
		gql_error(errors, "Unknown operation named \"%s\".", name);
	else if (found == NULL)
		gql_error(errors, "Must provide an operation.");
	return found;
}

/* Count an error. False, after a last error, if there are too many. */
static bool
may_report(VariableErrors *v)
{
	if (v->n++ < MAX_VARIABLE_ERRORS)
		return true;
	gql_error(v->errors, "Too many errors processing variables, error limit reached. Execution aborted.");
	return false;
}

static void
report_variable(GqlCoercion *c, const char *message, int loc pg_attribute_unused(),
				const GqlPath *path)
{
	VariableErrors *v = c->arg;

	if (!may_report(v))
		c->stopped = true;
	else
		gql_error_at(v->errors, v->request->document->source, v->def->loc,
					 "Variable \"$%s\" has invalid %s%s: %s",
					 v->def->name.value, v->what, gql_path_to_string(path), message);
}

static void
set_variable(GqlRequest *request, const char *name, GqlValue *value)
{
	GqlVariableValue *variable = palloc(sizeof(GqlVariableValue));

	variable->name = name;
	variable->value = value;
	gql_names_add(&request->variables, variable);
}

/* Coerce v->def; given is its value in the request, or NULL. */
static void
coerce_variable_value(GqlCoercion *c, VariableErrors *v, const GqlValue *given)
{
	GqlVariableDef *def = v->def;
	const GqlTypeRef *type = gql_resolve_type(v->request->schema, def->type);
	const char *source = v->request->document->source;
	GqlValue   *value;

	if (type == NULL || !gql_is_input(gql_named_type(type)))
	{
		StringInfoData printed;

		initStringInfo(&printed);
		gql_print_type_node(&printed, def->type);
		if (may_report(v))
			gql_error_at(v->errors, source, def->type->loc,
						 "Variable \"$%s\" expected value of type \"%s\" which cannot be used as an input type.",
						 def->name.value, printed.data);
		else
			c->stopped = true;
		return;
	}

	if (given == NULL && def->default_value == NULL)
	{
		if (type->kind == GQL_TYPE_NON_NULL)
			report_variable(c, psprintf("Expected a value of non-null type \"%s\" to be provided.",
										gql_type_to_string(type)), -1, NULL);
		return;
	}
	c->from_json = given != NULL;
	v->what = given != NULL ? "value" : "default value";
	if (gql_coerce(c, given != NULL ? given : def->default_value, type, NULL, &value))
		set_variable(v->request, def->name.value, value);
}

/* 6.1.2 CoerceVariableValues() */
static bool
coerce_variable_values(GqlRequest *request, const GqlValue *inputs, GqlErrorList *errors)
{
	VariableErrors v = {.request = request, .errors = errors, .what = "value"};
	GqlCoercion c = {.schema = request->schema, .budget = &request->budget,
	.report = report_variable, .arg = &v};
	GqlNames	by_name;
	ListCell   *lc;

	gql_names_init(&by_name, CurrentMemoryContext);
	if (inputs != NULL && inputs->kind != GQL_VALUE_NULL)
	{
		if (inputs->kind != GQL_VALUE_OBJECT)
		{
			gql_error(errors, "Variables must be provided as an object with one member a variable.");
			return false;
		}
		foreach(lc, inputs->items)
			gql_names_add(&by_name, lfirst(lc));
	}

	foreach(lc, request->operation->variables)
	{
		GqlObjectField *given;

		v.def = lfirst(lc);
		v.what = "value";
		given = gql_names_get(&by_name, v.def->name.value);
		coerce_variable_value(&c, &v, given != NULL ? given->value : NULL);
		if (c.stopped)
			break;
	}
	return v.n == 0;
}

/* ---- @skip and @include with a variable that is null ---- */

/*
 * A nullable variable with a default value is allowed at "if: Boolean!"
 * (5.8.5) and can still be given as null. gql_collect_fields() cannot report
 * that, so such a request is refused here.
 */
typedef struct Conditions
{
	GqlRequest *request;
	GqlErrorList *errors;
	List	   *pending;		/* GqlSelectionSet * that are to be checked */
	GqlNames	visited;		/* GqlFragmentEntry that were in pending */
	bool		fits;
} Conditions;

static void
check_conditions(Conditions *check, List *directives)
{
	ListCell   *lc,
			   *lc2;

	foreach(lc, directives)
	{
		GqlDirective *directive = lfirst(lc);

		if (strcmp(directive->name.value, "skip") != 0 &&
			strcmp(directive->name.value, "include") != 0)
			continue;
		foreach(lc2, directive->arguments)
		{
			GqlArgument *argument = lfirst(lc2);
			GqlVariableValue *variable = NULL;

			if (argument->value->kind == GQL_VALUE_VARIABLE)
				variable = gql_names_get(&check->request->variables, argument->value->text);
			if (variable == NULL || variable->value->kind != GQL_VALUE_NULL)
				continue;
			gql_error_at(check->errors, check->request->document->source, argument->value->loc,
						 "Argument \"@%s(if:)\" has invalid value: Expected variable \"$%s\" provided to non-null type \"Boolean!\" not to be null.",
						 directive->name.value, variable->name);
			check->fits = false;
		}
	}
}

static void
check_selection_conditions(Conditions *check, const GqlSelectionSet *set)
{
	ListCell   *lc;

	foreach(lc, set->items)
	{
		GqlSelection *selection = lfirst(lc);

		check_conditions(check, selection->directives);
		if (selection->kind == GQL_FRAGMENT_SPREAD)
		{
			GqlFragmentEntry *entry = gql_names_get(&check->request->fragments,
													selection->name.value);

			if (entry != NULL && gql_names_add(&check->visited, entry))
				check->pending = lappend(check->pending, entry->fragment->selection_set);
		}
		else if (selection->selection_set != NULL)
			check->pending = lappend(check->pending, selection->selection_set);
	}
}

/* Is there a variable that is null and may stand at a Boolean!? */
static bool
has_null_boolean(const GqlRequest *request)
{
	ListCell   *lc;

	foreach(lc, request->operation->variables)
	{
		GqlVariableDef *def = lfirst(lc);
		GqlVariableValue *variable;

		if (def->type->kind != GQL_TYPE_NAMED || strcmp(def->type->name, "Boolean") != 0 ||
			def->default_value == NULL)
			continue;
		variable = gql_names_get(&request->variables, def->name.value);
		if (variable != NULL && variable->value->kind == GQL_VALUE_NULL)
			return true;
	}
	return false;
}

static bool
check_all_conditions(GqlRequest *request, GqlErrorList *errors)
{
	Conditions	check = {.request = request, .errors = errors, .fits = true};

	if (!has_null_boolean(request))
		return true;
	gql_names_init(&check.visited, CurrentMemoryContext);
	check.pending = list_make1(request->operation->selection_set);
	for (int i = 0; i < list_length(check.pending); i++)
		check_selection_conditions(&check, list_nth(check.pending, i));
	return check.fits;
}

GqlRequest *
gql_request_create(GqlSchema *schema, GqlDocument *document, const char *operation_name,
				   const GqlValue *inputs, GqlErrorList *errors)
{
	GqlRequest *request = palloc0(sizeof(GqlRequest));
	ListCell   *lc;

	request->schema = schema;
	request->document = document;
	rr_budget_init(&request->budget, NULL, 0, GQL_MAX_COERCION + (int64) document->len);
	request->operation = get_operation(document, operation_name, errors);
	if (request->operation == NULL)
		return NULL;

	gql_names_init(&request->fragments, CurrentMemoryContext);
	gql_names_init(&request->variables, CurrentMemoryContext);
	foreach(lc, document->definitions)
	{
		GqlFragment *fragment = lfirst(lc);
		GqlFragmentEntry *entry;

		if (fragment->def.kind != GQL_DEF_FRAGMENT)
			continue;
		entry = palloc(sizeof(GqlFragmentEntry));
		entry->name = fragment->name.value;
		entry->fragment = fragment;
		gql_names_add(&request->fragments, entry);
	}

	if (!coerce_variable_values(request, inputs, errors) || !check_all_conditions(request, errors))
		return NULL;
	return request;
}
