-- A database of its own: what public has in it is what the test is about.
CREATE DATABASE regress_table_where;
\c regress_table_where
\i test/setup.sql
-- Conditions.

CREATE TABLE authors (id int PRIMARY KEY, name text NOT NULL, mentor_id int REFERENCES authors);
CREATE TABLE books (id int PRIMARY KEY, author_id int NOT NULL REFERENCES authors, title text NOT NULL,
                    price numeric, in_print boolean, tags text[], info jsonb, rating float8, stars int[]);
INSERT INTO authors VALUES (1, 'Ada', NULL), (2, 'Bo', 1), (3, 'Cy', 1), (4, 'Di', 3);
INSERT INTO books VALUES
    (1, 1, 'Zen', 10.50, true, '{a,b}', '{"k": 1, "l": [1, 2]}', 1.5, '{1,2}'),
        (2, 1, 'Yak%', 7, false, '{}', '[1, "two"]', 2.5, '{}'),
    (3, 2, 'Xi_', NULL, NULL, NULL, NULL, NULL, NULL),
        (4, 3, 'wu', 3.25, true, '{b}', '{"l": 1}', 4, '{2}'),
        (5, 3, 'Vim', 7, true, '{c,d}', '"text"', 8, '{3,NULL}');

-- ids of the books that a condition finds
CREATE FUNCTION pg_temp.find(cond text, variables jsonb DEFAULT NULL, definitions text DEFAULT '')
    RETURNS text LANGUAGE sql AS $$
    SELECT coalesce((SELECT string_agg(b ->> 'id', ' ')
        FROM json_array_elements(a #> '{data,books}') AS b), a ->> 'errors')
    FROM graphql_resolve(format('query%s { books(order_by: {id: asc}, where: %s) { id } }',
        definitions, cond), variables => variables) AS a
$$;

SELECT pg_temp.find('{id: {_eq: 1}}'), pg_temp.find('{id: {_neq: 1}}'),
    pg_temp.find('{id: {_gt: 3}}'), pg_temp.find('{id: {_gte: 3}}'),
       pg_temp.find('{id: {_lt: 3}}'), pg_temp.find('{id: {_lte: 3}}');
SELECT pg_temp.find('{id: {_in: [1, 3, 99]}}'), pg_temp.find('{id: {_in: 2}}'), pg_temp.find('{id: {_nin: [1, 3]}}'),
       pg_temp.find('{id: {_in: []}}'), pg_temp.find('{id: {_nin: []}}');
SELECT pg_temp.find('{price: {_is_null: true}}');
SELECT pg_temp.find('{price: {_is_null: false}}');
SELECT pg_temp.find('{price: {_neq: 7}}');
SELECT pg_temp.find('{_not: {price: {_eq: 7}}}');
SELECT pg_temp.find('{price: {_eq: 7.0}}');
SELECT pg_temp.find('{price: {_eq: "7"}}');
SELECT pg_temp.find('{price: {_gt: 1e1}}');
SELECT pg_temp.find('{price: {_in: [7, "10.5"]}}');
SELECT pg_temp.find('{title: {_like: "%i%"}}'), pg_temp.find('{title: {_nlike: "%i%"}}'),
    pg_temp.find('{title: {_ilike: "W%"}}'), pg_temp.find('{title: {_nilike: "W%"}}'),
       pg_temp.find('{title: {_like: "Yak\\%"}}'), pg_temp.find('{title: {_similar: "(Zen|Vi_)"}}'),
           pg_temp.find('{title: {_nsimilar: "(Zen|Vi_)"}}'),
       pg_temp.find('{title: {_regex: "^[A-Z]i"}}'), pg_temp.find('{title: {_nregex: "^[A-Z]i"}}'),
           pg_temp.find('{title: {_iregex: "^W"}}'), pg_temp.find('{title: {_niregex: "^W"}}');
SELECT pg_temp.find('{in_print: {_eq: true}}');
SELECT pg_temp.find('{in_print: {_in: [true, false]}}');
SELECT pg_temp.find('{in_print: {_gt: false}}');
-- several operators, several columns; nothing
SELECT pg_temp.find('{id: {_gt: 1, _lt: 4}, price: {_is_null: false}}');
SELECT pg_temp.find('{}');
SELECT pg_temp.find('{id: {}}');
SELECT pg_temp.find('null');
SELECT pg_temp.find('{id: null}');
-- _and, _or, _not
SELECT pg_temp.find('{_and: [{id: {_gt: 1}}, {id: {_lt: 3}}]}'),
    pg_temp.find('{_or: [{id: {_eq: 1}}, {id: {_eq: 5}}]}'),
    pg_temp.find('{_not: {id: {_in: [1, 2]}}}'),
       pg_temp.find('{_and: []}'), pg_temp.find('{_or: []}'), pg_temp.find('{_not: {}}'),
           pg_temp.find('{_or: {id: {_eq: 1}}}'), pg_temp.find('{_or: [{}]}'),
       pg_temp.find('{_and: null, _or: null, _not: null}'),
           pg_temp.find('{_or: [{_and: [{id: {_lt: 3}}, {_not: {id: {_eq: 1}}}]}, {id: {_eq: 4}}]}'),
       pg_temp.find('{id: {_lt: 3}, _or: [{id: {_eq: 1}}, {id: {_eq: 5}}]}');
-- arrays
SELECT pg_temp.find('{tags: {_contains: ["b"]}}'),
    pg_temp.find('{tags: {_contained_in: ["a", "b"]}}'), pg_temp.find('{tags: {_eq: ["b"]}}'),
    pg_temp.find('{tags: {_contains: "b"}}'),
       pg_temp.find('{tags: {_eq: []}}'), pg_temp.find('{tags: {_in: [["b"], ["c", "d"]]}}'),
           pg_temp.find('{tags: {_nin: [["b"]]}}'), pg_temp.find('{tags: {_in: []}}'),
       pg_temp.find('{tags: {_gt: ["b"]}}'), pg_temp.find('{stars: {_contains: [2]}}'),
           pg_temp.find('{stars: {_is_null: true}}');
-- jsonb
SELECT pg_temp.find('{info: {_contains: {k: 1}}}'),
    pg_temp.find('{info: {_contained_in: [1, "two", 3]}}'), pg_temp.find('{info: {_has_key: "l"}}'),
    pg_temp.find('{info: {_has_keys_any: ["k", "two"]}}'),
       pg_temp.find('{info: {_has_keys_all: ["k", "l"]}}'), pg_temp.find('{info: {_eq: "text"}}'),
           pg_temp.find('{info: {_eq: {l: 1}}}'),
           pg_temp.find('{info: {_cast: {String: {_like: "%two%"}}}}'),
       pg_temp.find('{info: {_contains: [two]}}'), pg_temp.find('{info: {_in: [{l: 1}, "text"]}}');
SELECT pg_temp.find('{info: {_contains: {l: [$x]}}}', '{"x": 2}', '($x: Int)'),
    pg_temp.find('{info: {_contains: $x}}', '{"x": {"l": [2]}}', '($x: jsonb)'),
       pg_temp.find('{info: {_contains: $x}}', '{"x": [1]}', '($x: jsonb)');

-- null is an error where an operator wants a value; an absent variable leaves the operator out
SELECT pg_temp.find('{id: {_eq: null}}');
SELECT pg_temp.find('{id: {_is_null: null}}');
SELECT pg_temp.find('{id: {_in: null}}');
SELECT pg_temp.find('{id: {_eq: $x}}', '{"x": null}', '($x: Int)');
SELECT pg_temp.find('{id: {_eq: $x}}', '{}', '($x: Int)');
SELECT pg_temp.find('{id: {_eq: $x}}', '{"x": 4}', '($x: Int)');
SELECT pg_temp.find('{id: {_eq: $x}}', '{"x": 5}', '($x: Int)');
SELECT pg_temp.find('{id: {_in: [1, null]}}');
-- variables that are whole conditions, of one shape and of several
SELECT pg_temp.find('$w', '{"w": {"id": {"_in": [1, 2]}}}', '($w: books_bool_exp)'),
    pg_temp.find('$w', '{"w": {"id": {"_in": [3]}}}', '($w: books_bool_exp)'),
       pg_temp.find('$w', '{"w": {"id": {"_nin": [3]}}}', '($w: books_bool_exp)'),
           pg_temp.find('$w', '{"w": {}}', '($w: books_bool_exp)'),
           pg_temp.find('$w', '{"w": null}', '($w: books_bool_exp)'),
       pg_temp.find('$w', '{"w": {"price": {"_is_null": true}}}', '($w: books_bool_exp)'),
           pg_temp.find('$w', '{"w": {"price": {"_is_null": false}}}', '($w: books_bool_exp)'),
       pg_temp.find('$w', '{"w": {"_or": [{"id": {"_eq": 1}}, {"title": {"_eq": "wu"}}]}}',
           '($w: books_bool_exp)'), pg_temp.find('$w',
           '{"w": {"_or": [{"id": {"_eq": 2}}, {"title": {"_eq": "Vim"}}]}}',
           '($w: books_bool_exp)');
SELECT pg_temp.find('{_or: [{id: {_in: [$a, 2, $b]}}, {title: $t}]}',
    '{"a": 1, "b": 4, "t": {"_eq": "Vim"}}', '($a: Int!, $b: Int!, $t: String_comparison_exp)'),
       pg_temp.find('{_or: [{id: {_in: [$a, 2, $b]}}, {title: $t}]}',
           '{"a": 3, "b": 4, "t": {"_eq": "Zen"}}',
           '($a: Int!, $b: Int!, $t: String_comparison_exp)');
SELECT pg_temp.find('$w', '{"w": {"id": {"_eq": null}}}', '($w: books_bool_exp)');
SELECT pg_temp.find('$w', '{"w": {"id": {"_ne": 1}}}', '($w: books_bool_exp)');
SELECT pg_temp.find('{id: {_ne: 1}}');
SELECT pg_temp.find('{rating: {_like: "x"}}');

-- relationships
SELECT pg_temp.find('{author: {name: {_eq: "Ada"}}}');
SELECT pg_temp.find('{author: {mentor: {name: {_eq: "Ada"}}}}');
SELECT pg_temp.find('{author: {}}');
SELECT pg_temp.find('{author: null}');
SELECT pg_temp.find('{_not: {author: {mentor: {}}}}');
CREATE FUNCTION pg_temp.authors(cond text) RETURNS text LANGUAGE sql AS $$
    SELECT coalesce((SELECT string_agg(b ->> 'name', ' ')
        FROM json_array_elements(a #> '{data,authors}') AS b), a ->> 'errors')
    FROM graphql_resolve(format('{ authors(order_by: {id: asc}, where: %s) { name } }', cond)) AS a
$$;
SELECT pg_temp.authors('{books: {}}'), pg_temp.authors('{_not: {books: {}}}'),
    pg_temp.authors('{books: {in_print: {_eq: true}, price: {_gt: 5}}}'),
       pg_temp.authors('{_not: {books: {_not: {price: {_gt: 5}}}}}'),
           pg_temp.authors('{authors: {books: {title: {_eq: "wu"}}}}');
-- aggregates
SELECT pg_temp.authors('{books_aggregate: {count: {predicate: {_gte: 2}}}}'),
    pg_temp.authors('{books_aggregate: {count: {predicate: {_eq: 0}}}}'),
       pg_temp.authors('{books_aggregate: {count: {arguments: [price], distinct: true, filter: {in_print: {_eq: true}}, predicate: {_gte: 2}}}}'),
       pg_temp.authors('{books_aggregate: {bool_and: {arguments: in_print, predicate: {_eq: true}}}}'), pg_temp.authors('{books_aggregate: {bool_or: {arguments: in_print, predicate: {_eq: true}}}}'),
       pg_temp.authors('{books_aggregate: {avg: {arguments: rating, predicate: {_gt: 3}}}}'),
           pg_temp.authors('{books_aggregate: {max: {arguments: rating, predicate: {_is_null: true}}}}'),
       pg_temp.authors('{books_aggregate: {corr: {arguments: {X: rating, Y: rating}, predicate: {_gt: 0.5}}}}'), pg_temp.authors('{books_aggregate: {}}'),
       pg_temp.authors('{books_aggregate: {sum: {arguments: rating, distinct: true, predicate: {_gte: 4}}, count: {predicate: {_lt: 2}}}}');
SELECT pg_temp.authors('{books_aggregate: {bool_and: {arguments: price, predicate: {_eq: true}}}}');

-- on nested lists and aggregates
SELECT graphql_resolve('{ authors(where: {books: {}}, order_by: {id: asc}) { id books(where: {price: {_lte: 7}}, order_by: {id: asc}) { id } books_aggregate(where: {in_print: {_eq: true}}) { aggregate { count } } } }');
-- values PostgreSQL refuses
SELECT pg_temp.find('{price: {_eq: "abc"}}');
SELECT pg_temp.find('{title: {_regex: "("}}');
SELECT pg_temp.find('{title: {_eq: "a\u0000b"}}');
SELECT pg_temp.find('{price: {_eq: [1]}}');
SELECT pg_temp.find('{price: {_eq: {a: 1}}}');

-- sub-types: citext, char(n), name, enums, domains, ltree
CREATE EXTENSION citext SCHEMA test;
CREATE EXTENSION ltree SCHEMA test;
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE DOMAIN positive AS int CHECK (VALUE > 0);
CREATE TABLE kinds (id int PRIMARY KEY, ci test.citext, ch char(5), na name, mo mood, po positive,
    lt test.ltree, js json, pt point, mos mood[], vc varchar(3), bt bit(3));
INSERT INTO kinds VALUES (1, 'Abc', 'ab', 'n1', 'ok', 5, 'a.b.c', '{"a": 1}', '(1,2)',
    '{sad,happy}', 'abc', '101'), (2, 'xyz', 'c', 'n2', 'happy', 7, 'a.x', '[]', NULL, '{}', 'd',
    '011');
CREATE FUNCTION pg_temp.kinds(cond text) RETURNS text LANGUAGE sql AS $$
    SELECT coalesce((SELECT string_agg(b ->> 'id', ' ')
        FROM json_array_elements(a #> '{data,kinds}') AS b), a ->> 'errors')
    FROM graphql_resolve(format('{ kinds(order_by: {id: asc}, where: %s) { id } }', cond)) AS a
$$;
SELECT pg_temp.kinds('{ci: {_eq: "ABC"}}');
SELECT pg_temp.kinds('{ci: {_like: "AB%"}}');
SELECT pg_temp.kinds('{ci: {_regex: "^X"}}');
SELECT pg_temp.kinds('{ci: {_similar: "A(B|C)%"}}');
SELECT pg_temp.kinds('{ci: {_in: ["ABC", "XYZ"]}}');
SELECT pg_temp.kinds('{ch: {_eq: "ab"}}');
SELECT pg_temp.kinds('{ch: {_like: "a%"}}');
SELECT pg_temp.kinds('{na: {_eq: "n1"}}');
SELECT pg_temp.kinds('{vc: {_eq: "abcdef"}}');
SELECT pg_temp.kinds('{vc: {_like: "a%"}}');
SELECT pg_temp.kinds('{bt: {_eq: "101"}}');
SELECT pg_temp.kinds('{mo: {_eq: happy}}');
SELECT pg_temp.kinds('{mo: {_eq: "happy"}}');
SELECT pg_temp.kinds('{mo: {_gt: sad, _lt: happy}}');
SELECT pg_temp.kinds('{mo: {_in: [sad, "ok"]}}');
SELECT pg_temp.kinds('{mos: {_contains: [happy]}}');
SELECT pg_temp.kinds('{mo: {_eq: angry}}');
SELECT pg_temp.kinds('{po: {_gt: 5}}');
SELECT pg_temp.kinds('{po: {_eq: -1}}');
SELECT pg_temp.kinds('{pt: {_is_null: true}}');
SELECT pg_temp.kinds('{js: {_is_null: false}}');
SELECT pg_temp.kinds('{lt: {_eq: "a.x"}}'), pg_temp.kinds('{lt: {_ancestor: "a.b.c.d"}}'),
    pg_temp.kinds('{lt: {_descendant: "a.b"}}'), pg_temp.kinds('{lt: {_matches: "*.x"}}'),
       pg_temp.kinds('{lt: {_matches_any: ["*.x", "*.c"]}}'),
           pg_temp.kinds('{lt: {_matches_fulltext: "b & c"}}'),
           pg_temp.kinds('{lt: {_descendant_any: ["a.b", "z"]}}');
SELECT pg_temp.kinds('{js: {_eq: "x"}}');
SELECT string_agg(t ->> 'name' || ': ' || (SELECT string_agg(i ->> 'name', ' ')
    FROM json_array_elements(t -> 'inputFields') AS i), E'\n' ORDER BY t ->> 'name' COLLATE "C")
FROM json_array_elements(graphql_resolve('{ __schema { types { name inputFields { name } } } }') #> '{data,__schema,types}') AS t WHERE t ->> 'name' LIKE '%comparison_exp';

\set QUIET on
\c postgres
DROP DATABASE regress_table_where;
