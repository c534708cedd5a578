/*
 * function_fields.c: the fields that functions give to a role's schema:
 * computed fields of a table's type, and tracked functions on query_root.
 */
#include "postgres.h"

#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "commands/comment.h"
#include "utils/builtins.h"

#include "schema/remote/remote.h"
#include "schema/table/table_int.h"

/*
 * A scalar computed field that can be compared and sorted by: it takes nothing
 * but the row and the session.
 */
bool
rr_is_plain_value(RrRoleSchema *rs, const RrFunction *computed, const RrTable *table)
{
	return !computed->returns_set && computed->result_table == NULL &&
		rr_function_free_args(computed) == 0 &&
		rr_function_visible(rs, computed, table);
}

/*
 * A table-valued one without arguments, which is like an array relationship.
 */
bool
rr_is_plain_set(RrRoleSchema *rs, const RrFunction *computed, const RrTable *table)
{
	return computed->returns_set && computed->result_table != NULL &&
		rr_function_free_args(computed) == 0 &&
		rr_function_visible(rs, computed, table);
}

/* Has argument i no default? Those with defaults are the last. */
static bool
arg_is_required(const RrFunction *function, int i)
{
	return i < function->nargs - function->ndefaults;
}

/* The name of the input object that has a function's own arguments. */
static const char *
plain_args_name(const RrFunction *function, const RrTable *table)
{
	return table != NULL ? psprintf("%s_%s_args", function->name, table->name)
		: psprintf("%s_args", function->name);
}

const RrTable *
rr_args_name_owner(const RrDatabase *db, const RrFunction *function, const RrTable *of,
				   const char **name)
{
	const RrTakenName *taken;

	*name = plain_args_name(function, of);
	if (rr_function_free_args(function) == 0)
		return NULL;
	if (!db->customized)
		return gql_names_get(&db->tables, *name);
	taken = gql_names_get(&db->type_names, rr_type_name_in(db, *name));
	return taken == NULL ? NULL : taken->table;
}

/*
 * Does the function come before another one that wants the same name? Returns
 * true when the search is over.
 */
static bool
count_same_name(const RrFunction *function, const RrFunction *earlier, const RrTable *table,
				const char *name, int *n)
{
	if (earlier == function)
		return true;
	if (rr_function_free_args(earlier) > 0 && strcmp(plain_args_name(earlier, table), name) == 0)
		(*n)++;
	return false;
}

/*
 * The same, with a number where an earlier function has the name: field a_b of
 * table c and field a of table b_c want the same. It depends on no role and on
 * no order of questions.
 */
static const char *
args_name(const RrRoleSchema *rs, const RrFunction *function, const RrTable *of)
{
	const RrDatabase *db = rs->tables->db;
	const char *name = plain_args_name(function, of);
	int			n = 0;
	bool		found = false;

	if (rr_function_free_args(function) == 0)
		return name;
	gql_foreach(RrFunction, tracked, &db->functions)
		if (!found)
		found = count_same_name(function, tracked, NULL, name, &n);
	gql_foreach(RrTable, table, &db->tables)
	{
		gql_foreach(RrFunction, computed, &table->computed)
			if (!found)
			found = count_same_name(function, computed, table, name, &n);
	}
	return n > 0 ? psprintf("%s_%d", name, n + 1) : name;
}

/* args: the function's own arguments as an input object, if it has any. */
static void
add_args(RrRoleSchema *rs, GqlFieldDef *field, const RrFunction *function, const char *type_name)
{
	GqlType    *type;
	bool		made;
	bool		required = false;

	if (rr_function_free_args(function) == 0)
		return;
	type = rr_own_type(rs, GQL_INPUT_OBJECT, type_name, function, &made);
	if (made)
	{
		for (int i = 0; i < function->nargs; i++)
			if (i != function->row_arg && i != function->session_arg)
				gql_type_add_input(rs->schema, type, function->arg_names[i],
								   rr_scalar_ref(rs, rr_scalar(rs->tables->db,
															   function->arg_types[i])));
	}
	for (int i = 0; i < function->nargs; i++)
		if (i != function->row_arg && i != function->session_arg)
			required |= arg_is_required(function, i);
	gql_field_add_arg(rs->schema, field, "args", required ? gql_non_null(rs->schema, &type->ref)
					  : &type->ref)->description =
		psprintf("input parameters for function \"%s\"", function->sql_name);
}

static GqlFieldDef *
add_field(RrRoleSchema *rs, GqlType *type, const char *name, const GqlTypeRef *ref,
		  RrFieldKind kind, const RrFunction *function)
{
	GqlFieldDef *field = gql_type_add_field(rs->schema, type, name, ref);
	RrTableField *info = rr_table_field(rs, kind, function->result_table);

	info->function = function;
	if (field != NULL)
		field->data = info;
	return field;
}

/*
 * The comment that was given with the field, else the function's COMMENT, else
 * the fallback. NULL is no description.
 */
static const char *
describe(const RrFunction *function, const char *fallback)
{
	const char *comment = function->comment;

	if (comment == NULL)
		comment = GetComment(function->oid, ProcedureRelationId, 0);
	if (comment == NULL)
		return fallback;
	return comment[0] != '\0' ? comment : NULL;
}

/* ---- computed fields ---- */

static const char *
describe_computed(const RrFunction *function)
{
	return describe(function, psprintf("A computed field, executes function \"%s\"",
									   function->sql_name));
}

void
rr_table_add_computed_field(RrRoleSchema *rs, GqlType *type, const RrTable *table,
							const RrFunction *function)
{
	GqlSchema  *schema = rs->schema;
	const RrTable *result = function->result_table;
	const char *args = rr_type_name_in(rs->tables->db, args_name(rs, function, table));
	const RrScalar *scalar;
	GqlFieldDef *field;

	if (!rr_function_visible(rs, function, table))
		return;
	if (result == NULL)
	{
		scalar = rr_scalar(rs->tables->db, function->result);
		field = add_field(rs, type, function->name, rr_scalar_ref(rs, scalar), RR_FIELD_COMPUTED,
						  function);
		add_args(rs, field, function, args);
		rr_add_path_arg(rs, field, scalar);
		field->description = describe_computed(function);
		return;
	}
	field = add_field(rs, type, function->name, rr_table_rows(rs, result), RR_FIELD_COMPUTED,
					  function);
	add_args(rs, field, function, args);
	rr_add_list_args(rs, field, result);
	field->description = describe_computed(function);
	if (!rr_may_aggregate(rs, result))
		return;
	field = add_field(rs, type, rr_name_with(rs->tables->db, function->name, "_aggregate"),
					  gql_non_null(schema, &rr_table_type(rs, result, RR_TYPE_AGGREGATE)->ref),
					  RR_FIELD_COMPUTED_AGGREGATE, function);
	if (field == NULL)
		return;
	add_args(rs, field, function, args);
	rr_add_list_args(rs, field, result);
	field->description = describe_computed(function);
}

/* ---- tracked functions ---- */

static void
note_taken(RrRoleSchema *rs, const RrFunction *function, const char *name)
{
	const char *taken = rr_root_field_taken(rs, function->as_mutation ? GQL_MUTATION : GQL_QUERY,
											name);

	if (taken != NULL)
		rs->inconsistencies = lappend(rs->inconsistencies,
									  rr_inconsistency("function",
													   quote_qualified_identifier(function->schema,
																				  function->sql_name), "%s", taken));
}

void
rr_add_function_fields(RrRoleSchema *rs, GqlType *root, const RrFunction *function)
{
	GqlSchema  *schema = rs->schema;
	const RrTable *table = function->result_table;
	const char *args = rr_type_name_in(rs->tables->db, args_name(rs, function, NULL));
	const char *description;
	GqlFieldDef *field;
	const GqlTypeRef *aggregate;

	if (!rr_function_visible(rs, function, NULL))
		return;
	description = describe(function, psprintf("execute function \"%s\" which returns \"%s\"",
											  function->name, table->name));
	field = add_field(rs, root, rr_root_name_in(rs->tables->db, function->name),
					  function->returns_set ? gql_non_null(schema, rr_table_rows(rs, table))
					  : &rr_table_type(rs, table, RR_TYPE_OBJECT)->ref,
					  RR_FIELD_FUNCTION, function);
	if (field == NULL)
	{
		note_taken(rs, function, rr_root_name_in(rs->tables->db, function->name));
		return;
	}
	field->description = description;
	add_args(rs, field, function, args);
	if (!function->returns_set)
		return;
	rr_add_list_args(rs, field, table);
	if (function->as_mutation || !rr_may_aggregate(rs, table))
		return;
	aggregate = &rr_table_type(rs, table, RR_TYPE_AGGREGATE)->ref;
	field = add_field(rs, root, rr_root_name_in(rs->tables->db, function->aggregate_name),
					  gql_non_null(schema, aggregate),
					  RR_FIELD_FUNCTION_AGGREGATE, function);
	if (field == NULL)
	{
		note_taken(rs, function, rr_root_name_in(rs->tables->db, function->aggregate_name));
		return;
	}
	field->description = psprintf("execute function \"%s\" and query aggregates on result of table type \"%s\"", function->name, table->name);
	add_args(rs, field, function, args);
	rr_add_list_args(rs, field, table);
}
