/*
 * driver.c: the language layer behind a pipe: a JSON object a line in, one a line out. For differential tests and measurements.
 *
 *	{"op": "parse", "document": text, "as": "document" | "selection_set" | "type" | "value", "max_tokens": n, "max_depth": n, "max_length": n}
 *		-> {"errors": […], "print": text}
 *	{"op": "schema", "schema": SDL, "good_will": bool}
 *		-> {"errors": […], "warnings": […]}
 *	{"op": "time", "stage": "lex" | "parse" | "print" | "schema" | "check", "document": text, "seconds": s}
 *		-> {"median": seconds, "runs": n}
 *
 * "errors" is what gql_errors_to_json() writes; the other members of an answer are there if there is none.
 */
#include "shim.h"

#include <time.h>

#include <json-c/json.h>

#include "graphql/graphql_int.h"

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

	return json_object_object_get_ex(command->request, key, &member) ? json_object_get_double(member) : fallback;
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

/* ---- operations ---- */

static void
parse(Command *command)
{
	GqlErrorList *errors = gql_errors_create(0, NULL);
	StringInfoData printed;
	GqlLimits	limits = {0};
	int			len;
	const char *text = get_text(command, "document", &len);

	limits.max_tokens = get_number(command, "max_tokens", 0);
	limits.max_depth = get_number(command, "max_depth", 0);
	limits.max_length = get_number(command, "max_length", 0);

	initStringInfo(&printed);
	if (text_is(command, "as", "selection_set"))
	{
		GqlSelectionSet *set = gql_parse_selection_set(text, len, &limits, errors);

		if (set)
			gql_print_selection_set(&printed, set, 0);
	}
	else if (text_is(command, "as", "type"))
	{
		GqlTypeNode *type = gql_parse_type(text, len, errors);

		if (type)
			gql_print_type_node(&printed, type);
	}
	else if (text_is(command, "as", "value"))
	{
		GqlValue   *value = gql_parse_value(text, len, errors);

		if (value)
			gql_print_value(&printed, value);
	}
	else
	{
		GqlDocument *document = gql_parse(text, len, &limits, errors);

		if (document)
			gql_print_document(&printed, document);
	}

	appendStringInfoString(command->answer, "{\"errors\": ");
	gql_errors_to_json(errors, command->answer);
	if (errors->items == NIL)
		add_text(command, "print", &printed);
	appendStringInfoChar(command->answer, '}');
}

static void
schema(Command *command)
{
	GqlErrorList *errors = gql_errors_create(0, NULL);
	GqlErrorList *warnings = gql_errors_create(0, NULL);
	bool		good_will = get_number(command, "good_will", 0) != 0;
	int			len;
	const char *text = get_text(command, "schema", &len);

	gql_schema_from_sdl(text, len, good_will, errors, warnings);
	appendStringInfoString(command->answer, "{\"errors\": ");
	gql_errors_to_json(errors, command->answer);
	appendStringInfoString(command->answer, ", \"warnings\": ");
	gql_errors_to_json(warnings, command->answer);
	appendStringInfoChar(command->answer, '}');
}

/* ---- measurements ---- */

static double
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
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
	else if (text_is(command, "stage", "check"))
		gql_schema_check(schema, true, gql_errors_create(1, NULL), NULL);
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

	if (text_is(command, "stage", "check"))
		schema = gql_schema_from_document(document, true, gql_errors_create(1, NULL), NULL);
	do
	{
		double		start = now();
		MemoryContext run = AllocSetContextCreate(CurrentMemoryContext, "run", ALLOCSET_DEFAULT_SIZES);
		MemoryContext oldcxt = MemoryContextSwitchTo(run);

		run_stage(command, text, len, document, schema);
		MemoryContextSwitchTo(oldcxt);
		MemoryContextDelete(run);
		times[n++] = now() - start;
	} while (n < 1000000 && times[n - 1] + now() < end);
	pg_qsort(times, n, sizeof(double), compare_doubles);
	appendStringInfo(command->answer, "{\"median\": %.9f, \"runs\": %d}", times[n / 2], n);
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
		{"schema", schema},
		{"time", measure},
	};
	Command    *command = arg;

	for (int i = 0; i < lengthof(operations); i++)
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
