CREATE DATABASE regress_remote_unknown_types;
\c regress_remote_unknown_types
\i test/setup.sql
-- Objects of types that the stored schema, or the role's part of it, does not have, where an interface or union is asked for.

-- What is stored knows Cat, the API has Dog and Eel as well by now. The server answers a list with an object of each type.
SELECT test.change('zoo', $$
    type Query { pet: Pet!  pets: [Pet!]!  maybe: [[Pet]]  one(id: ID!): Pet  some(ids: [ID!]!): [Pet!]!  any: [Any!]!  dog: Dog }
    interface Pet { id: ID!  name: String  friends: [Pet!]  owner: Owner }
    interface Loud { noise: String }
    type Cat implements Pet & Loud { id: ID!  name: String  friends: [Pet!]  owner: Owner  noise: String  lives: Int }
    union Any = Cat | Owner
    type Owner { id: ID!  pets: [Pet!]! }
    type Dog { id: ID! }
$$);
SELECT remote_rel.add_remote_schema('zoo', test.changing('zoo'));
SELECT test.change('zoo', $$
    type Query { pet: Pet!  pets: [Pet!]!  maybe: [[Pet]]  one(id: ID!): Pet  some(ids: [ID!]!): [Pet!]!  any: [Any!]!  dog: Dog }
    interface Pet { id: ID!  name: String  friends: [Pet!]  owner: Owner }
    interface Loud { noise: String }
    type Eel implements Pet { id: ID!  name: String  friends: [Pet!]  owner: Owner }
    type Cat implements Pet & Loud { id: ID!  name: String  friends: [Pet!]  owner: Owner  noise: String  lives: Int }
    union Any = Eel | Cat | Dog | Owner
    type Owner { id: ID!  pets: [Pet!]! }
    type Dog implements Pet & Loud { id: ID!  name: String  friends: [Pet!]  owner: Owner  noise: String }
$$);
-- root fields: one, lists, lists of lists
SELECT test.resolve('{ pet { __typename id name } }');
SELECT test.resolve('{ pets { name kind: __typename } }');
SELECT test.resolve('{ maybe { __typename } }');
-- fragments on other types and interfaces do not apply, in whichever order
SELECT test.resolve('{ pets { ... on Cat { lives } id ... on Loud { noise } ...P } } fragment P on Pet { name ... on Cat { noise } }');
SELECT test.resolve('{ pets { ... on Cat { __typename lives } } }');
-- unions: a member that is new, a type that is known and new here
SELECT test.resolve('{ any { __typename } }');
SELECT test.resolve('{ any { ... on Cat { name } ... on Pet { id } } }');
-- two and three levels of them
SELECT test.resolve('{ pets { __typename friends { __typename id } } }');
SELECT test.resolve('{ pet { __typename owner { pets { __typename friends { __typename id ... on Cat { lives } } } } } }');
-- names as the customization makes them
BEGIN;
SELECT remote_rel.update_remote_schema('zoo', (test.changing('zoo') || '{"customization": {"type_names": {"prefix": "z_", "mapping": {"Dog": "Hound"}}}}'));
SELECT test.resolve('{ any { __typename } }');
ROLLBACK;

-- a role that is given fewer types than the API has
CREATE ROLE zoo_visitor;
SELECT remote_rel.add_remote_schema_permissions('zoo', 'zoo_visitor', $$
    type Query { pets: [Pet!]!  any: [Any!]!  one(id: ID!): Pet  some(ids: [ID!]!): [Pet!]! }
    interface Pet { id: ID!  owner: Owner }
    type Cat implements Pet { id: ID!  owner: Owner }
    union Any = Cat
    type Owner { pets: [Pet!]! }
$$);
SELECT test.resolve('{ pets { __typename id owner { pets { id ... on Cat { kind: __typename } } } } any { __typename ... on Cat { id } } }', 'zoo_visitor');
SELECT test.resolve('{ pets { name } }', 'zoo_visitor');
-- a narrower part yet: a type that the stored schema has and the role has not
SELECT remote_rel.drop_remote_schema_permissions('zoo', 'zoo_visitor');
SELECT remote_rel.add_remote_schema_permissions('zoo', 'zoo_visitor', $$
    type Query { any: [Any!]!  one(id: ID!): Pet }  interface Pet { id: ID! }  union Any = Owner  type Owner { id: ID! } $$);
SELECT test.resolve('{ any { __typename ... on Owner { id } } one(id: 7) { __typename id } }', 'zoo_visitor');

-- joins: by aliases, by list; two rows and three, a null among the keys
CREATE TABLE tag (id text, owner text);
INSERT INTO tag VALUES ('a', 'x'), (NULL, 'y'), ('c', 'z'), ('id', NULL);
SELECT remote_rel.create_remote_relationship('tag', 'pet', 'zoo', '{"one": {"arguments": {"id": "$id"}}}');
SELECT remote_rel.create_remote_relationship('tag', 'listed', 'zoo', '{"some": {"arguments": {"ids": "$id"}}}', batch => '{"id": "$id"}', relationship_type => 'array');
SELECT test.resolve('{ tag { pet { __typename id ... on Cat { lives } friends { __typename } } } }');
SELECT test.resolve('{ tag { listed { __typename name ... on Cat { lives } } } }');
SELECT test.resolve('{ tag(limit: 1) { a: pet { id } b: pet { __typename } c: pet { ... on Loud { noise } } } }');
-- joins further on: what is known of the type below has them, what is not known has not
SELECT remote_rel.create_remote_schema_remote_relationship('zoo', 'Cat', 'tags', '{"to_source": {"relationship_type": "array", "source": "default", "table": "tag", "field_mapping": {"id": "id"}}}');
SELECT test.resolve('{ pets { __typename ... on Cat { tags { owner } } } }');

-- what names no object type is no object that can be told: an interface, an enum, no name, none at all; beside and between what can
SELECT remote_rel.add_remote_schema('told', test.definition('faulty'), sdl => $$
    type Query { told: [Named]  strict: [Named!] }  interface Named { id: ID }  type Known implements Named { id: ID }  enum Level { LOW } $$);
SELECT name, a -> 'data' -> 'told', a #>> '{errors,0,message}'
FROM unnest('{"\"Newer\"","\"Named\"","\"Level\"","\"ID\"","\"\"","\"__Type\"","\"a b\"",5,"null"}'::text[]) AS name,
    graphql_resolve('{ told { __typename id } }', headers => test.answering(format(
    '{"data": {"told": [{"rr__t": "New", "__typename": "New", "id": 1}, {"rr__t": %1$s, "__typename": %1$s, "id": 2}, null, {"rr__t": "Known", "__typename": "Known", "id": 3}]}}', name))) AS a;
SELECT test.resolve('{ strict { id } }', headers => test.answering('{"data": {"strict": [{"rr__t": "New", "id": 1}, {"rr__t": "Named", "id": 2}]}}'));
DROP ROLE zoo_visitor;
