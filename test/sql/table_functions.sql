-- A database of its own: what public has in it is what the test is about.
CREATE DATABASE regress_table_functions;
\c regress_table_functions
\i test/setup.sql
-- Computed fields, tracked functions, explicit relationships.

CREATE TABLE authors (id int PRIMARY KEY, first text NOT NULL, last text, mentor_id int REFERENCES authors);
CREATE TABLE books (id int PRIMARY KEY, author_id int NOT NULL REFERENCES authors, title text NOT NULL, price numeric);
INSERT INTO authors VALUES (1, 'Ada', 'A', NULL), (2, 'Bo', NULL, 1), (3, 'Cy', 'C', 1);
INSERT INTO books VALUES (1, 1, 'Zen', 10), (2, 1, 'Yak', 7), (3, 2, 'Xi', NULL);

CREATE FUNCTION full_name(a authors) RETURNS text LANGUAGE sql STABLE AS $$ SELECT concat_ws(' ', a.first, a.last) $$;
CREATE FUNCTION greeting(how text, a authors, times int DEFAULT 1) RETURNS text
    LANGUAGE sql IMMUTABLE AS $$ SELECT repeat(how, times) || ' ' || a.first $$;
CREATE FUNCTION popular(a authors, at_least numeric DEFAULT 0) RETURNS SETOF books
    LANGUAGE sql STABLE AS $$ SELECT * FROM books b
    WHERE b.author_id = a.id AND b.price >= at_least $$;
CREATE FUNCTION shelf(a authors) RETURNS SETOF books LANGUAGE sql STABLE AS $$ SELECT * FROM books b
    WHERE b.author_id = a.id $$;
CREATE FUNCTION facts(a authors) RETURNS json LANGUAGE sql STABLE
    AS $$ SELECT json_build_object('id', a.id, 'x', json_build_array(1, a.first)) $$;
CREATE FUNCTION seen_by(a authors, session json) RETURNS text LANGUAGE sql STABLE
    AS $$ SELECT a.first || ' by ' || coalesce(session ->> 'x-hasura-user-id', '?') $$;
CREATE FUNCTION strict_one(a authors) RETURNS int LANGUAGE sql STABLE AS $$ SELECT 1 $$;
COMMENT ON FUNCTION facts(authors) IS 'what is known';
SELECT remote_rel.add_computed_field('authors', 'full_name', 'full_name', comment => 'both names');
SELECT remote_rel.add_computed_field('authors', 'greeting', 'greeting', table_argument => 'a');
SELECT remote_rel.add_computed_field('authors', 'popular', 'popular');
SELECT remote_rel.add_computed_field('authors', 'shelf', 'shelf');
SELECT remote_rel.add_computed_field('authors', 'facts', 'facts');
SELECT remote_rel.add_computed_field('authors', 'seen_by', 'seen_by', session_argument => 'session');
SELECT remote_rel.add_computed_field('authors', 'one', 'strict_one');

SELECT graphql_resolve('{ authors(order_by: {id: asc}) { full_name greeting(args: {how: "hi"}) g: greeting(args: {how: "ho", times: 2}) n: greeting(args: {how: "x", times: null}) facts x: facts(path: "x[1]") } }');
SELECT graphql_resolve('{ authors(order_by: {id: asc}) { first } }') IS NOT NULL,
    graphql_resolve('{ authors { greeting } }');
SELECT graphql_resolve('query($a: greeting_authors_args!) { authors(order_by: {full_name: desc}, limit: 1) { greeting(args: $a) } }', variables => '{"a": {"how": "yo"}}');
SELECT graphql_resolve('query($a: greeting_authors_args!) { authors(order_by: {full_name: desc}, limit: 1) { greeting(args: $a) } }', variables => '{"a": {"how": "yo", "times": 3}}');
SELECT graphql_resolve('{ authors(order_by: {id: asc}) { first popular(order_by: {id: asc}) { title author { full_name } } p: popular(args: {at_least: 8}, where: {title: {_like: "%e%"}}) { id } popular_aggregate { aggregate { count } } shelf(limit: 1, order_by: {id: desc}) { id } } }');
SELECT graphql_resolve('{ authors(order_by: {id: asc}) { seen_by } }',
    headers => '{"X-Hasura-User-Id": "7"}'),
    graphql_resolve('{ authors(order_by: {id: asc}, limit: 1) { seen_by } }',
    headers => '{"x-hasura-user-id": "8"}');
-- in where and order_by; below a row that may not be there
SELECT graphql_resolve('{ authors(where: {full_name: {_like: "% A"}}) { id } b: authors(where: {shelf: {price: {_gt: 8}}}) { id } c: authors(where: {_not: {shelf: {}}}) { id } d: authors(order_by: [{one: asc}, {full_name: desc}]) { id }
    e: authors(order_by: [{shelf_aggregate: {count: desc}}, {id: desc}]) { id } f: authors(order_by: [{mentor: {one: asc_nulls_first}}, {id: asc}]) { id } g: books(where: {author: {full_name: {_eq: "Bo"}}}) { id } h: authors(order_by: {id: asc}) { mentor { one } } }');
SELECT graphql_resolve('{ authors(where: {greeting: {_eq: "x"}}) { id } }');
SELECT f ->> 'name' || ': ' || coalesce(f ->> 'description', '-') || ', '
    || coalesce(f #>> '{type,name}', f #>> '{type,kind}') || ' ' ||
       coalesce((SELECT string_agg(a ->> 'name' || coalesce(' ' || (a #>> '{type,ofType,name}'),
           ''), ', ') FROM json_array_elements(f -> 'args') AS a), '')
FROM json_array_elements(graphql_resolve('{ __type(name: "authors") { fields { name description type { kind name } args { name type { ofType { name } } } } } }') #> '{data,__type,fields}') AS f;
SELECT graphql_resolve('{ __type(name: "greeting_authors_args") { inputFields { name type { kind name } } } }');

-- functions as root fields
CREATE FUNCTION search_books(q text, "limit" int DEFAULT 10) RETURNS SETOF books LANGUAGE sql STABLE
    AS $$ SELECT * FROM books WHERE title ILIKE q ORDER BY id LIMIT "limit" $$;
CREATE FUNCTION top_book() RETURNS books LANGUAGE sql STABLE AS $$ SELECT * FROM books
    ORDER BY price DESC NULLS LAST LIMIT 1 $$;
CREATE FUNCTION no_book(int) RETURNS books LANGUAGE sql STABLE AS $$ SELECT * FROM books WHERE id = -$1 $$;
CREATE FUNCTION my_books(s jsonb) RETURNS SETOF books LANGUAGE sql STABLE AS $$ SELECT * FROM books
    WHERE author_id = (s ->> 'x-hasura-user-id')::int $$;
CREATE FUNCTION touch_books() RETURNS SETOF books LANGUAGE sql VOLATILE AS $$ SELECT * FROM books $$;
CREATE FUNCTION more_args(variadic xs int[]) RETURNS SETOF books LANGUAGE sql STABLE AS $$ SELECT * FROM books $$;
CREATE FUNCTION scalar_fn() RETURNS int LANGUAGE sql STABLE AS $$ SELECT 1 $$;
SELECT graphql_resolve('{ search_books(args: {q: "%"}) { id } }');
SELECT remote_rel.track_function('search_books');
SELECT remote_rel.track_function('top_book');
SELECT remote_rel.track_function('no_book', '{"custom_root_fields": {"function": "none"}}');
SELECT remote_rel.track_function('my_books', '{"session_argument": "s"}');
SELECT remote_rel.track_function('touch_books');
SELECT test.failure($$SELECT remote_rel.track_function('more_args')$$);
SELECT test.failure($$SELECT remote_rel.track_function('scalar_fn')$$);
SELECT graphql_resolve('{ search_books(args: {q: "%e%"}) { id author { first } } b: search_books(args: {q: "%", limit: 2}, where: {id: {_gt: 1}}, order_by: {title: asc}) { title } search_books_aggregate(args: {q: "%"}) { aggregate { count max { price } } nodes { id } } top_book { title author { full_name } } none(args: {arg_1: 1}) { id } }');
SELECT graphql_resolve('{ my_books(order_by: {id: asc}) { id } }',
    headers => '{"x-hasura-user-id": "1"}'), graphql_resolve('{ my_books { id } }',
    headers => '{"x-hasura-user-id": "2"}');
SELECT graphql_resolve('{ touch_books { id } }');
SELECT graphql_resolve('{ search_books { id } }');
SELECT graphql_resolve('query($q: search_books_args!) { search_books(args: $q) { id } }',
    variables => '{"q": {"q": "zen"}}');
SELECT graphql_resolve('{ my_books { id } }', headers => '{"x-hasura-user-id": "abc"}');
SELECT remote_rel.untrack_function('touch_books');
SELECT remote_rel.track_function('touch_books', '{"exposed_as": "query"}');
SELECT graphql_resolve('{ touch_books(limit: 1, order_by: {id: asc}) { id } }');
-- what has no default, or what only its place tells apart, cannot be left out
CREATE FUNCTION some_books(int DEFAULT 1, int DEFAULT 2) RETURNS SETOF books LANGUAGE sql STABLE
    AS $$ SELECT * FROM books WHERE id IN ($1, $2) $$;
SELECT remote_rel.track_function('some_books');
SELECT graphql_resolve('{ authors { greeting(args: {times: 2}) } }'),
    graphql_resolve('query ($a: search_books_args!) { search_books(args: $a) { id } }',
    variables => '{"a": {}}');
SELECT graphql_resolve('{ some_books { id } a: some_books(args: {arg_1: 3}) { id } b: some_books(args: {arg_1: 1, arg_2: 1}) { id } }'), graphql_resolve('{ some_books(args: {arg_2: 3}) { id } }');
-- what is dropped leaves the schema
DROP FUNCTION top_book();
SELECT graphql_resolve('{ top_book { id } }');
CREATE FUNCTION top_book() RETURNS SETOF books LANGUAGE sql STABLE AS $$ SELECT * FROM books
    ORDER BY price DESC NULLS LAST LIMIT 1 $$;
SELECT graphql_resolve('{ top_book { id } }');

-- explicit relationships
CREATE VIEW cheap AS SELECT id AS book_id, author_id, price FROM books WHERE price < 8;
SELECT remote_rel.create_object_relationship('cheap', 'writer',
    '{"manual_configuration": {"remote_table": "authors", "column_mapping": {"author_id": "id"}}}');
SELECT remote_rel.create_array_relationship('authors', 'bargains',
    '{"manual_configuration": {"remote_table": {"schema": "public", "name": "cheap"},
    "column_mapping": {"id": "author_id"}}}');
SELECT remote_rel.create_object_relationship('authors', 'some_book',
    '{"manual_configuration": {"remote_table": "books", "column_mapping": {"id": "author_id"}}}');
SELECT graphql_resolve('{ cheap { price writer { full_name } } authors(order_by: {id: asc}) { bargains { price } bargains_aggregate { aggregate { count } } some_book { author { id } } } }');
SELECT graphql_resolve('{ authors(where: {bargains: {price: {_gt: 5}}, some_book: {}}, order_by: {some_book: {title: asc}}) { id } }');
-- in the place of a foreign key's own
SELECT remote_rel.create_object_relationship('books', 'written_by', '{"foreign_key_constraint_on": "author_id"}');
SELECT remote_rel.create_array_relationship('authors', 'works',
    '{"foreign_key_constraint_on": {"table": "books", "column": "author_id"}}');
SELECT graphql_resolve('{ books(order_by: {id: asc}, limit: 1) { written_by { works(order_by: {id: desc}) { id } works_aggregate { aggregate { count } } } } }');
SELECT graphql_resolve('{ books { author { id } } }');
SELECT graphql_resolve('{ authors { books { id } } }');
SELECT remote_rel.drop_relationship('books', 'written_by'), remote_rel.drop_relationship('authors', 'works');
SELECT graphql_resolve('{ books(limit: 1, order_by: {id: asc}) { author { books(order_by: {id: asc}) { id } } } }');
SELECT type, name, reason
    FROM jsonb_to_recordset(remote_rel.metadata('{"type": "get_inconsistent_metadata", "args": {}}')
    -> 'inconsistent_objects') AS x(type text, name text, reason text);

\set QUIET on
\c postgres
DROP DATABASE regress_table_functions;
