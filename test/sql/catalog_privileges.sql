CREATE DATABASE regress_catalog_privileges;
\c regress_catalog_privileges
\i test/setup.sql
-- The catalogs are their owner's, the management functions nobody's but whom they are granted to.

BEGIN;
CREATE ROLE regress_meta_guest;
CREATE ROLE regress_meta_manager;
CREATE TABLE users (id integer PRIMARY KEY, auth0_id text);

-- What PUBLIC can do in the schema: exactly these functions
SELECT replace(p.oid::regprocedure::text, '"', '') FROM pg_proc AS p
WHERE p.pronamespace = 'remote_rel'::regnamespace
    AND has_function_privilege('regress_meta_guest', p.oid, 'EXECUTE') ORDER BY 1;
SELECT has_schema_privilege('regress_meta_guest', 'remote_rel', 'USAGE') AS usage,
    has_schema_privilege('regress_meta_guest', 'remote_rel', 'CREATE') AS "create";
SELECT c.relname FROM pg_class AS c
WHERE c.relnamespace = 'remote_rel'::regnamespace AND c.relkind = 'r'
    AND has_any_column_privilege('regress_meta_guest', c.oid, 'SELECT,INSERT,UPDATE,REFERENCES');
SELECT c.relname, has_table_privilege('regress_meta_guest', c.oid,
    'SELECT,INSERT,UPDATE,DELETE,TRUNCATE,REFERENCES,TRIGGER') AS any
FROM pg_class AS c WHERE c.relnamespace = 'remote_rel'::regnamespace AND c.relkind = 'r' ORDER BY 1;
-- Every object has a comment, every table is dumped
SELECT p.oid::regprocedure::text FROM pg_proc AS p
WHERE p.pronamespace = 'remote_rel'::regnamespace AND obj_description(p.oid, 'pg_proc') IS NULL;
SELECT c.relname FROM pg_class AS c
WHERE c.relnamespace = 'remote_rel'::regnamespace AND c.relkind = 'r' AND obj_description(c.oid, 'pg_class') IS NULL;
SELECT c.relname FROM pg_class AS c, pg_extension AS e
WHERE e.extname = 'remote_rel' AND c.relnamespace = 'remote_rel'::regnamespace AND c.relkind = 'r'
    AND c.oid <> ALL (e.extconfig);

SET ROLE regress_meta_guest;
SELECT test.failure('SELECT * FROM remote_rel.remote_schema');
SELECT test.failure($$SELECT remote_rel.add_remote_schema('a', '{"url": "http://127.0.0.1:1/"}',
    sdl => 'type Query { a: Int }')$$);
SELECT test.failure($$SELECT remote_rel.metadata('{"type": "export_metadata", "args": {}}')$$);
SELECT test.failure('SELECT remote_rel.note_names()');
RESET ROLE;

-- Granted as one unit: no rights on the tables are needed, and none are given
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA remote_rel TO regress_meta_manager;
SET ROLE regress_meta_manager;
SELECT remote_rel.add_remote_schema('auth0', '{"url": "http://127.0.0.1:1/"}',
    sdl => 'type Query { auth0(auth0_id: String!): Int }');
SELECT remote_rel.create_remote_relationship('users', 'profile', 'auth0',
    '{"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}');
SELECT remote_rel.metadata('{"type": "export_metadata", "args": {}}');
SELECT test.failure('SELECT * FROM remote_rel.remote_schema');
SELECT current_user, session_user = current_user AS same;
RESET ROLE;

-- Read only is read only
SET LOCAL transaction_read_only = on;
SELECT test.failure($$SELECT remote_rel.remove_remote_schema('auth0', true)$$);
ROLLBACK;

\set QUIET on
\c postgres
DROP DATABASE regress_catalog_privileges;
