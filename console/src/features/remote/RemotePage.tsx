// Remote schemas at the left, one of them at the right.
import { Link, Route, Switch, useLocation } from 'wouter'
import { remoteSchemaNames, remoteSchemas, useMetadata } from '../../app/useMetadata'
import { ErrorBox } from '../../parts/ErrorBox'
import { AddRemoteSchema } from './AddRemoteSchema'
import { RemoteSchemaPage } from './RemoteSchemaPage'

export const remotePath = (name: string): string => `/remote-schemas/of/${encodeURIComponent(name)}`

const RemotePage = () => {
  const [location] = useLocation()
  const metadata = useMetadata()
  if (metadata.error) return <ErrorBox error={metadata.error} onRetry={metadata.reload} />
  if (!metadata.value) return <p className="loading">Loading …</p>

  const names = remoteSchemaNames(metadata.value)
  return (
    <div className="split">
      <aside style={{ overflow: 'auto' }}>
        <Link href="/remote-schemas/add" className="list-item" aria-current={location === '/remote-schemas/add' ? 'page' : undefined}>
          <span>Add a remote schema</span>
        </Link>
        <nav aria-label="Remote schemas">
          {names.map((name) => (
            <Link key={name} href={remotePath(name)} className="list-item" aria-current={location.startsWith(remotePath(name)) ? 'page' : undefined}>
              <span>{name}</span>
            </Link>
          ))}
        </nav>
      </aside>
      <section>
        <Switch>
          <Route path="/remote-schemas/add">
            <AddRemoteSchema />
          </Route>
          <Route path="/remote-schemas/of/:name/*?">
            {({ name }) => {
              const entry = remoteSchemas(metadata.value).find((one) => one.name === decodeURIComponent(name))
              return entry ? <RemoteSchemaPage key={name} entry={entry} /> : <p className="page empty">There is no such remote schema.</p>
            }}
          </Route>
          <Route>
            <div className="page empty">{names.length === 0 ? 'There is none yet.' : 'Choose a remote schema.'}</div>
          </Route>
        </Switch>
      </section>
    </div>
  )
}

export default RemotePage
