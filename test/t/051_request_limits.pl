# What keeps a remote schema from being asked too much: the circuit breaker, the limit of all sessions, retries; and what the log says of it.

use RemoteRel::Test;

my $begin  = time;
my $yoga   = start_remote('yoga');
my $faulty = start_remote('faulty', '--upstream', $yoga->url);
my $node   = start_node(q(shared_preload_libraries = 'remote_rel, auto_explain'), 'log_statement = none', 'remote_rel.breaker_pause = 3600',
	'remote_rel.max_concurrent_requests = 1');
example_users($node, $faulty, 3);
my $sdl = $node->safe_psql('postgres', 'SELECT sdl FROM remote_rel.remote_schema');

my $one    = '{ users(where: {id: {_eq: 1}}) { auth0_profile { id } } }';
my $sql    = "SELECT graphql_resolve('$one')";
my $answer = { data => { users => [ { auth0_profile => { id => 'auth0|1' } } ] } };

sub at
{
	my ($url, $definition) = @_;

	$node->safe_psql('postgres', sprintf q(SELECT remote_rel.update_remote_schema('auth0', %s, sdl => %s)),
		literal({ url => $url, %{ $definition // {} } }), literal($sdl));
	return;
}
sub counters { return $node->safe_psql('postgres', "SELECT @_ FROM remote_rel.stat_remote_schemas WHERE remote_schema = 'auth0'") }
sub message { return resolve($node, $one)->{errors}[0]{message} // '' }
sub restart { $node->safe_psql('postgres', 'SELECT remote_rel.stat_reset()'); $faulty->reset; return }
sub since { my ($start) = @_; return substr(slurp_file($node->logfile), $start) }
sub log_end { return -s $node->logfile }

subtest 'retries' => sub {
	# status, times, after, requests, answered
	for ([ 503, 0, 0, 1, 1 ], [ 429, 1, 0, 2, 1 ], [ 503, 2, 0, 3, 1 ], [ 503, 3, 0, 3, 0 ], [ 429, 1, undef, 1, 0 ], [ 503, 1, 1000, 1, 0 ],
		[ 502, 1, 0, 1, 0 ])
	{
		my ($status, $times, $after, $requests, $answered) = @$_;
		at($faulty->url("?fault=busy&times=$times&status=$status" . (defined $after ? "&after=$after" : '')));
		restart();
		my $got  = resolve($node, $one);
		my $name = "$status, $times times, Retry-After " . ($after // 'not there');
		is($faulty->requests, $requests, "requests: $name");
		is(counters('requests, retries'), '1|' . ($requests - 1), "are counted: $name");
		if ($answered) { is_deeply($got, $answer, "answered: $name") }
		else           { like($got->{errors}[0]{message}, qr/HTTP status $status/, "not answered: $name") }
	}
	at($faulty->url('?fault=busy&times=1&after=0'));
	restart();
	my $got = decode_json($node->safe_psql('postgres', "SET remote_rel.max_retries = 0; $sql"));
	is($faulty->requests, 1, 'none, by remote_rel.max_retries');
	restart();
	my $mutation = resolve($node, 'mutation { set_nickname(auth0_id: "auth0|1", nickname: "x") { profile { id } } }');
	like($mutation->{errors}[0]{message}, qr/HTTP status 503/, 'a mutation is not sent again');
	is($faulty->requests, 1, 'indeed');
	# two batches, one of which is put off: the other one is sent meanwhile
	restart();
	$got = decode_json($node->safe_psql('postgres',
		q(SET remote_rel.batch_size = 1; SELECT graphql_resolve('{ users(order_by: {id: asc}) { auth0_profile { id } } }'))));
	is_deeply([ map { $_->{auth0_profile}{id} } @{ $got->{data}{users} } ], [ map { "auth0|$_" } 1 .. 3 ], 'three requests, and a retry');
	is($faulty->requests, 4, 'four requests');
};

subtest 'the limit of all sessions' => sub {
	at($faulty->url('?fault=hang'), { timeout_seconds => 600 });
	restart();
	$node->append_conf('postgresql.conf', 'remote_rel.max_server_requests = 2');
	$node->reload;
	wait_until('the setting is there', sub { $node->safe_psql('postgres', 'SHOW remote_rel.max_server_requests') eq '2' });
	my @sessions = map { session($node) } 1 .. 3;
	$_->send($sql) for @sessions;
	wait_until('two requests are there', sub { $faulty->requests == 2 });
	my $waiting = q(SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Extension');
	wait_until('three sessions wait', sub { $node->safe_psql('postgres', $waiting) == 3 });
	is($faulty->requests, 2, 'the third one does not ask');
	is(counters('running'), '2', 'as the view says');
	$node->safe_psql('postgres', "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Extension'");
	$_->wait for @sessions;
	is(counters('running'), '0', 'a cancel gives the places back');
	$faulty->reset;
	$_->send($sql) for @sessions[ 0, 1 ];
	wait_until('two requests are there', sub { $faulty->requests == 2 });
	$sessions[2]->send($sql);
	wait_until('three sessions wait', sub { $node->safe_psql('postgres', $waiting) == 3 });
	$node->safe_psql('postgres', 'SELECT pg_terminate_backend(' . $_->pid . ')') for @sessions[ 0, 1 ];
	wait_until('the third one asks', sub { $faulty->requests == 3 });
	is(counters('running'), '1', 'sessions that end give theirs back');
	$node->safe_psql('postgres', 'SELECT pg_cancel_backend(' . $sessions[2]->pid . ')');
	$sessions[2]->wait;
	is(counters('running'), '0', 'and nobody holds one in the end');
	$node->append_conf('postgresql.conf', 'remote_rel.max_server_requests = 0');
	$node->reload;
};

subtest 'the circuit breaker' => sub {
	my $start = log_end();
	at('http://name:secret-word@127.0.0.1:1/graphql?key=secret-key', { headers => [ { name => 'x-key', value => 'secret-header' } ] });
	restart();
	like(message(), qr/^could not reach remote schema "auth0": Could not connect/, "failure $_") for 1 .. 5;
	like(message(), qr/^could not reach remote schema "auth0": ".*" has not answered for a while, and is asked again in \d+ ms/, 'then it is not asked');
	is(counters('requests, connect_errors, refused, down_since IS NOT NULL'), '5|5|1|t', 'which is counted');
	my $log = slurp_file($node->logfile);
	my $lines = () = $log =~ /LOG:  request to remote schema "auth0" failed: /g;
	cmp_ok($lines, '>=', 1, 'failures are logged');
	cmp_ok($lines, '<=', 1 + (time - $begin) / 60, 'with one line a minute');
	is(() = $log =~ /LOG:  remote schema "auth0" is down/g, 1, 'one that it is down');
	unlike(join("\n", grep { /LOG:  re(?:mote schema|quest to remote schema) "auth0"/ } split /\n/, $log), qr/secret/, 'without secrets');

	at($faulty->url);
	like(message(), qr/has not answered for a while/, 'for the whole pause');
	$node->safe_psql('postgres', sprintf q(SELECT remote_rel.update_remote_schema('auth0', %s)), literal({ url => $faulty->url }));
	is_deeply(resolve($node, $one), $answer, 'who manages it asks all the same, and what answers is up');

	# one probe at a time, given back when its query is cancelled or its session ends
	$node->append_conf('postgresql.conf', 'remote_rel.breaker_pause = 1');
	$node->reload;
	wait_until('the setting is there', sub { $node->safe_psql('postgres', 'SHOW remote_rel.breaker_pause') =~ /^1s?$/ });
	at('http://127.0.0.1:1/');
	message() for 1 .. 5;
	at($faulty->url('?fault=hang'), { timeout_seconds => 600 });
	my @sessions = map { session($node) } 1, 2;
	for my $end ('pg_cancel_backend', 'pg_terminate_backend')
	{
		$faulty->reset;
		wait_until('the pause is over', sub {
			$sessions[0]->send($sql);
			wait_until('it is asked or not', sub { $sessions[0]{psql}->pump_nb; $faulty->requests > 0 || $sessions[0]{stdout} =~ /-- end/ });
			return 1 if $faulty->requests > 0;
			$sessions[0]->wait;
			return 0;
		});
		like(message(), qr/has not answered for a while/, 'others do not ask meanwhile');
		is($faulty->requests, 1, 'one probe');
		$node->safe_psql('postgres', "SELECT $end(" . $sessions[0]->pid . ')');
		$sessions[0]->wait if $end eq 'pg_cancel_backend';
	}
	at($faulty->url);
	wait_until('it is back', sub { message() eq '' });
	is_deeply(resolve($node, $one), $answer, 'and answers');
	is(counters('down_since IS NULL'), 't', 'up');
	like(since($start), qr/LOG:  remote schema "auth0" is back, after \d+\.\d s/, 'a line says so');

	# what an API answers, be it an error, is no failure to reach it
	at($faulty->url('?fault=status&status=500'));
	message() for 1 .. 6;
	at($faulty->url('?fault=close'));
	message() for 1 .. 6;
	like(message(), qr/broke off/, 'it is asked');

	# off
	at('http://127.0.0.1:1/');
	my $session = session($node);
	$session->query('SET remote_rel.breaker_failures = 0');
	$session->query($sql) for 1 .. 6;
	like($session->query($sql), qr/Could not connect/, 'without the breaker it is asked each time');
};

subtest 'the log' => sub {
	at($faulty->url);
	wait_until('the pause is over', sub { message() eq '' });
	my $start = log_end();
	$node->safe_psql('postgres', "SET remote_rel.log_min_request_duration = 0; $sql");
	like(since($start), qr/LOG:  request to remote schema "auth0" took \d+\.\d ms: HTTP status 200, \d+ bytes sent, \d+ bytes received/, 'a slow request');
	$start = log_end();
	$node->safe_psql('postgres', "SET remote_rel.log_min_request_duration = '1h'; $sql");
	unlike(since($start), qr/request to remote schema/, 'one that is not');

	# auto_explain shows constants of nested statements, from 16 on also their parameters
	$node->safe_psql('postgres', 'CREATE DATABASE other');
	$node->safe_psql('other', sprintf 'CREATE EXTENSION remote_rel; CREATE TABLE definition AS SELECT %s::jsonb AS d',
		literal({ url => $faulty->url, headers => [ { name => 'x-key', value => 'secret-header' } ] }));
	$start = log_end();
	$node->safe_psql('other', <<'SQL');
SET auto_explain.log_min_duration = 0;
SET auto_explain.log_nested_statements = on;
SET auto_explain.log_verbose = on;
SET auto_explain.log_analyze = on;
SELECT remote_rel.add_remote_schema('other', d) FROM definition;
SELECT remote_rel.update_remote_schema('other', d) FROM definition;
SELECT remote_rel.metadata(jsonb_build_object('type', 'replace_metadata', 'args', remote_rel.metadata('{"type": "export_metadata", "args": {}}')));
SELECT graphql_resolve('{ __typename }');
SQL
	my $log = since($start);
	like($log, qr/Query Text: SELECT remote_rel\.update_remote_schema/, 'auto_explain shows the calls');
	unlike($log, qr/secret-header/, 'and no header');
	unlike($log, qr/Query Text: (?:INSERT INTO|UPDATE) remote_rel/, 'nor the statements that store it');
	is($node->safe_psql('other', 'SET auto_explain.log_min_duration = 7; SELECT remote_rel.reload_remote_schema($$other$$); SHOW auto_explain.log_min_duration'),
		"\n7ms", 'its setting stays as it was');
};

done_testing();
