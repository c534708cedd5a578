/*
 * graphql_sql.c: the SQL functions that check GraphQL documents and schemas.
 * They use neither the catalog nor remote schemas.
 */
#include "postgres.h"

#include "fmgr.h"
#include "lib/stringinfo.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"

#include "compat.h"
#include "graphql/graphql.h"
#include "settings.h"
#include "session/session.h"

/* validate_schema() returns so many errors, and the number of the rest. */
#define MAX_SCHEMA_ERRORS 10000


PG_FUNCTION_INFO_V1(rr_validate_document);
PG_FUNCTION_INFO_V1(rr_validate_schema);

static Datum
errors_datum(const GqlErrorList *errors)
{
	StringInfoData out;

	initStringInfo(&out);
	appendStringInfoSpaces(&out, VARHDRSZ);
	gql_errors_to_json(errors, &out);
	SET_VARSIZE(out.data, out.len);
	return PointerGetDatum(out.data);
}

/* Everyone may call these functions, so graphql_resolve()'s limit applies. */
static GqlDocument *
parse(const text * source, GqlErrorList *errors)
{
	GqlLimits	limits = {.max_tokens = rr_max_query_tokens};

	return gql_parse(VARDATA_ANY(source), VARSIZE_ANY_EXHDR(source), &limits, errors);
}

static GqlSchema *
parse_schema(const text * sdl, bool lenient, GqlErrorList *errors)
{
	GqlDocument *document = parse(sdl, errors);

	return document != NULL ? gql_schema_from_document(document, lenient, errors, NULL) : NULL;
}

/*
 * Read a schema as leniently as those of remote schemas. Throws if it is
 * invalid: it is not the document under test.
 */
static GqlSchema *
get_schema(const text * sdl)
{
	GqlErrorList *errors = gql_errors_create(1, GQL_CODE_VALIDATION_FAILED);
	GqlSchema  *schema = parse_schema(sdl, true, errors);
	const GqlError *error = errors->items != NIL ? linitial(errors->items) : NULL;

	if (schema == NULL || error != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the schema is not valid"),
				 error != NULL ? errdetail("%s", error->message) : 0,
				 errhint("remote_rel.validate_schema() lists everything that is wrong with it.")));
	return schema;
}

/*
 * validate_document(sdl text, document text, variables jsonb, operation_name
 * text): the errors of a document, as a JSON array. If variables or
 * operation_name is given, checks the values of the variables, too.
 */
Datum
rr_validate_document(PG_FUNCTION_ARGS)
{
	GqlErrorList *errors = gql_errors_create(0, GQL_CODE_VALIDATION_FAILED);
	GqlSchema  *schema;
	GqlDocument *document;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	schema = get_schema(PG_GETARG_TEXT_PP(0));
	document = parse(PG_GETARG_TEXT_PP(1), errors);
	if (document != NULL && gql_validate(schema, document, rr_max_query_depth, errors) &&
		!(PG_ARGISNULL(2) && PG_ARGISNULL(3)))
	{
		const GqlValue *variables = PG_ARGISNULL(2) ? NULL
		: rr_variables_from_jsonb(PG_GETARG_JSONB_P(2), errors);

		if (errors->items == NIL)
			gql_request_create(schema, document, PG_ARGISNULL(3) ? NULL
							   : text_to_cstring(PG_GETARG_TEXT_PP(3)), variables, errors);
	}
	PG_RETURN_DATUM(errors_datum(errors));
}

/* validate_schema(sdl text): the errors of a schema, as a JSON array. */
Datum
rr_validate_schema(PG_FUNCTION_ARGS)
{
	GqlErrorList *errors = gql_errors_create(MAX_SCHEMA_ERRORS, GQL_CODE_VALIDATION_FAILED);
	int			omitted;

	parse_schema(PG_GETARG_TEXT_PP(0), false, errors);
	omitted = errors->omitted;
	if (omitted > 0)
	{
		errors->max = 0;
		gql_error(errors, omitted == 1 ? "%d more error is left out."
				  : "%d more errors are left out.", omitted);
	}
	PG_RETURN_DATUM(errors_datum(errors));
}
