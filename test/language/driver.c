/*
 * driver.c: the language layer behind a pipe, for differential tests and
 * measurements. Each line of input is a JSON object, a command; each gets one
 * JSON object as a line of output.
 *
 * Parse a document and print it:
 *
 *	{"op": "parse", "document": text,
 *	 "as": "document" | "selection_set" | "type" | "value",
 *	 "max_tokens": n, "max_depth": n, "max_length": n}
 *	-> {"errors": […], "print": text}
 *
 * Parse a document, and say how long that took and how much memory it used:
 *
 *	{"op": "refuse", "document": text, limits as above}
 *	-> {"errors": […], "seconds": s, "bytes": n}; s is processor time
 *
 * Build a schema from SDL and print it; with "keep", keep it for later
 * commands under that name:
 *
 *	{"op": "schema", "schema": SDL, "lenient": bool, "keep": name}
 *	-> {"errors": […], "warnings": […], "print": SDL}
 *
 * Build a schema from an introspection result and print it:
 *
 *	{"op": "client_schema", "introspection": {"__schema": {…}}}
 *	-> {"errors": […], "warnings": […], "print": SDL}
 *
 * Validate a document against a kept schema:
 *
 *	{"op": "validate", "name": name, "document": text, "max_depth": n}
 *	-> {"errors": […]}
 *
 * Coerce the variables of an operation:
 *
 *	{"op": "variables", "name": name, "document": text, "operation": name,
 *	 "variables": {…}}
 *	-> {"errors": […], "variables": {…}}
 *
 * Coerce the arguments of its root fields, in the order of the response; null
 * stands for a field whose arguments do not fit:
 *
 *	{"op": "arguments", as above}
 *	-> {"errors": […], "arguments": [{…}, …]}
 *
 * Execute its introspection fields:
 *
 *	{"op": "introspect", as above}
 *	-> {"errors": […], "data": {…}}
 *
 * Measure a stage again and again for so many seconds:
 *
 *	{"op": "time", "name": name, "document": text, "seconds": s,
 *	 "stage": "lex" | "parse" | "print" | "schema" | "load" | "check" |
 *			  "print_schema" | "validate"}
 *	-> {"median": seconds, "fastest": seconds, "runs": n}
 *
 * "errors" is what gql_errors_to_json() writes. Other members of an answer are
 * there only if there are no errors.
 */
#include "shim.h"

#include <time.h>

#include <json-c/json.h>

#include "graphql/language/parser.h"
#include "graphql/graphql.h"
#include "json/json.h"

typedef struct Command
{
	json_object *request;
	StringInfo	answer;
} Command;

static const char *
get_text(Command *command, const char *key, int *len)
{
	json_object *member;

	if (!json_object_object_get_ex(command->request, key, &member))
	{
		*len = 0;
		return "";
	}
	*len = json_object_get_string_len(member);
	return json_object_get_string(member);
}

static double
get_number(Command *command, const char *key, double fallback)
{
	json_object *member;

	return json_object_object_get_ex(command->request, key, &member)
		? json_object_get_double(member) : fallback;
}

static bool
text_is(Command *command, const char *key, const char *value)
{
	int			len;

	return strcmp(get_text(command, key, &len), value) == 0;
}

static void
add_text(Command *command, const char *key, StringInfo text)
{
	appendStringInfo(command->answer, ", \"%s\": ", key);
	gql_json_string(command->answer, text->data, text->len);
}

static void
add_errors(Command *command, GqlErrorList *errors)
{
	appendStringInfoString(command->answer, "{\"errors\": ");
	gql_errors_to_json(errors, command->answer);
}

/* ---- operations ---- */

static GqlLimits
get_limits(Command *command)
{
	GqlLimits	limits = {0};

	limits.max_tokens = get_number(command, "max_tokens", 0);
	limits.max_depth = get_number(command, "max_depth", 0);
	limits.max_length = get_number(command, "max_length", 0);
	return limits;
}

static void
parse(Command *command)
{
	GqlErrorList *errors = gql_errors_create(0, NULL);
	StringInfoData printed;
	GqlLimits	limits = get_limits(command);
	int			len;
	const char *text = get_text(command, "document", &len);

	initStringInfo(&printed);
	if (text_is(command, "as", "selection_set"))
	{
		GqlSelectionSet *set = gql_parse_selection_set(text, len, &limits, errors);

		if (set != NULL)
			gql_print_selection_set(&printed, set, 0);
	}
	else if (text_is(command, "as", "type"))
	{
		GqlTypeNode *type = gql_parse_type(text, len, errors);

		if (type != NULL)
			gql_print_type_node(&printed, type);
	}
	else if (text_is(command, "as", "value"))
	{
		GqlValue   *value = gql_parse_value(text, len, errors);

		if (value != NULL)
			gql_print_value(&printed, value);
	}
	else
	{
		GqlDocument *document = gql_parse(text, len, &limits, errors);

		if (document != NULL)
			gql_print_document(&printed, document);
	}

	add_errors(command, errors);
	if (errors->items == NIL)
		add_text(command, "print", &printed);
	appendStringInfoChar(command->answer, '}');
}

/* A schema with its name; both live in TopMemoryContext. */
typedef struct KeptSchema
{
	const char *name;
	GqlSchema  *schema;
}			KeptSchema;

static List *kept_schemas;

static GqlSchema *
find_schema(Command *command)
{
	ListCell   *lc;

	foreach(lc, kept_schemas)
	{
		KeptSchema *kept = lfirst(lc);

		if (text_is(command, "name", kept->name))
			return kept->schema;
	}
	elog(ERROR, "no such schema");
}

/* Answer with a schema; NULL if there are errors. */
static void
answer_schema(Command *command, GqlSchema *built, GqlErrorList *errors, GqlErrorList *warnings)
{
	StringInfoData printed;

	add_errors(command, errors);
	appendStringInfoString(command->answer, ", \"warnings\": ");
	gql_errors_to_json(warnings, command->answer);
	if (built != NULL && errors->items == NIL)
	{
		initStringInfo(&printed);
		gql_print_schema(built, &printed);
		add_text(command, "print", &printed);
	}
	appendStringInfoChar(command->answer, '}');
}

static void
schema(Command *command)
{
	int			len;
	const char *text = get_text(command, "schema", &len);
	const char *keep = get_text(command, "keep", &(int) {0});
	MemoryContext oldcxt = *keep ? MemoryContextSwitchTo(TopMemoryContext) : CurrentMemoryContext;
	GqlErrorList *errors = gql_errors_create(0, NULL);
	GqlErrorList *warnings = gql_errors_create(0, NULL);
	GqlSchema  *built = gql_schema_from_sdl(text, len, get_number(command, "lenient", 0) != 0,
											errors, warnings);

	if (*keep && built != NULL)
	{
		KeptSchema *kept = palloc(sizeof(KeptSchema));

		kept->name = pstrdup(keep);
		kept->schema = built;
		kept_schemas = lappend(kept_schemas, kept);
	}
	MemoryContextSwitchTo(oldcxt);
	answer_schema(command, built, errors, warnings);
}

static void
client_schema(Command *command)
{
	GqlErrorList *errors = gql_errors_create(0, NULL);
	const char *text = json_object_to_json_string(json_object_object_get(command->request,
																		 "introspection"));
	char	   *problem;
	RrJson	   *json = rr_json_parse(text, strlen(text), 1000, &problem);
	RrJsonNode *node = rr_json_get(rr_json_root(json), "__schema");

	/*
	 * Introspection results are read leniently. graphql-js is not lenient, so
	 * warnings are errors here.
	 */
	answer_schema(command, gql_schema_from_introspection(node, errors, errors), errors,
				  gql_errors_create(0, NULL));
}

static void
validate(Command *command)
{
	GqlErrorList *errors = gql_errors_create(0, NULL);
	int			len;
	const char *text = get_text(command, "document", &len);
	GqlDocument *document = gql_parse(text, len, NULL, errors);

	if (document != NULL)
		gql_validate(find_schema(command), document, get_number(command, "max_depth", 0), errors);
	add_errors(command, errors);
	appendStringInfoChar(command->answer, '}');
}

static GqlValue *
value_from_json(json_object * json)
{
	GqlValue   *value = palloc0(sizeof(GqlValue));

	value->loc = -1;
	switch (json_object_get_type(json))
	{
		case json_type_null:
			value->kind = GQL_VALUE_NULL;
			break;
		case json_type_boolean:
			value->kind = GQL_VALUE_BOOLEAN;
			value->boolean = json_object_get_boolean(json);
			break;
		case json_type_int:
		case json_type_double:
			value->text = pstrdup(json_object_to_json_string_ext(json, JSON_C_TO_STRING_PLAIN));
			value->len = strlen(value->text);
			value->kind = strpbrk(value->text, ".eE") != NULL ? GQL_VALUE_FLOAT : GQL_VALUE_INT;
			break;
		case json_type_string:
			value->kind = GQL_VALUE_STRING;
			value->text = json_object_get_string(json);
			value->len = json_object_get_string_len(json);
			break;
		case json_type_array:
			value->kind = GQL_VALUE_LIST;
			for (size_t i = 0; i < json_object_array_length(json); i++)
				value->items = lappend(value->items,
									   value_from_json(json_object_array_get_idx(json, i)));
			break;
		case json_type_object:
			value->kind = GQL_VALUE_OBJECT;
			{
				json_object_object_foreach(json, key, member)
				{
					GqlObjectField *field = palloc0(sizeof(GqlObjectField));

					field->name.value = key;
					field->name.loc = -1;
					field->value = value_from_json(member);
					value->items = lappend(value->items, field);
				}
			}
			break;
	}
	return value;
}

/* The request that a command describes; NULL: there are errors. */
static GqlRequest *
make_request(Command *command, GqlErrorList *errors)
{
	int			len;
	const char *text = get_text(command, "document", &len);
	const char *operation = get_text(command, "operation", &(int) {0});
	json_object *variables = json_object_object_get(command->request, "variables");
	GqlDocument *document = gql_parse(text, len, NULL, errors);

	if (document == NULL)
		return NULL;
	return gql_request_create(find_schema(command), document, *operation ? operation : NULL,
							  variables != NULL ? value_from_json(variables) : NULL, errors);
}

static void
variables(Command *command)
{
	GqlErrorList *errors = gql_errors_create(0, NULL);
	GqlRequest *request = make_request(command, errors);
	const char *separator = "";

	add_errors(command, errors);
	if (request != NULL)
	{
		appendStringInfoString(command->answer, ", \"variables\": {");
		gql_foreach(GqlVariableValue, variable, &request->variables)
		{
			appendStringInfo(command->answer, "%s\"%s\": ", separator, variable->name);
			gql_value_to_json(command->answer, variable->value);
			separator = ", ";
		}
		appendStringInfoChar(command->answer, '}');
	}
	appendStringInfoChar(command->answer, '}');
}

static List *
root_fields(GqlRequest *request)
{
	return gql_collect_fields(request, gql_schema_root(request->schema, request->operation->type),
							  list_make1(request->operation->selection_set));
}

static void
arguments(Command *command)
{
	GqlErrorList *errors = gql_errors_create(0, NULL);
	GqlRequest *request = make_request(command, errors);
	StringInfoData out;
	ListCell   *lc;

	initStringInfo(&out);
	foreach(lc, request != NULL ? root_fields(request) : NIL)
	{
		GqlFieldSel *field = lfirst(lc);
		GqlNames	values;
		const char *separator = "";

		appendStringInfoString(&out, foreach_current_index(lc) ? ", " : "");
		if (!gql_coerce_arguments(request, field, &values, errors))
		{
			appendStringInfoString(&out, "null");
			continue;
		}
		appendStringInfoChar(&out, '{');
		gql_foreach(GqlArgumentValue, argument, &values)
		{
			appendStringInfo(&out, "%s\"%s\": ", separator, argument->name);
			gql_value_to_json(&out, argument->value);
			separator = ", ";
		}
		appendStringInfoChar(&out, '}');
	}
	add_errors(command, errors);
	if (request != NULL)
		appendStringInfo(command->answer, ", \"arguments\": [%s]", out.data);
	appendStringInfoChar(command->answer, '}');
}

static void
introspect(Command *command)
{
	GqlErrorList *errors = gql_errors_create(0, NULL);
	GqlRequest *request = make_request(command, errors);
	StringInfoData data;
	ListCell   *lc;

	initStringInfo(&data);
	foreach(lc, request != NULL ? root_fields(request) : NIL)
	{
		GqlFieldSel *field = lfirst(lc);

		appendStringInfo(&data, "%s\"%s\": ", foreach_current_index(lc) ? ", " : "", field->key);
		if (strcmp(field->def->name, "__typename") == 0)
			appendStringInfo(&data, "\"%s\"", field->parent->name);
		else if (!gql_is_introspection_field(field->def) ||
				 !gql_introspect(request, field, &data, errors))
			appendStringInfoString(&data, "null");
	}
	add_errors(command, errors);
	if (request != NULL)
		appendStringInfo(command->answer, ", \"data\": {%s}", data.data);
	appendStringInfoChar(command->answer, '}');
}

/* ---- measurements ---- */

static double
seconds_of(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

static double
now(void)
{
	return seconds_of(CLOCK_MONOTONIC);
}

static int
compare_doubles(const void *a, const void *b)
{
	double		left = *(const double *) a;
	double		right = *(const double *) b;

	return (left > right) - (left < right);
}

static void
lex_all(const char *text, int len)
{
	GqlParser	p = {0};
	GqlToken	token;

	p.source = p.pos = text;
	p.end = text + len;
	p.utf8 = true;
	p.errors = gql_errors_create(1, NULL);
	do
		gql_lex(&p, &token);
	while (token.kind != GQL_TOK_EOF && !p.failed);
}

static void
run_stage(Command *command, const char *text, int len, GqlDocument *document, GqlSchema *schema)
{
	if (text_is(command, "stage", "lex"))
		lex_all(text, len);
	else if (text_is(command, "stage", "parse"))
		gql_parse(text, len, NULL, gql_errors_create(1, NULL));
	else if (text_is(command, "stage", "print"))
	{
		StringInfoData out;

		initStringInfo(&out);
		gql_print_document(&out, document);
	}
	else if (text_is(command, "stage", "schema"))
		gql_schema_from_document(document, true, gql_errors_create(1, NULL), NULL);
	else if (text_is(command, "stage", "load"))
		gql_schema_from_sdl(text, len, true, gql_errors_create(0, NULL),
							gql_errors_create(0, NULL));
	else if (text_is(command, "stage", "check"))
		gql_schema_check(schema, true, gql_errors_create(1, NULL), NULL);
	else if (text_is(command, "stage", "print_schema"))
	{
		StringInfoData out;

		initStringInfo(&out);
		gql_print_schema(schema, &out);
	}
	else if (text_is(command, "stage", "validate"))
		gql_validate(schema, document, 0, gql_errors_create(100, NULL));
}

static void
measure(Command *command)
{
	int			len;
	const char *text = get_text(command, "document", &len);
	double		end = now() + get_number(command, "seconds", 1);
	double	   *times = palloc(sizeof(double) * 1000000);
	int			n = 0;
	GqlDocument *document = gql_parse(text, len, NULL, gql_errors_create(1, NULL));
	GqlSchema  *schema = NULL;

	if (text_is(command, "stage", "check") || text_is(command, "stage", "print_schema"))
		schema = gql_schema_from_document(document, true, gql_errors_create(1, NULL), NULL);
	else if (text_is(command, "stage", "validate"))
		schema = find_schema(command);
	do
	{
		double		start = now();
		MemoryContext run = AllocSetContextCreate(CurrentMemoryContext, "run",
												  ALLOCSET_DEFAULT_SIZES);
		MemoryContext oldcxt = MemoryContextSwitchTo(run);

		run_stage(command, text, len, document, schema);
		MemoryContextSwitchTo(oldcxt);
		MemoryContextDelete(run);
		times[n++] = now() - start;
	} while (n < 1000000 && times[n - 1] + now() < end);
	pg_qsort(times, n, sizeof(double), compare_doubles);
	appendStringInfo(command->answer, "{\"median\": %.9f, \"fastest\": %.9f, \"runs\": %d}",
					 times[n / 2], times[0], n);
}

static void
refuse(Command *command)
{
	GqlErrorList *errors = gql_errors_create(0, NULL);
	GqlLimits	limits = get_limits(command);
	int			len;
	const char *text = get_text(command, "document", &len);
	double		start = seconds_of(CLOCK_PROCESS_CPUTIME_ID);

	gql_parse(text, len, &limits, errors);
	add_errors(command, errors);
	appendStringInfo(command->answer, ", \"seconds\": %.6f, \"bytes\": %zu}",
					 seconds_of(CLOCK_PROCESS_CPUTIME_ID) - start,
					 MemoryContextMemAllocated(CurrentMemoryContext, true));
}

/* ---- the loop ---- */

static void
dispatch(void *arg)
{
	static const struct
	{
		const char *name;
		void		(*run) (Command *command);
	}			operations[] = {
		{"parse", parse},
		{"refuse", refuse},
		{"schema", schema},
		{"client_schema", client_schema},
		{"validate", validate},
		{"variables", variables},
		{"arguments", arguments},
		{"introspect", introspect},
		{"time", measure},
	};
	Command    *command = arg;

	for (size_t i = 0; i < lengthof(operations); i++)
	{
		if (text_is(command, "op", operations[i].name))
		{
			operations[i].run(command);
			return;
		}
	}
	appendStringInfoString(command->answer, "{\"unknown\": \"op\"}");
}

int
main(void)
{
	char	   *line = NULL;
	size_t		size = 0;

	shim_init();
	while (getline(&line, &size, stdin) > 0)
	{
		json_tokener *tokener = json_tokener_new_ex(100000);
		Command		command = {json_tokener_parse_ex(tokener, line, -1), makeStringInfo()};

		if (command.request == NULL)
		{
			fprintf(stderr, "this is not JSON: %s", line);
			return 1;
		}
		if (shim_run(dispatch, &command, true))
			puts(command.answer->data);
		else
			puts("{\"thrown\": true}");
		fflush(stdout);
		json_object_put(command.request);
		json_tokener_free(tokener);
		pfree(command.answer->data);
		pfree(command.answer);
	}
	free(line);
	return 0;
}
