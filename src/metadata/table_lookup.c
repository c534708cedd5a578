/*
 * table_lookup.c: tables that commands name: looking them up, locking them,
 * and saying why one is not in the GraphQL schema.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_namespace.h"
#include "storage/lmgr.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "compat.h"
#include "metadata/postponed.h"
#include "schema/table/table.h"

const char *
rr_table_unfit_reason(Oid table)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(table));
	Form_pg_class form;
	const char *reason = NULL;

	if (!HeapTupleIsValid(tuple))
		return "does not exist";
	form = (Form_pg_class) GETSTRUCT(tuple);
	if (form->relpersistence == RELPERSISTENCE_TEMP)
		reason = "is a temporary table";
	else if (form->relispartition)
		reason = "is a partition; use the partitioned table";
	else if (strchr("rpvmf", form->relkind) == NULL)
		reason = "is neither a table nor a view";
	ReleaseSysCache(tuple);
	return reason;
}

Oid
rr_get_table(const char *schema, const char *name)
{
	Oid			table = rr_lookup_table(schema, name);
	const char *reason;

	if (!OidIsValid(table))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("table \"%s.%s\" does not exist", schema, name),
				 strcmp(schema, "public") == 0 ?
				 errhint("A table outside of schema public is written {\"schema\": ..., \"name\": ...}.") : 0));
	reason = rr_table_unfit_reason(table);
	if (reason)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("\"%s.%s\" %s", schema, name, reason)));
	return table;
}

void
rr_lock_schema_of(const char *schema)
{
	Oid			namespace = get_namespace_oid(schema, true);

	/* ALTER SCHEMA ... RENAME takes ShareLock (rename.c), CREATE TABLE less */
	if (OidIsValid(namespace))
		LockDatabaseObject(NamespaceRelationId, namespace, 0, RowExclusiveLock);
}

Oid
rr_lock_table(const char *schema, const char *name)
{
	for (;;)
	{
		Oid			table = rr_lookup_table(schema, name);

		if (!OidIsValid(table))
			return InvalidOid;
		LockRelationOid(table, AccessShareLock);
		rr_lock_schema_of(schema);
		if (rr_lookup_table(schema, name) == table)
			return table;
		UnlockRelationOid(table, AccessShareLock);
	}
}

Oid
rr_get_table_locked(const char *schema, const char *name)
{
	Oid			table;

	/* a table created between the two calls must be locked too */
	while (!OidIsValid(table = rr_lock_table(schema, name)))
		(void) rr_get_table(schema, name);
	return table;
}

static void
throw_taken(Oid table, const char *what, const char *name)
{
	ereport(ERROR,
			(errcode(ERRCODE_DUPLICATE_OBJECT),
			 errmsg("table \"%s\" has a %s \"%s\" already", get_rel_name(table), what, name)));
}

const char *
rr_unserved_reason(const char *schema, const char *name)
{
	Oid			table = rr_lookup_table(schema, name);
	const char *reason = OidIsValid(table) ? rr_table_unfit_reason(table) : "does not exist";

	if (reason != NULL)
		return reason;
	if (rr_database_table(rr_owner_schema(false)->tables->db, table) == NULL &&
		(!rr_checks_postponed() ||
		 rr_database_table(rr_owner_schema(true)->tables->db, table) == NULL))
		reason = rr_spellable(name)
			? "is in a schema that remote_rel.exposed_schemas does not name"
			: "has a name that GraphQL cannot spell";
	return reason;
}

void
rr_check_new_field(Oid table, const char *name, const char *what)
{
	const char *schema = get_namespace_name(get_rel_namespace(table));
	const char *relation = get_rel_name(table);

	if (!gql_is_name(name) || strncmp(name, "__", 2) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_NAME),
				 errmsg("\"%s\" cannot be the name of a %s", name, what),
				 errdetail("A GraphQL name consists of letters, digits and underscores, and starts with neither a digit nor two underscores.")));
	if (get_attnum(table, name) != InvalidAttrNumber)
		throw_taken(table, "column", name);
	if (schema == NULL || relation == NULL)
		return;
	if (rr_catalog_computed_field(schema, relation, name))
		throw_taken(table, "computed field", name);
	if (rr_catalog_table_relationship(schema, relation, name))
		throw_taken(table, "relationship", name);
}

static bool
has_field(RrRoleSchema *rs, Oid table, const char *name)
{
	RrTable    *exposed = rr_database_table(rs->tables->db, table);
	GqlType    *type = exposed ? gql_schema_type(rs->schema, rr_table_type_name(rs->tables->db,
																				exposed, "")) : NULL;

	/* a table that the owner may not read has no type in his schema */
	return exposed && (gql_names_get(&exposed->links, name) ||
					   (type && gql_type_field(rs->schema, type, name)));
}

/* A field that an older schema has may be gone. */
void
rr_check_not_derived(Oid table, const char *name)
{
	if (has_field(rr_owner_schema(false), table, name) &&
		(!rr_checks_postponed() || has_field(rr_owner_schema(true), table, name)))
		throw_taken(table, "field", name);
}
