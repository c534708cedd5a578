\set ECHO none
-- Included by every test of test/sql as its first line: \i test/setup.sql
--
-- Variables: :yoga, :apollo, :faulty are the URLs of the servers that the run started (test/remote/). Interpolated as
-- :'yoga' they leave no port in the expected output. The faulty server answers what yoga does, with the fault that the URL names.
--
-- Functions, all executable by everyone, all taking the server's name, 'yoga' where it is left out:
--
--   test.url(server, rest)          its URL; rest is a query string ('?delay=200', '?fault=hang') or another path
--   test.definition(server, rest)   {"url": …}, as add_remote_schema() takes it
--   test.mock(sdl, server)          {"url": …} of a server for any schema, as mock.mjs has it; in the server's log and counters like others
--   test.reset(server)              zeroes counters, log, and what mutations did
--   test.stats(server)              {"requests", "operations", "resolver_calls", "fields": {"Query.auth0": n}, "max_concurrent"}
--   test.requests(server)           how many HTTP requests since the reset
--   test.log(server)                a row for each operation received: query, variables, operation, headers
--   test.counted(query, …)          graphql_resolve(), pretty-printed, and the requests that it took
--   test.resolve(query, …)          graphql_resolve(), pretty-printed
--   test.show(query, variables, role, headers, servers)   test.resolve(), then what the servers ('{yoga}') were sent for it
--   test.fault(fault)               headers that make 'faulty' commit that fault: test.fault('status&status=500')
--   test.answering(body, status, type)   headers that make 'faulty' answer with that body
--   test.changing(name, server)     {"url": …} of a server that is what test.change(name, sdl, server) made it last; down while that is NULL
--   test.masked(text)               with http://127.0.0.1:PORT in the place of the servers' addresses
--   test.failure(sql)               'SQLSTATE: message', detail and hint below it, masked; 'no error' if there is none
\set QUIET on
\pset format unaligned
\pset tuples_only on
SET client_min_messages = warning;
\set yoga `echo "$REMOTE_YOGA"`
\set apollo `echo "$REMOTE_APOLLO"`
\set faulty `echo "$REMOTE_FAULTY"`

CREATE EXTENSION IF NOT EXISTS remote_rel;
DROP SCHEMA IF EXISTS test CASCADE;
CREATE SCHEMA test;
GRANT USAGE ON SCHEMA test TO PUBLIC;

CREATE TABLE test.server (name text PRIMARY KEY, url text NOT NULL);
INSERT INTO test.server VALUES ('yoga', :'yoga'), ('apollo', :'apollo'), ('faulty', :'faulty');

CREATE FUNCTION test.url(server text DEFAULT 'yoga', rest text DEFAULT '') RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN rest LIKE '/%' THEN regexp_replace(url, '/(graphql)?$', rest) ELSE url || rest END
    FROM test.server AS s WHERE s.name = url.server
$$;

CREATE FUNCTION test.definition(server text DEFAULT 'yoga', rest text DEFAULT '') RETURNS jsonb
    LANGUAGE sql STABLE AS $$ SELECT pg_catalog.jsonb_build_object('url', test.url(server, rest)) $$;

-- Of mock.mjs; '' for NULL.
CREATE FUNCTION test.sdl_parameter(sdl text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce('?sdl=' || pg_catalog.translate(pg_catalog.encode(pg_catalog.convert_to(sdl, 'UTF8'), 'base64'), E'+/=\n', '-_'), '')
$$;

CREATE FUNCTION test.mock(sdl text, server text DEFAULT 'yoga') RETURNS jsonb
    LANGUAGE sql STABLE AS $$ SELECT test.definition(server, '/mock' || test.sdl_parameter(sdl)) $$;

-- What a server says of itself. Perl is there wherever PostgreSQL's Debian packages are; curl is not.
CREATE FUNCTION test.ask(server text, method text, path text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET client_min_messages = warning AS $$
DECLARE
    answer text;
BEGIN
    CREATE TEMP TABLE IF NOT EXISTS test_answer (line text);
    DELETE FROM pg_temp.test_answer;
    EXECUTE format(
        $copy$ COPY pg_temp.test_answer FROM PROGRAM %L WITH (FORMAT csv, DELIMITER E'\x01', QUOTE E'\x02') $copy$,
        format('perl -MHTTP::Tiny -e ''print HTTP::Tiny->new->request(@ARGV)->{content}'' %s %s', method, test.url(server, path)));
    SELECT line INTO answer FROM pg_temp.test_answer;
    RETURN answer::jsonb;
END
$$;

CREATE FUNCTION test.changing(name text, server text DEFAULT 'yoga') RETURNS jsonb
    LANGUAGE sql STABLE AS $$ SELECT test.definition(server, '/mock/' || name) $$;

CREATE FUNCTION test.change(name text, sdl text, server text DEFAULT 'yoga') RETURNS void
    LANGUAGE plpgsql AS $$ BEGIN PERFORM test.ask(server, 'PUT', '/mock/' || name || test.sdl_parameter(sdl)); END $$;

CREATE FUNCTION test.reset(server text DEFAULT 'yoga') RETURNS void
    LANGUAGE plpgsql AS $$ BEGIN PERFORM test.ask(server, 'POST', '/reset'); END $$;

CREATE FUNCTION test.stats(server text DEFAULT 'yoga') RETURNS jsonb
    LANGUAGE plpgsql AS $$ BEGIN RETURN test.ask(server, 'GET', '/stats'); END $$;

CREATE FUNCTION test.requests(server text DEFAULT 'yoga') RETURNS integer
    LANGUAGE plpgsql AS $$ BEGIN RETURN test.ask(server, 'GET', '/stats') ->> 'requests'; END $$;

CREATE FUNCTION test.log(server text DEFAULT 'yoga')
    RETURNS TABLE (query text, variables jsonb, operation text, headers jsonb) LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY
        SELECT e ->> 'query', e -> 'variables', e ->> 'operationName', e -> 'headers'
        FROM jsonb_array_elements(test.ask(server, 'GET', '/log')) WITH ORDINALITY AS a(e, n) ORDER BY n;
END
$$;

-- Mutations as they arrived; queries sorted, since they may overtake each other.
CREATE FUNCTION test.show(query text, variables jsonb DEFAULT NULL, role name DEFAULT NULL, headers jsonb DEFAULT NULL, servers text[] DEFAULT '{yoga}')
    RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM test.reset(server) FROM unnest(servers) AS server;
    RETURN NEXT test.resolve(query, show.role, show.variables, headers => show.headers);
    RETURN QUERY
        SELECT concat_ws('  ', CASE WHEN cardinality(servers) > 1 THEN server END, l.query, nullif(l.variables, '{}'))
        FROM unnest(servers) WITH ORDINALITY AS s(server, place), test.log(server) WITH ORDINALITY AS l(query, variables, operation, headers, n)
        ORDER BY place, CASE WHEN l.query LIKE 'mutation%' THEN n END, l.query, l.variables::text;
END
$$;

CREATE FUNCTION test.masked(message text) RETURNS text
    LANGUAGE sql IMMUTABLE AS $$ SELECT pg_catalog.regexp_replace(message, '(127\.0\.0\.1|localhost):\d+', '\1:PORT', 'g') $$;

-- One line an object as far as a line holds it, in the order of the answer: jsonb_pretty() would sort the keys.
CREATE FUNCTION test.pretty(value json, indent integer DEFAULT 0) RETURNS text
    LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    line text;
    pad text := repeat('  ', indent + 1);
BEGIN
    IF json_typeof(value) = 'object' THEN
        SELECT string_agg(to_json(key)::text || ': ' || test.pretty(v, indent + 1), E',\x01' ORDER BY n)
        INTO line FROM json_each(value) WITH ORDINALITY AS e(key, v, n);
        line := '{' || coalesce(E'\x01' || line || E'\x02', E'\x01\x02') || '}';
    ELSIF json_typeof(value) = 'array' THEN
        SELECT string_agg(test.pretty(v, indent + 1), E',\x01' ORDER BY n)
        INTO line FROM json_array_elements(value) WITH ORDINALITY AS e(v, n);
        line := '[' || coalesce(E'\x01' || line || E'\x02', E'\x01\x02') || ']';
    ELSE
        RETURN value::text;
    END IF;
    IF length(line) + 2 * indent <= 100 AND position(E'\n' IN line) = 0 THEN
        line := replace(line, E',\x01', ', ');
        RETURN translate(line, E'\x01\x02', '');
    END IF;
    line := replace(line, E'\x01', E'\n' || pad);
    RETURN replace(line, E'\x02', E'\n' || repeat('  ', indent));
END
$$;

CREATE FUNCTION test.resolve(query text, role name DEFAULT NULL, variables jsonb DEFAULT NULL,
                             operation_name text DEFAULT NULL, headers jsonb DEFAULT NULL) RETURNS text
    LANGUAGE plpgsql AS $$
BEGIN
    RETURN test.masked(test.pretty(graphql_resolve(query, role, variables, operation_name, headers)));
END
$$;

CREATE FUNCTION test.counted(query text, role name DEFAULT NULL, variables jsonb DEFAULT NULL,
                             operation_name text DEFAULT NULL, headers jsonb DEFAULT NULL, server text DEFAULT 'yoga')
    RETURNS TABLE (answer text, requests integer) LANGUAGE plpgsql AS $$
DECLARE
    before integer := test.requests(server);
BEGIN
    answer := test.resolve(query, role, variables, operation_name, headers);
    requests := test.requests(server) - before;
    RETURN NEXT;
END
$$;

CREATE FUNCTION test.fault(fault text) RETURNS jsonb
    LANGUAGE sql IMMUTABLE AS $$ SELECT pg_catalog.jsonb_build_object('x-hasura-fault', 'fault=' || fault) $$;

CREATE FUNCTION test.answering(body text, status integer DEFAULT 200, type text DEFAULT 'application/json') RETURNS jsonb
    LANGUAGE sql IMMUTABLE AS $$
    SELECT test.fault(pg_catalog.format('body&body=%s&status=%s&type=%s',
        pg_catalog.translate(pg_catalog.encode(pg_catalog.convert_to(body, 'UTF8'), 'base64'), E'+/=\n', '-_'), status, type))
$$;

CREATE FUNCTION test.failure(sql text) RETURNS text
    LANGUAGE plpgsql AS $$
DECLARE
    detail text;
    hint text;
BEGIN
    EXECUTE sql;
    RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
    RETURN test.masked(concat_ws(E'\n', SQLSTATE || ': ' || SQLERRM,
                                 'DETAIL: ' || nullif(detail, ''), 'HINT: ' || nullif(hint, '')));
END
$$;

SELECT test.reset(name) FROM test.server \g /dev/null
RESET client_min_messages;
\set QUIET off
\set ECHO all
