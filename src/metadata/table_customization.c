/*
 * table_customization.c: the names of tables, columns and tracked functions in
 * GraphQL, and tables that are hidden.
 */
#include "postgres.h"

#include "utils/lsyscache.h"

#include "compat.h"
#include "metadata/postponed.h"

/* Throws 42703 for the first column that the table does not have. */
static void
check_columns(Oid table, const RrTableCustomization *custom)
{
	gql_foreach(RrCustomName, entry, &custom->columns)
	{
		List	   *names = NIL;
		char	  **columns;
		int			n;

		if (get_attnum(table, entry->name) > 0)
			continue;
		columns = rr_table_columns(table, &n);
		for (int i = 0; i < n; i++)
			if (columns[i] != NULL)
				names = lappend(names, columns[i]);
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("table \"%s.%s\" has no column \"%s\"", custom->source_schema,
						custom->source_table, entry->name),
				 rr_errhint_did_you_mean(entry->name, names)));
	}
}

void
rr_delete_empty_customization(const char *schema, const char *table)
{
	RR_METADATA_EXECUTE("DELETE FROM remote_rel.table_customization WHERE table_schema OPERATOR(pg_catalog.=) $1 "
						"AND table_name OPERATOR(pg_catalog.=) $2 AND configuration IS NULL AND NOT hidden AND NOT is_enum "
						"AND role_limits OPERATOR(pg_catalog.=) '{}'::pg_catalog.jsonb",
						rr_arg_name(schema), rr_arg_name(table));
}

static char *
label(const char *schema, const char *table)
{
	return psprintf("the customization of table \"%s.%s\"", schema, table);
}

RrTableCustomization *
rr_read_table_customization(const char *schema, const char *table, const RrDoc *configuration)
{
	RrTableCustomization *custom = palloc0(sizeof(RrTableCustomization));

	custom->source_schema = schema;
	custom->source_table = table;
	if (configuration != NULL && rr_doc_members(configuration) != NIL)
	{
		rr_table_configuration_read(custom, configuration);
		custom->configuration = rr_doc_jsonb(configuration);
	}
	return custom;
}

void
rr_put_table_customization(const RrTableCustomization *custom, RrPutMode mode)
{
	const char *schema = custom->source_schema;
	const char *table = custom->source_table;
	List	   *before = NIL;

	if (mode == RR_RESTORE)
		(void) rr_lock_table(schema, table);
	else
		(void) rr_get_table_locked(schema, table);
	rr_metadata_begin();
	if (mode != RR_RESTORE)
	{
		if (custom->configuration != NULL)
			check_columns(rr_get_table(schema, table), custom);
		before = rr_inconsistencies_before();
	}
	RR_METADATA_EXECUTE("INSERT INTO remote_rel.table_customization (table_schema, table_name, configuration) VALUES ($1, $2, $3) "
						"ON CONFLICT (table_schema, table_name) DO UPDATE SET configuration = $3",
						rr_arg_name(schema), rr_arg_name(table),
						rr_arg_jsonb(custom->configuration));
	rr_delete_empty_customization(schema, table);
	if (mode != RR_RESTORE)
		rr_refuse_new_inconsistencies(before, label(schema, table));
	rr_metadata_end();
}

void
rr_set_table_hidden(const char *schema, const char *table, bool hidden, RrPutMode mode)
{
	List	   *before = NIL;

	if (mode == RR_RESTORE)
		(void) rr_lock_table(schema, table);
	else
		(void) rr_get_table_locked(schema, table);
	rr_metadata_begin();
	if (mode != RR_RESTORE)
		before = rr_inconsistencies_before();
	RR_METADATA_EXECUTE("INSERT INTO remote_rel.table_customization (table_schema, table_name, hidden) VALUES ($1, $2, $3) "
						"ON CONFLICT (table_schema, table_name) DO UPDATE SET hidden = $3",
						rr_arg_name(schema), rr_arg_name(table), rr_arg_bool(hidden));
	rr_delete_empty_customization(schema, table);
	if (mode != RR_RESTORE)
		rr_refuse_new_inconsistencies(before, psprintf("%s table \"%s.%s\"", hidden ? "hiding"
													   : "showing", schema, table));
	rr_metadata_end();
}

void
rr_put_function_customization(const RrTrackedFunction *function)
{
	List	   *before;

	rr_metadata_begin();
	before = rr_inconsistencies_before();
	rr_check_tracked_function(function);
	if (RR_METADATA_EXECUTE("UPDATE remote_rel.tracked_function SET configuration = $3 "
							"WHERE function_schema OPERATOR(pg_catalog.=) $1 AND function_name OPERATOR(pg_catalog.=) $2",
							rr_arg_name(function->function_schema),
							rr_arg_name(function->function_name),
							rr_arg_jsonb(function->configuration)) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("function \"%s.%s\" is not tracked", function->function_schema,
						function->function_name)));
	rr_refuse_new_inconsistencies(before, psprintf("function \"%s.%s\"",
												   function->function_schema,
												   function->function_name));
	rr_metadata_end();
}

void
rr_put_naming(const RrNaming *naming, RrPutMode mode)
{
	List	   *before = NIL;

	rr_metadata_begin();
	if (mode != RR_RESTORE)
		before = rr_inconsistencies_before();
	if (naming == NULL)
		(void) rr_metadata_execute("DELETE FROM remote_rel.source_customization", 0, NULL);
	else
		RR_METADATA_EXECUTE("INSERT INTO remote_rel.source_customization (name, customization) VALUES ('default', $1) "
							"ON CONFLICT (name) DO UPDATE SET customization = $1",
							rr_arg_jsonb(naming->customization));
	if (mode != RR_RESTORE)
		rr_refuse_new_inconsistencies(before, "this customization");
	rr_metadata_end();
}
