/*
 * resolve.c: a document, from its text to its answer.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

#include "exec/exec_int.h"
#include "settings.h"
#include "session/session.h"

/* As many errors are shown of a document; graphql-js stops at as many. */
#define MAX_ERRORS 100

/*
 * Plan a document at most so often, when something changes while it is
 * planned: plans that come about and refusals count for themselves. The last
 * of either is the answer, even if something changed while it was made. The
 * tables of a plan are locked after the first attempt that comes to one, so
 * what the last one names is there, unless the plan before it read other
 * tables. It shows nobody more than he may see: the server checks privileges
 * and policies when a statement runs. What a plan asks of remote schemas may
 * be as old as the plan.
 */
#define MAX_ATTEMPTS 5

typedef struct Resolution
{
	RrRoleState role;
	bool		document_alone; /* what only a request has may be missing: its
								 * variables, and which operation it is for */
	RrPlan	   *plan;			/* NULL: errors say why; or document_alone */
	GqlErrorList *errors;
} Resolution;

/*
 * The caller's variables as one OBJECT value. NULL when there are none, or an
 * error was filed. Throws 22023 for any other JSON.
 */
static const GqlValue *
variables_of(const RrCall *call, GqlErrorList *errors)
{
	GqlValue   *value;

	if (call->variables == NULL)
		return NULL;
	value = rr_variables_from_jsonb(call->variables, errors);
	if (value == NULL || value->kind == GQL_VALUE_NULL)
		return NULL;
	if (value->kind != GQL_VALUE_OBJECT)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("variables must be a JSON object"),
				 errhint("Pass them as '{\"name\": value, ...}'.")));
	return value;
}

/* Append the errors, and how many there are beyond the limit. */
static void
append_errors(GqlErrorList *errors, StringInfo out)
{
	if (errors->omitted > 0)
	{
		int			omitted = errors->omitted;

		errors->max = 0;
		gql_error(errors, omitted == 1 ? "%d more error is left out."
				  : "%d more errors are left out.", omitted);
	}
	appendStringInfoString(out, "\"errors\":");
	gql_errors_to_json(errors, out);
}

/*
 * Plan a document, and lock what it reads. False when tables or metadata have
 * changed meanwhile: then a mistake in the document may be none now. The
 * server sees tables as they are, whatever the snapshot is. So metadata about
 * them have to be as new, and planning takes the newest snapshot, also in a
 * transaction with one snapshot for all that its statements see.
 */
static bool
plan(const RrCall *call, const GqlValue *variables, Resolution *r)
{
	uint64		generation = rr_catalog_generation();
	bool		holds;

	r->plan = NULL;
	PushActiveSnapshot(GetLatestSnapshot());
	if (!r->document_alone || rr_check_document(call->query, call->query_len, r->errors))
		r->plan = rr_plan_document(call->query, call->query_len, call->operation_name, variables,
								   r->errors);
	holds = r->plan != NULL ? rr_plan_lock(r->plan) : rr_catalog_generation() == generation;
	PopActiveSnapshot();
	return holds;
}

/* Appends what a call answers with. */
typedef void (*AppendAnswer) (const Resolution *r, StringInfo out);

/*
 * Act as the role, plan the document, and append the answer. name: that of the
 * memory context.
 */
static void
with_plan(const RrCall *call, bool document_alone, const char *name, AppendAnswer append,
		  StringInfo out)
{
	MemoryContext cxt = AllocSetContextCreateInternal(CurrentMemoryContext, name,
													  ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(cxt);
	Resolution	r = {.document_alone = document_alone};
	const GqlValue *variables;
	int			plans = 0;
	int			refusals = 0;

	rr_role_enter(&r.role, rr_get_role(call->role), call->headers);
	r.errors = gql_errors_create(MAX_ERRORS, GQL_CODE_VALIDATION_FAILED);
	variables = variables_of(call, r.errors);
	while (r.errors->items == NIL && !plan(call, variables, &r))
	{
		int			attempt = r.plan != NULL ? ++plans : ++refusals;

		elog(DEBUG1, "remote_rel: tables or metadata changed during planning, attempt %d of %d",
			 attempt, MAX_ATTEMPTS);
		if (attempt == MAX_ATTEMPTS)
			break;
		r.errors = gql_errors_create(MAX_ERRORS, GQL_CODE_VALIDATION_FAILED);
	}
	append(&r, out);
	rr_role_leave(&r.role);
	MemoryContextSwitchTo(old);
	MemoryContextDelete(cxt);
}

static void
append_answer(const Resolution *r, StringInfo out)
{
	List	   *inserts;

	appendStringInfoChar(out, '{');
	if (r->plan != NULL && rr_prepare_inserts(r->plan, r->errors, &inserts))
	{
		r->errors->default_code = GQL_CODE_UNEXPECTED;
		appendStringInfoString(out, "\"data\":");
		rr_run_plan(r->plan, inserts, out, r->errors);
		if (r->errors->items != NIL)
			appendStringInfoChar(out, ',');
	}
	if (r->errors->items != NIL)
		append_errors(r->errors, out);
	appendStringInfoChar(out, '}');
}

static void
append_error_list(const Resolution *r, StringInfo out)
{
	List	   *inserts;

	if (r->plan != NULL)
		rr_prepare_inserts(r->plan, r->errors, &inserts);
	gql_errors_to_json(r->errors, out);
}

static void
append_explanation(const Resolution *r, StringInfo out)
{
	List	   *inserts;

	appendStringInfoChar(out, '{');
	if (r->plan != NULL && rr_prepare_inserts(r->plan, r->errors, &inserts))
		rr_explain_plan(r->plan, inserts, out);
	else
		append_errors(r->errors, out);
	appendStringInfoChar(out, '}');
}

void
rr_resolve(const RrCall *call, StringInfo out)
{
	with_plan(call, false, "graphql_resolve", append_answer, out);
}

void
rr_validate(const RrCall *call, StringInfo out)
{
	with_plan(call, call->variables == NULL && call->operation_name == NULL, "graphql_validate",
			  append_error_list, out);
}

void
rr_explain(const RrCall *call, StringInfo out)
{
	with_plan(call, false, "graphql_explain", append_explanation, out);
}

void
rr_schema_text(const char *role, StringInfo out)
{
	RrRoleState state;
	int			start = out->len;

	rr_role_enter(&state, rr_get_role(role), NULL);
	/* Give up after the last attempt: print what was right a moment ago. */
	for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++)
	{
		RrRoleSchema *rs = rr_role_schema_get(GetUserId());

		out->len = start;
		gql_print_schema(rs->schema, out);
		if (rs->generation == rr_catalog_generation())
			break;
	}
	rr_role_leave(&state);
}
