// A remote relationship's definition, as the form has it and as the API has it. Either can be made of the other.
import { isObject, member, asText, type Json, type JsonObject } from '../api/json'

/** Where an argument's value comes from. What is static may hold "$column" further inside, as in JSON. */
export type Value =
  | { from: 'column'; column: string }
  | { from: 'static'; value: Json }
  | { from: 'parts'; parts: Record<string, Value> }

/** A field of the API, its arguments, and the field below it that is joined instead, if any. */
export type Choice = { field: string; args: Record<string, Value>; below?: Choice }

export type Batching = { way: 'aliases' | 'list' | 'position'; /** result field → column */ keys: Record<string, string> }

export type Definition = {
  name: string
  remoteSchema: string
  choice: Choice | undefined
  batching: Batching
  relationshipType: 'object' | 'array'
}

const valueJson = (value: Value): Json => {
  if (value.from === 'column') return `$${value.column}`
  if (value.from === 'static') return value.value
  return Object.fromEntries(Object.entries(value.parts).map(([name, part]) => [name, valueJson(part)]))
}

export const remoteFieldOf = ({ field, args, below }: Choice): JsonObject => ({
  [field]: {
    arguments: Object.fromEntries(Object.entries(args).map(([name, value]) => [name, valueJson(value)])),
    ...(below && { field: remoteFieldOf(below) })
  }
})

const readValue = (value: Json): Value => {
  if (typeof value === 'string' && value.startsWith('$')) return { from: 'column', column: value.slice(1) }
  if (isObject(value)) {
    return { from: 'parts', parts: Object.fromEntries(Object.entries(value).map(([name, part]) => [name, readValue(part)])) }
  }
  return { from: 'static', value }
}

export const choiceOf = (remoteField: unknown): Choice | undefined => {
  if (!isObject(remoteField)) return undefined
  const [entry] = Object.entries(remoteField)
  if (!entry) return undefined
  const [field, inner] = entry
  const args = member(inner, 'arguments')
  const below = choiceOf(member(inner, 'field'))
  return {
    field,
    args: Object.fromEntries(Object.entries(isObject(args) ? args : {}).map(([name, value]) => [name, readValue(value)])),
    ...(below && { below })
  }
}

const columnsIn = (value: Json): string[] => {
  if (typeof value === 'string') return value.startsWith('$') ? [value.slice(1)] : []
  if (Array.isArray(value)) return value.flatMap(columnsIn)
  return isObject(value) ? Object.values(value).flatMap(columnsIn) : []
}

/** The columns that a definition joins by, each once, in their order. */
export const columnsOf = (choice: Choice): string[] => [
  ...new Set([...Object.values(choice.args).map(valueJson).flatMap(columnsIn), ...(choice.below ? columnsOf(choice.below) : [])])
]

export const batchOf = ({ way, keys }: Batching): Json | undefined => {
  if (way === 'position') return 'position'
  if (way === 'aliases') return undefined
  return Object.fromEntries(Object.entries(keys).map(([field, column]) => [field, `$${column}`]))
}

export const batchingOf = (batch: unknown): Batching => {
  if (batch === 'position') return { way: 'position', keys: {} }
  if (!isObject(batch)) return { way: 'aliases', keys: {} }
  return {
    way: 'list',
    keys: Object.fromEntries(Object.entries(batch).map(([field, column]) => [field, asText(column).replace(/^\$/, '')]))
  }
}

/** The value of `to_remote_schema`. */
export const toRemoteSchema = ({ remoteSchema, choice, batching, relationshipType }: Definition): JsonObject => {
  const batch = batchOf(batching)
  return {
    remote_schema: remoteSchema,
    lhs_fields: choice ? columnsOf(choice) : [],
    remote_field: choice ? remoteFieldOf(choice) : {},
    ...(batch !== undefined && { batch }),
    ...(relationshipType === 'array' && { relationship_type: 'array' })
  }
}

export const definitionOf = (name: string, toRemote: unknown): Definition => ({
  name,
  remoteSchema: asText(member(toRemote, 'remote_schema')),
  choice: choiceOf(member(toRemote, 'remote_field')),
  batching: batchingOf(member(toRemote, 'batch')),
  relationshipType: member(toRemote, 'relationship_type') === 'array' ? 'array' : 'object'
})

/** The paths, below that of the choice, that the form has a place for. */
export const placesOf = (choice: Choice, at: string): string[] => {
  const here = `${at}.${choice.field}`
  const ofValue = (value: Value, path: string): string[] => [
    path,
    ...(value.from === 'parts' ? Object.entries(value.parts).flatMap(([name, part]) => ofValue(part, `${path}.${name}`)) : [])
  ]
  return [
    here,
    ...Object.entries(choice.args).flatMap(([name, value]) => ofValue(value, `${here}.arguments.${name}`)),
    ...(choice.below ? placesOf(choice.below, `${here}.field`) : [])
  ]
}

/** The one of the places that an error's path concerns: the deepest that leads there. */
export const placeOf = (path: string, places: string[]): string | undefined =>
  places
    .filter((place) => path === place || path.startsWith(`${place}.`) || path.startsWith(`${place}[`))
    .sort((a, b) => b.length - a.length)[0]
