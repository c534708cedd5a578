/*
 * table_enum.c: tables whose rows are the values of a GraphQL enum
 * (books_enum). Columns that reference such a table have the enum's type.
 *
 * The rows are read under the snapshot that the catalogs are read by. Triggers
 * on the table (metadata/enum_table.c) make the role schemas stale when rows
 * change. Every role sees all values, whatever it may read of the table: they
 * are a part of the schema.
 */
#include "postgres.h"

#include "access/detoast.h"
#include "access/genam.h"
#include "access/htup_details.h"
#include "access/relation.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

#include "schema/table/table_int.h"

/* Who has more values than this wants no enum. */
#define MAX_ROWS 10000

/* Bytes of the values and comments of a table; each role's schema has them. */
#define MAX_BYTES (1024 * 1024)

/* How many wrong values a reason names. */
#define MAX_NAMED 5

/* Add a sentence, formatted as by printf(), to the reasons (StringInfo). */
#define add_reason(reasons, ...) \
	(appendStringInfoString(reasons, (reasons)->len > 0 ? " " : ""), \
	 appendStringInfo(reasons, __VA_ARGS__))

/* ---- the table's form ---- */

static bool
is_text(const RrColumn *column)
{
	return column->type == TEXTOID || column->type == VARCHAROID;
}

static const RrColumn *
key_column(const RrTable *table, StringInfo reasons)
{
	const RrKey *key = rr_table_primary_key(table);
	const RrColumn *column;

	if (key == NULL)
		add_reason(reasons, "It has no primary key.");
	else if (key->nkeys > 1)
		add_reason(reasons, "Its primary key has %d columns.", key->nkeys);
	else
	{
		column = rr_table_column(table, key->attnums[0]);
		if (is_text(column))
			return column;
		add_reason(reasons, "Its primary key, column \"%s\", has type %s, not text.",
				   column->sql_name, format_type_be(column->type));
	}
	return NULL;
}

static const RrColumn *
comment_column(const RrTable *table, const RrColumn *key, StringInfo reasons)
{
	const RrColumn *column;

	if (table->ncolumns > 2)
		add_reason(reasons, "It has %d columns: an enum table has its key, and may have a comment.",
				   table->ncolumns);
	if (table->ncolumns != 2 || key == NULL)
		return NULL;
	column = &table->columns[key == &table->columns[0] ? 1 : 0];
	if (is_text(column))
		return column;
	add_reason(reasons, "Its comment, column \"%s\", has type %s, not text.", column->sql_name,
			   format_type_be(column->type));
	return NULL;
}

/* ---- its rows ---- */

static bool
is_value_name(const char *text)
{
	return rr_spellable(text) && strcmp(text, "true") != 0 && strcmp(text, "false") != 0 &&
		strcmp(text, "null") != 0;
}

/* The column's text; takes its bytes from *left. NULL: null, or too long. */
static const char *
text_of(HeapTuple tuple, TupleDesc desc, const RrColumn *column, int64 *left)
{
	bool		isnull = true;
	Datum		datum = column ? heap_getattr(tuple, column->attnum, desc, &isnull) : (Datum) 0;

	if (isnull)
		return NULL;
	*left -= toast_raw_datum_size(datum);
	return *left < 0 ? NULL : TextDatumGetCString(datum);
}

static int
compare_rows(const void *a, const void *b)
{
	return strcmp(((const RrEnumRow *) a)->value, ((const RrEnumRow *) b)->value);
}

/* Is it still the column that the catalogs showed? The lock came later. */
static bool
has_column(TupleDesc desc, const RrColumn *column)
{
	return column->attnum <= desc->natts &&
		TupleDescAttr(desc, column->attnum - 1)->atttypid == column->type;
}

/*
 * Skips rows without a key. Under an old snapshot there may be some: they were
 * deleted before the table got its primary key.
 */
static void
scan_rows(RrTable *table, Relation rel, const RrColumn *key, const RrColumn *comment,
		  StringInfo reasons)
{
	Snapshot	snapshot = RegisterSnapshot(ActiveSnapshotSet() ? GetActiveSnapshot()
											: GetTransactionSnapshot());
	SysScanDesc scan = systable_beginscan(rel, InvalidOid, false, snapshot, 0, NULL);
	int			capacity = 16;
	int64		left = MAX_BYTES;
	HeapTuple	tuple;

	table->enum_rows = palloc(capacity * sizeof(RrEnumRow));
	while (left >= 0 && table->nenum_rows <= MAX_ROWS &&
		   HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		const char *value = text_of(tuple, RelationGetDescr(rel), key, &left);
		RrEnumRow  *row;

		CHECK_FOR_INTERRUPTS();
		if (value == NULL)
			continue;
		if (table->nenum_rows == capacity)
			table->enum_rows = repalloc(table->enum_rows, (capacity *= 2) * sizeof(RrEnumRow));
		row = &table->enum_rows[table->nenum_rows++];
		row->value = value;
		row->comment = text_of(tuple, RelationGetDescr(rel), comment, &left);
	}
	systable_endscan(scan);
	UnregisterSnapshot(snapshot);
	if (left < 0)
		add_reason(reasons, "Its values and comments have more than %d bytes.", MAX_BYTES);
}

/* Name the values that GraphQL does not allow, the first of them. */
static void
check_values(const RrTable *table, StringInfo reasons)
{
	StringInfoData names;
	int			nwrong = 0;

	initStringInfo(&names);
	for (int i = 0; i < table->nenum_rows; i++)
	{
		if (is_value_name(table->enum_rows[i].value))
			continue;
		if (nwrong < MAX_NAMED)
			appendStringInfo(&names, "%s\"%s\"", nwrong ? ", " : "", table->enum_rows[i].value);
		nwrong++;
	}
	if (nwrong > MAX_NAMED)
		add_reason(reasons, "%d values are no names of enum values, %s among them.",
				   nwrong, names.data);
	else if (nwrong > 0)
		add_reason(reasons, "%s %s of an enum value.", names.data, nwrong > 1 ? "are no names"
				   : "is no name");
}

/* Values that the naming convention makes one. */
static void
check_names(const RrDatabase *db, const RrTable *table, StringInfo reasons)
{
	GqlNames	names;

	gql_names_init(&names, CurrentMemoryContext);
	for (int i = 0; i < table->nenum_rows; i++)
	{
		RrCustomName *mine = palloc0(sizeof(RrCustomName));
		const RrCustomName *other;

		mine->name = rr_enum_value_in(db, table->enum_rows[i].value);
		mine->to = table->enum_rows[i].value;
		other = gql_names_get(&names, mine->name);
		if (other != NULL)
			add_reason(reasons, "\"%s\" and \"%s\" are both \"%s\".", other->to, mine->to,
					   mine->name);
		else
			gql_names_add(&names, mine);
	}
}

static void
read_rows(const RrDatabase *db, RrTable *table, const RrColumn *key, const RrColumn *comment,
		  StringInfo reasons)
{
	Relation	rel = try_relation_open(table->oid, AccessShareLock);

	if (rel == NULL)
		return;
	if (rel->rd_rel->relkind == RELKIND_RELATION && has_column(RelationGetDescr(rel), key) &&
		(comment == NULL || has_column(RelationGetDescr(rel), comment)))
		scan_rows(table, rel, key, comment, reasons);
	relation_close(rel, AccessShareLock);
	if (reasons->len > 0)
		return;
	if (table->nenum_rows == 0)
		add_reason(reasons, "It has no rows.");
	else if (table->nenum_rows > MAX_ROWS)
		add_reason(reasons, "It has more than %d rows.", MAX_ROWS);
	else
	{
		qsort(table->enum_rows, table->nenum_rows, sizeof(RrEnumRow), compare_rows);
		check_values(table, reasons);
		if (db->camel)
			check_names(db, table, reasons);
	}
}

static void
read_enum_table(RrDatabase *db, const RrTableCustomization *custom)
{
	RrTable    *table = rr_database_table(db, custom->source);
	const RrColumn *key;
	const RrColumn *comment;
	StringInfoData reasons;

	initStringInfo(&reasons);
	if (table == NULL)
		add_reason(&reasons, "It is not in the GraphQL schema.");
	else if (table->relkind != RELKIND_RELATION || table->has_children)
		add_reason(&reasons, "It is no ordinary table.");
	else
	{
		key = key_column(table, &reasons);
		comment = comment_column(table, key, &reasons);
		if (reasons.len == 0)
			read_rows(db, table, key, comment, &reasons);
		if (reasons.len > 0)
			table->nenum_rows = 0;
	}
	if (reasons.len > 0)
		rr_database_inconsistent(db, "enum_table",
								 quote_qualified_identifier(custom->source_schema,
															custom->source_table), "%s",
								 reasons.data);
}

/* ---- columns that reference it ---- */

static RrScalar *
make_scalar(RrDatabase *db, const RrColumn *column, const RrTable *table)
{
	RrScalar   *scalar = palloc(sizeof(RrScalar));

	*scalar = *rr_scalar(db, column->type);
	scalar->name = rr_table_type_name(db, table, "_enum");
	scalar->enum_table = table;
	return scalar;
}

static const char *
label(const RrTable *table)
{
	return quote_qualified_identifier(table->schema, table->relation);
}

static void
link_column(RrDatabase *db, const RrForeignKey *key)
{
	const RrKey *primary = rr_table_primary_key(key->target);
	RrColumn   *column = unconstify(RrColumn *, rr_table_column(key->table, key->attnums[0]));
	Oid			base;

	if (!key->valid || key->nkeys != 1 || key->target_attnums[0] != primary->attnums[0])
		return;
	base = rr_scalar(db, column->type)->base;
	if (base != TEXTOID && base != VARCHAROID)
		return;
	if (column->values == NULL)
		column->values = make_scalar(db, column, key->target);
	else if (column->values->enum_table != key->target)
		rr_database_inconsistent(db, "column",
								 psprintf("%s.%s", label(key->table),
										  quote_identifier(column->sql_name)),
								 "it references two enum tables, %s and %s",
								 label(column->values->enum_table), label(key->target));
}

void
rr_database_enums(RrDatabase *db)
{
	ListCell   *lc;

	foreach(lc, db->customizations)
	{
		const RrTableCustomization *custom = lfirst(lc);

		if (custom->is_enum)
			read_enum_table(db, custom);
	}
	gql_foreach(RrTable, table, &db->tables)
	{
		if (table->nenum_rows == 0)
			continue;
		foreach(lc, table->references)
			link_column(db, lfirst(lc));
	}
}

const RrScalar *
rr_column_scalar(RrDatabase *db, const RrColumn *column)
{
	return column->values != NULL ? column->values : rr_scalar(db, column->type);
}

/* ---- the GraphQL type ---- */

void
rr_complete_table_enum(GqlSchema *schema, GqlType *type)
{
	const RrRoleSchema *rs = schema->data;
	const RrTable *table = ((RrTableType *) type->data)->table;

	for (int i = 0; i < table->nenum_rows; i++)
	{
		const RrEnumRow *row = &table->enum_rows[i];
		const char *name = rr_enum_value_in(rs->tables->db, row->value);
		GqlEnumValueDef *value = gql_type_add_enum_value(schema, type, name);

		/* as in configurations, an empty comment is none */
		value->description = row->comment && *row->comment != '\0' ? row->comment : NULL;
		if (strcmp(name, row->value) != 0)
			value->internal = row->value;
	}
}

bool
rr_is_table_enum(RrRoleSchema *rs, const GqlType *type)
{
	const RrTableType *info = type->data;

	/* types of remote schemas have data of another kind */
	return type->kind == GQL_ENUM && rr_is_own_type(rs, type) && info->kind == RR_TYPE_ENUM;
}
