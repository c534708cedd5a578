-- A client's documents, replayed unchanged: before any names were set, beside names of others, when names were taken back, and on
-- tables that were renamed in PostgreSQL. Under a convention, its documents in camel case have the same answers. A database of its own.
CREATE DATABASE regress_names_client;
\c regress_names_client
\i test/setup.sql
CREATE TABLE user_states (value text PRIMARY KEY, about text);
INSERT INTO user_states VALUES ('active', 'may sign in'), ('locked', '');
CREATE TABLE user_profiles (id int PRIMARY KEY, full_name text, created_at date, user_state text REFERENCES user_states, auth0_id text);
CREATE TABLE blog_posts (id int PRIMARY KEY, author_id int REFERENCES user_profiles, post_title text UNIQUE, view_count int);
CREATE TABLE other_things (id int PRIMARY KEY, some_name text);
INSERT INTO user_profiles VALUES (1, 'Dany', '2020-01-01', 'active', 'auth0|1'), (2, 'Jon', NULL, 'locked', 'auth0|2'), (3, NULL, '2020-01-03', NULL, NULL);
INSERT INTO blog_posts VALUES (1, 1, 'one', 5), (2, 1, 'two', NULL), (3, 2, 'three', 7), (4, NULL, NULL, 1);
CREATE FUNCTION top_posts(n int) RETURNS SETOF blog_posts LANGUAGE plpgsql STABLE AS
    $$ BEGIN RETURN QUERY EXECUTE 'SELECT * FROM ' || (SELECT oid::regclass FROM pg_class WHERE relname IN ('blog_posts', 'p')) || ' AS t(a, b, c, d) WHERE d >= $1' USING n; END $$;
SELECT remote_rel.track_function('top_posts'), remote_rel.set_table_is_enum('user_states', true);
SELECT remote_rel.add_remote_schema('auth0', test.definition());
SELECT remote_rel.create_remote_relationship('user_profiles', 'profile', 'auth0', '{"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}');
CREATE ROLE regress_names_client;
GRANT SELECT, INSERT, UPDATE, DELETE ON user_profiles, blog_posts TO regress_names_client;
SELECT remote_rel.add_remote_schema_permissions('auth0', 'regress_names_client', 'type Query { auth0(auth0_id: String!): Profile } type Profile { nickname: String }');

-- the documents; what is other in camel case stands as old:new
CREATE TABLE document (n int GENERATED ALWAYS AS IDENTITY, text text, variables jsonb, before json[]);
SELECT remote_rel.hide_table('document');
INSERT INTO document (text, variables) VALUES
    ('{ user_profiles(order_by: {id: asc}) { id full_name created_at user_state blog_posts(order_by: {id: desc}, limit: 1) { post_title } } }', NULL),
    ('{ user_profiles(where: {_or: [{full_name: {_eq: "Jon"}}, {created_at: {_is_null: false}}]}, order_by: [{created_at: desc_nulls_last}]) { id } }', NULL),
    ('query ($w: user_profiles_bool_exp!, $o: [user_profiles_order_by!]) { user_profiles(where: $w, order_by: $o) { ...F } } fragment F on user_profiles { full_name __typename }',
        '{"w": {"blog_posts": {"view_count": {"_gt": 4}}}, "o": [{"full_name": "asc"}]}'),
    ('{ user_profiles_by_pk(id: 1) { full_name blog_posts_aggregate { aggregate { count max { view_count } sum { view_count } } nodes { post_title } } } }', NULL),
    ('{ blog_posts_aggregate(where: {view_count: {_gte: 5}}) { aggregate { count(columns: [author_id], distinct: true) avg { view_count } } } }', NULL),
    ('{ blog_posts(distinct_on: [author_id], order_by: [{author_id: asc}, {view_count: desc_nulls_last}]) { author_id view_count author { full_name } } }', NULL),
    ('{ user_profiles(where: {user_state: {_in: [active]}}) { user_state } }', NULL),
    ('query ($s: user_states_enum) { user_profiles(where: {user_state: {_eq: $s}}) { id } }', '{"s": "locked"}'),
    ('{ top_posts(args: {n: 5}, order_by: {id: asc}) { id post_title author { full_name } } }', NULL),
    ('{ user_profiles(order_by: {id: asc}) { full_name profile { nickname } } }', NULL),
    ('mutation { insert_user_profiles(objects: [{id: 9, full_name: "new", blog_posts: {data: [{id: 9, post_title: "nine"}]}}]) { affected_rows returning { id blog_posts { post_title } } } }', NULL),
    ('mutation ($o: blog_posts_insert_input!) { insert_blog_posts_one(object: $o, on_conflict: {constraint: blog_posts_pkey, update_columns: [view_count]}) { id view_count post_title } }',
        '{"o": {"id": 1, "view_count": 50}}'),
    ('mutation { update_blog_posts(where: {view_count: {_gt: 4}}, _inc: {view_count: 1}, _set: {post_title: null}) { affected_rows returning { id view_count } } }', NULL),
    ('mutation { update_user_profiles_by_pk(pk_columns: {id: 2}, _set: {full_name: "Aegon", user_state: active}) { full_name user_state } }', NULL),
    ('mutation { delete_blog_posts(where: {author: {full_name: {_eq: "Dany"}}}) { returning { post_title } } delete_user_profiles_by_pk(id: 3) { id } }', NULL),
    ('{ user_profiles(where: {full_name: {_equal: 1}}) { id } blog_post { id } }', NULL),
    ('query ($n: Int!) { blog_posts(limit: $n) { id } }', '{"n": "x"}'),
    ('{ __type(name: "user_profiles") { kind name fields { name } } }', NULL);
-- The answers: of whom has every right, and of the role. What a mutation did is taken back.
CREATE FUNCTION pg_temp.answers(text text, variables jsonb) RETURNS json[] LANGUAGE plpgsql AS $$
DECLARE
    result json[];
BEGIN
    BEGIN
        result := ARRAY[graphql_resolve(text, variables => variables)];
        RAISE SQLSTATE 'OK000';
    EXCEPTION WHEN SQLSTATE 'OK000' THEN
    END;
    BEGIN
        result := result || graphql_resolve(text, 'regress_names_client', variables);
        RAISE SQLSTATE 'OK000';
    EXCEPTION WHEN SQLSTATE 'OK000' THEN
    END;
    RETURN result;
END $$;
-- which documents have other answers than before
CREATE FUNCTION pg_temp.changed() RETURNS SETOF text LANGUAGE sql AS $$
    SELECT format(E'%s: %s\n%s', n, before, answers) FROM document, pg_temp.answers(text, variables) WHERE before::text <> answers::text ORDER BY n $$;
UPDATE document SET before = pg_temp.answers(text, variables);
SELECT n, before[1] FROM document ORDER BY n;
-- the role has the same, but for what introspection shows it, and what it may not see
SELECT n, before[2] FROM document WHERE before[1]::text <> before[2]::text ORDER BY n;
SELECT pg_temp.changed();

-- names of others: a table, a function of it, comments
SELECT remote_rel.set_table_customization('other_things', '{"custom_name": "things", "column_config": {"some_name": {"custom_name": "name"}}, "custom_root_fields": {"select": "allThings"}}');
SELECT remote_rel.set_table_customization('blog_posts', '{"comment": "what people write"}');
SELECT test.resolve('{ allThings { name } }');
SELECT pg_temp.changed();
-- a convention, and back; other documents for the same
SELECT remote_rel.set_naming('{"naming_convention": "graphql-default"}');
SELECT count(*) FROM pg_temp.changed();
CREATE FUNCTION pg_temp.camel(document text, variables jsonb DEFAULT NULL) RETURNS SETOF text LANGUAGE sql AS $$ SELECT a::text FROM unnest(pg_temp.answers(document, variables)) AS a $$;
SELECT pg_temp.camel('{ user_profiles: userProfiles(orderBy: {id: ASC}) { id full_name: fullName created_at: createdAt user_state: userState blog_posts: blogPosts(orderBy: {id: DESC}, limit: 1) { post_title: postTitle } } }');
SELECT pg_temp.camel('query ($w: UserProfilesBoolExp!, $o: [UserProfilesOrderBy!]) { userProfiles(where: $w, orderBy: $o) { fullName __typename } }',
    '{"w": {"blogPosts": {"viewCount": {"_gt": 4}}}, "o": [{"fullName": "ASC"}]}');
SELECT pg_temp.camel('mutation { updateBlogPosts(where: {viewCount: {_gt: 4}}, _inc: {viewCount: 1}, _set: {postTitle: null}) { affectedRows returning { id viewCount } } }');
SELECT remote_rel.set_naming(NULL);
SELECT pg_temp.changed();
-- custom names, and back
SELECT remote_rel.set_table_customization('user_profiles', '{"custom_name": "People", "column_config": {"full_name": {"custom_name": "name"}}}');
SELECT count(*) FROM pg_temp.changed();
SELECT remote_rel.set_table_customization('user_profiles', NULL);
SELECT pg_temp.changed();
-- PostgreSQL's names change, GraphQL's are set to what the client knows
BEGIN;
ALTER TABLE user_profiles RENAME TO u;
ALTER TABLE u RENAME full_name TO f;
ALTER TABLE u RENAME user_state TO s;
ALTER TABLE u RENAME auth0_id TO a;
ALTER TABLE blog_posts RENAME TO p;
ALTER TABLE p RENAME post_title TO t;
ALTER TABLE p RENAME view_count TO c;
SELECT count(*) FROM pg_temp.changed();
SELECT remote_rel.set_table_customization('u', '{"custom_name": "user_profiles", "column_config": {"f": {"custom_name": "full_name"}, "s": {"custom_name": "user_state"}, "a": {"custom_name": "auth0_id"}}}');
SELECT remote_rel.set_table_customization('p', '{"custom_name": "blog_posts", "column_config": {"t": {"custom_name": "post_title"}, "c": {"custom_name": "view_count"}}}');
SELECT pg_temp.changed();
ROLLBACK;
SELECT pg_temp.changed();

\c postgres
SET client_min_messages = warning;
DROP DATABASE regress_names_client;
DROP ROLE regress_names_client;
