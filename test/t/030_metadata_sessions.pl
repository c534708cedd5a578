# What one session changes, others see at their next query: metadata, tables, grants, comments; never earlier than their snapshot allows, and never half.

use RemoteRel::Test;

my $node = start_node();
my $other = session($node);
my $this = session($node);

$this->query(q{
	CREATE TABLE users (id int PRIMARY KEY, name text, auth0_id text);
	INSERT INTO users VALUES (1, 'one', 'auth0|1');
	CREATE ROLE regress_reader;
	SELECT remote_rel.add_remote_schema('auth0', '{"url": "http://127.0.0.1:1/"}', sdl => 'type Query { auth0(auth0_id: String!): Profile } type Profile { name: String }')});

my $fields = q{SELECT string_agg(f ->> 'name', ' ' ORDER BY f ->> 'name') FROM json_array_elements(
	graphql_resolve('{ __type(name: "users") { fields { name } } }', %s) -> 'data' -> '__type' -> 'fields') AS f};
my $admin = sprintf $fields, 'NULL';
my $reader = sprintf $fields, q('regress_reader');

is($other->query($admin), 'auth0_id id name', 'before');
my $create = q{SELECT remote_rel.create_remote_relationship('users', '%s', 'auth0', '{"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}')};
my $first = sprintf $create, 'first';
my $second = sprintf $create, 'second';
my $third = sprintf $create, 'third';

$this->query("BEGIN; $first");
is($this->query($admin), 'auth0_id first id name', 'a session sees its own change');
is($other->query($admin), 'auth0_id id name', 'others do not before it is committed');
$this->query('ROLLBACK');
is($this->query($admin), 'auth0_id id name', 'nor the session itself when it is rolled back');
$this->query("BEGIN; SAVEPOINT s; $first; ROLLBACK TO s");
is($this->query($admin), 'auth0_id id name', 'or rolled back to a savepoint');
$this->query('COMMIT');
$this->query($first);
is($other->query($admin), 'auth0_id first id name', 'a committed change shows in the other session');

# One snapshot for the rows of the whole transaction
$other->query('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1');
$this->query($second);
is($other->query($admin), 'auth0_id first id name second', 'a transaction with one snapshot sees the change, as it would see a new column');
$other->query('COMMIT');
is($other->query($admin), 'auth0_id first id name second', 'and its session afterwards');

# A change that comes while a statement runs: the statement after it sees the change
$other->send("SELECT pg_advisory_lock_shared(1), length(graphql_resolve('{ users { name } }')::text)");
$other->wait;
$this->query('SELECT pg_advisory_lock(2)');
$other->send("SELECT pg_advisory_lock(2), ($admin)");
wait_until('the statement waits',
	sub { $this->query(q{SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%advisory_lock(2)%'}) > 0 });
$this->query("$third; SELECT pg_advisory_unlock(2)");
$other->wait;
is($other->query($admin), 'auth0_id first id name second third', 'a change during a statement shows in the next one');

# Tables, grants, comments
$this->query('ALTER TABLE users ADD COLUMN age int');
like($other->query($admin), qr/^age auth0_id/, 'a new column');
is($other->query($reader), '', 'nothing for a role without privileges');
$this->query('GRANT SELECT (name) ON users TO regress_reader');
is($other->query($reader), 'name', 'a grant shows');
$this->query('REVOKE SELECT (name) ON users FROM regress_reader');
is($other->query($reader), '', 'so does its end');
$this->query('CREATE ROLE regress_group; GRANT SELECT (id) ON users TO regress_group');
is($other->query($reader), '', 'a privilege of another role');
$this->query('GRANT regress_group TO regress_reader');
is($other->query($reader), 'id', 'comes with membership');
$this->query('REVOKE regress_group FROM regress_reader');
is($other->query($reader), '', 'and goes with it');

my $description = q{SELECT graphql_resolve('{ __type(name: "users") { description } }') #>> '{data,__type,description}'};
$other->query($description);
$this->query(q{COMMENT ON TABLE users IS 'who they are'});
is($other->query($description), 'who they are', 'a comment shows');

$this->query('ALTER TABLE users RENAME auth0_id TO subject');
is($other->query($admin), 'age first id name second subject third', 'relationships follow a rename, for other sessions as well');
$this->query('DROP TABLE users');
is($other->query($admin), '', 'a dropped table is gone');
is($other->query('SELECT count(*) FROM remote_rel.table_relationship'), '0', 'with its relationships');

# The extension goes and comes
$this->query('DROP EXTENSION remote_rel');
$other->query($admin);
like($other->{stderr}, qr/function graphql_resolve.* does not exist/, 'no extension, no function');
is($this->query(q{SELECT count(*) FROM pg_event_trigger WHERE evtname LIKE 'remote_rel%'}), '0', 'DROP EXTENSION takes the event triggers');
is($this->query(q{SELECT count(*) FROM pg_namespace WHERE nspname = 'remote_rel'}), '0', 'and the schema');
$this->query('CREATE SCHEMA app; CREATE EXTENSION remote_rel SCHEMA app; CREATE TABLE users (id int)');
$admin =~ s/graphql_resolve/app.graphql_resolve/;
is($other->query($admin), 'id', 'CREATE EXTENSION in another schema: the same session goes on');

# Two sessions that change and two that look: nobody sees half of a change, nothing breaks
$this->query(q{
	SELECT remote_rel.add_remote_schema('auth0', '{"url": "http://127.0.0.1:1/"}', sdl => 'type Query { a(x: Int): Int }')});
my @writers = map { session($node) } 1 .. 2;
my @readers = map { session($node) } 1 .. 2;
my $change = q{DO $$ BEGIN FOR i IN 1 .. 40 LOOP
	PERFORM remote_rel.metadata('{"type": "bulk", "args": [
		{"type": "create_remote_relationship", "args": {"name": "left_%1$d", "table": "users", "remote_schema": "auth0", "remote_field": {"a": {"arguments": {"x": "$id"}}}}},
		{"type": "create_remote_relationship", "args": {"name": "right_%1$d", "table": "users", "remote_schema": "auth0", "remote_field": {"a": {"arguments": {"x": "$id"}}}}}]}');
	COMMIT;
	PERFORM remote_rel.metadata('{"type": "bulk", "args": [
		{"type": "delete_remote_relationship", "args": {"name": "right_%1$d", "table": "users"}},
		{"type": "delete_remote_relationship", "args": {"name": "left_%1$d", "table": "users"}}]}');
	COMMIT;
END LOOP; END $$};
my $look = <<"SQL";
DO \$\$ DECLARE seen text; looks int := 0; BEGIN
	WHILE looks < 300 LOOP
		seen := ($admin);
		FOR i IN 1 .. 2 LOOP
			IF (seen LIKE '%left_' || i || '%') <> (seen LIKE '%right_' || i || '%') THEN
				RAISE EXCEPTION 'half a change: %', seen;
			END IF;
		END LOOP;
		looks := looks + 1;
		COMMIT;
	END LOOP;
END \$\$
SQL
$writers[ $_ - 1 ]->send(sprintf $change, $_) for 1 .. 2;
$_->send($look) for @readers;
$_->wait for @writers, @readers;
is($_->{stderr}, '', 'a session that changes') for @writers;
is($_->{stderr}, '', 'a session that looks') for @readers;
is($other->query($admin), 'id', 'and all is as before');

done_testing();
