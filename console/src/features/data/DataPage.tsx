// Tables at the left, one of them at the right.
import { Link, Route, Switch, useLocation } from 'wouter'
import { useLoad } from '../../app/useLoad'
import { ErrorBox } from '../../parts/ErrorBox'
import { Functions } from './Functions'
import { TableList } from './TableList'
import { TablePage } from './TablePage'
import { tablesSql, type TableEntry } from './tablesSql'

const DataPage = () => {
  const [location] = useLocation()
  const tables = useLoad('tables', async (api) => (await api.sqlJson(tablesSql)) as TableEntry[])

  if (tables.error) return <ErrorBox error={tables.error} onRetry={tables.reload} />
  return (
    <div className="split">
      <aside>
        <Link href="/data/functions" className="list-item" aria-current={location === '/data/functions' ? 'page' : undefined}>
          <span>Functions</span>
        </Link>
        {tables.value ? <TableList tables={tables.value} current={location} /> : <p className="loading">Loading …</p>}
      </aside>
      <section>
        <Switch>
          <Route path="/data/functions" component={Functions} />
          <Route path="/data/table/:schema/:name/*?">
            {({ schema, name }) => (
              <TablePage
                key={`${schema} ${name}`}
                table={{ schema: decodeURIComponent(schema), name: decodeURIComponent(name) }}
                tables={tables.value ?? []}
              />
            )}
          </Route>
          <Route>
            <div className="page empty">Choose a table.</div>
          </Route>
        </Switch>
      </section>
    </div>
  )
}

export default DataPage
