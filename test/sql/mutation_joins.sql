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
-- two and three of them between local ones, neighbours in one request; an error behind them and one between them
SELECT test.resolve('mutation { i1: increment a: insert_users_one(object: {id: 6}) { id } i2: increment i3: increment
    b: update_users_by_pk(pk_columns: {id: 6}, _set: {name: "six"}) { name } i4: increment }');
SELECT test.resolve('mutation { i1: increment a: insert_users_one(object: {id: 7}) { id } i2: increment i3: increment
    b: insert_users_one(object: {id: 6}) { id } }');
SELECT test.resolve('mutation { i1: increment b: insert_users_one(object: {id: 6}) { id } i2: increment }');
SELECT id FROM users WHERE id > 5 ORDER BY id;
-- one request for the rows of all root fields that ask the same, of each operation, at any depth; equal keys once
SELECT * FROM test.show('mutation { a: insert_users(objects: [{id: 10, auth0_id: "auth0|1"}, {id: 11, auth0_id: "auth0|2"}]) { returning { profile { id } } }
    b: update_users(where: {id: {_lt: 3}}, _set: {name: null}) { affected_rows returning { id p: profile { id } } }
    c: insert_users_one(object: {id: 12, auth0_id: "auth0|3"}) { profile { id } q: profile { id } }
    d: delete_users(where: {id: {_eq: 11}}) { returning { profile { ...f } } } } fragment f on Profile { id }');
-- one for each selection; local and remote fields mixed
SELECT * FROM test.show('mutation { a: insert_users_one(object: {id: 20, auth0_id: "auth0|1"}) { profile { id } }
    increment b: insert_users_one(object: {id: 21, auth0_id: "auth0|2"}) { profile { id name } }
    c: insert_users_one(object: {id: 22, auth0_id: "auth0|3"}) { profile { id } } }');
-- an upstream that fails undoes nothing: null with an error
SELECT remote_rel.update_remote_schema('auth0', test.definition('faulty', '?fault=html')) \g /dev/null
SELECT answer, requests FROM test.counted('mutation { a: insert_users_one(object: {id: 30, auth0_id: "auth0|1"}) { id profile { id } }
    b: insert_users(objects: [{id: 31, auth0_id: "auth0|2"}, {id: 32}]) { affected_rows returning { id profile { id } } } }',
    server => 'faulty');
SELECT count(*) FROM users WHERE id IN (30, 31, 32);
-- explain shows every statement and document, in order, and runs nothing
CREATE TABLE posts (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, user_id int REFERENCES users, title text);
CREATE FUNCTION publish() RETURNS SETOF posts LANGUAGE sql VOLATILE AS 'UPDATE posts SET title = upper(title) RETURNING *';
SELECT remote_rel.track_function('publish') \g /dev/null
SELECT remote_rel.update_remote_schema('auth0', test.definition('yoga')) \g /dev/null
SELECT test.reset() \g /dev/null
SELECT graphql_explain('mutation { insert_users(objects: [{id: 40, posts: {data: [{title: "a"}, {title: "b"}]}}, {id: 41}],
    on_conflict: {constraint: users_pkey, update_columns: [name]}) { affected_rows returning { profile { id } } } increment
    update_users_many(updates: [{where: {id: {_eq: 1}}, _set: {name: "x"}}, {where: {id: {_eq: 2}}, _set: {}}, {where: {}, _set: {name: "y"}}]) { affected_rows }
    update_users_by_pk(pk_columns: {id: 1}, _set: {name: "z"}) { name posts { id } } publish { id }
    delete_posts(where: {user: {name: {_eq: "z"}}}) { affected_rows } delete_posts_by_pk(id: 1) { id title } }') AS explained \gset
SELECT e ->> 'field', e ->> 'sql' FROM json_array_elements(:'explained'::json -> 'statements') AS e;
SELECT e - 'headers' - 'url' FROM json_array_elements(:'explained'::json -> 'remote') AS r, to_jsonb(r) AS e;
SELECT test.requests(), count(*) FROM users WHERE id >= 40 OR name IN ('x', 'y', 'z');
SELECT nextval('posts_id_seq');
ROLLBACK;
