CREATE DATABASE regress_metadata_upstream;
\c regress_metadata_upstream
\i test/setup.sql
-- An upstream changes: what does not fit any more is listed, nothing else stops, and all is well again when the upstream is as it was.

CREATE TABLE ships (id integer PRIMARY KEY, imo text, port text);
INSERT INTO ships VALUES (1, '9', 'HAM');
CREATE ROLE regress_up_clerk;
CREATE ROLE regress_up_guest;
GRANT SELECT ON ships TO regress_up_clerk, regress_up_guest;
CREATE FUNCTION base() RETURNS text LANGUAGE sql AS $_$ SELECT $$
type Query { vessel(imo: ID!, lang: Lang): Vessel  vessels(imos: [ID!]): [Vessel!]  ports(filter: Filter): [Port]  search(text: String): Thing }
interface Named { name: String }
type Vessel implements Named { imo: ID!  name: String  flag: Flag }
type Port implements Named { code: String!  name: String }
union Thing = Vessel | Port
enum Flag { PA LR }
enum Lang { EN DE }
input Filter { code: String  flag: Flag  near: Near }
input Near { lat: Float!  lon: Float! }
$$ $_$;
CREATE VIEW inconsistent AS
  SELECT i ->> 'type' AS type, i ->> 'name' AS name, i ->> 'reason' AS reason
  FROM jsonb_array_elements(remote_rel.metadata('{"type": "get_inconsistent_metadata", "args": {}}') -> 'inconsistent_objects') AS i;
-- The upstream with something replaced, reloaded: what is listed then
CREATE FUNCTION after(VARIADIC replaced text[]) RETURNS SETOF inconsistent LANGUAGE plpgsql SET client_min_messages = error AS $$
DECLARE sdl text := base();
BEGIN
  FOR i IN 1 .. array_length(replaced, 1) / 2 LOOP
    IF position(replaced[2 * i - 1] IN sdl) = 0 THEN RAISE EXCEPTION 'nothing to replace: %', replaced[2 * i - 1]; END IF;
    sdl := replace(sdl, replaced[2 * i - 1], replaced[2 * i]);
  END LOOP;
  PERFORM test.change('registry', sdl);
  PERFORM remote_rel.reload_remote_schema('registry');
  RETURN QUERY TABLE inconsistent;
END
$$;
SELECT test.change('registry', base());
SELECT remote_rel.add_remote_schema('registry', test.changing('registry'));
SELECT remote_rel.add_remote_schema('tides', test.mock('type Query { tide(port: String): Tide }  type Tide { metres: Float }'));
SELECT remote_rel.create_remote_relationship('ships', 'vessel', 'registry', '{"vessel": {"arguments": {"imo": "$imo", "lang": "EN"}}}');
SELECT remote_rel.create_remote_relationship('ships', 'listed', 'registry', '{"vessels": {"arguments": {"imos": ["$imo"]}}}', batch => '{"imo": "$imo"}');
SELECT remote_rel.create_remote_relationship('ships', 'ports', 'registry', '{"ports": {"arguments": {"filter": {"code": "$port", "flag": "LR"}}}}');
SELECT remote_rel.create_remote_relationship('ships', 'tide', 'tides', '{"tide": {"arguments": {"port": "$port"}}}');
SELECT remote_rel.create_remote_schema_remote_relationship('registry', 'Vessel', 'ship', '{"to_source": {"relationship_type": "object", "table": "ships", "field_mapping": {"imo": "imo"}}}');
SELECT remote_rel.create_remote_schema_remote_relationship('registry', 'Port', 'tide', '{"to_remote_schema": {"remote_schema": "tides", "lhs_fields": ["code"], "remote_field": {"tide": {"arguments": {"port": "$code"}}}}}');
SELECT remote_rel.add_remote_schema_permissions('registry', 'regress_up_clerk', 'type Query { vessel(imo: ID!, lang: Lang @preset(value: DE)): Vessel }
  interface Named { name: String }  type Vessel implements Named { imo: ID!  name: String  flag: Flag }  enum Lang { EN DE }  enum Flag { PA }');
SELECT remote_rel.add_remote_schema_permissions('registry', 'regress_up_guest', 'type Query { ports(filter: Filter @preset(value: {near: {lat: 1, lon: 2}})): [Port] }
  type Port { code: String!  name: String }  input Filter { code: String  flag: Flag  near: Near }  enum Flag { PA LR }  input Near { lat: Float!  lon: Float! }');
TABLE inconsistent;
\set everything '{ ships { id vessel { name } listed { name } ports(filter: {near: {lat: 1, lon: 1}}) { code tide { metres } } tide { metres } } }'
SELECT test.resolve(:'everything');
SELECT test.resolve('{ ships { vessel { name flag } } vessel(imo: 1) { imo } }', 'regress_up_clerk');
SELECT test.reset();
SELECT test.resolve('{ ships { ports { name } } }', 'regress_up_guest');
SELECT variables FROM test.log();

-- A change that concerns nobody
SELECT * FROM after('name: String', 'name: String  built(year: Int): Int', 'lang: Lang', 'lang: Lang = EN, more: Boolean');
SELECT test.resolve('{ vessel(imo: 1, more: true) { built } }');
-- nothing the stored permissions do not say
SELECT test.resolve('{ vessel(imo: 1, more: true) { built } }', 'regress_up_clerk');

-- A field that is gone: the joined one, one that is joined by, one that results are matched by
SELECT * FROM after('vessels(imos: [ID!]): [Vessel!]', '');
SELECT test.resolve('{ ships { id vessel { name } listed { name } } }');
SELECT test.resolve('{ ships { id vessel { name } tide { metres } } }');
SELECT * FROM after('imo: ID!  name', 'name');
SELECT * FROM after('code: String!', 'kode: String!');
SELECT test.resolve('{ ships { vessel { name } } vessel(imo: 1) { imo ship { id } } }', 'regress_up_clerk');
SELECT test.resolve('{ ships { ports { name } } }', 'regress_up_guest');
-- A type that is gone
SELECT * FROM after('type Port implements Named { code: String!  name: String }', '', 'ports(filter: Filter): [Port]', '', ' | Port', '');
-- An argument: of another type, gone, one more that is required
SELECT * FROM after('imo: ID!, lang', 'imo: Int!, lang');
SELECT * FROM after('vessel(imo: ID!, lang: Lang)', 'vessel(lang: Lang)');
SELECT * FROM after('vessel(imo: ID!, lang: Lang)', 'vessel(imo: ID!, lang: Lang, year: Int!)');
SELECT * FROM after('imos: [ID!]', 'imos: ID');
SELECT * FROM after('code: String  flag: Flag  near: Near', 'codes: [String!]!  flag: Flag');
SELECT * FROM after('lat: Float!', 'lat: String!');
-- Another kind of type
SELECT * FROM after('enum Lang { EN DE }', 'scalar Lang');
SELECT * FROM after('enum Lang { EN DE }', 'input Lang { code: String }');
SELECT * FROM after('enum Flag { PA LR }', 'type Flag { code: String }', 'code: String  flag: Flag  near', 'code: String  flag: String  near');
SELECT * FROM after('union Thing = Vessel | Port', 'interface Thing { name: String }', 'type Vessel implements Named', 'type Vessel implements Named & Thing');
SELECT * FROM after('type Vessel implements Named {', 'interface Vessel implements Named {', ' = Vessel | Port', ' = Port');
-- A list, nullability
SELECT * FROM after('[Vessel!]', 'Vessel');
SELECT * FROM after('imo: ID!  name', 'imo: [ID!]  name');
SELECT * FROM after('ports(filter: Filter): [Port]', 'ports(filter: Filter): [Port]!', 'imo: ID!  name', 'imo: ID  name');
-- An enum value; an interface
SELECT * FROM after('{ EN DE }', '{ EN }');
SELECT * FROM after('{ EN DE }', '{ DE }');
SELECT * FROM after('{ PA LR }', '{ LR }');
SELECT * FROM after(' implements Named { imo', ' { imo');
-- and all of it back
SELECT test.change('registry', base());
SELECT remote_rel.reload_remote_schema('registry');
TABLE inconsistent;
SELECT test.resolve(:'everything');
SELECT test.resolve('{ ships { vessel { name } } vessel(imo: 1) { imo } }', 'regress_up_clerk');

-- A reload and an update say what has become of it
SELECT test.change('registry', replace(base(), 'imo: ID!, lang: Lang', 'imo: Int!'));
SELECT remote_rel.reload_remote_schema('registry');
SELECT remote_rel.metadata('{"type": "reload_remote_schema", "args": {"name": "registry"}}');
SELECT test.change('registry', base());
SELECT remote_rel.metadata('{"type": "reload_remote_schema", "args": {"name": "registry"}}');
SELECT test.change('registry', replace(base(), 'imo: ID!, lang: Lang', 'imo: Int!'));
SELECT remote_rel.metadata('{"type": "reload_remote_schema", "args": {"name": "registry"}}');
SELECT test.change('registry', base());
SELECT remote_rel.metadata('{"type": "reload_metadata", "args": {"reload_remote_schemas": ["registry"]}}');
SELECT remote_rel.update_remote_schema('registry', test.changing('registry'), sdl => replace(base(), 'vessel(', 'ship('));
SELECT remote_rel.update_remote_schema('registry', test.changing('registry'));
TABLE inconsistent;

-- Down at a reload, or an update to a bad address: the command fails, and everything is as it was
SELECT test.change('registry', NULL);
SELECT test.failure($$SELECT remote_rel.reload_remote_schema('registry')$$);
SELECT test.failure($$SELECT remote_rel.metadata('{"type": "reload_metadata", "args": {}}')$$);
SELECT test.failure($$SELECT remote_rel.update_remote_schema('registry', '{"url": "http://127.0.0.1:1/"}')$$);
SELECT test.failure($$SELECT remote_rel.update_remote_schema('registry', test.mock('type Query { a: Int }') || '{"customization": {"field_names": [{"parent_type": "Nothing", "prefix": "a_"}]}}')$$);
SELECT test.failure($$SELECT remote_rel.update_remote_schema('registry', test.definition(), sdl => 'type Query {')$$);
SELECT definition = test.changing('registry') AS as_it_was, sdl LIKE '%vessel(%' AS stored, sdl_given FROM remote_rel.remote_schema WHERE name = 'registry';
TABLE inconsistent;
-- its requests fail, as partial data
SELECT test.resolve('{ ships { id vessel { name } tide { metres } } }');
SELECT test.change('registry', base());

-- Changed, and not reloaded yet
SELECT test.change('registry', replace(base(), 'flag: Flag }', 'flagge: Flag }'));
SELECT test.resolve('{ ships { id vessel { name flag } tide { metres } } }');
SELECT test.change('registry', base());

-- A customization that names what is not there any more goes on, as far as it can
SELECT remote_rel.update_remote_schema('registry', test.changing('registry') || '{"customization": {"type_names": {"mapping": {"Port": "Harbour"}},
  "field_names": [{"parent_type": "Port", "mapping": {"code": "unlocode", "name": "v_name"}}, {"parent_type": "Vessel", "prefix": "v_"}, {"parent_type": "Named", "prefix": "v_"}, {"parent_type": "Query", "mapping": {"search": "find"}}]}}');
TABLE inconsistent;
SELECT test.resolve('{ vessel(imo: 1) { v_name } ports { unlocode } }');
SELECT test.change('registry', replace(replace(replace(base(), 'type Port implements Named { code: String!  name: String }', ''), 'ports(filter: Filter): [Port]', ''), ' | Port', ''));
SELECT remote_rel.reload_remote_schema('registry');
SELECT test.resolve('{ vessel(imo: 1) { v_name } find { __typename } }');
-- two names that have become one keep the remote schema out, and what hangs on it
SELECT test.change('registry', replace(base(), 'union Thing', 'type Harbour { a: Int } union Thing'));
SELECT remote_rel.reload_remote_schema('registry');
SELECT test.resolve('{ ships { id tide { metres } } }');
SELECT test.resolve('{ ships { vessel { v_name } } }');
SELECT graphql_schema('regress_up_clerk') LIKE '%vessel%' AS seen;
TABLE inconsistent;
SELECT test.change('registry', base());
SELECT remote_rel.reload_remote_schema('registry');
TABLE inconsistent;
SELECT test.resolve('{ ships { vessel { v_name } tide { metres } } }');

-- Two remote schemas that come to meet: the one that was added later leaves, whichever changed
SELECT test.change('registry', base() || 'type Tide { metres: Int }');
SELECT remote_rel.reload_remote_schema('registry');
SELECT test.resolve('{ ships { id tide { metres } } }');
SELECT test.resolve('{ ships { id vessel { v_name } } }');
SELECT test.change('registry', base());
SELECT remote_rel.reload_remote_schema('registry');
SELECT remote_rel.update_remote_schema('tides', test.mock('type Query { tide(port: String): Tide  vessel: Int }  type Tide { metres: Float }'));
SELECT test.resolve('{ ships { id vessel { v_name } } }');
SELECT remote_rel.update_remote_schema('tides', test.mock('type Query { tide(port: String): Tide }  type Tide { metres: Float }'));
TABLE inconsistent;
SELECT test.resolve('{ ships { id vessel { v_name } tide { metres } } }');

-- drop_inconsistent_metadata drops what is listed, and nothing else
CREATE TABLE listed AS SELECT type, name FROM inconsistent WHERE false;
CREATE VIEW stored AS
  SELECT 'remote_schema' AS type, name FROM remote_rel.remote_schema
  UNION ALL SELECT 'remote_relationship', table_name || '.' || name FROM remote_rel.table_relationship
  UNION ALL SELECT 'remote_relationship', remote_schema || '.' || type_name || '.' || name FROM remote_rel.remote_schema_relationship
  UNION ALL SELECT 'remote_schema_permission', remote_schema || '.' || role FROM remote_rel.remote_schema_permission;
BEGIN;
SELECT count(*) FROM after('vessel(imo: ID!, lang: Lang)', 'vessel(lang: Lang)', 'code: String!', 'kode: String!');
INSERT INTO listed SELECT type, name FROM inconsistent;
CREATE TABLE before AS TABLE stored;
SELECT remote_rel.metadata('{"type": "drop_inconsistent_metadata", "args": {}}');
TABLE before EXCEPT TABLE stored ORDER BY 1, 2;
SELECT count(*) = 0 AS exactly FROM ((TABLE before EXCEPT TABLE stored) EXCEPT TABLE listed UNION ALL (TABLE listed EXCEPT (TABLE before EXCEPT TABLE stored))) AS x;
TABLE inconsistent;
SELECT test.resolve('{ ships { id listed { v_name } tide { metres } } }');
ROLLBACK;
-- a remote schema with all that hangs on it
BEGIN;
SELECT test.change('registry', replace(base(), 'union Thing', 'type Harbour { a: Int } union Thing'));
SET LOCAL client_min_messages = error;
SELECT remote_rel.reload_remote_schema('registry');
INSERT INTO listed SELECT type, name FROM inconsistent;
CREATE TABLE before AS TABLE stored;
SELECT remote_rel.metadata('{"type": "drop_inconsistent_metadata", "args": {}}');
TABLE stored ORDER BY 1, 2;
SELECT count(*) = 0 AS exactly FROM ((TABLE before EXCEPT TABLE stored) EXCEPT TABLE listed UNION ALL (TABLE listed EXCEPT (TABLE before EXCEPT TABLE stored))) AS x;
ROLLBACK;
-- tables and fields whose names look alike are told apart; what belongs to nothing is dropped, too
BEGIN;
CREATE SCHEMA a;
CREATE TABLE a.b_c (x text);
CREATE TABLE a_b_c (x text);
CREATE FUNCTION f(a_b_c) RETURNS text LANGUAGE sql STABLE AS $$ SELECT $1.x $$;
SELECT remote_rel.create_remote_relationship(t::regclass, 'r', 'tides', '{"tide": {"arguments": {"port": "$x"}}}') FROM unnest('{a.b_c, a_b_c}'::text[]) AS t;
SELECT remote_rel.add_computed_field('a_b_c', 'f', 'f');
INSERT INTO remote_rel.computed_field VALUES ('a', 'b_c', 'f', 'public', 'nothing'), ('a', 'a_b_c', 'f', 'public', 'nothing');
INSERT INTO remote_rel.remote_schema_permission VALUES ('nowhere', 'somebody', 'type Query { a: Int }');
INSERT INTO remote_rel.remote_schema_relationship VALUES ('nowhere', 'Thing', 'other', '{"to_source": {"relationship_type": "object", "table": "ships", "field_mapping": {"id": "id"}}}');
ALTER TABLE a.b_c DROP COLUMN x;
SELECT type, name FROM inconsistent;
SELECT remote_rel.metadata('{"type": "drop_inconsistent_metadata", "args": {}}');
SELECT table_schema, table_name, name FROM remote_rel.table_relationship WHERE name = 'r';
SELECT table_schema, table_name, name FROM remote_rel.computed_field;
TABLE inconsistent;
ROLLBACK;
-- or one by one, though its table is gone
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE TABLE gone (x text);
CREATE FUNCTION g(gone) RETURNS text LANGUAGE sql STABLE AS $$ SELECT $1.x $$;
INSERT INTO remote_rel.table_relationship VALUES ('public', 'missing', 'r', 'remote', '{"to_remote_schema": {"remote_schema": "tides", "lhs_fields": ["x"], "remote_field": {"tide": {"arguments": {"port": "$x"}}}}}');
INSERT INTO remote_rel.computed_field VALUES ('public', 'missing', 'f', 'public', 'nothing');
SELECT type, name FROM inconsistent;
SELECT test.failure($$SELECT remote_rel.metadata('{"type": "delete_remote_relationship", "args": {"table": "missing", "name": "s"}}')$$);
SELECT remote_rel.metadata('{"type": "delete_remote_relationship", "args": {"table": "missing", "name": "r"}}');
SELECT remote_rel.metadata('{"type": "drop_computed_field", "args": {"table": "missing", "name": "f"}}');
TABLE inconsistent;
ROLLBACK;

-- Removing a remote schema that is used is refused, naming all that uses it; with cascade they go, and permissions always
SELECT test.failure($$SELECT remote_rel.remove_remote_schema('registry')$$);
SELECT test.failure($$SELECT remote_rel.metadata('{"type": "remove_remote_schema", "args": {"name": "tides"}}')$$);
BEGIN;
SELECT remote_rel.remove_remote_schema('tides', true);
TABLE stored ORDER BY 1, 2;
SELECT remote_rel.metadata('{"type": "remove_remote_schema", "args": {"name": "registry", "cascade": true}}');
TABLE stored ORDER BY 1, 2;
TABLE inconsistent;
SELECT test.resolve('{ ships { id } }');
ROLLBACK;
TABLE inconsistent;

\set QUIET on
\c postgres
DROP DATABASE regress_metadata_upstream;
DROP ROLE regress_up_clerk, regress_up_guest;
