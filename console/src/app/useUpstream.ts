// A remote schema's own schema, as it is stored. It may have megabytes: until something changes, it is read once.
import { buildClientSchema, type GraphQLSchema, type IntrospectionQuery } from 'graphql'
import type { Api } from '../api/call'
import { member } from '../api/json'
import { useSession } from './session'
import { useLoad } from './useLoad'

export const loadUpstream = async (api: Api, name: string): Promise<GraphQLSchema> => {
  const answer = await api.metadata('introspect_remote_schema', { name })
  return buildClientSchema(member(answer, 'data') as unknown as IntrospectionQuery, { assumeValid: true })
}

export const useUpstream = (name: string) => {
  const { upstreams } = useSession()
  return useLoad(name && `upstream ${name}`, (api) => {
    const loading = upstreams.get(name) ?? loadUpstream(api, name)
    upstreams.set(name, loading)
    // what failed is asked for again
    loading.catch(() => upstreams.delete(name))
    return loading
  })
}
