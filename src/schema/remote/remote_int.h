/*
 * remote_int.h: what the files of schema/remote share among themselves.
 */
#ifndef RR_REMOTE_INT_H
#define RR_REMOTE_INT_H

#include "schema/remote/remote.h"

/* ---- remote_types.c ---- */

/*
 * Does a permission's preset hide this argument or input field of the upstream
 * from the role?
 */
extern bool rr_remote_hides(const RrRemote *remote, const GqlInputValueDef *def);

/*
 * Translate a type reference of the upstream to the role's schema. Throws
 * XX000 if the role's schema does not have the type.
 */
extern const GqlTypeRef *rr_remote_type_ref(RrRoleSchema *rs, const RrRemote *remote,
											const GqlTypeRef *upstream);

/*
 * Return remote->types: RrRemoteType, of all types that a remote schema brings
 * but those of introspection. Filled when first asked for, in the remote
 * schema's own context.
 */
extern const GqlNames *rr_remote_types(RrRemote *remote);

/* ---- remote_names.c ---- */

/*
 * Return the upstream's type that a "parent_type" of a customization means, or
 * NULL. query_root and mutation_root mean the root types, unless there are
 * types of these names.
 */
extern GqlType *rr_remote_naming_parent(const RrRemote *remote, const char *name);

/* Return how the fields of an upstream's type are renamed, or NULL. */
extern const RrFieldNaming *rr_remote_field_naming(const RrRemote *remote,
												   const GqlType *upstream);

/* Is it one of the types of introspection, such as __Type? */
extern bool rr_remote_is_introspection(const GqlType *type);

/* Is it one of the upstream's root types? */
extern bool rr_remote_is_root(const RrRemote *remote, const GqlType *upstream);

/* ---- remote_customization_check.c ---- */

/*
 * File the names that the customization of a whole remote schema gives twice,
 * or that GraphQL does not allow. It cannot be served then.
 */
extern void rr_check_customization(RrRemote *remote, GqlErrorList *errors);

/* ---- remote_join_check.c ---- */

/*
 * Return the field of a remote type that a join reads. It must exist, have no
 * required argument, and return a scalar or an enum; else an error is filed
 * and the result is NULL.
 */
extern GqlFieldDef *rr_remote_key_field(const RrRemote *remote, const char *type_name,
										const char *name, GqlErrorList *errors);

/*
 * Return the static __typename of the objects in a template of arguments, as
 * federation's representations have it; or NULL.
 */
extern const char *rr_static_typename(const GqlValue *template);

/* ---- remote_join_types.c, remote_to_table.c ---- */

/*
 * Add the join fields of an object type that came from a remote schema: to
 * remote schemas and to tables; and only those to tables.
 */
extern void rr_add_remote_type_joins(RrRoleSchema *rs, const RrRemoteType *info, GqlType *type);
extern void rr_add_table_joins(RrRoleSchema *rs, const RrRemoteType *info, GqlType *type);

#endif							/* RR_REMOTE_INT_H */
