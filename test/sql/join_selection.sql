\i test/setup.sql
-- What can be selected below a join, and where joins can stand.

BEGIN;
CREATE TABLE teams (id int PRIMARY KEY, name text, company_id text);
CREATE TABLE users (id int PRIMARY KEY, name text, auth0_id text, team_id int REFERENCES teams, other_id text);
INSERT INTO teams VALUES (1, 'red', 'c1'), (2, 'blue', 'c2'), (3, 'empty', NULL);
INSERT INTO users VALUES (1, 'Dany', 'auth0|1', 1, 'c1'), (2, 'Jon', 'auth0|2', 2, 'auth0|2'),
    (3, 'Arya', 'auth0|3', 1, 'A-1'), (4, 'Nobody', NULL, NULL, NULL);
SELECT remote_rel.add_remote_schema('auth0', test.definition());
SELECT remote_rel.create_remote_relationship('users', 'profile', 'auth0',
    '{"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}');
SELECT remote_rel.create_remote_relationship('users', 'node', 'auth0', '{"node": {"arguments": {"id": "$other_id"}}}');
SELECT remote_rel.create_remote_relationship('users', 'named', 'auth0',
    '{"named": {"arguments": {"id": "$other_id"}}}');
SELECT remote_rel.create_remote_relationship('users', 'found', 'auth0', '{"search": {"arguments": {"text": "$name"}}}');
SELECT remote_rel.create_remote_relationship('users', 'weather', 'auth0',
    '{"weather": {"arguments": {"city": "$name"}}}');
SELECT remote_rel.create_remote_relationship('users', 'echo', 'auth0', '{"echo": {"arguments": {"string": "$name"}}}');
SELECT remote_rel.create_remote_relationship('users', 'flaky', 'auth0', '{"flaky": {"arguments": {"key": "$name"}}}');
SELECT remote_rel.create_remote_relationship('teams', 'company', 'auth0',
    '{"company": {"arguments": {"id": "$company_id"}}}');

-- aliases: of the join, below it, of the joining column, and of another column under the joining column's name
SELECT test.show('{ users(where: {id: {_eq: 1}}) { p: profile { n: nickname nickname name: email mail: email } } }');
SELECT test.show('{ u: users(where: {id: {_eq: 1}}) { auth0_id: name key: auth0_id profile { id } } }');
SELECT test.show('{ users(where: {id: {_eq: 1}}) { profile: name id: profile { id } } }');
-- the same join twice, with different selections and arguments
SELECT test.show('{ users(where: {id: {_eq: 2}}) { a: profile { nickname } b: profile { avatar(size: 1) } } }');
SELECT test.show('{ users(where: {id: {_eq: 2}}) { c: weather { temperature } f: weather(unit: FAHRENHEIT) { temperature } } }');

-- nested objects and lists, order of fields as in the query, merged fields
SELECT test.show('{ users(where: {id: {_eq: 1}}) { profile { friends(first: 1) { company { employees(first: 1) { id } id } id } logins(first: 2) { ip at } } } }');
SELECT test.show('{ users(where: {id: {_eq: 1}}) { profile { company { id } } profile { email company { name } friends { id } } profile { friends { name } id } } }');
SELECT test.show('{ users(where: {id: {_eq: 3}}) { name profile { settings karma access last_login } id } }');

-- __typename everywhere, and nothing but it
SELECT test.show('{ __typename users(where: {id: {_eq: 1}}) { __typename profile { __typename t: __typename company { __typename } } } }');
SELECT test.show('{ users(where: {id: {_eq: 1}}) { node { __typename } found(first: 2) { __typename } } }');

-- fragments
SELECT test.show('{ users(where: {id: {_eq: 1}}) { ...U } } fragment U on users { profile { ...P ...P company { ...C } } } fragment P on Profile { id ...Q } fragment Q on Profile { nickname } fragment C on Company { id name }');
SELECT test.show('{ users(where: {id: {_eq: 1}}) { profile { ... { email } ... on Profile { id } ... on Named { name } ... on Node { id } } } }');

-- interfaces and unions
SELECT test.show('{ users(order_by: {id: asc}) { node { id ... on Profile { nickname } ... on Company { country } ... on Product { price } } } }');
SELECT test.show('{ users(order_by: {id: asc}) { node { ... on Named { name } } } }');
SELECT test.show('{ users(where: {id: {_lte: 2}}, order_by: {id: asc}) { named { ... on Node { id } name ... on Company { __typename employees(first: 1) { ... on Named { id } } } } } }');
SELECT test.show('{ users(where: {id: {_eq: 3}}) { found(first: 5) { __typename ... on Named { name } ... on Profile { name nickname } ... on Product { title } } } }');
SELECT test.show('{ users(where: {id: {_lte: 2}}, order_by: {id: asc}) { found { ...Hit } } } fragment Hit on SearchResult { ... on Profile { key: id } ... on Company { key: id country } }');
-- no condition fits: an object without fields
SELECT test.show('{ users(where: {id: {_eq: 1}}) { node { ... on Product { sku } } } }');

-- @skip and @include on the join, below it, on fragments; what is left out is not sent
SELECT test.show('query($y: Boolean!, $n: Boolean!) { users(where: {id: {_eq: 1}}) { a: profile @include(if: $n) { id } b: profile @skip(if: $n) { id @skip(if: $y) nickname @include(if: $y) ... @include(if: $n) { email } ...F @skip(if: $y) } } } fragment F on Profile { secret }', '{"y": true, "n": false}');
SELECT test.show('query($y: Boolean!) { users(where: {id: {_eq: 1}}) { profile { id @skip(if: $y) company { id @skip(if: $y) } } } }', '{"y": true}');
SELECT test.show('{ users(where: {id: {_eq: 1}}) { node { id @skip(if: true) ... on Company @skip(if: true) { country } } } }');

-- a directive of the upstream
SELECT test.show('{ users(where: {id: {_eq: 1}}) { profile { nickname @uppercase n: nickname } } }');

-- arguments with literals of every kind, variables, null, and defaults that stay the remote's business
SELECT test.show('{ users(where: {id: {_eq: 1}}) { echo(int: -3, float: 1.50, boolean: true, id: 5, level: ADMIN, json: {a: [1, "x", null, B]}, ints: [1, null], matrix: [[1], []], input: {string: "\"\\\u00fc", nested: {int: null}}) } }');
SELECT test.show('query($i: Int, $f: Float!, $l: AccessLevel, $e: Everything, $m: [[Int!]!], $s: String = "dflt", $none: ID, $null: Boolean) { users(where: {id: {_eq: 1}}) { echo(int: $i, float: $f, level: $l, matrix: $m, id: $none, boolean: $null, input: {string: $s, nested: $e, ints: [$i, 7]}) } }',
  '{"i": 5, "f": 2, "l": "VIEWER", "e": {"string": "ü", "json": {"deep": [1.0]}}, "m": [[1, 2]], "null": null}');
SELECT test.show('query($n: Int!, $u: TemperatureUnit!) { users(where: {id: {_lte: $n}}, order_by: {id: asc}) { weather(unit: $u) { unit } profile { friends(first: $n) { avatar(size: $n) } } } }', '{"n": 2, "u": "FAHRENHEIT"}');
-- two joins that use one variable, and a join that does not use the other one: each document declares what it uses
SELECT test.show('query($n: Int!, $x: Boolean = true) { users(where: {id: {_eq: 1}}) @include(if: $x) { a: profile { avatar(size: $n) } b: profile { friends(first: $n) { id } } c: profile { id } } }', '{"n": 1}');
-- a nullable variable with a default, where the upstream wants a value
SELECT test.show('query($u: TemperatureUnit = FAHRENHEIT) { users(where: {id: {_eq: 1}}) { weather(unit: $u) { unit } } }');
SELECT test.show('query($u: TemperatureUnit) { users(where: {id: {_eq: 1}}) { weather(unit: $u) { unit } } }');

SELECT test.show('query($id: String = "auth0|2") { auth0(auth0_id: $id) { id } }');
-- several joins on one row, each on its own: one is null, one fails, one is there
SELECT test.show('{ users(where: {id: {_eq: 3}}) { profile { id } named { name } weather { city } } }');
UPDATE users SET name = 'bad luck' WHERE id = 4;
SELECT test.show('{ users(where: {id: {_eq: 4}}) { name profile { id } flaky weather { city } } }');

-- through object and array relationships, at any depth
SELECT test.show('{ users(where: {id: {_lte: 2}}, order_by: {id: asc}) { name team { name company { name } } } }');
SELECT test.show('{ teams(order_by: {id: asc}) { name company { country } users(order_by: {id: asc}) { profile { nickname } team { company { id } users(order_by: {id: desc}, limit: 1) { weather { city } } } } } }');
-- aggregates' nodes, by primary key, a single object, distinct and sorted rows
SELECT test.show('{ users_aggregate(where: {id: {_lt: 4}}, order_by: {id: asc}) { aggregate { count } nodes { profile { nickname } } } }');
SELECT test.show('{ teams(where: {id: {_eq: 1}}) { users_aggregate(order_by: {id: asc}) { nodes { name profile { id } } aggregate { max { id } } } } }');
SELECT test.show('{ users_by_pk(id: 2) { profile { nickname } } nobody: users_by_pk(id: 0) { profile { nickname } } }');
SELECT test.show('{ users(order_by: [{team_id: asc_nulls_last}, {id: desc}], distinct_on: team_id, where: {team_id: {_is_null: false}}) { id profile { nickname } } }');
-- only rows of the answer are joined, not those that LIMIT and OFFSET leave out
SELECT test.show('{ users(order_by: {name: desc}, limit: 1, offset: 1) { name profile { id } } }');

-- a view
CREATE VIEW red AS SELECT u.id, upper(u.name) AS name, u.auth0_id AS key FROM users u WHERE team_id = 1;
SELECT remote_rel.create_remote_relationship('red', 'profile', 'auth0',
    '{"auth0": {"arguments": {"auth0_id": "$key"}}}');
SELECT test.show('{ red(order_by: {id: asc}) { name profile { nickname } } }');
-- a computed field as key
CREATE FUNCTION users_key(u users) RETURNS text LANGUAGE sql STABLE AS $$ SELECT 'auth0|' || u.id + 10 $$;
SELECT remote_rel.metadata('{"type": "add_computed_field", "args": {"table": "users", "name": "key",
    "definition": {"function": "users_key"}}}');
SELECT remote_rel.create_remote_relationship('users', 'computed', 'auth0',
    '{"auth0": {"arguments": {"auth0_id": "$key"}}}');
SELECT test.show('{ users(order_by: {id: asc}, limit: 2) { computed { id } key } }');

-- the order of the answer's fields is the query's, for remote values as well
SELECT graphql_resolve('{ users(where: {id: {_eq: 1}}) { weather { temperature city } id profile { email id nickname } name } }');

-- wrong below a join: nothing is sent
SELECT test.show('{ users { profile { nick } } }');
SELECT test.show('{ users { profile } }');
SELECT test.show('{ users { profile { avatar(size: "x") } weather(city: "x") { city } } }');
SELECT test.show('{ users { profile { ... on Company { name } } } }');
SELECT test.show('{ users { profile { rr__t: nickname } } }');
SELECT test.show('{ users { a: profile { x: nickname } a: profile { x: email } } }');
-- a response key that looks like ours, where it does no harm
SELECT test.show('{ rr__0: users(where: {id: {_eq: 1}}) { j0: id F: profile { j0: id F: nickname } } }');
ROLLBACK;
