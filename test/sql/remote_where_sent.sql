\i test/setup.sql
-- Conditions on remote lists that the API looks at, too: what is sent, what comes back, and that the rows are the same.
BEGIN;
\set ECHO all
CREATE TABLE sales (id int PRIMARY KEY, sku text, sum int);
INSERT INTO sales VALUES (1, 'A-1', 10), (2, 'A-2', 20), (3, NULL, 30), (4, 'B-1', 40), (5, 'B-2', 50), (6, 'none', 60), (7, 'A-1', 70);
SELECT remote_rel.add_remote_schema('api', test.definition() || '{"forward_client_headers": true}');
-- "sent" by list, "sent_by_alias" by aliases; beside each the same without the option
SELECT remote_rel.create_remote_relationship('sales', name, 'api', field, batch => batch, relationship_type => kind) FROM (VALUES
  ('sent', '{"products": {"arguments": {"where": {"sku": {"_in": "$sku"}}}}}'::jsonb, '{"sku": "$sku", "where": "where"}'::jsonb, 'array'),
  ('plain', '{"products": {"arguments": {"where": {"sku": {"_in": "$sku"}}}}}', '{"sku": "$sku"}', 'array'),
  ('sent_by_alias', '{"products": {"arguments": {"where": {"sku": {"_eq": "$sku"}}}}}', '{"where": "where"}', NULL),
  ('plain_by_alias', '{"products": {"arguments": {"where": {"sku": {"_eq": "$sku"}}}}}', NULL, NULL)) AS v(name, field, batch, kind);
CREATE TEMP SEQUENCE asked;
-- the rows for a condition on each of the relationships, and the variables of the requests
CREATE FUNCTION pg_temp.compare(condition text, caller name DEFAULT NULL) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    relationship text;
    answer text;
    first text;
    mark text;
BEGIN
    FOREACH relationship IN ARRAY ARRAY['sent', 'plain', 'sent_by_alias', 'plain_by_alias'] LOOP
        mark := nextval('pg_temp.asked');
        answer := test.resolve(format('{ sales(where: %s, order_by: {id: asc}) { id } }', replace(condition, '@', relationship)), caller,
            headers => jsonb_build_object('x-query', mark));
        IF relationship = 'sent' THEN
            first := answer;
            RETURN NEXT answer;
        ELSIF answer <> first THEN
            RETURN NEXT relationship || ': ' || answer;
        END IF;
        IF relationship LIKE 'sent%' THEN
            RETURN QUERY SELECT '  ' || relationship || ': ' || (SELECT string_agg(value::text, ' ') FROM
                (SELECT * FROM jsonb_each(l.variables) ORDER BY key LIMIT 2) AS v) FROM test.log() AS l WHERE l.headers ->> 'x-query' = mark;
        END IF;
    END LOOP;
END
$$;

-- equality, lists of values; two and three fields; a null key in the middle
SELECT pg_temp.compare('{@: {title: {_eq: "Raven"}}}');
SELECT pg_temp.compare('{@: {title: {_in: ["Raven", "Wildfire"]}}}');
SELECT pg_temp.compare('{@: {sku: {_eq: "A-1"}, title: {_eq: "Dragonglass"}}}');
SELECT pg_temp.compare('{@: {_and: [{title: {_in: ["Raven", "Wildfire"]}}, {sku: {_in: ["B-1", "B-2"]}}]}}');
SELECT pg_temp.compare('{@: {title: {_in: []}}}');
-- some of one field, of which only the first is said
SELECT pg_temp.compare('{@: {_and: [{title: {_in: ["Raven", "Wildfire"]}}, {title: {_eq: "Raven"}}]}}');
-- what is not sure is not sent: other operators, Float, null, a field that the argument lacks; what stands beside is
SELECT pg_temp.compare('{@: {title: {_like: "%r%"}}}');
SELECT pg_temp.compare('{@: {title: {_neq: "Raven"}}}');
SELECT pg_temp.compare('{@: {price: {_eq: 3}}}');
SELECT pg_temp.compare('{@: {stock: {_is_null: true}}}');
SELECT pg_temp.compare('{@: {stock: {_is_null: true}, title: {_eq: "Raven"}, tags: {_eq: "old"}}}');
SELECT pg_temp.compare('{@: {stock: {_is_null: true}, title: {_eq: "Raven", _like: "R%"}, price: {_lt: 5}}}');
-- _or: all of it, or nothing
SELECT pg_temp.compare('{@: {_or: [{title: {_eq: "Raven"}}, {sku: {_eq: "A-2"}}, {title: {_eq: "Dragonglass"}, price: {_gt: 100}}]}}');
SELECT pg_temp.compare('{@: {_or: [{title: {_eq: "Raven"}}, {price: {_gt: 100}}]}}');
SELECT pg_temp.compare('{@: {_or: []}}');
SELECT pg_temp.compare('{@: {_or: [{_or: [{title: {_eq: "Raven"}}]}, {_and: [{title: {_eq: "Wildfire"}}, {sku: {_eq: "A-2"}}]}]}}');
-- _not is not sent inside of the condition; around it the same is sent
SELECT pg_temp.compare('{@: {_not: {title: {_eq: "Raven"}}}}');
SELECT pg_temp.compare('{@: {title: {_in: ["Raven", "Wildfire"]}, _not: {sku: {_eq: "A-2"}}}}');
SELECT pg_temp.compare('{_not: {@: {title: {_eq: "Raven"}}}}');
SELECT pg_temp.compare('{_or: [{sum: {_lt: 30}}, {@: {title: {_eq: "Raven"}}}]}');
-- two and three conditions on one relationship: any of them; with one that cannot be said, nothing
SELECT pg_temp.compare('{_or: [{sum: {_lt: 25}, @: {title: {_eq: "Wildfire"}}}, {@: {title: {_eq: "Raven"}}}]}');
SELECT pg_temp.compare('{_or: [{@: {title: {_eq: "Wildfire"}}}, {@: {title: {_eq: "Raven"}}}, {_not: {@: {sku: {_in: ["A-1", "A-2", "B-1", "B-2"]}}}}]}');
SELECT pg_temp.compare('{_or: [{@: {title: {_eq: "Wildfire"}}}, {@: {}}]}');
-- only whether there is one
SELECT pg_temp.compare('{@: {}}');
SELECT pg_temp.compare('{_not: {@: {}}}');
-- characters that must be escaped
SELECT pg_temp.compare('{@: {title: {_in: ["\"}) { sku }", "\\", "Raven", "\u00e9"]}}}');
-- the selection shows the list: all of it, asked for once
CREATE FUNCTION pg_temp.ask(query text, variables jsonb DEFAULT NULL) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    mark text := nextval('pg_temp.asked');
BEGIN
    RETURN NEXT test.resolve(query, variables => variables, headers => jsonb_build_object('x-query', mark));
    RETURN QUERY SELECT '  ' || l.variables::text FROM test.log() AS l WHERE l.headers ->> 'x-query' = mark;
END
$$;
SELECT pg_temp.ask('{ sales(where: {id: {_lt: 4}, sent: {title: {_eq: "Wildfire"}}}) { id sent { title } } }');
-- with an argument it is another field
SELECT pg_temp.ask('{ sales(where: {id: {_lt: 4}, sent: {title: {_eq: "Wildfire"}}}) { id sent(limit: 1) { title } } }');
-- aggregates, mutations
SELECT pg_temp.ask('{ sales_aggregate(where: {sent: {title: {_in: ["Wildfire", "Raven"]}}}) { aggregate { count sum { sum } } nodes { id } } }');
SELECT pg_temp.ask('mutation { update_sales(where: {sent: {title: {_eq: "Wildfire"}}}, _inc: {sum: 1}) { returning { id sum sent { sku } } } }');
SELECT pg_temp.ask('mutation { update_sales_many(updates: [{where: {sent: {title: {_eq: "Wildfire"}}}, _inc: {sum: 1}}, {where: {sent: {title: {_eq: "Raven"}}}, _inc: {sum: 2}}]) { returning { id sum } } }');
-- variables: a kept plan sends what they are now
PREPARE by_title AS SELECT pg_temp.ask('query($t: String, $w: sales_bool_exp! = {}) { sales(where: {_or: [{sent: {title: {_eq: $t}}}, {_and: [$w, {id: {_lt: 0}}]}]}, order_by: {id: asc}) { id } }', $1);
EXECUTE by_title('{"t": "Raven"}');
EXECUTE by_title('{"t": "Wildfire"}');
EXECUTE by_title('{"t": "Wildfire"}');
EXECUTE by_title('{"t": "Wildfire", "w": {"sent": {"sku": {"_eq": "A-1"}}}}');
EXECUTE by_title('{"w": {"sent": {"sku": {"_eq": "A-1"}}}}');
EXECUTE by_title('{"t": null}');

-- every sure type, and no other; operators by a naming convention
SELECT remote_rel.add_remote_schema('made', test.mock('type Query { things(ids: [Int!], filter: F): [Thing!]! cut(filter: F, first: Int = 3, all: Boolean): [Thing] one(filter: F): Thing
    tags(filter: F): [String] plain(by: G): [Thing!] }
  type Thing { id: Int! name: String key: ID flag: Boolean size: Float kind: Kind when: Date inner: Thing list: [Int] }
  enum Kind { ONE TWO } scalar Date
  input F { id: CI name: CS key: CK flag: CB size: CF kind: CE when: CD _and: [F!] _or: [F!] list: CI }
  input CI { _eq: Int _in: [Int!] _is_null: Boolean } input CS { _eq: String _in: [String] _is_null: Boolean } input CK { _eq: ID _in: [ID!] _is_null: Boolean }
  input CB { _eq: Boolean _is_null: Boolean } input CF { _eq: Float _is_null: Boolean } input CE { _eq: Kind _in: [Kind!] _is_null: Boolean } input CD { _eq: Date _is_null: Boolean }
  input G { id: H size: CF } input H { _eq: String equal: Int }'));
SELECT remote_rel.create_remote_relationship('sales', 'things', 'made', '{"things": {"arguments": {"ids": "$id"}}}', batch => '{"id": "$id", "where": "filter"}', relationship_type => 'array');
CREATE FUNCTION pg_temp.document(condition text) RETURNS text LANGUAGE sql AS $$
    SELECT substring(graphql_explain(format('{ sales(where: {things: %s}) { id } }', condition)) -> 'remote' -> 0 ->> 'document' FROM 'things\((.*?)\) \{')
$$;
SELECT pg_temp.document(c) FROM unnest(ARRAY['{id: {_eq: 1}}', '{id: {_in: [1, -2]}}', '{name: {_eq: "a"}}', '{key: {_in: ["a", "b"]}}', '{flag: {_eq: true}}', '{kind: {_in: [TWO]}}', '{kind: {_eq: ONE}, id: {_is_null: false}}',
  '{name: {_is_null: true}, key: {_is_null: true}, flag: {_is_null: true}, kind: {_is_null: true}}']) AS c;
SELECT pg_temp.document(c) FROM unnest(ARRAY['{size: {_eq: 1}}', '{size: {_is_null: true}}', '{when: {_eq: "2026"}}', '{inner: {id: {_eq: 1}}}', '{list: {_eq: 1}}', '{id: {_eq: null}}', '{name: {_gt: "a"}}']) AS c;
SAVEPOINT names;
SELECT remote_rel.set_naming('{"naming_convention": "graphql-default"}');
SELECT pg_temp.document('{id: {_isNull: false}, name: {_eq: "a"}}');
ROLLBACK TO names;

-- what is refused when the relationship is created
SELECT test.failure(format($$ SELECT remote_rel.create_remote_relationship('sales', 'other', 'made', %L, batch => %L, relationship_type => %L) $$, field, batch, kind))
FROM (VALUES ('{"things": {"arguments": {"ids": "$id"}}}', '{"id": "$id", "where": "filters"}', 'array'),
  ('{"things": {"arguments": {"ids": "$id"}}}', '{"id": "$id", "where": "filter"}', NULL),
  ('{"things": {"arguments": {"ids": "$id"}}}', '{"id": "$id", "where": "ids"}', 'array'),
  ('{"things": {"arguments": {"ids": "$id"}}}', '{"id": "$id", "where": 5}', 'array'),
  ('{"things": {"arguments": {"ids": "$id"}}}', '{"id": "$id", "where": ""}', 'array'),
  ('{"things": {"arguments": {"ids": "$id"}}}', '{"id": "$id", "where": "$id"}', 'array'),
  ('{"things": {"arguments": {"ids": "$id"}}}', '{"id": "$id", "filter": "filter"}', 'array'),
  ('{"things": {"arguments": {"ids": "$id"}}}', '{}', 'array'),
  ('{"things": {"arguments": {"ids": [1]}}}', '{"where": "filter"}', NULL),
  ('{"cut": {"arguments": {"all": true, "filter": {"id": {"_eq": "$id"}}}}}', '{"where": "filter"}', NULL),
  ('{"one": {"arguments": {"filter": {"id": {"_eq": "$id"}}}}}', '{"where": "filter"}', NULL),
  ('{"tags": {"arguments": {"filter": {"id": {"_eq": "$id"}}}}}', '{"where": "filter"}', NULL),
  ('{"plain": {"arguments": {"by": {"id": {"equal": "$id"}}}}}', '{"where": "by"}', NULL)) AS v(field, batch, kind);
-- metadata: read, exported, replaced; a renamed column
SELECT remote_rel.metadata('{"type": "pg_create_remote_relationship", "args": {"table": "sales", "name": "again", "definition": {"to_remote_schema": {"remote_schema": "made",
  "lhs_fields": ["id"], "batch": {"id": "$id", "where": "filter"}, "relationship_type": "array", "remote_field": {"things": {"arguments": {"ids": "$id"}}}}}}}');
CREATE TEMP TABLE exported AS SELECT remote_rel.metadata('{"type": "export_metadata", "args": {}}') AS m;
SELECT jsonb_path_query(m, '$.**.to_remote_schema.batch') FROM exported;
SELECT remote_rel.metadata(jsonb_build_object('type', 'replace_metadata', 'args', m)) ->> 'message' FROM exported;
SELECT remote_rel.metadata('{"type": "export_metadata", "args": {}}') = m FROM exported;
ALTER TABLE sales RENAME COLUMN id TO "where";
SELECT jsonb_path_query(remote_rel.metadata('{"type": "export_metadata", "args": {}}'), '$.**.to_remote_schema.batch');
ALTER TABLE sales RENAME COLUMN "where" TO id;
SELECT pg_temp.document('{id: {_eq: 1}}');
-- the API loses the argument: the relationship goes, and says why
SAVEPOINT lost;
UPDATE remote_rel.remote_schema SET sdl = replace(sdl, 'filter: F)', 'filtered: Int)') WHERE name = 'made';
SELECT DISTINCT o ->> 'reason' FROM jsonb_path_query(remote_rel.metadata('{"type": "get_inconsistent_metadata", "args": {}}'), '$.**.inconsistent_objects[*]') AS o;
ROLLBACK TO lost;

-- roles: what the permission leaves of the argument is sent; with a preset, nothing
CREATE ROLE regress_full;
CREATE ROLE regress_part;
CREATE ROLE regress_preset;
GRANT SELECT ON sales TO regress_full, regress_part, regress_preset;
SELECT remote_rel.add_remote_schema_permissions('api', role, sdl || 'type Product { sku: String! title: String! } input StringFilter { _eq: String _in: [String!] }') FROM (VALUES
  ('regress_full'::name, 'type Query { products(where: ProductFilter): [Product!]! } input ProductFilter { sku: StringFilter title: StringFilter } '),
  ('regress_part', 'type Query { products(where: ProductFilter): [Product!]! } input ProductFilter { sku: StringFilter } '),
  ('regress_preset', 'type Query { products(where: ProductFilter, limit: Int @preset(value: 1)): [Product!]! } input ProductFilter { sku: StringFilter title: StringFilter } ')) AS p(role, sdl);
SELECT pg_temp.compare('{@: {title: {_eq: "Raven"}, sku: {_in: ["B-1"]}}}', 'regress_full');
SELECT pg_temp.compare('{@: {title: {_eq: "Raven"}}}', 'regress_part');
SELECT pg_temp.compare('{sku: {_eq: "A-1"}, @: {title: {_eq: "Dragonglass"}}}', 'regress_preset');
ROLLBACK;
