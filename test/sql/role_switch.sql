\i test/setup.sql
-- Acting as another role leaves nothing of it behind, and none of its code runs as the caller.
BEGIN;
\set ECHO all
CREATE ROLE regress_low;
GRANT CREATE ON SCHEMA public TO regress_low;
SET LOCAL ROLE regress_low;
CREATE TABLE low_t (id int PRIMARY KEY);
INSERT INTO low_t VALUES (1);
CREATE TABLE low_log (m text);
CREATE FUNCTION low_trigger() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN RAISE EXCEPTION 'deferred trigger runs as %', current_user; END $$;
CREATE CONSTRAINT TRIGGER low_deferred AFTER INSERT ON low_log DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION low_trigger();
CREATE FUNCTION low_write() RETURNS int LANGUAGE sql VOLATILE AS $$ INSERT INTO public.low_log
    VALUES ('x') RETURNING 1 $$;
CREATE FUNCTION low_hold() RETURNS int LANGUAGE plpgsql VOLATILE AS
  $$ BEGIN EXECUTE 'DECLARE held CURSOR WITH HOLD FOR SELECT current_user'; RETURN 1; END $$;
CREATE FUNCTION low_set() RETURNS int LANGUAGE sql VOLATILE AS $$ SELECT 1
    FROM set_config('search_path', 'pg_temp', false) $$;
CREATE FUNCTION low_fail() RETURNS int LANGUAGE plpgsql VOLATILE AS
  $$ BEGIN RAISE EXCEPTION 'broken' USING ERRCODE = 'XX000'; END $$;
CREATE VIEW low_writes AS SELECT id, low_write() AS w FROM low_t;
CREATE VIEW low_holds AS SELECT id, low_hold() AS w FROM low_t;
CREATE VIEW low_sets AS SELECT id, low_set() AS w FROM low_t;
CREATE VIEW low_fails AS SELECT id, low_fail() AS w FROM low_t;
RESET ROLE;
-- no deferred trigger and no held cursor is left to run as the caller
SELECT test.resolve('{ low_writes { w } }', 'regress_low');
SELECT test.resolve('{ low_holds { w } }', 'regress_low');
SELECT name FROM pg_cursors WHERE is_holdable;
-- settings go back
SHOW search_path;
SELECT test.resolve('{ low_sets { w } }', 'regress_low');
SHOW search_path;
SELECT current_user = session_user AS still_myself;
-- an error that the caller must see does not show the statement
SAVEPOINT s;
DO $$
DECLARE
  context text;
BEGIN
  PERFORM graphql_resolve('{ low_fails { w } }', 'regress_low');
EXCEPTION WHEN internal_error THEN
  GET STACKED DIAGNOSTICS context = PG_EXCEPTION_CONTEXT;
  RAISE WARNING '%, as myself: %, with the statement: %', SQLERRM, current_user = session_user,
      context LIKE '%json_rows%';
END $$;
ROLLBACK TO s;
SELECT current_user = session_user AS still_myself;
ROLLBACK;
