/*
 * sql.h: the SQL compiler, shared by sql_*.c.
 *
 * A root field becomes one statement. Rows are aggregated by
 * remote_rel.json_rows(template, values…), single objects made by
 * remote_rel.json_object(template, values…) (json/template.c says what
 * templates are). Response keys stand in templates only, so they never become
 * identifiers. Values from the document are parameters; names go through
 * quote_identifier().
 *
 * Rows to be ordered or limited come from a subquery (the base), so that what
 * is computed from them is computed for the rows that are left only. To-one
 * relationships along unique keys are plain left joins: without a limit inside
 * of the base, else around it, with the order restored. To-many relationships
 * are correlated subqueries at the top.
 */
#ifndef RR_SQL_H
#define RR_SQL_H

#include "plan/plan.h"
#include "schema/table/table.h"

/* One statement in the making. */
typedef struct RrSql
{
	RrPlanner  *planner;
	RrRoleSchema *rs;
	RrDatabase *db;
	List	   *params;			/* RrSqlParam * */
	const char *run_param;		/* NULL: not needed yet */
	int			aliases;		/* given out so far */
	int			relationships;	/* for rr_sql_relationship() */
	int			loc;			/* of the field at work: values from the
								 * variables have no place of their own */
} RrSql;

#define rr_sql_source(sql) ((sql)->planner->request->document->source)

/* A select list that grows as what stands above asks for expressions. */
typedef struct RrLayer
{
	const char *alias;
	GqlNames	outputs;		/* RrOutput, by expression */
} RrLayer;

typedef struct RrOutput
{
	const char *expression;
	const char *name;			/* alias.column, for those above */
} RrOutput;

typedef struct RrSortKey
{
	const char *expression;		/* inside of the base */
	const char *direction;		/* " DESC NULLS FIRST" */
	const RrColumn *column;		/* of the table itself, or NULL */
} RrSortKey;

/* Rows of one table: FROM to LIMIT. */
typedef struct RrRows
{
	const RrTable *table;
	const char *from;			/* "public.books", or a function call */
	const char *alias;
	StringInfoData where;		/* conditions joined by AND; "" for none */
	StringInfoData base_joins;	/* that sorting needs */
	List	   *base_joined;	/* what they are, for sql_order.c */
	List	   *sort;			/* RrSortKey * */
	List	   *distinct;		/* RrColumn * */
	const char *limit;			/* parameters, or NULL */
	const char *offset;
	StringInfoData joins;		/* for the selection: beside base_joins
								 * without limit, else in middle */
	int			joined;			/* tables in base_joins and joins */
	int			joined_columns; /* that joins gave */
	RrLayer    *base;			/* or NULL: no subquery is needed */
	RrLayer    *middle;			/* or NULL: joins around a limited base, with
								 * the order restored */
} RrRows;

/* One of the tables of RrRows: its own, or one joined to it. */
typedef struct RrRow
{
	RrRows	   *rows;
	const RrTable *table;
	const char *alias;
	bool		joined;
} RrRow;

/* Part of a JSON text: template and the arguments for its placeholders. */
typedef struct RrJsonPiece
{
	const char *template;
	List	   *args;			/* char * */
} RrJsonPiece;

/* ---- sql_compile.c ---- */

extern const char *rr_sql_alias(RrSql *sql, char letter);

/*
 * "$1"; the value is read by the type's input function when the statement
 * runs.
 */
extern const char *rr_sql_param(RrSql *sql, Oid type, const GqlValue *value);
extern const char *rr_sql_keys_param(RrSql *sql, Oid type, int key);
extern const char *rr_sql_session_param(RrSql *sql, Oid type);

/* The number of the run; one parameter for the whole statement. */
extern const char *rr_sql_run_param(RrSql *sql);

/* For FROM: the plan reads the table. */
extern const char *rr_sql_table(RrSql *sql, const RrTable *table);

/*
 * An expression of that type for operators and aggregates. Those of enums do
 * not see through a domain.
 */
extern const char *rr_sql_operand(const RrScalar *scalar, const char *expression);

/* "alias.column = value": what finds a row by a key. */
extern const char *rr_sql_equality(RrSql *sql, const char *alias, const RrColumn *column,
								   const char *value);

/* The location of a field. */
#define rr_field_loc(field) (((const GqlSelection *) linitial((field)->nodes))->loc)
/* File a request error at a value of the document; always NULL. */
extern void *rr_sql_error(RrSql *sql, int loc, const char *fmt,...) pg_attribute_printf(3, 4);

/*
 * Count one more relationship that the statement goes through. False when
 * there are too many: filed.
 */
extern bool rr_sql_relationship(RrSql *sql, int loc);

/* The value of an argument; NULL when absent or null. */
extern const GqlValue *rr_sql_argument(const GqlNames *args, const char *name);

/* ---- sql_rows.c ---- */

/*
 * Rows of a table; from: a function call to take them from instead, or NULL.
 */
extern void rr_rows_init(RrSql *sql, RrRows *rows, const RrTable *table, const char *from);

/* Restrict them by the five arguments. False when an error was filed. */
extern bool rr_rows_arguments(RrSql *sql, RrRows *rows, const GqlNames *args);
extern void rr_rows_condition(RrRows *rows, const char *condition);

/*
 * To be called before anything is selected: will to-one relationships be
 * joined?
 */
extern void rr_rows_prepare(RrSql *sql, RrRows *rows, bool joins);

/*
 * " FROM … WHERE …" that gives the rows, to stand behind a select list made of
 * rr_row_value()s.
 */
extern const char *rr_rows_from(RrRows *rows);

extern RrRow rr_rows_row(RrRows *rows);

/* "alias.column", where the row's table itself is in sight */
extern const char *rr_row_column(const RrRow *row, AttrNumber attnum);

/* An expression over the row's table, for use at the top. */
extern const char *rr_row_value(const RrRow *row, const char *expression);

/* Is the link unique, and is there room for one more table? */
extern bool rr_rows_can_join(const RrRows *rows, const RrLink *link);

/* The row joined by a link, added to joins. Only where rr_rows_can_join(). */
extern RrRow rr_rows_join(RrSql *sql, const RrRow *row, const RrLink *link);

/*
 * Equality along a link, between the expressions of its columns on this side
 * and a table in sight.
 */
extern const char *rr_link_condition(const RrLink *link, const char **here, const char *alias);

/* rr_row_value() of the link's columns. */
extern const char **rr_link_values(const RrRow *row, const RrLink *link);

/* The same as seen at the row's table itself. */
extern const char **rr_link_columns(const RrLink *link, const char *alias);

/* ---- sql_json.c ---- */

/* The object of a selection on a row. NULL when an error was filed. */
extern RrJsonPiece *rr_sql_json_object(RrSql *sql, const RrRow *row, GqlType *type, List *fields);

/* Members of an object ("key": value), and the object. */
extern RrJsonPiece *rr_json_piece(const char *template, const char *arg);
extern RrJsonPiece *rr_json_member(const char *key, const RrJsonPiece *value);
extern RrJsonPiece *rr_json_members(List *members);
extern const char *rr_json_call(const char *function, const RrJsonPiece *piece);

/* Will a selection on a table join to-one relationships? */
extern bool rr_joins_objects(RrSql *sql, List *fields);

/* ---- sql_select.c ---- */

/* What stands below a field (GqlFieldSel *), as its own type has it. */
extern List *rr_subfields(RrSql *sql, const GqlFieldSel *field);

/* A list of rows as a SELECT. NULL when an error was filed. */
extern const char *rr_select_list(RrSql *sql, RrRows *rows, const GqlFieldSel *field);

/* One object, or no row. */
extern const char *rr_select_object(RrSql *sql, RrRows *rows, const GqlFieldSel *field,
									bool limit_one);

/* ---- sql_aggregate.c ---- */

extern const char *rr_select_aggregate(RrSql *sql, RrRows *rows, const GqlFieldSel *field);

/*
 * The aggregate that sorts or filters; the rows' table is in sight as alias.
 */
extern const char *rr_count_expression(const char *alias, const GqlValue *columns, bool distinct);

/* ---- sql_where.c ---- */

/*
 * Append a condition on the table in sight as alias. False when an error was
 * filed.
 */
extern bool rr_sql_where(RrSql *sql, StringInfo out, const RrTable *table, const char *alias,
						 GqlType *type, const GqlValue *where);
extern bool rr_sql_cast_comparison(RrSql *sql, StringInfo out, const char *expression,
								   GqlType *type, const GqlValue *value);
extern bool rr_sql_comparison(RrSql *sql, StringInfo out, const char *expression,
							  const RrScalar *scalar, GqlType *type, const GqlValue *value);

/* ---- sql_order.c ---- */

/* Read order_by into rows->sort. */
extern bool rr_sql_order_by(RrSql *sql, RrRows *rows, const GqlValue *order_by);

/* ---- sql_function.c ---- */

/*
 * A call of a function; row is the expression of its row argument, or NULL.
 * args: value of "args", or NULL. NULL when an error was filed.
 */
extern const char *rr_function_call(RrSql *sql, const RrFunction *function, const char *row,
									const GqlValue *args);

/* The whole row of the table in sight as alias. */
extern const char *rr_whole_row(const RrTable *table, const char *alias);

/*
 * A json value at a path as the argument "path" has it; NULL when an error was
 * filed.
 */
extern const char *rr_json_path(RrSql *sql, const char *expression, const GqlNames *args);

#endif							/* RR_SQL_H */
