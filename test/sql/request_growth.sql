CREATE DATABASE regress_request_growth;
\c regress_request_growth
\i test/setup.sql
-- A variable that is used often, a fragment that is spread often: what is made of them has a bound, in proportion to the request.
CREATE TABLE authors (id int PRIMARY KEY, name text, data jsonb);
CREATE TABLE books (id int PRIMARY KEY, author_id int REFERENCES authors, title text);
INSERT INTO authors VALUES (1, 'Ada', '{}');
INSERT INTO books VALUES (1, 1, 'Zen');
SELECT remote_rel.add_remote_schema('api', '{"url": "http://127.0.0.1:1/"}', sdl => '
    input I { b: String c: [I!] } type N { id: ID s(x: I, t: String): String n(x: I): N } type Query { node(id: ID, x: I, t: String): N }');
SELECT remote_rel.create_remote_relationship('authors', 'r', 'api', '{"node": {"arguments": {"id": "$id"}}}');
SELECT remote_rel.create_remote_relationship('books', 'rx', 'api',
    '{"node": {"arguments": {"id": "$id", "x": {"b": "$title"}}}}');
-- n times the same field, each under a name of its own
CREATE FUNCTION times(n int, field text) RETURNS text LANGUAGE sql AS
    $$ SELECT string_agg(format('a%s: %s', i, field), ' ') FROM generate_series(1, n) AS i $$;
CREATE FUNCTION conditions(n int) RETURNS text LANGUAGE sql AS $$ SELECT '_or: [' || repeat('{id: {_eq: 5}} ', n) || ']' $$;
-- 'too much', or the first error, or how long the answer is
CREATE FUNCTION ask(query text, variables jsonb DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
    SELECT CASE WHEN message LIKE 'The document uses large fragments or variables too often: %' THEN 'too much'
        ELSE coalesce(message, length(answer::text) || ' bytes') END
    FROM graphql_resolve(query, NULL, variables) AS answer, LATERAL (SELECT answer #>> '{errors,0,message}') AS first(message) $$;

-- Conditions: in a variable, in a list of it, in a fragment below a relationship, of changes
SELECT jsonb_build_object('w', jsonb_build_object('_or', jsonb_agg('{"id": {"_eq": 5}}'::jsonb))) AS w FROM generate_series(1, 3000) \gset
SELECT ask('query ($w: books_bool_exp) { ' || times(2, 'books(where: $w) { id }') || ' }', :'w');
SELECT ask('query ($w: books_bool_exp) { ' || times(300, 'books(where: $w) { id }') || ' }', :'w');
SELECT ask('query ($w: books_bool_exp!) { books(where: {_or: [' || repeat('$w ', 300) || ']}) { id } }', :'w');
SELECT ask('{ authors { ' || times(300, 'books { author { ...f } }') || ' } } fragment f on authors { books(where: {'
    || conditions(3000) || '}) { id } }');
SELECT ask('mutation ($w: books_bool_exp!) { update_books_many(updates: [' || repeat('{where: $w, _set: {title: "x"}} ', 300)
    || ']) { affected_rows } }', :'w');
-- Values
SELECT jsonb_build_object('s', repeat('x', 200000)) AS v \gset
SELECT ask('query ($s: String) { ' || times(3000, 'books(where: {title: {_eq: $s}}) { id }') || ' }', :'v');
SELECT ask('query ($s: jsonb) { authors(where: {_or: [' || repeat('{data: {_contains: $s}} ', 3000) || ']}) { id } }', :'v');
-- A kept plan, with small values and then with large ones
SELECT ask('query ($s: String) { books(where: {_or: [' || repeat('{title: {_eq: $s}} ', 400) || ']}) { id } }', v)
FROM (VALUES (1, '{"s": "x"}'::jsonb), (2, :'v'), (3, '{"s": "y"}')) AS calls(n, v) ORDER BY n;
-- Paths into json
SELECT jsonb_build_object('p', repeat('a.', 20000) || 'b') AS p \gset
SELECT ask('query ($p: String) { ' || times(50, 'authors { ...f }') || ' } fragment f on authors { '
    || times(50, 'data(path: $p)') || ' }', :'p');
SELECT ask('{ authors { ' || times(1000, 'data(path: "' || repeat('a.', 200) || 'b")') || ' } }');
SELECT ask('{ authors { ' || times(10, 'data(path: "' || repeat('a.', 100) || 'b")') || ' } }');
-- Lists of columns
SELECT jsonb_build_object('o', jsonb_agg('title'::text)) AS o FROM generate_series(1, 3000) \gset
SELECT ask('query ($o: [books_select_column!]) { ' || times(3000, 'books(distinct_on: $o) { id }') || ' }', :'o');
SELECT ask('{ ' || times(900, 'books_aggregate { aggregate { ...f } }') || ' } fragment f on books_aggregate_fields { '
    || times(40, 'count(columns: [' || repeat('id title ', 50) || '])') || ' }');
-- Documents for remote schemas, and variables that go with them
SELECT jsonb_build_object('x', jsonb_build_object('c', jsonb_agg('{"b": "x"}'::jsonb))) AS x FROM generate_series(1, 10000) \gset
SELECT ask('{ ' || times(500, 'node(id: 1) { ...f }') || ' } fragment f on N { s(t: "' || repeat('x', 100000) || '") }');
SELECT ask('{ node { ' || times(500, 'n { ...f }') || ' } } fragment f on N { s(t: "' || repeat('x', 100000) || '") }');
SELECT ask('{ node { ' || times(500, 'n { ...f }') || ' } } fragment f on N { s(x: {c: [' || repeat('{b: "x"} ', 5000) || ']}) }');
SELECT ask('{ ' || times(500, 'authors { r { ...f } }') || ' } fragment f on N { s(t: "' || repeat('x', 100000) || '") }');
SELECT ask('query ($x: I) { ' || times(300, 'authors { r { s(x: $x) } }') || ' }', :'x');
SELECT ask('query ($c: [I!]) { ' || times(300, 'books { rx(x: {c: $c}) { id } }') || ' }', jsonb_build_object('c', :'x'::jsonb #> '{x,c}'));

-- A long document has no such products
SELECT ask('{ books(where: {' || conditions(4000) || '}) { id } }');
SELECT ask('{ books(where: {title: {_eq: "' || repeat('x', 9000000) || '"}}) { id } }');

\set QUIET on
\c postgres
DROP DATABASE regress_request_growth;
