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

-- {{NAME}} in a URL is a variable of the server's environment; the definition keeps it
BEGIN;
SELECT remote_rel.add_remote_schema('whole', '{"url": "{{REMOTE_YOGA}}", "customization": {"root_fields_namespace": "whole",
    "type_names": {"prefix": "W"}}}');
SELECT remote_rel.add_remote_schema('two', '{"url": "{{ REMOTE_YOGA }}?a={{REMOTE_APOLLO}}", "customization":
    {"root_fields_namespace": "two", "type_names": {"prefix": "T"}}}');
SELECT test.resolve('{ whole { auth0(auth0_id: "auth0|1") { nickname } } two { auth0(auth0_id: "auth0|2") { nickname } } }');
SELECT name, definition -> 'url' FROM jsonb_to_recordset(remote_rel.metadata('{"type": "export_metadata", "args": {}}')
    -> 'remote_schemas') AS r(name text, definition jsonb) ORDER BY 1;
SELECT test.failure(format($$SELECT remote_rel.add_remote_schema('x', %L)$$, jsonb_build_object('url', url)))
FROM unnest(ARRAY['http://{{REMOTE_REL_NO_SUCH_VARIABLE}}/', '{{REMOTE_REL_NO_SUCH_VARIABLE}}{{PATH}}', 'http://{{}}/', 'http://{{ }}/', 'http://{{A',
    'http://{{A B}}/', 'http://a/{{A}}/{{', 'ftp://{{PATH}}/', 'http://u:p@127.0.0.1:1/{{PATH}}?q={{PATH}}']) AS url;
SELECT remote_rel.add_remote_schema('down', '{"url": "http://user:secret@127.0.0.1:1/{{PATH}}?key={{HOME}}"}', sdl => 'type Query { down: Int }');
SELECT test.resolve('{ down }');
CREATE ROLE regress_migrant;
SELECT remote_rel.add_remote_schema_permissions('down', 'regress_migrant', 'type Query { down: Int }');
SELECT test.resolve('{ down }', 'regress_migrant');
ROLLBACK;

-- customization: query_root and mutation_root are the root types; what a mapping names and is not there is a warning
BEGIN;
CREATE FUNCTION add(name text, sdl text, customization jsonb) RETURNS text LANGUAGE sql AS $$
    SELECT test.failure(format('SELECT remote_rel.add_remote_schema(%L, %L, sdl => %L)', name,
        test.mock(sdl) || jsonb_build_object('customization', customization), sdl)) $$;
SELECT add('ports', 'type Query { port: Port  ship: String }  type Mutation { open: Port  close: Port }  type Port { name: String  tide: Int }',
    '{"field_names": [{"parent_type": "query_root", "prefix": "h_", "mapping": {"port": "harbour", "prot": "x", "shp": "y"}},
      {"parent_type": "mutation_root", "mapping": {"open": "unlock"}, "suffix": "_it"}, {"parent_type": "Port", "mapping": {"nam": "n"}}],
      "type_names": {"mapping": {"Port": "Harbour", "Prot": "X", "Float": "Real", "Nothing": "N"}}}');
SELECT test.show('{ harbour { name __typename } h_ship }');
SELECT test.show('mutation { unlock { name } close_it { tide } }');
SELECT add('x', 'type Query { a: Int }', '{"field_names": [{"parent_type": "Query", "prefix": "x"}, {"parent_type": "query_root"}, {"parent_type": "mutation_root"}]}');
-- a type of that name comes first
SELECT add('named', 'type Query { a: query_root }  type query_root { b: Int }', '{"field_names": [{"parent_type": "query_root", "prefix": "x_"}],
    "type_names": {"mapping": {"query_root": "Inner"}}}');
SELECT test.show('{ a { x_b } }');
-- __typename and its like have no other name
SELECT add('x', 'type Query { a: T }  type T { b: Int }', '{"field_names": [{"parent_type": "T", "mapping": {"__typename": "kind", "b": "c"}}],
    "type_names": {"mapping": {"__Type": "X"}}}');
SELECT add('x', 'type Query { a: T }  type T { b: Int }', '{"field_names": [{"parent_type": "T", "mapping": {"b": "__typename"}}]}');
-- the same when metadata are replaced: the answer lists them
SELECT jsonb_pretty(remote_rel.metadata(jsonb_build_object('type', 'replace_metadata', 'args', jsonb_build_object('allow_inconsistent_metadata', true, 'metadata', '{"version": 3}'
    || jsonb_build_object('remote_schemas', jsonb_build_array('{"name": "x", "sdl": "type Query { a: Int }", "definition": {"url": "http://127.0.0.1:1/", "customization":
    {"type_names": {"mapping": {"A": "B", "C": "D"}}, "field_names": [{"parent_type": "Qeury"}]}}}'::jsonb))))));

-- the type behind a namespace is the root type, under the name that type_names give it
SELECT remote_rel.remove_remote_schema('x');
SELECT add('one', 'type Query { a: Int }  type Mutation { a: Int }', '{"root_fields_namespace": "one"}');
SELECT add('two', 'type Query { a: Int }', '{"root_fields_namespace": "two"}'), add('two', 'type Q { a: Int }  schema { query: Q }', '{"root_fields_namespace": "two"}');
SELECT add('three', 'type Query { a: Int  again: Query! }  type Mutation { b: M }  type M { query: Query  b: Int }', '{"root_fields_namespace": "three", "type_names": {"prefix": "Three", "suffix": "_"}}');
SELECT add('four', 'schema { query: query_root  mutation: mutation_root }  type query_root { a: Int }  type mutation_root { a: Int }', '{"root_fields_namespace": "four"}');
SELECT add('five', 'type Query { a: Int }', '{"root_fields_namespace": "five", "type_names": {"prefix": "No", "mapping": {"Query": "Five"}}}');
SELECT test.show('{ one { __typename } two { __typename } three { __typename again { __typename a again { a } } a ...T } four { __typename } five { __typename } } fragment T on ThreeQuery_ { b: a }');
SELECT test.show('mutation { one { __typename a } three { __typename b { b query { a __typename } } } four { __typename a } }');
SELECT remote_rel.validate_schema(graphql_schema());
-- a table joined to such a root type hangs on what refers to the type, not on the namespace
CREATE TABLE notes (id int PRIMARY KEY);
SELECT remote_rel.create_remote_schema_remote_relationship('three', 'Query', 'notes', '{"to_source": {"relationship_type": "array", "table": "notes", "field_mapping": {"a": "id"}}}');
SELECT test.resolve('{ three { again { notes { id } } } }');
SELECT test.resolve('{ three { notes { id } } }');

-- a role that may only mutate a remote schema
CREATE ROLE regress_mutator;
SELECT remote_rel.add_remote_schema('both', test.mock('type Query { a: Int }  type Mutation { b(x: Int): B  c: Int }  type B { d: Int  e: Int }'));
SELECT remote_rel.add_remote_schema_permissions('both', 'regress_mutator', 'type Mutation { b(x: Int @preset(value: 5)): B }  type B { d: Int }');
SELECT remote_rel.add_remote_schema_permissions('three', 'regress_mutator', 'schema { mutation: Mutation }  type Mutation { b: M }  type M { b: Int }');
SELECT graphql_schema('regress_mutator');
SELECT test.show('mutation { b { d } three { b { b } } }', role => 'regress_mutator');
SELECT test.resolve('{ a }', 'regress_mutator'), test.resolve('mutation { c }', 'regress_mutator');
SELECT test.failure($$SELECT remote_rel.add_remote_schema_permissions('both', 'regress_migrant', 'type B { d: Int }')$$);
CREATE ROLE regress_migrant IN ROLE regress_mutator;
SELECT test.resolve('mutation { b { d } }', 'regress_migrant');
SELECT remote_rel.create_remote_relationship('notes', 'a', 'both', '{"a": {"arguments": {}}}');
GRANT SELECT ON notes TO regress_mutator;
SELECT test.resolve('{ notes { a } }', 'regress_mutator');
SELECT type, name FROM jsonb_to_recordset(remote_rel.metadata('{"type": "get_inconsistent_metadata", "args": {}}') -> 'inconsistent_objects') AS x(type text, name text);

-- _cin and _cnin: in the elements of a column, or in columns
CREATE TABLE crew (id int PRIMARY KEY, name text, nick text, names text[], captain int, mates int[]);
INSERT INTO crew VALUES (1, 'Ann', 'Ann', '{Ann,Bob}', 1, '{1,2}'), (2, 'Bob', 'B', '{Cid}', 1, '{2}'), (3, 'Cid', NULL, NULL, NULL, '{NULL,3}');
CREATE FUNCTION rows_of(filter jsonb, OUT condition text, OUT ids text) LANGUAGE plpgsql AS $$
DECLARE
    hint text;
BEGIN
    PERFORM remote_rel.metadata(jsonb_build_object('type', 'pg_create_select_permission', 'args', jsonb_build_object('table', 'crew',
        'role', 'regress_mutator', 'permission', jsonb_build_object('columns', '*', 'filter', filter, 'allow_aggregations', true))));
EXCEPTION WHEN feature_not_supported THEN
    GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
    condition := substring(hint FROM 'USING \((.*)\);');
    EXECUTE 'SELECT string_agg(id::text, '' '' ORDER BY id) FROM crew WHERE ' || condition INTO ids;
END
$$;
SELECT condition, ids FROM unnest(ARRAY['{"name": {"_cin": "names"}}', '{"id": {"_cin": "mates"}}', '{"id": {"_cnin": ["$", "mates"]}}', '{"name": {"_cin": ["nick"]}}',
    '{"id": {"_cin": ["captain", "id"]}}', '{"id": {"_cnin": ["captain", ["$", "captain"]]}}', '{"id": {"_cin": []}}', '{"id": {"_cnin": []}}',
    '{"_or": [{"id": {"_cin": ["captain"]}}, {"name": {"_cin": "names"}}]}']::jsonb[]) AS f, rows_of(f);
SELECT test.failure(format('SELECT rows_of(%L)', f)) FROM unnest(ARRAY['{"id": {"_cin": "names"}}', '{"id": {"_cin": "captain"}}', '{"id": {"_cin": "nothing"}}', '{"id": {"_cin": 5}}',
    '{"id": {"_cin": ["captain", "name"]}}', '{"id": {"_ceq": "name"}}', '{"names": {"_ceq": "mates"}}']) AS f;
-- a path of one column, types that compare
SELECT condition, ids FROM unnest(ARRAY['{"id": {"_ceq": ["captain"]}}', '{"id": {"_cin": [["captain"], "captain"]}}', '{"name": {"_cneq": "nick"}}', '{"names": {"_cne": "names"}}']::jsonb[]) AS f, rows_of(f);
ROLLBACK;
