/*
 * filter.c: translates boolean expressions of Hasura's permissions into SQL
 * conditions for policies.
 *
 * The condition does not depend on search_path: names are qualified. Strings
 * "X-Hasura-…" become calls of remote_rel.session_variable(). Columns of the
 * policy's table are written with the table's name, those of other tables with
 * aliases _1, _2, ….
 */
#include "postgres.h"

#include "access/transam.h"
#include "catalog/namespace.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "compat.h"
#include "base/subtransaction.h"
#include "metadata/filter.h"

/* What stands on the right of an operator. */
typedef enum Operand
{
	OPERAND_SAME,				/* a value of the column's type */
	OPERAND_LIST,				/* a list of them */
	OPERAND_TEXT,
	OPERAND_TEXTS,				/* a list */
	OPERAND_PATTERN,			/* text, a pattern of SIMILAR TO */
	OPERAND_OTHER,				/* a value, or a list, of another type: see
								 * rr_operator_type() */
	OPERAND_COLUMN,				/* the name of a column, or ["$", name] of one
								 * of the policy's table */
	OPERAND_COLUMNS,			/* the same of an array column, or a list of
								 * columns */
	OPERAND_NULL,				/* true or false */
	OPERAND_CAST,				/* {"String": comparisons} */
} Operand;

/* An operator. Its name starts with "_", in Hasura's old spelling with "$". */
typedef struct Comparison
{
	const char *name;			/* without its first character */
	Operand		operand;
	const char *symbol;			/* the operator's name */
	const char *sql;			/* how it is written for built-in types; NULL:
								 * as symbol */
} Comparison;

static const Comparison comparisons[] = {
	{"eq", OPERAND_SAME, "=", NULL},
	{"ne", OPERAND_SAME, "<>", NULL},
	{"neq", OPERAND_SAME, "<>", NULL},
	{"gt", OPERAND_SAME, ">", NULL},
	{"gte", OPERAND_SAME, ">=", NULL},
	{"lt", OPERAND_SAME, "<", NULL},
	{"lte", OPERAND_SAME, "<=", NULL},
	{"in", OPERAND_LIST, "=", "= ANY"},
	{"nin", OPERAND_LIST, "<>", "<> ALL"},
	{"is_null", OPERAND_NULL, NULL, NULL},
	{"like", OPERAND_TEXT, "~~", "LIKE"},
	{"nlike", OPERAND_TEXT, "!~~", "NOT LIKE"},
	{"ilike", OPERAND_TEXT, "~~*", "ILIKE"},
	{"nilike", OPERAND_TEXT, "!~~*", "NOT ILIKE"},
	{"similar", OPERAND_PATTERN, "~", "SIMILAR TO"},
	{"nsimilar", OPERAND_PATTERN, "!~", "NOT SIMILAR TO"},
	{"regex", OPERAND_TEXT, "~", NULL},
	{"nregex", OPERAND_TEXT, "!~", NULL},
	{"iregex", OPERAND_TEXT, "~*", NULL},
	{"niregex", OPERAND_TEXT, "!~*", NULL},
	{"contains", OPERAND_SAME, "@>", NULL},
	{"contained_in", OPERAND_SAME, "<@", NULL},
	{"has_key", OPERAND_TEXT, "?", NULL},
	{"has_keys_any", OPERAND_TEXTS, "?|", NULL},
	{"has_keys_all", OPERAND_TEXTS, "?&", NULL},
	{"ceq", OPERAND_COLUMN, "=", NULL},
	{"cne", OPERAND_COLUMN, "<>", NULL},
	{"cneq", OPERAND_COLUMN, "<>", NULL},
	{"cgt", OPERAND_COLUMN, ">", NULL},
	{"cgte", OPERAND_COLUMN, ">=", NULL},
	{"clt", OPERAND_COLUMN, "<", NULL},
	{"clte", OPERAND_COLUMN, "<=", NULL},
	{"cin", OPERAND_COLUMNS, "=", "= ANY"},
	{"cnin", OPERAND_COLUMNS, "<>", "<> ALL"},
	{"cast", OPERAND_CAST, NULL, NULL},
	{"ancestor", OPERAND_OTHER, "@>", NULL},
	{"descendant", OPERAND_OTHER, "<@", NULL},
	{"ancestor_any", OPERAND_OTHER, "@>", NULL},
	{"descendant_any", OPERAND_OTHER, "<@", NULL},
	{"matches", OPERAND_OTHER, "~", NULL},
	{"matches_any", OPERAND_OTHER, "?", NULL},
	{"matches_fulltext", OPERAND_OTHER, "@", NULL},
};

/* A table whose columns can be named. */
typedef struct Scope
{
	const RrTable *table;
	const char *alias;			/* quoted */
} Scope;

typedef struct Filter
{
	RrDatabase *db;
	Scope		root;
	int			aliases;
	bool		qualified;		/* operators and functions have their schema:
								 * the caller's search_path counts where the
								 * condition is evaluated */
	RrFilterNeeds needs;
} Filter;

static void append_where(Filter *f, StringInfo out, const Scope *scope, const RrDoc *doc);
static void append_comparisons(Filter *f, StringInfo out, const Scope *scope,
							   const char *expression, const RrScalar *scalar, const RrDoc *doc);

static const char *
new_alias(Filter *f)
{
	const char *alias;

	do
		alias = psprintf("_%d", ++f->aliases);
	while (strcmp(alias, f->root.table->relation) == 0);
	return alias;
}

static void
throw_inexpressible(const RrDoc *doc, const char *what)
{
	ereport(ERROR,
			(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
			 errmsg("%s has no translation into a policy", what),
			 rr_doc_errdetail(doc),
			 errhint("Write the policy's condition by hand: CREATE POLICY ... USING (...).")));
}

/* ---- values ---- */

/*
 * The name of a type, independent of search_path. FORMAT_TYPE_TYPEMOD_GIVEN
 * makes it "bpchar" instead of "character", which means length 1.
 */
static const char *
type_name(Oid type)
{
	bits16		flags = FORMAT_TYPE_TYPEMOD_GIVEN;

	if (rr_type_schema(type) != PG_CATALOG_NAMESPACE)
		flags |= FORMAT_TYPE_FORCE_QUALIFY;
	return format_type_extended(type, -1, flags);
}

/*
 * The session variable that a string names, in lower case; NULL for any other
 * value.
 */
static char *
session_variable(const RrDoc *doc)
{
	char	   *name = rr_doc_is_string(doc) ? rr_doc_text(doc) : NULL;

	if (name == NULL || pg_strncasecmp(name, "x-hasura-", 9) != 0)
		return NULL;
	for (char *c = name; *c; c++)
		*c = pg_ascii_tolower((unsigned char) *c);
	return name;
}

static bool
is_json(Oid type)
{
	Oid			base = getBaseType(type);

	return base == JSONOID || base == JSONBOID;
}

/*
 * May the text mean another time at each reading ("now()", "[today,)")? As a
 * literal of the type it would keep the time at which the policy is created.
 */
static bool
reads_clock(Oid type, const char *text)
{
	static const char *const words[] = {"now", "today", "tomorrow", "yesterday"};
	Oid			function;
	Oid			parameter;

	getTypeInputInfo(type, &function, &parameter);
	if (func_volatile(function) == PROVOLATILE_IMMUTABLE)
		return false;
	for (; *text; text++)
		for (int i = 0; i < (int) lengthof(words); i++)
			if (pg_strncasecmp(text, words[i], strlen(words[i])) == 0)
				return true;
	return false;
}

typedef struct Literal
{
	Oid			type;
	char	   *text;
} Literal;

static void
read_literal(void *arg)
{
	Literal    *literal = arg;
	Oid			function;
	Oid			parameter;

	getTypeInputInfo(literal->type, &function, &parameter);
	(void) OidInputFunctionCall(function, literal->text, parameter, -1);
}

/* Throw when the text is no value of the type: the statement would fail. */
static void
check_literal(const RrDoc *doc, Oid type, char *text)
{
	Literal		literal = {type, text};
	ErrorData  *error = rr_run_in_subtransaction(read_literal, &literal);

	if (error)
		ereport(ERROR,
				(errcode(error->sqlerrcode),
				 errmsg("%s", error->message),
				 rr_doc_errdetail(doc)));
}

/*
 * An array with these elements. As the value of an array type it may hold
 * nulls, and lists for further dimensions; as the operand of _in it may not.
 */
static void
append_list(StringInfo out, const RrDoc *list, Oid element, bool is_value)
{
	ListCell   *lc;
	const char *separator = "";
	bool		nests = is_value && !is_json(element) &&
	!OidIsValid(get_base_element_type(element));

	check_stack_depth();
	appendStringInfoString(out, "ARRAY[");
	foreach(lc, rr_doc_items(list))
	{
		const RrDoc *item = lfirst(lc);

		appendStringInfoString(out, separator);
		separator = ", ";
		if (is_value && item->value.type == jbvNull)
			appendStringInfoString(out, "NULL");
		else if (nests && rr_doc_is_array(item))
			append_list(out, item, element, true);
		else
			appendStringInfoString(out, rr_filter_value(item, element));
	}
	appendStringInfo(out, "]::%s[]", type_name(element));
}

const char *
rr_filter_value(const RrDoc *doc, Oid type)
{
	const char *variable = session_variable(doc);
	Oid			base = getBaseType(type);
	Oid			element = get_element_type(base);
	StringInfoData out;
	char	   *text;

	if (variable)
	{
		text = psprintf("remote_rel.session_variable(%s)", quote_literal_cstr(variable));
		return base == TEXTOID ? text : psprintf("%s::%s", text, type_name(base));
	}
	if (doc->value.type == jbvNull)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("expected a value at %s", rr_doc_path(doc)),
				 errdetail("Found null.")));
	if (OidIsValid(element) && rr_doc_is_array(doc))
	{
		initStringInfo(&out);
		append_list(&out, doc, element, true);
		return out.data;
	}
	text = is_json(base) ? JsonbToCString(NULL, &rr_doc_jsonb(doc)->root, 0)
		: rr_doc_scalar_text(doc);
	check_literal(doc, base, text);
	if (doc->value.type == jbvBool && base == BOOLOID)
		return text;
	return psprintf("%s::%s%s", quote_literal_cstr(text), reads_clock(base, text) ? "text::" : "",
					type_name(base));
}

/* The array on the right of = ANY. */
static const char *
list_operand(const RrDoc *doc, Oid type)
{
	const char *variable = session_variable(doc);
	StringInfoData out;

	if (variable)
		return psprintf("remote_rel.session_variable(%s)::%s[]", quote_literal_cstr(variable),
						type_name(getBaseType(type)));
	initStringInfo(&out);
	append_list(&out, doc, getBaseType(type), false);
	return out.data;
}

/* ---- columns ---- */

static const char *
column_expression(const Scope *scope, const char *name)
{
	return psprintf("%s.%s", scope->alias, quote_identifier(name));
}

static List *
column_names(const RrTable *table)
{
	List	   *names = NIL;

	for (int i = 0; i < table->ncolumns; i++)
		names = lappend(names, unconstify(char *, table->columns[i].sql_name));
	return names;
}

const RrColumn *
rr_filter_column(const RrTable *table, const char *name, const RrDoc *doc)
{
	const RrColumn *column = rr_table_column_named(table, name);

	if (column)
		return column;
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_COLUMN),
			 errmsg("table \"%s.%s\" has no column \"%s\"", table->schema, table->relation, name),
			 rr_doc_errdetail(doc),
			 rr_errhint_did_you_mean(name, column_names(table))));
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
 * A column: "name", or ["$", "name"] for one of the policy's table. *scope
 * becomes that of its table.
 */
static const RrColumn *
named_column(const Filter *f, const Scope **scope, const RrDoc *doc)
{
	if (is_root_column(doc))
	{
		*scope = &f->root;
		doc = lsecond(rr_doc_items(doc));
	}
	else if (rr_doc_is_array(doc))
		throw_inexpressible(doc, "a comparison with a column of a related table");
	return rr_filter_column((*scope)->table, rr_doc_text(doc), doc);
}

static const char *
column_operand(const Filter *f, const Scope *scope, const RrDoc *doc)
{
	const RrColumn *column = named_column(f, &scope, doc);

	return column_expression(scope, column->sql_name);
}

/* ---- comparisons ---- */

static const Comparison *
find_comparison(const RrDoc *doc)
{
	List	   *names = NIL;

	for (int i = 0; i < (int) lengthof(comparisons); i++)
	{
		if ((*doc->key == '_' || *doc->key == '$') && strcmp(doc->key + 1,
															 comparisons[i].name) == 0)
			return &comparisons[i];
		names = lappend(names, psprintf("_%s", comparisons[i].name));
	}
	if (strncmp(doc->key, "_st_", 4) == 0)
		throw_inexpressible(doc, psprintf("\"%s\"", doc->key));
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unknown operator \"%s\" at %s", doc->key, rr_doc_path(doc->parent)),
			 rr_errhint_did_you_mean(doc->key, names)));
}

/* An operator of built-in types: "=" */
static const char *
builtin_operator(const Filter *f, const char *symbol)
{
	return f->qualified ? psprintf("OPERATOR(pg_catalog.%s)", symbol) : symbol;
}

/* "LIKE"; "OPERATOR(public.~~)" for a type that has its own. */
static const char *
operator_text(const Filter *f, const Comparison *comparison, Oid type)
{
	Oid			base = getBaseType(type);
	bool		builtin = base < FirstNormalObjectId || OidIsValid(get_element_type(base)) ||
	get_typtype(base) != TYPTYPE_BASE;
	const char *schema = "pg_catalog";
	const char *suffix = "";

	if (builtin && !f->qualified)
		return comparison->sql ? comparison->sql : comparison->symbol;
	if (comparison->operand == OPERAND_LIST || comparison->operand == OPERAND_COLUMNS)
		suffix = *comparison->symbol == '=' ? " ANY" : " ALL";
	if (!builtin)
		schema = quote_identifier(rr_namespace_name(rr_type_schema(base)));
	return psprintf("OPERATOR(%s.%s)%s", schema, comparison->symbol, suffix);
}

/* Operators of enums do not take domains. */
static const char *
cast_operand(const char *expression, const RrScalar *scalar)
{
	if (scalar->type == scalar->base || !scalar->is_enum)
		return expression;
	return psprintf("(%s)::%s", expression, type_name(scalar->base));
}

/* The operator of where that says the same; NULL: there is none. */
static const RrOperator *
where_operator(const Comparison *comparison)
{
	const char *name = comparison->name;

	if (comparison->operand == OPERAND_COLUMN || comparison->operand == OPERAND_COLUMNS)
		name++;
	return rr_find_operator(psprintf("_%s", strcmp(name, "ne") == 0 ? "neq" : name));
}

/*
 * Throw if where does not have the operator for values of this type: a
 * permission compares nothing that a query cannot.
 */
static void
check_operator(const Comparison *comparison, const RrScalar *scalar, const RrDoc *doc)
{
	const RrOperator *operator = where_operator(comparison);

	if (operator == NULL || !rr_scalar_has_operator(scalar, operator))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_FUNCTION),
				 errmsg("type %s has no operator for \"%s\"", format_type_be(scalar->base),
						doc->key),
				 rr_doc_errdetail(doc)));
}

/*
 * The rows of an array of arrays that a session variable holds: one with two
 * dimensions, {{a},{b}}, or one whose elements are the texts of arrays,
 * {"{a,b}","{c}"}.
 */
static const char *
array_rows(Filter *f, const char *variable, Oid type)
{
	const char *list = new_alias(f);
	const char *i = new_alias(f);
	const char *array = type_name(type);

	return psprintf("SELECT CASE pg_catalog.array_ndims(%s.v) WHEN 1 THEN %s.v[%s.v]::%s ELSE ARRAY(SELECT pg_catalog.unnest(%s.v[%s.v:%s.v]))::%s END"
					" FROM (SELECT %s::text[]) AS %s(v), pg_catalog.generate_subscripts(%s.v, 1) AS %s(v)",
					list, list, i, array, list, i, i, array, variable, list, list, i);
}

/*
 * _in and _nin of a column of arrays. There are no arrays of arrays, so it is
 * compared with one after the other. No rows but those of a variable that is
 * missing: null, as for other types.
 */
static void
append_array_in(Filter *f, StringInfo out, const char *expression, Oid type, const RrDoc *doc,
				bool negate)
{
	const char *variable = session_variable(doc);
	const char *operator = builtin_operator(f, negate ? "<>" : "=");
	const char *separator = "(";
	Oid			base = getBaseType(type);
	ListCell   *lc;

	if (variable)
	{
		variable = psprintf("remote_rel.session_variable(%s)", quote_literal_cstr(variable));
		appendStringInfo(out, "CASE WHEN %s IS NOT NULL THEN %s %s %s (%s) END", variable,
						 expression, operator, negate ? "ALL" : "ANY",
						 array_rows(f, variable, base));
		return;
	}
	foreach(lc, rr_doc_items(doc))
	{
		appendStringInfo(out, "%s%s %s %s", separator, expression, operator,
						 rr_filter_value(lfirst(lc), base));
		separator = negate ? " AND " : " OR ";
	}
	appendStringInfoString(out, *separator == '(' ? (negate ? "true" : "false") : ")");
}

/*
 * _cin and _cnin: the elements of an array column, or a list of columns.
 */
static void
append_column_in(Filter *f, StringInfo out, const Scope *scope, const char *expression, Oid type,
				 const Comparison *comparison, const RrDoc *doc)
{
	bool		negate = *comparison->symbol == '<';
	const Comparison *each = &comparisons[negate ? 2 : 0];
	const RrColumn *column;
	const char *separator = "(";
	ListCell   *lc;

	if (!rr_doc_is_array(doc) || is_root_column(doc))
	{
		column = named_column(f, &scope, doc);
		if (get_element_type(getBaseType(column->type)) != getBaseType(type))
			ereport(ERROR,
					(errcode(ERRCODE_DATATYPE_MISMATCH),
					 errmsg("column \"%s\" is no array of type %s", column->sql_name,
							format_type_be(getBaseType(type))),
					 rr_doc_errdetail(doc)));
		appendStringInfo(out, "%s %s (%s)", expression, operator_text(f, comparison, type),
						 column_expression(scope, column->sql_name));
		return;
	}
	foreach(lc, rr_doc_items(doc))
	{
		appendStringInfo(out, "%s%s %s %s", separator, expression, operator_text(f, each, type),
						 column_operand(f, scope, lfirst(lc)));
		separator = negate ? " AND " : " OR ";
	}
	appendStringInfoString(out, *separator == '(' ? (negate ? "true" : "false") : ")");
}

static void
append_cast(Filter *f, StringInfo out, const Scope *scope, const char *expression, const RrDoc *doc)
{
	RR_DOC_CHECK_KEYS(doc, "String");
	append_comparisons(f, out, scope, psprintf("(%s)::text", expression),
					   rr_scalar(f->db, TEXTOID), rr_doc_require(doc, "String"));
}

static void
append_comparison(Filter *f, StringInfo out, const Scope *scope, const char *expression,
				  const RrScalar *scalar, const RrDoc *doc)
{
	const Comparison *comparison = find_comparison(doc);
	const char *operator;
	const char *value;
	Oid			type = scalar->type;
	Oid			other;

	if (comparison->operand == OPERAND_NULL)
	{
		appendStringInfo(out, "%s %s", expression, rr_doc_bool(doc) ? "IS NULL" : "IS NOT NULL");
		return;
	}
	check_operator(comparison, scalar, doc);
	if (comparison->operand == OPERAND_CAST)
	{
		append_cast(f, out, scope, expression, doc);
		return;
	}
	operator = operator_text(f, comparison, type);
	expression = cast_operand(expression, scalar);
	switch (comparison->operand)
	{
		case OPERAND_SAME:
			appendStringInfo(out, "%s %s %s", expression, operator, rr_filter_value(doc, type));
			break;
		case OPERAND_LIST:
			if (OidIsValid(get_element_type(getBaseType(type))))
				append_array_in(f, out, expression, type, doc, *comparison->symbol == '<');
			else
				appendStringInfo(out, "%s %s (%s)", expression, operator, list_operand(doc, type));
			break;
		case OPERAND_COLUMNS:
			append_column_in(f, out, scope, expression, type, comparison, doc);
			break;
		case OPERAND_TEXT:
			appendStringInfo(out, "%s %s %s", expression, operator, rr_filter_value(doc, TEXTOID));
			break;
		case OPERAND_PATTERN:
			value = rr_filter_value(doc, TEXTOID);
			if (operator != comparison->sql)
				value = psprintf("pg_catalog.similar_to_escape(%s)", value);
			appendStringInfo(out, "%s %s %s", expression, operator, value);
			break;
		case OPERAND_TEXTS:
			appendStringInfo(out, "%s %s %s", expression, operator, list_operand(doc, TEXTOID));
			break;
		case OPERAND_OTHER:
			other = rr_operator_type(scalar, where_operator(comparison));
			appendStringInfo(out, "%s %s %s", expression, operator, rr_filter_value(doc, other));
			break;
		default:
			appendStringInfo(out, "%s %s %s", expression, operator, column_operand(f, scope, doc));
			break;
	}
}

/* {operator: value, …}, or a value alone, which means equality. */
static void
append_comparisons(Filter *f, StringInfo out, const Scope *scope, const char *expression,
				   const RrScalar *scalar, const RrDoc *doc)
{
	const char *separator = "";
	ListCell   *lc;

	check_stack_depth();
	if (!rr_doc_is_object(doc))
	{
		check_operator(&comparisons[0], scalar, doc);
		appendStringInfo(out, "%s %s %s", cast_operand(expression, scalar),
						 operator_text(f, &comparisons[0], scalar->type),
						 rr_filter_value(doc, scalar->type));
		return;
	}
	foreach(lc, rr_doc_members(doc))
	{
		appendStringInfoString(out, separator);
		separator = " AND ";
		append_comparison(f, out, scope, expression, scalar, lfirst(lc));
	}
	if (*separator == '\0')
		appendStringInfoString(out, "true");
}

/* ---- other tables ---- */

static Scope
new_scope(Filter *f, const RrTable *table)
{
	Scope		scope = {.table = table, .alias = new_alias(f)};

	return scope;
}

/* EXISTS (SELECT FROM from AS alias WHERE condition AND where) */
static void
append_exists(Filter *f, StringInfo out, const char *from, const Scope *inner,
			  const char *condition, const RrDoc *where)
{
	StringInfoData text;

	initStringInfo(&text);
	append_where(f, &text, inner, where);
	f->needs.owner_rights = true;
	appendStringInfo(out, "EXISTS (SELECT FROM %s AS %s WHERE %s", from, inner->alias, condition);
	if (*condition == '\0' || strcmp(text.data, "true") != 0)
		appendStringInfo(out, "%s%s", *condition ? " AND " : "", text.data);
	appendStringInfoChar(out, ')');
}

static const char *
table_sql(const RrTable *table)
{
	return quote_qualified_identifier(table->schema, table->relation);
}

static void
append_related(Filter *f, StringInfo out, const Scope *scope, const RrLink *link,
			   const RrDoc *where)
{
	Scope		inner = new_scope(f, link->target);
	StringInfoData condition;

	initStringInfo(&condition);
	for (int i = 0; i < link->nkeys; i++)
	{
		/* the operators of a foreign key take the referenced column first */
		bool		outer_first = link->key && link->backward;
		const RrColumn *target = rr_table_column(link->target, link->target_attnums[i]);
		const RrColumn *source = rr_table_column(link->table, link->attnums[i]);
		const char *there = column_expression(&inner, target->sql_name);
		const char *here = column_expression(scope, source->sql_name);
		const char *operator = rr_operator_name(link->operators[i]);

		if (strcmp(operator, "OPERATOR(pg_catalog.=)") == 0)
			operator = builtin_operator(f, "=");
		appendStringInfo(&condition, "%s%s %s %s", i > 0 ? " AND " : "", outer_first ? here
						 : there, operator, outer_first ? there : here);
	}
	append_exists(f, out, table_sql(link->target), &inner, condition.data, where);
}

/* {"_table": …, "_where": …}: rows of any table exist. */
static void
append_anywhere(Filter *f, StringInfo out, const RrDoc *doc)
{
	const RrDoc *table_doc;
	const char *schema;
	const char *name;
	const RrTable *table;
	Scope		inner;

	RR_DOC_CHECK_KEYS(doc, "_table", "_where", "$table", "$where");
	table_doc = rr_doc_get(doc, "$table");
	table_doc = table_doc ? table_doc : rr_doc_require(doc, "_table");
	rr_table_name_from_json(table_doc, &schema, &name);
	table = rr_filter_table(schema, name);
	inner = new_scope(f, table);
	append_exists(f, out, table_sql(table), &inner, "", rr_doc_require(doc, rr_doc_get(doc,
																					   "$where") ? "$where" : "_where"));
}

static void
append_computed(Filter *f, StringInfo out, const Scope *scope, const RrFunction *function,
				const RrDoc *doc)
{
	const char *name = quote_qualified_identifier(function->schema, function->sql_name);

	/* .*: the row, also where a column has the table's name */
	const char *call = psprintf("%s(%s.*)", name, scope->alias);

	if (function->session_arg >= 0)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("a computed field whose function takes the session has no translation into a policy"),
				 rr_doc_errdetail(doc),
				 errhint("Let the function take the row alone and read remote_rel.session_variable('x-hasura-...') itself, and add the computed field again without a session argument.")));
	if (function->nargs - function->ndefaults > 1)
		throw_inexpressible(doc, "a computed field with arguments");
	f->needs.owner_rights = true;
	f->needs.caller_path = true;
	if (function->result_table)
	{
		Scope		inner = new_scope(f, function->result_table);

		append_exists(f, out, call, &inner, "", doc);
	}
	else
		append_comparisons(f, out, scope, call, rr_scalar(f->db, function->result), doc);
}

/* ---- boolean expressions ---- */

/* _and and _or; an empty list is true for _and, false for _or. */
static void
append_conditions(Filter *f, StringInfo out, const Scope *scope, const RrDoc *list, bool any)
{
	const char *separator = any ? "(" : "";
	List	   *items = rr_doc_items(list);
	ListCell   *lc;

	if (items == NIL)
	{
		appendStringInfoString(out, any ? "false" : "true");
		return;
	}
	foreach(lc, items)
	{
		appendStringInfoString(out, separator);
		separator = any ? " OR " : " AND ";
		append_where(f, out, scope, lfirst(lc));
	}
	if (any)
		appendStringInfoChar(out, ')');
}

static void
throw_no_field(const RrTable *table, const RrDoc *member)
{
	List	   *names = column_names(table);

	gql_foreach(RrLink, link, &table->links)
		names = lappend(names, unconstify(char *, link->name));
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_COLUMN),
			 errmsg("table \"%s.%s\" has no column or relationship \"%s\"", table->schema,
					table->relation, member->key),
			 rr_doc_errdetail(member),
			 rr_errhint_did_you_mean(member->key, names)));
}

/* Is the member this operator, as "_name" or "$name"? */
static bool
is_operator(const RrDoc *member, const char *name)
{
	return (*member->key == '_' || *member->key == '$') && strcmp(member->key + 1, name) == 0;
}

static void
append_member(Filter *f, StringInfo out, const Scope *scope, const RrDoc *member)
{
	const RrColumn *column = rr_table_column_named(scope->table, member->key);
	const RrLink *link = gql_names_get(&scope->table->links, member->key);
	const RrFunction *function = gql_names_get(&scope->table->computed, member->key);

	if (column)
		append_comparisons(f, out, scope, column_expression(scope, column->sql_name),
						   rr_column_scalar(f->db, column), member);
	else if (link)
		append_related(f, out, scope, link, member);
	else if (function)
		append_computed(f, out, scope, function, member);
	else if (is_operator(member, "or") || is_operator(member, "and"))
		append_conditions(f, out, scope, member, is_operator(member, "or"));
	else if (is_operator(member, "not"))
	{
		appendStringInfoString(out, "NOT (");
		append_where(f, out, scope, member);
		appendStringInfoChar(out, ')');
	}
	else if (is_operator(member, "exists"))
		append_anywhere(f, out, member);
	else
		throw_no_field(scope->table, member);
}

/*
 * The AND of all members. Each is written so that it needs no parentheses
 * beside AND and OR.
 */
static void
append_where(Filter *f, StringInfo out, const Scope *scope, const RrDoc *doc)
{
	const char *separator = "";
	ListCell   *lc;

	check_stack_depth();
	foreach(lc, rr_doc_members(doc))
	{
		appendStringInfoString(out, separator);
		separator = " AND ";
		append_member(f, out, scope, lfirst(lc));
	}
	if (*separator == '\0')
		appendStringInfoString(out, "true");
}

const RrTable *
rr_filter_table(const char *schema, const char *name)
{
	Oid			oid = rr_get_table(schema, name);
	const char *reason = rr_unserved_reason(schema, name);

	if (reason)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("table \"%s.%s\" %s", schema, name, reason)));
	return rr_database_table(rr_role_schema_get(rr_extension_owner())->tables->db, oid);
}

char	   *
rr_filter_to_sql(const RrDoc *filter, const RrTable *table, RrFilterNeeds *needs)
{
	Filter		f = {.db = rr_role_schema_get(rr_extension_owner())->tables->db};
	StringInfoData out;

	f.root.table = table;
	f.root.alias = quote_identifier(table->relation);
	initStringInfo(&out);
	append_where(&f, &out, &f.root, filter);
	if (f.needs.caller_path)
	{
		/* objects of the caller's schemas could stand in for built-in ones */
		f.qualified = true;
		f.aliases = 0;
		resetStringInfo(&out);
		append_where(&f, &out, &f.root, filter);
	}
	*needs = f.needs;
	return out.data;
}
