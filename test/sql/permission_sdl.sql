\i test/setup.sql
-- The SDL of a permission, kind by kind: what may be left out, what is refused; everything that is wrong is told at once.
BEGIN;
CREATE ROLE regress_clerk;
SELECT remote_rel.add_remote_schema('harbour', '{"url": "http://127.0.0.1:1/"}', sdl => $$
  schema { query: Root mutation: Changes }
  directive @loud(by: Int!, times: Int = 1) repeatable on FIELD | QUERY
  directive @still on FIELD
  scalar Date
  enum Flag { NO SE DK }
  interface Node { id: ID! }
  interface Named implements Node { id: ID! name(short: Boolean): String }
  type Vessel implements Named & Node @key(fields: "id") { id: ID! name(short: Boolean): String flag: Flag built: Date pilot(kind: Flag! = SE, at: Place = {lat: 1, lon: 2}): Named }
  type Port implements Named & Node { id: ID! name(short: Boolean): String }
  union Thing = Vessel | Port
  input Place { lat: Float! lon: Float! name: String }
  input Filter { owner: ID! flag: Flag! = NO name: String and: [Filter!] place: Place }
  input Key @oneOf { id: ID name: String }
  type Root { vessel(imo: ID!, year: Int): Vessel vessels(where: Filter, by: Key,
      flags: [Flag!]): [Vessel!]! any: Thing node: Node query: Query changes: Mutation }
  type Query { plain: Int }
  type Mutation { plain: Int }
  type Changes { rename(imo: ID!, name: String!): Vessel }
$$);
CREATE FUNCTION pg_temp.allow(sdl text) RETURNS text
LANGUAGE sql AS $$ SELECT test.failure(format('SELECT remote_rel.add_remote_schema_permissions(%L, %L, %L)', 'harbour', 'regress_clerk', sdl)) $$;
-- Is it allowed, and what does the role see?
CREATE FUNCTION pg_temp.shown(sdl text) RETURNS text
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM remote_rel.add_remote_schema_permissions('harbour', 'regress_clerk', sdl);
    sdl := graphql_schema('regress_clerk');
    PERFORM remote_rel.drop_remote_schema_permissions('harbour', 'regress_clerk');
    RETURN sdl;
END $$;

-- Fields, arguments with a default, interfaces, members, values, types may be left out; what nothing reaches is not shown; the rest comes with the remote's own
SELECT pg_temp.shown($$
  schema { query: Root }
  "as the port has it" type Vessel { name: String flag: Flag pilot(kind: Flag!): Named }
  interface Named { name: String }
  enum Flag { SE DK }
  scalar Date
  type Port { id: ID! }
  input Place { lat: Float! lon: Float! }
  type Root { vessel(imo: ID!): Vessel vessels(where: Filter, by: Key): [Vessel!]! }
  input Filter { owner: ID! flag: Flag! }
  input Key { id: ID name: String }
$$);
-- A default that the role cannot see leaves the argument optional, unless presets need what only a query can give; one that the permission makes up does not count
SELECT pg_temp.shown($$
  schema { query: Root }
  type Vessel { pilot(kind: Flag!, at: Place): Named }
  type Root { vessel(imo: ID!, year: Int = 1999): Vessel }
  interface Named { id: ID! }
  enum Flag { NO }
  input Place { lat: Float! lon: Float! @preset(value: 3) }
$$);
-- Copied from an upstream that uses directives without defining them; the directives that the role is to have; @preset defined as Hasura's console does
SELECT pg_temp.shown($$
  schema { query: Root mutation: Changes }
  directive @loud(by: Int!) on FIELD
  scalar PresetValue
  directive @preset(value: PresetValue) on INPUT_FIELD_DEFINITION | ARGUMENT_DEFINITION
  type Vessel implements Node @key(fields: "id") { id: ID! @deprecated }
  interface Node { id: ID! }
  type Root { vessel(imo: ID! @preset(value: "x-hasura-imo")): Vessel }
  extend type Root { node: Node }
  type Changes { rename(imo: ID!, name: String! @preset(value: "Nemo")): Vessel }
$$);

-- Objects and interfaces
SELECT pg_temp.allow($$ schema { query: Root } type Root { vessel(imo: ID!): Vessel! vesel: Int any: [Thing] } type Vessel implements Named & Ship { id: ID name(short: Boolean): String }
  interface Named { id: ID! name(short: Boolean): String! tag: Int } interface Ship { id: ID } type Boat { id: ID! } $$);
SELECT pg_temp.allow($$ schema { query: Root } type Root { node: Node } interface Node { id: ID! } type Port implements Node & Named { name: String } interface Named implements Node { name: String } $$);
-- Unions, enums, scalars, input objects
SELECT pg_temp.allow($$ schema { query: Root } type Root { any: Thing vessels(where: Filter): [Vessel!]! } union Thing = Vessel | Root | Vessel type Vessel { flag: Flag }
  enum Flag { NO FI NO } scalar Money input Filter { owner: ID flags: [Flag] and: [Filter] place: Place } input Place { lat: Float! nam: String } $$);
-- Arguments
SELECT pg_temp.allow($$ schema { query: Root } type Root { vessel(yer: Int,
    year: Int!): Vessel vessels(where: Filter!,
    flags: [Flag]): [Vessel!]! } type Vessel { id: ID! } input Filter { owner: ID! } enum Flag { NO } $$);
-- Wrong kinds
SELECT pg_temp.allow($$ schema { query: Root } type Root { any: Thing node: Node } type Thing { id: ID! } union Node = Thing enum Vessel { A } scalar Flag input Port { id: ID! } interface Filter { owner: ID! } $$);
-- Defined twice, also alike
SELECT pg_temp.allow($$ schema { query: Root } type Root { any: Thing any: Thing vessel(imo: ID!,
    imo: ID!): Vessel } union Thing = Vessel type Vessel { id: ID! } type Vessel { id: ID! }
  enum Flag { NO NO } scalar Date scalar Date directive @still on FIELD directive @still on FIELD input Place { lat: Float! lon: Float! lon: Float! } $$);
-- Types that are mentioned and not defined, beside whatever else is wrong
SELECT pg_temp.allow($$ schema { query: Root } type Root { vessel(imo: ID!): Vessel vessels(where: Filter): [Vessel!]! any: Thing node: Node } union Thing = Vessel
  type Port implements Named { id: ID! } interface Named { id: ID! name: String } enum Flag $$);
-- Without anything in them
SELECT pg_temp.allow($$ schema { query: Root } type Root { any: Thing } type Vessel union Thing enum Flag input Filter interface Node $$);
-- Directives
SELECT pg_temp.allow($$ schema { query: Root } directive @loud(times: Int,
    volume: Int) on FIELD | MUTATION directive @still repeatable on FIELD directive @silent on FIELD
  type Root { vessel(imo: ID! @prest(value: 1)): Vessel } type Vessel { id: ID! } $$);
-- Roots
SELECT pg_temp.allow($$ type Root { any: Int } $$);
SELECT pg_temp.allow($$ type Query { plain: Int } type Mutation { plain: Int } type Subscription { plain: Int } $$);
SELECT pg_temp.allow($$ schema { query: Query mutation: Mutation subscription: Query } type Query { plain: Int } type Mutation { plain: Int } $$);
SELECT pg_temp.allow($$ schema { mutation: Changes } type Changes { rename(imo: ID!,
    name: String!): Vessel } type Vessel { id: ID! } $$);
SELECT remote_rel.drop_remote_schema_permissions('harbour', 'regress_clerk');
SELECT pg_temp.allow($$ schema { query: Rot } type Root { any: Int } $$);
SELECT pg_temp.allow($$ extend schema { query: Root } type Root { changes: Mutation } type Mutation { plain: Int } $$);
SELECT pg_temp.shown($$ schema { query: Root } type Root { changes: Mutation query: Query } type Mutation { plain: Int } type Query { plain: Int } $$);
-- No SDL
SELECT pg_temp.allow('');
SELECT pg_temp.allow('type Root { any }');
SELECT pg_temp.allow('{ any }');
SELECT pg_temp.allow('schema { query: Root } type Root { vessel(imo: ID!): Vessel } type Vessel { id: ID! } query { vessel } fragment F on Vessel { id }');

-- Presets where they cannot be
SELECT pg_temp.allow($$ schema { query: Root } directive @loud(by: Int! @preset(value: 1)) on FIELD
  type Root @preset(value: 1) { vessel(imo: ID! @preset,
      year: Int @preset(value: 1, static: 1,
      of: 2)): Vessel @preset(value: 1) vessels(by: Key): [Vessel!]! }
  type Vessel implements Named { id: ID! name(short: Boolean @preset(value: true)): String } interface Named { id: ID! name(short: Boolean): String }
  enum Flag { NO @preset(value: 1) } scalar Date @preset(value: 1) input Key { id: ID @preset(value: 1) name: String } input Place { lat: Float! @preset(value: 1) @preset(value: 2) lon: Float! } $$);
-- and what they cannot be
SELECT pg_temp.allow($$ schema { query: Root }
  type Root { vessel(imo: ID! @preset(value: null),
      year: Int @preset(value: "1")): Vessel vessels(where: Filter @preset(value: {ownr: "x-hasura-user", flag: DK, place: {lat: "x-hasura-lat"}}), by: Key @preset(value: {id: "x-hasura-id", name: "n"}), flags: [Flag!] @preset(value: [SE, "x-hasura-flag", "NO", {a: 1}])): [Vessel!]! }
  type Vessel { id: ID! pilot(at: Place @preset(value: "x-hasura-place")): Named name(short: Boolean @preset(value: 1)): String } interface Named { id: ID! }
  enum Flag { NO SE } input Key { id: ID name: String } input Place { lat: Float! lon: Float! @preset(value: "x-hasura-lon", static: true) name: String @preset(value: $name) } input Filter { owner: ID! flag: Flag! place: Place } $$);
SELECT pg_temp.allow($$ schema { query: Root }
  type Root { vessel(imo: ID! @preset(value: null),
      year: Int @preset(value: "1")): Vessel vessels(where: Filter @preset(value: {ownr: "x-hasura-user", flag: DK, place: {lat: "x-hasura-lat"}}), by: Key @preset(value: {id: "x-hasura-id", name: "n"}), flags: [Flag!] @preset(value: [SE, "x-hasura-flag", "NO", {a: 1}])): [Vessel!]! }
  type Vessel { id: ID! pilot(at: Place @preset(value: "x-hasura-place")): Named name(short: Boolean @preset(value: 1)): String } interface Named { id: ID! }
  enum Flag { NO SE } input Key { id: ID name: String } input Place { lat: Float! lon: Float! @preset(value: "x-hasura-lon", static: true) } input Filter { owner: ID! flag: Flag! place: Place } $$);
ROLLBACK;
