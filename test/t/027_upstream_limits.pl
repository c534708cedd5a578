# What an upstream answers takes time and memory in proportion to its length, and costs nobody more than the fields that it is for. More of that:
# 026_attacks.pl.

use RemoteRel::Test;
use MIME::Base64 qw(encode_base64);
use Time::HiRes qw(sleep time);

my $yoga   = start_remote('yoga');
my $faulty = start_remote('faulty', '--upstream', $yoga->url);
my $node   = start_node();
example_users($node, $faulty, 3);
my $session = session($node);
my $two = '{ users(where: {id: {_lte: 2}}, order_by: {id: asc}) { name auth0_profile { id nickname } } }';

sub base64url { return encode_base64($_[0], '') =~ tr{+/=}{-_}dr }

# the headers for an answer: a body, and what is repeated behind it, and its tail
sub answering
{
	my ($body, $repeat, $times, $tail) = @_;

	return { 'x-hasura-fault' => 'fault=body&body=' . base64url($body) . (defined $repeat ? '&repeat=' . base64url($repeat) . "&times=$times&tail=" . base64url($tail) : '') };
}

sub query_sql
{
	my ($query, $headers) = @_;

	return sprintf 'SELECT graphql_resolve(%s, headers => %s)', literal($query), literal($headers);
}

# seconds that a query took, and its answer
sub timed
{
	my ($in, $query, $headers) = @_;

	my $begin = time;
	my $text  = $in->query(query_sql($query, $headers));
	diag($in->{stderr}) if $in->{stderr};
	return (time - $begin, eval { decode_json($text) } // { broken => substr $text, 0, 300 });
}

sub redefined { return "SELECT remote_rel.update_remote_schema('auth0', " . literal({ url => $faulty->url, forward_client_headers => \1, @_ }) . ')' }

sub is_healthy
{
	my ($in) = @_;

	my (undef, $answer) = timed($in // $session, $two);
	is($answer->{data}{users}[1]{auth0_profile}{id}, 'auth0|2', 'and the next query is answered');
}

subtest 'errors by the million' => sub {
	my $in = session($node);
	timed($in, $two);
	my $before = resident_kb($in);
	my ($took, $answer) = timed($in, $two, answering('{"data":null,"errors":[{}', ',{}', 3_000_000, ']}'));
	cmp_ok(resident_kb($in) - $before, '<', 150_000, 'memory (kB) for 9 MB of errors');
	cmp_ok($took, '<', 20, 'and time');
	is(scalar @{ $answer->{errors} }, 2, 'are one error, and the number of those left out');
	is($answer->{errors}[0]{extensions}{places}, 2, 'for both rows');
	like($answer->{errors}[1]{message}, qr/^\d+ more errors are left out\.$/, 'which is counted');

	my $at_one = '{"message":"m","path":["j0","id"]}';
	($took, $answer) = timed($in, $two, answering('{"data":{"j0":null,"j1":null},"errors":[' . $at_one, ",$at_one", 29, ']}'));
	is_deeply([ map { $_->{message} } @{ $answer->{errors} } ], [ ('m') x 20, '10 more errors are left out.' ], 'errors of one key beyond 20 are counted');

	($took, $answer) = timed($in, $two, answering('{"data":null,"errors":[{"message":"m","extensions":{"a":["', 'x","', 1_500_000, '"]}}]}'));
	cmp_ok(resident_kb($in) - $before, '<', 150_000, 'memory for one error of 6 MB');
	is($answer->{errors}[0]{message}, 'm', 'its message is kept');
	ok(!exists $answer->{errors}[0]{extensions}{upstream}, 'its extensions are too long');

	($took, $answer) = timed($in, $two, answering('{"data":null,"errors":[{"message":"', 'lang', 1_500_000, '"}]}'));
	cmp_ok(length $answer->{errors}[0]{message}, '<=', 10_003, 'a long message is cut');
	($took, $answer) = timed($in, $two, answering('{"data":null,"errors":[{"message":"m","path":["j0"', ',0', 1_500_000, ']}]}'));
	is($answer->{errors}[0]{message}, 'm', 'a long path is no danger');

	# values that do not fit, each of which would be an error
	my $friends = '{ users(where: {id: {_eq: 1}}) { auth0_profile { friends { id } } } }';
	($took, $answer) = timed($in, $friends, answering('{"data":{"j0":{"friends":[{"id":"1"}', ',{"id":1e}', 0, ']}}}'));
	$before = resident_kb($in);
	($took, $answer) = timed($in, '{ found: search(text: "x") { ... on Profile { id } } }', answering('{"data":{"found":[1', ',1', 1_500_000, ']}}'));
	cmp_ok(resident_kb($in) - $before, '<', 150_000, 'memory for 3 MB of misfits');
	is_healthy($in);
};

subtest 'text that the server cannot hold' => sub {
	my $profile = sub { '{"data":{"j0":{"id":"auth0|1","nickname":"n"},"j1":null},"errors":[{"message":"' . $_[0] . '","path":["j1"]}]}' };
	my (undef, $answer) = timed($session, $two, answering($profile->('a\u0000b\ud800c\u2019')));
	is($answer->{errors}[0]{message}, "a\x{fffd}b\x{fffd}c\x{2019}", 'is replaced in a message');
	is_deeply($answer->{errors}[0]{path}, [ 'users', 1, 'auth0_profile' ], 'which is at its place');
	is($answer->{data}{users}[0]{auth0_profile}{nickname}, 'n', 'and the data are there');

	$session->query("SET remote_rel.on_remote_error = 'null'");
	my $join = sub { $session->query("SELECT result FROM remote_rel.remote_join((SELECT array_agg(u ORDER BY id) FROM users u WHERE id <= 2), 'auth0_profile', headers => " . literal($_[0]) . ', selection => ' . literal('{ id nickname }') . ')') };
	is($join->(answering($profile->('a\u0000b'))), '{"id": "auth0|1", "nickname": "n"}' . "\n", 'remote_join() with it: the row that has a value');
	like($session->{stderr}, qr/WARNING.*failed to answer/, 'and a warning');
	is($join->(answering('{"data":{"j0":{"id":"auth0|1","nickname":"x\u0000"},"j1":{"id":"auth0|2","nickname":"y\u2019"}}}')),
		"{\"id\": \"auth0|1\", \"nickname\": null}\n{\"id\": \"auth0|2\", \"nickname\": \"y\xe2\x80\x99\"}", 'a value that jsonb cannot hold is null');
	$session->query('RESET remote_rel.on_remote_error');
};

subtest 'the same in a database of LATIN1' => sub {
	$node->safe_psql('postgres', q(CREATE DATABASE latin ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0));
	$node->safe_psql('latin', 'CREATE EXTENSION remote_rel; CREATE TABLE users (id int PRIMARY KEY, name text, auth0_id text); INSERT INTO users SELECT i, \'user \' || i, \'auth0|\' || i FROM generate_series(1, 3) AS i;'
		. 'SELECT remote_rel.add_remote_schema(' . literal('auth0') . ', ' . literal({ url => $faulty->url }) . ');'
		. q(SELECT remote_rel.create_remote_relationship('users', 'auth0_profile', 'auth0', '{"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}')));
	my $ask = sub { $node->safe_psql('latin', query_sql($two, $_[0])) };
	my $body = sub { '{"data":{"j0":{"id":"auth0|1","nickname":"' . $_[0] . '"},"j1":null},"errors":[{"message":"' . $_[1] . '","path":["j1"]}]}' };
	my $answer = decode_json($ask->(answering($body->('n', 'a\u2019b\u0000'))));
	is($answer->{errors}[0]{message}, 'a?b?', 'a message');
	is($answer->{data}{users}[0]{auth0_profile}{nickname}, 'n', 'and the data are there');
	$answer = decode_json($ask->(answering($body->("x\xe2\x80\x99\xf0\x9f\x98\x80", "raw \xe2\x80\x99"))));
	is($answer->{data}{users}[0]{auth0_profile}{nickname}, "x\x{2019}\x{1f600}", 'raw characters that it lacks are escapes');
	is($answer->{errors}[0]{message}, 'raw ?', 'in a message, too');
	is($node->safe_psql('latin', "SET client_min_messages = error; SET remote_rel.on_remote_error = 'null'; SELECT result FROM remote_rel.remote_join((SELECT array_agg(u ORDER BY id) FROM users u WHERE id <= 2), 'auth0_profile', headers => "
			. literal(answering($body->('x\u2019', 'm'))) . ", selection => '{ id nickname }')"), '{"id": "auth0|1", "nickname": null}' . "\n", 'remote_join()');
};

subtest 'long header lines' => sub {
	for my $bytes (90_000, 110_000, 200_000)
	{
		my (undef, $answer) = timed($session, $two, { 'x-hasura-fault' => "fault=header-line&bytes=$bytes" });
		like($answer->{errors}[0]{message}, qr/GraphQL response|headers of the response are too large/, "$bytes bytes: an error of the join");
		is($answer->{data}{users}[0]{name}, 'user 1', 'the local data are there');
	}
	is_healthy();
};

subtest 'time' => sub {
	$node->safe_psql('postgres', 'INSERT INTO users SELECT i, \'user \' || i, \'auth0|\' || i FROM generate_series(4, 2000) AS i');
	my $all = '{ users { auth0_profile { id } } }';
	my $set = 'SET remote_rel.batch_size = 10; SET remote_rel.max_concurrent_requests = 2;';
	$session->query($set . redefined(timeout_seconds => 1));
	$faulty->reset;
	my ($took, $answer) = timed($session, $all, { 'x-hasura-fault' => 'fault=hang' });
	cmp_ok($took, '<', 3, 'an upstream that never answers: one timeout');
	is($faulty->requests, 2, 'and no more than was on the wire');
	is(scalar @{ $answer->{errors} }, 1, 'one error');
	is($answer->{errors}[0]{extensions}{places}, 2000, 'with the number of places');
	like($answer->{errors}[0]{message}, qr/timed out/, 'which says why');
	is_deeply($answer->{errors}[0]{path}, [ 'users', 0, 'auth0_profile' ], 'and where it was met first');

	$session->query(redefined() . '; SET remote_rel.call_timeout = 1500');
	($took, $answer) = timed($session, $all, { 'x-hasura-fault' => 'fault=delay&ms=400' });
	cmp_ok($took, '<', 4, 'call_timeout ends a call that waits again and again');
	like($answer->{errors}[0]{message}, qr/call_timeout, 1500 ms\) was over/, 'with an error');
	cmp_ok(scalar(grep { $_->{auth0_profile} } @{ $answer->{data}{users} }), '>', 0, 'what came before is there');
	cmp_ok($answer->{errors}[0]{extensions}{places}, '>', 1000, 'the rest is null');
	$session->query('RESET remote_rel.call_timeout');

	$faulty->stop;
	($took, $answer) = timed($session, $all);
	is(scalar @{ $answer->{errors} }, 1, 'an upstream that is down: one error');
	is($answer->{errors}[0]{extensions}{places}, 2000, 'with the number of places');
	$faulty->start;
	is_healthy();
};

subtest 'no data at all: the error of the upstream is the only one' => sub {
	my (undef, $answer) = timed($session, $two, answering('{"data":null,"errors":[{"message":"broke","path":["j1","nickname"]}]}'));
	is(scalar @{ $answer->{errors} }, 1, 'one error');
	is_deeply($answer->{errors}[0]{path}, [ 'users', 1, 'auth0_profile', 'nickname' ], 'at its own place');
	is($answer->{errors}[0]{extensions}{places}, 2, 'for both rows');
};

subtest 'connections' => sub {
	my ($major, $minor) = `curl-config --version` =~ /(\d+)\.(\d+)/;
	my $curl_ends_old = $major > 7 || $minor >= 80;
	my ($in, $lasting, $ageing) = map { session($node) } 1 .. 3;
	$in->query('SET remote_rel.idle_connection_timeout = 1');
	$ageing->query('SET remote_rel.connection_lifetime = 1');
	timed($_, $two) for $lasting, $ageing;
	timed($in, $two);
	my $open = $faulty->stats->{open};
	$in->query('SELECT 1');
	is($faulty->stats->{open}, $open, 'a connection is kept');
	sleep 2.1;
	$in->query('SELECT 1');
	wait_until('it is closed when the session does anything after the time', sub { $faulty->stats->{open} < $open });
	is($faulty->stats->{open}, $open - 1, 'and closed after the time');
	my $made = $faulty->stats->{connections};
	timed($lasting, $two);
	is($faulty->stats->{connections}, $made, 'another one is used again');
	timed($ageing, $two);
	is($faulty->stats->{connections}, $made + ($curl_ends_old ? 1 : 0), 'unless it has become too old');
	is_healthy($in);
};

subtest 'json_object() makes JSON, whoever calls it' => sub {
	my $made = sub { $session->query("SELECT remote_rel.json_object($_[0])") };
	is($made->(q('{*}', '{"a":1}'::json)), '{"a":1}', 'members of an object');
	is($made->(q('[$,$]', 1, 'x'::text)), '[1,"x"]', 'values');
	for my $call (q('{*}', '{"a":1} '::json), q('{*}', ' {"a":1}'::json), q('{*}', '{}'::json), q('{*}', '[1]'::json), q('{*}', NULL::json),
		q('{"a":1$}', 'x'::text), q('[-$]', 'x'::text), q('{*.5}', '{"a":1}'::json), q('{$:1}', 'x'::text))
	{
		$made->($call);
		like($session->{stderr}, qr/invalid template/, $call);
	}
};

done_testing();
