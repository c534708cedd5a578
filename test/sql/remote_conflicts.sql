CREATE DATABASE regress_remote_conflicts;
\c regress_remote_conflicts
\i test/setup.sql
-- Two things of one name: shared where they are the same, else refused, or listed when it is a table that comes later.

BEGIN;
CREATE FUNCTION add(name text, sdl text, customization text DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
    SELECT test.failure(format('SELECT remote_rel.add_remote_schema(%L, %L, sdl => %L)', name,
        test.mock(sdl) || jsonb_build_object('customization', customization::jsonb), sdl))
$$;
CREATE FUNCTION change(name text, sdl text, customization text DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
    SELECT test.failure(format('SELECT remote_rel.update_remote_schema(%L, %L, sdl => %L)', name,
        test.mock(sdl) || jsonb_build_object('customization', customization::jsonb), sdl))
$$;
CREATE FUNCTION listed() RETURNS SETOF text LANGUAGE sql AS $$
    SELECT format('%s %s: %s', o ->> 'type', o ->> 'name', o ->> 'reason')
    FROM jsonb_array_elements(remote_rel.metadata('{"type": "get_inconsistent_metadata",
        "args": {}}') -> 'inconsistent_objects') AS o
$$;
-- one structure: descriptions, deprecations and the order of things are none of it
SELECT add('a', 'directive @up(n: Int = 1) on FIELD | QUERY  directive @own on FIELD_DEFINITION
  "A page" type Page implements Node { "The id" id: ID!  size(of: Size = SMALL, in: Box): Int  next: Page @deprecated }
  interface Node { id: ID! }  enum Size { SMALL LARGE @deprecated(reason: "too large") }  input Box { w: Int = 1, h: [Int!] }  union Any = Page | Leaf
  type Leaf implements Node { id: ID! }  scalar Time @specifiedBy(url: "https://example.com/a")
  type Query { a: Page  time: Time  any: Any  node: Node }');
SELECT add('b', 'directive @up(n: Int = 1) on QUERY | FIELD  directive @own(x: Int) on OBJECT
  scalar Time  union Any = Leaf | Page  enum Size { LARGE "Not large" SMALL }  input Box { h: [Int!], w: Int = 1 }  interface Node { id: ID! }
  type Leaf implements Node { id: ID! }  type Page implements Node { next: Page  id: ID!  size(in: Box, of: Size = SMALL): Int }
  type Query { b(t: Time, in: [Box]): Page  b_any: Any }');
SELECT listed();
SELECT test.show('query($in: Box, $t: Time) @up { a { __typename next { id } size(of: LARGE, in: $in) @up(n: 2) } b(t: $t, in: [$in]) { ...P } b_any { __typename ... on Node { id } ... on Page { size } } } fragment P on Page { id next { __typename } }', '{"in": {"h": 1}, "t": "now"}');
SELECT graphql_schema();

-- another structure: each kind of thing, each sort of difference
SELECT add('c', 'type Query { c: Page }  type Page { id: ID!  size: Int  next: Page }');
SELECT add('c', 'type Query { c: Page }  type Page implements Node { id: ID!  size(of: Size = LARGE, in: Box): Int  next: Page }  interface Node { id: ID }
  enum Size { SMALL MEDIUM LARGE }  input Box { w: Int, h: [Int] }  union Any = Page  type Any2 { any: Any }  input Leaf { id: ID }  input In { leaf: Leaf }  extend type Query { d(in: In): Any2 }');
SELECT add('c', 'type Query { c: Page }  type Page implements Node & More { id: ID!  size(of: Size = SMALL, in: Box): Int  next: Page  more: Int }  interface Node { id: ID! }
  interface More { more: Int }  enum Size { SMALL LARGE }  input Box @oneOf { w: Int, h: [Int!] }');
SELECT add('c', 'type Query { c: Page }  type Page implements Node & More { id: ID!  size(of: Size = SMALL, in: Box): Int  next: Page }  interface Node { id: ID! }
  interface More { id: ID! }  enum Size { SMALL LARGE }  input Box { w: Int = 1, h: [Int!] }');
SELECT add('c', 'type Query { a: Int  b(t: Int): Int  c: Int }');
SELECT add('c', 'directive @up(n: Int = 2) on FIELD | QUERY  type Query { c: Int }'),
    add('c', 'directive @up(n: Int = 1) on FIELD  type Query { c: Int }'),
  add('c', 'directive @up(n: Int = 1) repeatable on FIELD | QUERY  type Query { c: Int }'),
      add('c', 'directive @up on FIELD | QUERY  type Query { c: Int }');
-- ... which customization resolves; two that have one prefix meet again, as they are then called
SELECT add('c', 'type Query { c: Page  a: Node }  type Page implements Node { id: ID }  interface Node { id: ID }', '{"type_names": {"prefix": "C"}, "field_names": [{"parent_type": "Query", "mapping": {"a": "c_a"}}]}');
SELECT add('d', 'type Query { d: Page }  type Page { id: Int }', '{"type_names": {"prefix": "C"}}');
SELECT add('d', 'type Query { d: X }  type X { id: Int }', '{"type_names": {"mapping": {"X": "CPage"}}}');
SELECT add('d', 'type Query { d: Page }  type Page implements Node { id: ID }  interface Node { id: ID }', '{"type_names": {"prefix": "C"}}');
SELECT test.show('{ c { __typename id } d { __typename id } c_a { __typename ... on CPage { id } } a { __typename } }');

-- names of ours
SELECT add('e', 'type Query { e: query_root }  type query_root { x: Int }'),
  add('e', 'type Query { e: mutation_root }  type mutation_root { x: Int }  type M { x: Int }  schema { query: Query  mutation: M }'),
  add('e', 'schema { query: query_root }  type query_root { e: e_query_root }  type e_query_root { x: Int }', '{"root_fields_namespace": "e"}'),
  add('e', 'type Query { e: X }  type X { x: Int }', '{"type_names": {"mapping": {"X": "query_root"}}}');
SELECT add('e', 'schema { query: query_root  mutation: mutation_root }  type query_root { e: Int }  type mutation_root { e: Int }');
SELECT test.show('{ e __typename }');
SELECT test.show('mutation { e __typename }');
SELECT remote_rel.remove_remote_schema('e');
-- namespaces
SELECT add('e', 'type Query { e: Int }', '{"root_fields_namespace": "a"}');
SELECT add('e', 'type Query { e: Int }  type Mutation { e: Int }', '{"root_fields_namespace": "e"}');
SELECT add('f', 'type Query { e: Int }'), add('f',
    'type Query { f: Int }  type Mutation { e: Int }'),
    add('f', 'type Query { f: Int }', '{"root_fields_namespace": "e"}'),
  add('f', 'schema { query: Q }  type Q { f: Query }  type Query { x: Int }'),
      add('f', 'schema { query: Q }  type Q { f: Mutation }  type Mutation { x: Int }');
SELECT add('f', 'type Query { f: GQuery }  type GQuery { x: Int }'),
    add('g', 'type Query { g: Int }', '{"root_fields_namespace": "g", "type_names": {"prefix": "G"}}');

-- where a new definition brings the clash, the later one leaves the graph, until they are apart again
SELECT change('b', 'type Query { b: Int  a: Int }');
SELECT listed();
SELECT test.show('{ a { id } e { e } }');
SELECT test.show('{ b }');
SELECT change('b', 'type Query { b: Int }'), change('a', 'type Query { a: query_root }  type query_root { x: Int }');
SELECT listed();
SELECT test.show('{ b e { e } }');
SELECT test.show('{ a { x } }');
SELECT remote_rel.remove_remote_schema(name) FROM remote_rel.remote_schema;

-- with one that is out of the graph nothing clashes
SELECT remote_rel.metadata('{"type": "replace_metadata", "version": 2,
    "args": {"allow_inconsistent_metadata": true, "metadata": {"version": 3, "sources": [],
    "remote_schemas": []}}}');
SELECT add('a', 'type Query { a: T }  type T { x: Int }');
SELECT add('b', 'type Query { b: Int }');
UPDATE remote_rel.remote_schema SET sdl = 'type Query { b: T  c: Int }  type T { y: Int }' WHERE name = 'b';
SELECT add('c', 'type Query { c: T }  type T { x: Int }');
SELECT listed();
SELECT test.show('{ a { x } c { x } }');
SELECT test.show('{ b { y } }');
SELECT remote_rel.remove_remote_schema(name) FROM remote_rel.remote_schema;

-- tables that were there first
CREATE TYPE flag AS ENUM ('up', 'down');
CREATE TABLE ships (id uuid PRIMARY KEY, at timestamptz, flag flag, name text, n int);
INSERT INTO ships VALUES ('11111111-1111-1111-1111-111111111111', '2026-01-01 UTC', 'up', 'Balerion', 1);
CREATE TABLE ports (id int PRIMARY KEY, ship uuid REFERENCES ships);
CREATE FUNCTION find_ships(what text) RETURNS SETOF ships STABLE LANGUAGE sql AS $$ SELECT *
    FROM ships WHERE name = what $$;
SELECT remote_rel.track_function('find_ships');
SELECT add('a', 'type Query { ships: Int }'), add('a',
    'type Query { ships_by_pk: Int  ports_aggregate: Int }'),
    add('a', 'type Query { find_ships: Int }'), add('a',
    'type Query { find_ships_aggregate: Int }');
SELECT add('a', 'type Query { a: ships }  type ships { id: ID }'),
    add('a', 'type Query { a(where: ships_bool_exp): Int }  input ships_bool_exp { id: ID }');
SELECT add('a', 'type Query { a(o: order_by, c: String_comparison_exp, u: uuid_comparison_exp, f: ships_max_fields, g: find_ships_args): Int }  enum order_by { asc desc }
  input String_comparison_exp { _eq: String }  input uuid_comparison_exp { _eq: ID }  input ships_max_fields { id: ID }  input find_ships_args { what: String }');
SELECT add('a', 'type Query { a: uuid  b: flag  c: timestamptz }  type uuid { id: ID }  enum flag { up down }  union timestamptz = uuid');
SELECT listed();
-- scalars of one name are one; each column keeps its own meaning of it
SELECT add('a', 'scalar uuid  scalar timestamptz  scalar flag  type Query { a(id: uuid!, at: timestamptz): flag  ship(id: uuid): Ship }  type Ship { id: uuid  at: timestamptz }');
SELECT listed();
SELECT test.show('query($id: uuid!, $at: timestamptz) { ships(where: {id: {_eq: $id}, at: {_eq: $at}}) { id flag } a(id: $id, at: $at) ship(id: $id) { id } }', '{"id": "11111111-1111-1111-1111-111111111111", "at": "2026-01-01T00:00:00Z"}');
SELECT remote_rel.remove_remote_schema('a');

-- tables that come later are listed, and all else goes on; without them, or under another name, all is well again
CREATE ROLE regress_sailor;
SELECT add('a', 'type Query { boats: Boat  crews_by_pk(id: Int): Int }  type Boat { id: ID  boats_bool_exp: Int }  type Mutation { boats: Int }');
SELECT add('b', 'type Query { b(w: sails_bool_exp, o: oars_order_by): numeric }  input sails_bool_exp { name: String }  input oars_order_by { id: Int }  enum numeric { ONE }');
SELECT remote_rel.add_remote_schema_permissions('a', 'regress_sailor',
    'type Query { boats: Boat }  type Boat { id: ID }');
CREATE TABLE boats (id int PRIMARY KEY, name text);
CREATE TABLE crews (id int PRIMARY KEY, boat int REFERENCES boats, name text);
CREATE TABLE "Boat" (id int);
CREATE TABLE sails (id int PRIMARY KEY, area numeric);
INSERT INTO sails VALUES (1, 2.50), (2, 3);
GRANT SELECT ON boats, crews, sails TO regress_sailor;
SELECT listed();
SELECT test.show('{ boats { id } sails(where: {area: {_gt: "2.6"}}) { area } }');
SELECT test.show('{ boats { id } sails(where: {id: {_eq: 1}}) { area } crews { id } }', role => 'regress_sailor');
SELECT test.show('{ boats { name } crews_by_pk(id: 1) }');
ALTER TABLE boats RENAME TO ships_of_ours;
DROP TABLE "Boat", sails;
SELECT listed();
SELECT test.show('{ ships_of_ours { name } boats { id } }', role => 'regress_sailor');
SELECT remote_rel.remove_remote_schema('a');
SELECT listed();
SELECT test.show('{ crews { id ships_of_ours { id } } }', role => 'regress_sailor');
ROLLBACK;

\set QUIET on
\c postgres
DROP DATABASE regress_remote_conflicts;
