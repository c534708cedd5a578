-- A database of its own: what public has in it is what the test is about.
CREATE DATABASE regress_mutation_state;
\c regress_mutation_state
\i test/setup.sql
-- What mutations return: triggers, policies, views, functions, many rows.

CREATE ROLE regress_editor;
CREATE ROLE regress_reader;
CREATE TABLE notes (id int PRIMARY KEY, body text, owner name DEFAULT current_user, seen int DEFAULT 0);
CREATE FUNCTION upper_body() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.body := upper(NEW.body); RETURN NEW; END $$;
CREATE FUNCTION count_seen() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS
    $$ BEGIN UPDATE notes SET seen = 7 WHERE id = NEW.id; RETURN NULL; END $$;
CREATE TRIGGER before_insert BEFORE INSERT ON notes FOR EACH ROW EXECUTE FUNCTION upper_body();
CREATE VIEW mine AS SELECT id, body, upper(body) AS loud FROM notes;
CREATE FUNCTION touch(n int) RETURNS SETOF notes LANGUAGE sql VOLATILE AS 'UPDATE notes SET seen = seen + 1 WHERE id = n RETURNING *';
SELECT remote_rel.track_function('touch') \g /dev/null
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON notes USING (owner = current_user) WITH CHECK (owner = current_user AND body <> 'BAD');
GRANT ALL ON notes, mine TO regress_editor;
GRANT SELECT ON notes TO regress_reader;

-- triggers
SELECT test.resolve('mutation { insert_notes_one(object: {id: 1, body: "a"}) { body owner seen } }', 'regress_editor');
CREATE TRIGGER after_insert AFTER INSERT ON notes FOR EACH ROW EXECUTE FUNCTION count_seen();
SELECT test.resolve('mutation { insert_notes_one(object: {id: 2, body: "b"}) { body seen } }', 'regress_editor');
-- policies
SELECT test.resolve('mutation { insert_notes_one(object: {id: 3, body: "bad"}) { body } }', 'regress_editor');
SELECT test.resolve('mutation { insert_notes_one(object: {id: 3, body: "x", owner: "other"}) { body } }', 'regress_editor');
SELECT test.resolve('mutation { delete_notes(where: {}) { affected_rows } }', 'regress_reader');
-- many rows, in the order given
SELECT (a #>> '{data,insert_notes,affected_rows}'), (a #>> '{data,insert_notes,returning,0,id}'), (a #>> '{data,insert_notes,returning,1999,body}')
FROM (SELECT graphql_resolve('mutation($o: [notes_insert_input!]!) { insert_notes(objects: $o) { affected_rows returning { id body } } }', 'regress_editor',
    jsonb_build_object('o', (SELECT jsonb_agg(jsonb_build_object('id', 5000 - i, 'body', 'n' || i) ORDER BY i) FROM generate_series(1, 2000) AS i)))::jsonb) AS f(a);
-- views
SELECT test.resolve('{ __type(name: "mine_insert_input") { inputFields { name } } }', 'regress_editor');
SELECT test.resolve('mutation { insert_mine(objects: [{id: 10, body: "v"}]) { affected_rows returning { id loud } }
    update_mine(where: {id: {_eq: 10}}, _set: {body: "w"}) { returning { body loud } } delete_mine(where: {id: {_eq: 10}}) { affected_rows } }', 'regress_editor');
-- functions
SELECT test.resolve('mutation { touch(args: {n: 1}) { id seen } }', 'regress_editor');
-- a trigger before one row that changes another; one that a cascade fires; with what is read by key, and without
CREATE TABLE address (id int PRIMARY KEY, owner int, main bool DEFAULT true);
CREATE FUNCTION only_main() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE address SET main = false WHERE owner = NEW.owner AND id <> NEW.id AND main; RETURN NEW; END $$;
CREATE TRIGGER only_main BEFORE INSERT ON address FOR EACH ROW EXECUTE FUNCTION only_main();
CREATE TABLE holder (id int PRIMARY KEY, changes int DEFAULT 0);
CREATE TABLE held (id int PRIMARY KEY, holder_id int REFERENCES holder ON UPDATE CASCADE);
CREATE FUNCTION count_changes() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE holder SET changes = changes + 1 WHERE id = NEW.holder_id; RETURN NULL; END $$;
CREATE TRIGGER count_changes AFTER UPDATE ON held FOR EACH ROW EXECUTE FUNCTION count_changes();
SELECT graphql_resolve('mutation { insert_address(objects: [{id: 1, owner: 1}, {id: 2, owner: 1}, {id: 3, owner: null}]) { returning { id main } }
    insert_holder_one(object: {id: 1, held: {data: [{id: 1}, {id: 2}]}}) { id }
    a: update_holder(where: {}, _set: {id: 2}) { returning { id changes } }
    b: update_holder_by_pk(pk_columns: {id: 2}, _set: {id: 3}) { changes held { id } } }');
-- a table that a root field before has dropped
CREATE FUNCTION drop_it() RETURNS SETOF notes LANGUAGE plpgsql VOLATILE AS $$ BEGIN DROP TABLE address; RETURN; END $$;
SELECT remote_rel.track_function('drop_it') \g /dev/null
SELECT test.resolve('mutation { drop_it { id } insert_address_one(object: {id: 7}) { id } }');
SELECT test.resolve('mutation { drop_it { id } update_address(where: {}, _set: {main: true}) { returning { id } } }');
SELECT count(*) FROM address;

\set QUIET on
\c postgres
DROP DATABASE regress_mutation_state;
DROP ROLE regress_editor, regress_reader;
