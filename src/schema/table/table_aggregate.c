/*
 * table_aggregate.c: the types of a table's aggregates in answers
 * (books_aggregate) and in order_by (books_aggregate_order_by).
 *
 * plan/sql/sql_aggregate.c compiles the former, plan/sql/sql_order.c the
 * latter.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "schema/table/table_int.h"

static const RrAggregate aggregates[] = {
	{"avg", RR_AGGREGATE_NUMERIC_FLOAT},
	{"max", RR_AGGREGATE_ORDERED},
	{"min", RR_AGGREGATE_ORDERED},
	{"stddev", RR_AGGREGATE_NUMERIC_FLOAT},
	{"stddev_pop", RR_AGGREGATE_NUMERIC_FLOAT},
	{"stddev_samp", RR_AGGREGATE_NUMERIC_FLOAT},
	{"sum", RR_AGGREGATE_NUMERIC_SELF},
	{"var_pop", RR_AGGREGATE_NUMERIC_FLOAT},
	{"var_samp", RR_AGGREGATE_NUMERIC_FLOAT},
	{"variance", RR_AGGREGATE_NUMERIC_FLOAT},
};

static const RrTableType *
info_of(const GqlType *type)
{
	return type->data;
}

static bool
takes(RrRoleSchema *rs, const RrAggregate *aggregate, const RrColumn *column)
{
	const RrScalar *scalar = rr_column_scalar(rs->tables->db, column);

	return aggregate->class == RR_AGGREGATE_ORDERED ? rr_scalar_has_max(scalar)
		: rr_scalar_is_numeric(scalar);
}

/* Does the role read any column that the aggregate takes? */
static bool
is_useful(RrRoleSchema *rs, const RrAggregate *aggregate, const RrTable *table)
{
	rr_foreach_column(rs, rr_role_table(rs, table), column)
	{
		if (takes(rs, aggregate, column))
			return true;
	}
	return false;
}

/* ---- books_aggregate, books_aggregate_fields, books_max_fields ---- */

void
rr_complete_aggregate(GqlSchema *schema, GqlType *type)
{
	RrRoleSchema *rs = schema->data;
	const RrTable *table = info_of(type)->table;
	const GqlTypeRef *row = gql_non_null(schema, &rr_table_type(rs, table, RR_TYPE_OBJECT)->ref);

	gql_type_add_field(schema, type, "aggregate",
					   &rr_table_type(rs, table, RR_TYPE_AGGREGATE_FIELDS)->ref)->data =
		rr_table_field(rs, RR_FIELD_AGGREGATE, table);
	gql_type_add_field(schema, type, "nodes", gql_non_null(schema, gql_list_of(schema,
																			   row)))->data =
		rr_table_field(rs, RR_FIELD_NODES, table);
}

static void
complete_function_fields(GqlSchema *schema, GqlType *type)
{
	RrRoleSchema *rs = schema->data;
	const RrTableType *info = info_of(type);

	rr_foreach_column(rs, rr_role_table(rs, info->table), column)
	{
		RrTableField *field;
		const GqlTypeRef *ref;

		if (!takes(rs, info->aggregate, column))
			continue;
		if (info->aggregate->class == RR_AGGREGATE_NUMERIC_FLOAT)
			ref = &((GqlType *) gql_names_get(&schema->types, "Float"))->ref;
		else
			ref = rr_scalar_ref(rs, rr_column_scalar(rs->tables->db, column));
		field = rr_table_field(rs, RR_FIELD_AGGREGATE_COLUMN, info->table);
		field->aggregate = info->aggregate;
		field->column = column;
		gql_type_add_field(schema, type, column->graphql_name, ref)->data = field;
	}
}

void
rr_complete_aggregate_fields(GqlSchema *schema, GqlType *type)
{
	RrRoleSchema *rs = schema->data;
	const RrTable *table = info_of(type)->table;
	GqlFieldDef *count;

	for (int i = 0; i < (int) lengthof(aggregates); i++)
	{
		const RrAggregate *aggregate = &aggregates[i];
		RrTableField *field;
		GqlType    *columns;

		/* count stands where the alphabet has it */
		if (strcmp(aggregate->name, "max") == 0)
		{
			const GqlTypeRef *integer = rr_scalar_ref(rs,
													  rr_scalar(rs->tables->db, INT4OID));
			const GqlTypeRef *boolean = rr_scalar_ref(rs, rr_scalar(rs->tables->db, BOOLOID));
			const GqlTypeRef *column = &rr_table_type(rs, table, RR_TYPE_SELECT_COLUMN)->ref;

			count = gql_type_add_field(schema, type, "count", gql_non_null(schema, integer));
			count->data = rr_table_field(rs, RR_FIELD_COUNT, table);
			gql_field_add_arg(schema, count, "columns",
							  gql_list_of(schema, gql_non_null(schema, column)));
			gql_field_add_arg(schema, count, "distinct", boolean);
		}
		if (!is_useful(rs, aggregate, table))
			continue;
		columns = rr_table_suffix_type(rs, table, GQL_OBJECT,
									   psprintf("_%s_fields", aggregate->name), aggregate,
									   complete_function_fields);
		columns->description = psprintf("aggregate %s on columns", aggregate->name);
		field = rr_table_field(rs, RR_FIELD_AGGREGATE_FUNCTION, table);
		field->aggregate = aggregate;
		gql_type_add_field(schema, type, rr_field_name_in(rs->tables->db, aggregate->name),
						   &columns->ref)->data = field;
	}
}

/* ---- books_aggregate_order_by, books_max_order_by ---- */

static void
complete_function_order_by(GqlSchema *schema, GqlType *type)
{
	RrRoleSchema *rs = schema->data;
	const RrTableType *info = info_of(type);

	rr_foreach_column(rs, rr_role_table(rs, info->table), column)
	{
		RrTableField *field;

		if (!takes(rs, info->aggregate, column))
			continue;
		field = rr_table_field(rs, RR_FIELD_AGGREGATE_COLUMN, info->table);
		field->aggregate = info->aggregate;
		field->column = column;
		gql_type_add_input(schema, type, column->graphql_name,
						   &rr_order_by_enum(rs)->ref)->data = field;
	}
}

void
rr_complete_aggregate_order_by(GqlSchema *schema, GqlType *type)
{
	RrRoleSchema *rs = schema->data;
	const RrTable *table = info_of(type)->table;

	gql_type_add_input(schema, type, "count",
					   &rr_order_by_enum(rs)->ref)->data = rr_table_field(rs, RR_FIELD_COUNT,
																		  table);
	for (int i = 0; i < (int) lengthof(aggregates); i++)
	{
		const RrAggregate *aggregate = &aggregates[i];
		RrTableField *field;
		GqlType    *columns;

		if (!is_useful(rs, aggregate, table))
			continue;
		columns = rr_table_suffix_type(rs, table, GQL_INPUT_OBJECT,
									   psprintf("_%s_order_by", aggregate->name), aggregate,
									   complete_function_order_by);
		columns->description = psprintf("order by %s() on columns of table \"%s\"",
										aggregate->name, table->name);
		field = rr_table_field(rs, RR_FIELD_AGGREGATE_FUNCTION, table);
		field->aggregate = aggregate;
		gql_type_add_input(schema, type, rr_field_name_in(rs->tables->db, aggregate->name),
						   &columns->ref)->data = field;
	}
}
