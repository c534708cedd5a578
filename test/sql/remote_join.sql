\i test/setup.sql
-- remote_join(): rows of an array with the values of a remote relationship.

BEGIN;
\i test/users.sql
SELECT remote_rel.create_remote_relationship('users', 'hits', 'auth0', '{"search": {"arguments": {"text": "$name"}}}');
SELECT remote_rel.metadata('{"type": "create_remote_schema_remote_relationship", "args": {"remote_schema": "auth0", "type_name": "Profile", "name": "again",
    "definition": {"to_remote_schema": {"remote_schema": "auth0", "lhs_fields": ["id"], "remote_field": {"auth0": {"arguments": {"auth0_id": "$id"}}}}}}}');
-- users number first to last
CREATE FUNCTION people(first int, last int) RETURNS users[] LANGUAGE sql STABLE AS
$$ SELECT array_agg(u ORDER BY id) FROM users AS u WHERE id BETWEEN first AND last $$;

-- each row with its value, in the array's order, in the fewest requests
SELECT test.reset();
SELECT (j.row).id, (j.row).name, j.result FROM remote_rel.remote_join(people(1, 3), 'profile', '{ nickname }') AS j;
SELECT (j.row).id, j.result FROM remote_rel.remote_join((SELECT array_agg(u ORDER BY id DESC)
    FROM users AS u WHERE id < 4), 'profile', '{ nickname }') AS j;
SELECT test.requests();
SELECT count(*), bool_and(j.result ->> 'id' = (j.row).auth0_id)
    FROM remote_rel.remote_join(people(1, 250), 'profile', '{ id }') AS j;
SELECT test.requests();
-- zero rows, no array, no relationship's name: no request
SELECT count(*) FROM remote_rel.remote_join(ARRAY[]::users[], 'profile') AS j;
SELECT count(*) FROM remote_rel.remote_join(people(1000, 2000), 'profile') AS j;
SELECT count(*) FROM remote_rel.remote_join(NULL::users[], 'profile') AS j;
SELECT count(*) FROM remote_rel.remote_join(people(1, 3), NULL) AS j;
SELECT test.requests();
-- null elements, null and unknown keys; equal keys are sent once
SELECT j.row, j.result FROM remote_rel.remote_join(ARRAY[ROW(1, 'a', 'auth0|7', NULL), NULL,
    ROW(2, 'b', NULL, NULL), ROW(3, 'c', 'nobody', NULL), ROW(4, 'd', 'auth0|7', NULL)]::users[],
    'profile', '{ id }') AS j;
SELECT variables FROM test.log() ORDER BY variables::text DESC LIMIT 1;
-- arrays of more dimensions are their elements
SELECT (j.row).id, j.result FROM remote_rel.remote_join(ARRAY[[ROW(1, 'a', 'auth0|1', NULL)],
    [ROW(2, 'b', 'auth0|2', NULL)]]::users[], 'profile', '{ nickname }') AS j;

-- the selection: aliases, arguments, nested fields, fragments; by default all leaves that need no arguments
SELECT jsonb_pretty(result) FROM remote_rel.remote_join(people(1, 1), 'profile',
    '{ nick: nickname a: avatar(size: 16) friends(first: 1) { name ... on Named { id } } __typename }');
SELECT jsonb_pretty(result) FROM remote_rel.remote_join((SELECT array_agg(u) FROM users AS u
    WHERE id = 10), 'profile', $${ nickname company { name country } }$$);
SELECT test.failure($$ SELECT * FROM remote_rel.remote_join(people(1, 1), 'profile') $$);
SELECT result FROM remote_rel.remote_join(people(1, 2), 'flaky');
SELECT result FROM remote_rel.remote_join(people(1, 2), 'flaky', NULL);
-- values that are lists, of a union as well
SELECT (j.row).id, result FROM remote_rel.remote_join(people(1, 2), 'fellows', '{ id }', '{"first": 1}') AS j;
SELECT result FROM remote_rel.remote_join(ARRAY[ROW(1, 'Raven', NULL, NULL)]::users[], 'hits',
    '{ __typename ... on Product { sku } ... on Company { name } }');
-- further joins inside, to the remote schema and to tables
SELECT test.reset();
SELECT (j.row).id, result FROM remote_rel.remote_join(people(1, 3), 'profile',
    '{ again { nickname users { id } } friends(first: 1) { again { id } } }') AS j;
SELECT test.requests();
-- also when the first row has nothing to join by
SELECT (j.row).id, result
FROM remote_rel.remote_join(ARRAY[ROW(1, 'a', NULL, NULL)]::users[] || people(2, 2), 'profile',
    '{ again { nickname } }') AS j;

-- where SQL can stand: LATERAL, CTE, function, view, subquery, prepared statement, cursor
SELECT u.id, j.result FROM users AS u, LATERAL remote_rel.remote_join(ARRAY[u], 'profile',
    '{ nickname }') AS j WHERE u.id < 3 ORDER BY u.id;
WITH joined AS (SELECT * FROM remote_rel.remote_join(people(1, 3), 'profile',
    '{ nickname }')) SELECT (j.row).id, j.result FROM joined AS j ORDER BY 1 DESC;
CREATE FUNCTION nicknames(users[]) RETURNS TABLE (id int, nickname text) LANGUAGE plpgsql AS $$
DECLARE
    r record;
BEGIN
    FOR r IN SELECT (j.row).id, j.result FROM remote_rel.remote_join($1, 'profile', '{ nickname }') AS j LOOP
        id := r.id;
        nickname := r.result ->> 'nickname';
        RETURN NEXT;
    END LOOP;
END
$$;
SELECT * FROM nicknames(people(1, 3));
CREATE VIEW seen AS SELECT id, auth0_id FROM users WHERE id < 3;
SELECT test.failure($$ SELECT * FROM remote_rel.remote_join((SELECT array_agg(s) FROM seen AS s), 'profile') $$);
SELECT remote_rel.create_remote_relationship('seen', 'profile', 'auth0',
    '{"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}');
SELECT (j.row).id, j.result FROM remote_rel.remote_join((SELECT array_agg(s ORDER BY id)
    FROM seen AS s), 'profile', '{ nickname }') AS j;
CREATE VIEW joined AS SELECT (j.row).id, j.result ->> 'nickname' AS nickname
    FROM remote_rel.remote_join(people(1, 3), 'profile', '{ nickname }') AS j;
SELECT * FROM joined WHERE id > 1;
PREPARE p (int) AS SELECT (j.row).id, j.result FROM remote_rel.remote_join(people(1, $1), 'profile',
    '{ nickname }') AS j;
EXECUTE p (1);
EXECUTE p (2);
SELECT (SELECT result FROM remote_rel.remote_join(people(2, 2), 'profile', '{ nickname }')) AS scalar;
SELECT id, (remote_rel.remote_join(ARRAY[u], 'profile', '{ nickname }')).result FROM users AS u
    WHERE id < 3 ORDER BY id;

-- in the select list rows come one by one, and whoever stops early has not asked for all
SET LOCAL remote_rel.batch_size = 10;
SET LOCAL remote_rel.max_concurrent_requests = 2;
SELECT test.reset();
SELECT count(*) FROM (SELECT remote_rel.remote_join(people(1, 300), 'profile', '{ id }') LIMIT 1) AS s;
SELECT test.requests() <= 2 AS no_more_than_two;
SELECT test.reset();
SELECT count(*) FROM (SELECT remote_rel.remote_join(people(1, 300), 'profile', '{ id }') LIMIT 95) AS s;
SELECT test.requests() BETWEEN 10 AND 11 AS no_more_than_one_ahead;
SELECT test.reset();
SELECT count(*), bool_and(result ->> 'id' = ("row").auth0_id)
    FROM (SELECT (remote_rel.remote_join(people(1, 300), 'profile', '{ id }')).*) AS s;
SELECT test.stats() ->> 'requests' AS requests, (test.stats() ->> 'max_concurrent')::int <= 2 AS within_limits;
-- keys that come again much later
SELECT count(*), bool_and(result ->> 'id' = ("row").auth0_id)
FROM (SELECT (remote_rel.remote_join(people(1, 300) || people(1, 300), 'profile', '{ id }')).*) AS s;
SELECT test.requests();
-- a cursor, left in the middle, beside other queries of the session
DECLARE c CURSOR FOR SELECT remote_rel.remote_join(people(1, 300), 'profile', '{ id nickname }');
FETCH 1 FROM c;
SELECT test.resolve('{ users(limit: 25, where: {id: {_gt: 3}}, order_by: {id: asc}) { profile { id } } }') LIKE '%auth0|28%' AS other_query;
FETCH 1 FROM c;
MOVE 150 IN c;
FETCH 1 FROM c;
SAVEPOINT s;
DO $$ BEGIN RAISE division_by_zero; EXCEPTION WHEN division_by_zero THEN NULL; END $$;
ROLLBACK TO s;
FETCH 1 FROM c;
CLOSE c;
RESET remote_rel.batch_size;
RESET remote_rel.max_concurrent_requests;

-- arguments: as JSON, with the query's part of what the relationship leaves
SELECT result FROM remote_rel.remote_join(people(1, 1), 'fellows', '{ id }', '{"first": 3}');
SELECT test.failure($$ SELECT * FROM remote_rel.remote_join(people(1, 1), 'fellows', '{ id }',
    '{"first": "three"}') $$);
SELECT test.failure($$ SELECT * FROM remote_rel.remote_join(people(1, 1), 'fellows', '{ id }', '{"last": 3}') $$);
SELECT test.failure($$ SELECT * FROM remote_rel.remote_join(people(1, 1), 'fellows', '{ id }',
    '{"level": "ADMIN"}') $$);
SELECT test.failure($$ SELECT * FROM remote_rel.remote_join(people(1, 1), 'fellows', '{ id }', '[1]') $$);

-- what is wrong is said
SELECT test.failure($$ SELECT * FROM remote_rel.remote_join(people(1, 1), 'profil', '{ id }') $$);
SELECT test.failure($$ SELECT * FROM remote_rel.remote_join(people(1, 1), 'name', '{ id }') $$);
SELECT test.failure($$ SELECT * FROM remote_rel.remote_join(ARRAY[1, 2], 'profile', '{ id }') $$);
SELECT test.failure($$ SELECT * FROM remote_rel.remote_join(ARRAY[ROW(1, 2)], 'profile', '{ id }') $$);
SELECT test.failure($$ SELECT * FROM remote_rel.remote_join(people(1, 1), 'profile', '{ id') $$);
SELECT test.failure($$ SELECT * FROM remote_rel.remote_join(people(1, 1), 'profile', '{ no }') $$);
SELECT test.failure($$ SELECT * FROM remote_rel.remote_join(people(1, 1), 'profile', 'id') $$);
SELECT test.failure($$ SELECT * FROM remote_rel.remote_join(people(1, 1), 'profile', '{ id } { name }') $$);
SELECT test.failure($$ SELECT * FROM remote_rel.remote_join(people(1, 1), 'profile', '{ avatar(size: $size) }') $$);
SELECT test.failure($$ SELECT * FROM remote_rel.remote_join(people(1, 1), 'flaky', '{ id }') $$);
SELECT test.failure($$ SELECT * FROM remote_rel.remote_join(people(1, 1), 'profile', '{ id }',
    role => 'regress_nobody') $$);

-- an upstream's error: of SQL, or a warning and NULL
SELECT test.failure($$ SELECT * FROM remote_rel.remote_join(people(1, 2), 'profile', '{ secret }') $$);
UPDATE users SET name = 'bad one' WHERE id = 2;
SELECT test.failure($$ SELECT * FROM remote_rel.remote_join(people(1, 3), 'flaky') $$);
-- the rows before the one that fails have been handed out
SET LOCAL remote_rel.batch_size = 1;
DECLARE c CURSOR FOR SELECT remote_rel.remote_join(people(1, 3), 'flaky');
FETCH 1 FROM c;
SELECT test.failure('FETCH 1 FROM c');
CLOSE c;
RESET remote_rel.batch_size;
SET client_min_messages = warning;
SET remote_rel.on_remote_error = 'null';
SELECT (j.row).id, result FROM remote_rel.remote_join(people(1, 3), 'flaky') AS j;
SELECT (j.row).id, result FROM remote_rel.remote_join(people(1, 2), 'profile', '{ id secret }') AS j;
SELECT (j.row).id, result FROM remote_rel.remote_join(people(1, 2), 'profile', '{ id vital }') AS j;
SELECT remote_rel.update_remote_schema('auth0', test.definition('faulty'));
SELECT (j.row).id, result FROM remote_rel.remote_join(people(1, 2), 'profile', '{ id }',
    headers => test.fault('html')) AS j;
RESET remote_rel.on_remote_error;
SELECT test.failure($$ SELECT * FROM remote_rel.remote_join(people(1, 2), 'profile', '{ id }',
    headers => test.fault('reset')) $$);
SELECT test.failure($$ SELECT * FROM remote_rel.remote_join(people(1, 2), 'profile', '{ id }',
    headers => test.answering('{"data": {"j0": {"id": "\u0000"}, "j1": null}}')) $$);
SAVEPOINT s;
SET LOCAL statement_timeout = '300ms';
SELECT * FROM remote_rel.remote_join(people(1, 2), 'profile', '{ id }', headers => test.fault('hang'));
ROLLBACK TO s;
SELECT (j.row).id, result FROM remote_rel.remote_join(people(1, 1), 'profile', '{ nickname }') AS j;

-- as a role: its relationships, its headers, its rights on what the rows are read for
CREATE ROLE regress_reader;
GRANT SELECT (id, auth0_id) ON users TO regress_reader;
SELECT test.failure($$ SELECT * FROM remote_rel.remote_join(people(1, 1), 'profile', '{ id }',
    role => 'regress_reader') $$);
SELECT remote_rel.add_remote_schema_permissions('auth0', 'regress_reader',
    'type Profile { id: ID! nickname: String } type Query { auth0(auth0_id: String!): Profile flaky(key: String!): String }');
SELECT result FROM remote_rel.remote_join(people(1, 1), 'profile', '{ nickname }', role => 'regress_reader');
SELECT result FROM remote_rel.remote_join(people(1, 1), 'profile', role => 'regress_reader');
SELECT test.failure($$ SELECT * FROM remote_rel.remote_join(people(1, 1), 'profile', '{ email }',
    role => 'regress_reader') $$);
-- it may not read the column that the relationship joins by
SELECT test.failure($$ SELECT * FROM remote_rel.remote_join(people(1, 1), 'flaky', role => 'regress_reader') $$);
SELECT test.reset();
SELECT result FROM remote_rel.remote_join(people(1, 1), 'profile', '{ id }',
    role => 'regress_reader', headers => '{"X-Hasura-User-Id": "7"}');
SELECT headers ->> 'x-hasura-user-id' AS user_id, headers ->> 'x-hasura-role' AS role FROM test.log();
-- between its rows the caller is the caller
SET LOCAL remote_rel.batch_size = 1;
SELECT result, current_user <> 'regress_reader' AS is_caller
    FROM (SELECT (remote_rel.remote_join(people(1, 3), 'profile', '{ nickname }',
    role => 'regress_reader')).*) AS s;
ROLLBACK;
