\i test/setup.sql
-- A role has a relationship if it has everything of it: columns or computed fields, and the remote's fields, arguments, input fields and types. Two roles, both sides.
BEGIN;
CREATE ROLE regress_full;
CREATE ROLE regress_part;
CREATE TABLE public.members (id int PRIMARY KEY, name text, auth0_id text, level text, code text, secret text);
INSERT INTO public.members VALUES (1, 'one', 'auth0|1', 'ADMIN', 'DE', 'auth0|2'),
    (2, 'two', 'auth0|2', 'EDITOR', 'FR', 'auth0|3');
CREATE FUNCTION public.members_auth(m public.members) RETURNS text LANGUAGE sql STABLE AS $$ SELECT m.auth0_id $$;
REVOKE EXECUTE ON FUNCTION public.members_auth FROM PUBLIC;
CREATE TABLE public.notes (author text, id int PRIMARY KEY, text text);
INSERT INTO public.notes VALUES ('auth0|1', 1, 'first');
SELECT remote_rel.add_computed_field('members', 'auth', 'members_auth');
SELECT remote_rel.add_remote_schema('api', test.definition());
SELECT remote_rel.create_remote_relationship('members', name, 'api', remote_field, batch => batch) FROM (VALUES
  ('by_column', '{"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}'::jsonb, NULL::jsonb),
  ('by_secret', '{"auth0": {"arguments": {"auth0_id": "$secret"}}}', NULL),
  ('by_computed', '{"auth0": {"arguments": {"auth0_id": "$auth"}}}', NULL),
  ('on_the_way', '{"directory": {"field": {"region": {"arguments": {"code": "$code"},
      "field": {"member": {"arguments": {"auth0_id": "$auth0_id"}}}}}}}', NULL),
  ('input_fields', '{"echo": {"arguments": {"level": "$level", "input": {"level": "ADMIN",
      "nested": {"string": "$name"}}}}}', NULL),
  ('by_list', '{"profiles": {"arguments": {"ids": "$auth0_id"}}}', '{"auth0_id": "$auth0_id"}'),
  ('entity', '{"_entities": {"arguments": {"representations": [{"__typename": "Profile",
      "id": "$auth0_id"}]}}}', '"position"')) AS v(name, remote_field, batch);
SELECT remote_rel.create_remote_schema_remote_relationship('api', 'Profile', 'member',
    '{"to_source": {"relationship_type": "object", "table": "members",
    "field_mapping": {"auth0_id": "auth0_id"}}}');
SELECT remote_rel.create_remote_schema_remote_relationship('api', 'Profile', 'notes',
    '{"to_source": {"relationship_type": "array", "table": "notes",
    "field_mapping": {"auth0_id": "author"}}}');
SELECT remote_rel.create_remote_schema_remote_relationship('api', 'Profile', 'again',
    '{"to_remote_schema": {"remote_schema": "api", "lhs_fields": ["auth0_id"],
    "remote_field": {"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}}}');
SELECT remote_rel.create_remote_schema_remote_relationship('api', 'Profile', 'pictured',
    '{"to_remote_schema": {"remote_schema": "api", "lhs_fields": ["avatar"],
    "remote_field": {"flaky": {"arguments": {"key": "$avatar"}}}}}');
GRANT SELECT ON public.members, public.notes TO regress_full;
GRANT EXECUTE ON FUNCTION public.members_auth TO regress_full;
GRANT SELECT (id, name, auth0_id, level, code) ON public.members TO regress_part;
GRANT SELECT (id, text) ON public.notes TO regress_part;

SELECT remote_rel.add_remote_schema_permissions('api', 'regress_full', $$
  scalar JSON scalar _Any
  enum AccessLevel { ADMIN EDITOR VIEWER }
  input Everything { string: String int: Int @preset(value: "x-hasura-int") level: AccessLevel @preset(value: VIEWER) ints: [Int] nested: Everything }
  type Profile { auth0_id: String! nickname: String avatar(size: Int @preset(value: 5)): String }
  type Company { name: String! }
  union _Entity = Profile | Company
  type Region { member(auth0_id: String! @preset(value: "auth0|3")): Profile }
  type Directory { region(code: String! @preset(value: "XX")): Region }
  type Query {
    auth0(auth0_id: String! @preset(value: "auth0|3")): Profile
    profiles(ids: [ID!]!, quirk: ListQuirk @preset(value: DUPLICATED)): [Profile]!
    directory: Directory
    flaky(key: String!): String
    _entities(representations: [_Any!]!): [_Entity]!
    echo(string: String @preset(value: "p"), level: AccessLevel, ints: [Int] @preset(value: [1, 2]),
        input: Everything): JSON
  }
  enum ListQuirk { NONE DUPLICATED }
$$);
SELECT remote_rel.add_remote_schema_permissions('api', 'regress_part', $$
  scalar JSON scalar _Any
  enum AccessLevel { EDITOR }
  input Everything { string: String level: AccessLevel nested: Everything }
  type Profile { nickname: String }
  type Company { name: String! }
  union _Entity = Company
  type Region { code: String! }
  type Directory { region(code: String!): Region }
  type Query {
    auth0(auth0_id: String!): Profile
    profiles(ids: [ID!]!): [Profile]!
    directory: Directory
    _entities(representations: [_Any!]!): [_Entity]!
    echo(string: String, level: AccessLevel, input: Everything): JSON
  }
$$);

-- What each has, by introspection
CREATE FUNCTION pg_temp.fields(type text, role name) RETURNS text
LANGUAGE sql AS $$ SELECT string_agg(f ->> 'name'
    || coalesce(' (' || (SELECT string_agg(a ->> 'name' || ': '
    || coalesce(a #>> '{type,name}', '…'), ', ') FROM json_array_elements(f -> 'args') AS a) || ')',
    '') || ': ' ||
    coalesce(f #>> '{type,name}', '…'), E'\n' ORDER BY f ->> 'name')
        FROM json_array_elements(graphql_resolve(format('{ __type(name: "%s") { fields { name args { name type { name } } type { name } } } }', type), role) #> '{data,__type,fields}') AS f $$;
SELECT pg_temp.fields('members', 'regress_full');
SELECT pg_temp.fields('members', 'regress_part');
SELECT pg_temp.fields('Profile', 'regress_full');
SELECT pg_temp.fields('Profile', 'regress_part');
-- The schemas, line by line: what one has and the other has not
CREATE TEMP TABLE lines AS SELECT role, line
    FROM unnest('{regress_full,regress_part}'::name[]) AS role,
    regexp_split_to_table(graphql_schema(role), '\n') AS line;
SELECT * FROM (SELECT line FROM lines WHERE role = 'regress_full' EXCEPT SELECT line FROM lines
    WHERE role = 'regress_part') AS d ORDER BY line COLLATE "C";
SELECT * FROM (SELECT line FROM lines WHERE role = 'regress_part' EXCEPT SELECT line FROM lines
    WHERE role = 'regress_full') AS d ORDER BY line COLLATE "C";

-- A preset yields to the join, and holds in what the join leaves
SELECT test.reset();
SELECT test.resolve('{ members(where: {id: {_eq: 1}}) { by_column { nickname member { name } notes { text } again { nickname } pictured } } }', 'regress_full');
SELECT test.resolve('{ members(where: {id: {_eq: 1}}) { by_secret { nickname } by_computed { nickname } } }', 'regress_full');
SELECT test.resolve('{ members(where: {id: {_eq: 1}}) { on_the_way { nickname } by_list { nickname } entity { nickname } } }', 'regress_full');
SELECT test.resolve('{ members(where: {id: {_eq: 1}}) { input_fields a: input_fields(input: null) b: input_fields(input: {ints: [7], nested: {ints: [8]}}) } }', 'regress_full', headers => '{"x-hasura-int": "5"}');
SELECT query, variables FROM test.log() ORDER BY query COLLATE "C", variables::text COLLATE "C";
-- A session variable that is missing is an error of the rows; what does not need it is answered
SELECT test.reset();
SELECT test.resolve('{ members(order_by: {id: asc}) { id input_fields by_column { nickname } } }', 'regress_full');
SELECT query, variables FROM test.log();
-- Nothing that the relationship or a preset gives can be given
SELECT test.resolve('{ members { by_column(auth0_id: "x") { nickname } input_fields(level: ADMIN, string: "a", input: {int: 1, level: ADMIN, nested: {string: "a"}}) pictured: by_list(ids: [], quirk: NONE) { avatar(size: 1) } } }', 'regress_full');

-- What is not derived reads as what is not there, and is suggested nowhere
SELECT test.resolve('{ members { by_secret { nickname } by_computed { nickname } on_the_way { nickname } input_fields by_list { nickname } entity { nickname } by_colum { nickname } by_secre { nickname } } auth0(auth0_id: "auth0|1") { member { name } notes { text } again { nickname } pictured membr } }', 'regress_part');
SELECT test.resolve('{ members { by_column { nickname } } _entities(representations: [{__typename: "Company", id: "c1"}]) { ... on Company { name } } }', 'regress_part');
-- Grants make and unmake them
GRANT SELECT (secret) ON public.members TO regress_part;
GRANT EXECUTE ON FUNCTION public.members_auth TO regress_part;
SELECT pg_temp.fields('members', 'regress_part');
REVOKE SELECT (auth0_id) ON public.members FROM regress_part;
SELECT pg_temp.fields('members', 'regress_part');
REVOKE SELECT ON public.notes FROM regress_full;
SELECT pg_temp.fields('Profile', 'regress_full');
-- So do permissions
SELECT remote_rel.drop_remote_schema_permissions('api', 'regress_full');
SELECT pg_temp.fields('members', 'regress_full');
SELECT test.reset();
SELECT test.resolve('{ members { by_column { nickname } } }', 'regress_full');
SELECT test.requests();
-- An input object that is preset as a whole, and of which the relationship gives a part: it comes first, the preset has the rest, and the query no say. What a row
-- gives is no session variable, whatever it looks like
CREATE ROLE regress_whole;
GRANT SELECT ON public.members TO regress_whole;
UPDATE public.members SET code = CASE id WHEN 1 THEN 'A-1' ELSE 'x-hasura-user-id' END;
SELECT remote_rel.create_remote_relationship('members', 'stock', 'api',
    '{"products": {"arguments": {"where": {"sku": {"_eq": "$code"},
    "_or": [{"stock_below": 1000}]}}}}');
SELECT remote_rel.add_remote_schema_permissions('api', 'regress_whole', $$
  input StringFilter { _eq: String _like: String }
  input ProductFilter { _or: [ProductFilter!] _not: ProductFilter sku: StringFilter title: StringFilter stock_below: Int }
  type Product { sku: String! }
  type Query { products(where: ProductFilter @preset(value: {sku: {_eq: "B-1",
      _like: "x-hasura-like"}, _or: [], stock_below: 10, title: {_like: "x-hasura-like",
      _eq: "x-hasura-title"}})): [Product!]! }
$$);
SELECT test.reset();
SELECT pg_temp.fields('members', 'regress_whole');
SELECT test.resolve('{ members(order_by: {id: asc}) { stock { sku } } products { sku } }',
    'regress_whole', headers => '{"x-hasura-like": "%", "x-hasura-title": "Dragonglass"}');
SELECT query, variables FROM test.log() ORDER BY query COLLATE "C";
SELECT test.resolve('{ members { stock(where: {title: {_eq: "Raven"}}) { sku } } }', 'regress_whole');
-- With permissions switched off only the table's side counts
SET remote_rel.remote_schema_permissions = off;
SELECT pg_temp.fields('members', 'regress_part');
ROLLBACK;
