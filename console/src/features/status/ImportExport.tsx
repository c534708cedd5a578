// The metadata as a whole: export, and import after a look at what it changes.
import { useState } from 'react'
import type { Api, Command } from '../../api/call'
import { ApiError } from '../../api/errors'
import { isObject, member, pretty, type Json } from '../../api/json'
import { useAction } from '../../app/useAction'
import { useMetadata } from '../../app/useMetadata'
import { metadataOf, metadataText } from '../../lib/importDiff'
import { changedLines, type Line } from '../../lib/schemaDiff'
import { Diff } from '../../parts/Diff'
import { ErrorBox } from '../../parts/ErrorBox'
import { Check, TextArea } from '../../parts/fields'
import { Code, SaysTheSame } from '../../parts/SaysTheSame'

const parsed = (text: string): { value?: Json; wrong?: string } => {
  if (!text.trim()) return {}
  try {
    const value = JSON.parse(text) as Json
    return isObject(value) ? { value: metadataOf(value) } : { wrong: 'The metadata are an object.' }
  } catch (error) {
    return { wrong: `This is not JSON: ${error instanceof Error ? error.message : String(error)}` }
  }
}

const download = (text: string): void => {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([text], { type: 'application/json' }))
  link.download = 'metadata.json'
  link.click()
  URL.revokeObjectURL(link.href)
}

export const ImportExport = () => {
  const metadata = useMetadata()
  const { act, busy, error, setError } = useAction()
  const [text, setText] = useState('')
  const [lenient, setLenient] = useState(false)
  const [lines, setLines] = useState<(Line | null)[] | undefined>()
  const [answer, setAnswer] = useState<Json | undefined>()
  const { value, wrong } = parsed(text)
  const replace: Command = {
    type: 'replace_metadata',
    args: lenient ? { version: 2, metadata: value ?? {}, allow_inconsistent_metadata: true } : (value ?? {})
  }
  const change = (to: string) => {
    setText(to)
    setLines(undefined)
    setAnswer(undefined)
    setError(undefined)
  }
  /** What an export would be afterwards beside what it is: so the form of the file does not matter, and what does not fit is told. */
  const compare = async (api: Api) => {
    const dry = await api.metadata('replace_metadata', { dry_run: true, metadata: value ?? {}, allow_inconsistent_metadata: lenient })
    const now = await api.metadata('export_metadata')
    return changedLines(metadataText(now), metadataText(member(dry, 'metadata') ?? null))
  }

  if (metadata.error) return <ErrorBox error={metadata.error} onRetry={metadata.reload} />
  const exported = metadata.value === undefined ? '' : pretty(metadata.value)
  return (
    <div className="columns">
      <section aria-label="Export">
        <h2>Export</h2>
        <p className="hint">Values of headers are in it as they were given.</p>
        <button onClick={() => download(exported)}>Save as a file</button>
        <div style={{ marginTop: '.6rem' }}>
          <Code title="metadata.json" text={exported} />
        </div>
        <SaysTheSame command={{ type: 'export_metadata', args: {} }} />
      </section>
      <form
        aria-label="Import"
        onSubmit={(event) => {
          event.preventDefault()
          void act((api) => api.command(replace)).then((given) => {
            setAnswer(given)
            setLines(undefined)
          })
        }}
      >
        <h2>Import</h2>
        <div className="field">
          <label htmlFor="file">From a file</label>
          <input
            id="file"
            type="file"
            accept=".json,application/json"
            onChange={(event) => {
              const file = event.target.files?.[0]
              if (file) void file.text().then(change, () => setError(new ApiError('The file cannot be read.', 'unexpected')))
            }}
          />
        </div>
        <TextArea label="Metadata to import" rows={12} value={text} onChange={change} error={wrong ?? error?.whole} hint="An export of this program, or of Hasura (version 1, 2 or 3). It replaces everything, or changes nothing." />
        <Check label="Keep what does not fit, as inconsistent" checked={lenient} onChange={(checked) => (setLenient(checked), setLines(undefined))} />
        <div className="row">
          <button type="button" disabled={busy || value === undefined} onClick={() => void act(compare, false).then(setLines)}>
            Show what changes
          </button>
          <button className="primary" disabled={busy || value === undefined || lines === undefined}>
            Replace the metadata
          </button>
        </div>
        <div aria-live="polite" style={{ marginTop: '.6rem' }}>
          {lines && <Diff lines={lines} label="What the import changes" />}
          {answer !== undefined && (
            <>
              <p className="notice">Replaced.</p>
              <Code title="Answer" text={pretty(answer)} />
            </>
          )}
        </div>
        {value !== undefined && <SaysTheSame command={replace} />}
      </form>
    </div>
  )
}
