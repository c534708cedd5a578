/*
 * identity.c: OIDs of the extension, names of schemas and columns.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/namespace.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_class.h"
#include "catalog/pg_extension.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "catalog/catalog.h"
#include "catalog/catalog_int.h"
#include "compat.h"

static struct
{
	bool		valid;
	uint64		generation;
	Oid			owner;
	Oid			schema;
}			identity;

/*
 * Look up the extension; throws when there is none. pg_extension has no
 * syscache, so we cache the result until the next invalidation: DROP EXTENSION
 * sends some.
 */
static void
find_extension(void)
{
	uint64		generation = rr_catalog_generation_peek();
	Oid			schema;
	Relation	rel;
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	tuple;

	if (identity.valid && identity.generation == generation)
		return;
	identity.valid = false;
	rel = table_open(ExtensionRelationId, AccessShareLock);
	ScanKeyInit(&key, Anum_pg_extension_extname, BTEqualStrategyNumber, F_NAMEEQ,
				CStringGetDatum("remote_rel"));
	scan = systable_beginscan(rel, ExtensionNameIndexId, true, NULL, 1, &key);
	tuple = systable_getnext(scan);
	if (HeapTupleIsValid(tuple))
	{
		Form_pg_extension form = (Form_pg_extension) GETSTRUCT(tuple);

		identity.owner = form->extowner;
		identity.valid = true;
	}
	systable_endscan(scan);
	table_close(rel, AccessShareLock);
	schema = get_namespace_oid("remote_rel", true);
	if (!identity.valid || !OidIsValid(schema))
	{
		identity.valid = false;
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("extension remote_rel is not installed in this database"),
				 errhint("Run CREATE EXTENSION remote_rel.")));
	}
	identity.schema = schema;
	identity.generation = generation;
}

Oid
rr_extension_owner(void)
{
	find_extension();
	return identity.owner;
}

Oid
rr_catalog_schema_oid(void)
{
	find_extension();
	return identity.schema;
}

char	   *
rr_namespace_name(Oid namespace)
{
	char	   *name = get_namespace_name(namespace);

	if (name == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_SCHEMA),
				 errmsg("schema with OID %u does not exist", namespace)));
	return name;
}

char	  **
rr_table_columns(Oid table, int *n)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(table));
	char	  **columns;

	*n = HeapTupleIsValid(tuple) ? ((Form_pg_class) GETSTRUCT(tuple))->relnatts : 0;
	if (HeapTupleIsValid(tuple))
		ReleaseSysCache(tuple);
	columns = palloc0(sizeof(char *) * *n);
	for (int i = 0; i < *n; i++)
	{
		tuple = SearchSysCache2(ATTNUM, ObjectIdGetDatum(table), Int16GetDatum(i + 1));
		if (!HeapTupleIsValid(tuple))
			continue;
		if (!((Form_pg_attribute) GETSTRUCT(tuple))->attisdropped)
			columns[i] = pstrdup(NameStr(((Form_pg_attribute) GETSTRUCT(tuple))->attname));
		ReleaseSysCache(tuple);
	}
	return columns;
}
