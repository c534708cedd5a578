CREATE DATABASE regress_search_path_traps;
\c regress_search_path_traps
\i test/setup.sql
-- In front of pg_catalog: every function and operator of it that can be made again, tables and types with the names of its own, and casts of the user's types. What runs
-- into one of them fails, or answers something else than without them.

CREATE ROLE regress_trapped;
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE users (id int PRIMARY KEY, name text, auth0_id text, mood mood, score numeric,
    tags text[], extra jsonb, born date, seen timestamptz, boss_id int REFERENCES users,
    token uuid);
INSERT INTO users SELECT i, 'user ' || i, 'auth0|' || i, (ARRAY['sad', 'ok'])[i % 2 + 1]::mood,
    i / 2.0, ARRAY['a', 't' || i], jsonb_build_object('k', i, 'l', ARRAY[i]),
  '2020-01-01'::date + i, '2020-01-01 UTC'::timestamptz + i * interval '1 hour', nullif(i / 2, 0),
      md5(i::text)::uuid FROM generate_series(1, 5) AS i;
CREATE FUNCTION shout(u users, session json, mark text DEFAULT '!') RETURNS text
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS
  $$ SELECT upper(u.name) || mark || (session ->> 'x-hasura-user-id') $$;
CREATE FUNCTION best(at_least numeric) RETURNS SETOF users
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$ SELECT * FROM public.users
    WHERE score >= at_least $$;
ALTER TABLE users ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON users USING (id <> 5 AND remote_rel.session_variable('x-hasura-user-id') IS NOT NULL);
GRANT SELECT ON users TO regress_trapped;

-- the plain functions and operators of pg_catalog, again
CREATE SCHEMA trap;
GRANT USAGE ON SCHEMA trap TO PUBLIC;
DO $$
DECLARE
  types oid[] := ARRAY(SELECT oid FROM pg_type WHERE typnamespace = 'pg_catalog'::regnamespace
      AND typrelid = 0 AND (typtype IN ('b', 'r', 'm')
    OR typname IN ('anyelement', 'anyarray', 'anynonarray', 'anyenum', 'anycompatible',
        'anycompatiblearray', 'record')));
  body text := $body$ LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''trapped''; END'$body$;
  item record;
  word text;
BEGIN
  FOR item IN
    SELECT quote_ident(p.proname) AS name, p.proretset, format_type(p.prorettype, NULL) AS result, p.oid,
      (SELECT coalesce(string_agg(CASE WHEN p.provariadic <> 0
          AND n = p.pronargs THEN 'VARIADIC ' ELSE '' END || format_type(t, NULL), ', ' ORDER BY n),
          '')
       FROM unnest(p.proargtypes::oid[]) WITH ORDINALITY AS a(t, n)) AS args
    FROM pg_proc AS p WHERE p.pronamespace = 'pg_catalog'::regnamespace
        AND p.prokind IN ('f', 'a', 'w') AND p.prorettype = ANY (types || '2278'::oid)
        AND p.proargtypes::oid[] <@ types
  LOOP
    BEGIN
      EXECUTE format('CREATE FUNCTION trap.%s(%s) RETURNS %s%s%s', item.name, item.args,
          CASE WHEN item.proretset THEN 'SETOF ' ELSE '' END, item.result, body);
    EXCEPTION WHEN invalid_function_definition OR syntax_error OR feature_not_supported THEN
      NULL;                     -- a result that its arguments do not determine
    END;
  END LOOP;
  FOR item IN
    SELECT o.oid, o.oprname, format_type(o.oprleft, NULL) AS l, format_type(o.oprright, NULL) AS r,
        format_type(o.oprresult, NULL) AS result, o.oprleft = 0 AS prefix
    FROM pg_operator AS o WHERE o.oprnamespace = 'pg_catalog'::regnamespace
        AND o.oprresult = ANY (types) AND (o.oprleft = 0 OR o.oprleft = ANY (types))
        AND o.oprright = ANY (types)
  LOOP
    BEGIN
      EXECUTE format('CREATE FUNCTION trap.operator_%s(%s%s) RETURNS %s%s', item.oid,
          CASE WHEN item.prefix THEN '' ELSE item.l || ', ' END, item.r, item.result, body);
      EXECUTE format('CREATE OPERATOR trap.%s (FUNCTION = trap.operator_%s, %sRIGHTARG = %s)',
          item.oprname, item.oid, CASE WHEN item.prefix THEN '' ELSE 'LEFTARG = ' || item.l
          || ', ' END, item.r);
    EXCEPTION WHEN invalid_function_definition OR syntax_error OR feature_not_supported THEN
      NULL;
    END;
  END LOOP;
  -- more to the point than those of pg_catalog: for the user's own types
  FOREACH word IN ARRAY ARRAY['=', '<', '>', '<>', '<=', '>='] LOOP
    EXECUTE format('CREATE FUNCTION trap.%I(mood, mood) RETURNS boolean%s', 'mood ' || word, body);
    EXECUTE format('CREATE OPERATOR trap.%s (FUNCTION = trap.%I, LEFTARG = mood, RIGHTARG = mood)',
        word, 'mood ' || word);
  END LOOP;
  FOREACH word IN ARRAY ARRAY['to_json', 'row_to_json', 'count', 'array_agg', 'json_agg', 'max',
      'coalesce', 'shout'] LOOP
    EXECUTE format('CREATE FUNCTION trap.%I(public.users) RETURNS json%s', word, body);
  END LOOP;
  FOREACH word IN ARRAY ARRAY['json_object', 'json_rows', 'join_hole', 'session_variable',
      'graphql_resolve', 'note_names', 'follow_names'] LOOP
    EXECUTE format('CREATE FUNCTION trap.%I(text) RETURNS json%s', word, body);
  END LOOP;
  FOR item IN SELECT relname FROM pg_class WHERE relnamespace IN ('pg_catalog'::regnamespace,
      'remote_rel'::regnamespace) AND relkind IN ('r', 'v') LOOP
    EXECUTE format('CREATE TABLE trap.%I (trapped int)', item.relname);
    EXECUTE format('CREATE TEMP TABLE %I (trapped int)', item.relname);
  END LOOP;
  FOREACH word IN ARRAY ARRAY['text', 'json', 'jsonb', 'int4', 'int8', 'bool', 'name', 'oid',
      'regclass', 'numeric', 'uuid', 'date', 'timestamptz', 'record', 'unknown', 'users',
      'mood'] LOOP
    EXECUTE format('CREATE DOMAIN trap.%I AS int2 CHECK (VALUE > 32000)', word);
  END LOOP;
  EXECUTE 'CREATE FUNCTION trap.text_mood(pg_catalog.text) RETURNS public.mood' || body;
  EXECUTE 'CREATE FUNCTION trap.users_text(public.users) RETURNS pg_catalog.text' || body;
END
$$;
CREATE CAST (text AS mood) WITH FUNCTION trap.text_mood(text) AS IMPLICIT;
CREATE CAST (users AS text) WITH FUNCTION trap.users_text(users) AS IMPLICIT;
SELECT count(*) > 1500 AS many FROM pg_catalog.pg_proc WHERE pronamespace = 'trap'::regnamespace;
SELECT count(*) > 600 AS many FROM pg_catalog.pg_operator WHERE oprnamespace = 'trap'::regnamespace;

-- they catch what does not look out
\set hostile 'trap, pg_temp, public, pg_catalog'
BEGIN;
SET LOCAL search_path = :hostile;
SELECT 1 + 1;
ROLLBACK;

-- management, and commands that it follows
SELECT test.definition()::text AS definition \gset
SET search_path = :hostile;
SELECT remote_rel.add_remote_schema('auth0', :'definition');
SELECT remote_rel.update_remote_schema('auth0', :'definition');
SELECT remote_rel.reload_remote_schema('auth0');
SELECT remote_rel.add_remote_schema_permissions('auth0', 'regress_trapped',
    'type Query { auth0(auth0_id: String!): Profile } type Profile { nickname: String auth0_id: String! }');
SELECT remote_rel.create_remote_relationship('public.users', 'profile', 'auth0',
    '{"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}');
SELECT remote_rel.create_remote_schema_remote_relationship('auth0', 'Profile', 'local',
    '{"to_source": {"relationship_type": "object", "table": "users",
    "field_mapping": {"auth0_id": "auth0_id"}}}');
SELECT remote_rel.add_computed_field('public.users', 'shout', 'public.shout', session_argument => 'session');
SELECT remote_rel.track_function('public.best');
SELECT remote_rel.create_array_relationship('public.users', 'peers',
    '{"manual_configuration": {"remote_table": "users", "column_mapping": {"mood": "mood"}}}');
ALTER TABLE public.users RENAME COLUMN auth0_id TO subject;
ALTER TABLE public.users RENAME TO people;
ALTER FUNCTION public.best(pg_catalog.numeric) RENAME TO better;
SELECT pg_catalog.regexp_replace(remote_rel.metadata('{"type": "export_metadata",
    "args": {}}')::pg_catalog.text, ':[0-9]+', ':PORT');
ALTER FUNCTION public.better(pg_catalog.numeric) RENAME TO best;
ALTER TABLE public.people RENAME TO users;
ALTER TABLE public.users RENAME COLUMN subject TO auth0_id;
COMMENT ON TABLE public.users IS 'watched';
CREATE TABLE public.passing (id pg_catalog.text PRIMARY KEY);
SELECT remote_rel.create_remote_relationship('public.passing', 'gone', 'auth0',
    '{"auth0": {"arguments": {"auth0_id": "$id"}}}');
DROP TABLE public.passing;
SELECT remote_rel.metadata('{"type": "get_inconsistent_metadata", "args": {}}');
-- the same by a role that has no rights on the catalogs
CREATE TABLE public.passing (id pg_catalog.text PRIMARY KEY);
SELECT remote_rel.create_remote_relationship('public.passing', 'gone', 'auth0',
    '{"auth0": {"arguments": {"auth0_id": "$id"}}}');
ALTER TABLE public.passing OWNER TO regress_trapped;
SET ROLE regress_trapped;
ALTER TABLE public.passing RENAME COLUMN id TO key;
RESET ROLE;
SELECT remote_rel.metadata('{"type": "export_metadata",
    "args": {}}') OPERATOR(pg_catalog.@>) '{"sources": [{"tables": [{"table": {"name": "passing"}, "remote_relationships": [{"definition": {"to_remote_schema": {"lhs_fields": ["key"]}}}]}]}]}'::pg_catalog.jsonb AS followed;
SET ROLE regress_trapped;
DROP TABLE public.passing;
RESET ROLE;

-- answers
\set query '{ users(where: {_and: [{id: {_gte: 1, _in: [1, 2, 3, 4]}}, {_or: [{name: {_ilike: "USER%", _similar: "user_[0-9]", _regex: "^u", _nlike: "x%"}}, {mood: {_eq: ok}}]}, {mood: {_in: [sad, ok]}}, {score: {_lt: 3}}, {tags: {_contains: ["a"]}}, {extra: {_has_key: "k", _contains: {l: []}}}, {born: {_gt: "2020-01-01"}}, {seen: {_is_null: false}}, {token: {_neq: "00000000-0000-0000-0000-000000000000"}}, {_not: {boss: {name: {_eq: "nobody"}}}}]}, order_by: [{mood: desc_nulls_last}, {boss: {name: asc}}, {users_aggregate: {count: desc}}, {id: asc}], limit: 10) { id name mood score tags extra(path: "l[0]") born seen token shout(args: {mark: "?"}) boss { name mood } users(order_by: {id: desc}) { id } peers(order_by: {id: asc}) { id } users_aggregate { aggregate { count max { name score born } avg { score } } } profile { nickname local { name } } } d: users(distinct_on: mood, order_by: [{mood: asc}, {id: asc}]) { id } users_by_pk(id: 2) { name } users_aggregate(where: {score: {_gt: 1}}, order_by: {id: asc}) { aggregate { count(columns: [mood], distinct: true) sum { score } stddev { score } } nodes { id } } best(args: {at_least: 1}, order_by: {id: asc}) { id } auth0(auth0_id: "auth0|2") { nickname local { mood } } __type(name: "users") { fields { name } } }'
\set headers '{"x-hasura-user-id": "7"}'
SELECT public.graphql_resolve(:'query', headers => :'headers') AS hostile_admin \gset
SELECT public.graphql_resolve(:'query', 'regress_trapped', headers => :'headers') AS hostile_other \gset
SELECT public.graphql_explain(:'query', headers => :'headers') AS hostile_plan \gset
SELECT public.graphql_schema() AS hostile_schema \gset
SELECT pg_catalog.json_agg(j.result) AS hostile_join
    FROM remote_rel.remote_join(ARRAY[ROW(1, 'x', 'auth0|3', NULL, NULL, NULL, NULL, NULL, NULL,
    NULL, NULL)::public.users], 'profile', '{ nickname local { name } }',
    headers => :'headers') AS j \gset
SET ROLE regress_trapped;
SELECT public.graphql_resolve(:'query', headers => :'headers') AS hostile_role \gset
RESET ROLE;
RESET search_path;
-- anew, with plans of its own
\c -
SELECT graphql_resolve(:'query', headers => :'headers') AS calm \gset
SELECT graphql_resolve(:'query', 'regress_trapped', headers => :'headers') AS calm_other \gset
SELECT graphql_explain(:'query', headers => :'headers') AS calm_plan \gset
SELECT graphql_schema() AS calm_schema \gset
SELECT :'hostile_admin' = :'calm' AS answer, (SELECT json_agg(s ->> 'sql')
    FROM json_array_elements(:'hostile_plan'::json -> 'statements') AS s)::text
    = (SELECT json_agg(s ->> 'sql')
        FROM json_array_elements(:'calm_plan'::json -> 'statements') AS s)::text AS statements,
        :'hostile_schema' = :'calm_schema' AS schema,
  :'hostile_other' = :'calm_other' AS of_a_role, :'hostile_role' = :'calm_other' AS as_a_role;
SELECT :'hostile_join' AS join;
SELECT test.pretty(:'hostile_role');

-- every function of generated statements is called by its schema, every operator stands in OPERATOR(pg_catalog.…)
CREATE TEMP TABLE statement AS SELECT regexp_replace(s ->> 'sql', $$'([^']|'')*'$$, '', 'g') AS sql FROM json_array_elements(:'calm_plan'::json -> 'statements') AS s;
SELECT string_agg(DISTINCT m[1], ' ' ORDER BY m[1]) AS functions
    FROM statement, regexp_matches(sql, '([a-z_.]+)\(', 'g') AS m;
SELECT string_agg(DISTINCT m[1], ' ' ORDER BY m[1]) AS operators
    FROM statement, regexp_matches(sql, 'OPERATOR\((\S+)\)', 'g') AS m;
SELECT string_agg(DISTINCT m[1], ' ' ORDER BY m[1]) AS others
    FROM statement, regexp_matches(regexp_replace(sql, 'OPERATOR\(\S+\)', '', 'g'),
    '([^[:alnum:][:space:]_"$.,():]+)', 'g') AS m;
SELECT string_agg(DISTINCT m[1], ' ' ORDER BY m[1]) AS casts
    FROM statement, regexp_matches(sql, '::([a-z_0-9.]+)', 'g') AS m;

DROP OWNED BY regress_trapped;
DROP ROLE regress_trapped;
\set QUIET on
\c postgres
DROP DATABASE regress_search_path_traps;
