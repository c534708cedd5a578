// Lines that were added and removed.
import type { Line } from '../lib/schemaDiff'

const mark = { added: '+ ', removed: '- ', same: '  ' }

export const Diff = ({ lines, label }: { lines: (Line | null)[]; label: string }) =>
  lines.length === 0 ? (
    <p className="notice">Nothing changes.</p>
  ) : (
    <div className="code" role="group" aria-label={label}>
      <pre tabIndex={0}>
        {lines.map((line, i) =>
          line ? (
            <span key={i} className={line.kind} style={{ display: 'block' }}>
              {mark[line.kind]}
              {line.text}
            </span>
          ) : (
            <span key={i} className="hint" style={{ display: 'block' }}>
              …
            </span>
          )
        )}
      </pre>
    </div>
  )
