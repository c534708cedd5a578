/*
 * sql_select.c: SELECT of rows as a JSON list, or of one row as an object.
 */
#include "postgres.h"

#include "plan/sql/sql.h"

List	   *
rr_collect_subfields(RrSql *sql, const GqlFieldSel *field)
{
	return gql_collect_subfields(sql->planner->request, gql_named_type(field->def->type), field);
}

static RrJsonPiece *
compile_row(RrSql *sql, RrRows *rows, const GqlFieldSel *field)
{
	List	   *fields = rr_collect_subfields(sql, field);
	RrRow		row = rr_rows_own_row(rows);

	rr_rows_prepare_joins(sql, rows, rr_selects_joins(sql, fields));
	return rr_compile_object(sql, &row, gql_named_type(field->def->type), fields);
}

const char *
rr_compile_select_list(RrSql *sql, RrRows *rows, const GqlFieldSel *field)
{
	RrJsonPiece *piece = compile_row(sql, rows, field);

	if (piece == NULL)
		return NULL;
	return psprintf("SELECT %s%s", rr_deparse_json_call("json_rows", piece),
					rr_finish_rows(sql, rows, ""));
}

const char *
rr_compile_limited_list(RrSql *sql, RrRows *rows, const GqlFieldSel *field)
{
	rr_rows_limit_for_role(sql, rows);
	return rr_compile_select_list(sql, rows, field);
}

const char *
rr_compile_select_object(RrSql *sql, RrRows *rows, const GqlFieldSel *field, bool limit_one)
{
	RrJsonPiece *piece = compile_row(sql, rows, field);

	if (piece == NULL)
		return NULL;
	return psprintf("SELECT %s%s", rr_deparse_json_call("json_object", piece),
					rr_finish_rows(sql, rows, limit_one ? " LIMIT 1" : ""));
}
