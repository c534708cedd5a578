/*
 * role_table.c: what one role sees of the exposed tables and functions.
 *
 * A table's privileges are looked up when it is first touched, and kept in the
 * role schema. To ask the server itself, see privilege.c.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/rls.h"

#include "schema/table/table_int.h"

static void
read_privileges(RrRoleSchema *rs, RrRoleTable *rt)
{
	const RrTable *table = rt->table;
	bool		whole;

	if (!rr_may_use_schema(rs->role, table->schema_oid))
		return;
	whole = rr_may_read_table(rs->role, table->oid);
	if (!whole && !table->has_column_acl)
		return;
	rt->whole = true;
	for (int i = 0; i < table->ncolumns; i++)
	{
		const RrColumn *column = &table->columns[i];

		if (whole || (column->has_acl && rr_may_read_column(rs->role, table->oid, column->attnum)))
		{
			rt->readable = bms_add_member(rt->readable, column->attnum);
			rt->visible |= column->spellable;
		}
		else
			rt->whole = false;
	}
	rt->rls = table->row_security && check_enable_rls(table->oid, rs->role, true) == RLS_ENABLED;
}

/*
 * Set what the role gets of the table: as its own entry says, else as those of
 * the roles say whose rights it has. Of several, the largest limit holds, and
 * aggregates are there if one of them allows them, as for Hasura's inherited
 * roles. Superusers and who sees everything have no limits.
 */
static void
read_limits(RrRoleSchema *rs, RrRoleTable *rt)
{
	bool		found = false;
	ListCell   *lc;

	rt->max_rows = -1;
	rt->may_aggregate = true;
	if (rt->table->custom == NULL || rs->sees_everything || superuser_arg(rs->role))
		return;
	foreach(lc, rt->table->custom->limits)
	{
		const RrTableLimit *limit = lfirst(lc);
		Oid			role = get_role_oid(limit->role, true);

		if (role == rs->role)
		{
			rt->max_rows = limit->max_rows;
			rt->may_aggregate = limit->allow_aggregations;
			return;
		}
		if (!OidIsValid(role) || !has_privs_of_role(rs->role, role))
			continue;
		rt->max_rows = Max(rt->max_rows, limit->max_rows);
		rt->may_aggregate = limit->allow_aggregations || (found && rt->may_aggregate);
		found = true;
	}
}

RrRoleTable *
rr_role_table(RrRoleSchema *rs, const RrTable *table)
{
	RrRoleTable *rt = &rs->tables->tables[table->number];

	if (!rt->checked)
	{
		MemoryContext old = MemoryContextSwitchTo(rs->cxt);

		read_privileges(rs, rt);
		read_limits(rs, rt);
		rt->checked = true;
		MemoryContextSwitchTo(old);
	}
	return rt;
}

bool
rr_can_read(RrRoleSchema *rs, const RrTable *table, AttrNumber attnum)
{
	return bms_is_member(attnum, rr_role_table(rs, table)->readable);
}

bool
rr_may_aggregate(RrRoleSchema *rs, const RrTable *table)
{
	return rr_role_table(rs, table)->may_aggregate;
}

bool
rr_can_read_all(RrRoleSchema *rs, const RrTable *table, int n, const AttrNumber *attnums)
{
	for (int i = 0; i < n; i++)
		if (!rr_can_read(rs, table, attnums[i]))
			return false;
	return true;
}

bool
rr_link_visible(RrRoleSchema *rs, const RrLink *link)
{
	return rr_role_table(rs, link->target)->shown &&
		rr_can_read_all(rs, link->table, link->nkeys, link->attnums) &&
		rr_can_read_all(rs, link->target, link->nkeys, link->target_attnums);
}

bool
rr_function_visible(RrRoleSchema *rs, const RrFunction *function, const RrTable *table)
{
	if (!rr_may_execute(rs->role, function->oid) || !rr_may_use_schema(rs->role,
																	   function->schema_oid))
		return false;
	if (table != NULL && !rr_role_table(rs, table)->whole)
		return false;
	return function->result_table == NULL || rr_role_table(rs, function->result_table)->shown;
}
