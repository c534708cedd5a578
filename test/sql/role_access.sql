\i test/setup.sql
-- Which roles one may act as, and what of an upstream's answer a role sees.
BEGIN;
CREATE ROLE regress_boss;
CREATE ROLE regress_low;
CREATE ROLE regress_far;
CREATE ROLE regress_lazy NOINHERIT;
GRANT regress_low TO regress_boss;
GRANT regress_far TO regress_low;
GRANT regress_low TO regress_lazy;
CREATE TABLE mine (id int PRIMARY KEY, who text);
INSERT INTO mine VALUES (1, 'a row');
GRANT SELECT ON mine TO regress_boss;
CREATE TABLE theirs (id int PRIMARY KEY);
GRANT SELECT ON theirs TO regress_low;
-- who one is, one argument at a time; the membership counts, directly or not, inherited or not
CREATE FUNCTION acts(role name) RETURNS text LANGUAGE sql AS $$
  SELECT split_part(test.failure(pg_catalog.format('SELECT graphql_schema(%L)', role)), E'\n', 1) $$;
SET LOCAL ROLE regress_boss;
SELECT r, acts(r) FROM unnest(ARRAY['regress_boss', 'regress_low', 'regress_far', 'regress_lazy',
    'admin', 'public', 'none', '', NULL]::name[]) AS r;
SET LOCAL ROLE regress_lazy;
SELECT r, acts(r) FROM unnest(ARRAY['regress_low', 'regress_far', 'regress_boss']::name[]) AS r;
SET LOCAL ROLE regress_low;
-- the current user counts and not the session's, a superuser here
SELECT r, acts(r) FROM unnest(ARRAY['regress_boss', session_user, 'admin']::name[]) AS r;
SELECT test.resolve('{ mine { who } }');
RESET ROLE;
SELECT acts('admin');
-- a role of that name is a role like others
CREATE ROLE admin;
SELECT test.resolve('{ mine { who } }', 'admin');
SET LOCAL ROLE regress_boss;
SELECT acts('admin');
RESET ROLE;
DROP ROLE admin;

-- SECURITY DEFINER: inside, its owner calls
CREATE FUNCTION wrapped(query text, role name DEFAULT NULL) RETURNS json
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
  $$ SELECT public.graphql_resolve(query, role) $$;
ALTER FUNCTION wrapped(text, name) OWNER TO regress_boss;
SET LOCAL ROLE regress_low;
SELECT wrapped('{ mine { who } }');
SELECT wrapped('{ theirs { id } }', 'regress_low');
SELECT test.failure($$SELECT wrapped('{ theirs { id } }', 'regress_lazy')$$);
RESET ROLE;
-- ... also when a call as a role without rights gets there
CREATE FUNCTION upwards() RETURNS json LANGUAGE sql STABLE AS $$ SELECT wrapped('{ mine { who } }') $$;
CREATE VIEW through AS SELECT 1 AS id, upwards() AS x;
GRANT SELECT ON through TO regress_low;
SELECT test.resolve('{ through { x } }', 'regress_low');

-- the role comes before everything else: before rows, headers and documents are looked at
SET LOCAL ROLE regress_low;
SELECT test.failure($$SELECT remote_rel.remote_join(ARRAY[1], 'x', role => 'regress_boss')$$);
SELECT test.failure($$SELECT remote_rel.remote_join(NULL::mine[], 'x', role => 'regress_boss')$$);
SELECT test.failure($$SELECT remote_rel.remote_join(NULL::mine[], NULL, headers => '1', role => 'regress_boss')$$);
SELECT test.failure(format('SELECT graphql_%s(%L, %L, %L, headers => %L)', f, '{', 'regress_boss',
    '1', '1')) FROM unnest(ARRAY['resolve', 'validate', 'explain']) AS f;
RESET ROLE;

-- what an upstream answers beyond the permission: values of enums, types of unions and interfaces
SELECT remote_rel.add_remote_schema('auth0', test.definition());
SELECT remote_rel.add_remote_schema_permissions('auth0', 'regress_low', 'type Query { auth0(auth0_id: String!): Profile node(id: ID!): Node search(text: String!): [SearchResult!]! }
  union SearchResult = Profile type Profile implements Node { id: ID! nickname: String access: AccessLevel! } interface Node { id: ID! } enum AccessLevel { VIEWER }');
SELECT test.resolve('{ a: auth0(auth0_id: "auth0|1") { access } b: auth0(auth0_id: "auth0|3") { access nickname } }');
SELECT test.resolve('{ a: auth0(auth0_id: "auth0|1") { access } b: auth0(auth0_id: "auth0|3") { access nickname } }', 'regress_low');
SELECT test.resolve('{ node(id: "auth0|1") { __typename id } other: node(id: "1") { __typename id } }', 'regress_low');
SELECT test.resolve('{ search(text: "dae") { __typename } }', 'regress_low');
SELECT test.resolve('{ search(text: "a") { __typename ... on Profile { nickname } } }', 'regress_low');
ROLLBACK;
