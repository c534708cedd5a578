\i test/setup.sql
-- graphql_explain(): the plan, and nothing is run.

BEGIN;
CREATE TABLE users (id int PRIMARY KEY, name text, auth0_id text);
INSERT INTO users VALUES (1, 'Dany', 'auth0|1');
SELECT remote_rel.add_remote_schema('auth0', test.definition('yoga', '?key=hidden')
    || '{"headers": [{"name": "x-secret", "value": "hidden"}], "batch_size": 7}');
SELECT remote_rel.create_remote_relationship('users', 'profile', 'auth0',
    '{"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}');
SELECT remote_rel.create_remote_relationship('users', 'listed', 'auth0',
    '{"profiles": {"arguments": {"ids": "$auth0_id"}}}', batch => '{"id": "$auth0_id"}');
SELECT remote_rel.metadata('{"type": "create_remote_schema_remote_relationship", "args": {"remote_schema": "auth0", "type_name": "Profile", "name": "again",
  "definition": {"to_remote_schema": {"remote_schema": "auth0", "lhs_fields": ["auth0_id"], "remote_field": {"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}}}}}');
SELECT test.reset();
CREATE FUNCTION explain(query text, variables jsonb DEFAULT NULL) RETURNS text LANGUAGE sql
    AS $$ SELECT test.pretty(graphql_explain(query, variables => variables)) $$;

SELECT explain('{ users { name } }');
SELECT explain('query($n: String!) { users(where: {name: {_eq: $n}}, limit: 5) { name profile { nickname again { id } } listed { id } } auth0(auth0_id: $n) { id } }', '{"n": "O''Hara"}');
SELECT explain('{ __typename users { nothing } }');
SELECT explain('mutation { increment }');
SELECT test.requests() AS requests;
SELECT graphql_explain('{ users { profile { id } } auth0(auth0_id: "x") { id } }',
    headers => '{"authorization": "hidden"}')::text LIKE '%hidden%' AS shows_secrets;
CREATE FUNCTION tag(u users, session json) RETURNS text LANGUAGE sql STABLE
    AS $$ SELECT session ->> 'x-hasura-user-id' $$;
SELECT remote_rel.add_computed_field('users', 'tag', 'tag', session_argument => 'session');
SELECT test.pretty(graphql_explain('{ users { tag } }', headers => '{"x-hasura-user-id": "hidden"}'));
ROLLBACK;
