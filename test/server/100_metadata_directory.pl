# remote-rel metadata: directories of Hasura's CLI, config v3 and v2, applied, exported and compared, over a database URL and
# over an endpoint. The directories are test/server/metadata/*; schema.sql of each has the tables.

use RemoteRel::Test;
use RemoteRel::Server;
use File::Path 'make_path';
use IPC::Run ();

my $yoga = start_remote('yoga');
$ENV{TEST_IDP_URL} = $yoga->url;    # for url_from_env and {{TEST_IDP_URL}}, which the server reads
my $node = start_node();
my $program = RemoteRel::Server::program();
my $work = "$ENV{TESTDATADIR}/directories";
make_path($work);

# (exit status, what it prints on both)
sub remote_rel
{
	my (@arguments) = @_;

	my ($out, $err) = ('', '');
	IPC::Run::run([ $program, 'metadata', @arguments ], '<', \undef, '>', \$out, '2>', \$err);
	return ($? >> 8 || ($? & 127 ? 1000 + $? : 0), $out, $err);
}

sub url { return RemoteRel::Server::connection_string($node, database => shift) }

sub stored
{
	my ($database) = @_;

	return $node->safe_psql($database, q(SELECT remote_rel.metadata('{"type": "export_metadata", "args": {}}')));
}

sub command
{
	my ($database, $type, $args) = @_;

	$node->safe_psql($database, sprintf 'SELECT remote_rel.metadata(%s)', literal({ type => $type, args => $args }));
	return;
}

# path => bytes, of all files of a folder
sub files
{
	my ($folder) = @_;

	return { map { s{^\Q$folder\E/}{}r => slurp_file($_) } grep { -f } split /\n/, `find $folder -type f | sort` };
}

sub copied
{
	my ($name, $copy) = @_;

	system('cp', '-r', "test/server/metadata/$name", "$work/$copy") == 0 or die;
	return "$work/$copy";
}

# A folder with these files.
sub written
{
	my ($name, %content) = @_;

	for my $path (keys %content)
	{
		my ($folder) = "$work/$name/$path" =~ m{^(.*)/};
		make_path($folder);
		open my $out, '>', "$work/$name/$path" or die "$path: $!";
		print $out $content{$path};
		close $out;
	}
	return "$work/$name";
}

# --- the directories, over a database URL ----------------------------------------------------------------------------

my %query = (
	shop    => '{ allCustomers(where: {id: {_eq: 1}}) { name label homeRegion { title } purchases { sku } profile { nickname } weather { unit } } searchCustomers(args: {search: "jon"}) { authId: auth0Id } }',
	library => '{ authors(where: {id: {_eq: 1}}) { profile { nickname } works { title offer { title } writer { name } } } find_books(args: {part: "disp"}) { id } }',
	fleet   => '{ vessel(where: {id: {_eq: 1}}) { imoNumber captain { nickname ships { name } } legs { port } } }');
my %answer = (
	shop => { allCustomers => [ { name => 'Daenerys Targaryen', label => 'Daenerys Targaryen, Meereen', homeRegion => { title => undef }, purchases => [ { sku => 'A-1' } ],
		profile => { nickname => 'Stormborn' }, weather => { unit => 'FAHRENHEIT' } } ], searchCustomers => [ { authId => 'auth0|2' } ] },
	library => { authors => [ { profile => { nickname => 'Stormborn' }, works => [ { title => 'The Dispossessed', offer => { title => 'Dragonglass' }, writer => { name => 'Ursula' } } ] } ], find_books => [ { id => 1 } ] },
	fleet => { vessel => [ { imoNumber => '9074729', captain => { nickname => 'Stormborn', ships => [ { name => 'Balerion' } ] }, legs => [ { port => 'Braavos' }, { port => 'Lys' } ] } ] });

for my $name (qw(shop library fleet))
{
	my $folder = copied($name, $name);
	my $before = files($folder);

	$node->safe_psql('postgres', "CREATE DATABASE $name");
	$node->safe_psql($name, 'CREATE EXTENSION remote_rel; ' . slurp_file("$folder/schema.sql") =~ s/:"DBNAME"/$name/r);

	my ($status, $out, $err) = remote_rel('diff', '--project', $folder, url($name));
	is($status, 1, "$name: diff, before anything is applied");
	is_deeply([ $out =~ /^-(?!--|\[\]$)(.*)/mg ], $name eq 'library' ? [ '- table:', '    name: ledger', '    schema: public' ] : [],
		'… nothing goes, but tables that are not listed');
	if ($name eq 'shop')
	{
		($status, $out, $err) = remote_rel('apply', '--dry-run', '--project', $folder, url($name));
		is("$status $err", '0 ', "$name: a dry run");
		unlike(stored($name), qr/remote_schemas/, '… changes nothing');
	}
	($status, $out, $err) = remote_rel('apply', '--project', $folder, url($name));
	is("$status $err", '0 ', "$name: apply");
	like($out, qr/^Metadata applied\.$/m, '… says so');
	my $applied = stored($name);
	is_deeply(decode_json($node->safe_psql($name, sprintf 'SELECT graphql_resolve(%s)', literal($query{$name}))),
		{ data => $answer{$name} }, "$name: a query of it");
	is_deeply([ remote_rel('diff', '--project', $folder, url($name)) ], [ 0, '', '' ], "$name: no difference then");
	is_deeply([ remote_rel('export', '--project', $folder, url($name)) ], [ 0, "The files say what the database has.\n", '' ], "$name: export has nothing to write");
	is_deeply(files($folder), $before, '… and every byte stays');
	($status) = remote_rel('apply', '--project', $folder, url($name));
	is($status, 0, "$name: apply after export");
	is(stored($name), $applied, '… changes nothing');

	# written anew, by an export without a directory
	($status) = remote_rel('export', '--project', "$work/$name.new", url($name));
	is($status, 0, "$name: export to a new directory");
	my $new = files("$work/$name.new");
	is($new->{'metadata/version.yaml'}, "version: 3\n", '… of config v3');
	is_deeply([ remote_rel('diff', '--project', "$work/$name.new", url($name)) ], [ 0, '', '' ], '… which says the same') if $name eq 'shop';
	command($name, 'clear_metadata', {});
	($status, $out, $err) = remote_rel('apply', '--project', "$work/$name.new", url($name));
	is("$status $err", '0 ', '… can be applied');
	remote_rel('export', '--project', "$work/$name.again", url($name));
	is_deeply(files("$work/$name.again"), $new, '… and gives the same bytes');
}

done_testing();
