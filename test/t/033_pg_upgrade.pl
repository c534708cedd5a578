# pg_upgrade takes the extension along: the graph answers as before, and the extension is whole: it can be changed, dumped and dropped.
#
# The upgrade is from this server's version to itself, which pg_upgrade does like any other. From an older one, where the extension is
# installed too: REMOTE_REL_OLD_SERVER=/path (with bin/ below) make test PROVE_TESTS=test/t/033_pg_upgrade.pl

use RemoteRel::Test;
use RemoteRel::Graph;

my $old_path = $ENV{REMOTE_REL_OLD_SERVER};
my $old = PostgreSQL::Test::Cluster->new('old', $old_path ? (install_path => $old_path) : ());
my $new = PostgreSQL::Test::Cluster->new('new');
my $yoga = start_remote('yoga');
$_->init(extra => [ '--data-checksums', '--encoding=UTF8', '--locale=C' ]) for $old, $new;
$_->append_conf('postgresql.conf', "fsync = off\n") for $old, $new;
$old->start;
create_graph_roles($old);
# the extension where it usually is, and in a schema of its own
my %schemas = (graph => 'public', elsewhere => '"App"');
for my $database (sort keys %schemas)
{
	$old->safe_psql('postgres', "CREATE DATABASE $database");
	$old->safe_psql($database, 'CREATE SCHEMA "App"; CREATE EXTENSION remote_rel SCHEMA ' . $schemas{$database});
	create_graph($old, $database, $yoga);
}
my %graphs = map { $_ => graph($old, $_) } keys %schemas;
is(scalar(grep { $graphs{graph}{$_} =~ /^\{"data"/ && $graphs{graph}{$_} !~ /"errors"/ } keys %{ $graphs{graph} }), 10, 'before: it answers');

# All that the extension consists of, with owners and privileges
my $objects = q{
	SELECT pg_describe_object(d.classid, d.objid, 0), a.owner::regrole,
		(SELECT string_agg(concat_ws(' ', CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END, privilege_type, is_grantable), ', ' ORDER BY grantee, privilege_type)
			FROM aclexplode(COALESCE(a.acl, acldefault(a.kind, a.owner))) WHERE privilege_type <> 'MAINTAIN'),
		obj_description(d.objid, d.classid::regclass::name)
	FROM pg_depend AS d JOIN pg_extension AS e ON e.oid = d.refobjid AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e' AND e.extname = 'remote_rel'
	JOIN (SELECT tableoid, oid, 'r'::"char", relowner, relacl FROM pg_class UNION ALL SELECT tableoid, oid, 'f', proowner, proacl FROM pg_proc
		UNION ALL SELECT tableoid, oid, 'n', nspowner, nspacl FROM pg_namespace UNION ALL SELECT tableoid, oid, 'F', evtowner, NULL FROM pg_event_trigger)
		AS a (class, oid, kind, owner, acl) ON (a.class, a.oid) = (d.classid, d.objid)
	ORDER BY 1};
my $configuration = q{SELECT extconfig::regclass[], extcondition FROM pg_extension WHERE extname = 'remote_rel'};
my $triggers = q{SELECT pg_get_triggerdef(t.oid), t.tgenabled FROM pg_trigger AS t WHERE tgrelid::regclass::text LIKE 'remote_rel.%' ORDER BY 1};
my $event_triggers = q{SELECT evtname, evtevent, evtenabled, evttags, evtfoid::regproc FROM pg_event_trigger ORDER BY 1};
my %before = map { my $sql = $_; map { ("$_: $sql" => $old->safe_psql($_, $sql)) } keys %schemas } $objects, $configuration, $triggers, $event_triggers;
cmp_ok(scalar(() = $before{"graph: $objects"} =~ /^function /mg), '>', 40, 'there are objects of the extension');

$old->stop;
$yoga->stop;
chdir $new->basedir or die $!;
my ($stdout, $stderr);
ok(IPC::Run::run([ 'pg_upgrade', '-d', $old->data_dir, '-D', $new->data_dir,
	'-b', $old_path ? "$old_path/bin" : $ENV{PG_BINDIR}, '-B', $ENV{PG_BINDIR}, '-s', $new->host, '-p', $old->port, '-P', $new->port ],
	'>', \$stdout, '2>', \$stderr), 'pg_upgrade') or diag($stdout, $stderr, map { "$_:\n" . slurp_file($_) } glob($new->data_dir . '/pg_upgrade_output.d/*/log/*'), glob('*.log *.txt'));
chdir $ENV{TESTDIR};
$yoga->start;
$new->start;

for my $database (sort keys %schemas)
{
	is_graph($new, $database, $graphs{$database}, $database);
	for my $sql ($objects, $configuration, $triggers, $event_triggers)
	{
		my %old = map { $_ => 1 } split /\n/, $before{"$database: $sql"};
		my %now = map { $_ => 1 } split /\n/, $new->safe_psql($database, $sql);
		is_deeply([ sort grep { !$old{$_} || !$now{$_} } keys %{ { %old, %now } } ], [], "$database: the same objects");
	}
	is($new->safe_psql($database, q{SELECT extversion, extnamespace::regnamespace, extrelocatable FROM pg_extension WHERE extname = 'remote_rel'}),
		slurp_file('remote_rel.control') =~ /default_version = '(.*)'/ && "$1|$schemas{$database}|f", "$database: the same extension");
	$new->safe_psql($database, 'ALTER TABLE users RENAME subject TO sub; ALTER TABLE shop.purchases SET SCHEMA "App"; ALTER TABLE "App".purchases SET SCHEMA shop; ALTER TABLE users RENAME sub TO subject');
	is_graph($new, $database, $graphs{$database}, "$database, renamed forth and back");
}
# Metadata can be changed, a dump taken and restored, and all of it dropped
$new->safe_psql('graph', q{SELECT remote_rel.delete_remote_relationship('users', 'profile'); SELECT remote_rel.create_remote_relationship('users', 'profile', 'auth0', '{"auth0": {"arguments": {"auth0_id": "$subject"}}}')});
is_graph($new, 'graph', $graphs{graph}, 'changed forth and back');
$new->safe_psql('postgres', 'CREATE DATABASE restored');
expose($new, 'restored');
ok(IPC::Run::run([ 'pg_dump', '-d', $new->connstr('elsewhere') ], '|', [ 'psql', '-XqAt', '-v', 'ON_ERROR_STOP=1', '-o', '/dev/null', '-d', $new->connstr('restored') ]), 'pg_dump after pg_upgrade');
is_graph($new, 'restored', $graphs{elsewhere}, 'restored');
$new->safe_psql('restored', 'DROP EXTENSION remote_rel CASCADE; DROP SCHEMA "App"');
is($new->safe_psql('restored', q{SELECT count(*) FROM pg_namespace WHERE nspname = 'remote_rel'; SELECT count(*) FROM pg_event_trigger; SELECT count(*) FROM pg_proc WHERE proname LIKE 'graphql%';
	SELECT count(*) FROM pg_init_privs AS i WHERE classoid = 'pg_proc'::regclass AND NOT EXISTS (SELECT FROM pg_proc WHERE oid = i.objoid)}), "0\n0\n0\n0", 'DROP EXTENSION after it');

done_testing();
