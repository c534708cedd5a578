CREATE DATABASE regress_metadata_export;
\c regress_metadata_export
\i test/setup.sql
-- Export, clear, replace.

BEGIN;
CREATE SCHEMA shop;
CREATE TABLE users (id integer PRIMARY KEY, name text, auth0_id text);
CREATE TABLE shop.orders (id integer PRIMARY KEY, user_id integer REFERENCES users);
CREATE FUNCTION shout(u users) RETURNS text LANGUAGE sql STABLE AS $$ SELECT upper(u.name) $$;
CREATE FUNCTION best_users() RETURNS SETOF users LANGUAGE sql STABLE AS $$ SELECT * FROM users $$;
CREATE ROLE regress_meta_clerk;
SET LOCAL remote_rel.exposed_schemas = 'public, shop';

SELECT remote_rel.metadata('{"type": "export_metadata", "args": {}}');
SELECT remote_rel.add_remote_schema('weather', '{"url": "http://127.0.0.1:1/",
    "headers": [{"name": "a", "value": "b"}, {"name": "c", "value_from_env": "D"}]}',
    'wind and such',
  'type Query { weather(id: ID!): Int }');
SELECT remote_rel.add_remote_schema('auth0', '{"url": "http://127.0.0.1:1/"}', NULL,
    'type Query { auth0(auth0_id: String!): Profile } type Profile { id: ID! zone: Int! }');
SELECT remote_rel.add_remote_schema_permissions('auth0', 'regress_meta_clerk',
    'type Query { auth0(auth0_id: String!): Profile } type Profile { id: ID! }', 'no zones');
SELECT remote_rel.create_remote_schema_remote_relationship('auth0', 'Profile', 'user',
    '{"to_source": {"relationship_type": "object", "table": "users",
    "field_mapping": {"id": "auth0_id"}}}');
SELECT remote_rel.create_remote_schema_remote_relationship('auth0', 'Profile', 'weather',
    '{"to_remote_schema": {"remote_schema": "weather",
    "remote_field": {"weather": {"arguments": {"id": "$zone"}}}}}');
SELECT remote_rel.create_remote_relationship('users', 'profile', 'auth0',
    '{"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}');
SELECT remote_rel.create_object_relationship('shop.orders', 'buyer',
    '{"foreign_key_constraint_on": "user_id"}', 'who paid');
SELECT remote_rel.create_array_relationship('users', 'bought',
    '{"foreign_key_constraint_on": {"table": {"schema": "shop", "name": "orders"},
    "column": "user_id"}}');
SELECT remote_rel.add_computed_field('users', 'shout', 'shout', comment => 'loud');
SELECT remote_rel.track_function('best_users', '{"custom_root_fields": {"function": "best"}}');

CREATE TEMP TABLE exported AS SELECT remote_rel.metadata('{"type": "export_metadata", "args": {}}') AS metadata;
SELECT jsonb_pretty(metadata) FROM exported;
SELECT e -> 'metadata' = metadata AS wrapped, jsonb_typeof(e -> 'resource_version')
    FROM exported, remote_rel.metadata('{"type": "export_metadata", "version": 2,
    "args": {}}') AS e;

SELECT remote_rel.metadata('{"type": "clear_metadata", "args": {}}');
SELECT remote_rel.metadata('{"type": "export_metadata", "args": {}}');
SELECT remote_rel.metadata(jsonb_build_object('type', 'replace_metadata', 'args', metadata)) FROM exported;
SELECT remote_rel.metadata('{"type": "export_metadata", "args": {}}') = metadata AS same FROM exported;
-- over what is there
SELECT remote_rel.metadata(jsonb_build_object('type', 'replace_metadata', 'args',
    jsonb_build_object('metadata', metadata))) FROM exported;
SELECT remote_rel.metadata('{"type": "export_metadata", "args": {}}') = metadata AS same FROM exported;

-- A change upstream: what does not fit any more is listed, and fits again when the change is taken back
SELECT remote_rel.update_remote_schema('auth0', '{"url": "http://127.0.0.1:1/"}', NULL,
    'type Query { auth0(auth0_id: Int!): Profile } type Profile { nr: ID! }');
SELECT jsonb_pretty(remote_rel.metadata('{"type": "get_inconsistent_metadata", "args": {}}'));
CREATE TEMP TABLE broken AS SELECT remote_rel.metadata('{"type": "export_metadata", "args": {}}') AS metadata;
SELECT remote_rel.update_remote_schema('auth0', '{"url": "http://127.0.0.1:1/"}', NULL,
    'type Query { auth0(auth0_id: String!): Profile } type Profile { id: ID! zone: Int! }');
SELECT remote_rel.metadata('{"type": "get_inconsistent_metadata", "args": {}}');

-- Inconsistent metadata: refused whole, or taken and listed
SELECT test.failure(format('SELECT remote_rel.metadata(%L)',
    jsonb_build_object('type', 'replace_metadata', 'args', metadata))) FROM broken;
SELECT remote_rel.metadata('{"type": "export_metadata", "args": {}}') = metadata AS same FROM exported;
SELECT answer -> 'is_consistent', jsonb_array_length(answer -> 'inconsistent_objects') FROM broken,
  remote_rel.metadata(jsonb_build_object('type', 'replace_metadata', 'args',
      jsonb_build_object('metadata', metadata, 'allow_inconsistent_metadata', true))) AS answer;
SELECT remote_rel.metadata('{"type": "export_metadata", "args": {}}') = metadata AS same FROM broken;
SELECT remote_rel.metadata('{"type": "drop_inconsistent_metadata", "args": {}}');
SELECT remote_rel.metadata('{"type": "get_inconsistent_metadata", "args": {}}');
SELECT count(*) FROM remote_rel.remote_schema_relationship;

-- Everything wrong in one answer
SELECT test.failure($$SELECT remote_rel.metadata('{"type": "replace_metadata", "args": {"version": 3,
  "sources": [{"name": "default", "tables": [{"table": "users",
      "remote_relationships": [{"name": "a"}], "object_relationships": [{"name": 5}]}]}],
  "remote_schemas": [{"name": "x", "definition": {"urls": "y"}}, {"name": "y", "definition": {"url": "http://127.0.0.1:1/"}}]}}')$$);
SELECT test.failure($$SELECT remote_rel.metadata('{"type": "replace_metadata", "args": {"version": 3, "sources": [{"name": "default", "tables": [
  {"table": "nowhere", "computed_fields": [{"name": "a", "definition": {"function": "nothing"}}]},
  {"table": "users", "array_relationships": [{"name": "bought", "using": {"foreign_key_constraint_on": {"table": "orders", "column": "user_id"}}}]}]}]}}')$$);

-- What a real export holds beyond is passed over, and said
SELECT jsonb_pretty(remote_rel.metadata('{"type": "replace_metadata", "args": {"version": 3, "actions": [], "api_limits": {"disabled": false},
  "sources": [{"name": "default", "kind": "postgres", "configuration": {"connection_info": {}},
    "tables": [{"table": {"schema": "public", "name": "users"},
        "configuration": {"custom_name": "u"}, "select_permissions": [{"role": "user"}],
      "array_relationships": [{"name": "bought",
          "using": {"foreign_key_constraint_on": {"table": {"schema": "shop", "name": "orders"},
          "column": "user_id"}}}]}, {"table": {"schema": "shop", "name": "orders"}}]},
    {"name": "other", "tables": []}]}}'));
SELECT table_name, name FROM remote_rel.table_relationship;
ROLLBACK;

\set QUIET on
\c postgres
DROP DATABASE regress_metadata_export;
