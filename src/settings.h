/*
 * settings.h: the remote_rel.* settings (README has the table of their
 * meanings).
 */
#ifndef RR_SETTINGS_H
#define RR_SETTINGS_H

typedef enum RrOnRemoteError
{
	RR_ON_REMOTE_ERROR_ERROR,
	RR_ON_REMOTE_ERROR_NULL,
}			RrOnRemoteError;

extern char *rr_exposed_schemas;	/* comma-separated list of schema names */
extern bool rr_remote_schema_permissions;
extern int	rr_batch_size;		/* keys */
extern int	rr_max_concurrent_requests;
extern int	rr_max_response_size;	/* kB */
extern int	rr_max_query_depth; /* selection sets */
extern int	rr_max_query_tokens;
extern int	rr_cache_memory;	/* kB, of role schemas and of plans each */
extern int	rr_on_remote_error; /* RrOnRemoteError; remote_join() only */

/* Define all of them; from _PG_init() only. */
extern void rr_settings_register(void);

#endif							/* RR_SETTINGS_H */
