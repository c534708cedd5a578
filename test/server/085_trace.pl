# traceparent, from the client over the database to a remote schema and into the log.

use RemoteRel::Test;
use RemoteRel::Server;

my $node = start_node();
my $yoga = start_remote('yoga');
$node->safe_psql('postgres', q(CREATE TABLE users (id int PRIMARY KEY, auth0_id text); INSERT INTO users VALUES (1, 'auth0|1')));
$node->safe_psql('postgres', sprintf q(
	SELECT remote_rel.add_remote_schema('auth0', '{"url": "%s", "forward_client_headers": true}');
	SELECT remote_rel.create_remote_relationship('users', 'auth0_profile', 'auth0', '{"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}')), $yoga->url);
my $server = RemoteRel::Server->start($node, admin_secret => 'the secret');
my $join = '{ users { auth0_profile { nickname } } }';
my $trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

# the headers of the request that the remote schema got
sub upstream
{
	my ($query, %headers) = @_;

	$yoga->reset;
	my $answer = $server->graphql($query, headers => { 'x-hasura-admin-secret' => 'the secret', %headers });
	my @log = $yoga->log;
	is(scalar @log, 1, 'one request for ' . encode_json($answer->{data}));
	return $log[0]{headers};
}
is(upstream($join, traceparent => $trace, tracestate => 'a=b')->{traceparent}, $trace, 'a relationship passes traceparent on');
is(upstream('{ auth0(auth0_id: "auth0|1") { nickname } }', traceparent => $trace, tracestate => 'a=b')->{tracestate}, 'a=b', 'a root field of the remote schema passes tracestate on');
my $headers = upstream($join, traceparent => $trace, 'x-hasura-role' => 'admin', authorization => 'Bearer t');
unlike(encode_json($headers), qr/the secret/, 'the admin secret stays here');
is($headers->{authorization}, 'Bearer t', '… other headers go on');
is(upstream($join)->{traceparent}, undef, 'none is made up');

my @lines = grep { $_->{event} eq 'request' } $server->log;
is_deeply([ map { $_->{traceparent} } @lines ], [ $trace, $trace, $trace, undef ], 'the log has it');
$server->graphql($join, headers => { 'x-hasura-admin-secret' => 'the secret', traceparent => '00-nonsense' });
is((grep { $_->{event} eq 'request' } $server->log)[-1]{traceparent}, undef, '… when it is one');

done_testing();
