-- A database of its own: what public has in it is what the test is about.
CREATE DATABASE regress_table_order;
\c regress_table_order
\i test/setup.sql
-- order_by, and aggregates.

CREATE TABLE authors (id int PRIMARY KEY, name text NOT NULL, mentor_id int REFERENCES authors);
CREATE TABLE books (id int PRIMARY KEY, author_id int NOT NULL REFERENCES authors, title text NOT NULL,
                    price numeric, in_print boolean, stars smallint, sold bigint, rating float8,
                        score real, at date, info jsonb, code uuid);
INSERT INTO authors VALUES (1, 'Ada', NULL), (2, 'Bo', 1), (3, 'Cy', 1), (4, 'Di', 3);
INSERT INTO books VALUES
    (1, 1, 'Zen', 10.50, true, 3, 9223372036854775807, 0.1, 0.1, '2020-01-02', '{}', NULL),
        (2, 1, 'Yak', 7, false, 5, 1, 0.2, 1e30, '2021-01-02', NULL, NULL),
    (3, 2, 'Xi', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
        (4, 3, 'Wu', 3.25, true, 1, 2, 'NaN', 'Infinity', '2019-05-05', NULL, NULL),
    (5, 3, 'Vim', 7, true, 4, 3, '-Infinity', 3, 'infinity', NULL, NULL);

CREATE FUNCTION pg_temp.ordered(order_by text, variables jsonb DEFAULT NULL,
    definitions text DEFAULT '') RETURNS text LANGUAGE sql AS $$
    SELECT coalesce((SELECT string_agg(b ->> 'id', ' ')
        FROM json_array_elements(a #> '{data,books}') AS b), a ->> 'errors')
    FROM graphql_resolve(format('query%s { books(order_by: %s) { id } }', definitions, order_by),
        variables => variables) AS a
$$;
CREATE FUNCTION pg_temp.authors(order_by text) RETURNS text LANGUAGE sql AS $$
    SELECT coalesce((SELECT string_agg(b ->> 'name', ' ')
        FROM json_array_elements(a #> '{data,authors}') AS b), a ->> 'errors')
    FROM graphql_resolve(format('{ authors(order_by: %s) { name } }', order_by)) AS a
$$;

SELECT pg_temp.ordered('{id: desc}');
SELECT pg_temp.ordered('[{price: asc}, {id: asc}]');
SELECT pg_temp.ordered('[{price: desc}, {id: desc}]');
SELECT pg_temp.ordered('[{price: asc_nulls_first}, {id: asc}]');
SELECT pg_temp.ordered('[{price: asc_nulls_last}, {id: asc}]');
SELECT pg_temp.ordered('[{price: desc_nulls_first}, {id: asc}]');
SELECT pg_temp.ordered('[{price: desc_nulls_last}, {id: asc}]');
-- the order of keys in one object is the document's
SELECT pg_temp.ordered('{in_print: desc_nulls_last, id: desc}');
SELECT pg_temp.ordered('{id: desc, in_print: asc}');
SELECT pg_temp.ordered('{price: null, id: desc}');
SELECT pg_temp.ordered('[{}, {id: desc}]');
SELECT pg_temp.ordered('{id: desc, id: asc}');
SELECT pg_temp.ordered('$o', '{"o": [{"price": "asc"}, {"id": "desc"}]}',
    '($o: [books_order_by!])'), pg_temp.ordered('$o', '{"o": {"id": "desc"}}',
    '($o: [books_order_by!])'),
       pg_temp.ordered('{id: $d}', '{"d": "desc"}', '($d: order_by)'),
           pg_temp.ordered('{id: $d}', '{"d": "asc"}', '($d: order_by)'),
           pg_temp.ordered('$o', '{"o": []}', '($o: [books_order_by!])');
SELECT pg_temp.ordered('{id: up}');
SELECT pg_temp.ordered('{info: asc, title: asc}');
-- to one, through a chain; rows without one sort like nulls
SELECT pg_temp.ordered('[{author: {name: desc}}, {id: asc}]');
SELECT pg_temp.ordered('[{author: {mentor: {name: asc}}}, {id: desc}]');
SELECT pg_temp.ordered('[{author: {mentor: {name: asc_nulls_first}}}, {id: asc}]');
SELECT pg_temp.ordered('[{author: null}, {id: asc}]');
SELECT pg_temp.authors('[{mentor: {name: desc}}, {name: asc}]');
-- aggregates of the many
SELECT pg_temp.authors('[{books_aggregate: {count: desc}}, {name: desc}]'),
    pg_temp.authors('{books_aggregate: {max: {price: desc_nulls_last}}}'),
    pg_temp.authors('[{books_aggregate: {sum: {price: asc}}}, {id: asc}]'),
       pg_temp.authors('[{mentor: {books_aggregate: {count: asc}}}, {id: asc}]'),
           pg_temp.authors('[{authors_aggregate: {count: desc}},
           {books_aggregate: {avg: {price: asc}}}, {id: asc}]');
-- with limits and joins around
SELECT graphql_resolve('{ books(order_by: [{author: {name: desc}}, {id: desc}], limit: 3) { id author { name mentor { name } } } }');
SELECT graphql_resolve('{ authors(order_by: {books_aggregate: {count: desc}, id: asc}, limit: 2, offset: 1) { name mentor { name } books(order_by: {author: {name: asc}, id: desc}, limit: 1) { id } } }');

-- aggregates
SELECT graphql_resolve('{ books_aggregate { __typename aggregate { __typename count max { title price at stars } min { title at id } sum { __typename price stars sold rating } avg { price stars sold } } } }');
SELECT graphql_resolve('{ books_aggregate(where: {id: {_lte: 2}}) { aggregate { stddev { price } stddev_pop { price } stddev_samp { price } var_pop { price } var_samp { price } variance { price } sum { score } max { sold } } } }');
SELECT graphql_resolve('{ books_aggregate { aggregate { a: count b: count(columns: price) c: count(columns: [price], distinct: true) d: count(columns: [price, in_print]) e: count(columns: [price, in_print], distinct: true) f: count(columns: []) g: count(columns: null, distinct: null) } } }');
SELECT graphql_resolve('{ books_aggregate(where: {id: {_gt: 99}}) { aggregate { count sum { price } max { title } avg { stars } } nodes { id } } }');
SELECT graphql_resolve('{ books_aggregate(order_by: {id: desc}, limit: 2) { aggregate { count sum { price } } nodes { id author { name } } x: aggregate { max { id } } y: nodes { title } } }');
SELECT graphql_resolve('{ books_aggregate(distinct_on: author_id, order_by: [{author_id: asc}, {price: desc_nulls_last}], offset: 1) { aggregate { count } nodes { id price } } }');
SELECT graphql_resolve('{ books_aggregate { nodes { author { books_aggregate(where: {price: {_gt: 5}}) { aggregate { count } } } } } }');
SELECT graphql_resolve('query($d: Boolean, $c: [books_select_column!]) { books_aggregate { aggregate { count(columns: $c, distinct: $d) } } }', variables => '{"d": true, "c": ["price"]}'),
       graphql_resolve('query($d: Boolean, $c: [books_select_column!]) { books_aggregate { aggregate { count(columns: $c, distinct: $d) } } }', variables => '{"d": false, "c": ["price"]}');
-- exact digits
SELECT graphql_resolve('{ books(order_by: {id: asc}) { sold rating score } books_aggregate(where: {id: {_in: [1, 2]}}) { aggregate { sum { sold } } } }');
-- what the types have
SELECT t ->> 'name' || ': ' || (SELECT string_agg(i ->> 'name' || ' '
    || coalesce(i #>> '{type,name}', i #>> '{type,ofType,name}', '?'), ', ')
    FROM json_array_elements(coalesce(nullif((t -> 'fields')::text, 'null')::json,
    t -> 'inputFields')) AS i)
FROM json_array_elements(graphql_resolve('{ __schema { types { name fields { name type { name ofType { name } } } inputFields { name type { name ofType { name } } } } } }') #> '{data,__schema,types}') AS t
WHERE t ->> 'name' ~ '^books_(aggregate|max|min|sum|avg|stddev)' ORDER BY t ->> 'name' COLLATE "C";
-- without columns that can be added up there is no sum
SELECT graphql_resolve('{ __type(name: "x") { name } }');
CREATE TABLE flags (on_off boolean);
SELECT graphql_resolve('{ __type(name: "flags_aggregate_fields") { fields { name } } flags_aggregate { aggregate { count } } }');

-- what does not fit in the variables is told at the field that takes them
SELECT graphql_resolve('query ($d: [books_select_column!]) { authors { id } books(distinct_on: $d, order_by: {id: asc}) { id } }', variables => '{"d": ["title"]}');
SELECT graphql_resolve('query ($n: Int) { authors { id books(limit: $n) { id } } }', variables => '{"n": -1}');
SELECT graphql_resolve('query ($w: books_bool_exp) { books(where: $w) { id } }',
    variables => '{"w": {"title": {"_eq": null}}}');

\set QUIET on
\c postgres
DROP DATABASE regress_table_order;
