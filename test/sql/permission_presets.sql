\i test/setup.sql
-- What a role's permission on a remote schema presets, and hides, holds in every request.
BEGIN;
\set ECHO all
CREATE ROLE regress_presets;
SELECT remote_rel.add_remote_schema('api', test.definition());
SELECT remote_rel.add_remote_schema_permissions('api', 'regress_presets', $$
  scalar JSON
  enum AccessLevel { VIEWER }
  union SearchResult = Company
  interface Node { id: ID! }
  type Profile implements Node { id: ID! nickname: String avatar(size: Int = 64 @preset(value: 10)): String }
  type Company { name: String! }
  input Everything { string: String int: Int @preset(value: "x-hasura-int") required: String! nested: Everything }
  type Query {
    auth0(auth0_id: String! @preset(value: "x-hasura-user-id")): Profile
    echo(string: String, level: AccessLevel @preset(value: VIEWER),
        id: ID @preset(value: "x-hasura-user-id", static: true), input: Everything): JSON
    search(text: String!): [SearchResult!]!
    node(id: ID!): Node
  }
$$);
-- presets are sent; the query's part is merged with them, in literals and variables, at every depth
SELECT test.resolve('{ auth0 { nickname avatar } }', 'regress_presets', headers => '{"X-Hasura-User-Id": "auth0|3"}');
SELECT test.resolve('{ echo(string: "a", input: {required: "r", nested: {required: "s"}}) }',
    'regress_presets', headers => '{"x-hasura-int": "42"}');
SELECT test.resolve('query($i: Everything!) { echo(input: $i) }', 'regress_presets',
    '{"i": {"required": "r"}}', headers => '{"x-hasura-int": "7"}');
-- nobody but the permission gives them
SELECT test.resolve('{ auth0(auth0_id: "auth0|1") { avatar(size: 1) } echo(input: {int: 1, required: "r"}) }', 'regress_presets');
SELECT test.resolve('query($i: Everything!) { echo(input: $i) }', 'regress_presets',
    '{"i": {"required": "r", "int": 1}}');
-- left out, the presets are sent all the same; the remote's default values count, also where the permission does not repeat them
SELECT test.resolve('{ echo(string: "a") }', 'regress_presets', headers => '{"x-hasura-int": "42"}');
-- variables of the session that are missing or do not fit
SELECT test.resolve('{ auth0 { nickname } }', 'regress_presets');
SELECT test.resolve('{ echo(input: {required: "r"}) }', 'regress_presets', headers => '{"x-hasura-int": "many"}');
-- objects of types that the role lacks: profiles are among the results, and not in its union; products are nodes, and not its own
SELECT test.resolve('{ search(text: "Iron") { __typename ... on Company { name } } }', 'regress_presets');
SELECT test.resolve('{ search(text: "Jon") { __typename } }', 'regress_presets');
SELECT test.resolve('{ node(id: "A-1") { __typename id } }', 'regress_presets');
SELECT test.resolve('{ node(id: "auth0|2") { __typename id } }', 'regress_presets');
ROLLBACK;
