// By hand: the rows by one SQL statement, the profiles by one batched request, merged.

import pg from 'pg'
import { ask, serve } from './serve.mjs'

const pool = new pg.Pool({ max: 4 })
const profilesQuery = 'query($ids: [String!]!) { profiles(ids: $ids) { auth0_id nickname email } }'

serve(async ({ limit }) => {
  const { rows } = await pool.query({ name: 'users', text: 'SELECT name, auth0_id FROM users LIMIT $1', values: [limit] })
  const { data } = await ask(profilesQuery, { ids: [...new Set(rows.map(row => row.auth0_id))] })
  const profiles = new Map(data.profiles.map(({ auth0_id, ...profile }) => [auth0_id, profile]))
  return {
    data: { users: rows.map(({ name, auth0_id }) => ({ name, auth0_profile: profiles.get(auth0_id) ?? null })) },
  }
})
