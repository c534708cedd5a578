CREATE DATABASE regress_catalog_manager;
\c regress_catalog_manager
\i test/setup.sql
-- A role that manages: EXECUTE on the functions of the schema remote_rel is all it needs. What it gains by that, and what not.

BEGIN;
CREATE ROLE regress_manager;
CREATE ROLE regress_worker;
CREATE ROLE regress_reader IN ROLE pg_read_server_files;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA remote_rel TO regress_manager, regress_reader;
CREATE TABLE users (id integer PRIMARY KEY, name text, auth0_id text);
INSERT INTO users VALUES (1, 'secret name', 'auth0|1');
GRANT SELECT ON users TO regress_worker;
CREATE FUNCTION shout(u users) RETURNS text LANGUAGE sql STABLE AS $$ SELECT pg_catalog.upper(u.name) $$;
CREATE FUNCTION everybody() RETURNS SETOF users LANGUAGE sql STABLE AS $$ SELECT * FROM public.users $$;
SELECT test.definition()::text AS definition, test.url() AS url \gset

SET LOCAL ROLE regress_manager;
-- Everything is managed, tables of others too: what a role sees of them is PostgreSQL's business
SELECT remote_rel.add_remote_schema('auth0', :'definition');
SELECT remote_rel.update_remote_schema('auth0', :'definition', 'a comment');
SELECT remote_rel.reload_remote_schema('auth0');
SELECT jsonb_typeof(remote_rel.introspect_remote_schema('auth0'));
SELECT remote_rel.add_remote_schema_permissions('auth0', 'regress_worker',
    'type Query { auth0(auth0_id: String!): Profile } type Profile { nickname: String }');
SELECT remote_rel.create_remote_relationship('users', 'profile', 'auth0',
    '{"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}');
SELECT remote_rel.update_remote_relationship('users', 'profile', 'auth0',
    '{"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}');
SELECT remote_rel.create_remote_schema_remote_relationship('auth0', 'Profile', 'local',
    '{"to_source": {"relationship_type": "object", "table": "users",
    "field_mapping": {"auth0_id": "auth0_id"}}}');
SELECT remote_rel.update_remote_schema_remote_relationship('auth0', 'Profile', 'local',
    '{"to_source": {"relationship_type": "array", "table": "users",
    "field_mapping": {"auth0_id": "auth0_id"}}}');
SELECT remote_rel.create_object_relationship('users', 'self',
    '{"manual_configuration": {"remote_table": "users", "column_mapping": {"id": "id"}}}');
SELECT remote_rel.create_array_relationship('users', 'selves',
    '{"manual_configuration": {"remote_table": "users", "column_mapping": {"id": "id"}}}');
SELECT remote_rel.add_computed_field('users', 'shout', 'shout');
SELECT remote_rel.track_function('everybody');
SELECT remote_rel.metadata('{"type": "get_inconsistent_metadata", "args": {}}') -> 'is_consistent';
SELECT remote_rel.metadata('{"type": "export_metadata", "args": {}}') AS metadata \gset
SELECT jsonb_typeof(remote_rel.metadata(jsonb_build_object('type', 'replace_metadata', 'args', :'metadata'::jsonb)));
SELECT remote_rel.metadata('{"type": "export_metadata", "args": {}}') = :'metadata' AS round_trip;

-- It sees rows no better than before, acts as nobody else, and has no rights on the catalogs
SELECT test.failure('SELECT * FROM users');
SELECT test.resolve('{ users { name } }');
SELECT test.resolve('{ auth0(auth0_id: "auth0|1") { nickname } }');
SELECT test.failure($$SELECT graphql_resolve('{ users { name } }', 'regress_worker')$$);
SELECT test.failure($$SELECT graphql_resolve('{ users { name } }', 'admin')$$);
SELECT test.failure('SELECT * FROM remote_rel.' || t)
    FROM unnest(ARRAY['remote_schema', 'table_relationship', 'remote_schema_relationship',
    'remote_schema_permission', 'computed_field', 'tracked_function']) AS t;
SELECT test.failure($$INSERT INTO remote_rel.remote_schema_permission VALUES ('auth0', 'regress_manager', '')$$);
SELECT test.failure($$GRANT EXECUTE ON FUNCTION remote_rel.metadata(jsonb) TO regress_worker$$);
SELECT has_function_privilege('regress_worker', 'remote_rel.metadata(jsonb)', 'EXECUTE') AS worker_manages;

-- The server's environment and files are not its to read
SELECT test.failure($$SELECT remote_rel.add_remote_schema('a', '{"url_from_env": "PATH"}',
    sdl => 'type Query { a: Int }')$$);
SELECT test.failure($$SELECT remote_rel.add_remote_schema('a',
    '{"url": "http://127.0.0.1:1/", "headers": [{"name": "a", "value_from_env": "PATH"}]}',
    sdl => 'type Query { a: Int }')$$);
SELECT test.failure($$SELECT remote_rel.add_remote_schema('a',
    '{"url": "https://127.0.0.1:1/", "ca_file": "/etc/passwd"}', sdl => 'type Query { a: Int }')$$);
SELECT test.failure($$SELECT remote_rel.update_remote_schema('auth0', '{"url_from_env": "PATH"}')$$);
SELECT test.failure($$SELECT remote_rel.update_remote_schema('auth0', '{"url": "http://a/{{ PATH }}/{{HOME}}"}')$$);
SELECT test.failure($$SELECT remote_rel.add_remote_schema('a', '{"url": "{{PATH}}"}', sdl => 'type Query { a: Int }')$$);
SELECT test.failure($$SELECT remote_rel.metadata('{"type": "add_remote_schema",
    "args": {"name": "a", "definition": {"url_from_env": "PATH"}}}')$$);
SELECT test.failure($$SELECT remote_rel.metadata('{"type": "replace_metadata",
    "args": {"version": 3, "sources": [], "remote_schemas": [{"name": "a", "definition":
    {"url_from_env": "PATH"}}]}}')$$);
SELECT test.failure($$SELECT remote_rel.metadata('{"type": "replace_metadata", "version": 2,
    "args": {"allow_inconsistent_metadata": true, "metadata": {"version": 3, "sources": [],
    "remote_schemas": [{"name": "a", "definition": {"url_from_env": "PATH"}}]}}}')$$);
-- ... but for who may read files anyway
SET LOCAL ROLE regress_reader;
SELECT remote_rel.add_remote_schema('env', '{"url": "http://127.0.0.1:1/", "headers": [{"name": "a",
    "value_from_env": "PATH"}]}', sdl => 'type Query { env: Int }');
-- What is there can be kept, and removed
SET LOCAL ROLE regress_manager;
SELECT remote_rel.update_remote_schema('env', '{"url": "http://127.0.0.1:1/",
    "headers": [{"name": "a", "value_from_env": "PATH"}]}', 'as it was', 'type Query { env: Int }');
SELECT test.failure($$SELECT remote_rel.update_remote_schema('env',
    '{"url": "http://127.0.0.1:2/", "headers": [{"name": "a", "value_from_env": "PATH"}]}', NULL,
    'type Query { env: Int }')$$);
SELECT remote_rel.metadata('{"type": "export_metadata", "args": {}}') AS metadata \gset
SELECT jsonb_typeof(remote_rel.metadata(jsonb_build_object('type', 'replace_metadata', 'args', :'metadata'::jsonb)));
SELECT remote_rel.remove_remote_schema('env');

-- Values of headers in the definition are a manager's to read: it could send them anywhere
SELECT remote_rel.update_remote_schema('auth0', jsonb_build_object('url', :'url', 'headers',
    '[{"name": "authorization", "value": "for managers"}]'::jsonb));
SELECT remote_rel.metadata('{"type": "export_metadata", "args": {}}')::text LIKE '%for managers%' AS exported;

SELECT remote_rel.metadata('{"type": "clear_metadata", "args": {}}');
RESET ROLE;
-- What one may revoke as one has granted
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA remote_rel FROM regress_manager;
SET LOCAL ROLE regress_manager;
SELECT test.failure($$SELECT remote_rel.metadata('{"type": "export_metadata", "args": {}}')$$);
RESET ROLE;
ROLLBACK;

\set QUIET on
\c postgres
DROP DATABASE regress_catalog_manager;
