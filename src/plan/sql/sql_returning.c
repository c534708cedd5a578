/*
 * sql_returning.c: what a change returns, and the statements that read the
 * changed rows afterwards.
 *
 * RETURNING names only what is asked for, since it takes the privilege to
 * select and a policy that shows the row.
 */
#include "postgres.h"

#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "plan/sql/sql_change.h"

/* ---- which columns a selection needs ---- */

static Bitmapset *
add_all(Bitmapset *set, const RrTable *table)
{
	for (int i = 0; i < table->ncolumns; i++)
		set = bms_add_member(set, table->columns[i].attnum);
	return set;
}

static Bitmapset *
add_join_keys(Bitmapset *set, const RrTable *table, const RrRemoteJoin *join)
{
	for (int i = 0; i < join->nkeys; i++)
		set = join->keys[i].attnum != 0 ? bms_add_member(set, join->keys[i].attnum)
			: add_all(set, table);
	return set;
}

static Bitmapset *
add_needed(Bitmapset *set, const RrTable *table, const GqlFieldSel *field)
{
	const RrTableField *info = field->def->data;

	if (gql_is_introspection_field(field->def))
		return set;
	switch (info->base.kind)
	{
		case RR_FIELD_COLUMN:
			return bms_add_member(set, info->column->attnum);
		case RR_FIELD_REMOTE_JOIN:
			return add_join_keys(set, table, field->def->data);
		case RR_FIELD_COMPUTED:
		case RR_FIELD_COMPUTED_AGGREGATE:
			return add_all(set, table);
		default:
			for (int i = 0; i < info->link->nkeys; i++)
				set = bms_add_member(set, info->link->attnums[i]);
			return set;
	}
}

static bool
is_plain(const GqlFieldSel *field)
{
	return gql_is_introspection_field(field->def) ||
		((const RrField *) field->def->data)->kind == RR_FIELD_COLUMN;
}

static void
set_columns(RrReturning *returning, const Bitmapset *attnums)
{
	const RrTable *table = returning->table;

	returning->ncolumns = 0;
	returning->columns = palloc(table->ncolumns * sizeof(RrColumn *));
	for (int i = 0; i < table->ncolumns; i++)
		if (bms_is_member(table->columns[i].attnum, attnums))
			returning->columns[returning->ncolumns++] = &table->columns[i];
}

/* ---- reading ---- */

/*
 * A parameter for the ith column that a change returned: of all rows (array),
 * or of one.
 */
static const char *
add_changed_param(RrSql *sql, const RrColumn *column, int i, bool array)
{
	const char *name;
	RrSqlParam *param;
	const RrScalar *scalar = rr_column_scalar(sql->db, column);
	Oid			type = array ? rr_values_type(scalar) : scalar->base;

	name = rr_add_value_param(sql, type, NULL);
	param = llast(sql->params);
	param->kind = RR_PARAM_CHANGED;
	param->key = i;
	param->row = array ? -1 : 0;
	return name;
}

Oid
rr_values_type(const RrScalar *scalar)
{
	Oid			array = InvalidOid;

	/* unnest() would take arrays and composites apart */
	if (scalar->element == NULL && get_typtype(scalar->base) != TYPTYPE_COMPOSITE)
		array = get_array_type(scalar->base);
	return OidIsValid(array) ? array : TEXTARRAYOID;
}

const char *
rr_deparse_unnested(const RrScalar *scalar, const char *expression)
{
	if (rr_values_type(scalar) == TEXTARRAYOID && scalar->base != TEXTOID)
		return psprintf("%s::%s", expression, format_type_be_qualified(scalar->base));
	return expression;
}

/* The keys that rows are read by: a condition, or a join that keeps order. */
static void
restrict_by_key(RrSql *sql, RrRows *rows, const RrReturning *returning)
{
	const char *alias = rr_new_alias(sql, 'k');
	StringInfoData arrays;
	StringInfoData names;
	StringInfoData condition;

	if (returning->form == RR_ANSWER_OBJECT)
	{
		for (int i = 0; i < returning->ncolumns; i++)
		{
			const RrColumn *column = returning->columns[i];
			const char *value = add_changed_param(sql, column, i, false);

			rr_rows_add_condition(rows, rr_deparse_equality(sql, rows->alias, column, value));
		}
		return;
	}
	initStringInfo(&arrays);
	initStringInfo(&names);
	initStringInfo(&condition);
	for (int i = 0; i < returning->ncolumns; i++)
	{
		const RrColumn *column = returning->columns[i];
		const RrScalar *scalar = rr_column_scalar(sql->db, column);
		const char *value = rr_deparse_unnested(scalar, psprintf("%s.c%d", alias, i + 1));

		appendStringInfo(&arrays, "%spg_catalog.unnest(%s)", i > 0 ? ", " : "",
						 add_changed_param(sql, column, i, true));
		appendStringInfo(&names, "c%d, ", i + 1);
		appendStringInfo(&condition, "%s%s", i > 0 ? " AND " : "",
						 rr_deparse_equality(sql, rows->alias, column, value));
	}
	appendStringInfo(&rows->base_joins, " JOIN ROWS FROM (%s) WITH ORDINALITY AS %s(%sn) ON %s",
					 arrays.data, alias, names.data, condition.data);
	rr_rows_add_sort(sql, rows, psprintf("%s.n", alias));
}

/* The rows that the change returned, as a subquery in the table's place. */
static const char *
deparse_values(RrSql *sql, const RrReturning *returning)
{
	const char *alias = rr_new_alias(sql, 'v');
	StringInfoData select;
	StringInfoData arrays;
	StringInfoData names;

	initStringInfo(&select);
	initStringInfo(&arrays);
	initStringInfo(&names);
	for (int i = 0; i < returning->ncolumns; i++)
	{
		const RrColumn *column = returning->columns[i];
		const RrScalar *scalar = rr_column_scalar(sql->db, column);
		const char *separator = i > 0 ? ", " : "";

		appendStringInfo(&select, "%s%s AS %s", separator,
						 rr_deparse_unnested(scalar, psprintf("%s.c%d", alias, i + 1)),
						 quote_identifier(column->sql_name));
		appendStringInfo(&arrays, "%spg_catalog.unnest(%s)", separator,
						 add_changed_param(sql, column, i, true));
		appendStringInfo(&names, "%sc%d", separator, i + 1);
	}
	return psprintf("(SELECT %s FROM ROWS FROM (%s) AS %s(%s))", select.data, arrays.data, alias,
					names.data);
}

static RrSqlStatement *
compile_read(RrPlanner *planner, const RrReturning *returning, const GqlFieldSel *field)
{
	RrSql		sql = {.planner = planner, .rs = planner->rs, .db = planner->rs->tables->db,
	.loc = rr_field_loc(field)};
	RrRows		rows;
	const char *text;

	if (returning->by_key)
	{
		rr_rows_init(&sql, &rows, returning->table, NULL);
		restrict_by_key(&sql, &rows, returning);
	}
	else
	{
		rr_rows_init(&sql, &rows, returning->table, deparse_values(&sql, returning));
		if (returning->form != RR_ANSWER_OBJECT)
		{
			/* a limit keeps joins out of the subquery that is put in order */
			rows.limit = "ALL";
			rr_rows_add_sort(&sql, &rows, "pg_catalog.row_number() OVER ()");
		}
	}
	text = returning->form == RR_ANSWER_OBJECT
		? rr_compile_select_object(&sql, &rows, field, false)
		: rr_compile_select_list(&sql, &rows, field);
	return text != NULL && rr_count_bytes(sql.planner, strlen(text)) ? rr_make_statement(&sql, text)
		: NULL;
}

/* ---- planning ---- */

/* Are rows found by their primary key, and may the role use it? */
static bool
has_key(RrSql *sql, const RrTable *table)
{
	const RrKey *key = rr_table_primary_key(table);

	if (key == NULL || key->deferrable || table->has_children)
		return false;
	for (int i = 0; i < key->nkeys; i++)
		if (!rr_can_read(sql->rs, table, key->attnums[i]))
			return false;
	return true;
}

static void
add_member(RrSql *sql, RrReturning *returning, RrMemberKind kind, const GqlFieldSel *field,
		   Bitmapset **needed)
{
	RrMember   *member = palloc0(sizeof(RrMember));
	ListCell   *lc;

	member->kind = kind;
	member->key = field->key;
	member->field = field;
	member->typename = field->parent->name;
	returning->members = lappend(returning->members, member);
	if (kind != RR_MEMBER_ROWS)
		return;
	returning->rows = true;
	foreach(lc, rr_collect_subfields(sql, field))
	{
		returning->plain &= is_plain(lfirst(lc));
		*needed = add_needed(*needed, returning->table, lfirst(lc));
	}
}

static RrMemberKind
member_kind(const GqlFieldSel *field)
{
	if (gql_is_introspection_field(field->def))
		return RR_MEMBER_TYPENAME;
	return ((const RrField *) field->def->data)->kind == RR_FIELD_AFFECTED_ROWS
		? RR_MEMBER_AFFECTED_ROWS : RR_MEMBER_ROWS;
}

/* A column that the role reads; it must read one. */
static const RrColumn *
readable_column(RrRoleSchema *rs, const RrTable *table)
{
	for (int i = 0; i < table->ncolumns; i++)
		if (rr_can_read(rs, table, table->columns[i].attnum))
			return &table->columns[i];
	elog(ERROR, "no column of table \"%s\" is readable", table->name);
}

bool
rr_compile_returning(RrSql *sql, RrReturning *returning, const GqlFieldSel *field, bool keep)
{
	Bitmapset  *needed = NULL;
	ListCell   *lc;

	returning->plain = true;
	if (returning->form != RR_ANSWER_RESPONSE)
		add_member(sql, returning, RR_MEMBER_ROWS, field, &needed);
	else
	{
		List	   *fields = rr_collect_subfields(sql, field);

		if (!rr_count_fields(sql->planner, list_length(fields)))
			return false;
		foreach(lc, fields)
			add_member(sql, returning, member_kind(lfirst(lc)), lfirst(lc), &needed);
	}
	returning->by_key = keep && has_key(sql, returning->table);
	if (returning->by_key)
	{
		const RrKey *key = rr_table_primary_key(returning->table);

		needed = NULL;
		for (int i = 0; i < key->nkeys; i++)
			needed = bms_add_member(needed, key->attnums[i]);
	}
	set_columns(returning, needed);
	if (returning->ncolumns == 0 && returning->rows)
		returning->columns[returning->ncolumns++] = readable_column(sql->rs, returning->table);
	foreach(lc, returning->members)
	{
		RrMember   *member = lfirst(lc);

		if (member->kind != RR_MEMBER_ROWS)
			continue;
		member->read = compile_read(sql->planner, returning, member->field);
		if (member->read == NULL)
			return false;
	}
	return true;
}

/* ---- RETURNING ---- */

/* The JSON of each ROWS member. */
static bool
append_plain(RrSql *sql, StringInfo out, const RrReturning *returning, const char *alias,
			 const char *separator)
{
	RrRows		rows = {.table = returning->table, .alias = alias};
	RrRow		row = rr_rows_own_row(&rows);
	int			nfields = sql->planner->nfields;
	ListCell   *lc;

	foreach(lc, returning->members)
	{
		const RrMember *member = lfirst(lc);
		RrJsonPiece *piece;

		if (member->kind != RR_MEMBER_ROWS)
			continue;
		piece = rr_compile_object(sql, &row, gql_named_type(member->field->def->type),
								  rr_collect_subfields(sql, member->field));
		if (piece == NULL)
			return false;
		appendStringInfo(out, "%s%s", separator, rr_deparse_json_call("json_object", piece));
		separator = ", ";
	}

	/* they were counted when the reading statement was compiled */
	sql->planner->nfields = nfields;
	return true;
}

bool
rr_append_returned(RrSql *sql, StringInfo out, const RrReturning *returning, bool plain,
				   const char *alias, const char *separator)
{
	if (returning == NULL || !returning->rows)
		return true;
	if (plain)
		return append_plain(sql, out, returning, alias, separator);
	for (int i = 0; i < returning->ncolumns; i++)
	{
		appendStringInfo(out, "%s%s.%s", separator, alias,
						 quote_identifier(returning->columns[i]->sql_name));
		separator = ", ";
	}
	return true;
}
