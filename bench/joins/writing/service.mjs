// By hand: rows as one json parameter, one SQL statement for each operation.

import pg from 'pg'
import { serve } from '../serve.mjs'

const pool = new pg.Pool({ max: 4 })

const insertAuthors = `INSERT INTO authors (name, score)
  SELECT name, score FROM json_to_recordset($1) AS r(name text, score numeric) RETURNING id, name`
const updateAuthor = `UPDATE authors SET name = $2 WHERE id = $1 RETURNING id, name`
const insertNested = `WITH given AS (SELECT r.*, row_number() OVER () AS n FROM json_to_recordset($1) AS r(name text, score numeric, books json)),
  a AS (INSERT INTO authors (name, score) SELECT name, score FROM given ORDER BY n RETURNING id, name),
  made AS (SELECT id, name, row_number() OVER (ORDER BY id) AS n FROM a),
  b AS (INSERT INTO books (author_id, title) SELECT made.id, r.title FROM made JOIN given USING (n), json_to_recordset(books) AS r(title text))
  SELECT id, name FROM made ORDER BY n`

serve(async ({ operation, rows, id, name }) => {
  const [text, values] = {
    insert: [insertAuthors, [JSON.stringify(rows)]],
    update: [updateAuthor, [id, name]],
    nested: [insertNested, [JSON.stringify(rows)]],
  }[operation]
  const result = await pool.query({ name: operation, text, values })
  return { data: { [operation]: { affected_rows: result.rowCount, returning: result.rows } } }
})
