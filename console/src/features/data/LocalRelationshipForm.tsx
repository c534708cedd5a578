// A relationship between tables that no foreign key gives.
import { useState } from 'react'
import { useAction } from '../../app/useAction'
import { qualified, type TableName } from '../../lib/sql'
import { Select, TextField } from '../../parts/fields'
import { SaysTheSame } from '../../parts/SaysTheSame'
import { useLoad } from '../../app/useLoad'
import { tableSql, type TableDetails, type TableEntry } from './tablesSql'

type Props = { table: TableName; tables: TableEntry[]; details: TableDetails; onDone: () => void }

export const LocalRelationshipForm = ({ table, tables, details, onDone }: Props) => {
  const { command, busy, error } = useAction()
  const [name, setName] = useState('')
  const [kind, setKind] = useState('object')
  const [target, setTarget] = useState('')
  const [mapping, setMapping] = useState<[string, string]>(['', ''])
  const other = tables.find((entry) => qualified(entry) === target)
  const columns = useLoad(other ? `columns ${target}` : '', async (api) => (await api.sqlJson(tableSql(other!))) as unknown as TableDetails)
  const [from, to] = mapping
  const create = {
    type: kind === 'object' ? 'create_object_relationship' : 'create_array_relationship',
    args: {
      table: { ...table },
      name,
      using: {
        manual_configuration: {
          remote_table: { schema: other?.schema ?? '', name: other?.name ?? '' },
          column_mapping: from && to ? { [from]: to } : {}
        }
      }
    }
  }
  const ofName = error && /name|already/.test(error.message) && !/column_mapping/.test(error.whole)

  return (
    <form
      className="card"
      aria-label="Add a relationship to a table"
      style={{ marginTop: '.7rem' }}
      onSubmit={(event) => {
        event.preventDefault()
        void command(create).then((good) => good && onDone())
      }}
    >
      <TextField label="Name of the relationship" value={name} onChange={setName} error={ofName ? error.whole : undefined} required />
      <Select
        label="One or many"
        value={kind}
        onChange={setKind}
        options={[
          { value: 'object', label: 'object: one row' },
          { value: 'array', label: 'array: many rows' }
        ]}
      />
      <TextField label="Other table" value={target} onChange={setTarget} suggestions={tables.slice(0, 500).map(qualified)} error={target && !other ? 'There is no such table.' : undefined} />
      <Select label="Column of this table" value={from} onChange={(column) => setMapping([column, to])} empty="choose" options={details.columns.map((c) => ({ value: c.name }))} />
      <Select label="Column of the other" value={to} onChange={(column) => setMapping([from, column])} empty="choose" options={(columns.value?.columns ?? []).map((c) => ({ value: c.name }))} />
      {error && !ofName && (
        <p role="alert" className="error">
          {error.whole}
        </p>
      )}
      <button className="primary" disabled={busy || !name || !from || !to}>
        Save relationship
      </button>
      <SaysTheSame command={create} />
    </form>
  )
}
