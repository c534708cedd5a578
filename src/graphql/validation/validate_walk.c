/*
 * validate_walk.c: walk over a document with type information, and call the
 * rules. Nodes come in graphql-js' order.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "graphql/validation/validate.h"

static void walk_selection_set(GqlWalk *w, const GqlSelectionSet *set, bool inline_fragment);

static inline void
call(GqlWalk *w, GqlWalkEvent event, const void *node)
{
	const GqlRuleFn *rule = w->handlers[event];

	if (rule == NULL)
		return;
	for (; *rule != NULL; rule++)
	{
		if (!w->v->aborted)
			(*rule) (w, node);
	}
}

/* The named type, if it is composite; else NULL. */
static inline GqlType *
composite_of(const GqlTypeRef *ref)
{
	GqlType    *type = ref != NULL ? gql_named_type(ref) : NULL;

	return type != NULL && gql_is_composite(type) ? type : NULL;
}

/* ---- arguments, directives, types ---- */

static void
walk_arguments(GqlWalk *w, List *arguments, const GqlNames *defs, bool of_field)
{
	ListCell   *lc;

	foreach(lc, arguments)
	{
		const GqlArgument *argument = lfirst(lc);

		if (!gql_spend(w->v, 1))
			break;
		w->argument_def = defs != NULL ? gql_names_get(defs, argument->name.value) : NULL;
		w->input_type = w->argument_def != NULL ? w->argument_def->type : NULL;
		if (of_field)
			call(w, GQL_AT_FIELD_ARGUMENT, argument);
		call(w, GQL_AT_VALUE, argument->value);
	}
	w->argument_def = NULL;
	w->input_type = NULL;
}

static void
walk_directives(GqlWalk *w, List *directives, GqlDirectiveLocation location)
{
	ListCell   *lc;

	foreach(lc, directives)
	{
		const GqlDirective *directive = lfirst(lc);
		const GqlNames *defs;

		if (!gql_spend(w->v, 1))
			break;
		w->location = location;
		w->directive_def = gql_names_get(&w->v->schema->directives, directive->name.value);

		/* as in graphql-js: if it is unknown, those of the field around it */
		if (w->directive_def != NULL)
			defs = &w->directive_def->args;
		else
			defs = w->field_def != NULL ? &w->field_def->args : NULL;
		call(w, GQL_AT_DIRECTIVE, directive);
		walk_arguments(w, directive->arguments, defs, false);
		call(w, GQL_AFTER_DIRECTIVE, directive);
		w->directive_def = NULL;
	}
}

static void
walk_type(GqlWalk *w, const GqlTypeNode *type)
{
	while (type->kind != GQL_TYPE_NAMED)
		type = type->of;
	call(w, GQL_AT_NAMED_TYPE, type);
}

static void
walk_types(GqlWalk *w, List *types)
{
	ListCell   *lc;

	foreach(lc, types)
		walk_type(w, lfirst(lc));
}

/* ---- executable definitions ---- */

static void
walk_field(GqlWalk *w, const GqlSelection *field)
{
	const GqlTypeRef *type = w->type;
	GqlFieldDef *field_def = w->field_def;
	GqlType    *field_parent = w->field_parent;

	w->field_parent = w->parent_type;
	w->field_def = NULL;
	if (w->parent_type != NULL)
		w->field_def = gql_type_field(w->v->schema, w->parent_type, field->name.value);
	w->type = w->field_def != NULL ? w->field_def->type : NULL;
	w->directives = field->directives;
	call(w, GQL_AT_FIELD, field);
	walk_arguments(w, field->arguments, w->field_def != NULL ? &w->field_def->args : NULL, true);
	walk_directives(w, field->directives, GQL_LOC_FIELD);
	if (field->selection_set != NULL)
		walk_selection_set(w, field->selection_set, false);
	call(w, GQL_AFTER_FIELD, field);

	w->type = type;
	w->field_def = field_def;
	w->field_parent = field_parent;
}

static void
walk_inline_fragment(GqlWalk *w, const GqlSelection *fragment)
{
	const GqlTypeRef *outer = w->type;

	if (fragment->type_condition != NULL)
	{
		GqlType    *type = gql_schema_type(w->v->schema, fragment->type_condition->name);

		w->type = type != NULL && type->kind != GQL_INPUT_OBJECT ? &type->ref : NULL;
	}
	else if (outer != NULL)
		w->type = &gql_named_type(outer)->ref;
	w->directives = fragment->directives;
	call(w, GQL_AT_INLINE_FRAGMENT, fragment);
	if (fragment->type_condition != NULL)
		walk_type(w, fragment->type_condition);
	walk_directives(w, fragment->directives, GQL_LOC_INLINE_FRAGMENT);
	walk_selection_set(w, fragment->selection_set, true);
	w->type = outer;
}

static void
walk_selection_set(GqlWalk *w, const GqlSelectionSet *set, bool inline_fragment)
{
	GqlType    *outer = w->parent_type;
	ListCell   *lc;

	check_stack_depth();
	w->parent_type = composite_of(w->type);
	if (!inline_fragment)
		call(w, GQL_AT_SELECTION_SET, set);
	foreach(lc, set->items)
	{
		const GqlSelection *selection = lfirst(lc);

		if (!gql_spend(w->v, 1))
			break;
		switch (selection->kind)
		{
			case GQL_FIELD:
				walk_field(w, selection);
				break;
			case GQL_INLINE_FRAGMENT:
				walk_inline_fragment(w, selection);
				break;
			case GQL_FRAGMENT_SPREAD:
				w->directives = selection->directives;
				call(w, GQL_AT_SPREAD, selection);
				walk_directives(w, selection->directives, GQL_LOC_FRAGMENT_SPREAD);
				break;
		}
	}
	w->parent_type = outer;
}

static void
walk_variable_def(GqlWalk *w, const GqlVariableDef *def)
{
	const GqlTypeRef *type = gql_resolve_type(w->v->schema, def->type);

	w->directives = def->directives;
	call(w, GQL_AT_VARIABLE_DEF, def);
	walk_type(w, def->type);
	if (def->default_value != NULL)
	{
		w->input_type = type != NULL && gql_is_input(gql_named_type(type)) ? type : NULL;
		call(w, GQL_AT_VALUE, def->default_value);
		w->input_type = NULL;
	}
	walk_directives(w, def->directives, GQL_LOC_VARIABLE_DEFINITION);
}

static void
walk_operation(GqlWalk *w, GqlDefInfo *def)
{
	static const GqlDirectiveLocation locations[] = {
		[GQL_QUERY] = GQL_LOC_QUERY,
		[GQL_MUTATION] = GQL_LOC_MUTATION,
		[GQL_SUBSCRIPTION] = GQL_LOC_SUBSCRIPTION
	};
	GqlOperation *operation = def->operation;
	GqlType    *root = gql_schema_root(w->v->schema, operation->type);
	ListCell   *lc;

	w->type = root != NULL ? &root->ref : NULL;
	w->directives = operation->directives;
	call(w, GQL_AT_OPERATION, def);
	/* the walk for usages of variables does not want their default values */
	if (w->handlers[GQL_AT_VARIABLE_DEF] != NULL)
	{
		foreach(lc, operation->variables)
			walk_variable_def(w, lfirst(lc));
	}
	walk_directives(w, operation->directives, locations[operation->type]);
	walk_selection_set(w, operation->selection_set, false);
	call(w, GQL_AFTER_OPERATION, def);
}

static void
walk_fragment(GqlWalk *w, GqlDefInfo *def)
{
	GqlFragment *fragment = def->fragment;
	GqlType    *type = gql_schema_type(w->v->schema, fragment->type_condition->name);

	w->type = type != NULL && type->kind != GQL_INPUT_OBJECT ? &type->ref : NULL;
	w->directives = fragment->directives;
	call(w, GQL_AT_FRAGMENT, def);
	walk_type(w, fragment->type_condition);
	walk_directives(w, fragment->directives, GQL_LOC_FRAGMENT_DEFINITION);
	walk_selection_set(w, fragment->selection_set, false);
}

void
gql_walk_definition(GqlWalk *w, GqlDefInfo *def)
{
	w->def = def;
	if (def->operation != NULL)
		walk_operation(w, def);
	else
		walk_fragment(w, def);
	w->def = NULL;
	w->type = NULL;
}

/*
 * ---- type system definitions ----
 *
 * "Executable Definitions" refuses them. As in graphql-js, other rules look at
 * them, too.
 */

static void
at_type_system_node(GqlWalk *w, const void *node, List *directives)
{
	GqlNames	seen = {0};
	GqlNames   *outer = w->seen_directives;

	w->directives = directives;
	w->seen_directives = &seen;
	call(w, GQL_AT_TYPE_SYSTEM_NODE, node);
	w->seen_directives = outer;
}

static void
walk_input_values(GqlWalk *w, List *nodes, GqlDirectiveLocation location)
{
	ListCell   *lc;

	foreach(lc, nodes)
	{
		const GqlInputValueNode *node = lfirst(lc);

		at_type_system_node(w, node, node->directives);
		walk_type(w, node->type);
		if (node->default_value != NULL)
			call(w, GQL_AT_VALUE, node->default_value);
		walk_directives(w, node->directives, location);
	}
}

static void
walk_field_definitions(GqlWalk *w, List *nodes)
{
	ListCell   *lc;

	foreach(lc, nodes)
	{
		const GqlFieldNode *node = lfirst(lc);

		at_type_system_node(w, node, node->directives);
		walk_input_values(w, node->arguments, GQL_LOC_ARGUMENT_DEFINITION);
		walk_type(w, node->type);
		walk_directives(w, node->directives, GQL_LOC_FIELD_DEFINITION);
	}
}

static void
walk_type_definition(GqlWalk *w, const GqlTypeDefNode *node)
{
	static const GqlDirectiveLocation locations[] = {
#define X(kind) [GQL_##kind] = GQL_LOC_##kind,
		GQL_TYPE_DEF_KINDS(X)
#undef X
	};
	ListCell   *lc;

	walk_types(w, node->interfaces);
	walk_directives(w, node->directives, locations[node->kind]);
	if (node->kind == GQL_INPUT_OBJECT)
		walk_input_values(w, node->fields, GQL_LOC_INPUT_FIELD_DEFINITION);
	else
		walk_field_definitions(w, node->fields);
	walk_types(w, node->members);
	foreach(lc, node->values)
	{
		const GqlEnumValueNode *value = lfirst(lc);

		at_type_system_node(w, value, value->directives);
		walk_directives(w, value->directives, GQL_LOC_ENUM_VALUE);
	}
}

/*
 * A definition and its extensions are one location for directives; *seen has
 * those met at any of them.
 */
static void
at_type_system_definition(GqlWalk *w, const void *node, List *directives, GqlNames *seen)
{
	w->directives = directives;
	w->seen_directives = seen;
	call(w, GQL_AT_TYPE_SYSTEM_NODE, node);
	w->seen_directives = NULL;
}

/* Directives met at the definition and extensions of one name. */
typedef struct SeenDirectives
{
	const char *name;
	GqlNames	seen;			/* GqlDirective */
} SeenDirectives;

gql_starts_with_name(SeenDirectives, name);

static GqlNames *
seen_directives(GqlNames *names, const char *name)
{
	return &((SeenDirectives *) gql_names_entry(names, name, sizeof(SeenDirectives)))->seen;
}

static void
walk_type_system_definition(GqlWalk *w, const GqlDefinition *definition)
{
	GqlValidation *v = w->v;
	ListCell   *lc;

	w->in_type_system = true;
	if (definition->kind == GQL_DEF_SCHEMA)
	{
		const GqlSchemaNode *node = (const GqlSchemaNode *) definition;

		at_type_system_definition(w, node, node->directives, &v->seen_schema_directives);
		walk_directives(w, node->directives, GQL_LOC_SCHEMA);
		foreach(lc, node->root_types)
			walk_type(w, ((GqlRootTypeNode *) lfirst(lc))->type);
	}
	else if (definition->kind == GQL_DEF_TYPE)
	{
		const GqlTypeDefNode *node = (const GqlTypeDefNode *) definition;

		at_type_system_definition(w, node, node->directives,
								  seen_directives(&v->seen_type_directives, node->name.value));
		walk_type_definition(w, node);
	}
	else
	{
		const GqlDirectiveDefNode *node = (const GqlDirectiveDefNode *) definition;

		at_type_system_definition(w, node, node->directives,
								  seen_directives(&v->seen_directive_directives, node->name.value));
		walk_input_values(w, node->arguments, GQL_LOC_ARGUMENT_DEFINITION);
		walk_directives(w, node->directives, GQL_LOC_DIRECTIVE_DEFINITION);
	}
	w->in_type_system = false;
}

void
gql_walk_document(GqlWalk *w)
{
	GqlDefInfo *next = w->v->defs;
	ListCell   *lc;

	call(w, GQL_AT_DOCUMENT, w->v->document);
	foreach(lc, w->v->document->definitions)
	{
		const GqlDefinition *definition = lfirst(lc);

		if (!gql_spend(w->v, 1))
			return;
		if (definition->kind == GQL_DEF_OPERATION || definition->kind == GQL_DEF_FRAGMENT)
			gql_walk_definition(w, next++);
		else
			walk_type_system_definition(w, definition);
	}
	call(w, GQL_AFTER_DOCUMENT, w->v->document);
}
