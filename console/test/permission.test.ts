import assert from 'node:assert/strict'
import { test } from 'node:test'
import { buildSchema } from 'graphql'
import { emptyTypes, nothing, partSdl, presetLiteral, readPart, setPreset, setTick } from '../src/lib/permission'

const schema = buildSchema(`
  directive @upper on FIELD
  scalar Day
  type Query { me(id: ID!, day: Day, where: Filter): Person node(id: ID!): Node found: [Thing!]! secret: String level: Level }
  type Mutation { put(person: New!): Person }
  interface Node { id: ID! name: String }
  type Person implements Node { id: ID! name: String friends(first: Int, after: ID): [Person!] level: Level }
  type Ship implements Node { id: ID! name: String tons: Int }
  type Rock { kg: Int }
  union Thing = Person | Ship | Rock
  enum Level { ONE TWO THREE }
  input Filter { a: Int b: Int and: [Filter!] }
  input New { name: String! level: Level owner: ID }
`)

const again = (sdl: string): string => partSdl(schema, readPart(schema, sdl))

test('SDL ticks the tree, and the tree writes the same SDL', () => {
  const parts = [
    'type Query {\n  secret: String\n}',
    'type Query {\n  me(id: ID! @preset(value: "x-hasura-user-id"), day: Day): Person\n}\n\ntype Person {\n  id: ID!\n  friends(first: Int): [Person!]\n}\n\nscalar Day',
    'type Query {\n  level: Level\n}\n\nenum Level {\n  ONE\n  THREE\n}',
    'type Mutation {\n  put(person: New!): Person\n}\n\ntype Person {\n  id: ID!\n}\n\ninput New {\n  name: String!\n  owner: ID @preset(value: "x-hasura-user-id", static: true)\n}',
    'type Query {\n  found: [Thing!]!\n}\n\nunion Thing = Person | Rock\n\ntype Person {\n  name: String\n}\n\ntype Rock {\n  kg: Int\n}',
    'type Query {\n  secret: String\n}\n\ndirective @upper on FIELD'
  ]
  for (const sdl of parts) assert.equal(again(sdl), sdl)
})

test('a type has what its interfaces have', () => {
  const sdl = again('type Query { node(id: ID!): Node } interface Node { id: ID! } type Ship implements Node { tons: Int }')
  assert.match(sdl, /type Ship implements Node \{\n  id: ID!\n  tons: Int\n\}/)
  assert.doesNotMatch(sdl, /Person/)
})

test('ticking a field brings its arguments and leaf fields', () => {
  const part = setTick(schema, nothing, 'Query.me', true)
  const sdl = partSdl(schema, part)
  assert.match(sdl, /me\(id: ID!, day: Day, where: Filter\): Person/)
  assert.match(sdl, /type Person \{\n  id: ID!\n  name: String\n  level: Level\n\}/)
  assert.match(sdl, /input Filter \{\n  a: Int\n  b: Int\n  and: \[Filter!\]\n\}/)
  assert.match(sdl, /scalar Day/)
  assert.deepEqual(emptyTypes(schema, part), [])
})

test('unticking takes away, and a type without fields is told', () => {
  let part = setTick(schema, nothing, 'Query.me', true)
  part = setTick(schema, part, 'Query.me.where', false)
  part = setTick(schema, part, 'Level.TWO', false)
  assert.doesNotMatch(partSdl(schema, part), /Filter/)
  assert.match(partSdl(schema, part), /enum Level \{\n  ONE\n  THREE\n\}/)
  for (const field of ['id', 'name', 'level']) part = setTick(schema, part, `Person.${field}`, false)
  assert.deepEqual(emptyTypes(schema, part), ['Person'])
  assert.equal(partSdl(schema, setTick(schema, part, 'Query.me', false)), '')
})

test('a preset keeps a required argument', () => {
  const part = setPreset(setTick(schema, nothing, 'Query.me', true), 'Query.me.id', { literal: '"x-hasura-user-id"', isStatic: false })
  assert.match(partSdl(schema, part), /me\(id: ID! @preset\(value: "x-hasura-user-id"\)/)
  assert.match(partSdl(schema, setPreset(part, 'Query.me.id', undefined)), /me\(id: ID!,/)
})

test('what is typed as a preset becomes a literal of the type', () => {
  const string = schema.getType('String')!
  const level = schema.getType('Level')!
  assert.equal(presetLiteral('x-hasura-user-id', string), '"x-hasura-user-id"')
  assert.equal(presetLiteral('DE', string), '"DE"')
  assert.equal(presetLiteral('ONE', level), 'ONE')
  assert.equal(presetLiteral('32', schema.getType('Int')!), '32')
  assert.equal(presetLiteral('[1, 2]', schema.getType('Int')!), '[1, 2]')
  assert.equal(presetLiteral('"DE"', string), '"DE"')
  assert.equal(presetLiteral('null', string), 'null')
})

test('syntax that is wrong is thrown; nothing is nothing', () => {
  assert.throws(() => readPart(schema, 'type Query {'))
  assert.equal(again(''), '')
  assert.equal(again('  \n'), '')
})
