\i test/setup.sql
-- A plan that is kept gives each call its own answer: other variables, other session, other role, other rows.
BEGIN;
\set ECHO all
CREATE TABLE people (id int PRIMARY KEY, auth0_id text);
INSERT INTO people SELECT i, 'auth0|' || i FROM generate_series(1, 5) AS i;
CREATE TABLE visits (id int PRIMARY KEY, who text);
INSERT INTO visits SELECT i, 'auth0|' || (i % 5 + 1) FROM generate_series(1, 20) AS i;
SELECT remote_rel.add_remote_schema('api', test.definition());
SELECT remote_rel.create_remote_relationship('people', 'profile', 'api',
    '{"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}');
SELECT remote_rel.create_remote_relationship('people', 'offers', 'api',
    '{"products": {"arguments": {"where": {"stock_below": 100}}}}');
SELECT remote_rel.create_remote_schema_remote_relationship('api', 'Profile', 'visits',
  '{"to_source": {"relationship_type": "array", "table": "visits", "field_mapping": {"auth0_id": "who"}}}');
CREATE FUNCTION pg_temp.again(query text, VARIADIC variables jsonb[]) RETURNS SETOF text LANGUAGE sql AS
  $$ SELECT graphql_resolve(query, variables => v)::text FROM unnest(variables) AS v $$;
-- rows of the table, arguments of the joined field
SELECT pg_temp.again('query($ids: [Int!], $size: Int) { people(where: {id: {_in: $ids}}, order_by: {id: asc}) { profile { avatar(size: $size) } } }',
  '{"ids": [1], "size": 1}', '{"ids": [1], "size": 1}', '{"ids": [2, 3], "size": 2}', '{"ids": []}', '{"ids": [4]}');
-- what the query adds to an input object that the relationship gives in part
SELECT pg_temp.again('query($where: ProductFilter_remote_rel_peopleoffers) { people(where: {id: {_eq: 1}}) { offers(where: $where) { sku } } }',
  '{"where": {"sku": {"_eq": "A-1"}}}', '{"where": {"sku": {"_eq": "A-2"}}}',
      '{"where": {"sku": {"_in": ["A-1", "A-2"]}}}', '{}');
-- rows below a remote value
SELECT pg_temp.again('query($n: Int, $after: Int) { people(where: {id: {_eq: 1}}) { profile { visits(limit: $n, where: {id: {_gt: $after}}, order_by: {id: asc}) { id } } } }',
  '{"n": 1, "after": 0}', '{"n": 2, "after": 5}', '{"n": 1, "after": 10}', '{"n": 0, "after": 0}');
-- remote root fields, and selections that variables take out
SELECT pg_temp.again('query($id: String!, $more: Boolean!) { auth0(auth0_id: $id) { nickname email @include(if: $more) } people(limit: 1, order_by: {id: asc}) { profile @skip(if: $more) { nickname } } }',
  '{"id": "auth0|2", "more": true}', '{"id": "auth0|3", "more": false}', '{"id": "auth0|2", "more": true}');
-- presets read the session of each call
CREATE ROLE regress_kept;
SELECT remote_rel.add_remote_schema_permissions('api', 'regress_kept',
  'type Query { auth0(auth0_id: String! @preset(value: "x-hasura-user-id")): Profile } type Profile { nickname: String }');
SELECT graphql_resolve('{ auth0 { nickname } }', 'regress_kept', headers => h)
FROM unnest(ARRAY['{"x-hasura-user-id": "auth0|1"}', '{"x-hasura-user-id": "auth0|2"}', NULL,
    '{"x-hasura-user-id": "auth0|3"}']::jsonb[]) AS h;
-- a changed definition is used at once
SELECT graphql_resolve('{ people(limit: 1, order_by: {id: asc}) { profile { id } } }');
SELECT remote_rel.update_remote_relationship('people', 'profile', 'api',
    '{"auth0": {"arguments": {"auth0_id": "auth0|5"}}}');
SELECT graphql_resolve('{ people(limit: 1, order_by: {id: asc}) { profile { id } } }');
ROLLBACK;
