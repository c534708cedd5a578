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
-- functions
BEGIN;
CREATE TABLE a (id int PRIMARY KEY);
CREATE TABLE f_args (id int);
CREATE TABLE f_args_ (id int);
CREATE FUNCTION f(n int) RETURNS SETOF a LANGUAGE sql STABLE AS 'SELECT * FROM a';
SELECT remote_rel.track_function('f');
SELECT pg_temp.state();
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
