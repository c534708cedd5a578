-- A database of its own: what public has in it is what the test is about.
CREATE DATABASE regress_mutation_deferred;
\c regress_mutation_deferred
\i test/setup.sql
-- Deferred constraints and triggers, of mutations under the caller's role and under another.

CREATE ROLE regress_writer;
CREATE ROLE regress_second;
CREATE TABLE nodes (id int PRIMARY KEY, next int NOT NULL REFERENCES nodes DEFERRABLE INITIALLY DEFERRED, name text);
CREATE TABLE heads (id int PRIMARY KEY, node_id int REFERENCES nodes DEFERRABLE,
    rank int UNIQUE DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE seen (what text, by name DEFAULT current_user);
CREATE FUNCTION note_it() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN INSERT INTO seen VALUES (TG_TABLE_NAME || ' ' || NEW.id); RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER late AFTER INSERT OR UPDATE ON heads DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION note_it();
GRANT ALL ON nodes, heads, seen TO regress_writer, regress_second;
CREATE FUNCTION wrote(document text, role name DEFAULT 'regress_writer') RETURNS text LANGUAGE sql AS
    $$ SELECT test.resolve('mutation { ' || document || ' }', role) $$;

-- a cycle, in one field and in two; two rows that change places; as plain SQL allows it
SELECT wrote('insert_nodes(objects: [{id: 1, next: 2}, {id: 2, next: 1}]) { affected_rows returning { id next } }');
SELECT wrote('a: insert_nodes_one(object: {id: 3, next: 4}) { id } b: insert_nodes_one(object: {id: 4, next: 3}) { id }');
SELECT wrote('insert_heads(objects: [{id: 1, rank: 1, node_id: 1}, {id: 2, rank: 2, node: {data: {id: 5, next: 5}}}])
    { affected_rows returning { id rank node { id } } }');
SELECT wrote('a: update_heads_by_pk(pk_columns: {id: 1}, _set: {rank: 2}) { rank }
    b: update_heads_by_pk(pk_columns: {id: 2}, _set: {rank: 1}) { rank }');
-- nested rows that refer to each other around a cycle
SELECT wrote('insert_nodes_one(object: {id: 10, nodes: {data: {id: 11, next: 10}}}) { id next nodes { id next } }');
-- what the triggers did, as whom
SELECT what, by FROM seen ORDER BY what;
-- a violation is an error of the document, and undoes it
SELECT wrote('insert_nodes_one(object: {id: 20, next: 21}) { id }');
SELECT wrote('a: insert_seen_one(object: {what: "first"}) { what } insert_heads_one(object: {id: 3, rank: 1}) { id }');
SELECT count(*) FROM nodes WHERE id = 20 UNION ALL SELECT count(*) FROM heads WHERE id = 3
    UNION ALL SELECT count(*) FROM seen WHERE what = 'first';
-- the caller's own role: at the end of the transaction, as for its SQL
BEGIN;
SELECT test.resolve('mutation { insert_nodes_one(object: {id: 20, next: 21}) { id } }');
SELECT test.resolve('mutation { insert_nodes_one(object: {id: 21, next: 20}) { id } }');
COMMIT;
BEGIN;
SELECT test.resolve('mutation { insert_nodes_one(object: {id: 30, next: 31}) { id } }');
COMMIT;
SET ROLE regress_writer;
BEGIN;
SELECT test.resolve('mutation { insert_nodes_one(object: {id: 40, next: 41}) { id } }');
INSERT INTO nodes VALUES (41, 40);
COMMIT;
RESET ROLE;
-- two documents in one transaction: the constraints are deferred in the second, and after it
BEGIN;
SELECT wrote('insert_nodes(objects: [{id: 50, next: 51}, {id: 51, next: 50}]) { affected_rows }');
SELECT wrote('insert_nodes_one(object: {id: 52, next: 53}) { id }');
SELECT wrote('insert_nodes(objects: [{id: 52, next: 53}, {id: 53, next: 52}]) { affected_rows }', 'regress_second');
INSERT INTO nodes VALUES (54, 55);
INSERT INTO nodes VALUES (55, 54);
COMMIT;
-- so are those that the caller has set, and only those
BEGIN;
SET CONSTRAINTS heads_node_id_fkey DEFERRED;
SET CONSTRAINTS nodes_next_fkey IMMEDIATE;
SELECT wrote('insert_heads(objects: [{id: 60, node_id: 60}]) { affected_rows } insert_nodes_one(object: {id: 60, next: 60}) { id }');
SELECT wrote('insert_nodes(objects: [{id: 61, next: 62}]) { affected_rows } b: insert_nodes_one(object: {id: 62, next: 61}) { id }');
INSERT INTO heads VALUES (61, 63);
INSERT INTO nodes VALUES (63, 63);
SELECT test.failure('INSERT INTO nodes VALUES (64, 65)');
COMMIT;
-- what the caller has deferred is not fired by the role: then the role cannot defer
BEGIN;
INSERT INTO nodes VALUES (70, 71);
SELECT wrote('insert_nodes(objects: [{id: 72, next: 73}, {id: 73, next: 72}]) { affected_rows }');
SELECT wrote('update_nodes(where: {id: {_eq: 1}}, _set: {name: "one"}) { affected_rows }');
INSERT INTO nodes VALUES (71, 70);
COMMIT;
-- a subtransaction of the caller that is rolled back
BEGIN;
SAVEPOINT s;
SELECT wrote('insert_nodes(objects: [{id: 80, next: 81}, {id: 81, next: 80}]) { affected_rows }');
ROLLBACK TO s;
SELECT wrote('insert_nodes(objects: [{id: 80, next: 81}, {id: 81, next: 80}]) { affected_rows }');
COMMIT;

-- a trigger that defers what comes after it; all of it runs as the role, nothing at the commit
CREATE TABLE chain (id int PRIMARY KEY, by name DEFAULT current_user);
GRANT ALL ON chain TO regress_writer;
CREATE FUNCTION go_on() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    SET CONSTRAINTS ALL DEFERRED;
    IF NEW.id < 5 THEN INSERT INTO chain VALUES (NEW.id + 1); END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER next_one AFTER INSERT ON chain DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION go_on();
SELECT wrote('insert_chain_one(object: {id: 1}) { id by }');
SELECT string_agg(id || ' ' || by, ', ' ORDER BY id) FROM chain;
-- what a security-restricted operation forbids else stays forbidden, in the triggers too
CREATE TABLE trap (id int PRIMARY KEY, statement text);
GRANT ALL ON trap TO regress_writer;
CREATE FUNCTION run_it() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN EXECUTE NEW.statement; RETURN NEW; END $$;
CREATE TRIGGER now BEFORE INSERT ON trap FOR EACH ROW EXECUTE FUNCTION run_it();
CREATE TABLE late_trap (id int PRIMARY KEY, statement text);
GRANT ALL ON late_trap TO regress_writer;
CREATE CONSTRAINT TRIGGER later AFTER INSERT ON late_trap DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION run_it();
CREATE PROCEDURE keep() LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'PREPARE kept AS SELECT 1'; END $$;
CREATE PROCEDURE cycle() LANGUAGE sql AS $$ INSERT INTO nodes VALUES (90, 91); INSERT INTO nodes VALUES (91, 90) $$;
SELECT statement, trap, graphql_resolve('mutation($s: String) { insert_' || trap || '_one(object: {id: 1, statement: $s}) { id } }',
    'regress_writer', jsonb_build_object('s', statement))::jsonb #>> '{errors,0,message}'
FROM unnest('{trap,late_trap}'::text[]) AS trap, unnest(ARRAY['DECLARE held CURSOR WITH HOLD FOR SELECT 1', 'CREATE TEMP TABLE t (a int)', 'PREPARE kept AS SELECT 1',
    'SELECT 1 AS a INTO TEMP t', 'LISTEN something', 'DISCARD ALL', 'SET ROLE regress_second', 'CALL keep()',
    'DO $do$ BEGIN CREATE TEMP TABLE t (a int); END $do$']) AS statement;
SELECT wrote('insert_trap_one(object: {id: 1, statement: "CALL cycle()"}) { id }');
SELECT wrote('insert_late_trap_one(object: {id: 1, statement: "CALL cycle()"}) { id }');
SELECT name FROM pg_cursors WHERE is_holdable;
SELECT id, next FROM nodes WHERE id >= 90 ORDER BY id;
-- a document inside of a document, under a third role
CREATE FUNCTION inner_call() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
    INSERT INTO seen VALUES (graphql_resolve(NEW.statement, 'regress_second')); RETURN NEW; END $$;
CREATE TABLE calls (id int PRIMARY KEY, statement text);
GRANT ALL ON calls TO regress_writer;
CREATE TRIGGER inner_call BEFORE INSERT ON calls FOR EACH ROW EXECUTE FUNCTION inner_call();
CREATE FUNCTION wrote_inside(document text, inner_document text) RETURNS text LANGUAGE sql AS
    $$ SELECT test.resolve('mutation($s: String) { ' || document || ' }', 'regress_writer', jsonb_build_object('s', inner_document)) $$;
SELECT wrote_inside('insert_calls_one(object: {id: 1, statement: $s}) { id } insert_nodes(objects: [{id: 102, next: 103},
    {id: 103, next: 102}]) { affected_rows }',
    'mutation { insert_nodes(objects: [{id: 100, next: 101}, {id: 101, next: 100}]) { affected_rows } }');
SELECT wrote_inside('a: insert_nodes_one(object: {id: 104, next: 105}) { id } insert_calls_one(object: {id: 2, statement: $s}) { id }
    b: insert_nodes_one(object: {id: 105, next: 104}) { id }', 'mutation { insert_nodes_one(object: {id: 106, next: 104}) { id } }');
SELECT what FROM seen WHERE what LIKE '{%';
SELECT count(*) FROM nodes WHERE id BETWEEN 100 AND 106;
\set QUIET on
\c postgres
DROP DATABASE regress_mutation_deferred;
DROP ROLE regress_writer, regress_second;
