# Clients that do not read, and thousands at once.

use RemoteRel::Test;
use RemoteRel::Server;
use IO::Socket::UNIX;

my $node = start_node('max_connections = 30');
$node->safe_psql('postgres', q(
	CREATE TABLE users (id int PRIMARY KEY, name text);
	INSERT INTO users SELECT i, 'user ' || i FROM generate_series(1, 1000) i;
	CREATE TABLE large (id int PRIMARY KEY, text text);
	INSERT INTO large VALUES (1, repeat('x', 350000))));
my $large = '{ large { text } }';
my $one = '{ users_by_pk(id: 777) { name } }';

# --- clients that do not read ----------------------------------------------------------------------------------------

# a Unix socket holds less than such an answer
my $path = PostgreSQL::Test::Utils::tempdir_short() . '/http';
my $server = RemoteRel::Server->start($node, unix_socket => $path, connections => 2, send_timeout => '200ms', keepalive_timeout => '60s',
	websocket_queue => '1MB', admin_secret => 'x');
sub client { return IO::Socket::UNIX->new(Peer => $path) // die "connect: $!" }
sub post
{
	my ($query, %headers) = @_;

	my $body = encode_json({ query => $query });
	my $socket = client();
	syswrite $socket, join "\r\n", 'POST /v1/graphql HTTP/1.1', 'Host: localhost', 'Content-Type: application/json', 'x-hasura-admin-secret: x',
	  (map { "$_: $headers{$_}" } sort keys %headers), 'Content-Length: ' . length $body, '', $body;
	return $socket;
}
sub events { my ($event) = @_; return scalar grep { $_->{event} eq $event } $server->log }

# a WebSocket: what waits for it is bounded
my $socket = client();
syswrite $socket, "GET /v1/graphql HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
  . "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n";
RemoteRel::Server::read_all($socket, 5, qr/\r\n\r\n/);
syswrite $socket, frame(encode_json({ type => 'connection_init', payload => { headers => { 'x-hasura-admin-secret' => 'x' } } }));
RemoteRel::Server::read_all($socket, 5, qr/connection_ack/);
syswrite $socket, frame(encode_json({ type => 'subscribe', id => "$_", payload => { query => $large } })) for 1 .. 10;

# HTTP and event streams
my @deaf = map { post($large, Accept => $_) } ('application/json') x 5, ('text/event-stream') x 3;
like(RemoteRel::Server::read_all(post($one), 10, qr/\}\}\}/), qr/user 777/, 'clients that do not read hold no connection to the database');
wait_until('they are disconnected', sub { events('slow_client') == 8 });
my $text = RemoteRel::Server::read_all($deaf[0], 5);
cmp_ok(length $text, '<', 350_000, '… before they have all of it');
like($text, qr/^HTTP\/1.1 200 /, '… but what they got is an answer');

wait_until('the WebSocket is closed', sub { events('websocket_closed') == 1 });
unlike(RemoteRel::Server::read_all($socket, 5), qr/"id":"10"/, 'a WebSocket that does not read is closed');
like(RemoteRel::Server::read_all(post($one), 10, qr/\}\}\}/), qr/user 777/, '… and others are served');
$server->stop;

# a text in a masked frame
sub frame
{
	my ($text) = @_;

	return pack('C', 0x81) . (length $text < 126 ? pack('C', 0x80 | length $text) : pack('Cn', 0xfe, length $text)) . "\0\0\0\0$text";
}

# --- thousands of them -----------------------------------------------------------------------------------------------

my $crowded = RemoteRel::Server->start($node, connections => 8, log_level => 'info');
my @lines = `node bench/server/clients.mjs @{[ $crowded->url ]} @{[ $crowded->pid ]}`;
is($?, 0, 'a thousand WebSockets, then thousands of clients that keep their connections and ask at once');
diag(@lines) if $?;
like($lines[0] // '', qr/^1,000 idle WebSockets: [\d.]+ MB/, '… the WebSockets are small');
like($lines[1] // '', qr/^\d{3,} clients at once: 0 failed/, '… nobody fails');
is($crowded->graphql($one)->{status}, 200, '… and it goes on');

done_testing();
