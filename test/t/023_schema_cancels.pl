# Cancels while a role's schema is being made: types are completed when something looks into them, and what a cancel leaves half made is not used again.

use RemoteRel::Test;

my $node = start_node();

# so many relationships that completing a type takes its time
$node->safe_psql('postgres', <<'SQL');
CREATE TABLE users (id int PRIMARY KEY, key text);
SELECT remote_rel.add_remote_schema('remote', '{"url": "http://127.0.0.1:1/"}', sdl => 'type Query { thing(key: String): Thing } type Thing { key: String, other: Thing }');
SELECT remote_rel.create_remote_relationship('users', 'r' || i, 'remote', '{"thing": {"arguments": {"key": "$key"}}}') FROM generate_series(1, 300) AS i;
SELECT remote_rel.create_remote_schema_remote_relationship('remote', 'Thing', 't' || i, '{"to_source": {"relationship_type": "array", "table": "users", "field_mapping": {"key": "key"}}}') FROM generate_series(1, 100) AS i;
SELECT remote_rel.create_remote_schema_remote_relationship('remote', 'Thing', 'r' || i, '{"to_remote_schema": {"remote_schema": "remote", "lhs_fields": ["key"], "remote_field": {"thing": {"arguments": {"key": "$key"}}}}}') FROM generate_series(1, 100) AS i;
SQL

my @queries = ('{ users { id r300 { key } } }', '{ thing(key: "1") { t100 { key } r100 { r1 { key } } } }');
my ($cancelled, $rounds) = (0, 120);
for my $round (1 .. $rounds)
{
	my $validate = 'SELECT graphql_validate(' . literal($queries[ $round % @queries ]) . ')';
	my $session  = session($node);
	$session->query('SET statement_timeout = ' . (1 + $round % 15) . "; $validate");
	$cancelled++ if $session->{stderr} =~ /canceling statement/;
	# the timeout holds for this, too
	do { $session->query('SET statement_timeout = 0') } while $session->{stderr};
	my $errors = $session->query($validate);
	is($errors, '[]', "valid after round $round") or last;
	$session->quit;
}
cmp_ok($cancelled, '>', $rounds / 10, "$cancelled of $rounds were cancelled");

done_testing();
