\i test/setup.sql
-- What a small document can ask of the planner: conditions, relationships and fields that multiply. None may take long, whatever it nests.
BEGIN;
SET LOCAL jit = off;
SET LOCAL statement_timeout = '20s';
CREATE TABLE authors (id int PRIMARY KEY, name text, mentor_id int REFERENCES authors);
CREATE TABLE books (id int PRIMARY KEY, author_id int NOT NULL REFERENCES authors, title text);
CREATE FUNCTION shelf(authors) RETURNS SETOF books STABLE LANGUAGE sql AS 'SELECT * FROM books WHERE author_id = $1.id';
SELECT remote_rel.add_computed_field('authors', 'shelf', 'shelf') \g /dev/null
INSERT INTO authors SELECT i, 'author ' || i, nullif(i / 2, 0) FROM generate_series(1, 20) AS i;
INSERT INTO books SELECT i, 1 + i % 20, 'book ' || i FROM generate_series(1, 100) AS i;
ANALYZE authors, books;

-- before || (open, n times) || inner || (close, n times) || after
CREATE FUNCTION pg_temp.nest(before text, open text, n int, inside text, close text, after text) RETURNS text
    LANGUAGE sql AS $$ SELECT before || repeat(open, n) || inside || repeat(close, n) || after $$;
CREATE FUNCTION pg_temp.answer(query text, variables jsonb DEFAULT NULL) RETURNS text
    LANGUAGE sql AS $$ SELECT left(graphql_resolve(query, NULL, variables)::text, 190) $$;

-- conditions below _or: the planner plans each twice, and so what is in it
SELECT pg_temp.answer(pg_temp.nest('{ authors(where: ', '{_or: [{id: {_eq: 5}}, {authors: ', 50,
    '{}', '}]}', ', order_by: {id: asc}) { id } }'));
SELECT pg_temp.answer(pg_temp.nest('{ authors(where: ', '{_not: {_not: {mentor: ', 50, '{}', '}}}', ') { id } }'));
SELECT pg_temp.answer(pg_temp.nest('{ authors(where: ', '{_not: {id: {_gt: 10}, mentor: ', 50, '{}',
    '}}', ', limit: 2, order_by: {id: asc}) { id } }'));
SELECT pg_temp.answer(pg_temp.nest('{ authors(where: ', '{_or: [{id: {_eq: 5}}, {shelf: {author: ',
    25, '{}', '}}]}', ', limit: 2, order_by: {id: asc}) { id } }'));
-- the answer does not depend on which way was taken: 3 levels and more are planned otherwise than 2
SELECT n, pg_temp.answer(pg_temp.nest('{ authors(order_by: {id: asc}, where: ',
    '{_or: [{id: {_in: [1, 7]}}, {mentor: ', n, '{id: {_eq: 2}}', '}]}', ') { id } }'))
FROM generate_series(1, 6) AS n;
-- joins of one query: all relate the same columns
SELECT pg_temp.answer(pg_temp.nest('{ authors(where: ', '{books: {author: ', 25, '{}', '}}',
    ', limit: 2, order_by: {id: asc}) { id } }'));
SELECT pg_temp.answer('{ authors(where: {_and: ['
    || repeat(pg_temp.nest('', '{books: {author: ', 24, '{}', '}}', ', '), 20)
    || ']}, limit: 2, order_by: {id: asc}) { id } }');

-- deeper
SELECT pg_temp.answer(pg_temp.nest('{ authors(where: ', '{mentor: ', 51, '{}', '}', ') { id } }'));
SELECT pg_temp.answer(pg_temp.nest('{ authors(where: ',
    '{_or: [{authors_aggregate: {count: {predicate: {_gt: 0}, filter: ', 51, '{}', '}}}]}',
    ') { id } }'));
SELECT pg_temp.answer(pg_temp.nest('{ authors(where: ', '{shelf: {author: ', 26, '{}', '}}', ') { id } }'));
SELECT pg_temp.answer('query ($where: authors_bool_exp) { authors(where: $where) { id } }',
                      jsonb_build_object('where', pg_temp.nest('', '{"mentor": ', 51, '{}', '}', '')::jsonb));
-- what are no relationships may nest on
SELECT pg_temp.answer(pg_temp.nest('{ authors(where: ', '{_or: [{id: {_eq: 2}}, ', 300,
    '{id: {_eq: 1}}', ']}', ', order_by: {id: asc}) { id } }'));

-- sorting: one join for one relationship, however many keys are behind it; none without end
SELECT joins, pg_temp.answer(query)
FROM (SELECT '{ authors(limit: 2, order_by: ['
    || repeat('{mentor: {mentor: {name: asc}}}, {mentor: {name: desc}}, ', 249)
    || '{id: asc}]) { id } }') AS q(query),
     LATERAL (SELECT count(*) FROM regexp_matches(graphql_explain(query)::text, 'LEFT JOIN', 'g')) AS m(joins);
SELECT pg_temp.answer('{ authors(order_by: [' || repeat('{mentor: {name: asc}}, ', 501) || ']) { id } }');
SELECT pg_temp.answer(pg_temp.nest('{ authors(limit: 2, order_by: ', '{mentor: ', 400, '{id: desc}',
    '}', ') { id } }')) LIKE '{"data":{"authors":[{"id":%';
SELECT n, pg_temp.answer(pg_temp.nest('{ authors(limit: 3, order_by: [', '{mentor: ', n,
    '{id: asc}', '}', ', {id: desc}]) { id } }'))
FROM unnest(ARRAY[1, 2, 3, 49, 50, 51, 60]) AS n;

-- selecting: beyond 50 joined tables, objects are fetched by subqueries
SELECT array_agg(n ORDER BY n), answer
FROM unnest(ARRAY[1, 5, 49, 50, 51, 52, 120, 400]) AS n,
     pg_temp.answer(pg_temp.nest('{ authors(limit: 1, order_by: {id: desc}) ', '{ id mentor ', n,
         '{ id }', '}', ' }')) AS answer
GROUP BY answer ORDER BY 1;
SELECT json_object_keys, value FROM (SELECT string_agg(format('m%s: mentor { id }', i), ' ')
    FROM generate_series(1, 120) AS i) AS s(fields),
     json_each(graphql_resolve('{ authors_by_pk(id: 9) { ' || fields
         || ' } }') #> '{data,authors_by_pk}') AS e(json_object_keys, value)
WHERE value::text <> '{"id":4}' OR json_object_keys IN ('m1', 'm50', 'm51', 'm120');

-- fragments that multiply
SELECT pg_temp.answer((SELECT '{ authors { ...F1 } } '
    || string_agg(format('fragment F%s on authors { a: authors { ...F%s } b: authors { ...F%s } }',
    i, i + 1, i + 1), ' ')
                       FROM generate_series(1, 30) AS i) || ' fragment F31 on authors { id }');
SELECT pg_temp.answer((SELECT '{ ' || string_agg(format('a%s: authors_aggregate { ...A }', i), ' ')
    || ' } fragment A on authors_aggregate { '
                              || string_agg(format('b%s: aggregate { ...B }', i), ' ')
                                  || ' } fragment B on authors_aggregate_fields { '
                              || string_agg(format('c%s: max { ...C }', i), ' ')
                                  || '} fragment C on authors_max_fields { '
                                  || string_agg(format('d%s: id', i), ' ') || ' }'
                       FROM generate_series(1, 100) AS i));
-- many, in one root field and in a document
SELECT n, pg_temp.answer('{ authors(limit: 1) { id '
    || string_agg(format('a%s: books { id }', i), ' ') || ' } }') LIKE '{"data":%'
FROM unnest(ARRAY[1000, 1001]) AS n, generate_series(1, n) AS i GROUP BY n ORDER BY n;
SELECT pg_temp.answer('{ authors(where: {_or: [' || repeat('{mentor: {id: {_eq: 1}}}, ', 1001) || ']}) { id } }');
SELECT n, pg_temp.answer('query ($w: authors_bool_exp) { '
    || string_agg(format('a%s: authors(where: $w) { id }', i), ' ') || ' }',
                         jsonb_build_object('w', (SELECT jsonb_build_object('_or',
                             jsonb_agg('{"mentor": {}}'::jsonb))
                             FROM generate_series(1, 500)))) ~ '^{"data"'
FROM unnest(ARRAY[10, 11]) AS n, generate_series(1, n) AS i GROUP BY n ORDER BY n;

-- introspection, asked for again and again: in one field, and in many
CREATE FUNCTION pg_temp.aliased(n int, field text) RETURNS text LANGUAGE sql
    AS $$ SELECT string_agg(format('a%s: %s', i, field), ' ') FROM generate_series(1, n) AS i $$;
SELECT pg_temp.answer('{ __schema { ' || pg_temp.aliased(10000,
    'types { name fields { name } inputFields { name } }') || ' } }');
SELECT pg_temp.answer('{ ' || pg_temp.aliased(10000,
    '__schema { types { name fields { name } inputFields { name } } }') || ' }');
SELECT length(graphql_resolve('{ ' || pg_temp.aliased(100,
    '__schema { types { name fields { name } inputFields { name } } }') || ' }')::text) > 100000;

-- variables: as many values as a document may have tokens
SELECT n, pg_temp.answer('query ($ids: [Int!]) { authors(where: {id: {_in: $ids}}, limit: 1, order_by: {id: asc}) { id } }',
                         jsonb_build_object('ids', jsonb_agg(i)))
                             FROM unnest(ARRAY[199999, 200000]) AS n,
                             generate_series(1, n) AS i GROUP BY n ORDER BY n;
SELECT pg_temp.answer('query ($json: jsonb) { __typename }',
    jsonb_build_object('json', jsonb_agg('[]'::jsonb))) FROM generate_series(1, 300000);
SET LOCAL remote_rel.max_query_tokens = 20;
SELECT pg_temp.answer('{ __typename }', '{"a": [1, [2, {}], {"b": {"c": null}}]}'),
    pg_temp.answer('{ __typename }', jsonb_build_object('a', jsonb_agg(i)))
FROM generate_series(1, 20) AS i;
SELECT graphql_validate('{ __typename }', NULL, jsonb_build_object('a', jsonb_agg(i))) FROM generate_series(1, 20) AS i;
ROLLBACK;
