// Which field of a remote schema's form an error concerns.
import type { ApiError } from '../../api/errors'
import { errorPath } from '../../lib/errorPath'
import type { RemoteForm } from '../../lib/remoteDefinition'

const base = '$.args.definition.'
const keys = [
  'customization.root_fields_namespace',
  'customization.type_names.prefix',
  'customization.type_names.suffix',
  'customization.type_names.mapping',
  'customization',
  'headers',
  'timeout_seconds',
  'url'
]

/** "name", a key of the definition, or "" for the form as a whole. */
export const placeOfError = (error: ApiError | undefined, form: RemoteForm): string => {
  if (!error) return ''
  const path = errorPath(error)
  if (path.startsWith('$.args.name') || error.code === 'already-exists' || /^the name of/.test(error.message)) return 'name'
  const key = keys.find((one) => path.startsWith(base + one))
  if (key) return key
  if (error.code === 'remote-schema-error' || /environment variable/.test(error.message)) return 'url'

  // names that meet or are none: told at what would keep them apart, or makes them
  if (/"root_fields_namespace"/.test(error.detail)) return 'customization.root_fields_namespace'
  if (/"type_names"/.test(error.detail)) return 'customization.type_names.prefix'
  if (/would be called/.test(error.detail)) {
    const { prefix, suffix } = form.customization
    return `customization.type_names.${prefix ? 'prefix' : suffix ? 'suffix' : 'mapping'}`
  }
  return ''
}
