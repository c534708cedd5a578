// A stitching gateway: PostGraphile 5 over the table, the upstream as a remote subschema, joined by batch delegation to its field that takes a list;
// or, with "aliases" behind the upstream's URL, by delegation to its field for one key, all calls merged into one document.

import './with_resolvers.mjs'
import { batchDelegateToSchema } from '@graphql-tools/batch-delegate'
import { delegateToSchema } from '@graphql-tools/delegate'
import { stitchSchemas } from '@graphql-tools/stitch'
import { buildSchema, graphql, print, printSchema } from 'graphql'
import { makeSchema } from 'postgraphile'
import { makePgService } from 'postgraphile/adaptors/pg'
import { grafast } from 'postgraphile/grafast'
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber'
import { ask, serve } from './serve.mjs'

const { schema: tables, resolvedPreset } = await makeSchema({
  extends: [PostGraphileAmberPreset],
  pgServices: [makePgService({ schemas: ['public'] })],
})

const tablesSubschema = {
  // a plain copy: plans run inside of the executor only
  schema: buildSchema(printSchema(tables)),
  executor: ({ document, variables }) =>
    grafast({ schema: tables, source: print(document), variableValues: variables, resolvedPreset, requestContext: {} }),
}

const byAliases = process.argv[3] === 'aliases'

const profilesSubschema = {
  batch: byAliases,
  schema: buildSchema(/* GraphQL */ `
    type Profile {
      auth0_id: String!
      nickname: String
      email: String
    }
    type Query {
      auth0(auth0_id: String!): Profile
      profiles(ids: [String!]!): [Profile]!
    }
  `),
  executor: ({ document, variables }) => ask(print(document), variables),
}

const schema = stitchSchemas({
  subschemas: [tablesSubschema, profilesSubschema],
  typeDefs: 'extend type User { auth0Profile: Profile }',
  resolvers: {
    User: {
      auth0Profile: {
        selectionSet: '{ auth0Id }',
        resolve: ({ auth0Id }, _args, context, info) =>
          byAliases
            ? delegateToSchema({ schema: profilesSubschema, fieldName: 'auth0', args: { auth0_id: auth0Id }, context, info })
            : batchDelegateToSchema({
                schema: profilesSubschema,
                fieldName: 'profiles',
                key: auth0Id,
                argsFromKeys: ids => ({ ids }),
                context,
                info,
              }),
      },
    },
  },
})

serve(({ query }) => graphql({ schema, source: query, contextValue: {} }))
