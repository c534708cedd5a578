\i test/setup.sql
-- Remote Joins over every kind of rows, in every kind of statement; by two and three values, with nulls in the middle.

CREATE TABLE users (id int PRIMARY KEY, name text, auth0_id text, friend text, nickname text);
INSERT INTO users SELECT i, 'user ' || i, 'auth0|' || i, 'auth0|' || i % 3 + 1 FROM generate_series(1, 6) AS i;
UPDATE users SET auth0_id = NULL WHERE id = 2;
UPDATE users SET friend = NULL WHERE id = 3;
UPDATE users SET auth0_id = 'nobody' WHERE id = 4;
CREATE TABLE notes (id int PRIMARY KEY, user_id int);
INSERT INTO notes SELECT i, i % 4 + 1 FROM generate_series(1, 8) AS i;
ANALYZE users, notes;
SELECT remote_rel.add_remote_schema('auth0', test.definition());
SELECT remote_rel.create_remote_relationship('users', name, 'auth0', field, batch => batch) FROM (VALUES
    ('profile', '{"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}'::jsonb, NULL::jsonb),
    ('friend_profile', '{"auth0": {"arguments": {"auth0_id": "$friend"}}}', NULL),
    ('listed', '{"profiles": {"arguments": {"ids": "$auth0_id"}}}', '{"auth0_id": "$auth0_id"}'),
    ('flaky', '{"flaky": {"arguments": {"key": "$name"}}}', NULL)) AS v(name, field, batch);
-- how many Remote Joins the plan has, the rows, the requests; by a call for each row it must be the same rows
CREATE FUNCTION asked(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    line text;
    joins int := 0;
    batched text[];
    requests int;
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
        joins := joins + (line ~ 'Remote Join')::int;
    END LOOP;
    PERFORM test.reset();
    EXECUTE format('SELECT array_agg(r::text) FROM (%s) AS r', query) INTO batched;
    requests := test.requests();
    RETURN QUERY SELECT unnest(batched);
    RETURN NEXT format('%s joins, %s requests', joins, requests);
    PERFORM set_config('remote_rel.enable_remote_join', 'off', false);
    RETURN QUERY EXECUTE format('SELECT ''by a call: '' || r::text FROM (%s) AS r WHERE NOT r::text = ANY ($1)', query) USING batched;
    PERFORM set_config('remote_rel.enable_remote_join', 'on', false);
END
$$;

-- two values, and three, of one row; a null in the middle of each
SELECT asked($$ SELECT u.id, p, f, l FROM users AS u, LATERAL remote_rel.remote_value(u, 'profile', '{ id }') AS p,
    LATERAL remote_rel.remote_value(u, 'friend_profile', '{ id }') AS f, LATERAL remote_rel.remote_value(u, 'listed', '{ id }') AS l ORDER BY u.id $$);
SELECT asked($$ SELECT u.id, p, f FROM users AS u LEFT JOIN LATERAL remote_rel.remote_value(u, 'profile', '{ id }') AS p ON p ->> 'id' <> 'auth0|5'
    LEFT JOIN LATERAL remote_rel.remote_value(u, 'friend_profile', '{ id }') AS f ON p IS NULL ORDER BY u.id $$);
SELECT asked($$ SELECT u.id, p, f FROM users AS u LEFT JOIN LATERAL remote_rel.remote_value(u, 'profile', '{ id }') AS p ON u.id > 2
    JOIN LATERAL remote_rel.remote_value(u, 'friend_profile', '{ id }') AS f ON p IS NULL OR p -> 'id' <> f -> 'id' ORDER BY u.id $$);
-- none: no rows, only null keys
SELECT asked($$ SELECT p, f FROM users AS u, LATERAL remote_rel.remote_value(u, 'profile', '{ id }') AS p,
    LATERAL remote_rel.remote_value(u, 'friend_profile', '{ id }') AS f WHERE u.id > 6 $$);
SELECT asked($$ SELECT u.id, p FROM users AS u, LATERAL remote_rel.remote_value(u, 'profile', '{ id }') AS p WHERE u.id = 2 $$);
-- a chain of three: the second is fed by the first, the third by the second
SELECT asked($$ SELECT u.id, p ->> 'id' AS p, f ->> 'id' AS f, g FROM users AS u, LATERAL remote_rel.remote_value(u, 'profile', '{ id friends(first: 1) { id } }') AS p,
    LATERAL remote_rel.remote_value(ROW(0, '', p #>> '{friends,0,id}', NULL, NULL)::users, 'listed', '{ id friends(first: 1) { id } }') AS f,
    LATERAL remote_rel.remote_value(ROW(0, '', NULL, f #>> '{friends,0,id}', NULL)::users, 'friend_profile', '{ id }') AS g ORDER BY u.id $$);

-- the outer rows: CTEs, a recursive one, VALUES, a function, a sample, a join of three, partitions, a foreign table
SELECT asked($$ WITH few AS MATERIALIZED (SELECT * FROM users WHERE id < 4)
    SELECT u.id, p FROM few, LATERAL (SELECT few::users AS r, few.id) AS u, LATERAL remote_rel.remote_value(u.r, 'profile', '{ id }') AS p $$);
SELECT asked($$ WITH RECURSIVE chain AS (SELECT u AS r, 1 AS n FROM users AS u WHERE id = 1 UNION ALL
    SELECT u, n + 1 FROM chain, users AS u WHERE u.id = (chain.r).id + 1 AND n < 5)
    SELECT n, p FROM chain, LATERAL remote_rel.remote_value(chain.r, 'profile', '{ id }') AS p $$);
SELECT asked($$ SELECT n, p FROM (VALUES (1, 'auth0|1'), (2, NULL), (3, 'auth0|3')) AS v(n, id),
    LATERAL remote_rel.remote_value(ROW(n, '', id, NULL, NULL)::users, 'profile', '{ id }') AS p $$);
SELECT asked($$ SELECT count(p) FROM users AS u TABLESAMPLE SYSTEM (100), LATERAL remote_rel.remote_value(u, 'profile', '{ id }') AS p $$);
SELECT asked($$ SELECT n.id, u.id, o.id, p FROM notes AS n JOIN users AS u ON u.id = n.user_id LEFT JOIN notes AS o ON o.id = n.id + 4,
    LATERAL remote_rel.remote_value(u, 'profile', '{ id }') AS p WHERE n.id < 5 ORDER BY n.id $$);
CREATE TABLE parts (id int, auth0_id text) PARTITION BY RANGE (id);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (3);
CREATE TABLE parts_2 PARTITION OF parts FOR VALUES FROM (3) TO (9) PARTITION BY LIST (auth0_id);
CREATE TABLE parts_3 PARTITION OF parts_2 DEFAULT;
INSERT INTO parts SELECT id, auth0_id FROM users;
SELECT remote_rel.create_remote_relationship('parts', 'profile', 'auth0', '{"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}');
SET enable_partitionwise_join = on;
SELECT asked($$ SELECT x.id, x.tableoid::regclass, p FROM parts AS x JOIN parts AS y USING (id), LATERAL remote_rel.remote_value(x, 'profile', '{ id }') AS p ORDER BY 1 $$);
RESET enable_partitionwise_join;
CREATE EXTENSION file_fdw;
CREATE SERVER files FOREIGN DATA WRAPPER file_fdw;
CREATE FOREIGN TABLE lines (id int, auth0_id text) SERVER files OPTIONS (program 'printf "1,auth0|1\n2,\n3,auth0|3\n"', format 'csv');
SELECT remote_rel.create_remote_relationship('lines', 'profile', 'auth0', '{"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}');
SELECT asked($$ SELECT l.id, p FROM lines AS l, LATERAL remote_rel.remote_value(l, 'profile', '{ id }') AS p $$);
SELECT asked($$ SELECT n.id, p FROM notes AS n JOIN lines AS l ON l.id = n.id LEFT JOIN LATERAL remote_rel.remote_value(l, 'profile', '{ id }') AS p ON n.id > 1 ORDER BY 1 $$);
DROP EXTENSION file_fdw CASCADE;

-- set operations, grouping, DISTINCT ON, windows, semijoins, subqueries in three places
SELECT asked($$ (SELECT p FROM users AS u, LATERAL remote_rel.remote_value(u, 'profile', '{ id }') AS p WHERE id < 4
    UNION SELECT p FROM users AS u, LATERAL remote_rel.remote_value(u, 'friend_profile', '{ id }') AS p
    EXCEPT SELECT p FROM users AS u, LATERAL remote_rel.remote_value(u, 'listed', '{ id }') AS p WHERE id = 3) ORDER BY 1 $$);
SELECT asked($$ SELECT p FROM users AS u, LATERAL remote_rel.remote_value(u, 'profile', '{ id }') AS p
    INTERSECT SELECT p FROM users AS u, LATERAL remote_rel.remote_value(u, 'friend_profile', '{ id }') AS p ORDER BY 1 $$);
SELECT asked($$ SELECT p ->> 'access' AS access, u.id % 2 AS odd, count(*), count(p) FILTER (WHERE u.id > 1) FROM users AS u,
    LATERAL remote_rel.remote_value(u, 'profile', '{ access }') AS p GROUP BY GROUPING SETS ((1), (2), ()) ORDER BY 1, 2 $$);
SELECT asked($$ SELECT DISTINCT ON (f ->> 'id') f ->> 'id' AS friend, u.id FROM users AS u, LATERAL remote_rel.remote_value(u, 'friend_profile', '{ id }') AS f
    ORDER BY 1, 2 DESC $$);
SELECT asked($$ SELECT u.id, lag(p ->> 'id') OVER w AS before, lead(p ->> 'id') OVER w AS after, count(p) OVER () FROM users AS u,
    LATERAL remote_rel.remote_value(u, 'profile', '{ id }') AS p WINDOW w AS (ORDER BY u.id) ORDER BY u.id $$);
SELECT asked($$ SELECT n.id FROM notes AS n WHERE n.user_id IN (SELECT u.id FROM users AS u, LATERAL remote_rel.remote_value(u, 'profile', '{ id }') AS p
    WHERE p ->> 'id' LIKE 'auth0%') ORDER BY n.id $$);
SELECT asked($$ SELECT n.id FROM notes AS n WHERE NOT EXISTS (SELECT FROM users AS u, LATERAL remote_rel.remote_value(u, 'profile', '{ id }') AS p
    WHERE u.id = n.user_id AND p IS NOT NULL) ORDER BY n.id $$);
SELECT asked($$ SELECT n.id, (SELECT p ->> 'id' FROM users AS u, LATERAL remote_rel.remote_value(u, 'profile', '{ id }') AS p WHERE u.id = n.user_id) AS one,
    ARRAY (SELECT f -> 'id' FROM users AS u, LATERAL remote_rel.remote_value(u, 'friend_profile', '{ id }') AS f WHERE u.id < n.user_id ORDER BY u.id) AS all
    FROM notes AS n WHERE n.id < 5 ORDER BY n.id $$);
-- a nested loop above it, with and without what it has read kept
SET enable_hashjoin = off;
SET enable_mergejoin = off;
SET enable_material = off;
SELECT asked($$ SELECT n.id, s.id, s.p FROM notes AS n LEFT JOIN (SELECT u.id, p FROM users AS u, LATERAL remote_rel.remote_value(u, 'profile', '{ id }') AS p OFFSET 0) AS s
    ON s.id = n.user_id AND n.id < 3 WHERE n.id < 5 ORDER BY n.id $$);
RESET enable_hashjoin;
RESET enable_mergejoin;
RESET enable_material;

-- statements that keep what they read
CREATE TABLE kept AS SELECT u.id, p FROM users AS u, LATERAL remote_rel.remote_value(u, 'profile', '{ id }') AS p;
SELECT * FROM kept ORDER BY id;
COPY (SELECT u.id, p FROM users AS u, LATERAL remote_rel.remote_value(u, 'profile', '{ id }') AS p WHERE u.id < 4 ORDER BY u.id) TO stdout;
CREATE MATERIALIZED VIEW profiles AS SELECT u.id, p FROM users AS u, LATERAL remote_rel.remote_value(u, 'profile', '{ id }') AS p WITH NO DATA;
CREATE UNIQUE INDEX ON profiles (id);
SELECT test.reset();
REFRESH MATERIALIZED VIEW profiles;
DELETE FROM users WHERE id = 6;
REFRESH MATERIALIZED VIEW CONCURRENTLY profiles;
SELECT test.requests();
SELECT * FROM profiles ORDER BY id;
DROP MATERIALIZED VIEW profiles;
-- UPDATE ... FROM, DELETE ... USING, INSERT: done, with two and three rows and a null in the middle
UPDATE users AS t SET nickname = p ->> 'nickname' FROM users AS u, LATERAL remote_rel.remote_value(u, 'profile', '{ nickname }') AS p
    WHERE t.id = u.id AND t.id < 4 RETURNING t.id, t.nickname;
WITH v AS MATERIALIZED (SELECT u.id, p FROM users AS u, LATERAL remote_rel.remote_value(u, 'profile', '{ id }') AS p)
    DELETE FROM kept AS t USING v WHERE t.id = v.id AND v.p IS NULL RETURNING t.id;
INSERT INTO kept SELECT u.id, p FROM users AS u, LATERAL remote_rel.remote_value(u, 'friend_profile', '{ id }') AS p WHERE u.id < 4 RETURNING *;
-- MERGE came with 15
SELECT current_setting('server_version_num')::int >= 150000 AS has_merge \gset
\if :has_merge
SELECT test.reset();
MERGE INTO users AS t USING (SELECT u.id, p FROM users AS u, LATERAL remote_rel.remote_value(u, 'profile', '{ nickname }') AS p WHERE u.id IN (1, 2, 3)) AS s
    ON t.id = s.id WHEN MATCHED AND s.p IS NOT NULL THEN UPDATE SET nickname = 'merged ' || (s.p ->> 'nickname') WHEN MATCHED THEN DELETE;
\else
UPDATE users SET nickname = 'merged ' || nickname WHERE id IN (1, 3);
DELETE FROM users WHERE id = 2;
\endif
SELECT id, nickname FROM users ORDER BY id;

-- on_remote_error = null: of three rows the one in the middle fails, in a left join, below another join
UPDATE users SET name = 'bad' WHERE id = 3;
SET remote_rel.on_remote_error = 'null';
SET client_min_messages = error;
SELECT asked($$ SELECT u.id, f, p FROM users AS u LEFT JOIN LATERAL remote_rel.remote_value(u, 'flaky') AS f ON u.id <> 4,
    LATERAL remote_rel.remote_value(u, 'friend_profile', '{ id }') AS p ORDER BY u.id $$);
RESET remote_rel.on_remote_error;
SELECT test.failure($$ SELECT u.id, f, p FROM users AS u, LATERAL remote_rel.remote_value(u, 'flaky') AS f,
    LATERAL remote_rel.remote_value(u, 'friend_profile', '{ id }') AS p $$);
SELECT asked($$ SELECT u.id, f FROM users AS u, LATERAL remote_rel.remote_value(u, 'flaky') AS f WHERE u.id <> 3 ORDER BY u.id $$);

-- views: RLS is of the view's owner, or of who reads; nothing is asked for a row that is hidden
CREATE ROLE regress_reader;
CREATE ROLE regress_owner;
GRANT SELECT ON users TO regress_reader, regress_owner;
GRANT EXECUTE ON FUNCTION asked(text) TO regress_reader;
SELECT remote_rel.add_remote_schema_permissions('auth0', role, 'type Profile { id: ID! nickname: String } type Query { auth0(auth0_id: String!): Profile }')
    FROM unnest('{regress_reader,regress_owner}'::name[]) AS role;
ALTER TABLE users ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON users FOR SELECT TO regress_reader USING (id = 3);
CREATE POLICY owned ON users FOR SELECT TO regress_owner USING (id IN (1, 4, 5));
CREATE VIEW joined AS SELECT u.id, p FROM users AS u, LATERAL remote_rel.remote_value(u, 'profile', '{ id }') AS p;
ALTER VIEW joined OWNER TO regress_owner;
GRANT SELECT ON joined TO regress_reader;
SET ROLE regress_reader;
SELECT asked($$ SELECT u.id, p FROM users AS u, LATERAL remote_rel.remote_value(u, 'profile', '{ id }') AS p $$);
SELECT asked($$ SELECT * FROM joined WHERE id > 1 ORDER BY id $$);
SELECT asked($$ SELECT j.id, u.id, q FROM joined AS j CROSS JOIN users AS u, LATERAL remote_rel.remote_value(u, 'profile', '{ nickname }') AS q ORDER BY j.id $$);
RESET ROLE;

-- LIMIT 10 over a million rows: by window, cursor, and with a condition that the first rows meet
CREATE FUNCTION row_of(n int) RETURNS users LANGUAGE sql IMMUTABLE AS $$ SELECT n, 'user', 'auth0|' || n % 9, NULL::text, NULL::text $$;
CREATE FUNCTION millions() RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    c CURSOR FOR SELECT p ->> 'id' FROM (SELECT generate_series(1, 1000000) AS n) AS s, LATERAL remote_rel.remote_value(row_of(n), 'profile', '{ id }') AS p;
    id text;
BEGIN
    PERFORM test.reset();
    RETURN QUERY SELECT p ->> 'id' FROM (SELECT generate_series(1, 1000000) AS n) AS s, LATERAL remote_rel.remote_value(row_of(n), 'profile', '{ id }') AS p
        WHERE p IS NOT NULL LIMIT 10;
    RETURN NEXT test.requests() <= 2;
    PERFORM test.reset();
    OPEN c;
    FOR i IN 1 .. 3 LOOP
        FETCH c INTO id;
        RETURN NEXT id;
    END LOOP;
    CLOSE c;
    RETURN NEXT test.requests() <= 2;
END
$$;
SELECT millions();
DROP VIEW joined;
DROP TABLE users, notes, parts, kept CASCADE;
DROP FUNCTION asked(text), millions();
DROP ROLE regress_reader, regress_owner;
SELECT remote_rel.remove_remote_schema('auth0', cascade => true);
