# GraphQL over HTTP: parameters, answer types, statuses, bodies, headers.

use RemoteRel::Test;
use RemoteRel::Server;
use Compress::Zlib ();

my $node = start_node();
$node->safe_psql('postgres', q(
	CREATE TABLE users (id int PRIMARY KEY, name text);
	INSERT INTO users SELECT i, 'user ' || i FROM generate_series(1, 2000) i;
	ANALYZE users;
	CREATE FUNCTION slow(seconds float8) RETURNS SETOF users LANGUAGE sql VOLATILE
		AS 'SELECT users.* FROM users, pg_sleep(seconds) WHERE id = 1';
	SELECT remote_rel.track_function('slow', '{"exposed_as": "query"}')));
my $server = RemoteRel::Server->start($node, max_body => '1MB', max_batch => 3, cors_domain => 'https://app.example, https://*.apps.example');

sub gzipped { return Compress::Zlib::memGzip(shift) }

# --- both methods ----------------------------------------------------------------------------------------------------

my $one = '{ users_by_pk(id: 1) { name } }';
my $data = { users_by_pk => { name => 'user 1' } };
is_deeply($server->graphql($one), { data => $data, status => 200 }, 'POST');
is_deeply($server->get('/v1/graphql?query=%7B%20users_by_pk(id%3A%201)%20%7B%20name%20%7D%20%7D')->{json}, { data => $data }, 'GET');
is_deeply(
	$server->graphql('query A($id: Int!) { users_by_pk(id: $id) { name } } query B { users(limit: 1) { id } }',
		variables => { id => 1 }, operationName => 'A', extensions => { any => 1 }, unknown => 1),
	{ data => $data, status => 200 }, 'variables and operationName; other members are ignored');
is_deeply(
	$server->get('/v1/graphql?query=query(%24id%3AInt!)%7Busers_by_pk(id%3A%24id)%7Bname%7D%7D&variables=%7B%22id%22%3A1%7D')->{json},
	{ data => $data }, 'GET with variables');
is($server->post('/v1/graphql', '{"query": "query($n: numeric) { __typename }", "variables": {"n": 123456789012345678901234567890.5}}')->{status},
	200, 'numbers keep their digits on the way');

# --- answer types ----------------------------------------------------------------------------------------------------

sub type_for
{
	my ($accept, $body) = @_;

	my $reply = $server->post('/v1/graphql', $body // { query => $one }, defined $accept ? { accept => $accept } : { accept => '' });
	(my $type = $reply->{headers}{'content-type'}) =~ s/; charset=utf-8$// or fail('utf-8 is told');
	return "$reply->{status} $type";
}

my ($json, $graphql) = ('application/json', 'application/graphql-response+json');
is(type_for($$_[0]), "200 $$_[1]", "accept: $$_[0]") for
  [ '*/*', $json ], [ 'application/*', $json ], [ $json, $json ], [ $graphql, $graphql ],
  [ "$graphql, $json;q=0.9", $graphql ], [ "$graphql;q=0.1, $json", $json ], [ "text/html, $json;q=0.5, */*;q=0.1", $json ],
  [ "$graphql;q=0, */*", $json ], [ "APPLICATION/JSON; charset=UTF-8", $json ], [ '', $json ];
is(type_for($_), "406 $json", "accept: $_") for 'text/html', "$json;q=0", 'image/*', "$json; charset=latin1";

my $wrong = { query => '{ nothing }' };
is(type_for($json, $wrong), "200 $json", 'a wrong document is 200 as JSON');
is(type_for($graphql, $wrong), "400 $graphql", 'and 400 as a GraphQL response');

# --- what is refused -------------------------------------------------------------------------------------------------

my @refused = (
	[ 400, 'no JSON', 'nonsense' ],
	[ 400, 'an empty body', '' ],
	[ 400, 'two values', '{} {}' ],
	[ 400, 'no query', {} ],
	[ 400, 'a query that is no string', { query => 1 } ],
	[ 400, 'variables that are no object', { query => $one, variables => [] } ],
	[ 400, 'an operation name that is no string', { query => $one, operationName => {} } ],
	[ 400, 'extensions that are no object', { query => $one, extensions => 'x' } ],
	[ 400, 'a list of something else', [ 1 ] ],
	[ 400, 'too long a list', [ ({ query => $one }) x 4 ] ],
	[ 400, 'a NUL in the query', '{"query": "{ \u0000 }"}' ],
	[ 400, 'half a surrogate pair', '{"query": "\ud800"}' ],
	[ 400, 'no UTF-8', qq({"query": "\xff"}) ],
	[ 400, 'deep JSON', '{"query": "{ a }", "variables": ' . '{"a":' x 100000 ]);
for (@refused)
{
	my ($status, $what, $body) = @$_;
	my $reply = $server->post('/v1/graphql', $body);
	is($reply->{status}, $status, "refused: $what");
	ok($reply->{json}{errors}[0]{message}, '… with a message');
}
is($server->post('/v1/graphql', { query => $one }, { 'content-type' => $_ })->{status}, 415, "refused: content-type $_")
  for 'text/plain', 'application/x-www-form-urlencoded', 'application/json; charset=latin1';
my $reply = $server->request('PUT', '/v1/graphql', { content => '{}' });
is("$reply->{status} $reply->{headers}{allow}", '405 GET, POST', 'refused: another method');
is($server->get('/v1/nothing')->{status}, 404, 'refused: another path');
is($server->get('/v1/graphql?query=mutation%7Ba%7D')->{status}, 405, 'refused: a mutation by GET');
is($server->get("/v1/graphql?query=$_")->{status}, 405, "refused: $_") for
  '%23%20query%0Amutation%7Ba%7D', 'query%20A%7Bb%7D%20mutation%20B%7Ba%7D&operationName=B', '%22%22%22%20x%20%22%22%22%20mutation%7Ba%7D';
is($server->get('/v1/graphql?query=%7Busers(limit%3A1)%7Bid%7D%7D%20%23%20mutation')->{status}, 200, 'a comment that says mutation is none');

# --- batched bodies --------------------------------------------------------------------------------------------------

is_deeply($server->post('/v1/graphql', [ { query => $one }, $wrong, { query => '{ __typename }' } ])->{json}[0], { data => $data }, 'a list: first answer');
is(scalar @{ $server->post('/v1/graphql', [ { query => $one }, $wrong ])->{json} }, 2, 'a list of answers');
is($server->post('/v1/graphql', [])->{content}, '[]', 'an empty list');

# --- bodies: gzip, chunks, sizes -------------------------------------------------------------------------------------

my $body = encode_json({ query => $one });
is_deeply($server->post('/v1/graphql', gzipped($body), { 'content-encoding' => 'gzip' })->{json}, { data => $data }, 'a body in gzip');
is($server->post('/v1/graphql', substr(gzipped($body), 0, -8), { 'content-encoding' => 'gzip' })->{status}, 400, 'half a gzip');
is($server->post('/v1/graphql', gzipped($body) . 'x', { 'content-encoding' => 'gzip' })->{status}, 400, 'more than a gzip');
is($server->post('/v1/graphql', $body, { 'content-encoding' => 'gzip' })->{status}, 400, 'no gzip');
is($server->post('/v1/graphql', gzipped('x' x 50_000_000), { 'content-encoding' => 'gzip' })->{status}, 413, 'a bomb');
is($server->post('/v1/graphql', $body, { 'content-encoding' => 'br' })->{status}, 415, 'another coding');
is($server->post('/v1/graphql', encode_json({ query => $one . ' ' x 1_100_000 }))->{status}, 413, 'too large a body');
is($server->post('/v1/graphql', encode_json({ query => $one . ' ' x 900_000 }))->{status}, 200, 'one that is not');
my @pieces = map { substr $body, $_ * 5, 5 } 0 .. length($body) / 5;
is_deeply(
	$server->request('POST', '/v1/graphql', { headers => { 'content-type' => $json }, content => sub { shift @pieces } })->{json},
	{ data => $data }, 'a chunked body');

my $many = { query => '{ users { id name } }' };
my $plain = $server->post('/v1/graphql', $many);
my $packed = $server->post('/v1/graphql', $many, { 'accept-encoding' => 'br, gzip;q=0.5' });
is($packed->{headers}{'content-encoding'}, 'gzip', 'answers are compressed');
is(Compress::Zlib::memGunzip($packed->{content}), $plain->{content}, '… without loss');
is($server->post('/v1/graphql', $many, { 'accept-encoding' => 'gzip;q=0' })->{headers}{'content-encoding'}, undef, '… where the client takes it');
is($server->post('/v1/graphql', { query => $one }, { 'accept-encoding' => 'gzip' })->{headers}{'content-encoding'}, undef, '… and it is worth it');

my $socket = $server->connect;
syswrite $socket, "POST /v1/graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: " . length($body) . "\r\n\r\n";
like(RemoteRel::Server::read_all($socket, 10, qr/\r\n\r\n/), qr{^HTTP/1.1 100 }, 'expect: 100-continue is answered');
syswrite $socket, $body;
like(RemoteRel::Server::read_all($socket, 10, qr/user 1/), qr/^HTTP\/1.1 200 .*user 1/s, '… and the body then');
syswrite $socket, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\nGET /v1/version HTTP/1.1\r\nHost: localhost\r\n\r\n";
like(RemoteRel::Server::read_all($socket, 10, qr/version/), qr/OK.*200.*version/s, 'keep-alive, and two requests at once');

# --- headers back ----------------------------------------------------------------------------------------------------

is($server->post('/v1/graphql', { query => $one }, { 'x-request-id' => 'mine-1' })->{headers}{'x-request-id'}, 'mine-1', 'the request id comes back');
like($server->post('/v1/graphql', { query => $one }, { 'x-request-id' => 'bad id' })->{headers}{'x-request-id'}, qr/^[0-9a-f-]{36}$/, '… or a new one');
my $trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
$server->post('/v1/graphql', { query => $one, operationName => undef }, { 'x-request-id' => 'traced', traceparent => $trace });
wait_until('the request is logged', sub { grep { ($_->{id} // '') eq 'traced' } $server->log });
my ($line) = grep { ($_->{id} // '') eq 'traced' } $server->log;
is($line->{traceparent}, $trace, 'traceparent is logged');
is("$line->{status} $line->{kind} $line->{path} $line->{method}", '200 query /v1/graphql POST', 'and what was asked');
ok($line->{us} >= $line->{database_us} && $line->{database_us} > 0 && $line->{bytes_out} > 0, 'with times and bytes');

sub cors
{
	my ($origin, $method) = @_;

	my $headers = $server->request($method // 'POST', '/v1/graphql',
		{ headers => { origin => $origin, 'content-type' => $json, 'access-control-request-headers' => 'x-hasura-role' }, content => $body })->{headers};
	return $headers->{'access-control-allow-origin'} // 'nobody';
}
is(cors('https://app.example'), 'https://app.example', 'CORS: an origin that is allowed');
is(cors('https://one.apps.example'), 'https://one.apps.example', 'CORS: one level for a star');
is(cors($_), 'nobody', "CORS: not $_") for 'https://app.example.evil.example', 'http://app.example', 'https://a.b.apps.example', 'https://apps.example', 'null';
my $preflight = $server->request('OPTIONS', '/v1/graphql', { headers => { origin => 'https://app.example', 'access-control-request-method' => 'POST', 'access-control-request-headers' => 'x-hasura-role' } });
is("$preflight->{status} $preflight->{headers}{'access-control-allow-headers'}", '204 x-hasura-role', 'CORS: a preflight');
is($preflight->{headers}{'access-control-allow-credentials'}, 'true', '… with credentials');

# --- event streams ---------------------------------------------------------------------------------------------------

$reply = $server->post('/v1/graphql', { query => $one }, { accept => 'text/event-stream' });
is($reply->{content}, qq(event: next\ndata: {"data":{"users_by_pk":{"name":"user 1"}}}\n\nevent: complete\ndata:\n\n), 'an event stream');
like($reply->{headers}{'content-type'}, qr{^text/event-stream}, '… of that type');
my $patient = RemoteRel::Server->start($node, sse_ping => '200ms');
like($patient->post('/v1/graphql', { query => '{ slow(args: {seconds: 0.7}) { id } }' }, { accept => 'text/event-stream' })->{content},
	qr(^(?::\n\n)+event: next\ndata: \{"data":\{"slow":\[\{"id":1\}\]\}\}\n\nevent: complete\ndata:\n\n\z), 'comments while the database works');

# --- the rest --------------------------------------------------------------------------------------------------------

is($server->get('/healthz')->{content}, 'OK', '/healthz');
is($server->get('/healthz?strict=true')->{content}, 'OK', '/healthz, strictly');
ok($server->get('/v1/version')->{json}{version}, '/v1/version');
is($server->request('HEAD', '/healthz')->{status}, 200, 'HEAD');
like($server->get('/metrics')->{content}, qr/^remote_rel_operations_total\{kind="query",transport="http",outcome="data"\} \d+$/m, '/metrics');

# --- the console -----------------------------------------------------------------------------------------------------

$reply = $server->get('/console');
is($reply->{status}, 200, '/console');
like($reply->{headers}{'content-security-policy'}, qr/^default-src 'none'; script-src 'self';/, '… loads nothing from elsewhere');
unlike($reply->{content}, qr{="//|://|<script>|<style|\son\w+=}, '… and its page neither tries nor has scripts inside');
my @loaded = $reply->{content} =~ m{(?:src|href)="(/console/[^"]+)"}g;
is(join(' ', sort map { /\.(\w+)$/ } @loaded), 'css js', 'its script and its style sheet');
is_deeply([ grep { $server->get($_)->{status} != 200 } @loaded ], [], '… are there');
is($server->get('/console/assets/nothing.js')->{status}, 404, '… and no others');
is(RemoteRel::Server->start($node, enable_console => 'false')->get('/console')->{status}, 404, 'the console can be off');

# --- Unix socket and TLS ---------------------------------------------------------------------------------------------

my $directory = PostgreSQL::Test::Utils::tempdir_short();
my $unix = RemoteRel::Server->start($node, unix_socket => "$directory/s");
is(`curl -s --unix-socket $directory/s http://localhost/healthz`, 'OK', 'a Unix socket');
system("openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=localhost -days 2 -keyout $directory/key -out $directory/cert 2>/dev/null");
my $tls = RemoteRel::Server->start($node, tls_certificate => "$directory/cert", tls_key => "$directory/key");
is(`curl -s --cacert $directory/cert https://localhost:@{[ $tls->port ]}/healthz`, 'OK', 'TLS');
my $large = encode_json({ query => $one . ' ' x 300_000 });
PostgreSQL::Test::Utils::append_to_file("$directory/body", $large);
is(`curl -s --cacert $directory/cert -H 'content-type: application/json' --data-binary \@$directory/body https://localhost:@{[ $tls->port ]}/v1/graphql`,
	'{"data":{"users_by_pk":{"name":"user 1"}}}', '… with 300 kB');

# --- the audit -------------------------------------------------------------------------------------------------------

my @audit = `node test/server/audit.mjs @{[ $server->url('/v1/graphql') ]}`;
cmp_ok(scalar(grep { /^ok/ } @audit), '>', 50, 'the audit ran');
is(join('', grep { /^(not ok|#)/ } @audit), '', 'and graphql-http finds nothing, MUST and SHOULD');

done_testing();
