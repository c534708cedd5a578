// A schema behind graphql-yoga, counted and recorded (serve.mjs).

import { createSchema, createYoga } from 'graphql-yoga'
import { countOperation, counted, serve } from './serve.mjs'

export function serveYoga(typeDefs, resolvers) {
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
}
