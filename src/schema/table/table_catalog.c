/*
 * table_catalog.c: the exposed relations as the system catalogs have them.
 *
 * Read by systable scans, that is under catalog snapshots: what SPI would see
 * under the transaction's snapshot may be older than the invalidations already
 * received, and then a stale schema would look fresh.
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
#include "catalog/pg_depend.h"
#include "catalog/pg_extension.h"
#include "catalog/pg_namespace.h"
#include "common/hashfn.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/hsearch.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/syscache.h"
#include "utils/varlena.h"

#include "compat.h"
#include "schema/remote/remote.h"
#include "schema/table/table_int.h"
#include "settings.h"

typedef struct TableEntry
{
	Oid			oid;
	RrTable    *table;
} TableEntry;

/* Relations found, before it is known which one has its name. */
typedef struct Found
{
	RrTable    *table;
	int			rank;			/* of its schema: public first, then by
								 * exposed_schemas */
} Found;

bool
rr_spellable(const char *text)
{
	return gql_is_name(text) && strncmp(text, "__", 2) != 0;
}

RrTable    *
rr_database_table(const RrDatabase *db, Oid oid)
{
	TableEntry *entry = hash_search(db->by_oid, &oid, HASH_FIND, NULL);

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
rr_table_column_named(const RrTable *table, const char *name)
{
	for (int i = 0; i < table->ncolumns; i++)
		if (strcmp(table->columns[i].name, name) == 0)
			return &table->columns[i];
	return NULL;
}

const RrKey *
rr_table_primary_key(const RrTable *table)
{
	const RrKey *first = table->keys ? linitial(table->keys) : NULL;

	return first && first->primary ? first : NULL;
}

/* ---- fingerprints ---- */

/*
 * A table's invalidations are mostly about statistics and storage. So that
 * these need not count, what matters of its rows in the catalogs is hashed,
 * here as it is read, and again when an invalidation came.
 */
static void
mix(uint64 *fingerprint, const void *data, int len)
{
	*fingerprint = hash_bytes_extended(data, len, *fingerprint);
}

static uint64
class_fingerprint(Relation class, HeapTuple tuple)
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
static void
mix_tuple(uint64 *fingerprint, HeapTuple tuple)
{
	/* the bits that tell nulls, and the values */
	mix(fingerprint, tuple->t_data->t_bits, tuple->t_len - SizeofHeapTupleHeader);
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
	scan = systable_beginscan(depend, DependReferenceIndexId, true, NULL, 1, &key);
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

/* An exposed schema. */
typedef struct Exposed
{
	Oid			oid;
	const char *name;
	bool		is_public;
	int			rank;			/* public before all, the others in the order
								 * of the setting */
} Exposed;

static const Exposed *
find_exposed(List *schemas, Oid schema)
{
	ListCell   *lc;

	foreach(lc, schemas)
	{
		const Exposed *exposed = lfirst(lc);

		if (exposed->oid == schema)
			return exposed;
	}
	return NULL;
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
make_table(Relation class, HeapTuple tuple, const Exposed *schema)
{
	Form_pg_class form = (Form_pg_class) GETSTRUCT(tuple);
	RrTable    *table = palloc0(sizeof(RrTable));

	table->oid = form->oid;
	table->schema_oid = form->relnamespace;
	table->row_type = form->reltype;
	table->fingerprint = class_fingerprint(class, tuple);
	table->owner = form->relowner;
	table->schema = schema->name;
	table->relation = pstrdup(NameStr(form->relname));
	table->name = schema->is_public ? table->relation : psprintf("%s_%s", schema->name,
																 table->relation);
	table->relkind = form->relkind;
	table->row_security = form->relrowsecurity;
	table->force_row_security = form->relforcerowsecurity;
	table->has_children = form->relhassubclass && form->relkind != RELKIND_PARTITIONED_TABLE;
	gql_names_init(&table->links, CurrentMemoryContext);
	gql_names_init(&table->computed, CurrentMemoryContext);
	return table;
}

static int
compare_found(const void *a, const void *b)
{
	const Found *x = a,
			   *y = b;
	int			order = strcmp(x->table->name, y->table->name);

	return order != 0 ? order : x->rank - y->rank;
}

/*
 * Names that a table's types and root fields take besides its own. A table
 * named books_aggregate cannot stand beside one named books.
 */
static bool
takes_derived_name(const RrDatabase *db, const char *name, const RrTable **of)
{
	static const char *const suffixes[] = {
		"_aggregate", "_by_pk", "_bool_exp", "_order_by", "_select_column", "_comparison_exp",
		"_insert_input", "_set_input", "_inc_input", "_mutation_response", "_on_conflict",
		"_constraint", "_update_column",
		"_pk_columns_input", "_updates", "_append_input", "_prepend_input", "_delete_key_input",
		"_delete_elem_input",
		"_delete_at_path_input", "_obj_rel_insert_input", "_arr_rel_insert_input",
		"_aggregate_fields", "_aggregate_order_by", "_aggregate_bool_exp",
		"_sum_fields", "_avg_fields", "_stddev_fields", "_stddev_pop_fields",
		"_stddev_samp_fields", "_var_pop_fields",
		"_var_samp_fields", "_variance_fields", "_max_fields", "_min_fields",
		"_sum_order_by", "_avg_order_by", "_stddev_order_by", "_stddev_pop_order_by",
		"_stddev_samp_order_by",
		"_var_pop_order_by", "_var_samp_order_by", "_variance_order_by", "_max_order_by",
		"_min_order_by",
	};
	int			len = strlen(name);

	for (int i = 0; i < (int) lengthof(suffixes); i++)
	{
		int			suffix_len = strlen(suffixes[i]);

		if (len <= suffix_len || strcmp(name + len - suffix_len, suffixes[i]) != 0)
			continue;
		*of = gql_names_get(&db->tables, pnstrdup(name, len - suffix_len));
		if (*of != NULL)
			return true;
	}
	return false;
}

static bool
is_fixed_name(const char *name)
{
	static const char *const fixed[] = {
		"query_root", "mutation_root", "order_by", "no_queries_available", "Int", "Float",
		"String", "Boolean", "ID",
		"jsonb_cast_exp",
	};

	for (int i = 0; i < (int) lengthof(fixed); i++)
		if (strcmp(name, fixed[i]) == 0)
			return true;
	return false;
}

/* Give out names: found is sorted, so of equal ones the first has it. */
static void
enter_tables(RrDatabase *db, Found *found, int n)
{
	for (int i = 0; i < n; i++)
	{
		RrTable    *table = found[i].table;
		const char *label = quote_qualified_identifier(table->schema, table->relation);
		const RrTable *other;
		TableEntry *entry;

		if (!rr_spellable(table->name))
			rr_database_inconsistent(db, "table", label, "\"%s\" is not a GraphQL name",
									 table->name);
		else if (is_fixed_name(table->name))
			rr_database_inconsistent(db, "table", label,
									 "\"%s\" is a type of its own in every schema", table->name);
		else if ((other = gql_names_get(&db->tables, table->name)) != NULL)
			rr_database_inconsistent(db, "table", label, "the name \"%s\" is taken by %s",
									 table->name,
									 quote_qualified_identifier(other->schema, other->relation));
		else if (takes_derived_name(db, table->name, &other))
			rr_database_inconsistent(db, "table", label, "the name \"%s\" is one that %s needs",
									 table->name,
									 quote_qualified_identifier(other->schema, other->relation));
		else
		{
			table->number = db->tables.n;
			gql_names_add(&db->tables, table);
			entry = hash_search(db->by_oid, &table->oid, HASH_ENTER, NULL);
			entry->table = table;
		}
	}
}

static void
read_tables(RrDatabase *db, List *schemas)
{
	HTAB	   *members = extension_relations();
	Relation	class = table_open(RelationRelationId, AccessShareLock);
	SysScanDesc scan = systable_beginscan(class, InvalidOid, false, NULL, 0, NULL);
	int			n = 0,
				capacity = 64;
	Found	   *found = palloc(capacity * sizeof(Found));
	HeapTuple	tuple;

	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_class form = (Form_pg_class) GETSTRUCT(tuple);
		const Exposed *schema = find_exposed(schemas, form->relnamespace);

		if (schema == NULL || !is_exposed_kind(form) || hash_search(members, &form->oid,
																	HASH_FIND, NULL))
			continue;
		if (n == capacity)
			found = repalloc(found, (capacity *= 2) * sizeof(Found));
		found[n].table = make_table(class, tuple, schema);
		found[n++].rank = schema->rank;
	}
	systable_endscan(scan);
	table_close(class, AccessShareLock);
	hash_destroy(members);

	qsort(found, n, sizeof(Found), compare_found);
	enter_tables(db, found, n);
	pfree(found);
}

/* ---- pg_attribute ---- */

static SysScanDesc
scan_columns(Relation attributes, Oid table)
{
	ScanKeyData keys[2];

	ScanKeyInit(&keys[0], Anum_pg_attribute_attrelid, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(table));
	ScanKeyInit(&keys[1], Anum_pg_attribute_attnum, BTGreaterStrategyNumber, F_INT2GT,
				Int16GetDatum(0));
	return systable_beginscan(attributes, AttributeRelidNumIndexId, true, NULL, 2, keys);
}

static void
read_columns(RrDatabase *db, RrTable *table, Relation attributes)
{
	bool		is_view = table->relkind == RELKIND_VIEW || table->relkind == RELKIND_MATVIEW;
	int			capacity = 16;
	SysScanDesc scan = scan_columns(attributes, table->oid);
	HeapTuple	tuple;

	table->columns = palloc0(capacity * sizeof(RrColumn));
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_attribute form = (Form_pg_attribute) GETSTRUCT(tuple);
		RrColumn   *column;

		mix_tuple(&table->fingerprint, tuple);
		if (form->attisdropped)
			continue;
		if (table->ncolumns == capacity)
			table->columns = repalloc(table->columns, (capacity *= 2) * sizeof(RrColumn));
		column = &table->columns[table->ncolumns++];
		column->name = pstrdup(NameStr(form->attname));
		column->attnum = form->attnum;
		column->type = form->atttypid;
		column->typmod = form->atttypmod;
		column->not_null = form->attnotnull && !is_view;
		column->has_acl = !heap_attisnull(tuple, Anum_pg_attribute_attacl,
										  RelationGetDescr(attributes));
		column->spellable = rr_spellable(column->name);
		column->has_default = form->atthasdef;
		column->identity = form->attidentity;
		column->generated = form->attgenerated;
		table->has_column_acl |= column->has_acl;
		if (!column->spellable)
			rr_database_inconsistent(db, "column", psprintf("%s.%s",
															quote_qualified_identifier(table->schema, table->relation),
															quote_identifier(column->name)),
									 "\"%s\" is not a GraphQL name", column->name);
	}
	systable_endscan(scan);
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
	key->attnums = attnum_array(tuple, constraints, Anum_pg_constraint_conkey, &key->nkeys);
	key->target_attnums = attnum_array(tuple, constraints, Anum_pg_constraint_confkey, &n);
	operators = DatumGetArrayTypeP(heap_getattr(tuple, Anum_pg_constraint_conpfeqop,
												RelationGetDescr(constraints), &isnull));
	key->operators = palloc(n * sizeof(Oid));
	memcpy(key->operators, ARR_DATA_PTR(operators), n * sizeof(Oid));
	table->foreign_keys = lappend(table->foreign_keys, key);
	target->references = lappend(target->references, key);
}

static SysScanDesc
scan_constraints(Relation constraints, Oid table)
{
	ScanKeyData key;

	ScanKeyInit(&key, Anum_pg_constraint_conrelid, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(table));
	return systable_beginscan(constraints, ConstraintRelidTypidNameIndexId, true, NULL, 1, &key);
}

static void
read_constraints(RrDatabase *db, RrTable *table, Relation constraints)
{
	SysScanDesc scan = scan_constraints(constraints, table->oid);
	HeapTuple	tuple;

	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_constraint form = (Form_pg_constraint) GETSTRUCT(tuple);

		mix_tuple(&table->fingerprint, tuple);

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
}

/* ---- schemas ---- */

/*
 * The schemas of remote_rel.exposed_schemas: Exposed *; also those that do not
 * exist (yet).
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
		Exposed    *exposed;
		Oid			oid = GetSysCacheOid1(NAMESPACENAME, Anum_pg_namespace_oid,
										  CStringGetDatum(lfirst(lc)));

		exposed = palloc(sizeof(Exposed));
		exposed->oid = oid;
		exposed->name = lfirst(lc);
		exposed->is_public = strcmp(exposed->name, "public") == 0;
		exposed->rank = exposed->is_public ? 0 : list_length(schemas) + 1;
		schemas = lappend(schemas, exposed);
	}
	return schemas;
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
		fingerprint = class_fingerprint(class, tuple);
		ReleaseSysCache(tuple);
		scan = scan_columns(attributes, oid);
		while (HeapTupleIsValid(tuple = systable_getnext(scan)))
			mix_tuple(&fingerprint, tuple);
		systable_endscan(scan);
		scan = scan_constraints(constraints, oid);
		while (HeapTupleIsValid(tuple = systable_getnext(scan)))
			mix_tuple(&fingerprint, tuple);
		systable_endscan(scan);
	}
	table_close(constraints, AccessShareLock);
	table_close(attributes, AccessShareLock);
	table_close(class, AccessShareLock);
	return table == NULL || fingerprint != table->fingerprint;
}

static void
watch_database(RrDatabase *db, List *schemas)
{
	RrWatch		watch = {0};
	HASHCTL		info = {.keysize = sizeof(Oid), .entrysize = sizeof(Oid),
	.hcxt = CurrentMemoryContext};
	HTAB	   *seen = hash_create("remote_rel watched types", 64, &info,
								   HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	ListCell   *lc;

	foreach(lc, schemas)
	{
		const Exposed *schema = lfirst(lc);

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
			rr_numbers_add(&watch.constraints, GetSysCacheHashValue1(CONSTROID,
																	 ObjectIdGetDatum(((const RrKey *) lfirst(lc))->oid)));
		gql_foreach(RrFunction, computed, &table->computed)
			watch_function(&watch, computed);
	}
	gql_foreach(RrFunction, function, &db->functions)
		watch_function(&watch, function);
	watch.changed = table_changed;
	watch.arg = db;
	rr_catalog_watch(&watch);
	hash_destroy(seen);
}

/* ---- the whole ---- */

static void
read_database(RrDatabase *db)
{
	List	   *schemas = exposed_schemas();
	Relation	attributes,
				constraints;

	rr_catalog_watch(NULL);
	read_tables(db, schemas);

	attributes = table_open(AttributeRelationId, AccessShareLock);
	gql_foreach(RrTable, table, &db->tables)
		read_columns(db, table, attributes);
	table_close(attributes, AccessShareLock);

	constraints = table_open(ConstraintRelationId, AccessShareLock);
	gql_foreach(RrTable, table, &db->tables)
		read_constraints(db, table, constraints);
	table_close(constraints, AccessShareLock);

	rr_database_functions(db);
	rr_database_link(db);
	rr_database_check_table_joins(db);
	watch_database(db, schemas);
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
	HASHCTL		tables = {.keysize = sizeof(Oid), .entrysize = sizeof(TableEntry), .hcxt = cxt};
	HASHCTL		scalars = {.keysize = sizeof(Oid), .entrysize = sizeof(RrScalar), .hcxt = cxt};

	db->cxt = cxt;
	db->refs = 1;
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
rr_database_unref(RrDatabase *db)
{
	Assert(db->refs > 0);
	if (--db->refs == 0)
		MemoryContextDelete(db->cxt);
}
