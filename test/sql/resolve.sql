\i test/setup.sql
-- graphql_resolve() from one end to the other: the example of the README.

BEGIN;
CREATE TABLE users (id int PRIMARY KEY, name text, auth0_id text);
INSERT INTO users VALUES (1, 'Daenerys Targaryen', 'auth0|1'), (2, 'Jon Snow', 'auth0|2'),
    (3, 'Arya Stark', 'auth0|3'), (4, 'Nobody', NULL);
SELECT remote_rel.add_remote_schema('auth0', test.definition());
SELECT remote_rel.create_remote_relationship('users', 'auth0_profile', 'auth0',
    '{"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}');
-- as a front end would get it: the very text
SELECT graphql_resolve('query { users(where: {id: {_eq: 1}}) { name auth0_profile { nickname email last_login } } }');
SELECT graphql_resolve('query { users(where: {id: {_eq: 1}}) { auth0_profile { last_login nickname email } name } }');

-- the same relationship through the door of Hasura's API, under another name
SELECT remote_rel.metadata('{"type": "create_remote_relationship", "args": {"name": "profile", "table": "users", "hasura_fields": ["auth0_id"], "remote_schema": "auth0",
  "remote_field": {"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}}}');
SELECT graphql_resolve('{ users(order_by: {id: asc}) { profile { email } } }');

-- aliases, nested selections, fragments, several root fields, __typename
SELECT test.resolve('{ __typename first: users(where: {id: {_eq: 1}}) { ...U } rest: users(where: {id: {_in: [2, 3]}}, order_by: {id: desc}) { who: name p: profile { friends(first: 1) { name } } } }
  fragment U on users { __typename name profile { __typename ... on Profile { company { name } } } }');
-- limit, offset, order_by, where; literals and variables
SELECT test.resolve('{ users(order_by: {name: asc}, limit: 2, offset: 1) { name } }');
SELECT test.resolve('query($ids: [Int!]!, $n: Int, $o: [users_order_by!]) { users(where: {id: {_in: $ids}}, limit: $n, order_by: $o) { name profile { avatar(size: $n) } } }',
  variables => '{"ids": [1, 2, 3], "n": 2, "o": {"id": "desc"}}');
SELECT test.resolve('query($ids: [Int!] = [4]) { users(where: {id: {_in: $ids}}) { name profile { id } } }');

-- several operations
SELECT test.resolve('query A { users(limit: 1, order_by: {id: asc}) { id } } query B { users_by_pk(id: 2) { name } }', operation_name => 'B');
SELECT test.resolve('query A { users { id } } query B { users { name } }');
SELECT test.resolve('query A { users { id } } query B { users { name } }', operation_name => 'C');
-- NULLs for what is not needed
SELECT graphql_resolve('{ users_by_pk(id: 1) { id } }', NULL, NULL, NULL, NULL);
SELECT graphql_resolve(NULL) IS NULL AS "null";

-- requests that are wrong: errors without data, and nothing is sent
SELECT test.reset();
SELECT test.resolve('');
SELECT test.resolve('{ users { ');
SELECT test.resolve('{ users { name profile { nickname nick } } user { id } }');
SELECT test.resolve('query($id: Int!) { users_by_pk(id: $id) { profile { id } } }');
SELECT test.resolve('query($id: Int!) { users_by_pk(id: $id) { profile { id } } }', variables => '{"id": "one"}');
SELECT test.resolve('{ users(limit: -1) { profile { id } } }');
SELECT test.resolve('subscription { users { id } }');
SELECT test.requests();
SELECT graphql_validate('{ users { name } }');
SELECT test.pretty(graphql_validate('{ users { nam } }'));

-- misuse is an SQL error
SELECT test.failure($$SELECT graphql_resolve('{ users { id } }', variables => '[1]')$$);
SELECT test.failure($$SELECT graphql_resolve('{ users { id } }', 'regress_nobody')$$);
SELECT test.failure($$SELECT graphql_resolve('{ users { id } }', headers => '"x"')$$);

-- as a role: what it may not see is not there, neither the table nor the join
CREATE ROLE regress_reader;
SELECT test.resolve('{ users { id } }', 'regress_reader');
GRANT SELECT (id, name) ON users TO regress_reader;
SELECT test.resolve('{ users(where: {id: {_eq: 1}}) { id name } }', 'regress_reader');
SELECT test.resolve('{ users { auth0_profile { id } } }', 'regress_reader');
GRANT SELECT ON users TO regress_reader;
SELECT test.resolve('{ users { auth0_profile { id } } }', 'regress_reader');
SELECT remote_rel.add_remote_schema_permissions('auth0', 'regress_reader',
    'type Query { auth0(auth0_id: String!): Profile } type Profile { id: ID! nickname: String }');
SELECT test.resolve('{ users(where: {id: {_eq: 1}}) { auth0_profile { id nickname } profile { id } } }', 'regress_reader');
SELECT test.resolve('{ users(where: {id: {_eq: 1}}) { auth0_profile { email } } }', 'regress_reader');

-- headers: the client's variables reach the upstream, other headers when the remote schema says so
SELECT test.resolve('{ a: header(name: "X-Hasura-User-Id") b: header(name: "x-custom") role: header(name: "x-hasura-role") }', headers => '{"X-HASURA-User-Id": "7", "x-custom": "c", "x-hasura-role": "forged"}');
SELECT remote_rel.update_remote_schema('auth0', test.definition()
    || '{"forward_client_headers": true, "headers": [{"name": "x-fixed", "value": "f"}]}');
SELECT test.resolve('{ b: header(name: "x-custom") c: header(name: "x-fixed") d: header(name: "host") e: header(name: "content-type") }', headers => '{"x-custom": "c", "X-Fixed": "other", "host": "evil", "content-type": "text/evil", "content-length": "3", "connection": "close"}') ~ 'evil' AS forwards_what_it_must_not;
SELECT test.resolve('{ b: header(name: "x-custom") c: header(name: "x-fixed") }',
    headers => '{"x-custom": "c", "X-Fixed": "other"}');
-- a header that would end its line
SELECT test.failure($$SELECT graphql_resolve('{ b: header(name: "x-custom") }',
    headers => '{"x-custom": "c\r\nx-injected: 1"}')$$);
SELECT test.failure($$SELECT graphql_resolve('{ b: header(name: "x-custom") }',
    headers => '{"x custom": "c", "x-hasura-a\r\nx-injected": "1"}')$$);
ROLLBACK;
