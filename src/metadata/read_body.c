/*
 * read_body.c: reads relationships, functions and permissions from JSON into
 * structs. Commands and replace_metadata use the same bodies.
 */
#include "postgres.h"

#include "compat.h"
#include "metadata/metadata.h"

RrRelationship *
rr_relationship_from_body(const RrDoc *body, RrRelationshipKind kind)
{
	RrRelationship *relationship = palloc0(sizeof(RrRelationship));
	const RrDoc *definition;

	relationship->name = rr_doc_text(rr_doc_require(body, "name"));
	relationship->comment = rr_doc_get_text(body, "comment", NULL);
	relationship->kind = kind;
	if (kind == RR_REL_OBJECT || kind == RR_REL_ARRAY)
	{
		rr_read_using(relationship, rr_doc_require(body, "using"));
		return relationship;
	}
	definition = rr_doc_get(body, "definition");
	if (definition == NULL && rr_doc_get(body, "remote_schema"))
		rr_read_old_body(relationship, body);
	else
		rr_read_definition(relationship, definition ? definition
						   : rr_doc_require(body, "definition"));
	return relationship;
}

RrComputedField *
rr_computed_field_from_body(const RrDoc *body, const char *schema, const char *table)
{
	RrComputedField *field = palloc0(sizeof(RrComputedField));
	const RrDoc *definition = rr_doc_require(body, "definition");

	field->source_schema = schema;
	field->source_table = table;
	field->name = rr_doc_text(rr_doc_require(body, "name"));
	field->comment = rr_doc_get_text(body, "comment", NULL);
	rr_table_name_from_json(rr_doc_require(definition, "function"), &field->function_schema,
							&field->function_name);
	field->table_argument = rr_doc_get_text(definition, "table_argument", NULL);
	field->session_argument = rr_doc_get_text(definition, "session_argument", NULL);
	return field;
}

void
rr_check_function_keys(const RrDoc *body)
{
	const RrDoc *configuration = rr_doc_get(body, "configuration");
	const RrDoc *names = rr_doc_get(configuration, "custom_root_fields");

	RR_DOC_CHECK_KEYS(body, "source", "function", "configuration", "comment", "schema", "name");
	if (configuration)
		RR_DOC_CHECK_KEYS(configuration, "exposed_as", "session_argument", "custom_root_fields",
						  "custom_name");
	if (names)
		RR_DOC_CHECK_KEYS(names, "function", "function_aggregate");
}

static const char *
read_exposed_as(const RrDoc *configuration)
{
	const char *text = rr_doc_get_text(configuration, "exposed_as", NULL);

	if (text && strcmp(text, "query") != 0 && strcmp(text, "mutation") != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("expected \"query\" or \"mutation\" at %s",
						rr_doc_path(rr_doc_get(configuration, "exposed_as"))),
				 errdetail("Found %s.", rr_doc_found(rr_doc_get(configuration, "exposed_as")))));
	return text;
}

RrTrackedFunction *
rr_tracked_function_from_body(const RrDoc *body)
{
	RrTrackedFunction *function = palloc0(sizeof(RrTrackedFunction));
	const RrDoc *configuration;
	const RrDoc *names;

	/* The old form has only the function's name. */
	if (rr_doc_is_string(body) || (rr_doc_get(body, "function") == NULL && rr_doc_get(body,
																					  "name")))
	{
		rr_table_name_from_json(body, &function->function_schema, &function->function_name);
		return function;
	}
	rr_table_name_from_json(rr_doc_require(body, "function"), &function->function_schema,
							&function->function_name);
	function->comment = rr_doc_get_text(body, "comment", NULL);
	configuration = rr_doc_get(body, "configuration");
	if (configuration == NULL || rr_doc_members(configuration) == NIL)
		return function;
	names = rr_doc_get(configuration, "custom_root_fields");
	function->configuration = rr_doc_jsonb(configuration);
	function->exposed_as = read_exposed_as(configuration);
	function->session_argument = rr_doc_get_text(configuration, "session_argument", NULL);
	function->custom_name = rr_doc_get_text(names, "function",
											rr_doc_get_text(configuration, "custom_name", NULL));
	function->custom_aggregate_name = rr_doc_get_text(names, "function_aggregate", NULL);
	return function;
}

RrPermission *
rr_permission_from_body(const RrDoc *body, const char *remote_schema)
{
	RrPermission *permission = palloc0(sizeof(RrPermission));

	permission->remote_schema = remote_schema;
	permission->role = rr_doc_text(rr_doc_require(body, "role"));
	permission->sdl = rr_doc_text(rr_doc_require(rr_doc_require(body, "definition"), "schema"));
	permission->comment = rr_doc_get_text(body, "comment", NULL);
	return permission;
}
