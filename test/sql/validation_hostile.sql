-- Documents written to be expensive: each is answered well within the timeout, and none by an SQL error.
SET statement_timeout = '10s';
SET max_stack_depth = '2MB';
-- what is within the limits must be quick even where they are generous
SET remote_rel.max_query_tokens = 10000000;
SET remote_rel.max_query_depth = 5000;

CREATE TEMPORARY TABLE sdl AS SELECT $$
type Query { node: Node other: Node list(filter: Filter): [Node!]! f(a: Int, b: Int,
    c: [Int]): Int tree(value: Any): Int }
interface Node { id: ID! node: Node name: String }
type A implements Node { id: ID! node: Node name: String a: Int same: String }
type B implements Node { id: ID! node: Node name: String b: Int same: Int }
union AB = A | B
input Filter { and: [Filter!] not: Filter text: String }
scalar Any
$$::text AS text;

-- how many errors, and the first of them
CREATE FUNCTION pg_temp.check(document text, variables jsonb DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
  SELECT json_array_length(errors) || coalesce(': ' || left(errors -> 0 ->> 'message', 150), '')
  FROM sdl, remote_rel.validate_document(sdl.text, document, variables) AS errors
$$;
CREATE FUNCTION pg_temp.join(n int, pattern text, separator text DEFAULT ' ') RETURNS text LANGUAGE sql AS $$
  SELECT string_agg(replace(replace(replace(pattern, '<i>', i::text), '<j>', (i + 1)::text), '<h>',
      (i - 1)::text), separator ORDER BY i)
  FROM generate_series(1, n) AS i
$$;

-- fragments: a chain; a chain through fields; every second way doubled (2^1000 paths); all in one place; a cycle of all; all unused
SELECT pg_temp.check('{ node { ...F1 } }' || pg_temp.join(10000,
    'fragment F<i> on Node { id ...F<j> }') || 'fragment F10001 on Node { id }');
SELECT pg_temp.check('{ node { ...F1 } }' || pg_temp.join(4997,
    'fragment F<i> on Node { id node { ...F<j> } }') || 'fragment F4998 on Node { id }');
SELECT pg_temp.check('{ node { ...F1 } }' || pg_temp.join(1000,
    'fragment F<i> on Node { a: node { ...F<j> } b: node { ...F<j> } }')
                     || 'fragment F1001 on Node { id }');
SELECT pg_temp.check('{ node { ...F1 } }' || pg_temp.join(1000,
    'fragment F<i> on Node { a: node { ...F<j> } a: node { ...F<j> name } }')
                     || 'fragment F1001 on Node { id }');
SELECT pg_temp.check('{ node {' || pg_temp.join(10000, '...F<i>') || '} }'
    || pg_temp.join(10000, 'fragment F<i> on Node { id name node { id } }'));
SELECT pg_temp.check('{ node { ...F1 } }' || pg_temp.join(10000,
    'fragment F<i> on Node { id ...F<j> }') || 'fragment F10001 on Node { ...F1 }');
SELECT pg_temp.check(pg_temp.join(10000, 'fragment F<i> on Node { id }') || '{ node { id } }');
SELECT pg_temp.check('{ node { ...F1 } }' || pg_temp.join(300,
    'fragment F<i> on Node { ' || pg_temp.join(300, '...F<i>') || ' id }'));

-- each fragment spreads all others, on two sides; places that differ everywhere
SELECT pg_temp.check('{ node { ...F1 } other: node { ...F2 } }'
                     || (SELECT string_agg('fragment F' || i || ' on Node { x: id node { '
                         || pg_temp.join(100, '...F<i>') || '} }', ' ')
                         FROM generate_series(1, 100) AS i));
SELECT pg_temp.check('{' || pg_temp.join(5000, 'x<i>: node { id ...F } ')
    || '} fragment F on Node {' || pg_temp.join(5000, 'y<i>: id') || '}');

-- one field often: the same; the same with arguments; in conflict; under one key with selections; under many
SELECT pg_temp.check('{' || repeat('f ', 50000) || '}');
SELECT pg_temp.check('{' || repeat('f(a: 1, b: 2, c: [1, 2]) ', 20000) || '}');
SELECT pg_temp.check('{' || pg_temp.join(5000, 'x: f(a: <i>)') || '}');
SELECT pg_temp.check('{' || repeat('node { id name } ', 20000) || '}');
SELECT pg_temp.check('{' || pg_temp.join(20000, 'x<i>: node { id name }') || '}');
SELECT pg_temp.check('{' || repeat('node { ... on A { same } ... on B { other: same } id } ', 10000) || '}');
SELECT pg_temp.check('{ node {' || repeat('... on A { same } ... on B { same } ', 5000) || '} }');
SELECT pg_temp.check('{ node ' || repeat('{ node { id } node ', 150) || '{ id }' || repeat('}', 150) || '}');

-- variables: many; many not used; many not defined; many operations that reach many fragments
SELECT pg_temp.check('query (' || pg_temp.join(10000, '$v<i>: Int') || ') {'
    || pg_temp.join(10000, 'x<i>: f(a: $v<i>)') || '}');
SELECT pg_temp.check('query (' || pg_temp.join(10000, '$v<i>: Int') || ') { f }');
SELECT pg_temp.check('query (' || repeat('$v: Int ', 10000) || ') { f(a: $v) }');
SELECT pg_temp.check('{' || pg_temp.join(10000, 'x<i>: f(a: $v<i>)') || '}');
SELECT pg_temp.check(pg_temp.join(3000, 'query Q<i>($v: Int) { ...F1 }')
    || pg_temp.join(3000, 'fragment F<i> on Query { x<i>: f(a: $v) ...F<j> }')
                     || 'fragment F3001 on Query { f }');

-- values: long lists, wide and deep objects, arguments and fields of one name
SELECT pg_temp.check('{ f(c: [' || repeat('1 ', 200000) || ']) }');
SELECT pg_temp.check('{ f(c: [' || repeat('x ', 200000) || ']) }');
SELECT pg_temp.check('{ list(filter: {' || pg_temp.join(5000, 'x<i>: 1') || '}) { id } }');
SELECT pg_temp.check('{ tree(value: {' || pg_temp.join(20000, 'x<i>: 1') || '}) }');
SELECT pg_temp.check('{ tree(value: {' || repeat('x: 1 ', 20000) || '}) }');
SELECT pg_temp.check('{ f(' || repeat('a: 1 ', 20000) || ') }');
SELECT pg_temp.check('{ f(' || pg_temp.join(20000, 'a<i>: 1') || ') }');
SELECT pg_temp.check('{ f ' || repeat('@include(if: true) ', 20000) || '}');
SELECT pg_temp.check('{ list(filter: ' || repeat('{not: ', 150) || '{text: "x"}' || repeat('}', 150) || ') { id } }');

-- variables' values that nest: JSON's own limit comes first
SELECT pg_temp.check('query ($f: Filter) { list(filter: $f) { id } }',
    ('{"f": ' || repeat('{"not": ', 900) || 'null' || repeat('}', 900) || '}')::jsonb);
SELECT pg_temp.check('query ($f: Filter) { list(filter: $f) { id } }',
    ('{"f": ' || repeat('{"not": ', 2000) || 'null' || repeat('}', 2000) || '}')::jsonb);
SELECT pg_temp.check('query ($c: [Int]) { f(c: $c) }',
    jsonb_build_object('c', (SELECT jsonb_agg(i) FROM generate_series(1, 200000) AS i)));
SELECT pg_temp.check('query ($c: [Int]) { f(c: $c) }',
    jsonb_build_object('c', (SELECT jsonb_agg('x'::text) FROM generate_series(1, 200000) AS i)));

-- introspection
SELECT pg_temp.check('{' || pg_temp.join(2000, 'x<i>: __schema { types { ...T } }') || '} fragment T on __Type {'
                     || pg_temp.join(2000, 'y<i>: fields { name }') || '}');
SELECT pg_temp.check('{' || pg_temp.join(200, 'x<i>: __schema { types { ...T } }') || '} fragment T on __Type {'
                     || pg_temp.join(2000, 'y<i>: fields { type { fields { type { fields { name } } } } }') || '}');

-- conflicts among what is expensive to compare, and far down
SELECT pg_temp.check('{' || repeat('x: f(c: [' || repeat('1 ', 5000) || ']) ', 300) || 'x: f }');
SELECT pg_temp.check('{' || pg_temp.join(700, 'x: tree(value: {'
    || repeat('a: {b: 1, c: [1, 2, 3]} ', 100) || ' d: <i>})') || '}');
SELECT pg_temp.check('{ node { ...F1 } node { ...G1 } }'
    || pg_temp.join(4997,
    'fragment F<i> on Node { node { ...F<j> } } fragment G<i> on Node { node { ...G<j> } }')
                     || 'fragment F4998 on Node { id } fragment G4998 on Node { id: name }');
SELECT pg_temp.check('{ node { ...F1 } node { ...G1 } }'
    || pg_temp.join(10000, 'fragment F<i> on Node { ...F<j> } fragment G<i> on Node { ...G<j> }')
                     || 'fragment F10001 on Node { id } fragment G10001 on Node { id: name }');
-- sets of fields of which there are exponentially many
SELECT pg_temp.check('{ ...S }' || pg_temp.join(60, 'fragment F<i> on Node { a: node { ...F<j> } b: node { ...F<j> } }')
                     || ' fragment F61 on Node { id } fragment S on Query { node { '
                         || pg_temp.join(60, '...F<i>') || ' a: node { ...F1 } } }');

-- what every message shows is cut in each; of a schema's errors so many are listed
CREATE FUNCTION pg_temp.check_size(errors json) RETURNS text LANGUAGE sql AS $$
  SELECT count(*) || ' errors, ' || count(*) FILTER (WHERE length(e ->> 'message') > 10003)
      || ' too long, ' || count(*) FILTER (WHERE e ->> 'message' LIKE '%...') || ' cut'
  FROM json_array_elements(errors) AS e
$$;
SELECT pg_temp.check_size(remote_rel.validate_document(text,
    'query ' || repeat('O', 1000000) || '{' || pg_temp.join(150, 'x<i>: f(a: $v<i>)') || '}'))
    FROM sdl;
SELECT pg_temp.check_size(remote_rel.validate_document(text,
    '{ list(filter: {' || pg_temp.join(150, 'u<i>: 1') || ' text: "' || repeat('é', 500000)
    || '"}) { id } }')) FROM sdl;
SELECT pg_temp.check_size(remote_rel.validate_document(text,
    'query ($f: Filter) { list(filter: $f) { id } }', jsonb_build_object('f',
  (SELECT jsonb_object_agg('u' || i, 1) FROM generate_series(1, 150) AS i)
      || jsonb_build_object('text', repeat('é', 500000))))) FROM sdl;
SELECT pg_temp.check_size(remote_rel.validate_schema('type Query {' || repeat('a: Int ', 20000) || '}'));
