\i test/setup.sql
-- What people mistype first says what to do.
BEGIN;
CREATE TABLE ships (id int PRIMARY KEY, name text);
SELECT test.failure($$ SELECT graphql_resolve('query ($id: Int!) { ships_by_pk(id: $id) { id } }', '{"id": 1}') $$);
SELECT test.failure($$ SELECT graphql_resolve('{ ships { id } }', 'captain') $$);
SELECT test.failure($$ SELECT graphql_resolve('{ ships { id } }', variables => '[1]') $$);
SELECT test.failure($$ SELECT remote_rel.add_remote_schema('harbour', '{"url": "127.0.0.1:4000/graphql"}') $$);
SELECT test.failure($$ SELECT remote_rel.add_remote_schema('harbour', '{"uri": "http://127.0.0.1:4000/graphql"}') $$);
SELECT remote_rel.add_remote_schema('harbour', '{"url": "http://127.0.0.1:1/"}',
    sdl => 'type Query { berth(ship: String!): String }') \g /dev/null
SELECT test.failure(format('SELECT remote_rel.create_remote_relationship(''ships'', ''berth'', %L, %L)', remote, field))
FROM (VALUES ('harbor', '{"berth": {"arguments": {"ship": "$name"}}}'),
    ('harbour', '{"birth": {"arguments": {"ship": "$name"}}}'),
             ('harbour', '{"berth": {"arguments": {"shp": "$name"}}}'),
                 ('harbour', '{"berth": {"arguments": {"ship": "$nam"}}}'),
             ('harbour', '{"berth": {"arguments": {"ship": "$id"}}}'), ('harbour', '{"berth": {"ship": "$name"}}'),
             ('harbour', '{"berth": {"arguments": {}}}')) AS v(remote, field);
SELECT graphql_resolve(query) FROM (VALUES ('{ ship { id } }'), ('{ ships { nam } }'),
    ('{ ships { id }'), ('SELECT 1'), ('{ ships(where: {id: 5}) { id } }'),
    ('{ ships(where: {id: {eq: 5}}) { id } }'), ($$ { ships(where: {name: {_eq: 'x'}}) { id } } $$),
        ('{ ships(limit: "5") { id } }'),
    ('{ ships(order_by: {id: ASC}) { id } }'), ('{ ships }')) AS v(query);
ROLLBACK;
