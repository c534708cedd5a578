// The test schema behind graphql-yoga: the server of the demo and of most tests.

import { resolvers, typeDefs } from './schema.mjs'
import { serveYoga } from './serve-yoga.mjs'

serveYoga(typeDefs, resolvers)
