\i test/setup.sql
-- What the statements for select permissions and inherited roles say beside them.

BEGIN;
CREATE TABLE author (id integer PRIMARY KEY, name text);
CREATE TABLE article (id integer PRIMARY KEY, author_id integer REFERENCES author, editor_a integer, editor_b integer, title text);
CREATE TABLE editor (a integer, b integer, PRIMARY KEY (a, b));
ALTER TABLE article ADD FOREIGN KEY (editor_a, editor_b) REFERENCES editor;
CREATE FUNCTION said(type text, args jsonb) RETURNS text LANGUAGE sql AS $$
  SELECT test.failure(format('SELECT remote_rel.metadata(%L)', jsonb_build_object('type', type, 'args', args)))
$$;
-- none, one and two columns missing
SELECT said('pg_create_select_permission', jsonb_build_object('table', 'article', 'role', 'regress_said', 'permission',
    jsonb_build_object('columns', columns, 'filter', '{}'::jsonb)))
  FROM unnest('{"\"*\"","[\"author_id\", \"editor_a\", \"editor_b\"]","[\"author_id\", \"editor_a\"]","[\"title\"]"}'::jsonb[]) AS columns;
SELECT said('pg_create_select_permission', '{"table": "author", "role": "regress_said", "permission": {"columns": ["name"], "filter": {}}}');
SELECT said('pg_create_insert_permission', '{"table": "article", "role": "regress_said", "permission": {"columns": ["title"], "check": {}}}');
-- relationships to the table: of another table, of a type of a remote schema; with remote schemas, by one and two columns and by a computed field
SELECT remote_rel.add_remote_schema('api', test.mock('type Query { one(id: Int): Item  two(a: Int, b: Int, c: String = "x"): Item  three(s: String): Item } type Item { id: Int  name: String }'));
SELECT remote_rel.create_remote_relationship('editor', 'one', 'api', '{"one": {"arguments": {"id": "$a"}}}', '{a,b}');
SELECT remote_rel.create_remote_relationship('editor', 'two', 'api', '{"two": {"arguments": {"a": "$a", "b": "$b"}}}');
CREATE FUNCTION label(editor) RETURNS text LANGUAGE sql STABLE AS 'SELECT $1.a::text';
SELECT remote_rel.add_computed_field('editor', 'label', 'label');
SELECT remote_rel.create_remote_relationship('editor', 'three', 'api', '{"three": {"arguments": {"s": "$label"}}}');
SELECT remote_rel.create_remote_schema_remote_relationship('api', 'Item', 'editors', '{"to_source": {"relationship_type": "array", "source": "default", "table": "editor", "field_mapping": {"id": "b"}}}');
SELECT columns, said('pg_create_select_permission', jsonb_build_object('table', 'editor', 'role', 'regress_said', 'permission',
    jsonb_build_object('columns', columns, 'filter', '{}'::jsonb)))
  FROM unnest('{"\"*\"","[\"a\", \"b\"]","[\"a\"]","[]"}'::jsonb[]) AS columns;
-- the other table's side, where the role may read something of it: nothing, one of two columns, both
CREATE ROLE regress_said;
SELECT said('pg_create_select_permission', '{"table": "editor", "role": "regress_said", "permission": {"columns": "*", "filter": {}}}');
GRANT SELECT (title, editor_a) ON article TO regress_said;
SELECT said('pg_create_select_permission', '{"table": "editor", "role": "regress_said", "permission": {"columns": "*", "filter": {}}}');
GRANT SELECT (editor_b) ON article TO regress_said;
SELECT said('pg_create_select_permission', '{"table": "editor", "role": "regress_said", "permission": {"columns": "*", "filter": {}}}');
-- what the remarks say is so
GRANT SELECT (a) ON editor TO regress_said;
SELECT string_agg(f ->> 'name', ' ' ORDER BY f ->> 'name') FROM json_array_elements(graphql_resolve('{ __type(name: "editor") { fields { name } } }', 'regress_said') #> '{data,__type,fields}') AS f;
GRANT SELECT ON editor TO regress_said;
SELECT remote_rel.add_remote_schema_permissions('api', 'regress_said', 'type Query { one(id: Int): Item  two(a: Int, b: Int): Item  three(s: String): Item } type Item { name: String }');
SELECT string_agg(f ->> 'name', ' ' ORDER BY f ->> 'name') FROM json_array_elements(graphql_resolve('{ __type(name: "editor") { fields { name } } }', 'regress_said') #> '{data,__type,fields}') AS f;

-- names that would meet: tables and roles joined to one name; names that would be cut to one
CREATE TABLE t (id integer, a integer);
CREATE TABLE t_regress (id integer, a integer);
CREATE TABLE t_regress_a (id integer, a integer);
CREATE TEMP TABLE made AS SELECT v.*, substring(s FROM 'Run:\n(.*)') AS statements
  FROM (VALUES ('t', 'regress_a_b'), ('t_regress', 'a_b'), ('t_regress_a', 'b'), ('t', repeat('r', 60)), ('t', repeat('r', 61))) AS v(t, r),
    said('pg_create_update_permission', jsonb_build_object('table', t, 'role', r, 'permission', jsonb_build_object('columns', '["id"]'::jsonb,
      'filter', '{"_exists": {"_table": "author", "_where": {"id": {"_eq": 1}}}}'::jsonb, 'set', '{"a": 1}'::jsonb))) AS s;
SELECT t, r, regexp_replace(line, '( RETURNS| ON ).*', '') FROM made, regexp_split_to_table(statements, '\n') AS line WHERE line ~ '^CREATE (FUNCTION|POLICY|TRIGGER)';
DO $$ BEGIN EXECUTE (SELECT string_agg(statements, '') FROM made); END $$;
SELECT count(*) FROM pg_proc WHERE proname ~ '_update_(preset|filter)';
DO $$ BEGIN
    SET LOCAL client_min_messages = warning;
    EXECUTE (SELECT string_agg(substring(said('pg_drop_update_permission', jsonb_build_object('table', t, 'role', r)) FROM 'Run:\n(.*)'), '') FROM made);
END $$;
SELECT count(*) FROM pg_proc WHERE proname ~ '_update_(preset|filter)';

-- a function under the caller's search_path: no object of a schema of it stands in for a built-in one
CREATE SCHEMA evil;
CREATE FUNCTION evil.eq(varchar, text) RETURNS boolean LANGUAGE sql AS 'SELECT true';
CREATE OPERATOR evil.= (LEFTARG = varchar, RIGHTARG = text, FUNCTION = evil.eq);
CREATE OPERATOR evil.~~ (LEFTARG = varchar, RIGHTARG = text, FUNCTION = evil.eq);
CREATE FUNCTION evil.array_ndims(text[]) RETURNS integer LANGUAGE sql AS 'SELECT 1 / 0';
CREATE TABLE v (id integer, word varchar, words varchar[]);
INSERT INTO v VALUES (1, 'a', '{a}'), (2, 'b', '{b,c}');
CREATE FUNCTION public.yes(v) RETURNS boolean LANGUAGE sql STABLE AS 'SELECT true';
SELECT remote_rel.add_computed_field('v', 'yes', 'public.yes');
SET search_path = public, evil;
SELECT test.failure($q$SELECT remote_rel.metadata('{"type": "pg_create_select_permission", "args": {"table": "v", "role": "regress_said", "permission": {"columns": "*", "filter":
    {"yes": true, "word": {"_eq": "a", "_like": "a%", "_in": ["a", "c"], "_similar": "a|b", "_ne": "q"}, "words": {"_in": "X-Hasura-W", "_nin": [["x"]]}}}}}')$q$) AS said \gset
SELECT line FROM regexp_split_to_table(:'said', '\n') AS line WHERE line ~ '^CREATE FUNCTION';
SELECT set_config('test.run', substring(:'said' FROM 'Run:\n(.*)'), false) IS NOT NULL;
DO $$ BEGIN EXECUTE current_setting('test.run'); END $$;
SELECT graphql_resolve('{ v { id } }', 'regress_said', headers => '{"x-hasura-w": "{\"{a}\",\"{z}\"}"}');
RESET search_path;

-- one, two and three roles
SELECT said('add_inherited_role', jsonb_build_object('role_name', 'regress_all', 'role_set', set)) FROM unnest(ARRAY[
    '["regress_a"]', '["regress_a", "regress_b"]', '["regress_a", "regress_b", "regress_c"]']::jsonb[]) AS set;
SELECT remote_rel.metadata('{"type": "replace_metadata", "args": {"version": 3, "sources": [], "inherited_roles":
    [{"role_name": "regress_all", "role_set": ["regress_a", "regress_b"]}]}}') -> 'written_as' -> 0 -> 'left_out';
ROLLBACK;
