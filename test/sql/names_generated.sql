\i test/setup.sql
-- Names of types that are made meet those of tables, functions, remote types and each other: every schema that is printed is valid.

CREATE FUNCTION pg_temp.state() RETURNS SETOF text LANGUAGE sql AS $$
    SELECT remote_rel.validate_schema(graphql_schema())::text
    UNION ALL SELECT o ->> 'name' || ': ' || (o ->> 'reason')
        FROM jsonb_array_elements(remote_rel.metadata('{"type": "get_inconsistent_metadata", "args": {}}') -> 'inconsistent_objects') AS o $$;
CREATE FUNCTION pg_temp.reduced() RETURNS SETOF text LANGUAGE sql AS $$
    SELECT line FROM regexp_split_to_table(graphql_schema(), '\n') AS line WHERE line ~* '^(type|input|enum) .*remote_rel|\(.*_remote_rel_' ORDER BY line COLLATE "C" $$;
-- tables with names of types of another, and of scalars' types
BEGIN;
CREATE TABLE a (id int PRIMARY KEY, x int, f float8, b boolean, t text[]);
SELECT format('CREATE TABLE %I (id int)', n) FROM unnest('{a_bool_exp,a_aggregate,a_order_by,a_insert_input,a_updates,a_on_conflict,a_avg_fields,a_by_pk,
    Int_comparison_exp,Int_cast_exp,String_array_comparison_exp,insert_a,insert_a_one,update_a_many}'::text[]) AS n \gexec
SELECT pg_temp.state();
ROLLBACK;
-- a table with the name of each type of a schema is listed, and no name gets a number: under no convention and under one, with arrays,
-- aggregates, an enum table, and arguments of functions
BEGIN;
CREATE TABLE state (v text PRIMARY KEY);
INSERT INTO state VALUES ('open');
CREATE TABLE a (id int PRIMARY KEY, x int, f float8, n numeric, b boolean, t text[], j jsonb, at timestamptz, s text REFERENCES state);
CREATE TABLE c (id int PRIMARY KEY, a_id int REFERENCES a, b boolean);
CREATE FUNCTION g(n int) RETURNS SETOF a LANGUAGE sql STABLE AS 'SELECT * FROM a';
CREATE FUNCTION h(c, n int) RETURNS int LANGUAGE sql STABLE AS 'SELECT 1';
SELECT remote_rel.track_function('g'), remote_rel.add_computed_field('c', 'h', 'h');
CREATE FUNCTION pg_temp.types() RETURNS SETOF text LANGUAGE sql AS $$
    SELECT t ->> 'name' FROM json_array_elements(graphql_resolve('{ __schema { types { name } } }') #> '{data,__schema,types}') AS t
    WHERE t ->> 'name' !~ '^__' $$;
-- tables with the names of all types: those that are not listed, what else is listed, and names that got a number
CREATE FUNCTION pg_temp.free(OUT tables text, OUT others text, OUT numbered text) LANGUAGE plpgsql AS $$
DECLARE
    names text[] := ARRAY(SELECT t FROM pg_temp.types() AS t WHERE NOT EXISTS (SELECT FROM pg_class WHERE relname = t) AND length(t) < 64);
    name text;
BEGIN
    FOREACH name IN ARRAY names LOOP
        EXECUTE format('CREATE TABLE %I (id int)', name);
    END LOOP;
    SELECT (SELECT string_agg(n, ' ' ORDER BY n COLLATE "C") FROM unnest(names) AS n WHERE 'public.' || quote_ident(n) <> ALL (array_agg(i ->> 'name'))),
        string_agg(i ->> 'reason', '; ' ORDER BY i ->> 'name') FILTER (WHERE i ->> 'type' <> 'table') INTO tables, others
        FROM jsonb_array_elements(remote_rel.metadata('{"type": "get_inconsistent_metadata", "args": {}}') -> 'inconsistent_objects') AS i;
    numbered := (SELECT string_agg(t, ' ') FROM pg_temp.types() AS t WHERE t ~ '_[0-9]*$');
END $$;
SAVEPOINT none;
SELECT * FROM pg_temp.free();
ROLLBACK TO none;
SELECT remote_rel.set_table_is_enum('state', true);
SELECT remote_rel.set_naming('{"naming_convention": "graphql-default"}');
SELECT * FROM pg_temp.free();
ROLLBACK;
-- functions
BEGIN;
CREATE TABLE a (id int PRIMARY KEY);
CREATE TABLE f_args (id int);
CREATE TABLE f_args_ (id int);
CREATE FUNCTION f(n int) RETURNS SETOF a LANGUAGE sql STABLE AS 'SELECT * FROM a';
SELECT test.failure($$SELECT remote_rel.track_function('f')$$);
DROP TABLE f_args;
SELECT remote_rel.track_function('f');
SELECT pg_temp.state();
CREATE TABLE f_args (id int);
SELECT pg_temp.state();
DROP TABLE f_args;
CREATE TABLE f_aggregate (id int);
SELECT pg_temp.state();
ROLLBACK;
-- remote types, before and after; a table that comes later
BEGIN;
CREATE TABLE hike (x int);
SELECT remote_rel.add_remote_schema('api', test.mock($$
    type Query { route(start: P, finish: P, via: P): String  q(p: P_remote_rel_hikenear): Int  r(p: P_remote_rel_hikenear_finish): Int }
    input P { x: Int  y: Int }  input P_remote_rel_hikenear { z: Int }  input P_remote_rel_hikenear_finish { z: Int }
$$));
SELECT remote_rel.create_remote_relationship('hike', 'near', 'api', '{"route": {"arguments": {"start": {"x": "$x"}, "finish": {"x": "$x"}, "via": {"y": "$x"}}}}');
SELECT pg_temp.state();
SELECT pg_temp.reduced();
CREATE TABLE "P_remote_rel_hikenear_via" (id int);
SELECT pg_temp.state();
SELECT l FROM pg_temp.reduced() AS l WHERE l !~ '^(type|input|enum) P_remote_rel_hikenear_via_[a-z]';
ROLLBACK;
-- two APIs with types of one name, joined with each other and from one table, under both conventions
BEGIN;
CREATE TABLE hike (x int);
SELECT remote_rel.add_remote_schema(n, test.mock('type Query { route(start: P, finish: P): T } type T { a: Int } input P { x: Int  y: Int }')
    || jsonb_build_object('customization', jsonb_build_object('root_fields_namespace', n, 'type_names', jsonb_build_object('prefix', n || '_')))) FROM unnest('{m,n}'::text[]) AS n;
SELECT remote_rel.create_remote_schema_remote_relationship(a, 'T', 'other', format('{"to_remote_schema": {"remote_schema": "%s", "lhs_fields": ["a"],
    "remote_field": {"route": {"arguments": {"start": {"x": "$a"}}}}}}', b)::jsonb) FROM (VALUES ('m', 'n'), ('n', 'm')) AS v(a, b);
SELECT remote_rel.create_remote_relationship('hike', n, n, '{"route": {"arguments": {"start": {"x": "$x"}, "finish": {"y": "$x"}}}}') FROM unnest('{m,n}'::text[]) AS n;
SELECT pg_temp.state();
SELECT pg_temp.reduced();
SET LOCAL remote_rel.naming_convention = 'graphql-default';
SELECT pg_temp.state();
ROLLBACK;
