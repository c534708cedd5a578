/*
 * write_privilege.c: what one role may write: which columns of a table it may
 * insert and update, and whether it may delete.
 *
 * Looked up when a table is first asked for, and kept in the role schema.
 * Tables take whatever the role's grants allow. Views and foreign tables take
 * it only where the server says that they can be changed.
 */
#include "postgres.h"

#include "access/sysattr.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_class.h"
#include "foreign/foreign.h"
#include "rewrite/rewriteHandler.h"
#include "utils/acl.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/syscache.h"

#include "schema/table/table_int.h"

#define CAN_INSERT (1 << CMD_INSERT)
#define CAN_UPDATE (1 << CMD_UPDATE)
#define CAN_DELETE (1 << CMD_DELETE)

static bool
is_plain_table(const RrTable *table)
{
	return table->relkind == RELKIND_RELATION || table->relkind == RELKIND_PARTITIONED_TABLE;
}

/* Has the foreign table's wrapper a handler? The server throws without one. */
static bool
has_handler(const RrTable *table)
{
	ForeignServer *server;

	if (!OidIsValid(get_rel_type_id(table->oid)))
		return false;
	server = GetForeignServer(GetForeignTable(table->oid)->serverid);
	return OidIsValid(GetForeignDataWrapper(server->fdwid)->fdwhandler);
}

/*
 * Which commands the relation takes, CAN_INSERT and so on; with a column:
 * which can give it a value. INSTEAD OF triggers count.
 */
static int
commands_of(const RrTable *table, const RrColumn *column)
{
	Bitmapset  *only = NULL;

	if (is_plain_table(table))
		return CAN_INSERT | CAN_UPDATE | CAN_DELETE;
	if (table->relkind == RELKIND_MATVIEW ||
		(table->relkind == RELKIND_FOREIGN_TABLE && !has_handler(table)))
		return 0;
	if (column != NULL)
		only = bms_make_singleton(column->attnum - FirstLowInvalidHeapAttributeNumber);
	return relation_is_updatable(table->oid, NIL, true, only);
}

/* Can a statement give the column a value at all? */
static bool
takes_values(const RrColumn *column)
{
	return column->generated == '\0' && column->identity != ATTRIBUTE_IDENTITY_ALWAYS &&
		column->spellable;
}

static bool
has_grant(Oid role, const RrTable *table, const RrColumn *column, bool on_table, AclMode mode)
{
	if (on_table)
		return true;
	return column->has_acl && OidIsValid(get_atttype(table->oid, column->attnum)) &&
		pg_attribute_aclcheck(table->oid, column->attnum, role, mode) == ACLCHECK_OK;
}

static void
read_write_privileges(RrRoleSchema *rs, RrRoleTable *rt)
{
	const RrTable *table = rt->table;
	int			commands;
	bool		insert;
	bool		update;

	if (!rr_may_use_schema(rs->role, table->schema_oid) ||
		!SearchSysCacheExists1(RELOID, ObjectIdGetDatum(table->oid)))
		return;
	insert = pg_class_aclcheck(table->oid, rs->role, ACL_INSERT) == ACLCHECK_OK;
	update = pg_class_aclcheck(table->oid, rs->role, ACL_UPDATE) == ACLCHECK_OK;
	rt->deletable = pg_class_aclcheck(table->oid, rs->role, ACL_DELETE) == ACLCHECK_OK;
	if (!insert && !update && !rt->deletable && !table->has_column_acl)
		return;
	commands = commands_of(table, NULL);
	rt->deletable &= (commands & CAN_DELETE) != 0;
	for (int i = 0; i < table->ncolumns && (commands & (CAN_INSERT | CAN_UPDATE)); i++)
	{
		const RrColumn *column = &table->columns[i];
		int			takes = takes_values(column) ? commands_of(table, column) : 0;

		if ((takes & CAN_INSERT) && has_grant(rs->role, table, column, insert, ACL_INSERT))
			rt->insertable = bms_add_member(rt->insertable, column->attnum);
		if ((takes & CAN_UPDATE) && has_grant(rs->role, table, column, update, ACL_UPDATE))
			rt->updatable = bms_add_member(rt->updatable, column->attnum);
	}
}

const RrRoleTable *
rr_role_table_writes(RrRoleSchema *rs, const RrTable *table)
{
	RrRoleTable *rt = rr_role_table(rs, table);

	if (!rt->writes_checked)
	{
		MemoryContext old = MemoryContextSwitchTo(rs->cxt);

		read_write_privileges(rs, rt);
		rt->writes_checked = true;
		MemoryContextSwitchTo(old);
	}
	return rt;
}

bool
rr_may_insert(RrRoleSchema *rs, const RrTable *table)
{
	const RrRoleTable *rt = rr_role_table_writes(rs, table);

	return !bms_is_empty(rt->insertable) && (rt->shown || !rt->visible);
}

bool
rr_may_update(RrRoleSchema *rs, const RrTable *table)
{
	const RrRoleTable *rt = rr_role_table_writes(rs, table);

	return !bms_is_empty(rt->updatable) && rt->shown;
}

bool
rr_may_delete(RrRoleSchema *rs, const RrTable *table)
{
	const RrRoleTable *rt = rr_role_table_writes(rs, table);

	return rt->deletable && rt->shown;
}

bool
rr_may_use_constraint(RrRoleSchema *rs, const RrTable *table, const RrKey *key)
{
	return !key->deferrable && rr_spellable(key->name) &&
		rr_can_read_all(rs, table, key->nkeys, key->attnums);
}

bool
rr_may_upsert(RrRoleSchema *rs, const RrTable *table)
{
	ListCell   *lc;

	if (!is_plain_table(table) || !rr_role_table(rs, table)->shown)
		return false;
	foreach(lc, table->keys)
	{
		if (rr_may_use_constraint(rs, table, lfirst(lc)))
			return true;
	}
	return false;
}
