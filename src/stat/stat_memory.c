/*
 * stat_memory.c: where the counters are, and finding them.
 *
 * Shared memory is asked for when the postmaster loads the library. From
 * PostgreSQL 17 on, a session that loads it later finds or makes a named
 * segment of dynamic shared memory. Both are laid out alike, as is the memory
 * of a session that has neither.
 *
 * What a session holds of shared sets (connections, places, a probe) is
 * given back when it ends; after a crash the postmaster makes all shared
 * memory anew.
 */
#include "postgres.h"

#include <limits.h>

#include "common/hashfn.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "storage/ipc.h"
#include "storage/shmem.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "compat.h"
#include "stat/stat_int.h"

/* A session without shared memory, or with a dynamic segment, has so many. */
#define DEFAULT_MAX 500

#define MEMORY_NAME "remote_rel"

int			rr_stat_max = DEFAULT_MAX;

/* This session's, or what the postmaster handed down. */
static RrStatMemory *memory = NULL;
static HTAB *handles = NULL;

static shmem_startup_hook_type prev_shmem_startup_hook = NULL;

static Size
memory_size(int max)
{
	return add_size(offsetof(RrStatMemory, sets),
					mul_size(mul_size(RR_STAT_NKINDS, max), sizeof(RrStatSet)));
}

static void
init_memory(RrStatMemory *m, int max, bool shared)
{
	memset(m, 0, memory_size(max));
	m->max = max;
	m->shared = shared;
	for (int i = 0; i < RR_STAT_NKINDS * max; i++)
		SpinLockInit(&m->sets[i].mutex);
	if (shared)
	{
		m->tranche = LWLockNewTrancheId();
		LWLockInitialize(&m->lock, m->tranche);
	}
}

/* ---- with shared_preload_libraries ---- */

#if PG_VERSION_NUM >= 150000
static shmem_request_hook_type prev_shmem_request_hook = NULL;

static void
request_memory(void)
{
	if (prev_shmem_request_hook)
		prev_shmem_request_hook();
	RequestAddinShmemSpace(memory_size(rr_stat_max));
}
#endif

static void
make_memory(void)
{
	bool		found;

	if (prev_shmem_startup_hook)
		prev_shmem_startup_hook();
	LWLockAcquire(AddinShmemInitLock, LW_EXCLUSIVE);
	memory = ShmemInitStruct(MEMORY_NAME, memory_size(rr_stat_max), &found);
	if (!found)
		init_memory(memory, rr_stat_max, true);
	LWLockRelease(AddinShmemInitLock);
	LWLockRegisterTranche(memory->tranche, MEMORY_NAME);
}

void
rr_stat_init(void)
{
	if (!process_shared_preload_libraries_in_progress)
		return;
	DefineCustomIntVariable("remote_rel.stat_max",
							"Most remote schemas, and most relationships, that are counted.",
							"Of all databases together. What is beyond is not counted.",
							&rr_stat_max, DEFAULT_MAX, 10, 100000, PGC_POSTMASTER, 0, NULL, NULL,
							NULL);
#if PG_VERSION_NUM >= 150000
	prev_shmem_request_hook = shmem_request_hook;
	shmem_request_hook = request_memory;
#else
	RequestAddinShmemSpace(memory_size(rr_stat_max));
#endif
	prev_shmem_startup_hook = shmem_startup_hook;
	shmem_startup_hook = make_memory;
}

/* ---- without ---- */

#if PG_VERSION_NUM >= 170000
static void
init_segment(void *segment)
{
	init_memory(segment, DEFAULT_MAX, true);
}

static RrStatMemory *
find_memory(void)
{
	bool		found;
	RrStatMemory *m = GetNamedDSMSegment(MEMORY_NAME, memory_size(DEFAULT_MAX), init_segment,
										 &found);

	LWLockRegisterTranche(m->tranche, MEMORY_NAME);
	return m;
}
#else
static RrStatMemory *
find_memory(void)
{
	RrStatMemory *m = MemoryContextAllocHuge(TopMemoryContext, memory_size(DEFAULT_MAX));

	init_memory(m, DEFAULT_MAX, false);
	return m;
}
#endif

/*
 * Give back what the session holds. The transaction is aborted later: what
 * that counts goes nowhere.
 */
static void
give_back(int code pg_attribute_unused(), Datum arg pg_attribute_unused())
{
	static RrStatSet nowhere;
	HASH_SEQ_STATUS scan;
	RrStat	   *stat;

	SpinLockInit(&nowhere.mutex);
	hash_seq_init(&scan, handles);
	while ((stat = hash_seq_search(&scan)) != NULL)
	{
		if (stat->set == NULL)
			continue;
		rr_stat_count_connection(stat, -stat->open);
		rr_health_end_probe(stat);
		while (stat->running > 0)
			rr_health_leave_place(stat);
		stat->set = &nowhere;
	}
}

RrStatMemory *
rr_stat_memory(void)
{
	if (memory == NULL)
		memory = find_memory();
	return memory;
}

RrStatSet  *
rr_stat_sets(RrStatMemory *m, RrStatKind kind, int *n)
{
	if (m->shared)
		LWLockAcquire(&m->lock, LW_SHARED);
	*n = m->nsets[kind];
	if (m->shared)
		LWLockRelease(&m->lock);
	return &m->sets[kind * m->max];
}

/* ---- finding a set ---- */

/* What tells a set from others. remote_schema only describes it. */
typedef struct SetKey
{
	RrStatKind	kind;
	const char *source;
	const char *name;
	const char *remote_schema;
} SetKey;

static uint64
hash_text(const char *text, uint64 seed)
{
	return hash_bytes_extended((const unsigned char *) text, strlen(text), seed);
}

static uint64
hash_key(const SetKey *key)
{
	return hash_text(key->name, hash_text(key->source, MyDatabaseId * 2 + key->kind));
}

static void
copy_name(char *to, const char *name)
{
	int			len = pg_mbcliplen(name, strlen(name), RR_STAT_NAME_BYTES - 1);

	memcpy(to, name, len);
	to[len] = '\0';
}

static RrStatSet *
find_or_add_set(RrStatMemory *m, uint64 hash, const SetKey *key)
{
	RrStatSet  *sets = &m->sets[key->kind * m->max];
	int		   *n = &m->nsets[key->kind];
	RrStatSet  *set = NULL;

	if (m->shared)
		LWLockAcquire(&m->lock, LW_EXCLUSIVE);
	for (int i = 0; i < *n && set == NULL; i++)
		if (sets[i].hash == hash && sets[i].database == MyDatabaseId)
			set = &sets[i];
	if (set == NULL && *n < m->max)
	{
		set = &sets[(*n)++];
		set->hash = hash;
		set->database = MyDatabaseId;
		set->kind = key->kind;
		copy_name(set->source, key->source);
		copy_name(set->name, key->name);
		copy_name(set->remote_schema, key->remote_schema);
		set->counters.since = GetCurrentTimestamp();
	}
	if (m->shared)
		LWLockRelease(&m->lock);
	return set;
}

static RrStat *
find_or_add(const SetKey *key)
{
	RrStatMemory *m = rr_stat_memory();
	uint64		hash = hash_key(key);
	RrStat	   *stat;
	bool		found;

	if (handles == NULL)
	{
		HASHCTL		ctl = {0};

		ctl.keysize = sizeof(uint64);
		ctl.entrysize = sizeof(RrStat);
		ctl.hcxt = TopMemoryContext;
		handles = hash_create("remote_rel counters", 16, &ctl,
							  HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
		if (m->shared)
			before_shmem_exit(give_back, (Datum) 0);
	}
	stat = hash_search(handles, &hash, HASH_ENTER, &found);
	if (!found)
	{
		stat->open = 0;
		stat->running = 0;
		stat->set = find_or_add_set(m, hash, key);
	}
	return stat->set != NULL ? stat : NULL;
}

RrStat	   *
rr_stat_remote_schema(const char *name)
{
	SetKey		key = {RR_STAT_REMOTE_SCHEMA, "", name, ""};

	return find_or_add(&key);
}

RrStat	   *
rr_stat_relationship(const char *source, const char *name, const char *remote_schema)
{
	SetKey		key = {RR_STAT_RELATIONSHIP, source, name, remote_schema ? remote_schema : ""};

	return find_or_add(&key);
}
