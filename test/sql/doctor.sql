CREATE DATABASE regress_doctor;
\c regress_doctor
\i test/setup.sql
-- What is wrong or risky, and what helps.

CREATE FUNCTION found(ask boolean DEFAULT false) RETURNS SETOF text LANGUAGE sql AS $$
    SELECT test.masked(format('%s: %s %s: %s; %s', severity, what, object, problem, remedy)) FROM remote_rel.doctor(ask)
    -- they depend on the server
    WHERE object NOT IN ('jit', 'shared_preload_libraries') $$;

-- nothing
SELECT found();
SELECT found(true);
-- settings
SET remote_rel.call_timeout = 0;
SET remote_rel.remote_schema_permissions = off;
SET remote_rel.breaker_failures = 0;
SELECT found();
RESET ALL;
SET client_min_messages = error;
SET jit = on;
SET jit_above_cost = 100;
SELECT what, object FROM remote_rel.doctor() WHERE object = 'jit';
SET jit = off;
SELECT what, object FROM remote_rel.doctor() WHERE object = 'jit';
-- grants
GRANT EXECUTE ON FUNCTION remote_rel.metadata(jsonb), remote_rel.add_remote_schema(text, jsonb, text, text) TO PUBLIC;
CREATE TABLE open (id int);
CREATE TABLE guarded (id int);
ALTER TABLE guarded ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON open, guarded TO PUBLIC;
SELECT found();
REVOKE EXECUTE ON FUNCTION remote_rel.metadata(jsonb), remote_rel.add_remote_schema(text, jsonb, text, text) FROM PUBLIC;
DROP TABLE open, guarded;
-- tables: foreign keys and joins to tables without an index, with one, with one that begins with another column
CREATE TABLE parent (id int PRIMARY KEY);
CREATE TABLE child (id int PRIMARY KEY, parent_id int REFERENCES parent, "Other" int REFERENCES parent, third int REFERENCES parent);
CREATE INDEX ON child ("Other");
CREATE INDEX ON child (id, third);
SELECT found();
CREATE INDEX ON child (parent_id);
CREATE INDEX ON child (third, id);
SELECT found();
INSERT INTO parent VALUES (1);
SELECT found();
ANALYZE parent;
SELECT found();
-- limits of roles that were renamed or dropped, of two tables
CREATE ROLE regress_doctor_a;
CREATE ROLE regress_doctor_b;
SELECT remote_rel.set_table_limits(t, role, 1) FROM unnest('{parent,child}'::regclass[]) AS t, unnest('{regress_doctor_a,regress_doctor_b}'::name[]) AS role;
SELECT found();
ALTER ROLE regress_doctor_a RENAME TO regress_doctor_c;
DROP ROLE regress_doctor_b;
SELECT found();
SELECT remote_rel.set_table_limits(t, role) FROM unnest('{parent,child}'::regclass[]) AS t, unnest('{regress_doctor_a,regress_doctor_b}'::name[]) AS role;
DROP ROLE regress_doctor_c;
SELECT found();
-- remote schemas
SELECT remote_rel.add_remote_schema('plain', '{"url": "http://name:word@api.example.com/graphql", "headers": [{"name": "x-api-key", "value": "1"},
    {"name": "Authorization", "value": "2"}, {"name": "x-tenant", "value": "3"}, {"name": "x-token", "value_from_env": "PATH"}]}',
    sdl => 'type Query { a: Int }');
SELECT remote_rel.add_remote_schema('local', '{"url": "http://localhost:1/"}', sdl => 'type Query { b: Int }');
SELECT remote_rel.add_remote_schema('tls', '{"url": "https://api.example.com/"}', sdl => 'type Query { c: Int }');
SELECT remote_rel.add_remote_schema_permissions('tls', 'pg_monitor', 'type Query { c: Int }');
SELECT found();
SELECT remote_rel.remove_remote_schema(name) FROM remote_rel.remote_schema;
-- asked: one that answers, two that do not; what is given as SDL is not asked; nothing changes
SELECT remote_rel.add_remote_schema('good', test.definition());
SELECT remote_rel.add_remote_schema('gone', test.changing('gone')) FROM test.change('gone', 'type Query { gone: Int }');
SELECT remote_rel.add_remote_schema('gone2', test.changing('gone2')) FROM test.change('gone2', 'type Query { gone2: Int }');
SELECT remote_rel.add_remote_schema('given', '{"url": "http://127.0.0.1:1/"}', sdl => 'type Query { given: Int }');
SELECT test.change('gone', NULL), test.change('gone2', NULL);
SELECT md5(string_agg(r::text, '' ORDER BY name)) AS before FROM remote_rel.remote_schema AS r \gset
SELECT found(true);
SELECT md5(string_agg(r::text, '' ORDER BY name)) = :'before' FROM remote_rel.remote_schema AS r;
-- metadata that cannot be served, joins to tables
SELECT remote_rel.metadata('{"type": "create_remote_schema_remote_relationship", "args": {"remote_schema": "good", "type_name": "Profile", "name": "children",
    "definition": {"to_source": {"source": "default", "relationship_type": "array", "table": "child", "field_mapping": {"id": "third"}}}}}') ->> 'message';
SELECT remote_rel.create_remote_relationship('child', 'given', 'given', '{"given": {"arguments": {}}}', lhs_fields => '{id}');
SELECT remote_rel.update_remote_schema('given', '{"url": "http://127.0.0.1:1/"}', sdl => 'type Query { taken: Int }');
DROP INDEX child_third_id_idx;
SELECT found();
-- only for the owner, and whom he grants it to
CREATE ROLE regress_doctor_guest;
SET ROLE regress_doctor_guest;
SELECT test.failure('SELECT * FROM remote_rel.doctor()');
RESET ROLE;
DROP ROLE regress_doctor_guest;

\set QUIET on
\c postgres
DROP DATABASE regress_doctor;
