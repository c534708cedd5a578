/*
 * permission_check.c: is a role's SDL a part of the upstream's schema (reference, section 5.1), and are its presets right (5.2)?
 *
 * Everything wrong is filed, in the order of the document.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "catalog/catalog.h"
#include "compat.h"

#define PRESET "preset"

typedef struct Check
{
	GqlSchema  *upstream;
	const char *source;			/* the role's SDL */
	GqlErrorList *errors;
} Check;

static List *
names_of(const GqlNames *names)
{
	List	   *list = NIL;

	for (int i = 0; i < names->n; i++)
		list = lappend(list, unconstify(char *, *(const char *const *) names->items[i]));
	return list;
}

/* ---- presets ---- */

static bool
is_session_variable(const GqlValue *value)
{
	return value->kind == GQL_VALUE_STRING && pg_strncasecmp(value->text, "x-hasura-", strlen("x-hasura-")) == 0;
}

static bool
holds_session_variable(const GqlValue *value)
{
	ListCell   *lc;

	check_stack_depth();
	if (is_session_variable(value))
		return true;
	foreach(lc, value->items)
	{
		const GqlValue *item = value->kind == GQL_VALUE_OBJECT ? ((GqlObjectField *) lfirst(lc))->value : lfirst(lc);

		if (holds_session_variable(item))
			return true;
	}
	return false;
}

static void check_value(Check *c, const GqlValue *value, const GqlTypeRef *type, const char *where);

/* An input object, some of whose fields are session variables: what is there is checked field by field. */
static void
check_object(Check *c, const GqlValue *value, GqlType *type, const char *where)
{
	ListCell   *lc;

	foreach(lc, value->items)
	{
		const GqlObjectField *field = lfirst(lc);
		GqlInputValueDef *def = gql_type_input(c->upstream, type, field->name.value);

		if (def == NULL)
			gql_error(c->errors, "The preset of %s has a field \"%s\" that input type \"%s\" does not have.%s", where, field->name.value,
					  type->name, gql_did_you_mean(NULL, field->name.value, names_of(gql_type_fields(c->upstream, type))));
		else
			check_value(c, field->value, def->type, where);
	}
	gql_foreach(GqlInputValueDef, def, gql_type_fields(c->upstream, type))
	{
		bool		given = false;

		foreach(lc, value->items)
			given |= strcmp(((GqlObjectField *) lfirst(lc))->name.value, def->name) == 0;
		if (!given && def->type->kind == GQL_TYPE_NON_NULL && def->default_value == NULL)
			gql_error(c->errors, "The preset of %s lacks the field \"%s\", which input type \"%s\" requires.", where, def->name, type->name);
	}
}

static void
check_value(Check *c, const GqlValue *value, const GqlTypeRef *type, const char *where)
{
	const GqlTypeRef *nullable = type->kind == GQL_TYPE_NON_NULL ? type->of : type;
	ListCell   *lc;

	check_stack_depth();
	if (!holds_session_variable(value))
	{
		(void) gql_coerce_value(c->upstream, value, type, false, psprintf("The preset of %s", where), c->errors);
		return;
	}
	if (nullable->kind == GQL_TYPE_LIST && value->kind == GQL_VALUE_LIST)
	{
		foreach(lc, value->items)
			check_value(c, lfirst(lc), nullable->of, where);
		return;
	}
	while (nullable->kind != GQL_TYPE_NAMED)
		nullable = nullable->of;
	if (is_session_variable(value) && nullable->type->kind == GQL_INPUT_OBJECT)
		gql_error(c->errors, "The preset of %s is the session variable \"%s\", but input type \"%s\" needs an object.", where, value->text,
				  nullable->type->name);
	else if (value->kind == GQL_VALUE_OBJECT && nullable->type->kind == GQL_INPUT_OBJECT)
		check_object(c, value, nullable->type, where);
	else if (!is_session_variable(value) && (nullable->type->kind != GQL_SCALAR || nullable->type->builtin))
		gql_error(c->errors, "The preset of %s does not fit type \"%s\".", where, gql_type_to_string(type));
}

static void
check_preset(Check *c, const GqlDirective *directive, const GqlTypeNode *type_node, const char *where)
{
	const GqlTypeRef *type = gql_resolve_type(c->upstream, type_node);
	const GqlValue *value = NULL;
	bool		is_static = false;
	ListCell   *lc;

	foreach(lc, directive->arguments)
	{
		const GqlArgument *argument = lfirst(lc);

		if (strcmp(argument->name.value, "value") == 0)
			value = argument->value;
		else if (strcmp(argument->name.value, "static") != 0)
			gql_error_at(c->errors, c->source, argument->name.loc, "Unknown argument \"%s\" on directive \"@preset\".", argument->name.value);
		else if (argument->value->kind != GQL_VALUE_BOOLEAN)
			gql_error_at(c->errors, c->source, argument->name.loc, "Argument \"static\" of \"@preset\" must be true or false.");
		else
			is_static = argument->value->boolean;
	}
	if (value == NULL)
		gql_error_at(c->errors, c->source, directive->loc, "The preset of %s has no \"value\".", where);
	else if (type && is_static)
		(void) gql_coerce_value(c->upstream, value, type, false, psprintf("The preset of %s", where), c->errors);
	else if (type)
		check_value(c, value, type, where);
}

/* type NULL: nothing here can have a preset. */
static void
check_directives(Check *c, List *directives, const GqlTypeNode *type, const char *where)
{
	int			presets = 0;
	ListCell   *lc;

	foreach(lc, directives)
	{
		const GqlDirective *directive = lfirst(lc);

		if (strcmp(directive->name.value, PRESET) != 0)
			continue;
		if (type == NULL)
			gql_error_at(c->errors, c->source, directive->loc, "Directive \"@preset\" may only stand on an argument or an input field, not on %s.", where);
		else if (presets++ > 0)
			gql_error_at(c->errors, c->source, directive->loc, "There is more than one preset of %s.", where);
		else
			check_preset(c, directive, type, where);
	}
}

static void
check_field_directives(Check *c, const GqlTypeDefNode *type, const GqlFieldNode *field)
{
	ListCell   *lc;

	check_directives(c, field->directives, NULL, psprintf("field \"%s.%s\"", type->name.value, field->name.value));
	foreach(lc, field->arguments)
	{
		const GqlInputValueNode *arg = lfirst(lc);

		check_directives(c, arg->directives, arg->type,
						 psprintf("argument \"%s\" of field \"%s.%s\"", arg->name.value, type->name.value, field->name.value));
	}
}

static void
check_type_directives(Check *c, const GqlTypeDefNode *type)
{
	ListCell   *lc;

	check_directives(c, type->directives, NULL, psprintf("type \"%s\"", type->name.value));
	foreach(lc, type->values)
	{
		const GqlEnumValueNode *value = lfirst(lc);

		check_directives(c, value->directives, NULL, psprintf("enum value \"%s.%s\"", type->name.value, value->name.value));
	}
	foreach(lc, type->fields)
	{
		if (type->kind == GQL_INPUT_OBJECT)
		{
			const GqlInputValueNode *field = lfirst(lc);

			check_directives(c, field->directives, field->type, psprintf("input field \"%s.%s\"", type->name.value, field->name.value));
		}
		else
			check_field_directives(c, type, lfirst(lc));
	}
}

/* ---- the role's definitions against the upstream's ---- */

static void
check_type_of(Check *c, const char *what, const GqlTypeNode *here, const GqlTypeRef *there)
{
	StringInfoData mine;
	char	   *theirs = gql_type_to_string(there);

	initStringInfo(&mine);
	gql_print_type_node(&mine, here);
	if (strcmp(mine.data, theirs) != 0)
		gql_error(c->errors, "%s has type \"%s\", but \"%s\" in the remote schema.", what, mine.data, theirs);
}

/* Arguments, or the fields of an input object. owner is what messages say they belong to. */
static void
check_inputs(Check *c, const char *kind, const char *owner, List *here, const GqlNames *there)
{
	ListCell   *lc;

	foreach(lc, here)
	{
		const GqlInputValueNode *input = lfirst(lc);
		GqlInputValueDef *upstream = gql_names_get(there, input->name.value);

		if (upstream == NULL)
			gql_error(c->errors, "%s has no %s \"%s\" in the remote schema.%s", owner, kind, input->name.value,
					  gql_did_you_mean(NULL, input->name.value, names_of(there)));
		else
			check_type_of(c, psprintf("%s: %s \"%s\"", owner, kind, input->name.value), input->type, upstream->type);
	}
}

/* Only optional ones may be left out. */
static void
check_required(Check *c, const char *kind, const char *owner, List *here, const GqlNames *there)
{
	ListCell   *lc;

	gql_foreach(GqlInputValueDef, upstream, there)
	{
		bool		given = upstream->type->kind != GQL_TYPE_NON_NULL || upstream->default_value != NULL;

		foreach(lc, here)
			given |= strcmp(((const GqlInputValueNode *) lfirst(lc))->name.value, upstream->name) == 0;
		if (!given)
			gql_error(c->errors, "%s: %s \"%s\" of type \"%s\" is required and must not be left out; a preset can give it.", owner, kind,
					  upstream->name, gql_type_to_string(upstream->type));
	}
}

static void
check_fields(Check *c, const GqlTypeDefNode *here, GqlType *there)
{
	const GqlNames *fields = gql_type_fields(c->upstream, there);
	ListCell   *lc;

	foreach(lc, here->fields)
	{
		const GqlFieldNode *field = lfirst(lc);
		GqlFieldDef *upstream = gql_names_get(fields, field->name.value);
		char	   *name = psprintf("Field \"%s.%s\"", there->name, field->name.value);

		if (upstream == NULL)
		{
			gql_error(c->errors, "%s does not exist in the remote schema.%s", name,
					  gql_did_you_mean(NULL, field->name.value, names_of(fields)));
			continue;
		}
		check_type_of(c, name, field->type, upstream->type);
		check_inputs(c, "argument", name, field->arguments, &upstream->args);
		check_required(c, "argument", name, field->arguments, &upstream->args);
	}
	foreach(lc, here->interfaces)
	{
		const GqlTypeNode *interface = lfirst(lc);

		if (gql_names_get(&there->interfaces, interface->name) == NULL)
			gql_error(c->errors, "Type \"%s\" does not implement interface \"%s\" in the remote schema.%s", there->name, interface->name,
					  gql_did_you_mean(NULL, interface->name, names_of(&there->interfaces)));
	}
}

static void
check_members(Check *c, const GqlTypeDefNode *here, GqlType *there)
{
	ListCell   *lc;

	foreach(lc, here->members)
	{
		const GqlTypeNode *member = lfirst(lc);

		if (gql_names_get(&there->members, member->name) == NULL)
			gql_error(c->errors, "Union \"%s\" has no member \"%s\" in the remote schema.%s", there->name, member->name,
					  gql_did_you_mean(NULL, member->name, names_of(&there->members)));
	}
}

static void
check_values(Check *c, const GqlTypeDefNode *here, GqlType *there)
{
	const GqlNames *values = gql_type_fields(c->upstream, there);
	ListCell   *lc;

	foreach(lc, here->values)
	{
		const GqlEnumValueNode *value = lfirst(lc);

		if (gql_names_get(values, value->name.value) == NULL)
			gql_error(c->errors, "Enum \"%s\" has no value \"%s\" in the remote schema.%s", there->name, value->name.value,
					  gql_did_you_mean(NULL, value->name.value, names_of(values)));
	}
}

/* What all definitions of the type, extensions included, give. */
static List *
all_fields(const GqlDocument *document, const char *name)
{
	List	   *fields = NIL;
	ListCell   *lc;

	foreach(lc, document->definitions)
	{
		const GqlTypeDefNode *type = lfirst(lc);

		if (type->def.kind == GQL_DEF_TYPE && strcmp(type->name.value, name) == 0)
			fields = list_concat(fields, type->fields);
	}
	return fields;
}

static void
check_type(Check *c, const GqlDocument *document, const GqlTypeDefNode *here)
{
	GqlType    *there = gql_schema_type(c->upstream, here->name.value);
	char	   *label;

	if (there == NULL)
	{
		gql_error(c->errors, "Type \"%s\" does not exist in the remote schema.%s", here->name.value,
				  gql_did_you_mean(NULL, here->name.value, names_of(&c->upstream->types)));
		return;
	}
	if (there->kind != here->kind)
	{
		gql_error(c->errors, "Type \"%s\" is of kind %s, but %s in the remote schema.", there->name, gql_type_kind_name(here->kind),
				  gql_type_kind_name(there->kind));
		return;
	}
	switch (here->kind)
	{
		case GQL_SCALAR:
			break;
		case GQL_OBJECT:
		case GQL_INTERFACE:
			check_fields(c, here, there);
			break;
		case GQL_UNION:
			check_members(c, here, there);
			break;
		case GQL_ENUM:
			check_values(c, here, there);
			break;
		case GQL_INPUT_OBJECT:
			label = psprintf("Input type \"%s\"", there->name);
			check_inputs(c, "field", label, here->fields, gql_type_fields(c->upstream, there));
			if (!here->extend)
				check_required(c, "field", label, all_fields(document, there->name), gql_type_fields(c->upstream, there));
			break;
	}
}

static void
check_roots(Check *c, const GqlSchemaNode *schema)
{
	ListCell   *lc;

	foreach(lc, schema->root_types)
	{
		const GqlRootTypeNode *root = lfirst(lc);
		GqlType    *there = gql_schema_root(c->upstream, root->operation);
		static const char *const operations[] = {"query", "mutation", "subscription"};

		if (there == NULL)
			gql_error(c->errors, "The remote schema has no %s type.", operations[root->operation]);
		else if (strcmp(root->type->name, there->name) != 0)
			gql_error(c->errors, "The %s type is \"%s\", but \"%s\" in the remote schema.", operations[root->operation], root->type->name,
					  there->name);
	}
}

static void
check_directive_definition(Check *c, const GqlDirectiveDefNode *here)
{
	GqlDirectiveDef *there = gql_names_get(&c->upstream->directives, here->name.value);

	if (strcmp(here->name.value, PRESET) == 0)
		return;
	if (there == NULL)
		gql_error(c->errors, "Directive \"@%s\" does not exist in the remote schema.", here->name.value);
	else
		check_inputs(c, "argument", psprintf("Directive \"@%s\"", here->name.value), here->arguments, &there->args);
}

void
rr_check_permission(GqlSchema *upstream, const char *sdl, GqlErrorList *errors)
{
	Check		c = {.upstream = upstream,.source = sdl,.errors = errors};
	GqlLimits	limits = {0};
	GqlDocument *document = gql_parse(sdl, strlen(sdl), &limits, errors);
	ListCell   *lc;

	if (document == NULL)
		return;
	(void) gql_schema_from_document(document, true, errors, gql_errors_create(1, NULL));
	foreach(lc, document->definitions)
	{
		const GqlDefinition *definition = lfirst(lc);

		switch (definition->kind)
		{
			case GQL_DEF_TYPE:
				check_type(&c, document, (const GqlTypeDefNode *) definition);
				check_type_directives(&c, (const GqlTypeDefNode *) definition);
				break;
			case GQL_DEF_SCHEMA:
				check_roots(&c, (const GqlSchemaNode *) definition);
				check_directives(&c, ((const GqlSchemaNode *) definition)->directives, NULL, "the schema");
				break;
			case GQL_DEF_DIRECTIVE:
				check_directive_definition(&c, (const GqlDirectiveDefNode *) definition);
				break;
			case GQL_DEF_OPERATION:
			case GQL_DEF_FRAGMENT:
				gql_error_at(errors, sdl, definition->loc, "A permission consists of type definitions; there is no place for operations and fragments.");
				break;
		}
	}
}
