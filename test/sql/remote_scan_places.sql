\i test/setup.sql
-- Remote Joins where joins are run again, locked, kept, interrupted or forbidden.

CREATE TABLE users (id int PRIMARY KEY, name text, auth0_id text, nickname text);
INSERT INTO users SELECT i, 'user ' || i, 'auth0|' || i FROM generate_series(1, 300) AS i;
CREATE TABLE notes (id int PRIMARY KEY, user_id int);
INSERT INTO notes SELECT i, i % 3 + 1 FROM generate_series(1, 9) AS i;
ANALYZE users, notes;
SELECT remote_rel.add_remote_schema('auth0', test.definition());
SELECT remote_rel.create_remote_relationship('users', 'profile', 'auth0',
    '{"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}');
SELECT remote_rel.create_remote_relationship('users', 'flaky', 'auth0', '{"flaky": {"arguments": {"key": "$name"}}}');
CREATE FUNCTION plan(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    line text;
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
        IF line !~ '^ *(Relationship|Remote Schema|Batching):' THEN
            RETURN NEXT line;
        END IF;
    END LOOP;
END
$$;
CREATE FUNCTION asked(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM test.reset();
    RETURN QUERY EXECUTE format('SELECT r::text FROM (%s) AS r', query);
    RETURN NEXT test.requests() || ' requests';
END
$$;

CREATE FUNCTION is_batched(query text, format text DEFAULT 'text') RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    line text;
    found boolean := false;
BEGIN
    FOR line IN EXECUTE format('EXPLAIN (COSTS OFF, FORMAT %s) %s', format, query) LOOP
        found := found OR line ~ 'Remote Join';
    END LOOP;
    RETURN found;
END
$$;

-- run again and again: what is known is not asked again
SELECT asked($$ SELECT n.id, (SELECT string_agg(p ->> 'nickname', ' ' ORDER BY u.id) FROM users AS u,
    LATERAL remote_rel.remote_value(u, 'profile', '{ nickname }') AS p WHERE u.id <= n.user_id) FROM notes AS n WHERE n.id < 6 ORDER BY n.id $$);
SELECT asked($$ SELECT n.id, p FROM notes AS n, LATERAL (SELECT p FROM users AS u, LATERAL remote_rel.remote_value(u, 'profile',
    CASE n.id % 2 WHEN 1 THEN '{ id }' ELSE '{ nickname }' END) AS p WHERE u.id = n.user_id OFFSET 0) AS s WHERE n.id < 5 ORDER BY n.id $$);
-- UNION, window functions, EXISTS, NOT EXISTS, FULL JOIN, an antijoin
SELECT asked($$ SELECT u.id, p FROM users AS u, LATERAL remote_rel.remote_value(u, 'profile', '{ id }') AS p WHERE u.id < 3
    UNION ALL SELECT u.id, p FROM users AS u, LATERAL remote_rel.remote_value(u, 'profile', '{ id }') AS p WHERE u.id = 2 $$);
SELECT asked($$ SELECT u.id, p ->> 'access' AS access, row_number() OVER (PARTITION BY p ->> 'access' ORDER BY u.id) FROM users AS u,
    LATERAL remote_rel.remote_value(u, 'profile', '{ access }') AS p WHERE u.id < 5 ORDER BY u.id $$);
SELECT asked($$ SELECT EXISTS (SELECT FROM users AS u, LATERAL remote_rel.remote_value(u, 'profile', '{ access }') AS p
    WHERE p ->> 'access' = 'EDITOR') $$);
SELECT asked($$ SELECT n.id, s.p FROM notes AS n FULL JOIN (SELECT u.id, p FROM users AS u LEFT JOIN
    LATERAL remote_rel.remote_value(u, 'profile', '{ nickname }') AS p ON u.id > 1 WHERE u.id < 3) AS s ON s.id = n.id WHERE n.id IS NULL OR n.id < 3 ORDER BY 1 $$);
SELECT plan($$ SELECT u.id FROM users AS u LEFT JOIN LATERAL remote_rel.remote_value(u, 'profile', '{ access }') AS p
    ON p ->> 'access' = 'EDITOR' WHERE p IS NULL AND u.id < 6 $$);
SELECT asked($$ SELECT u.id FROM users AS u LEFT JOIN LATERAL remote_rel.remote_value(u, 'profile', '{ access }') AS p
    ON p ->> 'access' = 'EDITOR' WHERE p IS NULL AND u.id < 6 $$);
-- left joins within left joins, either way round
SELECT n.id, u.id, p FROM notes AS n LEFT JOIN (users AS u LEFT JOIN LATERAL remote_rel.remote_value(u, 'profile', '{ id }') AS p
    ON p ->> 'id' = u.auth0_id) ON u.id = n.user_id AND n.id > 1 WHERE n.id < 4 ORDER BY n.id;
SELECT n.id, u.id, p FROM notes AS n LEFT JOIN users AS u ON u.id = n.user_id AND n.id > 1
    LEFT JOIN LATERAL remote_rel.remote_value(u, 'profile', '{ id }') AS p ON p ->> 'id' = u.auth0_id WHERE n.id < 4 ORDER BY n.id;
-- a row from outside of the left side, the select list: one by one
SELECT is_batched($$ SELECT u.id, n.id, p FROM users AS u LEFT JOIN (notes AS n CROSS JOIN LATERAL remote_rel.remote_value(u, 'profile') AS p) ON n.user_id = u.id $$),
    is_batched($$ SELECT remote_rel.remote_value(u, 'profile') FROM users AS u $$);

-- locked and changed rows: asked one by one, as a row that has changed meanwhile is looked at again
SELECT is_batched($$ SELECT u.id, p FROM users AS u, LATERAL remote_rel.remote_value(u, 'profile', '{ id }') AS p $$),
    is_batched($$ SELECT u.id, p FROM users AS u, LATERAL remote_rel.remote_value(u, 'profile', '{ id }') AS p FOR UPDATE OF u $$);
SELECT is_batched($$ UPDATE users AS t SET nickname = p ->> 'nickname' FROM users AS u, LATERAL remote_rel.remote_value(u, 'profile') AS p WHERE t.id = u.id $$),
    is_batched($$ DELETE FROM users AS t USING users AS u, LATERAL remote_rel.remote_value(u, 'profile') AS p WHERE t.id = u.id AND p IS NULL $$);
-- (MERGE came with 15)
SELECT current_setting('server_version_num')::int >= 150000 AND is_batched($$ MERGE INTO users AS t USING (SELECT u.id, p FROM users AS u,
    LATERAL remote_rel.remote_value(u, 'profile') AS p) AS s ON t.id = s.id WHEN MATCHED AND s.p IS NULL THEN DELETE $$);
SELECT asked($$ SELECT u.id, p FROM users AS u, LATERAL remote_rel.remote_value(u, 'profile', '{ id }') AS p WHERE u.id < 3 FOR UPDATE OF u $$);
-- but in batches behind a fence, and where rows are only added
SELECT is_batched($$ WITH v AS MATERIALIZED (SELECT u.id, p FROM users AS u, LATERAL remote_rel.remote_value(u, 'profile', '{ nickname }') AS p)
    UPDATE users AS t SET nickname = v.p ->> 'nickname' FROM v WHERE t.id = v.id $$);
SELECT test.reset();
WITH v AS MATERIALIZED (SELECT u.id, p FROM users AS u, LATERAL remote_rel.remote_value(u, 'profile', '{ nickname }') AS p WHERE id < 3)
    UPDATE users AS t SET nickname = v.p ->> 'nickname' FROM v WHERE t.id = v.id RETURNING t.id, t.nickname;
SELECT plan($$ INSERT INTO notes SELECT u.id + 100, length(p ->> 'id') FROM users AS u, LATERAL remote_rel.remote_value(u, 'profile', '{ id }') AS p WHERE u.id < 5 $$);
INSERT INTO notes SELECT u.id + 100, length(p ->> 'id') FROM users AS u, LATERAL remote_rel.remote_value(u, 'profile', '{ id }') AS p WHERE u.id < 5;
CREATE MATERIALIZED VIEW profiles AS SELECT u.id, p FROM users AS u, LATERAL remote_rel.remote_value(u, 'profile', '{ id }') AS p;
REFRESH MATERIALIZED VIEW profiles;
SELECT count(*), count(p) FROM profiles;
SELECT test.requests();
-- never in parallel
SET min_parallel_table_scan_size = 0;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SELECT plan($$ SELECT count(p) FROM users AS u, LATERAL remote_rel.remote_value(u, 'profile', '{ id }') AS p $$);
RESET min_parallel_table_scan_size;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;

-- a condition without columns is the server's: no request
PREPARE never (int) AS SELECT u.id, p FROM users AS u, LATERAL remote_rel.remote_value(u, 'profile', '{ id }') AS p WHERE $1 = 1;
SET plan_cache_mode = force_generic_plan;
SELECT test.reset();
EXECUTE never (2);
SELECT test.requests();
-- kept plans: relationship, selection and role as they are when the plan is run
PREPARE kept (text, int) AS SELECT u.id, p FROM users AS u, LATERAL remote_rel.remote_value(u, 'profile', $1) AS p WHERE u.id < $2;
EXPLAIN (COSTS OFF) EXECUTE kept ('{ id }', 3);
EXECUTE kept ('{ id }', 3);
EXECUTE kept ('{ nickname }', 2);
SELECT test.failure('EXECUTE kept (''{ no }'', 3)');
RESET plan_cache_mode;
PREPARE constant (int) AS SELECT u.id, p FROM users AS u, LATERAL remote_rel.remote_value(u, 'profile', '{ id }') AS p WHERE u.id < $1;
EXECUTE constant (2);
EXECUTE constant (2);
EXECUTE constant (2);
EXECUTE constant (2);
EXECUTE constant (2);
EXECUTE constant (2);
EXECUTE constant (3);
SELECT remote_rel.update_remote_relationship('users', 'profile', 'auth0', '{"profiles_of": {"arguments": {"level": "ADMIN", "first": 1}}}');
EXECUTE constant (3);
SELECT remote_rel.delete_remote_relationship('users', 'profile');
SELECT test.failure('EXECUTE constant (3)');
SELECT remote_rel.create_remote_relationship('users', 'profile', 'auth0', '{"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}');
EXECUTE constant (3);
ALTER TABLE users ADD COLUMN extra int;
EXECUTE constant (3);

-- cursors: on, back, held; another role meanwhile
BEGIN;
SET LOCAL remote_rel.batch_size = 10;
SET LOCAL remote_rel.max_concurrent_requests = 2;
SELECT test.reset();
DECLARE c CURSOR FOR SELECT u.id, p FROM users AS u, LATERAL remote_rel.remote_value(u, 'profile', '{ id }') AS p;
FETCH 2 FROM c;
SELECT test.requests() <= 4 AS few;
MOVE 250 IN c;
SET LOCAL ROLE pg_monitor;
FETCH 1 FROM c;
RESET ROLE;
CLOSE c;
DECLARE c SCROLL CURSOR FOR SELECT u.id, p FROM users AS u, LATERAL remote_rel.remote_value(u, 'profile', '{ id }') AS p;
FETCH 2 FROM c;
FETCH BACKWARD 1 FROM c;
FETCH LAST FROM c;
FETCH FIRST FROM c;
CLOSE c;
DECLARE h CURSOR WITH HOLD FOR SELECT u.id, p FROM users AS u, LATERAL remote_rel.remote_value(u, 'profile', '{ id }') AS p WHERE u.id < 40;
FETCH 1 FROM h;
COMMIT;
FETCH 1 FROM h;
MOVE 36 IN h;
FETCH 2 FROM h;
CLOSE h;

-- an API that fails: with the row that it concerns, or a warning
BEGIN;
UPDATE users SET name = 'bad one' WHERE id = 3;
DECLARE c CURSOR FOR SELECT u.id, p FROM users AS u, LATERAL remote_rel.remote_value(u, 'flaky') AS p WHERE u.id < 6 ORDER BY u.id;
FETCH 2 FROM c;
SELECT test.failure('FETCH 1 FROM c');
ROLLBACK;
BEGIN;
UPDATE users SET name = 'bad one' WHERE id = 3;
SELECT count(*) FROM (SELECT p FROM users AS u, LATERAL remote_rel.remote_value(u, 'flaky') AS p ORDER BY u.id LIMIT 2) AS s;
SET LOCAL remote_rel.on_remote_error = 'null';
SET LOCAL client_min_messages = warning;
SELECT u.id, p FROM users AS u, LATERAL remote_rel.remote_value(u, 'flaky') AS p WHERE u.id < 5 ORDER BY u.id;
SELECT u.id, p FROM users AS u LEFT JOIN LATERAL remote_rel.remote_value(u, 'flaky') AS p ON p IS NULL WHERE u.id < 5 ORDER BY u.id;
ROLLBACK;

-- what a role may not see is not asked for, nor shown to a condition that leaks
BEGIN;
CREATE ROLE regress_reader;
GRANT SELECT ON users TO regress_reader;
GRANT EXECUTE ON FUNCTION plan(text), asked(text) TO regress_reader;
SELECT remote_rel.add_remote_schema_permissions('auth0', 'regress_reader',
    'type Profile { id: ID! nickname: String } type Query { auth0(auth0_id: String!): Profile }');
ALTER TABLE users ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON users FOR SELECT TO regress_reader USING (id BETWEEN 7 AND 8);
CREATE FUNCTION leak(text) RETURNS boolean LANGUAGE plpgsql COST 0.0001 AS $$ BEGIN RAISE WARNING 'leaked %', $1; RETURN true; END $$;
CREATE VIEW barrier WITH (security_barrier) AS
    SELECT u.id, p ->> 'id' AS remote_id FROM users AS u, LATERAL remote_rel.remote_value(u, 'profile', '{ id }') AS p WHERE p ->> 'id' <> 'auth0|2';
GRANT SELECT ON barrier TO regress_reader;
SET LOCAL ROLE regress_reader;
SET LOCAL client_min_messages = warning;
SELECT test.reset();
SELECT u.id, p FROM users AS u, LATERAL remote_rel.remote_value(u, 'profile', '{ id }') AS p WHERE leak(u.auth0_id) AND leak(p ->> 'id');
SELECT variables, headers ->> 'x-hasura-role' AS role FROM test.log();
SELECT test.failure($$ SELECT p FROM users AS u, LATERAL remote_rel.remote_value(u, 'profile', '{ email }') AS p $$);
RESET ROLE;
-- a role that may not call the function may not join by it
REVOKE EXECUTE ON FUNCTION remote_rel.remote_value(anyelement, text, text, jsonb, name, jsonb) FROM PUBLIC;
SET LOCAL ROLE regress_reader;
SELECT test.failure($$ SELECT p FROM users AS u, LATERAL remote_rel.remote_value(u, 'profile', '{ id }') AS p $$);
SET LOCAL remote_rel.enable_remote_join = off;
SELECT test.failure($$ SELECT p FROM users AS u, LATERAL remote_rel.remote_value(u, 'profile', '{ id }') AS p $$);
RESET remote_rel.enable_remote_join;
RESET ROLE;
GRANT EXECUTE ON FUNCTION remote_rel.remote_value(anyelement, text, text, jsonb, name, jsonb) TO PUBLIC;
SET LOCAL client_min_messages = warning;
SELECT * FROM barrier WHERE id < 4 AND leak(remote_id);
ROLLBACK;

-- other formats, nothing asked without ANALYZE
SELECT test.reset();
SELECT format, is_batched($$ SELECT p FROM users AS u, LATERAL remote_rel.remote_value(u, 'profile') AS p $$, format)
    FROM unnest('{text,json,yaml,xml}'::text[]) AS format;
SELECT test.requests();
DROP MATERIALIZED VIEW profiles;
DROP TABLE users, notes;
DROP FUNCTION plan(text), asked(text), is_batched(text, text);
SELECT remote_rel.remove_remote_schema('auth0', cascade => true);
