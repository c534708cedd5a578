-- The naming convention graphql-default, prefixes and suffixes. A database of its own.
CREATE DATABASE regress_names_convention;
\c regress_names_convention
\i test/setup.sql
CREATE TABLE user_profiles (id int PRIMARY KEY, full_name text, address_2 text, _row_no int, created_at timestamptz,
    "MixedCase" int, extra_data jsonb);
CREATE TABLE blog_posts (post_id int PRIMARY KEY, author_id int NOT NULL REFERENCES user_profiles, word_count float8);
INSERT INTO user_profiles VALUES (1, 'Ann', 'x', 7, '2020-01-01 00:00+00', 3, '{"a": 1}'), (2, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO blog_posts VALUES (1, 1, 2.5), (2, 1, NULL), (3, 2, 4);
CREATE FUNCTION long_posts(min_words float8) RETURNS SETOF blog_posts LANGUAGE sql STABLE AS 'SELECT * FROM blog_posts WHERE word_count >= $1';
SELECT remote_rel.track_function('long_posts');
CREATE ROLE regress_names_clerk;
GRANT SELECT (id, full_name) ON user_profiles TO regress_names_clerk;
GRANT SELECT ON blog_posts TO regress_names_clerk;
CREATE FUNCTION pg_temp.names(role name DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(concat_ws(' ', f ->> 'name', (SELECT string_agg(a ->> 'name', ' ') FROM jsonb_array_elements(f -> 'args') AS a)), E'\n')
    FROM jsonb_array_elements(graphql_resolve('{ __schema { queryType { fields { name args { name } } } } }', role)::jsonb
        #> '{data,__schema,queryType,fields}') AS f
$$;
CREATE FUNCTION pg_temp.types(role name DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(t ->> 'name', ' ' ORDER BY t ->> 'name' COLLATE "C")
    FROM jsonb_array_elements(graphql_resolve('{ __schema { types { name } } }', role)::jsonb #> '{data,__schema,types}') AS t
    WHERE t ->> 'name' !~ '^__'
$$;
CREATE TEMP TABLE hasura AS SELECT graphql_schema() AS sdl;

SET remote_rel.naming_convention = 'graphql-default';
SELECT pg_temp.names();
SELECT pg_temp.names('regress_names_clerk');
SELECT pg_temp.types('regress_names_clerk');
SELECT test.resolve('{ userProfiles(orderBy: {createdAt: DESC_NULLS_LAST}, where: {_rowNo: {_isNull: false}, _not: {address2: {_eq: "y"}}})
    { id fullName address2 _rowNo mixedCase extraData(path: "a") blogPosts { postId wordCount author { fullName } } } }');
SELECT test.resolve('{ userProfilesByPk(id: 1) { __typename blogPostsAggregate { aggregate { count stddevPop { wordCount } } } } }');
SELECT test.resolve('{ blogPosts(distinctOn: authorId, orderBy: [{authorId: ASC}, {postId: DESC}]) { postId } }', 'regress_names_clerk');
SELECT test.resolve('{ userProfiles(where: {blogPostsAggregate: {count: {predicate: {_gt: 1}}}}, orderBy: {blogPostsAggregate: {max: {wordCount: ASC}}}) { id } }');
SELECT test.resolve('query ($w: UserProfilesBoolExp, $o: [BlogPostsOrderBy!], $d: OrderBy, $s: StringComparisonExp)
    { userProfiles(where: $w, orderBy: {id: $d}) { id } blogPosts(orderBy: $o, where: {author: {fullName: $s}}) { postId } }',
    'regress_names_clerk', '{"w": {"id": {"_in": [1, 2]}}, "o": [{"postId": "DESC"}], "d": "DESC", "s": {"_isNull": false}}');
SELECT test.resolve('{ longPosts(args: {min_words: 3}) { postId } longPostsAggregate(args: {min_words: 1}) { aggregate { count } } }');
SELECT test.resolve('{ user_profiles { id } userProfiles(order_by: {id: asc}) { full_name } }', 'regress_names_clerk');
-- custom names stay
SELECT remote_rel.set_table_customization('blog_posts', '{"custom_name": "entries", "column_config": {"word_count": {"custom_name": "word_Count"}},
    "custom_root_fields": {"select_by_pk": "one_entry"}}');
SELECT test.resolve('{ entries(orderBy: {word_Count: ASC}) { postId word_Count } one_entry(postId: 1) { __typename } entriesAggregate { nodes { postId } } }');
SELECT remote_rel.set_table_customization('blog_posts', NULL);
-- the metadata come first; a null takes them away
SELECT remote_rel.set_naming('{"naming_convention": "hasura-default"}');
SELECT graphql_schema() = sdl FROM hasura;
SELECT remote_rel.set_naming(NULL);
RESET remote_rel.naming_convention;
SELECT graphql_schema() = sdl FROM hasura;

-- prefixes and suffixes
SELECT remote_rel.set_naming('{"root_fields": {"prefix": "db_", "suffix": "_x"}, "type_names": {"prefix": "Db", "suffix": "_T"}}');
SELECT pg_temp.names('regress_names_clerk');
SELECT pg_temp.types('regress_names_clerk');
SELECT test.resolve('query ($w: Dbuser_profiles_bool_exp_T) { db_user_profiles_x(where: $w) { id __typename } }', 'regress_names_clerk', '{"w": {"id": {"_eq": 1}}}');
CREATE TEMP TABLE exported AS SELECT remote_rel.metadata('{"type": "export_metadata", "args": {}}') AS m;
SELECT m #> '{sources,0,customization}' FROM exported;
SELECT remote_rel.metadata('{"type": "clear_metadata", "args": {}}');
SELECT remote_rel.metadata(jsonb_build_object('type', 'replace_metadata', 'args', m)) FROM exported;
SELECT m = remote_rel.metadata('{"type": "export_metadata", "args": {}}') FROM exported;
SELECT remote_rel.set_naming('{"naming_convention": "graphql-default", "root_fields": {"prefix": "db"}, "type_names": {"suffix": "T"}}');
SELECT test.resolve('query ($w: UserProfilesBoolExpT) { dbUserProfiles(where: $w) { id __typename } }', 'regress_names_clerk', '{"w": {"id": {"_eq": 1}}}');

-- what does not fit
SELECT test.failure($$SELECT remote_rel.set_naming('{"naming_convention": "camel"}')$$);
SELECT test.failure($$SELECT remote_rel.set_naming('{"root_fields": {"namespace": "d b"}}')$$);
SELECT test.failure($$SELECT remote_rel.set_naming('{"type_names": {"prefix": "1"}}')$$);
-- all collisions at once, and nothing changes
SELECT remote_rel.set_naming(NULL);
ALTER TABLE user_profiles ADD "fullName" text;
CREATE TABLE "blogPosts" (id int PRIMARY KEY);
SELECT test.failure($$SELECT remote_rel.set_naming('{"naming_convention": "graphql-default"}')$$);
SELECT pg_temp.names('regress_names_clerk');
DROP OWNED BY regress_names_clerk;
DROP ROLE regress_names_clerk;
\c postgres
DROP DATABASE regress_names_convention;
