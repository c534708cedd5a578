\i test/setup.sql
-- Operators of types that come with extensions, of enum tables, and _cast: a filter of a permission takes what a where takes.

BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION ltree;
CREATE EXTENSION citext;
CREATE TABLE level (name text PRIMARY KEY, comment text);
INSERT INTO level VALUES ('low', 'little'), ('high', 'much');
SELECT remote_rel.set_table_is_enum('level', true);
CREATE TABLE t (id integer PRIMARY KEY, path ltree, paths ltree[], ci citext, level text REFERENCES level, word text, n integer, xs integer[], doc jsonb, r int4range);
INSERT INTO t VALUES (1, 'a', '{a}', 'AB', 'low', 'ab', 1, '{1}', '{"a": 1}', '[1,3)'), (2, 'a.b', '{a.b,a}', 'b', 'high', 'b', 2, '{1,2}', '[1]', '[1,9)'),
    (3, 'a.b.c', '{}', 'c', NULL, 'c', 3, '{}', '"x"', 'empty'), (4, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
CREATE FUNCTION asked(filter jsonb) RETURNS text LANGUAGE sql AS $$
    SELECT CASE WHEN r -> 'errors' IS NULL THEN coalesce((SELECT '{' || string_agg(a ->> 'id', ',') || '}' FROM json_array_elements(r #> '{data,t}') AS a), '{}')
        ELSE 'error: ' || (r #>> '{errors,0,message}') END
    FROM graphql_resolve('query ($w: t_bool_exp!) { t(where: $w, order_by: {id: asc}) { id } }', variables => jsonb_build_object('w', filter)) AS r $$;
CREATE FUNCTION seen(filter jsonb, OUT ids text, OUT condition text) LANGUAGE plpgsql AS $$
DECLARE
    said text := test.failure(format('SELECT remote_rel.metadata(%L)', jsonb_build_object('type', 'pg_create_select_permission', 'args',
        jsonb_build_object('table', 't', 'role', 'regress_operators', 'permission',
            jsonb_build_object('columns', '*', 'filter', filter, 'allow_aggregations', true)))));
BEGIN
    condition := substring(said FROM 'USING \((.*)\);');
    IF condition IS NULL THEN
        ids := 'error: ' || split_part(said, E'\n', 1);
    ELSE
        EXECUTE 'SELECT coalesce(array_agg(id ORDER BY id), ''{}'') FROM t WHERE ' || condition INTO ids;
    END IF;
END $$;
-- every operator that any type has, with a value of each column's type
CREATE TEMP TABLE operator AS
    SELECT DISTINCT o ->> 'name' AS op FROM unnest('{ltree,ltree_array,citext,level_enum,String,Int,Int_array,jsonb,int4range}'::text[]) AS type,
        json_array_elements(graphql_resolve(format('{ __type(name: "%s_comparison_exp") { inputFields { name } } }', type)) #> '{data,__type,inputFields}') AS o;
CREATE TEMP TABLE compared AS
    SELECT col, op, asked(filter), s.* FROM operator,
        (VALUES ('path', '"a.b"'), ('paths', '["a.b", "a"]'), ('ci', '"B"'), ('level', '"low"'), ('word', '"b"'), ('n', '2'), ('xs', '[1, 2]'), ('doc', '[1]'), ('r', '"[1,9)"')) AS v(col, value),
        jsonb_build_object(col, jsonb_build_object(op, CASE
            WHEN op = '_is_null' THEN 'true'
            WHEN op = '_cast' THEN '{"String": {"_like": "%b%", "_neq": "q"}}'
            WHEN op ~ '^_n?in$' THEN jsonb_build_array(value::jsonb)
            WHEN op IN ('_matches', '_matches_fulltext') THEN '"a"'
            WHEN op ~ '_any$|_all$' THEN '["a", "a.b"]'
            WHEN op IN ('_ancestor', '_descendant', '_has_key') THEN '"a"'
            WHEN op ~ 'like|similar|regex' THEN '"%b%"'
            ELSE value::jsonb END)) AS filter, seen(filter) AS s;
SELECT col, count(*) AS operators, count(*) FILTER (WHERE asked LIKE '{%') AS taken, count(*) FILTER (WHERE asked = ids) AS same FROM compared GROUP BY col ORDER BY col;
SELECT * FROM compared WHERE CASE WHEN asked LIKE 'error%' THEN ids NOT LIKE 'error: 42883: type%has no operator%' ELSE ids IS DISTINCT FROM asked END ORDER BY col, op;
SELECT col, op, ids, condition FROM compared WHERE col IN ('path', 'ci', 'level', 'r') AND op ~ 'ancestor|descendant|match|cast|^_eq|_contain|_ilike|_gt$' ORDER BY col, op;
-- lists from a session variable, and a filter by a field that takes the session
SELECT condition FROM unnest(ARRAY['{"path": {"_ancestor_any": "X-Hasura-Paths"}}', '{"path": {"_matches": "X-Hasura-Path"}}',
    '{"path": {"_in": "X-Hasura-Paths"}}', '{"level": "X-Hasura-Level"}']::jsonb[]) AS f, seen(f);
CREATE FUNCTION own(t, session json) RETURNS boolean LANGUAGE sql STABLE AS $$ SELECT $1.word = session ->> 'x-hasura-word' $$;
CREATE FUNCTION mine(t) RETURNS boolean LANGUAGE sql STABLE AS $$ SELECT $1.word = remote_rel.session_variable('x-hasura-word') $$;
SELECT remote_rel.add_computed_field('t', 'own', 'own', session_argument => 'session');
SELECT remote_rel.add_computed_field('t', 'mine', 'mine');
SELECT test.failure(format('SELECT remote_rel.metadata(%L)', jsonb_build_object('type', 'pg_create_select_permission', 'args', jsonb_build_object('table', 't',
    'role', 'regress_operators', 'permission', jsonb_build_object('columns', '*', 'filter', jsonb_build_object(field, '{"_eq": true}'::jsonb))))))
    FROM unnest('{own,mine}'::text[]) AS field;
ROLLBACK;
