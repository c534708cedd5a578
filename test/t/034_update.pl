# ALTER EXTENSION UPDATE brings an installation to what CREATE EXTENSION makes: the two are compared by what pg_dump says of every object of the
# extension, columns dropped on the way included.
#
# It is done from every released version to the present one, as soon as there are two; and always to a version that is made up here, to show
# that what an update script forgets is found.
#
# A new version: remote_rel--NEW.sql (the file as it stands then), remote_rel--OLD--NEW.sql, and default_version in remote_rel.control.

use RemoteRel::Test;
use RemoteRel::Graph;
use File::Copy 'copy';

plan skip_all => 'the test modules of the server start no other installation' unless PostgreSQL::Test::Cluster->can('pg_version');    # from 14 on

# --- a server with a directory of extensions of its own -----------------------------------------------------------------
# The server finds its files by where its executable is, so a copy of that one file is enough; the rest is linked.

my ($bindir, $sharedir, $pkglibdir) = map { my $dir = `"$ENV{PG_CONFIG}" --$_`; chomp $dir; $dir } qw(bindir sharedir pkglibdir);
my ($common) = "$bindir\n$sharedir\n$pkglibdir" =~ m{^(.*/).*\n\1.*\n\1} or die;
my $place = PostgreSQL::Test::Utils::tempdir();
my ($bin, $share, $lib) = map { $place . '/' . substr $_, length $common } $bindir, $sharedir, $pkglibdir;

sub link_all
{
	my ($from, $to, %copied) = @_;

	system('mkdir', '-p', $to) == 0 or die;
	for my $file (glob "$from/*")
	{
		my ($name) = $file =~ m{([^/]+)$};
		next if -e "$to/$name" || -l "$to/$name";
		$copied{$name} ? (copy($file, "$to/$name") && chmod 0755, "$to/$name") : symlink($file, "$to/$name") or die "$to/$name: $!";
	}
	return;
}

link_all($bindir, $bin, postgres => 1, pg_ctl => 1);
link_all("$sharedir/extension", "$share/extension");
link_all($sharedir, $share);
link_all($pkglibdir, $lib);

sub extension_file
{
	my ($name, $content) = @_;

	unlink "$share/extension/$name";
	open my $handle, '>', "$share/extension/$name" or die "$name: $!";
	print $handle $content;
	close $handle;
	return;
}

my ($inst) = $bin =~ m{^(.*)/bin$} or die;
my $node = PostgreSQL::Test::Cluster->new('main', install_path => $inst);
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\n");
$node->start;
is($node->safe_psql('postgres', q{SELECT setting FROM pg_config WHERE name = 'SHAREDIR'}), $share, 'the server looks into our directory');

# --- comparing ------------------------------------------------------------------------------------------------------------

# All of the extension in a database, statement by statement.
sub installation
{
	my ($database) = @_;

	my ($dump, $stderr);
	IPC::Run::run([ 'pg_dump', '--binary-upgrade', '--schema-only', '-d', $node->connstr($database) ], '>', \$dump, '2>', \$stderr)
	  or die $stderr;
	my @statements = grep { !/^SELECT pg_catalog\.binary_upgrade_(?:set_next|create_empty)|^UPDATE pg_catalog\.pg_class\s+SET relfrozenxid|^\\(?:un)?restrict|^$/ } split /;\n+|^--.*\n+/m, $dump;
	my $rest = $node->safe_psql($database, q{
		SELECT 'configuration: ' || c.oid::regclass || ' ' || condition FROM pg_extension, unnest(extconfig, extcondition) AS c (oid, condition) WHERE extname = 'remote_rel'
		UNION ALL SELECT 'extension: ' || concat_ws(' ', extname, extversion, extnamespace::regnamespace, extrelocatable) FROM pg_extension WHERE extname = 'remote_rel'
		UNION ALL SELECT 'initial privileges: ' || pg_describe_object(classoid, objoid, objsubid) || ' ' || initprivs::text
			FROM pg_init_privs WHERE privtype = 'e'
		UNION ALL SELECT 'member: ' || pg_describe_object(d.classid, d.objid, d.objsubid) FROM pg_depend AS d, pg_extension AS e
			WHERE d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid AND d.deptype = 'e' AND extname = 'remote_rel'
		ORDER BY 1});
	return { map { $_ => 1 } @statements, split /\n/, $rest };
}

sub differences
{
	my ($is, $should) = @_;

	return ((map { "too much: $_" } grep { !$should->{$_} } sort keys %$is), (map { "missing: $_" } grep { !$is->{$_} } sort keys %$should));
}

my $n = 0;
sub database
{
	my (@sql) = @_;

	my $database = 'database' . ++$n;
	$node->safe_psql('postgres', "CREATE DATABASE $database");
	$node->safe_psql($database, $_) for @sql;
	return $database;
}

# --- the released versions --------------------------------------------------------------------------------------------------

my ($version) = slurp_file('remote_rel.control') =~ /^default_version = '([^']+)'/m or die;
my $fresh = installation(database('CREATE EXTENSION remote_rel'));
cmp_ok(scalar(grep { /^CREATE (?:FUNCTION|TABLE|AGGREGATE|EVENT TRIGGER|SCHEMA|TRIGGER)/ } keys %$fresh), '>', 60, 'an installation is seen with all that it has');
is_deeply([ differences(installation(database('CREATE EXTENSION remote_rel')), $fresh) ], [], 'and two are the same');
my @earlier = grep { $_ ne $version } map { /^sql\/remote_rel--([^-]+)\.sql$/ } glob 'sql/*.sql';
for my $earlier (@earlier)
{
	my $updated = database("CREATE EXTENSION remote_rel VERSION '$earlier'", 'ALTER EXTENSION remote_rel UPDATE');
	is_deeply([ differences(installation($updated), $fresh) ], [], "$earlier updated is like $version");
}
note('no earlier version yet') unless @earlier;

# --- a next version, and what may be forgotten on the way to it ---------------------------------------------------------------

my $next = '99.0';
my @changes = (
	[ 'a column' => q{ALTER TABLE remote_rel.remote_schema ADD COLUMN labels jsonb} ],
	[ 'its default' => q{ALTER TABLE remote_rel.remote_schema ALTER COLUMN labels SET DEFAULT '{}'} ],
	[ 'a constraint' => q{ALTER TABLE remote_rel.remote_schema ADD CONSTRAINT labels CHECK (labels IS NOT NULL OR true)} ],
	[ 'a table' => q{CREATE TABLE remote_rel.extra (name text PRIMARY KEY)} ],
	[ 'privileges of a table' => q{GRANT SELECT ON remote_rel.extra TO PUBLIC} ],
	[ 'the configuration' => q{SELECT pg_catalog.pg_extension_config_dump('remote_rel.extra', '')} ],
	[ 'a trigger' => q{CREATE TRIGGER changed AFTER TRUNCATE ON remote_rel.extra FOR EACH STATEMENT EXECUTE FUNCTION remote_rel.catalog_changed()} ],
	[ 'a function' => q{CREATE FUNCTION remote_rel.extra() RETURNS integer LANGUAGE sql AS 'SELECT 1'} ],
	[ 'its comment' => q{COMMENT ON FUNCTION remote_rel.extra() IS 'extra'} ],
	[ 'its privileges' => q{REVOKE ALL ON FUNCTION remote_rel.extra() FROM PUBLIC} ],
	[ 'a property' => q{ALTER FUNCTION remote_rel.session_variable(text) PARALLEL SAFE} ],
	[ 'a body' => q{CREATE OR REPLACE FUNCTION remote_rel.before_ddl() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS 'BEGIN PERFORM remote_rel.note_names(); END'} ],
	[ 'a change of another function' => q{ALTER FUNCTION @extschema@.graphql_schema(name) STABLE} ],
	[ 'an end' => q{DROP FUNCTION remote_rel.validate_schema(text)} ],
	[ 'a tag of an event trigger' => q{ALTER EVENT TRIGGER remote_rel_after_drop DISABLE} ],
	[ 'an index' => q{CREATE INDEX ON remote_rel.remote_schema (sdl_given)} ]);
my $guard = qq{\\echo Use "CREATE EXTENSION remote_rel" to load this file. \\quit\n};
extension_file("remote_rel--$next.sql", join "\n", slurp_file("sql/remote_rel--$version.sql"), map { "$_->[1];" } @changes);

my $fresh_next = installation(database("CREATE EXTENSION remote_rel VERSION '$next'"));
my $workshop = database();

# The differences that an update script leaves, which makes all changes but those that are given
sub update
{
	my ($change) = @_;

	extension_file("remote_rel--$version--$next.sql", $guard . join "\n", map { my $sql = $change->($_); $sql ? "$sql;" : () } @changes);
	$node->safe_psql($workshop, "DROP EXTENSION IF EXISTS remote_rel; CREATE EXTENSION remote_rel VERSION '$version'; ALTER EXTENSION remote_rel UPDATE TO '$next'");
	return differences(installation($workshop), $fresh_next);
}

is_deeply([ update(sub { $_[0][1] }) ], [], 'an update script that makes every change');
# What others need cannot be forgotten by itself: the script would fail
my %needed = ('a column' => qr/labels/, 'a table' => qr/extra(?!\(\))/, 'a function' => qr/extra\(\)/);
for my $forgotten (@changes)
{
	my ($what, $sql) = @$forgotten;
	my @differences = update(sub { my ($change) = @_; return $change->[1] =~ ($needed{$what} // qr/^\Q$sql\E$/) ? undef : $change->[1] });
	cmp_ok(scalar @differences, '>', 0, "$what is missed when it is forgotten") && note(map { s/\s+/ /gr . "\n" } @differences);
}
my @differences = update(sub { $_[0][0] eq 'a column' ? "ALTER TABLE remote_rel.remote_schema ADD COLUMN draft int; ALTER TABLE remote_rel.remote_schema DROP COLUMN draft; $_[0][1]" : $_[0][1] });
like($differences[0], qr/pg\.dropped/, 'a column at another place, which the C code would look for in vain, is found');
@differences = update(sub { $_[0][0] eq 'its comment' ? q{COMMENT ON FUNCTION remote_rel.extra() IS 'extra '} : $_[0][1] });
is_deeply([ map { /^([\w ]+: \w+)/ } @differences ], [ 'too much: COMMENT', 'missing: COMMENT' ], 'so is one letter of a comment');

# --- an update of what is in use ------------------------------------------------------------------------------------------------

my $yoga = start_remote('yoga');
my $used = database("CREATE EXTENSION remote_rel VERSION '$version'");
create_graph_roles($node);
create_graph($node, $used, $yoga);
my $graph = graph($node, $used);
my $session = session($node, database => $used);
my $query = q{SELECT graphql_resolve('{ users(limit: 1, order_by: {id: asc}) { name profile { nickname } } }')};
my $answer = $session->query($query);
is($answer, '{"data":{"users":[{"name":"user 1","profile":{"nickname":"Stormborn"}}]}}', 'before');
my $rolled_back = $session->query("BEGIN; ALTER EXTENSION remote_rel UPDATE TO '$next'; $query; ROLLBACK");
is($rolled_back . $session->{stderr}, $answer, 'in the transaction that updates');
is($session->query($query), $answer, 'after it was rolled back');
$node->safe_psql($used, "ALTER EXTENSION remote_rel UPDATE TO '$next'");
is($session->query($query), $answer, 'a session that had used the version before');
is($session->query(q{SELECT extversion FROM pg_extension WHERE extname = 'remote_rel'}), $next, 'is at the new one');
is_graph($node, $used, $graph, 'metadata survives the update');
$node->safe_psql($used, q{SELECT remote_rel.reload_remote_schema('auth0'); ALTER TABLE users RENAME name TO title; ALTER TABLE users RENAME title TO name});
is_graph($node, $used, $graph, 'and can be changed after it');

done_testing();
