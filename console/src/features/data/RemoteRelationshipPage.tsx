// Add a remote relationship, or change one.
import { useLocation } from 'wouter'
import { asText, member } from '../../api/json'
import { list, remoteSchemaNames, tableMetadata, useMetadata } from '../../app/useMetadata'
import { definitionOf, type Definition } from '../../lib/remoteField'
import type { TableName } from '../../lib/sql'
import { ErrorBox } from '../../parts/ErrorBox'
import { RemoteRelationshipForm } from './RemoteRelationshipForm'
import { tablePath } from './TableList'
import type { TableDetails } from './tablesSql'

const empty: Definition = { name: '', remoteSchema: '', choice: undefined, batching: { way: 'aliases', keys: {} }, relationshipType: 'object' }

export const RemoteRelationshipPage = ({ table, details, name }: { table: TableName; details: TableDetails; name: string | undefined }) => {
  const [, go] = useLocation()
  const metadata = useMetadata()
  if (metadata.error) return <ErrorBox error={metadata.error} onRetry={metadata.reload} />
  if (!metadata.value) return <p className="loading">Loading …</p>

  const mine = tableMetadata(metadata.value, table)
  const existing = name === undefined ? undefined : list(mine.remote_relationships).find((entry) => entry.name === name)
  const to = member(existing?.definition, 'to_remote_schema')
  const computed = list(mine.computed_fields).map((field) => asText(field.name))
  if (name !== undefined && to === undefined) return <p className="empty">There is no remote relationship “{name}” to a remote schema.</p>
  return (
    <>
      <h2>{name === undefined ? 'Add a remote relationship' : `Remote relationship ${name}`}</h2>
      <RemoteRelationshipForm
        table={table}
        columns={details.columns.map((column) => column.name)}
        computed={computed}
        remoteSchemas={remoteSchemaNames(metadata.value)}
        initial={name === undefined ? empty : definitionOf(name, to)}
        exists={name !== undefined}
        onDone={() => go(`${tablePath(table)}/relationships`)}
      />
    </>
  )
}
