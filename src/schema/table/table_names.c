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

	if (order == 0)
		order = x->rank - y->rank;
	return order != 0 ? order : strcmp(x->table->relation, y->table->relation);
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

/* Is it the name of a type that every schema has? */
static bool
is_fixed_type(const RrDatabase *db, const char *name)
{
	static const char *const fixed[] = {"query_root", "mutation_root", "Int", "Float", "String",
	"Boolean", "ID"};
	static const char *const dialect[] = {"order_by", "jsonb_cast_exp"};
	static const char *const namespaces[] = {"_query", "_mutation_frontend"};

	for (int i = 0; i < (int) lengthof(fixed); i++)
		if (strcmp(name, fixed[i]) == 0)
			return true;
	for (int i = 0; i < (int) lengthof(dialect); i++)
		if (strcmp(name, rr_type_name_in(db, dialect[i])) == 0)
			return true;
	for (int i = 0; i < (int) lengthof(namespaces) && db->naming->root_namespace != NULL; i++)
		if (strcmp(name, rr_namespace_type_name(db, namespaces[i])) == 0)
			return true;
	return false;
}

/* Is it the root field of roles that see nothing? */
static bool
is_fixed_root(const char *name)
{
	return strcmp(name, "no_queries_available") == 0;
}

/* ---- clashes of customized names ---- */

/* The names that a table wants, and another thing has. */
typedef struct Clash
{
	const RrTable *other;		/* NULL: every schema has them */
	List	   *names;			/* char * */
} Clash;

/* A root field of a table. */
typedef struct Root
{
	RrTableRoot kind;
	const char *name;
} Root;

static void
note_clash(List **clashes, const RrTable *other, const char *name)
{
	Clash	   *clash = NULL;
	ListCell   *lc;

	foreach(lc, *clashes)
	{
		if (((Clash *) lfirst(lc))->other == other)
			clash = lfirst(lc);
	}
	if (clash == NULL)
	{
		clash = palloc0(sizeof(Clash));
		clash->other = other;
		*clashes = lappend(*clashes, clash);
	}
	clash->names = lappend(clash->names, unconstify(char *, name));
}

/* How many names a reason lists. */
#define MAX_NAMED 5

/* Append what is wrong with a table's names. */
static void
append_clashes(StringInfo out, List *clashes)
{
	ListCell   *lc;

	foreach(lc, clashes)
	{
		const Clash *clash = lfirst(lc);
		int			n = list_length(clash->names);

		appendStringInfo(out, "%sthe name%s ", out->len > 0 ? "; " : "", n > 1 ? "s" : "");
		for (int i = 0; i < Min(n, MAX_NAMED); i++)
			appendStringInfo(out, "%s\"%s\"", i > 0 ? ", " : "",
							 (char *) list_nth(clash->names, i));
		if (n > MAX_NAMED)
			appendStringInfo(out, " and %d more", n - MAX_NAMED);
		appendStringInfoString(out, n > 1 ? " are" : " is");
		if (clash->other == NULL)
			appendStringInfoString(out, " in every schema already");
		else
			appendStringInfo(out, " %s %s needs", n > 1 ? "ones that" : "one that",
							 quote_qualified_identifier(clash->other->schema,
														clash->other->relation));
	}
}

static void
check_types(const RrDatabase *db, const char **types, int n, List **clashes)
{
	for (int i = 0; i < n; i++)
	{
		const RrTable *other = owner_of(&db->type_names, types[i]);

		if (is_fixed_type(db, types[i]))
			note_clash(clashes, NULL, types[i]);
		else if (other != NULL)
			note_clash(clashes, other, types[i]);
	}
}

static void
check_roots(const GqlNames *taken, const Root *roots, int n, List **clashes)
{
	for (int i = 0; i < n; i++)
	{
		const RrTable *other = owner_of(taken, roots[i].name);

		if (is_fixed_root(roots[i].name))
			note_clash(clashes, NULL, roots[i].name);
		else if (other != NULL)
			note_clash(clashes, other, roots[i].name);
	}
}

/* Append which root fields of a table have one name. */
static void
append_equal_roots(StringInfo out, const Root *roots, int n)
{
	for (int i = 0; i < n; i++)
	{
		for (int j = 0; j < i; j++)
			if (strcmp(roots[j].name, roots[i].name) == 0)
				appendStringInfo(out, "%sthe name \"%s\" is wanted by two of its own root fields, \"%s\" and \"%s\"",
								 out->len > 0 ? "; " : "", roots[i].name,
								 rr_root_field_keys[roots[j].kind],
								 rr_root_field_keys[roots[i].kind]);
	}
}

static void
take_roots(GqlNames *names, const RrTable *table, const Root *roots, int n)
{
	for (int i = 0; i < n; i++)
		take(names, roots[i].name, table);
}

static int
list_types(const RrDatabase *db, const RrTable *table, const char **types)
{
	int			n = 0;

	types[n++] = rr_table_type_name(db, table, "");
	for (int i = 0; i < (int) lengthof(suffixes); i++)
		if (strcmp(suffixes[i], "_by_pk") != 0 && strcmp(suffixes[i], "_comparison_exp") != 0)
			types[n++] = rr_table_type_name(db, table, suffixes[i]);
	if (table->custom != NULL && table->custom->is_enum)
	{
		types[n++] = rr_table_type_name(db, table, "_enum");
		types[n++] = rr_table_type_name(db, table, "_enum_comparison_exp");
	}
	return n;
}

/*
 * The names of its fields of query_root, or of mutation_root. There are no
 * streams yet, but a name that the configuration gives to one is taken.
 */
static int
list_roots(const RrDatabase *db, const RrTable *table, bool mutations, Root *roots)
{
	int			n = 0;

	for (int i = 0; i < RR_NROOT_FIELDS; i++)
	{
		if ((i >= RR_ROOT_INSERT) != mutations ||
			(i == RR_ROOT_SELECT_STREAM && !rr_has_custom_root(table, i)))
			continue;
		roots[n].kind = i;
		roots[n++].name = rr_root_field_name(db, table, i);
	}
	return n;
}

/* The names that a table has if they are customized. */
typedef struct Wanted
{
	int			ntypes;
	int			nqueries;
	int			nmutations;
	const char *types[lengthof(suffixes) + 3];
	Root		queries[RR_NROOT_FIELDS];
	Root		mutations[RR_NROOT_FIELDS];
} Wanted;

/*
 * With customized names any name may meet any other. So every type and root
 * field of a table is looked up among those of the other tables. Return what
 * is wrong, or NULL.
 */
static const char *
customized_clash(const RrDatabase *db, const RrTable *table, Wanted *wanted)
{
	StringInfoData out;
	List	   *clashes = NIL;

	wanted->ntypes = list_types(db, table, wanted->types);
	wanted->nqueries = list_roots(db, table, false, wanted->queries);
	wanted->nmutations = list_roots(db, table, true, wanted->mutations);
	check_types(db, wanted->types, wanted->ntypes, &clashes);
	check_roots(&db->query_names, wanted->queries, wanted->nqueries, &clashes);
	check_roots(&db->mutation_names, wanted->mutations, wanted->nmutations, &clashes);
	initStringInfo(&out);
	append_clashes(&out, clashes);
	append_equal_roots(&out, wanted->queries, wanted->nqueries);
	append_equal_roots(&out, wanted->mutations, wanted->nmutations);
	return out.len > 0 ? out.data : NULL;
}

/* Take the names of a table if they are free. */
static bool
take_customized(RrDatabase *db, const RrTable *table)
{
	Wanted		wanted;

	if (customized_clash(db, table, &wanted) != NULL)
		return false;
	for (int i = 0; i < wanted.ntypes; i++)
		take(&db->type_names, wanted.types[i], table);
	take_roots(&db->query_names, table, wanted.queries, wanted.nqueries);
	take_roots(&db->mutation_names, table, wanted.mutations, wanted.nmutations);
	return true;
}

/* List the tables that have clashes, each with all of them. */
static void
list_customized_clashes(RrDatabase *db, List *refused)
{
	ListCell   *lc;

	foreach(lc, refused)
	{
		const RrTable *table = lfirst(lc);
		Wanted		wanted;

		rr_database_inconsistent(db, "table",
								 quote_qualified_identifier(table->schema, table->relation), "%s",
								 customized_clash(db, table, &wanted));
	}
}

void
rr_database_enter_tables(RrDatabase *db, RrFoundTable *found, int nfound)
{
	List	   *refused = NIL;

	if (db->customized)
	{
		gql_names_init(&db->type_names, CurrentMemoryContext);
		gql_names_init(&db->query_names, CurrentMemoryContext);
		gql_names_init(&db->mutation_names, CurrentMemoryContext);
	}
	/* of equal names the first gets it */
	qsort(found, nfound, sizeof(RrFoundTable), compare_found);
	for (int i = 0; i < nfound; i++)
	{
		RrTable    *table = found[i].table;
		const char *label = quote_qualified_identifier(table->schema, table->relation);
		const RrTable *other;
		RrTableEntry *entry;

		if (!rr_spellable(table->name))
			rr_database_inconsistent(db, "table", label, "\"%s\" is not a GraphQL name",
									 table->name);
		else if (!db->customized && (is_fixed_type(db, table->name) || is_fixed_root(table->name)))
			rr_database_inconsistent(db, "table", label,
									 "\"%s\" is a type of its own in every schema", table->name);
		else if ((other = gql_names_get(&db->tables, table->name)) != NULL)
			rr_database_inconsistent(db, "table", label, "the name \"%s\" is taken by %s",
									 table->name,
									 quote_qualified_identifier(other->schema, other->relation));
		else if (db->customized && !take_customized(db, table))
			refused = lappend(refused, table);
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
	list_customized_clashes(db, refused);
}
