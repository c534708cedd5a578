// What the API page sends along: the role, and headers as lines `name: value`.
import type { Headers } from '../../api/call'

/** Lines to headers; a line that is none is an error that says which. */
export const readHeaders = (lines: string): { headers: Headers; error?: string } => {
  const headers: Headers = {}
  for (const [index, line] of lines.split('\n').entries()) {
    if (!line.trim()) continue
    const [, name, value] = /^\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*:\s*(.*?)\s*$/.exec(line) ?? []
    if (!name || value === undefined) return { headers, error: `Line ${index + 1} is not “name: value”.` }
    headers[name.toLowerCase()] = value
  }
  return { headers }
}
