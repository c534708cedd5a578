// Columns and foreign keys.
import type { TableDetails } from './tablesSql'

export const ColumnsView = ({ details }: { details: TableDetails }) => (
  <>
    {details.comment && <p>{details.comment}</p>}
    <p className="hint">About {details.rows.toLocaleString()} rows, by the last ANALYZE.</p>
    <div className="scroll">
      <table>
        <thead>
          <tr>
            <th>Column</th>
            <th>Type</th>
            <th>Null</th>
            <th>Default</th>
            <th>Comment</th>
          </tr>
        </thead>
        <tbody>
          {details.columns.map((column) => (
            <tr key={column.name}>
              <td>
                <code>{column.name}</code> {column.key && <span className="tag">key</span>}
              </td>
              <td>{column.type}</td>
              <td>{column.notNull ? 'no' : 'yes'}</td>
              <td>{column.default && <code>{column.default}</code>}</td>
              <td>{column.comment}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
    <h2 style={{ marginTop: '1rem' }}>Foreign keys</h2>
    {details.foreignKeys.length === 0 && <p className="empty">None.</p>}
    {details.foreignKeys.map((key) => (
      <p key={key.name + key.from}>
        <code>
          {key.from} ({key.columns.join(', ')}) → {key.to} ({key.targets.join(', ')})
        </code>{' '}
        <span className="tag">{key.name}</span>
      </p>
    ))}
  </>
)
