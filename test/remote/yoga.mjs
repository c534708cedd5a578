// The test schema behind graphql-yoga: the server of the demo and of most tests.

import { createSchema, createYoga } from 'graphql-yoga'
import { resolvers, typeDefs } from './schema.mjs'
import { countOperation, counted, serve } from './serve.mjs'

const yoga = createYoga({
  schema: createSchema({ typeDefs, resolvers: counted(resolvers) }),
  plugins: [{ onExecute: countOperation }],
  batching: { limit: 100 },
  graphiql: false,
  landingPage: false,
  logging: false,
  maskedErrors: false,
})

serve(async ({ method, headers, search, body }) => {
  const response = await yoga.fetch(`http://localhost/graphql${search}`, {
    method,
    headers,
    body: method === 'GET' ? undefined : body,
  }, { headers })
  return { status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() }
})
