/*
 * rename_definition.c: rewrites the names in a relationship's definition after
 * a rename.
 *
 * The definition is printed anew; only strings and keys that are names of
 * tables or columns change.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/json.h"

#include "compat.h"
#include "metadata/metadata.h"
#include "metadata/rename.h"

/* What the strings in a JSON value stand for. */
typedef enum Strings
{
	STRINGS_OTHER,
	STRINGS_COLUMNS,			/* names of columns */
	STRINGS_VARIABLES,			/* "$name" of a column; others are plain text */
} Strings;

static void
emit_string(StringInfo out, const char *text, const RrTableNames *table, Strings strings)
{
	if (strings == STRINGS_COLUMNS)
		escape_json(out, rr_names_new_column(table, text));
	else if (strings == STRINGS_VARIABLES && text[0] == '$')
		escape_json(out, psprintf("$%s", rr_names_new_column(table, text + 1)));
	else
		escape_json(out, text);
}

/*
 * keys is the table whose columns the keys of this object name (not of objects
 * inside it), or NULL.
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
			escape_json(out, rr_names_new_column(keys, member->key));
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
emit_table(StringInfo out, const RrNamesBefore *names, const RrDoc *doc)
{
	const char *schema;
	const char *name;
	const RrTableNames *table;

	rr_table_name_from_json(doc, &schema, &name);
	table = rr_names_table(names, schema, name);
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
 * A member of "to_remote_schema", "to_source" or "using": its name says what
 * it holds.
 */
static void
emit_member(StringInfo out, const RrNamesBefore *names, const RrDoc *member,
			const RrTableNames *source, const RrTableNames *target)
{
	const char *key = member->key;

	if (strcmp(key, "lhs_fields") == 0)
		emit(out, member, NULL, source, STRINGS_COLUMNS);
	else if (strcmp(key, "remote_field") == 0 || strcmp(key, "batch") == 0)
		emit(out, member, NULL, source, STRINGS_VARIABLES);
	else if (strcmp(key, "field_mapping") == 0 || strcmp(key, "column_mapping") == 0)
		emit(out, member, source, target, STRINGS_COLUMNS);
	else if (strcmp(key, "table") == 0 || strcmp(key, "remote_table") == 0)
		emit_table(out, names, member);
	else if (strcmp(key, "column") == 0 || strcmp(key, "columns") == 0)
		emit(out, member, NULL, target, STRINGS_COLUMNS);
	else if (strcmp(key, "foreign_key_constraint_on") == 0 && !rr_doc_is_object(member))
		emit(out, member, NULL, source, STRINGS_COLUMNS);
	else
		emit(out, member, NULL, NULL, STRINGS_OTHER);
}

/*
 * A definition is an object; each member that is an object itself is rewritten
 * member by member.
 */
Jsonb	   *
rr_rename_in_definition(const RrNamesBefore *names, const RrRelationship *relationship,
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
		target = rr_names_table(names, schema, name);
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
			emit_member(&out, names, member, source, target);
			continue;
		}
		appendStringInfoChar(&out, '{');
		foreach(inner, rr_doc_members(member))
		{
			appendStringInfoString(&out, inner_separator);
			escape_json(&out, ((const RrDoc *) lfirst(inner))->key);
			appendStringInfoChar(&out, ':');
			emit_member(&out, names, lfirst(inner), source, target);
			inner_separator = ",";
		}
		appendStringInfoChar(&out, '}');
	}
	appendStringInfoChar(&out, '}');
	return DatumGetJsonbP(DirectFunctionCall1(jsonb_in, CStringGetDatum(out.data)));
}

/*
 * The members of column_config and custom_column_names have columns as keys.
 */
Jsonb	   *
rr_rename_in_configuration(Jsonb *configuration, const RrTableNames *source)
{
	const char *separator = "{";
	StringInfoData out;
	ListCell   *lc;

	if (configuration == NULL)
		return NULL;
	initStringInfo(&out);
	foreach(lc, rr_doc_members(rr_doc_root(configuration, "configuration")))
	{
		const RrDoc *member = lfirst(lc);
		bool		by_column = strcmp(member->key, "column_config") == 0 ||
		strcmp(member->key, "custom_column_names") == 0;
		const char *inner_separator = "{";
		ListCell   *inner;

		appendStringInfoString(&out, separator);
		escape_json(&out, member->key);
		appendStringInfoChar(&out, ':');
		separator = ",";
		if (!by_column || !rr_doc_is_object(member) || rr_doc_members(member) == NIL)
		{
			emit(&out, member, NULL, NULL, STRINGS_OTHER);
			continue;
		}
		foreach(inner, rr_doc_members(member))
		{
			const RrDoc *column = lfirst(inner);

			appendStringInfoString(&out, inner_separator);
			escape_json(&out, rr_names_new_column(source, column->key));
			appendStringInfoChar(&out, ':');
			emit(&out, column, NULL, NULL, STRINGS_OTHER);
			inner_separator = ",";
		}
		appendStringInfoChar(&out, '}');
	}
	appendStringInfoString(&out, *separator == '{' ? "{}" : "}");
	return DatumGetJsonbP(DirectFunctionCall1(jsonb_in, CStringGetDatum(out.data)));
}
