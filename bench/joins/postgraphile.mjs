// PostGraphile 5 with a batching plan of its own: loadOne() collects the keys of all rows.

import './with_resolvers.mjs'
import { makeSchema } from 'postgraphile'
import { makePgService } from 'postgraphile/adaptors/pg'
import { grafast, loadOne } from 'postgraphile/grafast'
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber'
import { extendSchema } from 'postgraphile/utils'
import { ask, serve } from './serve.mjs'

const profilesQuery = 'query($ids: [String!]!) { profiles(ids: $ids) { auth0_id nickname email } }'

async function loadProfiles(ids) {
  const { data } = await ask(profilesQuery, { ids: [...ids] })
  const profiles = new Map(data.profiles.map(profile => [profile.auth0_id, profile]))
  return ids.map(id => profiles.get(id) ?? null)
}

const JoinPlugin = extendSchema({
  typeDefs: /* GraphQL */ `
    type Profile {
      nickname: String
      email: String
    }
    extend type User {
      auth0Profile: Profile
    }
  `,
  objects: {
    User: {
      plans: {
        auth0Profile($user) {
          return loadOne($user.get('auth0_id'), loadProfiles)
        },
      },
    },
  },
})

const { schema, resolvedPreset } = await makeSchema({
  extends: [PostGraphileAmberPreset],
  plugins: [JoinPlugin],
  pgServices: [makePgService({ schemas: ['public'] })],
})

serve(({ query }) => grafast({ schema, source: query, resolvedPreset, requestContext: {} }))
