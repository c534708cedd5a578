/*
 * table_mutation_fields.c: the fields of mutation_root that tables and tracked
 * functions give.
 *
 * mutation_root is completed when something looks into it, since with many
 * tables it is large, and queries have no use for it. plan/sql/sql_mutation.c
 * compiles its fields.
 */
#include "postgres.h"

#include "utils/memutils.h"

#include "schema/remote/remote.h"
#include "schema/table/table_int.h"

/*
 * Add a field. NULL if a remote schema has its name; that is noted for the
 * list of inconsistencies.
 */
static GqlFieldDef *
add_field(RrRoleSchema *rs, const RrTable *table, RrFieldKind kind, RrTableRoot root,
		  const GqlTypeRef *ref)
{
	const char *name = rr_root_field_name(rs->tables->db, table, root);
	GqlFieldDef *field = gql_type_add_field(rs->schema, rs->tables->mutation, name, ref);

	if (field == NULL)
	{
		const char *taken = rr_root_field_taken(rs, GQL_MUTATION, name);

		rs->inconsistencies = lappend(rs->inconsistencies,
									  rr_inconsistency("table", table->name, "%s", taken ? taken :
													   psprintf("another mutation has the name \"%s\"",
																name)));
		return NULL;
	}
	field->data = rr_table_field(rs, kind, table);
	field->description = rr_root_field_description(table, root);
	return field;
}

static GqlInputValueDef *
add_arg(RrRoleSchema *rs, GqlFieldDef *field, const char *name, const GqlTypeRef *ref,
		const char *description)
{
	GqlInputValueDef *arg = gql_field_add_arg(rs->schema, field, name, ref);

	arg->description = description;
	return arg;
}

static const GqlTypeRef *
required(RrRoleSchema *rs, const RrTable *table, RrTableTypeKind kind)
{
	return gql_non_null(rs->schema, &rr_table_type(rs, table, kind)->ref);
}

static const GqlTypeRef *
optional(RrRoleSchema *rs, const RrTable *table, RrTableTypeKind kind)
{
	return &rr_table_type(rs, table, kind)->ref;
}

static const GqlTypeRef *
required_list(RrRoleSchema *rs, const RrTable *table, RrTableTypeKind kind)
{
	return gql_non_null(rs->schema, gql_list_of(rs->schema, required(rs, table, kind)));
}

/* ---- tables ---- */

static void
add_on_conflict(RrRoleSchema *rs, GqlFieldDef *field, const RrTable *table)
{
	add_arg(rs, field, rr_field_name_in(rs->tables->db, "on_conflict"),
			optional(rs, table, RR_TYPE_ON_CONFLICT), "upsert condition");
}

static void
add_inserts(RrRoleSchema *rs, const RrTable *table)
{
	bool		upsert = rr_may_upsert(rs, table);
	GqlFieldDef *field = add_field(rs, table, RR_FIELD_INSERT, RR_ROOT_INSERT,
								   optional(rs, table, RR_TYPE_MUTATION_RESPONSE));

	if (field != NULL)
	{
		add_arg(rs, field, "objects", required_list(rs, table, RR_TYPE_INSERT_INPUT),
				"the rows to be inserted");
		if (upsert)
			add_on_conflict(rs, field, table);
	}
	if (!rr_role_table(rs, table)->shown)
		return;
	field = add_field(rs, table, RR_FIELD_INSERT_ONE, RR_ROOT_INSERT_ONE,
					  optional(rs, table, RR_TYPE_OBJECT));
	if (field == NULL)
		return;
	add_arg(rs, field, "object", required(rs, table, RR_TYPE_INSERT_INPUT),
			"the row to be inserted");
	if (upsert)
		add_on_conflict(rs, field, table);
}

static void
add_updates(RrRoleSchema *rs, const RrTable *table)
{
	const GqlTypeRef *response = optional(rs, table, RR_TYPE_MUTATION_RESPONSE);
	GqlFieldDef *field = add_field(rs, table, RR_FIELD_UPDATE, RR_ROOT_UPDATE, response);

	if (field != NULL)
	{
		rr_add_update_args(rs, field, table);
		add_arg(rs, field, "where", required(rs, table, RR_TYPE_BOOL_EXP),
				"filter the rows which have to be updated");
	}
	if (rr_readable_primary_key(rs, table) != NULL)
	{
		field = add_field(rs, table, RR_FIELD_UPDATE_BY_PK, RR_ROOT_UPDATE_BY_PK,
						  optional(rs, table, RR_TYPE_OBJECT));
		if (field != NULL)
		{
			rr_add_update_args(rs, field, table);
			add_arg(rs, field, rr_field_name_in(rs->tables->db, "pk_columns"),
					required(rs, table, RR_TYPE_PK_COLUMNS_INPUT), NULL);
		}
	}
	field = add_field(rs, table, RR_FIELD_UPDATE_MANY, RR_ROOT_UPDATE_MANY,
					  gql_list_of(rs->schema, response));
	if (field != NULL)
		add_arg(rs, field, "updates", required_list(rs, table, RR_TYPE_UPDATES),
				"updates to execute, in order");
}

static void
add_deletes(RrRoleSchema *rs, const RrTable *table)
{
	const RrKey *key = rr_readable_primary_key(rs, table);
	GqlFieldDef *field = add_field(rs, table, RR_FIELD_DELETE, RR_ROOT_DELETE,
								   optional(rs, table, RR_TYPE_MUTATION_RESPONSE));

	if (field != NULL)
		add_arg(rs, field, "where", required(rs, table, RR_TYPE_BOOL_EXP),
				"filter the rows which have to be deleted");
	if (key == NULL)
		return;
	field = add_field(rs, table, RR_FIELD_DELETE_BY_PK, RR_ROOT_DELETE_BY_PK,
					  optional(rs, table, RR_TYPE_OBJECT));
	for (int i = 0; field != NULL && i < key->nkeys; i++)
	{
		const RrColumn *column = rr_table_column(table, key->attnums[i]);
		const RrScalar *scalar = rr_column_scalar(rs->tables->db, column);

		add_arg(rs, field, column->graphql_name, gql_non_null(rs->schema, rr_scalar_ref(rs,
																						scalar)),
				NULL)->data = unconstify(RrColumn *, column);
	}
}

/* ---- mutation_root ---- */

static bool
is_mutation(RrRoleSchema *rs, const RrFunction *function)
{
	return function->as_mutation && rr_function_visible(rs, function, NULL);
}

static void
complete_mutation_root(GqlSchema *schema, GqlType *type)
{
	RrRoleSchema *rs = schema->data;

	gql_foreach(RrTable, table, &rs->tables->db->tables)
	{
		if (rr_may_insert(rs, table))
			add_inserts(rs, table);
		if (rr_may_update(rs, table))
			add_updates(rs, table);
		if (rr_may_delete(rs, table))
			add_deletes(rs, table);
	}
	gql_foreach(RrFunction, function, &rs->tables->db->functions)
		if (is_mutation(rs, function))
		rr_add_function_fields(rs, type, function);
	rr_sort_fields(type, 0);
}

static bool
has_mutations(RrRoleSchema *rs)
{
	gql_foreach(RrTable, table, &rs->tables->db->tables)
		if (rr_may_insert(rs, table) || rr_may_update(rs, table) || rr_may_delete(rs, table))
		return true;
	gql_foreach(RrFunction, function, &rs->tables->db->functions)
		if (is_mutation(rs, function))
		return true;
	return false;
}

void
rr_add_mutations(RrRoleSchema *rs)
{
	MemoryContext old = MemoryContextSwitchTo(rs->cxt);

	if (has_mutations(rs))
		rs->tables->mutation = rr_table_root(rs, GQL_MUTATION);
	if (rs->tables->mutation != NULL)
		rs->tables->mutation->complete = complete_mutation_root;
	if (rs->schema->mutation != NULL && rs->schema->mutation != rs->tables->mutation)
		rr_sort_fields(rs->schema->mutation, 0);
	MemoryContextSwitchTo(old);
}
