CREATE DATABASE regress_metadata_query_collections;
\c regress_metadata_query_collections
\i test/setup.sql
-- Query collections and the allow list: kept, exported, replaced.
CREATE FUNCTION pg_temp.run(type text, args jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  hint text;
BEGIN
  RETURN remote_rel.metadata(jsonb_build_object('type', type, 'args', args))::text;
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
  RETURN concat_ws(' ', sqlstate, sqlerrm, nullif(hint, ''));
END $$;
CREATE FUNCTION pg_temp.kept() RETURNS SETOF text LANGUAGE sql AS $$
  SELECT key || ': ' || value FROM jsonb_each(remote_rel.metadata('{"type": "export_metadata", "args": {}}'))
  WHERE key IN ('query_collections', 'allowlist') ORDER BY key $$;

-- collections
SELECT pg_temp.run('create_query_collection', '{"name": "one", "comment": "first", "definition": {"queries": [{"name": "a", "query": "{ a }"}]}}');
SELECT pg_temp.run('create_query_collection', '{"name": "empty", "definition": {"queries": []}}');
SELECT pg_temp.run('create_query_collection', '{"name": "one", "definition": {"queries": []}}');
SELECT pg_temp.run('create_query_collection', '{"name": "x"}');
SELECT pg_temp.run('create_query_collection', '{"name": "x", "definition": {"queries": [{"name": "a"}]}}');
SELECT pg_temp.run('create_query_collection', '{"name": "x", "definition": {"queries": [null]}}');
SELECT pg_temp.run('create_query_collection',
  '{"name": "x", "definition": {"queries": [{"name": "a", "query": "{ a }"}, {"name": "a", "query": "{ b }"}]}}');
SELECT pg_temp.kept();

-- their queries
SELECT pg_temp.run('add_query_to_collection', '{"collection_name": "one", "query_name": "b", "query": "query b { b }"}');
SELECT pg_temp.run('add_query_to_collection', '{"collection_name": "one", "query_name": "b", "query": "{ c }"}');
SELECT pg_temp.run('add_query_to_collection', '{"collection_name": "two", "query_name": "b", "query": "{ c }"}');
SELECT pg_temp.run('drop_query_from_collection', '{"collection_name": "one", "query_name": "a"}');
SELECT pg_temp.run('drop_query_from_collection', '{"collection_name": "one", "query_name": "a"}');
SELECT pg_temp.kept();

-- the allow list
SELECT pg_temp.run('add_collection_to_allowlist', '{"collection": "one"}');
SELECT pg_temp.run('add_collection_to_allowlist', '{"collection": "empty", "scope": {"global": false, "roles": ["app"]}}');
SELECT pg_temp.run('add_collection_to_allowlist', '{"collection": "two"}');
SELECT pg_temp.run('add_collection_to_allowlist', '{"collection": "one", "scope": {"roles": ["app"]}}');
SELECT pg_temp.kept();
SELECT pg_temp.run('drop_query_collection', '{"collection": "one"}');
SELECT pg_temp.run('drop_query_collection', '{"collection": "one", "cascade": true}');
SELECT pg_temp.run('drop_query_collection', '{"collection": "one"}');
SELECT pg_temp.run('drop_collection_from_allowlist', '{"collection": "empty"}');
SELECT pg_temp.kept();

-- the whole
SELECT pg_temp.run('replace_metadata', '{"version": 3, "sources": [{"name": "default", "kind": "postgres", "tables": []}],
  "query_collections": [{"name": "two", "definition": {"queries": [{"name": "a", "query": "{ a }"}]}, "owner": 1}],
  "allowlist": [{"collection": "two", "scope": {"global": true}}]}');
SELECT pg_temp.kept();
SELECT pg_temp.run('replace_metadata', '{"version": 3, "sources": [], "allowlist": [{"collection": "two"}]}');
SELECT pg_temp.run('replace_metadata', remote_rel.metadata('{"type": "export_metadata", "args": {}}'));
SELECT pg_temp.kept();
SELECT pg_temp.run('clear_metadata', '{}');
SELECT pg_temp.kept();
-- what there is not
SELECT test.failure($$SELECT remote_rel.metadata('{"type": "rename_query_collection", "args": {"name": "one", "new_name": "two"}}')$$);
SELECT test.failure($$SELECT remote_rel.metadata('{"type": "update_scope_of_collection_in_allowlist", "args": {"collection": "one", "scope": {"global": true}}}')$$);
SELECT test.failure($$SELECT remote_rel.metadata('{"type": "add_host_to_tls_allowlist", "args": {"host": "a"}}')$$);
