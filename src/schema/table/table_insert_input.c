/*
 * table_insert_input.c: the input types of rows to insert:
 * books_insert_input, and those of nested inserts along relationships,
 * authors_obj_rel_insert_input and books_arr_rel_insert_input.
 *
 * plan/sql/sql_insert.c compiles rows, plan/sql/insert_tree.c orders nested
 * ones.
 */
#include "postgres.h"

#include "schema/table/table_int.h"

static const RrTable *
table_of(const GqlType *type)
{
	return ((const RrTableType *) type->data)->table;
}

/* Is there a column of the link that a nested insert cannot fill? */
static bool
can_fill(RrRoleSchema *rs, const RrLink *link)
{
	const RrTable *filled = link->after ? link->target : link->table;
	const AttrNumber *attnums = link->after ? link->target_attnums : link->attnums;
	const RrRoleTable *rt = rr_role_table_writes(rs, filled);

	for (int i = 0; i < link->nkeys; i++)
		if (!bms_is_member(attnums[i], rt->insertable))
			return false;
	return true;
}

static bool
can_nest(RrRoleSchema *rs, const RrLink *link)
{
	return link->nests && rr_link_visible(rs, link) && rr_may_insert(rs, link->target) &&
		can_fill(rs, link);
}

void
rr_complete_insert_input(GqlSchema *schema, GqlType *type)
{
	RrRoleSchema *rs = schema->data;
	const RrTable *table = table_of(type);
	const RrRoleTable *rt = rr_role_table_writes(rs, table);

	for (int i = 0; i < table->ncolumns; i++)
	{
		const RrColumn *column = &table->columns[i];
		RrTableField *info;

		if (!bms_is_member(column->attnum, rt->insertable))
			continue;
		info = rr_table_field(rs, RR_FIELD_COLUMN, table);
		info->column = column;
		rr_add_table_input(rs, type, column->graphql_name,
						   rr_scalar_ref(rs, rr_column_scalar(rs->tables->db, column)), info);
	}
	gql_foreach(RrLink, link, &table->links)
	{
		RrTableField *info;
		RrTableTypeKind kind = link->array ? RR_TYPE_ARR_REL_INSERT_INPUT
		: RR_TYPE_OBJ_REL_INSERT_INPUT;

		if (!can_nest(rs, link))
			continue;
		info = rr_table_field(rs, link->array ? RR_FIELD_ARRAY_RELATIONSHIP
							  : RR_FIELD_OBJECT_RELATIONSHIP, link->target);
		info->link = link;
		rr_add_table_input(rs, type, link->name, &rr_table_type(rs, link->target, kind)->ref, info);
	}
}

static void
complete_nested(GqlSchema *schema, GqlType *type, bool array)
{
	RrRoleSchema *rs = schema->data;
	const RrTable *table = table_of(type);
	const GqlTypeRef *row = gql_non_null(schema, &rr_table_type(rs, table,
																RR_TYPE_INSERT_INPUT)->ref);

	gql_type_add_input(schema, type, "data", array
					   ? gql_non_null(schema, gql_list_of(schema, row)) : row);
	if (rr_may_upsert(rs, table))
		gql_type_add_input(schema, type, rr_field_name_in(rs->tables->db, "on_conflict"),
						   &rr_table_type(rs, table, RR_TYPE_ON_CONFLICT)->ref)->description =
			"upsert condition";
}

void
rr_complete_obj_rel_insert_input(GqlSchema *schema, GqlType *type)
{
	complete_nested(schema, type, false);
}

void
rr_complete_arr_rel_insert_input(GqlSchema *schema, GqlType *type)
{
	complete_nested(schema, type, true);
}

bool
rr_is_insert_input(RrRoleSchema *rs, const GqlType *type)
{
	const RrTableType *info = type->data;
	const char *part = rs->tables->db->camel ? "InsertInput" : "_insert_input";

	/* types of remote schemas have data of another kind */
	return type->kind == GQL_INPUT_OBJECT && strstr(type->name, part) != NULL &&
		rr_is_own_type(rs, type) && info->kind == RR_TYPE_INSERT_INPUT;
}
