// A metadata command as the SQL that does the same.
import type { Command } from '../api/call'
import { asText, isObject, member, type Json } from '../api/json'
import { identifier, jsonLiteral, literal, qualified, regclass, type TableName } from './sql'

export const tableOf = (table: Json | undefined): TableName =>
  isObject(table)
    ? { schema: asText(table.schema) || 'public', name: asText(table.name) }
    : { schema: 'public', name: asText(table) }

type Argument = [name: string | null, value: string | undefined]

/** A call; arguments that are not given are left out, and what comes behind them is named. */
const call = (name: string, ...args: Argument[]): string => {
  let named = false
  const given = args.flatMap(([argument, value]) => {
    if (value === undefined) {
      named = true
      return []
    }
    return [named && argument ? `${argument} => ${value}` : value]
  })
  return `SELECT remote_rel.${name}(${given.join(', ')});`
}

const optional = (value: Json | undefined, write: (value: Json) => string): string | undefined =>
  value === undefined || value === null ? undefined : write(value)

const text = (value: Json | undefined): string => literal(asText(value))
const functionName = (value: Json | undefined): string => literal(qualified(tableOf(value)))

export const commandSql = ({ type, args }: Command): string => {
  const of = (name: string) => member(args, name)
  const definition = of('definition')
  const remote = member(definition, 'to_remote_schema')
  const comment: Argument = ['comment', optional(of('comment'), text)]

  switch (type) {
    case 'create_remote_relationship':
    case 'update_remote_relationship':
      return call(
        type,
        [null, regclass(tableOf(of('table')))],
        [null, text(of('name'))],
        [null, text(member(remote, 'remote_schema'))],
        [null, jsonLiteral(member(remote, 'remote_field'))],
        ['lhs_fields', undefined],
        ['batch', optional(member(remote, 'batch'), jsonLiteral)],
        ['relationship_type', optional(member(remote, 'relationship_type'), text)]
      )
    case 'delete_remote_relationship':
      return call(type, [null, regclass(tableOf(of('table')))], [null, text(of('name'))])
    case 'create_object_relationship':
    case 'create_array_relationship':
      return call(type, [null, regclass(tableOf(of('table')))], [null, text(of('name'))], [null, jsonLiteral(of('using'))], comment)
    case 'drop_relationship':
      return call(type, [null, regclass(tableOf(of('table')))], [null, text(of('relationship'))])
    case 'add_remote_schema':
    case 'update_remote_schema':
      return call(type, [null, text(of('name'))], [null, jsonLiteral(definition)], comment, ['sdl', optional(of('sdl'), text)])
    case 'remove_remote_schema':
      return call(type, [null, text(of('name'))], ['cascade', of('cascade') === true ? 'true' : undefined])
    case 'reload_remote_schema':
    case 'introspect_remote_schema':
      return call(type, [null, text(of('name'))])
    case 'add_remote_schema_permissions':
      return call(type, [null, text(of('remote_schema'))], [null, text(of('role'))], [null, text(member(definition, 'schema'))], comment)
    case 'drop_remote_schema_permissions':
      return call(type, [null, text(of('remote_schema'))], [null, text(of('role'))])
    case 'create_remote_schema_remote_relationship':
    case 'update_remote_schema_remote_relationship':
      return call(type, [null, text(of('remote_schema'))], [null, text(of('type_name'))], [null, text(of('name'))], [null, jsonLiteral(definition)])
    case 'delete_remote_schema_remote_relationship':
      return call(type, [null, text(of('remote_schema'))], [null, text(of('type_name'))], [null, text(of('name'))])
    case 'add_computed_field':
      return call(type, [null, regclass(tableOf(of('table')))], [null, text(of('name'))], [null, functionName(member(definition, 'function'))])
    case 'drop_computed_field':
      return call(type, [null, regclass(tableOf(of('table')))], [null, text(of('name'))])
    case 'track_function':
    case 'untrack_function':
      return call(type, [null, functionName(of('function'))])
    default:
      return `SELECT remote_rel.metadata(${jsonLiteral({ type, args })});`
  }
}

/** Tries a command: it runs, three rows are joined, and all is undone. The rows come as the detail of an error, which undoes. */
export const tryOutSql = (command: Command, columns: string[], ordinary: string[], selection: string): string => {
  const table = tableOf(member(command.args, 'table'))
  const name = asText(member(command.args, 'name'))
  const notNull = columns.filter((column) => ordinary.includes(column)).map((column) => `t.${identifier(column)} IS NOT NULL`)
  const keys = columns
    .filter((column) => ordinary.includes(column))
    .map((column) => `${literal(column)}, (j."row").${identifier(column)}`)
  return `DO ${dollarQuoted(`
DECLARE
  answer json;
BEGIN
  ${commandSql(command).replace(/^SELECT/, 'PERFORM')}
  SELECT json_agg(json_build_object('keys', json_build_object(${keys.join(', ')}), 'result', j.result)) INTO answer
    FROM remote_rel.remote_join((SELECT array_agg(s.r) FROM (SELECT t AS r FROM ${qualified(table)} AS t${
      notNull.length > 0 ? ` WHERE ${notNull.join(' AND ')}` : ''
    } LIMIT 3) AS s), ${literal(name)}${selection.trim() ? `, ${literal(selection)}` : ''}) AS j;
  RAISE EXCEPTION USING ERRCODE = '${triedOut}', MESSAGE = 'tried out', DETAIL = coalesce(answer, '[]')::text;
END
`)}`
}

/** The SQLSTATE of what was only tried. */
export const triedOut = 'RRTRY'

const dollarQuoted = (body: string): string => {
  let tag = '$$'
  for (let i = 0; body.includes(tag); i++) tag = `$q${i}$`
  return `${tag}${body}${tag}`
}
