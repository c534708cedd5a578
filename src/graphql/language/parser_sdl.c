/*
 * parser_sdl.c: parse type system documents (specification, section 3 and
 * appendix B.4).
 */
#include "postgres.h"

#include "graphql/language/parser.h"

/*
 * InputValueDefinition (3.6.1) : Description? Name : Type DefaultValue?
 * Directives?
 */
static void *
parse_input_value(GqlParser *p)
{
	GqlInputValueNode *input = gql_node(p, GqlInputValueNode);

	input->loc = p->token.start;
	input->description = gql_parse_description(p);
	input->name = gql_parse_name(p);
	gql_expect(p, GQL_TOK_COLON);
	input->type = gql_parse_type_reference(p);
	if (gql_accept(p, GQL_TOK_EQUALS))
		input->default_value = gql_parse_const_value(p);
	input->directives = gql_parse_const_directives(p);
	return input;
}

/* ArgumentsDefinition (3.6.1) : ( InputValueDefinition+ ), or none */
static List *
parse_arguments_definition(GqlParser *p)
{
	return gql_parse_optional_many(p, GQL_TOK_PAREN_L, parse_input_value, GQL_TOK_PAREN_R);
}

/*
 * FieldDefinition (3.6) : Description? Name ArgumentsDefinition? : Type
 * Directives?
 */
static void *
parse_field_definition(GqlParser *p)
{
	GqlFieldNode *field = gql_node(p, GqlFieldNode);

	field->loc = p->token.start;
	field->description = gql_parse_description(p);
	field->name = gql_parse_name(p);
	field->arguments = parse_arguments_definition(p);
	gql_expect(p, GQL_TOK_COLON);
	field->type = gql_parse_type_reference(p);
	field->directives = gql_parse_const_directives(p);
	return field;
}

/* EnumValueDefinition (3.9) : Description? EnumValue Directives? */
static void *
parse_enum_value(GqlParser *p)
{
	GqlEnumValueNode *value = gql_node(p, GqlEnumValueNode);

	value->loc = p->token.start;
	value->description = gql_parse_description(p);
	if (gql_token_is(&p->token, "true") || gql_token_is(&p->token, "false") ||
		gql_token_is(&p->token, "null"))
		gql_syntax_error(p, p->token.start,
						 "%s is reserved and cannot be used for an enum value.",
						 gql_token_text(&p->token));
	value->name = gql_parse_name(p);
	value->directives = gql_parse_const_directives(p);
	return value;
}

/*
 * ScalarTypeDefinition, ObjectTypeDefinition, InterfaceTypeDefinition,
 * UnionTypeDefinition, EnumTypeDefinition, InputObjectTypeDefinition (3.5 to
 * 3.10), and their extensions, from what follows the keyword on. An
 * extension must not be empty.
 */
static void
parse_type_definition(GqlParser *p, GqlTypeDefNode *type)
{
	bool		fields = type->kind == GQL_OBJECT || type->kind == GQL_INTERFACE;

	type->name = gql_parse_name(p);
	if (fields && gql_accept_keyword(p, "implements"))
		type->interfaces = gql_parse_delimited(p, GQL_TOK_AMP, gql_parse_named_type);
	type->directives = gql_parse_const_directives(p);
	if (fields)
		type->fields = gql_parse_optional_many(p, GQL_TOK_BRACE_L, parse_field_definition,
											   GQL_TOK_BRACE_R);
	else if (type->kind == GQL_INPUT_OBJECT)
		type->fields = gql_parse_optional_many(p, GQL_TOK_BRACE_L, parse_input_value,
											   GQL_TOK_BRACE_R);
	else if (type->kind == GQL_ENUM)
		type->values = gql_parse_optional_many(p, GQL_TOK_BRACE_L, parse_enum_value,
											   GQL_TOK_BRACE_R);
	else if (type->kind == GQL_UNION && gql_accept(p, GQL_TOK_EQUALS))
		type->members = gql_parse_delimited(p, GQL_TOK_PIPE, gql_parse_named_type);

	if (type->extend && type->interfaces == NIL && type->directives == NIL && type->fields == NIL &&
		type->values == NIL && type->members == NIL)
		gql_unexpected(p, &p->token);
}

/* RootOperationTypeDefinition (3.3) : OperationType : NamedType */
static void *
parse_root_type(GqlParser *p)
{
	GqlRootTypeNode *root = gql_node(p, GqlRootTypeNode);

	root->loc = p->token.start;
	root->operation = gql_parse_operation_type(p);
	gql_expect(p, GQL_TOK_COLON);
	root->type = gql_parse_named_type(p);
	return root;
}

/*
 * SchemaDefinition (3.3) : Description? schema Directives? {
 * RootOperationTypeDefinition+ }. SchemaExtension (3.3.2): the directives or
 * the root types may be left out, not both.
 */
static void
parse_schema_definition(GqlParser *p, GqlSchemaNode *schema)
{
	schema->directives = gql_parse_const_directives(p);
	if (schema->extend)
		schema->root_types = gql_parse_optional_many(p, GQL_TOK_BRACE_L, parse_root_type,
													 GQL_TOK_BRACE_R);
	else
		schema->root_types = gql_parse_many(p, GQL_TOK_BRACE_L, parse_root_type, GQL_TOK_BRACE_R);

	if (schema->extend && schema->directives == NIL && schema->root_types == NIL)
		gql_unexpected(p, &p->token);
}

/* DirectiveLocation (3.13) */
static void *
parse_directive_location(GqlParser *p)
{
	static const char *const locations[] = {
#define X(loc) #loc,
		GQL_DIRECTIVE_LOCATIONS(X)
#undef X
	};
	GqlToken	token = p->token;
	GqlName    *name = gql_node(p, GqlName);

	*name = gql_parse_name(p);
	for (int i = 0; i < (int) lengthof(locations); i++)
	{
		if (gql_token_is(&token, locations[i]))
			return name;
	}
	gql_unexpected(p, &token);
	return name;
}

/*
 * DirectiveDefinition (3.13) : Description? directive @ Name
 * ArgumentsDefinition? repeatable? on DirectiveLocations. Newer than the 2025
 * edition: directives before "repeatable", and extensions that add directives.
 */
static void
parse_directive_definition(GqlParser *p, GqlDirectiveDefNode *directive)
{
	gql_expect(p, GQL_TOK_AT);
	directive->name = gql_parse_name(p);
	if (!directive->extend)
		directive->arguments = parse_arguments_definition(p);
	directive->directives = gql_parse_const_directives(p);
	if (!directive->extend)
	{
		directive->repeatable = gql_accept_keyword(p, "repeatable");
		gql_expect_keyword(p, "on");
		directive->locations = gql_parse_delimited(p, GQL_TOK_PIPE, parse_directive_location);
	}
	else if (directive->directives == NIL)
		gql_unexpected(p, &p->token);
}

/*
 * Skip the keyword of a definition and what comes before it: "extend", or a
 * description. Returns the description, or NULL.
 */
static GqlValue *
skip_keywords(GqlParser *p, bool extend)
{
	GqlValue   *description = NULL;

	if (extend)
		gql_advance(p);
	else
		description = gql_parse_description(p);
	gql_advance(p);
	return description;
}

/*
 * The definition or extension that keyword begins. It starts at the current
 * token. NULL, and nothing is read, if keyword begins none.
 */
static GqlDefinition *
parse_by_keyword(GqlParser *p, const GqlToken *keyword, bool extend)
{
	static const char *const type_keywords[] = {
		[GQL_SCALAR] = "scalar",
		[GQL_OBJECT] = "type",
		[GQL_INTERFACE] = "interface",
		[GQL_UNION] = "union",
		[GQL_ENUM] = "enum",
		[GQL_INPUT_OBJECT] = "input",
	};
	int			start = p->token.start;

	for (int kind = 0; kind < (int) lengthof(type_keywords); kind++)
	{
		if (gql_token_is(keyword, type_keywords[kind]))
		{
			GqlTypeDefNode *type = gql_node(p, GqlTypeDefNode);

			type->def = (GqlDefinition)
			{
				GQL_DEF_TYPE, start
			};
			type->kind = kind;
			type->extend = extend;
			type->description = skip_keywords(p, extend);
			parse_type_definition(p, type);
			return &type->def;
		}
	}
	if (gql_token_is(keyword, "schema"))
	{
		GqlSchemaNode *schema = gql_node(p, GqlSchemaNode);

		schema->def = (GqlDefinition)
		{
			GQL_DEF_SCHEMA, start
		};
		schema->extend = extend;
		schema->description = skip_keywords(p, extend);
		parse_schema_definition(p, schema);
		return &schema->def;
	}
	if (gql_token_is(keyword, "directive"))
	{
		GqlDirectiveDefNode *directive = gql_node(p, GqlDirectiveDefNode);

		directive->def = (GqlDefinition)
		{
			GQL_DEF_DIRECTIVE, start
		};
		directive->extend = extend;
		directive->description = skip_keywords(p, extend);
		parse_directive_definition(p, directive);
		return &directive->def;
	}
	return NULL;
}

/* TypeSystemDefinition (3.1) */
GqlDefinition *
gql_parse_type_system_definition(GqlParser *p, const GqlToken *keyword)
{
	return parse_by_keyword(p, keyword, false);
}

/* TypeSystemExtension (3.1.1) : extend … */
GqlDefinition *
gql_parse_type_system_extension(GqlParser *p)
{
	GqlToken	keyword = *gql_look_ahead(p);
	GqlDefinition *definition = NULL;

	if (keyword.kind == GQL_TOK_NAME)
		definition = parse_by_keyword(p, &keyword, true);
	if (definition == NULL)
		gql_unexpected(p, &keyword);
	return definition;
}
