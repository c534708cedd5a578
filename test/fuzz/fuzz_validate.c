/*
 * fuzz_validate.c: validate any document against the schema of the comparison
 * with graphql-js. If it is valid, collecting its fields and coercing its
 * arguments must work, down to the last field.
 */
#include "fuzz.h"

static GqlSchema *schema;
static const GqlLimits limits = {.max_tokens = 2000, .max_depth = 50, .max_length = 20000};
static const GqlLimits large_limits = {.max_tokens = 200000, .max_depth = 50};

void
fuzz_prepare(void)
{
	static char sdl[65536];
	FILE	   *file = fopen(SCHEMA, "r");
	GqlErrorList *errors;

	if (file == NULL)
		elog(ERROR, "could not open %s", SCHEMA);
	errors = gql_errors_create(0, NULL);
	schema = gql_schema_from_sdl(sdl, fread(sdl, 1, sizeof(sdl), file), false, errors, errors);
	if (errors->items != NIL)
		elog(ERROR, "%s is not valid", SCHEMA);
	fclose(file);
}

/*
 * Do what execution does with all fields below a selection set. A valid
 * document cannot nest deeper than it has tokens. *budget: fields left to look
 * at.
 */
static void
collect(GqlRequest *request, List *fields, int depth, int *budget)
{
	GqlErrorList *errors = gql_errors_create(0, NULL);
	ListCell   *lc;

	if (depth > limits.max_tokens)
		elog(ERROR, "a valid document without end");
	foreach(lc, fields)
	{
		GqlFieldSel *field = lfirst(lc);
		GqlType    *result;
		GqlNames	values;

		if (--*budget < 0)
			return;
		if (field->def == NULL)
			elog(ERROR, "no such field: %s", field->key);
		if (gql_is_introspection_field(field->def) && strcmp(field->def->name, "__typename") != 0)
		{
			gql_introspect(request, field, makeStringInfo(), errors);
			continue;
		}
		gql_coerce_arguments(request, field, &values, errors);
		result = gql_named_type(field->def->type);
		if (result->kind == GQL_OBJECT)
			collect(request, gql_collect_subfields(request, result, field), depth + 1, budget);
		else if (gql_is_abstract(result))
		{
			gql_foreach(GqlType, member, &result->members)
				collect(request, gql_collect_subfields(request, member, field), depth + 1, budget);
		}
	}
}

void
fuzz_check(void *arg)
{
	FuzzInput  *input = arg;
	GqlErrorList *errors = gql_errors_create(100, NULL);
	GqlDocument *document = gql_parse(input->text, input->len,
									  input->repeated ? &large_limits : &limits, errors);
	int			budget = 20000;
	ListCell   *lc;

	if (document == NULL)
		return;
	if (gql_validate(schema, document, 0, errors) != (errors->items == NIL))
		elog(ERROR, "the verdict is not what the errors say");
	gql_errors_to_json(errors, makeStringInfo());
	if (errors->items != NIL)
		return;

	foreach(lc, document->definitions)
	{
		GqlOperation *operation = lfirst(lc);
		GqlRequest *request;
		GqlType    *root;

		if (operation->def.kind != GQL_DEF_OPERATION)
			continue;
		request = gql_request_create(schema, document, operation->name.value, NULL, errors);
		if (request == NULL)
			continue;			/* a variable is required */
		root = gql_schema_root(schema, operation->type);
		collect(request, gql_collect_fields(request, root, list_make1(operation->selection_set)),
				0, &budget);
	}
}
