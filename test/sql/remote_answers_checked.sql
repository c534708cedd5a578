\i test/setup.sql
-- Answers of an API: what nobody asked for is ignored, and values have their types.

BEGIN;
CREATE TABLE t (id int PRIMARY KEY);
INSERT INTO t VALUES (1), (2);
SELECT remote_rel.add_remote_schema('api', test.definition('faulty'), sdl => $$
    scalar Any
    enum Level { LOW HIGH }
    type Query { one(id: Int): T  many(ids: [Int!]): [T]  a: A  i: Int  ii: [Int!]  f: Float  b: Boolean  s: String  id: ID  e: Level  x: Any  n: N }
    type A { a: B }  type B { t(id: Int): T }
    type T { id: Int  name: String!  i: Int }
    type N { i: Int!  f: Float! }
$$);
SELECT remote_rel.create_remote_relationship('t', 'one', 'api', '{"one": {"arguments": {"id": "$id"}}}');
SELECT remote_rel.create_remote_relationship('t', 'list', 'api', '{"many": {"arguments": {"ids": "$id"}}}', batch => '{"id": "$id"}');
SELECT remote_rel.create_remote_relationship('t', 'deep', 'api', '{"a": {"field": {"a": {"field": {"t": {"arguments": {"id": "$id"}}}}}}}');
CREATE FUNCTION pg_temp.a(query text, body text) RETURNS text LANGUAGE sql AS $$ SELECT test.resolve(query, headers => test.answering(body)) $$;

-- unknown members, before, between and behind; a byte order mark
SELECT pg_temp.a('{ i s }', '{"extensions": 1, "data": {"q": 1, "i": 1, "p": {"a": []}, "s": "x", "r": null}, "more": 2}');
SELECT pg_temp.a('{ i s }', E'\ufeff{"data": {"i": 1, "s": "x"}}');
SELECT pg_temp.a('{ i s }', E'\ufeff\ufeff{"data": {"i": 1, "s": "x"}}');
SELECT pg_temp.a('{ i s }', E'{"data": \ufeff{"i": 1, "s": "x"}}');
SELECT pg_temp.a('{ i s }', '{"data": {"q": 1}}');
SELECT pg_temp.a('{ t(order_by: {id: asc}) { one { name } } }', '{"data": {"x": 0, "j0": {"name": "a"}, "j7": 1, "j1": {"more": 1, "name": "b"}, "y": []}}');
SELECT pg_temp.a('{ t(order_by: {id: asc}) { list { name } } }',
    '{"data": {"x": [1], "j0": [{"rr__k0T": 2, "name": "b", "w": 1}, {"v": 1, "rr__k0T": 1, "name": "a"}], "z": {}}}');
SELECT pg_temp.a('{ t(order_by: {id: asc}) { list { name } } }', '{"data": {"x": [1]}}');
SELECT pg_temp.a('{ t(order_by: {id: asc}) { deep { name } } }',
    '{"data": {"j0": {"z": 1, "a": {"t": {"name": "a"}, "y": 2}, "w": 3}, "j1": {"a": {"t": {"name": "b"}}}}}');
SELECT pg_temp.a('{ t(order_by: {id: asc}) { deep { name } } }', '{"data": {"j0": {"z": 1}, "j1": {"a": {"q": null}}}}');

-- values that have their type, and values that have not
SELECT body, pg_temp.a('{ i }', format('{"data": {"i": %s}}', body)) FROM unnest('{1,-2147483648,2147483647,5.0,2e3,"null"}'::text[]) AS body;
SELECT body, pg_temp.a('{ i }', format('{"data": {"i": %s}}', body)) FROM unnest('{2147483648,-2147483649,1.5,"\"abc\"","\"1\"",true,1e300}'::text[]) AS body;
SELECT body, pg_temp.a('{ f }', format('{"data": {"f": %s}}', body)) FROM unnest('{1,1.5,-2e-3,1e308,1e309,-1e309,"\"1\"",false}'::text[]) AS body;
SELECT body, pg_temp.a('{ b }', format('{"data": {"b": %s}}', body)) FROM unnest('{true,false,"\"x\"",0,"\"true\""}'::text[]) AS body;
SELECT body, pg_temp.a('{ s }', format('{"data": {"s": %s}}', body)) FROM unnest('{"\"\"","\"\\u00e4\"",1,true}'::text[]) AS body;
SELECT body, pg_temp.a('{ id }', format('{"data": {"id": %s}}', body)) FROM unnest('{"\"a\"",17,12345678901234567890,1.5,true}'::text[]) AS body;
SELECT body, pg_temp.a('{ e }', format('{"data": {"e": %s}}', body)) FROM unnest('{"\"LOW\"","\"MIDDLE\"","\"low\"",1}'::text[]) AS body;
SELECT pg_temp.a('{ x }', '{"data": {"x": {"anything": ["goes"]}}}');
SELECT pg_temp.a('{ ii n { i f } }', '{"data": {"ii": [1, "2", 3], "n": {"i": 1, "f": "x"}}}');
SELECT pg_temp.a('{ t(order_by: {id: asc}) { one { name i } } }', '{"data": {"j0": {"name": 1, "i": 1}, "j1": {"name": "b", "i": "x"}}}');

-- an element of a list that an error nulled is reported where it belongs
SELECT pg_temp.a('{ t(order_by: {id: asc}) { list { name } } }',
    '{"data": {"j0": [null, {"rr__k0T": 2, "name": "b"}]}, "errors": [{"message": "no name", "path": ["j0", 0, "name"]}]}');
SELECT pg_temp.a('{ t(order_by: {id: asc}) { list { name } } }',
    '{"data": {"j0": [null, null]}, "errors": [{"message": "first", "path": ["j0", 0, "name"]}, {"message": "second", "path": ["j0", 1, "name"]}]}');
SELECT pg_temp.a('{ t(order_by: {id: asc}) { list { name } } }',
    '{"data": {"j0": [{"rr__k0T": 2, "name": "b"}, {"rr__k0T": 9, "name": "?"}, null]}, "errors": [{"message": "no name", "path": ["j0", 2, "name"]}]}');
SELECT pg_temp.a('{ t(order_by: {id: asc}) { list { name } } }',
    '{"data": {"j0": [null, null, null]}, "errors": [{"message": "whose?", "path": ["j0", 2, "name"]}]}');

-- graphql_validate: without variables the document alone, with them the request
SELECT graphql_validate('query ($id: Int!) { one(id: $id) { name } }');
SELECT graphql_validate('query ($id: Int!) { one(id: $id) { name } }', variables => '{}');
SELECT graphql_validate('query ($id: Int!) { one(id: $id) { name } }', variables => '{"id": 1}');
SELECT graphql_validate('query ($id: Int!) { one(id: $id) { nam } }');
SELECT graphql_validate('query A { i } query B { f } query C($x: Int!) { one(id: $x) { name } }');
SELECT graphql_validate('query A { i } query B { f }', variables => '{}');
SELECT graphql_validate('query A { i } query B($x: Int!) { one(id: $x) { name } }', operation_name => 'B');
SELECT graphql_validate('query A { i } query B { f }', operation_name => 'C');
SELECT graphql_validate('fragment F on T { name }');
ROLLBACK;
