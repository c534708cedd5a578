# Who waits for whom: first queries of sessions, writers of metadata, and commands that rename something.

use RemoteRel::Test;

my $node = start_node('log_statement = none', 'wal_level = replica', 'max_wal_senders = 3');
$node->safe_psql('postgres', <<'SQL');
CREATE ROLE owner_of_mine;
CREATE SCHEMA mine AUTHORIZATION owner_of_mine;
CREATE SCHEMA ours;
CREATE TABLE ours.things (id int PRIMARY KEY, key text);
CREATE TABLE things (id int PRIMARY KEY, key text);
CREATE TABLE gate ();
SELECT remote_rel.add_remote_schema('remote', '{"url": "http://127.0.0.1:1/"}', sdl => 'type Query { thing(key: String): String }');
SELECT remote_rel.create_remote_relationship('things', 'r', 'remote', '{"thing": {"arguments": {"key": "$key"}}}');
SQL

my $query = q{SELECT graphql_resolve('{ things { key } }')};
my $empty = qr/\{"data":\{"things":\[\]\}\}/;

# a session of its own, so that its schema is built
sub first_query
{
	my $session = session($node);
	my $answer  = $session->query("SET statement_timeout = '20s'; $query");

	$session->quit;
	return $answer;
}

# A multixact in xmax is no transaction: its number may be far from those of transactions.
{
	$node->stop;
	system_or_bail('pg_resetwal', '-m', '104857600,104857600', $node->data_dir);
	for my $kind ('offsets', 'members')
	{
		my $file = $node->data_dir . "/pg_multixact/$kind/" . ($kind eq 'offsets' ? '0640' : '0000');

		next if -s $file;
		append_to_file($file, "\0" x (32 * 8192));
	}
	$node->start;
	my ($one, $two) = (session($node), session($node));
	my $lock = 'BEGIN; SELECT count(*) FROM (SELECT FROM remote_rel.table_relationship FOR KEY SHARE) AS r';

	is($one->query($lock), '1', 'a row is locked');
	is($two->query($lock), '1', 'twice');
	like(first_query(), $empty, 'a row that several have locked');
	$_->query('COMMIT') for $one, $two;
	like(first_query(), $empty, 'and a moment later');
	cmp_ok($node->safe_psql('postgres', 'SELECT max(xmax::text::bigint) FROM remote_rel.table_relationship'), '>=', 104857600, 'it was a multixact');
	$_->quit for $one, $two;
}

# A commit that waits for a synchronous standby is not visible yet.
{
	my $writer = session($node);

	$node->safe_psql('postgres', q{ALTER SYSTEM SET synchronous_standby_names = 'nobody'; SELECT pg_reload_conf()});
	$writer->send("SELECT remote_rel.delete_remote_relationship('things', 'r')");
	ok($node->poll_query_until('postgres', q{SELECT count(*) = 1 FROM pg_stat_activity WHERE wait_event = 'SyncRep'}), 'a writer waits for a standby');
	like(first_query(), $empty, 'nobody else does');
	$node->safe_psql('postgres', q{SET synchronous_commit = local; ALTER SYSTEM RESET synchronous_standby_names; SELECT pg_reload_conf()});
	ok($node->poll_query_until('postgres', q{SELECT count(*) = 0 FROM pg_stat_activity WHERE wait_event = 'SyncRep'}), 'until there is none');
	$writer->wait;
	$writer->query(q{SELECT remote_rel.create_remote_relationship('things', 'r', 'remote', '{"thing": {"arguments": {"key": "$key"}}}')});
	$writer->quit;
}

# ALTER SCHEMA keeps nobody waiting whose metadata do not concern it.
{
	my ($one, $two) = (session($node), session($node));

	$one->query('BEGIN; SET LOCAL ROLE owner_of_mine; ALTER SCHEMA mine RENAME TO yours');
	$two->query(q{SET lock_timeout = '10s'; SELECT remote_rel.create_remote_relationship('things', 'r2', 'remote', '{"thing": {"arguments": {"key": "$key"}}}')});
	is($two->{stderr}, '', 'a writer does not wait for the rename of another schema');
	$one->query('COMMIT');

	$two->query(q{BEGIN; SELECT remote_rel.create_remote_relationship('ours.things', 'r', 'remote', '{"thing": {"arguments": {"key": "$key"}}}')});
	$one->send("ALTER SCHEMA ours RENAME TO theirs");
	ok($node->poll_query_until('postgres', q{SELECT count(*) = 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query ~ 'ALTER SCHEMA ours'}),
		'a rename waits for a writer that it concerns');
	$two->query('COMMIT');
	$one->wait;
	is($one->query(q{SELECT table_schema FROM remote_rel.table_relationship WHERE table_schema <> 'public'}), 'theirs', 'and is followed');

	$one->query('BEGIN; ALTER SCHEMA theirs RENAME TO ours');
	$two->send("" . q{SELECT remote_rel.create_remote_relationship('theirs.things', 'r2', 'remote', '{"thing": {"arguments": {"key": "$key"}}}')} . "");
	ok($node->poll_query_until('postgres', q{SELECT count(*) = 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query ~ 'theirs'}),
		'a writer that it concerns waits for a rename');
	$one->query('COMMIT');
	$two->wait;
	is($node->safe_psql('postgres', q{SELECT count(*) FROM remote_rel.table_relationship WHERE table_schema = 'theirs'}), '0', 'and writes no name of before');
	$_->quit for $one, $two;
}

# A deadlock ends the command, as it would without us. A warning would leave the metadata behind.
{
	my ($one, $two) = (session($node), session($node));

	$one->query(q{SET deadlock_timeout = '60s'; BEGIN; SELECT FROM remote_rel.table_relationship WHERE table_schema = 'public' FOR UPDATE});
	$two->query(q{SET deadlock_timeout = '3s'; BEGIN; LOCK TABLE gate});
	$two->send("ALTER TABLE things RENAME COLUMN key TO code");
	ok($node->poll_query_until('postgres', q{SELECT count(*) = 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query ~ 'RENAME COLUMN'}), 'the rename waits for a row');
	$one->query('LOCK TABLE gate');
	$two->wait;
	like($two->{stderr}, qr/ERROR:  deadlock detected/, 'a deadlock is an error');
	unlike($two->{stderr}, qr/WARNING/, 'not a warning');
	$_->query('ROLLBACK') for $one, $two;

	$one->query(q{BEGIN; SELECT FROM remote_rel.table_relationship WHERE table_schema = 'public' FOR UPDATE});
	$two->{stderr} = '';
	$two->query(q{SET lock_timeout = '100ms'; ALTER TABLE things RENAME COLUMN key TO code});
	like($two->{stderr}, qr/ERROR:  canceling statement due to lock timeout/, 'so is lock_timeout');
	$one->query('ROLLBACK');
	$two->query('ALTER TABLE things RENAME COLUMN key TO code');
	is($node->safe_psql('postgres', q{SELECT DISTINCT definition #>> '{to_remote_schema,remote_field,thing,arguments,key}' FROM remote_rel.table_relationship WHERE table_schema = 'public'}),
		'$code', 'tried again, the rename is followed');
	$_->quit for $one, $two;
}

done_testing();
