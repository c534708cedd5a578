-- A database of its own: what public has in it is what the test is about.
CREATE DATABASE regress_table_hostile;
\c regress_table_hostile
\i test/setup.sql
-- Injection through every kind of value and name, a hostile search_path, limits.

CREATE TABLE t (id int PRIMARY KEY, te text, nu numeric, js jsonb, ar text[], "a""b" int, "x'y" int);
INSERT INTO t VALUES (1, 'one', 1, '{"a": 1}', '{x}'), (2, 'two', 2, '{"a''b": 2}', '{y}');
CREATE TABLE victim (id int);
INSERT INTO victim VALUES (1);
CREATE FUNCTION evil(q text) RETURNS SETOF t LANGUAGE sql STABLE AS $$ SELECT * FROM t WHERE te = q $$;
SELECT remote_rel.track_function('evil');

-- values
SELECT graphql_resolve(format('{ a: t(where: {te: {_eq: %1$s}}) { id } b: t(where: {te: {_in: [%1$s]}}) { id } c: t(where: {te: {_like: %1$s}}) { id } d: t(where: {js: {_has_key: %1$s}}) { id } e: t(where: {js: {_contains: {k: %1$s}}}) { id }
    f: t(where: {ar: {_contains: [%1$s]}}) { id } g: evil(args: {q: %1$s}) { id } h: t_by_pk(id: 1) { js(path: %1$s) } i: t(where: {te: {_similar: %1$s}}) { id } }', to_json(v)))
FROM unnest(ARRAY[$$'; DROP TABLE victim; --$$, $$') OR true; --$$, $$$1$$, $$" || 1$$, $$\'$$, $$%s$$, '{x,y}', $q$$$; DROP TABLE victim; $$$q$]) AS v;
SELECT graphql_resolve('query($v: String, $w: t_bool_exp, $j: jsonb, $n: numeric) { a: t(where: {te: {_eq: $v}}) { id } b: t(where: $w) { id } c: t(where: {js: {_contains: $j}}) { id } d: t(where: {nu: {_eq: $n}}) { id } }',
    variables => jsonb_build_object('v',
        $$'; DROP TABLE victim; --$$, 'w', '{"te": {"_like": "'' OR 1=1 --"}}'::jsonb, 'j', $$'; DROP TABLE victim; --$$, 'n', '1; DROP TABLE victim'));
SELECT graphql_resolve('{ t(where: {nu: {_eq: "1); DROP TABLE victim; --"}}) { id } }');
-- names: nothing that is no GraphQL name gets past the lexer
SELECT graphql_resolve('{ t { id"; DROP TABLE victim; -- } }') -> 'errors' -> 0 -> 'message',
    graphql_resolve('{ t(order_by: {"id": asc}) { id } }') -> 'errors' -> 0 -> 'message';
SELECT graphql_resolve('{ t { ' || alias || ': id } }') -> 'data'
    FROM unnest('{select,"null",true,_,union,SELECT_1_FROM_victim,rr__k0}'::text[]) AS alias;
-- operation names and roles
SELECT graphql_resolve('query a { t(limit: 0) { id } }', operation_name => $$a'; DROP TABLE victim; --$$);
SELECT test.failure($$SELECT graphql_resolve('{ t { id } }', 'x"; DROP TABLE victim; --')$$);
SELECT * FROM victim;
-- session variables are values, too
CREATE FUNCTION who(x t, s json) RETURNS text LANGUAGE sql STABLE AS $$ SELECT s::text $$;
SELECT remote_rel.add_computed_field('t', 'who', 'who', session_argument => 's');
SELECT graphql_resolve('{ t_by_pk(id: 1) { who } }', headers => jsonb_build_object($$X-Hasura-'$1$$, $$'"\; DROP TABLE victim; --$$));

-- names of objects that need care: quotes, dollars, what looks like a placeholder
CREATE SCHEMA "we""ird $1";
CREATE TABLE "we""ird $1".ok (id int PRIMARY KEY, "$1" int);
CREATE TABLE "quo'te" (id int);
CREATE TABLE "t$x" (id int);
SET remote_rel.exposed_schemas = 'public, "we""ird $1"';
SELECT graphql_resolve('{ t(order_by: {id: asc}) { id } }');
SELECT type, name, reason
    FROM jsonb_to_recordset(remote_rel.metadata('{"type": "get_inconsistent_metadata", "args": {}}')
    -> 'inconsistent_objects') AS x(type text, name text, reason text);
RESET remote_rel.exposed_schemas;

-- a search_path with operators and functions of the same names, and casts to text, does not matter
CREATE SCHEMA trap;
CREATE FUNCTION trap.no(int, int) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'trapped'; END $$;
CREATE OPERATOR trap.= (LEFTARG = int, RIGHTARG = int, FUNCTION = trap.no);
CREATE OPERATOR trap.> (LEFTARG = int, RIGHTARG = int, FUNCTION = trap.no);
CREATE FUNCTION trap.count() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'trapped'; END $$;
CREATE FUNCTION trap.max(int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'trapped'; END $$;
CREATE TYPE trap.text AS (x int);
CREATE TABLE trap.t (id int);
SET search_path = trap, pg_catalog;
SELECT public.graphql_resolve('{ t(where: {id: {_eq: 1, _gt: 0, _in: [1]}, te: {_similar: "o%"}, js: {_cast: {String: {_like: "%a%"}}}}) { id } t_aggregate { aggregate { count max { id } } } t_by_pk(id: 2) { te } }');
SET search_path = public;
SELECT graphql_resolve('{ t(where: {id: {_eq: 1, _gt: 0, _in: [1]}, te: {_similar: "o%"}, js: {_cast: {String: {_like: "%a%"}}}}) { id } t_aggregate { aggregate { count max { id } } } t_by_pk(id: 2) { te } }');
RESET search_path;

-- depth, in documents and in values
SET remote_rel.max_query_depth = 3;
CREATE TABLE tree (id int PRIMARY KEY, parent int REFERENCES tree);
SELECT graphql_resolve('{ tree { tree { id } } }');
SELECT graphql_resolve('{ tree { tree { tree { id } } } }');
RESET remote_rel.max_query_depth;
INSERT INTO tree SELECT i, nullif(i - 1, 0) FROM generate_series(1, 60) AS i;
SELECT length(graphql_resolve('{ tree(where: {id: {_eq: 60}}) { ' || repeat('tree { ', 50) || 'id'
    || repeat(' }', 50) || '} }')::text);
SELECT graphql_resolve('{ tree(where: ' || repeat('{tree: ', 40) || '{id: {_eq: 1}}'
    || repeat('}', 40) || ') { id } }');
SELECT graphql_resolve('{ tree(where: ' || repeat('{_not: ', 400) || '{id: {_eq: 1}}'
    || repeat('}', 400) || ') { id } }');
SELECT left(graphql_resolve('{ tree(where: ' || repeat('{_not: ', 100000) || '{id: {_eq: 1}}'
    || repeat('}', 100000) || ') { id } }')::text, 100);
SELECT left(graphql_resolve('query($w: tree_bool_exp) { tree(where: $w) { id } }',
    variables => (repeat('{"_not": ', 3000) || '{}' || repeat('}', 3000))::jsonb)::text, 300);
-- breadth
SELECT length(graphql_resolve('{ ' || string_agg(format('a%s: t(where: {id: {_eq: %s}}) { id }', i,
    i), ' ') || ' }')::text) FROM generate_series(1, 1000) AS i;
SELECT graphql_resolve('{ t_aggregate(where: {_or: ['
    || string_agg(format('{id: {_eq: %s}}', i), ',') || ']}) { aggregate { count } } }')
    FROM generate_series(1, 2000) AS i;
SELECT graphql_resolve('{ t_aggregate(where: {id: {_in: [' || string_agg(i::text, ',')
    || ']}}) { aggregate { count } } }') FROM generate_series(1, 20000) AS i;

\set QUIET on
\c postgres
DROP DATABASE regress_table_hostile;
