// A remote schema's definition, as the form has it and as the API has it. Keys that the form does not know are kept.
import { asText, isObject, member, type Json, type JsonObject } from '../api/json'

export type Header = { name: string; from: 'value' | 'environment'; value: string }
export type Customization = { namespace: string; prefix: string; suffix: string; mapping: string; rest: JsonObject }
export type RemoteForm = {
  from: 'url' | 'environment'
  url: string
  headers: Header[]
  forward: boolean
  timeout: string
  customization: Customization
  rest: JsonObject
}

const mappingLines = (mapping: unknown): string =>
  isObject(mapping)
    ? Object.entries(mapping)
        .map(([from, to]) => `${from}: ${asText(to)}`)
        .join('\n')
    : ''

/** Lines "from: to". A line that is none is left out; `wrongLine` says so. */
const readMapping = (lines: string): JsonObject =>
  Object.fromEntries(
    lines
      .split('\n')
      .map((line) => line.split(':').map((part) => part.trim()))
      .filter(([from, to]) => from && to)
      .map(([from = '', to = '']) => [from, to])
  )

export const wrongLine = (lines: string): string | undefined => {
  const index = lines.split('\n').findIndex((line) => line.trim() && !/^\s*\w+\s*:\s*\w+\s*$/.test(line))
  return index < 0 ? undefined : `Line ${index + 1} is not “name: new name”.`
}

const without = (object: unknown, names: string[]): JsonObject =>
  isObject(object) ? Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name))) : {}

export const readDefinition = (definition: unknown): RemoteForm => {
  const url = asText(member(definition, 'url'))
  const headers = member(definition, 'headers')
  const customization = member(definition, 'customization')
  const names = member(customization, 'type_names')
  const timeout = member(definition, 'timeout_seconds')
  return {
    from: url || !isObject(definition) || !definition.url_from_env ? 'url' : 'environment',
    url: url || asText(member(definition, 'url_from_env')),
    headers: (Array.isArray(headers) ? headers : []).map((header) => {
      const environment = asText(member(header, 'value_from_env'))
      return { name: asText(member(header, 'name')), from: environment ? 'environment' : 'value', value: environment || asText(member(header, 'value')) }
    }),
    forward: member(definition, 'forward_client_headers') === true,
    timeout: typeof timeout === 'number' ? String(timeout) : '',
    customization: {
      namespace: asText(member(customization, 'root_fields_namespace')),
      prefix: asText(member(names, 'prefix')),
      suffix: asText(member(names, 'suffix')),
      mapping: mappingLines(member(names, 'mapping')),
      rest: without(customization, ['root_fields_namespace', 'type_names'])
    },
    rest: without(definition, ['url', 'url_from_env', 'headers', 'forward_client_headers', 'timeout_seconds', 'customization'])
  }
}

export const customizationOf = ({ namespace, prefix, suffix, mapping, rest }: Customization): JsonObject => {
  const mapped = readMapping(mapping)
  const names: JsonObject = {
    ...(prefix && { prefix }),
    ...(suffix && { suffix }),
    ...(Object.keys(mapped).length > 0 && { mapping: mapped })
  }
  return {
    ...(namespace && { root_fields_namespace: namespace }),
    ...(Object.keys(names).length > 0 && { type_names: names }),
    ...rest
  }
}

export const writeDefinition = (form: RemoteForm): JsonObject => {
  const customization = customizationOf(form.customization)
  const headers = form.headers
    .filter(({ name }) => name)
    .map(({ name, from, value }): Json => (from === 'environment' ? { name, value_from_env: value } : { name, value }))
  return {
    ...(form.from === 'url' ? { url: form.url } : { url_from_env: form.url }),
    ...(headers.length > 0 && { headers }),
    ...(form.forward && { forward_client_headers: true }),
    ...(form.timeout && { timeout_seconds: Number.isFinite(Number(form.timeout)) ? Number(form.timeout) : form.timeout }),
    ...(Object.keys(customization).length > 0 && { customization }),
    ...form.rest
  }
}
