-- A database of its own: what public has in it is what the test is about.
CREATE DATABASE regress_mutation_privileges;
\c regress_mutation_privileges
\i test/setup.sql
-- Grants and policies made by chance (of numbers that are always the same): what a role writes through GraphQL is what
-- it writes by the same SQL, and both refuse the same.

CREATE ROLE regress_group;
CREATE ROLE regress_member IN ROLE regress_group;
CREATE ROLE regress_other;
CREATE ROLE regress_wards NOINHERIT IN ROLE regress_group;
CREATE TABLE t (id int PRIMARY KEY, a int DEFAULT 7, b text, owner name DEFAULT current_user);
CREATE TABLE kids (id int PRIMARY KEY, t_id int REFERENCES t, note text);
CREATE VIEW v AS SELECT id, a, b, owner FROM t;
INSERT INTO t VALUES (1, 10, 'x', 'regress_member'), (2, 20, 'y', 'regress_other'), (3, 30, 'z', 'regress_group');
INSERT INTO kids VALUES (1, 3, 'k');

-- What is written both ways; "rel" stands for the table. The SQL of several statements returns what its last one does.
-- Where the schema wants SELECT on some column though the statement does without (section 14 of the dialect), some_select.
CREATE TABLE op (n int GENERATED ALWAYS AS IDENTITY, document text, statements text[], some_select bool DEFAULT false, views bool DEFAULT true);
INSERT INTO op (document, statements) VALUES
    ('insert_rel(objects: [{id: 5, a: 1}, {id: 6, a: 40}]) { affected_rows }', '{"INSERT INTO rel (id, a) VALUES (5, 1), (6, 40)"}'),
    ('insert_rel(objects: {id: 5, a: null, b: "n"}) { affected_rows }', '{"INSERT INTO rel (id, a, b) VALUES (5, NULL, ''n'')"}'),
    ('insert_rel(objects: [{id: 5}]) { returning { id a } }', '{"INSERT INTO rel (id) VALUES (5) RETURNING id, a"}'),
    ('insert_rel(objects: [{id: 5, a: 2, owner: "regress_other"}]) { returning { b } }',
     '{"INSERT INTO rel (id, a, owner) VALUES (5, 2, ''regress_other'') RETURNING b"}'),
    ('update_rel(where: {id: {_eq: 1}}, _set: {a: 11}) { affected_rows }', '{"UPDATE rel SET a = 11 WHERE id = 1"}'),
    ('update_rel(where: {a: {_gt: 5}}, _inc: {a: 20}) { returning { a b } }', '{"UPDATE rel SET a = a + 20 WHERE a > 5 RETURNING a, b"}'),
    ('update_rel(where: {owner: {_eq: "regress_other"}}, _set: {b: "w", owner: "regress_member"}) { returning { id } }',
     '{"UPDATE rel SET b = ''w'', owner = ''regress_member'' WHERE owner = ''regress_other'' RETURNING id"}'),
    ('update_rel_many(updates: [{where: {id: {_eq: 1}}, _set: {b: "p"}}, {where: {b: {_eq: "p"}}, _set: {a: 1}}]) { affected_rows }',
     '{"UPDATE rel SET b = ''p'' WHERE id = 1", "UPDATE rel SET a = 1 WHERE b = ''p''"}'),
    ('delete_rel(where: {a: {_lt: 25}}) { returning { b } }', '{"DELETE FROM rel WHERE a < 25 RETURNING b"}'),
    ('delete_rel(where: {id: {_eq: 3}}) { affected_rows }', '{"DELETE FROM rel WHERE id = 3"}'),
    ('a: insert_rel(objects: {id: 5, a: 1}) { affected_rows } b: delete_rel(where: {id: {_eq: 2}}) { affected_rows }',
     '{"INSERT INTO rel (id, a) VALUES (5, 1)", "DELETE FROM rel WHERE id = 2"}');
INSERT INTO op (document, statements, some_select) VALUES
    ('insert_rel_one(object: {id: 5, b: "o"}) { __typename }', '{"INSERT INTO rel (id, b) VALUES (5, ''o'')"}', true),
    ('update_rel(where: {}, _set: {a: 3}) { affected_rows }', '{"UPDATE rel SET a = 3"}', true),
    ('delete_rel(where: {}) { affected_rows }', '{"DELETE FROM rel"}', true);
INSERT INTO op (document, statements, views) VALUES
    ('update_rel_by_pk(pk_columns: {id: 2}, _set: {b: "k"}) { id b }', '{"UPDATE rel SET b = ''k'' WHERE id = 2 RETURNING id, b"}', false),
    ('delete_rel_by_pk(id: 2) { id owner }', '{"DELETE FROM rel WHERE id = 2 RETURNING id, owner"}', false),
    ('insert_rel(objects: [{id: 1, a: 5}, {id: 9, a: 6}], on_conflict: {constraint: rel_pkey}) { affected_rows }',
     '{"INSERT INTO rel (id, a) VALUES (1, 5), (9, 6) ON CONFLICT ON CONSTRAINT rel_pkey DO NOTHING"}', false),
    ('insert_rel(objects: [{id: 1, a: 5}, {id: 9, a: 6}], on_conflict: {constraint: rel_pkey, update_columns: [a], where: {b: {_eq: "x"}}})
      { returning { id a } }', '{"INSERT INTO rel (id, a) VALUES (1, 5), (9, 6) ON CONFLICT ON CONSTRAINT rel_pkey
      DO UPDATE SET a = excluded.a WHERE rel.b = ''x'' RETURNING id, a"}', false),
    ('insert_rel(objects: [{id: 2, b: "u"}], on_conflict: {constraint: rel_pkey, update_columns: [b]}) { affected_rows }',
     '{"INSERT INTO rel (id, b) VALUES (2, ''u'') ON CONFLICT ON CONSTRAINT rel_pkey DO UPDATE SET b = excluded.b"}', false),
    ('insert_rel_one(object: {id: 5, kids: {data: [{id: 7, note: "a"}, {id: 8, note: "b"}]}}) { id }',
     '{"INSERT INTO rel (id) VALUES (5) RETURNING id", "INSERT INTO kids (id, t_id, note) VALUES (7, 5, ''a''), (8, 5, ''b'')",
      "SELECT t_id FROM kids LIMIT 0"}', false);

-- The nth choice of a case, from 0 to many - 1.
CREATE FUNCTION pick(one int, n text, many int) RETURNS int LANGUAGE sql IMMUTABLE AS
    $$ SELECT (('x' || substr(md5(one || ' ' || n), 1, 7))::bit(28)::int % many) $$;
CREATE FUNCTION some_columns(one int, n text, columns text[]) RETURNS text LANGUAGE sql AS
    $$ SELECT string_agg(c, ', ') FROM unnest(columns) AS c WHERE pick(one, n || c, 2) = 0 $$;
CREATE FUNCTION run_grants(one int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    rel text;
    columns text[];
    grantee text;
    privilege text;
    listed text;
BEGIN
    IF pick(one, 'owner', 6) = 0 THEN ALTER TABLE t OWNER TO regress_group; END IF;
    IF pick(one, 'default', 3) = 0 THEN
        FOREACH privilege IN ARRAY '{SELECT,INSERT,UPDATE,DELETE}'::text[] LOOP
            CONTINUE WHEN pick(one, 'default' || privilege, 3) = 0;
            EXECUTE format('ALTER DEFAULT PRIVILEGES GRANT %s ON TABLES TO %s', privilege,
                (ARRAY['PUBLIC', 'regress_group', 'regress_other'])[1 + pick(one, 'default to' || privilege, 3)]);
        END LOOP;
        DROP TABLE kids;
        CREATE TABLE kids (id int PRIMARY KEY, t_id int REFERENCES t, note text);
        DROP VIEW v;
        CREATE VIEW v AS SELECT id, a, b, owner FROM t;
    END IF;
    FOREACH rel IN ARRAY '{t,kids,v}'::text[] LOOP
        columns := CASE rel WHEN 'kids' THEN '{id,t_id,note}'::text[] ELSE '{id,a,b,owner}' END;
        FOREACH grantee IN ARRAY '{regress_member,regress_group,PUBLIC,regress_other}'::text[] LOOP
            FOREACH privilege IN ARRAY '{SELECT,INSERT,UPDATE,DELETE}'::text[] LOOP
                listed := some_columns(one, rel || grantee || privilege, columns);
                CASE pick(one, grantee || privilege || rel, 5)
                    WHEN 0, 1 THEN EXECUTE format('GRANT %s ON %s TO %s', privilege, rel, grantee);
                    WHEN 2, 3 THEN
                        IF privilege <> 'DELETE' AND listed IS NOT NULL AND grantee <> 'PUBLIC' THEN
                            EXECUTE format('GRANT %s (%s) ON %s TO %s', privilege, listed, rel, grantee);
                        END IF;
                    ELSE
                END CASE;
            END LOOP;
        END LOOP;
    END LOOP;
END $$;
CREATE FUNCTION run_policies(one int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    conditions text[] := '{true,owner = current_user,a < 25,b IS NULL,"id IN (SELECT t_id FROM kids)","EXISTS (SELECT FROM kids)"}';
    command text;
    grantee text;
BEGIN
    IF pick(one, 'rls', 3) = 0 THEN RETURN; END IF;
    ALTER TABLE t ENABLE ROW LEVEL SECURITY;
    FOREACH command IN ARRAY '{ALL,SELECT,INSERT,UPDATE,DELETE}'::text[] LOOP
        FOREACH grantee IN ARRAY '{regress_member,regress_group,PUBLIC}'::text[] LOOP
            CONTINUE WHEN pick(one, 'policy' || command || grantee, 2) = 0;
            EXECUTE format('CREATE POLICY %I ON t AS %s FOR %s TO %s', lower(command || grantee),
                    CASE pick(one, command || grantee, 5) WHEN 0 THEN 'RESTRICTIVE' ELSE 'PERMISSIVE' END, command, grantee)
                || CASE WHEN command <> 'INSERT' THEN format(' USING (%s)', conditions[1 + pick(one, 'using' || command || grantee, 6)]) ELSE '' END
                || CASE WHEN command IN ('INSERT', 'UPDATE', 'ALL') AND pick(one, command || 'both' || grantee, 3) > 0
                    THEN format(' WITH CHECK (%s)', conditions[1 + pick(one, 'check' || command || grantee, 4)]) ELSE '' END;
        END LOOP;
    END LOOP;
END $$;

CREATE FUNCTION state() RETURNS text LANGUAGE sql AS
    $$ SELECT coalesce((SELECT jsonb_agg(t ORDER BY id) FROM t)::text, '') || coalesce((SELECT jsonb_agg(k ORDER BY id) FROM kids AS k)::text, '') $$;
-- The rows that an answer returns: of responses, and of fields that are a row.
CREATE FUNCTION returned(answer jsonb) RETURNS jsonb LANGUAGE sql AS $$
    SELECT coalesce(jsonb_agg(row), '[]') FROM jsonb_each(answer -> 'data') AS f(key, value), jsonb_array_elements(CASE
        WHEN value ? 'returning' THEN value -> 'returning'
        WHEN value ? 'affected_rows' OR value ? '__typename' OR jsonb_typeof(value) <> 'object' THEN '[]'
        ELSE jsonb_build_array(value) END) AS row
$$;
-- 'refused', an SQLSTATE, or what was returned and what the tables hold then. Nothing stays.
CREATE FUNCTION by_graphql(role name, document text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer jsonb;
    result text;
BEGIN
    BEGIN
        answer := graphql_resolve('mutation { ' || document || ' }', role);
        result := CASE
            WHEN answer #>> '{errors,0,extensions,code}' = 'validation-failed' OR
                answer #>> '{errors,0,extensions,detail,sqlstate}' = '42501' THEN 'refused'
            WHEN answer ? 'errors' THEN coalesce(answer #>> '{errors,0,extensions,detail,sqlstate}', answer::text)
            ELSE returned(answer)::text || ' ' || state() END;
        RAISE EXCEPTION 'undone' USING ERRCODE = 'ZZ000';
    EXCEPTION WHEN SQLSTATE 'ZZ000' THEN
    END;
    RETURN result;
END $$;
CREATE FUNCTION by_sql(role name, statements text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    statement text;
    rows jsonb;
    returned jsonb := '[]';
    result text;
BEGIN
    BEGIN
        EXECUTE format('SET LOCAL ROLE %I', role);
        FOREACH statement IN ARRAY statements LOOP
            IF statement LIKE '%RETURNING%' THEN
                EXECUTE format('WITH w AS (%s) SELECT coalesce(jsonb_agg(w), ''[]'') FROM w', statement) INTO rows;
                returned := returned || rows;
            ELSE
                EXECUTE statement;
            END IF;
        END LOOP;
        RESET ROLE;
        result := returned::text || ' ' || state();
        RAISE EXCEPTION 'undone' USING ERRCODE = 'ZZ000';
    EXCEPTION WHEN SQLSTATE 'ZZ000' THEN
        NULL;
    WHEN OTHERS THEN
        result := CASE SQLSTATE WHEN '42501' THEN 'refused' ELSE SQLSTATE END;
    END;
    RETURN result;
END $$;
CREATE TABLE outcome (one int, role name, rel text, document text, by_graphql text, by_sql text);
-- All statements by all roles under the grants and policies of one number, which are undone.
CREATE FUNCTION try(one int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    outcomes outcome[];
BEGIN
    BEGIN
        PERFORM run_grants(one), run_policies(one);
        SELECT array_agg(ROW(one, role, rel, document, by_graphql(role, replace(document, 'rel', rel)), CASE
            WHEN some_select AND NOT has_any_column_privilege(role, rel, 'SELECT') THEN 'refused'
            ELSE by_sql(role, replace(statements::text, 'rel', rel)::text[]) END)::outcome)
        INTO outcomes
        FROM op, unnest('{t,v}'::text[]) AS rel, unnest('{regress_member,regress_other,regress_wards}'::name[]) AS role
        WHERE (rel = 't' OR views) AND pick(one, n || role || rel, 3) = 0;
        RAISE EXCEPTION 'undone' USING ERRCODE = 'ZZ000';
    EXCEPTION WHEN SQLSTATE 'ZZ000' THEN
    END;
    INSERT INTO outcome SELECT (unnest(outcomes)).*;
END $$;

SELECT count(try(one)) FROM generate_series(1, 40) AS one;
SELECT * FROM outcome WHERE by_graphql IS DISTINCT FROM by_sql ORDER BY one, role, rel, document LIMIT 20;
-- every statement is both allowed and refused somewhere
SELECT rel, document, bool_or(by_graphql = 'refused'), bool_or(by_graphql <> 'refused') FROM outcome GROUP BY rel, document
HAVING NOT (bool_or(by_graphql = 'refused') AND bool_or(by_graphql <> 'refused')) ORDER BY 1, 2;
SELECT role, count(*) FILTER (WHERE by_graphql = 'refused') > 20 AS often_refused,
    count(*) FILTER (WHERE by_graphql LIKE '[%') > 20 AS often_allowed FROM outcome GROUP BY role ORDER BY role;

\set QUIET on
\c postgres
DROP DATABASE regress_mutation_privileges;
DROP ROLE regress_member, regress_group, regress_other, regress_wards;
