/*
 * role_table.c: what one role sees of the exposed tables and functions.
 *
 * A table's privileges are looked up when it is first touched, and kept in the
 * role schema. To ask the server itself, see privilege.c.
 */
#include "postgres.h"

#include "miscadmin.h"
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

RrRoleTable *
rr_role_table(RrRoleSchema *rs, const RrTable *table)
{
	RrRoleTable *rt = &rs->tables->tables[table->number];

	if (!rt->checked)
	{
		MemoryContext old = MemoryContextSwitchTo(rs->cxt);

		read_privileges(rs, rt);
		rr_read_role_limits(rs, rt);
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
