/*
 * sql_aggregate.c: the SELECT of a field with aggregate and nodes. Both are
 * about the same rows, which one scan gives.
 *
 * Aggregates that sort are in sql_order.c, those that filter in sql_where.c.
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "plan/sql/sql.h"

/* ---- count ---- */

/* columns: char *, SQL expressions; NIL: count rows. */
static const char *
deparse_count_of(List *columns, bool distinct)
{
	StringInfoData out;
	ListCell   *lc;

	if (columns == NIL)
		return "pg_catalog.count(*)";
	initStringInfo(&out);
	appendStringInfo(&out, "pg_catalog.count(%s%s", distinct ? "DISTINCT " : "",
					 list_length(columns) > 1 ? "ROW(" : "");
	foreach(lc, columns)
		appendStringInfo(&out, "%s%s", lc == list_head(columns) ? "" : ", ", (char *) lfirst(lc));
	appendStringInfoString(&out, list_length(columns) > 1 ? "))" : ")");
	return out.data;
}

const char *
rr_deparse_count(const char *alias, const GqlValue *columns, bool distinct)
{
	List	   *expressions = NIL;
	ListCell   *lc;

	if (columns != NULL)
	{
		foreach(lc, columns->items)
		{
			const char *name = ((const GqlValue *) lfirst(lc))->text;

			expressions = lappend(expressions,
								  psprintf("%s.%s", alias, quote_identifier(name)));
		}
	}
	return deparse_count_of(expressions, distinct);
}

static RrJsonPiece *
compile_count(RrSql *sql, const RrRow *row, const GqlFieldSel *field)
{
	const GqlValue *columns;
	const GqlValue *distinct;
	List	   *outputs = NIL;
	GqlNames	args;
	ListCell   *lc;

	if (!gql_coerce_arguments(sql->planner->request, field, &args, sql->planner->errors))
		return NULL;
	columns = rr_given_argument(&args, "columns");
	distinct = rr_given_argument(&args, "distinct");
	if (columns != NULL)
	{
		foreach(lc, columns->items)
		{
			const char *name = ((const GqlValue *) lfirst(lc))->text;
			const RrColumn *column = rr_table_field_column(row->table, name);
			const char *expression = rr_deparse_row_column(row, column->attnum);

			outputs = lappend(outputs,
							  unconstify(char *, rr_row_add_output(row, expression)));
		}
	}
	return rr_make_json_piece("$", deparse_count_of(outputs,
													distinct != NULL && distinct->boolean));
}

/* ---- objects of aggregates ---- */

typedef RrJsonPiece *(*CompileField) (RrSql *sql, const RrRow *row, const GqlFieldSel *field);

/* The object of some fields, each value made by compile(). */
static RrJsonPiece *
compile_fields(RrSql *sql, const RrRow *row, GqlType *type, List *fields, CompileField compile)
{
	List	   *members = NIL;
	ListCell   *lc;

	if (!rr_count_fields(sql->planner, list_length(fields)))
		return NULL;
	foreach(lc, fields)
	{
		const GqlFieldSel *field = lfirst(lc);
		RrJsonPiece *value;

		if (gql_is_introspection_field(field->def))
			value = rr_make_json_piece(psprintf("\"%s\"", type->name), NULL);
		else
			value = compile(sql, row, field);
		if (value == NULL)
			return NULL;
		members = lappend(members, rr_make_json_member(field->key, value));
	}
	return rr_make_json_object(members);
}

static RrJsonPiece *
compile_subfields(RrSql *sql, const RrRow *row, const GqlFieldSel *field, CompileField compile)
{
	return compile_fields(sql, row, gql_named_type(field->def->type),
						  rr_collect_subfields(sql, field), compile);
}

/* { aggregate { max { column } } } */
static RrJsonPiece *
compile_column(RrSql *sql, const RrRow *row, const GqlFieldSel *field)
{
	const RrTableField *info = field->def->data;
	const char *column = rr_row_add_output(row, rr_deparse_row_column(row, info->column->attnum));
	const RrScalar *scalar = rr_column_scalar(sql->db, info->column);

	return rr_make_json_piece("$", psprintf("pg_catalog.%s(%s)", info->aggregate->name,
											rr_deparse_operand(scalar, column)));
}

/* { aggregate { count max {…} } } */
static RrJsonPiece *
compile_function(RrSql *sql, const RrRow *row, const GqlFieldSel *field)
{
	if (((const RrField *) field->def->data)->kind == RR_FIELD_COUNT)
		return compile_count(sql, row, field);
	return compile_subfields(sql, row, field, compile_column);
}

/*
 * With a limit of the role, nodes are a list of their own: as in Hasura, the
 * aggregates are about all rows.
 */
static RrJsonPiece *
compile_limited_nodes(RrSql *sql, const RrRow *row, const GqlFieldSel *field)
{
	const char *list = rr_compile_limited_list(sql, rr_rows_copy(row->rows->unlimited), field);

	return list != NULL ? rr_make_json_piece("$", psprintf("(%s)", list)) : NULL;
}

static RrJsonPiece *
compile_nodes(RrSql *sql, const RrRow *row, const GqlFieldSel *field)
{
	RrJsonPiece *piece = rr_compile_object(sql, row, gql_named_type(field->def->type),
										   rr_collect_subfields(sql, field));

	if (piece == NULL)
		return NULL;
	return rr_make_json_piece("$", rr_deparse_json_call("json_rows", piece));
}

/* { aggregate {…} nodes {…} } */
static RrJsonPiece *
compile_aggregate(RrSql *sql, const RrRow *row, const GqlFieldSel *field)
{
	if (((const RrField *) field->def->data)->kind == RR_FIELD_NODES)
		return row->rows->unlimited ? compile_limited_nodes(sql, row, field)
			: compile_nodes(sql, row, field);
	return compile_subfields(sql, row, field, compile_function);
}

/* ---- the whole ---- */

/* Will the selection of nodes join to-one relationships? */
static bool
nodes_join(RrSql *sql, List *fields)
{
	ListCell   *lc;

	foreach(lc, fields)
	{
		const GqlFieldSel *field = lfirst(lc);

		if (!gql_is_introspection_field(field->def) &&
			((const RrField *) field->def->data)->kind == RR_FIELD_NODES &&
			rr_selects_joins(sql, rr_collect_subfields(sql, field)))
			return true;
	}
	return false;
}

const char *
rr_compile_select_aggregate(RrSql *sql, RrRows *rows, const GqlFieldSel *field)
{
	List	   *fields = rr_collect_subfields(sql, field);
	RrRow		row = rr_rows_own_row(rows);
	RrJsonPiece *piece;

	if (rr_role_table(sql->rs, rows->table)->max_rows >= 0)
		rows->unlimited = rr_rows_copy(rows);
	rr_rows_prepare_joins(sql, rows, rows->unlimited == NULL && nodes_join(sql, fields));
	piece = compile_fields(sql, &row, gql_named_type(field->def->type), fields, compile_aggregate);
	if (piece == NULL)
		return NULL;
	return psprintf("SELECT %s%s", rr_deparse_json_call("json_object", piece),
					rr_finish_rows(sql, rows, ""));
}
