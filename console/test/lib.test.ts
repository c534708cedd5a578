import assert from 'node:assert/strict'
import { test } from 'node:test'
import { buildSchema } from 'graphql'
import { commandSql, tryOutSql } from '../src/lib/commandSql'
import { renamedTypes } from '../src/lib/customization'
import { errorPath } from '../src/lib/errorPath'
import { explainTree } from '../src/lib/explain'
import { changedLines, schemaChange } from '../src/lib/schemaDiff'
import { identifier, literal } from '../src/lib/sql'
import { readHeaders } from '../src/features/api/who'

test('names and texts as SQL', () => {
  assert.deepEqual(['a1', 'A', 'user', 'a"b', 'ä'].map(identifier), ['a1', '"A"', '"user"', '"a""b"', '"ä"'])
  assert.deepEqual(["it's", 'a\\b', ''].map(literal), ["'it''s'", "E'a\\\\b'", "''"])
})

test('commands as SQL', () => {
  const table = { schema: 'public', name: 'Users' }
  const sql = (type: string, args: Parameters<typeof commandSql>[0]['args']) => commandSql({ type, args })
  assert.equal(
    sql('create_remote_relationship', { table, name: 'p', definition: { to_remote_schema: { remote_schema: 'a', remote_field: { f: { arguments: {} } }, batch: 'position' } } }),
    `SELECT remote_rel.create_remote_relationship('public."Users"', 'p', 'a', '{"f":{"arguments":{}}}', batch => '"position"');`
  )
  assert.equal(sql('delete_remote_relationship', { table, name: 'p' }), `SELECT remote_rel.delete_remote_relationship('public."Users"', 'p');`)
  assert.equal(sql('remove_remote_schema', { name: 'a' }), `SELECT remote_rel.remove_remote_schema('a');`)
  assert.equal(sql('remove_remote_schema', { name: 'a', cascade: true }), `SELECT remote_rel.remove_remote_schema('a', true);`)
  assert.equal(sql('add_remote_schema', { name: 'a', definition: { url: "it's" }, sdl: 'x' }), `SELECT remote_rel.add_remote_schema('a', '{"url":"it''s"}', sdl => 'x');`)
  assert.equal(sql('clear_metadata', {}), `SELECT remote_rel.metadata('{"type":"clear_metadata","args":{}}');`)
  assert.match(
    tryOutSql({ type: 'delete_remote_relationship', args: { table, name: '$$' } }, ['a', 'computed'], ['a'], '{ b }'),
    /^DO \$q0\$[^]*PERFORM remote_rel\.delete_remote_relationship[^]*WHERE t\.a IS NOT NULL LIMIT 3[^]*'\$\$', '\{ b \}'[^]*\$q0\$$/
  )
})

test('the path that the detail ends with is more exact', () => {
  assert.equal(errorPath({ path: '$', message: 'does not fit', detail: 'No argument. (at $.args.x.y)' }), '$.args.x.y')
  assert.equal(errorPath({ path: '$', message: 'no name', detail: 'At $.args.headers[0].' }), '$.args.headers[0]')
  assert.equal(errorPath({ path: '$.args', message: 'wrong', detail: '' }), '$.args')
})

test('lines that differ', () => {
  assert.deepEqual(changedLines('a\nb\nc\n', 'a\nb\nc\n'), [])
  assert.deepEqual(changedLines('1\n2\n3\n4\n5\n', '1\n2\n3\n4\n6\n', 1), [
    { kind: 'same', text: '4' },
    { kind: 'removed', text: '5' },
    { kind: 'added', text: '6' }
  ])
  assert.equal(changedLines('1\n2\n3\n4\n5\n', '0\n2\n3\n4\n6\n', 1).filter((line) => line === null).length, 1)
  const many = (from: number) => Array.from({ length: 9000 }, (_, i) => `line ${from + i}\n`).join('')
  assert.equal(changedLines(many(0), many(20000)).length, 18000)
})

test('what a reload changed', () => {
  const change = schemaChange(buildSchema('type Query { a: Int b: Int }'), buildSchema('type Query { a: Int c: Int }'))
  assert.deepEqual(change.breaking, ['Query.b was removed.'])
  assert.deepEqual(
    change.lines.filter((line) => line?.kind !== 'same').map((line) => line?.text.trim()),
    ['b: Int', 'c: Int']
  )
})

test('renamed types', () => {
  const schema = buildSchema('type Query { a: A b: B } type A { x: Int } enum B { ONE }')
  const names = (customization: Parameters<typeof renamedTypes>[1]) => renamedTypes(schema, customization).map(({ from, to }) => `${from} ${to}`)
  assert.deepEqual(names({}), [])
  assert.deepEqual(names({ type_names: { prefix: 'p_', suffix: '_s', mapping: { B: 'C' } } }), ['A p_A_s', 'B C'])
  assert.deepEqual(names({ root_fields_namespace: 'n', type_names: { prefix: 'p_' } }), ['Query p_Query', 'A p_A', 'B p_B'])
  const hasura = buildSchema('schema { query: query_root } type query_root { a: Int }')
  assert.deepEqual(renamedTypes(hasura, { root_fields_namespace: 'n' }), [{ from: 'query_root', to: 'n_query_root' }])
})

test('headers of lines', () => {
  assert.deepEqual(readHeaders('X-Hasura-User-Id: 1\n\n a : b:c '), { headers: { 'x-hasura-user-id': '1', a: 'b:c' } })
  assert.match(readHeaders('a: b\nnonsense').error ?? '', /Line 2/)
})

test('an explanation as a tree', () => {
  const nodes = explainTree({
    statements: [
      { field: 'users', sql: 'SELECT join_hole(0, $1), remote_rel.join_hole(2, $1)', parameters: [{ type: 'integer', run: true }] },
      { field: 'others', sql: 'SELECT 1', parameters: [] }
    ],
    remote: [
      { step: 0, remote_schema: 'a', source: 'public.users', relationship: 'p', batch: 'aliases', document: '{ a }' },
      { step: 1, after: 0, remote_schema: 'b', source: 'a.P', relationship: 'q', batch: 'list', document: '{ b }' },
      { step: 2, remote_schema: 'a', source: 'public.users', relationship: 'r', document: 'not GraphQL {' },
      { step: 3, remote_schema: 'a', document: '{ root }' }
    ]
  })
  assert.deepEqual(
    nodes.map((node) => [node.title, node.below.map((below) => [below.title, below.below.length])]),
    [
      ['users: SQL', [['public.users.p ← a', 1], ['public.users.r ← a', 0]]],
      ['others: SQL', []],
      ['Fields of a', []]
    ]
  )
  assert.deepEqual(explainTree({}), [])
})
