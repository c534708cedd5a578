/*
 * sql_update.c: updates and deletes.
 *
 * Their conditions are those of queries (sql_where.c).
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"

#include "plan/sql/sql_change.h"

/* ---- assignments ---- */

/* The value that an operator gives to a column. */
static const char *
compile_assignment(RrSql *sql, RrTableTypeKind operator, const RrColumn *column,
				   const char *alias, const GqlValue *value)
{
	const RrScalar *scalar = rr_column_scalar(sql->db, column);
	const char *old = psprintf("%s.%s", alias, quote_identifier(column->sql_name));

	switch (operator)
	{
		case RR_TYPE_INC_INPUT:
			return psprintf("%s OPERATOR(pg_catalog.+) %s", old,
							rr_add_value_param(sql, scalar->base, value));
		case RR_TYPE_APPEND_INPUT:
			return psprintf("%s OPERATOR(pg_catalog.||) %s", old,
							rr_add_value_param(sql, JSONBOID, value));
		case RR_TYPE_PREPEND_INPUT:
			return psprintf("%s OPERATOR(pg_catalog.||) %s",
							rr_add_value_param(sql, JSONBOID, value), old);
		case RR_TYPE_DELETE_KEY_INPUT:
			return psprintf("%s OPERATOR(pg_catalog.-) %s", old,
							rr_add_value_param(sql, TEXTOID, value));
		case RR_TYPE_DELETE_ELEM_INPUT:
			return psprintf("%s OPERATOR(pg_catalog.-) %s", old,
							rr_add_value_param(sql, INT4OID, value));
		case RR_TYPE_DELETE_AT_PATH_INPUT:
			return psprintf("%s OPERATOR(pg_catalog.#-) %s", old,
							rr_add_value_param(sql, TEXTARRAYOID, value));
		default:
			return rr_add_value_param(sql, scalar->base, value);
	}
}

/* The operators of one update. */
typedef struct Assignments
{
	const char *alias;
	int			loc;
	bool		given;			/* some operator is */
	Bitmapset  *assigned;		/* attnums */
	StringInfoData set;			/* "a = $1, b = $2" */
} Assignments;

static bool
add_operator(RrSql *sql, Assignments *a, const RrUpdateOperator *operator, const RrTable *table,
			 const GqlValue *object)
{
	GqlType    *type = rr_table_type(sql->rs, table, operator->input);
	ListCell   *lc;

	a->given = true;
	foreach(lc, object->items)
	{
		const GqlObjectField *field = lfirst(lc);
		const GqlInputValueDef *input = gql_type_input(sql->rs->schema, type, field->name.value);
		const RrColumn *column = ((const RrTableField *) input->data)->column;

		if (bms_is_member(column->attnum, a->assigned))
		{
			rr_sql_file_error(sql, a->loc, "Column \"%s\" is set by more than one operator.",
							  field->name.value);
			return false;
		}
		a->assigned = bms_add_member(a->assigned, column->attnum);
		appendStringInfo(&a->set, "%s%s = %s", a->set.len > 0 ? ", " : "",
						 quote_identifier(column->sql_name),
						 compile_assignment(sql, operator->input, column, a->alias, field->value));
	}
	return true;
}

/* ---- statements ---- */

/* One statement in the making, with a condition to come. */
typedef struct Writer
{
	RrSql		sql;
	const RrMutation *mutation;
	const char *alias;
	StringInfoData text;
} Writer;

static void
begin(Writer *w, const RrSql *outer, const RrMutation *mutation)
{
	memset(w, 0, sizeof(Writer));
	w->sql = *outer;
	w->sql.params = NIL;
	w->sql.run_param = NULL;
	w->sql.naliases = 0;
	w->mutation = mutation;
	w->alias = rr_new_alias(&w->sql, 't');
	initStringInfo(&w->text);
}

/* Append the condition: where, or the key's values. False for an error. */
static bool
append_condition(Writer *w, const GqlValue *where, const GqlValue *key)
{
	const RrTable *table = w->mutation->table;
	const RrKey *primary = rr_table_primary_key(table);

	appendStringInfoString(&w->text, " WHERE ");
	w->sql.planner->filtered = NULL;
	if (where != NULL)
		return rr_append_where(&w->sql, &w->text, RR_READING_VALUE, table, w->alias,
							   rr_table_type(w->sql.rs, table, RR_TYPE_BOOL_EXP), where) &&
			rr_add_where_keys(&w->sql, &w->sql.key_queries, rr_deparse_table(&w->sql, table), table,
							  w->alias, "", where);
	for (int i = 0; i < primary->nkeys; i++)
	{
		const RrColumn *column = rr_table_column(table, primary->attnums[i]);
		const char *param = rr_add_value_param(&w->sql, rr_column_scalar(w->sql.db, column)->base,
											   gql_object_get(key, column->graphql_name));

		appendStringInfo(&w->text, "%s%s", i > 0 ? " AND " : "",
						 rr_deparse_equality(&w->sql, w->alias, column, param));
	}
	return true;
}

/* A statement of what has been written, and what it returns. */
static RrSqlStatement *
finish_form(const Writer *w, bool plain)
{
	RrSql		sql = w->sql;
	StringInfoData text;

	sql.params = list_copy(w->sql.params);
	initStringInfo(&text);
	appendBinaryStringInfo(&text, w->text.data, w->text.len);
	if (!rr_append_returned(&sql, &text, &w->mutation->returning, plain, w->alias, " RETURNING "))
		return NULL;
	return rr_make_statement(&sql, text.data);
}

/* Make both forms of the change. False when an error was filed. */
static bool
finish(const Writer *w, RrChange *change)
{
	change->statement = finish_form(w, false);
	if (change->statement == NULL)
		return false;
	if (!w->mutation->returning.plain || !w->mutation->returning.rows)
		return true;
	change->plain = finish_form(w, true);
	return change->plain != NULL;
}

/* Where the operators of an update are looked up: arguments, or an object. */
typedef struct Operators
{
	const GqlNames *args;
	const GqlValue *object;
} Operators;

static const GqlValue *
given_operator(const Operators *operators, const char *name)
{
	const GqlValue *value;

	if (operators->args != NULL)
		return rr_given_argument(operators->args, name);
	value = gql_object_get(operators->object, name);
	return value != NULL && value->kind != GQL_VALUE_NULL ? value : NULL;
}

static bool
add_operators(Writer *w, Assignments *a, const Operators *operators)
{
	for (int i = 0; i < RR_NUPDATE_OPERATORS; i++)
	{
		const RrUpdateOperator *operator = &rr_update_operators[i];
		const char *name = rr_field_name_in(w->sql.db, operator->name);
		const GqlValue *object = given_operator(operators, name);

		if (object != NULL && !add_operator(&w->sql, a, operator, w->mutation->table, object))
			return false;
	}
	return true;
}

static bool
add_update(const RrSql *sql, RrMutation *mutation, const Operators *operators,
		   const GqlValue *where, const GqlValue *key)
{
	Assignments a = {.loc = sql->loc};
	RrChange   *change = palloc0(sizeof(RrChange));
	Writer		w;

	begin(&w, sql, mutation);
	a.alias = w.alias;
	initStringInfo(&a.set);
	if (!add_operators(&w, &a, operators))
		return false;
	if (!a.given)
	{
		rr_sql_file_error(&w.sql, a.loc,
						  "At least one of \"_set\" and the other operators of an update is required.");
		return false;
	}
	appendStringInfo(&w.text, "UPDATE %s AS %s SET %s", rr_deparse_table(&w.sql, mutation->table),
					 w.alias, a.set.data);
	/* what is wrong with a condition is an error though no column is set */
	if (!append_condition(&w, where, key) || !finish(&w, change))
		return false;
	if (a.set.len == 0)
		change->statement = change->plain = NULL;
	mutation->changes = lappend(mutation->changes, change);
	return true;
}

bool
rr_compile_update(RrSql *sql, RrMutation *mutation, const GqlNames *args)
{
	const GqlValue *updates = rr_given_argument(args, "updates");
	Operators	operators = {.args = args};
	ListCell   *lc;

	if (!mutation->many)
		return add_update(sql, mutation, &operators, rr_given_argument(args, "where"),
						  rr_given_argument(args, rr_field_name_in(sql->db, "pk_columns")));
	operators.args = NULL;
	foreach(lc, updates->items)
	{
		operators.object = lfirst(lc);
		if (!add_update(sql, mutation, &operators, gql_object_get(lfirst(lc), "where"), NULL))
			return false;
	}
	return true;
}

/* ---- deletes ---- */

/* The key columns that are arguments of delete_books_by_pk, as an object. */
static const GqlValue *
key_of_arguments(const RrTable *table, const GqlNames *args)
{
	const RrKey *primary = rr_table_primary_key(table);
	GqlValue   *key = palloc0(sizeof(GqlValue));

	key->kind = GQL_VALUE_OBJECT;
	key->loc = -1;
	for (int i = 0; i < primary->nkeys; i++)
	{
		const RrColumn *column = rr_table_column(table, primary->attnums[i]);

		gql_object_add(key, column->graphql_name, -1,
					   unconstify(GqlValue *, rr_given_argument(args, column->graphql_name)));
	}
	return key;
}

bool
rr_compile_delete(RrSql *sql, RrMutation *mutation, const GqlFieldSel *field, const GqlNames *args)
{
	const RrTableField *info = field->def->data;
	const GqlValue *where = NULL;
	const GqlValue *key = NULL;
	RrChange   *change = palloc0(sizeof(RrChange));
	Writer		w;

	if (info->base.kind == RR_FIELD_DELETE)
		where = rr_given_argument(args, "where");
	else
		key = key_of_arguments(mutation->table, args);
	begin(&w, sql, mutation);
	appendStringInfo(&w.text, "DELETE FROM %s AS %s", rr_deparse_table(&w.sql, mutation->table),
					 w.alias);
	if (!append_condition(&w, where, key) || !finish(&w, change))
		return false;
	mutation->changes = list_make1(change);
	return true;
}
