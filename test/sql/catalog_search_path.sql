CREATE DATABASE regress_catalog_search_path;
\c regress_catalog_search_path
\i test/setup.sql
-- A search_path full of traps changes nothing.

BEGIN;
CREATE SCHEMA trap;
CREATE FUNCTION trap.boom() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'trapped'; END $$;
CREATE FUNCTION trap.boom(text, text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'trapped'; END $$;
CREATE FUNCTION trap.boom(name, name) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'trapped'; END $$;
CREATE FUNCTION trap.boom(jsonb, text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'trapped'; END $$;
CREATE FUNCTION trap.boom(integer, integer) RETURNS integer LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION 'trapped'; END $$;
CREATE FUNCTION trap.max(integer) RETURNS integer LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'trapped'; END $$;
CREATE OPERATOR trap.= (FUNCTION = trap.boom, LEFTARG = text, RIGHTARG = text);
CREATE OPERATOR trap.= (FUNCTION = trap.boom, LEFTARG = name, RIGHTARG = name);
CREATE OPERATOR trap.->> (FUNCTION = trap.boom, LEFTARG = jsonb, RIGHTARG = text);
CREATE OPERATOR trap.+ (FUNCTION = trap.boom, LEFTARG = integer, RIGHTARG = integer);
CREATE TABLE trap.remote_schema (name text);
CREATE TABLE trap.pg_class (relname text);
CREATE DOMAIN trap.jsonb AS integer;
CREATE TABLE users (id integer PRIMARY KEY, auth0_id text);
CREATE FUNCTION shout(u users) RETURNS text LANGUAGE sql STABLE AS $$ SELECT u.auth0_id $$;
CREATE FUNCTION best() RETURNS SETOF users LANGUAGE sql STABLE AS $$ SELECT * FROM public.users $$;

SET LOCAL search_path = trap, public, pg_catalog;
SELECT remote_rel.add_remote_schema('auth0', '{"url": "http://127.0.0.1:1/"}', NULL,
    'type Query { auth0(auth0_id: String!): Profile } type Profile { id: ID }');
SELECT remote_rel.update_remote_schema('auth0', '{"url": "http://127.0.0.1:1/"}', NULL,
    'type Query { auth0(auth0_id: String!): Profile } type Profile { id: ID! }');
SELECT remote_rel.create_remote_relationship('public.users', 'profile', 'auth0',
    '{"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}');
SELECT remote_rel.update_remote_relationship('public.users', 'profile', 'auth0',
    '{"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}');
SELECT remote_rel.create_remote_schema_remote_relationship('auth0', 'Profile', 'user',
    '{"to_source": {"relationship_type": "object", "table": "users",
    "field_mapping": {"id": "auth0_id"}}}');
SELECT remote_rel.add_computed_field('public.users', 'shout', 'public.shout');
SELECT remote_rel.track_function('public.best');
SELECT remote_rel.add_remote_schema_permissions('auth0', 'pg_monitor',
    'type Query { auth0(auth0_id: String!): Profile } type Profile { id: ID! }');
ALTER TABLE public.users RENAME auth0_id TO subject;
SELECT remote_rel.metadata('{"type": "export_metadata", "args": {}}');
SELECT remote_rel.drop_computed_field('public.users', 'shout');
SELECT remote_rel.untrack_function('public.best');
SELECT remote_rel.drop_remote_schema_permissions('auth0', 'pg_monitor');
SELECT remote_rel.delete_remote_relationship('public.users', 'profile');
SELECT remote_rel.delete_remote_schema_remote_relationship('auth0', 'Profile', 'user');
DROP TABLE public.users CASCADE;
SELECT remote_rel.remove_remote_schema('auth0');
SELECT remote_rel.metadata('{"type": "clear_metadata", "args": {}}');
ROLLBACK;

\set QUIET on
\c postgres
DROP DATABASE regress_catalog_search_path;
