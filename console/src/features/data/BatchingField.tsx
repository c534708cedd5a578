// How the keys of many rows are sent, and what that means.
import { Select } from '../../parts/fields'
import type { Batching } from '../../lib/remoteField'

const ways = [
  { way: 'aliases', label: 'Aliases', meaning: 'The document calls the field once for each key. Works with every API.' },
  { way: 'list', label: 'List', meaning: 'The field takes all keys at once, and each result has a field that tells its key.' },
  { way: 'position', label: 'Position', meaning: 'The field takes all keys at once, and gives one result for each key, in their order.' }
] as const

type Props = {
  batching: Batching
  onChange: (batching: Batching) => void
  columns: string[]
  resultFields: string[]
  errorAt: (path: string) => string | undefined
  path: string
}

export const BatchingField = ({ batching, onChange, columns, resultFields, errorAt, path }: Props) => {
  const fieldOf = (column: string) => Object.entries(batching.keys).find(([, of]) => of === column)?.[0] ?? ''
  const match = (column: string, field: string) => {
    const others = Object.entries(batching.keys).filter(([, of]) => of !== column)
    onChange({ way: 'list', keys: Object.fromEntries([...others, ...(field ? [[field, column] as const] : [])]) })
  }
  return (
    <fieldset>
      <legend>Batching</legend>
      {ways.map(({ way, label, meaning }) => (
        <div key={way}>
          <label className="check">
            <input type="radio" name="batching" checked={batching.way === way} onChange={() => onChange({ way, keys: {} })} />
            <span>
              <strong>{label}</strong> <span className="hint">{meaning}</span>
            </span>
          </label>
        </div>
      ))}
      {batching.way === 'list' &&
        columns.map((column) => (
          <Select
            key={column}
            label={`Result field that tells ${column}`}
            value={fieldOf(column)}
            onChange={(field) => match(column, field)}
            empty="choose"
            options={resultFields.map((value) => ({ value }))}
            error={errorAt(`${path}.${fieldOf(column)}`)}
          />
        ))}
      {errorAt(path) && (
        <small role="alert" className="error">
          {errorAt(path)}
        </small>
      )}
    </fieldset>
  )
}
