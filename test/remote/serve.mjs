// What the GraphQL servers of the tests have in common: an HTTP server on a free loopback port which counts and records
// what it is asked, so that a test can say how many requests a join took and what they held.
//
//   POST /graphql         the API.  ?delay=MS answers that much later, ?compress=gzip|deflate|br compresses the answer
//   POST /mock?sdl=SDL    another API: whatever schema the SDL says (see mock.mjs); counted and recorded like the first
//   GET  /stats           {"requests", "operations", "resolver_calls", "fields": {"Query.auth0": 3, …}, "max_concurrent"}
//   GET  /log             what was received, oldest first: [{"query", "operationName", "variables", "headers", "method"}]
//   POST /reset           zeroes the counters, empties the log and forgets what mutations did
//
// Prints "listening on PORT" once it answers.  Options: --port N (default: a free one), --exit-with-stdin (a test that
// is killed leaves no server behind).

import http from 'node:http'
import zlib from 'node:zlib'
import { parseArgs } from 'node:util'
import { setTimeout as sleep } from 'node:timers/promises'
import { change, mock, mockNamed } from './mock.mjs'
import { resetData } from './schema.mjs'

const LOG_LENGTH = 1000
const compressors = { gzip: zlib.gzipSync, deflate: zlib.deflateSync, br: zlib.brotliCompressSync }

export const counters = {}
let log = []
let inFlight = 0

function reset() {
  Object.assign(counters, { requests: 0, operations: 0, resolver_calls: 0, fields: {}, max_concurrent: 0 })
  log = []
  resetData()
}
reset()

/** Counts one operation; a batch of operations in one request counts each. */
export function countOperation() {
  counters.operations++
}

/** Wraps the resolvers of root fields (and of whatever else stands in `types`) so that their calls are counted. */
export function counted(resolvers, types = ['Query', 'Mutation']) {
  const result = { ...resolvers }
  for (const type of types) {
    result[type] = Object.fromEntries(
      Object.entries(resolvers[type] ?? {}).map(([field, resolve]) => [
        field,
        (...args) => {
          const name = `${type}.${field}`
          counters.resolver_calls++
          counters.fields[name] = (counters.fields[name] ?? 0) + 1
          return resolve(...args)
        },
      ]),
    )
  }
  return result
}

function record(request) {
  let bodies
  try {
    bodies = [JSON.parse(request.body)].flat()
  } catch {
    bodies = [{ query: new URLSearchParams(request.search).get('query') ?? request.body }]
  }
  for (const { query, operationName, variables, extensions } of bodies)
    log.push({ query, operationName, variables, extensions, headers: request.headers, method: request.method })
  log.splice(0, log.length - LOG_LENGTH)
}

async function readBody(stream) {
  const chunks = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

/**
 * Starts the server.  `execute({method, headers, search, body})` answers a GraphQL request with {status, headers, body}.
 */
export function serve(execute) {
  const { values: options } = parseArgs({
    options: { port: { type: 'string', default: '0' }, 'exit-with-stdin': { type: 'boolean', default: false } },
  })

  async function graphql(incoming, url, answerTo) {
    const request = {
      method: incoming.method,
      headers: { ...incoming.headers },
      search: url.search,
      body: await readBody(incoming),
    }
    counters.requests++
    counters.max_concurrent = Math.max(counters.max_concurrent, ++inFlight)
    try {
      record(request)
      if (url.searchParams.has('delay')) await sleep(Number(url.searchParams.get('delay')))
      const answer = await answerTo(request)
      const compress = url.searchParams.get('compress')
      if (compress) {
        answer.body = compressors[compress](answer.body)
        answer.headers['content-encoding'] = compress
      }
      return answer
    } finally {
      inFlight--
    }
  }

  const json = (value) => ({ status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) })

  async function route(incoming) {
    const url = new URL(incoming.url, 'http://localhost')
    const name = url.pathname.match(/^\/mock\/(\w+)$/)?.[1]
    if (name && incoming.method === 'POST') return graphql(incoming, url, ({ body }) => mockNamed(name, body))
    if (name && incoming.method === 'PUT') return json(change(name, url.searchParams.get('sdl')) ?? {})
    switch (`${incoming.method} ${url.pathname}`) {
      case 'GET /stats':
        return json(counters)
      case 'GET /log':
        return json(log)
      case 'POST /reset':
        reset()
        return json(counters)
      case 'POST /graphql':
      case 'GET /graphql':
        return graphql(incoming, url, execute)
      case 'POST /mock':
        return graphql(incoming, url, ({ body }) => mock(url.searchParams.get('sdl'), body))
      default:
        return { status: 404, headers: { 'content-type': 'text/plain' }, body: 'not found\n' }
    }
  }

  const server = http.createServer(async (incoming, response) => {
    try {
      const { status, headers, body } = await route(incoming)
      const bytes = Buffer.from(body)
      response.writeHead(status, { ...headers, 'content-length': bytes.length }).end(bytes)
    } catch (error) {
      console.error(error)
      response.writeHead(500, { 'content-type': 'text/plain' }).end(`${error.message}\n`)
    }
  })
  server.keepAliveTimeout = 60_000
  server.listen(Number(options.port), '127.0.0.1', () => console.log(`listening on ${server.address().port}`))

  if (options['exit-with-stdin']) process.stdin.resume().on('end', () => process.exit(0))
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(0))
}
