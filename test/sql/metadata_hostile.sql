CREATE DATABASE regress_metadata_hostile;
\c regress_metadata_hostile
\i test/setup.sql
-- Hostile bodies: every value of every command replaced by values of every other sort, members taken away and added. Each is answered, or refused
-- with an error of the body's own: never an internal one, never a crash. What is refused has changed nothing, what is answered is exported.

SET client_min_messages = error;
CREATE SCHEMA shop;
CREATE TABLE users (id integer PRIMARY KEY, name text, auth0_id text, boss_id integer REFERENCES users);
CREATE TABLE shop.orders (id integer PRIMARY KEY, user_id integer REFERENCES users, total numeric);
CREATE TABLE shop.idle (id integer PRIMARY KEY);
CREATE TABLE level (value text PRIMARY KEY);
INSERT INTO level VALUES ('LOW');
CREATE TABLE authors (id integer PRIMARY KEY, account text);
CREATE TABLE articles (id integer PRIMARY KEY, title text, author_id integer REFERENCES authors, published boolean);
ALTER TABLE shop.orders ADD author_id integer REFERENCES authors, ADD note text;
CREATE FUNCTION loud(u users) RETURNS text LANGUAGE sql STABLE AS $$ SELECT upper(u.name) $$;
CREATE FUNCTION best_users(session json) RETURNS SETOF users LANGUAGE sql STABLE AS $$ SELECT * FROM users $$;
SET remote_rel.exposed_schemas = 'public, shop';
\set commands `cat test/metadata/every_command.json`
\set permissions `cat test/metadata/table_permissions.json`
SELECT set_config('test.commands', :'commands', false) IS NOT NULL;

-- The paths of all values of a document, the document's own included.
CREATE FUNCTION paths(doc jsonb) RETURNS SETOF text[] LANGUAGE sql IMMUTABLE AS $$
  WITH RECURSIVE value(path, v) AS (
    SELECT '{}'::text[], doc
    UNION ALL
    SELECT path || k, inner_v FROM value, LATERAL (
      SELECT * FROM jsonb_each(CASE jsonb_typeof(v) WHEN 'object' THEN v ELSE '{}' END)
      UNION ALL
      SELECT (n - 1)::text, e FROM jsonb_array_elements(CASE jsonb_typeof(v) WHEN 'array' THEN v ELSE '[]' END) WITH ORDINALITY AS a(e, n)) AS e(k, inner_v))
  SELECT path FROM value ORDER BY path
$$;

CREATE FUNCTION put(doc jsonb, path text[], value jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN path = '{}' THEN value ELSE jsonb_set(doc, path, value) END
$$;

-- What becomes of a document, and where it was changed.
CREATE FUNCTION mutants(doc jsonb) RETURNS TABLE (path text[], request jsonb) LANGUAGE sql IMMUTABLE AS $$
  SELECT p, put(doc, p, value) FROM paths(doc) AS p,
    unnest(ARRAY['null', 'true', '0', '1e400', '""', '"x"', '"$x"', '"__x"', '"users"',
        '"\u2028\ud83d\ude00\""', '[]', '[null]', '["x"]', '[{}]', '{}', '{"": null}',
        '{"x": "x"}']::jsonb[]
      || to_jsonb(repeat('x', 70)) || to_jsonb(repeat(U&'\00E9', 1000))) AS value
  UNION ALL SELECT p, doc #- p FROM paths(doc) AS p WHERE p <> '{}'
  UNION ALL SELECT p, put(doc, p, (doc #> p) || value)
      FROM paths(doc) AS p, unnest('{"{\"x\": 1}", "{\"\": null}"}'::jsonb[]) AS value
    WHERE jsonb_typeof(doc #> p) = 'object'
  UNION ALL SELECT p, put(doc, p, (doc #> p) || (doc #> p)) FROM paths(doc) AS p WHERE jsonb_typeof(doc #> p) = 'array'
$$;

-- How a request ends; it is rolled back either way. After an answer the metadata can still be exported, checked and used.
CREATE FUNCTION outcome(request jsonb, OUT code text, OUT message text, OUT detail text) LANGUAGE plpgsql AS $$
BEGIN
  PERFORM remote_rel.metadata(request);
  PERFORM remote_rel.metadata('{"type": "export_metadata", "args": {}}');
  PERFORM remote_rel.metadata('{"type": "get_inconsistent_metadata", "args": {}}');
  PERFORM graphql_resolve('{ __typename }');
  RAISE EXCEPTION USING ERRCODE = 'OK000';
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
  code := SQLSTATE;
  message := SQLERRM;
END
$$;

-- Each command's mutants, then the command itself, so that the next one has something to work on.
CREATE TABLE outcomes (command jsonb, path text[], request jsonb, code text, message text, detail text);
DO $do$
DECLARE
  command jsonb;
BEGIN
  FOR command IN SELECT c FROM jsonb_array_elements(current_setting('test.commands')::jsonb -> 'args') WITH ORDINALITY AS a(c, n) ORDER BY n LOOP
    INSERT INTO outcomes SELECT command, m.*, o.* FROM mutants(command) AS m, outcome(m.request) AS o;
    PERFORM remote_rel.metadata(command);
  END LOOP;
END
$do$;
-- Those that are refused all the same, with statements: these must come, or an error about the body
INSERT INTO outcomes SELECT c, m.*, o.* FROM (
    SELECT c FROM jsonb_array_elements(:'permissions'::jsonb -> 'args') AS c
    UNION ALL SELECT * FROM unnest(ARRAY['{"type": "pg_track_table", "args": {"source": "default",
        "table": {"schema": "public", "name": "users"}, "configuration": {"custom_name": "u"}}}',
      '{"type": "pg_track_tables", "args": {"tables": [{"table": "users"}],
          "allow_warnings": true}}',
          '{"type": "add_inherited_role", "args": {"role_name": "a", "role_set": ["b", "c"]}}',
      '{"type": "drop_inherited_role", "args": {"role_name": "a"}}',
          '{"type": "pg_set_permission_comment", "args": {"table": "users", "role": "a",
          "type": "select", "comment": "c"}}',
      '{"type": "pg_drop_update_permission", "args": {"source": "default", "table": "users",
          "role": "a"}}', '{"type": "pg_create_function_permission", "args": {"function": "loud", "role": "a"}}']::jsonb[])) AS c(c),
  mutants(c) AS m, outcome(m.request) AS o;
SELECT count(*) > 9000 AS many, count(*) FILTER (WHERE code = 'OK000') > 1000 AS answered FROM outcomes;

-- None but these: 22xxx shape or value; 42xxx a name that is taken, unknown, too long, or none; HV00N, HV021 the upstream, its schema; 0A000 no such command here
SELECT code, message, command FROM outcomes WHERE code NOT LIKE '22___'
    AND code NOT IN ('OK000', '42602', '42622', '42703', '42704', '42710', '42883', '42P01',
    'HV00N', 'HV021', '0A000');

-- Where the shape is wrong, the path is told
SELECT message, detail FROM outcomes
    WHERE message ~ '^(expected|unknown key|".*" is missing|exactly one)'
    AND NOT concat(message, ' ', detail) ~ '(At|at) \$[.a-z]?';

-- Values of another JSON type than the right one's that are taken, null aside (replace_metadata was told to allow what is inconsistent, and passes over the rest)
SELECT command ->> 'type' AS type, array_to_string(path, '.') AS path,
    string_agg(DISTINCT jsonb_typeof(request #> path), ', ') FROM outcomes
  WHERE code = 'OK000' AND jsonb_typeof(request #> path) NOT IN (jsonb_typeof(command #> path),
      'null') AND command ->> 'type' <> 'bulk_keep_going'
    AND array_to_string(path, '.') !~ 'sources\.0\.configuration|select_permissions|inherited_roles'
  GROUP BY 1, 2 ORDER BY 1, 2;

-- Deep and long ones
SELECT depth, outcome(request) FROM (
  SELECT depth, (repeat('{"type": "bulk", "args": [', depth)
      || repeat(']}', depth))::jsonb AS request FROM unnest('{1, 100, 1000}'::int[]) AS depth) AS r;
SELECT test.failure($$SELECT remote_rel.metadata((repeat('{"type": "bulk", "args": [', 100000)
    || repeat(']}', 100000))::jsonb)$$) ~ '^54001: stack depth limit exceeded';
SELECT test.failure(format($$SELECT remote_rel.metadata('{"type": "create_remote_relationship", "args": {"name": "deep", "table": "users", "remote_schema": "x",
  "remote_field": %s {} %s}}')$$, repeat('{"a": {"field": ', 5), repeat('}}', 5)));
SELECT length(remote_rel.metadata(jsonb_build_object('type', 'bulk', 'args',
    jsonb_agg('{"type": "export_metadata", "args": {}}'::jsonb)))::text) > 100000
  FROM generate_series(1, 5000);

\set QUIET on
\c postgres
DROP DATABASE regress_metadata_hostile;
