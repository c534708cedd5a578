# Mutations in several sessions, cancelled ones, and those that must not write: read-only transactions, standbys.

use RemoteRel::Test;

my $yoga = start_remote('yoga');
my $node = start_node('deadlock_timeout = 20ms', 'wal_level = replica', 'max_wal_senders = 4');
add_remote($node, api => $yoga->url);
$node->safe_psql('postgres', <<'SQL');
CREATE TABLE counters (name text PRIMARY KEY, n int NOT NULL DEFAULT 1, auth0_id text);
CREATE FUNCTION count_up() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.n := OLD.n + 1; RETURN NEW; END $$;
CREATE TRIGGER count_up BEFORE UPDATE OF auth0_id ON counters FOR EACH ROW EXECUTE FUNCTION count_up();
SELECT remote_rel.create_remote_relationship('counters', 'profile', 'api', '{"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}');
CREATE ROLE writer;
GRANT ALL ON counters TO writer;
SQL
my @sessions = map { session($node) } 1 .. 4;
my ($one, $two) = @sessions;
my $watch = session($node);

# As another role, which sees no remote schema, or as the session's own
sub call { return sprintf q{SELECT graphql_resolve(%s, 'writer')}, literal("mutation { $_[0] }") }
sub call_myself { return sprintf q{SELECT graphql_resolve(%s)}, literal("mutation { $_[0] }") }

sub last_sqlstate
{
	my ($session) = @_;

	my ($state) = $session->query('\\echo :SQLSTATE') =~ /(\w+)/;
	return $state;
}

sub sqlstate
{
	my ($session, $sql) = @_;

	$session->query($sql);
	return last_sqlstate($session);
}

sub waits_for_lock
{
	my ($session) = @_;

	wait_until('waits for a lock', sub {
		$watch->query(sprintf q{SELECT count(*) FROM pg_stat_activity WHERE pid = %d AND wait_event_type = 'Lock'}, $session->pid) });
	return;
}

sub rows { return $watch->query(q{SELECT string_agg(name || ' ' || n, ', ' ORDER BY name) FROM counters}) }

# ---- upserts at the same time ----

my $upsert = 'insert_counters_one(object: {name: "a", auth0_id: "auth0|1"}, on_conflict: {constraint: counters_pkey, update_columns: [auth0_id]}) { n }';
$one->query('BEGIN');
like($one->query(call($upsert)), qr/"n":1/, 'the first inserts');
$two->send(call($upsert));
waits_for_lock($two);
$one->query('COMMIT');
like($two->wait, qr/"n":2/, 'the second waits for it, and updates');

my $in_many = q{DO $do$ BEGIN FOR i IN 1 .. 25 LOOP PERFORM graphql_resolve('mutation { insert_counters(objects: [{name: "b", auth0_id: "x"},
	{name: "c", auth0_id: "y"}], on_conflict: {constraint: counters_pkey, update_columns: [auth0_id]}) { affected_rows } }', 'writer'); COMMIT; END LOOP; END $do$};
$_->send($in_many) for @sessions;
$_->wait for @sessions;
is(join('', map { $_->{stderr} } @sessions), '', 'four sessions with 25 upserts each');
is(rows(), 'a 2, b 100, c 100', '… of which none is lost');

# ---- errors that are the caller's to repeat ----

$one->query('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT FROM counters');
$two->query(call('update_counters(where: {name: {_eq: "a"}}, _set: {n: 10}) { affected_rows }'));
is(sqlstate($one, call('update_counters(where: {name: {_eq: "a"}}, _inc: {n: 1}) { affected_rows }')), '40001', 'a serialization failure is an SQL error');
$one->query('ROLLBACK');
like($one->query(call('update_counters(where: {name: {_eq: "a"}}, _inc: {n: 1}) { returning { n } }')), qr/"n":11/, '… and can be tried again');

$_->query('BEGIN ISOLATION LEVEL SERIALIZABLE') for $one, $two;
my $increment = 'update_counters(where: {name: {_eq: "%s"}}, _set: {n: 0}) { affected_rows } insert_counters_one(object: {name: "%s"}) { n }';
$one->query(call(sprintf $increment, 'd', 'e'));
$two->query(call(sprintf $increment, 'e', 'd'));
my @states = (sqlstate($one, 'COMMIT'), sqlstate($two, 'COMMIT'));
is(join(' ', sort @states), '00000 40001', 'write skew fails one of two');
$_->query('ROLLBACK') for $one, $two;

$_->query('BEGIN') for $one, $two;
$one->query(call('update_counters_by_pk(pk_columns: {name: "b"}, _set: {n: 5}) { n }'));
$two->query(call('update_counters_by_pk(pk_columns: {name: "c"}, _set: {n: 5}) { n }'));
$one->send(call('update_counters_by_pk(pk_columns: {name: "c"}, _set: {n: 6}) { n }'));
waits_for_lock($one);
my $second = sqlstate($two, call('update_counters_by_pk(pk_columns: {name: "b"}, _set: {n: 6}) { n }'));
$two->query('ROLLBACK');
$one->wait;
is(join(' ', sort $second, last_sqlstate($one)), '00000 40P01', 'a deadlock is an SQL error of one of two');
$one->query('ROLLBACK');

# ---- cancelled in the middle ----

$node->safe_psql('postgres', 'DELETE FROM counters; INSERT INTO counters VALUES (\'locked\', 1)');
$two->query(q{BEGIN; UPDATE counters SET n = 2 WHERE name = 'locked'});
$one->query(q{BEGIN; INSERT INTO counters VALUES ('mine', 1); SAVEPOINT s});
$yoga->reset;
$one->send(call_myself('insert_counters_one(object: {name: "undone", auth0_id: "auth0|1"}) { profile { id } } increment
	update_counters(where: {}, _inc: {n: 1}) { affected_rows }'));
waits_for_lock($one);
$watch->query(sprintf 'SELECT pg_cancel_backend(%d)', $one->pid);
$one->wait;
is(last_sqlstate($one), '57014', 'a cancel is an SQL error');
$one->query('ROLLBACK TO s; COMMIT');
$two->query('COMMIT');
is(rows(), 'locked 2, mine 1', '… that undoes the local work of the document, and no more');
is(join(' ', map { $_->{query} } $yoga->log), 'mutation { increment }', '… not what was sent; joins were not asked for');
like($one->query(call('insert_counters_one(object: {name: "after"}) { n }')), qr/"n":1/, 'the session goes on');

# ---- where nothing may be written ----

my @writing = ('insert_counters_one(object: {name: "no"}) { n profile { id } }', 'increment', 'increment insert_counters_one(object: {name: "no"}) { n }');
$yoga->reset;
foreach my $document (@writing)
{
	$one->query('BEGIN READ ONLY');
	is(sqlstate($one, call_myself($document)), '25006', "read-only transaction: $document");
	$one->query('ROLLBACK');
}
$node->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($node, 'base', has_streaming => 1);
$standby->start;
my $there = session($standby);
is(sqlstate($there, call_myself($_)), '25006', "standby: $_") foreach @writing;
is(sqlstate($there, call('insert_counters_one(object: {name: "no"}) { n }')), '25006', 'standby: as another role');
is($yoga->requests, 0, 'nothing was sent');
like($there->query(q{SELECT graphql_resolve('{ counters { name profile { id } } }')}), qr/"mine"/, 'a query is answered there');
is(rows(), 'after 1, locked 2, mine 1', 'nothing was written');

done_testing();
