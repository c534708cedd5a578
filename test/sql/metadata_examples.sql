CREATE DATABASE regress_metadata_examples;
\c regress_metadata_examples
\i test/setup.sql
-- The files of test/metadata/: metadata as Hasura writes them, through the door, with a real GraphQL server behind.

CREATE SCHEMA shop;
SET remote_rel.exposed_schemas = 'public, shop';
CREATE TABLE region (code text PRIMARY KEY, chief text);
CREATE TABLE customers (id integer PRIMARY KEY, name text NOT NULL, auth0_id text, city text,
    region_code text REFERENCES region);
CREATE TABLE shop.orders (id integer PRIMARY KEY, customer_id integer REFERENCES customers, total numeric);
CREATE FUNCTION customer_label(c customers, session json) RETURNS text LANGUAGE sql STABLE
    AS $$ SELECT c.name || ', ' || c.city $$;
CREATE FUNCTION search_customers(session json, search text) RETURNS SETOF customers
    LANGUAGE sql STABLE AS $$ SELECT * FROM customers WHERE name ILIKE '%' || search || '%' $$;
CREATE FUNCTION customers_of(region text) RETURNS SETOF customers LANGUAGE sql STABLE AS $$ SELECT *
    FROM customers WHERE region_code = region $$;
INSERT INTO region VALUES ('N', 'auth0|1'), ('S', 'auth0|9');
INSERT INTO customers VALUES (1, 'Ann', 'auth0|1', 'Oslo', 'N'), (2, 'Bob', 'auth0|2', 'Rome', 'S'),
    (3, 'Cid', NULL, 'Nice', 'S');
INSERT INTO shop.orders VALUES (1, 1, 10), (2, 1, 20), (3, 2, 5);

-- A file, with the test server in the place of http://auth0.example
CREATE FUNCTION body(file text) RETURNS jsonb LANGUAGE sql
    AS $$ SELECT replace(file, 'http://auth0.example/graphql', test.url())::jsonb $$;
CREATE FUNCTION replaced(args jsonb, version integer DEFAULT 1) RETURNS jsonb LANGUAGE sql AS $$
  SELECT remote_rel.metadata(jsonb_build_object('type', 'replace_metadata', 'version', version, 'args', args)) $$;
CREATE FUNCTION exported() RETURNS jsonb LANGUAGE sql
    AS $$ SELECT remote_rel.metadata('{"type": "export_metadata", "args": {}}') $$;
CREATE FUNCTION number() RETURNS jsonb LANGUAGE sql
    AS $$ SELECT remote_rel.metadata('{"type": "export_metadata", "version": 2,
    "args": {}}') -> 'resource_version' $$;

-- The two bodies of Hasura's page, verbatim, their brackets closed
\set command `cat test/metadata/create_remote_relationship.json`
\set yaml `cat test/metadata/tables_yaml.json`
BEGIN;
CREATE TABLE users (id integer PRIMARY KEY, name text, auth0_id text);
INSERT INTO users VALUES (1, 'Daenerys Targaryen', 'auth0|1');
SELECT remote_rel.add_remote_schema('auth0', test.definition());
SELECT remote_rel.metadata(:'command');
SELECT test.resolve('query { users { name auth0_profile { nickname email last_login } } }');
SELECT replaced(jsonb_build_object('version', 3, 'sources',
    jsonb_build_array(jsonb_build_object('name', 'default', 'kind', 'postgres', 'tables',
    :'yaml'::jsonb)),
  'remote_schemas', '[{"name": "auth0", "definition": {"url": "http://127.0.0.1:1/"},
      "sdl": "type Query { auth0(id: ID!): Profile } type Profile { nickname: String }"}]'::jsonb));
SELECT exported() #> '{sources,0,tables}';
SELECT graphql_validate('query { users { name auth0 { nickname } } }');
ROLLBACK;

-- A whole export of version 3, wrapped as version 2 of the API has it; inconsistent only in what is told
\set v3 `cat test/metadata/export_v3.json`
BEGIN;
SELECT test.failure(format('SELECT replaced(%L)', body(:'v3')));
CREATE TEMP TABLE answer AS SELECT replaced(body(:'v3') - 'resource_version', 2) AS answer;
SELECT jsonb_pretty(answer - 'written_as') FROM answer;
-- json without its schema: so newer servers spell it
SELECT item ->> 'path', item ->> 'error', item ->> 'internal', item ->> 'left_out',
    replace(item ->> 'statements', 'pg_catalog.json)', 'json)')
  FROM answer, jsonb_array_elements(answer -> 'written_as') WITH ORDINALITY AS w(item, n) ORDER BY n;
SELECT test.masked(jsonb_pretty(exported()));
-- It works
SELECT test.resolve('{ allCustomers(order_by: {id: asc}) { label homeRegion { chief } purchases(order_by: {id: asc}) { id } neighbours { id } profile { email customer { id } sunshine { city } }
  weather { unit } orders_elsewhere(order_by: {id: asc}) { id } } searchCustomers(args: {search: "b"}) { id } }');
-- So do the statements
CREATE PROCEDURE run_all(items jsonb) LANGUAGE plpgsql AS $$
DECLARE
  item jsonb;
BEGIN
  FOR item IN SELECT i FROM jsonb_array_elements(items) WITH ORDINALITY AS a(i, n)
      WHERE i ? 'statements' ORDER BY n LOOP
    EXECUTE item ->> 'statements';
  END LOOP;
END
$$;
SELECT answer -> 'written_as' AS items FROM answer \gset
CALL run_all(:'items');
SELECT test.resolve('{ allCustomers(order_by: {id: asc}) { name } }', 'regress_export_clerk',
    headers => '{"x-hasura-user-id": "auth0|1"}');
SELECT rolname FROM pg_roles WHERE rolname LIKE 'regress_export%' ORDER BY 1;

-- Cleared and given back, the export is the same, and so is its number; over itself, too; of a number that is not its own it is refused
CREATE TEMP TABLE kept AS SELECT exported() AS metadata, number() AS number;
SELECT remote_rel.metadata('{"type": "clear_metadata", "args": {}}');
SELECT exported(), number() = kept.number AS same_number FROM kept;
SELECT replaced(metadata) FROM kept;
SELECT exported() = metadata AS same, number() = kept.number AS same_number FROM kept;
SELECT replaced(jsonb_build_object('metadata', metadata, 'resource_version', kept.number), 2) FROM kept;
SELECT exported() = metadata AS same, number() = kept.number AS same_number FROM kept;
SELECT remote_rel.update_remote_schema('auth0', test.definition() || '{"timeout_seconds": 5}', 'faster');
SELECT exported() = metadata AS same, number() = kept.number AS same_number FROM kept;
SELECT regexp_replace(test.failure(format('SELECT replaced(%L)',
    jsonb_build_object('metadata', metadata, 'resource_version', kept.number))), '\d{6,}', 'N', 'g')
    FROM kept;
SELECT regexp_replace(test.failure(format('SELECT remote_rel.metadata(%L)',
    jsonb_build_object('type', 'clear_metadata', 'args', '{}'::jsonb, 'resource_version',
    kept.number))), '\d{6,}', 'N', 'g') FROM kept;
SELECT remote_rel.metadata(jsonb_build_object('type', 'bulk', 'args', '[]'::jsonb, 'resource_version', number()));
ROLLBACK;

-- From a table to a table: a relationship like one by hand, with its aggregate; refused where the columns cannot be compared
BEGIN;
SELECT remote_rel.metadata('{"type": "pg_create_remote_relationship", "args": {"source": "default", "table": "customers", "name": "bought", "definition":
  {"to_source": {"source": "default", "table": {"schema": "shop", "name": "orders"}, "relationship_type": "array", "field_mapping": {"id": "customer_id"}}}}}');
SELECT remote_rel.metadata('{"type": "pg_create_remote_relationship", "args": {"table": {"schema": "shop", "name": "orders"}, "name": "buyer", "definition":
  {"to_source": {"table": "customers", "relationship_type": "object", "field_mapping": {"customer_id": "id"}}}}}');
SELECT test.resolve('{ customers(where: {bought: {total: {_gt: 5}}}) { bought(order_by: {id: desc}, limit: 1) { buyer { name } } bought_aggregate { aggregate { count } } } }');
SELECT test.failure($$SELECT remote_rel.metadata('{"type": "pg_create_remote_relationship", "args": {"table": "customers", "name": "x", "definition":
  {"to_source": {"table": {"schema": "shop", "name": "orders"}, "relationship_type": "array", "field_mapping": {"name": "id"}}}}}')$$);
CREATE ROLE regress_examples_clerk;
GRANT SELECT (id, name) ON customers TO regress_examples_clerk;
SELECT graphql_schema('regress_examples_clerk') ~ 'bought';
ALTER TABLE shop.orders DROP COLUMN customer_id;
SELECT remote_rel.metadata('{"type": "get_inconsistent_metadata", "args": {}}') -> 'inconsistent_objects';
ROLLBACK;

-- Older exports: their tables at the top; what is exported is version 3
\set v2 `cat test/metadata/export_v2.json`
\set v1 `cat test/metadata/export_v1.json`
BEGIN;
SELECT jsonb_pretty(replaced(body(:'v2')));
SELECT test.masked(jsonb_pretty(exported()));
SELECT replaced(exported());
SELECT jsonb_pretty(replaced(body(:'v1')));
SELECT test.masked(exported()::text);
ROLLBACK;

-- All that can be stored survives the way out and back, in any order of the commands
BEGIN;
SELECT remote_rel.add_remote_schema('zeta', '{"url_from_env": "HOME", "batch_size": 7,
    "max_concurrent_requests": 3, "headers": []}', NULL,
  'type Query { list(ids: [ID!]!): [Item!]! at(keys: [ID!]!): [Item]! } type Item { id: ID! n: Int }');
SELECT remote_rel.add_remote_schema('auth0', test.definition() || '{"customization": {"root_fields_namespace": "identity", "type_names": {"prefix": "A", "suffix": "B", "mapping": {"Profile": "Person"}},
  "field_names": [{"parent_type": "Login", "prefix": "l_", "mapping": {"at": "time"}}]}, "headers": [{"name": "b", "value": "2"}, {"name": "a", "value_from_env": "HOME"}]}', 'who');
SELECT remote_rel.add_remote_schema_permissions('zeta', r,
    'type Query { list(ids: [ID!]!): [Item!]! } type Item { id: ID! }', c)
  FROM (VALUES ('regress_z', 'last'), ('regress_a', NULL)) AS v(r, c);
SELECT remote_rel.create_remote_relationship('customers', 'listed', 'zeta',
    '{"list": {"arguments": {"ids": "$auth0_id"}}}', '{auth0_id,name}', '{"id": "$auth0_id"}',
    'array');
SELECT remote_rel.create_remote_relationship('customers', 'by_place', 'zeta',
    '{"at": {"arguments": {"keys": ["$id"]}}}', batch => '"position"');
SELECT remote_rel.metadata('{"type": "create_remote_relationship", "args": {"name": "commented", "table": "customers", "comment": "why", "definition":
  {"to_source": {"relationship_type": "object", "table": "region", "field_mapping": {"region_code": "code"}}}}}');
SELECT remote_rel.create_remote_schema_remote_relationship('zeta', 'Item', t.name, t.definition) FROM (VALUES
  ('z', '{"to_source": {"relationship_type": "array", "table": "customers", "field_mapping": {"n": "id"}}}'::jsonb),
  ('a', '{"to_remote_schema": {"remote_schema": "auth0",
      "remote_field": {"auth0": {"arguments": {"auth0_id": "$id"}}}}}')) AS t(name, definition);
SELECT remote_rel.create_array_relationship('region', 'people',
    '{"manual_configuration": {"remote_table": "customers",
    "column_mapping": {"code": "region_code"}, "insertion_order": "after_parent"}}');
SELECT remote_rel.add_computed_field('customers', 'label', 'customer_label', 'c', 'session', 'loud');
SELECT remote_rel.track_function('customers_of', '{"exposed_as": "query"}', 'where they live');
CREATE TEMP TABLE kept AS SELECT exported() AS metadata;
SELECT test.masked(jsonb_pretty(metadata)) FROM kept;
SELECT remote_rel.metadata('{"type": "clear_metadata", "args": {}}');
SELECT replaced(metadata) FROM kept;
SELECT exported() = metadata AS same FROM kept;
-- With the lists turned around
CREATE FUNCTION turned(value jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
BEGIN
  IF jsonb_typeof(value) = 'array' THEN
    RETURN coalesce((SELECT jsonb_agg(turned(e) ORDER BY n DESC)
        FROM jsonb_array_elements(value) WITH ORDINALITY AS a(e, n)), '[]');
  ELSIF jsonb_typeof(value) = 'object' THEN
    RETURN coalesce((SELECT jsonb_object_agg(k, CASE WHEN k IN ('definition',
        'using') THEN v ELSE turned(v) END) FROM jsonb_each(value) AS e(k, v)), '{}');
  END IF;
  RETURN value;
END
$$;
SELECT remote_rel.metadata('{"type": "clear_metadata", "args": {}}');
SELECT replaced(turned(metadata)), turned(metadata) <> metadata FROM kept;
SELECT exported() = metadata AS same FROM kept;
ROLLBACK;

-- Everything wrong at once, each where it is; what follows from something else is not told
BEGIN;
SELECT test.failure(format('SELECT replaced(%L)', '{"version": 3,
  "remote_schemas": [
    {"name": "good", "definition": {"url": "http://127.0.0.1:1/"},
        "sdl": "type Query { a(b: Int): Int }", "permissions": [{"role": "regress_x",
        "definition": {"schema": "type Query { c: Int }"}}, {"role": 5}]},
    {"name": "bad", "definition": {"url": "http://127.0.0.1:1/", "headers": [{"name": "a"}]},
        "permissions": [{"role": "regress_x", "definition": {"schema": "type Query { c: Int }"}}],
      "remote_relationships": [{"type_name": "T",
          "relationships": [{"name": "r", "definition": {"to_source": {"relationship_type": "array",
          "table": "customers", "field_mapping": {"id": "id"}}}}]}]},
    {"name": "broken", "definition": {"url": "http://127.0.0.1:1/"}, "sdl": "type Query {"},
    {"definition": {"url": "http://127.0.0.1:1/"}},
    {"name": "good", "definition": {"url": "http://127.0.0.1:1/"}, "sdl": "type Query { b: Int }"}],
  "sources": [{"name": "default", "tables": [
    {"table": {"schema": "public"}, "remote_relationships": []},
    {"table": "customers", "computed_fields": {},
        "object_relationships": [{"name": "x", "using": {"foreign_key_constraint_on": "region"}},
        {"name": "y", "using": {}}],
      "remote_relationships": [
        {"name": "to_bad", "definition": {"to_remote_schema": {"remote_schema": "bad", "remote_field": {"q": {}}}}},
        {"name": "to_good", "definition": {"to_remote_schema": {"remote_schema": "good",
            "lhs_fields": ["naem"], "remote_field": {"a": {"arguments": {"b": "$naem"}}}}}},
        {"name": "to_good", "definition": {"to_remote_schema": {"remote_schema": "good", "remote_fields": {}}}}]},
    {"table": "nowhere", "array_relationships": [{"name": "z",
        "using": {"foreign_key_constraint_on": {"table": "customers", "column": "id"}}}]}],
    "functions": ["nothing", 7, {"function": "customers_of", "configuration": {"exposed_as": 1}}]},
   {"name": 8}]}'));
SELECT exported();
ROLLBACK;

-- Names that no field can have, or another has already: refused; allowed, they are listed and leave the schema as it was
BEGIN;
CREATE FUNCTION plain(c customers) RETURNS text LANGUAGE sql STABLE AS $$ SELECT c.name $$;
CREATE FUNCTION with_lists(lists jsonb, allow boolean) RETURNS jsonb LANGUAGE sql AS $$
  SELECT replaced(jsonb_build_object('allow_inconsistent_metadata', allow, 'metadata', jsonb_build_object('version', 3,
    'sources', jsonb_build_array(jsonb_build_object('name', 'default', 'tables',
        jsonb_build_array(jsonb_build_object('table', 'customers') || lists))),
    'remote_schemas', '[{"name": "r", "definition": {"url": "http://127.0.0.1:1/"},
        "sdl": "type Query { a(b: Int): Int }"}]'::jsonb)), 2)
$$;
CREATE FUNCTION to_r(VARIADIC names text[]) RETURNS jsonb LANGUAGE sql AS $$
  SELECT jsonb_build_object('remote_relationships', jsonb_agg(jsonb_build_object('name', name, 'definition',
    '{"to_remote_schema": {"remote_schema": "r", "remote_field": {"a": {"arguments":
        {"b": "$id"}}}}}'::jsonb))) FROM unnest(names) AS name
$$;
SELECT test.failure($$SELECT with_lists(to_r('a b', '__x', '', 'city', 'label', 'fine', 'fine') || '{"computed_fields": [{"name": "label", "definition": {"function": "plain"}},
  {"name": "", "definition": {"function": "plain"}}],
      "object_relationships": [{"name": "__y",
      "using": {"foreign_key_constraint_on": "region_code"}}],
  "array_relationships": [{"name": "id", "using": {"manual_configuration": {"remote_table": "region", "column_mapping": {"region_code": "code"}}}}]}', false)$$);
SELECT i ->> 'type', i ->> 'name', i ->> 'reason' FROM jsonb_array_elements(with_lists(to_r('a b', '__x', 'city', 'label', 'fine') || '{"computed_fields": [{"name": "label", "definition":
  {"function": "plain"}}], "object_relationships": [{"name": "__y", "using": {"foreign_key_constraint_on": "region_code"}}]}', true) -> 'inconsistent_objects') AS i;
SELECT graphql_schema() ~ '__x|__y|a b', graphql_schema() ~ '  fine: Int',
    graphql_schema() ~ '  city: String', graphql_schema() ~ '  label: String';
-- A column that comes later takes the name
ALTER TABLE customers ADD COLUMN fine integer;
SELECT i ->> 'reason' FROM jsonb_array_elements(remote_rel.metadata('{"type": "get_inconsistent_metadata", "args": {}}') -> 'inconsistent_objects') AS i WHERE i ->> 'name' = 'customers.fine';
ROLLBACK;

\set QUIET on
\c postgres
DROP DATABASE regress_metadata_examples;
