/*
 * table_type_lookup.c: find a type of the table half by its name.
 *
 * A document may name a type, in a variable's definition say, before anything
 * has referred to it. Then the table is found whose name begins the type's.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "schema/table/table_int.h"

void
rr_touch_table(RrRoleSchema *rs, const RrTable *table)
{
	if (!rr_role_table(rs, table)->shown)
		return;
	gql_type_fields(rs->schema, rr_table_type(rs, table, RR_TYPE_OBJECT));
	gql_type_fields(rs->schema, rr_table_type(rs, table, RR_TYPE_BOOL_EXP));
	gql_type_fields(rs->schema, rr_table_type(rs, table, RR_TYPE_ORDER_BY));
	gql_type_fields(rs->schema, rr_table_type(rs, table, RR_TYPE_SELECT_COLUMN));
	if (!rr_may_aggregate(rs, table))
		return;
	gql_type_fields(rs->schema, rr_table_type(rs, table, RR_TYPE_AGGREGATE));
	gql_type_fields(rs->schema, rr_table_type(rs, table, RR_TYPE_AGGREGATE_FIELDS));
}

/* Complete all reachable types. Completing one may add others at the end. */
void
rr_list_table_types(GqlSchema *schema)
{
	for (int i = 0; i < schema->types.n; i++)
		gql_type_fields(schema, schema->types.items[i]);
}

/*
 * Find a scalar by its GraphQL name among the types of the columns that the
 * role reads, or return NULL. array: find an array type of it.
 */
static const RrScalar *
find_scalar(RrRoleSchema *rs, const char *name, int len, bool array)
{
	RrDatabase *db = rs->tables->db;

	gql_foreach(RrTable, table, &db->tables)
	{
		const RrRoleTable *rt = rr_role_table(rs, table);

		if (!rt->shown)
			continue;
		rr_foreach_column(rs, rt, column)
		{
			const RrScalar *scalar = rr_column_scalar(db, column);

			if (strncmp(scalar->name, name, len) == 0 && scalar->name[len] == '\0' &&
				(!array || (scalar->element != NULL && scalar->element->element == NULL)))
				return scalar;
		}
	}
	return NULL;
}

/* Find a type of no particular table: scalars, their comparisons, order_by. */
static GqlType *
find_common_type(RrRoleSchema *rs, const char *name)
{
	static const char array_suffix[] = "_array_comparison_exp";
	static const char suffix[] = "_comparison_exp";
	int			len = strlen(name);
	const RrScalar *scalar = find_scalar(rs, name, len, false);

	if (scalar != NULL)
		return rr_scalar_type(rs, scalar);
	if (strcmp(name, rr_type_name_in(rs->tables->db, "order_by")) == 0 &&
		rs->tables->own_types.n > 0)
		return rr_order_by_enum(rs);
	len -= lengthof(array_suffix) - 1;
	if (len > 0 && strcmp(name + len, array_suffix) == 0 &&
		(scalar = find_scalar(rs, name, len, true)) != NULL)
		return rr_comparison_type(rs, scalar);
	len = strlen(name) - (lengthof(suffix) - 1);
	if (len > 0 && strcmp(name + len, suffix) == 0 &&
		(scalar = find_scalar(rs, name, len, false)) != NULL && scalar->element == NULL)
		return rr_comparison_type(rs, scalar);
	return NULL;
}

/* Averages are Floats: complete those of one table after the other. */
static GqlType *
find_float(RrRoleSchema *rs)
{
	gql_foreach(RrTable, table, &rs->tables->db->tables)
	{
		const GqlNames *fields;
		const GqlFieldDef *averages;

		CHECK_FOR_INTERRUPTS();
		if (!rr_role_table(rs, table)->shown || !rr_may_aggregate(rs, table))
			continue;
		fields = gql_type_fields(rs->schema, rr_table_type(rs, table, RR_TYPE_AGGREGATE_FIELDS));
		averages = gql_names_get(fields, "avg");
		if (averages == NULL)
			continue;
		gql_type_fields(rs->schema, gql_named_type(averages->type));
		return gql_schema_present_type(rs->schema, "Float");
	}
	return NULL;
}

GqlType    *
rr_find_table_type(GqlSchema *schema, const char *name)
{
	RrRoleSchema *rs = schema->data;
	GqlType    *type;

	/* each part of the name that ends before an underscore may be a table */
	for (int len = strlen(name); len > 0; len--)
	{
		const RrTable *table;

		if (name[len] != '\0' && name[len] != '_')
			continue;
		table = gql_names_get(&rs->tables->db->tables, pnstrdup(name, len));
		if (table == NULL)
			continue;
		rr_touch_table(rs, table);
		type = gql_schema_present_type(schema, name);
		if (type != NULL)
			return type;
	}

	if (rs->tables->db->customized)
	{
		gql_foreach(RrTable, table, &rs->tables->db->tables)
		{
			const char *start = rr_table_type_start(rs->tables->db, table);

			if (strncmp(name, start, strlen(start)) == 0)
				rr_touch_table(rs, table);
		}
		type = gql_schema_present_type(schema, name);
		if (type != NULL)
			return type;
	}

	type = find_common_type(rs, name);
	if (type == NULL && strcmp(name, "Float") == 0)
		type = find_float(rs);
	if (type != NULL)
		return type;

	/* only certain relationships or functions lead to it, or nothing does */
	for (int i = 0; i < schema->types.n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		gql_type_fields(schema, schema->types.items[i]);
		if ((type = gql_schema_present_type(schema, name)) != NULL)
			return type;
	}
	return NULL;
}
