/*
 * remote_filter.c: arguments of remote schemas that filter results by their
 * fields, as Hasura's "where" does: {field: {operator: value}}.
 *
 * Only operators of which it is sure that the remote schema finds at least
 * what we do: equality and null, of values that have one spelling each. Float
 * is rounded on its way, the order of strings is a collation's, and a custom
 * scalar may be compared as anything.
 */
#include "postgres.h"

#include "schema/remote/remote.h"

static bool
is_list_of(const GqlTypeRef *type, const GqlType *leaf)
{
	type = gql_nullable_type(type);
	if (type->kind != GQL_TYPE_LIST)
		return false;
	type = gql_nullable_type(type->of);
	return type->kind == GQL_TYPE_NAMED && type->type == leaf;
}

static bool
is_named(const GqlTypeRef *type, const GqlType *leaf)
{
	type = gql_nullable_type(type);
	return type->kind == GQL_TYPE_NAMED && type->type == leaf;
}

static bool
is_boolean(const GqlTypeRef *type)
{
	type = gql_nullable_type(type);
	return type->kind == GQL_TYPE_NAMED && type->type->builtin &&
		strcmp(type->type->name, "Boolean") == 0;
}

bool
rr_is_sure_operator(const GqlInputValueDef *operator, const GqlType *leaf)
{
	if (leaf->kind != GQL_ENUM &&
		!(leaf->kind == GQL_SCALAR && leaf->builtin && strcmp(leaf->name, "Float") != 0))
		return false;
	if (strcmp(operator->name, "_eq") == 0)
		return is_named(operator->type, leaf);
	if (strcmp(operator->name, "_in") == 0)
		return is_list_of(operator->type, leaf);
	return strcmp(operator->name, "_is_null") == 0 && is_boolean(operator->type);
}

static bool
has_sure_operator(GqlSchema *schema, const GqlTypeRef *comparison, const GqlTypeRef *field)
{
	comparison = gql_nullable_type(comparison);
	field = gql_nullable_type(field);
	if (comparison->kind != GQL_TYPE_NAMED || comparison->type->kind != GQL_INPUT_OBJECT ||
		field->kind != GQL_TYPE_NAMED)
		return false;
	gql_foreach(GqlInputValueDef, operator, gql_type_fields(schema, comparison->type))
	{
		if (rr_is_sure_operator(operator, field->type))
			return true;
	}
	return false;
}

bool
rr_can_filter(GqlSchema *schema, const GqlTypeRef *type, GqlType *object)
{
	type = gql_nullable_type(type);
	if (type->kind != GQL_TYPE_NAMED || type->type->kind != GQL_INPUT_OBJECT)
		return false;
	gql_foreach(GqlInputValueDef, input, gql_type_fields(schema, type->type))
	{
		const GqlFieldDef *field = gql_type_field(schema, object, input->name);

		if (field != NULL && has_sure_operator(schema, input->type, field->type))
			return true;
	}
	return false;
}
