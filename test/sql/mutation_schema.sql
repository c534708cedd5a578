-- A database of its own: what public has in it is what the test is about.
CREATE DATABASE regress_mutation_schema;
\c regress_mutation_schema
\i test/setup.sql
-- Which mutations, inputs and constraints a role has: combinations of grants on the columns of a table, beside what
-- the table of privileges says.

CREATE ROLE regress_granted;
CREATE TABLE t (id int PRIMARY KEY, a int, j jsonb, code text CONSTRAINT t_code_key UNIQUE);
CREATE FUNCTION sorted(names text[]) RETURNS text LANGUAGE sql AS
    $$ SELECT string_agg(DISTINCT n, ' ' ORDER BY n) FROM unnest(names) AS n $$;
CREATE FUNCTION offered() RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(concat_ws(': ', key, sorted(ARRAY(
        SELECT n #>> '{}' FROM jsonb_path_query(value, '$.**.name') AS n))), E'\n' ORDER BY key)
    FROM jsonb_each(graphql_resolve('{ fields: __schema { mutationType { fields { name } } }
        insert: __type(name: "t_insert_input") { inputFields { name } }
        set: __type(name: "t_set_input") { inputFields { name } }
        inc: __type(name: "t_inc_input") { inputFields { name } }
        append: __type(name: "t_append_input") { inputFields { name } }
        many: __type(name: "t_updates") { inputFields { name } }
        key: __type(name: "t_pk_columns_input") { inputFields { name } }
        conflict: __type(name: "t_on_conflict") { inputFields { name } }
        constraint: __type(name: "t_constraint") { enumValues { name } }
        updated: __type(name: "t_update_column") { enumValues { name } } }', 'regress_granted')::jsonb -> 'data')
$$;
-- s, i, u: columns with SELECT, INSERT, UPDATE; d: DELETE
CREATE FUNCTION expected(s text[], i text[], u text[], d boolean) RETURNS text LANGUAGE sql AS $$
    WITH has AS (SELECT s <> '{}' AS reads, 'id' = ANY (s) AS reads_key, i <> '{}' AS inserts, u <> '{}' AS updates,
        ARRAY(SELECT c FROM unnest(u) AS c WHERE c = ANY (s) AND c IN ('id', 'a')) AS inc,
        'j' = ANY (u) AND 'j' = ANY (s) AS json)
    SELECT string_agg(concat_ws(': ', key, sorted(ARRAY(
        SELECT name FROM unnest(names) AS name WHERE name IS NOT NULL))), E'\n' ORDER BY key)
    FROM has, LATERAL (VALUES
        ('fields', ARRAY[CASE WHEN inserts THEN 'insert_t' END, CASE WHEN inserts AND reads THEN 'insert_t_one' END,
            CASE WHEN updates AND reads THEN 'update_t' END, CASE WHEN updates AND reads THEN 'update_t_many' END,
            CASE WHEN updates AND reads_key THEN 'update_t_by_pk' END,
            CASE WHEN d AND reads THEN 'delete_t' END, CASE WHEN d AND reads_key THEN 'delete_t_by_pk' END]),
        ('insert', i),
        ('set', CASE WHEN reads THEN u END),
        ('inc', CASE WHEN reads THEN inc END),
        ('append', CASE WHEN json THEN '{j}'::text[] END),
        ('many', CASE WHEN updates AND reads THEN '{_set,where}'::text[]
            || CASE WHEN inc <> '{}' THEN '{_inc}'::text[] END
            || CASE WHEN json THEN '{_append,_prepend,_delete_key,_delete_elem,_delete_at_path}'::text[] END END),
        ('key', CASE WHEN updates AND reads_key THEN '{id}'::text[] END),
        ('conflict', CASE WHEN inserts AND s && '{id,code}' THEN '{constraint}'::text[]
            || CASE WHEN updates THEN '{update_columns,where}'::text[] END END),
        ('constraint', CASE WHEN inserts THEN ARRAY[CASE WHEN reads_key THEN 't_pkey' END,
            CASE WHEN 'code' = ANY (s) THEN 't_code_key' END] END),
        ('updated', CASE WHEN inserts AND s && '{id,code}' THEN u END)) AS v(key, names)
$$;
CREATE FUNCTION granted(s text[], i text[], u text[], d boolean) RETURNS text LANGUAGE plpgsql AS $$ BEGIN
    REVOKE ALL ON t FROM regress_granted;
    REVOKE ALL (id, a, j, code) ON t FROM regress_granted;
    IF s <> '{}' THEN EXECUTE format('GRANT SELECT (%s) ON t TO regress_granted', array_to_string(s, ',')); END IF;
    IF i <> '{}' THEN EXECUTE format('GRANT INSERT (%s) ON t TO regress_granted', array_to_string(i, ',')); END IF;
    IF u <> '{}' THEN EXECUTE format('GRANT UPDATE (%s) ON t TO regress_granted', array_to_string(u, ',')); END IF;
    IF d THEN GRANT DELETE ON t TO regress_granted; END IF;
    RETURN offered();
END $$;
CREATE TABLE outcome AS
    SELECT s, i, u, d, granted(s, i, u, d) AS offered, expected(s, i, u, d) FROM
        (VALUES ('{}'::text[]), ('{a}'), ('{id}'), ('{code,j}'), ('{id,a,j,code}')) AS v1(s),
        (VALUES ('{}'::text[], false), ('{id,a}', true)) AS v2(i, d),
        (VALUES ('{}'::text[]), ('{a,j}'), ('{id,code}')) AS v3(u);
SELECT count(*), count(DISTINCT offered) FROM outcome;
SELECT * FROM outcome WHERE offered IS DISTINCT FROM expected LIMIT 5;
SELECT offered FROM outcome WHERE s = '{code,j}' AND i = '{id,a}' AND u = '{a,j}' AND d;

\set QUIET on
\c postgres
DROP DATABASE regress_mutation_schema;
DROP ROLE regress_granted;
