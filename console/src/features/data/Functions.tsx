// Functions that return rows: those that are root fields, and those that can be.
import { useState } from 'react'
import { useAction } from '../../app/useAction'
import { useLoad } from '../../app/useLoad'
import { trackedFunctions, useMetadata } from '../../app/useMetadata'
import { tableOf } from '../../lib/commandSql'
import { qualified, type TableName } from '../../lib/sql'
import { ErrorBox } from '../../parts/ErrorBox'
import { Select } from '../../parts/fields'
import { SaysTheSame } from '../../parts/SaysTheSame'

const candidatesSql = `SELECT coalesce(json_agg(json_build_object('schema', n.nspname, 'name', p.proname) ORDER BY n.nspname, p.proname), '[]')
FROM pg_catalog.pg_proc AS p JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
JOIN pg_catalog.pg_type AS t ON t.oid = p.prorettype JOIN pg_catalog.pg_class AS c ON c.oid = t.typrelid
WHERE p.prokind = 'f' AND c.relkind IN ('r', 'v', 'p', 'm', 'f') AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'remote_rel')`

const same = (a: TableName, b: TableName): boolean => a.schema === b.schema && a.name === b.name

export const Functions = () => {
  const metadata = useMetadata()
  const candidates = useLoad('functions', async (api) => (await api.sqlJson(candidatesSql)) as unknown as TableName[])
  const { command, busy, error } = useAction()
  const [chosen, setChosen] = useState('')
  const tracked = trackedFunctions(metadata.value).map((entry) => tableOf(entry.function))
  const free = (candidates.value ?? []).filter((entry) => !tracked.some((other) => same(entry, other)))
  const target = free.find((entry) => qualified(entry) === chosen)
  const track = { type: 'track_function', args: { function: target ? { ...target } : {} } }

  if (metadata.error) return <ErrorBox error={metadata.error} onRetry={metadata.reload} />
  return (
    <div className="page">
      <h1>Functions</h1>
      <p className="hint">A function that returns rows of a table can be a root field: of queries, or of mutations if it is VOLATILE.</p>
      {tracked.length === 0 && <p className="empty">None is tracked.</p>}
      {tracked.map((entry) => (
        <div key={qualified(entry)} className="card row spread">
          <strong>{qualified(entry)}</strong>
          <button className="danger" disabled={busy} onClick={() => void command({ type: 'untrack_function', args: { function: { ...entry } } })}>
            Untrack
          </button>
        </div>
      ))}
      <form
        className="card"
        aria-label="Track a function"
        onSubmit={(event) => {
          event.preventDefault()
          void command(track)
        }}
      >
        <Select
          label="Function to track"
          value={chosen}
          onChange={setChosen}
          empty={free.length === 0 ? 'there is none' : 'choose'}
          options={free.map((entry) => ({ value: qualified(entry) }))}
          error={error?.whole}
        />
        <button className="primary" disabled={busy || !target}>
          Track
        </button>
        <SaysTheSame command={track} />
      </form>
    </div>
  )
}
