CREATE DATABASE regress_metadata_remote_type;
\c regress_metadata_remote_type
\i test/setup.sql
-- Relationships that start at a type of a remote schema.

BEGIN;
CREATE TABLE notes (id integer PRIMARY KEY, about text, body text);
SELECT remote_rel.add_remote_schema('registry', '{"url": "http://127.0.0.1:1/",
    "customization": {"field_names": [{"parent_type": "Vessel", "mapping": {"flag": "colours"}}]}}',
  sdl => $$
  type Query { vessel(imo: ID!): Vessel  port: Place  any: Thing }
  type Vessel { imo: ID!  flag: String  crew: [String]  owner(at: String!): String  last(n: Int): Port }
  type Port implements Place { code: String! }
  interface Place { code: String! }
  union Thing = Vessel | Port
$$);
SELECT remote_rel.add_remote_schema('weather', '{"url": "http://127.0.0.1:1/"}',
    sdl => 'type Query { weather(port: String!): Weather } type Weather { wind: Int }');

SELECT remote_rel.create_remote_schema_remote_relationship('registry', 'Vessel', 'notes',
  '{"to_source": {"relationship_type": "array", "table": "notes", "field_mapping": {"imo": "about"}}}');
SELECT remote_rel.metadata('{"type": "create_remote_schema_remote_relationship", "args": {"remote_schema": "registry", "type_name": "Port", "name": "weather",
  "definition": {"to_remote_schema": {"remote_schema": "weather", "lhs_fields": ["code"], "remote_field": {"weather": {"arguments": {"port": "$code"}}}}}}}');
SELECT * FROM remote_rel.remote_schema_relationship ORDER BY 1, 2, 3;

CREATE FUNCTION pg_temp.create(type text, name text, definition text) RETURNS text
LANGUAGE sql AS $$ SELECT test.failure(format('SELECT remote_rel.create_remote_schema_remote_relationship(%L, %L, %L, %L)', 'registry', type, name, definition)) $$;
\set to_notes '{"to_source": {"relationship_type": "array", "table": "notes", "field_mapping": {"imo": "about"}}}'
SELECT pg_temp.create('Vessel', 'notes', :'to_notes');
SELECT pg_temp.create('Vessel', 'imo', :'to_notes');
SELECT pg_temp.create('Vessel', 'colours', :'to_notes');
SELECT pg_temp.create('Vessel', 'bad name', :'to_notes');
SELECT pg_temp.create('Vesel', 'x', :'to_notes');
SELECT pg_temp.create('Place', 'x', :'to_notes');
SELECT pg_temp.create('Thing', 'x', :'to_notes');
SELECT pg_temp.create('Port', 'x', :'to_notes');
SELECT pg_temp.create('Vessel', 'x', '{"to_source": {"relationship_type": "array", "table": "notes",
    "field_mapping": {"crew": "about", "owner": "bodi", "last": "id"}}}');
SELECT pg_temp.create('Vessel', 'x', '{"to_source": {"relationship_type": "array", "table": "note",
    "field_mapping": {"imo": "about"}}}');
SELECT pg_temp.create('Vessel', 'x', '{"to_remote_schema": {"remote_schema": "weathr",
    "remote_field": {"weather": {"arguments": {"port": "$imo"}}}}}');
SELECT pg_temp.create('Vessel', 'x', '{"to_remote_schema": {"remote_schema": "weather",
    "remote_field": {"weather": {"arguments": {"port": "$crew"}}}}}');
SELECT pg_temp.create('Vessel', 'x', '{"to_remote_schema": {"remote_schema": "weather",
    "remote_field": {"weather": {"arguments": {"port": "$nme"}}}}}');
SELECT pg_temp.create('Vessel', 'x', '{}');
SELECT pg_temp.create('Vessel', 'x', '{"to_source": {}, "to_remote_schema": {}}');
SELECT test.failure($$SELECT remote_rel.create_remote_schema_remote_relationship('regist', 'Vessel',
    'x', '{"to_source": {"relationship_type": "array", "table": "notes",
    "field_mapping": {"imo": "about"}}}')$$);

SELECT remote_rel.update_remote_schema_remote_relationship('registry', 'Vessel', 'notes',
  '{"to_source": {"relationship_type": "object", "table": {"schema": "public", "name": "notes"},
      "field_mapping": {"flag": "about"}}}');
SELECT definition FROM remote_rel.remote_schema_relationship WHERE name = 'notes';
SELECT test.failure($$SELECT remote_rel.remove_remote_schema('registry')$$);
SELECT test.failure($$SELECT remote_rel.remove_remote_schema('weather')$$);
SELECT remote_rel.delete_remote_schema_remote_relationship('registry', 'Vessel', 'notes');
SELECT remote_rel.metadata('{"type": "delete_remote_schema_remote_relationship",
    "args": {"remote_schema": "registry", "type": "Port", "name": "weather"}}');
SELECT test.failure($$SELECT remote_rel.delete_remote_schema_remote_relationship('registry', 'Port', 'weather')$$);
SELECT remote_rel.remove_remote_schema('registry');
SELECT count(*) FROM remote_rel.remote_schema_relationship;
ROLLBACK;

\set QUIET on
\c postgres
DROP DATABASE regress_metadata_remote_type;
