// The audit of npm graphql-http, as TAP: node audit.mjs URL
import { auditServer } from 'graphql-http'

const results = await auditServer({ url: process.argv[2] })
console.log(`1..${results.length}`)
let n = 0
for (const result of results) {
  const good = result.status === 'ok'
  console.log(`${good ? 'ok' : 'not ok'} ${++n} - ${result.name}`)
  if (!good) {
    console.log(`# ${result.reason}`)
    const body = await result.response?.text?.().catch(() => '')
    if (body) console.log(`# ${result.response.status} ${body.slice(0, 300)}`)
  }
}
process.exit(0)
