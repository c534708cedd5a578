-- A database of its own: what public has in it is what the test is about.
CREATE DATABASE regress_table_names;
\c regress_table_names
\i test/setup.sql
-- Relationships from foreign keys, and their names. One schema for each example, so that none disturbs another.

CREATE FUNCTION pg_temp.relationships(schema text) RETURNS TABLE (relationship text, type text) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('remote_rel.exposed_schemas', quote_ident(schema), false);
    RETURN QUERY
        SELECT replace(t ->> 'name', schema || '_', '') || '.' || (f ->> 'name'),
               replace(CASE WHEN f #>> '{type,kind}' = 'NON_NULL'
                            THEN coalesce(f #>> '{type,ofType,name}',
                                '[' || (f #>> '{type,ofType,ofType,ofType,name}') || '!]') || '!'
                            ELSE f #>> '{type,name}' END, schema || '_', '')
        FROM json_array_elements(graphql_resolve('{ __schema { types { name fields { name description
                type { kind name ofType { kind name ofType { kind name ofType { name } } } } } } } }') #> '{data,__schema,types}') AS t,
             json_array_elements(nullif((t -> 'fields')::jsonb, 'null')::json) AS f
        WHERE f ->> 'description' IN ('An object relationship', 'An array relationship')
        ORDER BY 1;
END
$$;

CREATE SCHEMA e1;
CREATE TABLE e1.authors (id int PRIMARY KEY);
CREATE TABLE e1.books (id int PRIMARY KEY, author_id int NOT NULL REFERENCES e1.authors);
SELECT * FROM pg_temp.relationships('e1');

-- two keys to one table: both take the next step
ALTER TABLE e1.books ADD editor_id int REFERENCES e1.authors;
SELECT * FROM pg_temp.relationships('e1');

-- to itself
CREATE SCHEMA e2;
CREATE TABLE e2.authors (id int PRIMARY KEY, mentor_id int REFERENCES e2.authors);
CREATE TABLE e2.tree (id int PRIMARY KEY, parent int REFERENCES e2.tree);
SELECT * FROM pg_temp.relationships('e2');

-- other ways to end a column's name; a name that is a column already
CREATE SCHEMA e3;
CREATE TABLE e3.members (id int PRIMARY KEY);
CREATE TABLE e3.books (id int PRIMARY KEY);
CREATE TABLE e3.loans ("memberId" int REFERENCES e3.members, copy int REFERENCES e3.books);
CREATE TABLE e3.reviews (book text, book_id int REFERENCES e3.books);
CREATE TABLE e3.marks ("BOOK_ID" int REFERENCES e3.books, "MEMBERID" int REFERENCES e3.members,
    "p2ID" int REFERENCES e3.members);
CREATE TABLE e3.odd ("_id" int REFERENCES e3.books, "2_id" int REFERENCES e3.members);
SELECT * FROM pg_temp.relationships('e3');

-- unique on this side: one to one; of several columns; with the columns in another order
CREATE SCHEMA e4;
CREATE TABLE e4.authors (id int PRIMARY KEY);
CREATE TABLE e4.pages (author_id int UNIQUE REFERENCES e4.authors);
CREATE TABLE e4.chapters (book_id int, chapter_no int, PRIMARY KEY (book_id, chapter_no));
CREATE TABLE e4.remarks (book_id int, chapter_no int, FOREIGN KEY (book_id, chapter_no) REFERENCES e4.chapters);
CREATE TABLE e4.titles (no int NOT NULL, book int NOT NULL, PRIMARY KEY (no, book),
                        FOREIGN KEY (book, no) REFERENCES e4.chapters (book_id, chapter_no));
SELECT * FROM pg_temp.relationships('e4');

-- every name of the way back is taken
CREATE SCHEMA e5;
CREATE TABLE e5.items (id int PRIMARY KEY, e5_parts int, e5_parts_by_item_id text);
CREATE TABLE e5.parts (item_id int REFERENCES e5.items);
SELECT * FROM pg_temp.relationships('e5');
SELECT type, name, reason
    FROM jsonb_to_recordset(remote_rel.metadata('{"type": "get_inconsistent_metadata", "args": {}}')
    -> 'inconsistent_objects') AS x(type text, name text, reason text);
-- an array relationship needs its aggregate's name, too
ALTER TABLE e5.items RENAME e5_parts_by_item_id TO x;
ALTER TABLE e5.items RENAME e5_parts TO e5_parts_aggregate;
SELECT * FROM pg_temp.relationships('e5');

-- between schemas, and to what is not exposed
CREATE SCHEMA shop;
CREATE SCHEMA hidden;
CREATE TABLE hidden.owners (id int PRIMARY KEY);
CREATE TABLE shop.items (id int PRIMARY KEY, owner_id int REFERENCES hidden.owners);
CREATE TABLE shop.parts (item_id int REFERENCES shop.items);
CREATE TABLE public.orders (item_id int REFERENCES shop.items);
SET remote_rel.exposed_schemas = shop, public;
SELECT test.resolve('{ shop_parts { item { id shop_parts { item_id } orders { item_id } } } __type(name: "shop_items") { fields { name } } }');

-- partitions count once, at their parent
CREATE SCHEMA e6;
CREATE TABLE e6.events (id int PRIMARY KEY);
CREATE TABLE e6.logs (id int, event_id int NOT NULL REFERENCES e6.events) PARTITION BY RANGE (id);
CREATE TABLE e6.logs_1 PARTITION OF e6.logs FOR VALUES FROM (0) TO (10);
CREATE TABLE e6.logs_2 PARTITION OF e6.logs FOR VALUES FROM (10) TO (20);
CREATE TABLE e6.keyed (id int PRIMARY KEY) PARTITION BY RANGE (id);
CREATE TABLE e6.keyed_1 PARTITION OF e6.keyed FOR VALUES FROM (0) TO (10);
CREATE TABLE e6.keys (keyed_id int REFERENCES e6.keyed);
SELECT * FROM pg_temp.relationships('e6');

-- nullable: a key that is deferrable or not validated, and one with a nullable column
CREATE SCHEMA e7;
CREATE TABLE e7.a (id int PRIMARY KEY);
CREATE TABLE e7.b (w_id int NOT NULL REFERENCES e7.a, x_id int NOT NULL REFERENCES e7.a DEFERRABLE,
    y_id int NOT NULL, z_id int REFERENCES e7.a);
ALTER TABLE e7.b ADD FOREIGN KEY (y_id) REFERENCES e7.a NOT VALID;
SELECT * FROM pg_temp.relationships('e7');

-- the order of constraints does not matter: the same tables, keys made in the other order
CREATE SCHEMA e8;
CREATE TABLE e8.a (id int PRIMARY KEY);
CREATE TABLE e8.b (a int, a_id int, other_id int);
ALTER TABLE e8.b ADD CONSTRAINT k2 FOREIGN KEY (other_id) REFERENCES e8.a,
    ADD CONSTRAINT k1 FOREIGN KEY (a_id) REFERENCES e8.a,
    ADD CONSTRAINT k0 FOREIGN KEY (a) REFERENCES e8.a;
SELECT * FROM pg_temp.relationships('e8');
ALTER TABLE e8.b DROP CONSTRAINT k0, DROP CONSTRAINT k1, DROP CONSTRAINT k2;
ALTER TABLE e8.b ADD CONSTRAINT k2 FOREIGN KEY (a) REFERENCES e8.a,
    ADD CONSTRAINT k1 FOREIGN KEY (other_id) REFERENCES e8.a,
    ADD CONSTRAINT k0 FOREIGN KEY (a_id) REFERENCES e8.a;
SELECT * FROM pg_temp.relationships('e8');
RESET remote_rel.exposed_schemas;

\set QUIET on
\c postgres
DROP DATABASE regress_table_names;
