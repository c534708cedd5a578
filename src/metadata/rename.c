/*
 * follow.c: metadata follows renames.
 *
 * The catalogs hold names, since those survive a dump. After a command that
 * renamed something (renames.h) the names in them are read as what they meant
 * before it, and rewritten as what that is called now. Event triggers call
 * this in a block that turns errors into warnings: no command fails on our
 * account.
 *
 * The command holds locks on what it renamed, and who stores metadata about a
 * table locks it (rr_lock_table()), so what is read here is all there is. Only
 * rows that another session's rename is rewriting may still change: so they
 * are locked first, and everything is read again when one was not what was
 * read.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/json.h"
#include "utils/snapmgr.h"

#include "compat.h"
#include "metadata/metadata.h"
#include "metadata/names_before.h"

/* How often everything is read again. */
#define MAX_ATTEMPTS 20

/* The metadata that names something, and what the names mean. */
typedef struct NamesBefore
{
	List	   *table_relationships;	/* RrRelationship * */
	List	   *remote_relationships;	/* RrRelationship * */
	List	   *computed_fields;	/* RrComputedField * */
	List	   *tracked_functions;	/* RrTrackedFunction * */
	List	   *tables;			/* RrTableNames * */
	List	   *functions;		/* RrFunctionNames * */
	List	   *changes;		/* Change * */
}			NamesBefore;

/*
 * A row to be written, or only locked. The statements are
 * rr_metadata_execute()'s, with the first so many of args.
 */
typedef struct Change
{
	const char *name;			/* what no rename changes of it */
	const char *from;			/* what it is called, by its key, and will be */
	const char *to;
	const char *lock;			/* finds the row, as it was read */
	int			n_lock;
	const char *clear;			/* deletes one that is at its new place */
	const char *write;			/* NULL: it says already what it should */
	int			n_write;
	RrArg		args[9];
	bool		written;
} Change;

/* ---- what the names mean ---- */

static RrTableNames *
noted_table(const NamesBefore * noted, const char *schema, const char *name)
{
	ListCell   *lc;

	foreach(lc, noted->tables)
	{
		RrTableNames *table = lfirst(lc);

		if (strcmp(table->schema, schema) == 0 && strcmp(table->name, name) == 0)
			return table;
	}
	return NULL;
}

static RrFunctionNames *
noted_function(const NamesBefore * noted, const char *schema, const char *name)
{
	ListCell   *lc;

	foreach(lc, noted->functions)
	{
		RrFunctionNames *function = lfirst(lc);

		if (strcmp(function->schema, schema) == 0 && strcmp(function->name, name) == 0)
			return function;
	}
	return NULL;
}

static void
note_table(NamesBefore * noted, const char *schema, const char *name)
{
	RrTableNames *table = noted_table(noted, schema, name) ? NULL : rr_table_before(schema, name);

	if (table)
		noted->tables = lappend(noted->tables, table);
}

static void
note_function(NamesBefore * noted, const char *schema, const char *name)
{
	RrFunctionNames *function = noted_function(noted, schema, name) ? NULL
	: rr_function_before(schema, name);

	if (function)
		noted->functions = lappend(noted->functions, function);
}

static void
note_relationships(NamesBefore * noted, List *relationships)
{
	ListCell   *lc;

	foreach(lc, relationships)
	{
		const RrRelationship *relationship = lfirst(lc);
		const RrDoc *target = rr_relationship_target(relationship);
		const char *schema;
		const char *name;

		if (relationship->source_table)
			note_table(noted, relationship->source_schema, relationship->source_table);
		if (target)
		{
			rr_table_name_from_json(target, &schema, &name);
			note_table(noted, schema, name);
		}
	}
}

static NamesBefore *
note_names(void)
{
	NamesBefore *noted = palloc0(sizeof(NamesBefore));
	ListCell   *lc;

	noted->table_relationships = rr_catalog_table_relationships(InvalidOid);
	noted->remote_relationships = rr_catalog_remote_relationships(NULL);
	noted->computed_fields = rr_catalog_computed_fields(InvalidOid);
	noted->tracked_functions = rr_catalog_tracked_functions();
	note_relationships(noted, noted->table_relationships);
	note_relationships(noted, noted->remote_relationships);
	foreach(lc, noted->computed_fields)
	{
		const RrComputedField *field = lfirst(lc);

		note_table(noted, field->source_schema, field->source_table);
		note_function(noted, field->function_schema, field->function_name);
	}
	foreach(lc, noted->tracked_functions)
	{
		const RrTrackedFunction *function = lfirst(lc);

		note_function(noted, function->function_schema, function->function_name);
	}
	return noted;
}

static const char *
new_column(const RrTableNames *table, const char *name)
{
	for (int i = 0; table && i < table->n_columns; i++)
	{
		if (table->columns[i] && table->new_columns[i] && strcmp(table->columns[i], name) == 0)
			return table->new_columns[i];
	}
	return name;
}

/* ---- rewriting definitions ---- */

/* What the strings of a JSON value are. */
typedef enum Strings
{
	STRINGS_OTHER,
	STRINGS_COLUMNS,			/* names of columns */
	STRINGS_VARIABLES,			/* "$name", where they start so */
} Strings;

static void
emit_string(StringInfo out, const char *text, const RrTableNames *table, Strings strings)
{
	if (strings == STRINGS_COLUMNS)
		escape_json(out, new_column(table, text));
	else if (strings == STRINGS_VARIABLES && text[0] == '$')
		escape_json(out, psprintf("$%s", new_column(table, text + 1)));
	else
		escape_json(out, text);
}

/*
 * keys: the table whose columns the keys of this object (not of those inside)
 * are, or NULL.
 */
static void
emit(StringInfo out, const RrDoc *doc, const RrTableNames *keys, const RrTableNames *table,
	 Strings strings)
{
	const char *separator = "";
	ListCell   *lc;

	check_stack_depth();
	if (rr_doc_is_string(doc))
		emit_string(out, rr_doc_text(doc), table, strings);
	else if (rr_doc_is_array(doc))
	{
		appendStringInfoChar(out, '[');
		foreach(lc, rr_doc_items(doc))
		{
			appendStringInfoString(out, separator);
			emit(out, lfirst(lc), NULL, table, strings);
			separator = ",";
		}
		appendStringInfoChar(out, ']');
	}
	else if (rr_doc_is_object(doc))
	{
		appendStringInfoChar(out, '{');
		foreach(lc, rr_doc_members(doc))
		{
			const RrDoc *member = lfirst(lc);

			appendStringInfoString(out, separator);
			escape_json(out, new_column(keys, member->key));
			appendStringInfoChar(out, ':');
			emit(out, member, NULL, table, strings);
			separator = ",";
		}
		appendStringInfoChar(out, '}');
	}
	else
	{
		Jsonb	   *scalar = rr_doc_jsonb(doc);

		JsonbToCString(out, &scalar->root, VARSIZE(scalar));
	}
}

static void
emit_table(StringInfo out, const NamesBefore * noted, const RrDoc *doc)
{
	const char *schema;
	const char *name;
	const RrTableNames *table;

	rr_table_name_from_json(doc, &schema, &name);
	table = noted_table(noted, schema, name);
	if (table == NULL || (strcmp(table->schema, table->new_schema) == 0 &&
						  strcmp(table->name, table->new_name) == 0))
	{
		emit(out, doc, NULL, NULL, STRINGS_OTHER);
		return;
	}
	appendStringInfoString(out, "{\"schema\":");
	escape_json(out, table->new_schema);
	appendStringInfoString(out, ",\"name\":");
	escape_json(out, table->new_name);
	appendStringInfoChar(out, '}');
}

/*
 * A member of {remote_schema, lhs_fields, remote_field, …}, {table,
 * field_mapping, …} or a "using", by its name.
 */
static void
emit_member(StringInfo out, const NamesBefore * noted, const RrDoc *member, const RrTableNames *source,
			const RrTableNames *target)
{
	const char *key = member->key;

	if (strcmp(key, "lhs_fields") == 0)
		emit(out, member, NULL, source, STRINGS_COLUMNS);
	else if (strcmp(key, "remote_field") == 0 || strcmp(key, "batch") == 0)
		emit(out, member, NULL, source, STRINGS_VARIABLES);
	else if (strcmp(key, "field_mapping") == 0 || strcmp(key, "column_mapping") == 0)
		emit(out, member, source, target, STRINGS_COLUMNS);
	else if (strcmp(key, "table") == 0 || strcmp(key, "remote_table") == 0)
		emit_table(out, noted, member);
	else if (strcmp(key, "column") == 0 || strcmp(key, "columns") == 0)
		emit(out, member, NULL, target, STRINGS_COLUMNS);
	else if (strcmp(key, "foreign_key_constraint_on") == 0 && !rr_doc_is_object(member))
		emit(out, member, NULL, source, STRINGS_COLUMNS);
	else
		emit(out, member, NULL, NULL, STRINGS_OTHER);
}

/* A definition: an object whose one member is of interest member by member. */
static Jsonb *
rewrite_definition(const NamesBefore * noted, const RrRelationship *relationship,
				   const RrTableNames *source)
{
	const RrDoc *target_doc = rr_relationship_target(relationship);
	const RrTableNames *target = NULL;
	const char *schema;
	const char *name;
	const char *separator = "{";
	StringInfoData out;
	ListCell   *lc;
	ListCell   *inner;

	if (target_doc)
	{
		rr_table_name_from_json(target_doc, &schema, &name);
		target = noted_table(noted, schema, name);
	}
	initStringInfo(&out);
	foreach(lc, rr_doc_members(rr_doc_root(relationship->definition, "definition")))
	{
		const RrDoc *member = lfirst(lc);
		const char *inner_separator = "";

		appendStringInfoString(&out, separator);
		escape_json(&out, member->key);
		appendStringInfoChar(&out, ':');
		separator = ",";
		if (!rr_doc_is_object(member))
		{
			emit_member(&out, noted, member, source, target);
			continue;
		}
		appendStringInfoChar(&out, '{');
		foreach(inner, rr_doc_members(member))
		{
			appendStringInfoString(&out, inner_separator);
			escape_json(&out, ((const RrDoc *) lfirst(inner))->key);
			appendStringInfoChar(&out, ':');
			emit_member(&out, noted, lfirst(inner), source, target);
			inner_separator = ",";
		}
		appendStringInfoChar(&out, '}');
	}
	appendStringInfoChar(&out, '}');
	return DatumGetJsonbP(DirectFunctionCall1(jsonb_in, CStringGetDatum(out.data)));
}

static bool
same_jsonb(Jsonb *a, Jsonb *b)
{
	return compareJsonbContainers(&a->root, &b->root) == 0;
}

/* ---- writing ---- */

static bool
is_elsewhere(const char *schema, const char *name, const char *new_schema, const char *new_name)
{
	return strcmp(schema, new_schema) != 0 || strcmp(name, new_name) != 0;
}

/* Is a table, or a column of it, called otherwise now? */
static bool
is_renamed(const RrTableNames *table)
{
	if (table == NULL)
		return false;
	for (int i = 0; i < table->n_columns; i++)
	{
		if (table->columns[i] && table->new_columns[i] && strcmp(table->columns[i],
																 table->new_columns[i]) != 0)
			return true;
	}
	return is_elsewhere(table->schema, table->name, table->new_schema, table->new_name);
}

/*
 * Does a relationship have to do with a renamed table? Then its row is locked,
 * though it may not name what was renamed: who renames several things of one
 * table in a transaction has all its rows from the first on, and cannot wait
 * for another who does so as well.
 */
static bool
is_concerned(const NamesBefore * noted, const RrRelationship *r)
{
	const RrDoc *target = rr_relationship_target(r);
	const char *schema;
	const char *name;

	if (r->source_table && is_renamed(noted_table(noted, r->source_schema, r->source_table)))
		return true;
	if (target == NULL)
		return false;
	rr_table_name_from_json(target, &schema, &name);
	return is_renamed(noted_table(noted, schema, name));
}

/* what: "relationship", "computed field". */
static char *
table_label(const char *what, const char *schema, const char *table, const char *name)
{
	return psprintf("%s \"%s\" of table \"%s.%s\"", what, name, schema, table);
}

static void
change_table_relationship(NamesBefore * noted, const RrRelationship *r)
{
	const RrTableNames *source = noted_table(noted, r->source_schema, r->source_table);
	Jsonb	   *definition = rewrite_definition(noted, r, source);
	const char *schema = source ? source->new_schema : r->source_schema;
	const char *table = source ? source->new_name : r->source_table;
	Change	   *change;

	if (!is_concerned(noted, r))
		return;
	change = palloc0(sizeof(Change));
	*change = (Change)
	{
		.name = r->name,
			.from = table_label("relationship", r->source_schema, r->source_table, r->name),
			.to = table_label("relationship", schema, table, r->name),
			.lock = "SELECT FROM remote_rel.table_relationship WHERE table_schema OPERATOR(pg_catalog.=) $1 "
			"AND table_name OPERATOR(pg_catalog.=) $2 AND name OPERATOR(pg_catalog.=) $3 AND definition OPERATOR(pg_catalog.=) $4 FOR UPDATE",
			.n_lock = 4,
			.clear = "DELETE FROM remote_rel.table_relationship WHERE table_schema OPERATOR(pg_catalog.=) $5 "
			"AND table_name OPERATOR(pg_catalog.=) $6 AND name OPERATOR(pg_catalog.=) $3",
			.write = "UPDATE remote_rel.table_relationship SET table_schema = $5, table_name = $6, definition = $7 "
			"WHERE table_schema OPERATOR(pg_catalog.=) $1 AND table_name OPERATOR(pg_catalog.=) $2 AND name OPERATOR(pg_catalog.=) $3",
			.n_write = 7,
			.args =
		{
			rr_arg_name(r->source_schema), rr_arg_name(r->source_table), rr_arg_text(r->name),
				rr_arg_jsonb(r->definition),
				rr_arg_name(schema), rr_arg_name(table), rr_arg_jsonb(definition)
		}
	};
	if (same_jsonb(definition, r->definition) && !is_elsewhere(r->source_schema, r->source_table,
															   schema, table))
		change->write = NULL;
	noted->changes = lappend(noted->changes, change);
}

static void
change_remote_relationship(NamesBefore * noted, const RrRelationship *r)
{
	Jsonb	   *definition = rewrite_definition(noted, r, NULL);
	Change	   *change;

	if (!is_concerned(noted, r))
		return;
	change = palloc0(sizeof(Change));
	*change = (Change)
	{
		.name = r->name,
			.from = "",
			.to = "",
			.lock = "SELECT FROM remote_rel.remote_schema_relationship WHERE remote_schema OPERATOR(pg_catalog.=) $1 "
			"AND type_name OPERATOR(pg_catalog.=) $2 AND name OPERATOR(pg_catalog.=) $3 AND definition OPERATOR(pg_catalog.=) $4 FOR UPDATE",
			.n_lock = 4,
			.write = "UPDATE remote_rel.remote_schema_relationship SET definition = $5 WHERE remote_schema OPERATOR(pg_catalog.=) $1 "
			"AND type_name OPERATOR(pg_catalog.=) $2 AND name OPERATOR(pg_catalog.=) $3",
			.n_write = 5,
			.args =
		{
			rr_arg_text(r->source_remote_schema), rr_arg_text(r->source_type),
				rr_arg_text(r->name), rr_arg_jsonb(r->definition),
				rr_arg_jsonb(definition)
		}
	};
	if (same_jsonb(definition, r->definition))
		change->write = NULL;
	noted->changes = lappend(noted->changes, change);
}

static void
change_computed_field(NamesBefore * noted, const RrComputedField *f)
{
	const RrTableNames *source = noted_table(noted, f->source_schema, f->source_table);
	const RrFunctionNames *calls = noted_function(noted, f->function_schema, f->function_name);
	const char *schema = source ? source->new_schema : f->source_schema;
	const char *table = source ? source->new_name : f->source_table;
	const char *function_schema = calls ? calls->new_schema : f->function_schema;
	const char *function = calls ? calls->new_name : f->function_name;
	Change	   *change;

	if (!is_elsewhere(f->source_schema, f->source_table, schema, table) &&
		!is_elsewhere(f->function_schema, f->function_name, function_schema, function))
		return;
	change = palloc0(sizeof(Change));
	*change = (Change)
	{
		.name = f->name,
			.from = table_label("computed field", f->source_schema, f->source_table, f->name),
			.to = table_label("computed field", schema, table, f->name),
			.lock = "SELECT FROM remote_rel.computed_field WHERE table_schema OPERATOR(pg_catalog.=) $1 AND table_name OPERATOR(pg_catalog.=) $2 "
			"AND name OPERATOR(pg_catalog.=) $3 AND function_schema OPERATOR(pg_catalog.=) $4 AND function_name OPERATOR(pg_catalog.=) $5 FOR UPDATE",
			.n_lock = 5,
			.clear = "DELETE FROM remote_rel.computed_field WHERE table_schema OPERATOR(pg_catalog.=) $6 "
			"AND table_name OPERATOR(pg_catalog.=) $7 AND name OPERATOR(pg_catalog.=) $3",
			.write = "UPDATE remote_rel.computed_field SET table_schema = $6, table_name = $7, function_schema = $8, function_name = $9 "
			"WHERE table_schema OPERATOR(pg_catalog.=) $1 AND table_name OPERATOR(pg_catalog.=) $2 AND name OPERATOR(pg_catalog.=) $3",
			.n_write = 9,
			.args =
		{
			rr_arg_name(f->source_schema), rr_arg_name(f->source_table), rr_arg_text(f->name),
				rr_arg_name(f->function_schema), rr_arg_name(f->function_name),
				rr_arg_name(schema), rr_arg_name(table), rr_arg_name(function_schema),
				rr_arg_name(function)
		}
	};
	noted->changes = lappend(noted->changes, change);
}

static void
change_tracked_function(NamesBefore * noted, const RrTrackedFunction *f)
{
	const RrFunctionNames *function = noted_function(noted, f->function_schema, f->function_name);
	Change	   *change;

	if (function == NULL || !is_elsewhere(function->schema, function->name, function->new_schema,
										  function->new_name))
		return;
	change = palloc0(sizeof(Change));
	*change = (Change)
	{
		.name = "",
			.from = psprintf("tracked function \"%s.%s\"", f->function_schema, f->function_name),
			.to = psprintf("tracked function \"%s.%s\"", function->new_schema, function->new_name),
			.lock = "SELECT FROM remote_rel.tracked_function WHERE function_schema OPERATOR(pg_catalog.=) $1 "
			"AND function_name OPERATOR(pg_catalog.=) $2 FOR UPDATE",
			.n_lock = 2,
			.clear = "DELETE FROM remote_rel.tracked_function WHERE function_schema OPERATOR(pg_catalog.=) $3 "
			"AND function_name OPERATOR(pg_catalog.=) $4",
			.write = "UPDATE remote_rel.tracked_function SET function_schema = $3, function_name = $4 "
			"WHERE function_schema OPERATOR(pg_catalog.=) $1 AND function_name OPERATOR(pg_catalog.=) $2",
			.n_write = 4,
			.args =
		{
			rr_arg_name(f->function_schema), rr_arg_name(f->function_name),
				rr_arg_name(function->new_schema), rr_arg_name(function->new_name)
		}
	};
	noted->changes = lappend(noted->changes, change);
}

static void
collect_changes(NamesBefore * noted)
{
	ListCell   *lc;

	foreach(lc, noted->table_relationships)
		change_table_relationship(noted, lfirst(lc));
	foreach(lc, noted->remote_relationships)
		change_remote_relationship(noted, lfirst(lc));
	foreach(lc, noted->computed_fields)
		change_computed_field(noted, lfirst(lc));
	foreach(lc, noted->tracked_functions)
		change_tracked_function(noted, lfirst(lc));
}

/* An order that every session has, whatever the names are by now. */
static int
compare_changes(const ListCell *a, const ListCell *b)
{
	const Change *left = lfirst(a);
	const Change *right = lfirst(b);
	int			result = strcmp(left->name, right->name);

	return result ? result : strcmp(left->from, right->from);
}

/* False when a row is not any more what was read. */
static bool
lock_rows(List *changes)
{
	ListCell   *lc;

	foreach(lc, changes)
	{
		const Change *change = lfirst(lc);

		if (rr_metadata_execute(change->lock, change->n_lock, change->args) == 0)
			return false;
	}
	return true;
}

/* Is the place of a change taken by a row that will leave it? */
static bool
must_wait(const Change *change, List *changes)
{
	ListCell   *lc;

	if (strcmp(change->from, change->to) == 0)
		return false;
	foreach(lc, changes)
	{
		const Change *other = lfirst(lc);

		if (other != change && !other->written && strcmp(other->from, change->to) == 0)
			return true;
	}
	return false;
}

static void
write_row(Change *change)
{
	/*
	 * what is in its place then belongs to a table or function that did not
	 * exist when this one took its name
	 */
	if (strcmp(change->from, change->to) != 0 && rr_metadata_execute(change->clear,
																	 change->n_write, change->args) > 0)
		ereport(NOTICE,
				(errmsg("%s, which did not exist, gives way to what was renamed", change->to)));
	if (change->write)
		(void) rr_metadata_execute(change->write, change->n_write, change->args);
	change->written = true;
}

static void
write_rows(List *changes)
{
	int			left = list_length(changes);
	ListCell   *lc;

	while (left > 0)
	{
		int			before = left;

		foreach(lc, changes)
		{
			Change	   *change = lfirst(lc);

			if (change->written || must_wait(change, changes))
				continue;
			write_row(change);
			left--;
		}
		if (left == before)
			ereport(ERROR,
					(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					 errmsg("tables that exchange their names within one command cannot be followed")));
	}
}

static void
follow(void)
{
	for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++)
	{
		NamesBefore *noted;

		PushCopiedSnapshot(GetLatestSnapshot());
		noted = note_names();
		collect_changes(noted);
		list_sort(noted->changes, compare_changes);
		if (lock_rows(noted->changes))
		{
			write_rows(noted->changes);
			PopActiveSnapshot();
			return;
		}
		PopActiveSnapshot();
	}
	ereport(ERROR,
			(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
			 errmsg("other sessions have changed metadata of what was renamed")));
}

/* ---- for the event triggers ---- */

PG_FUNCTION_INFO_V1(rr_note_names);
PG_FUNCTION_INFO_V1(rr_follow_names);

Datum
rr_note_names(PG_FUNCTION_ARGS pg_attribute_unused())
{
	rr_names_begin();
	PG_RETURN_VOID();
}

static Oid *
read_oids(ArrayType *array, int *n)
{
	Datum	   *datums;
	Oid		   *oids;

	deconstruct_array(array, OIDOID, sizeof(Oid), true, TYPALIGN_INT, &datums, NULL, n);
	oids = palloc(Max(*n, 1) * sizeof(Oid));
	for (int i = 0; i < *n; i++)
		oids[i] = DatumGetObjectId(datums[i]);
	return oids;
}

/*
 * follow_names(classes oid[], objects oid[]): what the command did, side by
 * side; NULL for nothing.
 */
Datum
rr_follow_names(PG_FUNCTION_ARGS)
{
	Oid		   *classes;
	Oid		   *objects;
	int			n_classes;
	int			n;
	bool		concerns;
	bool		schema;

	if (!rr_names_end() || PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_VOID();
	classes = read_oids(PG_GETARG_ARRAYTYPE_P(0), &n_classes);
	objects = read_oids(PG_GETARG_ARRAYTYPE_P(1), &n);
	PushCopiedSnapshot(GetLatestSnapshot());
	concerns = rr_names_changed(Min(n, n_classes), classes, objects, &schema);
	PopActiveSnapshot();
	if (!concerns)
		PG_RETURN_VOID();
	/* renaming a schema locks none of the tables in it */
	if (schema)
		rr_metadata_lock();
	follow();
	PG_RETURN_VOID();
}
