\i test/setup.sql
-- Computed fields in what mutations return and in their filters: of the rows as they are after the mutation.
BEGIN;
CREATE TABLE parts (id int PRIMARY KEY, name text NOT NULL, price numeric);
CREATE TABLE orders (id int PRIMARY KEY, part_id int REFERENCES parts);
CREATE FUNCTION loud(parts) RETURNS text STABLE LANGUAGE sql AS $$ SELECT upper($1.name) $$;
CREATE FUNCTION times(part parts, n int) RETURNS numeric STABLE LANGUAGE sql
    AS $$ SELECT part.price * n $$;
CREATE FUNCTION recent(parts) RETURNS SETOF orders STABLE LANGUAGE sql
    AS $$ SELECT * FROM orders WHERE part_id = $1.id $$;
SELECT remote_rel.add_computed_field('parts', f, f::regproc)
    FROM unnest('{loud, times, recent}'::text[]) AS f \g /dev/null
CREATE ROLE regress_writer;
CREATE ROLE regress_cashier;
GRANT SELECT, INSERT, UPDATE, DELETE ON parts, orders TO regress_writer;
GRANT SELECT (id, name), UPDATE (name) ON parts TO regress_cashier;

-- three rows, a null in the middle; fields with an argument, and of rows
SELECT test.resolve('mutation { insert_parts(objects: [{id: 1, name: "bolt", price: 2},
    {id: 2, name: "nut", price: null}, {id: 3, name: "cog", price: 1.5}]) { affected_rows
    returning { loud a: times(args: {n: 2}) b: times(args: {n: 3}) recent { id } } } }',
    'regress_writer');
-- of rows that the same document has written, and of old ones, after the update
SELECT test.resolve('mutation { insert_orders(objects: [{id: 7, part_id: 1}, {id: 8, part_id: 1}]) { affected_rows }
    update_parts(where: {loud: {_in: ["BOLT", "COG"]}}, _set: {name: "screw"}) {
      returning { id loud recent(order_by: {id: desc}) { id } } } }', 'regress_writer');
-- of rows that are gone
SELECT test.resolve('mutation { delete_parts(where: {loud: {_eq: "NUT"}}) { returning { id loud recent { id } } }
    delete_parts_by_pk(id: 3) { loud } }', 'regress_writer');
-- a role that may read only a part of the row may not call functions of the whole row
SELECT test.resolve('mutation { update_parts_by_pk(pk_columns: {id: 1}, _set: {name: "x"}) { id name } }', 'regress_cashier');
SELECT test.resolve('mutation { update_parts_by_pk(pk_columns: {id: 1}, _set: {name: "y"}) { loud } }', 'regress_cashier');
SELECT id, name FROM parts ORDER BY id;
ROLLBACK;
