/*
 * join_int.h: what the files of join/ share.
 */
#ifndef RR_JOIN_INT_H
#define RR_JOIN_INT_H

#include "join/join.h"
#include "stat/stat.h"

/*
 * A request on its way: which keys of which step it is for. In a context of
 * its own, which is deleted when the answer has been taken in.
 */
typedef struct RrBatch
{
	MemoryContext cxt;
	RrStepRun  *step;
	int			nkeys;
	int		   *keys;			/* numbers, ascending, in the order of the
								 * document's aliases */
	char	   *body;			/* of the request, in the server encoding */
} RrBatch;

/* ---- run.c ---- */

/* The run whose statement is being executed; NULL outside of one. */
extern RrRun *rr_current_run;

/* ---- sql_params.c ---- */

/*
 * The value of a parameter, in CurrentMemoryContext. keys: for KEYS, the LIST
 * of each joining field. Throws what the type's input function throws.
 */
extern Datum rr_sql_bind_param(const RrSqlParam *param, const GqlValue *keys, bool *isnull);

/* ---- run_sql.c ---- */

/*
 * Run a statement as the current user under the current snapshot, read-only;
 * its JSON text is appended to out, unless that is NULL. False when the
 * statement failed: a field error is filed at path. Throws what
 * rr_run_in_subtransaction() rethrows.
 * source: the document's text, loc: the field's offset in it.
 */
extern bool rr_run_sql(const RrSqlStatement *statement, const GqlPath *path, int loc,
					   const char *source, StringInfo out, GqlErrorList *errors);

/*
 * Takes a row of a statement for many keys: the position of the key, from 0,
 * and its JSON text. The text is freed afterwards.
 */
typedef void (*RrTakeRow) (void *arg, int position, const char *json, int len);

/*
 * The same for a statement of rr_compile_for_keys(). keys: for each joining
 * field, the LIST of all keys' values. take is called for each key that has a
 * row. The error has no path.
 */
extern bool rr_run_sql_for_keys(const RrSqlStatement *statement, const GqlValue *keys,
								RrTakeRow take, void *arg, GqlErrorList *errors);

/*
 * Can these keys be converted to the types of the statement's parameters?
 * False when not: an error is filed. The statement is not run.
 */
extern bool rr_sql_keys_fit(const RrSqlStatement *statement, const GqlValue *keys,
							GqlErrorList *errors);

/* ---- table_step.c ---- */

/*
 * Run the statement of a join to a table for all keys that it has not run for
 * yet.
 */
extern void rr_table_step_run(RrStepRun *step);

/* ---- key_arguments.c: what a key sends ---- */

/*
 * The JSON text of a key that needs no coercion to be the argument's value: a
 * string for an argument that takes strings as they are. False when it needs
 * some.
 */
extern bool rr_key_argument_passthrough(const RrStepRun *step, int key,
										const RrKeyArgument *argument, RrSlice *json);

/*
 * The value of an argument for a key, coerced; in CurrentMemoryContext. NULL
 * when it cannot be: an error is filed at the key.
 */
extern GqlValue *rr_key_argument_value(RrStepRun *step, int key, const RrKeyArgument *argument);

/* ---- list_arguments.c: arguments of a batch by list or by position ---- */

/* An array, one for each of the step's key_arguments. */
typedef struct RrListArgument RrListArgument;

/* No keys yet; lives in batch->cxt. */
extern RrListArgument *rr_list_arguments_create(const RrBatch *batch);

/*
 * Add a key to the arguments of a batch. False when one of its values does not
 * fit: an error is filed at the key. The values of a batch's first key are
 * kept: it has to be added in a context that lasts as long as the batch.
 */
extern bool rr_list_arguments_add(RrListArgument *arguments, RrStepRun *step, int key);

/* Append the arguments as members of the JSON object of variables. */
extern void rr_list_arguments_append(const RrListArgument *arguments, const RrStepRun *step,
									 StringInfo out);

/* ---- request_body.c ---- */

/*
 * Take keys from sending.sent on into the batch, as many as it has room for,
 * and make the body of its request. Keys that cannot be sent are passed over:
 * errors are filed at them. False when none is left to send.
 */
extern bool rr_batch_fill(RrBatch *batch);

/*
 * Append the beginning of a member, with its comma where one is needed, to the
 * JSON object of variables: ,"rr__<position>_<argument>":
 */
extern void rr_append_key_variable(StringInfo out, int position, int argument);

/* ---- batch.c ---- */

/*
 * Send nothing more for a step: requests that wait for their turn are taken
 * back, and their keys and all further ones get the error.
 */
extern void rr_step_give_up(RrStepRun *step, RrKeyError *error);

/* File an error at all keys that have not been sent, and do not send them. */
extern void rr_fail_unsent(RrStepRun *step, RrKeyError *error);

/* ---- key_errors.c ---- */

/*
 * Errors that are kept of one key, and of a run. An answer shows a hundred; of
 * others only the number counts.
 */
#define RR_MAX_KEY_ERRORS 20
#define RR_MAX_RUN_ERRORS 1000

/*
 * Something that went wrong for one key, or for several that share it. It is
 * one entry in the answer, at the first place where a value of its keys
 * belongs; extensions.places is their number.
 */
struct RrKeyError
{
	const char *message;
	const char *code;			/* extensions.code */
	const char *extensions;		/* further members of extensions, as in
								 * GqlError; or NULL */

	/* where it happened; where other keys share it, they just fell with it */
	const RrStepRun *step;
	int			key;			/* -1: nowhere in particular */
	const GqlPath *path;		/* inside of the key's value; NULL: the value
								 * itself */

	/* its entry */
	GqlError   *entry;			/* NULL: none yet, or left out */
	int			nplaces;		/* found so far */
	bool		at_key;			/* the entry is at the key's own place */
};

/*
 * Is another error of this key, or with key -1 of any, one of those that are
 * kept? If not, it has been counted as left out. Ask before making an error.
 */
extern bool rr_keeps_key_error(RrStepRun *step, int key);

/*
 * File an error of a remote schema at one key, whether or not there are too
 * many. Everything is copied, the path too, which may be on the stack.
 * upstream: the upstream's own extensions as JSON text, or NULL.
 */
extern RrKeyError *rr_key_error(RrStepRun *step, int key, const char *message,
								const GqlPath *path, const char *upstream);

/*
 * File an error that is no remote schema's at one key, if it is one of those
 * that are kept. Keys with equal ones share it.
 */
extern void rr_local_key_error(RrStepRun *step, int key, const GqlError *error);

/* rr_shared_error(), filed at several keys. */
extern RrKeyError *rr_keys_error(RrStepRun *step, const int *keys, int n, const char *message,
								 const char *upstream);

/*
 * An error of a remote schema that no key has yet, for keys to share. An equal
 * one of the run is used again.
 */
extern RrKeyError *rr_shared_error(RrStepRun *step, const char *message, const char *upstream);

/* The same for an error that is no remote schema's. */
extern RrKeyError *rr_shared_local_error(RrStepRun *step, const GqlError *error);

/* File an error at one more key, which fell with it. */
extern void rr_share_key_error(RrStepRun *step, int key, RrKeyError *error);

/* The errors of a key: RrKeyError *, in the order in which they were filed. */
extern List *rr_key_errors(const RrStepRun *step, int key);

/* Forget all errors of a key. */
extern void rr_forget_key_errors(RrStepRun *step, int key);

/*
 * inner below base. inner is copied to CurrentMemoryContext, since paths may
 * stand on the stack; base is not.
 */
extern const GqlPath *rr_path_copy(const GqlPath *base, const GqlPath *inner);

/* ---- answer.c ---- */

/*
 * Take in the response to a batch: values of its keys, keys of further steps,
 * errors. CurrentMemoryContext holds what is needed meanwhile. Never throws
 * for what the upstream answered. Returns what is wrong with it as GraphQL;
 * INVALID also where its HTTP status says what it is.
 */
extern RrStatError rr_take_answer(const RrBatch *batch, const RrHttpResponse *response);

/* ---- count_keys.c: for src/stat ---- */

/*
 * Count a batch and its response. error: what rr_take_answer() found. Throws
 * on out of memory.
 */
extern void rr_count_batch(const RrBatch *batch, const RrHttpResponse *response,
						   RrStatError error);

/* Count a run of a table step's statement for so many keys. */
extern void rr_count_table_step(RrStepRun *step, int nkeys, double ms);

/* Count the rows whose keys needed no further request. Does not throw. */
extern void rr_count_last_rows(RrRun *run);

#endif							/* RR_JOIN_INT_H */
