\i test/setup.sql
-- A relationship of a table that is not part of the graph is taken, since the table may become part of it; a warning says that it is not served.
BEGIN;
CREATE SCHEMA regress_hidden;
CREATE TABLE regress_hidden.users (id int PRIMARY KEY, auth0_id text);
CREATE TABLE "odd users" (id int PRIMARY KEY, auth0_id text);
CREATE TABLE users (id int PRIMARY KEY, auth0_id text);
INSERT INTO regress_hidden.users VALUES (1, 'auth0|1');
SELECT remote_rel.add_remote_schema('yoga', test.definition()) \g /dev/null
SELECT remote_rel.create_remote_relationship('regress_hidden.users', 'profile', 'yoga',
    '{"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}') \g /dev/null
SELECT remote_rel.update_remote_relationship('regress_hidden.users', 'profile', 'yoga',
    '{"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}') \g /dev/null
SELECT remote_rel.create_remote_relationship('"odd users"', 'profile', 'yoga',
    '{"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}') \g /dev/null
SELECT remote_rel.create_object_relationship('regress_hidden.users', 'same',
    '{"manual_configuration": {"remote_table": "users",
    "column_mapping": {"id": "id"}}}') \g /dev/null
SELECT remote_rel.metadata('{"type": "pg_create_remote_relationship", "args": {"name": "by_metadata", "table": {"schema": "regress_hidden", "name": "users"},
  "definition": {"to_remote_schema": {"remote_schema": "yoga", "lhs_fields": ["auth0_id"], "remote_field": {"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}}}}}');
-- no warning
SELECT remote_rel.create_remote_relationship('users', 'profile', 'yoga',
    '{"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}') \g /dev/null
-- it is not inconsistent
SELECT remote_rel.metadata('{"type": "get_inconsistent_metadata", "args": {}}');
SET LOCAL remote_rel.exposed_schemas = 'public, regress_hidden';
SELECT graphql_resolve('{ regress_hidden_users { profile { nickname } by_metadata { email } same { id } } }');
SELECT (j.row).id, j.result ->> 'nickname' FROM remote_rel.remote_join((SELECT array_agg(u)
    FROM regress_hidden.users AS u), 'profile', '{ nickname }') AS j;
SELECT remote_rel.update_remote_relationship('regress_hidden.users', 'profile', 'yoga',
    '{"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}') \g /dev/null
ROLLBACK;
