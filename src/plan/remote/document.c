/*
 * document.c: the documents that go to remote schemas.
 *
 * The text depends on the query and the number of keys only, never on a value
 * of a key: those travel as variables. So an upstream that caches parsed
 * documents by their text finds every full batch there. Names in it are the
 * remote's own.
 */
#include "postgres.h"

#include "plan/remote/document_int.h"
#include "schema/permission/permission.h"

/* ---- the fields of remote_field, with their arguments ---- */

/*
 * The join key whose strings need no coercion to be this argument, or by list
 * an element of it; -1: none.
 */
static int
passthrough_key(const RrStep *step, const GqlValue *template, const GqlTypeRef *type)
{
	type = gql_nullable_type(type);
	if (rr_batch_kind(step) != RR_BATCH_ALIASES)
	{
		if (type->kind != GQL_TYPE_LIST)
			return -1;
		type = gql_nullable_type(type->of);
		if (template->kind == GQL_VALUE_LIST && list_length(template->items) == 1)
			template = linitial(template->items);
	}
	if (template->kind != GQL_VALUE_VARIABLE || type->kind == GQL_TYPE_LIST ||
		!type->type->builtin)
		return -1;
	if (strcmp(type->type->name, "String") != 0 && strcmp(type->type->name, "ID") != 0)
		return -1;
	return rr_remote_join_key(step->join, template->text);
}

/*
 * An argument that the relationship gives. The query may give further fields
 * of an input object.
 */
static RrKeyArgument *
make_key_argument(RrPrinter *printer, const GqlFieldSel *field, const GqlInputValueDef *def,
				  const GqlValue *template)
{
	const RrStep *step = printer->step;
	const RrRemote *remote = step->remote;
	RrKeyArgument *argument = palloc0(sizeof(RrKeyArgument));

	argument->def = def;
	argument->type = gql_type_to_string(def->type);
	argument->error_prefix =
		psprintf("The key does not fit argument \"%s\" of remote schema \"%s\"",
				 def->name, remote->def->name);
	argument->template = template;
	if (field != NULL && rr_query_argument(field, def->name) != NULL)
	{
		const GqlValue *value = rr_coerced_argument(printer, field, def->name);

		if (value != NULL && value->kind == GQL_VALUE_OBJECT)
		{
			argument->given = value;
			if (!rr_count_value(printer->planner, value))
				printer->failed = true;
		}
	}
	argument->presets = remote->restricted && rr_has_presets(remote->upstream, def);
	argument->passthrough_key = argument->presets ? -1
		: passthrough_key(step, template, def->type);
	return argument;
}

/*
 * One argument of a call: the relationship's template, the query's value, the
 * permission's presets, or several of them together. What only the query gives
 * stands in the text as the query has it; what the relationship gives is a
 * variable of the key. field: NULL but for the innermost call.
 */
static void
add_argument(RrPrinter *printer, RrFieldCall *call, const GqlFieldSel *field,
			 const GqlInputValueDef *def, const GqlValue *template)
{
	RrStep	   *step = printer->step;
	RrCallArgument *argument = palloc0(sizeof(RrCallArgument));

	argument->name = def->name;
	argument->key_argument = -1;
	if (template != NULL)
	{
		argument->key_argument = list_length(step->key_arguments);
		step->key_arguments = lappend(step->key_arguments,
									  make_key_argument(printer, field, def, template));
	}
	else
	{
		argument->text = rr_argument_text(printer, field, def);
		if (argument->text == NULL)
			return;
		if (!rr_count_bytes(printer->planner, strlen(argument->text)))
			printer->failed = true;
	}
	call->arguments = lappend(call->arguments, argument);
}

static const char *
join_directives(RrPrinter *printer)
{
	StringInfoData text;

	initStringInfo(&text);
	printer->out = &text;
	rr_print_field_directives(printer, printer->step->field->nodes);
	return text.data;
}

static void
prepare_path(RrPrinter *printer)
{
	RrStep	   *step = printer->step;
	List	   *remote_field = step->join->relationship->to_remote_schema->remote_field;

	Assert(list_length(step->join->path) == list_length(remote_field));
	for (int i = 0; i < list_length(remote_field); i++)
	{
		bool		innermost = i == list_length(remote_field) - 1;
		const RrRemoteFieldStep *given = list_nth(remote_field, i);
		GqlFieldDef *def = list_nth(step->join->path, i);
		RrFieldCall *call = palloc0(sizeof(RrFieldCall));

		call->field = def->name;
		gql_foreach(GqlInputValueDef, arg, &def->args)
			add_argument(printer, call, innermost ? step->field : NULL, arg,
						 gql_object_get(given->arguments, arg->name));
		call->directives = innermost ? join_directives(printer) : "";
		step->path = lappend(step->path, call);
	}
}

/* ---- preparing ---- */

/*
 * The query must not define variables with our prefix. False when an error was
 * filed.
 */
static bool
check_variable_names(RrPlanner *planner, const RrStep *step)
{
	bool		ok = true;
	int			last = 0;
	ListCell   *lc;

	foreach(lc, step->variables)
	{
		const char *name = lfirst(lc);

		if (strncmp(name, RR_WIRE_PREFIX, strlen(RR_WIRE_PREFIX)) != 0)
			continue;
		gql_error_at(planner->errors, planner->request->document->source,
					 rr_variable_def(planner->request, name, &last)->variable_loc,
					 "Variable \"$%s\" is reserved: it starts with \"%s\".", name, RR_WIRE_PREFIX);
		ok = false;
	}
	return ok;
}

/* The values of variables go with each document that uses them. */
static bool
count_variables(RrPlanner *planner, const RrStep *step)
{
	ListCell   *lc;

	foreach(lc, step->variables)
	{
		const GqlVariableValue *variable = gql_names_get(&planner->request->variables, lfirst(lc));

		if (variable != NULL && !rr_count_value(planner, variable->value))
			return false;
	}
	return true;
}

bool
rr_document_prepare(RrPlanner *planner, RrStep *step)
{
	const GqlOperation *operation = planner->request->operation;
	StringInfoData selection;
	StringInfoData directives;
	RrPrinter	printer = {.planner = planner, .step = step, .out = &selection};

	initStringInfo(&selection);
	initStringInfo(&printer.fragments);
	initStringInfo(&directives);
	rr_print_selection(&printer, step->shape);
	rr_append_directives(&directives, step, operation->directives,
						 step->mutation ? GQL_LOC_MUTATION : GQL_LOC_QUERY);
	step->selection = selection.data;
	step->fragments = printer.fragments.data;
	step->directives = directives.data;
	if (step->kind == RR_STEP_JOIN)
	{
		if (!step->shape->leaf)
			step->fragment_type = step->shape->base->upstream->name;
		prepare_path(&printer);
	}
	return check_variable_names(planner, step) && count_variables(planner, step) &&
		!printer.failed;
}

/* ---- printing ---- */

/* A type as the query spells it, in the remote's names. */
static void
append_upstream_type(const RrStep *step, StringInfo out, const GqlTypeNode *type)
{
	const GqlType *upstream;

	switch (type->kind)
	{
		case GQL_TYPE_LIST:
			appendStringInfoChar(out, '[');
			append_upstream_type(step, out, type->of);
			appendStringInfoChar(out, ']');
			break;
		case GQL_TYPE_NON_NULL:
			append_upstream_type(step, out, type->of);
			appendStringInfoChar(out, '!');
			break;
		case GQL_TYPE_NAMED:
			upstream = rr_remote_upstream_type(step->remote, type->name);
			appendStringInfoString(out, upstream != NULL ? upstream->name : type->name);
			break;
	}
}

static void
append_query_variable(StringInfo out, const RrStep *step, const GqlVariableDef *def)
{
	appendStringInfo(out, "$%s: ", def->name.value);
	append_upstream_type(step, out, def->type);

	/*
	 * Print the default: without it, a nullable variable may not stand where
	 * the argument is non-null.
	 */
	if (def->default_value != NULL)
	{
		appendStringInfoString(out, " = ");
		gql_print_value(out, def->default_value);
	}
	rr_append_directives(out, unconstify(RrStep *, step), def->directives,
						 GQL_LOC_VARIABLE_DEFINITION);
}

static void
append_variable_definitions(StringInfo out, const GqlRequest *request, const RrStep *step,
							int nkeys)
{
	const char *separator = "(";
	int			last = 0;
	ListCell   *lc;

	foreach(lc, step->variables)
	{
		appendStringInfoString(out, separator);
		append_query_variable(out, step, rr_variable_def(request, lfirst(lc), &last));
		separator = ", ";
	}
	foreach(lc, step->preset_arguments)
	{
		const RrPresetArgument *preset = lfirst(lc);

		appendStringInfo(out, "%s$" RR_WIRE_PRESET_VARIABLE ": %s", separator,
						 foreach_current_index(lc), gql_type_to_string(preset->def->type));
		separator = ", ";
	}
	for (int i = 0; i < nkeys; i++)
	{
		foreach(lc, step->key_arguments)
		{
			const RrKeyArgument *argument = lfirst(lc);

			appendStringInfo(out, "%s$" RR_WIRE_KEY_VARIABLE ": %s", separator, i,
							 foreach_current_index(lc), argument->type);
			separator = ", ";
		}
	}
	if (separator[0] == ',')
		appendStringInfoChar(out, ')');
}

static void
append_call(StringInfo out, const RrFieldCall *call, int key)
{
	const char *separator = "(";
	ListCell   *lc;

	appendStringInfoString(out, call->field);
	foreach(lc, call->arguments)
	{
		const RrCallArgument *argument = lfirst(lc);

		appendStringInfo(out, "%s%s: ", separator, argument->name);
		if (argument->text != NULL)
			appendStringInfoString(out, argument->text);
		else
			appendStringInfo(out, "$" RR_WIRE_KEY_VARIABLE, key, argument->key_argument);
		separator = ", ";
	}
	if (call->arguments != NIL)
		appendStringInfoChar(out, ')');
	appendStringInfoString(out, call->directives);
}

/* The calls of the path, one inside of the other, down to the selection. */
static void
append_calls(StringInfo out, const RrStep *step, int key)
{
	ListCell   *lc;

	foreach(lc, step->path)
	{
		if (foreach_current_index(lc) > 0)
			appendStringInfoString(out, " { ");
		append_call(out, lfirst(lc), key);
	}
	if (step->fragment_type != NULL)
		appendStringInfoString(out, " { ..." RR_WIRE_SELECTION " }");
	for (int i = 1; i < list_length(step->path); i++)
		appendStringInfoString(out, " }");
}

char	   *
rr_document_print(const GqlRequest *request, const RrStep *step, int nkeys)
{
	StringInfoData out;

	initStringInfo(&out);
	appendStringInfoString(&out, step->mutation ? "mutation" : "query");
	if (step->kind == RR_STEP_ROOT)
	{
		append_variable_definitions(&out, request, step, 0);
		appendStringInfo(&out, "%s%s%s", step->directives, step->selection, step->fragments);
		return out.data;
	}
	append_variable_definitions(&out, request, step, nkeys);
	appendStringInfo(&out, "%s {", step->directives);
	for (int i = 0; i < nkeys; i++)
	{
		appendStringInfo(&out, " " RR_WIRE_KEY_ALIAS ": ", i);
		append_calls(&out, step, i);
	}
	appendStringInfoString(&out, " }");
	if (step->fragment_type != NULL)
		appendStringInfo(&out, " fragment " RR_WIRE_SELECTION " on %s%s%s", step->fragment_type,
						 step->selection, step->fragments);
	return out.data;
}

const char *
rr_document_json(const GqlRequest *request, const RrStep *step, int nkeys)
{
	RrPrintedDocuments *printed = step->printed;
	RrPrintedDocument *document = nkeys >= printed->full.nkeys ? &printed->full : &printed->rest;
	StringInfoData json;
	MemoryContext old;
	char	   *text;

	if (document->json != NULL && document->nkeys == nkeys)
		return document->json;
	text = rr_document_print(request, step, nkeys);
	old = MemoryContextSwitchTo(printed->cxt);
	initStringInfo(&json);
	gql_json_string(&json, text, strlen(text));
	MemoryContextSwitchTo(old);
	pfree(text);
	if (document->json != NULL)
		pfree(document->json);
	document->nkeys = nkeys;
	document->json = json.data;
	return json.data;
}
