/*
 * table_links.c: relationships between tables: the explicit ones, and those
 * that follow from foreign keys, with their names.
 *
 * A name never depends on the order in which constraints were made, nor on
 * privileges. Names are given in steps, each with its own way to form a name.
 * If several foreign keys want the same name in one step, none of them gets
 * it.
 */
#include "postgres.h"

#include "parser/parse_oper.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

#include "schema/table/table_int.h"

/* A foreign key seen from one of its ends; it needs a name. */
typedef struct Candidate
{
	const RrForeignKey *key;
	bool		backward;
	bool		array;
	const char *wants;			/* in the current step, or NULL */
	const char *name;			/* once it has one */
} Candidate;

typedef struct TakenName
{
	const char *name;
	const char *by;				/* who has it: column "x"; NULL for keys,
								 * which come after all others */
} TakenName;

typedef struct Naming
{
	RrDatabase *db;
	RrTable    *table;
	GqlNames	taken;			/* TakenName */
	int			n;
	Candidate  *candidates;
} Naming;

typedef const char *(*Choice) (const RrDatabase *db, const Candidate *candidate);

static void
take(Naming *naming, const char *name, const char *by)
{
	TakenName  *taken = palloc(sizeof(TakenName));

	taken->name = name;
	taken->by = by;
	gql_names_add(&naming->taken, taken);
}

static bool
is_taken(const Naming *naming, const char *name)
{
	return gql_names_get(&naming->taken, name) != NULL;
}

static const char *
describe(const char *what, const char *name)
{
	return psprintf("%s \"%s\"", what, name);
}

/* If an explicit relationship's name is taken, list it as inconsistent. */
static bool
refuse_taken(Naming *naming, const char *name, const char *kind, const char *label)
{
	const TakenName *taken = gql_names_get(&naming->taken, name);

	if (taken != NULL)
		rr_database_inconsistent(naming->db, kind, label, "the name \"%s\" is taken by %s", name,
								 taken->by);
	return taken != NULL;
}

static const char *
aggregate_name(const Naming *naming, const char *name)
{
	return rr_name_with(naming->db, name, "_aggregate");
}

/* ---- ways to form a name, one for each step ---- */

static const char *
without_id(const RrDatabase *db pg_attribute_unused(), const Candidate *candidate)
{
	const RrForeignKey *key = candidate->key;
	const char *column;
	int			len;

	if (candidate->backward || key->nkeys != 1)
		return NULL;
	column = rr_table_column(key->table, key->attnums[0])->graphql_name;
	len = strlen(column);
	if (len > 3 && pg_strcasecmp(column + len - 3, "_id") == 0)
		return pnstrdup(column, len - 3);
	if (len > 2 && (strcmp(column + len - 2, "Id") == 0 || strcmp(column + len - 2, "ID") == 0) &&
		((column[len - 3] >= 'a' && column[len - 3] <= 'z') ||
		 (column[len - 3] >= '0' && column[len - 3] <= '9')))
		return pnstrdup(column, len - 2);
	return NULL;
}

static const char *
other_table(const RrDatabase *db pg_attribute_unused(), const Candidate *candidate)
{
	return candidate->backward ? candidate->key->table->name : candidate->key->target->name;
}

static const char *
table_by_columns(const RrDatabase *db, const Candidate *candidate)
{
	const RrForeignKey *key = candidate->key;
	StringInfoData name;

	initStringInfo(&name);
	appendStringInfo(&name, "%s_by_", other_table(db, candidate));
	for (int i = 0; i < key->nkeys; i++)
		appendStringInfo(&name, "%s%s", i > 0 ? "_and_" : "",
						 rr_table_column(key->table, key->attnums[i])->graphql_name);
	return rr_field_name_in(db, name.data);
}

static bool
is_available(const Naming *naming, const Candidate *candidate, const char *name)
{
	return rr_spellable(name) && !is_taken(naming, name) &&
		!(candidate->array && is_taken(naming, aggregate_name(naming, name)));
}

/* How many candidates of a step would take a name. */
typedef struct Demand
{
	const char *name;
	int			count;
} Demand;

static void
count_demand(GqlNames *demands, const char *name)
{
	Demand	   *demand = gql_names_entry(demands, name, sizeof(Demand));

	demand->count++;
}

static bool
is_alone(const GqlNames *demands, const char *name)
{
	return ((Demand *) gql_names_get(demands, name))->count == 1;
}

/*
 * Run one step for the candidates of one direction. A candidate gets the name
 * that it wants if the name is free and no other candidate wants it.
 */
static void
run_step(Naming *naming, bool backward, Choice choice)
{
	GqlNames	demands;

	gql_names_init(&demands, CurrentMemoryContext);
	for (int i = 0; i < naming->n; i++)
	{
		Candidate  *c = &naming->candidates[i];

		c->wants = NULL;
		if (c->name == NULL && c->backward == backward)
			c->wants = choice(naming->db, c);
		if (c->wants != NULL && !is_available(naming, c, c->wants))
			c->wants = NULL;
		if (c->wants == NULL)
			continue;
		count_demand(&demands, c->wants);
		if (c->array)
			count_demand(&demands, aggregate_name(naming, c->wants));
	}
	for (int i = 0; i < naming->n; i++)
	{
		Candidate  *c = &naming->candidates[i];

		if (c->wants == NULL || !is_alone(&demands, c->wants) ||
			(c->array && !is_alone(&demands, aggregate_name(naming, c->wants))))
			continue;
		c->name = c->wants;
		take(naming, c->name, NULL);
		if (c->array)
			take(naming, aggregate_name(naming, c->name), NULL);
	}
}

/* ---- links ---- */

static bool
same_columns(int n, const AttrNumber *a, int m, const AttrNumber *b)
{
	if (n != m)
		return false;
	for (int i = 0; i < n; i++)
	{
		bool		found = false;

		for (int j = 0; j < m && !found; j++)
			found = a[i] == b[j];
		if (!found)
			return false;
	}
	return true;
}

/*
 * Is there a key on exactly these columns? A deferrable one counts, although
 * it may be violated for a while: the relationship is an object. *strictly: at
 * most one row can have given values.
 */
static bool
is_unique(const RrTable *table, int n, const AttrNumber *attnums, bool *strictly)
{
	ListCell   *lc;
	bool		found = false;

	*strictly = false;
	foreach(lc, table->keys)
	{
		const RrKey *key = lfirst(lc);

		if (!same_columns(n, attnums, key->nkeys, key->attnums))
			continue;
		found = true;
		if (!key->deferrable && !table->has_children)
			*strictly = true;
	}
	return found;
}

/* Make the relationship of a foreign key, seen from one of its ends. */
static RrLink *
link_of_key(const RrForeignKey *key, bool backward)
{
	RrLink	   *link = palloc0(sizeof(RrLink));

	link->key = key;
	link->backward = backward;
	link->nests = true;
	link->after = backward;
	link->nkeys = key->nkeys;
	link->operators = key->operators;
	if (backward)
	{
		link->table = key->target;
		link->target = key->table;
		link->attnums = key->target_attnums;
		link->target_attnums = key->attnums;
		link->array = !is_unique(key->table, key->nkeys, key->attnums, &link->unique);
	}
	else
	{
		link->table = key->table;
		link->target = key->target;
		link->attnums = key->attnums;
		link->target_attnums = key->target_attnums;
		is_unique(key->target, key->nkeys, key->target_attnums, &link->unique);
	}
	return link;
}

/* ---- explicit relationships ---- */

static bool
is_array(const RrRelationship *relationship)
{
	return relationship->to_source ? relationship->to_source->array
		: relationship->kind == RR_REL_ARRAY;
}

static const char *
kind_name(const RrRelationship *relationship)
{
	if (relationship->to_source)
		return "remote_relationship";
	return relationship->kind == RR_REL_ARRAY ? "array_relation" : "object_relation";
}

/* The foreign key of this table with exactly these columns, or NULL. */
static const RrForeignKey *
find_key(List *keys, const RrTable *referrer, List *columns)
{
	ListCell   *lc,
			   *lc2;

	foreach(lc, keys)
	{
		const RrForeignKey *key = lfirst(lc);
		AttrNumber *attnums;
		int			n = 0;

		if (referrer != NULL && key->table != referrer)
			continue;
		attnums = palloc(list_length(columns) * sizeof(AttrNumber));
		foreach(lc2, columns)
		{
			const RrColumn *column = rr_table_column_named(key->table, lfirst(lc2));

			if (column != NULL)
				attnums[n++] = column->attnum;
		}
		if (n == list_length(columns) && same_columns(n, attnums, key->nkeys, key->attnums))
			return key;
	}
	return NULL;
}

/* Return the equality operator left = right, or InvalidOid. */
static Oid
equality(Oid left, Oid right)
{
	left = getBaseType(left);
	right = getBaseType(right);
	if (left == right)
		return lookup_type_cache(left, TYPECACHE_EQ_OPR)->eq_opr;
	return compatible_oper_opid(list_make2(makeString("pg_catalog"), makeString("=")), left,
								right, true);
}

static RrLink *
manual_link(RrTable *table, RrTable *target, const RrLinkUsing *using, const char **reason)
{
	RrLink	   *link = palloc0(sizeof(RrLink));
	ListCell   *lc;

	link->table = table;
	link->target = target;
	link->attnums = palloc(list_length(using->mapping) * sizeof(AttrNumber));
	link->target_attnums = palloc(list_length(using->mapping) * sizeof(AttrNumber));
	link->operators = palloc(list_length(using->mapping) * sizeof(Oid));
	foreach(lc, using->mapping)
	{
		const RrFieldMapping *pair = lfirst(lc);
		const RrColumn *here = rr_table_column_named(table, pair->lhs);
		const RrColumn *there = rr_table_column_named(target, pair->column);

		if (here == NULL || there == NULL)
		{
			*reason = psprintf("table \"%s\" has no column \"%s\"", here ? target->name
							   : table->name, here ? pair->column : pair->lhs);
			return NULL;
		}
		link->operators[link->nkeys] = equality(there->type, here->type);
		if (!OidIsValid(link->operators[link->nkeys]))
		{
			*reason = psprintf("column \"%s\" of table \"%s\" with type %s cannot be compared with column \"%s\" of table \"%s\" with type %s",
							   pair->lhs, table->name, format_type_be(here->type), pair->column,
							   target->name,
							   format_type_be(there->type));
			return NULL;
		}
		link->attnums[link->nkeys] = here->attnum;
		link->target_attnums[link->nkeys++] = there->attnum;
	}
	is_unique(target, link->nkeys, link->target_attnums, &link->unique);
	return link;
}

/*
 * Read the "using" of a relationship. "to_source" can only name this database,
 * so it means the same as "manual_configuration".
 */
static RrLinkUsing *
using_of(const RrRelationship *relationship)
{
	const RrToSource *to = relationship->to_source;
	RrLinkUsing *using;

	if (to == NULL)
		return rr_link_using_parse(rr_doc_root(relationship->using, "using"));
	using = palloc0(sizeof(RrLinkUsing));
	using->table_name = quote_qualified_identifier(to->table_schema, to->table_name);
	using->table = to->table;
	using->mapping = to->field_mapping;
	return using;
}

static RrLink *
explicit_link(RrDatabase *db, RrTable *table, const RrRelationship *relationship,
			  const char **reason)
{
	RrLinkUsing *using = using_of(relationship);
	RrTable    *other = OidIsValid(using->table) ? rr_database_table(db, using->table) : NULL;
	const RrForeignKey *key;
	RrLink	   *link;

	if (using->table_name != NULL && other == NULL)
	{
		*reason = psprintf("table \"%s\" is not exposed", using->table_name);
		return NULL;
	}
	if (using->mapping != NIL)
		link = manual_link(table, other, using, reason);
	else
	{
		/*
		 * If "using" names the other table, look for its key that points
		 * here; else for a key of this table.
		 */
		key = other == NULL ? find_key(table->foreign_keys, NULL, using->columns) : NULL;
		if (key != NULL)
			link = link_of_key(key, false);
		else if ((key = other ? find_key(table->references, other, using->columns) : NULL) != NULL)
			link = link_of_key(key, true);
		else
		{
			*reason = "there is no such foreign key between exposed tables";
			return NULL;
		}
	}
	if (link != NULL)
	{
		link->array = is_array(relationship);
		link->name = relationship->name;
		if (link->key == NULL)
		{
			link->nests = relationship->to_source == NULL;
			link->after = link->array || using->after_parent;
		}
	}
	return link;
}

static void
add_explicit(Naming *naming, const RrRelationship *relationship)
{
	RrTable    *table = naming->table;
	const char *label = rr_field_label(relationship->source_schema, relationship->source_table,
									   relationship->name);
	const char *reason = NULL;
	RrLink	   *link = explicit_link(naming->db, table, relationship, &reason);

	if (link == NULL)
		rr_database_inconsistent(naming->db, kind_name(relationship), label, "%s", reason);
	else if (!rr_spellable(link->name))
		rr_database_inconsistent(naming->db, kind_name(relationship), label,
								 "\"%s\" cannot be the name of a field", link->name);
	else if (!refuse_taken(naming, link->name, kind_name(relationship), label) &&
			 !(link->array && refuse_taken(naming, aggregate_name(naming, link->name),
										   kind_name(relationship), label)))
		gql_names_add(&table->links, link);

	/* keep the name reserved: it must be free once the cause is removed */
	take(naming, relationship->name, describe("relationship", relationship->name));
	if (is_array(relationship))
		take(naming, aggregate_name(naming, relationship->name),
			 describe("relationship", relationship->name));
}

/* Does an explicit relationship stand for this end of the key? */
static bool
is_replaced(const RrTable *table, const Candidate *candidate)
{
	gql_foreach(RrLink, link, &table->links)
		if (link->key == candidate->key && link->backward == candidate->backward)
		return true;
	return false;
}

/* ---- the whole ---- */

static int
compare_links(const void *a, const void *b)
{
	return strcmp((*(RrLink *const *) a)->name, (*(RrLink *const *) b)->name);
}

static void
sort_links(RrTable *table)
{
	int			n = table->links.n;
	RrLink	  **links = palloc(n * sizeof(RrLink *));

	if (n > 0)					/* an empty set has no items at all */
		memcpy(links, table->links.items, n * sizeof(RrLink *));
	qsort(links, n, sizeof(RrLink *), compare_links);
	gql_names_init(&table->links, CurrentMemoryContext);
	for (int i = 0; i < n; i++)
		gql_names_add(&table->links, links[i]);
}

static void
collect_candidates(Naming *naming)
{
	RrTable    *table = naming->table;
	int			nkeys = list_length(table->foreign_keys) + list_length(table->references);
	ListCell   *lc;

	naming->candidates = palloc0(nkeys * sizeof(Candidate));
	foreach(lc, table->foreign_keys)
		naming->candidates[naming->n++].key = lfirst(lc);
	foreach(lc, table->references)
	{
		Candidate  *candidate = &naming->candidates[naming->n++];
		bool		strictly;

		candidate->key = lfirst(lc);
		candidate->backward = true;
		candidate->array = !is_unique(candidate->key->table, candidate->key->nkeys,
									  candidate->key->attnums, &strictly);
	}
}

static void
name_links(RrDatabase *db, RrTable *table, List *explicit)
{
	Naming		naming = {.db = db, .table = table};
	ListCell   *lc;

	gql_names_init(&naming.taken, CurrentMemoryContext);
	for (int i = 0; i < table->ncolumns; i++)
		take(&naming, table->columns[i].graphql_name,
			 describe("column", table->columns[i].sql_name));
	gql_foreach(RrFunction, computed, &table->computed)
	{
		take(&naming, computed->name, describe("computed field", computed->name));
		if (computed->returns_set)
			take(&naming, aggregate_name(&naming, computed->name),
				 describe("computed field", computed->name));
	}
	foreach(lc, explicit)
	{
		const RrRelationship *relationship = lfirst(lc);

		if (relationship->source != table->oid)
			continue;
		if (relationship->kind != RR_REL_TO_REMOTE_SCHEMA)
			add_explicit(&naming, relationship);
		else if (!refuse_taken(&naming, relationship->name, "remote_relationship",
							   rr_field_label(table->schema, table->relation,
											  relationship->name)))
			take(&naming, relationship->name, describe("relationship", relationship->name));
	}

	collect_candidates(&naming);
	run_step(&naming, false, without_id);
	run_step(&naming, false, other_table);
	run_step(&naming, false, table_by_columns);
	run_step(&naming, true, other_table);
	run_step(&naming, true, table_by_columns);

	for (int i = 0; i < naming.n; i++)
	{
		Candidate  *candidate = &naming.candidates[i];
		RrLink	   *link;

		if (is_replaced(table, candidate))
			continue;
		if (candidate->name == NULL)
		{
			rr_database_inconsistent(db, "foreign_key",
									 rr_field_label(table->schema, table->relation,
													candidate->key->name),
									 "every name for the relationship of foreign key \"%s\" is taken",
									 candidate->key->name);
			continue;
		}
		link = link_of_key(candidate->key, candidate->backward);
		link->name = candidate->name;
		gql_names_add(&table->links, link);
	}
	sort_links(table);
}

void
rr_database_link(RrDatabase *db)
{
	db->table_relationships = rr_catalog_table_relationships(InvalidOid);
	db->remote_relationships = rr_catalog_remote_relationships(NULL);
	gql_foreach(RrTable, table, &db->tables)
		name_links(db, table, db->table_relationships);
}
