\i test/setup.sql
-- Permissions on several remote schemas in one graph, and on customized ones: two roles, what each sees of the same.
BEGIN;
CREATE ROLE regress_left;
CREATE ROLE regress_right;
-- Types that two remote schemas share are shared as far as both permissions leave the same of them
SELECT remote_rel.add_remote_schema('a', '{"url": "http://127.0.0.1:1/"}',
    sdl => 'type Query { a(f: F, e: E): T } input F { x: Int y: Int } enum E { P Q } type T { m: Int n: Int }');
SELECT remote_rel.add_remote_schema('b', '{"url": "http://127.0.0.1:1/"}',
    sdl => 'type Query { b(f: F, e: E): T } input F { x: Int y: Int } enum E { P Q } type T { m: Int n: Int }');
SELECT remote_rel.add_remote_schema_permissions('b', 'regress_left',
    'type Query { b(f: F, e: E): T } input F { x: Int @preset(value: 1) y: Int } enum E { P } type T { m: Int }');
SELECT test.failure($x$SELECT remote_rel.add_remote_schema_permissions('a', 'regress_left',
    'type Query { a(f: F, e: E): T } input F { x: Int y: Int } enum E { P Q } type T { m: Int n: Int }')$x$);
SELECT remote_rel.add_remote_schema_permissions('a', 'regress_left',
    'type Query { a(f: F, e: E): T } input F { y: Int } enum E { P } type T { m: Int }');
SELECT graphql_schema('regress_left');
-- also where they come from different roles; then the later remote schema is hidden, and listed for the role
CREATE ROLE regress_of_a;
CREATE ROLE regress_of_b;
CREATE ROLE regress_of_both IN ROLE regress_of_a, regress_of_b;
SELECT remote_rel.add_remote_schema_permissions('b', 'regress_of_b',
    'type Query { b(e: E): T } enum E { P } type T { m: Int }');
SELECT graphql_schema('regress_of_both');
SELECT remote_rel.add_remote_schema_permissions('a', 'regress_of_a',
    'type Query { a(e: E): T } enum E { P Q } type T { m: Int }');
SELECT graphql_schema('regress_of_both');
SELECT remote_rel.metadata('{"type": "get_inconsistent_metadata", "args": {}}');
SELECT remote_rel.add_remote_schema_permissions('a', 'regress_of_both',
    'type Query { a(e: E): T } enum E { P } type T { m: Int }');
SELECT remote_rel.metadata('{"type": "get_inconsistent_metadata", "args": {}}');
-- A later permission may make an own one the odd one out
SELECT remote_rel.metadata($${"type": "bulk", "args": [
  {"type": "drop_remote_schema_permissions", "args": {"remote_schema": "a", "role": "regress_left"}},
  {"type": "add_remote_schema_permissions", "args": {"remote_schema": "a", "role": "regress_left",
      "definition": {"schema": "type Query { a(e: E): T } enum E { Q } type T { n: Int }"}}}]}$$);
ROLLBACK;

BEGIN;
CREATE ROLE regress_left;
CREATE ROLE regress_right;
-- A permission is written in the remote's own names; the role sees the customized ones
SELECT remote_rel.add_remote_schema('api', test.definition() || '{"customization": {"root_fields_namespace": "ns", "type_names": {"prefix": "C_", "mapping": {"Profile": "Person"}},
  "field_names": [{"parent_type": "Query", "prefix": "q_"}, {"parent_type": "Profile", "mapping": {"nickname": "nick"}}]}}');
SELECT test.failure($x$SELECT remote_rel.add_remote_schema_permissions('api', 'regress_left',
    'type Query { q_auth0(auth0_id: String!): Person } type Person { nick: String }')$x$);
SELECT remote_rel.add_remote_schema_permissions('api', 'regress_left', $$
  type Query { auth0(auth0_id: String! @preset(value: "x-hasura-id")): Profile echo(input: Everything, level: AccessLevel @preset(value: EDITOR)): JSON }
  type Mutation { increment(by: Int! @preset(value: 4)): Int! }
  scalar JSON type Profile { nickname: String access: AccessLevel! friends(first: Int @preset(value: 1)): [Profile!]! }
  enum AccessLevel { ADMIN EDITOR } input Everything { level: AccessLevel int: Int @preset(value: 4) nested: Everything }
$$);
SELECT remote_rel.add_remote_schema_permissions('api', 'regress_right', $$
  type Query { company(id: ID!): Company auth0(auth0_id: String!): Profile }
  type Profile { email: String } type Company { name: String! employees(first: Int @preset(value: "x-hasura-first")): [Profile!]! }
$$);
SELECT graphql_schema('regress_left');
SELECT graphql_schema('regress_right');
SELECT test.reset();
SELECT test.resolve('query($e: C_Everything) { ns { me: q_auth0 { __typename nick access friends { __typename nick } } q_echo(input: $e) } }', 'regress_left', '{"e": {"level": "ADMIN", "nested": {}}}', headers => '{"x-hasura-id": "auth0|1"}');
SELECT test.resolve('mutation { ns { increment } }', 'regress_left');
SELECT test.resolve('{ ns { q_company(id: "c1") { __typename name employees { __typename email } } } }', 'regress_right', headers => '{"x-hasura-first": "1"}');
SELECT query, variables FROM test.log();
SELECT test.reset();
SELECT test.resolve('{ ns { q_company(id: "c1") { name } q_auth0 { email } } }', 'regress_left');
SELECT test.resolve('{ ns { q_auth0(auth0_id: "auth0|1") { nick nickname email } q_echo } company { name } }', 'regress_right');
SELECT test.resolve('mutation { ns { increment } }', 'regress_right');
SELECT test.requests();

-- Another role of another remote schema sees nothing of this one; nobody sees what no permission shows, by no way of asking
CREATE ROLE regress_nobody;
SELECT test.resolve('{ __schema { queryType { fields { name } } mutationType { name } types { name } directives { name } } }', 'regress_nobody');
SELECT test.resolve('{ ns { __typename } a: __type(name: "Person") { name } b: __type(name: "C_Company") { name } __typename ...F } fragment F on Person { nick }', 'regress_nobody');
SELECT test.requests();
ROLLBACK;

BEGIN;
CREATE ROLE regress_left;
-- A root type that another type refers to has the role's part, presets included; a mutation that cannot be sent is not, nor are its neighbours
SELECT remote_rel.add_remote_schema('api', test.definition());
SELECT remote_rel.add_remote_schema_permissions('api', 'regress_left', $$
  type Query { auth0(auth0_id: String! @preset(value: "x-hasura-id")): Profile counter: Int! }
  type Mutation { set_nickname(auth0_id: String! @preset(value: "x-hasura-id"),
      nickname: String): ProfilePayload increment(by: Int! @preset(value: 2)): Int! }
  type ProfilePayload { profile: Profile query: Query! }
  type Profile { nickname: String friends(first: Int @preset(value: 1)): [Profile!]! }
$$);
SELECT test.reset();
SELECT test.resolve('mutation { set_nickname(nickname: "x") { query { auth0 { nickname friends { nickname } } counter } } }', 'regress_left', headers => '{"x-hasura-id": "auth0|1"}');
SELECT test.resolve('mutation { a: increment set_nickname(nickname: "x") { profile { nickname } } b: increment }', 'regress_left');
SELECT test.resolve('mutation { set_nickname(nickname: "x") { query { auth0(auth0_id: "a") { nickname } weather(city: "a") { city } } } }', 'regress_left', headers => '{"x-hasura-id": "auth0|1"}');
SELECT query, variables FROM test.log();
-- The role's name is the one in force, whatever the headers claim
SELECT remote_rel.drop_remote_schema_permissions('api', 'regress_left');
SELECT remote_rel.add_remote_schema_permissions('api', 'regress_left',
    'type Query { flaky(key: String! @preset(value: "X-Hasura-Role")): String }');
SELECT test.resolve('{ flaky }', 'regress_left', headers => '{"x-hasura-role": "admin"}');
-- What is skipped needs no session variable
SELECT remote_rel.drop_remote_schema_permissions('api', 'regress_left');
SELECT remote_rel.add_remote_schema_permissions('api', 'regress_left',
    'type Query { flaky(key: String! @preset(value: "x-hasura-key")): String counter: Int! }');
SELECT test.resolve('query($no: Boolean!) { counter flaky @skip(if: true) ...F @include(if: $no) } fragment F on query_root { a: flaky }', 'regress_left', '{"no": false}');
ROLLBACK;
