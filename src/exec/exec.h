/*
 * exec.h: runs plans.
 */
#ifndef RR_EXEC_H
#define RR_EXEC_H

#include "plan/plan.h"

/* The arguments of graphql_resolve() & co. */
typedef struct RrCall
{
	const char *query;
	int			query_len;
	const char *role;			/* NULL: the caller */
	Jsonb	   *variables;		/* or NULL */
	const char *operation_name; /* or NULL */
	Jsonb	   *headers;		/* or NULL */
} RrCall;

/* {"data": …, "errors": …} */
extern void rr_resolve(const RrCall *call, StringInfo out);
extern void rr_validate(const RrCall *call, StringInfo out);
extern void rr_explain(const RrCall *call, StringInfo out);
extern void rr_schema_text(const char *role, StringInfo out);

/* ---- role.c: acting as a role, session variables ---- */

/*
 * Resolve a role argument for the current user: NULL is the caller; "admin"
 * where no role has that name is the caller if it sees everything. Throws
 * 42704 (no such role) and 42501 (not a member).
 */
extern Oid	rr_get_role(const char *role);

/*
 * Does this role see every remote schema whole: superuser, or owner of the
 * extension?
 */
extern bool rr_role_sees_everything(Oid role);

typedef struct RrRoleState
{
	Oid			user;
	int			sec_context;
	int			guc_level;		/* 0: the caller itself, nothing was switched */
	struct RrSession *outer;
} RrRoleState;

/*
 * Act as role, with these headers as session, until rr_role_leave() (on
 * success) or (sub)transaction abort. Nests. Under another role than the
 * current user it is a security-restricted operation, and settings go back to
 * what they were.
 */
extern void rr_role_enter(RrRoleState *state, Oid role, Jsonb *headers);
extern void rr_role_leave(const RrRoleState *state);

/*
 * Does the call in progress run inside of another one: in a policy, a computed
 * field?
 */
extern bool rr_call_is_nested(void);

/*
 * Value of a session variable (x-hasura-*, any case) of the call in progress;
 * NULL when there is none.
 */
extern const char *rr_session_variable(const char *name);

/* Names and values of all: List of RrMapping *, names in lower case. */
extern List *rr_session_variables(void);

/* The client's other headers, for forwarding. List of RrMapping *. */
extern List *rr_session_headers(void);

/* ---- headers.c ---- */

/*
 * Sort a call's headers, a JSON object; NULL: PostgREST's setting
 * request.headers, where there is one. RrMapping * with names in lower case
 * are appended to variables (x-hasura-*, but for the role, which nobody can
 * give, and credentials) and others. Throws 22023 for what is no HTTP header,
 * and for a name given twice; no value shows in the error.
 */
extern void rr_headers_read(Jsonb *json, List **variables, List **others);

/*
 * The header lines (char *) of requests to a remote schema: the configured
 * ones, then session variables, then what the client may have forwarded. The
 * first of a name is the only one.
 */
extern List *rr_headers_for(const RrRemoteSchema *remote);

/* ---- run_sql.c ---- */

/*
 * The value of a VALUE parameter for showing: as its type's input function
 * gets it, lists and objects as JSON; NULL for NULL.
 */
extern char *rr_sql_param_text(const RrSqlParam *param);

/*
 * Run a statement as the current user under the current snapshot, read-only;
 * its json text is appended to out. A GraphQL field error is filed at path,
 * and false returned, for what the statement did wrong; SQLSTATE classes 40,
 * 53, 57, 58, XX are rethrown.
 */
extern bool rr_run_sql(const RrSqlStatement *statement, const GqlPath *path, int loc,
					   const char *source,
					   StringInfo out, GqlErrorList *errors);

/*
 * The same for a statement of rr_compile_for_keys(). keys: for each joining
 * field, the LIST of the keys' values. take gets the position of a key (from
 * 0) and its json text, which it has to copy into a context of its own; keys
 * without a row are not taken. The error filed has no path.
 */
typedef void (*RrTakeRow) (void *arg, int position, const char *json, int len);
extern bool rr_run_sql_for_keys(const RrSqlStatement *statement, const GqlValue *keys,
								RrTakeRow take, void *arg, GqlErrorList *errors);

/*
 * Do the columns' types take these keys? False when not: filed. Nothing is
 * run.
 */
extern bool rr_sql_keys_fit(const RrSqlStatement *statement, const GqlValue *keys,
							GqlErrorList *errors);

#endif							/* RR_EXEC_H */
