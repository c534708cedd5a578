\i test/setup.sql
-- What a failing upstream does to an answer: null where it was asked, errors that say what happened, all else stays.

BEGIN;
CREATE TABLE users (id int PRIMARY KEY, name text, auth0_id text, word text);
INSERT INTO users VALUES (1, 'Dany', 'auth0|1', 'good'), (2, 'Jon', 'auth0|2', 'bad'),
    (3, 'Arya', NULL, 'none'), (4, 'Bran', 'auth0|1', 'bad');
SELECT remote_rel.add_remote_schema('auth0', test.definition());
SELECT remote_rel.create_remote_relationship('users', 'profile', 'auth0',
    '{"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}');
SELECT remote_rel.create_remote_relationship('users', 'flaky', 'auth0', '{"flaky": {"arguments": {"key": "$word"}}}');
SELECT remote_rel.create_remote_relationship('users', 'flaky_required', 'auth0',
    '{"flaky_required": {"arguments": {"key": "$word"}}}');
SELECT remote_rel.create_remote_relationship('users', 'member', 'auth0',
    '{"directory": {"field": {"region": {"arguments": {"code": "DE"},
    "field": {"member": {"arguments": {"auth0_id": "$auth0_id"}}}}}}}');
SELECT remote_rel.create_remote_relationship('users', 'members', 'auth0',
    '{"directory": {"field": {"region": {"arguments": {"code": "DE"},
    "field": {"members": {"arguments": {"auth0_ids": ["$auth0_id", "auth0|7"]}}}}}}}');

-- data in one line, and a line for each error: where: what, at which place of the query; further extensions
CREATE FUNCTION told(answer json) RETURNS SETOF text LANGUAGE sql AS $$
    SELECT test.pretty(answer -> 'data')
    UNION ALL
    SELECT format('%s: %s  at %s%s%s', (SELECT string_agg(step, '.' ORDER BY n)
        FROM json_array_elements_text(e -> 'path') WITH ORDINALITY AS p(step, n)),
        -- without durations, and without libcurl's own words
        regexp_replace(test.masked(e ->> 'message'),
            ' \(name resolution .*\)|No whole response from .*', ''),
            (e -> 'locations' -> 0 ->> 'line') || ':' || (e -> 'locations' -> 0 ->> 'column'),
        CASE WHEN e -> 'extensions' ->> 'code' = 'remote-schema-error'
            AND e -> 'extensions' ->> 'remote_schema' = 'auth0' THEN '' ELSE '  '
            || (e -> 'extensions')::text END,
        '  ' || (e -> 'extensions' -> 'upstream')::text)
    FROM json_array_elements(answer -> 'errors') AS e
$$;
CREATE FUNCTION ask(query text, headers jsonb DEFAULT NULL) RETURNS SETOF text LANGUAGE sql
    AS $$ SELECT told(graphql_resolve(query, headers => headers)) $$;

-- one key fails: it at each of its rows; the others have their values
SELECT ask('{ users(order_by: {id: asc}) { name flaky } }');
-- a required field upstream takes its whole batch along, and nobody else
SELECT ask('{ users(order_by: {id: asc}, where: {word: {_neq: "none"}}) { name flaky_required profile { id } } }');
SET remote_rel.batch_size = 1;
SELECT ask('{ users(order_by: {id: asc}) { name flaky_required } }');
RESET remote_rel.batch_size;
-- in the answer as it is
SELECT test.resolve('{ users(where: {id: {_eq: 2}}) { u: flaky } }');
-- inside of the value: at the nested field, under its response key, through lists
SELECT ask('{ users(order_by: {id: asc}) { profile { nickname s: secret } } }');
SELECT ask('{ users(where: {id: {_eq: 2}}) { p: profile { friends { id s: secret } } } }');
SELECT ask('{ users(where: {id: {_eq: 2}}) { profile { id vital } } }');
SELECT ask('{ users(where: {id: {_eq: 2}}) { profile { id friends { vital } company { id } } } }');
SELECT ask('{ users(where: {id: {_eq: 2}}) { profile { id company { employees { vital } } } } }');
-- at the end of a path of fields
SELECT ask('{ users(where: {id: {_lte: 3}}, order_by: {id: asc}) { member { id secret } } }');
SELECT ask('{ users(where: {id: {_eq: 2}}) { members { id secret } } }');
SELECT ask('{ users(where: {id: {_eq: 2}}) { members { id vital } } }');
-- below aggregates, relationships and aliases
SELECT ask('{ a: users_aggregate(where: {id: {_eq: 2}}) { n: nodes { f: flaky } } }');

-- the upstream as a whole: the answer of another server, or none
SELECT remote_rel.update_remote_schema('auth0', test.definition('faulty'));
CREATE FUNCTION faulty(fault text) RETURNS SETOF text LANGUAGE sql
    AS $$ SELECT ask('{ users(where: {id: {_lt: 4}}, order_by: {id: asc}) { name profile { id } } }', test.fault(fault)) $$;
SELECT faulty('none');
SELECT faulty('html');
SELECT faulty('status&status=500');
SELECT faulty('body&status=500');
SELECT faulty('body&status=404&body=' || encode('{"error": "no"}', 'base64'));
SELECT faulty('body&status=401&body=' || encode('{"errors": [{"message": "who are you?"}]}', 'base64'));
SELECT faulty('body&status=204');
SELECT faulty('redirect');
SELECT faulty('type&type=text/html');
SELECT faulty('body&type=text/plain&body=' || encode('hello', 'base64'));
SELECT faulty('not-json');
SELECT faulty('empty');
SELECT faulty('scalar');
SELECT faulty('list');
SELECT faulty('bad-utf8');
SELECT faulty('no-data');
SELECT faulty('errors');
SELECT faulty('close');
SELECT faulty('reset&bytes=10');
SELECT faulty('longer');
SELECT faulty('cut-chunks');
SELECT faulty('bad-gzip');
SELECT faulty('cut-gzip');
SELECT faulty('garbage');
SELECT faulty('gzip');

-- too large; and the gzip'd zeros count unpacked
SET remote_rel.max_response_size = '100kB';
SELECT faulty('huge&bytes=200000');
SELECT faulty('bomb&bytes=200000');
RESET remote_rel.max_response_size;
-- too late
SELECT remote_rel.update_remote_schema('auth0', test.definition('faulty') || '{"timeout_seconds": 1}');
SELECT faulty('hang');
SELECT faulty('stall');
-- nobody there; a name that nobody has; a URL that is none
SELECT remote_rel.update_remote_schema('auth0', '{"url": "http://127.0.0.1:1/graphql"}', NULL,
    'type Query { auth0(auth0_id: String!): Profile flaky(key: String!): String flaky_required(key: String!): String! directory: Directory } type Profile { id: ID } type Directory { region(code: String!): Region } type Region { member(auth0_id: String!): Profile members(auth0_ids: [String!]!): [Profile] }');
SELECT faulty('none');
SELECT ask('{ auth0(auth0_id: "x") { id } users_by_pk(id: 1) { name } }');
SELECT remote_rel.update_remote_schema('auth0', test.definition('faulty'));

-- answers of the wrong shape
CREATE FUNCTION answering(body text,
    query text DEFAULT '{ users(where: {id: {_lt: 4}}, order_by: {id: asc}) { profile { id nickname access friends { id } } } }')
    RETURNS SETOF text LANGUAGE sql AS $$ SELECT ask(query, test.answering(body)) $$;
SELECT answering('{"data": {"j0": {"id": "1", "nickname": null, "access": "ADMIN", "friends": []},
    "j1": {"id": "2", "nickname": "x", "access": "ADMIN", "friends": [{"id": "3"},
    {"id": "4"}]}}}');
-- order and white space do not matter, members that nobody asked for do not show
SELECT answering(E'\t{ "extensions" : {"cost": 1}, "data" : { "j1" : { "friends" : [ { "more": {"a": [1]}, "id" : "4" } ] , "id" : "2","access":"ADMIN", "password": "x", "nickname" : "x" },\r\n"j0":null } }\n ');
-- a list where an object was due, an object where a list was, a scalar for either, and the other way round
SELECT answering('{"data": {"j0": [{"id": "1", "nickname": null, "access": "ADMIN", "friends": []}],
    "j1": {"id": "2", "nickname": ["x"], "access": "ADMIN", "friends": [{"id": "3"}]}}}');
SELECT answering('{"data": {"j0": 7, "j1": {"id": {"x": 1}, "nickname": "x", "access": "ADMIN", "friends": []}}}');
SELECT answering('{"data": {"j0": {"id": "1", "nickname": "x", "access": "ADMIN",
    "friends": {"id": "2"}}, "j1": {"id": "2", "nickname": "x", "access": "ADMIN",
    "friends": [[]]}}}');
-- null where a value was due, at any depth
SELECT answering('{"data": {"j0": {"id": null, "nickname": "x", "access": "ADMIN", "friends": []},
    "j1": {"id": "2", "nickname": "x", "access": "ADMIN", "friends": [{"id": "1"},
    {"id": null}]}}}');
SELECT answering('{"data": {"j0": {"id": "1", "nickname": "x", "access": "ADMIN", "friends": null},
    "j1": {"id": "2", "nickname": "x", "access": "ADMIN", "friends": [null]}}}');
-- left out: a field, a key, all
SELECT answering('{"data": {"j0": {"id": "1", "nickname": "x", "friends": []}, "j1": {}}}');
SELECT answering('{"data": {"j1": {"id": "2", "nickname": "x", "access": "ADMIN", "friends": []}}}');
SELECT answering('{"data": {}}');
SELECT answering('{"data": null}');
SELECT answering('{}');
SELECT answering('{"errors": []}');
SELECT answering('{"data": {"j0": null, "j1": null}, "errors": null}');
-- a key twice, one that was not asked for
SELECT answering('{"data": {"j0": null, "j1": null, "j2": {"id": "3"}}}');
SELECT answering('{"data": {"j0": null, "j1": null, "auth0": {"id": "3"}}}');
-- errors that are none, or name no key: of the keys that have no value, else of all
SELECT answering('{"data": {"j0": null, "j1": {"id": "2", "nickname": "x", "access": "ADMIN",
    "friends": []}}, "errors": [{"message": "no path"}]}');
SELECT answering('{"data": {"j0": {"id": "1", "nickname": "x", "access": "ADMIN", "friends": []},
    "j1": {"id": "2", "nickname": "x", "access": "ADMIN", "friends": []}},
    "errors": [{"message": "a warning", "path": ["elsewhere", 3]}]}');
SELECT answering('{"data": {"j0": null, "j1": null}, "errors": ["a", 1, null, [], {}, {"message": 5,
    "path": "j0"}, {"message": "m", "path": ["j1", {"a": 1}, null]}, {"message": "\u00fc \"q\" \\",
    "path": ["j0"], "extensions": [1]}]}');
-- beside errors, an answer in two objects, and text behind it
SELECT answering('{"data": {"j0": null, "j1": null}}{}');
SELECT answering('{"data": {"j0": null, "j1": null}} x');
-- deep nesting is no danger
CREATE FUNCTION nesting(step text, query text DEFAULT '{ users { profile { id friends { id } } } }')
    RETURNS SETOF text LANGUAGE sql AS $$
    SELECT ask(query, test.fault(substring(test.answering('{"data": {"j0": ') ->> 'x-hasura-fault' FROM 'fault=(.*)')
                                 || '&times=1000000&repeat='
                                     || translate(encode(convert_to(step, 'UTF8'), 'base64'), '+/=',
                                     '-_')))
$$;
SELECT nesting('[');
SELECT nesting('{"a":');
SELECT nesting('[', '{ users { member { id } } }');
SELECT nesting('{"a":[', '{ users { member { id } } }');
SELECT count(*) FROM answering('{"data": {"j0": null, "j1": null}, "errors": [{"extensions": '
    || repeat('[', 1900) || repeat(']', 1900) || '}]}');

-- a path of fields
\set member '{ users(where: {id: {_lt: 3}}, order_by: {id: asc}) { member { id } } }'
SELECT answering('{"data": {"j0": {"region": {"member": {"id": "1"}}},
    "j1": {"region": {"member": null}}}}', :'member');
SELECT answering('{"data": {"j0": {"region": null}, "j1": null}}', :'member');
SELECT answering('{"data": {"j0": [{"region": {"member": {"id": "1"}}}],
    "j1": {"region": [{"member": {"id": "1"}}]}}}', :'member');
SELECT answering('{"data": {"j0": {"region": {"members": {"id": "1"}}},
    "j1": {"region": {"member": {"id": "2"}, "password": "x"}, "more": 1}}}', :'member');
SELECT answering('{"data": {"j0": {"region": 1}, "j1": "x"}}', :'member');
SELECT answering('{"data": {"j0": null, "j1": {"region": {"member": {"id": "2"}}}},
    "errors": [{"message": "m", "path": ["j0", "region", "member"]}, {"message": "way",
    "path": ["j0"]}]}', :'member');

-- a key of a further join that is none: that join is null, and nothing else
SELECT remote_rel.metadata('{"type": "create_remote_schema_remote_relationship", "args": {"remote_schema": "auth0", "type_name": "Profile", "name": "again",
  "definition": {"to_remote_schema": {"remote_schema": "auth0", "lhs_fields": ["auth0_id"], "remote_field": {"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}}}}}');
SELECT answering('{"data": {"j0": {"rr__k0Profile": {"a": 1}, "nickname": "x"},
    "j1": {"rr__k0Profile": "\ud800", "nickname": "y"}}}',
  '{ users(where: {id: {_lt: 3}}, order_by: {id: asc}) { profile { nickname again { id } } } }');
SELECT answering('{"data": {"j0": {"rr__k0Profile": null, "nickname": "x"}, "j1": {"nickname": "y"}}}',
  '{ users(where: {id: {_lt: 3}}, order_by: {id: asc}) { profile { nickname again { id } } } }');

-- the same key of many rows: 100 errors, and how many more there were
INSERT INTO users SELECT 100 + i, 'user', 'auth0|1', 'bad' FROM generate_series(1, 150) AS i;
SELECT remote_rel.update_remote_schema('auth0', test.definition());
SELECT json_array_length(a -> 'data' -> 'users') AS rows,
    json_array_length(a -> 'errors') AS errors, a -> 'errors' -> 0 -> 'path' AS first,
    a -> 'errors' -> 99 -> 'path' AS last, a -> 'errors' -> 100 AS note
  FROM graphql_resolve('{ users(where: {id: {_gt: 100}}, order_by: {id: asc}) { flaky } }') AS a;
SELECT json_array_length(a -> 'errors') AS errors, a -> 'errors' -> 100 AS note
  FROM graphql_resolve('{ users(where: {id: {_gt: 100, _lte: 200}}, order_by: {id: asc}) { flaky } }') AS a;
SELECT json_array_length(a -> 'errors') AS errors, a -> 'errors' -> 100 ->> 'message' AS note
  FROM graphql_resolve('{ users(where: {id: {_gt: 100, _lte: 201}}, order_by: {id: asc}) { flaky } }') AS a;

-- join_hole() is for our own statements
SELECT test.failure('SELECT remote_rel.join_hole(0, 0)');
CREATE VIEW holes AS SELECT 1 AS id, remote_rel.join_hole(0, 0) AS none,
    remote_rel.join_hole(0, 0, 'x'::text) AS fits,
    remote_rel.join_hole(0, NULL, 'x'::text) AS unknown,
    remote_rel.join_hole(5, 0, 'x'::text) AS nowhere, remote_rel.join_hole(-1, 0) AS minus;
SELECT ask('{ users(limit: 1) { profile { id } } holes { none } }');
SELECT ask('{ users(limit: 1) { profile { id } } holes { fits } }');
SELECT ask('{ users(limit: 1) { profile { id } } holes { unknown } }');
SELECT ask('{ users(limit: 1) { profile { id } } holes { nowhere } }');
SELECT ask('{ users(limit: 1) { profile { id } } holes { minus } }');
ROLLBACK;
