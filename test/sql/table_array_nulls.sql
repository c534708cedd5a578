\i test/setup.sql
-- PostgreSQL's arrays can hold nulls: their type is [Int], in and out.

BEGIN;
CREATE TABLE a (id int PRIMARY KEY, ints int[], words text[] NOT NULL);
INSERT INTO a VALUES (1, '{1,NULL,3}', '{a,NULL}'), (2, '{NULL}', '{}'), (3, NULL, '{b}'), (4, '{1,2,3}', '{NULL,NULL}');
CREATE FUNCTION echo(a, list int[]) RETURNS int[] LANGUAGE sql STABLE AS 'SELECT list';
SELECT remote_rel.add_computed_field('a', 'echo', 'echo');
SELECT line FROM regexp_split_to_table(graphql_schema(), '\n') AS line WHERE line ~ '\[(Int|String)';
SELECT test.resolve('{ a(order_by: {id: asc}) { id ints words echo(args: {list: [1, null, 2]}) } }');
SELECT test.resolve('{ a(where: {ints: {_eq: [1, null, 3]}}) { id } }');
SELECT test.resolve('query ($v: [Int]) { a(where: {ints: {_eq: $v}}) { id } }', variables => '{"v": [null]}');
SELECT test.resolve('query ($v: [Int!]) { a(where: {ints: {_eq: $v}}) { id } }', variables => '{"v": [1, 2, 3]}');
SELECT test.resolve('{ a(where: {words: {_in: [["a", null], [null, null]]}}, order_by: {id: asc}) { id } }');
SELECT test.resolve('{ a(where: {words: {_in: [null]}}) { id } }');
SELECT remote_rel.validate_schema(graphql_schema());
ROLLBACK;
