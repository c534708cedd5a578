/*
 * concurrent.c: has another session changed the catalogs since a snapshot was
 * taken?
 *
 * Writers lock each other out until the end of the transaction, and what they
 * read then is what is committed by now. Unless the whole transaction has one
 * snapshot: that may be older than the lock, and what they check against, or
 * believe to be absent, may be gone or there by now.
 *
 * Readers see the server's catalogs through caches, or as they are at each
 * moment where a cache has nothing, and ours by a snapshot. A commit shows to
 * the latter two a moment before it has sent the invalidations that caches
 * wait for. So readers first wait that moment (rr_wait_for_invalidations()), and
 * afterwards look whether anything came in between (rr_catalogs_overtaken()).
 */
#include "postgres.h"

#include "access/heapam.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/transam.h"
#include "access/xact.h"
#include "access/xlog.h"
#include "catalog/pg_am.h"
#include "storage/bufmgr.h"
#include "storage/lmgr.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

#include "catalog/catalog.h"

static const char *const catalogs[] = {
	"remote_schema", "table_relationship", "remote_schema_relationship",
	"remote_schema_permission", "computed_field", "tracked_function"
};

/* NULL for one that is missing; whoever reads it says so. */
static Relation
open_catalog(const char *name)
{
	Oid			relid = get_relname_relid(name, rr_catalog_schema_oid());

	return OidIsValid(relid) ? table_open(relid, AccessShareLock) : NULL;
}

/*
 * How many rows of a table one snapshot sees; *all: does the other one see
 * every one of them?
 */
static int64
count_rows(Relation rel, Snapshot snapshot, Snapshot other, bool *all)
{
	TupleTableSlot *slot = table_slot_create(rel, NULL);
	TableScanDesc scan = table_beginscan(rel, snapshot, 0, NULL);
	int64		n = 0;

	*all = true;
	while (table_scan_getnextslot(scan, ForwardScanDirection, slot))
	{
		n++;
		*all = *all && table_tuple_satisfies_snapshot(rel, slot, other);
	}
	table_endscan(scan);
	ExecDropSingleTupleTableSlot(slot);
	return n;
}

static bool
table_changed(const char *table, Snapshot since, Snapshot now)
{
	Relation	rel = open_catalog(table);
	bool		ignored;
	bool		all;
	bool		changed;

	if (rel == NULL)
		return false;
	changed = count_rows(rel, now, since, &all) != count_rows(rel, since, now, &ignored) || !all;
	table_close(rel, AccessShareLock);
	return changed;
}

bool
rr_catalogs_changed_since(Snapshot since)
{
	Snapshot	now = RegisterSnapshot(GetLatestSnapshot());
	bool		changed = false;

	for (int i = 0; i < (int) lengthof(catalogs) && !changed; i++)
		changed = table_changed(catalogs[i], since, now);
	UnregisterSnapshot(now);
	return changed;
}

bool
rr_catalogs_overtaken(void)
{
	return !IsolationUsesXactSnapshot() && rr_catalogs_changed_since(GetActiveSnapshot());
}

/*
 * A transaction holds the lock on its own number until its invalidations are
 * sent.
 */
static void
await_end(TransactionId xid, TransactionId *last)
{
	if (!TransactionIdIsNormal(xid) || xid == *last || TransactionIdIsCurrentTransactionId(xid) ||
		!TransactionIdDidCommit(xid))
		return;
	XactLockTableWait(xid, NULL, NULL, XLTW_None);
	*last = xid;
}

/* Dead rows tell of deletions. */
static void
await_writers(Relation rel, TransactionId *last)
{
	TableScanDesc scan = table_beginscan(rel, SnapshotAny, 0, NULL);
	HeapTuple	tuple;

	while ((tuple = heap_getnext(scan, ForwardScanDirection)) != NULL)
	{
		await_end(HeapTupleHeaderGetXmin(tuple->t_data), last);
		await_end(HeapTupleHeaderGetUpdateXid(tuple->t_data), last);
	}
	table_endscan(scan);
}

void
rr_wait_for_invalidations(void)
{
	TransactionId last = InvalidTransactionId;

	/*
	 * a standby has no such locks: replay sends invalidations before the
	 * commit shows
	 */
	if (RecoveryInProgress())
		return;
	for (int i = 0; i < (int) lengthof(catalogs); i++)
	{
		Relation	rel = open_catalog(catalogs[i]);

		if (rel == NULL)
			continue;
		if (rel->rd_rel->relam == HEAP_TABLE_AM_OID)
			await_writers(rel, &last);
		table_close(rel, AccessShareLock);
	}
	AcceptInvalidationMessages();
}
