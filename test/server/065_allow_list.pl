# The allow list of the metadata: query_collections and allowlist.

use RemoteRel::Test;
use RemoteRel::Server;

my $node = start_node();
$node->safe_psql('postgres', q(
	CREATE ROLE visitor; CREATE ROLE member;
	CREATE TABLE users (id int PRIMARY KEY, name text); INSERT INTO users VALUES (1, 'one');
	GRANT SELECT ON users TO visitor, member;
	SELECT remote_rel.metadata('{"type": "bulk", "args": [
		{"type": "create_query_collection", "args": {"name": "mine", "definition": {"queries": [{"name": "A", "query": "query A { users { id } }"}]}}},
		{"type": "create_query_collection", "args": {"name": "other", "definition": {"queries": [{"name": "B", "query": "{ users { name } }"}]}}},
		{"type": "create_query_collection", "args": {"name": "members", "definition": {"queries": [{"name": "C", "query": "{ users { id name } }"}]}}},
		{"type": "add_collection_to_allowlist", "args": {"collection": "mine"}},
		{"type": "add_collection_to_allowlist", "args": {"collection": "members", "scope": {"global": false, "roles": ["editor", "member"]}}}]}')));
my $server = RemoteRel::Server->start($node, admin_secret => 'x', unauthorized_role => 'visitor', enable_allowlist => 'true');
my %secret = ('x-hasura-admin-secret' => 'x');
sub may { my ($query, $role) = @_; return $server->graphql($query, headers => $role ? { %secret, 'x-hasura-role' => $role } : {})->{data} ? 'yes' : 'no' }

wait_until('the list is there', sub { may('query A { users { id } }') eq 'yes' });
is(may("query A {\n users, { id } } # the same"), 'yes', 'an operation of an allowed collection');
is(may('{ users { name } }'), 'no', '… not one of another collection');
is(may('query A { users { id name } }'), 'no', '… nor a similar one');
is(may('{ users { id name } }', 'member') . may('{ users { id name } }'), 'yesno', 'a scope names roles');
ok($server->graphql('{ users { name } }', headers => \%secret)->{data}, 'the administrator may ask all');

my $change = $server->post('/v1/metadata', { type => 'add_collection_to_allowlist', args => { collection => 'other' } }, \%secret);
is($change->{status}, 200, 'a collection is added here');
wait_until('it counts', sub { may('{ users { name } }') eq 'yes' });
$node->safe_psql('postgres', q(SELECT remote_rel.metadata('{"type": "drop_collection_from_allowlist", "args": {"collection": "mine"}}')));
wait_until('it counts', sub { may('query A { users { id } }') eq 'no' });
pass('a change made elsewhere counts soon');
$node->safe_psql('postgres', q(SELECT remote_rel.metadata('{"type": "clear_metadata", "args": {}}')));
wait_until('it counts', sub { may('{ users { name } }') eq 'no' });
pass('with an empty list nothing is allowed');

done_testing();
