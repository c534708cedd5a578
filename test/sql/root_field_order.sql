CREATE DATABASE regress_root_field_order;
\c regress_root_field_order
\i test/setup.sql
-- The fields of query_root and mutation_root are sorted by name, wherever they come from.

CREATE TABLE zebra (id int PRIMARY KEY);
CREATE TABLE ant (id int PRIMARY KEY);
CREATE TABLE "Mole" (id int PRIMARY KEY);
CREATE FUNCTION middle() RETURNS SETOF ant LANGUAGE sql STABLE AS 'SELECT * FROM ant';
CREATE FUNCTION bump() RETURNS SETOF ant LANGUAGE sql AS 'INSERT INTO ant VALUES (1) RETURNING *';
SELECT remote_rel.track_function('middle'), remote_rel.track_function('bump', '{"exposed_as": "mutation"}');
-- two APIs with their fields in another order, one below a field of its own, one with prefixes
SELECT remote_rel.add_remote_schema('z', test.mock('type Query { yak: Int  bee: Int } type Mutation { wipe: Int  add: Int }'));
SELECT remote_rel.add_remote_schema('a', test.mock('type Query { newt: Int  cat: Int } type Mutation { zip: Int  burn: Int }'));
SELECT remote_rel.add_remote_schema('n', test.mock('type Query { yak: Int  bee: Int } type Mutation { wipe: Int  add: Int }')
    || '{"customization": {"root_fields_namespace": "lion", "type_names": {"prefix": "N_"}}}');
SELECT remote_rel.add_remote_schema('p', test.mock('type Query { yak: Int  bee: Int } type Mutation { wipe: Int  add: Int }')
    || '{"customization": {"field_names": [{"parent_type": "Query", "prefix": "k_"}, {"parent_type": "Mutation", "prefix": "k_"}]}}');
CREATE ROLE regress_root_reader;
GRANT SELECT, DELETE ON zebra, "Mole" TO regress_root_reader;
SELECT remote_rel.add_remote_schema_permissions('z', 'regress_root_reader', 'type Query { yak: Int  bee: Int } type Mutation { wipe: Int  add: Int }');

CREATE FUNCTION names(type text, role name) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(f ->> 'name', ' ' ORDER BY n) || CASE WHEN array_agg(f ->> 'name' ORDER BY n) = array_agg(f ->> 'name' ORDER BY f ->> 'name' COLLATE "C")
        THEN ': sorted' ELSE ': not sorted' END
    FROM json_array_elements(graphql_resolve('query ($t: String!) { __type(name: $t) { fields { name } } }', role, jsonb_build_object('t', type))
        #> '{data,__type,fields}') WITH ORDINALITY AS _(f, n) $$;
SELECT names(type, role) FROM unnest('{postgres,regress_root_reader}'::name[]) AS role, unnest('{query_root,mutation_root}'::text[]) AS type;
-- the same in SDL
SELECT names(type, 'postgres') = (SELECT string_agg(m[1], ' ' ORDER BY n) || ': sorted' FROM regexp_matches(
    split_part(split_part(graphql_schema(), 'type ' || type || ' {', 2), E'\n}', 1), '\n  (\w+)[(:]', 'g') WITH ORDINALITY AS _(m, n))
  FROM unnest('{query_root,mutation_root}'::text[]) AS type;
-- what is added later does not stand at the end; other names, other places
CREATE TABLE dog (id int PRIMARY KEY);
SELECT remote_rel.set_table_customization('zebra', '{"custom_name": "bear"}');
SELECT remote_rel.update_remote_schema('a', test.mock('type Query { newt: Int  emu: Int  cat: Int }'));
SELECT names(type, 'postgres') FROM unnest('{query_root,mutation_root}'::text[]) AS type;
SELECT remote_rel.set_naming('{"naming_convention": "graphql-default", "root_fields": {"prefix": "x_"}}');
SELECT names(type, 'postgres') FROM unnest('{query_root,mutation_root}'::text[]) AS type;
-- below a namespace: tables sorted, an API's fields as the API has them
SELECT remote_rel.set_naming('{"root_fields": {"namespace": "db"}}');
SELECT names(type, 'postgres') FROM unnest('{query_root,db_query,N_Query,mutation_root,db_mutation_frontend,N_Mutation}'::text[]) AS type;

\c postgres
SET client_min_messages = warning;
DROP DATABASE regress_root_field_order;
DROP ROLE regress_root_reader;
