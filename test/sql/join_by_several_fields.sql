\i test/setup.sql
-- Joins by one, two and three fields: from tables to APIs, from APIs to tables and to APIs; two relationships on one
-- table or type, two remotes, two levels.

BEGIN;
CREATE TABLE berths (port text, dock int, side boolean, ship text, PRIMARY KEY (port, dock, ship));
INSERT INTO berths VALUES ('a {"n":1}', 4, true, 'Argo'), ('a {"n":1}', 4, true, 'Beagle'), ('a {"n":1}', 4, false, 'Cutty'),
    ('a {"n":2}', 4, true, 'Dove'), ('a {"n":1}', 5, true, 'Endeavour'), ('a {"n":2}', 4, NULL, 'Fram'), ('a', 4, true, 'Golden Hind');
SELECT remote_rel.add_remote_schema('one', test.mock($$
    type Query { places(x: Int): [Place]  place(n: Int, m: Int, s: String): Place }
    type Place { a(n: Int): String  dock: Int  side: Boolean  nothing: String  port: String }
$$));
SELECT remote_rel.add_remote_schema('two', test.mock('type Query { t(port: String, dock: Int, side: Boolean): T  u(xs: [U!]): String }
    input U { port: String dock: Int }  type T { tt(x: Int): String }'));
SELECT remote_rel.create_remote_schema_remote_relationship('one', 'Place', 'by_one',
    '{"to_source": {"relationship_type": "array", "table": "berths", "field_mapping": {"dock": "dock"}}}');
SELECT remote_rel.create_remote_schema_remote_relationship('one', 'Place', 'by_two',
    '{"to_source": {"relationship_type": "array", "table": "berths", "field_mapping": {"dock": "dock", "side": "side"}}}');
SELECT remote_rel.create_remote_schema_remote_relationship('one', 'Place', 'by_two_object',
    '{"to_source": {"relationship_type": "object", "table": "berths", "field_mapping": {"dock": "dock", "side": "side"}}}');
SELECT remote_rel.create_remote_schema_remote_relationship('one', 'Place', 'by_three',
    '{"to_source": {"relationship_type": "array", "table": "berths", "field_mapping": {"dock": "dock", "side": "side", "a": "port"}}}');
SELECT remote_rel.create_remote_schema_remote_relationship('one', 'Place', 'by_null',
    '{"to_source": {"relationship_type": "array", "table": "berths", "field_mapping": {"dock": "dock", "nothing": "port", "side": "side"}}}');
SELECT remote_rel.create_remote_schema_remote_relationship('one', 'Place', 'twice',
    '{"to_source": {"relationship_type": "array", "table": "berths", "field_mapping": {"side": "side", "dock": "dock"}}}');

SELECT test.resolve('{ place { by_one(order_by: {ship: asc}) { ship } by_two(order_by: {ship: asc}) { ship } twice(order_by: {ship: asc}) { ship } } }');
SELECT test.resolve('{ place { by_two(order_by: {ship: asc}, limit: 1, offset: 1, where: {port: {_eq: "a {\"n\":1}"}}) { ship } } }');
SELECT test.resolve('{ place { by_two_object { dock side } by_null { ship } by_three { ship } } }');
SELECT test.resolve('{ places { dock by_two(order_by: {ship: asc}) { ship side } } }');
SELECT graphql_explain('{ place { by_two { ship } } }') #>> '{statements,0,sql}';

-- from a table, by one, two and three, and back: three levels
SELECT remote_rel.create_remote_relationship('berths', 't1', 'two', '{"t": {"arguments": {"dock": "$dock"}}}');
SELECT remote_rel.create_remote_relationship('berths', 't2', 'two', '{"t": {"arguments": {"dock": "$dock", "port": "$ship"}}}');
SELECT remote_rel.create_remote_relationship('berths', 't3', 'two', '{"t": {"arguments": {"dock": "$dock", "port": "$ship", "side": "$side"}}}');
SELECT remote_rel.create_remote_relationship('berths', 'place', 'one', '{"place": {"arguments": {"n": "$dock", "s": "$ship"}}}');
SELECT test.show('{ berths(order_by: {ship: asc}) { t1 { tt } t2 { tt } t3 { tt } } }');
SELECT test.resolve('{ berths(order_by: {ship: asc}, limit: 2) { ship place { by_two(order_by: {ship: desc}, limit: 2) { ship t3 { tt } place { by_two_object { side } } } } } }');
-- from a type to another remote schema, by two and three
SELECT remote_rel.create_remote_schema_remote_relationship('one', 'Place', 't2',
    '{"to_remote_schema": {"remote_schema": "two", "lhs_fields": ["dock", "side"], "remote_field": {"t": {"arguments": {"dock": "$dock", "side": "$side"}}}}}');
SELECT remote_rel.create_remote_schema_remote_relationship('one', 'Place', 't3',
    '{"to_remote_schema": {"remote_schema": "two", "lhs_fields": ["dock", "side", "a"], "remote_field": {"t": {"arguments": {"dock": "$dock", "side": "$side", "port": "$a"}}}}}');
SELECT remote_rel.create_remote_schema_remote_relationship('one', 'Place', 'u2',
    '{"to_remote_schema": {"remote_schema": "two", "lhs_fields": ["dock", "a"], "remote_field": {"u": {"arguments": {"xs": [{"dock": "$dock", "port": "$a"}, {"dock": "$dock"}]}}}}}');
SELECT test.show('{ places { t2 { tt } t3 { tt } u2 by_two_object { side } } }');
-- a key that one of the columns does not take fails alone
CREATE TABLE small (dock smallint, side boolean, name text);
INSERT INTO small VALUES (4, true, 'four'), (3, true, 'three');
SELECT remote_rel.add_remote_schema('wide', test.definition('faulty'), sdl => 'type Query { ps: [P] } type P { d: Int s: Boolean }');
SELECT remote_rel.create_remote_schema_remote_relationship('wide', 'P', 'small',
    '{"to_source": {"relationship_type": "array", "table": "small", "field_mapping": {"d": "dock", "s": "side"}}}');
SELECT test.resolve('{ ps { d small { name } } }', headers => test.answering('{"data": {"ps": [
    {"rr__k0P": 4, "rr__k1P": true, "d": 4}, {"rr__k0P": 70000, "rr__k1P": true, "d": 70000},
    {"rr__k0P": 3, "rr__k1P": null, "d": 3}, {"rr__k0P": 3, "rr__k1P": true, "d": 3}, null]}}'));
ROLLBACK;
