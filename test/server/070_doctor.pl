# remote-rel doctor: what is in the way. And the examples of docs/server.md, as far as they can be tried.

use RemoteRel::Test;
use RemoteRel::Server;
use IPC::Run ();

my $node = start_node();
my $yoga = start_remote('yoga');
my $program = RemoteRel::Server::program();

sub doctor
{
	my ($url, @options) = @_;

	my ($out, $err) = ('', '');
	IPC::Run::run([ $program, 'doctor', "--database-url=$url", @options ], '>', \$out, '2>', \$err);
	return ($out . $err, $? >> 8);
}

my $url = RemoteRel::Server::connection_string($node);
my ($text, $status) = doctor($url, '--admin-secret=a secret that is long enough');
is($status, 0, 'nothing is wrong') or diag($text);
like($text, qr/^ok +extension remote_rel: 1\.0$/m, '… and what was looked at is told');
like($text, qr/^0 problems$/m, '… and counted');
unlike($text, qr/long enough/, '… without secrets');

($text, $status) = doctor(RemoteRel::Server::connection_string($node, database => 'template1'));
is($status, 1, 'no extension');
like($text, qr/^problem .*not in this database\n +Run there, as a superuser: CREATE EXTENSION remote_rel;$/m, '… and what to do');

$node->safe_psql('postgres', 'CREATE ROLE lonely LOGIN');
($text, $status) = doctor(RemoteRel::Server::connection_string($node, user => 'lonely'), '--admin-secret=short', "--metadata-database-url=$url");
like($text, qr/^problem +the connection's role is a member of no other role$/m, 'a role that can act as none');
like($text, qr/^problem +the admin secret is short$/m, 'a short secret');
like($text, qr/^2 problems$/m, 'both are counted');

($text, $status) = doctor('postgresql://nobody:hidden@127.0.0.1:1/nothing');
is($status, 1, 'no database');
unlike($text, qr/hidden/, '… without the password');

add_remote($node, auth0 => $yoga->url);
($text) = doctor($url);
like($text, qr/^ok +remote schema: auth0$/m, 'a remote schema that answers');
$yoga->stop;
($text, $status) = doctor($url);
like($text, qr/^problem +remote schema "auth0": /m, 'and one that does not');
is($status, 1, '… is a problem');

# --- the examples of the guide ---------------------------------------------------------------------------------------

my $docs = slurp_file('docs/server.md');
my ($unit) = $docs =~ /```ini\n(\[Unit\].*?)```/s;
my ($options) = $unit =~ /^ExecStart=\S+remote-rel serve (.*)$/m;
(my $file = "$ENV{TESTDATADIR}/remote-rel.conf") =~ s/\s//g;
PostgreSQL::Test::Utils::append_to_file($file, "database_url = $url\nport = 0\n");
$options =~ s{/etc/remote-rel\.conf}{$file};
my $pid = open my $started, '-|', "exec $program serve $options 2>&1" or die;
like(scalar <$started>, qr/"event":"started"/, 'the command of the systemd unit starts');
kill 'INT', $pid;
close $started;
SKIP:
{
	skip 'no systemd-analyze here', 1 unless `sh -c 'command -v systemd-analyze'`;
	my $path = "$ENV{TESTDATADIR}/remote-rel.service";
	(my $text = $unit) =~ s{^ExecStart=\S+}{ExecStart=$program}m;
	PostgreSQL::Test::Utils::append_to_file($path, $text);
	unlike(`systemd-analyze verify $path 2>&1` // '', qr/remote-rel\.service:\d+: Unknown/, 'the unit has no unknown keys');
}
SKIP:
{
	skip 'no nginx here', 1 unless -x '/usr/sbin/nginx';
	my ($location) = $docs =~ /```nginx\n(.*?)```/s;
	my $path = "$ENV{TESTDATADIR}/nginx.conf";
	PostgreSQL::Test::Utils::append_to_file($path, "events {}\npid $ENV{TESTDATADIR}/nginx.pid;\nhttp { server { listen 127.0.0.1:0;\n$location } }\n");
	like(`/usr/sbin/nginx -t -c $path 2>&1`, qr/syntax is ok/, 'the nginx example is one');
}

done_testing();
