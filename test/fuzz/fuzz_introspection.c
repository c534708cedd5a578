/*
 * fuzz_introspection.c: read any JSON as an introspection result. If that
 * gives a schema, it must print as SDL that can be parsed.
 */
#include "fuzz.h"

#include "json/json.h"

void
fuzz_prepare(void)
{
}

void
fuzz_check(void *arg)
{
	FuzzInput  *input = arg;
	GqlErrorList *errors = gql_errors_create(0, NULL);
	GqlErrorList *warnings = gql_errors_create(0, NULL);
	char	   *problem;
	RrJson	   *json = rr_json_parse(input->text, input->len, 100, &problem);
	StringInfo	out = makeStringInfo();
	GqlSchema  *schema;

	if (json == NULL)
		return;
	schema = gql_schema_from_introspection(rr_json_root(json), errors, warnings);
	if (schema == NULL && errors->items == NIL)
		elog(ERROR, "neither a schema nor an error");
	gql_errors_to_json(errors, out);
	gql_errors_to_json(warnings, out);
	if (schema == NULL || errors->items != NIL)
		return;
	resetStringInfo(out);
	gql_print_schema(schema, out);
	if (out->len > 0 && gql_parse(out->data, out->len, NULL, errors) == NULL)
		elog(ERROR, "printed: %s", out->data);
}
