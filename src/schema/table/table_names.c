/*
 * table_names.c: the GraphQL names of tables: who gets a name that several
 * want, and which names are reserved.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/hsearch.h"
#include "utils/rel.h"

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
	"_aggregate_bool_exp_count", "_aggregate_bool_exp_bool_and", "_aggregate_bool_exp_bool_or",
	"_aggregate_bool_exp_avg", "_aggregate_bool_exp_max", "_aggregate_bool_exp_min",
	"_aggregate_bool_exp_sum", "_aggregate_bool_exp_stddev_samp", "_aggregate_bool_exp_var_samp",
	"_aggregate_bool_exp_corr", "_aggregate_bool_exp_corr_arguments",
	"_aggregate_bool_exp_covar_samp", "_aggregate_bool_exp_covar_samp_arguments",
	"_sum_fields", "_avg_fields", "_stddev_fields", "_stddev_pop_fields",
	"_stddev_samp_fields", "_var_pop_fields",
	"_var_samp_fields", "_variance_fields", "_max_fields", "_min_fields",
	"_sum_order_by", "_avg_order_by", "_stddev_order_by", "_stddev_pop_order_by",
	"_stddev_samp_order_by",
	"_var_pop_order_by", "_var_samp_order_by", "_variance_order_by", "_max_order_by",
	"_min_order_by",
};

/* Functions of aggregates in where that have an enum of columns. */
static const char *const predicates[] = {
	"avg", "bool_and", "bool_or", "corr", "covar_samp", "max", "min", "stddev_samp", "sum",
	"var_samp",
};

static const char *
predicate_suffix(const char *table, const char *predicate)
{
	return psprintf("_select_column_%s_aggregate_bool_exp_%s_arguments_columns", table, predicate);
}

/* The table that has such an enum of this name, or NULL. */
static const RrTable *
predicate_owner(const RrDatabase *db, const char *name)
{
	const char *at = name;

	while ((at = strstr(at, "_select_column_")) != NULL)
	{
		const char *start = pnstrdup(name, at - name);
		const RrTable *table = gql_names_get(&db->tables, start);

		for (int i = 0; table != NULL && i < (int) lengthof(predicates); i++)
			if (strcmp(at, predicate_suffix(start, predicates[i])) == 0)
				return table;
		at++;
	}
	return NULL;
}

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
	*of = predicate_owner(db, name);
	return *of != NULL;
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
	static const char *const dialect[] = {"order_by"};
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

/* ---- types of comparisons ---- */

static const char *const comparison_suffixes[] = {"_comparison_exp", "_cast_exp"};

/*
 * May a name be one that the suffix makes of a scalar's name? It starts and
 * ends as the names made of "x" and "xx" do.
 */
static bool
looks_made(const RrDatabase *db, const char *name, const char *suffix)
{
	const char *one = rr_type_name_in(db, psprintf("x%s", suffix));
	const char *two = rr_type_name_in(db, psprintf("xx%s", suffix));
	int			len = strlen(name);
	int			same = 0;
	int			tail;

	while (one[same] != '\0' && one[same] == two[same])
		same++;
	tail = strlen(one + same);
	return len >= same + tail && strncmp(name, one, same - 1) == 0 &&
		strcmp(name + len - tail, one + same) == 0;
}

/* Is it the name that the suffix makes of a scalar, or of arrays of it? */
static bool
is_made_of(const RrDatabase *db, const char *name, const char *scalar, const char *suffix)
{
	static const char *const arrays[] = {"", "_array", "_array_array"};

	for (int i = 0; i < (int) lengthof(arrays); i++)
		if (strcmp(name, rr_type_name_in(db, psprintf("%s%s%s", scalar, arrays[i], suffix))) == 0)
			return true;
	return false;
}

/*
 * The scalar whose values are compared by the type of this name, or NULL. All
 * types of the database count, so that a name does not depend on the columns
 * that there are.
 */
static const char *
compared_scalar(const RrDatabase *db, const char *name, const char *suffix)
{
	static const char *const specified[] = {"String", "Int", "Float", "Boolean"};
	const char *found = NULL;
	Relation	types;
	SysScanDesc scan;
	HeapTuple	tuple;

	if (!looks_made(db, name, suffix))
		return NULL;
	for (int i = 0; i < (int) lengthof(specified); i++)
		if (is_made_of(db, name, specified[i], suffix))
			return specified[i];
	types = table_open(TypeRelationId, AccessShareLock);
	scan = systable_beginscan(types, InvalidOid, false, NULL, 0, NULL);
	while (found == NULL && HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_type form = (Form_pg_type) GETSTRUCT(tuple);

		CHECK_FOR_INTERRUPTS();
		if (form->typtype != TYPTYPE_COMPOSITE && form->typtype != TYPTYPE_PSEUDO &&
			rr_spellable(NameStr(form->typname)) &&
			is_made_of(db, name, NameStr(form->typname), suffix))
			found = pstrdup(NameStr(form->typname));
	}
	systable_endscan(scan);
	table_close(types, AccessShareLock);
	return found;
}

/* What comparisons need the name for, or NULL. */
static const char *
comparisons_of(const RrDatabase *db, const char *name)
{
	for (int i = 0; i < (int) lengthof(comparison_suffixes); i++)
	{
		const char *scalar = compared_scalar(db, name, comparison_suffixes[i]);

		if (scalar != NULL)
			return psprintf("comparison of type \"%s\"", scalar);
	}
	return NULL;
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
	const char *other;			/* NULL: every schema has them */
	List	   *names;			/* char * */
} Clash;

/* A root field of a table. */
typedef struct Root
{
	RrTableRoot kind;
	const char *name;
} Root;

static const char *
table_label(const RrTable *table)
{
	return quote_qualified_identifier(table->schema, table->relation);
}

/* other: what has the name; NULL for every schema. */
static void
note_clash(List **clashes, const char *other, const char *name)
{
	Clash	   *clash = NULL;
	ListCell   *lc;

	foreach(lc, *clashes)
	{
		const char *known = ((Clash *) lfirst(lc))->other;

		if (known == other || (known && other && strcmp(known, other) == 0))
			clash = lfirst(lc);
	}
	if (clash == NULL)
	{
		clash = palloc0(sizeof(Clash));
		clash->other = other;
		*clashes = lappend(*clashes, clash);
	}
	if (!rr_has_name(clash->names, name))
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
			appendStringInfo(out, " %s %s needs", n > 1 ? "ones that" : "one that", clash->other);
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
			note_clash(clashes, table_label(other), types[i]);
	}
	/* the first is the table's own name: no other ends like a comparison's */
	if (comparisons_of(db, types[0]) != NULL)
		note_clash(clashes, comparisons_of(db, types[0]), types[0]);
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
			note_clash(clashes, table_label(other), roots[i].name);
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
	for (int i = 0; i < (int) lengthof(predicates); i++)
		types[n++] = rr_table_type_name(db, table, predicate_suffix(table->name, predicates[i]));
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
	const char *types[lengthof(suffixes) + lengthof(predicates) + 3];
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
		const char *comparisons;
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
		else if (!db->customized && (comparisons = comparisons_of(db, table->name)) != NULL)
			rr_database_inconsistent(db, "table", label, "the name \"%s\" is one that %s needs",
									 table->name, comparisons);
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
