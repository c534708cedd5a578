// The API's types with ticks for what a role sees. The types that it reaches come first.
import { getNamedType, isInputObjectType, isIntrospectionType, isRequiredArgument, isScalarType, type GraphQLNamedType, type GraphQLSchema } from 'graphql'
import { useMemo, useState } from 'react'
import { isFielded, keptMembers, membersOf, presetLiteral, reachedTypes, setPreset, setTick, type Part } from '../../lib/permission'
import { TextField } from '../../parts/fields'

/** Types that are drawn at once; of an API with more, one types a part of the name. */
const drawn = 250

type Common = { schema: GraphQLSchema; part: Part; onChange: (part: Part) => void }

const PresetField = ({ path, of, part, onChange }: { path: string; of: GraphQLNamedType; part: Part; onChange: (part: Part) => void }) => (
  <input
    aria-label={`Preset of ${path}`}
    placeholder="preset"
    size={14}
    defaultValue={part.presets.get(path)?.literal ?? ''}
    key={part.presets.get(path)?.literal ?? ''}
    spellCheck={false}
    onBlur={(event) => {
      const text = event.target.value.trim()
      onChange(setPreset(part, path, text ? { literal: presetLiteral(text, of), isStatic: part.presets.get(path)?.isStatic ?? false } : undefined))
    }}
  />
)

const Member = ({ type, name, kept, schema, part, onChange }: Common & { type: GraphQLNamedType; name: string; kept: boolean }) => {
  const path = `${type.name}.${name}`
  const field = isFielded(type) ? type.getFields()[name] : undefined
  const input = isInputObjectType(type) ? type.getFields()[name] : undefined
  return (
    <li>
      <label className="check">
        <input type="checkbox" aria-label={path} checked={kept} onChange={(event) => onChange(setTick(schema, part, path, event.target.checked))} />
        <span>
          {name} <span className="typename">{field ? String(field.type) : input ? String(input.type) : ''}</span>
        </span>
      </label>
      {input && kept && <PresetField path={path} of={getNamedType(input.type)} part={part} onChange={onChange} />}
      {field && kept && field.args.length > 0 && (
        <ul>
          {field.args.map((arg) => {
            const argument = `${path}.${arg.name}`
            return (
              <li key={arg.name} className="row">
                <label className="check">
                  <input
                    type="checkbox"
                    aria-label={argument}
                    checked={(part.ticks.has(argument) || isRequiredArgument(arg)) && !part.presets.has(argument)}
                    disabled={part.presets.has(argument) || isRequiredArgument(arg)}
                    onChange={(event) => onChange(setTick(schema, part, argument, event.target.checked))}
                  />
                  <span>
                    {arg.name} <span className="typename">{String(arg.type)}</span>
                  </span>
                </label>
                <PresetField path={argument} of={getNamedType(arg.type)} part={part} onChange={onChange} />
              </li>
            )
          })}
        </ul>
      )}
    </li>
  )
}

const TypeNode = ({ type, open, schema, part, onChange }: Common & { type: GraphQLNamedType; open: boolean }) => {
  const [shown, setShown] = useState(open)
  const members = membersOf(type)
  const kept = new Set(keptMembers(type, part))
  return (
    <li>
      <button type="button" className="small" aria-expanded={shown} onClick={() => setShown(!shown)}>
        {shown ? '▾' : '▸'} {type.name}
      </button>{' '}
      <span className="hint">
        {kept.size} of {members.length}
      </span>
      {shown && (
        <ul>
          {members.map((name) => (
            <Member key={name} type={type} name={name} kept={kept.has(name)} schema={schema} part={part} onChange={onChange} />
          ))}
        </ul>
      )}
    </li>
  )
}

export const PermissionTree = ({ schema, part, onChange }: Common) => {
  const [filter, setFilter] = useState('')
  const [all, setAll] = useState(false)
  const roots = [schema.getQueryType(), schema.getMutationType()].filter((type) => type != null)
  const reached = useMemo(() => reachedTypes(schema, part), [schema, part])
  const types = useMemo(() => {
    const others = Object.values(schema.getTypeMap()).filter((type) => !isIntrospectionType(type) && !isScalarType(type) && !roots.some((root) => root === type))
    const wanted = filter.toLowerCase()
    return [...others.filter((type) => reached.has(type)), ...(all || filter ? others.filter((type) => !reached.has(type)) : [])].filter((type) =>
      type.name.toLowerCase().includes(wanted)
    )
  }, [schema, reached, filter, all])

  return (
    <div>
      <TextField label="Types" type="search" placeholder="a part of the name" value={filter} onChange={setFilter} />
      <label className="check">
        <input type="checkbox" checked={all} onChange={(event) => setAll(event.target.checked)} />
        <span>also those that nothing leads to</span>
      </label>
      <ul className="tree" aria-label="What the role sees">
        {!filter && roots.map((type) => <TypeNode key={type.name} type={type} open schema={schema} part={part} onChange={onChange} />)}
        {types.slice(0, drawn).map((type) => (
          <TypeNode key={type.name} type={type} open={false} schema={schema} part={part} onChange={onChange} />
        ))}
      </ul>
      {types.length > drawn && <p className="hint">{types.length - drawn} more: type a part of the name.</p>}
    </div>
  )
}
