\i test/setup.sql
-- Keys of remote values that a table's column does not take fail alone, also where the table joins with a remote schema again.
BEGIN;
CREATE TABLE pay (id int PRIMARY KEY, auth0_id text);
INSERT INTO pay VALUES (1, 'auth0|1'), (2, 'auth0|3');
SELECT remote_rel.add_remote_schema('auth0', test.definition());
SELECT remote_rel.create_remote_relationship('pay', 'profile', 'auth0',
    '{"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}');
SELECT remote_rel.create_remote_schema_remote_relationship('auth0', 'Profile', 'pay',
    '{"to_source": {"relationship_type": "object", "table": "pay",
    "field_mapping": {"nickname": "id"}}}');
SELECT test.resolve('mutation { a: set_nickname(auth0_id: "auth0|2", nickname: "1") { __typename } b: set_nickname(auth0_id: "auth0|4", nickname: "2") { __typename } }');
SELECT * FROM test.counted('{ profiles(ids: ["auth0|1", "auth0|2", "auth0|3", "auth0|4"]) { nickname pay { id profile { name } } } }');
-- none of them fits
SELECT test.resolve('{ profiles(ids: ["auth0|1", "auth0|3"]) { nickname pay { id profile { name } } } }');
SELECT test.reset();
ROLLBACK;
