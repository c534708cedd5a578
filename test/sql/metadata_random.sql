CREATE DATABASE regress_metadata_random;
\c regress_metadata_random
\i test/setup.sql
-- Hundreds of renames, moves and swaps at random, some of them rolled back: after each the metadata means the tables, columns and functions that it meant at first.

CREATE SCHEMA s1;
CREATE SCHEMA s2;
CREATE TABLE s1.t1 (a text, b text, c text);
CREATE TABLE s1.t2 (a text, b text, c text);
CREATE TABLE s2.t1 (a text, b text, c text);
CREATE TABLE s2.t2 (a text, b text, c text);
CREATE FUNCTION s1.f1(s1.t1) RETURNS text LANGUAGE sql STABLE AS $$ SELECT 'f1' $$;
CREATE FUNCTION s2.g1(s2.t1) RETURNS text LANGUAGE sql STABLE AS $$ SELECT 'g1' $$;
SELECT remote_rel.add_remote_schema('r', '{"url": "http://127.0.0.1:1/"}',
    sdl => 'type Query { v(x: String, o: O): V } type V { x: String } input O { x: String l: [String] o: [O] }');

-- What each relationship is meant to mean: a column of its table, and one of another
CREATE TABLE meant (name text PRIMARY KEY, source oid, attnum int, target oid, target_attnum int);
SET remote_rel.exposed_schemas = 'public, s1, s2, s3, s4';
DO $$
DECLARE
  tables regclass[] := '{s1.t1, s1.t2, s2.t1, s2.t2}';
  columns text[] := '{a, b, c}';
  s regclass; t regclass; c text; d text;
BEGIN
  FOR i IN 0 .. 11 LOOP
    s := tables[1 + i % 4]; t := tables[1 + (i / 3) % 4]; c := columns[1 + i % 3]; d := columns[1 + (i / 2) % 3];
    INSERT INTO meant VALUES ('remote_' || i, s, 1 + i % 3, NULL, NULL),
        ('local_' || i, s, 1 + i % 3, t, 1 + (i / 2) % 3),
        ('type_' || i, NULL, NULL, t, 1 + (i / 2) % 3);
    PERFORM remote_rel.create_remote_relationship(s, 'remote_' || i, 'r',
        jsonb_build_object('v', jsonb_build_object('arguments', jsonb_build_object(
      'x', '$' || c, 'o', jsonb_build_object('x', c, 'l', jsonb_build_array('$' || c, '$'), 'o',
          jsonb_build_array(jsonb_build_object('x', '$' || c)))))));
    PERFORM remote_rel.create_array_relationship(s, 'local_' || i,
        jsonb_build_object('manual_configuration', jsonb_build_object(
      'remote_table', jsonb_build_object('schema',
          (SELECT relnamespace::regnamespace FROM pg_class WHERE oid = t), 'name',
          (SELECT relname FROM pg_class WHERE oid = t)),
      'column_mapping', jsonb_build_object(c, d))));
    PERFORM remote_rel.create_remote_schema_remote_relationship('r', 'V', 'type_' || i,
        jsonb_build_object('to_source', jsonb_build_object('relationship_type', 'array',
      'table', jsonb_build_object('schema', (SELECT relnamespace::regnamespace FROM pg_class
          WHERE oid = t), 'name', (SELECT relname FROM pg_class WHERE oid = t)),
      'field_mapping', jsonb_build_object('x', d))));
  END LOOP;
  PERFORM remote_rel.add_computed_field('s1.t1', 'computed_1', 's1.f1');
  PERFORM remote_rel.add_computed_field('s2.t1', 'computed_2', 's2.g1');
END
$$;
CREATE TABLE meant_function AS SELECT 'computed_1' AS name, 's1.t1'::regclass::oid AS source,
    's1.f1'::regproc::oid AS function
  UNION ALL SELECT 'computed_2', 's2.t1'::regclass::oid, 's2.g1'::regproc::oid;

-- What the metadata should say, from the oids; and what it says
CREATE VIEW expected AS
  WITH named AS (
    SELECT m.name, substr('abc', m.attnum, 1) AS original,
        s.relnamespace::regnamespace::text AS schema, s.relname AS "table", a.attname AS c,
      jsonb_build_object('schema', t.relnamespace::regnamespace, 'name', t.relname) AS target, b.attname AS d
    FROM meant AS m LEFT JOIN pg_class AS s ON s.oid = source LEFT JOIN pg_attribute AS a ON a.attrelid = source AND a.attnum = m.attnum
      LEFT JOIN pg_class AS t ON t.oid = target LEFT JOIN pg_attribute AS b ON b.attrelid = target
          AND b.attnum = target_attnum)
  SELECT name, schema, "table",
      CASE WHEN name LIKE 'remote%' THEN jsonb_build_object('to_remote_schema',
      jsonb_build_object('remote_schema', 'r', 'lhs_fields', jsonb_build_array(c),
      'remote_field', jsonb_build_object('v', jsonb_build_object('arguments', jsonb_build_object('x', '$' || c,
      'o', jsonb_build_object('x', original, 'l', jsonb_build_array('$' || c, '$'), 'o',
          jsonb_build_array(jsonb_build_object('x', '$' || c))))))))
    WHEN name LIKE 'local%' THEN jsonb_build_object('manual_configuration',
        jsonb_build_object('remote_table', target, 'column_mapping', jsonb_build_object(c, d)))
    ELSE jsonb_build_object('to_source', jsonb_build_object('relationship_type', 'array', 'source',
        'default', 'table', target, 'field_mapping', jsonb_build_object('x', d))) END AS definition
  FROM named
  UNION ALL SELECT name, s.relnamespace::regnamespace::text, s.relname,
      to_jsonb(p.pronamespace::regnamespace::text || '.' || p.proname)
  FROM meant_function JOIN pg_class AS s ON s.oid = source JOIN pg_proc AS p ON p.oid = function;
CREATE VIEW stored AS
  SELECT name, table_schema::text AS schema, table_name AS "table", definition FROM remote_rel.table_relationship
  UNION ALL SELECT name, NULL, NULL, definition FROM remote_rel.remote_schema_relationship
  UNION ALL SELECT name, table_schema::text, table_name,
      to_jsonb(function_schema || '.' || function_name) FROM remote_rel.computed_field;
CREATE VIEW wrong AS (TABLE expected EXCEPT TABLE stored) UNION ALL (TABLE stored EXCEPT TABLE expected);
SELECT count(*) FROM stored;
TABLE wrong;

CREATE SEQUENCE changes;
CREATE FUNCTION pick(VARIADIC choices text[]) RETURNS text LANGUAGE sql VOLATILE
    AS $$ SELECT choices[1 + floor(random() * array_length(choices, 1))::int] $$;
-- A change (but none that gives a name to two functions, which nobody can tell apart then); those that the server refuses, as a name that is taken, are no change
CREATE FUNCTION change() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  t regclass := (SELECT oid FROM pg_class WHERE oid IN (SELECT target FROM meant) ORDER BY random() LIMIT 1);
  p regprocedure := (SELECT function FROM meant_function ORDER BY random() LIMIT 1);
  columns text[] := ARRAY(SELECT attname FROM pg_attribute
      WHERE attrelid = t AND attnum > 0 AND NOT attisdropped ORDER BY random());
  s text := (SELECT nspname FROM pg_namespace WHERE nspname ~ '^s\d$' ORDER BY random() LIMIT 1);
BEGIN
  CASE floor(random() * 8)::int
    WHEN 0 THEN EXECUTE format('ALTER TABLE %s RENAME TO %I', t, pick('t1', 't2', 't3', 'T 4'));
    WHEN 1 THEN EXECUTE format('ALTER TABLE %s RENAME %I TO %I', t, columns[1],
        pick('a', 'b', 'c', 'd', '$d', 'e "e"'));
    WHEN 2 THEN EXECUTE format('ALTER TABLE %s SET SCHEMA %I', t, s);
    WHEN 3 THEN EXECUTE format('ALTER SCHEMA %I RENAME TO %I', s, pick('s1', 's2', 's3', 's4'));
    WHEN 4 THEN
      EXECUTE format('ALTER TABLE %s RENAME %I TO tmp', t, columns[1]);
      EXECUTE format('ALTER TABLE %s RENAME %I TO %I', t, columns[2], columns[1]);
      EXECUTE format('ALTER TABLE %s RENAME tmp TO %I', t, columns[2]);
    WHEN 5 THEN EXECUTE format('ALTER FUNCTION %s RENAME TO %I', p,
        substr((SELECT proname FROM pg_proc WHERE oid = p), 1, 1) || pick('1', '2', ' 3'));
    WHEN 6 THEN EXECUTE format('ALTER FUNCTION %s SET SCHEMA %I', p, s);
    ELSE EXECUTE format('ALTER TABLE %s ALTER %I SET DEFAULT random()', t, columns[1]);
  END CASE;
  PERFORM nextval('changes');
EXCEPTION WHEN duplicate_table OR duplicate_column OR duplicate_schema OR duplicate_function THEN NULL;
END
$$;
SET client_min_messages = warning;
SELECT setseed(0.5);
DO $$
BEGIN
  FOR i IN 1 .. 400 LOOP
    BEGIN
      PERFORM change() FROM generate_series(1, 1 + floor(random() * 3)::int);
      IF random() < 0.3 THEN RAISE division_by_zero; END IF;
    EXCEPTION WHEN division_by_zero THEN NULL;
    END;
    IF EXISTS (TABLE wrong) THEN RAISE EXCEPTION 'after % changes: %', i, (SELECT jsonb_agg(w) FROM wrong AS w); END IF;
    IF random() < 0.5 THEN COMMIT; END IF;
  END LOOP;
END
$$;
TABLE wrong;
SELECT last_value > 400 AS many FROM changes;
SELECT count(*) FROM stored;

\set QUIET on
\c postgres
DROP DATABASE regress_metadata_random;
