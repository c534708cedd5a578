CREATE DATABASE regress_metadata_permission;
\c regress_metadata_permission
\i test/setup.sql
-- A role's SDL must be a part of the upstream's; everything that is not is told at once.

BEGIN;
CREATE ROLE regress_meta_clerk;
SELECT remote_rel.add_remote_schema('registry', '{"url": "http://127.0.0.1:1/"}', sdl => $$
  type Query { vessel(imo: ID!, year: Int, at: Place): Vessel  vessels(where: Filter,
      flags: [Flag!]): [Vessel!]!  any: Thing  node: Node }
  type Mutation { rename(imo: ID!, name: String!): Vessel }
  interface Node { id: ID!  name: String }
  type Vessel implements Node { id: ID!  name: String  flag: Flag  built: Date }
  type Port implements Node { id: ID!  name: String }
  union Thing = Vessel | Port
  enum Flag { NO SE DK }
  input Filter { owner: ID!  name: String  and: [Filter!]  flag: Flag  place: Place }
  input Place { lat: Float!  lon: Float! }
  scalar Date
$$);

CREATE FUNCTION pg_temp.allow(sdl text) RETURNS text
LANGUAGE sql AS $$ SELECT test.failure(format('SELECT remote_rel.add_remote_schema_permissions(%L, %L, %L)', 'registry', 'regress_meta_clerk', sdl)) $$;
CREATE FUNCTION pg_temp.disallow() RETURNS void LANGUAGE sql
    AS $$ SELECT remote_rel.drop_remote_schema_permissions('registry', 'regress_meta_clerk') $$;

-- Parts
SELECT pg_temp.allow('type Query { vessel(imo: ID!): Vessel } type Vessel { name: String }'), pg_temp.disallow();
SELECT pg_temp.allow('schema { query: Query mutation: Mutation } type Query { node: Node } type Mutation { rename(imo: ID!, name: String!): Vessel }
  interface Node { id: ID! } type Vessel implements Node { id: ID! } type Port { name: String } scalar Date'), pg_temp.disallow();
SELECT pg_temp.allow('type Query { vessels(where: Filter, flags: [Flag!]): [Vessel!]! any: Thing } union Thing = Vessel type Vessel { flag: Flag built: Date }
  enum Flag { SE } input Filter { owner: ID! } "days" scalar Date'), pg_temp.disallow();

-- Not parts
SELECT pg_temp.allow('type Query {');
SELECT pg_temp.allow('{ vessel }');
SELECT pg_temp.allow('type Vessel { name: String }');
SELECT pg_temp.allow('schema { query: Vessel } type Vessel { name: String }');
SELECT pg_temp.allow('type Query { vessel(imo: ID!): Vessel }');
SELECT pg_temp.allow('type Query { vessel(imo: ID!): Vessel } type Vessel { name: String } type Vessel { id: ID! }');
SELECT pg_temp.allow('type Query { vessel(imo: ID, yer: Int): Vessel! vesel: Int } type Vessel implements Ship { id: ID! name: String! } interface Ship { id: ID! } scalar Flag');
SELECT pg_temp.allow('type Query { vessel(year: Int): Vessel } type Vessel { nam: String flag: Flag } enum Flag { NO FI } union Thing = Port | Query type Port { id: ID! }');
SELECT pg_temp.allow('type Query { vessels(where: Filter): [Vessel!]! } type Vessel { name: String } input Filter { name: Int wher: Int and: [Filter] }');
SELECT pg_temp.allow('type Query { node: Node } interface Node { id: ID! code: String } type Port implements Node { name: String }');
SELECT pg_temp.allow('type Query { any: Int } directive @cached(ttl: Int) on FIELD type Subscription { any: Int }');

-- Presets
SELECT pg_temp.allow('type Query { vessel(imo: ID! @preset(value: "x-hasura-imo"), year: Int @preset(value: 1999), at: Place @preset(value: {lat: 1, lon: "x-hasura-lon"})): Vessel
    vessels(where: Filter, flags: [Flag!] @preset(value: [NO, "x-hasura-flag"])): [Vessel!]! }
  type Vessel { name: String } enum Flag { NO } input Place { lat: Float! lon: Float! }
  input Filter { owner: ID! @preset(value: "x-hasura-user-id"), name: String @preset(value: "x-hasura-no-variable", static: true), flag: Flag @preset(value: NO) }'), pg_temp.disallow();
SELECT pg_temp.allow('type Query @preset(value: 1) { vessel(imo: ID! @preset, year: Int @preset(value: "1999"), at: Place @preset(value: {lat: 1, long: "x-hasura-lon"})): Vessel @preset(value: 1)
    vessels(where: Filter @preset(value: "x-hasura-filter"), flags: [Flag!] @preset(value: [NO, FI])): [Vessel!]! }
  type Vessel { name: String } enum Flag { NO @preset(value: 1) } input Place { lat: Float! lon: Float! }
  input Filter { owner: ID! @preset(value: {a: "x-hasura-user-id"}), name: String @preset(value: "a", static: "x"), flag: Flag @preset(value: NO) @preset(value: NO), place: Place @preset(valeu: 1) }');
SELECT pg_temp.allow('type Query { vessel(imo: ID! @preset(value: null)): Vessel vessels(flags: [Flag!] @preset(value: "x-hasura-flags", static: true)): [Vessel!]! }
  type Vessel { name: String } enum Flag { NO }');

-- One a role and remote schema; a role may come later; it goes with the remote schema
SELECT remote_rel.metadata('{"type": "add_remote_schema_permissions", "args": {"remote_schema": "registry", "role": "regress_meta_clerk", "comment": "few",
  "definition": {"schema": "type Query { vessel(imo: ID!): Vessel } type Vessel { name: String }"}}}');
SELECT pg_temp.allow('type Query { vessel(imo: ID!): Vessel } type Vessel { name: String }');
SELECT remote_rel.add_remote_schema_permissions('registry', 'regress_meta_nobody',
    'type Query { vessel(imo: ID!): Vessel } type Vessel { name: String }');
SELECT remote_schema, role, sdl, comment FROM remote_rel.remote_schema_permission ORDER BY role;
SELECT remote_rel.metadata('{"type": "drop_remote_schema_permissions",
    "args": {"remote_schema": "registry", "role": "regress_meta_nobody"}}');
SELECT test.failure($$SELECT remote_rel.drop_remote_schema_permissions('registry', 'regress_meta_nobody')$$);
SELECT test.failure($$SELECT remote_rel.add_remote_schema_permissions('regstry',
    'regress_meta_clerk', 'type Query { a: Int }')$$);

-- An update that takes something away leaves the permission, and says so
SELECT remote_rel.update_remote_schema('registry', '{"url": "http://127.0.0.1:1/"}',
    sdl => 'type Query { vessel(imo: ID!): Vessel } type Vessel { id: ID! }');
SELECT remote_rel.metadata('{"type": "get_inconsistent_metadata", "args": {}}');
SELECT remote_rel.remove_remote_schema('registry');
SELECT count(*) FROM remote_rel.remote_schema_permission;
ROLLBACK;

\set QUIET on
\c postgres
DROP DATABASE regress_metadata_permission;
