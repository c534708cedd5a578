/*
 * sql_aggregate.c: aggregates (reference, 8). aggregate and nodes are about the same rows, which one scan gives.
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "plan/sql.h"

/* ---- count ---- */

static const char *
count_of(List *columns, bool distinct)
{
	StringInfoData out;
	ListCell   *lc;

	if (columns == NIL)
		return "pg_catalog.count(*)";
	initStringInfo(&out);
	appendStringInfo(&out, "pg_catalog.count(%s%s", distinct ? "DISTINCT " : "", list_length(columns) > 1 ? "ROW(" : "");
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
			expressions = lappend(expressions, psprintf("%s.%s", alias, quote_identifier(((const GqlValue *) lfirst(lc))->text)));
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
			const RrColumn *column = rr_table_column_named(row->table, ((const GqlValue *) lfirst(lc))->text);

			expressions = lappend(expressions, unconstify(char *, rr_row_value(row, rr_row_column(row, column->attnum))));
		}
	return rr_json_piece("$", count_of(expressions, distinct != NULL && distinct->boolean));
}

/* ---- aggregate { … } ---- */

static RrJsonPiece *
function_fields(RrSql *sql, const RrRow *row, const GqlFieldSel *field)
{
	GqlType    *type = gql_named_type(field->def->type);
	List	   *fields = gql_collect_subfields(sql->planner->request, type, field);
	List	   *members = NIL;
	ListCell   *lc;

	if (!rr_count_fields(sql->planner, list_length(fields)))
		return NULL;
	foreach(lc, fields)
	{
		const GqlFieldSel *sub = lfirst(lc);
		const RrTableField *info = sub->def->data;
		RrJsonPiece *value;

		if (gql_is_introspection_field(sub->def))
			value = rr_json_piece(psprintf("\"%s\"", type->name), NULL);
		else
			value = rr_json_piece("$", psprintf("pg_catalog.%s(%s)", info->aggregate->name,
												rr_sql_operand(rr_scalar(sql->db, info->column->type),
															   rr_row_value(row, rr_row_column(row, info->column->attnum)))));
		members = lappend(members, rr_json_member(sub->key, value));
	}
	return rr_json_members(members);
}

static RrJsonPiece *
aggregate_fields(RrSql *sql, const RrRow *row, const GqlFieldSel *field)
{
	GqlType    *type = gql_named_type(field->def->type);
	List	   *fields = gql_collect_subfields(sql->planner->request, type, field);
	List	   *members = NIL;
	ListCell   *lc;

	if (!rr_count_fields(sql->planner, list_length(fields)))
		return NULL;
	foreach(lc, fields)
	{
		const GqlFieldSel *sub = lfirst(lc);
		const RrTableField *info = sub->def->data;
		RrJsonPiece *value;

		if (gql_is_introspection_field(sub->def))
			value = rr_json_piece(psprintf("\"%s\"", type->name), NULL);
		else if (info->base.kind == RR_FIELD_COUNT)
			value = count_field(sql, row, sub);
		else
			value = function_fields(sql, row, sub);
		if (value == NULL)
			return NULL;
		members = lappend(members, rr_json_member(sub->key, value));
	}
	return rr_json_members(members);
}

/* ---- the whole ---- */

static RrJsonPiece *
nodes(RrSql *sql, const RrRow *row, const GqlFieldSel *field)
{
	GqlType    *type = gql_named_type(field->def->type);
	RrJsonPiece *piece = rr_json_object(sql, row, type, gql_collect_subfields(sql->planner->request, type, field));

	return piece ? rr_json_piece("$", rr_json_call("json_rows", piece)) : NULL;
}

static bool
joins_objects(RrSql *sql, List *fields)
{
	ListCell   *lc;

	foreach(lc, fields)
	{
		const GqlFieldSel *field = lfirst(lc);

		if (!gql_is_introspection_field(field->def) && ((const RrField *) field->def->data)->kind == RR_FIELD_NODES &&
			rr_joins_objects(sql, gql_collect_subfields(sql->planner->request, gql_named_type(field->def->type), field)))
			return true;
	}
	return false;
}

const char *
rr_select_aggregate(RrSql *sql, RrRows *rows, const GqlFieldSel *field)
{
	GqlType    *type = gql_named_type(field->def->type);
	List	   *fields = gql_collect_subfields(sql->planner->request, type, field);
	RrRow		row = rr_rows_row(rows);
	List	   *members = NIL;
	ListCell   *lc;

	if (!rr_count_fields(sql->planner, list_length(fields)))
		return NULL;
	rr_rows_prepare(sql, rows, joins_objects(sql, fields));
	foreach(lc, fields)
	{
		const GqlFieldSel *sub = lfirst(lc);
		RrJsonPiece *value;

		if (gql_is_introspection_field(sub->def))
			value = rr_json_piece(psprintf("\"%s\"", type->name), NULL);
		else if (((const RrField *) sub->def->data)->kind == RR_FIELD_NODES)
			value = nodes(sql, &row, sub);
		else
			value = aggregate_fields(sql, &row, sub);
		if (value == NULL)
			return NULL;
		members = lappend(members, rr_json_member(sub->key, value));
	}
	return psprintf("SELECT %s%s", rr_json_call("json_object", rr_json_members(members)), rr_rows_from(rows));
}
