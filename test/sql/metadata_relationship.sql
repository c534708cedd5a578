CREATE DATABASE regress_metadata_relationship;
\c regress_metadata_relationship
\i test/setup.sql
-- Relationships that start at a table: all spellings, and what keeps one from being created.

BEGIN;
CREATE TABLE users (id integer PRIMARY KEY, name text, auth0_id text, tags text[]);
CREATE TABLE visits (id bigint PRIMARY KEY, user_id integer REFERENCES users, city text);
CREATE VIEW people AS SELECT * FROM users;
SELECT remote_rel.add_remote_schema('auth0', '{"url": "http://127.0.0.1:1/"}', sdl => $$
  type Query { auth0(auth0_id: String!): Profile  profiles(ids: [ID!]!): [Profile]!  search(by: Key!, first: Int): [Profile!]  deep: Deep }
  type Deep { profile(id: ID!): Profile }
  type Profile { id: ID!  nickname: String  friends(first: Int!): [Profile!] }
  input Key { id: ID  email: String  level: Level  number: Int }
  enum Level { LOW HIGH }
$$);

-- SQL
SELECT remote_rel.create_remote_relationship('users', 'profile', 'auth0',
    '{"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}');
-- The old command
SELECT remote_rel.metadata('{"type": "create_remote_relationship", "args": {"name": "old", "table": "users", "hasura_fields": ["auth0_id"],
  "remote_schema": "auth0", "remote_field": {"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}}}');
-- The new one, with its prefix
SELECT remote_rel.metadata('{"type": "pg_create_remote_relationship", "args": {"name": "new", "source": "default", "table": {"schema": "public", "name": "users"},
  "definition": {"to_remote_schema": {"remote_schema": "auth0", "lhs_fields": ["auth0_id"], "remote_field": {"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}}}}}');
-- Old metadata files
SELECT remote_rel.metadata('{"type": "create_remote_relationship", "args": {"name": "file", "table": "users",
  "definition": {"remote_schema": "auth0", "hasura_fields": ["auth0_id"], "remote_field": {"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}}}}');
-- To a table
SELECT remote_rel.metadata('{"type": "create_remote_relationship", "args": {"name": "stays", "table": "users",
  "definition": {"to_source": {"relationship_type": "array", "table": "visits", "field_mapping": {"id": "user_id"}}}}}');
-- Batches, a path, nested arguments, a view
SELECT remote_rel.create_remote_relationship('users', 'by_list', 'auth0',
    '{"profiles": {"arguments": {"ids": ["$auth0_id"]}}}', batch => '{"id": "$auth0_id"}');
SELECT remote_rel.create_remote_relationship('users', 'by_position', 'auth0',
    '{"profiles": {"arguments": {"ids": ["$auth0_id"]}}}', '{auth0_id,id}', '"position"');
SELECT remote_rel.create_remote_relationship('people', 'deep', 'auth0',
    '{"deep": {"field": {"profile": {"arguments": {"id": "$id"}}}}}');
SELECT remote_rel.create_remote_relationship('people', 'found', 'auth0',
    '{"search": {"arguments": {"by": {"id": "$auth0_id", "level": "HIGH", "number": 3}}}}');

SELECT name, definition FROM remote_rel.table_relationship WHERE table_name = 'users' ORDER BY name;
SELECT bool_and(definition = (SELECT definition FROM remote_rel.table_relationship
    WHERE name = 'profile')) AS one_and_the_same
FROM remote_rel.table_relationship WHERE name IN ('old', 'new', 'file');

-- Update replaces, delete deletes
SELECT remote_rel.update_remote_relationship('users', 'old', 'auth0', '{"profiles": {"arguments": {"ids": "$tags"}}}');
SELECT definition FROM remote_rel.table_relationship WHERE name = 'old';
SELECT remote_rel.metadata('{"type": "pg_update_remote_relationship", "args": {"name": "new", "table": "users",
  "definition": {"to_source": {"relationship_type": "object", "table": "visits", "field_mapping": {"id": "user_id"}}}}}');
SELECT definition FROM remote_rel.table_relationship WHERE name = 'new';
SELECT remote_rel.delete_remote_relationship('users', 'old');
SELECT remote_rel.metadata('{"type": "pg_delete_remote_relationship", "args": {"table": "users",
    "name": "new", "source": "default"}}');
SELECT name FROM remote_rel.table_relationship WHERE table_name = 'users' ORDER BY name;
SELECT test.failure($$SELECT remote_rel.delete_remote_relationship('users', 'fil')$$);
SELECT test.failure($$SELECT remote_rel.update_remote_relationship('users', 'fil', 'auth0',
    '{"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}')$$);

-- What does not fit
CREATE FUNCTION pg_temp.create(name text, field text, lhs text DEFAULT NULL,
    batch text DEFAULT NULL, type text DEFAULT NULL, remote text DEFAULT 'auth0') RETURNS text
LANGUAGE sql AS $$ SELECT test.failure(format('SELECT remote_rel.create_remote_relationship(%L, %L, %L, %L, %L, %L, %L)', 'users', name, remote, field, lhs, batch, type)) $$;
SELECT pg_temp.create('x', '{"auth": {"arguments": {"auth0_id": "$auth0_id"}}}');
SELECT pg_temp.create('x', '{"auth0": {"arguments": {"auth_id": "$auth0_id"}}}');
SELECT pg_temp.create('x', '{"auth0": {"arguments": {"auth0_id": "$auth0"}}}');
SELECT pg_temp.create('x', '{"auth0": {"arguments": {"auth0_id": "$id"}}}');
SELECT pg_temp.create('x', '{"auth0": {"arguments": {"auth0_id": 5}}}');
SELECT pg_temp.create('x', '{"auth0": {"arguments": {"auth0_id": ["$auth0_id"]}}}');
SELECT pg_temp.create('x', '{"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}', '{id}');
SELECT pg_temp.create('x', '{"search": {"arguments": {"by": {"level": "MIDDLE", "numbr": "$id", "number": "$name"}}}}');
SELECT pg_temp.create('x', '{"deep": {"field": {"profile": {"field": {"nickname": {}}}}}}');
SELECT pg_temp.create('x', '{"auth0": {}, "deep": {}}');
SELECT pg_temp.create('x', '{}');
SELECT pg_temp.create('x', '"auth0"');
SELECT pg_temp.create('x', '{"auth0": {"argument": {"auth0_id": "$auth0_id"}}}');
SELECT pg_temp.create('x', '{"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}', remote => 'auth');
SELECT pg_temp.create('x', '{"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}', batch => '"all"');
SELECT pg_temp.create('x', '{"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}', batch => '{"id": "$auth0_id"}');
SELECT pg_temp.create('x', '{"profiles": {"arguments": {"ids": ["$auth0_id"]}}}', batch => '{"id": "auth0_id"}');
SELECT pg_temp.create('x', '{"profiles": {"arguments": {"ids": ["$auth0_id"]}}}', batch => '{}');
SELECT pg_temp.create('x', '{"profiles": {"arguments": {"ids": ["$auth0_id"]}}}', batch => '{"idd": "$auth0_id"}');
SELECT pg_temp.create('x', '{"profiles": {"arguments": {"ids": ["$auth0_id"]}}}', type => 'array');
SELECT pg_temp.create('x', '{"profiles": {"arguments": {"ids": ["$auth0_id"]}}}',
    batch => '{"id": "$auth0_id"}', type => 'list');

-- Names that are taken, or none
SELECT pg_temp.create('profile', '{"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}');
SELECT pg_temp.create('name', '{"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}');
SELECT pg_temp.create('visits', '{"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}');
SELECT pg_temp.create('no name', '{"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}');
SELECT pg_temp.create('__name', '{"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}');

-- Tables that cannot have one
CREATE TEMP TABLE fleeting (auth0_id text);
CREATE TABLE parted (auth0_id text) PARTITION BY LIST (auth0_id);
CREATE TABLE part PARTITION OF parted FOR VALUES IN ('a');
SELECT test.failure($$SELECT remote_rel.create_remote_relationship('fleeting', 'x', 'auth0',
    '{"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}')$$) ~ 'is a temporary table';
SELECT test.failure($$SELECT remote_rel.create_remote_relationship('part', 'x', 'auth0',
    '{"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}')$$);
SELECT test.failure($$SELECT remote_rel.create_remote_relationship('users_pkey', 'x', 'auth0',
    '{"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}')$$);
SELECT test.failure($$SELECT remote_rel.create_remote_relationship('userz', 'x', 'auth0',
    '{"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}')$$);
SELECT test.failure($$SELECT remote_rel.metadata('{"type": "create_remote_relationship", "args": {"name": "x", "table": "userz", "remote_schema": "auth0",
  "remote_field": {"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}}}')$$);
SELECT remote_rel.create_remote_relationship('parted', 'profile', 'auth0',
    '{"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}');

-- Bodies of the wrong shape say where
SELECT test.failure($$SELECT remote_rel.metadata('{"type": "create_remote_relationship", "args": {"name": "x", "table": "users", "definition": {"to_remote_schema":
  {"remote_schema": "auth0", "lhs_fields": ["auth0_id"], "remote_field": {"auth0": {"arguments": ["$auth0_id"]}}}}}}')$$);
SELECT test.failure($$SELECT remote_rel.metadata('{"type": "create_remote_relationship", "args": {"name": "x", "table": "users", "definition": {"to_source":
  {"relationship_type": "many", "table": "visits", "field_mapping": {"id": "user_id"}}}}}')$$);
SELECT test.failure($$SELECT remote_rel.metadata('{"type": "create_remote_relationship", "args": {"name": "x", "table": "users", "definition": {"to_source":
  {"relationship_type": "array", "table": "visits", "field_mapping": {"idd": "user", "id": "user_id"}}}}}')$$);
SELECT test.failure($$SELECT remote_rel.metadata('{"type": "create_remote_relationship", "args": {"name": "x", "source": "other", "table": "users",
  "remote_schema": "auth0", "remote_field": {"auth0": {}}}}')$$);
SELECT test.failure($$SELECT remote_rel.metadata('{"type": "create_remote_relationship", "args": {"name": "x", "table": {"name": 5},
  "remote_schema": "auth0", "remote_field": {"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}}}')$$);
SELECT test.failure($$SELECT remote_rel.metadata('{"type": "create_remote_relationship",
    "args": {"table": "users"}}')$$);
ROLLBACK;

-- Local ones
BEGIN;
CREATE TABLE users (id integer PRIMARY KEY, name text);
CREATE TABLE visits (id bigint PRIMARY KEY, user_id integer REFERENCES users, city text);
SELECT remote_rel.create_object_relationship('visits', 'visitor', '{"foreign_key_constraint_on": "user_id"}');
SELECT remote_rel.metadata('{"type": "pg_create_array_relationship", "args": {"table": "users", "name": "trips", "comment": "where they went",
  "using": {"foreign_key_constraint_on": {"table": "visits", "column": "user_id"}}}}');
SELECT remote_rel.create_array_relationship('users', 'namesakes',
    '{"manual_configuration": {"remote_table": "users", "column_mapping": {"name": "name"}}}');
SELECT table_name, name, kind, definition, comment FROM remote_rel.table_relationship ORDER BY 1, 2;
SELECT test.failure($$SELECT remote_rel.create_object_relationship('visits', 'a',
    '{"foreign_key_constraint_on": "userid"}')$$);
SELECT test.failure($$SELECT remote_rel.create_object_relationship('visits', 'a',
    '{"foreign_key_constraint_on": "city"}')$$);
SELECT test.failure($$SELECT remote_rel.create_object_relationship('visits', 'a', '{}')$$);
SELECT test.failure($$SELECT remote_rel.create_array_relationship('users', 'a',
    '{"manual_configuration": {"remote_table": "visit", "column_mapping": {"id": "user_id"}}}')$$);
SELECT test.failure($$SELECT remote_rel.create_array_relationship('users', 'a',
    '{"manual_configuration": {"remote_table": "visits", "column_mapping": {"di": "user"}}}')$$);
SELECT test.failure($$SELECT remote_rel.delete_remote_relationship('users', 'trips')$$);
SELECT remote_rel.drop_relationship('users', 'trips');
SELECT remote_rel.metadata('{"type": "drop_relationship", "args": {"table": "visits", "relationship": "visitor"}}');
SELECT test.failure($$SELECT remote_rel.drop_relationship('users', 'trips')$$);
SELECT name FROM remote_rel.table_relationship;
ROLLBACK;

\set QUIET on
\c postgres
DROP DATABASE regress_metadata_relationship;
