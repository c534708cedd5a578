// GraphiQL, as a role and with headers that are chosen above it.
import { explorerPlugin } from '@graphiql/plugin-explorer'
import '@graphiql/plugin-explorer/dist/style.css'
import { GraphiQL } from 'graphiql'
import 'graphiql/style.css'
import { useMemo, useState } from 'react'
import { useSession } from '../../app/session'
import type { Theme } from '../../app/theme'
import { useLoad } from '../../app/useLoad'
import { TextArea, TextField } from '../../parts/fields'
import { explainPlugin } from './ExplainPanel'
import { readHeaders } from './who'
import './api.css'

const explorer = explorerPlugin({ showAttribution: false })
const rolesSql = `SELECT coalesce(json_agg(rolname ORDER BY rolname), '[]') FROM pg_catalog.pg_roles WHERE rolname !~ '^pg_'`

type Chosen = { role: string; lines: string }

const ApiPage = ({ theme }: { theme: Theme }) => {
  const { api, changes } = useSession()
  const [typed, setTyped] = useState<Chosen>({ role: '', lines: '' })
  const [used, setUsed] = useState<Chosen>(typed)
  const roles = useLoad('roles', async (as) => (await as.sqlJson(rolesSql)) as string[])
  const { error } = readHeaders(typed.lines)

  const sent = useMemo(
    () => ({ ...api.headers, ...readHeaders(used.lines).headers, ...(used.role && { 'x-hasura-role': used.role }) }),
    [api, used]
  )
  const fetcher = useMemo(
    () => async (request: unknown, options?: { headers?: Record<string, string> }) => {
      const response = await fetch('/v1/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json', ...sent, ...options?.headers },
        body: JSON.stringify(request)
      })
      return response.json() as Promise<Record<string, unknown>>
    },
    [sent]
  )
  const plugins = useMemo(
    () => [explorer, explainPlugin({ api, role: used.role, headers: readHeaders(used.lines).headers })],
    [api, used]
  )

  return (
    <div className="api-page">
      <form
        className="api-who"
        aria-label="Who asks"
        onSubmit={(event) => {
          event.preventDefault()
          if (!error) setUsed({ ...typed, role: typed.role.trim() })
        }}
      >
        <TextField
          label="Role"
          value={typed.role}
          placeholder="the administrator"
          suggestions={roles.value}
          onChange={(role) => setTyped({ ...typed, role })}
        />
        <TextArea
          label="Session variables and headers"
          rows={1}
          value={typed.lines}
          placeholder="x-hasura-user-id: 1"
          error={error}
          onChange={(lines) => setTyped({ ...typed, lines })}
        />
        <button className="primary">Load schema</button>
      </form>
      <div className="api-graphiql">
        <GraphiQL
          // another asker is another GraphiQL, which asks for the schema of that role; tabs and history stay
          key={`${changes} ${JSON.stringify(sent)}`}
          fetcher={fetcher}
          plugins={plugins}
          visiblePlugin={explorer}
          shouldPersistHeaders={false}
          defaultEditorToolsVisibility
          forcedTheme={theme}
          defaultQuery={'# Tables and remote schemas, as the role above may see them.\n'}
        />
      </div>
    </div>
  )
}

export default ApiPage
