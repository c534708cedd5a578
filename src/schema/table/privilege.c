/*
 * privilege.c: what a role may do, as the server tells.
 *
 * The server's own functions throw when the object does not exist. A table may
 * be dropped after it was found, so these return false then.
 */
#include "postgres.h"

#include "catalog/pg_attribute.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_proc.h"
#include "utils/acl.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "compat.h"
#include "schema/table/table_int.h"

bool
rr_may_use_schema(Oid role, Oid schema)
{
	return SearchSysCacheExists1(NAMESPACEOID, ObjectIdGetDatum(schema)) &&
		rr_namespace_aclcheck(schema, role, ACL_USAGE) == ACLCHECK_OK;
}

bool
rr_may_read_table(Oid role, Oid table)
{
	return SearchSysCacheExists1(RELOID, ObjectIdGetDatum(table)) &&
		pg_class_aclcheck(table, role, ACL_SELECT) == ACLCHECK_OK;
}

bool
rr_may_read_column(Oid role, Oid table, AttrNumber column)
{
	return SearchSysCacheExists1(RELOID, ObjectIdGetDatum(table)) &&
		OidIsValid(get_atttype(table, column)) &&
		pg_attribute_aclcheck(table, column, role, ACL_SELECT) == ACLCHECK_OK;
}

bool
rr_may_read_columns(Oid role, Oid table)
{
	return SearchSysCacheExists1(RELOID, ObjectIdGetDatum(table)) &&
		pg_attribute_aclcheck_all(table, role, ACL_SELECT, ACLMASK_ALL) == ACLCHECK_OK;
}

bool
rr_may_execute(Oid role, Oid function)
{
	return SearchSysCacheExists1(PROCOID, ObjectIdGetDatum(function)) &&
		rr_proc_aclcheck(function, role, ACL_EXECUTE) == ACLCHECK_OK;
}
