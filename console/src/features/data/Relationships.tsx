// The relationships of a table: by foreign keys, made by hand, remote.
import { useState } from 'react'
import { Link } from 'wouter'
import { asText, isObject, member, type JsonObject } from '../../api/json'
import { useAction } from '../../app/useAction'
import { list, tableMetadata, useMetadata } from '../../app/useMetadata'
import { useLoad } from '../../app/useLoad'
import { tableOf } from '../../lib/commandSql'
import { qualified, type TableName } from '../../lib/sql'
import { ErrorBox } from '../../parts/ErrorBox'
import { SaysTheSame } from '../../parts/SaysTheSame'
import { LocalRelationshipForm } from './LocalRelationshipForm'
import { tablePath } from './TableList'
import type { TableDetails, TableEntry } from './tablesSql'

type Field = { name: string; description: string | null }

/** The fields of the table's type that foreign keys give. Where the type has another name than the table, none are found. */
const useAutomatic = (table: TableName, customName: string) => {
  const type = customName || (table.schema === 'public' ? table.name : `${table.schema}_${table.name}`)
  return useLoad(`type ${type}`, async (api) => {
    const answer = await api.graphql('query($type: String!) { __type(name: $type) { fields { name description } } }', { type })
    const fields = member(member(answer.data, '__type'), 'fields')
    return Array.isArray(fields) ? (fields as Field[]) : []
  })
}

const Made = ({ table, entry, type }: { table: TableName; entry: JsonObject; type: string }) => {
  const { command, busy, error } = useAction()
  const drop = { type: 'drop_relationship', args: { table: { ...table }, relationship: entry.name ?? null } }
  return (
    <div className="card">
      <div className="row spread">
        <span>
          <strong>{asText(entry.name)}</strong> <span className="tag">{type}</span>
        </span>
        <button className="danger" disabled={busy} onClick={() => void command(drop)}>
          Drop
        </button>
      </div>
      <pre>{JSON.stringify(entry.using)}</pre>
      {error && <ErrorBox error={error} />}
    </div>
  )
}

export const Relationships = ({ table, tables, details }: { table: TableName; tables: TableEntry[]; details: TableDetails }) => {
  const metadata = useMetadata()
  const [adding, setAdding] = useState(false)
  const mine = tableMetadata(metadata.value, table)
  const made = [
    ...list(mine.object_relationships).map((entry) => ({ entry, type: 'object' })),
    ...list(mine.array_relationships).map((entry) => ({ entry, type: 'array' }))
  ]
  const remote = list(mine.remote_relationships)
  const automatic = useAutomatic(table, asText(member(mine.configuration, 'custom_name')))
  const byHand = new Set(made.map(({ entry }) => entry.name))
  const suggested = (automatic.value ?? []).filter(
    ({ name, description }) => /^An (object|array) relationship/.test(description ?? '') && !byHand.has(name)
  )

  if (metadata.error) return <ErrorBox error={metadata.error} onRetry={metadata.reload} />
  return (
    <>
      <div className="row">
        <Link href={`${tablePath(table)}/relationships/remote`}>Add a remote relationship</Link>
        <button aria-expanded={adding} onClick={() => setAdding(!adding)}>
          Add a relationship to a table
        </button>
      </div>
      {adding && <LocalRelationshipForm table={table} tables={tables} details={details} onDone={() => setAdding(false)} />}

      <h2 style={{ marginTop: '1rem' }}>Remote</h2>
      {remote.length === 0 && <p className="empty">None.</p>}
      {remote.map((entry) => {
        const to = member(entry.definition, 'to_remote_schema')
        const source = member(entry.definition, 'to_source')
        return (
          <p key={asText(entry.name)} className="row">
            <Link href={`${tablePath(table)}/relationships/remote/${encodeURIComponent(asText(entry.name))}`}>{asText(entry.name)}</Link>
            <span className="hint">
              {isObject(to)
                ? `→ ${asText(to.remote_schema)}.${Object.keys(isObject(to.remote_field) ? to.remote_field : {}).join()}`
                : `→ ${qualified(tableOf(member(source, 'table')))}`}
            </span>
          </p>
        )
      })}

      <h2 style={{ marginTop: '1rem' }}>Made by hand</h2>
      {made.length === 0 && <p className="empty">None.</p>}
      {made.map(({ entry, type }) => (
        <Made key={asText(entry.name)} table={table} entry={entry} type={type} />
      ))}

      <h2 style={{ marginTop: '1rem' }}>By foreign keys</h2>
      <p className="hint">These are there without being made; dropping the foreign key drops them.</p>
      {suggested.length === 0 && <p className="empty">None.</p>}
      <ul>
        {suggested.map(({ name, description }) => (
          <li key={name}>
            <code>{name}</code> <span className="hint">{description}</span>
          </li>
        ))}
      </ul>
      <SaysTheSame command={{ type: 'export_metadata', args: {} }} />
    </>
  )
}
