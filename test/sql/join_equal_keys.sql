\i test/setup.sql
-- Batches by list: a result belongs to the keys that the column's type takes for equal, however they are spelled.

BEGIN;
CREATE EXTENSION IF NOT EXISTS citext;
CREATE TABLE things (id int PRIMARY KEY, small smallint, big bigint, num numeric, flt float8, uid uuid, tstz timestamptz,
    day date, pad char(5), ci citext, long interval, yes boolean, doc jsonb, dom numeric, txt text);
SET timezone = 'Europe/Berlin';
INSERT INTO things VALUES
    (1, 1, 10000000000, 1.50, 2, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '2026-01-01 12:00+00', '2026-01-01', 'ab', 'Key', '1 day', true, '"x"', 7, 'x'),
    (2, 2, 20000000000, 1.5, 0.1, 'b0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '2026-07-01 12:00+00', '2026-07-01', 'cd', 'kEY', '24:00', false, '"y"', 8, 'y'),
    (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
SELECT remote_rel.add_remote_schema('api', test.definition('faulty'), sdl => $$
    scalar Any
    type Query { items(keys: [Any]): [Item!] }
    type Item { key: Any  other: Any  name: String }
$$);
CREATE FUNCTION pg_temp.answer(col text, body text, several boolean DEFAULT false) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format($f$SELECT remote_rel.create_remote_relationship('things', 'r_%1$s%2$s', 'api',
        '{"items": {"arguments": {"keys": "$%1$s"}}}', batch => '{"key": "$%1$s"}', relationship_type => %3$L)$f$,
        col, left(several::text, 1), CASE WHEN several THEN 'array' ELSE 'object' END);
    RETURN test.resolve('{ things(order_by: {id: asc}) { r: r_' || col || left(several::text, 1) || ' { name } } }',
        headers => test.answering(regexp_replace('{"data": {"j0": ' || body || '}}', 'k(?=")', 'rr__k0Item', 'g')));
END
$$;

SELECT pg_temp.answer('num', '[{"k": 1.5, "name": "a"}]');
SELECT pg_temp.answer('flt', '[{"k": 2.0, "name": "a"}, {"k": 1e-1, "name": "b"}]');
SELECT pg_temp.answer('uid', '[{"k": "B0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11", "name": "b"}, {"k": "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11", "name": "a"}]');
SELECT pg_temp.answer('tstz', '[{"k": "2026-01-01T12:00:00Z", "name": "a"}, {"k": "2026-07-01T12:00:00.000Z", "name": "b"}]');
SELECT pg_temp.answer('day', '[{"k": "20260701", "name": "b"}, {"k": "2026-01-01", "name": "a"}]');
SELECT pg_temp.answer('pad', '[{"k": "ab", "name": "a"}, {"k": "cd", "name": "b"}]');
SELECT pg_temp.answer('ci', '[{"k": "KEY", "name": "both"}]');
SELECT pg_temp.answer('long', '[{"k": "24 hours", "name": "both"}]');
SELECT pg_temp.answer('yes', '[{"k": "f", "name": "b"}, {"k": true, "name": "a"}]');
SELECT pg_temp.answer('small', '[{"k": 2.0, "name": "b"}, {"k": "1", "name": "a"}]');
SELECT pg_temp.answer('big', '[{"k": 2e10, "name": "b"}, {"k": 10000000000, "name": "a"}]');
-- text is compared as text
SELECT pg_temp.answer('txt', '[{"k": "X", "name": "a"}, {"k": "y ", "name": "b"}, {"k": "\u0079", "name": "y"}]');
SELECT pg_temp.answer('doc', '[{"k": "y", "name": "b"}, {"k": "x", "name": "a"}]');
-- what cannot be read as the type belongs to no key, and does no harm
SELECT pg_temp.answer('dom', '[{"k": "seven", "name": "?"}, {"k": [7], "name": "?"}, {"k": {"a": 7}, "name": "?"},
    {"k": "\u0000", "name": "?"}, {"k": null, "name": "?"}, {"k": "8.0", "name": "b"}, {"k": 7.00, "name": "a"}]');
-- several results a key, several keys a result
SELECT pg_temp.answer('num', '[{"k": 1.5, "name": "a"}, {"k": 1.500, "name": "b"}, {"k": "1.50", "name": "c"}, {"k": 2, "name": "?"}]', true);
-- by two and by three fields
SELECT remote_rel.create_remote_relationship('things', 'two', 'api', '{"items": {"arguments": {"keys": "$num"}}}',
    batch => '{"key": "$num", "other": "$uid"}');
SELECT test.resolve('{ things(order_by: {id: asc}) { two { name } } }', headers => test.answering(
    '{"data": {"j0": [{"rr__k0Item": 1.5, "rr__k1Item": "B0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11", "name": "b"},
                      {"rr__k0Item": 1.5, "rr__k1Item": "A0EEBC999C0B4EF8BB6D6BB9BD380A11", "name": "a"}]}}'));
SELECT remote_rel.create_remote_relationship('things', 'three', 'api', '{"items": {"arguments": {"keys": "$num"}}}',
    batch => '{"key": "$num", "other": "$uid", "name": "$txt"}');
SELECT test.resolve('{ things(order_by: {id: asc}) { three { name } } }', headers => test.answering(
    '{"data": {"j0": [{"rr__k0Item": 1.5, "rr__k2Item": "B0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11", "rr__k1Item": "y", "name": "b"},
                      {"rr__k0Item": 1.5, "rr__k2Item": "A0EEBC999C0B4EF8BB6D6BB9BD380A11", "rr__k1Item": "x", "name": "a"}]}}'));
ROLLBACK;
