\i test/setup.sql
-- remote_value(): what a remote relationship gives for one row.

BEGIN;
\i test/users.sql
-- the function by itself: in a query, the planner would take a Remote Join where it can
SET LOCAL remote_rel.enable_remote_join = off;

-- a value a row; in the select list, a condition, an expression; equal keys are asked once
SELECT test.reset();
SELECT u.id, remote_rel.remote_value(u, 'profile', '{ nickname }') FROM users AS u WHERE id < 4 ORDER BY id;
SELECT test.requests();
SELECT test.reset();
SELECT n, remote_rel.remote_value(u, 'profile', '{ id }') ->> 'id' AS id
FROM users AS u, generate_series(1, 3) AS n WHERE u.id < 3 ORDER BY 1, 2;
SELECT test.requests();
SELECT id FROM users AS u WHERE id < 20 AND remote_rel.remote_value(u, 'profile', '{ access }') ->> 'access' = 'EDITOR' ORDER BY id;
SELECT u.id, p FROM users AS u, LATERAL remote_rel.remote_value(u, 'profile', '{ id }') AS p WHERE u.id < 3 ORDER BY id;
-- null: the row, a key, the relationship; no request
SELECT test.reset();
SELECT remote_rel.remote_value(NULL::users, 'profile');
SELECT remote_rel.remote_value(ROW(1, 'a', NULL, NULL)::users, 'profile');
SELECT remote_rel.remote_value(u, NULL) FROM users AS u WHERE id < 3;
SELECT test.requests();
SELECT remote_rel.remote_value(ROW(1, 'a', 'nobody', NULL)::users, 'profile', '{ id }');
-- a selection, all leaves, a list, further joins
SELECT remote_rel.remote_value(u, 'profile', '{ nick: nickname friends(first: 1) { name } }') FROM users AS u WHERE id = 1;
SELECT remote_rel.remote_value(u, 'flaky') FROM users AS u WHERE id = 1;
SELECT remote_rel.remote_value(u, 'fellows', '{ id }', '{"first": 2}') FROM users AS u WHERE id = 1;
SELECT remote_rel.remote_value(u, 'profile', '{ id users { name } }') FROM users AS u WHERE id < 3 ORDER BY id;
-- arguments that differ from row to row
SELECT remote_rel.remote_value(u, 'fellows', '{ id }', jsonb_build_object('first', u.id)) FROM users AS u WHERE id < 3 ORDER BY id;
SELECT remote_rel.remote_value(u, CASE id % 2 WHEN 1 THEN 'flaky' END) FROM users AS u WHERE id < 4 ORDER BY id;
-- in a function: a row variable, a record
CREATE FUNCTION nicknames() RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    r record;
    u users;
BEGIN
    FOR r IN SELECT * FROM users WHERE id < 3 ORDER BY id LOOP
        u := r;
        RETURN NEXT remote_rel.remote_value(u, 'profile', '{ nickname }') ->> 'nickname';
    END LOOP;
    FOR u IN SELECT * FROM users WHERE id = 3 LOOP
        r := u;
        RETURN NEXT remote_rel.remote_value(r, 'profile', '{ nickname }') ->> 'nickname';
    END LOOP;
END
$$;
SELECT nicknames();

-- what is wrong with constants is said before the first row, and without any
SELECT test.failure($$ SELECT remote_rel.remote_value(u, 'profil', '{ id }') FROM users AS u WHERE false $$);
SELECT test.failure($$ EXPLAIN SELECT remote_rel.remote_value(u, 'name') FROM users AS u $$);
SELECT test.failure($$ EXPLAIN SELECT remote_rel.remote_value(u, 'profile', '{ no }') FROM users AS u $$);
SELECT test.failure($$ EXPLAIN SELECT remote_rel.remote_value(u, 'profile', '{ id') FROM users AS u $$);
SELECT test.failure($$ EXPLAIN SELECT remote_rel.remote_value(u, 'fellows', '{ id }', '{"first": "two"}') FROM users AS u $$);
SELECT test.failure($$ EXPLAIN SELECT remote_rel.remote_value(u, 'fellows', '{ id }', '[]') FROM users AS u $$);
SELECT test.failure($$ EXPLAIN SELECT remote_rel.remote_value(u, 'profile', role => 'regress_nobody') FROM users AS u $$);
SELECT test.failure($$ EXPLAIN SELECT remote_rel.remote_value(1, 'profile') $$);
-- the rest when the row comes
SELECT test.failure($$ SELECT remote_rel.remote_value(u, name) FROM users AS u WHERE false $$);
SELECT test.failure($$ SELECT remote_rel.remote_value(u, name) FROM users AS u $$);
SELECT test.failure($$ SELECT remote_rel.remote_value(s, 'profile') FROM (SELECT id FROM users OFFSET 0) AS s $$);
SELECT test.failure($$ SELECT remote_rel.remote_value(u, 'profile', headers => '[]') FROM users AS u $$);

-- an API that fails
UPDATE users SET name = 'bad one' WHERE id = 2;
SELECT test.failure($$ SELECT remote_rel.remote_value(u, 'flaky') FROM users AS u WHERE id < 4 ORDER BY id $$);
SET LOCAL remote_rel.on_remote_error = 'null';
SET LOCAL client_min_messages = warning;
SELECT id, remote_rel.remote_value(u, 'flaky') FROM users AS u WHERE id < 4 ORDER BY id;
RESET remote_rel.on_remote_error;

-- under the names that a table or a convention gives to types and root fields
SAVEPOINT names;
SELECT remote_rel.set_table_customization('users', '{"custom_root_fields": {"select": "people"}}');
SELECT remote_rel.remote_value(u, 'profile', '{ id }') FROM users AS u WHERE id = 1;
SELECT remote_rel.set_table_customization('users', '{"custom_name": "Person"}');
SELECT remote_rel.remote_value(u, 'profile', '{ id }') FROM users AS u WHERE id = 1;
SELECT remote_rel.set_naming('{"naming_convention": "graphql-default", "root_fields": {"prefix": "my_"}}');
SELECT remote_rel.remote_value(u, 'profile', '{ id }') FROM users AS u WHERE id = 1;
SELECT j.result FROM remote_rel.remote_join((SELECT array_agg(u) FROM users AS u WHERE id = 1), 'profile', '{ id }') AS j;
ROLLBACK TO names;

-- as a role: its relationships and headers; the caller stays who it is
CREATE ROLE regress_reader;
GRANT SELECT (id, auth0_id) ON users TO regress_reader;
SELECT test.failure($$ EXPLAIN SELECT remote_rel.remote_value(u, 'profile', role => 'regress_reader') FROM users AS u $$);
SELECT remote_rel.add_remote_schema_permissions('auth0', 'regress_reader',
    'type Profile { id: ID! nickname: String } type Query { auth0(auth0_id: String!): Profile flaky(key: String!): String }');
SELECT test.reset();
SELECT remote_rel.remote_value(u, 'profile', role => 'regress_reader', headers => '{"X-Hasura-User-Id": "7"}'),
    current_user <> 'regress_reader' AS is_caller FROM users AS u WHERE id = 1;
SELECT headers ->> 'x-hasura-user-id' AS user_id, headers ->> 'x-hasura-role' AS role FROM test.log();
SELECT test.failure($$ SELECT remote_rel.remote_value(u, 'profile', '{ email }', role => 'regress_reader') FROM users AS u $$);
-- another role, and other headers, do not get what was kept for the first
SELECT set_config('request.headers', '{"X-Hasura-User-Id": "8"}', true);
SELECT test.reset();
SELECT n, set_config('request.headers', format('{"X-Hasura-User-Id": "%s"}', n), true) <> '' AS set,
    remote_rel.remote_value(u, 'profile', '{ id }') FROM users AS u, generate_series(1, 3) AS n WHERE u.id = 1;
SELECT headers ->> 'x-hasura-user-id' AS user_id FROM test.log();
RESET request.headers;
SET LOCAL SESSION AUTHORIZATION regress_reader;
SELECT remote_rel.remote_value(ROW(1, 'a', 'auth0|1', NULL)::users, 'profile');
SELECT test.failure($$ SELECT remote_rel.remote_value(ROW(1, 'a', 'auth0|1', NULL)::users, 'profile', '{ email }') $$);
SELECT test.failure($$ SELECT remote_rel.remote_value(ROW(1, 'a', 'auth0|1', NULL)::users, 'profile', role => 'postgres') $$);
RESET SESSION AUTHORIZATION;
-- where a permission presets what is joined by, the caller cannot choose it
SELECT remote_rel.drop_remote_schema_permissions('auth0', 'regress_reader');
SELECT remote_rel.add_remote_schema_permissions('auth0', 'regress_reader',
    'type Profile { id: ID! nickname: String } type Query { auth0(auth0_id: String! @preset(value: "auth0|9")): Profile }');
SELECT test.failure($$ EXPLAIN SELECT remote_rel.remote_value(u, 'profile', role => 'regress_reader') FROM users AS u $$);
ROLLBACK;
