CREATE DATABASE regress_remote_customization;
\c regress_remote_customization
\i test/setup.sql
-- Customized names: in our schema, undone on the way out, redone on the way back.

BEGIN;
CREATE FUNCTION sdl() RETURNS text LANGUAGE sql AS $$ SELECT '
  schema { query: Root  mutation: Writes  subscription: Events }
  scalar Time
  "A thing in the harbour" interface Thing { "Its key" id: ID!  name(lang: Lang = EN): String! }
  type Ship implements Thing { id: ID!  name(lang: Lang = EN): String!  captain: Person  built: Time  fail: Int  failHard: Int! }
  type Person { id: ID!  ships: [Ship!]!  failHard: Int!  relay: Root! }
  type Pier implements Thing { id: ID!  name(lang: Lang = EN): String!  lang: Lang  fail: Int }
  union Found = Ship | Person
  enum Lang { EN Ship Hb }
  input Filter { name: String  lang: Lang = Ship  built: Time  and: [Filter!]  Ship: ID }
  type Root { ship(id: ID!): Ship  ships(where: Filter,
      lang: [Lang!]): [Ship!]!  thing: Thing  found: [Found]  things: [Thing]  langs: [Lang]  relay: Root!  failHard: Int! }
  type Writes { sink(id: ID!, as: Lang): Sunk }
  type Sunk { ship: Ship  query: Root  lang: Lang }
  type Events { sunk: Sunk }
' $$;
SELECT remote_rel.add_remote_schema('port', test.mock(sdl()) || '{"customization": {"root_fields_namespace": "port",
  "type_names": {"prefix": "Hb", "suffix": "X", "mapping": {"Ship": "Vessel", "Time": "Moment"}},
  "field_names": [{"parent_type": "Root", "prefix": "q_", "suffix": "_q",
      "mapping": {"ship": "vessel", "thing": "q_thing"}},
    {"parent_type": "Ship", "prefix": "s_", "mapping": {"name": "label", "id": "id"}},
        {"parent_type": "Pier", "mapping": {"name": "label", "id": "id"}, "suffix": "_p"},
    {"parent_type": "Thing", "mapping": {"name": "label"}}, {"parent_type": "Writes", "mapping": {"sink": "scuttle"}}, {"parent_type": "Sunk", "prefix": "was_"}]}}');

-- the schema, printed and introspected: mappings are final, standard scalars keep their names, and root types where there is no namespace, arguments, input fields and values too
SELECT graphql_schema();
SELECT test.show('{ __type(name: "Vessel") { name description interfaces { name } fields { name type { kind name ofType { name } } args { name defaultValue type { name } } } } thing: __type(name: "HbThingX") { description possibleTypes { name } fields { name description } } ship: __type(name: "Ship") { name } root: __type(name: "HbRootX") { fields { name } } filter: __type(name: "HbFilterX") { inputFields { name defaultValue type { name ofType { ofType { name } } } } } }');

-- there and back
SELECT test.show('query($l: HbLangX, $f: HbFilterX!, $t: Moment) { __typename p: port { __typename v: vessel(id: 1) { t: __typename id label(lang: $l) n: label s_captain { __typename ships { label s_built } } } q_ships_q(where: {and: [$f], lang: Hb, built: $t, Ship: 3}, lang: [Ship, EN]) { id } q_langs_q } }',
            '{"l": "Ship", "f": {"name": "Ship", "lang": "Hb", "Ship": "s_"}, "t": "q_ship"}');
SELECT test.show('{ port { q_thing { __typename ...T ... on Vessel { s_built } ... on HbPierX { lang_p } } q_found_q { u: __typename ...T ... on HbPersonX { ships { ...T } } } q_things_q { label __typename } } } fragment T on HbThingX { id label k: __typename }');
SELECT test.show('mutation($l: HbLangX) { __typename port { __typename scuttle(id: 1, as: $l) { __typename was_ship { __typename label } was_query { __typename vessel(id: 2) { label } q_relay_q { q_langs_q } } was_lang } } }', '{"l": "Hb"}');
-- a root type that others refer to is a type like others, with names of its own
SELECT test.show('{ port { q_relay_q { __typename vessel(id: 1) { label } q_relay_q { r: __typename q_langs_q } } vessel(id: 1) { s_captain { relay { ...R } } } } } fragment R on HbRootX { q_langs_q }');
-- the remote's own names are not there
SELECT test.show('query($f: Filter) { port { ship(id: 1) { name } vessel(id: 1) { captain { id } label(lang: HbEN) ... on Ship { id } } q_ships_q(where: {HbShip: 1}) { id } q_q_thing { id } } }');

-- paths of errors are of our names and aliases; a namespace that fails is null, and nothing else
SELECT test.show('{ mine: port { boat: vessel(id: 1) { l: label bad: s_fail } q_found_q { ... on Vessel { s_fail } } } }');
SELECT test.show('{ mine: port { vessel(id: 1) { s_captain { failHard } s_failHard } q_langs_q } yours: port { q_failHard_q } counted: __typename }');
SELECT test.show('{ a: port { vessel(id: 1) { id } } b: port { vessel(id: 2) { label } vessel2: vessel(id: 3) { id } } a: port { q_langs_q } }');

-- permissions are written in the remote's own names; the role sees the new ones
CREATE ROLE regress_harbourmaster;
SELECT remote_rel.add_remote_schema_permissions('port', 'regress_harbourmaster', 'schema { query: Root }  scalar Time
  type Root { ship(id: ID!): Ship  thing: Thing  ships(where: Filter): [Ship!]! }  interface Thing { id: ID! }
  type Ship implements Thing { id: ID!  name: String!  built: Time }  input Filter { name: String  lang: Lang @preset(value: Hb) }  enum Lang { Hb }');
SELECT graphql_schema('regress_harbourmaster');
SELECT test.show('query($n: String) { port { vessel(id: 1) { __typename label s_built } q_thing { __typename id } q_ships_q(where: {name: $n}) { label } } }', '{"n": "N"}', 'regress_harbourmaster');
SELECT test.show('mutation { port { scuttle(id: 1) { was_lang } } }', role => 'regress_harbourmaster');
SELECT test.show('{ port { vessel(id: 1) { s_captain { id } } q_langs_q } }', role => 'regress_harbourmaster');
-- relationships, too
CREATE TABLE berths (id int PRIMARY KEY, ship text);
INSERT INTO berths VALUES (1, 'S');
GRANT SELECT ON berths TO regress_harbourmaster;
SELECT remote_rel.create_remote_relationship('berths', 'vessel', 'port', '{"ship": {"arguments": {"id": "$ship"}}}');
SELECT remote_rel.create_remote_schema_remote_relationship('port', 'Ship', 'berths',
    '{"to_source": {"relationship_type": "array", "table": "berths",
    "field_mapping": {"name": "ship"}}}');
SELECT test.show('{ berths { vessel { __typename label s_built } } port { vessel(id: 1) { berths { id } } } }', role => 'regress_harbourmaster');

-- without a namespace, and then without any of it
SELECT remote_rel.update_remote_schema('port', test.mock(sdl())
    || '{"customization": {"type_names": {"mapping": {"Root": "Everything", "Writes": "Unused",
    "String": "Text"}}}}');
SELECT test.show('query($f: Filter) { relay { __typename ...E } ships(where: $f) { name t: __typename } __typename } fragment E on Everything { langs }', '{"f": {"name": "x"}}');
SELECT test.show('{ __type(name: "Text") { kind } ship: __type(name: "Ship") { fields { name type { name ofType { name } } } } }');
SELECT remote_rel.update_remote_schema('port', test.mock(sdl()) || '{"customization": {}}');
SELECT test.show('{ relay { __typename } thing { ... on Ship { name berths { id } } } berths { vessel { name } } }');

-- customizations that leave a name unclear
CREATE FUNCTION try(customization text) RETURNS text LANGUAGE sql AS $$
    SELECT test.failure(format('SELECT remote_rel.update_remote_schema(%L, %L, sdl => sdl())',
        'port', '{"url": "http://127.0.0.1:1/", "customization": ' || customization || '}'))
$$;
SELECT try('{"type_names": {"mapping": {"Ship": "String"}}}'),
    try('{"type_names": {"mapping": {"String": "Ship"}}}'),
    try('{"type_names": {"mapping": {"Ship": "__Type"}}}');
SELECT try('{"type_names": {"prefix": "__"}}'), try('{"type_names": {"suffix": "-"}}'),
    try('{"type_names": {"mapping": {"Ship": ""}}}'),
    try('{"type_names": {"mapping": {"Ship": "Person"}, "prefix": ""}}');
SELECT try('{"field_names": [{"parent_type": "Ship", "prefix": "a"}, {"parent_type": "Ship", "suffix": "b"}]}');
SELECT try('{"field_names": [{"parent_type": "Ship", "prefix": "s_"}]}');
SELECT try('{"field_names": [{"parent_type": "Ship", "mapping": {"captain": "built"}},
    {"parent_type": "Vessel", "prefix": "a"}, {"parent_type": "Found", "prefix": "a"},
    {"parent_type": "Root", "mapping": {"ship": "1"}}]}');
SELECT try('{"root_fields_namespace": ""}'), try('{"root_fields_namespace": "__x"}'),
    try('{"type_names": {"mapping": {"Ship": "query_root"}}}');
SELECT definition -> 'customization' FROM remote_rel.remote_schema;
ROLLBACK;

\set QUIET on
\c postgres
DROP DATABASE regress_remote_customization;
