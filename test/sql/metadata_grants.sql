CREATE DATABASE regress_metadata_grants;
\c regress_metadata_grants
\i test/setup.sql
-- Permissions on tables and functions, and inherited roles: refused, with the statements that say the same here. The statements are run, and show what
-- the role then sees.

CREATE SCHEMA shop;
SET remote_rel.exposed_schemas = 'public, shop';
CREATE DOMAIN years AS smallint CHECK (VALUE >= 0);
CREATE TYPE mood AS ENUM ('low', 'high');
CREATE TABLE authors (id integer PRIMARY KEY, name text NOT NULL, account text, mood mood,
    tags text[], info jsonb, born date, chief_id integer REFERENCES authors,
  code character(3), flags bit(3), age years);
CREATE TABLE articles (id integer PRIMARY KEY, author_id integer NOT NULL REFERENCES authors,
    title varchar(40), published boolean NOT NULL, rating numeric);
CREATE TABLE shop.orders (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    author_id integer REFERENCES authors, total numeric NOT NULL, note text);
CREATE VIEW bestsellers AS SELECT * FROM articles WHERE rating > 4;
CREATE FUNCTION shout(a authors) RETURNS text LANGUAGE sql STABLE AS $$ SELECT upper(a.name) $$;
SELECT remote_rel.add_computed_field('authors', 'shout', 'shout');
INSERT INTO authors VALUES (1, 'Ann', 'a-1', 'low', '{x,y}', '{"k": {"l": 1}}', '1970-01-01', NULL,
    'abc', '101', 50), (2, 'Bob', 'b-2', 'high', '{}', '{}', '1980-01-01', 1, 'a', '100', 40),
  (3, 'Cid', 'c-3', NULL, NULL, NULL, NULL, 2, NULL, NULL, NULL);
INSERT INTO articles VALUES (1, 1, 'Sea', true, 4.5), (2, 1, 'Sand draft', false, NULL),
    (3, 2, 'Salt', false, 3), (4, 2, 'Sun', true, 5), (5, 3, 'Sky', false, 1);
INSERT INTO shop.orders (author_id, total) VALUES (1, 10), (1, 0), (2, 20);

-- The statements behind an error, and what of the command they leave out
CREATE FUNCTION written(request jsonb, OUT error text, OUT left_out text, OUT statements text) LANGUAGE plpgsql AS $$
BEGIN
  PERFORM remote_rel.metadata(request);
  error := 'no error';
EXCEPTION WHEN feature_not_supported THEN
  GET STACKED DIAGNOSTICS left_out = PG_EXCEPTION_DETAIL, statements = PG_EXCEPTION_HINT;
  error := SQLERRM;
  IF statements !~ '^Run:\n' THEN
    RAISE EXCEPTION 'no statements: %, %', error, statements;
  END IF;
  statements := substr(statements, 6);
END
$$;
CREATE PROCEDURE run(statements text) LANGUAGE plpgsql AS $$ BEGIN EXECUTE statements; END $$;

\set bodies `cat test/metadata/table_permissions.json`
BEGIN;
-- Each permission's statements, which run one after the other
DO $$ BEGIN PERFORM set_config('test.n', '0', false); END $$;
CREATE FUNCTION next_one() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  n integer := current_setting('test.n');
  w record;
BEGIN
  SELECT * INTO w FROM written(current_setting('test.bodies')::jsonb #> ARRAY['args', n::text]);
  PERFORM set_config('test.n', (n + 1)::text, false);
  CALL run(w.statements);
  RETURN concat_ws(E'\n', w.error, '-- ' || replace(nullif(w.left_out, ''), E'\n', E'\n-- '), w.statements);
END
$$;
SELECT set_config('test.bodies', :'bodies', true) IS NOT NULL;
SELECT next_one();
SELECT next_one();
SELECT next_one();
SELECT next_one();
SELECT next_one();
SELECT next_one();

-- What the role sees, by who asks
SELECT test.resolve('{ articles(order_by: {id: asc}) { id title } articles_aggregate { aggregate { count } } }', 'regress_grants_reader', headers => '{"x-hasura-user-id": "a-1"}');
SELECT test.resolve('{ articles(order_by: {id: asc}) { id } }', 'regress_grants_reader',
    headers => '{"X-Hasura-User-Id": "b-2"}');
SELECT test.resolve('{ articles(order_by: {id: asc}) { id } }', 'regress_grants_reader');
SELECT test.resolve('{ articles { rating } }', 'regress_grants_reader');
SELECT test.resolve('{ authors(order_by: {id: asc}) { name shout articles(order_by: {id: asc}) { id } } }', 'regress_grants_reader', headers => '{"x-hasura-user-id": "c-3"}');
SELECT test.resolve('{ shop_orders { id total } }', 'regress_grants_reader', headers => '{"x-hasura-author-id": "1"}');
SELECT test.resolve('{ shop_orders { id total } }', 'regress_grants_reader');

-- What it may write: a function with its rights, called by a query
CREATE FUNCTION buy(worth numeric) RETURNS SETOF shop.orders LANGUAGE sql VOLATILE
    AS $$ INSERT INTO shop.orders (total) VALUES (worth) RETURNING * $$;
CREATE FUNCTION reprice(worth numeric) RETURNS SETOF shop.orders LANGUAGE sql VOLATILE
    AS $$ UPDATE shop.orders SET total = worth WHERE total > 0 RETURNING * $$;
CREATE FUNCTION cancel() RETURNS SETOF shop.orders LANGUAGE sql VOLATILE AS $$ DELETE
    FROM shop.orders WHERE id > 0 RETURNING * $$;
CREATE FUNCTION pay_as(who integer) RETURNS SETOF shop.orders LANGUAGE sql VOLATILE
    AS $$ INSERT INTO shop.orders (author_id, total) VALUES (who, 1) RETURNING * $$;
SELECT count(remote_rel.track_function(f, '{"exposed_as": "query"}'))
    FROM unnest('{buy, reprice, cancel, pay_as}'::regproc[]) AS f;
GRANT SELECT ON shop.orders TO regress_grants_reader;
SELECT test.resolve('{ buy(args: {worth: 5}) { author_id total } }', 'regress_grants_reader',
    headers => '{"x-hasura-user-id": "a-1", "x-hasura-author-id": "1"}');
SELECT test.resolve('{ buy(args: {worth: 1000}) { author_id total } }', 'regress_grants_reader',
    headers => '{"x-hasura-user-id": "a-1", "x-hasura-author-id": "1"}');
SELECT test.resolve('{ buy(args: {worth: 5}) { author_id total } }', 'regress_grants_reader',
    headers => '{"x-hasura-user-id": "b-2", "x-hasura-author-id": "1"}');
SELECT test.resolve('{ pay_as(args: {who: 2}) { author_id total } }', 'regress_grants_reader',
    headers => '{"x-hasura-user-id": "a-1", "x-hasura-author-id": "1"}');
SELECT test.resolve('{ reprice(args: {worth: 7}) { author_id total note } }',
    'regress_grants_reader', headers => '{"x-hasura-author-id": "1"}');
SELECT test.resolve('{ reprice(args: {worth: -7}) { author_id total note } }',
    'regress_grants_reader', headers => '{"x-hasura-author-id": "1"}');
SELECT test.resolve('{ cancel { author_id total } }', 'regress_grants_reader',
    headers => '{"x-hasura-author-id": "1"}');
SELECT author_id, total, note FROM shop.orders ORDER BY id;

-- Taken back
CREATE PROCEDURE drop_all() LANGUAGE plpgsql AS $$
DECLARE
  w record;
BEGIN
  FOR w IN SELECT written.* FROM jsonb_array_elements(current_setting('test.bodies')::jsonb -> 'args') AS c,
      written(jsonb_build_object('type', replace(c ->> 'type', 'create', 'drop'), 'args',
          (c -> 'args') - '{permission,comment}'::text[])) LOOP
    RAISE INFO E'%\n%', w.error, w.statements;
    EXECUTE w.statements;
  END LOOP;
END
$$;
CALL drop_all();
SELECT count(*) FROM pg_policy;
SELECT proname FROM pg_proc WHERE proname LIKE '%regress_grants%';
SELECT has_any_column_privilege('regress_grants_reader', 'authors', 'SELECT, INSERT, UPDATE');
ROLLBACK;

-- Every operator: the condition, and the rows of authors (ids) that it lets through
BEGIN;
CREATE ROLE regress_grants_reader;
CREATE FUNCTION rows_by(filter jsonb, OUT condition text, OUT ids text) LANGUAGE plpgsql AS $$
DECLARE
  w record;
BEGIN
  SELECT * INTO w FROM written(jsonb_build_object('type', 'create_select_permission', 'args',
      jsonb_build_object('table', 'authors',
    'role', 'regress_grants_reader', 'permission', jsonb_build_object('columns', '*', 'filter', filter,
        'allow_aggregations', true))));
  BEGIN
    EXECUTE w.statements;
    ids := graphql_resolve('{ authors(order_by: {id: asc}) { id } }', 'regress_grants_reader',
      headers => '{"x-hasura-user-id": "a-1", "x-hasura-ids": "{1,3}", "x-hasura-id": "2",
          "x-hasura-mood": "low", "x-hasura-tags": "{x}", "x-hasura-date": "1975-05-05"}');
    ids := coalesce(nullif((SELECT string_agg(a ->> 'id', ',')
        FROM json_array_elements(ids::json #> '{data,authors}') AS a), ''),
        'none' || coalesce(': ' || (ids::json -> 'errors')::text, ''));
    condition := coalesce((SELECT regexp_replace(prosrc, '^SELECT ', 'function: ') FROM pg_proc
        WHERE proname LIKE 'authors_regress%'),
      substring(w.statements FROM 'USING \((.*)\);'));
    RAISE EXCEPTION USING ERRCODE = 'OK000';
  EXCEPTION WHEN SQLSTATE 'OK000' THEN
  END;
END
$$;
SELECT filter, r.* FROM unnest(ARRAY[
  '{}', '{"id": {}}', '{"id": 2}', '{"id": {"_eq": 2}}', '{"id": {"$eq": "2"}}',
      '{"id": {"_ne": 2}}', '{"id": {"_neq": "X-Hasura-Id"}}', '{"id": {"_gt": 1, "_lte": 2}}',
      '{"id": {"_gte": 2}}',
  '{"id": {"_lt": 2}}', '{"id": {"_in": [1, "X-HASURA-ID"]}}', '{"id": {"_nin": [1, 2]}}',
      '{"id": {"_in": []}}', '{"id": {"_nin": []}}', '{"id": {"_in": "X-Hasura-Ids"}}',
  '{"id": {"_nin": "X-Hasura-Ids"}}', '{"mood": {"_eq": "low"}}',
      '{"mood": {"_in": ["low", "high"]}}', '{"mood": "X-Hasura-Mood"}',
      '{"mood": {"_is_null": true}}', '{"mood": {"_is_null": false}}',
  '{"name": {"_like": "A%"}}', '{"name": {"_nlike": "A%"}}', '{"name": {"_ilike": "a%"}}',
      '{"name": {"_nilike": "a%"}}', '{"name": {"_similar": "(A|B)%"}}',
      '{"name": {"_nsimilar": "(A|B)%"}}',
  '{"name": {"_regex": "^A"}}', '{"name": {"_nregex": "^A"}}', '{"name": {"_iregex": "^a"}}',
      '{"name": {"_niregex": "^a"}}', '{"name": {"_eq": "it''s \"\\ $$ ; --"}}',
  '{"tags": {"_contains": ["x"]}}', '{"tags": {"_contained_in": ["x", "y", "z"]}}',
      '{"tags": {"_contains": "X-Hasura-Tags"}}', '{"tags": {"_eq": []}}',
  '{"info": {"_contains": {"k": {}}}}', '{"info": {"_contained_in": {}}}',
      '{"info": {"_has_key": "k"}}', '{"info": {"_has_keys_any": ["k", "m"]}}',
      '{"info": {"_has_keys_all": ["k", "m"]}}',
  '{"info": {"_cast": {"String": {"_like": "%l%"}}}}', '{"born": {"_gt": "X-Hasura-Date"}}',
      '{"born": {"_lt": "1975-05-05"}}',
  '{"code": {"_eq": "abc"}}', '{"code": {"_in": ["abc", "a"]}}', '{"flags": {"_eq": "101"}}',
      '{"flags": {"_in": ["101"]}}', '{"age": {"_gt": 45}}', '{"age": {"_in": [40]}}',
  '{"id": {"_cgt": "chief_id"}}', '{"id": {"_ceq": "chief_id"}}', '{"shout": {"_eq": "ANN"}}',
      '{"_not": {"id": 1}}', '{"_and": []}', '{"_or": []}', '{"_not": {}}',
  '{"_or": [{"id": 1, "name": "Ann"}, {"$and": [{"$or": [{"id": 2}, {"id": 3}]},
      {"name": "Bob"}]}]}', '{"_and": [{"_or": [{"id": 1}, {"id": 2}]}, {"_or": [{"id": 2}, {"id": 3}]}]}',
  '{"articles": {}}', '{"_not": {"articles": {"published": true}}}', '{"chief": {"name": "Ann"}}',
      '{"chief": {"chief": {"articles": {"published": true}}}}',
  '{"articles": {"rating": {"_gt": 1}, "author": {"account": "X-Hasura-User-Id"}}}',
  '{"_exists": {"_table": {"schema": "shop", "name": "orders"}, "_where": {"total": {"_gt": 5},
      "author_id": {"_ceq": ["$", "id"]}}}}',
  '{"_exists": {"_table": "bestsellers", "_where": {}}}'
]::jsonb[]) WITH ORDINALITY AS f(filter, n), rows_by(filter) AS r ORDER BY n;

-- Not without a policy for other roles, and on views no policy
SELECT statements FROM written('{"type": "create_select_permission", "args": {"table": "authors",
    "role": "regress_grants_reader", "permission": {"columns": ["id"], "filter": {}}}}');
SELECT left_out, statements FROM written('{"type": "create_select_permission",
    "args": {"table": "bestsellers", "role": "regress_grants_reader", "permission":
    {"columns": ["id"], "filter": {"published": true}}}}');
ROLLBACK;

-- Names that need quotes, or are too long together
BEGIN;
CREATE TABLE "odd table; --" ("a""b" integer PRIMARY KEY, "$x" text);
CREATE TABLE odd (id integer PRIMARY KEY, peer integer REFERENCES odd);
SELECT statements FROM written(jsonb_build_object('type', 'create_insert_permission', 'args',
    jsonb_build_object('table', 'odd', 'role', 'regress "quoted''; --',
  'permission', '{"check": {"odd": {"id": 5}}, "set": {"peer": null}}'::jsonb))) \gset
\echo :statements
CALL run(:'statements');
SELECT statements FROM written(jsonb_build_object('type', 'create_update_permission', 'args',
    jsonb_build_object('table', 'odd', 'role', 'regress_' || repeat('long', 13),
  'permission', '{"columns": [], "filter": {"odd": {"id": 5}}, "check": {"odd": {"id": 6}}}'::jsonb))) \gset
\echo :statements
CALL run(:'statements');
ROLLBACK;

-- Functions and roles
BEGIN;
SELECT error, statements FROM unnest(ARRAY[
  '{"type": "pg_create_function_permission", "args": {"source": "default",
      "function": {"schema": "public", "name": "shout"}, "role": "regress_grants_reader"}}',
  '{"type": "pg_drop_function_permission", "args": {"function": "shout", "role": "regress_grants_reader"}}',
  '{"type": "pg_set_permission_comment", "args": {"table": "authors",
      "role": "regress_grants_reader", "type": "select", "comment": "it''s"}}',
  '{"type": "add_inherited_role", "args": {"role_name": "regress_grants_both",
      "role_set": ["regress_grants_reader", "regress_grants_writer"]}}',
  '{"type": "drop_inherited_role", "args":
      {"role_name": "regress_grants_both"}}']::jsonb[]) AS request, written(request);
SELECT statements FROM written('{"type": "add_inherited_role",
    "args": {"role_name": "regress_grants_both", "role_set": ["regress_grants_reader",
    "regress_grants_writer"]}}') \gset
CALL run(:'statements');
SELECT pg_has_role('regress_grants_both', 'regress_grants_writer', 'MEMBER');
ROLLBACK;

-- What is wrong, and what no policy can say
CREATE FUNCTION refusal(permission jsonb, verb text DEFAULT 'select') RETURNS text LANGUAGE sql AS $$
  SELECT test.failure(format('SELECT remote_rel.metadata(%L)',
      jsonb_build_object('type', format('pg_create_%s_permission', verb), 'args',
    jsonb_build_object('table', 'articles', 'role', 'regress_grants_reader', 'permission', permission))))
$$;
SELECT refusal('{"columns": ["id"]}');
SELECT refusal('{"columns": ["id", "titel"], "filter": {}}');
SELECT refusal('{"column": ["id"], "filter": {}}');
SELECT refusal('{"columns": 5, "filter": {}}');
SELECT refusal('{"columns": "id", "filter": {}}');
SELECT refusal('{"columns": "*", "filter": []}');
SELECT refusal('{"columns": "*", "filter": {"titel": "x"}}');
SELECT refusal('{"columns": "*", "filter": {"_or": [{"author": {"nme": {"_eq": "x"}}}]}}');
SELECT refusal('{"columns": "*", "filter": {"title": {"_equal": "x"}}}');
SELECT refusal('{"columns": "*", "filter": {"title": {"_eq": null}}}');
SELECT refusal('{"columns": "*", "filter": {"title": {"_eq": {}}}}');
SELECT refusal('{"columns": "*", "filter": {"id": {"_in": [1, "one"]}}}');
SELECT refusal('{"columns": "*", "filter": {"author": {"mood": "middling"}}}');
SELECT refusal('{"columns": "*", "filter": {"author": {"born": {"_gt": 5}}}}');
SELECT refusal('{"columns": "*", "filter": {"author": {"tags": {"_contains": "x"}}}}');
SELECT refusal('{"columns": "*", "filter": {"_and": {"id": 1}}}');
SELECT refusal('{"columns": "*", "filter": {"author_aggregate": {"count": {}}}}');
SELECT refusal('{"columns": "*", "filter": {"title": {"_is_null": "yes"}}}');
SELECT refusal('{"columns": "*", "filter": {"title": {"_in": 5}}}');
SELECT refusal('{"columns": "*", "filter": {"title": {"_st_within": 5}}}');
SELECT refusal('{"columns": "*", "filter": {"title": {"_ceq": "nothing"}}}');
SELECT refusal('{"columns": "*", "filter": {"title": {"_ceq": ["author", "name"]}}}');
SELECT refusal('{"columns": "*", "filter": {"_exists": {"_table": "nowhere", "_where": {}}}}');
SELECT refusal('{"columns": "*", "check": {}, "set": {"titel": 5}}', 'insert');
SELECT refusal('{"filter": {}, "columns": "*"}', 'delete');
SELECT test.failure($$SELECT remote_rel.metadata('{"type": "pg_create_select_permission",
    "args": {"source": "other", "table": "authors", "role": "r", "permission": {}}}')$$);
-- casts inside of casts, read while there was room on the stack
CREATE TABLE deep AS SELECT ('{"type": "pg_create_select_permission", "args": {"table": "authors",
    "role": "r", "permission": {"columns": "*", "filter": {"name": '
  || repeat('{"_cast": {"String": ', 1500) || '{"_eq": "a"}' || repeat('}}', 1500) || '}}}}')::jsonb AS request;
SET max_stack_depth = '100kB';
SELECT test.failure('SELECT remote_rel.metadata(request) FROM deep') ~ '^54001: stack depth limit exceeded';
RESET max_stack_depth;
DROP TABLE deep;
-- "public" would be everybody
SELECT role, test.failure(format('SELECT remote_rel.metadata(%L)',
    jsonb_build_object('type', 'pg_create_select_permission', 'args',
  jsonb_build_object('table', 'articles', 'role', role, 'permission',
      '{"columns": "*", "filter": {}}'::jsonb))))
      FROM unnest(ARRAY['public', 'none', 'pg_monitor', '', repeat('x', 64)]) AS role;
SELECT test.failure($$SELECT remote_rel.metadata('{"type": "add_inherited_role",
    "args": {"role_name": "a", "role_set": ["b", "public"]}}')$$);
SELECT test.failure($$SELECT remote_rel.metadata('{"type": "pg_set_permission_comment",
    "args": {"table": "authors", "role": "r", "type": "selec", "comment": "c"}}')$$);

\set QUIET on
\c postgres
DROP DATABASE regress_metadata_grants;
