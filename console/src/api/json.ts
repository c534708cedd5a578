// JSON, as the API speaks it.
export type Json = null | boolean | number | string | Json[] | JsonObject
export interface JsonObject {
  [key: string]: Json
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The member of an object, or nothing where the value is no object or lacks it. */
export const member = (value: unknown, name: string): Json | undefined => (isObject(value) ? value[name] : undefined)

export const asText = (value: unknown): string => (typeof value === 'string' ? value : '')

export const pretty = (value: unknown): string => JSON.stringify(value, null, 2)
