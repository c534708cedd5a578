-- Thirty tables under both naming conventions: what introspection shows beside what is written here by hand, from the
-- rules of the dialect and of Hasura's graphql-default. A database of its own.
CREATE DATABASE regress_names_thirty;
\c regress_names_thirty
\i test/setup.sql
CREATE SCHEMA shop;
SET remote_rel.exposed_schemas = 'public, shop';
CREATE TABLE users (user_id int PRIMARY KEY, full_name text, e_mail text);
CREATE TABLE user_profiles (user_id int PRIMARY KEY REFERENCES users, address_2 text, _row_no int);
CREATE TABLE blog_posts (post_id int PRIMARY KEY, author_id int NOT NULL REFERENCES users, title text);
CREATE TABLE post_comments (comment_id int PRIMARY KEY, post_id int REFERENCES blog_posts,
    commenter_id int REFERENCES users);
CREATE TABLE tags (tag text PRIMARY KEY);
CREATE TABLE post_tags (post_id int REFERENCES blog_posts, tag text REFERENCES tags, PRIMARY KEY (post_id, tag));
CREATE TABLE "MixedCase" (id int PRIMARY KEY, "someValue" int, "OtherValue" int);
CREATE TABLE "camelCase" (id int PRIMARY KEY, "createdAt" date);
CREATE TABLE a (b int PRIMARY KEY);
CREATE TABLE item_2 (id int PRIMARY KEY, price_1 numeric, "2nd" int);
CREATE VIEW _private AS SELECT DISTINCT 1 AS _secret_no;
CREATE TABLE trailing_ (id_ int PRIMARY KEY);
CREATE TABLE double__score (id int PRIMARY KEY, a__b int);
CREATE TABLE shop.orders (order_id int PRIMARY KEY, placed_by int REFERENCES users);
CREATE TABLE shop.order_items (order_id int REFERENCES shop.orders, line_no int, PRIMARY KEY (order_id, line_no));
CREATE TABLE shop.users (id int PRIMARY KEY);
CREATE TABLE tree_nodes (node_id int PRIMARY KEY, parent_id int REFERENCES tree_nodes);
CREATE TABLE airports (code text PRIMARY KEY);
CREATE TABLE flights (id int PRIMARY KEY, from_airport text REFERENCES airports, to_airport text REFERENCES airports);
CREATE TABLE measurements (id int PRIMARY KEY, taken_at timestamptz) PARTITION BY HASH (id);
CREATE TABLE measurements_0 PARTITION OF measurements FOR VALUES WITH (MODULUS 1, REMAINDER 0);
CREATE TABLE log_entries (entry text);
CREATE VIEW active_users AS SELECT user_id, full_name FROM users;
CREATE MATERIALIZED VIEW user_counts AS SELECT count(*) AS how_many FROM users;
CREATE TABLE api_keys (key_id uuid PRIMARY KEY, user_id int UNIQUE REFERENCES users);
CREATE TABLE json_docs (doc_id int PRIMARY KEY, raw_doc jsonb);
CREATE TABLE x1_y2_z3 (id int PRIMARY KEY);
CREATE TABLE "UPPER" (id int PRIMARY KEY);
CREATE TABLE pages (page_no int PRIMARY KEY, prev_page_no int UNIQUE REFERENCES pages);
CREATE TABLE vendor_parts (vendor_id int, part_no int, PRIMARY KEY (vendor_id, part_no));
CREATE TABLE part_prices (vendor_id int, part_no int, price numeric, PRIMARY KEY (vendor_id, part_no),
    FOREIGN KEY (vendor_id, part_no) REFERENCES vendor_parts);

CREATE ROLE regress_names_few;
GRANT SELECT (user_id, full_name), INSERT (full_name) ON users TO regress_names_few;
GRANT SELECT ON blog_posts, "MixedCase" TO regress_names_few;
GRANT UPDATE (title), DELETE ON blog_posts TO regress_names_few;

-- A row a table. verbs: i, u, d for the mutations that it has; key: the arguments of its fields by primary key.
CREATE TABLE test.expected (convention text, field text, type text, verbs text, key text, fields text);
INSERT INTO test.expected VALUES
('hasura-default', 'users', 'users', 'iud', 'user_id', 'user_id full_name e_mail api_keys blog_posts
    blog_posts_aggregate
    post_comments post_comments_aggregate shop_orders shop_orders_aggregate user_profiles'),
('graphql-default', 'users', 'Users', 'iud', 'userId', 'userId fullName eMail apiKeys blogPosts blogPostsAggregate
    postComments postCommentsAggregate shopOrders shopOrdersAggregate userProfiles'),
('hasura-default', 'user_profiles', 'user_profiles', 'iud', 'user_id', 'user_id address_2 _row_no user'),
('graphql-default', 'userProfiles', 'UserProfiles', 'iud', 'userId', 'userId address2 _rowNo user'),
('hasura-default', 'blog_posts', 'blog_posts', 'iud', 'post_id', 'post_id author_id title author
    post_comments post_comments_aggregate post_tags post_tags_aggregate'),
('graphql-default', 'blogPosts', 'BlogPosts', 'iud', 'postId', 'postId authorId title author
    postComments postCommentsAggregate postTags postTagsAggregate'),
('hasura-default', 'post_comments', 'post_comments', 'iud', 'comment_id',
    'comment_id post_id commenter_id commenter post'),
('graphql-default', 'postComments', 'PostComments', 'iud', 'commentId', 'commentId postId commenterId commenter post'),
('hasura-default', 'tags', 'tags', 'iud', 'tag', 'tag post_tags post_tags_aggregate'),
('graphql-default', 'tags', 'Tags', 'iud', 'tag', 'tag postTags postTagsAggregate'),
('hasura-default', 'post_tags', 'post_tags', 'iud', 'post_id tag', 'post_id tag post tags'),
('graphql-default', 'postTags', 'PostTags', 'iud', 'postId tag', 'postId tag post tags'),
('hasura-default', 'MixedCase', 'MixedCase', 'iud', 'id', 'id someValue OtherValue'),
('graphql-default', 'mixedCase', 'MixedCase', 'iud', 'id', 'id someValue otherValue'),
('hasura-default', 'camelCase', 'camelCase', 'iud', 'id', 'id createdAt'),
('graphql-default', 'camelCase', 'CamelCase', 'iud', 'id', 'id createdAt'),
('hasura-default', 'a', 'a', 'iud', 'b', 'b'),
('graphql-default', 'a', 'A', 'iud', 'b', 'b'),
('hasura-default', 'item_2', 'item_2', 'iud', 'id', 'id price_1'),
('graphql-default', 'item2', 'Item2', 'iud', 'id', 'id price1'),
('hasura-default', '_private', '_private', '', NULL, '_secret_no'),
('graphql-default', '_private', '_private', '', NULL, '_secretNo'),
('hasura-default', 'trailing_', 'trailing_', 'iud', 'id_', 'id_'),
('graphql-default', 'trailing_', 'Trailing_', 'iud', 'id_', 'id_'),
('hasura-default', 'double__score', 'double__score', 'iud', 'id', 'id a__b'),
('graphql-default', 'doubleScore', 'DoubleScore', 'iud', 'id', 'id aB'),
('hasura-default', 'shop_orders', 'shop_orders', 'iud', 'order_id', 'order_id placed_by shop_order_items
    shop_order_items_aggregate users'),
('graphql-default', 'shopOrders', 'ShopOrders', 'iud', 'orderId', 'orderId placedBy shopOrderItems
    shopOrderItemsAggregate users'),
('hasura-default', 'shop_order_items', 'shop_order_items', 'iud', 'order_id line_no', 'order_id line_no order'),
('graphql-default', 'shopOrderItems', 'ShopOrderItems', 'iud', 'orderId lineNo', 'orderId lineNo order'),
('hasura-default', 'shop_users', 'shop_users', 'iud', 'id', 'id'),
('graphql-default', 'shopUsers', 'ShopUsers', 'iud', 'id', 'id'),
('hasura-default', 'tree_nodes', 'tree_nodes', 'iud', 'node_id',
    'node_id parent_id parent tree_nodes tree_nodes_aggregate'),
('graphql-default', 'treeNodes', 'TreeNodes', 'iud', 'nodeId', 'nodeId parentId parent treeNodes treeNodesAggregate'),
('hasura-default', 'airports', 'airports', 'iud', 'code', 'code flights_by_from_airport
    flights_by_from_airport_aggregate flights_by_to_airport flights_by_to_airport_aggregate'),
('graphql-default', 'airports', 'Airports', 'iud', 'code', 'code flightsByFromAirport
    flightsByFromAirportAggregate flightsByToAirport flightsByToAirportAggregate'),
('hasura-default', 'flights', 'flights', 'iud', 'id', 'id from_airport to_airport airports_by_from_airport
    airports_by_to_airport'),
('graphql-default', 'flights', 'Flights', 'iud', 'id', 'id fromAirport toAirport airportsByFromAirport
    airportsByToAirport'),
('hasura-default', 'measurements', 'measurements', 'iud', 'id', 'id taken_at'),
('graphql-default', 'measurements', 'Measurements', 'iud', 'id', 'id takenAt'),
('hasura-default', 'log_entries', 'log_entries', 'iud', NULL, 'entry'),
('graphql-default', 'logEntries', 'LogEntries', 'iud', NULL, 'entry'),
('hasura-default', 'active_users', 'active_users', 'iud', NULL, 'user_id full_name'),
('graphql-default', 'activeUsers', 'ActiveUsers', 'iud', NULL, 'userId fullName'),
('hasura-default', 'user_counts', 'user_counts', '', NULL, 'how_many'),
('graphql-default', 'userCounts', 'UserCounts', '', NULL, 'howMany'),
('hasura-default', 'api_keys', 'api_keys', 'iud', 'key_id', 'key_id user_id user'),
('graphql-default', 'apiKeys', 'ApiKeys', 'iud', 'keyId', 'keyId userId user'),
('hasura-default', 'json_docs', 'json_docs', 'iud', 'doc_id', 'doc_id raw_doc'),
('graphql-default', 'jsonDocs', 'JsonDocs', 'iud', 'docId', 'docId rawDoc'),
('hasura-default', 'x1_y2_z3', 'x1_y2_z3', 'iud', 'id', 'id'),
('graphql-default', 'x1Y2Z3', 'X1Y2Z3', 'iud', 'id', 'id'),
('hasura-default', 'UPPER', 'UPPER', 'iud', 'id', 'id'),
('graphql-default', 'uPPER', 'UPPER', 'iud', 'id', 'id'),
('hasura-default', 'pages', 'pages', 'iud', 'page_no', 'page_no prev_page_no pages pages_by_prev_page_no'),
('graphql-default', 'pages', 'Pages', 'iud', 'pageNo', 'pageNo prevPageNo pages pagesByPrevPageNo'),
('hasura-default', 'vendor_parts', 'vendor_parts', 'iud', 'vendor_id part_no', 'vendor_id part_no part_prices'),
('graphql-default', 'vendorParts', 'VendorParts', 'iud', 'vendorId partNo', 'vendorId partNo partPrices'),
('hasura-default', 'part_prices', 'part_prices', 'iud', 'vendor_id part_no', 'vendor_id part_no price vendor_parts'),
('graphql-default', 'partPrices', 'PartPrices', 'iud', 'vendorId partNo', 'vendorId partNo price vendorParts');

-- How root fields and types are made of a table's names: hasura-default's before and after, graphql-default's.
-- In graphql-default a name behind another one starts with a capital, as the type does.
CREATE TABLE test.root (kind text, verb text, by_key bool, h_before text, h_after text, g_before text, g_after text,
    h_args text, g_args text);
INSERT INTO test.root VALUES
('query', '', false, '', '', '', '', 'distinct_on limit offset order_by where',
    'distinctOn limit offset orderBy where'),
('query', '', false, '', '_aggregate', '', 'Aggregate', 'distinct_on limit offset order_by where',
    'distinctOn limit offset orderBy where'),
('query', '', true, '', '_by_pk', '', 'ByPk', NULL, NULL),
('mutation', 'i', false, 'insert_', '', 'insert', '', 'objects on_conflict', 'objects onConflict'),
('mutation', 'i', false, 'insert_', '_one', 'insert', 'One', 'object on_conflict', 'object onConflict'),
('mutation', 'u', false, 'update_', '', 'update', '', '_set where', '_set where'),
('mutation', 'u', true, 'update_', '_by_pk', 'update', 'ByPk', '_set pk_columns', '_set pkColumns'),
('mutation', 'u', false, 'update_', '_many', 'update', 'Many', 'updates', 'updates'),
('mutation', 'd', false, 'delete_', '', 'delete', '', 'where', 'where'),
('mutation', 'd', true, 'delete_', '_by_pk', 'delete', 'ByPk', NULL, NULL);
CREATE TABLE test.suffix (h text, g text);
INSERT INTO test.suffix VALUES ('', ''), ('_aggregate', 'Aggregate'), ('_aggregate_fields', 'AggregateFields'),
('_bool_exp', 'BoolExp'), ('_order_by', 'OrderBy'), ('_select_column', 'SelectColumn'), ('_max_fields', 'MaxFields'),
('_min_fields', 'MinFields');

CREATE FUNCTION test.capital(name text) RETURNS text LANGUAGE sql AS $$ SELECT upper(left(name, 1)) || substr(name,
    2) $$;
-- What is expected: of root fields their names and the arguments that do not depend on the columns' types. There is no
-- upsert without a key.
CREATE VIEW test.expected_fields AS
    SELECT e.convention, r.kind, CASE e.convention WHEN 'hasura-default' THEN h_before || e.field || h_after
        ELSE g_before || CASE r.verb WHEN '' THEN e.field ELSE test.capital(e.field) END || g_after END AS name,
        coalesce(CASE WHEN r.verb = 'i' AND e.key IS NULL THEN split_part(h_args, ' ', 1)
            WHEN e.convention = 'hasura-default' THEN h_args ELSE g_args END, e.key) AS args
    FROM test.expected AS e, test.root AS r
    WHERE e.verbs LIKE '%' || r.verb || '%' AND (e.key IS NOT NULL OR NOT r.by_key);
CREATE FUNCTION test.shown_fields(kind text, role name DEFAULT NULL) RETURNS TABLE (name text, args text)
    LANGUAGE sql AS $$
    SELECT f ->> 'name', (SELECT string_agg(a ->> 'name', ' ' ORDER BY i) FROM jsonb_array_elements(f -> 'args')
        WITH ORDINALITY AS x (a, i)
        WHERE a ->> 'name' !~ '^_(inc|append|prepend|delete)')
    FROM jsonb_array_elements(graphql_resolve(format('{ __schema { t: %sType { fields { name args { name } } } } }',
        kind), role)::jsonb
        #> '{data,__schema,t,fields}') AS f
$$;
CREATE FUNCTION test.difference(convention text, kind text) RETURNS TABLE (what text, name text, args text)
    LANGUAGE sql AS $$
    WITH e AS (SELECT name, args FROM test.expected_fields AS x
        WHERE x.convention = difference.convention AND x.kind = difference.kind),
         s AS (SELECT * FROM test.shown_fields(kind))
    SELECT 'missing', * FROM (SELECT * FROM e EXCEPT SELECT * FROM s) AS m
    UNION ALL SELECT 'unexpected', * FROM (SELECT * FROM s EXCEPT SELECT * FROM e) AS u
$$;
-- Object types: columns in the table's order, then relationships by name.
CREATE FUNCTION test.type_difference(convention text) RETURNS TABLE (type text, expected text, shown text)
    LANGUAGE sql AS $$
    SELECT e.type, e.fields, s.fields FROM (SELECT type, regexp_replace(fields, '\s+', ' ', 'g') AS fields
        FROM test.expected AS x
        WHERE x.convention = type_difference.convention) AS e,
        LATERAL (SELECT string_agg(f ->> 'name', ' ' ORDER BY i) AS fields
            FROM jsonb_array_elements(graphql_resolve(format(
            '{ __type(name: "%s") { fields { name } } }', e.type))::jsonb #> '{data,__type,fields}')
                WITH ORDINALITY AS x (f, i)) AS s
    WHERE e.fields IS DISTINCT FROM s.fields
$$;
-- Types of a table, by their names; those of max and min only where a column has them.
CREATE FUNCTION test.missing_types(convention text) RETURNS TABLE (type text) LANGUAGE sql AS $$
    SELECT e.type || CASE e.convention WHEN 'hasura-default' THEN s.h ELSE s.g END AS type
    FROM test.expected AS e, test.suffix AS s WHERE e.convention = missing_types.convention
    EXCEPT SELECT t ->> 'name' FROM jsonb_array_elements(graphql_resolve('{ __schema { types { name } }
        }')::jsonb #> '{data,__schema,types}') AS t
$$;

-- hasura-default
SELECT count(*) FROM test.expected WHERE convention = 'hasura-default';
SELECT * FROM test.difference('hasura-default', 'query');
SELECT * FROM test.difference('hasura-default', 'mutation');
SELECT * FROM test.type_difference('hasura-default');
SELECT * FROM test.missing_types('hasura-default');
SELECT string_agg(concat_ws(' ', name, args), E'\n') FROM test.shown_fields('query', 'regress_names_few');
SELECT string_agg(concat_ws(' ', name, args), E'\n') FROM test.shown_fields('mutation', 'regress_names_few');

-- graphql-default
SELECT remote_rel.set_naming('{"naming_convention": "graphql-default"}');
SELECT count(*) FROM test.expected WHERE convention = 'graphql-default';
SELECT * FROM test.difference('graphql-default', 'query');
SELECT * FROM test.difference('graphql-default', 'mutation');
SELECT * FROM test.type_difference('graphql-default');
SELECT * FROM test.missing_types('graphql-default');
SELECT string_agg(concat_ws(' ', name, args), E'\n') FROM test.shown_fields('query', 'regress_names_few');
SELECT string_agg(concat_ws(' ', name, args), E'\n') FROM test.shown_fields('mutation', 'regress_names_few');
DROP OWNED BY regress_names_few;
DROP ROLE regress_names_few;
\set QUIET on
\c postgres
DROP DATABASE regress_names_thirty;
