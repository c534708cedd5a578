# Remote Joins stream, keep to work_mem, and stand beside concurrent updates.
#
# REMOTE_REL_ROWS=1000000 make test PROVE_TESTS=test/t/027_remote_scan.pl   for more rows

use RemoteRel::Test;
use Time::HiRes 'time';

my $yoga = start_remote('yoga');
my $node = start_node();
example_users($node, $yoga, 400);
$node->safe_psql('postgres', <<'SQL');
ALTER TABLE users ADD COLUMN note text;
SELECT remote_rel.create_remote_relationship('users', 'listed', 'auth0', '{"profiles": {"arguments": {"ids": "$auth0_id"}}}', batch => '{"auth0_id": "$auth0_id"}');
CREATE FUNCTION people(n int, keys int, payload int) RETURNS SETOF users LANGUAGE plpgsql ROWS 100000 AS
$$ DECLARE i int; BEGIN FOR i IN 1 .. n LOOP RETURN NEXT ROW(i, repeat(chr(33 + i % 90), payload), 'auth0|' || i % keys + 1, NULL)::users; END LOOP; END $$;
SQL
$node->safe_psql('postgres', 'VACUUM ANALYZE users');

# ---- rows go out as their values come ----

$node->safe_psql('postgres', sprintf q(SELECT remote_rel.update_remote_schema('auth0', %s)), literal({ url => $yoga->url('?delay=50') }));
my $session = session($node);
$session->query(q(SET remote_rel.batch_size = 20; SET remote_rel.max_concurrent_requests = 2; SET cursor_tuple_fraction = 1));
$yoga->reset;
my $started = time;
$session->query(q(BEGIN; DECLARE c CURSOR FOR SELECT u.id, p FROM users AS u, LATERAL remote_rel.remote_value(u, 'auth0_profile', '{ id }') AS p));
is($session->query('FETCH 1 FROM c'), '1|{"id": "auth0|1"}', 'the first row of 400');
my $first = time - $started;
cmp_ok($yoga->requests, '<=', 4, 'no more than a window was asked for');
like($session->query('FETCH ALL FROM c'), qr/400\|\{"id": "auth0\|400"\}\z/, 'and the last');
my $all = time - $started;
is($yoga->requests, 20, 'in full batches');
cmp_ok($first, '<', $all / 2, "the first after $first s, the last after $all s");
$session->query('COMMIT');
$node->safe_psql('postgres', sprintf q(SELECT remote_rel.update_remote_schema('auth0', %s)), literal({ url => $yoga->url }));

# ---- memory ----

# 50 MB of rows, 4,000 keys whose values take more than work_mem
my $many = q(SELECT count(p), bool_and(p ->> 'id' = u.auth0_id), sum(length(u.name)) FROM people(%d, 4000, 2500) AS u,
	LATERAL remote_rel.remote_value(u, 'listed', '{ id name email avatar }') AS p);
my $fresh = session($node);
$fresh->query('SET work_mem = 1024; SET jit = off; SET remote_rel.batch_size = 500; SET remote_rel.max_concurrent_requests = 2');
$fresh->query(sprintf $many, 2000);
like($fresh->query('EXPLAIN ' . sprintf $many, 2000), qr/Remote Join/, 'in batches');
my $before = resident_kb($fresh);
is($fresh->query(sprintf $many, 20000), '20000|t|50000000', 'rows that are larger than work_mem');
my $after = resident_kb($fresh);
cmp_ok($after - $before, '<', 24_000, "are not held: $before kB, then $after kB");
# many narrow rows, from a table: 200,000 would take 30 MB
my $rows = $ENV{REMOTE_REL_ROWS} // 200_000;
$fresh->query(qq(CREATE UNLOGGED TABLE many AS SELECT i AS id, 'auth0|' || i % 2000 + 1 AS auth0_id FROM generate_series(1, $rows) AS i; ANALYZE many));
$fresh->query(q(SELECT remote_rel.create_remote_relationship('many', 'listed', 'auth0', '{"profiles": {"arguments": {"ids": "$auth0_id"}}}', batch => '{"auth0_id": "$auth0_id"}')));
$many = q(SELECT count(p), bool_and(p ->> 'id' = m.auth0_id) FROM many AS m, LATERAL remote_rel.remote_value(m, 'listed', '{ id }') AS p WHERE m.id <= %d);
$fresh->query(sprintf $many, 2000);
$before = resident_kb($fresh);
is($fresh->query(sprintf $many, $rows), "$rows|t", "$rows rows");
$after = resident_kb($fresh);
cmp_ok($after - $before, '<', 16_000, "neither: $before kB, then $after kB");
$fresh->quit;

# ---- rows that change while they are waited for ----

my $other = session($node);
my %query = (
	'FOR UPDATE'    => q(SELECT u.auth0_id, u.note, p ->> 'id' FROM users AS u, LATERAL remote_rel.remote_value(u, 'listed', '{ id }') AS p WHERE u.id = 7 AND p IS NOT NULL FOR UPDATE OF u),
	'UPDATE FROM'   => q(UPDATE users AS t SET note = concat(t.note, p ->> 'id') FROM users AS u, LATERAL remote_rel.remote_value(u, 'listed', '{ id }') AS p WHERE t.id = 7 AND u.id = t.id RETURNING t.note),
	'a fence'       => q(WITH v AS MATERIALIZED (SELECT u.id, p FROM users AS u, LATERAL remote_rel.remote_value(u, 'listed', '{ id }') AS p WHERE u.id < 10)
		UPDATE users AS t SET note = concat(t.note, p ->> 'id') FROM v WHERE t.id = v.id AND v.id = 7 RETURNING t.note),
	'a subquery'    => q(UPDATE users AS t SET note = concat(t.note, (SELECT string_agg(p ->> 'id', ' ' ORDER BY u.id) FROM users AS u,
		LATERAL remote_rel.remote_value(u, 'listed', '{ id }') AS p WHERE u.id BETWEEN t.id - 1 AND t.id)) WHERE t.id = 7 AND t.note IS DISTINCT FROM 'x' RETURNING t.note));
my %batched = ('FOR UPDATE' => 0, 'UPDATE FROM' => 0, 'a fence' => 1, 'a subquery' => 1);
for my $name (sort keys %query)
{
	$session->query('RESET ALL');
	is(($session->query("EXPLAIN $query{$name}") =~ /Remote Join/) || 0, $batched{$name}, "$name: " . ($batched{$name} ? 'in batches' : 'one by one'));
	my %result;
	for my $how (qw(on off))
	{
		$other->query(q(BEGIN; UPDATE users SET note = 'changed ' WHERE id = 7));
		$session->send("SET remote_rel.enable_remote_join = $how; BEGIN; $query{$name}; ROLLBACK");
		wait_until('the session waits for the row', sub { $other->query('SELECT count(*) FROM pg_locks WHERE NOT granted AND pid = ' . $session->pid) });
		$other->query('COMMIT');
		$result{$how} = $session->wait . $session->{stderr};
		$other->query('UPDATE users SET note = NULL WHERE id = 7');
	}
	like($result{on}, qr/changed/, "$name: the changed row is seen");
	is($result{on}, $result{off}, '... as without Remote Joins');
}
$_->quit for $session, $other;
done_testing();
