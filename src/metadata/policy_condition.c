/*
 * policy_condition.c: translates boolean expressions of Hasura's permissions
 * into SQL conditions for policies.
 *
 * The condition does not depend on search_path: names are qualified. Columns
 * of the policy's table are written with the table's name, those of other
 * tables with aliases _1, _2, ….
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"

#include "compat.h"
#include "metadata/policy_int.h"

static void append_where(RrPolicyWriter *w, StringInfo out, const RrPolicyScope *scope,
						 const RrDoc *doc);

/* ---- other tables ---- */

static RrPolicyScope
new_scope(RrPolicyWriter *w, const RrTable *table)
{
	RrPolicyScope scope = {.table = table, .alias = rr_policy_alias(w)};

	return scope;
}

/* EXISTS (SELECT FROM from AS alias WHERE condition AND where) */
static void
append_exists(RrPolicyWriter *w, StringInfo out, const char *from, const RrPolicyScope *inner,
			  const char *condition, const RrDoc *where)
{
	StringInfoData text;

	initStringInfo(&text);
	append_where(w, &text, inner, where);
	w->needs.owner_rights = true;
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
append_related(RrPolicyWriter *w, StringInfo out, const RrPolicyScope *scope, const RrLink *link,
			   const RrDoc *where)
{
	RrPolicyScope inner = new_scope(w, link->target);
	StringInfoData condition;

	initStringInfo(&condition);
	for (int i = 0; i < link->nkeys; i++)
	{
		/* the operators of a foreign key take the referenced column first */
		bool		outer_first = link->key && link->backward;
		const RrColumn *target = rr_table_column(link->target, link->target_attnums[i]);
		const RrColumn *source = rr_table_column(link->table, link->attnums[i]);
		const char *there = rr_policy_column_sql(&inner, target->sql_name);
		const char *here = rr_policy_column_sql(scope, source->sql_name);
		const char *operator = rr_operator_name(link->operators[i]);

		if (strcmp(operator, "OPERATOR(pg_catalog.=)") == 0)
			operator = rr_policy_builtin_operator(w, "=");
		appendStringInfo(&condition, "%s%s %s %s", i > 0 ? " AND " : "", outer_first ? here
						 : there, operator, outer_first ? there : here);
	}
	append_exists(w, out, table_sql(link->target), &inner, condition.data, where);
}

/* {"_table": …, "_where": …}: rows of any table exist. */
static void
append_anywhere(RrPolicyWriter *w, StringInfo out, const RrDoc *doc)
{
	const RrDoc *table_doc;
	const RrDoc *where;
	const char *schema;
	const char *name;
	const RrTable *table;
	RrPolicyScope inner;

	RR_DOC_CHECK_KEYS(doc, "_table", "_where", "$table", "$where");
	table_doc = rr_doc_get(doc, "$table");
	table_doc = table_doc ? table_doc : rr_doc_require(doc, "_table");
	rr_table_name_from_json(table_doc, &schema, &name);
	table = rr_policy_table(schema, name);
	inner = new_scope(w, table);
	where = rr_doc_get(doc, "$where");
	where = where ? where : rr_doc_require(doc, "_where");
	append_exists(w, out, table_sql(table), &inner, "", where);
}

static void
append_computed(RrPolicyWriter *w, StringInfo out, const RrPolicyScope *scope,
				const RrFunction *function, const RrDoc *doc)
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
		rr_policy_inexpressible(doc, "a computed field with arguments");
	w->needs.owner_rights = true;
	w->needs.caller_path = true;
	if (function->result_table)
	{
		RrPolicyScope inner = new_scope(w, function->result_table);

		append_exists(w, out, call, &inner, "", doc);
	}
	else
		rr_policy_append_comparisons(w, out, scope, call, rr_scalar(w->db, function->result), doc);
}

/* ---- boolean expressions ---- */

/* _and and _or; an empty list is true for _and, false for _or. */
static void
append_conditions(RrPolicyWriter *w, StringInfo out, const RrPolicyScope *scope,
				  const RrDoc *list, bool any)
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
		append_where(w, out, scope, lfirst(lc));
	}
	if (any)
		appendStringInfoChar(out, ')');
}

static void
throw_no_field(const RrTable *table, const RrDoc *member)
{
	List	   *names = rr_policy_column_names(table);

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
append_member(RrPolicyWriter *w, StringInfo out, const RrPolicyScope *scope, const RrDoc *member)
{
	const RrColumn *column = rr_table_column_named(scope->table, member->key);
	const RrLink *link = gql_names_get(&scope->table->links, member->key);
	const RrFunction *function = gql_names_get(&scope->table->computed, member->key);

	if (column)
		rr_policy_append_comparisons(w, out, scope, rr_policy_column_sql(scope, column->sql_name),
									 rr_column_scalar(w->db, column), member);
	else if (link)
		append_related(w, out, scope, link, member);
	else if (function)
		append_computed(w, out, scope, function, member);
	else if (is_operator(member, "or") || is_operator(member, "and"))
		append_conditions(w, out, scope, member, is_operator(member, "or"));
	else if (is_operator(member, "not"))
	{
		appendStringInfoString(out, "NOT (");
		append_where(w, out, scope, member);
		appendStringInfoChar(out, ')');
	}
	else if (is_operator(member, "exists"))
		append_anywhere(w, out, member);
	else
		throw_no_field(scope->table, member);
}

/*
 * The AND of all members. Each is written so that it needs no parentheses
 * beside AND and OR.
 */
static void
append_where(RrPolicyWriter *w, StringInfo out, const RrPolicyScope *scope, const RrDoc *doc)
{
	const char *separator = "";
	ListCell   *lc;

	check_stack_depth();
	foreach(lc, rr_doc_members(doc))
	{
		appendStringInfoString(out, separator);
		separator = " AND ";
		append_member(w, out, scope, lfirst(lc));
	}
	if (*separator == '\0')
		appendStringInfoString(out, "true");
}

const RrTable *
rr_policy_table(const char *schema, const char *name)
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
rr_policy_condition(const RrDoc *filter, const RrTable *table, RrPolicyNeeds *needs)
{
	RrPolicyWriter w = {.db = rr_role_schema_get(rr_extension_owner())->tables->db};
	StringInfoData out;

	w.root.table = table;
	w.root.alias = quote_identifier(table->relation);
	initStringInfo(&out);
	append_where(&w, &out, &w.root, filter);
	if (w.needs.caller_path)
	{
		/* objects of the caller's schemas could stand in for built-in ones */
		w.qualified = true;
		w.aliases = 0;
		resetStringInfo(&out);
		append_where(&w, &out, &w.root, filter);
	}
	*needs = w.needs;
	return out.data;
}
