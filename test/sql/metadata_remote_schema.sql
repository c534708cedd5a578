CREATE DATABASE regress_metadata_remote_schema;
\c regress_metadata_remote_schema
\i test/setup.sql
-- Remote schemas: added, changed, removed; every way of failing says which it was, and stores nothing.

BEGIN;
SELECT remote_rel.add_remote_schema('auth0', test.definition(), 'user profiles');
SELECT name, ordinal, test.masked(definition::text), comment, sdl_given,
    sdl LIKE '%type Profile %' AS has_types FROM remote_rel.remote_schema;
SELECT test.failure($$SELECT remote_rel.add_remote_schema('auth0', test.definition())$$);

-- The same schema from another server; types refer to its root type, which a mapping may leave alone
SELECT test.failure($$SELECT remote_rel.add_remote_schema('apollo',
    test.definition('apollo') || '{"customization": {"root_fields_namespace": "apollo",
    "type_names": {"prefix": "Ap", "mapping": {"Query": "Query"}}}}')$$);
SELECT remote_rel.add_remote_schema('apollo', test.definition('apollo')
    || '{"customization": {"root_fields_namespace": "apollo", "type_names": {"prefix": "Ap",
    "mapping": {"Query": "ApQuery"}}}}');
SELECT a.sdl = b.sdl AS same_schema FROM remote_rel.remote_schema AS a,
    remote_rel.remote_schema AS b WHERE a.name = 'auth0' AND b.name = 'apollo';

-- With SDL nothing is asked
SELECT test.reset();
SELECT remote_rel.add_remote_schema('given', test.definition(), sdl => 'type Query { one: Int }');
SELECT test.requests();
SELECT sdl, sdl_given FROM remote_rel.remote_schema WHERE name = 'given';
SELECT remote_rel.reload_remote_schema('given');
SELECT test.requests();

-- Reload and update ask again, and keep the order of addition
SELECT remote_rel.reload_remote_schema('auth0');
SELECT remote_rel.update_remote_schema('auth0', test.definition() || '{"timeout_seconds": 5}');
SELECT test.requests();
SELECT name, ordinal, definition -> 'timeout_seconds' AS timeout, comment
    FROM remote_rel.remote_schema ORDER BY ordinal;

SELECT jsonb_path_query_first(remote_rel.introspect_remote_schema('given'),
    '$.data.__schema.types[*] ? (@.name == "Query")');
SELECT remote_rel.remove_remote_schema('given');
SELECT name FROM remote_rel.remote_schema ORDER BY ordinal;
ROLLBACK;

-- What is wrong with a definition
BEGIN;
CREATE FUNCTION pg_temp.attempt(definition text) RETURNS text LANGUAGE sql AS
$$ SELECT test.failure(format('SELECT remote_rel.add_remote_schema(%L, %L)', 'x', definition)) $$;
SELECT pg_temp.attempt('{}');
SELECT pg_temp.attempt('[]');
SELECT pg_temp.attempt('{"url": "http://a/", "url_from_env": "A"}');
SELECT pg_temp.attempt('{"url": 5}');
SELECT pg_temp.attempt('{"url": "http://a/", "timeout": 5}');
SELECT pg_temp.attempt('{"url": "http://a/", "timeout_seconds": 0}');
SELECT pg_temp.attempt('{"url": "http://a/", "timeout_seconds": "5"}');
SELECT pg_temp.attempt('{"url": "http://a/", "timeout_seconds": 1.5}');
SELECT pg_temp.attempt('{"url": "http://a/", "forward_client_headers": "yes"}');
SELECT pg_temp.attempt('{"url": "http://a/", "headers": {"a": "b"}}');
SELECT pg_temp.attempt('{"url": "http://a/", "headers": [{"name": "a"}]}');
SELECT pg_temp.attempt('{"url": "http://a/", "headers": [{"name": "a", "value": "b", "value_from_env": "C"}]}');
SELECT pg_temp.attempt('{"url": "http://a/", "headers": [{"name": "a b", "value": "secret"}]}');
SELECT pg_temp.attempt('{"url": "http://a/", "headers": [{"name": "a", "value": "secret\r\nx: y"}]}');
SELECT pg_temp.attempt('{"url_from_env": "REMOTE_REL_NO_SUCH_VARIABLE"}');
SELECT pg_temp.attempt('{"url": "http://127.0.0.1:1/", "headers": [{"name": "a",
    "value_from_env": "REMOTE_REL_NO_SUCH_VARIABLE"}]}');
SELECT pg_temp.attempt('{"url": "file:///etc/passwd"}');
SELECT pg_temp.attempt('{"url": "http://user:secret@127.0.0.1:1/graphql?key=secret"}');
SELECT test.failure($$SELECT remote_rel.add_remote_schema('', '{"url": "http://a/"}')$$);
SELECT test.failure($$SELECT remote_rel.add_remote_schema(NULL, '{"url": "http://a/"}')$$);

-- What an upstream can do wrong
CREATE FUNCTION pg_temp.ask(url text) RETURNS text LANGUAGE sql AS
$$ SELECT pg_temp.attempt(jsonb_build_object('url', url, 'timeout_seconds', 1)::text) $$;
SELECT pg_temp.ask(test.url(rest => '/nowhere'));
SELECT regexp_replace(pg_temp.ask(test.url(rest => '?delay=3000')), ' \(name resolution[^)]*\)', '');
CREATE FUNCTION pg_temp.answer(body text, more text DEFAULT '') RETURNS text LANGUAGE sql AS
$$ SELECT pg_temp.ask(test.url('faulty', '?introspection=1&fault=body&body='
    || replace(replace(encode(body::bytea, 'base64'), E'\n', ''), '+', '%2B') || more)) $$;
SELECT pg_temp.ask(test.url('faulty', '?introspection=1&fault=' || fault))
    FROM unnest('{html,not-json,empty,scalar,errors,no-data,list,redirect,bad-utf8}'::text[]) AS fault;
SELECT pg_temp.answer('{"errors": [{"message": "introspection is disabled"}]}');
SELECT pg_temp.answer('{"errors": [{"message": "introspection is disabled"}]}', '&status=400');
SELECT pg_temp.answer('{"data": {"__schema": {}}}');
SELECT pg_temp.answer('{"data": {"__schema": {"queryType": {"name": "Query"}, "types": [{"kind": "OBJECT", "name": "Query", "fields": [
  {"name": "a", "args": [], "type": {"kind": "OBJECT", "name": "Nowhere"}}]}], "directives": []}}}');
SELECT count(*) FROM remote_rel.remote_schema;

-- A schema that is none
CREATE FUNCTION pg_temp.give(sdl text) RETURNS text LANGUAGE sql AS
$$ SELECT test.failure(format('SELECT remote_rel.add_remote_schema(%L, %L, sdl => %L)', 'x',
    '{"url": "http://a/"}', sdl)) $$;
SELECT pg_temp.give('');
SELECT pg_temp.give('type Query {');
SELECT pg_temp.give('type Query { a: A b: [B!] } type C { c: Int c: String }');
SELECT pg_temp.give('type A { a: Int }');
SELECT count(*) FROM remote_rel.remote_schema;

-- Names that do not exist
SELECT remote_rel.add_remote_schema('registry', '{"url": "http://a/"}', sdl => 'type Query { one: Int }');
SELECT test.failure($$SELECT remote_rel.update_remote_schema('registri', '{"url": "http://a/"}',
    sdl => 'type Query { one: Int }')$$);
SELECT test.failure($$SELECT remote_rel.remove_remote_schema('registri')$$);
SELECT test.failure($$SELECT remote_rel.reload_remote_schema('registri')$$);
SELECT test.failure($$SELECT remote_rel.introspect_remote_schema('other')$$);
ROLLBACK;

-- An upstream that fails changes nothing
BEGIN;
SELECT remote_rel.add_remote_schema('auth0', test.definition());
SELECT test.failure($$SELECT remote_rel.update_remote_schema('auth0', '{"url": "http://127.0.0.1:1/"}')$$);
SELECT test.masked(definition::text) FROM remote_rel.remote_schema;
ROLLBACK;

-- Two remote schemas that meet: one type is shared, everything else is refused
BEGIN;
SELECT remote_rel.add_remote_schema('a', '{"url": "http://127.0.0.1:1/"}', sdl => 'directive @up(n: Int) on FIELD  type Mutation { m: Int }
  type Query { one: Int  two: T  u: U  e(f: F = {a: 1}): E }  type T { a: Int }  union U = T  enum E { A B }  input F { a: Int = 1  b: [F!] }');
CREATE FUNCTION pg_temp.add(definition text, sdl text) RETURNS text LANGUAGE sql AS
$$ SELECT test.failure(format('SELECT remote_rel.add_remote_schema(%L, %L, sdl => %L)', 'b', definition, sdl)) $$;
SELECT pg_temp.add('{"url": "http://127.0.0.1:1/"}', 'type Query { one: Int } type Mutation { m: Int }');
SELECT pg_temp.add('{"url": "http://127.0.0.1:1/"}', 'directive @up(n: String) on FIELD  type Query { three: T  four: U  x(f: F): E }
  type T { a: String }  type V { a: Int }  union U = T | V  enum E { A }  input F { a: Int  b: [F!] }');
SELECT pg_temp.add('{"url": "http://127.0.0.1:1/"}',
    'directive @up(n: Int) repeatable on FIELD  type Query { three(t: T): U }  input T { a: Int }  scalar U');
SELECT pg_temp.add('{"url": "http://127.0.0.1:1/",
    "customization": {"field_names": [{"parent_type": "T", "prefix": "b_"}, {"parent_type": "Query",
    "prefix": "b_"}]}}',
  'type Query { one: T }  type T { a: Int }');
SELECT pg_temp.add('{"url": "http://127.0.0.1:1/"}', 'directive @up(n: Int) on FIELD  type Query { three: T  four: U  five: E  six(f: F): Int }
  type T { a: Int }  union U = T  enum E { B A }  input F { b: [F!]  a: Int = 1 }');
SELECT remote_rel.remove_remote_schema('b');
SELECT pg_temp.add('{"url": "http://127.0.0.1:1/", "customization": {"root_fields_namespace": "b",
    "type_names": {"prefix": "B"}}}', 'type Query { one: T }  type T { a: String }');
SELECT test.failure($$SELECT remote_rel.add_remote_schema('c',
    '{"url": "http://127.0.0.1:1/", "customization": {"root_fields_namespace": "b",
    "type_names": {"prefix": "C"}}}',
  sdl => 'type Query { one: T }  type T { a: String }')$$);
-- A table that comes later is not refused, but listed; one that is there refuses the remote schema
CREATE TABLE two (id integer PRIMARY KEY);
SELECT remote_rel.metadata('{"type": "get_inconsistent_metadata", "args": {}}');
SELECT test.failure($$SELECT remote_rel.add_remote_schema('c', '{"url": "http://127.0.0.1:1/"}',
    sdl => 'type Query { three: Int }')$$);
SELECT remote_rel.remove_remote_schema('c');
SELECT remote_rel.remove_remote_schema('a');
SELECT test.failure($$SELECT remote_rel.add_remote_schema('c', '{"url": "http://127.0.0.1:1/"}',
    sdl => 'type Query { two: Int }')$$);
ROLLBACK;

\set QUIET on
\c postgres
DROP DATABASE regress_metadata_remote_schema;
