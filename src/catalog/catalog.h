/*
 * catalog.h: the extension's own tables, read into C structs.
 *
 * Reads scan the tables directly under the current snapshot, without privilege checks: the catalogs are the owner's alone, and every role's
 * answers depend on them. What they return lives in CurrentMemoryContext. A definition that does not parse (somebody wrote into
 * the table by hand) is an SQL error that names the row.
 *
 * Writes by any session reach every backend as a relcache invalidation of the table written (a statement trigger sends it).
 */
#ifndef RR_CATALOG_H
#define RR_CATALOG_H

#include "graphql/graphql.h"
#include "utils/jsonb.h"

typedef struct RrHeader
{
	const char *name;
	const char *value;			/* NULL: value_env is the name of an environment variable of the server */
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
	const char *sdl;			/* the upstream's schema as stored */
} RrRemoteSchema;

typedef enum RrBatchKind
{
	RR_BATCH_ALIASES,
	RR_BATCH_LIST,				/* results matched by fields */
	RR_BATCH_POSITION,			/* results matched by order */
} RrBatchKind;

/* One level of remote_field: the field and the arguments that the relationship gives. */
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
	List	   *remote_field;	/* RrRemoteFieldStep *, outermost first; at least one */
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
	Oid			table;
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

/* A row of remote_rel.table_relationship or remote_rel.remote_schema_relationship. */
typedef struct RrRelationship
{
	const char *name;
	RrRelationshipKind kind;
	Oid			source;			/* the table, or InvalidOid */
	const char *source_remote_schema;	/* from a type of a remote schema */
	const char *source_type;	/* its own name at the remote */
	RrToRemoteSchema *to_remote_schema;
	RrToSource *to_source;
	Jsonb	   *using;			/* OBJECT, ARRAY: Hasura's "using" */
} RrRelationship;

typedef struct RrPermission
{
	const char *remote_schema;
	const char *role;
	const char *sdl;
} RrPermission;

typedef struct RrComputedField
{
	Oid			source;
	const char *name;
	Oid			function;
	const char *table_argument; /* or NULL: the first */
	const char *session_argument;	/* or NULL */
	const char *comment;		/* or NULL */
} RrComputedField;

typedef struct RrTrackedFunction
{
	Oid			function;
	const char *exposed_as;		/* "query", "mutation" or NULL */
	const char *session_argument;
	const char *custom_name;	/* custom_root_fields.function, or NULL */
	const char *custom_aggregate_name;	/* custom_root_fields.function_aggregate, or NULL */
} RrTrackedFunction;

extern List *rr_catalog_remote_schemas(void);	/* RrRemoteSchema *, by ordinal */
extern RrRemoteSchema *rr_catalog_remote_schema(const char *name);	/* or NULL */
extern List *rr_catalog_table_relationships(Oid source);	/* RrRelationship *, by name; InvalidOid: of all tables */
extern List *rr_catalog_remote_relationships(const char *remote_schema);	/* RrRelationship *, by type and name; NULL: all */
extern List *rr_catalog_permissions(const char *remote_schema); /* RrPermission *, by role; NULL: all */
extern List *rr_catalog_computed_fields(Oid source);	/* InvalidOid: all */
extern List *rr_catalog_tracked_functions(void);

/* "$name" strings become VARIABLEs; everything else is static. Throws 22023 with the path for what is no JSON value of the dialect. */
extern RrToRemoteSchema *rr_to_remote_schema_from_json(Jsonb *definition, Jsonb *batch, const char *relationship_type);
extern RrRemoteSchema *rr_remote_schema_from_json(const char *name, Jsonb *definition);

/* The URL to ask, the environment read; throws 22023 when it is unset. Not for messages: rr_http_display_url() is. */
extern const char *rr_remote_schema_url(const RrRemoteSchema *remote);

/* Identity of the extension's objects, cached until they change. */
extern Oid	rr_extension_oid(void);
extern Oid	rr_extension_owner(void);
extern Oid	rr_catalog_schema_oid(void);	/* of schema remote_rel */

/*
 * Advances whenever the catalogs, or whatever else a role's schema depends on, may have changed in any session. Compare with the value remembered.
 */
extern uint64 rr_catalog_generation(void);

#endif							/* RR_CATALOG_H */
