CREATE DATABASE regress_permission_statements;
\c regress_permission_statements
\i test/setup.sql
-- Filters of permissions, written as policies and run: they let through what the same condition in a where finds.

CREATE ROLE regress_statements_reader;
CREATE TYPE mood AS ENUM ('low', 'mid', 'high');
CREATE TYPE pair AS (a integer, b text);
CREATE DOMAIN feeling AS mood;
CREATE DOMAIN few AS integer CHECK (VALUE < 100);
CREATE DOMAIN several AS integer[];
CREATE TABLE t (id integer PRIMARY KEY, _int integer, _int2 smallint, _int8 bigint, _numeric numeric, _float float8,
    _real real,
  _bool boolean, _text text, _varchar varchar(9), _char character(3), _uuid uuid, _date date, _time time, _timestamp
    timestamp,
  _timestamptz timestamptz, _interval interval, _bytea bytea, _inet inet, _mood mood, _feeling feeling, _few few,
    _pair pair,
  _bits bit(3), _jsonb jsonb, _json json, _range int4range, _point point, _ints integer[], _texts text[], _moods
    mood[], _some several);
-- three values, the second the one in the filters, and a row of nulls
CREATE TABLE value (col text, a text, b text, c text);
INSERT INTO value VALUES ('_int', '1', '2', '3'), ('_int2', '1', '2', '3'), ('_int8', '1', '2', '3'), ('_numeric',
    '1.0', '1.5', '2'),
  ('_float', '1', '1.5', '2'), ('_real', '1', '1.5', '2'), ('_bool', 'false', 'true', 'true'), ('_text', '"Ab"',
    '"ab"', '"b"'),
  ('_varchar', '"Ab"', '"ab"', '"b"'), ('_char', '"Ab"', '"ab"', '"b"'),
  ('_uuid', '"00000000-0000-0000-0000-00000000000a"', '"00000000-0000-0000-0000-00000000000B"',
      '"00000000-0000-0000-0000-00000000000c"'),
  ('_date', '"2020-01-01"', '"2020-01-02"', '"2020-01-03"'), ('_time', '"10:00"', '"11:00"', '"12:00"'),
  ('_timestamp', '"2020-01-01"', '"2020-01-02"', '"2020-01-03"'), ('_timestamptz', '"2020-01-01"', '"2020-01-02"',
    '"2020-01-03"'),
  ('_interval', '"1 day"', '"48 hours"', '"3 days"'), ('_bytea', '"\\x01"', '"\\x02"', '"\\x03"'),
  ('_inet', '"10.0.0.1"', '"10.0.0.2"', '"10.0.0.3"'), ('_mood', '"low"', '"mid"', '"high"'),
  ('_feeling', '"low"', '"mid"', '"high"'), ('_few', '1', '2', '3'), ('_pair', '"(1,a)"', '"(2,b)"', '"(3,c)"'),
  ('_bits', '"001"', '"010"', '"011"'), ('_jsonb', '{"b": 1}', '{"ab": 1}', '[1, null, 3]'), ('_json', '1', '2', '3'),
  ('_range', '"[1,3)"', '"[1,9)"', '"[2,3)"'), ('_point', '"(1,1)"', '"(2,2)"', '"(3,3)"'), ('_ints', '[]',
    '[1, null, 3]', '[4, 5]'),
  ('_texts', '["a"]', '["a", null, "c d"]', '["e", "f"]'), ('_moods', '["low"]', '["low", "high"]', '[]'),
  ('_some', '[1]', '[1, 2]', '[3]');
SELECT test.resolve(format('mutation ($o: [t_insert_input!]!) { insert_t(objects: $o) { affected_rows } }'), variables
    =>
    jsonb_build_object('o', jsonb_agg(o))) FROM (
  SELECT jsonb_build_object('id', n) || coalesce(jsonb_object_agg(col, CASE n WHEN 1 THEN a WHEN 2 THEN b ELSE c
    END::jsonb)
      FILTER (WHERE n < 4), '{}') AS o
  FROM value, generate_series(1, 4) AS n GROUP BY n) AS objects;

-- The rows of a where
CREATE FUNCTION asked(filter jsonb) RETURNS text LANGUAGE sql AS $$
  SELECT coalesce((SELECT '{' || string_agg(a ->> 'id', ',') || '}' FROM json_array_elements(r -> 'data' -> 't') AS a),
      CASE WHEN r -> 'errors' IS NULL THEN '{}' ELSE 'error: ' || (r -> 'errors' -> 0 ->> 'message') END)
  FROM graphql_resolve('query ($w: t_bool_exp!) { t(where: $w, order_by: {id: asc}) { id } }',
      variables => jsonb_build_object('w', filter)) AS r
$$;
-- and those that a policy lets through, whose statements are taken back; or only its condition, which takes less time.
CREATE FUNCTION seen(filter jsonb, headers jsonb DEFAULT NULL, policy boolean DEFAULT true,
    OUT ids text, OUT condition text) LANGUAGE plpgsql AS $$
DECLARE
  statements text;
  r json;
BEGIN
  PERFORM remote_rel.metadata(jsonb_build_object('type', 'pg_create_select_permission', 'args',
    jsonb_build_object('table', 't',
      'role', 'regress_statements_reader', 'permission', jsonb_build_object('columns', '*', 'filter', filter,
        'allow_aggregations', true))));
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS statements = PG_EXCEPTION_HINT;
  IF statements !~ '^Run:' THEN
    ids := 'error: ' || SQLERRM;
    RETURN;
  END IF;
  IF NOT policy THEN
    condition := substring(statements FROM 'USING \((.*)\);');
    EXECUTE 'SELECT coalesce(array_agg(id ORDER BY id), ''{}'') FROM t WHERE ' || condition INTO ids;
    RETURN;
  END IF;
  BEGIN
    EXECUTE substr(statements, 6);
    r := graphql_resolve('{ t(order_by: {id: asc}) { id } }', 'regress_statements_reader', headers => headers);
    ids := coalesce((SELECT '{' || string_agg(a ->> 'id', ',') || '}' FROM json_array_elements(r -> 'data' -> 't') AS
    a),
        CASE WHEN r -> 'errors' IS NULL THEN '{}' ELSE 'error: ' || (r -> 'errors' -> 0 ->> 'message') END);
    condition := coalesce((SELECT 'path ' || array_to_string(proconfig, '') || ': ' || prosrc FROM pg_proc WHERE
    proname ~ '_select_filter$'),
        substring(statements FROM 'USING \((.*)\);'));
    RAISE EXCEPTION USING ERRCODE = 'OK000';
  EXCEPTION WHEN SQLSTATE 'OK000' THEN
  END;
END
$$;

-- Every operator of where with every type class: the same rows, or an error for both
CREATE TABLE compared AS
  SELECT col, op, asked(filter) AS asked, s.ids, s.condition FROM value,
    unnest('{_eq,_neq,_gt,_gte,_lt,_lte,_in,_nin,_is_null,_like,_nlike,_ilike,_nilike,_similar,_nsimilar,_regex,_nregex,
        _iregex,_niregex,        _contains,_contained_in,_has_key,_has_keys_any,_has_keys_all}'::text[]) AS op,
    jsonb_build_object(col, jsonb_build_object(op, CASE
      WHEN op ~ '^_n?in$' THEN jsonb_build_array(b::jsonb, c::jsonb)
      WHEN op = '_is_null' THEN 'true'
      WHEN op ~ 'like|similar|regex' THEN '"a%"'
      WHEN op = '_has_key' THEN '"ab"'
      WHEN op ~ '_has_keys' THEN '["ab", "b"]'
      ELSE b::jsonb END)) AS filter, seen(filter, policy => op = '_eq' AND asked(filter) LIKE '{%') AS s;
SELECT count(*), count(*) FILTER (WHERE asked LIKE '{%') AS compared, count(*) FILTER (WHERE asked = ids) AS same FROM
    compared;
SELECT col, op, asked, ids, condition FROM compared
  WHERE CASE WHEN asked LIKE 'error%' THEN ids NOT LIKE 'error: type%has no operator%' ELSE ids IS DISTINCT FROM asked
    END
  ORDER BY col, op;
-- negated: nulls stay nulls
SELECT col, op, asked, ids FROM value, unnest('{_eq,_neq,_in,_nin}'::text[]) AS op,
    jsonb_build_object('_not', jsonb_build_object(col, jsonb_build_object(op, CASE WHEN op ~ '^_n?in$' THEN
      jsonb_build_array(a::jsonb, b::jsonb) ELSE b::jsonb END))) AS filter, asked(filter), seen(filter, policy => false)
  WHERE asked NOT LIKE 'error%' AND asked <> ids;

-- A session variable in the place of the value: one, a list, a list of lists
SELECT col, op, asked(jsonb_build_object(col, jsonb_build_object(op, b::jsonb))), seen(jsonb_build_object(col,
    jsonb_build_object(op,
      'X-Hasura-V')), jsonb_build_object('x-hasura-v', literal))
  FROM value, unnest('{_eq,_neq}'::text[]) AS op,
    format('SELECT (jsonb_populate_record(NULL::t, jsonb_build_object(%L, %L::jsonb))).%I::text', col, b, col) AS q,
    LATERAL (SELECT (xpath('/row/c/text()', query_to_xml(replace(q, '::text', '::text AS c'), false, true,
    '')))[1]::text AS literal) AS l
  WHERE col IN ('_int', '_text', '_date', '_mood', '_feeling', '_ints', '_texts', '_some') ORDER BY col, op;
SELECT condition FROM seen('{"_texts": {"_in": "X-Hasura-V"}}');
SELECT v, (seen('{"_texts": {"_in": "X-Hasura-V"}}', jsonb_build_object('x-hasura-v', v))).ids FROM unnest(ARRAY[
    '{"{a}","{e,f}"}', '{{e,f},{a,b}}', '{{e,f}}', '{}', NULL]) AS v;
SELECT v, (seen('{"_texts": {"_nin": "X-Hasura-V"}}', jsonb_strip_nulls(jsonb_build_object('x-hasura-v', v)))).ids,
    (seen('{"_not": {"_texts": {"_in": "X-Hasura-V"}}}', jsonb_strip_nulls(jsonb_build_object('x-hasura-v', v)))).ids
    FROM unnest(ARRAY[
    '{"{a}","{e,f}"}', '{{e,f},{a,b}}', '{{e,f}}', '{}', NULL]) AS v;
SELECT (seen(f::jsonb, '{"x-hasura-v": "{\"{4,5}\",\"{1,NULL,3}\"}", "x-hasura-w": "{4,5}"}')).ids FROM
    unnest(ARRAY['{"_ints": {"_in": "X-Hasura-V"}}',
    '{"_ints": {"_in": ["X-Hasura-W", [9]]}}', '{"_ints": {"_nin": []}}', '{"_ints": {"_in": []}}',
    '{"_ints": {"_contains": "X-Hasura-W"}}',
    '{"_int": {"_in": "X-Hasura-W"}}', '{"_ints": {"_in": ["X-Hasura-W", "X-Hasura-W", []]}}',
    '{"_some": {"_in": "X-Hasura-V"}}']) AS f;

-- What means another time at each reading is read at each check
SELECT f, (seen(f::jsonb)).condition FROM unnest(ARRAY['{"_timestamptz": {"_gt": "now()"}}',
    '{"_timestamp": {"_lt": "now"}}',
    '{"_date": {"_in": ["today", "Tomorrow", "yesterday", "2020-01-01"]}}', '{"_date": {"_eq": "TODAY"}}',
    '{"_text": {"_eq": "now"}}',
    '{"_timestamptz": {"_cast": {"String": {"_eq": "now"}}}}', '{"_time": {"_gt": "now"}}']) AS f;
CREATE TABLE stamped (id integer PRIMARY KEY, at timestamptz DEFAULT clock_timestamp(), changed timestamptz, day date);
SELECT substring(test.failure($$SELECT
    remote_rel.metadata('{"type": "create_insert_permission", "args": {"table": "stamped",
    "role": "regress_statements_reader", "permission": {"columns": "*", "check": {"at": {"_lte": "now()"}},
    "set": {"changed": "now()", "day": "today"}}}}')$$) FROM 'Run:\n(.*)') AS statements \gset
SELECT line FROM regexp_split_to_table(:'statements', '\n') AS line WHERE line ~ 'POLICY|FUNCTION';
SELECT substring(test.failure($$SELECT
    remote_rel.metadata('{"type": "create_select_permission", "args": {"table": "stamped",
    "role": "regress_statements_reader", "permission": {"columns": "*", "filter": {"at": {"_gt": "now()"}}}}}')$$)
    FROM 'Run:\n(.*)')
    AS more \gset
SELECT set_config('test.run', :'statements' || E'\n' || :'more', false) IS NOT NULL;
DO $$ BEGIN EXECUTE current_setting('test.run'); END $$;
INSERT INTO stamped VALUES (1, clock_timestamp() + '0.2 s'), (2, clock_timestamp() + '1 h');
SELECT test.resolve('{ stamped(order_by: {id: asc}) { id } }', 'regress_statements_reader');
SELECT pg_sleep(0.25) IS NOT NULL;
SELECT test.resolve('{ stamped(order_by: {id: asc}) { id } }', 'regress_statements_reader');
BEGIN;
SET ROLE regress_statements_reader;
INSERT INTO stamped (id, at) VALUES (4, now()), (5, now());
RESET ROLE;
SELECT id, changed = now(), day = current_date FROM stamped WHERE id > 3 ORDER BY id;
ROLLBACK;

-- Computed fields: functions that find their tables by search_path, and that the role may not call
CREATE SCHEMA hidden;
CREATE TABLE hidden.friend (of integer, name text);
INSERT INTO hidden.friend VALUES (1, 'x'), (2, 'y'), (3, 'y');
SET search_path = public, hidden;
CREATE TABLE public.tag (id integer, of integer, tag text);
INSERT INTO tag VALUES (1, 1, 'x'), (2, 2, 'y'), (3, 2, 'z');
CREATE FUNCTION public.tags(t) RETURNS SETOF tag LANGUAGE sql STABLE AS 'SELECT * FROM tag WHERE of = $1.id';
CREATE FUNCTION public.friends(t) RETURNS bigint LANGUAGE sql STABLE AS
    'SELECT count(*) FROM friend WHERE of = $1.id AND name = ''y''';
CREATE FUNCTION public.mine(t, session json) RETURNS boolean LANGUAGE sql STABLE AS 'SELECT $2 IS NOT NULL';
CREATE FUNCTION public.above(t, n integer) RETURNS boolean LANGUAGE sql STABLE AS 'SELECT $1.id > n';
CREATE FUNCTION public.above2(t, n integer DEFAULT 2) RETURNS boolean LANGUAGE sql STABLE AS 'SELECT $1.id > n';
REVOKE EXECUTE ON FUNCTION tags(t), friends(t) FROM PUBLIC;
SELECT remote_rel.add_computed_field('t', f, f::regproc) FROM unnest('{tags,friends,above,above2}'::text[]) AS f;
SELECT remote_rel.metadata('{"type": "add_computed_field", "args": {"table": "t", "name": "mine", "definition":
    {"function": "mine", "session_argument": "session"}}}');
SELECT f, asked(f), seen(f) FROM unnest(ARRAY['{"tags": {"tag": {"_in": ["y", "z"]}}}', '{"friends": {"_eq": 1}}',
    '{"above2": {"_eq": true}}',
    '{"_and": [{"tags": {}}, {"friends": {"_gt": 0}}]}', '{"_not": {"tags": {"tag": {"_eq": "y"}}}}']::jsonb[]) AS f;
-- schemas of the search_path where everybody may create objects: none, two of three
CREATE SCHEMA "Open ""1""";
GRANT CREATE ON SCHEMA public, "Open ""1""" TO PUBLIC;
SELECT test.failure(format('SELECT remote_rel.metadata(%L)', jsonb_build_object('type', 'pg_create_select_permission', 'args',
    jsonb_build_object('table', 't', 'role', 'regress_statements_reader', 'permission', jsonb_build_object('columns', '"*"'::jsonb, 'filter', f)))))
  FROM unnest(ARRAY['{"tags": {}}', '{"_exists": {"_table": "t", "_where": {}}}']::jsonb[]) AS f, set_config('search_path', 'public, hidden, "Open ""1"""', false);
REVOKE CREATE ON SCHEMA public, "Open ""1""" FROM PUBLIC;
RESET search_path;
SELECT (public.seen(f::jsonb)).ids FROM unnest(ARRAY['{"mine": {"_eq": true}}', '{"above": {"_eq": true}}']) AS f;

\set QUIET on
\c postgres
DROP DATABASE regress_permission_statements;
DROP ROLE regress_statements_reader;
