// Which roles may do what: privileges and policies.
import type { Access, TableDetails } from './tablesSql'

const commands: Record<string, string> = { r: 'SELECT', a: 'INSERT', w: 'UPDATE', d: 'DELETE', '*': 'all' }

const some = (names: string[], all: number): string => (names.length === 0 ? '—' : names.length === all ? 'all columns' : names.join(', '))

const Row = ({ access, columns }: { access: Access; columns: number }) => (
  <tr>
    <td>
      <code>{access.role}</code>
    </td>
    <td>{some(access.select, columns)}</td>
    <td>{access.insert ? 'yes' : '—'}</td>
    <td>{some(access.update, columns)}</td>
    <td>{access.delete ? 'yes' : '—'}</td>
  </tr>
)

export const AccessView = ({ details }: { details: TableDetails }) => (
  <>
    <p className="hint">
      PostgreSQL’s privileges and policies are the permissions. Superusers see everything and are not listed. Row level security is{' '}
      {details.rowSecurity ? 'on' : 'off'}.
    </p>
    <div className="scroll">
      <table>
        <thead>
          <tr>
            <th>Role</th>
            <th>Selects</th>
            <th>Inserts</th>
            <th>Updates</th>
            <th>Deletes</th>
          </tr>
        </thead>
        <tbody>
          {details.access.map((access) => (
            <Row key={access.role} access={access} columns={details.columns.length} />
          ))}
        </tbody>
      </table>
    </div>
    {details.access.length === 0 && <p className="empty">No role but superusers.</p>}
    <h2 style={{ marginTop: '1rem' }}>Policies</h2>
    {details.policies.length === 0 && <p className="empty">None.</p>}
    {details.policies.map((policy) => (
      <div key={policy.name} className="card">
        <strong>{policy.name}</strong> for {commands[policy.command] ?? policy.command}, to {policy.roles.join(', ')}
        {policy.using && <pre>rows: {policy.using}</pre>}
        {policy.check && <pre>new rows: {policy.check}</pre>}
      </div>
    ))}
  </>
)
