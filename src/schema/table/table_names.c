/*
 * table_names.c: the GraphQL names of tables: who gets a name that several
 * want, and which names are reserved.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/hsearch.h"

#include "schema/table/table_int.h"

static int
compare_found(const void *a, const void *b)
{
	const RrFoundTable *x = a,
			   *y = b;
	int			order = strcmp(x->table->name, y->table->name);

	return order != 0 ? order : x->rank - y->rank;
}

/* Of the names of types and root fields that a table needs. */
static const char *const suffixes[] = {
	"_aggregate", "_by_pk", "_bool_exp", "_order_by", "_select_column", "_comparison_exp",
	"_insert_input", "_set_input", "_inc_input", "_mutation_response", "_on_conflict",
	"_constraint", "_update_column",
	"_pk_columns_input", "_updates", "_append_input", "_prepend_input", "_delete_key_input",
	"_delete_elem_input",
	"_delete_at_path_input", "_obj_rel_insert_input", "_arr_rel_insert_input",
	"_aggregate_fields", "_aggregate_order_by", "_aggregate_bool_exp",
	"_sum_fields", "_avg_fields", "_stddev_fields", "_stddev_pop_fields",
	"_stddev_samp_fields", "_var_pop_fields",
	"_var_samp_fields", "_variance_fields", "_max_fields", "_min_fields",
	"_sum_order_by", "_avg_order_by", "_stddev_order_by", "_stddev_pop_order_by",
	"_stddev_samp_order_by",
	"_var_pop_order_by", "_var_samp_order_by", "_variance_order_by", "_max_order_by",
	"_min_order_by",
};

/*
 * Does the name collide with a derived name of another table? A table named
 * books_aggregate cannot stand beside one named books. Suffixes of mutations
 * count, so that names stay the same when mutations are added.
 */
static bool
takes_derived_name(const RrDatabase *db, const char *name, const RrTable **of)
{
	int			len = strlen(name);

	for (int i = 0; i < (int) lengthof(suffixes); i++)
	{
		int			suffix_len = strlen(suffixes[i]);

		if (len <= suffix_len || strcmp(name + len - suffix_len, suffixes[i]) != 0)
			continue;
		*of = gql_names_get(&db->tables, pnstrdup(name, len - suffix_len));
		if (*of != NULL)
			return true;
	}
	return false;
}

/* Who has the name among those that tables have taken? */
static const RrTable *
owner_of(const GqlNames *names, const char *name)
{
	const RrTakenName *taken = gql_names_get(names, name);

	return taken == NULL ? NULL : taken->table;
}

static void
take(GqlNames *names, const char *name, const RrTable *table)
{
	RrTakenName *taken = palloc(sizeof(RrTakenName));

	taken->name = name;
	taken->table = table;
	gql_names_add(names, taken);
}

static bool
is_fixed_name(const char *name)
{
	static const char *const fixed[] = {
		"query_root", "mutation_root", "order_by", "no_queries_available", "Int", "Float",
		"String", "Boolean", "ID",
		"jsonb_cast_exp",
	};

	for (int i = 0; i < (int) lengthof(fixed); i++)
		if (strcmp(name, fixed[i]) == 0)
			return true;
	return false;
}

/*
 * With customized names any name may meet any other. So every type and root
 * field of a table is looked up among those of the tables before it. Return
 * the other table, with the name; or NULL, and the names are taken.
 */
static const RrTable *
find_customized_clash(RrDatabase *db, const RrTable *table, const char **name)
{
	const char *types[lengthof(suffixes) + 3];
	const char *roots[RR_NROOT_FIELDS];
	int			ntypes = 0,
				nroots = 0;
	const RrTable *other;

	types[ntypes++] = rr_table_type_name(db, table, "");
	for (int i = 0; i < (int) lengthof(suffixes); i++)
		if (strcmp(suffixes[i], "_by_pk") != 0 && strcmp(suffixes[i], "_comparison_exp") != 0)
			types[ntypes++] = rr_table_type_name(db, table, suffixes[i]);
	if (table->custom != NULL && table->custom->is_enum)
	{
		types[ntypes++] = rr_table_type_name(db, table, "_enum");
		types[ntypes++] = rr_table_type_name(db, table, "_enum_comparison_exp");
	}
	for (int i = 0; i < RR_NROOT_FIELDS; i++)
		if (i != RR_ROOT_SELECT_STREAM)
			roots[nroots++] = rr_root_field_name(db, table, i);
	for (int i = 0; i < ntypes; i++)
	{
		*name = types[i];
		if (is_fixed_name(*name))
			return table;
		if ((other = owner_of(&db->type_names, *name)) != NULL)
			return other;
	}
	for (int i = 0; i < nroots; i++)
	{
		*name = roots[i];
		if ((other = owner_of(&db->root_names, *name)) != NULL)
			return other;
		for (int j = 0; j < i; j++)
			if (strcmp(roots[j], *name) == 0)
				return table;
	}
	for (int i = 0; i < ntypes; i++)
		take(&db->type_names, types[i], table);
	for (int i = 0; i < nroots; i++)
		take(&db->root_names, roots[i], table);
	return NULL;
}

void
rr_database_enter_tables(RrDatabase *db, RrFoundTable *found, int nfound)
{
	if (db->customized)
	{
		gql_names_init(&db->type_names, CurrentMemoryContext);
		gql_names_init(&db->root_names, CurrentMemoryContext);
	}
	/* of equal names the first gets it */
	qsort(found, nfound, sizeof(RrFoundTable), compare_found);
	for (int i = 0; i < nfound; i++)
	{
		RrTable    *table = found[i].table;
		const char *label = quote_qualified_identifier(table->schema, table->relation);
		const RrTable *other;
		RrTableEntry *entry;
		const char *clash;

		if (!rr_spellable(table->name))
			rr_database_inconsistent(db, "table", label, "\"%s\" is not a GraphQL name",
									 table->name);
		else if (is_fixed_name(table->name))
			rr_database_inconsistent(db, "table", label,
									 "\"%s\" is a type of its own in every schema", table->name);
		else if ((other = gql_names_get(&db->tables, table->name)) != NULL)
			rr_database_inconsistent(db, "table", label, "the name \"%s\" is taken by %s",
									 table->name,
									 quote_qualified_identifier(other->schema, other->relation));
		else if (db->customized && (other = find_customized_clash(db, table, &clash)) == table)
			rr_database_inconsistent(db, "table", label,
									 "the name \"%s\" is wanted by two of its own fields, or is that of a type which every schema has",
									 clash);
		else if (db->customized && other != NULL)
			rr_database_inconsistent(db, "table", label, "the name \"%s\" is one that %s needs",
									 clash,
									 quote_qualified_identifier(other->schema, other->relation));
		else if (!db->customized && takes_derived_name(db, table->name, &other))
			rr_database_inconsistent(db, "table", label, "the name \"%s\" is one that %s needs",
									 table->name,
									 quote_qualified_identifier(other->schema, other->relation));
		else
		{
			table->number = db->tables.n;
			gql_names_add(&db->tables, table);
			entry = hash_search(db->by_oid, &table->oid, HASH_ENTER, NULL);
			entry->table = table;
		}
	}
}
