/*
 * rename_names.c: collects the names of tables and functions in the metadata,
 * with what they meant before the command and what that is called now.
 */
#include "postgres.h"

#include "compat.h"
#include "metadata/metadata.h"
#include "metadata/rename.h"

const RrTableNames *
rr_names_table(const RrNamesBefore *names, const char *schema, const char *name)
{
	ListCell   *lc;

	foreach(lc, names->tables)
	{
		RrTableNames *table = lfirst(lc);

		if (strcmp(table->schema, schema) == 0 && strcmp(table->name, name) == 0)
			return table;
	}
	return NULL;
}

const RrFunctionNames *
rr_names_function(const RrNamesBefore *names, const char *schema, const char *name)
{
	ListCell   *lc;

	foreach(lc, names->functions)
	{
		RrFunctionNames *function = lfirst(lc);

		if (strcmp(function->schema, schema) == 0 && strcmp(function->name, name) == 0)
			return function;
	}
	return NULL;
}

static void
note_table(RrNamesBefore *names, const char *schema, const char *name)
{
	RrTableNames *table;

	if (rr_names_table(names, schema, name) != NULL)
		return;
	table = rr_table_before(schema, name);
	if (table != NULL)
		names->tables = lappend(names->tables, table);
}

static void
note_function(RrNamesBefore *names, const char *schema, const char *name)
{
	RrFunctionNames *function;

	if (rr_names_function(names, schema, name) != NULL)
		return;
	function = rr_function_before(schema, name);
	if (function != NULL)
		names->functions = lappend(names->functions, function);
}

static void
note_relationships(RrNamesBefore *names, List *relationships)
{
	ListCell   *lc;

	foreach(lc, relationships)
	{
		const RrRelationship *relationship = lfirst(lc);
		const RrDoc *target = rr_relationship_target(relationship);
		const char *schema;
		const char *name;

		if (relationship->source_table)
			note_table(names, relationship->source_schema, relationship->source_table);
		if (target)
		{
			rr_table_name_from_json(target, &schema, &name);
			note_table(names, schema, name);
		}
	}
}

RrNamesBefore *
rr_names_collect(void)
{
	RrNamesBefore *names = palloc0(sizeof(RrNamesBefore));
	ListCell   *lc;

	names->table_relationships = rr_catalog_table_relationships(InvalidOid);
	names->remote_relationships = rr_catalog_remote_relationships(NULL);
	names->computed_fields = rr_catalog_computed_fields(InvalidOid);
	names->tracked_functions = rr_catalog_tracked_functions();
	names->customizations = rr_catalog_table_customizations(InvalidOid);
	note_relationships(names, names->table_relationships);
	note_relationships(names, names->remote_relationships);
	foreach(lc, names->computed_fields)
	{
		const RrComputedField *field = lfirst(lc);

		note_table(names, field->source_schema, field->source_table);
		note_function(names, field->function_schema, field->function_name);
	}
	foreach(lc, names->customizations)
	{
		const RrTableCustomization *custom = lfirst(lc);

		note_table(names, custom->source_schema, custom->source_table);
	}
	foreach(lc, names->tracked_functions)
	{
		const RrTrackedFunction *function = lfirst(lc);

		note_function(names, function->function_schema, function->function_name);
	}
	return names;
}

const char *
rr_names_new_column(const RrTableNames *table, const char *name)
{
	for (int i = 0; table && i < table->ncolumns; i++)
	{
		if (table->columns[i] && table->new_columns[i] && strcmp(table->columns[i], name) == 0)
			return table->new_columns[i];
	}
	return name;
}
