-- A database of its own: what public has in it is what the test is about.
CREATE DATABASE regress_table_plans;
\c regress_table_plans
\i test/setup.sql
-- Shapes of plans, on a million rows and their ten parents.

SET jit = off;
SET max_parallel_workers_per_gather = 0;
CREATE TABLE parents (id int PRIMARY KEY, name text NOT NULL UNIQUE);
CREATE TABLE children (id int PRIMARY KEY, parent_id int NOT NULL REFERENCES parents, val int NOT NULL, note text);
CREATE TABLE toys (child_id int PRIMARY KEY REFERENCES children, name text);
INSERT INTO parents SELECT i, 'parent ' || i FROM generate_series(1, 10) AS i;
ALTER TABLE children DISABLE TRIGGER ALL;
INSERT INTO children SELECT i, 1 + i % 10, i % 1000, 'note ' || i FROM generate_series(1, 1000000) AS i;
ALTER TABLE children ENABLE TRIGGER ALL;
ALTER TABLE toys DISABLE TRIGGER ALL;
INSERT INTO toys SELECT i, 'toy ' || i FROM generate_series(1, 100000) AS i;
ALTER TABLE toys ENABLE TRIGGER ALL;
CREATE INDEX children_parent ON children (parent_id, id);
CREATE INDEX children_val ON children (val);
VACUUM (ANALYZE) parents, children, toys;

-- How a document's statement reads tables, sorts and limits, from the inside of its plan out; joins are the planner's business and differ from
-- version to version. Parameters are put in, as a plan for these values has them.
CREATE FUNCTION pg_temp.exact_plan(query text, variables jsonb DEFAULT NULL) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    statement json := graphql_explain(query, variables => variables) #> '{statements,0}';
    sql text := statement ->> 'sql';
    line text;
    shape text;
BEGIN
    FOR i IN REVERSE json_array_length(statement -> 'parameters') .. 1 LOOP
        sql := replace(sql, '$' || i, format('%L::%s',
            CASE WHEN statement #>> ARRAY['parameters', (i - 1)::text, 'value'] LIKE '[%'
            THEN translate(statement #>> ARRAY['parameters', (i - 1)::text, 'value'], '[]',
                '{}') ELSE statement #>> ARRAY['parameters', (i - 1)::text, 'value'] END,
            statement #>> ARRAY['parameters', (i - 1)::text, 'type']));
    END LOOP;
    FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || sql LOOP
        IF line ~ '(Limit|Sort|Scan|SubPlan|Join|Nested Loop)' AND line !~ '(Key:|Filter:|Bitmap Index)' THEN
            shape := concat_ws(' < ', regexp_replace(regexp_replace(line, '^[ >-]*|, loops.*', '',
                'g'), '^.*(Join|Nested Loop).*$', 'join'), shape);
        END IF;
    END LOOP;
    RETURN shape;
END
$$;
-- so few parents that either scan will do
CREATE FUNCTION pg_temp.plan(query text, variables jsonb DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
    SELECT regexp_replace(pg_temp.exact_plan(query, variables),
        '(Seq|Index) Scan (using parents_pkey )?on parents', 'Scan on parents', 'g')
$$;

-- one scan, and nothing else
SELECT pg_temp.plan('{ children { id note } }');
SELECT pg_temp.plan('{ children_by_pk(id: 5) { id parent { name } } }');
-- the index gives the order; the limit stops it
SELECT pg_temp.plan('{ children(order_by: {id: desc}, limit: 5) { id } }');
SELECT pg_temp.plan('{ children(where: {val: {_eq: 7}}, order_by: {id: asc}, limit: 5) { id } }');
SELECT pg_temp.plan('{ children(where: {id: {_in: [1, 2, 3]}}) { id } }');
-- objects: joined to the rows that are left by the limit, by key
SELECT pg_temp.plan('{ children(limit: 10) { id parent { name } } }');
SELECT pg_temp.plan('{ children(order_by: {id: asc}, limit: 10, offset: 20) { id parent { name } toys { name } } }');
SELECT pg_temp.plan('{ children(where: {val: {_eq: 3}}) { id parent { name } } }');
-- lists: for each parent by the index, and no further than its limit
SELECT pg_temp.plan('{ parents { name children(limit: 5, order_by: {id: asc}) { id val } } }');
SELECT pg_temp.plan('{ parents(where: {name: {_eq: "parent 3"}}) { children { id } children_aggregate { aggregate { count max { id } } } } }');
-- conditions over relationships are joins
SELECT pg_temp.plan('{ children(where: {parent: {name: {_eq: "parent 3"}}}, limit: 3) { id } }');
SELECT pg_temp.plan('{ parents(where: {children: {id: {_eq: 77}}}) { id } }');
SELECT pg_temp.plan('{ parents(where: {_not: {children: {}}}) { id } }');
-- that either will do is the small table's merit: by key where there is no other way, which a join that cannot use the index does not survive
SET enable_seqscan = off;
SET enable_bitmapscan = off;
SET enable_hashjoin = off;
SET enable_mergejoin = off;
SELECT pg_temp.exact_plan('{ children(where: {id: {_eq: 4}}) { id parent { name } toys { name } } }');
SELECT pg_temp.exact_plan('{ children(where: {id: {_eq: 4}}, limit: 1) { id parent { id children(limit: 1, where: {id: {_eq: 5}}) { id } } } }');
SELECT pg_temp.exact_plan('{ parents(where: {id: {_eq: 3}, children: {id: {_eq: 77}}}) { id } }');
RESET enable_seqscan;
RESET enable_bitmapscan;
RESET enable_hashjoin;
RESET enable_mergejoin;
-- sorted by the parent
SELECT pg_temp.plan('{ children(where: {val: {_lt: 2}}, order_by: [{parent: {name: asc}}, {id: asc}], limit: 3) { id parent { name } } }');
-- aggregates alone read no rows that they need not
SELECT pg_temp.plan('{ children_aggregate(where: {val: {_eq: 5}}) { aggregate { count } } }');
SELECT pg_temp.plan('{ children_aggregate { aggregate { max { id } } } }');

-- and they are quick: some milliseconds, whatever the machine
CREATE FUNCTION pg_temp.quick(query text, milliseconds int) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    start timestamptz;
    best double precision;
BEGIN
    FOR i IN 1 .. 5 LOOP
        start := clock_timestamp();
        PERFORM graphql_resolve(query);
        best := least(best, extract(epoch FROM clock_timestamp() - start) * 1000);
    END LOOP;
    RETURN best < milliseconds;
END
$$;
SELECT pg_temp.quick('{ parents { name children(limit: 5, order_by: {id: asc}) { id val parent { name } } } }', 20),
       pg_temp.quick('{ children(order_by: {id: desc}, limit: 10) { id parent { name children(limit: 1) { id } } } }', 20),
       pg_temp.quick('{ children_by_pk(id: 500000) { id parent { name } } }', 20),
       pg_temp.quick('{ children(where: {parent: {name: {_eq: "parent 3"}}}, limit: 3) { id } }', 20),
       pg_temp.quick('{ children_aggregate { aggregate { max { id } } } }', 20);

\set QUIET on
\c postgres
DROP DATABASE regress_table_plans;
