# Growing beyond one server: a hot standby and its promotion, logical replication of the metadata, partitions on other servers.

use RemoteRel::Test;

my $yoga    = start_remote('yoga');
my $primary = PostgreSQL::Test::Cluster->new('primary');
$primary->init(allows_streaming => 'logical');
$primary->append_conf('postgresql.conf', "fsync = off\nautovacuum = off");
$primary->start;
$primary->safe_psql('postgres', 'CREATE EXTENSION remote_rel');
example_users($primary, $yoga, 3);

my $query = '{ users(order_by: {id: asc}) { id auth0_profile { id } } }';
sub expected { return { data => { users => [ map { { id => $_, auth0_profile => { id => "auth0|$_" } } } @_ ] } } }

$primary->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'base', has_streaming => 1);
$standby->start;
$primary->wait_for_catchup($standby, 'replay', $primary->lsn('insert'));

subtest 'a hot standby' => sub {
	is_deeply(resolve($standby, $query), expected(1 .. 3), 'answers queries, with their joins');
	my $session = session($standby);
	is_deeply(decode_json($session->query("SELECT graphql_resolve('$query')")), expected(1 .. 3), 'in a session that stays');
	my $mutation = 'mutation { insert_users_one(object: {id: 9, auth0_id: "auth0|9"}) { id } }';
	like($session->query("\\set VERBOSITY verbose\nSELECT graphql_resolve('$mutation')") . $session->{stderr}, qr/25006/, 'refuses mutations');
	like($session->query("SELECT remote_rel.reload_remote_schema('auth0')") . $session->{stderr}, qr/25006/, 'and changes of the metadata');
	like($session->query(q(SELECT severity FROM remote_rel.doctor() WHERE what = 'remote schema')), qr/^hint$/m, 'doctor() works there');

	# what changes on the primary reaches sessions of the standby
	$primary->safe_psql('postgres', q(SELECT remote_rel.delete_remote_relationship('users', 'auth0_profile')));
	$primary->safe_psql('postgres', q(SELECT remote_rel.create_remote_relationship('users', 'profile', 'auth0', '{"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}')));
	$primary->wait_for_catchup($standby, 'replay', $primary->lsn('insert'));
	is_deeply(decode_json($session->query(q(SELECT graphql_resolve('{ users(limit: 1, order_by: {id: asc}) { profile { id } } }')))),
		{ data => { users => [ { profile => { id => 'auth0|1' } } ] } }, 'the new relationship is there');
	like($session->query("SELECT graphql_resolve('$query')"), qr/auth0_profile/, 'the old one is not');

	$standby->promote;
	is_deeply(decode_json($session->query("SELECT graphql_resolve('$mutation')")), { data => { insert_users_one => { id => 9 } } },
		'promoted, the same session runs mutations');
	$session->quit;
};

subtest 'logical replication of the metadata' => sub {
	$standby->safe_psql('postgres', 'CREATE DATABASE copy');
	$standby->safe_psql('copy', 'CREATE EXTENSION remote_rel; CREATE TABLE users (id int PRIMARY KEY, name text, auth0_id text)');
	my $session = session($standby, database => 'copy');
	unlike($session->query('SELECT graphql_schema()'), qr/profile/, 'nothing yet');
	$primary->safe_psql('postgres', 'CREATE PUBLICATION all_of_it FOR TABLE users, remote_rel.remote_schema, remote_rel.table_relationship');
	$standby->safe_psql('copy', sprintf 'CREATE SUBSCRIPTION copy CONNECTION %s PUBLICATION all_of_it', literal($primary->connstr('postgres')));
	my $answer = { data => { users => [ map { { profile => { id => "auth0|$_" } } } 1 .. 3 ] } };
	my $sql = q(SELECT graphql_resolve('{ users(order_by: {id: asc}) { profile { id } } }'));
	wait_until('the copy is complete', sub { encode_json(decode_json($session->query($sql))) eq encode_json($answer) });
	pass('a session that was there before sees rows and relationships');
	$standby->safe_psql('copy', 'DROP SUBSCRIPTION copy');
	$session->quit;
};

subtest 'partitions on other servers' => sub {
	$primary->safe_psql('postgres', 'CREATE EXTENSION postgres_fdw');
	my %shard = (1 => $primary, 2 => $standby);
	$primary->safe_psql('postgres', 'CREATE TABLE shard_users (id int NOT NULL, auth0_id text) PARTITION BY RANGE (id)');
	for my $n (1, 2)
	{
		my $server = $shard{$n};
		$server->safe_psql('postgres', "CREATE DATABASE shard$n");
		$server->safe_psql("shard$n", 'CREATE TABLE shard_users (id int PRIMARY KEY, auth0_id text)');
		$primary->safe_psql('postgres', sprintf <<'SQL', $n, $server->host, $server->port, $n, $n, $n, $n * 10, $n * 10 + 10, $n);
CREATE SERVER shard%d FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '%s', port '%d', dbname 'shard%d');
CREATE USER MAPPING FOR PUBLIC SERVER shard%d;
CREATE FOREIGN TABLE shard_users_%d PARTITION OF shard_users FOR VALUES FROM (%d) TO (%d) SERVER shard%d OPTIONS (table_name 'shard_users');
SQL
	}
	$primary->safe_psql('postgres', q(SELECT remote_rel.create_remote_relationship('shard_users', 'profile', 'auth0', '{"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}')));
	$primary->safe_psql('postgres', q(INSERT INTO shard_users SELECT i, 'auth0|' || i % 3 + 1 FROM generate_series(18, 21) AS i));
	my ($answer, $requests) = counted($primary, $yoga, '{ shard_users(order_by: {id: asc}, where: {id: {_gt: 18}}) { id profile { id } } }');
	is_deeply($answer, { data => { shard_users => [ map { { id => $_, profile => { id => 'auth0|' . ($_ % 3 + 1) } } } 19 .. 21 ] } }, 'rows of both, joined');
	is($requests, 1, 'in one request');
};

done_testing();
