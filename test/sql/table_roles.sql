-- A database of its own: what public has in it is what the test is about.
CREATE DATABASE regress_table_roles;
\c regress_table_roles
\i test/setup.sql
-- What a role sees is what PostgreSQL lets it see.

CREATE ROLE regress_reader;
CREATE ROLE regress_clerk;
CREATE ROLE regress_boss;
CREATE ROLE regress_nobody;
CREATE TABLE authors (id int PRIMARY KEY, name text NOT NULL, secret text);
CREATE TABLE books (id int PRIMARY KEY, author_id int NOT NULL REFERENCES authors,
    title text NOT NULL, cost numeric, owner text);
CREATE TABLE private (id int PRIMARY KEY, book_id int REFERENCES books);
INSERT INTO authors VALUES (1, 'Ada', 's1'), (2, 'Bo', 's2');
INSERT INTO books VALUES (1, 1, 'Zen', 1, 'regress_reader'), (2, 1, 'Yak', 2, 'regress_clerk'),
    (3, 2, 'Xi', 3, 'regress_reader');
INSERT INTO private VALUES (1, 1);
GRANT SELECT (id, name) ON authors TO regress_reader;
GRANT SELECT (id, author_id, title) ON books TO regress_reader;
GRANT SELECT ON books, authors TO regress_clerk;
GRANT regress_reader, regress_clerk TO regress_boss;

-- columns
SELECT graphql_resolve('{ authors(order_by: {id: asc}) { id name books(order_by: {id: asc}) { title } } }', 'regress_reader');
SELECT graphql_resolve('{ authors { secret } books(where: {cost: {_gt: 1}}, order_by: {cost: asc}, distinct_on: cost) { cost } private { id } books_aggregate { aggregate { sum { cost } } } }', 'regress_reader');
SELECT graphql_resolve('{ __type(name: "authors") { fields { name } } books: __type(name: "books_bool_exp") { inputFields { name } } columns: __type(name: "books_select_column") { enumValues { name } } private: __type(name: "private") { name } sum: __type(name: "books_sum_fields") { fields { name } } }', 'regress_reader');
SELECT graphql_schema('regress_reader') ~ 'private|secret|cost|owner' AS leaks;
SELECT graphql_resolve('{ books_by_pk(id: 1) { title cost owner } }', 'regress_clerk');
-- inherited through membership; nothing at all
SELECT graphql_resolve('{ books_by_pk(id: 1) { title cost } }', 'regress_boss');
SELECT graphql_resolve('{ no_queries_available __typename }', 'regress_nobody'),
    graphql_resolve('{ books { id } }', 'regress_nobody');
SELECT graphql_schema('regress_nobody');
-- the caller must be a member: the current user counts
SET ROLE regress_clerk;
SELECT graphql_resolve('{ books_aggregate { aggregate { count } } }'),
    graphql_resolve('{ books_aggregate { aggregate { count } } }', 'regress_clerk');
SELECT graphql_resolve('{ books { id } }', 'regress_reader');
SELECT graphql_resolve('{ books { id } }', 'regress_missing');
SELECT graphql_resolve('{ books { id } }', 'admin');
SET ROLE regress_boss;
SELECT graphql_resolve('{ books(limit: 1, order_by: {id: asc}) { id } }', 'regress_reader');
RESET ROLE;
SELECT graphql_resolve('{ private { id } }', 'admin');
-- a key column that cannot be read: no relationship, no by_pk
REVOKE SELECT (author_id) ON books FROM regress_reader;
SELECT graphql_resolve('{ authors { books { id } } books { author { id } } }', 'regress_reader');
REVOKE SELECT (id) ON authors FROM regress_reader;
SELECT graphql_resolve('{ authors_by_pk(id: 1) { name } }', 'regress_reader'),
    graphql_resolve('{ authors(order_by: {name: asc}) { name } }', 'regress_reader');
GRANT SELECT (id) ON authors TO regress_reader;
GRANT SELECT (author_id) ON books TO regress_reader;
SELECT graphql_resolve('{ books_by_pk(id: 3) { author { name } } }', 'regress_reader');
-- no usage of the schema
CREATE SCHEMA shop;
CREATE TABLE shop.items (id int PRIMARY KEY);
GRANT SELECT ON shop.items TO regress_reader;
SET remote_rel.exposed_schemas = public, shop;
SELECT graphql_resolve('{ shop_items { id } }', 'regress_reader');
GRANT USAGE ON SCHEMA shop TO regress_reader;
SELECT graphql_resolve('{ shop_items { id } }', 'regress_reader');
RESET remote_rel.exposed_schemas;
SELECT graphql_resolve('{ shop_items { id } }', 'regress_reader');
-- who is who inside
CREATE FUNCTION whoami(b books) RETURNS text LANGUAGE sql STABLE AS $$ SELECT current_user || ', '
    || remote_rel.session_variable('X-Hasura-Role') || ', '
    || coalesce(remote_rel.session_variable('x-hasura-user-id'), '-') $$;
SELECT remote_rel.add_computed_field('books', 'whoami', 'whoami');
SELECT graphql_resolve('{ books_by_pk(id: 1) { whoami } }', 'regress_clerk',
    headers => '{"x-hasura-role": "admin", "X-Hasura-User-Id": 5, "authorization": "secret"}');
SELECT current_user = session_user, remote_rel.session_variable('x-hasura-role') IS NULL AS nothing;
-- a computed field takes the whole row: every column must be readable; and EXECUTE
SELECT graphql_resolve('{ books_by_pk(id: 1) { whoami } }', 'regress_reader');
REVOKE EXECUTE ON FUNCTION whoami FROM PUBLIC;
SELECT graphql_resolve('{ books_by_pk(id: 1) { whoami } }', 'regress_clerk');
GRANT EXECUTE ON FUNCTION whoami TO regress_clerk;
SELECT graphql_resolve('{ books_by_pk(id: 1) { whoami } }', 'regress_clerk');
-- the session comes from PostgREST's setting where no headers are given
SET request.headers = '{"x-hasura-user-id": "17"}';
SELECT graphql_resolve('{ books_by_pk(id: 1) { whoami } }', 'regress_clerk');
SELECT graphql_resolve('{ books_by_pk(id: 1) { whoami } }', 'regress_clerk', headers => '{}');
RESET request.headers;

-- row-level security
ALTER TABLE books ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON books FOR SELECT TO PUBLIC
    USING (owner = current_user OR remote_rel.session_variable('x-hasura-see') = 'all');
SELECT graphql_resolve('{ books(order_by: {id: asc}) { id } books_aggregate { aggregate { count } } b: books_by_pk(id: 2) { id } authors(where: {books: {}}, order_by: {id: asc}) { id books { id } books_aggregate { aggregate { count } } } }', 'regress_reader');
SELECT graphql_resolve('{ books(order_by: {id: asc}) { id } books_aggregate { aggregate { count } } b: books_by_pk(id: 2) { id } authors(where: {books: {}}, order_by: {id: asc}) { id books { id } books_aggregate { aggregate { count } } } }', 'regress_clerk');
SELECT graphql_resolve('{ books(order_by: {id: asc}) { id } }', 'regress_reader', headers => '{"x-hasura-see": "all"}');
SELECT graphql_resolve('{ books(order_by: {id: asc}) { id } }', 'regress_reader',
    headers => '{"x-hasura-see": "some"}');
SELECT graphql_resolve('{ books(order_by: {id: asc}) { id } }');
-- an object relationship to a table with policies is nullable for those they concern
ALTER TABLE authors ENABLE ROW LEVEL SECURITY;
CREATE POLICY second ON authors FOR SELECT TO PUBLIC USING (id = 2);
SELECT graphql_resolve('{ books(order_by: {id: asc}) { id author { name } } __type(name: "books") { fields { name type { kind } } } }', 'regress_reader');
SELECT graphql_resolve('{ books(order_by: {id: asc}, limit: 1) { id author { name } } __type(name: "books") { fields { name type { kind } } } }');
DROP POLICY second ON authors;
SELECT graphql_resolve('{ books(order_by: {id: asc}) { id author { name } } }', 'regress_reader');
ALTER TABLE authors DISABLE ROW LEVEL SECURITY;
SELECT graphql_resolve('{ books(order_by: {id: asc}) { id author { name } } }', 'regress_reader');
-- a view reads as its owner, and lets through what it says
CREATE VIEW guarded WITH (security_barrier) AS SELECT id, title FROM books WHERE id < 3;
GRANT SELECT ON guarded TO regress_reader;
SELECT graphql_resolve('{ guarded(where: {title: {_regex: "."}}, order_by: {id: asc}) { id title } }', 'regress_reader');

-- nothing of the role stays behind an error, or goes into an inner call and back
CREATE FUNCTION nested(b books) RETURNS text LANGUAGE sql STABLE AS $$ SELECT current_user || ' '
    || graphql_resolve('{ authors_aggregate { aggregate { count } } books_aggregate { aggregate { count } } }', 'regress_reader', headers => '{"x-hasura-see": "all"}') || ' ' || current_user || coalesce(remote_rel.session_variable('x-hasura-see'), '-') $$;
SELECT remote_rel.add_computed_field('books', 'nested', 'nested');
ALTER FUNCTION nested VOLATILE;
ALTER FUNCTION nested STABLE;
GRANT regress_reader TO regress_clerk;
SELECT graphql_resolve('{ books(order_by: {id: asc}) { id nested } }', 'regress_clerk');
CREATE FUNCTION fails_with(b books, code text) RETURNS int LANGUAGE plpgsql STABLE
    AS $$ BEGIN RAISE EXCEPTION 'not % for %', b.id, current_user USING DETAIL = 'secret detail',
    HINT = 'secret hint', ERRCODE = code; END $$;
SELECT remote_rel.add_computed_field('books', 'fails', 'fails_with');
SELECT graphql_resolve(format('{ a: authors(limit: 1, order_by: {id: asc}) { id } books_by_pk(id: 2) { fails(args: {code: "%s"}) } b: authors_aggregate { aggregate { count } } }', code), 'regress_clerk')
FROM unnest('{P0001,22012,23505,23503,23502,23514,42501,42P01}'::text[]) AS code;
SELECT test.failure(format($$SELECT graphql_resolve('{ books_by_pk(id: 2) { fails(args: {code: "%s"}) } }', 'regress_clerk')$$, code)) FROM unnest('{40001,53100,57000,58030,XX000}'::text[]) AS code;
SELECT current_user = session_user, remote_rel.session_variable('x-hasura-role') IS NULL AS nothing;
SELECT graphql_resolve('{ books_aggregate { aggregate { count } } }', 'regress_reader');
\set VERBOSITY terse
BEGIN;
SAVEPOINT s;
SELECT graphql_resolve('{ books_by_pk(id: 2) { fails(args: {code: "XX001"}) } }', 'regress_clerk');
ROLLBACK TO s;
SELECT current_user = session_user, remote_rel.session_variable('x-hasura-role') IS NULL AS nothing;
COMMIT;
-- management and catalogs are not for everyone
SET ROLE regress_reader;
SELECT test.failure('SELECT * FROM remote_rel.remote_schema');
SELECT test.failure('SELECT remote_rel.track_function(''whoami'')');
SELECT test.failure('SET remote_rel.exposed_schemas = pg_catalog');
RESET ROLE;
DROP OWNED BY regress_reader, regress_clerk, regress_boss, regress_nobody;
DROP ROLE regress_reader, regress_clerk, regress_boss, regress_nobody;

\set QUIET on
\c postgres
DROP DATABASE regress_table_roles;
