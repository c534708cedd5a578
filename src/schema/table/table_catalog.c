/*
 * table_catalog.c: the exposed relations as the system catalogs have them.
 *
 * They are read under the active snapshot, as the metadata are, so that the
 * two go together. The caller has taken it after the invalidations that it
 * knows of. An older one might miss what they were about, and then a stale
 * schema would look fresh.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/indexing.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_class.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_depend.h"
#include "catalog/pg_extension.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/hsearch.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"
#include "utils/varlena.h"
#include "compat.h"
#include "settings.h"

#include "schema/remote/remote.h"
#include "schema/table/table_int.h"

bool
rr_spellable(const char *text)
{
	return gql_is_name(text) && strncmp(text, "__", 2) != 0;
}

RrTable    *
rr_database_table(const RrDatabase *db, Oid oid)
{
	RrTableEntry *entry = hash_search(db->by_oid, &oid, HASH_FIND, NULL);

	return entry ? entry->table : NULL;
}

const RrColumn *
rr_table_column(const RrTable *table, AttrNumber attnum)
{
	int			low = 0,
				high = table->ncolumns - 1;

	while (low <= high)
	{
		int			middle = (low + high) / 2;

		if (table->columns[middle].attnum == attnum)
			return &table->columns[middle];
		if (table->columns[middle].attnum < attnum)
			low = middle + 1;
		else
			high = middle - 1;
	}
	return NULL;
}

const RrColumn *
rr_table_column_named(const RrTable *table, const char *sql_name)
{
	for (int i = 0; i < table->ncolumns; i++)
		if (strcmp(table->columns[i].sql_name, sql_name) == 0)
			return &table->columns[i];
	return NULL;
}

const RrColumn *
rr_table_field_column(const RrTable *table, const char *graphql_name)
{
	for (int i = 0; i < table->ncolumns; i++)
		if (table->columns[i].spellable &&
			strcmp(table->columns[i].graphql_name, graphql_name) == 0)
			return &table->columns[i];
	return NULL;
}

const RrKey *
rr_table_primary_key(const RrTable *table)
{
	const RrKey *first = table->keys ? linitial(table->keys) : NULL;

	return first && first->primary ? first : NULL;
}

/* ---- exposed schemas ---- */

/*
 * The schemas of remote_rel.exposed_schemas: RrExposedSchema *; also those
 * that do not exist (yet).
 */
static List *
exposed_schemas(void)
{
	List	   *names,
			   *schemas = NIL;
	ListCell   *lc;

	if (!SplitIdentifierString(pstrdup(rr_exposed_schemas), ',', &names))
		return NIL;
	foreach(lc, names)
	{
		RrExposedSchema *exposed;
		Oid			oid = rr_lookup_schema(lfirst(lc));

		exposed = palloc(sizeof(RrExposedSchema));
		exposed->oid = oid;
		exposed->name = lfirst(lc);
		exposed->is_public = strcmp(exposed->name, "public") == 0;
		exposed->rank = exposed->is_public ? 0 : list_length(schemas) + 1;
		schemas = lappend(schemas, exposed);
	}
	return schemas;
}

static const RrExposedSchema *
find_exposed(List *schemas, Oid schema)
{
	ListCell   *lc;

	foreach(lc, schemas)
	{
		const RrExposedSchema *exposed = lfirst(lc);

		if (exposed->oid == schema)
			return exposed;
	}
	return NULL;
}

/* ---- pg_class ---- */

/* Relations that belong to an extension. */
static HTAB *
extension_relations(void)
{
	HASHCTL		info = {.keysize = sizeof(Oid), .entrysize = sizeof(Oid),
	.hcxt = CurrentMemoryContext};
	HTAB	   *set = hash_create("remote_rel extension members", 64, &info,
								  HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	Relation	depend = table_open(DependRelationId, AccessShareLock);
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	tuple;

	ScanKeyInit(&key, Anum_pg_depend_refclassid, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(ExtensionRelationId));
	scan = systable_beginscan(depend, DependReferenceIndexId, true, GetActiveSnapshot(), 1, &key);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_depend form = (Form_pg_depend) GETSTRUCT(tuple);

		if (form->classid == RelationRelationId && form->deptype == DEPENDENCY_EXTENSION)
			hash_search(set, &form->objid, HASH_ENTER, NULL);
	}
	systable_endscan(scan);
	table_close(depend, AccessShareLock);
	return set;
}

static bool
is_exposed_kind(Form_pg_class form)
{
	switch (form->relkind)
	{
		case RELKIND_RELATION:
		case RELKIND_PARTITIONED_TABLE:
		case RELKIND_VIEW:
		case RELKIND_MATVIEW:
		case RELKIND_FOREIGN_TABLE:
			return !form->relispartition && form->relpersistence != RELPERSISTENCE_TEMP;
		default:
			return false;
	}
}

static RrTable *
make_table(const RrDatabase *db, Relation class, HeapTuple tuple, const RrExposedSchema *schema)
{
	Form_pg_class form = (Form_pg_class) GETSTRUCT(tuple);
	RrTable    *table = palloc0(sizeof(RrTable));

	table->oid = form->oid;
	table->schema_oid = form->relnamespace;
	table->row_type = form->reltype;
	table->fingerprint = rr_class_fingerprint(class, tuple);
	table->owner = form->relowner;
	table->schema = schema->name;
	table->relation = pstrdup(NameStr(form->relname));
	table->custom = rr_table_customization(db, table->oid);
	table->name = rr_configured_table_name(db, table, schema->is_public ? table->relation
										   : psprintf("%s_%s", schema->name, table->relation));
	table->relkind = form->relkind;
	table->row_security = form->relrowsecurity;
	table->force_row_security = form->relforcerowsecurity;
	table->has_children = form->relhassubclass && form->relkind != RELKIND_PARTITIONED_TABLE;
	gql_names_init(&table->links, CurrentMemoryContext);
	gql_names_init(&table->computed, CurrentMemoryContext);
	return table;
}

static void
read_tables(RrDatabase *db, List *schemas)
{
	HTAB	   *members = extension_relations();
	Relation	class = table_open(RelationRelationId, AccessShareLock);
	SysScanDesc scan = systable_beginscan(class, InvalidOid, false, GetActiveSnapshot(), 0, NULL);
	int			n = 0,
				capacity = 64;
	RrFoundTable *found = palloc(capacity * sizeof(RrFoundTable));
	HeapTuple	tuple;

	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_class form = (Form_pg_class) GETSTRUCT(tuple);
		const RrExposedSchema *schema = find_exposed(schemas, form->relnamespace);

		if (schema == NULL || !is_exposed_kind(form) || hash_search(members, &form->oid,
																	HASH_FIND, NULL))
			continue;
		if (n == capacity)
			found = repalloc(found, (capacity *= 2) * sizeof(RrFoundTable));
		found[n].table = make_table(db, class, tuple, schema);
		if (found[n].table->custom != NULL && found[n].table->custom->hidden)
			continue;
		found[n++].rank = schema->rank;
	}
	systable_endscan(scan);
	table_close(class, AccessShareLock);
	hash_destroy(members);

	rr_database_enter_tables(db, found, n);
	pfree(found);
}

/* ---- pg_attribute ---- */

static const char *
relation_name(const RrTable *table)
{
	return quote_qualified_identifier(table->schema, table->relation);
}

static void
read_columns(RrDatabase *db, RrTable *table, Relation attributes)
{
	bool		is_view = table->relkind == RELKIND_VIEW || table->relkind == RELKIND_MATVIEW;
	int			capacity = 16;
	SysScanDesc scan = rr_scan_columns(attributes, table->oid, GetActiveSnapshot());
	HeapTuple	tuple;

	table->columns = palloc0(capacity * sizeof(RrColumn));
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_attribute form = (Form_pg_attribute) GETSTRUCT(tuple);
		RrColumn   *column;

		rr_fingerprint_tuple(&table->fingerprint, tuple);
		if (form->attisdropped)
			continue;
		if (table->ncolumns == capacity)
			table->columns = repalloc(table->columns, (capacity *= 2) * sizeof(RrColumn));
		column = &table->columns[table->ncolumns++];
		*column = (RrColumn) {0};
		column->sql_name = pstrdup(NameStr(form->attname));
		column->graphql_name = rr_configured_column_name(db, table, column->sql_name);
		column->attnum = form->attnum;
		column->type = form->atttypid;
		column->typmod = form->atttypmod;
		column->not_null = form->attnotnull && !is_view;
		column->has_acl = !heap_attisnull(tuple, Anum_pg_attribute_attacl,
										  RelationGetDescr(attributes));
		column->spellable = rr_spellable(column->graphql_name);
		column->has_default = form->atthasdef;
		column->identity = form->attidentity;
		column->generated = form->attgenerated;
		table->has_column_acl |= column->has_acl;
		if (!column->spellable)
			rr_database_inconsistent(db, "column",
									 psprintf("%s.%s", relation_name(table),
											  quote_identifier(column->sql_name)),
									 "\"%s\" is not a GraphQL name",
									 column->graphql_name);
	}
	systable_endscan(scan);
	rr_check_column_names(db, table);
}

/* ---- pg_constraint ---- */

static AttrNumber *
attnum_array(HeapTuple tuple, Relation constraints, int attribute, int *n)
{
	bool		isnull;
	Datum		datum = heap_getattr(tuple, attribute, RelationGetDescr(constraints), &isnull);
	ArrayType  *array;
	AttrNumber *result;

	if (isnull)
		elog(ERROR, "null column %d in a row of pg_constraint", attribute);
	array = DatumGetArrayTypeP(datum);
	*n = ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
	result = palloc(*n * sizeof(AttrNumber));
	memcpy(result, ARR_DATA_PTR(array), *n * sizeof(AttrNumber));
	return result;
}

static void
read_foreign_key(RrDatabase *db, RrTable *table, Relation constraints, HeapTuple tuple)
{
	Form_pg_constraint form = (Form_pg_constraint) GETSTRUCT(tuple);
	RrTable    *target = rr_database_table(db, form->confrelid);
	RrForeignKey *key;
	ArrayType  *operators;
	bool		isnull;
	int			n;

	if (target == NULL)
		return;
	key = palloc0(sizeof(RrForeignKey));
	key->name = pstrdup(NameStr(form->conname));
	key->table = table;
	key->target = target;
	key->trusted = !form->condeferrable && form->convalidated;
	key->valid = form->convalidated;
	key->attnums = attnum_array(tuple, constraints, Anum_pg_constraint_conkey, &key->nkeys);
	key->target_attnums = attnum_array(tuple, constraints, Anum_pg_constraint_confkey, &n);
	operators = DatumGetArrayTypeP(heap_getattr(tuple, Anum_pg_constraint_conpfeqop,
												RelationGetDescr(constraints), &isnull));
	key->operators = palloc(n * sizeof(Oid));
	memcpy(key->operators, ARR_DATA_PTR(operators), n * sizeof(Oid));
	table->foreign_keys = lappend(table->foreign_keys, key);
	target->references = lappend(target->references, key);
}

static void
read_constraints(RrDatabase *db, RrTable *table, Relation constraints)
{
	SysScanDesc scan = rr_scan_constraints(constraints, table->oid, GetActiveSnapshot());
	HeapTuple	tuple;

	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_constraint form = (Form_pg_constraint) GETSTRUCT(tuple);

		rr_fingerprint_tuple(&table->fingerprint, tuple);

		/*
		 * those below a partitioned table's constraint are its own
		 * implementation
		 */
		if (OidIsValid(form->conparentid))
			continue;
		if (form->contype == CONSTRAINT_FOREIGN && !rr_constraint_is_temporal(form))
			read_foreign_key(db, table, constraints, tuple);
		else if (form->contype == CONSTRAINT_PRIMARY || form->contype == CONSTRAINT_UNIQUE)
		{
			RrKey	   *unique = palloc0(sizeof(RrKey));

			unique->oid = form->oid;
			unique->name = pstrdup(NameStr(form->conname));
			unique->primary = form->contype == CONSTRAINT_PRIMARY;
			unique->deferrable = form->condeferrable;
			unique->attnums = attnum_array(tuple, constraints, Anum_pg_constraint_conkey,
										   &unique->nkeys);
			table->keys = unique->primary ? lcons(unique, table->keys)
				: lappend(table->keys, unique);
		}
	}
	systable_endscan(scan);
	rr_fingerprint_comments(&table->fingerprint, table->oid, GetActiveSnapshot());
}

/* ---- the whole ---- */

static void
read_database(RrDatabase *db)
{
	List	   *schemas = exposed_schemas();
	Relation	attributes,
				constraints;

	rr_catalog_watch(NULL);
	rr_database_naming(db);
	read_tables(db, schemas);

	attributes = table_open(AttributeRelationId, AccessShareLock);
	gql_foreach(RrTable, table, &db->tables)
		read_columns(db, table, attributes);
	table_close(attributes, AccessShareLock);

	constraints = table_open(ConstraintRelationId, AccessShareLock);
	gql_foreach(RrTable, table, &db->tables)
		read_constraints(db, table, constraints);
	table_close(constraints, AccessShareLock);

	rr_database_enums(db);
	rr_database_functions(db);
	rr_database_link(db);
	rr_database_check_table_joins(db);
	rr_database_watch(db, schemas);
}

RrDatabase *
rr_database_read(void)
{
	/*
	 * Under the current context until it is whole, so that an error leaves
	 * nothing behind.
	 */
	MemoryContext cxt = AllocSetContextCreate(CurrentMemoryContext, "remote_rel database",
											  ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(cxt);
	RrDatabase *db = palloc0(sizeof(RrDatabase));
	HASHCTL		tables = {.keysize = sizeof(Oid), .hcxt = cxt};
	HASHCTL		scalars = {.keysize = sizeof(Oid), .entrysize = sizeof(RrScalar), .hcxt = cxt};

	tables.entrysize = sizeof(RrTableEntry);
	db->cxt = cxt;
	gql_names_init(&db->tables, cxt);
	gql_names_init(&db->functions, cxt);
	db->by_oid = hash_create("remote_rel tables", 128, &tables,
							 HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	db->scalars = hash_create("remote_rel scalars", 64, &scalars,
							  HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	read_database(db);
	MemoryContextSwitchTo(old);
	MemoryContextSetParent(cxt, CacheMemoryContext);
	return db;
}

void
rr_database_free(RrDatabase *db)
{
	MemoryContextDelete(db->cxt);
}
