// The tables of the database, thousands of them: only those in sight are drawn.
import { useVirtualizer } from '@tanstack/react-virtual'
import { useMemo, useRef, useState } from 'react'
import { Link } from 'wouter'
import { TextField } from '../../parts/fields'
import type { TableEntry } from './tablesSql'

const label = ({ schema, name }: TableEntry): string => (schema === 'public' ? name : `${schema}.${name}`)

export const tablePath = ({ schema, name }: { schema: string; name: string }): string =>
  `/data/table/${encodeURIComponent(schema)}/${encodeURIComponent(name)}`

export const TableList = ({ tables, current }: { tables: TableEntry[]; current: string }) => {
  const [filter, setFilter] = useState('')
  const scroller = useRef<HTMLDivElement>(null)
  const shown = useMemo(() => {
    const wanted = filter.toLowerCase()
    return tables.filter((table) => label(table).toLowerCase().includes(wanted))
  }, [tables, filter])
  const rows = useVirtualizer({ count: shown.length, getScrollElement: () => scroller.current, estimateSize: () => 28, overscan: 12 })

  return (
    <>
      <div style={{ padding: '.6rem .7rem 0' }}>
        <TextField label={`Tables (${shown.length})`} type="search" placeholder="filter" value={filter} onChange={setFilter} />
      </div>
      <div ref={scroller} style={{ overflow: 'auto', flex: 1, minHeight: '6rem' }}>
        <nav aria-label="Tables" style={{ height: rows.getTotalSize(), position: 'relative' }}>
          {rows.getVirtualItems().map(({ index, start, size }) => {
            const table = shown[index]!
            const path = tablePath(table)
            return (
              <Link
                key={path}
                href={path}
                className="list-item"
                aria-current={current === path || current.startsWith(`${path}/`) ? 'page' : undefined}
                style={{ position: 'absolute', top: 0, left: 0, right: 0, height: size, transform: `translateY(${start}px)` }}
              >
                <span>{label(table)}</span>
                {!table.exposed && <span className="tag" title="not among remote_rel.exposed_schemas">not served</span>}
              </Link>
            )
          })}
        </nav>
      </div>
    </>
  )
}
