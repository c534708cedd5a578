/*
 * role_limits.c: how much of a table a role gets: rows of a list, and
 * aggregates.
 */
#include "postgres.h"

#include "catalog/pg_attribute.h"
#include "catalog/pg_class.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/syscache.h"

#include "compat.h"
#include "schema/table/table_int.h"

/* Add the roles that an ACL lets read. PUBLIC is no role. */
static List *
add_readers(List *readers, int cache, HeapTuple tuple, AttrNumber attnum)
{
	bool		isnull;
	Datum		value = SysCacheGetAttr(cache, tuple, attnum, &isnull);
	Acl		   *acl = isnull ? NULL : DatumGetAclP(value);

	for (int i = 0; acl && i < ACL_NUM(acl); i++)
	{
		const		AclItem *item = &ACL_DAT(acl)[i];

		if (item->ai_grantee != ACL_ID_PUBLIC && (ACLITEM_GET_PRIVS(*item) & ACL_SELECT))
			readers = list_append_unique_oid(readers, item->ai_grantee);
	}
	return readers;
}

/*
 * The roles that read a table, or a column of it, by a grant of their own: as
 * in Hasura, these have permissions, and others inherit them.
 */
static List *
table_readers(const RrTable *table)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(table->oid));
	List	   *readers;

	if (!HeapTupleIsValid(tuple))
		return NIL;
	readers = list_make1_oid(((Form_pg_class) GETSTRUCT(tuple))->relowner);
	readers = add_readers(readers, RELOID, tuple, Anum_pg_class_relacl);
	ReleaseSysCache(tuple);
	for (int i = 0; i < table->ncolumns; i++)
	{
		if (!table->columns[i].has_acl)
			continue;
		tuple = SearchSysCache2(ATTNUM, ObjectIdGetDatum(table->oid),
								Int16GetDatum(table->columns[i].attnum));
		if (!HeapTupleIsValid(tuple))
			continue;
		readers = add_readers(readers, ATTNUM, tuple, Anum_pg_attribute_attacl);
		ReleaseSysCache(tuple);
	}
	return readers;
}

/* Does the role have the rights of one of others? */
static bool
inherits_from_one(Oid role, List *others)
{
	ListCell   *lc;

	foreach(lc, others)
	{
		if (has_privs_of_role(role, lfirst_oid(lc)))
			return true;
	}
	return false;
}

/* Set the limits of the roles whose rights the role has. */
static void
inherit_limits(RrRoleSchema *rs, RrRoleTable *rt)
{
	List	   *readers = table_readers(rt->table);
	bool		limited = false;
	bool		aggregates = false;
	ListCell   *lc;

	/* what it is granted itself counts alone, and has no limits */
	if (list_member_oid(readers, rs->role))
		return;
	foreach(lc, rt->table->custom->limits)
	{
		const RrTableLimit *limit = lfirst(lc);
		Oid			role = get_role_oid(limit->role, true);

		if (!OidIsValid(role) || !has_privs_of_role(rs->role, role))
			continue;
		limited = true;
		aggregates |= limit->allow_aggregations;
		rt->max_rows = Max(rt->max_rows, limit->max_rows);
		readers = list_delete_oid(readers, role);
	}
	if (limited)
		rt->may_aggregate = aggregates || inherits_from_one(rs->role, readers);
}

void
rr_read_role_limits(RrRoleSchema *rs, RrRoleTable *rt)
{
	ListCell   *lc;

	rt->max_rows = -1;
	rt->may_aggregate = true;
	if (rt->table->custom == NULL || rt->table->custom->limits == NIL || rs->sees_everything ||
		superuser_arg(rs->role))
		return;
	foreach(lc, rt->table->custom->limits)
	{
		const RrTableLimit *limit = lfirst(lc);

		if (get_role_oid(limit->role, true) == rs->role)
		{
			rt->max_rows = limit->max_rows;
			rt->may_aggregate = limit->allow_aggregations;
			return;
		}
	}
	inherit_limits(rs, rt);
}
