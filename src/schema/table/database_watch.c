/*
 * database_watch.c: which changes of the server's catalogs make the role
 * schemas stale.
 *
 * Most invalidations of a table are about statistics and storage. So that
 * these do not count, what matters of a table's rows in the catalogs is
 * hashed: by table_catalog.c as it reads them, and here when an invalidation
 * has come. catalog/generation.c receives the invalidations and asks whether a
 * table has changed.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/transam.h"
#include "catalog/indexing.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_class.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_description.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "utils/fmgroids.h"
#include "utils/hsearch.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"
#include "compat.h"

#include "schema/table/table_int.h"

/* ---- fingerprints ---- */

/* Add data to a fingerprint. */
static void
mix(uint64 *fingerprint, const void *data, int len)
{
	*fingerprint = hash_bytes_extended(data, len, *fingerprint);
}

uint64
rr_class_fingerprint(Relation class, HeapTuple tuple)
{
	Form_pg_class form = (Form_pg_class) GETSTRUCT(tuple);
	uint64		fingerprint = form->oid;
	bool		isnull;
	Datum		acl = heap_getattr(tuple, Anum_pg_class_relacl, RelationGetDescr(class), &isnull);
	const Oid	oids[] = {form->relnamespace, form->reltype, form->relowner};
	const char	flags[] = {
		form->relkind, form->relpersistence, form->relispartition, form->relrowsecurity,
		form->relforcerowsecurity,
		form->relhassubclass, isnull
	};

	mix(&fingerprint, NameStr(form->relname), strlen(NameStr(form->relname)));
	mix(&fingerprint, oids, sizeof(oids));
	mix(&fingerprint, flags, sizeof(flags));
	if (!isnull)
	{
		struct varlena *value = PG_DETOAST_DATUM(acl);

		mix(&fingerprint, VARDATA(value), VARSIZE(value) - VARHDRSZ);
	}
	return fingerprint;
}

/* Rows of pg_attribute and pg_constraint change by DDL only. */
void
rr_fingerprint_tuple(uint64 *fingerprint, HeapTuple tuple)
{
	/* the bits that tell nulls, and the values */
	mix(fingerprint, tuple->t_data->t_bits, tuple->t_len - SizeofHeapTupleHeader);
}

SysScanDesc
rr_scan_columns(Relation attributes, Oid table, Snapshot snapshot)
{
	ScanKeyData keys[2];

	ScanKeyInit(&keys[0], Anum_pg_attribute_attrelid, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(table));
	ScanKeyInit(&keys[1], Anum_pg_attribute_attnum, BTGreaterStrategyNumber, F_INT2GT,
				Int16GetDatum(0));
	return systable_beginscan(attributes, AttributeRelidNumIndexId, true, snapshot, 2, keys);
}

SysScanDesc
rr_scan_constraints(Relation constraints, Oid table, Snapshot snapshot)
{
	ScanKeyData key;

	ScanKeyInit(&key, Anum_pg_constraint_conrelid, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(table));
	return systable_beginscan(constraints, ConstraintRelidTypidNameIndexId, true, snapshot, 1,
							  &key);
}

/* Comments on the table and its columns. */
void
rr_fingerprint_comments(uint64 *fingerprint, Oid table, Snapshot snapshot)
{
	Relation	descriptions = table_open(DescriptionRelationId, AccessShareLock);
	ScanKeyData keys[2];
	SysScanDesc scan;
	HeapTuple	tuple;

	ScanKeyInit(&keys[0], Anum_pg_description_objoid, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(table));
	ScanKeyInit(&keys[1], Anum_pg_description_classoid, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(RelationRelationId));
	scan = systable_beginscan(descriptions, DescriptionObjIndexId, true, snapshot, 2, keys);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
		rr_fingerprint_tuple(fingerprint, tuple);
	systable_endscan(scan);
	table_close(descriptions, AccessShareLock);
}

/* ---- what to watch ---- */

static void
watch_type(RrWatch *watch, Oid type)
{
	Oid			element = get_element_type(type);
	Oid			base = getBaseType(type);

	rr_numbers_add(&watch->types, GetSysCacheHashValue1(TYPEOID, ObjectIdGetDatum(type)));
	if (base != type)
		watch_type(watch, base);
	else if (OidIsValid(element))
		watch_type(watch, element);
}

static void
watch_function(RrWatch *watch, const RrFunction *function)
{
	for (int i = 0; i < function->nargs; i++)
		watch_type(watch, function->arg_types[i]);
	watch_type(watch, function->result);
	rr_numbers_add(&watch->schema_names, GetSysCacheHashValue1(NAMESPACENAME,
															   CStringGetDatum(function->schema)));
}

/* Built-in types do not change; of the others each is watched once. */
static void
watch_columns(RrWatch *watch, const RrTable *table, HTAB *seen)
{
	for (int i = 0; i < table->ncolumns; i++)
	{
		bool		found;

		if (table->columns[i].type < FirstNormalObjectId)
			continue;
		hash_search(seen, &table->columns[i].type, HASH_ENTER, &found);
		if (!found)
			watch_type(watch, table->columns[i].type);
	}
}

/*
 * Whether a view or a foreign table can be changed depends on more than its
 * rows in these catalogs. Only DDL invalidates it, so that always counts.
 */
static bool
always_counts(const RrTable *table)
{
	return table->relkind == RELKIND_VIEW || table->relkind == RELKIND_FOREIGN_TABLE;
}

/* The class row first, then columns, then constraints, as they are read. */
static bool
table_changed(void *arg, Oid oid)
{
	const RrTable *table = rr_database_table(arg, oid);
	Relation	class = table_open(RelationRelationId, AccessShareLock);
	Relation	attributes = table_open(AttributeRelationId, AccessShareLock);
	Relation	constraints = table_open(ConstraintRelationId, AccessShareLock);
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(oid));
	uint64		fingerprint = 0;
	SysScanDesc scan;

	if (HeapTupleIsValid(tuple))
	{
		fingerprint = rr_class_fingerprint(class, tuple);
		ReleaseSysCache(tuple);
		scan = rr_scan_columns(attributes, oid, NULL);
		while (HeapTupleIsValid(tuple = systable_getnext(scan)))
			rr_fingerprint_tuple(&fingerprint, tuple);
		systable_endscan(scan);
		scan = rr_scan_constraints(constraints, oid, NULL);
		while (HeapTupleIsValid(tuple = systable_getnext(scan)))
			rr_fingerprint_tuple(&fingerprint, tuple);
		systable_endscan(scan);
		rr_fingerprint_comments(&fingerprint, oid, NULL);
	}
	table_close(constraints, AccessShareLock);
	table_close(attributes, AccessShareLock);
	table_close(class, AccessShareLock);
	return table == NULL || always_counts(table) || fingerprint != table->fingerprint;
}

void
rr_database_watch(RrDatabase *db, List *schemas)
{
	RrWatch		watch = {0};
	HASHCTL		info = {.keysize = sizeof(Oid), .entrysize = sizeof(Oid),
	.hcxt = CurrentMemoryContext};
	HTAB	   *seen = hash_create("remote_rel watched types", 64, &info,
								   HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	ListCell   *lc;

	foreach(lc, schemas)
	{
		const RrExposedSchema *schema = lfirst(lc);

		if (OidIsValid(schema->oid))
			rr_numbers_add(&watch.schemas, schema->oid);
		rr_numbers_add(&watch.schema_names, GetSysCacheHashValue1(NAMESPACENAME,
																  CStringGetDatum(schema->name)));
	}
	gql_foreach(RrTable, table, &db->tables)
	{
		rr_numbers_add(&watch.relations, table->oid);
		watch_columns(&watch, table, seen);
		foreach(lc, table->keys)
		{
			const RrKey *key = lfirst(lc);

			rr_numbers_add(&watch.constraints,
						   GetSysCacheHashValue1(CONSTROID, ObjectIdGetDatum(key->oid)));
		}
		gql_foreach(RrFunction, computed, &table->computed)
			watch_function(&watch, computed);
	}
	gql_foreach(RrFunction, function, &db->functions)
		watch_function(&watch, function);
	watch.changed = table_changed;
	watch.functions_changed = rr_database_functions_changed;
	watch.arg = db;
	rr_catalog_watch(&watch);
	hash_destroy(seen);
}
