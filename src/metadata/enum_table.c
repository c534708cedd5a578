/*
 * enum_table.c: makes tables enum tables (schema/table/table_enum.c), and
 * keeps the triggers on them that tell of changed rows.
 */
#include "postgres.h"

#include "catalog/pg_class.h"
#include "commands/trigger.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "compat.h"
#include "metadata/postponed.h"

#define CHANGED "remote_rel_enum_changed"
#define EMPTIED "remote_rel_enum_emptied"

static void
drop_trigger(Oid table, const char *name, const char *trigger)
{
	if (OidIsValid(get_trigger_oid(table, trigger, true)))
		(void) rr_metadata_execute(psprintf("DROP TRIGGER %s ON %s", trigger, name), 0, NULL);
}

static void
drop_triggers(Oid table, const char *name)
{
	drop_trigger(table, name, CHANGED);
	drop_trigger(table, name, EMPTIED);
}

/*
 * FOR EACH ROW and ENABLE ALWAYS: logical replication fires no others. They go
 * when the extension is dropped.
 */
static void
create_triggers(const char *name)
{
	(void) rr_metadata_execute(psprintf("CREATE TRIGGER " CHANGED
										" AFTER INSERT OR UPDATE OR DELETE ON %s FOR EACH ROW "
										"EXECUTE FUNCTION remote_rel.enum_rows_changed()", name),
							   0, NULL);
	(void) rr_metadata_execute(psprintf("CREATE TRIGGER " EMPTIED
										" AFTER TRUNCATE ON %s FOR EACH STATEMENT "
										"EXECUTE FUNCTION remote_rel.enum_rows_changed()", name),
							   0, NULL);
	(void) rr_metadata_execute(psprintf("ALTER TABLE %s ENABLE ALWAYS TRIGGER " CHANGED
										", ENABLE ALWAYS TRIGGER " EMPTIED, name), 0, NULL);
	(void) rr_metadata_execute(psprintf("ALTER TRIGGER " CHANGED
										" ON %s DEPENDS ON EXTENSION remote_rel", name), 0, NULL);
	(void) rr_metadata_execute(psprintf("ALTER TRIGGER " EMPTIED
										" ON %s DEPENDS ON EXTENSION remote_rel", name), 0, NULL);
}

/* Only an ordinary table can have them; another one is refused later. */
static void
put_triggers(Oid table, const char *schema, const char *relation, bool is_enum)
{
	const char *name = quote_qualified_identifier(schema, relation);

	if (!OidIsValid(table) || get_rel_relkind(table) != RELKIND_RELATION)
		return;
	drop_triggers(table, name);
	if (is_enum)
		create_triggers(name);
}

void
rr_mark_enum_table(const char *schema, const char *table, bool is_enum, RrPutMode mode)
{
	List	   *before = NIL;
	Oid			oid = mode == RR_RESTORE ? rr_lock_table(schema, table)
	: rr_get_table_locked(schema, table);

	/* what CREATE TRIGGER takes, before the lock on the metadata */
	if (OidIsValid(oid))
		LockRelationOid(oid, ShareRowExclusiveLock);
	rr_metadata_begin();
	if (mode != RR_RESTORE)
		before = rr_inconsistencies_before();
	RR_METADATA_EXECUTE("INSERT INTO remote_rel.table_customization (table_schema, table_name, is_enum) VALUES ($1, $2, $3) "
						"ON CONFLICT (table_schema, table_name) DO UPDATE SET is_enum = $3",
						rr_arg_name(schema), rr_arg_name(table), rr_arg_bool(is_enum));
	rr_delete_empty_customization(schema, table);
	put_triggers(oid, schema, table, is_enum);
	if (mode != RR_RESTORE)
		rr_refuse_new_inconsistencies(before, psprintf("enum table \"%s.%s\"", schema, table));
	rr_metadata_end();
}

void
rr_drop_enum_triggers(void)
{
	ListCell   *lc;

	foreach(lc, rr_catalog_table_customizations(InvalidOid))
	{
		const RrTableCustomization *custom = lfirst(lc);

		if (custom->is_enum)
			put_triggers(custom->source, custom->source_schema, custom->source_table, false);
	}
}
