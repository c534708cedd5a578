\i test/setup.sql
-- What a relationship gives to the fields of its path, and what is left for the query to give.

BEGIN;
CREATE TYPE level AS ENUM ('ADMIN', 'EDITOR', 'BOSS');
CREATE DOMAIN key AS text;
CREATE TABLE things (id int PRIMARY KEY, small smallint, big bigint, real real, num numeric,
    text text, uuid uuid, flag boolean, level level, dom key, day date, at timestamptz,
  doc jsonb, docs json, ints int[], words text[], code char(5), points text);
INSERT INTO things VALUES (1, 7, 9007199254740993, 1.5, 12345678901234567890.123, 'auth0|1',
    '00000000-0000-0000-0000-000000000001', true, 'ADMIN', 'auth0|2', '2020-02-29',
    '2020-02-29 12:00:00.5+00',
  '{"a": [1, "x", null, {"b": 1.50}]}', '{"z": 1, "a": "\u00e9"}', '{1,2,NULL}', '{"a\"b",NULL}',
      'ab', '9007199254740993');
INSERT INTO things (id, level, text, num, real) VALUES (2, 'BOSS', 'GUEST', 'NaN', 'Infinity');
SELECT remote_rel.add_remote_schema('auth0', test.definition());
CREATE FUNCTION join_with(name text, remote_field text) RETURNS text LANGUAGE sql AS $$
    SELECT test.failure(format('SELECT remote_rel.create_remote_relationship(%L, %L, %L, %L)',
        'things', name, 'auth0', remote_field))
$$;

-- columns of every kind, as the argument's type wants them
SELECT join_with('kinds', '{"echo": {"arguments": {"string": "$uuid", "int": "$small",
    "float": "$num", "boolean": "$flag", "id": "$big", "level": "$level", "json": "$doc",
    "ints": "$ints"}}}');
SELECT test.show('{ things(where: {id: {_eq: 1}}) { kinds } }');
SELECT join_with('kinds2', '{"echo": {"arguments": {"string": "$at", "id": "$code",
    "float": "$real", "json": "$docs"}}}');
SELECT test.show('{ things(where: {id: {_eq: 1}}) { kinds2(int: 3) } }');
SELECT join_with('scalar_list', '{"echo": {"arguments": {"string": "$day", "ints": "$id", "json": "$words"}}}');
SELECT test.show('{ things(where: {id: {_eq: 1}}) { scalar_list } }');
SELECT join_with('karma', '{"by_karma": {"arguments": {"karma": "$points"}}}');
SELECT test.show('{ things(where: {id: {_eq: 1}}) { karma { id } } }');
-- what an enum or a number cannot be is an error of its own row
SELECT join_with('leveled', '{"profiles_of": {"arguments": {"level": "$level"}}}');
SELECT test.show('{ things(order_by: {id: asc}) { leveled(first: 1) { access } } }');
SELECT join_with('number', '{"echo": {"arguments": {"float": "$num"}}}');
SELECT test.show('{ things(where: {id: {_eq: 2}}) { number } }');

-- static values of every kind; a string that is no variable
SELECT join_with('static', '{"echo": {"arguments": {"string": "x", "int": 3, "float": 1.50,
    "boolean": false, "id": 5, "level": "EDITOR", "json": {"deep": [1, null, {"$": "$"}]},
    "ints": 4, "matrix": [[1], []], "input": {"string": "s", "nested": {"ints": [1]}}}}}');
SELECT test.show('{ things(where: {id: {_eq: 1}}) { static } }');

-- inside of lists and input objects
SELECT join_with('inner', '{"echo": {"arguments": {"ints": ["$id", 5, "$small"],
    "json": {"k": ["$text", {"n": "$id"}]}, "input": {"id": "$dom", "nested": {"level": "$level",
    "ints": ["$id"]}}}}}');
SELECT test.show('{ things(where: {id: {_eq: 1}}) { inner } }');
-- what is given in part can be added to: its other fields, at each level
SELECT test.show('query($s: String) { things(where: {id: {_eq: 1}}) { inner(string: $s, input: {string: $s, int: 1, nested: {string: "n", float: 2}}) } }', '{"s": "given"}');
SELECT test.show('{ things(where: {id: {_eq: 1}}) { inner(input: {}) } }');
SELECT test.show('{ things(where: {id: {_eq: 1}}) { inner(input: null) } }');
-- … and what is given cannot be given again
SELECT test.show('{ things { inner(ints: [1]) } }');
SELECT test.show('{ things { inner(input: {id: 5}) } }');
SELECT test.show('{ things { inner(input: {nested: {level: ADMIN}}) } }');
SELECT test.show('{ things { inner(json: 1) static(int: 1) } }');

-- arguments of the fields on the way, and of the last one
SELECT join_with('member', '{"directory": {"field": {"region": {"arguments": {"code": "$code"},
    "field": {"member": {"arguments": {"auth0_id": "$text"}}}}}}}');
SELECT test.show('{ things(where: {id: {_eq: 1}}) { member { id nickname } } }');
SELECT join_with('offices', '{"directory": {"field": {"region": {"arguments": {"code": "$code"},
    "field": {"offices": {}}}}}}');
SELECT test.show('{ things(where: {id: {_eq: 1}}) { all: offices { name } heads: offices(kind: HEAD) { name head(level: EDITOR) { access } } } }');
-- a path through a list gives a list
SELECT join_with('heads', '{"directory": {"field": {"region": {"arguments": {"code": "$code"},
    "field": {"offices": {"field": {"head": {}}}}}}}}');
SELECT test.show('{ things(where: {id: {_eq: 1}}) { heads(level: VIEWER) { access } } }');
SELECT join_with('nowhere', '{"directory": {"field": {"nowhere": {"field": {"member": {"arguments":
    {"auth0_id": "$text"}}}}}}}');
SELECT test.show('{ things(where: {id: {_eq: 1}}) { nowhere { id } } }');

-- recursive filters: the path of the definition is stripped, what leaves it is whole
SELECT join_with('products', '{"products": {"arguments": {"where": {"_and": [{"sku":
    {"_like": "A%"}}], "_not": {"sku": {"_eq": "$text"}}}}}}');
SELECT test.show('{ things(where: {id: {_eq: 1}}) { products { sku } cheap: products(where: {price: {_lt: 50}, _or: [{_not: {sku: {_eq: "A-2"}}}], _not: {sku: {_in: ["A-7"]}}}, limit: 1) { sku } } }');
SELECT test.show('{ things { products(where: {_and: []}) { sku } } }');
SELECT test.show('{ things { products(where: {_not: {sku: {_eq: "x"}}}) { sku } } }');
SELECT test.show('query($w: ProductFilter!) { things(where: {id: {_eq: 1}}) { products(where: {_or: [$w]}) { sku } } }', '{"w": {"sku": {"_eq": "A-1"}}}');
SELECT (regexp_matches(graphql_schema(), '\n(input ProductFilter_remote_rel\w* \{[^}]*\})', 'g'))[1];
SELECT (regexp_matches(graphql_schema(), '\n  (products\([^\n]*thingsproducts[^\n]*)', 'g'))[1];

-- an input object with required fields and defaults
SELECT join_with('weather', '{"weather_at": {"arguments": {"place": {"city": "$text"}}}}');
SELECT test.show('{ things(where: {id: {_eq: 1}}) { weather { city unit } far: weather(place: {unit: FAHRENHEIT, country: {code: "US"}}) { city unit } } }');
SELECT join_with('weather2', '{"weather_at": {"arguments": {"place": {"city": "Rome",
    "country": {"code": "$code"}}}}}');
SELECT test.show('{ things(where: {id: {_eq: 1}}) { weather2 { city } r: weather2(place: {country: {region: "x"}}) { city } } }');
-- one of several keys
SELECT join_with('oneof', '{"profile": {"arguments": {"by": {"auth0_id": "$text"}}}}');
SELECT test.show('{ things(where: {id: {_eq: 1}}) { oneof { id } } }');
SELECT test.show('{ things { oneof(by: {number: 1}) { id } } }');

-- what does not fit is refused, and says both sides
SELECT join_with('bad', '{"account": {"arguments": {"number": "$big"}}}');
SELECT join_with('bad', '{"auth0": {"arguments": {"auth0_id": "$id"}}}');
SELECT join_with('bad', '{"echo": {"arguments": {"int": "$text", "boolean": "$id", "level": "$id",
    "float": "$text", "ints": "$words"}}}');
SELECT join_with('bad', '{"echo": {"arguments": {"int": "x", "level": "NOBODY",
    "input": {"nowhere": 1}, "matrix": [["$id"], 1.5]}}}');
SELECT join_with('bad', '{"directory": {"field": {"region": {"field": {"member": {}}}}}}');
SELECT join_with('bad', '{"directory": {"field": {"regions": {"field": {"member": {}}}}}}');
SELECT join_with('bad', '{"auth0": {"arguments": {"auth0_id": "$nothing", "other": 1}}}');
SELECT join_with('bad', '{"auth1": {"arguments": {}}}');
SELECT join_with('bad', '{"weather_at": {"arguments": {"place": {"country": {"code": "$text"}}}}}');
ROLLBACK;
