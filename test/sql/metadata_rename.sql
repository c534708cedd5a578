CREATE DATABASE regress_metadata_rename;
\c regress_metadata_rename
\i test/setup.sql
-- Whatever is renamed, by whatever command, the metadata goes on meaning the same thing.

SELECT remote_rel.add_remote_schema('registry', '{"url": "http://127.0.0.1:1/"}', sdl =>
  'type Query { vessel(imo: String, near: Near): Vessel vessels(imos: [String]): [Vessel] } type Vessel { imo: String } input Near { imo: [String] any: [Near] text: String }');
CREATE VIEW shown AS
  SELECT format('%I.%I %s: %s', table_schema, table_name, name, definition) AS line FROM remote_rel.table_relationship
  UNION ALL SELECT format('registry %s %s: %s', type_name, name, definition) FROM remote_rel.remote_schema_relationship
  UNION ALL SELECT format('%I.%I %s: %I.%I', table_schema, table_name, name, function_schema,
      function_name) FROM remote_rel.computed_field
  UNION ALL SELECT format('%I.%I', function_schema, function_name) FROM remote_rel.tracked_function;
CREATE VIEW inconsistent AS
  SELECT i ->> 'type' AS type, i ->> 'name' AS name, i ->> 'reason' AS reason
  FROM jsonb_array_elements(remote_rel.metadata('{"type": "get_inconsistent_metadata",
      "args": {}}') -> 'inconsistent_objects') AS i;

-- Every kind of relation
BEGIN;
CREATE TABLE ships (imo text PRIMARY KEY, flag text);
CREATE VIEW ships_view AS SELECT * FROM ships;
CREATE MATERIALIZED VIEW ships_matview AS SELECT * FROM ships;
CREATE TABLE ships_parted (imo text, year int) PARTITION BY RANGE (year);
CREATE TABLE ships_2026 PARTITION OF ships_parted FOR VALUES FROM (2026) TO (2027);
CREATE TABLE ships_parent (imo text);
CREATE TABLE ships_child () INHERITS (ships_parent);
CREATE TYPE ship AS (imo text);
CREATE TABLE ships_typed OF ship;
CREATE FOREIGN DATA WRAPPER nothing;
CREATE SERVER nowhere FOREIGN DATA WRAPPER nothing;
CREATE FOREIGN TABLE ships_foreign (imo text) SERVER nowhere;
SELECT count(remote_rel.create_remote_relationship(t::regclass, 'papers', 'registry',
    '{"vessel": {"arguments": {"imo": "$imo"}}}'))
FROM unnest('{ships, ships_view, ships_matview, ships_parted, ships_child, ships_typed, ships_foreign}'::text[]) AS t;
ALTER TABLE ships RENAME COLUMN imo TO a;
ALTER VIEW ships_view RENAME COLUMN imo TO b;
ALTER MATERIALIZED VIEW ships_matview RENAME COLUMN imo TO c;
ALTER TABLE ships_parted RENAME COLUMN imo TO d;
-- those that inherit or share the column follow
ALTER TABLE ships_parent RENAME COLUMN imo TO e;
ALTER TYPE ship RENAME ATTRIBUTE imo TO f CASCADE;
ALTER FOREIGN TABLE ships_foreign RENAME COLUMN imo TO g;
SELECT * FROM shown ORDER BY 1;
ALTER TABLE ships RENAME TO r1;
ALTER VIEW ships_view RENAME TO r2;
ALTER MATERIALIZED VIEW ships_matview RENAME TO r3;
ALTER TABLE ships_parted RENAME TO r4;
ALTER TABLE ships_child RENAME TO r5;
-- the server lets ALTER INDEX, and ALTER TABLE for views, do it as well
ALTER INDEX ships_typed RENAME TO r6;
ALTER FOREIGN TABLE ships_foreign RENAME TO r7;
ALTER TABLE r2 RENAME TO r8;
SELECT * FROM shown ORDER BY 1;
CREATE SCHEMA fleet;
ALTER TABLE r1 SET SCHEMA fleet;
ALTER VIEW r8 SET SCHEMA fleet;
ALTER MATERIALIZED VIEW r3 SET SCHEMA fleet;
ALTER FOREIGN TABLE r7 SET SCHEMA fleet;
ALTER SCHEMA fleet RENAME TO "Große Flotte";
SELECT * FROM shown ORDER BY 1;
TABLE inconsistent;
ROLLBACK;

-- "$name" is a variable where it is the whole string; everything else that looks alike stays
BEGIN;
CREATE TABLE ships (imo text PRIMARY KEY, "the ""imo""" text, "$imo" text, imos text[], flag text);
SELECT remote_rel.create_remote_relationship('ships', 'nested', 'registry',
  '{"vessel": {"arguments": {"near": {"imo": ["$imo", "imo", "$the \"imo\"", "$"],
      "any": [{"imo": ["$imo", " $imo", "$$imo"]}, {"any": [{"text": "$imo"}]}], "text": "imo"}}}}',
  '{imo, "the \"imo\"", $imo, flag}');
SELECT remote_rel.create_remote_relationship('ships', 'listed', 'registry',
    '{"vessels": {"arguments": {"imos": ["$imo"]}}}', batch => '{"imo": "$imo"}');
ALTER TABLE ships RENAME imo TO "number ""1""";
SELECT * FROM shown ORDER BY 1;
ALTER TABLE ships RENAME "$imo" TO imo;
ALTER TABLE ships RENAME "the ""imo""" TO "$";
SELECT * FROM shown ORDER BY 1;
ALTER TABLE ships RENAME "number ""1""" TO "$imo";
SELECT * FROM shown ORDER BY 1;
TABLE inconsistent;
ROLLBACK;

-- The other end: targets of relationships between tables, and from types of a remote schema
BEGIN;
CREATE SCHEMA harbour;
SET LOCAL remote_rel.exposed_schemas = 'public, harbour, port';
CREATE TABLE ships (imo text PRIMARY KEY, owner text);
CREATE TABLE harbour.voyages (id int PRIMARY KEY, ship text REFERENCES ships, owner text);
SELECT remote_rel.create_remote_schema_remote_relationship('registry', 'Vessel', 'voyages',
  '{"to_source": {"relationship_type": "array", "table": {"schema": "harbour", "name": "voyages"},
      "field_mapping": {"imo": "ship"}}}');
SELECT remote_rel.create_array_relationship('ships', 'by_key',
    '{"foreign_key_constraint_on": {"table": {"schema": "harbour", "name": "voyages"},
    "column": "ship"}}');
SELECT remote_rel.create_array_relationship('ships', 'by_hand',
    '{"manual_configuration": {"remote_table": {"schema": "harbour", "name": "voyages"},
    "column_mapping": {"imo": "ship", "owner": "owner"}}}');
SELECT remote_rel.create_object_relationship('harbour.voyages', 'vessel', '{"foreign_key_constraint_on": "ship"}');
SELECT remote_rel.create_object_relationship('harbour.voyages', 'owned',
    '{"manual_configuration": {"remote_table": "ships", "column_mapping": {"owner": "owner"}}}');
SELECT remote_rel.metadata('{"type": "create_remote_relationship", "args": {"name": "mirrored", "table": "ships", "definition": {"to_source":
  {"relationship_type": "object", "table": "ships", "field_mapping": {"imo": "owner"}}}}}');
-- a column of one name on both sides: each table's own
ALTER TABLE ships RENAME owner TO company;
SELECT * FROM shown ORDER BY 1;
ALTER TABLE harbour.voyages RENAME owner TO charterer;
ALTER TABLE harbour.voyages RENAME ship TO vessel_imo;
ALTER TABLE harbour.voyages RENAME TO trips;
ALTER TABLE ships RENAME TO craft;
ALTER SCHEMA harbour RENAME TO port;
ALTER TABLE craft SET SCHEMA port;
SELECT * FROM shown ORDER BY 1;
TABLE inconsistent;
ROLLBACK;

-- Functions: of computed fields and root fields, renamed, moved, and with another of the name beside them
BEGIN;
CREATE SCHEMA lib;
CREATE TABLE ships (imo text PRIMARY KEY);
CREATE FUNCTION label(s ships) RETURNS text LANGUAGE sql STABLE AS $$ SELECT s.imo $$;
CREATE FUNCTION best() RETURNS SETOF ships LANGUAGE sql STABLE AS $$ SELECT * FROM ships $$;
SELECT remote_rel.add_computed_field('ships', 'label', 'label', 's');
SELECT remote_rel.add_computed_field('ships', 'label_too', 'label');
SELECT remote_rel.track_function('best', '{"custom_root_fields": {"function": "best"}}');
SELECT remote_rel.create_remote_relationship('ships', 'papers', 'registry',
    '{"vessel": {"arguments": {"imo": "$label"}}}');
ALTER FUNCTION label(ships) RENAME TO "the label";
ALTER ROUTINE best RENAME TO "the best";
ALTER FUNCTION "the label" SET SCHEMA lib;
ALTER ROUTINE "the best"() SET SCHEMA lib;
ALTER SCHEMA lib RENAME TO library;
ALTER TABLE ships RENAME TO craft;
SELECT * FROM shown ORDER BY 1;
TABLE inconsistent;
INSERT INTO craft VALUES ('IMO 1');
SELECT graphql_resolve('{ craft { imo label label_too } }');
CREATE FUNCTION other(int) RETURNS int LANGUAGE sql AS $$ SELECT 1 $$;
ALTER FUNCTION other RENAME TO unrelated;
SELECT * FROM shown WHERE line LIKE '%lib%' ORDER BY 1;
ROLLBACK;

-- Swapped within a transaction, in a function, in blocks that are rolled back in part
BEGIN;
CREATE TABLE a (x text, y text, z text);
CREATE TABLE b (x text, y text, z text);
SELECT remote_rel.create_remote_relationship('a', 'from_a', 'registry', '{"vessel": {"arguments": {"imo": "$x"}}}');
SELECT remote_rel.create_remote_relationship('b', 'from_b', 'registry', '{"vessel": {"arguments": {"imo": "$y"}}}');
DO $$
BEGIN
  ALTER TABLE a RENAME TO tmp;
  ALTER TABLE b RENAME TO a;
  ALTER TABLE tmp RENAME TO b;
  ALTER TABLE a RENAME y TO tmp;
  ALTER TABLE a RENAME x TO y;
  ALTER TABLE a RENAME tmp TO x;
  BEGIN
    ALTER TABLE a RENAME TO nothing;
    ALTER TABLE b RENAME TO a;
    RAISE division_by_zero;
  EXCEPTION WHEN division_by_zero THEN
    ALTER TABLE b RENAME z TO zz;
  END;
END
$$;
SELECT * FROM shown ORDER BY 1;
SAVEPOINT one;
ALTER TABLE a RENAME TO c;
SAVEPOINT two;
ALTER TABLE c RENAME x TO v;
ROLLBACK TO two;
ALTER TABLE c RENAME x TO w;
RELEASE one;
SELECT * FROM shown ORDER BY 1;
-- a command that fails leaves nothing behind
SAVEPOINT failing;
ALTER TABLE b RENAME x TO y;
ROLLBACK TO failing;
CREATE TABLE later (x text);
SELECT remote_rel.create_remote_relationship('later', 'from_later', 'registry',
    '{"vessel": {"arguments": {"imo": "$x"}}}');
ALTER TABLE later RENAME x TO y;
SELECT * FROM shown ORDER BY 1;
TABLE inconsistent;
ROLLBACK;
TABLE shown;

-- Commands that run inside of others
BEGIN;
CREATE TABLE ships (imo text, name text);
CREATE TABLE other (imo text);
SELECT remote_rel.create_remote_relationship('ships', 'papers', 'registry',
    '{"vessel": {"arguments": {"imo": "$imo"}}}');
-- in the middle of one
CREATE FUNCTION inside(text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN
  ALTER TABLE IF EXISTS other RENAME TO another;
  ALTER TABLE IF EXISTS another RENAME imo TO number;
  RETURN $1; END $$;
INSERT INTO ships VALUES ('a', 'b');
SELECT remote_rel.create_remote_relationship('other', 'papers', 'registry',
    '{"vessel": {"arguments": {"imo": "$imo"}}}');
ALTER TABLE ships ADD COLUMN more text, ALTER COLUMN name TYPE text USING inside(name);
SELECT * FROM shown ORDER BY 1;
-- by somebody else's event trigger, which comes before ours and after the command
CREATE FUNCTION aside() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
  IF to_regclass('craft') IS NOT NULL AND to_regclass('another') IS NOT NULL THEN
    ALTER TABLE another RENAME TO ships;
  END IF; END $$;
CREATE EVENT TRIGGER aside ON ddl_command_end WHEN TAG IN ('ALTER TABLE') EXECUTE FUNCTION aside();
ALTER TABLE ships RENAME TO craft;
SELECT * FROM shown ORDER BY 1;
TABLE inconsistent;
ROLLBACK;

-- What is left of a table that does not exist gives way
BEGIN;
CREATE TABLE ships (imo text);
CREATE FUNCTION label(s ships) RETURNS text LANGUAGE sql STABLE AS $$ SELECT s.imo $$;
SELECT remote_rel.create_remote_relationship('ships', 'papers', 'registry',
    '{"vessel": {"arguments": {"imo": "$imo"}}}');
SELECT remote_rel.add_computed_field('ships', 'label', 'label');
SELECT remote_rel.metadata('{"type": "replace_metadata", "version": 2, "args": {"allow_inconsistent_metadata": true, "metadata": {"version": 3, "sources": [{"name": "default", "kind": "postgres", "tables": [
  {"table": "ships", "computed_fields": [{"name": "label", "definition": {"function": "label"}}],
   "remote_relationships": [{"name": "papers",
       "definition": {"to_remote_schema": {"remote_schema": "registry", "lhs_fields": ["imo"],
       "remote_field": {"vessel": {"arguments": {"imo": "$imo"}}}}}}]},
  {"table": "gone", "computed_fields": [{"name": "label", "definition": {"function": "nothing"}}],
   "remote_relationships": [{"name": "papers",
       "definition": {"to_remote_schema": {"remote_schema": "registry", "lhs_fields": ["x"],
       "remote_field": {"vessel": {"arguments": {"imo": "$x"}}}}}},
                            {"name": "stays", "definition": {"to_remote_schema": {"remote_schema": "registry", "lhs_fields": ["imo"], "remote_field": {"vessel": {"arguments": {"imo": "$imo"}}}}}}]}]}],
  "remote_schemas": [{"name": "registry", "definition": {"url": "http://127.0.0.1:1/"}, "sdl": "type Query { vessel(imo: String): Vessel } type Vessel { imo: String }"}]}}}') ->> 'is_consistent' AS is_consistent;
ALTER TABLE ships RENAME TO gone;
SELECT * FROM shown ORDER BY 1;
TABLE inconsistent;
ROLLBACK;

-- An extension that moves takes along what is in it
BEGIN;
CREATE SCHEMA elsewhere;
CREATE EXTENSION moddatetime SCHEMA public;
CREATE TABLE ships (imo text);
CREATE FUNCTION label(s ships) RETURNS text LANGUAGE sql STABLE AS $$ SELECT s.imo $$;
ALTER EXTENSION moddatetime ADD FUNCTION label(ships);
SELECT remote_rel.add_computed_field('ships', 'label', 'label');
ALTER EXTENSION moddatetime SET SCHEMA elsewhere;
SELECT * FROM shown ORDER BY 1;
ROLLBACK;

\set QUIET on
\c postgres
DROP DATABASE regress_metadata_rename;
