\i test/setup.sql
-- The same joins at graphql-yoga and at Apollo Server: the same documents go there, and the same answers come back. And chains of joins, to remote schemas and tables in turn.

BEGIN;
CREATE TABLE users (id int PRIMARY KEY, name text, auth0_id text, level text, word text, boss int REFERENCES users);
INSERT INTO users SELECT i, 'user ' || i, CASE WHEN i % 5 > 0 THEN 'auth0|' || i % 7 END,
    (ARRAY['ADMIN', 'VIEWER', 'NONE'])[i % 3 + 1], (ARRAY['fine', 'bad', 'none'])[i % 3 + 1],
    nullif(i / 2, 0)
  FROM generate_series(1, 12) AS i;
SELECT remote_rel.add_remote_schema('auth0', test.definition());
CREATE FUNCTION relate(name text, remote_field jsonb, batch jsonb DEFAULT NULL,
    type text DEFAULT NULL) RETURNS void LANGUAGE sql AS
$$ SELECT remote_rel.create_remote_relationship('users', name, 'auth0', remote_field,
    batch => batch, relationship_type => type) $$;
SELECT relate('profile', '{"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}');
SELECT relate('listed', '{"profiles": {"arguments": {"ids": "$auth0_id"}}}', '{"id": "$auth0_id"}');
SELECT relate('orders', '{"orders": {"arguments": {"customer_ids": ["$id"]}}}', '{"customer_id": "$id"}', 'array');
SELECT relate('entity', '{"_entities": {"arguments": {"representations": [{"__typename": "Profile",
    "id": "$auth0_id"}]}}}', '"position"');
SELECT relate('member', '{"directory": {"field": {"region": {"arguments": {"code": "DE"},
    "field": {"member": {"arguments": {"auth0_id": "$auth0_id"}}}}}}}');
SELECT relate('offices', '{"directory": {"field": {"region": {"arguments": {"code": "$word"},
    "field": {"offices": {}}}}}}');
SELECT relate('fellows', '{"profiles_of": {"arguments": {"level": "$level"}}}');
SELECT relate('flaky', '{"flaky": {"arguments": {"key": "$word"}}}');
SELECT relate('flaky_required', '{"flaky_required": {"arguments": {"key": "$word"}}}');
SELECT relate('node', '{"node": {"arguments": {"id": "$auth0_id"}}}');
SELECT relate('products', '{"products": {"arguments": {"where": {"_or": [{"sku": {"_eq": "A-1"}},
    {"title": {"_eq": "$word"}}]}}}}');
SELECT relate('echo', '{"echo": {"arguments": {"int": "$id", "id": "$id", "float": "$id",
    "json": "$name", "ints": "$id"}}}');
SELECT remote_rel.create_remote_schema_remote_relationship('auth0', 'Profile', 'again',
    '{"to_remote_schema": {"remote_schema": "auth0", "lhs_fields": ["auth0_id"],
    "remote_field": {"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}}}');
SELECT remote_rel.create_remote_schema_remote_relationship('auth0', 'Profile', 'users',
    '{"to_source": {"relationship_type": "array", "table": "users",
    "field_mapping": {"auth0_id": "auth0_id"}}}');
SELECT remote_rel.create_remote_schema_remote_relationship('auth0', 'Order', 'customer',
    '{"to_source": {"relationship_type": "object", "table": "users",
    "field_mapping": {"customer_id": "id"}}}');

CREATE TABLE questions (n serial, query text);
INSERT INTO questions (query) VALUES
  ('{ users(order_by: {id: asc}) { profile { nickname } } }'),
  ('{ users(order_by: {id: asc}) { a: profile { nickname access settings karma } b: profile { friends(first: 1) { name } } } }'),
  ('{ users(order_by: {id: asc}) { listed { nickname } } }'),
  ('{ users(order_by: {id: desc}) { listed(quirk: MISSING) { id } } }'),
  ('{ users(order_by: {id: desc}) { listed(quirk: DUPLICATED) { id nickname } } }'),
  ('{ users(order_by: {name: asc}) { listed(quirk: SHUFFLED) { id nickname } } }'),
  ('{ users(order_by: {name: asc}) { listed(quirk: NULLS) { id nickname } } }'),
  ('{ users(order_by: {name: asc}) { listed(quirk: SHORT) { secret } } }'),
  ('{ users(order_by: {id: asc}) { orders { number total placed } } }'),
  ('{ users(order_by: {id: asc}) { orders(first: 3) { number customer { name } } } }'),
  ('{ users(order_by: {id: asc}) { entity { __typename id email } } }'),
  ('{ users(order_by: {id: asc}) { entity { secret } } }'),
  ('{ users(order_by: {id: asc}) { member { nickname company { name } } } }'),
  ('{ users(order_by: {id: asc}) { offices { name kind head { id } } } }'),
  ('{ users(order_by: {id: asc}) { fellows(first: 1) { id access } } }'),
  ('{ users(order_by: {id: asc}) { flaky } }'),
  ('{ users(order_by: {id: asc}) { flaky_required profile { id } } }'),
  ('{ users(order_by: {id: asc}) { profile { id secret } listed { vital } } }'),
  ('{ users(order_by: {id: asc}) { profile { friends { vital } } } }'),
  ('{ users(order_by: {id: asc}) { node { __typename id ... on Profile { nickname friends { ... on Named { n: name } } } } } }'),
  ('{ users(order_by: {id: asc}) { products(limit: 2, where: {price: {_gt: 1}}) { sku tags } } }'),
  ('{ users(order_by: {id: asc}) { echo(string: "é\"\\\n", boolean: true) } }'),
  ('{ users_aggregate(order_by: {id: asc}) { aggregate { count } nodes { n: id profile { p: id } boss: users { listed { id } } } } }'),
  ('{ users(order_by: {id: asc}) { profile { again { nickname again { id } } } } }'),
  ('{ users(order_by: {id: asc}, limit: 3) { profile { users(order_by: {id: desc}, limit: 1) { name profile { nickname users(order_by: {id: asc}) { id } } } } } }'),
  ('{ p: profiles(ids: ["auth0|1", "auth0|9"]) { users { id listed { nickname } } } users(limit: 1) { profile { nickname @uppercase } } }');
-- what a server gives, one request after the other so that keys of further joins come in one order: the answer, without what it adds to errors; how many requests it took; what they said
CREATE FUNCTION answers(server text) RETURNS TABLE (n int, answer jsonb, requests int, sent jsonb)
    LANGUAGE plpgsql AS $$
DECLARE
    q questions;
BEGIN
    PERFORM remote_rel.update_remote_schema('auth0',
        test.definition(server) || '{"batch_size": 5, "max_concurrent_requests": 1}');
    FOR q IN SELECT * FROM questions ORDER BY questions.n LOOP
        PERFORM test.reset(server);
        n := q.n;
        answer := graphql_resolve(q.query);
        answer := answer || (SELECT jsonb_build_object('errors',
            jsonb_agg(e #- '{extensions,upstream}'))
            FROM jsonb_array_elements(answer -> 'errors') AS e);
        requests := test.requests(server);
        sent := (SELECT jsonb_agg(jsonb_build_object(l.query, l.variables)
            ORDER BY l.query, l.variables) FROM test.log(server) AS l);
        RETURN NEXT;
    END LOOP;
END
$$;
CREATE TABLE at_yoga AS SELECT * FROM answers('yoga');
CREATE TABLE at_apollo AS SELECT * FROM answers('apollo');
SELECT n, y.answer = a.answer AS same_answer, y.sent = a.sent AS same_requests, y.requests,
    a.requests, jsonb_array_length(nullif(y.answer -> 'errors', 'null')) AS errors,
    (SELECT count(*) FROM jsonb_path_query(y.answer, 'strict $.data.**?(@.type() == "string")')) AS strings
  FROM at_yoga AS y JOIN at_apollo AS a USING (n) ORDER BY n;
SELECT n, y.answer, a.answer FROM at_yoga AS y JOIN at_apollo AS a USING (n) WHERE y.answer <> a.answer ORDER BY n;

-- table, remote, table, remote: a request for each remote step, a statement for each table, whatever the number of rows
SELECT remote_rel.update_remote_schema('auth0', test.definition());
SELECT test.show('{ users(where: {id: {_in: [1, 2, 3, 5, 8]}}, order_by: {id: asc}) { id profile { nickname users(order_by: {id: desc}, limit: 1, where: {id: {_neq: 9}}) { id listed { email } } } } }');
SELECT s ->> 'sql' LIKE '%unnest%' AS for_all_keys, count(*)
    FROM json_array_elements(graphql_explain('{ users { profile { users(limit: 1) { profile { users { id } } } } } }') -> 'statements') AS s GROUP BY 1 ORDER BY 1;
-- the same key met at several places of the chain is asked for once by each step
SELECT test.show('{ a: users_by_pk(id: 1) { profile { again { again { users { id } } } } } b: users_by_pk(id: 8) { profile { again { nickname } } } }');
-- a chain that ends early asks no further
SELECT test.show('{ users(where: {id: {_eq: 5}}) { profile { users { profile { id } } } } }');
SELECT test.show('{ users(where: {id: {_eq: 7}}) { profile { users { profile { id } } } } }');

-- the errors of an answer are a hundred, and how many more there are is said
INSERT INTO users SELECT i, 'user ' || i, 'auth0|1', 'ADMIN', 'bad' FROM generate_series(101, 350) AS i;
SELECT json_array_length(answer -> 'errors') AS errors, answer -> 'errors' -> 0 -> 'path' AS first,
    answer -> 'errors' -> 99 -> 'path' AS last, answer -> 'errors' -> 100 AS note
  FROM graphql_resolve('{ users(where: {id: {_gt: 100}}, order_by: {id: asc}) { flaky } }') AS answer;
SELECT json_array_length(answer -> 'errors') AS errors, answer -> 'errors' -> 100 ->> 'message' AS note
  FROM graphql_resolve('{ users(where: {id: {_gt: 100}}, order_by: {id: asc}) { flaky profile { friends(first: 2) { secret } } } }') AS answer;
-- all of them from one failed request
SELECT remote_rel.update_remote_schema('auth0', test.definition('faulty'));
UPDATE users SET auth0_id = 'auth0|' || id WHERE id > 100;
SELECT json_array_length(answer -> 'errors') AS errors, answer -> 'errors' -> 100 ->> 'message' AS note
  FROM graphql_resolve('{ users(where: {id: {_gt: 100}}, order_by: {id: asc}) { profile { id } } }',
      headers => test.fault('html')) AS answer;
ROLLBACK;
