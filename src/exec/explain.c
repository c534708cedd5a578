/*
 * explain.c: shows a plan as JSON: each SQL statement and each document for a
 * remote schema, with the join that it serves. It never shows a header, a
 * session variable's value or a URL.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "exec/mutation_int.h"
#include "join/join.h"
#include "settings.h"

static void
append_string(StringInfo out, const char *key, const char *text)
{
	appendStringInfo(out, ",\"%s\":", key);
	gql_json_string(out, text, strlen(text));
}

/* The table or remote type that a relationship starts from. */
static const char *
source_name(const RrRelationship *relationship)
{
	if (relationship->source_table != NULL)
		return quote_qualified_identifier(relationship->source_schema, relationship->source_table);
	return psprintf("%s.%s", relationship->source_remote_schema, relationship->source_type);
}

static void
explain_parameter(const RrSqlParam *param, const RrStep *step, const RrColumn **columns,
				  StringInfo out)
{
	const char *column_name = columns != NULL ? columns[param->key]->graphql_name : NULL;
	const char *value;

	appendStringInfoString(out, "{\"type\":");
	gql_json_string(out, format_type_be(param->type), strlen(format_type_be(param->type)));
	switch (param->kind)
	{
		case RR_PARAM_KEYS:
			append_string(out, "keys", step->keys[param->key].name);
			break;
		case RR_PARAM_RUN:		/* the number differs each time */
			appendStringInfoString(out, ",\"run\":true");
			break;
		case RR_PARAM_SESSION:
			appendStringInfoString(out, ",\"session_variables\":true");
			break;
		case RR_PARAM_COLUMN:
		case RR_PARAM_CHANGED:
			append_string(out, "column", column_name);
			break;
		case RR_PARAM_GIVEN:
			append_string(out, "rows_giving", column_name);
			break;
		case RR_PARAM_VALUE:
			value = rr_sql_param_text(param);
			if (value == NULL)
				appendStringInfoString(out, ",\"value\":null");
			else
				append_string(out, "value", value);
			break;
	}
	appendStringInfoChar(out, '}');
}

/*
 * step: the join that the statement is for; NULL for a root field. columns:
 * that parameters of a mutation are about, or NULL.
 */
static void
explain_statement(const GqlFieldSel *field, const RrSqlStatement *statement,
				  const RrStep *step, const RrColumn **columns, StringInfo out)
{
	ListCell   *lc;

	foreach(lc, statement->before)
	{
		explain_statement(field, lfirst(lc), step, columns, out);
		appendStringInfoChar(out, ',');
	}
	appendStringInfoString(out, "{\"field\":");
	gql_json_string(out, field->key, strlen(field->key));
	if (step != NULL)
	{
		appendStringInfo(out, ",\"step\":%d,\"after\":%d", step->number, step->parent->number);
		append_string(out, "source", source_name(step->table_join->relationship));
		append_string(out, "relationship", step->table_join->relationship->name);
	}
	append_string(out, "sql", statement->sql);
	appendStringInfoString(out, ",\"parameters\":[");
	foreach(lc, statement->params)
	{
		if (foreach_current_index(lc) > 0)
			appendStringInfoChar(out, ',');
		explain_parameter(lfirst(lc), step, columns, out);
	}
	appendStringInfoString(out, "]}");
}

static const char *
batch_name(const RrStep *step)
{
	switch (rr_batch_kind(step))
	{
		case RR_BATCH_LIST:
			return "list";
		case RR_BATCH_POSITION:
			return "position";
		default:
			return "aliases";
	}
}

static void
explain_step(const RrPlan *plan, const RrStep *step, StringInfo out)
{
	const RrRemoteSchema *def = step->remote->def;

	appendStringInfo(out, "{\"step\":%d", step->number);
	if (step->parent != NULL)
		appendStringInfo(out, ",\"after\":%d", step->parent->number);
	append_string(out, "remote_schema", def->name);
	if (step->kind == RR_STEP_JOIN)
	{
		append_string(out, "source", source_name(step->join->relationship));
		append_string(out, "relationship", step->join->relationship->name);
		append_string(out, "batch", batch_name(step));
		appendStringInfo(out, ",\"batch_size\":%d", def->batch_size ? def->batch_size
						 : rr_batch_size);
	}

	/* for one key; further keys repeat its field under j1, j2, … */
	append_string(out, "document", rr_document_print(plan->request, step, 1));
	appendStringInfoChar(out, '}');
}

/* ---- mutations ---- */

typedef struct MutationExplainer
{
	const RrRootField *root;
	RrPlanner	planner;
	bool		plain;
	const char **separator;
	StringInfo	out;
} MutationExplainer;

static void
explain_one(const MutationExplainer *e, const GqlFieldSel *field, const RrSqlStatement *statement,
			const RrColumn **columns)
{
	if (statement == NULL)
		return;
	appendStringInfoString(e->out, *e->separator);
	*e->separator = ",";
	explain_statement(field, statement, NULL, columns, e->out);
}

static void
explain_insert(MutationExplainer *e, const RrInsert *insert)
{
	bool		root = insert->parent == NULL;
	int			nrows = rr_insert_is_single(insert) ? 1 : insert->nrows;
	ListCell   *lc;

	check_stack_depth();
	foreach(lc, insert->before)
		explain_insert(e, lfirst(lc));
	if (nrows > 0)
		explain_one(e, e->root->field,
					rr_compile_insert(&e->planner, insert, 0, nrows,
									  root ? &e->root->mutation->returning : NULL, root &&
									  e->plain),
					insert->columns);
	foreach(lc, insert->after)
		explain_insert(e, lfirst(lc));
}

/* Its changes, then what reads their rows; in the order in which they run. */
static void
explain_mutation(const RrPlan *plan, const RrRootField *root, RrInsert *insert,
				 const char **separator, StringInfo out)
{
	const RrMutation *mutation = root->mutation;
	MutationExplainer e = {.root = root, .separator = separator, .out = out};
	ListCell   *lc;

	e.planner.rs = plan->rs;
	e.planner.request = plan->request;
	e.planner.errors = gql_errors_create(0, NULL);
	e.plain = rr_change_is_plain(mutation, insert);
	if (insert != NULL)
		explain_insert(&e, insert);
	foreach(lc, mutation->changes)
	{
		const RrChange *change = lfirst(lc);

		explain_one(&e, root->field, e.plain ? change->plain : change->statement, NULL);
	}
	if (e.plain)
		return;
	foreach(lc, mutation->returning.members)
	{
		const RrMember *member = lfirst(lc);

		if (member->read != NULL)
			explain_one(&e, member->field, member->read, mutation->returning.columns);
	}
}

void
rr_explain_plan(const RrPlan *plan, List *inserts, StringInfo out)
{
	const char *separator = "";
	ListCell   *lc;

	appendStringInfoString(out, "\"statements\":[");
	foreach(lc, plan->roots)
	{
		const RrRootField *root = lfirst(lc);

		if (root->kind == RR_ROOT_MUTATION)
			explain_mutation(plan, root, list_nth(inserts, foreach_current_index(lc)), &separator,
							 out);
		if (root->kind != RR_ROOT_SQL)
			continue;
		appendStringInfoString(out, separator);
		separator = ",";
		explain_statement(root->field, root->statement, NULL, NULL, out);
	}
	foreach(lc, plan->steps)
	{
		const RrStep *step = lfirst(lc);

		if (step->kind != RR_STEP_TABLE)
			continue;
		appendStringInfoString(out, separator);
		separator = ",";
		explain_statement(step->field, step->statement, step, NULL, out);
	}
	appendStringInfoString(out, "],\"remote\":[");
	separator = "";
	foreach(lc, plan->steps)
	{
		const RrStep *step = lfirst(lc);

		if (step->kind == RR_STEP_TABLE)
			continue;
		appendStringInfoString(out, separator);
		separator = ",";
		explain_step(plan, step, out);
	}
	appendStringInfoChar(out, ']');
}
