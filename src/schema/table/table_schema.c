/*
 * table_schema.c: what a role sees of the tables: root fields at once, types
 * when they are first looked at.
 *
 * A table's types are made by whatever refers to them, so those that exist are
 * those that can be reached. A type asked for by name (by a variable's type,
 * say) before anything has referred to it is found by its table's name.
 */
#include "postgres.h"

#include "catalog/pg_class.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "commands/comment.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/memutils.h"
#include "utils/rls.h"

#include "compat.h"
#include "schema/remote/remote.h"
#include "schema/table/table_int.h"

/* ---- privileges ---- */

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

static bool
can_read_all(RrRoleSchema *rs, const RrTable *table, int n, const AttrNumber *attnums)
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
		can_read_all(rs, link->table, link->nkeys, link->attnums) &&
		can_read_all(rs, link->target, link->nkeys, link->target_attnums);
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

/* Is an object relationship sure to find its row? */
static bool
is_total(RrRoleSchema *rs, const RrLink *link)
{
	if (link->array || link->key == NULL || link->backward || !link->key->trusted ||
		rr_role_table(rs, link->target)->rls)
		return false;
	for (int i = 0; i < link->nkeys; i++)
		if (!rr_table_column(link->table, link->attnums[i])->not_null)
			return false;
	return true;
}

/* ---- types ---- */

static void complete_object(GqlSchema *schema, GqlType *type);

static const struct
{
	const char *suffix;
	GqlTypeKind kind;
	void		(*complete) (GqlSchema *schema, GqlType *type);
	const char *before;			/* the description is these with the table's
								 * name between; or NULL */
	const char *after;
}			table_types[RR_NTABLE_TYPES] = {
	[RR_TYPE_OBJECT] = {"", GQL_OBJECT, complete_object, "columns and relationships of \"", "\""},
	[RR_TYPE_BOOL_EXP] = {"_bool_exp", GQL_INPUT_OBJECT, rr_complete_bool_exp,
		"Boolean expression to filter rows from the table \"",
	"\". All fields are combined with a logical 'AND'."},
	[RR_TYPE_ORDER_BY] = {"_order_by", GQL_INPUT_OBJECT, rr_complete_order_by,
	"Ordering options when selecting data from \"", "\"."},
	[RR_TYPE_SELECT_COLUMN] = {"_select_column", GQL_ENUM, rr_complete_select_column,
	"select columns of table \"", "\""},
	[RR_TYPE_AGGREGATE] = {"_aggregate", GQL_OBJECT, rr_complete_aggregate,
	"aggregated selection of \"", "\""},
	[RR_TYPE_AGGREGATE_FIELDS] = {"_aggregate_fields", GQL_OBJECT, rr_complete_aggregate_fields,
	"aggregate fields of \"", "\""},
	[RR_TYPE_AGGREGATE_ORDER_BY] = {"_aggregate_order_by", GQL_INPUT_OBJECT,
		rr_complete_aggregate_order_by,
	"order by aggregate values of table \"", "\""},
	[RR_TYPE_AGGREGATE_BOOL_EXP] = {"_aggregate_bool_exp", GQL_INPUT_OBJECT,
	rr_complete_aggregate_bool_exp, NULL, NULL},
};

GqlType    *
rr_own_type(RrRoleSchema *rs, GqlTypeKind kind, const char *name, bool *made)
{
	RrOwnType  *own = gql_names_get(&rs->tables->own_types, name);
	MemoryContext old;
	char	   *free_name;

	*made = own == NULL;
	if (own != NULL)
		return own->type;
	old = MemoryContextSwitchTo(rs->cxt);
	own = palloc(sizeof(RrOwnType));
	own->name = free_name = pstrdup(name);
	while ((own->type = gql_schema_add_type(rs->schema, kind, free_name)) == NULL)
		free_name = psprintf("%s_", free_name);
	gql_names_add(&rs->tables->own_types, own);
	MemoryContextSwitchTo(old);
	return own->type;
}

GqlType    *
rr_table_suffix_type(RrRoleSchema *rs, const RrTable *table, GqlTypeKind kind, const char *suffix,
					 const RrAggregate *aggregate,
					 void (*complete) (GqlSchema *schema, GqlType *type))
{
	bool		made;
	GqlType    *type = rr_own_type(rs, kind, suffix[0] != '\0'
								   ? psprintf("%s%s", table->name, suffix) : table->name, &made);

	if (made)
	{
		RrTableType *info = MemoryContextAllocZero(rs->cxt, sizeof(RrTableType));

		info->table = table;
		info->aggregate = aggregate;
		type->data = info;
		type->complete = complete;
	}
	return type;
}

GqlType    *
rr_table_type(RrRoleSchema *rs, const RrTable *table, RrTableTypeKind kind)
{
	RrRoleTable *rt = rr_role_table(rs, table);

	MemoryContext old;

	if (rt->types[kind] != NULL)
		return rt->types[kind];
	rt->types[kind] = rr_table_suffix_type(rs, table, table_types[kind].kind,
										   table_types[kind].suffix, NULL, table_types[kind].complete);
	old = MemoryContextSwitchTo(rs->cxt);
	if (kind == RR_TYPE_OBJECT)
		rt->types[kind]->description = GetComment(table->oid, RelationRelationId, 0);
	if (rt->types[kind]->description == NULL && table_types[kind].before != NULL)
		rt->types[kind]->description = psprintf("%s%s%s", table_types[kind].before, table->name,
												table_types[kind].after);
	MemoryContextSwitchTo(old);
	return rt->types[kind];
}

RrTableField *
rr_table_field(RrRoleSchema *rs, RrFieldKind kind, const RrTable *table)
{
	RrTableField *field = MemoryContextAllocZero(rs->cxt, sizeof(RrTableField));

	field->base.kind = kind;
	field->table = table;
	return field;
}

void
rr_add_list_args(RrRoleSchema *rs, GqlFieldDef *field, const RrTable *table)
{
	GqlSchema  *schema = rs->schema;
	const GqlTypeRef *integer = rr_scalar_ref(rs, rr_scalar(rs->tables->db, INT4OID));

	gql_field_add_arg(schema, field, "distinct_on",
					  gql_list_of(schema, gql_non_null(schema,
													   &rr_table_type(rs, table, RR_TYPE_SELECT_COLUMN)->ref)))->description =
		"distinct select on columns";
	gql_field_add_arg(schema, field, "limit",
					  integer)->description = "limit the number of rows returned";
	gql_field_add_arg(schema, field, "offset",
					  integer)->description = "skip the first n rows. Use only with order_by";
	gql_field_add_arg(schema, field, "order_by",
					  gql_list_of(schema, gql_non_null(schema,
													   &rr_table_type(rs, table, RR_TYPE_ORDER_BY)->ref)))->description =
		"sort the rows by one or more columns";
	gql_field_add_arg(schema, field, "where", &rr_table_type(rs, table,
															 RR_TYPE_BOOL_EXP)->ref)->description =
		"filter the rows returned";
}

/* [T!]! or [T!] */
static const GqlTypeRef *
list_ref(RrRoleSchema *rs, const RrTable *table)
{
	return gql_list_of(rs->schema, gql_non_null(rs->schema, &rr_table_type(rs, table,
																		   RR_TYPE_OBJECT)->ref));
}

/* ---- the object type ---- */

static void
add_column(RrRoleSchema *rs, GqlType *type, const RrTable *table, const RrColumn *column)
{
	const RrScalar *scalar = rr_scalar(rs->tables->db, column->type);
	const GqlTypeRef *ref = rr_scalar_ref(rs, scalar);
	GqlFieldDef *field = gql_type_add_field(rs->schema, type, column->name, column->not_null
											? gql_non_null(rs->schema, ref) : ref);
	RrTableField *info = rr_table_field(rs, RR_FIELD_COLUMN, table);

	info->column = column;
	field->data = info;
	field->description = GetComment(table->oid, RelationRelationId, column->attnum);
	if (scalar->element == NULL && (scalar->base == JSONOID || scalar->base == JSONBOID))
		gql_field_add_arg(rs->schema, field, "path", rr_scalar_ref(rs,
																   rr_scalar(rs->tables->db, TEXTOID)))->description =
			"JSON select path";
}

static void
add_link(RrRoleSchema *rs, GqlType *type, const RrLink *link)
{
	GqlSchema  *schema = rs->schema;
	RrTableField *info = rr_table_field(rs, link->array ? RR_FIELD_ARRAY_RELATIONSHIP
										: RR_FIELD_OBJECT_RELATIONSHIP, link->target);
	GqlFieldDef *field;

	info->link = link;
	if (!link->array)
	{
		const GqlTypeRef *ref = &rr_table_type(rs, link->target, RR_TYPE_OBJECT)->ref;

		field = gql_type_add_field(schema, type, link->name, is_total(rs, link)
								   ? gql_non_null(schema, ref) : ref);
		field->data = info;
		field->description = "An object relationship";
		return;
	}
	field = gql_type_add_field(schema, type, link->name, gql_non_null(schema, list_ref(rs,
																					   link->target)));
	field->data = info;
	field->description = "An array relationship";
	rr_add_list_args(rs, field, link->target);

	field = gql_type_add_field(schema, type, psprintf("%s_aggregate", link->name),
							   gql_non_null(schema, &rr_table_type(rs, link->target,
																   RR_TYPE_AGGREGATE)->ref));
	info = rr_table_field(rs, RR_FIELD_AGGREGATE_RELATIONSHIP, link->target);
	info->link = link;
	field->data = info;
	field->description = "An aggregate relationship";
	rr_add_list_args(rs, field, link->target);
}

static int
compare_fields(const void *a, const void *b)
{
	return strcmp((*(GqlFieldDef *const *) a)->name, (*(GqlFieldDef *const *) b)->name);
}

/*
 * Put the fields of an object type in order by name, from the one at position
 * first on.
 */
static void
sort_fields(GqlType *type, int first)
{
	GqlNames	sorted;

	qsort(type->fields.items + first, type->fields.n - first, sizeof(void *), compare_fields);
	gql_names_init(&sorted, type->fields.cxt);
	for (int i = 0; i < type->fields.n; i++)
		gql_names_add(&sorted, type->fields.items[i]);
	type->fields = sorted;
}

static void
complete_object(GqlSchema *schema, GqlType *type)
{
	RrRoleSchema *rs = schema->data;
	const RrTable *table = ((RrTableType *) type->data)->table;
	RrRoleTable *rt = rr_role_table(rs, table);
	int			first;

	rr_foreach_column(rs, rt, column)
		add_column(rs, type, table, column);
	gql_foreach(RrFunction, computed, &table->computed)
		rr_table_add_computed_field(rs, type, table, computed);

	first = type->fields.n;
	gql_foreach(RrLink, link, &table->links)
		if (rr_link_visible(rs, link))
		add_link(rs, type, link);
	rr_add_remote_joins(rs, table->oid, type);
	sort_fields(type, first);
}

/* ---- root fields ---- */

static void
add_by_pk(RrRoleSchema *rs, GqlType *query, const RrTable *table)
{
	const RrKey *key = rr_table_primary_key(table);
	GqlFieldDef *field;

	if (key == NULL || !can_read_all(rs, table, key->nkeys, key->attnums))
		return;
	for (int i = 0; i < key->nkeys; i++)
		if (!rr_table_column(table, key->attnums[i])->spellable)
			return;
	field = gql_type_add_field(rs->schema, query, psprintf("%s_by_pk", table->name),
							   &rr_table_type(rs, table, RR_TYPE_OBJECT)->ref);
	field->data = rr_table_field(rs, RR_FIELD_BY_PK, table);
	field->description = psprintf("fetch data from the table: \"%s\" using primary key columns",
								  table->name);
	for (int i = 0; i < key->nkeys; i++)
	{
		const RrColumn *column = rr_table_column(table, key->attnums[i]);
		GqlInputValueDef *arg = gql_field_add_arg(rs->schema, field, column->name,
												  gql_non_null(rs->schema,
															   rr_scalar_ref(rs, rr_scalar(rs->tables->db,
																						   column->type))));

		arg->data = unconstify(RrColumn *, column);
	}
}

static void
add_root_fields(RrRoleSchema *rs, GqlType *query, const RrTable *table)
{
	GqlFieldDef *field;

	field = gql_type_add_field(rs->schema, query, table->name,
							   gql_non_null(rs->schema, list_ref(rs, table)));
	field->data = rr_table_field(rs, RR_FIELD_TABLE, table);
	field->description = psprintf("fetch data from the table: \"%s\"", table->name);
	rr_add_list_args(rs, field, table);

	field = gql_type_add_field(rs->schema, query, psprintf("%s_aggregate", table->name),
							   gql_non_null(rs->schema, &rr_table_type(rs, table,
																	   RR_TYPE_AGGREGATE)->ref));
	field->data = rr_table_field(rs, RR_FIELD_TABLE_AGGREGATE, table);
	field->description = psprintf("fetch aggregated fields from the table: \"%s\"", table->name);
	rr_add_list_args(rs, field, table);

	add_by_pk(rs, query, table);
}

/*
 * Why the table is not in the schema: a remote schema has a name that it
 * needs. NULL: nothing is in its way.
 */
static const char *
clash(RrRoleSchema *rs, const RrTable *table)
{
	static const char *const root_suffixes[] = {"", "_aggregate", "_by_pk"};
	const char *taken = rr_type_taken(rs, table->name);

	for (int i = 0; taken == NULL && i < (int) lengthof(root_suffixes); i++)
	{
		const char *name = psprintf("%s%s", table->name, root_suffixes[i]);

		if (gql_names_get(&rs->schema->query->fields, name) != NULL)
			taken = rr_root_field_taken(rs, name);
	}
	return taken;
}

/* ---- types by name ---- */

/*
 * Make the types that a table's name begins; what nothing reaches is none of
 * them.
 */
static void
touch_table(RrRoleSchema *rs, const RrTable *table)
{
	if (!rr_role_table(rs, table)->shown)
		return;
	gql_type_fields(rs->schema, rr_table_type(rs, table, RR_TYPE_OBJECT));
	gql_type_fields(rs->schema, rr_table_type(rs, table, RR_TYPE_BOOL_EXP));
	gql_type_fields(rs->schema, rr_table_type(rs, table, RR_TYPE_ORDER_BY));
	gql_type_fields(rs->schema, rr_table_type(rs, table, RR_TYPE_SELECT_COLUMN));
	gql_type_fields(rs->schema, rr_table_type(rs, table, RR_TYPE_AGGREGATE));
	gql_type_fields(rs->schema, rr_table_type(rs, table, RR_TYPE_AGGREGATE_FIELDS));
}

/*
 * Complete everything that can be reached: completing adds types at the end.
 */
static void
list_types(GqlSchema *schema)
{
	for (int i = 0; i < schema->types.n; i++)
		gql_type_fields(schema, schema->types.items[i]);
}

/*
 * The scalar of this name, or a list of it, that a column has which the role
 * reads; NULL if there is none.
 */
static const RrScalar *
find_scalar(RrRoleSchema *rs, const char *name, int len, bool array)
{
	RrDatabase *db = rs->tables->db;

	gql_foreach(RrTable, table, &db->tables)
	{
		const RrRoleTable *rt = rr_role_table(rs, table);

		if (!rt->shown)
			continue;
		rr_foreach_column(rs, rt, column)
		{
			const RrScalar *scalar = rr_scalar(db, column->type);

			if (strncmp(scalar->name, name, len) == 0 && scalar->name[len] == '\0' &&
				(!array || (scalar->element != NULL && scalar->element->element == NULL)))
				return scalar;
		}
	}
	return NULL;
}

/*
 * Types that belong to no table in particular: scalars, their comparisons,
 * order_by.
 */
static GqlType *
find_common_type(RrRoleSchema *rs, const char *name)
{
	static const char array_suffix[] = "_array_comparison_exp";
	static const char suffix[] = "_comparison_exp";
	int			len = strlen(name);
	const RrScalar *scalar = find_scalar(rs, name, len, false);

	if (scalar != NULL)
		return rr_scalar_type(rs, scalar);
	if (strcmp(name, "order_by") == 0 && rs->tables->own_types.n > 0)
		return rr_order_by_enum(rs);
	len -= lengthof(array_suffix) - 1;
	if (len > 0 && strcmp(name + len, array_suffix) == 0 &&
		(scalar = find_scalar(rs, name, len, true)) != NULL)
		return rr_comparison_type(rs, scalar);
	len = strlen(name) - (lengthof(suffix) - 1);
	if (len > 0 && strcmp(name + len, suffix) == 0 && (scalar = find_scalar(rs, name, len,
																			false)) != NULL && scalar->element == NULL)
		return rr_comparison_type(rs, scalar);
	return NULL;
}

static GqlType *
find_type(GqlSchema *schema, const char *name)
{
	RrRoleSchema *rs = schema->data;
	GqlType    *type;

	/*
	 * Every beginning of the name that ends before an underscore may be a
	 * table's.
	 */
	for (int len = strlen(name); len > 0; len--)
	{
		const RrTable *table;

		if (name[len] != '\0' && name[len] != '_')
			continue;
		table = gql_names_get(&rs->tables->db->tables, pnstrdup(name, len));
		if (table == NULL)
			continue;
		touch_table(rs, table);
		type = gql_names_get(&schema->types, name);
		if (type != NULL)
			return type;
	}

	type = find_common_type(rs, name);
	if (type != NULL)
		return type;

	/* What only certain relationships or functions lead to; or nothing. */
	list_types(schema);
	return gql_names_get(&schema->types, name);
}

/*
 * Have those types made whose names remote schemas have, too: of tables, and
 * of what their columns are compared with.
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
				touch_table(rs, table);
		}
	}
	gql_foreach(RrTable, table, &rs->tables->db->tables)
	{
		const RrRoleTable *rt = rr_role_table(rs, table);

		if (!rt->shown)
			continue;
		rr_foreach_column(rs, rt, column)
		{
			const RrScalar *scalar = rr_scalar(rs->tables->db, column->type);

			if (gql_names_get(&remote->types, rr_comparison_name(rs, scalar)) != NULL)
				rr_comparison_type(rs, scalar);
			if (gql_names_get(&remote->types, "order_by") != NULL)
				rr_order_by_enum(rs);
		}
	}
}

/*
 * A column's type that is another kind of thing in a remote schema, so that
 * its values are shown as text.
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
			const RrScalar *scalar = rr_scalar(rs->tables->db, column->type);
			const GqlType *type = gql_names_get(&rs->schema->types, scalar->name);
			const char *taken = type && type->kind != GQL_SCALAR ? rr_type_taken(rs, scalar->name)
			: NULL;
			const char **name = palloc(sizeof(char *));

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
														"%s That of the tables is called \"%s\".", taken, own->type->name));
	}
	add_scalar_clashes(rs, &clashes);
	return clashes;
}

void
rr_tables_init(RrRoleSchema *rs, RrDatabase *db)
{
	MemoryContext old = MemoryContextSwitchTo(rs->cxt);
	RrRoleTables *tables = palloc0(sizeof(RrRoleTables));

	tables->db = db;
	tables->tables = palloc0(Max(db->tables.n, 1) * sizeof(RrRoleTable));
	gql_foreach(RrTable, table, &db->tables)
		tables->tables[table->number].table = table;
	gql_names_init(&tables->own_types, rs->cxt);
	rs->tables = tables;
	rs->schema->data = rs;
	rs->schema->find_type = find_type;
	rs->schema->list_types = list_types;
	MemoryContextSwitchTo(old);
}

void
rr_add_tables(RrRoleSchema *rs)
{
	GqlSchema  *schema = rs->schema;
	MemoryContext old = MemoryContextSwitchTo(rs->cxt);
	RrDatabase *db = rs->tables->db;

	gql_foreach(RrTable, table, &db->tables)
	{
		RrRoleTable *rt = rr_role_table(rs, table);
		const char *taken = rt->visible ? clash(rs, table) : NULL;

		rt->shown = rt->visible && taken == NULL;
		if (taken != NULL)
			rs->inconsistencies = lappend(rs->inconsistencies,
										  rr_inconsistency("table", table->name, "%s", taken));
	}
	gql_foreach(RrTable, table, &db->tables)
		if (rr_role_table(rs, table)->shown)
		add_root_fields(rs, schema->query, table);
	gql_foreach(RrFunction, function, &db->functions)
		rr_add_function_fields(rs, schema->query, function);
	sort_fields(schema->query, 0);
	MemoryContextSwitchTo(old);
}
