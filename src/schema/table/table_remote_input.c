/*
 * table_remote_input.c: where and order_by by remote relationships: their
 * input types.
 *
 * Profile_remote_rel_bool_exp has the fields of the remote type Profile that
 * need no arguments. Their values are compared by Int_comparison_exp and the
 * like; enums, ID and the remote schemas' own scalars have comparisons of
 * their own. Interfaces and unions are left out. The names keep our types
 * apart from those of remote schemas; rr_own_type() helps out where they do
 * not. plan/sql/sql_remote.c compiles them.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "schema/remote/remote.h"
#include "schema/table/table_int.h"

/* GqlType.data of the types made here. */
typedef struct RemoteInput
{
	RrTableType base;			/* of no table; first */
	GqlType    *of;				/* the remote type */
} RemoteInput;

/* ---- which fields ---- */

static bool
takes_no_argument(const GqlFieldDef *field)
{
	gql_foreach(GqlInputValueDef, arg, &field->args)
	{
		if (arg->type->kind == GQL_TYPE_NON_NULL && arg->default_value == NULL)
			return false;
	}
	return true;
}

/* Can conditions be made about the values of a field? */
static bool
is_comparable(const GqlFieldDef *field)
{
	const GqlType *type = gql_named_type(field->type);

	return (gql_is_leaf(type) || type->kind == GQL_OBJECT) && takes_no_argument(field);
}

static bool
is_list(const GqlTypeRef *type)
{
	return gql_nullable_type(type)->kind == GQL_TYPE_LIST;
}

/* Is a field of a remote type its own, and no join from there? */
static bool
is_own_field(const GqlFieldDef *field)
{
	return ((const RrField *) field->data)->kind == RR_FIELD_REMOTE;
}

/* Has a type something to sort by, without going through further objects? */
static bool
is_sortable(RrRoleSchema *rs, GqlType *type)
{
	if (gql_is_leaf(type))
		return true;
	gql_foreach(GqlFieldDef, field, gql_type_fields(rs->schema, type))
	{
		if (is_own_field(field) && is_comparable(field) && !is_list(field->type) &&
			gql_is_leaf(gql_named_type(field->type)))
			return true;
	}
	return false;
}

/* ---- types ---- */

/* The input type of a remote type with this suffix, to be completed later. */
static GqlType *
remote_input_type(RrRoleSchema *rs, GqlType *of, const char *suffix,
				  void (*complete) (GqlSchema *schema, GqlType *type))
{
	const char *name = psprintf("%s_remote_rel%s", of->name, suffix);
	bool		made;
	GqlType    *type = rr_own_type(rs, GQL_INPUT_OBJECT, rr_type_name_in(rs->tables->db, name), of,
								   &made);

	if (made)
	{
		RemoteInput *input = MemoryContextAllocZero(rs->cxt, sizeof(RemoteInput));

		input->base.kind = RR_NTABLE_TYPES;
		input->of = of;
		type->data = input;
		type->complete = complete;
	}
	return type;
}

static void
add_operator(RrRoleSchema *rs, GqlType *type, const char *name, const GqlTypeRef *value)
{
	GqlInputValueDef *input = gql_type_add_input(rs->schema, type,
												 rr_field_name_in(rs->tables->db, name), value);

	input->data = unconstify(RrOperator *, rr_find_operator(name));
}

/* Enums have no order. */
static void
complete_comparison(GqlSchema *schema, GqlType *type)
{
	static const char *const orders[] = {"_gt", "_gte", "_lt", "_lte"};
	RrRoleSchema *rs = schema->data;
	GqlType    *of = ((RemoteInput *) type->data)->of;
	const GqlTypeRef *list = gql_list_of(schema, gql_non_null(schema, &of->ref));

	add_operator(rs, type, "_eq", &of->ref);
	if (of->kind != GQL_ENUM)
	{
		for (int i = 0; i < (int) lengthof(orders); i++)
			add_operator(rs, type, orders[i], &of->ref);
	}
	add_operator(rs, type, "_in", list);
	add_operator(rs, type, "_is_null", rr_scalar_ref(rs, rr_scalar(rs->tables->db, BOOLOID)));
	add_operator(rs, type, "_neq", &of->ref);
	add_operator(rs, type, "_nin", list);
}

/* What values of a scalar or an enum are compared by. */
static GqlType *
comparison_type(RrRoleSchema *rs, GqlType *leaf)
{
	RrDatabase *db = rs->tables->db;

	if (leaf->builtin && strcmp(leaf->name, "Int") == 0)
		return rr_comparison_type(rs, rr_scalar(db, INT4OID));
	if (leaf->builtin && strcmp(leaf->name, "Float") == 0)
		return rr_comparison_type(rs, rr_scalar(db, FLOAT4OID));
	if (leaf->builtin && strcmp(leaf->name, "Boolean") == 0)
		return rr_comparison_type(rs, rr_scalar(db, BOOLOID));
	if (leaf->builtin && strcmp(leaf->name, "String") == 0)
		return rr_comparison_type(rs, rr_scalar(db, TEXTOID));
	return remote_input_type(rs, leaf, "_comparison_exp", complete_comparison);
}

static void complete_bool_exp(GqlSchema *schema, GqlType *type);

static GqlType *
condition_type(RrRoleSchema *rs, GqlType *type)
{
	return gql_is_leaf(type) ? comparison_type(rs, type)
		: remote_input_type(rs, type, "_bool_exp", complete_bool_exp);
}

static void
complete_bool_exp(GqlSchema *schema, GqlType *type)
{
	RrRoleSchema *rs = schema->data;
	const GqlTypeRef *list = gql_list_of(schema, gql_non_null(schema, &type->ref));

	gql_type_add_input(schema, type, "_and", list);
	gql_type_add_input(schema, type, "_not", &type->ref);
	gql_type_add_input(schema, type, "_or", list);
	gql_foreach(GqlFieldDef, field, gql_type_fields(schema, ((RemoteInput *) type->data)->of))
	{
		GqlInputValueDef *input = NULL;

		if (is_own_field(field) && is_comparable(field))
			input = gql_type_add_input(schema, type, field->name,
									   &condition_type(rs, gql_named_type(field->type))->ref);
		if (input != NULL)
			input->data = field;
	}
}

static void complete_order_by(GqlSchema *schema, GqlType *type);

static GqlType *
order_type(RrRoleSchema *rs, GqlType *type)
{
	return gql_is_leaf(type) ? rr_order_by_enum(rs)
		: remote_input_type(rs, type, "_order_by", complete_order_by);
}

static void
complete_order_by(GqlSchema *schema, GqlType *type)
{
	RrRoleSchema *rs = schema->data;

	gql_foreach(GqlFieldDef, field, gql_type_fields(schema, ((RemoteInput *) type->data)->of))
	{
		GqlType    *value = gql_named_type(field->type);
		GqlInputValueDef *input;

		if (!is_own_field(field) || !is_comparable(field) || is_list(field->type) ||
			!is_sortable(rs, value))
			continue;
		input = gql_type_add_input(schema, type, field->name, &order_type(rs, value)->ref);
		input->data = field;
	}
}

/* ---- fields of the tables' input types ---- */

static bool
has_remote_relationship(RrRoleSchema *rs, const RrTable *table)
{
	ListCell   *lc;

	foreach(lc, rs->tables->db->table_relationships)
	{
		const RrRelationship *relationship = lfirst(lc);

		if (relationship->source == table->oid && relationship->kind == RR_REL_TO_REMOTE_SCHEMA)
			return true;
	}
	return false;
}

/* Those that the role's object type has: it may join by them. */
static void
add_inputs(RrRoleSchema *rs, GqlType *type, const RrTable *table, bool order)
{
	if (rs->remotes == NIL || !has_remote_relationship(rs, table))
		return;
	gql_foreach(GqlFieldDef, field, gql_type_fields(rs->schema,
													rr_table_type(rs, table, RR_TYPE_OBJECT)))
	{
		GqlType    *value = gql_named_type(field->type);
		RrTableField *info;

		if (((const RrField *) field->data)->kind != RR_FIELD_REMOTE_JOIN || !is_comparable(field))
			continue;
		if (order && (is_list(field->type) || !is_sortable(rs, value)))
			continue;
		info = rr_table_field(rs, RR_FIELD_REMOTE_JOIN, table);
		info->join_field = field;
		rr_add_table_input(rs, type, field->name,
						   order ? &order_type(rs, value)->ref : &condition_type(rs, value)->ref,
						   info);
	}
}

void
rr_add_remote_conditions(RrRoleSchema *rs, GqlType *type, const RrTable *table)
{
	add_inputs(rs, type, table, false);
}

void
rr_add_remote_orders(RrRoleSchema *rs, GqlType *type, const RrTable *table)
{
	add_inputs(rs, type, table, true);
}

const RrScalar *
rr_remote_leaf_scalar(RrRoleSchema *rs, const GqlType *leaf)
{
	Oid			type = JSONBOID;

	if (leaf->kind == GQL_ENUM)
		type = TEXTOID;
	else if (leaf->builtin)
	{
		if (strcmp(leaf->name, "Boolean") == 0)
			type = BOOLOID;
		else if (strcmp(leaf->name, "Int") == 0 || strcmp(leaf->name, "Float") == 0)
			type = NUMERICOID;
		else
			type = TEXTOID;
	}
	return rr_scalar(rs->tables->db, type);
}
