/*
 * table_root_names.c: the names and descriptions of the root fields that a
 * table gives.
 */
#include "postgres.h"

#include "schema/table/table_int.h"

static const struct
{
	const char *before;			/* the default name is the table's name
								 * between these */
	const char *after;
	const char *describe;		/* the default description, before the table's
								 * name in quotes */
	const char *described;		/* and after it */
}			root_fields[RR_NROOT_FIELDS] = {
	[RR_ROOT_SELECT] = {"", "", "fetch data from the table: ", ""},
	[RR_ROOT_SELECT_BY_PK] = {"", "_by_pk", "fetch data from the table: ",
	" using primary key columns"},
	[RR_ROOT_SELECT_AGGREGATE] = {"", "_aggregate", "fetch aggregated fields from the table: ", ""},
	[RR_ROOT_SELECT_STREAM] = {"", "_stream",
	"fetch data from the table in a streaming manner: ", ""},
	[RR_ROOT_INSERT] = {"insert", "", "insert data into the table: ", ""},
	[RR_ROOT_INSERT_ONE] = {"insert", "_one", "insert a single row into the table: ", ""},
	[RR_ROOT_UPDATE] = {"update", "", "update data of the table: ", ""},
	[RR_ROOT_UPDATE_BY_PK] = {"update", "_by_pk", "update single row of the table: ", ""},
	[RR_ROOT_UPDATE_MANY] = {"update", "_many", "update multiples rows of table: ", ""},
	[RR_ROOT_DELETE] = {"delete", "", "delete data from the table: ", ""},
	[RR_ROOT_DELETE_BY_PK] = {"delete", "_by_pk", "delete single row from the table: ", ""},
};

static const RrCustomName *
configured(const RrTable *table, RrTableRoot kind)
{
	if (table->custom == NULL || table->custom->configuration == NULL)
		return NULL;
	return gql_names_get(&table->custom->root_fields, rr_root_field_keys[kind]);
}

bool
rr_has_custom_root(const RrTable *table, RrTableRoot kind)
{
	const RrCustomName *custom = configured(table, kind);

	return custom != NULL && custom->to != NULL;
}

const char *
rr_root_field_name(const RrDatabase *db, const RrTable *table, RrTableRoot kind)
{
	const RrCustomName *custom = configured(table, kind);
	const char *name = table->name;

	if (custom != NULL && custom->to != NULL)
		return rr_root_name_in(db, custom->to);
	if (root_fields[kind].before[0] != '\0')
		name = rr_name_with(db, root_fields[kind].before,
							psprintf("_%s", name));
	if (root_fields[kind].after[0] != '\0')
		name = rr_name_with(db, name, root_fields[kind].after);
	return rr_root_name_in(db, name);
}

const char *
rr_root_field_description(const RrTable *table, RrTableRoot kind)
{
	const RrCustomName *custom = configured(table, kind);

	if (custom != NULL && custom->comment != NULL)
		return custom->comment[0] != '\0' ? custom->comment : NULL;
	return psprintf("%s\"%s\"%s", root_fields[kind].describe, table->name,
					root_fields[kind].described);
}
