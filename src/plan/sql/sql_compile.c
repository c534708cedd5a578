/*
 * sql_compile.c: root fields of tables and functions as statements, and what
 * all of the compiler uses: parameters, aliases, errors.
 */
#include "postgres.h"

#include "access/stratnum.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "plan/remote/step.h"
#include "plan/sql/sql.h"

/*
 * Relationships of a statement, and of all statements of a document. Each is a
 * query of its own, or a join: it takes the planner some 100 kB, and its plan
 * is kept as long as the document's.
 */
#define MAX_RELATIONSHIPS 1000
#define MAX_RELATIONSHIPS_OF_DOCUMENT 5000

const char *
rr_new_alias(RrSql *sql, char letter)
{
	return psprintf("%c%d", letter, ++sql->naliases);
}

/* What each parameter takes in a plan, in bytes, beside its value. */
#define PARAM_BYTES 64

static const char *
add_param(RrSql *sql, RrParamKind kind, Oid type, const GqlValue *value)
{
	RrSqlParam *param = palloc0(sizeof(RrSqlParam));

	param->kind = kind;
	param->type = type;
	param->value = value;
	if (value != NULL && rr_count_bytes(sql->planner, PARAM_BYTES))
		(void) rr_count_value(sql->planner, value);
	sql->params = lappend(sql->params, param);
	return psprintf("$%d", list_length(sql->params));
}

const char *
rr_add_value_param(RrSql *sql, Oid type, const GqlValue *value)
{
	return add_param(sql, RR_PARAM_VALUE, type, value);
}

const char *
rr_add_session_param(RrSql *sql, Oid type)
{
	return add_param(sql, RR_PARAM_SESSION, type, NULL);
}

const char *
rr_add_run_param(RrSql *sql)
{
	if (sql->run_param == NULL)
		sql->run_param = add_param(sql, RR_PARAM_RUN, INT4OID, NULL);
	return sql->run_param;
}

const char *
rr_add_keys_param(RrSql *sql, Oid type, int key)
{
	const char *name = add_param(sql, RR_PARAM_KEYS, type, NULL);

	((RrSqlParam *) llast(sql->params))->key = key;
	return name;
}

const char *
rr_deparse_table(RrSql *sql, const RrTable *table)
{
	sql->planner->tables = list_append_unique_oid(sql->planner->tables, table->oid);
	return quote_qualified_identifier(table->schema, table->relation);
}

void	   *
rr_sql_file_error(RrSql *sql, int loc, const char *fmt,...)
{
	char	   *message;
	va_list		args;

	va_start(args, fmt);
	message = gql_format_message(fmt, args);
	va_end(args);
	gql_error_at(sql->planner->errors, rr_sql_source(sql), loc >= 0 ? loc : sql->loc, "%s",
				 message);
	return NULL;
}

const char *
rr_deparse_operand(const RrScalar *scalar, const char *expression)
{
	if (scalar->type == scalar->base || !scalar->is_enum)
		return expression;
	return psprintf("(%s)::%s", expression, format_type_be_qualified(scalar->base));
}

bool
rr_sql_count_relationship(RrSql *sql, int loc)
{
	if (++sql->nrelationships > MAX_RELATIONSHIPS)
		rr_sql_file_error(sql, loc, "A root field goes through more than %d relationships.",
						  MAX_RELATIONSHIPS);
	else if (++sql->planner->nrelationships > MAX_RELATIONSHIPS_OF_DOCUMENT)
		rr_sql_file_error(sql, loc, "The document goes through more than %d relationships.",
						  MAX_RELATIONSHIPS_OF_DOCUMENT);
	else
		return true;
	return false;
}

const char *
rr_deparse_equality(RrSql *sql, const char *alias, const RrColumn *column, const char *value)
{
	static const RrOperator equal = {.kind = RR_OP_COMPARE, .strategy = BTEqualStrategyNumber};
	const RrScalar *scalar = rr_column_scalar(sql->db, column);
	const char *operand = psprintf("%s.%s", alias, quote_identifier(column->sql_name));

	return psprintf("%s %s %s", rr_deparse_operand(scalar, operand),
					rr_operator_name(rr_scalar_comparison(scalar, &equal)), value);
}

const GqlValue *
rr_given_argument(const GqlNames *args, const char *name)
{
	const GqlArgumentValue *arg = gql_names_get(args, name);

	return arg == NULL || arg->value->kind == GQL_VALUE_NULL ? NULL : arg->value;
}

/* ---- root fields ---- */

static const char *
compile_by_pk(RrSql *sql, RrRows *rows, const GqlFieldSel *field, const GqlNames *args)
{
	const RrKey *key = rr_table_primary_key(rows->table);

	for (int i = 0; i < key->nkeys; i++)
	{
		const RrColumn *column = rr_table_column(rows->table, key->attnums[i]);
		const char *param = rr_add_value_param(sql, rr_column_scalar(sql->db, column)->base,
											   rr_given_argument(args, column->graphql_name));

		rr_rows_add_condition(rows, rr_deparse_equality(sql, rows->alias, column, param));
	}
	return rr_compile_select_object(sql, rows, field, false);
}

static const char *
compile_function(RrSql *sql, const RrTableField *info, const GqlFieldSel *field,
				 const GqlNames *args)
{
	const RrFunction *function = info->function;
	const char *call = rr_compile_call(sql, function, NULL, rr_given_argument(args, "args"));
	RrRows		rows;

	if (call == NULL)
		return NULL;
	rr_rows_init(sql, &rows, function->result_table, call);
	rows.is_volatile = function->is_volatile;
	if (!function->returns_set)
	{
		rr_rows_add_condition(&rows, psprintf("NOT ((%s.*) IS NULL)", rows.alias));
		return rr_compile_select_object(sql, &rows, field, false);
	}
	if (!rr_rows_add_arguments(sql, &rows, field, args))
		return NULL;
	if (info->base.kind == RR_FIELD_FUNCTION_AGGREGATE)
		return rr_compile_select_aggregate(sql, &rows, field);
	return rr_compile_limited_list(sql, &rows, field);
}

static const char *
compile_table(RrSql *sql, const RrTableField *info, const GqlFieldSel *field,
			  const GqlNames *args)
{
	RrRows		rows;

	rr_rows_init(sql, &rows, info->table, NULL);
	if (info->base.kind == RR_FIELD_BY_PK)
		return compile_by_pk(sql, &rows, field, args);
	if (!rr_rows_add_arguments(sql, &rows, field, args))
		return NULL;
	if (info->base.kind == RR_FIELD_TABLE_AGGREGATE)
		return rr_compile_select_aggregate(sql, &rows, field);
	return rr_compile_limited_list(sql, &rows, field);
}

/* A field of query_root as SQL; NULL when an error was filed. */
static const char *
compile_root(RrSql *sql, const GqlFieldSel *field)
{
	const RrTableField *info = field->def->data;
	GqlNames	args;

	if (!gql_coerce_arguments(sql->planner->request, field, &args, sql->planner->errors))
		return NULL;
	switch (info->base.kind)
	{
		case RR_FIELD_TABLE:
		case RR_FIELD_TABLE_AGGREGATE:
		case RR_FIELD_BY_PK:
			return compile_table(sql, info, field, &args);
		case RR_FIELD_FUNCTION:
		case RR_FIELD_FUNCTION_AGGREGATE:
			return compile_function(sql, info, field, &args);
		default:
			elog(ERROR, "field \"%s\" is not one that tables answer", field->def->name);
	}
}

RrSqlStatement *
rr_compile_root(RrPlanner *planner, const GqlFieldSel *field)
{
	RrSql		sql = {.planner = planner, .rs = planner->rs, .db = planner->rs->tables->db,
	.loc = rr_field_loc(field)};
	const char *text;

	planner->filters = NIL;
	text = compile_root(&sql, field);
	if (text == NULL || !rr_count_bytes(planner, strlen(text)) || !rr_finish_filters(planner))
		return NULL;
	return rr_make_statement(&sql, text);
}
