// Form fields with their label, their hint, and the error that concerns them.
import { useId, type ReactNode } from 'react'

type Around = { label: string; hint?: ReactNode; error?: string | undefined }

/** What stands around every control; gives it its ids. */
const Labelled = ({
  label,
  hint,
  error,
  children
}: Around & { children: (ids: { id: string; describedBy: string | undefined }) => ReactNode }) => {
  const id = useId()
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ')
  return (
    <div className={error ? 'field wrong' : 'field'}>
      <label htmlFor={id}>{label}</label>
      {children({ id, describedBy: described || undefined })}
      {hint && (
        <small id={`${id}-hint`} className="hint">
          {hint}
        </small>
      )}
      {error && (
        <small id={`${id}-error`} role="alert" className="error">
          {error}
        </small>
      )}
    </div>
  )
}

type TextProps = Around & {
  value: string
  onChange: (value: string) => void
  type?: 'text' | 'password' | 'number' | 'search'
  placeholder?: string
  autoFocus?: boolean
  required?: boolean
  readOnly?: boolean
  /** names to choose from; others may be typed */
  suggestions?: string[] | undefined
}

export const TextField = ({ value, onChange, type = 'text', placeholder, autoFocus, required, readOnly, suggestions, ...around }: TextProps) => (
  <Labelled {...around}>
    {({ id, describedBy }) => (
      <>
        <input
          id={id}
          type={type}
          value={value}
          placeholder={placeholder}
          autoFocus={autoFocus}
          required={required}
          readOnly={readOnly}
          spellCheck={false}
          autoComplete="off"
          list={suggestions && `${id}-list`}
          aria-describedby={describedBy}
          aria-invalid={around.error ? true : undefined}
          onChange={(event) => onChange(event.target.value)}
        />
        {suggestions && (
          <datalist id={`${id}-list`}>
            {suggestions.map((name) => (
              <option key={name} value={name} />
            ))}
          </datalist>
        )}
      </>
    )}
  </Labelled>
)

export const TextArea = ({
  value,
  onChange,
  rows = 3,
  placeholder,
  ...around
}: Around & { value: string; onChange: (value: string) => void; rows?: number; placeholder?: string }) => (
  <Labelled {...around}>
    {({ id, describedBy }) => (
      <textarea
        id={id}
        rows={rows}
        value={value}
        placeholder={placeholder}
        spellCheck={false}
        aria-describedby={describedBy}
        aria-invalid={around.error ? true : undefined}
        onChange={(event) => onChange(event.target.value)}
      />
    )}
  </Labelled>
)

export type Option = { value: string; label?: string }

export const Select = ({
  value,
  onChange,
  options,
  empty,
  ...around
}: Around & { value: string; onChange: (value: string) => void; options: Option[]; empty?: string }) => (
  <Labelled {...around}>
    {({ id, describedBy }) => (
      <select
        id={id}
        value={value}
        aria-describedby={describedBy}
        aria-invalid={around.error ? true : undefined}
        onChange={(event) => onChange(event.target.value)}
      >
        {empty !== undefined && <option value="">{empty}</option>}
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label ?? option.value}
          </option>
        ))}
      </select>
    )}
  </Labelled>
)

export const Check = ({
  label,
  checked,
  onChange,
  hint
}: {
  label: string
  checked: boolean
  onChange: (checked: boolean) => void
  hint?: string
}) => (
  <div className="field">
    <label className="check">
      <input type="checkbox" checked={checked} onChange={(event) => onChange(event.target.checked)} />
      <span>{label}</span>
    </label>
    {hint && <small className="hint">{hint}</small>}
  </div>
)
