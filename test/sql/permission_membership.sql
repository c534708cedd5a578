\i test/setup.sql
-- A role without a permission of its own has the one that all roles agree on of which it is a member.
BEGIN;
CREATE ROLE regress_a;
CREATE ROLE regress_b;
CREATE ROLE regress_c;
CREATE ROLE regress_between IN ROLE regress_a;
CREATE ROLE regress_one IN ROLE regress_a;
CREATE ROLE regress_two IN ROLE regress_a, regress_b;
CREATE ROLE regress_torn IN ROLE regress_a, regress_c;
CREATE ROLE regress_far NOINHERIT IN ROLE regress_between;
CREATE ROLE regress_own IN ROLE regress_a, regress_c;
CREATE ROLE regress_none;
SELECT remote_rel.add_remote_schema('api', test.definition());

SELECT remote_rel.add_remote_schema_permissions('api', 'regress_a', $$
  type Query { auth0(auth0_id: String!): Profile  weather(city: String! @preset(value: "x-hasura-city"), unit: TemperatureUnit! = CELSIUS): Weather }
  type Profile implements Node & Named { id: ID! name: String! }  interface Node { id: ID! }  interface Named implements Node { id: ID! name: String! }
  enum TemperatureUnit { CELSIUS FAHRENHEIT }  type Weather { city: String! temperature: Float! }
$$);
-- The same in other words: order, descriptions, defaults, extensions, a schema block, types that nothing reaches
SELECT remote_rel.add_remote_schema_permissions('api', 'regress_b', $$
  "how warm" type Weather { temperature: Float!  city: String! }
  schema { query: Query }
  enum TemperatureUnit { "the American one" FAHRENHEIT CELSIUS }
  scalar DateTime  # nobody asks
  interface Node { id: ID! }
  type Profile implements Named & Node { name: String!, id: ID! }
  interface Named implements Node { name: String! id: ID! }
  type Query { weather(unit: TemperatureUnit!, city: String! @preset(static: false, value: "x-hasura-city")): Weather }
  extend type Query { auth0(auth0_id: String!): Profile }
$$);
-- Another one: the preset differs
SELECT remote_rel.add_remote_schema_permissions('api', 'regress_c', $$
  type Query { auth0(auth0_id: String!): Profile  weather(city: String! @preset(value: "x-hasura-city", static: true), unit: TemperatureUnit! = CELSIUS): Weather }
  type Profile implements Node & Named { id: ID! name: String! }  interface Node { id: ID! }  interface Named implements Node { id: ID! name: String! }
  enum TemperatureUnit { CELSIUS FAHRENHEIT }  type Weather { city: String! temperature: Float! }
$$);
SELECT remote_rel.add_remote_schema_permissions('api', 'regress_own',
    'type Query { auth0(auth0_id: String!): Profile } type Profile { email: String }');

CREATE FUNCTION pg_temp.sees(VARIADIC roles text[]) RETURNS TABLE (role text, types text)
LANGUAGE sql AS $$ SELECT r, (SELECT string_agg(t ->> 'name', ' ' ORDER BY t ->> 'name')
    FROM json_array_elements(graphql_resolve('{ __schema { types { name } } }',
    r) #> '{data,__schema,types}') AS t
  WHERE t ->> 'name' !~ '^(__|query_root|String$|Boolean$)')
      FROM unnest(roles) WITH ORDINALITY AS u(r, n) ORDER BY n $$;
CREATE FUNCTION pg_temp.inconsistent() RETURNS SETOF text
LANGUAGE sql AS $$ SELECT (o ->> 'type') || ' ' || (o ->> 'name') || ': ' || (o ->> 'reason')
    FROM jsonb_array_elements(remote_rel.metadata('{"type": "get_inconsistent_metadata",
    "args": {}}') -> 'inconsistent_objects') AS o $$;

SELECT * FROM pg_temp.sees('regress_a', 'regress_one', 'regress_two', 'regress_between',
    'regress_far', 'regress_own', 'regress_torn', 'regress_none');
SELECT graphql_schema('regress_two') = graphql_schema('regress_a');
SELECT pg_temp.inconsistent();

-- The preset is in force for those that inherit it
SELECT test.reset();
SELECT test.resolve('{ weather { city } }', 'regress_far', headers => '{"x-hasura-city": "Oldtown"}');
SELECT query, variables FROM test.log();
SELECT test.resolve('{ weather(city: "Oldtown") { city } }', 'regress_far');
-- Hidden is hidden
SELECT test.resolve('{ weather { city } auth0(auth0_id: "auth0|1") { name } __type(name: "Profile") { name } }', 'regress_torn');

-- Memberships change
REVOKE regress_c FROM regress_torn;
GRANT regress_b TO regress_torn;
SELECT * FROM pg_temp.sees('regress_torn');
SELECT pg_temp.inconsistent();
REVOKE regress_a FROM regress_between;
SELECT * FROM pg_temp.sees('regress_between', 'regress_far');
GRANT regress_c TO regress_between WITH ADMIN OPTION;
SELECT * FROM pg_temp.sees('regress_far');
GRANT regress_a TO regress_far;
SELECT * FROM pg_temp.sees('regress_far');
SELECT pg_temp.inconsistent();

-- Permissions change: commands tell what they leave torn; what is torn is nothing that could be dropped
SELECT remote_rel.drop_remote_schema_permissions('api', 'regress_own');
SELECT * FROM pg_temp.sees('regress_own');
SELECT remote_rel.metadata('{"type": "drop_inconsistent_metadata", "args": {}}');
SELECT pg_temp.inconsistent();
SELECT remote_rel.drop_remote_schema_permissions('api', 'regress_c');
SELECT pg_temp.inconsistent();
SELECT * FROM pg_temp.sees('regress_own', 'regress_far', 'regress_between');
SELECT remote_rel.add_remote_schema_permissions('api', 'regress_c', 'type Query { counter: Int! }');
SELECT pg_temp.inconsistent();
-- One that does not fit any more counts as it is written
SELECT remote_rel.update_remote_schema('api', test.definition(), sdl => 'type Query { counter: Int! }');
SELECT pg_temp.inconsistent();
SELECT * FROM pg_temp.sees('regress_a', 'regress_one', 'regress_c', 'regress_own');
SELECT test.resolve('{ counter }', role) FROM unnest('{regress_c,regress_one,regress_own}'::name[]) AS role;
SELECT remote_rel.reload_remote_schema('api');
SELECT remote_rel.update_remote_schema('api', test.definition());

-- A permission belongs to the name of a role: it waits for one that does not exist, and stays when the role is renamed or dropped
SELECT remote_rel.add_remote_schema_permissions('api', 'regress_later', 'type Query { counter: Int! }');
CREATE ROLE regress_later;
SELECT test.resolve('{ counter }', 'regress_later');
ALTER ROLE regress_later RENAME TO regress_latest;
SELECT test.resolve('{ counter }', 'regress_latest');
CREATE ROLE regress_later;
SELECT test.resolve('{ counter }', 'regress_later');
DROP ROLE regress_later;
ALTER ROLE regress_latest RENAME TO regress_later;
SELECT test.resolve('{ counter }', 'regress_later');

-- Superusers see everything, whatever permission there is; so does everybody when permissions are off
ALTER ROLE regress_own SUPERUSER;
SELECT test.resolve('{ weather(city: "a") { temperature } }', 'regress_own');
SELECT pg_temp.inconsistent();
ALTER ROLE regress_own NOSUPERUSER;
SELECT test.resolve('{ weather(city: "a") { temperature } }', 'regress_own');
SET remote_rel.remote_schema_permissions = off;
SELECT test.resolve('{ weather(city: "a") { temperature } }', 'regress_none');
RESET remote_rel.remote_schema_permissions;
SET LOCAL ROLE regress_none;
SELECT test.failure('SET remote_rel.remote_schema_permissions = off');
ROLLBACK;
