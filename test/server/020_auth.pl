# Who is asking: admin secret, tokens, hook, nobody.

use RemoteRel::Test;
use RemoteRel::Server;
use IPC::Open2;

my $node = start_node();
$node->safe_psql('postgres', q(
	CREATE TABLE notes (id int PRIMARY KEY, owner text, text text);
	INSERT INTO notes SELECT i, 'user' || i % 3, 'note ' || i FROM generate_series(1, 9) i;
	CREATE ROLE app NOINHERIT LOGIN;
	CREATE ROLE anonymous;
	CREATE ROLE member;
	CREATE ROLE editor;
	CREATE ROLE stranger;
	GRANT anonymous, member, editor TO app;
	GRANT SELECT (id) ON notes TO anonymous;
	GRANT SELECT ON notes TO member, editor;
	ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
	CREATE POLICY own ON notes TO member USING (owner = remote_rel.session_variable('x-hasura-user-id'));
	CREATE POLICY whole ON notes TO editor USING (true);
	CREATE POLICY few ON notes TO anonymous USING (id < 3)));

my $secret = 'the admin secret of this test';
my $admin_url = RemoteRel::Server::connection_string($node);
my @common = (user => 'app', admin_secret => $secret, metadata_database_url => $admin_url);
my $query = '{ notes(order_by: {id: asc}) { id } }';

# Ids of the notes that are seen, or the error's code and the two statuses.
sub seen
{
	my ($server, %headers) = @_;

	my $answer = $server->graphql($query, headers => \%headers);
	return join ' ', map { $_->{id} } @{ $answer->{data}{notes} } if $answer->{data};
	my $new = $server->graphql($query, headers => { %headers, accept => 'application/graphql-response+json' });
	return "$answer->{errors}[0]{extensions}{code} $answer->{status} $new->{status}";
}

# --- the admin secret ------------------------------------------------------------------------------------------------

my $server = RemoteRel::Server->start($node, @common);
my %admin = ('x-hasura-admin-secret' => $secret);
is(seen($server, %admin), '1 2 3 4 5 6 7 8 9', 'the administrator sees all');
is(seen($server, 'x-hasura-access-key' => $secret), '1 2 3 4 5 6 7 8 9', 'also by the old name');
is(seen($server, %admin, 'x-hasura-role' => 'admin'), '1 2 3 4 5 6 7 8 9', 'also as "admin"');
is(seen($server, %admin, 'x-hasura-role' => 'member', 'x-hasura-user-id' => 'user1'), '1 4 7', 'or acts as a role, with session variables');
is(seen($server, 'x-hasura-admin-secret' => 'wrong'), 'access-denied 200 401', 'another secret');
is(seen($server), 'access-denied 200 401', 'no secret');
is(seen($server, 'x-hasura-role' => 'member', 'x-hasura-user-id' => 'user1'), 'access-denied 200 401', 'a role alone');
is(seen($server, %admin, 'x-hasura-role' => 'stranger'), 'access-denied 200 403', 'a role that the connection may not act as');
is(seen($server, %admin, 'x-hasura-role' => 'no such role'), 'access-denied 200 403', 'a role that there is not');
is($server->post('/v1/metadata', { type => 'export_metadata', args => {} })->{status}, 401, 'metadata without the secret');
is($server->post('/v1/metadata', { type => 'export_metadata', args => {} }, { %admin, 'x-hasura-role' => 'member' })->{status}, 400, '… and as another role');
is($server->post('/v1/metadata', { type => 'export_metadata', args => {} }, \%admin)->{status}, 200, '… and with it');
is($server->get('/metrics')->{status}, 401, '/metrics without the secret');
is($server->get('/metrics', \%admin)->{status}, 200, '/metrics with it');

# --- the unauthorized role -------------------------------------------------------------------------------------------

my $open = RemoteRel::Server->start($node, @common, unauthorized_role => 'anonymous');
is(seen($open), '1 2', 'nobody is the unauthorized role');
is(seen($open, 'x-hasura-role' => 'editor', 'x-hasura-user-id' => 'user1'), '1 2', '… whatever role its headers name');
is(seen($open, 'x-hasura-admin-secret' => 'wrong'), 'access-denied 200 401', 'a wrong secret is not nobody');

# --- tokens ----------------------------------------------------------------------------------------------------------

my $maker = open2(my $made, my $make, 'node', 'test/server/tokens.mjs');
sub make
{
	my (%command) = @_;

	print $make encode_json(\%command), "\n";
	$make->flush;
	return decode_json(scalar <$made>);
}

my $keys = RemoteRel::Remote->start('../server/keys');
my $http = HTTP::Tiny->new;
sub put { my ($what, $body) = @_; $http->request('PUT', $keys->url("/$what"), { content => ref $body ? encode_json($body) : $body }); return }
sub fetches { return $keys->ask(GET => '/seen')->{jwks} }

my %hasura = ('x-hasura-allowed-roles' => [ 'member', 'editor' ], 'x-hasura-default-role' => 'member', 'x-hasura-user-id' => 'user2');
my $claims = { 'https://hasura.io/jwt/claims' => \%hasura, exp => time + 600 };
my $hmac_secret = 'a secret of at least thirty-two bytes';
sub hmac { my ($claims, %more) = @_; return make(op => 'hmac', secret => $hmac_secret, alg => 'HS256', claims => $claims, %more)->{token} }
sub with { my (%more) = @_; return { %$claims, %more } }
sub bearer { return (authorization => "Bearer $_[0]") }
sub jwt_server { my ($config, @more) = @_; return RemoteRel::Server->start($node, @common, jwt_secret => encode_json($config), @more) }

my %pem;
for my $alg (qw(HS256 HS384 HS512 RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA))
{
	my $is_hmac = $alg =~ /^HS/;
	my $key = $is_hmac ? undef : make(op => 'key', alg => $alg, kid => $alg);
	$pem{$alg} = $key;
	my $hmac = 'x' x 64;
	my $jwt = jwt_server({ type => $alg eq 'EdDSA' ? 'Ed25519' : $alg, key => $is_hmac ? $hmac : $key->{pem} });
	my $token = ($is_hmac ? make(op => 'hmac', secret => $hmac, alg => $alg, claims => $claims) : make(op => 'sign', kid => $alg, alg => $alg, claims => $claims))->{token};
	is(seen($jwt, bearer($token)), '2 5 8', "$alg");
	# another signature of the same length
	(my $wrong = $token) =~ s/\.([^.]{5})([^.]*)$/'.' . ($1 eq 'AAAAA' ? 'BBBBB' : 'AAAAA') . $2/e;
	is(seen($jwt, bearer($wrong)), 'invalid-jwt 200 401', "$alg, another signature");
}

my $jwt = jwt_server({ type => 'HS256', key => $hmac_secret, audience => [ 'shop', 'other' ], issuer => 'me', allowed_skew => 5 });
my $good = with(aud => 'shop', iss => 'me');
is(seen($jwt, bearer(hmac($good))), '2 5 8', 'a token');
is(seen($jwt, bearer(hmac($good)), 'x-hasura-role' => 'editor'), '1 2 3 4 5 6 7 8 9', 'another of its roles');
is(seen($jwt, bearer(hmac($good)), 'x-hasura-role' => 'anonymous'), 'access-denied 200 403', 'a role that is none of its own');
is(seen($jwt, bearer(hmac($good)), 'x-hasura-role' => 'admin'), 'access-denied 200 403', 'nor is "admin"');
is(seen($jwt, bearer(hmac($good)), 'x-hasura-user-id' => 'user1'), '2 5 8', 'session variables of headers do not count');
is(seen($jwt, bearer(hmac($good)), 'X_Hasura_User_Id' => 'user1'), '2 5 8', '… with underscores neither');
is(seen($jwt), 'invalid-headers 200 401', 'no token');
is(seen($jwt, authorization => 'Basic xyz'), 'invalid-headers 200 401', 'another scheme');
is(seen($jwt, bearer(hmac($good)), %admin), '1 2 3 4 5 6 7 8 9', 'the secret counts more');
is(seen($jwt, bearer(hmac(with(aud => [ 'a', 'other' ], iss => 'me')))), '2 5 8', 'one of several audiences');
is(seen($jwt, bearer(hmac({ %$good, exp => time - 2 }))), '2 5 8', 'expired within the skew');
my %wrong = (
	'expired' => { exp => time - 60 }, 'an expiry that is no number' => { exp => 'soon' }, 'not valid yet' => { nbf => time + 60 },
	'another audience' => { aud => 'them' }, 'no audience' => { aud => undef }, 'another issuer' => { iss => 'them' }, 'no issuer' => { iss => undef });
for (sort keys %wrong)
{
	is(seen($jwt, bearer(hmac({ %$good, %{ $wrong{$_} } }))), 'invalid-jwt 200 401', $_);
}
like($jwt->graphql($query, headers => { bearer(hmac({ %$good, exp => time - 60 })) })->{errors}[0]{message}, qr/^Could not verify JWT: JWTExpired$/, "Hasura's words");
is(seen($jwt, bearer(hmac({ %$good, exp => 1e300 }))), '2 5 8', 'an expiry beyond all integers');
my %roles = ('x-hasura-default-role' => undef, 'x-hasura-allowed-roles' => undef);
for (sort keys %roles)
{
	is(seen($jwt, bearer(hmac({ %$good, 'https://hasura.io/jwt/claims' => { %hasura, $_ => undef } }))), 'jwt-missing-role-claims 200 400', "no $_");
}

# attacks on the signature
my ($head, $payload, $signature) = split /\./, hmac($good);
require MIME::Base64;
sub b64 { return MIME::Base64::encode_base64url(shift) }
my %attack = (
	'alg: none' => b64('{"alg":"none"}') . ".$payload.",
	'alg: none, with a signature' => b64('{"alg":"none"}') . ".$payload.$signature",
	'alg: nOnE' => b64('{"alg":"nOnE"}') . ".$payload.$signature",
	'no alg' => b64('{}') . ".$payload.$signature",
	'crit' => hmac($good, header => { crit => ['x'], x => 1 }) // '',
	'another algorithm' => make(op => 'hmac', secret => $hmac_secret, alg => 'HS512', claims => $good)->{token},
	'no signature' => "$head.$payload.",
	'half a signature' => "$head.$payload." . substr($signature, 0, 22),
	'two parts' => "$head.$payload",
	'four parts' => "$head.$payload.$signature.x",
	'other claims' => "$head." . b64('{"exp": 99999999999}') . ".$signature",
	'padding' => "$head.$payload.$signature=",
	'nonsense' => 'nonsense', 'dots' => '..', 'deep' => b64('{"alg":"HS256","x":' . '[' x 2000) . ".$payload.$signature");
for (sort keys %attack)
{
	is(seen($jwt, bearer($attack{$_} || 'x')), 'invalid-jwt 200 401', "attack: $_");
}
my $rsa = jwt_server({ type => 'RS256', key => $pem{RS256}{pem} });
is(seen($rsa, bearer(make(op => 'hmac', secret => $pem{RS256}{pem}, alg => 'HS256', claims => $claims)->{token})), 'invalid-jwt 200 401', 'attack: the public key as a secret');
is(seen($rsa, bearer(make(op => 'hmac', secret => $pem{RS256}{pem}, alg => 'HS256', claims => $claims, header => { alg => 'HS256' })->{token})), 'invalid-jwt 200 401', 'attack: … again');

# where claims and tokens are
sub config { my (%more) = @_; return { type => 'HS256', key => $hmac_secret, %more } }
my $at = jwt_server(config(claims_namespace_path => '$.a["b.c"][1]', claims_format => 'stringified_json'));
is(seen($at, bearer(hmac({ a => { 'b.c' => [ 1, encode_json(\%hasura) ] } }))), '2 5 8', 'a namespace by path, as a string');
is(seen($at, bearer(hmac({ a => 1 }))), 'jwt-missing-role-claims 200 400', '… which is not there');
$at = jwt_server(config(claims_map => {
	'x-hasura-allowed-roles' => { path => '$.roles', default => [ 'member' ] }, 'x-hasura-default-role' => 'member',
	'X-Hasura-User-Id' => { path => '$.user.id' } }));
is(seen($at, bearer(hmac({ user => { id => 'user1' } }))), '1 4 7', 'a claims_map');
is(seen($at, bearer(hmac({ user => { id => 'user1' }, roles => [ 'editor' ] })), 'x-hasura-role' => 'editor'), '1 2 3 4 5 6 7 8 9', '… with paths and defaults');
$at = jwt_server(config(header => { type => 'Cookie', name => 'session' }));
is(seen($at, cookie => 'a=b; session=' . hmac($claims) . '; c=d'), '2 5 8', 'a cookie');
is(seen($at, cookie => 'xsession=' . hmac($claims)), 'invalid-headers 200 401', '… of that name');
$at = jwt_server(config(header => { type => 'CustomHeader', name => 'X-Token' }));
is(seen($at, 'x-token' => hmac($claims)), '2 5 8', 'a header of its own');
$at = jwt_server([ config(issuer => 'one'), config(issuer => 'two', key => 'another secret of at least 32 characters') ]);
is(seen($at, bearer(hmac(with(iss => 'one')))), '2 5 8', 'several issuers: one');
is(seen($at, bearer(make(op => 'hmac', secret => 'another secret of at least 32 characters', alg => 'HS256', claims => with(iss => 'two'))->{token})), '2 5 8', '… the other');
is(seen($at, bearer(hmac(with(iss => 'two')))), 'invalid-jwt 200 401', '… not with the key of the first');
is(seen($at, bearer(hmac(with(iss => 'three')))), 'invalid-jwt 200 401', '… nor a third');

# --- sets of keys ----------------------------------------------------------------------------------------------------

put(jwks => { keys => [ map { $_->{jwk} } @pem{qw(RS256 ES256 EdDSA)}, ] });
my $set = jwt_server({ jwk_url => $keys->url('/jwks') });
for my $alg (qw(RS256 ES256 EdDSA))
{
	is(seen($set, bearer(make(op => 'sign', kid => $alg, alg => $alg, claims => $claims)->{token})), '2 5 8', "a key of the set: $alg");
}
is(fetches(), 1, 'the set was fetched once');
my $new = make(op => 'key', alg => 'RS256', kid => 'new');
put(jwks => { keys => [ $new->{jwk} ] });
is(seen($set, bearer(make(op => 'sign', kid => 'new', alg => 'RS256', claims => $claims)->{token})), '2 5 8', 'rotation: a new key is fetched when it comes');
is(fetches(), 2, '… by one fetch');
is(seen($set, bearer(make(op => 'sign', kid => 'RS256', alg => 'RS256', claims => $claims)->{token})), 'invalid-jwt 200 401', '… and the old one is gone');
make(op => 'key', alg => 'RS256', kid => 'unknown');
my $unknown = make(op => 'sign', kid => 'unknown', alg => 'RS256', claims => $claims)->{token};
seen($set, bearer($unknown)) for 1 .. 5;
is(fetches(), 2, 'a storm of unknown keys fetches nothing within a minute');
put(jwks => 'nonsense');
is(seen($set, bearer(make(op => 'sign', kid => 'new', alg => 'RS256', claims => $claims)->{token})), '2 5 8', 'keys stay while there are no new ones');
put(jwks => { keys => [ { kty => 'oct', k => b64($hmac_secret), kid => 's', alg => 'HS256' }, $new->{jwk} ] });
$set = jwt_server({ jwk_url => $keys->url('/jwks') });
is(seen($set, bearer(hmac($claims, header => { kid => 's' }))), 'invalid-jwt 200 401', 'a set has no secrets');
put(cache => 'max-age=1');
$set = jwt_server({ jwk_url => $keys->url('/jwks') });
is(seen($set, bearer(make(op => 'sign', kid => 'new', alg => 'RS256', claims => $claims)->{token})), '2 5 8', 'a set with an age');

# --- the hook --------------------------------------------------------------------------------------------------------

put(hook => { body => encode_json({ 'X-Hasura-Role' => 'member', 'X-Hasura-User-Id' => 'user1' }) });
my $hook = RemoteRel::Server->start($node, @common, auth_hook => $keys->url('/hook'), auth_hook_timeout => '500ms');
is(seen($hook, authorization => 'Something', 'x-mine' => 'here'), '1 4 7', 'the hook says who asks');
my $last = $keys->ask(GET => '/seen')->{hook}[-1];
is("$last->{method} $last->{headers}{authorization} $last->{headers}{'x-mine'}", 'GET Something here', '… by the headers');
is(seen($hook, %admin), '1 2 3 4 5 6 7 8 9', 'it is not asked for the secret');
put(hook => { status => 401 });
is(seen($hook), 'access-denied 200 401', 'it refuses');
for my $answer ({ status => 500 }, { body => 'nonsense' }, { body => '{"x-hasura-user-id": "1"}' }, { delay => 2000 }, { status => 302, headers => { location => '/jwks' } })
{
	put(hook => $answer);
	is(seen($hook), 'unexpected 500 500', 'it fails: ' . encode_json($answer));
}
put(hook => { body => encode_json({ 'x-hasura-role' => 'editor' }) });
$hook = RemoteRel::Server->start($node, @common, auth_hook => $keys->url('/hook'), auth_hook_mode => 'POST');
is(seen($hook, 'x-mine' => 'here'), '1 2 3 4 5 6 7 8 9', 'the hook, by POST');
$last = decode_json($keys->ask(GET => '/seen')->{hook}[-1]{body});
is("$last->{headers}{'x-mine'} $last->{request}{query}", "here $query", '… has headers and request');

# --- what does not start ---------------------------------------------------------------------------------------------

sub refuses
{
	my ($what, $pattern, %settings) = @_;

	my $started = eval { RemoteRel::Server->start($node, %settings); 1 };
	ok(!$started, "does not start: $what");
	like($@, $pattern, '… and says why');
	return;
}
refuses('tokens without a secret', qr/jwt_secret is set without admin_secret/, jwt_secret => encode_json(config()));
refuses('a hook without a secret', qr/auth_hook is set without admin_secret/, auth_hook => 'http://127.0.0.1:1/');
refuses('everybody the administrator, for all to reach', qr/only a loopback address/, host => '0.0.0.0');
refuses('an algorithm that there is not', qr/no algorithm "RS1"/, admin_secret => 'x', jwt_secret => encode_json(config(type => 'RS1')));
refuses('a short secret', qr/at least 32/, admin_secret => 'x', jwt_secret => encode_json(config(key => 'short')));
refuses('a public key as a secret', qr/PEM text/, admin_secret => 'x', jwt_secret => encode_json(config(key => $pem{RS256}{pem})));
refuses('a key of another type', qr/does not fit type/, admin_secret => 'x', jwt_secret => encode_json(config(type => 'ES256', key => $pem{RS256}{pem})));
refuses('a member that is unknown', qr/"claim_map" is unknown/, admin_secret => 'x', jwt_secret => encode_json(config(claim_map => {})));
refuses('a setting that is unknown', qr/unknown option "--colour"/, colour => 'red');
refuses('a value that is none', qr/port: x is not a valid value/, port => 'x');

# --- secrets stay secret ---------------------------------------------------------------------------------------------

my $command = PostgreSQL::Test::Utils::slurp_file('/proc/' . $jwt->pid . '/cmdline');
unlike($command, qr/\Q$secret\E|\Q$hmac_secret\E/, 'no secret in the process list');
unlike($_->log_text, qr/\Q$secret\E|\Q$hmac_secret\E|\Q$head\E/, 'no secret in a log') for $server, $jwt, $set, $hook;
unlike($server->get('/metrics', \%admin)->{content}, qr/\Q$secret\E/, 'nor in /metrics');

done_testing();
