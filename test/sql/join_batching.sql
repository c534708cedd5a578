\i test/setup.sql
-- In how many requests a join goes upstream, and what is in them.

BEGIN;
CREATE TABLE users (id int PRIMARY KEY, name text, auth0_id text, n int);
INSERT INTO users SELECT i, 'user ' || i, 'auth0|' || i, i FROM generate_series(1, 250) AS i;
SELECT remote_rel.add_remote_schema('auth0', test.definition());
SELECT remote_rel.create_remote_relationship('users', 'profile', 'auth0',
    '{"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}');

-- 1, 100, 250 rows: 1, 1, 3 requests; and every row gets its own
SELECT test.reset();
SELECT * FROM test.counted('{ users(limit: 1, order_by: {id: asc}) { name profile { nickname email } } }');
SELECT query, variables FROM test.log();

CREATE FUNCTION joined(query text, variables jsonb DEFAULT NULL)
    RETURNS TABLE (rows bigint, right_ones bigint, errors jsonb, requests integer, keys jsonb) LANGUAGE plpgsql AS $$
DECLARE
    answer jsonb;
BEGIN
    PERFORM test.reset();
    answer := graphql_resolve(query, variables => variables);
    SELECT count(*), count(*) FILTER (WHERE e -> 'profile' ->> 'id' = 'auth0|' || (e ->> 'n'))
    INTO rows, right_ones FROM jsonb_array_elements(answer -> 'data' -> 'users') AS e;
    errors := answer -> 'errors';
    requests := test.requests();
    keys := test.stats() -> 'fields' -> 'Query.auth0';
    RETURN NEXT;
END
$$;

SELECT * FROM joined('{ users(where: {id: {_lte: 1}}) { n profile { id } } }');
SELECT * FROM joined('{ users(where: {id: {_lte: 99}}) { n profile { id } } }');
SELECT * FROM joined('{ users(where: {id: {_lte: 100}}) { n profile { id } } }');
SELECT * FROM joined('{ users(where: {id: {_lte: 101}}) { n profile { id } } }');
SELECT * FROM joined('{ users(where: {id: {_lte: 200}}) { n profile { id } } }');
SELECT * FROM joined('{ users { n profile { id } } }');
SELECT * FROM joined('query($n: Int!) { users(where: {id: {_lte: $n}}, order_by: {id: desc}) { n profile { id } } }', '{"n": 250}');

-- full batches have one text, which does not depend on the keys
SELECT count(*), count(DISTINCT query), bool_or(query LIKE '%auth0|%') AS keys_in_text FROM test.log();
SELECT count(*) AS full_batches, count(DISTINCT query) AS texts FROM test.log() WHERE variables ? 'rr__99_0';
SELECT v.n AS variables, count(*) FROM test.log(),
  LATERAL (SELECT count(*) AS n FROM jsonb_object_keys(variables)) AS v GROUP BY 1 ORDER BY 1;
SELECT * FROM joined('{ users(where: {id: {_gt: 50, _lte: 150}}) { n profile { id } } }');
CREATE TEMP TABLE texts AS SELECT query FROM test.log();
SELECT * FROM joined('{ users(where: {id: {_gt: 7, _lte: 107}}) { n profile { id } } }');
SELECT query = (SELECT query FROM texts) AS same_text FROM test.log();

-- no rows: no request
SELECT * FROM test.counted('{ users(where: {id: {_eq: 0}}) { n profile { id } } }');
-- the field is skipped: no request
SELECT * FROM test.counted('query($no: Boolean!) { users(limit: 1) { n profile @include(if: $no) { id } } }', variables => '{"no": false}');
-- the statement fails: its error alone
CREATE VIEW failing AS SELECT id, auth0_id, 1 / (id - 2) AS quotient FROM users;
SELECT remote_rel.create_remote_relationship('failing', 'profile', 'auth0',
    '{"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}');
SELECT test.reset();
SELECT * FROM test.counted('{ failing(order_by: {id: asc}) { quotient profile { id } } }');

-- NULL keys: null, nothing sent
UPDATE users SET auth0_id = NULL WHERE id % 2 = 1;
SELECT * FROM test.counted('{ users(where: {id: {_lte: 4}}, order_by: {id: asc}) { n profile { id } } }');
SELECT variables FROM test.log();
SELECT * FROM test.counted('{ users(where: {id: {_in: [1, 3, 5]}}, order_by: {id: asc}) { n profile { id } } }');

-- equal keys are sent once
UPDATE users SET auth0_id = 'auth0|' || 1 + id % 7;
SELECT test.reset();
SELECT * FROM test.counted('{ users(where: {id: {_lte: 4}}, order_by: {id: asc}) { n profile { id } } }');
SELECT rows, requests, keys FROM joined('{ users { n profile { id } } }');
-- in the same column: null, duplicates, and a key that nobody has
UPDATE users SET auth0_id = CASE id % 3 WHEN 0 THEN NULL WHEN 1 THEN 'auth0|1' ELSE 'nobody' END;
SELECT test.reset();
SELECT * FROM test.counted('{ users(where: {id: {_lte: 6}}, order_by: {id: asc}) { n profile { id } } }');
SELECT query, variables FROM test.log();

-- keys with all that JSON and GraphQL have to escape arrive as they are
CREATE TABLE words (id int PRIMARY KEY, word text);
INSERT INTO words VALUES (1, ''), (2, '"\/'), (3, E'\x01\x02\b\f\n\r\t\x1f\x7f'), (4, 'Größe 🐉'),
    (5, '$rr__0_0 {a} """ # ,'), (6, E'\u2028\ufeff'),
  (7, repeat('ab', 5000)), (8, ' '), (9, '\u0041');
SELECT remote_rel.create_remote_relationship('words', 'echo', 'auth0', '{"flaky": {"arguments": {"key": "$word"}}}');
SELECT test.reset();
SELECT (e ->> 'id')::int AS id, e ->> 'echo' = 'ok ' || (e ->> 'word') AS same
  FROM jsonb_array_elements(graphql_resolve('{ words(order_by: {id: asc}) { id word echo } }')::jsonb -> 'data' -> 'words') AS e;
SELECT test.requests();
SELECT query FROM test.log();
SELECT value = words.word AS arrived FROM test.log(),
    jsonb_each_text(variables) JOIN words ON 'rr__' || id - 1 || '_0' = key ORDER BY id;

-- keys that PostgreSQL tells apart by their bytes are asked for one by one: trailing blanks, case, normal forms
UPDATE words SET word = CASE id WHEN 1 THEN 'a' WHEN 2 THEN 'a ' WHEN 3 THEN 'A' WHEN 4 THEN U&'e\0301' WHEN 5 THEN U&'\00e9' ELSE 'a' END;
SELECT test.reset();
SELECT (e ->> 'id')::int AS id, e ->> 'echo' = 'ok ' || (e ->> 'word') AS same
  FROM jsonb_array_elements(graphql_resolve('{ words(order_by: {id: asc}) { id word echo } }')::jsonb -> 'data' -> 'words') AS e;
SELECT test.stats() -> 'fields';

-- the setting, and the remote schema's own size, which counts more
SET remote_rel.batch_size = 40;
UPDATE users SET auth0_id = 'auth0|' || id;
SELECT * FROM joined('{ users { n profile { id } } }');
SET remote_rel.batch_size = 1;
SELECT * FROM joined('{ users(where: {id: {_lte: 5}}) { n profile { id } } }');
SET remote_rel.batch_size = 1000;
SELECT * FROM joined('{ users { n profile { id } } }');
SELECT remote_rel.update_remote_schema('auth0', test.definition() || '{"batch_size": 60}');
SELECT * FROM joined('{ users { n profile { id } } }');
SELECT remote_rel.update_remote_schema('auth0', test.definition());
SELECT * FROM joined('{ users { n profile { id } } }');
RESET remote_rel.batch_size;

-- requests of one join go out side by side, as many as the settings allow
SELECT remote_rel.update_remote_schema('auth0', test.definition('yoga', '?delay=150'));
SET remote_rel.batch_size = 20;
SELECT * FROM joined('{ users { n profile { id } } }');
SELECT test.stats() ->> 'max_concurrent' AS max_concurrent;
SET remote_rel.max_concurrent_requests = 3;
SELECT * FROM joined('{ users { n profile { id } } }');
SELECT test.stats() ->> 'max_concurrent' AS max_concurrent;
SELECT remote_rel.update_remote_schema('auth0', test.definition('yoga', '?delay=150')
    || '{"max_concurrent_requests": 2}');
SELECT * FROM joined('{ users(where: {id: {_lte: 100}}) { n profile { id } } }');
SELECT test.stats() ->> 'max_concurrent' AS max_concurrent;
SELECT remote_rel.update_remote_schema('auth0', test.definition());
RESET remote_rel.batch_size;
RESET remote_rel.max_concurrent_requests;

-- two joins of one row are two requests; under one response key they are one
SELECT remote_rel.create_remote_relationship('users', 'account', 'auth0',
    '{"account": {"arguments": {"number": "$id"}}}');
SELECT test.reset();
SELECT * FROM test.counted('{ users(limit: 2, order_by: {id: asc}) { profile { id } account { id balance } } }');
SELECT query, variables FROM test.log() ORDER BY query;
SELECT * FROM test.counted('{ users(limit: 2, order_by: {id: asc}) { profile { id } profile { name } ... { profile { id email } } } }');

-- several root fields with the same join: each is a step of its own, with its own keys
SELECT * FROM test.counted('{ a: users(where: {id: {_eq: 1}}) { profile { id } } b: users(where: {id: {_lte: 2}}, order_by: {id: asc}) { profile { id } } }');

-- two keys in one join: the pair counts
CREATE TABLE places (id int PRIMARY KEY, city text, unit text);
INSERT INTO places VALUES (1, 'Rome', 'CELSIUS'), (2, 'Rome', 'FAHRENHEIT'), (3, 'Rome', 'CELSIUS'),
    (4, NULL, 'CELSIUS'), (5, 'Bern', NULL), (6, 'RomeC', 'ELSIUS');
SELECT remote_rel.create_remote_relationship('places', 'weather', 'auth0',
    '{"weather": {"arguments": {"city": "$city", "unit": "$unit"}}}');
SELECT test.reset();
SELECT * FROM test.counted('{ places(order_by: {id: asc}, where: {id: {_lt: 6}}) { id weather { city unit temperature } } }');
SELECT query, variables FROM test.log();
-- a key that does not fit its type: an error of its own row, and not sent
SELECT * FROM test.counted('{ places(order_by: {id: asc}, where: {id: {_gte: 3}}) { id weather { unit } } }');
SELECT variables FROM test.log() OFFSET 1;
-- when no key fits nothing is sent
SELECT * FROM test.counted('{ places(where: {id: {_eq: 6}}) { id weather { unit } } }');

-- no key at all: one request, one call, one value for all rows
SELECT remote_rel.create_remote_relationship('places', 'first', 'auth0',
    '{"auth0": {"arguments": {"auth0_id": "auth0|1"}}}');
SELECT test.reset();
SELECT * FROM test.counted('{ places(order_by: {id: asc}, limit: 2) { id first { name } } }');
SELECT query, variables FROM test.log();

-- the same at the other server
SELECT remote_rel.update_remote_schema('auth0', test.definition('apollo'));
SELECT test.reset('apollo');
SELECT count(*), count(DISTINCT e -> 'profile' ->> 'id') FROM
  jsonb_array_elements(graphql_resolve('{ users { n profile { id } } }')::jsonb -> 'data' -> 'users') AS e;
SELECT test.stats('apollo') - 'max_concurrent';
ROLLBACK;
