/*
 * run.h: what the files of exec/ share: one execution of a plan.
 *
 * A run lives in its own MemoryContext below the caller's: an error deletes
 * it, and with it the HTTP requests in flight. Each step of the plan has a key
 * table (every distinct key once, in order of appearance); results are texts,
 * found by key number. A place in a text where a key's value belongs is a
 * hole: the byte \x01, which JSON text cannot hold raw, "run:step:key", and
 * \x02. The first number is random: a hole that somebody's function has put
 * into a table is none of a later run.
 */
#ifndef RR_RUN_H
#define RR_RUN_H

#include "exec/exec.h"
#include "json/json.h"
#include "http/http.h"
#include "plan/remote/step.h"

typedef struct RrRun RrRun;

/*
 * Something that went wrong for one key; reported at each place in the answer
 * where the key's value belongs.
 */
typedef struct RrKeyError
{
	const char *message;
	const GqlPath *path;		/* inside of the value; NULL: the value itself */
	const char *code;			/* extensions.code */
	const char *extensions;		/* further members of extensions, as in
								 * GqlError */
} RrKeyError;

/* There may be millions of them: what few keys have stands elsewhere. */
typedef struct RrStepKey
{
	int			image;			/* where its image begins; see keys.c */
	int			start;			/* where its value, when it has come, stands
								 * among the step's; -1: null */
	int			len;
} RrStepKey;

struct RrKeyIndex_hash;
struct RrKeyErrors_hash;

typedef struct RrStepRun
{
	RrRun	   *run;
	const RrStep *step;
	int			nkeys;
	int			capacity;
	RrStepKey  *keys;
	StringInfoData images;		/* of all keys, one behind the other */
	struct RrKeyIndex_hash *index;	/* from an image to its key's number */
	RrSlice		probe;			/* the image that the index is asked for */
	StringInfoData values;		/* of the keys, in the order in which they
								 * came */
	struct RrKeyErrors_hash *errors;	/* of the keys that have some; NULL:
										 * none has */
	int64		holes;			/* that stand in texts */
	int			sent;			/* keys before this one have been sent, or
								 * failed before they could be */
	int			held;			/* keys from this one on are not to be sent
								 * yet */
	List	   *batches;		/* RrBatch *: those on their way */
	bool		started;		/* ROOT: it is its turn */
	int			batch_size;
	List	   *headers;		/* char *: of its requests; NIL: not made yet */
} RrStepRun;

struct RrRun
{
	MemoryContext cxt;
	const RrPlan *plan;
	int			number;			/* random, not negative: in every hole of the
								 * run */
	RrStepRun  *steps;			/* by number */
	int			nsteps;
	RrHttpGroup *http;
	GqlErrorList *errors;
	bool		key_errors;		/* some key has errors, so paths have to be
								 * known */
	int			requests;
};

/*
 * A request on its way: which keys of which step it is for. In a context of
 * its own, which goes when the answer has been taken in.
 */
typedef struct RrBatch
{
	MemoryContext cxt;
	RrStepRun  *step;
	int			n;
	int		   *keys;			/* numbers, in the order of the document's
								 * aliases */
	char	   *body;
} RrBatch;

/* ---- run.c ---- */

/* The run whose statement is being executed; NULL outside of one. */
extern RrRun *rr_current_run;

/*
 * A run of its own, in a context below CurrentMemoryContext; to be ended by
 * deleting run->cxt.
 */
extern RrRun *rr_run_create(const RrPlan *plan, GqlErrorList *errors);

/*
 * Send what is due, and take in one answer. False when there is none to come.
 */
extern bool rr_run_round(RrRun *run);

/*
 * Send what is left of the keys, and take in answers until there are no more
 * to come.
 */
extern void rr_run_remote(RrRun *run);

/*
 * Run a plan; the members of "data" are appended to out as an object or null,
 * errors are filed.
 */
extern void rr_run(const RrPlan *plan, StringInfo out, GqlErrorList *errors);

/* rr_run_sql_for_keys() of a step's statement, as part of the run. */
extern bool rr_run_for_keys(RrStepRun *step, const GqlValue *keys, RrTakeRow take, void *arg,
							GqlErrorList *errors);

/* ---- keys.c ---- */

extern void rr_keys_init(RrStepRun *step);

/* The same for root fields: each is a key of its own. */
extern void rr_keys_init_roots(RrStepRun *step, int n);

/* An image is made value by value, each the JSON text of one joining field. */
extern void rr_append_to_image(StringInfo image, RrSlice value);

/*
 * The number of the key with this image; a new one is filed, and sent when it
 * fills a batch.
 */
extern int	rr_keys_number(RrStepRun *step, const StringInfoData *image);

/*
 * A key's value for the joining field i. It moves when a further key is filed.
 */
extern RrSlice rr_key_slice(const RrStepRun *step, int number, int i);

/* A key's value, or NULL; it moves when further values come. */
extern const char *rr_key_text(const RrStepRun *step, int number);

/* All keys have their answers: what they were told apart by can go. */
extern void rr_keys_finish(RrStepRun *step);

/* How columns of these types are made into keys. In cxt. */
typedef struct RrKeyColumns RrKeyColumns;
extern RrKeyColumns *rr_key_columns(int n, const Oid *types, MemoryContext cxt);

/*
 * The number of the key with these values, none of them NULL; -1 when one is
 * JSON's null.
 */
extern int	rr_keys_file(RrStepRun *step, RrKeyColumns *columns, const Datum *values);

/* The longest hole. */
#define RR_MAX_HOLE 48
/* The place of this key's value. */
extern void rr_append_hole(StringInfo out, RrStepRun *step, int key);

/* ---- source.c ---- */

/*
 * Run the statement of a join to a table for the keys that it has not run for
 * yet.
 */
extern void rr_run_source(RrStepRun *step);

/* ---- batch.c ---- */

/*
 * Send what is due: full batches, and with all set also what is left; as many
 * at a time as make sense.
 */
extern void rr_step_send(RrStepRun *step, bool all);

/* So many keys keep the wire busy. */
extern int	rr_step_window(const RrStepRun *step);

/* Has the key not been answered yet, nor failed? */
extern bool rr_key_is_pending(const RrStepRun *step, int key);

/* ---- key_errors.c ---- */

/*
 * File an error of one key. The path may be on the stack: everything is
 * copied. upstream: the upstream's own extensions as JSON text, or NULL.
 */
extern void rr_key_error(RrStepRun *step, int key, const char *message, const GqlPath *path,
						 const char *upstream);

/* The same for an error that is no remote schema's. */
extern void rr_local_key_error(RrStepRun *step, int key, const GqlError *error);

/* The same error for several keys. */
extern void rr_keys_error(RrStepRun *step, const int *keys, int n, const char *message,
						  const char *upstream);

/* RrKeyError *, in the order in which they were filed. */
extern List *rr_key_errors(const RrStepRun *step, int key);

/* Forget all but the first n errors of a key. */
extern void rr_truncate_key_errors(RrStepRun *step, int key, int n);

/* ---- answer.c ---- */

/*
 * Take in the response to a batch: values of its keys, keys of further steps,
 * errors. CurrentMemoryContext is for what is needed meanwhile.
 */
extern void rr_take_answer(const RrBatch *batch, const RrHttpResponse *response);

/* ---- splice.c ---- */

/*
 * inner below base, copied to CurrentMemoryContext: paths may have been built
 * on the stack.
 */
extern const GqlPath *rr_path_copy(const GqlPath *base, const GqlPath *inner);

/*
 * File a key's errors at path, and below it where they are of the inside of
 * the value, which has this shape (NULL: a table's row) and is that field's.
 */
extern void rr_file_key_errors(RrStepRun *step, int key, const RrShape *shape,
							   const GqlSelection *node,
							   const GqlPath *path);

/*
 * Append text with its holes filled; with errors about, they are filed at
 * their paths below path. The text may hold what somebody else's function
 * passes off as JSON: what looks like a hole and is none of the run becomes
 * null.
 */
extern void rr_splice(RrRun *run, const char *text, int len, const GqlPath *path, StringInfo out);

/* ---- explain.c ---- */

/* The plan's members of graphql_explain()'s object. */
extern void rr_explain_plan(const RrPlan *plan, StringInfo out);

#endif							/* RR_RUN_H */
