/*
 * relationship.c: commands about relationships that start at a table.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "compat.h"
#include "metadata/metadata.h"
#include "roleschema/roleschema.h"

#define MAX_SHOWN_ERRORS 20

/* ---- tables ---- */

static void
check_table(Oid table)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(table));
	FormData_pg_class form;

	if (!HeapTupleIsValid(tuple))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("relation with OID %u does not exist", table)));
	form = *(Form_pg_class) GETSTRUCT(tuple);
	ReleaseSysCache(tuple);
	if (form.relpersistence == RELPERSISTENCE_TEMP)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("\"%s\" is a temporary table", NameStr(form.relname)),
				 errdetail("Temporary tables are not part of the GraphQL schema.")));
	if (form.relispartition)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("\"%s\" is a partition", NameStr(form.relname)),
				 errdetail("Partitions are not part of the GraphQL schema."),
				 errhint("Use the partitioned table.")));
	if (strchr("rpvmf", form.relkind) == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("\"%s\" is neither a table nor a view", NameStr(form.relname))));
}

Oid
rr_get_table(const char *schema, const char *name)
{
	Oid			table = rr_lookup_table(schema, name);

	if (!OidIsValid(table))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("table \"%s.%s\" does not exist", schema, name),
				 strcmp(schema, "public") == 0 ?
				 errhint("A table outside of schema public is written {\"schema\": …, \"name\": …}.") : 0));
	check_table(table);
	return table;
}

void
rr_check_new_field(Oid table, const char *name, const char *what)
{
	const char *table_name = get_rel_name(table);
	ListCell   *lc;

	if (!gql_is_name(name) || strncmp(name, "__", 2) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_NAME),
				 errmsg("\"%s\" cannot be the name of a %s", name, what),
				 errdetail("A GraphQL name consists of letters, digits and underscores, and does not start with a digit or two underscores.")));
	if (get_attnum(table, name) != InvalidAttrNumber)
		ereport(ERROR,
				(errcode(ERRCODE_DUPLICATE_OBJECT),
				 errmsg("table \"%s\" has a column \"%s\" already", table_name, name),
				 errhint("Choose another name for the %s.", what)));
	foreach(lc, rr_catalog_computed_fields(table))
	{
		if (strcmp(((RrComputedField *) lfirst(lc))->name, name) == 0)
			ereport(ERROR,
					(errcode(ERRCODE_DUPLICATE_OBJECT),
					 errmsg("table \"%s\" has a computed field \"%s\" already", table_name, name)));
	}
	foreach(lc, rr_catalog_table_relationships(table))
	{
		if (strcmp(((RrRelationship *) lfirst(lc))->name, name) == 0)
			ereport(ERROR,
					(errcode(ERRCODE_DUPLICATE_OBJECT),
					 errmsg("table \"%s\" has a relationship \"%s\" already", table_name, name)));
	}
}

static RrRelationship *
find_relationship(Oid table, const char *name)
{
	ListCell   *lc;

	foreach(lc, rr_catalog_table_relationships(table))
	{
		RrRelationship *relationship = lfirst(lc);

		if (strcmp(relationship->name, name) == 0)
			return relationship;
	}
	return NULL;
}

static RrRelationship *
get_relationship(Oid table, const char *name)
{
	RrRelationship *relationship = find_relationship(table, name);
	List	   *names = NIL;
	ListCell   *lc;

	if (relationship)
		return relationship;
	foreach(lc, rr_catalog_table_relationships(table))
		names = lappend(names, unconstify(char *, ((RrRelationship *) lfirst(lc))->name));
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_OBJECT),
			 errmsg("table \"%s\" has no relationship \"%s\"", get_rel_name(table), name),
			 rr_errhint_did_you_mean(name, names)));
}

/* ---- to remote schemas ---- */

/* What is stored: the new spelling, with lhs_fields written out. */
static Jsonb *
stored_definition(const RrToRemoteSchema *to, const RrDoc *doc)
{
	List	   *fields = NIL;
	ListCell   *lc;
	const RrDoc *batch = rr_doc_get(doc, "batch");
	const RrDoc *type = rr_doc_get(doc, "relationship_type");

	foreach(lc, to->lhs_fields)
		fields = lappend(fields, rr_jsonb_text(lfirst(lc)));
	return rr_jsonb_object("to_remote_schema",
						   rr_jsonb_object("remote_schema", rr_jsonb_text(to->remote_schema),
										   "lhs_fields", rr_jsonb_array(fields),
										   "remote_field", rr_doc_jsonb(rr_doc_require(doc, "remote_field")),
										   "batch", batch ? rr_doc_jsonb(batch) : NULL,
										   "relationship_type", type ? rr_doc_jsonb(type) : NULL,
										   NULL),
						   NULL);
}

static void
store(const RrRelationship *relationship, const char *kind, bool update)
{
	RR_METADATA_EXECUTE(update ?
						"UPDATE remote_rel.table_relationship SET kind = $4, definition = $5, comment = $6 "
						"WHERE table_schema OPERATOR(pg_catalog.=) $1 AND table_name OPERATOR(pg_catalog.=) $2 "
						"AND name OPERATOR(pg_catalog.=) $3" :
						"INSERT INTO remote_rel.table_relationship (table_schema, table_name, name, kind, definition, comment) "
						"VALUES ($1, $2, $3, $4, $5, $6)",
						rr_arg_name(relationship->source_schema), rr_arg_name(relationship->source_table),
						rr_arg_text(relationship->name), rr_arg_text(kind),
						rr_arg_jsonb(relationship->definition), rr_arg_text(relationship->comment));
}

void
rr_put_remote_relationship(Oid table, const char *name, const RrDoc *to, const char *comment, bool update)
{
	RrRelationship relationship = {0};
	GqlErrorList *errors = gql_errors_create(100, NULL);
	RrRemote   *remote;

	check_table(table);
	relationship.name = name;
	relationship.kind = RR_REL_TO_REMOTE_SCHEMA;
	relationship.source = table;
	relationship.source_schema = get_namespace_name(get_rel_namespace(table));
	relationship.source_table = get_rel_name(table);
	relationship.to_remote_schema = rr_to_remote_schema_from_json(to);
	relationship.definition = stored_definition(relationship.to_remote_schema, to);
	relationship.comment = comment;

	rr_metadata_begin();
	if (update)
		(void) get_relationship(table, name);
	else
		rr_check_new_field(table, name, "relationship");
	remote = rr_remote_create(rr_get_remote_schema(relationship.to_remote_schema->remote_schema));
	if (rr_remote_join_build(&relationship, NULL, remote, errors) == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("relationship \"%s\" of table \"%s\" does not fit", name, relationship.source_table),
				 errdetail_internal("%s", rr_error_lines(errors, MAX_SHOWN_ERRORS))));
	store(&relationship, "remote", update);
	rr_metadata_end();
}

/* ---- SQL functions ---- */

static Jsonb *
jsonb_from_names(ArrayType *array)
{
	List	   *names = NIL;
	Datum	   *values;
	bool	   *nulls;
	int			n;

	deconstruct_array(array, NAMEOID, NAMEDATALEN, false, TYPALIGN_CHAR, &values, &nulls, &n);
	for (int i = 0; i < n; i++)
	{
		if (nulls[i])
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("lhs_fields must not contain nulls")));
		names = lappend(names, rr_jsonb_text(NameStr(*DatumGetName(values[i]))));
	}
	return rr_jsonb_array(names);
}

/* (source regclass, name text, remote_schema text, remote_field jsonb, lhs_fields name[], batch jsonb, relationship_type text) */
static void
put_from_arguments(FunctionCallInfo fcinfo, bool update)
{
	Jsonb	   *to;

	for (int i = 0; i < 4; i++)
	{
		static const char *const names[] = {"source", "name", "remote_schema", "remote_field"};

		if (PG_ARGISNULL(i))
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("%s of a remote relationship must not be null", names[i])));
	}
	to = rr_jsonb_object("remote_schema", rr_jsonb_text(text_to_cstring(PG_GETARG_TEXT_PP(2))),
						 "remote_field", PG_GETARG_JSONB_P(3),
						 "lhs_fields", PG_ARGISNULL(4) ? NULL : jsonb_from_names(PG_GETARG_ARRAYTYPE_P(4)),
						 "batch", PG_ARGISNULL(5) ? NULL : PG_GETARG_JSONB_P(5),
						 "relationship_type", PG_ARGISNULL(6) ? NULL : rr_jsonb_text(text_to_cstring(PG_GETARG_TEXT_PP(6))),
						 NULL);
	rr_put_remote_relationship(PG_GETARG_OID(0), text_to_cstring(PG_GETARG_TEXT_PP(1)), rr_doc_root(to, ""), NULL, update);
}

PG_FUNCTION_INFO_V1(rr_sql_create_remote_relationship);

Datum
rr_sql_create_remote_relationship(PG_FUNCTION_ARGS)
{
	put_from_arguments(fcinfo, false);
	PG_RETURN_VOID();
}
