// Metadata that cannot be served, with the reason and what helps; and what doctor() says of the rest.
import { asText, pretty, type JsonObject } from '../../api/json'
import { runSql, type Command } from '../../api/call'
import { useAction } from '../../app/useAction'
import { useLoad } from '../../app/useLoad'
import { list } from '../../app/useMetadata'
import { member } from '../../api/json'
import { ErrorBox } from '../../parts/ErrorBox'
import { SaysTheSame } from '../../parts/SaysTheSame'
import { remedyOf } from '../../lib/remedy'

const doctorSql = `SELECT coalesce(json_agg(d), '[]') FROM remote_rel.doctor(false) AS d`

const reload: Command = { type: 'reload_metadata', args: { reload_remote_schemas: true } }
const drop: Command = { type: 'drop_inconsistent_metadata', args: {} }

const Item = ({ item }: { item: JsonObject }) => (
  <div className="card">
    <strong>{asText(item.name)}</strong> <span className="tag bad">{asText(item.type)}</span>
    <p className="error">{asText(item.reason)}</p>
    <p>
      <strong>Remedy:</strong> {remedyOf(asText(item.type))}
    </p>
    <details>
      <summary>Its definition</summary>
      <pre>{pretty(item.definition)}</pre>
    </details>
  </div>
)

export const Inconsistent = () => {
  const found = useLoad('inconsistent', (api) => api.metadata('get_inconsistent_metadata'))
  const doctor = useLoad('doctor', (api) => api.sqlJson(doctorSql, false))
  const { command, busy, error } = useAction()
  const items = list(member(found.value, 'inconsistent_objects'))

  if (found.error) return <ErrorBox error={found.error} onRetry={found.reload} />
  return (
    <>
      <div className="row" style={{ marginBottom: '.8rem' }}>
        <button disabled={busy} onClick={() => void command(reload)}>
          Reload metadata and remote schemas
        </button>
        {items.length > 0 && (
          <button className="danger" disabled={busy} onClick={() => void command(drop)}>
            Drop all that is inconsistent
          </button>
        )}
      </div>
      {error && <ErrorBox error={error} />}
      <h2>Inconsistent metadata</h2>
      {found.value !== undefined && items.length === 0 && <p className="notice">Everything can be served.</p>}
      {items.map((item, i) => (
        <Item key={i} item={item} />
      ))}
      <SaysTheSame command={items.length > 0 ? drop : { type: 'get_inconsistent_metadata', args: {} }} />

      <h2 style={{ marginTop: '1.2rem' }}>Wrong or risky</h2>
      {doctor.error && <ErrorBox error={doctor.error} />}
      {doctor.value !== undefined && list(doctor.value).length === 0 && <p className="notice">Nothing.</p>}
      {list(doctor.value).length > 0 && (
        <div className="scroll">
          <table>
            <thead>
              <tr>
                <th>Of</th>
                <th>Problem</th>
                <th>Remedy</th>
              </tr>
            </thead>
            <tbody>
              {list(doctor.value).map((row, i) => (
                <tr key={i}>
                  <td>
                    <span className={row.severity === 'error' ? 'tag bad' : 'tag'}>{asText(row.severity)}</span> {asText(row.what)} <code>{asText(row.object)}</code>
                  </td>
                  <td>{asText(row.problem)}</td>
                  <td>{asText(row.remedy)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <SaysTheSame command={runSql(doctorSql)} />
    </>
  )
}
