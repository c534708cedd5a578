// One remote schema: its definition, its schema, relationships of its types, permissions of roles.
import { Link, Route, Switch, useLocation } from 'wouter'
import { asText, type JsonObject } from '../../api/json'
import { schemaText } from '../../lib/schemaDiff'
import { useUpstream } from '../../app/useUpstream'
import { ErrorBox } from '../../parts/ErrorBox'
import { Code } from '../../parts/SaysTheSame'
import { DefinitionView } from './DefinitionView'
import { Permissions } from './Permissions'
import { remotePath } from './RemotePage'
import { TypeRelationships } from './TypeRelationships'

const tabs = [
  { path: '', name: 'Definition' },
  { path: '/permissions', name: 'Permissions' },
  { path: '/relationships', name: 'Relationships' },
  { path: '/schema', name: 'Schema' }
]

export const RemoteSchemaPage = ({ entry }: { entry: JsonObject }) => {
  const [location] = useLocation()
  const name = asText(entry.name)
  const base = remotePath(name)
  const upstream = useUpstream(name)
  return (
    <div className="page">
      <h1>{name}</h1>
      <nav className="tabs" aria-label="Of this remote schema">
        {tabs.map((tab) => (
          <Link key={tab.path} href={base + tab.path} aria-current={(tab.path ? location.startsWith(base + tab.path) : location === base) ? 'page' : undefined}>
            {tab.name}
          </Link>
        ))}
      </nav>
      {upstream.error && <ErrorBox error={upstream.error} onRetry={upstream.reload} />}
      <Switch>
        <Route path="/remote-schemas/of/:name/permissions/:role?">
          {({ role }) => upstream.value && <Permissions entry={entry} schema={upstream.value} role={role && decodeURIComponent(role)} />}
        </Route>
        <Route path="/remote-schemas/of/:name/relationships">{upstream.value && <TypeRelationships entry={entry} schema={upstream.value} />}</Route>
        <Route path="/remote-schemas/of/:name/schema">{upstream.value && <Code title="SDL, in the API’s own names" text={schemaText(upstream.value)} />}</Route>
        <Route>
          <DefinitionView entry={entry} schema={upstream.value} />
        </Route>
      </Switch>
    </div>
  )
}
