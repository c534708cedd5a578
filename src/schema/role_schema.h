/*
 * role_schema.h: what a role can see, as one GraphQL schema.
 *
 * It is made of three parts: tables (table/), read from the system catalogs
 * as the role's privileges show them; remote schemas (remote/), read from the
 * stored SDL; and the role's permissions on these (permission/). A join field
 * is there only when the role may see everything that the join needs.
 *
 * GqlFieldDef.data of every field of a role schema is a struct that starts
 * with an RrField. It tells planning what answers the field.
 *
 * A role schema is stale when the catalog's generation has moved on
 * (catalog/generation.c). These advance the generation:
 * table/database_watch.c (tables, types, functions), triggers of our tables
 * (metadata), settings.c.
 */
#ifndef RR_ROLE_SCHEMA_H
#define RR_ROLE_SCHEMA_H

#include "base/pinned_cache.h"
#include "catalog/catalog.h"

typedef enum RrFieldKind
{
	/* fields of query_root that tables and tracked functions give */
	RR_FIELD_TABLE,				/* books(where, …): [books!]! */
	RR_FIELD_BY_PK,				/* books_by_pk(id): books */
	RR_FIELD_TABLE_AGGREGATE,	/* books_aggregate(where, …) */
	RR_FIELD_FUNCTION,
	RR_FIELD_FUNCTION_AGGREGATE,
	/* fields of mutation_root that tables give */
	RR_FIELD_INSERT,			/* insert_books(objects, on_conflict) */
	RR_FIELD_INSERT_ONE,
	RR_FIELD_UPDATE,
	RR_FIELD_UPDATE_BY_PK,
	RR_FIELD_UPDATE_MANY,
	RR_FIELD_DELETE,
	RR_FIELD_DELETE_BY_PK,
	/* fields of books_mutation_response */
	RR_FIELD_AFFECTED_ROWS,
	RR_FIELD_RETURNING,
	RR_FIELD_TABLE_NAMESPACE,	/* the field that holds the fields above, of
								 * one root type */
	/* fields of a table's object type */
	RR_FIELD_COLUMN,
	RR_FIELD_COMPUTED,
	RR_FIELD_COMPUTED_AGGREGATE,	/* of a computed field that returns rows */
	RR_FIELD_OBJECT_RELATIONSHIP,
	RR_FIELD_ARRAY_RELATIONSHIP,
	RR_FIELD_AGGREGATE_RELATIONSHIP,
	/* fields of aggregate types */
	RR_FIELD_AGGREGATE,			/* books_aggregate.aggregate */
	RR_FIELD_NODES,				/* books_aggregate.nodes */
	RR_FIELD_COUNT,
	RR_FIELD_AGGREGATE_FUNCTION,	/* sum, avg, … */
	RR_FIELD_AGGREGATE_COLUMN,	/* sum.price */
	/* fields that a remote schema answers, and joins */
	RR_FIELD_REMOTE,			/* of a type of a remote schema, and its root
								 * fields: RrRemoteField */
	RR_FIELD_REMOTE_NAMESPACE,	/* root_fields_namespace: RrRemoteNamespace */
	RR_FIELD_REMOTE_JOIN,		/* from a table or a remote type to a remote
								 * schema: RrRemoteJoin */
	RR_FIELD_TABLE_JOIN,		/* from a remote type to a table: RrTableJoin */
	/* the only field of query_root when the role sees nothing */
	RR_FIELD_NO_QUERIES,
} RrFieldKind;

/* The first member of whatever GqlFieldDef.data points at. */
typedef struct RrField
{
	RrFieldKind kind;
} RrField;

typedef struct RrRoleSchema
{
	MemoryContext cxt;			/* holds everything below, itself included; a
								 * child of CacheMemoryContext */
	GqlSchema  *schema;
	Oid			role;
	bool		sees_everything;	/* superuser or owner of the extension */
	struct RrRoleTables *tables;	/* table/table.h */
	List	   *remotes;		/* RrRemote * (remote/remote.h), those that
								 * the role sees */
	List	   *inconsistencies;	/* RrInconsistency *: what a clash of
									 * names keeps out of this role's schema */
	uint64		generation;		/* of the catalogs when it was built */
} RrRoleSchema;

/* ---- role_schema_cache.c ---- */

/*
 * Return the current schema of a role; build it if there is none. It is
 * pinned: it stays whole until it is released, even when DDL makes it stale.
 * CurrentMemoryContext owns the pin: its reset releases it, so an error leaves
 * no pin behind. Throws what reading the catalogs throws; XX001 if the stored
 * SDL of a remote schema does not parse any more.
 */
extern RrRoleSchema *rr_role_schema_get(Oid role);

/*
 * The schema as an entry of a cache, for entries that hold it, such as plans.
 */
extern RrPinnedEntry *rr_role_schema_entry(RrRoleSchema *rs);

/*
 * Return what of the whole schema, as the extension's owner sees it, cannot
 * be served: RrInconsistency *, in CurrentMemoryContext.
 */
extern List *rr_inconsistencies(void);

/* ---- inconsistency.c ---- */

/* Something in the metadata that cannot be served, and why. */
typedef struct RrInconsistency
{
	const char *type;			/* "remote_relationship", "table", … */
	const char *name;			/* unique among those of its type */
	const char *reason;
} RrInconsistency;

/* Make one, its reason formatted as by printf(); in CurrentMemoryContext. */
extern RrInconsistency *rr_inconsistency(const char *type, const char *name,
										 const char *fmt,...) pg_attribute_printf(3, 4);

/*
 * Return the name under which a field of a table is listed: "books.author",
 * or "shop.parts.item" outside of schema public. In CurrentMemoryContext.
 */
extern const char *rr_field_label(const char *schema, const char *table, const char *name);

/* The same for a field of a remote type: "auth0.Profile.user". */
extern const char *rr_remote_field_label(const char *remote_schema, const char *type,
										 const char *name);

#endif							/* RR_ROLE_SCHEMA_H */
