// A schema in which presets can stand wherever they may: everything answers with the arguments that arrived.

import { serveYoga } from './serve-yoga.mjs'

const typeDefs = /* GraphQL */ `
  directive @tag(name: String, by: Tenant) repeatable on FIELD | QUERY

  scalar JSON
  enum Level { LOW MID HIGH }

  input Tenant { id: ID  region: String  level: Level }
  input Filter { tenant: Tenant  name: String  and: [Filter!]  limit: Int! = 10 }
  input Strict { owner: ID!  name: String!  note: String }
  input Key @oneOf { id: ID  name: String }

  interface Item {
    id: ID!
    label(size: Int, unit: String = "cm"): String
    seen(where: Filter): JSON
  }
  type Box implements Item {
    id: ID!
    label(size: Int, unit: String = "cm"): String
    seen(where: Filter): JSON
    boxes(where: Filter): [Box!]!
  }
  type Bag implements Item {
    id: ID!
    label(size: Int, unit: String = "cm", wide: Boolean): String
    seen(where: Filter): JSON
  }
  union Thing = Box | Bag

  type Query {
    items: [Item!]!
    things: [Thing!]!
    box(id: ID!): Box
    filtered(where: Filter = { name: "all" }): JSON
    listed(filters: [Filter!], strict: [Strict!]): JSON
    strict(by: Strict): JSON
    keyed(by: Key): JSON
    scoped(where: Tenant! = { id: "everyone" }, also: [Tenant!]! = [{ id: "one" }, { region: "two" }]): JSON
    levelled(level: Level! = HIGH): JSON
  }
  type Mutation {
    save(input: Strict!, where: Filter, level: Level! = LOW): JSON
    remove(id: ID!): JSON
  }
`

const echo = (_, args) => args
const item = {
  label: (_, { size, unit, wide }) => `${size ?? '?'} ${unit ?? '?'}${wide ? ' wide' : ''}`,
  seen: echo,
}
const resolveType = { __resolveType: ({ __typename }) => __typename }
const things = () => [{ __typename: 'Box', id: 'x1' }, { __typename: 'Bag', id: 'g1' }]

serveYoga(typeDefs, {
  Item: resolveType,
  Thing: resolveType,
  Box: { ...item, boxes: () => [{ id: 'inner' }] },
  Bag: item,
  Query: {
    items: things,
    things,
    box: (_, { id }) => ({ id }),
    ...Object.fromEntries(['filtered', 'listed', 'strict', 'keyed', 'scoped', 'levelled'].map((field) => [field, echo])),
  },
  Mutation: { save: echo, remove: echo },
})
