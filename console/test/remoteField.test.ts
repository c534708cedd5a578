import assert from 'node:assert/strict'
import { test } from 'node:test'
import { choiceOf, columnsOf, definitionOf, placeOf, placesOf, remoteFieldOf, toRemoteSchema } from '../src/lib/remoteField'

const definitions = [
  { remote_schema: 'a', lhs_fields: ['auth0_id'], remote_field: { auth0: { arguments: { auth0_id: '$auth0_id' } } } },
  { remote_schema: 'a', lhs_fields: [], remote_field: { counter: { arguments: {} } } },
  { remote_schema: 'a', lhs_fields: ['id'], remote_field: { profiles: { arguments: { ids: '$id' } } }, batch: { auth0_id: '$id' }, relationship_type: 'array' },
  { remote_schema: 'a', lhs_fields: ['id', 'sku'], remote_field: { a: { arguments: { where: { sku: { _eq: '$sku' }, n: null, on: true } , id: '$id' } } } },
  {
    remote_schema: 'a',
    lhs_fields: ['auth0_id'],
    remote_field: { _entities: { arguments: { representations: [{ __typename: 'Profile', id: '$auth0_id' }] } } },
    batch: 'position'
  },
  {
    remote_schema: 'a',
    lhs_fields: ['b', 'c'],
    remote_field: { x: { arguments: { code: 'DE', n: 3 }, field: { y: { arguments: { b: '$b' }, field: { z: { arguments: { c: '$c', b: '$b' } } } } } } }
  }
]

test('a definition becomes the form and back', () => {
  for (const definition of definitions) {
    const again = toRemoteSchema(definitionOf('r', definition))
    assert.deepEqual({ ...again, lhs_fields: [...(again.lhs_fields as string[])].sort() }, definition)
  }
})

test('no field, or none that can be read', () => {
  for (const nothing of [null, undefined, 'x', [], {}]) assert.equal(choiceOf(nothing), undefined)
})

test('columns are each named once', () => {
  const choice = choiceOf({ f: { arguments: { a: '$x', b: ['$y', { c: '$x' }], d: 'z', e: null } } })
  assert.deepEqual(choice && columnsOf(choice), ['x', 'y'])
  assert.deepEqual(choice && remoteFieldOf(choice), { f: { arguments: { a: '$x', b: ['$y', { c: '$x' }], d: 'z', e: null } } })
})

test('an error is told at the deepest place that leads to it', () => {
  const choice = choiceOf({ f: { arguments: { where: { id: { _eq: '$x' } }, whereto: '$x' }, field: { g: { arguments: {} } } } })
  const places = choice ? placesOf(choice, '$') : []
  assert.equal(placeOf('$.f.arguments.where.id._eq', places), '$.f.arguments.where.id._eq')
  assert.equal(placeOf('$.f.arguments.where.id.other', places), '$.f.arguments.where.id')
  assert.equal(placeOf('$.f.arguments.whereto[0]', places), '$.f.arguments.whereto')
  assert.equal(placeOf('$.f.arguments.another', places), '$.f')
  assert.equal(placeOf('$.f.field.g.arguments.x', places), '$.f.field.g')
  assert.equal(placeOf('$.elsewhere', places), undefined)
})
