/*
 * table_bool_exp.c: the input type of the argument where: books_bool_exp.
 *
 * The operators of its columns are in table_comparison.c, the conditions on
 * aggregates in table_aggregate_bool_exp.c; plan/sql/sql_where.c compiles
 * them.
 */
#include "postgres.h"

#include "schema/table/table_int.h"

/*
 * An input field that stands for something of the table; nothing where the
 * name is taken (by a column named _and).
 */
void
rr_add_table_input(RrRoleSchema *rs, GqlType *type, const char *name, const GqlTypeRef *ref,
				   RrTableField *info)
{
	GqlInputValueDef *input = gql_type_add_input(rs->schema, type, name, ref);

	if (input != NULL)
		input->data = info;
}

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
		rr_add_table_input(rs, type, link->name, &rr_table_type(rs, link->target,
																RR_TYPE_BOOL_EXP)->ref,
						   info);
		if (!link->array || !rr_may_aggregate(rs, link->target))
			continue;
		info = rr_table_field(rs, RR_FIELD_AGGREGATE_RELATIONSHIP, link->target);
		info->link = link;
		rr_add_table_input(rs, type, rr_name_with(rs->tables->db, link->name, "_aggregate"),
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
		if (rr_is_plain_value(rs, computed, table))
			rr_add_table_input(rs, type, computed->name,
							   &rr_comparison_type(rs, rr_scalar(rs->tables->db,
																 computed->result))->ref, info);
		else if (rr_is_plain_set(rs, computed, table))
			rr_add_table_input(rs, type, computed->name,
							   &rr_table_type(rs, computed->result_table, RR_TYPE_BOOL_EXP)->ref,
							   info);
	}
}

void
rr_complete_bool_exp(GqlSchema *schema, GqlType *type)
{
	RrRoleSchema *rs = schema->data;
	const RrTable *table = ((RrTableType *) type->data)->table;
	const GqlTypeRef *list = gql_list_of(schema, gql_non_null(schema, &type->ref));

	gql_type_add_input(schema, type, "_and", list);
	gql_type_add_input(schema, type, "_not", &type->ref);
	gql_type_add_input(schema, type, "_or", list);
	rr_foreach_column(rs, rr_role_table(rs, table), column)
	{
		RrTableField *info = rr_table_field(rs, RR_FIELD_COLUMN, table);
		GqlType    *comparison = rr_comparison_type(rs, rr_column_scalar(rs->tables->db, column));

		info->column = column;
		rr_add_table_input(rs, type, column->graphql_name, &comparison->ref, info);
	}
	add_computed_to_bool_exp(rs, type, table);
	add_links_to_bool_exp(rs, type, table);
	rr_add_remote_conditions(rs, type, table);
}
