# Forty attacks, each with the answer that it gets; after each of them the server answers others as before.

use RemoteRel::Test;
use RemoteRel::Server;
use Compress::Zlib ();

my $node = start_node();
$node->safe_psql('postgres', q(
	CREATE ROLE app LOGIN;
	CREATE ROLE member;
	GRANT member TO app;
	CREATE TABLE secrets (id int PRIMARY KEY, owner text);
	INSERT INTO secrets VALUES (1, 'me'), (2, 'you');
	GRANT SELECT ON secrets TO member;
	ALTER TABLE secrets ENABLE ROW LEVEL SECURITY;
	CREATE POLICY own ON secrets TO member USING (owner = remote_rel.session_variable('x-hasura-user-id'))));

my $secret = 'correct horse battery staple';
my $key = 'x' x 32;
my @settings = (user => 'app', admin_secret => $secret, metadata_database_url => RemoteRel::Server::connection_string($node),
	unauthorized_role => 'member', max_body => '100kB', header_timeout => '2s', body_timeout => '2s');
my $server = RemoteRel::Server->start($node, @settings);
my $free = RemoteRel::Server->start($node);
my $cookies = RemoteRel::Server->start($node, @settings, jwt_secret => qq({"type":"HS256","key":"$key","header":{"type":"Cookie","name":"t"}}));

my $body = encode_json({ query => '{ secrets { id } }' });
sub post
{
	my ($headers, $content) = @_;

	$content //= $body;
	return "POST /v1/graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n$headers\r\n$content";
}
sub length_of { return 'Content-Length: ' . length($_[0]) . "\r\n" }

# name, what is sent, a pattern of what comes back, the server
my @attacks = (
	# malformed HTTP
	[ 'nonsense instead of HTTP', "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", qr/^(HTTP\/1.1 400|$)/ ],
	[ 'a request line without version', "GET /healthz\r\n\r\n", qr/^(HTTP\/1.1 [45]|$|HTTP\/1.0 )/ ],
	[ 'HTTP/9.9', "GET /healthz HTTP/9.9\r\nHost: localhost\r\n\r\n", qr/^(HTTP\/1.1 (505|400)|$)/ ],
	[ 'no host', "GET /healthz HTTP/1.1\r\n\r\n", qr/^HTTP\/1.1 400/ ],
	[ 'a header without colon', "GET /healthz HTTP/1.1\r\nHost: localhost\r\nnonsense\r\n\r\n", qr/^(HTTP\/1.1 400|$)/ ],
	[ 'a header of 100 kB', "GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: " . 'x' x 100_000 . "\r\n\r\n", qr/^(HTTP\/1.1 4(31|13|14|00)|$)/ ],
	[ 'ten thousand headers', "GET /healthz HTTP/1.1\r\nHost: localhost\r\n" . "X: y\r\n" x 10_000 . "\r\n", qr/^(HTTP\/1.1 4(31|13|00)|$)/ ],
	[ 'a path of 100 kB', 'GET /' . 'x' x 100_000 . " HTTP/1.1\r\nHost: localhost\r\n\r\n", qr/^(HTTP\/1.1 4(14|31|00)|$)/ ],
	[ 'a NUL in the path', "GET /healthz%00.html HTTP/1.1\r\nHost: localhost\r\n\r\n", qr/^HTTP\/1.1 (200|40[04])/ ],
	[ 'a header that goes on in a second line', "GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: a\r\n\tb\r\n\r\n", qr/^HTTP\/1.1 (200(?!.*^x-request-id: a\r?\n\tb)|400)/ms ],

	# where a body ends
	[ 'two lengths', post(length_of($body) . "Content-Length: 5\r\n"), qr/^HTTP\/1.1 400/ ],
	[ 'length and chunks', post(length_of($body) . "Transfer-Encoding: chunked\r\n", "0\r\n\r\n"), qr/^HTTP\/1.1 400/ ],
	[ 'a negative length', post("Content-Length: -1\r\n"), qr/^(HTTP\/1.1 400|$)/ ],
	[ 'a signed length', post("Content-Length: +5\r\n"), qr/^(HTTP\/1.1 400|$)/ ],
	[ 'a length beyond all integers', post("Content-Length: 99999999999999999999999\r\n"), qr/^(HTTP\/1.1 4|$)/ ],
	[ 'a body of 1 GB', post("Content-Length: 1073741824\r\n", 'x'), qr/^HTTP\/1.1 413/ ],
	[ 'a transfer coding that is unknown', post("Transfer-Encoding: chunked, gzip\r\n", ''), qr/^(HTTP\/1.1 400|$)/ ],
	[ 'a transfer coding with a trick', post("Transfer-Encoding: \x0bchunked\r\n", "0\r\n\r\n"), qr/^(HTTP\/1.1 400|$)/ ],
	[ 'a chunk that is too long to be told', post("Transfer-Encoding: chunked\r\n", "FFFFFFFFFFFFFFFFF\r\nx"), qr/^(HTTP\/1.1 4|$)/ ],
	[ 'a chunk that is no number', post("Transfer-Encoding: chunked\r\n", "xyz\r\nx\r\n0\r\n\r\n"), qr/^(HTTP\/1.1 4|$)/ ],
	[ 'a second request inside of a body', post("Content-Length: 5\r\n", "{}   GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n"), qr/^HTTP\/1.1 400(?!.*remote_rel_clients)/s ],

	# bodies
	[ 'JSON of any depth', post(length_of('[' x 90_000), '[' x 90_000), qr/^HTTP\/1.1 400/ ],
	[ 'JSON with a member a million times', post(length_of('{' . '"a":1,' x 9_000 . '"query":1}'), '{' . '"a":1,' x 9_000 . '"query":1}'), qr/^HTTP\/1.1 400/ ],
	[ 'a bomb', do { my $bomb = Compress::Zlib::memGzip('{"query":"' . ' ' x 30_000_000); post("Content-Encoding: gzip\r\n" . length_of($bomb), $bomb) }, qr/^HTTP\/1.1 413/ ],
	[ 'a document of any depth', do { my $b = encode_json({ query => '{a' x 40_000 }); post(length_of($b), $b) }, qr/^HTTP\/1.1 200.*"errors"/s ],

	# who is asking
	[ 'session variables of a client', post("X-Hasura-User-Id: me\r\n" . length_of($body)), qr/"secrets":\[\]/ ],
	[ '… in other letters', post("X_HASURA_USER_ID: me\r\nx_hasura-User-id: me\r\n" . length_of($body)), qr/"secrets":\[\]/ ],
	[ 'a role of a client', post("X-Hasura-Role: admin\r\n" . length_of($body)), qr/"secrets":\[\]/ ],
	[ 'a part of the secret', post("X-Hasura-Admin-Secret: " . substr($secret, 0, -1) . "\r\n" . length_of($body)), qr/access-denied/ ],
	[ 'the secret and more', post("X-Hasura-Admin-Secret: ${secret}x\r\n" . length_of($body)), qr/access-denied/ ],
	[ 'the secret twice', post("X-Hasura-Admin-Secret: $secret\r\nX-Hasura-Admin-Secret: $secret\r\n" . length_of($body)), qr/access-denied/ ],
	[ 'an empty secret', post("X-Hasura-Admin-Secret: \r\n" . length_of($body)), qr/access-denied/ ],
	[ 'SQL by a stranger', do { my $b = encode_json({ type => 'run_sql', args => { sql => 'SELECT 1' } }); "POST /v2/query HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" . length_of($b) . "\r\n$b" }, qr/^HTTP\/1.1 400.*access-denied/s ],
	[ 'numbers by a stranger', "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n", qr/^HTTP\/1.1 400.*access-denied/s ],
	[ 'SQL in an operation name', do { my $b = encode_json({ query => '{ secrets { id } }', operationName => "'; DROP TABLE secrets; --" }); post(length_of($b), $b) }, qr/"errors"/ ],

	# browsers
	[ 'a mutation by GET', "GET /v1/graphql?query=mutation%7Ba%7D HTTP/1.1\r\nHost: localhost\r\n\r\n", qr/^HTTP\/1.1 405/ ],
	[ 'a form', "POST /v1/graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n" . length_of($body) . "\r\n$body", qr/^HTTP\/1.1 415/ ],
	[ "a stranger's page, with cookies", do { my $b = $body; post("Origin: https://evil.example\r\nCookie: t=x\r\n" . length_of($b)) }, qr/^(?!.*access-control-allow-credentials)HTTP/si, $cookies ],
	[ "a stranger's page, without a secret", post("Origin: https://evil.example\r\n" . length_of($body)), qr/^(?!.*access-control-allow-origin)HTTP/si, $free ],
	[ 'a name that points here', "POST /v2/query HTTP/1.1\r\nHost: evil.example:8080\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}", qr/^HTTP\/1.1 403/, $free ],
	[ 'a file beside the console', "GET /console/../../../../etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n", qr/^HTTP\/1.1 404/ ],
	[ '… in other letters', "GET /console/%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n", qr/^HTTP\/1.1 404/ ],
	[ 'a header in a header', post("Origin: https://a\x01\r\nX-Request-Id: a\rSet-Cookie: b\r\n" . length_of($body)), qr/^(?!.*\nset-cookie)(HTTP|$)/si ],
);

cmp_ok(scalar @attacks, '>=', 40, 'there are forty');
for (@attacks)
{
	my ($name, $bytes, $pattern, $victim) = @$_;
	$victim //= $server;
	my $reply = $victim->raw($bytes, 6, qr/\r\n\r\n.{2,}|\r\ncontent-length: 0\r\n.*\r\n\r\n/si);
	like($reply, $pattern, $name);
	my $after = $victim->graphql('{ __typename }', headers => { 'x-hasura-admin-secret' => $secret });
	is($after->{data}{__typename}, 'query_root', '… and others are served') or diag(encode_json($after));
}
is($node->safe_psql('postgres', 'SELECT count(*) FROM secrets'), 2, 'nothing is lost');

# --- the time that comparing the secret takes says nothing -----------------------------------------------------------

sub seconds
{
	my ($value) = @_;

	my $begun = Time::HiRes::time();
	$server->graphql('{ __typename }', headers => { 'x-hasura-admin-secret' => $value });
	return Time::HiRes::time() - $begun;
}
my (@early, @late);
for (1 .. 60)
{
	push @early, seconds('X' . substr $secret, 1);
	push @late, seconds(substr($secret, 0, -1) . 'X');
}
my ($early, $late) = map { (sort { $a <=> $b } @$_)[ @$_ / 2 ] } \@early, \@late;
cmp_ok(abs($early - $late), '<', 0.002, 'wrong at the beginning or at the end: as fast');

# --- many at once ----------------------------------------------------------------------------------------------------

my @sockets = map { $server->connect } 1 .. 500;
is($server->graphql('{ __typename }', headers => { 'x-hasura-admin-secret' => $secret })->{status}, 200, 'five hundred silent clients are in nobody\'s way');
close $_ for @sockets;

unlike($_->log_text, qr/\Q$secret\E|horse/, 'no secret in a log') for $server, $cookies;

done_testing();
