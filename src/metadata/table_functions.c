/*
 * table_functions.c: computed fields and tracked functions: the commands that
 * make SQL functions fields of the GraphQL schema.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_class.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "storage/lmgr.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "compat.h"
#include "metadata/postponed.h"

/* What the checks have to know of a function. */
typedef struct Signature
{
	Oid			oid;
	char	   *label;			/* for messages: "public.full_name" */
	Oid			result;
	bool		returns_set;
	char		volatility;
	bool		variadic;
	bool		out_arguments;
	int			nargs;
	Oid		   *types;
	char	  **names;			/* or NULL */
} Signature;

/*
 * As rr_lock_table(), for the function of a name; does nothing when there is
 * none or more than one.
 */
static void
lock_function(const char *schema, const char *name)
{
	for (;;)
	{
		Oid			function = rr_lookup_function(schema, name, NULL);

		if (!OidIsValid(function))
			return;
		LockDatabaseObject(ProcedureRelationId, function, 0, AccessShareLock);
		rr_lock_schema_of(schema);
		if (rr_lookup_function(schema, name, NULL) == function)
			return;
		UnlockDatabaseObject(ProcedureRelationId, function, 0, AccessShareLock);
	}
}

Oid
rr_get_function(const char *schema, const char *name)
{
	int			count;
	Oid			oid = rr_lookup_function(schema, name, &count);

	if (count == 0)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_FUNCTION),
				 errmsg("function \"%s.%s\" does not exist", schema, name)));
	if (count > 1)
		ereport(ERROR,
				(errcode(ERRCODE_AMBIGUOUS_FUNCTION),
				 errmsg("function \"%s.%s\" is overloaded", schema, name),
				 errdetail("There are %d functions of that name, and GraphQL cannot choose between them.", count),
				 errhint("Create a function of another name.")));
	return oid;
}

static Signature *
get_signature(const char *schema, const char *name)
{
	Signature  *s = palloc0(sizeof(Signature));
	HeapTuple	tuple;
	Form_pg_proc form;
	char	   *modes;

	s->label = psprintf("%s.%s", schema, name);
	s->oid = rr_get_function(schema, name);
	tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(s->oid));
	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for function %u", s->oid);
	form = (Form_pg_proc) GETSTRUCT(tuple);
	s->result = form->prorettype;
	s->returns_set = form->proretset;
	s->volatility = form->provolatile;
	s->variadic = OidIsValid(form->provariadic);
	s->nargs = get_func_arg_info(tuple, &s->types, &s->names, &modes);
	for (int i = 0; modes && i < s->nargs; i++)
		s->out_arguments |= modes[i] != FUNC_PARAM_IN && modes[i] != FUNC_PARAM_VARIADIC;
	ReleaseSysCache(tuple);
	return s;
}

static void
throw_unfit(const Signature *s, const char *reason)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_FUNCTION_DEFINITION),
			 errmsg("function \"%s\" %s", s->label, reason)));
}

/*
 * The position of an argument by its name. Throws 22023, with a "did you
 * mean".
 */
static int
get_argument(const Signature *s, const char *name)
{
	List	   *names = NIL;

	for (int i = 0; i < s->nargs; i++)
	{
		if (s->names && s->names[i][0] != '\0')
		{
			if (strcmp(s->names[i], name) == 0)
				return i;
			names = lappend(names, s->names[i]);
		}
	}
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("function \"%s\" has no argument \"%s\"", s->label, name),
			 rr_errhint_did_you_mean(name, names)));
}

static void
check_session_argument(const Signature *s, const char *name)
{
	Oid			type = s->types[get_argument(s, name)];

	if (type != JSONOID && type != JSONBOID)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_FUNCTION_DEFINITION),
				 errmsg("argument \"%s\" of function \"%s\" cannot take the session", name,
						s->label),
				 errdetail("It must be of type json or jsonb.")));
}

/*
 * Does it return the row type of a table or view, not a stand-alone composite
 * type?
 */
static bool
returns_rows(const Signature *s)
{
	Oid			relation = get_typ_typrelid(s->result);

	return OidIsValid(relation) && get_rel_relkind(relation) != RELKIND_COMPOSITE_TYPE;
}

static void
check_plain(const Signature *s)
{
	if (s->variadic)
		throw_unfit(s, "is variadic");
	if (s->out_arguments)
		throw_unfit(s, "has other arguments than IN ones");
}

/* ---- computed fields ---- */

static void
check_computed_field(const RrComputedField *field, Oid table)
{
	Signature  *s = get_signature(field->function_schema, field->function_name);
	Oid			row_type = get_rel_type_id(table);
	int			position = 0;

	check_plain(s);
	if (s->volatility == PROVOLATILE_VOLATILE)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_FUNCTION_DEFINITION),
				 errmsg("function \"%s\" is volatile", s->label),
				 errdetail("A computed field needs a function that is STABLE or IMMUTABLE.")));
	if (field->table_argument)
		position = get_argument(s, field->table_argument);
	if (s->nargs == 0 || s->types[position] != row_type)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_FUNCTION_DEFINITION),
				 errmsg("function \"%s\" does not take a row of table \"%s\"", s->label,
						get_rel_name(table)),
				 errdetail("%s argument must be of the table's row type.", field->table_argument
						   ? "That" : "The first"),
				 errhint("Name the right one as \"table_argument\".")));
	if (field->session_argument)
		check_session_argument(s, field->session_argument);
	if (s->returns_set && !returns_rows(s))
		throw_unfit(s, "returns a set of something else than rows of a table");
	if (s->result == VOIDOID || get_typtype(s->result) == TYPTYPE_PSEUDO)
		throw_unfit(s, "returns nothing that a field can have");
}

void
rr_put_computed_field(const RrComputedField *field, RrPutMode mode)
{
	List	   *before = NIL;

	if (mode == RR_RESTORE)
		(void) rr_lock_table(field->source_schema, field->source_table);
	else
		(void) rr_get_table_locked(field->source_schema, field->source_table);
	lock_function(field->function_schema, field->function_name);
	rr_metadata_begin();
	if (mode != RR_RESTORE)
	{
		Oid			table = rr_get_table(field->source_schema, field->source_table);

		before = rr_inconsistencies_before();
		rr_check_new_field(table, field->name, "computed field");
		rr_check_not_derived(table, field->name);
		check_computed_field(field, table);
	}
	RR_METADATA_EXECUTE("INSERT INTO remote_rel.computed_field (table_schema, table_name, name, function_schema, function_name, "
						"table_argument, session_argument, comment) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
						rr_arg_name(field->source_schema), rr_arg_name(field->source_table),
						rr_arg_text(field->name),
						rr_arg_name(field->function_schema), rr_arg_name(field->function_name),
						rr_arg_text(field->table_argument), rr_arg_text(field->session_argument),
						rr_arg_text(field->comment));
	if (mode != RR_RESTORE)
		rr_refuse_new_inconsistencies(before, psprintf("computed field \"%s\" of table \"%s\"",
													   field->name, field->source_table));
	rr_metadata_end();
}

/*
 * The relationships to remote schemas that have the field among their
 * lhs_fields.
 */
static List *
joined_by(const char *schema, const char *table, const char *name)
{
	List	   *users = NIL;
	ListCell   *lc;
	ListCell   *field;

	foreach(lc, rr_catalog_table_relationships(InvalidOid))
	{
		RrRelationship *relationship = lfirst(lc);

		if (relationship->to_remote_schema == NULL || strcmp(relationship->source_schema,
															 schema) != 0 ||
			strcmp(relationship->source_table, table) != 0)
			continue;
		foreach(field, relationship->to_remote_schema->lhs_fields)
		{
			if (strcmp(lfirst(field), name) == 0)
			{
				users = lappend(users, relationship);
				break;
			}
		}
	}
	return users;
}

void
rr_delete_computed_field_row(const char *schema, const char *table, const char *name)
{
	RR_METADATA_EXECUTE("DELETE FROM remote_rel.computed_field WHERE table_schema OPERATOR(pg_catalog.=) $1 "
						"AND table_name OPERATOR(pg_catalog.=) $2 AND name OPERATOR(pg_catalog.=) $3",
						rr_arg_name(schema), rr_arg_name(table), rr_arg_text(name));
}

void
rr_delete_computed_field(const char *schema, const char *table, const char *name, bool cascade)
{
	List	   *names = NIL;
	ListCell   *lc;

	rr_metadata_begin();
	if (rr_catalog_computed_field(schema, table, name) == NULL)
	{
		foreach(lc, rr_catalog_computed_fields(rr_get_table(schema, table)))
			names = lappend(names, unconstify(char *, ((RrComputedField *) lfirst(lc))->name));
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("table \"%s\" has no computed field \"%s\"", table, name),
				 rr_errhint_did_you_mean(name, names)));
	}
	foreach(lc, joined_by(schema, table, name))
	{
		RrRelationship *relationship = lfirst(lc);

		if (!cascade)
			ereport(ERROR,
					(errcode(ERRCODE_DEPENDENT_OBJECTS_STILL_EXIST),
					 errmsg("computed field \"%s\" of table \"%s\" is used by relationship \"%s\"", name, table, relationship->name),
					 errhint("Delete the relationship, or drop the computed field with cascade.")));
		rr_delete_table_relationship(schema, table, relationship->name,
									 1 << RR_REL_TO_REMOTE_SCHEMA);
	}
	rr_metadata_refresh();
	rr_delete_computed_field_row(schema, table, name);
	rr_metadata_end();
}

/* ---- tracked functions ---- */

static void
check_field_name(const char *name, const char *detail)
{
	if (name && (!gql_is_name(name) || strncmp(name, "__", 2) == 0))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_NAME),
				 errmsg("\"%s\" cannot be the name of a field", name),
				 errdetail("%s", detail)));
}

void
rr_check_tracked_function(const RrTrackedFunction *function)
{
	Signature  *s = get_signature(function->function_schema, function->function_name);

	check_plain(s);
	if (!returns_rows(s))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_FUNCTION_DEFINITION),
				 errmsg("function \"%s\" does not return rows of a table", s->label),
				 errhint("Let it return the row type of a table, or SETOF that.")));
	if (function->session_argument)
		check_session_argument(s, function->session_argument);
	check_field_name(function->custom_name,
					 "It is the \"custom_name\", or \"function\" of \"custom_root_fields\".");
	check_field_name(function->custom_aggregate_name,
					 "It is \"function_aggregate\" of \"custom_root_fields\".");
}

static bool
is_tracked(const char *schema, const char *name)
{
	ListCell   *lc;

	foreach(lc, rr_catalog_tracked_functions())
	{
		const RrTrackedFunction *function = lfirst(lc);

		if (strcmp(function->function_schema, schema) == 0 &&
			strcmp(function->function_name, name) == 0)
			return true;
	}
	return false;
}

void
rr_put_tracked_function(const RrTrackedFunction *function, RrPutMode mode)
{
	List	   *before = NIL;

	lock_function(function->function_schema, function->function_name);
	rr_metadata_begin();
	if (mode != RR_RESTORE)
	{
		before = rr_inconsistencies_before();
		rr_check_tracked_function(function);
	}
	if (is_tracked(function->function_schema, function->function_name))
		ereport(ERROR,
				(errcode(ERRCODE_DUPLICATE_OBJECT),
				 errmsg("function \"%s.%s\" is tracked already", function->function_schema,
						function->function_name)));
	RR_METADATA_EXECUTE("INSERT INTO remote_rel.tracked_function (function_schema, function_name, configuration, comment) VALUES ($1, $2, $3, $4)",
						rr_arg_name(function->function_schema),
						rr_arg_name(function->function_name),
						rr_arg_jsonb(function->configuration), rr_arg_text(function->comment));
	if (mode != RR_RESTORE)
		rr_refuse_new_inconsistencies(before, psprintf("function \"%s.%s\"",
													   function->function_schema,
													   function->function_name));
	rr_metadata_end();
}

void
rr_delete_tracked_function(const char *schema, const char *name)
{
	rr_metadata_begin();
	if (!is_tracked(schema, name))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("function \"%s.%s\" is not tracked", schema, name)));
	RR_METADATA_EXECUTE("DELETE FROM remote_rel.tracked_function WHERE function_schema OPERATOR(pg_catalog.=) $1 "
						"AND function_name OPERATOR(pg_catalog.=) $2",
						rr_arg_name(schema), rr_arg_name(name));
	rr_metadata_end();
}
