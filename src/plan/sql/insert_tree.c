/*
 * insert_tree.c: the rows of nested inserts, and their order.
 *
 * Rows that stand at the same place of the objects are inserted by one
 * statement, whatever row of the level above they belong to. What a row refers
 * to comes before it, what refers to it after it; keys go from one to the
 * other as the server returned them.
 */
#include "postgres.h"

#include "catalog/pg_class.h"
#include "miscadmin.h"
#include "utils/lsyscache.h"

#include "plan/sql/sql_change.h"

typedef struct Builder
{
	RrPlanner  *planner;
	RrRoleSchema *rs;
	int			loc;			/* of the root field */
} Builder;

static void *
file_error(Builder *b, int loc, const char *message)
{
	gql_error_at(b->planner->errors, b->planner->request->document->source,
				 loc >= 0 ? loc : b->loc, "%s", message);
	return NULL;
}

static const GqlInputValueDef *
input_of(Builder *b, const RrInsert *insert, const GqlObjectField *field)
{
	return gql_type_input(b->rs->schema, insert->type, field->name.value);
}

/* ---- making a level ---- */

static RrInsert *
make_insert(Builder *b, const RrTable *table, const GqlValue *on_conflict)
{
	RrInsert   *insert = palloc0(sizeof(RrInsert));

	insert->table = table;
	insert->type = rr_table_type(b->rs, table, RR_TYPE_INSERT_INPUT);
	insert->on_conflict = on_conflict;
	insert->loc = b->loc;
	b->planner->tables = list_append_unique_oid(b->planner->tables, table->oid);
	return insert;
}

static void
add_row(RrInsert *insert, const GqlValue *object, int parent)
{
	/* doubled whenever the number of rows is a power of two */
	if (insert->nrows == 0)
		insert->rows = palloc(sizeof(RrInsertRow));
	else if ((insert->nrows & (insert->nrows - 1)) == 0)
		insert->rows = repalloc_huge(insert->rows, (Size) insert->nrows * 2 * sizeof(RrInsertRow));
	insert->rows[insert->nrows].object = object;
	insert->rows[insert->nrows++].parent = parent;
}

static bool
same_value(const GqlValue *a, const GqlValue *b)
{
	StringInfoData x;
	StringInfoData y;

	if (a == b)
		return true;
	if (a == NULL || b == NULL)
		return false;
	initStringInfo(&x);
	initStringInfo(&y);
	gql_value_to_json(&x, a);
	gql_value_to_json(&y, b);
	return x.len == y.len && memcmp(x.data, y.data, x.len) == 0;
}

/* The nested insert of a link under an on_conflict; made if there is none. */
static RrInsert *
get_nested(Builder *b, RrInsert *parent, const RrLink *link, const GqlValue *on_conflict)
{
	List	  **list = link->after ? &parent->after : &parent->before;
	RrInsert   *nested;
	ListCell   *lc;

	foreach(lc, *list)
	{
		nested = lfirst(lc);
		if (nested->link == link && same_value(nested->on_conflict, on_conflict))
			return nested;
	}
	nested = make_insert(b, link->target, on_conflict);
	nested->parent = parent;
	nested->link = link;
	*list = lappend(*list, nested);
	return nested;
}

static const GqlValue *
given_member(const GqlValue *object, const char *name)
{
	const GqlValue *value = gql_object_get(object, name);

	return value != NULL && value->kind != GQL_VALUE_NULL ? value : NULL;
}

/* {data: …, on_conflict: …} of a row. Null and an empty list are nothing. */
static void
add_nested(Builder *b, RrInsert *insert, int row, const RrLink *link, const GqlValue *value)
{
	const GqlValue *data;
	const GqlValue *on_conflict;
	ListCell   *lc;

	if (value->kind == GQL_VALUE_NULL)
		return;
	data = given_member(value, "data");
	on_conflict = given_member(value, rr_field_name_in(b->rs->tables->db, "on_conflict"));
	if (data == NULL)
		return;
	if (data->kind != GQL_VALUE_LIST)
	{
		add_row(get_nested(b, insert, link, on_conflict), data, row);
		return;
	}
	foreach(lc, data->items)
		add_row(get_nested(b, insert, link, on_conflict), lfirst(lc), row);
}

/* ---- columns ---- */

static int
add_column(RrInsert *insert, const RrColumn *column)
{
	for (int i = 0; i < insert->ncolumns; i++)
		if (insert->columns[i] == column)
			return i;
	if (insert->columns == NULL)
	{
		insert->columns = palloc0(insert->table->ncolumns * sizeof(RrColumn *));
		insert->fills = palloc0(insert->table->ncolumns * sizeof(List *));
		insert->defaults = palloc0(insert->table->ncolumns * sizeof(char *));
	}
	insert->columns[insert->ncolumns] = column;
	return insert->ncolumns++;
}

/* Have an insert return a column. Which of those that it returns it is. */
static int
add_returned(RrInsert *insert, const RrColumn *column)
{
	for (int i = 0; i < insert->nreturned; i++)
		if (insert->returned[i] == column)
			return i;
	if (insert->returned == NULL)
		insert->returned = palloc0(insert->table->ncolumns * sizeof(RrColumn *));
	insert->returned[insert->nreturned] = column;
	return insert->nreturned++;
}

/* Columns of to along a link get their values from rows of from. */
static void
add_fills(RrInsert *to, const AttrNumber *to_attnums, RrInsert *from,
		  const AttrNumber *from_attnums, int nkeys)
{
	for (int i = 0; i < nkeys; i++)
	{
		int			n = add_column(to, rr_table_column(to->table, to_attnums[i]));
		RrInsertFill *fill = palloc(sizeof(RrInsertFill));

		fill->from = from;
		fill->returned = add_returned(from, rr_table_column(from->table, from_attnums[i]));
		to->fills[n] = lappend(to->fills[n], fill);
	}
}

/* Which row of the insert gives the values of a row's fill; -1: none does. */
static int
row_of_fill(const RrInsert *insert, int row, const RrInsertFill *fill)
{
	return fill->from == insert->parent ? insert->rows[row].parent
		: fill->from->row_of_parent[row];
}

const RrInsertFill *
rr_insert_fill(const RrInsert *insert, int row, int column, int *from_row)
{
	ListCell   *lc;

	foreach(lc, insert->fills[column])
	{
		const RrInsertFill *fill = lfirst(lc);

		*from_row = row_of_fill(insert, row, fill);
		if (*from_row >= 0)
			return fill;
	}
	return NULL;
}

const GqlValue *
rr_insert_value(const RrInsert *insert, int row, int column)
{
	return gql_object_get(insert->rows[row].object, insert->columns[column]->graphql_name);
}

bool
rr_insert_gives(const RrInsert *insert, int row, int column)
{
	int			from_row;

	return rr_insert_value(insert, row, column) != NULL ||
		rr_insert_fill(insert, row, column, &from_row) != NULL;
}

bool
rr_insert_is_single(const RrInsert *insert)
{
	return insert->on_conflict != NULL &&
		(insert->after != NIL || (insert->link != NULL && !insert->link->after));
}

/*
 * Can giving a null stand for leaving the column out? Nobody knows of views.
 */
static bool
is_null_by_default(const RrTable *table, const RrColumn *column)
{
	return !column->has_default && column->identity == '\0' &&
		table->relkind != RELKIND_VIEW && table->relkind != RELKIND_FOREIGN_TABLE &&
		get_typdefault(column->type) == NULL;
}

/* How many sources the value of a column has in a row: there may be one. */
static int
count_sources(const RrInsert *insert, int row, int column)
{
	int			n = rr_insert_value(insert, row, column) != NULL ? 1 : 0;
	ListCell   *lc;

	foreach(lc, insert->fills[column])
	{
		if (row_of_fill(insert, row, lfirst(lc)) >= 0)
			n++;
	}
	return n;
}

/* Look through a column. False when an error was filed. */
static bool
check_column(Builder *b, RrInsert *insert, int column)
{
	int			left_out = 0;

	for (int row = 0; row < insert->nrows; row++)
	{
		int			n = count_sources(insert, row, column);

		if (n > 1)
		{
			file_error(b, insert->rows[row].object->loc,
					   psprintf("Column \"%s\" of table \"%s\" cannot be given: the rows around or inside of this one determine it.",
								insert->columns[column]->graphql_name, insert->table->name));
			return false;
		}
		if (n == 0)
			left_out++;
	}
	if (left_out > 0 && !is_null_by_default(insert->table, insert->columns[column]))
	{
		insert->defaults[column] = rr_deparse_default(b->rs, insert->table,
													  insert->columns[column]);
		if (insert->defaults[column] == NULL)
			insert->mixed = true;
	}
	return true;
}

static bool
check_columns(Builder *b, RrInsert *insert)
{
	ListCell   *lc;

	foreach(lc, insert->before)
	{
		RrInsert   *nested = lfirst(lc);

		nested->row_of_parent = palloc(insert->nrows * sizeof(int));
		for (int i = 0; i < insert->nrows; i++)
			nested->row_of_parent[i] = -1;
		for (int i = 0; i < nested->nrows; i++)
			nested->row_of_parent[nested->rows[i].parent] = i;
		add_fills(insert, nested->link->attnums, nested, nested->link->target_attnums,
				  nested->link->nkeys);
	}
	for (int i = 0; i < insert->ncolumns; i++)
		if (!check_column(b, insert, i))
			return false;
	return true;
}

/* ---- the tree ---- */

/*
 * Work out the columns of an insert, and what is nested in it. What the rows
 * around it give has been added.
 */
static bool
complete(Builder *b, RrInsert *insert)
{
	ListCell   *lc;

	check_stack_depth();
	for (int row = 0; row < insert->nrows; row++)
	{
		CHECK_FOR_INTERRUPTS();
		foreach(lc, insert->rows[row].object->items)
		{
			const GqlObjectField *field = lfirst(lc);
			const RrTableField *info = input_of(b, insert, field)->data;

			if (info->base.kind == RR_FIELD_COLUMN)
				add_column(insert, info->column);
			else
				add_nested(b, insert, row, info->link, field->value);
		}
	}
	if (!check_columns(b, insert))
		return false;
	/* what is wrong with a condition is told before anything runs */
	if (insert->on_conflict != NULL && insert->nrows > 0 &&
		rr_compile_insert(b->planner, insert, 0, 1, NULL, false) == NULL)
		return false;
	foreach(lc, insert->before)
	{
		if (!complete(b, lfirst(lc)))
			return false;
	}
	foreach(lc, insert->after)
	{
		RrInsert   *nested = lfirst(lc);

		add_fills(nested, nested->link->target_attnums, insert, nested->link->attnums,
				  nested->link->nkeys);
		if (!complete(b, nested))
			return false;
	}
	return true;
}

RrInsert   *
rr_insert_tree(RrPlanner *planner, const GqlFieldSel *field)
{
	Builder		b = {.planner = planner, .rs = planner->rs, .loc = rr_field_loc(field)};
	const RrTableField *info = field->def->data;
	const char *conflict_name = rr_field_name_in(planner->rs->tables->db, "on_conflict");
	const GqlValue *objects;
	RrInsert   *insert;
	ListCell   *lc;
	GqlNames	args;

	if (!gql_coerce_arguments(planner->request, field, &args, planner->errors))
		return NULL;
	insert = make_insert(&b, info->table, rr_given_argument(&args, conflict_name));
	objects = rr_given_argument(&args, info->base.kind == RR_FIELD_INSERT ? "objects" : "object");
	if (objects->kind == GQL_VALUE_LIST)
	{
		foreach(lc, objects->items)
			add_row(insert, lfirst(lc), 0);
	}
	else
		add_row(insert, objects, 0);
	return complete(&b, insert) ? insert : NULL;
}
