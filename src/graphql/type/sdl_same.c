/*
 * sdl_same.c: compare two parts of a type system document.
 */
#include "postgres.h"

#include "graphql/type/coerce.h"
#include "graphql/type/schema_int.h"

bool
gql_same_type_node(const GqlTypeNode *a, const GqlTypeNode *b)
{
	for (; a->kind != GQL_TYPE_NAMED; a = a->of, b = b->of)
	{
		if (a->kind != b->kind)
			return false;
	}
	return b->kind == GQL_TYPE_NAMED && strcmp(a->name, b->name) == 0;
}

bool
gql_same_input(const GqlInputValueNode *a, const GqlInputValueNode *b)
{
	if (strcmp(a->name.value, b->name.value) != 0 || !gql_same_type_node(a->type, b->type))
		return false;
	if (a->default_value == NULL || b->default_value == NULL)
		return a->default_value == b->default_value;
	return gql_same_literal(a->default_value, b->default_value);
}

static bool
same_inputs(const List *a, const List *b)
{
	ListCell   *lc,
			   *lc2;

	if (list_length(a) != list_length(b))
		return false;
	forboth(lc, a, lc2, b)
	{
		if (!gql_same_input(lfirst(lc), lfirst(lc2)))
			return false;
	}
	return true;
}

bool
gql_same_field(const GqlFieldNode *a, const GqlFieldNode *b)
{
	return strcmp(a->name.value, b->name.value) == 0 && gql_same_type_node(a->type, b->type) &&
		same_inputs(a->arguments, b->arguments);
}

static bool
same_names(const List *a, const List *b)
{
	ListCell   *lc,
			   *lc2;

	if (list_length(a) != list_length(b))
		return false;
	forboth(lc, a, lc2, b)
	{
		if (strcmp(((const GqlName *) lfirst(lc))->value,
				   ((const GqlName *) lfirst(lc2))->value) != 0)
			return false;
	}
	return true;
}

static bool
same_type_nodes(const List *a, const List *b)
{
	ListCell   *lc,
			   *lc2;

	if (list_length(a) != list_length(b))
		return false;
	forboth(lc, a, lc2, b)
	{
		if (!gql_same_type_node(lfirst(lc), lfirst(lc2)))
			return false;
	}
	return true;
}

bool
gql_same_definition(const GqlTypeDefNode *a, const GqlTypeDefNode *b)
{
	ListCell   *lc,
			   *lc2;

	if (a->kind != b->kind || !same_type_nodes(a->interfaces, b->interfaces) ||
		!same_type_nodes(a->members, b->members) ||
		!same_names(a->values, b->values) || list_length(a->fields) != list_length(b->fields))
		return false;
	if (a->kind == GQL_INPUT_OBJECT)
		return same_inputs(a->fields, b->fields);
	forboth(lc, a->fields, lc2, b->fields)
	{
		if (!gql_same_field(lfirst(lc), lfirst(lc2)))
			return false;
	}
	return true;
}

bool
gql_same_directive(const GqlDirectiveDefNode *a, const GqlDirectiveDefNode *b)
{
	return same_inputs(a->arguments, b->arguments) && same_names(a->locations, b->locations) &&
		a->repeatable == b->repeatable;
}
