/*
 * read.c: reads the extension's tables into C structs.
 *
 * It scans tables by OID under the active snapshot. So neither search_path nor
 * privileges matter, and a statement never sees half of another session's
 * change.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/namespace.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

#include "catalog/catalog.h"
#include "catalog/catalog_int.h"
#include "compat.h"

/* Columns, as in sql/remote_rel--1.0.sql. Updates add theirs at the end. */
enum
{
	Anum_remote_schema_name = 1,
	Anum_remote_schema_ordinal,
	Anum_remote_schema_definition,
	Anum_remote_schema_comment,
	Anum_remote_schema_sdl,
	Anum_remote_schema_sdl_given,
};

enum
{
	Anum_table_relationship_table_schema = 1,
	Anum_table_relationship_table_name,
	Anum_table_relationship_name,
	Anum_table_relationship_kind,
	Anum_table_relationship_definition,
	Anum_table_relationship_comment,
};

enum
{
	Anum_remote_relationship_remote_schema = 1,
	Anum_remote_relationship_type_name,
	Anum_remote_relationship_name,
	Anum_remote_relationship_definition,
};

enum
{
	Anum_permission_remote_schema = 1,
	Anum_permission_role,
	Anum_permission_sdl,
	Anum_permission_comment,
	Anum_permission_role_oid,
};

enum
{
	Anum_computed_field_table_schema = 1,
	Anum_computed_field_table_name,
	Anum_computed_field_name,
	Anum_computed_field_function_schema,
	Anum_computed_field_function_name,
	Anum_computed_field_table_argument,
	Anum_computed_field_session_argument,
	Anum_computed_field_comment,
};

enum
{
	Anum_tracked_function_function_schema = 1,
	Anum_tracked_function_function_name,
	Anum_tracked_function_configuration,
	Anum_tracked_function_comment,
};

enum
{
	Anum_table_customization_table_schema = 1,
	Anum_table_customization_table_name,
	Anum_table_customization_configuration,
	Anum_table_customization_hidden,
	Anum_table_customization_is_enum,
	Anum_table_customization_role_limits,
};

enum
{
	Anum_source_customization_name = 1,
	Anum_source_customization_customization,
};

enum
{
	Anum_query_collection_name = 1,
	Anum_query_collection_definition,
	Anum_query_collection_comment,
	Anum_query_collection_allowed,
};

/*
 * The tables and the types of their columns: n name, t text, j jsonb, i
 * integer, b boolean; in capitals where they may be NULL.
 */
static const struct
{
	const char *name;
	const char *columns;
}			catalogs[RR_NCATALOGS] = {
	[RR_CATALOG_REMOTE_SCHEMA] = {"remote_schema", "tijTTb"},
	[RR_CATALOG_TABLE_RELATIONSHIP] = {"table_relationship", "nnttjT"},
	[RR_CATALOG_REMOTE_SCHEMA_RELATIONSHIP] = {"remote_schema_relationship", "tttj"},
	[RR_CATALOG_REMOTE_SCHEMA_PERMISSION] = {"remote_schema_permission", "tntTo"},
	[RR_CATALOG_COMPUTED_FIELD] = {"computed_field", "nntnnTTT"},
	[RR_CATALOG_TRACKED_FUNCTION] = {"tracked_function", "nnJT"},
	[RR_CATALOG_TABLE_CUSTOMIZATION] = {"table_customization", "nnJbbj"},
	[RR_CATALOG_SOURCE_CUSTOMIZATION] = {"source_customization", "tj"},
	[RR_CATALOG_QUERY_COLLECTION] = {"query_collection", "tjTJ"},
};

const char *
rr_catalog_name(RrCatalog catalog)
{
	return catalogs[catalog].name;
}

/* The row being read. */
typedef struct Row
{
	HeapTuple	tuple;
	TupleDesc	desc;
	const char *table;
	const char *description;	/* what errors call it, or NULL */
} Row;

typedef void *(*RowReader) (Row *row, void *arg);

static bool
row_is_null(const Row *row, int attnum)
{
	return heap_attisnull(row->tuple, attnum, row->desc);
}

static const char *
row_text(const Row *row, int attnum)
{
	bool		isnull;
	Datum		value = heap_getattr(row->tuple, attnum, row->desc, &isnull);

	return isnull ? NULL : TextDatumGetCString(value);
}

static const char *
row_name(const Row *row, int attnum)
{
	bool		isnull;
	Datum		value = heap_getattr(row->tuple, attnum, row->desc, &isnull);

	return pstrdup(NameStr(*DatumGetName(value)));
}

static Jsonb *
row_jsonb(const Row *row, int attnum)
{
	bool		isnull;
	Datum		value = heap_getattr(row->tuple, attnum, row->desc, &isnull);

	return isnull ? NULL : DatumGetJsonbPCopy(value);
}

static void
row_error_context(void *arg)
{
	const Row  *row = arg;

	if (row->description)
		errcontext("row %s of remote_rel.%s", row->description, row->table);
}

static Oid
type_of(char code)
{
	switch (pg_tolower((unsigned char) code))
	{
		case 'n':
			return NAMEOID;
		case 'j':
			return JSONBOID;
		case 'i':
			return INT4OID;
		case 'b':
			return BOOLOID;
		case 'o':
			return OIDOID;
		default:
			return TEXTOID;
	}
}

/* Throw unless the columns have these types: a superuser can change them. */
static void
check_columns(RrCatalog catalog, TupleDesc desc)
{
	const char *columns = catalogs[catalog].columns;

	for (int i = 0; columns[i] != '\0'; i++)
	{
		Form_pg_attribute attribute = i < desc->natts ? TupleDescAttr(desc, i) : NULL;

		if (attribute == NULL || attribute->attisdropped ||
			attribute->atttypid != type_of(columns[i]) ||
			(columns[i] >= 'a' && !attribute->attnotnull))
			ereport(ERROR,
					(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
					 errmsg("column %d of table \"remote_rel.%s\" is not as the extension has made it",
							i + 1, catalogs[catalog].name),
					 errhint("Create the extension remote_rel again.")));
	}
}

/*
 * Pass each row that matches the keys to the reader. Returns the list of what
 * it returns, without NULLs. The keys are for the first columns of the primary
 * key. nkeys 0 is the whole table, -1 no row.
 */
static List *
read_rows(RrCatalog catalog, int nkeys, ScanKey keys, RowReader reader, void *arg)
{
	const char *table = catalogs[catalog].name;
	Oid			relid = get_relname_relid(table, rr_catalog_schema_oid());
	Oid			index = InvalidOid;
	List	   *result = NIL;
	Relation	rel;
	Snapshot	snapshot;
	SysScanDesc scan;
	Row			row = {.table = table};
	ErrorContextCallback callback = {.callback = row_error_context, .arg = &row};

	if (nkeys < 0)
		return NIL;
	if (!OidIsValid(relid))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("table \"remote_rel.%s\" is missing", table),
				 errhint("Create the extension remote_rel again.")));
	rel = table_open(relid, AccessShareLock);
	snapshot = RegisterSnapshot(ActiveSnapshotSet() ? GetActiveSnapshot()
								: GetTransactionSnapshot());
	row.desc = RelationGetDescr(rel);
	check_columns(catalog, row.desc);
	callback.previous = error_context_stack;
	error_context_stack = &callback;
	if (nkeys > 0)
		index = get_relname_relid(psprintf("%s_pkey", table), rr_catalog_schema_oid());
	scan = systable_beginscan(rel, index, OidIsValid(index), snapshot, nkeys, keys);
	while (HeapTupleIsValid(row.tuple = systable_getnext(scan)))
	{
		void	   *item;

		row.description = NULL;
		item = reader(&row, arg);
		if (item)
			result = lappend(result, item);
	}
	systable_endscan(scan);
	error_context_stack = callback.previous;
	UnregisterSnapshot(snapshot);
	table_close(rel, AccessShareLock);
	return result;
}

static void
name_key(ScanKey key, int attnum, const char *value)
{
	NameData   *name = palloc0(sizeof(NameData));

	namestrcpy(name, value);
	ScanKeyInit(key, attnum, BTEqualStrategyNumber, F_NAMEEQ, NameGetDatum(name));
}

/*
 * Make scan keys for (schema, name) of a source table, for read_rows().
 * Returns their number: 0 for InvalidOid, -1 if the table is gone.
 */
static int
table_keys(ScanKeyData keys[2], Oid source)
{
	const char *table_schema;
	const char *table_name;

	if (!OidIsValid(source))
		return 0;
	table_schema = get_namespace_name(get_rel_namespace(source));
	table_name = get_rel_name(source);
	if (table_schema == NULL || table_name == NULL)
		return -1;
	name_key(&keys[0], 1, table_schema);
	name_key(&keys[1], 2, table_name);
	return 2;
}

static void
text_key(ScanKey key, int attnum, const char *value)
{
	ScanKeyInit(key, attnum, BTEqualStrategyNumber, F_TEXTEQ, CStringGetTextDatum(value));
	key->sk_collation = DEFAULT_COLLATION_OID;
}

/*
 * The row with this whole key (schema, name of a table, name), or NULL. A name
 * longer than an identifier is nobody's.
 */
static void *
read_of_table(RrCatalog catalog, const char *schema, const char *table, const char *name,
			  RowReader reader)
{
	ScanKeyData keys[3];
	List	   *found;

	if (strlen(schema) >= NAMEDATALEN || strlen(table) >= NAMEDATALEN)
		return NULL;
	name_key(&keys[0], 1, schema);
	name_key(&keys[1], 2, table);
	text_key(&keys[2], 3, name);
	found = read_rows(catalog, 3, keys, reader, NULL);
	return found == NIL ? NULL : linitial(found);
}

/* ---- remote schemas ---- */

static void *
read_remote_schema(Row *row, void *arg)
{
	const char *wanted = arg;
	const char *name = row_text(row, Anum_remote_schema_name);
	RrRemoteSchema *remote;
	Jsonb	   *definition;
	bool		isnull;

	if (wanted && strcmp(name, wanted) != 0)
		return NULL;
	row->description = psprintf("\"%s\"", name);
	definition = row_jsonb(row, Anum_remote_schema_definition);
	remote = rr_remote_schema_from_json(name, rr_doc_root(definition, "definition"));
	remote->ordinal = DatumGetInt32(heap_getattr(row->tuple, Anum_remote_schema_ordinal,
												 row->desc, &isnull));
	remote->comment = row_text(row, Anum_remote_schema_comment);
	remote->sdl = row_text(row, Anum_remote_schema_sdl);
	remote->sdl_given = DatumGetBool(heap_getattr(row->tuple, Anum_remote_schema_sdl_given,
												  row->desc, &isnull));
	return remote;
}

static int
compare_ordinals(const ListCell *a, const ListCell *b)
{
	const RrRemoteSchema *left = lfirst(a);
	const RrRemoteSchema *right = lfirst(b);

	if (left->ordinal != right->ordinal)
		return left->ordinal < right->ordinal ? -1 : 1;
	return strcmp(left->name, right->name);
}

List	   *
rr_catalog_remote_schemas(void)
{
	List	   *remotes = read_rows(RR_CATALOG_REMOTE_SCHEMA, 0, NULL, read_remote_schema, NULL);

	list_sort(remotes, compare_ordinals);
	return remotes;
}

RrRemoteSchema *
rr_catalog_remote_schema(const char *name)
{
	List	   *remotes = read_rows(RR_CATALOG_REMOTE_SCHEMA, 0, NULL, read_remote_schema,
									unconstify(char *, name));

	return remotes == NIL ? NULL : linitial(remotes);
}

/* ---- relationships ---- */

/* The definition tells whether it leads to a remote schema or to a table. */
static void
read_definition(RrRelationship *relationship)
{
	const RrDoc *doc = rr_doc_root(relationship->definition, "definition");
	const RrDoc *to_remote_schema = rr_doc_get(doc, "to_remote_schema");

	if (to_remote_schema)
	{
		relationship->kind = RR_REL_TO_REMOTE_SCHEMA;
		relationship->to_remote_schema = rr_to_remote_schema_from_json(to_remote_schema);
	}
	else
	{
		relationship->kind = RR_REL_TO_SOURCE;
		relationship->to_source = rr_to_source_from_json(rr_doc_require(doc, "to_source"));
	}
}

static void *
read_table_relationship(Row *row, void *arg pg_attribute_unused())
{
	RrRelationship *relationship = palloc0(sizeof(RrRelationship));
	const char *kind = row_text(row, Anum_table_relationship_kind);

	relationship->name = row_text(row, Anum_table_relationship_name);
	relationship->source_schema = row_name(row, Anum_table_relationship_table_schema);
	relationship->source_table = row_name(row, Anum_table_relationship_table_name);
	row->description = psprintf("\"%s\" of \"%s.%s\"", relationship->name,
								relationship->source_schema, relationship->source_table);
	relationship->source = rr_lookup_table(relationship->source_schema, relationship->source_table);
	relationship->definition = row_jsonb(row, Anum_table_relationship_definition);
	relationship->comment = row_text(row, Anum_table_relationship_comment);
	if (strcmp(kind, "remote") == 0)
		read_definition(relationship);
	else
	{
		relationship->kind = strcmp(kind, "array") == 0 ? RR_REL_ARRAY : RR_REL_OBJECT;
		relationship->using = relationship->definition;
	}
	return relationship;
}

static void *
read_remote_relationship(Row *row, void *arg)
{
	const char *wanted = arg;
	const char *remote_schema = row_text(row, Anum_remote_relationship_remote_schema);
	RrRelationship *relationship;

	if (wanted && strcmp(remote_schema, wanted) != 0)
		return NULL;
	relationship = palloc0(sizeof(RrRelationship));
	relationship->source_remote_schema = remote_schema;
	relationship->source_type = row_text(row, Anum_remote_relationship_type_name);
	relationship->name = row_text(row, Anum_remote_relationship_name);
	row->description = psprintf("\"%s\" of type \"%s\" of \"%s\"", relationship->name,
								relationship->source_type, remote_schema);
	relationship->definition = row_jsonb(row, Anum_remote_relationship_definition);
	read_definition(relationship);
	return relationship;
}

static int
compare_strings(const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		return (a != NULL) - (b != NULL);
	return strcmp(a, b);
}

static int
compare_relationships(const ListCell *a, const ListCell *b)
{
	const RrRelationship *left = lfirst(a);
	const RrRelationship *right = lfirst(b);
	int			result;

	if ((result = compare_strings(left->source_schema, right->source_schema)) != 0 ||
		(result = compare_strings(left->source_table, right->source_table)) != 0 ||
		(result = compare_strings(left->source_remote_schema, right->source_remote_schema)) != 0 ||
		(result = compare_strings(left->source_type, right->source_type)) != 0)
		return result;
	return strcmp(left->name, right->name);
}

List	   *
rr_catalog_table_relationships(Oid source)
{
	ScanKeyData keys[2];
	int			nkeys = table_keys(keys, source);
	List	   *relationships = read_rows(RR_CATALOG_TABLE_RELATIONSHIP, nkeys, keys,
										  read_table_relationship, NULL);

	list_sort(relationships, compare_relationships);
	return relationships;
}

RrRelationship *
rr_catalog_table_relationship(const char *schema, const char *table, const char *name)
{
	return read_of_table(RR_CATALOG_TABLE_RELATIONSHIP, schema, table, name,
						 read_table_relationship);
}

RrRelationship *
rr_catalog_remote_relationship(const char *remote_schema, const char *type_name, const char *name)
{
	ScanKeyData keys[3];
	List	   *found;

	text_key(&keys[0], 1, remote_schema);
	text_key(&keys[1], 2, type_name);
	text_key(&keys[2], 3, name);
	found = read_rows(RR_CATALOG_REMOTE_SCHEMA_RELATIONSHIP, 3, keys, read_remote_relationship,
					  NULL);
	return found == NIL ? NULL : linitial(found);
}

List	   *
rr_catalog_remote_relationships(const char *remote_schema)
{
	List	   *relationships = read_rows(RR_CATALOG_REMOTE_SCHEMA_RELATIONSHIP, 0, NULL,
										  read_remote_relationship,
										  unconstify(char *, remote_schema));

	list_sort(relationships, compare_relationships);
	return relationships;
}

/* ---- permissions ---- */

static void *
read_permission(Row *row, void *arg)
{
	const char *wanted = arg;
	const char *remote_schema = row_text(row, Anum_permission_remote_schema);
	RrPermission *permission;
	bool		isnull;

	if (wanted && strcmp(remote_schema, wanted) != 0)
		return NULL;
	permission = palloc0(sizeof(RrPermission));
	permission->remote_schema = remote_schema;
	permission->role = row_name(row, Anum_permission_role);
	permission->sdl = row_text(row, Anum_permission_sdl);
	permission->comment = row_text(row, Anum_permission_comment);
	permission->role_oid = DatumGetObjectId(heap_getattr(row->tuple, Anum_permission_role_oid,
														 row->desc, &isnull));
	return permission;
}

static int
compare_permissions(const ListCell *a, const ListCell *b)
{
	const RrPermission *left = lfirst(a);
	const RrPermission *right = lfirst(b);
	int			result = strcmp(left->remote_schema, right->remote_schema);

	return result ? result : strcmp(left->role, right->role);
}

List	   *
rr_catalog_permissions(const char *remote_schema)
{
	List	   *permissions = read_rows(RR_CATALOG_REMOTE_SCHEMA_PERMISSION, 0, NULL,
										read_permission, unconstify(char *, remote_schema));

	list_sort(permissions, compare_permissions);
	return permissions;
}

/* ---- computed fields, tracked functions ---- */

static void *
read_computed_field(Row *row, void *arg pg_attribute_unused())
{
	RrComputedField *field = palloc0(sizeof(RrComputedField));

	field->source_schema = row_name(row, Anum_computed_field_table_schema);
	field->source_table = row_name(row, Anum_computed_field_table_name);
	field->source = rr_lookup_table(field->source_schema, field->source_table);
	field->name = row_text(row, Anum_computed_field_name);
	field->function_schema = row_name(row, Anum_computed_field_function_schema);
	field->function_name = row_name(row, Anum_computed_field_function_name);
	field->function = rr_lookup_function(field->function_schema, field->function_name, NULL);
	field->table_argument = row_text(row, Anum_computed_field_table_argument);
	field->session_argument = row_text(row, Anum_computed_field_session_argument);
	field->comment = row_text(row, Anum_computed_field_comment);
	return field;
}

static int
compare_computed_fields(const ListCell *a, const ListCell *b)
{
	const RrComputedField *left = lfirst(a);
	const RrComputedField *right = lfirst(b);
	int			result;

	if ((result = strcmp(left->source_schema, right->source_schema)) != 0 ||
		(result = strcmp(left->source_table, right->source_table)) != 0)
		return result;
	return strcmp(left->name, right->name);
}

List	   *
rr_catalog_computed_fields(Oid source)
{
	ScanKeyData keys[2];
	List	   *fields = read_rows(RR_CATALOG_COMPUTED_FIELD, table_keys(keys, source), keys,
								   read_computed_field, NULL);

	list_sort(fields, compare_computed_fields);
	return fields;
}

RrComputedField *
rr_catalog_computed_field(const char *schema, const char *table, const char *name)
{
	return read_of_table(RR_CATALOG_COMPUTED_FIELD, schema, table, name, read_computed_field);
}

static void *
read_tracked_function(Row *row, void *arg pg_attribute_unused())
{
	RrTrackedFunction *function = palloc0(sizeof(RrTrackedFunction));

	function->function_schema = row_name(row, Anum_tracked_function_function_schema);
	function->function_name = row_name(row, Anum_tracked_function_function_name);
	row->description = psprintf("\"%s.%s\"", function->function_schema, function->function_name);
	function->function = rr_lookup_function(function->function_schema, function->function_name,
											NULL);
	function->comment = row_text(row, Anum_tracked_function_comment);
	if (!row_is_null(row, Anum_tracked_function_configuration))
	{
		const RrDoc *doc;
		const RrDoc *names;

		function->configuration = row_jsonb(row, Anum_tracked_function_configuration);
		doc = rr_doc_root(function->configuration, "configuration");
		names = rr_doc_get(doc, "custom_root_fields");
		function->exposed_as = rr_doc_get_text(doc, "exposed_as", NULL);
		function->session_argument = rr_doc_get_text(doc, "session_argument", NULL);
		function->custom_name = rr_doc_get_text(names, "function",
												rr_doc_get_text(doc, "custom_name", NULL));
		function->custom_aggregate_name = rr_doc_get_text(names, "function_aggregate", NULL);
	}
	return function;
}

static int
compare_tracked_functions(const ListCell *a, const ListCell *b)
{
	const RrTrackedFunction *left = lfirst(a);
	const RrTrackedFunction *right = lfirst(b);
	int			result = strcmp(left->function_schema, right->function_schema);

	return result ? result : strcmp(left->function_name, right->function_name);
}

List	   *
rr_catalog_tracked_functions(void)
{
	List	   *functions = read_rows(RR_CATALOG_TRACKED_FUNCTION, 0, NULL,
									  read_tracked_function, NULL);

	list_sort(functions, compare_tracked_functions);
	return functions;
}

/* ---- names ---- */

static int
compare_limits(const ListCell *a, const ListCell *b)
{
	return strcmp(((const RrTableLimit *) lfirst(a))->role,
				  ((const RrTableLimit *) lfirst(b))->role);
}

/* {"limit", "allow_aggregations"} of each role */
static List *
read_limits(const RrDoc *doc)
{
	List	   *limits = NIL;
	ListCell   *lc;

	foreach(lc, rr_doc_members(doc))
	{
		const RrDoc *member = lfirst(lc);
		const RrDoc *rows = rr_doc_get(member, "limit");
		RrTableLimit *limit = palloc(sizeof(RrTableLimit));

		limit->role = member->key;
		limit->max_rows = rows ? rr_doc_int(rows, 0, PG_INT32_MAX) : -1;
		limit->allow_aggregations = rr_doc_get_bool(member, "allow_aggregations", true);
		limits = lappend(limits, limit);
	}
	list_sort(limits, compare_limits);
	return limits;
}

static void *
read_table_customization(Row *row, void *arg pg_attribute_unused())
{
	RrTableCustomization *custom = palloc0(sizeof(RrTableCustomization));
	bool		isnull;

	custom->source_schema = row_name(row, Anum_table_customization_table_schema);
	custom->source_table = row_name(row, Anum_table_customization_table_name);
	row->description = psprintf("\"%s.%s\"", custom->source_schema, custom->source_table);
	custom->source = rr_lookup_table(custom->source_schema, custom->source_table);
	custom->configuration = row_jsonb(row, Anum_table_customization_configuration);
	if (custom->configuration != NULL)
		rr_table_configuration_read(custom, rr_doc_root(custom->configuration, "configuration"));
	custom->hidden = DatumGetBool(heap_getattr(row->tuple, Anum_table_customization_hidden,
											   row->desc, &isnull));
	custom->is_enum = DatumGetBool(heap_getattr(row->tuple, Anum_table_customization_is_enum,
												row->desc, &isnull));
	custom->limits = read_limits(rr_doc_root(row_jsonb(row, Anum_table_customization_role_limits),
											 "role_limits"));
	return custom;
}

static int
compare_table_customizations(const ListCell *a, const ListCell *b)
{
	const RrTableCustomization *left = lfirst(a);
	const RrTableCustomization *right = lfirst(b);
	int			result = strcmp(left->source_schema, right->source_schema);

	return result ? result : strcmp(left->source_table, right->source_table);
}

List	   *
rr_catalog_table_customizations(Oid source)
{
	ScanKeyData keys[2];
	List	   *customs = read_rows(RR_CATALOG_TABLE_CUSTOMIZATION, table_keys(keys, source), keys,
									read_table_customization, NULL);

	list_sort(customs, compare_table_customizations);
	return customs;
}

static void *
read_source_customization(Row *row, void *arg pg_attribute_unused())
{
	Jsonb	   *json = row_jsonb(row, Anum_source_customization_customization);

	row->description = psprintf("\"%s\"", row_text(row, Anum_source_customization_name));
	return rr_naming_from_json(rr_doc_root(json, "customization"));
}

const RrNaming *
rr_catalog_naming(void)
{
	List	   *rows = read_rows(RR_CATALOG_SOURCE_CUSTOMIZATION, 0, NULL,
								 read_source_customization, NULL);

	return rows == NIL ? palloc0(sizeof(RrNaming)) : linitial(rows);
}

/* ---- query collections ---- */

static void *
read_query_collection(Row *row, void *arg pg_attribute_unused())
{
	RrQueryCollection *collection = palloc(sizeof(RrQueryCollection));

	collection->name = row_text(row, Anum_query_collection_name);
	collection->definition = row_jsonb(row, Anum_query_collection_definition);
	collection->comment = row_text(row, Anum_query_collection_comment);
	collection->allowed = row_jsonb(row, Anum_query_collection_allowed);
	return collection;
}

static int
compare_query_collections(const ListCell *a, const ListCell *b)
{
	return strcmp(((RrQueryCollection *) lfirst(a))->name,
				  ((RrQueryCollection *) lfirst(b))->name);
}

List	   *
rr_catalog_query_collections(void)
{
	List	   *collections = read_rows(RR_CATALOG_QUERY_COLLECTION, 0, NULL,
										read_query_collection, NULL);

	list_sort(collections, compare_query_collections);
	return collections;
}
