\i test/setup.sql
-- Specified scalars are in a schema if something uses them, whichever way one asks: __schema, __type, variables, fragments.

CREATE FUNCTION pg_temp.listed(role name DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(t ->> 'name', ' ' ORDER BY t ->> 'name')
    FROM json_array_elements(graphql_resolve('{ __schema { types { name } } }', role) #> '{data,__schema,types}') AS t
    WHERE t ->> 'name' IN ('Boolean', 'Float', 'ID', 'Int', 'String') $$;
CREATE FUNCTION pg_temp.named(role name DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(n, ' ' ORDER BY n) FROM unnest('{Boolean,Float,ID,Int,String}'::text[]) AS n
    WHERE graphql_resolve(format('{ __type(name: "%s") { name } }', n), role) #>> '{data,__type,name}' = n $$;
CREATE FUNCTION pg_temp.taken(role name DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(n, ' ' ORDER BY n) FROM unnest('{Boolean,Float,ID,Int,String}'::text[]) AS n
    WHERE graphql_validate(format('query ($x: [%s!]) { __typename }', n), role)::text !~ 'Unknown type' $$;
-- each asked first in a schema that was just made
CREATE FUNCTION pg_temp.scalars(role name DEFAULT NULL) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE way text; answer text;
BEGIN
    FOREACH way IN ARRAY '{taken,named,listed}'::text[] LOOP
        PERFORM remote_rel.metadata('{"type": "reload_metadata", "args": {}}');
        EXECUTE format('SELECT pg_temp.%s($1)', way) INTO answer USING role;
        RETURN NEXT rpad(way, 7) || answer;
    END LOOP;
END $$;
-- nothing, then only a remote schema
SELECT pg_temp.scalars();
SELECT test.resolve('query ($x: Float, $y: [ID!]! = 1, $z: Boolean) { __typename ... on Int { a } }');
SELECT test.resolve('{ __type(name: "Int") { name } float: __type(name: "Float") { name } }');
BEGIN;
SELECT remote_rel.add_remote_schema('api', test.mock('type Query { a(x: [Float]): ID }'));
SELECT pg_temp.scalars();
SELECT test.resolve('query ($x: Int = "a") { a(x: $x) }');
ROLLBACK;
-- a column, an average, an argument of a function; two tables and three
CREATE ROLE scalar_reader;
BEGIN;
CREATE TABLE t (a text, f real);
CREATE TABLE u (a text, n smallint);
CREATE TABLE v (a text);
CREATE FUNCTION half(v, x real) RETURNS text LANGUAGE sql STABLE AS 'SELECT (x / 2)::text';
SELECT remote_rel.add_computed_field('v', 'half', 'half');
GRANT SELECT (a) ON t, u TO scalar_reader;
SELECT pg_temp.scalars('scalar_reader');
GRANT SELECT (n) ON u TO scalar_reader;
SELECT pg_temp.scalars('scalar_reader');
REVOKE SELECT (n) ON u FROM scalar_reader;
GRANT SELECT (f) ON t TO scalar_reader;
SELECT pg_temp.scalars('scalar_reader');
REVOKE SELECT (f) ON t FROM scalar_reader;
GRANT SELECT ON v TO scalar_reader;
SELECT pg_temp.scalars('scalar_reader');
INSERT INTO v VALUES ('x');
SELECT test.resolve('query ($x: Float) { v { half(args: {x: $x}) } }', variables => '{"x": 3}');
ROLLBACK;
BEGIN;
SELECT remote_rel.add_remote_schema('api', test.mock('type Query { a(x: ID): String  b: ID }'));
SELECT remote_rel.add_remote_schema_permissions('api', 'scalar_reader', 'type Query { a(x: ID @preset(value: 1)): String }');
SELECT pg_temp.scalars('scalar_reader');
SELECT pg_temp.scalars();
SELECT remote_rel.validate_schema(graphql_schema('scalar_reader'));
ROLLBACK;
DROP ROLE scalar_reader;
