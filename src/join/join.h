/*
 * join.h: runs the steps of a plan: sends keys to remote schemas, takes in
 * their answers, and puts the values where they belong.
 *
 * An RrRun is one execution of a plan. It lives in a MemoryContext below the
 * caller's: an error deletes that, and with it the HTTP requests in flight.
 * Each step of the plan has a key table. Whoever meets a row or an object with
 * a join field files its key, and writes a hole where the value belongs
 * (hole.h). rr_splice() fills the holes in the end.
 *
 * What the files of this folder share stands in join_int.h.
 */
#ifndef RR_JOIN_H
#define RR_JOIN_H

#include "utils/array.h"

#include "http/http.h"
#include "join/key_table.h"
#include "plan/remote/step.h"

typedef struct RrRun RrRun;
typedef struct RrKeyError RrKeyError;
struct RrKeyErrors_hash;

/*
 * Which keys of a step have been sent, and what is on its way. Keys are sent
 * in the order of their numbers.
 */
typedef struct RrSending
{
	bool		started;		/* ROOT: it is the field's turn */
	int			batch_size;		/* keys in a full request */
	int			sent;			/* keys before this one have been sent, or
								 * failed before they could be */
	int			send_limit;		/* keys from this one on must not be sent yet */
	List	   *batches;		/* RrBatch *: those on their way */
	List	   *headers;		/* char *: of its requests; NIL: not made yet */
	RrKeyError *given_up;		/* why nothing more is sent: the remote schema
								 * did not answer or was not there; or NULL */
} RrSending;

/* One step of a run. */
typedef struct RrStepRun
{
	RrRun	   *run;
	const RrStep *plan;			/* what the planner says of it */
	RrKeyTable	table;
	struct RrKeyErrors_hash *errors;	/* by key, shared if a whole request
										 * failed; NULL: none */
	int64		nrows;			/* rows and objects that have filed a key */
	int64		counted_rows;	/* of these, in stat */
	struct RrStat *stat;		/* the relationship's counters, since its
								 * first request; or NULL */
	int			max_keys;		/* more must not be filed; 0: no limit */
	int64		nholes;			/* written so far, for guessing how long the
								 * answer will be */
	RrSending	sending;
} RrStepRun;

struct RrRun
{
	MemoryContext cxt;
	MemoryContextCallback on_end;
	const RrPlan *plan;
	int			number;			/* random, not negative: in every hole of the
								 * run */
	RrStepRun  *steps;			/* by number */
	int			nsteps;
	RrHttpGroup *http;			/* NULL without steps */
	GqlErrorList *errors;		/* the caller's */
	bool		has_key_errors; /* some key has, so paths have to be known
								 * when holes are filled */
	List	   *key_errors;		/* RrKeyError *: those that are kept */
	int			nrequests;		/* sent so far */
	int64		received;		/* bytes of answers so far */
	uint64		may_wait;		/* microseconds left to wait for remote
								 * schemas; UINT64_MAX: no limit */
};

/* ---- run.c: a run, and its steps ---- */

/*
 * Make a run in a context below CurrentMemoryContext. Ends when run->cxt is
 * deleted. Field errors will be filed in errors.
 */
extern RrRun *rr_run_create(const RrPlan *plan, GqlErrorList *errors);

/*
 * Send what is due, then wait for one answer and take it in. False when there
 * is none to come: all steps are done. Throws on cancels; what goes wrong at a
 * remote schema is an error of the keys concerned.
 */
extern bool rr_run_round(RrRun *run);

/* Send all that is left, and take in answers until all steps are done. */
extern void rr_run_remote(RrRun *run);

/*
 * Run the SQL statement of a root field; its JSON text, which may have holes,
 * is appended to out. The keys of its join fields are filed, and full batches
 * sent, while it runs. False when the statement failed: an error is filed at
 * path, and its keys are not asked for.
 */
extern bool rr_run_root_statement(RrRun *run, const RrSqlStatement *statement,
								  const GqlPath *path, int loc, StringInfo out);

/* ---- ask_filters.c: conditions on remote fields ---- */

/*
 * Ask for the values that a statement needs before it runs. False when the
 * statement must not run: an error is filed at path.
 */
extern bool rr_ask_filters(RrRun *run, const RrSqlStatement *statement, const GqlPath *path,
						   int loc);

/* The same for statements of mutations; throws the error. */
extern void rr_ask_filters_or_throw(RrRun *run, const RrSqlStatement *statement);

/*
 * Cut from all values what the answer does not show. Call this when no
 * statement will run any more.
 */
extern void rr_drop_filter_members(RrRun *run);

/* ---- batch.c: sending ---- */

/*
 * File a key of a step: the number of the key with this text. A new one is
 * sent when it fills a batch.
 */
extern int	rr_step_file_key(RrStepRun *step, const StringInfoData *key_text);

/*
 * Send full batches, and with all set what is left, too; as many at a time as
 * the remote schema may be asked, and some more that wait for their turn.
 */
extern void rr_step_send(RrStepRun *step, bool all);

/* ---- request_options.c ---- */

/*
 * Fill in where a request goes and how: the definition's part of it. Throws
 * 22023 when an environment variable is not set.
 */
extern void rr_request_options(const RrRemoteSchema *def, RrHttpRequest *request);

/* ---- key_errors.c ---- */

/*
 * File the errors of a key in the run's list, at path, or below it where they
 * concern the inside of the value. shape, node: the value's shape (NULL for a
 * table's row) and field.
 */
extern void rr_file_key_errors(RrStepRun *step, int key, const RrShape *shape,
							   const GqlSelection *node, const GqlPath *path);

/*
 * Write the numbers of places into the entries of the run's errors: when all
 * values have been put where they belong.
 */
extern void rr_count_places(RrRun *run);

/* ---- splice.c ---- */

/*
 * Append text with its holes filled. Errors of their keys are filed, at their
 * paths below path. The text may hold JSON that a user's function made up:
 * what looks like a hole but is none of this run becomes null. Throws
 * ERRCODE_DATA_CORRUPTED when such a text is not valid JSON and its paths are
 * needed.
 */
extern void rr_splice(RrRun *run, RrSlice text, const GqlPath *path, StringInfo out);

/* ---- sql_params.c ---- */

/*
 * What graphql_explain() shows of a VALUE parameter: the text that its type's
 * input function gets, for lists and objects JSON; NULL for NULL.
 */
extern char *rr_sql_param_text(const RrSqlParam *param);

/* A type and its input function, for many values. */
typedef struct RrValueInput
{
	Oid			type;
	Oid			ioparam;
	FmgrInfo	function;
} RrValueInput;

/* Look up the input function. What it caches is in CurrentMemoryContext. */
extern void rr_sql_bind_init(RrValueInput *input, Oid type);

/*
 * A value as a Datum of the type, by its input function; in
 * CurrentMemoryContext. Throws what that throws.
 */
extern Datum rr_sql_bind_value(const GqlValue *value, RrValueInput *input, bool *isnull);

/* ---- run_sql.c: statements of mutations ---- */

/* Takes what a statement returned from SPI_tuptable. */
typedef void (*RrTakeResult) (void *arg);

/*
 * Run a statement that may write, under a new snapshot; how many rows it
 * concerned. Parameters for which the caller has the value are marked is_read.
 * take (NULL: none) is called before the result is freed. The keys of its join
 * fields are filed. Throws what the statement throws.
 */
extern uint64 rr_run_writing(RrRun *run, const RrSqlStatement *statement, RrTakeResult take,
							 void *arg);

/*
 * The same for a statement of one json column: its value is appended to out;
 * null without a row.
 */
extern void rr_run_reading(RrRun *run, const RrSqlStatement *statement, StringInfo out);

/*
 * File the error of a statement as a field error. source: the document's text,
 * loc: the field's offset in it.
 */
extern void rr_file_sql_error(const ErrorData *edata, const GqlPath *path, int loc,
							  const char *source, GqlErrorList *errors);

/* ---- row_value.c: rows that SQL gives ---- */

typedef struct RrRowKeys RrRowKeys;

/*
 * How keys are read from rows; in CurrentMemoryContext. function: what the
 * caller is called in SQL. Throws when a key is a computed field with
 * arguments.
 */
extern RrRowKeys *rr_row_keys_create(const RrRemoteJoin *join, const char *function);

/* Is a key a computed field? Then keys are read as the role of the run. */
extern bool rr_row_keys_call_functions(const RrRowKeys *keys);

/*
 * The text of a row's key, as rr_key_columns_text() gives it; NULL: a value is
 * NULL. May leave garbage in CurrentMemoryContext.
 */
extern const StringInfoData *rr_row_keys_text(RrRowKeys *keys, Datum row);

/*
 * The value of a key (-1: none) as jsonb in CurrentMemoryContext. Its errors
 * are filed in the run's list.
 */
extern Datum rr_row_value(RrStepRun *step, int key, bool *isnull);

/*
 * Report the first error in the run's list: throw it (HV000), or warn where
 * remote_rel.on_remote_error says so. Once only, as *reported tells.
 */
extern void rr_report_row_failure(const RrRun *run, bool *reported);

/* ---- batch.c: windows ---- */

/* As many keys as keep the connections to the remote schema busy. */
extern int	rr_step_window(const RrStepRun *step);

/* Is the key's answer still to come? False for one that has failed. */
extern bool rr_key_is_pending(const RrStepRun *step, int key);

/* ---- row_stream.c: the rows of an array, joined one by one ---- */

typedef struct RrRowStream RrRowStream;

/*
 * Join the rows of an array by the run's first step: file the keys of all rows
 * and send the first requests. Lives in CurrentMemoryContext; the array must
 * last as long. Throws when a key is a computed field with arguments.
 */
extern RrRowStream *rr_row_stream_create(RrRun *run, ArrayType *array);

/* Is the next row's value still to come? */
extern bool rr_row_stream_must_wait(const RrRowStream *stream);

/*
 * Wait for the next row's value. To be called as the role of the run, unlike
 * the others: requests are sent.
 */
extern void rr_row_stream_wait(RrRowStream *stream);

/*
 * The next row, and its value as jsonb in CurrentMemoryContext; errors about
 * it are filed in the run's list. False after the last row.
 */
extern bool rr_row_stream_next(RrRowStream *stream, Datum *values, bool *nulls);

#endif							/* RR_JOIN_H */
