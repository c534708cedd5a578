CREATE DATABASE regress_stat;
\c regress_stat
\i test/setup.sql
\i test/users.sql
-- What is counted of remote schemas and relationships. Each session has its own counters here; test/t/050_stat.pl has shared ones.

SELECT remote_rel.stat_reset();
SELECT remote_rel.update_remote_schema('auth0', test.definition('faulty') || '{"forward_client_headers": true}');
CREATE FUNCTION told(counters jsonb) RETURNS SETOF text LANGUAGE sql AS $$
    SELECT string_agg(key || ' ' || (value #>> '{}'), ', ' ORDER BY key) FROM jsonb_each(counters)
    WHERE value NOT IN ('0', 'null') AND key NOT IN
        ('total_time', 'max_time', 'time_histogram', 'last_error_at', 'since', 'shared', 'bytes_sent', 'bytes_received',
        -- they depend on which response comes first
        'connections_made', 'connections_open')
$$;
CREATE FUNCTION counted(query text, headers jsonb DEFAULT NULL) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM remote_rel.stat_reset();
    PERFORM graphql_resolve(query, headers => headers);
    RETURN QUERY SELECT told(to_jsonb(s)) FROM remote_rel.stat_remote_schemas AS s;
    RETURN QUERY SELECT told(to_jsonb(s)) FROM remote_rel.stat_relationships AS s
        WHERE s.rows > 0 ORDER BY s.source, s.relationship;
END
$$;

-- the introspection that the remote schema was updated by
SELECT told(to_jsonb(s)) FROM remote_rel.stat_remote_schemas AS s;
-- none, two and three keys; equal keys are sent once; NULL asks nothing
SELECT counted('{ users(limit: 2) { name } }');
SELECT counted('{ users(limit: 2) { profile { id } } }');
SELECT counted('{ users(limit: 3) { profile { id } fellows { id } } }');
INSERT INTO users VALUES (301, 'null', NULL, NULL);
SELECT counted('{ users(order_by: {id: desc}, limit: 2) { profile { id } fellows { id } } }');
-- several requests; root fields have no keys
SELECT counted('{ users { profile { id } } }');
SELECT counted('{ auth0(auth0_id: "auth0|1") { id } }');
-- to tables, and in SQL
SELECT counted('{ auth0(auth0_id: "auth0|1") { users { name } } }');
SELECT remote_rel.stat_reset();
SELECT count(remote_rel.remote_value(u, 'profile', '{ id }')) FROM users AS u WHERE u.id <= 2;
SELECT count(*) FROM users AS u, remote_rel.remote_value(u, 'profile', '{ id }') AS p WHERE u.id <= 3;
SELECT count(*) FROM remote_rel.remote_join((SELECT array_agg(u) FROM users AS u WHERE u.id <= 4), 'profile', '{ id }');
SELECT told(to_jsonb(s)) FROM remote_rel.stat_relationships AS s WHERE s.rows > 0;
-- each kind of failure
SELECT fault, counted('{ users(limit: 2) { profile { id } } }', test.fault(fault)) FROM unnest('{status&status=503,html,not-json,
    empty,errors,no-data,close,reset&bytes=9,bad-utf8,status&status=200}'::text[]) AS fault;
SET remote_rel.max_response_size = '1MB';
SELECT counted('{ users(limit: 2) { profile { id } } }', test.fault('huge&bytes=3000000'));
RESET remote_rel.max_response_size;
\set sdl 'type Query { auth0(auth0_id: String!): Int, flaky(key: String!): Int, profiles_of(level: String!): Int }'
SET client_min_messages = error;
SELECT remote_rel.update_remote_schema('auth0', test.definition('faulty', '?fault=hang') || '{"timeout_seconds": 1}', sdl => :'sdl');
SELECT counted('{ users(limit: 2) { profile } }');
SELECT remote_rel.update_remote_schema('auth0', '{"url": "http://127.0.0.1:1/"}', sdl => :'sdl');
SELECT counted('{ users(limit: 2) { profile } }');
SELECT remote_rel.update_remote_schema('auth0', jsonb_build_object('url', replace(test.url(), 'http:', 'https:')),
    sdl => :'sdl');
RESET client_min_messages;
SELECT counted('{ users(limit: 2) { profile } }');
-- times and bytes: each request is in the histogram, the longest is no longer than all together
SELECT remote_rel.update_remote_schema('auth0', test.definition());
SELECT counted('{ users { profile { id } } }');
SELECT requests, (SELECT sum(n) FROM unnest(time_histogram) AS n) AS timed, cardinality(time_histogram) AS buckets,
    max_time > 0 AND max_time <= total_time AS "max", bytes_sent > 300 * 7 AS sent, bytes_received > 300 * 7 AS received,
    last_error, last_error_at, since <= now() + interval '1 minute' AS since FROM remote_rel.stat_remote_schemas;
-- only pg_read_all_stats reads, and only the owner resets
CREATE ROLE regress_stat_guest;
CREATE ROLE regress_stat_reader IN ROLE pg_read_all_stats;
SET ROLE regress_stat_guest;
SELECT test.failure('SELECT * FROM remote_rel.stat_remote_schemas');
SELECT test.failure('SELECT * FROM remote_rel.stat_relationships');
SELECT test.failure('SELECT * FROM remote_rel.stat_get_remote_schemas()');
SELECT test.failure('SELECT remote_rel.stat_reset()');
SET ROLE regress_stat_reader;
SELECT remote_schema FROM remote_rel.stat_remote_schemas;
SELECT source, relationship, remote_schema FROM remote_rel.stat_relationships ORDER BY 1, 2;
SELECT test.failure('SELECT remote_rel.stat_reset()');
RESET ROLE;
DROP ROLE regress_stat_guest, regress_stat_reader;

\set QUIET on
\c postgres
DROP DATABASE regress_stat;
