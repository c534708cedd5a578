-- Exports of Hasura with names, enum tables and tables that are not listed: imported, exported, imported again.
CREATE DATABASE regress_names_import;
\c regress_names_import
\i test/setup.sql
CREATE TABLE phase (value text PRIMARY KEY, comment text);
INSERT INTO phase VALUES ('OPEN', 'to be done'), ('DONE', NULL);
CREATE TABLE work_items (id int PRIMARY KEY, short_title text, phase text REFERENCES phase);
INSERT INTO work_items VALUES (1, 'a', 'OPEN'), (2, 'b', 'DONE');
CREATE TABLE audit_log (id int PRIMARY KEY);
CREATE FUNCTION open_items() RETURNS SETOF work_items LANGUAGE sql STABLE AS 'SELECT * FROM work_items WHERE phase = ''OPEN''';
CREATE FUNCTION root_fields() RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(f ->> 'name', ' ' ORDER BY f ->> 'name') FROM json_array_elements(
        graphql_resolve('{ __schema { queryType { fields { name } } } }') #> '{data,__schema,queryType,fields}') AS f $$;
CREATE FUNCTION again() RETURNS TABLE (same boolean) LANGUAGE plpgsql AS $$
DECLARE
    before jsonb := remote_rel.metadata('{"type": "export_metadata", "args": {}}');
BEGIN
    PERFORM remote_rel.metadata(jsonb_build_object('type', 'replace_metadata', 'args', before));
    RETURN QUERY SELECT remote_rel.metadata('{"type": "export_metadata", "args": {}}') = before;
    PERFORM remote_rel.metadata('{"type": "clear_metadata", "args": {}}');
    PERFORM remote_rel.metadata(jsonb_build_object('type', 'replace_metadata', 'args', before));
    RETURN QUERY SELECT remote_rel.metadata('{"type": "export_metadata", "args": {}}') = before;
END $$;
SELECT root_fields();

-- version 3, as Hasura exports it
SELECT remote_rel.metadata('{"type": "replace_metadata", "args": {"version": 3, "sources": [{"name": "default", "kind": "postgres",
    "tables": [
      {"table": {"name": "phase", "schema": "public"}, "is_enum": true},
      {"table": {"name": "work_items", "schema": "public"}, "configuration": {
        "column_config": {"short_title": {"custom_name": "title", "comment": "in a few words"}}, "custom_column_names": {"short_title": "title"},
        "custom_name": "tasks", "custom_root_fields": {"select": "allTasks", "select_by_pk": {"name": "task", "comment": ""},
          "select_stream": "taskStream", "insert_one": "addTask"}}}],
    "functions": [{"function": {"name": "open_items", "schema": "public"}, "configuration": {"custom_name": "openTasks"}}],
    "configuration": {"connection_info": {"database_url": {"from_env": "PG_URL"}, "isolation_level": "read-committed"}},
    "customization": {"type_names": {"prefix": "W"}, "naming_convention": "hasura-default"}}]}}');
SELECT root_fields();
SELECT test.resolve('query ($p: Wphase_enum) { allTasks(where: {phase: {_eq: $p}}) { __typename id title phase } openTasks { title } task(id: 2) { phase } }',
    variables => '{"p": "OPEN"}');
SELECT test.resolve('mutation { addTask(object: {id: 3, title: "c", phase: OPEN}) { title } }');
SELECT jsonb_pretty(remote_rel.metadata('{"type": "export_metadata", "args": {}}') -> 'sources' -> 0);
SELECT * FROM again();
-- a table made later is shown, as ever; a hidden one comes back by track_table
CREATE TABLE newer (id int PRIMARY KEY);
SELECT root_fields();
SELECT remote_rel.metadata('{"type": "pg_track_table", "args": {"source": "default", "table": "audit_log"}}');
SELECT remote_rel.metadata('{"type": "pg_untrack_table", "args": {"source": "default", "table": "newer"}}');
SELECT root_fields();
SELECT * FROM again();

-- version 2
SELECT remote_rel.metadata('{"type": "replace_metadata", "args": {"version": 2, "tables": [
    {"table": {"name": "phase", "schema": "public"}, "is_enum": true},
    {"table": {"name": "work_items", "schema": "public"}, "configuration": {"custom_column_names": {"short_title": "name"}, "custom_root_fields": {"select": "works"}}}]}}');
SELECT root_fields();
SELECT test.resolve('{ works(where: {phase: {_in: [DONE]}}) { name phase } }');
SELECT * FROM again();

-- what is no export of Hasura hides nothing: ours, and what was written by hand
SELECT remote_rel.metadata('{"type": "replace_metadata", "args": {"version": 3, "sources": [{"name": "default", "kind": "postgres", "tables": [
    {"table": "work_items", "configuration": {"custom_name": "tasks"}}]}]}}');
SELECT root_fields();
\set QUIET on
\c postgres
DROP DATABASE regress_names_import;
