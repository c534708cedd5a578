\i test/setup.sql
-- What people who come from Hasura expect.

BEGIN;
CREATE TABLE harbours (id int PRIMARY KEY, name text, facts jsonb);
CREATE TABLE ships (id int PRIMARY KEY, harbour_id int REFERENCES harbours, length float8);
INSERT INTO harbours VALUES (1, 'Oslo', '{"a": [{"b c": 1}, {"b": [2, 3]}], "k": {"x": 4}}'), (2, 'Bodø', '[[5, 6], 7]');
INSERT INTO ships VALUES (1, 1, 10), (2, 1, 20), (3, 2, NULL), (4, NULL, 40);

-- functions: names of nameless arguments, counted among themselves
CREATE FUNCTION chosen(int, named int, int DEFAULT 3) RETURNS SETOF ships LANGUAGE sql STABLE
    AS 'SELECT * FROM ships WHERE id IN ($1, $2, $3)';
CREATE FUNCTION taken(int, arg_1 int, int, arg_3 int) RETURNS SETOF ships LANGUAGE sql STABLE
    AS 'SELECT * FROM ships WHERE id IN ($1, $2 + 1, $3, $4)';
CREATE FUNCTION of_session(int, s json, int) RETURNS SETOF ships LANGUAGE sql STABLE
    AS $$ SELECT * FROM ships WHERE id IN ($1, $3, ($2 ->> 'x-hasura-ship')::int) $$;
CREATE FUNCTION label(harbours, int, sep text, int) RETURNS text LANGUAGE sql STABLE
    AS $$ SELECT $1.name || $3 || ($2 + $4) $$;
SELECT remote_rel.track_function('chosen', comment => 'two or three');
SELECT remote_rel.track_function('taken');
SELECT remote_rel.track_function('of_session', '{"session_argument": "s"}');
SELECT remote_rel.add_computed_field('harbours', 'label', 'label');
SELECT test.resolve('{ chosen(args: {arg_1: 1, named: 2, arg_2: 4}, order_by: {id: asc}) { id }
    b: chosen(args: {arg_1: 1, named: 2}, order_by: {id: asc}) { id }
    taken(args: {arg_2: 1, arg_1: 1, arg_4: 9, arg_3: 3}, order_by: {id: asc}) { id } of_session(args: {arg_1: 1, arg_2: 2}, order_by: {id: asc}) { id } }',
    headers => '{"x-hasura-ship": "4"}');
SELECT graphql_validate('{ of_session(args: {arg_3: 1}) { id } }');
SELECT test.resolve('{ harbours_by_pk(id: 1) { label(args: {arg_1: 2, sep: ":", arg_2: 5}) } }');

-- their descriptions: the comment, else COMMENT ON FUNCTION, else one that is made
COMMENT ON FUNCTION taken(int, int, int, int) IS 'named like a number';
COMMENT ON FUNCTION chosen(int, int, int) IS 'not shown';
CREATE FUNCTION root_fields() RETURNS TABLE (name text, description text) LANGUAGE sql AS $$
    SELECT f ->> 'name', coalesce(f ->> 'description', 'none')
    FROM json_array_elements(graphql_resolve('{ __schema { queryType { fields { name description } } } }') #> '{data,__schema,queryType,fields}') AS f
    WHERE f ->> 'name' ~ '^(chosen|taken|some|of_session)' $$;
SELECT * FROM root_fields();
SELECT remote_rel.untrack_function('chosen'), remote_rel.untrack_function('of_session');
SELECT remote_rel.track_function('chosen', '{"custom_name": "some"}', comment => '');
SELECT remote_rel.track_function('of_session', '{"custom_root_fields": {"function": "someOther", "function_aggregate": "someCount"},
    "session_argument": "s"}');
SELECT * FROM root_fields();
SELECT test.resolve('{ some(args: {arg_1: 2, named: 9}) { id } some_aggregate(args: {arg_1: 2, named: 3}) { aggregate { count } }
    someOther(args: {arg_1: 4, arg_2: null}) { id } someCount(args: {arg_1: 5, arg_2: 3}) { aggregate { count } } }');
SELECT jsonb_pretty(remote_rel.metadata('{"type": "export_metadata", "args": {}}') #> '{sources,0,functions}');

-- aggregates in conditions: exactly one at a time
SELECT test.resolve('{ harbours(where: {ships_aggregate: {count: {predicate: {_eq: 2}}}}) { id }
    b: harbours(where: {ships_aggregate: {count: {predicate: {_gt: 0}}, max: null}}, order_by: {id: asc}) { id }
    c: harbours(where: {_and: [{ships_aggregate: {count: {predicate: {_gt: 0}}}}, {ships_aggregate: {max: {arguments: length, predicate: {_gt: 10}}}}]}) { id } }');
SELECT test.resolve('{ harbours(where: {ships_aggregate: {count: {predicate: {_eq: 2}}, max: {arguments: length, predicate: {_gt: 1}}}}) { id } }');
SELECT test.resolve('{ harbours(where: {ships_aggregate: {}}) { id } }');
SELECT test.resolve('query ($w: harbours_bool_exp) { harbours(where: $w) { id } }', variables => '{"w": {"ships_aggregate": {"count": null}}}');

-- paths: a dot may stand before a bracket
SELECT test.resolve('{ harbours(order_by: {id: asc}) { a: facts(path: "a.[0].[''b c'']") b: facts(path: "$.[0].[1]") c: facts(path: ".[1]")
    d: facts(path: "a.[1].b.[0]") e: facts(path: "$.k.[\"x\"]") f: facts(path: "$.") } }');
SELECT graphql_resolve(format('{ harbours { facts(path: "%s") } }', path)) #>> '{errors,0,message}'
FROM unnest(ARRAY['a.', 'a..[0]', 'a.[x]', 'a[0]b', '.', '[0', 'a.[0].', '$..']) AS path;

-- tables that are not there show in the answer of replace_metadata, and with allow_warnings false refuse it
SELECT jsonb_pretty(remote_rel.metadata('{"type": "replace_metadata", "version": 2, "args": {"allow_warnings": true, "metadata": {"version": 3, "sources": [{"name": "default", "kind": "postgres", "tables": [
    {"table": "harbours"}, {"table": "gone"}, {"table": {"schema": "pg_catalog", "name": "pg_class"}}]}]}}}'));
SELECT remote_rel.metadata('{"type": "replace_metadata", "args": {"version": 3, "sources": [{"name": "default", "kind": "postgres", "tables": [{"table": "gone"}]}]}}');
SELECT test.failure($$SELECT remote_rel.metadata('{"type": "replace_metadata", "args": {"allow_warnings": false, "metadata": {"version": 3, "sources": [{"name": "default", "kind": "postgres", "tables": [
    {"table": "harbours"}, {"table": "gone"}, {"table": {"schema": "pg_catalog", "name": "pg_class"}}]}]}}}')$$);
SELECT remote_rel.metadata('{"type": "replace_metadata", "args": {"allow_warnings": false, "metadata": {"version": 3, "sources": [{"name": "default", "kind": "postgres", "tables": [{"table": "harbours"}]}]}}}');
ROLLBACK;
