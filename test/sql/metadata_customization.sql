CREATE DATABASE regress_metadata_customization;
\c regress_metadata_customization
\i test/setup.sql
-- Customizations that leave a name unclear are refused.

BEGIN;
CREATE FUNCTION pg_temp.customize(customization text) RETURNS text LANGUAGE sql AS $body$
  SELECT test.failure(format('SELECT remote_rel.add_remote_schema(%L, %L, sdl => %L)', 'x',
      format('{"url": "http://127.0.0.1:1/", "customization": %s}', customization), $$
    type Query { ship: Ship  port: Place }  interface Place { code: String }  type Port implements Place { code: String  name: String }  type Ship { id: ID!  imo: ID }
    enum Flag { NO }  input Filter { name: String } $$))
$body$;
CREATE FUNCTION pg_temp.again() RETURNS void LANGUAGE sql AS $$ SELECT remote_rel.remove_remote_schema('x') $$;

SELECT pg_temp.customize('null'), pg_temp.again();
SELECT pg_temp.customize('{}'), pg_temp.again();
SELECT pg_temp.customize('{"root_fields_namespace": "harbour", "type_names": {"prefix": "Hb", "suffix": "_", "mapping": {"Ship": "Vessel", "String": "Text"}},
  "field_names": [{"parent_type": "Ship", "prefix": "s_", "mapping": {"imo": "number"}}, {"parent_type": "Query", "suffix": "_q"}]}'), pg_temp.again();

SELECT pg_temp.customize('{"namespace": "harbour"}');
SELECT pg_temp.customize('{"root_fields_namespace": "har bour"}');
SELECT pg_temp.customize('{"root_fields_namespace": "__h"}');
SELECT pg_temp.customize('{"type_names": {"prefix": "2"}}');
SELECT pg_temp.customize('{"type_names": {"mapping": {"Ship": "Port"}}}');
SELECT pg_temp.customize('{"type_names": {"prefix": "A", "mapping": {"Ship": "APort", "Flag": "a-b"}}}');
SELECT pg_temp.customize('{"field_names": [{"parent_type": "Boat", "prefix": "a"},
    {"parent_type": "Flag", "prefix": "a"}]}');
SELECT pg_temp.customize('{"field_names": [{"parent_type": "Ship", "mapping": {"imo": "id"}}]}');
SELECT pg_temp.customize('{"field_names": [{"parent_type": "Place", "mapping": {"code": "sign"}}]}');
SELECT pg_temp.customize('{"field_names": [{"parent_type": "Place", "mapping": {"code": "sign"}},
    {"parent_type": "Port", "mapping": {"code": "sign"}}]}'), pg_temp.again();
SELECT pg_temp.customize('{"field_names": [{"prefix": "a"}]}');
SELECT count(*) FROM remote_rel.remote_schema;
ROLLBACK;

\set QUIET on
\c postgres
DROP DATABASE regress_metadata_customization;
