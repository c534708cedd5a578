/*
 * permission.c: make the schema through which a role sees the upstream, from
 * the SDL of its permission.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "schema/permission/permission_int.h"

/*
 * The scalar that documents from Hasura's console define for the value of
 * @preset. It stands for any literal, so it is not a type of the upstream.
 */
#define PRESET_VALUE "PresetValue"

static const char preset_definition[] =
"directive @" RR_PRESET "(value: String, static: Boolean) repeatable on SCHEMA | SCALAR | OBJECT | FIELD_DEFINITION | ARGUMENT_DEFINITION"
" | INTERFACE | UNION | ENUM | ENUM_VALUE | INPUT_OBJECT | INPUT_FIELD_DEFINITION";

/* ---- directives that the document may have ---- */

static void
add_used(GqlNames *known, const List *directives)
{
	ListCell   *lc;

	foreach(lc, directives)
		gql_names_add(known, lfirst(lc));
}

static void
add_used_by_inputs(GqlNames *known, const List *inputs)
{
	ListCell   *lc;

	foreach(lc, inputs)
		add_used(known, ((const GqlInputValueNode *) lfirst(lc))->directives);
}

/*
 * Some upstreams use directives that they do not define (federation, AppSync).
 * A permission may copy these parts as they are.
 */
static void
add_used_by_type(GqlNames *known, const GqlTypeDefNode *type)
{
	ListCell   *lc;

	add_used(known, type->directives);
	foreach(lc, type->values)
		add_used(known, ((const GqlEnumValueNode *) lfirst(lc))->directives);
	if (type->kind == GQL_INPUT_OBJECT)
	{
		add_used_by_inputs(known, type->fields);
		return;
	}
	foreach(lc, type->fields)
	{
		const GqlFieldNode *field = lfirst(lc);

		add_used(known, field->directives);
		add_used_by_inputs(known, field->arguments);
	}
}

/* Collect the names of the directives that the upstream defines or uses. */
static GqlNames *
known_directives(GqlSchema *upstream)
{
	GqlNames   *known = palloc(sizeof(GqlNames));
	ListCell   *lc;

	gql_names_init(known, CurrentMemoryContext);
	gql_foreach(GqlDirectiveDef, directive, &upstream->directives)
		gql_names_add(known, directive);
	gql_foreach(GqlType, type, &upstream->types)
		foreach(lc, type->nodes)
		add_used_by_type(known, lfirst(lc));
	foreach(lc, upstream->nodes)
		add_used(known, ((const GqlSchemaNode *) lfirst(lc))->directives);
	return known;
}

/* ---- the document, reduced ---- */

/* known NULL: all of them. */
static List *
reduced_directives(const GqlNames *known, const List *directives)
{
	List	   *left = NIL;
	ListCell   *lc;

	foreach(lc, directives)
	{
		GqlDirective *directive = lfirst(lc);

		if (strcmp(directive->name.value, RR_PRESET) == 0 ||
			(known != NULL && gql_names_get(known, directive->name.value) == NULL))
			left = lappend(left, directive);
	}
	return left;
}

static void
reduce_inputs(const GqlNames *known, const List *inputs)
{
	ListCell   *lc;

	foreach(lc, inputs)
	{
		GqlInputValueNode *input = lfirst(lc);

		input->default_value = NULL;
		input->directives = reduced_directives(known, input->directives);
	}
}

static void
reduce_type(const GqlNames *known, GqlTypeDefNode *type)
{
	ListCell   *lc;

	type->directives = reduced_directives(known, type->directives);
	foreach(lc, type->values)
	{
		GqlEnumValueNode *value = lfirst(lc);

		value->directives = reduced_directives(known, value->directives);
	}
	if (type->kind == GQL_INPUT_OBJECT)
	{
		reduce_inputs(known, type->fields);
		return;
	}
	foreach(lc, type->fields)
	{
		GqlFieldNode *field = lfirst(lc);

		field->directives = reduced_directives(known, field->directives);
		reduce_inputs(known, field->arguments);
	}
}

/*
 * Does the document define what every permission has: @preset and the type of
 * its value?
 */
static bool
defines_presets(GqlSchema *upstream, const GqlDefinition *definition)
{
	if (definition->kind == GQL_DEF_DIRECTIVE)
		return strcmp(((const GqlDirectiveDefNode *) definition)->name.value, RR_PRESET) == 0;
	if (definition->kind != GQL_DEF_TYPE)
		return false;
	return ((const GqlTypeDefNode *) definition)->kind == GQL_SCALAR &&
		strcmp(((const GqlTypeDefNode *) definition)->name.value, PRESET_VALUE) == 0 &&
		(upstream == NULL || gql_schema_type(upstream, PRESET_VALUE) == NULL);
}

static void
reduce_definition(const GqlNames *known, GqlDefinition *definition)
{
	switch (definition->kind)
	{
		case GQL_DEF_TYPE:
			reduce_type(known, (GqlTypeDefNode *) definition);
			break;
		case GQL_DEF_SCHEMA:
			{
				GqlSchemaNode *node = (GqlSchemaNode *) definition;

				node->directives = reduced_directives(known, node->directives);
			}
			break;
		case GQL_DEF_DIRECTIVE:
			((GqlDirectiveDefNode *) definition)->directives =
				reduced_directives(known, ((GqlDirectiveDefNode *) definition)->directives);
			reduce_inputs(known, ((GqlDirectiveDefNode *) definition)->arguments);
			break;
		case GQL_DEF_OPERATION:
		case GQL_DEF_FRAGMENT:
			break;
	}
}

GqlDocument *
rr_permission_parse(const char *sdl, GqlSchema *upstream, GqlErrorList *errors)
{
	GqlLimits	limits = {0};
	GqlDocument *document = gql_parse(sdl, strlen(sdl), &limits, errors);
	const GqlNames *known = upstream ? known_directives(upstream) : NULL;
	List	   *definitions = NIL;
	ListCell   *lc;

	if (document == NULL)
		return NULL;
	foreach(lc, document->definitions)
	{
		if (defines_presets(upstream, lfirst(lc)))
			continue;
		reduce_definition(known, lfirst(lc));
		definitions = lappend(definitions, lfirst(lc));
	}
	document->definitions = definitions;
	return document;
}

static GqlSchema *
build(const GqlDocument *document, bool lenient, GqlErrorList *errors, GqlErrorList *warnings)
{
	GqlLimits	limits = {0};
	GqlDocument *with_preset = palloc(sizeof(GqlDocument));
	GqlDocument *preset = gql_parse(preset_definition, strlen(preset_definition), &limits, errors);

	*with_preset = *document;
	with_preset->query_optional = true;
	with_preset->definitions = list_concat_copy(document->definitions, preset->definitions);
	return gql_schema_from_document(with_preset, lenient, errors, warnings);
}

/* ---- default values ---- */

/*
 * Arguments and input fields of a permission's schema beside the upstream's.
 */
typedef void (*VisitInput) (GqlSchema *schema, GqlInputValueDef *input,
							const GqlInputValueDef *upstream);

static void
visit_inputs(GqlSchema *schema, const GqlNames *inputs, const GqlNames *upstream, VisitInput visit)
{
	gql_foreach(GqlInputValueDef, input, inputs)
	{
		const GqlInputValueDef *other = gql_names_get(upstream, input->name);

		if (other != NULL)
			visit(schema, input, other);
	}
}

static void
visit_all_inputs(GqlSchema *schema, GqlSchema *upstream, VisitInput visit)
{
	gql_foreach(GqlType, type, &schema->types)
	{
		GqlType    *other = type->builtin ? NULL : gql_schema_type(upstream, type->name);

		if (other == NULL || other->kind != type->kind)
			continue;
		if (type->kind == GQL_INPUT_OBJECT)
			visit_inputs(schema, &type->fields, &other->fields, visit);
		else if (type->kind == GQL_OBJECT || type->kind == GQL_INTERFACE)
			gql_foreach(GqlFieldDef, field, &type->fields)
		{
			const GqlFieldDef *other_field = gql_names_get(&other->fields, field->name);

			if (other_field != NULL)
				visit_inputs(schema, &field->args, &other_field->args, visit);
		}
	}
	gql_foreach(GqlDirectiveDef, directive, &schema->directives)
	{
		const GqlDirectiveDef *other = gql_names_get(&upstream->directives, directive->name);

		if (other != NULL && !directive->builtin)
			visit_inputs(schema, &directive->args, &other->args, visit);
	}
}

static void
adopt_default(GqlSchema *schema pg_attribute_unused(), GqlInputValueDef *input,
			  const GqlInputValueDef *upstream)
{
	input->default_value = upstream->default_value;
}

/* Does the value give something that is preset, or a part of it? */
static bool
gives_preset(GqlSchema *schema, const GqlValue *value, GqlType *type)
{
	ListCell   *lc;

	check_stack_depth();
	if (type->kind != GQL_INPUT_OBJECT)
		return false;
	foreach(lc, value->items)
	{
		const GqlObjectField *member = lfirst(lc);
		GqlInputValueDef *field;

		if (value->kind == GQL_VALUE_LIST)
		{
			if (gives_preset(schema, lfirst(lc), type))
				return true;
			continue;
		}
		field = gql_type_input(schema, type, member->name.value);
		if (rr_preset_text(field->node) != NULL || gives_preset(schema, member->value,
																gql_named_type(field->type)))
			return true;
	}
	return false;
}

/*
 * Write the upstream's default value into the document, if the role can see
 * all of it. Else make the type nullable, so that the argument stays optional.
 * The upstream refuses an explicit null.
 */
static void
settle_default(GqlSchema *schema, GqlInputValueDef *input, const GqlInputValueDef *upstream)
{
	GqlInputValueNode *node = unconstify(GqlInputValueNode *, input->node);
	StringInfoData text;
	MemoryContext old;

	if (upstream->default_value == NULL)
		return;
	if (gql_coerce_value(schema, upstream->default_value, input->type, false, "",
						 gql_errors_create(1, NULL)) != NULL &&
		!gives_preset(schema, upstream->default_value, gql_named_type(input->type)))
	{
		old = MemoryContextSwitchTo(schema->data);
		initStringInfo(&text);
		gql_print_value(&text, upstream->default_value);
		node->default_value = gql_parse_value(text.data, text.len, gql_errors_create(1, NULL));
		MemoryContextSwitchTo(old);
	}
	else if (node->type->kind == GQL_TYPE_NON_NULL)
		node->type = node->type->of;
}

GqlSchema  *
rr_permission_build(GqlDocument *document, GqlSchema *upstream, GqlErrorList *errors)
{
	MemoryContext cxt = CurrentMemoryContext;
	MemoryContext scratch = AllocSetContextCreate(cxt, "remote_rel permission without defaults",
												  ALLOCSET_DEFAULT_SIZES);
	GqlSchema  *without;

	MemoryContextSwitchTo(scratch);
	without = upstream ? build(document, true, gql_errors_create(1, NULL), NULL) : NULL;
	if (without != NULL)
	{
		without->data = cxt;	/* where the document is */
		visit_all_inputs(without, upstream, adopt_default);
		visit_all_inputs(without, upstream, settle_default);
	}
	MemoryContextSwitchTo(cxt);
	MemoryContextDelete(scratch);
	return build(document, false, errors, NULL);
}

GqlSchema  *
rr_permission_build_broken(const GqlDocument *document, GqlErrorList *errors)
{
	GqlErrorList *warnings = gql_errors_create(0, NULL);
	GqlSchema  *schema = build(document, true, errors, warnings);

	errors->items = list_concat(errors->items, warnings->items);
	return schema;
}

/* ---- what the upstream's schema adds ---- */

/* The upstream's schema may be gone before the permission's. */
static const char *
copied(const char *text)
{
	return text ? pstrdup(text) : NULL;
}

static void
complete_input(GqlSchema *schema pg_attribute_unused(), GqlInputValueDef *input,
			   const GqlInputValueDef *upstream)
{
	if (input->description == NULL)
		input->description = copied(upstream->description);
	input->deprecation_reason = copied(upstream->deprecation_reason);
}

static void
complete_fields(GqlType *type, const GqlType *upstream)
{
	gql_foreach(GqlFieldDef, field, &type->fields)
	{
		const GqlFieldDef *other = gql_names_get(&upstream->fields, field->name);

		if (field->description == NULL)
			field->description = copied(other->description);
		field->deprecation_reason = copied(other->deprecation_reason);
	}
}

static void
complete_values(GqlType *type, const GqlType *upstream)
{
	gql_foreach(GqlEnumValueDef, value, &type->fields)
	{
		const GqlEnumValueDef *other = gql_names_get(&upstream->fields, value->name);

		if (value->description == NULL)
			value->description = copied(other->description);
		value->deprecation_reason = copied(other->deprecation_reason);
	}
}

static void
complete_type(GqlType *type, const GqlType *upstream)
{
	if (type->description == NULL)
		type->description = copied(upstream->description);
	type->specified_by_url = copied(upstream->specified_by_url);
	type->one_of = upstream->one_of;
	if (type->kind == GQL_OBJECT || type->kind == GQL_INTERFACE)
		complete_fields(type, upstream);
	else if (type->kind == GQL_ENUM)
		complete_values(type, upstream);
}

GqlSchema  *
rr_permission_schema(GqlSchema *upstream, const char *sdl)
{
	GqlErrorList *errors = gql_errors_create(1, NULL);
	GqlDocument *document = rr_permission_parse(sdl, upstream, errors);
	GqlSchema  *schema = document ? rr_permission_build(document, upstream, errors) : NULL;

	if (schema == NULL)
		elog(ERROR, "permission on a remote schema does not fit: %s",
			 ((GqlError *) linitial(errors->items))->message);
	gql_foreach(GqlType, type, &schema->types)
		if (!type->builtin)
		complete_type(type, gql_schema_type(upstream, type->name));
	gql_foreach(GqlDirectiveDef, directive, &schema->directives)
	{
		const GqlDirectiveDef *other = gql_names_get(&upstream->directives, directive->name);

		if (!directive->builtin && other != NULL && directive->description == NULL)
			directive->description = copied(other->description);
	}
	visit_all_inputs(schema, upstream, complete_input);
	return schema;
}
