/*
 * exec.h: runs plans.
 */
#ifndef RR_EXEC_H
#define RR_EXEC_H

#include "plan/plan.h"
#include "session/session.h"

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
