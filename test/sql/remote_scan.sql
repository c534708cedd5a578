\i test/setup.sql
-- The custom scan "Remote Join": remote_value() in FROM, asked in batches.

BEGIN;
CREATE TABLE users (id int PRIMARY KEY, name text, auth0_id text, level text DEFAULT 'ADMIN', friend text);
INSERT INTO users SELECT i, 'user ' || i, 'auth0|' || i, 'ADMIN', 'auth0|' || i % 5 + 1 FROM generate_series(1, 300) AS i;
CREATE TABLE notes (id int PRIMARY KEY, user_id int, body text);
INSERT INTO notes SELECT i, i % 10 + 1, 'note ' || i FROM generate_series(1, 40) AS i;
ANALYZE users, notes;
SELECT remote_rel.add_remote_schema('auth0', test.definition());
SELECT remote_rel.create_remote_relationship('users', 'profile', 'auth0',
    '{"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}');
SELECT remote_rel.create_remote_relationship('users', 'friend_profile', 'auth0',
    '{"auth0": {"arguments": {"auth0_id": "$friend"}}}');
SELECT remote_rel.create_remote_relationship('users', 'by_list', 'auth0',
    '{"profiles": {"arguments": {"ids": "$auth0_id"}}}', batch => '{"auth0_id": "$auth0_id"}');
SELECT remote_rel.create_remote_relationship('users', 'fellows', 'auth0',
    '{"profiles_of": {"arguments": {"level": "$level"}}}');
SELECT remote_rel.create_remote_relationship('users', 'flaky', 'auth0', '{"flaky": {"arguments": {"key": "$name"}}}');
CREATE FUNCTION plan(query text) RETURNS SETOF text LANGUAGE plpgsql AS
$$ BEGIN RETURN QUERY EXECUTE 'EXPLAIN (COSTS OFF) ' || query; END $$;
-- rows of a query, and the requests that it took
CREATE FUNCTION asked(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM test.reset();
    RETURN QUERY EXECUTE format('SELECT r::text FROM (%s) AS r', query);
    RETURN NEXT test.requests() || ' requests';
END
$$;

-- inner and left joins; values in the rows' order, one request for a batch
SELECT plan($$ SELECT u.id, p FROM users AS u, LATERAL remote_rel.remote_value(u, 'profile', '{ id }') AS p $$);
SELECT asked($$ SELECT u.id, p FROM users AS u, LATERAL remote_rel.remote_value(u, 'profile', '{ id }') AS p WHERE u.id < 4 ORDER BY u.id $$);
SELECT asked($$ SELECT count(*), bool_and(p ->> 'id' = u.auth0_id)
    FROM users AS u, LATERAL remote_rel.remote_value(u, 'profile', '{ id }') AS p $$);
SELECT plan($$ SELECT u.id, p FROM users AS u LEFT JOIN LATERAL remote_rel.remote_value(u, 'profile', '{ id access }') AS p
    ON p ->> 'access' = 'EDITOR' AND u.id > 2 WHERE u.id < 7 ORDER BY u.id $$);
SELECT asked($$ SELECT u.id, p FROM users AS u LEFT JOIN LATERAL remote_rel.remote_value(u, 'profile', '{ id access }') AS p
    ON p ->> 'access' = 'EDITOR' AND u.id > 2 WHERE u.id < 7 ORDER BY u.id $$);
SELECT plan($$ SELECT u.id FROM users AS u, LATERAL remote_rel.remote_value(u, 'profile', '{ nickname last_login }') AS p
    WHERE u.id < 200 AND p ->> 'last_login' > '2026' ORDER BY p ->> 'nickname' LIMIT 10 $$);
SELECT asked($$ SELECT u.id, p ->> 'access' AS access FROM users AS u, LATERAL remote_rel.remote_value(u, 'profile', '{ access }') AS p
    WHERE u.id < 10 AND p ->> 'access' = 'EDITOR' ORDER BY u.id $$);
-- two of one row, three in a chain, beside a local join
SELECT plan($$ SELECT * FROM users AS u, LATERAL remote_rel.remote_value(u, 'profile', '{ id }') AS p,
    LATERAL remote_rel.remote_value(u, 'friend_profile', '{ id }') AS f $$);
SELECT asked($$ SELECT u.id, p, f FROM users AS u, LATERAL remote_rel.remote_value(u, 'profile', '{ id }') AS p,
    LATERAL remote_rel.remote_value(u, 'friend_profile', '{ id }') AS f WHERE u.id < 4 $$);
SELECT asked($$ SELECT u.id, p, f, g FROM users AS u, LATERAL remote_rel.remote_value(u, 'profile', '{ id friends(first: 1) { id } }') AS p,
    LATERAL remote_rel.remote_value(ROW(1, 'a', p #>> '{friends,0,id}', NULL, NULL)::users, 'profile', '{ id friends(first: 1) { id } }') AS f,
    LATERAL remote_rel.remote_value(ROW(1, 'a', f #>> '{friends,0,id}', NULL, NULL)::users, 'profile', '{ id }') AS g WHERE u.id < 4 $$);
SELECT plan($$ SELECT n.body, p FROM notes AS n JOIN users AS u ON u.id = n.user_id,
    LATERAL remote_rel.remote_value(u, 'by_list', '{ id }') AS p $$);
SELECT asked($$ SELECT count(*), count(p) FROM notes AS n JOIN users AS u ON u.id = n.user_id,
    LATERAL remote_rel.remote_value(u, 'by_list', '{ id }') AS p $$);
-- system columns, the whole row, a view's row
CREATE VIEW seen AS SELECT id, auth0_id FROM users WHERE id < 3;
SELECT remote_rel.create_remote_relationship('seen', 'profile', 'auth0', '{"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}');
SELECT asked($$ SELECT u.tableoid::regclass, u.ctid, (u).id, p FROM users AS u, LATERAL remote_rel.remote_value(u, 'profile', '{ id }') AS p WHERE u.id < 3 $$);
SELECT asked($$ SELECT s.id, s, p FROM seen AS s, LATERAL remote_rel.remote_value(s, 'profile', '{ id }') AS p $$);
-- joins inside of the selection: a window at a time; a computed field as key
SELECT remote_rel.metadata('{"type": "create_remote_schema_remote_relationship", "args": {"remote_schema": "auth0", "type_name": "Profile", "name": "users",
    "definition": {"to_source": {"source": "default", "relationship_type": "array", "table": "users", "field_mapping": {"id": "auth0_id"}}}}}');
SELECT asked($$ SELECT count(*), bool_and(p #>> '{users,0,name}' = u.name)
    FROM users AS u, LATERAL remote_rel.remote_value(u, 'profile', '{ users { name } }') AS p $$);
CREATE FUNCTION other_id(u users) RETURNS text LANGUAGE sql STABLE AS $$ SELECT 'auth0|' || u.id + 1 $$;
SELECT remote_rel.metadata('{"type": "pg_add_computed_field", "args": {"table": "users", "name": "other_id", "definition": {"function": "other_id"}}}');
SELECT remote_rel.create_remote_relationship('users', 'other', 'auth0', '{"auth0": {"arguments": {"auth0_id": "$other_id"}}}');
SELECT asked($$ SELECT u.id, p FROM users AS u, LATERAL remote_rel.remote_value(u, 'other', '{ id }') AS p WHERE u.id < 3 $$);
-- LIMIT: no more than one window
SELECT asked($$ SELECT count(*) FROM (SELECT p FROM users AS u, LATERAL remote_rel.remote_value(u, 'profile', '{ id }') AS p LIMIT 10) AS s $$);
SELECT variables - 'rr__0_0' - 'rr__9_0' <> '{}' AS ten, (SELECT count(*) FROM jsonb_object_keys(variables)) FROM test.log();

-- EXPLAIN
EXPLAIN (COSTS OFF, VERBOSE) SELECT u.id, p FROM users AS u, LATERAL remote_rel.remote_value(u, 'profile', '{ id }') AS p;
DO $$
DECLARE
    plan json;
BEGIN
    EXECUTE 'EXPLAIN (ANALYZE, FORMAT json) SELECT u.id FROM users AS u, LATERAL remote_rel.remote_value(u, ''by_list'', ''{ id }'') AS p
        WHERE p IS NOT NULL AND u.id <= 250' INTO plan;
    plan := plan -> 0 -> 'Plan';
    RAISE INFO '%', (SELECT json_object_agg(key, value) FROM json_each(plan)
        WHERE key IN ('Custom Plan Provider', 'Relationship', 'Remote Schema', 'Batching', 'Filter', 'Keys', 'Requests', 'Actual Rows'));
    RAISE INFO '% %', (plan ->> 'Received')::int > 0, (plan ->> 'Waited')::float > 0;
END
$$;
SET LOCAL remote_rel.enable_remote_join = off;
SELECT plan($$ SELECT u.id, p FROM users AS u, LATERAL remote_rel.remote_value(u, 'profile', '{ id }') AS p $$);
ROLLBACK;
