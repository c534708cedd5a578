\i test/setup.sql
-- Names of types that are made: each type has its own, and every printed schema is valid.

BEGIN;
CREATE TABLE hi (x int, y int);
CREATE TABLE hike (x int, y int);
CREATE TABLE b_c (x int);
CREATE TABLE c (x int);
INSERT INTO hi VALUES (1, 2);
INSERT INTO hike VALUES (3, 4);
SELECT remote_rel.add_remote_schema('api', test.mock($$
    type Query { route(start: P, finish: P, via: Q, on: O, whole: W): String }
    input P { x: Int  y: Int }
    input Q { deep: P  other: P  z: Int }
    input O @oneOf { a: Int  b: Int }
    input W { x: Int  p: V }
    input V { y: Int }
$$));
-- two and three arguments of one input type
SELECT remote_rel.create_remote_relationship('hi', 'way', 'api', '{"route": {"arguments": {"start": {"x": "$x"}, "finish": {"y": "$y"}}}}');
SELECT test.resolve('{ hi { way(start: {y: 7}, finish: {x: 8}) } }');
SELECT test.resolve('{ hi { way(start: {x: 7}) } }');
SELECT test.resolve('{ hi { way(finish: {y: 7}) } }');
SELECT remote_rel.create_remote_relationship('hi', 'ways', 'api',
    '{"route": {"arguments": {"start": {"x": "$x"}, "finish": {"y": "$y"}, "via": {"deep": {"x": "$x"}, "other": {"y": "$y"}}}}}');
SELECT test.resolve('{ hi { ways(start: {y: 7}, finish: {x: 8}, via: {z: 1, deep: {y: 5}, other: {x: 6}}) } }');
SELECT test.resolve('{ hi { ways(via: {deep: {x: 5}}) } }');
SELECT test.resolve('{ hi { ways(via: {other: {y: 5}}) } }');
-- hike + near and hi + kenear, whichever is asked for first
SELECT remote_rel.create_remote_relationship('hike', 'near', 'api', '{"route": {"arguments": {"start": {"x": "$x"}}}}');
SELECT remote_rel.create_remote_relationship('hi', 'kenear', 'api', '{"route": {"arguments": {"start": {"y": "$y"}}}}');
SELECT test.resolve('{ hi { kenear(start: {x: 5}) } hike { near(start: {y: 6}) } }');
SELECT test.resolve('{ hike { near(start: {x: 6}) } hi { kenear(start: {y: 5}) } }');
-- what a relationship gives whole is no argument, and leaves no type
SELECT remote_rel.create_remote_relationship('hi', 'whole', 'api',
    '{"route": {"arguments": {"start": {"x": "$x", "y": 1}, "on": {"a": "$x"}, "whole": {"x": "$x", "p": {"y": "$y"}}}}}');
SELECT test.resolve('{ hi { whole(finish: {x: 1}) } }');
SELECT test.resolve('{ __type(name: "hi") { fields { name args { name type { name inputFields { name } } } } } }');
-- arguments of functions: field a_b of c and field a of b_c, function a_b_c, another
CREATE FUNCTION first(c, one int) RETURNS int LANGUAGE sql STABLE AS 'SELECT one';
CREATE FUNCTION second(b_c, two text) RETURNS text LANGUAGE sql STABLE AS 'SELECT two';
CREATE FUNCTION a_b_c(three boolean) RETURNS SETOF c LANGUAGE sql STABLE AS 'SELECT * FROM c WHERE three';
CREATE FUNCTION other(four int) RETURNS SETOF c LANGUAGE sql STABLE AS 'SELECT * FROM c';
INSERT INTO c VALUES (1);
INSERT INTO b_c VALUES (1);
SELECT remote_rel.add_computed_field('c', 'a_b', 'first');
SELECT remote_rel.add_computed_field('b_c', 'a', 'second');
SELECT remote_rel.track_function('a_b_c');
SELECT remote_rel.track_function('other');
SELECT test.resolve('{ c { a_b(args: {one: 1}) } b_c { a(args: {two: "2"}) } a_b_c(args: {three: true}) { x } other(args: {four: 4}) { x }}');
SELECT test.resolve('{ b_c { a(args: {one: 1}) } c { a_b(args: {two: "1"}) } }');
SELECT test.resolve('{ other(args: {five: 4}) { x } }');
SELECT line FROM regexp_split_to_table(graphql_schema(), '\n') AS line WHERE line ~ '^(input|type) .*(_args|_remote_rel_)' ORDER BY line COLLATE "C";
SELECT remote_rel.validate_schema(graphql_schema());
ROLLBACK;

-- a relationship by a computed field whose function has a required argument
BEGIN;
CREATE TABLE t (x int);
INSERT INTO t VALUES (1);
CREATE FUNCTION bare(t) RETURNS int LANGUAGE sql STABLE AS 'SELECT $1.x';
CREATE FUNCTION sess(t, s json) RETURNS int LANGUAGE sql STABLE AS 'SELECT $1.x';
CREATE FUNCTION one(t, n int) RETURNS int LANGUAGE sql STABLE AS 'SELECT n';
CREATE FUNCTION two(t, s json, n int, m int DEFAULT 3) RETURNS int LANGUAGE sql STABLE AS 'SELECT n';
CREATE FUNCTION dflt(t, n int DEFAULT 5, m int DEFAULT 6) RETURNS int LANGUAGE sql STABLE AS 'SELECT n + m';
SELECT remote_rel.add_computed_field('t', f, f::regproc) FROM unnest('{bare,one,dflt}'::text[]) AS f;
SELECT remote_rel.add_computed_field('t', f, f::regproc, session_argument => 's') FROM unnest('{sess,two}'::text[]) AS f;
SELECT remote_rel.add_remote_schema('api', test.mock('type Query { f(n: Int, m: Int): String }'));
CREATE FUNCTION pg_temp.relate(f text) RETURNS text LANGUAGE sql AS $$
    SELECT test.failure(format($q$SELECT remote_rel.create_remote_relationship('t', 'r_%1$s', 'api', '{"f": {"arguments": {"n": "$%1$s"}}}')$q$, f)) $$;
SELECT f, pg_temp.relate(f) FROM unnest('{bare,sess,one,two,dflt}'::text[]) AS f;
SELECT test.resolve('{ t { r_bare r_sess r_dflt } }');
-- it gets one later
DROP FUNCTION bare(t);
CREATE FUNCTION bare(t, n int) RETURNS int LANGUAGE sql STABLE AS 'SELECT n';
SELECT graphql_validate('{ t { r_bare } }');
SELECT remote_rel.metadata('{"type": "get_inconsistent_metadata", "args": {}}') -> 'inconsistent_objects' -> 0 ->> 'reason';
-- nor by one whose function returns a set of rows; one row is fine where any JSON fits
CREATE FUNCTION rows_of(t) RETURNS SETOF t LANGUAGE sql STABLE AS 'SELECT * FROM t';
CREATE FUNCTION row_of(t) RETURNS t LANGUAGE sql STABLE AS 'SELECT $1';
SELECT remote_rel.add_computed_field('t', f, f::regproc) FROM unnest('{rows_of,row_of}'::text[]) AS f;
SELECT remote_rel.add_remote_schema('json', test.mock('scalar JSON type Query { of(one: JSON, other: JSON): String }'));
SELECT test.failure(format($$SELECT remote_rel.create_remote_relationship('t', 'j_%1$s', 'json', '{"of": {"arguments": {"one": "$%1$s", "other": "$x"}}}')$$, f))
  FROM unnest('{rows_of,row_of}'::text[]) AS f;
SELECT test.resolve('{ t { j_row_of } }');
ROLLBACK;
