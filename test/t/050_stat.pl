# Counters in shared memory: what all sessions have asked, also those that have ended; connections that are open; databases apart; no room.

use RemoteRel::Test;

my $yoga = start_remote('yoga');
my $node = start_node(q(shared_preload_libraries = 'remote_rel'), 'remote_rel.stat_max = 10');
example_users($node, $yoga, 20);

sub counters { return $node->safe_psql('postgres', "SELECT @_ FROM remote_rel.stat_remote_schemas WHERE remote_schema = 'auth0'") }

my $two = '{ users(where: {id: {_lte: 2}}) { auth0_profile { id } } }';
is(counters('requests, keys, shared'), '1|0|t', 'the introspection is counted, by a session that has ended');
$node->safe_psql('postgres', 'SELECT remote_rel.stat_reset()');
resolve($node, $two) for 1, 2, 3;
is(counters('requests, keys, rows, connections_made, connections_open'), '3|6|6|3|0', 'three sessions');

my @sessions = map { session($node) } 1, 2;
$_->query("SELECT graphql_resolve('$two')") for @sessions, @sessions;
is(counters('requests, connections_made, connections_open'), '7|5|2', 'each session keeps its connection');
$node->safe_psql('postgres', 'SELECT remote_rel.stat_reset()');
is(counters('requests, connections_made, connections_open'), '0|0|2', 'a reset leaves open connections counted');
$sessions[0]->quit;
wait_until('its connection is closed', sub { counters('connections_open') == 1 });
$node->safe_psql('postgres', 'SELECT pg_terminate_backend(' . $sessions[1]->pid . ')');
wait_until('so is that of a session that was terminated', sub { counters('connections_open') == 0 });
pass('connections of sessions that have ended are not open');
is($node->safe_psql('postgres', 'SELECT source, relationship, remote_schema, shared FROM remote_rel.stat_relationships'),
	'public.users|auth0_profile|auth0|t', 'relationships');

$node->safe_psql('postgres', 'CREATE DATABASE other');
$node->safe_psql('other', 'CREATE EXTENSION remote_rel');
is($node->safe_psql('other', 'SELECT count(*) FROM remote_rel.stat_remote_schemas'), '0', 'another database has its own');
is($node->safe_psql('other', 'SELECT remote_rel.stat_reset(); SELECT count(*) FROM remote_rel.stat_relationships'), "\n0", 'and resets its own');
resolve($node, $two);
is(counters('requests'), '1', 'which leaves the first alone');

# taken off the wire: by a cancel
$node->safe_psql('postgres', 'SELECT remote_rel.stat_reset()');
my $sdl = $node->safe_psql('postgres', 'SELECT sdl FROM remote_rel.remote_schema');
$node->safe_psql('postgres', sprintf q(SELECT remote_rel.update_remote_schema('auth0', %s, sdl => %s)),
	literal({ url => $yoga->url('?delay=600000') }), literal($sdl));
$yoga->reset;
my $session = session($node);
$session->send("SELECT graphql_resolve('$two')");
wait_until('the request is there', sub { $yoga->requests > 0 });
$node->safe_psql('postgres', 'SELECT pg_cancel_backend(' . $session->pid . ')');
$session->wait;
is(counters('requests, cancelled, timeouts'), '1|1|0', 'a request whose query was cancelled');
$session->quit;
$node->safe_psql('postgres', sprintf q(SELECT remote_rel.update_remote_schema('auth0', %s, sdl => %s)),
	literal({ url => $yoga->url }), literal($sdl));

# beyond remote_rel.stat_max nothing is counted, and everything works
for my $i (1 .. 12)
{
	add_remote($node, "more$i", $yoga->url, { customization => { root_fields_namespace => "more$i", type_names => { prefix => "More$i" } } });
}
is($node->safe_psql('postgres', 'SELECT count(*) FROM remote_rel.stat_remote_schemas'), '10', 'as many as there is room for');
is(resolve($node, '{ more12 { auth0(auth0_id: "auth0|1") { id } } }')->{data}{more12}{auth0}{id}, 'auth0|1', 'the others are served');

$node->stop('immediate');
$node->start;
is($node->safe_psql('postgres', 'SELECT count(*) FROM remote_rel.stat_remote_schemas'), '0', 'a restart begins anew');

done_testing();
