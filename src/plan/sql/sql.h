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
 * relationships along unique keys are plain left joins. Join them inside the
 * base if it has no limit. With a limit, join around it and sort again.
 * To-many relationships are correlated subqueries at the top.
 *
 *	sql_compile.c		root fields; parameters, aliases and what else all use
 *	sql_keyed.c			joins from remote types to tables, for all keys at once
 *	sql_select.c		SELECT of rows as a list, or of one row as an object
 *	sql_aggregate.c		SELECT of aggregates
 *	sql_json.c			selections on a row: columns, relationships, functions
 *	sql_rows.c			FROM, WHERE, ORDER BY, LIMIT of one table's rows
 *	sql_where.c			the argument where
 *	sql_order.c			the argument order_by, by aggregates too
 *	sql_remote.c		conditions on remote fields, and sorting by them
 *	sql_function.c		calls of SQL functions, paths into json values
 *
 * What a function does is in its name:
 *	rr_compile_*()	a part of the document as SQL; NULL when an error was filed
 *	rr_deparse_*()	something known as SQL; cannot fail
 *	rr_append_*()	the same, appended to a StringInfo; false for an error
 *	rr_*_add_*()	add to an object; some return how SQL refers to what was
 *					added
 *
 * SQL texts are palloc'd in CurrentMemoryContext.
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
	const char *run_param;		/* "$1", or NULL: not needed yet */
	int			naliases;		/* given out so far */
	int			nrelationships; /* for rr_sql_count_relationship() */
	int			nremote;		/* conditions on remote fields */
	int64		repeated;		/* bytes of conditions repeated for these */
	int			round;			/* of key queries that come before what is
								 * being compiled can run */
	List	   *key_queries;	/* sql_remote.c's own */
	int			loc;			/* of the field at work: values from the
								 * variables have no place of their own */
} RrSql;

#define rr_sql_source(sql) ((sql)->planner->request->document->source)

/* A subquery. Outer queries add what they need to its select list. */
typedef struct RrLayer
{
	const char *alias;
	GqlNames	outputs;		/* RrOutput, by expression */
} RrLayer;

typedef struct RrOutput
{
	const char *expression;		/* first: GqlNames finds it by this */
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

	/* the arguments */
	StringInfoData where;		/* conditions joined by AND; "" for none */
	List	   *sort;			/* RrSortKey * */
	List	   *distinct;		/* RrColumn * */
	const char *limit;			/* parameters, or NULL */
	const char *offset;
	struct RrRows *unlimited;	/* of an aggregate: the rows that nodes are
								 * made of, where the role has a limit */

	/* tables joined to it */
	StringInfoData base_joins;	/* that sorting needs */
	List	   *base_joined;	/* what they are, for sql_order.c */
	StringInfoData joins;		/* for the selection: beside base_joins
								 * without limit, else in middle */
	int			njoined;		/* tables in base_joins and joins */
	int			njoined_columns;	/* that joins gave */

	/* remote conditions and sort keys: sql_remote.c's own */
	List	   *key_queries;	/* for the rows themselves */
	int			first_key_query;	/* of those inside of the rows, in RrSql */
	List	   *sort_holes;		/* char *: calls of join_hole() */
	int			sort_round;
	int			outer_round;	/* RrSql.round around the rows */
	bool		is_volatile;	/* they come from a function, which must not
								 * be called more than once */

	/* subqueries */
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
	List	   *args;			/* char *: SQL expressions */
} RrJsonPiece;

/* ---- sql_compile.c ---- */

/* An alias that the statement does not have yet: the letter and a number. */
extern const char *rr_new_alias(RrSql *sql, char letter);

/*
 * Add a parameter of that type, and return "$1". The text of a value is read
 * by the type's input function when the statement runs.
 */
extern const char *rr_add_value_param(RrSql *sql, Oid type, const GqlValue *value);

/*
 * The values of the joining field number key, for all keys: type is an array.
 */
extern const char *rr_add_keys_param(RrSql *sql, Oid type, int key);

/* All session variables, as json. */
extern const char *rr_add_session_param(RrSql *sql, Oid type);

/* The number of the run; one parameter for the whole statement. */
extern const char *rr_add_run_param(RrSql *sql);

/* The table's name for FROM. Notes that the plan reads the table. */
extern const char *rr_deparse_table(RrSql *sql, const RrTable *table);

/*
 * An expression of a type, for operators and aggregates: cast to the base type
 * where it is a domain over an enum, since those of enums do not see through
 * domains.
 */
extern const char *rr_deparse_operand(const RrScalar *scalar, const char *expression);

/* "alias.column = value": what finds a row by a key. */
extern const char *rr_deparse_equality(RrSql *sql, const char *alias, const RrColumn *column,
									   const char *value);

/* The location of a field. */
#define rr_field_loc(field) (((const GqlSelection *) linitial((field)->nodes))->loc)

/*
 * File a request error at a location of the document; -1: at the field at
 * work. Always NULL.
 */
extern void *rr_sql_file_error(RrSql *sql, int loc, const char *fmt,...) pg_attribute_printf(3, 4);

/*
 * Count one more relationship that the statement goes through. False when
 * there are too many: an error was filed at loc.
 */
extern bool rr_sql_count_relationship(RrSql *sql, int loc);

/* The value of a coerced argument; NULL when it is absent or null. */
extern const GqlValue *rr_given_argument(const GqlNames *args, const char *name);

/* ---- sql_rows.c ---- */

/*
 * Begin with all rows of a table. from: a function call to take them from
 * instead, or NULL.
 */
extern void rr_rows_init(RrSql *sql, RrRows *rows, const RrTable *table, const char *from);

/*
 * Apply the arguments where, order_by, distinct_on, limit and offset of a
 * field. False when an error was filed.
 */
extern bool rr_rows_add_arguments(RrSql *sql, RrRows *rows, const GqlFieldSel *field,
								  const GqlNames *args);

/* Restrict the rows by a condition on the table. */
extern void rr_rows_add_condition(RrRows *rows, const char *condition);

/* Put the rows in the order of an expression on the table. */
extern void rr_rows_add_sort(RrSql *sql, RrRows *rows, const char *expression);

/*
 * Add the limit that the role has on lists of the table, if any. Call this
 * after the arguments.
 */
extern void rr_rows_limit_for_role(RrSql *sql, RrRows *rows);

/*
 * A copy, to select from the same rows again in a subquery. Call this after
 * the arguments, before anything else.
 */
extern RrRows *rr_rows_copy(const RrRows *rows);

/*
 * Call this after the arguments, before anything is selected. joins: to-one
 * relationships will be joined (rr_selects_joins()).
 */
extern void rr_rows_prepare_joins(RrSql *sql, RrRows *rows, bool joins);

/*
 * " FROM … WHERE …" that gives the rows, to stand behind a select list made by
 * rr_row_add_output(). The second form leaves out the order and the limit.
 * Both are parts of rr_finish_rows(), which other files call instead.
 */
extern const char *rr_deparse_rows(RrRows *rows);
extern const char *rr_deparse_unsorted(const RrRows *rows);

/* The row of the table itself. */
extern RrRow rr_rows_own_row(RrRows *rows);

/* "alias.column", where the row's table itself is in sight. */
extern const char *rr_deparse_row_column(const RrRow *row, AttrNumber attnum);

/*
 * How the top select list refers to an expression over the row's table. Adds
 * it to the select lists of the subqueries on the way.
 */
extern const char *rr_row_add_output(const RrRow *row, const char *expression);

/* Is the link unique, and is there room for one more table? */
extern bool rr_rows_can_join(const RrRows *rows, const RrLink *link);

/*
 * Join the table that a link leads to, and return its row. Only where
 * rr_rows_can_join().
 */
extern RrRow rr_rows_add_join(RrSql *sql, const RrRow *row, const RrLink *link);

/*
 * Equality along a link. here: expressions for its columns on this side, in
 * their order; alias: its target, which is in sight.
 */
extern const char *rr_deparse_link_condition(const RrLink *link, const char **here,
											 const char *alias);

/* The link's columns on this side, by rr_row_add_output(). */
extern const char **rr_row_add_link_outputs(const RrRow *row, const RrLink *link);

/* The same where the link's table itself is in sight as alias. */
extern const char **rr_deparse_link_columns(const RrLink *link, const char *alias);

/* ---- sql_json.c ---- */

/* The value of a row that a remote relationship joins by. */
extern const char *rr_deparse_join_key(RrSql *sql, const RrRow *row, const RrJoinKey *key);

/* The object of a selection (GqlFieldSel *) on a row. */
extern RrJsonPiece *rr_compile_object(RrSql *sql, const RrRow *row, GqlType *type, List *fields);

/* A template with one argument, or none. */
extern RrJsonPiece *rr_make_json_piece(const char *template, const char *arg);

/* "key": value */
extern RrJsonPiece *rr_make_json_member(const char *key, const RrJsonPiece *value);

/* The object of these members (RrJsonPiece *). */
extern RrJsonPiece *rr_make_json_object(List *members);

/* The call that makes JSON of a piece. function: json_rows or json_object. */
extern const char *rr_deparse_json_call(const char *function, const RrJsonPiece *piece);

/* Will a selection (GqlFieldSel *) on a table join to-one relationships? */
extern bool rr_selects_joins(RrSql *sql, List *fields);

/* ---- sql_select.c ---- */

/* The fields (GqlFieldSel *) selected below a field, merged. */
extern List *rr_collect_subfields(RrSql *sql, const GqlFieldSel *field);

/* A SELECT of the rows as a list. */
extern const char *rr_compile_select_list(RrSql *sql, RrRows *rows, const GqlFieldSel *field);

/* The same, of no more rows than the role may have. */
extern const char *rr_compile_limited_list(RrSql *sql, RrRows *rows, const GqlFieldSel *field);

/* A SELECT of one object, or no row. limit_one: there may be several rows. */
extern const char *rr_compile_select_object(RrSql *sql, RrRows *rows, const GqlFieldSel *field,
											bool limit_one);

/* ---- sql_aggregate.c ---- */

/* A SELECT of the object with aggregate and nodes, over the rows. */
extern const char *rr_compile_select_aggregate(RrSql *sql, RrRows *rows, const GqlFieldSel *field);

/*
 * count(*), or of columns (a list of enum values, or NULL), where the table is
 * in sight as alias.
 */
extern const char *rr_deparse_count(const char *alias, const GqlValue *columns, bool distinct);

/* ---- sql_where.c ---- */

/* What remote conditions count as in the condition around them. */
typedef enum RrReading
{
	RR_READING_VALUE,			/* for what they are */
	RR_READING_COULD,			/* for true, below a NOT for false: may the
								 * row pass? */
	RR_READING_MUST,			/* the opposite: does it pass anyhow? */
} RrReading;

/*
 * Append a condition on the table in sight as alias, or that of one of its
 * fields. type: the boolean expression. False when an error was filed.
 */
extern bool rr_append_where(RrSql *sql, StringInfo out, RrReading reading, const RrTable *table,
							const char *alias, GqlType *type, const GqlValue *where);
extern bool rr_append_where_field(RrSql *sql, StringInfo out, RrReading reading,
								  const RrTable *table, const char *alias, GqlType *type,
								  const GqlObjectField *field);

/* All operators of a comparison expression (type), joined by AND. */
extern bool rr_append_comparisons(RrSql *sql, StringInfo out, const char *expression,
								  const RrScalar *scalar, GqlType *type, const GqlValue *value);

/* ---- sql_remote.c ---- */

/*
 * Are there remote conditions in a boolean expression of this type, or in one
 * of its fields?
 */
extern bool rr_where_is_remote(RrSql *sql, GqlType *type, const GqlValue *where);

/*
 * Append the condition on the value of a remote relationship. input: its field
 * of the boolean expression. False when an error was filed.
 */
extern bool rr_append_remote_condition(RrSql *sql, StringInfo out, const RrTable *table,
									   const char *alias, const GqlInputValueDef *input,
									   const GqlValue *value);

/*
 * Add the queries to *queries that ask for the keys of the remote conditions
 * in a where. Their rows come from a table that is in sight as alias, and
 * fulfil conditions ("": any). Call this after rr_append_where(). False when
 * an error was filed.
 */
extern bool rr_add_where_keys(RrSql *sql, List **queries, const char *from, const RrTable *table,
							  const char *alias, const char *conditions, const GqlValue *where);

/* A remote value to sort by. */
typedef struct RrRemoteKey
{
	const char *expression;
	const GqlValue *direction;
} RrRemoteKey;

/*
 * What an order_by through a remote relationship sorts by: *keys, of
 * RrRemoteKey *. *hole: the call that files the key of a row, for
 * rr_rows_add_sort_hole(). False when an error was filed.
 */
extern bool rr_remote_sort_keys(RrSql *sql, const RrTable *table, const char *alias,
								const GqlInputValueDef *input, const GqlValue *value, List **keys,
								const char **hole);
extern void rr_rows_add_sort_hole(RrSql *sql, RrRows *rows, const char *hole);

/*
 * rr_deparse_rows() with a limit behind it, " LIMIT 1" or "". Call this last:
 * it also ends the queries for keys inside of the rows.
 */
extern const char *rr_finish_rows(RrSql *sql, RrRows *rows, const char *limit);

/*
 * A statement of a text, with the parameters collected so far, and the
 * statements that ask for the keys of its remote conditions.
 */
extern RrSqlStatement *rr_make_statement(const RrSql *sql, const char *text);

/* ---- sql_order.c ---- */

/*
 * The fields of an object that sort (GqlObjectField *), in the order of the
 * document. Variables are jsonb, which keeps no order: of an object in them
 * only one field can be taken. Its fields have no location. False when an
 * error was filed.
 */
extern bool rr_get_sort_fields(RrSql *sql, const GqlValue *value, List **fields);

/* Read order_by into rows->sort. False when an error was filed. */
extern bool rr_rows_add_order_by(RrSql *sql, RrRows *rows, const GqlValue *order_by);

/* ---- sql_function.c ---- */

/*
 * A call of a function. row: the expression of its row argument, or NULL.
 * args: the value of "args", or NULL.
 */
extern const char *rr_compile_call(RrSql *sql, const RrFunction *function, const char *row,
								   const GqlValue *args);

/* The whole row of the table in sight as alias. */
extern const char *rr_deparse_whole_row(const RrTable *table, const char *alias);

/* A json value, or what the argument "path" finds in it. */
extern const char *rr_compile_json_path(RrSql *sql, const char *expression, const GqlNames *args);

#endif							/* RR_SQL_H */
