// One table: its columns, relationships, computed fields, and who may see what.
import { Link, Route, Switch, useLocation } from 'wouter'
import { runSql } from '../../api/call'
import { useLoad } from '../../app/useLoad'
import { qualified, type TableName } from '../../lib/sql'
import { ErrorBox } from '../../parts/ErrorBox'
import { SaysTheSame } from '../../parts/SaysTheSame'
import { AccessView } from './AccessView'
import { ColumnsView } from './ColumnsView'
import { ComputedFields } from './ComputedFields'
import { Relationships } from './Relationships'
import { RemoteRelationshipPage } from './RemoteRelationshipPage'
import { tablePath } from './TableList'
import { tableSql, type TableDetails, type TableEntry } from './tablesSql'

const tabs = [
  { path: '', name: 'Columns' },
  { path: '/relationships', name: 'Relationships' },
  { path: '/computed', name: 'Computed fields' },
  { path: '/access', name: 'Who may see what' }
]

export const TablePage = ({ table, tables }: { table: TableName; tables: TableEntry[] }) => {
  const [location] = useLocation()
  const base = tablePath(table)
  const sql = tableSql(table)
  const details = useLoad(base, async (api) => (await api.sqlJson(sql)) as unknown as TableDetails)

  return (
    <div className="page">
      <h1>{qualified(table)}</h1>
      <nav className="tabs" aria-label="Of this table">
        {tabs.map((tab) => (
          <Link
            key={tab.path}
            href={base + tab.path}
            aria-current={(tab.path ? location.startsWith(base + tab.path) : location === base) ? 'page' : undefined}
          >
            {tab.name}
          </Link>
        ))}
      </nav>
      {details.error && <ErrorBox error={details.error} onRetry={details.reload} />}
      {!details.value && details.loading && <p className="loading">Loading …</p>}
      {details.value && (
        <Switch>
          <Route path="/data/table/:schema/:name/relationships/remote/:relationship?">
            {({ relationship }) => (
              <RemoteRelationshipPage
                key={relationship ?? ''}
                table={table}
                details={details.value!}
                name={relationship && decodeURIComponent(relationship)}
              />
            )}
          </Route>
          <Route path="/data/table/:schema/:name/relationships">
            <Relationships table={table} tables={tables} details={details.value} />
          </Route>
          <Route path="/data/table/:schema/:name/computed">
            <ComputedFields table={table} />
          </Route>
          <Route path="/data/table/:schema/:name/access">
            <AccessView details={details.value} />
            <SaysTheSame command={runSql(sql, true)} />
          </Route>
          <Route>
            <ColumnsView details={details.value} />
            <SaysTheSame command={runSql(sql, true)} />
          </Route>
        </Switch>
      )}
    </div>
  )
}
