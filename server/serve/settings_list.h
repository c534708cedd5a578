/*
 * settings_list.h: every setting, once. The structure, options, environment,
 * configuration file, --help and the manual page are made from this list.
 *
 * X(type, field, other environment names, default, flags, argument, help)
 *
 * A field some_thing is the option --some-thing, the variable
 * REMOTE_REL_SOME_THING and the line "some_thing = ..." of the file.
 * HEADING(text) begins a group.
 *
 * Types: TEXT; LIST: texts, repeatable, in the environment one a line; BOOL;
 * NUMBER; SIZE: bytes, or with kB, MB, GB; DURATION: seconds, or with ms, s,
 * min, h.
 */
#define SETTINGS_LIST(HEADING, X) \
HEADING("Database") \
X(TEXT, database_url, "HASURA_GRAPHQL_DATABASE_URL", NULL, SECRET | FIXED, "URL", \
  "the database; also as the argument. Its role acts as the roles of requests and is a member of them") \
X(LIST, read_database, "HASURA_GRAPHQL_READ_REPLICA_URLS", NULL, SECRET | FIXED, "URL", \
  "a replica that queries go to; may be repeated") \
X(TEXT, metadata_database_url, "HASURA_GRAPHQL_METADATA_DATABASE_URL", NULL, SECRET | FIXED, "URL", \
  "the database as a role that may manage: for /v1/metadata, /v2/query and requests of the administrator") \
X(NUMBER, connections, "HASURA_GRAPHQL_PG_CONNECTIONS", "50", FIXED, "N", \
  "most connections to each database; they are opened when needed") \
X(DURATION, connect_timeout, NULL, "10", 0, "TIME", "for one attempt to connect") \
X(NUMBER, queue_limit, NULL, "20000", 0, "N", "most requests that wait for a connection; more are answered 503") \
X(DURATION, queue_timeout, NULL, "30", 0, "TIME", "how long one waits for a connection; then it is answered 503") \
X(DURATION, query_timeout, NULL, "120", 0, "TIME", "how long the database may work for one request; 0: for ever") \
X(DURATION, connection_idle, NULL, "10min", 0, "TIME", "close a connection that was not used for so long") \
X(DURATION, connection_lifetime, "HASURA_GRAPHQL_PG_CONN_LIFETIME", "1h", 0, "TIME", \
  "close a connection after so long, when it is idle") \
X(TEXT, prepare, NULL, "auto", FIXED, "auto|on|off", \
  "prepare statements once a connection; auto: until a pooler in transaction mode shows") \
HEADING("Listening") \
X(TEXT, host, "HASURA_GRAPHQL_SERVER_HOST", "127.0.0.1", FIXED, "ADDRESS", "the address to listen at") \
X(NUMBER, port, "HASURA_GRAPHQL_SERVER_PORT", "8080", FIXED, "N", "the port; 0: any, the log says which") \
X(TEXT, unix_socket, NULL, NULL, FIXED, "PATH", "listen at this Unix socket instead") \
X(TEXT, tls_certificate, NULL, NULL, FIXED, "FILE", "PEM; with a key the server speaks TLS") \
X(TEXT, tls_key, NULL, NULL, FIXED, "FILE", "PEM") \
X(NUMBER, client_limit, NULL, "20000", FIXED, "N", "most clients that are connected at a time") \
X(SIZE, max_header, NULL, "16kB", FIXED, "SIZE", "most bytes of a request's line and headers") \
X(SIZE, max_body, NULL, "10MB", 0, "SIZE", "most bytes of a body, before and after it is unpacked") \
X(NUMBER, max_batch, NULL, "100", 0, "N", "most requests in one body") \
X(DURATION, header_timeout, NULL, "10", 0, "TIME", "for a new client to send its first request's headers") \
X(DURATION, body_timeout, NULL, "60", 0, "TIME", "for a body") \
X(DURATION, send_timeout, NULL, "60", 0, "TIME", "for a client to take an answer, besides 100 ms for each 10 kB") \
X(DURATION, keepalive_timeout, NULL, "75", 0, "TIME", "how long a connection waits for the next request") \
X(SIZE, compress_from, NULL, "1kB", 0, "SIZE", "compress answers from this size on; 0: never") \
HEADING("Who is asking") \
X(TEXT, admin_secret, "HASURA_GRAPHQL_ADMIN_SECRET HASURA_GRAPHQL_ACCESS_KEY", NULL, SECRET, "TEXT", \
  "who sends it as x-hasura-admin-secret has every right") \
X(TEXT, jwt_secret, "HASURA_GRAPHQL_JWT_SECRET HASURA_GRAPHQL_JWT_SECRETS", NULL, SECRET, "JSON", \
  "how tokens are verified: one configuration, or a list of them") \
X(TEXT, unauthorized_role, "HASURA_GRAPHQL_UNAUTHORIZED_ROLE", NULL, 0, "ROLE", \
  "the role of requests that say nothing about who asks") \
X(TEXT, auth_hook, "HASURA_GRAPHQL_AUTH_HOOK", NULL, SECRET, "URL", "a server that says who is asking") \
X(TEXT, auth_hook_mode, "HASURA_GRAPHQL_AUTH_HOOK_MODE", "GET", 0, "GET|POST", "how it is asked") \
X(DURATION, auth_hook_timeout, NULL, "10", 0, "TIME", "for its answer") \
X(TEXT, admin_role, NULL, NULL, 0, "ROLE", "the database role of the administrator's requests; else that of the connection") \
HEADING("Browsers") \
X(TEXT, cors_domain, "HASURA_GRAPHQL_CORS_DOMAIN", "*", 0, "LIST", \
  "origins that may ask, separated by commas; a star in a name is one level of it") \
X(BOOL, disable_cors, "HASURA_GRAPHQL_DISABLE_CORS", "false", 0, NULL, "send no CORS headers") \
X(BOOL, enable_console, "HASURA_GRAPHQL_ENABLE_CONSOLE", "true", 0, NULL, "serve /console") \
X(TEXT, console_directory, NULL, CONSOLE_DIRECTORY, FIXED, "PATH", "the files of /console") \
HEADING("GraphQL") \
X(BOOL, enable_allowlist, "HASURA_GRAPHQL_ENABLE_ALLOWLIST", "false", 0, NULL, \
  "of roles but the administrator's, run only operations of the allow list") \
X(TEXT, allow_list, NULL, NULL, 0, "FILE", \
  "JSON with query_collections and allowlist, instead of those of the metadata") \
X(NUMBER, rate_limit, NULL, "0", 0, "N", "most requests a second of one client address and role; 0: any number") \
X(DURATION, websocket_init_timeout, NULL, "3", 0, "TIME", "for a WebSocket's connection_init") \
X(DURATION, websocket_ping, NULL, "30", 0, "TIME", "how often an idle WebSocket is asked whether it is there") \
X(NUMBER, websocket_operations, NULL, "100", 0, "N", "most operations at a time on one WebSocket") \
X(SIZE, websocket_queue, NULL, "16MB", 0, "SIZE", "most bytes that wait for a slow WebSocket; then it is closed") \
X(DURATION, sse_ping, NULL, "12", 0, "TIME", "how often an event stream without events gets a comment") \
HEADING("Operating") \
X(TEXT, log_level, "HASURA_GRAPHQL_LOG_LEVEL", "info", 0, "debug|info|warn|error", "what is logged") \
X(TEXT, log_format, NULL, "json", 0, "json|text", "how") \
X(NUMBER, metrics_port, NULL, "-1", FIXED, "N", \
  "serve /metrics at this port of the host, to everybody who reaches it; 0: any. Else it is for the administrator") \
X(DURATION, shutdown_timeout, "HASURA_GRAPHQL_GRACEFUL_SHUTDOWN_TIMEOUT", "30", 0, "TIME", \
  "how long a SIGTERM waits for what is in progress")
