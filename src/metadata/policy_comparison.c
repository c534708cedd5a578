/*
 * policy_comparison.c: comparisons of Hasura's permissions as SQL, for
 * policies: a column, or another expression, with values or columns.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "nodes/value.h"
#include "parser/parse_oper.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "compat.h"
#include "metadata/policy_int.h"

const char *
rr_policy_alias(RrPolicyWriter *w)
{
	const char *alias;

	do
		alias = psprintf("_%d", ++w->aliases);
	while (strcmp(alias, w->root.table->relation) == 0);
	return alias;
}

/* ---- columns ---- */

const char *
rr_policy_column_sql(const RrPolicyScope *scope, const char *name)
{
	return psprintf("%s.%s", scope->alias, quote_identifier(name));
}

List	   *
rr_policy_column_names(const RrTable *table)
{
	List	   *names = NIL;

	for (int i = 0; i < table->ncolumns; i++)
		names = lappend(names, unconstify(char *, table->columns[i].sql_name));
	return names;
}

const RrColumn *
rr_policy_column(const RrTable *table, const char *name, const RrDoc *doc)
{
	const RrColumn *column = rr_table_column_named(table, name);

	if (column)
		return column;
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_COLUMN),
			 errmsg("table \"%s.%s\" has no column \"%s\"", table->schema, table->relation, name),
			 rr_doc_errdetail(doc),
			 rr_errhint_did_you_mean(name, rr_policy_column_names(table))));
}

/* Is it ["$", "name"]? */
static bool
is_root_column(const RrDoc *doc)
{
	List	   *parts = rr_doc_is_array(doc) ? rr_doc_items(doc) : NIL;

	return list_length(parts) == 2 && rr_doc_is_string(linitial(parts)) &&
		strcmp(rr_doc_text(linitial(parts)), "$") == 0;
}

/*
 * A column: "name", ["name"], or ["$", "name"] for one of the policy's table.
 * *scope becomes that of its table.
 */
static const RrColumn *
named_column(const RrPolicyWriter *w, const RrPolicyScope **scope, const RrDoc *doc)
{
	if (is_root_column(doc))
	{
		*scope = &w->root;
		doc = lsecond(rr_doc_items(doc));
	}
	else if (rr_doc_is_array(doc) && rr_doc_length(doc) == 1)
		doc = linitial(rr_doc_items(doc));
	else if (rr_doc_is_array(doc))
		rr_policy_inexpressible(doc, "a comparison with a column of a related table");
	return rr_policy_column((*scope)->table, rr_doc_text(doc), doc);
}

/* A column that a value of the type is compared with by the operator. */
static const char *
column_operand(const RrPolicyWriter *w, const RrPolicyScope *scope, const RrPolicyOperator *op,
			   Oid type, const RrDoc *doc)
{
	const RrColumn *column = named_column(w, &scope, doc);
	List	   *name = list_make1(makeString(pstrdup(op->symbol)));
	Operator	found = oper(NULL, name, type, column->type, true, -1);

	if (found == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("type %s cannot be compared with column \"%s\" of type %s",
						format_type_be(type), column->sql_name, format_type_be(column->type)),
				 rr_doc_errdetail(doc)));
	ReleaseSysCache(found);
	return rr_policy_column_sql(scope, column->sql_name);
}

/* ---- comparisons ---- */

/* Operators of enums do not take domains. */
static const char *
cast_operand(const char *expression, const RrScalar *scalar)
{
	if (scalar->type == scalar->base || !scalar->is_enum)
		return expression;
	return psprintf("(%s)::%s", expression, rr_policy_type_name(scalar->base));
}

/*
 * The rows of an array of arrays that a session variable holds: one with two
 * dimensions, {{a},{b}}, or one whose elements are the texts of arrays,
 * {"{a,b}","{c}"}.
 */
static const char *
array_rows(RrPolicyWriter *w, const char *variable, Oid type)
{
	const char *list = rr_policy_alias(w);
	const char *i = rr_policy_alias(w);
	const char *array = rr_policy_type_name(type);

	return psprintf("SELECT CASE pg_catalog.array_ndims(%s.v) WHEN 1 THEN %s.v[%s.v]::%s ELSE ARRAY(SELECT pg_catalog.unnest(%s.v[%s.v:%s.v]))::%s END"
					" FROM (SELECT %s::text[]) AS %s(v), pg_catalog.generate_subscripts(%s.v, 1) AS %s(v)",
					list, list, i, array, list, i, i, array, variable, list, list, i);
}

/*
 * _in and _nin of a column of arrays. There are no arrays of arrays, so it is
 * compared with one after the other. A session variable that is missing gives
 * null, as for other types.
 */
static void
append_array_in(RrPolicyWriter *w, StringInfo out, const char *expression, Oid type,
				const RrDoc *doc, bool negate)
{
	const char *variable = rr_policy_session_variable(doc);
	const char *operator = rr_policy_builtin_operator(w, negate ? "<>" : "=");
	const char *separator = "(";
	Oid			base = getBaseType(type);
	ListCell   *lc;

	if (variable)
	{
		appendStringInfo(out, "CASE WHEN %s IS NOT NULL THEN %s %s %s (%s) END", variable,
						 expression, operator, negate ? "ALL" : "ANY",
						 array_rows(w, variable, base));
		return;
	}
	foreach(lc, rr_doc_items(doc))
	{
		appendStringInfo(out, "%s%s %s %s", separator, expression, operator,
						 rr_policy_value(lfirst(lc), base));
		separator = negate ? " AND " : " OR ";
	}
	appendStringInfoString(out, *separator == '(' ? (negate ? "true" : "false") : ")");
}

/*
 * _cin and _cnin: the elements of an array column, or a list of columns.
 */
static void
append_column_in(RrPolicyWriter *w, StringInfo out, const RrPolicyScope *scope,
				 const char *expression, Oid type, const RrPolicyOperator *op, const RrDoc *doc)
{
	bool		negate = *op->symbol == '<';
	const RrPolicyOperator *each = rr_policy_equals(negate);
	const RrColumn *column;
	const char *separator = "(";
	ListCell   *lc;

	if (!rr_doc_is_array(doc) || is_root_column(doc))
	{
		column = named_column(w, &scope, doc);
		if (get_element_type(getBaseType(column->type)) != getBaseType(type))
			ereport(ERROR,
					(errcode(ERRCODE_DATATYPE_MISMATCH),
					 errmsg("column \"%s\" is no array of type %s", column->sql_name,
							format_type_be(getBaseType(type))),
					 rr_doc_errdetail(doc)));
		appendStringInfo(out, "%s %s (%s)", expression, rr_policy_operator_sql(w, op, type),
						 rr_policy_column_sql(scope, column->sql_name));
		return;
	}
	foreach(lc, rr_doc_items(doc))
	{
		appendStringInfo(out, "%s%s %s %s", separator, expression, rr_policy_operator_sql(w, each, type),
						 column_operand(w, scope, each, type, lfirst(lc)));
		separator = negate ? " AND " : " OR ";
	}
	appendStringInfoString(out, *separator == '(' ? (negate ? "true" : "false") : ")");
}

static void
append_cast(RrPolicyWriter *w, StringInfo out, const RrPolicyScope *scope, const char *expression,
			const RrDoc *doc)
{
	RR_DOC_CHECK_KEYS(doc, "String");
	rr_policy_append_comparisons(w, out, scope, psprintf("(%s)::text", expression),
								 rr_scalar(w->db, TEXTOID), rr_doc_require(doc, "String"));
}

static void
append_comparison(RrPolicyWriter *w, StringInfo out, const RrPolicyScope *scope,
				  const char *expression, const RrScalar *scalar, const RrDoc *doc)
{
	const RrPolicyOperator *op = rr_policy_operator(doc);
	const char *operator;
	const char *value;
	Oid			type = scalar->type;
	Oid			other;

	if (op->operand == RR_OPERAND_NULL)
	{
		appendStringInfo(out, "%s %s", expression, rr_doc_bool(doc) ? "IS NULL" : "IS NOT NULL");
		return;
	}
	rr_policy_check_operator(op, scalar, doc);
	if (op->operand == RR_OPERAND_CAST)
	{
		append_cast(w, out, scope, expression, doc);
		return;
	}
	operator = rr_policy_operator_sql(w, op, type);
	expression = cast_operand(expression, scalar);
	switch (op->operand)
	{
		case RR_OPERAND_SAME:
			appendStringInfo(out, "%s %s %s", expression, operator, rr_policy_value(doc, type));
			break;
		case RR_OPERAND_LIST:
			if (OidIsValid(get_element_type(getBaseType(type))))
				append_array_in(w, out, expression, type, doc, *op->symbol == '<');
			else
				appendStringInfo(out, "%s %s (%s)", expression, operator, rr_policy_list(doc, type));
			break;
		case RR_OPERAND_COLUMNS:
			append_column_in(w, out, scope, expression, type, op, doc);
			break;
		case RR_OPERAND_TEXT:
			appendStringInfo(out, "%s %s %s", expression, operator, rr_policy_value(doc, TEXTOID));
			break;
		case RR_OPERAND_PATTERN:
			value = rr_policy_value(doc, TEXTOID);
			if (operator != op->sql)
				value = psprintf("pg_catalog.similar_to_escape(%s)", value);
			appendStringInfo(out, "%s %s %s", expression, operator, value);
			break;
		case RR_OPERAND_TEXTS:
			appendStringInfo(out, "%s %s %s", expression, operator, rr_policy_list(doc, TEXTOID));
			break;
		case RR_OPERAND_OTHER:
			other = rr_policy_operand_type(op, scalar);
			appendStringInfo(out, "%s %s %s", expression, operator, rr_policy_value(doc, other));
			break;
		default:
			appendStringInfo(out, "%s %s %s", expression, operator,
							 column_operand(w, scope, op, type, doc));
			break;
	}
}

void
rr_policy_append_comparisons(RrPolicyWriter *w, StringInfo out, const RrPolicyScope *scope,
							 const char *expression, const RrScalar *scalar, const RrDoc *doc)
{
	const char *separator = "";
	ListCell   *lc;

	check_stack_depth();
	if (!rr_doc_is_object(doc))
	{
		rr_policy_check_operator(rr_policy_equals(false), scalar, doc);
		appendStringInfo(out, "%s %s %s", cast_operand(expression, scalar),
						 rr_policy_operator_sql(w, rr_policy_equals(false), scalar->type),
						 rr_policy_value(doc, scalar->type));
		return;
	}
	foreach(lc, rr_doc_members(doc))
	{
		appendStringInfoString(out, separator);
		separator = " AND ";
		append_comparison(w, out, scope, expression, scalar, lfirst(lc));
	}
	if (*separator == '\0')
		appendStringInfoString(out, "true");
}
