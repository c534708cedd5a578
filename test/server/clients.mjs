// Real clients against a server, as TAP: node clients.mjs URL-of-/v1/graphql SECRET
// graphql-ws, graphql-sse and Apollo Client on top of graphql-ws; npm ws where no client would do what is sent.
import { createClient } from 'graphql-ws'
import { createClient as createSseClient } from 'graphql-sse'
import apollo from '@apollo/client/core/core.cjs'
import { GraphQLWsLink } from '@apollo/client/link/subscriptions/index.js'
import WebSocket from 'ws'

// Apollo Client looks for the browser's
globalThis.WebSocket ??= WebSocket

const [url, secret] = process.argv.slice(2)
const wsUrl = url.replace(/^http/, 'ws')
const admin = { headers: { 'x-hasura-admin-secret': secret } }
const one = '{ users_by_pk(id: 1) { name } }'

let count = 0
const ok = (good, name, note) => {
  console.log(`${good ? 'ok' : 'not ok'} ${++count} - ${name}`)
  if (!good && note !== undefined) console.log(`# ${JSON.stringify(note)}`)
}
const is = (got, wanted, name) => ok(JSON.stringify(got) === JSON.stringify(wanted), name, { got, wanted })

const collect = (client, request) =>
  new Promise((resolve) => {
    const results = []
    client.subscribe(request, {
      next: (result) => results.push(result),
      error: (error) => resolve({ error: Array.isArray(error) ? error.map((e) => e.message) : error.code ?? String(error) }),
      complete: () => resolve(results)
    })
  })

// what comes to a socket that sends these messages, until it is closed: {code, messages}
const talk = (messages, { protocol = 'graphql-transport-ws', headers = {}, wait = 5000 } = {}) =>
  new Promise((resolve) => {
    const socket = new WebSocket(wsUrl, protocol, { headers })
    const seen = []
    const timer = setTimeout(() => { socket.terminate(); resolve({ code: 'open', messages: seen }) }, wait)
    socket.on('message', (data) => {
      const message = JSON.parse(data)
      seen.push(message)
      if (message.type === 'connection_ack') messages.afterAck?.forEach((m) => socket.send(typeof m === 'string' ? m : JSON.stringify(m)))
      if (messages.until && seen.filter((m) => m.type === messages.until).length === (messages.times ?? 1)) { clearTimeout(timer); socket.close(); resolve({ messages: seen }) }
    })
    socket.on('open', () => messages.first?.forEach((m) => socket.send(typeof m === 'string' || m instanceof Buffer ? m : JSON.stringify(m))))
    socket.on('close', (code) => { clearTimeout(timer); resolve({ code, messages: seen }) })
    socket.on('unexpected-response', (request, response) => { clearTimeout(timer); resolve({ status: response.statusCode }) })
    socket.on('error', () => {})
  })

const init = { type: 'connection_init', payload: admin }
const subscribe = (id, query, more) => ({ type: 'subscribe', id, payload: { query, ...more } })

// --- graphql-ws ---------------------------------------------------------------

const client = createClient({ url: wsUrl, webSocketImpl: WebSocket, connectionParams: admin, lazy: false, retryAttempts: 0, onNonLazyError: () => {} })
is(await collect(client, { query: one }), [{ data: { users_by_pk: { name: 'user 1' } } }], 'graphql-ws: a query')
is(await collect(client, { query: 'query ($id: Int!) { users_by_pk(id: $id) { name } }', variables: { id: 2 } }), [{ data: { users_by_pk: { name: 'user 2' } } }], 'graphql-ws: with variables')
is(await collect(client, { query: '{ nothing }' }), { error: ['Cannot query field "nothing" on type "query_root".'] }, 'graphql-ws: an error')
is((await Promise.all(Array.from({ length: 50 }, (_, i) => collect(client, { query: `{ users_by_pk(id: ${i + 1}) { id } }` })))).map((r) => r[0].data.users_by_pk.id),
  Array.from({ length: 50 }, (_, i) => i + 1), 'graphql-ws: 50 at a time, each its own answer')
const large = await collect(client, { query: '{ users { id name } }' })
is(large[0].data.users.length, 2000, 'graphql-ws: a large answer')
const iterated = []
for await (const result of client.iterate({ query: one })) iterated.push(result)
is(iterated.length, 1, 'graphql-ws: an iterator')
await client.dispose()

const wrong = createClient({ url: wsUrl, webSocketImpl: WebSocket, connectionParams: { headers: { 'x-hasura-admin-secret': 'wrong' } }, retryAttempts: 0 })
is(await collect(wrong, { query: one }), { error: 4403 }, 'graphql-ws: a wrong secret is 4403')

// --- Apollo Client ------------------------------------------------------------

const link = new GraphQLWsLink(createClient({ url: wsUrl, webSocketImpl: WebSocket, connectionParams: admin }))
const apolloClient = new apollo.ApolloClient({ link, cache: new apollo.InMemoryCache() })
is((await apolloClient.query({ query: apollo.gql(one) })).data.users_by_pk.name, 'user 1', 'Apollo Client: a query')
ok(await apolloClient.query({ query: apollo.gql('{ nothing }') }).then(() => false, (error) => /Cannot query field/.test(error.message)), 'Apollo Client: an error')
apolloClient.stop()
link.client.dispose()

// --- graphql-sse --------------------------------------------------------------

const sse = createSseClient({ url, headers: admin.headers, retryAttempts: 0 })
is(await collect(sse, { query: one }), [{ data: { users_by_pk: { name: 'user 1' } } }], 'graphql-sse: a query')
is((await collect(sse, { query: '{ nothing }' }))[0].errors.length, 1, 'graphql-sse: an error')
is((await collect(sse, { query: '{ odd { text } }' }))[0].data.odd.length, 1, 'graphql-sse: JSON with line breaks')

// --- the protocol, message by message ----------------------------------------

is((await talk({ first: ['nonsense'] })).code, 4400, 'no JSON is 4400')
is((await talk({ first: ['[]'] })).code, 4400, 'no object is 4400')
is((await talk({ first: [{ type: 'start' }] })).code, 4400, 'an unknown type is 4400')
is((await talk({ first: [{ payload: {} }] })).code, 4400, 'no type is 4400')
is((await talk({ first: [Buffer.from('{"type":"ping"}')] })).code, 4400, 'a binary message is 4400')
is((await talk({ first: [{ type: 'connection_init', payload: 1 }] })).code, 4400, 'a payload that is no object is 4400')
is((await talk({ first: [subscribe('1', one)] })).code, 4401, 'subscribe before the acknowledgement is 4401')
is((await talk({ first: [init, init] })).code, 4429, 'a second connection_init is 4429')
is((await talk({ first: [] })).code, 4408, 'none in time is 4408')
is((await talk({ first: [{ type: 'connection_init', payload: {} }] })).code, 4403, 'nobody is 4403')
const slow = '{ slow(args: {seconds: 3}) { id } }'
is((await talk({ first: [init], afterAck: [subscribe('1', slow), subscribe('1', one)] })).code, 4409, 'an id in use is 4409')
is((await talk({ first: [init], afterAck: [{ type: 'subscribe', id: '1', payload: {} }] })).code, 4400, 'no query is 4400')
is((await talk({ first: [init], afterAck: [{ type: 'subscribe', payload: { query: one } }] })).code, 4400, 'no id is 4400')
is((await talk({ first: [] }, { protocol: 'graphql-ws' })).code, 4406, 'the old sub-protocol is 4406')
is((await talk({ first: [] }, { protocol: [] })).code, 4406, 'none is 4406')
is((await talk({ first: [init], afterAck: [subscribe('1', slow), { type: 'complete', id: '1' }, subscribe('1', one)], until: 'complete' })).messages.map((m) => m.type),
  ['connection_ack', 'next', 'complete'], 'complete cancels, and its id is free again')
is((await talk({ first: [{ type: 'ping', payload: { a: 1 } }], until: 'pong' })).messages, [{ type: 'pong', payload: { a: 1 } }], 'ping is answered')
is((await talk({ first: [init], afterAck: [subscribe('ä"\\', one)], until: 'complete' })).messages.map((m) => m.id), [null, 'ä"\\', 'ä"\\'].map((x) => x ?? undefined), 'any text is an id')
is((await talk({ first: [init], afterAck: [subscribe('1', '{ users { id name } }')], until: 'next' })).messages[1].payload.data.users.length, 2000, 'a large answer')
is((await talk({ first: [init], afterAck: ['"' + 'x'.repeat(11 * 1024 * 1024) + '"'] })).code, 1009, 'too large a message is 1009')
is((await talk({ first: [init], afterAck: Array.from({ length: 101 }, (_, i) => subscribe(String(i), slow)) })).code, 4429, 'too many operations at a time are 4429')

console.log(`1..${count}`)
process.exit(0)
