# What a backend keeps between calls is bounded, and goes only when something has changed that it is made of.

use RemoteRel::Test;

my $node = start_node('log_statement = none');
my $setup = 'CREATE ROLE reader; CREATE ROLE clerk; CREATE SCHEMA mine;';
$setup .= "CREATE TABLE t$_ (id int PRIMARY KEY, parent int REFERENCES t" . ($_ == 1 ? 1 : $_ - 1) . ', ' . join(', ', map { "c$_ text" } 1 .. 10) . "); GRANT SELECT ON t$_ TO reader;\n" for 1 .. 100;
$setup .= "CREATE ROLE r$_ IN ROLE reader;\n" for 1 .. 12;
$node->safe_psql('postgres', $setup);

my $session = session($node);
sub ask { return $session->query(sprintf 'SELECT length(graphql_resolve(%s, %s)::text)', map { literal($_) } @_) }
sub answer { return $session->query(sprintf 'SELECT graphql_resolve(%s, %s)', map { literal($_) } @_) }

# A kept call stays as it is.
my $kept = 'query ($id: Int, $c: String) { t1(where: {id: {_eq: $id}, c1: {_eq: $c}}) { id c1 t1s { id } } }';
sub kept
{
	$session->query(sprintf 'SELECT length(graphql_resolve(%s, %s, %s)::text)', literal($kept), literal('reader'), literal({ id => int(rand(1000)), c => 'x' x (1 + rand(1000)) }))
	  for 1 .. $_[0];
	return resident_kb($session);
}
kept(20);
my $before = kept(100);
cmp_ok(kept(600), '<', $before + 512, '600 kept calls are flat');

# Introspection completes everything; that is given back.
my $introspection = '{ __schema { types { name fields { name args { name type { name } } type { name ofType { name } } } inputFields { name type { name } } enumValues { name } } } }';
$session->query("SET remote_rel.cache_memory = '4MB'");
$before = kept(10);
cmp_ok(ask($introspection, 'reader'), '>', 100_000, 'introspection');
$session->query('SELECT 1');
my $sizes = q{SELECT coalesce(sum(total_bytes), 0) FROM pg_backend_memory_contexts WHERE name ~ '^remote_rel (role schema|database|document|plan)$'};
SKIP:
{
	skip 'pg_backend_memory_contexts came with PostgreSQL 14', 3 if $node->safe_psql('postgres', 'SHOW server_version_num') < 140000;
	cmp_ok($session->query($sizes), '<=', 4 * 1024 * 1024, 'what it has completed is given back');
	ask('{ t' . (1 + int(rand(100))) . '(limit: 1) { id c1 } }', 'r' . (1 + int(rand(12)))) for 1 .. 300;
	cmp_ok($session->query($sizes), '<=', 4 * 1024 * 1024, 'many roles and documents are within the limit');
	$session->query("SET remote_rel.cache_memory = '64kB'");
	ask('{ t1(limit: 1) { id } }', 'reader');
	is($session->query($sizes), '0', 'the newest is no exception');
}
like(answer('{ t1(limit: 1) { id } }', 'reader'), qr/"t1":\[\]/, 'and a call gets what it needs');
$session->query('CREATE FUNCTION nothing() RETURNS int LANGUAGE sql AS $$SELECT 1$$; DROP FUNCTION nothing(); ALTER TABLE t1 ADD c99 text');
like(answer('{ t1(limit: 1) { c99 } }', 'reader'), qr/"t1":\[\]/, 'changes count while nothing is kept');
$session->query('RESET remote_rel.cache_memory');
cmp_ok(kept(10), '<', $before + 20 * 1024, 'memory is given back to the system');

# Only what can change a role's schema flushes it.
my $contexts = q{SELECT count(*) FROM pg_backend_memory_contexts WHERE name = 'remote_rel document'};
my $other = session($node);
SKIP:
{
	skip 'pg_backend_memory_contexts came with PostgreSQL 14', 1 if $node->safe_psql('postgres', 'SHOW server_version_num') < 140000;
	ask("{ a$_: t1(limit: 1) { id } }", 'reader') for 1 .. 20;
	my $documents = $session->query($contexts);
	for my $change ('CREATE ROLE somebody', "ALTER ROLE somebody PASSWORD 'x'", "ALTER ROLE reader SET work_mem = '8MB'", 'CREATE ROLE another IN ROLE somebody', 'DROP ROLE another, somebody',
		'CREATE FUNCTION f(t1) RETURNS text LANGUAGE sql STABLE AS $$SELECT 1::text$$', 'COMMENT ON FUNCTION f(t1) IS $$mine$$', 'DROP FUNCTION f(t1)',
		'CREATE TABLE mine.t (id int)', 'COMMENT ON TABLE mine.t IS $$mine$$', 'COMMENT ON SCHEMA mine IS $$mine$$', 'DROP TABLE mine.t')
	{
		$other->query($change);
		ask('{ a1: t1(limit: 1) { id } }', 'reader');
		cmp_ok($session->query($contexts), '>=', $documents, "$change flushes nothing");
	}
}
for my $change (
	[ 'a comment', q{COMMENT ON COLUMN t1.c1 IS 'seen'}, '{ __type(name: "t1") { fields { description } } }', qr/seen/ ],
	[ 'a computed field', q{CREATE FUNCTION f(t1) RETURNS text LANGUAGE sql STABLE AS 'SELECT 1::text'; SELECT remote_rel.metadata('{"type": "add_computed_field", "args": {"table": "t1", "name": "f", "definition": {"function": "f"}}}')}, '{ t1 { f } }', qr/"t1":\[\]/ ],
	[ 'its privileges', 'REVOKE EXECUTE ON FUNCTION f(t1) FROM PUBLIC', '{ t1 { f } }', qr/Cannot query/ ],
	[ 'they are back', 'GRANT EXECUTE ON FUNCTION f(t1) TO reader', '{ t1 { f } }', qr/"t1":\[\]/ ],
	[ 'its comment', q{COMMENT ON FUNCTION f(t1) IS 'computed'}, '{ __type(name: "t1") { fields { description } } }', qr/computed/ ],
	[ 'another function of the name', 'CREATE FUNCTION f(text) RETURNS text LANGUAGE sql STABLE AS $$SELECT 1::text$$', '{ t1 { f } }', qr/Cannot query/ ],
	[ 'it is gone', 'DROP FUNCTION f(text)', '{ t1 { f } }', qr/"t1":\[\]/ ],
	[ 'another membership', 'GRANT clerk TO reader; GRANT SELECT ON t2 TO clerk; REVOKE SELECT ON t2 FROM reader', '{ t2 { id } }', qr/"t2":\[\]/ ],
	[ 'the end of it', 'REVOKE clerk FROM reader', '{ t2 { id } }', qr/Cannot query/ ],
	[ 'a superuser', 'ALTER ROLE reader SUPERUSER', '{ t2 { id } }', qr/"t2":\[\]/ ])
{
	my ($what, $sql, $query, $expected) = @$change;

	answer($query, 'reader');
	$other->query($sql);
	like(answer($query, 'reader'), $expected, "$what shows at once");
}
$_->quit for $session, $other;

# A role's permission goes with the role.
my $sdl = 'type Query { thing(key: String): Thing } type Thing { key: String secret: String }';
$node->safe_psql('postgres', <<"SQL");
CREATE ROLE visitor;
SELECT remote_rel.add_remote_schema('remote', '{"url": "http://127.0.0.1:1/"}', sdl => '$sdl');
SELECT remote_rel.add_remote_schema_permissions('remote', 'visitor', 'type Query { thing(key: String): Thing } type Thing { key: String }');
SQL
sub sees { return $node->safe_psql('postgres', q{SELECT graphql_schema('visitor') ~ 'thing'}) }
sub inconsistent { return $node->safe_psql('postgres', q{SELECT remote_rel.metadata('{"type": "get_inconsistent_metadata", "args": {}}') #>> '{inconsistent_objects,0,reason}'}) }
is(sees(), 't', 'the role sees its part');
is(inconsistent(), '', 'all is well');
$node->safe_psql('postgres', 'DROP ROLE visitor');
like(inconsistent(), qr/Role "visitor" was dropped/, 'a dropped role is listed');
$node->safe_psql('postgres', 'CREATE ROLE visitor');
is(sees(), 'f', 'another role of the name sees nothing');
like(inconsistent(), qr/Role "visitor" was dropped/, 'and is still listed');
$node->safe_psql('postgres', q{SELECT remote_rel.add_remote_schema_permissions('remote', 'visitor', 'type Query { thing(key: String): Thing } type Thing { key: String }')});
is(sees(), 't', 'until the permission is given to it');
is(inconsistent(), '', 'all is well');
$node->safe_psql('postgres', q{DROP ROLE visitor; DELETE FROM remote_rel.remote_schema_permission;
	INSERT INTO remote_rel.remote_schema_permission VALUES ('remote', 'visitor', 'type Query { thing(key: String): Thing } type Thing { key: String }', NULL, 4242)});
is($node->safe_psql('postgres', 'SELECT role_oid FROM remote_rel.remote_schema_permission'), '0', 'a restored row of no role belongs to nobody yet');
$node->safe_psql('postgres', 'CREATE ROLE visitor');
is(sees(), 't', 'and to the role when it is there');
$node->safe_psql('postgres', q{SELECT remote_rel.add_remote_schema_permissions('remote', 'clerk', 'type Query { thing(key: String): Thing } type Thing { key: String }'); DROP ROLE visitor; CREATE ROLE visitor});
is(sees(), 'f', 'to that one alone, once it is known');

done_testing();
