# Metadata are as transactional as the server's own catalogs: a session sees a change when it is committed, neither earlier nor later, whatever is kept in
# caches, also where a transaction has one snapshot for its rows; of two changes that do not go together, one fails with 40001 or waits.

use RemoteRel::Test;

my $node = start_node('max_prepared_transactions = 5', 'wal_level = logical', 'max_wal_senders = 10');
my $this = session($node);
my $other = session($node);

$this->query(q{
	CREATE TABLE users (id int PRIMARY KEY, name text);
	INSERT INTO users VALUES (1, 'one');
	CREATE ROLE regress_reader;
	GRANT SELECT ON users TO regress_reader;
	SELECT remote_rel.add_remote_schema('api', '{"url": "http://127.0.0.1:1/"}', sdl => 'type Query { a(x: Int): Int b: Int }')});
is($this->{stderr}, '', 'prepared');

# What a session sees of it: in role schemas, in kept plans, in the catalogs themselves
my $sees = q{SELECT concat_ws(' ',
	(SELECT string_agg(f ->> 'name', ' ' ORDER BY f ->> 'name') FROM json_array_elements(
		graphql_resolve('{ __type(name: "users") { fields { name } } }') #> '{data,__type,fields}') AS f WHERE f ->> 'name' NOT IN ('id', 'name')),
	CASE WHEN graphql_resolve('{ users { id r } }') ->> 'data' IS NOT NULL THEN '(r answers)' END,
	(SELECT string_agg(name, ',') FROM remote_rel.table_relationship),
	CASE WHEN graphql_resolve('{ b }', 'regress_reader') ->> 'data' IS NOT NULL THEN 'b' END)};
my $create = q{SELECT remote_rel.create_remote_relationship('users', 'r', 'api', '{"a": {"arguments": {"x": "$id"}}}')};
my $delete = q{SELECT remote_rel.delete_remote_relationship('users', 'r')};
my $permit = q{SELECT remote_rel.add_remote_schema_permissions('api', 'regress_reader', 'type Query { b: Int }')};
my $forbid = q{SELECT remote_rel.drop_remote_schema_permissions('api', 'regress_reader')};
my ($none, $all) = ('', 'r (r answers) r b');
my $rows = 'r';    # an old snapshot shows the row that is gone
is($_->query($sees), $none, 'nothing at first') for $this, $other;

sub both
{
	my ($expected, $what) = @_;

	is($this->query($sees), $expected, "$what: this session");
	is($other->query($sees), $expected, "$what: the other one");
	return;
}

# --- isolation levels ------------------------------------------------------------------------------------------------------

$this->query("BEGIN; $create; $permit");
is($this->query($sees), $all, 'the session that changes sees it at once');
is($other->query($sees), $none, 'others do not');
$this->query('COMMIT');
both($all, 'committed');

for my $level ('REPEATABLE READ', 'SERIALIZABLE')
{
	$other->query("BEGIN ISOLATION LEVEL $level; SELECT 1");
	$this->query("BEGIN; $delete; $forbid; COMMIT");
	is($this->query($sees), $none, "$level: gone here");
	is($other->query($sees), $rows, "$level: gone there too, like a table or a privilege; only rows are the snapshot's") for 1 .. 2;
	$this->query($create);
	$this->query($permit);
	is($other->query($sees), $all, "$level: there again");
	$this->query("BEGIN; $delete; $forbid; COMMIT");
	is($other->query($sees), $rows, "$level: and gone again");
	$other->query('COMMIT');
	both($none, "$level: afterwards");
	$this->query("BEGIN; $create; $permit; COMMIT");
	both($all, "$level: and back");

	# the transaction's own change beside the snapshot
	$other->query("BEGIN ISOLATION LEVEL $level; SELECT 1; $delete; $forbid");
	is($other->query($sees), $none, "$level: its own change");
	is($this->query($sees), $all, "$level: unseen by others");
	$other->query('ROLLBACK');
	both($all, "$level: rolled back");

	# it must not write on top of what it does not see
	$other->query("BEGIN ISOLATION LEVEL $level; SELECT 1");
	$this->query(q{SELECT remote_rel.add_remote_schema('api2', '{"url": "http://127.0.0.1:1/"}', sdl => 'type Query { c: Int }')});
	$other->query($delete);
	like($other->{stderr}, qr/^ERROR:  could not serialize access due to a concurrent change of the metadata of remote_rel/, "$level: a change on top of an unseen one");
	$other->query('ROLLBACK');
	$other->query("BEGIN ISOLATION LEVEL $level; SELECT 1");
	$this->query(q{SELECT remote_rel.remove_remote_schema('api2')});
	$other->query(q{SELECT remote_rel.metadata('{"type": "bulk_keep_going", "args": [{"type": "delete_remote_relationship", "args": {"table": "users", "name": "r"}}]}')});
	like($other->{stderr}, qr/^ERROR:  could not serialize access/, "$level: nor on top of an unseen removal, through the door");
	$other->query('ROLLBACK');
	# what was there when it began does not count
	$other->query("BEGIN ISOLATION LEVEL $level; $delete; $create; COMMIT");
	is($other->{stderr}, '', "$level: alone, it may change");
	both($all, "$level: all is there");
}

# A snapshot of old: the session has seen the change, and is given one from before it
$this->query('BEGIN ISOLATION LEVEL REPEATABLE READ');
my $snapshot = $this->query('SELECT pg_export_snapshot()');
my $third = session($node);
$third->query("BEGIN; $delete; $forbid; COMMIT");
is($other->query($sees), $none, 'changed');
is($other->query("BEGIN ISOLATION LEVEL REPEATABLE READ; SET TRANSACTION SNAPSHOT '$snapshot'; $sees"), $rows, 'an imported snapshot shows rows that were there');
is($other->query("COMMIT; $sees"), $none, 'only in its transaction');
is($this->query($sees), $rows, 'and where it came from');
$this->query('COMMIT');
$this->query("BEGIN; $create; $permit; COMMIT");

# A cursor's snapshot is older than the statement that fetches from it: rows are as they were then; the graph, like tables and privileges, is as it is now
$this->query(q{BEGIN; DECLARE c CURSOR FOR
	SELECT i, (SELECT string_agg(name, ',') FROM remote_rel.table_relationship WHERE i > 0), graphql_schema() ~ ' r: Int' FROM generate_series(1, 2) AS i});
is($this->query('FETCH c'), '1|r|t', 'a cursor');
$other->query("BEGIN; $delete; $forbid; COMMIT");
is($this->query($sees), $none, 'a change while it is open, in its own session');
is($this->query('FETCH c'), '2|r|f', 'the cursor shows the rows that were there when it was opened');
is($this->query($sees), $none, 'and leaves nothing of that behind');
is($this->query("COMMIT; $sees"), $none, 'after the cursor');

# --- savepoints, prepared transactions ------------------------------------------------------------------------------------------

$this->query("BEGIN; $create; SAVEPOINT s; $permit");
is($this->query($sees), $all, 'in a subtransaction');
$this->query('ROLLBACK TO s');
is($this->query($sees), 'r (r answers) r', 'rolled back to the savepoint');
$this->query("SAVEPOINT t; $delete; RELEASE t");
is($this->query($sees), $none, 'another one');
$this->query('ROLLBACK');
both($none, 'all rolled back');
$this->query(qq{DO \$\$ BEGIN BEGIN PERFORM (SELECT remote_rel.create_remote_relationship('users', 'r', 'api', '{"a": {"arguments": {"x": "\$id"}}}')); PERFORM graphql_schema(); RAISE 'back'; EXCEPTION WHEN raise_exception THEN NULL; END; END \$\$});
both($none, 'a block that failed');

$this->query("BEGIN; $create; $permit");
is($this->query($sees), $all, 'to be prepared');
$this->query(q{PREPARE TRANSACTION 'p'});
is($this->{stderr}, '', 'PREPARE TRANSACTION');
both($none, 'prepared');
$other->query(q{SET lock_timeout = '100ms'; SELECT remote_rel.remove_remote_schema('api', true)});
like($other->{stderr}, qr/^ERROR:  canceling statement due to lock timeout/, 'a prepared change keeps others from changing');
$other->query(q{RESET lock_timeout; COMMIT PREPARED 'p'});
both($all, 'committed by another session');
$this->query("BEGIN; $delete; $forbid; PREPARE TRANSACTION 'p'");
both($all, 'prepared the other way');
$other->query(q{ROLLBACK PREPARED 'p'});
both($all, 'and rolled back');

# --- within one statement -------------------------------------------------------------------------------------------------------

# A function that changes and looks: volatile ones see their own changes
$this->query(qq{CREATE FUNCTION forth() RETURNS text LANGUAGE plpgsql AS \$f\$ BEGIN PERFORM remote_rel.delete_remote_relationship('users', 'r'); RETURN ($sees); END \$f\$;
	CREATE FUNCTION back() RETURNS text LANGUAGE plpgsql AS \$f\$ BEGIN PERFORM (SELECT remote_rel.create_remote_relationship('users', 'r', 'api', '{"a": {"arguments": {"x": "\$id"}}}')); RETURN ($sees); END \$f\$});
is($this->query('SELECT forth(), back(), forth(), back()'), "b|$all|b|$all", 'changed and asked by turns in one statement');
both($all, 'after it');
is($this->query("SELECT graphql_schema() ~ ' r: Int', forth(), graphql_schema() ~ ' r: Int'"), 't|b|f', 'calls within one statement see what the one before has done');
both('b', 'after that');
$this->query($create);
both($all, 'restored');

# --- writers wait for each other --------------------------------------------------------------------------------------------------

$this->query("BEGIN; $delete");
$other->send($delete);
wait_until('the other one waits', sub { $third->query(q{SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'remote_rel.remote_schema'::regclass}) == 1 });
is($third->query($sees), $all, 'readers do not wait');
$this->query('COMMIT');
$other->wait;
like($other->{stderr}, qr/^ERROR:  table "users" has no relationship "r"/, 'the second sees what the first has done');
$this->query("$create");

# reload: what was fetched before another session gave a schema does not overwrite it
my $faulty = start_remote('yoga');
add_remote($node, slow => $faulty->url('?delay=1500'));
my $sdl = 'type Query { given: Int }';
$this->send(q{SELECT remote_rel.reload_remote_schema('slow')});
wait_until('it is asked', sub { $third->query(q{SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%reload_remote_schema%' AND wait_event_type = 'Extension'}) > 0 });
$other->query(sprintf q{SELECT remote_rel.update_remote_schema('slow', '{"url": "http://127.0.0.1:1/"}', sdl => '%s')}, $sdl);
$this->wait;
is($this->{stderr}, '', 'a reload overtaken by an update');
is($other->query(q{SELECT sdl FROM remote_rel.remote_schema WHERE name = 'slow'}), $sdl, 'does not bring the old schema back');
$this->query(q{SELECT remote_rel.remove_remote_schema('slow')});

# --- without our functions: by hand, from a publisher, on a standby ------------------------------------------------------------------

is($other->query($sees), $all, 'before a change by hand');
$this->query('SET session_replication_role = replica; DELETE FROM remote_rel.table_relationship; RESET session_replication_role');
both('b', 'rows deleted where triggers do not fire');
$node->safe_psql('postgres', 'COPY remote_rel.table_relationship FROM stdin;
public	users	r	remote	{"to_remote_schema": {"lhs_fields": ["id"], "remote_field": {"a": {"arguments": {"x": "$id"}}}, "remote_schema": "api"}}	\N
\.
');
both($all, 'rows copied');
$this->query('TRUNCATE remote_rel.table_relationship');
both('b', 'truncated');
$this->query($create);

my $subscriber = PostgreSQL::Test::Cluster->new('subscriber');
$subscriber->init;
$subscriber->append_conf('postgresql.conf', "fsync = off\n");
$subscriber->start;
$subscriber->safe_psql('postgres', 'CREATE EXTENSION remote_rel; CREATE TABLE users (id int PRIMARY KEY, name text); CREATE ROLE regress_reader; GRANT SELECT ON users TO regress_reader');
my $far = session($subscriber);
is($far->query($sees), $none, 'a subscriber, before');
$node->safe_psql('postgres', 'CREATE PUBLICATION everything FOR ALL TABLES');
$subscriber->safe_psql('postgres', sprintf q{CREATE SUBSCRIPTION everything CONNECTION '%s' PUBLICATION everything}, $node->connstr('postgres') =~ s/'/''/gr);
$subscriber->wait_for_subscription_sync($node, 'everything') if $subscriber->can('wait_for_subscription_sync');
wait_until('the subscriber has the first copy', sub { $far->query($sees) eq $all });
pass('a session of the subscriber sees the first copy');
$this->query("BEGIN; $delete; $forbid; COMMIT");
wait_until('the subscriber has the change', sub { $far->query('SELECT count(*) FROM remote_rel.table_relationship') eq '0' });
is($far->query($sees), $none, 'and every change after it');
$this->query("BEGIN; $create; $permit; COMMIT");
wait_until('the subscriber has the next one', sub { $far->query('SELECT count(*) FROM remote_rel.remote_schema_permission') eq '1' });
is($far->query($sees), $all, 'one more');
$subscriber->safe_psql('postgres', 'DROP SUBSCRIPTION everything');
$subscriber->stop;

$node->backup('b');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($node, 'b', has_streaming => 1);
$standby->start;
$far = session($standby);
is($far->query($sees), $all, 'a standby');
for my $round (1 .. 2)
{
	$this->query("BEGIN; $delete; $forbid; COMMIT");
	$node->wait_for_catchup($standby, 'replay', $node->lsn('insert'));
	is($far->query($sees), $none, 'a session of the standby sees a change');
	$this->query("BEGIN; $create; $permit; COMMIT");
	$node->wait_for_catchup($standby, 'replay', $node->lsn('insert'));
	is($far->query($sees), $all, 'and the next one');
}
$far->query($delete);
like($far->{stderr}, qr/^ERROR:  cannot execute changing the metadata of remote_rel in a read-only transaction/, 'it cannot change any');

done_testing();
