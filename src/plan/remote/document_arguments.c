/*
 * document_arguments.c: arguments in documents for remote schemas, and the
 * query's variables in them.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "plan/remote/document_int.h"
#include "schema/permission/permission.h"

/* An item of RrStep.used. */
typedef struct UsedVariable
{
	const char *name;
} UsedVariable;

/* ---- variables of the query ---- */

static bool
use_if_variable(const GqlValue *value, void *arg)
{
	RrStep	   *step = arg;
	UsedVariable *item;

	if (value->kind != GQL_VALUE_VARIABLE)
		return false;
	if (step->used.cxt == NULL)
		gql_names_init(&step->used, CurrentMemoryContext);
	if (gql_names_get(&step->used, value->text) != NULL)
		return false;
	item = palloc(sizeof(UsedVariable));
	item->name = value->text;
	gql_names_add(&step->used, item);
	step->variables = lappend(step->variables, unconstify(char *, value->text));
	return false;
}

/* Add the variables in a value to those that the step's documents define. */
static void
use_variables(RrStep *step, const GqlValue *value)
{
	gql_value_walk(value, use_if_variable, step);
}

void
rr_use_argument_variables(RrStep *step, List *arguments)
{
	ListCell   *lc;

	foreach(lc, arguments)
		use_variables(step, ((const GqlArgument *) lfirst(lc))->value);
}

const GqlVariableDef *
rr_variable_def(const GqlRequest *request, const char *name, int *last)
{
	List	   *variables = request->operation->variables;
	int			n = list_length(variables);

	for (int i = 0; i < n; i++)
	{
		int			at = (*last + i) % n;
		const GqlVariableDef *def = list_nth(variables, at);

		if (strcmp(def->name.value, name) == 0)
		{
			*last = at;
			return def;
		}
	}
	elog(ERROR, "variable \"%s\" is not defined", name);
}

/* ---- what the query gives ---- */

void
rr_append_arguments(StringInfo out, List *arguments)
{
	const char *separator = "(";
	ListCell   *lc;

	foreach(lc, arguments)
	{
		const GqlArgument *argument = lfirst(lc);

		appendStringInfo(out, "%s%s: ", separator, argument->name.value);
		gql_print_value(out, argument->value);
		separator = ", ";
	}
	if (arguments != NIL)
		appendStringInfoChar(out, ')');
}

const GqlValue *
rr_query_argument(const GqlFieldSel *field, const char *name)
{
	const GqlSelection *node = linitial(field->nodes);

	return gql_argument_get(node->arguments, name);
}

/* A whole copy: values of variables are the caller's, a plan may be kept. */
static GqlValue *
copy_value(const GqlValue *value)
{
	GqlValue   *copy = palloc(sizeof(GqlValue));

	check_stack_depth();
	*copy = *value;
	if (value->text != NULL)
	{
		char	   *text = palloc(value->len + 1);

		memcpy(text, value->text, value->len);
		text[value->len] = '\0';
		copy->text = text;
	}
	copy->items = NIL;
	for (int i = 0; i < list_length(value->items); i++)
	{
		const GqlObjectField *given = list_nth(value->items, i);
		GqlObjectField *field;

		if (value->kind == GQL_VALUE_LIST)
		{
			copy->items = lappend(copy->items, copy_value(list_nth(value->items, i)));
			continue;
		}
		field = palloc(sizeof(GqlObjectField));
		*field = *given;
		field->name.value = pstrdup(given->name.value);
		field->value = copy_value(given->value);
		copy->items = lappend(copy->items, field);
	}
	return copy;
}

const GqlValue *
rr_coerced_argument(RrPrinter *printer, const GqlFieldSel *field, const char *name)
{
	RrPlanner  *planner = printer->planner;
	const GqlValue *given = rr_query_argument(field, name);
	const GqlArgumentValue *value;
	GqlNames	coerced;

	if (given != NULL && gql_contains_variable(given))
		planner->depends_on_values = true;
	gql_names_init(&coerced, CurrentMemoryContext);
	if (!gql_coerce_arguments(planner->request, field, &coerced, planner->errors))
	{
		printer->failed = true;
		return NULL;
	}
	value = gql_names_get(&coerced, name);
	return value != NULL && value->value != NULL ? copy_value(value->value) : NULL;
}

/* ---- presets ---- */

/* NULL is equal to NULL only. */
static bool
equal_texts(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static char *
value_text(const GqlValue *value)
{
	StringInfoData text;

	if (value == NULL)
		return NULL;
	initStringInfo(&text);
	gql_print_value(&text, value);
	return text.data;
}

static bool
equal_definitions(const GqlInputValueDef *a, const GqlInputValueDef *b)
{
	return a == b ||
		(strcmp(gql_type_to_string(a->type), gql_type_to_string(b->type)) == 0 &&
		 equal_texts(rr_preset_text(a->node), rr_preset_text(b->node)));
}

/*
 * Do two arguments get the same value? Those of an interface's field and of
 * its objects' fields do, where the query gives the same.
 */
static bool
equal_presets(const RrPresetArgument *a, const RrPresetArgument *b)
{
	return equal_definitions(a->def, b->def) &&
		equal_texts(value_text(a->given), value_text(b->given));
}

/*
 * "$rr__p0" for an argument with presets. Arguments with equal values share a
 * variable: fields that are merged must have the same arguments.
 */
static char *
preset_variable(RrPrinter *printer, const GqlInputValueDef *def, const GqlValue *given)
{
	RrStep	   *step = printer->step;
	RrPresetArgument *preset = palloc0(sizeof(RrPresetArgument));
	ListCell   *lc;

	preset->def = def;
	preset->given = given;
	foreach(lc, step->preset_arguments)
	{
		if (equal_presets(lfirst(lc), preset))
			return psprintf("$" RR_WIRE_PRESET_VARIABLE, foreach_current_index(lc));
	}
	step->preset_arguments = lappend(step->preset_arguments, preset);
	return psprintf("$" RR_WIRE_PRESET_VARIABLE, list_length(step->preset_arguments) - 1);
}

/*
 * Values with which a query could get around presets: null, an empty object,
 * an empty list for an argument that may be left out.
 */
static bool
avoids_presets(const GqlValue *given, const GqlTypeRef *type)
{
	if (given->kind == GQL_VALUE_LIST)
		return given->items == NIL && type->kind != GQL_TYPE_NON_NULL;
	return given->kind == GQL_VALUE_NULL ||
		(given->kind == GQL_VALUE_OBJECT && given->items == NIL);
}

/* ---- the arguments of a field ---- */

char	   *
rr_argument_text(RrPrinter *printer, const GqlFieldSel *field, const GqlInputValueDef *def)
{
	const RrRemote *remote = printer->step->remote;
	GqlSchema  *upstream = remote->upstream;
	const GqlValue *given;
	bool		gives;

	if (!remote->restricted || !rr_has_presets(upstream, def))
	{
		given = field != NULL ? rr_query_argument(field, def->name) : NULL;
		if (given != NULL)
			use_variables(printer->step, given);
		return value_text(given);
	}

	given = field != NULL ? rr_coerced_argument(printer, field, def->name) : NULL;
	gives = rr_gives_presets(upstream, def);
	if (given != NULL && gives && avoids_presets(given, def->type) &&
		!rr_presets_require(upstream, def))
		given = NULL;
	return given != NULL || gives ? preset_variable(printer, def, given) : NULL;
}

void
rr_print_upstream_arguments(RrPrinter *printer, const GqlFieldSel *field,
							const GqlFieldDef *upstream)
{
	const char *separator = "(";

	gql_foreach(GqlInputValueDef, def, &upstream->args)
	{
		const char *text = rr_argument_text(printer, field, def);

		if (text == NULL)
			continue;
		appendStringInfo(printer->out, "%s%s: %s", separator, def->name, text);
		separator = ", ";
	}
	if (separator[0] == ',')
		appendStringInfoChar(printer->out, ')');
}

void
rr_print_field_arguments(RrPrinter *printer, const RrShapeField *field)
{
	const GqlSelection *node = linitial(field->sel->nodes);

	if (printer->step->remote->restricted && field->kind == RR_SHAPE_VALUE)
	{
		rr_print_upstream_arguments(printer, field->sel, field->upstream);
		return;
	}
	rr_use_argument_variables(printer->step, node->arguments);
	rr_append_arguments(printer->out, node->arguments);
}
