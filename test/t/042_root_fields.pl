# Root fields of remote schemas: how many requests, at what time, in which order.

use RemoteRel::Test;
use IO::Socket::INET;
use Time::HiRes qw(time);

my $node = start_node();
my ($yoga, $apollo) = map { start_remote($_) } qw(yoga apollo);

add_remote($node, yoga => $yoga->url);
add_remote($node, apollo => $apollo->url,
	{ customization => { root_fields_namespace => 'apollo', type_names => { prefix => 'A_', mapping => { Query => 'A_Query' } } } });
$node->safe_psql('postgres', <<'SQL');
CREATE TABLE naps (ms int PRIMARY KEY);
INSERT INTO naps VALUES (700);
CREATE FUNCTION nap(n naps) RETURNS text STABLE LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(n.ms / 1000.0); RETURN 'slept'; END $$;
SELECT remote_rel.add_computed_field('naps', 'nap', 'nap');
SQL

sub reset_all { $_->reset for $yoga, $apollo; return }
sub queries { return map { $_->{query} } shift->log }

# A document in a session of its own (its connections are new) or in one that has asked before: the answer, and the milliseconds.
sub timed
{
	my ($session, $query) = @_;

	my $sql = sprintf 'SELECT graphql_resolve(%s)', literal($query);
	$session->query('SELECT 1');
	my $start = time;
	my $answer = $session->query($sql);
	return ($answer, 1000 * (time - $start));
}

my $everything = '{ naps { nap } slow(ms: 700) apollo { slow(ms: 700) } again: slow(ms: 700, key: "again") b: apollo { s: slow(ms: 700, key: "b") } }';
my $answer     = '{"data":{"naps":[{"nap":"slept"}],"slow":"done","apollo":{"slow":"done"},"again":"again","b":{"s":"b"}}}';
my $session    = session($node);
for my $state ('new', 'kept')
{
	reset_all();
	my ($got, $ms) = timed($session, $everything);

	is($got, $answer, "$state connections: the answer of two servers and a table");
	cmp_ok($ms, '<', 1400, "$state connections: servers and statement work at the same time");
	cmp_ok($ms, '>', 690,  "$state connections: it is the slow ones that were waited for");
	is_deeply([ queries($yoga) ], ['query { slow(ms: 700) again: slow(ms: 700, key: "again") }'], "$state connections: one request to the first server");
	is_deeply([ queries($apollo) ], ['query { slow(ms: 700) s: slow(ms: 700, key: "b") }'], "$state connections: one request to the second");
}

# a server that never finishes the handshake: who listens here says nothing
my $mute = IO::Socket::INET->new(Listen => 5, LocalAddr => '127.0.0.1') or die "listen: $!";
my $void = sprintf q('{"url": "https://127.0.0.1:%d/", "timeout_seconds": %%d, "customization": {"root_fields_namespace": "void", "type_names": {"prefix": "Void"}}}'), $mute->sockport;
$node->safe_psql('postgres', sprintf "SELECT remote_rel.add_remote_schema('void', $void, sdl => 'type Query { x: Int }')", 2);
my ($late, $late_ms) = timed($session, '{ naps { ms } void { x } counter }');
like($late, qr/^\{"data":\{"naps":\[\{"ms":700\}\],"void":\{"x":null\},"counter":0\},"errors":\[/, 'a server that does not let itself be connected to costs its own fields only');
cmp_ok($late_ms, '<', 3500, '... and its time limit, no more');
$node->safe_psql('postgres', sprintf "SELECT remote_rel.update_remote_schema('void', $void, sdl => 'type Query { x: Int }')", 60);
$session->query(q(SET statement_timeout = '200ms'));
my (undef, $cancelled_ms) = timed($session, '{ naps { ms } void { x } }');
like($session->{stderr}, qr/canceling statement due to statement timeout/, 'cancelled before the statement had its turn');
cmp_ok($cancelled_ms, '<', 900, '... at once');
$session->query('RESET statement_timeout');

# mutations: neighbours share a request; the next one leaves when the one before is answered
reset_all();
my $mutations = resolve($node, 'mutation { a: increment b: increment apollo { c: increment d: increment } e: apollo { f: increment } g: increment __typename h: increment }');
is_deeply($mutations, { data => { a => 1, b => 2, apollo => { c => 1, d => 2 }, e => { f => 3 }, g => 3, __typename => 'mutation_root', h => 4 } },
	'mutations of two servers');
is_deeply([ queries($yoga) ], [ 'mutation { a: increment b: increment }', 'mutation { g: increment h: increment }' ], 'neighbours in one request');
is_deeply([ queries($apollo) ], ['mutation { c: increment d: increment f: increment }'], '... across two uses of the namespace');

# in document order: the second server is asked when the first one has answered
$node->safe_psql('postgres', sprintf 'SELECT remote_rel.update_remote_schema(%s, %s)', literal('yoga'), literal({ url => $yoga->url('?delay=300') }));
my $watch = session($node);
reset_all();
$watch->send(q(SELECT graphql_resolve('mutation { a: increment apollo { b: increment } c: increment }')));
wait_until('the first mutation is under way', sub { $yoga->requests == 1 });
is($apollo->requests, 0, 'the second mutation waits for the first');
is($watch->wait, '{"data":{"a":1,"apollo":{"b":1},"c":2}}', '... and all are done in the end');
is_deeply([ map { $_->requests } $yoga, $apollo ], [ 2, 1 ], '... each in its turn');
$node->safe_psql('postgres', sprintf 'SELECT remote_rel.update_remote_schema(%s, %s)', literal('yoga'), literal({ url => $yoga->url }));

# nothing is sent for introspection, by validation, by explaining, or for what is skipped
reset_all();
resolve($node, '{ __schema { types { name fields { name } } } __type(name: "A_Profile") { name } __typename apollo { __typename } counter @skip(if: true) }');
$node->safe_psql('postgres', q(SELECT graphql_schema(), graphql_explain('{ counter apollo { counter } }'), graphql_validate('mutation { increment }')));
resolve($node, '{ counter nope apollo { counter } }');
resolve($node, 'query($x: Int!) { counter text(kind: EMPTY) slow(ms: $x) }');
is_deeply([ map { $_->requests } $yoga, $apollo ], [ 0, 0 ], 'nothing is sent for what can be said here');

# large schemas, beside 100 tables: types are compared by name, each once
my $big = 'type Query { big: T1 } ' . join ' ', map { my $n = $_; "type T$n { " . (join ' ', map { "f_$_(a: Int, b: String): T" . (1 + $n * $_ % 3000) } 1 .. 10) . ' }' } 1 .. 3000;
$node->safe_psql('postgres', join '; ', map { "CREATE TABLE tab_$_ (id int PRIMARY KEY, a text, b uuid, c timestamptz, d numeric, e jsonb)" } 1 .. 100);
my $start = time;
$node->safe_psql('postgres', sprintf q(SELECT remote_rel.add_remote_schema('%1$s', '{"url": "http://127.0.0.1:1/", "customization": {"type_names": {"prefix": "%1$s"}, "root_fields_namespace": "%1$s"}}', sdl => %2$s)), $_, literal($big))
  for qw(big bigger);
like($node->safe_psql('postgres', q(SELECT remote_rel.metadata('{"type": "get_inconsistent_metadata", "args": {}}'))), qr/"is_consistent": true/, 'two schemas of 3000 types');
cmp_ok(time - $start, '<', 30, '... in seconds');

done_testing();
