/*
 * resolve.c: a document, from its text to its answer.
 */
#include "postgres.h"

#include "access/xact.h"
#include "miscadmin.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

#include "join/join.h"
#include "settings.h"
#include "session/session.h"

/* graphql-js stops at as many */
#define MAX_ERRORS 100
/*
 * How often a document is planned again because something changes all the
 * time.
 */
#define MAX_ATTEMPTS 5

typedef struct Resolution
{
	RrRoleState role;
	RrPlan	   *plan;
	GqlErrorList *errors;
} Resolution;

/*
 * The caller's variables as one OBJECT value; NULL without, or with an error
 * filed. Throws 22023 for any other JSON.
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

/* Errors beyond the limit are counted, and the count is said. */
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
 * One attempt to plan a document; false when tables or metadata have changed
 * meanwhile. Tables are always seen as they are, whatever the snapshot; so
 * metadata about them must be as new, unless the transaction has one snapshot
 * for all that it sees.
 */
static bool
plan(const RrCall *call, const GqlValue *variables, Resolution *r)
{
	bool		newest = !IsolationUsesXactSnapshot();
	bool		holds;

	if (newest)
		PushActiveSnapshot(GetLatestSnapshot());
	r->plan = rr_plan_document(call->query, call->query_len, call->operation_name, variables,
							   r->errors);
	holds = r->plan == NULL || rr_plan_lock(r->plan);
	if (newest)
		PopActiveSnapshot();
	return holds;
}

/*
 * Become the role, plan the document, and append what the body makes of it;
 * without a plan there are errors.
 */
static void
with_plan(const RrCall *call, const char *name, void (*body) (const Resolution *r,
															  StringInfo out), StringInfo out)
{
	MemoryContext cxt = AllocSetContextCreateInternal(CurrentMemoryContext, name,
													  ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(cxt);
	Resolution	r = {0};
	const GqlValue *variables;

	rr_role_enter(&r.role, rr_get_role(call->role), call->headers);
	r.errors = gql_errors_create(MAX_ERRORS, GQL_CODE_VALIDATION_FAILED);
	variables = variables_of(call, r.errors);
	for (int attempt = 0; r.errors->items == NIL && attempt < MAX_ATTEMPTS; attempt++)
	{
		if (plan(call, variables, &r))
			break;
	}
	body(&r, out);
	rr_role_leave(&r.role);
	MemoryContextSwitchTo(old);
	MemoryContextDelete(cxt);
}

static void
append_answer(const Resolution *r, StringInfo out)
{
	appendStringInfoChar(out, '{');
	if (r->plan != NULL)
	{
		r->errors->default_code = GQL_CODE_UNEXPECTED;
		appendStringInfoString(out, "\"data\":");
		rr_run(r->plan, out, r->errors);
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
	gql_errors_to_json(r->errors, out);
}

static void
append_explanation(const Resolution *r, StringInfo out)
{
	appendStringInfoChar(out, '{');
	if (r->plan != NULL)
		rr_explain_plan(r->plan, out);
	else
		append_errors(r->errors, out);
	appendStringInfoChar(out, '}');
}

void
rr_resolve(const RrCall *call, StringInfo out)
{
	with_plan(call, "graphql_resolve", append_answer, out);
}

void
rr_validate(const RrCall *call, StringInfo out)
{
	with_plan(call, "graphql_validate", append_error_list, out);
}

void
rr_explain(const RrCall *call, StringInfo out)
{
	with_plan(call, "graphql_explain", append_explanation, out);
}

void
rr_schema_text(const char *role, StringInfo out)
{
	RrRoleState state;
	int			start = out->len;

	rr_role_enter(&state, rr_get_role(role), NULL);
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
