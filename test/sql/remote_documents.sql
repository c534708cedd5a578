\i test/setup.sql
-- What of a query goes upstream: a valid, minimal document in the upstream's own names. Every line that starts with ">" is what the server received.

BEGIN;
CREATE FUNCTION zoo() RETURNS text LANGUAGE sql AS $$ SELECT '
  "On everything that executes"
  directive @tag(name: String, level: Level, in: Filter, ids: [ID!]) on
    QUERY | MUTATION | FIELD | FRAGMENT_DEFINITION | FRAGMENT_SPREAD | INLINE_FRAGMENT | VARIABLE_DEFINITION
  directive @many(n: Int!) repeatable on FIELD | INLINE_FRAGMENT
  directive @spread on FRAGMENT_SPREAD
  directive @read on QUERY
  directive @defer(if: Boolean! = true, label: String) on FRAGMENT_SPREAD | INLINE_FRAGMENT
  directive @stream(if: Boolean! = true, label: String, initialCount: Int = 0) on FIELD
  enum Level { LOW HIGH }
  input Filter { name: String, level: Level = LOW, in: [Filter], id: ID, ids: [ID], at: JSON }
  scalar JSON
  interface Animal { id: ID!  name(size: Int): String!  friend: Animal }
  interface Pet implements Animal { id: ID!  name(size: Int): String!  friend: Animal  owner: String }
  type Cat implements Pet & Animal { id: ID!  name(size: Int): String!  friend: Animal  owner: String  lives(max: Int): Int!  level: Level }
  type Dog implements Pet & Animal { id: ID!  name(size: Int): String!  friend: Animal  owner: String  breed: String  level: Level }
  type Wolf implements Animal { id: ID!  name(size: Int): String!  friend: Animal  pack: Pack }
  type Pack { wolves: [Wolf!]!  any: Any }
  union Any = Cat | Pack | Wolf
  type Query {
    animal(id: ID): Animal  animals(filter: Filter, levels: [Level!], json: JSON,
        f: Float): [Animal!]!  any: [Any!]!  cat: Cat
    required(n: Int! = 3, m: [Int!]): String  n: Int!  level: Level
  }
  type Mutation { feed(id: ID!, filter: Filter): Animal }
' $$;
SELECT remote_rel.add_remote_schema('zoo', test.mock(zoo()) || '{"customization": {
  "type_names": {"prefix": "Z", "suffix": "_", "mapping": {"Cat": "Feline"}},
  "field_names": [{"parent_type": "Query", "prefix": "z_"}, {"parent_type": "Animal",
      "mapping": {"name": "called"}}, {"parent_type": "Pet", "mapping": {"name": "called"}},
    {"parent_type": "Cat", "mapping": {"name": "called"}}, {"parent_type": "Dog", "mapping": {"name": "called"}}, {"parent_type": "Wolf", "mapping": {"name": "called"}}]}}');
CREATE TABLE users (id int PRIMARY KEY, name text);
INSERT INTO users VALUES (1, 'Dany');

-- variables: those that are used, in lists and objects too, with the upstream's type names; defaults; nothing that was not given
SELECT test.show('query($limit: Int, $no: Boolean!, $l: ZLevel_!, $never: String) { users(limit: $limit) { name } z_animals(levels: [$l]) { id } z_cat @skip(if: $no) { called(size: 3) } z_any @include(if: $no) { ... on ZPet_ { owner } ... on ZPack_ { __typename @include(if: false) } } z_required(n: 1) @include(if: $no) x: z_animals(filter: {name: $never}) { id } }',
            '{"limit": 1, "no": true, "l": "HIGH"}');
SELECT test.show('query($l: ZLevel_!, $f: ZFilter_, $d: ZLevel_ = HIGH, $ls: [ZLevel_!], $n: String = "x", $id: ID, $j: ZJSON_) { z_animals(filter: {in: [$f, {level: $d, name: $n, ids: [$id, "b"]}], at: {deep: [$j]}}, levels: $ls) { id } b: z_animals(levels: [$l, LOW]) { id } }',
            '{"f": {"name": "n", "in": {"id": 5}, "ids": 7}, "ls": "LOW", "l": "HIGH", "id": 4,
                "j": {"z": [1, null, "é\"\\"], "a": {}}}');
SELECT test.show('query($n: Int = 4, $m: [Int!], $o: Int) { z_required(n: $n, m: $m) a: z_animal(id: 1) { called(size: $o) } }');
SELECT test.show('query($n: Int = 4, $m: [Int!], $o: Int) { z_required(n: $n, m: $m) a: z_animal(id: 1) { called(size: $o) } }', '{"m": 3, "o": null}');
-- names of ours are not to be had
SELECT test.show('query($rr__0_0: Int!, $rr__p0: Int) { z_required(m: [$rr__0_0]) b: z_cat { called(size: $rr__p0) } }', '{"rr__0_0": 1, "rr__p0": 2}');
SELECT test.show('{ rr__t: z_n users { id rr__k: name } }');
SELECT test.show('query($rr__x: Int) { users(limit: $rr__x) { rr__id: id } }');
-- literals as they are
SELECT test.show($$ { z_animals(f: 1e400, filter: {name: """
      a "block" \"""
        string
   """, level: HIGH, in: {id: 1}}) { id } b: z_animals(f: -0.0, json: [12345678901234567890123456789, "\u{1F409}\t\u0001/", ENUM, null, true, {}, []]) { id } } $$);
-- @skip and @include are settled here, wherever they stand
SELECT test.show('query($y: Boolean!, $n: Boolean = false) { z_animal { id @include(if: $n) called ... @skip(if: $y) { friend { id } } ...F @include(if: $n) ... on Feline @include(if: $y) { lives } } ...R @skip(if: $y) ...S @include(if: $y) } fragment F on ZAnimal_ { id } fragment R on query_root { z_n } fragment S on query_root { z_level }', '{"y": true}');
SELECT test.show('{ z_animal @skip(if: true) { id } users @include(if: false) { id } }');
SELECT test.show('{ z_animal { id @skip(if: true) } z_cat { id @include(if: false) } z_any { ... on Feline { id @skip(if: true) } } }');
-- fragments on interfaces, unions and objects under their new names; __typename wherever it stands
SELECT test.show('{ __typename z_animal { __typename t: __typename called ... on Feline { lives } ... on ZPet_ { owner p: __typename } ... on ZAnimal_ { id } ...W } z_any { __typename ...W ... on ZPack_ { any { u: __typename ... on Feline { called } } } ... on ZPet_ { owner } } } fragment W on ZWolf_ { pack { wolves { __typename called } } }');
SELECT test.show('{ z_any { ... on ZAny_ { ... on ZAnimal_ { id friend { __typename } } } } }');
-- one response key, several nodes
SELECT test.show('{ z_cat { friend { id } ...F } z_cat { level } ... on query_root { z_cat { friend { called } } } } fragment F on Feline { friend { ... on ZWolf_ { pack { __typename } } } }');

-- directives that the upstream defines go there; on a field, said once
SELECT test.show('query($a: String, $b: Int!) { z_cat @tag(name: $a, level: HIGH) @many(n: $b) @many(n: 3) { id @tag(ids: [1]) } z_cat @tag(name: "again") @many(n: 3) @many(n: 4) { id @tag } }', '{"a": "A", "b": 2}');
SELECT test.show('query($x: String, $y: String) { z_cat @tag(name: $x) { id } z_cat @tag(name: $y) { id } }', '{"x": "x", "y": "y"}');
-- on operations and variables
SELECT test.show('query Q($n: Int! = 2 @tag(name: "v", level: HIGH, in: {name: "n"}), $a: String) @tag(name: $a) @read { z_required(n: $n) users { id } }', '{"a": "A"}');
SELECT test.show('mutation($a: String) @tag(name: $a) { feed(id: 1, filter: {name: $a}) { called } }', '{"a": "A"}');
-- on fragments
SELECT test.show('{ z_cat { id ... @tag(name: "i") { called owner } ...F @tag(name: "s") ... on ZPet_ @many(n: 1) @many(n: 2) { friend { ...G @spread } } } } fragment F on Feline @tag(name: "d") { owner lives ... @tag { level } } fragment G on ZWolf_ { pack { any { __typename } } }');
SELECT test.show('query($a: String) { ... @tag(name: $a) { z_n ...R } z_cat { id ... @tag { id friend { id } ...S } friend { called } ...S } z_level } fragment R on query_root @tag { z_n m: z_n ... @include(if: true) { z_level } } fragment S on Feline { friend { ... on Feline @tag { lives } } }', '{"a": "A"}');
SELECT test.show('mutation { ... @tag @skip(if: false) { feed(id: 1) { ...A @spread } } } fragment A on ZAnimal_ { ...B @tag } fragment B on ZAnimal_ { id }');
-- an answer in pieces is none that this could pass on
SELECT test.show('{ z_animal { id ... @defer(label: "x") { called } ...F @defer @tag } z_animals @stream(initialCount: 1, label: "y") { id } } fragment F on ZAnimal_ { friend { id } }');
-- where a directive does not belong
SELECT test.show('query @many(n: 1) { z_n @read @nope }');

-- another upstream does not get what only the first one knows; nor does a table
SELECT remote_rel.add_remote_schema('park',
    test.mock('directive @park on QUERY | FIELD | INLINE_FRAGMENT  directive @more(n: Int) repeatable on INLINE_FRAGMENT  type Query { park: Park }  type Park { id: ID!  animal: String }', 'apollo'));
SELECT test.reset('apollo');
SELECT test.show('query($a: String, $v: String @tag) @tag(name: $a) @park { users @tag(name: $a) @park { id @tag } z_cat @park @tag { id } park @park @tag(name: $v) { ... @tag(name: $a) { ... @park { id } } animal } }', '{"a": "A", "v": "V"}');
SELECT concat_ws(' ', '>', query, variables) FROM test.log('apollo');
SELECT remote_rel.create_remote_relationship('users', 'park', 'park', '{"park": {"arguments": {}}}');
SELECT test.reset('apollo');
SELECT test.show('query @park @tag { users { name park @park @tag { id ... @park { animal } } } }');
SELECT concat_ws(' ', '>', query, variables) FROM test.log('apollo');

-- a role has the directives of its permission, and those only
CREATE ROLE regress_keeper;
SELECT remote_rel.add_remote_schema_permissions('zoo', 'regress_keeper', 'directive @tag(name: String) on FIELD
  type Query { cat: Cat }  type Cat { id: ID!  name(size: Int @preset(value: "x-hasura-size")): String! }');
SELECT test.show('query($n: String) { z_cat @tag(name: $n) { id called @tag } }', '{"n": "N"}',
    'regress_keeper', '{"x-hasura-size": "12"}');
SELECT test.show('query @tag { z_cat @many(n: 1) @tag(level: LOW) { ... @tag { id } } }', role => 'regress_keeper');
-- ... and no variable can take the place of a preset's
SELECT test.show('query($rr__p0: String) { z_cat @tag(name: $rr__p0) { called } }',
    '{"rr__p0": "N"}', 'regress_keeper', '{"x-hasura-size": "12"}');

-- hostile: fragments that would have to be said twice at every level
SELECT test.show(format('{ z_animal { %s id %s } }',
    repeat('friend { id } ... @tag { friend { ', 30), repeat('}}', 30)));
-- ... or are many, with many directives: each is looked at once
SET statement_timeout = '20s';
SELECT length(graphql_explain(format('{ ... %s { %s } }', repeat('@many(n: 1) ', 10000),
    repeat('... @tag { z_n } ', 10000)))::text);
SELECT length(graphql_explain(format('{ ... %s { %s } }', repeat('@more(n: 1) ', 10000),
    repeat('... @more(n: 1) { z_n } ', 10000)))::text);
SELECT length(graphql_explain(format('{ %s }', (SELECT string_agg(format('z_n @many(n: %s)', i),
    ' ') FROM generate_series(1, 10000) AS i)))::text);
RESET statement_timeout;
ROLLBACK;
