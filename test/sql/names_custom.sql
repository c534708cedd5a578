-- Custom names of tables, columns, root fields and functions. A database of its own.
CREATE DATABASE regress_names_custom;
\c regress_names_custom
\i test/setup.sql
CREATE TABLE user_profiles (id int PRIMARY KEY, full_name text, created_at date, boss_id int REFERENCES user_profiles);
CREATE TABLE posts (id int PRIMARY KEY, author_id int NOT NULL REFERENCES user_profiles, title text, score int);
COMMENT ON TABLE posts IS 'what people write';
COMMENT ON COLUMN posts.title IS 'its title';
INSERT INTO user_profiles VALUES (1, 'Ann', '2020-01-01', NULL), (2, 'Bob', '2021-02-02', 1), (3, NULL, NULL, 1);
INSERT INTO posts VALUES (1, 1, 'a', 5), (2, 1, 'b', NULL), (3, 2, NULL, 7);
CREATE FUNCTION best_posts(at_least int) RETURNS SETOF posts LANGUAGE sql STABLE AS 'SELECT * FROM posts WHERE score >= $1';
SELECT remote_rel.track_function('best_posts');

CREATE ROLE regress_names_reader;
GRANT SELECT (id, full_name) ON user_profiles TO regress_names_reader;
GRANT SELECT ON posts TO regress_names_reader;

SELECT remote_rel.set_table_customization('user_profiles', '{"custom_name": "userProfiles",
    "column_config": {"created_at": {"custom_name": "createdAt", "comment": "since when"}},
    "custom_column_names": {"full_name": "fullName", "created_at": "since"},
    "custom_root_fields": {"select": {"name": "people", "comment": "everybody"}, "select_by_pk": "person",
        "insert": "addPeople", "insert_one": null}}');
SELECT remote_rel.set_table_customization('posts', '{"column_config": {"author_id": {"custom_name": "writerId"},
    "title": {"comment": ""}}, "comment": ""}');

-- output, arguments, relationships from foreign keys
SELECT test.resolve('{ people(order_by: {createdAt: desc_nulls_last}, where: {fullName: {_is_null: false}})
    { id fullName createdAt posts { id writerId writer { fullName } } } }');
SELECT test.resolve('{ person(id: 2) { __typename fullName posts_aggregate { aggregate { count max { writerId } } } } }');
SELECT test.resolve('{ userProfiles_aggregate(where: {posts: {score: {_gt: 1}}}) { aggregate { count(columns: fullName) } nodes { id } } }');
SELECT test.resolve('{ posts(distinct_on: writerId, order_by: [{writerId: asc}, {id: desc}]) { id writerId } }');
SELECT test.resolve('query ($w: userProfiles_bool_exp, $o: [userProfiles_order_by!]) { people(where: $w, order_by: $o) { id } }',
    variables => '{"w": {"createdAt": {"_gt": "2020-06-01"}}, "o": [{"id": "desc"}]}');
SELECT test.resolve('{ people(order_by: {posts_aggregate: {max: {writerId: desc_nulls_last}}}) { id } }');
-- PostgreSQL's names are none any more
SELECT test.resolve('{ user_profiles { id } people(where: {full_name: {}}) { created_at } }');
-- the other role
SELECT test.resolve('{ people { id fullName } }', 'regress_names_reader');
SELECT test.resolve('{ people { createdAt } }', 'regress_names_reader');
SELECT test.resolve('{ best_posts(args: {at_least: 6}) { writerId } }', 'regress_names_reader');
-- descriptions
SELECT test.resolve('{ p: __type(name: "posts") { description fields { name description } }
    u: __type(name: "userProfiles") { description fields { name description } }
    __schema { queryType { fields { name description } } } }');
SELECT string_agg(line, E'\n') FROM regexp_split_to_table(graphql_schema(), E'\n') AS line WHERE line ~ 'user_|full_name|created_at|author_id';

-- what does not fit
SELECT test.failure($$SELECT remote_rel.set_table_customization('posts', '{"custom_nam": "x"}')$$);
SELECT test.failure($$SELECT remote_rel.set_table_customization('posts', '{"custom_name": "a b"}')$$);
SELECT test.failure($$SELECT remote_rel.set_table_customization('posts', '{"custom_root_fields": {"select": 5}}')$$);
SELECT test.failure($$SELECT remote_rel.set_table_customization('posts', '{"column_config": {"titel": {"custom_name": "x"}}}')$$);
SELECT test.failure($$SELECT remote_rel.set_table_customization('posts', '{"column_config": {"title": {"custom_name": "score"}}}')$$);
SELECT test.failure($$SELECT remote_rel.set_table_customization('posts', '{"column_config": {"title": {"custom_name": "__x"}}}')$$);
SELECT test.failure($$SELECT remote_rel.set_table_customization('posts', '{"custom_name": "userProfiles"}')$$);
SELECT test.failure($$SELECT remote_rel.set_table_customization('posts', '{"custom_root_fields": {"select": "people"}}')$$);
SELECT test.failure($$SELECT remote_rel.set_table_customization('posts', '{"custom_root_fields": {"select": "x", "select_aggregate": "x"}}')$$);
SELECT test.failure($$SELECT remote_rel.set_table_customization('posts', '{"custom_root_fields": {"select": "best_posts"}}')$$);
SELECT test.failure($$SELECT remote_rel.set_table_customization('posts', '{"custom_name": "order_by"}')$$);
SELECT test.failure($$SELECT remote_rel.set_table_customization('posts', '{"custom_name": "userProfiles_bool_exp"}')$$);
SELECT remote_rel.create_object_relationship('posts', 'boss', '{"manual_configuration": {"remote_table": "user_profiles", "column_mapping": {"author_id": "id"}}}');
SELECT test.failure($$SELECT remote_rel.set_table_customization('posts', '{"column_config": {"title": {"custom_name": "boss"}}}')$$);
SELECT remote_rel.drop_relationship('posts', 'boss');

-- functions
SELECT remote_rel.set_function_customization('best_posts', '{"custom_name": "bestPosts"}');
SELECT test.resolve('{ bestPosts(args: {at_least: 6}) { id } bestPosts_aggregate(args: {at_least: 1}) { aggregate { count } } }');
SELECT remote_rel.metadata('{"type": "pg_set_function_customization", "args": {"function": "best_posts",
    "configuration": {"custom_name": "good", "custom_root_fields": {"function_aggregate": "goodCount"}}}}');
SELECT test.resolve('{ good(args: {at_least: 6}) { id } goodCount(args: {at_least: 1}) { aggregate { count } } }', 'regress_names_reader');
SELECT test.failure($$SELECT remote_rel.set_function_customization('best_posts', '{"custom_name": "people"}')$$);
SELECT test.failure($$SELECT remote_rel.set_function_customization('now', '{}')$$);

-- renames leave custom names as they are, and go on with the column
ALTER TABLE user_profiles RENAME TO users;
ALTER TABLE users RENAME created_at TO made_at;
ALTER TABLE users RENAME full_name TO whole_name;
SELECT test.resolve('{ people(order_by: {id: asc}) { id fullName createdAt } }');
SELECT remote_rel.metadata('{"type": "export_metadata", "args": {}}') #> '{sources,0,tables}';
-- exported, imported, and exported again
CREATE TABLE before AS SELECT remote_rel.metadata('{"type": "export_metadata", "args": {}}') AS m;
SELECT remote_rel.metadata('{"type": "clear_metadata", "args": {}}');
SELECT test.resolve('{ users(limit: 1) { made_at } }');
SELECT remote_rel.metadata(jsonb_build_object('type', 'replace_metadata', 'args', m)) FROM before;
SELECT m = remote_rel.metadata('{"type": "export_metadata", "args": {}}') FROM before;
DROP TABLE before;
-- a dropped column, a dropped table
ALTER TABLE users DROP made_at;
SELECT remote_rel.metadata('{"type": "get_inconsistent_metadata", "args": {}}');
SELECT configuration FROM remote_rel.table_customization WHERE table_name = 'users';
SET client_min_messages = notice;
DROP TABLE users CASCADE;
SET client_min_messages = warning;
SELECT table_name FROM remote_rel.table_customization;

-- Hasura's commands
SELECT remote_rel.metadata('{"type": "pg_set_table_customization", "args": {"source": "default", "table": "posts",
    "configuration": {"custom_name": "articles", "custom_column_names": {"title": "heading"}}}}');
SELECT test.resolve('{ articles { heading } }', 'regress_names_reader');
SELECT remote_rel.metadata('{"type": "set_table_custom_fields", "version": 2, "args": {"table": "posts",
    "custom_root_fields": {"select": "Posts"}, "custom_column_names": {"title": "caption"}}}');
SELECT test.resolve('{ Posts { caption } posts_by_pk(id: 1) { caption } }', 'regress_names_reader');
SELECT remote_rel.metadata('{"type": "pg_track_table", "args": {"table": "posts", "configuration": {"custom_name": "Essays"}}}');
SELECT test.resolve('{ Essays { title } }');
SELECT remote_rel.metadata('{"type": "pg_set_table_customization", "args": {"table": "posts", "configuration": {}}}');
SELECT test.resolve('{ posts { title } }');
SELECT count(*) FROM remote_rel.table_customization;

-- hidden tables
SELECT remote_rel.hide_table('posts');
SELECT test.resolve('{ posts { title } }');
SELECT test.resolve('{ posts { title } }', 'regress_names_reader');
SELECT remote_rel.metadata('{"type": "export_metadata", "args": {}}') #> '{sources,0,hidden_tables}';
SELECT remote_rel.metadata('{"type": "track_table", "args": "posts"}');
SELECT test.resolve('{ posts { title } }', 'regress_names_reader');
SELECT remote_rel.metadata('{"type": "pg_untrack_table", "args": {"table": "posts", "cascade": true}}');
SELECT test.resolve('{ posts { title } }');
SELECT remote_rel.show_table('posts');
SELECT test.resolve('{ posts(limit: 1) { title } }');
DROP OWNED BY regress_names_reader;
DROP ROLE regress_names_reader;
\set QUIET on
\c postgres
DROP DATABASE regress_names_custom;
