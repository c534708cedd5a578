/*
 * follow.c: metadata follows renames.
 *
 * The catalogs hold names, since those survive a dump. So an event trigger notes, before a command that may rename something, which tables, columns and
 * functions the names mean (rr_note_names()), and another one, after it, rewrites the names that now are others (rr_follow_names()). Event triggers call these in
 * a block that turns errors into warnings: no command fails on our account.
 *
 * What was noted lives in a context of its own until the next note; a command that fails in between leaves it behind, and no harm comes of it.
 */
#include "postgres.h"

#include "fmgr.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/json.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

#include "compat.h"
#include "metadata/metadata.h"

typedef struct NotedTable
{
	Oid			oid;
	const char *schema;
	const char *name;
	int			n_columns;
	char	  **columns;		/* by attnum - 1; NULL: dropped */

	/* by rr_follow_names(): what they are now */
	const char *new_schema;
	const char *new_name;
	char	  **new_columns;
} NotedTable;

typedef struct NotedFunction
{
	Oid			oid;
	const char *schema;
	const char *name;
	const char *new_schema;
	const char *new_name;
} NotedFunction;

static MemoryContext noted_context;
static List *noted_tables;
static List *noted_functions;

/* ---- before ---- */

static NotedTable *
find_table(const char *schema, const char *name)
{
	ListCell   *lc;

	foreach(lc, noted_tables)
	{
		NotedTable *table = lfirst(lc);

		if (strcmp(table->schema, schema) == 0 && strcmp(table->name, name) == 0)
			return table;
	}
	return NULL;
}

static void
note_table(const char *schema, const char *name)
{
	Oid			oid = rr_lookup_table(schema, name);
	NotedTable *table;

	if (!OidIsValid(oid) || find_table(schema, name))
		return;
	table = palloc0(sizeof(NotedTable));
	table->oid = oid;
	table->schema = schema;
	table->name = name;
	table->columns = rr_table_columns(oid, &table->n_columns);
	noted_tables = lappend(noted_tables, table);
}

static void
note_function(const char *schema, const char *name)
{
	Oid			oid = rr_lookup_function(schema, name, NULL);
	NotedFunction *function;

	if (!OidIsValid(oid))
		return;
	function = palloc0(sizeof(NotedFunction));
	function->oid = oid;
	function->schema = schema;
	function->name = name;
	noted_functions = lappend(noted_functions, function);
}

/* The member of a "using" that names the other table, or NULL. */
static const RrDoc *
using_table(const RrDoc *using)
{
	const RrDoc *key = rr_doc_get(using, "foreign_key_constraint_on");

	if (key)
		return rr_doc_is_object(key) ? rr_doc_get(key, "table") : NULL;
	return rr_doc_get(rr_doc_get(using, "manual_configuration"), "remote_table");
}

/* The member of a stored definition that names the other table, or NULL. */
static const RrDoc *
target_table(const RrRelationship *relationship)
{
	const RrDoc *doc = rr_doc_root(relationship->definition, "definition");

	if (relationship->using)
		return using_table(doc);
	return rr_doc_get(rr_doc_get(doc, "to_source"), "table");
}

static void
note_relationships(List *relationships)
{
	ListCell   *lc;

	foreach(lc, relationships)
	{
		const RrRelationship *relationship = lfirst(lc);
		const RrDoc *target = target_table(relationship);
		const char *schema;
		const char *name;

		if (relationship->source_table)
			note_table(relationship->source_schema, relationship->source_table);
		if (target)
		{
			rr_table_name_from_json(target, &schema, &name);
			note_table(schema, name);
		}
	}
}

static void
note_names(void)
{
	ListCell   *lc;

	noted_tables = NIL;
	noted_functions = NIL;
	if (noted_context == NULL)
		noted_context = AllocSetContextCreate(TopMemoryContext, "remote_rel names", ALLOCSET_SMALL_SIZES);
	MemoryContextReset(noted_context);
	MemoryContextSwitchTo(noted_context);
	note_relationships(rr_catalog_table_relationships(InvalidOid));
	note_relationships(rr_catalog_remote_relationships(NULL));
	foreach(lc, rr_catalog_computed_fields(InvalidOid))
	{
		const RrComputedField *field = lfirst(lc);

		note_table(field->source_schema, field->source_table);
		note_function(field->function_schema, field->function_name);
	}
	foreach(lc, rr_catalog_tracked_functions())
	{
		const RrTrackedFunction *function = lfirst(lc);

		note_function(function->function_schema, function->function_name);
	}
}

/* ---- after: names as they are now ---- */

/* Whether anything has another name now; what is gone keeps its old one. */
static bool
look_again(void)
{
	bool		changed = false;
	ListCell   *lc;

	foreach(lc, noted_tables)
	{
		NotedTable *table = lfirst(lc);
		int			n;

		table->new_name = get_rel_name(table->oid);
		table->new_schema = table->new_name ? get_namespace_name(get_rel_namespace(table->oid)) : NULL;
		table->new_columns = rr_table_columns(table->oid, &n);
		if (table->new_schema == NULL)
		{
			table->new_schema = table->schema;
			table->new_name = table->name;
		}
		changed |= strcmp(table->schema, table->new_schema) != 0 || strcmp(table->name, table->new_name) != 0;
		for (int i = 0; i < Min(n, table->n_columns); i++)
			changed |= table->columns[i] && table->new_columns[i] && strcmp(table->columns[i], table->new_columns[i]) != 0;
		table->n_columns = Min(n, table->n_columns);
	}
	foreach(lc, noted_functions)
	{
		NotedFunction *function = lfirst(lc);

		function->new_name = get_func_name(function->oid);
		function->new_schema = function->new_name ? get_namespace_name(get_func_namespace(function->oid)) : NULL;
		if (function->new_schema)
			changed |= strcmp(function->schema, function->new_schema) != 0 || strcmp(function->name, function->new_name) != 0;
	}
	return changed;
}

static const char *
new_column(const NotedTable *table, const char *name)
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
emit_string(StringInfo out, const char *text, const NotedTable *table, Strings strings)
{
	if (strings == STRINGS_COLUMNS)
		escape_json(out, new_column(table, text));
	else if (strings == STRINGS_VARIABLES && text[0] == '$')
		escape_json(out, psprintf("$%s", new_column(table, text + 1)));
	else
		escape_json(out, text);
}

/* keys: the table whose columns the keys of this object (not of those inside) are, or NULL. */
static void
emit(StringInfo out, const RrDoc *doc, const NotedTable *keys, const NotedTable *table, Strings strings)
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
emit_table(StringInfo out, const RrDoc *doc)
{
	const char *schema;
	const char *name;
	const NotedTable *table;

	rr_table_name_from_json(doc, &schema, &name);
	table = find_table(schema, name);
	if (table == NULL || (strcmp(table->schema, table->new_schema) == 0 && strcmp(table->name, table->new_name) == 0))
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

/* A member of {remote_schema, lhs_fields, remote_field, …}, {table, field_mapping, …} or a "using", by its name. */
static void
emit_member(StringInfo out, const RrDoc *member, const NotedTable *source, const NotedTable *target)
{
	const char *key = member->key;

	if (strcmp(key, "lhs_fields") == 0)
		emit(out, member, NULL, source, STRINGS_COLUMNS);
	else if (strcmp(key, "remote_field") == 0 || strcmp(key, "batch") == 0)
		emit(out, member, NULL, source, STRINGS_VARIABLES);
	else if (strcmp(key, "field_mapping") == 0 || strcmp(key, "column_mapping") == 0)
		emit(out, member, source, target, STRINGS_COLUMNS);
	else if (strcmp(key, "table") == 0 || strcmp(key, "remote_table") == 0)
		emit_table(out, member);
	else if (strcmp(key, "column") == 0 || strcmp(key, "columns") == 0)
		emit(out, member, NULL, target, STRINGS_COLUMNS);
	else if (strcmp(key, "foreign_key_constraint_on") == 0 && !rr_doc_is_object(member))
		emit(out, member, NULL, source, STRINGS_COLUMNS);
	else
		emit(out, member, NULL, NULL, STRINGS_OTHER);
}

/* A definition: an object whose one member is of interest member by member. */
static Jsonb *
rewrite_definition(const RrRelationship *relationship, const NotedTable *source)
{
	const RrDoc *target_doc = target_table(relationship);
	const NotedTable *target = NULL;
	const char *schema;
	const char *name;
	const char *separator = "{";
	StringInfoData out;
	ListCell   *lc;
	ListCell   *inner;

	if (target_doc)
	{
		rr_table_name_from_json(target_doc, &schema, &name);
		target = find_table(schema, name);
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
			emit_member(&out, member, source, target);
			continue;
		}
		appendStringInfoChar(&out, '{');
		foreach(inner, rr_doc_members(member))
		{
			appendStringInfoString(&out, inner_separator);
			escape_json(&out, ((const RrDoc *) lfirst(inner))->key);
			appendStringInfoChar(&out, ':');
			emit_member(&out, lfirst(inner), source, target);
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

static void
follow_table_relationships(void)
{
	ListCell   *lc;

	foreach(lc, rr_catalog_table_relationships(InvalidOid))
	{
		const RrRelationship *r = lfirst(lc);
		const NotedTable *source = find_table(r->source_schema, r->source_table);
		Jsonb	   *definition = rewrite_definition(r, source);
		const char *schema = source ? source->new_schema : r->source_schema;
		const char *name = source ? source->new_name : r->source_table;

		if (same_jsonb(definition, r->definition) && strcmp(schema, r->source_schema) == 0 && strcmp(name, r->source_table) == 0)
			continue;
		RR_METADATA_EXECUTE("UPDATE remote_rel.table_relationship SET table_schema = $4, table_name = $5, definition = $6 "
							"WHERE table_schema OPERATOR(pg_catalog.=) $1 AND table_name OPERATOR(pg_catalog.=) $2 "
							"AND name OPERATOR(pg_catalog.=) $3",
							rr_arg_name(r->source_schema), rr_arg_name(r->source_table), rr_arg_text(r->name),
							rr_arg_name(schema), rr_arg_name(name), rr_arg_jsonb(definition));
	}
}

static void
follow_remote_relationships(void)
{
	ListCell   *lc;

	foreach(lc, rr_catalog_remote_relationships(NULL))
	{
		const RrRelationship *r = lfirst(lc);
		Jsonb	   *definition = rewrite_definition(r, NULL);

		if (!same_jsonb(definition, r->definition))
			RR_METADATA_EXECUTE("UPDATE remote_rel.remote_schema_relationship SET definition = $4 "
								"WHERE remote_schema OPERATOR(pg_catalog.=) $1 AND type_name OPERATOR(pg_catalog.=) $2 "
								"AND name OPERATOR(pg_catalog.=) $3",
								rr_arg_text(r->source_remote_schema), rr_arg_text(r->source_type), rr_arg_text(r->name),
								rr_arg_jsonb(definition));
	}
}

static void
follow_computed_fields(void)
{
	ListCell   *lc;

	foreach(lc, noted_tables)
	{
		const NotedTable *table = lfirst(lc);

		if (strcmp(table->schema, table->new_schema) != 0 || strcmp(table->name, table->new_name) != 0)
			RR_METADATA_EXECUTE("UPDATE remote_rel.computed_field SET table_schema = $3, table_name = $4 "
								"WHERE table_schema OPERATOR(pg_catalog.=) $1 AND table_name OPERATOR(pg_catalog.=) $2",
								rr_arg_name(table->schema), rr_arg_name(table->name),
								rr_arg_name(table->new_schema), rr_arg_name(table->new_name));
	}
}

static void
follow_functions(void)
{
	ListCell   *lc;

	foreach(lc, noted_functions)
	{
		const NotedFunction *f = lfirst(lc);

		if (f->new_schema == NULL || (strcmp(f->schema, f->new_schema) == 0 && strcmp(f->name, f->new_name) == 0))
			continue;
		RR_METADATA_EXECUTE("UPDATE remote_rel.computed_field SET function_schema = $3, function_name = $4 "
							"WHERE function_schema OPERATOR(pg_catalog.=) $1 AND function_name OPERATOR(pg_catalog.=) $2",
							rr_arg_name(f->schema), rr_arg_name(f->name), rr_arg_name(f->new_schema), rr_arg_name(f->new_name));
		RR_METADATA_EXECUTE("UPDATE remote_rel.tracked_function SET function_schema = $3, function_name = $4 "
							"WHERE function_schema OPERATOR(pg_catalog.=) $1 AND function_name OPERATOR(pg_catalog.=) $2",
							rr_arg_name(f->schema), rr_arg_name(f->name), rr_arg_name(f->new_schema), rr_arg_name(f->new_name));
	}
}

/* ---- for the event triggers ---- */

PG_FUNCTION_INFO_V1(rr_note_names);
PG_FUNCTION_INFO_V1(rr_follow_names);

Datum
rr_note_names(PG_FUNCTION_ARGS pg_attribute_unused())
{
	MemoryContext outer = CurrentMemoryContext;

	note_names();
	MemoryContextSwitchTo(outer);
	PG_RETURN_VOID();
}

/* Notes anew afterwards, for a command that this one was part of. No lock on the catalogs: the command holds its table's already. */
Datum
rr_follow_names(PG_FUNCTION_ARGS pg_attribute_unused())
{
	MemoryContext outer = CurrentMemoryContext;

	if (!look_again())
		PG_RETURN_VOID();
	PushCopiedSnapshot(GetTransactionSnapshot());
	follow_table_relationships();
	follow_remote_relationships();
	follow_computed_fields();
	follow_functions();
	note_names();
	PopActiveSnapshot();
	MemoryContextSwitchTo(outer);
	PG_RETURN_VOID();
}
