/*
 * concurrent.c: detects changes of the catalogs by other sessions.
 *
 * Writers lock each other out until the end of their transactions, and read
 * under a new snapshot after they have the lock. But in a transaction with a
 * single snapshot (REPEATABLE READ), the snapshot may be older than the lock:
 * rows that the writer has checked may have changed since.
 *
 * Readers see the server's catalogs through caches, and ours through a
 * snapshot. A commit becomes visible to snapshots a moment before it sends the
 * invalidations that update caches. So readers first wait for these
 * (rr_wait_for_invalidations()), and afterwards check that nothing was
 * committed meanwhile (rr_catalogs_overtaken()).
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
#include "catalog/catalog_int.h"

/* NULL if it is missing: read.c reports that. */
static Relation
open_catalog(RrCatalog catalog)
{
	Oid			relid = get_relname_relid(rr_catalog_name(catalog), rr_catalog_schema_oid());

	return OidIsValid(relid) ? table_open(relid, AccessShareLock) : NULL;
}

/*
 * The number of rows that one snapshot sees. *all: true if the other snapshot
 * sees each of them, too.
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
table_changed(RrCatalog catalog, Snapshot since, Snapshot now)
{
	Relation	rel = open_catalog(catalog);
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

	for (int i = 0; i < RR_NCATALOGS && !changed; i++)
		changed = table_changed(i, since, now);
	UnregisterSnapshot(now);
	return changed;
}

bool
rr_catalogs_overtaken(void)
{
	return !IsolationUsesXactSnapshot() && rr_catalogs_changed_since(GetActiveSnapshot());
}

/*
 * Wait for the end of a transaction that has committed already. It holds the
 * lock on its own number until its invalidations are sent.
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

/* Wait for all writers of a table; deleted rows name theirs, too. */
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
	 * A standby has no such locks. It need not wait: replay sends
	 * invalidations before the commit becomes visible.
	 */
	if (RecoveryInProgress())
		return;
	for (int i = 0; i < RR_NCATALOGS; i++)
	{
		Relation	rel = open_catalog(i);

		if (rel == NULL)
			continue;
		if (rel->rd_rel->relam == HEAP_TABLE_AM_OID)
			await_writers(rel, &last);
		table_close(rel, AccessShareLock);
	}
	AcceptInvalidationMessages();
}
