/*
 * remote.h: the remote half of the role schema: what remote schemas add to it,
 * and joins from and to them.
 *
 * A remote schema is stored with the SDL of its upstream, the GraphQL server
 * behind it. Nothing here uses the network.
 */
#ifndef RR_REMOTE_H
#define RR_REMOTE_H

#include "access/attnum.h"

#include "schema/role_schema.h"

struct RrDatabase;
struct RrTable;
struct RrColumn;

/* A remote schema as a role sees it. */
typedef struct RrRemote
{
	const RrRemoteSchema *def;
	GqlSchema  *upstream;		/* the upstream's whole schema or, if
								 * restricted, what the role's permission
								 * leaves of it; in the upstream's own names */
	bool		restricted;		/* a permission applies, which may have
								 * presets */
	GqlNames	reached;		/* restricted: GqlType, the types of upstream
								 * that the role can reach */
	bool		named;			/* types is filled: rr_remote_types() */
	GqlNames	types;			/* RrRemoteType, by name in the role's schema */
} RrRemote;

/*
 * A named type of a remote schema. GqlType.data of the role schema's type
 * points at it; where several remote schemas share the type, at the first
 * one's.
 */
typedef struct RrRemoteType
{
	const char *name;			/* in the role's schema */
	GqlType    *upstream;
	RrRemote   *remote;
	const RrFieldNaming *naming;	/* how its fields are renamed, or NULL */
} RrRemoteType;

/*
 * RR_FIELD_REMOTE: a field of a type that came from a remote schema. Which
 * remote schema is asked for it follows from the root field or join above it.
 */
typedef struct RrRemoteField
{
	RrField		base;
	RrRemote   *remote;			/* answers the field where it is a root field */
	const char *upstream_name;
} RrRemoteField;

/* RR_FIELD_REMOTE_NAMESPACE: the field that holds all root fields of one. */
typedef struct RrRemoteNamespace
{
	RrField		base;
	RrRemote   *remote;
} RrRemoteNamespace;

/* A field on the left-hand side whose value is a part of the join key. */
typedef struct RrJoinKey
{
	const char *name;			/* column, computed field, or field of the
								 * remote type */
	AttrNumber	attnum;			/* of the column, or 0 */
	Oid			function;		/* of the computed field, or InvalidOid */
	Oid			type;			/* of column or computed field, domains
								 * resolved; InvalidOid from remote types */
	GqlFieldDef *field;			/* from remote types: the upstream's field */
} RrJoinKey;

/* RR_FIELD_REMOTE_JOIN: a relationship to a remote schema, checked. */
typedef struct RrRemoteJoin
{
	RrField		base;
	const RrRelationship *relationship;
	RrRemote   *remote;			/* the one joined with */
	List	   *path;			/* GqlFieldDef * of remote->upstream, one for
								 * each level of remote_field */
	int			nkeys;
	RrJoinKey  *keys;			/* the distinct fields that arguments or
								 * matches use */
} RrRemoteJoin;

/* RR_FIELD_TABLE_JOIN: a relationship from a remote type to a table. */
typedef struct RrTableJoin
{
	RrField		base;
	const RrRelationship *relationship;
	const struct RrTable *table;
	bool		array;			/* a list of rows; else one row or null */
	bool		aggregate;		/* it is the field with the aggregates of an
								 * array's rows */
	int			nkeys;
	RrJoinKey  *keys;			/* fields of the remote type */
	const struct RrColumn **columns;	/* the column that each key equals */
} RrTableJoin;

/* ---- remote_types.c ---- */

/*
 * Add to a role's schema what the role sees of remote schemas: types, root
 * fields and directives. What clashes with an earlier remote schema is left
 * out. Throws XX001 as rr_remote_create() does.
 */
extern void rr_add_remote_schemas(RrRoleSchema *rs);

/*
 * Parse the stored SDL of a remote schema, leniently, to the type system of
 * the whole upstream. In CurrentMemoryContext. Throws XX001 if the SDL does
 * not parse any more.
 */
extern RrRemote *rr_remote_create(const RrRemoteSchema *def);

/*
 * Return what a permission's SDL leaves of a whole remote schema; it does not
 * depend on whole afterwards. In CurrentMemoryContext. The SDL must have
 * passed rr_check_permission().
 */
extern RrRemote *rr_remote_restrict(const RrRemote *whole, const char *sdl);

/* ---- remote_names.c ---- */

/*
 * Return the upstream's type behind a type name of the role's schema; NULL if
 * this remote schema has none.
 */
extern GqlType *rr_remote_upstream_type(const RrRemote *remote, const char *name);

/*
 * Return the name that the role's schema has for a type of the upstream, or
 * for one of its fields. In CurrentMemoryContext where it is a new one.
 */
extern const char *rr_remote_type_name(const RrRemote *remote, const GqlType *upstream);
extern const char *rr_remote_field_name(const RrRemote *remote, const GqlType *upstream,
										const char *field);

/* Find the upstream's field of this name in the role's schema, or NULL. */
extern GqlFieldDef *rr_remote_field_named(const RrRemote *remote, const GqlType *upstream,
										  const char *name);

/* ---- remote_conflict.c ---- */

/*
 * File what keeps a remote schema out of the graph: names that its
 * customization makes ambiguous or invalid, names reserved for the module, and
 * conflicts with the earlier remote schemas (RrRemote *) that are in the
 * graph. A conflict is a type or directive with the same name and another
 * definition, or a root field with the same name. All of them are whole
 * (rr_remote_create()), or all are what one role sees (rr_remote_restrict()).
 */
extern void rr_check_remote(RrRemote *remote, List *earlier, GqlErrorList *errors);

/* File only the conflicts between two remote schemas. */
extern void rr_check_remote_conflict(RrRemote *earlier, RrRemote *later, GqlErrorList *errors);

/*
 * If a remote schema has a type, or a field of query_root or mutation_root, of
 * this name, return a sentence that says so: why a table cannot have it. Else
 * NULL. In CurrentMemoryContext.
 */
extern const char *rr_type_taken(const RrRoleSchema *rs, const char *name);
extern const char *rr_root_field_taken(const RrRoleSchema *rs, GqlOperationType operation,
									   const char *name);

/* ---- remote_customization_check.c ---- */

/*
 * File the parent types in the customization's field_names that are not in
 * the upstream's schema, are of a wrong kind, or stand there twice. They do no
 * harm; whoever adds the remote schema is told.
 */
extern void rr_check_customized_types(const RrRemote *remote, GqlErrorList *errors);

/*
 * File the types and fields that mappings of the customization name and that
 * are not there. They have no effect, so they are no mistake.
 */
extern void rr_check_mappings(const RrRemote *remote, GqlErrorList *errors);

/* ---- remote_join_check.c, remote_join_types.c ---- */

/*
 * Check a relationship to a remote schema against the types of both sides, and
 * build the join. Management functions and the role schema both use it.
 *
 * lhs_remote is the remote schema whose type the relationship starts at, NULL
 * where it starts at a table. Everything wrong is filed, with its path in
 * to_remote_schema, in words that name both sides; the result is NULL then.
 * In CurrentMemoryContext.
 *
 * db, or NULL, is the database that a role schema is made of: it tells the
 * table's columns and computed fields then, instead of the server's catalogs
 * and ours as they are now.
 */
extern RrRemoteJoin *rr_remote_join_build(const RrRelationship *relationship,
										  RrRemote *lhs_remote, RrRemote *remote,
										  const struct RrDatabase *db, GqlErrorList *errors);

/* Return the position of a key in join->keys, or -1. */
extern int	rr_remote_join_key(const RrRemoteJoin *join, const char *name);

/*
 * Return the type of one key's value, nullable, in terms of the role's schema:
 * the innermost field's type. With a batch by list or position it is the type
 * of the list's elements, or the object type that a static __typename in the
 * template names.
 */
extern const GqlTypeRef *rr_remote_join_value_type(RrRoleSchema *rs, const RrRemoteJoin *join);

/*
 * Add the remote join fields of a table that the role may have to its object
 * type. Called when the table's type is completed.
 */
extern void rr_add_remote_joins(RrRoleSchema *rs, Oid table, GqlType *type);

/* ---- remote_filter.c ---- */

/*
 * Does an operator of a remote schema's filter input compare values of a leaf
 * type as our operator of this name surely does? Both are types of one schema.
 */
extern bool rr_is_sure_operator(const GqlInputValueDef *operator, const GqlType *leaf);

/* Can an input type filter by a field of an object type in this way? */
extern bool rr_can_filter(GqlSchema *schema, const GqlTypeRef *type, GqlType *object);

/* ---- remote_to_table.c ---- */

/*
 * Note which relationships from remote types to tables cannot be served, while
 * the database is read.
 */
extern void rr_database_check_table_joins(struct RrDatabase *db);

#endif							/* RR_REMOTE_H */
