# A pool: backends that answer queries of many roles, one after the other, over many tables. Each keeps what it may keep, and no more.
#
# A few by default. REMOTE_REL_POOL: how many queries each of 20 backends answers, for 50 roles that see 500 tables. The memory counted is what a
# backend has of its own: without the server's shared memory and the programs' files.

use RemoteRel::Test;
use List::Util qw(max sum);

plan skip_all => 'needs /proc' unless -r '/proc/self/smaps_rollup';

my $long     = $ENV{REMOTE_REL_POOL};
my $nqueries = $long // 60;
my ($nbackends, $nroles, $ntables) = $long ? (20, 50, 500) : (3, 20, 100);
my $cache_mb = $long ? 32 : 4;
my $more_mb  = 20;             # for all that is not of this extension, too
srand $ENV{REMOTE_REL_POOL_SEED} // 1;

my $node = start_node('log_statement = none', 'max_connections = 40', 'jit = off', "remote_rel.cache_memory = '${cache_mb}MB'");
my $columns = join ', ', map { "c$_ text" } 1 .. 10;
$node->safe_psql('postgres', join '', "CREATE ROLE reader;\n",
	(map { "CREATE TABLE t$_ (id int PRIMARY KEY, parent int REFERENCES t" . ($_ == 1 ? 1 : $_ - 1) . ", $columns);\n" } 1 .. $ntables),
	"GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader;\n",
	map { "CREATE ROLE r$_ IN ROLE reader;\n" } 1 .. $nroles);

sub any_of { return 1 + int rand $_[0] }

my $introspection = '{ __schema { types { name fields { name type { name ofType { name } } } } } }';

# Rows of a few tables, with children, conditions and values that differ; now and then all of the schema.
sub random_query
{
	return $introspection if rand 100 < 1;
	my $table    = any_of($ntables - 1);
	my $children = 't' . ($table + 1);
	return sprintf '{ t%d(where: {id: {_gt: %d}, c%d: {_eq: "%s"}}, limit: %d) { id c%d %s { id c%d } } }', $table, any_of(1000), any_of(10), 'x' x any_of(100),
	  any_of(10), any_of(10), $children, any_of(10);
}

# kB that only this process has
sub own_kb
{
	my ($session) = @_;

	return sum(slurp_file('/proc/' . $session->pid . '/smaps_rollup') =~ /^Private_\w+:\s+(\d+)/mg);
}

my @sessions = map { session($node, timeout => 3600) } 1 .. $nbackends;
my @peak = (0) x $nbackends;
my $failed = 0;
for my $round (1 .. $nqueries / 20)
{
	for my $i (0 .. $#sessions)
	{
		my $session = $sessions[$i];
		$session->send(join ";\n", map { sprintf q(SELECT coalesce(a ->> 'errors', '0') FROM graphql_resolve(%s, %s) AS a), literal(random_query()), literal('r' . any_of($nroles)) } 1 .. 20);
	}
	for my $i (0 .. $#sessions)
	{
		my $answers = $sessions[$i]->wait;
		$peak[$i] = max($peak[$i], own_kb($sessions[$i]));
		next unless $answers =~ /[^0\n]/ || $sessions[$i]{stderr};
		$failed++ or diag("$answers $sessions[$i]{stderr}");
	}
}
is($failed, 0, 'all queries are answered');
my $mb = sum(map { own_kb($_) } @sessions) / 1024;
cmp_ok($mb, '<', $nbackends * ($cache_mb + $more_mb), sprintf '%d backends, %d roles, %d tables, %d queries each: %.0f MB (the largest backend had %.0f MB)',
	$nbackends, $nroles, $ntables, $nqueries, $mb, max(@peak) / 1024);

done_testing();
