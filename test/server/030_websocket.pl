# WebSockets and event streams, with the clients that people use.

use RemoteRel::Test;
use RemoteRel::Server;

my $node = start_node();
$node->safe_psql('postgres', q(
	CREATE TABLE users (id int PRIMARY KEY, name text);
	INSERT INTO users SELECT i, 'user ' || i FROM generate_series(1, 2000) i;
	CREATE TABLE odd (id int PRIMARY KEY, text json);
	INSERT INTO odd VALUES (1, E'{\n"a":\r\n1}');
	CREATE FUNCTION slow(seconds float8) RETURNS SETOF users LANGUAGE sql VOLATILE
		AS 'SELECT users.* FROM users, pg_sleep(seconds) WHERE id = 1';
	SELECT remote_rel.track_function('slow', '{"exposed_as": "query"}')));
my $secret = 'a secret';
my $server = RemoteRel::Server->start($node, admin_secret => $secret, websocket_init_timeout => '500ms', cors_domain => 'https://app.example');

my @results = `node test/server/clients.mjs @{[ $server->url('/v1/graphql') ]} '$secret'`;
for (@results)
{
	ok($1 eq 'ok', $2) if /^(ok|not ok) \d+ - (.*)/;
	diag($_) if /^#/;
}
like($results[-1] // '', qr/^1\.\.\d+$/, 'all clients were tried');
cmp_ok(scalar @results, '>', 30, '… in many ways');

wait_until('all operations are cancelled or over', sub {
	$node->safe_psql('postgres', q(SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%graphql_resolve%' AND pid <> pg_backend_pid())) eq '0' });
pass('what nobody waits for is cancelled');
wait_until('all sockets are closed', sub { $server->metric('remote_rel_websockets', { 'x-hasura-admin-secret' => $secret }) == 0 });

# --- the handshake ---------------------------------------------------------------------------------------------------

sub handshake
{
	my (%headers) = @_;

	my %all = (Host => 'localhost', Connection => 'Upgrade', Upgrade => 'websocket', 'Sec-WebSocket-Version' => 13,
		'Sec-WebSocket-Key' => 'dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Protocol' => 'graphql-transport-ws', %headers);
	return $server->raw(join("\r\n", 'GET /v1/graphql HTTP/1.1', (map { "$_: $all{$_}" } grep { defined $all{$_} } sort keys %all), '', ''), 5, qr/\r\n\r\n/);
}
my $reply = handshake();
like($reply, qr/^HTTP\/1.1 101 /, 'a handshake');
like($reply, qr/^sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=\r$/mi, '… with the value of RFC 6455');
like($reply, qr/^sec-websocket-protocol: graphql-transport-ws\r$/mi, '… and the protocol');
like(handshake('Sec-WebSocket-Version' => 8), qr/^HTTP\/1.1 426 .*sec-websocket-version: 13/si, 'another version is 426');
like(handshake('Sec-WebSocket-Key' => 'short'), qr/^HTTP\/1.1 400 /, 'a short key is 400');
like(handshake('Sec-WebSocket-Key' => undef), qr/^HTTP\/1.1 400 /, 'no key is 400');
like(handshake(Origin => 'https://evil.example', Cookie => 'a=b'), qr/^HTTP\/1.1 403 /, "a stranger's page with cookies is 403");
like(handshake(Origin => 'https://app.example', Cookie => 'a=b'), qr/^HTTP\/1.1 101 /, 'an allowed one is not');
like(handshake(Origin => 'http://localhost', Cookie => 'a=b'), qr/^HTTP\/1.1 101 /, 'nor one from here');

my $free = RemoteRel::Server->start($node);
sub free_handshake
{
	my ($origin) = @_;

	return $free->raw("GET /v1/graphql HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
		  . "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\nOrigin: $origin\r\n\r\n", 5, qr/\r\n\r\n/);
}
like(free_handshake('https://evil.example'), qr/^HTTP\/1.1 403 /, 'without a secret, no page from elsewhere may connect');
like(free_handshake('http://localhost:3000'), qr/^HTTP\/1.1 101 /, '… but those of this machine');

# --- tokens that end, and TLS ----------------------------------------------------------------------------------------

my $directory = PostgreSQL::Test::Utils::tempdir_short();
system("openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=localhost -days 2 -keyout $directory/key -out $directory/cert 2>/dev/null");
my $key = 'k' x 32;
$node->safe_psql('postgres', 'CREATE ROLE member; GRANT SELECT ON users TO member');
my $tls = RemoteRel::Server->start($node, admin_secret => $secret, jwt_secret => qq({"type":"HS256","key":"$key"}),
	tls_certificate => "$directory/cert", tls_key => "$directory/key");
is(`node test/server/token.mjs wss://localhost:@{[ $tls->port ]}/v1/graphql $key 2>&1`, "user 1\n4403\n",
	'with a token over TLS: an answer, and 4403 when it ends');

# --- memory ----------------------------------------------------------------------------------------

my @idle;
my $before = kb($free);
for (1 .. 300)
{
	my $socket = $free->connect;
	syswrite $socket, "GET /v1/graphql HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
	  . "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
	  . frame('{"type":"connection_init"}');
	push @idle, $socket;
}
like(RemoteRel::Server::read_all($_, 20, qr/connection_ack/), qr/connection_ack/) for $idle[-1];
wait_until('300 sockets are open', sub { $free->metric('remote_rel_websockets') == 300 });
my $each = (kb($free) - $before) / 300;
cmp_ok($each, '<=', 20, sprintf 'an idle WebSocket takes %.1f kB', $each);

# a text in a masked frame of at most 125 bytes
sub frame { my ($text) = @_; return pack('CC', 0x81, 0x80 | length $text) . "\0\0\0\0$text" }

sub kb
{
	my ($server) = @_;

	my ($kb) = slurp_file('/proc/' . $server->pid . '/status') =~ /VmRSS:\s+(\d+)/;
	return $kb;
}

done_testing();
