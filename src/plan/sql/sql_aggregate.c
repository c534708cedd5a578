/*
 * sql_aggregate.c: aggregates (reference, 8). aggregate and nodes are about
 * the same rows, which one scan gives.
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "plan/sql/sql.h"

/* ---- count ---- */

static const char *
count_of(List *columns, bool distinct)
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
rr_count_expression(const char *alias, const GqlValue *columns, bool distinct)
{
	List	   *expressions = NIL;
	ListCell   *lc;

	if (columns != NULL)
		foreach(lc, columns->items)
			expressions = lappend(expressions, psprintf("%s.%s", alias,
														quote_identifier(((const GqlValue *) lfirst(lc))->text)));
	return count_of(expressions, distinct);
}

static RrJsonPiece *
count_field(RrSql *sql, const RrRow *row, const GqlFieldSel *field)
{
	const GqlValue *columns,
			   *distinct;
	List	   *expressions = NIL;
	GqlNames	args;
	ListCell   *lc;

	if (!gql_coerce_arguments(sql->planner->request, field, &args, sql->planner->errors))
		return NULL;
	columns = rr_sql_argument(&args, "columns");
	distinct = rr_sql_argument(&args, "distinct");
	if (columns != NULL)
		foreach(lc, columns->items)
	{
		const RrColumn *column = rr_table_column_named(row->table,
													   ((const GqlValue *) lfirst(lc))->text);

		expressions = lappend(expressions, unconstify(char *, rr_row_value(row, rr_row_column(row,
																							  column->attnum))));
	}
	return rr_json_piece("$", count_of(expressions, distinct != NULL && distinct->boolean));
}

/* ---- objects of aggregates ---- */

typedef RrJsonPiece *(*FieldValue) (RrSql *sql, const RrRow *row, const GqlFieldSel *field);

/* The object of a field's selection, each value made by value_of. */
static RrJsonPiece *
object_of(RrSql *sql, const RrRow *row, GqlType *type, List *fields, FieldValue value_of)
{
	List	   *members = NIL;
	ListCell   *lc;

	if (!rr_count_fields(sql->planner, list_length(fields)))
		return NULL;
	foreach(lc, fields)
	{
		const GqlFieldSel *field = lfirst(lc);
		RrJsonPiece *value = gql_is_introspection_field(field->def)
		? rr_json_piece(psprintf("\"%s\"", type->name), NULL) :
		value_of(sql, row, field);

		if (value == NULL)
			return NULL;
		members = lappend(members, rr_json_member(field->key, value));
	}
	return rr_json_members(members);
}

static RrJsonPiece *
subobject(RrSql *sql, const RrRow *row, const GqlFieldSel *field, FieldValue value_of)
{
	return object_of(sql, row, gql_named_type(field->def->type), rr_subfields(sql, field),
					 value_of);
}

/* { aggregate { max { column } } } */
static RrJsonPiece *
column_value(RrSql *sql, const RrRow *row, const GqlFieldSel *field)
{
	const RrTableField *info = field->def->data;
	const char *column = rr_row_value(row, rr_row_column(row, info->column->attnum));

	return rr_json_piece("$", psprintf("pg_catalog.%s(%s)", info->aggregate->name,
									   rr_sql_operand(rr_scalar(sql->db, info->column->type),
													  column)));
}

/* { aggregate { count max {…} } } */
static RrJsonPiece *
function_value(RrSql *sql, const RrRow *row, const GqlFieldSel *field)
{
	if (((const RrField *) field->def->data)->kind == RR_FIELD_COUNT)
		return count_field(sql, row, field);
	return subobject(sql, row, field, column_value);
}

static RrJsonPiece *
nodes(RrSql *sql, const RrRow *row, const GqlFieldSel *field)
{
	RrJsonPiece *piece = rr_sql_json_object(sql, row, gql_named_type(field->def->type),
										rr_subfields(sql, field));

	return piece ? rr_json_piece("$", rr_json_call("json_rows", piece)) : NULL;
}

/* { aggregate {…} nodes {…} } */
static RrJsonPiece *
aggregate_value(RrSql *sql, const RrRow *row, const GqlFieldSel *field)
{
	if (((const RrField *) field->def->data)->kind == RR_FIELD_NODES)
		return nodes(sql, row, field);
	return subobject(sql, row, field, function_value);
}

/* ---- the whole ---- */

static bool
joins_objects(RrSql *sql, List *fields)
{
	ListCell   *lc;

	foreach(lc, fields)
	{
		const GqlFieldSel *field = lfirst(lc);

		if (!gql_is_introspection_field(field->def) &&
			((const RrField *) field->def->data)->kind == RR_FIELD_NODES &&
			rr_joins_objects(sql, rr_subfields(sql, field)))
			return true;
	}
	return false;
}

const char *
rr_select_aggregate(RrSql *sql, RrRows *rows, const GqlFieldSel *field)
{
	List	   *fields = rr_subfields(sql, field);
	RrRow		row = rr_rows_row(rows);
	RrJsonPiece *piece;

	rr_rows_prepare(sql, rows, joins_objects(sql, fields));
	piece = object_of(sql, &row, gql_named_type(field->def->type), fields, aggregate_value);
	return piece ? psprintf("SELECT %s%s", rr_json_call("json_object", piece), rr_rows_from(rows))
		: NULL;
}
