/*
 * sql_order.c: the argument order_by as sort keys.
 *
 * Keys of to-one relationships come from left joins where the key is unique,
 * else from subqueries. Aggregates of to-many ones always come from
 * subqueries; they are written here (sort_by_aggregates), not in
 * sql_aggregate.c.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"

#include "plan/sql/sql.h"

/*
 * A table whose columns are sort keys: the rows' own, or one reached from it.
 */
typedef struct SortTable
{
	const RrTable *table;
	const char *alias;
	bool		own;
	const char *present;		/* joined: a column that is not null where
								 * there is a row; else NULL */

	/* reached by a subquery: what stands around the key; else NULL */
	const char *before;			/* "(SELECT " */
	const char *after;			/* " FROM …)" */
} SortTable;

/* An entry of RrRows.base_joined: one join serves all keys of its table. */
typedef struct SortJoin
{
	const char *from;			/* alias of the table it starts at */
	const RrLink *link;
	SortTable	sorted;
} SortJoin;

/* Each key may be a subquery, and all are columns of one target list. */
#define MAX_KEYS 500

static bool sort_by_fields(RrSql *sql, RrRows *rows, const SortTable *by, GqlType *type,
						   const GqlValue *value);

static const char *
deparse_direction(const GqlValue *value)
{
	static const struct
	{
		const char *name;
		const char *sql;
	}			directions[] = {
		{"asc", " ASC NULLS LAST"},
		{"asc_nulls_first", " ASC NULLS FIRST"},
		{"asc_nulls_last", " ASC NULLS LAST"},
		{"desc", " DESC NULLS FIRST"},
		{"desc_nulls_first", " DESC NULLS FIRST"},
		{"desc_nulls_last", " DESC NULLS LAST"},
	};

	for (int i = 0; i < (int) lengthof(directions); i++)
		if (pg_strcasecmp(value->text, directions[i].name) == 0)
			return directions[i].sql;
	elog(ERROR, "unexpected direction \"%s\"", value->text);
}

/*
 * An expression over the table, where the rows are. It is NULL where the
 * joined row is missing: a function of an all-null row may return something.
 */
static const char *
deparse_sort_key(const SortTable *by, const char *expression, bool is_column)
{
	if (by->before != NULL)
		expression = psprintf("%s%s%s", by->before, expression, by->after);
	if (by->present != NULL && !is_column)
		expression = psprintf("CASE WHEN %s IS NOT NULL THEN %s END", by->present, expression);
	return expression;
}

static void
add_sort_key(RrSql *sql, RrRows *rows, const SortTable *by, const char *expression,
			 const RrColumn *column, const GqlValue *direction)
{
	RrSortKey  *key = palloc(sizeof(RrSortKey));

	key->expression = deparse_sort_key(by, expression, column != NULL);
	key->direction = deparse_direction(direction);
	key->column = by->own ? column : NULL;
	rows->sort = lappend(rows->sort, key);
	(void) rr_count_bytes(sql->planner, strlen(key->expression) + strlen(key->direction));
}

static int
compare_locations(const ListCell *a, const ListCell *b)
{
	const GqlObjectField *field_a = lfirst(a);
	const GqlObjectField *field_b = lfirst(b);

	return field_a->name.loc - field_b->name.loc;
}

bool
rr_get_sort_fields(RrSql *sql, const GqlValue *value, List **fields)
{
	ListCell   *lc;

	*fields = NIL;
	foreach(lc, value->items)
	{
		const GqlObjectField *field = lfirst(lc);

		if (field->value->kind != GQL_VALUE_NULL)
			*fields = lappend(*fields, lfirst(lc));
	}
	if (list_length(*fields) < 2)
		return true;
	if (((const GqlObjectField *) linitial(*fields))->name.loc >= 0)
	{
		list_sort(*fields, compare_locations);
		return true;
	}
	rr_sql_file_error(sql, value->loc,
					  "Objects in variables do not keep the order of their keys: write \"order_by\" as a list of objects with one key each.");
	return false;
}

/* ---- aggregates ---- */

/* "pg_catalog.max(t1.a)" */
static const char *
deparse_aggregate(RrSql *sql, const RrTableField *info, const char *alias)
{
	const char *column = psprintf("%s.%s", alias, quote_identifier(info->column->sql_name));
	const RrScalar *scalar = rr_column_scalar(sql->db, info->column);

	return psprintf("pg_catalog.%s(%s)", info->aggregate->name,
					rr_deparse_operand(scalar, column));
}

static bool
sort_by_aggregates(RrSql *sql, RrRows *rows, const SortTable *by, GqlType *type,
				   const GqlValue *value)
{
	List	   *fields;
	ListCell   *lc;

	if (!rr_get_sort_fields(sql, value, &fields))
		return false;
	foreach(lc, fields)
	{
		const GqlObjectField *field = lfirst(lc);
		const GqlInputValueDef *input = gql_type_input(sql->rs->schema, type, field->name.value);
		const RrTableField *info = input->data;
		const char *call;

		switch (info->base.kind)
		{
			case RR_FIELD_COUNT:
				add_sort_key(sql, rows, by, "pg_catalog.count(*)", NULL, field->value);
				break;
			case RR_FIELD_AGGREGATE_COLUMN:
				call = deparse_aggregate(sql, info, by->alias);
				add_sort_key(sql, rows, by, call, NULL, field->value);
				break;
			default:
				if (!sort_by_aggregates(sql, rows, by, gql_named_type(input->type), field->value))
					return false;
				break;
		}
	}
	return true;
}

/* ---- what is reached from a table ---- */

/*
 * A table reached by a subquery from another, which may itself be reached by
 * one.
 */
static SortTable
reach_by_subquery(const SortTable *outer, const RrTable *table, const char *alias, const char *from,
				  const char *condition, bool limit_one)
{
	SortTable	by = {.table = table, .alias = alias, .present = outer->present};
	const char *before = outer->before ? outer->before : "";
	const char *after = outer->after ? outer->after : "";

	by.before = psprintf("%s(SELECT ", before);
	by.after = psprintf(" FROM %s AS %s%s%s%s)%s", from, alias, condition ? " WHERE " : "",
						condition ? condition : "",
						limit_one ? " LIMIT 1" : "", after);
	return by;
}

static const SortJoin *
find_sort_join(const RrRows *rows, const char *from, const RrLink *link)
{
	ListCell   *lc;

	foreach(lc, rows->base_joined)
	{
		const SortJoin *joined = lfirst(lc);

		if (joined->link == link && strcmp(joined->from, from) == 0)
			return joined;
	}
	return NULL;
}

static const SortJoin *
add_sort_join(RrSql *sql, RrRows *rows, const char *from, const RrLink *link)
{
	const RrColumn *target = rr_table_column(link->target, link->target_attnums[0]);
	SortJoin   *joined = palloc0(sizeof(SortJoin));
	const char *alias = rr_new_alias(sql, 't');

	appendStringInfo(&rows->base_joins, " LEFT JOIN %s AS %s ON %s",
					 rr_deparse_table(sql, link->target), alias,
					 rr_deparse_link_condition(link, rr_deparse_link_columns(link, from), alias));
	rows->njoined++;
	joined->from = from;
	joined->link = link;
	joined->sorted.table = link->target;
	joined->sorted.alias = alias;
	joined->sorted.present = psprintf("%s.%s", alias, quote_identifier(target->sql_name));
	rows->base_joined = lappend(rows->base_joined, joined);
	return joined;
}

static SortTable
reach_by_link(RrSql *sql, RrRows *rows, const SortTable *by, const RrLink *link)
{
	const SortJoin *joined = by->before == NULL ? find_sort_join(rows, by->alias, link) : NULL;
	const char *alias;
	const char *condition;

	if (joined == NULL && by->before == NULL && rr_rows_can_join(rows, link))
		joined = add_sort_join(sql, rows, by->alias, link);
	if (joined != NULL)
		return joined->sorted;
	alias = rr_new_alias(sql, 't');
	condition = rr_deparse_link_condition(link, rr_deparse_link_columns(link, by->alias), alias);
	return reach_by_subquery(by, link->target, alias, rr_deparse_table(sql, link->target),
							 condition, !link->array && !link->unique);
}

/* By a function of the row: its value, or aggregates of its rows. */
static bool
sort_by_computed(RrSql *sql, RrRows *rows, const SortTable *by, const RrFunction *function,
				 GqlType *type, const GqlValue *value)
{
	const char *call = rr_compile_call(sql, function, rr_deparse_whole_row(by->table, by->alias),
									   NULL);
	SortTable	next;

	if (function->result_table == NULL)
	{
		add_sort_key(sql, rows, by, call, NULL, value);
		return true;
	}
	next = reach_by_subquery(by, function->result_table, rr_new_alias(sql, 't'), call, NULL,
							 false);
	return rr_sql_count_relationship(sql, value->loc) &&
		sort_by_aggregates(sql, rows, &next, type, value);
}

/* The key is filed for the same row as it is looked up for. */
static bool
sort_by_remote(RrSql *sql, RrRows *rows, const SortTable *by, const GqlInputValueDef *input,
			   const GqlValue *value)
{
	const char *hole;
	List	   *keys;
	ListCell   *lc;

	if (!rr_remote_sort_keys(sql, by->table, by->alias, input, value, &keys, &hole))
		return false;
	if (keys == NIL)
		return true;
	rr_rows_add_sort_hole(sql, rows, deparse_sort_key(by, hole, false));
	foreach(lc, keys)
	{
		const RrRemoteKey *key = lfirst(lc);

		add_sort_key(sql, rows, by, key->expression, NULL, key->direction);
	}
	return rr_sql_count_relationship(sql, value->loc);
}

static bool
sort_by_field(RrSql *sql, RrRows *rows, const SortTable *by, const GqlInputValueDef *input,
			  const GqlValue *value)
{
	const RrTableField *info = input->data;
	GqlType    *type = gql_named_type(input->type);
	const RrLink *link = info->link;
	const char *alias;
	const char *condition;
	SortTable	next;

	switch (info->base.kind)
	{
		case RR_FIELD_COLUMN:
			add_sort_key(sql, rows, by, psprintf("%s.%s", by->alias,
												 quote_identifier(info->column->sql_name)),
						 info->column, value);
			return true;
		case RR_FIELD_COMPUTED:
			return sort_by_computed(sql, rows, by, info->function, type, value);
		case RR_FIELD_REMOTE_JOIN:
			return sort_by_remote(sql, rows, by, input, value);
		case RR_FIELD_OBJECT_RELATIONSHIP:
			next = reach_by_link(sql, rows, by, link);
			return rr_sql_count_relationship(sql, value->loc) &&
				sort_by_fields(sql, rows, &next, type, value);
		case RR_FIELD_AGGREGATE_RELATIONSHIP:
			alias = rr_new_alias(sql, 't');
			condition = rr_deparse_link_condition(link, rr_deparse_link_columns(link, by->alias),
												  alias);
			next = reach_by_subquery(by, link->target, alias, rr_deparse_table(sql, link->target),
									 condition, false);
			return rr_sql_count_relationship(sql, value->loc) &&
				sort_by_aggregates(sql, rows, &next, type, value);
		default:
			elog(ERROR, "cannot sort by \"%s\"", input->name);
	}
}

static bool
sort_by_fields(RrSql *sql, RrRows *rows, const SortTable *by, GqlType *type, const GqlValue *value)
{
	List	   *fields;
	ListCell   *lc;

	check_stack_depth();
	if (!rr_get_sort_fields(sql, value, &fields))
		return false;
	foreach(lc, fields)
	{
		const GqlObjectField *field = lfirst(lc);

		if (!sort_by_field(sql, rows, by, gql_type_input(sql->rs->schema, type, field->name.value),
						   field->value))
			return false;
	}
	return true;
}

bool
rr_rows_add_order_by(RrSql *sql, RrRows *rows, const GqlValue *order_by)
{
	SortTable	own = {.table = rows->table, .alias = rows->alias, .own = true};
	GqlType    *type = rr_table_type(sql->rs, rows->table, RR_TYPE_ORDER_BY);
	ListCell   *lc;

	foreach(lc, order_by->items)
	{
		if (!sort_by_fields(sql, rows, &own, type, lfirst(lc)))
			return false;
	}
	if (list_length(rows->sort) <= MAX_KEYS)
		return true;
	rr_sql_file_error(sql, order_by->loc, "\"order_by\" sorts by more than %d values.", MAX_KEYS);
	return false;
}
