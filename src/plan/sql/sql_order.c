/*
 * sql_order.c: order_by as sort keys (reference, 7).
 *
 * Keys of to-one relationships come from left joins where the key is unique,
 * else from subqueries; aggregates of to-many ones always do.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"

#include "plan/sql/sql.h"

/* A table that can be sorted by: the rows' own, or one reached from it. */
typedef struct Sorted
{
	const RrTable *table;
	const char *alias;
	bool		own;
	const char *present;		/* joined: what is not null where there is a
								 * row; or NULL */
	const char *before;			/* of a key that has to be fetched: "(SELECT " … */
	const char *after;			/* … " FROM …)" */
} Sorted;

/* A join that is there for one key serves the others. */
typedef struct JoinedBy
{
	const char *from;			/* alias */
	const RrLink *link;
	Sorted		sorted;
} JoinedBy;

/*
 * Each key that has to be fetched is a subquery, and all of them columns of
 * one target list.
 */
#define MAX_KEYS 500

static bool sort_object(RrSql *sql, RrRows *rows, const Sorted *by, GqlType *type,
						const GqlValue *value);

static const char *
direction_of(const GqlValue *value)
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
		if (strcmp(value->text, directions[i].name) == 0)
			return directions[i].sql;
	elog(ERROR, "unexpected direction \"%s\"", value->text);
}

static void
add_key(RrRows *rows, const Sorted *by, const char *expression, const RrColumn *column,
		const GqlValue *direction)
{
	RrSortKey  *key = palloc(sizeof(RrSortKey));

	if (by->before != NULL)
		expression = psprintf("%s%s%s", by->before, expression, by->after);
	/* a function of a row that is not there would be something else than null */
	if (by->present != NULL && column == NULL)
		expression = psprintf("CASE WHEN %s IS NOT NULL THEN %s END", by->present, expression);
	key->expression = expression;
	key->direction = direction_of(direction);
	key->column = by->own ? column : NULL;
	rows->sort = lappend(rows->sort, key);
}

static int
compare_locations(const ListCell *a, const ListCell *b)
{
	return ((const GqlObjectField *) lfirst(a))->name.loc - ((const GqlObjectField *) lfirst(b))->name.loc;
}

/*
 * The members of an object as they were written. Those from the variables have
 * no location, and keep their order: list_sort() need not be stable.
 */
static List *
as_written(const GqlValue *value)
{
	List	   *items = value->items;

	if (list_length(items) < 2 || ((const GqlObjectField *) linitial(items))->name.loc < 0)
		return items;
	items = list_copy(items);
	list_sort(items, compare_locations);
	return items;
}

/* ---- aggregates ---- */

static bool
sort_aggregate(RrSql *sql, RrRows *rows, const Sorted *by, GqlType *type, const GqlValue *value)
{
	ListCell   *lc;

	foreach(lc, as_written(value))
	{
		const GqlObjectField *field = lfirst(lc);
		const GqlInputValueDef *input = gql_type_input(sql->rs->schema, type, field->name.value);
		const RrTableField *info = input->data;

		if (field->value->kind == GQL_VALUE_NULL)
			continue;
		switch (info->base.kind)
		{
			case RR_FIELD_COUNT:
				add_key(rows, by, "pg_catalog.count(*)", NULL, field->value);
				break;
			case RR_FIELD_AGGREGATE_COLUMN:
				add_key(rows, by, psprintf("pg_catalog.%s(%s)", info->aggregate->name,
										   rr_sql_operand(rr_scalar(sql->db, info->column->type),
														  psprintf("%s.%s", by->alias,
																   quote_identifier(info->column->name)))),
						NULL, field->value);
				break;
			default:
				if (!sort_aggregate(sql, rows, by, gql_named_type(input->type), field->value))
					return false;
				break;
		}
	}
	return true;
}

/* ---- what is reached from a table ---- */

/*
 * Keys come from a subquery on a table; wrapped in whatever the table itself
 * is fetched by.
 */
static Sorted
by_subquery(const Sorted *outer, const RrTable *table, const char *alias, const char *from,
			const char *condition, bool limit_one)
{
	Sorted		by = {.table = table, .alias = alias, .present = outer->present};
	const char *before = outer->before ? outer->before : "";
	const char *after = outer->after ? outer->after : "";

	by.before = psprintf("%s(SELECT ", before);
	by.after = psprintf(" FROM %s AS %s%s%s%s)%s", from, alias, condition ? " WHERE " : "",
						condition ? condition : "",
						limit_one ? " LIMIT 1" : "", after);
	return by;
}

static const JoinedBy *
find_join(const RrRows *rows, const char *from, const RrLink *link)
{
	ListCell   *lc;

	foreach(lc, rows->base_joined)
	{
		const JoinedBy *joined = lfirst(lc);

		if (joined->link == link && strcmp(joined->from, from) == 0)
			return joined;
	}
	return NULL;
}

static const JoinedBy *
join(RrSql *sql, RrRows *rows, const char *from, const RrLink *link)
{
	JoinedBy   *joined = palloc0(sizeof(JoinedBy));
	const char *alias = rr_sql_alias(sql, 't');

	appendStringInfo(&rows->base_joins, " LEFT JOIN %s AS %s ON %s",
					 rr_sql_table(sql, link->target), alias,
					 rr_link_condition(link, rr_link_columns(link, from), alias));
	rows->joined++;
	joined->from = from;
	joined->link = link;
	joined->sorted.table = link->target;
	joined->sorted.alias = alias;
	joined->sorted.present = psprintf("%s.%s", alias,
									  quote_identifier(rr_table_column(link->target, link->target_attnums[0])->name));
	rows->base_joined = lappend(rows->base_joined, joined);
	return joined;
}

static Sorted
follow(RrSql *sql, RrRows *rows, const Sorted *by, const RrLink *link)
{
	const JoinedBy *joined = by->before == NULL ? find_join(rows, by->alias, link) : NULL;
	const char *alias,
			   *condition;

	if (joined == NULL && by->before == NULL && rr_rows_can_join(rows, link))
		joined = join(sql, rows, by->alias, link);
	if (joined != NULL)
		return joined->sorted;
	alias = rr_sql_alias(sql, 't');
	condition = rr_link_condition(link, rr_link_columns(link, by->alias), alias);
	return by_subquery(by, link->target, alias, rr_sql_table(sql, link->target), condition,
					   !link->array && !link->unique);
}

static bool
sort_field(RrSql *sql, RrRows *rows, const Sorted *by, const GqlInputValueDef *input,
		   const GqlValue *value)
{
	const RrTableField *info = input->data;
	GqlType    *type = gql_named_type(input->type);
	const char *alias;
	const char *call;
	Sorted		next;

	switch (info->base.kind)
	{
		case RR_FIELD_COLUMN:
			add_key(rows, by, psprintf("%s.%s", by->alias, quote_identifier(info->column->name)),
					info->column, value);
			return true;
		case RR_FIELD_COMPUTED:
			call = rr_function_call(sql, info->function, rr_whole_row(by->table, by->alias), NULL);
			if (info->function->result_table == NULL)
			{
				add_key(rows, by, call, NULL, value);
				return true;
			}
			alias = rr_sql_alias(sql, 't');
			next = by_subquery(by, info->function->result_table, alias, call, NULL, false);
			return rr_sql_relationship(sql, value->loc) && sort_aggregate(sql, rows, &next, type,
																		  value);
		case RR_FIELD_OBJECT_RELATIONSHIP:
			next = follow(sql, rows, by, info->link);
			return rr_sql_relationship(sql, value->loc) && sort_object(sql, rows, &next, type,
																	   value);
		case RR_FIELD_AGGREGATE_RELATIONSHIP:
			alias = rr_sql_alias(sql, 't');
			next = by_subquery(by, info->link->target, alias, rr_sql_table(sql, info->link->target),
							   rr_link_condition(info->link,
												 rr_link_columns(info->link, by->alias), alias), false);
			return rr_sql_relationship(sql, value->loc) && sort_aggregate(sql, rows, &next, type,
																		  value);
		default:
			elog(ERROR, "cannot sort by \"%s\"", input->name);
	}
}

static bool
sort_object(RrSql *sql, RrRows *rows, const Sorted *by, GqlType *type, const GqlValue *value)
{
	ListCell   *lc;

	check_stack_depth();
	foreach(lc, as_written(value))
	{
		const GqlObjectField *field = lfirst(lc);

		if (field->value->kind == GQL_VALUE_NULL)
			continue;
		if (!sort_field(sql, rows, by, gql_type_input(sql->rs->schema, type, field->name.value),
						field->value))
			return false;
	}
	return true;
}

bool
rr_sql_order_by(RrSql *sql, RrRows *rows, const GqlValue *order_by)
{
	Sorted		own = {.table = rows->table, .alias = rows->alias, .own = true};
	GqlType    *type = rr_table_type(sql->rs, rows->table, RR_TYPE_ORDER_BY);
	ListCell   *lc;

	foreach(lc, order_by->items)
		if (!sort_object(sql, rows, &own, type, lfirst(lc)))
		return false;
	if (list_length(rows->sort) <= MAX_KEYS)
		return true;
	rr_sql_error(sql, order_by->loc, "\"order_by\" sorts by more than %d values.", MAX_KEYS);
	return false;
}
