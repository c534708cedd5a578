-- remote_rel 1.0
\echo Use "CREATE EXTENSION remote_rel" to load this file. \quit

-- A schema of this name that is there already must stop the installation: who owns it would own what is in it.
CREATE SCHEMA remote_rel;
COMMENT ON SCHEMA remote_rel IS 'remote_rel: catalogs and management functions';
-- Policies call remote_rel.session_variable(), and generated statements our helpers. What is not for everyone is revoked, function by function.
GRANT USAGE ON SCHEMA remote_rel TO PUBLIC;

-- ---------------------------------------------------------------------------------------------------------------------------------------
-- Catalogs: for their owner only, since headers hold secrets. Tables and functions are kept by name, so that a dump restores in any order.

CREATE TABLE remote_rel.remote_schema (
	name text PRIMARY KEY,
	ordinal integer NOT NULL UNIQUE,
	definition jsonb NOT NULL,
	comment text,
	sdl text NOT NULL,
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
	remote_schema text NOT NULL REFERENCES remote_rel.remote_schema,
	type_name text NOT NULL,
	name text NOT NULL,
	definition jsonb NOT NULL,
	PRIMARY KEY (remote_schema, type_name, name)
);
COMMENT ON TABLE remote_rel.remote_schema_relationship IS 'relationships that start at a type of a remote schema';

CREATE TABLE remote_rel.remote_schema_permission (
	remote_schema text NOT NULL REFERENCES remote_rel.remote_schema,
	role name NOT NULL,
	sdl text NOT NULL,
	comment text,
	PRIMARY KEY (remote_schema, role)
);
COMMENT ON TABLE remote_rel.remote_schema_permission IS 'the part of a remote schema that a role sees';

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

REVOKE ALL ON remote_rel.remote_schema, remote_rel.table_relationship, remote_rel.remote_schema_relationship,
	remote_rel.remote_schema_permission, remote_rel.computed_field, remote_rel.tracked_function FROM PUBLIC;

SELECT pg_catalog.pg_extension_config_dump('remote_rel.remote_schema', '');
SELECT pg_catalog.pg_extension_config_dump('remote_rel.table_relationship', '');
SELECT pg_catalog.pg_extension_config_dump('remote_rel.remote_schema_relationship', '');
SELECT pg_catalog.pg_extension_config_dump('remote_rel.remote_schema_permission', '');
SELECT pg_catalog.pg_extension_config_dump('remote_rel.computed_field', '');
SELECT pg_catalog.pg_extension_config_dump('remote_rel.tracked_function', '');

CREATE FUNCTION remote_rel.catalog_changed() RETURNS trigger
	AS 'MODULE_PATHNAME', 'rr_catalog_changed' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION remote_rel.catalog_changed() IS 'tells every session that a catalog of remote_rel has changed';
REVOKE ALL ON FUNCTION remote_rel.catalog_changed() FROM PUBLIC;

CREATE TRIGGER changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON remote_rel.remote_schema
	FOR EACH STATEMENT EXECUTE FUNCTION remote_rel.catalog_changed();
CREATE TRIGGER changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON remote_rel.table_relationship
	FOR EACH STATEMENT EXECUTE FUNCTION remote_rel.catalog_changed();
CREATE TRIGGER changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON remote_rel.remote_schema_relationship
	FOR EACH STATEMENT EXECUTE FUNCTION remote_rel.catalog_changed();
CREATE TRIGGER changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON remote_rel.remote_schema_permission
	FOR EACH STATEMENT EXECUTE FUNCTION remote_rel.catalog_changed();
CREATE TRIGGER changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON remote_rel.computed_field
	FOR EACH STATEMENT EXECUTE FUNCTION remote_rel.catalog_changed();
CREATE TRIGGER changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON remote_rel.tracked_function
	FOR EACH STATEMENT EXECUTE FUNCTION remote_rel.catalog_changed();

-- ---------------------------------------------------------------------------------------------------------------------------------------
-- Management

CREATE FUNCTION remote_rel.add_remote_schema(name text, definition jsonb, comment text DEFAULT NULL, sdl text DEFAULT NULL) RETURNS void
	AS 'MODULE_PATHNAME', 'rr_sql_add_remote_schema' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION remote_rel.add_remote_schema(text, jsonb, text, text)
	IS 'add a remote GraphQL API; its schema is fetched from it, unless it is given as SDL';
REVOKE ALL ON FUNCTION remote_rel.add_remote_schema(text, jsonb, text, text) FROM PUBLIC;

CREATE FUNCTION remote_rel.create_remote_relationship(source regclass, name text, remote_schema text, remote_field jsonb,
	lhs_fields name[] DEFAULT NULL, batch jsonb DEFAULT NULL, relationship_type text DEFAULT NULL) RETURNS void
	AS 'MODULE_PATHNAME', 'rr_sql_create_remote_relationship' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION remote_rel.create_remote_relationship(regclass, text, text, jsonb, name[], jsonb, text)
	IS 'join the rows of a table with a field of a remote schema';
REVOKE ALL ON FUNCTION remote_rel.create_remote_relationship(regclass, text, text, jsonb, name[], jsonb, text) FROM PUBLIC;

CREATE FUNCTION remote_rel.metadata(request jsonb) RETURNS jsonb
	AS 'MODULE_PATHNAME', 'rr_sql_metadata' LANGUAGE C STRICT VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION remote_rel.metadata(jsonb) IS 'run a command of Hasura''s metadata API: {"type": …, "args": …}';
REVOKE ALL ON FUNCTION remote_rel.metadata(jsonb) FROM PUBLIC;

-- ---------------------------------------------------------------------------------------------------------------------------------------
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

-- ---------------------------------------------------------------------------------------------------------------------------------------
-- What generated statements call

CREATE FUNCTION remote_rel.json_object(template text) RETURNS json
	AS 'MODULE_PATHNAME', 'rr_json_object_sql' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION remote_rel.json_object(text) IS 'a template without placeholders as JSON';

-- STABLE, as to_json() is: the text of some types depends on settings.
CREATE FUNCTION remote_rel.json_object(template text, VARIADIC "values" "any") RETURNS json
	AS 'MODULE_PATHNAME', 'rr_json_object_sql' LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION remote_rel.json_object(text, "any")
	IS 'JSON by a template: $ takes the next value, ? tells by the next one whether the object after it is there';

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
	AS 'MODULE_PATHNAME', 'rr_sql_session_variable' LANGUAGE C STRICT STABLE PARALLEL RESTRICTED;
COMMENT ON FUNCTION remote_rel.session_variable(text) IS 'value of an x-hasura-* variable of the request that is being answered, for policies and computed fields';

CREATE FUNCTION remote_rel.join_hole(step integer) RETURNS json
	AS 'MODULE_PATHNAME', 'rr_join_hole' LANGUAGE C VOLATILE PARALLEL RESTRICTED;
COMMENT ON FUNCTION remote_rel.join_hole(integer) IS 'place of a remote value that depends on no column; for statements of graphql_resolve()';

-- VOLATILE, so that it is evaluated for the rows that the answer has, after sorting and LIMIT.
CREATE FUNCTION remote_rel.join_hole(step integer, VARIADIC keys "any") RETURNS json
	AS 'MODULE_PATHNAME', 'rr_join_hole' LANGUAGE C VOLATILE PARALLEL RESTRICTED;
COMMENT ON FUNCTION remote_rel.join_hole(integer, "any") IS 'place of the remote value for these keys; for statements of graphql_resolve()';
