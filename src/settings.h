/*
 * settings.h: the remote_rel.* settings (their table is in
 * docs/reference.md).
 */
#ifndef RR_SETTINGS_H
#define RR_SETTINGS_H

/* How the names of tables and their fields are written in GraphQL. */
typedef enum RrConvention
{
	RR_CONVENTION_UNSET,		/* in the metadata: the setting tells */
	RR_CONVENTION_HASURA,		/* as in PostgreSQL */
	RR_CONVENTION_GRAPHQL,		/* fields camelCase, types PascalCase */
} RrConvention;

typedef enum RrOnRemoteError
{
	RR_ON_REMOTE_ERROR_ERROR,
	RR_ON_REMOTE_ERROR_NULL,
}			RrOnRemoteError;

extern char *rr_exposed_schemas;	/* comma-separated list of schema names */
extern int	rr_naming_convention;	/* RrConvention */
extern bool rr_remote_schema_permissions;
extern int	rr_batch_size;		/* keys */
extern int	rr_max_concurrent_requests;
extern int	rr_max_response_size;	/* kB */
extern int	rr_max_query_depth; /* selection sets */
extern int	rr_max_query_tokens;
extern int	rr_cache_memory;	/* kB, of role schemas and of plans each */
extern int	rr_call_timeout;	/* ms; 0: no limit */
extern int	rr_on_remote_error; /* RrOnRemoteError; remote_join() and
								 * remote_value() only */
extern char *rr_https_proxy;	/* a URL, secret; "": none */
extern bool rr_enable_remote_join;
extern int	rr_max_filter_keys;
extern double rr_request_cost;
extern double rr_key_cost;

/*
 * Define the settings; from _PG_init() only. role_schemas_changed is called
 * whenever a setting changes that role schemas depend on; it must not throw.
 */
extern void rr_settings_register(void (*role_schemas_changed) (void));

#endif							/* RR_SETTINGS_H */
