/*
 * validate_operations.c: rules for definitions and operations (specification,
 * 5.1 and 5.2).
 */
#include "postgres.h"

#include "graphql/validation/validate.h"

static const char *
operation_type_name(GqlOperationType type)
{
	return type == GQL_QUERY ? "query" : type == GQL_MUTATION ? "mutation" : "subscription";
}

/* 5.1.1 */
void
gql_executable_definitions(GqlWalk *w, const void *node)
{
	const GqlDocument *document = node;
	ListCell   *lc;

	foreach(lc, document->definitions)
	{
		const GqlDefinition *definition = lfirst(lc);

		if (definition->kind == GQL_DEF_SCHEMA)
			gql_invalid(w->v, definition->loc, "The schema definition is not executable.");
		else if (definition->kind == GQL_DEF_TYPE)
			gql_invalid(w->v, definition->loc, "The \"%s\" definition is not executable.",
						((const GqlTypeDefNode *) definition)->name.value);
		else if (definition->kind == GQL_DEF_DIRECTIVE)
			gql_invalid(w->v, definition->loc, "The \"%s\" definition is not executable.",
						((const GqlDirectiveDefNode *) definition)->name.value);
	}
}

/* 5.2.1.1 */
void
gql_known_operation_types(GqlWalk *w, const void *node)
{
	const GqlOperation *operation = ((const GqlDefInfo *) node)->operation;

	if (gql_schema_root(w->v->schema, operation->type) == NULL)
		gql_invalid(w->v, operation->def.loc, "The %s operation is not supported by the schema.",
					operation_type_name(operation->type));
}

/* 5.2.2.1 */
void
gql_unique_operation_names(GqlWalk *w, const void *node)
{
	GqlOperation *operation = ((const GqlDefInfo *) node)->operation;
	const GqlName *known;
	GqlError   *error;

	if (operation->name.value == NULL || gql_names_add(&w->v->operation_names, &operation->name))
		return;
	known = gql_names_get(&w->v->operation_names, operation->name.value);
	error = gql_invalid(w->v, known->loc, "There can be only one operation named \"%s\".",
						known->value);
	gql_invalid_also(w->v, error, operation->name.loc);
}

/* 5.2.3.1 */
void
gql_lone_anonymous_operation(GqlWalk *w, const void *node)
{
	const GqlOperation *operation = ((const GqlDefInfo *) node)->operation;

	if (operation->name.value == NULL && w->v->noperations > 1)
		gql_invalid(w->v, operation->def.loc,
					"This anonymous operation must be the only defined operation.");
}

/*
 * ---- 5.2.4.1 Single Root Field ----
 *
 * Variables must not decide which root field a subscription has, so @skip and
 * @include are not allowed there.
 */

/* How messages name a subscription. */
static const char *
subscription_label(const GqlOperation *operation)
{
	return operation->name.value != NULL ? psprintf("Subscription \"%s\"", operation->name.value)
		: "Anonymous Subscription";
}

static void
locate_selections(GqlValidation *v, GqlError *error, List *selections)
{
	ListCell   *lc;

	foreach(lc, selections)
		gql_invalid_also(v, error, ((GqlSelection *) lfirst(lc))->loc);
}

static void
check_root_fields(GqlValidation *v, const GqlOperation *operation, List *fields)
{
	const char *label = subscription_label(operation);
	ListCell   *lc;

	if (fields == NIL)
		gql_invalid(v, operation->selection_set->loc, "%s must select one top level field.", label);
	else if (list_length(fields) > 1)
	{
		GqlError   *error = gql_invalid(v, -1, "%s must select only one top level field.", label);

		for (int i = 1; i < list_length(fields); i++)
			locate_selections(v, error, ((GqlFieldSel *) list_nth(fields, i))->nodes);
	}
	foreach(lc, fields)
	{
		const GqlFieldSel *field = lfirst(lc);
		const GqlSelection *first = linitial(field->nodes);
		GqlError   *error;

		if (strncmp(first->name.value, "__", 2) != 0)
			continue;
		error = gql_invalid(v, -1, "%s must not select an introspection top level field.", label);
		locate_selections(v, error, field->nodes);
	}
}

void
gql_single_field_subscriptions(GqlWalk *w, const void *node)
{
	GqlValidation *v = w->v;
	const GqlOperation *operation = ((const GqlDefInfo *) node)->operation;
	GqlRequest	request = {0};
	List	   *conditional = NIL;
	List	   *fields;

	if (operation->type != GQL_SUBSCRIPTION || v->schema->subscription == NULL)
		return;
	request.schema = v->schema;
	request.document = v->document;
	request.fragments = v->fragments;
	fields = gql_collect_unconditional_fields(&request, v->schema->subscription,
											  operation->selection_set, &conditional);
	if (conditional == NIL)
		check_root_fields(v, operation, fields);
	else
	{
		GqlError   *error = gql_invalid(v, -1,
										"%s must not use `@skip` or `@include` directives in the top level selection.",
										subscription_label(operation));
		ListCell   *lc;

		foreach(lc, conditional)
			gql_invalid_also(v, error, ((GqlDirective *) lfirst(lc))->loc);
	}
}
