/*
 * catalog.h: the extension's own tables as C structs. The one header of
 * src/catalog that other folders need (includes doc.h).
 *
 *   read.c        rows as structs
 *   definition.c  JSON definitions as structs
 *   doc.c         a cursor over jsonb that knows its path
 *   secrets.c     removes a remote schema's secrets from messages
 *   identity.c    names as OIDs
 *   concurrent.c  detects changes by other sessions
 *   generation.c  a counter of changes that role schemas depend on
 *
 * Tables are scanned under the active snapshot, without privilege checks: only
 * the owner may read them, and every role's answers depend on them. A stored
 * definition that does not parse, because somebody wrote into the table, is an
 * SQL error that names the row.
 *
 * Tables, columns and functions are stored by name, as in Hasura's metadata,
 * so that dumps restore in any order. Their OIDs are looked up when rows are
 * read. When objects are renamed, event triggers rewrite the names
 * (metadata/rename.c).
 *
 * A write by any session reaches every backend as a relcache invalidation of
 * the table, sent by triggers.
 */
#ifndef RR_CATALOG_H
#define RR_CATALOG_H

#include "utils/snapshot.h"

#include "catalog/doc.h"
#include "graphql/graphql.h"
#include "settings.h"

/* A configured header. */
typedef struct RrHeader
{
	const char *name;
	const char *value;			/* NULL: see value_env */
	const char *value_env;		/* an environment variable of the server */
} RrHeader;

/* customization.field_names[] */
typedef struct RrFieldNaming
{
	const char *parent_type;
	const char *prefix;			/* "" if none; so is suffix */
	const char *suffix;
	GqlNames	mapping;		/* RrMapping */
} RrFieldNaming;

/* A name and what it maps to; also a header and its value. */
typedef struct RrMapping
{
	const char *name;
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

/* A row of remote_schema. */
typedef struct RrRemoteSchema
{
	const char *name;
	int			ordinal;		/* in the order in which they were added */
	const char *comment;		/* or NULL */
	const char *url;			/* as written; NULL: see url_env */
	const char *url_env;		/* an environment variable of the server */
	List	   *url_variables;	/* what {{NAME}} in url names: char * each */
	List	   *headers;		/* RrHeader * */
	bool		forward_client_headers;
	int			timeout_ms;
	int			batch_size;		/* 0: the setting's */
	int			max_concurrent; /* 0: the setting's */
	bool		http2_prior_knowledge;
	const char *ca_file;		/* or NULL */
	const char *client_certificate; /* PEM file, or NULL; so is the key */
	const char *client_key;
	bool		tls13;			/* "minimum_tls_version" is "1.3" */
	const char *proxy;			/* its URL; "": none; NULL: the setting's */
	RrCustomization *customization; /* or NULL */
	Jsonb	   *definition;		/* as given, for export */
	const char *sdl;			/* the stored schema; NULL: the upstream never
								 * answered, so no field is shown */
	bool		sdl_given;		/* by the user: never ask the upstream */
} RrRemoteSchema;

typedef enum RrBatchKind
{
	RR_BATCH_ALIASES,			/* one field for each key, with an alias */
	RR_BATCH_LIST,				/* one field; results are matched by fields */
	RR_BATCH_POSITION,			/* one field; results are matched by order */
} RrBatchKind;

/* One level of remote_field: a field and its arguments. */
typedef struct RrRemoteFieldStep
{
	const char *field;
	GqlValue   *arguments;		/* OBJECT; "$name" is a VARIABLE */
} RrRemoteFieldStep;

typedef struct RrBatchMatch
{
	const char *name;			/* result field */
	const char *lhs;			/* the joining field that it must equal */
} RrBatchMatch;

/* "to_remote_schema" of a definition */
typedef struct RrToRemoteSchema
{
	const char *remote_schema;
	List	   *lhs_fields;		/* char * */
	List	   *remote_field;	/* RrRemoteFieldStep *, outermost first; at
								 * least one */
	RrBatchKind batch;
	List	   *batch_match;	/* RR_BATCH_LIST: RrBatchMatch * */
	const char *filter_argument;	/* the innermost field's argument that
									 * takes conditions on its results; or
									 * NULL */
	bool		array;			/* relationship_type "array" */
} RrToRemoteSchema;

typedef struct RrFieldMapping
{
	const char *lhs;
	const char *column;			/* of the target table */
} RrFieldMapping;

/* "to_source" of a definition */
typedef struct RrToSource
{
	Oid			table;			/* InvalidOid: it does not exist */
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
 * A row of table_relationship or remote_schema_relationship, or the body of a
 * command that makes one.
 */
typedef struct RrRelationship
{
	const char *name;
	RrRelationshipKind kind;

	/* from a table: its name; otherwise NULL */
	Oid			source;			/* InvalidOid: it does not exist */
	const char *source_schema;
	const char *source_table;

	/* from a type of a remote schema; otherwise NULL */
	const char *source_remote_schema;
	const char *source_type;	/* without customization */

	/* by kind, the others are NULL */
	RrToRemoteSchema *to_remote_schema;
	RrToSource *to_source;
	Jsonb	   *using;			/* OBJECT, ARRAY: Hasura's "using" */

	Jsonb	   *definition;		/* as stored: {"to_remote_schema": ...},
								 * {"to_source": ...} or "using" */
	const char *comment;		/* or NULL */
	const char *path;			/* of the definition in a command's body; NULL
								 * for a row */
} RrRelationship;

/* A row of remote_schema_permission. */
typedef struct RrPermission
{
	const char *remote_schema;
	const char *role;
	const char *sdl;
	const char *comment;		/* or NULL */
	Oid			role_oid;		/* of the role that it was given to;
								 * InvalidOid: not known */
} RrPermission;

/* A row of computed_field. */
typedef struct RrComputedField
{
	Oid			source;			/* InvalidOid: it does not exist */
	const char *source_schema;
	const char *source_table;
	const char *name;
	Oid			function;		/* InvalidOid: none or several of this name */
	const char *function_schema;
	const char *function_name;
	const char *table_argument; /* or NULL: the first */
	const char *session_argument;	/* or NULL */
	const char *comment;		/* or NULL */
} RrComputedField;

/* A row of tracked_function. */
typedef struct RrTrackedFunction
{
	Oid			function;		/* InvalidOid: none or several of this name */
	const char *function_schema;
	const char *function_name;
	const char *exposed_as;		/* "query", "mutation" or NULL */
	const char *session_argument;	/* or NULL */

	/* of "custom_root_fields", or NULL */
	const char *custom_name;
	const char *custom_aggregate_name;
	Jsonb	   *configuration;	/* as given, or NULL */
	const char *comment;		/* or NULL */
} RrTrackedFunction;

/* ---- rows (read.c) ---- */

/*
 * All rows of a table, or those of one remote schema or source table. Lists
 * and structs are palloc'd in CurrentMemoryContext. Each throws 55000 if the
 * extension is not installed, or if a table has other columns than it made.
 */

/* RrRemoteSchema *, by ordinal. */
/* A name, of a root field or a column, that a configuration changes. */
typedef struct RrCustomName
{
	const char *name;			/* the key: "select", or the column's own */
	const char *to;				/* or NULL: the name stays */
	const char *comment;		/* NULL: the default one; "": none */
} RrCustomName;

StaticAssertDecl(offsetof(RrCustomName, name) == 0, "items of GqlNames start with their name");

/* How much of a table a role gets. */
typedef struct RrTableLimit
{
	const char *role;
	int			max_rows;		/* of a list; -1: as many as there are */
	bool		allow_aggregations;
} RrTableLimit;

/* A row of remote_rel.table_customization. */
typedef struct RrTableCustomization
{
	Oid			source;			/* InvalidOid: there is no such table */
	const char *source_schema;
	const char *source_table;
	Jsonb	   *configuration;	/* as it was given, or NULL; it has the next
								 * four */
	const char *custom_name;	/* or NULL */
	const char *comment;		/* NULL: the default one; "": none */
	GqlNames	root_fields;	/* RrCustomName, by "select" and so on */
	GqlNames	columns;		/* RrCustomName, by PostgreSQL's names */
	bool		hidden;			/* it is kept out of GraphQL */
	bool		is_enum;		/* its rows are the values of an enum */
	List	   *limits;			/* RrTableLimit *, by role */
} RrTableCustomization;

/* The customization of the source. Texts are NULL where there is nothing. */
typedef struct RrNaming
{
	RrConvention convention;
	const char *root_namespace; /* the field that holds the root fields */
	const char *root_prefix;
	const char *root_suffix;
	const char *type_prefix;
	const char *type_suffix;
	Jsonb	   *customization;	/* as it was given, or NULL */
} RrNaming;

/* A row of remote_rel.query_collection. */
typedef struct RrQueryCollection
{
	const char *name;
	Jsonb	   *definition;		/* {"queries": [{"name", "query"}]} */
	const char *comment;		/* or NULL */
	Jsonb	   *allowed;		/* its scope in the allow list, or NULL */
} RrQueryCollection;

extern List *rr_catalog_remote_schemas(void);

/* The remote schema of this name, or NULL. */
extern RrRemoteSchema *rr_catalog_remote_schema(const char *name);

/* RrRelationship *, by source and name. InvalidOid: of all tables. */
extern List *rr_catalog_table_relationships(Oid source);

/* The relationship of this name, or NULL. The table may be gone. */
extern RrRelationship *rr_catalog_table_relationship(const char *schema, const char *table,
													 const char *name);

/* RrRelationship *, by type and name. NULL: of all remote schemas. */
extern List *rr_catalog_remote_relationships(const char *remote_schema);

/* The relationship of this name, or NULL. */
extern RrRelationship *rr_catalog_remote_relationship(const char *remote_schema,
													  const char *type_name, const char *name);

/* RrPermission *, by remote schema and role. NULL: of all remote schemas. */
extern List *rr_catalog_permissions(const char *remote_schema);

/* RrComputedField *, by source and name. InvalidOid: of all tables. */
extern List *rr_catalog_computed_fields(Oid source);

/* The computed field of this name, or NULL. The table may be gone. */
extern RrComputedField *rr_catalog_computed_field(const char *schema, const char *table,
												  const char *name);

/* RrTrackedFunction *, by name. */
extern List *rr_catalog_tracked_functions(void);

/* RrTableCustomization *, by the table's name; InvalidOid: of all tables. */
extern List *rr_catalog_table_customizations(Oid source);

/* RrQueryCollection *, by name. */
extern List *rr_catalog_query_collections(void);

/* All members empty if nothing is set. */
extern const RrNaming *rr_catalog_naming(void);

/* ---- naming_definition.c: names as Hasura's metadata has them ---- */

/* The keys of custom_root_fields, ended by NULL. */
extern const char *const rr_root_field_keys[];

/*
 * Fill in what the configuration of a table says. Throws 22023 for a key that
 * is not known and a value of the wrong type, 42602 for what is no GraphQL
 * name; both with the path.
 */
extern void rr_table_configuration_read(RrTableCustomization *custom, const RrDoc *configuration);

/* The same for the customization of the source. */
extern RrNaming *rr_naming_from_json(const RrDoc *customization);

/* ---- definitions (definition.c) ---- */

/*
 * These read JSON into structs, palloc'd in CurrentMemoryContext, which refer
 * to memory of the document. They throw 22023, with the path, for what does
 * not have the right form.
 */

/* The definition of a remote schema. Leaves out ordinal, comment and sdl. */
extern RrRemoteSchema *rr_remote_schema_from_json(const char *name, const RrDoc *definition);

/*
 * {remote_schema, lhs_fields | hasura_fields, remote_field, batch,
 * relationship_type}. A string "$name" is a variable, everything else a
 * constant. Without lhs_fields, these are the variables used; with lhs_fields,
 * every variable used must be among them. batch: the name of a kind, or an
 * object {"result field": "$name", …, "where": "argument"}.
 */
extern RrToRemoteSchema *rr_to_remote_schema_from_json(const RrDoc *definition);

/* Is it a URL of a proxy, or empty for none? */
extern bool rr_is_proxy_url(const char *url);

/* Is the name in a list of names (char *)? */
extern bool rr_has_name(const List *names, const char *name);

/* {source, table, field_mapping, relationship_type} */
extern RrToSource *rr_to_source_from_json(const RrDoc *definition);

/* Throw 42704 if the member "source" is given and is not "default". */
extern void rr_check_source(const RrDoc *doc);

/* Throw 42704 if the name of a source is not "default". */
extern void rr_check_source_name(const RrDoc *source);

/* Read a table's name: {schema, name}, or "name" for one in schema public. */
extern void rr_table_name_from_json(const RrDoc *doc, const char **schema, const char **name);

/*
 * The name of an environment variable that the definition needs and that is
 * not set; NULL if all are set.
 */
extern const char *rr_remote_schema_unset_variable(const RrRemoteSchema *remote);

/*
 * The URL, with what comes from the environment. Throws 22023 when a variable
 * is not set. Secret: messages show rr_http_shown_url().
 */
extern const char *rr_remote_schema_url(const RrRemoteSchema *remote);

/*
 * The configured headers with their values: RrMapping *, palloc'd. Throws
 * 22023 when an environment variable is not set. Secret.
 */
extern List *rr_remote_schema_headers(const RrRemoteSchema *remote);

/* ---- URLs with variables (url_template.c) ---- */

/*
 * Set *variables to the names (char *) that {{NAME}} in a URL mentions, in
 * their order. False if a {{ is not followed by a name and }}.
 */
extern bool rr_url_variables(const char *url, List **variables);

/* The URL, in which value() takes the place of each {{NAME}}. */
extern char *rr_url_expand(const char *url,
						   const char *(*value) (const char *name, const void *arg),
						   const void *arg);

/* ---- secrets (secrets.c) ---- */

/*
 * What messages call a URL that comes from the environment and so must not be
 * shown: "$VARIABLE", or "http://{{VARIABLE}}/path". NULL if the URL may be
 * shown.
 */
extern const char *rr_remote_schema_url_name(const RrRemoteSchema *remote);

/*
 * True if the URL contains a user, so that requests have an Authorization
 * header. Throws like rr_remote_schema_url().
 */
extern bool rr_remote_schema_has_login(const RrRemoteSchema *remote);

/*
 * Replace the values of configured headers, and the URL's credentials and
 * query, by "***" in text from an upstream. Values of less than six bytes are
 * not replaced. Returns text itself if it contains none.
 */
extern const char *rr_remote_schema_conceal(const RrRemoteSchema *remote, const char *text);

/* The same for JSON: replaces whole strings and numbers, so it stays JSON. */
extern const char *rr_remote_schema_conceal_json(const RrRemoteSchema *remote, const char *json);

/* ---- names and OIDs (lookup.c, identity.c) ---- */

/*
 * These look names up in the server's catalogs as they are now, not under the
 * active snapshot.
 *
 * rr_lookup_under() makes the rr_lookup_*() functions see what a snapshot
 * sees, until it is called again; with NULL, they see what is there now. It
 * returns the snapshot that they had before: the caller sets it again when it
 * is done, also after an error.
 */
extern Snapshot rr_lookup_under(Snapshot snapshot);

/* The schema or table of this name, or InvalidOid. */
extern Oid	rr_lookup_schema(const char *name);
extern Oid	rr_lookup_table(const char *schema, const char *name);

/*
 * The names of a table's *n columns, by attnum - 1; NULL for a dropped one.
 * Palloc'd.
 */
extern char **rr_table_columns(Oid table, int *n);

/*
 * The function of this name; InvalidOid if there is none, or more than one.
 * *count, unless count is NULL, is their number. Procedures and aggregates do
 * not count.
 */
extern Oid	rr_lookup_function(const char *schema, const char *name, int *count);

/* The name of a schema, palloc'd. Throws 3F000 if it was dropped meanwhile. */
extern char *rr_namespace_name(Oid namespace);

/*
 * The extension's owner, and the schema remote_rel; cached. They throw 55000
 * if the extension is not installed in this database.
 */
extern Oid	rr_extension_owner(void);
extern Oid	rr_catalog_schema_oid(void);

/* ---- other sessions (concurrent.c) ---- */

/*
 * True if other transactions have committed changes of the catalogs that the
 * snapshot does not see.
 */
extern bool rr_catalogs_changed_since(Snapshot since);

/* The same for the active snapshot. */
extern bool rr_catalogs_overtaken(void);

/*
 * Let readers wait for the present subtransaction, if there is one, which has
 * written a row of the catalogs. Takes a lock that the transaction holds until
 * it ends, or until the subtransaction is rolled back.
 */
extern void rr_mark_writer(void);

/*
 * Wait until the transactions that have committed changes of the catalogs have
 * also sent their invalidations, which takes microseconds. Then read these.
 */
extern void rr_wait_for_invalidations(void);

/* ---- changes (generation.c) ---- */

/*
 * A counter that advances when something that role schemas depend on may have
 * changed, in any session. Remember it with what you build, and compare.
 *
 * Reads pending invalidations first, so do not call it while relations are
 * being opened.
 */
extern uint64 rr_catalog_generation(void);

/*
 * Advance the counter in this backend, because a setting has changed that role
 * schemas depend on. Does not throw.
 */
extern void rr_catalog_invalidate(void);

/* A set of OIDs or hash values. */
typedef struct RrNumbers
{
	int			n;
	int			capacity;
	uint32	   *items;
} RrNumbers;

/*
 * What role schemas are made of. Changes of other objects do not advance the
 * counter.
 */
typedef struct RrWatch
{
	/* OIDs */
	RrNumbers	relations;
	RrNumbers	schemas;		/* a new relation in one of them counts */

	/* hash values in the syscache named */
	RrNumbers	schema_names;	/* NAMESPACENAME */
	RrNumbers	types;			/* TYPEOID */
	RrNumbers	constraints;	/* CONSTROID */

	/*
	 * True if one of the relations has really changed; many invalidations are
	 * only of statistics. Called outside of invalidation callbacks.
	 */
	bool		(*changed) (void *arg, Oid relation);

	/*
	 * The same for the functions that metadata name; NULL: any change counts.
	 */
	bool		(*functions_changed) (void *arg);
	void	   *arg;
} RrWatch;

/* Add a number to a set, palloc'd in CurrentMemoryContext. */
extern void rr_numbers_add(RrNumbers *set, uint32 number);

/*
 * From now on count only changes of these objects, of the extension's tables,
 * and of roles and functions. Copies the sets. NULL: count every change; call
 * it so before you read what is to be watched.
 */
extern void rr_catalog_watch(const RrWatch *watch);

#endif							/* RR_CATALOG_H */
