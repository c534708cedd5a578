\i test/setup.sql
-- What of the headers of a call reaches an upstream, and what of what an upstream repeats of them reaches anybody.
BEGIN;
CREATE FUNCTION sent() RETURNS SETOF text LANGUAGE sql AS $$
  SELECT key || ': ' || value FROM test.log() AS l, jsonb_each_text(l.headers) AS h
      WHERE key NOT IN ('host', 'content-length', 'accept-encoding', 'user-agent') ORDER BY key $$;
CREATE FUNCTION send(headers jsonb) RETURNS SETOF text LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM test.reset();
  PERFORM graphql_resolve('{ counter }', headers => headers);
  RETURN QUERY SELECT * FROM sent();
END $$;
SELECT remote_rel.add_remote_schema('auth0', test.definition()
    || '{"headers": [{"name": "X-Fixed", "value": "configured"}, {"name": "x-hasura-tenant",
    "value": "configured"}]}');

-- x-hasura-* always, other headers only where the remote schema says so; a configured one comes first
SELECT send('{"X-Hasura-User-Id": "7", "x-hasura-tenant": "other", "x-custom": "c",
    "x-fixed": "other", "cookie": "a=b"}');
SELECT remote_rel.update_remote_schema('auth0', test.definition()
    || '{"forward_client_headers": true, "headers": [{"name": "X-Fixed", "value": "configured"},
    {"name": "x-hasura-tenant", "value": "configured"}]}');
SELECT send('{"X-Hasura-User-Id": "7", "x-hasura-tenant": "other", "x-custom": "c",
    "x-fixed": "other", "cookie": "a=b"}');
-- names that an upstream may take for others
SELECT send('{"x_fixed": "other", "X_Hasura_Tenant": "other", "x_hasura-role": "other", "x_custom": "c"}');
-- the role is the role; what front ends check stays with them
SELECT send('{"X-HASURA-ROLE": "other", "x-hasura-admin-secret": "s", "X-Hasura-Access-Key": "s"}');
-- nothing of the client's connection and body, nor what "Connection" names
SELECT send('{"Host": "evil", "Content-Length": 3, "Transfer-Encoding": "chunked", "Connection": "close, x-hop,X-Hop2", "x-hop": "1", "x-hop2": "2", "x-hop3": "3", "Keep-Alive": "1", "TE": "trailers", "Trailer": "x",
  "Upgrade": "h2c", "HTTP2-Settings": "x", "Expect": "100-continue", "Proxy-Authorization": "p",
      "Proxy-Connection": "p", "Content-Type": "text/evil", "Content-Encoding": "gzip",
      "Content_Length": null,
  "Accept": "text/html", "Accept-Encoding": "identity", "Accept-Language": "de", "Origin": "o", "Referer": "r", "User-Agent": "u", "Range": "bytes=0-1", "If-None-Match": "*"}');
SELECT send('{"content_length": "3", "transfer_encoding": "chunked"}');
-- values of all JSON scalars; nulls are none
SELECT send('{"x-hasura-number": 1.50, "x-hasura-flag": true, "x-hasura-none": null, "x-hasura-empty": ""}');
SELECT test.failure($$SELECT send('{"x-a": ["1"]}')$$);
SELECT test.failure($$SELECT send('{"x-hasura-a": "1", "X-Hasura-A": "2"}')$$);
SELECT test.failure($$SELECT send('{"x-hasura-a-b": "1", "x-hasura-a_b": "2"}')$$);
SELECT test.failure($$SELECT send('{"x-a": "1", "X-A": "2"}')$$);
-- one of the two names only, so that an upstream is not left to choose
SELECT count(*) FROM send('{"x-a": "1", "x_a": "2", "x_hasura_a": "3", "x-hasura_a": "4"}') AS line
    WHERE line ~ '^x.a:|^x.hasura.a';
SELECT test.failure($$SELECT send(jsonb_build_object('x-a', E'secret\r\nx-b: 1'))$$);
SELECT test.failure($$SELECT send(jsonb_build_object('x-a', E'secret\x7f'))$$);
SELECT test.failure(format('SELECT send(jsonb_build_object(%L, %L))', name, 'secret'))
    FROM unnest(ARRAY['', ' x-a', 'x-a ', 'x a', 'x-a:', E'x-a\nx-b', 'ä', 'x"a', '(x)']) AS name;
SELECT test.requests() AS requests;
-- who one is by the URL comes before who the client says one is
SELECT remote_rel.update_remote_schema('auth0', jsonb_build_object('url',
    replace(test.url(), '://', '://agent:password@'), 'forward_client_headers', true));
SELECT send('{"authorization": "mine", "Authorization2": "other"}');

-- an environment without what is needed: the fields fail, and only those who see everything are told by what
INSERT INTO remote_rel.remote_schema (name, ordinal, definition, sdl, sdl_given)
    VALUES ('lacks', 99, '{"url_from_env": "REMOTE_REL_NO_SUCH_VARIABLE"}',
    'type Query { lacks: String }', true);
CREATE ROLE regress_headers;
SELECT remote_rel.add_remote_schema_permissions('lacks', 'regress_headers', 'type Query { lacks: String }');
SELECT test.resolve('{ lacks counter }');
SELECT test.resolve('{ lacks }', 'regress_headers');

-- An upstream that repeats what it got. In errors, what is configured is taken out ...
CREATE TABLE t (id int PRIMARY KEY);
INSERT INTO t VALUES (1);
CREATE FUNCTION echoing(message text, extensions json DEFAULT '{}') RETURNS jsonb LANGUAGE sql AS $$
  SELECT test.answering(json_build_object('data', NULL, 'errors',
      json_build_array(json_build_object('message', message, 'extensions', extensions)))::text) $$;
SELECT remote_rel.add_remote_schema('echo', jsonb_build_object('url',
    replace(test.url('faulty'), '://', '://agent:pass-word@') || '?key=k-in-query',
  'headers', '[{"name": "Authorization", "value": "Bearer to-ken-1"}, {"name": "X-Quoted",
      "value": "a \"quoted\" one"}, {"name": "X-Short", "value": "data"}, {"name": "X-Number",
      "value": "1000000"}, {"name": "X-N", "value": "nabcdef"}]'::jsonb),
      sdl => 'type Query { e(id: Int): String }');
SELECT remote_rel.create_remote_relationship('t', 'e', 'echo', '{"e": {"arguments": {"id": "$id"}}}');
SELECT test.resolve('{ e t { e } }',
    headers => echoing('bad "Bearer to-ken-1", to-ken-1, data, to-ken',
    '{"a": "x to-ken-1 y", "b": ["a \"quoted\" one"], "c": "YWdlbnQ6cGFzcy13b3Jk",
    "d": "http://agent:pass-word@host/?key=k-in-query", "e": [1000000, -1000000.5e3, 100000, true,
    null, {}], "f": "\nabcdef", "1000000": "name \" to-ken"}'));
SELECT test.failure(format('SELECT * FROM remote_rel.remote_join((SELECT array_agg(t) FROM t), %L, headers => %L)', 'e', echoing('bad Bearer to-ken-1')));
SET LOCAL remote_rel.on_remote_error = 'null';
SELECT (j.row).id, j.result FROM remote_rel.remote_join((SELECT array_agg(t) FROM t), 'e',
    headers => echoing('bad Bearer to-ken-1')) AS j;
SELECT test.resolve('{ e }', headers => test.answering('x', 200, 'text/to-ken-1'));
-- ... in those of introspection as well ...
SELECT test.failure(format('SELECT remote_rel.add_remote_schema(%L, %L)', 'refuses', jsonb_build_object('url',
  test.url('faulty', '?introspection=1&fault=body&body='
      || translate(encode(convert_to('{"errors": [{"message": "who is to-ken-1?"}]}', 'UTF8'),
      'base64'), E'+/=\n', '-_')),
  'headers', '[{"name": "Authorization", "value": "Bearer to-ken-1"}]'::jsonb)));
-- ... and data is data
SELECT test.resolve('{ e }', headers => test.answering('{"data": {"e": "to-ken-1"}}'));
ROLLBACK;
