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

# type => args, …
sub commands
{
	my ($database, @commands) = @_;

	my @bulk;
	push @bulk, { type => shift @commands, args => shift @commands } while @commands;
	$node->safe_psql($database, sprintf 'SELECT remote_rel.metadata(%s)', literal({ type => 'bulk', args => \@bulk }));
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
	if ($name eq 'shop')
	{
		($status) = remote_rel('apply', '--project', $folder, url($name));
		is($status, 0, "$name: apply after export");
		is(stored($name), $applied, '… changes nothing');
	}

	# written anew, by an export without a directory
	($status) = remote_rel('export', '--project', "$work/$name.new", url($name));
	is($status, 0, "$name: export to a new directory");
	my $new = files("$work/$name.new");
	is($new->{'metadata/version.yaml'}, "version: 3\n", '… of config v3');
	is_deeply([ remote_rel('diff', '--project', "$work/$name.new", url($name)) ], [ 0, '', '' ], '… which says the same') if $name eq 'shop';
	commands($name, clear_metadata => {});
	($status, $out, $err) = remote_rel('apply', '--project', "$work/$name.new", url($name));
	is("$status $err", '0 ', '… can be applied');
	remote_rel('export', '--project', "$work/$name.again", url($name));
	is_deeply(files("$work/$name.again"), $new, '… and gives the same bytes');
}

# --- what changes in the database is written as Hasura's CLI would, and back again it is what it was --------------------

sub changed_files
{
	my ($now, $before) = @_;

	my %all = (%$now, %$before);
	return [ grep { ($now->{$_} // '') ne ($before->{$_} // '') } sort keys %all ];
}

{
	my $folder = "$work/shop";
	my $before = files($folder);
	my $tables = 'metadata/databases/default/tables';
	my $functions = 'metadata/databases/default/functions';
	my $customers = decode_json(stored('shop'))->{sources}[0]{tables}[0];
	my ($profile) = grep { $_->{name} eq 'profile' } @{ $customers->{remote_relationships} };
	my $permission = decode_json(stored('shop'))->{remote_schemas}[0]{permissions}[0];

	commands('shop',
		delete_remote_relationship => { table => 'customers', name => 'profile' },
		drop_relationship => { table => 'customers', relationship => 'homeRegion' },
		untrack_function => { function => 'search_customers' },
		drop_remote_schema_permissions => { remote_schema => 'idp', role => 'shop_customer' },
		set_table_is_enum => { table => 'region', is_enum => JSON::PP::false });
	my ($status, $out, $err) = remote_rel('export', '--project', $folder, url('shop'));
	is("$status $err", '0 ', 'export of what has changed');
	my $now = files($folder);
	is_deeply(changed_files($now, $before), [ 'metadata/databases/databases.yaml', "$functions/functions.yaml", "$functions/public_search_customers.yaml",
		"$tables/public_customers.yaml", "$tables/public_region.yaml", 'metadata/remote_schemas.yaml' ], '… changes these files');
	like($out, qr{^removed: \S+/public_search_customers\.yaml$}m, '… and says so');
	like($now->{"$tables/public_customers.yaml"}, qr/select_permissions:\n  - role: shop_clerk\n.*event_triggers:/s, 'what the database does not keep stays');
	unlike($now->{"$tables/public_customers.yaml"}, qr/profile|homeRegion/, '… and what it has no more goes');
	is($now->{"$tables/public_region.yaml"} =~ s/is_enum: false\n//r, $before->{"$tables/public_region.yaml"} =~ s/is_enum: true\n//r, '… a line alone');

	commands('shop',
		create_remote_relationship => { table => 'customers', %$profile },
		create_object_relationship => { table => 'customers', %{ $customers->{object_relationships}[0] } },
		track_function => { function => 'search_customers', configuration => { custom_root_fields => { function => 'searchCustomers' } }, comment => 'by a part of the name' },
		add_remote_schema_permissions => { remote_schema => 'idp', %$permission },
		set_table_is_enum => { table => 'region', is_enum => JSON::PP::true });
	($status, $out, $err) = remote_rel('export', '--project', $folder, url('shop'));
	is("$status $err", '0 ', 'all of it is made again');
	is_deeply(changed_files(files($folder), $before), [], '… and every byte is what it was') or
	  system('diff', '-r', $folder, 'test/server/metadata/shop');
}
{
	my $folder = "$work/library";
	my $before = files($folder);

	commands('library',
		drop_relationship => { table => 'books', relationship => 'writer' },
		track_table => { table => 'ledger' });
	my ($status, $out, $err) = remote_rel('export', '--project', $folder, url('library'));
	is("$status $err", '0 ', 'config v2: what has changed');
	my $now = files($folder);
	is_deeply(changed_files($now, $before), ['metadata/tables.yaml'], '… is in one file');
	like($now->{'metadata/tables.yaml'}, qr/^- table:\n    name: ledger\n    schema: public\n\z/m, '… a table is shown');
	commands('library',
		untrack_table => { table => 'ledger' },
		create_object_relationship => { table => 'books', name => 'writer', using => { manual_configuration => { remote_table => { schema => 'public', name => 'authors' }, column_mapping => { author_id => 'id' } } } });
	($status, $out, $err) = remote_rel('export', '--project', $folder, url('library'));
	$now = files($folder);
	# the order of members is that of newer CLIs then
	my $wanted = $before->{'metadata/tables.yaml'};
	$wanted =~ s/(- name: writer\n.*?)( +remote_table:\n) +schema: public\n( +)name: authors\n( +column_mapping:\n +author_id: id\n)/$1$4$2$3name: authors\n$3schema: public\n/s;
	is($now->{'metadata/tables.yaml'}, $wanted, '… and hidden again, in the indentation of older CLIs');
}

# --- the rest of the commands, over an endpoint ----------------------------------------------------------------------

{
	my $server = RemoteRel::Server->start($node, database_url => url('shop'), admin_secret => 'a secret of the shop');
	my @endpoint = ('--admin-secret', 'a secret of the shop', $server->url(''));
	my $folder = "$work/shop";
	my $before = files($folder);

	is_deeply([ remote_rel('diff', '--project', $folder, @endpoint) ], [ 0, '', '' ], 'endpoint: no difference');
	commands('shop', delete_remote_relationship => { table => 'customers', name => 'weather' });
	my ($status, $out, $err) = remote_rel('diff', '--color=always', '--project', $folder, @endpoint);
	is($status, 1, 'endpoint: a difference');
	like($out, qr{^\e\[1m--- database/databases/default/tables/public_customers\.yaml$}m, '… of a file');
	like($out, qr/^\e\[32m\+    name: weather\e\[m$/m, '… in colours');
	is_deeply([ $out =~ /^(?:\e\[31m)-(?!--)/mg ], [], '… nothing goes');
	($status, $out, $err) = remote_rel('apply', '--project', $folder, @endpoint);
	is("$status $err", '0 ', 'endpoint: apply');
	is_deeply([ remote_rel('export', '--project', $folder, @endpoint) ], [ 0, "The files say what the database has.\n", '' ], 'endpoint: export');
	is_deeply(files($folder), $before, '… changes no byte');
	($status, $out, $err) = remote_rel('diff', '--project', $folder, '--admin-secret=wrong', $server->url(''));
	is($status, 2, 'endpoint: a wrong secret');
	like($err, qr/^remote-rel: .*(?:admin|denied|secret)/i, '… is said');
	unlike("$out$err", qr/wrong/, '… without it');

	my $config = slurp_file("$folder/config.yaml") =~ s{http://localhost:8080}{$server->url('')}er;
	written('shop', 'config.yaml' => $config . "admin_secret: a secret of the shop\n");
	is_deeply([ remote_rel('reload', '--project', $folder) ], [ 0, "Metadata reloaded.\n", '' ], 'endpoint and secret of config.yaml: reload');
	is_deeply([ remote_rel('inconsistency', 'status', '--project', $folder) ], [ 0, "Metadata are consistent.\n", '' ], 'inconsistency status');
	$node->safe_psql('shop', 'ALTER TABLE customers DROP COLUMN city CASCADE');
	is_deeply([ remote_rel('inconsistency', 'status', '--project', $folder) ], [ 1, "Metadata are inconsistent.\n", '' ], '… and when something is');
	($status, $out, $err) = remote_rel('inconsistency', 'list', '--project', $folder);
	is($status, 1, 'inconsistency list');
	like($out, qr/^remote_relationship "customers\.weather": .*city/m, '… with the reason');
	($status, $out, $err) = remote_rel('apply', '--project', $folder);
	is($status, 2, 'apply of what cannot be served');
	like($err, qr{^  \Q$folder\E/metadata/databases/default/tables/public_customers\.yaml:44:5: remote_relationship "customers\.weather": .*"city"}m, '… is refused, with the place');
	($status, $out, $err) = remote_rel('apply', '--allow-inconsistent', '--project', $folder);
	is($status, 0, '… unless it is allowed');
	like($err, qr{public_customers\.yaml:44:5: remote_relationship "customers\.weather"}, '… and is listed');
	is_deeply([ remote_rel('inconsistency', 'drop', '--project', $folder) ], [ 0, "Inconsistent metadata dropped.\n", '' ], 'inconsistency drop');
	is((remote_rel('inconsistency', 'list', '--project', $folder))[1], "Metadata are consistent.\n", '… drops it');
	is_deeply([ remote_rel('clear', '--project', $folder) ], [ 0, "Metadata cleared.\n", '' ], 'clear');
	is_deeply(decode_json(stored('shop')), { version => 3, sources => [ { name => 'default', kind => 'postgres', tables => [] } ] }, '… clears');
	$server->stop;
	($status, $out, $err) = remote_rel('diff', '--project', $folder);
	is($status, 2, 'an endpoint that does not answer');
	like($err, qr/^remote-rel: cannot reach the endpoint/, '… is said');
}
is((remote_rel('diff', '--project', "$work/shop", 'postgresql://nobody:hidden@127.0.0.1:1/x'))[0], 2, 'a database that does not answer');

# --- the page that this project came from ----------------------------------------------------------------------------

$node->safe_psql('postgres', 'CREATE DATABASE page');
$node->safe_psql('page', 'CREATE EXTENSION remote_rel; CREATE TABLE users (id int, name text, auth0_id text)');
my $page = written('page',
	'config.yaml' => "version: 2\nendpoint: http://localhost:8080\nmetadata_directory: metadata\n",
	'metadata/version.yaml' => "version: 2\n",
	'metadata/remote_schemas.yaml' => "- name: auth0\n  definition:\n    url: http://127.0.0.1:1/\n  sdl: 'type Query { auth0(id: String!): Profile } type Profile { nickname: String }'\n",
	'metadata/tables.yaml' => <<'YAML');
- table:
    schema: public
    name: users
  remote_relationships:
  - definition:
      remote_field:
        auth0:
          arguments:
            id: $auth0_id
      hasura_fields:
      - auth0_id
      remote_schema: auth0
    name: auth0
YAML
is_deeply([ remote_rel('apply', '--project', $page, url('page')) ], [ 0, "Metadata applied.\n", '' ], 'the tables.yaml of the page applies');
is($node->safe_psql('page', q(SELECT graphql_validate('{ users { auth0 { nickname } } }'))), '[]', '… and the relationship is there');

done_testing();
