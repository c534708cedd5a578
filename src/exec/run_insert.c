/*
 * run_insert.c: runs the statements of nested inserts: first the rows that
 * others refer to, then those. Keys are taken from what the server returned.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "parser/parse_coerce.h"
#include "utils/lsyscache.h"

#include "exec/mutation_int.h"

typedef struct InsertRun
{
	RrRun	   *run;
	RrPlanner	planner;
	const RrMutation *mutation;
	bool		plain;			/* of the root */
	uint64		affected;
} InsertRun;

/* One level, while its parameters are made. */
typedef struct Level
{
	const RrInsert *insert;
	RrValueInput *inputs;		/* by column */
	RrDatabase *db;
} Level;

/* ---- keys of other rows ---- */

/*
 * A key of another row as the column takes it: columns of a relationship may
 * have different types. Converted as an assignment in SQL would, and by its
 * text where SQL has no cast.
 */
static Datum
convert(Datum value, Oid from, RrValueInput *to)
{
	Oid			function;
	CoercionPathType path = find_coercion_pathway(to->type, from, COERCION_ASSIGNMENT, &function);
	Oid			output;
	bool		is_varlena;

	if (path == COERCION_PATH_RELABELTYPE)
		return value;
	if (path == COERCION_PATH_FUNC)
		switch (get_func_nargs(function))
		{
			case 1:
				return OidFunctionCall1(function, value);
			case 2:
				return OidFunctionCall2(function, value, Int32GetDatum(-1));
			default:
				return OidFunctionCall3(function, value, Int32GetDatum(-1), BoolGetDatum(false));
		}
	getTypeOutputInfo(from, &output, &is_varlena);
	return InputFunctionCall(&to->function, OidOutputFunctionCall(output, value), to->ioparam, -1);
}

static Datum
key_of(const Level *level, const RrInsertFill *fill, int row, RrValueInput *to, bool *isnull)
{
	const RrChanged *from = fill->from->result;
	Size		i = (Size) row * from->ncolumns + fill->returned;
	Oid			type = rr_column_scalar(level->db, fill->from->returned[fill->returned])->base;

	*isnull = from->nulls[i];
	if (*isnull)
		ereport(ERROR,
				(errcode(ERRCODE_INTEGRITY_CONSTRAINT_VIOLATION),
				 errmsg("cannot insert nested rows: column \"%s\" of a row of table \"%s\" is null, so it gives them no key",
						fill->from->returned[fill->returned]->graphql_name,
						fill->from->table->name)));
	if (type == to->type)
		return from->values[i];
	return convert(from->values[i], type, to);
}

/* ---- one level ---- */

static Datum
value_of(void *arg, int row, int column, bool *isnull)
{
	const Level *level = arg;
	const GqlValue *value = rr_insert_value(level->insert, row, column);
	const RrInsertFill *fill;
	int			from_row;

	if (value != NULL)
		return rr_sql_bind_value(value, &level->inputs[column], isnull);
	fill = rr_insert_fill(level->insert, row, column, &from_row);
	if (fill != NULL)
		return key_of(level, fill, from_row, &level->inputs[column], isnull);
	*isnull = true;
	return (Datum) 0;
}

static Datum
is_given(void *arg, int row, int column, bool *isnull)
{
	const Level *level = arg;

	*isnull = false;
	return BoolGetDatum(rr_insert_gives(level->insert, row, column));
}

static bool
is_root(const RrInsert *insert)
{
	return insert->parent == NULL;
}

/* Do other rows need the keys of these? */
static bool
is_needed(const RrInsert *insert)
{
	return insert->after != NIL || (!is_root(insert) && !insert->link->after);
}

static void
throw_left_alone(const RrInsert *insert)
{
	ereport(ERROR,
			(errcode(ERRCODE_INTEGRITY_CONSTRAINT_VIOLATION),
			 errmsg("cannot insert nested rows: a row of table \"%s\" was neither inserted nor updated, so it gives them no key",
					insert->table->name)));
}

/* Run the statement for some of the rows. */
static void
run_rows(InsertRun *r, RrInsert *insert, int first, int nrows)
{
	const RrReturning *returning = is_root(insert) ? &r->mutation->returning : NULL;
	RrDatabase *db = r->run->plan->rs->tables->db;
	Level		level = {.insert = insert, .db = db};
	Oid		   *bases;
	Oid		   *booleans;
	RrChanged  *changed = insert->result;
	int			before = changed->nrows;
	RrSqlStatement *statement = rr_compile_insert(&r->planner, insert, first, nrows, returning,
												  is_root(insert) && r->plain);

	if (statement == NULL)
		elog(ERROR, "an insert that was compiled before cannot be compiled");
	if (nrows == 1 || !insert->mixed)
		rr_prepared_set_use(r->mutation->prepared, statement);
	level.inputs = palloc(insert->ncolumns * sizeof(RrValueInput));
	bases = palloc(insert->ncolumns * sizeof(Oid));
	booleans = palloc(insert->ncolumns * sizeof(Oid));
	for (int i = 0; i < insert->ncolumns; i++)
	{
		bases[i] = rr_scalar(db, insert->columns[i]->type)->base;
		rr_sql_bind_init(&level.inputs[i], bases[i]);
		booleans[i] = BOOLOID;
	}
	statement = rr_bind_rows(statement, RR_PARAM_COLUMN, bases, first, nrows, value_of,
							 &level);
	statement = rr_bind_rows(statement, RR_PARAM_GIVEN, booleans, first, nrows, is_given, &level);
	r->affected += rr_run_writing(r->run, statement, rr_changed_take, changed);
	if (is_needed(insert) && changed->nrows - before != nrows)
		throw_left_alone(insert);
}

static void
run_level(InsertRun *r, RrInsert *insert)
{
	const RrReturning *returning = is_root(insert) ? &r->mutation->returning : NULL;
	ListCell   *lc;

	check_stack_depth();
	foreach(lc, insert->before)
		run_level(r, lfirst(lc));
	insert->result = rr_changed_create(insert->nreturned, returning,
									   is_root(insert) && r->plain);
	if (rr_insert_is_single(insert))
	{
		for (int i = 0; i < insert->nrows; i++)
			run_rows(r, insert, i, 1);
	}
	else if (insert->nrows > 0)
		run_rows(r, insert, 0, insert->nrows);
	foreach(lc, insert->after)
		run_level(r, lfirst(lc));
}

uint64
rr_run_insert(RrRun *run, const RrMutation *mutation, RrInsert *insert, bool plain,
			  RrChanged **changed)
{
	InsertRun	r = {.run = run, .mutation = mutation, .plain = plain};

	r.planner.rs = run->plan->rs;
	r.planner.request = run->plan->request;
	r.planner.errors = run->errors;
	run_level(&r, insert);
	*changed = insert->result;
	return r.affected;
}
