\i test/setup.sql
-- validate_document() and validate_schema() are for everyone: none of these may take long, or much memory, and all errors are GraphQL's.
BEGIN;
SET LOCAL statement_timeout = '20s';
CREATE ROLE regress_limited;
GRANT CREATE, TEMPORARY ON DATABASE :"DBNAME" TO regress_limited;
SET LOCAL ROLE regress_limited;

-- text with the numbers 1 to n in the place of <i>, with the number after it in that of <j> (1 after n)
CREATE FUNCTION pg_temp.repeated(pattern text, n int) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(replace(replace(pattern, '<i>', i::text), '<j>', (i % n + 1)::text), ' ')
        FROM generate_series(1, n) AS i
$$;
-- how many errors, the first, and what the last says if it counts others
CREATE FUNCTION pg_temp.summary(errors json) RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(E'\n', json_array_length(errors), left(errors -> 0 ->> 'message', 120),
                     substring(errors -> -1 ->> 'message' FROM '^.* left out\.$'))
$$;

-- the same limits as graphql_resolve()
SELECT pg_temp.summary(remote_rel.validate_schema('type Query { a: Int } '
    || pg_temp.repeated('type T<i> { a: Int }', 40000)));
SELECT pg_temp.summary(remote_rel.validate_document('type Query { a: Int }', '{ ' || repeat('a ', 200000) || '}'));
SELECT test.failure('SELECT remote_rel.validate_document(''type Query {'' || repeat('' a: Int'', 100000) || '' }'', ''{ a }'')');
SELECT pg_temp.summary(remote_rel.validate_document('type Query { a: Query }',
    repeat('{ a ', 600) || repeat('}', 600)));
SELECT pg_temp.summary(remote_rel.validate_document('type Query { a: Int }', '{ a }',
    jsonb_build_object('x', jsonb_agg(i)))) FROM generate_series(1, 200000) AS i;

-- directives that use one another: in a chain, in a circle, all one that uses all others
SELECT pg_temp.summary(remote_rel.validate_schema('type Query { a: Int } '
    || pg_temp.repeated('directive @d<i>(a: Int @d<j>) on ARGUMENT_DEFINITION', 15000)));
SELECT pg_temp.summary(remote_rel.validate_schema('type Query { a: Int } directive @d15001 on ARGUMENT_DEFINITION '
    || replace(pg_temp.repeated('directive @d<i>(a: Int @d<j>) on ARGUMENT_DEFINITION', 15000), '@d1)', '@d15001)')));
SELECT pg_temp.summary(remote_rel.validate_schema('type Query { a: Int } '
    || pg_temp.repeated('directive @l<i> on ARGUMENT_DEFINITION directive @b<i>(a: Int @hub) on ARGUMENT_DEFINITION', 10000)
    || ' directive @hub(a: Int ' || pg_temp.repeated('@l<i>', 10000) || ') on ARGUMENT_DEFINITION'));
-- through input objects and enums
SELECT pg_temp.summary(remote_rel.validate_schema('type Query { a: Int } directive @d(x: I1) on INPUT_FIELD_DEFINITION | ENUM_VALUE '
    || replace(pg_temp.repeated('input I<i> { a: I<j> }', 20000), 'input I20000 { a: I1 }',
        'input I20000 { a: E } enum E { A @d }')));

-- input objects that hold one another, without and with an end
SELECT pg_temp.summary(remote_rel.validate_schema('type Query { a(x: I1): Int } '
    || pg_temp.repeated('input I<i> { a: I<j> }', 20000)));
SELECT pg_temp.summary(remote_rel.validate_schema('type Query { a(x: I1): Int } '
    || pg_temp.repeated('input I<i> { a: I<j>! }', 1000)));
SELECT pg_temp.summary(remote_rel.validate_schema('type Query { a(x: I1): Int } '
    || pg_temp.repeated('input I<i> { a: I<j>! }', 20000)));
SELECT pg_temp.summary(remote_rel.validate_schema('type Query { a(x: I1): Int } '
    || pg_temp.repeated('input I<i> { a: I<j> = {} }', 15000)));

-- mistakes among very many names: what was meant is searched for the first of them only
SELECT pg_temp.summary(remote_rel.validate_schema('type Query { a: Int } '
    || pg_temp.repeated('type Typexx<i> { a: Typezz<i> }', 20000)));
SELECT pg_temp.summary(remote_rel.validate_schema('type Query { a: Int } '
    || pg_temp.repeated('type Typexx<i> { a: Int } extend type Typezz<i> { b: Int }', 10000)));
SELECT pg_temp.summary(remote_rel.validate_schema('enum E { '
    || pg_temp.repeated('VALUE_X<i>', 15000) || ' } type Query { '
    || pg_temp.repeated('a<i>(x: E = VALUE_Z<i>): Int', 15000) || ' }'));
SELECT pg_temp.summary(remote_rel.validate_schema('input I { '
    || pg_temp.repeated('value_x<i>: Int!', 8000) || ' } type Query { '
    || pg_temp.repeated('a<i>(x: I = {value_z<i>: 1}): Int', 8000) || ' }'));
SELECT pg_temp.summary(remote_rel.validate_document('type Query { '
    || pg_temp.repeated('fieldxx<i>: Int', 40000) || ' }',
    '{ ' || pg_temp.repeated('fieldzz<i>', 40000) || ' }'));
ROLLBACK;
