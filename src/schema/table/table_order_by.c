/*
 * table_order_by.c: the input types of the arguments order_by and distinct_on:
 * books_order_by and books_select_column.
 *
 * What the rows are sorted by an aggregate with, books_aggregate_order_by, is
 * in table_aggregate.c. plan/sql/sql_order.c compiles both.
 */
#include "postgres.h"

#include "schema/table/table_int.h"

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
	GqlType    *type = rr_own_type(rs, GQL_ENUM, rr_type_name_in(rs->tables->db, "order_by"),
								   NULL, &made);

	if (!made)
		return type;
	type->description = "column ordering options";
	for (int i = 0; i < (int) lengthof(values); i++)
	{
		const char *name = rr_enum_value_in(rs->tables->db, values[i].name);

		gql_type_add_enum_value(rs->schema, type, name)->description = values[i].description;
	}
	return type;
}

void
rr_complete_order_by(GqlSchema *schema, GqlType *type)
{
	RrRoleSchema *rs = schema->data;
	const RrTable *table = ((RrTableType *) type->data)->table;
	const GqlTypeRef *direction = &rr_order_by_enum(rs)->ref;
	RrTableField *info;

	rr_foreach_column(rs, rr_role_table(rs, table), column)
	{
		info = rr_table_field(rs, RR_FIELD_COLUMN, table);
		info->column = column;
		if (rr_scalar_is_sortable(rr_column_scalar(rs->tables->db, column)))
			rr_add_table_input(rs, type, column->graphql_name, direction, info);
	}
	gql_foreach(RrFunction, computed, &table->computed)
	{
		info = rr_table_field(rs, RR_FIELD_COMPUTED, computed->result_table);
		info->function = computed;
		if (rr_is_plain_value(rs, computed, table) &&
			rr_scalar_is_sortable(rr_scalar(rs->tables->db, computed->result)))
			rr_add_table_input(rs, type, computed->name, direction, info);
		else if (rr_is_plain_set(rs, computed, table) &&
				 rr_may_aggregate(rs, computed->result_table))
			rr_add_table_input(rs, type, rr_name_with(rs->tables->db, computed->name, "_aggregate"),
							   &rr_table_type(rs, computed->result_table,
											  RR_TYPE_AGGREGATE_ORDER_BY)->ref,
							   info);
	}
	gql_foreach(RrLink, link, &table->links)
	{
		if (!rr_link_visible(rs, link) || (link->array && !rr_may_aggregate(rs, link->target)))
			continue;
		info = rr_table_field(rs, link->array ? RR_FIELD_AGGREGATE_RELATIONSHIP
							  : RR_FIELD_OBJECT_RELATIONSHIP, link->target);
		info->link = link;
		if (link->array)
			rr_add_table_input(rs, type, rr_name_with(rs->tables->db, link->name, "_aggregate"),
							   &rr_table_type(rs, link->target, RR_TYPE_AGGREGATE_ORDER_BY)->ref,
							   info);
		else
			rr_add_table_input(rs, type, link->name, &rr_table_type(rs, link->target,
																	RR_TYPE_ORDER_BY)->ref, info);
	}
	rr_add_remote_orders(rs, type, table);
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

	if (!is_enum_value(column->graphql_name))
		return;
	value = gql_type_add_enum_value(rs->schema, type, column->graphql_name);
	value->data = unconstify(RrColumn *, column);
	value->description = "column name";
}

void
rr_complete_select_column(GqlSchema *schema, GqlType *type)
{
	RrRoleSchema *rs = schema->data;
	const RrTable *table = ((RrTableType *) type->data)->table;

	rr_foreach_column(rs, rr_role_table(rs, table), column)
		rr_add_column_value(rs, type, column);
}
