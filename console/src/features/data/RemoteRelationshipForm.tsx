// The form of a remote relationship: what is joined, by what, how; a preview, a try-out, and saving.
import { useState } from 'react'
import type { Command } from '../../api/call'
import type { ApiError } from '../../api/errors'
import { pretty, type Json } from '../../api/json'
import { useAction } from '../../app/useAction'
import { useUpstream } from '../../app/useUpstream'
import { isList, joinedField, leafFields, someSelection } from '../../lib/joined'
import { columnsOf, placeOf, placesOf, toRemoteSchema, type Definition } from '../../lib/remoteField'
import { errorPath } from '../../lib/errorPath'
import type { TableName } from '../../lib/sql'
import { Check, Select, TextField } from '../../parts/fields'
import { SaysTheSame } from '../../parts/SaysTheSame'
import { BatchingField } from './BatchingField'
import { FieldTree } from './FieldTree'
import { tryOut } from './tryOut'

type Props = {
  table: TableName
  columns: string[]
  computed: string[]
  remoteSchemas: string[]
  initial: Definition
  exists: boolean
  onDone: () => void
}

const at = '$.args.definition.to_remote_schema'
const fieldPath = `${at}.remote_field`
const batchPath = `${at}.batch`

/** The place of the form that an error concerns: a path, or "name", "schema", or none. */
const placeOfError = (error: ApiError | undefined, definition: Definition): string => {
  if (!error) return ''
  const path = errorPath(error)
  const keys = Object.keys(definition.batching.keys).map((field) => `${batchPath}.${field}`)
  const found = placeOf(path, [...(definition.choice ? placesOf(definition.choice, fieldPath) : []), ...keys, batchPath])
  if (found) return found
  if (path.startsWith(`${at}.remote_schema`) || /^there is no remote schema/.test(error.message)) return 'schema'
  if (path.startsWith('$.args.name') || error.code === 'already-exists' || /cannot be the name/.test(error.message)) return 'name'
  return ''
}

export const RemoteRelationshipForm = ({ table, columns, computed, remoteSchemas, initial, exists, onDone }: Props) => {
  const [definition, setDefinition] = useState(initial)
  const [tried, setTried] = useState<Json | undefined>()
  const [selection, setSelection] = useState<string | undefined>()
  const { act, command, busy, error, setError } = useAction()
  const upstream = useUpstream(definition.remoteSchema)

  const change = (part: Partial<Definition>) => {
    setDefinition({ ...definition, ...part })
    setTried(undefined)
    setError(undefined)
  }
  const save: Command = {
    type: exists ? 'update_remote_relationship' : 'create_remote_relationship',
    args: { table: { ...table }, name: definition.name, definition: { to_remote_schema: toRemoteSchema(definition) } }
  }
  const remove: Command = { type: 'delete_remote_relationship', args: { table: { ...table }, name: definition.name } }
  const field = upstream.value && joinedField(upstream.value, definition.choice)
  const query = upstream.value?.getQueryType()
  const joining = definition.choice ? columnsOf(definition.choice) : []
  const place = placeOfError(error, definition)
  const errorAt = (path: string) => (path === place ? error?.whole : undefined)
  const shown = selection ?? someSelection(field)
  const ready = Boolean(definition.name && definition.choice)

  return (
    <form
      aria-label="Remote relationship"
      onSubmit={(event) => {
        event.preventDefault()
        void command(save).then((good) => good && onDone())
      }}
    >
      <TextField label="Name" value={definition.name} onChange={(name) => change({ name })} error={errorAt('name')} hint={exists ? undefined : 'The field that the table’s type gets.'} required readOnly={exists} />
      <Select
        label="Remote schema"
        value={definition.remoteSchema}
        onChange={(remoteSchema) => change({ remoteSchema, choice: undefined })}
        empty={remoteSchemas.length === 0 ? 'there is none yet: add one under “Remote schemas”' : 'choose'}
        options={remoteSchemas.map((value) => ({ value }))}
        error={errorAt('schema') ?? upstream.error?.whole}
      />
      {definition.remoteSchema && upstream.loading && <p className="loading">Loading its schema …</p>}
      {query && (
        <fieldset>
          <legend>Field to join</legend>
          <FieldTree type={query} choice={definition.choice} onChange={(choice) => (setSelection(undefined), change({ choice }))} columns={[...columns, ...computed]} path={fieldPath} errorAt={errorAt} />
        </fieldset>
      )}
      {definition.choice && (
        <>
          <BatchingField batching={definition.batching} onChange={(batching) => change({ batching })} columns={joining} resultFields={leafFields(field)} errorAt={errorAt} path={batchPath} />
          {definition.batching.way === 'list' && isList(field) && (
            <Check
              label="A key may have several results"
              checked={definition.relationshipType === 'array'}
              onChange={(many) => change({ relationshipType: many ? 'array' : 'object' })}
              hint="The join field is then a list. Otherwise a key gets the first result that matches."
            />
          )}
          {joining.length === 0 && <p className="hint">No argument comes from a column: every row gets the same.</p>}
        </>
      )}
      {error && !place && (
        <p role="alert" className="error">
          {error.whole}
        </p>
      )}

      <fieldset>
        <legend>Try it with three rows</legend>
        <TextField label="Fields to show" value={shown} onChange={setSelection} placeholder="{ name }" />
        <button type="button" disabled={busy || !ready} onClick={() => void act((api) => tryOut(api, save, joining, columns, shown), false).then(setTried)}>
          Try
        </button>
        <div aria-live="polite">
          {tried !== undefined && (
            <div className="code" role="group" aria-label="What three rows give" style={{ marginTop: '.5rem' }}>
              <pre tabIndex={0}>{pretty(tried)}</pre>
            </div>
          )}
        </div>
      </fieldset>

      <div className="row actions">
        <button className="primary" disabled={busy || !ready}>
          Save
        </button>
        <button type="button" onClick={onDone}>
          Cancel
        </button>
        {exists && (
          <button type="button" className="danger" disabled={busy} onClick={() => void command(remove).then((good) => good && onDone())}>
            Delete
          </button>
        )}
      </div>
      {ready && <SaysTheSame command={save} open />}
    </form>
  )
}
