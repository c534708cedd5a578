\i test/setup.sql
-- Remote joins in what mutations return, and remote mutations beside local ones.

BEGIN;
CREATE ROLE regress_joiner;
CREATE TABLE users (id int PRIMARY KEY, name text UNIQUE, auth0_id text);
GRANT ALL ON users TO regress_joiner;
SELECT remote_rel.add_remote_schema('auth0', test.definition('yoga'));
SELECT remote_rel.create_remote_relationship('users', 'profile', 'auth0', '{"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}');
-- one request for the rows of a field; none for a mutation that fails
SELECT answer::jsonb -> 'errors' IS NULL AS ok, requests, answer::jsonb #>> '{data,insert_users,affected_rows}' AS n FROM
    test.counted('mutation { insert_users(objects: [{id: 1, auth0_id: "auth0|1"}, {id: 2, auth0_id: "auth0|2"}, {id: 3}]) {
    affected_rows returning { id profile { id } } } }');
SELECT answer, requests FROM test.counted('mutation { a: insert_users_one(object: {id: 4, auth0_id: "auth0|1"}) { profile { id } }
    b: insert_users_one(object: {id: 1}) { id } }');
-- what remote mutations did stays, and the answer says so
SELECT answer, requests FROM test.counted('mutation { a: insert_users_one(object: {id: 5}) { id } increment b: insert_users_one(object: {id: 1}) { id } }');
SELECT id FROM users ORDER BY id;
ROLLBACK;
