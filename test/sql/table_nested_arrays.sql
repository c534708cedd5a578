\i test/setup.sql
-- An array of a domain over an array is a list of lists: in the schema, in answers, in conditions and as a variable's value.
BEGIN;
CREATE DOMAIN row_of AS int[];
CREATE DOMAIN square AS row_of[];
CREATE DOMAIN word AS text;
CREATE TABLE a (id int PRIMARY KEY, rows row_of[]);
CREATE TABLE b (id int PRIMARY KEY, row row_of, plain int[], square square, words word[]);
INSERT INTO a VALUES (1, ARRAY['{3,4}', '{5}']::row_of[]), (2, '{}'), (3, ARRAY[NULL, '{NULL,1}']::row_of[]), (4, NULL);
INSERT INTO b VALUES (1, '{1,2}', '{{1,2},{3,4}}', ARRAY['{6}', '{7,8}']::row_of[]::square, '{x,"y z"}');
-- the names of types, before anything else needs them
SELECT graphql_resolve('query ($rows: Int_array_array_comparison_exp) { a(where: {rows: $rows}) { id } }', NULL, '{"rows": {"_eq": [[3, 4], [5]]}}');
SELECT graphql_resolve('query ($row: Int_array_comparison_exp) { b(where: {row: $row}) { id } }',
    NULL, '{"row": {"_eq": [1, 2]}}');
SELECT line FROM regexp_split_to_table(graphql_schema(), E'\n') AS t(line)
    WHERE line ~ '^  (row|rows|plain|square|words): (\[|[A-Z])';
SELECT line FROM regexp_split_to_table(graphql_schema(), E'\n') AS t(line)
    WHERE line ~ '^input Int.*_array_' ORDER BY 1;
SELECT graphql_resolve('{ a(order_by: {id: asc}) { rows } b { row plain square words } }');

-- lists, and single values that are lists of one
SELECT graphql_resolve('{ a(where: {rows: {_eq: [[3, 4], 5]}}) { id } }');
SELECT graphql_resolve('{ a(where: {rows: {_in: [[[3, 4], [5]], []]}}, order_by: {id: asc}) { id } }');
SELECT graphql_resolve('{ a(where: {rows: {_contains: 5}}) { id } }');
SELECT graphql_resolve('query ($rows: [[Int!]!]) { a(where: {rows: {_contained_in: $rows}}, order_by: {id: asc}) { id } }', NULL, '{"rows": [[5], [3, 4], [7]]}');
SELECT graphql_resolve('{ b(where: {square: {_eq: [[6], [7, 8]]}, words: {_contains: "y z"}, plain: {_contains: [4]}}) { id } }');
SELECT graphql_resolve('{ a(where: {rows: {_eq: [[3, "4"]]}}) { id } }');
SELECT graphql_resolve('{ a(where: {rows: {_is_null: true}}) { id } a_aggregate { aggregate { max { rows } } } }');
ROLLBACK;
