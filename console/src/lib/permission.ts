// A role's part of an API, as ticks in a tree and as SDL. Either can be made of the other.
//
// A tick is "Type.field", "Type.field.argument", "Input.field", "Enum.VALUE" or "Union.Member". An enum, input or union
// without any tick is kept whole. Required arguments and input fields are kept without a tick, unless they have a preset.
import {
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
  isScalarType,
  isSpecifiedScalarType,
  isUnionType,
  Kind,
  parse,
  parseValue,
  print,
  type ConstDirectiveNode,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInterfaceType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema
} from 'graphql'

/** A GraphQL literal, and whether it stands for itself where it looks like a session variable. */
export type Preset = { literal: string; isStatic: boolean }

export type Part = {
  ticks: ReadonlySet<string>
  presets: ReadonlyMap<string, Preset>
  /** definitions that the tree has no place for: directives */
  others: readonly string[]
}

export const nothing: Part = { ticks: new Set(), presets: new Map(), others: [] }

type Fielded = GraphQLObjectType | GraphQLInterfaceType

export const isFielded = (type: unknown): type is Fielded => isObjectType(type) || isInterfaceType(type)

const isRequired = (input: GraphQLArgument | GraphQLInputField): boolean => isRequiredArgument(input as GraphQLArgument) || isRequiredInputField(input as GraphQLInputField)

/** What is typed as a preset, as a literal: what is no literal of the type, such as x-hasura-user-id, is a string. */
export const presetLiteral = (text: string, type: GraphQLNamedType): string => {
  try {
    const { kind } = parseValue(text)
    if (kind !== Kind.ENUM || isEnumType(type)) return text
  } catch {
    // a string without quotes
  }
  return JSON.stringify(text)
}

/** The members of a type that can be ticked by themselves. */
export const membersOf = (type: GraphQLNamedType): string[] => {
  if (isFielded(type) || isInputObjectType(type)) return Object.keys(type.getFields())
  if (isEnumType(type)) return type.getValues().map((value) => value.name)
  return isUnionType(type) ? type.getTypes().map((of) => of.name) : []
}

/** Those that are kept. */
export const keptMembers = (type: GraphQLNamedType, { ticks, presets }: Part): string[] => {
  const all = membersOf(type)
  const ticked = all.filter((name) => ticks.has(`${type.name}.${name}`))
  if (isFielded(type)) return ticked
  if (isInputObjectType(type)) {
    const fields = type.getFields()
    const hasPresets = all.some((name) => presets.has(`${type.name}.${name}`))
    return ticked.length === 0 && !hasPresets ? all : all.filter((name) => ticked.includes(name) || presets.has(`${type.name}.${name}`) || isRequired(fields[name]!))
  }
  return ticked.length === 0 ? all : ticked
}

const keptArguments = (path: string, field: GraphQLField<unknown, unknown>, { ticks, presets }: Part): readonly GraphQLArgument[] =>
  field.args.filter((arg) => isRequired(arg) || ticks.has(`${path}.${arg.name}`) || presets.has(`${path}.${arg.name}`))

/** A type's fields with those of its interfaces that are in the part: a type must have what its interfaces have. */
const withInterfaces = (type: Fielded, part: Part, reached: ReadonlySet<GraphQLNamedType>): Map<string, Set<string>> => {
  const kept = new Map<string, Set<string>>()
  for (const from of [type, ...type.getInterfaces().filter((of) => reached.has(of))]) {
    for (const name of keptMembers(from, part)) {
      const field = from.getFields()[name]!
      const args = kept.get(name) ?? new Set<string>()
      keptArguments(`${from.name}.${name}`, field, part).forEach((arg) => args.add(arg.name))
      kept.set(name, args)
    }
  }
  return kept
}

/** The types that the part mentions, from the root types on. */
export const reachedTypes = (schema: GraphQLSchema, part: Part): Set<GraphQLNamedType> => {
  const reached = new Set<GraphQLNamedType>()
  const reach = (type: GraphQLNamedType): void => {
    if (reached.has(type)) return
    reached.add(type)
    if (isFielded(type)) {
      for (const name of keptMembers(type, part)) {
        const field = type.getFields()[name]!
        reach(getNamedType(field.type))
        keptArguments(`${type.name}.${name}`, field, part).forEach((arg) => reach(getNamedType(arg.type)))
      }
      if (isInterfaceType(type)) {
        schema.getPossibleTypes(type).filter((of) => keptMembers(of, part).length > 0).forEach(reach)
      }
    } else if (isInputObjectType(type)) {
      keptMembers(type, part).forEach((name) => reach(getNamedType(type.getFields()[name]!.type)))
    } else if (isUnionType(type)) {
      const kept = keptMembers(type, part)
      type.getTypes().filter((of) => kept.includes(of.name)).forEach(reach)
    }
  }
  for (const root of [schema.getQueryType(), schema.getMutationType()]) {
    if (root && keptMembers(root, part).length > 0) reach(root)
  }
  return reached
}

const presetText = (preset: Preset | undefined): string => (preset ? ` @preset(value: ${preset.literal}${preset.isStatic ? ', static: true' : ''})` : '')

const typeSdl = (type: GraphQLNamedType, part: Part, reached: ReadonlySet<GraphQLNamedType>): string | undefined => {
  const preset = (path: string) => presetText(part.presets.get(path))
  if (isFielded(type)) {
    const interfaces = type.getInterfaces().filter((of) => reached.has(of))
    const fields = [...withInterfaces(type, part, reached)]
    const order = Object.keys(type.getFields())
    fields.sort(([a], [b]) => order.indexOf(a) - order.indexOf(b))
    const lines = fields.map(([name, args]) => {
      const field = type.getFields()[name]!
      const path = `${type.name}.${name}`
      const list = field.args.filter((arg) => args.has(arg.name)).map((arg) => `${arg.name}: ${String(arg.type)}${preset(`${path}.${arg.name}`)}`)
      return `  ${name}${list.length > 0 ? `(${list.join(', ')})` : ''}: ${String(field.type)}`
    })
    const head = `${isInterfaceType(type) ? 'interface' : 'type'} ${type.name}${interfaces.length > 0 ? ` implements ${interfaces.map((of) => of.name).join(' & ')}` : ''}`
    return `${head} {\n${lines.join('\n')}\n}`
  }
  if (isInputObjectType(type)) {
    const lines = keptMembers(type, part).map((name) => `  ${name}: ${String(type.getFields()[name]!.type)}${preset(`${type.name}.${name}`)}`)
    return `input ${type.name} {\n${lines.join('\n')}\n}`
  }
  if (isEnumType(type)) return `enum ${type.name} {\n${keptMembers(type, part).map((name) => `  ${name}`).join('\n')}\n}`
  if (isUnionType(type)) return `union ${type.name} = ${keptMembers(type, part).join(' | ')}`
  return isScalarType(type) && !isSpecifiedScalarType(type) ? `scalar ${type.name}` : undefined
}

export const partSdl = (schema: GraphQLSchema, part: Part): string => {
  const reached = reachedTypes(schema, part)
  const [query, mutation] = [schema.getQueryType(), schema.getMutationType()]
  const roots = [
    ...(query && reached.has(query) ? [['query', query.name] as const] : []),
    ...(mutation && reached.has(mutation) ? [['mutation', mutation.name] as const] : [])
  ]
  const usual = roots.every(([kind, name]) => name.toLowerCase() === kind && /^[A-Z]/.test(name))
  return [
    ...(usual ? [] : [`schema {\n${roots.map(([kind, name]) => `  ${kind}: ${name}`).join('\n')}\n}`]),
    ...[...reached].map((type) => typeSdl(type, part, reached)).filter((text) => text !== undefined),
    ...part.others
  ].join('\n\n')
}

/** The types of the part of which nothing is kept: the SDL cannot have them. */
export const emptyTypes = (schema: GraphQLSchema, part: Part): string[] => {
  const reached = reachedTypes(schema, part)
  return [...reached].filter((type) => isFielded(type) && withInterfaces(type, part, reached).size === 0).map((type) => type.name)
}

const readPreset = (directives: readonly ConstDirectiveNode[] | undefined): Preset | undefined => {
  const preset = directives?.find((directive) => directive.name.value === 'preset')
  const value = preset?.arguments?.find((argument) => argument.name.value === 'value')
  const isStatic = preset?.arguments?.find((argument) => argument.name.value === 'static')?.value
  return value && { literal: print(value.value), isStatic: isStatic?.kind === Kind.BOOLEAN && isStatic.value }
}

/** Ticks the tree by an SDL. What is wrong with its syntax is thrown; what the API does not have is left to the server. */
export const readPart = (schema: GraphQLSchema, sdl: string): Part => {
  const ticks = new Set<string>()
  const presets = new Map<string, Preset>()
  const others: string[] = []
  const preset = (path: string, directives: readonly ConstDirectiveNode[] | undefined): void => {
    const read = readPreset(directives)
    if (read) presets.set(path, read)
  }
  /** enums, inputs and unions that are whole have no ticks */
  const tickUnlessWhole = (name: string, members: string[]): void => {
    const type = schema.getType(name)
    if (type && membersOf(type).every((member) => members.includes(member))) return
    members.forEach((member) => ticks.add(`${name}.${member}`))
  }

  for (const definition of sdl.trim() ? parse(sdl, { noLocation: true }).definitions : []) {
    switch (definition.kind) {
      case Kind.OBJECT_TYPE_DEFINITION:
      case Kind.INTERFACE_TYPE_DEFINITION:
        for (const field of definition.fields ?? []) {
          const path = `${definition.name.value}.${field.name.value}`
          ticks.add(path)
          for (const argument of field.arguments ?? []) {
            const argumentPath = `${path}.${argument.name.value}`
            preset(argumentPath, argument.directives)
            if (!presets.has(argumentPath)) ticks.add(argumentPath)
          }
        }
        break
      case Kind.INPUT_OBJECT_TYPE_DEFINITION: {
        const fields = definition.fields ?? []
        fields.forEach((field) => preset(`${definition.name.value}.${field.name.value}`, field.directives))
        tickUnlessWhole(
          definition.name.value,
          fields.map((field) => field.name.value)
        )
        break
      }
      case Kind.ENUM_TYPE_DEFINITION:
        tickUnlessWhole(
          definition.name.value,
          (definition.values ?? []).map((value) => value.name.value)
        )
        break
      case Kind.UNION_TYPE_DEFINITION:
        tickUnlessWhole(
          definition.name.value,
          (definition.types ?? []).map((type) => type.name.value)
        )
        break
      case Kind.DIRECTIVE_DEFINITION:
        others.push(print(definition))
        break
    }
  }
  return { ticks, presets, others }
}

/** Ticks a field with its arguments; a type that it leads to, and that has no tick yet, gets its leaf fields. */
export const tickField = (schema: GraphQLSchema, part: Part, typeName: string, fieldName: string): Part => {
  const type = schema.getType(typeName)
  const field = isFielded(type) ? type.getFields()[fieldName] : undefined
  if (!field) return part
  const ticks = new Set(part.ticks)
  ticks.add(`${typeName}.${fieldName}`)
  field.args.forEach((arg) => ticks.add(`${typeName}.${fieldName}.${arg.name}`))
  const result = getNamedType(field.type)
  if (isFielded(result) && keptMembers(result, { ...part, ticks }).length === 0) {
    for (const below of Object.values(result.getFields())) {
      if (isLeafType(getNamedType(below.type)) && !below.args.some(isRequiredArgument)) ticks.add(`${result.name}.${below.name}`)
    }
  }
  return { ...part, ticks }
}

/** Changes one tick of a field, argument, input field, enum value or member. */
export const setTick = (schema: GraphQLSchema, part: Part, path: string, ticked: boolean): Part => {
  const [typeName = '', member = '', argument] = path.split('.')
  const type = schema.getType(typeName)
  if (!type) return part
  if (ticked && argument === undefined && isFielded(type)) return tickField(schema, part, typeName, member)
  const ticks = new Set(part.ticks)
  // the first change of what is whole ticks the others
  if (argument === undefined && !isFielded(type)) keptMembers(type, part).forEach((name) => ticks.add(`${typeName}.${name}`))
  if (ticked) ticks.add(path)
  else {
    ticks.delete(path)
    for (const tick of part.ticks) if (tick.startsWith(`${path}.`)) ticks.delete(tick)
  }
  return { ...part, ticks }
}

export const setPreset = (part: Part, path: string, preset: Preset | undefined): Part => {
  const presets = new Map(part.presets)
  if (preset) presets.set(path, preset)
  else presets.delete(path)
  return { ...part, presets }
}
