# The parts stand: the extension loads, both GraphQL servers answer and count.

use RemoteRel::Test;

my $node = start_node();
is($node->safe_psql('postgres', "SELECT extversion FROM pg_extension WHERE extname = 'remote_rel'"),
	'1.0', 'CREATE EXTENSION');

for my $name (qw(yoga apollo))
{
	my $remote = start_remote($name);
	is($remote->requests, 0, "$name: starts with no request counted");

	my $response = HTTP::Tiny->new->post(
		$remote->url,
		{
			headers => { 'content-type' => 'application/json' },
			content => encode_json({ query => '{ a: auth0(auth0_id: "auth0|1") { nickname } header(name: "user-agent") }' })
		});
	is(decode_json($response->{content})->{data}{a}{nickname}, 'Stormborn', "$name: answers");

	my $stats = $remote->stats;
	is_deeply([ @{$stats}{qw(requests operations resolver_calls)} ], [ 1, 1, 2 ], "$name: counts");
	like(($remote->log)[0]{query}, qr/a: auth0/, "$name: keeps what it received");

	my $port = $remote->port;
	$remote->stop;
	is(HTTP::Tiny->new->post($remote->url)->{status}, 599, "$name: stops");
	$remote->start;
	is($remote->port, $port, "$name: comes back at the same port");
	is($remote->requests, 0, "$name: and has forgotten");
}

my $session = session($node);
is($session->query('SELECT 1 + 1'), '2', 'a session answers');
$session->query('SELECT 1 / 0');
like($session->{stderr}, qr/division by zero/, 'and keeps its errors');

done_testing();
