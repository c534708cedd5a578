# The console in a real browser: see browser.mjs.

use RemoteRel::Test;
use RemoteRel::Server;

my ($chromium) = grep { -x } map { my $directory = $_; map { "$directory/$_" } qw(chromium chromium-browser google-chrome) } split /:/, $ENV{PATH};
plan(skip_all => 'no chromium here') unless $chromium;

my $node = start_node('shared_preload_libraries = remote_rel');
$node->safe_psql('postgres', q(
	CREATE ROLE member;
	CREATE TABLE users (id int PRIMARY KEY, name text, auth0_id text);
	INSERT INTO users SELECT i, 'user ' || i, 'auth0|' || i FROM generate_series(1, 4) i;
	CREATE TABLE purchases (id int PRIMARY KEY, user_id int REFERENCES users);
	CREATE TABLE hidden (id int PRIMARY KEY);
	CREATE SCHEMA many;
	DO $$ BEGIN FOR i IN 1..1000 LOOP EXECUTE format('CREATE TABLE many.table_%s ()', i); END LOOP; END $$;
	GRANT SELECT (id, name) ON users TO member;
	CREATE FUNCTION shout(u users) RETURNS text LANGUAGE sql STABLE AS 'SELECT upper(u.name)';
	ALTER TABLE users ENABLE ROW LEVEL SECURITY;
	CREATE POLICY own ON users TO member USING (id = remote_rel.session_variable('x-hasura-user-id')::int)));
my $yoga = start_remote('yoga');
my $server = RemoteRel::Server->start($node, admin_secret => 'the secret');
is($server->get('/console')->{status}, 200, 'there is a console');

local $ENV{HOME} = PostgreSQL::Test::Utils::tempdir_short();
open my $browser, '-|', 'node', 'test/server/browser.mjs', $chromium, $server->url, 'the secret', $yoga->url, "$ENV{TESTLOGDIR}/console" or die "node: $!";
my @results;
while (<$browser>)
{
	push @results, $_;
	ok($1 eq 'ok', $2) if /^(ok|not ok) \d+ - (.*)/;
	diag($_) if /^#/;
}
like($results[-1] // '', qr/^1\.\.\d+$/, 'the browser saw all of it') or diag(@results);

done_testing();
