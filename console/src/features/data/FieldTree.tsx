// The fields of a type of the API, of which one is ticked; below it its arguments, and the fields below it.
import { getNamedType, isObjectType, type GraphQLObjectType } from 'graphql'
import { useState } from 'react'
import type { Choice } from '../../lib/remoteField'
import { TextField } from '../../parts/fields'
import { Inputs } from './ValueField'

/** Fields that are drawn at once; of an API with more, one types a part of the name. */
const drawn = 150

type Props = {
  type: GraphQLObjectType
  choice: Choice | undefined
  onChange: (choice: Choice | undefined) => void
  columns: string[]
  path: string
  errorAt: (path: string) => string | undefined
}

export const FieldTree = ({ type, choice, onChange, columns, path, errorAt }: Props) => {
  const [filter, setFilter] = useState('')
  const all = Object.values(type.getFields())
  const matching = choice ? all.filter((field) => field.name === choice.field) : all.filter((field) => field.name.toLowerCase().includes(filter.toLowerCase()))
  const gone = choice && matching.length === 0
  return (
    <div>
      {!choice && all.length > 12 && <TextField label={`Fields of ${type.name}`} type="search" placeholder="a part of the name" value={filter} onChange={setFilter} />}
      <ul className="tree" aria-label={`Fields of ${type.name}`}>
        {gone && (
          <li>
            <label className="check">
              <input type="checkbox" checked onChange={() => onChange(undefined)} />
              <span className="error">{choice.field}: {type.name} has no such field any more.</span>
            </label>
          </li>
        )}
        {matching.slice(0, drawn).map((field) => {
          const ticked = choice?.field === field.name ? choice : undefined
          const here = `${path}.${field.name}`
          const result = getNamedType(field.type)
          const error = errorAt(here)
          return (
            <li key={field.name}>
              <label className="check" title={field.description ?? undefined}>
                <input type="checkbox" checked={Boolean(ticked)} onChange={(event) => onChange(event.target.checked ? { field: field.name, args: {} } : undefined)} />
                <span>
                  {field.name} <span className="typename">{String(field.type)}</span>
                </span>
              </label>
              {error && (
                <small role="alert" className="error">
                  {' '}
                  {error}
                </small>
              )}
              {ticked && (
                <ul>
                  {field.args.length > 0 && (
                    <li>
                      <fieldset>
                        <legend>Arguments of {field.name}</legend>
                        <Inputs inputs={field.args} values={ticked.args} onChange={(args) => onChange({ ...ticked, args })} columns={columns} path={`${here}.arguments`} errorAt={errorAt} />
                      </fieldset>
                    </li>
                  )}
                  {isObjectType(result) && (
                    <li>
                      <details open={Boolean(ticked.below)}>
                        <summary>Join a field of {result.name} instead</summary>
                        <FieldTree
                          type={result}
                          choice={ticked.below}
                          onChange={(below) => onChange(below ? { ...ticked, below } : { field: ticked.field, args: ticked.args })}
                          columns={columns}
                          path={`${here}.field`}
                          errorAt={errorAt}
                        />
                      </details>
                    </li>
                  )}
                </ul>
              )}
            </li>
          )
        })}
      </ul>
      {matching.length > drawn && <p className="hint">{matching.length - drawn} more: type a part of the name.</p>}
    </div>
  )
}
