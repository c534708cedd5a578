/*
 * table_mutation_types.c: what a mutation answers with, and the types of
 * upserts: books_mutation_response, books_on_conflict and its enums.
 *
 * The input types of rows are in table_insert_input.c and
 * table_update_input.c.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "schema/table/table_int.h"

static const RrTable *
table_of(const GqlType *type)
{
	return ((const RrTableType *) type->data)->table;
}

void
rr_complete_mutation_response(GqlSchema *schema, GqlType *type)
{
	RrRoleSchema *rs = schema->data;
	const RrTable *table = table_of(type);
	const GqlTypeRef *integer = rr_scalar_ref(rs, rr_scalar(rs->tables->db, INT4OID));
	GqlFieldDef *field = gql_type_add_field(schema, type, rr_field_name_in(rs->tables->db,
																		   "affected_rows"),
											gql_non_null(schema, integer));

	field->data = rr_table_field(rs, RR_FIELD_AFFECTED_ROWS, table);
	field->description = "number of rows affected by the mutation";
	if (!rr_role_table(rs, table)->shown)
		return;
	field = gql_type_add_field(schema, type, "returning",
							   gql_non_null(schema, rr_table_rows(rs, table)));
	field->data = rr_table_field(rs, RR_FIELD_RETURNING, table);
	field->description = "data from the rows affected by the mutation";
}

/* ---- upserts ---- */

static const char *
describe_key(const RrTable *table, const RrKey *key)
{
	StringInfoData out;

	initStringInfo(&out);
	appendStringInfoString(&out, "unique or primary key constraint on columns ");
	for (int i = 0; i < key->nkeys; i++)
		appendStringInfo(&out, "%s\"%s\"", i > 0 ? ", " : "",
						 rr_table_column(table, key->attnums[i])->graphql_name);
	return out.data;
}

void
rr_complete_constraint(GqlSchema *schema, GqlType *type)
{
	RrRoleSchema *rs = schema->data;
	const RrTable *table = table_of(type);
	ListCell   *lc;

	foreach(lc, table->keys)
	{
		RrKey	   *key = lfirst(lc);
		GqlEnumValueDef *value;

		if (!rr_may_use_constraint(rs, table, key))
			continue;
		value = gql_type_add_enum_value(schema, type, key->name);
		if (value == NULL)
			continue;
		value->data = key;
		value->description = describe_key(table, key);
	}
}

void
rr_complete_update_column(GqlSchema *schema, GqlType *type)
{
	RrRoleSchema *rs = schema->data;
	const RrTable *table = table_of(type);
	const RrRoleTable *rt = rr_role_table_writes(rs, table);

	for (int i = 0; i < table->ncolumns; i++)
		if (bms_is_member(table->columns[i].attnum, rt->updatable))
			rr_add_column_value(rs, type, &table->columns[i]);
}

/* A role that updates nothing can still ask to do nothing on a conflict. */
void
rr_complete_on_conflict(GqlSchema *schema, GqlType *type)
{
	RrRoleSchema *rs = schema->data;
	const RrTable *table = table_of(type);
	const GqlTypeRef *column;
	GqlInputValueDef *input;
	GqlValue   *none;

	gql_type_add_input(schema, type, "constraint",
					   gql_non_null(schema, &rr_table_type(rs, table, RR_TYPE_CONSTRAINT)->ref));
	if (!rr_may_update(rs, table))
		return;
	column = gql_non_null(schema, &rr_table_type(rs, table, RR_TYPE_UPDATE_COLUMN)->ref);
	input = gql_type_add_input(schema, type, rr_field_name_in(rs->tables->db, "update_columns"),
							   gql_non_null(schema, gql_list_of(schema, column)));
	none = palloc0(sizeof(GqlValue));
	none->kind = GQL_VALUE_LIST;
	none->loc = -1;
	input->default_value = none;
	gql_type_add_input(schema, type, "where", &rr_table_type(rs, table, RR_TYPE_BOOL_EXP)->ref);
}
