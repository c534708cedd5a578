// Add a remote schema. A look at it first adds it, reads its schema, and undoes that.
import type { GraphQLSchema } from 'graphql'
import { buildClientSchema, type IntrospectionQuery } from 'graphql'
import { useState } from 'react'
import { useLocation } from 'wouter'
import type { Api, Command } from '../../api/call'
import { ApiError, asApiError } from '../../api/errors'
import { member, type Json } from '../../api/json'
import { useAction } from '../../app/useAction'
import { commandSql, triedOut } from '../../lib/commandSql'
import { readDefinition, writeDefinition } from '../../lib/remoteDefinition'
import { literal } from '../../lib/sql'
import { TextField } from '../../parts/fields'
import { SaysTheSame } from '../../parts/SaysTheSame'
import { placeOfError } from './definitionErrors'
import { remotePath } from './RemotePage'
import { RemoteSchemaForm } from './RemoteSchemaForm'

const lookSql = (add: Command, name: string): string => `DO $look$
DECLARE
  answer jsonb;
BEGIN
  ${commandSql(add).replace(/^SELECT/, 'PERFORM')}
  answer := remote_rel.introspect_remote_schema(${literal(name)});
  RAISE EXCEPTION USING ERRCODE = '${triedOut}', MESSAGE = 'looked at', DETAIL = answer::text;
END
$look$`

const look = async (api: Api, add: Command, name: string): Promise<GraphQLSchema> => {
  try {
    await api.sql(lookSql(add, name), false)
  } catch (thrown) {
    const error = asApiError(thrown)
    if (error.sqlstate !== triedOut) throw error
    return buildClientSchema(member(JSON.parse(error.detail) as Json, 'data') as unknown as IntrospectionQuery, { assumeValid: true })
  }
  throw new ApiError('The look gave nothing.', 'unexpected')
}

export const AddRemoteSchema = () => {
  const [, go] = useLocation()
  const { act, command, busy, error } = useAction()
  const [name, setName] = useState('')
  const [form, setForm] = useState(() => readDefinition({}))
  const [schema, setSchema] = useState<GraphQLSchema | undefined>()
  const add: Command = { type: 'add_remote_schema', args: { name, definition: writeDefinition(form) } }
  const place = placeOfError(error, form)
  const errorAt = (key: string) => (place && (place === key || place.startsWith(`${key}.`)) ? error?.whole : undefined)

  return (
    <form
      className="page"
      aria-label="Add a remote schema"
      onSubmit={(event) => {
        event.preventDefault()
        void command(add).then((good) => good && go(remotePath(name)))
      }}
    >
      <h1>Add a remote schema</h1>
      <TextField label="Name" value={name} onChange={setName} error={errorAt('name')} required />
      <RemoteSchemaForm form={form} onChange={setForm} schema={schema} errorAt={errorAt} />
      {error && !place && (
        <p role="alert" className="error">
          {error.whole}
        </p>
      )}
      <div aria-live="polite">
        {schema && (
          <p className="notice">
            It answers: {Object.keys(schema.getTypeMap()).length} types, {Object.keys(schema.getQueryType()?.getFields() ?? {}).length} query fields.
          </p>
        )}
      </div>
      <div className="row actions">
        <button className="primary" disabled={busy || !name || !form.url}>
          Add
        </button>
        <button type="button" disabled={busy || !name || !form.url} onClick={() => void act((api) => look(api, add, name), false).then(setSchema)}>
          Look at it first
        </button>
      </div>
      <SaysTheSame command={add} open />
    </form>
  )
}
