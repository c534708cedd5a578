CREATE DATABASE regress_metadata_ddl;
\c regress_metadata_ddl
\i test/setup.sql
-- Tables change: no command is refused, what does not fit any more is out of the schema and listed at once, and comes back with what it needs.

CREATE ROLE regress_ddl_owner;
GRANT ALL ON SCHEMA public TO regress_ddl_owner;
DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO regress_ddl_owner', current_database()); END $$;
CREATE VIEW inconsistent AS
  SELECT i ->> 'type' AS type, i ->> 'name' AS name, i ->> 'reason' AS reason
  FROM jsonb_array_elements(remote_rel.metadata('{"type": "get_inconsistent_metadata",
      "args": {}}') -> 'inconsistent_objects') AS i;
CREATE FUNCTION fields(type text) RETURNS text LANGUAGE sql AS $$
  SELECT string_agg(f ->> 'name', ' ' ORDER BY f ->> 'name') FROM json_array_elements(
    graphql_resolve(format('{ __type(name: "%s") { fields { name } } }', type)) #> '{data,__type,fields}') AS f $$;
CREATE VIEW stored AS
  SELECT format('%s.%s %s', table_schema, table_name, name) AS what FROM remote_rel.table_relationship
  UNION ALL SELECT format('%s %s', type_name, name) FROM remote_rel.remote_schema_relationship
  UNION ALL SELECT format('%s.%s %s()', table_schema, table_name, name) FROM remote_rel.computed_field
  UNION ALL SELECT format('%s.%s()', function_schema, function_name) FROM remote_rel.tracked_function;

-- A database's tables, all of a role that has no right on our catalogs
CREATE FUNCTION create_all() RETURNS void LANGUAGE plpgsql AS $f$ BEGIN
  SET LOCAL ROLE regress_ddl_owner;
  SET LOCAL client_min_messages = error;
  CREATE DOMAIN imo AS text;
  CREATE TYPE flag AS ENUM ('PA', 'LR');
  CREATE TABLE ships (id integer PRIMARY KEY, imo imo, name text, flag flag);
  CREATE TABLE voyages (id integer PRIMARY KEY, ship integer REFERENCES ships, imo text, port text);
  CREATE VIEW big_ships AS SELECT * FROM ships;
  CREATE FUNCTION label(ships) RETURNS text LANGUAGE sql STABLE AS $$ SELECT $1.name $$;
  CREATE FUNCTION best() RETURNS SETOF ships LANGUAGE sql STABLE AS $$ SELECT * FROM ships $$;
  INSERT INTO ships VALUES (1, '9', 'a', 'PA');
  INSERT INTO voyages VALUES (1, 1, '9', 'HAM');
  RESET ROLE;
  PERFORM remote_rel.add_remote_schema('registry',
      test.mock('type Query { vessel(imo: String): Vessel  flagged(flag: Flag): Vessel }  type Vessel { imo: String }  enum Flag { PA LR }'));
  PERFORM remote_rel.create_remote_relationship('ships', 'vessel', 'registry',
      '{"vessel": {"arguments": {"imo": "$imo"}}}');
  PERFORM remote_rel.create_remote_relationship('ships', 'flagged', 'registry',
      '{"flagged": {"arguments": {"flag": "$flag"}}}');
  PERFORM remote_rel.create_remote_relationship('voyages', 'vessel', 'registry',
      '{"vessel": {"arguments": {"imo": "$imo"}}}');
  PERFORM remote_rel.create_remote_relationship('big_ships', 'vessel', 'registry',
      '{"vessel": {"arguments": {"imo": "$imo"}}}');
  PERFORM remote_rel.create_remote_schema_remote_relationship('registry', 'Vessel', 'ship',
      '{"to_source": {"relationship_type": "object", "table": "ships",
      "field_mapping": {"imo": "imo"}}}');
  PERFORM remote_rel.create_array_relationship('ships', 'trips',
      '{"manual_configuration": {"remote_table": "voyages", "column_mapping": {"imo": "imo"}}}');
  PERFORM remote_rel.add_computed_field('ships', 'label', 'label');
  PERFORM remote_rel.create_remote_relationship('ships', 'by_label', 'registry',
      '{"vessel": {"arguments": {"imo": "$label"}}}', '{label, name}');
  PERFORM remote_rel.track_function('best');
END $f$;
SELECT create_all();
TABLE inconsistent;
TABLE stored ORDER BY 1;
SELECT fields('ships');
SELECT test.resolve('{ ships { imo vessel { ship { id } } flagged { imo } by_label { imo } trips { vessel { imo } } label } best { id } big_ships { vessel { imo } } }');

-- A column that goes: named at once, listed, and healed when it comes back
BEGIN;
SET ROLE regress_ddl_owner;
DROP VIEW big_ships;
ALTER TABLE voyages DROP COLUMN imo;
ALTER TABLE ships DROP COLUMN flag;
-- what is not needed says nothing
ALTER TABLE voyages DROP COLUMN port;
RESET ROLE;
TABLE inconsistent;
SELECT fields('ships');
SELECT test.resolve('{ ships { vessel { imo } label } voyages { id } }');
SELECT test.resolve('{ ships { trips { id } } }');
ALTER TABLE ships ADD COLUMN flag flag;
ALTER TABLE voyages ADD COLUMN imo text;
TABLE inconsistent;
SELECT test.resolve('{ ships { trips { id } flagged { imo } } }');
ALTER TABLE ships DROP COLUMN name CASCADE;
TABLE inconsistent;
ROLLBACK;

-- A type that does not fit: looked at again at once, and healed when it fits again
BEGIN;
DROP VIEW big_ships;
SAVEPOINT s;
ALTER TABLE voyages ALTER COLUMN imo TYPE integer USING imo::integer;
TABLE inconsistent;
SELECT fields('voyages');
ALTER TABLE voyages ALTER COLUMN imo TYPE varchar(9);
TABLE inconsistent;
SELECT test.resolve('{ voyages { vessel { imo } } }');
ALTER TABLE ships ALTER COLUMN imo TYPE bytea USING imo::bytea;
TABLE inconsistent;
ALTER TABLE ships ALTER COLUMN imo TYPE imo USING convert_from(imo, 'UTF8');
TABLE inconsistent;
ROLLBACK TO s;
-- of a domain, which counts as its base type, an enum, and the table behind a view
ALTER TABLE ships ALTER COLUMN imo TYPE text;
CREATE DOMAIN number AS integer;
ALTER TABLE voyages ALTER COLUMN imo TYPE number USING imo::integer;
TABLE inconsistent;
ALTER DOMAIN number RENAME TO imo_number;
ALTER DOMAIN imo_number SET NOT NULL;
ALTER TABLE ships ALTER COLUMN flag TYPE text;
TABLE inconsistent;
SELECT test.resolve('{ ships { flagged { imo } } }');
ROLLBACK;
-- one that nothing can be found by
BEGIN;
DROP VIEW big_ships;
ALTER TABLE ships ALTER COLUMN imo TYPE json USING NULL;
TABLE inconsistent;
SELECT fields('Vessel');
ALTER TABLE ships ALTER COLUMN imo TYPE text USING '9';
TABLE inconsistent;
SELECT fields('Vessel');
ROLLBACK;
-- types that go take columns along
BEGIN;
DROP TYPE flag CASCADE;
DROP DOMAIN imo CASCADE;
TABLE inconsistent;
SELECT fields('ships');
ROLLBACK;

-- Functions: dropped, replaced, of another kind, several of the name
BEGIN;
DROP FUNCTION label(ships), best();
TABLE inconsistent;
SELECT fields('ships');
SELECT test.resolve('{ ships { id vessel { imo } } }');
CREATE FUNCTION label(ships, prefix text DEFAULT '') RETURNS text LANGUAGE sql STABLE AS $$ SELECT $2 || $1.name $$;
CREATE FUNCTION best() RETURNS SETOF voyages LANGUAGE sql STABLE AS $$ SELECT * FROM voyages $$;
TABLE inconsistent;
SELECT test.resolve('{ ships { label(args: {prefix: "MS "}) by_label { imo } } best { port } }');
CREATE OR REPLACE FUNCTION label(ships, prefix text DEFAULT '') RETURNS text LANGUAGE sql VOLATILE
    AS $$ SELECT $2 || $1.name $$;
TABLE inconsistent;
SELECT fields('ships');
CREATE OR REPLACE FUNCTION label(ships, prefix text DEFAULT '') RETURNS text LANGUAGE sql STABLE
    AS $$ SELECT $2 || $1.name $$;
CREATE FUNCTION label(voyages) RETURNS text LANGUAGE sql STABLE AS $$ SELECT $1.port $$;
TABLE inconsistent;
SELECT test.resolve('{ ships { id } }');
DROP FUNCTION label(ships, text);
TABLE inconsistent;
SELECT fields('ships');
DROP FUNCTION label(voyages), best();
CREATE FUNCTION label(ships) RETURNS integer LANGUAGE sql STABLE AS $$ SELECT $1.id $$;
CREATE FUNCTION best() RETURNS integer LANGUAGE sql STABLE AS $$ SELECT 1 $$;
TABLE inconsistent;
SELECT fields('ships');
ROLLBACK;

-- A table that goes: what starts at it goes with it, what ends at it is listed
BEGIN;
SET ROLE regress_ddl_owner;
DROP TABLE voyages;
RESET ROLE;
TABLE inconsistent;
TABLE stored ORDER BY 1;
-- another of the name is what the relationships mean
CREATE TABLE voyages (id integer PRIMARY KEY, imo text);
TABLE inconsistent;
SELECT test.resolve('{ ships { trips { id } } }');
SELECT fields('voyages');
ROLLBACK;
BEGIN;
SET ROLE regress_ddl_owner;
DROP TABLE ships CASCADE;
RESET ROLE;
TABLE inconsistent;
TABLE stored ORDER BY 1;
SELECT test.resolve('{ voyages { vessel { imo } } }');
ROLLBACK;
BEGIN;
DROP OWNED BY regress_ddl_owner;
TABLE inconsistent;
TABLE stored ORDER BY 1;
ROLLBACK;
BEGIN;
ALTER TABLE voyages RENAME TO trips;
CREATE SCHEMA fleet;
ALTER TABLE trips SET SCHEMA fleet;
DROP SCHEMA fleet CASCADE;
TABLE stored ORDER BY 1;
-- a temporary table of the name is nobody's business
CREATE TEMPORARY TABLE ships (id integer);
ALTER TABLE pg_temp.ships RENAME id TO imo;
ALTER TABLE pg_temp.ships RENAME TO big_ships;
DROP TABLE pg_temp.big_ships;
CREATE TEMPORARY TABLE ships (id integer) ON COMMIT DROP;
COMMIT;
TABLE stored ORDER BY 1;
DROP OWNED BY regress_ddl_owner;
GRANT ALL ON SCHEMA public TO regress_ddl_owner;
DELETE FROM remote_rel.remote_schema;
SELECT remote_rel.metadata('{"type": "clear_metadata", "args": {}}');
SELECT create_all();
TABLE inconsistent;

-- A column, a function, a foreign key that comes in the way of a name; a table that leaves the schema
BEGIN;
ALTER TABLE ships ADD COLUMN vessel text, ADD COLUMN trips text, ADD COLUMN label text;
TABLE inconsistent;
SELECT test.resolve('{ ships { vessel trips label flagged { imo } } }');
ALTER TABLE ships DROP COLUMN vessel, DROP COLUMN trips, DROP COLUMN label;
TABLE inconsistent;
CREATE TABLE vessels (id integer PRIMARY KEY);
ALTER TABLE ships ADD COLUMN vessel_id integer REFERENCES vessels;
TABLE inconsistent;
SELECT fields('ships');
ALTER TABLE ships RENAME TO "the ships";
TABLE inconsistent;
SELECT fields('Vessel');
ALTER TABLE "the ships" SET SCHEMA test;
TABLE inconsistent;
ROLLBACK;

-- A table that becomes a partition, and a table again
BEGIN;
CREATE TABLE parted (id integer, ship integer, imo text, port text) PARTITION BY LIST (port);
ALTER TABLE voyages DROP CONSTRAINT voyages_pkey;
ALTER TABLE parted ATTACH PARTITION voyages FOR VALUES IN ('HAM');
TABLE inconsistent;
ALTER TABLE parted DETACH PARTITION voyages;
TABLE inconsistent;
ROLLBACK;

-- Rights
BEGIN;
CREATE ROLE regress_ddl_reader;
GRANT SELECT (id) ON ships TO regress_ddl_reader;
SELECT remote_rel.add_remote_schema_permissions('registry', 'regress_ddl_reader',
    'type Query { vessel(imo: String): Vessel }  type Vessel { imo: String }');
SELECT test.resolve('{ ships { id vessel { imo } } }', 'regress_ddl_reader');
GRANT SELECT (imo) ON ships TO regress_ddl_reader;
SELECT test.resolve('{ ships { id vessel { imo } } }', 'regress_ddl_reader');
REVOKE SELECT (imo) ON ships FROM regress_ddl_reader;
SELECT test.resolve('{ ships { id vessel { imo } } }', 'regress_ddl_reader');
TABLE inconsistent;
ROLLBACK;

-- Whoever runs it, and whatever state our side is in, DDL goes through
BEGIN;
SET LOCAL session_replication_role = replica;
ALTER TABLE voyages RENAME imo TO number;
ALTER TABLE voyages RENAME TO trips;
TABLE inconsistent;
ROLLBACK;
BEGIN;
REVOKE ALL ON ALL TABLES IN SCHEMA remote_rel FROM CURRENT_USER;
REVOKE ALL ON SCHEMA remote_rel FROM PUBLIC;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA remote_rel FROM PUBLIC;
SET ROLE regress_ddl_owner;
ALTER TABLE voyages RENAME imo TO number;
ALTER TABLE voyages DROP COLUMN port;
DROP TABLE voyages;
ROLLBACK;
-- what is in the catalogs makes no sense
BEGIN;
UPDATE remote_rel.table_relationship SET definition = '[]' WHERE table_name = 'voyages';
UPDATE remote_rel.remote_schema_relationship SET definition = '{"to_source": 7}';
ALTER TABLE voyages ADD COLUMN x text;
ALTER TABLE voyages RENAME imo TO number;
ALTER TABLE voyages DROP COLUMN number;
ALTER TABLE voyages RENAME TO trips;
COMMENT ON TABLE trips IS 'here';
DROP TABLE trips;
DROP TABLE ships CASCADE;
ROLLBACK;
BEGIN;
UPDATE remote_rel.remote_schema SET sdl = 'type Query {', definition = 'null';
ALTER TABLE voyages RENAME imo TO number;
ALTER TABLE voyages DROP COLUMN number;
DROP TABLE voyages;
ROLLBACK;
-- or is not there
BEGIN;
ALTER TABLE remote_rel.table_relationship DROP COLUMN definition;
SELECT test.failure($$SELECT graphql_resolve('{ ships { id } }')$$);
ALTER TABLE voyages RENAME imo TO number;
ALTER TABLE voyages DROP COLUMN number;
DROP TABLE voyages;
ROLLBACK;
BEGIN;
ALTER EXTENSION remote_rel DROP TABLE remote_rel.computed_field;
DROP TABLE remote_rel.computed_field CASCADE;
ALTER TABLE voyages RENAME imo TO number;
CREATE TABLE other (a int);
ALTER TABLE other ADD COLUMN b int;
COMMENT ON TABLE other IS 'here';
DROP TABLE voyages;
ROLLBACK;
BEGIN;
ALTER EXTENSION remote_rel DROP FUNCTION remote_rel.follow_names(oid[], oid[]);
DROP FUNCTION remote_rel.follow_names(oid[], oid[]);
ALTER TABLE voyages RENAME imo TO number;
DROP TABLE voyages;
ROLLBACK;
BEGIN;
ALTER SCHEMA remote_rel RENAME TO elsewhere;
ALTER TABLE voyages RENAME imo TO number;
COMMENT ON TABLE voyages IS 'here';
DROP TABLE voyages;
ROLLBACK;

BEGIN;
ALTER TABLE remote_rel.table_relationship ALTER COLUMN definition TYPE bytea USING '\x00';
ALTER TABLE remote_rel.tracked_function DROP COLUMN configuration;
ALTER TABLE remote_rel.remote_schema ALTER COLUMN ordinal TYPE text;
ALTER TABLE voyages RENAME imo TO number;
ALTER TABLE voyages DROP COLUMN number;
DROP TABLE voyages;
ROLLBACK;

-- Without its event triggers nothing is followed, and the list tells
BEGIN;
ALTER EVENT TRIGGER remote_rel_before_ddl DISABLE;
ALTER EVENT TRIGGER remote_rel_after_ddl DISABLE;
ALTER EVENT TRIGGER remote_rel_after_drop DISABLE;
ALTER TABLE voyages RENAME imo TO number;
ALTER TABLE ships RENAME imo TO number;
DROP VIEW big_ships;
TABLE inconsistent;
ALTER EVENT TRIGGER remote_rel_before_ddl ENABLE ALWAYS;
ALTER EVENT TRIGGER remote_rel_after_ddl ENABLE ALWAYS;
ALTER EVENT TRIGGER remote_rel_after_drop ENABLE ALWAYS;
ALTER TABLE voyages RENAME number TO imo;
SELECT remote_rel.metadata('{"type": "delete_remote_relationship", "args": {"table": "big_ships", "name": "vessel"}}');
TABLE inconsistent;
ROLLBACK;

-- Reading only: no metadata is written, and DDL is the server's to refuse
BEGIN READ ONLY;
SELECT test.failure('ALTER TABLE voyages RENAME imo TO number');
SELECT test.failure($$SELECT remote_rel.remove_remote_schema('registry', true)$$);
ROLLBACK;

\set QUIET on
\c postgres
DROP DATABASE regress_metadata_ddl;
DROP ROLE regress_ddl_owner;
