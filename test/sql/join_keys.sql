\i test/setup.sql
-- What keys are made of, which are equal, and how those that do not fit fail alone.

BEGIN;
SELECT remote_rel.add_remote_schema('auth0', test.definition());
CREATE TABLE keys (id int PRIMARY KEY, doc jsonb, raw json, word text, words text[], num numeric,
    big bigint, f float8, flag boolean, at timestamptz, u uuid, level text, code char(4));

-- SQL's NULL and JSON's null are no keys; documents are sent as they are
INSERT INTO keys (id, doc, raw) VALUES (1, 'null', NULL), (2, NULL, E' \n null '),
    (3, '{"b": [1, null, {"c": "ü\n"}], "a": 1e3}',
    E'{ "b" : [1,\t2.50, true] , "a": "\\u00fc\\/" }'),
  (4, '"text"', '"text"'), (5, '[]', '{}'), (6, '12', E'\n12.0');
SELECT remote_rel.create_remote_relationship('keys', 'doc_echo', 'auth0', '{"echo": {"arguments": {"json": "$doc"}}}');
SELECT remote_rel.create_remote_relationship('keys', 'raw_echo', 'auth0', '{"echo": {"arguments": {"json": "$raw"}}}');
SELECT test.show('{ keys(order_by: {id: asc}) { id doc_echo } }');
SELECT test.show('{ keys(order_by: {id: asc}) { id raw_echo } }');
-- characters that JSON can escape and GraphQL or PostgreSQL cannot hold
INSERT INTO keys (id, raw) VALUES (7, '{"a": "\u0000"}'), (8, '["\ud83d"]'), (9, '{"\ud83d\ude00": 1}');
SELECT graphql_resolve('{ keys(where: {id: {_gt: 6}}, order_by: {id: asc}) { id raw_echo } }');
-- keys to parts of arguments
SELECT remote_rel.create_remote_relationship('keys', 'parts', 'auth0',
    '{"echo": {"arguments": {"json": {"k": ["$word", {"deep": "$num"}]},
    "input": {"string": "$word", "json": "$doc"}}}}');
UPDATE keys SET word = E'a"\\\x01ü', num = 12.50 WHERE id = 3;
SELECT test.show('{ keys(where: {id: {_in: [3, 4]}}, order_by: {id: asc}) { parts } }');

-- equal by their JSON text: one key
DELETE FROM keys;
INSERT INTO keys (id, num, f, at, u, code, flag, words) VALUES
  (1, 1, 0.1, '2020-01-01 00:00+00', 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', 'a', true, '{a,NULL}'),
      (2, 1, 0.1, '2020-01-01 01:00+01', 'a0eebc999c0b4ef8bb6d6bb9bd380a11', 'a ', true,
      '{a,NULL}'),
  (3, 1.0, 'NaN', 'infinity', NULL, 'b', false, '{}'), (4, 'NaN', '-Infinity', NULL, NULL, NULL, NULL, '{{a},{b}}');
CREATE FUNCTION distinct_keys(col text) RETURNS TABLE (answer text, variables jsonb) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM remote_rel.create_remote_relationship('keys', 'echo_' || col, 'auth0',
        format('{"echo": {"arguments": {"json": "$%s"}}}', col)::jsonb);
    PERFORM test.reset();
    answer := (SELECT string_agg(coalesce((k -> ('echo_' || col)) ->> 'json', 'null'), ' ')
        FROM json_array_elements(graphql_resolve(format('{ keys(order_by: {id: asc}) { echo_%s } }',
        col)) -> 'data' -> 'keys') AS k);
    variables := (SELECT l.variables FROM test.log() AS l);
    RETURN NEXT;
END
$$;
SET LOCAL TimeZone = 'UTC';
SELECT c, k.* FROM unnest('{num,f,at,u,code,flag,words}'::text[]) AS c, distinct_keys(c) AS k;

ROLLBACK;

BEGIN;
-- keys that do not fit fail alone: by aliases, by list, by position; a batch of nothing else is not sent
SELECT remote_rel.add_remote_schema('auth0', test.definition());
CREATE TABLE keys (id int PRIMARY KEY, level text, word text, n int);
INSERT INTO keys VALUES (1, 'ADMIN', 'auth0|1', 1), (2, 'BOSS', 'auth0|2', 2),
    (3, 'VIEWER', 'auth0|3', 3), (4, 'admin', 'auth0|4', 4);
SELECT remote_rel.create_remote_relationship('keys', 'of_level', 'auth0',
    '{"profiles_of": {"arguments": {"level": "$level", "first": 1}}}');
SELECT test.show('{ keys(order_by: {id: asc}) { id of_level { id } } }');
SELECT test.show('{ keys(where: {level: {_eq: "BOSS"}}) { id of_level { id } } }');
CREATE FUNCTION sdl() RETURNS text LANGUAGE sql AS $$ SELECT '
  scalar Any
  enum Level { ADMIN VIEWER }
  input Key { level: Level! word: String }
  input Filter { _in: [Level!] _by: Filter words: [String!] limit: Int }
  type Thing { level: Level! word: String words: [String] any: Any }
  type Query { by_levels(levels: [Level!]!,
      more: String): [Thing]! by_keys(keys: [Key!]!): [Thing] filtered(where: Filter!,
      words: [String!], limit: Int): [Thing!]!
    pairs(levels: [Level], words: [String]): [Thing] single(level: Level): [Thing] rows_of(rows: [[String!]!]!): [Thing] things(anys: [Any]): [Thing] }' $$;
SELECT remote_rel.add_remote_schema('lists', test.mock(sdl()));
SELECT remote_rel.create_remote_relationship('keys', 'by_level', 'lists',
    '{"by_levels": {"arguments": {"levels": "$level"}}}', batch => '{"level": "$level"}');
SELECT remote_rel.create_remote_relationship('keys', 'by_key', 'lists',
    '{"by_keys": {"arguments": {"keys": [{"level": "$level", "word": "$word"}]}}}',
    batch => '"position"');
SELECT remote_rel.create_remote_relationship('keys', 'filtered', 'lists',
    '{"filtered": {"arguments": {"where": {"_by": {"_in": "$level"}, "words": ["$word", "x"]},
    "words": ["$word"]}}}', batch => '{"level": "$level"}', relationship_type => 'array');
SELECT remote_rel.create_remote_relationship('keys', 'pair', 'lists',
    '{"pairs": {"arguments": {"levels": "$level", "words": ["$word"]}}}',
    batch => '{"level": "$level", "word": "$word"}');
-- what is sent: several places for the keys, what the query adds, other elements of a list
CREATE FUNCTION sent(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM test.reset();
    PERFORM graphql_resolve(query);
    RETURN QUERY SELECT concat_ws('  ', l.query, l.variables) FROM test.log() AS l;
END
$$;
SELECT sent('{ keys(order_by: {id: asc}) { by_level { word } } }');
SELECT sent('{ keys(order_by: {id: asc}) { by_key { word } } }');
SELECT sent('{ keys(where: {id: {_lt: 4}}, order_by: {id: asc}) { filtered(limit: 5, where: {limit: 3, _by: {limit: 2}}) { word } } }');
SELECT sent('{ keys(order_by: {id: asc}) { pair { words } } }');
SELECT sent('{ keys(where: {level: {_in: ["BOSS", "admin"]}}) { by_level { word } by_key { word } filtered { word } pair { word } } }');
-- an array column's lists are one; a list of lists has one of each key
ALTER TABLE keys ADD tags text[];
UPDATE keys SET tags = CASE id WHEN 1 THEN '{a,b}' WHEN 2 THEN '{c}' WHEN 3 THEN '{}' END::text[];
SELECT remote_rel.create_remote_relationship('keys', 'tagged', 'lists',
    '{"filtered": {"arguments": {"where": {}, "words": "$tags"}}}', batch => '{"word": "$word"}');
SELECT sent('{ keys(order_by: {id: asc}) { tagged { any } } }');
SELECT remote_rel.create_remote_relationship('keys', 'tag_rows', 'lists',
    '{"rows_of": {"arguments": {"rows": ["$tags"]}}}', batch => '{"word": "$word"}');
SELECT sent('{ keys(order_by: {id: asc}) { tag_rows { any } } }');

-- which element goes to which key
SELECT remote_rel.update_remote_schema('lists', test.definition('faulty'), sdl => sdl());
CREATE FUNCTION answering(query text, body text) RETURNS text LANGUAGE sql
    AS $$ SELECT test.resolve(query, headers => test.answering(body)) $$;
SELECT answering('{ keys(order_by: {id: asc}) { id by_level { word } } }',
    '{"data": {"j0": [{"rr__k0Thing": "VIEWER", "word": "v"}, {"rr__k0Thing": "ADMIN",
    "word": "a"}]}}');
SELECT answering('{ keys(order_by: {id: asc}) { by_key { word } } }',
    '{"data": {"j0": [{"word": "first"}, {"word": "second"}]}}');
SELECT answering('{ keys(where: {id: {_in: [2, 4]}}, order_by: {id: asc}) { by_key { word } } }',
    '{"data": {"j0": []}}');
SELECT answering('{ keys(where: {id: {_lt: 4}}, order_by: {id: asc}) { filtered(limit: 5) { word } } }',
  '{"data": {"j0": [{"rr__k0Thing": "VIEWER", "word": "v1"}, {"rr__k0Thing": "ADMIN", "word": "a"},
      {"rr__k0Thing": "VIEWER", "word": "v2"}, {"rr__k0Thing": "GONE", "word": "g"}]}}');
-- by two fields, either of which more than one key has; texts that run into each other
UPDATE keys SET level = 'ADMIN', word = CASE id WHEN 1 THEN E'a\x1e' WHEN 2 THEN 'ä' WHEN 3 THEN '"' ELSE 'd' END;
SELECT answering('{ keys(order_by: {id: asc}) { pair { words } } }',
  '{"data": {"j0": [{"rr__k0Thing": "\u00e4", "rr__k1Thing": "ADMIN", "words": ["escaped"]},
      {"rr__k0Thing": "a\u001e", "rr__k1Thing": "ADMIN", "words": ["control"]}, {"rr__k0Thing": "a",
      "rr__k1Thing": "\u001eADMIN", "words": ["wrong"]}, {"rr__k0Thing": "\u0022",
      "rr__k1Thing": "ADMIN", "words": ["quote"]}, {"rr__k0Thing": null, "rr__k1Thing": "ADMIN",
      "words": ["null"]}, {"rr__k0Thing": "d\u0000", "rr__k1Thing": "ADMIN",
      "words": ["wrong"]}]}}');
-- one level for four keys of pairs: an element is of each of them
SELECT remote_rel.create_remote_relationship('keys', 'shared', 'lists',
    '{"pairs": {"arguments": {"levels": "$level", "words": ["$word"]}}}',
    batch => '{"level": "$level"}');
SELECT answering('{ keys(order_by: {id: asc}) { id shared { words } } }',
    '{"data": {"j0": [{"rr__k0Thing": "ADMIN", "words": ["for", "all"]}, {"rr__k0Thing": "ADMIN",
    "words": ["second"]}]}}');
SELECT answering('{ keys(order_by: {id: asc}) { id shared { words } } }',
    '{"data": {"j0": [{"rr__k0Thing": "ADMIN", "words": ["for", null]}]},
    "errors": [{"message": "no more", "path": ["j0", 0, "words", 1]}]}');
SELECT remote_rel.create_remote_relationship('keys', 'all_shared', 'lists',
    '{"pairs": {"arguments": {"levels": "$level", "words": ["$word"]}}}',
    batch => '{"level": "$level"}', relationship_type => 'array');
SELECT answering('{ keys(order_by: {id: asc}) { id all_shared { words } } }',
    '{"data": {"j0": [{"rr__k0Thing": "ADMIN", "words": ["1"]}, {"rr__k0Thing": "VIEWER",
    "words": ["0"]}, {"rr__k0Thing": "ADMIN", "words": ["2"]}, {"rr__k0Thing": "ADMIN",
    "words": "none"}]}}');

-- keys of a remote type: their values are equal where their texts are
SELECT remote_rel.metadata('{"type": "create_remote_schema_remote_relationship", "args": {"remote_schema": "lists", "type_name": "Thing", "name": "things",
    "definition": {"to_remote_schema": {"remote_schema": "lists", "lhs_fields": ["any"], "remote_field": {"things": {"arguments": {"anys": "$any"}}}, "batch": {"any": "$any"}}}}}');
SELECT remote_rel.create_remote_relationship('keys', 'any_list', 'lists',
    '{"by_levels": {"arguments": {"levels": ["$level"]}}}', batch => '"position"');
-- faulty gives one body to both requests: the first reads j0 as its own, the second as its list
UPDATE keys SET level = 'VIEWER' WHERE id = 2;
SELECT answering('{ keys(limit: 2, order_by: {id: asc}) { any_list { things { word } } } }',
    '{"data": {"j0": [{"rr__k0Thing": 5, "word": "five"}, {"rr__k0Thing": "5",
    "word": "later"}]}}');
SELECT answering('{ keys(limit: 2, order_by: {id: asc}) { any_list { things { word } } } }',
    '{"data": {"j0": [{"rr__k0Thing": ["5"], "word": "list"}, {"rr__k0Thing": "5\u0000",
    "word": "with NUL"}]}}');

-- what keys of a batch cannot stand in is said when the relationship is made
SELECT test.failure($$ SELECT remote_rel.create_remote_relationship('keys', 'x', 'lists',
    '{"single": {"arguments": {"level": "$level"}}}', batch => '{"level": "$level"}') $$);
SELECT test.failure($$ SELECT remote_rel.create_remote_relationship('keys', 'x', 'lists',
    '{"by_levels": {"arguments": {"levels": "$level", "more": "$word"}}}',
    batch => '{"level": "$level"}') $$);
SELECT test.failure($$ SELECT remote_rel.create_remote_relationship('keys', 'x', 'lists',
    '{"single": {"arguments": {"level": "$level"}}}', batch => '"position"') $$);
ROLLBACK;
