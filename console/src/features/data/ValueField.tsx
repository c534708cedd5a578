// An argument's value: from a column, a static value that fits the type, or the parts of an input object.
import {
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isRequiredInputField,
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLInputType
} from 'graphql'
import { useState } from 'react'
import type { Json } from '../../api/json'
import { Select, TextArea, TextField } from '../../parts/fields'
import type { Value } from '../../lib/remoteField'

type Common = { columns: string[]; path: string; errorAt: (path: string) => string | undefined }

const textTypes = ['String', 'ID']

/** What one writes as text, without JSON's quotes. */
const isText = (type: GraphQLInputType): boolean => {
  const bare = getNullableType(type)
  return !isListType(bare) && 'name' in bare && textTypes.includes(bare.name)
}

const StaticField = ({ label, type, value, onChange, error }: { label: string; type: GraphQLInputType; value: Json; onChange: (value: Json) => void; error: string | undefined }) => {
  const bare = getNullableType(type)
  const [raw, setRaw] = useState(() => (isText(type) && typeof value === 'string' ? value : value === null ? '' : JSON.stringify(value)))
  const [wrong, setWrong] = useState<string | undefined>()

  if (isEnumType(bare)) {
    return (
      <Select label={label} error={error} value={typeof value === 'string' ? value : ''} onChange={onChange} empty="choose" options={bare.getValues().map((v) => ({ value: v.name }))} />
    )
  }
  if ('name' in bare && bare.name === 'Boolean') {
    return (
      <Select label={label} error={error} value={String(value)} onChange={(text) => onChange(text === 'true')} empty="choose" options={[{ value: 'true' }, { value: 'false' }]} />
    )
  }
  if (isText(type)) {
    const change = (text: string) => {
      setRaw(text)
      setWrong(text.startsWith('$') ? 'A text that begins with $ means a column.' : undefined)
      onChange(text)
    }
    return <TextField label={label} error={wrong ?? error} value={raw} onChange={change} />
  }
  const change = (text: string) => {
    setRaw(text)
    try {
      onChange(JSON.parse(text) as Json)
      setWrong(undefined)
    } catch {
      setWrong('This is not JSON.')
      onChange(text)
    }
  }
  return <TextArea label={label} rows={1} error={wrong ?? error} value={raw} onChange={change} hint={'JSON; "$name" inside is the row’s column.'} />
}

type InputProps = Common & { label: string; type: GraphQLInputType; value: Value; onChange: (value: Value) => void }

export const ValueField = ({ label, type, value, onChange, ...common }: InputProps) => {
  const bare = getNullableType(type)
  const error = common.errorAt(common.path)
  const change = (from: string) => {
    if (from === 'column') onChange({ from, column: common.columns[0] ?? '' })
    else if (from === 'parts') onChange({ from, parts: {} })
    else onChange({ from: 'static', value: isText(type) ? '' : null })
  }
  return (
    <div className="columns">
      <Select
        label={`${label} comes`}
        value={value.from}
        onChange={change}
        options={[
          { value: 'column', label: 'from column' },
          { value: 'static', label: 'from static value' },
          ...(isInputObjectType(bare) ? [{ value: 'parts', label: 'from its parts' }] : [])
        ]}
      />
      {value.from === 'column' && (
        <Select label={`Column of ${label}`} error={error} value={value.column} onChange={(column) => onChange({ from: 'column', column })} empty="choose" options={common.columns.map((name) => ({ value: name }))} />
      )}
      {value.from === 'static' && <StaticField label={`Value of ${label}`} error={error} type={type} value={value.value} onChange={(json) => onChange({ from: 'static', value: json })} />}
      {value.from === 'parts' && isInputObjectType(bare) && (
        <div>
          {error && (
            <small role="alert" className="error">
              {error}
            </small>
          )}
          <Inputs inputs={Object.values(bare.getFields())} values={value.parts} onChange={(parts) => onChange({ from: 'parts', parts })} {...common} />
        </div>
      )}
    </div>
  )
}

const isRequired = (input: GraphQLArgument | GraphQLInputField): boolean => isRequiredInputField(input as GraphQLInputField)

type InputsProps = Common & {
  inputs: readonly (GraphQLArgument | GraphQLInputField)[]
  values: Record<string, Value>
  onChange: (values: Record<string, Value>) => void
}

/** Arguments, or fields of an input object, each with a tick: what is not ticked is left to the query. */
export const Inputs = ({ inputs, values, onChange, columns, path, errorAt }: InputsProps) => {
  const without = (name: string) => Object.fromEntries(Object.entries(values).filter(([other]) => other !== name))
  const initial = (input: GraphQLArgument | GraphQLInputField): Value => {
    const column = columns.find((name) => name === input.name) ?? columns[0] ?? ''
    return isInputObjectType(getNullableType(input.type)) || isEnumType(getNamedType(input.type))
      ? isInputObjectType(getNullableType(input.type))
        ? { from: 'parts', parts: {} }
        : { from: 'static', value: null }
      : { from: 'column', column }
  }
  return (
    <ul className="tree">
      {inputs.map((input) => {
        const value = values[input.name]
        return (
          <li key={input.name}>
            <label className="check">
              <input
                type="checkbox"
                checked={Boolean(value)}
                onChange={(event) => onChange(event.target.checked ? { ...values, [input.name]: initial(input) } : without(input.name))}
              />
              <span>
                {input.name} <span className="typename">{String(input.type)}</span> {isRequired(input) && <span className="tag">required</span>}
              </span>
            </label>
            {value && (
              <ul>
                <li>
                  <ValueField label={input.name} type={input.type} value={value} onChange={(changed) => onChange({ ...values, [input.name]: changed })} columns={columns} path={`${path}.${input.name}`} errorAt={errorAt} />
                </li>
              </ul>
            )}
          </li>
        )
      })}
    </ul>
  )
}
