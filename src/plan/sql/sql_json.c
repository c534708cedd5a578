/*
 * sql_json.c: selections on a row as templates and their arguments: columns,
 * relationships, functions, remote joins.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "plan/sql/sql.h"

/* A function takes at most 100 arguments, the template among them. */
#define MAX_ARGS 95

RrJsonPiece *
rr_make_json_piece(const char *template, const char *arg)
{
	RrJsonPiece *piece = palloc(sizeof(RrJsonPiece));

	piece->template = template;
	piece->args = arg ? list_make1(unconstify(char *, arg)) : NIL;
	return piece;
}

RrJsonPiece *
rr_make_json_member(const char *key, const RrJsonPiece *value)
{
	RrJsonPiece *piece = palloc(sizeof(RrJsonPiece));

	piece->template = psprintf("\"%s\":%s", key, value->template);
	piece->args = value->args;
	return piece;
}

const char *
rr_deparse_json_call(const char *function, const RrJsonPiece *piece)
{
	StringInfoData out;
	ListCell   *lc;

	initStringInfo(&out);
	appendStringInfo(&out, "remote_rel.%s('%s'", function, piece->template);
	foreach(lc, piece->args)
		appendStringInfo(&out, ", %s", (char *) lfirst(lc));
	appendStringInfoChar(&out, ')');
	return out.data;
}

/* Members side by side, without braces. */
static RrJsonPiece *
concatenate_members(List *members, int from, int to)
{
	RrJsonPiece *piece = palloc0(sizeof(RrJsonPiece));
	StringInfoData template;

	initStringInfo(&template);
	for (int i = from; i < to; i++)
	{
		const RrJsonPiece *member = list_nth(members, i);

		appendStringInfo(&template, "%s%s", i > from ? "," : "", member->template);
		piece->args = list_concat(piece->args, member->args);
	}
	piece->template = template.data;
	return piece;
}

/*
 * Some of the members as one argument: a call that makes an object of them,
 * whose members become members of the outer object ("*").
 */
static RrJsonPiece *
pack_members(List *members, int from, int to)
{
	RrJsonPiece *piece = concatenate_members(members, from, to);

	piece->template = psprintf("{%s}", piece->template);
	return rr_make_json_piece("*", rr_deparse_json_call("json_object", piece));
}

/*
 * Pack members into calls of their own, each with as many arguments as it can
 * take.
 */
static List *
pack_all(List *members)
{
	List	   *packed = NIL;
	int			from = 0,
				args = 0;

	for (int i = 0; i < list_length(members); i++)
	{
		int			n = list_length(((RrJsonPiece *) list_nth(members, i))->args);

		if (args + n > MAX_ARGS)
		{
			packed = lappend(packed, pack_members(members, from, i));
			from = i;
			args = 0;
		}
		args += n;
	}
	return lappend(packed, pack_members(members, from, list_length(members)));
}

static int
count_args(List *members)
{
	ListCell   *lc;
	int			n = 0;

	foreach(lc, members)
		n += list_length(((RrJsonPiece *) lfirst(lc))->args);
	return n;
}

RrJsonPiece *
rr_make_json_object(List *members)
{
	RrJsonPiece *piece;

	while (count_args(members) > MAX_ARGS)
		members = pack_all(members);
	piece = concatenate_members(members, 0, list_length(members));
	piece->template = psprintf("{%s}", piece->template);
	return piece;
}

/* ---- subqueries ---- */

/* NULL for NULL. */
static RrJsonPiece *
make_subquery(const char *select)
{
	return select != NULL ? rr_make_json_piece("$", psprintf("(%s)", select)) : NULL;
}

/* Restrict the rows to those that a link leads to from a row further out. */
static void
link_rows(RrRows *rows, const RrRow *row, const RrLink *link)
{
	const char **here = rr_row_add_link_outputs(row, link);

	rr_rows_add_condition(rows, rr_deparse_link_condition(link, here, rows->alias));
}

/* ---- to-one relationships ---- */

/*
 * Must the object be made by a subquery, so that nothing of it is computed
 * when there is no row? A function must not be called with a null row, nor a
 * remote join be asked without keys.
 */
static bool
needs_row(List *fields)
{
	ListCell   *lc;

	foreach(lc, fields)
	{
		const GqlFieldSel *field = lfirst(lc);
		const RrField *info = field->def->data;

		if (gql_is_introspection_field(field->def))
			continue;
		if (info->kind != RR_FIELD_COLUMN && info->kind != RR_FIELD_OBJECT_RELATIONSHIP)
			return true;
	}
	return false;
}

/* A row that may be missing: the argument of "?" is null then. */
static RrJsonPiece *
compile_joined(RrSql *sql, const RrRow *row, const RrLink *link, GqlType *type, List *fields)
{
	RrRow		joined = rr_rows_add_join(sql, row, link);
	RrJsonPiece *piece = rr_compile_object(sql, &joined, type, fields);
	const char *present;

	if (piece == NULL)
		return NULL;
	present = rr_row_add_output(&joined,
								rr_deparse_row_column(&joined, link->target_attnums[0]));
	piece->template = psprintf("?%s", piece->template);
	piece->args = lcons(unconstify(char *, present), list_copy(piece->args));
	if (list_length(piece->args) > MAX_ARGS)
		piece = rr_make_json_piece("$", rr_deparse_json_call("json_object", piece));
	return piece;
}

static RrJsonPiece *
compile_object_relationship(RrSql *sql, const RrRow *row, const GqlFieldSel *field)
{
	const RrLink *link = ((const RrTableField *) field->def->data)->link;
	GqlType    *type = gql_named_type(field->def->type);
	List	   *fields = rr_collect_subfields(sql, field);
	RrRows		rows;

	if (rr_rows_can_join(row->rows, link) && !needs_row(fields))
		return compile_joined(sql, row, link, type, fields);

	rr_rows_init(sql, &rows, link->target, NULL);
	link_rows(&rows, row, link);
	return make_subquery(rr_compile_select_object(sql, &rows, field, !link->unique));
}

bool
rr_selects_joins(RrSql *sql, List *fields)
{
	ListCell   *lc;

	foreach(lc, fields)
	{
		const GqlFieldSel *field = lfirst(lc);
		const RrTableField *info = field->def->data;

		if (!gql_is_introspection_field(field->def) &&
			info->base.kind == RR_FIELD_OBJECT_RELATIONSHIP && info->link->unique &&
			!needs_row(rr_collect_subfields(sql, field)))
			return true;
	}
	return false;
}

/* ---- other fields ---- */

static RrJsonPiece *
compile_array_relationship(RrSql *sql, const RrRow *row, const GqlFieldSel *field)
{
	const RrTableField *info = field->def->data;
	GqlNames	args;
	RrRows		rows;

	if (!gql_coerce_arguments(sql->planner->request, field, &args, sql->planner->errors))
		return NULL;
	sql->loc = rr_field_loc(field);
	rr_rows_init(sql, &rows, info->link->target, NULL);
	link_rows(&rows, row, info->link);
	if (!rr_rows_add_arguments(sql, &rows, field, &args))
		return NULL;
	return make_subquery(info->base.kind == RR_FIELD_ARRAY_RELATIONSHIP
						 ? rr_compile_limited_list(sql, &rows, field)
						 : rr_compile_select_aggregate(sql, &rows, field));
}

/*
 * A column's value, or one made of its values, as the answer has it: of an
 * enum table, as the naming convention writes values.
 */
static const char *
deparse_shown(const RrSql *sql, const RrColumn *column, const char *value)
{
	if (!sql->db->camel || column->values == NULL)
		return value;
	return psprintf("pg_catalog.upper(%s COLLATE pg_catalog.\"C\")", value);
}

/* A value; of json, what the argument "path" finds in it. */
static RrJsonPiece *
compile_json_value(RrSql *sql, const RrScalar *scalar, const char *value, const GqlNames *args)
{
	if (gql_names_get(args, "path") != NULL && scalar->element == NULL &&
		(scalar->base == JSONOID || scalar->base == JSONBOID))
		value = rr_compile_json_path(sql, value, args);
	return value != NULL ? rr_make_json_piece("$", value) : NULL;
}

static RrJsonPiece *
compile_column(RrSql *sql, const RrRow *row, const GqlFieldSel *field)
{
	const RrColumn *column = ((const RrTableField *) field->def->data)->column;
	const char *value = rr_row_add_output(row, rr_deparse_row_column(row, column->attnum));
	GqlNames	args;

	if (field->def->args.n == 0)
		return rr_make_json_piece("$", deparse_shown(sql, column, value));
	if (!gql_coerce_arguments(sql->planner->request, field, &args, sql->planner->errors))
		return NULL;
	sql->loc = rr_field_loc(field);
	return compile_json_value(sql, rr_column_scalar(sql->db, column), value, &args);
}

static RrJsonPiece *
compile_computed(RrSql *sql, const RrRow *row, const GqlFieldSel *field)
{
	const RrTableField *info = field->def->data;
	const RrFunction *function = info->function;
	const char *whole = rr_deparse_whole_row(row->table, row->alias);
	const char *call;
	GqlNames	args;
	RrRows		rows;

	if (!gql_coerce_arguments(sql->planner->request, field, &args, sql->planner->errors))
		return NULL;
	sql->loc = rr_field_loc(field);
	if (function->result_table != NULL)
		whole = rr_row_add_output(row, whole);
	call = rr_compile_call(sql, function, whole, rr_given_argument(&args, "args"));
	if (call == NULL)
		return NULL;
	if (function->result_table == NULL)
		return compile_json_value(sql, rr_scalar(sql->db, function->result),
								  rr_row_add_output(row, call), &args);

	rr_rows_init(sql, &rows, function->result_table, call);
	rows.is_volatile = function->is_volatile;
	if (!rr_rows_add_arguments(sql, &rows, field, &args))
		return NULL;
	return make_subquery(info->base.kind == RR_FIELD_COMPUTED
						 ? rr_compile_limited_list(sql, &rows, field)
						 : rr_compile_select_aggregate(sql, &rows, field));
}

const char *
rr_deparse_join_key(RrSql *sql, const RrRow *row, const RrJoinKey *key)
{
	if (key->attnum != 0)
		return rr_deparse_row_column(row, key->attnum);
	return rr_compile_call(sql, gql_names_get(&row->table->computed, key->name),
						   rr_deparse_whole_row(row->table, row->alias), NULL);
}

/*
 * The hole that the joined value will fill (docs/ARCHITECTURE.md, "Remote
 * joins").
 */
static RrJsonPiece *
compile_remote_join(RrSql *sql, const RrRow *row, const GqlFieldSel *field)
{
	const RrRemoteJoin *join = field->def->data;
	RrStep	   *step = rr_plan_join(sql->planner, field);
	StringInfoData call;

	if (step == NULL)
		return NULL;
	initStringInfo(&call);
	appendStringInfo(&call, "remote_rel.join_hole(%d, %s", rr_step_number(step),
					 rr_add_run_param(sql));
	for (int i = 0; i < join->nkeys; i++)
	{
		const char *value = rr_deparse_join_key(sql, row, &join->keys[i]);

		appendStringInfo(&call, ", %s", rr_row_add_output(row, value));
	}
	appendStringInfoChar(&call, ')');
	return rr_make_json_piece("$", call.data);
}

static bool
leads_to_table(const RrTableField *info)
{
	return info->base.kind != RR_FIELD_COLUMN && info->base.kind != RR_FIELD_REMOTE_JOIN &&
		(info->base.kind != RR_FIELD_COMPUTED || info->function->result_table != NULL);
}

static RrJsonPiece *
compile_field(RrSql *sql, const RrRow *row, GqlType *type, const GqlFieldSel *field)
{
	const RrField *info = field->def->data;

	if (gql_is_introspection_field(field->def))
		return rr_make_json_piece(psprintf("\"%s\"", type->name), NULL);
	if (leads_to_table(field->def->data) && !rr_sql_count_relationship(sql, rr_field_loc(field)))
		return NULL;
	switch (info->kind)
	{
		case RR_FIELD_COLUMN:
			return compile_column(sql, row, field);
		case RR_FIELD_COMPUTED:
		case RR_FIELD_COMPUTED_AGGREGATE:
			return compile_computed(sql, row, field);
		case RR_FIELD_OBJECT_RELATIONSHIP:
			return compile_object_relationship(sql, row, field);
		case RR_FIELD_ARRAY_RELATIONSHIP:
		case RR_FIELD_AGGREGATE_RELATIONSHIP:
			return compile_array_relationship(sql, row, field);
		case RR_FIELD_REMOTE_JOIN:
			return compile_remote_join(sql, row, field);
		default:
			elog(ERROR, "field \"%s\" is not one of a table", field->def->name);
	}
}

RrJsonPiece *
rr_compile_object(RrSql *sql, const RrRow *row, GqlType *type, List *fields)
{
	List	   *members = NIL;
	ListCell   *lc;

	check_stack_depth();
	if (!rr_count_fields(sql->planner, list_length(fields)))
		return NULL;
	foreach(lc, fields)
	{
		const GqlFieldSel *field = lfirst(lc);
		RrJsonPiece *value = compile_field(sql, row, type, field);

		if (value == NULL)
			return NULL;
		members = lappend(members, rr_make_json_member(field->key, value));
	}
	return rr_make_json_object(members);
}
