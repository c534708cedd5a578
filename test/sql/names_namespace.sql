-- The namespace of the source's root fields: one field of each root type holds them. A database of its own.
CREATE DATABASE regress_names_namespace;
\c regress_names_namespace
\i test/setup.sql
CREATE TABLE users (id int PRIMARY KEY, name text UNIQUE, auth0_id text);
CREATE TABLE blog_posts (post_id int PRIMARY KEY, author_id int NOT NULL REFERENCES users, title text);
INSERT INTO users VALUES (1, 'Ann', 'auth0|1'), (2, NULL, NULL), (3, 'Cy', 'auth0|3');
INSERT INTO blog_posts VALUES (1, 1, 'a'), (2, 1, 'b');
CREATE FUNCTION long_posts() RETURNS SETOF blog_posts LANGUAGE sql STABLE AS 'SELECT * FROM blog_posts
    WHERE post_id > 1';
CREATE FUNCTION add_post(n int) RETURNS SETOF blog_posts LANGUAGE sql AS $$ INSERT INTO blog_posts VALUES ($1, 1,
    'new') RETURNING * $$;
SELECT remote_rel.track_function('long_posts');
SELECT remote_rel.track_function('add_post');
CREATE ROLE regress_names_reader;
CREATE ROLE regress_names_nobody;
GRANT SELECT ON blog_posts TO regress_names_reader;
SELECT remote_rel.add_remote_schema('yoga', test.definition('faulty'));
SELECT remote_rel.metadata('{"type": "pg_create_remote_relationship", "args": {"table": "users", "name": "profile",
    "definition": {"to_remote_schema": {"remote_schema": "yoga", "lhs_fields": ["auth0_id"],
    "remote_field": {"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}}}}}');
CREATE FUNCTION pg_temp.fields(type text, role name DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(f ->> 'name', ' ') FROM jsonb_array_elements(graphql_resolve(format(
        '{ __type(name: "%s") { fields { name } } }', type), role)::jsonb #> '{data,__type,fields}') AS f
$$;
CREATE TEMP TABLE before AS SELECT graphql_schema() AS sdl;

SELECT remote_rel.set_naming('{"root_fields": {"namespace": "db"}}');
SELECT pg_temp.fields('db_query');
SELECT pg_temp.fields('db_mutation_frontend');
SELECT test.resolve('{ __type(name: "query_root") { fields { name args { name } type { kind name } } } }',
    'regress_names_reader');
-- what a role has no fields of is not there
SELECT pg_temp.fields('db_query', 'regress_names_reader');
SELECT test.resolve('{ __schema { mutationType { name } } __type(name: "db_mutation_frontend") { name } }',
    'regress_names_reader');
SELECT test.resolve('{ __schema { queryType { fields { name } } } }', 'regress_names_nobody');

-- queries: several fields, aliases, fragments, the namespace twice, joins below
SELECT test.resolve('{ db { users(order_by: {id: asc}) { id blog_posts { title } }
    n: blog_posts_aggregate { aggregate { count } }
    users_by_pk(id: 2) { name } long_posts { post_id } } }');
SELECT test.resolve('{ a: db { x: users(limit: 1) { id } } __typename db { __typename ...F }
    a: db { y: users(limit: 0) { id } } }
    fragment F on db_query { blog_posts { post_id } }');
SELECT test.resolve('{ db { users(order_by: {id: asc}) { id profile { email } } } auth0(auth0_id: "auth0|3")
    { email } }');
SELECT test.resolve('query ($w: users_bool_exp, $y: Boolean!) { db { users(where: $w) { id } blog_posts @skip(if: $y)
    { title } } }',
    variables => variables) FROM (VALUES ('{"w": {"id": {"_gt": 1}}, "y": true}'::jsonb), ('{"w": {"id": {"_gt": 2}},
    "y": true}'),
    ('{"w": null, "y": false}')) AS v(variables);
SELECT test.resolve('query ($y: Boolean!) { db { users @skip(if: $y) { id } } b: db @skip(if: $y) { users { id } }
    }', variables => '{"y": true}');
SELECT test.resolve('{ users { id } db { nothing } }');
-- errors: their paths go through the namespace, and only it is null
SELECT test.resolve('{ db { users(where: {id: {_eq: "x"}}) { id } } }');
SELECT test.resolve('{ d: db { p: users(order_by: {id: asc}) { id profile { email } } } }',
    headers => test.fault('html'));
CREATE FUNCTION failing(users) RETURNS int LANGUAGE plpgsql STABLE AS $$ BEGIN RAISE 'no'; END $$;
SELECT remote_rel.add_computed_field('users', 'failing', 'failing');
SELECT test.resolve('{ d: db { p: users { failing } blog_posts { title } } __typename auth0(auth0_id: "auth0|1")
    { email }
    }');

-- mutations run in order, those of one namespace and others mixed
SELECT test.resolve('mutation { db { insert_users_one(object: {id: 4, name: "Di", blog_posts: {data: {post_id: 3,
    title: "c"}}})
    { id blog_posts { title } } update_users(where: {id: {_eq: 4}}, _set: {name: "D"})
    { affected_rows returning { name } }
    add_post(args: {n: 4}) { title } } again: db { delete_blog_posts(where: {author_id: {_eq: 4}}) { affected_rows }
    delete_users_by_pk(id: 4) { name } __typename } }');
SELECT test.resolve('mutation { db { one: insert_users_one(object: {id: 5}) { id }
    two: insert_users_one(object: {id: 1}) { id } } }');
SELECT count(*) FROM users;
SELECT test.resolve('mutation ($o: [users_insert_input!]!) { db { insert_users(objects: $o) { affected_rows } } }',
    variables => '{"o": [{"id": 6}, {"id": 7, "name": null}]}');

-- remote_value(), graphql_explain()
SELECT u.id, remote_rel.remote_value(u, 'profile', '{ email }') FROM users AS u WHERE id < 4 ORDER BY id;
SELECT jsonb_path_query_array(graphql_explain('{ db { users { id } } }')::jsonb, '$.**.field');

-- with prefixes, and graphql-default
SELECT remote_rel.set_naming('{"naming_convention": "graphql-default", "root_fields": {"namespace": "myDb",
    "prefix": "the"}, "type_names": {"prefix": "T"}}');
SELECT test.resolve('{ myDb { __typename theBlogPosts(orderBy: {postId: ASC}) { __typename postId }
    theBlogPostsByPk(postId: 2) { title } } }', 'regress_names_reader');
-- the definition of a remote relationship has the column's name in PostgreSQL, whatever its name here is
SELECT test.resolve('{ myDb { theUsers(where: {auth0Id: {_eq: "auth0|1"}}) { auth0Id profile { email } } } }');
SELECT remote_rel.set_table_customization('users', '{"column_config": {"auth0_id": {"custom_name": "login"}}}');
SELECT test.resolve('{ myDb { theUsers(where: {login: {_eq: "auth0|1"}}) { login profile { email } } } }');
ALTER TABLE users RENAME auth0_id TO account;
SELECT test.resolve('{ myDb { theUsers(where: {login: {_eq: "auth0|3"}}) { login profile { email } } } }');
SELECT remote_rel.metadata('{"type": "export_metadata", "args": {}}') #> '{sources,0,tables,0,remote_relationships}';
ALTER TABLE users RENAME account TO auth0_id;
SELECT remote_rel.set_table_customization('users', NULL);
SELECT test.resolve('mutation { myDb { theUpdateUsersByPk(pkColumns: {id: 1}, _set: {name: "An"}) { name }
    __typename } }');

-- exported, imported, exported again; then everything as it was
CREATE TEMP TABLE exported AS SELECT remote_rel.metadata('{"type": "export_metadata", "args": {}}') AS m;
SELECT m #> '{sources,0,customization}' FROM exported;
SELECT remote_rel.metadata('{"type": "clear_metadata", "args": {}}');
SELECT remote_rel.metadata(jsonb_build_object('type', 'replace_metadata', 'args', m)) FROM exported;
SELECT m = remote_rel.metadata('{"type": "export_metadata", "args": {}}') FROM exported;
SELECT remote_rel.drop_computed_field('users', 'failing');
SELECT remote_rel.set_naming(NULL);
SELECT graphql_schema() = sdl FROM before;

-- beside remote schemas
SELECT test.failure($$SELECT remote_rel.set_naming('{"root_fields": {"namespace": "auth0"}}')$$);
SELECT test.failure($$SELECT remote_rel.set_naming('{"root_fields": {"namespace": "__db"}}')$$);
SELECT test.failure($$SELECT remote_rel.set_naming('{"root_fields": {"namespace": 5}}')$$);
SELECT remote_rel.set_naming('{"root_fields": {"namespace": ""}}');
SELECT remote_rel.set_naming('{"root_fields": {"namespace": "db"}}');
-- a table's name may be a remote field's now, but not its types'
CREATE TABLE auth0 (id int PRIMARY KEY);
SELECT test.resolve('{ db { auth0 { id } } auth0(auth0_id: "auth0|1") { email } }');
SELECT test.failure($$SELECT remote_rel.add_remote_schema('other', test.mock('type Query { db: Int }'))$$);
SELECT test.failure($$SELECT remote_rel.add_remote_schema('other', test.mock('type Query { x: db_query }
    type db_query { a: Int }'))$$);
SELECT test.failure($$SELECT remote_rel.add_remote_schema('other', test.mock('type Query { x: Int }')
    || '{"customization": {"root_fields_namespace": "db",
        "type_names": {"prefix": "Other"}}}')$$);
SELECT remote_rel.add_remote_schema('other', test.mock('type Query { x: Int }')
    || '{"customization": {"root_fields_namespace": "dbs",
        "type_names": {"prefix": "Other"}}}');
SELECT test.resolve('{ __schema { queryType { fields { name } } } }', 'regress_names_reader');
CREATE TABLE db_query (id int PRIMARY KEY);
SELECT remote_rel.metadata('{"type": "get_inconsistent_metadata", "args": {}}');
DROP OWNED BY regress_names_reader;
DROP ROLE regress_names_reader, regress_names_nobody;
\c postgres
DROP DATABASE regress_names_namespace;
