CREATE DATABASE regress_metadata_dry_run;
\c regress_metadata_dry_run
\i test/setup.sql
-- replace_metadata with "dry_run": how it would go, and what an export would give then; nothing changes
CREATE TABLE users (id integer PRIMARY KEY, auth0_id text);
SELECT remote_rel.set_table_customization('users', '{"custom_name": "people"}');
CREATE FUNCTION run(tables jsonb, allow boolean DEFAULT false, dry boolean DEFAULT true) RETURNS jsonb LANGUAGE sql AS $$
  SELECT remote_rel.metadata(jsonb_build_object('type', 'replace_metadata', 'args', jsonb_build_object(
    'dry_run', dry, 'allow_inconsistent_metadata', allow, 'metadata', jsonb_build_object('version', 3,
      'sources', jsonb_build_array(jsonb_build_object('name', 'default', 'tables', tables)))))) $$;
CREATE FUNCTION stored() RETURNS jsonb LANGUAGE sql AS $$
  SELECT remote_rel.metadata('{"type": "export_metadata", "args": {}}') #> '{sources,0}' $$;

SELECT jsonb_pretty(run('[{"table": "users", "configuration": {"custom_name": "humans"}, "event_triggers": []},
  {"table": "gone"}]'));
SELECT stored();
SELECT test.resolve('{ __type(name: "query_root") { fields { name } } }') LIKE '%"people_by_pk"%';

-- what would be refused is refused
SELECT test.failure($$SELECT run('[{"table": "users", "remote_relationships": [{"name": "r", "definition":
  {"to_remote_schema": {"remote_schema": "none", "lhs_fields": ["id"], "remote_field": {"f": {"arguments": {}}}}}}]}]')$$);
SELECT stored();
-- inconsistent metadata are told
SELECT run('[{"table": "users", "remote_relationships": [{"name": "r", "definition": {"to_source": {"source": "default",
  "table": "gone", "relationship_type": "array", "field_mapping": {"id": "a"}}}}]}]', allow => true) #> '{answer,is_consistent}';
-- two in one transaction, then it is done
BEGIN;
SELECT run('[]') -> 'metadata', run('[{"table": "users", "configuration": {"custom_name": "x"}}]') #> '{metadata,sources,0,tables}';
SELECT run('[]', dry => false);
SELECT stored();
ROLLBACK;
SELECT stored();
SELECT test.failure($$SELECT remote_rel.metadata('{"type": "replace_metadata", "args": {"dry_run": 1, "metadata": {}}}')$$);

\set QUIET on
\c postgres
DROP DATABASE regress_metadata_dry_run;
