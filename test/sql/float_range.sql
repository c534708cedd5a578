\i test/setup.sql
-- Floats beyond a double are refused; root fields are sorted by name.

BEGIN;
SELECT remote_rel.add_remote_schema('api', test.mock($$
    type Query { zoo(x: Float, list: [Float], in: P): String  ant: Float  bee: Int }
    type Mutation { zip: Int  add(x: Float): Int  mix: Int }
    input P { x: Float  y: Float }
$$));
SELECT test.resolve('query ($x: Float) { zoo(x: $x) }', variables => format('{"x": %s}', x)::jsonb)
  FROM unnest('{1e309,-1e309,1.7e308,-1.7e308,0,1e-400,"null",1e5000}'::text[]) AS x;
SELECT test.resolve('query ($x: [Float]) { zoo(list: $x) }', variables => '{"x": [1, 1e309, null]}');
SELECT test.resolve('query ($x: P) { zoo(in: $x) }', variables => '{"x": {"x": 1, "y": -1e309}}');
SELECT test.resolve('{ zoo(x: 1e309) }');
SELECT test.resolve('mutation ($x: Float) { add(x: $x) }', variables => '{"x": 1e400}');
SELECT test.resolve('{ __schema { queryType { fields { name } } mutationType { fields { name } } } }');
CREATE TABLE bat (id integer PRIMARY KEY);
SELECT test.resolve('{ __schema { queryType { fields { name } } mutationType { fields { name } } } }');
-- keys of a join and session variables of presets fail alone, before anything is sent
CREATE TABLE fox (id integer PRIMARY KEY, n numeric, f float8);
INSERT INTO fox VALUES (1, 1e400, 'Infinity'), (2, 1.5, 2.5), (3, -1e309, NULL), (4, NULL, 3);
SELECT remote_rel.create_remote_relationship('fox', 'zoo', 'api', '{"zoo": {"arguments": {"x": "$n"}}}');
SELECT remote_rel.create_remote_relationship('fox', 'zoos', 'api', '{"zoo": {"arguments": {"x": "$f", "list": [1, "$f"]}}}');
SELECT test.resolve('{ fox(order_by: {id: asc}) { id zoo } }');
SELECT test.resolve('{ fox(order_by: {id: asc}) { id zoos } }');
CREATE ROLE regress_float;
SELECT remote_rel.add_remote_schema_permissions('api', 'regress_float',
    'type Query { zoo(x: Float @preset(value: "x-hasura-x"), list: [Float] @preset(value: "x-hasura-list")): String }');
SELECT test.resolve('{ zoo }', 'regress_float', headers => jsonb_build_object('x-hasura-x', x, 'x-hasura-list', list))
  FROM (VALUES ('1.5', '{1,2}'), ('1e309', '{1}'), ('1', '{1,-1e309}'), ('1', '[1, null, 1e309]')) AS v(x, list);
ROLLBACK;
