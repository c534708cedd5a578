// Texts as SQL. Names that need no quotes get none.

/** Words that PostgreSQL reserves, of which names may not be made without quotes. */
const reserved = new Set(
  (
    'all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate collation column concurrently ' +
    'constraint create cross current_catalog current_date current_role current_schema current_time current_timestamp current_user default ' +
    'deferrable desc distinct do else end except false fetch for foreign freeze from full grant group having ilike in initially inner ' +
    'intersect into is isnull join lateral leading left like limit localtime localtimestamp natural not notnull null offset on only or ' +
    'order outer overlaps placing primary references returning right select session_user similar some symmetric system_user table ' +
    'tablesample then to trailing true union unique user using values variadic verbose when where window with between bigint bit boolean ' +
    'char character coalesce dec decimal exists extract float greatest grouping inout int integer interval least national nchar none ' +
    'normalize nullif numeric out overlay position precision real row setof smallint substring time timestamp treat trim varchar xmlexists'
  ).split(' ')
)

export const identifier = (name: string): string =>
  /^[a-z_][a-z0-9_$]*$/.test(name) && !reserved.has(name) ? name : `"${name.replaceAll('"', '""')}"`

/** A string constant that every setting of standard_conforming_strings reads alike. */
export const literal = (text: string): string => {
  const quoted = text.replaceAll("'", "''")
  return text.includes('\\') ? `E'${quoted.replaceAll('\\', '\\\\')}'` : `'${quoted}'`
}

export const jsonLiteral = (value: unknown): string => literal(JSON.stringify(value))

export type TableName = { schema: string; name: string }

export const qualified = ({ schema, name }: TableName): string => `${identifier(schema)}.${identifier(name)}`

/** A table as an argument of type regclass. */
export const regclass = (table: TableName): string => literal(qualified(table))
