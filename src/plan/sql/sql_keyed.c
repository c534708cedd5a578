/*
 * sql_keyed.c: joins from remote types to tables: one statement for all keys.
 *
 * The keys come as one array for each joining field. The rows of each key are
 * a subquery of their own, so that limit and order_by count for each parent.
 * So the planner can use an index for each key.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "plan/sql/sql.h"

RrSqlStatement *
rr_compile_for_keys(RrPlanner *planner, const GqlFieldSel *field)
{
	RrSql		sql = {.planner = planner, .rs = planner->rs, .db = planner->rs->tables->db,
	.loc = rr_field_loc(field)};
	const RrTableJoin *join = field->def->data;
	const char *keys = rr_new_alias(&sql, 'k');
	StringInfoData arrays;
	StringInfoData columns;
	const char *select;
	GqlNames	args;
	RrRows		rows;

	if (!gql_coerce_arguments(planner->request, field, &args, planner->errors))
		return NULL;
	initStringInfo(&arrays);
	initStringInfo(&columns);
	rr_rows_init(&sql, &rows, join->table, NULL);
	for (int i = 0; i < join->nkeys; i++)
	{
		const RrColumn *column = join->columns[i];
		const char *key = psprintf("%s.c%d", keys, i + 1);
		Oid			type = get_array_type(rr_column_scalar(sql.db, column)->base);

		appendStringInfo(&arrays, "%spg_catalog.unnest(%s)", i > 0 ? ", " : "",
						 rr_add_keys_param(&sql, type, i));
		appendStringInfo(&columns, "c%d, ", i + 1);
		rr_rows_add_condition(&rows, rr_deparse_equality(&sql, rows.alias, column, key));
	}
	if (join->array && !rr_rows_add_arguments(&sql, &rows, field, &args))
		return NULL;
	if (join->aggregate)
		select = rr_compile_select_aggregate(&sql, &rows, field);
	else
		select = join->array ? rr_compile_limited_list(&sql, &rows, field)
			: rr_compile_select_object(&sql, &rows, field, true);
	if (select == NULL)
		return NULL;
	if (sql.key_queries != NIL)
		return rr_sql_file_error(&sql, -1, "Rows below a remote field cannot be filtered or sorted by remote fields.");
	/* unnest() of several arrays is grammar, and no function of pg_catalog */
	return rr_make_statement(&sql, psprintf("SELECT %s.n, (%s) FROM ROWS FROM (%s) WITH ORDINALITY"
											" AS %s(%sn)", keys, select, arrays.data, keys,
											columns.data));
}
