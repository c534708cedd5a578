/*
 * table_root_fields.c: the fields of query_root that tables give, and the
 * arguments of a list of rows.
 *
 * A new argument of a list of rows starts here, in rr_add_list_args(). What it
 * does is compiled by plan/sql/sql_rows.c. If the SQL depends on more of its
 * value than append_signature() in plan/variable_signature.c prints, add that
 * there; if it depends on the whole value, set planner->depends_on_values. The
 * fields of tracked functions are in function_fields.c, the input types of
 * where and order_by in table_bool_exp.c and table_order_by.c.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/memutils.h"

#include "schema/remote/remote.h"
#include "schema/table/table_int.h"

void
rr_add_list_args(RrRoleSchema *rs, GqlFieldDef *field, const RrTable *table)
{
	GqlSchema  *schema = rs->schema;
	const GqlTypeRef *integer = rr_scalar_ref(rs, rr_scalar(rs->tables->db, INT4OID));
	const GqlTypeRef *column = &rr_table_type(rs, table, RR_TYPE_SELECT_COLUMN)->ref;
	const GqlTypeRef *order_by = &rr_table_type(rs, table, RR_TYPE_ORDER_BY)->ref;
	const GqlTypeRef *where = &rr_table_type(rs, table, RR_TYPE_BOOL_EXP)->ref;

	gql_field_add_arg(schema, field, rr_field_name_in(rs->tables->db, "distinct_on"),
					  gql_list_of(schema, gql_non_null(schema, column)))->description =
		"distinct select on columns";
	gql_field_add_arg(schema, field, "limit", integer)->description =
		"limit the number of rows returned";
	gql_field_add_arg(schema, field, "offset", integer)->description =
		"skip the first n rows. Use only with order_by";
	gql_field_add_arg(schema, field, rr_field_name_in(rs->tables->db, "order_by"),
					  gql_list_of(schema, gql_non_null(schema, order_by)))->description =
		"sort the rows by one or more columns";
	gql_field_add_arg(schema, field, "where", where)->description = "filter the rows returned";
}

static void
add_by_pk(RrRoleSchema *rs, GqlType *query, const RrTable *table)
{
	const RrKey *key = rr_table_primary_key(table);
	GqlFieldDef *field;

	if (key == NULL || !rr_can_read_all(rs, table, key->nkeys, key->attnums))
		return;
	for (int i = 0; i < key->nkeys; i++)
		if (!rr_table_column(table, key->attnums[i])->spellable)
			return;
	field = gql_type_add_field(rs->schema, query, rr_root_field_name(rs->tables->db, table,
																	 RR_ROOT_SELECT_BY_PK),
							   &rr_table_type(rs, table, RR_TYPE_OBJECT)->ref);
	field->data = rr_table_field(rs, RR_FIELD_BY_PK, table);
	field->description = rr_root_field_description(table, RR_ROOT_SELECT_BY_PK);
	for (int i = 0; i < key->nkeys; i++)
	{
		const RrColumn *column = rr_table_column(table, key->attnums[i]);
		const GqlTypeRef *type = rr_scalar_ref(rs, rr_column_scalar(rs->tables->db, column));
		GqlInputValueDef *arg = gql_field_add_arg(rs->schema, field, column->graphql_name,
												  gql_non_null(rs->schema, type));

		arg->data = unconstify(RrColumn *, column);
	}
}

static void
add_aggregate(RrRoleSchema *rs, GqlType *query, const RrTable *table)
{
	GqlFieldDef *field;

	field = gql_type_add_field(rs->schema, query, rr_root_field_name(rs->tables->db, table,
																	 RR_ROOT_SELECT_AGGREGATE),
							   gql_non_null(rs->schema, &rr_table_type(rs, table,
																	   RR_TYPE_AGGREGATE)->ref));
	field->data = rr_table_field(rs, RR_FIELD_TABLE_AGGREGATE, table);
	field->description = rr_root_field_description(table, RR_ROOT_SELECT_AGGREGATE);
	rr_add_list_args(rs, field, table);
}

static void
add_root_fields(RrRoleSchema *rs, GqlType *query, const RrTable *table)
{
	GqlFieldDef *field;

	field = gql_type_add_field(rs->schema, query, rr_root_field_name(rs->tables->db, table,
																	 RR_ROOT_SELECT),
							   gql_non_null(rs->schema, rr_table_rows(rs, table)));
	field->data = rr_table_field(rs, RR_FIELD_TABLE, table);
	field->description = rr_root_field_description(table, RR_ROOT_SELECT);
	rr_add_list_args(rs, field, table);

	if (rr_may_aggregate(rs, table))
		add_aggregate(rs, query, table);
	add_by_pk(rs, query, table);
}

static const char *
join_sentences(const char *a, const char *b)
{
	return a == NULL ? b : b == NULL ? a : psprintf("%s Also, %s", a, b);
}

/*
 * Return why the table cannot be in the schema: remote schemas have names that
 * it needs. NULL if it can.
 */
static const char *
clash(RrRoleSchema *rs, const RrTable *table)
{
	static const RrTableRoot kinds[] = {RR_ROOT_SELECT, RR_ROOT_SELECT_AGGREGATE,
	RR_ROOT_SELECT_BY_PK};
	const char *taken = rr_type_taken(rs, rr_table_type_name(rs->tables->db, table, ""));

	if (rs->tables->db->naming->root_namespace != NULL)
		return taken;
	for (int i = 0; i < (int) lengthof(kinds); i++)
	{
		const char *name = rr_root_field_name(rs->tables->db, table, kinds[i]);

		if (gql_names_get(&rs->schema->query->fields, name) != NULL)
			taken = join_sentences(taken, rr_root_field_taken(rs, GQL_QUERY, name));
	}
	return taken;
}

static bool
has_queries(RrRoleSchema *rs)
{
	gql_foreach(RrTable, table, &rs->tables->db->tables)
		if (rr_role_table(rs, table)->shown)
		return true;
	gql_foreach(RrFunction, function, &rs->tables->db->functions)
		if (!function->as_mutation && rr_function_visible(rs, function, NULL))
		return true;
	return false;
}

static void
add_query_fields(RrRoleSchema *rs, GqlType *query)
{
	RrDatabase *db = rs->tables->db;

	gql_foreach(RrTable, table, &db->tables)
		if (rr_role_table(rs, table)->shown)
		add_root_fields(rs, query, table);
	gql_foreach(RrFunction, function, &db->functions)
		if (!function->as_mutation)
		rr_add_function_fields(rs, query, function);
	rr_sort_fields(query, 0);
}

void
rr_tables_init(RrRoleSchema *rs, RrDatabase *db)
{
	MemoryContext old = MemoryContextSwitchTo(rs->cxt);
	RrRoleTables *tables = palloc0(sizeof(RrRoleTables));

	tables->db = db;
	tables->tables = palloc0(db->tables.n * sizeof(RrRoleTable));
	gql_foreach(RrTable, table, &db->tables)
		tables->tables[table->number].table = table;
	gql_names_init(&tables->own_types, rs->cxt);
	rs->tables = tables;
	rs->schema->data = rs;
	rs->schema->find_type = rr_find_table_type;
	rs->schema->list_types = rr_list_table_types;
	MemoryContextSwitchTo(old);
}

void
rr_add_tables(RrRoleSchema *rs)
{
	GqlSchema  *schema = rs->schema;
	MemoryContext old = MemoryContextSwitchTo(rs->cxt);
	RrDatabase *db = rs->tables->db;

	gql_foreach(RrTable, table, &db->tables)
	{
		RrRoleTable *rt = rr_role_table(rs, table);
		const char *taken = rt->visible ? clash(rs, table) : NULL;

		rt->shown = rt->visible && taken == NULL;
		if (taken != NULL)
			rs->inconsistencies = lappend(rs->inconsistencies,
										  rr_inconsistency("table", table->name, "%s", taken));
	}
	if (has_queries(rs))
	{
		rs->tables->query = rr_table_root(rs, GQL_QUERY);
		if (rs->tables->query != NULL)
			add_query_fields(rs, rs->tables->query);
	}
	if (rs->tables->query != schema->query)
		rr_sort_fields(schema->query, 0);
	MemoryContextSwitchTo(old);
}
