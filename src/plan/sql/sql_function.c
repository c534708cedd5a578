/*
 * sql_function.c: calls of SQL functions, and paths into json values.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "plan/sql/sql.h"

const char *
rr_deparse_whole_row(const RrTable *table, const char *alias)
{
	return psprintf("(%s.*)::%s", alias, quote_qualified_identifier(table->schema,
																	table->relation));
}

/*
 * Can argument i be left out? It needs a default, and the arguments after it
 * names, unless they are left out as well.
 */
static bool
may_omit(const RrFunction *function, int i, const GqlValue *args)
{
	if (i < function->nargs - function->ndefaults)
		return false;
	for (int k = i + 1; !function->named && k < function->nargs; k++)
		if (k == function->row_arg || k == function->session_arg ||
			gql_object_get(args, function->arg_names[k]) != NULL)
			return false;
	return true;
}

/* Argument i as SQL; NULL: it was not given. */
static const char *
compile_argument(RrSql *sql, const RrFunction *function, int i, const char *row,
				 const GqlValue *args)
{
	const GqlValue *value;

	if (i == function->row_arg)
		return row;
	if (i == function->session_arg)
		return rr_add_session_param(sql, function->arg_types[i]);
	value = gql_object_get(args, function->arg_names[i]);
	if (value == NULL)
		return NULL;
	return rr_add_value_param(sql, getBaseType(function->arg_types[i]), value);
}

const char *
rr_compile_call(RrSql *sql, const RrFunction *function, const char *row, const GqlValue *args)
{
	StringInfoData out;
	const char *separator = "";
	bool		by_name = false;

	initStringInfo(&out);
	appendStringInfo(&out, "%s(", quote_qualified_identifier(function->schema, function->sql_name));
	for (int i = 0; i < function->nargs; i++)
	{
		const char *expression = compile_argument(sql, function, i, row, args);

		/* Arguments after one that is left out are given by name. */
		if (expression == NULL)
		{
			if (!may_omit(function, i, args))
				return rr_sql_file_error(sql, args != NULL ? args->loc : -1,
										 "Argument \"%s\" of function \"%s\" cannot be left out.",
										 function->arg_names[i], function->name);
			by_name = true;
			continue;
		}
		appendStringInfoString(&out, separator);
		if (by_name)
			appendStringInfo(&out, "%s => ", quote_identifier(function->arg_names[i]));
		appendStringInfoString(&out, expression);
		separator = ", ";
	}
	appendStringInfoChar(&out, ')');
	return out.data;
}

/* ---- paths ---- */

typedef struct PathParser
{
	const char *text;
	const char *at;
	List	   *steps;			/* GqlValue *: STRING keys, INT indexes */
} PathParser;

static void
add_step(PathParser *p, GqlValueKind kind, const char *text, int len)
{
	GqlValue   *step = palloc0(sizeof(GqlValue));

	step->kind = kind;
	step->loc = -1;
	step->text = pnstrdup(text, len);
	step->len = len;
	p->steps = lappend(p->steps, step);
}

/* [0], ['key'], ["key"] */
static bool
parse_bracket(PathParser *p)
{
	const char *start = ++p->at;
	char		quote = *start;

	if (quote == '\'' || quote == '"')
	{
		const char *end = strchr(start + 1, quote);

		if (end == NULL || end[1] != ']')
			return false;
		add_step(p, GQL_VALUE_STRING, start + 1, end - start - 1);
		p->at = end + 2;
		return true;
	}
	while (*p->at >= '0' && *p->at <= '9')
		p->at++;
	if (p->at == start || p->at - start > 9 || *p->at != ']')
		return false;
	add_step(p, GQL_VALUE_INT, start, p->at - start);
	p->at++;
	return true;
}

static bool
parse_key(PathParser *p)
{
	const char *start = p->at;

	p->at += strcspn(p->at, ".[]");
	if (p->at == start)
		return false;
	add_step(p, GQL_VALUE_STRING, start, p->at - start);
	return true;
}

/*
 * [$] [.]key { .key | [.][index] | [.]['key'] }. As in Hasura, a dot may stand
 * before a bracket.
 */
static bool
parse_path(PathParser *p)
{
	p->at = p->text;
	if (*p->at == '$' && (p->at[1] == '\0' || p->at[1] == '.' || p->at[1] == '['))
		p->at++;
	else if (*p->at != '.' && *p->at != '[' && *p->at != '\0' && !parse_key(p))
		return false;
	if (strcmp(p->text, "$.") == 0)
		return true;
	while (*p->at != '\0')
	{
		bool		dot = *p->at == '.';

		if (dot)
			p->at++;
		if (*p->at == '[')
		{
			if (!parse_bracket(p))
				return false;
		}
		else if (!dot || !parse_key(p))
			return false;
	}
	return true;
}

/*
 * What a step takes, in bytes. Each is an operator with all before it as its
 * operand, and the server walks through them several times.
 */
#define STEP_BYTES 256

const char *
rr_compile_json_path(RrSql *sql, const char *expression, const GqlNames *args)
{
	const GqlValue *path = rr_given_argument(args, "path");
	PathParser	p = {0};
	StringInfoData out;
	Oid			type;
	ListCell   *lc;

	if (path == NULL)
		return expression;
	if (((const GqlArgumentValue *) gql_names_get(args, "path"))->from_variable)
		sql->planner->depends_on_values = true;
	p.text = path->text;
	if (path->len != (int) strlen(path->text) || !parse_path(&p))
		return rr_sql_file_error(sql, path->loc, "Argument \"path\" is not a JSON path: \"%s\".",
								 path->text);
	initStringInfo(&out);
	appendStringInfoString(&out, expression);
	foreach(lc, p.steps)
	{
		const GqlValue *step = lfirst(lc);

		if (!rr_count_bytes(sql->planner, STEP_BYTES))
			return NULL;
		type = step->kind == GQL_VALUE_INT ? INT4OID : TEXTOID;

		appendStringInfo(&out, " OPERATOR(pg_catalog.->) %s",
						 rr_add_value_param(sql, type, step));
	}
	return out.data;
}
