CREATE DATABASE regress_metadata_follow;
\c regress_metadata_follow
\i test/setup.sql
-- Metadata follows renames and drops, for every role that may run DDL.

BEGIN;
CREATE ROLE regress_meta_ddl;
CREATE SCHEMA shop;
SET LOCAL remote_rel.exposed_schemas = 'public, shop, store';
CREATE TABLE users (id integer PRIMARY KEY, name text, auth0_id text);
CREATE TABLE shop.orders (id integer PRIMARY KEY, user_id integer REFERENCES users);
CREATE VIEW people AS SELECT * FROM users;
CREATE FUNCTION shout(u users) RETURNS text LANGUAGE sql STABLE AS $$ SELECT upper(u.name) $$;
CREATE FUNCTION best_users() RETURNS SETOF users LANGUAGE sql STABLE AS $$ SELECT * FROM users $$;
ALTER TABLE users OWNER TO regress_meta_ddl;
ALTER TABLE shop.orders OWNER TO regress_meta_ddl;
ALTER SCHEMA shop OWNER TO regress_meta_ddl;
GRANT ALL ON SCHEMA public TO regress_meta_ddl;
DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO regress_meta_ddl', current_database()); END $$;

SELECT remote_rel.add_remote_schema('auth0', '{"url": "http://127.0.0.1:1/"}', NULL,
  'type Query { auth0(auth0_id: String!): Profile list(ids: [ID]): [Profile] find(by: Key): Int } type Profile { id: ID! } input Key { a: [Key] b: ID c: String }');
SELECT remote_rel.create_remote_relationship('users', 'profile', 'auth0',
    '{"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}');
SELECT remote_rel.create_remote_relationship('users', 'by_list', 'auth0',
    '{"list": {"arguments": {"ids": ["$auth0_id"]}}}', batch => '{"id": "$auth0_id"}');
SELECT remote_rel.create_remote_relationship('users', 'found', 'auth0',
    '{"find": {"arguments": {"by": {"a": [{"b": "$id"}, {"c": "auth0_id"}], "b": "$auth0_id"}}}}');
SELECT remote_rel.create_remote_relationship('people', 'profile', 'auth0',
    '{"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}');
SELECT remote_rel.create_remote_schema_remote_relationship('auth0', 'Profile', 'user',
    '{"to_source": {"relationship_type": "object", "table": "users",
    "field_mapping": {"id": "auth0_id"}}}');
SELECT remote_rel.create_object_relationship('shop.orders', 'buyer', '{"foreign_key_constraint_on": "user_id"}');
SELECT remote_rel.create_array_relationship('users', 'bought',
    '{"foreign_key_constraint_on": {"table": {"schema": "shop", "name": "orders"},
    "column": "user_id"}}');
SELECT remote_rel.create_array_relationship('users', 'bought_too',
    '{"manual_configuration": {"remote_table": {"schema": "shop", "name": "orders"},
    "column_mapping": {"id": "user_id"}}}');
SELECT remote_rel.add_computed_field('users', 'shout', 'shout');
SELECT remote_rel.track_function('best_users');
CREATE FUNCTION pg_temp.show() RETURNS SETOF text LANGUAGE sql AS $$
  SELECT format('%s.%s.%s: %s', table_schema, table_name, name, definition) FROM remote_rel.table_relationship
  UNION ALL SELECT format('%s.%s: %s', type_name, name, definition) FROM remote_rel.remote_schema_relationship
  UNION ALL SELECT format('%s.%s.%s: %s.%s', table_schema, table_name, name, function_schema,
      function_name) FROM remote_rel.computed_field
  UNION ALL SELECT format('%s.%s', function_schema, function_name) FROM remote_rel.tracked_function ORDER BY 1
$$;

-- A rename that is rolled back leaves nothing behind
SET ROLE regress_meta_ddl;
SAVEPOINT s;
ALTER TABLE users RENAME auth0_id TO nothing;
ROLLBACK TO s;
ALTER TABLE users RENAME auth0_id TO subject;
ALTER TABLE users RENAME id TO key;
ALTER TABLE shop.orders RENAME user_id TO buyer_key;
ALTER TABLE users RENAME TO members;
ALTER SCHEMA shop RENAME TO store;
RESET ROLE;
ALTER VIEW people RENAME COLUMN auth0_id TO sub;
ALTER FUNCTION shout RENAME TO cry;
ALTER FUNCTION best_users SET SCHEMA store;
SELECT pg_temp.show();
ALTER TABLE members SET SCHEMA store;
SELECT pg_temp.show();
-- swapped
ALTER TABLE store.members RENAME key TO tmp;
ALTER TABLE store.members RENAME subject TO key;
ALTER TABLE store.members RENAME tmp TO subject;
SELECT definition FROM remote_rel.table_relationship WHERE name = 'found';
ALTER TABLE store.members RENAME key TO tmp;
ALTER TABLE store.members RENAME subject TO key;
ALTER TABLE store.members RENAME tmp TO subject;
SELECT remote_rel.metadata('{"type": "get_inconsistent_metadata", "args": {}}') -> 'inconsistent_objects';

-- A column that goes, and comes back
SAVEPOINT s;
DROP VIEW people;
ALTER TABLE store.members DROP COLUMN subject;
SELECT i ->> 'type' AS type, i ->> 'name' AS name, i ->> 'reason' AS reason
FROM jsonb_array_elements(remote_rel.metadata('{"type": "get_inconsistent_metadata",
    "args": {}}') -> 'inconsistent_objects') AS i;
ALTER TABLE store.members ADD COLUMN subject text;
SELECT remote_rel.metadata('{"type": "get_inconsistent_metadata", "args": {}}');
-- a type that does not fit any more
ALTER TABLE store.members ALTER COLUMN subject TYPE integer USING NULL;
SELECT i ->> 'name' AS name, i ->> 'reason' AS reason
FROM jsonb_array_elements(remote_rel.metadata('{"type": "get_inconsistent_metadata",
    "args": {}}') -> 'inconsistent_objects') AS i;
ROLLBACK TO s;

-- Relationships of a dropped table go with it; those that point at it stay, and are listed
DROP TABLE store.members CASCADE;
SELECT pg_temp.show();
SELECT i ->> 'type' AS type, i ->> 'name' AS name, i ->> 'reason' AS reason
FROM jsonb_array_elements(remote_rel.metadata('{"type": "get_inconsistent_metadata",
    "args": {}}') -> 'inconsistent_objects') AS i;
DROP SCHEMA store CASCADE;
SELECT pg_temp.show();
ROLLBACK;

-- Catalogs in trouble are no trouble for DDL
BEGIN;
CREATE TABLE users (id integer PRIMARY KEY, auth0_id text);
INSERT INTO remote_rel.table_relationship VALUES ('public', 'users', 'x', 'remote', '{"to_remote_schema": 5}');
ALTER TABLE users RENAME auth0_id TO subject;
DELETE FROM remote_rel.table_relationship;
ALTER TABLE remote_rel.table_relationship RENAME TO elsewhere;
ALTER TABLE users RENAME subject TO auth0_id;
DROP TABLE users;
ROLLBACK;
BEGIN;
CREATE TABLE users (id integer PRIMARY KEY, auth0_id text);
UPDATE pg_proc SET probin = '/nowhere/remote_rel'
    WHERE pronamespace = 'remote_rel'::regnamespace
    AND proname IN ('note_names', 'follow_names', 'touch_object');
ALTER TABLE users RENAME auth0_id TO subject;
COMMENT ON TABLE users IS 'here';
DROP TABLE users;
ROLLBACK;

\set QUIET on
\c postgres
DROP DATABASE regress_metadata_follow;
