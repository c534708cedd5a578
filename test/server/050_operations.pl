# What operators rely on: cancels, queue, time limits, restart and failover of the database, replicas, a pooler's mode, reload, drain, limits.

use RemoteRel::Test;
use RemoteRel::Server;
use IO::Select;

my $node = start_node('max_connections = 60', 'wal_level = replica', 'max_wal_senders = 5', 'hot_standby = on');
$node->safe_psql('postgres', q(
	CREATE TABLE users (id int PRIMARY KEY, name text);
	INSERT INTO users SELECT i, 'user ' || i FROM generate_series(1, 100) i;
	CREATE FUNCTION slow(seconds float8) RETURNS SETOF users LANGUAGE sql VOLATILE
		AS 'SELECT users.* FROM users, pg_sleep(seconds) WHERE id = 1';
	SELECT remote_rel.track_function('slow', '{"exposed_as": "query"}')));

my $one = '{ users_by_pk(id: 1) { name } }';
sub slow { return encode_json({ query => "{ slow(args: {seconds: $_[0]}) { id } }" }) }
sub http { my ($body) = @_; return "POST /v1/graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: " . length($body) . "\r\n\r\n$body" }
sub active { return $node->safe_psql('postgres', q(SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%graphql_resolve%' AND pid <> pg_backend_pid())) }

# Sends requests at once; their sockets.
sub ask
{
	my ($server, @bodies) = @_;

	return map { my $socket = $server->connect; syswrite $socket, http($_); $socket } @bodies;
}
sub status { my ($socket, $seconds) = @_; return RemoteRel::Server::read_all($socket, $seconds // 30, qr/\r\n\r\n.+/s) =~ m{^HTTP/1.1 (\d+)} ? $1 : 'nothing' }

# --- a client that goes away -----------------------------------------------------------------------------------------

my $server = RemoteRel::Server->start($node, connections => 2, queue_timeout => '1s', queue_limit => 3, query_timeout => '3s', shutdown_timeout => '5s');
my ($gone) = ask($server, slow(30));
wait_until('the query runs', sub { active() == 1 });
close $gone;
wait_until('it is cancelled', sub { active() == 0 });
pass('a client that goes away cancels its query');
($gone) = ask($server, slow(30));
wait_until('the query runs', sub { active() == 1 });
shutdown $gone, 1;
wait_until('it is cancelled', sub { active() == 0 });
pass('… and one that closes its half');
is($server->graphql($one)->{status}, 200, '… and its connection goes on');
is((grep { $_->{event} eq 'request_aborted' } $server->log), 2, '… and the log says so');

# --- queue and times -------------------------------------------------------------------------------------------------

my @busy = ask($server, slow(2), slow(2));
wait_until('both connections are busy', sub { active() == 2 });
my @waiting = ask($server, slow(0), slow(0), slow(0));
wait_until('three wait', sub { $server->metric('remote_rel_database_queue{database="primary"}') == 3 });
my ($refused) = ask($server, slow(0));
my $reply = RemoteRel::Server::read_all($refused, 10, qr/unavailable/);
like($reply, qr/^HTTP\/1.1 503 .*retry-after: 1/si, 'beyond the queue: 503 and retry-after');
is_deeply([ map { status($_) } @waiting ], [ (503) x 3 ], 'who waits too long: 503');
is_deeply([ map { status($_) } @busy ], [ 200, 200 ], '… and who was served first has an answer');
is($server->graphql('{ slow(args: {seconds: 20}) { id } }')->{status}, 504, 'a query that takes too long: 504');
wait_until('it is cancelled', sub { active() == 0 });

my @all = ask($server, (slow(0.05)) x 3);
is_deeply([ map { status($_) } @all ], [ (200) x 3 ], 'more than there are connections take turns');

# --- slow clients ----------------------------------------------------------------------------------------------------

my $strict = RemoteRel::Server->start($node, header_timeout => '500ms', body_timeout => '500ms', keepalive_timeout => '500ms', send_timeout => '500ms');
sub lasts
{
	my ($bytes, $drip) = @_;

	my $socket = $strict->connect;
	my $begun = Time::HiRes::time();
	local $SIG{PIPE} = 'IGNORE';
	syswrite $socket, $bytes;
	for (1 .. 40)
	{
		return Time::HiRes::time() - $begun if IO::Select->new($socket)->can_read(0.1) && !sysread $socket, my $read, 65536;
		syswrite $socket, $drip if defined $drip;
	}
	return 99;
}
cmp_ok(lasts(''), '<', 3, 'a client that says nothing is disconnected');
cmp_ok(lasts("GET /healthz HTTP/1.1\r\nX-A: ", 'a'), '<', 3, '… and one that sends a header byte by byte');
cmp_ok(lasts("POST /v1/graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n", '{'), '<', 3, '… or a body');
cmp_ok(lasts("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"), '<', 3, '… or nothing after its request');
my $crowded = RemoteRel::Server->start($node, client_limit => 3);
my @clients = map { $crowded->connect } 1 .. 3;
my $fourth = $crowded->connect;
syswrite $fourth, "GET /v1/version HTTP/1.1\r\nHost: localhost\r\n\r\n";
is(RemoteRel::Server::read_all($fourth, 0.5), '', 'no more clients than the limit');
close $clients[0];
like(RemoteRel::Server::read_all($fourth, 20, qr/version/), qr/^HTTP\/1.1 200/, '… until one goes');
$crowded->stop;

# --- the database is restarted ---------------------------------------------------------------------------------------

my $patient = RemoteRel::Server->start($node, connections => 4);
is($patient->graphql($one)->{status}, 200, 'before the restart');
my ($flying) = ask($patient, slow(20));
wait_until('a query runs', sub { active() == 1 });
$node->stop('fast');
is(status($flying), 503, 'what is in progress fails');
is($patient->get('/healthz')->{status}, 500, '/healthz says that the database is gone');
my @during = ask($patient, (encode_json({ query => $one })) x 20);
$node->start;
is_deeply([ map { status($_) } @during ], [ (200) x 20 ], 'who asks meanwhile waits, and is answered');
is($patient->get('/healthz')->{status}, 200, '/healthz is well again');
$node->restart;
is_deeply([ map { $patient->graphql($one)->{status} } 1 .. 10 ], [ (200) x 10 ], 'a restart that nobody waited for is not seen');

# --- replicas and failover -------------------------------------------------------------------------------------------

$node->append_conf('pg_hba.conf', 'local replication all trust');
$node->backup('b');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($node, 'b', has_streaming => 1);
$standby->start;
my $url = sub { return RemoteRel::Server::connection_string(shift) };
my $reading = RemoteRel::Server->start($node, read_database => [ $url->($standby) ], connections => 3);
wait_until('the replica is connected', sub { grep { ($_->{database} // '') eq 'replica 1' && $_->{event} eq 'db_connected' } $reading->log });
$node->safe_psql('postgres', q(
	CREATE FUNCTION where_am_i(users) RETURNS text STABLE LANGUAGE sql AS 'SELECT CASE WHEN pg_is_in_recovery() THEN ''standby'' ELSE ''primary'' END';
	SELECT remote_rel.add_computed_field('users', 'place', 'where_am_i');
	CREATE TABLE seen (at timestamptz);
	CREATE FUNCTION note() RETURNS SETOF users VOLATILE LANGUAGE sql AS 'INSERT INTO seen VALUES (now()); SELECT * FROM users WHERE id = 1';
	SELECT remote_rel.track_function('note', '{"exposed_as": "query"}')));
$node->wait_for_catchup($standby);
sub place { my $answer = shift->graphql('{ users_by_pk(id: 1) { place } }'); return $answer->{data}{users_by_pk}{place} // encode_json($answer) }
is(place($reading), 'standby', 'queries go to the replica');
my $noted = $reading->graphql('{ note { place } }');
is($noted->{data}{note}[0]{place} // encode_json($noted), 'primary', 'what writes goes to the primary');
is($node->safe_psql('postgres', 'SELECT count(*) FROM seen'), 1, '… once');
$standby->stop('immediate');
is_deeply([ map { place($reading) } 1 .. 5 ], [ ('primary') x 5 ], 'without the replica, the primary answers');
$standby->start;
wait_until('the replica is back', sub { place($reading) eq 'standby' });
pass('the replica is used again');

my $failing = RemoteRel::Server->start(undef, database_url => sprintf('postgresql:///postgres?host=%s,%s&port=%s,%s', $node->host, $standby->host, $node->port, $standby->port), connections => 3);
is(place($failing), 'primary', 'several hosts: the one that can write');
$node->stop('immediate');
$standby->promote;
is(place($failing), 'primary', 'failover: the promoted standby answers');
is($failing->graphql('{ note { id } }')->{data}{note}[0]{id}, 1, '… and can be written to');
$failing->stop;
$reading->stop;
$server->stop;
$patient->stop;
$strict->stop;

# --- a pooler in transaction mode ------------------------------------------------------------------------------------

my $unprepared = RemoteRel::Server->start($standby, prepare => 'off');
is($unprepared->graphql($one)->{status}, 200, 'without prepared statements');
my $auto = RemoteRel::Server->start($standby, connections => 1);
is($auto->graphql($one)->{status}, 200, 'with them');
# as if a pooler had put another backend behind the connection
$standby->safe_psql('postgres', q(
	CREATE FUNCTION drop_statements() RETURNS SETOF users VOLATILE LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'DEALLOCATE ALL'; RETURN QUERY SELECT * FROM users LIMIT 1; END $$;
	SELECT remote_rel.track_function('drop_statements', '{"exposed_as": "query"}')));
is($auto->graphql('{ drop_statements { id } }')->{data}{drop_statements}[0]{id}, 1, 'they are dropped');
is($auto->graphql($one)->{status}, 200, 'statements that are gone are not needed');
ok((grep { $_->{event} eq 'db_unprepared' } $auto->log), '… and from then on they are not prepared');
is($auto->graphql($one)->{status}, 200, '… and it goes on');
$auto->stop;

# --- reload ----------------------------------------------------------------------------------------------------------

my $file = "$ENV{TESTDATADIR}/serve.conf";
sub configure { my ($text) = @_; open my $out, '>', $file or die; print $out $text; close $out; return }
configure("# settings\nadmin_secret = first\nlog_level = debug\n");
my $reloaded = RemoteRel::Server->start($standby, config_file => $file);
sub secret { return $reloaded->graphql($one, headers => { 'x-hasura-admin-secret' => shift })->{data} ? 'in' : 'out' }
is(secret('first') . secret('second'), 'inout', 'settings of a file');
configure("admin_secret = second\nlog_level = debug\n");
$reloaded->signal('HUP');
wait_until('it is reloaded', sub { grep { $_->{event} eq 'reloaded' } $reloaded->log });
is(secret('first') . secret('second'), 'outin', 'SIGHUP reads them again');
configure("admin_secret = third\nno_such_setting = 1\n");
$reloaded->signal('HUP');
wait_until('it is refused', sub { grep { $_->{event} eq 'reload_failed' && $_->{error} =~ /serve.conf:2: unknown setting "no_such_setting"/ } $reloaded->log });
is(secret('third') . secret('second'), 'outin', '… but keeps the old where the new are wrong');
configure("admin_secret = fourth\njwt_secret = {\"type\":\"HS256\",\"key\":\"short\"}\n");
$reloaded->signal('HUP');
wait_until('it is refused', sub { grep { $_->{event} eq 'reload_failed' && $_->{error} =~ /at least 32/ } $reloaded->log });
is(secret('fourth') . secret('second'), 'outin', '… also where their meaning is');

# --- shutdown --------------------------------------------------------------------------------------------------------

my $ending = RemoteRel::Server->start($standby, shutdown_timeout => '10s');
my ($last) = ask($ending, slow(1));
wait_until('it runs', sub { grep { $_->{event} eq 'db_connected' } $ending->log });
Time::HiRes::sleep(0.3);
$ending->signal('TERM');
wait_until('it drains', sub { grep { $_->{event} eq 'draining' } $ending->log });
my $answer = RemoteRel::Server::read_all($last, 20, qr/"id"/);
like($answer, qr/^HTTP\/1.1 200 .*connection: close/si, 'SIGTERM: what is in progress is answered, with connection: close');
is($ending->wait, 0, '… and it ends well');
$ending = RemoteRel::Server->start($standby, shutdown_timeout => '60s');
($last) = ask($ending, slow(30));
Time::HiRes::sleep(0.5);
$ending->signal('TERM');
wait_until('it drains', sub { grep { $_->{event} eq 'draining' } $ending->log });
$ending->signal('TERM');
is($ending->wait, 0, 'a second SIGTERM ends at once');
wait_until('nothing runs any more', sub {
	$standby->safe_psql('postgres', q(SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%graphql_resolve%' AND pid <> pg_backend_pid())) eq '0' });
pass('… and cancels what runs');

# --- limits ----------------------------------------------------------------------------------------------------------

$standby->safe_psql('postgres', 'CREATE ROLE visitor; GRANT SELECT ON users TO visitor');
my $limited = RemoteRel::Server->start($standby, admin_secret => 'x', unauthorized_role => 'visitor', rate_limit => 5);
my @statuses = map { $limited->graphql($one)->{status} } 1 .. 20;
is($statuses[0], 200, 'rate limit: the first request');
cmp_ok((grep { $_ == 429 } @statuses), '>', 5, '… and too many of them');
is($limited->graphql($one, headers => { 'x-hasura-admin-secret' => 'x' })->{status}, 200, '… but not for the administrator');

open my $list, '>', "$ENV{TESTDATADIR}/allow.json" or die;
print $list encode_json({
	query_collections => [
		{ name => 'mine', definition => { queries => [ { name => 'A', query => "query A {\n  users_by_pk(id: 1) { name }\n}" } ] } },
		{ name => 'other', definition => { queries => [ { name => 'B', query => '{ users { id } }' } ] } } ],
	allowlist => [ { collection => 'mine' } ] });
close $list;
my $listed = RemoteRel::Server->start($standby, admin_secret => 'x', unauthorized_role => 'visitor', enable_allowlist => 'true', allow_list => "$ENV{TESTDATADIR}/allow.json");
ok($listed->graphql('query A { users_by_pk(id: 1,) { name } } # the same')->{data}, 'allow list: an operation that is in it');
is($listed->graphql($_)->{errors}[0]{message}, 'query is not allowed', "… and not $_") for '{ users { id } }', 'query A { users_by_pk(id: 2) { name } }', 'query A { users_by_pk(id: 1) { name } } query A2 { users { id } }';
ok($listed->graphql('{ users { id } }', headers => { 'x-hasura-admin-secret' => 'x' })->{data}, '… but the administrator may');

# --- numbers, help ---------------------------------------------------------------------------------------------------

my $numbers = RemoteRel::Server->start($standby, admin_secret => 'x', metrics_port => 0);
my $metrics = HTTP::Tiny->new->get("http://127.0.0.1:$numbers->{metrics_port}/metrics")->{content};
like($metrics, qr/^remote_rel_clients \d+$/m, '/metrics at a port of its own');
is(HTTP::Tiny->new->get("http://127.0.0.1:$numbers->{metrics_port}/v1/graphql?query={__typename}")->{status}, 404, '… and nothing else there');
my %types = map { /^# TYPE (\S+) (\S+)/ ? ($1 => $2) : () } split /\n/, $metrics;
my @bad = grep { /^[^#]/ && !/^(\w+?)(?:_bucket|_sum|_count)?(?:\{\w+="[^"]*"(?:,\w+="[^"]*")*\})? -?[\d.e+]+$/ } split /\n/, $metrics;
is_deeply(\@bad, [], '… in the text format');

my $program = RemoteRel::Server::program();
my $help = `$program --help`;
like($help, qr/--jwt-secret JSON\n/, '--help has the options');
my @options = $help =~ /^  --([a-z-]+)/mg;
cmp_ok(scalar @options, '>', 40, '… all of them');
my $man = `$program man-page`;
is_deeply([ grep { (my $name = $_) =~ s/-/\\-/g; $man !~ /^\.B \\-\\-\Q$name\E/m } grep { $_ ne 'config-file' } @options ], [], 'so has the manual page');
my $docs = slurp_file('docs/server.md');
is_deeply([ grep { (my $name = $_) =~ tr/-/_/; $docs !~ /`$name`/ } grep { $_ ne 'config-file' } @options ], [], 'and docs/server.md');

done_testing();
