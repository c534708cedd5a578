/*
 * table_namespace.c: the field that holds the root fields of tables, if the
 * customization of the source has a namespace for them.
 *
 * There is one for each operation type that the role has fields of. Remote
 * schemas have namespaces of their own (schema/remote/remote_types.c).
 */
#include "postgres.h"

#include "schema/remote/remote.h"
#include "schema/table/table_int.h"

/* Why there can be no such field or type; NULL if there can. */
static const char *
clash(RrRoleSchema *rs, GqlOperationType operation, const char *type_name)
{
	const char *namespace = rs->tables->db->naming->root_namespace;
	const char *taken = rr_root_field_taken(rs, operation, namespace);

	return taken != NULL ? taken : rr_type_taken(rs, type_name);
}

/* Add the field to the root type, and return its type. */
static GqlType *
add_namespace(RrRoleSchema *rs, GqlOperationType operation, const char *type_name)
{
	const RrDatabase *db = rs->tables->db;
	GqlType    *root = operation == GQL_QUERY ? rs->schema->query : rs->schema->mutation;
	const char *reason = clash(rs, operation, type_name);
	GqlType    *type;

	if (reason != NULL)
	{
		rs->inconsistencies = lappend(rs->inconsistencies,
									  rr_inconsistency("source", "default",
													   "its root fields cannot have the namespace \"%s\": %s",
													   db->naming->root_namespace, reason));
		return NULL;
	}
	if (root == NULL)
		root = rs->schema->mutation = gql_schema_add_type(rs->schema, GQL_OBJECT, "mutation_root");
	type = gql_schema_add_type(rs->schema, GQL_OBJECT, type_name);
	gql_type_add_field(rs->schema, root, db->naming->root_namespace, &type->ref)->data =
		rr_table_field(rs, RR_FIELD_TABLE_NAMESPACE, NULL);
	return type;
}

GqlType    *
rr_table_root(RrRoleSchema *rs, GqlOperationType operation)
{
	const RrDatabase *db = rs->tables->db;

	if (db->naming->root_namespace != NULL)
		return add_namespace(rs, operation, rr_namespace_type_name(db, operation == GQL_QUERY
																   ? "_query"
																   : "_mutation_frontend"));
	if (operation == GQL_QUERY)
		return rs->schema->query;
	if (rs->schema->mutation == NULL)
		rs->schema->mutation = gql_schema_add_type(rs->schema, GQL_OBJECT, "mutation_root");
	return rs->schema->mutation;
}
