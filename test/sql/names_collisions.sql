-- Names that meet: of tables, columns, functions, relationships and remote schemas. A database of its own.
CREATE DATABASE regress_names_collisions;
\c regress_names_collisions
\i test/setup.sql
CREATE TABLE user_profiles (id int PRIMARY KEY, full_name text, created_at date, boss_id int);
CREATE TABLE posts (id int PRIMARY KEY, title text);
CREATE FUNCTION best_posts() RETURNS SETOF posts LANGUAGE sql STABLE AS 'SELECT * FROM posts';
CREATE FUNCTION add_post(n int) RETURNS SETOF posts LANGUAGE sql AS 'INSERT INTO posts VALUES ($1) RETURNING *';
CREATE FUNCTION years(user_profiles) RETURNS int LANGUAGE sql STABLE AS 'SELECT 1';
CREATE ROLE regress_names_reader;
GRANT SELECT ON posts TO regress_names_reader;
GRANT SELECT (id) ON user_profiles TO regress_names_reader;
CREATE TEMP TABLE before AS SELECT graphql_schema() AS sdl, graphql_schema('regress_names_reader') AS reader;
CREATE FUNCTION pg_temp.unchanged() RETURNS bool LANGUAGE sql AS $$
    SELECT sdl = graphql_schema() AND reader = graphql_schema('regress_names_reader') FROM before $$;

-- A convention shows every collision at once, and changes nothing until they are settled.
CREATE TABLE "userProfiles" (id int PRIMARY KEY);
CREATE TABLE user__profiles (id int PRIMARY KEY);
CREATE TABLE posts_aggregate_fields_2 (id int PRIMARY KEY);
CREATE TABLE "postsBoolExp" (id int PRIMARY KEY);
CREATE TABLE "postsByPk" (id int PRIMARY KEY);
CREATE TABLE "orderBy" (id int PRIMARY KEY);
ALTER TABLE posts ADD "theTitle" text, ADD the_title text, ADD the__title text;
CREATE FUNCTION posts_aggregate() RETURNS SETOF posts LANGUAGE sql STABLE AS 'SELECT * FROM posts';
CREATE FUNCTION "postsAggregate"() RETURNS SETOF posts LANGUAGE sql STABLE AS 'SELECT * FROM posts';
CREATE FUNCTION "insertPosts"() RETURNS SETOF posts LANGUAGE sql AS 'INSERT INTO posts VALUES (1) RETURNING *';
SELECT remote_rel.track_function('"postsAggregate"');
SELECT remote_rel.track_function('"insertPosts"');
SELECT remote_rel.create_object_relationship('user_profiles', 'fullName',
    '{"manual_configuration": {"remote_table": "posts", "column_mapping": {"id": "id"}}}');
SELECT remote_rel.add_computed_field('user_profiles', 'createdAt', 'years');
SELECT remote_rel.add_remote_schema('api', test.mock($$ type Query { userProfilesByPk: Int  item: UserProfiles  orders: OrderBy }
    type Mutation { deletePosts: Int }  type UserProfiles { a: PostsInsertInput_ }
     scalar PostsInsertInput_  type OrderBy { a: PostsMutationResponse }
    type PostsMutationResponse { a: Int } $$));
SELECT remote_rel.metadata('{"type": "get_inconsistent_metadata", "args": {}}');
UPDATE before SET sdl = graphql_schema(), reader = graphql_schema('regress_names_reader');
SELECT test.failure($$SELECT remote_rel.set_naming('{"naming_convention": "graphql-default"}')$$);
SELECT pg_temp.unchanged(), count(*) FROM remote_rel.source_customization;
-- settled, one after the other
DROP TABLE "userProfiles", user__profiles, "postsBoolExp", "postsByPk", "orderBy";
SELECT remote_rel.untrack_function('"postsAggregate"');
SELECT remote_rel.untrack_function('"insertPosts"');
SELECT remote_rel.drop_relationship('user_profiles', 'fullName');
SELECT remote_rel.drop_computed_field('user_profiles', 'createdAt');
SELECT remote_rel.set_table_customization('posts', '{"column_config": {"the_title": {"custom_name": "title1"},
    "the__title": {"custom_name": "title2"}}}');
SELECT test.failure($$SELECT remote_rel.set_naming('{"naming_convention": "graphql-default"}')$$);
SELECT remote_rel.update_remote_schema('api', test.mock('type Query { a: Int }'));
SELECT remote_rel.set_naming('{"naming_convention": "graphql-default"}');
SELECT test.resolve('{ posts { theTitle title1 title2 } }', 'regress_names_reader');
ALTER TABLE posts DROP the_title, DROP the__title;
SELECT remote_rel.set_table_customization('posts', NULL);

-- What comes later, under the convention: relationship, computed field, function, remote schema, column, table.
SELECT test.failure($$SELECT remote_rel.create_object_relationship('user_profiles', 'fullName',
    '{"manual_configuration": {"remote_table": "posts", "column_mapping": {"id": "id"}}}')$$);
SELECT test.failure($$SELECT remote_rel.create_array_relationship('user_profiles', 'x',
    '{"manual_configuration": {"remote_table": "posts", "column_mapping": {"full_nam": "id"}}}')$$);
SELECT test.failure($$SELECT remote_rel.add_computed_field('user_profiles', 'createdAt', 'years')$$);
SELECT test.failure($$SELECT remote_rel.track_function('"postsAggregate"')$$);
SELECT test.failure($$SELECT remote_rel.track_function('posts_aggregate')$$);
SELECT test.failure($$SELECT remote_rel.track_function('"insertPosts"')$$);
SELECT remote_rel.track_function('best_posts');
SELECT remote_rel.track_function('add_post');
SELECT test.failure($$SELECT remote_rel.set_function_customization('best_posts', '{"custom_name": "postsByPk"}')$$);
-- the other root type has names of its own
SELECT remote_rel.set_function_customization('add_post', '{"custom_name": "posts"}');
SELECT remote_rel.set_function_customization('add_post', '{}');
SELECT test.failure($$SELECT remote_rel.add_remote_schema('more',
    test.mock('type Query { userProfilesByPk: Int  postsAggregate: Posts } type Posts { a: Int }'))$$);
SELECT test.failure($$SELECT remote_rel.add_remote_schema('more', test.mock('type Query { b: PostsBoolExp }
    type PostsBoolExp { a: UserProfilesSetInput } type UserProfilesSetInput { b: Int }
    type Mutation { updatePostsMany: Int }'))$$);
ALTER TABLE posts ADD "the_Title" text;
CREATE TABLE "userProfilesMaxFields" (id int PRIMARY KEY);
SELECT remote_rel.metadata('{"type": "get_inconsistent_metadata", "args": {}}');
SELECT test.resolve('{ posts { theTitle } userProfilesMaxFields { id } }');
DROP TABLE "userProfilesMaxFields";
ALTER TABLE posts DROP "the_Title";

SELECT remote_rel.untrack_function('best_posts');
SELECT remote_rel.untrack_function('add_post');

-- Custom names: both sides are named; queries and mutations do not meet, a name for a stream counts as one of a query.
SELECT test.failure($$SELECT remote_rel.set_table_customization('posts',
    '{"custom_root_fields": {"select": "userProfiles", "select_by_pk": "userProfilesByPk",
    "select_aggregate": "mine", "select_stream": "mine", "insert": "updateUserProfiles"}}')$$);
SELECT test.failure($$SELECT remote_rel.set_table_customization('posts', '{"custom_root_fields": {"select": "a",
    "delete": "x", "update": "x", "insert": "y"}}')$$);
SELECT remote_rel.set_table_customization('posts', '{"custom_root_fields": {"select": "userPosts",
    "delete": "userPosts", "insert": "userProfiles", "select_stream": "s"}}');
SELECT test.failure($$SELECT remote_rel.set_table_customization('user_profiles',
    '{"custom_root_fields": {"select": "s"}}')$$);
SELECT test.resolve('{ userPosts { id } }', 'regress_names_reader');
SELECT test.failure($$SELECT remote_rel.set_table_customization('posts',
    '{"custom_root_fields": {"select": "no_queries_available"}}')$$);
SELECT test.failure($$SELECT remote_rel.set_table_customization('posts', '{"custom_name": "OrderBy"}')$$);
SELECT test.failure($$SELECT remote_rel.set_table_customization('posts', '{"custom_name": "userProfiles",
    "column_config": {"title": {"custom_name": "theTitle"}}}')$$);
-- prefixes
SELECT remote_rel.set_table_customization('posts', NULL);
SELECT remote_rel.update_remote_schema('api', test.mock('type Query { dbPosts: DbUserProfiles }
    type DbUserProfiles { a: Int }'));
SELECT test.failure($$SELECT remote_rel.set_naming('{"naming_convention": "graphql-default",
    "root_fields": {"prefix": "db"}, "type_names": {"prefix": "Db"}}')$$);
-- an enum table's values become one
CREATE TABLE kinds (kind text PRIMARY KEY);
INSERT INTO kinds VALUES ('big'), ('Big'), ('BIG'), ('small');
SELECT test.failure($$SELECT remote_rel.set_table_is_enum('kinds', true)$$);
SELECT remote_rel.set_naming(NULL);
SELECT remote_rel.set_table_is_enum('kinds', true);
SELECT test.failure($$SELECT remote_rel.set_naming('{"naming_convention": "graphql-default"}')$$);
-- the setting lists them
SET remote_rel.naming_convention = 'graphql-default';
SELECT remote_rel.metadata('{"type": "get_inconsistent_metadata", "args": {}}');
RESET remote_rel.naming_convention;
SELECT remote_rel.metadata('{"type": "get_inconsistent_metadata", "args": {}}');
DROP OWNED BY regress_names_reader;
DROP ROLE regress_names_reader;
\c postgres
DROP DATABASE regress_names_collisions;
