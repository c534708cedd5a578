-- A database of its own: what public has in it is what the test is about.
CREATE DATABASE regress_table_types;
\c regress_table_types
\i test/setup.sql
-- Types: how they are called, go out and come in.

CREATE EXTENSION hstore SCHEMA test;
CREATE TYPE mood AS ENUM ('sad', 'happy', 'so so');
CREATE TYPE address AS (street text, no int, tags text[]);
CREATE DOMAIN zip AS text CHECK (VALUE ~ '^\d+$');
CREATE DOMAIN zips AS zip[];
CREATE TYPE "odd type" AS ENUM ('x');
CREATE TABLE vals (id int PRIMARY KEY, i2 smallint, i8 bigint, nu numeric(10,2), f4 real,
    f8 double precision, bo boolean, te text, vc varchar(10), bp char(3), na name, ch "char",
    uu uuid, da date, ti time, tz timetz, ts timestamp, tt timestamptz, iv interval, ba bytea,
        ip inet, ci cidr, ma macaddr, bi bit(4), vb bit varying, mo money, js json, jb jsonb,
    xm xml, r4 int4range, rt tstzrange, po point, bx box, en mood, co address, zi zip, zs zips,
        od "odd type", hs test.hstore, tv tsvector, oi oid,
    ai int[], at text[], ae mood[], ac address[], aj jsonb[], ad date[], mat int[][]);
SET timezone = 'UTC';
SET intervalstyle = 'postgres';
INSERT INTO vals VALUES (1, -32768, -9223372036854775808, 12345678.90, 1.1, 0.1, true,
    E'tab\there "q" \\ \u00e9 \x01\x1f', 'v', 'b', 'n', 'c',
    'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '2020-02-29', '12:34:56.789', '12:34:56+02',
        '2020-02-29 12:34:56.5', '2020-02-29 12:34:56.5+02', '1 day 02:03', '\xdeadbeef',
        '10.0.0.1/8', '10.0.0.0/8',
    '08:00:2b:01:02:03', '1010', '10', 5, E'{"b": 1,\n "a" : [1,2] }', '{"b": 1, "a": [1, 2.50]}',
        '<a>"x"</a>', '[1,5)', '[2020-01-01,)', '(1,2)', '(1,2),(0,0)', 'happy',
        '("a ""b""",5,"{x,NULL}")', '12345', '{1,2}', 'x',
    'a=>1,b=>NULL', 'fat:2 cat:3', 42, '{1,NULL,3}', '{"a","b,c",NULL}', '{sad,"so so"}',
        ARRAY[ROW('s', 1, '{}')::address], ARRAY['{"x": 1}'::jsonb, 'null'],
        '{2020-01-01,infinity}', '{{1,2},{3,4}}');
INSERT INTO vals (id, i8, nu, f4, f8, da, ts, tt, ai)
    VALUES (2, 9007199254740993, 'NaN', 'Infinity', 'NaN', '-infinity', 'infinity', 'infinity',
    '{}');
CREATE TEMP TABLE shown AS SELECT a -> 'data' -> 'vals' AS rows
    FROM graphql_resolve('{ vals(order_by: {id: asc}) { i2 i8 nu f4 f8 bo te vc bp na ch uu da ti tz ts tt iv ba ip ci ma bi vb mo js jb xm r4 rt po bx en co zi zs od hs tv oi ai at ae ac aj ad mat } }') AS a;
SELECT key || ': ' || value FROM shown, json_each_text(rows -> 0);
SELECT rows -> 0 -> 'js' AS "byte for byte", rows -> 0 ->> 'te' = te AS same FROM shown, vals WHERE id = 1;
SELECT key || ': ' || value::text FROM shown, json_each(rows -> 1) WHERE value::text <> 'null';
-- the same as to_json() gives, for all of them
SELECT key, a.value::text, b.value::text FROM shown, vals,
    json_each(rows -> 0) AS a JOIN json_each(to_json(vals)) AS b USING (key)
    WHERE id = 1 AND a.value::text <> b.value::text;

-- names in GraphQL
SELECT string_agg((f ->> 'name') || ' ' || CASE f #>> '{type,kind}' WHEN 'LIST' THEN '[' || (f #>> '{type,ofType,name}') || ']'
    ELSE coalesce(f #>> '{type,name}', f #>> '{type,ofType,name}') END, ', ')
FROM json_array_elements(graphql_resolve('{ __type(name: "vals") { fields { name type { kind name ofType { name } } } } }') #> '{data,__type,fields}') AS f;
-- a table with the name of a type
CREATE TYPE test.things AS ENUM ('a', 'b');
CREATE TABLE things (x test.things);
INSERT INTO things VALUES ('a'), ('b');
SELECT graphql_resolve('query($t: things_scalar) { things(where: {x: {_gte: $t, _in: [a, b]}}) { x } __type(name: "things_scalar") { kind } table: __type(name: "things") { kind } }', variables => '{"t": "b"}');

-- each value finds its own row again, as a literal and as a variable: nothing is lost on the way
CREATE FUNCTION pg_temp.found_again(col text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    type text := (SELECT coalesce(f #>> '{type,name}',
        CASE f #>> '{type,kind}' WHEN 'LIST' THEN '[' || (f #>> '{type,ofType,name}') || ']'
            ELSE f #>> '{type,ofType,name}' END)
                  FROM json_array_elements(graphql_resolve('{ __type(name: "vals") { fields { name type { kind name ofType { name } } } } }') #> '{data,__type,fields}') AS f WHERE f ->> 'name' = col);
    value text := (SELECT (rows -> 0 -> col)::text FROM shown);
    literal text := regexp_replace(value, '"([A-Za-z_]\w*)" ?:', '\1:', 'g');
BEGIN
    RETURN (graphql_resolve(format('{ vals(where: {%s: {_eq: %s}}) { id } }', col,
        literal)) #>> '{data,vals,0,id}') || ' ' ||
           (graphql_resolve(format('query($v: %s) { vals(where: {%s: {_eq: $v}}) { id } }', type,
               col), variables => format('{"v": %s}', value)::jsonb) #>> '{data,vals,0,id}');
END
$$;
SELECT string_agg(col || ' ' || coalesce(pg_temp.found_again(col), 'LOST'), ', ')
FROM unnest('{i2,i8,nu,f8,bo,vc,bp,na,ch,uu,da,ti,tz,ts,tt,iv,ba,ip,ci,ma,bi,vb,mo,jb,r4,rt,en,zi,tv,oi,zs,ad}'::text[]) AS col;
SELECT graphql_resolve('{ a: vals(where: {i8: {_eq: "9007199254740993"}}) { id } b: vals(where: {i8: {_eq: 9007199254740993}}) { id } c: vals(where: {i8: {_eq: 9007199254740992}}) { id }
    d: vals(where: {nu: {_eq: 12345678.9000000000000000000001}}) { id } e: vals(where: {bo: {_eq: true}}) { id } f: vals(where: {da: {_lt: "2021-01-01", _gt: "2019-12-31"}}) { id }
    g: vals(where: {oi: {_in: [42, "43"]}}) { id } h: vals(where: {ad: {_eq: ["2020-01-01", infinity]}}) { id } }');
SELECT graphql_resolve('query($a: bigint, $b: [bigint!]) { a: vals(where: {i8: {_eq: $a}}) { id } b: vals(where: {i8: {_in: $b}}) { id } }', variables => '{"a": 9007199254740993, "b": [9007199254740993, "-9223372036854775808"]}');
SELECT graphql_resolve('{ vals(where: {uu: {_eq: "abc"}}) { id } }');
SELECT graphql_resolve('{ vals(where: {i2: {_eq: 40000}}) { id } }');
SELECT graphql_resolve('{ vals(where: {te: {_eq: 5}}) { id } }');
SELECT graphql_resolve('{ vals(where: {id: {_eq: "5"}}) { id } }');
-- empty arrays, arrays of one, in both directions
SELECT graphql_resolve('{ a: vals(where: {ai: {_eq: []}}) { id ai } b: vals(where: {zs: {_eq: ["1", "2"]}}) { zs } c: vals(where: {ae: {_contains: [sad]}}) { ae } d: vals(where: {ac: {_is_null: false}}) { ac } }');
-- a type that cannot be spelled is a String, without a String's operators; types of one name
SELECT graphql_resolve('{ vals(where: {od: {_eq: "x"}, te: {_like: "%"}}) { id od } __type(name: "String_comparison_exp") { inputFields { name } } }');
SELECT graphql_resolve('{ vals(where: {od: {_like: "x"}}) { id } }');
CREATE SCHEMA other;
CREATE TYPE other.mood AS (x point);
CREATE TABLE moods (a mood, b other.mood);
INSERT INTO moods VALUES ('sad', '("(1,2)")');
SELECT graphql_resolve('{ moods(where: {a: {_gte: sad}, b: {_is_null: false}}) { a b } }');
SELECT graphql_resolve('{ moods(where: {b: {_gte: sad}}) { a b } }');
-- a domain over an enum compares and aggregates like the enum; arrays contain only what has an equality
CREATE DOMAIN feeling AS mood;
CREATE TABLE feelings (f feeling PRIMARY KEY, g int, j json[]);
INSERT INTO feelings VALUES ('happy', 1), ('sad', 1);
SELECT graphql_resolve('{ a: feelings(where: {f: {_eq: happy}}) { f } b: feelings(where: {f: {_in: [sad, "so so"]}}) { f } c: feelings(where: {f: {_lt: "happy"}}) { f }
    feelings_by_pk(f: sad) { f } feelings(order_by: {f: desc}, distinct_on: f) { f } feelings_aggregate { aggregate { max { f } min { f } count(columns: f, distinct: true) } } }');
SELECT graphql_resolve('{ feelings(where: {j: {_contains: []}}) { f } }');
-- settings that change texts
SET extra_float_digits = 0;
SET datestyle = 'German';
SET bytea_output = 'escape';
SET intervalstyle = 'iso_8601';
SELECT graphql_resolve('{ vals(where: {id: {_eq: 1}}) { f8 da tt iv ba } }');
RESET extra_float_digits;
RESET datestyle;
RESET bytea_output;
RESET intervalstyle;
SET timezone = 'Asia/Tokyo';
SELECT graphql_resolve('{ vals(where: {id: {_eq: 1}}) { tt } }');
RESET timezone;
-- sets of strings around the builder's word size
SELECT bool_and(remote_rel.json_object('$', s) ::text = to_json(s)::text)
FROM (SELECT substr(repeat('abcdefghij"klmnop\qrstuv' || chr(i) || 'wxyz' || chr(232), 2), j,
    k) AS s FROM generate_series(1, 40) i, generate_series(1, 9) j, generate_series(0, 40) k) AS t;
SELECT remote_rel.json_rows('{"a":$,"b":?{"c":$},"d":[$,"$?{"]}', i, nullif(i, 2), i * 10,
    'x'::text) FROM generate_series(1, 3) AS i;
SELECT remote_rel.json_rows('{"a":$}', i) FROM generate_series(1, 0) AS i;
SELECT remote_rel.json_rows('"x"') FROM generate_series(1, 3) AS i;
SELECT sum(i) OVER w, remote_rel.json_rows('$', i) OVER w FROM generate_series(1, 4) AS i WINDOW w AS (ORDER BY i);
SELECT test.failure($$SELECT remote_rel.json_object('$ $', 1)$$),
    test.failure($$SELECT remote_rel.json_object('{', 1)$$),
    test.failure($$SELECT remote_rel.json_object('}', 1)$$),
       test.failure($$SELECT remote_rel.json_object('?$', 1, 2)$$),
           test.failure($$SELECT remote_rel.json_object('"', 1)$$),
           test.failure($$SELECT remote_rel.json_object(E'\x01', 1)$$),
           test.failure($$SELECT remote_rel.json_object(E'"\x01"', 1)$$),
           test.failure($$SELECT remote_rel.json_object(NULL, 1)$$),
       test.failure($$SELECT remote_rel.json_object('$', VARIADIC ARRAY[1])$$),
           left(test.failure($$SELECT remote_rel.json_rows_add(NULL, '$', 1)$$), 5) IN ('42883',
           '0A000');

\set QUIET on
\c postgres
DROP DATABASE regress_table_types;
