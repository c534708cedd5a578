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
SELECT test.failure($$SELECT remote_rel.metadata('{"type": "pg_create_select_permission", "args": {}}')$$);
SELECT test.failure($$SELECT remote_rel.metadata('{"type": "pg_track_table", "args": {}}')$$);
SELECT test.failure($$SELECT remote_rel.metadata('{"type": "add_inherited_role", "args": {}}')$$);
SELECT test.failure($$SELECT remote_rel.metadata('{"type": "add_remote_schema", "args": {"name": "a", "definitions": {}}}')$$);
SELECT remote_rel.metadata(NULL) IS NULL;

CREATE TABLE users (id integer PRIMARY KEY, auth0_id text);
-- bulk: one answer each, all or nothing, nested
SELECT remote_rel.metadata('{"type": "bulk", "args": [
  {"type": "add_remote_schema", "args": {"name": "auth0", "definition": {"url": "http://127.0.0.1:1/"}, "sdl": "type Query { auth0(auth0_id: String!): Int }"}},
  {"type": "bulk", "args": [
    {"type": "pg_create_remote_relationship", "args": {"name": "profile", "table": "users", "definition": {"to_remote_schema":
      {"remote_schema": "auth0", "lhs_fields": ["auth0_id"], "remote_field": {"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}}}}}]},
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
SELECT test.failure($$SELECT remote_rel.metadata('{"type": "reload_metadata", "args": {"reload_remote_schemas": ["auth"]}}')$$);
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
