// Who uses the page. A secret stays in this page's memory: it is neither stored nor put into a URL.
import type { GraphQLSchema } from 'graphql'
import { createContext, useContext, useMemo, useState, type ReactNode } from 'react'
import { makeApi, type Api, type Headers } from '../api/call'

export type Who = { secret: string; token: string }

type Session = {
  api: Api
  who: Who
  signIn: (who: Who) => void
  /** counts what was changed, so that who shows it asks again */
  changes: number
  changed: () => void
  /** schemas of remote schemas that were read since the last change */
  upstreams: Map<string, Promise<GraphQLSchema>>
}

const SessionContext = createContext<Session | null>(null)

export const whoHeaders = ({ secret, token }: Who): Headers => ({
  ...(secret && { 'x-hasura-admin-secret': secret }),
  ...(token && { authorization: `Bearer ${token}` })
})

export const SessionProvider = ({ children }: { children: ReactNode }) => {
  const [who, signIn] = useState<Who>({ secret: '', token: '' })
  const [changes, setChanges] = useState(0)
  const api = useMemo(() => makeApi(whoHeaders(who)), [who])
  const session = useMemo(
    () => ({ api, who, signIn, changes, changed: () => setChanges((n) => n + 1), upstreams: new Map() }),
    [api, who, changes]
  )
  return <SessionContext.Provider value={session}>{children}</SessionContext.Provider>
}

export const useSession = (): Session => {
  const session = useContext(SessionContext)
  if (!session) throw new Error('no session here')
  return session
}
