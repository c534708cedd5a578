// PostGraphile 5: a mutation field for each row; it has none for many.

import '../with_resolvers.mjs'
import { makeSchema } from 'postgraphile'
import { makePgService } from 'postgraphile/adaptors/pg'
import { grafast } from 'postgraphile/grafast'
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber'
import { serve } from '../serve.mjs'

const { schema, resolvedPreset } = await makeSchema({
  extends: [PostGraphileAmberPreset],
  pgServices: [makePgService({ schemas: ['public'] })],
})

serve(({ query, variables }) => grafast({ schema, source: query, variableValues: variables, resolvedPreset, requestContext: {} }))
