-- Included by tests of the functions that join rows of a table: \i test/users.sql
--
-- 300 users, with relationships to the remote schema auth0: profile (one), flaky (fails for some names), fellows (many); and from a Profile to users.
CREATE TABLE users (id int PRIMARY KEY, name text, auth0_id text, level text DEFAULT 'ADMIN');
INSERT INTO users SELECT i, 'user ' || i, 'auth0|' || i FROM generate_series(1, 300) AS i;
SELECT remote_rel.add_remote_schema('auth0', test.definition());
SELECT remote_rel.create_remote_relationship('users', 'profile', 'auth0',
    '{"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}');
SELECT remote_rel.create_remote_relationship('users', 'flaky', 'auth0', '{"flaky": {"arguments": {"key": "$name"}}}');
SELECT remote_rel.create_remote_relationship('users', 'fellows', 'auth0',
    '{"profiles_of": {"arguments": {"level": "$level"}}}');
SELECT remote_rel.metadata('{"type": "create_remote_schema_remote_relationship", "args": {"remote_schema": "auth0", "type_name": "Profile", "name": "users",
    "definition": {"to_source": {"source": "default", "relationship_type": "array", "table": "users", "field_mapping": {"id": "auth0_id"}}}}}');
