// Writes by remote_rel (graphql_resolve() over the same driver), by the services, in turn: node run.mjs RUNS NAME=URL…
// Prints medians in ms, and how many times as long each service takes. Exit status 1 when one is not slower. A case ends early after 20 s.

import http from 'node:http'
import pg from 'pg'

const runs = Number(process.argv[2])
const services = process.argv.slice(3).map(argument => argument.split(/=(.*)/s))
const client = new pg.Client()
await client.connect()
const agent = new http.Agent({ keepAlive: true })

function post(url, body) {
  const text = JSON.stringify(body)
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }
    const request = http.request(url, { method: 'POST', agent, headers }, response => {
      const chunks = []
      response.on('data', chunk => chunks.push(chunk))
      response.on('end', () => resolve(JSON.parse(Buffer.concat(chunks).toString())))
    })
    request.on('error', reject).end(text)
  })
}

function resolve(query, variables) {
  const text = 'SELECT graphql_resolve($1, variables => $2) AS answer'
  return client.query({ name: 'resolve', text, values: [query, JSON.stringify(variables)] }).then(result => result.rows[0].answer)
}

const authors = n => Array.from({ length: n }, (_, i) => ({ name: `name ${i}`, score: i + 0.25 }))
const books = n => Array.from({ length: n }, (_, i) => ({ title: `title ${i}` }))
const create = (type, n) =>
  `mutation(${Array.from({ length: n }, (_, i) => `$v${i}: ${type}Input!`)}) {
    ${Array.from({ length: n }, (_, i) => `m${i}: create${type}(input: {${type.toLowerCase()}: $v${i}}) { ${type.toLowerCase()} { rowId } }`).join('\n')} }`
const numbered = rows => Object.fromEntries(rows.map((row, i) => [`v${i}`, row]))

/* By documents of 100 fields: larger ones take PostGraphile longer for each. */
async function createAll(url, type, rows) {
  const ids = []
  for (let i = 0; i < rows.length; i += 100) {
    const part = rows.slice(i, i + 100)
    const answer = await post(url, { query: create(type, part.length), variables: numbered(part) })
    ids.push(...Object.values(answer.data).map(value => value[type.toLowerCase()].rowId))
  }
  return ids
}

const insert = 'mutation($o: [authors_insert_input!]!) { insert_authors(objects: $o) { affected_rows returning { id name } } }'

/* A case: what each of the three does, the number of the run given. */
function inserting(n) {
  return {
    remote_rel: () => resolve(insert, { o: authors(n) }),
    service: url => post(url, { operation: 'insert', rows: authors(n) }),
    postgraphile: url => createAll(url, 'Author', authors(n)),
  }
}

const updating = {
  remote_rel: i => resolve('mutation($id: Int!, $n: String) { update_authors_by_pk(pk_columns: {id: $id}, _set: {name: $n}) { id name } }', { id: 1 + i, n: `new ${i}` }),
  service: (url, i) => post(url, { operation: 'update', id: 1 + i, name: `new ${i}` }),
  postgraphile: (url, i) =>
    post(url, { query: 'mutation($id: Int!, $n: String) { updateAuthorByRowId(input: {rowId: $id, authorPatch: {name: $n}}) { author { rowId name } } }', variables: { id: 1 + i, n: `new ${i}` } }),
}

const nesting = {
  remote_rel: () => resolve(insert, { o: authors(100).map(author => ({ ...author, books: { data: books(5) } })) }),
  service: url => post(url, { operation: 'nested', rows: authors(100).map(author => ({ ...author, books: books(5) })) }),
  postgraphile: async url => {
    const ids = await createAll(url, 'Author', authors(100))
    return createAll(url, 'Book', ids.flatMap(id => books(5).map(book => ({ ...book, authorId: id }))))
  },
}

const cases = [
  ['insert 1 row', inserting(1), runs * 20],
  ['insert 10 rows', inserting(10), runs * 10],
  ['insert 100 rows', inserting(100), runs * 2],
  ['insert 1,000 rows', inserting(1000), runs],
  ['update by key', updating, runs * 20],
  ['nested insert, 100 x 5', nesting, runs],
]

const median = values => values.sort((a, b) => a - b)[Math.floor(values.length / 2)]

let behind = false
for (const [name, runners, times] of cases) {
  const all = [['remote_rel', i => runners.remote_rel(i)], ...services.map(([service, url]) => [service, i => runners[service](url, i)])]
  const took = all.map(() => [])
  const end = performance.now() + 20000
  for (let i = -1; i < times && (i < 2 || performance.now() < end); i++)
    for (let j = 0; j < all.length; j++) {
      // in turn the first one, which runs beside what the last one leaves behind
      const k = (i + 1 + j) % all.length
      const [who, run] = all[k]
      const start = performance.now()
      const answer = await run(i + 1)
      const ms = performance.now() - start
      if (answer.errors) throw new Error(`${who}, ${name}: ${JSON.stringify(answer.errors[0])}`)
      if (i >= 0) took[k].push(ms)
    }
  const medians = took.map(median)
  behind ||= medians.some((ms, k) => k > 0 && ms <= medians[0])
  console.log([name.padEnd(24), ...all.map(([who], k) => `${who} ${medians[k].toFixed(2)} ms${k > 0 ? ` (${(medians[k] / medians[0]).toFixed(1)})` : ''}`)].join('   '))
}
await client.end()
process.exit(behind ? 1 : 0)
