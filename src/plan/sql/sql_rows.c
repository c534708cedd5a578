/*
 * sql_rows.c: the rows of a table: FROM, WHERE, ORDER BY, LIMIT, and the
 * subqueries that these take.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"

#include "plan/sql/sql.h"

/*
 * A target list has at most 1664 entries, and a table at most 1600 columns.
 * Joined tables may add columns up to this sum.
 */
#define MAX_OUTPUTS 1600

/*
 * Tables joined to one: the planner's memory grows with their square. Further
 * ones are fetched by subqueries.
 */
#define MAX_JOINED 50

void
rr_rows_init(RrSql *sql, RrRows *rows, const RrTable *table, const char *from)
{
	memset(rows, 0, sizeof(RrRows));
	rows->table = table;
	rows->first_key_query = list_length(sql->key_queries);
	rows->outer_round = sql->round;
	rows->from = rr_deparse_table(sql, table);	/* the type is read in any
												 * case */
	if (from != NULL)
		rows->from = from;
	rows->alias = rr_new_alias(sql, 't');
	initStringInfo(&rows->where);
	initStringInfo(&rows->base_joins);
	initStringInfo(&rows->joins);
}

static RrLayer *
make_layer(const char *alias)
{
	RrLayer    *layer = palloc(sizeof(RrLayer));

	layer->alias = alias;
	gql_names_init(&layer->outputs, CurrentMemoryContext);
	return layer;
}

/* Add an expression to the layer's select list; its name for those above. */
static const char *
add_output(RrLayer *layer, const char *expression)
{
	RrOutput   *output = gql_names_get(&layer->outputs, expression);

	if (output == NULL)
	{
		output = palloc(sizeof(RrOutput));
		output->expression = expression;
		output->name = psprintf("%s.c%d", layer->alias, layer->outputs.n + 1);
		gql_names_add(&layer->outputs, output);
	}
	return output->name;
}

void
rr_rows_add_condition(RrRows *rows, const char *condition)
{
	appendStringInfo(&rows->where, "%s%s", rows->where.len > 0 ? " AND " : "", condition);
}

void
rr_rows_add_sort(RrSql *sql, RrRows *rows, const char *expression)
{
	RrSortKey  *key = palloc0(sizeof(RrSortKey));

	key->expression = expression;
	key->direction = "";
	rows->sort = lappend(rows->sort, key);
	if (rows->base == NULL)
		rows->base = make_layer(rr_new_alias(sql, 's'));
}

/* ---- arguments ---- */

/* limit, offset. False when an error was filed. */
static bool
read_count(RrSql *sql, const GqlNames *args, const char *name, const char **param)
{
	const GqlValue *value = rr_given_argument(args, name);

	if (value == NULL)
		return true;
	if (value->text[0] == '-')
	{
		rr_sql_file_error(sql, value->loc, "Argument \"%s\" must not be negative.", name);
		return false;
	}
	*param = rr_add_value_param(sql, INT8OID, value);
	return true;
}

/* Does the sort begin with the columns of distinct_on, in any order? */
static bool
sorts_by_distinct(const RrRows *rows)
{
	int			ndistinct = list_length(rows->distinct);

	if (list_length(rows->sort) < ndistinct)
		return false;
	for (int i = 0; i < ndistinct; i++)
	{
		const RrSortKey *key = list_nth(rows->sort, i);

		if (key->column == NULL || !list_member_ptr(rows->distinct, key->column))
			return false;
	}
	return true;
}

static bool
read_distinct_on(RrSql *sql, RrRows *rows, const GqlNames *args)
{
	const GqlValue *value = rr_given_argument(args, rr_field_name_in(sql->db, "distinct_on"));
	ListCell   *lc;

	if (value == NULL)
		return true;
	foreach(lc, value->items)
	{
		const char *name = ((const GqlValue *) lfirst(lc))->text;
		const RrColumn *column = rr_table_field_column(rows->table, name);

		if (!rr_count_bytes(sql->planner, strlen(name)))
			return false;
		rows->distinct = list_append_unique_ptr(rows->distinct, unconstify(RrColumn *, column));
	}
	if (rows->sort != NIL && !sorts_by_distinct(rows))
	{
		rr_sql_file_error(sql, value->loc,
						  "\"distinct_on\" columns must match initial \"order_by\" columns");
		return false;
	}
	return true;
}

/* The condition, and the queries for the keys of its remote conditions. */
static bool
add_where(RrSql *sql, RrRows *rows, const GqlValue *where)
{
	const char *others = pstrdup(rows->where.data);

	if (rows->where.len > 0)
		appendStringInfoString(&rows->where, " AND ");
	return rr_append_where(sql, &rows->where, RR_READING_VALUE, rows->table, rows->alias,
						   rr_table_type(sql->rs, rows->table, RR_TYPE_BOOL_EXP), where) &&
		rr_add_where_keys(sql, &rows->key_queries, rows->from, rows->table, rows->alias, others,
						  where);
}

bool
rr_rows_add_arguments(RrSql *sql, RrRows *rows, const GqlFieldSel *field, const GqlNames *args)
{
	const GqlValue *where = rr_given_argument(args, "where");
	const GqlValue *order_by = rr_given_argument(args, rr_field_name_in(sql->db, "order_by"));

	sql->planner->filtered = field;
	if (where != NULL && !add_where(sql, rows, where))
		return false;
	if (order_by != NULL && !rr_rows_add_order_by(sql, rows, order_by))
		return false;
	if (rows->is_volatile && (rows->key_queries != NIL || rows->sort_holes != NIL))
	{
		rr_sql_file_error(sql, -1, "Rows of a volatile function cannot be filtered or sorted by remote fields.");
		return false;
	}
	if (!read_distinct_on(sql, rows, args) ||
		!read_count(sql, args, "limit", &rows->limit) ||
		!read_count(sql, args, "offset", &rows->offset))
		return false;
	if (rows->sort != NIL || rows->distinct != NIL || rows->limit != NULL || rows->offset != NULL)
		rows->base = make_layer(rr_new_alias(sql, 's'));
	return true;
}

void
rr_rows_limit_for_role(RrSql *sql, RrRows *rows)
{
	int			max_rows = rr_role_table(sql->rs, rows->table)->max_rows;

	if (max_rows < 0)
		return;
	rows->limit = rows->limit ? psprintf("LEAST(%s, %d)", rows->limit, max_rows)
		: psprintf("%d", max_rows);
	if (rows->base == NULL)
		rows->base = make_layer(rr_new_alias(sql, 's'));
}

static void
copy_text(StringInfo text)
{
	StringInfoData copy;

	initStringInfo(&copy);
	appendBinaryStringInfo(&copy, text->data, text->len);
	*text = copy;
}

RrRows	   *
rr_rows_copy(const RrRows *rows)
{
	RrRows	   *copy = palloc(sizeof(RrRows));

	Assert(rows->middle == NULL && (rows->base == NULL || rows->base->outputs.n == 0));
	*copy = *rows;
	copy_text(&copy->where);
	copy_text(&copy->base_joins);
	copy_text(&copy->joins);
	if (rows->base != NULL)
		copy->base = make_layer(rows->base->alias);
	return copy;
}

void
rr_rows_prepare_joins(RrSql *sql, RrRows *rows, bool joins)
{
	if (joins && (rows->limit != NULL || rows->offset != NULL || rows->distinct != NIL))
		rows->middle = make_layer(rr_new_alias(sql, 's'));
}

/* ---- as SQL ---- */

static void
append_outputs(StringInfo out, const RrLayer *layer)
{
	for (int i = 0; i < layer->outputs.n; i++)
	{
		const RrOutput *output = layer->outputs.items[i];

		appendStringInfo(out, "%s%s AS c%d", i > 0 ? ", " : "", output->expression, i + 1);
	}
	if (layer->outputs.n == 0)
		appendStringInfoString(out, "NULL");
}

/* outside: the keys are outputs of the base. */
static void
append_sort(StringInfo out, const RrRows *rows, bool outside)
{
	const char *separator = " ORDER BY ";
	ListCell   *lc;

	foreach(lc, rows->sort)
	{
		const RrSortKey *key = lfirst(lc);
		const char *expression = outside ? add_output(rows->base, key->expression)
		: key->expression;

		appendStringInfo(out, "%s%s%s", separator, expression, key->direction);
		separator = ", ";
	}
}

static void
append_base(StringInfo out, const RrRows *rows)
{
	const char *separator = "";
	ListCell   *lc;

	appendStringInfoString(out, "SELECT ");
	if (rows->distinct != NIL)
	{
		appendStringInfoString(out, "DISTINCT ON (");
		foreach(lc, rows->distinct)
		{
			appendStringInfo(out, "%s%s.%s", separator, rows->alias,
							 quote_identifier(((const RrColumn *) lfirst(lc))->sql_name));
			separator = ", ";
		}
		appendStringInfoString(out, ") ");
	}
	append_outputs(out, rows->base);
}

/* joins: those for the selection */
static void
append_tables(StringInfo out, const RrRows *rows, const char *joins)
{
	appendStringInfo(out, " FROM %s AS %s%s%s", rows->from, rows->alias, rows->base_joins.data,
					 joins);
	if (rows->where.len > 0)
		appendStringInfo(out, " WHERE %s", rows->where.data);
}

const char *
rr_deparse_rows(RrRows *rows)
{
	StringInfoData out,
				sort;

	initStringInfo(&out);
	if (rows->base == NULL)
	{
		append_tables(&out, rows, rows->joins.data);
		return out.data;
	}

	initStringInfo(&sort);
	appendStringInfoString(&out, " FROM (");
	if (rows->middle != NULL)
	{
		append_sort(&sort, rows, true);
		appendStringInfoString(&out, "SELECT ");
		append_outputs(&out, rows->middle);
		appendStringInfoString(&out, " FROM (");
	}
	append_base(&out, rows);
	append_tables(&out, rows, rows->middle ? "" : rows->joins.data);
	append_sort(&out, rows, false);
	if (rows->limit != NULL)
		appendStringInfo(&out, " LIMIT %s", rows->limit);
	if (rows->offset != NULL)
		appendStringInfo(&out, " OFFSET %s", rows->offset);
	appendStringInfo(&out, ") AS %s", rows->base->alias);
	if (rows->middle != NULL)
		appendStringInfo(&out, "%s%s) AS %s", rows->joins.data, sort.data, rows->middle->alias);
	return out.data;
}

const char *
rr_deparse_unsorted(const RrRows *rows)
{
	StringInfoData out;

	initStringInfo(&out);
	append_tables(&out, rows, "");
	return out.data;
}

/* ---- rows and what they are joined with ---- */

RrRow
rr_rows_own_row(RrRows *rows)
{
	return (RrRow)
	{
		.rows = rows, .table = rows->table, .alias = rows->alias
	};
}

const char *
rr_deparse_row_column(const RrRow *row, AttrNumber attnum)
{
	const RrColumn *column = rr_table_column(row->table, attnum);

	return psprintf("%s.%s", row->alias, quote_identifier(column->sql_name));
}

/*
 * How an expression over the row's table is referred to where joins are made:
 * beside the table, or around the base.
 */
static const char *
output_at_joins(const RrRow *row, const char *expression)
{
	if (row->rows->middle == NULL || row->joined)
		return expression;
	return add_output(row->rows->base, expression);
}

const char *
rr_row_add_output(const RrRow *row, const char *expression)
{
	RrLayer    *top = row->rows->middle != NULL ? row->rows->middle : row->rows->base;

	expression = output_at_joins(row, expression);
	return top != NULL ? add_output(top, expression) : expression;
}

const char **
rr_row_add_link_outputs(const RrRow *row, const RrLink *link)
{
	const char **values = palloc(link->nkeys * sizeof(char *));

	for (int i = 0; i < link->nkeys; i++)
		values[i] = rr_row_add_output(row, rr_deparse_row_column(row, link->attnums[i]));
	return values;
}

const char **
rr_deparse_link_columns(const RrLink *link, const char *alias)
{
	const char **columns = palloc(link->nkeys * sizeof(char *));

	for (int i = 0; i < link->nkeys; i++)
	{
		const RrColumn *column = rr_table_column(link->table, link->attnums[i]);

		columns[i] = psprintf("%s.%s", alias, quote_identifier(column->sql_name));
	}
	return columns;
}

const char *
rr_deparse_link_condition(const RrLink *link, const char **here, const char *alias)
{
	StringInfoData out;

	initStringInfo(&out);
	for (int i = 0; i < link->nkeys; i++)
	{
		const RrColumn *column = rr_table_column(link->target, link->target_attnums[i]);
		const char *there = psprintf("%s.%s", alias, quote_identifier(column->sql_name));
		const char *operator = rr_operator_name(link->operators[i]);

		/* a foreign key's operator takes the referenced column first */
		if (i > 0)
			appendStringInfoString(&out, " AND ");
		if (link->backward)
			appendStringInfo(&out, "%s %s %s", here[i], operator, there);
		else
			appendStringInfo(&out, "%s %s %s", there, operator, here[i]);
	}
	return out.data;
}

bool
rr_rows_can_join(const RrRows *rows, const RrLink *link)
{
	return link->unique && rows->njoined < MAX_JOINED &&
		rows->njoined_columns + link->target->ncolumns <= MAX_OUTPUTS - rows->table->ncolumns;
}

RrRow
rr_rows_add_join(RrSql *sql, const RrRow *row, const RrLink *link)
{
	RrRows	   *rows = row->rows;
	const char *alias = rr_new_alias(sql, 't');
	const char **here = palloc(link->nkeys * sizeof(char *));

	Assert(rr_rows_can_join(rows, link));
	for (int i = 0; i < link->nkeys; i++)
		here[i] = output_at_joins(row, rr_deparse_row_column(row, link->attnums[i]));
	appendStringInfo(&rows->joins, " LEFT JOIN %s AS %s ON %s", rr_deparse_table(sql, link->target),
					 alias, rr_deparse_link_condition(link, here, alias));
	rows->njoined++;
	rows->njoined_columns += link->target->ncolumns;
	return (RrRow)
	{
		.rows = rows, .table = link->target, .alias = alias, .joined = true
	};
}
