-- remote_rel 1.0
\echo Use "CREATE EXTENSION remote_rel" to load this file. \quit

-- A schema of this name that exists already must stop the
-- installation. Its owner would own everything in it.
CREATE SCHEMA remote_rel;
COMMENT ON SCHEMA remote_rel IS 'remote_rel: catalogs and management functions';
-- For everyone: policies call remote_rel.session_variable(), generated
-- statements call our helpers. EXECUTE on the other functions is revoked below,
-- one by one.
GRANT USAGE ON SCHEMA remote_rel TO PUBLIC;

-- ----------------------------------------------------------------------------
-- Catalogs
--
-- Only their owner may read them, since headers hold secrets. They refer to
-- tables, functions and each other by name, without constraints: pg_restore -j
-- restores the tables of an extension in any order.

CREATE TABLE remote_rel.remote_schema (
	name text PRIMARY KEY,
	ordinal integer NOT NULL UNIQUE,
	definition jsonb NOT NULL,
	comment text,
	sdl text,
	sdl_given boolean NOT NULL
);
COMMENT ON TABLE remote_rel.remote_schema IS 'remote GraphQL APIs; ordinal is the order of addition, sdl the schema as it was last fetched, or given';

CREATE TABLE remote_rel.table_relationship (
	table_schema name NOT NULL,
	table_name name NOT NULL,
	name text NOT NULL,
	kind text NOT NULL CHECK (kind IN ('remote', 'object', 'array')),
	definition jsonb NOT NULL,
	comment text,
	PRIMARY KEY (table_schema, table_name, name)
);
COMMENT ON TABLE remote_rel.table_relationship IS 'relationships that start at a table, beyond those of the foreign keys';

CREATE TABLE remote_rel.remote_schema_relationship (
	remote_schema text NOT NULL,
	type_name text NOT NULL,
	name text NOT NULL,
	definition jsonb NOT NULL,
	PRIMARY KEY (remote_schema, type_name, name)
);
COMMENT ON TABLE remote_rel.remote_schema_relationship IS 'relationships that start at a type of a remote schema';

CREATE TABLE remote_rel.remote_schema_permission (
	remote_schema text NOT NULL,
	role name NOT NULL,
	sdl text NOT NULL,
	comment text,
	role_oid oid NOT NULL DEFAULT 0,
	PRIMARY KEY (remote_schema, role)
);
COMMENT ON TABLE remote_rel.remote_schema_permission IS 'the part of a remote schema that a role sees; role_oid tells the role from later ones of its name, 0 is not known';

CREATE TABLE remote_rel.computed_field (
	table_schema name NOT NULL,
	table_name name NOT NULL,
	name text NOT NULL,
	function_schema name NOT NULL,
	function_name name NOT NULL,
	table_argument text,
	session_argument text,
	comment text,
	PRIMARY KEY (table_schema, table_name, name)
);
COMMENT ON TABLE remote_rel.computed_field IS 'fields of tables that SQL functions compute';

CREATE TABLE remote_rel.tracked_function (
	function_schema name NOT NULL,
	function_name name NOT NULL,
	configuration jsonb,
	comment text,
	PRIMARY KEY (function_schema, function_name)
);
COMMENT ON TABLE remote_rel.tracked_function IS 'SQL functions that are root fields';

CREATE TABLE remote_rel.table_customization (
	table_schema name NOT NULL,
	table_name name NOT NULL,
	configuration jsonb,
	hidden boolean NOT NULL DEFAULT false,
	is_enum boolean NOT NULL DEFAULT false,
	role_limits jsonb NOT NULL DEFAULT '{}',
	PRIMARY KEY (table_schema, table_name)
);
COMMENT ON TABLE remote_rel.table_customization IS 'names and comments of tables and their columns in GraphQL, whether a table is there at all, whether its rows are the values of an enum, and how much of it a role gets: {role: {"limit", "allow_aggregations"}}';

CREATE TABLE remote_rel.source_customization (
	name text PRIMARY KEY,
	customization jsonb NOT NULL
);
COMMENT ON TABLE remote_rel.source_customization IS 'how names of all tables are formed in GraphQL';

CREATE TABLE remote_rel.query_collection (
	name text PRIMARY KEY,
	definition jsonb NOT NULL,
	comment text,
	allowed jsonb
);
COMMENT ON TABLE remote_rel.query_collection IS 'collections of GraphQL operations; allowed says to whom the allow list of remote-rel serve grants them';

REVOKE ALL ON remote_rel.remote_schema, remote_rel.table_relationship, remote_rel.remote_schema_relationship,
	remote_rel.remote_schema_permission, remote_rel.computed_field, remote_rel.tracked_function,
	remote_rel.table_customization, remote_rel.source_customization, remote_rel.query_collection FROM PUBLIC;

SELECT pg_catalog.pg_extension_config_dump('remote_rel.remote_schema', '');
SELECT pg_catalog.pg_extension_config_dump('remote_rel.table_relationship', '');
SELECT pg_catalog.pg_extension_config_dump('remote_rel.remote_schema_relationship', '');
SELECT pg_catalog.pg_extension_config_dump('remote_rel.remote_schema_permission', '');
SELECT pg_catalog.pg_extension_config_dump('remote_rel.computed_field', '');
SELECT pg_catalog.pg_extension_config_dump('remote_rel.tracked_function', '');
SELECT pg_catalog.pg_extension_config_dump('remote_rel.table_customization', '');
SELECT pg_catalog.pg_extension_config_dump('remote_rel.source_customization', '');
SELECT pg_catalog.pg_extension_config_dump('remote_rel.query_collection', '');

CREATE FUNCTION remote_rel.catalog_changed() RETURNS trigger
	AS 'MODULE_PATHNAME', 'rr_catalog_changed' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION remote_rel.catalog_changed() IS 'tells every session that a catalog of remote_rel has changed';
REVOKE ALL ON FUNCTION remote_rel.catalog_changed() FROM PUBLIC;

-- set_table_is_enum() puts triggers with this function on enum tables. Who owns
-- one may restore it from a dump, so everybody may execute the function.
CREATE FUNCTION remote_rel.enum_rows_changed() RETURNS trigger
	AS 'MODULE_PATHNAME', 'rr_enum_rows_changed' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION remote_rel.enum_rows_changed() IS 'tells every session that the values of an enum table have changed';
GRANT EXECUTE ON FUNCTION remote_rel.enum_rows_changed() TO PUBLIC;

-- FOR EACH ROW and ENABLE ALWAYS: logical replication fires no other triggers.
CREATE TRIGGER changed AFTER INSERT OR UPDATE OR DELETE ON remote_rel.remote_schema
	FOR EACH ROW EXECUTE FUNCTION remote_rel.catalog_changed();
CREATE TRIGGER emptied AFTER TRUNCATE ON remote_rel.remote_schema
	FOR EACH STATEMENT EXECUTE FUNCTION remote_rel.catalog_changed();
CREATE TRIGGER changed AFTER INSERT OR UPDATE OR DELETE ON remote_rel.table_relationship
	FOR EACH ROW EXECUTE FUNCTION remote_rel.catalog_changed();
CREATE TRIGGER emptied AFTER TRUNCATE ON remote_rel.table_relationship
	FOR EACH STATEMENT EXECUTE FUNCTION remote_rel.catalog_changed();
CREATE TRIGGER changed AFTER INSERT OR UPDATE OR DELETE ON remote_rel.remote_schema_relationship
	FOR EACH ROW EXECUTE FUNCTION remote_rel.catalog_changed();
CREATE TRIGGER emptied AFTER TRUNCATE ON remote_rel.remote_schema_relationship
	FOR EACH STATEMENT EXECUTE FUNCTION remote_rel.catalog_changed();
CREATE TRIGGER changed AFTER INSERT OR UPDATE OR DELETE ON remote_rel.remote_schema_permission
	FOR EACH ROW EXECUTE FUNCTION remote_rel.catalog_changed();
CREATE TRIGGER emptied AFTER TRUNCATE ON remote_rel.remote_schema_permission
	FOR EACH STATEMENT EXECUTE FUNCTION remote_rel.catalog_changed();
CREATE TRIGGER changed AFTER INSERT OR UPDATE OR DELETE ON remote_rel.computed_field
	FOR EACH ROW EXECUTE FUNCTION remote_rel.catalog_changed();
CREATE TRIGGER emptied AFTER TRUNCATE ON remote_rel.computed_field
	FOR EACH STATEMENT EXECUTE FUNCTION remote_rel.catalog_changed();
CREATE TRIGGER changed AFTER INSERT OR UPDATE OR DELETE ON remote_rel.tracked_function
	FOR EACH ROW EXECUTE FUNCTION remote_rel.catalog_changed();
CREATE TRIGGER emptied AFTER TRUNCATE ON remote_rel.tracked_function
	FOR EACH STATEMENT EXECUTE FUNCTION remote_rel.catalog_changed();
CREATE TRIGGER changed AFTER INSERT OR UPDATE OR DELETE ON remote_rel.table_customization
	FOR EACH ROW EXECUTE FUNCTION remote_rel.catalog_changed();
CREATE TRIGGER emptied AFTER TRUNCATE ON remote_rel.table_customization
	FOR EACH STATEMENT EXECUTE FUNCTION remote_rel.catalog_changed();
CREATE TRIGGER changed AFTER INSERT OR UPDATE OR DELETE ON remote_rel.source_customization
	FOR EACH ROW EXECUTE FUNCTION remote_rel.catalog_changed();
CREATE TRIGGER emptied AFTER TRUNCATE ON remote_rel.source_customization
	FOR EACH STATEMENT EXECUTE FUNCTION remote_rel.catalog_changed();
CREATE TRIGGER changed AFTER INSERT OR UPDATE OR DELETE ON remote_rel.query_collection
	FOR EACH ROW EXECUTE FUNCTION remote_rel.catalog_changed();
CREATE TRIGGER emptied AFTER TRUNCATE ON remote_rel.query_collection
	FOR EACH STATEMENT EXECUTE FUNCTION remote_rel.catalog_changed();
ALTER TABLE remote_rel.remote_schema ENABLE ALWAYS TRIGGER changed, ENABLE ALWAYS TRIGGER emptied;
ALTER TABLE remote_rel.table_relationship ENABLE ALWAYS TRIGGER changed, ENABLE ALWAYS TRIGGER emptied;
ALTER TABLE remote_rel.remote_schema_relationship ENABLE ALWAYS TRIGGER changed, ENABLE ALWAYS TRIGGER emptied;
ALTER TABLE remote_rel.remote_schema_permission ENABLE ALWAYS TRIGGER changed, ENABLE ALWAYS TRIGGER emptied;
ALTER TABLE remote_rel.computed_field ENABLE ALWAYS TRIGGER changed, ENABLE ALWAYS TRIGGER emptied;
ALTER TABLE remote_rel.tracked_function ENABLE ALWAYS TRIGGER changed, ENABLE ALWAYS TRIGGER emptied;
ALTER TABLE remote_rel.table_customization ENABLE ALWAYS TRIGGER changed, ENABLE ALWAYS TRIGGER emptied;
ALTER TABLE remote_rel.source_customization ENABLE ALWAYS TRIGGER changed, ENABLE ALWAYS TRIGGER emptied;
ALTER TABLE remote_rel.query_collection ENABLE ALWAYS TRIGGER changed, ENABLE ALWAYS TRIGGER emptied;

-- The role is looked up by its name whatever a dump or a publisher says: OIDs
-- of another cluster mean nothing here. Once known, it stays.
CREATE FUNCTION remote_rel.note_role() RETURNS trigger
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	new.role_oid := CASE WHEN tg_op = 'UPDATE' AND new.role = old.role AND old.role_oid <> 0 THEN old.role_oid
		ELSE coalesce((SELECT r.oid FROM pg_roles AS r WHERE r.rolname = new.role), 0) END;
	RETURN new;
END
$$;
COMMENT ON FUNCTION remote_rel.note_role() IS 'notes to which role a permission was given';
REVOKE ALL ON FUNCTION remote_rel.note_role() FROM PUBLIC;
CREATE TRIGGER role_noted BEFORE INSERT OR UPDATE ON remote_rel.remote_schema_permission
	FOR EACH ROW EXECUTE FUNCTION remote_rel.note_role();
ALTER TABLE remote_rel.remote_schema_permission ENABLE ALWAYS TRIGGER role_noted;

-- ----------------------------------------------------------------------------
-- Management
--
-- The C function of remote_rel.NAME() is rr_NAME (src/metadata/sql_functions.c).
-- src/metadata/json_api.c says how to add a command.

CREATE FUNCTION remote_rel.add_remote_schema(name text, definition jsonb, comment text DEFAULT NULL, sdl text DEFAULT NULL) RETURNS void
	AS 'MODULE_PATHNAME', 'rr_add_remote_schema' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION remote_rel.add_remote_schema(text, jsonb, text, text)
	IS 'add a remote GraphQL API; its schema is fetched from it, unless it is given as SDL';
REVOKE ALL ON FUNCTION remote_rel.add_remote_schema(text, jsonb, text, text) FROM PUBLIC;

CREATE FUNCTION remote_rel.update_remote_schema(name text, definition jsonb, comment text DEFAULT NULL, sdl text DEFAULT NULL) RETURNS void
	AS 'MODULE_PATHNAME', 'rr_update_remote_schema' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION remote_rel.update_remote_schema(text, jsonb, text, text)
	IS 'replace the definition of a remote schema; relationships and permissions stay';
REVOKE ALL ON FUNCTION remote_rel.update_remote_schema(text, jsonb, text, text) FROM PUBLIC;

CREATE FUNCTION remote_rel.remove_remote_schema(name text, cascade boolean DEFAULT false) RETURNS void
	AS 'MODULE_PATHNAME', 'rr_remove_remote_schema' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION remote_rel.remove_remote_schema(text, boolean)
	IS 'remove a remote schema and its permissions; with cascade, the relationships that use it as well';
REVOKE ALL ON FUNCTION remote_rel.remove_remote_schema(text, boolean) FROM PUBLIC;

CREATE FUNCTION remote_rel.reload_remote_schema(name text) RETURNS void
	AS 'MODULE_PATHNAME', 'rr_reload_remote_schema' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION remote_rel.reload_remote_schema(text)
	IS 'fetch the schema of a remote schema again';
REVOKE ALL ON FUNCTION remote_rel.reload_remote_schema(text) FROM PUBLIC;

CREATE FUNCTION remote_rel.introspect_remote_schema(name text) RETURNS jsonb
	AS 'MODULE_PATHNAME', 'rr_introspect_remote_schema' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION remote_rel.introspect_remote_schema(text)
	IS 'the stored schema of a remote schema as an introspection result';
REVOKE ALL ON FUNCTION remote_rel.introspect_remote_schema(text) FROM PUBLIC;

CREATE FUNCTION remote_rel.add_remote_schema_permissions(remote_schema text, role name, definition text, comment text DEFAULT NULL) RETURNS void
	AS 'MODULE_PATHNAME', 'rr_add_remote_schema_permissions' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION remote_rel.add_remote_schema_permissions(text, name, text, text)
	IS 'let a role see the part of a remote schema that the SDL describes';
REVOKE ALL ON FUNCTION remote_rel.add_remote_schema_permissions(text, name, text, text) FROM PUBLIC;

CREATE FUNCTION remote_rel.drop_remote_schema_permissions(remote_schema text, role name) RETURNS void
	AS 'MODULE_PATHNAME', 'rr_drop_remote_schema_permissions' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION remote_rel.drop_remote_schema_permissions(text, name)
	IS 'take a role''s permission on a remote schema away';
REVOKE ALL ON FUNCTION remote_rel.drop_remote_schema_permissions(text, name) FROM PUBLIC;

CREATE FUNCTION remote_rel.create_remote_relationship(source regclass, name text, remote_schema text, remote_field jsonb,
	lhs_fields name[] DEFAULT NULL, batch jsonb DEFAULT NULL, relationship_type text DEFAULT NULL) RETURNS void
	AS 'MODULE_PATHNAME', 'rr_create_remote_relationship' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION remote_rel.create_remote_relationship(regclass, text, text, jsonb, name[], jsonb, text)
	IS 'join the rows of a table with a field of a remote schema';
REVOKE ALL ON FUNCTION remote_rel.create_remote_relationship(regclass, text, text, jsonb, name[], jsonb, text) FROM PUBLIC;

CREATE FUNCTION remote_rel.update_remote_relationship(source regclass, name text, remote_schema text, remote_field jsonb,
	lhs_fields name[] DEFAULT NULL, batch jsonb DEFAULT NULL, relationship_type text DEFAULT NULL) RETURNS void
	AS 'MODULE_PATHNAME', 'rr_update_remote_relationship' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION remote_rel.update_remote_relationship(regclass, text, text, jsonb, name[], jsonb, text)
	IS 'replace the definition of a relationship to a remote schema';
REVOKE ALL ON FUNCTION remote_rel.update_remote_relationship(regclass, text, text, jsonb, name[], jsonb, text) FROM PUBLIC;

CREATE FUNCTION remote_rel.delete_remote_relationship(source regclass, name text) RETURNS void
	AS 'MODULE_PATHNAME', 'rr_delete_remote_relationship' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION remote_rel.delete_remote_relationship(regclass, text)
	IS 'delete a remote relationship of a table';
REVOKE ALL ON FUNCTION remote_rel.delete_remote_relationship(regclass, text) FROM PUBLIC;

CREATE FUNCTION remote_rel.create_object_relationship(source regclass, name text, definition jsonb, comment text DEFAULT NULL) RETURNS void
	AS 'MODULE_PATHNAME', 'rr_create_object_relationship' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION remote_rel.create_object_relationship(regclass, text, jsonb, text)
	IS 'relate each row of a table to one of another; the definition is what Hasura calls using';
REVOKE ALL ON FUNCTION remote_rel.create_object_relationship(regclass, text, jsonb, text) FROM PUBLIC;

CREATE FUNCTION remote_rel.create_array_relationship(source regclass, name text, definition jsonb, comment text DEFAULT NULL) RETURNS void
	AS 'MODULE_PATHNAME', 'rr_create_array_relationship' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION remote_rel.create_array_relationship(regclass, text, jsonb, text)
	IS 'relate each row of a table to many of another; the definition is what Hasura calls using';
REVOKE ALL ON FUNCTION remote_rel.create_array_relationship(regclass, text, jsonb, text) FROM PUBLIC;

CREATE FUNCTION remote_rel.drop_relationship(source regclass, name text) RETURNS void
	AS 'MODULE_PATHNAME', 'rr_drop_relationship' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION remote_rel.drop_relationship(regclass, text)
	IS 'drop an object or array relationship; one that a foreign key gives by itself comes back';
REVOKE ALL ON FUNCTION remote_rel.drop_relationship(regclass, text) FROM PUBLIC;

CREATE FUNCTION remote_rel.create_remote_schema_remote_relationship(remote_schema text, type_name text, name text, definition jsonb) RETURNS void
	AS 'MODULE_PATHNAME', 'rr_create_remote_schema_remote_relationship' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION remote_rel.create_remote_schema_remote_relationship(text, text, text, jsonb)
	IS 'join a type of a remote schema with a table or another remote schema';
REVOKE ALL ON FUNCTION remote_rel.create_remote_schema_remote_relationship(text, text, text, jsonb) FROM PUBLIC;

CREATE FUNCTION remote_rel.update_remote_schema_remote_relationship(remote_schema text, type_name text, name text, definition jsonb) RETURNS void
	AS 'MODULE_PATHNAME', 'rr_update_remote_schema_remote_relationship' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION remote_rel.update_remote_schema_remote_relationship(text, text, text, jsonb)
	IS 'replace the definition of a relationship of a type of a remote schema';
REVOKE ALL ON FUNCTION remote_rel.update_remote_schema_remote_relationship(text, text, text, jsonb) FROM PUBLIC;

CREATE FUNCTION remote_rel.delete_remote_schema_remote_relationship(remote_schema text, type_name text, name text) RETURNS void
	AS 'MODULE_PATHNAME', 'rr_delete_remote_schema_remote_relationship' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION remote_rel.delete_remote_schema_remote_relationship(text, text, text)
	IS 'delete a relationship of a type of a remote schema';
REVOKE ALL ON FUNCTION remote_rel.delete_remote_schema_remote_relationship(text, text, text) FROM PUBLIC;

CREATE FUNCTION remote_rel.add_computed_field(source regclass, name text, function regproc, table_argument text DEFAULT NULL,
	session_argument text DEFAULT NULL, comment text DEFAULT NULL) RETURNS void
	AS 'MODULE_PATHNAME', 'rr_add_computed_field' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION remote_rel.add_computed_field(regclass, text, regproc, text, text, text)
	IS 'make a function of a table''s row a field of the table';
REVOKE ALL ON FUNCTION remote_rel.add_computed_field(regclass, text, regproc, text, text, text) FROM PUBLIC;

CREATE FUNCTION remote_rel.drop_computed_field(source regclass, name text, cascade boolean DEFAULT false) RETURNS void
	AS 'MODULE_PATHNAME', 'rr_drop_computed_field' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION remote_rel.drop_computed_field(regclass, text, boolean)
	IS 'drop a computed field; with cascade, the relationships that join by it as well';
REVOKE ALL ON FUNCTION remote_rel.drop_computed_field(regclass, text, boolean) FROM PUBLIC;

CREATE FUNCTION remote_rel.track_function(function regproc, configuration jsonb DEFAULT NULL, comment text DEFAULT NULL) RETURNS void
	AS 'MODULE_PATHNAME', 'rr_track_function' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION remote_rel.track_function(regproc, jsonb, text)
	IS 'make a function that returns rows of a table a root field';
REVOKE ALL ON FUNCTION remote_rel.track_function(regproc, jsonb, text) FROM PUBLIC;

CREATE FUNCTION remote_rel.untrack_function(function regproc) RETURNS void
	AS 'MODULE_PATHNAME', 'rr_untrack_function' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION remote_rel.untrack_function(regproc)
	IS 'stop serving a function as a root field';
REVOKE ALL ON FUNCTION remote_rel.untrack_function(regproc) FROM PUBLIC;

CREATE FUNCTION remote_rel.set_table_customization(source regclass, configuration jsonb) RETURNS void
	AS 'MODULE_PATHNAME', 'rr_set_table_customization' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION remote_rel.set_table_customization(regclass, jsonb)
	IS 'set the names and comments of a table and its columns in GraphQL; replaces what was set before';
REVOKE ALL ON FUNCTION remote_rel.set_table_customization(regclass, jsonb) FROM PUBLIC;

CREATE FUNCTION remote_rel.set_function_customization(function regproc, configuration jsonb) RETURNS void
	AS 'MODULE_PATHNAME', 'rr_set_function_customization' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION remote_rel.set_function_customization(regproc, jsonb)
	IS 'replace the configuration of a tracked function';
REVOKE ALL ON FUNCTION remote_rel.set_function_customization(regproc, jsonb) FROM PUBLIC;

CREATE FUNCTION remote_rel.hide_table(source regclass) RETURNS void
	AS 'MODULE_PATHNAME', 'rr_hide_table' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION remote_rel.hide_table(regclass) IS 'keep a table out of GraphQL';
REVOKE ALL ON FUNCTION remote_rel.hide_table(regclass) FROM PUBLIC;

CREATE FUNCTION remote_rel.show_table(source regclass) RETURNS void
	AS 'MODULE_PATHNAME', 'rr_show_table' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION remote_rel.show_table(regclass) IS 'show a table that hide_table() has hidden';
REVOKE ALL ON FUNCTION remote_rel.show_table(regclass) FROM PUBLIC;

CREATE FUNCTION remote_rel.set_table_is_enum(source regclass, is_enum boolean) RETURNS void
	AS 'MODULE_PATHNAME', 'rr_set_table_is_enum' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION remote_rel.set_table_is_enum(regclass, boolean)
	IS 'make the rows of a table the values of a GraphQL enum, for columns that reference the table';
REVOKE ALL ON FUNCTION remote_rel.set_table_is_enum(regclass, boolean) FROM PUBLIC;

CREATE FUNCTION remote_rel.set_table_limits(source regclass, role name, max_rows integer DEFAULT NULL,
	allow_aggregations boolean DEFAULT true) RETURNS void
	AS 'MODULE_PATHNAME', 'rr_set_table_limits' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION remote_rel.set_table_limits(regclass, name, integer, boolean)
	IS 'set how many rows of a table a list has at most for a role, and whether the role sees aggregates of it';
REVOKE ALL ON FUNCTION remote_rel.set_table_limits(regclass, name, integer, boolean) FROM PUBLIC;

CREATE FUNCTION remote_rel.set_naming(customization jsonb) RETURNS void
	AS 'MODULE_PATHNAME', 'rr_set_naming' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION remote_rel.set_naming(jsonb)
	IS 'set the naming convention of the database, and the namespace, prefixes and suffixes of root fields and types, as Hasura''s customization of a source has them';
REVOKE ALL ON FUNCTION remote_rel.set_naming(jsonb) FROM PUBLIC;

CREATE FUNCTION remote_rel.metadata(request jsonb) RETURNS jsonb
	AS 'MODULE_PATHNAME', 'rr_metadata' LANGUAGE C STRICT VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION remote_rel.metadata(jsonb) IS 'run a command of Hasura''s metadata API: {"type": ..., "args": ...}';
REVOKE ALL ON FUNCTION remote_rel.metadata(jsonb) FROM PUBLIC;

-- ----------------------------------------------------------------------------
-- GraphQL

CREATE FUNCTION @extschema@.graphql_resolve(query text, role name DEFAULT NULL, variables jsonb DEFAULT NULL,
	operation_name text DEFAULT NULL, headers jsonb DEFAULT NULL) RETURNS json
	AS 'MODULE_PATHNAME', 'rr_graphql_resolve' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION @extschema@.graphql_resolve(text, name, jsonb, text, jsonb) IS 'answer a GraphQL document as a role';

CREATE FUNCTION @extschema@.graphql_validate(query text, role name DEFAULT NULL, variables jsonb DEFAULT NULL,
	operation_name text DEFAULT NULL, headers jsonb DEFAULT NULL) RETURNS json
	AS 'MODULE_PATHNAME', 'rr_graphql_validate' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION @extschema@.graphql_validate(text, name, jsonb, text, jsonb) IS 'the GraphQL errors of a document, for a role; nothing is run';

CREATE FUNCTION @extschema@.graphql_explain(query text, role name DEFAULT NULL, variables jsonb DEFAULT NULL,
	operation_name text DEFAULT NULL, headers jsonb DEFAULT NULL) RETURNS json
	AS 'MODULE_PATHNAME', 'rr_graphql_explain' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION @extschema@.graphql_explain(text, name, jsonb, text, jsonb) IS 'the SQL statements and remote documents that would answer a document';

CREATE FUNCTION @extschema@.graphql_schema(role name DEFAULT NULL) RETURNS text
	AS 'MODULE_PATHNAME', 'rr_graphql_schema' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION @extschema@.graphql_schema(name) IS 'the GraphQL schema that a role sees, as SDL';

-- ----------------------------------------------------------------------------
-- GraphQL documents and schemas without a database

CREATE FUNCTION remote_rel.validate_document(sdl text, document text, variables jsonb DEFAULT NULL, operation_name text DEFAULT NULL) RETURNS json
	AS 'MODULE_PATHNAME', 'rr_validate_document' LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION remote_rel.validate_document(text, text, jsonb, text)
	IS 'the GraphQL errors of a document, and of variables if there are any, for a schema given as SDL';

CREATE FUNCTION remote_rel.validate_schema(sdl text) RETURNS json
	AS 'MODULE_PATHNAME', 'rr_validate_schema' LANGUAGE C STRICT STABLE PARALLEL SAFE;
COMMENT ON FUNCTION remote_rel.validate_schema(text) IS 'everything that is wrong with a schema given as SDL';

-- ----------------------------------------------------------------------------
-- What generated statements call

CREATE FUNCTION remote_rel.json_object(template text) RETURNS json
	AS 'MODULE_PATHNAME', 'rr_json_object' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION remote_rel.json_object(text) IS 'a template without placeholders as JSON';

-- STABLE, as to_json() is: settings change the text of some types.
CREATE FUNCTION remote_rel.json_object(template text, VARIADIC "values" "any") RETURNS json
	AS 'MODULE_PATHNAME', 'rr_json_object' LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION remote_rel.json_object(text, "any")
	IS 'JSON by a template: $ takes the next value, * the members of the next one, ? tells by the next one whether the object after it is there';

CREATE FUNCTION remote_rel.json_rows_add(state internal, template text) RETURNS internal
	AS 'MODULE_PATHNAME', 'rr_json_rows_add' LANGUAGE C STABLE PARALLEL SAFE;
CREATE FUNCTION remote_rel.json_rows_add(state internal, template text, VARIADIC "values" "any") RETURNS internal
	AS 'MODULE_PATHNAME', 'rr_json_rows_add' LANGUAGE C STABLE PARALLEL SAFE;
CREATE FUNCTION remote_rel.json_rows_finish(state internal) RETURNS json
	AS 'MODULE_PATHNAME', 'rr_json_rows_finish' LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION remote_rel.json_rows_add(internal, text) IS 'transition function of json_rows()';
COMMENT ON FUNCTION remote_rel.json_rows_add(internal, text, "any") IS 'transition function of json_rows()';
COMMENT ON FUNCTION remote_rel.json_rows_finish(internal) IS 'final function of json_rows()';

CREATE AGGREGATE remote_rel.json_rows(template text)
	(SFUNC = remote_rel.json_rows_add, STYPE = internal, FINALFUNC = remote_rel.json_rows_finish, PARALLEL = SAFE);
CREATE AGGREGATE remote_rel.json_rows(template text, VARIADIC "values" "any")
	(SFUNC = remote_rel.json_rows_add, STYPE = internal, FINALFUNC = remote_rel.json_rows_finish, PARALLEL = SAFE);
COMMENT ON AGGREGATE remote_rel.json_rows(text) IS 'a list of as many templates as there are rows';
COMMENT ON AGGREGATE remote_rel.json_rows(text, "any") IS 'a JSON list with json_object() of every row; [] of no rows';

CREATE FUNCTION remote_rel.session_variable(name text) RETURNS text
	AS 'MODULE_PATHNAME', 'rr_session_variable' LANGUAGE C STRICT STABLE PARALLEL RESTRICTED;
COMMENT ON FUNCTION remote_rel.session_variable(text) IS 'value of an x-hasura-* variable of the request that is being answered, for policies and computed fields';

CREATE FUNCTION remote_rel.join_hole(step integer, run integer) RETURNS json
	AS 'MODULE_PATHNAME', 'rr_join_hole' LANGUAGE C VOLATILE PARALLEL RESTRICTED;
COMMENT ON FUNCTION remote_rel.join_hole(integer, integer) IS 'place of a remote value that depends on no column; for statements of graphql_resolve()';

-- VOLATILE, so that it is evaluated after sorting and LIMIT, only for the rows
-- of the answer.
CREATE FUNCTION remote_rel.join_hole(step integer, run integer, VARIADIC keys "any") RETURNS json
	AS 'MODULE_PATHNAME', 'rr_join_hole' LANGUAGE C VOLATILE PARALLEL RESTRICTED;
COMMENT ON FUNCTION remote_rel.join_hole(integer, integer, "any") IS 'place of the remote value for these keys; for statements of graphql_resolve()';

-- STABLE, so that subqueries with it in their conditions become joins. It costs
-- more than a condition on columns, so that those come first.
CREATE FUNCTION remote_rel.join_value(step integer, run integer) RETURNS jsonb
	AS 'MODULE_PATHNAME', 'rr_join_value' LANGUAGE C STABLE PARALLEL RESTRICTED COST 100;
COMMENT ON FUNCTION remote_rel.join_value(integer, integer) IS 'remote value that depends on no column; for statements of graphql_resolve()';

CREATE FUNCTION remote_rel.join_value(step integer, run integer, VARIADIC keys "any") RETURNS jsonb
	AS 'MODULE_PATHNAME', 'rr_join_value' LANGUAGE C STABLE PARALLEL RESTRICTED COST 100;
COMMENT ON FUNCTION remote_rel.join_value(integer, integer, "any") IS 'remote value for these keys; for statements of graphql_resolve()';

-- ----------------------------------------------------------------------------
-- Counters
--
-- Names of remote schemas and relationships are metadata, which a role may not
-- see. So only pg_read_all_stats reads them.

CREATE FUNCTION remote_rel.stat_get_remote_schemas(
	OUT remote_schema text, OUT connections_made bigint, OUT connections_open integer, OUT running integer, OUT down_since timestamptz,
	OUT requests bigint, OUT keys bigint, OUT "rows" bigint,
	OUT connect_errors bigint, OUT tls_errors bigint, OUT timeouts bigint, OUT size_errors bigint, OUT broken bigint,
	OUT status_errors bigint, OUT invalid bigint, OUT graphql_errors bigint,
	OUT cancelled bigint, OUT refused bigint, OUT retries bigint, OUT bytes_sent bigint, OUT bytes_received bigint,
	OUT total_time double precision, OUT max_time double precision, OUT time_histogram bigint[],
	OUT last_error text, OUT last_error_at timestamptz, OUT since timestamptz, OUT shared boolean) RETURNS SETOF record
	AS 'MODULE_PATHNAME', 'rr_stat_get_remote_schemas' LANGUAGE C VOLATILE PARALLEL RESTRICTED;
COMMENT ON FUNCTION remote_rel.stat_get_remote_schemas() IS 'counters of remote schemas, for the view stat_remote_schemas';
REVOKE ALL ON FUNCTION remote_rel.stat_get_remote_schemas() FROM PUBLIC;

CREATE FUNCTION remote_rel.stat_get_relationships(
	OUT source text, OUT relationship text, OUT remote_schema text,
	OUT requests bigint, OUT keys bigint, OUT "rows" bigint,
	OUT connect_errors bigint, OUT tls_errors bigint, OUT timeouts bigint, OUT size_errors bigint, OUT broken bigint,
	OUT status_errors bigint, OUT invalid bigint, OUT graphql_errors bigint,
	OUT cancelled bigint, OUT refused bigint, OUT retries bigint, OUT bytes_sent bigint, OUT bytes_received bigint,
	OUT total_time double precision, OUT max_time double precision, OUT time_histogram bigint[],
	OUT last_error text, OUT last_error_at timestamptz, OUT since timestamptz, OUT shared boolean) RETURNS SETOF record
	AS 'MODULE_PATHNAME', 'rr_stat_get_relationships' LANGUAGE C VOLATILE PARALLEL RESTRICTED;
COMMENT ON FUNCTION remote_rel.stat_get_relationships() IS 'counters of relationships, for the view stat_relationships';
REVOKE ALL ON FUNCTION remote_rel.stat_get_relationships() FROM PUBLIC;

CREATE FUNCTION remote_rel.stat_reset() RETURNS void
	AS 'MODULE_PATHNAME', 'rr_stat_reset' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION remote_rel.stat_reset() IS 'set the counters of this database to zero';
REVOKE ALL ON FUNCTION remote_rel.stat_reset() FROM PUBLIC;

CREATE VIEW remote_rel.stat_remote_schemas AS
	SELECT remote_schema, requests, keys, "rows",
		connect_errors, tls_errors, timeouts, size_errors, broken, status_errors, invalid, graphql_errors, cancelled, refused, retries,
		bytes_sent, bytes_received, connections_made, connections_open, running, down_since,
		total_time, max_time, time_histogram, last_error, last_error_at, since, shared
	FROM remote_rel.stat_get_remote_schemas();
COMMENT ON VIEW remote_rel.stat_remote_schemas IS 'what remote schemas were asked, and how they answered; times in ms';

CREATE VIEW remote_rel.stat_relationships AS
	SELECT source, relationship, remote_schema, requests, keys, "rows",
		connect_errors, tls_errors, timeouts, size_errors, broken, status_errors, invalid, graphql_errors, refused, retries,
		bytes_sent, bytes_received, total_time, max_time, time_histogram, last_error, last_error_at, since, shared
	FROM remote_rel.stat_get_relationships();
COMMENT ON VIEW remote_rel.stat_relationships IS 'what relationships were asked for, and what came of it; times in ms';

REVOKE ALL ON remote_rel.stat_remote_schemas, remote_rel.stat_relationships FROM PUBLIC;

-- ----------------------------------------------------------------------------
-- What is wrong or risky
--
-- As the owner, since it reads the catalogs. Schemas are fetched in a
-- subtransaction that is rolled back, so nothing changes.

CREATE FUNCTION remote_rel.doctor(ask boolean DEFAULT true)
	RETURNS TABLE (what text, object text, problem text, remedy text, severity text)
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	exposed CONSTANT text[] := string_to_array(regexp_replace(current_setting('remote_rel.exposed_schemas'), '[\s"]', '', 'g'), ',');
	remote record;
BEGIN
	-- settings
	RETURN QUERY
		SELECT 'setting', s.name, s.problem, s.remedy, s.severity FROM (VALUES
			('jit', current_setting('jit') = 'on' AND current_setting('jit_above_cost')::float8 < 1000000,
				'statements of graphql_resolve() may be compiled, which can take longer than to run them',
				'set jit = off for the roles that GraphQL runs as, or raise jit_above_cost', 'hint'),
			('shared_preload_libraries', current_setting('server_version_num')::integer < 170000
				AND NOT 'remote_rel' = ANY (string_to_array(regexp_replace(current_setting('shared_preload_libraries'), '[\s"]', '', 'g'), ',')),
				'each session has its own counters, and there is no circuit breaker',
				'add remote_rel to shared_preload_libraries, and restart the server', 'hint'),
			('remote_rel.call_timeout', current_setting('remote_rel.call_timeout') = '0',
				'a call may wait for remote schemas without end', 'set it', 'warning'),
			('remote_rel.remote_schema_permissions', current_setting('remote_rel.remote_schema_permissions') = 'off',
				'every role sees every remote schema whole', 'turn it on, and give permissions', 'warning'),
			('remote_rel.breaker_failures', current_setting('remote_rel.breaker_failures') = '0',
				'each query waits for a remote schema that does not answer', 'set it', 'hint')
		) AS s(name, found, problem, remedy, severity) WHERE s.found;

	-- grants
	RETURN QUERY
		SELECT 'grant', p.oid::regprocedure::text, 'everybody may change the metadata', 'REVOKE EXECUTE ON FUNCTION ... FROM PUBLIC', 'error'
		FROM pg_proc AS p, aclexplode(p.proacl) AS a
		WHERE p.pronamespace = 'remote_rel'::regnamespace AND a.grantee = 0
			AND p.proname IN ('metadata', 'add_remote_schema', 'update_remote_schema', 'remove_remote_schema', 'reload_remote_schema',
				'add_remote_schema_permissions', 'drop_remote_schema_permissions', 'create_remote_relationship')
		ORDER BY 2;
	RETURN QUERY
		SELECT 'grant', c.oid::regclass::text, 'everybody sees the table', 'REVOKE ... FROM PUBLIC, or a policy for its rows', 'hint'
		FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace, aclexplode(c.relacl) AS a
		WHERE n.nspname = ANY (exposed) AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relrowsecurity
			AND a.grantee = 0 AND a.privilege_type = 'SELECT'
		ORDER BY 2;

	-- remote schemas
	FOR remote IN SELECT * FROM remote_rel.remote_schema AS r ORDER BY r.ordinal
	LOOP
		what := 'remote schema';
		object := remote.name;
		IF remote.definition ->> 'url' ~* '^http://' AND remote.definition ->> 'url' !~* '^http://([^/@]*@)?(localhost|127\.[0-9.]+|\[::1\])(:|/|$)' THEN
			problem := 'requests and their headers go over the network unencrypted';
			remedy := 'use an https:// URL';
			severity := 'warning';
			RETURN NEXT;
		END IF;
		IF remote.definition ->> 'url' ~ '^[^/]*//[^/?#]*@' THEN
			problem := 'its URL holds credentials, which are in every dump';
			remedy := 'use url_from_env';
			severity := 'warning';
			RETURN NEXT;
		END IF;
		FOR problem IN
			SELECT format('the value of header "%s" is in every dump', h ->> 'name') FROM jsonb_array_elements(remote.definition -> 'headers') AS h
			WHERE h ? 'value' AND h ->> 'name' ~* '(auth|key|token|secret|cookie|password)'
		LOOP
			remedy := 'use value_from_env';
			severity := 'warning';
			RETURN NEXT;
		END LOOP;
		IF current_setting('remote_rel.remote_schema_permissions') = 'on'
			AND NOT EXISTS (SELECT FROM remote_rel.remote_schema_permission AS p WHERE p.remote_schema = remote.name) THEN
			problem := 'no role has a permission on it, so only superusers see it';
			remedy := 'add_remote_schema_permissions()';
			severity := 'hint';
			RETURN NEXT;
		END IF;
		IF remote.sdl IS NULL THEN
			problem := 'its schema was never fetched, so it has no fields';
			remedy := 'reload_remote_schema()';
			severity := 'error';
			RETURN NEXT;
		END IF;
		CONTINUE WHEN remote.sdl_given OR NOT ask OR pg_is_in_recovery();
		BEGIN
			PERFORM remote_rel.reload_remote_schema(remote.name);
			RAISE SQLSTATE 'RR000';
		EXCEPTION
			WHEN SQLSTATE 'RR000' THEN
				NULL;
			WHEN OTHERS THEN
				problem := sqlerrm;
				remedy := 'see to it that the server reaches it; "ask => false" leaves this out';
				severity := 'error';
				RETURN NEXT;
		END;
	END LOOP;

	-- metadata that cannot be served
	RETURN QUERY
		SELECT 'metadata', i ->> 'name', i ->> 'reason', 'drop it, or bring back what it needs', 'error'
		FROM jsonb_array_elements(remote_rel.metadata('{"type": "get_inconsistent_metadata", "args": {}}') -> 'inconsistent_objects') AS i;

	-- limits of roles that there are not
	RETURN QUERY
		SELECT 'table', quote_ident(c.table_schema) || '.' || quote_ident(c.table_name),
			format('there is no role "%s" for the limits that it has', role), 'set_table_limits() for the role that it was renamed to, and without limits for this one', 'warning'
		FROM remote_rel.table_customization AS c, jsonb_object_keys(c.role_limits) AS role
		WHERE NOT EXISTS (SELECT FROM pg_roles AS r WHERE r.rolname = role)
		ORDER BY 2, 3;

	-- indexes of what joins look for
	RETURN QUERY
		WITH join_columns (name, target, columns) AS (
			SELECT format('relationship %s.%s.%s', r.remote_schema, r.type_name, r.name), c.oid,
				(SELECT array_agg(a.attnum) FROM jsonb_each_text(r.definition -> 'to_source' -> 'field_mapping') AS m
				JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = m.value)
			FROM remote_rel.remote_schema_relationship AS r
				JOIN pg_namespace AS n ON n.nspname = coalesce(r.definition #>> '{to_source,table,schema}', 'public')
				JOIN pg_class AS c ON c.relnamespace = n.oid
					AND c.relname = coalesce(r.definition #>> '{to_source,table,name}', r.definition #>> '{to_source,table}')
			WHERE r.definition ? 'to_source'
			UNION ALL
			SELECT format('foreign key %s', f.conname), f.conrelid, f.conkey
			FROM pg_constraint AS f JOIN pg_class AS c ON c.oid = f.conrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace
			WHERE f.contype = 'f' AND n.nspname = ANY (exposed))
		SELECT 'table', j.target::regclass::text, format('no index begins with a column of %s', j.name),
			format('CREATE INDEX ON %s (%s)', j.target::regclass,
				(SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) FROM pg_attribute AS a
				WHERE a.attrelid = j.target AND a.attnum = ANY (j.columns))), 'hint'
		FROM join_columns AS j JOIN pg_class AS c ON c.oid = j.target
		WHERE c.relkind IN ('r', 'p', 'm')
			AND NOT EXISTS (SELECT FROM pg_index AS i WHERE i.indrelid = j.target AND i.indisvalid AND i.indkey[0] = ANY (j.columns))
		ORDER BY 2, 3;

	-- statistics
	RETURN QUERY
		SELECT 'table', s.relid::regclass::text, 'it was never analyzed, so its plans are guesses', format('ANALYZE %s', s.relid::regclass), 'hint'
		FROM pg_stat_all_tables AS s JOIN pg_class AS c ON c.oid = s.relid
		WHERE s.schemaname = ANY (exposed) AND s.last_analyze IS NULL AND s.last_autoanalyze IS NULL AND c.reltuples <= 0
			AND pg_relation_size(s.relid) > 0
		ORDER BY 2;
END
$$;
COMMENT ON FUNCTION remote_rel.doctor(boolean) IS 'what is wrong or risky, with a remedy for each; with ask, remote schemas are asked for their schemas';
REVOKE ALL ON FUNCTION remote_rel.doctor(boolean) FROM PUBLIC;

-- ----------------------------------------------------------------------------
-- Event triggers for renames and drops
--
-- They stand after the catalogs and functions that they use. They run as their
-- owner, since the role that runs DDL has no privileges on the catalogs. Errors
-- in them become warnings, so that no DDL fails because of us. Only what says
-- "try again" is thrown: a deadlock (40P01) and lock_timeout (55P03).

CREATE FUNCTION remote_rel.note_names() RETURNS void
	AS 'MODULE_PATHNAME', 'rr_note_names' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION remote_rel.note_names() IS 'note that a command begins which may rename something';
REVOKE ALL ON FUNCTION remote_rel.note_names() FROM PUBLIC;

CREATE FUNCTION remote_rel.follow_names(classes oid[], objects oid[]) RETURNS void
	AS 'MODULE_PATHNAME', 'rr_follow_names' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION remote_rel.follow_names(oid[], oid[]) IS 'rewrite the names in the metadata after the command that note_names() saw begin';
REVOKE ALL ON FUNCTION remote_rel.follow_names(oid[], oid[]) FROM PUBLIC;

CREATE FUNCTION remote_rel.tell_dropped(schemas text[], names text[], columns text[]) RETURNS void
	AS 'MODULE_PATHNAME', 'rr_tell_dropped' LANGUAGE C STRICT VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION remote_rel.tell_dropped(text[], text[], text[]) IS 'tell which metadata needs tables, functions and columns that were just dropped';
REVOKE ALL ON FUNCTION remote_rel.tell_dropped(text[], text[], text[]) FROM PUBLIC;

CREATE FUNCTION remote_rel.touch_object(class oid, object oid) RETURNS void
	AS 'MODULE_PATHNAME', 'rr_touch_object' LANGUAGE C STRICT VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION remote_rel.touch_object(oid, oid) IS 'tell every session that the comment of a table or function has changed';
REVOKE ALL ON FUNCTION remote_rel.touch_object(oid, oid) FROM PUBLIC;

CREATE FUNCTION remote_rel.before_ddl() RETURNS event_trigger
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	PERFORM remote_rel.note_names();
EXCEPTION WHEN OTHERS THEN
	IF SQLSTATE IN ('40P01', '55P03') THEN
		RAISE;
	END IF;
	RAISE WARNING 'remote_rel will not follow what this command renames' USING DETAIL = SQLERRM;
END
$$;
COMMENT ON FUNCTION remote_rel.before_ddl() IS 'event trigger: note that a command begins which may rename something';
REVOKE ALL ON FUNCTION remote_rel.before_ddl() FROM PUBLIC;

CREATE FUNCTION remote_rel.after_ddl() RETURNS event_trigger
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	context text;
BEGIN
	IF tg_tag = 'COMMENT' THEN
		PERFORM remote_rel.touch_object(classid, objid) FROM pg_event_trigger_ddl_commands();
	ELSE
		PERFORM remote_rel.follow_names(array_agg(classid), array_agg(objid)) FROM pg_event_trigger_ddl_commands();
	END IF;
EXCEPTION WHEN OTHERS THEN
	IF SQLSTATE IN ('40P01', '55P03') THEN
		RAISE;
	END IF;
	GET STACKED DIAGNOSTICS context = PG_EXCEPTION_CONTEXT;
	RAISE WARNING 'remote_rel could not follow this command' USING DETAIL = concat_ws(E'\n', SQLERRM, substring(context FROM E'^row [^\n]*'));
END
$$;
COMMENT ON FUNCTION remote_rel.after_ddl() IS 'event trigger: rewrite renamed names in the metadata';
REVOKE ALL ON FUNCTION remote_rel.after_ddl() FROM PUBLIC;

CREATE FUNCTION remote_rel.after_drop() RETURNS event_trigger
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	schemas text[];
	names text[];
	columns text[];
	gone record;
BEGIN
	-- Tables and functions have schema and name, columns also the column.
	-- Temporary tables are dropped often, and no metadata names them.
	SELECT array_agg(address_names[1]), array_agg(address_names[2]), array_agg(address_names[3])
		INTO schemas, names, columns FROM pg_event_trigger_dropped_objects()
		WHERE object_type IN ('table', 'view', 'materialized view', 'foreign table', 'function',
			'table column', 'view column', 'materialized view column', 'foreign table column') AND NOT is_temporary;
	IF schemas IS NULL THEN
		RETURN;
	END IF;
	PERFORM FROM unnest(schemas, names, columns) AS d (schema_name, table_name, column_name)
		WHERE column_name IS NULL
			AND (EXISTS (SELECT FROM remote_rel.table_relationship AS r WHERE r.table_schema = d.schema_name AND r.table_name = d.table_name)
				OR EXISTS (SELECT FROM remote_rel.computed_field AS f WHERE f.table_schema = d.schema_name AND f.table_name = d.table_name)
				OR EXISTS (SELECT FROM remote_rel.table_customization AS c WHERE c.table_schema = d.schema_name AND c.table_name = d.table_name));
	IF FOUND THEN
		FOR gone IN
			WITH dropped AS MATERIALIZED (
				SELECT schema_name, object_name FROM pg_event_trigger_dropped_objects()
				WHERE object_type IN ('table', 'view', 'materialized view', 'foreign table') AND NOT is_temporary),
			relationship AS (
				DELETE FROM remote_rel.table_relationship AS r USING dropped AS d
				WHERE r.table_schema = d.schema_name AND r.table_name = d.object_name
				RETURNING 'relationship' AS kind, r.name, r.table_schema, r.table_name),
			field AS (
				DELETE FROM remote_rel.computed_field AS f USING dropped AS d
				WHERE f.table_schema = d.schema_name AND f.table_name = d.object_name
				RETURNING 'computed field' AS kind, f.name, f.table_schema, f.table_name),
			customization AS (
				DELETE FROM remote_rel.table_customization AS c USING dropped AS d
				WHERE c.table_schema = d.schema_name AND c.table_name = d.object_name
				RETURNING 'customization' AS kind, coalesce(c.configuration ->> 'custom_name', c.table_name), c.table_schema, c.table_name)
			SELECT * FROM relationship UNION ALL SELECT * FROM field UNION ALL SELECT * FROM customization ORDER BY 1, 3, 4, 2
		LOOP
			RAISE NOTICE '% "%" goes with table "%.%"', gone.kind, gone.name, gone.table_schema, gone.table_name;
		END LOOP;
	END IF;
	-- What is said about a dropped column goes with it.
	UPDATE remote_rel.table_customization AS c
		SET configuration = c.configuration #- ARRAY['column_config', d.column_name] #- ARRAY['custom_column_names', d.column_name]
		FROM unnest(schemas, names, columns) AS d (schema_name, table_name, column_name)
		WHERE c.table_schema = d.schema_name AND c.table_name = d.table_name
			AND (c.configuration -> 'column_config' ? d.column_name OR c.configuration -> 'custom_column_names' ? d.column_name);
	-- Tell which metadata misses what was dropped. tell_dropped() reads all
	-- metadata, so it is called only when a name in them is that of a dropped
	-- object.
	BEGIN
		PERFORM FROM unnest(schemas, names, columns) AS d (schema_name, name, column_name)
			WHERE column_name IS NOT NULL
					AND EXISTS (SELECT FROM remote_rel.table_relationship AS r WHERE r.table_schema = d.schema_name AND r.table_name = d.name)
				OR EXISTS (SELECT FROM remote_rel.computed_field AS f WHERE f.function_schema = d.schema_name AND f.function_name = d.name)
				OR EXISTS (SELECT FROM remote_rel.tracked_function AS f WHERE f.function_schema = d.schema_name AND f.function_name = d.name)
				OR EXISTS (SELECT FROM remote_rel.remote_schema_relationship AS r WHERE d.name IN (
					r.definition #>> '{to_source,table,name}', r.definition #>> '{to_source,table}'))
				OR EXISTS (SELECT FROM remote_rel.table_relationship AS r WHERE (r.kind <> 'remote' OR r.definition ? 'to_source') AND d.name IN (
					r.definition #>> '{to_source,table,name}', r.definition #>> '{to_source,table}',
					r.definition #>> '{manual_configuration,remote_table,name}', r.definition #>> '{manual_configuration,remote_table}',
					r.definition #>> '{foreign_key_constraint_on,table,name}', r.definition #>> '{foreign_key_constraint_on,table}'));
		IF FOUND THEN
			PERFORM remote_rel.tell_dropped(schemas, names, columns);
		END IF;
	EXCEPTION WHEN OTHERS THEN
		IF SQLSTATE IN ('40P01', '55P03') THEN
			RAISE;
		END IF;
		RAISE WARNING 'remote_rel cannot tell what needs what was dropped' USING DETAIL = SQLERRM;
	END;
EXCEPTION WHEN OTHERS THEN
	IF SQLSTATE IN ('40P01', '55P03') THEN
		RAISE;
	END IF;
	RAISE WARNING 'remote_rel could not follow this drop' USING DETAIL = SQLERRM;
END
$$;
COMMENT ON FUNCTION remote_rel.after_drop() IS 'event trigger: delete relationships and computed fields of dropped tables';
REVOKE ALL ON FUNCTION remote_rel.after_drop() FROM PUBLIC;

-- ALTER INDEX can rename a table, ALTER TYPE the columns of a typed table.
CREATE EVENT TRIGGER remote_rel_before_ddl ON ddl_command_start
	WHEN TAG IN ('ALTER TABLE', 'ALTER VIEW', 'ALTER MATERIALIZED VIEW', 'ALTER FOREIGN TABLE', 'ALTER INDEX', 'ALTER TYPE', 'ALTER SCHEMA',
		'ALTER FUNCTION', 'ALTER ROUTINE', 'ALTER EXTENSION')
	EXECUTE FUNCTION remote_rel.before_ddl();
CREATE EVENT TRIGGER remote_rel_after_ddl ON ddl_command_end
	WHEN TAG IN ('ALTER TABLE', 'ALTER VIEW', 'ALTER MATERIALIZED VIEW', 'ALTER FOREIGN TABLE', 'ALTER INDEX', 'ALTER TYPE', 'ALTER SCHEMA',
		'ALTER FUNCTION', 'ALTER ROUTINE', 'ALTER EXTENSION', 'COMMENT')
	EXECUTE FUNCTION remote_rel.after_ddl();
CREATE EVENT TRIGGER remote_rel_after_drop ON sql_drop
	EXECUTE FUNCTION remote_rel.after_drop();
-- ALWAYS: also where session_replication_role is replica.
ALTER EVENT TRIGGER remote_rel_before_ddl ENABLE ALWAYS;
ALTER EVENT TRIGGER remote_rel_after_ddl ENABLE ALWAYS;
ALTER EVENT TRIGGER remote_rel_after_drop ENABLE ALWAYS;

-- ----------------------------------------------------------------------------
-- Joins in SQL

CREATE FUNCTION remote_rel.remote_join(rows anyarray, relationship text, selection text DEFAULT NULL, arguments jsonb DEFAULT NULL,
	role name DEFAULT NULL, headers jsonb DEFAULT NULL) RETURNS TABLE ("row" anyelement, result jsonb)
	AS 'MODULE_PATHNAME', 'rr_remote_join' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION remote_rel.remote_join(anyarray, text, text, jsonb, name, jsonb)
	IS 'rows of a table, each with what a remote relationship of the table gives for it';

CREATE FUNCTION remote_rel.remote_value_support(internal) RETURNS internal
	AS 'MODULE_PATHNAME', 'rr_remote_value_support' LANGUAGE C STRICT VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION remote_rel.remote_value_support(internal) IS 'planner support function of remote_value()';
REVOKE ALL ON FUNCTION remote_rel.remote_value_support(internal) FROM PUBLIC;

CREATE FUNCTION remote_rel.remote_value("row" anyelement, relationship text, selection text DEFAULT NULL, arguments jsonb DEFAULT NULL,
	role name DEFAULT NULL, headers jsonb DEFAULT NULL) RETURNS jsonb
	AS 'MODULE_PATHNAME', 'rr_remote_value' LANGUAGE C VOLATILE PARALLEL UNSAFE SUPPORT remote_rel.remote_value_support;
COMMENT ON FUNCTION remote_rel.remote_value(anyelement, text, text, jsonb, name, jsonb)
	IS 'what a remote relationship of a table gives for a row; in FROM, the planner asks for many rows at a time';

-- ----------------------------------------------------------------------------
-- Privileges
--
-- Undo what default privileges of the role that runs this script did: they may
-- have taken EXECUTE from PUBLIC, or granted new tables, functions or schemas
-- to other roles. The functions outside of schema remote_rel keep what default
-- privileges gave them.

GRANT EXECUTE ON FUNCTION remote_rel.validate_document(text, text, jsonb, text), remote_rel.validate_schema(text), remote_rel.json_object(text),
	remote_rel.json_object(text, "any"), remote_rel.json_rows_add(internal, text), remote_rel.json_rows_add(internal, text, "any"),
	remote_rel.json_rows_finish(internal), remote_rel.json_rows(text), remote_rel.json_rows(text, "any"), remote_rel.session_variable(text),
	remote_rel.join_hole(integer, integer), remote_rel.join_hole(integer, integer, "any"),
	remote_rel.join_value(integer, integer), remote_rel.join_value(integer, integer, "any"), remote_rel.remote_join(anyarray, text, text, jsonb, name, jsonb),
	remote_rel.remote_value(anyelement, text, text, jsonb, name, jsonb) TO PUBLIC;

REVOKE CREATE ON SCHEMA remote_rel FROM PUBLIC;
DO $$
DECLARE
	given record;
BEGIN
	FOR given IN
		WITH object (kind, name, owner, acl) AS (
			SELECT 'TABLE', c.oid::pg_catalog.regclass::text, c.relowner, c.relacl FROM pg_catalog.pg_class AS c
			WHERE c.relnamespace OPERATOR(pg_catalog.=) 'remote_rel'::pg_catalog.regnamespace::oid
			UNION ALL
			SELECT 'ROUTINE', p.oid::pg_catalog.regprocedure::text, p.proowner, p.proacl FROM pg_catalog.pg_proc AS p
			WHERE p.pronamespace OPERATOR(pg_catalog.=) 'remote_rel'::pg_catalog.regnamespace::oid
			UNION ALL
			SELECT 'SCHEMA', n.nspname::text, n.nspowner, n.nspacl FROM pg_catalog.pg_namespace AS n
			WHERE n.oid OPERATOR(pg_catalog.=) 'remote_rel'::pg_catalog.regnamespace::oid)
		SELECT DISTINCT object.kind, object.name, acl.grantee::pg_catalog.regrole
		FROM object, pg_catalog.aclexplode(object.acl) AS acl
		WHERE acl.grantee OPERATOR(pg_catalog.<>) 0::oid AND acl.grantee OPERATOR(pg_catalog.<>) object.owner
	LOOP
		EXECUTE pg_catalog.format('REVOKE ALL ON %s %s FROM %s', given.kind, given.name, given.grantee);
	END LOOP;
END
$$;

-- Counters: see there.
GRANT SELECT ON remote_rel.stat_remote_schemas, remote_rel.stat_relationships TO pg_read_all_stats;
GRANT EXECUTE ON FUNCTION remote_rel.stat_get_remote_schemas(), remote_rel.stat_get_relationships() TO pg_read_all_stats;
