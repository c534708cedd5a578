// How the document in the editor would be answered, as a tree; after a run, with what it took.
import { useEditorContext } from '@graphiql/react'
import { useState } from 'react'
import type { Api, Headers } from '../../api/call'
import { asApiError, type ApiError } from '../../api/errors'
import { explainTree, type Node } from '../../lib/explain'
import { ErrorBox } from '../../parts/ErrorBox'
import { explain, run, type Call, type Run } from './explainCall'

type Props = { api: Api; role: string; headers: Headers }

const Branch = ({ node, taken }: { node: Node; taken: Run | undefined }) => {
  const used = node.step && taken?.of(node.step)
  return (
    <details open>
      <summary>
        <strong>{node.title}</strong>
        {used && ` — ${used}`}
      </summary>
      {node.facts.length > 0 && (
        <dl>
          {node.facts.map(([name, value]) => (
            <div key={name} style={{ display: 'contents' }}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
      <pre>{node.text}</pre>
      {node.below.map((below, i) => (
        <Branch key={i} node={below} taken={taken} />
      ))}
    </details>
  )
}

const Panel = ({ api, role, headers }: Props) => {
  const { queryEditor, variableEditor, headerEditor } = useEditorContext({ nonNull: true })
  const [shown, setShown] = useState<{ nodes: Node[]; taken?: Run } | undefined>()
  const [error, setError] = useState<ApiError | undefined>()
  const [busy, setBusy] = useState(false)

  const show = async (also: 'run' | 'explain') => {
    setBusy(true)
    setError(undefined)
    try {
      const call: Call = {
        query: queryEditor?.getValue() ?? '',
        variables: variableEditor?.getValue() ?? '',
        moreHeaders: headerEditor?.getValue() ?? '',
        operationName: queryEditor?.operationName ?? null,
        role,
        headers
      }
      const nodes = explainTree(await explain(api, call))
      setShown(also === 'run' ? { nodes, taken: await run(api, call) } : { nodes })
    } catch (thrown) {
      setShown(undefined)
      setError(asApiError(thrown))
    } finally {
      setBusy(false)
    }
  }

  return (
    <section className="explain" aria-label="Explain">
      <h2>Explain</h2>
      <p className="hint">The SQL statements and remote documents of the operation in the editor. It takes the administrator.</p>
      <div className="row">
        <button className="primary" disabled={busy} onClick={() => void show('explain')}>
          Explain operation
        </button>
        <button disabled={busy} onClick={() => void show('run')}>
          Run and count
        </button>
      </div>
      <div aria-live="polite">
        {error && <ErrorBox error={error} />}
        {shown?.taken && <p className="notice">{shown.taken.summary}</p>}
        {shown?.nodes.map((node, i) => <Branch key={i} node={node} taken={shown.taken} />)}
        {shown?.nodes.length === 0 && <p className="empty">Nothing is asked: no statement, no request.</p>}
      </div>
    </section>
  )
}

const Icon = () => (
  <svg viewBox="0 0 20 20" fill="none" stroke="currentColor" strokeWidth="1.5" aria-hidden="true">
    <path d="M4 3v11h5M4 7h5M12 7h5M12 14h5" />
  </svg>
)

export const explainPlugin = (props: Props) => ({
  title: 'Explain',
  icon: Icon,
  content: () => <Panel {...props} />
})
