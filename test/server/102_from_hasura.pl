# docs/from-hasura.md: its ```sh blocks are run in their order, in a copy of test/server/metadata/shop, until an app is answered.
# What the comments in a block promise is compared with its output.

use RemoteRel::Test;
use RemoteRel::Json 'same';
use RemoteRel::Server;
use Digest::SHA 'hmac_sha256';
use MIME::Base64 'encode_base64url';

my $yoga = start_remote('yoga');
$ENV{TEST_IDP_URL} = $yoga->url;
my $node = start_node();
my $project = "$ENV{TESTDATADIR}/from_hasura";
system('cp', '-r', 'test/server/metadata/shop', $project) == 0 or die;
$node->safe_psql('postgres', 'CREATE DATABASE shop');

# the tables are there; their roles are made by the page
my $tables = slurp_file("$project/schema.sql") =~ s/^(?:CREATE ROLE|ALTER DATABASE).*\n//gmr;
$node->safe_psql('shop', $tables);
@ENV{qw(PGHOST PGPORT PGDATABASE)} = ($node->host, $node->port, 'postgres');
$ENV{PATH} = "$ENV{PG_BINDIR}:$ENV{PATH}";

my ($server, $address);
my $log = "$ENV{TESTLOGDIR}/from_hasura.log";

sub run_block
{
	my ($text, $line) = @_;

	my $promised = join "\n", $text =~ /^# (.*)$/mg;
	$text =~ s{http://127\.0\.0\.1:8080}{$address}g if $address;
	if ($text =~ s/^remote-rel serve$/exec remote-rel serve --port 0/m)
	{
		$server = fork // die;
		exec 'sh', '-c', "exec >$log 2>&1; cd $project; $text" unless $server;
		wait_until('the program serves', sub { -e $log && (($address) = slurp_file($log) =~ /"event":"started".*?"address":"([^"]+)"/) });
		ok($address, "docs/from-hasura.md:$line serves");
		return;
	}
	open my $command, '-|', 'bash', '-c', "set -eo pipefail; cd $project; { $text\n} 2>&1" or die;
	my $output = do { local $/; <$command> } // '';
	ok(close($command), "docs/from-hasura.md:$line runs") or diag($output);
	ok(same($output, $promised), '… and gives what it says') or diag("gives:\n$output\nsays:\n$promised") if $promised ne '';
	return;
}

my ($block, $start, $number) = (undef, 0, 0);
for (split /^/, slurp_file('docs/from-hasura.md'))
{
	$number++;
	if    (/^```sh$/) { ($block, $start) = ('', $number) }
	elsif (!defined $block) { }
	elsif (/^```/)    { run_block($block, $start); $block = undef }
	else              { $block .= $_ }
}

# an app with a token, and what its role may not see
my ($key) = slurp_file('docs/from-hasura.md') =~ /"key": "([^"]+)"/;
sub token
{
	my (%claims) = @_;

	my $body = join '.', map { encode_base64url(encode_json($_)) } { alg => 'HS256', typ => 'JWT' },
	  { exp => time + 3600, 'https://hasura.io/jwt/claims' => \%claims };
	return "$body." . encode_base64url(hmac_sha256($body, $key));
}

sub asked
{
	my ($query, $role, $user) = @_;

	my $token = token('x-hasura-default-role' => $role, 'x-hasura-allowed-roles' => [$role], 'x-hasura-user-id' => $user);
	my $reply = HTTP::Tiny->new(timeout => 60)->post("$address/v1/graphql",
		{ headers => { 'content-type' => 'application/json', authorization => "Bearer $token" }, content => encode_json({ query => $query }) });
	return decode_json($reply->{content});
}

is_deeply(asked('{ allCustomers { name city profile { nickname last_login } } sales_orders { sku customer { name } } }', 'shop_customer', 'auth0|2'),
	{ data => { allCustomers => [ { name => 'Jon Snow', city => 'Castle Black', profile => { nickname => 'Aegon', last_login => '2019-05-19T00:35:48.863Z' } } ],
		sales_orders => [ { sku => 'B-1', customer => { name => 'Jon Snow' } } ] } }, 'a customer sees her rows and her profile');
is_deeply([ map { $_->{label} } @{ asked('{ allCustomers(order_by: {id: asc}) { label } }', 'shop_clerk', 'x')->{data}{allCustomers} } ],
	[ 'Daenerys Targaryen, Meereen', 'Jon Snow, Castle Black' ], 'a clerk sees all');
like(asked('{ sales_orders { note } }', 'shop_customer', 'auth0|2')->{errors}[0]{message}, qr/Cannot query field "note"/, 'what is not permitted is not there');
like(asked('{ allCustomers { profile { email } } }', 'shop_customer', 'auth0|2')->{errors}[0]{message}, qr/Cannot query field "email"/, '… nor of the remote schema');

kill 'INT', $server;
waitpid $server, 0;
is($?, 0, 'the program ends');
done_testing();

# after a test that died
END
{
	local $?;
	kill 'KILL', $server if $server && kill 0, $server;
}
