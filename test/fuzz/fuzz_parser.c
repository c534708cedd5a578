/*
 * fuzz_parser.c: parse any bytes and print the result. What was printed must
 * parse, and print the same again.
 */
#include "fuzz.h"

/* Parse a document and print it; NULL: a syntax error. */
static StringInfo
parse_and_print(const char *text, int len, const GqlLimits *limits)
{
	GqlErrorList *errors = gql_errors_create(0, "validation-failed");
	GqlDocument *document = gql_parse(text, len, limits, errors);
	StringInfo	out = makeStringInfo();

	if ((document == NULL) != (list_length(errors->items) == 1))
		elog(ERROR, "a document and an error, or neither");
	gql_errors_to_json(errors, out);
	if (document == NULL)
		return NULL;
	resetStringInfo(out);
	gql_print_document(out, document);
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
	GqlLimits	limits = {.max_tokens = 10000, .max_depth = 100, .max_length = 100000};
	StringInfo	printed = parse_and_print(input->text, input->len, &limits);
	StringInfo	again;
	GqlErrorList *errors = gql_errors_create(0, NULL);
	GqlValue   *value = gql_parse_value(input->text, input->len, errors);

	if (printed != NULL)
	{
		again = parse_and_print(printed->data, printed->len, NULL);
		if (again == NULL || again->len != printed->len || memcmp(again->data, printed->data,
																  printed->len) != 0)
			elog(ERROR, "printed once:\n%s\nand again:\n%s", printed->data, again ? again->data
				 : "(nothing)");
	}
	if (value != NULL)
	{
		StringInfo	out = makeStringInfo();

		gql_print_value(out, value);
		if (gql_parse_value(out->data, out->len, errors) == NULL)
			elog(ERROR, "not a value any more: %s", out->data);
	}
	gql_parse_type(input->text, input->len, errors);
	gql_parse_selection_set(input->text, input->len, &limits, errors);
}
