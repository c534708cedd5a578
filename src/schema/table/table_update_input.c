/*
 * table_update_input.c: the input types of updates: books_set_input and those
 * of the other operators, books_pk_columns_input, books_updates.
 *
 * A new operator starts in rr_update_operators; plan/sql/sql_update.c compiles
 * it.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "schema/table/table_int.h"

const RrUpdateOperator rr_update_operators[RR_NUPDATE_OPERATORS] = {
	{"_append", RR_TYPE_APPEND_INPUT,
	"append existing jsonb value of filtered columns with new jsonb value"},
	{"_delete_at_path", RR_TYPE_DELETE_AT_PATH_INPUT,
	"delete the field or element with specified path (for JSON arrays, negative integers count from the end)"},
	{"_delete_elem", RR_TYPE_DELETE_ELEM_INPUT,
	"delete the array element with specified index (negative integers count from the end). throws an error if top level container is not an array"},
	{"_delete_key", RR_TYPE_DELETE_KEY_INPUT,
	"delete key/value pair or string element. key/value pairs are matched based on their key value"},
	{"_inc", RR_TYPE_INC_INPUT,
	"increments the numeric columns with given value of the filtered values"},
	{"_prepend", RR_TYPE_PREPEND_INPUT,
	"prepend existing jsonb value of filtered columns with new jsonb value"},
	{"_set", RR_TYPE_SET_INPUT,
	"sets the columns of the filtered rows to the given values"},
};

static const RrTableType *
info_of(const GqlType *type)
{
	return type->data;
}

/*
 * Can the operator be applied to the column? All but _set start from the value
 * that the column has, so the role has to read it.
 */
static bool
takes(RrRoleSchema *rs, RrTableTypeKind operator, const RrTable *table, const RrColumn *column)
{
	const RrScalar *scalar = rr_column_scalar(rs->tables->db, column);

	if (!bms_is_member(column->attnum, rr_role_table_writes(rs, table)->updatable))
		return false;
	if (operator == RR_TYPE_SET_INPUT)
		return true;
	if (!rr_can_read(rs, table, column->attnum))
		return false;
	return operator == RR_TYPE_INC_INPUT ? rr_scalar_is_numeric(scalar)
		: scalar->element == NULL && scalar->base == JSONBOID;
}

static bool
is_useful(RrRoleSchema *rs, RrTableTypeKind operator, const RrTable *table)
{
	for (int i = 0; i < table->ncolumns; i++)
		if (takes(rs, operator, table, &table->columns[i]))
			return true;
	return false;
}

/* The type of what the operator takes for a column. */
static const GqlTypeRef *
operand_ref(RrRoleSchema *rs, RrTableTypeKind operator, const RrColumn *column)
{
	const GqlTypeRef *text = rr_scalar_ref(rs, rr_scalar(rs->tables->db, TEXTOID));

	switch (operator)
	{
		case RR_TYPE_DELETE_KEY_INPUT:
			return text;
		case RR_TYPE_DELETE_ELEM_INPUT:
			return rr_scalar_ref(rs, rr_scalar(rs->tables->db, INT4OID));
		case RR_TYPE_DELETE_AT_PATH_INPUT:
			return gql_list_of(rs->schema, gql_non_null(rs->schema, text));
		default:
			return rr_scalar_ref(rs, rr_column_scalar(rs->tables->db, column));
	}
}

void
rr_complete_update_operator(GqlSchema *schema, GqlType *type)
{
	RrRoleSchema *rs = schema->data;
	const RrTableType *of = info_of(type);

	for (int i = 0; i < of->table->ncolumns; i++)
	{
		const RrColumn *column = &of->table->columns[i];
		RrTableField *info;

		if (!takes(rs, of->kind, of->table, column))
			continue;
		info = rr_table_field(rs, RR_FIELD_COLUMN, of->table);
		info->column = column;
		rr_add_table_input(rs, type, column->graphql_name, operand_ref(rs, of->kind, column), info);
	}
}

/* The type of an operator; NULL if the role has no column for it. */
static const GqlTypeRef *
operator_ref(RrRoleSchema *rs, const RrUpdateOperator *operator, const RrTable *table)
{
	GqlType    *type;

	if (!is_useful(rs, operator->input, table))
		return NULL;
	type = rr_table_type(rs, table, operator->input);
	if (type->description == NULL)
		type->description = operator->description;
	return &type->ref;
}

static const char *
operator_name(RrRoleSchema *rs, int operator)
{
	return rr_field_name_in(rs->tables->db, rr_update_operators[operator].name);
}

void
rr_add_update_args(RrRoleSchema *rs, GqlFieldDef *field, const RrTable *table)
{
	for (int i = 0; i < RR_NUPDATE_OPERATORS; i++)
	{
		const GqlTypeRef *ref = operator_ref(rs, &rr_update_operators[i], table);

		if (ref != NULL)
			gql_field_add_arg(rs->schema, field, operator_name(rs, i), ref)->description =
				rr_update_operators[i].description;
	}
}

void
rr_complete_updates(GqlSchema *schema, GqlType *type)
{
	RrRoleSchema *rs = schema->data;
	const RrTable *table = info_of(type)->table;
	const GqlTypeRef *where = &rr_table_type(rs, table, RR_TYPE_BOOL_EXP)->ref;

	for (int i = 0; i < RR_NUPDATE_OPERATORS; i++)
	{
		const GqlTypeRef *ref = operator_ref(rs, &rr_update_operators[i], table);

		if (ref != NULL)
			gql_type_add_input(schema, type, operator_name(rs, i), ref)->description =
				rr_update_operators[i].description;
	}
	gql_type_add_input(schema, type, "where", gql_non_null(schema, where))->description =
		"filter the rows which have to be updated";
}

const RrKey *
rr_readable_primary_key(RrRoleSchema *rs, const RrTable *table)
{
	const RrKey *key = rr_table_primary_key(table);

	if (key == NULL || !rr_can_read_all(rs, table, key->nkeys, key->attnums))
		return NULL;
	for (int i = 0; i < key->nkeys; i++)
		if (!rr_table_column(table, key->attnums[i])->spellable)
			return NULL;
	return key;
}

void
rr_complete_pk_columns_input(GqlSchema *schema, GqlType *type)
{
	RrRoleSchema *rs = schema->data;
	const RrTable *table = info_of(type)->table;
	const RrKey *key = rr_table_primary_key(table);

	for (int i = 0; i < key->nkeys; i++)
	{
		const RrColumn *column = rr_table_column(table, key->attnums[i]);
		const RrScalar *scalar = rr_column_scalar(rs->tables->db, column);
		RrTableField *info = rr_table_field(rs, RR_FIELD_COLUMN, table);

		info->column = column;
		rr_add_table_input(rs, type, column->graphql_name,
						   gql_non_null(schema, rr_scalar_ref(rs, scalar)), info);
	}
}
