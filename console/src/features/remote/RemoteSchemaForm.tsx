// The fields of a remote schema's definition, with the types that a customization renames.
import type { GraphQLSchema } from 'graphql'
import { renamedTypes } from '../../lib/customization'
import { customizationOf, wrongLine, type Header, type RemoteForm } from '../../lib/remoteDefinition'
import { Check, Select, TextArea, TextField } from '../../parts/fields'

type Props = {
  form: RemoteForm
  onChange: (form: RemoteForm) => void
  /** the API's schema, where it is known */
  schema: GraphQLSchema | undefined
  /** what is wrong, by the start of its path below the definition */
  errorAt: (key: string) => string | undefined
}

/** Renamed types that are shown. */
const shown = 200

const Headers = ({ headers, onChange, error }: { headers: Header[]; onChange: (headers: Header[]) => void; error: string | undefined }) => {
  const change = (index: number, part: Partial<Header>) => onChange(headers.map((header, i) => (i === index ? { ...header, ...part } : header)))
  return (
    <fieldset>
      <legend>Headers</legend>
      {headers.map((header, i) => (
        <div key={i} className="columns">
          <TextField label={`Name of header ${i + 1}`} value={header.name} onChange={(name) => change(i, { name })} />
          <Select
            label={`Header ${i + 1} comes`}
            value={header.from}
            onChange={(from) => change(i, { from: from === 'environment' ? 'environment' : 'value' })}
            options={[
              { value: 'value', label: 'from a value' },
              { value: 'environment', label: 'from an environment variable' }
            ]}
          />
          <TextField label={header.from === 'value' ? `Value of header ${i + 1}` : `Variable of header ${i + 1}`} value={header.value} onChange={(value) => change(i, { value })} />
          <button type="button" className="small" onClick={() => onChange(headers.filter((_, j) => j !== i))}>
            Remove header {i + 1}
          </button>
        </div>
      ))}
      {error && (
        <p role="alert" className="error">
          {error}
        </p>
      )}
      <button type="button" onClick={() => onChange([...headers, { name: '', from: 'value', value: '' }])}>
        Add a header
      </button>
    </fieldset>
  )
}

export const RemoteSchemaForm = ({ form, onChange, schema, errorAt }: Props) => {
  const change = (part: Partial<RemoteForm>) => onChange({ ...form, ...part })
  const custom = form.customization
  const customize = (part: Partial<typeof custom>) => change({ customization: { ...custom, ...part } })
  const renamed = schema ? renamedTypes(schema, customizationOf(custom)) : []
  return (
    <>
      <Select
        label="The URL comes"
        value={form.from}
        onChange={(from) => change({ from: from === 'environment' ? 'environment' : 'url' })}
        options={[
          { value: 'url', label: 'from here' },
          { value: 'environment', label: 'from an environment variable of the database server' }
        ]}
      />
      <TextField
        label={form.from === 'url' ? 'URL' : 'Environment variable'}
        value={form.url}
        onChange={(url) => change({ url })}
        placeholder={form.from === 'url' ? 'https://example.com/graphql' : 'AUTH0_URL'}
        error={errorAt('url')}
        required
      />
      <Headers headers={form.headers} onChange={(headers) => change({ headers })} error={errorAt('headers')} />
      <Check label="Forward the client’s headers" checked={form.forward} onChange={(forward) => change({ forward })} />
      <TextField label="Timeout in seconds" type="text" value={form.timeout} onChange={(timeout) => change({ timeout })} placeholder="60" error={errorAt('timeout_seconds')} />
      <fieldset>
        <legend>Customization</legend>
        <div className="columns">
          <TextField label="Namespace of root fields" value={custom.namespace} onChange={(namespace) => customize({ namespace })} error={errorAt('customization.root_fields_namespace')} />
          <TextField label="Prefix of types" value={custom.prefix} onChange={(prefix) => customize({ prefix })} error={errorAt('customization.type_names.prefix')} />
          <TextField label="Suffix of types" value={custom.suffix} onChange={(suffix) => customize({ suffix })} error={errorAt('customization.type_names.suffix')} />
        </div>
        <TextArea label="Types with other names" value={custom.mapping} onChange={(mapping) => customize({ mapping })} placeholder="Profile: Identity" error={wrongLine(custom.mapping) ?? errorAt('customization.type_names.mapping')} />
        {!errorAt('customization.type_names') && errorAt('customization') && (
          <p role="alert" className="error">
            {errorAt('customization')}
          </p>
        )}
        {renamed.length > 0 && (
          <details open>
            <summary>{renamed.length} types are renamed</summary>
            <table aria-label="Renamed types">
              <tbody>
                {renamed.slice(0, shown).map(({ from, to }) => (
                  <tr key={from}>
                    <td>
                      <code>{from}</code>
                    </td>
                    <td>
                      <code>{to}</code>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
            {renamed.length > shown && <p className="hint">… and {renamed.length - shown} more</p>}
          </details>
        )}
      </fieldset>
    </>
  )
}
