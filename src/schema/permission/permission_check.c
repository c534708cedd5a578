/*
 * permission_check.c: is a role's SDL a part of the upstream's schema, and are
 * its presets right (docs/permissions.md)?
 *
 * Every error is filed, in the order of the document.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "compat.h"
#include "schema/permission/permission_int.h"

typedef struct Check
{
	GqlSchema  *upstream;
	GqlSchema  *types;			/* what presets are checked against: the
								 * role's schema, or the upstream's where
								 * there is none */
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

static void check_value(Check *c, const GqlValue *value, const GqlTypeRef *type, const char *where);

/*
 * An input object, some of whose fields are session variables: what is there
 * is checked field by field.
 */
static void
check_object(Check *c, const GqlValue *value, GqlType *type, const char *where)
{
	ListCell   *lc;

	foreach(lc, value->items)
	{
		const GqlObjectField *field = lfirst(lc);
		GqlInputValueDef *def = gql_type_input(c->types, type, field->name.value);

		if (def == NULL)
			gql_error(c->errors, "The preset of %s has a field \"%s\" that input type \"%s\" does not have.%s", where, field->name.value,
					  type->name, gql_did_you_mean(NULL, field->name.value,
												   names_of(gql_type_fields(c->types, type))));
		else
			check_value(c, field->value, def->type, where);
	}
	gql_foreach(GqlInputValueDef, def, gql_type_fields(c->types, type))
	{
		bool		given = false;

		foreach(lc, value->items)
			given |= strcmp(((GqlObjectField *) lfirst(lc))->name.value, def->name) == 0;
		if (!given && def->type->kind == GQL_TYPE_NON_NULL && def->default_value == NULL)
			gql_error(c->errors, "The preset of %s lacks the field \"%s\", which input type \"%s\" requires.", where, def->name, type->name);
	}
	if (type->one_of && list_length(value->items) != 1)
		gql_error(c->errors, "The preset of %s must give exactly one field of input type \"%s\".",
				  where, type->name);
}

static void
check_value(Check *c, const GqlValue *value, const GqlTypeRef *type, const char *where)
{
	const GqlTypeRef *nullable = type->kind == GQL_TYPE_NON_NULL ? type->of : type;
	ListCell   *lc;

	check_stack_depth();
	if (!rr_holds_session_variable(value))
	{
		(void) gql_coerce_value(c->types, value, type, false, psprintf("The preset of %s", where),
								c->errors);
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
	if (rr_is_session_variable(value) && nullable->type->kind == GQL_INPUT_OBJECT)
		gql_error(c->errors, "The preset of %s is the session variable \"%s\", but input type \"%s\" needs an object.", where, value->text,
				  nullable->type->name);
	else if (value->kind == GQL_VALUE_OBJECT && nullable->type->kind == GQL_INPUT_OBJECT)
		check_object(c, value, nullable->type, where);
	else if (!rr_is_session_variable(value) && (nullable->type->kind != GQL_SCALAR ||
												nullable->type->builtin))
		gql_error(c->errors, "The preset of %s does not fit type \"%s\".", where,
				  gql_type_to_string(type));
}

static void
check_preset(Check *c, const GqlDirective *directive, const GqlTypeNode *type_node,
			 const char *where)
{
	const GqlTypeRef *type = gql_resolve_type(c->types, type_node);
	const GqlValue *value = NULL;
	bool		is_static = false;
	ListCell   *lc;

	foreach(lc, directive->arguments)
	{
		const GqlArgument *argument = lfirst(lc);

		if (strcmp(argument->name.value, "value") == 0)
			value = argument->value;
		else if (strcmp(argument->name.value, "static") != 0)
			continue;			/* filed with the schema's rules */
		else if (argument->value->kind != GQL_VALUE_BOOLEAN)
			gql_error_at(c->errors, c->source, argument->name.loc,
						 "Argument \"static\" of \"@preset\" must be true or false.");
		else
			is_static = argument->value->boolean;
	}
	if (value == NULL)
		gql_error_at(c->errors, c->source, directive->loc, "The preset of %s has no \"value\".",
					 where);
	else if (type && is_static)
		(void) gql_coerce_value(c->types, value, type, false, psprintf("The preset of %s", where),
								c->errors);
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

		if (strcmp(directive->name.value, RR_PRESET) != 0)
			continue;
		if (type == NULL)
			gql_error_at(c->errors, c->source, directive->loc,
						 "Directive \"@preset\" may only stand on an argument or an input field, not on %s.", where);
		else if (presets++ > 0)
			gql_error_at(c->errors, c->source, directive->loc,
						 "There is more than one preset of %s.", where);
		else
			check_preset(c, directive, type, where);
	}
}

static void
check_field_directives(Check *c, const GqlTypeDefNode *type, const GqlFieldNode *field)
{
	ListCell   *lc;

	check_directives(c, field->directives, NULL, psprintf("field \"%s.%s\"", type->name.value,
														  field->name.value));
	foreach(lc, field->arguments)
	{
		const GqlInputValueNode *arg = lfirst(lc);

		check_directives(c, arg->directives, arg->type,
						 psprintf("argument \"%s\" of field \"%s.%s\"", arg->name.value,
								  type->name.value, field->name.value));
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

		check_directives(c, value->directives, NULL, psprintf("enum value \"%s.%s\"",
															  type->name.value, value->name.value));
	}
	foreach(lc, type->fields)
	{
		if (type->kind == GQL_INPUT_OBJECT)
		{
			const GqlInputValueNode *field = lfirst(lc);

			check_directives(c, field->directives, field->type,
							 psprintf("input field \"%s.%s\"", type->name.value,
									  field->name.value));
		}
		else
			check_field_directives(c, type, lfirst(lc));
	}
}

/*
 * A field can be asked for through its type or an interface: what is preset
 * through one must be so through the other.
 */
static void
check_interface_presets(Check *c, GqlSchema *schema, GqlType *type, GqlType *interface)
{
	gql_foreach(GqlFieldDef, other, gql_type_fields(schema, interface))
	{
		GqlFieldDef *field = gql_type_field(schema, type, other->name);

		if (field == NULL)		/* filed with the schema's rules */
			continue;
		gql_foreach(GqlInputValueDef, arg, &field->args)
		{
			const GqlInputValueDef *other_arg = gql_names_get(&other->args, arg->name);
			const char *mine = rr_preset_text(arg->node);
			const char *theirs = other_arg ? rr_preset_text(other_arg->node) : NULL;

			if (mine != NULL || theirs != NULL)
				if (mine == NULL || theirs == NULL || strcmp(mine, theirs) != 0)
					gql_error(c->errors, "Argument \"%s\" of field \"%s.%s\" must have the same preset in interface \"%s\", through which the field can be asked for as well.",
							  arg->name, type->name, field->name, interface->name);
		}
	}
}

/* Presets as a whole. */
static void
check_preset_places(Check *c, GqlSchema *schema)
{
	gql_foreach(GqlType, type, &schema->types)
	{
		GqlType    *upstream = gql_schema_type(c->upstream, type->name);

		gql_foreach(GqlType, interface, &type->interfaces)
			check_interface_presets(c, schema, type, interface);
		if (type->kind == GQL_INPUT_OBJECT && upstream != NULL && upstream->one_of &&
			type->fields.n > 1)
			gql_foreach(GqlInputValueDef, field, &type->fields)
				if (rr_preset_text(field->node) != NULL)
				gql_error(c->errors, "Input field \"%s.%s\" cannot be preset beside others: its type takes exactly one field.", type->name, field->name);
	}
	gql_foreach(GqlDirectiveDef, directive, &schema->directives)
		gql_foreach(GqlInputValueDef, arg, &directive->args)
		if (rr_preset_text(arg->node) == NULL && rr_has_presets(schema, arg))
		gql_error(c->errors, "The type of argument \"%s\" of directive \"@%s\" can have no presets.", arg->name, directive->name);
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
		gql_error(c->errors, "%s has type \"%s\", but \"%s\" in the remote schema.", what,
				  mine.data, theirs);
}

/*
 * Arguments, or the fields of an input object. owner is what messages say they
 * belong to.
 */
static void
check_inputs(Check *c, const char *kind, const char *owner, List *here, const GqlNames *there)
{
	ListCell   *lc;

	foreach(lc, here)
	{
		const GqlInputValueNode *input = lfirst(lc);
		GqlInputValueDef *upstream = gql_names_get(there, input->name.value);

		if (upstream == NULL)
			gql_error(c->errors, "%s has no %s \"%s\" in the remote schema.%s", owner, kind,
					  input->name.value,
					  gql_did_you_mean(NULL, input->name.value, names_of(there)));
		else
			check_type_of(c, psprintf("%s: %s \"%s\"", owner, kind, input->name.value),
						  input->type, upstream->type);
	}
}

/* Only optional ones may be left out. */
static void
check_required(Check *c, const char *kind, const char *owner, List *here, const GqlNames *there,
			   bool can_be_preset)
{
	ListCell   *lc;

	gql_foreach(GqlInputValueDef, upstream, there)
	{
		bool		given = upstream->type->kind != GQL_TYPE_NON_NULL ||
		upstream->default_value != NULL;

		foreach(lc, here)
			given |= strcmp(((const GqlInputValueNode *) lfirst(lc))->name.value,
							upstream->name) == 0;
		if (!given)
			gql_error(c->errors, "%s: %s \"%s\" of type \"%s\" is required and must not be left out%s.", owner, kind, upstream->name,
					  gql_type_to_string(upstream->type), can_be_preset ? "; a preset can give it"
					  : "");
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
		check_required(c, "argument", name, field->arguments, &upstream->args, true);
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
			gql_error(c->errors, "Union \"%s\" has no member \"%s\" in the remote schema.%s",
					  there->name, member->name,
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
			gql_error(c->errors, "Enum \"%s\" has no value \"%s\" in the remote schema.%s",
					  there->name, value->name.value,
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
		gql_error(c->errors, "Type \"%s\" is of kind %s, but %s in the remote schema.",
				  there->name, gql_type_kind_name(here->kind),
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
				check_required(c, "field", label, all_fields(document, there->name),
							   gql_type_fields(c->upstream, there), true);
			break;
	}
}

/*
 * The root type's name as the document says it, or as it is where it says
 * nothing; NULL if there is none.
 */
static const char *
root_name(const GqlDocument *document, GqlOperationType operation, const char *default_name)
{
	bool		has_schema = false;
	bool		has_type = false;
	ListCell   *lc;
	ListCell   *root;

	foreach(lc, document->definitions)
	{
		const GqlDefinition *definition = lfirst(lc);

		if (definition->kind == GQL_DEF_TYPE)
			has_type |= strcmp(((const GqlTypeDefNode *) definition)->name.value,
							   default_name) == 0;
		if (definition->kind != GQL_DEF_SCHEMA)
			continue;
		has_schema |= !((const GqlSchemaNode *) definition)->extend;
		foreach(root, ((const GqlSchemaNode *) definition)->root_types)
			if (((const GqlRootTypeNode *) lfirst(root))->operation == operation)
			return ((const GqlRootTypeNode *) lfirst(root))->type->name;
	}
	return has_type && !has_schema ? default_name : NULL;
}

static void
check_roots(Check *c, const GqlDocument *document)
{
	static const char *const operations[] =
	{[GQL_QUERY] = "query",[GQL_MUTATION] = "mutation",[GQL_SUBSCRIPTION] = "subscription"};
	static const char *const default_names[] =
	{[GQL_QUERY] = "Query",[GQL_MUTATION] = "Mutation",[GQL_SUBSCRIPTION] = "Subscription"};

	for (int operation = GQL_QUERY; operation <= GQL_SUBSCRIPTION; operation++)
	{
		const char *name = root_name(document, operation, default_names[operation]);
		GqlType    *there = gql_schema_root(c->upstream, operation);

		if (name == NULL)
			continue;
		if (there == NULL)
			gql_error(c->errors, "The %s type is \"%s\", but the remote schema has none.",
					  operations[operation], name);
		else if (strcmp(name, there->name) != 0)
			gql_error(c->errors, "The %s type is \"%s\", but \"%s\" in the remote schema.",
					  operations[operation], name, there->name);
	}
}

static void
check_directive_definition(Check *c, const GqlDirectiveDefNode *here)
{
	GqlDirectiveDef *there = gql_names_get(&c->upstream->directives, here->name.value);
	char	   *name = psprintf("Directive \"@%s\"", here->name.value);
	ListCell   *lc;

	foreach(lc, here->arguments)
	{
		const GqlInputValueNode *arg = lfirst(lc);

		check_directives(c, arg->directives, NULL,
						 psprintf("argument \"%s\" of directive \"@%s\"", arg->name.value,
								  here->name.value));
	}
	if (there == NULL)
	{
		gql_error(c->errors, "%s does not exist in the remote schema.%s", name,
				  gql_did_you_mean(NULL, here->name.value, names_of(&c->upstream->directives)));
		return;
	}
	check_inputs(c, "argument", name, here->arguments, &there->args);
	check_required(c, "argument", name, here->arguments, &there->args, false);
	if (here->repeatable && !there->repeatable)
		gql_error(c->errors, "%s may not be repeated in the remote schema.", name);
	foreach(lc, here->locations)
	{
		const GqlName *location = lfirst(lc);
		bool		found = false;
		ListCell   *other;

		foreach(other, there->location_list)
			found |= strcmp(gql_directive_location_name(lfirst_int(other)), location->value) == 0;
		if (!found)
			gql_error(c->errors, "%s may not stand on %s in the remote schema.", name,
					  location->value);
	}
}

static void
check_definition(Check *c, const GqlDocument *document, const GqlDefinition *definition)
{
	switch (definition->kind)
	{
		case GQL_DEF_TYPE:
			check_type(c, document, (const GqlTypeDefNode *) definition);
			check_type_directives(c, (const GqlTypeDefNode *) definition);
			break;
		case GQL_DEF_SCHEMA:
			check_directives(c, ((const GqlSchemaNode *) definition)->directives, NULL,
							 "the schema");
			break;
		case GQL_DEF_DIRECTIVE:
			check_directive_definition(c, (const GqlDirectiveDefNode *) definition);
			break;
		case GQL_DEF_OPERATION:
		case GQL_DEF_FRAGMENT:
			gql_error_at(c->errors, c->source, definition->loc,
						 "A permission consists of type definitions; there is no place for operations and fragments.");
			break;
	}
}

/* ---- the rules of every schema ---- */

/* Names that fields, arguments and input fields mention. */
static void
add_mentioned(GqlNames *mentioned, const List *inputs_or_fields, bool are_fields)
{
	ListCell   *lc;

	foreach(lc, inputs_or_fields)
	{
		GqlTypeNode *type = are_fields ? ((GqlFieldNode *) lfirst(lc))->type
		: ((GqlInputValueNode *) lfirst(lc))->type;
		GqlName    *name = palloc0(sizeof(GqlName));

		while (type->kind != GQL_TYPE_NAMED)
			type = type->of;
		name->value = type->name;
		gql_names_add(mentioned, name);
		if (are_fields)
			add_mentioned(mentioned, ((GqlFieldNode *) lfirst(lc))->arguments, false);
	}
}

/*
 * With a definition for each of them that the document lacks, so that the rest
 * can be looked at.
 */
static void
define_mentioned(Check *c, GqlDocument *document)
{
	static const char *const bodies[] = {
		[GQL_SCALAR] = "scalar %s",[GQL_OBJECT] = "type %s { a: Int }",[GQL_INTERFACE] =
		"interface %s { a: Int }",[GQL_UNION] = "scalar %s",
		[GQL_ENUM] = "enum %s { A }",[GQL_INPUT_OBJECT] = "input %s { a: Int }"
	};
	GqlNames	mentioned;
	GqlNames	defined;
	ListCell   *lc;

	gql_names_init(&mentioned, CurrentMemoryContext);
	gql_names_init(&defined, CurrentMemoryContext);
	foreach(lc, document->definitions)
	{
		GqlTypeDefNode *type = lfirst(lc);

		if (type->def.kind != GQL_DEF_TYPE)
			continue;
		gql_names_add(&defined, &type->name);
		add_mentioned(&mentioned, type->fields, type->kind != GQL_INPUT_OBJECT);
	}
	gql_foreach(GqlName, name, &mentioned)
	{
		GqlType    *upstream = gql_schema_type(c->upstream, name->value);
		char	   *text = psprintf(bodies[upstream ? upstream->kind : GQL_SCALAR], name->value);

		if (gql_names_get(&defined, name->value) == NULL && !(upstream && upstream->builtin))
			document->definitions = list_concat(document->definitions,
												gql_parse(text, strlen(text), NULL,
														  c->errors)->definitions);
	}
}

/* Those that file nothing new are dropped. */
static void
add_errors(Check *c, const GqlErrorList *more)
{
	ListCell   *lc;
	ListCell   *lc2;

	foreach(lc, more->items)
	{
		bool		known = false;

		foreach(lc2, c->errors->items)
			known |= strcmp(((GqlError *) lfirst(lc2))->message,
							((GqlError *) lfirst(lc))->message) == 0;
		if (!known)
			c->errors->items = lappend(c->errors->items, lfirst(lc));
	}
}

/*
 * The role's schema. When it breaks rules, everything that is wrong is told,
 * and *broken is what can be had of it, or NULL.
 */
static GqlSchema *
build_schema(Check *c, GqlSchema **broken)
{
	GqlSchema  *schema = rr_permission_build(rr_permission_parse(c->source, c->upstream,
																 c->errors), c->upstream,
											 c->errors);
	GqlErrorList *more = gql_errors_create(0, NULL);
	GqlDocument *document;

	*broken = NULL;
	if (schema != NULL)
		return schema;
	document = rr_permission_parse(c->source, c->upstream, more);
	define_mentioned(c, document);
	*broken = rr_permission_build_broken(document, more);
	add_errors(c, more);
	return NULL;
}

void
rr_check_permission(GqlSchema *upstream, const char *sdl, GqlErrorList *errors)
{
	Check		c = {.upstream = upstream, .types = upstream, .source = sdl, .errors = errors};
	GqlDocument *document = rr_permission_parse(sdl, upstream, errors);
	GqlSchema  *schema;
	GqlSchema  *broken;
	ListCell   *lc;

	if (document == NULL)
		return;
	schema = build_schema(&c, &broken);
	if (schema != NULL)
		c.types = schema;
	check_roots(&c, document);
	foreach(lc, document->definitions)
		check_definition(&c, document, lfirst(lc));
	if (schema != NULL || broken != NULL)
		check_preset_places(&c, schema ? schema : broken);
}
