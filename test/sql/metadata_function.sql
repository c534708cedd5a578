CREATE DATABASE regress_metadata_function;
\c regress_metadata_function
\i test/setup.sql
-- Computed fields and functions as root fields.

BEGIN;
CREATE TABLE authors (id integer PRIMARY KEY, first_name text, last_name text);
CREATE TABLE books (id integer PRIMARY KEY, author_id integer REFERENCES authors);
CREATE FUNCTION full_name(a authors) RETURNS text LANGUAGE sql STABLE AS $$ SELECT a.first_name
    || ' ' || a.last_name $$;
CREATE FUNCTION greeting(word text, a authors, session json) RETURNS text LANGUAGE sql STABLE
    AS $$ SELECT word || a.last_name $$;
CREATE FUNCTION works(a authors) RETURNS SETOF books LANGUAGE sql STABLE AS $$ SELECT * FROM books
    WHERE author_id = a.id $$;
CREATE FUNCTION fickle(a authors) RETURNS text LANGUAGE sql VOLATILE AS $$ SELECT a.last_name $$;
CREATE FUNCTION twice(a authors) RETURNS text LANGUAGE sql STABLE AS $$ SELECT a.last_name $$;
CREATE FUNCTION twice(a authors, n integer) RETURNS text LANGUAGE sql STABLE AS $$ SELECT a.last_name $$;
CREATE FUNCTION many(a authors, VARIADIC n integer[]) RETURNS text LANGUAGE sql STABLE AS $$ SELECT a.last_name $$;
CREATE FUNCTION outs(a authors, OUT x text) LANGUAGE sql STABLE AS $$ SELECT a.last_name $$;
CREATE FUNCTION plain(n integer) RETURNS text LANGUAGE sql STABLE AS $$ SELECT n::text $$;
CREATE FUNCTION numbers(a authors) RETURNS SETOF integer LANGUAGE sql STABLE AS $$ SELECT 1 $$;
CREATE FUNCTION search_books(session jsonb, word text) RETURNS SETOF books LANGUAGE sql STABLE
    AS $$ SELECT * FROM books $$;
CREATE PROCEDURE act() LANGUAGE sql AS '';

SELECT remote_rel.add_computed_field('authors', 'full_name', 'full_name');
SELECT remote_rel.add_computed_field('authors', 'greeting', 'greeting', 'a', 'session', 'hello');
SELECT remote_rel.metadata('{"type": "pg_add_computed_field", "args": {"table": "authors",
    "name": "works", "definition": {"function": {"schema": "public", "name": "works"}}}}');
SELECT name, function_schema, function_name, table_argument, session_argument, comment
    FROM remote_rel.computed_field ORDER BY name;

CREATE FUNCTION pg_temp.add(name text, function text, argument text DEFAULT NULL,
    session text DEFAULT NULL) RETURNS text
LANGUAGE sql AS $$ SELECT test.failure(format('SELECT remote_rel.add_computed_field(%L, %L, %L, %L, %L)', 'authors', name, function, argument, session)) $$;
SELECT pg_temp.add('full_name', 'full_name');
SELECT pg_temp.add('first_name', 'full_name');
SELECT pg_temp.add('books', 'full_name');
SELECT pg_temp.add('x', 'fickle');
SELECT pg_temp.add('x', 'twice');
SELECT pg_temp.add('x', 'many');
SELECT pg_temp.add('x', 'outs');
SELECT pg_temp.add('x', 'plain');
SELECT pg_temp.add('x', 'numbers');
SELECT pg_temp.add('x', 'act');
SELECT pg_temp.add('x', 'greeting');
SELECT pg_temp.add('x', 'greeting', 'word');
SELECT pg_temp.add('x', 'greeting', 'b');
SELECT pg_temp.add('x', 'greeting', 'a', 'word');
SELECT test.failure($$SELECT remote_rel.metadata('{"type": "add_computed_field",
    "args": {"table": "authors", "name": "x", "definition": {"function": "ful_name"}}}')$$);

SELECT remote_rel.add_remote_schema('r', '{"url": "http://127.0.0.1:1/"}',
    sdl => 'type Query { person(name: String!): String }');
SELECT remote_rel.create_remote_relationship('authors', 'person', 'r',
    '{"person": {"arguments": {"name": "$full_name"}}}');
SELECT test.failure($$SELECT remote_rel.drop_computed_field('authors', 'full_name')$$);
SELECT remote_rel.drop_computed_field('authors', 'full_name', true);
SELECT test.failure($$SELECT remote_rel.drop_computed_field('authors', 'full_nam')$$);
SELECT (SELECT count(*) FROM remote_rel.computed_field), (SELECT count(*) FROM remote_rel.table_relationship);

SELECT remote_rel.track_function('search_books', '{"session_argument": "session",
    "custom_root_fields": {"function": "find_books"}}', 'full text');
SELECT * FROM remote_rel.tracked_function;
SELECT test.failure($$SELECT remote_rel.track_function('search_books')$$);
SELECT test.failure($$SELECT remote_rel.track_function('plain')$$);
SELECT test.failure($$SELECT remote_rel.track_function('works', '{"exposed_as": "subscription"}')$$);
SELECT test.failure($$SELECT remote_rel.track_function('works', '{"custom_root_fields": {"function": "a b"}}')$$);
SELECT remote_rel.metadata('{"type": "pg_untrack_function",
    "args": {"function": {"schema": "public", "name": "search_books"}}}');
SELECT remote_rel.metadata('{"type": "track_function", "args": "works"}');
SELECT remote_rel.untrack_function('works');
SELECT test.failure($$SELECT remote_rel.untrack_function('works')$$);
ROLLBACK;

\set QUIET on
\c postgres
DROP DATABASE regress_metadata_function;
