/*
 * table_aggregate_bool_exp.c: conditions on the aggregates of an array
 * relationship in where: books_aggregate_bool_exp.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "schema/table/table_int.h"

typedef enum PredicateArguments
{
	ANY_COLUMNS,				/* [column!], optional */
	ONE_COLUMN,
	TWO_COLUMNS,				/* {X, Y} */
} PredicateArguments;

typedef struct Predicate
{
	RrAggregate aggregate;		/* first: what GqlType.data's aggregate points
								 * at */
	PredicateArguments arguments;
	Oid			type;			/* of its columns (InvalidOid: all) */
	Oid			result;
} Predicate;

static const Predicate predicates[] = {
	{{.name = "avg"}, ONE_COLUMN, FLOAT8OID, FLOAT8OID},
	{{.name = "bool_and"}, ONE_COLUMN, BOOLOID, BOOLOID},
	{{.name = "bool_or"}, ONE_COLUMN, BOOLOID, BOOLOID},
	{{.name = "corr"}, TWO_COLUMNS, FLOAT8OID, FLOAT8OID},
	{{.name = "count"}, ANY_COLUMNS, InvalidOid, INT4OID},
	{{.name = "covar_samp"}, TWO_COLUMNS, FLOAT8OID, FLOAT8OID},
	{{.name = "max"}, ONE_COLUMN, FLOAT8OID, FLOAT8OID},
	{{.name = "min"}, ONE_COLUMN, FLOAT8OID, FLOAT8OID},
	{{.name = "stddev_samp"}, ONE_COLUMN, FLOAT8OID, FLOAT8OID},
	{{.name = "sum"}, ONE_COLUMN, FLOAT8OID, FLOAT8OID},
	{{.name = "var_samp"}, ONE_COLUMN, FLOAT8OID, FLOAT8OID},
};

Oid
rr_predicate_result(const RrAggregate *aggregate)
{
	return ((const Predicate *) aggregate)->result;
}

static const RrTableType *
info_of(const GqlType *type)
{
	return type->data;
}

static bool
fits(RrRoleSchema *rs, const Predicate *predicate, const RrColumn *column)
{
	const RrScalar *scalar = rr_column_scalar(rs->tables->db, column);

	return !OidIsValid(predicate->type) || scalar->base == predicate->type;
}

static void
complete_predicate_columns(GqlSchema *schema, GqlType *type)
{
	RrRoleSchema *rs = schema->data;
	const RrTableType *info = info_of(type);
	const Predicate *predicate = (const Predicate *) info->aggregate;

	rr_foreach_column(rs, rr_role_table(rs, info->table), column)
	{
		if (fits(rs, predicate, column))
			rr_add_column_value(rs, type, column);
	}
}

static void
complete_pair(GqlSchema *schema, GqlType *type)
{
	RrRoleSchema *rs = schema->data;
	const RrTableType *info = info_of(type);
	GqlType    *columns;

	columns = rr_table_suffix_type(rs, info->table, GQL_ENUM,
								   psprintf("_select_column_%s_aggregate_bool_exp_%s_arguments_columns", info->table->name, info->aggregate->name),
								   info->aggregate, complete_predicate_columns);
	gql_type_add_input(schema, type, "X", gql_non_null(schema, &columns->ref));
	gql_type_add_input(schema, type, "Y", gql_non_null(schema, &columns->ref));
}

/* What the predicate's "arguments" are. */
static const GqlTypeRef *
arguments_ref(RrRoleSchema *rs, const RrTable *table, const Predicate *predicate)
{
	const RrAggregate *aggregate = &predicate->aggregate;
	GqlType    *columns;

	switch (predicate->arguments)
	{
		case ANY_COLUMNS:
			columns = rr_table_type(rs, table, RR_TYPE_SELECT_COLUMN);
			return gql_list_of(rs->schema, gql_non_null(rs->schema, &columns->ref));
		case ONE_COLUMN:
			columns = rr_table_suffix_type(rs, table, GQL_ENUM,
										   psprintf("_select_column_%s_aggregate_bool_exp_%s_arguments_columns", table->name, aggregate->name),
										   aggregate, complete_predicate_columns);
			return gql_non_null(rs->schema, &columns->ref);
		case TWO_COLUMNS:
			columns = rr_table_suffix_type(rs, table, GQL_INPUT_OBJECT,
										   psprintf("_aggregate_bool_exp_%s_arguments",
													aggregate->name),
										   aggregate, complete_pair);
			return gql_non_null(rs->schema, &columns->ref);
	}
	pg_unreachable();
}

static void
complete_predicate(GqlSchema *schema, GqlType *type)
{
	RrRoleSchema *rs = schema->data;
	const RrTableType *info = info_of(type);
	const Predicate *predicate = (const Predicate *) info->aggregate;
	const RrScalar *result = rr_scalar(rs->tables->db, predicate->result);

	gql_type_add_input(schema, type, "arguments", arguments_ref(rs, info->table, predicate));
	gql_type_add_input(schema, type, "distinct", rr_scalar_ref(rs, rr_scalar(rs->tables->db,
																			 BOOLOID)));
	gql_type_add_input(schema, type, "filter", &rr_table_type(rs, info->table,
															  RR_TYPE_BOOL_EXP)->ref);
	gql_type_add_input(schema, type, "predicate",
					   gql_non_null(schema, &rr_comparison_type(rs, result)->ref));
}

void
rr_complete_aggregate_bool_exp(GqlSchema *schema, GqlType *type)
{
	RrRoleSchema *rs = schema->data;
	const RrTable *table = info_of(type)->table;

	for (int i = 0; i < (int) lengthof(predicates); i++)
	{
		const Predicate *predicate = &predicates[i];
		bool		useful = false;
		GqlType    *function;
		RrTableField *field;

		rr_foreach_column(rs, rr_role_table(rs, table), column)
			useful |= fits(rs, predicate, column);
		if (!useful)
			continue;
		function = rr_table_suffix_type(rs, table, GQL_INPUT_OBJECT,
										psprintf("_aggregate_bool_exp_%s",
												 predicate->aggregate.name),
										&predicate->aggregate, complete_predicate);
		field = rr_table_field(rs, RR_FIELD_AGGREGATE_FUNCTION, table);
		field->aggregate = &predicate->aggregate;
		gql_type_add_input(schema, type,
						   rr_field_name_in(rs->tables->db, predicate->aggregate.name),
						   &function->ref)->data = field;
	}
}
