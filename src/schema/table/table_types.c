/*
 * table_types.c: the types of a table, and its object type.
 *
 * A table's types are made by whatever refers to them, so the types that exist
 * are those that can be reached. Their fields are added when something looks
 * at them (GqlType.complete): table_bool_exp.c, table_order_by.c,
 * table_aggregate.c and table_aggregate_bool_exp.c have those of the other
 * types.
 */
#include "postgres.h"

#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "commands/comment.h"
#include "utils/memutils.h"

#include "schema/remote/remote.h"
#include "schema/table/table_int.h"

/* ---- types ---- */

static const struct
{
	const char *suffix;
	GqlTypeKind kind;
	void		(*complete) (GqlSchema *schema, GqlType *type);
	const char *before;			/* the description is these with the table's
								 * name between; or NULL */
	const char *after;
}			table_types[RR_NTABLE_TYPES] = {
	[RR_TYPE_OBJECT] = {"", GQL_OBJECT, rr_complete_object, "columns and relationships of \"",
	"\""},
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
	[RR_TYPE_ENUM] = {"_enum", GQL_ENUM, rr_complete_table_enum, NULL, NULL},
	[RR_TYPE_MUTATION_RESPONSE] = {"_mutation_response", GQL_OBJECT, rr_complete_mutation_response,
	"response of any mutation on the table \"", "\""},
	[RR_TYPE_INSERT_INPUT] = {"_insert_input", GQL_INPUT_OBJECT, rr_complete_insert_input,
	"input type for inserting data into table \"", "\""},
	[RR_TYPE_OBJ_REL_INSERT_INPUT] = {"_obj_rel_insert_input", GQL_INPUT_OBJECT,
		rr_complete_obj_rel_insert_input,
	"input type for inserting object relation for remote table \"", "\""},
	[RR_TYPE_ARR_REL_INSERT_INPUT] = {"_arr_rel_insert_input", GQL_INPUT_OBJECT,
		rr_complete_arr_rel_insert_input,
	"input type for inserting array relation for remote table \"", "\""},
	[RR_TYPE_ON_CONFLICT] = {"_on_conflict", GQL_INPUT_OBJECT, rr_complete_on_conflict,
	"on_conflict condition type for table \"", "\""},
	[RR_TYPE_CONSTRAINT] = {"_constraint", GQL_ENUM, rr_complete_constraint,
	"unique or primary key constraints on table \"", "\""},
	[RR_TYPE_UPDATE_COLUMN] = {"_update_column", GQL_ENUM, rr_complete_update_column,
	"update columns of table \"", "\""},
	[RR_TYPE_PK_COLUMNS_INPUT] = {"_pk_columns_input", GQL_INPUT_OBJECT,
		rr_complete_pk_columns_input,
	"primary key columns input for table: ", ""},
	[RR_TYPE_UPDATES] = {"_updates", GQL_INPUT_OBJECT, rr_complete_updates, NULL, NULL},
	[RR_TYPE_SET_INPUT] = {"_set_input", GQL_INPUT_OBJECT, rr_complete_update_operator,
	"input type for updating data in table \"", "\""},
	[RR_TYPE_INC_INPUT] = {"_inc_input", GQL_INPUT_OBJECT, rr_complete_update_operator,
	"input type for incrementing numeric columns in table \"", "\""},
	[RR_TYPE_APPEND_INPUT] = {"_append_input", GQL_INPUT_OBJECT, rr_complete_update_operator,
	NULL, NULL},
	[RR_TYPE_PREPEND_INPUT] = {"_prepend_input", GQL_INPUT_OBJECT, rr_complete_update_operator,
	NULL, NULL},
	[RR_TYPE_DELETE_KEY_INPUT] = {"_delete_key_input", GQL_INPUT_OBJECT,
	rr_complete_update_operator, NULL, NULL},
	[RR_TYPE_DELETE_ELEM_INPUT] = {"_delete_elem_input", GQL_INPUT_OBJECT,
	rr_complete_update_operator, NULL, NULL},
	[RR_TYPE_DELETE_AT_PATH_INPUT] = {"_delete_at_path_input", GQL_INPUT_OBJECT,
	rr_complete_update_operator, NULL, NULL},
};

GqlType    *
rr_own_type(RrRoleSchema *rs, GqlTypeKind kind, const char *name, const void *owner, bool *made)
{
	RrOwnType  *own = gql_names_get(&rs->tables->own_types, name);
	const char *wanted = name;
	MemoryContext old;
	char	   *free_name;

	for (int i = 2; own != NULL && own->owner != owner; i++)
	{
		name = psprintf("%s_%d", wanted, i);
		own = gql_names_get(&rs->tables->own_types, name);
	}
	*made = own == NULL;
	if (own != NULL)
		return own->type;
	old = MemoryContextSwitchTo(rs->cxt);
	own = palloc(sizeof(RrOwnType));
	own->name = free_name = pstrdup(name);
	own->owner = owner;
	while ((own->type = gql_schema_add_type(rs->schema, kind, free_name)) == NULL)
		free_name = psprintf("%s_", free_name);
	gql_names_add(&rs->tables->own_types, own);
	MemoryContextSwitchTo(old);
	return own->type;
}

bool
rr_is_own_type(const RrRoleSchema *rs, const GqlType *type)
{
	const char *name = type->name;
	const RrOwnType *own = gql_names_get(&rs->tables->own_types, name);

	/* a clash with a remote schema's type has put underscores behind it */
	for (int len = strlen(name); own == NULL && len > 1 && name[len - 1] == '_'; len--)
		own = gql_names_get(&rs->tables->own_types, pnstrdup(name, len - 1));
	return own != NULL && own->type == type && type->data != NULL;
}

GqlType    *
rr_table_suffix_type(RrRoleSchema *rs, const RrTable *table, GqlTypeKind kind, const char *suffix,
					 const RrAggregate *aggregate,
					 void (*complete) (GqlSchema *schema, GqlType *type))
{
	bool		made;
	GqlType    *type = rr_own_type(rs, kind, rr_table_type_name(rs->tables->db, table, suffix),
								   table, &made);

	if (made)
	{
		RrTableType *info = MemoryContextAllocZero(rs->cxt, sizeof(RrTableType));

		info->table = table;
		info->aggregate = aggregate;
		info->kind = RR_NTABLE_TYPES;
		type->data = info;
		type->complete = complete;
	}
	return type;
}

GqlType    *
rr_table_type(RrRoleSchema *rs, const RrTable *table, RrTableTypeKind kind)
{
	RrRoleTable *rt = rr_role_table(rs, table);

	const char *comment;
	MemoryContext old;

	if (rt->types[kind] != NULL)
		return rt->types[kind];
	rt->types[kind] = rr_table_suffix_type(rs, table, table_types[kind].kind,
										   table_types[kind].suffix, NULL,
										   table_types[kind].complete);
	((RrTableType *) rt->types[kind]->data)->kind = kind;
	old = MemoryContextSwitchTo(rs->cxt);
	if (kind == RR_TYPE_OBJECT && rr_table_comment(table, &comment))
		rt->types[kind]->description = comment;
	else if (kind == RR_TYPE_OBJECT)
		rt->types[kind]->description = GetComment(table->oid, RelationRelationId, 0);
	if (rt->types[kind]->description == NULL && table_types[kind].before != NULL &&
		(kind != RR_TYPE_OBJECT || !rr_table_comment(table, &comment)))
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

/* [T!]! or [T!] */
const GqlTypeRef *
rr_table_rows(RrRoleSchema *rs, const RrTable *table)
{
	return gql_list_of(rs->schema, gql_non_null(rs->schema, &rr_table_type(rs, table,
																		   RR_TYPE_OBJECT)->ref));
}

/* ---- the object type ---- */

void
rr_add_path_arg(RrRoleSchema *rs, GqlFieldDef *field, const RrScalar *scalar)
{
	const RrScalar *text = rr_scalar(rs->tables->db, TEXTOID);
	GqlInputValueDef *arg;

	if (scalar->element != NULL || (scalar->base != JSONOID && scalar->base != JSONBOID))
		return;
	arg = gql_field_add_arg(rs->schema, field, "path", rr_scalar_ref(rs, text));
	arg->description = "JSON select path";
}

static void
add_column(RrRoleSchema *rs, GqlType *type, const RrTable *table, const RrColumn *column)
{
	const RrScalar *scalar = rr_column_scalar(rs->tables->db, column);
	const GqlTypeRef *ref = rr_scalar_ref(rs, scalar);
	GqlFieldDef *field = gql_type_add_field(rs->schema, type, column->graphql_name, column->not_null
											? gql_non_null(rs->schema, ref) : ref);
	RrTableField *info = rr_table_field(rs, RR_FIELD_COLUMN, table);

	info->column = column;
	field->data = info;
	if (!rr_column_comment(table, column, &field->description))
		field->description = GetComment(table->oid, RelationRelationId, column->attnum);
	rr_add_path_arg(rs, field, scalar);
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
	field = gql_type_add_field(schema, type, link->name,
							   gql_non_null(schema, rr_table_rows(rs, link->target)));
	field->data = info;
	field->description = "An array relationship";
	rr_add_list_args(rs, field, link->target);

	if (!rr_may_aggregate(rs, link->target))
		return;
	field = gql_type_add_field(schema, type, rr_name_with(rs->tables->db, link->name, "_aggregate"),
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
void
rr_sort_fields(GqlType *type, int first)
{
	GqlNames	sorted;

	qsort(type->fields.items + first, type->fields.n - first, sizeof(void *), compare_fields);
	gql_names_init(&sorted, type->fields.cxt);
	for (int i = 0; i < type->fields.n; i++)
		gql_names_add(&sorted, type->fields.items[i]);
	type->fields = sorted;
}

void
rr_complete_object(GqlSchema *schema, GqlType *type)
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
	rr_sort_fields(type, first);
}
