-- psql -v module=PATH -f http_test.sql

-- All URLs in one group; a row a response, in order of completion; n is the URL's number, from 1.
CREATE FUNCTION http_test(urls text[], method text DEFAULT 'POST', body text DEFAULT '{}', headers text[] DEFAULT '{}',
    timeout_ms integer DEFAULT 5000, max_bytes bigint DEFAULT 1048576, max_concurrent integer DEFAULT 0, limit_key text DEFAULT '',
    idempotent boolean DEFAULT false, http2 boolean DEFAULT false, ca_file text DEFAULT '', fail_after integer DEFAULT -1,
    OUT n integer, OUT failure text, OUT detail text, OUT status integer, OUT content_type text, OUT charset text, OUT body bytea,
    OUT elapsed_ms double precision)
    RETURNS SETOF record AS :'module', 'http_test' LANGUAGE C STRICT VOLATILE PARALLEL UNSAFE;

-- Submit the outer request, run the inner ones in a group of their own, and only then wait for the outer one. Returns what came, in order.
CREATE FUNCTION http_test_nested(outer_url text, inner_urls text[], max_concurrent integer) RETURNS text[]
    AS :'module', 'http_test_nested' LANGUAGE C STRICT VOLATILE PARALLEL UNSAFE;

-- Submit, be busy elsewhere for so long, polling or not, and only then wait. Returns the failure and how long the wait took.
CREATE FUNCTION http_test_busy(url text, busy_ms integer, timeout_ms integer, poll boolean, OUT failure text, OUT waited_ms double precision)
    AS :'module', 'http_test_busy' LANGUAGE C STRICT VOLATILE PARALLEL UNSAFE;

-- Nanoseconds that one rr_http_poll() costs while a request is in flight.
CREATE FUNCTION http_test_poll_cost(url text, polls integer) RETURNS double precision
    AS :'module', 'http_test_poll_cost' LANGUAGE C STRICT VOLATILE PARALLEL UNSAFE;

CREATE FUNCTION http_test_display_url(url text) RETURNS text
    AS :'module', 'http_test_display_url' LANGUAGE C STRICT IMMUTABLE;

-- Parse, and print again what can be seen through json.h, types in front; or the error.
CREATE FUNCTION json_test(input bytea, max_depth integer DEFAULT 100) RETURNS text
    AS :'module', 'json_test' LANGUAGE C STRICT IMMUTABLE;
