\i test/setup.sql
-- order_by remote fields; conditions on them in mutations; roles, limits, failures, names.
BEGIN;
\set ECHO all
CREATE TABLE people (id int PRIMARY KEY, name text, auth0_id text, team int);
INSERT INTO people SELECT i, 'person ' || i, 'auth0|' || i, i % 2 FROM generate_series(1, 5) AS i;
INSERT INTO people VALUES (6, 'nobody', 'auth0|none', 0), (7, 'null', NULL, 1), (8, 'bad', 'auth0|1', 1);
CREATE TABLE sales (id int PRIMARY KEY, buyer int REFERENCES people, sku text);
INSERT INTO sales SELECT i, i % 5 + 1, (ARRAY['A-1', 'A-2', 'B-1', 'none', NULL])[i % 5 + 1] FROM generate_series(1, 10) AS i;
SELECT remote_rel.add_remote_schema('api', test.definition() || '{"forward_client_headers": true}');
SELECT remote_rel.add_remote_schema('broken', test.definition('faulty') ||
  '{"customization": {"type_names": {"prefix": "Broken", "mapping": {"Query": "BrokenQuery", "Mutation": "BrokenMutation"}}, "root_fields_namespace": "broken"}, "forward_client_headers": true}');
SELECT remote_rel.create_remote_relationship(t, name, api, field) FROM (VALUES
  ('people'::regclass, 'profile', 'api', '{"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}'::jsonb),
  ('people', 'flaky', 'api', '{"flaky": {"arguments": {"key": "$name"}}}'),
  ('people', 'fellows', 'api', '{"profiles_of": {"arguments": {"level": "ADMIN"}}}'),
  ('people', 'account', 'api', '{"account": {"arguments": {"number": "$id"}}}'),
  ('people', 'faulty', 'broken', '{"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}'),
  ('people', 'found', 'api', '{"named": {"arguments": {"id": "$auth0_id"}}}'),
  ('people', 'any_weather', 'api', '{"weather": {"arguments": {"unit": "CELSIUS"}}}'),
  ('sales', 'product', 'api', '{"product": {"arguments": {"sku": "$sku"}}}')) AS v(t, name, api, field);
CREATE TEMP SEQUENCE asked;
-- the answers, below each the keys of the requests that it took
CREATE FUNCTION pg_temp.ask_as(caller name, VARIADIC queries text[]) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    answers text[];
    mark text := nextval('pg_temp.asked') || '-';
BEGIN
    FOR i IN 1 .. cardinality(queries) LOOP
        answers[i] := test.resolve(queries[i], caller, headers => jsonb_build_object('x-query', mark || i));
    END LOOP;
    RETURN QUERY
        WITH request AS (
            SELECT l.headers ->> 'x-query' AS i, '  ' || coalesce(string_agg(translate(value #>> '{}', '[]"', ''), ' ' ORDER BY n), '') AS keys
            FROM test.log() WITH ORDINALITY AS l LEFT JOIN LATERAL jsonb_each(l.variables) WITH ORDINALITY AS v(name, value, n) ON true
            GROUP BY l.ordinality, l.headers)
        SELECT line FROM unnest(answers) WITH ORDINALITY AS a(answer, i),
            LATERAL (SELECT answer UNION ALL SELECT keys FROM request WHERE request.i = mark || a.i) AS l(line)
        ORDER BY i, line LIKE '  %', line;
END
$$;
CREATE FUNCTION pg_temp.ask(VARIADIC queries text[]) RETURNS SETOF text LANGUAGE sql AS $$ SELECT pg_temp.ask_as(NULL, VARIADIC queries) $$;

-- the input types: only tables with remote relationships have them; no interfaces, unions, nothing that needs an argument
SELECT pg_temp.ask('{ __type(name: "people_bool_exp") { inputFields { name type { name } } } }',
  '{ __type(name: "people_order_by") { inputFields { name type { name } } } }',
  '{ __type(name: "Profile_remote_rel_bool_exp") { inputFields { name type { name } } } }',
  '{ __type(name: "Profile_remote_rel_order_by") { inputFields { name type { name } } } }',
  '{ __type(name: "AccessLevel_remote_rel_comparison_exp") { inputFields { name } } }',
  '{ __type(name: "DateTime_remote_rel_comparison_exp") { inputFields { name type { name ofType { name } } } } }',
  '{ people(where: {found: {id: {_eq: 1}}, profile: {avatar: {_eq: 1}, nick: {_eq: "a"}, access: {_gt: ADMIN}}}) { id } }',
  '{ people(order_by: {fellows: {name: asc}, profile: {friends: {name: asc}}}) { id } }',
  '{ people(where: {profile: {name: {_eq: null}}}) { id } }');

-- order_by: one value, several, mixed with columns; nulls where they are wanted
SELECT pg_temp.ask('{ people(order_by: [{profile: {nickname: asc}}, {id: asc}]) { id profile { nickname } } }',
  '{ people(order_by: [{profile: {nickname: asc_nulls_first}}, {id: desc}]) { id } }',
  '{ people(order_by: [{profile: {nickname: desc}}, {id: asc}]) { id } }',
  '{ people(order_by: [{profile: {nickname: desc_nulls_last}}, {id: asc}]) { id } }',
  '{ people(order_by: [{team: asc}, {account: {balance: desc}}], limit: 3, offset: 1) { id team account { balance } } }',
  '{ people(order_by: [{profile: {access: asc, company: {name: desc}}}, {id: asc}]) { id profile { access company { name } } } }',
  '{ people(order_by: [{flaky: desc}], where: {id: {_lt: 4}}, limit: 1) { id } }',
  '{ people(order_by: [{profile: {last_login: asc}}, {id: asc}], where: {id: {_lt: 5}}) { id } }',
  '{ people(distinct_on: [team], order_by: [{team: asc}, {profile: {name: asc}}]) { team profile { name } } }',
  '{ people(distinct_on: [team], order_by: [{profile: {name: asc}}]) { team } }',
  '{ people(order_by: [{profile: {}}, {profile: null}, {id: desc}], limit: 1) { id } }');
-- with a condition: only what meets it is asked for
SELECT pg_temp.ask('{ people(where: {profile: {access: {_eq: ADMIN}}}, order_by: [{account: {balance: desc}}]) { id } }',
  '{ people(where: {profile: {access: {_neq: ADMIN}}}, order_by: [{profile: {nickname: desc}}]) { id profile { access nickname } } }');
-- through relationships, in nested rows, aggregates and functions
SELECT pg_temp.ask('{ sales(where: {id: {_lt: 6}}, order_by: [{people: {profile: {nickname: desc}}}]) { id people { profile { nickname } } } }',
  '{ people(where: {id: {_lt: 3}}, order_by: {id: asc}) { id sales(order_by: [{product: {price: desc_nulls_last}}, {id: asc}]) { id } } }',
  '{ people(limit: 2, order_by: {account: {balance: desc_nulls_last}}) { id sales(where: {product: {price: {_gt: 5}}}) { id product { price } } } }',
  '{ people_aggregate(where: {id: {_lt: 5}}, order_by: [{account: {balance: desc}}], limit: 2) { aggregate { min { id } } nodes { id } } }');
PREPARE sorted AS SELECT graphql_resolve('query($o: [people_order_by!]) { people(order_by: $o, limit: 3) { id } }', variables => $1);
EXECUTE sorted('{"o": [{"profile": {"nickname": "asc"}}]}');
EXECUTE sorted('{"o": [{"profile": {"nickname": "desc_nulls_last"}}, {"id": "asc"}]}');

-- mutations: which rows, and what they return
SELECT pg_temp.ask('mutation { update_people(where: {id: {_lt: 6}, profile: {nickname: {_eq: "Aegon"}}}, _set: {team: 7}) { affected_rows returning { id team profile { nickname } } } }',
  'mutation { update_people(where: {profile: {access: {_eq: VIEWER}}}, _inc: {team: 10}) { affected_rows } }',
  'mutation { update_people_many(updates: [{where: {profile: {nickname: {_eq: "Aegon"}}}, _set: {team: 1}}, {where: {profile: {nickname: {_eq: "No One"}}}, _set: {team: 2}}]) { returning { id team } } }',
  'mutation { delete_sales(where: {id: {_gt: 5}, product: {stock: {_eq: 0}}}) { returning { id } } }',
  'mutation { delete_sales(where: {people: {profile: {nickname: {_eq: "Stormborn"}}}}) { returning { id } } }',
  'mutation { update_people(where: {id: {_eq: 2}}, _set: {team: 3}) { returning { id sales(where: {product: {sku: {_neq: "A-1"}}}, order_by: {id: asc}) { id } } } }',
  'mutation { insert_people(objects: [{id: 1}], on_conflict: {constraint: people_pkey, update_columns: [team], where: {profile: {name: {_eq: "a"}}}}) { affected_rows } }');
-- what an earlier root field wrote is seen
SELECT pg_temp.ask('mutation { insert_people_one(object: {id: 20, auth0_id: "auth0|20"}) { id } delete_people(where: {profile: {nickname: {_eq: "user-20"}}}) { returning { id } } }');

-- the upstream fails: the field is null, with the error; nothing is changed
SELECT pg_temp.ask('{ people(where: {flaky: {_eq: "ok person 1"}}) { id } other: people(where: {id: {_eq: 1}}) { id } }',
  '{ people(where: {id: {_lt: 3}, flaky: {_is_null: true}}) { id } }',
  '{ people(order_by: {flaky: asc}) { id } }',
  '{ people(where: {id: {_lt: 3}, profile: {secret: {_eq: "x"}}}) { id profile { id } } }',
  '{ people(where: {id: {_lt: 3}, profile: {name: {_like: "J%"}}}) { id profile { secret } } }',
  '{ people(where: {id: {_lt: 3}, profile: {name: {_like: "J%"}}}) { id profile { vital } } }',
  '{ people(where: {id: {_lt: 3}}) { id sales(where: {product: {sku: {_eq: "A-1"}}}) { id } profile { secret } } }',
  'mutation { update_people(where: {flaky: {_is_null: true}}, _set: {team: 99}) { affected_rows } }');
SELECT test.resolve('mutation { delete_people(where: {id: {_eq: 8}, faulty: {name: {_eq: "a"}}}) { affected_rows } }', headers => test.fault('html'));
SELECT count(*) FROM people WHERE team = 99 OR id = 8;
SELECT f, test.resolve('{ people(where: {id: {_lt: 3}, faulty: {name: {_like: "J%"}}}) { id } }', headers => test.fault(f))
FROM unnest(ARRAY['none', 'html', 'empty', 'list']) AS f;
SELECT test.resolve('{ people(where: {id: {_lt: 3}, faulty: {name: {_like: "J%"}}}) { id } }', headers => test.answering('{"data": {"j0": {"rr__w_name": "Jon Snow"}, "j1": {"rr__w_name": 5}}}'));

-- limits
SET LOCAL remote_rel.max_filter_keys = 5;
SELECT pg_temp.ask('{ people(where: {profile: {name: {_like: "J%"}}}) { id } }',
  '{ people(where: {id: {_lt: 6}, profile: {name: {_like: "J%"}}}) { id } }',
  '{ people(order_by: {profile: {name: asc}}) { id } }',
  'mutation { delete_people(where: {profile: {name: {_like: "J%"}}}) { affected_rows } }',
  '{ people(where: {id: {_lt: 3}, profile: {name: {_like: "J%"}}}) { id } all: people { profile { id } } }');
RESET remote_rel.max_filter_keys;
SELECT graphql_resolve((SELECT format('{ people(where: {_and: [%s]}) { id } }', string_agg('{profile: {}}', ' ')) FROM generate_series(1, 101)));

-- roles: what they may select, they may filter by
CREATE ROLE regress_full;
CREATE ROLE regress_part;
GRANT SELECT ON people, sales TO regress_full;
GRANT UPDATE ON people TO regress_full;
GRANT SELECT (id, name, team) ON people TO regress_part;
GRANT SELECT ON sales TO regress_part;
SELECT remote_rel.add_remote_schema_permissions('api', 'regress_full', 'type Query { auth0(auth0_id: String!): Profile } type Profile { nickname: String company: Company } type Company { name: String! }');
SELECT remote_rel.add_remote_schema_permissions('api', 'regress_part', 'type Query { auth0(auth0_id: String!): Profile account(number: Int! @preset(value: 1)): Account } type Profile { nickname: String } type Account { balance: Float }');
SELECT pg_temp.ask_as('regress_full', '{ people(where: {id: {_lt: 4}, profile: {nickname: {_eq: "Aegon"}, company: {name: {_is_null: false}}}}) { id } }');
SELECT pg_temp.ask_as('regress_full', '{ people(where: {profile: {email: {_eq: "Aegon"}}}, order_by: {account: {balance: asc}}) { id } }');
SELECT pg_temp.ask_as('regress_part', '{ people(where: {profile: {nickname: {_eq: "Aegon"}}}) { id } }');
SELECT pg_temp.ask_as('regress_part', '{ people(where: {id: {_lt: 3}, account: {balance: {_eq: 1.25}}}, order_by: {id: asc}) { id } }');
SELECT pg_temp.ask_as('regress_part', '{ sales(where: {product: {sku: {_eq: "A-1"}}}) { id } }');
-- nothing is asked for rows that a policy hides
ALTER TABLE people ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON people FOR SELECT TO regress_full USING (id <= 2);
SELECT pg_temp.ask_as('regress_full', '{ people(where: {profile: {nickname: {_like: "%"}}}, order_by: {profile: {nickname: asc}}) { id } }');
SELECT test.failure($$ SELECT remote_rel.join_value(0, 0, 'auth0|1'::text) $$);

-- conditions beside remote ones multiply: none without end
SELECT pg_temp.ask('{ people(where: {_or: [' || repeat('{profile: {nickname: {_eq: "x"}}}, ', 100)
    || repeat('{id: {_eq: 5}}, ', 8000) || ']}) { id } }');
SELECT pg_temp.ask('{ people(where: {_or: [' || repeat('{profile: {nickname: {_eq: "x"}}}, ', 100)
    || '{_and: [' || repeat('{id: {_eq: 5}}, ', 8000) || ']}]}) { id } }');

-- names that a remote schema has, too
SELECT remote_rel.add_remote_schema('taken', test.mock('type Query { thing(id: ID!): Thing } type Thing { _and: Int id: ID! of(by: Thing_remote_rel_bool_exp): Int }
  input Thing_remote_rel_bool_exp { id: ID } input ID_remote_rel_comparison_exp { _eq: ID }'));
SELECT remote_rel.create_remote_relationship('sales', 'thing', 'taken', '{"thing": {"arguments": {"id": "$sku"}}}');
SELECT pg_temp.ask('{ __type(name: "sales_bool_exp") { inputFields { name type { name } } } a: __type(name: "Thing_remote_rel_bool_exp_") { inputFields { name type { name } } } }');
ROLLBACK;
