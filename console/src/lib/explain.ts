// What graphql_explain() gives, as a tree: statements, below them the remote steps that their rows feed.
import { parse, print } from 'graphql'

export type Statement = {
  field: string
  sql: string
  parameters: Record<string, unknown>[]
}
export type RemoteStep = {
  step: number
  after?: number
  remote_schema?: string
  source?: string
  relationship?: string
  batch?: string
  batch_size?: number
  document?: string
  sql?: string
}
export type Explained = { statements?: Statement[]; remote?: RemoteStep[]; errors?: { message: string }[] }

export type Node = { title: string; facts: [string, string][]; text: string; below: Node[]; step?: RemoteStep }

/** What the ways of batching mean. */
export const batchMeaning: Record<string, string> = {
  aliases: 'the field once for each key, under aliases',
  list: 'one field takes all keys; each result tells its key',
  position: 'one field takes all keys; results come in their order'
}

const readable = (document: string): string => {
  try {
    return print(parse(document))
  } catch {
    return document
  }
}

const stepNode = (step: RemoteStep, all: RemoteStep[]): Node => ({
  title: step.relationship ? `${step.source ?? ''}.${step.relationship} ← ${step.remote_schema ?? 'a table'}` : `Fields of ${step.remote_schema ?? ''}`,
  facts: [
    ...(step.batch ? [['batching', `${step.batch}: ${batchMeaning[step.batch] ?? ''}`] as [string, string]] : []),
    ...(step.batch_size ? [['keys in a request', `up to ${step.batch_size}`] as [string, string]] : [])
  ],
  text: step.document ? readable(step.document) : (step.sql ?? ''),
  below: all.filter((other) => other.after === step.step).map((other) => stepNode(other, all)),
  step
})

/** The steps whose keys come from rows of this statement. */
const holes = (sql: string): Set<number> =>
  new Set([...sql.matchAll(/\bjoin_(?:hole|value)\((\d+)/g)].map((match) => Number(match[1])))

const parameterText = (parameter: Record<string, unknown>): string => {
  if (parameter.run) return 'which request'
  if (parameter.session_variables) return 'the session variables'
  return JSON.stringify(parameter.value ?? null)
}

export const explainTree = ({ statements = [], remote = [] }: Explained): Node[] => {
  const placed = new Set<number>()
  const nodes = statements.map((statement): Node => {
    const fed = holes(statement.sql)
    const steps = remote.filter((step) => fed.has(step.step) && step.after === undefined)
    steps.forEach((step) => placed.add(step.step))
    return {
      title: `${statement.field}: SQL`,
      facts: (statement.parameters ?? []).map((parameter, i) => [`$${i + 1} ${String(parameter.type ?? '')}`, parameterText(parameter)]),
      text: statement.sql,
      below: steps.map((step) => stepNode(step, remote))
    }
  })
  const rest = remote.filter((step) => step.after === undefined && !placed.has(step.step))
  return [...nodes, ...rest.map((step) => stepNode(step, remote))]
}

export const isExplained = (value: unknown): value is Explained => typeof value === 'object' && value !== null
