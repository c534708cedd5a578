/*
 * options_list.h: every option of remote-rel metadata, once. The structure,
 * --help and the manual page are made from this list.
 *
 * X(type, field, commands, environment names, default, argument, help)
 *
 * A field some_thing is the option --some-thing. Types: TEXT, FLAG. Commands
 * are the letters of those that take it: Apply, Export, Diff, Reload, Clear,
 * Inconsistency.
 */
#define OPTIONS_LIST(X) \
X(TEXT, project, "AEDRCI", NULL, ".", "DIR", "the folder with config.yaml, or with version.yaml") \
X(TEXT, metadata_directory, "AED", "HASURA_GRAPHQL_METADATA_DIRECTORY", NULL, "DIR", \
  "the folder of the metadata, from there; else what config.yaml says, else metadata") \
X(TEXT, database_url, "AEDRCI", \
  "REMOTE_REL_METADATA_DATABASE_URL HASURA_GRAPHQL_METADATA_DATABASE_URL REMOTE_REL_DATABASE_URL HASURA_GRAPHQL_DATABASE_URL", \
  NULL, "URL", "the database, as a role that may manage; also as the argument") \
X(TEXT, endpoint, "AEDRCI", "HASURA_GRAPHQL_ENDPOINT", NULL, "URL", \
  "or a remote-rel serve; also as the argument; else what config.yaml says") \
X(TEXT, admin_secret, "AEDRCI", "REMOTE_REL_ADMIN_SECRET HASURA_GRAPHQL_ADMIN_SECRET", NULL, "TEXT", \
  "for the endpoint; else what config.yaml says") \
X(TEXT, timeout, "AEDRCI", NULL, "120", "SECONDS", "how long the endpoint may take to answer") \
X(TEXT, source, "AED", NULL, NULL, "NAME", \
  "which source of the directory is this database; else default, or the only one of kind postgres") \
X(TEXT, sql, "A", NULL, NULL, "FILE", \
  "write the statements that say the directory's permissions on tables; - writes them to the output") \
X(FLAG, allow_inconsistent, "A", NULL, NULL, NULL, "take metadata that cannot be served, and list them") \
X(FLAG, dry_run, "A", NULL, NULL, NULL, "say how it would go, and change nothing") \
X(TEXT, color, "D", NULL, "auto", "auto|always|never", "colour the diff; auto: on a terminal")
