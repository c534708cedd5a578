// What changed between two texts or two schemas, for people.
import { diffLines } from 'diff'
import { findBreakingChanges, findDangerousChanges, lexicographicSortSchema, printSchema, type GraphQLSchema } from 'graphql'

export type Line = { kind: 'same' | 'added' | 'removed'; text: string }

/** The lines that differ, each with up to `around` lines before and after; null stands for lines left out. */
export const changedLines = (before: string, after: string, around = 3): (Line | null)[] => {
  const changes = diffLines(before, after, { maxEditLength: 4000 }) ?? [
    // too much differs: all of the one, then all of the other
    { value: before, removed: true, added: false, count: 0 },
    { value: after, removed: false, added: true, count: 0 }
  ]
  const lines = changes.flatMap(({ value, added, removed }) =>
    value
      .replace(/\n$/, '')
      .split('\n')
      .map((text): Line => ({ kind: added ? 'added' : removed ? 'removed' : 'same', text }))
  )
  const near = new Set<number>()
  lines.forEach(({ kind }, i) => {
    if (kind !== 'same') for (let j = i - around; j <= i + around; j++) near.add(j)
  })
  const shown: (Line | null)[] = []
  lines.forEach((line, i) => {
    if (near.has(i)) shown.push(line)
    else if (shown.length > 0 && shown.at(-1) !== null) shown.push(null)
  })
  if (shown.at(-1) === null) shown.pop()
  return shown
}

export const schemaText = (schema: GraphQLSchema): string => printSchema(lexicographicSortSchema(schema))

export type SchemaChange = { lines: (Line | null)[]; breaking: string[]; dangerous: string[] }

export const schemaChange = (before: GraphQLSchema, after: GraphQLSchema): SchemaChange => ({
  lines: changedLines(schemaText(before), schemaText(after)),
  breaking: findBreakingChanges(before, after).map((change) => change.description),
  dangerous: findDangerousChanges(before, after).map((change) => change.description)
})
