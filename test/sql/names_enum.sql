-- Enum tables: columns that reference one have a GraphQL enum of its rows. A database of its own.
CREATE DATABASE regress_names_enum;
\c regress_names_enum
\i test/setup.sql
CREATE TABLE status (value text PRIMARY KEY, comment text);
INSERT INTO status VALUES ('open', 'being worked on'), ('closed', NULL), ('Won_t_fix', '');
CREATE TABLE tickets (id int PRIMARY KEY, title text, status text NOT NULL REFERENCES status, before varchar REFERENCES status);
INSERT INTO tickets VALUES (1, 'a', 'open', NULL), (2, 'b', 'closed', 'open'), (3, NULL, 'open', 'Won_t_fix');
CREATE ROLE regress_names_agent;
GRANT SELECT, INSERT, UPDATE, DELETE ON tickets TO regress_names_agent;

-- before: text
SELECT test.resolve('{ __type(name: "tickets") { fields { name type { name ofType { name } } } } }');
SELECT remote_rel.set_table_is_enum('status', true);
SELECT test.resolve('{ t: __type(name: "tickets") { fields { name type { kind name ofType { kind name } } } }
    e: __type(name: "status_enum") { kind description enumValues { name description } }
    c: __type(name: "status_enum_comparison_exp") { inputFields { name type { kind name ofType { kind name ofType { name } } } } } }');
-- a role that may not read the enum table has the enum as well
SELECT test.resolve('{ __type(name: "status_enum") { enumValues { name } } }', 'regress_names_agent');
SELECT test.resolve('{ status { value } }', 'regress_names_agent');

-- output and conditions
SELECT test.resolve('{ tickets(where: {status: {_eq: open}}, order_by: {id: asc}) { id status before } }', 'regress_names_agent');
SELECT test.resolve('{ tickets(where: {status: {_neq: open}}) { id } }');
SELECT test.resolve('{ tickets(where: {before: {_in: [open, Won_t_fix]}}, order_by: {id: asc}) { id } }');
SELECT test.resolve('{ tickets(where: {before: {_in: []}}) { id } }');
SELECT test.resolve('{ tickets(where: {before: {_nin: [open]}}) { id } }');
SELECT test.resolve('{ tickets(where: {before: {_is_null: true}}) { id } }');
SELECT test.resolve('query ($s: status_enum!, $l: [status_enum!]) { tickets(where: {status: {_eq: $s}, before: {_in: $l}}) { id } }',
    variables => '{"s": "closed", "l": ["open", "closed"]}');
SELECT test.resolve('query ($s: status_enum!) { tickets(where: {status: {_eq: $s}}) { id } }', variables => '{"s": "shut"}');
SELECT test.resolve('query ($w: status_enum_comparison_exp!) { tickets(where: {status: $w}) { id } }', variables => '{"w": {"_eq": "closed"}}');
SELECT test.resolve('{ a: tickets(where: {status: {_eq: "open"}}) { id } b: tickets(where: {status: {_eq: shut}}) { id }
    c: tickets(where: {status: {_like: open}}) { id } d: tickets(where: {status: {_gt: open}}) { id } }');
-- order, distinct_on, aggregates
SELECT test.resolve('{ tickets(distinct_on: status, order_by: [{status: asc}, {id: desc}]) { id status } }');
SELECT test.resolve('{ tickets_aggregate { aggregate { count(columns: [status], distinct: true) max { title } } } }');
SELECT test.resolve('{ tickets_aggregate { aggregate { max { status } } } }');
-- the enum table itself stays a table of texts
SELECT test.resolve('{ status(order_by: {value: asc}, where: {value: {_like: "%o%"}}) { value comment } status_by_pk(value: "open") { value } }');

-- mutations
SELECT test.resolve('mutation { insert_tickets_one(object: {id: 4, status: closed, before: null}) { id status before } }', 'regress_names_agent');
SELECT test.resolve('mutation ($o: [tickets_insert_input!]!) { insert_tickets(objects: $o) { returning { id status before } } }', 'regress_names_agent',
    variables => '{"o": [{"id": 5, "status": "open"}, {"id": 6, "status": "Won_t_fix", "before": "closed"}]}');
SELECT test.resolve('mutation { insert_tickets_one(object: {id: 7, status: "open"}) { id } }', 'regress_names_agent');
SELECT test.resolve('mutation { update_tickets(where: {status: {_eq: Won_t_fix}}, _set: {status: open, before: Won_t_fix}) { affected_rows returning { id status before } } }',
    'regress_names_agent');
SELECT test.resolve('mutation ($s: status_enum) { update_tickets_by_pk(pk_columns: {id: 4}, _set: {status: $s}) { status } }', 'regress_names_agent',
    variables => '{"s": "open"}');
SELECT test.resolve('mutation { delete_tickets(where: {id: {_gt: 3}, status: {_in: [open]}}) { affected_rows } }', 'regress_names_agent');

-- the rows change
INSERT INTO status VALUES ('waiting', 'for somebody');
SELECT test.resolve('{ tickets(where: {status: {_eq: waiting}}) { id } __type(name: "status_enum") { enumValues { name } } }');
UPDATE status SET comment = 'new' WHERE value = 'closed';
DELETE FROM status WHERE value = 'waiting';
SELECT test.resolve('{ __type(name: "status_enum") { enumValues { name description } } }');
BEGIN;
INSERT INTO status VALUES ('mine', NULL);
SELECT test.resolve('{ tickets(where: {status: {_eq: mine}}) { id } }');
ROLLBACK;
SELECT test.resolve('{ tickets(where: {status: {_eq: mine}}) { id } }');
-- what does not fit any more is listed, and the columns are texts again
BEGIN;
INSERT INTO status VALUES ('not a name', NULL);
SELECT remote_rel.metadata('{"type": "get_inconsistent_metadata", "args": {}}');
SELECT test.resolve('{ tickets(where: {status: {_eq: "closed"}}) { id } }');
TRUNCATE status CASCADE;
SELECT remote_rel.metadata('{"type": "get_inconsistent_metadata", "args": {}}') #>> '{inconsistent_objects,0,reason}';
ROLLBACK;
SELECT test.resolve('{ tickets(where: {status: {_eq: closed}}) { id } }');

-- what cannot be an enum table
CREATE TABLE nothing (value text PRIMARY KEY);
CREATE TABLE keyless (value text);
CREATE TABLE two_keys (a text, b text, PRIMARY KEY (a, b));
CREATE TABLE number (value int PRIMARY KEY, comment text);
CREATE TABLE wide (value text PRIMARY KEY, comment text, more text);
CREATE TABLE dated (value text PRIMARY KEY, comment date);
CREATE TABLE odd (value text PRIMARY KEY, comment varchar);
INSERT INTO odd VALUES ('a-b'), ('fine'), ('true'), ('2x'), (''), ('__typename'), ('é');
CREATE TABLE wordy (value text PRIMARY KEY, comment text);
INSERT INTO wordy VALUES ('a', repeat('x', 600000)), ('b', NULL), ('c', repeat('x', 600000));
CREATE VIEW open_tickets AS SELECT * FROM tickets;
SELECT test.failure(format('SELECT remote_rel.set_table_is_enum(%L, true)', t))
    FROM unnest('{nothing,keyless,two_keys,number,wide,dated,odd,wordy,open_tickets}'::text[]) AS t;
DELETE FROM wordy WHERE value = 'c';
SELECT remote_rel.set_table_is_enum('wordy', true), remote_rel.set_table_is_enum('wordy', false);
DELETE FROM odd WHERE value <> 'fine' AND value <> '2x';
SELECT test.failure($$SELECT remote_rel.set_table_is_enum('odd', true)$$);
SELECT test.failure($$SELECT remote_rel.set_table_is_enum(NULL, true)$$);
SELECT test.failure($$SELECT remote_rel.hide_table('status')$$);
-- names that meet
CREATE TABLE status_enum (id int PRIMARY KEY);
SELECT remote_rel.metadata('{"type": "get_inconsistent_metadata", "args": {}}') -> 'inconsistent_objects';
DROP TABLE status_enum;
-- a column of two enum tables
CREATE TABLE phase (value text PRIMARY KEY);
INSERT INTO phase VALUES ('open'), ('closed');
ALTER TABLE tickets ADD FOREIGN KEY (before) REFERENCES phase NOT VALID;
SELECT remote_rel.set_table_is_enum('phase', true);
UPDATE tickets SET before = 'closed' WHERE before = 'Won_t_fix';
ALTER TABLE tickets VALIDATE CONSTRAINT tickets_before_fkey1;
SELECT remote_rel.metadata('{"type": "get_inconsistent_metadata", "args": {}}') -> 'inconsistent_objects';
ALTER TABLE tickets DROP CONSTRAINT tickets_before_fkey;
SELECT test.resolve('{ tickets(where: {before: {_eq: closed}}) { id before } __type(name: "phase_enum") { enumValues { name } } }');

-- renames, custom names, the convention
ALTER TABLE status RENAME TO states;
ALTER TABLE states RENAME COLUMN value TO state;
SELECT test.resolve('query ($s: states_enum) { tickets(where: {status: {_eq: $s}}) { id } }', variables => '{"s": "closed"}');
SELECT remote_rel.set_table_customization('states', '{"custom_name": "ticket_state"}');
SELECT test.resolve('query ($s: ticket_state_enum) { tickets(where: {status: {_eq: $s}}) { id } }', variables => '{"s": "closed"}');
SELECT remote_rel.set_table_customization('states', NULL);
SELECT remote_rel.set_naming('{"naming_convention": "graphql-default", "type_names": {"prefix": "Db", "suffix": "T"}}');
SELECT test.resolve('query ($s: DbStatesEnumT, $c: DbStatesEnumComparisonExpT) { tickets(where: {status: {_eq: $s}, _not: {status: $c}}) { id status } }',
    variables => '{"s": "WON_T_FIX", "c": {"_isNull": true}}');
-- under graphql-default values are in capitals, and the table has its own
SELECT remote_rel.set_naming('{"naming_convention": "graphql-default"}');
SELECT test.resolve('{ __type(name: "StatesEnum") { enumValues { name description } } }', 'regress_names_agent');
SELECT test.resolve('{ tickets(where: {status: {_in: [OPEN, CLOSED]}, before: {_neq: OPEN}}) { id status before } }', 'regress_names_agent');
SELECT test.resolve('{ tickets(where: {status: {_eq: open}}) { id } }', 'regress_names_agent');
SELECT test.resolve('query ($l: [StatesEnum!], $s: StatesEnum = OPEN, $w: TicketsBoolExp) { a: tickets(where: {status: {_in: $l}}) { id }
    b: tickets(where: {status: {_in: [$s, CLOSED]}}) { id status } c: tickets(where: $w) { id } }', 'regress_names_agent', v)
    FROM (VALUES ('{"l": ["OPEN", "WON_T_FIX"], "w": {"status": {"_nin": ["OPEN"]}}}'::jsonb),
    ('{"l": ["CLOSED"], "s": "CLOSED", "w": {"status": {"_eq": "OPEN"}}}'), ('{"l": [], "s": "OPEN", "w": {}}')) AS x(v);
SELECT test.resolve('mutation ($o: [TicketsInsertInput!]!) { insertTickets(objects: $o) { returning { id status } }
    insertTicketsOne(object: {id: 21, status: WON_T_FIX, before: null}) { status before }
    updateTickets(where: {id: {_eq: 20}}, _set: {status: CLOSED}) { returning { status } } }', 'regress_names_agent',
    '{"o": [{"id": 20, "status": "OPEN"}, {"id": 22, "status": "WON_T_FIX"}]}');
SELECT id, status FROM tickets WHERE id >= 20 ORDER BY id;
SELECT test.resolve('{ ticketsAggregate(where: {id: {_gte: 20}}, orderBy: {id: ASC}) { aggregate { count(columns: status) } nodes { status } } }');
DELETE FROM tickets WHERE id >= 20;
SELECT remote_rel.set_naming(NULL);

-- Hasura's body, export, replace
SELECT remote_rel.metadata('{"type": "pg_set_table_is_enum", "args": {"table": "phase", "is_enum": false}}');
SELECT test.resolve('{ __type(name: "phase_enum") { name } tickets(where: {before: {_eq: "closed"}}) { id } }');
SELECT tgname, tgenabled FROM pg_trigger WHERE tgrelid = 'phase'::regclass AND NOT tgisinternal;
SELECT remote_rel.metadata('{"type": "pg_track_table", "args": {"table": "phase", "is_enum": true}}');
SELECT tgname, tgenabled FROM pg_trigger WHERE tgrelid = 'phase'::regclass AND NOT tgisinternal ORDER BY 1;
CREATE TABLE before AS SELECT remote_rel.metadata('{"type": "export_metadata", "args": {}}') AS m;
SELECT m #> '{sources,0,tables}' FROM before;
SELECT remote_rel.metadata('{"type": "clear_metadata", "args": {}}');
SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'remote_rel_enum%';
SELECT remote_rel.metadata(jsonb_build_object('type', 'replace_metadata', 'args', m)) FROM before;
SELECT remote_rel.metadata('{"type": "export_metadata", "args": {}}') = m FROM before;
SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'remote_rel_enum%';
SELECT test.failure($$SELECT remote_rel.metadata('{"type": "pg_set_table_is_enum", "args": {"table": "phase"}}')$$);
SELECT test.failure($$SELECT remote_rel.metadata('{"type": "replace_metadata", "args": {"version": 3, "sources": [{"name": "default", "tables": [
    {"table": "wide", "is_enum": true}, {"table": "odd", "is_enum": "yes"}]}]}}')$$);
-- two that do not fit, in a schema and with names that need quotes, are dropped; the third stays
CREATE SCHEMA "S ""1""";
CREATE TABLE "S ""1"""."T 'x'" (value text PRIMARY KEY);
CREATE TABLE "S ""1"""."phase" (value text PRIMARY KEY);
INSERT INTO "S ""1"""."T 'x'" VALUES ('a'), ('b');
INSERT INTO "S ""1"""."phase" VALUES ('c');
SELECT remote_rel.metadata('{"type": "clear_metadata", "args": {}}');
SET remote_rel.exposed_schemas = 'public, "S ""1"""';
SELECT remote_rel.set_table_customization('"S ""1"""."T ''x''"', '{"custom_name": "tx"}');
SELECT remote_rel.set_table_customization('"S ""1""".phase', '{"custom_name": "phase2"}');
SELECT remote_rel.set_table_is_enum('"S ""1"""."T ''x''"', true);
SELECT remote_rel.set_table_is_enum('"S ""1""".phase', true);
SELECT remote_rel.set_table_is_enum('public.phase', true);
SELECT tgrelid::regclass, tgname FROM pg_trigger WHERE tgname LIKE 'remote_rel_enum%' ORDER BY tgrelid, tgname;
TRUNCATE "S ""1"""."T 'x'", "S ""1""".phase;
SELECT remote_rel.metadata('{"type": "get_inconsistent_metadata", "args": {}}') -> 'inconsistent_objects';
SELECT remote_rel.metadata('{"type": "drop_inconsistent_metadata", "args": {}}');
SELECT remote_rel.metadata('{"type": "get_inconsistent_metadata", "args": {}}') -> 'inconsistent_objects';
SELECT remote_rel.metadata('{"type": "export_metadata", "args": {}}') #> '{sources,0,tables}';
SELECT DISTINCT tgrelid::regclass FROM pg_trigger WHERE tgname LIKE 'remote_rel_enum%';
-- the triggers do not keep the extension
DROP EXTENSION remote_rel;
SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'remote_rel_enum%';
DROP OWNED BY regress_names_agent;
DROP ROLE regress_names_agent;
\set QUIET on
\c postgres
DROP DATABASE regress_names_enum;
