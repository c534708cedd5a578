# The HTTP transport and the JSON module, through the module of test/modules/http_test: faults, limits, cancels, connections, TLS, HTTP/2.

use RemoteRel::Test;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Cwd qw(getcwd);
use Time::HiRes qw(sleep time);

# the environment names no proxy that counts
$ENV{$_} = 'http://127.0.0.1:1/' for qw(http_proxy https_proxy all_proxy);
$ENV{no_proxy} = '';

my $build = PostgreSQL::Test::Utils::tempdir();
my $here = getcwd();
my $made = `make -C "$build" -f "$here/test/modules/http_test/Makefile" PG_CONFIG="$ENV{PG_CONFIG}" 2>&1`;
die $made unless -e "$build/http_test.so";

my $node = PostgreSQL::Test::Cluster->new('http');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\n");
$node->start;
$node->command_ok(
	[ 'psql', '-Xq', '-v', 'ON_ERROR_STOP=1', '-v', "module=$build/http_test", '-f', 'test/modules/http_test/http_test.sql', 'postgres' ],
	'the test module loads');

# the tests ask the servers without a proxy, too
delete @ENV{qw(http_proxy https_proxy all_proxy)};
my $faulty = start_remote('faulty', '--exit-with-stdin');
my $sql    = session($node);
$sql->query("\\set VERBOSITY verbose\nSELECT");

# Before 7.80 nothing keeps libcurl from sending a request twice, so one that must not be gets a connection of its own.
my ($major, $minor) = `curl-config --version` =~ /(\d+)\.(\d+)/;
my $reuses = $major > 7 || $minor >= 80;

sub fault { return $faulty->url("/graphql?fault=$_[0]") }

# SQL for http_test() over the URLs; further arguments as SQL
sub call
{
	my ($columns, $urls, %arguments) = @_;

	my $list = join ',', map { literal($_) } ref $urls ? @$urls : $urls;
	return "SELECT $columns FROM http_test(ARRAY[$list]" . join('', map { ", $_ => $arguments{$_}" } sort keys %arguments) . ') ORDER BY n';
}

sub run { return $sql->query(call(@_)) }

my $can_look = -r '/proc/self/fd';

subtest 'answers and faults' => sub {
	my $url  = qr{"http://127\.0\.0\.1:\d+/graphql"};
	my $ok   = '{"data":{"ok":true}}';
	my @type = ('application/json', 'utf-8');
	my @cases = (
		[ 'none', 'OK', undef, 200, @type, $ok ],
		[ 'delay&ms=100', 'OK', undef, 200, @type, $ok ],
		[ 'slow&bytes=4&ms=10', 'OK', undef, 200, @type, $ok ],
		[ 'gzip', 'OK', undef, 200, @type, $ok ],
		[ 'deflate', 'OK', undef, 200, @type, $ok ],
		[ 'br', 'OK', undef, 200, @type, $ok ],
		[ 'redirect', 'OK', undef, 302, @type, $ok ],
		[ 'status&status=500', 'OK', undef, 500, @type, $ok ],
		[ 'status&status=404', 'OK', undef, 404, @type, $ok ],
		[ 'html', 'OK', undef, 502, 'text/html', '', qr/^<html>/ ],
		[ 'type&type=Application/GraphQL-Response%2bJSON;%20Charset=%22UTF-8%22', 'OK', undef, 200, 'application/graphql-response+json', 'utf-8', $ok ],
		[ 'type&type=', 'OK', undef, 200, '', '', $ok ],
		[ 'bad-utf8', 'OK', undef, 200, @type, '{"data":{"ok":"\\377\\376"}}' ],
		[ 'empty', 'OK', undef, 200, @type, '' ],
		[ 'hang', 'TIMEOUT', qr/^No complete response from $url within 3000 ms: the server had not begun to answer \(name resolution /, 0 ],
		[ 'stall&bytes=0', 'TIMEOUT', qr/: the response had begun \(.*, first byte /, 200, @type ],
		[ 'stall&bytes=9', 'TIMEOUT', qr/: 9 bytes of the body had come/, 200, @type ],
		[ 'slow&bytes=1&ms=800', 'TIMEOUT', qr/: [1-9] bytes of the body had come/, 200, @type ],
		[ 'reset', 'BROKEN', qr/^No whole response from $url: Recv failure: Connection reset by peer\.$/, 0 ],
		[ 'reset&bytes=5', 'BROKEN', qr/reset by peer/, 200, @type ],
		[ 'close', 'BROKEN', qr/: the server closed the connection without an answer\.$/, 0 ],
		[ 'longer', 'BROKEN', qr/10 bytes (remaining|missing)/, 200, @type ],
		[ 'shorter', 'OK', undef, 200, @type, '{"data":{"' ],
		[ 'cut-chunks', 'BROKEN', qr/outstanding read data/, 200, 'application/json' ],
		[ 'bad-gzip', 'BROKEN', qr/content unencoding/, 200, @type ],
		[ 'bomb&bytes=100000000', 'TOO_LARGE', qr/^The response of $url is larger than 1048576 bytes\.$/, 200, @type ],
		[ 'huge&bytes=2000000', 'TOO_LARGE', qr/larger than/, 200, @type ],
		[ 'huge&bytes=1048576', 'OK', undef, 200, @type, qr/^0000/ ],
		[ 'headers&bytes=1000000', 'BROKEN', qr/: the headers of the response are too large\.$/, 200 ],
		[ 'garbage', 'BROKEN', qr/HTTP\/0\.9/, 0 ],
	);
	my $list = join ',', map { literal(fault($_->[0])) } @cases;
	my $rows = decode_json($sql->query(<<"SQL"));
SELECT json_agg(json_build_array(failure, detail, status, coalesce(content_type, ''), coalesce(charset, ''), encode(substring(body for 100), 'escape'))
	ORDER BY n)
FROM http_test(ARRAY[$list], timeout_ms => 3000)
SQL
	for my $i (0 .. $#cases)
	{
		my ($name, $failure, $detail, $status, $type, $charset, $body) = @{ $cases[$i] };
		my $row = $rows->[$i];
		my $ok  = $row->[0] eq $failure && $row->[2] == $status && $row->[3] eq ($type // '') && $row->[4] eq ($charset // '')
		  && (defined $detail ? $row->[1] =~ $detail : !defined $row->[1])
		  && (ref $body ? $row->[5] =~ $body : defined $body ? $row->[5] eq $body : !defined $row->[5]);
		ok($ok, $name) or diag explain $row;
	}
};

subtest 'what cannot be asked' => sub {
	is(run("failure || coalesce(' ' || detail, '')", 'http://127.0.0.1:1/graphql'),
		'CONNECT Could not connect to "http://127.0.0.1:1/graphql": Connection refused.', 'refused');
	is(run("failure || coalesce(' ' || detail, '')", 'http://someone:secret@nowhere.invalid/a?key=secret'),
		'RESOLVE The host name in "http://nowhere.invalid/a" could not be resolved.', 'unknown host, and no secrets');
	is(run("failure", [ 'ftp://127.0.0.1/', 'file:///etc/passwd', 'nonsense', 'http://a b/', 'http://[::1', 'http://', '' ]),
		join("\n", ('BAD_URL') x 7), 'no URLs of ours');
	is(run("detail", 'gopher://someone:secret@host/?x'), '"gopher://host/" is not a valid http or https URL.', 'said without secrets');

	for my $case ([ 'x: a\r\ny: b', 'invalid value of HTTP header "x"' ], [ 'x: secret\n', 'invalid value of HTTP header "x"' ], [ 'secret', 'invalid HTTP header' ],
		[ 'se cret: x', 'invalid HTTP header' ], [ ': x', 'invalid HTTP header' ])
	{
		my ($header, $message) = @$case;
		run('1', fault('none'), headers => "ARRAY[E'$header']");
		like($sql->{stderr}, qr/^ERROR:  22023: \Q$message\E$/m, "header $header");
		unlike($sql->{stderr} =~ s/^LINE.*//msr, qr/secret/, '... not quoted');
	}
	run('1', fault('none'), method => q('GET / HTTP/1.1'));
	like($sql->{stderr}, qr/22023: invalid HTTP method/, 'method');
};

subtest 'what is sent' => sub {
	my $echo = sub { decode_json(run(q(convert_from(body, 'UTF8')), fault('echo'), @_)) };
	my $sent = $echo->(headers => q(ARRAY['Content-Type: application/json', 'X-A: b', 'X-Empty: ']), body => q('{"query":"x"}'));
	is($sent->{method}, 'POST', 'method');
	is($sent->{body}, '{"query":"x"}', 'body');
	my %headers = %{ $sent->{headers} };
	my ($version) = slurp_file('remote_rel.control') =~ /^default_version = '([^']+)'/m;
	is_deeply([ @headers{qw(content-type x-a x-empty user-agent)} ], [ 'application/json', 'b', '', "remote_rel/$version" ], 'headers');
	like($headers{'accept-encoding'}, qr/gzip/, 'compression');
	ok(!exists $headers{$_}, "no $_") for qw(expect cookie authorization);

	$sent = $echo->(body => q(repeat('x', 2000000)), max_bytes => 10_000_000);
	is(length $sent->{body}, 2_000_000, 'a large body');
	ok(!exists $sent->{headers}{expect}, '... without 100-continue');
	ok(!exists $sent->{headers}{'content-type'}, '... and no type that nobody gave');
	is($echo->(method => q('GET'), body => q(''))->{method}, 'GET', 'GET');
	is($echo->(body => q(''))->{headers}{'content-length'}, '0', 'an empty POST');
	is($echo->(method => q('PUT'))->{method}, 'PUT', 'PUT');
};

subtest 'cancel' => sub {
	my $pid  = $sql->pid;
	my $open = descriptors($sql);
	my $other = session($node);
	my @took;
	for my $i (1 .. 20)
	{
		$faulty->reset;
		$sql->send(call('failure', [ (fault('hang')) x 8 ], timeout_ms => 60000));
		wait_until('all requests are out', sub { $faulty->stats->{inFlight} == 8 });
		like($node->safe_psql('postgres', "SELECT wait_event FROM pg_stat_activity WHERE pid = $pid"), qr/^(Extension|RemoteRelHttp)$/, 'the wait event')
		  if $i == 1;
		my $start = time;
		$other->send("SELECT pg_cancel_backend($pid)");
		$sql->wait;
		push @took, time - $start;
		$other->wait;
		$sql->{stderr} =~ /57014/ or fail("cancelled: $sql->{stderr}");
		wait_until('the connections are gone', sub { $faulty->stats->{inFlight} == 0 });
	}
	@took = sort { $a <=> $b } @took;
	ok($took[10] < 0.2, 'cancels take effect at once');
	note sprintf 'cancels took %.0f to %.0f ms, half of them up to %.0f', map { 1000 * $_ } @took[ 0, -1, 10 ];
	is(run('failure', fault('none')), 'OK', 'the next query works');

	$sql->query('SET statement_timeout = 300');
	my $start = time;
	run('failure', [ fault('hang'), fault('stall'), fault('none') ]);
	my $took = time - $start;
	like($sql->{stderr}, qr/57014: canceling statement due to statement timeout/, 'statement_timeout');
	ok($took > 0.29 && $took < 1, '... in time') or diag "$took s";
	$sql->query('SET statement_timeout = 0');
	is(run('failure', fault('none')), 'OK', 'the next query works');

	$other->send(call('failure', fault('hang'), timeout_ms => 60000));
	wait_until('the request is out', sub { $faulty->stats->{inFlight} == 1 });
	$start = time;
	$node->safe_psql('postgres', 'SELECT pg_terminate_backend(' . $other->pid . ')');
	$other->wait;
	ok(time - $start < 1, 'terminate') or diag time - $start;
  SKIP:
	{
		skip 'no /proc', 1 unless $can_look;
		cmp_ok(descriptors($sql), '<=', $open + 2, 'no descriptor is left behind');
	}
};

subtest 'errors with requests in flight' => sub {
	my $open = descriptors($sql);
	for (1 .. 20)
	{
		run('failure', [ fault('none'), (fault('hang')) x 5 ], fail_after => 0);
		$sql->{stderr} =~ /failing on request/ or fail($sql->{stderr});
	}
	$sql->query(sprintf <<'SQL', fault('none'), fault('hang'));
DO $$ BEGIN
	FOR i IN 1 .. 20 LOOP
		BEGIN
			PERFORM http_test(ARRAY['%s', '%s'], fail_after => 0);
			RAISE 'not reached';
		EXCEPTION WHEN internal_error THEN NULL;
		END;
	END LOOP;
END $$
SQL
	is($sql->{stderr}, '', 'caught in subtransactions');
	wait_until('the connections are gone', sub { $faulty->stats->{inFlight} == 0 });
	cmp_ok(descriptors($sql), '<=', $open + 2, 'no descriptor is left behind') if $can_look && $reuses;
	is(run('failure', fault('none')), 'OK', 'the next query works');
};

subtest 'connections' => sub {
	plan skip_all => 'an old libcurl: a connection for each request' unless $reuses;
	my $fresh = session($node);
	my $ask   = sub { $fresh->query(call('failure', @_)) };

	$faulty->reset;
	$ask->(fault('none')) for 1 .. 5;
	$fresh->query('BEGIN; ' . call('failure', fault('none')) . '; ROLLBACK');
	is_deeply([ @{ $faulty->stats }{qw(connections requests)} ], [ 1, 6 ], 'six queries, one connection');
	$ask->([ (fault('none')) x 6 ], max_concurrent => 1);
	is($faulty->stats->{connections}, 1, 'as many requests one at a time: still one');

	$faulty->reset;
	is($ask->(fault('close-reused'), idempotent => 'true'), 'OK', 'closed when used again: an idempotent request');
	is_deeply([ @{ $faulty->stats }{qw(connections requests)} ], [ 1, 2 ], '... goes out once more, on a fresh connection');
	$faulty->reset;
	is($ask->(fault('close-reused'), idempotent => 'false'), 'BROKEN', 'any other');
	is($faulty->stats->{requests}, 1, '... goes out once');

	$ask->(fault('none'));
	$faulty->reset;
	is($ask->(fault('close'), idempotent => 'true'), 'BROKEN', 'closed again');
	is($faulty->stats->{requests}, 2, '... is given up after the second time');
	$faulty->reset;
	is($ask->(fault('close'), idempotent => 'true'), 'BROKEN', 'closed on a fresh connection');
	is($faulty->stats->{requests}, 1, '... is not tried again');

	for my $body (10, 3_000_000)
	{
		$ask->(fault('none'));
		$faulty->reset;
		is($ask->(fault('reset') . '&early=1', idempotent => 'false', body => "repeat('x', $body)"), 'BROKEN', "reset under $body bytes");
		is($faulty->stats->{requests}, 1, '... goes out once');
	}

	$ask->(fault('none'));
	my $open = $faulty->stats->{open};
	$ask->(fault('close-idle'));
	wait_until('the server has closed it', sub { $faulty->stats->{open} < $open });
	sleep 1.1;    # newer ones of libcurl do not look at a connection that was in use within the second
	$faulty->reset;
	is($ask->(fault('none'), idempotent => 'false'), 'OK', 'closed while idle is noticed before anything is sent');
	is($faulty->stats->{requests}, 1, '... so it goes out once');

	is($fresh->query(sprintf q(SELECT count(*), max(elapsed_ms) < 2000 FROM generate_series(1, 300) AS i, http_test(ARRAY['%s&i=' || i])), fault('none')),
		'300|t', 'answers that come while the request is being sent do not wait for anything');

	# connections that die between two requests of one group, under a wait set that has them
	is($ask->([ (fault('close-idle')) x 20, fault('delay&ms=100') ], max_concurrent => 4, idempotent => 'true'), join("\n", ('OK') x 21), 'dying all the time');

	# more of each than the server lets a process have descriptors of its own kind (a third of 1000): nothing may be forgotten
	for my $url ('http://127.0.0.1:1', 'http://localhost:' . $faulty->port . '/?fault=close', fault('reset'), fault('close-reused'))
	{
		is($fresh->query(sprintf q(SELECT count(*) FROM generate_series(1, 400) AS i, http_test(ARRAY['%s'], timeout_ms => i * 0)), $url), '400', "400 times $url");
		is($ask->(fault('none'), idempotent => 'true'), 'OK', '... and there are descriptors left');
	}

	my $many = $ask->([ (fault('none')) x 100 ]);
	is($many, join("\n", ('OK') x 100), 'a hundred at a time');
	cmp_ok(descriptors($fresh), '<', 60, 'the idle ones are limited') if $can_look;
};

subtest 'limits of concurrency' => sub {
	$faulty->reset;
	my $start = time;
	is(run('failure', [ (fault('delay&ms=100')) x 12 ], max_concurrent => 3, limit_key => q('a')), join("\n", ('OK') x 12), 'all answered');
	my $took = time - $start;
	is($faulty->stats->{maxInFlight}, 3, 'never more than three');
	ok($took >= 0.4 && $took < 1.2, 'in four rounds') or diag "$took s";    # one at a time takes longer

	is($sql->query(sprintf q(SELECT http_test_nested('%s', ARRAY['%s', '%s'], 1)), fault('delay&ms=100'), fault('none'), fault('none')),
		'{"inner OK","inner OK","outer OK"}', 'an inner group waits its turn behind the outer request, and gets its own');
	$faulty->reset;
	is($sql->query(sprintf q(SELECT http_test_nested('%s', ARRAY['%s', '%s'], 0)), fault('delay&ms=300'), fault('none'), fault('none')),
		'{"inner OK","inner OK","outer OK"}', 'nested, without limit');
};

subtest 'deadlines' => sub {
	is($sql->query(sprintf q(SELECT failure, waited_ms < 50 FROM http_test_busy('%s', 500, 300, false)), fault('delay&ms=100')), 'OK|t',
		'an answer that came while the backend was busy elsewhere is no timeout');
	is($sql->query(sprintf q(SELECT failure, waited_ms BETWEEN 250 AND 400 FROM http_test_busy('%s', 500, 300, false)), fault('hang')), 'TIMEOUT|t',
		'its time stands still meanwhile');
	is($sql->query(sprintf q(SELECT failure, waited_ms < 50 FROM http_test_busy('%s', 500, 300, true)), fault('hang')), 'TIMEOUT|t', 'but not while it polls');
	is($sql->query(sprintf q(SELECT failure, waited_ms < 50 FROM http_test_busy('%s', 300, 5000, true)), fault('slow&bytes=1&ms=5')), 'OK|t',
		'polling takes the answer in');
};

subtest 'TLS and HTTP/2' => sub {
	my $dir = PostgreSQL::Test::Utils::tempdir();
	my @common = qw(-newkey rsa:2048 -nodes -days 2);
	my $openssl = sub { system_log('openssl', @_) == 0 or die "openssl @_" };
	$openssl->('req', '-x509', @common, '-keyout', "$dir/ca.key", '-out', "$dir/ca.crt", '-subj', '/CN=remote_rel test CA');
	append_to_file("$dir/ext", "subjectAltName = IP:127.0.0.1\n");
	$openssl->('req', @common, '-keyout', "$dir/server.key", '-out', "$dir/server.csr", '-subj', '/CN=server');
	$openssl->('x509', '-req', '-in', "$dir/server.csr", '-CA', "$dir/ca.crt", '-CAkey', "$dir/ca.key", '-CAcreateserial',
		'-days', '2', '-extfile', "$dir/ext", '-out', "$dir/server.crt");
	my @tls = ('--tls', "$dir/server.key", "$dir/server.crt");
	my %ca  = (ca_file => literal("$dir/ca.crt"));

	# statistics by way of the transport itself, whose verification they need
	my $stats = sub {
		my ($port, $scheme, $path, %arguments) = @_;
		return decode_json($node->safe_psql('postgres', call(q(convert_from(body, 'UTF8')), "$scheme://127.0.0.1:$port/$path", %arguments)));
	};

	my $https = start_remote('faulty', @tls, '--exit-with-stdin');
	my $url   = 'https://127.0.0.1:' . $https->port . '/?fault=';
	is(run('failure', "${url}none", %ca), 'OK', 'https with a CA bundle');
	like(run("failure || ' ' || detail", "${url}none"), qr/^TLS No secure connection to "https:.*": SSL certificate (problem|OpenSSL verify result)/, 'unknown CA');
	like(run("failure || ' ' || detail", 'https://localhost:' . $https->port, %ca), qr/^TLS .*(subject name|localhost)/, 'another host name');
	like(run("failure || ' ' || detail", 'https://127.0.0.1:' . $faulty->port, %ca), qr/^TLS /, 'no TLS there');
	like(run("failure || ' ' || detail", "${url}none", ca_file => q('/nonexistent')), qr/^TLS /, 'no such bundle');
	# Node.js closes the connection; later ones answer first. In a session of its own: newer libcurl has it go over the TLS connection that is there.
	like(session($node)->query(call("failure || ' ' || coalesce(detail, status::text)", 'http://127.0.0.1:' . $https->port)), qr/^(BROKEN |OK 400$)/, 'http to an https port');
	is(run('failure', [ ("${url}none") x 5 ], %ca), join("\n", ('OK') x 5), 'several');
	is(run('failure', "${url}reset", %ca), 'BROKEN', 'reset');
	is(run('failure', [ "${url}hang", "${url}none" ], %ca, timeout_ms => 200), "TIMEOUT\nOK", 'timeout');

	my $h2 = start_remote('faulty', @tls, '--http2', '--exit-with-stdin');
	$url = 'https://127.0.0.1:' . $h2->port . '/?fault=';
	is(decode_json(run(q(convert_from(body, 'UTF8')), "${url}echo", %ca))->{version}, '2.0', 'HTTP/2 by ALPN');
	$stats->($h2->port, 'https', 'reset', %ca);
	# idempotent: before 7.80, libcurl could not be kept from sending a request twice, so others got connections of their own
	is(run('failure', [ ("${url}delay&ms=50") x 20 ], %ca, idempotent => 'true'), join("\n", ('OK') x 20), 'twenty at a time');
	is_deeply([ @{ $stats->($h2->port, 'https', 'stats', %ca) }{qw(connections requests maxInFlight)} ], [ 0, 20, 20 ], '... on the connection that was there');
	run('failure', [ "${url}none", ("${url}hang") x 5 ], %ca, fail_after => 0);
	wait_until('the server is told', sub { $stats->($h2->port, 'https', 'stats', %ca)->{inFlight} == 0 });
	is(run('failure', "${url}none", %ca), 'OK', 'usable after streams were given up');
	is(run('failure', [ "${url}hang", "${url}delay&ms=500", "${url}none" ], %ca, timeout_ms => 200), "TIMEOUT\nTIMEOUT\nOK", 'timeouts of streams');

	my $h2c = start_remote('faulty', '--http2', '--exit-with-stdin');
	$url = 'http://127.0.0.1:' . $h2c->port . '/?fault=';
	is(decode_json(run(q(convert_from(body, 'UTF8')), "${url}echo", http2 => 'true'))->{version}, '2.0', 'HTTP/2 by prior knowledge');
	is(run('failure', [ ("${url}delay&ms=50") x 20 ], http2 => 'true', idempotent => 'true'), join("\n", ('OK') x 20), 'twenty at a time');
	# libcurl 7.88.0 and 7.88.1 cannot use such a connection twice (curl#10634)
	is($stats->($h2c->port, 'http', 'stats', http2 => 'true')->{connections}, `curl-config --version` =~ /7\.88\.[01]/ ? 21 : 1, '... on one connection');
	$h2c->stop;
	# newer ones of libcurl notice it only by sending
	is(run('failure', "${url}none", http2 => 'true', idempotent => 'true'), 'CONNECT', 'gone');
	$h2c->start;
	is(run('failure', "${url}none", http2 => 'true'), 'OK', 'and back');
};

subtest 'nothing grows' => sub {
	plan skip_all => 'no /proc' unless $can_look;
	my @faults = map { fault($_) } qw(none reset reset&bytes=5 close longer cut-chunks bad-gzip huge&bytes=2000000 bomb&bytes=2000000 html garbage);
	my $fresh  = session($node);
	my $round  = sub { $fresh->query('SELECT count(*) FROM (' . call('1', [ (@faults) x 20 ], max_concurrent => 8) . ') x') };
	$round->() for 1 .. 3;
	my ($kb, $fds) = (resident_kb($fresh), descriptors($fresh));
	$round->() for 1 .. 8;
	cmp_ok(resident_kb($fresh) - $kb, '<', 2048, 'memory is flat over 1760 requests');
	note 'grew by ' . (resident_kb($fresh) - $kb) . ' kB';
	cmp_ok(descriptors($fresh), '<=', $fds + 4, 'and so are descriptors');
};

subtest 'display form of URLs' => sub {
	my %forms = (
		'http://h:1/p?q#f'                => 'http://h:1/p',
		'https://u:p@h/a@b'               => 'https://h/a@b',
		'https://u:p@q@h?x'               => 'https://h',
		'http://h'                        => 'http://h',
		'u:p@h/x'                         => 'h/x',
		'nonsense'                        => 'nonsense',
		'/path?u://x:y@z'                 => '/path',
		''                                => '',
		"http://h/\x01b"                  => 'http://h/?b',
		'http://[::1]:8080/g'             => 'http://[::1]:8080/g');
	is($sql->query('SELECT http_test_display_url(' . literal($_) =~ s/\\u0001/\\x01/r . ')'), $forms{$_}, $_) for sort keys %forms;
};

subtest 'JSON' => sub {
	my @cases = (
		[ 'null', 'null' ], [ ' [1, 2.5, 1e3, -0, true, false, null, "x"] ', "[int double double int true false null 'x']" ],
		[ '[0, -0.5, 1e-05, 1.005E+002, 100, "NaN \\" 00 1."]', "[int double double double int 'NaN \" 00 1.']" ],
		[ '{"b": 1, "a": {"a": "x"}}', "{2 a={1 a='x'}}" ], [ '42', 'int' ], [ '"x"', "'x'" ], [ "{}\n", '{0}' ],
		[ '{"a": null}', '{1 a=null}' ], [ '"\u00e9\ud83d\ude00"', "'\x{e9}\x{1f600}'" ], [ '18446744073709551615', 'int' ],
		map { [ $_, qr/^invalid JSON: .* at byte \d+$/ ] } '', ' ', '{', '[1', '"x', '{}x', '1 2', '[1,]', '{"a":1,}', '{a:1}', "['x']", '[NaN]',
		'[Infinity]', '[01]', '[1.]', '[.5]', '[+1]', '[-]', '/* */ 1', '[1] // x', 'tru', 'TRUE', '["\x"]', '["\u12"]', "[\"\x01\"]", "[\"\n\"]", "[\"\\\n\"]", "{}\0", "\"\0\"",
		'[nan]', '[-Infinity]', '[inf]', '[1e]', '[1e+]', '[1.e5]', '[00]', '[-01]', '[--1]', '[1e5.5]', '[0x1]', '["a" "b"]', '{"a" 1}', '[1 2]', '[}', ']', '"', '"\\',
		'{"a":}', '[,1]', '[tRue]', '[truefalse]', "[1]\x{b}", '[1][2]', '{1:2}', '"a"b');
	for my $case (@cases)
	{
		my ($text, $expected) = @$case;
		my $hex    = unpack 'H*', $text;
		my $result = $sql->query("SELECT json_test('\\x$hex')");
		utf8::decode($result);
		my $name = 'JSON text ' . $text =~ s/[^ -~]/?/gr;
		ref $expected ? like($result, $expected, $name) : is($result, $expected, $name);
	}
	is($sql->query(q(SELECT json_test('\x5b22ff225d'))), 'invalid UTF-8 at byte 2', 'a byte that is not UTF-8');
	is($sql->query(q(SELECT json_test('\x5b22c0af225d'))), 'invalid UTF-8 at byte 2', 'an overlong form');
	is($sql->query(q(SELECT json_test('\x5b22eda080225d'))), 'invalid UTF-8 at byte 2', 'a surrogate');
	is($sql->query(q(SELECT json_test('\x5b22e282'))), 'invalid UTF-8 at byte 2', 'cut short');
	is($sql->query(q(SELECT json_test(convert_to(repeat('[', 10) || repeat(']', 10), 'UTF8'), 10))), '[[[[[[[[[[]]]]]]]]]]', 'as deep as allowed');
	like($sql->query(q(SELECT json_test(convert_to(repeat('[', 11) || repeat(']', 11), 'UTF8'), 10))), qr/nested too deep at byte 10/, 'deeper');
	like($sql->query(q(SELECT json_test(convert_to(repeat('[', 1000000), 'UTF8'), 500))), qr/nested too deep/, 'a million brackets');
	$sql->query(q(SELECT json_test(convert_to('"a\u0000b"', 'UTF8'))));
	like($sql->{stderr}, qr/22021: invalid byte sequence for encoding "UTF8": 0x00/, 'NUL has no place in a text');

	$node->safe_psql('postgres', "CREATE DATABASE latin1 ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0");
	$node->command_ok([ 'psql', '-Xq', '-v', "module=$build/http_test", '-f', 'test/modules/http_test/http_test.sql', 'latin1' ], 'a LATIN1 database');
	is($node->safe_psql('latin1', q(SELECT encode(convert_to(json_test('\x22c3a922'), 'LATIN1'), 'hex'))), '27e927', 'text is converted');
	my ($status, $out, $err) = $node->psql('latin1', q(SELECT json_test('\x22e282ac22')));
	like($err, qr/has no equivalent in encoding "LATIN1"/, 'or refused');
};

is($node->safe_psql('postgres', 'SELECT 1'), '1', 'the server is up');
unlike(slurp_file($node->logfile), qr/PANIC|terminated by signal|WARNING/, 'and has not complained');
done_testing();
