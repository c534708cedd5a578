/*
 * function_catalog.c: the functions behind computed fields and tracked
 * functions, as pg_proc has them, and why one cannot be served.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "commands/comment.h"
#include "access/htup_details.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
#include "compat.h"

#include "schema/table/table_int.h"

/* ---- pg_proc ---- */

/* The exposed table whose row type this is, or NULL. */
static RrTable *
table_of_row_type(RrDatabase *db, Oid type)
{
	Oid			relation = get_typ_typrelid(type);

	return OidIsValid(relation) ? rr_database_table(db, relation) : NULL;
}

/*
 * Fill in names and types of input arguments. The name of a nameless one is
 * NULL. Returns NULL, or why the function cannot be used.
 */
static const char *
read_arguments(RrFunction *function, HeapTuple tuple)
{
	Form_pg_proc form = (Form_pg_proc) GETSTRUCT(tuple);
	Oid		   *types;
	char	  **names;
	char	   *modes;
	int			n = get_func_arg_info(tuple, &types, &names, &modes);

	if (OidIsValid(form->provariadic))
		return "it is variadic";
	function->nargs = n;
	function->ndefaults = form->pronargdefaults;
	function->arg_types = types;
	function->arg_names = palloc(n * sizeof(char *));
	function->named = true;
	for (int i = 0; i < n; i++)
	{
		if (modes != NULL && modes[i] != PROARGMODE_IN)
			return "it has arguments that are not IN arguments";
		function->arg_names[i] = names != NULL && names[i][0] != '\0' ? names[i] : NULL;
		function->named &= function->arg_names[i] != NULL;
	}
	return NULL;
}

static const char *
find_argument(const RrFunction *function, const char *name, int *index)
{
	for (int i = 0; i < function->nargs; i++)
	{
		if (function->arg_names[i] != NULL && strcmp(function->arg_names[i], name) == 0)
		{
			*index = i;
			return NULL;
		}
	}
	return psprintf("it has no argument \"%s\"", name);
}

static const char *
find_session_argument(RrFunction *function, const char *name)
{
	const char *reason;

	if (name == NULL)
		return NULL;
	reason = find_argument(function, name, &function->session_arg);
	if (reason == NULL && function->arg_types[function->session_arg] != JSONOID &&
		function->arg_types[function->session_arg] != JSONBOID)
		return psprintf("its argument \"%s\" for the session is neither json nor jsonb", name);
	return reason;
}

/*
 * Name the nameless arguments that a query can give: arg_1, arg_2 and so on,
 * counted among themselves. A number that an argument has as its name is left
 * out.
 */
static void
name_arguments(RrFunction *function)
{
	int			number = 0;
	int			index;

	for (int i = 0; i < function->nargs; i++)
	{
		const char *name;

		if (function->arg_names[i] != NULL || i == function->row_arg ||
			i == function->session_arg)
			continue;
		do
			name = psprintf("arg_%d", ++number);
		while (find_argument(function, name, &index) == NULL);
		function->arg_names[i] = name;
	}
}

static const char *
check_argument_names(RrFunction *function)
{
	name_arguments(function);
	for (int i = 0; i < function->nargs; i++)
		if (i != function->row_arg && i != function->session_arg &&
			!rr_spellable(function->arg_names[i]))
			return psprintf("the name of its argument \"%s\" is not a GraphQL name",
							function->arg_names[i]);
	return NULL;
}

/*
 * Look a function up. *function is NULL if there is none; the result is why it
 * cannot be used, or NULL.
 */
static const char *
read_function(RrDatabase *db, Oid oid, const char *name, RrFunction **result)
{
	HeapTuple	tuple = OidIsValid(oid) ? SearchSysCache1(PROCOID, ObjectIdGetDatum(oid)) : NULL;
	Form_pg_proc form;
	RrFunction *function;
	const char *reason;

	if (!HeapTupleIsValid(tuple))
		return "there is no such function, or more than one of that name";
	form = (Form_pg_proc) GETSTRUCT(tuple);
	function = palloc0(sizeof(RrFunction));
	function->name = name;
	function->oid = oid;
	function->schema_oid = form->pronamespace;
	function->schema = rr_namespace_name(form->pronamespace);
	function->sql_name = pstrdup(NameStr(form->proname));
	function->is_volatile = form->provolatile == PROVOLATILE_VOLATILE;
	function->returns_set = form->proretset;
	function->result = form->prorettype;
	function->result_table = table_of_row_type(db, form->prorettype);
	function->row_arg = -1;
	function->session_arg = -1;
	reason = read_arguments(function, tuple);
	ReleaseSysCache(tuple);
	*result = function;
	return reason;
}

/* ---- computed fields ---- */

static const char *
make_computed(RrDatabase *db, RrTable *table, const RrComputedField *row, RrFunction **result)
{
	const char *reason = read_function(db, row->function, row->name, result);
	RrFunction *function = *result;

	if (reason != NULL)
		return reason;
	if (row->table_argument != NULL)
		reason = find_argument(function, row->table_argument, &function->row_arg);
	else if (function->nargs > 0)
		function->row_arg = 0;
	if (reason == NULL && (function->row_arg < 0 ||
						   function->arg_types[function->row_arg] != table->row_type))
		reason = psprintf("it takes no row of table \"%s\"", table->name);
	if (reason == NULL)
		reason = find_session_argument(function, row->session_argument);
	if (reason == NULL && function->session_arg == function->row_arg)
		reason = "one argument cannot be both the row and the session";
	if (reason == NULL)
		reason = check_argument_names(function);
	if (reason == NULL && function->is_volatile)
		reason = "it is VOLATILE";
	if (reason == NULL && function->returns_set && function->result_table == NULL)
		reason = "it returns a set of something else than rows of an exposed table";
	if (reason == NULL && !function->returns_set && function->result_table != NULL)
		function->result_table = NULL;	/* a row as a value: a composite
										 * scalar */
	return reason;
}

/*
 * Why the input type of its arguments cannot have its name; of: the table of a
 * computed field, or NULL. NULL when it can.
 */
static const char *
args_clash(const RrDatabase *db, const RrFunction *function, const RrTable *of)
{
	const char *name;
	const RrTable *owner = rr_args_name_owner(db, function, of, &name);

	return owner == NULL ? NULL : psprintf("the name \"%s\" of its arguments is taken by table %s",
										   name, quote_qualified_identifier(owner->schema,
																			owner->relation));
}

static void
add_computed(RrDatabase *db, const RrComputedField *row)
{
	RrTable    *table = OidIsValid(row->source) ? rr_database_table(db, row->source) : NULL;
	RrFunction *function = NULL;
	const RrColumn *column;
	const char *reason;

	if (table == NULL)
		reason = "its table is not exposed";
	else if (!rr_spellable(row->name))
		reason = "its name is not a GraphQL name";
	else if ((column = rr_table_field_column(table, row->name)) != NULL)
		reason = strcmp(column->sql_name, row->name) == 0 ? "the table has a column of that name"
			: psprintf("the name \"%s\" is taken by column \"%s\"", row->name, column->sql_name);
	else
		reason = make_computed(db, table, row, &function);
	if (reason == NULL)
		reason = args_clash(db, function, table);
	if (reason == NULL)
	{
		function->comment = row->comment;
		gql_names_add(&table->computed, function);
	}
	else
		rr_database_inconsistent(db, "computed_field", rr_field_label(row->source_schema,
																	  row->source_table, row->name), "function \"%s\": %s",
								 row->function_name, reason);
}

/* ---- tracked functions ---- */

static const char *
make_tracked(RrDatabase *db, const RrTrackedFunction *row, RrFunction **result)
{
	const char *name = row->custom_name ? row->custom_name :
	rr_field_name_in(db, strcmp(row->function_schema, "public") == 0 ? row->function_name
					 : psprintf("%s_%s", row->function_schema, row->function_name));
	const char *reason = read_function(db, row->function, name, result);
	RrFunction *function = *result;

	if (reason == NULL)
		reason = find_session_argument(function, row->session_argument);
	if (reason == NULL)
		reason = check_argument_names(function);
	if (reason == NULL && function->result_table == NULL)
		reason = "it does not return rows of an exposed table";
	if (reason == NULL && !rr_spellable(name))
		reason = psprintf("\"%s\" is not a GraphQL name", name);
	if (reason != NULL)
		return reason;
	function->comment = row->comment;
	function->aggregate_name = row->custom_aggregate_name ? row->custom_aggregate_name
		: rr_name_with(db, name, "_aggregate");
	function->as_mutation = row->exposed_as ? strcmp(row->exposed_as, "mutation") == 0
		: function->is_volatile;
	return NULL;
}

/* Does the name end so, and what is before is the name of a table? */
static const RrTable *
table_with(const RrDatabase *db, const char *name, int skip, const char *suffix)
{
	int			len = strlen(name) - strlen(suffix);

	if (len <= skip || strcmp(name + len, suffix) != 0)
		return NULL;
	return gql_names_get(&db->tables, pnstrdup(name + skip, len - skip));
}

/*
 * The table that has a root field of this name, whatever a role sees of it; or
 * NULL. Root fields of tables come first.
 */
static const RrTable *
root_owner(const RrDatabase *db, bool mutation, const char *name)
{
	static const char *const queries[] = {"", "_aggregate", "_by_pk"};
	static const char *const mutations[] = {"", "_one", "_by_pk", "_many"};
	const RrTable *table = NULL;

	if (db->customized)
	{
		const RrTakenName *taken = gql_names_get(mutation ? &db->mutation_names : &db->query_names,
												 rr_root_name_in(db, name));

		return taken != NULL ? taken->table : NULL;
	}
	if (!mutation)
	{
		for (int i = 0; i < (int) lengthof(queries) && table == NULL; i++)
			table = table_with(db, name, 0, queries[i]);
		return table;
	}
	if (strncmp(name, "insert_", 7) != 0 && strncmp(name, "update_", 7) != 0 &&
		strncmp(name, "delete_", 7) != 0)
		return NULL;
	for (int i = 0; i < (int) lengthof(mutations) && table == NULL; i++)
		table = table_with(db, name, 7, mutations[i]);
	return table;
}

/* The names of a function's root fields; the second may be NULL. */
static void
names_of(const RrFunction *function, const char *names[2])
{
	names[0] = function->name;
	names[1] = function->returns_set && !function->as_mutation ? function->aggregate_name : NULL;
}

/* Who has the name of a root field already? NULL: nobody. */
static const char *
find_owner(const RrDatabase *db, bool mutation, const char *name)
{
	const RrTable *table = root_owner(db, mutation, name);
	const char *names[2];

	if (table != NULL)
		return psprintf("table %s", quote_qualified_identifier(table->schema, table->relation));
	gql_foreach(RrFunction, other, &db->functions)
	{
		names_of(other, names);
		if (other->as_mutation == mutation &&
			(strcmp(names[0], name) == 0 || (names[1] != NULL && strcmp(names[1], name) == 0)))
			return psprintf("function %s", quote_qualified_identifier(other->schema,
																	  other->sql_name));
	}
	return NULL;
}

/* Why its root fields cannot be there: all of the reasons; or NULL. */
static const char *
root_clash(const RrDatabase *db, const RrFunction *function)
{
	const char *names[2];
	char	   *reasons = NULL;

	names_of(function, names);
	for (int i = 0; i < 2 && names[i] != NULL; i++)
	{
		const char *owner = find_owner(db, function->as_mutation, names[i]);

		if (owner != NULL)
			reasons = psprintf("%s%sthe name \"%s\" is taken by %s", reasons ? reasons : "",
							   reasons ? "; " : "", names[i], owner);
	}
	return reasons;
}

static void
add_tracked(RrDatabase *db, const RrTrackedFunction *row)
{
	RrFunction *function = NULL;
	const char *reason = make_tracked(db, row, &function);

	if (reason == NULL)
		reason = root_clash(db, function);
	if (reason == NULL)
		reason = args_clash(db, function, NULL);
	if (reason == NULL)
		gql_names_add(&db->functions, function);
	else
		rr_database_inconsistent(db, "function", quote_qualified_identifier(row->function_schema,
																			row->function_name), "%s", reason);
}

/* What a name stands for, by the content of its row in pg_proc. */
static uint64
add_function(uint64 fingerprint, const char *schema, const char *name)
{
	int			count;
	Oid			oid = rr_lookup_function(schema, name, &count);
	HeapTuple	tuple = OidIsValid(oid) ? SearchSysCache1(PROCOID, ObjectIdGetDatum(oid)) : NULL;
	char	   *comment;

	fingerprint = hash_bytes_extended((const unsigned char *) &count, sizeof(count), fingerprint);
	if (!HeapTupleIsValid(tuple))
		return fingerprint;
	fingerprint = hash_bytes_extended((const unsigned char *) tuple->t_data->t_bits,
									  tuple->t_len - SizeofHeapTupleHeader, fingerprint);
	ReleaseSysCache(tuple);
	comment = GetComment(oid, ProcedureRelationId, 0);
	if (comment == NULL)
		return fingerprint;
	fingerprint = hash_bytes_extended((const unsigned char *) comment, strlen(comment),
									  fingerprint);
	pfree(comment);
	return fingerprint;
}

static uint64
functions_fingerprint(const RrDatabase *db)
{
	uint64		fingerprint = 0;

	for (int i = 0; i < list_length(db->function_names); i += 2)
		fingerprint = add_function(fingerprint, list_nth(db->function_names, i),
								   list_nth(db->function_names, i + 1));
	return fingerprint;
}

bool
rr_database_functions_changed(void *arg)
{
	const RrDatabase *db = arg;

	return functions_fingerprint(db) != db->function_fingerprint;
}

static void
note_name(RrDatabase *db, const char *schema, const char *name)
{
	db->function_names = lappend(db->function_names, unconstify(char *, schema));
	db->function_names = lappend(db->function_names, unconstify(char *, name));
}

void
rr_database_functions(RrDatabase *db)
{
	List	   *tracked = rr_catalog_tracked_functions();
	ListCell   *lc;

	db->computed_fields = rr_catalog_computed_fields(InvalidOid);
	foreach(lc, db->computed_fields)
		note_name(db, ((const RrComputedField *) lfirst(lc))->function_schema,
				  ((const RrComputedField *) lfirst(lc))->function_name);
	foreach(lc, tracked)
		note_name(db, ((const RrTrackedFunction *) lfirst(lc))->function_schema,
				  ((const RrTrackedFunction *) lfirst(lc))->function_name);
	/* before they are read, so that a change meanwhile shows */
	db->function_fingerprint = functions_fingerprint(db);
	foreach(lc, db->computed_fields)
		add_computed(db, lfirst(lc));
	foreach(lc, tracked)
		add_tracked(db, lfirst(lc));
}
