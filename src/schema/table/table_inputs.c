/*
 * table_inputs.c: the input types of a table: books_bool_exp, books_order_by,
 * books_select_column (reference, 6 and 7).
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "schema/table/table_int.h"

static const RrTable *
table_of(const GqlType *type)
{
	return ((RrTableType *) type->data)->table;
}

/*
 * An input field that stands for something of the table; nothing where the
 * name is taken (by a column named _and).
 */
static void
add_input(RrRoleSchema *rs, GqlType *type, const char *name, const GqlTypeRef *ref,
		  RrTableField *info)
{
	GqlInputValueDef *input = gql_type_add_input(rs->schema, type, name, ref);

	if (input != NULL)
		input->data = info;
}

/*
 * A scalar computed field that can be compared and sorted by: it takes nothing
 * but the row and the session.
 */
static bool
is_plain_value(RrRoleSchema *rs, const RrFunction *computed, const RrTable *table)
{
	return !computed->returns_set && computed->result_table == NULL &&
		rr_function_free_args(computed) == 0 &&
		rr_function_visible(rs, computed, table);
}

/*
 * A table-valued one without arguments, which is like an array relationship.
 */
static bool
is_plain_set(RrRoleSchema *rs, const RrFunction *computed, const RrTable *table)
{
	return computed->returns_set && computed->result_table != NULL &&
		rr_function_free_args(computed) == 0 &&
		rr_function_visible(rs, computed, table);
}

/* ---- books_bool_exp ---- */

static void
add_links_to_bool_exp(RrRoleSchema *rs, GqlType *type, const RrTable *table)
{
	gql_foreach(RrLink, link, &table->links)
	{
		RrTableField *info;

		if (!rr_link_visible(rs, link))
			continue;
		info = rr_table_field(rs, link->array ? RR_FIELD_ARRAY_RELATIONSHIP
							  : RR_FIELD_OBJECT_RELATIONSHIP, link->target);
		info->link = link;
		add_input(rs, type, link->name, &rr_table_type(rs, link->target, RR_TYPE_BOOL_EXP)->ref,
				  info);
		if (!link->array)
			continue;
		info = rr_table_field(rs, RR_FIELD_AGGREGATE_RELATIONSHIP, link->target);
		info->link = link;
		add_input(rs, type, psprintf("%s_aggregate", link->name),
				  &rr_table_type(rs, link->target, RR_TYPE_AGGREGATE_BOOL_EXP)->ref, info);
	}
}

static void
add_computed_to_bool_exp(RrRoleSchema *rs, GqlType *type, const RrTable *table)
{
	gql_foreach(RrFunction, computed, &table->computed)
	{
		RrTableField *info = rr_table_field(rs, RR_FIELD_COMPUTED, computed->result_table);

		info->function = computed;
		if (is_plain_value(rs, computed, table))
			add_input(rs, type, computed->name,
					  &rr_comparison_type(rs, rr_scalar(rs->tables->db,
														computed->result))->ref, info);
		else if (is_plain_set(rs, computed, table))
			add_input(rs, type, computed->name, &rr_table_type(rs, computed->result_table,
															   RR_TYPE_BOOL_EXP)->ref, info);
	}
}

void
rr_complete_bool_exp(GqlSchema *schema, GqlType *type)
{
	RrRoleSchema *rs = schema->data;
	const RrTable *table = table_of(type);
	const GqlTypeRef *list = gql_list_of(schema, gql_non_null(schema, &type->ref));

	gql_type_add_input(schema, type, "_and", list);
	gql_type_add_input(schema, type, "_not", &type->ref);
	gql_type_add_input(schema, type, "_or", list);
	rr_foreach_column(rs, rr_role_table(rs, table), column)
	{
		RrTableField *info = rr_table_field(rs, RR_FIELD_COLUMN, table);

		info->column = column;
		add_input(rs, type, column->name, &rr_comparison_type(rs, rr_scalar(rs->tables->db,
																			column->type))->ref, info);
	}
	add_computed_to_bool_exp(rs, type, table);
	add_links_to_bool_exp(rs, type, table);
}

/* ---- books_order_by ---- */

GqlType    *
rr_order_by_enum(RrRoleSchema *rs)
{
	static const struct
	{
		const char *name;
		const char *description;
	}			values[] = {
		{"asc", "in ascending order, nulls last"},
		{"asc_nulls_first", "in ascending order, nulls first"},
		{"asc_nulls_last", "in ascending order, nulls last"},
		{"desc", "in descending order, nulls first"},
		{"desc_nulls_first", "in descending order, nulls first"},
		{"desc_nulls_last", "in descending order, nulls last"},
	};
	bool		made;
	GqlType    *type = rr_own_type(rs, GQL_ENUM, "order_by", &made);

	if (!made)
		return type;
	type->description = "column ordering options";
	for (int i = 0; i < (int) lengthof(values); i++)
		gql_type_add_enum_value(rs->schema, type,
								values[i].name)->description = values[i].description;
	return type;
}

void
rr_complete_order_by(GqlSchema *schema, GqlType *type)
{
	RrRoleSchema *rs = schema->data;
	const RrTable *table = table_of(type);
	const GqlTypeRef *direction = &rr_order_by_enum(rs)->ref;
	RrTableField *info;

	rr_foreach_column(rs, rr_role_table(rs, table), column)
	{
		info = rr_table_field(rs, RR_FIELD_COLUMN, table);
		info->column = column;
		if (rr_scalar_is_sortable(rr_scalar(rs->tables->db, column->type)))
			add_input(rs, type, column->name, direction, info);
	}
	gql_foreach(RrFunction, computed, &table->computed)
	{
		info = rr_table_field(rs, RR_FIELD_COMPUTED, computed->result_table);
		info->function = computed;
		if (is_plain_value(rs, computed, table) &&
			rr_scalar_is_sortable(rr_scalar(rs->tables->db, computed->result)))
			add_input(rs, type, computed->name, direction, info);
		else if (is_plain_set(rs, computed, table))
			add_input(rs, type, psprintf("%s_aggregate", computed->name),
					  &rr_table_type(rs, computed->result_table, RR_TYPE_AGGREGATE_ORDER_BY)->ref,
					  info);
	}
	gql_foreach(RrLink, link, &table->links)
	{
		if (!rr_link_visible(rs, link))
			continue;
		info = rr_table_field(rs, link->array ? RR_FIELD_AGGREGATE_RELATIONSHIP
							  : RR_FIELD_OBJECT_RELATIONSHIP, link->target);
		info->link = link;
		if (link->array)
			add_input(rs, type, psprintf("%s_aggregate", link->name),
					  &rr_table_type(rs, link->target, RR_TYPE_AGGREGATE_ORDER_BY)->ref, info);
		else
			add_input(rs, type, link->name, &rr_table_type(rs, link->target,
														   RR_TYPE_ORDER_BY)->ref, info);
	}
}

/* ---- books_select_column ---- */

static bool
is_enum_value(const char *name)
{
	return strcmp(name, "true") != 0 && strcmp(name, "false") != 0 && strcmp(name, "null") != 0;
}

void
rr_add_column_value(RrRoleSchema *rs, GqlType *type, const RrColumn *column)
{
	GqlEnumValueDef *value;

	if (!is_enum_value(column->name))
		return;
	value = gql_type_add_enum_value(rs->schema, type, column->name);
	value->data = unconstify(RrColumn *, column);
	value->description = "column name";
}

void
rr_complete_select_column(GqlSchema *schema, GqlType *type)
{
	RrRoleSchema *rs = schema->data;
	const RrTable *table = table_of(type);

	rr_foreach_column(rs, rr_role_table(rs, table), column)
		rr_add_column_value(rs, type, column);
}
