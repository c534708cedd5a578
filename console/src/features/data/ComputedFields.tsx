// Functions of the row that are fields of the table's type.
import { useState } from 'react'
import { asText, member } from '../../api/json'
import { useAction } from '../../app/useAction'
import { useLoad } from '../../app/useLoad'
import { list, tableMetadata, useMetadata } from '../../app/useMetadata'
import { tableOf } from '../../lib/commandSql'
import { qualified, regclass, type TableName } from '../../lib/sql'
import { ErrorBox } from '../../parts/ErrorBox'
import { Select, TextField } from '../../parts/fields'
import { SaysTheSame } from '../../parts/SaysTheSame'

/** Functions that take a row of the table. */
const candidatesSql = (table: TableName): string => `SELECT coalesce(json_agg(json_build_object('schema', n.nspname, 'name', p.proname) ORDER BY p.proname), '[]')
FROM pg_catalog.pg_proc AS p JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
WHERE (SELECT c.reltype FROM pg_catalog.pg_class AS c WHERE c.oid = ${regclass(table)}::regclass) = ANY (p.proargtypes) AND p.provolatile <> 'v'`

const Entry = ({ table, name, of }: { table: TableName; name: string; of: string }) => {
  const { command, busy, error } = useAction()
  return (
    <div className="card">
      <div className="row spread">
        <span>
          <strong>{name}</strong> <span className="hint">{of}</span>
        </span>
        <button className="danger" disabled={busy} onClick={() => void command({ type: 'drop_computed_field', args: { table: { ...table }, name } })}>
          Drop
        </button>
      </div>
      {error && <ErrorBox error={error} />}
    </div>
  )
}

export const ComputedFields = ({ table }: { table: TableName }) => {
  const metadata = useMetadata()
  const candidates = useLoad(`functions of ${qualified(table)}`, async (api) => (await api.sqlJson(candidatesSql(table))) as unknown as TableName[])
  const { command, busy, error } = useAction()
  const [name, setName] = useState('')
  const [chosen, setChosen] = useState('')
  const fields = list(tableMetadata(metadata.value, table).computed_fields)
  const target = candidates.value?.find((entry) => qualified(entry) === chosen)
  const add = { type: 'add_computed_field', args: { table: { ...table }, name, definition: { function: target ? { ...target } : {} } } }

  if (metadata.error) return <ErrorBox error={metadata.error} onRetry={metadata.reload} />
  return (
    <>
      {fields.length === 0 && <p className="empty">None.</p>}
      {fields.map((field) => (
        <Entry key={asText(field.name)} table={table} name={asText(field.name)} of={qualified(tableOf(member(field.definition, 'function')))} />
      ))}
      <form
        className="card"
        aria-label="Add a computed field"
        onSubmit={(event) => {
          event.preventDefault()
          void command(add).then((good) => good && setName(''))
        }}
      >
        <h2>Add a computed field</h2>
        <TextField label="Name of the field" value={name} onChange={setName} error={error?.whole} required />
        <Select
          label="Function"
          value={chosen}
          onChange={setChosen}
          empty={candidates.value?.length === 0 ? 'no function takes a row of this table' : 'choose'}
          options={(candidates.value ?? []).map((entry) => ({ value: qualified(entry) }))}
          hint="Functions that take a row of this table, and are not VOLATILE."
        />
        <button className="primary" disabled={busy || !name || !target}>
          Add
        </button>
        <SaysTheSame command={add} />
      </form>
    </>
  )
}
