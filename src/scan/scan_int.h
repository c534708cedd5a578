/*
 * scan_int.h: what the files of scan/ share.
 */
#ifndef RR_SCAN_INT_H
#define RR_SCAN_INT_H

#include "nodes/execnodes.h"
#include "nodes/extensible.h"
#include "nodes/primnodes.h"

#include "portability/instr_time.h"
#include "utils/jsonb.h"

#include "join/join.h"
#include "scan/scan.h"
#include "session/session.h"

/* The arguments of remote_value(), by position. */
enum
{
	RR_VALUE_ROW,
	RR_VALUE_RELATIONSHIP,
	RR_VALUE_SELECTION,
	RR_VALUE_ARGUMENTS,
	RR_VALUE_ROLE,
	RR_VALUE_HEADERS,
	RR_VALUE_NARGS
};

/* ---- value_join.c ---- */

/*
 * What remote_value() asks with certain arguments behind the row, as a certain
 * user. A context of its own holds it, and what it was made from.
 */
typedef struct RrValueJoin
{
	MemoryContext cxt;
	Oid			row_type;
	Oid			role;			/* that the remote schema is asked as */
	NullableDatum args[RR_VALUE_NARGS]; /* but the row */
	char	   *request_headers;	/* the setting, or NULL */
	RrPlan	   *plan;			/* NULL: the relationship's name is NULL, and
								 * so are all values */
	GqlErrorList *errors;		/* of its runs */
	RrRowKeys  *keys;
	Oid			user;			/* who called */
} RrValueJoin;

/*
 * Plan a call. args: all six, of which the row is not looked at. Its context
 * is below parent. Throws what rr_get_role() and rr_plan_row_join() throw.
 */
extern RrValueJoin *rr_value_join_create(Oid row_type, const NullableDatum *args,
										 MemoryContext parent);

/* Would these arguments ask the same now? */
extern bool rr_value_join_is(const RrValueJoin *join, Oid row_type, const NullableDatum *args);

/*
 * A run of it, in a context below the join's. It sends nothing until
 * rr_value_run_wait().
 */
extern RrRun *rr_value_run_create(RrValueJoin *join);

/*
 * File a row's key: its number, or -1 when a value that the row is joined by
 * is NULL. May leave garbage in CurrentMemoryContext.
 */
extern int	rr_value_run_file(RrValueJoin *join, RrRun *run, Datum row);

/* Send the batches that are full. */
extern void rr_value_run_send(RrValueJoin *join, RrRun *run);

/*
 * Wait until a key's value is there, and those of further joins inside. all:
 * send what makes no full batch, too.
 */
extern void rr_value_run_wait(RrValueJoin *join, RrRun *run, int key, bool all);

/* Is the value of a key (-1: none) still to come? */
extern bool rr_value_run_is_pending(const RrRun *run, int key);

/* Bytes that keys and values take. */
extern Size rr_value_run_size(const RrRun *run);

/* ---- value_support.c ---- */

/*
 * The function remote_value(), as planning has met it in this session last;
 * InvalidOid before.
 */
extern Oid	rr_remote_value_oid(void);

/* ---- join_window.c ---- */

/* The keys and values of a part of the rows. */
typedef struct RrWindowRun
{
	RrRun	   *run;
	int			passed;			/* keys before this one have been handed out */
} RrWindowRun;

/* A row of the outer plan that waits for its value. */
typedef struct RrWindowRow
{
	MinimalTuple tuple;
	bool		unjoined;		/* left or antijoin: its condition is false
								 * whatever the value is; nothing is asked */
	int			part;			/* which of the window's runs has its key */
	int			key;			/* or -1: there is none, the value is NULL */
} RrWindowRow;

/* For EXPLAIN: summed up over all runs of a scan. */
typedef struct RrJoinCounts
{
	int64		keys;
	int64		requests;
	int64		bytes;			/* received */
	int64		most_rows;		/* that have waited at a time */
	instr_time	waited;
} RrJoinCounts;

/*
 * Rows in the order in which they came, as far ahead of the one handed out
 * next as keeps the remote schema busy and fits into memory.
 */
typedef struct RrWindow
{
	MemoryContext cxt;
	RrValueJoin *join;

	/* how far ahead */
	int			keys;			/* distinct ones */
	int			max_keys;
	int			max_rows;
	Size		max_bytes;		/* of rows; of keys and values half as many a
								 * run */

	/* the rows: a ring */
	RrWindowRow *rows;
	int			capacity;
	int			first;
	int			nrows;
	Size		bytes;
	bool		complete;		/* no more rows will come */

	/*
	 * Run number n stands in runs[n % 2]. When a run has grown too large, the
	 * next rows go to another one, and it ends with its last row.
	 */
	RrWindowRun runs[2];
	int			newest;
	int			oldest;

	RrJoinCounts counts;		/* without those of the runs at hand */
} RrWindow;

/*
 * An empty window, for rows of this join, in CurrentMemoryContext. wanted: how
 * many rows will be needed as far as is known; 0: all.
 */
extern RrWindow *rr_window_create(RrValueJoin *join, int wanted);

/* Drop the rows; keys and values stay. */
extern void rr_window_restart(RrWindow *window, int wanted);

/* Has it room for one row more? */
extern bool rr_window_has_room(const RrWindow *window);

/*
 * Add a row, which is copied: row NULL has no key. Sends what is due. May
 * leave garbage in CurrentMemoryContext.
 */
extern void rr_window_add(RrWindow *window, TupleTableSlot *outer, bool unjoined,
						  const Datum *row);

/* No more rows will come. */
extern void rr_window_end(RrWindow *window);

/* Is the first row there, and its value? */
extern bool rr_window_is_ready(const RrWindow *window);

/* Wait for the first row's value. */
extern void rr_window_wait(RrWindow *window);

/*
 * Take the first row out: it is the caller's, its tuple to be freed. *run:
 * where its value is, until the next call.
 */
extern RrWindowRow rr_window_take(RrWindow *window, RrRun **run);

/* What was asked for so far. */
extern RrJoinCounts rr_window_counts(const RrWindow *window);

/* ---- join_scan.c ---- */

/* What a plan's custom_exprs hold, by position; all but the call are lists. */
enum
{
	RR_JOIN_CALL,				/* FuncExpr: of remote_value() */
	RR_JOIN_BEFORE,				/* conditions that do not need the value */
	RR_JOIN_ON,					/* left and antijoins: conditions that do */
	RR_JOIN_PLACEHOLDERS,		/* expressions that outer joins above must see
								 * computed */
	RR_JOIN_NEXPRS
};

/* What its custom_private holds: integers, by position. */
enum
{
	RR_JOIN_TYPE,				/* JoinType */
	RR_JOIN_WANTED,				/* rows, as rr_window_create() takes it */
	RR_JOIN_NPRIVATE
};

/*
 * The tuples of the scan have the outer plan's columns, then the value, then
 * the placeholders.
 */
typedef struct RrJoinScan
{
	CustomScanState css;
	JoinType	type;
	int			wanted;
	int			nouter;			/* columns of the outer plan */
	TupleTableSlot *outer_slot; /* for a row that was kept */
	MinimalTuple shown;			/* the tuple in it; or NULL */

	/* expressions, on tuples of the scan */
	Oid			row_type;
	ExprState  *args[RR_VALUE_NARGS];
	ExprState  *before;
	ExprState  *on;
	List	   *placeholders;	/* ExprState * */

	/* while it runs */
	MemoryContext cxt;
	RrValueJoin *join;
	RrWindow   *window;			/* NULL: no row was asked for yet */
	bool		started;		/* false: after a rescan as well */
	bool		reported;		/* a warning was */
} RrJoinScan;

extern const CustomScanMethods rr_join_scan_methods;

/* The call's arguments behind the row, which is left NULL. */
extern void rr_join_scan_arguments(RrJoinScan *scan, NullableDatum *args);

/* ---- join_counts.c ---- */

/* The EXPLAIN callback. */
extern void rr_join_scan_explain(CustomScanState *node, List *ancestors,
								 struct ExplainState *es);

#endif							/* RR_SCAN_INT_H */
