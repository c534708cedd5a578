# Role schemas and plans are kept by each session, and a change by any other shows at the next call.

use RemoteRel::Test;

my $node = start_node();
$node->safe_psql('postgres', <<'SQL');
CREATE ROLE reader;
CREATE TABLE authors (id int PRIMARY KEY, name text, secret text);
CREATE TABLE books (id int PRIMARY KEY, author_id int, title text);
INSERT INTO authors VALUES (1, 'Ada', 's1'), (2, 'Bo', 's2');
INSERT INTO books VALUES (1, 1, 'Zen'), (2, 2, 'Yak');
GRANT SELECT ON authors, books TO reader;
SQL

my $one = session($node);
my $two = session($node);

# what a session answers, as the role
sub ask
{
	my ($session, $query, $role) = @_;
	return $session->query(sprintf 'SELECT graphql_resolve(%s, %s)', literal($query), literal($role // 'reader'));
}

# Asked twice before, so that the plan is kept; the change happens in the other session.
sub changes
{
	my ($what, $change, $query, $before, $after, $role) = @_;

	for (1, 2)
	{
		like(ask($one, $query, $role), $before, "$what: before");
	}
	$two->query($change);
	like(ask($one, $query, $role), $after, "$what: after");
	like(ask($two, $query, $role), $after, "$what: after, where it was made");
}

changes('revoke', 'REVOKE SELECT ON authors FROM reader; GRANT SELECT (id, name) ON authors TO reader',
	'{ authors(order_by: {id: asc}) { secret } }', qr/s1/, qr/Cannot query field \\"secret\\"/);
changes('grant', 'GRANT SELECT (secret) ON authors TO reader', '{ authors(order_by: {id: asc}) { secret } }', qr/Cannot query/, qr/s1/);
changes('row security', q{ALTER TABLE authors ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON authors USING (id = 2)},
	'{ authors(order_by: {id: asc}) { name } }', qr/Ada.*Bo/, qr/\[\{"name":"Bo"\}\]/);
changes('policy', 'ALTER POLICY p ON authors USING (id = 1)', '{ authors { name } }', qr/Bo/, qr/\[\{"name":"Ada"\}\]/);
changes('force', 'ALTER TABLE authors DISABLE ROW LEVEL SECURITY', '{ authors(order_by: {id: asc}) { name } }', qr/\[\{"name":"Ada"\}\]/, qr/Ada.*Bo/);
changes('foreign key', 'ALTER TABLE books ADD FOREIGN KEY (author_id) REFERENCES authors', '{ books(order_by: {id: asc}) { author { name } } }', qr/Cannot query/, qr/Ada.*Bo/);
changes('rename of a column', 'ALTER TABLE books RENAME title TO caption', '{ books(order_by: {id: asc}) { caption } }', qr/Cannot query/, qr/Zen/);
changes('type of a column', 'ALTER TABLE books ALTER caption TYPE jsonb USING to_jsonb(ARRAY[caption])', '{ books(order_by: {id: asc}) { caption } }', qr/"Zen"/, qr/\["Zen"\]/);
changes('new table', 'CREATE TABLE fresh (id int); GRANT SELECT ON fresh TO reader', '{ fresh { id } }', qr/Cannot query/, qr/"fresh":\[\]/);
changes('rename of a table', 'ALTER TABLE fresh RENAME TO stale', '{ fresh { id } }', qr/"fresh":\[\]/, qr/Cannot query/);
changes('dropped table', 'DROP TABLE stale', '{ stale { id } }', qr/"stale":\[\]/, qr/Cannot query/);
changes('primary key', 'ALTER TABLE books DROP CONSTRAINT books_pkey', '{ books_by_pk(id: 1) { id } }', qr/"id":1/, qr/Cannot query/);
changes('comment', q{COMMENT ON TABLE books IS 'what is read'}, '{ __type(name: "books") { description } }', qr/columns and relationships/, qr/what is read/);
changes('type', 'CREATE TYPE mood AS ENUM (\'sad\'); ALTER TABLE books ADD m mood', '{ __type(name: "mood") { kind } }', qr/null/, qr/SCALAR/);
changes('rename of a type', 'ALTER TYPE mood RENAME TO feeling', '{ __type(name: "feeling") { kind } }', qr/null/, qr/SCALAR/);
changes('membership', 'GRANT reader TO clerk', '{ books(limit: 1) { id } }', qr/Cannot query/, qr/"id":1/, 'clerk')
  if $node->safe_psql('postgres', 'CREATE ROLE clerk') eq '';
changes('end of membership', 'REVOKE reader FROM clerk', '{ books(limit: 1) { id } }', qr/"id":1/, qr/Cannot query/, 'clerk');
changes('superuser', 'ALTER ROLE clerk SUPERUSER', '{ books(limit: 1) { id } }', qr/Cannot query/, qr/"id":1/, 'clerk');
changes('schema usage', 'REVOKE USAGE ON SCHEMA public FROM PUBLIC', '{ books(limit: 1) { id } }', qr/"id":1/, qr/Cannot query/);
$two->query('GRANT USAGE ON SCHEMA public TO PUBLIC');
changes('computed field', q{CREATE FUNCTION shout(a authors) RETURNS text LANGUAGE sql STABLE AS 'SELECT upper(a.name)'; SELECT remote_rel.add_computed_field('authors', 'shout', 'shout')},
	'{ authors(order_by: {id: asc}) { shout } }', qr/Cannot query/, qr/ADA/);
changes('function', q{CREATE OR REPLACE FUNCTION shout(a authors) RETURNS text LANGUAGE sql STABLE AS 'SELECT a.name || ''!'''}, '{ authors(order_by: {id: asc}) { shout } }', qr/ADA/, qr/Ada!/);
changes('dropped function', 'DROP FUNCTION shout', '{ authors(order_by: {id: asc}) { shout } }', qr/Ada!/, qr/Cannot query/);

# A change that is not committed shows where it is made, and nowhere else; when it is rolled back it is gone.
$two->query('BEGIN; CREATE TABLE draft (id int); GRANT SELECT ON draft TO reader');
like(ask($two, '{ draft { id } }'), qr/"draft":\[\]/, 'own uncommitted table');
like(ask($one, '{ draft { id } }'), qr/Cannot query/, 'uncommitted table of another session');
$two->query('ROLLBACK');
like(ask($two, '{ draft { id } }'), qr/Cannot query/, 'rolled back');

# One snapshot for a transaction that asks for one; the schema is the present one, and read afresh afterwards.
$one->query('BEGIN ISOLATION LEVEL REPEATABLE READ');
like(ask($one, '{ authors_aggregate { aggregate { count } } }'), qr/"count":2/, 'repeatable read');
$two->query(q{INSERT INTO authors VALUES (3, 'Cy', NULL); REVOKE SELECT (secret) ON authors FROM reader; REVOKE SELECT ON authors FROM reader; GRANT SELECT (id) ON authors TO reader});
like(ask($one, '{ authors_aggregate { aggregate { count } } }'), qr/"count":2/, 'repeatable read: the same rows');
like(ask($one, '{ authors { name } }'), qr/Cannot query/, 'repeatable read: present privileges');
$one->query('COMMIT');
like(ask($one, '{ authors_aggregate { aggregate { count } } }'), qr/"count":3/, 'after it');

# Temporary tables do not flush what is kept, nor does what changes statistics and storage only.
my $count = q{SELECT count(*) FROM pg_backend_memory_contexts WHERE name = 'remote_rel document'};
SKIP:
{
	skip 'pg_backend_memory_contexts came with PostgreSQL 14', 2 if $node->safe_psql('postgres', 'SHOW server_version_num') < 140000;
	ask($one, "{ books(limit: $_) { id } }") for 1 .. 5;
	$one->query('CREATE TEMP TABLE warm (id int PRIMARY KEY)');
	ask($one, "{ books(limit: $_) { id } }") for 1 .. 5;
	my $before = $one->query($count);
	$one->query("CREATE TEMP TABLE t$_ (id int PRIMARY KEY, t text); INSERT INTO t$_ VALUES (1); DROP TABLE t$_"), ask($one, '{ books(limit: 1) { id } }') for 1 .. 5;
	cmp_ok($one->query($count), '>=', $before, "temporary tables flush nothing");
	$two->query($_), ask($one, '{ books(limit: 1) { id } }') for 'ANALYZE books', 'VACUUM books', 'TRUNCATE books', 'CREATE INDEX ON books (id)';
	cmp_ok($one->query($count), '>=', $before, "ANALYZE, VACUUM, TRUNCATE, CREATE INDEX flush nothing");
	$two->query("INSERT INTO books VALUES (1, 1, '\"Zen\"')");
}

# Memory is bounded: what is used least goes.
$one->query("SET remote_rel.cache_memory = '1MB'");
ask($one, "{ a$_: books(limit: 1) { id } }") for 1 .. 200;
SKIP:
{
	skip 'pg_backend_memory_contexts came with PostgreSQL 14', 1 if $node->safe_psql('postgres', 'SHOW server_version_num') < 140000;
	my $documents = $one->query($count);
	ok($documents > 0 && $documents < 100, "$documents documents within 1 MB");
}
like(ask($one, '{ a1: books(limit: 1) { id } }'), qr/"id":1/, 'dropped and made again');

# On a standby: nothing is written.
$node->append_conf('postgresql.conf', "wal_level = replica\nmax_wal_senders = 4\n");
$node->restart;
$node->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($node, 'base', has_streaming => 1);
$standby->start;
$node->wait_for_catchup($standby, 'replay', $node->lsn('write'));
is(resolve($standby, '{ books(order_by: {id: asc}) { id } authors_aggregate { aggregate { count } } }', role => 'reader')->{data}{authors_aggregate}{aggregate}{count}, 3, 'standby answers');
my $failed = resolve($standby, '{ books(where: {caption: {_cast: {String: {_regex: "("}}}}) { id } authors_aggregate { aggregate { count } } }', role => 'reader');
is($failed->{errors}[0]{extensions}{code}, 'data-exception', 'standby: an error is an answer');
my $there = session($standby);
like(ask($there, '{ books { id } late { id } }'), qr/Cannot query field \\"late\\"/, 'standby: before');
$node->safe_psql('postgres', 'CREATE TABLE late (id int); GRANT SELECT ON late TO reader');
$node->wait_for_catchup($standby, 'replay', $node->lsn('write'));
like(ask($there, '{ books { id } late { id } }'), qr/"late":\[\]/, 'standby: a change of the primary');

done_testing();
