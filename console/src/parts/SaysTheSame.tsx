// The SQL and the JSON that do what the page does, to copy.
import { useState } from 'react'
import type { Command } from '../api/call'
import { pretty } from '../api/json'
import { commandSql } from '../lib/commandSql'

export const Code = ({ title, text }: { title: string; text: string }) => {
  const [copied, setCopied] = useState(false)
  return (
    <div className="code" role="group" aria-label={title}>
      <header>
        <span>{title}</span>
        <button
          type="button"
          className="small"
          onClick={() => {
            void navigator.clipboard.writeText(text).then(() => setCopied(true))
          }}
        >
          {copied ? 'Copied' : 'Copy'}
        </button>
      </header>
      <pre tabIndex={0}>{text}</pre>
    </div>
  )
}

export const SaysTheSame = ({ command, open = false }: { command: Command; open?: boolean }) => (
  <details className="same" open={open}>
    <summary>The same in SQL and JSON</summary>
    <Code title="SQL" text={command.type === 'run_sql' ? sqlOf(command) : commandSql(command)} />
    <Code title={command.type === 'run_sql' ? 'JSON for /v2/query' : 'JSON for /v1/metadata'} text={pretty(command)} />
  </details>
)

const sqlOf = (command: Command): string =>
  typeof command.args === 'object' && command.args !== null && 'sql' in command.args ? String(command.args.sql) : ''
