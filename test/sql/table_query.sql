-- A database of its own: what public has in it is what the test is about.
CREATE DATABASE regress_table_query;
\c regress_table_query
\i test/setup.sql
-- Root fields of tables, their arguments, relationships.

CREATE TABLE authors (id int PRIMARY KEY, name text NOT NULL, mentor_id int REFERENCES authors);
CREATE TABLE books (id int PRIMARY KEY, author_id int NOT NULL REFERENCES authors, title text NOT NULL,
                    price numeric, in_print boolean, tags text[], info jsonb);
INSERT INTO authors VALUES (1, 'Ada', NULL), (2, 'Bo', 1), (3, 'Cy', 1), (4, 'Di', 3);
INSERT INTO books VALUES
    (1, 1, 'Zen', 10.50, true, '{a,b}', '{"a": {"b": [1, "x", null]}, "odd key!": true, "0": "zero"}'),
    (2, 1, 'Yak', 7, false, '{}', '[1, 2]'), (3, 2, 'Xi', NULL, NULL, NULL, NULL),
    (4, 3, 'Wu "quoted" \ and
two lines', 3.25, true, '{"x,y",NULL,"\"q\""}', '"text"'), (5, 3, 'Vim', 1e3, true, '{{1,2},{3,4}}', 'null');

-- fields in the query's order, aliases, the same field twice, __typename
SELECT graphql_resolve('{ books(order_by: {id: asc}) { title id t: title title __typename } __typename }');
SELECT graphql_resolve('{ a: authors(limit: 1, order_by: {id: asc}) { id } b: authors(limit: 1, order_by: {id: desc}) { id } }');
-- values
SELECT graphql_resolve('{ books(order_by: {id: asc}) { id price in_print tags info } }');
-- by key
SELECT graphql_resolve('{ books_by_pk(id: 4) { title author { name } } none: books_by_pk(id: 99) { title } }');
SELECT graphql_resolve('query($id: Int!) { books_by_pk(id: $id) { title } }', variables => '{"id": 2}');
-- limit, offset
SELECT graphql_resolve('{ books(order_by: {id: asc}, limit: 2, offset: 1) { id } none: books(limit: 0) { id } all: books(limit: null, offset: null, where: null, order_by: null, distinct_on: null) { id } }');
SELECT graphql_resolve('{ books(limit: -1) { id } }');
SELECT graphql_resolve('query($n: Int) { books(order_by: {id: asc}, offset: $n) { id } }', variables => '{"n": 3}');
SELECT graphql_resolve('query($n: Int) { books(order_by: {id: asc}, offset: $n) { id } }', variables => '{"n": -3}');
SELECT graphql_resolve('query($n: Int) { books(order_by: {id: asc}, limit: 1, offset: $n) { id } }',
    variables => '{"n": null}');
SELECT graphql_resolve('query($n: Int) { books(order_by: {id: asc}, limit: 1, offset: $n) { id } }');
SELECT graphql_resolve('{ books(limit: 3000000000) { id } }');
-- distinct_on
SELECT graphql_resolve('{ books(distinct_on: author_id, order_by: [{author_id: asc}, {id: desc}]) { author_id id } }');
SELECT graphql_resolve('{ books(distinct_on: [in_print, author_id], order_by: [{author_id: desc}, {in_print: asc}, {id: asc}]) { author_id in_print id } }');
SELECT graphql_resolve('{ books(distinct_on: [author_id], order_by: [{id: asc}]) { id } }');
SELECT graphql_resolve('{ books(distinct_on: [author_id], limit: 2) { author_id author { name } } }');
SELECT graphql_resolve('{ books(distinct_on: []) { id } }');

-- to one: null key, chains, limits around
SELECT graphql_resolve('{ authors(order_by: {id: asc}) { name mentor { name mentor { name mentor { name } } } } }');
SELECT graphql_resolve('{ books(order_by: {title: desc}, limit: 2) { title author { name mentor { name } } } }');
SELECT graphql_resolve('{ books(where: {id: {_lte: 2}}) { author { __typename } } }');
-- to many: arguments count for each parent
SELECT graphql_resolve('{ authors(order_by: {id: asc}) { name books(order_by: {id: desc}, limit: 1) { id title } all: books(order_by: {id: asc}) { id } none: books(limit: 0) { id } } }');
SELECT graphql_resolve('{ authors(order_by: {name: desc}) { name authors(order_by: {name: asc}) { name books(where: {price: {_gt: 5}}) { title author { name } } } } }');
SELECT graphql_resolve('{ authors(order_by: {id: asc}) { id books_aggregate { aggregate { count sum { price } max { title } } nodes { id } } } }');
-- to one with something below it that a missing row must not reach
SELECT graphql_resolve('{ authors(order_by: {id: asc}) { id mentor { id books(order_by: {id: asc}) { id } } } }');
-- merged selections, fragments, directives
SELECT graphql_resolve('{ authors(where: {id: {_eq: 1}}) { books(order_by: {id: asc}) { id } ...B books(order_by: {id: asc}) { price } } } fragment B on authors { id books(order_by: {id: asc}) { title } }');
SELECT graphql_resolve('query($yes: Boolean = true) { authors(limit: 1, order_by: {id: asc}) { id @skip(if: $yes) name @include(if: $yes) ... @include(if: $yes) { mentor_id } } }');
SELECT graphql_resolve('query($yes: Boolean = true) { authors(limit: 1, order_by: {id: asc}) { id @skip(if: $yes) name @include(if: $yes) ... @include(if: $yes) { mentor_id } } }', variables => '{"yes": false}');

-- path
SELECT graphql_resolve('{ books_by_pk(id: 1) { a: info(path: "a.b[1]") b: info(path: "$.a.b") c: info(path: "[''odd key!'']") d: info(path: "$[\"odd key!\"]")
    e: info(path: "a.x.y") f: info(path: "[0]") g: info(path: "0") h: info(path: "$") i: info(path: "a[''b''][0]") j: info(path: null) } }');
SELECT graphql_resolve('{ books_by_pk(id: 2) { a: info(path: "[1]") b: info(path: "1") c: info(path: "$[5]") } }');
SELECT graphql_resolve('{ books_by_pk(id: 1) { a: info(path: "a..b") } }');
SELECT graphql_resolve('{ books_by_pk(id: 1) { a: info(path: "a[x]") } }');
SELECT graphql_resolve('query($p: String) { books_by_pk(id: 1) { info(path: $p) } }', variables => '{"p": "a.b[0]"}');
SELECT graphql_resolve('query($p: String) { books_by_pk(id: 1) { info(path: $p) } }', variables => '{"p": "a.b[1]"}');

-- views and materialized views have no key, and are nullable; more fields than a function has arguments
CREATE VIEW cheap AS SELECT * FROM books WHERE price < 8;
CREATE MATERIALIZED VIEW names AS SELECT name FROM authors;
SELECT graphql_resolve('{ cheap(order_by: {id: asc}) { id title } names(order_by: {name: asc}, limit: 1) { name } }');
SELECT graphql_resolve('{ __type(name: "cheap") { fields { name type { kind name } } } query: __type(name: "query_root") { fields { name } } }');
SELECT md5(graphql_resolve('{ books_by_pk(id: 2) { ' || string_agg('a' || i || ': id', ' ')
    || ' author { ' || string_agg('b' || i || ': name', ' ') || ' } } }')::text) =
       md5('{"data":{"books_by_pk":{' || string_agg('"a' || i || '":2', ',') || ',"author":{'
           || string_agg('"b' || i || '":"Ada"', ',') || '}}}}')
FROM generate_series(1, 3000) i;
SELECT md5(graphql_resolve('{ books(where: {id: {_lte: 2}}, order_by: {id: asc}) { '
    || string_agg('a' || i || ': id', ' ') || ' } }')::text) =
       md5('{"data":{"books":[{' || string_agg('"a' || i || '":1', ',') || '},{'
           || string_agg('"a' || i || '":2', ',') || '}]}}')
FROM generate_series(1, 500) i;
-- response keys longer than identifiers
SELECT graphql_resolve('{ books_by_pk(id: 2) { ' || repeat('x', 70) || 'a: id ' || repeat('x', 70) || 'b: title } }');
-- a table with 1600 columns, ordered and joined
DO $$BEGIN EXECUTE (SELECT format('CREATE TABLE wide (%s, author_id int REFERENCES authors)',
    string_agg('c' || i || ' int', ', ')) FROM generate_series(1, 1599) i); END$$;
INSERT INTO wide (c1, c1599, author_id) VALUES (1, 2, 3), (3, 4, 1);
SELECT length(graphql_resolve('{ wide(order_by: {c1: desc}, limit: 5) { '
    || string_agg('c' || i, ' ')
    || ' author { id name mentor_id mentor { id name mentor_id } } } }')::text)
FROM generate_series(1, 1599) i;
DROP TABLE wide;
-- names that need quotes; keywords
CREATE TABLE "MixedCase" ("Id" int PRIMARY KEY, "select" text, "from" int, "true" boolean,
    "t1" text, "c 1" int, __x int);
INSERT INTO "MixedCase" VALUES (1, 'a', 2, true, 'alias?', 5, 6);
SELECT graphql_resolve('{ MixedCase(order_by: {select: asc}, where: {from: {_eq: 2}, true: {_eq: true}}) { Id select from true t1 } MixedCase_by_pk(Id: 1) { Id } }');
SELECT type, name, reason
    FROM jsonb_to_recordset(remote_rel.metadata('{"type": "get_inconsistent_metadata", "args": {}}')
    -> 'inconsistent_objects') AS x(type text, name text, reason text);
-- no columns; names that belong to others
CREATE TABLE bare ();
CREATE TABLE books_aggregate (id int);
CREATE TABLE order_by (id int);
CREATE TABLE "sp ace" (id int);
SELECT graphql_resolve('{ bare { x } }');
SELECT type, name, reason
    FROM jsonb_to_recordset(remote_rel.metadata('{"type": "get_inconsistent_metadata", "args": {}}')
    -> 'inconsistent_objects') AS x(type text, name text, reason text);
-- inheritance: children are tables of their own, and show in their parent
CREATE TABLE people (id int PRIMARY KEY, name text);
CREATE TABLE workers (job text) INHERITS (people);
CREATE TABLE desks (person_id int REFERENCES people);
INSERT INTO people VALUES (1, 'p');
INSERT INTO workers VALUES (1, 'w', 'j'), (2, 'v', 'k');
INSERT INTO desks VALUES (1);
SELECT graphql_resolve('{ people(order_by: [{id: asc}, {name: asc}]) { id name } workers(order_by: {id: asc}) { id job } desks { person { id } } }');

\set QUIET on
\c postgres
DROP DATABASE regress_table_query;
