CREATE DATABASE regress_table_role_limits;
\c regress_table_role_limits
\i test/setup.sql
-- set_table_limits(): how many rows of a table a role gets in a list, and whether it may aggregate it.

CREATE TABLE authors (id int PRIMARY KEY, name text);
CREATE TABLE books (id int PRIMARY KEY, author_id int REFERENCES authors, price int);
INSERT INTO authors SELECT i, 'a' || i FROM generate_series(1, 4) AS i;
INSERT INTO books SELECT i, 1 + i % 2, i * 10 FROM generate_series(1, 9) AS i;
CREATE FUNCTION dear(a authors) RETURNS SETOF books LANGUAGE sql STABLE AS 'SELECT * FROM books WHERE author_id = a.id AND price > 20';
CREATE FUNCTION cheap() RETURNS SETOF books LANGUAGE sql STABLE AS 'SELECT * FROM books WHERE price < 60';
SELECT remote_rel.add_computed_field('authors', 'dear', 'dear'), remote_rel.track_function('cheap');
CREATE ROLE regress_limit_a;
CREATE ROLE regress_limit_b;
GRANT SELECT, INSERT ON authors, books TO regress_limit_a, regress_limit_b;
SELECT remote_rel.set_table_limits('books', 'regress_limit_a', 2), remote_rel.set_table_limits('authors', 'regress_limit_a', 3),
    remote_rel.set_table_limits('books', 'regress_limit_b', allow_aggregations => false);

-- root fields, nested rows, functions; less may be asked for, not more; all columns of the order count
SELECT test.resolve('{ books(order_by: {id: desc}) { id } one: books(limit: 1, order_by: {id: asc}) { id } five: books(limit: 5, offset: 1, order_by: {id: asc}) { id }
    none: books(limit: 0) { id } books_by_pk(id: 9) { id } authors(order_by: {id: asc}, where: {books: {}}) { id books(order_by: {id: asc}) { id } b: books(limit: 9, order_by: {price: desc}) { id }
        dear(order_by: {id: asc}) { id } } cheap(order_by: {id: asc}) { id } d: books(distinct_on: author_id, order_by: [{author_id: asc}, {id: asc}]) { id author { name } } }', 'regress_limit_a');
-- aggregates are of all rows, nodes are not; with arguments, aliases and joins
SELECT test.resolve('{ books_aggregate(order_by: {id: asc}) { aggregate { count max { price } } nodes { id author { name books_aggregate { aggregate { count } } } } n: nodes { price } }
    some: books_aggregate(where: {price: {_gt: 50}}, order_by: {price: desc}, limit: 3) { aggregate { count } nodes { id } }
    authors(order_by: {id: asc}) { books_aggregate { aggregate { sum { price } } } dear_aggregate(order_by: {id: asc}) { aggregate { count } nodes { id } } } cheap_aggregate { aggregate { count } } }', 'regress_limit_a');
-- a limit in a variable, of one kept plan
SELECT test.resolve('query ($n: Int) { books(limit: $n, order_by: {id: asc}) { id } }', 'regress_limit_a', variables)
    FROM unnest(ARRAY['{"n": 1}', '{"n": 7}', '{}', '{"n": null}']::jsonb[]) AS variables;
-- what a mutation returns is all there; lists below it have the limit
SELECT test.resolve('mutation { insert_authors(objects: [{id: 5}, {id: 6}, {id: 7}, {id: 8, name: "x"}]) { affected_rows returning { id books { id } } } }', 'regress_limit_a');

-- no aggregates, nowhere
SELECT test.resolve('{ books(where: {id: {_lt: 4}}, order_by: {id: asc}) { id } authors_aggregate { aggregate { count } } }', 'regress_limit_b');
SELECT graphql_validate(document, 'regress_limit_b') #>> '{0,message}' FROM unnest(ARRAY['{ books_aggregate { aggregate { count } } }', '{ cheap_aggregate { aggregate { count } } }',
    '{ authors { books_aggregate { nodes { id } } } }', '{ authors { dear_aggregate { nodes { id } } } }', '{ authors(where: {books_aggregate: {count: {predicate: {_gt: 1}}}}) { id } }',
    '{ authors(order_by: {books_aggregate: {count: asc}}) { id } }', '{ authors(order_by: {dear_aggregate: {count: asc}}) { id } }', 'fragment F on books_aggregate { nodes { id } } { authors { ...F } }']) AS document;
SELECT graphql_schema('regress_limit_b') ~ 'books_aggregate', graphql_schema('regress_limit_b') ~ 'authors_aggregate', graphql_schema('regress_limit_a') ~ 'books_aggregate';
SELECT remote_rel.validate_schema(graphql_schema('regress_limit_b'));
SELECT test.resolve('{ __type(name: "books_aggregate") { name } }', 'regress_limit_b');

-- members: their own entry, else of what their roles have the largest limit, and aggregates if one has them
CREATE ROLE regress_limit_c IN ROLE regress_limit_a, regress_limit_b;
CREATE ROLE regress_limit_d IN ROLE regress_limit_b;
SELECT test.resolve('{ books(order_by: {id: asc}) { id } books_aggregate { aggregate { count } } }', 'regress_limit_c');
SELECT remote_rel.set_table_limits('books', 'regress_limit_b', 3, false);
SELECT test.resolve('{ books(order_by: {id: asc}) { id } books_aggregate { aggregate { count } } }', 'regress_limit_c');
SELECT graphql_validate('{ books_aggregate { aggregate { count } } }', 'regress_limit_d') #>> '{0,message}';
SELECT remote_rel.set_table_limits('books', 'regress_limit_c', 1, false);
SELECT test.resolve('{ books(order_by: {id: asc}) { id } }', 'regress_limit_c'), graphql_validate('{ books_aggregate { aggregate { count } } }', 'regress_limit_c') #>> '{0,message}';
-- a role that is granted the table, a column of it, or PUBLIC, and for which nothing is set: its members have aggregates; it has no limits itself
CREATE ROLE regress_limit_e;
CREATE ROLE regress_limit_f IN ROLE regress_limit_b, regress_limit_e;
CREATE FUNCTION limits() RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(format('%s %s %s', substr(role, 15), json_array_length(graphql_resolve('{ books { id } }', role) #> '{data,books}'),
        graphql_schema(role) ~ 'books_aggregate'), ', ' ORDER BY role)
    FROM (SELECT rolname AS role FROM pg_roles WHERE rolname ~ '^regress_limit_.2?$' AND has_any_column_privilege(oid, 'books', 'SELECT')
        OFFSET 0) AS r $$;
SELECT limits();
GRANT SELECT ON books TO regress_limit_e;
SELECT limits();
REVOKE SELECT ON books FROM regress_limit_e;
GRANT SELECT (id) ON books TO regress_limit_e;
SELECT limits();
REVOKE SELECT (id) ON books FROM regress_limit_e;
GRANT SELECT ON books TO PUBLIC;
SELECT limits();
REVOKE SELECT ON books FROM PUBLIC;
GRANT SELECT (id, price) ON books TO regress_limit_f;
SELECT limits();
REVOKE SELECT (id, price) ON books FROM regress_limit_f;
-- limits belong to a name: renamed, renamed back, dropped and created again
ALTER ROLE regress_limit_b RENAME TO regress_limit_e2;
SELECT limits();
ALTER ROLE regress_limit_e2 RENAME TO regress_limit_b;
SELECT limits();
SELECT remote_rel.set_table_limits('books', 'regress_limit_e', 5);
DROP ROLE regress_limit_e;
CREATE ROLE regress_limit_e;
GRANT SELECT ON books TO regress_limit_e;
SELECT limits();
-- what a mutation function returns is a list
CREATE FUNCTION dearer() RETURNS SETOF books LANGUAGE sql AS 'UPDATE books SET price = price + 1 RETURNING *';
SELECT remote_rel.track_function('dearer', '{"exposed_as": "mutation"}');
GRANT UPDATE ON books TO regress_limit_a;
SELECT test.resolve('mutation { dearer(order_by: {id: asc}) { id } update_books(where: {id: {_lt: 4}}, _inc: {price: -1}) { returning { id } } }', 'regress_limit_a');
SELECT count(*) FROM books WHERE price % 10 = 1;
UPDATE books SET price = price / 10 * 10;
SELECT remote_rel.untrack_function('dearer');
-- not for superusers, nor for whom nothing was set
CREATE ROLE regress_limit_super SUPERUSER IN ROLE regress_limit_a;
SELECT json_array_length(graphql_resolve('{ books { id } }', 'regress_limit_super') #> '{data,books}'), json_array_length(graphql_resolve('{ books { id } }') #> '{data,books}');

-- joined to a type of a remote schema: for each key
SELECT remote_rel.add_remote_schema('api', test.mock('type Query { t: [T] }  type T { n: Int }'));
SELECT remote_rel.add_remote_schema_permissions('api', role, 'type Query { t: [T] }  type T { n: Int }') FROM unnest(ARRAY['regress_limit_a', 'regress_limit_b']::name[]) AS role;
SELECT remote_rel.create_remote_schema_remote_relationship('api', 'T', 'below', '{"to_source": {"relationship_type": "array", "table": "books", "field_mapping": {"n": "author_id"}}}');
UPDATE books SET author_id = (graphql_resolve('{ t { n } }') #>> '{data,t,0,n}')::int WHERE (graphql_resolve('{ t { n } }') #>> '{data,t,0,n}')::int IN (SELECT id FROM authors);
SELECT test.resolve('{ t { below(order_by: {id: asc}) { id } below_aggregate(order_by: {id: asc}) { aggregate { count } nodes { id } } } }', 'regress_limit_a');
SELECT graphql_validate('{ t { below { id } below_aggregate { nodes { id } } } }', 'regress_limit_b') #>> '{0,message}';

-- exported and replaced as Hasura writes them
SELECT jsonb_pretty(remote_rel.metadata('{"type": "export_metadata", "args": {}}') #> '{sources,0,tables}');
CREATE TEMP TABLE before AS SELECT remote_rel.metadata('{"type": "export_metadata", "args": {}}') AS m;
SELECT remote_rel.metadata(jsonb_build_object('type', 'replace_metadata', 'args', m)) FROM before;
SELECT m = remote_rel.metadata('{"type": "export_metadata", "args": {}}') AS same FROM before;
SELECT remote_rel.metadata('{"type": "replace_metadata", "args": {"version": 3, "sources": [{"name": "default", "kind": "postgres", "tables": [{"table": "books", "select_permissions": [
    {"role": "regress_limit_a", "permission": {"columns": ["id"], "filter": {}, "limit": 4}},
    {"role": "regress_limit_b", "permission": {"columns": ["id"], "filter": {}, "allow_aggregations": true}}]}]}]}}') - 'written_as';
SELECT table_name, role_limits FROM remote_rel.table_customization;
-- none, null, and what is no limit
CREATE FUNCTION read_limits() RETURNS jsonb LANGUAGE sql VOLATILE AS 'SELECT role_limits FROM remote_rel.table_customization';
SELECT remote_rel.metadata(format('{"type": "replace_metadata", "args": {"version": 3, "sources": [{"name": "default", "kind": "postgres", "tables": [{"table": "books", "select_permissions": [
    {"role": "regress_limit_a", "permission": %s}, {"role": "regress_limit_b", "permission": {"limit": 1}}]}]}]}}', permission)::jsonb) - 'written_as',
    read_limits() FROM unnest(ARRAY['{"limit": null, "allow_aggregations": null}', '{"limit": 0, "allow_aggregations": true}', '{}']) AS permission;
SELECT test.failure(format($$SELECT remote_rel.metadata('{"type": "replace_metadata", "args": {"version": 3, "sources": [{"name": "default", "kind": "postgres", "tables": [{"table": "books",
    "select_permissions": [%s]}]}]}}')$$, p)) FROM unnest(ARRAY['{"role": "regress_limit_a", "permission": {"limit": -1}}', '{"role": "regress_limit_a", "permission": {"limit": "2"}}',
    '{"role": "regress_limit_a", "permission": {"limit": 2147483648}}', '{"role": "regress_limit_a", "permission": {"allow_aggregations": 1}}', '{"permission": {"limit": 1}}',
    '{"role": 1, "permission": {"limit": 1}}']) AS p;
SELECT role_limits FROM remote_rel.table_customization;
SELECT remote_rel.metadata('{"type": "replace_metadata", "args": {"version": 3, "sources": [{"name": "default", "kind": "postgres", "tables": [{"table": "books", "select_permissions": [
    {"role": "regress_limit_a", "permission": {"columns": ["id"], "filter": {}, "limit": 4}}]}]}]}}') - 'written_as';

-- names follow; what is dropped is gone; nothing set is nothing stored
ALTER TABLE books RENAME TO volumes;
SELECT table_name, role_limits FROM remote_rel.table_customization;
SELECT test.resolve('{ volumes(order_by: {id: asc}) { id } }', 'regress_limit_a');
SELECT remote_rel.set_table_limits('volumes', 'regress_limit_b'), remote_rel.set_table_limits('authors', 'regress_limit_b', 1), remote_rel.set_table_limits('volumes', 'regress_limit_a', NULL, NULL);
SELECT table_name, role_limits FROM remote_rel.table_customization;
SELECT test.failure($$SELECT remote_rel.set_table_limits('authors', 'regress_nobody', 1)$$), test.failure($$SELECT remote_rel.set_table_limits('authors', 'regress_limit_a', -1)$$),
    test.failure($$SELECT remote_rel.set_table_limits(NULL, 'regress_limit_a', 1)$$);
DROP TABLE authors CASCADE;
SELECT table_name FROM remote_rel.table_customization;

\c postgres
SET client_min_messages = warning;
DROP DATABASE regress_table_role_limits;
DROP ROLE regress_limit_a, regress_limit_b, regress_limit_c, regress_limit_d, regress_limit_e, regress_limit_f, regress_limit_super;
