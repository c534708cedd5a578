// What the services have in common. Each is started as: node SERVICE.mjs UPSTREAM-URL, with the database in the environment (PGHOST, PGUSER, PGDATABASE).
//
// It takes POST {"limit": n, "query": a GraphQL document for the same} and prints "listening on PORT".

import http from 'node:http'

export const upstream = process.argv[2]

const agent = new http.Agent({ keepAlive: true })

/* One GraphQL request. node:http, since fetch() takes longer. */
export function ask(query, variables) {
  const body = JSON.stringify({ query, variables })
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
    const request = http.request(upstream, { method: 'POST', agent, headers }, response => {
      const chunks = []
      response.on('data', chunk => chunks.push(chunk))
      response.on('end', () => resolve(JSON.parse(Buffer.concat(chunks).toString())))
      response.on('error', reject)
    })
    request.on('error', reject)
    request.end(body)
  })
}

/* answer: of the request's body, the answer's. */
export function serve(answer) {
  const server = http.createServer((request, response) => {
    const chunks = []
    request.on('data', chunk => chunks.push(chunk))
    request.on('end', async () => {
      try {
        const text = JSON.stringify(await answer(JSON.parse(Buffer.concat(chunks).toString())))
        response.writeHead(200, { 'content-type': 'application/json' }).end(text)
      } catch (error) {
        console.error(error)
        response.writeHead(500).end()
      }
    })
  })
  server.listen(0, '127.0.0.1', () => console.log(`listening on ${server.address().port}`))
}
