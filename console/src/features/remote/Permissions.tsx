// What a role sees of a remote schema: a tree with ticks and presets beside the SDL; either writes the other.
import type { GraphQLSchema } from 'graphql'
import { useMemo, useState } from 'react'
import { Link, useLocation } from 'wouter'
import type { Command } from '../../api/call'
import { asText, member, type JsonObject } from '../../api/json'
import { useAction } from '../../app/useAction'
import { list } from '../../app/useMetadata'
import { emptyTypes, nothing, partSdl, readPart, type Part } from '../../lib/permission'
import { TextArea, TextField } from '../../parts/fields'
import { SaysTheSame } from '../../parts/SaysTheSame'
import { useLoad } from '../../app/useLoad'
import { PermissionTree } from './PermissionTree'
import { remotePath } from './RemotePage'

const rolesSql = `SELECT coalesce(json_agg(rolname ORDER BY rolname), '[]') FROM pg_catalog.pg_roles WHERE rolname !~ '^pg_' AND NOT rolsuper`

type Props = { entry: JsonObject; schema: GraphQLSchema; role: string | undefined }

export const Permissions = ({ entry, schema, role }: Props) => {
  const [, go] = useLocation()
  const roles = useLoad('roles', async (api) => (await api.sqlJson(rolesSql)) as string[])
  const [typed, setTyped] = useState('')
  const name = asText(entry.name)
  const permissions = list(entry.permissions)
  const base = `${remotePath(name)}/permissions`

  if (role !== undefined) {
    const existing = permissions.find((permission) => permission.role === role)
    return <Editor key={role} remoteSchema={name} role={role} schema={schema} stored={asText(member(existing?.definition, 'schema'))} exists={Boolean(existing)} back={base} />
  }
  return (
    <>
      <p className="hint">A role sees nothing of a remote schema, unless it has a permission here, or one of the roles that it is a member of.</p>
      <ul>
        {permissions.map((permission) => (
          <li key={asText(permission.role)}>
            <Link href={`${base}/${encodeURIComponent(asText(permission.role))}`}>{asText(permission.role)}</Link>
          </li>
        ))}
      </ul>
      <form
        className="card narrow"
        aria-label="Permission for a role"
        onSubmit={(event) => {
          event.preventDefault()
          go(`${base}/${encodeURIComponent(typed.trim())}`)
        }}
      >
        <TextField label="Role" value={typed} onChange={setTyped} suggestions={roles.value} required />
        <button className="primary" disabled={!typed.trim()}>
          Give it a part
        </button>
      </form>
    </>
  )
}

type EditorProps = { remoteSchema: string; role: string; schema: GraphQLSchema; stored: string; exists: boolean; back: string }

/** The part that an SDL says; what is wrong with its syntax beside the last that had none. */
const tryRead = (schema: GraphQLSchema, sdl: string): { part?: Part; wrong?: string } => {
  try {
    return { part: readPart(schema, sdl) }
  } catch (error) {
    return { wrong: error instanceof Error ? error.message : String(error) }
  }
}

const Editor = ({ remoteSchema, role, schema, stored, exists, back }: EditorProps) => {
  const [, go] = useLocation()
  const { act, busy, error } = useAction()
  const [sdl, setSdl] = useState(stored)
  const [part, setPart] = useState<Part>(() => tryRead(schema, stored).part ?? nothing)
  const [wrong, setWrong] = useState<string | undefined>()
  const empty = useMemo(() => emptyTypes(schema, part), [schema, part])

  const add: Command = { type: 'add_remote_schema_permissions', args: { remote_schema: remoteSchema, role, definition: { schema: sdl } } }
  const drop: Command = { type: 'drop_remote_schema_permissions', args: { remote_schema: remoteSchema, role } }
  const save: Command = exists ? { type: 'bulk_atomic', args: [drop, add] } : add

  const tick = (changed: Part) => {
    setPart(changed)
    setSdl(partSdl(schema, changed))
    setWrong(undefined)
  }
  const write = (text: string) => {
    const read = tryRead(schema, text)
    setSdl(text)
    setWrong(read.wrong)
    if (read.part) setPart(read.part)
  }

  return (
    <form
      aria-label="Permission"
      onSubmit={(event) => {
        event.preventDefault()
        void act((api) => api.command(save)).then((answer) => answer !== undefined && go(back))
      }}
    >
      <h2>What {role} sees</h2>
      <div className="columns">
        <PermissionTree schema={schema} part={part} onChange={tick} />
        <div>
          <TextArea label="SDL" rows={24} value={sdl} onChange={write} error={wrong ?? error?.whole} hint="In the API’s own names. A change ticks the tree." />
          {empty.length > 0 && (
            <p role="alert" className="error">
              Tick a field of: {empty.join(', ')}
            </p>
          )}
        </div>
      </div>
      <div className="row actions">
        <button className="primary" disabled={busy || !sdl.trim() || wrong !== undefined}>
          Save
        </button>
        <button type="button" onClick={() => go(back)}>
          Cancel
        </button>
        {exists && (
          <button type="button" className="danger" disabled={busy} onClick={() => void act((api) => api.command(drop)).then((answer) => answer !== undefined && go(back))}>
            Drop
          </button>
        )}
      </div>
      <SaysTheSame command={save} />
    </form>
  )
}
