# A real PgBouncer in transaction mode: each transaction may meet another backend, so nothing may depend on what one was told before.

use RemoteRel::Test;
use RemoteRel::Server;

my ($pgbouncer) = grep { -x } map { "$_/pgbouncer" } split(/:/, $ENV{PATH}), '/usr/sbin';
plan(skip_all => 'no pgbouncer here') unless $pgbouncer;

my $node = start_node('max_connections = 60');
$node->safe_psql('postgres', q(
	CREATE ROLE app_user;
	CREATE ROLE app_server LOGIN NOINHERIT;
	GRANT app_user TO app_server;
	CREATE TABLE notes (id int PRIMARY KEY, owner text NOT NULL DEFAULT 'nobody');
	INSERT INTO notes SELECT i, 'user' || i % 4 FROM generate_series(1, 40) i;
	ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
	CREATE POLICY own ON notes USING (owner = remote_rel.session_variable('x-hasura-user-id'));
	GRANT SELECT, INSERT ON notes TO app_user;
	CREATE FUNCTION slow(seconds float8) RETURNS SETOF notes LANGUAGE sql VOLATILE SECURITY DEFINER
		AS 'SELECT notes.* FROM notes, pg_sleep(seconds) WHERE id = 1';
	SELECT remote_rel.track_function('slow', '{"exposed_as": "query"}')));

# the example of the guide, for this database, with fewer backends than the program has connections
my ($ini) = slurp_file('docs/server.md') =~ /```ini\n(\[databases\].*?)```/s;
my $directory = PostgreSQL::Test::Utils::tempdir_short();
my $port = PostgreSQL::Test::Cluster::get_free_port();
like($ini, qr/^pool_mode = transaction$/m, 'the guide has an example');
$ini =~ s/^shop = .*$/"postgres = host=" . $node->host . " port=" . $node->port . " dbname=postgres"/me;
$ini =~ s/^default_pool_size = .*$/default_pool_size = 3/m;
$ini .= "listen_port = $port\nunix_socket_dir = $directory\nauth_type = trust\nauth_file = $directory/users\nadmin_users = app_server\nlogfile = $directory/log\n";
open my $users, '>', "$directory/users" or die;
print $users qq("app_server" ""\n);
close $users;
open my $out, '>', "$directory/pgbouncer.ini" or die;
print $out $ini;
close $out;
my $pooler = fork // die "fork: $!";
if (!$pooler)
{
	open STDOUT, '>', "$directory/out";
	open STDERR, '>&', \*STDOUT;
	exec $pgbouncer, "$directory/pgbouncer.ini" or POSIX::_exit(127);
}
END { if ($pooler) { my $status = $?; kill 'INT', $pooler; waitpid $pooler, 0; $? = $status } }
wait_until('PgBouncer listens', sub { -S "$directory/.s.PGSQL.$port" });
sub backends { return $node->safe_psql('postgres', q(SELECT count(*) FROM pg_stat_activity WHERE usename = 'app_server')) }

my $secret = 'k' x 32;
my $url = "host=$directory port=$port user=app_server dbname=postgres";
for my $prepare ('auto', 'off')
{
	my $server = RemoteRel::Server->start(undef, database_url => $url, connections => 8, prepare => $prepare, admin_secret => 'x',
		jwt_secret => qq({"type": "HS256", "key": "$secret"}), unauthorized_role => 'app_user');
	my @as = map { { 'x-hasura-admin-secret' => 'x', 'x-hasura-role' => 'app_user', 'x-hasura-user-id' => "user$_" } } 0 .. 3;

	# many at a time, as different users
	my $body = '{"query": "{ notes(limit: 1) { owner } }"}';
	my @sockets;
	for my $i (0 .. 79)
	{
		my $socket = $server->connect;
		my %headers = %{ $as[ $i % 4 ] };
		syswrite $socket, join "\r\n", 'POST /v1/graphql HTTP/1.1', 'Host: localhost', 'Content-Type: application/json', (map { "$_: $headers{$_}" } sort keys %headers),
		  'Content-Length: ' . length $body, '', $body;
		push @sockets, $socket;
	}
	my @wrong = grep { RemoteRel::Server::read_all($sockets[$_], 30, qr/\}\}?\]?\}/) !~ /^HTTP\/1.1 200 .*"owner" ?: ?"user@{[ $_ % 4 ]}"/s } 0 .. 79;
	is_deeply(\@wrong, [], "prepare = $prepare: 80 requests at once, as four users, each as its own");
	cmp_ok(backends(), '<=', 3, '… over three backends');
	is((grep { $_->{event} eq 'db_unprepared' } $server->log), $prepare eq 'auto' ? 1 : 0, '… and it is found out once that statements cannot be prepared, if need be');

	is($server->graphql('{ notes { id } }')->{data} && @{ $server->graphql('{ notes { id } }')->{data}{notes} }, 0, 'nobody sees nothing: no variables are left behind');
	is($server->graphql('mutation { insert_notes_one(object: {id: ' . ($prepare eq 'off' ? 101 : 100) . ', owner: "user1"}) { id } }', headers => $as[1])->{status}, 200, 'a mutation');
	is($server->get('/v1/graphql?query={notes(limit:1){owner}}', $as[2])->{json}{data}{notes}[0]{owner}, 'user2', 'a query by GET');
	like($server->get('/v1/graphql?query=' . 'mutation{insert_notes_one(object:{id:102}){id}}', $as[2])->{status}, qr/^405$/, '… which cannot write');

	my $gone = $server->connect;
	my $slow = encode_json({ query => '{ slow(args: {seconds: 30}) { id } }' });
	syswrite $gone, "POST /v1/graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nX-Hasura-Admin-Secret: x\r\nX-Hasura-Role: app_user\r\n"
	  . 'Content-Length: ' . length($slow) . "\r\n\r\n$slow";
	my $active = sub { $node->safe_psql('postgres', q(SELECT count(*) FROM pg_stat_activity WHERE usename = 'app_server' AND state = 'active')) };
	wait_until('the query runs', sub { $active->() == 1 });
	close $gone;
	wait_until('it is cancelled', sub { $active->() == 0 });
	pass('a client that goes away cancels its query through the pooler');
	is_deeply([ map { $server->graphql('{ notes(limit: 1) { owner } }', headers => $as[ $_ % 4 ])->{data}{notes}[0]{owner} } 0 .. 7 ],
		[ map { 'user' . $_ % 4 } 0 .. 7 ], '… and nobody else\'s');

	$node->restart;
	my @after = map { $server->graphql('{ notes(limit: 1) { owner } }', headers => $as[1])->{status} } 1 .. 10;
	is($after[-1], 200, 'after a restart of the database behind the pooler it goes on');
	cmp_ok((grep { $_ != 200 } @after), '<=', 3, '… and at most the pooler\'s dead backends were noticed');
	$server->stop;
}

done_testing();
