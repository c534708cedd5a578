/*
 * sql_select.c: rows as a JSON list, or one as an object.
 */
#include "postgres.h"

#include "plan/sql/sql.h"

List	   *
rr_subfields(RrSql *sql, const GqlFieldSel *field)
{
	return gql_collect_subfields(sql->planner->request, gql_named_type(field->def->type), field);
}

static RrJsonPiece *
make_object(RrSql *sql, RrRows *rows, const GqlFieldSel *field)
{
	List	   *fields = rr_subfields(sql, field);
	RrRow		row = rr_rows_row(rows);

	rr_rows_prepare(sql, rows, rr_joins_objects(sql, fields));
	return rr_sql_json_object(sql, &row, gql_named_type(field->def->type), fields);
}

const char *
rr_select_list(RrSql *sql, RrRows *rows, const GqlFieldSel *field)
{
	RrJsonPiece *piece = make_object(sql, rows, field);

	return piece ? psprintf("SELECT %s%s", rr_json_call("json_rows", piece), rr_rows_from(rows))
		: NULL;
}

const char *
rr_select_object(RrSql *sql, RrRows *rows, const GqlFieldSel *field, bool limit_one)
{
	RrJsonPiece *piece = make_object(sql, rows, field);

	if (piece == NULL)
		return NULL;
	return psprintf("SELECT %s%s%s", rr_json_call("json_object", piece), rr_rows_from(rows),
					limit_one ? " LIMIT 1" : "");
}
