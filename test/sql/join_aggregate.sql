\i test/setup.sql
-- NAME_aggregate where a type of a remote schema is joined to a table as an array.

BEGIN;
CREATE TABLE berths (port text, dock int, side boolean, ship text, length int, PRIMARY KEY (port, dock, ship));
INSERT INTO berths VALUES ('a', 4, true, 'Argo', 10), ('a', 4, true, 'Beagle', 20), ('a', 4, false, 'Cutty', NULL),
    ('b', 4, true, 'Dove', 5), ('b', 5, true, 'Endeavour', 7), ('b', 4, NULL, 'Fram', 9);
CREATE TABLE masts (port text, dock int, ship text, n int, FOREIGN KEY (port, dock, ship) REFERENCES berths);
INSERT INTO masts VALUES ('a', 4, 'Argo', 1), ('a', 4, 'Argo', 2), ('b', 4, 'Dove', 1);
SELECT remote_rel.add_remote_schema('api', test.definition('faulty'), sdl => 'type Query { places: [Place]  place: Place }
    type Place { dock: Int  side: Boolean  name: String  own_aggregate: Int }');
CREATE FUNCTION places(VARIADIC places text[]) RETURNS jsonb LANGUAGE sql AS $$
    SELECT test.answering('{"data": {"places": [' || array_to_string(places, ', ') || ']}}') $$;
SELECT remote_rel.create_remote_schema_remote_relationship('api', 'Place', 'by_one',
    '{"to_source": {"relationship_type": "array", "table": "berths", "field_mapping": {"dock": "dock"}}}');
SELECT remote_rel.create_remote_schema_remote_relationship('api', 'Place', 'by_two',
    '{"to_source": {"relationship_type": "array", "table": "berths", "field_mapping": {"dock": "dock", "side": "side"}}}');
SELECT remote_rel.create_remote_schema_remote_relationship('api', 'Place', 'one',
    '{"to_source": {"relationship_type": "object", "table": "berths", "field_mapping": {"dock": "dock"}}}');
SELECT f ->> 'name', f ->> 'description', f #>> '{type,name}', (SELECT string_agg(a ->> 'name', ' ') FROM json_array_elements(f -> 'args') AS a)
FROM json_array_elements(graphql_resolve('{ __type(name: "Place") { fields { name description args { name } type { name } } } }') #> '{data,__type,fields}') AS f;

-- for each key by itself: aliases, arguments, nodes; a null key gives null, rows that are not there count 0
SELECT test.resolve('{ places { by_one_aggregate { aggregate { count max { length } } }
    two: by_two_aggregate(where: {length: {_gt: 5}}) { aggregate { n: count(columns: [port], distinct: true) sum { length } } nodes { ship } __typename } } }',
    headers => places('{"rr__k0Place": 4, "rr__k1Place": true}', '{"rr__k0Place": 5, "rr__k1Place": true}', '{"rr__k0Place": 6, "rr__k1Place": false}', '{"rr__k0Place": 4, "rr__k1Place": null}', 'null'));
SELECT test.resolve('{ places { a: by_one_aggregate(limit: 2, order_by: {ship: desc}) { aggregate { count } nodes { ship } } b: by_one_aggregate(offset: 1, order_by: {ship: asc}) { nodes { ship masts_aggregate { aggregate { count max { n } } } } }
    c: by_one_aggregate(distinct_on: port, order_by: {port: asc}) { aggregate { count } } by_one(limit: 1, order_by: {ship: asc}) { ship } } }',
    headers => places('{"rr__k0Place": 4}', '{"rr__k0Place": 5}'));
-- one statement for all keys
SELECT json_array_length(graphql_explain('{ places { by_two_aggregate { aggregate { count } } } }') -> 'statements'),
    graphql_explain('{ places { by_two_aggregate(limit: 3) { aggregate { count } } } }') #>> '{statements,0,sql}';
-- two levels, and from a table to the API and back
SELECT remote_rel.create_remote_relationship('berths', 'place', 'api', '{"place": {"arguments": {}}}', lhs_fields => '{dock}');
SELECT test.resolve('{ places { by_two_aggregate(order_by: {ship: asc}) { nodes { ship masts_aggregate { aggregate { count } } } aggregate { count } } one { ship } } }',
    headers => places('{"rr__k0Place": 4, "rr__k1Place": true}'));

-- a role sees the columns and rows that it may read
CREATE ROLE regress_aggregates;
SELECT remote_rel.add_remote_schema_permissions('api', 'regress_aggregates', 'type Query { places: [Place] }  type Place { dock: Int side: Boolean }');
GRANT SELECT (dock, ship) ON berths TO regress_aggregates;
ALTER TABLE berths ENABLE ROW LEVEL SECURITY;
CREATE POLICY late ON berths TO regress_aggregates USING (ship > 'B');
SELECT test.resolve('{ places { by_one_aggregate { aggregate { count max { ship } } nodes { ship } } } }', 'regress_aggregates', headers => places('{"rr__k0Place": 4}', '{"rr__k0Place": 5}'));
SELECT test.resolve('{ places { by_one_aggregate { aggregate { max { length } } } by_two_aggregate { aggregate { count } } } }', 'regress_aggregates');

-- the API's own field, and another relationship, come before it
SELECT remote_rel.create_remote_schema_remote_relationship('api', 'Place', 'own',
    '{"to_source": {"relationship_type": "array", "table": "berths", "field_mapping": {"dock": "dock"}}}');
SELECT remote_rel.create_remote_schema_remote_relationship('api', 'Place', 'x',
    '{"to_source": {"relationship_type": "array", "table": "berths", "field_mapping": {"dock": "dock"}}}');
SELECT remote_rel.create_remote_schema_remote_relationship('api', 'Place', 'x_aggregate',
    '{"to_source": {"relationship_type": "array", "table": "berths", "field_mapping": {"dock": "dock"}}}');
SELECT test.resolve('{ places { own_aggregate x_aggregate(limit: 1, order_by: {ship: asc}) { ship } x_aggregate_aggregate { aggregate { count } } } }', headers => places('{"rr__k0Place": 4, "own_aggregate": 9}'));
SELECT remote_rel.validate_schema(graphql_schema());
ROLLBACK;
