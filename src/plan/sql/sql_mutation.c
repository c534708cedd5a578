/*
 * sql_mutation.c: the root fields of mutations that tables and functions
 * answer.
 *
 * An insert's statements depend on which columns its rows give, so they are
 * compiled when it runs (exec/run_insert.c); here only what it returns is.
 */
#include "postgres.h"

#include "plan/remote/step.h"
#include "plan/sql/sql_change.h"

/* ---- functions that write ---- */

/* A call whose rows are read afterwards; *change has one statement. */
static bool
compile_call(RrSql *sql, RrMutation *mutation, const GqlFieldSel *field, const GqlNames *args)
{
	const RrFunction *function = ((const RrTableField *) field->def->data)->function;
	const RrReturning *returning = &mutation->returning;
	RrChange   *change = palloc0(sizeof(RrChange));
	const char *call = rr_compile_call(sql, function, NULL, rr_given_argument(args, "args"));
	StringInfoData text;
	RrRows		rows;
	RrRow		row;

	if (call == NULL)
		return false;
	rr_rows_init(sql, &rows, function->result_table, call);
	rows.is_volatile = function->is_volatile;
	if (!function->returns_set)
		rr_rows_add_condition(&rows, psprintf("NOT ((%s.*) IS NULL)", rows.alias));
	else if (!rr_rows_add_arguments(sql, &rows, field, args))
		return false;
	else
		rr_rows_limit_for_role(sql, &rows);
	row = rr_rows_own_row(&rows);
	initStringInfo(&text);
	for (int i = 0; i < returning->ncolumns; i++)
	{
		AttrNumber	attnum = returning->columns[i]->attnum;

		appendStringInfo(&text, "%s%s", i > 0 ? ", " : "SELECT ",
						 rr_row_add_output(&row, rr_deparse_row_column(&row, attnum)));
	}
	appendStringInfoString(&text, rr_finish_rows(sql, &rows, ""));
	change->statement = rr_make_statement(sql, text.data);
	mutation->changes = list_make1(change);
	return true;
}

/* ---- root fields ---- */

static void
set_kind(RrMutation *mutation, const RrTableField *info)
{
	switch (info->base.kind)
	{
		case RR_FIELD_INSERT_ONE:
			mutation->returning.form = RR_ANSWER_OBJECT;
			/* FALLTHROUGH */
		case RR_FIELD_INSERT:
			mutation->kind = RR_MUTATION_INSERT;
			break;
		case RR_FIELD_UPDATE_MANY:
			mutation->many = true;
			mutation->kind = RR_MUTATION_UPDATE;
			break;
		case RR_FIELD_UPDATE_BY_PK:
			mutation->returning.form = RR_ANSWER_OBJECT;
			/* FALLTHROUGH */
		case RR_FIELD_UPDATE:
			mutation->kind = RR_MUTATION_UPDATE;
			break;
		case RR_FIELD_DELETE_BY_PK:
			mutation->returning.form = RR_ANSWER_OBJECT;
			/* FALLTHROUGH */
		case RR_FIELD_DELETE:
			mutation->kind = RR_MUTATION_DELETE;
			break;
		case RR_FIELD_FUNCTION:
			mutation->kind = RR_MUTATION_FUNCTION;
			mutation->returning.form = info->function->returns_set ? RR_ANSWER_LIST
				: RR_ANSWER_OBJECT;
			break;
		default:
			elog(ERROR, "field kind %d is not a mutation", (int) info->base.kind);
	}
}

RrMutation *
rr_compile_mutation(RrPlanner *planner, const GqlFieldSel *field)
{
	RrSql		sql = {.planner = planner, .rs = planner->rs, .db = planner->rs->tables->db,
	.loc = rr_field_loc(field)};
	const RrTableField *info = field->def->data;
	RrMutation *mutation = palloc0(sizeof(RrMutation));
	bool		keep;
	bool		ok;
	GqlNames	args;

	if (!gql_coerce_arguments(planner->request, field, &args, planner->errors))
		return NULL;
	planner->filters = NIL;
	set_kind(mutation, info);
	mutation->table = mutation->returning.table = info->table;
	rr_deparse_table(&sql, info->table);
	keep = mutation->kind == RR_MUTATION_INSERT || mutation->kind == RR_MUTATION_UPDATE;
	if (!rr_compile_returning(&sql, &mutation->returning, field, keep))
		return NULL;
	switch (mutation->kind)
	{
		case RR_MUTATION_INSERT:
			ok = rr_insert_tree(planner, field) != NULL;
			break;
		case RR_MUTATION_UPDATE:
			ok = rr_compile_update(&sql, mutation, &args);
			break;
		case RR_MUTATION_DELETE:
			ok = rr_compile_delete(&sql, mutation, field, &args);
			break;
		default:
			ok = compile_call(&sql, mutation, field, &args);
			break;
	}
	return ok && rr_finish_filters(planner) ? mutation : NULL;
}
