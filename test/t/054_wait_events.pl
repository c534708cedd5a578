# What pg_stat_activity shows of a session that waits for an API.

use RemoteRel::Test;

my $yoga   = start_remote('yoga');
my $faulty = start_remote('faulty', '--upstream', $yoga->url);
my $node   = start_node();
example_users($node, $faulty, 3);

my $session = session($node);
$session->query('SET remote_rel.max_retries = 1');
my $shown = 'SELECT wait_event_type, wait_event FROM pg_stat_activity WHERE pid = ' . $session->pid;
my $named = $node->safe_psql('postgres', 'SHOW server_version_num') >= 170000;

# The session comes to wait in this way, and hears a cancel meanwhile.
sub waits
{
	my ($name, $fault, $event) = @_;
	my $wanted = 'Extension|' . ($named ? $event : 'Extension');

	my $headers = literal({ 'x-hasura-fault' => "fault=$fault" });
	$session->send("SELECT graphql_resolve('{ users { auth0_profile { name } } }', headers => $headers)");
	wait_until($name, sub { $node->safe_psql('postgres', $shown) eq $wanted });
	pass($name);
	$node->safe_psql('postgres', 'SELECT pg_cancel_backend(' . $session->pid . ')');
	$session->wait;
	like($session->{stderr}, qr/canceling statement/, "$name, and is cancelled");
}

waits('a session waits for an answer', 'hang', 'RemoteRelAnswer');
waits('a session waits to ask again', 'busy&times=9&after=30', 'RemoteRelRetry');
is($session->query("SELECT graphql_resolve('{ users(limit: 1) { auth0_profile { id } } }')"),
	'{"data":{"users":[{"auth0_profile":{"id":"auth0|1"}}]}}', 'and is answered when it asks again');
isnt($node->safe_psql('postgres', $shown), 'Extension|Extension', 'it waits no more');
done_testing();
