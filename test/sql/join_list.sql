\i test/setup.sql
-- One field call for all keys: lists matched by their elements' fields, or by position.

BEGIN;
CREATE TABLE users (id int PRIMARY KEY, auth0_id text, quirk text);
INSERT INTO users SELECT i, 'auth0|' || i FROM generate_series(1, 7) AS i;
SELECT remote_rel.add_remote_schema('auth0', test.definition());
SELECT remote_rel.create_remote_relationship('users', 'profile', 'auth0',
    '{"profiles": {"arguments": {"ids": "$auth0_id"}}}', batch => '{"id": "$auth0_id"}');

SELECT test.show('{ users(order_by: {id: asc}, limit: 3) { id profile { nickname } } }');
-- the field's other arguments stay the query's: lists as real servers give them
SELECT test.show('{ users(order_by: {id: asc}) { profile(quirk: MISSING) { id } } }');
SELECT test.show('{ users(order_by: {id: asc}) { profile(quirk: DUPLICATED) { id } } }');
SELECT test.show('{ users(order_by: {id: asc}) { profile(quirk: SHUFFLED) { id } } }');
SELECT test.show('{ users(order_by: {id: asc}) { profile(quirk: NULLS) { id } } }');
SELECT test.show('{ users(order_by: {id: desc}, limit: 4) { profile(quirk: SHORT) { key: id id: nickname auth0_id: name } } }');
-- null and unknown keys, duplicates
UPDATE users SET auth0_id = CASE id WHEN 1 THEN NULL WHEN 2 THEN 'nobody' WHEN 4 THEN 'auth0|3' ELSE auth0_id END;
SELECT test.show('{ users(order_by: {id: asc}, limit: 4) { id profile { nickname } } }');
SELECT test.show('{ users(where: {id: {_eq: 1}}) { id profile { nickname } } }');
-- in batches
SET remote_rel.batch_size = 3;
SELECT test.show('{ users(order_by: {id: asc}) { profile { id } } }');
RESET remote_rel.batch_size;
-- nothing but __typename, and nothing at all
SELECT test.show('{ users(where: {id: {_eq: 3}}) { profile { __typename } } }');
SELECT test.show('{ users(where: {id: {_eq: 3}}) { profile { id @skip(if: true) } } }');
-- an error inside of an element is at each row that has it
SELECT test.show('{ users(where: {id: {_in: [3, 4]}}, order_by: {id: asc}) { profile { id secret } } }');
SELECT test.show('{ users(where: {id: {_in: [2, 3]}}, order_by: {id: asc}) { profile { id vital } } }');

-- several values a key; an integer column against ID strings
CREATE TABLE customers (id int PRIMARY KEY, big bigint, number text);
INSERT INTO customers SELECT i, i, i FROM generate_series(1, 5) AS i;
SELECT remote_rel.create_remote_relationship('customers', 'orders', 'auth0',
    '{"orders": {"arguments": {"customer_ids": "$id"}}}', batch => '{"customer_id": "$id"}',
    relationship_type => 'array');
SELECT test.show('{ customers(order_by: {id: asc}) { id orders { number total } } }');
SELECT test.show('{ customers(order_by: {id: asc}) { id orders(first: 2) { number } } }');
SELECT remote_rel.create_remote_relationship('customers', 'one_order', 'auth0',
    '{"orders": {"arguments": {"customer_ids": "$big"}}}', batch => '{"customer_id": "$big"}');
SELECT test.show('{ customers(order_by: {id: asc}) { one_order { number } } }');
SELECT remote_rel.create_remote_relationship('customers', 'account', 'auth0',
    '{"accounts": {"arguments": {"numbers": "$id"}}}', batch => '{"number": "$id"}');
SELECT test.show('{ customers(order_by: {id: asc}, limit: 2) { account { id balance } } }');
-- matched by another field than the one that was asked with, and by two
SELECT remote_rel.create_remote_relationship('customers', 'by_id', 'auth0',
    '{"accounts": {"arguments": {"numbers": ["$id"]}}}', batch => '{"id": "$number"}');
SELECT test.show('{ customers(order_by: {id: asc}, limit: 2) { by_id { number } } }');
SELECT remote_rel.create_remote_relationship('customers', 'by_two', 'auth0',
    '{"accounts": {"arguments": {"numbers": ["$id"]}}}',
    batch => '{"id": "$number", "number": "$id"}');
SELECT test.show('{ customers(order_by: {id: asc}, limit: 2) { by_two { number } } }');

-- a list at the end of a path of fields
SELECT remote_rel.create_remote_relationship('users', 'member', 'auth0',
    '{"directory": {"field": {"region": {"arguments": {"code": "DE"},
    "field": {"members": {"arguments": {"auth0_ids": "$auth0_id"}}}}}}}',
    batch => '{"auth0_id": "$auth0_id"}');
SELECT test.show('{ users(order_by: {id: asc}, limit: 4) { member { nickname } } }');

-- by position
SELECT remote_rel.create_remote_relationship('users', 'at', 'auth0',
    '{"directory": {"field": {"region": {"arguments": {"code": "DE"},
    "field": {"members": {"arguments": {"auth0_ids": "$auth0_id"}}}}}}}', batch => '"position"');
SELECT test.show('{ users(order_by: {id: asc}, limit: 4) { id at { nickname } } }');
SELECT remote_rel.create_remote_relationship('users', 'entity', 'auth0',
    '{"_entities": {"arguments": {"representations": [{"__typename": "Profile",
    "id": "$auth0_id"}]}}}', batch => '"position"');
SELECT test.show('{ users(order_by: {id: asc}, limit: 4) { id entity { __typename nickname } } }');
SELECT test.show('{ users(where: {id: {_eq: 4}}) { entity { id secret } } }');
SELECT remote_rel.create_remote_relationship('users', 'any_entity', 'auth0',
    '{"_entities": {"arguments": {"representations": [{"__typename": "$quirk",
    "id": "$auth0_id"}]}}}', batch => '"position"');
UPDATE users SET quirk = CASE WHEN id > 4 THEN 'Profile' ELSE 'Company' END,
    auth0_id = CASE WHEN id = 3 THEN 'c1' ELSE auth0_id END;
SELECT test.show('{ users(where: {id: {_gt: 2}}, order_by: {id: asc}) { any_entity { __typename ... on Profile { nickname } ... on Company { name } } } }');

-- lists that are none, too long or too short, elements of the wrong shape
SELECT remote_rel.update_remote_schema('auth0', test.definition('faulty'));
CREATE FUNCTION answering(query text, body text) RETURNS text LANGUAGE sql
    AS $$ SELECT test.resolve(query, headers => test.answering(body)) $$;
\set list '{ users(where: {id: {_in: [5, 6]}}, order_by: {id: asc}) { profile { nickname } } }'
SELECT answering(:'list', '{"data": {"j0": [{"rr__k0Profile": "auth0|6", "nickname": "six"}, null,
    {"rr__k0Profile": "auth0|99", "nickname": "not asked for"}, {"nickname": "five",
    "rr__k0Profile": "auth0|5"}]}}');
SELECT answering(:'list', '{"data": {"j0": [{"rr__k0Profile": {"a": 1}, "nickname": "six"},
    {"rr__k0Profile": null, "nickname": "x"}, {"rr__k0Profile": "auth0|5",
    "nickname": ["five"]}]}}');
SELECT answering(:'list', '{"data": {"j0": {"rr__k0Profile": "auth0|5", "nickname": "five"}}}');
SELECT answering(:'list', '{"data": {"j0": null}, "errors": [{"message": "no list", "path": ["j0"]}]}');
SELECT answering(:'list', '{"data": {"j0": [{"rr__k0Profile": "auth0|5", "nickname": null}]},
    "errors": [{"message": "of the first", "path": ["j0", 0, "nickname"]}, {"message": "of nobody",
    "path": ["j0", 7]}]}');
\set position '{ users(where: {id: {_in: [5, 6]}}, order_by: {id: asc}) { entity { nickname } } }'
SELECT answering(:'position', '{"data": {"j0": [{"nickname": "five"}]}}');
SELECT answering(:'position', '{"data": {"j0": [{"nickname": "five"}, {"nickname": "six"}, null]}}');
SELECT answering(:'position', '{"data": {"j0": [null, {"nickname": "six"}]}}');
SELECT answering(:'position', '{"data": {"j0": [7, {"nickname": "six"}]}}');
ROLLBACK;
