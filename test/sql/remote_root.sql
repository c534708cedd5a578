\i test/setup.sql
-- Root fields of remote schemas: beside tables, under a namespace, renamed, from several servers; mutations in order.

BEGIN;
CREATE TABLE users (id int PRIMARY KEY, name text);
INSERT INTO users VALUES (1, 'Dany'), (2, 'Jon');
SELECT remote_rel.add_remote_schema('auth0', test.definition());
SELECT remote_rel.add_remote_schema('other', test.definition('apollo') || '{"customization": {"root_fields_namespace": "other", "type_names": {"prefix": "O_", "mapping": {"Profile": "Person", "Query": "O_Query"}},
  "field_names": [{"parent_type": "Query", "prefix": "o_"}, {"parent_type": "Profile", "mapping": {"nickname": "nick"}}]}}');
CREATE FUNCTION show(query text, variables jsonb DEFAULT NULL, role name DEFAULT NULL)
    RETURNS SETOF text LANGUAGE sql AS $$
    SELECT test.show(query, variables, role, servers => '{yoga,apollo}')
$$;

-- beside tables: in the query's order, one request for all of them
SELECT show('{ b: auth0(auth0_id: "auth0|2") { id } users(order_by: {id: asc}) { name } a: auth0(auth0_id: "auth0|1") { id } counter __typename }');
-- fragments at the root, aliases, variables, merged and skipped fields
SELECT show('query($id: String!, $y: Boolean = true) { ...R ... on query_root { me: auth0(auth0_id: $id) { name } } counter @skip(if: $y) } fragment R on query_root { me: auth0(auth0_id: $id) { id ...P } } fragment P on Profile { nickname }', '{"id": "auth0|3"}');
SELECT show('{ node(id: "c1") { __typename id ... on Company { name } } search(text: "dragon") { __typename ... on Product { title } } matrix text(kind: CONTROL) }');
-- null, and what must not be null
SELECT show('{ auth0(auth0_id: "nobody") { id } users { id } }');
SELECT show('{ ok: flaky_required(key: "x") bad: flaky(key: "bad") counter }');
SELECT show('{ users { id } flaky_required(key: "bad") }');
-- texts arrive as they are
SELECT graphql_resolve('{ q: text(kind: QUOTES) n: text(kind: NUL) empty: text(kind: EMPTY) }');
SELECT length(a -> 'data' ->> 'long'),
    a -> 'data' ->> 'e' = U&'Gr\00f6\00dfe \+01F409 e\0301 \+10FFFF',
    a -> 'data' ->> 's' = U&'\2028\2029\feff'
  FROM graphql_resolve('{ e: text(kind: EMOJI) s: text(kind: SEPARATORS) long: text(kind: LONG) }') AS a;

-- under a namespace and under new names; upstream sees its own
SELECT show('{ other { o_auth0(auth0_id: "auth0|1") { __typename nick t: __typename company { __typename name } } o_counter __typename } users(limit: 1, order_by: {id: asc}) { id } }');
SELECT show('query($l: O_AccessLevel!) { other { o_profiles_of(level: $l, first: 1) { access } } }', '{"l": "EDITOR"}');
SELECT show('{ a: other { x: o_auth0(auth0_id: "auth0|1") { id } } b: other { x: o_auth0(auth0_id: "auth0|2") { id } } a: other { y: o_counter } }');
SELECT show('{ other { o_node(id: "auth0|1") { __typename ... on Person { nick } ... on O_Company { name } } } }');
-- both servers at once; an error in the namespace nulls the namespace
SELECT show('{ auth0(auth0_id: "auth0|1") { id } other { o_auth0(auth0_id: "auth0|1") { id } } }');
SELECT show('{ counter other { o_flaky_required(key: "bad") o_counter } }');
SELECT show('{ counter other { o_auth0(auth0_id: "auth0|1") { id s: secret } } }');
-- names of the other schema are not there
SELECT show('{ auth0(auth0_id: "auth0|1") { nick } o_counter other { counter } }');
-- introspection of what is there is answered here
SELECT show('{ __type(name: "Person") { name fields { name } } other { __typename } }');

-- mutations run one after the other: those of one server that stand together share a request
SELECT show('mutation { a: increment b: increment(by: 10) set_nickname(auth0_id: "auth0|1", nickname: "Khaleesi") { profile { nickname } } c: increment }');
SELECT show('mutation { a: increment other { increment } b: increment }');
SELECT show('mutation($n: String) { set_nickname(auth0_id: "auth0|1", nickname: $n) { profile { nickname } query { counter } } }');
SELECT show('mutation { increment fail(message: "no") again: increment(by: 5) }');
SELECT show('mutation { set_nickname(auth0_id: "nobody") { profile { id } } }');

-- an upstream that is down is no concern of the other, nor of tables
SELECT remote_rel.update_remote_schema('auth0', '{"url": "http://127.0.0.1:1/"}', NULL,
    'type Query { auth0(auth0_id: String!): Profile, counter: Int! } type Profile { id: ID! }');
SELECT show('{ users(order_by: {id: asc}) { id } auth0(auth0_id: "auth0|1") { id } other { o_counter } }');
SELECT show('{ users { id } counter }');
ROLLBACK;
