/*
 * table_clash.c: which types of the table half cannot have their names,
 * because a remote schema has types of these names.
 */
#include "postgres.h"

#include "schema/remote/remote.h"
#include "schema/table/table_int.h"

/* Make the types of a table, also those of its mutations. */
static void
touch_types(RrRoleSchema *rs, const RrTable *table)
{
	static const RrTableTypeKind inserts[] = {RR_TYPE_INSERT_INPUT, RR_TYPE_ON_CONFLICT,
		RR_TYPE_OBJ_REL_INSERT_INPUT, RR_TYPE_ARR_REL_INSERT_INPUT, RR_TYPE_CONSTRAINT,
	RR_TYPE_UPDATE_COLUMN};

	rr_touch_table(rs, table);
	for (int i = 0; i < (int) lengthof(inserts) && rr_may_insert(rs, table); i++)
		(void) rr_table_type(rs, table, inserts[i]);
	if (rr_may_update(rs, table))
		gql_type_fields(rs->schema, rr_table_type(rs, table, RR_TYPE_UPDATES));
}

/*
 * May one of the table's types have the name of one of the remote schema's? It
 * starts as the table's do; without customized names an underscore follows.
 */
static bool
may_meet(const RrDatabase *db, const RrTable *table, const RrRemote *remote)
{
	const char *start = rr_table_type_start(db, table);
	int			len = strlen(start);

	gql_foreach(RrRemoteType, type, &remote->types)
	{
		if (strncmp(type->name, start, len) == 0 && (db->customized || type->name[len] == '_'))
			return true;
	}
	return false;
}

/*
 * Create the types of tables, and the comparison types of their columns, whose
 * names a remote schema also uses.
 */
static void
touch_taken_types(RrRoleSchema *rs, const RrRemote *remote)
{
	const RrDatabase *db = rs->tables->db;

	gql_foreach(RrTable, table, &db->tables)
	{
		if (may_meet(db, table, remote))
			touch_types(rs, table);
	}
	gql_foreach(RrTable, table, &rs->tables->db->tables)
	{
		const RrRoleTable *rt = rr_role_table(rs, table);

		if (!rt->shown)
			continue;
		rr_foreach_column(rs, rt, column)
		{
			const RrScalar *scalar = rr_column_scalar(rs->tables->db, column);

			if (scalar->enum_table != NULL && gql_names_get(&remote->types, scalar->name) != NULL)
				(void) rr_scalar_type(rs, scalar);
			if (gql_names_get(&remote->types, rr_comparison_name(rs, scalar)) != NULL)
				rr_comparison_type(rs, scalar);
			if (gql_names_get(&remote->types, rr_cast_name(rs, scalar)) != NULL)
				gql_type_fields(rs->schema, rr_comparison_type(rs, scalar));
			if (gql_names_get(&remote->types, rr_type_name_in(db, "order_by")) != NULL)
				rr_order_by_enum(rs);
		}
	}
}

/*
 * Add the column types whose name a remote schema uses for another kind of
 * type. Their values are shown as text.
 */
static void
add_scalar_clashes(RrRoleSchema *rs, List **clashes)
{
	GqlNames	seen;

	gql_names_init(&seen, CurrentMemoryContext);
	gql_foreach(RrTable, table, &rs->tables->db->tables)
	{
		const RrRoleTable *rt = rr_role_table(rs, table);

		if (!rt->shown)
			continue;
		rr_foreach_column(rs, rt, column)
		{
			const RrScalar *scalar = rr_column_scalar(rs->tables->db, column);
			const GqlType *type = gql_names_get(&rs->schema->types, scalar->name);
			const char *taken = type && type->kind != GQL_SCALAR ? rr_type_taken(rs, scalar->name)
			: NULL;
			const char **name = palloc(sizeof(char *));

			if (scalar->enum_table != NULL)
				continue;

			*name = scalar->name;
			if (taken != NULL && gql_names_add(&seen, name))
				*clashes = lappend(*clashes, rr_inconsistency("type", scalar->name,
															  "%s Columns of that type are of type \"String\".", taken));
		}
	}
}

List	   *
rr_type_clashes(RrRoleSchema *rs)
{
	List	   *clashes = NIL;
	ListCell   *lc;

	if (rs->remotes == NIL)
		return NIL;
	foreach(lc, rs->remotes)
		touch_taken_types(rs, lfirst(lc));
	gql_foreach(RrOwnType, own, &rs->tables->own_types)
	{
		const char *taken = strcmp(own->type->name, own->name) != 0 ? rr_type_taken(rs, own->name)
		: NULL;

		if (taken != NULL)
			clashes = lappend(clashes, rr_inconsistency("type", own->name,
														"%s That of the tables is called \"%s\".",
														taken, own->type->name));
	}
	add_scalar_clashes(rs, &clashes);
	return clashes;
}
