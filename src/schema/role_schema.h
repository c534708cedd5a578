/*
 * roleschema.h: what a role can see, as one GraphQL schema.
 *
 * Tables come from the system catalogs as the role's privileges show them,
 * remote schemas from the stored SDL and the role's permission on it, join
 * fields from relationships where all that they need is visible.
 *
 * Every GqlFieldDef and GqlType of a role schema has an RrField or RrTypeInfo
 * at its data: that is how planning knows what answers it.
 */
#ifndef RR_ROLESCHEMA_H
#define RR_ROLESCHEMA_H

#include "access/attnum.h"
#include "catalog/catalog.h"

typedef enum RrFieldKind
{
	/* of query_root, by tables */
	RR_FIELD_TABLE,				/* books(where, …): [books!]! */
	RR_FIELD_BY_PK,
	RR_FIELD_TABLE_AGGREGATE,
	RR_FIELD_FUNCTION,
	RR_FIELD_FUNCTION_AGGREGATE,
	/* of a table's type */
	RR_FIELD_COLUMN,
	RR_FIELD_COMPUTED,
	RR_FIELD_COMPUTED_AGGREGATE,	/* of a computed field that gives rows */
	RR_FIELD_OBJECT_RELATIONSHIP,
	RR_FIELD_ARRAY_RELATIONSHIP,
	RR_FIELD_AGGREGATE_RELATIONSHIP,
	/* of aggregate types */
	RR_FIELD_AGGREGATE,			/* books_aggregate.aggregate */
	RR_FIELD_NODES,
	RR_FIELD_COUNT,
	RR_FIELD_AGGREGATE_FUNCTION,	/* sum, avg, … */
	RR_FIELD_AGGREGATE_COLUMN,
	/* remote */
	RR_FIELD_REMOTE,			/* a field of a remote type, the upstream's
								 * root fields included */
	RR_FIELD_REMOTE_NAMESPACE,	/* root_fields_namespace */
	RR_FIELD_REMOTE_JOIN,		/* from a table's or a remote type to a remote
								 * schema: RrRemoteJoin */
	RR_FIELD_TO_SOURCE,			/* from a remote type to a table: RrSourceJoin */
	/* the field of a schema without any */
	RR_FIELD_NO_QUERIES,
} RrFieldKind;

/* The beginning of whatever hangs at GqlFieldDef.data. */
typedef struct RrField
{
	RrFieldKind kind;
} RrField;

typedef struct RrRoleSchema
{
	MemoryContext cxt;			/* holds everything of it, under
								 * CacheMemoryContext */
	GqlSchema  *schema;
	Oid			role;
	bool		sees_everything;	/* superuser or the extension's owner */
	uint64		generation;
	int			pins;
	List	   *remotes;		/* RrRemote * */
	List	   *inconsistencies;	/* RrInconsistency *: what a clash of
									 * names keeps out of this role's schema */
	void	   *tables;			/* the table half's own */
} RrRoleSchema;

/*
 * The current schema of a role, built if need be, pinned: it stays whole until
 * the release, even when DDL makes it stale meanwhile. The pin is owned by
 * CurrentMemoryContext (a reset callback releases it), so an error leaves none
 * behind.
 */
extern RrRoleSchema *rr_role_schema_get(Oid role);

/* The same without an owner, for what is kept along with it. */
extern void rr_role_schema_hold(RrRoleSchema *rs);
extern void rr_role_schema_release(RrRoleSchema *rs);

/*
 * What cannot be served and why: {type, name, reason, definition}, for
 * get_inconsistent_metadata.
 */
typedef struct RrInconsistency
{
	const char *type;			/* "remote_relationship", "table", … */
	const char *name;
	const char *reason;
} RrInconsistency;

/* One of them, its reason formatted; in CurrentMemoryContext. */
extern RrInconsistency *rr_inconsistency(const char *type, const char *name,
										 const char *fmt,...) pg_attribute_printf(3, 4);

/*
 * The name under which a field of a table is listed, the only one of it:
 * "books.author", "shop.parts.item" outside of schema public.
 */
extern const char *rr_field_label(const char *schema, const char *table, const char *name);

/* The same of a relationship of a remote type: "auth0.Profile.user". */
extern const char *rr_remote_field_label(const char *remote_schema, const char *type,
										 const char *name);

/* RrInconsistency *, of the whole schema; in CurrentMemoryContext. */
extern List *rr_inconsistencies(void);

/* ---- tables (table_*.c) ---- */

/* Add what tables give: query_root's fields, types completed lazily. */
extern void rr_add_tables(RrRoleSchema *rs);

/* ---- remote schemas (remote_*.c) ---- */

/* A remote schema as the role sees it. */
typedef struct RrRemote
{
	const RrRemoteSchema *def;
	GqlSchema  *upstream;		/* the upstream's whole schema, or the role's
								 * SDL where a permission restricts it; the
								 * remote's own names */
	bool		restricted;		/* upstream is the role's SDL, which may have
								 * presets */
	GqlNames	reached;		/* restricted: GqlType, those of upstream that
								 * the role can come to */
	GqlNames	types;			/* RrRemoteType, by their names in the role's
								 * schema */
} RrRemote;

/*
 * A named type of a remote schema: at GqlType.data of the role schema's type,
 * for the first remote schema that brought it.
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
 * remote it is asked of follows from the root or join above it.
 */
typedef struct RrRemoteField
{
	RrField		base;
	RrRemote   *remote;			/* the one that answers it where the field is
								 * a root field */
	const char *upstream_name;
} RrRemoteField;

/* RR_FIELD_REMOTE_NAMESPACE */
typedef struct RrRemoteNamespace
{
	RrField		base;
	RrRemote   *remote;
} RrRemoteNamespace;

/* What a join key is read from, on the left-hand side. */
typedef struct RrJoinKey
{
	const char *name;			/* lhs field: column, computed field, or field
								 * of the remote type */
	AttrNumber	attnum;			/* a table's column, or 0 */
	Oid			function;		/* computed field, or InvalidOid */
	Oid			type;			/* of column or computed field, domains
								 * resolved; InvalidOid from remote types */
	GqlFieldDef *field;			/* from remote types: the upstream's field */
} RrJoinKey;

/* RR_FIELD_REMOTE_JOIN */
typedef struct RrRemoteJoin
{
	RrField		base;
	const RrRelationship *relationship;
	RrRemote   *remote;
	List	   *path;			/* GqlFieldDef * of remote->upstream, one for
								 * each step of remote_field */
	int			nkeys;
	RrJoinKey  *keys;			/* the distinct lhs fields that the arguments
								 * (or matches) use */
} RrRemoteJoin;

/* RR_FIELD_TO_SOURCE: from a remote type to a table */
typedef struct RrSourceJoin
{
	RrField		base;
	const RrRelationship *relationship;
	const struct RrTable *table;
	bool		array;
	int			nkeys;
	RrJoinKey  *keys;			/* fields of the remote type */
	const struct RrColumn **columns;	/* what they are equal to, side by
										 * side with keys */
} RrSourceJoin;

extern void rr_add_remote_schemas(RrRoleSchema *rs);

/*
 * The upstream's type behind a type of the role's schema, as this remote has
 * it; NULL if it has none.
 */
extern GqlType *rr_remote_upstream_type(const RrRemote *remote, const char *name);

/*
 * The name that a type of the upstream has in the role's schema, and that a
 * field of it has.
 */
extern const char *rr_remote_type_name(const RrRemote *remote, const GqlType *upstream);
extern const char *rr_remote_field_name(const RrRemote *remote, const GqlType *upstream,
										const char *field);

/* The upstream's field that has this name in the role's schema, or NULL. */
extern GqlFieldDef *rr_remote_field_named(const RrRemote *remote, const GqlType *upstream,
										  const char *name);

/*
 * Does the role's permission preset the argument or input field, so that the
 * role does not see it?
 */
extern bool rr_remote_hides(const RrRemote *remote, const GqlInputValueDef *def);

/* A type reference of the upstream in terms of the role's schema. */
extern const GqlTypeRef *rr_remote_type_ref(RrRoleSchema *rs, const RrRemote *remote,
											const GqlTypeRef *upstream);

/*
 * Does a type of the upstream become one of the role's schema? A root type
 * that nothing refers to does not.
 */
extern bool rr_remote_brings_type(const RrRemote *remote, const GqlType *upstream);

/*
 * File what keeps a remote schema out of the graph: names that its
 * customization leaves unclear, or that are ours; and what cannot stand beside
 * the remote schemas before it that are in the graph (RrRemote *): a type or
 * directive of one name and two definitions, two root fields of one name. All
 * of them are whole (rr_remote_create()), or what one role sees of them
 * (rr_remote_restrict()).
 */
extern void rr_check_remote(RrRemote *remote, List *earlier, GqlErrorList *errors);

/* The last of it alone, for two. */
extern void rr_check_remote_conflict(RrRemote *earlier, RrRemote *later, GqlErrorList *errors);

/*
 * Why a table cannot have a type, or a field of query_root, of this name: a
 * remote schema has it. NULL if none does.
 */
extern const char *rr_type_taken(const RrRoleSchema *rs, const char *name);
extern const char *rr_root_field_taken(const RrRoleSchema *rs, const char *name);

/*
 * File the names that the customization of a whole remote schema gives twice,
 * or that GraphQL does not allow: it cannot be served then.
 */
extern void rr_check_customization(RrRemote *remote, GqlErrorList *errors);

/* File the types that it names and that are not there: they harm nobody. */
extern void rr_check_customized_types(const RrRemote *remote, GqlErrorList *errors);

/*
 * Parse the stored SDL of a remote schema with good will; its type system,
 * whole. Throws XX001 if it does not parse any more. In CurrentMemoryContext.
 */
extern RrRemote *rr_remote_create(const RrRemoteSchema *def);

/*
 * What a permission that fits leaves of it; independent of whole afterwards.
 * In CurrentMemoryContext.
 */
extern RrRemote *rr_remote_restrict(const RrRemote *whole, const char *sdl);

/*
 * Check a relationship to a remote schema against the remote's types and the
 * types of what it joins with, and build the join. Everything that does not
 * fit is filed, each naming both sides, with its path in to_remote_schema;
 * NULL then. Management functions and the role schema both use it. source is
 * the remote schema at whose type the relationship starts, NULL for a table's.
 */
extern RrRemoteJoin *rr_remote_join_build(const RrRelationship *relationship, RrRemote *source,
										  RrRemote *remote,
										  GqlErrorList *errors);

/*
 * The type of one key's value, nullable, in terms of the role's schema: the
 * innermost field's; with a batch by list or position its element's, or the
 * object type that the template's static __typename names.
 */
extern const GqlTypeRef *rr_remote_join_value_type(RrRoleSchema *rs, const RrRemoteJoin *join);

/* Position of a key in join->keys, or -1. */
extern int	rr_remote_join_key(const RrRemoteJoin *join, const char *name);

/*
 * Add the role's remote join fields of a table to its object type; the table
 * half calls it when it completes the type.
 */
extern void rr_add_remote_joins(RrRoleSchema *rs, Oid table, GqlType *type);

/* The same for an object type that came from a remote schema. */
extern void rr_add_remote_type_joins(RrRoleSchema *rs, const RrRemoteType *info, GqlType *type);

/* Its joins to tables. */
extern void rr_add_source_joins(RrRoleSchema *rs, const RrRemoteType *info, GqlType *type);

/*
 * The field of a remote type that a join reads, checked: it is there, has no
 * required argument, and gives a scalar or an enum. NULL when it does not fit:
 * filed.
 */
extern GqlFieldDef *rr_remote_key_field(const RrRemote *source, const char *type_name,
										const char *name, GqlErrorList *errors);

#endif							/* RR_ROLESCHEMA_H */
