-- A database of its own: what public has in it is what the test is about.
CREATE DATABASE regress_table_cast;
\c regress_table_cast
\i test/setup.sql
-- _cast: every scalar can be compared by its text.
SET timezone = 'UTC';
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE DOMAIN zip AS text;
CREATE DOMAIN spirits AS mood;
CREATE TYPE "odd type" AS ENUM ('x', 'y');
CREATE TABLE vals (id int PRIMARY KEY, i2 smallint, i8 bigint, nu numeric, f4 real, f8 float8, bo boolean, te text,
    vc varchar, bp char(3), na name, ch "char", uu uuid, da date, ti time, tt timestamptz, iv interval, ba bytea,
    ip inet, ma macaddr, bi bit(4), js json, jb jsonb, xm xml, r4 int4range, po point, en mood, zi zip, sp spirits,
    od "odd type", ai int[]);
INSERT INTO vals VALUES (1, 2, 30, 4.50, 1.5, 2.5, true, 'one', 'two', 'bp', 'n', 'c',
    'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '2020-02-29', '12:34', '2020-02-29 12:00', '1 day', '\xdead', '10.0.0.1',
    '08:00:2b:01:02:03', '1010', '{"a": 1}', '{"a": 1}', '<a/>', '[1,5)', '(1,2)', 'happy', '123', 'sad', 'x', '{1}');
INSERT INTO vals (id, i8) VALUES (2, 31), (3, NULL), (31, 4);

CREATE FUNCTION pg_temp.find(cond text, variables jsonb DEFAULT NULL, definitions text DEFAULT '') RETURNS text
    LANGUAGE sql AS $$
    SELECT coalesce((SELECT string_agg(v ->> 'id', ' ') FROM json_array_elements(a #> '{data,vals}') AS v), a ->> 'errors')
    FROM graphql_resolve(format('query%s { vals(order_by: {id: asc}, where: %s) { id } }', definitions, cond),
        variables => variables) AS a
$$;

-- the text of each column finds its row, as the beginning of it does
SELECT attname, pg_temp.find(format('{%s: {_cast: {String: {_eq: %s, _like: %s}}}}', attname, to_json(text), to_json(prefix))),
    pg_temp.find(format('{%s: {_cast: {String: {_neq: %s}}}}', attname, to_json(text)))
FROM vals, pg_attribute,
    LATERAL CAST((xpath('//v/text()', query_to_xml(format('SELECT (%I)::text AS v FROM vals WHERE id = 1', attname),
        true, true, '')))[1] AS text) AS escaped,
    LATERAL replace(replace(escaped, '&lt;', '<'), '&gt;', '>') AS text,
    LATERAL (SELECT replace(left(text, 1), '\', '\\') || '%') AS p(prefix)
WHERE vals.id = 1 AND attrelid = 'vals'::regclass AND attnum > 1 AND attname <> 'ai' ORDER BY attnum;

-- two and three operators, beside others; nothing; null
SELECT pg_temp.find('{i8: {_cast: {String: {_like: "3%"}}}}');
SELECT pg_temp.find('{i8: {_cast: {String: {_like: "3%", _nlike: "%0"}}}}');
SELECT pg_temp.find('{i8: {_cast: {String: {_like: "3%", _nlike: "%0", _in: ["30", "31"]}}, _gt: 1}}');
SELECT pg_temp.find('{i8: {_cast: {String: {_is_null: true}}}}');
SELECT pg_temp.find('{i8: {_cast: {String: {}}}}');
SELECT pg_temp.find('{i8: {_cast: {}}}');
SELECT pg_temp.find('{i8: {_cast: {String: null}}}');
SELECT pg_temp.find('{i8: {_cast: null}}');
-- two columns; under _or and _not
SELECT pg_temp.find('{id: {_cast: {String: {_like: "%1"}}}, i8: {_cast: {String: {_eq: "4"}}}}');
SELECT pg_temp.find('{_or: [{id: {_cast: {String: {_eq: "1"}}}}, {_not: {i8: {_cast: {String: {_regex: "^3"}}}}}]}');
-- the text of a text; casts in casts
SELECT pg_temp.find('{te: {_cast: {String: {_cast: {String: {_ilike: "ONE"}}}}}}');
-- variables: values, comparisons, casts
SELECT pg_temp.find('{i8: {_cast: {String: {_like: $l}}}}', '{"l": "3%"}', '($l: String)');
SELECT pg_temp.find('{i8: {_cast: {String: $c}}}', '{"c": {"_eq": "31"}}', '($c: String_comparison_exp)');
SELECT pg_temp.find('{i8: {_cast: $c}}', '{"c": {"String": {"_eq": "4"}}}', '($c: bigint_cast_exp)');
SELECT pg_temp.find('{i8: {_cast: $c}, id: {_cast: $d}}', '{"c": {"String": {"_eq": "4"}}, "d": {"String": {"_eq": "31"}}}',
    '($c: bigint_cast_exp, $d: Int_cast_exp)');
-- what is not there
SELECT pg_temp.find('{i8: {_cast: {Int: {_eq: 1}}}}');
SELECT pg_temp.find('{ai: {_cast: {String: {_eq: "{1}"}}}}');

-- aggregates and computed fields compare by the same types
CREATE TABLE parts (id int PRIMARY KEY, val_id int REFERENCES vals);
INSERT INTO parts SELECT i, CASE WHEN i < 13 THEN 1 ELSE 2 END FROM generate_series(1, 14) AS i;
SELECT pg_temp.find('{parts_aggregate: {count: {predicate: {_cast: {String: {_like: "1%"}}}}}}');
CREATE FUNCTION twice(vals) RETURNS int STABLE LANGUAGE sql AS 'SELECT 2 * $1.id';
SELECT remote_rel.add_computed_field('vals', 'twice', 'twice');
SELECT pg_temp.find('{twice: {_cast: {String: {_in: ["4", "62"]}}}}');

-- the types: one for each scalar, valid; other names by convention; a type of an API that has the name
SELECT remote_rel.validate_schema(graphql_schema());
SELECT string_agg(m[1], ' ') FROM regexp_matches(graphql_schema(), 'input (\w+_cast_exp) ', 'g') AS m;
SET remote_rel.naming_convention = 'graphql-default';
SELECT graphql_resolve('query ($c: BigintCastExp) { vals(where: {i8: {_cast: $c}}) { id } }',
    variables => '{"c": {"String": {"_eq": "31"}}}');
RESET remote_rel.naming_convention;
SELECT remote_rel.add_remote_schema('api', '{"url": "http://127.0.0.1:9/"}', sdl =>
    'type Query { f(a: Int_cast_exp): bigint_cast_exp } input Int_cast_exp { a: Int } type bigint_cast_exp { a: Int }');
-- a table of that name
CREATE TABLE uuid_cast_exp (id int PRIMARY KEY);
SELECT pg_temp.find('{uu: {_cast: {String: {_like: "a0%"}}}}'), graphql_resolve('{ uuid_cast_exp { id } }');
SELECT remote_rel.validate_schema(graphql_schema());

\set QUIET on
\c postgres
DROP DATABASE regress_table_cast;
