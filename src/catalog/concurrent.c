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
 *
 * A row names the transaction that has written it, and that transaction holds
 * a lock on its own number until its invalidations are sent: this is what
 * readers wait for. A subtransaction lets go of its number's lock when it
 * ends, long before that. So who writes in a subtransaction takes a lock of
 * ours for it (rr_mark_writer()), which lasts as long as the transaction.
 */
#include "postgres.h"

#include "access/heapam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/transam.h"
#include "access/xact.h"
#include "access/xlog.h"
#include "catalog/pg_am.h"
#include "miscadmin.h"
#include "storage/bufmgr.h"
#include "storage/lmgr.h"
#include "storage/lock.h"
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
	return rr_catalogs_changed_since(GetActiveSnapshot());
}

/*
 * A transaction marks so many of its subtransactions at most, so that it does
 * not fill the lock table. What is written in others may be seen a moment
 * before the server's catalogs are seen to match.
 */
#define MAX_MARKED 64

/* The lock of a subtransaction. The schema's OID tells it from others. */
static LOCKTAG
writer_tag(TransactionId xid)
{
	LOCKTAG		tag;

	SET_LOCKTAG_OBJECT(tag, MyDatabaseId, rr_catalog_schema_oid(), xid, 0);
	return tag;
}

void
rr_mark_writer(void)
{
	static TransactionId top;	/* whose subtransactions were marked */
	static TransactionId last;	/* marked */
	static int	marked;
	TransactionId xid;
	LOCKTAG		tag;

	if (GetCurrentTransactionNestLevel() == 1)
		return;
	xid = GetCurrentTransactionId();
	if (top != GetTopTransactionId())
	{
		top = GetTopTransactionId();
		marked = 0;
	}
	else if (xid == last)
		return;
	if (marked == MAX_MARKED)
		return;
	marked++;
	last = xid;
	tag = writer_tag(xid);
	(void) LockAcquire(&tag, ExclusiveLock, false, false);
}

/*
 * Wait for the end of a transaction whose changes the snapshot sees. It holds
 * its locks until its invalidations are sent.
 *
 * What the snapshot does not see needs no waiting. That may last: a
 * transaction that has committed stays invisible while it waits for a
 * synchronous standby.
 */
static void
await_end(TransactionId xid, Snapshot snapshot, TransactionId *last)
{
	LOCKTAG		tag;

	if (!TransactionIdIsNormal(xid) || xid == *last)
		return;
	*last = xid;
	if (TransactionIdIsCurrentTransactionId(xid) || XidInMVCCSnapshot(xid, snapshot) ||
		!TransactionIdDidCommit(xid))
		return;
	XactLockTableWait(xid, NULL, NULL, XLTW_None);
	tag = writer_tag(xid);
	(void) LockAcquire(&tag, ShareLock, false, false);
	LockRelease(&tag, ShareLock, false);
}

/*
 * The transaction that has deleted or updated a row, or invalid. xmax may name
 * others: who has locked the row, or a multixact, whose number says nothing
 * about the age of transactions.
 */
static TransactionId
deleter(HeapTupleHeader row)
{
	if ((row->t_infomask & HEAP_XMAX_INVALID) != 0 || HEAP_XMAX_IS_LOCKED_ONLY(row->t_infomask))
		return InvalidTransactionId;
	return HeapTupleHeaderGetUpdateXid(row);
}

/*
 * Wait for all writers of a table; deleted rows name theirs, too. The lock on
 * the buffer keeps flags and numbers of a row together.
 */
static void
await_writers(Relation rel, Snapshot snapshot, TransactionId *last)
{
	TableScanDesc scan = table_beginscan(rel, SnapshotAny, 0, NULL);
	HeapTuple	tuple;

	while ((tuple = heap_getnext(scan, ForwardScanDirection)) != NULL)
	{
		Buffer		buffer = ((HeapScanDesc) scan)->rs_cbuf;
		TransactionId inserted;
		TransactionId deleted;

		LockBuffer(buffer, BUFFER_LOCK_SHARE);
		inserted = HeapTupleHeaderGetXmin(tuple->t_data);
		deleted = deleter(tuple->t_data);
		LockBuffer(buffer, BUFFER_LOCK_UNLOCK);
		await_end(inserted, snapshot, last);
		await_end(deleted, snapshot, last);
	}
	table_endscan(scan);
}

void
rr_wait_for_invalidations(void)
{
	TransactionId last = InvalidTransactionId;
	Snapshot	snapshot;

	/*
	 * A standby has no such locks. There, replay sends the invalidations a
	 * moment after the commit has become visible. What a query made of the
	 * two states in between is thrown away when they arrive.
	 */
	if (RecoveryInProgress())
		return;
	snapshot = RegisterSnapshot(GetLatestSnapshot());
	for (int i = 0; i < RR_NCATALOGS; i++)
	{
		Relation	rel = open_catalog(i);

		if (rel == NULL)
			continue;
		if (rel->rd_rel->relam == HEAP_TABLE_AM_OID)
			await_writers(rel, snapshot, &last);
		table_close(rel, AccessShareLock);
	}
	UnregisterSnapshot(snapshot);
	AcceptInvalidationMessages();
}
