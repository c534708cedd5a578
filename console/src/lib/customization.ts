// The names that a customization gives to an API's types, as src/schema/remote/remote_names.c does.
import { isIntrospectionType, isSpecifiedScalarType, type GraphQLSchema } from 'graphql'
import { asText, isObject, member, type JsonObject } from '../api/json'

export type Renamed = { from: string; to: string }

const ours = ['query_root', 'mutation_root', 'subscription_root']

/** The types whose names change. */
export const renamedTypes = (schema: GraphQLSchema, customization: JsonObject): Renamed[] => {
  const names = member(customization, 'type_names')
  const mapping = member(names, 'mapping')
  const prefix = asText(member(names, 'prefix'))
  const suffix = asText(member(names, 'suffix'))
  const namespace = asText(member(customization, 'root_fields_namespace'))
  const roots: unknown[] = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]

  const renamed = (name: string, isRoot: boolean): string => {
    const mapped = isObject(mapping) ? asText(mapping[name]) : ''
    if (mapped) return mapped
    if (isRoot && !namespace) return name
    if (prefix || suffix) return `${prefix}${name}${suffix}`
    return isRoot && ours.includes(name) ? `${namespace}_${name}` : name
  }
  return Object.values(schema.getTypeMap())
    .filter((type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type))
    .map((type) => ({ from: type.name, to: renamed(type.name, roots.includes(type)) }))
    .filter(({ from, to }) => from !== to)
}
