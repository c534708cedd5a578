/*
 * lookup.c: finds schemas, tables and functions by name, as they are now or as
 * a snapshot sees them.
 *
 * The server's caches show what is there now. A role schema is made of one
 * snapshot (schema/role_schema_cache.c): names in the metadata that this
 * snapshot sees mean what they meant then, also when somebody renames tables
 * meanwhile. While one is made, the catalogs are scanned under that snapshot.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/indexing.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_proc.h"
#include "utils/builtins.h"
#include "utils/catcache.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"

#include "catalog/catalog.h"
#include "compat.h"

static Snapshot under;			/* NULL: now */

Snapshot
rr_lookup_under(Snapshot snapshot)
{
	Snapshot	before = under;

	under = snapshot;
	return before;
}

/* ---- under a snapshot ---- */

/* Longer names are nobody's. */
static bool
name_key(ScanKey key, AttrNumber attnum, const char *text)
{
	NameData   *name;

	if (strlen(text) >= NAMEDATALEN)
		return false;
	name = palloc0(sizeof(NameData));
	namestrcpy(name, text);
	ScanKeyInit(key, attnum, BTEqualStrategyNumber, F_NAMEEQ, NameGetDatum(name));
	return true;
}

/* What a scan finds. */
typedef struct Found
{
	Oid			oid;			/* of the last one */
	int			n;
} Found;

/* Is it what is looked for? Then its OID. */
typedef Oid (*Match) (HeapTuple tuple, Oid namespace);

static Found
find(Oid catalog, Oid index, int nkeys, ScanKey keys, Match match, Oid namespace)
{
	Relation	rel = table_open(catalog, AccessShareLock);
	SysScanDesc scan = systable_beginscan(rel, index, true, under, nkeys, keys);
	Found		found = {InvalidOid, 0};
	HeapTuple	tuple;

	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Oid			oid = match(tuple, namespace);

		if (!OidIsValid(oid))
			continue;
		found.oid = oid;
		found.n++;
	}
	systable_endscan(scan);
	table_close(rel, AccessShareLock);
	return found;
}

static Oid
match_schema(HeapTuple tuple, Oid namespace pg_attribute_unused())
{
	return ((Form_pg_namespace) GETSTRUCT(tuple))->oid;
}

static Oid
match_table(HeapTuple tuple, Oid namespace pg_attribute_unused())
{
	return ((Form_pg_class) GETSTRUCT(tuple))->oid;
}

static Oid
match_function(HeapTuple tuple, Oid namespace)
{
	Form_pg_proc form = (Form_pg_proc) GETSTRUCT(tuple);

	return form->pronamespace == namespace && form->prokind == PROKIND_FUNCTION ? form->oid
		: InvalidOid;
}

static Oid
table_then(const char *name, Oid namespace)
{
	ScanKeyData keys[2];

	if (!name_key(&keys[0], Anum_pg_class_relname, name))
		return InvalidOid;
	ScanKeyInit(&keys[1], Anum_pg_class_relnamespace, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(namespace));
	return find(RelationRelationId, ClassNameNspIndexId, 2, keys, match_table, InvalidOid).oid;
}

static Found
functions_then(const char *name, Oid namespace)
{
	ScanKeyData key;

	if (!name_key(&key, Anum_pg_proc_proname, name))
		return (Found) {InvalidOid, 0};
	return find(ProcedureRelationId, ProcedureNameArgsNspIndexId, 1, &key, match_function,
				namespace);
}

/* ---- now ---- */

static Found
functions_now(const char *name, Oid namespace)
{
	CatCList   *list = SearchSysCacheList1(PROCNAMEARGSNSP, CStringGetDatum(name));
	Found		found = {InvalidOid, 0};

	for (int i = 0; i < list->n_members; i++)
	{
		Oid			oid = match_function(&list->members[i]->tuple, namespace);

		if (!OidIsValid(oid))
			continue;
		found.oid = oid;
		found.n++;
	}
	ReleaseCatCacheList(list);
	return found;
}

/* ---- for others ---- */

Oid
rr_lookup_schema(const char *name)
{
	ScanKeyData key;

	if (under == NULL)
		return get_namespace_oid(name, true);
	if (!name_key(&key, Anum_pg_namespace_nspname, name))
		return InvalidOid;
	return find(NamespaceRelationId, NamespaceNameIndexId, 1, &key, match_schema, InvalidOid).oid;
}

Oid
rr_lookup_table(const char *schema, const char *name)
{
	Oid			namespace = rr_lookup_schema(schema);

	if (!OidIsValid(namespace))
		return InvalidOid;
	return under == NULL ? get_relname_relid(name, namespace) : table_then(name, namespace);
}

Oid
rr_lookup_function(const char *schema, const char *name, int *count)
{
	Oid			namespace = rr_lookup_schema(schema);
	Found		found = {InvalidOid, 0};

	if (OidIsValid(namespace))
		found = under == NULL ? functions_now(name, namespace) : functions_then(name, namespace);
	if (count)
		*count = found.n;
	return found.n == 1 ? found.oid : InvalidOid;
}
