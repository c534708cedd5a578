/*
 * mutation.h: a root field that writes to a table, planned.
 *
 * It takes two kinds of statements. A change writes, and returns what is asked
 * of the rows. Where that is more than plain columns, or a trigger may still
 * change the rows, a second statement reads them when all triggers have run.
 * What it reads them by is what the first one returned: primary keys, or, of
 * rows that are gone or have no key, the columns themselves.
 *
 *	sql_mutation.c	root fields of mutations
 *	sql_returning.c	what a change returns, and the statements that read
 *	sql_update.c	updates and deletes
 *	sql_insert.c	an INSERT for many rows
 *	default_expression.c	defaults of columns as text
 *	insert_tree.c	the rows of nested inserts, and their order
 */
#ifndef RR_MUTATION_H
#define RR_MUTATION_H

#include "plan/plan.h"
#include "schema/table/table.h"

/* ---- what the answer shows ---- */

typedef enum RrMemberKind
{
	RR_MEMBER_AFFECTED_ROWS,
	RR_MEMBER_TYPENAME,
	RR_MEMBER_ROWS,
} RrMemberKind;

/* A member of the answer; of a field that answers with rows, the whole. */
typedef struct RrMember
{
	RrMemberKind kind;
	const char *key;			/* response key */
	const char *typename;		/* TYPENAME */
	const GqlFieldSel *field;	/* ROWS */
	RrSqlStatement *read;		/* ROWS: the statement that reads them */
} RrMember;

typedef enum RrAnswerForm
{
	RR_ANSWER_RESPONSE,			/* books_mutation_response */
	RR_ANSWER_OBJECT,			/* a row, or null */
	RR_ANSWER_LIST,				/* rows */
} RrAnswerForm;

/* What the answer asks of the rows that were changed. */
typedef struct RrReturning
{
	const RrTable *table;
	RrAnswerForm form;
	List	   *members;		/* RrMember * */
	bool		rows;			/* some member asks for rows */
	bool		plain;			/* for columns of the table only, so the
								 * change itself can make the JSON */
	bool		by_key;			/* read by primary key; else by the columns */
	int			ncolumns;		/* what the reading statement takes, as
								 * RR_PARAM_CHANGED: the key, or the columns */
	const RrColumn **columns;
} RrReturning;

/* ---- changes ---- */

typedef enum RrMutationKind
{
	RR_MUTATION_INSERT,
	RR_MUTATION_UPDATE,
	RR_MUTATION_DELETE,
	RR_MUTATION_FUNCTION,
} RrMutationKind;

/* One UPDATE, DELETE or call. Its two forms do the same. */
typedef struct RrChange
{
	RrSqlStatement *statement;	/* returns RrReturning.columns; NULL: there is
								 * nothing to do */
	RrSqlStatement *plain;		/* returns JSON, one column a ROWS member; or
								 * NULL */
} RrChange;

/* Statements that are made while a kept plan runs, and kept with it. */
typedef struct RrPreparedSet
{
	MemoryContext cxt;			/* the kept plan's */
	List	   *entries;		/* prepared_set.c's own */
} RrPreparedSet;

typedef struct RrMutation
{
	RrMutationKind kind;
	const RrTable *table;
	bool		many;			/* update_books_many: a list of responses */
	List	   *changes;		/* RrChange *; not of INSERT, whose statements
								 * depend on the rows */
	RrReturning returning;
	RrPreparedSet *prepared;	/* INSERT; NULL: nothing is kept */
} RrMutation;

/* ---- sql_mutation.c ---- */

/*
 * Compile a field of mutation_root that a table or function answers. NULL when
 * an error was filed.
 */
extern RrMutation *rr_compile_mutation(RrPlanner *planner, const GqlFieldSel *field);

/* ---- inserts ---- */

typedef struct RrInsert RrInsert;

/* A row to insert. */
typedef struct RrInsertRow
{
	const GqlValue *object;
	int			parent;			/* which row of the parent it belongs to */
} RrInsertRow;

/* A column that a row of another insert gives a value. */
typedef struct RrInsertFill
{
	RrInsert   *from;
	int			returned;		/* which of the columns that it returns */
} RrInsertFill;

/*
 * Rows of one table that are inserted together: all that stand at the same
 * place of the objects, under the same on_conflict.
 */
struct RrInsert
{
	const RrTable *table;
	GqlType    *type;			/* books_insert_input */
	const GqlValue *on_conflict;	/* or NULL */
	int			loc;			/* of what a message about it points at */

	/* where it belongs */
	RrInsert   *parent;			/* NULL: the root field */
	const RrLink *link;			/* from the parent's table */

	int			nrows;
	RrInsertRow *rows;

	/* nested ones */
	List	   *before;			/* RrInsert *: rows that these refer to */
	List	   *after;			/* RrInsert *: rows that refer to these */

	/* what is given */
	int			ncolumns;
	const RrColumn **columns;
	List	  **fills;			/* for each column RrInsertFill *: those that
								 * give it values */
	const char **defaults;		/* for each column: its default, as SQL, if
								 * some rows leave it out; or NULL */
	bool		mixed;			/* some rows leave a column out whose default
								 * cannot be written as SQL */

	/* what others need of these rows */
	int			nreturned;
	const RrColumn **returned;
	void	   *result;			/* exec's own: what was returned of these */
	int		   *row_of_parent;	/* of one in "before": for each row of the
								 * parent which of these it refers to, or -1 */
};

/*
 * The rows of an insert's root field, from the request's arguments. NULL when
 * an error was filed. In CurrentMemoryContext.
 */
extern RrInsert *rr_insert_tree(RrPlanner *planner, const GqlFieldSel *field);

/*
 * Does it insert row by row? It must be known which rows a conflict left out,
 * because others depend on them.
 */
extern bool rr_insert_is_single(const RrInsert *insert);

/*
 * The value that a row gives for a column; NULL: the default, unless another
 * insert gives it.
 */
extern const GqlValue *rr_insert_value(const RrInsert *insert, int row, int column);

/*
 * What another insert gives a row for a column; NULL: nothing. *from_row: the
 * row of that insert.
 */
extern const RrInsertFill *rr_insert_fill(const RrInsert *insert, int row, int column,
										  int *from_row);

/* Does a row give a column a value, or another insert? */
extern bool rr_insert_gives(const RrInsert *insert, int row, int column);

/* ---- sql_insert.c ---- */

/*
 * The INSERT of nrows rows from the first on: one, or all. It returns the
 * columns in insert->returned, then what returning asks for (NULL: nothing):
 * with plain set the JSON of each ROWS member, else its columns. NULL when an
 * error was filed.
 */
extern RrSqlStatement *rr_compile_insert(RrPlanner *planner, const RrInsert *insert, int first,
										 int nrows, const RrReturning *returning, bool plain);

/* ---- prepared_set.c ---- */

/*
 * Have a statement prepared once for all runs with the same text. Without a
 * set nothing is kept.
 */
extern void rr_prepared_set_use(RrPreparedSet *set, RrSqlStatement *statement);

/* Free what is prepared. Does not throw. */
extern void rr_prepared_set_free(RrPreparedSet *set);

#endif							/* RR_MUTATION_H */
