/*
 * concurrent.c: has another session changed the catalogs since a snapshot was taken?
 *
 * Writers lock each other out until the end of the transaction, and what they read then is what is committed by now. Unless the whole transaction has one
 * snapshot: that may be older than the lock, and what they check against, or believe to be absent, may be gone or there by now.
 */
#include "postgres.h"

#include "access/table.h"
#include "access/tableam.h"
#include "storage/bufmgr.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

#include "catalog/catalog.h"

/* How many rows of a table one snapshot sees; *all: does the other one see every one of them? */
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
	Relation	rel = table_open(get_relname_relid(table, rr_catalog_schema_oid()), AccessShareLock);
	bool		ignored;
	bool		all;
	bool		changed;

	changed = count_rows(rel, now, since, &all) != count_rows(rel, since, now, &ignored) || !all;
	table_close(rel, AccessShareLock);
	return changed;
}

bool
rr_catalogs_changed_since(Snapshot since)
{
	static const char *const tables[] = {
		"remote_schema", "table_relationship", "remote_schema_relationship", "remote_schema_permission", "computed_field", "tracked_function"
	};
	Snapshot	now = RegisterSnapshot(GetLatestSnapshot());
	bool		changed = false;

	for (int i = 0; i < (int) lengthof(tables) && !changed; i++)
		changed = table_changed(tables[i], since, now);
	UnregisterSnapshot(now);
	return changed;
}
