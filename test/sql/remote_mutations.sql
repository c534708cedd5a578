\i test/setup.sql
-- Mutations run in document order; what an error in one means for those after it. Lines with ">" are what the servers received.

BEGIN;
CREATE FUNCTION show(query text, variables jsonb DEFAULT NULL, role name DEFAULT NULL)
    RETURNS SETOF text LANGUAGE sql AS $$
    SELECT test.show(query, variables, role, servers => '{yoga,apollo}')
$$;
CREATE FUNCTION sdl() RETURNS text LANGUAGE sql AS $$ SELECT '
  type Query { n: Int }
  type Mutation { do(what: String): String  must(what: String): String!  fail: String  failHard: String!  nothing: Thing  make: Thing!  makes: [Thing!]! }
  type Thing { id: ID!  failHard: Int!  fail: Int  query: Query! }
' $$;
SELECT remote_rel.add_remote_schema('a', test.mock(sdl())
    || '{"customization": {"type_names": {"prefix": "A"}, "field_names": [{"parent_type": "Query",
    "prefix": "a_"}, {"parent_type": "Mutation", "prefix": "a_"}]}}');
SELECT remote_rel.add_remote_schema('b', test.mock(sdl(), 'apollo') ||
  '{"customization": {"root_fields_namespace": "b", "type_names": {"prefix": "B",
      "mapping": {"Query": "BQuery"}}, "field_names": [{"parent_type": "Mutation", "mapping":
      {"do": "act"}}]}}');

-- neighbours share a request, under aliases and namespaces, whatever of __typename stands between
SELECT show('mutation($w: String) { a_do(what: $w) x: a_do __typename b { act } c: b { act(what: "c") m: must __typename } y: a_must a_do(what: $w) }', '{"w": "W"}');
SELECT show('mutation { ...M b { act @skip(if: true) } z: a_do } fragment M on mutation_root { a_do ... on mutation_root { b { ...B } } b { must } } fragment B on BMutation { act }');
SELECT show('mutation { b { act @include(if: false) } }');

-- an error of a field that may be null is its own
SELECT show('mutation { a_fail b { fail act } y: a_do }');
SELECT show('mutation { a_nothing { failHard } a_make { id fail query { a_n } } b { act } }');
-- no data, so what comes after is not done
SELECT show('mutation { a_do a_failHard after: a_do b { act } last: a_do }');
SELECT show('mutation { b { act } a_make { id failHard } x: b { act } }');
SELECT show('mutation { a_makes { failHard } b { act } }');
-- a namespace may be null: what comes after it goes on
SELECT show('mutation { b { act failHard } a_do x: b { act } }');
-- a server that is not there
SELECT remote_rel.update_remote_schema('b', '{"url": "http://127.0.0.1:1/",
    "customization": {"type_names": {"prefix": "B", "mapping": {"Query": "BQuery"}}}}',
    sdl => sdl());
SELECT show('mutation { do a_do x: do }');
SELECT show('mutation { a_do must y: a_do x: must }');

-- upstreams without mutations, and roles without them
SELECT remote_rel.remove_remote_schema('a');
CREATE ROLE regress_reader;
CREATE ROLE regress_writer;
SELECT remote_rel.add_remote_schema_permissions('b', 'regress_reader', 'type Query { n: Int }');
SELECT remote_rel.add_remote_schema_permissions('b', 'regress_writer',
    'type Query { n: Int }  type Mutation { do(what: String): String }');
SELECT graphql_schema('regress_reader'), graphql_schema('regress_writer');
SELECT show('mutation { do }', role => 'regress_reader');
SELECT show('mutation { must do }', role => 'regress_writer');
SELECT show('mutation { do }', role => 'regress_writer');
SELECT remote_rel.remove_remote_schema('b');
SELECT remote_rel.add_remote_schema('c', test.mock('type Query { n: Int }')
    || '{"customization": {"root_fields_namespace": "c"}}');
SELECT graphql_schema();
SELECT show('mutation { c { n } }');
-- not in a read-only transaction, remote or not
SELECT remote_rel.add_remote_schema('d', test.mock('type Query { m: Int } type Mutation { do: Int }'));
SET TRANSACTION READ ONLY;
SELECT graphql_resolve('{ m }');
SELECT graphql_resolve('mutation { do }');
ROLLBACK;
