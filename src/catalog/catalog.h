/*
 * catalog.h: the extension's own tables, read into C structs.
 *
 * Reads scan the tables directly under the active snapshot, without privilege
 * checks: the catalogs are the owner's alone, and every role's answers depend
 * on them. What they return lives in CurrentMemoryContext. A definition that
 * does not parse (somebody wrote into the table by hand) is an SQL error that
 * names the row.
 *
 * Tables, columns and functions are kept by name, as in Hasura's metadata, so
 * that dumps restore in any order; identities are looked up when rows are
 * read, and event triggers rewrite the names when objects are renamed
 * (metadata/rename.c).
 *
 * Writes by any session reach every backend as a relcache invalidation of the
 * table written (triggers send it).
 */
#ifndef RR_CATALOG_H
#define RR_CATALOG_H

#include "utils/snapshot.h"

#include "catalog/doc.h"
#include "graphql/graphql.h"

typedef struct RrHeader
{
	const char *name;
	const char *value;			/* NULL: value_env is the name of an
								 * environment variable of the server */
	const char *value_env;
} RrHeader;

/* customization.field_names[] */
typedef struct RrFieldNaming
{
	const char *parent_type;
	const char *prefix;			/* "" if none; so is suffix */
	const char *suffix;
	GqlNames	mapping;		/* RrMapping */
} RrFieldNaming;

typedef struct RrMapping
{
	const char *name;			/* the remote's own */
	const char *to;
} RrMapping;

typedef struct RrCustomization
{
	const char *root_fields_namespace;	/* or NULL */
	const char *type_prefix;
	const char *type_suffix;
	GqlNames	type_mapping;	/* RrMapping */
	List	   *field_names;	/* RrFieldNaming * */
} RrCustomization;

typedef struct RrRemoteSchema
{
	const char *name;
	int			ordinal;		/* order of addition */
	const char *comment;		/* or NULL */
	const char *url;			/* NULL: url_env */
	const char *url_env;
	List	   *headers;		/* RrHeader * */
	bool		forward_client_headers;
	int			timeout_ms;
	int			batch_size;		/* 0: the setting's */
	int			max_concurrent; /* 0: the setting's */
	bool		http2_prior_knowledge;
	const char *ca_file;		/* or NULL */
	RrCustomization *customization; /* or NULL */
	Jsonb	   *definition;		/* all of the former as it was given, for
								 * export */
	const char *sdl;			/* the upstream's schema as stored; NULL: it
								 * could never be asked, and has nothing to
								 * show */
	bool		sdl_given;		/* by the user: the upstream is never asked
								 * for it */
} RrRemoteSchema;

typedef enum RrBatchKind
{
	RR_BATCH_ALIASES,
	RR_BATCH_LIST,				/* results matched by fields */
	RR_BATCH_POSITION,			/* results matched by order */
} RrBatchKind;

/*
 * One level of remote_field: the field and the arguments that the relationship
 * gives.
 */
typedef struct RrRemoteFieldStep
{
	const char *field;
	GqlValue   *arguments;		/* OBJECT; "$name" has become a VARIABLE */
} RrRemoteFieldStep;

typedef struct RrBatchMatch
{
	const char *name;			/* result field */
	const char *lhs;			/* the join field whose value it must equal */
} RrBatchMatch;

/* definition.to_remote_schema, from a table or from a remote type */
typedef struct RrToRemoteSchema
{
	const char *remote_schema;
	List	   *lhs_fields;		/* char * */
	List	   *remote_field;	/* RrRemoteFieldStep *, outermost first; at
								 * least one */
	RrBatchKind batch;
	List	   *batch_match;	/* RR_BATCH_LIST: RrBatchMatch * */
	bool		array;			/* relationship_type "array" */
} RrToRemoteSchema;

/* definition.to_source */
typedef struct RrFieldMapping
{
	const char *lhs;
	const char *column;			/* of the target table */
} RrFieldMapping;

typedef struct RrToSource
{
	Oid			table;			/* InvalidOid: there is none of this name */
	const char *table_schema;
	const char *table_name;
	bool		array;
	List	   *field_mapping;	/* RrFieldMapping * */
} RrToSource;

typedef enum RrRelationshipKind
{
	RR_REL_TO_REMOTE_SCHEMA,
	RR_REL_TO_SOURCE,
	RR_REL_OBJECT,				/* create_object_relationship */
	RR_REL_ARRAY,
} RrRelationshipKind;

/*
 * A row of remote_rel.table_relationship or
 * remote_rel.remote_schema_relationship.
 */
typedef struct RrRelationship
{
	const char *name;
	RrRelationshipKind kind;
	Oid			source;			/* the table, or InvalidOid */
	const char *source_schema;	/* its name, also while there is no such
								 * table; NULL from a remote schema */
	const char *source_table;
	const char *source_remote_schema;	/* from a type of a remote schema */
	const char *source_type;	/* its own name at the remote */
	RrToRemoteSchema *to_remote_schema;
	RrToSource *to_source;
	Jsonb	   *using;			/* OBJECT, ARRAY: Hasura's "using" */
	Jsonb	   *definition;		/* {"to_remote_schema": …}, {"to_source":
								 * …} or using, as stored */
	const char *comment;		/* or NULL */
	const char *path;			/* of a body: where what is to_remote_schema,
								 * to_source or using stands in it; NULL for a
								 * stored one */
} RrRelationship;

typedef struct RrPermission
{
	const char *remote_schema;
	const char *role;
	const char *sdl;
	const char *comment;		/* or NULL */
} RrPermission;

typedef struct RrComputedField
{
	Oid			source;			/* InvalidOid: there is no such table */
	const char *source_schema;
	const char *source_table;
	const char *name;
	Oid			function;		/* InvalidOid: there is none of this name, or
								 * more than one */
	const char *function_schema;
	const char *function_name;
	const char *table_argument; /* or NULL: the first */
	const char *session_argument;	/* or NULL */
	const char *comment;		/* or NULL */
} RrComputedField;

typedef struct RrTrackedFunction
{
	Oid			function;		/* InvalidOid: there is none of this name, or
								 * more than one */
	const char *function_schema;
	const char *function_name;
	const char *exposed_as;		/* "query", "mutation" or NULL */
	const char *session_argument;
	const char *custom_name;	/* custom_root_fields.function, or NULL */
	const char *custom_aggregate_name;	/* custom_root_fields.function_aggregate,
										 * or NULL */
	Jsonb	   *configuration;	/* the three former as they were given, or
								 * NULL */
	const char *comment;		/* or NULL */
} RrTrackedFunction;

extern List *rr_catalog_remote_schemas(void);	/* RrRemoteSchema *, by
												 * ordinal */

/* or NULL */
extern RrRemoteSchema *rr_catalog_remote_schema(const char *name);
extern List *rr_catalog_table_relationships(Oid source);	/* RrRelationship *, by
															 * name; InvalidOid: of
															 * all tables */
extern List *rr_catalog_remote_relationships(const char *remote_schema);	/* RrRelationship *, by
																			 * type and name; NULL:
																			 * all */
extern List *rr_catalog_permissions(const char *remote_schema); /* RrPermission *, by
																 * role; NULL: all */
extern List *rr_catalog_computed_fields(Oid source);	/* InvalidOid: all */
extern List *rr_catalog_tracked_functions(void);

/*
 * ---- JSON into structs (definition.c). Throw 22023 with the path for what is
 * not of the shape. ----
 */

/* definition of a remote schema: everything but ordinal, comment and sdl. */
extern RrRemoteSchema *rr_remote_schema_from_json(const char *name, const RrDoc *definition);

/*
 * {remote_schema, lhs_fields | hasura_fields, remote_field, batch,
 * relationship_type}. "$name" strings become VARIABLEs; everything else is
 * static. lhs_fields that is absent has every name used. Every name used must
 * be listed (22023).
 */
extern RrToRemoteSchema *rr_to_remote_schema_from_json(const RrDoc *definition);
extern RrToSource *rr_to_source_from_json(const RrDoc *definition);

/* Throws 42704 when "source" is another than "default". */
extern void rr_check_source(const RrDoc *doc);
extern void rr_check_source_name(const RrDoc *source);	/* the same for the name
														 * itself */

/* "name" (in schema public) or {schema, name}. */
extern void rr_table_name_from_json(const RrDoc *doc, const char **schema, const char **name);

/*
 * Any JSON as a value: strings, numbers, objects, … With variables, strings
 * "$name" become VARIABLEs.
 */
extern GqlValue *rr_value_from_json(const RrDoc *doc, bool variables);

/*
 * A variable of the environment that the definition needs, and that is not
 * set; NULL if all are.
 */
extern const char *rr_remote_schema_unset_variable(const RrRemoteSchema *remote);

/*
 * The URL to ask, the environment read; throws 22023 when it is unset. Not for
 * messages: rr_http_display_url() is.
 */
extern const char *rr_remote_schema_url(const RrRemoteSchema *remote);

/*
 * The configured headers, the environment read (22023 when unset): List of
 * RrMapping *. Secret.
 */
extern List *rr_remote_schema_headers(const RrRemoteSchema *remote);

/* ---- secrets.c ---- */

/*
 * What messages call the URL, if that may not be shown since it comes from the
 * environment: "$VARIABLE"; else NULL.
 */
extern const char *rr_remote_schema_url_name(const RrRemoteSchema *remote);

/*
 * Does the URL hold a user, so that requests have an Authorization header of
 * its? Throws like rr_remote_schema_url().
 */
extern bool rr_remote_schema_has_login(const RrRemoteSchema *remote);

/*
 * Text that an upstream has a say in, without the values of configured headers
 * and the URL's credentials: "***" in their places. Values of less than six
 * bytes are not looked for. The text itself if it holds none.
 */
extern const char *rr_remote_schema_conceal(const RrRemoteSchema *remote, const char *text);

/*
 * The same for JSON, which stays JSON: strings and numbers are hidden whole.
 */
extern const char *rr_remote_schema_conceal_json(const RrRemoteSchema *remote, const char *json);

/*
 * ---- names into identities, as the catalogs are now; InvalidOid when there
 * is none ----
 */

extern Oid	rr_lookup_table(const char *schema, const char *name);

/*
 * Names of the columns by attnum - 1, NULL for those that were dropped; *n of
 * them.
 */
extern char **rr_table_columns(Oid table, int *n);

/*
 * Also InvalidOid when there are several of the name; *count, unless NULL,
 * says how many. Procedures and aggregates do not count.
 */
extern Oid	rr_lookup_function(const char *schema, const char *name, int *count);

/* Throws 3F000 when it has just been dropped. */
extern char *rr_namespace_name(Oid namespace);

/* Identity of the extension's objects, cached until they change. */
extern Oid	rr_extension_oid(void); /* throws 55000 when the extension is not
									 * installed in this database; so do the
									 * next two */
extern Oid	rr_extension_owner(void);
extern Oid	rr_catalog_schema_oid(void);	/* of schema remote_rel */

/* ---- concurrent.c ---- */

/*
 * Do the catalogs hold other rows by now than a snapshot of this transaction
 * sees? What the transaction itself has written does not count.
 */
extern bool rr_catalogs_changed_since(Snapshot since);

/*
 * The same for the active snapshot, where the next one would see more: not in
 * a transaction that has a single one.
 */
extern bool rr_catalogs_overtaken(void);

/*
 * Wait until all transactions that have committed changes of the catalogs have
 * told of them; a matter of microseconds. Invalidations are accepted then.
 */
extern void rr_wait_for_invalidations(void);

/* ---- generation.c ---- */

/*
 * Advances whenever the catalogs, or whatever else a role's schema depends on,
 * may have changed in any session. Compare with the value remembered. Takes in
 * pending invalidations first, so it must not be called where relations are
 * being opened. It also advances when a snapshot comes into force, or goes,
 * that may not see the last change.
 */
extern uint64 rr_catalog_generation(void);

/*
 * Advance it in this backend: a setting that role schemas depend on has
 * changed. Never throws.
 */
extern void rr_catalog_invalidate(void);

/*
 * What role schemas are made of, so that changes of anything else need not
 * count.
 */
typedef struct RrNumbers
{
	int			n;
	int			capacity;
	uint32	   *items;
} RrNumbers;

typedef struct RrWatch
{
	RrNumbers	relations;		/* oids */
	RrNumbers	schemas;		/* oids: of whatever relation that comes into
								 * being there */
	RrNumbers	schema_names;	/* hash values in syscache NAMESPACENAME */
	RrNumbers	types;			/* in TYPEOID */
	RrNumbers	constraints;	/* in CONSTROID */

	/*
	 * Is one of the relations really another than it was? Many invalidations
	 * are of statistics. Asked outside of callbacks.
	 */
	bool		(*changed) (void *arg, Oid relation);
	void	   *arg;
} RrWatch;

/* In CurrentMemoryContext. */
extern void rr_numbers_add(RrNumbers *set, uint32 number);

/*
 * From now on only changes of these count, and of the extension's own tables,
 * roles and functions; with NULL, everything does: to be set so before what is
 * to be watched is read. The sets are copied.
 */
extern void rr_catalog_watch(const RrWatch *watch);

#endif							/* RR_CATALOG_H */
