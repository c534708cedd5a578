/*
 * settings.c: the remote_rel.* settings. To add one, follow "Add a setting" in
 * docs/CONTRIBUTING.md.
 *
 * Settings with which a user could see more, or load a server more, are
 * PGC_SUSET.
 */
#include "postgres.h"

#include <limits.h>

#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/varlena.h"

#include "catalog/catalog.h"
#include "compat.h"
#include "http/http.h"
#include "settings.h"
#include "stat/stat.h"

char	   *rr_exposed_schemas;
int			rr_naming_convention = RR_CONVENTION_HASURA;
bool		rr_remote_schema_permissions;
int			rr_batch_size;
int			rr_max_concurrent_requests;
int			rr_max_response_size;
int			rr_max_query_depth;
int			rr_max_query_tokens;
int			rr_cache_memory;
int			rr_call_timeout;
int			rr_on_remote_error;
char	   *rr_https_proxy;
bool		rr_enable_remote_join;
int			rr_max_filter_keys;
double		rr_request_cost;
double		rr_key_cost;

/* What rr_settings_register() was given. */
static void (*role_schemas_changed) (void);

static const struct config_enum_entry naming_conventions[] = {
	{"hasura-default", RR_CONVENTION_HASURA, false},
	{"graphql-default", RR_CONVENTION_GRAPHQL, false},
	{NULL, 0, false}
};

static const struct config_enum_entry on_remote_error_options[] = {
	{"error", RR_ON_REMOTE_ERROR_ERROR, false},
	{"null", RR_ON_REMOTE_ERROR_NULL, false},
	{NULL, 0, false}
};

static bool
check_exposed_schemas(char **newval, void **extra pg_attribute_unused(),
					  GucSource source pg_attribute_unused())
{
	char	   *copy = pstrdup(*newval);
	List	   *names;
	bool		valid = SplitIdentifierString(copy, ',', &names);

	if (!valid)
		GUC_check_errdetail("The value must be a list of schema names, separated by commas.");
	pfree(copy);
	list_free(names);
	return valid;
}

static bool
check_https_proxy(char **newval, void **extra pg_attribute_unused(),
				  GucSource source pg_attribute_unused())
{
	if (rr_is_proxy_url(*newval))
		return true;
	GUC_check_errdetail("The value must start with http://, https://, socks5:// or socks5h://, or be empty.");
	return false;
}

/* Role schemas depend on the setting. */
static void
assign_exposed_schemas(const char *newval pg_attribute_unused(), void *extra pg_attribute_unused())
{
	role_schemas_changed();
}

static void
assign_naming_convention(int newval pg_attribute_unused(), void *extra pg_attribute_unused())
{
	role_schemas_changed();
}

static void
assign_remote_schema_permissions(bool newval pg_attribute_unused(),
								 void *extra pg_attribute_unused())
{
	role_schemas_changed();
}

void
rr_settings_register(void (*on_change) (void))
{
	role_schemas_changed = on_change;
	DefineCustomStringVariable("remote_rel.exposed_schemas",
							   "Schemas whose tables are part of the GraphQL schema.",
							   "A list of names separated by commas; privileges decide what a role sees of them.",
							   &rr_exposed_schemas, "public", PGC_SUSET, GUC_LIST_INPUT,
							   check_exposed_schemas, assign_exposed_schemas, NULL);
	DefineCustomEnumVariable("remote_rel.naming_convention",
							 "How names of tables, columns and types are written in GraphQL.",
							 "The naming_convention of the metadata comes first.",
							 &rr_naming_convention, RR_CONVENTION_HASURA, naming_conventions,
							 PGC_SUSET, 0,
							 NULL, assign_naming_convention, NULL);
	DefineCustomBoolVariable("remote_rel.remote_schema_permissions",
							 "Lets a role see a remote schema only through a permission.",
							 "When off, every role sees every remote schema whole.",
							 &rr_remote_schema_permissions, true, PGC_SUSET, 0,
							 NULL, assign_remote_schema_permissions, NULL);
	DefineCustomIntVariable("remote_rel.batch_size",
							"Most keys that one request to a remote schema carries.",
							"A remote schema's own batch_size comes first.",
							&rr_batch_size, 100, 1, 100000, PGC_SUSET, 0, NULL, NULL, NULL);
	DefineCustomIntVariable("remote_rel.max_concurrent_requests",
							"Most requests to one remote schema that are in flight at a time.",
							"A remote schema's own max_concurrent_requests comes first.",
							&rr_max_concurrent_requests, 8, 1, 256, PGC_SUSET, 0, NULL, NULL, NULL);
	DefineCustomIntVariable("remote_rel.max_response_size",
							"Largest response of a remote schema, after decompression.",
							"A larger one is an error of the fields that the request was for.",
							&rr_max_response_size, 64 * 1024, 1, (int) (MaxAllocSize / 1024) - 1,
							PGC_SUSET, GUC_UNIT_KB,
							NULL, NULL, NULL);
	DefineCustomIntVariable("remote_rel.max_query_depth",
							"Deepest nesting of selection sets in a document.",
							"A root field is at depth 1. Deeper documents are GraphQL errors.",
							&rr_max_query_depth, 500, 1, 5000, PGC_SUSET, 0, NULL, NULL, NULL);
	DefineCustomIntVariable("remote_rel.max_query_tokens",
							"Most tokens of a document, and most values in its variables.",
							"Larger ones are GraphQL errors.",
							&rr_max_query_tokens, 200000, 1, INT_MAX, PGC_SUSET, 0, NULL, NULL,
							NULL);
	DefineCustomIntVariable("remote_rel.cache_memory",
							"Memory that each session may keep between calls: schemas of roles, documents and plans.",
							"What has not been used for longest is dropped first. What a call needs is kept while it runs.",
							&rr_cache_memory, 32 * 1024, 64, MAX_KILOBYTES, PGC_SUSET, GUC_UNIT_KB,
							NULL, NULL, NULL);
	DefineCustomIntVariable("remote_rel.call_timeout",
							"Longest time that one call waits for all remote schemas together.",
							"What has not been answered by then is null, with errors. 0 turns it off.",
							&rr_call_timeout, 180 * 1000, 0, INT_MAX, PGC_SUSET, GUC_UNIT_MS,
							NULL, NULL, NULL);
	DefineCustomStringVariable("remote_rel.https_proxy",
							   "Proxy for remote schemas with an https:// URL.",
							   "A remote schema's own proxy comes first. Empty: none.",
							   &rr_https_proxy, "", PGC_SUSET, GUC_SUPERUSER_ONLY,
							   check_https_proxy, NULL, NULL);
	DefineCustomIntVariable("remote_rel.max_server_requests",
							"Most requests of all sessions to one remote schema that are in flight at a time.",
							"Of the session alone, if the library is not loaded by shared_preload_libraries. 0 turns it off.",
							&rr_max_server_requests, 0, 0, 100000, PGC_SUSET, 0, NULL, NULL, NULL);
	DefineCustomIntVariable("remote_rel.breaker_failures",
							"Failures to connect and timeouts in a row after which a remote schema is not asked for a while.",
							"Of all sessions; needs shared memory. 0 turns it off.",
							&rr_breaker_failures, 5, 0, 10000, PGC_SUSET, 0, NULL, NULL, NULL);
	DefineCustomIntVariable("remote_rel.breaker_pause",
							"How long a remote schema that is down is not asked.",
							"Then one request is sent, to see whether it is back.",
							&rr_breaker_pause, 10, 1, 24 * 60 * 60, PGC_SUSET, GUC_UNIT_S,
							NULL, NULL, NULL);
	DefineCustomIntVariable("remote_rel.max_retries",
							"How often a query is sent again to a remote schema that asks for it.",
							"By status 429 or 503 with Retry-After. Only within the time of the call.",
							&rr_http_max_retries, 2, 0, 100, PGC_SUSET, 0, NULL, NULL, NULL);
	DefineCustomIntVariable("remote_rel.log_min_request_duration",
							"Logs requests to remote schemas that took at least so long.",
							"0 logs all, -1 none.",
							&rr_http_log_min_duration, -1, -1, INT_MAX, PGC_SUSET, GUC_UNIT_MS,
							NULL, NULL, NULL);
	DefineCustomBoolVariable("remote_rel.log_failed_requests",
							 "Logs requests to remote schemas that failed, and when one went down and came back.",
							 "At most one failure a minute for each remote schema, with the number of others.",
							 &rr_http_log_failures, true, PGC_SUSET, 0, NULL, NULL, NULL);
	DefineCustomIntVariable("remote_rel.idle_connection_timeout",
							"How long a session keeps a connection to a remote schema that it does not use.",
							"It is closed the next time that the session does anything. 0 turns it off.",
							&rr_http_idle_timeout, 60, 0, INT_MAX / 1000, PGC_SUSET, GUC_UNIT_S,
							NULL, NULL, NULL);
	DefineCustomIntVariable("remote_rel.connection_lifetime",
							"How old a connection to a remote schema may be that serves another request.",
							"An older one is closed at the next request. 0 turns it off.",
							&rr_http_connection_lifetime, 600, 0, INT_MAX / 1000, PGC_SUSET,
							GUC_UNIT_S, NULL, NULL, NULL);
	DefineCustomEnumVariable("remote_rel.on_remote_error",
							 "What remote_rel.remote_join() and remote_value() do when a remote schema fails.",
							 "\"error\" raises an SQL error, \"null\" a warning and NULL results. GraphQL answers always carry what could be had, with errors beside it.",
							 &rr_on_remote_error, RR_ON_REMOTE_ERROR_ERROR,
							 on_remote_error_options, PGC_USERSET, 0,
							 NULL, NULL, NULL);
	DefineCustomBoolVariable("remote_rel.enable_remote_join",
							 "Lets the planner join with remote_rel.remote_value() in batches.",
							 "When off, the function is called for each row.",
							 &rr_enable_remote_join, true, PGC_USERSET, 0, NULL, NULL, NULL);
	DefineCustomIntVariable("remote_rel.max_filter_keys",
							"Most keys that are sent to filter or sort rows by fields of a remote relationship.",
							"A root field that needs more is an error.",
							&rr_max_filter_keys, 10000, 1, INT_MAX, PGC_SUSET, 0, NULL, NULL, NULL);
	DefineCustomRealVariable("remote_rel.request_cost",
							 "What the planner takes a request to a remote schema to cost.",
							 "In the unit of seq_page_cost.",
							 &rr_request_cost, 1000, 0, 1e10, PGC_USERSET, 0, NULL, NULL, NULL);
	DefineCustomRealVariable("remote_rel.key_cost",
							 "What the planner takes each key in a request to cost.",
							 "In the unit of seq_page_cost.",
							 &rr_key_cost, 1, 0, 1e10, PGC_USERSET, 0, NULL, NULL, NULL);
	MarkGUCPrefixReserved("remote_rel");
}
