/*
 * table_clash.c: which types of the table half cannot have their names,
 * because a remote schema has types of these names.
 */
#include "postgres.h"

#include "schema/remote/remote.h"
#include "schema/table/table_int.h"

/*
 * Create the types of tables, and the comparison types of their columns, whose
 * names a remote schema also uses.
 */
static void
touch_taken_types(RrRoleSchema *rs, const RrRemote *remote)
{
	gql_foreach(RrRemoteType, type, &remote->types)
	{
		for (int len = strlen(type->name); len > 0; len--)
		{
			const RrTable *table = type->name[len] == '_'
			? gql_names_get(&rs->tables->db->tables, pnstrdup(type->name, len)) : NULL;

			if (table != NULL)
				rr_touch_table(rs, table);
		}
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
			if (gql_names_get(&remote->types, rr_type_name_in(rs->tables->db, "order_by")) != NULL)
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
