CREATE DATABASE regress_metadata_bulk;
\c regress_metadata_bulk
\i test/setup.sql
-- Many commands in one call: checked once at the end, and the one to blame is named as if it had come alone.

CREATE TABLE users (id integer PRIMARY KEY, auth0_id text);
CREATE TABLE visits (id bigint PRIMARY KEY, user_id integer REFERENCES users);
SELECT remote_rel.add_remote_schema('auth0', '{"url": "http://127.0.0.1:1/"}',
    sdl => 'type Query { auth0(id: ID!): Int }');
-- A command that creates a relationship, that deletes it, that names a table; the types of commands in a list of them
CREATE FUNCTION add(name text, "table" text DEFAULT 'users', lhs text DEFAULT 'auth0_id') RETURNS jsonb
LANGUAGE sql AS $$
    SELECT jsonb_build_object('type', 'create_remote_relationship', 'args', jsonb_build_object('table', "table",
    'name', name, 'definition', jsonb_build_object('to_remote_schema', jsonb_build_object('remote_schema', 'auth0',
    'lhs_fields', jsonb_build_array(lhs), 'remote_field', jsonb_build_object('auth0', jsonb_build_object('arguments',
    jsonb_build_object('id', '$' || lhs))))))) $$;
CREATE FUNCTION del(name text) RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_build_object('type', 'delete_remote_relationship', 'args',
    jsonb_build_object('table', 'users', 'name', name)) $$;
CREATE FUNCTION call("table" text, name text) RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_build_object('type', 'set_table_customization', 'args', jsonb_build_object('table', "table",
    'configuration', jsonb_build_object('custom_name', name))) $$;
CREATE FUNCTION bulk(VARIADIC commands jsonb[]) RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_build_object('type', 'bulk', 'args', to_jsonb(commands)) $$;
CREATE FUNCTION go_on(VARIADIC commands jsonb[]) RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_build_object('type', 'bulk_keep_going', 'args', to_jsonb(commands)) $$;
CREATE FUNCTION names() RETURNS text LANGUAGE sql AS
    'SELECT string_agg(name, '' '' ORDER BY name) FROM remote_rel.table_relationship';
CREATE FUNCTION answers(request jsonb) RETURNS SETOF text LANGUAGE sql AS $$
    SELECT concat_ws(' | ', answer ->> 'message', answer ->> 'path', answer ->> 'error', answer ->> 'internal')
    FROM jsonb_array_elements(remote_rel.metadata(request)) AS answer $$;
CREATE FUNCTION refused(request jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE detail text; context text;
BEGIN
    PERFORM remote_rel.metadata(request);
    RETURN 'not refused';
EXCEPTION WHEN invalid_parameter_value OR duplicate_object OR undefined_object THEN
    GET STACKED DIAGNOSTICS detail = pg_exception_detail, context = pg_exception_context;
    RETURN concat_ws(E'\n', SQLERRM, detail, substring(context FROM 'metadata command at \S+'));
END $$;

-- None, one, two and three
SELECT remote_rel.metadata('{"type": "bulk", "args": []}'),
    remote_rel.metadata('{"type": "bulk_keep_going", "args": []}');
BEGIN;
SELECT answers(bulk(add('a')));
SELECT answers(bulk(add('b'), add('c')));
SELECT answers(go_on(add('d'), del('a'), add('a')));
SELECT names();
ROLLBACK;

-- A hundred commands read all relationships as often as one does, whatever they do
CREATE FUNCTION scans(request jsonb) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE before bigint := pg_stat_get_xact_numscans('remote_rel.table_relationship'::regclass);
BEGIN
    PERFORM remote_rel.metadata(request);
    RETURN pg_stat_get_xact_numscans('remote_rel.table_relationship'::regclass) - before;
END $$;
BEGIN;
SELECT scans(add('first')) AS once \gset
SELECT scans(bulk(VARIADIC array_agg(add('r' || i)))) <= :once FROM generate_series(1, 100) AS i;
SELECT scans(go_on(VARIADIC array_agg(add('s' || i)))) <= :once FROM generate_series(1, 100) AS i;
DO $$ BEGIN FOR i IN 1 .. 100 LOOP EXECUTE format('CREATE TABLE many_%s (id integer)', i); END LOOP; END $$;
SELECT scans(call('users', 'one')) AS one \gset
SELECT scans(go_on(VARIADIC array_agg(call('many_' || i, 'name_' || i)))) <= 3 * :one FROM generate_series(1, 100) AS i;
SELECT scans(go_on(VARIADIC array_agg(call('many_' || i, CASE i WHEN 70 THEN 'visits' ELSE 'n_' || i END)))) <= 20 * :one
FROM generate_series(1, 100) AS i;
SELECT scans(bulk(VARIADIC array_agg(bulk(del('r' || i), add('r' || i), del('r' || i))))) <= 20 * :once
FROM generate_series(1, 10) AS i;
SELECT scans(bulk(VARIADIC array_agg(del('s' || i)))) FROM generate_series(1, 100) AS i;
SELECT count(*) FROM remote_rel.table_relationship;
ROLLBACK;

-- A command that is refused: by itself; by what it does to others; the first of two; one that failed because of it
SELECT refused(bulk(add('a'), add('b'), add('c', lhs => 'nothing'), add('d')));
SELECT refused(bulk(add('a'), call('visits', 'users'), add('b')));
SELECT refused(bulk(add('a'), add('b'), add('c'), call('visits', 'users'), add('c'), add('d')));
SELECT refused(bulk(add('a'), call('visits', 'users'), add('b'), add('c', lhs => 'nothing')));
SELECT refused(bulk(add('a'), bulk(add('b'), call('visits', 'users')), add('c')));
SELECT refused(bulk(add('a'), add('a')));
SELECT refused(bulk(add('a'), 'null', add('b')));
SELECT refused(bulk(add('a'), '{"type": "nothing", "args": {}}', add('b')));
SELECT names();

-- A name that a foreign key has given; one that was in use before the bulk, or before the command
SELECT refused(bulk(add('a'), add('user', 'visits', 'user_id')));
BEGIN;
SELECT answers(bulk('{"type": "create_object_relationship", "args": {"table": "visits", "name": "visitor",
    "using": {"foreign_key_constraint_on": "user_id"}}}', add('a'), add('b')));
SELECT refused(bulk('{"type": "drop_relationship", "args": {"table": "visits", "relationship": "visitor"}}',
    add('user', 'visits', 'user_id')));
SELECT answers(bulk(del('a'), add('a'), del('b'), add('b')));
ROLLBACK;

-- Those that go on: each that is refused answers so, the others are there
BEGIN;
SELECT answers(go_on(add('a'), call('visits', 'users'), add('b'), add('c', lhs => 'nothing'),
    call('visits', 'trips'), add('d')));
SELECT names();
SELECT answers(go_on(add('e'), bulk(add('f'), call('users', 'trips')), add('g'), 'null'));
SELECT names();
SELECT refused(bulk(add('h'), go_on(add('i'), call('users', 'trips')), add('h')));
SELECT names();
ROLLBACK;

-- What a command makes inconsistent, a later one of the bulk may mend, unless somebody looks, or each is for itself
BEGIN;
SELECT answers(bulk(call('visits', 'users'), call('users', 'visits')));
SELECT test.resolve('{ users { user_id } visits { auth0_id } }');
ROLLBACK;
BEGIN;
SELECT answers(go_on(call('visits', 'users'), call('visits', 'users'), call('visits', 'trips')));
SELECT answers(go_on(call('visits', 'users'), call('users', 'visits')));
SELECT answers(go_on(call('visits', 'users'), call('users', 'visits'), '"users"', '{"type": "untrack_table", "args": null}',
    '{"type": "untrack_table", "args": 7}', '{"type": "untrack_table", "args": {"table": [null]}}'));
ROLLBACK;
SELECT refused(bulk(call('visits', 'users'), '{"type": "get_inconsistent_metadata", "args": {}}',
    call('users', 'visits')));

-- What was inconsistent before is nobody's fault, and what deletes something is asked no questions
BEGIN;
SELECT answers(bulk(add('a'), add('b')));
UPDATE remote_rel.table_relationship SET definition = replace(definition::text, '{"auth0"', '{"gone"')::jsonb;
SELECT answers(bulk(add('visited', 'visits', 'id')));
SELECT refused(bulk(add('visited', 'visits', 'id')));
SELECT answers(bulk(del('a'), call('users', 'people')));
SELECT remote_rel.metadata(bulk('{"type": "get_inconsistent_metadata", "args": {}}', del('b'),
    '{"type": "get_inconsistent_metadata", "args": {}}'));
ROLLBACK;

-- What a command reads is what those before it have written
SELECT jsonb_path_query_array(answer, '$.sources[0].tables[*].remote_relationships[*].name') AS exported
FROM jsonb_array_elements(remote_rel.metadata(bulk(add('a'), '{"type": "export_metadata", "args": {}}', add('b'),
    '{"type": "export_metadata", "args": {}}', del('a'), '{"type": "export_metadata", "args": {}}', del('b'),
    '{"type": "export_metadata", "args": {}}'))) AS answer;

-- Warnings are sent once, and only for what stays
CREATE SCHEMA hidden CREATE TABLE cellar (id integer, auth0_id text);
CREATE FUNCTION unseen(name text) RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_set(add(name), '{args,table}', '{"schema": "hidden", "name": "cellar"}') $$;
BEGIN;
SELECT refused(bulk(unseen('a'), unseen('b'), add('c', lhs => 'nothing')));
SELECT answers(bulk(unseen('a'), add('b'), unseen('c')));
SELECT answers(go_on(unseen('d'), call('visits', 'users'), unseen('e')));
SELECT answers(bulk('{"type": "add_remote_schema_permissions", "args": {"remote_schema": "auth0",
    "role": "regress_nobody", "definition": {"schema": "type Query { auth0(id: ID!): Int }"}}}', add('f')));
ROLLBACK;

\set QUIET on
\c postgres
DROP DATABASE regress_metadata_bulk;
