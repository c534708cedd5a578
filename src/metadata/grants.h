/*
 * grants.h: commands about permissions on tables and functions, and about
 * inherited roles, which PostgreSQL's own statements take the place of.
 */
#ifndef RR_GRANTS_H
#define RR_GRANTS_H

#include "catalog/doc.h"

/*
 * Throws 0A000, the statements as its hint, if the command (bare: without pg_)
 * is one of these; what is wrong with its arguments otherwise.
 */
extern void rr_throw_grants(const char *type, const char *bare, const RrDoc *request);

/*
 * For what a metadata object holds: {"path", "statements", "left_out"}; throws
 * what is wrong with it. verb: "select", "insert", "update", "delete";
 * permission: {"role", "permission", "comment"}; role: {"role_name",
 * "role_set"}. *roles are those that statements before these have made, List
 * of char *; added to.
 */
extern Jsonb *rr_table_permission_json(const char *schema, const char *table, const char *verb,
									   const RrDoc *permission,
									   List **roles);
extern Jsonb *rr_inherited_role_json(const RrDoc *role, List **roles);

#endif							/* RR_GRANTS_H */
