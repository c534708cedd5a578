\i test/setup.sql
-- A session variable preset on a list: a JSON list or an array literal is the list, anything else an error.

BEGIN;
CREATE ROLE regress_lister;
SELECT remote_rel.add_remote_schema('api', test.mock('type Query { f(ints: [Int!], words: [String], deep: [[Int]], one: String): String }'));
SELECT remote_rel.add_remote_schema_permissions('api', 'regress_lister', $$
    schema { query: Query }
    type Query { f(ints: [Int!] @preset(value: "x-hasura-ints"), words: [String] @preset(value: "x-hasura-words"),
                   deep: [[Int]] @preset(value: "x-hasura-deep"), one: String): String }
$$);
CREATE FUNCTION pg_temp.f(ints text, words text DEFAULT '{}', deep text DEFAULT '{}') RETURNS text LANGUAGE sql AS $$
    SELECT test.resolve('{ f }', 'regress_lister', headers => jsonb_build_object('x-hasura-ints', ints, 'x-hasura-words', words, 'x-hasura-deep', deep)) $$;
SELECT pg_temp.f('{1,2,3}', '{a,"b c",NULL}', '[[1,2],[3],null]');
SELECT pg_temp.f('[1, 2]', '["a", null, "{b}"]');
SELECT pg_temp.f('["1", "2"]', ' ["a"] ');
SELECT pg_temp.f('{}', '[]');
SELECT pg_temp.f('1');
SELECT pg_temp.f('1,2');
SELECT pg_temp.f('');
SELECT pg_temp.f('{1,NULL}');
SELECT pg_temp.f('{1,x}');
SELECT pg_temp.f('{1');
SELECT pg_temp.f('[1');
SELECT pg_temp.f('{{1,2},{3,4}}');
SELECT pg_temp.f('{1}', 'a');
ROLLBACK;
