// A remote schema's own schema, as it is stored.
import { buildClientSchema, type GraphQLSchema, type IntrospectionQuery } from 'graphql'
import type { Api } from '../api/call'
import { member } from '../api/json'
import { useLoad } from './useLoad'

export const loadUpstream = async (api: Api, name: string): Promise<GraphQLSchema> => {
  const answer = await api.metadata('introspect_remote_schema', { name })
  return buildClientSchema(member(answer, 'data') as unknown as IntrospectionQuery, { assumeValid: true })
}

export const useUpstream = (name: string) => useLoad(name && `upstream ${name}`, (api) => loadUpstream(api, name))
