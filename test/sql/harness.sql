\i test/setup.sql
-- What the other tests rely on: servers that count, helpers that print no port.

SELECT name, test.masked(url) FROM test.server WHERE name <> 'faulty' ORDER BY name;
SELECT test.masked(test.url('apollo', '?delay=5'));
SELECT test.masked(test.url(rest => '/stats'));
SELECT test.masked(test.definition()::text);

SELECT test.requests();
SELECT test.requests('apollo');
SELECT test.stats();
SELECT count(*) FROM test.log();

SELECT test.pretty('{"b": 1, "a": [], "o": {}, "t": "x, {y}\u0001"}');
SELECT test.pretty(json_build_object('data', json_build_object('users',
  (SELECT json_agg(json_build_object('name', 'user ' || i, 'profile', NULL, 'numbers',
      json_build_array(i, 1.50))) FROM generate_series(1, 3) i))));

SELECT test.failure('SELECT 1');
SELECT test.failure('SELECT 1 / 0');
SELECT test.failure($$DO 'BEGIN RAISE EXCEPTION ''could not reach http://127.0.0.1:4711/'' USING DETAIL = ''why'', HINT = ''what''; END'$$);
