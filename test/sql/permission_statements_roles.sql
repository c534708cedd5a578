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
-- one, two and three roles
SELECT said('add_inherited_role', jsonb_build_object('role_name', 'regress_all', 'role_set', set)) FROM unnest(ARRAY[
    '["regress_a"]', '["regress_a", "regress_b"]', '["regress_a", "regress_b", "regress_c"]']::jsonb[]) AS set;
SELECT remote_rel.metadata('{"type": "replace_metadata", "args": {"version": 3, "sources": [], "inherited_roles":
    [{"role_name": "regress_all", "role_set": ["regress_a", "regress_b"]}]}}') -> 'written_as' -> 0 -> 'left_out';
ROLLBACK;
