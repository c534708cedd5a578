CREATE DATABASE regress_remote_shared_types;
\c regress_remote_shared_types
\i test/setup.sql
-- A type that two remote schemas share: who answers what, under which names, and what a role may do where its permissions show different parts of it.
-- Requests are sorted: those to different remote schemas are on their way at the same time.

BEGIN;
-- by different names at their homes
SELECT remote_rel.add_remote_schema('a',
    test.mock('type Query { a: T  as: Any }  type T { id: ID  name(size: Int): String  u: U }  type U { x: Int  t: T }  union Any = T | U'));
SELECT remote_rel.add_remote_schema('b', test.mock('type Query { b(id: ID): Thing  bs: Every }  type Thing { key: ID  label(size: Int): String  v: V }  type V { x: Int  t: Thing }  union Every = V | Thing') || '{"customization": {
  "type_names": {"mapping": {"Thing": "T", "V": "U", "Every": "Any"}}, "field_names": [{"parent_type": "Thing", "mapping": {"key": "id", "label": "name", "v": "u"}}]}}');
SELECT test.show('query($n: Int) { a { ...T } b { ...T } as { __typename ...T } bs { __typename ... on U { t { name(size: $n) } } ...T } } fragment T on T { t: __typename name(size: $n) u { __typename x t { id } } }', '{"n": 3}');
-- relationships of either are fields of both
CREATE TABLE t (id text PRIMARY KEY);
INSERT INTO t VALUES ('id'), ('key');
SELECT remote_rel.create_remote_schema_remote_relationship('a', 'T', 'at',
    '{"to_source": {"relationship_type": "object", "table": "t", "field_mapping": {"id": "id"}}}');
SELECT remote_rel.create_remote_schema_remote_relationship('b', 'Thing', 'bt',
    '{"to_source": {"relationship_type": "array", "table": "t", "field_mapping": {"key": "id"}}}');
SELECT remote_rel.create_remote_schema_remote_relationship('b', 'Thing', 'bb',
    '{"to_remote_schema": {"remote_schema": "b", "lhs_fields": ["key"],
    "remote_field": {"b": {"arguments": {"id": "$key"}}}}}');
SELECT test.show('{ a { at { id } bt { id } bb { id name } } b { at { id } bt { id } bb { id } } bs { ... on T { at { id } } ... on U { t { bb { bt { id } } } } } }');
SELECT remote_rel.remove_remote_schema(name, true) FROM remote_rel.remote_schema;

-- two roles: what is left of a type is the same, or it would not be clear what may go where
CREATE FUNCTION sdl(field text) RETURNS text LANGUAGE sql AS $$ SELECT format('
  directive @tag(name: String, level: E) on FIELD
  type Query { %1$s(f: F, e: E): T  %1$s_node: Node  %1$s_any: Any }  interface Node { id: ID }
  type T implements Node { id: ID  name(size: Int,
      cut: Boolean): String  secret: String }  type U implements Node { id: ID  u: Int }  union Any = T | U
  input F { name: String  secret: String  in: F }  enum E { X Y }', field) $$;
CREATE FUNCTION part(field text) RETURNS text LANGUAGE sql AS $$ SELECT format('
  directive @tag(name: String) on FIELD  type Query { %1$s(f: F, e: E): T  %1$s_any: Any }
  type T { id: ID  name(size: Int): String }  union Any = T  input F { name: String  in: F }  enum E { X }', field) $$;
SELECT remote_rel.add_remote_schema('a', test.mock(sdl('a')));
SELECT remote_rel.add_remote_schema('b', test.mock(sdl('b')));
CREATE ROLE regress_reader;
CREATE ROLE regress_writer;
SELECT remote_rel.add_remote_schema_permissions(n, 'regress_writer', sdl(n)) FROM unnest('{a,b}'::text[]) AS n;
SELECT remote_rel.add_remote_schema_permissions('a', 'regress_reader', part('a'));
SELECT test.failure(format('SELECT remote_rel.add_remote_schema_permissions(%L, %L, %L)', 'b',
    'regress_reader', sdl('b')));
SELECT remote_rel.add_remote_schema_permissions('b', 'regress_reader', part('b'));
SELECT graphql_schema('regress_reader');
SELECT test.show('query($f: F, $e: E) { a(f: $f, e: $e) { id name(size: 1) } b(f: {in: $f}, e: $e) { name(size: 1) @tag(name: "n") } b_any { ... on T { id } } }', '{"f": {"name": "n"}, "e": "X"}', 'regress_reader');
SELECT test.show('{ b(f: {in: {secret: "s"}}, e: Y) { secret name(cut: true) @tag(level: X) } }',
    role => 'regress_reader');
SELECT test.show('query($f: F, $e: E) { a(f: $f, e: $e) { secret } b(f: $f, e: $e) { secret name(cut: true) @tag(level: $e) } b_any { ... on U { u } } a_node { id } }', '{"f": {"in": {"secret": "s"}}, "e": "Y"}', 'regress_writer');
ROLLBACK;

\set QUIET on
\c postgres
DROP DATABASE regress_remote_shared_types;
