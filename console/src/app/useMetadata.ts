// The metadata as a whole: what export_metadata gives, in parts that pages look for.
import { asText, isObject, member, type Json, type JsonObject } from '../api/json'
import { tableOf } from '../lib/commandSql'
import type { TableName } from '../lib/sql'
import { useLoad } from './useLoad'

export const list = (value: unknown): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : [])

export const useMetadata = () => useLoad('metadata', (api) => api.metadata('export_metadata'))

const source = (metadata: Json | undefined): JsonObject => list(member(metadata, 'sources'))[0] ?? {}

export const tableMetadata = (metadata: Json | undefined, table: TableName): JsonObject =>
  list(source(metadata).tables).find((entry) => {
    const { schema, name } = tableOf(entry.table)
    return schema === table.schema && name === table.name
  }) ?? {}

export const trackedFunctions = (metadata: Json | undefined): JsonObject[] => list(source(metadata).functions)

export const remoteSchemas = (metadata: Json | undefined): JsonObject[] => list(member(metadata, 'remote_schemas'))

export const remoteSchemaNames = (metadata: Json | undefined): string[] =>
  remoteSchemas(metadata).map((entry) => asText(entry.name))
