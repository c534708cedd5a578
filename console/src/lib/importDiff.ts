// What an import would change: two exports, line by line.
import { isObject, type Json } from '../api/json'

/** JSON with sorted keys, so that equal metadata are equal texts. */
export const sorted = (value: Json): Json => {
  if (Array.isArray(value)) return value.map(sorted)
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key] ?? null)])
  )
}

export const metadataText = (value: Json): string => JSON.stringify(sorted(value), null, 2)

/** The metadata in a file: an export, or one that the API's version 2 wraps. */
export const metadataOf = (value: Json): Json => (isObject(value) && isObject(value.metadata) && !('version' in value) ? value.metadata : value)
