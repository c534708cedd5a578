// Counters of remote schemas and relationships: tables, and a small chart of times.
import type { Json } from '../../api/json'
import { runSql } from '../../api/call'
import { useAction } from '../../app/useAction'
import { useLoad } from '../../app/useLoad'
import { bounds, heights, joinsSql, schemasSql, type JoinCounters, type SchemaCounters } from '../../lib/statistics'
import { ErrorBox } from '../../parts/ErrorBox'
import { SaysTheSame } from '../../parts/SaysTheSame'

const [width, height] = [8, 28]

/** How many requests took how long. The numbers stand in the title, and in the text for who does not see it. */
const Histogram = ({ name, counts }: { name: string; counts: number[] }) => {
  const text = counts.map((n, i) => (n > 0 ? `${n} up to ${bounds[i] ?? ''}${i < 9 ? ' ms' : ''}` : '')).filter(Boolean).join(', ')
  return (
    <svg width={counts.length * width} height={height} role="img" aria-label={`Times of ${name}: ${text || 'none'}`}>
      <title>{text}</title>
      {heights(counts).map((part, i) => (
        <rect key={i} x={i * width} width={width - 1} y={height - 1 - part * (height - 2)} height={part * (height - 2) + 1} fill="var(--strong)" />
      ))}
    </svg>
  )
}

const number = (n: number): string => Math.round(n).toLocaleString()

export const Statistics = () => {
  const loaded = useLoad('statistics', async (api) => {
    const [schemas, joins] = await Promise.all([api.sqlJson(schemasSql), api.sqlJson(joinsSql)])
    return { schemas: schemas as Json as unknown as SchemaCounters[], joins: joins as Json as unknown as JoinCounters[] }
  })
  const { act, busy, error } = useAction()
  if (loaded.error) return <ErrorBox error={loaded.error} onRetry={loaded.reload} />
  if (!loaded.value) return <p className="loading">Loading …</p>
  const { schemas, joins } = loaded.value
  return (
    <>
      <div className="row">
        <button onClick={loaded.reload}>Refresh</button>
        <button className="danger" disabled={busy} onClick={() => void act((api) => api.sql('SELECT remote_rel.stat_reset()', false))}>
          Set to zero
        </button>
      </div>
      {error && <ErrorBox error={error} />}
      {schemas.length === 0 && (
        <p className="empty">
          No counters. They are of all sessions where shared_preload_libraries has remote_rel, and from PostgreSQL 17 on; otherwise each session has its own, and this page has just begun one.
        </p>
      )}
      {schemas.length > 0 && (
        <div className="scroll">
          <table aria-label="Remote schemas">
            <thead>
              <tr>
                <th>Remote schema</th>
                <th className="number">Requests</th>
                <th className="number">Keys</th>
                <th className="number">Errors</th>
                <th className="number">Timeouts</th>
                <th className="number">ms on average</th>
                <th className="number">kB received</th>
                <th>Times</th>
                <th>State</th>
              </tr>
            </thead>
            <tbody>
              {schemas.map((one) => (
                <tr key={one.remote_schema}>
                  <td>{one.remote_schema}</td>
                  <td className="number">{number(one.requests)}</td>
                  <td className="number">{number(one.keys)}</td>
                  <td className="number">{number(one.errors)}</td>
                  <td className="number">{number(one.timeouts)}</td>
                  <td className="number">{one.requests > 0 ? (one.total_time / one.requests).toFixed(1) : '—'}</td>
                  <td className="number">{number(one.bytes_received / 1024)}</td>
                  <td>
                    <Histogram name={one.remote_schema} counts={one.time_histogram ?? []} />
                  </td>
                  <td>
                    <span className={one.down_since ? 'tag bad' : 'tag good'}>{one.down_since ? 'down' : 'up'}</span> {one.last_error && <span className="hint">{one.last_error}</span>}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {joins.length > 0 && (
        <div className="scroll" style={{ marginTop: '1rem' }}>
          <table aria-label="Relationships">
            <thead>
              <tr>
                <th>Relationship</th>
                <th>To</th>
                <th className="number">Requests</th>
                <th className="number">Keys</th>
                <th className="number">Rows</th>
                <th className="number">ms on average</th>
              </tr>
            </thead>
            <tbody>
              {joins.map((one) => (
                <tr key={`${one.source}.${one.relationship}`}>
                  <td>
                    {one.source}.{one.relationship}
                  </td>
                  <td>{one.remote_schema ?? 'a table'}</td>
                  <td className="number">{number(one.requests)}</td>
                  <td className="number">{number(one.keys)}</td>
                  <td className="number">{number(one.rows)}</td>
                  <td className="number">{one.requests > 0 ? (one.total_time / one.requests).toFixed(1) : '—'}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <SaysTheSame command={runSql(schemasSql, true)} />
    </>
  )
}
