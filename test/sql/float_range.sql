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
ROLLBACK;
