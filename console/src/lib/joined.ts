// What a choice joins, in the API's schema.
import {
  getNamedType,
  getNullableType,
  isCompositeType,
  isLeafType,
  isListType,
  isObjectType,
  isInterfaceType,
  isRequiredArgument,
  type GraphQLField,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  type GraphQLSchema
} from 'graphql'
import type { Choice } from './remoteField'

export const joinedField = (schema: GraphQLSchema, choice: Choice | undefined): GraphQLField<unknown, unknown> | undefined => {
  let type: GraphQLObjectType | undefined = schema.getQueryType() ?? undefined
  for (let at = choice; at; at = at.below) {
    const field: GraphQLField<unknown, unknown> | undefined = type?.getFields()[at.field]
    if (!field || !at.below) return field
    const named = getNamedType(field.type)
    type = isObjectType(named) ? named : undefined
  }
  return undefined
}

export const isList = (field: GraphQLField<unknown, unknown> | undefined): boolean => Boolean(field && isListType(getNullableType(field.type)))

/** The fields of a type that show something by themselves. */
export const leafFieldsOf = (type: GraphQLObjectType | GraphQLInterfaceType): string[] =>
  Object.values(type.getFields())
    .filter((of) => isLeafType(getNamedType(of.type)) && !of.args.some(isRequiredArgument) && of.deprecationReason == null)
    .map((of) => of.name)

/** Those of the joined type. */
export const leafFields = (field: GraphQLField<unknown, unknown> | undefined): string[] => {
  const type = field && getNamedType(field.type)
  return isObjectType(type) || isInterfaceType(type) ? leafFieldsOf(type) : []
}

/** A selection to try a join with: a few leaf fields; none where the joined field is a leaf itself. */
export const someSelection = (field: GraphQLField<unknown, unknown> | undefined): string => {
  const type = field && getNamedType(field.type)
  if (!type || !isCompositeType(type)) return ''
  return `{ ${leafFields(field).slice(0, 5).join(' ') || '__typename'} }`
}
