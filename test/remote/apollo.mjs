// The same schema behind Apollo Server, which differs in what it answers to requests that it refuses, among other things.

import { ApolloServer, HeaderMap } from '@apollo/server'
import { ApolloServerPluginInlineTraceDisabled } from '@apollo/server/plugin/disabled'
import { resolvers, typeDefs } from './schema.mjs'
import { countOperation, counted, serve } from './serve.mjs'

const apollo = new ApolloServer({
  typeDefs,
  resolvers: counted(resolvers),
  introspection: true,
  allowBatchedHttpRequests: true,
  includeStacktraceInErrorResponses: false,
  status400ForVariableCoercionErrors: true, // as Apollo Server 5 always does
  plugins: [
    ApolloServerPluginInlineTraceDisabled(),
    { requestDidStart: async () => ({ executionDidStart: async () => countOperation() }) },
  ],
})
await apollo.start()

serve(async ({ method, headers, search, body }) => {
  let parsed
  try {
    parsed = body === '' ? undefined : JSON.parse(body)
  } catch (error) {
    return { status: 400, headers: { 'content-type': 'text/plain' }, body: error.message }
  }
  const answer = await apollo.executeHTTPGraphQLRequest({
    httpGraphQLRequest: { method, headers: new HeaderMap(Object.entries(headers)), search, body: parsed },
    context: async () => ({ headers }),
  })
  let text = answer.body.string ?? ''
  if (answer.body.kind === 'chunked') for await (const chunk of answer.body.asyncIterator) text += chunk
  return { status: answer.status ?? 200, headers: Object.fromEntries(answer.headers), body: text }
})
