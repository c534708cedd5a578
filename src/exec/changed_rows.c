/*
 * changed_rows.c: what changes returned of their rows, and parameters made of
 * it for the statements that come next.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"

#include "exec/mutation_int.h"

/* ---- what was returned ---- */

static int
count_texts(const RrReturning *returning)
{
	int			n = 0;
	ListCell   *lc;

	foreach(lc, returning->members)
	{
		if (((const RrMember *) lfirst(lc))->kind == RR_MEMBER_ROWS)
			n++;
	}
	return n;
}

RrChanged  *
rr_changed_create(int ncolumns, const RrReturning *returning, bool plain)
{
	RrChanged  *changed = palloc0(sizeof(RrChanged));

	changed->cxt = CurrentMemoryContext;
	changed->returning = returning;
	changed->plain = plain;
	changed->ncolumns = ncolumns;
	if (returning == NULL || !returning->rows)
		return changed;
	if (!plain)
	{
		changed->ncolumns += returning->ncolumns;
		return changed;
	}
	changed->ntexts = count_texts(returning);
	changed->texts = palloc(changed->ntexts * sizeof(StringInfoData));
	for (int i = 0; i < changed->ntexts; i++)
		initStringInfo(&changed->texts[i]);
	return changed;
}

static void
make_room(RrChanged *changed, int64 nrows)
{
	int64		needed = changed->nrows + nrows;
	Size		cells;

	if (needed <= changed->capacity || changed->ncolumns == 0)
		return;
	if (needed > INT_MAX / 2)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("a mutation returns too many rows")));
	changed->capacity = Max(needed, changed->capacity * 2);
	cells = (Size) changed->capacity * changed->ncolumns;
	if (changed->values == NULL)
	{
		changed->values = MemoryContextAllocHuge(changed->cxt, cells * sizeof(Datum));
		changed->nulls = MemoryContextAllocHuge(changed->cxt, cells * sizeof(bool));
		return;
	}
	changed->values = repalloc_huge(changed->values, cells * sizeof(Datum));
	changed->nulls = repalloc_huge(changed->nulls, cells * sizeof(bool));
}

static void
take_columns(RrChanged *changed, HeapTuple row, TupleDesc desc)
{
	MemoryContext old = MemoryContextSwitchTo(changed->cxt);
	Size		start = (Size) changed->nrows * changed->ncolumns;

	for (int i = 0; i < changed->ncolumns; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(desc, i);
		bool	   *isnull = &changed->nulls[start + i];
		Datum		value = SPI_getbinval(row, desc, i + 1, isnull);

		changed->values[start + i] = *isnull ? (Datum) 0
			: datumCopy(value, attribute->attbyval, attribute->attlen);
	}
	MemoryContextSwitchTo(old);
}

static void
take_texts(RrChanged *changed, HeapTuple row, TupleDesc desc)
{
	bool		one = changed->ntexts > 0 && changed->returning->form == RR_ANSWER_OBJECT;

	if (one && changed->nrows > 0)
		return;
	for (int i = 0; i < changed->ntexts; i++)
	{
		bool		isnull;
		Datum		value = SPI_getbinval(row, desc, changed->ncolumns + i + 1, &isnull);
		text	   *json = DatumGetTextPP(value);

		if (changed->nrows > 0)
			appendStringInfoChar(&changed->texts[i], ',');
		appendBinaryStringInfo(&changed->texts[i], VARDATA_ANY(json), VARSIZE_ANY_EXHDR(json));
	}
}

void
rr_changed_take(void *arg)
{
	RrChanged  *changed = arg;

	if (SPI_tuptable == NULL)
		return;
	make_room(changed, SPI_processed);
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		CHECK_FOR_INTERRUPTS();
		take_columns(changed, SPI_tuptable->vals[i], SPI_tuptable->tupdesc);
		take_texts(changed, SPI_tuptable->vals[i], SPI_tuptable->tupdesc);
		changed->nrows++;
	}
}

/* ---- parameters ---- */

/* Rows as a parameter takes them. */
typedef struct Rows
{
	const Oid  *bases;
	int			first;
	int			nrows;
	RrRowValue	value;
	void	   *arg;
} Rows;

static Datum
as_text(Datum value, Oid base)
{
	Oid			output;
	bool		is_varlena;

	getTypeOutputInfo(base, &output, &is_varlena);
	return CStringGetTextDatum(OidOutputFunctionCall(output, value));
}

/* The values of a column for all rows, as an array: text[] of any type. */
static Datum
make_array(const Rows *rows, int column, Oid array)
{
	Oid			base = rows->bases[column];
	Oid			element = get_element_type(array);
	Datum	   *values = MemoryContextAllocHuge(CurrentMemoryContext,
												(Size) rows->nrows * sizeof(Datum));
	bool	   *nulls = palloc(rows->nrows * sizeof(bool));
	int			n = rows->nrows;
	int			lower = 1;
	int16		typlen;
	bool		typbyval;
	char		typalign;

	for (int i = 0; i < n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		values[i] = rows->value(rows->arg, rows->first + i, column, &nulls[i]);
		if (element != base && !nulls[i])
			values[i] = as_text(values[i], base);
	}
	get_typlenbyvalalign(element, &typlen, &typbyval, &typalign);
	return PointerGetDatum(construct_md_array(values, nulls, 1, &n, &lower, element, typlen,
											  typbyval, typalign));
}

static RrSqlParam *
bind_param(const RrSqlParam *param, const Rows *rows)
{
	RrSqlParam *bound = palloc(sizeof(RrSqlParam));

	*bound = *param;
	bound->is_read = true;
	bound->isnull = false;
	if (param->row < 0)
		bound->datum = make_array(rows, param->key, param->type);
	else
		bound->datum = rows->value(rows->arg, rows->first + param->row, param->key,
								   &bound->isnull);
	return bound;
}

RrSqlStatement *
rr_bind_rows(const RrSqlStatement *statement, RrParamKind kind, const Oid *bases, int first,
			 int nrows, RrRowValue value, void *arg)
{
	Rows		rows = {bases, first, nrows, value, arg};
	RrSqlStatement *bound = palloc(sizeof(RrSqlStatement));
	ListCell   *lc;

	*bound = *statement;
	bound->params = NIL;
	foreach(lc, statement->params)
	{
		RrSqlParam *param = lfirst(lc);

		bound->params = lappend(bound->params, param->kind == kind ? bind_param(param, &rows)
								: param);
	}
	rr_share_params(bound);
	return bound;
}
