// Relationships from an API's types: to tables by a form, and whatever else as JSON.
import { isObjectType, type GraphQLSchema } from 'graphql'
import { useState } from 'react'
import type { Command } from '../../api/call'
import { asText, isObject, member, pretty, type Json, type JsonObject } from '../../api/json'
import { useAction } from '../../app/useAction'
import { useLoad } from '../../app/useLoad'
import { list } from '../../app/useMetadata'
import { qualified } from '../../lib/sql'
import { leafFieldsOf } from '../../lib/joined'
import { ErrorBox } from '../../parts/ErrorBox'
import { Select, TextField } from '../../parts/fields'
import { SaysTheSame } from '../../parts/SaysTheSame'
import { tableSql, tablesSql, type TableDetails, type TableEntry } from '../data/tablesSql'

const Entry = ({ remoteSchema, type, entry }: { remoteSchema: string; type: string; entry: JsonObject }) => {
  const { command, busy, error } = useAction()
  const remove: Command = { type: 'delete_remote_schema_remote_relationship', args: { remote_schema: remoteSchema, type_name: type, name: entry.name ?? null } }
  return (
    <div className="card">
      <div className="row spread">
        <strong>
          {type}.{asText(entry.name)}
        </strong>
        <button className="danger" disabled={busy} onClick={() => void command(remove)}>
          Delete {asText(entry.name)}
        </button>
      </div>
      <pre>{pretty(entry.definition)}</pre>
      {error && <ErrorBox error={error} />}
    </div>
  )
}

export const TypeRelationships = ({ entry, schema }: { entry: JsonObject; schema: GraphQLSchema }) => {
  const remoteSchema = asText(entry.name)
  const all = list(entry.remote_relationships).flatMap((of) => list(of.relationships).map((one) => ({ type: asText(of.type_name), one })))
  return (
    <>
      {all.length === 0 && <p className="empty">None.</p>}
      {all.map(({ type, one }) => (
        <Entry key={`${type}.${asText(one.name)}`} remoteSchema={remoteSchema} type={type} entry={one} />
      ))}
      <AddToTable remoteSchema={remoteSchema} schema={schema} />
    </>
  )
}

const AddToTable = ({ remoteSchema, schema }: { remoteSchema: string; schema: GraphQLSchema }) => {
  const { command, busy, error } = useAction()
  const tables = useLoad('tables', async (api) => (await api.sqlJson(tablesSql)) as unknown as TableEntry[])
  const [type, setType] = useState('')
  const [name, setName] = useState('')
  const [target, setTarget] = useState('')
  const [many, setMany] = useState('object')
  const [field, setField] = useState('')
  const [column, setColumn] = useState('')
  const table = tables.value?.find((one) => qualified(one) === target)
  const details = useLoad(table ? `columns ${target}` : '', async (api) => (await api.sqlJson(tableSql(table!))) as unknown as TableDetails)
  const chosen = schema.getType(type)
  const types = Object.values(schema.getTypeMap()).filter((one) => isObjectType(one) && !one.name.startsWith('__'))
  const definition: Json = {
    to_source: {
      source: 'default',
      relationship_type: many,
      table: { schema: table?.schema ?? '', name: table?.name ?? '' },
      field_mapping: field ? { [field]: column } : {}
    }
  }
  const create: Command = { type: 'create_remote_schema_remote_relationship', args: { remote_schema: remoteSchema, type_name: type, name, definition } }
  const ofName = error && (error.code === 'already-exists' || /cannot be the name|already/.test(error.whole))

  return (
    <form
      className="card"
      aria-label="Join a type with a table"
      onSubmit={(event) => {
        event.preventDefault()
        void command(create).then((good) => good && setName(''))
      }}
    >
      <h2>Join a type with a table</h2>
      <TextField label="Type" value={type} onChange={setType} suggestions={types.slice(0, 1000).map((one) => one.name)} error={type && !isObjectType(chosen) ? 'There is no such object type.' : undefined} />
      <TextField label="Name of the relationship" value={name} onChange={setName} error={ofName ? error.whole : undefined} />
      <TextField label="Table" value={target} onChange={setTarget} suggestions={(tables.value ?? []).slice(0, 500).map(qualified)} error={target && !table ? 'There is no such table.' : undefined} />
      <Select label="One or many" value={many} onChange={setMany} options={[{ value: 'object', label: 'object: one row' }, { value: 'array', label: 'array: many rows' }]} />
      <Select label="Field of the type" value={field} onChange={setField} empty="choose" options={(isObjectType(chosen) ? leafFieldsOf(chosen) : []).map((value) => ({ value }))} />
      <Select label="Column of the table" value={column} onChange={setColumn} empty="choose" options={(details.value?.columns ?? []).map(({ name: value }) => ({ value }))} />
      {error && !ofName && (
        <p role="alert" className="error">
          {error.whole}
        </p>
      )}
      <button className="primary" disabled={busy || !isObjectType(chosen) || !name || !table || !field || !column}>
        Save relationship
      </button>
      {isObject(member(definition, 'to_source')) && <SaysTheSame command={create} />}
    </form>
  )
}
