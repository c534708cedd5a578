/*
 * sql_insert.c: an INSERT for many rows.
 *
 * One row is VALUES of parameters. Many rows come as one array for each
 * column, so that the statement is the same for any number of them. Where some
 * rows leave a column to its default that others give, a second array tells
 * which, and the statement has the default's expression. Where that cannot be
 * written, all cells are parameters of their own, or DEFAULT.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"

#include "plan/sql/sql_change.h"

static const char *
add_cell_param(RrSql *sql, RrParamKind kind, int row, int column, Oid type)
{
	const char *name = rr_add_value_param(sql, type, NULL);
	RrSqlParam *param = llast(sql->params);

	param->kind = kind;
	param->key = column;
	param->row = row;
	return name;
}

/* ---- rows ---- */

/* (…), (…): a parameter for each value. */
static void
append_values(RrSql *sql, StringInfo out, const RrInsert *insert, int first, int nrows)
{
	appendStringInfoString(out, " VALUES ");
	for (int row = 0; row < nrows; row++)
	{
		appendStringInfoString(out, row > 0 ? ", (" : "(");
		for (int i = 0; i < insert->ncolumns; i++)
		{
			Oid			base = rr_column_scalar(sql->db, insert->columns[i])->base;

			if (i > 0)
				appendStringInfoString(out, ", ");
			if (!rr_insert_gives(insert, first + row, i))
				appendStringInfoString(out, "DEFAULT");
			else
				appendStringInfoString(out, add_cell_param(sql, RR_PARAM_COLUMN, row, i, base));
		}
		appendStringInfoChar(out, ')');
	}
}

/* The value that a row of the arrays gives a column. */
static const char *
deparse_cell(RrSql *sql, const RrInsert *insert, const char *alias, int column)
{
	const RrScalar *scalar = rr_column_scalar(sql->db, insert->columns[column]);
	const char *value = rr_deparse_unnested(scalar, psprintf("%s.c%d", alias, column + 1));

	if (insert->defaults[column] == NULL)
		return value;
	return psprintf("CASE WHEN %s.g%d THEN %s ELSE %s END", alias, column + 1, value,
					insert->defaults[column]);
}

/*
 * SELECT … FROM arrays. The functions stand in a target list, which hands out
 * a row at a time; in FROM the server would store all rows first.
 */
static void
append_arrays(RrSql *sql, StringInfo out, const RrInsert *insert)
{
	const char *alias = rr_new_alias(sql, 'v');
	StringInfoData arrays;

	initStringInfo(&arrays);
	appendStringInfoString(out, " SELECT ");
	for (int i = 0; i < insert->ncolumns; i++)
	{
		const RrScalar *scalar = rr_column_scalar(sql->db, insert->columns[i]);
		const char *separator = i > 0 ? ", " : "";

		appendStringInfo(out, "%s%s", separator, deparse_cell(sql, insert, alias, i));
		appendStringInfo(&arrays, "%spg_catalog.unnest(%s) AS c%d", separator,
						 add_cell_param(sql, RR_PARAM_COLUMN, -1, i, rr_values_type(scalar)),
						 i + 1);
		if (insert->defaults[i] != NULL)
			appendStringInfo(&arrays, ", pg_catalog.unnest(%s) AS g%d",
							 add_cell_param(sql, RR_PARAM_GIVEN, -1, i, BOOLARRAYOID), i + 1);
	}
	appendStringInfo(out, " FROM (SELECT %s) AS %s", arrays.data, alias);
}

/* Rows that give nothing: DEFAULT for some column of each. */
static void
append_defaults(RrSql *sql, StringInfo out, const RrInsert *insert, int nrows)
{
	const RrRoleTable *rt = rr_role_table_writes(sql->rs, insert->table);
	const RrColumn *column = rr_table_column(insert->table, bms_next_member(rt->insertable, -1));

	if (nrows == 1)
	{
		appendStringInfoString(out, " DEFAULT VALUES");
		return;
	}
	appendStringInfo(out, " (%s) VALUES ", quote_identifier(column->sql_name));
	for (int row = 0; row < nrows; row++)
		appendStringInfoString(out, row > 0 ? ", (DEFAULT)" : "(DEFAULT)");
}

static void
append_rows(RrSql *sql, StringInfo out, const RrInsert *insert, int first, int nrows)
{
	if (insert->ncolumns == 0)
	{
		append_defaults(sql, out, insert, nrows);
		return;
	}
	for (int i = 0; i < insert->ncolumns; i++)
		appendStringInfo(out, "%s%s", i > 0 ? ", " : " (",
						 quote_identifier(insert->columns[i]->sql_name));
	appendStringInfoChar(out, ')');
	if (nrows == 1 || insert->mixed)
		append_values(sql, out, insert, first, nrows);
	else
		append_arrays(sql, out, insert);
}

/* ---- on_conflict ---- */

/* Is the column at position n one that stands before it, too? */
static bool
is_repeated(const List *columns, int n)
{
	const char *name = ((const GqlValue *) list_nth(columns, n))->text;

	for (int i = 0; i < n; i++)
		if (strcmp(((const GqlValue *) list_nth(columns, i))->text, name) == 0)
			return true;
	return false;
}

static bool
append_on_conflict(RrSql *sql, StringInfo out, const RrInsert *insert, const char *alias)
{
	const GqlValue *constraint = gql_object_get(insert->on_conflict, "constraint");
	const char *columns_name = rr_field_name_in(sql->db, "update_columns");
	const GqlValue *columns = gql_object_get(insert->on_conflict, columns_name);
	const GqlValue *where = gql_object_get(insert->on_conflict, "where");
	GqlType    *type = rr_table_type(sql->rs, insert->table, RR_TYPE_BOOL_EXP);
	ListCell   *lc;

	appendStringInfo(out, " ON CONFLICT ON CONSTRAINT %s", quote_identifier(constraint->text));
	if (columns == NULL || columns->items == NIL)
	{
		appendStringInfoString(out, " DO NOTHING");
		return true;
	}
	appendStringInfoString(out, " DO UPDATE SET ");
	foreach(lc, columns->items)
	{
		const char *name = ((const GqlValue *) lfirst(lc))->text;
		const char *column = quote_identifier(rr_table_field_column(insert->table, name)->sql_name);

		if (is_repeated(columns->items, foreach_current_index(lc)))
			continue;
		appendStringInfo(out, "%s%s = excluded.%s", foreach_current_index(lc) > 0 ? ", " : "",
						 column, column);
	}
	if (where == NULL || where->kind == GQL_VALUE_NULL)
		return true;
	if (rr_where_is_remote(sql, type, where))
	{
		rr_sql_file_error(sql, where->loc, "\"where\" of \"on_conflict\" cannot have conditions on remote fields.");
		return false;
	}
	appendStringInfoString(out, " WHERE ");
	return rr_append_where(sql, out, RR_READING_VALUE, insert->table, alias, type, where);
}

/* ---- the statement ---- */

RrSqlStatement *
rr_compile_insert(RrPlanner *planner, const RrInsert *insert, int first, int nrows,
				  const RrReturning *returning, bool plain)
{
	RrSql		sql = {.planner = planner, .rs = planner->rs, .db = planner->rs->tables->db,
	.loc = insert->loc};
	const char *alias = rr_new_alias(&sql, 't');
	const char *separator = " RETURNING ";
	StringInfoData text;

	initStringInfo(&text);
	appendStringInfo(&text, "INSERT INTO %s AS %s", rr_deparse_table(&sql, insert->table), alias);
	append_rows(&sql, &text, insert, first, nrows);
	if (insert->on_conflict != NULL && !append_on_conflict(&sql, &text, insert, alias))
		return NULL;
	for (int i = 0; i < insert->nreturned; i++)
	{
		appendStringInfo(&text, "%s%s.%s", separator, alias,
						 quote_identifier(insert->returned[i]->sql_name));
		separator = ", ";
	}
	if (!rr_append_returned(&sql, &text, returning, plain, alias, separator))
		return NULL;
	return rr_make_statement(&sql, text.data);
}
