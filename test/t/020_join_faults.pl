# Remote joins with upstreams that misbehave, die or never answer: the backend stays healthy, whatever comes.

use RemoteRel::Test;
use Time::HiRes qw(sleep time);

my $yoga   = start_remote('yoga');
my $apollo = start_remote('apollo');
my $faulty = start_remote('faulty', '--upstream', $yoga->url);
my $node   = start_node();
example_users($node, $faulty, 250);

my $joined = '{ users(order_by: {id: asc}) { id auth0_profile { id } } }';
my $two    = '{ users(where: {id: {_lte: 2}}, order_by: {id: asc}) { name auth0_profile { id } } }';

sub at { return sprintf q(SELECT remote_rel.update_remote_schema('auth0', %s)), literal({ url => $_[0], %{ $_[1] // {} } }) }
sub fault { return { 'x-hasura-fault' => "fault=$_[0]" } }

sub query_sql
{
	my ($query, $headers) = @_;

	return sprintf 'SELECT graphql_resolve(%s, headers => %s)', literal($query), literal($headers);
}

my $session = session($node);

for my $server ($yoga, $apollo)
{
	subtest "batches side by side: $server->{name}" => sub {
		$session->query(at($server->url('?delay=50')));
		$server->reset;
		my $answer = decode_json($session->query("SET remote_rel.batch_size = 10; SET remote_rel.max_concurrent_requests = 4;\n" . query_sql($joined)));
		is_deeply([ map { $_->{auth0_profile}{id} } @{ $answer->{data}{users} } ], [ map { "auth0|$_" } 1 .. 250 ], 'every row has its own profile');
		ok(!$answer->{errors}, 'no error');
		my $stats = $server->stats;
		is_deeply([ @{$stats}{qw(requests operations resolver_calls)} ], [ 25, 25, 250 ], 'requests, operations, resolver calls');
		is($stats->{max_concurrent}, 4, 'as many at a time as the setting allows');
		$session->query('RESET remote_rel.batch_size; RESET remote_rel.max_concurrent_requests');
	};

	subtest "killed while it answers: $server->{name}" => sub {
		$session->query(at($server->url('?delay=10000')));
		$server->reset;
		$session->send(query_sql($two));
		wait_until('the request is there', sub { $server->requests > 0 });
		$server->stop('KILL');
		my $answer = decode_json($session->wait);
		is_deeply($answer->{data}{users}, [ map { { name => "user $_", auth0_profile => undef } } 1, 2 ], 'the rows are there, the joins null');
		is_deeply([ map { [ $_->{path}, $_->{extensions}{places} ] } @{ $answer->{errors} } ], [ [ [ 'users', 0, 'auth0_profile' ], 2 ] ], 'one error for both');
		# on a connection that had been used before, a query is tried once more
		like($answer->{errors}[0]{message}, qr/^the answer of remote schema "auth0" broke off|^could not reach remote schema "auth0"/, 'which says what happened');
		$answer = decode_json($session->query(query_sql($two)));
		like($answer->{errors}[0]{message}, qr/^could not reach remote schema "auth0"/, 'gone');
		$server->start;
		$session->query(at($server->url));
		$answer = decode_json($session->query(query_sql($two)));
		is($answer->{data}{users}[1]{auth0_profile}{id}, 'auth0|2', 'and back');
	};
}

$session->query(at($faulty->url));
my $good = encode_json({ data => { users => [ map { { name => "user $_", auth0_profile => { id => "auth0|$_" } } } 1, 2 ] } });
sub is_healthy { is(encode_json(decode_json($session->query(query_sql($two)))), $good, 'and the next query is answered') }
is_healthy();

# name → what the error says; none where the answer is whole
my @faults = (
	[ 'none' ], [ 'delay&ms=50' ], [ 'slow&ms=1&bytes=7' ], [ 'gzip' ], [ 'deflate' ], [ 'br' ], [ 'close-reused' ], [ 'close-idle' ],
	[ 'status&status=400' ], [ 'status&status=500' ], [ 'status&status=503' ], [ 'type&type=' ], [ 'type&type=text/html' ],
	[ 'type&type=application/graphql-response%2bjson' ],
	(map { [ "reset&bytes=$_", qr/broke off/ ] } 0, 1, 9, 30),
	[ 'close',        qr/broke off/ ],
	[ 'longer',       qr/broke off/ ],
	[ 'shorter',      qr/GraphQL response/ ],
	[ 'cut-chunks',   qr/broke off/ ],
	[ 'cut-gzip',     qr/GraphQL response|broke off/ ],
	[ 'bad-gzip',     qr/broke off/ ],
	[ 'bomb&bytes=300000000', qr/is too large/ ],
	[ 'huge&bytes=300000000', qr/is too large/ ],
	[ 'redirect',     qr/HTTP status 302/ ],
	[ 'html',         qr/HTTP status 502/ ],
	[ 'bad-utf8',     qr/UTF-8/ ],
	[ 'body&body=eyJkYXRhIjp7ImowIjp7ImlkIjoiAAAifX19',  qr/UTF-8/ ],    # NUL bytes
	[ 'body&status=500', qr/HTTP status 500/ ],
	[ 'not-json',     qr/GraphQL response/ ],
	[ 'empty',        qr/GraphQL response/ ],
	[ 'scalar',       qr/GraphQL response/ ],
	[ 'list',         qr/GraphQL response/ ],
	[ 'errors',       qr/GraphQL response|left the value out|resolver failed/ ],
	[ 'no-data',      qr/^no such thing$/ ],
	[ 'headers&bytes=2000000', qr/broke off|too large/ ],
	[ 'garbage',      qr/broke off/ ],
	[ 'stall&bytes=20', qr/timed out/ ],
	[ 'hang',         qr/timed out/ ],
);
$session->query(at($faulty->url, { timeout_seconds => 1 }) . ";\nSET remote_rel.max_response_size = '1MB'");
for my $case (@faults)
{
	my ($fault, $message) = @$case;
	subtest $fault => sub {
		my $answer = decode_json($session->query(query_sql($two, fault($fault))));
		if (!$message)
		{
			is(encode_json($answer), $good, 'answered');
			return;
		}
		is_deeply($answer->{data}{users}, [ map { { name => "user $_", auth0_profile => undef } } 1, 2 ], 'rows without profiles');
		is_deeply([ map { [ $_->{path}, $_->{extensions}{places} ] } @{ $answer->{errors} } ], [ [ [ 'users', 0, 'auth0_profile' ], 2 ] ], 'one error for both');
		like($_->{message}, $message, 'the message') for @{ $answer->{errors} };
		is_healthy();
	};
}
is($session->query('SELECT pg_backend_pid()'), $session->pid, 'still the same backend');

subtest 'killed in the middle of a body' => sub {
	$session->query(at($faulty->url, { timeout_seconds => 60 }));
	$faulty->reset;
	$session->send(query_sql($two, fault('stall&bytes=20')));
	wait_until('the request is there', sub { $faulty->requests > 0 });
	sleep 0.2;
	$faulty->stop('KILL');
	my $answer = decode_json($session->wait);
	is_deeply([ map { $_->{message} =~ /^the answer of remote schema "auth0" broke off/ } @{ $answer->{errors} } ], [1], 'says so');
	$faulty->start;
	is_healthy();
};

subtest 'cancelled' => sub {
	$session->query(at($faulty->url, { timeout_seconds => 60 }));
	my @ways = (
		[ 'pg_cancel_backend', qr/canceling statement due to user request/ ],
		[ 'statement_timeout', qr/canceling statement due to statement timeout/ ]);
	my ($before, %best);
	for my $round (1 .. 6)
	{
		for my $way (@ways)
		{
			for my $fault ('hang', 'stall')
			{
				my ($name, $message) = @$way;
				$faulty->reset;
				my $started = time;
				$session->query("SET statement_timeout = '300ms'") if $name eq 'statement_timeout';
				$session->send(query_sql($two, fault($fault)));
				if ($name eq 'pg_cancel_backend')
				{
					wait_until('the request is there', sub { $faulty->requests > 0 });
					sleep 0.05;
					$started = time;
					$node->safe_psql('postgres', 'SELECT pg_cancel_backend(' . $session->pid . ')');
				}
				$session->wait;
				my $took = time - $started;
				$best{"$name $fault"} = $took if !$best{"$name $fault"} || $took < $best{"$name $fault"};
				like($session->{stderr}, $message, "$name, $fault: ended") or return;
				$session->query('RESET statement_timeout');
			}
		}
		is_healthy();
		wait_until('the server has seen its connections go', sub { $faulty->stats->{open} <= 2 });
		$before //= descriptors($session);
	}
	# the quickest of several, as the machine may be busy; psql's start is in the first
	cmp_ok($best{$_}, '<', 0.2 + (/timeout/ ? 0.3 : 0), "$_ took less than 200 ms") for sort keys %best;
	cmp_ok(descriptors($session), '<=', $before, 'no descriptor is left open');
};

subtest '10,000 faulty joins' => sub {
	my @quick = qw(none close reset&bytes=9 longer cut-chunks cut-gzip bad-gzip html redirect status&status=500 bad-utf8 not-json empty scalar list errors no-data garbage);
	my $run   = sub {
		my ($n) = @_;
		my $faults = join ',', map { literal("fault=$_") } @quick;
		$session->query(<<"SQL");
DO \$\$
DECLARE faults text[] := ARRAY[$faults];
BEGIN
    FOR i IN 1 .. $n LOOP
        PERFORM graphql_resolve('$two', headers => jsonb_build_object('x-hasura-fault', faults[1 + i % cardinality(faults)]));
    END LOOP;
END \$\$
SQL
		is($session->{stderr}, '', "$n went through");
		return resident_kb($session);
	};
	my $warm = $run->(1000);
	my $open = descriptors($session);
	my $hot  = $run->(9000);
	cmp_ok($hot - $warm, '<', 2048, "memory stays flat ($warm kB after 1,000, $hot kB after 10,000)");
	cmp_ok(descriptors($session), '<=', $open + 1, 'and so do descriptors');
	is_healthy();
};

unlike(slurp_file($node->logfile), qr/PANIC|terminated by signal|WARNING.*leak/, 'the log has no crash and no leak');

done_testing();
