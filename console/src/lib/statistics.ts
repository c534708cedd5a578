// Counters of remote schemas, as a page shows them.

export type SchemaCounters = {
  remote_schema: string
  requests: number
  keys: number
  timeouts: number
  errors: number
  refused: number
  bytes_received: number
  total_time: number
  max_time: number
  time_histogram: number[] | null
  last_error: string | null
  down_since: string | null
  since: string
  shared: boolean
}

export type JoinCounters = { source: string; relationship: string; remote_schema: string | null; requests: number; keys: number; rows: number; total_time: number }

export const schemasSql = `SELECT coalesce(json_agg(x ORDER BY x.remote_schema), '[]') FROM (
  SELECT remote_schema, requests, keys, timeouts,
    connect_errors + tls_errors + broken + size_errors + status_errors + invalid + graphql_errors AS errors,
    refused, bytes_received, total_time, max_time, time_histogram, last_error, down_since, since, shared
  FROM remote_rel.stat_remote_schemas) AS x`

export const joinsSql = `SELECT coalesce(json_agg(x ORDER BY x.requests DESC), '[]') FROM (
  SELECT source, relationship, remote_schema, requests, keys, "rows", total_time FROM remote_rel.stat_relationships LIMIT 200) AS x`

/** The upper ends of the histogram's bars, in ms; the last bar has none. */
export const bounds = ['1', '2', '5', '10', '20', '50', '100', '200', '500', '1 s', '2 s', '5 s', '10 s', '…']

/** Heights of bars from 0 to 1. */
export const heights = (histogram: number[]): number[] => {
  const most = Math.max(...histogram, 1)
  return histogram.map((n) => n / most)
}
