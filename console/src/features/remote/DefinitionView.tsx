// Changes, reloads and removes a remote schema.
import type { GraphQLSchema } from 'graphql'
import { useState } from 'react'
import { useLocation } from 'wouter'
import type { Api, Command } from '../../api/call'
import { asText, type JsonObject } from '../../api/json'
import { useAction } from '../../app/useAction'
import { loadUpstream } from '../../app/useUpstream'
import { readDefinition, writeDefinition } from '../../lib/remoteDefinition'
import { schemaChange, type SchemaChange } from '../../lib/schemaDiff'
import { Check } from '../../parts/fields'
import { Diff } from '../../parts/Diff'
import { ErrorBox } from '../../parts/ErrorBox'
import { SaysTheSame } from '../../parts/SaysTheSame'
import { placeOfError } from './definitionErrors'
import { RemoteSchemaForm } from './RemoteSchemaForm'

const Changes = ({ change }: { change: SchemaChange }) => (
  <div role="region" aria-label="What the reload changed">
    {change.breaking.map((text) => (
      <p key={text} className="error">
        Breaks: {text}
      </p>
    ))}
    {change.dangerous.map((text) => (
      <p key={text}>Look at: {text}</p>
    ))}
    <Diff lines={change.lines} label="Lines of the schema that changed" />
  </div>
)

const Reload = ({ name }: { name: string }) => {
  const { act, busy, error } = useAction()
  const [change, setChange] = useState<SchemaChange | undefined>()
  const command: Command = { type: 'reload_remote_schema', args: { name } }
  const reload = async (api: Api) => {
    const before = await loadUpstream(api, name)
    await api.command(command)
    return schemaChange(before, await loadUpstream(api, name))
  }
  return (
    <section className="card" aria-label="Reload">
      <div className="row spread">
        <span className="hint">Ask the API for its schema again.</span>
        <button disabled={busy} onClick={() => void act(reload).then(setChange)}>
          Reload
        </button>
      </div>
      {error && <ErrorBox error={error} />}
      {change && <Changes change={change} />}
      <SaysTheSame command={command} />
    </section>
  )
}

const Remove = ({ name }: { name: string }) => {
  const [, go] = useLocation()
  const { command, busy, error } = useAction()
  const [cascade, setCascade] = useState(false)
  const remove: Command = { type: 'remove_remote_schema', args: { name, ...(cascade && { cascade }) } }
  return (
    <section className="card" aria-label="Remove">
      <Check label="With the relationships that use it" checked={cascade} onChange={setCascade} />
      <button className="danger" disabled={busy} onClick={() => void command(remove).then((good) => good && go('/remote-schemas'))}>
        Remove {name}
      </button>
      {error && <ErrorBox error={error} />}
      <SaysTheSame command={remove} />
    </section>
  )
}

export const DefinitionView = ({ entry, schema }: { entry: JsonObject; schema: GraphQLSchema | undefined }) => {
  const name = asText(entry.name)
  const { command, busy, error } = useAction()
  const [form, setForm] = useState(() => readDefinition(entry.definition))
  const [saved, setSaved] = useState(false)
  const update: Command = {
    type: 'update_remote_schema',
    args: { name, definition: writeDefinition(form), ...(entry.comment ? { comment: entry.comment } : {}), ...(entry.sdl ? { sdl: entry.sdl } : {}) }
  }
  const place = placeOfError(error, form)
  const errorAt = (key: string) => (place && (place === key || place.startsWith(`${key}.`)) ? error?.whole : undefined)

  return (
    <>
      <Reload name={name} />
      <form
        aria-label="Definition"
        onSubmit={(event) => {
          event.preventDefault()
          setSaved(false)
          void command(update).then(setSaved)
        }}
      >
        <RemoteSchemaForm form={form} onChange={setForm} schema={schema} errorAt={errorAt} />
        {error && !place && (
          <p role="alert" className="error">
            {error.whole}
          </p>
        )}
        <div className="row actions">
          <button className="primary" disabled={busy}>
            Save
          </button>
          <span aria-live="polite">{saved && 'Saved.'}</span>
        </div>
        <SaysTheSame command={update} />
      </form>
      <h2 style={{ marginTop: '1.2rem' }}>Remove</h2>
      <Remove name={name} />
    </>
  )
}
