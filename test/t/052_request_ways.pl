# How requests go: client certificates, the least version of TLS, proxies.

use RemoteRel::Test;

my $dir    = PostgreSQL::Test::Utils::tempdir();
my @common = qw(-newkey rsa:2048 -nodes -days 2);
sub openssl { system_log('openssl', @_) == 0 or die "openssl @_" }
openssl('req', '-x509', @common, '-keyout', "$dir/ca.key", '-out', "$dir/ca.crt", '-subj', '/CN=remote_rel test CA');
append_to_file("$dir/ext", "subjectAltName = IP:127.0.0.1\n");
for my $name (qw(server client))
{
	openssl('req', @common, '-keyout', "$dir/$name.key", '-out', "$dir/$name.csr", '-subj', "/CN=$name");
	openssl('x509', '-req', '-in', "$dir/$name.csr", '-CA', "$dir/ca.crt", '-CAkey', "$dir/ca.key", '-CAcreateserial',
		'-days', '2', '-extfile', "$dir/ext", '-out', "$dir/$name.crt");
}

my $yoga  = start_remote('yoga');
my @tls   = ('--upstream', $yoga->url, '--tls', "$dir/server.key", "$dir/server.crt");
my $tls   = start_remote('faulty', @tls, '--client-ca', "$dir/ca.crt");
my $tls12 = start_remote('faulty', @tls, '--tls12');
my $proxy = start_remote('proxy');
my $node  = start_node();
example_users($node, $yoga, 1);
my $sdl = $node->safe_psql('postgres', 'SELECT sdl FROM remote_rel.remote_schema');

sub https { my ($server) = @_; return 'https://127.0.0.1:' . $server->port . '/graphql' }

# what is wrong with the answer; empty if all is well
sub asked
{
	my ($url, %definition) = @_;

	$node->safe_psql('postgres', sprintf q(SELECT remote_rel.update_remote_schema('auth0', %s, sdl => %s)),
		literal({ url => $url, ca_file => "$dir/ca.crt", %definition }), literal($sdl));
	my $answer = resolve($node, '{ users { auth0_profile { id } } }');
	return $answer->{errors}[0]{message} if $answer->{errors};
	return $answer->{data}{users}[0]{auth0_profile}{id} eq 'auth0|1' ? '' : 'another answer';
}
sub failure { my ($sql) = @_; my ($code, $out, $err) = $node->psql('postgres', $sql); return $err }

my %client = (client_certificate => "$dir/client.crt", client_key => "$dir/client.key");
is(asked(https($tls), %client), '', 'a client certificate');
isnt(asked(https($tls)), '', 'none, where the server wants one');
like(asked(https($tls), client_certificate => "$dir/nothing.crt"), qr/No secure connection|could not reach/, 'a file that is not there');
append_to_file("$dir/both.pem", slurp_file("$dir/client.crt") . slurp_file("$dir/client.key"));
is(asked(https($tls), client_certificate => "$dir/both.pem"), '', 'certificate and key in one file');

is(asked(https($tls12)), '', 'TLS 1.2');
is(asked(https($tls12), minimum_tls_version => '1.2'), '', 'also when that is the least');
like(asked(https($tls12), minimum_tls_version => '1.3'), qr/No secure connection/, 'but not when 1.3 is');
is(asked(https($tls), %client, minimum_tls_version => '1.3'), '', 'TLS 1.3');

my $login = 'http://user:secret-proxy@127.0.0.1:' . $proxy->port;
for ([ 'http', $yoga->url ], [ 'https', https($tls12) ])
{
	my ($name, $url) = @$_;
	$proxy->reset;
	is(asked($url, proxy => $login), '', "$name by a proxy");
	is($proxy->requests, 1, 'which was asked');
	my $message = asked($url, proxy => $login =~ s/secret-proxy/secret-wrong/r);
	isnt($message, '', 'with a wrong password');
	unlike($message, qr/secret/, 'which is not shown');
	like(asked($url, proxy => 'http://user:secret-proxy@127.0.0.1:1'), qr/^could not reach remote schema "auth0": Could not connect/, 'a proxy that is not there');
}
$node->append_conf('postgresql.conf', "remote_rel.https_proxy = '$login'");
$node->reload;
wait_until('the setting is there', sub { $node->safe_psql('postgres', 'SHOW remote_rel.https_proxy') ne '' });
$proxy->reset;
is(asked(https($tls12)), '', 'by the setting');
is($proxy->requests, 1, 'https');
is(asked($yoga->url), '', 'http');
is($proxy->requests, 1, 'not');
is(asked(https($tls12), proxy => ''), '', 'a remote schema without');
is($proxy->requests, 1, 'does not use it');

# who may say so, and what
my $set = 'SELECT remote_rel.update_remote_schema($$auth0$$, $${"url": "https://127.0.0.1:1/", %s}$$, sdl => $$type Query { a: Int }$$)';
like(failure(sprintf $set, '"client_key": "x"'), qr/"client_key" needs "client_certificate"/, 'a key alone');
like(failure(sprintf $set, qq("minimum_tls_version": "$_")), qr/must be "1\.2" or "1\.3"/, "version $_") for '1.1', '';
like(failure(sprintf $set, qq("proxy": "$_")), qr/"proxy" must start with/, "proxy $_") for 'ftp://secret', 'http://';
like(failure("LOAD 'remote_rel'; SET remote_rel.https_proxy = 'secret'"), qr/must start with/, 'and the setting');
$node->safe_psql('postgres', 'CREATE ROLE manager LOGIN; GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA remote_rel TO manager');
like(failure('SET ROLE manager; ' . sprintf $set, '"client_certificate": "/etc/hostname"'), qr/permission denied to use "client_certificate"/,
	'files are for pg_read_server_files');
like(failure(q(LOAD 'remote_rel'; SET ROLE manager; SHOW remote_rel.https_proxy)), qr/permission denied|must be superuser|must have privileges/, 'the setting is secret');

done_testing();
