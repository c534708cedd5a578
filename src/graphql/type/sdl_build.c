/*
 * sdl_build.c: build a schema from a type system document, with extensions
 * merged (specification, section 3; graphql-js' buildASTSchema).
 *
 * sdl_rules.c has checked the document, so every name resolves here;
 * schema_check.c checks the schema that results. The schema keeps the
 * document's nodes and shares its strings.
 */
#include "postgres.h"

#include "utils/memutils.h"

#include "graphql/type/coerce.h"
#include "graphql/type/schema_int.h"

typedef struct Builder
{
	GqlSchema  *schema;
	bool		lenient;
	GqlErrorList *errors;
	GqlErrorList *warnings;
} Builder;

bool
gql_is_implied_scalar(const char *name)
{
	static const char *const names[] = {
		/* Apollo Federation */
		"_Any", "_FieldSet", "FieldSet", "federation__FieldSet", "federation__Scope",
		"federation__Policy", "federation__ContextFieldValue",
		"link__Import",
		/* AWS AppSync */
		"AWSDate", "AWSTime", "AWSDateTime", "AWSTimestamp", "AWSEmail", "AWSJSON", "AWSURL",
		"AWSPhone", "AWSIPAddress"
	};

	for (int i = 0; i < (int) lengthof(names); i++)
	{
		if (strcmp(name, names[i]) == 0)
			return true;
	}
	return false;
}

uint32
gql_directive_node_locations(const GqlDirectiveDefNode *node)
{
	uint32		locations = 0;
	ListCell   *lc;

	foreach(lc, node->locations)
		locations |= (uint32) 1 << gql_directive_location(((const GqlName *) lfirst(lc))->value);
	return locations;
}

static inline const char *
description_text(const GqlValue *description)
{
	return description == NULL ? NULL : description->text;
}

/*
 * The type that a node means. If lenient, an implied scalar is added on the
 * way. NULL: unknown; only happens to arguments of directives that
 * sdl_rules.c has passed over.
 */
static const GqlTypeRef *
resolve(Builder *b, const GqlTypeNode *node)
{
	const GqlTypeRef *ref = gql_resolve_type(b->schema, node);
	const GqlTypeNode *named = node;

	if (ref != NULL || !b->lenient)
		return ref;
	while (named->kind != GQL_TYPE_NAMED)
		named = named->of;
	if (!gql_is_implied_scalar(named->name))
		return NULL;
	gql_schema_add_type(b->schema, GQL_SCALAR, named->name);
	return gql_resolve_type(b->schema, node);
}

static inline GqlType *
resolve_named(Builder *b, const GqlTypeNode *node)
{
	return gql_named_type(resolve(b, node));
}

/* ---- specified directives ---- */

const GqlDirective *
gql_find_directive(const List *directives, const char *name)
{
	ListCell   *lc;

	foreach(lc, directives)
	{
		const GqlDirective *directive = lfirst(lc);

		if (strcmp(directive->name.value, name) == 0)
			return directive;
	}
	return NULL;
}

/* The directive's argument that is being coerced to a string. */
typedef struct ArgumentReport
{
	Builder    *b;
	const char *directive;
	const char *argument;
} ArgumentReport;

static void
report_argument(GqlCoercion *c, const char *message, int loc, const GqlPath *path)
{
	ArgumentReport *report = c->arg;
	Builder    *b = report->b;

	gql_error_at(b->lenient ? b->warnings : b->errors, b->schema->source, loc,
				 "Argument \"@%s(%s:)\" has invalid value%s: %s",
				 report->directive, report->argument, gql_path_to_string(path), message);
}

/*
 * The text of a directive's argument. NULL: it is not given, or is no string,
 * which is filed.
 */
static const char *
string_argument(Builder *b, const GqlDirective *directive, const char *name)
{
	const GqlValue *value = gql_argument_get(directive->arguments, name);
	ArgumentReport report = {b, directive->name.value, name};
	GqlCoercion c = {.schema = b->schema, .report = report_argument, .arg = &report};
	GqlType    *string = gql_names_get(&b->schema->types, "String");

	if (value == NULL ||
		!gql_coerce(&c, value, gql_non_null(b->schema, &string->ref), NULL, NULL))
		return NULL;
	return value->text;
}

/* The reason in @deprecated (3.13.3); NULL: there is no @deprecated. */
static const char *
deprecation_reason(Builder *b, const List *directives)
{
	const GqlDirective *directive;
	const char *reason;

	if (likely(directives == NIL))
		return NULL;
	directive = gql_find_directive(directives, "deprecated");
	if (directive == NULL)
		return NULL;
	reason = string_argument(b, directive, "reason");
	return reason != NULL ? reason : GQL_DEFAULT_DEPRECATION_REASON;
}

/* The URL in @specifiedBy (3.13.4), or NULL. */
static const char *
specified_by_url(Builder *b, const List *directives)
{
	const GqlDirective *directive = gql_find_directive(directives, "specifiedBy");

	return directive == NULL ? NULL : string_argument(b, directive, "url");
}

/* ---- parts of types ---- */

static void
fill_input(Builder *b, GqlInputValueDef *input, const GqlInputValueNode *node)
{
	if (input == NULL)
		return;					/* defined twice, alike: the first counts */
	input->node = node;
	input->description = description_text(node->description);
	input->default_value = node->default_value;
	input->deprecation_reason = deprecation_reason(b, node->directives);
}

/* 3.6.1 Field Arguments */
static void
add_field(Builder *b, GqlType *type, const GqlFieldNode *node)
{
	GqlFieldDef *field = gql_type_add_field(b->schema, type, node->name.value,
											resolve(b, node->type));
	ListCell   *lc;

	/* defined twice, alike: as in graphql-js, the last description counts */
	if (field == NULL)
		field = gql_names_get(&type->fields, node->name.value);
	field->node = node;
	field->description = description_text(node->description);
	field->deprecation_reason = deprecation_reason(b, node->directives);
	foreach(lc, node->arguments)
	{
		const GqlInputValueNode *arg = lfirst(lc);

		fill_input(b, gql_field_add_arg(b->schema, field, arg->name.value, resolve(b, arg->type)),
				   arg);
	}
}

static void
add_enum_value(Builder *b, GqlType *type, const GqlEnumValueNode *node)
{
	GqlEnumValueDef *value = gql_type_add_enum_value(b->schema, type, node->name.value);

	if (value == NULL)
		return;
	value->node = node;
	value->description = description_text(node->description);
	value->deprecation_reason = deprecation_reason(b, node->directives);
}

/* Add the parts that one definition or extension gives to its type. */
static void
fill_type(Builder *b, GqlType *type, const GqlTypeDefNode *node)
{
	ListCell   *lc;
	const char *url;

	foreach(lc, node->interfaces)
		gql_type_add_interface(type, resolve_named(b, lfirst(lc)));

	switch (type->kind)
	{
		case GQL_SCALAR:
			url = specified_by_url(b, node->directives);
			if (url != NULL)
				type->specified_by_url = url;
			break;
		case GQL_OBJECT:
		case GQL_INTERFACE:
			foreach(lc, node->fields)
				add_field(b, type, lfirst(lc));
			break;
		case GQL_UNION:
			foreach(lc, node->members)
				gql_type_add_member(type, resolve_named(b, lfirst(lc)));
			break;
		case GQL_ENUM:
			foreach(lc, node->values)
				add_enum_value(b, type, lfirst(lc));
			break;
		case GQL_INPUT_OBJECT:
			foreach(lc, node->fields)
			{
				const GqlInputValueNode *input = lfirst(lc);

				fill_input(b, gql_type_add_input(b->schema, type, input->name.value,
												 resolve(b, input->type)), input);
			}
			break;
	}
}

/* ---- the document ---- */

/*
 * Enter the types that the document defines, in its order, without their
 * parts; those that it only extends come next, then the other specified ones.
 * A type with the name of a specified one is that one, whatever the document
 * says.
 */
static void
enter_types(Builder *b, const GqlDocument *document)
{
	GqlSchema  *schema = b->schema;
	GqlNames	specified = schema->types;
	ListCell   *lc;

	gql_names_init(&schema->types, schema->cxt);
	for (int extensions = 0; extensions <= 1; extensions++)
	{
		foreach(lc, document->definitions)
		{
			GqlTypeDefNode *node = lfirst(lc);
			GqlType    *type;

			if (node->def.kind != GQL_DEF_TYPE || node->extend != (bool) extensions)
				continue;
			type = gql_names_get(&schema->types, node->name.value);
			if (type == NULL)
				type = gql_names_get(&specified, node->name.value);
			if (type == NULL)
			{
				type = gql_schema_new_type(schema, node->kind, node->name.value);
				type->description = description_text(node->description);
				type->one_of = node->kind == GQL_INPUT_OBJECT &&
					gql_find_directive(node->directives, "oneOf") != NULL;
			}
			gql_names_add(&schema->types, type);
			if (type->nodes == NIL || node->extend)
				type->nodes = lappend(type->nodes, node);
		}
	}
	gql_foreach(GqlType, type, &specified)
		gql_names_add(&schema->types, type);
}

/*
 * Make a directive from its definition (3.13). NULL: it is left out. That
 * happens only if lenient, to one for the type system that has arguments of
 * unknown types.
 */
static GqlDirectiveDef *
make_directive(Builder *b, const GqlDirectiveDefNode *node)
{
	GqlDirectiveDef *directive = gql_schema_new_directive(b->schema, node->name.value);
	ListCell   *lc;

	directive->node = node;
	directive->description = description_text(node->description);
	directive->repeatable = node->repeatable;
	directive->deprecation_reason = deprecation_reason(b, node->directives);
	foreach(lc, node->locations)
		gql_directive_add_location(directive,
								   gql_directive_location(((const GqlName *) lfirst(lc))->value));
	foreach(lc, node->arguments)
	{
		const GqlInputValueNode *arg = lfirst(lc);
		const GqlTypeRef *type = resolve(b, arg->type);

		if (type == NULL)
			return NULL;
		fill_input(b, gql_directive_add_arg(b->schema, directive, arg->name.value, type), arg);
	}
	return directive;
}

/*
 * Enter the directives that the document defines, then the specified ones that
 * it does not define again; last, apply extensions.
 */
static void
enter_directives(Builder *b, const GqlDocument *document)
{
	GqlSchema  *schema = b->schema;
	GqlNames	specified = schema->directives;
	ListCell   *lc;

	gql_names_init(&schema->directives, schema->cxt);
	foreach(lc, document->definitions)
	{
		const GqlDirectiveDefNode *node = lfirst(lc);
		GqlDirectiveDef *directive;

		if (node->def.kind != GQL_DEF_DIRECTIVE || node->extend)
			continue;
		directive = make_directive(b, node);
		if (directive != NULL)
		{
			directive->builtin = gql_names_get(&specified, directive->name) != NULL;
			gql_names_add(&schema->directives, directive);
		}
	}
	gql_foreach(GqlDirectiveDef, directive, &specified)
		gql_names_add(&schema->directives, directive);

	foreach(lc, document->definitions)
	{
		const GqlDirectiveDefNode *node = lfirst(lc);
		GqlDirectiveDef *directive;

		if (node->def.kind != GQL_DEF_DIRECTIVE || !node->extend)
			continue;
		directive = gql_names_get(&schema->directives, node->name.value);
		if (directive != NULL && directive->deprecation_reason == NULL)
			directive->deprecation_reason = deprecation_reason(b, node->directives);
	}
}

static void
set_root(GqlSchema *schema, GqlOperationType operation, GqlType *type)
{
	switch (operation)
	{
		case GQL_QUERY:
			schema->query = type;
			break;
		case GQL_MUTATION:
			schema->mutation = type;
			break;
		case GQL_SUBSCRIPTION:
			schema->subscription = type;
			break;
	}
}

/*
 * Set the root operation types (3.3.1). Without a schema definition, types
 * with the default names are roots, too.
 */
static void
enter_roots(Builder *b, const GqlDocument *document)
{
	static const char *const default_names[] = {
		[GQL_QUERY] = "Query",
		[GQL_MUTATION] = "Mutation",
		[GQL_SUBSCRIPTION] = "Subscription"
	};
	GqlSchema  *schema = b->schema;
	const GqlSchemaNode *definition = NULL;
	ListCell   *lc,
			   *lc2;

	foreach(lc, document->definitions)
	{
		const GqlSchemaNode *node = lfirst(lc);

		if (node->def.kind != GQL_DEF_SCHEMA)
			continue;
		if (node->extend)
			schema->nodes = lappend(schema->nodes, lfirst(lc));
		else
		{
			definition = node;
			schema->nodes = lcons(lfirst(lc), schema->nodes);
			schema->description = description_text(node->description);
		}
	}
	foreach(lc, schema->nodes)
	{
		const GqlSchemaNode *node = lfirst(lc);

		foreach(lc2, node->root_types)
		{
			const GqlRootTypeNode *root = lfirst(lc2);

			set_root(schema, root->operation, resolve_named(b, root->type));
		}
	}
	if (definition != NULL)
		return;
	for (int operation = GQL_QUERY; operation <= GQL_SUBSCRIPTION; operation++)
	{
		GqlType    *type = gql_names_get(&schema->types, default_names[operation]);

		if (type != NULL)
			set_root(schema, operation, type);
	}
}

GqlSchema  *
gql_schema_from_document(GqlDocument *document, bool lenient, GqlErrorList *errors,
						 GqlErrorList *warnings)
{
	int			errors_before = gql_errors_count(errors);
	Builder		b;
	MemoryContext rules_cxt;
	MemoryContext schema_cxt = CurrentMemoryContext;

	b.schema = gql_schema_create();
	b.schema->source = document->source;
	b.schema->query_optional = document->query_optional;
	b.lenient = lenient;
	b.errors = errors;
	b.warnings = warnings != NULL ? warnings : gql_errors_create(1, NULL);

	rules_cxt = AllocSetContextCreate(schema_cxt, "GraphQL SDL rules", ALLOCSET_DEFAULT_SIZES);
	MemoryContextSwitchTo(rules_cxt);
	gql_check_sdl(document, b.schema, lenient, errors, b.warnings);
	MemoryContextSwitchTo(schema_cxt);
	MemoryContextDelete(rules_cxt);
	if (gql_errors_count(errors) > errors_before)
		return NULL;

	enter_types(&b, document);
	enter_directives(&b, document);
	gql_foreach(GqlType, type, &b.schema->types)
	{
		ListCell   *lc;

		if (type->builtin)
			continue;
		foreach(lc, type->nodes)
			fill_type(&b, type, lfirst(lc));
	}
	enter_roots(&b, document);
	gql_schema_finish(b.schema);
	if (gql_errors_count(errors) > errors_before)
		return NULL;

	gql_schema_check(b.schema, lenient, errors, b.warnings);
	return gql_errors_count(errors) > errors_before ? NULL : b.schema;
}

GqlSchema  *
gql_schema_from_sdl(const char *sdl, int len, bool lenient, GqlErrorList *errors,
					GqlErrorList *warnings)
{
	GqlDocument *document = gql_parse(sdl, len, NULL, errors);

	return document == NULL ? NULL : gql_schema_from_document(document, lenient, errors,
															  warnings);
}
