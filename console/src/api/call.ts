// The program's HTTP API: metadata commands, SQL, GraphQL. Nothing else of this page sends anything.
import { ApiError, asApiError, metadataError } from './errors'
import { asText, isObject, member, type Json, type JsonObject } from './json'

export type Command = { type: string; args: Json }
export type Headers = Record<string, string>
export type GraphQLAnswer = { data?: unknown; errors?: { message: string; extensions?: { code?: string } }[] }

export type Api = ReturnType<typeof makeApi>

/** Rows of run_sql: the names of the columns, then texts or null. */
export type Rows = (string | null)[][]

const post = async (path: string, headers: Headers, body: unknown): Promise<{ ok: boolean; body: unknown }> => {
  let response: Response
  try {
    response = await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
      body: JSON.stringify(body)
    })
  } catch (error) {
    throw new ApiError('The server does not answer.', 'network', '$', asApiError(error).message)
  }
  const text = await response.text()
  try {
    return { ok: response.ok, body: JSON.parse(text) }
  } catch {
    throw new ApiError(text || `HTTP status ${response.status}`, 'unexpected')
  }
}

export const runSql = (sql: string, readOnly = false): Command => ({
  type: 'run_sql',
  args: { sql, read_only: readOnly, check_metadata_consistency: false }
})

const rowsOf = (result: unknown): Rows => {
  const rows = member(result, 'result')
  return Array.isArray(rows) ? (rows as Rows) : []
}

/** The API as somebody: `headers` prove who. */
export const makeApi = (headers: Headers) => {
  const send = async (path: string, command: Command): Promise<Json> => {
    const { ok, body } = await post(path, headers, command)
    if (!ok || (isObject(body) && 'error' in body && 'code' in body)) throw metadataError(body)
    return body as Json
  }
  const metadata = (type: string, args: Json = {}) => send('/v1/metadata', { type, args })

  return {
    headers,
    metadata,
    command: (command: Command) => metadata(command.type, command.args),

    /** One statement's rows, without the line of names. */
    sql: async (sql: string, readOnly = true): Promise<Rows> =>
      rowsOf(await send('/v2/query', runSql(sql, readOnly))).slice(1),

    /** The one JSON value that a statement gives. */
    sqlJson: async (sql: string, readOnly = true): Promise<Json> => {
      const [row] = rowsOf(await send('/v2/query', runSql(sql, readOnly))).slice(1)
      return JSON.parse(asText(row?.[0]) || 'null') as Json
    },

    /** Several statements in one transaction, each with its rows; what they did stays. */
    sqlBulk: async (statements: string[]): Promise<Rows[]> => {
      const answers = await send('/v2/query', { type: 'bulk', args: statements.map((sql) => runSql(sql)) })
      return (Array.isArray(answers) ? answers : []).map((answer) => rowsOf(answer).slice(1))
    },

    graphql: async (query: string, variables: JsonObject = {}, more: Headers = {}): Promise<GraphQLAnswer> => {
      const { body } = await post('/v1/graphql', { ...headers, ...more }, { query, variables })
      const answer = body as GraphQLAnswer
      const [first] = answer.errors ?? []
      if (first && answer.data == null) throw new ApiError(first.message, first.extensions?.code ?? 'unexpected')
      return answer
    }
  }
}
