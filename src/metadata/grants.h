/*
 * grants.h: commands for permissions on tables and functions and for inherited
 * roles. They are not run; the SQL statements that do the same are returned or
 * shown.
 */
#ifndef RR_GRANTS_H
#define RR_GRANTS_H

#include "catalog/catalog.h"
#include "schema/table/table.h"

/*
 * If the command is one of these, throw 0A000 with the statements as its hint,
 * or what is wrong with its arguments. Returns for any other. bare is type
 * without the prefix "pg_".
 */
extern void rr_throw_grants(const char *type, const char *bare, const RrDoc *request);

/*
 * For an item of a metadata object: {"path", "statements", "left_out"}. Throws
 * what is wrong with it.
 *
 * verb is "select", "insert", "update" or "delete"; permission is {"role",
 * "permission", "comment"}; role is {"role_name", "role_set"}. *roles, List of
 * char *, are the roles that earlier statements create; those that these
 * create are added.
 */
extern Jsonb *rr_table_permission_json(const char *schema, const char *table, const char *verb,
									   const RrDoc *permission,
									   List **roles);
extern Jsonb *rr_inherited_role_json(const RrDoc *role, List **roles);

/*
 * Remarks on a select permission: one for each column that the role lacks and
 * that a relationship joins by, be it from the table, to it, or with a remote
 * schema. columns: the permission's, JSON strings; NULL: all. Returns char *,
 * in CurrentMemoryContext.
 */
extern List *rr_missing_joining_columns(const RrTable *table, const char *role,
										const RrDoc *columns);

#endif							/* RR_GRANTS_H */
