CREATE DATABASE regress_metadata_door;
\c regress_metadata_door
\i test/setup.sql
-- The JSON door: commands in Hasura's shapes.

BEGIN;
SELECT test.failure($$SELECT remote_rel.metadata('[]')$$);
SELECT test.failure($$SELECT remote_rel.metadata('"export_metadata"')$$);
SELECT test.failure($$SELECT remote_rel.metadata('{"args": {}}')$$);
SELECT test.failure($$SELECT remote_rel.metadata('{"type": "export_metadata"}')$$);
SELECT test.failure($$SELECT remote_rel.metadata('{"type": "export_metadat", "args": {}}')$$);
SELECT test.failure($$SELECT remote_rel.metadata('{"type": "add_remote_schema",
    "args": {"name": "a", "definitions": {}}}')$$);
SELECT remote_rel.metadata(NULL) IS NULL;

-- Commands that have another answer here; those about permissions: metadata_grants.sql
SELECT type, test.failure(format($$SELECT remote_rel.metadata('{"type": "%s", "args": {}}')$$,
    type)) FROM unnest(ARRAY[
  'pg_rename_relationship', 'pg_add_source',
      'run_sql', 'create_action', 'set_custom_types', 'pg_create_event_trigger',
  'create_cron_trigger', 'create_rest_endpoint',
      'mssql_track_table', 'add_remote_schema_permission',
  'create_remote_relationships', 'pg_creat_object_relationship', '']) AS type;

-- Tracking a table makes sure that it is there; what more is asked for is passed over
CREATE TABLE users (id integer PRIMARY KEY);
CREATE SCHEMA hidden CREATE TABLE cellar (id integer);
SELECT remote_rel.metadata('{"type": "track_table", "args": "users"}');
SELECT remote_rel.metadata('{"type": "track_table", "args": {"schema": "public", "name": "users"}}');
SELECT remote_rel.metadata('{"type": "add_existing_table_or_view", "args": {"name": "users"}}');
SELECT remote_rel.metadata('{"type": "pg_track_table", "args": {"source": "default",
    "table": {"schema": "public", "name": "users"}, "configuration": {}}}');
SELECT remote_rel.metadata('{"type": "bulk", "args": [{"type": "pg_track_table", "args": {"source": "default", "table": "users", "configuration": {"custom_name": "people"}, "apollo_federation_config": {}}},
  {"type": "pg_track_tables", "args": {"allow_warnings": true, "tables": [{"table": "users"}, {"source": "default", "table": "users", "configuration": {"comment": "c"}}]}}]}');
SELECT test.failure($$SELECT remote_rel.metadata('{"type": "pg_track_table", "args": {"table": "user"}}')$$);
SELECT test.failure($$SELECT remote_rel.metadata('{"type": "pg_track_table",
    "args": {"table": {"schema": "hidden", "name": "cellar"}}}')$$);
SELECT test.failure($$SELECT remote_rel.metadata('{"type": "pg_track_table",
    "args": {"source": "other", "table": "users"}}')$$);
DROP TABLE users;

CREATE TABLE users (id integer PRIMARY KEY, auth0_id text);
-- bulk: one answer each, all or nothing, nested
SELECT remote_rel.metadata('{"type": "bulk", "args": [
  {"type": "add_remote_schema", "args": {"name": "auth0",
      "definition": {"url": "http://127.0.0.1:1/"},
      "sdl": "type Query { auth0(auth0_id: String!): Int }"}},
  {"type": "bulk", "args": [
    {"type": "pg_create_remote_relationship", "args": {"name": "profile", "table": "users",
        "definition": {"to_remote_schema":
      {"remote_schema": "auth0", "lhs_fields": ["auth0_id"],
          "remote_field": {"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}}}}}]},
  {"type": "get_inconsistent_metadata", "args": {}}]}');
SELECT test.failure($$SELECT remote_rel.metadata('{"type": "bulk", "args": [
  {"type": "pg_delete_remote_relationship", "args": {"name": "profile", "table": "users"}},
  {"type": "pg_delete_remote_relationship", "args": {"name": "profile", "table": "users"}}]}')$$);
SELECT count(*) FROM remote_rel.table_relationship;
SELECT remote_rel.metadata('{"type": "bulk_keep_going", "args": [
  {"type": "pg_delete_remote_relationship", "args": {"name": "profil", "table": "users"}},
  {"type": "pg_delete_remote_relationship", "args": {"name": "profile", "table": "users"}}]}');
SELECT count(*) FROM remote_rel.table_relationship;
SELECT remote_rel.metadata('{"type": "reload_metadata", "args": {}}');
SELECT test.failure($$SELECT remote_rel.metadata('{"type": "reload_metadata",
    "args": {"reload_remote_schemas": ["auth"]}}')$$);
SELECT test.failure($$SELECT remote_rel.metadata('{"type": "reload_metadata",
    "args": {"reload_sources": ["default", "other"]}}')$$);
SELECT test.failure($$SELECT remote_rel.metadata('{"type": "reload_metadata",
    "args": {"reload_remote_schemas": "auth0"}}')$$);
SELECT test.failure($$SELECT remote_rel.metadata('{"type": "reload_metadata",
    "args": {"reload_remote_schema": true}}')$$);
SELECT remote_rel.metadata('{"type": "remove_remote_schema", "args": {"name": "auth0"}}');
ROLLBACK;

-- The bodies of Hasura's page on remote schema relationships, with the brackets that it lost; the GraphQL server is a real one
BEGIN;
CREATE TABLE users (id integer PRIMARY KEY, name text, auth0_id text);
INSERT INTO users VALUES (1, 'Daenerys Targaryen', 'auth0|1');
SELECT remote_rel.add_remote_schema('auth0', test.definition());
SELECT remote_rel.metadata('{
  "type": "create_remote_relationship",
  "args": {
    "name": "auth0_profile",
    "table": "users",
    "hasura_fields": [
      "auth0_id"
    ],
    "remote_schema": "auth0",
    "remote_field": {
      "auth0": {
        "arguments": {
          "auth0_id": "$auth0_id"
        }
      }
    }
  }
}');
SELECT test.resolve('query { users { name auth0_profile { nickname email last_login } } }');
ROLLBACK;

\set QUIET on
\c postgres
DROP DATABASE regress_metadata_door;
