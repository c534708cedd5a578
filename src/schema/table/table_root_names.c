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
	[RR_ROOT_INSERT] = {"insert_", "", "insert data into the table: ", ""},
	[RR_ROOT_INSERT_ONE] = {"insert_", "_one", "insert a single row into the table: ", ""},
	[RR_ROOT_UPDATE] = {"update_", "", "update data of the table: ", ""},
	[RR_ROOT_UPDATE_BY_PK] = {"update_", "_by_pk", "update single row of the table: ", ""},
	[RR_ROOT_UPDATE_MANY] = {"update_", "_many", "update multiples rows of table: ", ""},
	[RR_ROOT_DELETE] = {"delete_", "", "delete data from the table: ", ""},
	[RR_ROOT_DELETE_BY_PK] = {"delete_", "_by_pk", "delete single row from the table: ", ""},
};

const char *
rr_root_field_name(const RrDatabase *db pg_attribute_unused(), const RrTable *table,
				   RrTableRoot kind)
{
	return psprintf("%s%s%s", root_fields[kind].before, table->name, root_fields[kind].after);
}

const char *
rr_root_field_description(const RrTable *table, RrTableRoot kind)
{
	return psprintf("%s\"%s\"%s", root_fields[kind].describe, table->name,
					root_fields[kind].described);
}
