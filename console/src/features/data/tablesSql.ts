// What PostgreSQL's catalogs say about tables, as SQL that gives one JSON value.
import { regclass, type TableName } from '../../lib/sql'

export type TableEntry = { schema: string; name: string; kind: string; exposed: boolean }

export const tablesSql = `SELECT coalesce(json_agg(json_build_object('schema', n.nspname, 'name', c.relname, 'kind', c.relkind,
    'exposed', n.nspname = ANY (string_to_array(regexp_replace(coalesce(current_setting('remote_rel.exposed_schemas', true), 'public'), '[\\s"]', '', 'g'), ',')))
  ORDER BY n.nspname, c.relname), '[]')
FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
  AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'remote_rel')`

export type Column = { name: string; type: string; notNull: boolean; default: string | null; key: boolean; comment: string | null }
export type ForeignKey = { name: string; from: string; columns: string[]; to: string; targets: string[] }
export type Access = { role: string; select: string[]; insert: boolean; update: string[]; delete: boolean }
export type Policy = { name: string; roles: string[]; command: string; using: string | null; check: string | null }
export type TableDetails = {
  comment: string | null
  rows: number
  columns: Column[]
  foreignKeys: ForeignKey[]
  access: Access[]
  policies: Policy[]
  rowSecurity: boolean
}

export const tableSql = (table: TableName): string => `WITH t AS (SELECT c.* FROM pg_catalog.pg_class AS c WHERE c.oid = ${regclass(table)}::regclass),
a AS (SELECT a.* FROM pg_catalog.pg_attribute AS a, t WHERE a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped),
r AS (SELECT r.oid, r.rolname FROM pg_catalog.pg_roles AS r WHERE r.rolname !~ '^pg_' AND NOT r.rolsuper ORDER BY r.rolname LIMIT 200)
SELECT json_build_object(
  'comment', (SELECT obj_description(oid, 'pg_class') FROM t),
  'rows', (SELECT greatest(reltuples, 0) FROM t),
  'rowSecurity', (SELECT relrowsecurity FROM t),
  'columns', (SELECT coalesce(json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod), 'notNull', a.attnotnull,
      'default', pg_get_expr(d.adbin, d.adrelid), 'comment', col_description(a.attrelid, a.attnum),
      'key', EXISTS (SELECT FROM pg_catalog.pg_index AS i WHERE i.indrelid = a.attrelid AND i.indisprimary AND a.attnum = ANY (i.indkey)))
    ORDER BY a.attnum), '[]') FROM a LEFT JOIN pg_catalog.pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum),
  'foreignKeys', (SELECT coalesce(json_agg(json_build_object('name', k.conname, 'from', k.conrelid::regclass, 'to', k.confrelid::regclass,
      'columns', (SELECT json_agg(f.attname ORDER BY u.n) FROM unnest(k.conkey) WITH ORDINALITY AS u (num, n) JOIN pg_catalog.pg_attribute AS f ON f.attrelid = k.conrelid AND f.attnum = u.num),
      'targets', (SELECT json_agg(f.attname ORDER BY u.n) FROM unnest(k.confkey) WITH ORDINALITY AS u (num, n) JOIN pg_catalog.pg_attribute AS f ON f.attrelid = k.confrelid AND f.attnum = u.num))
    ORDER BY k.conname), '[]') FROM pg_catalog.pg_constraint AS k, t WHERE k.contype = 'f' AND t.oid IN (k.conrelid, k.confrelid) AND k.conparentid = 0),
  'access', (SELECT coalesce(json_agg(x ORDER BY x.role), '[]') FROM (SELECT r.rolname AS role,
      (SELECT coalesce(json_agg(a.attname ORDER BY a.attnum), '[]') FROM a WHERE has_column_privilege(r.oid, a.attrelid, a.attnum, 'SELECT')) AS "select",
      has_any_column_privilege(r.oid, t.oid, 'INSERT') AS "insert",
      (SELECT coalesce(json_agg(a.attname ORDER BY a.attnum), '[]') FROM a WHERE has_column_privilege(r.oid, a.attrelid, a.attnum, 'UPDATE')) AS "update",
      has_table_privilege(r.oid, t.oid, 'DELETE') AS "delete"
    FROM r, t WHERE has_any_column_privilege(r.oid, t.oid, 'SELECT, INSERT, UPDATE') OR has_table_privilege(r.oid, t.oid, 'DELETE')) AS x),
  'policies', (SELECT coalesce(json_agg(json_build_object('name', p.polname, 'command', p.polcmd, 'using', pg_get_expr(p.polqual, p.polrelid),
      'check', pg_get_expr(p.polwithcheck, p.polrelid),
      'roles', (SELECT json_agg(CASE WHEN o = 0 THEN 'PUBLIC' ELSE pg_get_userbyid(o) END) FROM unnest(p.polroles) AS o))
    ORDER BY p.polname), '[]') FROM pg_catalog.pg_policy AS p, t WHERE p.polrelid = t.oid))`

export const kinds: Record<string, string> = { r: 'table', p: 'partitioned table', v: 'view', m: 'materialized view', f: 'foreign table' }
