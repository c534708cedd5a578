/*
 * generation.c: one counter a backend that advances when a role's schema may have changed.
 *
 * Callbacks fire inside of any catalog access, so they only count. Changes of tables, their columns, policies, constraints and grants arrive as relcache
 * invalidations, those of the extension's own tables as well (rr_catalog_changed() sends them); the rest as syscache invalidations.
 *
 * A change may arrive while a statement runs whose snapshot is older than it: what is read then is good for this statement and stale for the
 * next. So the snapshot in force at the last invalidation is remembered, and the counter advances once more when another one is in force.
 */
#include "postgres.h"

#include "access/transam.h"
#include "access/xact.h"
#include "commands/trigger.h"
#include "fmgr.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

#include "catalog/catalog.h"
#include "catalog/catalog_int.h"
#include "compat.h"

/* What tells two snapshots of one backend apart: a commit between them changes at least one of these. */
typedef struct SnapshotMark
{
	bool		set;
	TransactionId xmax;
	uint32		xcnt;
	int32		subxcnt;
	CommandId	curcid;
} SnapshotMark;

static uint64 generation = 1;
static SnapshotMark suspect;	/* in force when the last invalidation came */
static bool suspect_transaction;	/* the last invalidation came in a transaction with one snapshot */
static bool registered;

static SnapshotMark
mark_snapshot(Snapshot snapshot)
{
	return (SnapshotMark)
	{
		.set = true,.xmax = snapshot->xmax,.xcnt = snapshot->xcnt,.subxcnt = snapshot->subxcnt,.curcid = snapshot->curcid
	};
}

void
rr_catalog_invalidate(void)
{
	generation++;
	if (IsTransactionState())
	{
		if (ActiveSnapshotSet())
			suspect = mark_snapshot(GetActiveSnapshot());
		if (IsolationUsesXactSnapshot() && FirstSnapshotSet)
			suspect_transaction = true;
	}
}

static void
on_relcache(Datum arg, Oid relid)
{
	/* InvalidOid: everything */
	if (!OidIsValid(relid) || relid >= FirstNormalObjectId)
		rr_catalog_invalidate();
}

static void
on_syscache(Datum arg, int cacheid, uint32 hashvalue)
{
	rr_catalog_invalidate();
}

static void
on_transaction_end(XactEvent event, void *arg)
{
	if (suspect_transaction && (event == XACT_EVENT_COMMIT || event == XACT_EVENT_ABORT || event == XACT_EVENT_PREPARE))
	{
		suspect_transaction = false;
		generation++;
	}
}

static void
register_callbacks(void)
{
	static const int caches[] = {
		NAMESPACEOID, PROCOID, TYPEOID, AUTHOID, AUTHMEMROLEMEM, CONSTROID,
	};

	CacheRegisterRelcacheCallback(on_relcache, (Datum) 0);
	for (int i = 0; i < lengthof(caches); i++)
		CacheRegisterSyscacheCallback(caches[i], on_syscache, (Datum) 0);
	RegisterXactCallback(on_transaction_end, NULL);
	registered = true;
}

uint64
rr_catalog_generation_peek(void)
{
	if (!registered)
		register_callbacks();
	return generation;
}

uint64
rr_catalog_generation(void)
{
	if (!registered)
		register_callbacks();
	AcceptInvalidationMessages();
	if (suspect.set && ActiveSnapshotSet())
	{
		SnapshotMark now = mark_snapshot(GetActiveSnapshot());

		if (now.xmax != suspect.xmax || now.xcnt != suspect.xcnt || now.subxcnt != suspect.subxcnt || now.curcid != suspect.curcid)
		{
			suspect.set = false;
			generation++;
		}
	}
	return generation;
}

PG_FUNCTION_INFO_V1(rr_catalog_changed);

/* Statement trigger on every table of ours: tell all backends, at commit. */
Datum
rr_catalog_changed(PG_FUNCTION_ARGS)
{
	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("remote_rel.catalog_changed() can only be called as a trigger")));
	CacheInvalidateRelcache(((TriggerData *) fcinfo->context)->tg_relation);
	PG_RETURN_POINTER(NULL);
}

PG_FUNCTION_INFO_V1(rr_touch_catalogs);

/* The same for changes that send no invalidation of their own, like COMMENT: called by an event trigger. */
Datum
rr_touch_catalogs(PG_FUNCTION_ARGS)
{
	CacheInvalidateRelcacheByRelid(get_relname_relid("remote_schema", rr_catalog_schema_oid()));
	PG_RETURN_VOID();
}
