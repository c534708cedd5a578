# Cancels at random moments of a join: nothing crashes, leaks or hangs.
#
# Under AddressSanitizer, with a server tree of one's own (PG_CONFIG; the extension is installed there):
#
#   make clean && CANCELS=500 ASAN=1 COPT='-fsanitize=address -fno-omit-frame-pointer' make test PROVE_TESTS=test/t/022_join_cancels.pl
#   (or, with bin/postgres of that tree a script that runs the real one under valgrind, VALGRIND=1 in the place of ASAN and COPT; and the same with PROVE_TESTS="test/t/020_join_faults.pl test/t/021_join_answers.pl"), then make clean

use RemoteRel::Test;
use Time::HiRes qw(sleep time);

my $rounds = $ENV{CANCELS} // 100;
srand($ENV{SEED} // 1);

my $yoga   = start_remote('yoga');
my $faulty = start_remote('faulty', '--upstream', $yoga->url);
my $node   = start_node();
example_users($node, $faulty, 300);
$node->safe_psql('postgres', <<'SQL');
SELECT remote_rel.create_remote_relationship('users', 'listed', 'auth0', '{"profiles": {"arguments": {"ids": "$auth0_id"}}}', batch => '{"id": "$auth0_id"}');
SELECT remote_rel.metadata('{"type": "create_remote_schema_remote_relationship", "args": {"remote_schema": "auth0", "type_name": "Profile", "name": "again",
    "definition": {"to_remote_schema": {"remote_schema": "auth0", "lhs_fields": ["auth0_id"], "remote_field": {"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}}}}}');
SELECT remote_rel.metadata('{"type": "create_remote_schema_remote_relationship", "args": {"remote_schema": "auth0", "type_name": "Profile", "name": "user",
    "definition": {"to_source": {"source": "default", "relationship_type": "object", "table": "users", "field_mapping": {"auth0_id": "auth0_id"}}}}}');
SQL

my @queries = (
	'{ users { id auth0_profile { nickname friends { name } } } }',
	'{ users { id auth0_profile { nickname again { email user { name } } } listed { secret } } }',
	'{ users(where: {auth0_profile: {nickname: {_like: "%"}}}, order_by: {listed: {name: asc}}) { id auth0_profile { nickname } } }',
	'{ a: auth0(auth0_id: "auth0|1") { name again { id } } users(limit: 50) { auth0_profile { secret } } b: profiles(ids: ["auth0|1"]) { user { listed { id } } } }');
# as SQL, with a place for the headers; the last one is left by LIMIT with requests on their way
my @statements = (
	(map { 'SELECT length(graphql_resolve(' . literal($_) . ', headers => %s)::text)' } @queries),
	q(SELECT count(j.result) FROM remote_rel.remote_join((SELECT array_agg(u) FROM users AS u), 'auth0_profile', '{ nickname again { email } }', headers => %s) AS j),
	q(SELECT count(p) FROM users AS u, LATERAL remote_rel.remote_value(u, 'auth0_profile', '{ nickname again { email } }', headers => %s) AS p),
	q(SELECT count(p) FROM (SELECT p FROM users AS u, LATERAL remote_rel.remote_value(u, 'listed', '{ nickname }', headers => %s) AS p LIMIT 130) AS s),
	q(SELECT count(*) FROM (SELECT remote_rel.remote_join((SELECT array_agg(u) FROM users AS u), 'listed', '{ nickname }', headers => %s) LIMIT 130) AS s));
my @faults = ('none', 'none', 'delay&ms=5', 'delay&ms=30', 'slow&ms=1&bytes=500', 'reset&bytes=100', 'hang');

my $session = session($node);
my $killer  = session($node);
$session->query(q(SET remote_rel.batch_size = 20; SET remote_rel.on_remote_error = 'null'; SET client_min_messages = error));
my ($cancelled, $answered, $slowest) = (0, 0, 0);
my @after_cancel;

my $sees_contexts = $session->query("SELECT to_regclass('pg_backend_memory_contexts') IS NOT NULL") eq 't';    # from 14 on

sub memory
{
	return 0 unless $sees_contexts;
	return $session->query(q(SELECT sum(used_bytes) FROM pg_backend_memory_contexts WHERE name !~ 'ErrorContext|MessageContext'));
}

# what is kept between calls is there before memory is measured; the server plans a statement for the last time after five runs
for (1 .. 6)
{
	$session->query(sprintf $_, literal({})) for @statements;
}

my ($memory, $open, $resident);
for my $round (1 .. $rounds)
{
	my $fault = $faults[ rand @faults ];
	my $sql   = sprintf $statements[ rand @statements ], literal({ 'x-hasura-fault' => "fault=$fault" });
	my $delay = rand(60) / 1000 + 0.001;
	if (rand() < 0.5)
	{
		my $ms = int($delay * 1000) || 1;
		$session->send("SET statement_timeout = ${ms};\n$sql");
	}
	else
	{
		$session->send("SET statement_timeout = 0;\n$sql");
		sleep $delay;
		$killer->query('SELECT pg_cancel_backend(' . $session->pid . ')');
	}
	my $started = time;
	# a cancel that came before the statement cancels nothing
	if ($fault eq 'hang') { sleep 0.1; $killer->query('SELECT pg_cancel_backend(' . $session->pid . ')') }
	$session->wait;
	my $took = time - $started;
	push @after_cancel, $took - 0.1 if $fault eq 'hang';
	$slowest = $took if $took > $slowest;
	if ($session->{stderr} =~ /canceling statement/) { $cancelled++ }
	elsif ($session->{stderr} eq '') { $answered++ }
	else { fail("round $round: $session->{stderr}"); last }
	next if $round % 20;
	# a late cancel may still hit this one
	$session->query('SET statement_timeout = 0; SELECT pg_sleep(0.01)');
	my $answer = $session->query('SELECT graphql_resolve($${ users(limit: 2, order_by: {id: asc}) { listed { id } } }$$)');
	is($answer, '{"data":{"users":[{"listed":{"id":"auth0|1"}},{"listed":{"id":"auth0|2"}}]}}', "healthy after round $round") or last;
	($memory, $open, $resident) = (memory(), descriptors($session), resident_kb($session)) if $round == 40;
}
cmp_ok($cancelled, '>', $rounds / 10, "$cancelled of $rounds were cancelled, $answered were answered");
# most of them at once, whatever else the machine does
my $median = (sort { $a <=> $b } @after_cancel)[ @after_cancel / 2 ];
cmp_ok($median, '<', $ENV{ASAN} || $ENV{VALGRIND} ? 2 : 0.2, "half of those that hung were over $median s after their cancel");
cmp_ok($slowest, '<', 5, "none took long to end: $slowest s at most");
is($session->query('SELECT pg_backend_pid()'), $session->pid, 'still the same backend');
if (defined $memory)
{
	my ($now, $kb) = (memory(), resident_kb($session));
	cmp_ok($now - $memory, '<', 50_000, "memory contexts do not grow: $memory, $now bytes");
	cmp_ok($kb - $resident, '<', $ENV{ASAN} || $ENV{VALGRIND} ? 300_000 : 4096, "nor does the process: $resident, $kb kB");
	cmp_ok(descriptors($session), '<=', $open + 8, 'nor its descriptors');
}
$_->quit for $session, $killer;

$node->stop;
open my $log, '<', $node->logfile or die;
my @bad = grep { /AddressSanitizer|PANIC|terminated by signal|leak/i && !/STATEMENT|LOG:  statement/ } <$log>;
is("@bad", '', 'the log has no crash and no leak');

done_testing();
