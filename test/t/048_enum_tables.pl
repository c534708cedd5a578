# Rows of an enum table that change, as other sessions see them: at their next query, and not before it is committed.

use RemoteRel::Test;

my $node = start_node();
my $other = session($node);
my $this = session($node);

$this->query(q{
	CREATE EXTENSION IF NOT EXISTS remote_rel;
	CREATE TABLE level (value text PRIMARY KEY, comment text);
	INSERT INTO level VALUES ('LOW', 'for most'), ('HIGH', NULL);
	CREATE TABLE tasks (id int PRIMARY KEY, level text REFERENCES level);
	INSERT INTO tasks VALUES (1, 'LOW');
	SELECT remote_rel.set_table_is_enum('level', true)});

# The values that the other session sees
sub enum_values
{
	return $other->query(q{SELECT string_agg(v ->> 'name', ' ') FROM json_array_elements(
		graphql_resolve('{ __type(name: "level_enum") { enumValues { name } } }') #> '{data,__type,enumValues}') AS v});
}

is(enum_values(), 'HIGH LOW', 'the rows');
$this->query(q{INSERT INTO level VALUES ('MID')});
is(enum_values(), 'HIGH LOW MID', 'inserted');
$this->query(q{UPDATE level SET value = 'MEDIUM' WHERE value = 'MID'});
is(enum_values(), 'HIGH LOW MEDIUM', 'updated');
$this->query(q{BEGIN; DELETE FROM level WHERE value = 'MEDIUM'});
is(enum_values(), 'HIGH LOW MEDIUM', 'deleted, and not committed');
$this->query(q{COMMIT});
is(enum_values(), 'HIGH LOW', 'committed');
$this->query(q{BEGIN; INSERT INTO level VALUES ('MID'); ROLLBACK});
is(enum_values(), 'HIGH LOW', 'rolled back');
$this->query(q{SET session_replication_role = replica; INSERT INTO level VALUES ('COPIED'); RESET session_replication_role});
is(enum_values(), 'COPIED HIGH LOW', 'by replication');
$this->query(q{COPY level (value) FROM PROGRAM 'echo LOADED'});
is(enum_values(), 'COPIED HIGH LOADED LOW', 'by COPY');

# Values are a part of the schema, so a transaction with one snapshot for its rows sees those of now
$other->query(q{BEGIN ISOLATION LEVEL REPEATABLE READ});
is(enum_values(), 'COPIED HIGH LOADED LOW', 'repeatable read');
$this->query(q{DELETE FROM level WHERE value IN ('COPIED', 'LOADED')});
is(enum_values(), 'HIGH LOW', 'and the new ones');
$other->query(q{COMMIT});
is(enum_values(), 'HIGH LOW', 'and afterwards');

# An old snapshot shows a row that was deleted before the table had its key: it has no value
$this->query(q{ALTER TABLE tasks DROP CONSTRAINT tasks_level_fkey; ALTER TABLE level DROP CONSTRAINT level_pkey,
	ALTER COLUMN value DROP NOT NULL; INSERT INTO level VALUES (NULL)});
$other->query(q{BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1});
$this->query(q{DELETE FROM level WHERE value IS NULL; ALTER TABLE level ADD PRIMARY KEY (value);
	ALTER TABLE tasks ADD FOREIGN KEY (level) REFERENCES level});
is(enum_values(), 'HIGH LOW', 'a row without a value is none');
$other->query(q{COMMIT});

# A kept plan takes what is new
my $ask = sub { $other->query(sprintf q{SELECT graphql_resolve('query ($l: level_enum) { tasks(where: {level: {_eq: $l}}) { id } }', NULL, '{"l": "%s"}')}, $_[0]) };
is($ask->('LOW'), '{"data":{"tasks":[{"id":1}]}}', 'a value');
like($ask->('MID'), qr/does not exist in \\"level_enum\\" enum/, 'no value yet');
$this->query(q{INSERT INTO level VALUES ('MID'); UPDATE tasks SET level = 'MID'});
is($ask->('MID'), '{"data":{"tasks":[{"id":1}]}}', 'a value now');
is($ask->('LOW'), '{"data":{"tasks":[]}}', 'and the other one');

# Who may change the table needs nothing of the extension's
$this->query(q{CREATE ROLE regress_editor; GRANT ALL ON level TO regress_editor});
$this->query(q{SET ROLE regress_editor; INSERT INTO level VALUES ('NEW'); RESET ROLE});
is(enum_values(), 'HIGH LOW MID NEW', 'by a role that has nothing but the table');
$this->query(q{UPDATE tasks SET level = NULL; TRUNCATE level CASCADE});
is(enum_values(), '', 'emptied: no enum');
$this->query(q{INSERT INTO level VALUES ('ONE')});
is(enum_values(), 'ONE', 'filled again');

done_testing();
