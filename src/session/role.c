/*
 * role.c: switches to the role of a call, and keeps the stack of sessions.
 *
 * The user is switched as SECURITY DEFINER functions do it, so a
 * (sub)transaction abort switches back by itself. An abort also pops the
 * sessions that were pushed in the aborted subtransaction.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_authid.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/syscache.h"

#include "compat.h"
#include "session/session_int.h"

/* Limit of calls that run inside of each other. */
#define MAX_NESTED_CALLS 30

typedef struct RrSession
{
	MemoryContext cxt;			/* holds the session; below TopMemoryContext,
								 * since it must survive until abort */
	struct RrSession *outer;
	SubTransactionId subid;		/* the subtransaction that pushed it */
	int			depth;			/* 1: the outermost */
	bool		restricted;		/* began a security-restricted operation */
	bool		lifted;			/* its restrictions are lifted (deferred.c) */
	List	   *variables;		/* RrMapping *: session variables */
	List	   *headers;		/* RrMapping *: the client's other headers */
} RrSession;

static RrSession *current;

/* ---- which role ---- */

static Oid
caller_as_admin(void)
{
	Oid			user = GetUserId();

	if (!rr_role_sees_everything(user))
		ereport(ERROR,
				errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				errmsg("permission denied to act as \"admin\""),
				errdetail("There is no role of that name, so it stands for superusers and the extension's owner."));
	return user;
}

Oid
rr_get_role(const char *role)
{
	Oid			oid;

	if (role == NULL)
		return GetUserId();
	oid = get_role_oid(role, true);
	if (!OidIsValid(oid))
	{
		if (strcmp(role, "admin") == 0)
			return caller_as_admin();
		ereport(ERROR,
				errcode(ERRCODE_UNDEFINED_OBJECT),
				errmsg("role \"%s\" does not exist", role),
				role[0] != '{' ? 0 : errhint("The second argument is a role. Variables come third, or by name: variables => '{...}'."));
	}
	if (!rr_may_act_as(GetUserId(), oid))
		ereport(ERROR,
				errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				errmsg("permission denied to act as role \"%s\"", role),
				errhint("Grant role \"%s\" to \"%s\".", role,
						GetUserNameFromId(GetUserId(), false)));
	return oid;
}

bool
rr_role_sees_everything(Oid role)
{
	return superuser_arg(role) || role == rr_extension_owner();
}

/* ---- sessions ---- */

static void
pop_session(void)
{
	RrSession  *session = current;

	current = session->outer;
	MemoryContextDelete(session->cxt);
}

static void
on_subtransaction_end(SubXactEvent event, SubTransactionId subid,
					  SubTransactionId parent pg_attribute_unused(),
					  void *arg pg_attribute_unused())
{
	if (event == SUBXACT_EVENT_ABORT_SUB)
		while (current != NULL && current->subid >= subid)
			pop_session();
}

static void
on_transaction_end(XactEvent event, void *arg pg_attribute_unused())
{
	if (event == XACT_EVENT_ABORT || event == XACT_EVENT_PARALLEL_ABORT)
		while (current != NULL)
			pop_session();
}

static void
register_callbacks(void)
{
	static bool registered = false;

	if (registered)
		return;
	RegisterXactCallback(on_transaction_end, NULL);
	RegisterSubXactCallback(on_subtransaction_end, NULL);
	registered = true;
}

static RrSession *
make_session(Oid role, Jsonb *headers)
{
	/* a child of the current context until it is complete */
	MemoryContext cxt = AllocSetContextCreate(CurrentMemoryContext, "remote_rel session",
											  ALLOCSET_SMALL_SIZES);
	MemoryContext old = MemoryContextSwitchTo(cxt);
	RrSession  *session = palloc0(sizeof(RrSession));
	RrMapping  *in_force = palloc(sizeof(RrMapping));

	session->cxt = cxt;
	session->subid = GetCurrentSubTransactionId();
	in_force->name = "x-hasura-role";
	in_force->to = GetUserNameFromId(role, false);
	session->variables = list_make1(in_force);
	rr_headers_read(headers, &session->variables, &session->headers);
	MemoryContextSwitchTo(old);
	return session;
}

void
rr_role_enter(RrRoleState *state, Oid role, Jsonb *headers)
{
	RrSession  *session;

	register_callbacks();
	session = make_session(role, headers);
	GetUserIdAndSecContext(&state->user, &state->sec_context);
	state->outer = current;
	session->outer = current;
	session->depth = current ? current->depth + 1 : 1;
	if (session->depth > MAX_NESTED_CALLS)
		ereport(ERROR,
				(errcode(ERRCODE_STATEMENT_TOO_COMPLEX),
				 errmsg("calls of GraphQL are nested too deeply"),
				 errdetail("At most %d may be in progress, each in a policy, view or function that another one runs.", MAX_NESTED_CALLS)));
	MemoryContextSetParent(session->cxt, TopMemoryContext);
	current = session;
	if (role == state->user)
	{
		state->guc_level = 0;
		return;
	}

	/*
	 * The role's code must not run as the caller later: this forbids deferred
	 * triggers and held cursors. Settings that it changes are reset.
	 */
	state->guc_level = NewGUCNestLevel();
	session->restricted = (state->sec_context & SECURITY_RESTRICTED_OPERATION) == 0;
	SetUserIdAndSecContext(role, state->sec_context |
						   SECURITY_LOCAL_USERID_CHANGE | SECURITY_RESTRICTED_OPERATION);
}

bool
rr_role_is_restricted(void)
{
	return current != NULL && current->restricted;
}

void
rr_role_set_lifted(bool lifted)
{
	current->lifted = lifted;
}

bool
rr_role_is_lifted(void)
{
	for (const RrSession *session = current; session != NULL; session = session->outer)
		if (session->lifted)
			return true;
	return false;
}

bool
rr_call_is_nested(void)
{
	return current != NULL && current->outer != NULL;
}

void
rr_role_leave(const RrRoleState *state)
{
	if (state->guc_level > 0)
	{
		AtEOXact_GUC(false, state->guc_level);
		SetUserIdAndSecContext(state->user, state->sec_context);
	}
	Assert(current != NULL && current->outer == state->outer);
	pop_session();
}

const char *
rr_session_variable_value(const char *name)
{
	ListCell   *lc;

	foreach(lc, rr_session_variables())
	{
		const RrMapping *variable = lfirst(lc);

		if (pg_strcasecmp(variable->name, name) == 0)
			return variable->to;
	}
	return NULL;
}

List	   *
rr_session_variables(void)
{
	return current ? current->variables : NIL;
}

List	   *
rr_session_headers(void)
{
	return current ? current->headers : NIL;
}

PG_FUNCTION_INFO_V1(rr_session_variable);

/* session_variable(name text) returns text */
Datum
rr_session_variable(PG_FUNCTION_ARGS)
{
	const char *value = rr_session_variable_value(text_to_cstring(PG_GETARG_TEXT_PP(0)));

	if (value == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(value));
}
