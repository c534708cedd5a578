/*
 * stat_int.h: what the files of stat/ share: the counters as they lie in
 * shared memory.
 *
 * A set of counters is never freed: sessions keep pointers to it. Its lock is
 * a spinlock, held for a few instructions. The LWLock of all sets protects
 * only their number; the names of a set do not change.
 */
#ifndef RR_STAT_INT_H
#define RR_STAT_INT_H

#include "datatype/timestamp.h"
#include "stat/stat.h"
#include "storage/lwlock.h"
#include "storage/spin.h"

/* Bytes that are kept of a name. */
#define RR_STAT_NAME_BYTES 128

/* Bounds of the histogram's buckets in ms; the last one has none. */
#define RR_STAT_BOUNDS {1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000}
#define RR_STAT_NBUCKETS 14

typedef enum RrStatKind
{
	RR_STAT_REMOTE_SCHEMA,
	RR_STAT_RELATIONSHIP,
	RR_STAT_NKINDS
} RrStatKind;

/* What stat_reset() sets to zero. */
typedef struct RrStatCounters
{
	int64		requests;		/* that ended, in whatever way */
	int64		keys;
	int64		rows;
	int64		errors[RR_STAT_NERRORS];
	int64		cancelled;
	int64		refused;
	int64		retries;
	int64		sent;			/* bytes */
	int64		received;
	int64		connections;	/* made */
	double		total_ms;
	double		max_ms;
	int64		histogram[RR_STAT_NBUCKETS];
	RrStatError last_error;		/* if last_error_at is set */
	int			last_status;
	TimestampTz last_error_at;	/* 0: none */
	TimestampTz since;
} RrStatCounters;

typedef struct RrStatSet
{
	/* fixed */
	uint64		hash;			/* of the whole names */
	Oid			database;
	RrStatKind	kind;
	char		source[RR_STAT_NAME_BYTES];
	char		name[RR_STAT_NAME_BYTES];
	char		remote_schema[RR_STAT_NAME_BYTES];

	/* under the spinlock */
	slock_t		mutex;
	RrStatCounters counters;
	int			open;			/* connections */
	int			running;		/* requests on the wire */
	int			failures;		/* in a row */
	TimestampTz down_since;		/* 0: it is up */
	TimestampTz ask_again;		/* if it is down: not before */
	int			probe;			/* process that probes it; 0: none does */
	TimestampTz logged;			/* the last line about a failure; 0: none */
	int64		unlogged;		/* failures since */
} RrStatSet;

/* All sets. */
typedef struct RrStatMemory
{
	bool		shared;			/* not this session's alone */
	int			tranche;		/* if shared: the lock's */
	LWLock		lock;			/* if shared */
	int			max;			/* sets of each kind */
	int			nsets[RR_STAT_NKINDS];
	RrStatSet	sets[FLEXIBLE_ARRAY_MEMBER];	/* max of the first kind, then
												 * of the second */
} RrStatMemory;

/* A session's handle of a set: an entry of the session's hash table. */
struct RrStat
{
	uint64		hash;			/* key */
	RrStatSet  *set;			/* NULL: there was no room */
	int			open;			/* connections of this session */
	int			running;		/* requests of this session */
};

/* The memory, made if need be. */
extern RrStatMemory *rr_stat_memory(void);

/* The sets of a kind, and how many there are. */
extern RrStatSet *rr_stat_sets(RrStatMemory *memory, RrStatKind kind, int *n);

#endif							/* RR_STAT_INT_H */
