// A server for the tests of tokens and the auth hook, on a free port.
//
//   GET /jwks         what was PUT to /jwks; cache-control as PUT to /cache
//   any /hook/...     answers as PUT to /hook: {status, headers, body, delay}
//   GET /seen         what came to /jwks and /hook: {jwks: n, hook: [{method, headers, body}]}
import { createServer } from 'node:http'

const state = { jwks: '{"keys": []}', cache: '', hook: {}, seen: { jwks: 0, hook: [] } }

createServer(async (request, response) => {
  let body = ''
  for await (const piece of request) body += piece
  const [, what] = request.url.split('/')
  if (request.method === 'PUT') {
    state[what] = what === 'hook' ? JSON.parse(body) : body
    response.end('{}')
  } else if (what === 'jwks') {
    state.seen.jwks++
    if (state.cache) response.setHeader('cache-control', state.cache)
    response.end(state.jwks)
  } else if (what === 'hook') {
    state.seen.hook.push({ method: request.method, headers: request.headers, body })
    setTimeout(() => {
      response.writeHead(state.hook.status ?? 200, state.hook.headers ?? {})
      response.end(state.hook.body ?? '{}')
    }, state.hook.delay ?? 0)
  } else {
    response.end(JSON.stringify(state.seen))
  }
}).listen(0, '127.0.0.1', function () {
  console.log(`listening on ${this.address().port}`)
})
process.stdin.on('end', () => process.exit()).resume()
