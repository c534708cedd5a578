// A GraphQL server for any schema: the URL holds the SDL, the answers are made up from the names in it. What it refuses, graphql-js refuses.
//
//   POST /mock?sdl=SDL        base64url
//   POST /mock/NAME           the SDL that NAME has now:  PUT /mock/NAME?sdl=SDL  gives it one, or takes it without "sdl": then it is down
//
// A String or ID is the field's name with its arguments behind it ("name" or "name {\"size\":3}"), an Int its number of letters, a Float that and a
// half, a Boolean true, an enum its first value, a custom scalar {"field": name, ...arguments}. A list has an element of each possible type, else two.
// An interface or union is of its first possible type. A field whose name starts with "fail" fails, one with "nothing" is null; "slow…(ms:)" waits.

import { buildSchema, getNamedType, getNullableType, graphql, GraphQLError, isAbstractType, isEnumType, isListType, isObjectType } from 'graphql'
import { setTimeout as sleep } from 'node:timers/promises'

const schemas = new Map()
const named = new Map()

function schemaOf(sdl) {
  if (!schemas.has(sdl)) schemas.set(sdl, buildSchema(Buffer.from(sdl, 'base64url').toString('utf8')))
  return schemas.get(sdl)
}

function leaf(type, name, args) {
  if (isEnumType(type)) return type.getValues()[0].value
  switch (type.name) {
    case 'Int': return name.length
    case 'Float': return name.length + 0.5
    case 'Boolean': return true
    case 'String':
    case 'ID': return Object.keys(args).length ? `${name} ${JSON.stringify(args)}` : name
    default: return { field: name, ...args }
  }
}

function value(schema, type, name, args, i) {
  const nullable = getNullableType(type)
  const named = getNamedType(type)
  if (isListType(nullable)) {
    const length = isAbstractType(named) ? schema.getPossibleTypes(named).length : 2
    return Array.from({ length }, (_, k) => value(schema, nullable.ofType, name, args, k))
  }
  if (isAbstractType(named)) return { __typename: schema.getPossibleTypes(named)[i].name }
  return isObjectType(named) ? {} : leaf(named, name, args)
}

async function resolve(source, args, context, { schema, fieldName, returnType }) {
  if (fieldName.startsWith('slow')) await sleep(args.ms)
  if (fieldName.startsWith('fail')) throw new GraphQLError(`${fieldName} failed`, { extensions: { code: 'MOCK' } })
  return fieldName.startsWith('nothing') ? null : value(schema, returnType, fieldName, args, 0)
}

/** What a server is from now on; null: down. */
export function change(name, sdl) {
  named.set(name, sdl)
}

/** Answers as the server of that name. */
export async function mockNamed(name, body) {
  const sdl = named.get(name)
  return sdl ? mock(sdl, body) : { status: 503, headers: { 'content-type': 'text/plain' }, body: 'down for maintenance\n' }
}

/** Answers the GraphQL request in `body` with {status, headers, body}. */
export async function mock(sdl, body) {
  const { query, variables, operationName } = JSON.parse(body)
  const answer = await graphql({ schema: schemaOf(sdl), source: query, variableValues: variables, operationName, fieldResolver: resolve })
  const headers = { 'content-type': 'application/json' }
  return { status: 'data' in answer ? 200 : 400, headers, body: JSON.stringify(answer) }
}
