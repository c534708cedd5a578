/*
 * fuzz_schema.c: build schemas from any text as SDL. A valid schema must print
 * as SDL that gives a valid schema, which prints the same.
 */
#include "fuzz.h"

/* Like the callers in the server, keep so many errors and count the rest. */
#define MAX_ERRORS 1000

/* Build a schema and print it; NULL: it has errors. */
static StringInfo
build_and_print(const char *text, int len, bool lenient)
{
	GqlErrorList *errors = gql_errors_create(MAX_ERRORS, NULL);
	GqlErrorList *warnings = gql_errors_create(MAX_ERRORS, NULL);
	GqlSchema  *schema = gql_schema_from_sdl(text, len, lenient, errors, warnings);
	StringInfo	out = makeStringInfo();

	if (schema == NULL && errors->items == NIL)
		elog(ERROR, "neither a schema nor an error");
	gql_errors_to_json(errors, out);
	if (schema == NULL || errors->items != NIL)
		return NULL;
	resetStringInfo(out);
	gql_print_schema(schema, out);
	return out;
}

void
fuzz_prepare(void)
{
}

void
fuzz_check(void *arg)
{
	FuzzInput  *input = arg;
	StringInfo	printed;
	StringInfo	again;

	build_and_print(input->text, input->len, true);
	printed = build_and_print(input->text, input->len, false);
	if (printed == NULL)
		return;
	again = build_and_print(printed->data, printed->len, false);
	if (again == NULL || strcmp(again->data, printed->data) != 0)
		elog(ERROR, "printed once:\n%s\nand again:\n%s", printed->data, again ? again->data
			 : "(nothing)");
}
