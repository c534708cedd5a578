// Explains and runs a document by SQL. In one transaction of one session, so that the counters before and after are its own
// also where the server keeps none in shared memory.
import type { Api, Headers } from '../../api/call'
import { ApiError } from '../../api/errors'
import { isObject } from '../../api/json'
import { getOperationAST, parse } from 'graphql'
import { isExplained, type Explained, type RemoteStep } from '../../lib/explain'
import { identifier, jsonLiteral, literal } from '../../lib/sql'

export type Call = {
  query: string
  /** JSON texts of GraphiQL's editors */
  variables: string
  moreHeaders: string
  operationName: string | null
  role: string
  headers: Headers
}

export type Run = { summary: string; of: (step: RemoteStep) => string | undefined }

const jsonOr = (text: string, what: string): string => {
  if (!text.trim()) return 'NULL'
  try {
    return jsonLiteral(JSON.parse(text))
  } catch {
    throw new ApiError(`The ${what} are not JSON.`, 'validation-failed')
  }
}

const allHeaders = (call: Call): Headers => {
  if (!call.moreHeaders.trim()) return call.headers
  try {
    const more: unknown = JSON.parse(call.moreHeaders)
    return { ...call.headers, ...(isObject(more) ? (more as Headers) : {}) }
  } catch {
    throw new ApiError('The headers are not JSON.', 'validation-failed')
  }
}

const functionCall = async (api: Api, name: string, call: Call): Promise<string> => {
  const schema = String(
    await api.sqlJson(
      `SELECT to_json(n.nspname) FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'remote_rel'`
    )
  )
  const headers = allHeaders(call)
  return `${identifier(schema)}.${name}(${[
    literal(call.query),
    call.role ? literal(call.role) : 'NULL',
    jsonOr(call.variables, 'variables'),
    call.operationName ? literal(call.operationName) : 'NULL',
    Object.keys(headers).length > 0 ? jsonLiteral(headers) : 'NULL'
  ].join(', ')})`
}

export const explain = async (api: Api, call: Call): Promise<Explained> => {
  const answer = await api.sqlJson(`SELECT ${await functionCall(api, 'graphql_explain', call)}`)
  if (!isExplained(answer)) throw new ApiError('The answer is no explanation.', 'unexpected')
  const [first] = answer.errors ?? []
  if (first) throw new ApiError(first.message, 'validation-failed')
  return answer
}

const counters = `SELECT pg_catalog.json_build_object(
  'at', extract(epoch FROM pg_catalog.clock_timestamp()) * 1000,
  'schemas', (SELECT json_object_agg(remote_schema, json_build_object('requests', requests, 'ms', total_time, 'bytes', bytes_received)) FROM remote_rel.stat_remote_schemas),
  'joins', (SELECT json_object_agg(source || '.' || relationship, json_build_object('requests', requests, 'keys', keys, 'rows', rows, 'ms', total_time)) FROM remote_rel.stat_relationships))`

type Numbers = Record<string, number>
type Counters = { at: number; schemas: Record<string, Numbers> | null; joins: Record<string, Numbers> | null }

const since = (after: Numbers | undefined, before: Numbers | undefined): Numbers | undefined =>
  after && Object.fromEntries(Object.entries(after).map(([name, n]) => [name, n - (before?.[name] ?? 0)]))

const isMutation = ({ query, operationName }: Call): boolean =>
  getOperationAST(parse(query), operationName)?.operation === 'mutation'

const plural = (n: number, one: string): string => `${n} ${one}${n === 1 ? '' : 's'}`

export const run = async (api: Api, call: Call): Promise<Run> => {
  if (isMutation(call)) throw new ApiError('A mutation is not run from here: it would change something.', 'not-supported')
  const [first, answer, last] = await api.sqlBulk([
    counters,
    `SELECT length((${await functionCall(api, 'graphql_resolve', call)})::text)`,
    counters
  ])
  const read = (rows: typeof first) => JSON.parse(rows?.[0]?.[0] ?? 'null') as Counters
  const [before, after] = [read(first), read(last)]
  const size = answer?.[0]?.[0] ?? '0'
  const schemas = Object.keys(after.schemas ?? {}).map((name) => since(after.schemas?.[name], before.schemas?.[name]))
  const requests = schemas.reduce((sum, numbers) => sum + (numbers?.requests ?? 0), 0)

  return {
    summary: `${(after.at - before.at).toFixed(1)} ms, ${plural(requests, 'request')} to remote schemas, an answer of ${size} characters.`,
    of: (step) => {
      const join = step.relationship ? `${step.source ?? ''}.${step.relationship}` : undefined
      const numbers = join
        ? since(after.joins?.[join], before.joins?.[join])
        : since(after.schemas?.[step.remote_schema ?? ''], before.schemas?.[step.remote_schema ?? ''])
      if (!numbers) return undefined
      const parts = [plural(numbers.requests ?? 0, 'request')]
      if (numbers.keys !== undefined) parts.push(plural(numbers.keys, 'key'), plural(numbers.rows ?? 0, 'row'))
      parts.push(`${(numbers.ms ?? 0).toFixed(1)} ms`)
      return parts.join(', ')
    }
  }
}
