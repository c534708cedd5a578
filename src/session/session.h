/*
 * session.h: the role and the session of a call. The one header of
 * src/session.
 *
 *   role.c         which role a call acts as; switching to it; the stack of
 *                  sessions
 *   deferred.c     deferred triggers of a mutation under another role
 *   headers.c      headers that come with a call; headers that requests take
 *                  to a remote schema
 *   value_jsonb.c  jsonb as GraphQL values
 *
 * A session is what the headers of one call say: session variables
 * (x-hasura-*) and other headers. Calls may nest: a policy, view or computed
 * field may call graphql_resolve(). So sessions form a stack; "current" below
 * is its top.
 */
#ifndef RR_SESSION_H
#define RR_SESSION_H

#include "utils/jsonb.h"
#include "utils/numeric.h"

#include "catalog/catalog.h"

/* ---- roles (role.c) ---- */

/*
 * The OID of the role that a call names. NULL is the current user. "admin",
 * where no role has that name, is the current user if it sees everything.
 * Throws 42704 (no such role) and 42501 (the current user may not become it).
 */
extern Oid	rr_get_role(const char *role);

/*
 * True if this role sees every remote schema whole: a superuser, or the owner
 * of the extension.
 */
extern bool rr_role_sees_everything(Oid role);

/* What rr_role_leave() restores. */
typedef struct RrRoleState
{
	Oid			user;
	int			sec_context;
	int			guc_level;		/* 0: the role was the current user, nothing
								 * was switched */
	struct RrSession *outer;	/* the session below; for an assertion */
} RrRoleState;

/*
 * Act as a role, in a new session with these headers (NULL: the setting
 * request.headers). Lasts until rr_role_leave(), or until the (sub)transaction
 * aborts. Nests.
 *
 * Switching to another role starts a security-restricted operation. Settings
 * changed meanwhile are reset at its end.
 *
 * Throws 22023 for invalid headers, and 54001 when calls nest too deep; then
 * nothing has been switched.
 */
extern void rr_role_enter(RrRoleState *state, Oid role, Jsonb *headers);
extern void rr_role_leave(const RrRoleState *state);

/* True if the current call runs inside of another one. */
extern bool rr_call_is_nested(void);

/* ---- deferred triggers (deferred.c) ---- */

/*
 * Called inside of a subtransaction that undoes the work of the current call.
 * If the call acts as another role, let the role defer triggers, and return
 * true: then rr_deferred_fire() has to come before the subtransaction ends
 * without an error. Return false if nothing has to be done for that, or if
 * triggers wait that the caller has deferred: then the server refuses to defer
 * any, with 42501.
 */
extern bool rr_deferred_allow(void);

/*
 * Fire all that was deferred since rr_deferred_allow(), as the role, and allow
 * no more. Constraints are deferred again that were before. Throws what the
 * triggers throw. The subtransaction must be the same.
 */
extern void rr_deferred_fire(void);

/* For module load: hooks and callbacks. */
extern void rr_deferred_register(void);

/* ---- the current session (role.c) ---- */

/*
 * The value of a session variable (x-hasura-*, in any case), owned by the
 * session. NULL if the call does not have it, or outside of a call.
 */
extern const char *rr_session_variable_value(const char *name);

/* All session variables: RrMapping *, names in lower case. */
extern List *rr_session_variables(void);

/* The client's other headers, for forwarding: RrMapping *. */
extern List *rr_session_headers(void);

/* ---- headers (headers.c) ---- */

/*
 * Read a call's headers from a JSON object; from the setting request.headers,
 * if there is one, when json is NULL. Appends RrMapping * with names in lower
 * case, palloc'd in CurrentMemoryContext, to
 *
 * variables: x-hasura-*, without credentials and without x-hasura-role, which
 * a caller cannot choose
 * others: all other headers
 *
 * Throws 22023 for an invalid header, and for a name given twice. No error
 * shows a value.
 */
extern void rr_headers_read(Jsonb *json, List **variables, List **others);

/*
 * The header lines (char *, palloc'd) of requests to a remote schema:
 * configured headers, then session variables, then forwarded headers, then our
 * own. Of headers with the same name only the first is sent. Throws 22023 when
 * an environment variable that a configured header needs is not set.
 */
extern List *rr_headers_for(const RrRemoteSchema *remote);

/* ---- jsonb as GraphQL values (value_jsonb.c) ---- */

/*
 * A jsonb as a value, palloc'd in CurrentMemoryContext. Shares no memory with
 * the jsonb. Numbers keep all their digits: INT without a fraction, FLOAT with
 * one. Throws 54001 when it nests too deep.
 */
extern GqlValue *rr_value_from_jsonb(Jsonb *jsonb);

/*
 * The variables of a request, for gql_request_create(). If they hold more
 * values than remote_rel.max_query_tokens, files an error and returns NULL.
 */
extern GqlValue *rr_variables_from_jsonb(Jsonb *jsonb, GqlErrorList *errors);

/* A value inside of a jsonb: a scalar, or a container (jbvBinary). */
extern GqlValue *rr_value_from_jsonb_value(const JsonbValue *value);

/*
 * A number as text, in CurrentMemoryContext: as numeric_out() writes it, or,
 * where that is mostly zeros, with an exponent: "1e+131071". So it takes no
 * more than a small multiple of the number itself.
 */
extern char *rr_numeric_text(Numeric number);

#endif							/* RR_SESSION_H */
