# Every form of pg_dump and pg_restore brings back a graph that answers, prints and exports the same, byte for byte; without
# the remote schemas being asked for anything.
#
# REMOTE_REL_REPEAT=20: so many parallel restores, for what happens only now and then.

use RemoteRel::Test;
use RemoteRel::Graph;

my $node = start_node();
my $yoga = start_remote('yoga');
create_graph_roles($node);
$node->safe_psql('postgres', 'CREATE DATABASE graph');
$node->safe_psql('graph', 'CREATE EXTENSION remote_rel');
create_graph($node, 'graph', $yoga);
my $graph = graph($node, 'graph');
is($graph->{inconsistent}, '{"is_consistent": true, "inconsistent_objects": []}', 'before: consistent');
is(scalar(grep { $graph->{$_} =~ /^\{"data"/ && $graph->{$_} !~ /"errors"/ } keys %$graph), 10, 'and it answers');
my @roles_questions = grep { /regress/ } keys %$graph;
cmp_ok(scalar @roles_questions, '>=', 6, 'roles among them');
my $not_as_role = qr/^(?!.*regress)/;

# --- means -----------------------------------------------------------------------------------------------------------

my $dir = $node->basedir;
my $n = 0;

sub empty_database
{
	my ($what, $on) = @_;

	my $database = 'restored ' . ++$n;
	($on // $node)->safe_psql('postgres', qq{CREATE DATABASE "$database" TEMPLATE template0});
	expose($on // $node, $database);
	note("$database: $what");
	return $database;
}

# Runs a program; that it succeeds and has nothing to say (no warning of an event trigger either) is a test.
sub quietly
{
	my ($what, @command) = @_;

	my ($stdout, $stderr) = ('', '');
	my $ok = IPC::Run::run(\@command, '>', \$stdout, '2>', \$stderr);
	ok($ok && $stderr eq '', "$what: without a word") or diag("@command: $stderr");
	return;
}

sub dump_to
{
	my ($file, @options) = @_;

	my $database = @options && $options[0] =~ /^dbname=/ ? substr(shift @options, 7) : 'graph';
	quietly("pg_dump @options", 'pg_dump', '-f', "$dir/$file", '-d', $node->connstr($database), @options);
	return;
}

sub psql_file
{
	my ($what, $database, $file, @options) = @_;

	quietly($what, 'psql', '-XqAt', '-v', 'ON_ERROR_STOP=1', '-o', '/dev/null', '-f', "$dir/$file", '-d', $node->connstr($database), @options);
	return;
}

sub pg_restore
{
	my ($what, $database, $file, @options) = @_;

	quietly($what, 'pg_restore', '-d', $node->connstr($database), '--exit-on-error', @options, "$dir/$file");
	return;
}

# --- whole dumps, with the upstream down while they are restored --------------------------------------------------------

dump_to('plain.sql');
dump_to('inserts.sql', '--inserts', '--rows-per-insert=2');
dump_to('custom', '-Fc');
dump_to('tar', '-Ft');
dump_to('directory', '-Fd', '-j4');
dump_to('schema.sql', '--schema-only');
dump_to('data.sql', '--data-only');
dump_to('data-no-triggers.sql', '--data-only', '--disable-triggers');
dump_to('clean.sql', '--clean', '--if-exists');
dump_to('bare.sql', '--no-owner', '--no-acl');
unlike(slurp_file("$dir/schema.sql"), qr/x-key/, 'no secrets in a dump of the schema alone');

my %restores = (
	'plain' => sub { psql_file(@_, 'plain.sql') },
	'plain, in one transaction' => sub { psql_file(@_, 'plain.sql', '-1') },
	'inserts' => sub { psql_file(@_, 'inserts.sql') },
	'custom' => sub { pg_restore(@_, 'custom') },
	'custom, parallel' => sub { pg_restore(@_, 'custom', '-j4') },
	'custom, in one transaction' => sub { pg_restore(@_, 'custom', '-1') },
	'tar' => sub { pg_restore(@_, 'tar') },
	'directory' => sub { pg_restore(@_, 'directory') },
	'schema, then data' => sub { psql_file(@_, $_) for 'schema.sql', 'data.sql' },
	'schema, then data without triggers' => sub { psql_file(@_, $_) for 'schema.sql', 'data-no-triggers.sql' },
	'sections' => sub { pg_restore(@_, 'custom', "--section=$_") for qw(pre-data data post-data) },
	'clean, where there is nothing' => sub { psql_file(@_, 'clean.sql') },
	'clean, twice' => sub { psql_file(@_, 'clean.sql') for 1, 2 },
	'clean, by pg_restore' => sub { pg_restore(@_, 'custom', @$_) for [], [ '--clean', '--if-exists' ], [ '--clean', '--if-exists', '-1' ] },
	map { ("directory, parallel, $_" => sub { pg_restore(@_, 'directory', '-j4') }) } 1 .. $ENV{REMOTE_REL_REPEAT} // 2);

$yoga->stop;
my %databases;
for my $what (sort keys %restores)
{
	my $database = $databases{$what} = empty_database($what);
	$restores{$what}->($what, $database);
}
psql_file('clean, into the very database', 'graph', 'clean.sql');
$databases{'clean, into the very database'} = 'graph';
$yoga->start;
is_graph($node, $databases{$_}, $graph, $_) for sort keys %databases;
is(scalar($yoga->log), scalar(grep { $_->{query} !~ /__schema/ } $yoga->log), 'no remote schema was introspected');

# Rows of enum tables are followed as well
my $values = q{SELECT graphql_resolve('{ __type(name: "moods_enum") { enumValues { name } } }')};
is($node->safe_psql($databases{'custom, parallel'}, "$values; INSERT INTO moods VALUES ('ANGRY'); $values; DELETE FROM moods WHERE value = 'ANGRY'; $values"),
	join("\n", map { '{"data":{"__type":{"enumValues":[' . join(',', map { qq({"name":"$_"}) } @$_) . ']}}}' } [qw(GLAD SAD)], [qw(ANGRY GLAD SAD)], [qw(GLAD SAD)]),
	'changed rows of an enum table');

# Names are followed where it was restored
my $restored = $databases{'custom, parallel'};
$node->safe_psql($restored, 'ALTER TABLE users RENAME subject TO sub; ALTER TABLE shop.purchases RENAME user_id TO buyer; ALTER TABLE shop.purchases RENAME buyer TO user_id; ALTER TABLE users RENAME sub TO subject');
is_graph($node, $restored, $graph, 'renamed forth and back');

# --- not all of it ------------------------------------------------------------------------------------------------------

# Without owners and privileges, roles have nothing until somebody grants again
my $bare = empty_database('bare');
psql_file('bare', $bare, 'bare.sql');
is_graph($node, $bare, $graph, 'bare, as the owner', $not_as_role);
is($node->safe_psql($bare, q{SELECT graphql_resolve('{ users { id } }', 'regress_clerk') #>> '{errors,0,extensions,code}'}), 'validation-failed', 'bare: no privileges came along');
IPC::Run::run([ 'pg_restore', '-l', "$dir/custom" ], '|', [ 'grep', '-E', ' ACL ' ], '>', "$dir/acl.list");
pg_restore('privileges later', $bare, 'custom', '-L', "$dir/acl.list");
is_graph($node, $bare, $graph, 'privileges later');

# Selected tables bring their own selves; the metadata comes when it is named
dump_to('table.sql', '-t', 'users');
dump_to('odd.sql', '-n', '"OddSchema"');
dump_to('shop.sql', '-n', 'shop');
dump_to('without.sql', '-T', 'remote_rel.*');
dump_to('no-data.sql', '--exclude-table-data=remote_rel.*');
dump_to('metadata.sql', '--data-only', '-t', 'remote_rel.*');
unlike(slurp_file("$dir/$_"), qr/COPY remote_rel\.|x-key/, "$_ has no metadata") for qw(table.sql odd.sql shop.sql without.sql no-data.sql);
unlike(slurp_file("$dir/metadata.sql"), qr/COPY (?!remote_rel\.)/, 'metadata.sql has nothing else');
my $without = empty_database('without metadata');
psql_file('all but the metadata', $without, 'without.sql');
is($node->safe_psql($without, q{SELECT count(*) FROM remote_rel.remote_schema}), '0', 'all but the metadata: none');
psql_file('metadata after all else', $without, 'metadata.sql');
is_graph($node, $without, $graph, 'metadata after all else');
my $selected = empty_database('selected');
$node->safe_psql($selected, 'CREATE EXTENSION remote_rel');
psql_file('one schema', $selected, 'odd.sql');
is($node->safe_psql($selected, q{SELECT graphql_resolve('{ OddSchema_OddTable_by_pk(key: "auth0|1") { Column } }')}), '{"data":{"OddSchema_OddTable_by_pk":{"Column":1}}}', 'one schema: it answers');

# Metadata first, what it speaks of after it
my $reversed = empty_database('reversed');
$node->safe_psql($reversed, 'CREATE EXTENSION remote_rel');
psql_file('metadata before all else', $reversed, 'metadata.sql');
like($node->safe_psql($reversed, q{SELECT remote_rel.metadata('{"type": "get_inconsistent_metadata", "args": {}}')}), qr/"is_consistent": false/,
	'metadata before all else: inconsistent until it is there');
psql_file('all else after the metadata', $reversed, 'without.sql');
is_graph($node, $reversed, $graph, 'all else after the metadata');

# --- other places ---------------------------------------------------------------------------------------------------------

my $moved = empty_database('moved');
$node->safe_psql($moved, 'CREATE SCHEMA app; CREATE EXTENSION remote_rel SCHEMA app');
psql_file('where it is in another schema', $moved, 'plain.sql');
is($node->safe_psql($moved, q{SELECT extnamespace::regnamespace FROM pg_extension WHERE extname = 'remote_rel'}), 'app', 'where it is in another schema: it stays there');
is_graph($node, $moved, $graph, 'where it is in another schema');
dump_to('moved', "dbname=$moved", '-Fc');
my $again = empty_database('moved again');
pg_restore('out of another schema', $again, 'moved');
is_graph($node, $again, $graph, 'out of another schema');
is($node->safe_psql($again, q{SELECT app.graphql_resolve('{ __typename }')}), '{"data":{"__typename":"query_root"}}', 'out of another schema: back into it');

# A copy of the database by the server
$node->safe_psql('template1', 'CREATE DATABASE copied TEMPLATE graph; CREATE DATABASE copied_files TEMPLATE graph' . ($node->safe_psql('postgres', 'SHOW server_version_num') >= 150000 ? ' STRATEGY file_copy' : ''));
expose($node, $_) for qw(copied copied_files);
is_graph($node, $_, $graph, "CREATE DATABASE $_ TEMPLATE") for qw(copied copied_files);

# By the owner of the database, who is no superuser: the extension and the metadata are the administrator's, the rest is theirs
$node->safe_psql('postgres', 'CREATE ROLE regress_owner LOGIN; GRANT regress_clerk TO regress_owner');
my $owned = empty_database('owned');
$node->safe_psql('postgres', qq{ALTER DATABASE "$owned" OWNER TO regress_owner});
$node->safe_psql($owned, 'ALTER SCHEMA public OWNER TO regress_owner; SET ROLE regress_owner; CREATE TABLE mine (a int)');
my ($status, undef, $stderr) = $node->psql($owned, 'SET ROLE regress_owner; CREATE EXTENSION remote_rel');
like($stderr, qr/permission denied to create extension "remote_rel"/, 'the owner of a database cannot create the extension');
$node->safe_psql($owned, 'CREATE EXTENSION remote_rel');
IPC::Run::run([ 'pg_restore', '-l', "$dir/custom" ], '|', [ 'grep', '-vE', ' remote_rel | EXTENSION ' ], '>', "$dir/own.list");
pg_restore('by the owner', $owned, 'custom', '-L', "$dir/own.list", '--no-owner', '--role=regress_owner');
psql_file('metadata by the administrator', $owned, 'metadata.sql');
$node->safe_psql($owned, 'DROP TABLE mine');
is_graph($node, $owned, $graph, 'by the owner and the administrator');
# … or through the door, for whom it was opened; this metadata names variables of the server's environment
$node->safe_psql($owned, q{GRANT EXECUTE ON FUNCTION remote_rel.metadata(jsonb) TO regress_owner; GRANT pg_read_server_files TO regress_owner});
my $export = $node->safe_psql($owned, q{SET ROLE regress_owner; SELECT remote_rel.metadata('{"type": "export_metadata", "args": {}}')});
$node->safe_psql($owned, q{SET ROLE regress_owner; SELECT remote_rel.metadata('{"type": "clear_metadata", "args": {}}');
	SELECT remote_rel.metadata(jsonb_build_object('type', 'replace_metadata', 'args', } . literal($export) . '::jsonb))');
is_graph($node, $owned, $graph, 'exported and replaced by the owner');

# replace_metadata where nothing is
my $fresh = empty_database('fresh');
$node->safe_psql($fresh, 'CREATE EXTENSION remote_rel');
is($node->safe_psql($fresh, sprintf q{SELECT remote_rel.metadata(jsonb_build_object('type', 'replace_metadata', 'args',
	jsonb_build_object('allow_inconsistent_metadata', true, 'metadata', %s::jsonb))) ->> 'is_consistent'}, literal($export)),
	'false', 'replace_metadata where the tables are missing: taken, inconsistent');
is_graph($node, $fresh, $graph, 'and exported again', qr/^export$/);

# --- another cluster ------------------------------------------------------------------------------------------------------

$node->safe_psql('template1', qq{DROP DATABASE "$databases{$_}"}) for grep { $_ ne 'clean, into the very database' } keys %databases;
$node->safe_psql('template1', qq{DROP DATABASE "$_"}) for $without, $reversed, $again, $owned, $fresh, $selected, $bare, 'copied', 'copied_files';
quietly('pg_dumpall', 'pg_dumpall', '-f', "$dir/all.sql", '-d', $node->connstr('postgres'));
my $other = PostgreSQL::Test::Cluster->new('other');
$other->init;
$other->start;
# it has a superuser of that name already
IPC::Run::run([ 'grep', '-vx', 'CREATE ROLE postgres;', "$dir/all.sql" ], '>', "$dir/all-but-one.sql");
$yoga->stop;
quietly('restore of pg_dumpall', 'psql', '-XqAt', '-v', 'ON_ERROR_STOP=1', '-o', '/dev/null', '-f', "$dir/all-but-one.sql", '-d', $other->connstr('postgres'));
$yoga->start;
is_graph($other, $_, $graph, "pg_dumpall, database $_") for 'graph', $moved;

# Roles after the database: its owner sees the graph; roles see theirs once they and their privileges are there
my $third = PostgreSQL::Test::Cluster->new('third');
$third->init;
$third->start;
my $roleless = empty_database('without roles', $third);
quietly('no roles yet', 'pg_restore', '-d', $third->connstr($roleless), '--exit-on-error', '--no-owner', '--no-acl', '-L', "$dir/no-policy.list", "$dir/custom")
  if IPC::Run::run([ 'pg_restore', '-l', "$dir/custom" ], '|', [ 'grep', '-v', ' POLICY ' ], '>', "$dir/no-policy.list");
like($third->safe_psql($roleless, q{SELECT remote_rel.metadata('{"type": "get_inconsistent_metadata", "args": {}}')}), qr/"is_consistent": (?:true|false)/, 'no roles yet: metadata is there');
is_graph($third, $roleless, $graph, 'no roles yet', qr/^(?!.*regress|inconsistent)/);
create_graph_roles($third);
IPC::Run::run([ 'pg_restore', '-l', "$dir/custom" ], '|', [ 'grep', '-E', ' (ACL|POLICY) ' ], '>', "$dir/roles.list");
quietly('roles later', 'pg_restore', '-d', $third->connstr($roleless), '--exit-on-error', '-L', "$dir/roles.list", "$dir/custom");
is_graph($third, $roleless, $graph, 'roles later');

done_testing();
