\i test/setup.sql
-- where by fields of remote relationships: which rows, and which keys are asked for.
BEGIN;
\set ECHO all
CREATE TABLE people (id int PRIMARY KEY, name text, auth0_id text, level text, active boolean NOT NULL DEFAULT true);
INSERT INTO people SELECT i, 'person ' || i, 'auth0|' || i, 'ADMIN', i % 2 = 1 FROM generate_series(1, 8) AS i;
INSERT INTO people VALUES (9, 'nobody', 'auth0|none', 'EDITOR'), (10, 'null', NULL, NULL), (11, 'twin', 'auth0|1', 'VIEWER');
CREATE TABLE sales (id int PRIMARY KEY, buyer int REFERENCES people, sku text, sum int);
INSERT INTO sales SELECT i, i % 5 + 1, (ARRAY['A-1', 'A-2', 'B-1', 'none', NULL])[i % 5 + 1], i * 10 FROM generate_series(1, 10) AS i;
CREATE FUNCTION people_auth(p people) RETURNS text LANGUAGE sql STABLE AS $$ SELECT p.auth0_id $$;
CREATE FUNCTION people_sales(p people) RETURNS SETOF sales LANGUAGE sql STABLE AS $$ SELECT * FROM sales WHERE buyer = p.id $$;
CREATE FUNCTION some_people(at_least int) RETURNS SETOF people LANGUAGE sql STABLE AS $$ SELECT * FROM people WHERE id >= at_least $$;
CREATE FUNCTION any_people() RETURNS SETOF people LANGUAGE sql VOLATILE AS $$ SELECT * FROM people $$;
SELECT remote_rel.add_computed_field('people', 'auth', 'people_auth');
SELECT remote_rel.add_computed_field('people', 'ordered', 'people_sales');
SELECT remote_rel.track_function('some_people');
SELECT remote_rel.track_function('any_people', '{"exposed_as": "query"}');
SELECT remote_rel.add_remote_schema('api', test.definition() || '{"forward_client_headers": true}');
SELECT remote_rel.create_remote_relationship(t, name, 'api', field, batch => batch, relationship_type => kind) FROM (VALUES
  ('people'::regclass, 'profile', '{"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}'::jsonb, NULL::jsonb, NULL),
  ('people', 'computed', '{"auth0": {"arguments": {"auth0_id": "$auth"}}}', NULL, NULL),
  ('people', 'by_list', '{"profiles": {"arguments": {"ids": "$auth0_id"}}}', '{"auth0_id": "$auth0_id"}', NULL),
  ('people', 'listed', '{"profiles": {"arguments": {"ids": "$auth0_id"}}}', '{"auth0_id": "$auth0_id"}', 'array'),
  ('people', 'fellows', '{"profiles_of": {"arguments": {"level": "$level"}}}', NULL, NULL),
  ('people', 'flaky', '{"flaky": {"arguments": {"key": "$name"}}}', NULL, NULL),
  ('people', 'account', '{"account": {"arguments": {"number": "$id"}}}', NULL, NULL),
  ('people', 'member', '{"directory": {"field": {"region": {"arguments": {"code": "DE"}, "field": {"members": {"arguments": {"auth0_ids": ["$auth0_id"]}}}}}}}', NULL, NULL),
  ('people', 'entity', '{"_entities": {"arguments": {"representations": [{"__typename": "Profile", "id": "$auth0_id"}]}}}', '"position"', NULL),
  ('people', 'weather', '{"weather": {}}', NULL, NULL),
  ('people', 'node', '{"node": {"arguments": {"id": "$auth0_id"}}}', NULL, NULL),
  ('sales', 'product', '{"product": {"arguments": {"sku": "$sku"}}}', NULL, NULL)) AS v(t, name, field, batch, kind);
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

-- one condition; the keys are asked for once, local conditions come first
SELECT pg_temp.ask('{ people(where: {profile: {nickname: {_eq: "Aegon"}}}) { id } }',
  '{ people(where: {id: {_lte: 3}, profile: {nickname: {_eq: "Aegon"}}}) { id profile { name nickname } } }',
  '{ people(where: {profile: {nickname: {_eq: "Aegon"}}, active: {_eq: true}}) { id } }',
  '{ people(where: {id: {_gt: 100}, profile: {nickname: {_eq: "Aegon"}}}) { id } }');
-- a null key and an unknown one have no object: neither a condition nor its opposite holds of what is in it
SELECT pg_temp.ask('{ people(where: {id: {_gte: 8}, profile: {last_login: {_is_null: true}}}) { id } }',
  '{ people(where: {id: {_gte: 8}, profile: {}}, order_by: {id: asc}) { id } }',
  '{ people(where: {id: {_gte: 8}, _not: {profile: {}}}, order_by: {id: asc}) { id } }',
  '{ people(where: {id: {_gte: 8}, profile: null}, order_by: {id: asc}) { id } }');
-- a null in the middle: person 4 and 8 have no company, company c3 has no country
SELECT pg_temp.ask('{ people(where: {id: {_lte: 8}, profile: {company: {country: {_is_null: true}}}}) { id } }',
  '{ people(where: {id: {_lte: 8}, profile: {company: {country: {_eq: "BR"}}}}) { id } }',
  '{ people(where: {id: {_lte: 8}, profile: {_not: {company: {}}}}) { id } }',
  '{ people(where: {id: {_lte: 8}, _not: {profile: {company: {country: {_eq: "BR"}}}}}) { id } }');
-- _and, _or, _not, on both sides
SELECT pg_temp.ask('{ people(where: {_or: [{active: {_eq: true}}, {profile: {access: {_eq: EDITOR}}}]}, order_by: {id: asc}) { id } }',
  '{ people(where: {_or: [{id: {_eq: 1}, profile: {name: {_like: "Jon%"}}}, {id: {_eq: 2}, profile: {name: {_ilike: "jon%"}}}]}) { id } }',
  '{ people(where: {_not: {_and: [{id: {_gt: 2}}, {profile: {access: {_neq: ADMIN}}}]}}, order_by: {id: asc}) { id } }',
  '{ people(where: {_not: {_or: [{id: {_gt: 2}}, {profile: {access: {_eq: ADMIN}}}]}}, order_by: {id: asc}) { id } }',
  '{ people(where: {_and: []}) { id } people2: people(where: {profile: {_or: []}}) { id } }',
  '{ people(where: {id: {_lt: 9}, profile: {_or: [{access: {_eq: VIEWER}}, {_not: {nickname: {_like: "user-%"}}, _and: [{id: {_neq: "auth0|1"}}]}]}}, order_by: {id: asc}) { id } }');
-- one relationship in several conditions, and below the field: one request
SELECT pg_temp.ask('{ people(where: {id: {_lt: 4}, _or: [{profile: {nickname: {_eq: "Aegon"}}}, {profile: {company: {name: {_eq: "Iron Bank"}}}}]}, order_by: {id: asc}) { id profile { nickname company { id } } } }',
  '{ people(where: {id: {_lt: 4}, profile: {friends: {nickname: {_eq: "No One"}}}}, order_by: {id: asc}) { a: profile { nickname: name } b: profile { nickname } } }');
-- with arguments, directives or further joins the field asks for itself
SELECT pg_temp.ask('{ people(where: {id: {_lt: 4}, profile: {nickname: {_eq: "Aegon"}}}) { profile { avatar(size: 1) __typename } } }');
SELECT test.resolve('query($no: Boolean!) { people(where: {id: {_lt: 4}, profile: {nickname: {_eq: "Aegon"}}}) { profile @skip(if: $no) { name } id } }', variables => '{"no": true}');
-- operators, by the field's type
SELECT f, graphql_resolve(format('{ people(where: {id: {_lt: 5}, %s}, order_by: {id: asc}) { id } }', f)) -> 'data' -> 'people'
FROM unnest(ARRAY['account: {number: {_eq: 3}}', 'account: {number: {_in: [1, 3]}}', 'account: {number: {_nin: [1, 3]}}', 'account: {number: {_gt: 3}}',
  'account: {number: {_lte: 1}}', 'account: {balance: {_gte: 2.5, _lt: 4}}', 'account: {balance: {_eq: 2.5}}', 'account: {balance: {_is_null: true}}',
  'account: {frozen: {_eq: true}}', 'account: {frozen: {_neq: true}}', 'account: {id: {_eq: 3}}', 'account: {id: {_in: ["1", "4"]}}',
  'account: {id: {_gt: "2"}}', 'profile: {access: {_in: [ADMIN, EDITOR]}}', 'profile: {access: {_nin: [ADMIN]}}', 'profile: {access: {_is_null: false}}',
  'profile: {nickname: {_nlike: "user%"}}', 'profile: {name: {_regex: "^[AJ]"}}', 'profile: {last_login: {_lt: "2019-05-18T23:40"}}',
  'profile: {last_login: {_eq: "2019-05-19T01:35:48.863Z"}}', 'profile: {karma: {_in: ["9007199254740993"]}}', 'profile: {settings: {_eq: {theme: "dark", flags: [true, null, 3]}}}',
  'flaky: {_eq: "ok person 2"}', 'flaky: {_is_null: true}', 'profile: {logins: {ip: {_is_null: true}}}']) AS f;
-- lists: some element; of the relationship, in a value, on the way to it
SELECT pg_temp.ask('{ people(where: {listed: {nickname: {_eq: "Aegon"}}}) { id listed { id } } }',
  '{ people(where: {_not: {listed: {}}}, order_by: {id: asc}) { id listed { id } } }',
  '{ people(where: {by_list: {nickname: {_eq: "Aegon"}}}) { id by_list { name } } }',
  '{ people(where: {entity: {nickname: {_eq: "Aegon"}}}) { id entity { name } } }',
  '{ people(where: {fellows: {nickname: {_eq: "Aegon"}}}) { id fellows { id } } }',
  '{ people(where: {member: {nickname: {_eq: "Aegon"}}}) { id } }',
  '{ sales(where: {product: {tags: {_eq: "sharp"}}}, order_by: {id: asc}) { id product { sku tags } } }',
  '{ sales(where: {product: {tags: {}}}, order_by: {id: asc}) { id } }');
-- keys of a computed field, rows of functions
SELECT pg_temp.ask('{ people(where: {computed: {nickname: {_eq: "Aegon"}}}) { id } }',
  '{ some_people(args: {at_least: 3}, where: {profile: {nickname: {_eq: "No One"}}}) { id } }',
  '{ any_people(where: {profile: {nickname: {_eq: "No One"}}}) { id } }');
-- chains, down, up and by a computed field; of rows that no local row leads to, nothing is asked
SELECT pg_temp.ask('{ people(where: {id: {_lte: 2}, sales: {product: {title: {_eq: "Wildfire"}}}}) { id sales(order_by: {id: asc}) { product { title } } } }',
  '{ people(where: {sales: {id: {_lt: 3}, product: {title: {_like: "%i%"}}}}, order_by: {id: asc}) { id } }',
  '{ sales(where: {id: {_lt: 4}, people: {profile: {nickname: {_eq: "Aegon"}}}}) { id } }',
  '{ sales(where: {id: {_lt: 3}, people: {sales: {product: {sku: {_eq: "A-2"}}}, profile: {nickname: {_is_null: false}}}}) { id } }',
  '{ people(where: {id: {_lte: 2}, ordered: {product: {title: {_eq: "Wildfire"}}}}) { id } }',
  '{ people(where: {id: {_lte: 3}, _not: {sales: {product: {stock: {_gt: 0}}}}}, order_by: {id: asc}) { id } }',
  '{ people(where: {id: {_lte: 3}, sales_aggregate: {count: {predicate: {_eq: 2}, filter: {product: {price: {_lt: 50}}}}}}, order_by: {id: asc}) { id } }',
  '{ people(where: {_or: [{id: {_eq: 1}}, {sales_aggregate: {count: {predicate: {_gte: 1}, filter: {sum: {_lte: 20}, product: {price: {_lt: 50}}}}}}]}, order_by: {id: asc}) { id } }');
-- aggregates, and nested rows: only of the rows that are shown; outer conditions first
SELECT pg_temp.ask('{ people_aggregate(where: {profile: {access: {_eq: ADMIN}}}) { aggregate { count max { id } } nodes { id } } }',
  '{ people(limit: 2, order_by: {id: asc}) { id sales(where: {product: {stock: {_gt: 0}}}, order_by: {id: asc}) { id } } }',
  '{ people(where: {id: {_lt: 6}, profile: {nickname: {_eq: "No One"}}}) { id sales(where: {product: {stock: {_is_null: true}}}, order_by: {id: asc}) { id product { sku } } } }',
  '{ people(limit: 2, order_by: {id: desc}, where: {id: {_lt: 4}}) { id sales_aggregate(where: {product: {price: {_gt: 5}}}) { aggregate { count } } } }',
  '{ sales(where: {id: {_eq: 1}}) { people { id sales(where: {product: {price: {_gt: 5}}}) { id } } } }',
  '{ people_by_pk(id: 2) { id sales(where: {product: {sku: {_eq: "A-2"}}}, limit: 1, order_by: {id: desc}) { id } } }',
  '{ people_aggregate(where: {id: {_lt: 3}}) { nodes { sales(where: {product: {price: {_lt: 50}}}, order_by: {id: asc}) { id } } } }');
-- two root fields, each for itself; remote ones beside them
SELECT pg_temp.ask('{ a: people(where: {id: {_lt: 3}, profile: {nickname: {_eq: "Aegon"}}}) { id } b: people(where: {id: {_eq: 2}, profile: {nickname: {_eq: "Aegon"}}}) { id } counter }');
-- with limit and offset, of the rows that meet the condition
SELECT pg_temp.ask('{ people(where: {profile: {access: {_eq: ADMIN}}}, order_by: {id: asc}, limit: 2, offset: 1) { id } }');
-- variables: values, whole conditions; kept plans
PREPARE by_nick AS SELECT graphql_resolve('query($n: String, $max: Int) { people(where: {id: {_lt: $max}, profile: {nickname: {_eq: $n}}}) { id profile { name } } }', variables => $1);
EXECUTE by_nick('{"n": "Aegon", "max": 5}');
EXECUTE by_nick('{"n": "No One", "max": 5}');
EXECUTE by_nick('{"n": "No One", "max": 3}');
PREPARE by_where AS SELECT graphql_resolve('query($w: people_bool_exp!, $p: Profile_remote_rel_bool_exp) { people(where: {_and: [$w, {profile: $p}]}, order_by: {id: asc}) { id } }', variables => $1);
EXECUTE by_where('{"w": {"id": {"_lt": 4}}, "p": {"company": {"name": {"_eq": "Iron Bank"}}}}');
EXECUTE by_where('{"w": {"id": {"_lt": 4}, "profile": {"access": {"_in": ["ADMIN"]}}}}');
EXECUTE by_where('{"w": {"id": {"_lt": 4}, "profile": {"access": {"_in": ["ADMIN", "VIEWER"]}}}, "p": null}');
EXECUTE by_where('{"w": {"id": {"_lt": 4}, "profile": {"access": {"_in": ["admin"]}}}}');
-- the batches: two and three of a size
UPDATE remote_rel.remote_schema SET definition = definition || '{"batch_size": 3}';
SELECT pg_temp.ask('{ people(where: {id: {_lte: 3}, profile: {access: {_eq: ADMIN}}}, order_by: {id: asc}) { id } }',
  '{ people(where: {id: {_lte: 4}, profile: {access: {_eq: ADMIN}}}, order_by: {id: asc}) { id profile { id } } }',
  '{ people(where: {id: {_lte: 7}, profile: {access: {_eq: ADMIN}}}, order_by: {id: asc}) { id profile { id } } }');
UPDATE remote_rel.remote_schema SET definition = definition - 'batch_size';
ROLLBACK;
